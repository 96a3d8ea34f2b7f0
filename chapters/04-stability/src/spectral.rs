//! Spectral normalisation: by how much a linear layer stretches at most, by
//! power iteration, and the weight divided by it. A layer is a matrix `W`,
//! `[I, O]`, as in chapter 0; its transpose stretches by as much.

use gradients::plain::{Mlp, real};
use ndarray::{Array1, Array2, Axis, NdFloat};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

// ANCHOR: power
/// A vector brought to length 1; zeros stay zeros. The shape of `x`.
fn unit<F: NdFloat>(x: Array1<F>) -> Array1<F> {
    let length = x.dot(&x).sqrt();
    x / length.max(F::min_positive_value())
}

/// A direction to begin with, by chance: of length 1, `[I]`.
pub fn start<F: NdFloat>(inputs: usize, rng: &mut impl Rng) -> Array1<F> {
    let x = Array1::random_using(inputs, StandardNormal, rng); // [I]
    unit(x.mapv(|v: f64| real(v)))
}

/// Eq. 4.17: a step of power iteration. From the `u` that was kept, `[I]`,
/// to the new one and its partner `v`, `[O]`, both of length 1.
pub fn power_step<F: NdFloat>(
    w: &Array2<F>, // [I, O]
    u: &Array1<F>, // [I]
) -> (Array1<F>, Array1<F>) {
    let v = unit(w.t().dot(u)); // [O]
    let u = unit(w.dot(&v)); // [I]
    (u, v)
}

/// Eq. 4.17: what the two take for the spectral norm, `uᵀ W v`.
pub fn sigma<F: NdFloat>(
    w: &Array2<F>, // [I, O]
    u: &Array1<F>, // [I]
    v: &Array1<F>, // [O]
) -> F {
    u.dot(&w.dot(v))
}
// ANCHOR_END: power

/// Eq. 4.15: the spectral norm as `steps` steps from `u` find it; at least
/// one is taken. `u`, `[I]`, stands at no right angle to what is sought.
pub fn spectral_norm<F: NdFloat>(
    w: &Array2<F>, // [I, O]
    u: &Array1<F>, // [I]
    steps: usize,
) -> F {
    let first = power_step(w, u); // [I], [O]
    let (u, v) = (1..steps).fold(first, |(u, _), _| power_step(w, &u));
    sigma(w, &u, &v)
}

/// Eq. 4.16: an output of the network moves by no more than this, times how
/// far its input moves, if no activation is steeper than 1; chapter 0's are
/// not. Each layer's norm is found by `steps` steps.
pub fn slope_bound<F: NdFloat>(
    net: &Mlp<F>,
    steps: usize,
    rng: &mut impl Rng,
) -> F {
    net.layers.iter().fold(F::one(), |bound, layer| {
        let u = start(layer.w.nrows(), rng); // [I]
        bound * spectral_norm(&layer.w, &u, steps)
    })
}

// ANCHOR: normalised
/// Eq. 4.19: the weight over its norm, as `u` and `v` have it, which must
/// not be 0. `[I, O]`
pub fn normalised<F: NdFloat>(
    w: &Array2<F>, // [I, O]
    u: &Array1<F>, // [I]
    v: &Array1<F>, // [O]
) -> Array2<F> {
    w / sigma(w, u, v) // [I, O]
}

/// Eq. 4.20: the gradient at `W`, given the one at the normalised weight;
/// `u` and `v` are constants. `[I, O]`
pub fn normalised_backward<F: NdFloat>(
    w: &Array2<F>,     // [I, O]
    u: &Array1<F>,     // [I]
    v: &Array1<F>,     // [O]
    d_bar: &Array2<F>, // [I, O]
) -> Array2<F> {
    let sigma = sigma(w, u, v);
    let along = (d_bar * w).sum() / sigma;
    let column = u.view().insert_axis(Axis(1)); // [I, 1]
    let u_v = &column * v; // [I, O]
    (d_bar - u_v * along) / sigma // [I, O]
}
// ANCHOR_END: normalised
