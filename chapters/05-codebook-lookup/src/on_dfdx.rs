//! The same functions on dfdx, which can find a smallest value and cannot
//! say where it stood. Latents are `[N, C]`, a codebook is `[K, C]`.

use dfdx::prelude::*;
use gradients::on_dfdx::{
    Changed, Matrix, Number, Parameter, Parameters, Seen, Vector, number,
};

// ANCHOR: distances
/// Eq. 5.2: all distances at once, `‖z‖² - 2 z·e + ‖e‖²`. One tape visits
/// both arrays, so that both can have a gradient.
pub fn squared_distances<E: Number, D: Device<E>, T: Tape<E, D>>(
    z: Matrix<E, D, T>,      // [N, C]
    codebook: &Matrix<E, D>, // [K, C]
) -> Matrix<E, D, T> {
    let shape = (z.shape().0, codebook.shape().0);
    let (z, tape) = z.split_tape();
    let e_squares = codebook.clone().put_tape(tape).square(); // [K, C]
    let (e_norms, tape) = e_squares.sum::<_, Axis<1>>().split_tape(); // [K]
    let z_squares = z.clone().put_tape(tape).square(); // [N, C]
    let (z_norms, tape) = z_squares.sum::<_, Axis<1>>().split_tape(); // [N]
    let e = codebook.clone().permute(); // [C, K]
    let d = z.put_tape(tape).matmul(e) * number::<E>(-2.0); // [N, K]
    let d = d + e_norms.broadcast_like::<_, Axis<0>>(&shape);
    d + z_norms.broadcast_like::<_, Axis<1>>(&shape)
}
// ANCHOR_END: distances

// ANCHOR: device
/// Eq. 5.1 on the device: a one in each row, at the nearest codebook vector;
/// at the lowest of them when several are equally near. `[N, K]`
///
/// # Panics
/// There are no latents, or no codes: dfdx has no empty tensors.
pub fn nearest<E: Number, D: Device<E>>(
    z: Matrix<E, D>,         // [N, C]
    codebook: &Matrix<E, D>, // [K, C]
) -> Matrix<E, D> {
    smallest(squared_distances(z, codebook)) // [N, K]
}

/// A one in each row, at its smallest number; at the first of them when
/// several are equal. `[N, K]`
///
/// # Panics
/// There are no rows, or no columns: dfdx has no empty tensors.
pub fn smallest<E: Number, D: Device<E>>(d: Matrix<E, D>) -> Matrix<E, D> {
    let (dev, shape) = (d.device().clone(), *d.shape());
    let k = shape.1;
    let least = d.clone().min::<_, Axis<1>>(); // [N]
    let is_least = d.eq(&least.broadcast_like::<_, Axis<1>>(&shape)); // bool
    let counting = (0..k).map(|k| number(k as f64)).collect();
    let numbers = dev.tensor_from_vec(counting, (k,)); // 0, 1, 2, … [K]
    let numbers = numbers.broadcast_like::<_, Axis<0>>(&shape); // [N, K]
    let none = dev.zeros_like(&shape) + number::<E>(k as f64); // [N, K]
    let numbers_of_least = is_least.choose(numbers.clone(), none); // [N, K]
    let lowest = numbers_of_least.min::<_, Axis<1>>(); // [N]
    let chosen = numbers.eq(&lowest.broadcast_like::<_, Axis<1>>(&shape));
    chosen.choose(dev.ones_like(&shape), dev.zeros_like(&shape)) // [N, K]
}

/// Eq. 5.5 on the device: the rows that a one stands at. `[N, C]`
pub fn gather_chosen<E: Number, D: Device<E>, T: Tape<E, D>>(
    codebook: Matrix<E, D, T>, // [K, C]
    chosen: Matrix<E, D>,      // [N, K]
) -> Matrix<E, D, T> {
    let (codebook, tape) = codebook.split_tape();
    chosen.put_tape(tape).matmul(codebook) // [N, C]
}
// ANCHOR_END: device

// ANCHOR: means
/// How many latents chose each code, and their sum: `[K]` and `[K, C]`.
pub fn clusters<E: Number, D: Device<E>>(
    z: Matrix<E, D>,       // [N, C]
    chosen: &Matrix<E, D>, // [N, K]
) -> (Vector<E, D>, Matrix<E, D>) {
    let sums = chosen.clone().permute().matmul(z); // [K, C]
    (chosen.clone().sum::<_, Axis<0>>(), sums) // [K]
}

/// Sums over counts, where anything was chosen; elsewhere the codebook
/// stays. `[K, C]`
pub fn means_of_chosen<E: Number, D: Device<E>>(
    codebook: Matrix<E, D>, // [K, C]
    chosen: Vector<E, D>,   // [K]
    sums: Matrix<E, D>,     // [K, C]
    counts: Vector<E, D>,   // [K]
) -> Matrix<E, D> {
    let shape = *codebook.shape();
    let chosen = chosen.broadcast_like::<_, Axis<1>>(&shape); // [K, C]
    let counts = counts.broadcast_like::<_, Axis<1>>(&shape); // [K, C]
    chosen.gt(E::zero()).choose(sums / counts, codebook) // [K, C]
}

/// Eq. 5.7: the mean of the latents that chose each codebook vector.
/// `[K, C]`
pub fn cluster_means<E: Number, D: Device<E>>(
    z: Matrix<E, D>,        // [N, C]
    chosen: &Matrix<E, D>,  // [N, K]
    codebook: Matrix<E, D>, // [K, C]
) -> Matrix<E, D> {
    let (counts, sums) = clusters(z, chosen); // [K], [K, C]
    means_of_chosen(codebook, counts.clone(), sums, counts)
}
// ANCHOR_END: means

// ANCHOR: host
/// Eq. 5.1 with the distances on the device and the indices on the host.
pub fn nearest_on_host<E: Number, D: Device<E>>(
    z: Matrix<E, D>,         // [N, C]
    codebook: &Matrix<E, D>, // [K, C]
) -> Vec<usize> {
    let d = squared_distances(z, codebook); // [N, K]
    let k = d.shape().1;
    let first_smallest = |row: &[E]| {
        (1..k).fold(0, |a, b| if row[b] < row[a] { b } else { a })
    };
    d.as_vec().chunks(k).map(first_smallest).collect() // [N]
}

/// Eq. 5.5: the codebook vector of each index. The tape of the codebook goes
/// on, and scatters its gradient. `[N, C]`
pub fn gather<E: Number, D: Device<E>, T: Tape<E, D>>(
    codebook: Matrix<E, D, T>, // [K, C]
    indices: &[usize],         // [N]
) -> Matrix<E, D, T> {
    let n = indices.len();
    let indices = codebook.device().tensor_from_vec(indices.to_vec(), (n,));
    codebook.gather(indices) // [N, C]
}
// ANCHOR_END: host

/// Eq. 5.6: the mean squared distance of a latent from what stands for it.
pub fn distortion<E: Number, D: Device<E>, T: Tape<E, D>>(
    z: Matrix<E, D>,      // [N, C]
    z_q: Matrix<E, D, T>, // [N, C]
) -> Tensor<(), E, D, T> {
    let n = z.shape().0.max(1) as f64;
    (z_q - z).square().sum() / number::<E>(n)
}

/// Rows of length 1. `[N, C]`
pub fn normalize_rows<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [N, C]
) -> Matrix<E, D, T> {
    let shape = *x.shape();
    let (x, tape) = x.split_tape();
    let squares = x.clone().put_tape(tape).square().sum::<_, Axis<1>>();
    let (lengths, tape) = squares.sqrt().split_tape(); // [N]
    x.put_tape(tape) / lengths.broadcast_like::<_, Axis<1>>(&shape)
}

/// Images `[N, H, W]` cut into patches of `size` × `size`, one a row.
///
/// # Panics
/// `size` does not divide H and W.
pub fn patches<E: Number, D: Device<E>, T: Tape<E, D>>(
    images: Tensor<(usize, usize, usize), E, D, T>,
    size: usize,
) -> Matrix<E, D, T> {
    let (n, h, w) = *images.shape();
    assert!(h % size == 0 && w % size == 0, "{size} must divide {h} × {w}");
    let (down, across) = (h / size, w / size);
    images
        .reshape_like(&(n, down, size, across, size))
        .permute::<_, Axes5<0, 1, 3, 2, 4>>()
        .reshape_like(&(n * down * across, size * size))
}

/// A codebook `[K, C]` that is trained: the one array of a model.
#[derive(Clone, Debug)]
pub struct Codebook<E: Number, D: Device<E>>(pub Matrix<E, D>);

impl<E: Number, D: Device<E>> Parameters<E, D> for Codebook<E, D> {
    fn parameters(&self) -> Vec<Seen<'_, E, D>> {
        vec![Parameter::Matrix(&self.0)]
    }

    fn parameters_mut(&mut self) -> Vec<Changed<'_, E, D>> {
        vec![Parameter::Matrix(&mut self.0)]
    }
}
