//! Several codebooks on a device, one after another or side by side.

use codebook_lookup::on_dfdx::gather_chosen;
use dfdx::prelude::*;
use gradients::on_dfdx::{Loss, Matrix, Number, Taped};
use ndarray_rand::rand::Rng;

use super::{Quantizer, commitment_loss};
use crate::quantizer::Settings;
use crate::{product, residual};

/// Vectors, and what each number of a latent is.
pub struct Coded<E: Number, D: Device<E>> {
    /// What the decoder receives. `[N, C]`
    pub z_q: Matrix<E, D>,
    /// A one in each row, at its code, for each of the L numbers. `[N, K]`
    pub chosen: Vec<Matrix<E, D>>,
}

// ANCHOR: residual
/// Codebooks one after another, `[K, C]` each.
pub struct Residual<E: Number, D: Device<E>>(pub Vec<Quantizer<E, D>>);

impl<E: Number, D: Device<E>> Residual<E, D> {
    /// Eq. 7.16: each level takes its vector off, and the vectors add up.
    pub fn quantize(&self, z_e: Matrix<E, D>) -> Coded<E, D> {
        let (mut left, mut chosen) = (z_e, Vec::new()); // [N, C]
        for level in &self.0 {
            let (ones, e) = level.quantize(left.clone()); // [N, K], [N, C]
            left = left - e; // [N, C]
            chosen.push(ones);
        }
        Coded { z_q: self.vectors(&chosen), chosen }
    }

    /// Eq. 7.17: the term of each level, from the latent to the sum up to
    /// that level. Each has a tape of its own; the first goes on `z_e`'s.
    pub fn commitment_loss(
        &self,
        z_e: Taped<E, D>,        // [N, C]
        chosen: &[Matrix<E, D>], // [N, K] each
    ) -> Loss<E, D> {
        let z = z_e.retaped::<NoneTape>(); // [N, C]
        let term = |n: usize, z_e| {
            let Settings { beta, reduction, .. } = *self.0[n].settings();
            let z_q = self.vectors(&chosen[..=n]); // [N, C]
            commitment_loss(z_e, z_q, beta, reduction)
        };
        let first = term(0, z_e);
        (1..chosen.len()).fold(first, |l, n| l + term(n, z.leaky_trace()))
    }

    /// Each codebook learns from what was left for it.
    pub fn learn(
        &mut self,
        z_e: &Matrix<E, D>,      // [N, C]
        chosen: &[Matrix<E, D>], // [N, K] each
        rng: &mut impl Rng,
    ) {
        let mut left = z_e.clone(); // [N, C]
        for (level, ones) in self.0.iter_mut().zip(chosen) {
            let e = gather_chosen(level.codebook().clone(), ones.clone());
            level.learn(&left, ones, rng);
            left = left - e; // [N, C]
        }
    }

    /// Of fewer levels: what these say. `[N, C]`
    pub fn vectors(&self, chosen: &[Matrix<E, D>]) -> Matrix<E, D> {
        let all = self.0.iter().zip(chosen).map(|(level, ones)| {
            gather_chosen(level.codebook().clone(), ones.clone()) // [N, C]
        });
        all.reduce(|sum, e| sum + e).expect("a level, and a number for it")
    }
}
// ANCHOR_END: residual

impl<E: Number, D: Device<E>> Residual<E, D> {
    /// Goes on where one of the plain room is.
    pub fn new(dev: &D, from: &residual::Residual<E>) -> Self {
        Self(from.0.iter().map(|q| Quantizer::new(dev, q)).collect())
    }

    /// Copies it back.
    pub fn to_plain(&self) -> residual::Residual<E> {
        residual::Residual(self.0.iter().map(Quantizer::to_plain).collect())
    }
}

// ANCHOR: product
/// Codebooks side by side, one for each part of a latent.
pub struct Product<E: Number, D: Device<E>>(pub Vec<Quantizer<E, D>>);

impl<E: Number, D: Device<E>> Product<E, D> {
    /// The columns of each part. `[N, C_g]` each
    fn parts(&self, z_e: &Matrix<E, D>) -> Vec<Matrix<E, D>> {
        let mut from = 0;
        let cut = |part: &Quantizer<E, D>| {
            let to = from + part.codebook().shape().1;
            let columns = (.., from..to);
            from = to;
            z_e.clone().slice(columns) // [N, C_g]
        };
        self.0.iter().map(cut).collect()
    }

    /// Eq. 7.18: each part is looked up by itself.
    pub fn quantize(&self, z_e: Matrix<E, D>) -> Coded<E, D> {
        let parts = self.parts(&z_e).into_iter().zip(&self.0);
        let chosen: Vec<_> =
            parts.map(|(z, part)| part.quantize(z).0).collect();
        Coded { z_q: self.vectors(&chosen), chosen }
    }

    /// Eq. 7.8, of the whole latent.
    pub fn commitment_loss(
        &self,
        z_e: Taped<E, D>,        // [N, C]
        chosen: &[Matrix<E, D>], // [N, K] each
    ) -> Loss<E, D> {
        let Settings { beta, reduction, .. } = *self.0[0].settings();
        commitment_loss(z_e, self.vectors(chosen), beta, reduction)
    }

    /// Each codebook learns from its part.
    pub fn learn(
        &mut self,
        z_e: &Matrix<E, D>,      // [N, C]
        chosen: &[Matrix<E, D>], // [N, K] each
        rng: &mut impl Rng,
    ) {
        let parts = self.parts(z_e); // [N, C_g] each
        for ((part, z), ones) in self.0.iter_mut().zip(&parts).zip(chosen) {
            part.learn(z, ones, rng);
        }
    }

    /// The parts' vectors, side by side. `[N, C]`
    pub fn vectors(&self, chosen: &[Matrix<E, D>]) -> Matrix<E, D> {
        let all = self.0.iter().zip(chosen).map(|(part, ones)| {
            gather_chosen(part.codebook().clone(), ones.clone()) // [N, C_g]
        });
        let beside = |a: Matrix<E, D>, b| (a, b).concat_along(Axis::<1>);
        all.reduce(beside).expect("a part, and a number for it")
    }
}
// ANCHOR_END: product

impl<E: Number, D: Device<E>> Product<E, D> {
    /// Goes on where one of the plain room is.
    pub fn new(dev: &D, from: &product::Product<E>) -> Self {
        Self(from.0.iter().map(|q| Quantizer::new(dev, q)).collect())
    }

    /// Copies it back.
    pub fn to_plain(&self) -> product::Product<E> {
        product::Product(self.0.iter().map(Quantizer::to_plain).collect())
    }
}
