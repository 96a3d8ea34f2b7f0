//! Minibatch deviation: how much the rows of a group differ, told to the
//! discriminator as one more number (Karras and others, 2018).

use gradients::plain::real;
use ndarray::{Array1, Array2, ArrayView2, Axis, NdFloat, s};

// ANCHOR: deviation
/// Keeps the slope finite where all rows are alike.
const EPS: f64 = 1e-8;

/// Each column less its mean, and its standard deviation over the rows.
fn centred<F: NdFloat>(x: &ArrayView2<F>) -> (Array2<F>, Array1<F>) {
    let rows = real::<F>(x.nrows() as f64);
    let off = x - &(x.sum_axis(Axis(0)) / rows); // [group, X]
    let squares = off.mapv(|v| v * v).sum_axis(Axis(0)); // [X]
    (off, squares.mapv(|sum| (sum / rows + real(EPS)).sqrt()))
}

/// Eq. 4.34: beside each row the mean over columns of the standard
/// deviation within its group. `[B, X + 1]`
pub fn deviation<F: NdFloat>(x: &Array2<F>, group: usize) -> Array2<F> {
    let mut y = Array2::zeros((x.nrows(), x.ncols() + 1)); // [B, X + 1]
    y.slice_mut(s![.., ..-1]).assign(x);
    let rows = x.axis_chunks_iter(Axis(0), group);
    for (mut y, x) in y.axis_chunks_iter_mut(Axis(0), group).zip(rows) {
        let (_, deviations) = centred(&x); // [X]
        let mean = deviations.sum() / real(x.ncols() as f64);
        y.slice_mut(s![.., -1]).fill(mean);
    }
    y
}

/// Its gradient at `x`, `[B, X]`.
pub fn deviation_backward<F: NdFloat>(
    x: &Array2<F>, // [B, X]
    group: usize,
    d_y: &Array2<F>, // [B, X + 1]
) -> Array2<F> {
    let mut d_x = d_y.slice(s![.., ..-1]).to_owned(); // [B, X]
    let rows = x.axis_chunks_iter(Axis(0), group);
    let rows = rows.zip(d_y.axis_chunks_iter(Axis(0), group));
    for (mut d_x, (x, d_y)) in
        d_x.axis_chunks_iter_mut(Axis(0), group).zip(rows)
    {
        let share = d_y.slice(s![.., -1]).sum() / real(x.len() as f64);
        let (off, deviations) = centred(&x); // [group, X], [X]
        d_x += &(off / deviations * share); // [group, X]
    }
    d_x
}
// ANCHOR_END: deviation
