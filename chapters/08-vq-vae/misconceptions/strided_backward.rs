use codebook_lookup::plain::assemble;
use ndarray::{Array2, Axis};

fn put(rows: &Array2<f64>, size: (usize, usize)) -> Array2<f64> {
    let x = assemble(rows, size);
    let shape = (x.dim().0, size.0 * size.1);
    x.into_shape_with_order(shape).expect("in one piece")
}

/// The columns of `rows` in another order.
fn reordered(
    rows: &Array2<f64>,
    to: impl Fn(usize, usize) -> usize,
) -> Array2<f64> {
    let p = rows.ncols().isqrt();
    let order: Vec<usize> = (0..p * p).map(|v| to(v, p)).collect();
    rows.select(Axis(1), &order)
}

pub fn patches_in_a_row(
    d_y: &Array2<f64>,
    w: &Array2<f64>,
    (height, width): (usize, usize),
) -> Array2<f64> {
    let rows = d_y.dot(&w.t());
    let many = rows.len() / (height * width);
    rows.into_shape_with_order((many, height * width)).expect("as many")
}

pub fn lines_for_columns(
    d_y: &Array2<f64>,
    w: &Array2<f64>,
    size: (usize, usize),
) -> Array2<f64> {
    put(&reordered(&d_y.dot(&w.t()), |v, p| v % p * p + v / p), size)
}

/// "A transposed convolution turns its weights."
pub fn weights_turned(
    d_y: &Array2<f64>,
    w: &Array2<f64>,
    size: (usize, usize),
) -> Array2<f64> {
    put(&reordered(&d_y.dot(&w.t()), |v, p| p * p - 1 - v), size)
}

pub fn averaged(
    d_y: &Array2<f64>,
    w: &Array2<f64>,
    size: (usize, usize),
) -> Array2<f64> {
    put(&(d_y.dot(&w.t()) / w.nrows() as f64), size)
}
