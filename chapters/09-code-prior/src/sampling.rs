//! Drawing code maps, one place after another, with keys and values kept.

use gradients::plain::{linear, real};
use lab::rng_at;
use ndarray::{Array1, Array2, ArrayView1, Axis, NdFloat, s};
use ndarray_rand::rand::Rng;
use rayon::prelude::*;

use crate::model::{Block, Prior, PriorError, Sizes, check_codes};
use crate::plain::tempered;

// ANCHOR: draws
/// A model that gives one place after another, in either room.
pub trait Draws {
    /// Of its logits.
    type Number: NdFloat;
    /// Sequences of which the first places are known.
    type Cache;

    /// K, T, W, H and L.
    fn sizes(&self) -> Sizes;

    /// Nothing is known of `n` sequences.
    fn cache(&self, n: usize) -> Self::Cache;

    /// Eq. 9.15: the logits of the next place, from the code of the last
    /// one (the start token's number, K, at the first place). `[N, K]`
    ///
    /// # Panics
    /// All places are done, or there is not one code for each sequence.
    fn next(
        &self,
        cache: &mut Self::Cache,
        last: &[usize],
    ) -> Array2<Self::Number>;
}
// ANCHOR_END: draws

// ANCHOR: cache
/// The keys and values that a block has already computed. `[N, T·W]` each
#[derive(Clone, Debug, PartialEq)]
pub struct Kept<F> {
    k: Array2<F>,
    v: Array2<F>,
}

/// `N` sequences of which the first places are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Cache<F> {
    /// Places done.
    pub place: usize,
    blocks: Vec<Kept<F>>,
}

impl<F: NdFloat> Draws for Prior<F> {
    type Number = F;
    type Cache = Cache<F>;

    fn sizes(&self) -> Sizes {
        self.sizes()
    }

    fn cache(&self, n: usize) -> Cache<F> {
        let shape = (n, self.places() * self.table.ncols());
        let none = || Array2::zeros(shape); // [N, T·W]
        let kept = |_| Kept { k: none(), v: none() };
        Cache { place: 0, blocks: self.blocks.iter().map(kept).collect() }
    }

    fn next(&self, cache: &mut Cache<F>, last: &[usize]) -> Array2<F> {
        let at = cache.place;
        let x = self.table.select(Axis(0), last); // [N, W]
        let mut x = x + self.positions.row(at); // [N, W]
        for (block, kept) in self.blocks.iter().zip(&mut cache.blocks) {
            x = block.next(x, kept, at, self.heads); // [N, W]
        }
        cache.place += 1;
        let (_, x) = self.norm.forward(&x); // [N, W]
        linear(&x, &self.head.w, &self.head.b) // [N, K]
    }
}

// ANCHOR_END: cache

// ANCHOR: next_block
impl<F: NdFloat> Block<F> {
    /// Eq. 9.9 for place `at` alone: its key and value join those kept, and
    /// its query looks at all of them. `[N, W]`
    fn next(
        &self,
        x: Array2<F>, // [N, W]
        kept: &mut Kept<F>,
        at: usize,
        h: usize,
    ) -> Array2<F> {
        let w = x.ncols();
        let (_, a) = self.norm_1.forward(&x); // [N, W]
        let [q, k, v] = self.qkv.each_ref().map(|l| linear(&a, &l.w, &l.b));
        let here = s![.., at * w..(at + 1) * w];
        kept.k.slice_mut(here).assign(&k);
        kept.v.slice_mut(here).assign(&v);
        let mut y = Array2::zeros(x.raw_dim()); // [N, W]
        let rows: Vec<_> = y.rows_mut().into_iter().enumerate().collect();
        rows.into_par_iter().for_each(|(n, mut y)| {
            let known = (kept.k.row(n), kept.v.row(n)); // [T·W] each
            let one = one_query(q.row(n), known, at + 1, h); // [W]
            y.assign(&one);
        });
        let x = x + linear(&y, &self.out.w, &self.out.b); // [N, W]
        let (_, b) = self.norm_2.forward(&x); // [N, W]
        x + self.mlp.output(&b)
    }
}

// ANCHOR_END: next_block

// ANCHOR: one_query
/// Eq. 9.6 for one query `[W]` and the keys and values of `n` places.
fn one_query<F: NdFloat>(
    q: ArrayView1<F>,
    (k, v): (ArrayView1<F>, ArrayView1<F>), // [T·W]
    n: usize,
    h: usize,
) -> Array1<F> {
    let (w, d) = (q.len(), q.len() / h);
    let scale = real::<F>(d as f64).sqrt().recip();
    let mut y = Array1::zeros(w); // [W]
    for head in 0..h {
        let columns = |i: usize| i * w + head * d..i * w + (head + 1) * d;
        let q = q.slice(s![head * d..(head + 1) * d]); // [D]
        let score = |i| q.dot(&k.slice(s![columns(i)])) * scale;
        let scores: Vec<F> = (0..n).map(score).collect();
        let larger = |a: F, &b: &F| a.max(b);
        let largest = scores.iter().fold(F::neg_infinity(), larger);
        let p =
            Array1::from_iter(scores.iter().map(|s| (*s - largest).exp()));
        let p = &p / p.sum(); // [n]
        let mut y = y.slice_mut(s![head * d..(head + 1) * d]); // [D]
        for (i, &p) in p.iter().enumerate() {
            y.scaled_add(p, &v.slice(s![columns(i)]));
        }
    }
    y
}
// ANCHOR_END: one_query

/// An index, drawn with these probabilities. `[K]`
fn draw(p: &Array1<f64>, rng: &mut impl Rng) -> usize {
    let mut left: f64 = rng.random();
    for (k, p) in p.iter().enumerate() {
        left -= p;
        if left < 0.0 {
            return k;
        }
    }
    // Rounding left a crumb: the last code that can come at all.
    p.iter().rposition(|p| *p > 0.0).unwrap_or(0)
}

/// Sequences that are drawn side by side.
const BESIDE: usize = 250;

// ANCHOR: sample
/// Eq. 9.13: goes on from the codes given of each map, `[N, G]`, G being 0
/// for a map out of nothing, and draws the rest. `[N, T]`
///
/// # Errors
/// A code is not below K, more are given than there are places, or the
/// temperature is below 0.
pub fn complete(
    prior: &impl Draws,
    given: &Array2<usize>, // [N, G]
    temperature: f64,
    seed: u64,
) -> Result<Array2<usize>, PriorError> {
    let sizes = prior.sizes();
    check_start(sizes, given, temperature)?;
    let (n, g) = given.dim();
    let mut codes = Array2::zeros((n, sizes.places)); // [N, T]
    codes.slice_mut(s![.., ..g]).assign(given);
    let parts = codes.axis_chunks_iter_mut(Axis(0), BESIDE);
    for (part, mut codes) in parts.enumerate() {
        let mut rng = rng_at(seed, part as u64);
        let mut cache = prior.cache(codes.nrows());
        let mut last = vec![sizes.codes; codes.nrows()]; // the start token
        for i in 0..sizes.places {
            let logits = prior.next(&mut cache, &last); // [BESIDE, K]
            for (n, row) in logits.rows().into_iter().enumerate() {
                if i >= g {
                    codes[[n, i]] =
                        draw(&tempered(row, temperature), &mut rng);
                }
                last[n] = codes[[n, i]];
            }
        }
    }
    Ok(codes)
}

/// Draws `n` maps out of nothing. `[N, T]`
///
/// # Errors
/// The temperature is below 0.
pub fn sample(
    prior: &impl Draws,
    n: usize,
    temperature: f64,
    seed: u64,
) -> Result<Array2<usize>, PriorError> {
    complete(prior, &Array2::zeros((n, 0)), temperature, seed)
}
// ANCHOR_END: sample

fn check_start(
    sizes: Sizes,
    given: &Array2<usize>,
    temperature: f64,
) -> Result<(), PriorError> {
    if temperature.is_nan() || temperature < 0.0 {
        return Err(PriorError::Temperature(temperature));
    }
    let (expected, found) = (sizes.places, given.ncols());
    if found > expected {
        return Err(PriorError::Places { expected, found });
    }
    check_codes(given, sizes.codes)
}
