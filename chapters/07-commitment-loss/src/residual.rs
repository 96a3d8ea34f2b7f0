//! Residual quantisation: each level looks up what the levels before it have left over.

use codebook_lookup::plain::{LookupError, gather};
use lab::{Checkpoint, CheckpointError};
use ndarray::{Array1, Array2, Axis, NdFloat};
use ndarray_rand::rand::{Rng, RngCore};
use straight_through::plain::straight_through_backward;

use crate::bottleneck::{
    Bottleneck, Coded, Kept, column, restore_all, save_all,
};
use crate::plain::{CommitmentError, commitment_loss_backward};
use crate::quantizer::{Quantizer, Settings};

// ANCHOR: residual
/// Codebooks one after another, `[K, C]` each. The first levels alone are a
/// coarser description.
#[derive(Clone, Debug, PartialEq)]
pub struct Residual<F>(pub(crate) Vec<Quantizer<F>>);

impl<F: NdFloat> Bottleneck<F> for Residual<F> {
    fn levels(&self) -> Vec<usize> {
        self.0.iter().map(Quantizer::k).collect()
    }

    /// Eq. 7.16: each level takes its vector off, and the vectors add up.
    /// Eq. 7.17: the commitment terms of the levels add up too.
    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        let (mut left, mut loss) = (z_e.clone(), F::zero()); // [N, C]
        let mut z_q = Array2::zeros(z_e.raw_dim()); // [N, C]
        let mut codes = Array2::zeros((z_e.nrows(), self.0.len())); // [N, L]
        for (level, mut codes) in self.0.iter().zip(codes.columns_mut()) {
            let found = level.quantize(&left)?;
            left -= &found.quantized.z_q; // [N, C]
            z_q += &found.quantized.z_q; // [N, C]
            loss += found.commitment_loss;
            codes.assign(&Array1::from_vec(found.quantized.indices));
        }
        Ok(Coded { z_q, codes, loss })
    }

    /// Eq. 7.17: one pull for each level, to the sum up to it.
    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        Coded { codes, .. }: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        let mut d_z_e = straight_through_backward(d_z_q); // [N, C]
        let mut left = z_e.clone(); // [N, C]
        for (n, level) in self.0.iter().enumerate() {
            let Settings { beta, reduction, .. } = *level.settings();
            let e = gather(level.codebook(), &column(codes, n)); // [N, C]
            d_z_e += &commitment_loss_backward(&left, &e, beta, reduction);
            left -= &e; // [N, C]
        }
        d_z_e
    }

    /// Each codebook learns from what was left for it.
    fn learn(
        &mut self,
        z_e: &Array2<F>,
        Coded { codes, .. }: &Coded<F>,
        mut rng: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        let mut left = z_e.clone(); // [N, C]
        for (n, level) in self.0.iter_mut().enumerate() {
            let (e, k) = (level.codebook().clone(), column(codes, n));
            level.learn(&left, &k, &mut rng)?;
            left -= &gather(&e, &k); // [N, C]
        }
        Ok(())
    }

    /// Of fewer columns: what the first levels say. `[N, C]`
    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        assert!(codes.ncols() <= self.0.len(), "a number for a level");
        let c = self.0[0].codebook().ncols();
        let mut sum = Array2::zeros((codes.nrows(), c)); // [N, C]
        for (level, codes) in self.0.iter().zip(codes.axis_iter(Axis(1))) {
            sum += &gather(level.codebook(), &codes.to_vec()); // [N, C]
        }
        sum
    }
}
// ANCHOR_END: residual

impl<F: NdFloat> Residual<F> {
    /// These levels, one after another.
    ///
    /// # Errors
    /// There is none, or one has another width than the first.
    pub fn new(levels: Vec<Quantizer<F>>) -> Result<Self, CommitmentError> {
        let width = |level: &Quantizer<F>| level.codebook().ncols();
        let first = levels.first().ok_or(CommitmentError::NoQuantizer)?;
        let expected = width(first);
        match levels.iter().map(width).find(|w| *w != expected) {
            None => Ok(Self(levels)),
            Some(found) => Err(LookupError::Width { expected, found }.into()),
        }
    }

    /// Levels that start from the first latents `[N, C]`: each from what the levels before it leave of them, by k-means++ and
    /// some steps of Lloyd's algorithm. `k` says how many codes each has.
    ///
    /// # Errors
    /// As for [`Quantizer::from_latents`].
    pub fn from_latents(
        z_e: &Array2<F>,
        k: &[usize],
        lloyd_steps: usize,
        settings: Settings,
        rng: &mut impl Rng,
    ) -> Result<Self, CommitmentError> {
        let mut left = z_e.clone(); // [N, C]
        let mut levels = Vec::new();
        for &k in k {
            let level = Quantizer::from_latents(
                &left,
                k,
                lloyd_steps,
                settings,
                rng,
            )?;
            left -= &level.quantize(&left)?.quantized.z_q; // [N, C]
            levels.push(level);
        }
        Self::new(levels)
    }
}

impl Kept for Residual<f32> {
    fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        save_all(&self.0, name, checkpoint);
    }

    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        restore_all(&mut self.0, name, checkpoint)
    }
}
