use ndarray::{Array2, ArrayView2};

type Size = (usize, usize, usize);

/// Line, column and channel of a number of a row of patches, by a rule.
fn by(
    x: &Array2<f64>,
    (h, w, c): Size,
    p: usize,
    from: impl Fn((usize, usize), usize) -> (usize, usize, usize),
) -> Array2<f64> {
    let (down, across) = (h / p, w / p);
    let n = x.nrows() * down * across;
    Array2::from_shape_fn((n, p * p * c), |(row, column)| {
        let place = row % (down * across);
        let (line, at, c_) = from((place / across, place % across), column);
        x[[row / (down * across), (line * w + at) * c + c_]]
    })
}

pub fn channels_first(x: &Array2<f64>, size: Size, p: usize) -> Array2<f64> {
    by(x, size, p, |(i, j), n| {
        let (q, c) = (n % (p * p), n / (p * p));
        (i * p + q / p, j * p + q % p, c)
    })
}

pub fn planes(x: &Array2<f64>, (h, w, c): Size, p: usize) -> Array2<f64> {
    let x: Vec<ArrayView2<f64>> = x
        .rows()
        .into_iter()
        .flat_map(|row| {
            let row = row.to_slice().unwrap_or_default();
            row.chunks(h * w).map(move |plane| {
                ArrayView2::from_shape((h, w), plane).expect("a plane")
            })
        })
        .collect();
    let (down, across) = (h / p, w / p);
    let n = x.len() / c * down * across;
    Array2::from_shape_fn((n, p * p * c), |(row, column)| {
        let (b, place) = (row / (down * across), row % (down * across));
        let (q, c_) = (column / c, column % c);
        let line = place / across * p + q / p;
        x[b * c + c_][[line, place % across * p + q % p]]
    })
}

pub fn patches_column_by_column(
    x: &Array2<f64>,
    (h, w, c): Size,
    p: usize,
) -> Array2<f64> {
    let (down, across) = (h / p, w / p);
    by(x, (h, w, c), p, |(i, j), n| {
        let place = i * across + j;
        let (i, j) = (place % down, place / down);
        (i * p + n / c / p, j * p + n / c % p, n % c)
    })
}

pub fn patches_transposed(
    x: &Array2<f64>,
    (h, w, c): Size,
    p: usize,
) -> Array2<f64> {
    by(x, (h, w, c), p, |(i, j), n| {
        (i * p + n / c % p, j * p + n / c / p, n % c)
    })
}

/// A reshape to the right shape.
pub fn only_reshaped(
    x: &Array2<f64>,
    (h, w, c): Size,
    p: usize,
) -> Array2<f64> {
    let shape = (x.nrows() * (h / p) * (w / p), p * p * c);
    x.to_shape(shape).expect("as many numbers").into_owned()
}

pub fn every_nth_pixel(
    x: &Array2<f64>,
    (h, w, c): Size,
    p: usize,
) -> Array2<f64> {
    let (down, across) = (h / p, w / p);
    by(x, (h, w, c), p, |(i, j), n| {
        (n / c / p * down + i, n / c % p * across + j, n % c)
    })
}

/// The axes are named for a square.
pub fn as_many_across_as_down(
    x: &Array2<f64>,
    (h, w, c): Size,
    p: usize,
) -> Array2<f64> {
    let side = h / p;
    let n = x.nrows() * (h / p) * (w / p);
    Array2::from_shape_fn((n, p * p * c), |(row, n)| {
        let (b, place) = (row / (side * side), row % (side * side));
        let (line, at) =
            (place / side * p + n / c / p, place % side * p + n / c % p);
        x[[b, (line * w + at) * c + n % c]]
    })
}
