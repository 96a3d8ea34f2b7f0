//! Encoder, codebook and decoder in plain ndarray. A batch of feature maps is
//! a matrix `[N, C]`, one row for each of the N = B·S² places of B square
//! grids of S × S, image by image and line by line.

use codebook_lookup::plain::patches;
use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::{Found, Quantizer};
use gradients::plain::{
    Activation, Layer, Mlp, linear, linear_backward_parameters, mse,
    mse_backward, product, real,
};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, NdFloat};
use rayon::join;
use rayon::prelude::*;

/// Lines and columns of an image.
pub const IMAGE: usize = 28;

// ANCHOR: depth
/// Eq. 8.1: space to depth. Images `[B, 784]` as grids of patches of
/// `size` × `size` pixels, a patch a row: chapter 5's `patches`. Only the
/// order changes, so the gradient is the inverse. `[B·S², size²]`
///
/// # Panics
/// The images are not 784 pixels, or `size` does not divide 28.
pub fn space_to_depth<F: NdFloat>(x: &Array2<F>, size: usize) -> Array2<F> {
    let shape = (x.nrows(), IMAGE, IMAGE);
    let images = x.to_shape(shape).expect("784 pixels in a row");
    patches(&images.into_owned(), size) // [B·S², size²]
}

/// Its inverse, depth to space. `[B, 784]`
///
/// # Panics
/// The rows do not make whole images.
pub fn depth_to_space<F: NdFloat>(rows: &Array2<F>) -> Array2<F> {
    let images = codebook_lookup::plain::assemble(rows, (IMAGE, IMAGE));
    let shape = (images.dim().0, IMAGE * IMAGE);
    images.into_shape_with_order(shape).expect("in one piece") // [B, 784]
}
// ANCHOR_END: depth

// ANCHOR: neighbours
/// The 3 × 3 places around place number `row` of grids of `side` × `side`,
/// line by line, itself in the middle; `None` beyond the edge.
pub fn neighbours(row: usize, side: usize) -> [Option<usize>; 9] {
    let (line, column) = (row / side % side, row % side);
    let corner = row as isize - side as isize - 1;
    std::array::from_fn(|tap| {
        let (down, right) = (tap / 3, tap % 3);
        let inside = (1..=side).contains(&(line + down))
            && (1..=side).contains(&(column + right));
        let place = corner + (down * side + right) as isize;
        inside.then_some(place as usize)
    })
}
// ANCHOR_END: neighbours

// ANCHOR: im2col
/// Eq. 8.2: beside each place its neighbours, in one row; zeros stand for
/// those beyond the edge. `[N, 9C]`
///
/// # Panics
/// The rows do not fill whole grids.
pub fn im2col<F: NdFloat>(x: ArrayView2<F>, side: usize) -> Array2<F> {
    let (n, c) = whole_grids(x, side);
    let x = x.as_standard_layout();
    let x = x.as_slice().expect("in one piece"); // [N · C]
    let mut columns = Array2::zeros((n, 9 * c)); // [N, 9C]
    let rows = columns.as_slice_mut().expect("in one piece");
    for (n, row) in rows.chunks_exact_mut(9 * c).enumerate() {
        let taps = row.chunks_exact_mut(c);
        for (tap, m) in taps.zip(neighbours(n, side)) {
            if let Some(m) = m {
                tap.copy_from_slice(&x[m * c..(m + 1) * c]);
            }
        }
    }
    columns
}

/// Its gradient: each place collects from all rows that hold a copy of it.
/// If m is the neighbour of n in direction t, then n is the neighbour of m
/// in the opposite direction, 8 - t. `[N, C]`
///
/// # Panics
/// The rows do not fill whole grids, or are not nine places long.
pub fn col2im<F: NdFloat>(
    d_columns: ArrayView2<F>,
    side: usize,
) -> Array2<F> {
    let (n, c) = whole_grids(d_columns, side);
    assert_eq!(c % 9, 0, "nine places in a row");
    let c = c / 9;
    let d = d_columns.as_standard_layout();
    let d = d.as_slice().expect("in one piece"); // [N · 9C]
    let mut d_x = Array2::zeros((n, c)); // [N, C]
    let rows = d_x.as_slice_mut().expect("in one piece");
    for (m, row) in rows.chunks_exact_mut(c).enumerate() {
        for (t, n) in neighbours(m, side).into_iter().enumerate() {
            let Some(n) = n else { continue };
            let tap = &d[(9 * n + 8 - t) * c..][..c];
            row.iter_mut().zip(tap).for_each(|(sum, &v)| *sum += v);
        }
    }
    d_x
}
// ANCHOR_END: im2col

fn whole_grids<F>(x: ArrayView2<F>, side: usize) -> (usize, usize) {
    let (n, c) = x.dim();
    assert_eq!(n % (side * side), 0, "whole grids of {side} × {side}");
    (n, c)
}

// ANCHOR: conv
/// Eq. 8.3: a 3 × 3 convolution with zeros around the grid. The columns of
/// a few grids at a time, which the processor's cache can hold. `[N, O]`
///
/// # Panics
/// The rows do not fill whole grids.
pub fn conv<F: NdFloat>(
    x: &Array2<F>, // [N, C]
    w: &Array2<F>, // [9C, O]
    b: &Array1<F>, // [O]
    side: usize,
) -> Array2<F> {
    let (n, _) = whole_grids(x.view(), side);
    let mut y = Array2::zeros((n, b.len())); // [N, O]
    let rows = tile(side);
    let parts = x.axis_chunks_iter(Axis(0), rows);
    let parts = parts.zip(y.axis_chunks_iter_mut(Axis(0), rows));
    parts.par_bridge().for_each(|(x, mut y)| {
        let columns = im2col(x, side); // [tile, 9C]
        y.assign(b);
        general_mat_mul(F::one(), &columns, w, F::one(), &mut y);
    });
    y
}

/// Eq. 8.4: its gradients at `x`, `w` and `b`. The columns are made again;
/// two threads take one half of the grids each.
///
/// # Panics
/// As for [`conv`].
pub fn conv_backward<F: NdFloat>(
    x: &Array2<F>,   // [N, C]
    w: &Array2<F>,   // [9C, O]
    d_y: &Array2<F>, // [N, O]
    side: usize,
) -> (Array2<F>, Array2<F>, Array1<F>) {
    let (n, _) = whole_grids(x.view(), side);
    let mut d_x = Array2::zeros(x.raw_dim()); // [N, C]
    let middle = n / (side * side) / 2 * side * side;
    let (x, x_rest) = x.view().split_at(Axis(0), middle);
    let (g, g_rest) = d_y.view().split_at(Axis(0), middle);
    let (d, d_rest) = d_x.view_mut().split_at(Axis(0), middle);
    let (d_w, d_w_rest) = join(
        || part_backward(x, w, g, d, side),
        || part_backward(x_rest, w, g_rest, d_rest, side),
    );
    (d_x, d_w + d_w_rest, d_y.sum_axis(Axis(0))) // [N, C], [9C, O], [O]
}

fn part_backward<F: NdFloat>(
    x: ArrayView2<F>,
    w: &Array2<F>,
    d_y: ArrayView2<F>,
    mut d_x: ArrayViewMut2<F>,
    side: usize,
) -> Array2<F> {
    let (one, rows) = (F::one(), tile(side));
    let mut d_w = Array2::zeros(w.raw_dim()); // [9C, O]
    let parts = x.axis_chunks_iter(Axis(0), rows);
    let parts = parts.zip(d_y.axis_chunks_iter(Axis(0), rows));
    let d_parts = d_x.axis_chunks_iter_mut(Axis(0), rows);
    for ((x, d_y), mut d_x) in parts.zip(d_parts) {
        let columns = im2col(x, side); // [tile, 9C]
        general_mat_mul(one, &columns.t(), &d_y, one, &mut d_w);
        let d_columns = d_y.dot(&w.t()); // [tile, 9C]
        d_x.assign(&col2im(d_columns.view(), side));
    }
    d_w
}

/// Places of a few whole grids, some hundreds.
fn tile(side: usize) -> usize {
    let places = side * side;
    places * (400 / places).max(1)
}
// ANCHOR_END: conv

// ANCHOR: half
/// What an encoder or a decoder computes, and its gradient needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Half<F> {
    /// The input. `[N, I]`
    pub x: Array2<F>,
    /// The first layer's sum, through a ReLU. `[N, C]`
    pub a: Array2<F>,
    /// After the residual convolution and another. `[N, C]`
    pub r: Array2<F>,
    /// The output. `[N, O]`
    pub y: Array2<F>,
}

/// Eq. 8.5: an encoder or a decoder. A 1 × 1 convolution is a linear layer
/// on rows; the second layer is 3 × 3, and what it gives is added to what
/// its ReLU saw.
pub fn half<F: NdFloat>(net: &Mlp<F>, x: Array2<F>, side: usize) -> Half<F> {
    let [first, second, last] = three(net);
    let relu = Activation::Relu;
    let s = linear(&x, &first.w, &first.b); // [N, C]
    let a = relu.forward(s.clone()); // [N, C]
    let h = s + &conv(&a, &second.w, &second.b, side); // [N, C]
    let r = relu.forward(h); // [N, C]
    let y = linear(&r, &last.w, &last.b); // [N, O]
    Half { x, a, r, y }
}

/// Eq. 8.6: the gradients at the first layer's sum, `[N, C]`, and at every
/// parameter. The sum is reached by two ways, and one of them has no ReLU.
pub fn half_backward<F: NdFloat>(
    net: &Mlp<F>,
    Half { x, a, r, .. }: &Half<F>,
    d_y: &Array2<F>, // [N, O]
    side: usize,
) -> (Array2<F>, Mlp<F>) {
    let [_, second, last] = three(net);
    let relu = Activation::Relu;
    let of_last = linear_backward_parameters(r, d_y);
    let d_h = relu.backward(r, product(d_y.view(), last.w.t())); // [N, C]
    let (d_a, d_w, d_b) = conv_backward(a, &second.w, &d_h, side);
    let d_s = d_h + &relu.backward(a, d_a); // [N, C]
    let of_first = linear_backward_parameters(x, &d_s);
    let d_layers = [of_first, (d_w, d_b), of_last];
    let layers = d_layers.into_iter().zip(&net.layers);
    let layers = layers.map(|((w, b), layer)| Layer { w, b, ..*layer });
    (d_s, Mlp { layers: layers.collect() })
}
// ANCHOR_END: half

fn three<F>(net: &Mlp<F>) -> &[Layer<F>; 3] {
    net.layers[..].try_into().expect("a half has three layers")
}

// ANCHOR: step
/// The terms of one step, its lookup, and its gradients.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<F> {
    /// Mean squared error of the pixels over their variance.
    pub reconstruction: F,
    /// The lookup, and the other two terms.
    pub found: Found<F>,
    /// What was looked up. `[N, D]`
    pub z_e: Array2<F>,
    /// The gradient at every parameter of the encoder.
    pub d_encoder: Mlp<F>,
    /// The gradient at every parameter of the decoder.
    pub d_decoder: Mlp<F>,
}

/// Eq. 8.7: one step on images that are rows of patches (eq. 8.1), forward
/// and backward. The codebook's own gradient is the quantizer's affair.
///
/// # Errors
/// The encoder's output is not finite, or does not fit the codebook.
pub fn step<F: NdFloat>(
    (encoder, decoder): (&Mlp<F>, &Mlp<F>),
    quantizer: &Quantizer<F>,
    x: Array2<F>, // [N, patch²]
    side: usize,
    variance: f64,
) -> Result<Step<F>, CommitmentError> {
    let encoded = half(encoder, x, side);
    let z_e = &encoded.y; // [N, D]
    let found = quantizer.quantize(z_e)?;
    let z_q = &found.quantized.z_q; // [N, D]
    let decoded = half(decoder, z_q.clone(), side);
    let (x, x_hat) = (&encoded.x, &decoded.y); // [N, patch²]

    let scale = real::<F>(1.0 / variance);
    let d_x_hat = mse_backward(x_hat, x) * scale; // [N, patch²]
    let (d_s, d_decoder) = half_backward(decoder, &decoded, &d_x_hat, side);
    let d_z_q = product(d_s.view(), decoder.layers[0].w.t()); // [N, D]
    let d_z_e = quantizer.encoder_gradient(z_e, z_q, d_z_q); // [N, D]
    let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
    let reconstruction = mse(x_hat, x) * scale;
    let z_e = encoded.y; // [N, D]
    Ok(Step { reconstruction, found, z_e, d_encoder, d_decoder })
}
// ANCHOR_END: step

/// The variance of all numbers of an array, about their common mean; 0 when
/// there are none.
pub fn variance<F: NdFloat>(x: &Array2<F>) -> f64 {
    let number = |v: &F| v.to_f64().expect("floats are f64 or fit into one");
    let n = x.len().max(1) as f64;
    let mean = x.iter().map(number).sum::<f64>() / n;
    x.iter().map(|v| (number(v) - mean).powi(2)).sum::<f64>() / n
}

// ANCHOR: measure
/// Eq. 8.9: the mean squared error of a reconstruction over the variance of
/// the pixels `x`, both `[N, 784]`. 1 for a constant image of the mean.
///
/// # Panics
/// The shapes differ.
pub fn mse_over_variance<F: NdFloat>(
    x: &Array2<F>,
    reconstruction: &Array2<F>,
) -> f64 {
    squared_error(x, reconstruction).mean().unwrap_or(0.0) / variance(x)
}

/// The mean squared error of each image. `[N]`
///
/// # Panics
/// The shapes differ.
pub fn squared_error<F: NdFloat>(
    x: &Array2<F>,
    reconstruction: &Array2<F>,
) -> Array1<f64> {
    let error = (reconstruction - x)
        .mapv(|v| v.to_f64().expect("floats are f64 or fit into one"));
    error.map_axis(Axis(1), |row| row.dot(&row) / row.len().max(1) as f64)
}
// ANCHOR_END: measure
