use ndarray::{Array2, s};

/// The row of each neighbour, asked of `edge` when it lies beyond it.
fn columns(
    x: &Array2<f64>,
    side: usize,
    edge: fn(isize, isize) -> Option<isize>,
    place: impl Fn(usize, usize, usize) -> usize,
) -> Array2<f64> {
    let (n, c) = x.dim();
    let end = side as isize;
    let mut columns = Array2::zeros((n, 9 * c));
    for row in 0..n {
        let (line, column) = (row / side % side, row % side);
        for tap in 0..9 {
            let down = edge((line + tap / 3) as isize - 1, end);
            let right = edge((column + tap % 3) as isize - 1, end);
            let (Some(down), Some(right)) = (down, right) else { continue };
            let grid = row / (side * side) * side * side;
            let m = grid + (down * end + right) as usize;
            for channel in 0..c {
                columns[[row, place(tap, channel, c)]] = x[[m, channel]];
            }
        }
    }
    columns
}

fn zeros(v: isize, end: isize) -> Option<isize> {
    (0..end).contains(&v).then_some(v)
}

pub fn around_the_edge(x: &Array2<f64>, side: usize) -> Array2<f64> {
    let wrap = |v: isize, end: isize| Some(v.rem_euclid(end));
    columns(x, side, wrap, |tap, channel, c| tap * c + channel)
}

pub fn edge_repeated(x: &Array2<f64>, side: usize) -> Array2<f64> {
    let clamp = |v: isize, end: isize| Some(v.clamp(0, end - 1));
    columns(x, side, clamp, |tap, channel, c| tap * c + channel)
}

pub fn channels_outside(x: &Array2<f64>, side: usize) -> Array2<f64> {
    columns(x, side, zeros, |tap, channel, _| channel * 9 + tap)
}

pub fn upside_down(x: &Array2<f64>, side: usize) -> Array2<f64> {
    columns(x, side, zeros, |tap, channel, c| (8 - tap) * c + channel)
}

pub fn across_the_edge(x: &Array2<f64>, side: usize) -> Array2<f64> {
    let (n, c) = x.dim();
    let mut columns = Array2::zeros((n, 9 * c));
    for row in 0..n {
        for tap in 0..9 {
            let m = row + tap / 3 * side + tap % 3;
            if let Some(m) = m.checked_sub(side + 1).filter(|m| *m < n) {
                let taps = s![row, tap * c..(tap + 1) * c];
                columns.slice_mut(taps).assign(&x.row(m));
            }
        }
    }
    columns
}

pub fn into_the_next_image(x: &Array2<f64>, side: usize) -> Array2<f64> {
    let (n, c) = x.dim();
    let mut columns = Array2::zeros((n, 9 * c));
    for row in 0..n {
        for tap in 0..9 {
            let column = row % side + tap % 3;
            let m = row + tap / 3 * side + tap % 3;
            let m = m.checked_sub(side + 1).filter(|m| *m < n);
            if let (Some(m), true) = (m, (1..=side).contains(&column)) {
                let taps = s![row, tap * c..(tap + 1) * c];
                columns.slice_mut(taps).assign(&x.row(m));
            }
        }
    }
    columns
}
