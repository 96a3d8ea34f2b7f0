//! The checks of this chapter's exercises. Most compute the exercise's function once more with each of its possible slips as a
//! switch, and look which one or two of them give what came.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

use datasets::toy::Density;
use discriminator_training::plain::{
    self, Targets, smoothed_d_loss, smoothed_d_loss_backward,
};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, bce_with_logits,
    sgd_step, sigmoid, softplus,
};
use lab::{ChaCha8Rng, Diagnosis, Slip, judge, rng_at};
use minimax_loss::plain::{d_loss, d_loss_backward, data_and_generator};
use ndarray::{Array1, Array2, ArrayD, Axis, arr0, array, concatenate, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[path = "../../src/run/causes.rs"]
mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, apart, late, log};

const TOLERANCE: f64 = 1e-10;

/// Slips with their sentences.
macro_rules! slips {
    ($($name:literal: $what:literal,)*) => {
        [$(Slip { name: $name, what: $what }),*]
    };
}

/// A slip made in both terms of the loss, in the real one, or in that of the fakes.
type InTerms = [Slip; 3];

macro_rules! in_terms {
    ($($name:literal: $what:literal,)*) => {
        [$([
            Slip { name: $name, what: $what },
            Slip {
                name: concat!($name, ", real"),
                what: concat!("In the real term: ", $what),
            },
            Slip {
                name: concat!($name, ", fake"),
                what: concat!("In the fakes' term: ", $what),
            },
        ]),*]
    };
}

/// Whether a slip is made.
type Made<'a> = &'a dyn Fn(&str) -> bool;
type All = Vec<ArrayD<f64>>;

fn near(a: f64, b: f64) -> bool {
    let both_none = a.is_nan() && b.is_nan();
    a == b || both_none || (a - b).abs() <= TOLERANCE * a.abs().max(1.0)
}

fn same(a: &ArrayD<f64>, b: &ArrayD<f64>) -> bool {
    let mut pairs = a.iter().zip(b);
    a.shape() == b.shape() && pairs.all(|(a, b)| near(*a, *b))
}

fn all_finite<'a>(a: impl IntoIterator<Item = &'a f64>) -> bool {
    a.into_iter().all(|v| v.is_finite())
}

/// The number by which all of these arrays are multiplied to give the others, if it is not 1 and says something.
fn times(of: &All, came: &All) -> Option<f64> {
    let pairs = || of.iter().flatten().zip(came.iter().flatten());
    let (a, b) = pairs().max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
    let factor = b / a;
    let same_shapes =
        of.iter().zip(came).all(|(a, b)| a.shape() == b.shape());
    let several = pairs().filter(|(a, _)| **a != 0.0).count() > 3;
    let told = factor.is_finite()
        && factor != 0.0
        && (factor - 1.0).abs() > 1e-9
        && same_shapes
        && several;
    let all = pairs().all(|(a, b)| near(a * factor, *b));
    (told && all).then_some(factor)
}

/// What came for all inputs, and the inputs in words.
struct Tried {
    words: Vec<String>,
    came: All,
    panics: Vec<Option<Diagnosis>>,
}

impl Tried {
    /// Asks for all; where it panics, what came has a shape that nothing has.
    fn new<I, T>(
        inputs: &[(String, I)],
        see: &'static str,
        answer: impl Fn(&I) -> T,
        laid: impl Fn(T) -> ArrayD<f64>,
    ) -> Self {
        let words = inputs.iter().map(|(words, _)| words.clone()).collect();
        let each = inputs.iter().map(|(words, input)| {
            match ran(words, see, || answer(input)) {
                Ok(came) => (laid(came), None),
                Err(told) => (ArrayD::zeros(vec![0; 9]), Some(told)),
            }
        });
        let (came, panics) = each.unzip();
        Self { words, came, panics }
    }

    fn sound(&self, n: usize) -> bool {
        self.panics[n].is_none() && all_finite(&self.came[n])
    }
}

/// What came, judged by what is right and what each slip gives. `otherwise` tells of an answer that no one or two slips explain,
/// at the first input where it is wrong.
fn weigh(
    slips: &[Slip],
    tried: &Tried,
    with: impl Fn(Made) -> All,
    see: &'static str,
    otherwise: impl FnOnce(usize) -> Diagnosis,
) -> Result<(), Diagnosis> {
    let Tried { words, came, panics } = tried;
    let right = with(&|_| false);
    let misses = |would: &All| -> Vec<usize> {
        (0..came.len()).filter(|n| !same(&would[*n], &came[*n])).collect()
    };
    let wrong = misses(&right);
    let Some(first) = wrong.first().copied() else {
        return Ok(());
    };
    let exactly = |of: &[usize]| {
        let some = |all: &All| of.iter().map(|n| all[*n].clone()).collect();
        let came: All = some(came);
        let made = |made: lab::Made| some(&with(&|name| made.is(name)));
        lab::slips(slips, &came, made, TOLERANCE, see)
    };
    let all: Vec<usize> = (0..came.len()).collect();
    // Where it panics or is not a number, something else may be wrong than elsewhere.
    let sound: Vec<usize> =
        all.iter().copied().filter(|n| tried.sound(*n)).collect();
    let not_sound = all.iter().find(|n| !tried.sound(**n)).map(|n| {
        let number = || format!("For {} it is not a number.", words[*n]);
        panics[*n].clone().map_or_else(number, |told| told.what)
    });
    let some_wrong = wrong.iter().filter(|n| sound.contains(n)).count() > 0;
    let known = exactly(&all).or_else(|| {
        let more = not_sound.clone()?;
        let mut told = (some_wrong && sound.len() > 1)
            .then(|| exactly(&sound))
            .flatten()?;
        told.what += &format!(" {more}");
        Some(told)
    });
    let known = known.or_else(|| {
        if let Some(factor) = times(&right, came) {
            let what = format!(
                "Yours is {factor:.4} times what is right, on all inputs."
            );
            return Some(Diagnosis::new("times a number", what, see));
        }
        let would = |slip: &Slip| with(&|name| name == slip.name);
        let would: Vec<All> = slips.iter().map(would).collect();
        let told = |slip: &Slip, more: String| {
            let what = format!("{} {more}", slip.what);
            Diagnosis::new(slip.name, what, see)
        };
        let mut each = slips.iter().zip(&would);
        let multiplied = each.find_map(|(slip, would)| {
            let factor = times(would, came)?;
            let more = format!("Besides, all is multiplied by {factor:.4}.");
            Some(told(slip, more))
        });
        let mut each = slips.iter().zip(&would);
        multiplied.or_else(|| {
            each.find_map(|(slip, would)| {
                let [but] = misses(would)[..] else { return None };
                let sure = wrong.len() > 2
                    && wrong.iter().filter(|n| **n != but).count() > 1;
                let more = format!(
                    "For {} something else is wrong as well.",
                    words[but]
                );
                sure.then(|| told(slip, more))
            })
        })
    });
    let named = known.is_some();
    let panicked = panics.iter().flatten().next().cloned();
    let told = match (known, panicked) {
        (Some(told), _) => told,
        (None, Some(mut told)) => {
            if let Some(n) = wrong.iter().find(|n| tried.sound(**n)) {
                told.what +=
                    &format!(" And what comes for {} is wrong.", words[*n]);
            }
            return Err(told);
        }
        (None, None) => otherwise(first),
    };
    let shown = wrong.iter().copied().find(|n| panics[*n].is_none());
    let Some(shown) = shown else { return Err(told) };
    let suspect = named.then(|| (came[shown].clone(), told.clone()));
    judge(
        &right[shown],
        &came[shown],
        TOLERANCE,
        suspect.into_iter().collect(),
        told,
    )
}

/// What goes with the first of these slips that is made.
fn pick<T: Copy>(made: Made, of: &[(&str, T)], otherwise: T) -> T {
    let made = of.iter().find(|(name, _)| made(name));
    made.map_or(otherwise, |(_, value)| *value)
}

/// What an answer gives, or that it panicked.
fn ran<T>(
    words: &str,
    see: &'static str,
    answer: impl FnOnce() -> T,
) -> Result<T, Diagnosis> {
    catch_unwind(AssertUnwindSafe(answer)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text
            .or_else(|| panic.downcast_ref::<&str>().map(|t| (*t).into()))
            .unwrap_or_default();
        if text.starts_with("not yet implemented") {
            resume_unwind(panic);
        }
        let what = format!("It panics for {words}, with \"{text}\".");
        Diagnosis::new("panic", what, see)
    })
}

/// A small input in words, and what it is about; what is right there, and what came.
type Probe = (String, f64, f64);

/// The first of these inputs, from the simplest on, at which an answer is wrong.
fn simplest(probes: impl IntoIterator<Item = Probe>) -> String {
    let mut probes = probes.into_iter();
    let wrong = probes.find(|(_, right, came)| !near(*right, *came));
    wrong.map_or(String::new(), |(words, right, came)| {
        format!(
            " Begin with {words}: right is {right:.4}, yours is {came:.4}."
        )
    })
}

/// Of a wrong shape, which sizes it is made of.
fn sizes_in_words(shape: &[usize], sizes: &[(usize, &str)]) -> String {
    let word = |n: &usize| {
        let known = sizes.iter().find(|(size, _)| size == n);
        known.map_or(format!("{n}"), |(_, word)| (*word).into())
    };
    shape.iter().map(word).collect::<Vec<_>>().join(" by ")
}

fn rows(x: &Array2<f64>) -> f64 {
    x.nrows() as f64
}

fn normal(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::random_using((rows, columns), StandardNormal, rng)
}

fn column(s: &[f64]) -> Array2<f64> {
    Array1::from(s.to_vec()).insert_axis(Axis(1))
}

/// D of logits, as it can go wrong.
const ANSWERS: [InTerms; 13] = in_terms! {
    "no sigmoid": "The logit stands where D should. D is its sigmoid.",
    "two sigmoids": "The sigmoid was taken twice: what was handed over as a logit is a probability.",
    "sigmoid of -s": "1 - D stands where D should: the sigmoid is 1 / (1 + e^-s), with a minus in the exponent.",
    "hard answer": "The answers were made 0 or 1 by whether the logit is above 0. D is a probability, the sigmoid of the logit.",
    "tanh": "The tanh stands where the sigmoid should: D lies between 0 and 1, not between -1 and 1.",
    "tanh of half": "2 D - 1, the tanh of half the logit, stands where D should: D lies between 0 and 1.",
    "twice the logit": "The sigmoid was taken of twice the logit, as (1 + tanh s) / 2 does. D is the sigmoid of the logit, (1 + tanh (s/2)) / 2.",
    "half the logit": "The sigmoid was taken of half the logit. D is the sigmoid of the logit itself.",
    "exponential": "e^s stands where D should. That is the odds D / (1 - D); the sigmoid is e^s / (1 + e^s).",
    "rectified": "max(s, 0) stands where D should. D is the sigmoid of the logit.",
    "softmax over the batch": "A softmax was taken over the rows of the batch. Each row has an answer of its own: the sigmoid of its logit.",
    "log of D": "log D, a softplus, stands where D should.",
    "slope for D": "The sigmoid's slope D (1 - D) stands where D should.",
};

fn answer(s: &Array2<f64>, made: Made) -> Array2<f64> {
    if made("softmax over the batch") {
        let top = s.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        let e = s.mapv(|s| (s - top).exp());
        let sum = e.sum();
        return e / sum;
    }
    let hard = |s| if s > 0.0 { 1.0 } else { 0.0 };
    let of: [(&str, fn(f64) -> f64); 13] = [
        ("no sigmoid", |s| s),
        ("two sigmoids", |s| sigmoid(sigmoid(s))),
        ("sigmoid of -s", |s| sigmoid(-s)),
        ("hard answer", hard),
        ("tanh", f64::tanh),
        ("tanh of half", |s| (s / 2.0).tanh()),
        ("twice the logit", |s| sigmoid(2.0 * s)),
        ("half the logit", |s| sigmoid(s / 2.0)),
        ("exponential", f64::exp),
        ("rectified", |s| s.max(0.0)),
        ("log of D", |s| -softplus(-s)),
        ("slope for D", |s| sigmoid(s) * sigmoid(-s)),
        ("overflow", |s| s.exp() / (1.0 + s.exp())),
    ];
    s.mapv(pick(made, &of, sigmoid))
}

/// What can go wrong in a term of the loss, on the way from the rows to the gradient at w.
const TERMS: [InTerms; 31] = in_terms! {
    "sums for means": "The rows were added up. It is a mean: divide by the number of rows of that batch.",
    "slope twice": "D - 1 and D are the gradients at the logits already. The sigmoid's slope D (1 - D) was multiplied on once more, as for a \
        squared error; with the logarithm it has cancelled.",
    "gradient at D": "-1/D and 1/(1 - D) are the gradients at the probabilities. The way back to the logits multiplies them by D (1 - D).",
    "no logarithm": "This is the gradient of D itself, D (1 - D) and its negative. The loss is a logarithm of it: D - 1 and D.",
    "no D": "The slope at each logit is -1 or 1 here, whatever D says. It is D - 1 or D.",
    "loss for slope": "The losses of the rows, -log D and -log (1 - D), stand where their slopes at the logits should: D - 1 and D.",
    "squared slope": "The difference of D and the target was squared. The slope at the logit is the difference itself.",
    "hinge": "The slope is -1 or 1 within a margin and 0 beyond it: a hinge loss. The loss here is a logarithm of D, with the slopes D - 1 and D.",
    "target behind the mean": "The target was taken away after D had been divided by the number of rows. First D - 1, then the mean.",
    "target of a half": "The target was ½. Real rows have the target 1, fakes 0.",
    "targets smoothed": "The targets were smoothed, 0.9 and 0.1. Here they are 1 for real rows and 0 for fakes.",
    "w left out": "D is ½ everywhere here. It is the sigmoid of x w: was w left out?",
    "ones for w": "Ones stand in place of w in the logit. It is x w.",
    "sigmoid of x": "The sigmoid was taken of the numbers of a row, before w. D is the sigmoid of the logit x w.",
    "logit by the root of the width": "The logits were divided by the root of the width. They are x w as it stands.",
    "mean over numbers": "The mean was taken over all numbers of the batch. A batch of B rows has B losses, however wide the rows are.",
    "divided by the width": "The sum was divided by the width of a row. It is a mean over the batch: divide by the number of rows.",
    "one row less": "It was divided by the number of rows less one. A mean over B rows divides by B.",
    "one row more": "It was divided by the number of rows and one more. A mean over B rows divides by B.",
    "divided twice": "It was divided by the number of rows twice. Once is enough: was the mean taken in the slope and again in the sum?",
    "root of the rows": "It was divided by the root of the number of rows. A mean over B rows divides by B.",
    "half of it": "This is ½ of the gradient: a mean of two terms, or a factor ½. Equation 2.1 is a plain sum of means.",
    "doubled": "This is twice the gradient: something was added twice, or has a factor 2.",
    "mean row first": "The rows were averaged first, and the mean row was scored. D is not linear: score each row, and average the gradients.",
    "means multiplied": "The mean slope was multiplied by the mean row. It is the mean of the products, row by row.",
    "x left out": "The slopes were added up without their rows. The logit is x w: each slope comes back to w multiplied by its row.",
    "back through w": "The slopes were multiplied by w, which is the way back to x. The way back to w multiplies each by its row.",
    "absolute x": "The rows came without their signs. Each slope is multiplied by its row as it is.",
    "rows backwards": "The slopes met the rows in reversed order.",
    "last row left out": "The last row is missing.",
    "first row left out": "The first row is missing.",
};

/// The same where two batches are added, with names of their own.
const OF_TWO: [InTerms; 11] = [
    slips! {
        "nothing moves": "Nothing comes to w. Both batches move the discriminator.",
        "fakes only": "Only the fakes are here. The real batch has a gradient of its own; add it.",
        "real only": "Only the real batch is here. The fakes have a gradient of their own; add it.",
    },
    slips! {
        "uphill": "The sign is turned: this is the gradient of V, which D climbs.",
        "real subtracted": "The sign of the real term is turned: 1 - D in place of D - 1.",
        "subtracted": "The fakes' gradient was subtracted. That of a sum is the sum of both.",
    },
    slips! {
        "sizes exchanged": "The real batch was divided by the number of fakes, and the fakes by that of real rows.",
        "fake size for both": "Both sums were divided by the number of fakes. The real batch's is a mean over that batch: divide it by its own number.",
        "real size for both": "Both sums were divided by the number of real rows. The fakes' is a mean over the fakes: divide it by their own number.",
    },
    slips! {
        "targets swapped": "The targets are swapped: real rows were scored against 0, and fakes against 1.",
        "real against 0": "The real rows were scored against 0. Their target is 1: D - 1.",
        "fakes against 1": "The fakes were scored against 1, as the generator would wish. For the discriminator their target is 0.",
    },
    slips! {
        "one mean": "The two batches were averaged as one. The loss is the mean over the real batch *plus* the mean over the fakes, so each is \
            divided by its own size.",
        "one mean, real": "The real sum was divided by the number of all rows. It is a mean over the real batch alone.",
        "one mean, fake": "The fakes' sum was divided by the number of all rows. It is a mean over the fakes alone.",
    },
    slips! {
        "size of the larger": "Both sums were divided by the number of rows of the larger batch. Each batch has a size of its own.",
        "size of the larger, real": "The real sum was divided by the number of rows of the larger batch. Each batch has a size of its own.",
        "size of the larger, fake": "The fakes' sum was divided by the number of rows of the larger batch. Each batch has a size of its own.",
    },
    slips! {
        "size of the smaller": "Both sums were divided by the number of rows of the smaller batch. Each batch has a size of its own.",
        "size of the smaller, real": "The real sum was divided by the number of rows of the smaller batch. Each batch has a size of its own.",
        "size of the smaller, fake": "The fakes' sum was divided by the number of rows of the smaller batch. Each batch has a size of its own.",
    },
    slips! {
        "cut to the shorter": "The larger batch was cut to the size of the smaller (does `zip` stop there?). All rows of both count.",
        "cut to the shorter, real": "The real batch was cut to the number of fakes. All its rows count.",
        "cut to the shorter, fake": "The fakes were cut to the number of real rows. All of them count.",
    },
    slips! {
        "last row alone": "Of each batch only the last row is here: each overwrote the one before. Add it to what is there.",
        "last row alone, real": "Of the real batch only the last row is here: each overwrote the one before. Add it to what is there.",
        "last row alone, fake": "Of the fakes only the last is here: each overwrote the one before. Add it to what is there.",
    },
    slips! {
        "overflow": "The gradient is not a number where a logit is 1,000. e^s / (1 + e^s) is infinity over infinity there; 1 / (1 + e^-s) is \
            right at both ends.",
        "overflow, real": "The real term is not a number where a logit is 1,000. e^s / (1 + e^s) is infinity over infinity there; \
            1 / (1 + e^-s) is right at both ends.",
        "overflow, fake": "The fakes' term is not a number where a logit is 1,000: e^s / (1 + e^s) is infinity over infinity there, and \
            1/(1 - D) times D (1 - D) is 0 times infinity. D itself is the slope, with D = 1 / (1 + e^-s).",
    },
    slips! {
        "0 times infinity": "The gradient is not a number where D is 0 or 1: 1/D times D (1 - D) is infinity times 0 there. Cancel it on paper: D - 1, \
            and D.",
        "0 times infinity, real": "The real term is not a number where D is 0: -1/D times D (1 - D) is infinity times 0 there. Cancel it on paper: D - 1.",
        "0 times infinity, fake": "The fakes' term is not a number where D is 1: 1/(1 - D) times D (1 - D) is infinity times 0 there. Cancel it on \
            paper: D.",
    },
];

/// What can happen to a gradient at w behind that.
const BEHIND: [Slip; 9] = slips! {
    "transposed": "The numbers are right and lie in a row. A gradient has the shape of what it is the gradient of: [X, 1].",
    "step taken": "This is w after a step. The gradient alone is asked for.",
    "times w": "The gradient was multiplied by w. The gradient alone is asked for.",
    "w added": "w was added to the gradient. The gradient alone is asked for.",
    "unit length": "The gradient was divided by its length.",
    "signs": "These are the signs of the gradient.",
    "clipped": "The gradient was clipped to -1 and 1.",
    "one number": "Every weight got the sum over all of them. Each weight has a slope of its own: sum over rows, not over columns.",
    "mean over weights": "Every weight got the mean over all of them. Each weight has a slope of its own: average over rows, not over columns.",
};

fn behind(d_w: Array2<f64>, w: &Array2<f64>, made: Made) -> Array2<f64> {
    if made("transposed") {
        d_w.reversed_axes()
    } else if made("step taken") {
        w - &d_w
    } else if made("times w") {
        w * &d_w
    } else if made("w added") {
        w + &d_w
    } else if made("unit length") {
        let length = (&d_w * &d_w).sum().sqrt();
        d_w / length
    } else if made("signs") {
        d_w.mapv(|v| if v == 0.0 { 0.0 } else { v.signum() })
    } else if made("clipped") {
        d_w.mapv(|v| if v.is_nan() { v } else { v.clamp(-1.0, 1.0) })
    } else if made("one number") {
        Array2::from_elem(d_w.raw_dim(), d_w.sum())
    } else if made("mean over weights") {
        Array2::from_elem(d_w.raw_dim(), d_w.sum() / d_w.len() as f64)
    } else {
        d_w
    }
}

/// What comes back to w of a batch, through those rows: for each the slope of its loss at the logit times the row; their mean.
fn term(
    [x, through]: [&Array2<f64>; 2],
    w: &Array2<f64>,
    target: f64,
    other: f64,
    made: Made,
) -> Array2<f64> {
    let b = rows(x);
    let cut = |x: &Array2<f64>| {
        let part = |x: &Array2<f64>, from: usize, to: usize| {
            x.slice(s![from..to, ..]).to_owned()
        };
        match x.nrows() {
            _ if made("mean row first") => {
                x.sum_axis(Axis(0)).insert_axis(Axis(0)) / rows(x)
            }
            n if made("last row left out") => part(x, 0, n - 1),
            n if made("first row left out") => part(x, 1, n),
            n if made("last row alone") => part(x, n - 1, n),
            n if made("cut to the shorter") => {
                part(x, 0, n.min(other as usize))
            }
            _ => x.clone(),
        }
    };
    let (x, through) = (cut(x), cut(through));
    let mut s = if made("ones for w") {
        x.dot(&Array2::ones(w.raw_dim()))
    } else {
        x.dot(w)
    };
    if made("w left out") {
        s.fill(0.0);
    }
    if made("logit by the root of the width") {
        s /= (w.len() as f64).sqrt();
    }
    let d = match made("sigmoid of x") {
        true => x.mapv(sigmoid).dot(w),
        false => answer(&s, made),
    };
    let mut t = target;
    if made("targets swapped") {
        t = 1.0 - t;
    }
    if made("targets smoothed") {
        t = 0.1 + 0.8 * t;
    }
    if made("target of a half") {
        t = 0.5;
    }
    let real = t > 0.5;
    let slope_of_d = |d: &f64| d * (1.0 - d);
    let mut slope = if made("gradient at D") {
        d.mapv(|d| if real { -1.0 / d } else { 1.0 / (1.0 - d) })
    } else if made("0 times infinity") {
        d.mapv(|d| {
            let at_d = if real { -1.0 / d } else { 1.0 / (1.0 - d) };
            at_d * slope_of_d(&d)
        })
    } else if made("no logarithm") {
        d.map(slope_of_d) * if real { -1.0 } else { 1.0 }
    } else if made("no D") {
        d.mapv(|_| if real { -1.0 } else { 1.0 })
    } else if made("hinge") {
        let slope = if real { -1.0 } else { 1.0 };
        s.mapv(|s| if -slope * s < 1.0 { slope } else { 0.0 })
    } else if made("target behind the mean") {
        &d - t * b
    } else if made("loss for slope") {
        s.mapv(|s| if real { softplus(-s) } else { softplus(s) })
    } else {
        &d - t
    };
    if made("squared slope") {
        slope.mapv_inplace(|v| v * v);
    }
    if made("slope twice") {
        slope *= &d.map(slope_of_d);
    }
    if made("uphill") {
        slope = -slope;
    }
    if made("rows backwards") {
        slope.invert_axis(Axis(0));
    }
    let mut sum = if made("x left out") {
        Array2::from_elem(w.raw_dim(), slope.sum())
    } else if made("back through w") {
        w * slope.sum()
    } else if made("means multiplied") {
        let sums = through.sum_axis(Axis(0)).insert_axis(Axis(1));
        sums * (slope.sum() / rows(&x))
    } else if made("absolute x") {
        through.mapv(f64::abs).t().dot(&slope)
    } else {
        through.t().dot(&slope)
    };
    let width = w.len() as f64;
    let n = match b {
        _ if made("mean row first") => 1.0,
        b if made("cut to the shorter") => b.min(other),
        b => b,
    };
    sum /= pick(
        made,
        &[
            ("sums for means", 1.0),
            ("sizes exchanged", other),
            ("one mean", b + other),
            ("size of the larger", b.max(other)),
            ("size of the smaller", b.min(other)),
            ("mean over numbers", n * width),
            ("divided by the width", width),
            ("one row less", n - 1.0),
            ("one row more", n + 1.0),
            ("divided twice", n * n),
            ("root of the rows", n.sqrt()),
        ],
        n,
    );
    if made("half of it") {
        sum /= 2.0;
    }
    if made("doubled") {
        sum *= 2.0;
    }
    if made("nothing moves") {
        sum.fill(0.0);
    }
    sum
}

/// What else can go wrong with two batches.
const STEPS: [Slip; 4] = slips! {
    "real scored twice": "The real batch was scored against 1 and against 0, and no fake was scored.",
    "fakes scored twice": "The fakes were scored against 1 and against 0, and no real row was scored.",
    "moved in between": "The fakes were scored by a w that had already moved for the real batch. Both gradients are of the same w.",
    "multiplied": "The two gradients were multiplied. That of a sum is the sum of both.",
};

type Step = fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>;
type Three = [Array2<f64>; 3];

/// All slips of exercise 2.1, the likelier ones first.
static STEP_SLIPS: LazyLock<Vec<Slip>> = LazyLock::new(|| {
    let terms = || OF_TWO.iter().chain(&TERMS).chain(&ANSWERS);
    let both = terms().map(|t| t[0]).filter(|s| s.name != "nothing moves");
    let one = terms().flat_map(|t| [t[1], t[2]]);
    // Those that are another of these under another name.
    let again = [
        "0 times infinity, fake",
        "slope for D, fake",
        "tanh of half, real",
        "target behind the mean, real",
        "target behind the mean, fake",
    ];
    let one = one.filter(|s| !again.contains(&s.name));
    both.chain(STEPS).chain(BEHIND).chain(one).collect()
});

fn step_with([w, real, fake]: &Three, made: Made) -> Array2<f64> {
    let terms = || OF_TWO.iter().chain(&TERMS).chain(&ANSWERS);
    let here = |which: usize| -> Vec<&str> {
        let here = terms().filter(|t| made(t[0].name) || made(t[which].name));
        here.map(|t| t[0].name).collect()
    };
    let [in_real, in_fake] = [here(1), here(2)];
    let (real, fake) = match () {
        () if made("real scored twice") => (real, real),
        () if made("fakes scored twice") => (fake, fake),
        () => (real, fake),
    };
    let of_real = term([real, real], w, 1.0, rows(fake), &|name| {
        in_real.contains(&name)
    });
    let moved = match made("moved in between") {
        true => w - &of_real,
        false => w.clone(),
    };
    let of_fake = term([fake, fake], &moved, 0.0, rows(real), &|name| {
        in_fake.contains(&name)
    });
    let both = match made("multiplied") {
        true => of_real * of_fake,
        false => of_real + of_fake,
    };
    behind(both, w, made)
}

/// The inputs of exercise 2.1, in words.
fn step_inputs() -> Vec<(String, Three)> {
    let rng = &mut rng_at(21, 0);
    let large = |rows: Array2<f64>| (array![[1.0], [-1.0], [0.0]], rows);
    let (w, plus) = large(array![
        [1000.0, 0.0, 0.5],
        [0.0, 0.0, 0.0],
        [2.0, 2.0, 2.0],
        [1.0, 0.5, -1.0]
    ]);
    let few = array![[0.5, 0.0, 3.0], [1.0, 0.3, 1.0]];
    let minus = array![[0.0, 1000.0, 1.0], [1.0, 0.0, 0.3]];
    let more = array![[0.0, 1.0, 0.2], [0.5, 0.5, 0.0], [2.0, 0.0, -1.0]];
    let inputs = [
        (
            "4 real rows and 2 fakes of width 3",
            [
                array![[0.5], [-1.0], [0.8]],
                array![
                    [1.0, 0.2, 0.0],
                    [0.5, -1.0, 0.3],
                    [2.0, 0.0, -0.4],
                    [2.0, 0.0, -0.4]
                ],
                array![[-1.0, 0.5, 0.1], [0.3, 0.3, -0.6]],
            ],
        ),
        (
            "one real row and 5 fakes of width 2",
            [normal(2, 1, rng), normal(1, 2, rng), normal(5, 2, rng)],
        ),
        (
            "6 real rows and 3 fakes of width 1, two of these 0",
            [array![[0.3]], normal(6, 1, rng), array![[0.0], [-2.0], [0.0]]],
        ),
        ("a real logit of 1,000", [w.clone(), plus, few.clone()]),
        ("a real logit of -1,000", [w.clone(), minus.clone(), more.clone()]),
        ("a fake logit of 1,000", [w.clone(), more, -minus.clone()]),
        ("a fake logit of -1,000", [w, few, minus]),
    ];
    inputs.map(|(words, input)| (words.into(), input)).into()
}

pub fn d_step(candidate: Step) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, equation 2.2";
    let inputs = step_inputs();
    let answer = |[w, real, fake]: &Three| candidate(w, real, fake);
    let tried = Tried::new(&inputs, SEE, answer, |d_w| d_w.into_dyn());
    let Tried { words, came, .. } = &tried;
    let with = |made: Made| -> All {
        inputs.iter().map(|(_, i)| step_with(i, made).into_dyn()).collect()
    };
    weigh(&STEP_SLIPS, &tried, with, SEE, |n| {
        let input @ [w, real, fake] = &inputs[n].1;
        let right = step_with(input, &|_| false);
        let what = format!("The gradient at w is wrong for {}.", words[n]);
        let mut told = Diagnosis::new("value", what, SEE);
        if came[n].shape() != w.shape() {
            let sizes = [
                (1, "1"),
                (w.nrows(), "the width"),
                (real.nrows(), "real rows"),
                (fake.nrows(), "fakes"),
            ];
            told.what += &format!(
                " A gradient has the shape of w, the width by 1; yours is {}.",
                sizes_in_words(came[n].shape(), &sizes)
            );
        } else if !all_finite(&came[n]) {
            told.mistake = "overflow";
            told.what += " It is not a number where a logit is 1,000 or -1,000: look for e^s, for 1/D and for logarithms of 0.";
        } else if (&came[n] - &right).iter().all(|v| v.abs() < 1e-3) {
            told.mistake = "nearly";
            told.what += " It is nearly right: a small number added, a limit that keeps D from 0 and 1, or f32 in place of f64.";
        } else if times(
            &vec![right.into_dyn()],
            &vec![&came[n] - &w.view().into_dyn()],
        )
        .is_some_and(|step| n == 0 && step.abs() < 10.0)
        {
            told.mistake = "step taken";
            told.what =
                "This is w after a step. The gradient alone is asked for."
                    .into();
        } else {
            told.what += &in_parts(candidate);
        }
        told
    })
}

/// A slope at a logit as one would say it.
fn slope_in_words(s: f64, slope: f64) -> String {
    let d = sigmoid(s);
    let known = [
        (d, "D"),
        (d - 1.0, "D - 1"),
        (1.0 - d, "1 - D"),
        (-d, "-D"),
        (0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (s, "the logit"),
        (s - 1.0, "the logit, less 1"),
        (s.tanh(), "the tanh of the logit"),
        (s.tanh() - 1.0, "the tanh of the logit, less 1"),
        (sigmoid(2.0 * s), "the sigmoid of twice the logit"),
        (sigmoid(2.0 * s) - 1.0, "the sigmoid of twice the logit, less 1"),
        (sigmoid(s / 2.0), "the sigmoid of half the logit"),
        (sigmoid(s / 2.0) - 1.0, "the sigmoid of half the logit, less 1"),
        (d * (1.0 - d), "D (1 - D)"),
        (d - 0.5, "D - ½"),
        (d * d, "D²"),
        (d.ln(), "log D"),
        (-d.ln(), "-log D"),
        ((1.0 - d).ln(), "log (1 - D)"),
        (-(1.0 - d).ln(), "-log (1 - D)"),
        (1.0 / d, "1/D"),
        (-1.0 / d, "-1/D"),
    ];
    for (factor, of) in [(1.0, ""), (0.5, "half of "), (2.0, "twice ")] {
        let is = |v: f64| (factor * v - slope).abs() < 1e-9;
        if let Some((_, name)) = known.iter().find(|(v, _)| is(*v)) {
            return format!("{slope:.4}, {of}{name},");
        }
    }
    format!("{slope:.4}")
}

/// Where the slope of one row goes wrong, if it does. `at` gives what comes to w = [1, ½] of a batch of that row alone,
/// [s - ½, 1].
fn slope_said(
    row: &str,
    target: f64,
    at: impl Fn(f64) -> [f64; 2],
) -> Option<String> {
    [1.0, -1.0, 0.0, 5.0, -5.0, 1000.0, -1000.0].into_iter().find_map(|s| {
        let right = sigmoid(s) - target;
        let [to_first, slope] = at(s);
        let name = if target > 0.0 { "D - 1" } else { "D" };
        if !near(slope, right) {
            return Some(format!(
                " For one {row} alone with a logit of {s} the slope at the logit is {} in yours; it should be {right:.4}, {name}.",
                slope_in_words(s, slope)
            ));
        }
        let first = s - 0.5;
        (!near(to_first, first * right)).then(|| {
            format!(
                " For one {row} alone, [{first}, 1], with a logit of {s} yours is {to_first:.4} at the first weight; it should be the \
                 slope {right:.4} times {first}."
            )
        })
    })
}

/// What an answer to exercise 2.1 does with each batch, found by batches of one row beside a row of zeros.
fn in_parts(candidate: Step) -> String {
    let w = array![[1.0], [0.5]];
    let at = |real: &Array2<f64>, fake: &Array2<f64>| {
        let came = ran("", "", || candidate(&w, real, fake)).ok();
        let came = came.filter(|d_w| d_w.len() == 2);
        came.map_or([f64::NAN; 2], |d_w| {
            let mut numbers = d_w.iter().copied();
            [(); 2].map(|()| numbers.next().unwrap_or(f64::NAN))
        })
    };
    let none = array![[0.0, 0.0]];
    if at(&none, &none) != [0.0; 2] {
        return format!(
            " A row of zeros adds nothing to the gradient; of one in either batch yours is {:.4?}, with w = [1, ½].",
            at(&none, &none)
        );
    }
    let one = |s: f64| array![[s - 0.5, 1.0]];
    let of_real = slope_said("real row", 1.0, |s| at(&one(s), &none));
    let of_fake = slope_said("fake", 0.0, |s| at(&none, &one(s)));
    let mut said = of_real.unwrap_or_default();
    said += &of_fake.unwrap_or_default();
    let pair = |a: &str, rows: [&Array2<f64>; 2]| {
        let right = step_with(
            &[w.clone(), rows[0].clone(), rows[1].clone()],
            &|_| false,
        );
        let came = at(rows[0], rows[1]);
        let right = [right[(0, 0)], right[(1, 0)]];
        let wrong = right.iter().zip(&came).any(|(a, b)| !near(*a, *b));
        wrong.then(|| format!(" {a} Right is {right:.4?}, yours {came:.4?}."))
    };
    let (twice, nones) =
        (array![[0.5, 1.0], [0.5, 1.0]], array![[0.0, 0.0], [0.0, 0.0]]);
    let unlike = array![[0.5, 1.0], [-2.0, 1.0]];
    let sized = [
        pair(
            "The real row [½, 1] twice is to say what it says once.",
            [&twice, &none],
        ),
        pair(
            "The fake [½, 1] twice is to say what it says once.",
            [&none, &twice],
        ),
        pair(
            "The real row [½, 1] is to say the same beside two fakes of zeros as beside one.",
            [&one(1.0), &nones],
        ),
        pair(
            "The fake [½, 1] is to say the same beside two real rows of zeros as beside one.",
            [&nones, &one(1.0)],
        ),
    ];
    let sized: Vec<String> = sized.into_iter().flatten().collect();
    said += &sized.concat();
    if said.is_empty() {
        let together = [
            pair(
                "One real row [½, 1] and one fake [½, 1] are right alone, and wrong together: what comes of each is to be added.",
                [&one(1.0), &one(1.0)],
            ),
            pair(
                "The real rows [½, 1] and [-2, 1] are right alone, and wrong in one batch: each is to be scored by itself.",
                [&unlike, &none],
            ),
            pair(
                "The fakes [½, 1] and [-2, 1] are right alone, and wrong in one batch: each is to be scored by itself.",
                [&none, &unlike],
            ),
        ];
        said = together.into_iter().flatten().next().unwrap_or_default();
    }
    said
}

type Detached = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>);

/// What can go wrong with the gradient at w in exercise 2.2, beside what can in any term.
const AT_W: [Slip; 10] = slips! {
    "discriminator frozen": "Nothing comes to w. Detaching stops the generator, not the discriminator.",
    "noise for fakes": "The gradient at the logits was taken back to w through the noise. What w multiplies are the fakes, x = z g.",
    "fakes against 1": "The fakes were scored against 1, as the generator would wish. For the discriminator their target is 0: D, not D - 1.",
    "uphill": "The sign at w is turned: the discriminator would climb its loss.",
    "against both": "The fakes were scored against 1 as well as against 0. The fake term alone is asked for.",
    "divided by the width of the noise": "The sum was divided by the width of the noise. The mean is over the batch: divide by B.",
    "w itself": "The first result is w itself. Asked for is the gradient at w.",
    "generator moved first": "The fakes were scored after g had moved. In this step it stands still, and the fakes are z g.",
    "last row alone": "Only the last fake is here: each overwrote the one before. Add it to what is there.",
    "overflow": "The gradient at w is not a number where a logit is 1,000: e^s / (1 + e^s) is infinity over infinity there, and \
        1/(1 - D) times D (1 - D) is 0 times infinity. D itself is the slope, with D = 1 / (1 + e^-s).",
};

static DETACHED_SLIPS: LazyLock<Vec<Slip>> = LazyLock::new(|| {
    let again = ["tanh of half", "slope for D", "target behind the mean"];
    let terms = TERMS.iter().chain(&ANSWERS).map(|t| t[0]);
    let terms = terms.filter(|s| !again.contains(&s.name));
    AT_W.into_iter().chain(terms).chain(BEHIND).collect()
});

fn at_w_with([z, g, w]: &Three, made: Made) -> Array2<f64> {
    let moved = match made("generator moved first") {
        true => g - &to_g(z, g, w, to_real),
        false => g.clone(),
    };
    let x = z.dot(&moved);
    let through = if made("noise for fakes") { z } else { &x };
    let asks = |name: &str| match name {
        "targets swapped" => made("fakes against 1"),
        "nothing moves" => made("discriminator frozen"),
        "sizes exchanged" => made("divided by the width of the noise"),
        _ => made(name),
    };
    if made("w itself") {
        return w.clone();
    }
    let other = z.ncols() as f64;
    let mut d_w = term([&x, through], w, 0.0, other, &asks);
    if made("against both") {
        d_w += &term([&x, through], w, 1.0, other, &asks);
    }
    if d_w.dim() == w.dim() { behind(d_w, w, made) } else { d_w }
}

/// The slope at a logit with target 1.
fn to_real(s: f64) -> f64 {
    sigmoid(s) - 1.0
}

/// What comes back to g, from a slope at the logits.
fn to_g(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
    slope: fn(f64) -> f64,
) -> Array2<f64> {
    z.t().dot(&z.dot(g).dot(w).mapv(slope).dot(&w.t())) / rows(z)
}

/// What came to g, if it is a multiple of a gradient that does not belong there.
fn at_g(
    leak: &Array2<f64>,
    own: &Array2<f64>,
    came: &Array2<f64>,
) -> (&'static str, String) {
    let multiple = |of: &Array2<f64>| {
        let pairs = of.iter().zip(came);
        let (a, b) = pairs.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
        let factor = b / a;
        let told = factor.is_finite() && factor != 0.0;
        let all = same(
            &(of * factor).into_dyn(),
            &came.view().into_dyn().to_owned(),
        );
        (told && all).then_some(factor)
    };
    let times = |times: f64| match (times - 1.0).abs() < 1e-9 {
        true => String::new(),
        false => format!(" (Here it came {times:.4} times.)"),
    };
    match (multiple(leak), multiple(own)) {
        (Some(n), _) if n > 0.0 => (
            "leak",
            format!(
                "D's loss went on through the fakes into g. Descending it makes the fakes easier to catch: in this step they are \
                 constants.{}",
                times(n)
            ),
        ),
        (Some(_), _) => (
            "generator moves",
            "This is the gradient of the generator's saturating loss. It belongs to the generator's step, after D has moved.".into(),
        ),
        (_, Some(n)) => (
            "generator moves",
            format!(
                "This is the generator's own gradient. It belongs to the generator's step, on fresh noise, after D has moved.{}",
                times(n)
            ),
        ),
        _ => (
            "d_g",
            "The second result, the gradient at g, is wrong. In this step the fakes are constants and the generator stands still, \
             whatever comes to the fakes."
                .into(),
        ),
    }
}

fn detached_inputs() -> Vec<(String, Three)> {
    let rng = &mut rng_at(22, 0);
    let inputs = [
        (
            "5 fakes of width 3, of noise of width 2",
            [
                array![
                    [1.0, -0.5],
                    [0.3, 2.0],
                    [0.0, 0.4],
                    [0.3, 2.0],
                    [-1.5, 0.0]
                ],
                array![[0.5, 1.0, 0.0], [-1.0, 0.4, 0.3]],
                array![[0.7], [-0.3], [1.1]],
            ],
        ),
        (
            "one fake of width 4, of noise of width 2",
            [normal(1, 2, rng), normal(2, 4, rng), normal(4, 1, rng)],
        ),
        (
            "4 fakes of width 3, of noise of width 5",
            [normal(4, 5, rng), normal(5, 3, rng), normal(3, 1, rng)],
        ),
        (
            "a fake with a logit of 1,000 and one with -1,000",
            [
                array![[1000.0, 0.0], [0.0, 1000.0], [0.0, 0.0]],
                array![[1.0, 0.0, 0.0, 0.5], [-1.0, 0.5, 0.0, 0.0]],
                array![[1.0], [0.0], [2.0], [0.0]],
            ],
        ),
    ];
    inputs.map(|(words, input)| (words.into(), input)).into()
}

pub fn detached(candidate: Detached) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § The generator stands still, equation 2.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (words, inputs): (Vec<String>, Vec<Three>) =
        detached_inputs().into_iter().unzip();
    let mut came: [All; 2] = [vec![], vec![]];
    for (words, [z, g, w]) in words.iter().zip(&inputs) {
        let (d_w, d_g) = ran(words, SEE, || candidate(z, g, w))?;
        if d_w.dim() == g.dim() && d_g.dim() == w.dim() {
            let what = "The two came in the wrong order: the gradient at w is the first, that at g the second.";
            let (right, came) = ([w.dim(), g.dim()], [d_w.dim(), d_g.dim()]);
            return Err(told("order", what)
                .with(format!("{right:?}"), format!("{came:?}")));
        }
        came[0].push(d_w.into_dyn());
        came[1].push(d_g.into_dyn());
    }
    let [at_ws, at_gs] = came;
    let with = |made: Made| -> All {
        inputs.iter().map(|i| at_w_with(i, made).into_dyn()).collect()
    };
    let judged_g = || {
        let wrong = |n: &usize| {
            let zeros = Array2::zeros(inputs[*n][1].raw_dim()).into_dyn();
            !same(&zeros, &at_gs[*n])
        };
        let Some(n) = (0..inputs.len()).find(wrong) else {
            return Ok(());
        };
        let [z, g, w] = &inputs[n];
        let d_g = &at_gs[n];
        let [leak, own] =
            [sigmoid, to_real].map(|slope| to_g(z, g, w, slope));
        let matrix = d_g.view().into_dimensionality().map(|m| m.to_owned());
        let (name, what) = at_g(&leak, &own, &matrix.unwrap_or_default());
        let suspects = [
            (
                g.clone(),
                "g itself",
                "The second result is g itself. Asked for is the gradient at g; if g is to stand still, what is it?",
            ),
            (
                w * 0.0,
                "shape of w",
                "Nothing moves, that is right; but the second result is the gradient at g, and has the shape of g.",
            ),
            (
                z * 0.0,
                "shape of z",
                "Nothing moves, that is right; but the second result is the gradient at g, and has the shape of g, not of z.",
            ),
            (
                g.t().to_owned() * 0.0,
                "transposed",
                "Nothing moves, that is right; but the second result has the shape of g, and lies the other way.",
            ),
            (
                z.dot(g) * 0.0,
                "shape of the fakes",
                "Nothing moves, that is right; but the second result is the gradient at g, not at the fakes.",
            ),
            (
                z.dot(g),
                "the fakes",
                "The second result is the fakes, z g. Asked for is the gradient at g; if g is to stand still, what is it?",
            ),
        ];
        let suspects = suspects
            .map(|(value, name, what)| (value.into_dyn(), told(name, what)));
        let zeros = Array2::zeros(g.raw_dim()).into_dyn();
        judge(&zeros, d_g, TOLERANCE, suspects.into(), told(name, &what))
    };
    let panics = vec![None; at_ws.len()];
    let tried = Tried { words, came: at_ws, panics };
    let Tried { words, came: at_ws, .. } = &tried;
    let judged_w = weigh(&DETACHED_SLIPS, &tried, with, SEE, |n| {
        let [z, _, w] = &inputs[n];
        let what = format!(
            "The first result, the gradient at w, is wrong for {}.",
            words[n]
        );
        let mut told = told("value", &what);
        if at_ws[n].shape() != w.shape() {
            let sizes = [
                (1, "1"),
                (w.nrows(), "the width of the fakes"),
                (z.ncols(), "the width of the noise"),
                (z.nrows(), "rows"),
            ];
            told.what += &format!(
                " It has the shape of w, the width of the fakes by 1; yours is {}.",
                sizes_in_words(at_ws[n].shape(), &sizes)
            );
        } else if !all_finite(&at_ws[n]) {
            told.mistake = "overflow";
            told.what += " It is not a number where a logit is 1,000 or -1,000: look for e^s, for 1/D and for logarithms of 0.";
        } else {
            told.what += &detached_parts(candidate);
        }
        told
    });
    match (judged_w, judged_g()) {
        (Ok(()), g) => g,
        (Err(mut told), Err(also)) => {
            told.what += &format!(" And the second result: {}", also.what);
            Err(told)
        }
        (w, Ok(())) => w,
    }
}

/// What an answer to exercise 2.2 does with one fake, and with several.
fn detached_parts(candidate: Detached) -> String {
    let (g, w) = (array![[2.0, 0.0], [0.0, 1.0]], array![[1.0], [0.5]]);
    let at = |z: &Array2<f64>| {
        let came = ran("", "", || candidate(z, &g, &w).0).ok();
        let came = came.filter(|d_w| d_w.len() == 2);
        came.map_or([f64::NAN; 2], |d_w| {
            let mut numbers = d_w.iter().copied();
            [(); 2].map(|()| numbers.next().unwrap_or(f64::NAN))
        })
    };
    let none = array![[0.0, 0.0]];
    if at(&none) != [0.0; 2] {
        return format!(
            " A fake of zeros adds nothing to the gradient; of one yours is {:.4?}, with w = [1, ½].",
            at(&none)
        );
    }
    let one =
        slope_said("fake", 0.0, |s| at(&array![[(s - 0.5) / 2.0, 1.0]]));
    let several = || {
        let several = [
            (
                "The same fake twice is to say what it says once.",
                array![[0.5, 1.0], [0.5, 1.0]],
            ),
            (
                "Two unlike fakes are right alone, and wrong in one batch: each is to be scored by itself.",
                array![[0.5, 1.0], [-1.0, 3.0]],
            ),
        ];
        let wrong = several.into_iter().find_map(|(words, z)| {
            let right =
                at_w_with(&[z.clone(), g.clone(), w.clone()], &|_| false);
            let right = [right[(0, 0)], right[(1, 0)]];
            let came = at(&z);
            let wrong = right.iter().zip(&came).any(|(a, b)| !near(*a, *b));
            wrong.then(|| {
                format!(" {words} Right is {right:.4?}, yours {came:.4?}.")
            })
        });
        wrong.unwrap_or_default()
    };
    one.unwrap_or_else(several)
}

type Unsmooth = fn(&Array2<f64>, f64, f64) -> Array2<f64>;

/// How the way from an answer to a share can go wrong.
const SHARES: [Slip; 46] = slips! {
    "beta forgotten": "The fakes' target beta is missing; this is right only for beta = 0. Solve (2.6) for the share of real examples: a share r \
        of them makes beta (1 - r) as well as alpha r.",
    "not undone": "This is the discriminator's answer as it stands. With smoothed targets it is not the share of real examples.",
    "not clipped": "A learnt answer may lie above alpha or below beta. A share lies between 0 and 1: clip it.",
    "not clipped below": "A learnt answer may lie below beta. A share is never below 0.",
    "not clipped above": "A learnt answer may lie above alpha. A share is never above 1.",
    "share clipped to the targets": "The share was clipped to what an *answer* may be, beta to alpha. A share may be anything from 0 to 1.",
    "share clipped to alpha": "The share was clipped at alpha, which is the highest *answer*. The highest share is 1.",
    "share clipped to beta": "The share was clipped at beta, which is the lowest *answer*. The lowest share is 0.",
    "sign lost": "A share below 0 lost its sign. Where an answer lies below beta, the share is 0.",
    "clipped away": "What lies above 1 became 0. The share is 1 there.",
    "clipped to -1": "The shares were clipped to -1 and 1. A share is never below 0.",
    "always 0": "The limits are exchanged: the larger of the share and 1 and then the smaller of that and 0 is 0.",
    "always 1": "The limits are exchanged: the smaller of the share and 0 and then the larger of that and 1 is 1.",
    "overflow": "A share is not a number where a logit is 1,000. e^s / (1 + e^s) is infinity over infinity there; 1 / (1 + e^-s) is right at \
        both ends.",
    "divided by alpha": "From the lowest answer to the highest it is alpha - beta, not alpha.",
    "ceiling forgotten": "The floor beta was taken away and the ceiling was left at 1. The highest answer is alpha.",
    "floor alone": "The floor beta was taken away, and what is left was not stretched: it runs from 0 to alpha - beta.",
    "floor forgotten": "The answers were stretched, and the floor beta was not taken away before.",
    "multiplied": "The distance from the floor was multiplied by alpha - beta. Smoothing multiplied; to undo it, divide.",
    "smoothed once more": "This smooths the answer once more. It is smoothed already; solve (2.6) for the share.",
    "share of fakes": "This is the share of fakes: targets swapped, or the difference taken the wrong way round.",
    "sign": "The difference was taken the wrong way round: the share is 0 where the answer is beta, and grows with it.",
    "odds": "This is p/q, how many real examples there are to one fake. The share is p/(p + q).",
    "odds of D": "D / (1 - D) was taken: odds, not a share, and of the answer as it stands.",
    "sum of the targets": "The distance from the floor was divided by alpha + beta. From floor to ceiling it is alpha - beta.",
    "beta added": "The floor was added. The share 0 has the answer beta, so it has to be taken away.",
    "alpha subtracted": "alpha was taken away from the answer. The share 0 has the answer beta.",
    "1 - beta subtracted": "1 - beta was taken away from the answer. The share 0 has the answer beta.",
    "1 - alpha subtracted": "1 - alpha was taken away from the answer. The share 0 has the answer beta.",
    "beta by the answer": "beta D was taken away from the answer. The share 0 has the answer beta: take beta away.",
    "beta by the rest": "beta (1 - D) was taken away from the answer. In (2.6) beta is multiplied by the share of fakes, not by 1 - D.",
    "parentheses": "Only beta was divided by alpha - beta: D - beta / (alpha - beta). The difference stands in parentheses.",
    "stretched first": "The answer was divided by alpha - beta, and beta taken away after that. Take it away first.",
    "parentheses below": "(D - beta) / alpha - beta: the difference below the line stands in parentheses.",
    "divided by beta": "The distance from the floor was divided by beta. From floor to ceiling it is alpha - beta.",
    "divided by 1 - alpha": "The distance from the floor was divided by 1 - alpha. From floor to ceiling it is alpha - beta.",
    "divided by the rest": "The distance from the floor was divided by 1 - (alpha - beta). From floor to ceiling it is alpha - beta.",
    "divided twice": "It was divided by alpha - beta twice.",
    "half": "The result has a factor ½.",
    "densities weighted": "The two shares were weighted by the targets. Smoothing does not change how often x is seen, only what D is told when it is.",
    "densities unweighted": "This undoes a weighting of the densities, by alpha and by 1 - beta. Smoothing is another thing: (2.6) is an average of the \
        targets.",
    "nearest target": "Each input was called real or fake. Asked for is the share of real examples there, which may lie between.",
    "sigmoid last": "The targets were undone at the logits, and the sigmoid taken after that. (2.6) is about answers: take the sigmoid first.",
    "logit again": "The share was made a logit again. Asked for is the share itself.",
    "over the batch": "The results were divided by their sum over the batch. Each input has a share of its own.",
    "stretched over the batch": "The lowest answer of the batch became 0 and the highest 1. The targets say what 0 and 1 are.",
};

/// What can happen to the shares behind that.
const SHARES_BEHIND: [Slip; 4] = slips! {
    "transposed": "The numbers are right and lie in a row. They are a column, as the logits are.",
    "rounded": "The shares were rounded to 0 and 1. A share may lie between.",
    "mean share": "Every input got the mean of all shares. Each has its own.",
    "backwards": "The shares came in reversed order.",
};

static UNSMOOTH_SLIPS: LazyLock<Vec<Slip>> = LazyLock::new(|| {
    let again = ["log of D", "rectified"];
    let answers = ANSWERS.iter().map(|t| t[0]);
    let answers = answers.filter(|s| !again.contains(&s.name));
    SHARES.into_iter().chain(answers).chain(SHARES_BEHIND).collect()
});

/// Logits, and both targets.
type Smooth = (Array2<f64>, [f64; 2]);

fn unsmooth_with((s, [a, b]): &Smooth, made: Made) -> Array2<f64> {
    let (a, b) = (*a, *b);
    let d = match made("sigmoid last") {
        true => s.clone(),
        false => answer(s, made),
    };
    let floor = |d: f64| {
        pick(
            made,
            &[
                ("floor forgotten", d),
                ("beta added", d + b),
                ("alpha subtracted", d - a),
                ("1 - beta subtracted", d - (1.0 - b)),
                ("1 - alpha subtracted", d - (1.0 - a)),
                ("beta by the answer", d - b * d),
                ("beta by the rest", d - b * (1.0 - d)),
            ],
            d - b,
        )
    };
    let height = pick(
        made,
        &[
            ("divided by alpha", a),
            ("ceiling forgotten", 1.0 - b),
            ("floor alone", 1.0),
            ("multiplied", 1.0 / (a - b)),
            ("sum of the targets", a + b),
            ("divided by beta", b),
            ("divided by 1 - alpha", 1.0 - a),
            ("divided by the rest", 1.0 - (a - b)),
            ("divided twice", (a - b) * (a - b)),
        ],
        a - b,
    );
    let share = |d: f64| {
        pick(
            made,
            &[
                ("beta forgotten", d / a),
                ("not undone", d),
                ("smoothed once more", a * d + b * (1.0 - d)),
                ("odds", (d - b) / (a - d)),
                ("odds of D", d / (1.0 - d)),
                ("parentheses", d - b / (a - b)),
                ("stretched first", d / (a - b) - b),
                ("parentheses below", (d - b) / a - b),
                (
                    "densities weighted",
                    a * d / (a * d + (1.0 - b) * (1.0 - d)),
                ),
                ("densities unweighted", {
                    let (real, fake) = (d / a, (1.0 - d) / (1.0 - b));
                    real / (real + fake)
                }),
                ("nearest target", if d > 0.5 * (a + b) { 1.0 } else { 0.0 }),
            ],
            floor(d) / height,
        )
    };
    let mut r = d.mapv(share);
    if made("stretched over the batch") {
        let least = d.fold(f64::INFINITY, |a, b| a.min(*b));
        let most = d.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
        r = d.mapv(|d| (d - least) / (most - least));
    }
    if made("sigmoid last") {
        r.mapv_inplace(sigmoid);
    }
    if made("share of fakes") {
        r = 1.0 - r;
    }
    if made("sign") {
        r = -r;
    }
    if made("half") {
        r /= 2.0;
    }
    let clip = |r: f64| {
        pick(
            made,
            &[
                ("not clipped", r),
                ("not clipped below", if r > 1.0 { 1.0 } else { r }),
                ("not clipped above", if r < 0.0 { 0.0 } else { r }),
                ("share clipped to the targets", r.clamp(b, a)),
                ("share clipped to alpha", r.clamp(0.0, a)),
                ("share clipped to beta", r.clamp(b, 1.0)),
                ("sign lost", r.abs().clamp(0.0, 1.0)),
                (
                    "clipped away",
                    if (0.0..=1.0).contains(&r) { r } else { 0.0 },
                ),
                ("clipped to -1", r.clamp(-1.0, 1.0)),
                ("always 0", 0.0),
                ("always 1", 1.0),
            ],
            r.clamp(0.0, 1.0),
        )
    };
    r.mapv_inplace(clip);
    if made("over the batch") {
        let sum = r.sum();
        r /= sum;
    }
    if made("logit again") {
        r.mapv_inplace(|r| (r / (1.0 - r)).ln());
    }
    if made("rounded") {
        r.mapv_inplace(f64::round);
    }
    if made("mean share") {
        let mean = r.sum() / r.len().max(1) as f64;
        r.fill(mean);
    }
    if made("backwards") {
        r.invert_axis(Axis(0));
    }
    if made("transposed") { r.reversed_axes() } else { r }
}

fn unsmooth_inputs() -> Vec<(String, Smooth)> {
    let inputs: [(&str, &[f64], [f64; 2]); 7] = [
        (
            "seven logits, with a tie, and targets 0.9 and 0.2",
            &[-1.2, -0.5, 0.0, 0.0, 0.1, 0.7, 2.0],
            [0.9, 0.2],
        ),
        (
            "answers above alpha and below beta, with targets 0.9 and 0.2",
            &[3.0, 0.4, -2.0],
            [0.9, 0.2],
        ),
        (
            "answers near ½ and one below beta, with targets 0.6 and 0.4",
            &[0.1, -0.1, 0.0, -5.0],
            [0.6, 0.4],
        ),
        ("one logit of 1 and targets 1 and 0", &[1.0], [1.0, 0.0]),
        ("no logit at all", &[], [0.9, 0.0]),
        ("the logits 1,000 and 0", &[1000.0, 0.0], [0.9, 0.1]),
        ("the logits -1,000 and 0.5", &[-1000.0, 0.5], [0.8, 0.1]),
    ];
    let inputs = inputs
        .map(|(words, s, targets)| (words.into(), (column(s), targets)));
    inputs.into()
}

pub fn unsmooth(candidate: Unsmooth) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.6";
    let inputs = unsmooth_inputs();
    let answer = |(s, [a, b]): &Smooth| candidate(s, *a, *b);
    let tried = Tried::new(&inputs, SEE, answer, |r| r.into_dyn());
    let Tried { words, came, .. } = &tried;
    let with = |made: Made| -> All {
        let of = |(_, i): &(_, _)| unsmooth_with(i, made).into_dyn();
        inputs.iter().map(of).collect()
    };
    weigh(&UNSMOOTH_SLIPS, &tried, with, SEE, |n| {
        let what = format!("The shares are wrong for {}.", words[n]);
        let mut told = Diagnosis::new("value", what, SEE);
        let input @ (s, _) = &inputs[n].1;
        let right = unsmooth_with(input, &|_| false).into_dyn();
        if came[n].shape() != s.shape() {
            told.what += &format!(
                " They are a column, one for each logit, {:?}.",
                s.shape()
            );
        } else if !all_finite(&came[n]) {
            told.mistake = "overflow";
            told.what += " One is not a number: look for e^s of a large s, for a division by 0, and for logarithms.";
        } else if (&came[n] - &right).iter().all(|v| v.abs() < 1e-3) {
            told.mistake = "nearly";
            told.what += " They are nearly right: a small number added, limits that are not quite 0 and 1, or f32 in place of f64.";
        } else {
            told.what += &unsmooth_form(candidate);
            told.what += &simplest(unsmooth_probes(candidate));
        }
        told
    })
}

/// What kind of function of D an answer to exercise 2.3 is, with targets 0.9 and 0.2.
fn unsmooth_form(candidate: Unsmooth) -> String {
    let (a, b) = (0.9, 0.2);
    let logit = |d: f64| (d / (1.0 - d)).ln();
    let of = |d: &[f64]| -> Vec<f64> {
        let s: Vec<f64> = d.iter().map(|d| logit(*d)).collect();
        let came = ran("", "", || candidate(&column(&s), a, b)).ok();
        came.map_or(vec![], |r| r.iter().copied().collect())
    };
    let at = |d: f64| of(&[d]).first().copied().unwrap_or(f64::NAN);
    let within =
        [0.21, 0.25, 0.3, 0.4, 0.45, 0.55, 0.6, 0.7, 0.83, 0.86, 0.89];
    let alone = within.map(at);
    let together = of(&within);
    if together.len() == alone.len()
        && alone.iter().zip(&together).any(|(a, b)| !near(*a, *b))
    {
        return " An input gets another share beside others than alone: each share is a matter of its own logit.".into();
    }
    let right = |d: f64| ((d - b) / (a - b)).clamp(0.0, 1.0);
    let wrong: Vec<f64> = within
        .into_iter()
        .zip(alone)
        .filter(|(d, r)| !near(right(*d), *r))
        .map(|(d, _)| d)
        .collect();
    // The line through all answers that are not clipped, as where it is 0 and where it is 1.
    let line = |x: fn(f64) -> f64| {
        let inner: Vec<(f64, f64)> = within
            .iter()
            .zip(alone)
            .filter(|(_, r)| *r > 0.0 && *r < 1.0)
            .map(|(d, r)| (x(*d), r))
            .collect();
        let [(x0, r0), (x1, r1), _, ..] = inner[..] else { return None };
        let slope = (r1 - r0) / (x1 - x0);
        let on =
            |(x, r): &(f64, f64)| (r0 + slope * (x - x0) - r).abs() < 1e-9;
        let at = |r: f64| x0 + (r - r0) / slope;
        let told = inner.iter().all(on) && slope != 0.0;
        told.then(|| [at(0.0), at(1.0)])
    };
    if wrong.is_empty() {
        let ends = [(0.95, "above alpha", 1.0), (0.1, "below beta", 0.0)];
        let told = ends.map(|(d, where_, right)| {
            let came = at(d);
            (!near(came, right)).then(|| {
                format!(" An answer {where_}, {d}, with targets 0.9 and 0.2, gives {came:.4} in yours; it should give {right}.")
            })
        });
        let told = told.into_iter().flatten().collect::<String>();
        return format!(" Between beta and alpha all is right.{told}");
    }
    if let Some([zero, one]) = line(|d| d)
        && !(near(zero, b) && near(one, a))
    {
        return format!(
            " With targets 0.9 and 0.2 yours is a straight line in D, as it should be, which is 0 where D is {zero:.4} and 1 where D is \
             {one:.4}. It should be 0 at beta, 0.2, and 1 at alpha, 0.9."
        );
    }
    if line(|d| (d / (1.0 - d)).ln()).is_some() {
        return " Yours is a straight line in the logit. It should be one in D: the targets are answers, not logits.".into();
    }
    if wrong.len() < within.len() {
        return format!(
            " With targets 0.9 and 0.2 yours is wrong for the answers D = {wrong:?}, and right for the others among {within:?}. One \
             straight line holds from beta to alpha."
        );
    }
    " Yours is no straight line in D between beta and alpha. (2.6) makes the answer a weighted average of the targets, so the way back is \
     one."
        .into()
}

fn unsmooth_probes(candidate: Unsmooth) -> Vec<Probe> {
    let targets = [
        ([1.0, 0.0], "without smoothing, where the share is D"),
        ([0.9, 0.0], "with the real side smoothed alone"),
        ([1.0, 0.2], "with the fakes' side smoothed alone"),
        ([0.9, 0.2], "with both sides smoothed"),
    ];
    let logits = [
        (0.0, "D = ½"),
        (0.5, "D = 0.62"),
        (-3.0, "D = 0.05"),
        (3.0, "D = 0.95"),
    ];
    let probe = |([a, b], side): ([f64; 2], &str)| {
        logits.map(|(s, d)| {
            let words = format!(
                "one logit of {s}, {d}, and targets {a} and {b}, {side}"
            );
            let input = (array![[s]], [a, b]);
            let right = unsmooth_with(&input, &|_| false)[(0, 0)];
            let came = ran("", "", || candidate(&input.0, a, b)).ok();
            let came = came.and_then(|r| r.first().copied());
            (words, right, came.unwrap_or(f64::NAN))
        })
    };
    targets.into_iter().flat_map(probe).collect()
}

type Floor = fn(&Array1<f64>, &Array1<f64>, f64, f64) -> f64;

/// How the floor can go wrong.
const FLOORS: [Slip; 50] = slips! {
    "D without smoothing": "This is the loss at p/(p + q). With smoothed targets another answer is best, that of (2.6).",
    "targets forgotten": "This is the floor with targets 1 and 0, 2 log 2 - 2 JSD. The targets are alpha and beta.",
    "old loss of the new D": "The answers are those of (2.6), and the loss is the one without smoothing. In (2.5) each kind has a term for `real` and one \
        for `fake`.",
    "entropy of the targets": "That is the floor where p and q share no mass, so that each example can have its own target for an answer. Where both occur, \
        one answer has to do for both.",
    "empty cells": "The floor is not a number where a cell has no mass. Such a cell is to add nothing, but its D is 0/0; and where an answer is 0 or \
        1, 0 · log 0 is NaN.",
    "0/0": "The floor is not a number where a cell has no mass. Such a cell is to add nothing, but its D is 0/0.",
    "0 log 0": "The floor is not a number where an answer is 0 or 1: 0 · log 0 is NaN. A term without mass is to add nothing.",
    "real only": "Only the real term is here. Add that of the fakes.",
    "fakes only": "Only the fakes' term is here. Add that of the real examples.",
    "half of each target": "Real inputs have 1 - alpha of a target \"fake\" too, and fakes beta of a target \"real\": each kind pays with both logarithms.",
    "log D alone": "A target of 0.9 asks for \"real\" nine times in ten, and for \"fake\" the tenth time. The terms with log (1 - D) are missing.",
    "log 1 - D alone": "The terms with log D are missing.",
    "half of it": "This is ½ of it. (2.5) adds two expectations, and does not take their mean.",
    "doubled": "This is twice the floor.",
    "sign": "The sign is turned: a cross-entropy is minus an expected logarithm.",
    "bits": "This is the floor in bits. Natural logarithms give nats.",
    "log to base 10": "The logarithms are to base 10. Natural logarithms, `ln`, give nats.",
    "log of 1 + D": "The logarithm is that of 1 and its argument: `ln_1p`. It is `ln`.",
    "squared error": "The squared distance of D from its target was added up. (2.5) has cross-entropies: logarithms.",
    "targets swapped": "The targets are swapped: alpha is that of the real examples, with density p.",
    "targets swapped in one term": "Of the logarithm of 1 - D, real inputs pay 1 - alpha and fakes 1 - beta. Here it is the other way round.",
    "fakes in D": "D and 1 - D are exchanged, in the answers or under the logarithms: alpha goes with log D.",
    "densities exchanged in D": "In the answers p and q are exchanged. In (2.6) alpha is multiplied by p.",
    "densities weighted": "For the answers the densities were weighted by the targets. (2.6) is an average of the targets.",
    "targets in both lines": "For the answers the targets stand above and below the line. In (2.6) below the line is p + q.",
    "beta forgotten in D": "The answers lack beta: (2.6) has two terms above the line.",
    "alpha forgotten in D": "The answers lack alpha: (2.6) has alpha p above the line.",
    "not divided": "The answers are not divided by p + q.",
    "halved in D": "The answers are halves of what they should be: alpha p + beta q was divided by 2 (p + q), or an average taken twice.",
    "beta forgotten in the loss": "The answers are right, and the fakes' target in the loss is 0. It is beta.",
    "alpha forgotten in the loss": "The answers are right, and the target of real inputs in the loss is 1. It is alpha.",
    "a half everywhere": "This is the loss of a discriminator that answers ½ everywhere, 2 log 2. The best one does better.",
    "one answer for all": "One answer was given to all cells, the mean of the targets. The discriminator sees in which cell an example lies.",
    "nearest answer": "The answers were made 0 or 1, kept a little off. The best D answers with a share.",
    "entropies subtracted": "The entropies of the targets were subtracted. The floor is the cross-entropy as it stands.",
    "2 log 2 added": "2 log 2 was added. The floor is the loss (2.5) as it stands at the best D.",
    "2 log 2 subtracted": "2 log 2 was subtracted. The floor is the loss (2.5) as it stands at the best D.",
    "alpha for both": "alpha is the target of both kinds here. That of the fakes is beta.",
    "beta for both": "beta is the target of both kinds here. That of the real examples is alpha.",
    "1 - beta in D": "For the answers the fakes' target was 1 - beta. It is beta: (2.6) has alpha p + beta q above the line.",
    "1 - alpha in D": "For the answers the real target was 1 - alpha. It is alpha: (2.6) has alpha p + beta q above the line.",
    "q unweighted in D": "For the answers q lacks its factor beta: (2.6) has alpha p + beta q above the line.",
    "divided by the targets": "For the answers alpha p + beta q was divided by alpha + beta. In (2.6) below the line is p + q.",
    "masses not divided": "Each logarithm is one of a mass, alpha p + beta q or the rest, that was not divided by p + q.",
    "old floor shrunk": "This is the floor without smoothing, times alpha - beta. Smoothing does more than scale: look at (2.5) at the best D.",
    "old floor and entropies": "This is the floor without smoothing with the entropies of the targets added. It is no sum of these.",
    "JSD once": "This is 2 log 2 less one JSD, or the mean of the floor and 2 log 2: a factor 2 is missing before the divergence.",
    "no logarithm": "The probabilities stand where their logarithms should.",
    "exponential": "The exponential of the floor was taken.",
    "largest cell": "Only the cell that pays most is here. All cells pay.",
};

/// What can be wrong with each of the four terms of a cell.
const PAID: [[Slip; 7]; 4] = [
    slips! {
        "alpha missing": "The term -alpha p log D is missing.",
        "alpha turned": "The term -alpha p log D has the wrong sign.",
        "alpha twice": "The term -alpha p log D was added twice.",
        "alpha unweighted": "The term -alpha p log D lacks its factor alpha.",
        "1 - alpha for alpha": "The term -alpha p log D has the factor 1 - alpha in place of alpha.",
        "beta for alpha": "The term -alpha p log D has the factor beta in place of alpha.",
        "1 - beta for alpha": "The term -alpha p log D has the factor 1 - beta in place of alpha.",
    },
    slips! {
        "1 - alpha missing": "The term -(1 - alpha) p log (1 - D) is missing.",
        "1 - alpha turned": "The term -(1 - alpha) p log (1 - D) has the wrong sign.",
        "1 - alpha twice": "The term -(1 - alpha) p log (1 - D) was added twice.",
        "1 - alpha unweighted": "The term -(1 - alpha) p log (1 - D) lacks its factor 1 - alpha.",
        "alpha for 1 - alpha": "The term -(1 - alpha) p log (1 - D) has the factor alpha in place of 1 - alpha.",
        "beta for 1 - alpha": "The term -(1 - alpha) p log (1 - D) has the factor beta in place of 1 - alpha.",
        "1 - beta for 1 - alpha": "The term -(1 - alpha) p log (1 - D) has the factor 1 - beta in place of 1 - alpha.",
    },
    slips! {
        "beta missing": "The term -beta q log D is missing.",
        "beta turned": "The term -beta q log D has the wrong sign.",
        "beta twice": "The term -beta q log D was added twice.",
        "beta unweighted": "The term -beta q log D lacks its factor beta.",
        "alpha for beta": "The term -beta q log D has the factor alpha in place of beta.",
        "1 - alpha for beta": "The term -beta q log D has the factor 1 - alpha in place of beta.",
        "1 - beta for beta": "The term -beta q log D has the factor 1 - beta in place of beta.",
    },
    slips! {
        "1 - beta missing": "The term -(1 - beta) q log (1 - D) is missing.",
        "1 - beta turned": "The term -(1 - beta) q log (1 - D) has the wrong sign.",
        "1 - beta twice": "The term -(1 - beta) q log (1 - D) was added twice.",
        "1 - beta unweighted": "The term -(1 - beta) q log (1 - D) lacks its factor 1 - beta.",
        "alpha for 1 - beta": "The term -(1 - beta) q log (1 - D) has the factor alpha in place of 1 - beta.",
        "1 - alpha for 1 - beta": "The term -(1 - beta) q log (1 - D) has the factor 1 - alpha in place of 1 - beta.",
        "beta for 1 - beta": "The term -(1 - beta) q log (1 - D) has the factor beta in place of 1 - beta.",
    },
];

/// How the cells can be counted wrongly.
const CELLS: [Slip; 15] = slips! {
    "weighted by p alone": "Both kinds were weighted by p. In a cell there are p real inputs and q fakes.",
    "weighted by q alone": "Both kinds were weighted by q. In a cell there are p real inputs and q fakes.",
    "weights exchanged": "The answers are right; in the loss p met beta and q met alpha. p is the density of the real inputs, and alpha their target.",
    "cells alike": "Every cell counts the same here. A cell with more examples in it weighs more: p + q.",
    "mean over cells": "This is a mean over the cells. The tables are the weights already: p and q sum to 1 each.",
    "mean over full cells": "This is a mean over the cells with mass. The tables are the weights already: p and q sum to 1 each.",
    "cells of one kind left out": "Cells with examples of one kind only were left out. They pay too, unless their target is 0 or 1: leave out a term, not a cell.",
    "cells without real inputs left out": "Cells without real inputs were left out. Their fakes pay too, unless beta is 0 or 1: leave out a term, not a cell.",
    "cells without fakes left out": "Cells without fakes were left out. Their real inputs pay too, unless alpha is 0 or 1: leave out a term, not a cell.",
    "last cell left out": "The last cell is missing.",
    "first cell left out": "The first cell is missing.",
    "first cell alone": "Only the first cell is here. All cells pay.",
    "weighted twice": "The cells were weighted twice.",
    "stops at an empty cell": "What comes after a cell without mass is missing. Leave that cell out and go on.",
    "empty cells pay": "A cell without mass paid log 2, for a D of ½. It has no examples, and pays nothing.",
};

static FLOOR_SLIPS: LazyLock<Vec<Slip>> = LazyLock::new(|| {
    let all = FLOORS.into_iter().chain(CELLS);
    all.chain(PAID.into_iter().flatten()).collect()
});

/// Two tables and two targets.
type Tables = (Array1<f64>, Array1<f64>, [f64; 2]);

/// The entropy of a coin that shows heads with probability d.
fn entropy(d: f64) -> f64 {
    let part = |d: f64| if d > 0.0 { -d * d.ln() } else { 0.0 };
    part(d) + part(1.0 - d)
}

fn floor_with((p, q, targets): &Tables, made: Made) -> f64 {
    let mut targets = *targets;
    if made("targets forgotten") {
        targets = [1.0, 0.0];
    }
    if made("targets swapped") {
        targets.reverse();
    }
    if made("alpha for both") {
        targets[1] = targets[0];
    }
    if made("beta for both") {
        targets[0] = targets[1];
    }
    let [a, b] = targets;
    let answer = |p: f64, q: f64| {
        let best = |a: f64, b: f64| (a * p + b * q) / (p + q);
        let d = pick(
            made,
            &[
                ("D without smoothing", best(1.0, 0.0)),
                ("densities exchanged in D", best(b, a)),
                ("densities weighted", a * p / (a * p + (1.0 - b) * q)),
                ("targets in both lines", a * p / (a * p + b * q)),
                ("beta forgotten in D", best(a, 0.0)),
                ("alpha forgotten in D", best(1.0, b)),
                ("not divided", a * p + b * q),
                ("1 - beta in D", best(a, 1.0 - b)),
                ("1 - alpha in D", best(1.0 - a, b)),
                ("q unweighted in D", best(a, 1.0)),
                ("divided by the targets", (a * p + b * q) / (a + b)),
                ("halved in D", best(a, b) / 2.0),
                ("a half everywhere", 0.5),
                ("one answer for all", (a + b) / 2.0),
                (
                    "nearest answer",
                    if best(a, b) > 0.5 { 1.0 - 1e-7 } else { 1e-7 },
                ),
            ],
            best(a, b),
        );
        if made("fakes in D") { 1.0 - d } else { d }
    };
    let log = |d: f64| {
        pick(
            made,
            &[
                ("bits", d.log2()),
                ("log to base 10", d.log10()),
                ("log of 1 + D", d.ln_1p()),
                ("no logarithm", d),
            ],
            d.ln(),
        )
    };
    let pays = |mass: f64, d: f64| {
        let zero = made("empty cells") || made("0 log 0");
        if mass != 0.0 || zero { -mass * log(d) } else { 0.0 }
    };
    let [mut in_a, mut in_b] = [a, b];
    if made("old loss of the new D") {
        [in_a, in_b] = [1.0, 0.0];
    }
    if made("alpha forgotten in the loss") {
        in_a = 1.0;
    }
    if made("beta forgotten in the loss") {
        in_b = 0.0;
    }
    // What is paid of each target, times log D, log (1 - D), log D, log (1 - D).
    let mut parts = [in_a, 1.0 - in_a, in_b, 1.0 - in_b];
    if made("targets swapped in one term") {
        parts.swap(1, 3);
    }
    let factors = [a, 1.0 - a, b, 1.0 - b];
    for (n, (part, slips)) in parts.iter_mut().zip(PAID).enumerate() {
        let [missing, turned, twice, unweighted, other @ ..] = slips;
        if made(unweighted.name) {
            *part = 1.0;
        }
        let others = (0..4).filter(|other| *other != n);
        for (slip, other) in other.into_iter().zip(others) {
            if made(slip.name) {
                *part = factors[other];
            }
        }
        *part *= match () {
            () if made(missing.name) => 0.0,
            () if made(turned.name) => -1.0,
            () if made(twice.name) => 2.0,
            () => 1.0,
        };
    }
    let gone: &[usize] = pick(
        made,
        &[
            ("real only", &[2, 3]),
            ("fakes only", &[0, 1]),
            ("half of each target", &[1, 2]),
            ("log D alone", &[1, 3]),
            ("log 1 - D alone", &[0, 2]),
        ],
        &[],
    );
    gone.iter().for_each(|n| parts[*n] = 0.0);
    let cells = p.len();
    let after_empty = |n: usize| (0..n).any(|n| p[n] + q[n] == 0.0);
    let paid: Vec<f64> = (0..cells)
        .map(|n| {
            let (p, q) = (p[n], q[n]);
            let (mut of_p, mut of_q) = (p, q);
            let left_out = made("cells of one kind left out") && p * q == 0.0
                || made("cells without real inputs left out") && p == 0.0
                || made("cells without fakes left out") && q == 0.0
                || made("last cell left out") && n + 1 == cells
                || made("first cell left out") && n == 0
                || made("stops at an empty cell") && after_empty(n)
                || made("first cell alone") && n > 0;
            if left_out {
                return 0.0;
            }
            let mut d = answer(p, q);
            if p + q == 0.0 {
                if made("empty cells") || made("0/0") {
                    return f64::NAN;
                }
                if made("empty cells pay") {
                    return 2.0_f64.ln();
                }
                if !made("cells alike") {
                    return 0.0;
                }
                d = 0.5;
            }
            if made("weighted by p alone") {
                of_q = p;
            }
            if made("weighted by q alone") {
                of_p = q;
            }
            if made("weights exchanged") {
                (of_p, of_q) = (q, p);
            }
            if made("cells alike") {
                return entropy(d);
            }
            if made("weighted twice") {
                (of_p, of_q) = (p * p, q * q);
            }
            if made("squared error") {
                let off = |t: f64| (d - t) * (d - t);
                return of_p * off(in_a) + of_q * off(in_b);
            }
            if made("masses not divided") {
                let real = a * of_p + b * of_q;
                let fake = (1.0 - a) * of_p + (1.0 - b) * of_q;
                return pays(real, real) + pays(fake, fake);
            }
            let mass = [of_p, of_p, of_q, of_q];
            let of = [d, 1.0 - d, d, 1.0 - d];
            let pay = |n: usize| pays(parts[n] * mass[n], of[n]);
            pay(0) + pay(1) + pay(2) + pay(3)
        })
        .collect();
    let mut sum: f64 = paid.iter().sum();
    if made("largest cell") {
        sum = paid.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    }
    if made("entropy of the targets") {
        sum = entropy(a) + entropy(b);
    }
    if made("mean over cells") {
        sum /= cells as f64;
    }
    if made("mean over full cells") {
        let full = p.iter().zip(q).filter(|(p, q)| **p + **q > 0.0);
        sum /= full.count() as f64;
    }
    let old = || {
        let tables = (p.clone(), q.clone(), [1.0, 0.0]);
        floor_with(&tables, &|_| false)
    };
    if made("old floor shrunk") {
        sum = (a - b) * old();
    }
    if made("old floor and entropies") {
        sum = old() + entropy(a) + entropy(b);
    }
    if made("JSD once") {
        sum = sum / 2.0 + 2.0_f64.ln();
    }
    if made("entropies subtracted") {
        sum -= entropy(a) + entropy(b);
    }
    if made("2 log 2 added") {
        sum += 2.0 * 2.0_f64.ln();
    }
    if made("2 log 2 subtracted") {
        sum -= 2.0 * 2.0_f64.ln();
    }
    if made("half of it") {
        sum /= 2.0;
    }
    if made("doubled") {
        sum *= 2.0;
    }
    if made("sign") {
        sum = -sum;
    }
    if made("exponential") {
        sum = sum.exp();
    }
    sum
}

fn floor_inputs() -> Vec<(String, Tables)> {
    let inputs = [
        (array![0.5, 0.3, 0.2], array![0.15, 0.15, 0.7], 0.9, 0.2),
        (array![0.2, 0.8], array![0.6, 0.4], 0.7, 0.0),
        (array![0.25, 0.0, 0.75], array![0.5, 0.0, 0.5], 0.8, 0.1),
        (array![0.5, 0.5, 0.0, 0.0], array![0.0, 0.4, 0.6, 0.0], 0.9, 0.0),
        (array![0.4, 0.6, 0.0], array![0.3, 0.2, 0.5], 0.9, 0.2),
        (array![0.3, 0.7, 0.0, 0.0], array![0.0, 0.0, 1.0, 0.0], 1.0, 0.0),
        (array![0.0, 1.0], array![0.6, 0.4], 1.0, 0.0),
        (array![1.0], array![1.0], 1.0, 0.0),
        (array![0.97, 0.03], array![0.01, 0.99], 1.0, 0.0),
        (array![0.999, 0.001], array![1e-6, 1.0 - 1e-6], 0.9, 0.1),
    ];
    let inputs = inputs.map(|(p, q, a, b)| {
        let words = format!("p = {p}, q = {q} and targets {a} and {b}");
        (words, (p, q, [a, b]))
    });
    inputs.into()
}

pub fn smoothed_floor(candidate: Floor) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 2, § Smoothing one side, equations 2.5 and 2.6";
    let told = |name, what: String| Diagnosis::new(name, what, SEE);
    let inputs = floor_inputs();
    let answer = |(p, q, [a, b]): &Tables| candidate(p, q, *a, *b);
    let tried = Tried::new(&inputs, SEE, answer, |v| arr0(v).into_dyn());
    let Tried { words, came, .. } = &tried;
    let with = |made: Made| -> All {
        let of = |(_, i): &(_, _)| arr0(floor_with(i, made)).into_dyn();
        inputs.iter().map(of).collect()
    };
    weigh(&FLOOR_SLIPS, &tried, with, SEE, |n| {
        let came = came[n].sum();
        let off = came - floor_with(&inputs[n].1, &|_| false);
        let of = &words[n];
        if !came.is_finite() {
            let what = format!(
                "The floor is not a number for {of}. A cell without mass is to add nothing, but its D is 0/0; and where an answer is 0 \
                 or 1, 0 · log 0 is NaN."
            );
            told("empty cells", what)
        } else if off.abs() < 2e-3 {
            let what = format!(
                "The floor is nearly right for {of}, and off by {off:.0e}. A small number or a limit that keeps a logarithm from log 0 \
                 moves the result: leave out the terms without mass in its place."
            );
            told("nearly", what)
        } else {
            let simplest = simplest(floor_probes(candidate));
            let parts = floor_parts(candidate);
            let what =
                format!("The floor is wrong for {of}.{parts}{simplest}");
            told("value", what)
        }
    })
}

/// What else can be said of an answer to exercise 2.4: whether cells add up, and which kind is right alone.
fn floor_parts(candidate: Floor) -> String {
    let at = |p: &[f64], q: &[f64], a, b| {
        let [p, q] = [p, q].map(|t| Array1::from(t.to_vec()));
        ran("", "", || candidate(&p, &q, a, b)).unwrap_or(f64::NAN)
    };
    let mut said = String::new();
    let [whole, halves] = [
        at(&[0.6, 0.4], &[0.1, 0.9], 0.9, 0.2),
        at(&[0.3, 0.3, 0.4], &[0.05, 0.05, 0.9], 0.9, 0.2),
    ];
    if !near(whole, halves) {
        said += &format!(
            " If a cell is cut into two halves, nothing changes; yours goes from {whole:.4} to {halves:.4}: how is a cell weighted?"
        );
    }
    let [one, other] = [
        at(&[0.6, 0.3, 0.1], &[0.1, 0.2, 0.7], 0.9, 0.2),
        at(&[0.1, 0.6, 0.3], &[0.7, 0.1, 0.2], 0.9, 0.2),
    ];
    if !near(one, other) {
        said += &format!(
            " The order of the cells does not matter; yours goes from {one:.4} to {other:.4} if the last becomes the first."
        );
    }
    // Cells that are not shared: each kind has answers of its own.
    let (p, q) = ([1.0, 0.0], [0.0, 1.0]);
    let nothing = at(&p, &q, 1.0, 0.0);
    for (kind, a, b, target) in
        [("real examples", 0.9, 0.0, 0.9), ("fakes", 1.0, 0.2, 0.2)]
    {
        let (right, came) = (entropy(target), at(&p, &q, a, b));
        let verdict = match near(right, came) {
            true => "right",
            false => "wrong",
        };
        if near(nothing, 0.0) {
            said += &format!(
                " What {kind} pay where no fake and no real example share a cell is {verdict}."
            );
        }
    }
    said
}

fn floor_probes(candidate: Floor) -> Vec<Probe> {
    let apart = (array![1.0, 0.0], array![0.0, 1.0]);
    let one = (array![1.0], array![1.0]);
    let mirrored = (array![0.9, 0.1], array![0.1, 0.9]);
    let unlike = (array![0.5, 0.3, 0.2], array![0.1, 0.2, 0.7]);
    let empty = (array![0.9, 0.1, 0.0], array![0.1, 0.9, 0.0]);
    let probes = [
        (
            &one,
            [1.0, 0.0],
            "one cell, without smoothing: D is ½, and either kind pays log 2",
        ),
        (
            &apart,
            [1.0, 0.0],
            "no cell shared and no smoothing: D is always right, and nothing is paid",
        ),
        (
            &apart,
            [0.9, 0.0],
            "no cell shared, the real side smoothed: only what real inputs pay, H(alpha)",
        ),
        (
            &apart,
            [1.0, 0.2],
            "no cell shared, the fakes' side smoothed: only what fakes pay, H(beta)",
        ),
        (&one, [0.9, 0.0], "one cell, the real side smoothed: D is 0.45"),
        (&one, [1.0, 0.2], "one cell, the fakes' side smoothed: D is 0.6"),
        (&mirrored, [1.0, 0.0], "two cells, without smoothing"),
        (&mirrored, [0.9, 0.2], "two cells, both sides smoothed"),
        (&unlike, [0.9, 0.2], "three unlike cells, both sides smoothed"),
        (&empty, [0.9, 0.2], "a cell without mass beside two others"),
    ];
    let probe = |((p, q), [a, b], about): (&(_, _), [f64; 2], &str)| {
        let words =
            format!("p = {p}, q = {q} and targets {a} and {b} ({about})");
        let came = ran("", "", || candidate(p, q, a, b));
        let tables: Tables = (Array1::clone(p), Array1::clone(q), [a, b]);
        let right = floor_with(&tables, &|_| false);
        (words, right, came.unwrap_or(f64::NAN))
    };
    probes.map(probe).into()
}

type Shares = fn(&Array2<f64>, &Array2<f64>) -> f64;

/// How a balanced accuracy can go wrong.
const BALANCED: [Slip; 59] = slips! {
    "rows counted alike": "Every row counts the same here, so the larger batch says more. Equation 2.3 has both kinds equally frequent: take the share \
        of each batch, and then the mean of the two.",
    "threshold": "The logit was compared with 1/2. D = 1/2 is the logit 0: rows with a logit of 0.3 are called real.",
    "a half is real": "A logit of exactly 0 was named real. D says real where its probability is *above* 1/2.",
    "a half is always right": "A logit of exactly 0 was counted as right for both kinds. D gives one answer to it, and that is fake.",
    "a half is never right": "A logit of exactly 0 was counted as wrong for both kinds. D gives one answer to it, and that is fake.",
    "a half is half": "A logit of exactly 0 was counted as half right. D gives one answer to it, and that is fake.",
    "D against 0": "The probability was compared with 0, above which it always is. It is compared with 1/2, or the logit with 0.",
    "threshold 1": "The logit was compared with 1. D = 1/2 is the logit 0.",
    "whole logits": "The logits were made whole numbers before they were compared: 0.3 became 0.",
    "sizes of logits": "The logits lost their signs before they were compared.",
    "other way round": "\"real\" was said where the logit is below 0. D says real where it is above.",
    "threshold of the batch": "The logits were compared with the mean of all of them. D says real above 0, whatever else is in the batch.",
    "threshold of its own": "Each batch was compared with its own mean. D says real above 0, whatever else is in the batch.",
    "real only": "Only the real rows were counted. A D that says real to everything would get 1.",
    "fakes only": "Only the fakes were counted. A D that says fake to everything would get 1.",
    "share called real": "The fakes that are called real were counted. D is right about a fake when it does not say real.",
    "share called fake": "The real rows that are called fake were counted. D is right about a real row when it says real.",
    "share of mistakes": "This is the share of wrong answers.",
    "whole numbers": "Two whole numbers were divided; convert before dividing, not after.",
    "whole numbers to the end": "All was reckoned in whole numbers, and the result made a fraction too late; convert before dividing.",
    "whole percent": "The result was rounded to hundredths.",
    "percent": "This is in percent. Asked for is a share, from 0 to 1.",
    "sum for mean": "The two shares were added. Take their mean, which lies between 0 and 1.",
    "half": "There is a factor ½ too many.",
    "sizes exchanged": "Each count was divided by the size of the other batch.",
    "real size for both": "Both counts were divided by the number of real rows. The fakes have a number of their own.",
    "fake size for both": "Both counts were divided by the number of fakes. The real rows have a number of their own.",
    "size of both": "Both counts were divided by the number of all rows before their mean was taken. Each batch has a number of its own.",
    "size of the larger": "Both counts were divided by the number of rows of the larger batch. Each batch has a number of its own.",
    "size of the smaller": "Both counts were divided by the number of rows of the smaller batch. Each batch has a number of its own.",
    "counts": "The right answers were counted, and the counts were not divided by the sizes of the batches.",
    "one row less": "The counts were divided by the number of rows less one.",
    "one row more": "The counts were divided by the number of rows and one more, or begin at something else than 0.",
    "called, not there": "The right answers were divided by how often D gave that answer (precision). Divide by how many rows there are of that kind.",
    "product": "The two shares were multiplied. Take their mean.",
    "geometric": "The root of the product of the two shares was taken. Take their mean.",
    "harmonic": "The harmonic mean was taken, as in an F-score. Take the plain mean of the two shares.",
    "the larger share": "This is the larger of the two shares. Take their mean.",
    "the smaller share": "This is the smaller of the two shares. Take their mean.",
    "shares apart": "The two shares were subtracted. Take their mean.",
    "weights exchanged": "The share of each batch was weighted by the size of the other. Both weigh the same: take the plain mean.",
    "difference": "This is the share of real rows called real less that of fakes called real: 0 for whoever guesses. The mean of the two shares \
        of right answers is ½ then.",
    "either way": "What lies below ½ was taken from 1, as if D might be read the other way round. D that is wrong more often than right gets less than ½.",
    "mean of D": "The probabilities were averaged. Each row is named, real or fake, and the right ones are counted.",
    "mean of logits": "The logits were averaged, and only the means were compared with 0. Each row is named, and the right ones are counted.",
    "total variation": "This is (2.3) for shares: ½ and a quarter of their distance, what the best D gets. Asked for is how often this D is right.",
    "whole percents": "Each share was made whole percents before their mean was taken.",
    "correlation": "This is the correlation of answers and truth (Matthews). Take the mean of the two shares.",
    "sure answers only": "Only logits above 1 and below -1 were counted as right. D answers to every row: its border is the logit 0.",
    "right answers by D": "The right answers were weighted by how sure D is of them. Each counts as one.",
    "fakes scaled": "The number of right fakes was scaled to the size of the real batch, and divided by the number of all rows as it was before.",
    "real scaled": "The number of right real rows was scaled to the size of the fakes, and divided by the number of all rows as it was before.",
    "every pair": "Each real row was compared with each fake: that is the area under the ROC curve. D names each row by itself.",
    "row against row": "Real rows and fakes were compared in pairs. D names each row by itself.",
    "best threshold": "The best of all thresholds was looked for. D says real above the logit 0.",
    "F1": "This is the F1 score. Take the mean of the two shares.",
    "last row left out": "The last row of each batch is missing.",
    "first row left out": "The first row of each batch is missing.",
    "cut to the shorter": "The larger batch was cut to the size of the smaller (does `zip` stop there?). All rows of both count.",
};

/// A border that is wrong for one kind, and logits that become NaN.
const BORDERS: [Slip; 8] = slips! {
    "threshold, real": "The logits of the real rows were compared with 1/2, and those of the fakes with 0. D = 1/2 is the logit 0 for both.",
    "threshold, fake": "The logits of the fakes were compared with 1/2, and those of the real rows with 0. D = 1/2 is the logit 0 for both.",
    "threshold below": "The logit was compared with -1/2. D = 1/2 is the logit 0.",
    "D against 0, real": "For the real rows the probability was compared with 0, above which it always is.",
    "D against 0, fake": "For the fakes the probability was compared with 0, above which it always is.",
    "median": "The logits were compared with the middle one of all. D says real above 0, whatever else is in the batch.",
    "stops at a mistake": "The counting stops at the first wrong answer of each batch. All right ones count.",
    "overflow": "A logit of 1,000 has become NaN, and no comparison with NaN is true: e^s / (1 + e^s) is infinity over infinity. The logit \
        itself can be compared, with 0.",
};

static BALANCED_SLIPS: LazyLock<Vec<Slip>> =
    LazyLock::new(|| BALANCED.into_iter().chain(BORDERS).collect());

/// Logits of real rows and of fakes.
type Columns = [Array2<f64>; 2];

fn balanced_with([real, fake]: &Columns, made: Made) -> f64 {
    let least = real.nrows().min(fake.nrows());
    let cut = |s: &Array2<f64>| -> Vec<f64> {
        let s: Vec<f64> = s.iter().copied().collect();
        let n = s.len();
        if made("last row left out") {
            s[..n - 1].into()
        } else if made("first row left out") {
            s[1..].into()
        } else if made("cut to the shorter") {
            s[..least].into()
        } else {
            s
        }
    };
    let [real, fake] = [real, fake].map(cut);
    let mean = |s: &[f64]| s.iter().sum::<f64>() / s.len() as f64;
    let both = [&real[..], &fake].concat();
    let middle = || {
        let mut sorted = both.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[sorted.len() / 2]
    };
    let border = |own: &[f64]| {
        let kind = if std::ptr::eq(own, &real[..]) { "real" } else { "fake" };
        let one = |slip: &str| made(&format!("{slip}, {kind}"));
        if made("threshold") || one("threshold") {
            0.5
        } else if made("threshold below") {
            -0.5
        } else if made("median") {
            middle()
        } else if one("D against 0") {
            f64::NEG_INFINITY
        } else if made("threshold 1") {
            1.0
        } else if made("threshold of the batch") {
            mean(&both)
        } else if made("threshold of its own") {
            mean(own)
        } else {
            0.0
        }
    };
    // Whether real is said of a logit; ½ at the border.
    let says = |s: f64, own: &[f64]| {
        let s = pick(
            made,
            &[
                ("overflow", s.exp() / (1.0 + s.exp()) - 0.5),
                ("D against 0", sigmoid(s)),
                ("whole logits", s.trunc()),
                ("sizes of logits", s.abs()),
                ("other way round", -s),
            ],
            s,
        );
        s.partial_cmp(&border(own))
    };
    use std::cmp::Ordering::{Equal, Greater, Less};
    let of_real = |s: f64| match says(s, &real) {
        Some(Greater) => 1.0,
        Some(Equal) if made("a half is half") => 0.5,
        Some(Equal) => {
            let real =
                made("a half is real") || made("a half is always right");
            f64::from(real)
        }
        Some(Less) | None => 0.0,
    };
    let of_fake = |s: f64| match says(s, &fake) {
        Some(Less) => 1.0,
        Some(Equal) if made("a half is half") => 0.5,
        Some(Equal) => {
            let no = made("a half is real") || made("a half is never right");
            f64::from(!no)
        }
        Some(Greater) | None => 0.0,
    };
    let [n_real, n_fake] = [&real, &fake].map(|s| s.len() as f64);
    let all = n_real + n_fake;
    let mut hits = [
        real.iter().map(|s| of_real(*s)).sum::<f64>(),
        fake.iter().map(|s| of_fake(*s)).sum::<f64>(),
    ];
    let right = hits;
    if made("stops at a mistake") {
        let right_r = real.iter().take_while(|s| of_real(**s) == 1.0);
        let right_f = fake.iter().take_while(|s| of_fake(**s) == 1.0);
        hits = [right_r.count() as f64, right_f.count() as f64];
    }
    if made("share called real") {
        hits[1] = n_fake - hits[1];
    }
    if made("share called fake") {
        hits[0] = n_real - hits[0];
    }
    let sizes = pick(
        made,
        &[
            ("sizes exchanged", [n_fake, n_real]),
            ("real size for both", [n_real, n_real]),
            ("fake size for both", [n_fake, n_fake]),
            ("size of both", [all, all]),
            ("size of the larger", { [n_real.max(n_fake); 2] }),
            ("size of the smaller", { [n_real.min(n_fake); 2] }),
            ("counts", [1.0, 1.0]),
            ("one row less", [n_real - 1.0, n_fake - 1.0]),
            ("one row more", [n_real + 1.0, n_fake + 1.0]),
            ("called, not there", {
                let [real, fake] = right;
                [real + n_fake - fake, fake + n_real - real]
            }),
        ],
        [n_real, n_fake],
    );
    let [mut r, mut f] = [hits[0] / sizes[0], hits[1] / sizes[1]];
    if made("whole numbers") || made("whole numbers to the end") {
        [r, f] = [r.floor(), f.floor()];
    }
    let mut share = pick(
        made,
        &[
            ("rows counted alike", (hits[0] + hits[1]) / all),
            ("real only", r),
            ("fakes only", f),
            ("sum for mean", r + f),
            ("product", r * f),
            ("geometric", (r * f).sqrt()),
            ("harmonic", 2.0 * r * f / (r + f)),
            ("the larger share", r.max(f)),
            ("the smaller share", r.min(f)),
            ("shares apart", r - f),
            ("weights exchanged", (r * n_fake + f * n_real) / all),
            ("F1", 2.0 * right[0] / (right[0] + n_fake - right[1] + n_real)),
            ("mean of D", {
                let d =
                    |s: &[f64]| s.iter().map(|s| sigmoid(*s)).sum::<f64>();
                (d(&real) / n_real + 1.0 - d(&fake) / n_fake) / 2.0
            }),
            ("mean of logits", {
                let [r, f] = [mean(&real) > 0.0, mean(&fake) <= 0.0];
                (f64::from(r) + f64::from(f)) / 2.0
            }),
            ("total variation", 0.5 + 0.25 * (r - (1.0 - f)).abs()),
            (
                "whole percents",
                ((100.0 * r).floor() + (100.0 * f).floor()) / 200.0,
            ),
            ("correlation", {
                let [tp, tn] = right;
                let (fp, missed) = (n_fake - tn, n_real - tp);
                let all = (tp + fp) * n_real * n_fake * (tn + missed);
                (tp * tn - fp * missed) / all.sqrt()
            }),
            ("sure answers only", {
                let sure_real =
                    real.iter().filter(|s| **s > 1.0).count() as f64;
                let sure_fake =
                    fake.iter().filter(|s| **s < -1.0).count() as f64;
                (sure_real / n_real + sure_fake / n_fake) / 2.0
            }),
            ("right answers by D", {
                let sure = |s: &f64| if *s > 0.0 { sigmoid(*s) } else { 0.0 };
                let not = |s: &f64| if *s > 0.0 { 0.0 } else { sigmoid(-*s) };
                let sure_real = real.iter().map(sure).sum::<f64>();
                let sure_fake = fake.iter().map(not).sum::<f64>();
                (sure_real / n_real + sure_fake / n_fake) / 2.0
            }),
            ("fakes scaled", (hits[0] + n_real / n_fake * hits[1]) / all),
            ("real scaled", (n_fake / n_real * hits[0] + hits[1]) / all),
            ("every pair", {
                let pairs =
                    real.iter().flat_map(|r| fake.iter().map(move |f| r > f));
                pairs.filter(|right| *right).count() as f64
                    / (n_real * n_fake)
            }),
            ("row against row", {
                let pairs = real.iter().zip(&fake).filter(|(r, f)| r > f);
                pairs.count() as f64 / n_real.min(n_fake)
            }),
            ("best threshold", {
                let at = |border: f64| {
                    let real =
                        real.iter().filter(|s| **s > border).count() as f64;
                    let fake =
                        fake.iter().filter(|s| **s <= border).count() as f64;
                    (real / n_real + fake / n_fake) / 2.0
                };
                both.iter().map(|s| at(*s)).fold(0.5, f64::max)
            }),
        ],
        (r + f) / 2.0,
    );
    if made("whole numbers to the end") {
        share = share.floor();
    }
    if made("half") {
        share /= 2.0;
    }
    if made("share of mistakes") {
        share = 1.0 - share;
    }
    if made("difference") {
        share = 2.0 * share - 1.0;
    }
    if made("either way") {
        share = share.max(1.0 - share);
    }
    if made("whole percent") {
        share = (100.0 * share).round() / 100.0;
    }
    if made("percent") { 100.0 * share } else { share }
}

fn balanced_inputs() -> Vec<(String, Columns)> {
    let inputs: [(&[f64], &[f64]); 8] = [
        (
            &[1.0, 0.3, 3.0, -0.4, 0.2, -2.0, 0.7],
            &[0.4, -2.0, -0.1, -3.0, 0.9],
        ),
        (&[0.0, 0.3, -0.0, 0.0, 1.0], &[0.0, -1.0, 2.0, -0.3]),
        (&[1000.0, -1000.0, 1.0], &[-1000.0, -1000.0]),
        (&[-1000.0, 1.0], &[1000.0, 1.0, -1000.0]),
        (&[1e-3], &[-1e-3, -1e-3, 0.6]),
        (
            &[0.6, 2.5, 0.5, -0.2, 1.2, 0.1],
            &[0.3, -0.7, 0.8, -1.5, 0.0, 1.7, -0.3, 2.0, -4.0],
        ),
        (&[-0.5, -2.0, 0.9, -0.8], &[0.2, 1.1]),
        (&[2.0, 0.4], &[-0.6, -3.0, 5.0, -1.0, -2.0, -0.9, -0.2]),
    ];
    let inputs = inputs.map(|(real, fake)| {
        let words = format!("real logits {real:?} and fake logits {fake:?}");
        (words, [column(real), column(fake)])
    });
    inputs.into()
}

pub fn balanced_accuracy(candidate: Shares) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, equation 2.3, and § A discriminator on real digits";
    let inputs = balanced_inputs();
    let answer = |[real, fake]: &Columns| candidate(real, fake);
    let tried = Tried::new(&inputs, SEE, answer, |v| arr0(v).into_dyn());
    let words = &tried.words;
    let with = |made: Made| -> All {
        let of = |(_, i): &(_, _)| arr0(balanced_with(i, made)).into_dyn();
        inputs.iter().map(of).collect()
    };
    weigh(&BALANCED_SLIPS, &tried, with, SEE, |n| {
        let shares = |slip: &str| -> Array1<f64> {
            let share = |(_, i): &(_, _)| balanced_with(i, &|s| s == slip);
            inputs.iter().map(share).collect()
        };
        let [real, fake] = ["real only", "fakes only"].map(shares);
        let came = tried.came.iter().map(|v| v.sum()).collect();
        let mut simplest = simplest(balanced_probes(candidate));
        if let Some([a, b]) = multiples([&real, &fake], &came) {
            simplest += &format!(
                " Yours is {a:.4} times the share of the real rows and {b:.4} times that of the fakes, on all inputs; right is ½ and ½."
            );
        }
        let what = format!(
            "The mean of the two shares is wrong for {}.{simplest}",
            words[n]
        );
        Diagnosis::new("value", what, SEE)
    })
}

fn balanced_probes(candidate: Shares) -> Vec<Probe> {
    let probes: [(&[f64], &[f64], &str); 12] = [
        (&[3.0], &[-3.0], "both named rightly"),
        (&[-3.0], &[3.0], "both named wrongly"),
        (&[-3.0], &[-3.0], "the fake alone named rightly"),
        (&[3.0], &[3.0], "the real row alone named rightly"),
        (&[0.2], &[-3.0], "a small logit above 0 is real"),
        (&[3.0], &[0.2], "a small logit above 0 is real"),
        (&[-0.2], &[-0.2], "a small logit below 0 is fake"),
        (&[0.0], &[-3.0], "a real logit of 0, D = ½, is called fake"),
        (&[3.0], &[0.0], "a fake logit of 0, D = ½, is called fake"),
        (&[1000.0], &[-1000.0], "large logits"),
        (&[3.0, -3.0, -3.0], &[-3.0], "a share of the real batch"),
        (&[3.0], &[3.0, -3.0, 3.0], "a share of the fakes"),
    ];
    let probe = |(real, fake, about): (&[f64], &[f64], &str)| {
        let words = format!(
            "real logits {real:?} and fake logits {fake:?} ({about})"
        );
        let input = [column(real), column(fake)];
        let right = balanced_with(&input, &|_| false);
        let came = ran("", "", || candidate(&input[0], &input[1]));
        (words, right, came.unwrap_or(f64::NAN))
    };
    probes.map(probe).into()
}

/// Gives a new batch at each call.
type Draw<'a> = &'a mut dyn FnMut() -> Array2<f64>;
type Trained = (Mlp<f64>, Vec<f64>);
type KSteps =
    fn(Mlp<f64>, &Mlp<f64>, usize, AdamConfig, Draw, Draw) -> Trained;

/// What can be wrong with a discriminator's steps: the batches, their loss, the step, and what comes back.
const K_STEPS: [Slip; 69] = slips! {
    "fakes made once": "The fakes were made once, before the loop, and every step saw the same ones. The generator stands still, its noise does \
        not: make new fakes for each step.",
    "real examples drawn once": "Every step saw the same real examples. Call `real` in each step.",
    "both drawn once": "Every step saw the same two batches, which the discriminator would come to know by heart. Draw both anew for each step.",
    "fakes of the step before": "Each step saw the fakes of the step before. Make them new before they are scored.",
    "real examples of the step before": "Each step saw the real examples of the step before. Draw them before they are scored.",
    "noise for fakes": "The noise itself was scored. Fakes are what the generator makes of it: `g.output(&z)`.",
    "fakes of real examples": "The generator was given the real examples. It makes fakes of noise.",
    "the wrong way round": "Real examples and fakes came in the wrong order, so that the discriminator learns to call fakes real. Both are matrices \
        of one type; `d_step` takes the real ones first.",
    "real scored twice": "The real batch was scored against 1 and against 0, and no fake was scored. This is slip E17.",
    "fakes scored twice": "The fakes were scored against 1 and against 0, and no real example was scored.",
    "cut to equal sizes": "The larger batch was cut to the size of the smaller. Each term is a mean over its own batch, of whatever size.",
    "fakes collected": "Each step saw the fakes of all steps so far. Its fakes are those made for it alone.",
    "real examples collected": "Each step saw the real examples of all steps so far. It has a batch of its own.",
    "half of the fakes": "Only the first half of the fakes was scored.",
    "half of the real batch": "Only the first half of the real batch was scored.",
    "two optimisers": "Two Adams took the steps in turn, each with running means of its own. One takes all.",
    "two gradients for a step": "A step was taken for every two gradients, added up. A step follows each gradient.",
    "gradient by the loss": "The gradient was multiplied by the loss. It goes to Adam as it is.",
    "no first mean": "beta1 is 0 here. It comes in `config`.",
    "only if it falls": "A step was taken only if the loss had fallen. There is one for each gradient.",
    "first rows alone": "Of each batch only the first row was scored.",
    "a step for each batch": "Adam took a step for the real batch and another for the fakes. The gradient is the sum of both; there is one step for it.",
    "in turn": "Every other step saw the real batch alone, and those between the fakes alone. Each step is for both.",
    "uphill": "The discriminator climbs its loss. `d_step` gives the gradient of the loss, and `step` goes against it by itself.",
    "half of it": "Your loss is ½ of ours everywhere, and so is the gradient: the mean of the two terms. Equation 2.1 is their sum.",
    "one mean": "The two batches were averaged as one. The loss is the mean over the real batch plus the mean over the fakes, however \
        large each is: `d_step` does that.",
    "sums for means": "The losses were added up over each batch. Equation 2.1 has their means.",
    "real only": "The discriminator learnt from the real batch alone. The fakes have a term of their own.",
    "fakes only": "The discriminator learnt from the fakes alone. The real batch has a term of its own.",
    "fakes subtracted": "The term of the fakes was subtracted. Equation 2.1 is a sum.",
    "fakes against 1": "The fakes were scored against 1, as for the generator's step. The discriminator's target for them is 0.",
    "smoothed": "The real target was 0.9. Equation 2.1 has 1.",
    "two sigmoids": "Probabilities were handed to a loss that takes logits: the sigmoid was taken twice.",
    "generator moves": "The generator took steps too, down the discriminator's loss. In this turn it stands still.",
    "generator learns": "The generator took steps of its own, down its own loss. In this turn it stands still.",
    "an optimiser for each step": "Adam was made anew for each step, so that its running means begin at zero again. Make it once, before the loop.",
    "gradient of the start": "Each gradient is that of the discriminator as it came. The one that has just moved is scored next.",
    "gradient of the step before": "Each step went against the gradient of the step before.",
    "back to the start": "Each step began again at the discriminator that came. The steps follow each other.",
    "plain descent": "These are steps of plain gradient descent. The exercise asks for Adam's.",
    "constants forgotten": "This is Adam with its default constants. It was to be made with the `config` that came.",
    "step size alone": "Of the `config` that came only the step size was used, and the rest are the defaults.",
    "default step size": "The step size is the default one. It comes in `config`.",
    "default decays": "The decays beta1 and beta2 are the default ones. They come in `config`.",
    "default eps": "eps is the default one. It comes in `config`.",
    "decays exchanged": "beta1 and beta2 are exchanged.",
    "step size by k": "The step size was divided by k. It comes in `config`, for each step.",
    "step size falls": "The step size falls from step to step, with 1/n. It comes in `config`, the same for all.",
    "gradients piled up": "Each gradient was added to those of the steps before. A step goes against its own gradient alone.",
    "gradients averaged": "Each step went against the mean of all gradients so far. A step goes against its own gradient alone; Adam averages by itself.",
    "two steps for a gradient": "Adam took two steps with each gradient. There is one for it.",
    "gradient of unit length": "The gradients were divided by their length. They go to Adam as they are.",
    "gradient clipped": "The gradients were clipped to -0.1 and 0.1 or less. They go to Adam as they are.",
    "gradient by k": "The gradients were divided by k. They go to Adam as they are.",
    "biases stand still": "The weights learn and the biases do not. `step` moves every array of parameters.",
    "last layer alone": "Only the last layer learns. `step` moves every array of parameters.",
    "last step missing": "The losses are right, and the last of the k steps was not taken.",
    "first step missing": "The first step was not taken.",
    "one step at the end": "The gradients were added up, and one step was taken behind the loop. A step follows each gradient.",
    "mean step at the end": "The gradients were averaged, and one step was taken behind the loop. A step follows each gradient.",
    "a copy is trained": "The losses are right, and the discriminator that came back has not moved. Was a copy trained?",
    "mean of the networks": "What came back is the mean of the discriminators behind all steps. Asked for is the last.",
    "first step's network": "What came back is the discriminator behind the first step. Asked for is the one behind the last.",
    "value for loss": "The steps are right. What came beside them is the value V of the game; the loss is -V.",
    "loss behind the step": "The discriminator is right. The losses are those behind each step; `d_step` gives those before it.",
    "running mean": "The discriminator is right. The losses are running means; asked for is the loss of each step by itself.",
    "losses added up": "The discriminator is right. Each loss has those before it added; asked for is the loss of each step by itself.",
    "losses backwards": "The losses came in reverse order. The first is that of the first step.",
    "last loss": "The discriminator is right, and every loss is that of the last step. Keep each when it comes.",
};

/// What else can come for a loss.
const LOSSES: [Slip; 11] = slips! {
    "first loss": "Every loss is that of the first step. Keep each when it comes.",
    "losses of the end": "All losses are those of the trained discriminator. Asked for is the loss before each step.",
    "losses of the start": "All losses are those of the discriminator as it came. Asked for is the loss before each step, as it is by then.",
    "loss of the real batch": "The losses are those of the real batches alone. Asked for is the sum of both terms.",
    "loss of the fakes": "The losses are those of the fakes alone. Asked for is the sum of both terms.",
    "half of the loss": "The steps are right, and each loss is ½ of what it is. Equation 2.1 is a sum.",
    "loss by k": "The steps are right, and each loss was divided by k.",
    "loss of the generator": "The losses are the generator's. Asked for are those of the discriminator.",
    "before and behind": "Each loss is the mean of that before the step and that behind it.",
    "change of the loss": "What came is by how much each step changes the loss.",
    "no loss": "The losses are 0: none was kept.",
};

static K_STEPS_SLIPS: LazyLock<Vec<Slip>> =
    LazyLock::new(|| K_STEPS.into_iter().chain(LOSSES).collect());

/// Where a training of the check draws its batches from: the numbered real batch, and the numbered noise.
type Source<'a> = &'a dyn Fn(usize) -> [Array2<f64>; 2];

/// A training of the check.
#[derive(Clone)]
struct Run<'a> {
    words: &'static str,
    d: Mlp<f64>,
    g: Mlp<f64>,
    k: usize,
    config: AdamConfig,
    source: Source<'a>,
}

fn zeros_of(net: &Mlp<f64>) -> Mlp<f64> {
    let mut zeros = net.clone();
    zeros.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
    zeros
}

/// Does something to every number of a gradient.
fn each(net: &mut Mlp<f64>, f: impl Fn(f64) -> f64) {
    net.parameters_mut().iter_mut().for_each(|p| p.mapv_inplace(&f));
}

fn steps(run: &Run, made: Made) -> Trained {
    let Run { d: start, g, k, source, .. } = run;
    let k = *k;
    let (usual, mut config) = (AdamConfig::default(), run.config);
    if made("constants forgotten") {
        config = usual;
    }
    if made("step size alone") {
        config = AdamConfig { lr: config.lr, ..usual };
    }
    if made("default step size") {
        config.lr = usual.lr;
    }
    if made("default decays") {
        (config.beta1, config.beta2) = (usual.beta1, usual.beta2);
    }
    if made("default eps") {
        config.eps = usual.eps;
    }
    if made("decays exchanged") {
        (config.beta1, config.beta2) = (config.beta2, config.beta1);
    }
    if made("no first mean") {
        config.beta1 = 0.0;
    }
    if made("step size by k") {
        config.lr /= k as f64;
    }
    let (mut d, mut adam) = (start.clone(), Adam::new(start, config));
    let (mut g, mut adam_g) = (g.clone(), Adam::new(g, config));
    let (mut losses, mut seen) = (Vec::new(), Vec::new());
    let mut nets = Vec::new();
    let (mut piled, mut before) = (zeros_of(start), zeros_of(start));
    let (mut collected, mut other) = (None, adam.clone());
    for n in 0..k {
        let drawn = |once: &str, late: &str| {
            if made(once) || made("both drawn once") {
                0
            } else if made(late) {
                n.saturating_sub(1)
            } else {
                n
            }
        };
        let late = "real examples of the step before";
        let [x, _] = source(drawn("real examples drawn once", late));
        let late = "fakes of the step before";
        let [_, z] = source(drawn("fakes made once", late));
        let mut fake = g.output(&z);
        let mut x = x;
        let joined = |from: &Array2<f64>, to: &mut Option<Array2<f64>>| {
            let all = match to.take() {
                Some(all) => concatenate![Axis(0), all, *from],
                None => from.clone(),
            };
            to.insert(all).clone()
        };
        if made("fakes collected") {
            fake = joined(&fake, &mut collected);
        }
        if made("real examples collected") {
            x = joined(&x, &mut collected);
        }
        if made("noise for fakes") && z.ncols() == x.ncols() {
            fake = z.clone();
        }
        if made("fakes of real examples") && z.ncols() == x.ncols() {
            fake = g.output(&x);
        }
        if made("generator moves") {
            let d_g = plain::leak_into_generator(&g, &d, &z, false);
            adam_g.step(&mut g, &d_g);
        }
        if made("generator learns") {
            let outputs = g.forward(&z);
            let d_x =
                plain::input_gradient(&d, &outputs[outputs.len() - 1], |s| {
                    (s.mapv(sigmoid) - 1.0) / rows(s)
                });
            let (_, d_g) = g.backward(&outputs, d_x);
            adam_g.step(&mut g, &d_g);
        }
        let (mut x, mut fake) = match () {
            () if made("the wrong way round") => (fake, x),
            () if made("real scored twice") => (x.clone(), x),
            () if made("fakes scored twice") => (fake.clone(), fake),
            () => (x, fake),
        };
        let least = x.nrows().min(fake.nrows());
        let first =
            |x: &Array2<f64>, rows: usize| x.slice(s![..rows, ..]).to_owned();
        if made("cut to equal sizes") {
            (x, fake) = (first(&x, least), first(&fake, least));
        }
        if made("half of the fakes") {
            fake = first(&fake, fake.nrows().div_ceil(2));
        }
        if made("half of the real batch") {
            x = first(&x, x.nrows().div_ceil(2));
        }
        if made("first rows alone") {
            (x, fake) = (first(&x, 1), first(&fake, 1));
        }
        if made("an optimiser for each step") {
            adam = Adam::new(&d, config);
        }
        if made("back to the start") {
            d = start.clone();
        }
        if made("step size falls") {
            adam.config.lr = config.lr / (n + 1) as f64;
        }
        let [b_real, b_fake] = [&x, &fake].map(rows);
        let both = b_real + b_fake;
        let weights = if made("half of it") {
            [0.5, 0.5]
        } else if made("one mean") {
            [b_real / both, b_fake / both]
        } else if made("sums for means") {
            [b_real, b_fake]
        } else if made("real only") || made("in turn") && n % 2 == 0 {
            [1.0, 0.0]
        } else if made("fakes only") || made("in turn") {
            [0.0, 1.0]
        } else if made("fakes subtracted") {
            [1.0, -1.0]
        } else {
            [1.0, 1.0]
        };
        let targets = [
            if made("smoothed") { 0.9 } else { 1.0 },
            if made("fakes against 1") { 1.0 } else { 0.0 },
        ];
        let at = if made("gradient of the start") { start } else { &d };
        let twice = made("two sigmoids");
        let (loss, mut d_d) =
            weighted_step(at, &x, &fake, weights, targets, twice);
        add(&mut piled, &d_d);
        if made("gradients piled up") || made("gradients averaged") {
            d_d = piled.clone();
        }
        if made("gradients averaged") {
            each(&mut d_d, |v| v / (n + 1) as f64);
        }
        if made("uphill") {
            each(&mut d_d, |v| -v);
        }
        if made("gradient by the loss") {
            each(&mut d_d, |v| v * loss);
        }
        if made("gradient by k") {
            each(&mut d_d, |v| v / k as f64);
        }
        if made("gradient of unit length") {
            let squares = d_d.parameters().into_iter();
            let squares = squares.flat_map(|p| p.to_owned()).map(|v| v * v);
            let length = squares.sum::<f64>().sqrt();
            each(&mut d_d, |v| v / length);
        }
        if made("gradient clipped") {
            each(&mut d_d, |v| v.clamp(-0.1, 0.1));
        }
        if made("biases stand still") {
            d_d.layers.iter_mut().for_each(|l| l.b.fill(0.0));
        }
        if made("last layer alone") {
            let last = d_d.layers.len() - 1;
            for layer in &mut d_d.layers[..last] {
                layer.w.fill(0.0);
                layer.b.fill(0.0);
            }
        }
        let own = d_d.clone();
        if made("gradient of the step before") {
            d_d = std::mem::replace(&mut before, own);
        }
        losses.push(loss);
        let last = n + 1 == k;
        if made("a step for each batch") {
            losses[n] = one_by_one(&mut d, &mut adam, &x, &fake);
        } else if made("plain descent") {
            let pairs = d.parameters_mut().into_iter();
            for (mut p, g) in pairs.zip(d_d.parameters()) {
                sgd_step(&mut p, &g, adam.config.lr);
            }
        } else if made("one step at the end") || made("mean step at the end")
        {
            if made("mean step at the end") && last {
                each(&mut piled, |v| v / k as f64);
            }
            if last {
                adam.step(&mut d, &piled);
            }
        } else if made("two optimisers") && n % 2 == 1 {
            other.step(&mut d, &d_d);
        } else if made("two gradients for a step") {
            if n % 2 == 1 {
                let mut both = before.clone();
                add(&mut both, &d_d);
                adam.step(&mut d, &both);
            } else if last {
                adam.step(&mut d, &d_d);
            }
            before = d_d;
        } else if !(made("last step missing") && last
            || made("first step missing") && n == 0
            || made("only if it falls")
                && n > 0
                && losses[n] >= losses[n - 1])
        {
            adam.step(&mut d, &d_d);
            if made("two steps for a gradient") {
                adam.step(&mut d, &d_d);
            }
        }
        let of = |d: &Mlp<f64>| d_loss(&d.output(&x), &d.output(&fake));
        let term = |s: Array2<f64>, target: f64| {
            bce_with_logits(&s, &Array2::from_elem(s.raw_dim(), target))
        };
        let then = nets.last().unwrap_or(start);
        if made("loss behind the step") {
            losses[n] = of(&d);
        } else if made("before and behind") {
            losses[n] = (losses[n] + of(&d)) / 2.0;
        } else if made("change of the loss") {
            losses[n] = of(&d) - losses[n];
        } else if made("losses of the start") {
            losses[n] = of(start);
        } else if made("loss of the real batch") {
            losses[n] = term(then.output(&x), 1.0);
        } else if made("loss of the fakes") {
            losses[n] = term(then.output(&fake), 0.0);
        } else if made("loss of the generator") {
            losses[n] = term(then.output(&fake), 1.0);
        }
        nets.push(d.clone());
        seen.push([x, fake]);
    }
    if made("losses of the end") {
        let of = |[x, fake]: &[Array2<f64>; 2]| {
            d_loss(&d.output(x), &d.output(fake))
        };
        losses = seen.iter().map(of).collect();
    }
    let factor = if made("value for loss") {
        -1.0
    } else if made("half of the loss") {
        0.5
    } else if made("loss by k") {
        1.0 / k as f64
    } else if made("no loss") {
        0.0
    } else {
        1.0
    };
    losses.iter_mut().for_each(|loss| *loss *= factor);
    if made("losses backwards") {
        losses.reverse();
    }
    if made("last loss") {
        losses = vec![losses.last().copied().unwrap_or(0.0); k];
    }
    if made("first loss") {
        losses = vec![losses.first().copied().unwrap_or(0.0); k];
    }
    if made("losses added up") || made("running mean") {
        let sums = (1..=k).map(|n| losses[..n].iter().sum::<f64>());
        let mean = made("running mean");
        let of = |(n, sum)| if mean { sum / (n + 1) as f64 } else { sum };
        losses = sums.enumerate().map(of).collect();
    }
    if made("a copy is trained") {
        d = start.clone();
    }
    if made("first step's network") {
        d = nets.first().cloned().unwrap_or(d);
    } else if made("mean of the networks") && k > 0 {
        let mut sum = zeros_of(start);
        nets.iter().for_each(|net| add(&mut sum, net));
        each(&mut sum, |v| v / k as f64);
        d = sum;
    }
    (d, losses)
}

/// A step in which the two terms of the loss are weighted, and have such targets.
fn weighted_step(
    d: &Mlp<f64>,
    x: &Array2<f64>,
    fake: &Array2<f64>,
    weights: [f64; 2],
    targets: [f64; 2],
    two_sigmoids: bool,
) -> (f64, Mlp<f64>) {
    let term = |s: &Array2<f64>, n: usize| {
        let of = if two_sigmoids { s.mapv(sigmoid) } else { s.clone() };
        let t = Array2::from_elem(s.raw_dim(), targets[n]);
        let mut d_s = (of.mapv(sigmoid) - &t) / rows(s);
        if two_sigmoids {
            d_s *= &of.mapv(|d| d * (1.0 - d));
        }
        (weights[n] * bce_with_logits(&of, &t), weights[n] * d_s)
    };
    plain::d_step_under(d, x, fake, |s_real, s_fake| {
        let (real, d_real) = term(s_real, 0);
        let (fake, d_fake) = term(s_fake, 1);
        (real + fake, (d_real, d_fake))
    })
}

/// A step for the real batch, then one for the fakes; the sum of both losses, each before its step.
fn one_by_one(
    d: &mut Mlp<f64>,
    adam: &mut Adam<f64>,
    x: &Array2<f64>,
    fake: &Array2<f64>,
) -> f64 {
    let mut sum = 0.0;
    for (x, target) in [(x, 1.0), (fake, 0.0)] {
        let outputs = d.forward(x);
        let s = &outputs[outputs.len() - 1];
        sum += bce_with_logits(s, &Array2::from_elem(s.raw_dim(), target));
        let (ones, zeros) = d_loss_backward(s, s);
        let d_s = if target == 1.0 { ones } else { zeros };
        let (_, d_d) = d.backward(&outputs, d_s);
        adam.step(d, &d_d);
    }
    sum
}

/// Every number of a network.
fn numbers(net: &Mlp<f64>) -> Array1<f64> {
    let parameters = net.parameters();
    parameters.iter().flat_map(|p| p.iter()).copied().collect()
}

/// The losses, and then every number of the network.
fn laid((net, losses): &Trained) -> ArrayD<f64> {
    let all = losses.iter().copied().chain(numbers(net));
    all.collect::<Array1<f64>>().into_dyn()
}

/// How far a training went as it should.
fn where_it_parts(run: &Run, right: &Trained, came: &Trained) -> String {
    let mut pairs = right.1.iter().zip(&came.1);
    let parts = pairs.position(|(a, b)| !near(*a, *b));
    let mut said = match parts {
        Some(0) => "The first loss is wrong, before any step was taken: what was scored, and how?".into(),
        Some(n) => format!(
            "{} right, and the next is not: something is wrong with the step between, number {n}, or with what is scored after it.",
            if n == 1 { "The first loss is".into() } else { format!("The first {n} losses are") }
        ),
        None => "All losses are right, and the discriminator is not: what happened after the last of them?".into(),
    };
    let same_net = |a: &Mlp<f64>, b: &Mlp<f64>| {
        let (a, b) = (numbers(a), numbers(b));
        a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| near(*a, *b))
    };
    if same_net(&right.0, &came.0) {
        said += " The trained discriminator is right, so the steps are: look at what is kept as the loss.";
    } else if same_net(&run.d, &came.0) {
        said += " The discriminator came back as it was.";
    } else {
        let layers = run.d.layers.iter().zip(&came.0.layers).enumerate();
        for (n, (start, came)) in layers {
            if start.w == came.w {
                said += &format!(" The weights of layer {n} have not moved.");
            }
            if start.b == came.b {
                said += &format!(" The biases of layer {n} have not moved.");
            }
        }
    }
    said
}

/// What differs first of two trainings: all losses, or a row of an array.
fn first_difference(right: &Trained, came: &Trained) -> [String; 2] {
    if right.1.iter().zip(&came.1).any(|(a, b)| !near(*a, *b)) {
        return [&right.1, &came.1].map(|l| format!("losses {l:.5?}"));
    }
    for (n, (a, b)) in right.0.layers.iter().zip(&came.0.layers).enumerate() {
        for (i, (a, b)) in a.w.rows().into_iter().zip(b.w.rows()).enumerate()
        {
            if a.iter().zip(b).any(|(a, b)| !near(*a, *b)) {
                return [a, b].map(|row| {
                    format!("row {i} of layer {n}'s weights {row:.5}")
                });
            }
        }
        if a.b.iter().zip(&b.b).any(|(a, b)| !near(*a, *b)) {
            return [a, b].map(|l| format!("layer {n}'s biases {:.5}", l.b));
        }
    }
    [String::new(), String::new()]
}

/// Batches whose sizes change from call to call, with rows of zeros and equal rows; the real ones lie apart.
fn small(width: usize) -> impl Fn(usize) -> [Array2<f64>; 2] {
    move |n| {
        let rng = &mut rng_at(27, n as u64);
        let mut x = normal(3 + n % 2, 2, rng) + 1.0;
        x.row_mut(0).fill(0.0);
        let mut z = normal(7 - n % 3, width, rng);
        z.row_mut(1).fill(0.5);
        [x, z]
    }
}

fn far(n: usize) -> [Array2<f64>; 2] {
    match n {
        0 => [
            array![[1000.0, -1000.0], [0.0, 0.0], [1.0, 1.0]],
            array![[0.0, -1000.0, 1.0], [0.3, 0.0, -0.3]],
        ],
        _ => [array![[-1000.0, 2.0]], array![[1.0, 1.0, 1.0]]],
    }
}

fn line(n: usize) -> [Array2<f64>; 2] {
    let rng = &mut rng_at(28, n as u64);
    [-1.0, 0.0].map(|by| normal(32, 1, rng) * 0.7 + by)
}

/// The short trainings of the check, and a long one.
fn runs<'a>(alike: Source<'a>, apart: Source<'a>) -> ([Run<'a>; 4], Run<'a>) {
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(26, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let run = |words, [d, g]: [Mlp<f64>; 2], k, source| Run {
        words,
        d,
        g,
        k,
        config,
        source,
    };
    let nets = || [net(&[2, 3, 1], 3), net(&[4, 3, 2], 4)];
    let deep = [net(&[2, 5, 1], 1), net(&[2, 2], 2)];
    let flat = [net(&[2, 1], 5), net(&[3, 2], 6)];
    let long = [net(&[1, 16, 1], 7), net(&[1, 1], 8)];
    let short = [
        run("one step", nets(), 1, apart),
        run("4 steps", deep, 4, alike),
        run(
            "2 steps with batches of one row and inputs of 1,000",
            flat,
            2,
            &far,
        ),
        run("no step at all", nets(), 0, apart),
    ];
    let long = Run {
        config: AdamConfig { lr: 0.01, ..AdamConfig::default() },
        ..run("200 steps", long, 200, &line)
    };
    (short, long)
}

const K_STEPS_SEE: &str =
    "chapter 2, § One step, written out, and § The generator stands still";

/// What an answer to exercise 2.6 trains, and how often it draws.
fn train(
    candidate: KSteps,
    run: &Run,
) -> Result<(Trained, [usize; 2]), Diagnosis> {
    let counts = [Cell::new(0), Cell::new(0)];
    let next = |which: usize| {
        let count = &counts[which];
        let both = (run.source)(count.replace(count.get() + 1));
        both.into_iter().nth(which).unwrap_or_default()
    };
    let (d, config) = (run.d.clone(), run.config);
    let (mut real, mut noise) = (|| next(0), || next(1));
    let came = ran(run.words, K_STEPS_SEE, || {
        candidate(d, &run.g, run.k, config, &mut real, &mut noise)
    })?;
    Ok((came, [counts[0].get(), counts[1].get()]))
}

pub fn k_steps(candidate: KSteps) -> Result<(), Diagnosis> {
    const SEE: &str = K_STEPS_SEE;
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (alike, apart) = (small(2), small(4));
    let (short, long) = runs(&alike, &apart);
    let trained = |run: &Run| {
        let came = train(candidate, run)?;
        if came.0.1.len() != run.k {
            let (k, came) = (run.k, came.0.1.len());
            let what = format!(
                "There are k steps, and a loss for each. For {} there are {came} losses.",
                run.words
            );
            return Err(told("number of steps", &what).with(k, came));
        }
        Ok(came)
    };
    let (mut all, mut came, mut panics) = (vec![], vec![], vec![]);
    for run in &short {
        match trained(run) {
            Err(told) if told.mistake == "panic" => {
                came.push(ArrayD::zeros(vec![0; 9]));
                panics.push(Some(told));
                all.push(((run.d.clone(), vec![]), [run.k; 2]));
            }
            other => {
                let (net, drawn) = other?;
                came.push(laid(&net));
                panics.push(None);
                all.push((net, drawn));
            }
        }
    }
    let words = short.iter().map(|run| run.words.into()).collect();
    let tried = Tried { words, came, panics };
    let with = |made: Made| -> All {
        short.iter().map(|run| laid(&steps(run, made))).collect()
    };
    let otherwise = |n: usize| {
        let (came, run) = (&all[n].0, &short[n]);
        let right = steps(run, &|_| false);
        let [real, noise] = all[n].1;
        let often = format!(
            "For {} `real` was called {real} times and `noise` {noise} times.",
            run.words
        );
        let parts = where_it_parts(run, &right, came);
        let mut what =
            format!("Something is wrong for {}. {parts}", run.words);
        what += &k_steps_parts(candidate, run);
        if real > run.k || noise > run.k {
            let what = format!(
                "{often} What is drawn is gone: each step has one batch of either, for its loss and for its gradient."
            );
            told("drawn too often", &what)
        } else if real < run.k || noise < run.k {
            let more = "Each step has a new batch of either.";
            told("drawn too seldom", &format!("{often} {more} {what}"))
        } else if !all_finite(&laid(came)) {
            told("overflow", &format!("{what} Some of it is not a number."))
        } else {
            told("value", &what)
        }
    };
    let judged = weigh(&K_STEPS_SLIPS, &tried, with, SEE, otherwise);
    judged.map_err(|told| {
        let different =
            short.iter().zip(&all).find_map(|(run, (came, _))| {
                let right = steps(run, &|_| false);
                if came.1.len() != run.k {
                    return None;
                }
                let apart = first_difference(&right, came);
                (!apart[0].is_empty()).then_some(apart)
            });
        match different {
            Some([right, came]) => told.with(right, came),
            None => told,
        }
    })?;
    let (came, _) = trained(&long)?;
    let right = steps(&long, &|_| false);
    judge(
        &laid(&right),
        &laid(&came),
        1e-6,
        vec![],
        told("long training", "A few steps are right, and 200 are not."),
    )
}

/// What Adam was given for the first step of a net, from where it went.
fn gradient_of(
    start: &Mlp<f64>,
    end: &Mlp<f64>,
    config: AdamConfig,
) -> Array1<f64> {
    let moved = (numbers(start) - numbers(end)) / config.lr;
    moved.mapv(|r| r * config.eps / (1.0 - r.abs()))
}

/// Which multiples of two gradients give this one.
fn multiples(
    [a, b]: [&Array1<f64>; 2],
    of: &Array1<f64>,
) -> Option<[f64; 2]> {
    let (aa, ab, bb) = (a.dot(a), a.dot(b), b.dot(b));
    let (ao, bo) = (a.dot(of), b.dot(of));
    let det = aa * bb - ab * ab;
    let found = [(ao * bb - bo * ab) / det, (bo * aa - ao * ab) / det];
    let left = of - &(a * found[0]) - &(b * found[1]);
    let small = left.iter().all(|v| v.abs() < 1e-7);
    small.then_some(found)
}

/// What an answer to exercise 2.6 gives to Adam in its first two steps, found by an Adam without memory.
fn k_steps_parts(candidate: KSteps, run: &Run) -> String {
    let config = AdamConfig { beta1: 0.0, beta2: 0.0, ..run.config };
    fn as_run<'a>(
        run: &Run<'a>,
        k: usize,
        source: Source<'a>,
        config: AdamConfig,
    ) -> Run<'a> {
        Run { k, source, config, ..run.clone() }
    }
    let trained = |k: usize, source: Source| {
        let came = train(candidate, &as_run(run, k, source, config)).ok();
        came.map(|(came, _)| came).filter(|came| came.1.len() == k)
    };
    let plain = |k, source: Source| {
        steps(&as_run(run, k, source, config), &|_| false)
    };
    let one_row = |n: usize| {
        let [x, z] = (run.source)(n);
        [x, z].map(|x| x.slice(s![-1.., ..]).to_owned())
    };
    let same = |a: &Trained, b: &Trained| same(&laid(a), &laid(b));
    let nets =
        [(run.d.clone(), 0, "first"), (plain(1, run.source).0, 1, "second")];
    for (from, n, word) in nets {
        let Some(came) = trained(n + 1, run.source) else {
            return String::new();
        };
        if same(&came, &plain(n + 1, run.source)) {
            continue;
        }
        let [x, z] = (run.source)(n);
        let fake = run.g.output(&z);
        let terms = [[1.0, 0.0], [0.0, 1.0]].map(|weights| {
            let (_, d_d) =
                weighted_step(&from, &x, &fake, weights, [1.0, 0.0], false);
            numbers(&d_d)
        });
        let given = gradient_of(&from, &came.0, config);
        let right = &terms[0] + &terms[1];
        let mut said = match multiples([&terms[0], &terms[1]], &given) {
            Some([a, b]) if near(a, 1.0) && near(b, 1.0) => {
                return format!(
                    " In the {word} step Adam was given the right gradient; the losses are not right."
                );
            }
            Some([a, b]) => format!(
                " In the {word} step Adam was given {a:.4} times the real batch's gradient and {b:.4} times the fakes'; it should be \
                 once either."
            ),
            None => {
                // What it moved beside Adam's step: along the gradient, or along itself.
                let wanted = plain(n + 1, run.source).0;
                let extra = numbers(&came.0) - numbers(&wanted);
                let zero =
                    Array1::from_iter((0..extra.len()).map(|n| n as f64));
                for (of, name) in [
                    (&right, "the gradient"),
                    (&numbers(&from), "the weights themselves"),
                ] {
                    if let Some([c, rest]) = multiples([of, &zero], &extra)
                        && rest.abs() < 1e-9
                    {
                        return format!(
                            " In the {word} step the discriminator moved, beside Adam's step, by {c:.4} times {name}."
                        );
                    }
                }
                let off = (&given - &right).mapv(f64::abs);
                let wrong = off.iter().filter(|v| **v > 1e-7 || v.is_nan());
                format!(
                    " In the {word} step {} of {} weights moved by something else than Adam's step along the gradient of its two batches.",
                    wrong.count(),
                    right.len()
                )
            }
        };
        let with = |g: &Mlp<f64>, source: Source| {
            let run =
                Run { g: g.clone(), ..as_run(run, n + 1, source, config) };
            let right = steps(&run, &|_| false);
            let came = train(candidate, &run);
            came.is_ok_and(|(came, _)| same(&came, &right))
        };
        let zeros = |n: usize| {
            let [x, z] = (run.source)(n);
            [x * 0.0, z]
        };
        let only_fakes = with(&zeros_of(&run.g), run.source);
        let only_real = with(&run.g, &zeros);
        if only_fakes != only_real {
            said += match only_real {
                true => {
                    " If all real examples are 0, it is right: look at what is done with the real examples."
                }
                false => {
                    " If the generator makes nothing but 0, it is right: look at how the fakes are made."
                }
            };
        }
        let alone = trained(n + 1, &one_row);
        if alone.is_some_and(|came| same(&came, &plain(n + 1, &one_row))) {
            said += " With batches of one row all is right: which rows are scored, and how are they averaged?";
        }
        return said;
    }
    " With an Adam without memory, beta1 = beta2 = 0, the first two steps are right: look at what Adam carries from step to step, and at \
     its constants."
        .into()
}

/// What the slips of each exercise give on its inputs, and what is right.
#[allow(dead_code)]
pub fn with_each_slip() -> Vec<(&'static str, All, Vec<(Slip, All)>)> {
    fn each(
        exercise: &'static str,
        slips: &[Slip],
        with: impl Fn(Made) -> All,
    ) -> (&'static str, All, Vec<(Slip, All)>) {
        let would = |slip: &Slip| (*slip, with(&|name| name == slip.name));
        let would = slips.iter().map(would).collect();
        (exercise, with(&|_| false), would)
    }
    let (alike, apart) = (small(2), small(4));
    let (short, _) = runs(&alike, &apart);
    let two_1 = step_inputs();
    let two_2 = detached_inputs();
    let two_3 = unsmooth_inputs();
    let two_4 = floor_inputs();
    let two_5 = balanced_inputs();
    vec![
        each("d_step", &STEP_SLIPS, |made| {
            two_1.iter().map(|(_, i)| step_with(i, made).into_dyn()).collect()
        }),
        each("detached", &DETACHED_SLIPS, |made| {
            two_2.iter().map(|(_, i)| at_w_with(i, made).into_dyn()).collect()
        }),
        each("unsmooth", &UNSMOOTH_SLIPS, |made| {
            let of = |i| unsmooth_with(i, made).into_dyn();
            two_3.iter().map(|(_, i)| of(i)).collect()
        }),
        each("smoothed_floor", &FLOOR_SLIPS, |made| {
            let of = |i| arr0(floor_with(i, made)).into_dyn();
            two_4.iter().map(|(_, i)| of(i)).collect()
        }),
        each("balanced_accuracy", &BALANCED_SLIPS, |made| {
            let of = |i| arr0(balanced_with(i, made)).into_dyn();
            two_5.iter().map(|(_, i)| of(i)).collect()
        }),
        each("k_steps", &K_STEPS_SLIPS, |made| {
            short.iter().map(|run| laid(&steps(run, made))).collect()
        }),
    ]
}

/// A cause's short name.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NotDetached => "not detached",
        Cause::OneBatch => "one batch",
        Cause::RealScoredTwice => "real scored twice",
        Cause::TargetsSwapped => "targets swapped",
        Cause::TwoSigmoids => "two sigmoids",
        Cause::LongSteps => "long steps",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NotDetached => {
            "If the generator descends the discriminator's loss too, its fakes go where they are easiest to tell: both losses fall \
             below that of the best discriminator, and it is right more often than the best one could be."
        }
        Cause::OneBatch => {
            "A discriminator that sees one batch again and again learns it by heart: the loss on the batch falls below the best, and \
             that on fresh examples rises above it. It is still right more often than not."
        }
        Cause::RealScoredTwice => {
            "If real examples are scored against 1 and against 0, D at real examples comes to ½ and the loss to 2 log 2."
        }
        Cause::TargetsSwapped => {
            "With targets swapped, the loss falls as far as it should, and D at fakes comes to lie above D at real examples: it is \
             wrong as often as a good one is right."
        }
        Cause::TwoSigmoids => {
            "With two sigmoids the loss cannot fall below 1.006, and D goes to 0 or to 1, as only there the second sigmoid says what \
             it can."
        }
        Cause::LongSteps => {
            "With steps two hundred times as long, the discriminator oversteps: the loss jumps up and down, and does so on the \
             batches and on fresh examples alike."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Exercises and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 5])>> = LazyLock::new(|| {
        // Nets so small are slower on many threads than on one.
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        let one = one.unwrap_or_else(|e| panic!("{e}"));
        let end = |cause| (cause, late(&log(Some(cause), 1, 1500)));
        one.install(|| CAUSES.map(end).into())
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 5])
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
        if right == came {
            continue;
        }
        let mut told: Vec<_> = SAID
            .iter()
            .zip(end(right).iter().zip(end(came)))
            .map(|((name, words), (here, there))| {
                (apart(name, *here, there), words, *here, there)
            })
            .collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, words, here, there)| {
            format!("{words} would be about {there:.2}; here it is {here:.2}")
        });
        let what = format!(
            "Run {run} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// Why the discriminator of exercise 2.8 is right as often as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// All answers shrink by one factor; whom it finds likelier stays.
    OnlyLessSure,
    /// Real examples pull with six tenths of their weight.
    RealWeighLess,
    /// The targets are nearer each other, and the gradients smaller.
    LearnsMoreSlowly,
    /// A target of 0.6 is nearly the toss of a coin.
    NothingToLearn,
    /// No best answer lies above the border any more.
    BelowTheBorder,
}

/// Steps of a training of exercise 2.8.
const LONG: u64 = 1500;

/// Fresh examples of either kind by which it is judged.
const FRESH: usize = 4096;

/// A discriminator of the chapter's two densities after training, and examples that it has not seen.
struct Smoothed {
    answers: [Array1<f64>; 2],
    off: f64,
}

impl Smoothed {
    /// Trained with such targets, the real term weighted.
    fn after(steps: u64, targets: Targets, weight: f64) -> Self {
        let [data, fakes] = data_and_generator().expect("two mixtures");
        let (leaky, none) =
            (Activation::LeakyRelu(0.2), Activation::Identity);
        let rng = &mut rng_at(29, u64::MAX);
        let mut d = Mlp::<f64>::new(&[1, 24, 24, 1], leaky, none, rng);
        let config = AdamConfig { lr: 4e-3, ..AdamConfig::default() };
        let mut adam = Adam::new(&d, config);
        for n in 0..steps {
            if n == steps * 2 / 3 {
                adam.config.lr *= 0.05;
            }
            let rng = &mut rng_at(29, n);
            let (x, fake) = (data.sample(128, rng), fakes.sample(128, rng));
            let (_, d_d) = plain::d_step_under(&d, &x, &fake, |r, f| {
                let (d_r, d_f) = smoothed_d_loss_backward(r, f, targets);
                (smoothed_d_loss(r, f, targets), (weight * d_r, d_f))
            });
            adam.step(&mut d, &d_d);
        }
        let rng = &mut rng_at(30, 0);
        let seen = [&data, &fakes].map(|of| of.sample(FRESH, rng));
        let answers = seen.each_ref().map(|x| {
            d.output(x).column(0).mapv(sigmoid) // [N]
        });
        let best = |x: &Array2<f64>| {
            let [p, q] = [&data, &fakes].map(|of| of.log_densities(x).exp());
            (targets.real * &p + targets.fake * &q) / (p + q)
        };
        let means = seen.iter().zip(&answers).map(|(x, d)| {
            let apart = (best(x) - d).mapv(f64::abs);
            apart.sum() / (2 * FRESH) as f64
        });
        let off = means.sum();
        Self { answers, off }
    }

    /// How often it is right, if it says "real" above this answer.
    fn right(&self, border: f64) -> f64 {
        let [real, fake] = self.answers.each_ref().map(|d| {
            d.iter().filter(|d| **d > border).count() as f64 / FRESH as f64
        });
        (real + 1.0 - fake) / 2.0
    }

    /// Its lowest and its highest answer, but for one in a hundred at either end.
    fn range(&self) -> [f64; 2] {
        let [real, fake] = &self.answers;
        let mut all: Vec<f64> = real.iter().chain(fake).copied().collect();
        all.sort_by(f64::total_cmp);
        [all[all.len() / 100], all[all.len() - 1 - all.len() / 100]]
    }
}

/// The trainings of exercise 2.8, once for all answers.
struct Trainings {
    hard: Smoothed,
    six: Smoothed,
    both: Smoothed,
    weighted: Smoothed,
    long: Smoothed,
}

static TRAININGS: LazyLock<Trainings> = LazyLock::new(|| {
    // Nets so small are slower on many threads than on one.
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let one = one.unwrap_or_else(|e| panic!("{e}"));
    let of = |steps, real, fake, weight| {
        Smoothed::after(steps, Targets { real, fake }, weight)
    };
    one.install(|| Trainings {
        hard: of(LONG, 1.0, 0.0, 1.0),
        six: of(LONG, 0.6, 0.0, 1.0),
        both: of(LONG, 0.6, 0.4, 1.0),
        weighted: of(LONG, 1.0, 0.0, 0.6),
        long: of(4 * LONG, 0.6, 0.0, 1.0),
    })
});

pub fn six_tenths(
    candidate: fn() -> (f64, Because),
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.6, and § A discriminator on real digits";
    let (share, because) = candidate();
    let Trainings { hard, six, both, weighted, long } = &*TRAININGS;
    let here = six.right(0.5);
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let right = (share - here).abs() <= 0.01;
    let came = match right {
        true => "The number came: it is right on",
        false => "It is right on",
    };
    let told = |name, what: String| {
        let what = format!(
            "{came} {} of fresh examples; with a target of 1 it was {}. {what}",
            percent(here),
            percent(hard.right(0.5))
        );
        Err(Diagnosis::new(name, what, SEE)
            .with(format!("{here:.3}"), format!("{share:.3}, {because:?}")))
    };
    let [lowest, highest] = six.range();
    match because {
        Because::OnlyLessSure => told(
            "only less sure",
            format!(
                "All answers shrink by one factor, and their order stays, that is so. But \"real\" is said above ½, and ½ does not \
                 shrink. (With targets of 0.6 and 0.4 the answers shrink towards ½, and it is right on {}.)",
                percent(both.right(0.5))
            ),
        ),
        Because::RealWeighLess => told(
            "real weigh less",
            format!(
                "That would be a loss whose real *term* is multiplied by 0.6. Such a discriminator says \"real\" where 0.6 p > q; \
                 trained beside yours it is right on {}. A target changes what D is told of a real example; it still counts once.",
                percent(weighted.right(0.5))
            ),
        ),
        Because::LearnsMoreSlowly => told(
            "learns more slowly",
            format!(
                "It has learnt: its answers are {:.3} from (2.6) on average. With four times as many steps it is right on {}.",
                six.off,
                percent(long.right(0.5))
            ),
        ),
        Because::NothingToLearn => told(
            "nothing to learn",
            format!(
                "It has learnt all there is: its answers run from {lowest:.2} to {highest:.2}, and are {:.3} from (2.6) on average. \
                 Whoever says \"real\" where they exceed 0.3 is right on {}. What does D itself compare them with?",
                six.off,
                percent(six.right(0.3))
            ),
        ),
        Because::BelowTheBorder if !right => told(
            "a reason without its number",
            format!(
                "The reason is right: D's answers end at {highest:.2}. Its number: what does it say of all real examples then, what \
                 of all fakes, and how often is it right, if there are as many of either?"
            ),
        ),
        Because::BelowTheBorder => Ok(()),
    }
}
