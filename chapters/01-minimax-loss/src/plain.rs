//! The minimax game in plain ndarray. A discriminator is known by its logits
//! `s`, a column `[B, 1]`; its probability is `D = σ(s)`. Values are in nats.

use datasets::toy::{GaussianMixture, ToyError};
use gradients::plain::{
    Adam, AdamConfig, Mlp, bce_with_logits, bce_with_logits_backward, real,
    sigmoid, softplus,
};
use ndarray::{Array1, Array2, NdFloat, Zip};

/// The mean of `f` over the logits.
fn mean<F: NdFloat>(s: &Array2<F>, f: impl Fn(F) -> F) -> F {
    s.fold(F::zero(), |sum, &s| sum + f(s)) / real(s.len() as f64)
}

/// Each element of the gradient of a mean of `f`, given `f'`.
fn mean_backward<F: NdFloat>(
    s: &Array2<F>,
    slope: impl Fn(F) -> F,
) -> Array2<F> {
    let n = real::<F>(s.len() as f64);
    s.mapv(|s| slope(s) / n) // [B, 1]
}

// ANCHOR: value
/// Eq. 1.2: the value of the game, estimated from the logits of a batch of
/// real and a batch of generated examples. The batches may differ in size.
pub fn value<F: NdFloat>(s_real: &Array2<F>, s_fake: &Array2<F>) -> F {
    let log_d = |s: F| -softplus(-s); // log σ(s)
    let log_not_d = |s: F| -softplus(s); // log (1 - σ(s))
    mean(s_real, log_d) + mean(s_fake, log_not_d)
}
// ANCHOR_END: value

// ANCHOR: tables
/// Eq. 1.1 for distributions over N cells: `p` and `q` sum to 1, `d` holds
/// the discriminator's probability in each cell. All `[N]`.
pub fn value_of_tables(
    p: &Array1<f64>,
    q: &Array1<f64>,
    d: &Array1<f64>,
) -> f64 {
    // A cell without mass adds nothing, whatever D says there.
    let term =
        |mass: f64, d: f64| if mass > 0.0 { mass * d.ln() } else { 0.0 };
    Zip::from(p)
        .and(q)
        .and(d)
        .fold(0.0, |v, &p, &q, &d| v + term(p, d) + term(q, 1.0 - d))
}

/// The same from logits `s`, `[N]`, which hold what a probability rounds
/// away: `1 - D` is 0 long before the logit ends.
pub fn value_of_logits(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> f64 {
    Zip::from(p)
        .and(q)
        .and(s)
        .fold(0.0, |v, &p, &q, &s| v - p * softplus(-s) - q * softplus(s))
}
// ANCHOR_END: tables

// ANCHOR: optimal
/// Eq. 1.3: the discriminator that maximises the value. `[N]`. Where
/// neither has mass every answer is as good; it says 1/2.
pub fn optimal_d(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    Zip::from(p)
        .and(q)
        .map_collect(|&p, &q| if p + q > 0.0 { p / (p + q) } else { 0.5 })
}

/// The same as a logit, from log-densities in nats: `log p - log q`.
pub fn optimal_logit(log_p: f64, log_q: f64) -> f64 {
    log_p - log_q
}
// ANCHOR_END: optimal

// ANCHOR: divergence
/// Kullback and Leibler's divergence of `q` from `p`, in nats. Infinite
/// where `p` has mass and `q` has none.
pub fn kl(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    Zip::from(p).and(q).fold(0.0, |sum, &p, &q| {
        sum + if p > 0.0 { p * (p / q).ln() } else { 0.0 }
    })
}

/// Eq. 1.5: Jensen and Shannon's divergence, in nats: from 0 when the two
/// are equal to log 2 when they share no mass.
pub fn jsd(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    let m = 0.5 * (p + q); // [N]
    0.5 * kl(p, &m) + 0.5 * kl(q, &m)
}
// ANCHOR_END: divergence

// ANCHOR: d_loss
/// Eq. 1.6: what the discriminator minimises, `-V`: one binary
/// cross-entropy with target 1 and one with target 0.
pub fn d_loss<F: NdFloat>(s_real: &Array2<F>, s_fake: &Array2<F>) -> F {
    #[cfg(feature = "mine")]
    lab::yours!(d_loss(s_real, s_fake));
    let ones = Array2::ones(s_real.raw_dim()); // [B, 1]
    let zeros = Array2::zeros(s_fake.raw_dim()); // [B, 1]
    bce_with_logits(s_real, &ones) + bce_with_logits(s_fake, &zeros)
}

/// Eq. 1.7: its gradients at the real and at the fake logits.
pub fn d_loss_backward<F: NdFloat>(
    s_real: &Array2<F>,
    s_fake: &Array2<F>,
) -> (Array2<F>, Array2<F>) {
    let ones = Array2::ones(s_real.raw_dim()); // [B, 1]
    let zeros = Array2::zeros(s_fake.raw_dim()); // [B, 1]
    let d_real = bce_with_logits_backward(s_real, &ones); // [B, 1]
    let d_fake = bce_with_logits_backward(s_fake, &zeros); // [B, 1]
    (d_real, d_fake)
}
// ANCHOR_END: d_loss

// ANCHOR: saturating
/// Eq. 1.8: the generator's share of V, `mean log(1 - D)`, to be minimised.
pub fn g_loss_saturating<F: NdFloat>(s_fake: &Array2<F>) -> F {
    mean(s_fake, |s| -softplus(s))
}

/// Its gradient at the logits: `-D / B`.
pub fn g_loss_saturating_backward<F: NdFloat>(
    s_fake: &Array2<F>,
) -> Array2<F> {
    mean_backward(s_fake, |s| -sigmoid(s))
}
// ANCHOR_END: saturating

// ANCHOR: non_saturating
/// Eq. 1.9: the loss in use, `-mean log D`.
pub fn g_loss_non_saturating<F: NdFloat>(s_fake: &Array2<F>) -> F {
    mean(s_fake, |s| softplus(-s))
}

/// Its gradient at the logits: `-(1 - D) / B`.
pub fn g_loss_non_saturating_backward<F: NdFloat>(
    s_fake: &Array2<F>,
) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(g_loss_backward(s_fake));
    mean_backward(s_fake, |s| -sigmoid(-s))
}
// ANCHOR_END: non_saturating

// ANCHOR: double_sigmoid
/// Eq. 1.11: the article's loss. The discriminator ends in a sigmoid, and
/// its probability is handed to a loss that expects a logit.
pub fn g_loss_double_sigmoid<F: NdFloat>(s_fake: &Array2<F>) -> F {
    mean(s_fake, |s| softplus(-sigmoid(s)))
}

/// Its gradient at the logits: `-(1 - σ(D)) D (1 - D) / B`.
pub fn g_loss_double_sigmoid_backward<F: NdFloat>(
    s_fake: &Array2<F>,
) -> Array2<F> {
    mean_backward(s_fake, |s| {
        let d = sigmoid(s);
        -sigmoid(-d) * d * (F::one() - d)
    })
}
// ANCHOR_END: double_sigmoid

// ANCHOR: naive
/// The discriminator's loss typed in from its definition: a probability
/// first, its logarithm second. For comparison only.
pub fn d_loss_naive<F: NdFloat>(s_real: &Array2<F>, s_fake: &Array2<F>) -> F {
    let one = F::one();
    let d = |s: F| one / (one + (-s).exp());
    -mean(s_real, |s| d(s).ln()) - mean(s_fake, |s| (one - d(s)).ln())
}
// ANCHOR_END: naive

// ANCHOR: climb
/// Eq. 1.4: the gradient of the value at the logits of a tabular
/// discriminator, `p - (p + q) σ(s)`. `[N]`
pub fn value_of_tables_backward(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    Zip::from(p).and(q).and(s).map_collect(|&p, &q, &s| {
        p - (p + q) * sigmoid(s) // [N]
    })
}
// ANCHOR_END: climb

/// Lets a tabular discriminator climb for `steps` steps of Adam, starting at
/// D = 1/2 everywhere. Returns its logits after every step, `[N]` each.
pub fn climb(
    p: &Array1<f64>,
    q: &Array1<f64>,
    config: AdamConfig,
    steps: usize,
) -> Vec<Array1<f64>> {
    // One layer whose biases are the table.
    let b = Array1::zeros(p.len());
    let w = Array2::zeros((0, p.len()));
    let activation = gradients::plain::Activation::Identity;
    let layer = gradients::plain::Layer { w, b, activation };
    let mut table = Mlp { layers: vec![layer] };
    // ANCHOR: climb_loop
    let mut adam = Adam::new(&table, config);
    let mut history = vec![table.layers[0].b.clone()];
    for _ in 0..steps {
        let mut d_table = table.clone();
        // Uphill: the gradient of -V goes to a minimiser.
        d_table.layers[0].b =
            -value_of_tables_backward(p, q, &table.layers[0].b);
        adam.step(&mut table, &d_table);
        history.push(table.layers[0].b.clone());
    }
    // ANCHOR_END: climb_loop
    history
}

/// The example of chapters 1 and 2, on a line: two peaks, as the data, and
/// one broad hill, as the generator.
///
/// # Errors
/// Never: the parameters describe mixtures.
pub fn data_and_generator() -> Result<[GaussianMixture; 2], ToyError> {
    let peaks = [(0.4, -1.5), (0.6, 1.2)];
    let data = GaussianMixture::one_dimensional(&peaks, 0.6)?;
    let generator = GaussianMixture::one_dimensional(&[(1.0, 0.3)], 1.3)?;
    Ok([data, generator])
}
