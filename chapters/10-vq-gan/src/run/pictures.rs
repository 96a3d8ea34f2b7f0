//! Pictures that are no plots.

use lab::ImageGrid;
use ndarray::Array2;

use crate::plain::Form;

/// Adds pictures `[N, H·W·C]` in [0, 1] to a grid.
///
/// # Panics
/// They have another form.
pub fn push_rows(grid: &mut ImageGrid, x: &Array2<f32>, form: Form) {
    let Form { side, channels } = form;
    for row in x.rows() {
        let picture = row.to_shape((side, side, channels));
        let picture = picture.expect("numbers of a picture");
        match channels {
            3 => grid.push_colour(picture.view()),
            _ => grid.push(picture.index_axis(ndarray::Axis(2), 0), 0.0, 1.0),
        }
    }
}

/// Rows of pictures below each other.
pub fn below(rows: &[&Array2<f32>], form: Form) -> ImageGrid {
    let columns = rows.first().map_or(1, |x| x.nrows());
    let mut grid = ImageGrid::new(columns).zoom(2);
    for x in rows {
        push_rows(&mut grid, x, form);
    }
    grid
}
