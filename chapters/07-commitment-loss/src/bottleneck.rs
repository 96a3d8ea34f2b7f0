//! What a network needs of a quantiser, whichever it is: vectors for the decoder, numbers that say which, a gradient for
//! the encoder, and a step of its own.

use codebook_lookup::plain::gather;
use lab::{Checkpoint, CheckpointError};
use ndarray::{Array1, Array2, Axis, NdFloat};
use ndarray_rand::rand::RngCore;
use straight_through::plain::Quantized;

use crate::plain::CommitmentError;
use crate::quantizer::{Found, Quantizer};

// ANCHOR: bottleneck
/// What a quantiser says about a batch of latents.
#[derive(Clone, Debug, PartialEq)]
pub struct Coded<F> {
    /// What the decoder receives. `[N, C]`
    pub z_q: Array2<F>,
    /// The L numbers of each latent that say so. `[N, L]`
    pub codes: Array2<usize>,
    /// The commitment term, β included.
    pub loss: F,
}

/// All that encoder and decoder need to know of what stands between them.
pub trait Bottleneck<F: NdFloat> {
    /// How many values each of the numbers of a latent can take. `[L]`
    fn levels(&self) -> Vec<usize>;

    /// Vectors and numbers for latents `[N, C]`, and the commitment term.
    ///
    /// # Errors
    /// The latents have another width, or one is not finite.
    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError>;

    /// All that reaches the latents, given what reaches the decoder's
    /// input. `[N, C]`
    fn encoder_gradient(
        &self,
        z_e: &Array2<F>, // [N, C]
        found: &Coded<F>,
        d_z_q: Array2<F>, // [N, C]
    ) -> Array2<F>;

    /// One step of what it has learnt itself.
    ///
    /// # Errors
    /// The latents do not belong to these codes, or one is not finite.
    fn learn(
        &mut self,
        z_e: &Array2<F>, // [N, C]
        found: &Coded<F>,
        rng: &mut dyn RngCore,
    ) -> Result<(), CommitmentError>;

    /// The vectors of codes `[N, L]`. `[N, C]`
    ///
    /// # Panics
    /// There are more than L in a row, or one is too large.
    fn vectors(&self, codes: &Array2<usize>) -> Array2<F>;
}
// ANCHOR_END: bottleneck

/// One that a training can keep, and go on from.
pub trait Kept: Bottleneck<f32> {
    /// Puts all that its next step depends on into a checkpoint, under `name`.
    fn save(&self, name: &str, checkpoint: &mut Checkpoint);

    /// The inverse of `save`; on an error nothing has changed.
    ///
    /// # Errors
    /// The checkpoint is of another quantiser, or of none.
    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError>;
}

/// Indices `[N]` as the one number of each latent. `[N, 1]`
pub fn one_column(indices: Vec<usize>) -> Array2<usize> {
    Array1::from_vec(indices).insert_axis(Axis(1))
}

/// One of the numbers of each latent. `[N]`
pub fn column(codes: &Array2<usize>, level: usize) -> Vec<usize> {
    codes.column(level).to_vec()
}

// ANCHOR: quantizer
/// One codebook: L is 1.
impl<F: NdFloat> Bottleneck<F> for Quantizer<F> {
    fn levels(&self) -> Vec<usize> {
        vec![self.k()]
    }

    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        let Found { quantized, commitment_loss: loss, .. } =
            Quantizer::quantize(self, z_e)?;
        let Quantized { z_q, indices } = quantized;
        Ok(Coded { z_q, codes: one_column(indices), loss })
    }

    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        Coded { z_q, .. }: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        Quantizer::encoder_gradient(self, z_e, z_q, d_z_q) // [N, C]
    }

    fn learn(
        &mut self,
        z_e: &Array2<F>,
        found: &Coded<F>,
        mut rng: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        let indices = column(&found.codes, 0); // [N]
        Quantizer::learn(self, z_e, &indices, &mut rng).map(drop)
    }

    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        gather(self.codebook(), &column(codes, 0)) // [N, C]
    }
}
// ANCHOR_END: quantizer

impl Kept for Quantizer<f32> {
    fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        Quantizer::save(self, name, checkpoint);
    }

    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        Quantizer::restore(self, name, checkpoint)
    }
}

/// Several quantisers in a checkpoint, `name.0` and so on.
pub(crate) fn save_all(
    all: &[Quantizer<f32>],
    name: &str,
    checkpoint: &mut Checkpoint,
) {
    checkpoint.note(&format!("{name}.quantizers"), all.len());
    for (n, one) in all.iter().enumerate() {
        one.save(&format!("{name}.{n}"), checkpoint);
    }
}

/// The inverse of `save_all`; on an error nothing has changed.
pub(crate) fn restore_all(
    all: &mut Vec<Quantizer<f32>>,
    name: &str,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    let count = all.len().to_string();
    checkpoint.expect_note(&format!("{name}.quantizers"), count)?;
    let mut new = all.clone();
    for (n, one) in new.iter_mut().enumerate() {
        one.restore(&format!("{name}.{n}"), checkpoint)?;
    }
    *all = new;
    Ok(())
}
