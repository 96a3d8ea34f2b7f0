//! The same functions on dfdx, which can find a smallest value and cannot
//! say where it stood. Latents are `[N, C]`, a codebook is `[K, C]`.

use dfdx::prelude::*;

fn number<E: Dtype>(v: usize) -> E {
    E::from_usize(v).expect("a float holds a count")
}

// ANCHOR: distances
/// Eq. 5.2: all distances at once, `‖z‖² - 2 z·e + ‖e‖²`. One tape visits
/// both arrays, so that both can have a gradient.
pub fn squared_distances<N: Dim, K: Dim, C: Dim, E: Dtype, D, T>(
    z: Tensor<(N, C), E, D, T>,
    codebook: &Tensor<(K, C), E, D>,
) -> Tensor<(N, K), E, D, T>
where
    D: Device<E>,
    T: Tape<E, D> + Merge<NoneTape>,
{
    let shape = (z.shape().0, codebook.shape().0);
    let (z, tape) = z.split_tape();
    let e_squares = codebook.clone().put_tape(tape).square(); // [K, C]
    let (e_norms, tape) = e_squares.sum::<_, Axis<1>>().split_tape(); // [K]
    let z_squares = z.clone().put_tape(tape).square(); // [N, C]
    let (z_norms, tape) = z_squares.sum::<_, Axis<1>>().split_tape(); // [N]
    let e = codebook.clone().permute::<(C, K), _>(); // [C, K]
    let minus_two = E::from_f64(-2.0).expect("a float holds -2");
    let d = z.put_tape(tape).matmul(e) * minus_two; // [N, K]
    let d = d + e_norms.broadcast_like::<_, Axis<0>>(&shape);
    d + z_norms.broadcast_like::<_, Axis<1>>(&shape)
}
// ANCHOR_END: distances

// ANCHOR: device
/// Eq. 5.1 on the device: a one in each row, at the nearest codebook vector;
/// at the lowest of them when several are equally near. `[N, K]`
pub fn nearest<N: Dim, K: Dim, C: Dim, E: Dtype, D: Device<E>>(
    z: Tensor<(N, C), E, D>,
    codebook: &Tensor<(K, C), E, D>,
) -> Tensor<(N, K), E, D> {
    let (dev, k) = (z.device().clone(), codebook.shape().0);
    let d = squared_distances(z, codebook); // [N, K]
    let shape = *d.shape();
    let least = d.clone().min::<_, Axis<1>>(); // [N]
    let is_least = d.eq(&least.broadcast_like(&shape)); // [N, K], bool
    let counting = (0..k.size()).map(number).collect();
    let numbers = dev.tensor_from_vec(counting, (k,)); // 0, 1, 2, … [K]
    let numbers = numbers.broadcast_like::<_, Axis<0>>(&shape); // [N, K]
    let none = dev.zeros_like(&shape) + number::<E>(k.size()); // [N, K]
    let numbers_of_least = is_least.choose(numbers.clone(), none); // [N, K]
    let lowest = numbers_of_least.min::<_, Axis<1>>(); // [N]
    let chosen = numbers.eq(&lowest.broadcast_like(&shape)); // bool
    chosen.choose(dev.ones_like(&shape), dev.zeros_like(&shape)) // [N, K]
}

/// Eq. 5.5 on the device: the rows that a one stands at. `[N, C]`
pub fn gather_chosen<N: Dim, K: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    codebook: Tensor<(K, C), E, D, T>,
    chosen: Tensor<(N, K), E, D>,
) -> Tensor<(N, C), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (codebook, tape) = codebook.split_tape();
    chosen.put_tape(tape).matmul(codebook) // [N, C]
}
// ANCHOR_END: device

// ANCHOR: host
/// Eq. 5.1 with the distances on the device and the indices on the host.
pub fn nearest_on_host<N: Dim, K: Dim, C: Dim, E: Dtype, D: Device<E>>(
    z: Tensor<(N, C), E, D>,
    codebook: &Tensor<(K, C), E, D>,
) -> Vec<usize> {
    let d = squared_distances(z, codebook); // [N, K]
    let k = d.shape().1.size();
    let first_smallest = |row: &[E]| {
        (1..k).fold(0, |a, b| if row[b] < row[a] { b } else { a })
    };
    d.as_vec().chunks(k).map(first_smallest).collect() // [N]
}

/// Eq. 5.5: the codebook vector of each index. The tape of the codebook goes
/// on, and scatters its gradient. `[N, C]`
pub fn gather<K: Dim, C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    codebook: Tensor<(K, C), E, D, T>,
    indices: &[usize],
) -> Tensor<(usize, C), E, D, T> {
    let n = indices.len();
    let indices = codebook.device().tensor_from_vec(indices.to_vec(), (n,));
    codebook.gather(indices) // [N, C]
}
// ANCHOR_END: host

/// Eq. 5.6: the mean squared distance of a latent from what stands for it.
pub fn distortion<N: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z: Tensor<(N, C), E, D>,
    z_q: Tensor<(N, C), E, D, T>,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let n = number::<E>(z.shape().0.size().max(1));
    (z_q - z).square().sum() / n
}

/// Rows of length 1. `[N, C]`
pub fn normalize_rows<N: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    x: Tensor<(N, C), E, D, T>,
) -> Tensor<(N, C), E, D, T>
where
    T: Tape<E, D> + Merge<T>,
{
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
pub fn patches<E: Dtype, D: Device<E>, T: Tape<E, D>>(
    images: Tensor<(usize, usize, usize), E, D, T>,
    size: usize,
) -> Tensor<(usize, usize), E, D, T> {
    let (n, h, w) = *images.shape();
    assert!(h % size == 0 && w % size == 0, "{size} must divide {h} × {w}");
    let (down, across) = (h / size, w / size);
    images
        .reshape_like(&(n, down, size, across, size))
        .permute::<_, Axes5<0, 1, 3, 2, 4>>()
        .reshape_like(&(n * down * across, size * size))
}
