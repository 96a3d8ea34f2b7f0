//! The model that a VQ-VAE leaves behind: a variational autoencoder, whose
//! encoder gives a Gaussian for each image. Images are rows `[B, P]`; what
//! the encoder gives is `[B, 2C]`, means `μ` and then `log σ²`, `[B, C]`
//! each. Terms are in nats an image: sums over pixels or components, means
//! over the batch.

mod training;

use gradients::plain::{Mlp, last, mse, mse_backward, real, softmax};
use ndarray::{Array1, Array2, Axis, NdFloat, Zip, concatenate, s};

pub use training::{
    BATCH, Source, Training, Vae, Variational, WIDTH, in_room, networks,
};

// ANCHOR: gaussian_kl
/// Eq. 7.2 for each component: the divergence of `N(μ, σ²)` from `N(0, 1)`
/// in nats, mean over the batch. `[C]`
pub fn kl_per_component<F: NdFloat>(
    mu: &Array2<F>,      // [B, C]
    log_var: &Array2<F>, // [B, C]
) -> Array1<F> {
    let kl = Zip::from(mu).and(log_var).map_collect(|&mu, &log_var| {
        (mu * mu + log_var.exp_m1() - log_var) * real(0.5)
    }); // [B, C]
    kl.sum_axis(Axis(0)) / rows(mu) // [C]
}

/// Eq. 7.2: their sum.
pub fn gaussian_kl<F: NdFloat>(
    mu: &Array2<F>,      // [B, C]
    log_var: &Array2<F>, // [B, C]
) -> F {
    kl_per_component(mu, log_var).sum()
}

/// Its gradients at `μ` and at `log σ²`. `[B, C]` each
pub fn gaussian_kl_backward<F: NdFloat>(
    mu: &Array2<F>,      // [B, C]
    log_var: &Array2<F>, // [B, C]
) -> (Array2<F>, Array2<F>) {
    let (half, b) = (real::<F>(0.5), rows(mu));
    let d_mu = mu / b; // [B, C]
    let d_log_var = log_var.mapv(|s| half * s.exp_m1() / b); // [B, C]
    (d_mu, d_log_var)
}
// ANCHOR_END: gaussian_kl

fn rows<F: NdFloat>(a: &Array2<F>) -> F {
    real(a.nrows().max(1) as f64)
}

// ANCHOR: sample
/// Eq. 7.3: `z = μ + σ ε`, the noise `ε` drawn from `N(0, 1)`. `[B, C]`
pub fn reparameterise<F: NdFloat>(
    mu: &Array2<F>,      // [B, C]
    log_var: &Array2<F>, // [B, C]
    noise: &Array2<F>,   // [B, C]
) -> Array2<F> {
    mu + &(log_var.mapv(deviation) * noise) // [B, C]
}

/// What a gradient at `z` is at `μ` and at `log σ²`. `[B, C]` each
pub fn reparameterise_backward<F: NdFloat>(
    d_z: Array2<F>,      // [B, C]
    log_var: &Array2<F>, // [B, C]
    noise: &Array2<F>,   // [B, C]
) -> (Array2<F>, Array2<F>) {
    let half = log_var.mapv(|s| deviation(s) * real(0.5)); // [B, C]
    let d_log_var = &d_z * &half * noise; // [B, C]
    (d_z, d_log_var)
}

/// `σ`, of which the network gives `log σ²`: any number will do.
fn deviation<F: NdFloat>(log_var: F) -> F {
    (log_var * real(0.5)).exp()
}
// ANCHOR_END: sample

// ANCHOR: nll
/// The first term of Eq. 7.1, its sign turned: `-log p(x|z)` for Gaussian
/// pixels of one variance, less a constant.
pub fn gaussian_nll<F: NdFloat>(
    x_hat: &Array2<F>, // [B, P]
    x: &Array2<F>,     // [B, P]
    variance: f64,
) -> F {
    mse(x_hat, x) * real(x.ncols() as f64 / (2.0 * variance))
}

/// Its gradient at `x_hat`. `[B, P]`
pub fn gaussian_nll_backward<F: NdFloat>(
    x_hat: &Array2<F>, // [B, P]
    x: &Array2<F>,     // [B, P]
    variance: f64,
) -> Array2<F> {
    mse_backward(x_hat, x) * real::<F>(x.ncols() as f64 / (2.0 * variance))
}
// ANCHOR_END: nll

// ANCHOR: categorical
/// Eq. 7.4: the divergence of softmax(s) from the uniform distribution over
/// K codes, in nats, mean over the rows of the logits `[N, K]`.
pub fn categorical_kl<F: NdFloat>(s: &Array2<F>) -> F {
    let uniform = real::<F>((s.ncols() as f64).ln());
    uniform + softmax(s).mapv(times_log).sum() / rows(s)
}

/// Its gradient at the logits: zero where a code has all or nothing. `[N, K]`
pub fn categorical_kl_backward<F: NdFloat>(
    s: &Array2<F>, // [N, K]
) -> Array2<F> {
    let (mut p, n) = (softmax(s), rows(s)); // [N, K]
    for mut row in p.rows_mut() {
        let sum = row.mapv(times_log).sum();
        row.mapv_inplace(|p| (times_log(p) - p * sum) / n);
    }
    p
}

/// `p log p`, which is 0 at 0.
fn times_log<F: NdFloat>(p: F) -> F {
    if p > F::zero() { p * p.ln() } else { F::zero() }
}
// ANCHOR_END: categorical

// ANCHOR: objective
/// What is minimised: Eq. 7.1 with its sign turned, and two cures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Objective {
    /// Of a pixel, given the latents.
    pub variance: f64,
    /// The KL term's weight rises from 0 to 1 over so many steps.
    pub warm_up: u64,
    /// So many nats of each component cost nothing.
    pub free: f64,
}

impl Objective {
    /// The bound itself.
    pub const fn bound(variance: f64) -> Self {
        Self { variance, warm_up: 0, free: 0.0 }
    }

    /// The weight of the KL term at a step.
    pub fn weight(&self, step: u64) -> f64 {
        match step < self.warm_up {
            true => step as f64 / self.warm_up as f64,
            false => 1.0,
        }
    }
}
// ANCHOR_END: objective

/// `μ` and `log σ²`, `[B, C]` each, of what the encoder gave, `[B, 2C]`.
pub fn halves<F: NdFloat>(h: &Array2<F>) -> (Array2<F>, Array2<F>) {
    let c = h.ncols() / 2;
    (h.slice(s![.., ..c]).to_owned(), h.slice(s![.., c..]).to_owned())
}

// ANCHOR: step
/// The two terms of one step, and its gradients.
pub struct Step<F> {
    /// `gaussian_nll`.
    pub reconstruction: F,
    /// The divergence of each component, before weight and floor. `[C]`
    pub kl: Array1<F>,
    /// The gradient at every parameter of the encoder.
    pub d_encoder: Mlp<F>,
    /// The gradient at every parameter of the decoder.
    pub d_decoder: Mlp<F>,
}

/// Eq. 7.1: one step on images and noise. For the bound itself the weight
/// is 1, and nothing of a divergence is free.
///
/// # Panics
/// The widths do not fit.
pub fn step<F: NdFloat>(
    (encoder, decoder): (&Mlp<F>, &Mlp<F>),
    objective: &Objective,
    weight: f64,
    x: &Array2<F>,     // [B, P]
    noise: &Array2<F>, // [B, C]
) -> Step<F> {
    let encoded = encoder.forward(x);
    let (mu, log_var) = halves(last(&encoded)); // [B, C]
    let z = reparameterise(&mu, &log_var, noise); // [B, C]
    let decoded = decoder.forward(&z);
    let (x_hat, variance) = (last(&decoded), objective.variance); // [B, P]
    let kl = kl_per_component(&mu, &log_var); // [C]

    let d_x_hat = gaussian_nll_backward(x_hat, x, variance); // [B, P]
    let (d_z, d_decoder) = decoder.backward(&decoded, d_x_hat); // [B, C]
    let free = real::<F>(objective.free);
    let w = kl.mapv(|kl| real(if kl < free { 0.0 } else { weight })); // [C]
    let (kl_mu, kl_log_var) = gaussian_kl_backward(&mu, &log_var);
    let (mut d_mu, mut d_log_var) =
        reparameterise_backward(d_z, &log_var, noise); // [B, C]
    d_mu += &(kl_mu * &w);
    d_log_var += &(kl_log_var * &w);
    let d_h = concatenate![Axis(1), d_mu, d_log_var]; // [B, 2C]
    let (_, d_encoder) = encoder.backward_parameters(&encoded, d_h);
    let reconstruction = gaussian_nll(x_hat, x, variance);
    Step { reconstruction, kl, d_encoder, d_decoder }
}
// ANCHOR_END: step
