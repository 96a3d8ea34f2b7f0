//! Product quantisation: a latent is cut into parts, and each part has a codebook of its own.

use codebook_lookup::plain::{LookupError, gather};
use lab::{Checkpoint, CheckpointError};
use ndarray::{Array1, Array2, Axis, NdFloat, concatenate, s};
use ndarray_rand::rand::{Rng, RngCore};

use crate::bottleneck::{
    Bottleneck, Coded, Kept, column, restore_all, save_all,
};
use crate::plain::{CommitmentError, commitment_loss, encoder_gradient};
use crate::quantizer::{Quantizer, Settings};

// ANCHOR: product
/// Codebooks side by side, one for each part of a latent: the first
/// components belong to the first, and so on. C is the sum of their widths.
#[derive(Clone, Debug, PartialEq)]
pub struct Product<F>(pub(crate) Vec<Quantizer<F>>);

impl<F: NdFloat> Product<F> {
    /// The columns of each part. `[N, C_g]` each
    fn parts(&self, z_e: &Array2<F>) -> Vec<Array2<F>> {
        let mut rest = z_e.view();
        let cut = |part: &Quantizer<F>| {
            let width = part.codebook().ncols();
            let (this, others) = rest.split_at(Axis(1), width);
            rest = others;
            this.to_owned() // [N, C_g]
        };
        self.0.iter().map(cut).collect()
    }
}

impl<F: NdFloat> Bottleneck<F> for Product<F> {
    fn levels(&self) -> Vec<usize> {
        self.0.iter().map(Quantizer::k).collect()
    }

    /// Eq. 7.18: each part is looked up by itself. The distance is that of
    /// the whole latent, so the commitment term is equation 7.8's.
    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        self.check(z_e)?;
        let mut codes = Array2::zeros((z_e.nrows(), self.0.len())); // [N, G]
        let parts = self.parts(z_e); // [N, C_g] each
        let of = parts.iter().zip(&self.0);
        for ((z, part), mut codes) in of.zip(codes.columns_mut()) {
            let indices = part.quantize(z)?.quantized.indices; // [N]
            codes.assign(&Array1::from_vec(indices));
        }
        let z_q = self.vectors(&codes); // [N, C]
        let Settings { beta, reduction, .. } = *self.settings();
        let loss = commitment_loss(z_e, &z_q, beta, reduction);
        Ok(Coded { z_q, codes, loss })
    }

    /// Eq. 7.5, of the whole latent.
    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        Coded { z_q, .. }: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        let Settings { beta, reduction, .. } = *self.settings();
        encoder_gradient(d_z_q, z_e, z_q, beta, reduction) // [N, C]
    }

    /// Each codebook learns from its part.
    fn learn(
        &mut self,
        z_e: &Array2<F>,
        Coded { codes, .. }: &Coded<F>,
        mut rng: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        self.check(z_e)?;
        let parts = self.parts(z_e); // [N, C_g] each
        for (n, (z, part)) in parts.iter().zip(&mut self.0).enumerate() {
            part.learn(z, &column(codes, n), &mut rng)?;
        }
        Ok(())
    }

    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        let of = self.0.iter().zip(codes.columns());
        let parts = of.map(|(part, codes)| {
            gather(part.codebook(), &codes.to_vec()) // [N, C_g]
        });
        let parts: Vec<_> = parts.collect();
        let views: Vec<_> = parts.iter().map(|p| p.view()).collect();
        concatenate(Axis(1), &views).expect("a row for each latent")
    }
}
// ANCHOR_END: product

impl<F: NdFloat> Product<F> {
    /// These parts, side by side; β and its reduction are the first's.
    ///
    /// # Errors
    /// There is none.
    pub fn new(parts: Vec<Quantizer<F>>) -> Result<Self, CommitmentError> {
        match parts.is_empty() {
            true => Err(CommitmentError::NoQuantizer),
            false => Ok(Self(parts)),
        }
    }

    /// Parts of equal width that start from those of the first latents `[N, C]`, by k-means++ and some steps of Lloyd's
    /// algorithm. `k` says how many codes each has.
    ///
    /// # Errors
    /// As for [`Quantizer::from_latents`]; or the latents cannot be cut into so many parts of equal width.
    pub fn from_latents(
        z_e: &Array2<F>,
        k: &[usize],
        lloyd_steps: usize,
        settings: Settings,
        rng: &mut impl Rng,
    ) -> Result<Self, CommitmentError> {
        let (c, parts) = (z_e.ncols(), k.len().max(1));
        if c % parts != 0 {
            return Err(CommitmentError::Parts { c, parts });
        }
        let width = c / parts;
        let start = |(n, &k): (usize, &usize)| {
            let z = z_e.slice(s![.., n * width..(n + 1) * width]); // [N, C_g]
            let z = z.to_owned();
            Quantizer::from_latents(&z, k, lloyd_steps, settings, rng)
        };
        let all: Result<_, _> = k.iter().enumerate().map(start).collect();
        Self::new(all?)
    }

    fn check(&self, z_e: &Array2<F>) -> Result<(), CommitmentError> {
        let widths = self.0.iter().map(|part| part.codebook().ncols());
        let (expected, found) = (widths.sum(), z_e.ncols());
        match expected == found {
            true => Ok(()),
            false => Err(LookupError::Width { expected, found }.into()),
        }
    }

    /// Those of the first part.
    fn settings(&self) -> &Settings {
        self.0[0].settings()
    }
}

impl Kept for Product<f32> {
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
