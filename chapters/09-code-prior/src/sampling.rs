//! Drawing code maps, one place after another, with keys and values kept.

use gradients::plain::{linear, real};
use lab::rng_at;
use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, Axis, NdFloat, s};
use ndarray_rand::rand::Rng;
use rayon::prelude::*;

use crate::model::{Block, Prior, PriorError, Sizes, check_codes};
use crate::plain::{start_tokens, tempered, top_k, top_p};

// ANCHOR: draws
/// A model that gives one place after another, in either room.
pub trait Draws {
    /// Of its logits.
    type Number: NdFloat;
    /// Sequences of which the first places are known.
    type Cache;

    /// K, T, W, H, L and the classes.
    fn sizes(&self) -> Sizes;

    /// Nothing is known of `n` sequences.
    fn cache(&self, n: usize) -> Self::Cache;

    /// Eq. 9.15: the logits of the next place, from the code of the last
    /// one (a start token's number, K or more, at the first place). `[N, K]`
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
    /// N.
    n: usize,
    /// Some of the sequences, and for each block what is kept of them.
    parts: Vec<Vec<Kept<F>>>,
}

/// The most sequences in a part.
const MOST: usize = 32;

impl<F: NdFloat> Draws for Prior<F> {
    type Number = F;
    type Cache = Cache<F>;

    fn sizes(&self) -> Sizes {
        self.sizes()
    }

    fn cache(&self, n: usize) -> Cache<F> {
        let size = part(n);
        let part = |first| {
            let rows = size.min(n - first);
            let shape = (rows, self.places() * self.table.ncols());
            let none = || Array2::zeros(shape); // [rows, T·W]
            let kept = |_| Kept { k: none(), v: none() };
            self.blocks.iter().map(kept).collect()
        };
        let parts = (0..n).step_by(size).map(part).collect();
        Cache { place: 0, n, parts }
    }

    /// The parts are shared out between the threads.
    fn next(&self, cache: &mut Cache<F>, last: &[usize]) -> Array2<F> {
        assert_eq!(last.len(), cache.n, "a code for each sequence");
        let (at, size) = (cache.place, part(cache.n));
        cache.place += 1;
        let mut logits = Array2::zeros((last.len(), self.codes())); // [N, K]
        let rows = logits.axis_chunks_iter_mut(Axis(0), size);
        let parts = last.par_chunks(size).zip(&mut cache.parts);
        parts.zip(rows).for_each(|((last, kept), mut logits)| {
            logits.assign(&self.next_of(kept, last, at));
        });
        logits
    }
}

/// How many of `n` sequences a part takes: the parts are few and alike.
fn part(n: usize) -> usize {
    n.div_ceil(n.div_ceil(MOST).max(1)).max(1)
}

impl<F: NdFloat> Prior<F> {
    /// The logits of place `at` for some sequences. `[N, K]`
    fn next_of(
        &self,
        kept: &mut [Kept<F>],
        last: &[usize],
        at: usize,
    ) -> Array2<F> {
        let x = self.table.select(Axis(0), last); // [N, W]
        let mut x = x + self.positions.row(at); // [N, W]
        for (block, kept) in self.blocks.iter().zip(kept) {
            x = block.next(x, kept, at, self.heads); // [N, W]
        }
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
        let (here, known) = (at * x.ncols(), (at + 1) * x.ncols());
        let (_, a) = self.norm_1.forward(&x); // [N, W]
        let [q, k, v] = self.qkv.each_ref().map(|l| linear(&a, &l.w, &l.b));
        kept.k.slice_mut(s![.., here..known]).assign(&k);
        kept.v.slice_mut(s![.., here..known]).assign(&v);
        let mut y = Array2::zeros(x.raw_dim()); // [N, W]
        for (n, y) in y.rows_mut().into_iter().enumerate() {
            let known = s![n, ..known];
            let known = [kept.k.slice(known), kept.v.slice(known)]; // [t·W]
            one_query(q.row(n), known, y, h);
        }
        let x = x + linear(&y, &self.out.w, &self.out.b); // [N, W]
        let (_, b) = self.norm_2.forward(&x); // [N, W]
        x + self.mlp.output(&b)
    }
}
// ANCHOR_END: next_block

// ANCHOR: one_query
/// Eq. 9.6 for one query `[W]` and the keys and values of `t` places, place
/// by place as they lie in memory. Adds the averages to `y`.
fn one_query<F: NdFloat>(
    q: ArrayView1<F>,           // [W]
    [k, v]: [ArrayView1<F>; 2], // [t·W]
    mut y: ArrayViewMut1<F>,    // [W]
    h: usize,
) {
    let [q, k, v] = [&q, &k, &v].map(|x| x.as_slice().expect(PIECE));
    let (w, d) = (q.len(), q.len() / h);
    let scale = real::<F>(d as f64).sqrt().recip();
    let mut p = Array2::zeros((h, k.len() / w)); // [H, t]
    for (k, p) in k.chunks_exact(w).zip(p.columns_mut()) {
        let heads = q.chunks_exact(d).zip(k.chunks_exact(d));
        p.into_iter().zip(heads).for_each(|(p, (q, k))| {
            *p = dot(q, k) * scale;
        });
    }
    for mut p in p.rows_mut() {
        let largest = p.fold(F::neg_infinity(), |a, &b| a.max(b));
        p.mapv_inplace(|s| (s - largest).exp());
        let sum = p.sum();
        p.mapv_inplace(|p| p / sum);
    }
    let y = y.as_slice_mut().expect(PIECE);
    for (v, p) in v.chunks_exact(w).zip(p.columns()) {
        let heads = y.chunks_exact_mut(d).zip(v.chunks_exact(d));
        p.into_iter().zip(heads).for_each(|(&p, (y, v))| {
            y.iter_mut().zip(v).for_each(|(y, &v)| *y += p * v);
        });
    }
}

const PIECE: &str = "a row of an array that is in order";

/// The product of two rows: eight sums side by side, as many as the
/// registers of a processor have room for.
fn dot<F: NdFloat>(a: &[F], b: &[F]) -> F {
    let ((a, last_a), (b, last_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [F::zero(); 8];
    for (a, b) in a.iter().zip(b) {
        for (sum, (&a, &b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let pairs = (0..4).map(|n| sums[n] + sums[n + 4]);
    let rest = last_a.iter().zip(last_b).map(|(&a, &b)| a * b);
    pairs.chain(rest).fold(F::zero(), |all, sum| all + sum)
}
// ANCHOR_END: one_query

// ANCHOR: draw
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
// ANCHOR_END: draw

/// Sequences that are drawn side by side.
const BESIDE: usize = 250;

// ANCHOR: how
/// How codes are drawn. A temperature alone can stand for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct How {
    /// Eq. 9.14: 1 is the model's own.
    pub temperature: f64,
    /// Eq. 9.18: what the images are to be of; none: whatever comes.
    pub class: Option<usize>,
    /// Eq. 9.19: of so many of the likeliest codes.
    pub top_k: Option<usize>,
    /// Eq. 9.19: of the likeliest that have this much of the probability.
    pub top_p: Option<f64>,
}

impl How {
    /// The probabilities of the next code. `[K]`
    fn shares<F: NdFloat>(&self, logits: ArrayView1<F>) -> Array1<f64> {
        let p = tempered(logits, self.temperature); // [K]
        let p = self.top_k.into_iter().fold(p, top_k); // [K]
        self.top_p.into_iter().fold(p, top_p) // [K]
    }
}
// ANCHOR_END: how

impl From<f64> for How {
    fn from(temperature: f64) -> Self {
        Self { temperature, class: None, top_k: None, top_p: None }
    }
}

impl How {
    /// That a model of these sizes can draw so.
    ///
    /// # Errors
    /// A temperature is below 0 or not finite, nothing would be left to
    /// draw from, or the model does not know the class.
    pub fn check(&self, sizes: Sizes) -> Result<(), PriorError> {
        let Self { temperature, class, top_k, top_p } = *self;
        if !temperature.is_finite() || temperature < 0.0 {
            return Err(PriorError::Temperature(temperature));
        }
        if top_k == Some(0) {
            return Err(PriorError::TopK);
        }
        if let Some(share) = top_p.filter(|p| !(*p > 0.0 && *p <= 1.0)) {
            return Err(PriorError::TopP(share));
        }
        class.map_or(Ok(()), |class| sizes.check_class(class))
    }
}

// ANCHOR: sample
/// Eq. 9.13: goes on from the codes given of each map, `[N, G]`, G being 0
/// for a map out of nothing, and draws the rest. `[N, T]`
///
/// # Errors
/// A code is not below K, more are given than there are places, or the
/// model cannot draw so.
pub fn complete(
    prior: &impl Draws,
    given: &Array2<usize>, // [N, G]
    how: impl Into<How>,
    seed: u64,
) -> Result<Array2<usize>, PriorError> {
    let (sizes, how) = (prior.sizes(), how.into());
    check_start(sizes, given, &how)?;
    let start = start_tokens(&[how.class], sizes.codes)[0];
    let (n, g) = given.dim();
    let mut codes = Array2::zeros((n, sizes.places)); // [N, T]
    codes.slice_mut(s![.., ..g]).assign(given);
    let parts = codes.axis_chunks_iter_mut(Axis(0), BESIDE);
    for (part, mut codes) in parts.enumerate() {
        let mut rng = rng_at(seed, part as u64);
        let mut cache = prior.cache(codes.nrows());
        let mut last = vec![start; codes.nrows()];
        for i in 0..sizes.places {
            let logits = prior.next(&mut cache, &last); // [BESIDE, K]
            for (n, row) in logits.rows().into_iter().enumerate() {
                if i >= g {
                    codes[[n, i]] = draw(&how.shares(row), &mut rng);
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
/// The model cannot draw so.
pub fn sample(
    prior: &impl Draws,
    n: usize,
    how: impl Into<How>,
    seed: u64,
) -> Result<Array2<usize>, PriorError> {
    complete(prior, &Array2::zeros((n, 0)), how, seed)
}
// ANCHOR_END: sample

fn check_start(
    sizes: Sizes,
    given: &Array2<usize>,
    how: &How,
) -> Result<(), PriorError> {
    how.check(sizes)?;
    let (expected, found) = (sizes.places, given.ncols());
    if found > expected {
        return Err(PriorError::Places { expected, found });
    }
    check_codes(given, sizes.codes)
}
