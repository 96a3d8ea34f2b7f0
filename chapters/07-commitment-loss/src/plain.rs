//! The terms that pull a latent and its codebook vector together, and what
//! keeps a codebook alive, in plain ndarray. Latents are rows `[N, C]`, a
//! codebook is `[K, C]`, there is one index for each latent.

use codebook_lookup::plain::{
    LookupError, cluster_means, entropy, gather, gather_backward, usage,
};
use gradients::plain::real;
use ndarray::{Array1, Array2, Axis, NdFloat, Zip};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand::seq::index::sample;
use straight_through::plain::straight_through_backward;

/// Latents, a codebook or constants with which nothing can be learnt.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum CommitmentError {
    /// Latents and codebook do not fit together.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A decay that keeps everything, or nothing, or is no number.
    #[error(
        "{name}: expected a decay between 0 and 1, both excluded, \
         found {found}"
    )]
    Decay {
        /// `gamma` or `usage_decay`.
        name: &'static str,
        /// The number.
        found: f64,
    },
    /// A weight that would push apart what belongs together.
    #[error("{name}: expected a finite number, not negative, found {found}")]
    Weight {
        /// `beta`, `weight` or `threshold`.
        name: &'static str,
        /// The number.
        found: f64,
    },
    /// A latent without an index, or an index without a latent.
    #[error(
        "expected one index for each of {latents} latents, found {found}"
    )]
    Indices {
        /// Rows.
        latents: usize,
        /// Indices.
        found: usize,
    },
    /// An index beyond the codebook.
    #[error("latent {row}: expected an index below {k}, found {found}")]
    Index {
        /// Counted from 0.
        row: usize,
        /// Codebook vectors.
        k: usize,
        /// The index.
        found: usize,
    },
    /// Parts of equal width that there are none of.
    #[error(
        "expected latents that can be cut into {parts} parts of equal \
         width, found {c} components"
    )]
    Parts {
        /// Components.
        c: usize,
        /// Parts.
        parts: usize,
    },
    /// A stack of quantisers without one.
    #[error("expected at least one quantiser, found none")]
    NoQuantizer,
}

/// A decay lies between 0 and 1, both excluded.
///
/// # Errors
/// It does not.
pub fn check_decay(
    name: &'static str,
    found: f64,
) -> Result<(), CommitmentError> {
    match found > 0.0 && found < 1.0 {
        true => Ok(()),
        false => Err(CommitmentError::Decay { name, found }),
    }
}

/// A weight is finite and not negative.
///
/// # Errors
/// It is not.
pub fn check_weight(
    name: &'static str,
    found: f64,
) -> Result<(), CommitmentError> {
    match found.is_finite() && found >= 0.0 {
        true => Ok(()),
        false => Err(CommitmentError::Weight { name, found }),
    }
}

// ANCHOR: reduction
/// What the squared differences `[N, C]` of a term become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Their mean over all N·C.
    #[default]
    Mean,
    /// The squared length of a row, averaged over the N rows: C times as
    /// much.
    SumOverComponents,
}

impl Reduction {
    /// Eq. 7.10: the factor before the sum.
    pub fn factor<F: NdFloat>(self, (n, c): (usize, usize)) -> F {
        let terms = match self {
            Reduction::Mean => n * c,
            Reduction::SumOverComponents => n,
        };
        F::one() / real(terms.max(1) as f64)
    }
}

fn squares<F: NdFloat>(a: &Array2<F>, b: &Array2<F>) -> F {
    Zip::from(a).and(b).fold(F::zero(), |s, &a, &b| s + (a - b) * (a - b))
}
// ANCHOR_END: reduction

// ANCHOR: codebook
/// Eq. 7.6: the codebook term, `‖sg[z_e] - e‖²`.
pub fn codebook_loss<F: NdFloat>(
    z_e: &Array2<F>,      // [N, C]
    codebook: &Array2<F>, // [K, C]
    indices: &[usize],    // [N]
    reduction: Reduction,
) -> F {
    let e = gather(codebook, indices); // [N, C]
    reduction.factor::<F>(z_e.dim()) * squares(z_e, &e)
}

/// Eq. 7.7: its gradient, which exists at the codebook alone. A vector
/// collects from every latent that chose it. `[K, C]`
pub fn codebook_loss_backward<F: NdFloat>(
    z_e: &Array2<F>,      // [N, C]
    codebook: &Array2<F>, // [K, C]
    indices: &[usize],    // [N]
    reduction: Reduction,
) -> Array2<F> {
    let two = real::<F>(2.0) * reduction.factor(z_e.dim());
    let d_e = (gather(codebook, indices) - z_e) * two; // [N, C]
    gather_backward(&d_e, indices, codebook.nrows()) // [K, C]
}
// ANCHOR_END: codebook

// ANCHOR: commitment
/// Eq. 7.8: the commitment term, `β ‖z_e - sg[e]‖²`.
pub fn commitment_loss<F: NdFloat>(
    z_e: &Array2<F>, // [N, C]
    z_q: &Array2<F>, // [N, C]
    beta: f64,
    reduction: Reduction,
) -> F {
    real::<F>(beta) * reduction.factor(z_e.dim()) * squares(z_e, z_q)
}

/// Eq. 7.9: its gradient, which exists at the latents alone. `[N, C]`
pub fn commitment_loss_backward<F: NdFloat>(
    z_e: &Array2<F>, // [N, C]
    z_q: &Array2<F>, // [N, C]
    beta: f64,
    reduction: Reduction,
) -> Array2<F> {
    let factor = reduction.factor::<F>(z_e.dim());
    (z_e - z_q) * (real::<F>(2.0 * beta) * factor) // [N, C]
}

/// Eq. 7.5: all that reaches a latent, from the reconstruction by way of
/// the straight-through step, and from the commitment term. `[N, C]`
pub fn encoder_gradient<F: NdFloat>(
    d_z_q: Array2<F>, // [N, C]
    z_e: &Array2<F>,  // [N, C]
    z_q: &Array2<F>,  // [N, C]
    beta: f64,
    reduction: Reduction,
) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(encoder_gradient(&d_z_q, z_e, z_q, beta, reduction));
    straight_through_backward(d_z_q)
        + commitment_loss_backward(z_e, z_q, beta, reduction) // [N, C]
}
// ANCHOR_END: commitment

// ANCHOR: late
/// Eq. 7.19: the gradient of a codebook term that is handed the *output*
/// of the straight-through step: at the codebook it is zero, and at the
/// latents, given here, it points away from the code. `[N, C]`
pub fn late_codebook_loss_backward<F: NdFloat>(
    z_e: &Array2<F>, // [N, C]
    z_q: &Array2<F>, // [N, C]
    reduction: Reduction,
) -> Array2<F> {
    let factor = reduction.factor::<F>(z_e.dim());
    let d_z_q = (z_q - z_e) * (real::<F>(2.0) * factor); // [N, C]
    straight_through_backward(d_z_q)
}
// ANCHOR_END: late

// ANCHOR: ema
/// A codebook that learns without a gradient: moving averages of how many
/// latents choose each vector, and of their sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Ema<F> {
    /// What is kept at each step, between 0 and 1.
    pub gamma: f64,
    /// Whether the averages start empty; otherwise the vector that a code
    /// starts from counts as one latent.
    pub debias: bool,
    /// `N_k`. `[K]`
    pub counts: Array1<F>,
    /// `m_k`. `[K, C]`
    pub sums: Array2<F>,
    /// Steps done.
    pub steps: u64,
    pub(crate) codebook: Array2<F>,
}

impl<F: NdFloat> Ema<F> {
    /// Averages around a codebook `[K, C]`.
    ///
    /// # Errors
    /// `gamma` is not between 0 and 1.
    pub fn new(
        codebook: Array2<F>,
        gamma: f64,
        debias: bool,
    ) -> Result<Self, CommitmentError> {
        check_decay("gamma", gamma)?;
        let start = if debias { F::zero() } else { F::one() };
        let counts = Array1::from_elem(codebook.nrows(), start); // [K]
        let sums = &codebook * start; // [K, C]
        Ok(Self { gamma, debias, counts, sums, steps: 0, codebook })
    }

    /// Eq. 7.11: one step. A code that nobody chose stays where it is.
    ///
    /// # Panics
    /// An index is not below K, or there is not one for each latent.
    pub fn update(&mut self, z_e: &Array2<F>, indices: &[usize]) {
        #[cfg(feature = "mine")]
        lab::yours!(update(self, z_e, indices));
        let [keep, add] = [self.gamma, 1.0 - self.gamma].map(real::<F>);
        let k = self.codebook.nrows();
        let n = usage(indices, k).mapv(|n| real::<F>(n as f64)); // [K]
        let sum = gather_backward(z_e, indices, k); // [K, C]
        self.counts.zip_mut_with(&n, |c, &n| *c = keep * *c + add * n);
        self.sums.zip_mut_with(&sum, |m, &s| *m = keep * *m + add * s);
        self.steps += 1;
        for k in (0..k).filter(|&k| n[k] > F::zero()) {
            let mean = &self.sums.row(k) / self.counts[k]; // [C]
            self.codebook.row_mut(k).assign(&mean);
        }
    }

    /// `e_k = m_k / N_k`. `[K, C]`
    pub fn codebook(&self) -> &Array2<F> {
        &self.codebook
    }

    /// Eq. 7.12: counts `[K]` and sums `[K, C]`, divided by the weight
    /// `1 - γᵗ` that all steps so far have together, if they started empty.
    pub fn averages(&self) -> (Array1<F>, Array2<F>) {
        let weight = match (self.debias, self.steps) {
            (false, _) | (_, 0) => F::one(),
            (true, t) => real(1.0 - power(self.gamma, t)),
        };
        (&self.counts / weight, &self.sums / weight)
    }
}
// ANCHOR_END: ema

impl<F: NdFloat> Ema<F> {
    /// Code `k` starts again from its present vector, which counts as one
    /// latent.
    pub(crate) fn restart(&mut self, k: usize) {
        self.counts[k] = match self.debias {
            true => real(1.0 - power(self.gamma, self.steps)),
            false => F::one(),
        };
        let sum = &self.codebook.row(k) * self.counts[k]; // [C]
        self.sums.row_mut(k).assign(&sum);
    }
}

fn power(gamma: f64, steps: u64) -> f64 {
    gamma.powf(steps as f64)
}

// ANCHOR: fixed
/// Eq. 7.13: where an `Ema` that started at `start` is after `steps` steps
/// of one and the same batch and assignment: as far from the cluster means
/// as the start's share in the average. `[K, C]`
pub fn after_fixed_steps<F: NdFloat>(
    start: &Ema<F>,
    z_e: &Array2<F>,
    indices: &[usize],
    steps: u64,
) -> Array2<F> {
    let left = real::<F>(power(start.gamma, steps));
    let n = usage(indices, start.codebook.nrows()); // [K]
    let means = cluster_means(z_e, indices, &start.codebook); // [K, C]
    let mut far = &start.codebook - &means; // [K, C]
    for (k, mut row) in far.axis_iter_mut(Axis(0)).enumerate() {
        let old = left * start.counts[k];
        let new = (F::one() - left) * real(n[k] as f64);
        let share = if n[k] > 0 { old / (old + new) } else { F::one() };
        row.mapv_inplace(|v| v * share);
    }
    means + far
}
// ANCHOR_END: fixed

// ANCHOR: perplexity
/// Eq. 7.14: as how many equally frequent codes the counts `[K]` are worth:
/// from 1 to K. The entropy is in nats, so the base is e.
pub fn perplexity(counts: &Array1<usize>) -> f64 {
    #[cfg(feature = "mine")]
    lab::yours!(perplexity(counts));
    entropy(counts).exp()
}

/// Eq. 7.15: how many of `k` equally likely codes `n` latents show, on
/// average.
pub fn expected_codes(n: usize, k: usize) -> f64 {
    let k = k as f64;
    k * (1.0 - (1.0 - 1.0 / k).powf(n as f64))
}
// ANCHOR_END: perplexity

// ANCHOR: revive
/// Every code whose usage is below the threshold starts again at a latent
/// of the batch, each at another; gives the codes that did, which are N at
/// most.
///
/// # Panics
/// There are more usages than codes, or the widths differ.
pub fn revive<F: NdFloat>(
    codebook: &mut Array2<F>, // [K, C]
    usage: &Array1<F>,        // [K]
    z_e: &Array2<F>,          // [N, C]
    threshold: F,
    rng: &mut impl Rng,
) -> Vec<usize> {
    let dead = (0..usage.len()).filter(|&k| usage[k] < threshold);
    let mut dead: Vec<usize> = dead.collect();
    dead.truncate(z_e.nrows());
    let latents = sample(rng, z_e.nrows(), dead.len());
    for (&k, n) in dead.iter().zip(latents) {
        codebook.row_mut(k).assign(&z_e.row(n));
    }
    dead
}
// ANCHOR_END: revive
