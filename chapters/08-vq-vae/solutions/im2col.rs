use ndarray::{Array2, s};

pub fn im2col(x: &Array2<f64>, side: usize) -> Array2<f64> {
    let (n, c) = x.dim();
    let inside = 1..=side;
    let mut columns = Array2::zeros((n, 9 * c));
    for row in 0..n {
        let (line, column) = (row / side % side, row % side);
        for tap in 0..9 {
            let (down, right) = (line + tap / 3, column + tap % 3);
            if inside.contains(&down) && inside.contains(&right) {
                let m = row + tap / 3 * side + tap % 3 - side - 1;
                let taps = s![row, tap * c..(tap + 1) * c];
                columns.slice_mut(taps).assign(&x.row(m));
            }
        }
    }
    columns
}
