//! What a code costs, and a choice that minds it: distance in one pan of the scales, bits in the other.

use codebook_lookup::plain::{
    LookupError, check, first_smallest, nearest, squared_distance,
    squared_distances,
};
use commitment_loss::plain::{CommitmentError, check_decay, check_weight};
use gradients::plain::real;
use lab::{Checkpoint, CheckpointError};
use ndarray::{Array2, Axis, NdFloat, Zip};
use rayon::prelude::*;

// ANCHOR: rate
/// How a code comes by its price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// λ: what a bit costs, in units of the mean squared distance between a
    /// latent and its vector.
    pub lambda: f64,
    /// Steps over which it rises from 0 to λ.
    pub warm_up: u64,
    /// What the averages keep at each step.
    pub keep: f64,
}

/// What each code costs at each place, learnt while a network trains.
#[derive(Clone, Debug, PartialEq)]
pub struct Prices<F> {
    pub(crate) rate: Rate,
    /// How often each code is chosen at each place: a moving average that
    /// begins with equal shares. `[S², K]`
    pub(crate) shares: Array2<F>,
    /// The mean squared distance between a latent and its vector: one that
    /// begins with 0.
    pub(crate) distance: F,
}

impl<F: NdFloat> Prices<F> {
    /// Eq. 8.12: what each code costs at each place after `n` steps.
    /// `[S², K]`
    pub fn table(&self, n: u64) -> Array2<F> {
        let [share, floor] = self.floor();
        let bit = real::<F>(self.rate.at(n)) * self.distance;
        self.shares.mapv(|p| -(p * share + floor).log2() * bit)
    }

    /// One step of both averages.
    ///
    /// # Panics
    /// A code is not below K, or the shapes differ.
    pub fn learn(
        &mut self,
        z_e: &Array2<F>,   // [N, D]
        z_q: &Array2<F>,   // [N, D]
        indices: &[usize], // [N]
    ) {
        let [keep, add] =
            [self.rate.keep, 1.0 - self.rate.keep].map(real::<F>);
        let places = self.shares.nrows();
        let [n, maps] = [indices.len(), indices.len() / places]
            .map(|n| real::<F>(n.max(1) as f64));
        self.shares *= keep;
        for (row, &k) in indices.iter().enumerate() {
            self.shares[[row % places, k]] += add / maps;
        }
        let pairs = Zip::from(z_e.rows()).and(z_q.rows());
        let lost =
            pairs.fold(F::zero(), |sum, z, e| sum + squared_distance(z, e));
        self.distance = keep * self.distance + add * lost / n;
    }
}
// ANCHOR_END: rate

/// Of a share that a code keeps however rarely it is chosen: this many times 1 / K.
const FLOOR: f64 = 1e-3;

impl Rate {
    /// What is asked for a bit at step `n`.
    pub fn at(&self, n: u64) -> f64 {
        self.lambda * (n as f64 / self.warm_up.max(1) as f64).min(1.0)
    }
}

// ANCHOR: cheapest
/// Eq. 8.13: for each latent, the code whose distance and price add up to
/// the least. A latent's row says its place: maps follow one another.
///
/// # Errors
/// As for chapter 5's `nearest`.
///
/// # Panics
/// The latents are no whole maps, or there are prices of another number of
/// codes.
pub fn cheapest<F: NdFloat>(
    z_e: &Array2<F>,      // [N, D]
    codebook: &Array2<F>, // [K, D]
    prices: &Array2<F>,   // [S², K]
) -> Result<Vec<usize>, LookupError> {
    check(z_e, codebook)?;
    #[cfg(feature = "mine")]
    lab::yours!(Ok: cheapest(z_e, codebook, prices));
    assert_eq!(prices.ncols(), codebook.nrows(), "a price for each code");
    assert_eq!(z_e.nrows() % prices.nrows(), 0, "whole maps");
    let of_map = |z_e| {
        let d = squared_distances(&z_e, codebook) + prices; // [S², K]
        d.rows().into_iter().map(first_smallest).collect::<Vec<_>>()
    };
    let maps = z_e.axis_chunks_iter(Axis(0), prices.nrows());
    let maps: Vec<_> = maps.map(|map| map.to_owned()).collect();
    Ok(maps.into_par_iter().flat_map(of_map).collect()) // [N]
}
// ANCHOR_END: cheapest

/// The code of each latent: the nearest, or, where codes have prices, the cheapest. `[N]`
///
/// # Errors
/// As for chapter 5's `nearest`.
pub fn choose<F: NdFloat>(
    z_e: &Array2<F>,
    codebook: &Array2<F>,
    prices: Option<&Array2<F>>,
) -> Result<Vec<usize>, LookupError> {
    match prices {
        None => nearest(z_e, codebook),
        Some(prices) => cheapest(z_e, codebook, prices),
    }
}

impl<F: NdFloat> Prices<F> {
    /// Prices of `codes` codes at `places` places that nobody has chosen from.
    ///
    /// # Errors
    /// λ is negative or not finite, or what the averages keep is not between 0 and 1.
    ///
    /// # Panics
    /// There is no place, or no code.
    pub fn new(
        rate: Rate,
        places: usize,
        codes: usize,
    ) -> Result<Self, CommitmentError> {
        check_weight("lambda", rate.lambda)?;
        check_decay("keep", rate.keep)?;
        assert!(places > 0 && codes > 0, "places and codes");
        let even = real::<F>(1.0 / codes.max(1) as f64);
        let shares = Array2::from_elem((places, codes), even); // [S², K]
        Ok(Self { rate, shares, distance: F::zero() })
    }

    /// What a share is multiplied by, and what is added.
    pub(crate) fn floor(&self) -> [F; 2] {
        let whole = 1.0 + FLOOR;
        let codes = self.shares.ncols().max(1) as f64;
        [1.0 / whole, FLOOR / codes / whole].map(real)
    }
}

impl Prices<f32> {
    /// Puts both averages into a checkpoint.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        checkpoint.put("rate.shares", &self.shares);
        let one = Array2::from_elem((1, 1), self.distance);
        checkpoint.put("rate.distance", &one);
    }

    /// The inverse; on an error nothing has changed.
    ///
    /// # Errors
    /// They are not there, or of other sizes.
    pub fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let shape = [self.shares.nrows(), self.shares.ncols()];
        let shares = checkpoint.get("rate.shares", &shape)?;
        let distance = checkpoint.get("rate.distance", &[1, 1])?;
        self.shares.view_mut().into_dyn().assign(shares);
        self.distance = distance[[0, 0]];
        Ok(())
    }
}
