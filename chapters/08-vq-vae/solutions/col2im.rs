use ndarray::{Array2, s};

pub fn col2im(d_columns: &Array2<f64>, side: usize) -> Array2<f64> {
    let (n, c) = (d_columns.nrows(), d_columns.ncols() / 9);
    let inside = 1..=side;
    let mut d_x = Array2::zeros((n, c));
    for row in 0..n {
        let (line, column) = (row / side % side, row % side);
        for tap in 0..9 {
            let (down, right) = (line + tap / 3, column + tap % 3);
            if inside.contains(&down) && inside.contains(&right) {
                let m = row + tap / 3 * side + tap % 3 - side - 1;
                let mut sum = d_x.row_mut(m);
                sum += &d_columns.slice(s![row, tap * c..(tap + 1) * c]);
            }
        }
    }
    d_x
}
