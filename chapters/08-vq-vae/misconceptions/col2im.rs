use ndarray::{Array2, s};

/// Each copy with the place it came from, in the order of the rows.
fn copies(
    d_columns: &Array2<f64>,
    side: usize,
    mut with: impl FnMut(usize, usize, usize),
) -> Array2<f64> {
    for row in 0..d_columns.nrows() {
        let (line, column) = (row / side % side, row % side);
        for tap in 0..9 {
            let (down, right) = (line + tap / 3, column + tap % 3);
            if (1..=side).contains(&down) && (1..=side).contains(&right) {
                let m = row + tap / 3 * side + tap % 3 - side - 1;
                with(row, tap, m);
            }
        }
    }
    Array2::zeros((d_columns.nrows(), d_columns.ncols() / 9))
}

pub fn last_one_wins(d_columns: &Array2<f64>, side: usize) -> Array2<f64> {
    let c = d_columns.ncols() / 9;
    let mut d_x = Array2::zeros((d_columns.nrows(), c));
    copies(d_columns, side, |row, tap, m| {
        let copy = d_columns.slice(s![row, tap * c..(tap + 1) * c]);
        d_x.row_mut(m).assign(&copy);
    });
    d_x
}

pub fn averaged(d_columns: &Array2<f64>, side: usize) -> Array2<f64> {
    let c = d_columns.ncols() / 9;
    let mut d_x = Array2::<f64>::zeros((d_columns.nrows(), c));
    let mut counts = vec![0.0; d_columns.nrows()];
    copies(d_columns, side, |row, tap, m| {
        let copy = d_columns.slice(s![row, tap * c..(tap + 1) * c]);
        d_x.row_mut(m).zip_mut_with(&copy, |sum, v| *sum += v);
        counts[m] += 1.0;
    });
    for (mut row, count) in d_x.rows_mut().into_iter().zip(counts) {
        row /= count;
    }
    d_x
}

pub fn same_direction(d_columns: &Array2<f64>, side: usize) -> Array2<f64> {
    let c = d_columns.ncols() / 9;
    let mut d_x = Array2::<f64>::zeros((d_columns.nrows(), c));
    copies(d_columns, side, |row, tap, m| {
        let copy = d_columns.slice(s![m, tap * c..(tap + 1) * c]);
        d_x.row_mut(row).zip_mut_with(&copy, |sum, v| *sum += v);
    });
    d_x
}

pub fn middle_alone(d_columns: &Array2<f64>, _: usize) -> Array2<f64> {
    let c = d_columns.ncols() / 9;
    d_columns.slice(s![.., 4 * c..5 * c]).to_owned()
}

/// "The nine parts of a row are its place's."
pub fn its_own_row(d_columns: &Array2<f64>, _: usize) -> Array2<f64> {
    let (n, c) = (d_columns.nrows(), d_columns.ncols() / 9);
    Array2::from_shape_fn((n, c), |(n, c_)| {
        (0..9).map(|tap| d_columns[[n, tap * c + c_]]).sum()
    })
}
