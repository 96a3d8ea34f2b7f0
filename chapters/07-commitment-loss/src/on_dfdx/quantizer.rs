//! The quantizer on a device: lookup, averages and usage without a copy to
//! the host.

use codebook_lookup::on_dfdx::{
    Codebook, clusters, gather_chosen, means_of_chosen, nearest,
};
use dfdx::prelude::*;
use gradients::on_dfdx::{Adam, Matrix, Number, Vector, number};
use lab::{array, column, tensor};
use ndarray_rand::rand::Rng;

use super::codebook_loss;
use crate::quantizer::{self, Learner as Plain, Revival, Settings};

// ANCHOR: ema
/// Moving averages of how many latents choose each vector, and of their sum.
#[derive(Clone, Debug)]
pub struct Ema<E: Number, D: Device<E>> {
    gamma: f64,
    counts: Vector<E, D>, // [K]
    sums: Matrix<E, D>,   // [K, C]
    steps: u64,
}

impl<E: Number, D: Device<E>> Ema<E, D> {
    /// Eq. 7.11: one step; gives the codebook after it. A code that nobody
    /// chose stays where it is. `[K, C]`
    pub fn update(
        &mut self,
        codebook: Matrix<E, D>, // [K, C]
        z_e: Matrix<E, D>,      // [N, C]
        chosen: &Matrix<E, D>,  // [N, K]
    ) -> Matrix<E, D> {
        let [keep, add] = [self.gamma, 1.0 - self.gamma].map(number::<E>);
        let (n, sum) = clusters(z_e, chosen); // [K], [K, C]
        self.counts = self.counts.clone() * keep + n.clone() * add; // [K]
        self.sums = self.sums.clone() * keep + sum * add; // [K, C]
        self.steps += 1;
        let (counts, sums) = (self.counts.clone(), self.sums.clone());
        means_of_chosen(codebook, n, sums, counts)
    }
}
// ANCHOR_END: ema

enum Learner<E: Number, D: Device<E>> {
    Gradient { adam: Adam<E, D>, weight: f64 },
    Ema(Ema<E, D>),
}

/// A codebook in training on a device.
pub struct Quantizer<E: Number, D: Device<E>> {
    codebook: Codebook<E, D>,
    learner: Learner<E, D>,
    usage: Vector<E, D>,
    /// What a plain one is made of that this has no numbers for.
    plain: quantizer::Quantizer<E>,
}

impl<E: Number, D: Device<E>> Quantizer<E, D> {
    /// Goes on where a quantizer of the plain room is.
    pub fn new(dev: &D, from: &quantizer::Quantizer<E>) -> Self {
        let e = from.codebook();
        let codebook = Codebook(tensor(dev, e, e.dim())); // [K, C]
        let k = (from.k(),);
        let learner = match &from.learner {
            Plain::Gradient { adam, weight, .. } => Learner::Gradient {
                adam: Adam::of_plain(&codebook, adam),
                weight: *weight,
            },
            Plain::Ema(ema) => Learner::Ema(Ema {
                gamma: ema.gamma,
                counts: tensor(dev, &ema.counts, k),
                sums: tensor(dev, &ema.sums, ema.sums.dim()),
                steps: ema.steps,
            }),
        };
        let usage = tensor(dev, &from.usage, k); // [K]
        Self { codebook, learner, usage, plain: from.clone() }
    }

    /// Copies it back.
    pub fn to_plain(&self) -> quantizer::Quantizer<E> {
        let mut plain = self.plain.clone();
        let e = array(&self.codebook.0); // [K, C]
        match (&mut plain.learner, &self.learner) {
            (
                Plain::Gradient { codebook, adam, .. },
                Learner::Gradient { adam: of, .. },
            ) => {
                codebook.0 = e;
                *adam = of.to_plain(&self.codebook);
            }
            (Plain::Ema(ema), Learner::Ema(of)) => {
                ema.codebook = e;
                ema.counts = column(&of.counts);
                ema.sums = array(&of.sums);
                ema.steps = of.steps;
            }
            _ => unreachable!("made of one another"),
        }
        plain.usage = column(&self.usage);
        plain
    }

    /// The codebook, `[K, C]`.
    pub fn codebook(&self) -> &Matrix<E, D> {
        &self.codebook.0
    }

    /// The constants.
    pub fn settings(&self) -> &Settings {
        self.plain.settings()
    }

    // ANCHOR: quantize
    /// For latents `[N, C]`: a one in each row at the nearest vector,
    /// `[N, K]`, and that vector, `[N, C]`.
    pub fn quantize(
        &self,
        z_e: Matrix<E, D>,
    ) -> (Matrix<E, D>, Matrix<E, D>) {
        let chosen = nearest(z_e, &self.codebook.0); // [N, K]
        let z_q = gather_chosen(self.codebook.0.clone(), chosen.clone());
        (chosen, z_q)
    }
    // ANCHOR_END: quantize

    // ANCHOR: learn
    /// One step of the codebook, after the lookup of these latents; gives
    /// the codes that started again.
    pub fn learn(
        &mut self,
        z_e: &Matrix<E, D>,    // [N, C]
        chosen: &Matrix<E, D>, // [N, K]
        rng: &mut impl Rng,
    ) -> Vec<usize> {
        self.count(chosen);
        let reduction = self.settings().reduction;
        let (z, e) = (z_e.clone(), self.codebook.0.clone());
        match &mut self.learner {
            Learner::Ema(ema) => {
                self.codebook.0 = ema.update(e, z, chosen); // [K, C]
            }
            Learner::Gradient { adam, weight } => {
                let (e, chosen) = (e.leaky_traced(), chosen.clone());
                let term = codebook_loss(z, e, chosen, reduction);
                let mut d = (term * number::<E>(*weight)).backward();
                adam.step(&mut self.codebook, &mut d);
            }
        }
        self.revive(z_e, rng)
    }

    fn count(&mut self, chosen: &Matrix<E, D>) {
        let (n, k) = *chosen.shape();
        let keep = number::<E>(self.settings().usage_decay);
        let share = number::<E>(k as f64 / n.max(1) as f64);
        let counts = chosen.clone().sum::<_, Axis<0>>(); // [K]
        let add = counts * ((E::one() - keep) * share); // [K]
        self.usage = self.usage.clone() * keep + add;
    }

    /// K numbers come to the host, and only where a code is dead the rest:
    /// there it starts again as in the plain room.
    fn revive(
        &mut self,
        z_e: &Matrix<E, D>,
        rng: &mut impl Rng,
    ) -> Vec<usize> {
        let Some(Revival { threshold }) = self.settings().revival else {
            return Vec::new();
        };
        let threshold = number::<E>(threshold);
        if self.usage.as_vec().iter().all(|u| *u >= threshold) {
            return Vec::new();
        }
        let mut plain = self.to_plain();
        let revived = plain.revive(&array(z_e), threshold, rng);
        *self = Self::new(&z_e.device().clone(), &plain);
        revived
    }
    // ANCHOR_END: learn
}
