//! The checks of this chapter's exercises. Most are the exercise's function once more with every slip as a switch; see [`weigh`].

#![allow(missing_docs)] // a check is called what its exercise is called

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::LazyLock;

use code_prior::model::{Prior, Sizes};
use code_prior::plain::{
    BITS, bits_per_image as bits_of, embed, embed_backward, flat,
    shift_right as shifted,
};
use code_prior::sampling::{How, sample};
use code_prior::training::Config;
use code_prior::{model, plain, sampling}; // `causes` finds them here
use gradients::plain::{
    Adam, AdamConfig, Parameters, cross_entropy, cross_entropy_backward,
};
use lab::{Diagnosis, Slip, judge, rng_at, slips};
use ndarray::{Array1, Array2, ArrayD, Axis, Dimension, arr0, array, s};
use ndarray_rand::rand::Rng;

#[path = "../../src/run/experiments/wrong/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{BEST, CAUSES, SAID, SHOWN, STEPS, apart, late, log};

/// Whether a slip is made.
type Is<'a> = &'a dyn Fn(&str) -> bool;

/// The results of a function, one array each.
type Results = Vec<ArrayD<f64>>;

/// The slips that a function can make: the name of each, and its sentence.
macro_rules! known {
    ($($name:literal: $what:literal,)*) => { &[$(Slip { name: $name, what: $what }),*] };
}

/// An exercise whose mistakes can be made one by one.
struct Exercise<I> {
    see: &'static str,
    known: Vec<Slip>,
    /// The results of its function, in the order in which they are judged.
    parts: &'static [&'static str],
    /// The simplest come first, each with words for it.
    inputs: Vec<(&'static str, I)>,
    /// So many of them are ordinary; those behind have large numbers, or nothing in them.
    ordinary: usize,
    tolerance: f64,
    /// The function, as it can go wrong.
    with: fn(&I, Is) -> Results,
    /// What can be said of an answer that is wrong in a way of its own: on which inputs, what is right, and what came.
    explain:
        fn(&[(&'static str, I)], &[Results], &[Results]) -> Option<String>,
}

/// Whether two arrays agree, as `judge` sees it.
fn agree(right: &ArrayD<f64>, came: &ArrayD<f64>, tolerance: f64) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || a.is_finite() && (a - b).abs() <= tolerance * a.abs().max(1.0)
    };
    right.shape() == came.shape() && right.iter().zip(came).all(near)
}

/// What a function gives, or what it says when it panics. A stub's instruction passes.
fn tried<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|why| {
        let said = match (
            why.downcast_ref::<String>(),
            why.downcast_ref::<&str>(),
        ) {
            (Some(said), _) => said.clone(),
            (_, Some(said)) => said.to_string(),
            _ => String::new(),
        };
        if said.starts_with("not yet implemented") {
            resume_unwind(why);
        }
        said
    })
}

/// Judges an answer. One slip is looked for before two, on all inputs before the ordinary ones alone, in all results before one
/// of them; and where no slip explains it, [`Exercise::explain`] may, and the simplest input is named on which it is wrong.
fn weigh<I>(
    of: &Exercise<I>,
    candidate: impl Fn(&I) -> Results,
) -> Result<(), Diagnosis> {
    // The results under the slips that are made are computed once.
    let held = RefCell::new(HashMap::<Vec<usize>, Rc<Vec<Results>>>::new());
    let all = |is: Is| -> Rc<Vec<Results>> {
        let made =
            of.known.iter().enumerate().filter(|(_, slip)| is(slip.name));
        let made: Vec<usize> = made.map(|(n, _)| n).collect();
        let each = || of.inputs.iter().map(|(_, input)| (of.with)(input, is));
        let mut held = held.borrow_mut();
        held.entry(made).or_insert_with(|| Rc::new(each().collect())).clone()
    };
    let right = all(&|_| false);
    let (mut came, mut panics) = (Vec::new(), Vec::new());
    for ((on, input), right) in of.inputs.iter().zip(right.iter()) {
        came.push(tried(|| candidate(input)).unwrap_or_else(|said| {
            panics.push(format!("With {on} it panics: “{said}”."));
            right.iter().map(|x| x.mapv(|_| f64::NAN)).collect()
        }));
    }
    let each = || {
        let all = of.inputs.iter().zip(right.iter().zip(&came));
        all.flat_map(|((on, _), (right, came))| {
            let parts = of.parts.iter().zip(right.iter().zip(came));
            parts.map(move |(part, (right, came))| (*on, *part, right, came))
        })
    };
    for (on, part, right, came) in each() {
        if right.shape() != came.shape() {
            let what = format!("With {on}, {part} came out wrong.");
            let told = Diagnosis::new("value", what, of.see);
            judge(right, came, of.tolerance, vec![], told)?;
        }
    }
    let differs = |right: &Results, came: &Results| {
        let mut all = right.iter().zip(came);
        !all.all(|(right, came)| agree(right, came, of.tolerance))
    };
    let wrong: Vec<usize> =
        (0..right.len()).filter(|n| differs(&right[*n], &came[*n])).collect();
    let Some(first) = wrong.first() else {
        return match panics.first() {
            None => Ok(()),
            Some(said) => {
                let what =
                    format!("What it gives is right, elsewhere. {said}");
                Err(Diagnosis::new("panic", what, of.see))
            }
        };
    };
    let until = |last: usize, only: Option<usize>| {
        let known = move |all: &[Results]| -> Results {
            let parts = all.iter().take(last).flat_map(move |results| {
                let parts = results.iter().enumerate();
                let wanted =
                    parts.filter(move |(n, _)| only.is_none_or(|o| o == *n));
                wanted.map(|(_, part)| part.clone())
            });
            parts.collect()
        };
        let came = known(&came);
        move |some: &[Slip]| {
            let with = |made: lab::Made| known(&all(&|name| made.is(name)));
            slips(some, &came, with, of.tolerance, of.see)
        }
    };
    let one = |explains: &dyn Fn(&[Slip]) -> Option<Diagnosis>| {
        of.known.iter().find_map(|slip| explains(&[*slip]))
    };
    let (n, ordinary) = (right.len(), of.ordinary);
    let whole = until(n, None);
    let usual = until(ordinary, None);
    let also = |told: Diagnosis| {
        let behind = wrong.iter().find(|n| **n >= ordinary);
        let more = behind.filter(|_| panics.is_empty());
        let more = more.map(|n| of.inputs[*n].0);
        let what = match more {
            Some(on) => {
                format!("{} Besides, it is wrong with {on}.", told.what)
            }
            None => told.what,
        };
        Diagnosis { what, ..told }
    };
    let ordinarily = |told: Option<Diagnosis>| {
        told.filter(|_| *first < ordinary).map(also)
    };
    let by_part = || {
        let parts = 0..if of.parts.len() > 1 { of.parts.len() } else { 0 };
        let mut bad = parts.filter(|part| {
            let mut all = right.iter().zip(&came);
            !all.all(|(r, c)| agree(&r[*part], &c[*part], of.tolerance))
        });
        bad.find_map(|part| {
            let told = until(n, Some(part))(&of.known)?;
            let what = format!("Of {}: {}", of.parts[part], told.what);
            Some(Diagnosis { what, ..told })
        })
    };
    let told = one(&whole)
        .or_else(|| ordinarily(one(&usual)))
        .or_else(|| whole(&of.known))
        .or_else(|| ordinarily(usual(&of.known)))
        .or_else(by_part);
    let panicked =
        panics.first().map(|said| format!(" {said}")).unwrap_or_default();
    let found =
        each().find(|(_, _, right, came)| !agree(right, came, of.tolerance));
    let Some((on, part, right_one, came_one)) = found else {
        return Ok(()); // there is one: an input is wrong
    };
    if let Some(mut told) = told {
        told.what += &format!(" Begin with {on}.{panicked}");
        // The very answer is the suspect, so that it is shown as it is judged.
        let shown = came_one.iter().all(|v| v.is_finite()).then(|| {
            let suspect = vec![(came_one.clone(), told.clone())];
            judge(right_one, came_one, of.tolerance, suspect, told.clone())
        });
        return shown.unwrap_or_else(|| {
            Err(told
                .with(format!("{right_one:.5}"), format!("{came_one:.5}")))
        });
    }
    let fine: Vec<&str> = (0..*first).map(|n| of.inputs[n].0).collect();
    let fine = match fine.len() {
        0 => String::new(),
        _ => format!(" It is right with {}.", fine.join(", and with ")),
    };
    let little = || -> Option<String> {
        let mut all =
            each().flat_map(|(.., right, came)| right.iter().zip(came));
        let near = all.all(|(a, b)| (a - b).abs() <= 1e-5 * a.abs().max(1.0));
        let what = "All is right but for less than a hundred-thousandth. Was something small added, or computed in f32?";
        (near && of.tolerance > 0.0).then(|| what.to_string())
    };
    let none = came_one.iter().any(|v| v.is_nan()) && panicked.is_empty();
    let whence = "A number that is none comes of 0 by 0, of 0 times ∞, or of ∞ less ∞. Which is it here?";
    let none = || none.then(|| whence.to_string());
    let explained = none()
        .or_else(little)
        .or_else(|| (of.explain)(&of.inputs, &right, &came));
    let explained =
        explained.map(|said| format!(" {said}")).unwrap_or_default();
    let what = format!(
        "With {on}, {part} came out wrong.{fine}{explained}{panicked}"
    );
    let name = if *first < ordinary { "value" } else { "far from ordinary" };
    let told = Diagnosis::new(name, what, of.see);
    judge(right_one, came_one, of.tolerance, vec![], told)
}

/// The switches that cannot be told from what is right, or from each other.
fn same<I>(of: &Exercise<I>) -> Vec<String> {
    let all = |name: &str| -> Results {
        let is = |other: &str| name == other;
        let each = of.inputs.iter().map(|(_, input)| (of.with)(input, &is));
        let held =
            |x: ArrayD<f64>| x.mapv(|v| if v.is_nan() { 1e300 } else { v });
        each.flatten().map(held).collect()
    };
    let named = |slip: &Slip| (slip.name, all(slip.name));
    let mut each = vec![("what is right", all(""))];
    each.extend(of.known.iter().map(named));
    let mut found = Vec::new();
    for (n, (name, one)) in each.iter().enumerate() {
        for (other, two) in &each[n + 1..] {
            if one.iter().zip(two).all(|(a, b)| agree(a, b, of.tolerance)) {
                found.push(format!("{} {name} = {other}", of.see));
            }
        }
    }
    found
}

/// Of all exercises that have switches.
#[allow(dead_code)] // not asked for where readers' answers are checked
pub fn switches_that_are_the_same() -> Vec<String> {
    [
        same(&causal()),
        same(&shifting()),
        same(&backward()),
        same(&normalising()),
        same(&paying()),
        same(&tempering()),
        same(&asking()),
        same(&sharing()),
        same(&masking()),
        same(&training()),
    ]
    .concat()
}

fn dynamic<D: Dimension>(x: ndarray::Array<f64, D>) -> Results {
    vec![x.into_dyn()]
}

fn one<D: Dimension>(x: ndarray::Array<f64, D>) -> ArrayD<f64> {
    x.into_dyn()
}

fn largest_of(s: &[f64]) -> f64 {
    s.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b))
}

/// What can go wrong with a softmax.
const SOFTMAX: &[Slip] = known! {
    "no sum": "The exponentials were not divided by their sum (or by the largest of them), so that what comes out does not add \
        up to 1.",
    "no exponential": "The scores themselves were divided by their sum. A share is made of exponentials, which are never \
        negative.",
    "no softmax": "These are the scores themselves: the softmax is missing.",
    "softmax of a softmax": "A softmax was taken of what is a softmax already.",
    "powers of two": "The powers are those of two. A softmax has those of e.",
    "logarithms": "These are the logarithms of the shares, and not the shares.",
    "sigmoid": "Each score went through a sigmoid of its own. A softmax looks at all of them: its shares add up to 1.",
    "the best alone": "The best has everything. All have a share, as large as the exponential of the score.",
    "all alike": "All have the same share. How much each has, its score says.",
    "divided by their number": "The exponentials were divided by their mean, or by their number; it is their *sum*.",
    "divided by the length": "The exponentials were divided by the root of the sum of their squares. They are to *add up* to \
                              1.",
    "squares": "Squares stand where the exponentials belong.",
    "sign": "The scores have the opposite sign: the worse one fits, the more it counts.",
    "overflow": "The exponential of a large score is infinite, and that of a very negative one is 0. Take the largest score \
        out first; the shares stay the same.",
    "the first taken out": "What was taken out is not the largest score, but the first one or a mean: it may lie far below \
        the largest, and then exponentials are infinite. Take the largest out.",
    "the last taken out": "What was taken out is not the largest score, but the last one or a mean: it may lie far below the \
        largest, and then exponentials are infinite. Take the largest out.",
    "largest from 0": "The search for the largest began at 0. Where all scores are far below 0 nothing was taken out, all \
        exponentials are 0, and 0 by 0 is no number. Begin at -∞.",
    "largest in size": "The largest *size* was taken out. Where a negative score has it, it lies far above all scores and \
        leaves only zeros.",
    "the smallest taken out": "What was taken out is not the largest score, but the smallest one or a mean: it may lie far \
        below the largest, and then exponentials are infinite. Take the largest out.",
};

/// The softmax of some scores, as it can go wrong; what is taken out of them may be given.
fn softmax(scores: &[f64], out: Option<f64>, is: Is) -> Vec<f64> {
    let sign = if is("sign") { -1.0 } else { 1.0 };
    let scores: Vec<f64> = scores.iter().map(|s| sign * s).collect();
    let n = scores.len() as f64;
    let largest = largest_of(&scores);
    let by = |scores: &[f64], d: f64| -> Vec<f64> {
        scores.iter().map(|s| s / d).collect()
    };
    if is("no softmax") {
        return scores;
    }
    if is("no exponential") {
        return by(&scores, scores.iter().sum());
    }
    if is("squares") {
        let squares: Vec<f64> = scores.iter().map(|s| s * s).collect();
        return by(&squares, squares.iter().sum());
    }
    if is("sigmoid") {
        return scores.iter().map(|s| 1.0 / (1.0 + (-s).exp())).collect();
    }
    if is("the best alone") {
        return scores.iter().map(|s| f64::from(*s == largest)).collect();
    }
    if is("all alike") {
        return scores.iter().map(|_| 1.0 / n).collect();
    }
    let smallest = -largest_of(&by(&scores, -1.0));
    let out = match () {
        _ if is("overflow") => 0.0,
        _ if is("the first taken out") => {
            scores.first().copied().unwrap_or(0.0)
        }
        _ if is("the last taken out") => {
            scores.last().copied().unwrap_or(0.0)
        }
        _ if is("largest from 0") => largest.max(0.0),
        _ if is("largest in size") => largest.max(-smallest),
        _ if is("the smallest taken out") => smallest,
        _ => out.unwrap_or(largest),
    };
    let power = if is("powers of two") { f64::exp2 } else { f64::exp };
    let shares = |scores: &[f64], out: f64| {
        let e: Vec<f64> = scores.iter().map(|s| power(s - out)).collect();
        let sum = match () {
            _ if is("no sum") => 1.0,
            _ if is("divided by their number") => n,
            _ if is("divided by the length") => {
                e.iter().map(|e| e * e).sum::<f64>().sqrt()
            }
            _ => e.iter().sum(),
        };
        by(&e, sum)
    };
    let p = shares(&scores, out);
    match () {
        _ if is("softmax of a softmax") => shares(&p, largest_of(&p)),
        _ if is("logarithms") => p.iter().map(|p| p.ln()).collect(),
        _ => p,
    }
}

/// By how much differences of scores are stretched, if shares are those of scores that are stretched.
fn stretched(right: &[f64], came: &[f64]) -> Option<f64> {
    let fits = |x: &[f64]| x.iter().all(|p| *p > 1e-200 && p.is_finite());
    let most = (1..right.len()).max_by(|a, b| {
        let far = |n: &usize| (right[*n] / right[0]).ln().abs();
        far(a).total_cmp(&far(b))
    })?;
    // Of two shares any other two could be had by stretching.
    if !fits(right)
        || !fits(came)
        || right.len() != came.len()
        || right.len() < 3
    {
        return None;
    }
    let apart = |x: &[f64], n: usize| (x[n] / x[0]).ln();
    let times = apart(came, most) / apart(right, most);
    let mut all = 0..right.len();
    let same =
        all.all(|n| (apart(came, n) - times * apart(right, n)).abs() < 1e-8);
    (same && times.is_finite()).then_some(times)
}

/// What is wrong with some shares.
fn of_shares(whose: &str, right: &[f64], came: &[f64]) -> Option<String> {
    if let Some(at) = came.iter().position(|p| !p.is_finite()) {
        return Some(format!(
            "{whose}: number {at}, counted from 0, is {}, which is no share.",
            came[at]
        ));
    }
    if let Some(at) = came.iter().position(|p| *p < 0.0) {
        return Some(format!(
            "{whose}: number {at}, counted from 0, is {:.5}. A share is not negative.",
            came[at]
        ));
    }
    let off = (0..came.len()).filter(|n| (came[*n] - right[*n]).abs() > 1e-9);
    let off: Vec<usize> = off.collect();
    if let ([at], 3..) = (&off[..], came.len()) {
        return Some(format!(
            "{whose} are right but for number {at}, counted from 0: {:.5} in place of {:.5}.",
            came[*at], right[*at]
        ));
    }
    if let Some(at) = off.iter().find(|n| came[**n] == 0.0) {
        return Some(format!(
            "{whose}: number {at}, counted from 0, is 0, where {:.5} belongs. All that may be seen have a share.",
            right[*at]
        ));
    }
    let sum: f64 = came.iter().sum();
    if (sum - 1.0).abs() > 1e-9 {
        return Some(format!(
            "{whose} add up to {sum:.9}, and not to 1: look at what they are divided by."
        ));
    }
    match stretched(right, came) {
        Some(times) if (times - 1.0).abs() > 1e-9 => Some(format!(
            "{whose} add up to 1, and are those of scores that are {times:.6} times the right ones: look at what scores are \
             divided by."
        )),
        _ => {
            let at = *off.first()?;
            Some(format!(
                "{whose} add up to 1, as they should, and number {at}, counted from 0, is {:.5} in place of {:.5}. Either a \
                 score that went in is wrong, or shares were changed behind the softmax.",
                came[at], right[at]
            ))
        }
    }
}

/// Queries, keys and values of five places, three numbers each; with a zero row, two equal keys, and scores of either sign.
fn head() -> [Array2<f64>; 3] {
    [
        array![
            [0.5, -1.0, 0.2],
            [1.5, 0.3, -0.4],
            [-0.7, 0.9, 1.1],
            [0.2, 1.1, 0.6],
            [0.0, 0.0, 0.0]
        ],
        array![
            [1.0, 0.4, -0.3],
            [-0.6, 0.8, 0.5],
            [1.0, 0.4, -0.3],
            [0.9, 0.7, 1.2],
            [0.3, -1.2, 0.1]
        ],
        array![
            [0.2, 1.0, -0.7],
            [-1.0, 0.5, 0.0],
            [0.6, -0.3, 0.8],
            [1.4, 0.1, -0.2],
            [0.3, 0.9, 0.4]
        ],
    ]
}

/// Three places of five numbers each.
fn wide() -> [Array2<f64>; 3] {
    [
        array![
            [0.4, -0.8, 1.3, 0.1, -0.5],
            [-1.2, 0.7, 0.2, 0.9, 0.3],
            [0.6, 1.1, -0.4, 0.5, 1.0]
        ],
        array![
            [0.8, 0.1, -0.6, 1.2, 0.4],
            [-0.3, 1.0, 0.9, -0.7, 0.2],
            [0.5, -0.9, 0.3, 0.6, 1.1]
        ],
        array![
            [1.0, -0.2, 0.3, 0.8, -0.6],
            [0.4, 0.9, -1.1, 0.2, 0.7],
            [-0.5, 0.6, 0.1, 1.3, -0.8]
        ],
    ]
}

/// Two places of three numbers.
fn two() -> [Array2<f64>; 3] {
    [
        array![[1.0, 0.0, 2.0], [1.0, -1.0, 0.5]],
        array![[0.0, 1.0, 0.5], [2.0, 0.0, -1.0]],
        array![[1.0, 0.0, 0.5], [0.0, 2.0, -1.0]],
    ]
}

type Head = [Array2<f64>; 2];

const CAUSAL: &[Slip] = known! {
    "not itself": "A place may look at itself: its row holds the code *before* it. Without it the first place sees nothing at \
        all.",
    "nothing for itself": "A place may look at itself. Without it the first place sees nothing at all, and a softmax of \
        nothing is 0 by 0.",
    "no mask": "Every place sees every other one, its future as well. In training the model then reads the answer; in drawing \
        there is no future to read.",
    "one too many": "Each place sees the one after it, and in there is the very code it has to say. The loss falls to nothing \
        and the samples are noise.",
    "wrong side": "Each place sees itself and what comes later. Row i asks, column j answers: j > i is the future.",
    "the first left out": "The first place was left out of what others see. Everything up to a place's own is seen.",
    "itself alone": "Each place sees itself alone. It sees all that come before as well.",
    "itself and one before": "Each place sees itself and the one before. It sees all that come before.",
    "no root": "The products were not divided by the root of D. The wider the head, the larger its scores, and the softmax \
        picks one place alone.",
    "multiplied by the root": "The products were multiplied by the root of D, which makes them larger still. It divides.",
    "divided by D": "The products were divided by D. A sum of D products has *variance* D, so its size is the root of D.",
    "root of T": "The products were divided by the root of the number of places. They are sums over the D columns of a head, \
        and D is `ncols` of the queries.",
    "divided by T": "The products were divided by the number of places. It is the root of D, the columns of a head.",
    "root of what is seen": "The products were divided by the root of how many places are seen. It is the root of D, the same \
        in all rows.",
    "half the root": "The products were divided by twice the root of D, or by the root of half of it: D is all columns of a \
        head.",
    "root behind the softmax": "The weights were divided by the root of D. It is the scores that are, before the softmax.",
    "masked after the softmax": "The later places were removed after the softmax: rows no longer sum to 1, and the future \
        still counts in their denominators.",
    "masked by 0": "The scores of later places were set to 0, and 0 is a score like any other: its exponential is 1. What is \
        hidden needs a score of -∞, or stays out of the sum.",
    "masked by -1": "What is hidden was given the score -1. Only -∞ is below all scores.",
    "masked by -10": "What is hidden was given the score -10. Only -∞ is below all scores.",
    "masked by a number": "What is hidden was given a score that is low, -100 or so, and a score that is seen was lower still: \
        the future got its weight. Only -∞ is below all scores.",
    "masked by a low number": "What is hidden was given a score that is low, -1,000 or so, and a score that is seen was lower \
        still: the future got its weight. Only -∞ is below all scores.",
    "later ones stay": "What may not be seen kept its score, and what may be seen became 0 in the end: the two are exchanged.",
    "columns": "The columns sum to 1. Each row is one place's question, and its weights are what has to sum to 1.",
    "one softmax for all": "All weights together add up to 1. Each row has a softmax of its own.",
    "transposed": "These are the right weights, with rows and columns exchanged. Row i is the place that asks.",
    "keys ask": "Keys and queries have changed places: row i has to hold the products of query i with all keys.",
    "queries alone": "The queries were multiplied with themselves. It is the keys that they look for.",
    "keys alone": "The keys were multiplied with themselves. It is the queries that ask.",
    "a later place's maximum": "The largest score that was taken out is one of a place that may not be seen. Far above the \
        others it leaves only zeros, and 0 by 0. Take the largest of those that are seen.",
    "one maximum for all": "One maximum was taken out of all rows. Each row has its own softmax, and its own largest score.",
    "maximum before the root": "The largest was taken of scores that had not been divided by the root of D yet, and taken out \
        of those that had.",
};

fn causal_with([q, k]: &Head, is: Is) -> Results {
    let (t, d) = q.dim();
    let (a, b) = match () {
        _ if is("keys ask") => (k, q),
        _ if is("queries alone") => (q, q),
        _ if is("keys alone") => (k, k),
        _ => (q, k),
    };
    let raw = a.dot(&b.t());
    let [size, places] = [d, t].map(|n| n as f64);
    let root = match () {
        _ if is("no root") || is("root behind the softmax") => 1.0,
        _ if is("multiplied by the root") => 1.0 / size.sqrt(),
        _ if is("divided by D") => size,
        _ if is("root of T") => places.sqrt(),
        _ if is("divided by T") => places,
        _ if is("half the root") => 2.0 * size.sqrt(),
        _ if is("root of what is seen") => 1.0,
        _ => size.sqrt(),
    };
    let mut scores = &raw / root; // [T, T]
    if is("root of what is seen") {
        let rows = scores.rows_mut().into_iter().enumerate();
        rows.for_each(|(i, mut row)| row /= ((i + 1) as f64).sqrt());
    }
    let may = |i: usize, j: usize| match () {
        _ if is("not itself") || is("nothing for itself") => j < i,
        _ if is("no mask") => true,
        _ if is("one too many") => j <= i + 1,
        _ if is("wrong side") => j >= i,
        _ if is("the first left out") => j <= i && (j > 0 || i == 0),
        _ if is("itself alone") => j == i,
        _ if is("itself and one before") => j <= i && j + 1 >= i,
        _ => j <= i,
    };
    let low = [
        ("masked by 0", 0.0),
        ("masked by -1", -1.0),
        ("masked by -10", -10.0),
        ("masked by a number", -1e2),
        ("masked by a low number", -1e3),
    ];
    let low = low.into_iter().find(|(name, _)| is(name)).map(|low| low.1);
    let late = is("masked after the softmax");
    let all_seen = late || low.is_some();
    let turned = is("columns");
    let hidden = if is("logarithms") { f64::NEG_INFINITY } else { 0.0 };
    let mut p = Array2::from_elem((t, t), hidden);
    let of_all = scores.fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    let lines: Vec<Vec<(usize, usize)>> = match is("one softmax for all") {
        true => {
            vec![(0..t).flat_map(|i| (0..t).map(move |j| (i, j))).collect()]
        }
        false => (0..t)
            .map(|n| {
                (0..t).map(|m| if turned { (m, n) } else { (n, m) }).collect()
            })
            .collect(),
    };
    for line in lines {
        let seen = line.iter().filter(|(i, j)| all_seen || may(*i, *j));
        let seen: Vec<(usize, usize)> = seen.copied().collect();
        let of = |from: &Array2<f64>, at: &[(usize, usize)]| -> Vec<f64> {
            let score = |(i, j): &(usize, usize)| match low {
                Some(low) if !may(*i, *j) => low,
                _ => from[[*i, *j]],
            };
            at.iter().map(score).collect()
        };
        let out = match () {
            _ if is("a later place's maximum") => {
                Some(largest_of(&of(&scores, &line)))
            }
            _ if is("one maximum for all") => Some(of_all),
            _ if is("maximum before the root") => {
                Some(largest_of(&of(&raw, &seen)))
            }
            _ => None,
        };
        let shares = softmax(&of(&scores, &seen), out, is);
        for ((i, j), share) in seen.iter().zip(shares) {
            if !late || may(*i, *j) {
                p[[*i, *j]] = share;
            }
        }
        if is("nothing for itself") && seen.is_empty() {
            p[[0, 0]] = f64::NAN; // 0 by 0
        }
    }
    if is("root behind the softmax") {
        p /= size.sqrt();
    }
    if is("later ones stay") {
        p = Array2::from_shape_fn((t, t), |(i, j)| {
            if j > i { scores[[i, j]] } else { 0.0 }
        });
    }
    none_in_rows(if is("transposed") { p.t().to_owned() } else { p })
}

/// Where a number of a row is none, what stands beside it says nothing.
fn none_in_rows(mut p: Array2<f64>) -> Results {
    for mut row in p.rows_mut() {
        if row.iter().any(|v| v.is_nan()) {
            row.fill(f64::NAN);
        }
    }
    dynamic(p)
}

fn causal() -> Exercise<Head> {
    let [q, k, _] = head();
    let [q_5, k_5, _] = wide();
    let [q_2, k_2, _] = two();
    let far = |q: &Array2<f64>, times: f64| {
        let mut q = q * times;
        q.row_mut(0).assign(&(&k.row(0) * -times)); // all that it sees is far below 0
        q
    };
    let mixed = {
        let scores = array![
            [-300.0, 3000.0, 0.0],
            [-3000.0, 1000.0, 500.0],
            [-900.0, -950.0, -905.0]
        ];
        [scores * 3.0_f64.sqrt(), Array2::eye(3)]
    };
    let top = |x: &Array2<f64>| x.slice(s![1..2, ..]).to_owned();
    Exercise {
        see: "chapter 9, § Attention, causally, equation 9.6",
        known: [CAUSAL, SOFTMAX].concat(),
        parts: &["the weights"],
        inputs: vec![
            ("one place", [top(&q), top(&k)]),
            ("two places of three numbers", [q_2, k_2]),
            ("three places of five numbers", [q_5, k_5]),
            ("five places of three numbers", [q.clone(), k.clone()]),
            ("scores in the thousands", [far(&q, 2000.0), k]),
            ("some scores in the thousands", mixed),
        ],
        ordinary: 4,
        tolerance: 1e-9,
        with: causal_with,
        explain: |inputs, right, came| {
            // The first two have too few places to say much.
            [2, 3, 1, 0, 4, 5].into_iter().find_map(|n| {
                let said = of_weights(&right[n][0], &came[n][0])?;
                Some(format!("With {}: {said}", inputs[n].0))
            })
        },
    }
}

/// What is wrong with causal weights: first whether each row has them where it should, then what they are, from the last row on.
fn of_weights(right: &ArrayD<f64>, came: &ArrayD<f64>) -> Option<String> {
    let t = right.shape()[0];
    let row = |x: &ArrayD<f64>, i: usize| -> Vec<f64> {
        (0..t).map(|j| x[[i, j]]).collect()
    };
    for i in 0..t {
        let [right, came] = [row(right, i), row(came, i)];
        if let Some(j) = (i + 1..t).find(|j| came[*j] != 0.0) {
            let score = (came[j] / came[i]).ln();
            let much = match score.is_finite() && i == 0 {
                true => {
                    format!(" (by a score that is {score:.5} above its own)")
                }
                false => String::new(),
            };
            return Some(format!(
                "Row {i} gives the weight {:.5} to place {j}, which comes later{much}. There 0 belongs, and nothing in the \
                 sum.",
                came[j]
            ));
        }
        if let Some(j) = (0..=i).find(|j| came[*j] == 0.0 && right[*j] > 1e-9)
        {
            return Some(format!(
                "Row {i} gives nothing to place {j}, which it may see."
            ));
        }
    }
    (0..t).rev().find_map(|i| {
        let whose = format!("The weights of row {i}");
        of_shares(&whose, &row(right, i)[..=i], &row(came, i)[..=i])
    })
}

pub fn causal_weights(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    weigh(&causal(), |[q, k]| none_in_rows(candidate(q, k)))
}

type Shifts = fn(&Array2<usize>, usize) -> Array2<usize>;

const SHIFT: &[Slip] = known! {
    "no shift": "The input is the target. The model learns to copy, its loss goes to 0, and drawing cannot begin: there is \
        nothing to copy.",
    "to the left": "Each place sees the code *after* it, which is the future.",
    "code 0 as the start": "Code 0 is a code like the others. The start needs a number of its own, or the model cannot tell \
        where it is.",
    "the last code as the start": "The start was k - 1, which is a code like the others. They are counted from 0, so the first \
        number that is free is k.",
    "a row too far": "The start was k + 1. The codes are 0 to k - 1, and the start comes right behind them.",
    "the largest code and one": "The start was one above the largest code that is *there*. Another batch would get another \
        start; it is k.",
    "places for the start": "The start was the number of places. It is k, the number of codes.",
    "the first code everywhere": "The first code stands at every place behind the start. Was each place overwritten from one \
        that had been overwritten already? Go from the end, or write into a new array.",
    "one start alone": "Only the first image has a start token. Each has one.",
    "nothing copied": "The start is there, and the codes were not copied.",
    "the start everywhere": "The start stands at every place, and the codes were not copied.",
    "numbers for places": "Each code's *number* was lowered by one. It is the places that move; a code keeps its name.",
    "numbers moved up": "All codes were raised by one, to make room for a start. The start is k, and the codes keep their \
        numbers.",
    "one image for all": "All images see the codes of the first one.",
    "the first code replaced": "The start stands where the first code was, and all others are still at their own places.",
    "the start at the end": "The start stands at the last place. It belongs to the first, where nothing came before.",
    "the last place forgotten": "The codes moved, and the last place was not written: it still has what stood there.",
    "the second place forgotten": "The first code was left out: the second place has not got it.",
    "round and round": "The last code came in at the front: the first place sees the end.",
    "across images": "The last code of one image became the start of the next. Each row of the batch is a sequence of its own.",
    "down the batch": "Each image sees the image before it. What moves is the place, from left to right, within a row.",
    "two places": "The codes have moved by two places. Each place is told the code right before it.",
    "two starts": "Each row has two starts. One comes in, and the last code alone falls out.",
    "reversed": "The codes came in reversed order. Each place is told the code right before it.",
    "the last image forgotten": "The last image was not moved. Each row of the batch moves.",
};

fn shift_with((codes, k): &(Array2<usize>, usize), is: Is) -> Results {
    let ((b, t), k) = (codes.dim(), *k);
    let most = codes.iter().max().copied().unwrap_or(0);
    let start = match () {
        _ if is("code 0 as the start") => 0,
        _ if is("the last code as the start") => k - 1,
        _ if is("a row too far") => k + 1,
        _ if is("the largest code and one") => most + 1,
        _ if is("places for the start") => t,
        _ => k,
    };
    let at = |n: usize, i: usize| codes[[n, i]];
    let known = |n: usize, i: usize| match () {
        _ if is("no shift")
            || is("the last image forgotten") && n + 1 == b =>
        {
            at(n, i)
        }
        _ if is("to the left") => {
            if i + 1 < t {
                at(n, i + 1)
            } else {
                start
            }
        }
        _ if is("the first code replaced") => {
            if i == 0 {
                start
            } else {
                at(n, i)
            }
        }
        _ if is("the start at the end") => {
            if i + 1 == t {
                start
            } else {
                at(n, i)
            }
        }
        _ if is("numbers for places") => (at(n, i) + start) % (start + 1),
        _ if is("the start everywhere") => start,
        _ if is("across images") => match n * t + i {
            0 => start,
            place => at((place - 1) / t, (place - 1) % t),
        },
        _ if is("down the batch") => {
            if n == 0 {
                start
            } else {
                at(n - 1, i)
            }
        }
        _ if is("two places") && i == 1 => start,
        _ if is("two places") && i > 1 => at(n, i - 2),
        _ if is("reversed") && i > 0 => at(n, t - i),
        _ if i == 0 && is("one start alone") && n > 0 => 0,
        _ if i == 0 && is("round and round") => at(n, t - 1),
        _ if i == 0 => start,
        _ if is("the first code everywhere") => at(n, 0),
        _ if is("nothing copied") => 0,
        _ if is("one image for all") => at(0, i - 1),
        _ if is("the last place forgotten") && i + 1 == t => at(n, i),
        _ if is("the second place forgotten") && i == 1 => at(n, i),
        _ if is("two starts") && i == 1 => start,
        _ => at(n, i - 1),
    };
    let up = usize::from(is("numbers moved up"));
    let number = |(n, i)| match known(n, i) {
        seen if up == 1 && seen == start && i == 0 => 0.0,
        seen => (seen + up) as f64,
    };
    dynamic(Array2::from_shape_fn((b, t), number))
}

fn shifting() -> Exercise<(Array2<usize>, usize)> {
    Exercise {
        see: "chapter 9, § What is known at a place, equation 9.2",
        known: SHIFT.to_vec(),
        parts: &["what is seen"],
        inputs: vec![
            ("one image of one place", (array![[3]], 8)),
            ("one image of four places", (array![[5, 2, 7, 4]], 9)),
            ("three images of one place", (array![[1], [4], [2]], 6)),
            // All codes differ, so that each says where it was.
            (
                "three images of four places",
                (array![[3, 7, 2, 4], [5, 1, 8, 6], [11, 10, 9, 12]], 20),
            ),
            (
                "codes that come again",
                (array![[2, 0, 0, 1, 2], [0, 0, 2, 2, 1]], 3),
            ),
            ("no image", (Array2::zeros((0, 3)), 5)),
        ],
        ordinary: 5,
        tolerance: 0.0,
        with: shift_with,
        explain: |inputs, right, came| {
            let mut all = inputs.iter().zip(right.iter().zip(came)).skip(1);
            all.find_map(|((_, (codes, k)), (right, came))| {
                of_seen(codes, *k, &right[0], &came[0])
            })
        },
    }
}

/// What stands at the first place where something else belongs.
fn of_seen(
    codes: &Array2<usize>,
    k: usize,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> Option<String> {
    let (b, t) = codes.dim();
    let mut all = (0..b).flat_map(|n| (0..t).map(move |i| (n, i)));
    let (n, i) = all.find(|(n, i)| right[[*n, *i]] != came[[*n, *i]])?;
    let seen = came[[n, i]];
    let mut held =
        codes.indexed_iter().filter(|(_, code)| **code as f64 == seen);
    let is = match held.next() {
        _ if seen == k as f64 => "the start token".to_string(),
        Some(((m, j), _)) => format!("the code of place {j} of image {m}"),
        None => format!(
            "{seen}, which is neither a code of these images nor the start"
        ),
    };
    let wanted = match i {
        0 => format!("the start token, {k}, is to stand"),
        _ => format!(
            "the code of place {} of the same image is to stand",
            i - 1
        ),
    };
    Some(format!(
        "All counted from 0: at place {i} of image {n} stands {is}, where {wanted}."
    ))
}

pub fn shift_right(candidate: Shifts) -> Result<(), Diagnosis> {
    let of = shifting();
    let (codes, k) = &of.inputs[3].1;
    let came = tried(|| candidate(codes, *k));
    if let Ok(came) = came
        && came.dim() == (3, 5)
    {
        let what = "Each row has a number too many: when the start comes in, the last code has to fall out. Nothing is guessed \
                    from it.";
        return Err(Diagnosis::new("the last code is left", what, of.see)
            .with(
                format!("{:?}", codes.shape()),
                format!("{:?}", came.shape()),
            ));
    }
    weigh(&of, |(codes, k)| dynamic(candidate(codes, *k).mapv(|v| v as f64)))
}

type AttentionBackward = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> [Array2<f64>; 3];

const BACK: &[Slip] = known! {
    "values not transposed": "A value collects from the places that looked at it: down a column of the weights, not along a \
                              row.",
    "values for their gradient": "These are weights times values: what is asked for is the weights, transposed, times the \
        gradient at the output.",
    "values for the gradient": "The gradient at the values is the weights, transposed, times the gradient at the output, and \
        not times the values.",
    "the output's gradient": "The gradient at the output was handed on to the values as it is. A value counted by its weight.",
    "scores for weights": "The values were given their gradient by the scores' gradient. It is by the weights, transposed.",
    "values times the root": "The gradient at the values was divided by the root of D. The root is in the scores, and not in \
        the values.",
    "element by element": "p (1 - p) is the slope of one weight in its own score. Raising a score lowers all the other weights \
        of its row, too.",
    "softmax forgotten": "The gradient at the weights was taken for the gradient at the scores.",
    "weights for the gradient": "The weights themselves stand where the gradient at the scores belongs.",
    "mean forgotten": "The gradient at the scores is p times d, and p times the weighted mean of d in the row has not been \
        taken out of it. All scores of a row that grow alike change nothing.",
    "plain mean": "The mean that is taken out of a row of d counts all places alike. It has to be weighted by p.",
    "mean of what is seen": "The mean that is taken out of a row of d counts all places that are seen alike. It has to be \
        weighted by p.",
    "mean of columns": "The mean was taken down the columns. The softmax is that of a row, and so is the mean.",
    "means of others": "The mean of row i was taken out of *column* i. A list of means, one for each row, has to be a column \
        `[T, 1]` before it is taken out: `insert_axis(Axis(1))`.",
    "one mean for all": "One mean was taken out of all rows. Each row has its own softmax, and its own mean.",
    "mean added": "The weighted mean of the row was added to d. It is taken out.",
    "plain sum": "What was taken out of a row of d is its sum. It is its mean, weighted by p.",
    "mean twice weighted": "The mean is weighted by the *squares* of p. It is by p, once.",
    "mean unweighted": "Only d was multiplied by p, and not the mean that is taken out: p stands in front of the bracket.",
    "weighted, and divided too": "What is taken out of a row of d was weighted by p and then divided by the number of places. \
        The weights add up to 1: the weighted sum *is* the mean.",
    "weight forgotten": "The mean has been taken out of d, and the factor p in front of the bracket is missing.",
    "weight twice": "The factor p in front of the bracket stands there twice.",
    "weights transposed": "In the softmax's slope the weights have rows and columns exchanged.",
    "a slope of the output": "The slope was taken as 1 - p, without p in front.",
    "the values are missing": "The gradient at the weights is that at the output times the values, transposed: a weight counts \
        as much as its value can change the loss.",
    "keys for values": "The gradient at the weights was made with the keys. The weights were multiplied with the *values* on \
        the way in.",
    "weights' gradient transposed": "The gradient at the weights has rows and columns exchanged: row i is that of the place \
        that asked, so it is the gradient at the output times the values, transposed.",
    "root forgotten": "The scores were divided by the root of D on the way in, so their gradient is on the way back.",
    "root of T": "The root is that of the number of places. The scores were divided by the root of D, the columns of a head.",
    "root twice": "The gradient was divided by D, or by its root twice. It is by the root, once.",
    "times the root": "The gradient was multiplied by the root of D. The way back divides as well.",
    "root for keys alone": "The queries' gradient was not divided by the root of D, and the keys' was.",
    "root for queries alone": "The keys' gradient was not divided by the root of D, and the queries' was.",
    "keys not transposed": "A key collects from every place that asked it: down a column of the scores' gradient.",
    "queries transposed": "A query collects from the keys that it asked: along a row of the scores' gradient, which is not \
        transposed.",
    "its own rows": "A score is a query times a key: the slope by the query is the *key*, and by the key it is the query.",
    "keys from keys": "The gradient at the keys was made with the keys. The slope of a score by the key is the *query*.",
    "queries from queries": "The gradient at the queries was made with the queries. The slope of a score by the query is the \
        *key*.",
    "values for keys": "The gradient at the queries was made with the values. Scores are queries times *keys*.",
    "one for both": "Queries and keys have the same gradient. Each is the scores' gradient times the *other*.",
    "sign": "The gradient at the scores has the opposite sign.",
};

type Through = [Array2<f64>; 5];

fn back_with([q, k, v, p, d_y]: &Through, is: Is) -> Results {
    let column = |x: Array1<f64>| x.insert_axis(Axis(1)); // [T, 1]
    let (t, d) = q.dim();
    let [places, size] = [t, d].map(|n| n as f64);
    let d_p = match () {
        _ if is("the values are missing") => d_y.dot(&d_y.t()),
        _ if is("keys for values") => d_y.dot(&k.t()),
        _ if is("weights' gradient transposed") => v.dot(&d_y.t()),
        _ => d_y.dot(&v.t()),
    };
    let p_ =
        if is("weights transposed") { p.t().to_owned() } else { p.clone() };
    let p = &p_;
    let mean = (p * &d_p).sum_axis(Axis(1)); // [T]
    let seen = Array1::from_shape_fn(t, |i| (i + 1) as f64);
    let of_seen =
        Array1::from_shape_fn(t, |i| d_p.row(i).slice(s![..=i]).sum());
    let out = match () {
        _ if is("mean forgotten") => Array2::zeros((t, 1)),
        _ if is("plain mean") => column(d_p.sum_axis(Axis(1)) / places),
        _ if is("mean of what is seen") => column(of_seen / seen),
        _ if is("mean of columns") => {
            (p * &d_p).sum_axis(Axis(0)).insert_axis(Axis(0))
        }
        _ if is("means of others") => mean.clone().insert_axis(Axis(0)),
        _ if is("one mean for all") => {
            Array2::from_elem((1, 1), mean.sum() / places)
        }
        _ if is("mean added") => column(-&mean),
        _ if is("plain sum") => column(d_p.sum_axis(Axis(1))),
        _ if is("mean twice weighted") => {
            column((p * p * &d_p).sum_axis(Axis(1)))
        }
        _ if is("weighted, and divided too") => column(&mean / places),
        _ => column(mean.clone()),
    };
    let d_s = match () {
        _ if is("element by element") => p * &(1.0 - p) * &d_p,
        _ if is("a slope of the output") => (1.0 - p) * &d_p,
        _ if is("softmax forgotten") => d_p,
        _ if is("weights for the gradient") => p.clone(),
        _ if is("mean unweighted") => p * &d_p - out,
        _ if is("weight forgotten") => d_p - out,
        _ if is("weight twice") => p * p * &(d_p - out),
        _ => p * &(d_p - out),
    };
    let root = match () {
        _ if is("root forgotten") => 1.0,
        _ if is("root of T") => places.sqrt(),
        _ if is("root twice") => size,
        _ if is("times the root") => 1.0 / size.sqrt(),
        _ => size.sqrt(),
    };
    let sign = if is("sign") { -1.0 } else { 1.0 };
    let d_s = d_s * (sign / root);
    let d_q = match () {
        _ if is("its own rows") || is("queries from queries") => d_s.dot(q),
        _ if is("queries transposed") => d_s.t().dot(k),
        _ if is("values for keys") => d_s.dot(v),
        _ => d_s.dot(k),
    };
    let d_k = match () {
        _ if is("keys not transposed") => d_s.dot(q),
        _ if is("its own rows") || is("keys from keys") => d_s.t().dot(k),
        _ if is("one for both") => d_q.clone(),
        _ => d_s.t().dot(q),
    };
    let d_v = match () {
        _ if is("values not transposed") => p.dot(d_y),
        _ if is("values for their gradient") => p.dot(v),
        _ if is("values for the gradient") => p.t().dot(v),
        _ if is("the output's gradient") => d_y.clone(),
        _ if is("scores for weights") => d_s.t().dot(d_y),
        _ if is("values times the root") => p.t().dot(d_y) / size.sqrt(),
        _ => p.t().dot(d_y),
    };
    let d_q = if is("root for keys alone") { d_q * root } else { d_q };
    let d_k = if is("root for queries alone") { d_k * root } else { d_k };
    [d_v, d_q, d_k].map(one).into()
}

fn backward() -> Exercise<Through> {
    let [q, k, v] = head();
    let d_y = array![
        [0.3, -0.2, 0.5],
        [0.8, 0.1, -0.9],
        [0.0, 0.0, 0.0],
        [-0.5, 0.6, 0.4],
        [0.2, 0.9, -0.1]
    ];
    let through = |[q, k, v]: [Array2<f64>; 3], d_y: Array2<f64>| {
        let plain: Is = &|_| false;
        let mut p = causal_with(&[q.clone(), k.clone()], plain);
        let p = p.remove(0).into_dimensionality();
        [q, k, v, p.unwrap_or_else(|e| panic!("{e}")), d_y]
    };
    let of = |rows: std::ops::Range<usize>| {
        let [q, k, v, d_y] = [&q, &k, &v, &d_y]
            .map(|x| x.slice(s![rows.clone(), ..]).to_owned());
        through([q, k, v], d_y)
    };
    let d_wide = array![
        [0.7, -0.4, 0.2, 0.5, -0.3],
        [-0.6, 0.1, 0.9, 0.3, 0.8],
        [0.2, 0.5, -0.7, -0.1, 0.4]
    ];
    // The keys are unit vectors: the queries' gradient shows that of the scores.
    let [mut shown, keys, values] = two();
    shown.row_mut(1).assign(&array![0.5, -1.0, 0.0]);
    let keys = Array2::from_shape_fn(keys.dim(), |(i, j)| f64::from(i == j));
    let few = through(
        [shown, keys, values],
        array![[1.0, 0.5, 0.0], [0.0, 1.0, -2.0]],
    );
    Exercise {
        see: "chapter 9, § Attention, causally, equation 9.8",
        known: BACK.to_vec(),
        parts: &[
            "the gradient at the values",
            "the gradient at the queries",
            "the gradient at the keys",
        ],
        inputs: vec![
            ("one place", of(1..2)),
            ("two places whose keys are unit vectors", few),
            ("four places of three numbers", of(0..4)),
            ("three places of five numbers", through(wide(), d_wide)),
            ("five places, the last query 0", of(0..5)),
        ],
        ordinary: 5,
        tolerance: 1e-10,
        with: back_with,
        explain: |inputs, right, came| {
            let parts = [0, 1, 2].map(|part| {
                let mut all = right.iter().zip(came);
                all.all(|(a, b)| agree(&a[part], &b[part], 1e-10))
            });
            let fine: Vec<&str> = backward()
                .parts
                .iter()
                .zip(parts)
                .filter(|p| p.1)
                .map(|p| *p.0)
                .collect();
            let fine = match fine.is_empty() {
                true => String::new(),
                false => format!(
                    "On all inputs {} came out right. ",
                    fine.join(" and ")
                ),
            };
            if !parts[0] {
                return Some(format!(
                    "{fine}The values' gradient needs nothing but the weights and the gradient at the output: see to it first."
                ));
            }
            let ([_, k, ..], came) = (&inputs[1].1, &came[1]);
            let d_s = |row: usize| {
                [0, 1].map(|j| came[1][[row, j]] * (k.ncols() as f64).sqrt())
            };
            let sums = [0, 1].map(|row| d_s(row)[0] + d_s(row)[1]);
            Some(match sums.iter().position(|sum| sum.abs() > 1e-9) {
                _ if parts[1] => format!(
                    "{fine}So the gradient at the scores is right, and what is wrong is how the keys are made of it."
                ),
                Some(row) => format!(
                    "{fine}Where keys are unit vectors the queries' gradient shows that of the scores, over the root of D. Its \
                     row {row} is {:.5?} in yours and adds up to {:.5}. A row has to add up to 0: all scores that grow alike \
                     change nothing. Look at the way through the softmax.",
                    d_s(row),
                    sums[row]
                ),
                None => format!(
                    "{fine}Where keys are unit vectors, each row of the scores' gradient adds up to 0 in yours, as it should; \
                     so the mean is taken out as it should be. Look at the factors before and behind: p, the root, and what \
                     it is multiplied with."
                ),
            })
        },
    }
}

pub fn attention_backward(
    candidate: AttentionBackward,
) -> Result<(), Diagnosis> {
    let of = backward();
    let run = |[q, k, v, p, d_y]: &Through| {
        let [d_q, d_k, d_v] = candidate(q, k, v, p, d_y);
        [d_v, d_q, d_k].map(one).into()
    };
    let (_, input) = &of.inputs[3];
    let right = (of.with)(input, &|_| false);
    if let Ok(came) = tried(|| run(input)) {
        let came: Results = came;
        let in_order = |order: &[usize; 3]| {
            let mut all = order.iter().zip(&came);
            all.all(|(n, came)| agree(&right[*n], came, of.tolerance))
        };
        let orders = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        if orders.iter().any(in_order) {
            let what = "The gradients are right, and stand in another order. It is queries, keys, values.";
            return Err(Diagnosis::new("order of the results", what, of.see));
        }
    }
    weigh(&of, run)
}

type NormaliseBackward =
    fn(&Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

const NORMALISE: &[Slip] = known! {
    "statistics held fixed": "Mean and scale were taken for constants. They are made of the same row, and move with it.",
    "stretch forgotten": "Only the mean was taken out. Stretching a row changes nothing either.",
    "move forgotten": "Only the stretch was taken out. Moving a row as a whole changes nothing either.",
    "over the batch": "The means are over the batch, as in batch normalisation. Here each row stands for itself.",
    "first mean over the batch": "The mean of the gradient was taken down the columns. It is the mean of each row.",
    "second mean over the batch": "The mean of gradient times row was taken down the columns. It is the mean of each row.",
    "over everything": "The means are those of all rows together. Each row has its own.",
    "first mean over everything": "The mean of the gradient is that of all rows together. Each row has its own.",
    "second mean over everything": "The mean of gradient times row is that of all rows together. Each row has its own.",
    "sum for mean": "A sum stands where the mean of a row belongs: both are divided by W, the number of columns.",
    "first sum for mean": "The first sum, of the gradient, was not divided by W, the number of columns.",
    "second sum for mean": "The second sum, of gradient times row, was not divided by W, the number of columns.",
    "divided by N": "The sums were divided by the number of rows. They run along a row, over its W columns.",
    "first divided by N": "The first sum was divided by the number of rows. It runs along a row, over its W columns.",
    "second divided by N": "The second sum was divided by the number of rows. It runs along a row, over its W columns.",
    "divided by W - 1": "The sums were divided by W - 1. The normalisation divides by W.",
    "first divided by W - 1": "The first sum was divided by W - 1. It is a mean, over W.",
    "second divided by W - 1": "The second sum was divided by W - 1. The normalisation divides by W.",
    "factor forgotten": "The factor r in front of the bracket is missing: a row that was multiplied by r on the way in hands \
        back r times its gradient.",
    "divided by the factor": "It was divided by `scale`. That is r itself, by which the row was *multiplied*.",
    "factor twice": "The factor r was applied twice.",
    "factor three times": "The factor r was applied three times.",
    "root of the factor": "The root of `scale` was taken. `scale` is the factor r itself.",
    "factor inside": "The part along the row was multiplied by r inside the bracket too; it belongs in front of it, once.",
    "factor squared inside": "The part along the row was multiplied by r² inside the bracket too. x̂ is normalised already.",
    "factor on the gradient alone": "The factor r stands before the gradient alone. It multiplies all three parts.",
    "factor on two parts": "The factor r stands before the first two parts alone. It multiplies all three.",
    "the last factor for all": "All rows were multiplied by the factor of one row. Each has its own.",
    "not along the row": "The second mean was taken out of all columns alike. It is the part along the normalised row, and \
        goes out of column j as much as x̂ⱼ says.",
    "no mean of the product": "Of x̂ times d the mean of the row has to be taken, before it is multiplied by x̂ again.",
    "the gradient for the row": "The second part was taken out along d. It goes out along x̂, the normalised row.",
    "mean of the squares of the row": "The second mean is that of x̂². It is the mean of x̂ times the *gradient*.",
    "mean of the squares of the gradient": "The second mean is that of d². It is the mean of *x̂* times the gradient.",
    "half the stretch": "Half of the part along the row was taken out. All of it is.",
    "twice the stretch": "The part along the row was taken out twice.",
    "stretch added": "The part along the normalised row was added. It is taken out.",
    "move added": "The mean was added. It is taken out.",
    "what is taken out": "This is what has to be taken out of the gradient. What is asked for is what is left.",
};

type Rows = (Array2<f64>, Array1<f64>, Array2<f64>);

fn normalise_with((x_hat, scale, d): &Rows, is: Is) -> Results {
    let column = |x: Array1<f64>| x.insert_axis(Axis(1));
    let [n, w] = [d.nrows(), d.ncols()].map(|size| size as f64);
    let mean = |x: Array2<f64>, names: [&str; 5]| {
        let [batch, all, sum, rows, less] = names.map(is);
        match () {
            _ if batch => (x.sum_axis(Axis(0)) / n).insert_axis(Axis(0)),
            _ if all => Array2::from_elem((1, 1), x.sum() / (n * w)),
            _ => {
                let by = match () {
                    _ if sum => 1.0,
                    _ if rows => n,
                    _ if less => w - 1.0,
                    _ => w,
                };
                column(x.sum_axis(Axis(1)) / by)
            }
        }
    };
    let both = |one: &'static str, both: &'static str| {
        if is(both) { both } else { one }
    };
    let moved = mean(
        d.clone(),
        [
            both("first mean over the batch", "over the batch"),
            both("first mean over everything", "over everything"),
            both("first sum for mean", "sum for mean"),
            both("first divided by N", "divided by N"),
            both("first divided by W - 1", "divided by W - 1"),
        ],
    );
    let product = match () {
        _ if is("mean of the squares of the row") => x_hat * x_hat,
        _ if is("mean of the squares of the gradient") => d * d,
        _ => d * x_hat,
    };
    let along = match is("no mean of the product") {
        true => product,
        false => mean(
            product,
            [
                both("second mean over the batch", "over the batch"),
                both("second mean over everything", "over everything"),
                both("second sum for mean", "sum for mean"),
                both("second divided by N", "divided by N"),
                both("second divided by W - 1", "divided by W - 1"),
            ],
        ),
    };
    let fixed = is("statistics held fixed");
    let first = match () {
        _ if fixed || is("move forgotten") => 0.0,
        _ if is("move added") => -1.0,
        _ => 1.0,
    };
    let second = match () {
        _ if fixed || is("stretch forgotten") => 0.0,
        _ if is("stretch added") => -1.0,
        _ if is("half the stretch") => 0.5,
        _ if is("twice the stretch") => 2.0,
        _ => 1.0,
    };
    let along = match () {
        _ if is("not along the row") => {
            &along * &Array2::<f64>::ones(d.dim())
        }
        _ if is("the gradient for the row") => d * &along,
        _ => x_hat * &along,
    } * second;
    let r = column(match is("the last factor for all") {
        true => scale.mapv(|_| scale.last().copied().unwrap_or(1.0)),
        false => scale.clone(),
    });
    let moved = moved * first;
    let along = match () {
        _ if is("factor inside") => along * &r,
        _ if is("factor squared inside") => along * &r * &r,
        _ => along,
    };
    let ones = Array2::ones(r.dim());
    let by = match () {
        _ if is("factor forgotten") => ones.clone(),
        _ if is("divided by the factor") => 1.0 / &r,
        _ if is("factor twice") => &r * &r,
        _ if is("factor three times") => &r * &r * &r,
        _ if is("root of the factor") => r.mapv(f64::sqrt),
        _ => r,
    };
    dynamic(match () {
        _ if is("what is taken out") => (&moved + &along) * &by,
        _ if is("factor on the gradient alone") => d * &by - &moved - &along,
        _ if is("factor on two parts") => (d - &moved) * &by - &along,
        _ => (d - &moved - &along) * &by,
    })
}

fn normalising() -> Exercise<Rows> {
    let row = array![[1.5, -0.5, -1.4, 0.4, 0.0]];
    let d = array![[0.4, 0.1, -0.6, 0.3, 0.9]];
    Exercise {
        see: "chapter 9, § Rows of one size, equation 9.5",
        known: NORMALISE.to_vec(),
        parts: &["the gradient"],
        inputs: vec![
            (
                "one row and the factor 1",
                (row.clone(), array![1.0], d.clone()),
            ),
            ("one row and the factor 2", (row, array![2.0], d)),
            (
                "three rows, the last of which was constant",
                (
                    array![
                        [1.5, -0.5, -1.4, 0.4, 0.0],
                        [0.5, -1.5, 1.0, 1.0, -1.0],
                        [0.0, 0.0, 0.0, 0.0, 0.0]
                    ],
                    array![2.0, 0.5, 316.0],
                    array![
                        [0.4, 0.1, -0.6, 0.3, 0.9],
                        [1.0, -0.2, 0.7, 0.1, -0.8],
                        [0.5, -0.4, 0.0, 0.2, 0.1]
                    ],
                ),
            ),
            (
                "two rows of a single number",
                (
                    array![[0.0], [0.0]],
                    array![316.0, 100.0],
                    array![[0.7], [-0.2]],
                ),
            ),
            (
                "no row",
                (
                    Array2::zeros((0, 3)),
                    Array1::zeros(0),
                    Array2::zeros((0, 3)),
                ),
            ),
        ],
        ordinary: 3,
        tolerance: 1e-10,
        with: normalise_with,
        explain: |inputs, right, came| {
            let all = inputs.iter().zip(right.iter().zip(came)).take(3);
            let mut rows =
                all.flat_map(|((_, (x_hat, scale, d)), (right, came))| {
                    (0..d.nrows()).map(move |n| {
                        let row = |x: &ArrayD<f64>| {
                            x.index_axis(Axis(0), n)
                                .iter()
                                .copied()
                                .collect::<Vec<_>>()
                        };
                        (
                            x_hat.row(n).to_vec(),
                            scale[n],
                            d.row(n).to_vec(),
                            row(&right[0]),
                            row(&came[0]),
                        )
                    })
                });
            rows.find_map(|(x_hat, r, d, right, came)| {
                let differs = |(a, b): (&f64, &f64)| {
                    (a - b).abs() > 1e-9 * a.abs().max(1.0)
                };
                let wrong = right.iter().zip(&came).any(differs);
                wrong.then(|| of_three(&x_hat, r, &d, &came)).flatten()
            })
        },
    }
}

/// Of which parts the gradient at a row is made: so many times d, so many times 1, so many times the row.
fn of_three(x: &[f64], r: f64, d: &[f64], came: &[f64]) -> Option<String> {
    let w = x.len() as f64;
    let dot = |a: &[f64], b: &[f64]| -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    };
    let ones = vec![1.0; x.len()];
    let base = [d, &ones, x];
    let gram = |n: usize, m: usize| dot(base[n], base[m]);
    let det = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
            - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let g = [0, 1, 2].map(|n| [0, 1, 2].map(|m| gram(n, m)));
    let whole = det(g);
    if whole.abs() < 1e-9 || came.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let c = [0, 1, 2].map(|m| {
        let mut g = g;
        (0..3).for_each(|n| g[n][m] = dot(base[n], came));
        det(g) / whole
    });
    let made: Vec<f64> =
        (0..x.len()).map(|j| c[0] * d[j] + c[1] + c[2] * x[j]).collect();
    let largest = came.iter().fold(1.0, |a: f64, b| a.max(b.abs()));
    let right = [r, -r * dot(d, &ones) / w, -r * dot(d, x) / w];
    let off =
        made.iter().zip(came).any(|(a, b)| (a - b).abs() > 1e-8 * largest);
    if off {
        let sum: f64 = came.iter().sum();
        let along = dot(came, x);
        let says = |v: f64| {
            if v.abs() < 1e-9 {
                "nothing, as it should"
            } else {
                "something, and should give nothing"
            }
        };
        let first = d[0] * r + right[1] + right[2] * x[0];
        let again = match (came[0] - first).abs() < 1e-8 * largest {
            true => {
                " The first column is right: was a number read again that had been overwritten already?"
            }
            false => "",
        };
        return Some(format!(
            "Your row is not made of d, of ones and of x̂ alone. Added up it gives {}; times x̂ it gives {}.{again}",
            says(sum),
            says(along)
        ));
    }
    let parts = ["d", "1 in all columns", "x̂"];
    let wrong = (0..3).filter(|n| {
        (c[*n] - right[*n]).abs() > 1e-8 * right[*n].abs().max(1.0)
    });
    let said = wrong.map(|n| {
        let times = c[n] / right[n];
        let times = if c[n] == 0.0 {
            "nothing".to_string()
        } else {
            format!("{times:.4} times that")
        };
        format!(
            "{:.5} times {}, and should have {:.5} (it has {times})",
            c[n], parts[n], right[n]
        )
    });
    let said: Vec<String> = said.collect();
    (!said.is_empty()).then(|| {
        format!(
            "With the factor {r} your row has {}. The rest of it is right.",
            said.join(", and ")
        )
    })
}

pub fn normalise_backward(
    candidate: NormaliseBackward,
) -> Result<(), Diagnosis> {
    weigh(&normalising(), |(x_hat, scale, d)| {
        dynamic(candidate(x_hat, scale, d))
    })
}

const PAYING: &[Slip] = known! {
    "mean over places": "This is what one code costs on average. An image costs the sum over its places.",
    "nats": "This is in nats. A bit is ln 2 nats, so there are more bits than nats.",
    "wrong way round": "Nats were multiplied by ln 2. A bit is the smaller unit: divide.",
    "converted twice": "Nats were turned into bits twice: log₂ gives bits already.",
    "summed over images": "This is what all images cost together. It has to be averaged over them.",
    "divided by the places": "All bits were divided by the number of places. An image costs the sum over its places; it is the \
        images that are averaged over.",
    "divided by K": "All bits were divided by the number of codes, the columns of the logits. It is the images that are \
        averaged over.",
    "divided by K, too": "It was divided by the number of codes as well. Averaged over is images alone.",
    "times T": "The sum over places was multiplied by their number again. It is the *mean* over places that is.",
    "decimal digits": "The logarithm was that to base 10. A bit is a factor of two.",
    "base K": "The logarithm was that to base K. A bit is a factor of two.",
    "negative": "The logarithm of a probability is negative, and a cost is not: the minus is missing.",
    "softmax over the places": "The softmax ran down the columns. At each place the K codes share one probability: along a \
                                row.",
    "softmax of everything": "One softmax was taken of all logits. Each row has its own.",
    "place by place": "The codes were read down the columns. The rows of the logits are image by image: all places of the \
        first, then those of the second.",
    "the first image's codes": "All images were scored with the codes of the first one.",
    "the first image's logits": "All images were scored with the logits of the first one.",
    "rows reversed": "The codes were read from the last to the first.",
    "the first place left out": "The first place was left out. It costs as well: the start token is all that is known there.",
    "the last place left out": "The last place was left out.",
    "the code before": "Each place was scored with the code *before* it. The shift is in what the model saw, the logits' row i \
        is for code i.",
    "the code after": "Each place was scored with the code after it. Row i of the logits is for code i.",
    "no softmax": "A logit is no logarithm of a probability before the softmax: the sum of the exponentials is missing.",
    "the largest left out": "The largest logit was taken out before the exponentials and not put back, or only out of one of \
        two.",
    "the largest twice": "The largest logit was put back twice.",
    "the sum without the code": "The sum of the exponentials leaves the code itself out. All K are in it.",
    "softmax twice": "A softmax was taken of what is a softmax already.",
    "powers of two": "The softmax was taken to the base 2. The model's probabilities are those of e; only the logarithm of \
        what comes out is that to base 2.",
    "sigmoid": "Each logit went through a sigmoid of its own. The K codes of a place share one probability.",
    "two-sided": "The logarithms of 1 - p of the other codes were added. Only the code that is there is paid for.",
    "logarithm of a mean": "The probabilities were averaged, and then the logarithm was taken. It is the logarithms that are \
        added up.",
    "probabilities": "The probabilities were added up, or 1 - p. It is the logarithms that are.",
    "weighted by itself": "Each logarithm was multiplied by its probability. A code that is there is there in full.",
    "the likeliest": "This is what the likeliest code of each place would cost: ln Σ exp(s - largest) alone, or a maximum in \
        place of the code. It is the code that is there that has to be paid for.",
    "the codes were not looked at": "This is the model's own entropy: what its samples would cost. The codes that are there \
        may cost more.",
    "all codes of a row": "The costs of all K codes were added up. Only that which is there is paid for.",
    "all codes alike": "This is T log₂ K, what a map costs if all codes are equally likely.",
    "the first image alone": "This is what the first image costs. Asked for is the mean over all of them.",
    "the last image alone": "This is what the last image costs. Asked for is the mean over all of them.",
    "the worst image": "This is what the dearest image costs. Asked for is the mean over all of them.",
    "perplexity": "This is 2 to the power of it, or e. Asked for is the logarithm itself.",
    "overflow": "The exponential of a large logit is infinite, and that of a very negative one is 0. Take the largest logit of \
        a row out before the exponential.",
    "logarithm of 0": "A probability may be too small for a float, and the logarithm of 0 is infinite. Write -ln p as ln Σ \
        exp(s) - s of the code, without the probability.",
};

type Paid = (Array2<f64>, Array2<usize>);

fn paying_with((logits, codes): &Paid, is: Is) -> Results {
    let (b, t) = codes.dim();
    let k = logits.ncols();
    let [images, places, kinds] = [b, t, k].map(|n| n as f64);
    let all: f64 = match is("softmax of everything") {
        true => largest_of(&logits.iter().copied().collect::<Vec<_>>()),
        false => 0.0,
    };
    let whole: f64 = logits.iter().map(|s| (s - all).exp()).sum();
    let power = if is("powers of two") { f64::exp2 } else { f64::exp };
    // The code of a place, and what it costs in nats.
    let code = |n: usize, i: usize| {
        let at = n * t + i;
        match () {
            _ if is("place by place") => codes[[at % b, at / b]],
            _ if is("the first image's codes") => codes[[0, i]],
            _ if is("rows reversed") => codes[[b - 1 - n, t - 1 - i]],
            _ if is("the code before") => codes[[n, (i + t - 1) % t]],
            _ if is("the code after") => codes[[n, (i + 1) % t]],
            _ => codes[[n, i]],
        }
    };
    let log_p = |row: &[f64],
                 column: &dyn Fn(usize) -> Vec<f64>,
                 c: usize| {
        let of = |s: &[f64]| {
            largest_of(s)
                + s.iter().map(|v| power(v - largest_of(s))).sum::<f64>().ln()
        };
        let sum_of = |s: &[f64]| s.iter().map(|v| v.exp()).sum::<f64>();
        match () {
            _ if is("softmax over the places") && is("overflow") => {
                (row[c].exp() / sum_of(&column(c))).ln()
            }
            _ if is("softmax over the places") => row[c] - of(&column(c)),
            _ if is("softmax of everything") => row[c] - all - whole.ln(),
            _ if is("no softmax") => row[c],
            _ if is("the largest left out") => {
                row[c] - of(row) + largest_of(row)
            }
            _ if is("the largest twice") => {
                row[c] - of(row) - largest_of(row)
            }
            _ if is("the sum without the code") => {
                let others: Vec<f64> =
                    (0..k).filter(|j| *j != c).map(|j| row[j]).collect();
                row[c] - of(&others)
            }
            _ if is("softmax twice") => {
                let p: Vec<f64> =
                    row.iter().map(|s| (s - of(row)).exp()).collect();
                p[c] - of(&p)
            }
            _ if is("sigmoid") => -(1.0 + (-row[c]).exp()).ln(),
            _ if is("overflow") => (power(row[c])
                / row.iter().map(|s| power(*s)).sum::<f64>())
            .ln(),
            _ if is("logarithm of 0") => {
                let e = |s: f64| power(s - largest_of(row));
                (e(row[c]) / row.iter().map(|s| e(*s)).sum::<f64>()).ln()
            }
            _ if is("powers of two") => {
                (row[c] - largest_of(row)) * 2.0_f64.ln()
                    - (of(row) - largest_of(row))
            }
            _ => row[c] - of(row),
        }
    };
    let costs = Array2::from_shape_fn((b, t), |(n, i)| {
        let at = if is("the first image's logits") { i } else { n * t + i };
        let row = logits.row(at).to_vec();
        let column = |c: usize| logits.column(c).to_vec();
        let c = code(n, i);
        let log = |c: usize| log_p(&row, &column, c);
        let each = || (0..k).map(log);
        match () {
            _ if is("the likeliest") => {
                -each().fold(f64::NEG_INFINITY, f64::max)
            }
            _ if is("the codes were not looked at") => -each()
                .map(|l| if l.exp() > 0.0 { l.exp() * l } else { 0.0 })
                .sum::<f64>(),
            _ if is("all codes of a row") => -each().sum::<f64>(),
            _ if is("all codes alike") => kinds.ln(),
            _ if is("probabilities") => log(c).exp(),
            _ if is("weighted by itself") => -log(c) * log(c).exp(),
            _ if is("two-sided") => {
                let others = (0..k)
                    .filter(|j| *j != c)
                    .map(|j| (1.0 - log(j).exp()).ln());
                -log(c) - others.sum::<f64>()
            }
            _ if is("the first place left out") && i == 0 => 0.0,
            _ if is("the last place left out") && i + 1 == t => 0.0,
            _ => -log(c),
        }
    });
    let each = costs.sum_axis(Axis(1)); // [B]
    let total = match () {
        _ if is("logarithm of a mean") => {
            let p = costs.mapv(|c| (-c).exp()).sum() / (images * places);
            -p.ln() * images * places
        }
        _ if is("the first image alone") => each[0] * images,
        _ if is("the last image alone") => each[b - 1] * images,
        _ if is("the worst image") => largest_of(&each.to_vec()) * images,
        _ => costs.sum(),
    };
    let by = match () {
        _ if is("mean over places") => images * places,
        _ if is("summed over images") => 1.0,
        _ if is("divided by the places") => places,
        _ if is("divided by K") => kinds,
        _ if is("divided by K, too") => kinds * images,
        _ if is("times T") => images / places,
        _ => images,
    };
    let (ln_2, sign) =
        (2.0_f64.ln(), if is("negative") { -1.0 } else { 1.0 });
    let unit = match () {
        _ if is("nats") => 1.0,
        _ if is("wrong way round") => 1.0 / ln_2,
        _ if is("converted twice") => ln_2 * ln_2,
        _ if is("decimal digits") => 10.0_f64.ln(),
        _ if is("base K") => kinds.ln(),
        _ => ln_2,
    };
    let bits = sign * total / by / unit;
    dynamic(arr0(if is("perplexity") { bits.exp2() } else { bits }))
}

fn paying() -> Exercise<Paid> {
    let logits = array![
        [0.0, 1.0, -1.0],
        [0.5, 0.5, 2.0],
        [1.0, 0.0, 0.3],
        [-0.5, 0.7, 0.1],
        [2.0, 0.2, 0.4],
        [0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0],
        [-1.0, 0.6, 0.2]
    ];
    let three = logits.slice(s![1..4, ..]).to_owned();
    Exercise {
        see: "chapter 9, § Bits, equation 9.11",
        known: PAYING.to_vec(),
        parts: &["the bits"],
        inputs: vec![
            (
                "one image of one place, logits 0.4, -0.3 and 1.1, code 1",
                (array![[0.4, -0.3, 1.1]], array![[1]]),
            ),
            ("one image of three places", (three.clone(), array![[2, 0, 1]])),
            ("three images of one place", (three, array![[2], [0], [1]])),
            (
                "two images of four places",
                (logits.clone(), array![[1, 2, 0, 0], [0, 2, 1, 2]]),
            ),
            (
                "one image of eight places",
                (logits, array![[1, 2, 0, 0, 0, 2, 1, 2]]),
            ),
            (
                "logits of ±1,000",
                (
                    array![[1000.0, 0.0], [-1000.0, -1000.0], [3.0, 1000.0]],
                    array![[1, 0, 1]],
                ),
            ),
        ],
        ordinary: 5,
        tolerance: 1e-10,
        with: paying_with,
        explain: |_, right, came| {
            let number = |x: &Results| x[0].sum();
            let pairs: Vec<(f64, f64)> = right
                .iter()
                .map(number)
                .zip(came.iter().map(number))
                .take(5)
                .collect();
            let ratios: Vec<f64> = pairs.iter().map(|(a, b)| b / a).collect();
            let same =
                |a: f64, b: f64| (a - b).abs() < 1e-8 * a.abs().max(1.0);
            if !ratios.iter().all(|r| r.is_finite()) {
                return None;
            }
            if ratios.iter().all(|r| same(ratios[0], *r)) {
                let times = ratios[0];
                return (!same(times, 1.0)).then(|| {
                    format!(
                        "On all inputs yours is {times:.6} of what is right."
                    )
                });
            }
            if ratios.iter().all(|r| (r - 1.0).abs() < 1e-4) {
                let what = "Yours is right but for a little. Is a small number added where a logarithm is taken? With the \
                            largest logit taken out there is nothing to be afraid of.";
                return Some(what.into());
            }
            let fine = |n: usize| {
                if same(ratios[n], 1.0) {
                    "right".to_string()
                } else {
                    format!("{:.5} of what is right", ratios[n])
                }
            };
            Some(format!(
                "One code of one image came out as {}; three places of one image as {}; three images of one place as {}. So \
                 look at {}.",
                fine(0),
                fine(1),
                fine(2),
                match (
                    same(ratios[0], 1.0),
                    same(ratios[1], 1.0),
                    same(ratios[2], 1.0)
                ) {
                    (false, false, _) if same(ratios[0], ratios[1]) => {
                        "what an image is divided by, or how images are put together"
                    }
                    (false, ..) => "what one code costs",
                    (_, false, true) =>
                        "how the places of an image are put together",
                    (_, true, false) => "how images are put together",
                    (_, false, false) =>
                        "which code and which row belong together, and how many there are",
                    _ =>
                        "which row of the logits belongs to which image and place",
                }
            ))
        },
    }
}

pub fn bits_per_image(
    candidate: fn(&Array2<f64>, &Array2<usize>) -> f64,
) -> Result<(), Diagnosis> {
    let of = paying();
    let run =
        |(logits, codes): &Paid| dynamic(arr0(candidate(logits, codes)));
    // A code whose exponential is 0, and one whose exponential is infinite.
    let right = 1000.0 * BITS + 1.0;
    let ordinary = || {
        let mut all = of.inputs.iter().take(of.ordinary);
        all.all(|(_, input)| {
            let right = (of.with)(input, &|_| false);
            agree(&right[0], &run(input)[0], 1e-4)
        })
    };
    if let Ok(true) = tried(ordinary) {
        let came = tried(|| candidate(&of.inputs[5].1.0, &of.inputs[5].1.1));
        let came = came.unwrap_or(f64::NAN);
        let told = |name, what: String| {
            Err(Diagnosis::new(name, what, of.see)
                .with(format!("{right:.3}"), format!("{came:.3}")))
        };
        if !came.is_finite() {
            let what = "At logits of ±1,000 your bits are not finite. Take the largest logit of a row out before the \
                        exponential, and do not take the logarithm of a probability, which may be too small for a float: \
                        write -ln p as ln Σ exp(s) - s of the code.";
            return told("overflow", what.into());
        }
        if came < right - 1.0 && came > 2.0 {
            let least = (1.0 - came).exp2();
            let what = format!(
                "A probability that is too small for a float was raised to {least:.1e}, or a logit was cut. So no code costs \
                 more than {:.1} bits, however wrong the model is. The logarithm of a softmax needs no division: it is the \
                 logit, less the largest, less the logarithm of the sum.",
                came - 1.0
            );
            return told("clamped", what);
        }
    }
    weigh(&of, run)
}

const TEMPERED: &[Slip] = known! {
    "multiplied": "The logits were multiplied, or the probabilities raised to the power τ: colder became hotter. A temperature \
        divides.",
    "divided too late": "This is temperature 1. To divide *probabilities* by one number and normalise them, or to subtract it \
        from all logits, changes nothing: it is the logits that are divided.",
    "probabilities divided": "The *probabilities* were divided by the temperature, so they no longer sum to 1. It divides the \
        logits, before the softmax.",
    "softmax twice": "The temperature belongs to the logits; here the softmax of a softmax was taken, which is nearly flat.",
    "not normalised": "Powers of probabilities are right in their proportions, and no longer sum to 1.",
    "the sum without it": "The sum below is that of temperature 1. Numerator and denominator are exponentials of the same \
        logits.",
    "the sum with it alone": "The numerator is that of temperature 1. Numerator and denominator are exponentials of the same \
        logits.",
    "the root": "The logits were divided by the root of the temperature.",
    "twice": "The temperature was applied twice.",
    "half the temperature": "The logits were divided by twice the temperature, as in the exponent of a bell curve.",
    "one and the temperature": "The logits were divided by 1 + τ.",
    "one less the temperature": "The logits were multiplied with, or divided by, 1 - τ.",
    "its exponential": "The logits were divided by the exponential of the temperature.",
    "at most 1": "A temperature above 1 was taken for 1. Hotter is allowed.",
    "at least 1": "A temperature below 1 was taken for 1. Colder is allowed.",
    "reversed": "The shares came out in reversed order.",
    "powers of 0": "The probabilities of temperature 1 were raised to a power. One that is too small for a float is 0, and \
        stays 0 however hot it gets. Divide the logits.",
    "probabilities divided after the exponential": "The logarithm was taken of probabilities that may be 0. Divide the logits \
        themselves.",
    "the largest not divided": "The largest logit was taken out of logits that had been divided by the temperature, and it had \
        not. Both or neither: otherwise exponentials may be infinite, or all 0.",
    "only the largest divided": "The largest logit was divided by the temperature before it was taken out, and the others were \
        divided after.",
    "clamped": "Exponents were cut on both sides, so that large logits which differ come out alike. Take the largest one out, \
        and nothing has to be cut.",
    "clamped above": "Large exponents were cut, so that large logits which differ come out alike. Take the largest one out, \
        and nothing has to be cut.",
};

fn tempered_with((logits, t): &(Array1<f64>, f64), is: Is) -> Results {
    let (s, t) = (logits.to_vec(), *t);
    let plain: Is = &|_| false;
    let usual = softmax(&s, None, plain);
    let by = match () {
        _ if is("multiplied") => 1.0 / t,
        _ if is("divided too late") => 1.0,
        _ if is("the root") => t.sqrt(),
        _ if is("twice") => t * t,
        _ if is("half the temperature") => 2.0 * t,
        _ if is("one and the temperature") => 1.0 + t,
        _ if is("one less the temperature") => 1.0 - t,
        _ if is("its exponential") => t.exp(),
        _ if is("at most 1") => t.min(1.0),
        _ if is("at least 1") => t.max(1.0),
        _ => t,
    };
    let colder: Vec<f64> = s.iter().map(|s| s / by).collect();
    let most = largest_of(&s);
    let sum = |x: &[f64], t: f64| -> f64 {
        let out = if is("overflow") { 0.0 } else { most };
        x.iter().map(|s| ((s - out) / t).exp()).sum()
    };
    let normal = |x: Vec<f64>| -> Vec<f64> {
        let sum: f64 = x.iter().sum();
        x.iter().map(|v| v / sum).collect()
    };
    let scaled = |times: f64, x: Vec<f64>| -> Vec<f64> {
        x.iter().map(|v| v * times).collect()
    };
    let p = match () {
        _ if is("probabilities divided") => {
            scaled(1.0 / by, softmax(&s, None, is))
        }
        _ if is("softmax twice") => {
            let p = scaled(1.0 / by, softmax(&s, None, is));
            softmax(&p, None, plain)
        }
        _ if is("not normalised") => {
            usual.iter().map(|p| p.powf(1.0 / by)).collect()
        }
        _ if is("powers of 0") => {
            normal(usual.iter().map(|p| p.powf(1.0 / by)).collect())
        }
        _ if is("probabilities divided after the exponential") => {
            let logs: Vec<f64> =
                usual.iter().map(|p| (p + 1e-300).ln() / by).collect();
            softmax(&logs, None, plain)
        }
        _ if is("the sum without it") => {
            scaled(sum(&s, by) / sum(&s, 1.0), softmax(&colder, None, is))
        }
        _ if is("the sum with it alone") => {
            scaled(sum(&s, 1.0) / sum(&s, by), softmax(&s, None, is))
        }
        _ if is("the largest not divided") => {
            softmax(&colder, Some(most), is)
        }
        _ if is("only the largest divided") => {
            let out = most / by;
            let e: Vec<f64> = s.iter().map(|s| (s - out) / by).collect();
            softmax(&e, Some(0.0), is)
        }
        _ if is("clamped") => softmax(
            &colder
                .iter()
                .map(|s| s.clamp(-700.0, 700.0))
                .collect::<Vec<_>>(),
            None,
            is,
        ),
        _ if is("clamped above") => softmax(
            &colder.iter().map(|s| s.min(700.0)).collect::<Vec<_>>(),
            None,
            is,
        ),
        _ => softmax(&colder, None, is),
    };
    let p = if is("reversed") { p.into_iter().rev().collect() } else { p };
    dynamic(Array1::from(p))
}

fn tempering() -> Exercise<(Array1<f64>, f64)> {
    Exercise {
        see: "chapter 9, § Drawing, equation 9.14",
        known: [TEMPERED, SOFTMAX].concat(),
        parts: &["the probabilities"],
        inputs: vec![
            ("a single code", (array![0.7], 0.5)),
            (
                "logits 0 and ln 3 at temperature 1",
                (array![0.0, 3.0_f64.ln()], 1.0),
            ),
            (
                "logits 0 and ln 3 at temperature ½",
                (array![0.0, 3.0_f64.ln()], 0.5),
            ),
            (
                "five logits at temperature ½",
                (array![1.0, 2.5, -0.5, 0.8, 0.0], 0.5),
            ),
            (
                "four logits at temperature 3",
                (array![1.0, 2.5, 2.5, -3.0], 3.0),
            ),
            ("logits of ±1,000", (array![1000.0, 999.0, -1000.0], 0.5)),
            ("logits of -1,000 alone", (array![-1000.0, -1000.0], 0.5)),
            (
                "logits of -900 and -1,000",
                (array![-1000.0, -900.0, -900.5], 0.5),
            ),
            (
                "large logits at temperature 1,000",
                (array![1000.0, 0.0, -500.0], 1000.0),
            ),
            (
                "the largest logit last",
                (array![-300.0, -1000.0, 1000.0], 2.0),
            ),
            (
                "the largest logit between",
                (array![-1800.0, 900.0, -900.0], 0.5),
            ),
        ],
        ordinary: 5,
        tolerance: 1e-10,
        with: tempered_with,
        explain: |inputs, right, came| {
            // Two logits say too little.
            let mut all = [3, 4, 2, 1, 0, 5, 6, 7, 8, 9, 10].into_iter();
            all.find_map(|n| {
                let ((on, (logits, t)), right, came) = (&inputs[n], &right[n], &came[n]);
                let (right, came) = (&right[0], &came[0]);
                if agree(right, came, 1e-10) {
                    return None;
                }
                let [right, came] = [right, came].map(|x| x.iter().copied().collect::<Vec<_>>());
                if let Some(times) = stretched(&right, &came)
                    && logits.len() > 2
                    && (times - 1.0).abs() > 1e-9
                    && (came.iter().sum::<f64>() - 1.0).abs() < 1e-9
                {
                    return Some(format!("With {on} yours are the probabilities of the temperature {:.5}, and not of \
                                         {t}.", t / times));
                }
                of_shares(&format!("With {on} your probabilities"), &right, &came)
            })
        },
    }
}

pub fn tempered(
    candidate: fn(&Array1<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    weigh(&tempering(), |(logits, t)| dynamic(candidate(logits, *t)))
}

type OneQuery = fn(
    &Array1<f64>,
    &Array1<f64>,
    &Array1<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> Array1<f64>;

const ONE_QUERY: &[Slip] = known! {
    "nothing before": "At the first place nothing is kept, and the newest place looks at itself alone: its value comes out. \
        The first code of every map is drawn so.",
    "not itself": "The newest place was left out. Its own row holds the code just drawn, the nearest there is.",
    "nothing kept": "Only the newest value came out: what was kept was not looked at.",
    "no root": "The products were not divided by the root of D, as they were in training.",
    "divided by D": "The products were divided by D. It is the root of D.",
    "multiplied by the root": "The products were multiplied by the root of D. It divides.",
    "root of the places": "The products were divided by the root of the number of places. They are sums over D columns: D is \
        `query.len()`.",
    "root of what is kept": "The products were divided by the root of the number of places that are kept. They are sums over D \
        columns: D is `query.len()`.",
    "root behind the softmax": "The weights were divided by the root of D. It is the scores that are, before the softmax.",
    "one score without the root": "The newest score was not divided by the root of D, and the others were.",
    "the others without the root": "The newest score was divided by the root of D, and the others were not.",
    "the newest root twice": "The newest score was divided by the root of D twice.",
    "its score is 0": "The newest place has the score 0. It has a key, and its score is query times key, as the others' are.",
    "key for query": "The newest key asked in place of the query.",
    "its own key with itself": "The newest score is made of the key with itself. It is the query that asks.",
    "keys averaged": "The keys were averaged. A key says how much its place counts; what it has to say is the value.",
    "values asked": "The query was multiplied with the values. It is the keys that it looks for.",
    "query for its value": "The query stands where the newest value belongs.",
    "key for its value": "The newest key stands where the newest value belongs.",
    "no weights": "The values were added up without weights.",
    "the first left out": "The first of the places that are kept was left out.",
    "the last left out": "The last of the places that are kept was left out.",
    "weights of others": "Each value got another one's weight: the newest stands at the end of one list and at the beginning \
        of the other.",
    "weights of others, late": "Each value got the weight of the one behind it, and the last that of the first.",
    "weights reversed": "The weights stand in reversed order.",
    "the newest twice": "The newest place was counted twice.",
    "its value is missing": "The newest key has its share of the weights, and the newest value was not added.",
    "its value unweighted": "The newest value was added as a whole. It counts by its weight, as the others do.",
    "its score is not in the sum": "The weights are divided by a sum to which the newest score does not belong: they add up to \
        more than 1.",
    "its value besides": "The softmax is of what was kept alone, and the newest value was added as a whole, or as one half. It \
        belongs among the others, with a weight by its own score.",
};

const ASKED_FAR: &[Slip] = known! {
    "the largest of what is kept": "The largest score was looked for among those that are kept. The newest may be larger \
        still, and then its exponential is infinite.",
    "half and half": "Half is the newest value and half what the others give. The newest belongs among the others, with a \
        weight by its own score.",
};

type Asked =
    (Array1<f64>, Array1<f64>, Array1<f64>, Array2<f64>, Array2<f64>);

fn asked_with((query, key, value, keys, values): &Asked, is: Is) -> Results {
    let (n, d) = (keys.nrows(), query.len());
    let size = d as f64;
    let rows = |x: &Array2<f64>| -> Vec<Array1<f64>> {
        x.rows().into_iter().map(|r| r.to_owned()).collect()
    };
    let (mut ks, mut vs) = (rows(keys), rows(values));
    ks.push(key.clone());
    vs.push(value.clone());
    if n == 0 && is("nothing before") {
        return dynamic(value * 0.0);
    }
    if is("nothing kept") {
        return dynamic(value.clone());
    }
    let root = match () {
        _ if is("no root") || is("root behind the softmax") => 1.0,
        _ if is("divided by D") => size,
        _ if is("multiplied by the root") => 1.0 / size.sqrt(),
        _ if is("root of the places") => ((n + 1) as f64).sqrt(),
        _ if is("root of what is kept") => (n as f64).sqrt(),
        _ => size.sqrt(),
    };
    let asks = if is("key for query") { key } else { query };
    let answers = if is("values asked") { &vs } else { &ks };
    let mut scores: Vec<f64> =
        answers.iter().map(|k| k.dot(asks) / root).collect();
    match () {
        _ if is("one score without the root") => scores[n] *= root,
        _ if is("the others without the root") => {
            scores[..n].iter_mut().for_each(|s| *s *= root)
        }
        _ if is("the newest root twice") => scores[n] /= root,
        _ if is("its score is 0") => scores[n] = 0.0,
        _ if is("its own key with itself") => scores[n] = key.dot(key) / root,
        _ => {}
    }
    if is("query for its value") {
        vs[n] = query.clone();
    }
    if is("key for its value") {
        vs[n] = key.clone();
    }
    let seen: Vec<usize> = match () {
        _ if is("not itself") => (0..n).collect(),
        _ if is("its value besides") || is("half and half") => {
            (0..n).collect()
        }
        _ if is("the first left out") && n > 0 => (1..=n).collect(),
        _ if is("the last left out") && n > 0 => {
            (0..=n).filter(|i| i + 1 != n).collect()
        }
        _ if is("the newest twice") => (0..=n).chain([n]).collect(),
        _ => (0..=n).collect(),
    };
    let picked: Vec<f64> = seen.iter().map(|i| scores[*i]).collect();
    let out = is("the largest of what is kept")
        .then(|| if n > 0 { largest_of(&scores[..n]) } else { 0.0 });
    let mut p = softmax(&picked, out, is);
    if is("its score is not in the sum") && n > 0 {
        let most = largest_of(&scores);
        let sum: f64 = scores[..n].iter().map(|s| (s - most).exp()).sum();
        p = scores.iter().map(|s| (s - most).exp() / sum).collect();
    }
    match () {
        _ if is("no weights") => p.fill(1.0),
        _ if is("root behind the softmax") => {
            p.iter_mut().for_each(|p| *p /= size.sqrt())
        }
        _ if is("weights of others") && !p.is_empty() => p.rotate_left(1),
        _ if is("weights of others, late") && !p.is_empty() => {
            p.rotate_right(1)
        }
        _ if is("weights reversed") => p.reverse(),
        _ => {}
    }
    if is("its value is missing") && p.len() > n {
        p[n] = 0.0;
    }
    if is("its value unweighted") && p.len() > n {
        p[n] = 1.0;
    }
    let from = if is("keys averaged") { &ks } else { &vs };
    let mut y = value * 0.0;
    seen.iter().zip(&p).for_each(|(i, p)| y.scaled_add(*p, &from[*i]));
    if is("not itself") && n == 0 {
        y.fill(f64::NAN); // 0 by 0
    }
    if is("its value besides") {
        y += value;
    }
    if is("half and half") {
        y = (y + value) / 2.0;
    }
    dynamic(y)
}

fn asking() -> Exercise<Asked> {
    let [q, mut k, v] = head();
    k.row_mut(3).mapv_inplace(|v| 0.5 * v); // so that no newest place fits best
    let of = |at: usize, times: f64| {
        let row = |x: &Array2<f64>| x.row(at).to_owned();
        let before = |x: &Array2<f64>| x.slice(s![..at, ..]).to_owned();
        (row(&q) * times, row(&k), row(&v), before(&k), before(&v))
    };
    let [q_5, k_5, _] = wide();
    let unit = |n: usize| Array1::from_shape_fn(5, |j| f64::from(j == n));
    let mut keys = k_5.clone();
    keys.row_mut(2).assign(&(&q_5.row(0) * 0.3));
    let units = Array2::from_shape_fn((3, 5), |(i, j)| f64::from(i == j));
    let shown =
        (q_5.row(1).to_owned(), q_5.row(2).to_owned(), unit(3), keys, units);
    let below = {
        let (q, k, v, keys, values) = of(3, 1.0);
        let negative =
            keys.dot(&q).mapv(|s| if s > 0.0 { -1.0 } else { 1.0 });
        let keys = keys * negative.insert_axis(Axis(1)) * 6000.0;
        let own = if k.dot(&q) > 0.0 { -6000.0 } else { 6000.0 };
        (q, k * own, v, keys, values)
    };
    let newest = {
        let (q, _, v, keys, values) = of(3, 1.0);
        let key = &q * 1500.0;
        (q, key, v, keys, values)
    };
    // Three kept places with these scores, and the newest with this one.
    let spread = |scores: [f64; 3], own: f64| {
        let query = Array1::from_elem(3, 3.0_f64.sqrt());
        let keys = Array2::from_diag(&Array1::from(scores.to_vec()));
        let (_, _, v, _, values) = of(3, 1.0);
        (query, array![own, 0.0, 0.0], v, keys, values)
    };
    Exercise {
        see: "chapter 9, § Nothing twice, equation 9.15",
        known: [ONE_QUERY, ASKED_FAR, SOFTMAX].concat(),
        parts: &["the output"],
        inputs: vec![
            ("nothing kept", of(0, 1.0)),
            ("one place kept", of(1, 1.0)),
            ("three places kept, whose values are unit vectors", shown),
            ("three places kept", of(3, 1.0)),
            ("scores in the thousands", of(3, 2000.0)),
            ("nothing kept, and a large score", of(0, 2000.0)),
            ("all scores far below 0", below),
            ("the newest score in the thousands", newest),
            (
                "the first kept far below, the newest further",
                spread([-1000.0, 2000.0, 0.0], -5000.0),
            ),
            (
                "the first kept the largest",
                spread([2000.0, -1000.0, 0.0], 1000.0),
            ),
        ],
        ordinary: 4,
        tolerance: 1e-10,
        with: asked_with,
        explain: |_, right, came| {
            let numbers = |x: &Results| {
                x[0].iter().copied().take(4).collect::<Vec<_>>()
            };
            let [right, came] = [&right[2], &came[2]].map(numbers);
            let whose = "The weights (where values are unit vectors they come out themselves)";
            let same =
                right.iter().zip(&came).all(|(a, b)| (a - b).abs() < 1e-9);
            if same {
                return None;
            }
            let weights = format!(
                "There they are {came:.5?}, the newest last, and should be {right:.5?}."
            );
            of_shares(whose, &right, &came)
                .map(|said| format!("{said} {weights}"))
        },
    }
}

pub fn one_query(candidate: OneQuery) -> Result<(), Diagnosis> {
    let of = asking();
    let run = |(q, k, v, keys, values): &Asked| {
        dynamic(candidate(q, k, v, keys, values))
    };
    let right = |n: usize| {
        let (_, input) = &of.inputs[n];
        let right = (of.with)(input, &|_| false);
        let came = tried(|| run(input)).unwrap_or_default();
        (
            came.first().is_some_and(|came| agree(&right[0], came, 1e-10)),
            right,
            came,
        )
    };
    let (fine, expected, came) = right(0);
    if !fine && (1..4).all(|n| right(n).0) {
        let first = ONE_QUERY[0];
        let came = match came.first() {
            Some(came) => format!("{came:.5}"),
            None => "a panic".to_string(),
        };
        return Err(Diagnosis::new(first.name, first.what, of.see)
            .with(format!("{:.5}", expected[0]), came));
    }
    weigh(&of, run)
}

const ONE: f64 = (1 << 24) as f64;

const SHARING: &[Slip] = known! {
    "rounded": "Rounded one by one, and the rare ones raised to 1: the sum is not 2²⁴. The coder would cut a piece from its \
        interval that is not there.",
    "impossible codes": "A code of small probability has 0 units: its share of the interval is empty, and a map that has it \
        cannot be written.",
    "impossible codes, and the rest forgotten": "A code of small probability has 0 units: its share of the interval is empty. \
        And what rounding down left over nobody has got.",
    "raised to 1": "The rare ones were raised to 1, and the largest paid for it. That adds up to 2²⁴, and is another rule: the \
        decoder would have to know it. In equation 9.17 each code gets one unit first.",
    "ones to zeros alone": "Only codes of probability 0 got a unit. Each code gets one before the rest is shared out: a share \
        may also be too small for one unit.",
    "K ones": "2²⁴ - 1 units were shared out. Each of the K codes gets a unit before: 2²⁴ - K are left.",
    "two ones each": "2²⁴ - 2 K units were shared out. Each of the K codes gets one unit before: 2²⁴ - K are left.",
    "no room": "One unit for each code came on top of 2²⁴ that were shared out already. Share out 2²⁴ - K.",
    "no room, the largest pays": "All 2²⁴ were shared out, and the largest paid for the units that each code gets. Share out \
        2²⁴ - K.",
    "ones forgotten": "2²⁴ - K units were shared out, and the one unit that each code gets before is missing.",
    "ones forgotten, the largest has them": "2²⁴ - K units were shared out, and the one unit of each code went to the largest \
        as well.",
    "the possible alone": "Only codes whose probability is not 0 got a unit, or shares were rounded up in place of it. Every \
        code gets one.",
    "the rest rounded": "The shares were rounded to the nearest. They are rounded down, so that what is left over is not below \
        0.",
    "rounded to the nearest": "The shares were rounded to the nearest, so that they may add up to more than 2²⁴, and the rest \
        went to nobody. Round down, and give what is left over to the largest.",
    "rounded up": "The shares were rounded up: they add up to more than 2²⁴, and the coder has no room for it.",
    "rounded up, the largest pays": "The shares were rounded up, and the largest paid for it. They are rounded down.",
    "rest one by one": "What is left over was dealt out one by one, from the first code on. All of it goes to the largest.",
    "rest one by one from the largest": "What is left over was dealt out one by one, from the largest on. All of it goes to \
        the largest.",
    "rest to the largest remainders": "What is left over went to those that lost most by rounding, one by one. All of it goes \
        to the largest.",
    "rest taken away": "What is left over was taken from the largest. It is added, so that the sum is 2²⁴.",
    "one of the rest": "The largest got one unit more, and more than one was left over. All of it goes there.",
    "rest to the smallest": "What is left over went to the smallest. The largest feels it least: there it is the smallest part \
        of what it has.",
    "rest to the second": "What is left over went to the second largest. It goes to the largest.",
    "rest to the first": "What is left over went to the first code. The largest feels it least: there it is the smallest part \
        of what it has.",
    "rest to the last": "What is left over went to the last code. The largest feels it least: there it is the smallest part of \
        what it has.",
    "rest forgotten": "Rounding down leaves some units over, and nobody has got them: the sum is below 2²⁴.",
    "one below the top": "They add up to 2²⁴ - 1, the largest number of 24 bits. It is 2²⁴, which is `1 << 24`.",
    "in single precision": "The shares were computed in f32, which has 24 bits for a number: the last ones are lost. The \
        probabilities are f64.",
};

fn sharing_with(p: &[f64], is: Is) -> Results {
    let k = p.len() as f64;
    let all = if is("one below the top") { ONE - 1.0 } else { ONE };
    let shared = match () {
        _ if is("K ones") => all - 1.0,
        _ if is("two ones each") => all - 2.0 * k,
        _ if is("no room") || is("no room, the largest pays") => all,
        _ if is("rounded") || is("raised to 1") => all,
        _ if is("impossible codes")
            || is("impossible codes, and the rest forgotten") =>
        {
            all
        }
        _ if is("ones to zeros alone") => all - 1.0,
        _ => all - k,
    };
    let part = |p: f64| match is("in single precision") {
        true => f64::from(shared as f32 * p as f32),
        false => shared * p,
    };
    let unit = |p: &f64| {
        let part = part(*p);
        match () {
            _ if is("rounded") => part.round().max(1.0),
            _ if is("raised to 1") => part.floor().max(1.0),
            _ if is("impossible codes")
                || is("impossible codes, and the rest forgotten") =>
            {
                part.floor()
            }
            _ if is("ones to zeros alone") => {
                if *p == 0.0 {
                    1.0
                } else {
                    part.floor()
                }
            }
            _ if is("the possible alone") => {
                f64::from(*p > 0.0) + part.floor()
            }
            _ if is("ones forgotten")
                || is("ones forgotten, the largest has them") =>
            {
                part.floor()
            }
            _ if is("the rest rounded") || is("rounded to the nearest") => {
                1.0 + part.round()
            }
            _ if is("rounded up") || is("rounded up, the largest pays") => {
                1.0 + part.ceil()
            }
            _ => 1.0 + part.floor(),
        }
    };
    let mut units: Vec<f64> = p.iter().map(unit).collect();
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*b].total_cmp(&p[*a]));
    let spare = all - units.iter().sum::<f64>();
    let to = match () {
        _ if is("rest to the smallest") => order[p.len() - 1],
        _ if is("rest to the second") => order[1.min(p.len() - 1)],
        _ if is("rest to the first") => 0,
        _ if is("rest to the last") => p.len() - 1,
        _ => order[0],
    };
    let lost = |k: &usize| part(p[*k]).fract();
    match () {
        _ if is("rounded")
            || is("rounded up")
            || is("no room")
            || is("ones forgotten") => {}
        _ if is("rounded to the nearest") || is("rest forgotten") => {}
        _ if is("impossible codes, and the rest forgotten") => {}
        _ if is("rest one by one") => {
            (0..spare as usize).for_each(|n| units[n % p.len()] += 1.0)
        }
        _ if is("rest one by one from the largest") => {
            (0..spare as usize).for_each(|n| units[order[n % p.len()]] += 1.0)
        }
        _ if is("rest to the largest remainders") => {
            order.sort_by(|a, b| lost(b).total_cmp(&lost(a)));
            (0..spare as usize)
                .for_each(|n| units[order[n % p.len()]] += 1.0);
        }
        _ if is("rest taken away") => units[to] -= spare,
        _ if is("one of the rest") => units[to] += f64::from(spare > 0.0),
        _ => units[to] += spare,
    }
    dynamic(Array1::from(units))
}

fn sharing() -> Exercise<Vec<f64>> {
    Exercise {
        see: "chapter 9, § A digit in ten bytes, equation 9.17",
        known: SHARING.to_vec(),
        parts: &["the units"],
        inputs: vec![
            ("p = [1]", vec![1.0]),
            ("p = [0, 1]", vec![0.0, 1.0]),
            ("p = [¼, ½, ¼]", vec![0.25, 0.5, 0.25]),
            // One is all but impossible and one is; the largest is neither first nor last.
            (
                "p = [0.252, 0, 0.29, 0.086, 1e-9, 0.286, 0.086]",
                vec![0.252, 0.0, 0.29, 0.086, 1e-9, 0.286, 0.085999999],
            ),
            (
                "p = [0.137, 0, 0.332, 0.079, 1e-9, 0.304, 0.148]",
                vec![0.137, 0.0, 0.332, 0.079, 1e-9, 0.304, 0.147999999],
            ),
        ],
        ordinary: 5,
        tolerance: 0.0,
        with: |p, is| sharing_with(p, is),
        explain: |inputs, right, came| {
            let mut all = inputs.iter().zip(right.iter().zip(came)).rev();
            all.find_map(|((on, p), (right, came))| {
                let (right, came) = (&right[0], &came[0]);
                if agree(right, came, 0.0) {
                    return None;
                }
                let sum = came.sum();
                let sum = match sum == ONE {
                    true => "They add up to 2²⁴, as they should.".to_string(),
                    false if sum > ONE => {
                        format!("They add up to {} more than 2²⁴.", sum - ONE)
                    }
                    false => {
                        format!("They add up to {} less than 2²⁴.", ONE - sum)
                    }
                };
                let best = (0..p.len())
                    .fold(0, |a, b| if p[b] > p[a] { b } else { a });
                let off = (0..p.len()).filter(|k| right[*k] != came[*k]);
                let off: Vec<String> = off
                    .map(|k| {
                        let word =
                            if k == best { ", the largest," } else { "" };
                        format!("code {k}{word} has {:+}", came[k] - right[k])
                    })
                    .collect();
                let least = came.iter().any(|u| *u < 1.0);
                let least = if least {
                    " A code has no unit at all, and could not be written."
                } else {
                    ""
                };
                Some(format!(
                    "With {on}: {sum}{least} Of what is right, {}.",
                    off.join(", ")
                ))
            })
        },
    }
}

pub fn in_units(candidate: fn(&[f64]) -> Vec<u32>) -> Result<(), Diagnosis> {
    weigh(&sharing(), |p| dynamic(Array1::from(candidate(p)).mapv(f64::from)))
}

const MASKING: &[Slip] = known! {
    "no mask": "Nothing is hidden. What comes behind the middle in reading order has to be 0.",
    "zeros for ones": "What may be used is 0 and what may not is 1: it is the other way round.",
    "wrong side": "What comes later is kept, and what comes before is masked.",
    "a cross": "Above the middle only the same column is seen. Lines that come before come before as a whole.",
    "its own code": "The first layer sees the code that it has to guess. Its loss goes to 0, and its samples are rubble: only \
        when `own` may the middle be used.",
    "never itself": "With `own` the middle may be used: behind the first layer it holds what came before, not the answer.",
    "the other way round": "The middle is seen when `own` is false, and hidden when it is true.",
    "the whole row": "Places to the right in the same line are seen. They come later.",
    "the whole row with its own": "With `own` the whole middle line is seen, also what stands to the right of it.",
    "the middle line to the end, always": "The middle line is seen as a whole, the middle itself in any case.",
    "nothing to the left": "What stands to the left in the same line comes before as well.",
    "nothing above": "Only the middle line is seen. The lines above it come before as well.",
    "the line above alone": "Of the lines above only the next one is seen. All lines above come before.",
    "above on the right": "The lines above come before as a whole, also what stands to the right there.",
    "above on the left": "The lines above are seen from the middle on to the right only. They come before as a whole.",
    "to the left in all lines": "Everything to the left is seen, also in lines below. Those come later.",
    "strictly above on the left": "What stands above or to the left *strictly* is not the same as what comes before: the same \
        column above does too.",
    "column by column": "This is the order of columns. Maps are read line by line.",
    "one place short": "The place right before the middle is hidden. It comes before.",
    "one place too many": "One place behind the middle is seen, or one behind what may be seen. It comes later.",
    "the first place hidden": "The first place is hidden. It comes before.",
    "rows for places": "So many *places* may be used, and each has a row for each of its C channels.",
    "one channel of the middle": "Of the middle place one channel may be used. It has C of them.",
    "all but one of the middle": "Of the middle place all channels but one may be used, or one where none may.",
    "half of a line": "Half of `size` is half of a line. Before the middle come half of all size² places.",
    "half of all rows": "Half of all rows of the weights is not the middle: with an odd number of rows it falls into the \
        middle place.",
    "a middle too late": "The middle is one place, or one line, too far: half of `size` rounded down is the middle, counted \
        from 0.",
    "channels first": "The rows are place by place, and the C channels of a place stand together.",
    "one channel alone": "Only one of the channels of each place is masked as it should be: all C of a place are alike.",
    "hidden is -1": "What may not be used is not 0, or what may is not 1.",
};

type Kernel = (usize, usize, bool);

fn masked_with((size, c, own): &Kernel, is: Is) -> Results {
    let (size, c) = (*size, *c);
    let own = match () {
        _ if is("its own code") => true,
        _ if is("never itself") => false,
        _ if is("the other way round") => !own,
        _ => *own,
    };
    let late = usize::from(is("a middle too late"));
    let (middle, half) =
        (size / 2 + late, size * size / 2 + late * (size + 1));
    let before = half + usize::from(own);
    let before = before + usize::from(is("one place too many"));
    let before = before - usize::from(is("one place short") && before > 0);
    let may = |i: usize, j: usize| {
        let at = i * size + j;
        let itself = own && (i, j) == (middle, middle);
        match () {
            _ if is("no mask") => true,
            _ if is("zeros for ones") => at >= before,
            _ if is("wrong side") => at > half || itself,
            _ if is("a cross") => {
                i < middle && j == middle
                    || i == middle && j < middle
                    || itself
            }
            _ if is("the whole row") => {
                i < middle || i == middle && (own || j != middle)
            }
            _ if is("the whole row with its own") => {
                i < middle || i == middle && (own || j < middle)
            }
            _ if is("the middle line to the end, always") => i <= middle,
            _ if is("nothing to the left") => i < middle || itself,
            _ if is("nothing above") => i == middle && j < middle || itself,
            _ if is("the line above alone") => {
                i + 1 == middle || i == middle && j < middle || itself
            }
            _ if is("above on the right") => {
                i <= middle
                    && j <= middle
                    && (own || (i, j) != (middle, middle))
            }
            _ if is("above on the left") => {
                i < middle && j >= middle
                    || i == middle && j < middle
                    || itself
            }
            _ if is("to the left in all lines") => {
                i < middle || j < middle || itself
            }
            _ if is("strictly above on the left") => {
                i < middle && j < middle || itself
            }
            _ if is("column by column") => j * size + i < before,
            _ if is("the first place hidden") => at > 0 && at < before,
            _ if is("half of a line") => at < size / 2 + usize::from(own),
            _ => at < before,
        }
    };
    let number = |row: usize| {
        let (at, channel) = match is("channels first") {
            true => (row % (size * size), row / (size * size)),
            false => (row / c, row % c),
        };
        let in_middle = at == half;
        let seen = match () {
            _ if is("rows for places") => row < before,
            _ if is("one channel of the middle") && in_middle => {
                own && channel == 0
            }
            _ if is("all but one of the middle") && in_middle => {
                channel + 1 < c && own
            }
            _ if is("half of all rows") => {
                row < size * size * c / 2 + usize::from(own) * c
            }
            _ if is("one channel alone") && channel > 0 => true,
            _ => may(at / size, at % size),
        };
        let hidden = if is("hidden is -1") { -1.0 } else { 0.0 };
        if seen { 1.0 } else { hidden }
    };
    dynamic(Array1::from_shape_fn(size * size * c, number))
}

fn masking() -> Exercise<Kernel> {
    Exercise {
        see: "chapter 9, § A PixelCNN, for comparison, equation 9.20",
        known: MASKING.to_vec(),
        parts: &["the mask"],
        inputs: vec![
            (
                "a kernel of one place and two channels, `own` false",
                (1, 2, false),
            ),
            (
                "a kernel of one place and two channels, `own` true",
                (1, 2, true),
            ),
            ("3 × 3 places of one channel, `own` false", (3, 1, false)),
            ("3 × 3 places of one channel, `own` true", (3, 1, true)),
            ("3 × 3 places of two channels, `own` false", (3, 2, false)),
            ("3 × 3 places of two channels, `own` true", (3, 2, true)),
            ("5 × 5 places of three channels, `own` false", (5, 3, false)),
            ("5 × 5 places of three channels, `own` true", (5, 3, true)),
        ],
        ordinary: 8,
        tolerance: 0.0,
        with: masked_with,
        explain: |inputs, right, came| {
            let mut all = inputs.iter().zip(right.iter().zip(came)).skip(2);
            all.find_map(|((on, (size, c, _)), (right, came))| {
                of_kernel(on, *size, *c, &right[0], &came[0])
            })
        },
    }
}

/// Which places of a kernel are seen and should not be, or the reverse.
fn of_kernel(
    on: &str,
    size: usize,
    c: usize,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> Option<String> {
    if agree(right, came, 0.0) {
        return None;
    }
    let rows: Vec<f64> = came.iter().copied().collect();
    let [right, came]: [Vec<&[f64]>; 2] = [right, came]
        .map(|x| x.as_slice().unwrap_or_default().chunks(c).collect());
    if let Some(odd) = rows.iter().find(|v| **v != 0.0 && **v != 1.0) {
        return Some(format!(
            "With {on} there is a {odd}; a mask has ones and zeros alone."
        ));
    }
    let one = |taps: &[&[f64]]| {
        taps.iter().all(|tap| tap.iter().all(|v| *v == tap[0]))
    };
    if !one(&came) {
        let tap =
            came.iter().position(|tap| tap.iter().any(|v| *v != tap[0]))?;
        return Some(format!(
            "With {on} the channels of place {tap}, counted from 0 in reading order, are not alike: {:?}. A place is seen with \
             all its channels, and they stand together in rows {} to {}.",
            came[tap],
            tap * c,
            tap * c + c - 1
        ));
    }
    let middle = size / 2;
    let tap = (0..size * size).find(|tap| right[*tap][0] != came[*tap][0])?;
    let (line, column) = (tap / size, tap % size);
    let where_ = match (line.cmp(&middle), column.cmp(&middle)) {
        (std::cmp::Ordering::Equal, std::cmp::Ordering::Equal) => {
            "the middle itself".to_string()
        }
        (a, b) => {
            let far = |word: [&str; 2],
                       order: std::cmp::Ordering,
                       by: usize| match order {
                std::cmp::Ordering::Less => format!("{by} {}", word[0]),
                std::cmp::Ordering::Greater => format!("{by} {}", word[1]),
                std::cmp::Ordering::Equal => String::new(),
            };
            let up = far(["above", "below"], a, line.abs_diff(middle));
            let side = far(
                ["to the left of", "to the right of"],
                b,
                column.abs_diff(middle),
            );
            let parts: Vec<String> =
                [up, side].into_iter().filter(|w| !w.is_empty()).collect();
            format!("the place {} the middle", parts.join(" and "))
        }
    };
    let is = if came[tap][0] == 1.0 {
        "seen, and it may not be"
    } else {
        "hidden, and it may be seen"
    };
    let drawn: Vec<String> = came
        .chunks(size)
        .map(|line| {
            line.iter()
                .map(|tap| if tap[0] == 1.0 { "1" } else { "0" })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    Some(format!(
        "With {on} {where_} is {is}. Your kernel, line by line: {}.",
        drawn.join(" / ")
    ))
}

pub fn mask(
    candidate: fn(usize, usize, bool) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    let of = masking();
    let (size, c) = (5, 3);
    if let Ok(came) = tried(|| candidate(size, c, false))
        && came.len() != size * size * c
    {
        let what = "There are not as many rows as the weights have: each place of the kernel has a row for each of its C \
                    channels, and its mask holds for all of them.";
        let rows = |n: usize| format!("{n} rows");
        return Err(Diagnosis::new("channels", what, of.see)
            .with(rows(size * size * c), rows(came.len())));
    }
    weigh(&of, |(size, c, own)| dynamic(candidate(*size, *c, *own)))
}

/// A prior, batches of code maps, how; to the bits an image of each batch.
type Trains = fn(&mut Prior<f64>, &[Array2<usize>], &Config) -> Vec<f64>;

const TRAINING: &[Slip] = known! {
    "no shift": "Each place sees its own code. The bits fall to nothing, and what has been learnt is to copy: there is nothing \
        to copy when it draws.",
    "to the left": "Each place sees the code after it, which is the future. `shift_right` shows it the code before.",
    "code 0 as the start": "The start token was code 0, a code like the others. It has a row of its own, number K, which is \
        `prior.codes()`.",
    "embeddings stand still": "The table and the positions have not moved: `backward_rows` leaves their gradients at 0. \
        `embed_backward` gives both, of the gradient at the rows.",
    "the table stands still": "The positions move, and the table of embeddings does not. `embed_backward` gives the gradients \
        of both.",
    "positions stand still": "The table of embeddings moves, and the positions do not. `embed_backward` gives the gradients of \
        both.",
    "rows of the targets": "The gradient at a place went to the row of the code that was to be guessed there. It goes to the \
        row that was taken: that of what was *seen*.",
    "nats": "What is learnt is right. What came back is in nats; `BITS` are in a nat.",
    "of a code": "What is learnt is right. What came back is what one code costs; an image has T of them.",
    "of a batch": "What is learnt is right. What came back is what all images of the batch cost together.",
    "uphill": "The prior climbs its loss. `cross_entropy_backward` gives the gradient of the loss, and `step` goes against it \
        by itself.",
    "sum for mean": "The gradient is that of the sum over all places; the loss is their mean.",
    "the last place alone": "Only the guess at the last place was scored. One pass makes T guesses of each map, and each has a \
        target.",
    "counted from one": "The steps were counted from 1. `config.lr` counts from 0: the first step is that of n = 0.",
    "the step size stays": "The step size stayed at that of `config.adam`, which is the largest. Set `adam.config.lr` before \
        each step.",
    "an optimiser for each step": "Adam was made anew for each step, so that its running means begin at zero again. Make it \
        once, before the loop.",
    "bits behind the step": "What is learnt is right. The bits that came back are those behind each step; asked for are those \
        before it.",
    "the first batch again": "Every step saw the first batch.",
    "constants forgotten": "This is Adam with its default constants. It was to be made of `config.adam`.",
    "a copy is trained": "The bits are right, and the prior that came has not moved. Was a copy trained?",
    "the step size comes late": "The step size is set behind the step, so each step has that of the one before, and the first \
        one the largest.",
    "gradients of the start": "Every pass went through the prior as it was before the first step. Each batch is to be seen by \
        the prior that the steps before have made.",
    "two steps": "Two steps were made for each batch.",
    "running mean": "What is learnt is right. What came back is the mean of all batches so far; asked for is that of each \
                     batch.",
    "no Adam": "This is a step against the gradient, as long as the step size says. Adam divides by the size of the gradient \
        first.",
    "from the last batch": "The batches were taken from the last to the first.",
    "gradients added up": "The gradients of all batches were added up. Each step takes that of its own batch.",
    "of an image": "The gradient is that of what an image costs, T times that of the loss, which is a mean over places.",
    "divided by the images": "The gradient was divided by the number of images, and it is that of a mean already.",
    "the start stands still": "The row of the start token has not moved. It is a row of the table like the others, and was \
        seen at each first place.",
    "positions by the images": "The gradient at the positions was divided by the number of images. A position collects from \
        all of them; the loss is a mean already.",
    "embeddings alone": "Only the table and the positions have moved. What `backward_rows` gives is the gradient of all the \
        others.",
    "a batch late": "Each step took the gradient of the batch before.",
    "clipped": "The gradient was cut to the length 1. Adam needs no such thing.",
    "an image at a time": "There was a step for each image. There is one for each batch.",
    "the first batch without a step": "The first batch was not learnt from. Each batch has its step.",
    "the last batch without a step": "The last batch was not learnt from. Each batch has its step, after its bits.",
    "the first step size for all": "The step size stayed at that of step 0.",
    "step sizes reversed": "The step sizes came from the last to the first.",
    "added up": "What is learnt is right. What came back adds up the bits of all batches so far; asked for is that of each.",
    "bits reversed": "What is learnt is right. The bits came back from the last batch to the first.",
    "the wrong way into bits": "What is learnt is right. Nats were multiplied by ln 2. A bit is the smaller unit: divide, or \
        multiply by `BITS`.",
    "by codes": "What is learnt is right. The bits were multiplied by the number of codes K; an image has T of them, the \
        number of *places*.",
    "places twice": "What is learnt is right. The bits were multiplied by the number of places twice.",
    "no positions": "The positions were not added to the rows, so that no place knows where it is.",
};

type Trained = (Prior<f64>, Vec<Array2<usize>>, Config);

/// What a prior learns from some batches, and the bits of each.
fn train_with(
    (start, batches, config): &Trained,
    is: Is,
) -> (Prior<f64>, Vec<f64>) {
    let constants = match is("constants forgotten") {
        true => AdamConfig::default(),
        false => config.adam,
    };
    let (mut prior, mut bits) = (start.clone(), Vec::new());
    let mut adam = Adam::new(&prior, constants);
    let mut sum: Option<Prior<f64>> = None;
    let mut late: Option<Prior<f64>> = None;
    let last = batches.len().saturating_sub(1);
    for (n, own) in batches.iter().enumerate() {
        let codes = match () {
            _ if is("the first batch again") => &batches[0],
            _ if is("from the last batch") => &batches[last - n],
            _ => own,
        };
        let places = codes.ncols() as f64;
        if is("an optimiser for each step") {
            adam = Adam::new(&prior, constants);
        }
        let step = n as u64;
        adam.config.lr = match () {
            _ if is("counted from one") => config.lr(step + 1),
            _ if is("the step size stays") => constants.lr,
            _ if is("the step size comes late") && n == 0 => constants.lr,
            _ if is("the step size comes late") => config.lr(step - 1),
            _ if is("the first step size for all") => config.lr(0),
            _ if is("step sizes reversed") => config.lr((last - n) as u64),
            _ => config.lr(step),
        };
        if is("an image at a time") {
            let mut all = Vec::new();
            for image in codes.rows() {
                let image = image.to_owned().insert_axis(Axis(0));
                let (nats, d) = learnt(&prior, &image, is);
                all.push(nats);
                adam.step(&mut prior, &d);
            }
            bits.push(
                all.iter().sum::<f64>() / all.len() as f64 * BITS * places,
            );
            continue;
        }
        let at = if is("gradients of the start") { start } else { &prior };
        let (nats, d) = learnt(at, codes, is);
        let own = d.clone();
        let mut d = match is("a batch late") {
            true => late.take().unwrap_or(d),
            false => d,
        };
        late = Some(own);
        let grown = |d: &mut Prior<f64>, by: &dyn Fn(f64) -> f64| {
            d.parameters_mut()
                .into_iter()
                .for_each(|mut p| p.mapv_inplace(by));
        };
        if is("clipped") {
            let all = d.parameters();
            let long = all
                .iter()
                .map(|p| p.iter().map(|v| v * v).sum::<f64>())
                .sum::<f64>()
                .sqrt();
            drop(all);
            grown(&mut d, &|v| v / long.max(1.0));
        }
        if is("gradients added up") {
            if let Some(sum) = &sum {
                let all = d.parameters_mut().into_iter();
                all.zip(sum.parameters()).for_each(|(mut d, s)| d += &s);
            }
            sum = Some(d.clone());
        }
        let stands = is("the first batch without a step") && n == 0
            || is("the last batch without a step") && n == last;
        if is("no Adam") {
            let all = prior.parameters_mut().into_iter();
            let lr = adam.config.lr;
            all.zip(d.parameters())
                .for_each(|(mut p, d)| p.scaled_add(-lr, &d));
        } else if !stands {
            adam.step(&mut prior, &d);
        }
        if is("two steps") {
            adam.step(&mut prior, &d);
        }
        let nats = match is("bits behind the step") {
            true => learnt(&prior, codes, is).0,
            false => nats,
        };
        bits.push(match () {
            _ if is("nats") => nats * places,
            _ if is("of a code") => nats * BITS,
            _ if is("of a batch") => nats * BITS * codes.len() as f64,
            _ if is("the wrong way into bits") => nats / BITS * places,
            _ if is("by codes") => nats * BITS * prior.codes() as f64,
            _ if is("places twice") => nats * BITS * places * places,
            _ => nats * BITS * places,
        });
    }
    if is("running mean") || is("added up") {
        let mut sum = 0.0;
        for (n, bits) in bits.iter_mut().enumerate() {
            sum += *bits;
            *bits = if is("added up") { sum } else { sum / (n + 1) as f64 };
        }
    }
    if is("bits reversed") {
        bits.reverse();
    }
    match is("a copy is trained") {
        true => (start.clone(), bits),
        false => (prior, bits),
    }
}

/// The loss in nats, and the gradient of a step.
fn learnt(
    prior: &Prior<f64>,
    codes: &Array2<usize>,
    is: Is,
) -> (f64, Prior<f64>) {
    let ((b, t), k) = (codes.dim(), prior.codes());
    let seen = match () {
        _ if is("no shift") => codes.clone(),
        _ if is("to the left") => {
            let mut seen = Array2::from_elem(codes.dim(), k);
            seen.slice_mut(s![.., ..t - 1]).assign(&codes.slice(s![.., 1..]));
            seen
        }
        _ if is("code 0 as the start") => shifted(codes, 0),
        _ => shifted(codes, k),
    };
    let positions = match is("no positions") {
        true => &prior.positions * 0.0,
        false => prior.positions.clone(),
    };
    let pass = prior.forward_rows(embed(&prior.table, &positions, &seen));
    let targets = flat(codes);
    let mut loss = cross_entropy(&pass.logits, &targets);
    let mut d_logits = cross_entropy_backward(&pass.logits, &targets);
    match () {
        _ if is("uphill") => d_logits *= -1.0,
        _ if is("sum for mean") => d_logits *= codes.len() as f64,
        _ if is("of an image") => d_logits *= t as f64,
        _ if is("divided by the images") => d_logits /= b as f64,
        _ => {}
    }
    if is("the last place alone") {
        let ends = pass.logits.slice(s![t - 1..; t, ..]).to_owned();
        let there = codes.column(t - 1).to_vec();
        loss = cross_entropy(&ends, &there);
        d_logits.fill(0.0);
        d_logits
            .slice_mut(s![t - 1..; t, ..])
            .assign(&cross_entropy_backward(&ends, &there));
    }
    let (d_x, mut d) = prior.backward_rows(&pass, &d_logits);
    let to = if is("rows of the targets") { codes } else { &seen };
    let sizes = (prior.table.nrows(), prior.places());
    let (mut table, mut positions) = embed_backward(&d_x, to, sizes);
    if is("embeddings alone") {
        d.parameters_mut().into_iter().for_each(|mut p| p.fill(0.0));
    }
    if is("the start stands still") {
        table.row_mut(k).fill(0.0);
    }
    if is("positions by the images") {
        positions /= b as f64;
    }
    if !is("embeddings stand still") && !is("the table stands still") {
        d.table = table;
    }
    if !is("embeddings stand still")
        && !is("positions stand still")
        && !is("no positions")
    {
        d.positions = positions;
    }
    (loss, d)
}

/// The bits, then what has been learnt: the table, the positions, and all the rest.
fn laid((prior, bits): (Prior<f64>, Vec<f64>)) -> Results {
    let rest = prior.parameters().into_iter().skip(2);
    let rest: Vec<f64> =
        rest.flat_map(|p| p.iter().copied().collect::<Vec<_>>()).collect();
    let bits = one(Array1::from(bits));
    vec![
        bits,
        one(prior.table),
        one(prior.positions),
        one(Array1::from(rest)),
    ]
}

/// Maps whose second half repeats the first.
fn doubled(
    maps: usize,
    places: usize,
    codes: usize,
    stream: u64,
) -> Array2<usize> {
    let rng = &mut rng_at(99, stream);
    let mut all =
        Array2::from_shape_fn((maps, places), |_| rng.random_range(0..codes));
    let half = places.div_ceil(2);
    let first = all.slice(s![.., ..places - half]).to_owned();
    all.slice_mut(s![.., half..]).assign(&first);
    all
}

/// A prior to train: K, T, blocks, classes; whether it is sure of one code before anything is learnt.
fn to_train(
    [codes, places, blocks, classes]: [usize; 4],
    sure: f64,
    batches: Vec<Array2<usize>>,
    adam: AdamConfig,
) -> Trained {
    let sizes = Sizes { codes, places, width: 8, heads: 2, blocks, classes };
    let start = Prior::new(sizes, &mut rng_at(98, codes as u64));
    let mut start = start.unwrap_or_else(|e| panic!("{e}"));
    start.head.b[1] = sure;
    let steps = batches.len() as u64;
    (start, batches, Config { sizes, batch: 3, steps, warm_up: 2, adam })
}

fn training() -> Exercise<Trained> {
    // An eps that is not small, so that the size of a gradient shows.
    let adam = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let few = vec![
        array![[4, 0, 0, 2], [1, 1, 3, 0], [0, 0, 0, 0]],
        array![[2, 4, 4, 4]],
        array![[3, 0, 1, 2], [4, 3, 2, 1]],
    ];
    let other = vec![doubled(2, 5, 3, 0), doubled(4, 5, 3, 1)];
    Exercise {
        see: "chapter 9, § Training, and equations 9.2, 9.3 and 9.11",
        known: TRAINING.to_vec(),
        parts: &[
            "the bits",
            "the table",
            "the positions",
            "the rest of the prior",
        ],
        inputs: vec![
            (
                "one batch",
                to_train([5, 4, 1, 0], 0.0, few[..1].to_vec(), adam),
            ),
            ("three batches", to_train([5, 4, 1, 0], 0.0, few, adam)),
            (
                "a prior that is sure, and would know classes",
                to_train([3, 5, 1, 4], 1000.0, other, adam),
            ),
            ("no batch", to_train([2, 3, 0, 0], 0.0, vec![], adam)),
        ],
        ordinary: 3,
        tolerance: 1e-9,
        with: |input, is| laid(train_with(input, is)),
        explain: |inputs, right, came| {
            let (start, _, config) = &inputs[0].1;
            let start_codes = start.codes();
            let start = laid((start.clone(), vec![]));
            let same = |n: usize, part: usize| {
                agree(&right[n][part], &came[n][part], 1e-9)
            };
            let parts = training().parts;
            if [0, 1, 2].iter().all(|n| (1..4).all(|part| same(*n, part))) {
                return Some("What is learnt is right, on all inputs: only the bits that come back are not.".into());
            }
            if !same(0, 0) {
                return Some("The bits of the very first batch, before any step, are wrong: so look at what is seen, at the \
                             rows, and at the loss.".into());
            }
            // The first step of Adam shows the gradient, as eps is not small.
            let (lr, eps) = (config.lr(0), config.adam.eps);
            let step = |x: &Results, part: usize| -> Vec<f64> {
                let moved = start[part].iter().zip(&x[part]);
                moved.map(|(a, b)| (a - b) / lr).collect()
            };
            let times = |a: &[f64], b: &[f64]| {
                let sizes = |n: &usize, m: &usize| {
                    a[*n].abs().total_cmp(&a[*m].abs())
                };
                let large = (0..a.len()).max_by(sizes).unwrap_or(0);
                let times = b[large] / a[large];
                let mut all = a.iter().zip(b);
                all.all(|(a, b)| {
                    (a * times - b).abs() < 1e-6 * times.abs().max(1.0)
                })
                .then_some(times)
            };
            let gradient = |x: &Results, part: usize| -> Vec<f64> {
                step(x, part)
                    .iter()
                    .map(|u| eps * u / (1.0 - u.abs()))
                    .collect()
            };
            let steps = [1, 2, 3].map(|part| {
                times(&step(&right[0], part), &step(&came[0], part))
            });
            if let [Some(a), Some(b), Some(c)] = steps
                && (a - b).abs() + (a - c).abs() < 1e-6
                && (a - 1.0).abs() > 1e-6
            {
                return Some(format!(
                    "The bits of the first batch are right, and its step is {a:.5} times as long as it should be, everywhere. \
                     The gradient is right: look at the step size."
                ));
            }
            let said = (1..4).filter(|part| !same(0, *part)).map(|part| {
                let [a, b] = [&right[0], &came[0]].map(|x| gradient(x, part));
                match times(&a, &b) {
                    _ if b.iter().all(|v| v.abs() < 1e-9) => format!("{} did not move", parts[part]),
                    Some(times) => format!("{} moved as by a gradient {times:.4} times the right one", parts[part]),
                    None => format!("{} moved by another gradient", parts[part]),
                }
            });
            // The last numbers are the bias of the last layer, whose gradient is that at the logits, added up.
            let last = |x: &Results| {
                gradient(x, 3).split_off(start[3].len() - start_codes)
            };
            let bias = [&right[0], &came[0]].map(last);
            let differs = bias[0]
                .iter()
                .zip(&bias[1])
                .any(|(a, b)| (a - b).abs() > 1e-7);
            let whence = match differs {
                true => {
                    let [a, b] = bias.map(|g| format!("{g:.4?}"));
                    format!(
                        " The bias of the last layer takes the gradient at the logits, added up over all rows: here {b}, and \
                         {a} would be right. So the gradient at the logits is wrong already."
                    )
                }
                false => " The bias of the last layer moved as it should: so the gradient at the logits seems right; look \
                          behind it.".to_string(),
            };
            let said: Vec<String> = said.collect();
            Some(match said.is_empty() {
                false => format!("The bits of the first batch are right, and then, in the first step, \
                                  {}.{whence}", said.join("; ")),
                true => "Bits and prior are right up to the first step: look at what has to go on from one step to the next, \
                         and at what each step takes anew."
                    .into(),
            })
        },
    }
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    let of = training();
    let run = |(start, batches, config): &Trained| {
        let mut mine = start.clone();
        let bits = candidate(&mut mine, batches, config);
        (mine, bits)
    };
    let (_, some) = &of.inputs[1];
    if let Ok((_, bits)) = tried(|| run(some))
        && bits.len() != some.1.len()
    {
        let count = |n: usize| format!("{n} numbers");
        let what =
            "There is one number for each batch, that before its step.";
        return Err(Diagnosis::new("how many numbers", what, of.see)
            .with(count(some.1.len()), count(bits.len())));
    }
    let by = || {
        let right = (of.with)(some, &|_| false);
        let came = tried(|| laid(run(some))).ok()?;
        let times = came[0].first()? / right[0].first()?;
        let scaled = agree(&(&right[0] * times), &came[0], 1e-9);
        (scaled && (times - 1.0).abs() > 1e-6).then_some(times)
    };
    weigh(&of, |input| laid(run(input))).map_err(|told| match by() {
        Some(times) if told.mistake == "value" => {
            let what = format!(
                "{} Your bits are {times:.4} of the right ones.",
                told.what
            );
            Diagnosis { mistake: "times a number", what, ..told }
        }
        _ => told,
    })?;
    let long: Vec<_> = (0..60).map(|n| doubled(8, 6, 4, 10 + n)).collect();
    let usual = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let long = to_train([4, 6, 1, 0], 0.0, long, usual);
    let right = laid(train_with(&long, &|_| false));
    for (right, came) in right.iter().zip(laid(run(&long))) {
        let what = "Few batches are right, and 60 are not.";
        let told = Diagnosis::new("long training", what, of.see);
        // Sixty steps make a little rounding larger.
        judge(right, &came, 1e-5, vec![], told)?;
    }
    Ok(())
}

/// What exercise 9.11 asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Foreseen {
    /// Bits an image of what is drawn at temperature ½.
    pub cold: f64,
    /// Of what is drawn by top-2.
    pub cut: f64,
    pub why: Why,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Why {
    DrawnByOnePaidByTheOther,
    PaidAsDrawn,
    HalfTheLogitsHalfTheBits,
    TheModelIsTheSame,
    OnlyTheLikeliest,
}

/// What 2,000 maps that are drawn so cost the prior of exercise 9.11, in bits an image, and the shares of the three codes in
/// them, in percent.
fn drawn(how: How) -> (f64, [f64; 3]) {
    let sizes = Sizes {
        codes: 3,
        places: 49,
        width: 2,
        heads: 1,
        blocks: 0,
        classes: 0,
    };
    let prior = Prior::<f64>::new(sizes, &mut rng_at(9, 11));
    let mut prior = prior.unwrap_or_else(|e| panic!("{e}"));
    prior.head.w.fill(0.0);
    prior.head.b = array![0.5, 0.25, 0.25].mapv_into(f64::ln);
    let maps = sample(&prior, 2000, how, 1);
    let maps = maps.unwrap_or_else(|e| panic!("{e}"));
    let nats = prior.nats(&maps).unwrap_or_else(|e| panic!("{e}"));
    let share = |k: usize| {
        let n = maps.iter().filter(|code| **code == k).count();
        100.0 * n as f64 / maps.len() as f64
    };
    (bits_of(&nats), [0, 1, 2].map(share))
}

pub fn colder(candidate: fn() -> Foreseen) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Cutting the tail, equations 9.11, 9.14 and 9.19";
    type Drawn = (f64, [f64; 3]);
    /// Drawn once, however many answers are looked at.
    static ALL: LazyLock<[Drawn; 4]> = LazyLock::new(|| {
        let top_2 = How { top_k: Some(2), ..How::from(1.0) };
        [How::from(1.0), How::from(0.5), top_2, How::from(0.0)].map(drawn)
    });
    let [(usual, _), (cold, shares), (cut, kept), (coldest, _)] = *ALL;
    let yours = candidate();
    let near = |a: f64, b: f64| (a - b).abs() <= 0.02 * b;
    let both = |times: f64| {
        near(yours.cold, times * cold) && near(yours.cut, times * cut)
    };
    let right = both(1.0);
    let came = format!(
        "2,000 maps drawn at temperature ½ cost {cold:.1} bits in the mean, by top-2 {cut:.1}{}.",
        if right { ", as you say" } else { "" }
    );
    let told = |name, what: String| {
        let yours = format!(
            "{:.1} and {:.1}, {:?}",
            yours.cold, yours.cut, yours.why
        );
        let told = Diagnosis::new(name, format!("{came} {what}"), SEE);
        Err(told.with(format!("{cold:.1} and {cut:.1}"), yours))
    };
    match yours.why {
        Why::DrawnByOnePaidByTheOther if right => Ok(()),
        Why::DrawnByOnePaidByTheOther if both(1.0 / 49.0) => told(
            "of a code",
            "The reason is right, and your numbers are those of one code. An image has 49.".to_string(),
        ),
        Why::DrawnByOnePaidByTheOther if both(2.0_f64.ln()) => told(
            "nats",
            "The reason is right, and your numbers are in nats: a bit is a factor of two.".to_string(),
        ),
        Why::DrawnByOnePaidByTheOther => {
            let known = |yours: f64, right: f64, slips: &[(f64, &str)]| {
                let slip = slips.iter().find(|(v, _)| near(yours, 49.0 * v));
                match slip {
                    _ if near(yours, right) => "is right".to_string(),
                    Some((_, words)) => format!("is what it would be {words}"),
                    None => "is not".to_string(),
                }
            };
            let of_cold = known(
                yours.cold,
                cold,
                &[
                    (1.5, "at temperature 1"),
                    (1.0, "at temperature 0, or if squares were not divided by their sum"),
                    (0.75, "at half the price"),
                    (1.586, "at temperature 2: roots in place of squares"),
                    (1.252, "for who knew how they were drawn: each code costs what the *prior* asks"),
                ],
            );
            let of_cut = known(
                yours.cut,
                cut,
                &[
                    (1.5, "if the two codes that are left came equally often, or none were cut"),
                    (1.0, "if what is cut were lost, or the first code alone were left"),
                    (0.918, "for who knew how they were drawn: each code costs what the *prior* asks"),
                    (2.0, "if code 0 were cut"),
                ],
            );
            told(
                "a reason without its numbers",
                format!(
                    "The reason is right. Your number for temperature ½ {of_cold}; that for top-2 {of_cut}. At temperature ½ \
                     the three codes came in {:.0}, {:.0} and {:.0} of a hundred places, by top-2 in {:.0}, {:.0} and {:.0}: \
                     what is drawn adds up to 1, in either case. A code costs 1, 2 and 2 bits.",
                    shares[0], shares[1], shares[2], kept[0], kept[1], kept[2]
                ),
            )
        }
        Why::PaidAsDrawn => {
            let entropy = |shares: [f64; 3]| {
                let bits = shares.map(|p| match p / 100.0 {
                    p if p > 0.0 => -p * p.log2(),
                    _ => 0.0,
                });
                49.0 * bits.iter().sum::<f64>()
            };
            told(
                "paid as drawn",
                format!(
                    "The entropies of what they were drawn from are {:.1} and {:.1} bits: so much they would cost a model that \
                     knew how they were drawn. The prior does not. Whenever it meets code 1 it asks 2 bits.",
                    entropy(shares),
                    entropy(kept)
                ),
            )
        }
        Why::HalfTheLogitsHalfTheBits => told(
            "half the bits",
            format!(
                "Half of {usual:.1} would be {:.1}, and the least that a map can cost is 49 bits, when all of it is code 0. \
                 The temperature changes how often a code comes, not what the prior asks for it.",
                usual / 2.0
            ),
        ),
        Why::TheModelIsTheSame => told(
            "the model is the same",
            format!(
                "The prior is the same, and so are its prices; drawn as it says, its maps cost {usual:.1}. But these are other \
                 maps: code 0, the cheap one, came in {:.0} of a hundred places at temperature ½ and in {:.0} by top-2, where \
                 it comes in 50.",
                shares[0], kept[0]
            ),
        ),
        Why::OnlyTheLikeliest => told(
            "only the likeliest",
            format!(
                "That is temperature 0, where all is code 0, and a map costs {coldest:.1} bits. At ½ a third of the places \
                 still have another code, and of two codes the second is drawn too."
            ),
        ),
    }
}

/// The name of a cause's diagnosis.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::MaskOffByOne => "mask off by one",
        Cause::NoShift => "no shift",
        Cause::NoPositions => "no positions",
        Cause::NoRoot => "no root",
        Cause::FewSequences => "few sequences",
        Cause::Nats => "nats",
        Cause::TooCold => "too cold",
        Cause::SharedDraw => "shared draw",
    }
}

/// What a cause does, in a sentence.
fn does(cause: Cause) -> String {
    match cause {
        Cause::MaskOffByOne => "With a mask that lets a place look one place too far, each place finds its answer in the row \
                                behind it, on any sequence; but the last place has no row behind it, and has to guess. In \
                                drawing no row behind it is there yet."
            .to_string(),
        Cause::NoShift => "Without the shift each place is told its own code, the last one too: every place costs nothing, on \
                           any sequence. In drawing it repeats what it is told."
            .to_string(),
        Cause::NoPositions => "Without positions no place can tell which code stands four places before it. It costs more than \
                               the best, and its samples do not repeat."
            .to_string(),
        Cause::NoRoot => "With D = 8 the root is less than three: the scores are larger, and so small a prior learns all the \
                          same.".to_string(),
        Cause::FewSequences => "Who sees the same 32 sequences at every step learns them by heart, at 5 bits each. What it has \
                                not seen costs the more for it, and it draws these 32 and hardly any other."
            .to_string(),
        Cause::Nats => format!(
            "In nats every number of the prior is ln 2 of what it is in bits: {:.2} where the best is {BEST:.2}. What is drawn \
             does not depend on units.",
            BEST * 2.0_f64.ln()
        ),
        Cause::TooCold => "Samples that are drawn too cold are too likely: they repeat nearly always, and many are equal. What \
                           is learnt, and what is computed of data, has no temperature."
            .to_string(),
        Cause::SharedDraw => "With one random number for all samples they are all equal. What is learnt is right.".to_string(),
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 9, § Exercises of the first page, and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 7])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS).0));
        CAUSES.map(end).into()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 7])
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
