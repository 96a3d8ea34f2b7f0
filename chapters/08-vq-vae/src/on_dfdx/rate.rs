//! Prices on a device: learnt, and minded by the choice, without a copy to the host.

use codebook_lookup::on_dfdx::{nearest, smallest, squared_distances};
use dfdx::prelude::*;
use gradients::on_dfdx::{Matrix, Number, number};
use lab::{array, tensor};
use ndarray::Array2;

use crate::rate;

// ANCHOR: rate
/// What each code costs at each place, learnt while a network trains.
pub struct Prices<E: Number, D: Device<E>> {
    shares: Matrix<E, D>,   // [S², K]
    distance: Matrix<E, D>, // [1, 1]
    plain: rate::Prices<E>,
}

impl<E: Number, D: Device<E>> Prices<E, D> {
    /// Eq. 8.12: what each code costs at each place after `n` steps.
    /// `[S², K]`
    pub fn table(&self, n: u64) -> Matrix<E, D> {
        let [share, floor] = self.plain.floor();
        let bit = number::<E>(self.plain.rate.at(n) / 2.0_f64.ln());
        let (places, k) = *self.shares.shape();
        let p = self.shares.clone() * share + floor; // [S², K]
        let bit = self.distance.clone().reshape_like(&()) * bit;
        p.ln().negate() * bit.broadcast_like(&(places, k))
    }

    /// One step of both averages.
    pub fn learn(
        &mut self,
        z_e: Matrix<E, D>,     // [N, D]
        z_q: Matrix<E, D>,     // [N, D]
        chosen: &Matrix<E, D>, // [N, K]
    ) {
        let keep = self.plain.rate.keep;
        let [keep, add] = [keep, 1.0 - keep].map(number::<E>);
        let ((places, k), n) = (*self.shares.shape(), z_e.shape().0);
        let maps = n / places;
        let [n, of] = [n, maps].map(|n| number::<E>(n as f64));
        let chosen = chosen.clone().reshape_like(&(maps, places, k));
        let now = chosen.sum::<_, Axis<0>>() / of; // [S², K]
        self.shares = self.shares.clone() * keep + now * add;
        let lost = (z_e - z_q).square().sum::<Rank0, _>() / n;
        let lost = lost.reshape_like(&(1, 1)) * add;
        self.distance = self.distance.clone() * keep + lost;
    }
}
// ANCHOR_END: rate

// ANCHOR: cheapest
/// Eq. 8.13: a one in each row, at the code whose distance and price add up
/// to the least. `[N, K]`
pub fn cheapest<E: Number, D: Device<E>>(
    z: Matrix<E, D>,         // [N, D]
    codebook: &Matrix<E, D>, // [K, D]
    prices: &Matrix<E, D>,   // [S², K]
) -> Matrix<E, D> {
    let d = squared_distances(z, codebook); // [N, K]
    let ((n, k), places) = (*d.shape(), prices.shape().0);
    let shape = (n / places, places, k);
    let prices = prices.clone().broadcast_like::<_, Axis<0>>(&shape);
    let d = d.reshape_like(&shape) + prices; // [B, S², K]
    smallest(d.reshape_like(&(n, k))) // [N, K]
}
// ANCHOR_END: cheapest

/// A one in each row, at the nearest code, or, where codes have prices, at the cheapest. `[N, K]`
pub fn choose<E: Number, D: Device<E>>(
    z: Matrix<E, D>,
    codebook: &Matrix<E, D>,
    prices: Option<&Matrix<E, D>>,
) -> Matrix<E, D> {
    match prices {
        None => nearest(z, codebook),
        Some(prices) => cheapest(z, codebook, prices),
    }
}

impl<E: Number, D: Device<E>> Prices<E, D> {
    /// Goes on where prices of the plain room are.
    pub fn new(dev: &D, from: &rate::Prices<E>) -> Self {
        let one = Array2::from_elem((1, 1), from.distance);
        Self {
            shares: tensor(dev, &from.shares, from.shares.dim()),
            distance: tensor(dev, &one, (1, 1)),
            plain: from.clone(),
        }
    }

    /// Copies them back.
    pub fn to_plain(&self) -> rate::Prices<E> {
        let mut plain = self.plain.clone();
        plain.shares = array(&self.shares);
        plain.distance = self.distance.as_vec()[0];
        plain
    }
}
