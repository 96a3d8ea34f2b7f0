//! Encoder, codebook and decoder in plain ndarray. A batch of feature maps is
//! a matrix `[N, C]`, one row for each of the N = B·S² places of B square
//! grids of S × S, image by image and line by line.

use std::ops::Range;

use codebook_lookup::plain::patches;
use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::{Found, Quantizer};
use gradients::plain::{
    Activation, Layer, Mlp, linear, linear_backward,
    linear_backward_parameters, mse, mse_backward, product, real,
};
use lab::mat_mul;
use ndarray::{
    Array1, Array2, ArrayView2, ArrayViewMut2, Axis, CowArray, Ix2, NdFloat,
    s,
};
use rayon::join;
use rayon::prelude::*;

use crate::rate::choose;

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

// ANCHOR: definition
/// Eq. 8.3: a 3 × 3 convolution with zeros around the grid, as it is
/// defined: columns, and a linear layer. `[N, O]`
///
/// # Panics
/// The rows do not fill whole grids.
pub fn conv_as_defined<F: NdFloat>(
    x: &Array2<F>, // [N, C]
    w: &Array2<F>, // [9C, O]
    b: &Array1<F>, // [O]
    side: usize,
) -> Array2<F> {
    linear(&im2col(x.view(), side), w, b) // [N, O]
}

/// Eq. 8.4: its gradients at `x`, `w` and `b`.
///
/// # Panics
/// As for [`conv_as_defined`].
pub fn conv_as_defined_backward<F: NdFloat>(
    x: &Array2<F>,   // [N, C]
    w: &Array2<F>,   // [9C, O]
    d_y: &Array2<F>, // [N, O]
    side: usize,
) -> (Array2<F>, Array2<F>, Array1<F>) {
    let columns = im2col(x.view(), side); // [N, 9C]
    let (d_columns, d_w, d_b) = linear_backward(&columns, w, d_y);
    (col2im(d_columns.view(), side), d_w, d_b) // [N, C]
}
// ANCHOR_END: definition

fn whole_grids<F>(x: ArrayView2<F>, side: usize) -> (usize, usize) {
    let (n, c) = x.dim();
    assert_eq!(n % (side * side), 0, "whole grids of {side} × {side}");
    (n, c)
}

// ANCHOR: conv
/// The same numbers as [`conv_as_defined`] gives, without columns. With an
/// image a row, a place is some columns, and neighbours in a line stand side
/// by side: they are multiplied where they are, and zeros not at all.
/// `[N, O]`
///
/// # Panics
/// The rows do not fill whole grids.
pub fn conv<F: NdFloat>(
    x: &Array2<F>, // [N, C]
    w: &Array2<F>, // [9C, O]
    b: &Array1<F>, // [O]
    side: usize,
) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(conv(x, w, b, side));
    let (x, one) = (images(x, side), F::one()); // [B, S²·C]
    let (batch, width) = x.dim();
    let (c, o) = (width / (side * side), b.len());
    let mut y = Array2::zeros((batch, side * side * o)); // [B, S²·O]
    let of_place = |(place, mut y): (usize, ArrayViewMut2<F>)| {
        y.assign(b); // [B, O]
        for (taps, near) in lines(place, side) {
            let x = x.slice(s![.., near.start * c..near.end * c]);
            let w = w.slice(s![taps.start * c..taps.end * c, ..]);
            mat_mul(one, &x, &w, one, &mut y); // y += x w
        }
    };
    let places = y.axis_chunks_iter_mut(Axis(1), o).into_par_iter();
    places.enumerate().for_each(of_place);
    let rows = (batch * side * side, o);
    y.into_shape_with_order(rows).expect("in one piece") // [N, O]
}

/// Its gradients at `x`, `w` and `b`. That at `x` is a convolution too, with
/// the weights turned about their middle. Two threads take half of the
/// images each for that at `w`.
///
/// # Panics
/// As for [`conv`].
pub fn conv_backward<F: NdFloat>(
    x: &Array2<F>,   // [N, C]
    w: &Array2<F>,   // [9C, O]
    d_y: &Array2<F>, // [N, O]
    side: usize,
) -> (Array2<F>, Array2<F>, Array1<F>) {
    #[cfg(feature = "mine")]
    lab::yours!(backward_of_conv(x, w, d_y, side));
    let (c, o) = (x.ncols(), d_y.ncols());
    let mut turned = Array2::zeros((9 * o, c)); // [9O, C]
    let taps = turned.axis_chunks_iter_mut(Axis(0), o).rev();
    for (mut to, tap) in taps.zip(w.axis_chunks_iter(Axis(0), c)) {
        to.assign(&tap.t()); // [O, C]
    }
    let d_x = conv(d_y, &turned, &Array1::zeros(c), side); // [N, C]

    let (x, d) = (images(x, side), images(d_y, side)); // [B, S²·C], [B, S²·O]
    let half = |batch: Range<usize>| {
        let mut d_w = Array2::zeros((9 * c, o));
        for place in 0..side * side {
            let d = d.slice(s![batch.clone(), place * o..(place + 1) * o]);
            for (taps, near) in lines(place, side) {
                let near = near.start * c..near.end * c;
                let x = x.slice(s![batch.clone(), near]);
                let taps = s![taps.start * c..taps.end * c, ..];
                let d_w = &mut d_w.slice_mut(taps);
                mat_mul(F::one(), &x.t(), &d, F::one(), d_w); // d_w += xᵀ d
            }
        }
        d_w
    };
    let (all, middle) = (x.nrows(), x.nrows() / 2);
    let (d_w, rest) = join(|| half(0..middle), || half(middle..all));
    (d_x, d_w + rest, d_y.sum_axis(Axis(0))) // [N, C], [9C, O], [O]
}

/// Rows of places as rows of images. `[B, S²·C]`
fn images<F: NdFloat>(x: &Array2<F>, side: usize) -> CowArray<'_, F, Ix2> {
    let (n, c) = whole_grids(x.view(), side);
    let places = side * side;
    x.to_shape((n / places, places * c)).expect("whole grids")
}

/// Of each line of the 3 × 3 places around `place`: the directions that
/// stay inside the grid, and the places where they lead.
fn lines(
    place: usize,
    side: usize,
) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let near = neighbours(place, side);
    (0..3).filter_map(move |line| {
        let taps = 3 * line..3 * line + 3;
        let mut inside = taps.filter_map(|tap| Some((tap, near[tap]?)));
        let first = inside.next()?;
        let last = inside.next_back().unwrap_or(first);
        Some((first.0..last.0 + 1, first.1..last.1 + 1))
    })
}
// ANCHOR_END: conv

// ANCHOR: half
/// What an encoder or a decoder computes, and its gradient needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Half<F> {
    /// The input. `[N, I]`
    pub x: Array2<F>,
    /// The running sum through a ReLU, before each block and after the last.
    /// `[N, C]` each
    pub a: Vec<Array2<F>>,
    /// The output. `[N, O]`
    pub y: Array2<F>,
}

/// Eq. 8.5: an encoder or a decoder. A 1 × 1 convolution is a linear layer
/// on rows; between two of them, each block adds to a running sum what a
/// 3 × 3 convolution makes of it.
pub fn half<F: NdFloat>(net: &Mlp<F>, x: Array2<F>, side: usize) -> Half<F> {
    let (first, blocks, last) = parts(net);
    let relu = Activation::Relu;
    let mut h = linear(&x, &first.w, &first.b); // [N, C]
    let mut a = vec![relu.forward(h.clone())]; // [N, C]
    for Layer { w, b, .. } in blocks {
        h += &conv(&a[a.len() - 1], w, b, side); // [N, C]
        a.push(relu.forward(h.clone()));
    }
    let y = linear(&a[a.len() - 1], &last.w, &last.b); // [N, O]
    Half { x, a, y }
}

/// Eq. 8.6: the gradients at the first layer's sum, `[N, C]`, and at every
/// parameter. Each sum is reached by two ways, and one of them has no ReLU.
pub fn half_backward<F: NdFloat>(
    net: &Mlp<F>,
    Half { x, a, .. }: &Half<F>,
    d_y: &Array2<F>, // [N, O]
    side: usize,
) -> (Array2<F>, Mlp<F>) {
    #[cfg(feature = "mine")]
    lab::yours!(half_backward(net, (x, a), d_y, side));
    let (_, blocks, last) = parts(net);
    let (relu, r) = (Activation::Relu, &a[a.len() - 1]);
    let mut d = vec![linear_backward_parameters(r, d_y)];
    let mut d_h = relu.backward(r, product(d_y.view(), last.w.t())); // [N, C]
    for (a, block) in a.iter().zip(blocks).rev() {
        let (d_a, d_w, d_b) = conv_backward(a, &block.w, &d_h, side);
        d.push((d_w, d_b));
        d_h += &relu.backward(a, d_a); // [N, C]
    }
    d.push(linear_backward_parameters(x, &d_h));
    let layers = d.into_iter().rev().zip(&net.layers);
    let layers = layers.map(|((w, b), layer)| Layer { w, b, ..*layer });
    (d_h, Mlp { layers: layers.collect() })
}
// ANCHOR_END: half

/// The first layer, those of the blocks, and the last.
fn parts<F>(net: &Mlp<F>) -> (&Layer<F>, &[Layer<F>], &Layer<F>) {
    match &net.layers[..] {
        [first, blocks @ .., last] => (first, blocks, last),
        _ => panic!("a half has a first layer and a last"),
    }
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
    (quantizer, prices): (&Quantizer<F>, Option<&Array2<F>>),
    x: Array2<F>, // [N, patch²]
    side: usize,
    variance: f64,
) -> Result<Step<F>, CommitmentError> {
    let encoded = half(encoder, x, side);
    let z_e = &encoded.y; // [N, D]
    let indices = choose(z_e, quantizer.codebook(), prices)?; // [N]
    let found = quantizer.found(z_e, indices);
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
    #[cfg(feature = "mine")]
    lab::yours!(mse_over_variance(x, reconstruction));
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
