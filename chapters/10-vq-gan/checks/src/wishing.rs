//! Exercise 10.9: a map of codes, drawn for a wish.

use code_prior::model::{Prior, Sizes};
use code_prior::plain::tempered;
use code_prior::sampling::{Cache, Draws};
use ndarray::{Array1, Axis};
use ndarray_rand::rand::Rng;
use vq_gan::plain::guide;

use super::*;

/// A prior that knows some classes. Behind its last place it begins again at the first.
#[derive(Clone, Debug)]
pub struct Taught(Prior<f64>);

/// What it knows of some maps.
#[derive(Clone, Debug)]
pub struct Known {
    n: usize,
    cache: Cache<f64>,
}

impl Draws for Taught {
    type Number = f64;
    type Cache = Known;

    fn sizes(&self) -> Sizes {
        self.0.sizes()
    }

    fn cache(&self, n: usize) -> Known {
        Known { n, cache: self.0.cache(n) }
    }

    fn next(&self, known: &mut Known, last: &[usize]) -> Array2<f64> {
        if known.cache.place == self.0.places() {
            known.cache = self.0.cache(known.n);
        }
        self.0.next(&mut known.cache, last)
    }
}

/// A prior, what it is asked for, and the random numbers.
#[derive(Clone)]
struct Asked {
    prior: Taught,
    class: usize,
    scale: f64,
    temperature: f64,
    u: Vec<f64>,
}

/// The first code that has more than `u` together with those before it.
fn code(p: &Array1<f64>, u: f64) -> usize {
    let mut sum = 0.0;
    let more = p.iter().position(|p| {
        sum += p;
        sum > u
    });
    more.or_else(|| p.iter().rposition(|p| *p > 0.0)).unwrap_or(0)
}

/// Exercise 10.9, as it can go wrong.
fn drawn(of: &Asked, is: Is, tap: Tap) -> Out {
    let Asked { prior, class, scale, temperature, u } = of;
    let k = prior.sizes().codes;
    let wish = match () {
        _ if is("neither is told") => k,
        _ if is("the class without the start before it") => k + class,
        _ if is("the class for its token") => *class,
        _ => k + 1 + class,
    };
    let none = match () {
        _ if is("both are told") => wish,
        _ if is("the untold one begins with code 0") => 0,
        _ if is("the untold one begins with the last code") => k - 1,
        _ => k,
    };
    let mut told = prior.cache(1);
    let mut untold = prior.cache(1);
    let (mut last, mut last_untold) = (wish, none);
    let (mut codes, mut of_told) = (Vec::new(), Vec::new());
    for (i, &number) in u.iter().enumerate() {
        if is("nothing is remembered") {
            (told, untold) = (prior.cache(1), prior.cache(1));
        }
        if is("the untold one remembers nothing") {
            untold = prior.cache(1);
        }
        let s_c = prior.next(&mut told, &[last]); // [1, K]
        let s_0 = match is("one memory for both") {
            true => prior.next(&mut told, &[last_untold]),
            false => prior.next(&mut untold, &[last_untold]),
        };
        let s_c = tapped(tap, "the told one's logits", s_c);
        let s_0 = tapped(tap, "the untold one's logits", s_0);
        let t = match () {
            _ if is("temperature left out") => 1.0,
            _ if is("temperature multiplied") => 1.0 / temperature,
            _ if is("temperature twice") => temperature * temperature,
            _ => *temperature,
        };
        let (s, t) = match () {
            _ if is("the untold one left out") => ((&s_c - &s_0) * *scale, t),
            _ if is("one γ more") => (guide(&s_c, &s_0, scale + 1.0), t),
            _ if is("one γ less") => (guide(&s_c, &s_0, scale - 1.0), t),
            _ if is("γ the other way round") => {
                (guide(&s_0, &s_c, *scale), t)
            }
            _ if is("away from the wish") => (guide(&s_c, &s_0, -scale), t),
            _ if is("γ on the told one alone") => (&s_0 + &s_c * *scale, t),
            _ if is("the first place alone") && i > 0 => (s_c.clone(), t),
            _ if is("the told one alone is tempered") => {
                (guide(&(&s_c / t), &s_0, *scale), 1.0)
            }
            _ if is("the untold one alone is tempered") => {
                (guide(&s_c, &(&s_0 / t), *scale), 1.0)
            }
            _ if is("the difference alone is tempered") => {
                (guide(&s_c, &s_0, scale / t), 1.0)
            }
            _ => (guide(&s_c, &s_0, *scale), t),
        };
        let s = tapped(tap, "the logits that lean", s); // [1, K]
        let row = |s: &Array2<f64>| tempered(s.row(0), t);
        let (p_c, p_0) = (row(&s_c), row(&s_0)); // [K]
        let mixed = &p_0 + &((&p_c - &p_0) * *scale);
        let p = match () {
            _ if is("probabilities mixed") => mixed,
            _ if is("probabilities mixed, and cut at 0") => {
                let cut = mixed.mapv(|p| p.max(0.0));
                &cut / cut.sum()
            }
            _ if is("the largest logit stays") => {
                let e = s.row(0).mapv(|v| (v / t).exp());
                let p = &e / e.sum();
                // No sum with it is more than u, so the last code comes.
                let spoilt = p.iter().any(|p| p.is_nan());
                match spoilt {
                    true => {
                        Array1::from_shape_fn(k, |n| f64::from(n == k - 1))
                    }
                    false => p,
                }
            }
            _ => row(&s),
        };
        let p = tapped(tap, "the probabilities", p); // [K]
        let number = match () {
            _ if is("one number for all") => u[0],
            _ if is("the numbers from the end") => u[u.len() - 1 - i],
            _ => number,
        };
        let likeliest = |p: &Array1<f64>| {
            (1..p.len()).fold(0, |a, b| if p[b] > p[a] { b } else { a })
        };
        let drawn = match () {
            _ if is("the likeliest") => likeliest(&p),
            _ if is("the last code first") => {
                let mut turned = p.clone();
                turned.invert_axis(Axis(0));
                k - 1 - code(&turned, number)
            }
            _ if is("not added up") => {
                let more = p.iter().position(|p| *p > number);
                more.unwrap_or(k - 1)
            }
            _ => code(&p, number),
        };
        codes.push(drawn);
        let (own_told, own) = (code(&p_c, number), code(&p_0, number));
        of_told.push(own_told);
        if is("no code is handed on") {
            continue;
        }
        last = match () {
            _ if is("each its own code") => own_told,
            _ if is("the wish at every place") => wish,
            _ => drawn,
        };
        last_untold = match () {
            _ if is("each its own code") => own,
            _ if is("the untold one draws its own") => own,
            _ if is("the untold one is told no code") => none,
            _ => drawn,
        };
    }
    let codes =
        if is("the told one's code is given") { of_told } else { codes };
    let codes = codes.into_iter().map(|code| code as f64);
    one(codes.collect::<Array1<f64>>())
}

const DRAWN: Mistakes<Asked> = mistakes!(
    drawn,
    [
        "the untold one left out",
        "The logits are γ (s_c - s_∅) alone. (10.9) begins with s_∅: without it a code that is rare with the wish and rarer without it \
         counts as much as a common one."
    ],
    [
        "one γ more",
        "The logits are s_c + γ (s_c - s_∅), which is (10.9) with 1 more than γ. So Ho and Salimans write their weight, w = γ - 1; here \
         γ = 1 is the prior as it was trained, and γ = 0 has not heard the wish."
    ],
    [
        "one γ less",
        "The logits are (10.9) with 1 less than γ. At γ = 1 it is s_c, and at 0 it is s_∅."
    ],
    [
        "γ the other way round",
        "The two are exchanged: yours goes from s_c towards s_∅. At γ = 0 (10.9) is s_∅."
    ],
    [
        "away from the wish",
        "Yours leans away from the wish: the difference is s_c - s_∅, and not the other way round."
    ],
    [
        "γ on the told one alone",
        "The logits are s_∅ + γ s_c. What γ counts is how the two differ."
    ],
    [
        "the first place alone",
        "It leans at the first place alone. The wish is told there, once, and attention carries it to all places; so they all lean."
    ],
    [
        "probabilities mixed",
        "Probabilities were mixed, p_∅ + γ (p_c - p_∅). (10.9) is of logits: beyond γ = 1 a mixture of probabilities can fall below 0."
    ],
    [
        "probabilities mixed, and cut at 0",
        "Probabilities were mixed, p_∅ + γ (p_c - p_∅), and cut at 0. (10.9) is of logits; nothing has to be cut there."
    ],
    [
        "both are told",
        "Yours draws as the told one alone would, whatever γ is. Does the other copy begin with the class, too? Then both say the same. It \
         begins with K. Or has γ no part?"
    ],
    [
        "neither is told",
        "Yours draws as the untold one alone would, whatever γ is. Do both copies begin with K, the start token of no class? The told one \
         begins with K + 1 + y."
    ],
    [
        "the class without the start before it",
        "The start token of class y is K + y in yours. K itself is that of no class, so class y has K + 1 + y."
    ],
    [
        "the class for its token",
        "The told one begins with *code* number y. The token of class y is K + 1 + y."
    ],
    [
        "the untold one begins with code 0",
        "The untold one begins with code 0, as if a code had come before. Its start token is K."
    ],
    [
        "the untold one begins with the last code",
        "The untold one begins with K - 1, which is the last code. Codes are counted from 0, so the start token is K."
    ],
    [
        "one memory for both",
        "Both copies write into one cache, so that each sees the other's start token and every code twice. Each has a cache of its own."
    ],
    [
        "nothing is remembered",
        "At each place the caches begin anew, so that a copy knows nothing but the last code. They are made once, and go on."
    ],
    [
        "the untold one remembers nothing",
        "The untold one's cache begins anew at each place. It has not heard the wish, but it has seen the codes."
    ],
    [
        "each its own code",
        "Each copy goes on with a code that it has drawn itself, so that they soon speak of two maps. The code that leans is drawn, and both \
         go on with it."
    ],
    [
        "the untold one draws its own",
        "The untold one goes on with a code that it has drawn itself, and speaks of another map. It is told the same code as the other."
    ],
    [
        "the untold one is told no code",
        "The untold one is told K at every place, as if no code had been drawn. It lacks the wish, not the map."
    ],
    [
        "the wish at every place",
        "The told one is told the class at every place. That stands before the first place alone; from there on it is the code drawn last."
    ],
    [
        "no code is handed on",
        "Both are told their start tokens at every place. From the second place on it is the code drawn last."
    ],
    [
        "temperature left out",
        "The temperature is missing. The logits that lean are divided by it."
    ],
    [
        "temperature multiplied",
        "The logits were multiplied by the temperature. They are divided by it (9.14)."
    ],
    [
        "temperature twice",
        "The temperature has its effect twice, on the logits before they are combined and after it. Once is enough, and where does not matter."
    ],
    [
        "the told one alone is tempered",
        "The told one's logits alone were divided by the temperature. Temper both, or, which is the same, what comes of both."
    ],
    [
        "the untold one alone is tempered",
        "The untold one's logits alone were divided by the temperature. Temper both, or, which is the same, what comes of both."
    ],
    [
        "the difference alone is tempered",
        "The difference alone was divided by the temperature, and s_∅ was not. Temper what comes of both."
    ],
    [
        "the likeliest",
        "The likeliest code is taken at each place. It is to be drawn, with the number given."
    ],
    [
        "the last code first",
        "The probabilities were added up from the last code to the first. They begin with code 0."
    ],
    [
        "not added up",
        "Taken is the first code whose own probability is more than u. What counts is its probability *and those before it*."
    ],
    [
        "the largest logit stays",
        "Where logits are large, e to their power is no number any more, and neither are the probabilities. Take off the largest logit first, \
         as `tempered` does."
    ],
    [
        "one number for all",
        "The first random number serves for all places. Each place has its own."
    ],
    [
        "the numbers from the end",
        "The random numbers were taken from the last to the first."
    ],
    [
        "the told one's code is given",
        "What is given is what the told one would have drawn. It is the code that leans that counts, and that both were told."
    ],
);

fn asked() -> Vec<(&'static str, Asked)> {
    // Codes, places, width, heads, blocks, classes.
    let prior = |sizes: [usize; 6], loud: f64, stream: u64| {
        let [codes, places, width, heads, blocks, classes] = sizes;
        let sizes = Sizes { codes, places, width, heads, blocks, classes };
        let rng = &mut rng_at(109, stream);
        let mut prior = Prior::new(sizes, rng).expect("sizes that fit");
        prior.table *= 10.0;
        prior.head.w *= loud;
        Taught(prior)
    };
    let numbers = |n: usize, stream: u64| -> Vec<f64> {
        let rng = &mut rng_at(109, 100 + stream);
        (0..n).map(|_| rng.random()).collect()
    };
    let of = |sizes: [usize; 6], class, scale, temperature, stream| Asked {
        prior: prior(sizes, 1.5, stream),
        class,
        scale,
        temperature,
        u: numbers(sizes[1], stream),
    };
    let small = [5, 24, 6, 2, 1, 3];
    let large = [7, 30, 8, 4, 2, 4];
    let mut loud = of([6, 20, 4, 1, 1, 2], 1, 3.0, 0.5, 8);
    loud.prior = prior([6, 20, 4, 1, 1, 2], 600.0, 8);
    let mut few = of(large, 2, 2.0, 1.0, 9);
    few.u.truncate(11);
    let mut nothing = of(small, 1, 2.0, 1.0, 10);
    nothing.u.clear();
    vec![
        ("no random number, so no place", nothing),
        ("one place", of([4, 1, 6, 3, 1, 5], 3, 2.0, 0.8, 1)),
        ("γ = 1", of(small, 1, 1.0, 1.0, 2)),
        ("γ = 0", of(large, 3, 0.0, 1.0, 3)),
        ("γ = 0.5, and temperature 1.5", of(small, 2, 0.5, 1.5, 4)),
        ("γ = 2.5, of class 0", of(large, 0, 2.5, 1.0, 5)),
        ("γ = 4, and temperature 1.3", of(small, 1, 4.0, 1.3, 6)),
        ("γ = 1.5, and temperature 0.6", of(large, 2, 1.5, 0.6, 7)),
        ("logits of ±1,000", loud),
        ("fewer numbers than places", few),
    ]
}

type Candidate = fn(&Taught, usize, f64, f64, &[f64]) -> Vec<usize>;

pub fn draw_wish(candidate: Candidate) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 10, § A prior that takes a wish, equation 10.9",
        results: &["the list of codes"],
        right: |of| rightly(drawn, of),
        suspects: DRAWN.0,
        terms: none,
        others: |of| {
            let scaled = |scale| Asked { scale, ..of.clone() };
            let tempered = |temperature| Asked { temperature, ..of.clone() };
            let mut all = in_place_of("γ", of.scale, scaled);
            let t = of.temperature;
            all.extend(in_place_of("the temperature", t, tempered));
            all
        },
        numbers: none,
        tolerance: 1e-9,
    };
    judged(&exercise, drawn, DRAWN.1, &asked(), |of| {
        let Asked { prior, class, scale, temperature, u } = of;
        let codes = candidate(prior, *class, *scale, *temperature, u);
        let codes = codes.into_iter().map(|code| code as f64);
        one(codes.collect::<Array1<f64>>())
    })
    .map_err(without_steps)
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(drawn, DRAWN.1, &asked());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(drawn, DRAWN.1, &asked())
}
