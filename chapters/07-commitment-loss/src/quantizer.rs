//! A codebook with everything that it needs in training: the lookup, both losses, one of two ways to learn, a start from
//! the first latents, usage statistics, revival, and a place in a checkpoint.

use codebook_lookup::plain::{
    Codebook, check, gather, kmeans_plus_plus, lloyd_step, nearest,
};
use gradients::plain::{Adam, AdamConfig, real};
use lab::{Checkpoint, CheckpointError};
use ndarray::{Array, Array1, Array2, Axis, Dimension, NdFloat};
use ndarray_rand::rand::Rng;
use straight_through::plain::Quantized;

use crate::plain::{
    CommitmentError, Ema, Reduction, check_decay, check_weight,
    codebook_loss, codebook_loss_backward, commitment_loss, encoder_gradient,
    perplexity, revive,
};

// ANCHOR: settings
/// How a codebook learns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Learning {
    /// By the codebook term, Eq. 7.7, and an Adam of its own.
    Gradient {
        /// Its constants.
        adam: AdamConfig,
        /// Of the codebook term; 1 in Eq. 7.5.
        weight: f64,
    },
    /// By moving averages, Eq. 7.11.
    Ema {
        /// What is kept at each step.
        gamma: f64,
        /// Whether the averages start empty, Eq. 7.12.
        debias: bool,
    },
}

/// When a code starts again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Revival {
    /// As soon as its usage is below this many times a fair share, 1 / K.
    pub threshold: f64,
}

/// The constants of a quantizer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How the codebook learns.
    pub learning: Learning,
    /// Weight of the commitment term.
    pub beta: f64,
    /// Of both terms.
    pub reduction: Reduction,
    /// Whether dead codes start again.
    pub revival: Option<Revival>,
    /// What the usage statistics keep at each step.
    pub usage_decay: f64,
}
// ANCHOR_END: settings

impl Default for Settings {
    /// The paper's: β = 0.25, γ = 0.99, no revival.
    fn default() -> Self {
        Self {
            learning: Learning::Ema { gamma: 0.99, debias: true },
            beta: 0.25,
            reduction: Reduction::Mean,
            revival: None,
            usage_decay: 0.99,
        }
    }
}

impl Learning {
    /// By the codebook term with weight 1 and this step size.
    pub fn gradient(lr: f64) -> Self {
        let adam = AdamConfig { lr, ..AdamConfig::default() };
        Learning::Gradient { adam, weight: 1.0 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Learner<F> {
    Gradient { codebook: Codebook<F>, adam: Adam<F>, weight: f64 },
    Ema(Ema<F>),
}

/// A codebook in training.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantizer<F> {
    settings: Settings,
    pub(crate) learner: Learner<F>,
    pub(crate) usage: Array1<F>,
}

// ANCHOR: quantize
/// What a quantizer says about a batch of latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<F> {
    /// The codebook vectors, and which.
    pub quantized: Quantized<F>,
    /// Eq. 7.6.
    pub codebook_loss: F,
    /// Eq. 7.8, β included.
    pub commitment_loss: F,
}

impl<F: NdFloat> Quantizer<F> {
    /// The nearest vectors for latents `[N, C]`, and both losses.
    ///
    /// # Errors
    /// The widths differ, or a number is not finite.
    // ANCHOR: look_up
    pub fn quantize(
        &self,
        z_e: &Array2<F>,
    ) -> Result<Found<F>, CommitmentError> {
        Ok(self.found(z_e, nearest(z_e, self.codebook())?))
    }

    /// The chosen vectors, and both losses.
    ///
    /// # Panics
    /// There is not one index below K for each latent.
    pub fn found(&self, z_e: &Array2<F>, indices: Vec<usize>) -> Found<F> {
        let Settings { beta, reduction, .. } = self.settings;
        let e = self.codebook(); // [K, C]
        let z_q = gather(e, &indices); // [N, C]
        Found {
            codebook_loss: codebook_loss(z_e, e, &indices, reduction),
            commitment_loss: commitment_loss(z_e, &z_q, beta, reduction),
            quantized: Quantized { z_q, indices },
        }
    }
    // ANCHOR_END: look_up

    /// All that reaches the latents, given what reaches the decoder's
    /// input. `[N, C]`
    pub fn encoder_gradient(
        &self,
        z_e: &Array2<F>,  // [N, C]
        z_q: &Array2<F>,  // [N, C]
        d_z_q: Array2<F>, // [N, C]
    ) -> Array2<F> {
        let Settings { beta, reduction, .. } = self.settings;
        encoder_gradient(d_z_q, z_e, z_q, beta, reduction) // [N, C]
    }
}
// ANCHOR_END: quantize

impl<F: NdFloat> Quantizer<F> {
    /// A quantizer that starts from this codebook, `[K, C]`.
    ///
    /// # Errors
    /// The codebook is empty or not finite, γ or the usage's decay is not between 0 and 1, or a weight is negative or not
    /// finite.
    pub fn new(
        codebook: Array2<F>,
        settings: Settings,
    ) -> Result<Self, CommitmentError> {
        let no_latents = Array2::zeros((0, codebook.ncols()));
        check(&no_latents, &codebook)?;
        check_weight("beta", settings.beta)?;
        check_decay("usage_decay", settings.usage_decay)?;
        if let Some(revival) = settings.revival {
            check_weight("threshold", revival.threshold)?;
        }
        let usage = Array1::ones(codebook.nrows()); // [K]
        let learner = match settings.learning {
            Learning::Gradient { adam, weight } => {
                check_weight("weight", weight)?;
                let codebook = Codebook(codebook);
                let adam = Adam::new(&codebook, adam);
                Learner::Gradient { codebook, adam, weight }
            }
            Learning::Ema { gamma, debias } => {
                Learner::Ema(Ema::new(codebook, gamma, debias)?)
            }
        };
        Ok(Self { settings, learner, usage })
    }

    // ANCHOR: start
    /// A quantizer that starts from the first latents `[N, C]`: k-means++,
    /// then some steps of Lloyd's algorithm.
    ///
    /// # Errors
    /// As for `new`; or K is 0 or above N, or a latent is not finite.
    pub fn from_latents(
        z_e: &Array2<F>,
        k: usize,
        lloyd_steps: usize,
        settings: Settings,
        rng: &mut impl Rng,
    ) -> Result<Self, CommitmentError> {
        let mut codebook = kmeans_plus_plus(z_e, k, rng)?; // [K, C]
        for _ in 0..lloyd_steps {
            codebook = lloyd_step(z_e, &codebook)?.0;
        }
        Self::new(codebook, settings)
    }
    // ANCHOR_END: start

    // ANCHOR: learn
    /// One step of the codebook, after the lookup of these latents; gives
    /// the codes that started again.
    ///
    /// # Errors
    /// There is not one index below K for each latent, the widths differ,
    /// or a latent is not finite.
    // ANCHOR: learn_once
    pub fn learn(
        &mut self,
        z_e: &Array2<F>,   // [N, C]
        indices: &[usize], // [N]
        rng: &mut impl Rng,
    ) -> Result<Vec<usize>, CommitmentError> {
        self.check(z_e, indices)?;
        self.count(indices);
        let reduction = self.settings.reduction;
        match &mut self.learner {
            Learner::Ema(ema) => ema.update(z_e, indices),
            Learner::Gradient { codebook, adam, weight } => {
                let e = &codebook.0; // [K, C]
                let d_e = codebook_loss_backward(z_e, e, indices, reduction);
                adam.step(codebook, &Codebook(d_e * real::<F>(*weight)));
            }
        }
        Ok(self.settings.revival.map_or(Vec::new(), |revival| {
            self.revive(z_e, real(revival.threshold), rng)
        }))
    }
    // ANCHOR_END: learn_once

    fn count(&mut self, indices: &[usize]) {
        let keep = real::<F>(self.settings.usage_decay);
        let share = self.k() as f64 / indices.len().max(1) as f64;
        let add = (F::one() - keep) * real(share);
        self.usage.mapv_inplace(|u| keep * u);
        indices.iter().for_each(|&k| self.usage[k] += add);
    }

    pub(crate) fn revive(
        &mut self,
        z_e: &Array2<F>,
        threshold: F,
        rng: &mut impl Rng,
    ) -> Vec<usize> {
        let codebook = match &mut self.learner {
            Learner::Gradient { codebook, .. } => &mut codebook.0,
            Learner::Ema(ema) => &mut ema.codebook,
        };
        let revived = revive(codebook, &self.usage, z_e, threshold, rng);
        for &k in &revived {
            self.usage[k] = F::one();
            match &mut self.learner {
                Learner::Ema(ema) => ema.restart(k),
                Learner::Gradient { adam, .. } => {
                    for means in adam.m.iter_mut().chain(&mut adam.v) {
                        means.index_axis_mut(Axis(0), k).fill(F::zero());
                    }
                }
            }
        }
        revived
    }
    // ANCHOR_END: learn

    fn check(
        &self,
        z_e: &Array2<F>,
        indices: &[usize],
    ) -> Result<(), CommitmentError> {
        check(z_e, self.codebook())?;
        let (latents, k) = (z_e.nrows(), self.k());
        if indices.len() != latents {
            let found = indices.len();
            return Err(CommitmentError::Indices { latents, found });
        }
        match indices.iter().position(|&index| index >= k) {
            None => Ok(()),
            Some(row) => {
                let found = indices[row];
                Err(CommitmentError::Index { row, k, found })
            }
        }
    }

    /// The codebook, `[K, C]`.
    pub fn codebook(&self) -> &Array2<F> {
        match &self.learner {
            Learner::Gradient { codebook, .. } => &codebook.0,
            Learner::Ema(ema) => ema.codebook(),
        }
    }

    /// The number of codes.
    pub fn k(&self) -> usize {
        self.codebook().nrows()
    }

    /// The constants.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A moving average of how often each code is chosen, in fair shares: 1 is one K-th of all latents. `[K]`
    pub fn usage(&self) -> &Array1<F> {
        &self.usage
    }

    /// The perplexity of the codes that a batch chose, from 1 to K.
    ///
    /// # Panics
    /// An index is not below K.
    pub fn perplexity(&self, indices: &[usize]) -> f64 {
        perplexity(&codebook_lookup::plain::usage(indices, self.k()))
    }
}

impl Quantizer<f32> {
    /// Puts the codebook and all that its next step depends on into a checkpoint, under `name`.
    pub fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        checkpoint.put(&format!("{name}.codebook"), self.codebook());
        checkpoint.put(&format!("{name}.usage"), &self.usage);
        let steps = match &self.learner {
            Learner::Gradient { adam, .. } => {
                checkpoint.put(&format!("{name}.adam.m"), &adam.m[0]);
                checkpoint.put(&format!("{name}.adam.v"), &adam.v[0]);
                adam.t
            }
            Learner::Ema(ema) => {
                checkpoint.put(&format!("{name}.ema.counts"), &ema.counts);
                checkpoint.put(&format!("{name}.ema.sums"), &ema.sums);
                ema.steps
            }
        };
        checkpoint.note(&format!("{name}.steps"), steps);
        checkpoint.note(&format!("{name}.settings"), self.described());
    }

    /// The inverse of `save`; on an error nothing has changed.
    ///
    /// # Errors
    /// The checkpoint is of a quantizer of another size or with other settings, or of none.
    pub fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let at = |part: &str| format!("{name}.{part}");
        checkpoint.expect_note(&at("settings"), self.described())?;
        let mut new = self.clone();
        let steps = checkpoint.number(&at("steps"))?;
        read(checkpoint, &at("usage"), &mut new.usage)?;
        match &mut new.learner {
            Learner::Gradient { codebook, adam, .. } => {
                read(checkpoint, &at("codebook"), &mut codebook.0)?;
                read(checkpoint, &at("adam.m"), &mut adam.m[0])?;
                read(checkpoint, &at("adam.v"), &mut adam.v[0])?;
                adam.t = steps;
            }
            Learner::Ema(ema) => {
                read(checkpoint, &at("codebook"), &mut ema.codebook)?;
                read(checkpoint, &at("ema.counts"), &mut ema.counts)?;
                read(checkpoint, &at("ema.sums"), &mut ema.sums)?;
                ema.steps = steps;
            }
        }
        *self = new;
        Ok(())
    }

    fn described(&self) -> String {
        format!("{:?}", self.settings)
    }
}

pub(crate) fn read<D: Dimension>(
    checkpoint: &Checkpoint,
    name: &str,
    into: &mut Array<f32, D>,
) -> Result<(), CheckpointError> {
    let from = checkpoint.get(name, into.shape())?;
    into.view_mut().into_dyn().assign(from);
    Ok(())
}
