//! An answer that no single known mistake explains: the function once more, with its mistakes as switches, tried two at a time, and
//! with each of its values in turn replaced by something else that one might have written there.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::f64::consts::FRAC_PI_2;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::judging::{Exercise, Out, Suspect};
pub use crate::relation::{both_near, same};
pub use crate::slips::{Is, one_or_two};
use crate::{Diagnosis, Slip};
use ndarray::{Array, ArrayD, Axis, Dimension, Zip, arr0};

/// What a function gives if such mistakes are made in it, and its values are let through.
pub type With<I> = fn(&I, Is, Tap) -> Out;

/// A function's mistakes, each by itself as a suspect, and all of them as switches.
pub type Mistakes<I> = (&'static [Suspect<I>], &'static [Slip]);

/// A function's mistakes, each with its name and its sentence, from the function that asks which of them is made.
#[macro_export]
macro_rules! mistakes {
    ($with:path, $([$name:literal, $what:literal]),* $(,)?) => {
        (
            &[$((
                |of| $with(of, &|name| name == $name, &|_, v| v),
                $name,
                $what,
            )),*],
            &[$($crate::Slip { name: $name, what: $what }),*],
        )
    };
}

/// What explains an answer that no single known mistake does: a value replaced by another, two mistakes, or a mistake and a value
/// that is replaced.
pub fn explained<I>(
    with: With<I>,
    known: &[Slip],
    cases: &[(&I, Out)],
    tolerance: f64,
) -> Option<(&'static str, String)> {
    let agree = |a: &Out, b: &Out| same(a, b, tolerance);
    let under = |is: Is, look| {
        let with = |input: &I, tap: Tap| with(input, is, tap);
        as_if(&with, cases, &agree, look)
    };
    if let Some(what) = under(&|_| false, Look::Long) {
        return Some(("as if", what));
    }
    let plain: Tap = &|_, value| value;
    let agrees = |is: Is| {
        cases.iter().all(|(i, came)| agree(&with(i, is, plain), came))
    };
    // A few whole numbers agree with too much.
    let few = cases
        .iter()
        .all(|(_, came)| came.iter().flatten().all(|v| v.fract() == 0.0));
    one_or_two(known, agrees).or_else(|| {
        let known = if few { &[] } else { known };
        known.iter().find_map(|one| {
            let what = under(&|name| name == one.name, Look::Short)?;
            Some((one.name, format!("Two things. {} {what}", one.what)))
        })
    })
}

/// What a panic says; a stub's goes on.
fn said(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<String>().cloned();
    let text = text.or_else(|| {
        payload.downcast_ref::<&str>().map(|text| (*text).to_string())
    });
    match text {
        Some(text) if !text.starts_with("not yet implemented") => text,
        _ => resume_unwind(payload),
    }
}

/// Judges an answer; what no single known mistake explains is looked at more closely.
pub fn judged<I: Clone + 'static>(
    exercise: &Exercise<I>,
    with: With<I>,
    known: &[Slip],
    inputs: &[(&str, I)],
    candidate: impl Fn(&I) -> Out,
) -> Result<(), Diagnosis> {
    let attempt = |inputs: &[(&str, I)]| {
        let attempt = AssertUnwindSafe(|| exercise.judge(inputs, &candidate));
        catch_unwind(attempt).map_err(said)
    };
    match attempt(inputs) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(told)) if !general(&told) => Err(told),
        Ok(Err(told)) => {
            let close = exercise.tolerance;
            Err(looked_at(with, known, inputs, candidate, close, told))
        }
        // It stops with some inputs: what of the others?
        Err(_) => {
            let stops = |input: &I| {
                let run = AssertUnwindSafe(|| candidate(input));
                catch_unwind(run).map_err(said).err()
            };
            let each = inputs.iter().map(|(words, of)| (*words, stops(of)));
            let each: Vec<_> = each.collect();
            let rest =
                inputs.iter().zip(&each).filter(|(_, e)| e.1.is_none());
            let rest: Vec<_> = rest.map(|(i, _)| i.clone()).collect();
            let mut stopped =
                each.iter().filter_map(|(w, text)| Some((w, text.as_ref()?)));
            let said = stopped.next().map(|(words, text)| {
                format!(
                    "It stops with {words}: {text}. See above for the line."
                )
            });
            let said = said.unwrap_or_default();
            let told = match attempt(&rest) {
                Ok(Err(told)) if !general(&told) => told,
                Ok(Err(told)) => {
                    let close = exercise.tolerance;
                    looked_at(with, known, &rest, candidate, close, told)
                }
                _ => {
                    return Err(Diagnosis::new("stops", said, exercise.see));
                }
            };
            let what = format!("{} Moreover: {said}", told.what);
            Err(Diagnosis { what, ..told })
        }
    }
}

/// Whether something better may be found: nothing is known, or two terms are changed at once.
fn general(told: &Diagnosis) -> bool {
    match told.mistake {
        "value" => true,
        "term" => told.what.contains(", and "),
        _ => false,
    }
}

/// What is to be said of an answer that no single known mistake explains.
pub fn looked_at<I>(
    with: With<I>,
    known: &[Slip],
    inputs: &[(&str, I)],
    candidate: impl Fn(&I) -> Out,
    tolerance: f64,
    told: Diagnosis,
) -> Diagnosis {
    let cases: Vec<_> = inputs
        .iter()
        .map(|(words, input)| (*words, input, candidate(input)))
        .collect();
    // What overflows says nothing of other mistakes. The last inputs tell most.
    let some: Vec<_> = cases
        .iter()
        .rev()
        .filter(|(.., came)| finite(came.iter().flatten()))
        .map(|(_, input, came)| (*input, came.clone()))
        .collect();
    let found = match some.len() {
        0..3 => None,
        _ => explained(with, known, &some, tolerance),
    };
    if let Some((mistake, what)) = found {
        return Diagnosis { mistake, what, ..told };
    }
    if told.mistake != "value" {
        return told;
    }
    let right = |input: &I| with(input, &|_| false, &|_, value| value);
    let (good, bad): (Vec<_>, Vec<_>) = cases
        .iter()
        .partition(|(_, input, came)| same(&right(input), came, tolerance));
    if bad.is_empty() {
        return told;
    }
    let words = |of: &[&(&str, &I, Out)]| {
        of.iter().map(|c| c.0).collect::<Vec<_>>().join("; ")
    };
    let mut what = told.what.clone();
    match () {
        _ if good.is_empty() => {}
        _ if good.len() <= bad.len() => {
            what += &format!(" It is right with: {}.", words(&good));
        }
        _ => what += &format!(" It is wrong with: {}.", words(&bad)),
    }
    if bad.iter().all(|c| c.0.contains(",000")) {
        what += " So it goes wrong where numbers are large: is something cut off, or made safe, that need not be?";
    }
    // Where it is wrong, is it one number?
    let wrong: Vec<[f64; 2]> = bad
        .iter()
        .flat_map(|(_, input, came)| {
            let right = right(input);
            let right = right.into_iter().flatten();
            let came = came.iter().flatten().copied();
            right.zip(came).map(|(a, b)| [a, b]).collect::<Vec<_>>()
        })
        .filter(|[a, b]| !both_near(*a, *b, tolerance))
        .collect();
    if let Some(&[_, cut]) = wrong.first()
        && wrong.len() > 2
        && wrong
            .iter()
            .all(|[a, b]| b.abs() == cut.abs() && a.abs() > b.abs())
    {
        what += &format!(
            " Where it is wrong, it is ±{}: is it cut off there?",
            cut.abs()
        );
    }
    let off = cases.iter().map(|(_, input, came)| {
        let right = right(input);
        let pairs = right.iter().flatten().zip(came.iter().flatten());
        let off = pairs.map(|(a, b)| (a - b).abs() / a.abs().max(1.0));
        off.fold(0.0, |a: f64, b| if b > a { b } else { a })
    });
    let off = off.fold(0.0, f64::max);
    if off < 0.01 {
        what += &format!(
            " It is nearly right everywhere, off by {off:.0e} at most: is something rounded, cut off, approximated, or made safe by \
             a small number?"
        );
    }
    if let Some((words, input, came)) = bad.first() {
        let with = |input: &I, tap: Tap| with(input, &|_| false, tap);
        let all = values(&with, input);
        if all.iter().map(|(_, v)| v.len()).sum::<usize>() <= 40 {
            let said = all.iter().map(|(name, v)| {
                let v: Vec<_> = v.iter().map(|v| format!("{v:.4}")).collect();
                format!("{name}: {}", v.join(", "))
            });
            let said: Vec<_> = said.collect();
            let yours = came.iter().flatten().map(|v| format!("{v:.4}"));
            let yours: Vec<_> = yours.collect();
            what += &format!(
                " With {words} the steps are: {}. Yours comes to {}.",
                said.join("; "),
                yours.join(", ")
            );
        }
    }
    Diagnosis { what, ..told }
}

fn finite<'a>(mut of: impl Iterator<Item = &'a f64>) -> bool {
    of.all(|v| v.is_finite())
}

/// Pairs of mistakes that the inputs cannot tell apart.
pub fn two_alike<I>(
    with: With<I>,
    known: &[Slip],
    inputs: &[(&str, I)],
) -> Vec<[&'static str; 2]> {
    let of = |name| -> Vec<Out> {
        let all = inputs.iter();
        all.map(|(_, of)| with(of, &|one| one == name, &|_, v| v)).collect()
    };
    let names = known.iter().map(|slip| slip.name).chain(["right"]);
    let all: Vec<_> = names.map(|name| (name, of(name))).collect();
    let pairs = all.iter().enumerate();
    let pairs = pairs.flat_map(|(n, a)| all[..n].iter().map(move |b| (a, b)));
    let same =
        |a: &[Out], b: &[Out]| a.iter().zip(b).all(|(a, b)| same(a, b, 1e-9));
    let alike = pairs.filter(|(a, b)| same(&a.1, &b.1));
    alike.map(|(a, b)| [a.0, b.0]).collect()
}

/// Takes a value by its name, in words, and gives what is to be gone on with.
pub type Tap<'a> = &'a dyn Fn(&'static str, ArrayD<f64>) -> ArrayD<f64>;

/// Lets an array through.
pub fn through<D: Dimension>(
    tap: Tap,
    name: &'static str,
    value: Array<f64, D>,
) -> Array<f64, D> {
    let value = tap(name, value.into_dyn()).into_dimensionality();
    value.unwrap_or_else(|e| panic!("{name} keeps its shape: {e}"))
}

/// Lets a number through.
pub fn number_through(tap: Tap, name: &'static str, value: f64) -> f64 {
    tap(name, arr0(value).into_dyn()).sum()
}

/// Something done to a value, and how it is called.
type Change = (fn(&ArrayD<f64>) -> ArrayD<f64>, &'static str);

const CHANGES: &[Change] = &[
    (|v| -v, "its negative"),
    (|v| v * 2.0, "its double"),
    (|v| v / 2.0, "half of it"),
    (|v| v * v, "its square"),
    (|v| v.mapv(f64::sqrt), "its root"),
    (|v| v.mapv(f64::abs), "its size, without a sign"),
    (|v| v.mapv(|v| 1.0 / v), "1 over it"),
    (|v| 1.0 - v, "1 less it"),
    (|v| v + 1.0, "itself and 1"),
    (|v| v - 1.0, "itself less 1"),
    (|v| v * 0.0, "0"),
    (|v| v * 0.0 + 1.0, "1"),
    (|v| v * 0.0 - 1.0, "-1"),
    (|v| v.mapv(|v| 1.0 - v * v), "1 less its square"),
    (|v| v.mapv(|v| 1.0 + v * v), "1 and its square"),
    (|v| v.mapv(|v| v * (1.0 - v)), "itself times 1 less itself"),
    (|v| v.mapv(|v| v * v * v), "its third power"),
    (|v| v.mapv(|v| (1.0 - v).sqrt()), "the root of 1 less it"),
    (|v| v.mapv(|v| (1.0 - v * v).sqrt()), "the root of 1 less its square"),
    (
        |v| v.mapv(|v| v * v * (3.0 - 2.0 * v)),
        "3 of its square less 2 of its third power",
    ),
    (
        |v| v.mapv(|v| (v * FRAC_PI_2).sin()),
        "the sine of that many right angles",
    ),
    (|v| v * 3.0, "three of it"),
    (|v| v / 3.0, "a third of it"),
    (|v| v * 4.0, "four of it"),
    (|v| v.mapv(f64::exp), "its exponential"),
    (|v| v.mapv(f64::ln), "its logarithm"),
    (|v| v.mapv(f64::ln_1p), "the logarithm of 1 and it"),
    (|v| v.mapv(f64::log2), "its logarithm to base 2"),
    (|v| v.mapv(f64::sin), "its sine"),
    (|v| v.mapv(f64::cos), "its cosine"),
    (|v| v.mapv(sigmoid), "its sigmoid"),
    (
        |v| v.mapv(|v| sigmoid(v) * sigmoid(-v)),
        "the slope of the sigmoid there",
    ),
    (|v| v.mapv(f64::tanh), "its tanh"),
    (|v| v.mapv(|v| 1.0 - v.tanh().powi(2)), "the slope of the tanh there"),
    (|v| v.mapv(|v| v.max(0.0)), "itself, with 0 for what is negative"),
    (|v| v.mapv(|v| v.min(0.0)), "itself, with 0 for what is positive"),
    (|v| v.mapv(|v| if v > 0.0 { v } else { 0.2 * v }), "its leaky ReLU"),
    (
        |v| v.mapv(|v| if v > 0.0 { 1.0 } else { 0.2 }),
        "the slope of the leaky ReLU there",
    ),
    (
        |v| v.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 }),
        "1 where it is positive, and 0 elsewhere",
    ),
    (
        |v| v.mapv(|v| if v >= 0.5 { 1.0 } else { 0.0 }),
        "1 where it is ½ or more, and 0 elsewhere",
    ),
    (|v| softmax(v, None), "its softmax over all"),
    (|v| softmax(v, Some(0)), "its softmax over the rows"),
    (|v| softmax(v, Some(1)), "its softmax over the columns"),
    (|v| v.mapv(f64::signum), "its sign"),
    (|v| v.mapv(f64::floor), "the whole number below it"),
    (|v| v.mapv(f64::ceil), "the whole number above it"),
    (|v| v.mapv(f64::round), "itself as a whole number"),
    (|v| v.mapv(|v| v.clamp(0.0, 1.0)), "itself, kept between 0 and 1"),
    (|v| v.mapv(|v| v.clamp(-1.0, 1.0)), "itself, kept between -1 and 1"),
    (|v| v - v.mean().unwrap_or(0.0), "itself less its mean"),
    (|v| v / v.len() as f64, "itself over the number of its elements"),
    (|v| v * v.len() as f64, "itself times the number of its elements"),
    (|v| spread(v, v.sum()), "the sum of its elements, in each place"),
    (
        |v| spread(v, v.mean().unwrap_or(0.0)),
        "the mean of its elements, in each place",
    ),
    (
        |v| spread(v, v.iter().copied().fold(f64::MIN, f64::max)),
        "its largest element, in each place",
    ),
    (
        |v| spread(v, v.iter().copied().fold(f64::MAX, f64::min)),
        "its smallest element, in each place",
    ),
    (
        |v| spread(v, v.first().copied().unwrap_or(0.0)),
        "its first element, in each place",
    ),
    (|v| v / (v * v).sum().sqrt(), "itself over its length"),
    (|v| v / v.sum(), "itself over its sum"),
    (
        |v| along(v, 0, |v| v.mean().unwrap_or(0.0)),
        "the mean over its rows, in each row",
    ),
    (|v| along(v, 0, |v| v.sum()), "the sum over its rows, in each row"),
    (
        |v| along(v, 0, |v| v.iter().copied().fold(f64::MIN, f64::max)),
        "the largest over its rows, in each row",
    ),
    (
        |v| along(v, 0, |v| v.first().copied().unwrap_or(0.0)),
        "its first row, in each row",
    ),
    (
        |v| along(v, 0, |v| v.last().copied().unwrap_or(0.0)),
        "its last row, in each row",
    ),
    (
        |v| along(v, 1, |v| v.mean().unwrap_or(0.0)),
        "the mean over its columns, in each column",
    ),
    (
        |v| along(v, 1, |v| v.sum()),
        "the sum over its columns, in each column",
    ),
    (
        |v| along(v, 1, |v| v.iter().copied().fold(f64::MIN, f64::max)),
        "the largest over its columns, in each column",
    ),
    (
        |v| along(v, 1, |v| v.first().copied().unwrap_or(0.0)),
        "its first column, in each column",
    ),
    (
        |v| by_axis(v, 0, |v| v.len() as f64),
        "itself over the number of its rows",
    ),
    (
        |v| by_axis(v, 1, |v| v.len() as f64),
        "itself over the number of its columns",
    ),
    (
        |v| by_axis(v, 0, |v| 1.0 / v.len() as f64),
        "itself times the number of its rows",
    ),
    (
        |v| by_axis(v, 1, |v| 1.0 / v.len() as f64),
        "itself times the number of its columns",
    ),
    (
        |v| by_axis(v, 1, |v| v.dot(v).sqrt()),
        "itself, each row over its length",
    ),
    (|v| turned(v, 0), "itself with the rows in the opposite order"),
    (|v| turned(v, 1), "itself with the columns in the opposite order"),
    (|v| v.t().to_owned(), "its transpose"),
    (
        |v| v - &along(v, 0, |v| v.mean().unwrap_or(0.0)),
        "itself less the mean over its rows",
    ),
    (
        |v| v - &along(v, 1, |v| v.mean().unwrap_or(0.0)),
        "itself less the mean over its columns",
    ),
    (|v| v - &without(v, true), "its first row alone, with 0 in the others"),
    (|v| v - &without(v, false), "its last row alone, with 0 in the others"),
    (|v| without(v, true), "itself with 0 in the first row"),
    (|v| without(v, false), "itself with 0 in the last row"),
    (|v| shifted(v, 1), "itself, one row later"),
    (|v| shifted(v, -1), "itself, one row earlier"),
    (plus::<2>, "itself and 1e-2"),
    (at_least::<2>, "itself, at least 1e-2"),
    (between::<2>, "itself, kept between 1e-2 and 1 - 1e-2"),
    (plus::<3>, "itself and 1e-3"),
    (at_least::<3>, "itself, at least 1e-3"),
    (between::<3>, "itself, kept between 1e-3 and 1 - 1e-3"),
    (plus::<4>, "itself and 1e-4"),
    (at_least::<4>, "itself, at least 1e-4"),
    (between::<4>, "itself, kept between 1e-4 and 1 - 1e-4"),
    (plus::<5>, "itself and 1e-5"),
    (at_least::<5>, "itself, at least 1e-5"),
    (between::<5>, "itself, kept between 1e-5 and 1 - 1e-5"),
    (plus::<6>, "itself and 1e-6"),
    (at_least::<6>, "itself, at least 1e-6"),
    (between::<6>, "itself, kept between 1e-6 and 1 - 1e-6"),
    (plus::<7>, "itself and 1e-7"),
    (at_least::<7>, "itself, at least 1e-7"),
    (between::<7>, "itself, kept between 1e-7 and 1 - 1e-7"),
    (plus::<8>, "itself and 1e-8"),
    (at_least::<8>, "itself, at least 1e-8"),
    (between::<8>, "itself, kept between 1e-8 and 1 - 1e-8"),
    (plus::<9>, "itself and 1e-9"),
    (at_least::<9>, "itself, at least 1e-9"),
    (between::<9>, "itself, kept between 1e-9 and 1 - 1e-9"),
];

fn small(n: i32) -> f64 {
    10.0_f64.powi(-n)
}

fn plus<const N: i32>(v: &ArrayD<f64>) -> ArrayD<f64> {
    v + small(N)
}

fn at_least<const N: i32>(v: &ArrayD<f64>) -> ArrayD<f64> {
    v.mapv(|v| v.max(small(N)))
}

fn between<const N: i32>(v: &ArrayD<f64>) -> ArrayD<f64> {
    v.mapv(|v| v.clamp(small(N), 1.0 - small(N)))
}

fn softmax(v: &ArrayD<f64>, axis: Option<usize>) -> ArrayD<f64> {
    match axis {
        None => {
            let most = v.iter().copied().fold(f64::MIN, f64::max);
            let e = v.mapv(|v| (v - most).exp());
            let sum = e.sum();
            e / sum
        }
        Some(axis) => {
            let most = along(v, axis, |v| {
                v.iter().copied().fold(f64::MIN, f64::max)
            });
            let e = (v - &most).mapv(f64::exp);
            &e / &along(&e, axis, |v| v.sum())
        }
    }
}

/// The rows moved on by one, round the end.
fn shifted(v: &ArrayD<f64>, by: isize) -> ArrayD<f64> {
    let rows = v.shape().first().copied().unwrap_or(0) as isize;
    let row = |n: isize| (n - by).rem_euclid(rows) as usize;
    match rows {
        0 => v.clone(),
        _ => v.select(Axis(0), &(0..rows).map(row).collect::<Vec<_>>()),
    }
}

fn sigmoid(v: f64) -> f64 {
    1.0 / (1.0 + (-v).exp())
}

fn spread(v: &ArrayD<f64>, with: f64) -> ArrayD<f64> {
    ArrayD::from_elem(v.raw_dim(), with)
}

type OfLane = fn(&ndarray::Array1<f64>) -> f64;

/// Each lane along an axis holds one number.
fn along(v: &ArrayD<f64>, axis: usize, of: OfLane) -> ArrayD<f64> {
    let mut out = v.clone();
    if axis < v.ndim() {
        let lanes = out.lanes_mut(Axis(axis));
        lanes.into_iter().for_each(|mut lane| {
            let one = of(&lane.to_owned());
            lane.fill(one);
        });
    }
    out
}

/// Each lane along an axis is divided by one number.
fn by_axis(v: &ArrayD<f64>, axis: usize, of: OfLane) -> ArrayD<f64> {
    v / &along(v, axis, of)
}

fn turned(v: &ArrayD<f64>, axis: usize) -> ArrayD<f64> {
    let mut out = v.clone();
    if axis < v.ndim() {
        out.invert_axis(Axis(axis));
    }
    out
}

fn without(v: &ArrayD<f64>, first: bool) -> ArrayD<f64> {
    let mut out = v.clone();
    if v.ndim() > 0 && v.shape()[0] > 0 {
        let last = v.shape()[0] - 1;
        out.index_axis_mut(Axis(0), if first { 0 } else { last }).fill(0.0);
    }
    out
}

/// A value made of two, and how it is called with the other's name in it.
type Join = (fn(&ArrayD<f64>, &ArrayD<f64>) -> ArrayD<f64>, &'static str);

const JOINS: &[Join] = &[
    (|_, w| w.clone(), "@"),
    (|_, w| -w, "the negative of: @"),
    (|v, w| v * w, "its product with: @"),
    (|v, w| v / w, "itself over: @"),
    (|v, w| v + w, "its sum with: @"),
    (|v, w| v - w, "itself less: @"),
    (|v, w| w - v, "what is left if it is taken from: @"),
    (
        |v, w| Zip::from(v).and(w).map_collect(|v, w| v.max(*w)),
        "the larger of it and: @",
    ),
    (
        |v, w| Zip::from(v).and(w).map_collect(|v, w| v.min(*w)),
        "the smaller of it and: @",
    ),
];

/// The value in the place of the one that has come up, if it fits there.
type Instead<'a> = &'a dyn Fn(
    &ArrayD<f64>,
    &[(&'static str, ArrayD<f64>)],
) -> Option<ArrayD<f64>>;

/// The function with one of its values replaced, or more.
fn with_replaced<I>(
    with: &dyn Fn(&I, Tap) -> Out,
    input: &I,
    nodes: &[&str],
    instead: Instead,
) -> Option<Out> {
    let (seen, fits) = (RefCell::new(Vec::new()), Cell::new(true));
    let tap = |name, value: ArrayD<f64>| {
        let mut value = value;
        if nodes.contains(&name) {
            let other = instead(&value, &seen.borrow());
            match other.filter(|other| other.shape() == value.shape()) {
                Some(other) => value = other,
                None => fits.set(false),
            }
        }
        seen.borrow_mut().push((name, value.clone()));
        value
    };
    let out = with(input, &tap);
    fits.get().then_some(out)
}

/// The values of a function by their names, in their order.
pub fn values<I>(
    with: &dyn Fn(&I, Tap) -> Out,
    input: &I,
) -> Vec<(&'static str, ArrayD<f64>)> {
    let seen = RefCell::new(Vec::new());
    with(input, &|name, value| {
        seen.borrow_mut().push((name, value.clone()));
        value
    });
    let mut first: Vec<(&str, ArrayD<f64>)> = Vec::new();
    for (name, value) in seen.into_inner() {
        if first.iter().all(|(other, _)| *other != name) {
            first.push((name, value));
        }
    }
    first
}

/// How much is tried.
#[derive(Clone, Copy, PartialEq)]
pub enum Look {
    /// A value replaced by another one.
    Short,
    /// Also what can be done to one value to stand in the place of another.
    Long,
}

/// The value of a function that, replaced by something else, gives what came, in a sentence.
pub fn as_if<I>(
    with: &dyn Fn(&I, Tap) -> Out,
    cases: &[(&I, Out)],
    agree: &dyn Fn(&Out, &Out) -> bool,
    look: Look,
) -> Option<String> {
    let names: Vec<_> =
        values(with, cases.first()?.0).into_iter().map(|v| v.0).collect();
    let gives = |node: &str, instead: Instead| {
        cases.iter().all(|(input, came)| {
            with_replaced(with, input, &[node], instead)
                .is_some_and(|out| agree(&out, came))
        })
    };
    let said = |node: &str, words: &str| {
        format!(
            "Yours comes out if one thing is changed: in place of {node} there is {words}."
        )
    };
    // What is near the result first.
    for node in names.iter().rev() {
        for (change, words) in CHANGES {
            if gives(node, &|v, _| Some(change(v))) {
                return Some(said(node, words));
            }
        }
    }
    for (join, words) in JOINS {
        for (n, node) in names.iter().enumerate().rev() {
            for other in &names[..n] {
                let instead: Instead = &|v, seen| {
                    let (_, w) = seen.iter().rfind(|s| s.0 == *other)?;
                    let w = w.broadcast(v.raw_dim())?.to_owned();
                    Some(join(v, &w))
                };
                if gives(node, instead) {
                    return Some(said(node, &words.replace('@', other)));
                }
            }
        }
    }
    let long = if look == Look::Long { names.len() } else { 0 };
    for (n, node) in names[..long].iter().enumerate() {
        for other in &names[..n] {
            for (change, words) in CHANGES {
                let both: Instead = &|v, _| Some(change(v));
                let gives = cases.iter().all(|(input, came)| {
                    with_replaced(with, input, &[node, other], both)
                        .is_some_and(|out| agree(&out, came))
                });
                if gives {
                    return Some(format!(
                        "Yours comes out if two things are changed: in place of {other}, and of {node}, there is {words}."
                    ));
                }
            }
        }
    }
    for (n, node) in names[..long].iter().enumerate() {
        for other in &names[..n] {
            for (change, words) in CHANGES {
                let instead: Instead = &|v, seen| {
                    let (_, w) = seen.iter().rfind(|s| s.0 == *other)?;
                    let w = change(w).broadcast(v.raw_dim())?.to_owned();
                    Some(w)
                };
                if gives(node, instead) {
                    let words = format!("something made of {other}: {words}");
                    return Some(said(node, &words));
                }
            }
        }
    }
    None
}
