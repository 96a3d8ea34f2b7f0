//! The prior's probabilities to the last bit, the same on every machine and
//! for every number of threads: sums, products, quotients and roots, which
//! IEEE 754 defines exactly, in an order that is written down; and an
//! exponential, of `libm`, that is made of these.

use gradients::plain::Layer;
use libm::exp;
use ndarray::Array1;

use crate::model::{Block, Norm, Prior};
use crate::plain::EPS;

/// The probability 1 in the coder's whole numbers, 2²⁴.
const ONE: u32 = 1 << 24;

// ANCHOR: in_order
/// The sum of some terms from first to last.
fn in_order(terms: impl Iterator<Item = f32>) -> f32 {
    terms.fold(0.0, |sum, term| sum + term)
}

/// `x W + b`: each sum begins with its bias and takes the inputs one after
/// another, however many outputs a processor does at a time. `[O]`
fn linear(x: &Array1<f32>, layer: &Layer<f32>) -> Array1<f32> {
    let mut y = layer.b.clone(); // [O]
    for (&x, w) in x.iter().zip(layer.w.rows()) {
        y.zip_mut_with(&w, |y, &w| *y += x * w);
    }
    y
}
// ANCHOR_END: in_order

/// Eq. 9.4 for one row, then the gain and the bias. `[W]`
fn normed(x: &Array1<f32>, norm: &Norm<f32>) -> Array1<f32> {
    let w = x.len() as f32;
    let mean = in_order(x.iter().copied()) / w;
    let x = x.mapv(|v| v - mean); // [W]
    let variance = in_order(x.iter().map(|v| v * v)) / w;
    let scale = 1.0 / (variance + EPS as f32).sqrt();
    x * scale * &norm.gain + &norm.bias // [W]
}

// ANCHOR: softmax
/// The softmax of some scores, in double precision.
fn softmax(scores: impl Iterator<Item = f32>) -> Vec<f64> {
    let s: Vec<f64> = scores.map(f64::from).collect(); // [K]
    let larger = |a, &b| if b > a { b } else { a };
    let largest = s.iter().fold(f64::NEG_INFINITY, larger);
    let e: Vec<f64> = s.iter().map(|s| exp(s - largest)).collect(); // [K]
    let sum = e.iter().fold(0.0, |sum, e| sum + e);
    e.iter().map(|e| e / sum).collect() // [K]
}

/// Eq. 9.17: probabilities `[K]` in units of 2⁻²⁴ that add up to exactly 1,
/// none of them 0.
///
/// # Panics
/// They add up to more than 1 to begin with.
pub fn in_units(p: &[f64]) -> Vec<u32> {
    let shared = f64::from(ONE) - p.len() as f64;
    let unit = |p: &f64| 1 + (shared * p) as u32; // rounds down
    let mut units: Vec<u32> = p.iter().map(unit).collect(); // [K]
    let spare = ONE - units.iter().sum::<u32>();
    if let Some(largest) = units.iter_mut().max() {
        *largest += spare;
    }
    units
}
// ANCHOR_END: softmax

// ANCHOR: exact
/// A map of which the first codes are known: eq. 9.15 for one sequence.
pub struct Exact<'a> {
    prior: &'a Prior<f32>,
    /// The keys and the values of the places done, for each block. `[W]`
    kept: Vec<[Vec<Array1<f32>>; 2]>,
    /// Places done.
    place: usize,
}

impl<'a> Exact<'a> {
    /// Nothing is known yet.
    pub fn new(prior: &'a Prior<f32>) -> Self {
        let kept = prior.blocks.iter().map(|_| Default::default());
        Self { prior, kept: kept.collect(), place: 0 }
    }

    /// The logits of the next place, from the code of the last one: its row
    /// of the table, at the first place that of a start token. `[K]`
    ///
    /// # Panics
    /// All places are done, or the table has no such row.
    pub fn next(&mut self, last: usize) -> Array1<f32> {
        let (prior, at) = (self.prior, self.place);
        self.place += 1;
        let x = prior.table.row(last).to_owned(); // [W]
        let mut x = x + prior.positions.row(at); // [W]
        for (block, kept) in prior.blocks.iter().zip(&mut self.kept) {
            x = row_of(block, x, kept, prior.heads); // [W]
        }
        linear(&normed(&x, &prior.norm), &prior.head) // [K]
    }

    /// Eq. 9.17 for the next place. `[K]`
    ///
    /// # Panics
    /// As for `next`.
    pub fn units(&mut self, last: usize) -> Vec<u32> {
        in_units(&softmax(self.next(last).into_iter()))
    }
}
// ANCHOR_END: exact

/// Eq. 9.9 for one row. `[W]`
fn row_of(
    block: &Block<f32>,
    x: Array1<f32>, // [W]
    kept: &mut [Vec<Array1<f32>>; 2],
    h: usize,
) -> Array1<f32> {
    let a = normed(&x, &block.norm_1); // [W]
    let [q, k, v] = block.qkv.each_ref().map(|l| linear(&a, l)); // [W]
    kept[0].push(k);
    kept[1].push(v);
    let y = averages(&q, kept, h); // [W]
    let x = x + linear(&y, &block.out); // [W]
    let mut b = normed(&x, &block.norm_2); // [W]
    let last = block.mlp.layers.len().saturating_sub(1);
    for (n, layer) in block.mlp.layers.iter().enumerate() {
        b = linear(&b, layer); // [4W], then [W]
        if n < last {
            b.mapv_inplace(|v| if v > 0.0 { v } else { 0.0 });
        }
    }
    x + b
}

/// Eq. 9.6 for one query `[W]`: each head averages its part of the values.
fn averages(
    q: &Array1<f32>,                        // [W]
    [keys, values]: &[Vec<Array1<f32>>; 2], // [W] each
    h: usize,
) -> Array1<f32> {
    let d = q.len() / h;
    let scale = 1.0 / (d as f32).sqrt();
    let mut y = Array1::zeros(q.len()); // [W]
    for own in (0..h).map(|head| head * d..(head + 1) * d) {
        let product = |k: &Array1<f32>| {
            in_order(own.clone().map(|j| q[j] * k[j])) * scale
        };
        let p = softmax(keys.iter().map(product)); // [t]
        for (p, v) in p.into_iter().zip(values) {
            own.clone().for_each(|j| y[j] += p as f32 * v[j]);
        }
    }
    y
}
