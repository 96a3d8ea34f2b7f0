//! Quantisers that have no list of free vectors, behind the same trait: codes of a few components compared by their direction,
//! signs, levels, and a frozen list that one matrix turns.

use codebook_lookup::plain::{
    Codebook, check, gather, nearest, normalize_rows, normalize_rows_backward,
};
use gradients::plain::{Adam, AdamConfig, product, real};
use lab::{Checkpoint, CheckpointError};
use ndarray::{Array2, Axis, NdFloat};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::{Rng, RngCore};
use ndarray_rand::rand_distr::StandardNormal;
use straight_through::plain::{
    Levels, Quantized, finite_scalar, finite_scalar_backward,
};

use crate::bottleneck::{Bottleneck, Coded, Kept, column, one_column};
use crate::plain::{
    CommitmentError, codebook_loss_backward, commitment_loss,
    encoder_gradient,
};
use crate::quantizer::{Quantizer, Settings, read};

// ANCHOR: cosine
/// Codes of few components, compared by their direction: latents and vectors
/// have length 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Cosine<F>(pub Quantizer<F>);

impl<F: NdFloat> Bottleneck<F> for Cosine<F> {
    fn levels(&self) -> Vec<usize> {
        vec![self.0.k()]
    }

    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        let Settings { beta, reduction, .. } = *self.0.settings();
        check(z_e, self.0.codebook())?;
        let z = normalize_rows(z_e); // [N, C]
        let e = normalize_rows(self.0.codebook()); // [K, C]
        let indices = nearest(&z, &e)?; // [N]
        let z_q = gather(&e, &indices); // [N, C]
        let loss = commitment_loss(&z, &z_q, beta, reduction);
        Ok(Coded { z_q, codes: one_column(indices), loss })
    }

    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        Coded { z_q, .. }: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        let z = normalize_rows(z_e); // [N, C]
        let d_z = self.0.encoder_gradient(&z, z_q, d_z_q); // [N, C]
        normalize_rows_backward(z_e, &d_z) // [N, C]
    }

    fn learn(
        &mut self,
        z_e: &Array2<F>,
        found: &Coded<F>,
        rng: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        let z = normalize_rows(z_e); // [N, C]
        Bottleneck::learn(&mut self.0, &z, found, rng)
    }

    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        normalize_rows(&Bottleneck::vectors(&self.0, codes)) // [N, C]
    }
}
// ANCHOR_END: cosine

// ANCHOR: signs
/// No codebook: the sign of each component, 2^C codes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signs {
    /// Components, C.
    pub width: usize,
    /// β and its reduction; nothing else is used.
    pub settings: Settings,
}

impl<F: NdFloat> Bottleneck<F> for Signs {
    fn levels(&self) -> Vec<usize> {
        vec![1 << self.width]
    }

    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        let Settings { beta, reduction, .. } = self.settings;
        check(z_e, &Array2::zeros((1, self.width)))?;
        let number = |z: ndarray::ArrayView1<F>| {
            let bits = z.iter().map(|v| usize::from(*v > F::zero()));
            bits.rev().fold(0, |number, bit| 2 * number + bit)
        };
        let codes = z_e.map_axis(Axis(1), number).insert_axis(Axis(1));
        let z_q = self.vectors(&codes); // [N, C]
        let loss = commitment_loss(z_e, &z_q, beta, reduction);
        Ok(Coded { z_q, codes, loss })
    }

    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        Coded { z_q, .. }: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        let Settings { beta, reduction, .. } = self.settings;
        encoder_gradient(d_z_q, z_e, z_q, beta, reduction) // [N, C]
    }

    fn learn(
        &mut self,
        _: &Array2<F>,
        _: &Coded<F>,
        _: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        Ok(())
    }

    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        Array2::from_shape_fn((codes.nrows(), self.width), |(n, c)| {
            let bit = codes[[n, 0]] >> c & 1;
            if bit == 1 { F::one() } else { -F::one() }
        })
    }
}
// ANCHOR_END: signs

// ANCHOR: levels
/// No codebook either: chapter 6's levels, eq. 6.12 to 6.14.
impl<F: NdFloat> Bottleneck<F> for Levels {
    fn levels(&self) -> Vec<usize> {
        vec![self.codes()]
    }

    /// There is no commitment term.
    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        let Quantized { z_q, indices } = finite_scalar(z_e, self)?;
        Ok(Coded { z_q, codes: one_column(indices), loss: F::zero() })
    }

    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        _: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        finite_scalar_backward(z_e, d_z_q) // [N, C]
    }

    fn learn(
        &mut self,
        _: &Array2<F>,
        _: &Coded<F>,
        _: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        Ok(())
    }

    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        gather(&self.codebook(), &column(codes, 0)) // [N, C]
    }
}
// ANCHOR_END: levels

// ANCHOR: turned
/// A list that is drawn once and never changes, times one matrix that is
/// learnt: what moves one code moves all.
#[derive(Clone, Debug, PartialEq)]
pub struct Turned<F> {
    frozen: Array2<F>,   // [K, C]
    matrix: Codebook<F>, // [C, C]
    adam: Adam<F>,
    settings: Settings,
}

impl<F: NdFloat> Turned<F> {
    /// The vectors. `[K, C]`
    pub fn codebook(&self) -> Array2<F> {
        product(self.frozen.view(), self.matrix.0.view())
    }
}

impl<F: NdFloat> Bottleneck<F> for Turned<F> {
    fn levels(&self) -> Vec<usize> {
        vec![self.frozen.nrows()]
    }

    fn quantize(&self, z_e: &Array2<F>) -> Result<Coded<F>, CommitmentError> {
        let Settings { beta, reduction, .. } = self.settings;
        let e = self.codebook(); // [K, C]
        let indices = nearest(z_e, &e)?; // [N]
        let z_q = gather(&e, &indices); // [N, C]
        let loss = commitment_loss(z_e, &z_q, beta, reduction);
        Ok(Coded { z_q, codes: one_column(indices), loss })
    }

    fn encoder_gradient(
        &self,
        z_e: &Array2<F>,
        Coded { z_q, .. }: &Coded<F>,
        d_z_q: Array2<F>,
    ) -> Array2<F> {
        let Settings { beta, reduction, .. } = self.settings;
        encoder_gradient(d_z_q, z_e, z_q, beta, reduction) // [N, C]
    }

    /// Eq. 7.7, and back through the product.
    fn learn(
        &mut self,
        z_e: &Array2<F>,
        Coded { codes, .. }: &Coded<F>,
        _: &mut dyn RngCore,
    ) -> Result<(), CommitmentError> {
        let (e, indices) = (self.codebook(), column(codes, 0)); // [K, C], [N]
        check(z_e, &e)?;
        let reduction = self.settings.reduction;
        let d_e = codebook_loss_backward(z_e, &e, &indices, reduction);
        let d_matrix = product(self.frozen.t(), d_e.view()); // [C, C]
        self.adam.step(&mut self.matrix, &Codebook(d_matrix));
        Ok(())
    }

    fn vectors(&self, codes: &Array2<usize>) -> Array2<F> {
        gather(&self.codebook(), &column(codes, 0)) // [N, C]
    }
}
// ANCHOR_END: turned

impl<F: NdFloat> Cosine<F> {
    /// A start from the directions of the first latents `[N, C]`.
    ///
    /// # Errors
    /// As for [`Quantizer::from_latents`].
    pub fn from_latents(
        z_e: &Array2<F>,
        k: usize,
        lloyd_steps: usize,
        settings: Settings,
        rng: &mut impl Rng,
    ) -> Result<Self, CommitmentError> {
        let z = normalize_rows(z_e); // [N, C]
        Quantizer::from_latents(&z, k, lloyd_steps, settings, rng).map(Self)
    }
}

impl<F: NdFloat> Turned<F> {
    /// `k` vectors of normal numbers; the matrix starts as the latents' standard deviation times the identity, so that list
    /// and latents `[N, C]` are of one size.
    ///
    /// # Errors
    /// There is no vector, or a latent is not finite.
    pub fn from_latents(
        z_e: &Array2<F>,
        k: usize,
        config: AdamConfig,
        settings: Settings,
        rng: &mut impl Rng,
    ) -> Result<Self, CommitmentError> {
        let c = z_e.ncols();
        let frozen = Array2::random_using((k, c), StandardNormal, rng);
        let frozen = frozen.mapv(|v: f64| real::<F>(v)); // [K, C]
        check(z_e, &frozen)?;
        let n = real::<F>(z_e.len().max(1) as f64);
        let mean = z_e.sum() / n;
        let size = (z_e.mapv(|v| (v - mean) * (v - mean)).sum() / n).sqrt();
        let matrix = Codebook(Array2::eye(c) * size); // [C, C]
        let adam = Adam::new(&matrix, config);
        Ok(Self { frozen, matrix, adam, settings })
    }
}

impl Kept for Cosine<f32> {
    fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        self.0.save(name, checkpoint);
    }

    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.0.restore(name, checkpoint)
    }
}

/// Of what learns nothing, the constants.
fn note(of: &impl std::fmt::Debug, name: &str, checkpoint: &mut Checkpoint) {
    checkpoint.note(&format!("{name}.constants"), format!("{of:?}"));
}

fn expect(
    of: &impl std::fmt::Debug,
    name: &str,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    checkpoint.expect_note(&format!("{name}.constants"), format!("{of:?}"))
}

impl Kept for Signs {
    fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        note(self, name, checkpoint);
    }

    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        expect(self, name, checkpoint)
    }
}

impl Kept for Levels {
    fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        note(self, name, checkpoint);
    }

    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        expect(self, name, checkpoint)
    }
}

impl Kept for Turned<f32> {
    fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        note(&(self.settings, self.adam.config), name, checkpoint);
        checkpoint.put(&format!("{name}.frozen"), &self.frozen);
        checkpoint.put(&format!("{name}.matrix"), &self.matrix.0);
        checkpoint.put(&format!("{name}.adam.m"), &self.adam.m[0]);
        checkpoint.put(&format!("{name}.adam.v"), &self.adam.v[0]);
        checkpoint.note(&format!("{name}.steps"), self.adam.t);
    }

    fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let at = |part: &str| format!("{name}.{part}");
        expect(&(self.settings, self.adam.config), name, checkpoint)?;
        let mut new = self.clone();
        new.adam.t = checkpoint.number(&at("steps"))?;
        read(checkpoint, &at("frozen"), &mut new.frozen)?;
        read(checkpoint, &at("matrix"), &mut new.matrix.0)?;
        read(checkpoint, &at("adam.m"), &mut new.adam.m[0])?;
        read(checkpoint, &at("adam.v"), &mut new.adam.v[0])?;
        *self = new;
        Ok(())
    }
}
