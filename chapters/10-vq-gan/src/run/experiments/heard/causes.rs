//! Eight ways to spoil a small prior that hears a wish, or how one draws from it: each changes one thing of what works. The tests
//! read this file too.

use code_prior::model::{Prior, Sizes};
use code_prior::plain::{bits_per_image, shift_right_from, start_tokens};
use code_prior::sampling::{Draws, How, sample};
use gradients::plain::{Adam, AdamConfig};
use lab::rng_at;
use ndarray::{Array2, Axis};
use ndarray_rand::rand::Rng;

use super::plain::guide;

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// In training each map has the class of another one.
    OthersClasses,
    /// In training the class is told with every map.
    AlwaysTold,
    /// In training the class is told with none.
    NeverTold,
    /// In drawing both copies are told the wish.
    BothTold,
    /// In drawing neither copy is told the wish.
    NeitherTold,
    /// In drawing γ has the wrong sign.
    LeansAway,
    /// In drawing category and artist are exchanged in the number of a class.
    OtherNumbers,
    /// In drawing the likeliest code is taken at each place.
    Likeliest,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::OthersClasses,
    Cause::AlwaysTold,
    Cause::NeverTold,
    Cause::BothTold,
    Cause::NeitherTold,
    Cause::LeansAway,
    Cause::OtherNumbers,
    Cause::Likeliest,
];

// ANCHOR: rule
/// Places of a map. A code is one of four shapes, in one of two palettes:
/// `4 · palette + shape`.
const PLACES: usize = 16;
const SHAPES: usize = 4;

/// What is wished for: one of three categories, by one of two artists.
pub const CATEGORIES: usize = 3;
pub const ARTISTS: usize = 2;

/// Category c: so often is a shape c shapes farther than the one before, and
/// otherwise one of the three others, each as often.
const FOLLOWS: f64 = 0.45;

/// Artist a: so often is a code of palette a.
const OWN: f64 = 0.65;
// ANCHOR_END: rule

/// The number of a category by an artist, as a prior knows it.
fn class(category: usize, artist: usize) -> usize {
    artist * CATEGORIES + category
}

/// Maps of these classes. `[N, T]`
fn maps(classes: &[usize], rng: &mut impl Rng) -> Array2<usize> {
    let mut all = Array2::zeros((classes.len(), PLACES));
    for (mut map, class) in all.rows_mut().into_iter().zip(classes) {
        let (category, artist) = (class % CATEGORIES, class / CATEGORIES);
        let mut shape = rng.random_range(0..SHAPES);
        for (i, code) in map.iter_mut().enumerate() {
            if i > 0 {
                let more = match rng.random_bool(FOLLOWS) {
                    true => 0,
                    false => rng.random_range(1..SHAPES),
                };
                shape = (shape + category + more) % SHAPES;
            }
            let own = rng.random_bool(OWN);
            let palette = if own { artist } else { 1 - artist };
            *code = palette * SHAPES + shape;
        }
    }
    all
}

/// How many steps from a shape to the next fit each category, and how many codes are of each palette.
fn counts(map: &[usize]) -> ([usize; CATEGORIES], [usize; ARTISTS]) {
    let steps = map
        .windows(2)
        .map(|pair| (SHAPES + pair[1] % SHAPES - pair[0] % SHAPES) % SHAPES);
    let steps: Vec<_> = steps.collect();
    let fit = |c| steps.iter().filter(|step| **step == c).count();
    let of = |a| map.iter().filter(|code| **code / SHAPES == a).count();
    (std::array::from_fn(fit), std::array::from_fn(of))
}

/// The category and the artist that a map looks like most, the first of equal ones, for who knows the rule.
fn looks_like(map: &[usize]) -> [usize; 2] {
    let (fit, of) = counts(map);
    let most = |of: &[usize]| {
        (1..of.len()).fold(0, |a, b| if of[b] > of[a] { b } else { a })
    };
    [most(&fit), most(&of)]
}

/// Bits of maps, in the mean, for who knows the rule and the class, and for who knows the rule alone.
fn best(maps: &Array2<usize>, classes: &[usize]) -> [f64; 2] {
    let p = |map: &[usize], class: usize| {
        let (fit, of) = counts(map);
        let (fit, of) = (fit[class % CATEGORIES], of[class / CATEGORIES]);
        let power = |p: f64, n: usize| p.powi(n as i32);
        let other = (1.0 - FOLLOWS) / (SHAPES - 1) as f64;
        power(FOLLOWS, fit)
            * power(other, PLACES - 1 - fit)
            * power(OWN, of)
            * power(1.0 - OWN, PLACES - of)
            / SHAPES as f64
    };
    let n = CATEGORIES * ARTISTS;
    let mut bits = [0.0; 2];
    for (map, &class) in maps.rows().into_iter().zip(classes) {
        let map = map.to_vec();
        let all: f64 = (0..n).map(|class| p(&map, class)).sum();
        bits[0] -= p(&map, class).log2();
        bits[1] -= (all / n as f64).log2();
    }
    bits.map(|all| all / classes.len() as f64)
}

// ANCHOR: recipe
/// Maps of a step, half of which are told their class; steps, and those
/// between two lines of the log.
const BATCH: usize = 48;
pub const STEPS: u64 = 600;
pub const EVERY: u64 = 20;

/// Of the prior: one block of two heads.
const SIZES: Sizes = Sizes {
    codes: 2 * SHAPES,
    places: PLACES,
    width: 16,
    heads: 2,
    blocks: 1,
    classes: CATEGORIES * ARTISTS,
};

/// How far it leans when it draws, γ.
pub const SCALES: [f64; 6] = [0.0, 0.5, 1.0, 2.0, 3.0, 4.0];
// ANCHOR_END: recipe

/// The size of Adam's first step; from there it falls to a tenth.
const STEP: f64 = 1e-2;

/// Fresh maps by which a line judges.
const JUDGED: usize = 192;

/// Of maps that were drawn with one γ.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    /// The share in which the category is seen that was wished for.
    pub category: f64,
    /// The same of the artist.
    pub artist: f64,
    /// Of two maps for one wish, the share of places at which they differ.
    pub varied: f64,
}

/// What there is to read of a run.
#[derive(Clone, Debug)]
pub struct Log {
    /// Bits of fresh maps after every so many steps, told their class and untold.
    pub bits: Vec<[f64; 2]>,
    /// For each γ.
    pub drawn: Vec<Drawn>,
}

/// How many numbers stand for a log.
pub const NUMBERS: usize = 2 + 3 * SCALES.len();

impl Log {
    /// The bits over the last third, told and untold, and what each γ gives.
    pub fn numbers(&self) -> [f64; NUMBERS] {
        let last = &self.bits[self.bits.len() * 2 / 3..];
        let mean = |n: usize| {
            last.iter().map(|bits| bits[n]).sum::<f64>() / last.len() as f64
        };
        let drawn = self.drawn.iter();
        let drawn = drawn.flat_map(|d| [d.category, d.artist, d.varied]);
        let mut all = [mean(0), mean(1)].into_iter().chain(drawn);
        std::array::from_fn(|_| all.next().unwrap_or(f64::NAN))
    }
}

/// The ends of the axes on which bits and variety are drawn.
pub const BITS: (f64, f64) = (44.0, 51.0);
pub const VARIED: (f64, f64) = (0.5, 1.0);

/// How far apart two of the numbers are, as a share of the axis on which they are drawn.
pub fn apart(n: usize, a: f64, b: f64) -> f64 {
    let (low, high) = match n {
        0 | 1 => BITS,
        _ if n % 3 == 1 => VARIED,
        _ => (0.0, 1.0),
    };
    let [a, b] = [a, b].map(|v| v.clamp(low, high));
    (a - b).abs() / (high - low)
}

/// As many of each class, in turn. `[N]`
fn in_turn(n: usize) -> Vec<usize> {
    (0..n).map(|n| n % SIZES.classes).collect()
}

/// Maps that no step has seen, the same for all runs, and their classes. `[N, T]`
fn fresh() -> (Array2<usize>, Vec<usize>) {
    let classes = in_turn(JUDGED);
    (maps(&classes, &mut rng_at(0x7e57, 0)), classes)
}

/// What nobody can do better on the fresh maps, told and untold; and the shares in which category and artist are seen in them.
pub fn bounds() -> ([f64; 2], [f64; 2]) {
    let (maps, classes) = fresh();
    (best(&maps, &classes), kept(&maps, &classes))
}

/// The shares of maps in which the category is seen that belongs to their class, and the artist.
fn kept(maps: &Array2<usize>, classes: &[usize]) -> [f64; 2] {
    let mut kept = [0.0; 2];
    for (map, class) in maps.rows().into_iter().zip(classes) {
        let [category, artist] = looks_like(&map.to_vec());
        kept[0] += f64::from(category == class % CATEGORIES);
        kept[1] += f64::from(artist == class / CATEGORIES);
    }
    kept.map(|sum| sum / classes.len() as f64)
}

/// Trains a prior, spoilt or not, and draws with it, spoilt or not: so many maps for each wish.
///
/// # Panics
/// Never: the sizes fit, and every code is below K.
pub fn log(cause: Option<Cause>, seed: u64, steps: u64, each: usize) -> Log {
    let rng = &mut rng_at(seed, u64::MAX);
    let mut prior = Prior::<f32>::new(SIZES, rng).expect("sizes that fit");
    let config = AdamConfig { lr: STEP, beta2: 0.99, ..Default::default() };
    let mut adam = Adam::new(&prior, config);
    let (fresh, classes) = fresh();
    let known: Vec<_> = classes.iter().copied().map(Some).collect();
    let unknown = vec![None; classes.len()];
    let mut bits = Vec::new();
    for n in 0..steps {
        let [seen, codes] = batch(cause, seed, n);
        let (_, d) = prior.learn_in_halves(&seen, &codes);
        adam.config.lr = STEP * (1.0 - 0.9 * n as f64 / steps as f64);
        adam.step(&mut prior, &d);
        if (n + 1) % EVERY == 0 {
            bits.push([&known, &unknown].map(|classes| {
                let nats = prior.nats_given(&fresh, classes);
                bits_per_image(&nats.expect("classes that it knows"))
            }));
        }
    }
    let drawn = SCALES.map(|scale| draw(&prior, cause, scale, seed, each));
    Log { bits, drawn: drawn.to_vec() }
}

/// What is seen at each place of a step's maps, and the maps. `[B, T]` each
fn batch(cause: Option<Cause>, seed: u64, n: u64) -> [Array2<usize>; 2] {
    let rng = &mut rng_at(seed, n);
    let mut classes = in_turn(BATCH);
    let codes = maps(&classes, rng); // [B, T]
    if cause == Some(Cause::OthersClasses) {
        for n in (1..BATCH).rev() {
            classes.swap(n, rng.random_range(0..=n));
        }
    }
    let told = classes.into_iter().map(|class| {
        let told = match cause {
            Some(Cause::AlwaysTold) => true,
            Some(Cause::NeverTold) => false,
            _ => rng.random_bool(0.5),
        };
        told.then_some(class)
    });
    let starts = start_tokens(&told.collect::<Vec<_>>(), SIZES.codes);
    [shift_right_from(&codes, &starts), codes]
}

/// Two copies of a prior, as in the chapter's `Guided`, spoilt or not.
struct Leaning<'a> {
    prior: &'a Prior<f32>,
    cause: Option<Cause>,
    scale: f64,
}

impl Draws for Leaning<'_> {
    type Number = f32;
    type Cache = [<Prior<f32> as Draws>::Cache; 2];

    fn sizes(&self) -> Sizes {
        SIZES
    }

    fn cache(&self, n: usize) -> Self::Cache {
        [self.prior.cache(n), self.prior.cache(n)]
    }

    fn next(
        &self,
        [told, untold]: &mut Self::Cache,
        last: &[usize],
    ) -> Array2<f32> {
        let without = last.iter().map(|&c| c.min(SIZES.codes));
        let without: Vec<usize> = without.collect();
        let (to_one, to_other) = match self.cause {
            Some(Cause::BothTold) => (last, last),
            Some(Cause::NeitherTold) => (&without[..], &without[..]),
            _ => (last, &without[..]),
        };
        let s_c = self.prior.next(told, to_one); // [N, K]
        let s_0 = self.prior.next(untold, to_other); // [N, K]
        let scale = match self.cause {
            Some(Cause::LeansAway) => -self.scale,
            _ => self.scale,
        };
        guide(&s_c, &s_0, scale)
    }
}

/// Draws so many maps for each wish, and looks at them.
fn draw(
    prior: &Prior<f32>,
    cause: Option<Cause>,
    scale: f64,
    seed: u64,
    each: usize,
) -> Drawn {
    let leaning = Leaning { prior, cause, scale };
    let cold = cause == Some(Cause::Likeliest);
    let temperature = if cold { 0.0 } else { 1.0 };
    let (mut sum, mut differ) = ([0.0; 2], 0.0);
    for wish in 0..SIZES.classes {
        let (category, artist) = (wish % CATEGORIES, wish / CATEGORIES);
        let class = match cause {
            Some(Cause::OtherNumbers) => category * ARTISTS + artist,
            _ => class(category, artist),
        };
        let how = How { class: Some(class), ..How::from(temperature) };
        let seed = seed.wrapping_add((wish as u64) << 32);
        let drawn = sample(&leaning, each, how, seed);
        let drawn = drawn.expect("a class that it knows"); // [N, T]
        let [category, artist] = kept(&drawn, &vec![wish; each]);
        sum = [sum[0] + category, sum[1] + artist];
        differ += varied(&drawn);
    }
    let mean = |sum: f64| sum / SIZES.classes as f64;
    Drawn {
        category: mean(sum[0]),
        artist: mean(sum[1]),
        varied: mean(differ),
    }
}

/// Of two of some maps, the share of places at which they differ.
fn varied(maps: &Array2<usize>) -> f64 {
    let n = maps.nrows() as f64;
    let alike = maps.axis_iter(Axis(1)).map(|place| {
        let of = |k| place.iter().filter(|code| **code == k).count() as f64;
        (0..SIZES.codes).map(of).map(|m| m * (m - 1.0)).sum::<f64>()
    });
    1.0 - alike.sum::<f64>() / (n * (n - 1.0) * PLACES as f64)
}

// The answers of exercise 10.11 stand below.

/// What is wrong with the runs A to D of the figure.
pub const SHOWN: [Cause; 4] = [
    Cause::BothTold,
    Cause::OthersClasses,
    Cause::AlwaysTold,
    Cause::OtherNumbers,
];
