//! The checks of this chapter's exercises.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::any::Any;
use std::iter::once;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;

use codebook_lookup::plain::{
    cluster_means, gather, gather_backward, nearest_by_definition, usage,
};
use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, last, mse,
    mse_backward, softmax,
};
use lab::{Diagnosis, Slip, judge, rng_at, slips};
use ndarray::{
    Array, Array1, Array2, ArrayD, ArrayView1, Axis, Dimension, Zip, array, s,
};
use straight_through::plain; // `causes` finds it here
use straight_through::plain::{descend, gumbel_softmax_backward};

#[allow(dead_code)]
#[path = "../../src/run/experiments/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

const TOLERANCE: f64 = 1e-9;

/// All results for one input.
type Results = Vec<ArrayD<f64>>;

/// Whether a slip is made.
type Made<'a> = &'a dyn Fn(&str) -> bool;

/// Slips by their names, each with what is said of it.
macro_rules! slips_of {
    ($($name:literal: $what:literal)*) => {
        &[$(Slip { name: $name, what: $what }),*]
    };
}

/// What is right, or the first of the others whose slip is made.
fn one_of<T, const N: usize>(
    made: Made,
    right: T,
    others: [(&str, T); N],
) -> T {
    let mut others = others.into_iter();
    others.find(|(name, _)| made(name)).map_or(right, |(_, other)| other)
}

/// An exercise, with its function once more and every slip of it a switch.
struct Exercise<'a, C> {
    see: &'static str,
    /// What the results are called.
    parts: &'static [&'static str],
    /// Inputs, a general one first.
    cases: Vec<(&'static str, C)>,
    /// How many of them tell mistakes apart; what follows takes long.
    short: usize,
    slips: &'static [Slip],
    with: fn(&C, Made) -> Results,
    /// Other ways to write it that are right, and differ when something else goes wrong.
    forms: &'static [&'static str],
    /// What numbers may be multiplied by in error.
    sizes: fn(&C) -> Vec<(&'static str, f64)>,
    /// The input in words.
    input: fn(&C) -> String,
    /// That of which the first result is the gradient.
    from: fn(&C) -> Option<ArrayD<f64>>,
    /// What else can be said of an answer that no slip explains.
    more: &'a dyn Fn(&[Option<Results>]) -> String,
}

fn no_sizes<C>(_: &C) -> Vec<(&'static str, f64)> {
    vec![]
}

fn from_nothing<C>(_: &C) -> Option<ArrayD<f64>> {
    None
}

fn nothing_more(_: &[Option<Results>]) -> String {
    String::new()
}

/// What an answer gives, or what it says when it stops; a stub says so itself.
fn caught<T>(answer: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(answer)).map_err(|panic| {
        let text = |panic: &(dyn Any + Send)| {
            let owned = panic.downcast_ref::<String>().cloned();
            owned.or_else(|| {
                panic.downcast_ref::<&str>().map(|t| t.to_string())
            })
        };
        let text = text(panic.as_ref()).unwrap_or_default();
        if text.starts_with("not yet implemented") {
            resume_unwind(panic);
        }
        text.lines().next().unwrap_or_default().to_string()
    })
}

/// Whether two arrays are the same up to rounding; what is no number equals what is none.
fn same<D: Dimension>(
    a: &Array<f64, D>,
    b: &Array<f64, D>,
    tolerance: f64,
) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || a.is_nan() && b.is_nan()
            || (a - b).abs() <= tolerance * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// In one line.
fn flat<D: Dimension>(x: &Array<f64, D>) -> String {
    let digits = |v: f64| format!("{:?}", (v * 1e4).round() / 1e4);
    let list = |row: Vec<f64>| {
        let each = row.into_iter().map(|v| {
            let text = digits(v);
            text.strip_suffix(".0").map(String::from).unwrap_or(text)
        });
        format!("[{}]", each.collect::<Vec<_>>().join(", "))
    };
    match x.shape() {
        &[_, columns] if columns > 0 => {
            let numbers: Vec<f64> = x.iter().copied().collect();
            let rows = numbers.chunks(columns).map(|row| list(row.to_vec()));
            format!("[{}]", rows.collect::<Vec<_>>().join(", "))
        }
        _ => list(x.iter().copied().collect()),
    }
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => "nothing".into(),
        [one] => one.to_string(),
        [some @ .., last] => format!("{} and {last}", some.join(", ")),
    }
}

impl<C> Exercise<'_, C> {
    fn right(&self, n: usize) -> Results {
        (self.with)(&self.cases[n].1, &|_| false)
    }

    /// Rounding grows in a long training.
    fn tolerance(&self, n: usize) -> f64 {
        if n < self.short { TOLERANCE } else { 1e-6 }
    }

    /// # Errors
    /// The answer is wrong; with the slips that explain it, or where it is wrong.
    fn check(
        &self,
        candidate: impl Fn(&C) -> Results,
    ) -> Result<(), Diagnosis> {
        let tried: Vec<_> = self
            .cases
            .iter()
            .map(|(_, case)| caught(|| candidate(case)))
            .collect();
        let came: Vec<Option<Results>> =
            tried.iter().map(|came| came.clone().ok()).collect();
        let wrong: Vec<Vec<usize>> = (0..came.len())
            .map(|n| self.wrong_parts(n, came[n].as_ref()))
            .collect();
        let failed = |n: &usize| !wrong[*n].is_empty();
        if !(0..came.len()).any(|n| failed(&n)) {
            return Ok(());
        }
        let stopped: Vec<usize> =
            (0..came.len()).filter(|n| came[*n].is_none()).collect();
        let first = (0..came.len()).find(|n| failed(n) && came[*n].is_some());
        let halts = stopped.iter().min_by_key(|n| self.told(**n).len());
        let halts = halts.map_or(String::new(), |n| {
            let text = tried[*n].as_ref().err().cloned().unwrap_or_default();
            format!(
                " It stops with a panic {}, with {}: {text}",
                self.cases[*n].0,
                self.told(*n)
            )
        });
        let Some(first) = first else {
            let what = format!("{halts}.");
            return Err(Diagnosis::new("panic", what.trim(), self.see));
        };
        let explained = self.explained(&came, &wrong);
        let named = explained.is_some();
        let mut told =
            explained.unwrap_or_else(|| self.located(&came, &wrong));
        told.what += &halts;
        let (right, part) = (self.right(first), wrong[first][0]);
        let (right, came) = (&right[part], &came[first]);
        let Some(came) = came.as_ref().and_then(|came| came.get(part)) else {
            return Err(told);
        };
        let suspect = named.then(|| (came.clone(), told.clone()));
        let suspects = suspect.into_iter().collect();
        judge(right, came, self.tolerance(first), suspects, told)
    }

    fn told(&self, n: usize) -> String {
        (self.input)(&self.cases[n].1)
    }

    fn wrong_parts(&self, n: usize, came: Option<&Results>) -> Vec<usize> {
        let parts = 0..self.parts.len();
        let Some(came) = came else { return parts.collect() };
        let right = self.right(n);
        parts
            .filter(|p| !same(&right[*p], &came[*p], self.tolerance(n)))
            .collect()
    }

    /// The slips that explain an answer, also with a factor.
    fn explained(
        &self,
        came: &[Option<Results>],
        wrong: &[Vec<usize>],
    ) -> Option<Diagnosis> {
        let some: Vec<usize> =
            (0..self.short).filter(|n| came[*n].is_some()).collect();
        if some.iter().all(|n| wrong[*n].is_empty()) {
            return None;
        }
        let of = |n: &usize| came[*n].clone().unwrap_or_default();
        let all: Results = some.iter().flat_map(of).collect();
        let forms = || once("").chain(self.forms.iter().copied());
        let with = |made: Made| -> Vec<Results> {
            let each = some.iter();
            each.map(|n| (self.with)(&self.cases[*n].1, made)).collect()
        };
        let found = forms().find_map(|form| {
            slips(
                self.slips,
                &all,
                |made| with(&|name| name == form || made.is(name)).concat(),
                TOLERANCE,
                self.see,
            )
        });
        if found.is_some() {
            return found;
        }
        let came: Vec<Results> = some.iter().map(of).collect();
        for any in [false, true] {
            let right = with(&|_| false);
            if let Some(said) = self.factors(&some, &right, &came, any) {
                return Some(Diagnosis::new("factor", said, self.see));
            }
            for form in forms() {
                for one in self.slips {
                    let made = |name: &str| name == one.name || name == form;
                    let would = with(&made);
                    if let Some(said) =
                        self.factors(&some, &would, &came, any)
                    {
                        let what =
                            format!("Two things. {} And: {said}", one.what);
                        let told = Diagnosis::new(one.name, what, self.see);
                        return Some(told);
                    }
                }
            }
        }
        None
    }

    /// By what each result has to be multiplied in every case, if that gives what came: by one number, or a size, or (if `any`)
    /// another number each time.
    fn factors(
        &self,
        some: &[usize],
        would: &[Results],
        came: &[Results],
        any: bool,
    ) -> Option<String> {
        let mut said = Vec::new();
        for (part, name) in self.parts.iter().enumerate() {
            let mut each = Vec::new();
            let mut evidence = 0;
            for ((n, would), came) in some.iter().zip(would).zip(came) {
                let (would, came) = (&would[part], &came[part]);
                let Some(factor) = factor(would, came)? else { continue };
                let count = would.iter().filter(|v| **v != 0.0).count();
                evidence += count - 1;
                each.push((*n, factor));
            }
            let one = |v: f64| (v - 1.0).abs() < 1e-7;
            if each.iter().all(|(_, f)| one(*f)) {
                continue;
            }
            if evidence < 4 {
                return None;
            }
            let alike = |all: &[f64]| {
                all.iter().all(|f| (f / all[0] - 1.0).abs() < 1e-7)
            };
            let all: Vec<f64> = each.iter().map(|(_, f)| *f).collect();
            if alike(&all) {
                said.push(format!("{name} is multiplied by {:.5}.", all[0]));
                continue;
            }
            let sizes: Vec<_> = each
                .iter()
                .map(|(n, _)| (self.sizes)(&self.cases[*n].1))
                .collect();
            let law = POWERS.iter().find_map(|(power, words)| {
                (0..sizes[0].len()).find_map(|at| {
                    let pairs = all.iter().zip(&sizes);
                    let rest: Vec<f64> = pairs
                        .map(|(f, sizes)| f / sizes[at].1.powf(*power))
                        .collect();
                    let plain = [1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 4.0];
                    let plain = plain.iter().any(|v| one(rest[0] / v));
                    (alike(&rest) && plain).then(|| {
                        let besides = match one(rest[0]) {
                            true => String::new(),
                            false => {
                                format!(", and multiplied by {}", rest[0])
                            }
                        };
                        format!(
                            "{name} is {words} {}{besides}.",
                            sizes[0][at].0
                        )
                    })
                })
            });
            let varies = || {
                let words = each
                    .iter()
                    .map(|(n, f)| format!("{} by {f:.5}", self.cases[*n].0));
                any.then(|| {
                    format!(
                        "{name} is multiplied by another number each time: {}.",
                        words.collect::<Vec<_>>().join(", ")
                    )
                })
            };
            said.push(law.or_else(varies)?);
        }
        let upper = |text: String| text[..1].to_uppercase() + &text[1..];
        let said: Vec<_> = said.into_iter().map(upper).collect();
        (!said.is_empty()).then(|| said.join(" "))
    }

    /// Which part is wrong, for which inputs, and the simplest of these.
    fn located(
        &self,
        came: &[Option<Results>],
        wrong: &[Vec<usize>],
    ) -> Diagnosis {
        let first = (0..came.len())
            .find(|n| !wrong[*n].is_empty() && came[*n].is_some());
        let first = first.unwrap_or(0);
        let all = 0..self.parts.len();
        let (bad, good): (Vec<_>, Vec<_>) =
            all.partition(|p| wrong[first].contains(p));
        let name = |p: &usize| self.parts[*p];
        let named =
            |of: &[usize]| listed(&of.iter().map(name).collect::<Vec<_>>());
        let mut what = format!("Wrong: {}.", named(&bad));
        if !good.is_empty() {
            what = format!(
                "Wrong {}: {}. Right: {}.",
                self.cases[first].0,
                named(&bad),
                named(&good)
            );
        }
        let (fine, failed): (Vec<usize>, Vec<usize>) =
            (0..came.len()).partition(|n| wrong[*n].is_empty());
        let labels = |of: &[usize]| {
            listed(&of.iter().map(|n| self.cases[*n].0).collect::<Vec<_>>())
        };
        if !fine.is_empty() {
            what += &format!(
                " It is wrong {}, but right {}.",
                labels(&failed),
                labels(&fine)
            );
        }
        let simplest = failed.iter().filter(|n| came[**n].is_some());
        let simplest = simplest.min_by_key(|n| self.told(**n).len());
        if let Some(n) = simplest
            && let Some(here) = &came[*n]
        {
            let (part, input) = (wrong[*n][0], self.told(*n));
            let right = flat(&self.right(*n)[part]);
            let yours = flat(&here[part]);
            if input.len() + right.len() + yours.len() < 400 {
                what += &format!(
                    " Begin with {input}. For {} right is {right}, and yours is {yours}.",
                    self.parts[part]
                );
            }
        }
        let no_number = |n: &usize| {
            let came = came[*n].iter().flatten();
            came.flatten().any(|v| !v.is_finite())
        };
        let (none, some): (Vec<usize>, Vec<usize>) = failed
            .iter()
            .filter(|n| came[**n].is_some())
            .partition(|n| no_number(n));
        if !none.is_empty() && fine.len() + some.len() > 0 {
            what += &format!(
                " It holds what is no finite number {}; what is 0, negative or large there, and is divided by, or has a root, a \
                 logarithm or an exponential taken of it?",
                labels(&none)
            );
        }
        let moved = self.moved(came, wrong);
        let more = if moved.is_empty() { (self.more)(came) } else { moved };
        what += &more;
        Diagnosis::new("value", what, self.see)
    }

    /// Whether a parameter after a step is what came, in the place of its gradient.
    fn moved(
        &self,
        came: &[Option<Results>],
        wrong: &[Vec<usize>],
    ) -> String {
        let (mut right, mut steps) = (Vec::new(), Vec::new());
        for n in (0..self.short).filter(|n| !wrong[*n].is_empty()) {
            let (Some(from), Some(came)) =
                ((self.from)(&self.cases[n].1), &came[n])
            else {
                return String::new();
            };
            if from.shape() != came[0].shape() {
                return String::new();
            }
            right.extend(self.right(n)[0].iter().copied());
            steps.extend((&came[0] - &from).iter().copied());
        }
        let [right, steps] =
            [right, steps].map(|v| Array1::from(v).into_dyn());
        match factor(&right, &steps) {
            Some(Some(eta)) if right.len() > 2 => format!(
                " Yours is the array itself, moved by {eta:.4} times the gradient. The gradient alone is asked for."
            ),
            _ => String::new(),
        }
    }

    /// Slips that change nothing, or give the same as another, or are asked for and not listed.
    #[allow(dead_code)]
    fn confused(&self) -> Vec<String> {
        let of = |slip: &str| -> Results {
            let made = |name: &str| {
                let known = self.slips.iter().any(|s| s.name == name);
                let known = known || self.forms.contains(&name);
                assert!(known, "`{name}` is not listed");
                name == slip
            };
            let cases = self.cases[..self.short].iter();
            cases.flat_map(|(_, case)| (self.with)(case, &made)).collect()
        };
        let names = once("nothing").chain(self.slips.iter().map(|s| s.name));
        let all: Vec<_> = names.map(|name| (name, of(name))).collect();
        let alike = |a: &Results, b: &Results| {
            a.iter().zip(b).all(|(a, b)| same(a, b, TOLERANCE))
        };
        let pairs = all.iter().enumerate().flat_map(|(n, (a, x))| {
            let later = all[n + 1..].iter();
            later
                .filter(|(_, y)| alike(x, y))
                .map(move |(b, _)| format!("{a} = {b}"))
        });
        let right = &all[0].1;
        let forms = self.forms.iter().filter(|f| !alike(&of(f), right));
        pairs.chain(forms.map(|f| format!("{f} is wrong"))).collect()
    }
}

const POWERS: [(f64, &str); 6] = [
    (1.0, "multiplied by"),
    (-1.0, "divided by"),
    (2.0, "multiplied by the square of"),
    (-2.0, "divided by the square of"),
    (0.5, "multiplied by the root of"),
    (-0.5, "divided by the root of"),
];

/// The number by which all of `a` has to be multiplied to give `b`, if there is one; `None` inside where both are 0.
fn factor(a: &ArrayD<f64>, b: &ArrayD<f64>) -> Option<Option<f64>> {
    if a.shape() != b.shape() {
        return None;
    }
    let pairs = a.iter().zip(b);
    let largest = pairs.max_by(|p, q| p.0.abs().total_cmp(&q.0.abs()));
    let Some((x, y)) = largest.filter(|(x, _)| **x != 0.0) else {
        return same(a, b, TOLERANCE).then_some(None);
    };
    let times = y / x;
    let told = times.is_finite() && times != 0.0;
    (told && same(&(a * times), b, TOLERANCE)).then_some(Some(times))
}

/// The `x` for which `columns x` is `b`, if there is one. `[n, k]`, `[n]`, `[k]`
fn solved(columns: &Array2<f64>, b: &Array1<f64>) -> Option<Array1<f64>> {
    let k = columns.ncols();
    let mut a = columns.t().dot(columns); // [k, k]
    let mut x = columns.t().dot(b); // [k]
    for n in 0..k {
        let largest = (n..k)
            .max_by(|p, q| a[[*p, n]].abs().total_cmp(&a[[*q, n]].abs()))?;
        for c in 0..k {
            a.swap([n, c], [largest, c]);
        }
        x.swap(n, largest);
        if a[[n, n]].abs() < 1e-12 {
            return None;
        }
        for row in (0..k).filter(|row| *row != n) {
            let times = a[[row, n]] / a[[n, n]];
            for c in 0..k {
                a[[row, c]] -= times * a[[n, c]];
            }
            x[row] -= times * x[n];
        }
    }
    let x = Array1::from_shape_fn(k, |n| x[n] / a[[n, n]]);
    same(b, &columns.dot(&x), 1e-6).then_some(x)
}

/// How an array is made up of others, if it is: in words.
fn combined<D: Dimension>(
    names: &[&str],
    parts: &[&Array<f64, D>],
    came: &ArrayD<f64>,
) -> Option<String> {
    let n = parts[0].len();
    if came.len() != n {
        return None;
    }
    let mut columns = Array2::zeros((n, parts.len()));
    for (k, part) in parts.iter().enumerate() {
        let part: Array1<f64> = part.iter().copied().collect();
        columns.column_mut(k).assign(&part);
    }
    let found = solved(&columns, &came.iter().copied().collect())?;
    let terms = found.iter().zip(names).filter(|(v, _)| v.abs() > 1e-4);
    let words = terms
        .map(|(v, name)| format!("{} {name}", flat(&array![*v])))
        .collect::<Vec<_>>();
    if words.is_empty() {
        return None;
    }
    let words = words.join(" + ").replace(['[', ']'], "");
    Some(words.replace("+ -", "- "))
}

/// A row, as an array of one row.
fn row(v: &Array1<f64>) -> Array2<f64> {
    v.clone().insert_axis(Axis(0))
}

type Three = (Array2<f64>, Array2<f64>, Array2<f64>);
type Trio = [Array2<f64>; 3];

const THROUGH: &[Slip] = slips_of! {
    "not stopped": "At z_e you have 0, at z_q the whole gradient: they are exchanged, or the formula is differentiated without \
        sg, where the bracket's -1 cancels the 1 in front and the encoder learns nothing. With sg it is the other way round."
    "not quantised": "This hands on z_e. The decoder must see the code: sg changes no value, and the bracket counts."
    "bracket reversed": "The bracket is z_q - z_e: what is missing from z_e to its code."
    "the bracket alone": "The value is that of the bracket alone. It is added to z_e."
    "a sum": "The value is z_e + z_q. The bracket is z_q - z_e, and its value counts: sg stops the gradient only."
    "half way": "The value lies half way between z_e and z_q. z_e + (z_q - z_e) is z_q."
    "the bracket twice": "The value has the bracket twice: z_e + (z_q - z_e) is z_q already."
    "the gradient for the value": "The first of the three is the value z_st, and this is the gradient at it."
    "the value last": "The order is wrong: first the value, then the gradient at z_e, then that at z_q."
    "the slopes alone": "These are slopes, 1 and 0. A gradient is the slope times the gradient d_z_st that comes in."
    "nothing handed on": "The gradient at z_e is 0. The bracket is a constant, but the z_e in front of it is none: the \
        gradient goes on there as it is."
    "to both": "The gradient is at z_q too. z_q stands in the bracket, so it gets none. What moves the codebook is a loss of \
        its own."
    "minus to the code": "z_q stands in the bracket, so it gets no gradient, neither d nor -d."
    "half to each": "The gradient is shared between z_e and z_q. z_e gets all of it, as it is."
    "sign": "The gradient at z_e has its sign turned: it is handed on as it is."
    "mean of the latents'": "At z_e all latents have the same gradient, the mean. Each has its own."
    "sum of the latents'": "At z_e all latents have the same gradient, the sum. Each has its own."
    "times the bracket": "The gradient is multiplied by the bracket. A sum hands its gradient on as it is."
    "times z_e": "The gradient is multiplied by z_e. The slope of z_e in itself is 1."
    "times z_q": "The gradient is multiplied by z_q. z_q is in the bracket, a constant that is added."
    "within 1 alone": "The gradient passes only where z_e lies within -1 and 1. It passes everywhere."
    "where they differ": "The gradient passes only where z_e and z_q differ, or where they agree. It passes everywhere."
    "where they agree": "The gradient passes only where z_e and z_q agree. It passes everywhere."
    "pulled to the code": "At z_e you have its way from the code. That is the commitment term of chapter 7; here it is the \
        gradient that comes in."
    "pulled to the code too": "To the gradient at z_e its way from the code is added. That is the commitment term of chapter \
        7."
    "the value at z_e": "At z_e you have z_q or z_st itself, a value. The gradient is asked for."
    "the code to the latent": "At z_q you have its way from z_e, a loss of its own. In this formula it stands in the bracket: \
        0."
    "the value at z_q": "At z_q you have z_q itself. The gradient there is asked for, which is 0."
};

fn through([z_e, z_q, d]: &Trio, made: Made) -> Results {
    let zeros = Array2::zeros(d.raw_dim());
    let one = Array2::ones(d.raw_dim());
    let d = if made("the slopes alone") { &one } else { d };
    let bracket = z_q - z_e;
    let value = one_of(
        made,
        z_q.clone(),
        [
            ("not quantised", z_e.clone()),
            ("bracket reversed", z_e - &bracket),
            ("the bracket alone", bracket.clone()),
            ("a sum", z_e + z_q),
            ("half way", (z_e + z_q) / 2.0),
            ("the bracket twice", z_q + &bracket),
            ("the gradient for the value", d.clone()),
        ],
    );
    let only = |here: fn(f64, f64) -> bool| {
        let mut d = d.clone();
        Zip::from(&mut d).and(z_e).and(z_q).for_each(|d, z, q| {
            *d *= f64::from(here(*z, *q));
        });
        d
    };
    let at_e = one_of(
        made,
        d.clone(),
        [
            ("not stopped", zeros.clone()),
            ("nothing handed on", zeros.clone()),
            ("half to each", d / 2.0),
            ("mean of the latents'", {
                let mean = d.sum_axis(Axis(0)) / d.nrows().max(1) as f64;
                &zeros + &mean
            }),
            ("sum of the latents'", &zeros + &d.sum_axis(Axis(0))),
            ("sign", -d),
            ("times the bracket", d * &bracket),
            ("times z_e", d * z_e),
            ("times z_q", d * z_q),
            ("within 1 alone", only(|z, _| z.abs() <= 1.0)),
            ("where they differ", only(|z, q| z != q)),
            ("where they agree", only(|z, q| z == q)),
            ("pulled to the code", -&bracket),
            ("pulled to the code too", d - &bracket),
            ("the value at z_e", z_q.clone()),
        ],
    );
    let at_q = one_of(
        made,
        zeros,
        [
            ("not stopped", d.clone()),
            ("to both", d.clone()),
            ("minus to the code", -d),
            ("half to each", d / 2.0),
            ("the code to the latent", bracket),
            ("the value at z_q", z_q.clone()),
        ],
    );
    let mut all = [value, at_e, at_q];
    if made("the value last") {
        all.rotate_left(1);
    }
    all.map(Array::into_dyn).into()
}

fn of_straight_through<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Trio> {
    let general = [
        array![
            [0.3, -1.2, 0.0],
            [2.0, 0.5, -0.4],
            [1000.0, 0.0, 1.0],
            [-0.7, -0.7, 0.2]
        ],
        array![
            [0.0, -1.0, 0.4],
            [1.5, 1.5, -1.0],
            [-1000.0, 1.0, 1.0],
            [-0.7, -0.7, 0.3]
        ],
        array![
            [0.7, -0.1, 0.3],
            [-0.4, 0.2, 0.0],
            [0.0, 1000.0, -2.0],
            [0.5, -0.5, 0.1]
        ],
    ];
    let one = [0.5, 1.5, -0.25].map(|v| Array2::from_elem((1, 5), v));
    let cases = vec![
        ("in general", general),
        ("for one number", [2.0, 3.0, 5.0].map(|v| array![[v]])),
        ("for one latent", one),
        ("for no latent", [0.0; 3].map(|v| Array2::from_elem((0, 2), v))),
    ];
    Exercise {
        from: from_nothing,
        see: "chapter 6, § Straight through, equations 6.2 and 6.3",
        parts: &["the value", "the gradient at z_e", "the gradient at z_q"],
        short: cases.len(),
        cases,
        slips: THROUGH,
        with: through,
        forms: &[],
        sizes: |[z, ..]| {
            vec![
                ("the number of latents", z.nrows() as f64),
                ("the width of a latent", z.ncols() as f64),
                ("the number of all numbers", z.len() as f64),
            ]
        },
        input: |[z_e, z_q, d]| {
            format!(
                "z_e = {}, z_q = {}, d_z_st = {}",
                flat(z_e),
                flat(z_q),
                flat(d)
            )
        },
        more,
    }
}

pub fn straight_through(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Three,
) -> Result<(), Diagnosis> {
    let more = |came: &[Option<Results>]| {
        let here = of_straight_through(&nothing_more);
        let [z_e, z_q, d] = &here.cases[0].1;
        let names = ["z_e", "z_q", "d", "d z_e", "d z_q", "1"];
        let one = Array2::ones(d.raw_dim());
        let parts = [z_e, z_q, d, &(d * z_e), &(d * z_q), &one];
        let Some(came) = &came[0] else { return String::new() };
        let wrong = here.wrong_parts(0, Some(came)).into_iter();
        let said = wrong.map(|n| {
            let found = combined(&names, &parts, &came[n]);
            found.map_or(String::new(), |words| {
                format!(" In general {} is {words} in yours.", here.parts[n])
            })
        });
        said.collect()
    };
    of_straight_through(&more).check(|[z_e, z_q, d]| {
        let (value, at_e, at_q) = candidate(z_e, z_q, d);
        [value, at_e, at_q].map(Array::into_dyn).into()
    })
}

/// An encoder, a codebook, a decoder, and inputs.
type Linear = [Array2<f64>; 4];

const ENCODER: &[Slip] = slips_of! {
    "true derivative": "This is the true derivative, which is 0 almost everywhere, and with which no encoder learns."
    "lookup left out": "The loss is taken without the lookup. Straight-through leaves it out on the way back only; the error \
        is that of the decoded code."
    "mean forgotten": "The loss is a mean over all numbers of x; `mse_backward` divides by them."
    "mean over rows": "Divided by the number of rows. The loss is a mean over all numbers of x, rows times columns."
    "mean over columns": "Divided by the number of columns. The loss is a mean over all numbers of x, rows times columns."
    "square forgotten": "The derivative of a square has a factor of 2."
    "sign": "The sign is turned: the error is y - x, what is decoded less what it should be."
    "pulled to the code": "This pulls z_e to its code. That is the commitment term of chapter 7; it knows nothing of the \
        decoder."
    "pulled to the code too": "The decoder's gradient is right, and a pull of z_e to its code is added to it. That is the \
        commitment term of chapter 7, and not in this loss."
    "the decoder's weights": "This is the gradient at the decoder's weights, w_d: its input, the code, times the error."
    "at the codebook": "This is the gradient at the codebook, of all latents that chose a code. The one at w_e is asked for."
    "the last step": "This is the gradient at the latents, one row for each input. One step is missing, from z_e = x w_e to \
        w_e."
    "a step too far": "This is the gradient at x. The one at the weights w_e is asked for."
    "transposed": "It is transposed: the gradient has the shape of w_e, [X, C]."
    "latents for inputs": "The last step goes through z_e = x w_e, so that x stands at the left of the product, and no \
        latent."
    "codes for inputs": "The last step goes through z_e = x w_e, so that x stands at the left of the product, and no code."
    "decoded for inputs": "The last step goes through z_e = x w_e, so that x stands at the left of the product, and not what \
        was decoded, y."
    "error for inputs": "The last step goes through z_e = x w_e, so that x stands at the left of the product, and not the \
        error y - x."
    "back through the encoder": "The error goes back to the latents by w_e. It came through the decoder: it goes back by w_d \
        transposed."
    "decoded by the encoder": "Decoded by the encoder's weights, transposed. The decoder is w_d."
    "codes decoded, latents' error": "The target of what is decoded from the codes is what the decoder makes of z_e. The \
        target is x, what went in."
    "the error forgotten": "The error is y - x; yours is y alone."
    "the decoded forgotten": "The error is y - x; yours is -x alone."
    "absolute for square": "Of each error only the sign is used. That is the derivative of a mean of absolute errors; here \
        they are squared."
    "the loss for its gradient": "What goes back are squared errors. The derivative of a square is twice the error."
    "the mean loss for its gradient": "What goes back is the loss, one number. Its derivative at each number of y goes back, \
        by `mse_backward`."
    "root of the loss": "This is the gradient of the root of the loss. The loss is the mean square itself."
    "the last of equals": "Of equally near codes the last was taken; it is the first, as in chapter 5."
    "absolute distance": "The nearest code was taken by the sum of absolute differences. It is the squared distance that \
        counts."
    "largest difference": "The nearest code was taken by the largest of the differences. It is the squared distance that \
        counts."
    "largest product": "The code with the largest product z·e was taken. A long code has a large product and need not be \
        near."
    "smallest angle": "The code was taken that lies in the most similar direction. It is the squared distance that counts."
    "signed distance": "The differences were added up without a square, so that opposite ones cancel. It is the squared \
        distance that counts."
    "the first code": "Every latent was given the first code."
    "the farthest code": "Each latent was given the code that is farthest from it."
    "one code for all": "All latents were given the code of the first latent. Each has its own."
    "times the bracket": "The gradient is multiplied by z_q - z_e on its way past the lookup. It is handed on as it is."
    "times the latent": "The gradient is multiplied by z_e on its way past the lookup. It is handed on as it is."
    "times code over latent": "The gradient is multiplied by z_q / z_e on its way past the lookup, as if that were a slope. It is handed \
        on as it is."
    "times the code": "The gradient is multiplied by z_q on its way past the lookup. It is handed on as it is."
    "rotated": "The gradient was turned and scaled, as the rotation trick does. Here it is handed on as it is."
    "mean over those of a code": "The gradient of a latent is shared among all that chose its code. Each latent has its own, \
        as it came."
    "both errors": "The error of the decoded latents is added to that of the decoded codes. The decoder sees codes alone."
    "the last input alone": "The last input alone counts, as if each had overwritten those before it. The inputs' gradients \
        are added up."
    "the first input left out": "The first input is left out."
    "the last input left out": "The last input is left out."
};

/// The places of the codes that are nearest by some measure.
fn chosen(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    far: fn(ArrayView1<f64>, ArrayView1<f64>) -> f64,
    better: fn(f64, f64) -> bool,
) -> Vec<usize> {
    let index = |z: ArrayView1<f64>| {
        let d = codebook.map_axis(Axis(1), |e| far(z, e));
        (1..d.len()).fold(0, |a, b| if better(d[b], d[a]) { b } else { a })
    };
    z.rows().into_iter().map(index).collect()
}

fn encoded([w_e, codebook, w_d, x]: &Linear, made: Made) -> Results {
    let z_e = x.dot(w_e); // [N, C]
    let less = |a, b| a < b;
    let squared = |z: ArrayView1<f64>, e: ArrayView1<f64>| {
        (&z - &e).mapv(|v| v * v).sum()
    };
    let by = |far, better| chosen(&z_e, codebook, far, better);
    let mut indices = one_of(
        made,
        nearest_by_definition(&z_e, codebook),
        [
            ("the last of equals", by(squared, |a, b| a <= b)),
            ("the farthest code", by(squared, |a, b| a > b)),
            ("the first code", vec![0; x.nrows()]),
            (
                "absolute distance",
                by(|z, e| (&z - &e).mapv(f64::abs).sum(), less),
            ),
            (
                "largest difference",
                by(|z, e| (&z - &e).fold(0.0, |a, b| b.abs().max(a)), less),
            ),
            ("largest product", by(|z, e| -z.dot(&e), less)),
            (
                "smallest angle",
                by(|z, e| -z.dot(&e) / e.dot(&e).sqrt(), less),
            ),
            ("signed distance", by(|z, e| (&z - &e).sum().abs(), less)),
        ],
    );
    if made("one code for all") {
        indices = vec![indices[0]; x.nrows()];
    }
    let z_q = gather(codebook, &indices); // [N, C]
    let seen = if made("lookup left out") { &z_e } else { &z_q };
    let decode = |z: &Array2<f64>| match made("decoded by the encoder") {
        true => z.dot(&w_e.t()),
        false => z.dot(w_d),
    };
    let y = decode(seen); // [N, X]
    let error = one_of(
        made,
        &y - x,
        [
            ("the error forgotten", y.clone()),
            ("the decoded forgotten", -x),
            ("codes decoded, latents' error", &y - &decode(&z_e)),
            ("both errors", &y - x + &decode(&z_e) - x),
        ],
    );
    let sizes = x.len() as f64;
    let count = one_of(
        made,
        sizes,
        [
            ("mean forgotten", 1.0),
            ("mean over rows", x.nrows() as f64),
            ("mean over columns", x.ncols() as f64),
        ],
    );
    let square = if made("square forgotten") { 1.0 } else { 2.0 };
    let loss = error.mapv(|v| v * v).sum() / count;
    let d_y = one_of(
        made,
        &error * (square / count),
        [
            ("absolute for square", error.mapv(f64::signum) / count),
            ("the loss for its gradient", error.mapv(|v| v * v) / count),
            (
                "the mean loss for its gradient",
                Array2::from_elem(y.raw_dim(), loss),
            ),
            (
                "root of the loss",
                &error * (square / count / (2.0 * loss.sqrt())),
            ),
        ],
    );
    let mut d_z = match made("back through the encoder") {
        true => d_y.dot(w_e),
        false => d_y.dot(&w_d.t()),
    }; // [N, C]
    let pull = mse_backward(&z_e, &z_q);
    d_z = one_of(
        made,
        d_z.clone(),
        [
            ("pulled to the code", pull.clone()),
            ("pulled to the code too", &d_z + &pull),
            ("times the bracket", &d_z * &(&z_q - &z_e)),
            ("times code over latent", &d_z * &(&z_q / &z_e)),
            ("times the latent", &d_z * &z_e),
            ("times the code", &d_z * &z_q),
            ("rotated", plain::rotation_backward(&z_e, &z_q, d_z.clone())),
            ("mean over those of a code", {
                let k = codebook.nrows();
                let sums = gather_backward(&d_z, &indices, k);
                let counts = usage(&indices, k).mapv(|n| n.max(1) as f64);
                gather(&(sums / counts.insert_axis(Axis(1))), &indices)
            }),
        ],
    );
    let n = x.nrows();
    let some = one_of(
        made,
        0..n,
        [
            ("the last input alone", n.max(1) - 1..n),
            ("the first input left out", 1.min(n)..n),
            ("the last input left out", 0..n.max(1) - 1),
        ],
    );
    let part = |of: &Array2<f64>| of.slice(s![some.clone(), ..]).to_owned();
    let left = one_of(
        made,
        x.clone(),
        [
            ("latents for inputs", z_e.clone()),
            ("codes for inputs", z_q.clone()),
            ("decoded for inputs", y.clone()),
            ("error for inputs", error.clone()),
        ],
    );
    let d_w = part(&left).t().dot(&part(&d_z));
    let mut out = one_of(
        made,
        d_w.clone(),
        [
            ("true derivative", Array2::zeros(w_e.raw_dim())),
            ("the decoder's weights", part(seen).t().dot(&part(&d_y))),
            (
                "at the codebook",
                gather_backward(&d_z, &indices, codebook.nrows()),
            ),
            ("the last step", d_z.clone()),
            ("a step too far", d_z.dot(&w_e.t())),
        ],
    );
    if made("transposed") {
        out = out.reversed_axes();
    }
    if made("sign") {
        out = -out;
    }
    vec![out.into_dyn()]
}

fn of_encoder_gradient<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Linear> {
    let w_e = array![[0.5, -0.2], [0.1, 0.9], [-0.7, 0.3]];
    let w_d = array![[1.0, 0.2, -0.5], [-0.3, 0.8, 0.4]];
    // The latent 0 is equally far from the first two.
    let codebook =
        array![[0.0, 1.0], [1.0, 0.0], [-1.0, -0.5], [3.0, 3.0], [0.5, 2.0]];
    let x = array![
        [1.0, 0.5, -0.2],
        [-0.4, 1.2, 0.3],
        [0.0, 0.0, 0.0],
        [0.2, -0.9, 1.1],
        [2.0, 0.1, 0.4],
        [0.0, 1.0, 1.0],
        [0.3, 0.3, 0.3]
    ];
    let far = array![[1000.0, -1000.0, 0.0], [0.0, 1.0, 1000.0]];
    let of = |x: Array2<f64>| [w_e.clone(), codebook.clone(), w_d.clone(), x];
    let wide = |x: Array2<f64>| {
        let codes = array![[0.5, 0.0, 0.2], [-1.0, 0.3, 0.0]];
        [w_d.clone(), codes, w_e.clone(), x]
    };
    let cases = vec![
        ("in general", of(x)),
        (
            "for one number",
            [
                array![[2.0]],
                array![[1.0], [5.0]],
                array![[3.0]],
                array![[2.0]],
            ],
        ),
        ("for one input", wide(array![[2.0, -1.0]])),
        ("for large numbers", of(far)),
        (
            "where several codes are equally near",
            [
                array![[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]],
                array![[0.0, 1.0], [2.0, 1.0], [1.0, 0.0], [5.0, 5.0]],
                w_d.clone(),
                array![[1.0, 1.0, 0.5], [1.0, 1.0, -2.0]],
            ],
        ),
        (
            "with more latent numbers than inputs",
            wide(array![[0.2, -1.0], [1.5, 0.4], [0.0, 0.3], [-1.0, -1.0]]),
        ),
    ];
    Exercise {
        from: |[w_e, ..]| Some(w_e.clone().into_dyn()),
        see: "chapter 6, § Straight through, equation 6.3",
        parts: &["the gradient"],
        short: cases.len(),
        cases,
        slips: ENCODER,
        with: encoded,
        forms: &[],
        sizes: |[w_e, codebook, _, x]| {
            let [n, x, c, k] =
                [x.nrows(), x.ncols(), w_e.ncols(), codebook.nrows()]
                    .map(|n| n as f64);
            vec![
                ("the number of inputs", n),
                ("the width of an input", x),
                ("the width of a latent", c),
                ("the number of codes", k),
                ("the number of all numbers of x", n * x),
                ("the number of all numbers of z_e", n * c),
            ]
        },
        input: |[w_e, codebook, w_d, x]| {
            format!(
                "w_e = {}, codebook = {}, w_d = {}, x = {}",
                flat(w_e),
                flat(codebook),
                flat(w_d),
                flat(x)
            )
        },
        more,
    }
}

/// The codes with which an answer would be right, where it is wrong.
fn other_codes(came: &[Option<Results>]) -> Option<String> {
    let here = of_encoder_gradient(&nothing_more);
    let mut said = None;
    for n in 1..here.cases.len() {
        let came = came[n].as_ref()?;
        if here.wrong_parts(n, Some(came)).is_empty() {
            continue;
        }
        let [w_e, codebook, w_d, x] = &here.cases[n].1;
        let (k, all) =
            (codebook.nrows(), codebook.nrows().pow(x.nrows() as u32));
        let codes = |at: usize| -> Vec<usize> {
            (0..x.nrows()).map(|n| at / k.pow(n as u32) % k).collect()
        };
        let fits = |at: &usize| {
            let y = gather(codebook, &codes(*at)).dot(w_d);
            let d_w = x.t().dot(&mse_backward(&y, x).dot(&w_d.t()));
            same(&d_w.into_dyn(), &came[0], TOLERANCE)
        };
        let found = codes((0..all).find(fits)?);
        let right = nearest_by_definition(&x.dot(w_e), codebook);
        said.get_or_insert(format!(
            " All is right but the choice of codes: with the latents {} the codes {found:?} are taken, and the nearest are {right:?}, \
             counted from 0. Are they the latents, z_e = x w_e, that are looked up, as they are, and in the codebook as it is?",
            flat(&x.dot(w_e))
        ));
    }
    said
}

pub fn encoder_gradient(
    candidate: fn(
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
    ) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    // One input [2, -1]: the answer is it times the gradient at the latent, which is the error back through the decoder.
    let inside = |came: &[Option<Results>]| -> Option<String> {
        let here = of_encoder_gradient(&nothing_more);
        let it = &here.cases[2].1;
        let [right, came] = [&here.right(2), came[2].as_ref()?]
            .map(|r| r[0].clone().into_dimensionality::<ndarray::Ix2>().ok());
        let (right, came) = (right?, came?);
        if same(&right, &came, TOLERANCE) || came.dim() != right.dim() {
            return None;
        }
        let d_z = came.row(0).to_owned() / 2.0; // [C]
        let whole = it[3].t().dot(&row(&d_z));
        if !same(&whole, &came, TOLERANCE) {
            return Some(
                " For one input the gradient is the input, as a column, times a row, the gradient at its latent. Yours is no such \
                 product: look at the last step, from z_e = x w_e to w_e, and at what is added."
                    .into(),
            );
        }
        let right_d_z = right.row(0).to_owned() / 2.0;
        let mut said = format!(
            " For this one input yours is the input times {}, the gradient at its latent as you have it; right is {}. So the last step \
             is right, and one before it is not.",
            flat(&d_z),
            flat(&right_d_z)
        );
        let [d_y, right_d_y] =
            [&d_z, &right_d_z].map(|d_z| solved(&it[2], d_z));
        said += &match (d_y, right_d_y) {
            (Some(d_y), Some(right)) => format!(
                " Before the decoder's weights it is {} in yours, and should be {}: 2 (y - x) / 2 with y = z_q w_d.",
                flat(&d_y),
                flat(&right)
            ),
            _ => {
                " It is nothing that came back through w_d transposed.".into()
            }
        };
        Some(said)
    };
    let more = |came: &[Option<Results>]| {
        other_codes(came).or_else(|| inside(came)).unwrap_or_default()
    };
    of_encoder_gradient(&more).check(|[w_e, codebook, w_d, x]| {
        vec![candidate(w_e, codebook, w_d, x).into_dyn()]
    })
}

/// Losses, noise, and its width.
type Draws = (Array1<f64>, Array2<f64>, f64);

const SCORE: &[Slip] = slips_of! {
    "nothing taken off": "Nothing is subtracted: this is the page's estimate, and the level of the losses is noise in it. With \
        1,000 more on every loss, which changes no slope, it becomes something else altogether."
    "own loss in the mean": "The mean that is subtracted holds the draw's own loss too. That is a part of what is to be kept: \
        the result comes out short by a factor of (M - 1) / M. Take the mean of the *others*."
    "M - 1 for M": "The others are M - 1, but the mean over the draws is one of M."
    "others divided by M": "The sum of the others is divided by M. They are M - 1."
    "own loss, divided by M - 1": "The sum of all losses is divided by M - 1. Of the others there are so many, but the draw's \
        own loss is to be left out of the sum."
    "sum of the others": "The sum of the other losses is subtracted, and not their mean."
    "the others alone": "This is the mean of the other losses alone. It is to be subtracted from the draw's own loss."
    "added": "The mean of the others is added. It is to be subtracted."
    "downhill": "The sign is turned: where the noise leads to large losses, the loss rises. From the draw's own loss the mean \
        of the others is subtracted."
    "the smallest": "The smallest of all losses is subtracted. It is the mean of the others."
    "the largest": "The largest of all losses is subtracted. It is the mean of the others."
    "the middle one": "The median of all losses is subtracted. It is the mean of the others."
    "the first loss": "The first draw's loss is subtracted from all. It is the mean of the others."
    "the draw before": "From each loss that of the draw before it is subtracted. It is the mean of all others."
    "the draw after": "From each loss that of the draw after it is subtracted. It is the mean of all others."
    "those before": "Only the draws before a draw are in its mean. All others are, those after it too."
    "those after": "Only the draws after a draw are in its mean. All others are, those before it too."
    "equal losses left out": "Draws with an equal loss are left out of the mean. The others are all other *draws*, whatever \
        their loss."
    "weighted by the noise": "The mean is weighted by the squares of the noise. It is a plain mean of the others."
    "standardised": "Divided by the standard deviation of the losses. That makes the gradient as long for a small loss as for \
        a large one."
    "standardised by M - 1": "Divided by the standard deviation of the losses (of M - 1). That makes the gradient as long for \
        a small loss as for a large one."
    "absolute": "The size of the difference is taken. Its sign counts: a draw that is better than the others pulls towards \
        itself."
    "squared": "The difference is squared. Here it is a weight of the noise, with its sign."
    "clipped": "Negative differences are cut to 0. A draw that is better than the others counts as well, against its noise."
    "signs of the noise": "Of the noise only the signs are used. Each ε counts with its size."
    "noise squared": "The noise is squared. Each ε counts with its sign."
    "noise of length 1": "Each draw's noise is brought to length 1. It counts as it was drawn."
    "divided twice": "Divided by s once too often: s² belongs to the displacement s ε, and ε alone is given."
    "width forgotten": "The same ε moves the latent by s ε: divide by s."
    "width upside down": "Multiplied by s where it is divided by it."
    "root of the width": "Divided by the root of s. s is the standard deviation and no variance."
    "twice the width": "Divided by 2 s. That is a difference of two sides; here each draw has one."
    "sum for mean": "An expectation is estimated by a mean over the draws, not by their sum."
    "mean over all numbers": "Divided by M C, the number of all numbers in the noise. The mean is one over the M draws."
    "divided by the noise's squares": "Divided by the squares of the noise, as for the slope of a line. The mean is one over the M \
        draws."
    "logarithms for losses": "The losses' logarithms stand for the losses, which may be negative."
    "exponentials for losses": "The losses' exponentials stand for the losses."
    "squares for losses": "The losses' squares stand for the losses."
    "sizes for losses": "The losses' sizes stand for the losses, without their signs."
    "ranks for losses": "The losses' ranks stand for the losses."
    "mean of what it comes to": "A mean loss is subtracted from the result. It is subtracted from each loss, before that is multiplied \
        by the noise."
    "total not restored": "The draw's own loss is taken off the sum, and is missing there for the draws that follow. Each draw leaves \
        out its own alone."
    "the first draw's others for all": "From all losses the same mean is subtracted, that of the draws other than the first. Each draw \
        has its own others."
    "the last draw's others for all": "From all losses the same mean is subtracted, that of the draws other than the last. Each draw has \
        its own others."
    "mean over components": "Divided by C, the width of a latent. The mean is one over the M draws."
    "the first draw left out": "The first draw is left out of the sum."
    "the last draw left out": "The last draw is left out of the sum."
    "the last draw alone": "The last draw alone counts, as if each had overwritten those before it."
    "noise of another draw": "The losses and the noise are of different draws: row m of the noise belongs to loss m. Here the \
        order is reversed."
    "not added up": "These are the draws' terms, one row for each. The mean over the draws is missing."
    "added over the wrong axis": "Added up over the components, one number for each draw. The mean is one over the draws: one \
        number for each component."
};

fn scored((l, e, width): &Draws, made: Made) -> Results {
    let (m, s) = (l.len() as f64, *width);
    let rank = |v: f64| l.iter().filter(|other| **other < v).count() as f64;
    let l = &one_of(
        made,
        l.clone(),
        [
            ("logarithms for losses", l.mapv(f64::ln)),
            ("exponentials for losses", l.mapv(f64::exp)),
            ("squares for losses", l.mapv(|v| v * v)),
            ("sizes for losses", l.mapv(f64::abs)),
            ("ranks for losses", l.mapv(rank)),
        ],
    );
    let all = |v: f64| Array1::from_elem(l.len(), v);
    let by = |of: &dyn Fn(usize) -> f64| Array1::from_shape_fn(l.len(), of);
    let mean = |of: ArrayView1<f64>| of.mean().unwrap_or(0.0);
    let mut sorted = l.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[0], sorted[l.len() - 1]);
    let middle = (sorted[(l.len() - 1) / 2] + sorted[l.len() / 2]) / 2.0;
    let around =
        |by: usize| Array1::from_shape_fn(l.len(), |n| l[(n + by) % l.len()]);
    let sums = l.sum() - l;
    let mut off = one_of(
        made,
        &sums / (m - 1.0),
        [
            ("nothing taken off", all(0.0)),
            ("own loss in the mean", all(l.sum() / m)),
            ("others divided by M", &sums / m),
            ("own loss, divided by M - 1", all(l.sum() / (m - 1.0))),
            ("sum of the others", sums.clone()),
            ("the smallest", all(low)),
            ("the largest", all(high)),
            ("the middle one", all(middle)),
            ("the first loss", all(l[0])),
            ("the draw before", around(l.len() - 1)),
            ("the draw after", around(1)),
            (
                "total not restored",
                by(&|n| l.slice(s![n + 1..]).sum() / (m - 1.0)),
            ),
            ("the first draw's others for all", all(sums[0] / (m - 1.0))),
            (
                "the last draw's others for all",
                all(sums[l.len() - 1] / (m - 1.0)),
            ),
            ("mean of what it comes to", all(0.0)),
            ("those before", by(&|n| mean(l.slice(s![..n])))),
            ("those after", by(&|n| mean(l.slice(s![n + 1..])))),
            (
                "equal losses left out",
                by(&|n| {
                    let others = l.iter().filter(|v| **v != l[n]);
                    mean(others.copied().collect::<Array1<_>>().view())
                }),
            ),
            ("weighted by the noise", {
                let squares = e.mapv(|v| v * v).sum_axis(Axis(1));
                all(l.dot(&squares) / squares.sum())
            }),
        ],
    );
    if made("added") {
        off = -off;
    }
    let spread = |less: f64| {
        let middle = l - l.sum() / m;
        (middle.dot(&middle) / (m - less)).sqrt().max(1e-12)
    };
    let mut weights = l - &off;
    if made("the others alone") {
        weights = off;
    }
    weights /= one_of(
        made,
        1.0,
        [
            ("standardised", spread(0.0)),
            ("standardised by M - 1", spread(1.0)),
        ],
    );
    weights = one_of(
        made,
        weights.clone(),
        [
            ("downhill", -&weights),
            ("absolute", weights.mapv(f64::abs)),
            ("squared", weights.mapv(|v| v * v)),
            ("clipped", weights.mapv(|v| v.max(0.0))),
        ],
    );
    let long = e.mapv(|v| v * v).sum_axis(Axis(1)).mapv(f64::sqrt);
    let noise = one_of(
        made,
        e.clone(),
        [
            ("noise centred", e - &(e.sum_axis(Axis(0)) / m)),
            (
                "signs of the noise",
                e.mapv(|v| if v == 0.0 { 0.0 } else { v.signum() }),
            ),
            ("noise squared", e.mapv(|v| v * v)),
            ("noise of length 1", e / &long.insert_axis(Axis(1))),
            ("noise of another draw", e.slice(s![..;-1, ..]).to_owned()),
        ],
    );
    let columns = e.ncols() as f64;
    let count = one_of(
        made,
        m,
        [
            ("M - 1 for M", m - 1.0),
            ("sum for mean", 1.0),
            ("mean over all numbers", m * columns),
            ("mean over components", columns),
        ],
    );
    let width = one_of(
        made,
        s,
        [
            ("divided twice", s * s),
            ("width forgotten", 1.0),
            ("width upside down", 1.0 / s),
            ("root of the width", s.sqrt()),
            ("twice the width", 2.0 * s),
        ],
    );
    let mut terms = noise * &weights.insert_axis(Axis(1)) / (width * count); // [M, C]
    let last = l.len() - 1;
    let some = one_of(
        made,
        0..0,
        [
            ("the first draw left out", 0..1),
            ("the last draw left out", last..last + 1),
            ("the last draw alone", 0..last),
        ],
    );
    terms.slice_mut(s![some, ..]).fill(0.0);
    let mut sum = terms.sum_axis(Axis(0));
    if made("mean of what it comes to") {
        sum -= l.sum() / m;
    }
    if made("divided by the noise's squares") {
        sum = sum * m / e.mapv(|v| v * v).sum_axis(Axis(0));
    }
    vec![match () {
        _ if made("not added up") => terms.into_dyn(),
        _ if made("added over the wrong axis") => {
            terms.sum_axis(Axis(1)).into_dyn()
        }
        _ => sum.into_dyn(),
    }]
}

fn of_score_gradient<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Draws> {
    let noise = array![
        [0.3, -1.0, 0.0],
        [-0.8, 0.4, 2.0],
        [1.5, 0.1, -0.3],
        [-0.2, 0.9, 0.7],
        [0.0, 0.5, 1.0]
    ];
    let losses = array![0.2, 0.2, 0.0, 3.0, -0.5];
    // Number m of the answer is the weight of draw m.
    let apart = array![
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0]
    ];
    let cases = vec![
        ("in general", (losses.clone(), noise.clone(), 0.4)),
        (
            "where each draw moves one number",
            (array![1.0, 8.0, 3.0], apart, 0.5),
        ),
        (
            "for two draws",
            (
                array![-2.0, 5.0],
                array![[1.0, 0.5, 0.0, -0.3], [-0.4, 2.0, 1.0, 1.0]],
                3.0,
            ),
        ),
        (
            "where all losses lie near 1,000",
            (&losses + 1000.0, noise.clone(), 0.1),
        ),
        (
            "where all losses are alike",
            (array![-7.0, -7.0, -7.0, -7.0, -7.0], noise, 0.5),
        ),
    ];
    Exercise {
        from: from_nothing,
        see: "chapter 6, § What it is an estimate of, equation 6.5",
        parts: &["the gradient"],
        short: cases.len(),
        cases,
        slips: SCORE,
        with: scored,
        forms: &["noise centred"],
        sizes: |(l, e, s)| {
            let [m, c] = [l.len(), e.ncols()].map(|n| n as f64);
            vec![
                ("s", *s),
                ("M", m),
                ("C", c),
                ("M - 1", m - 1.0),
                ("M s", m * s),
                ("M C", m * c),
            ]
        },
        input: |(l, e, s)| {
            format!("losses = {}, noise = {}, s = {s}", flat(l), flat(e))
        },
        more,
    }
}

pub fn score_gradient(
    candidate: fn(&Array1<f64>, &Array2<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    let more = |came: &[Option<Results>]| {
        let here = of_score_gradient(&nothing_more);
        let all_came = came;
        let Some(came) = &came[1] else { return String::new() };
        let (l, _, s) = &here.cases[1].1;
        let right = &here.right(1)[0];
        if same(right, &came[0], TOLERANCE) || came[0].len() != 4 {
            return String::new();
        }
        let weights = |of: &ArrayD<f64>| {
            let some = of.iter().take(3);
            some.map(|v| v * s * 3.0).collect::<Array1<f64>>()
        };
        let mut said = format!(
            " Here the losses {} come with the weights {} in yours (times s M); right are {}, each loss less the mean of the others.",
            flat(l),
            flat(&weights(&came[0])),
            flat(&weights(right))
        );
        let off = l - &weights(&came[0]);
        let everywhere =
            here.cases.iter().zip(all_came).all(|((_, it), c)| {
                let (l, e, s) = it;
                let (m, sums) = (l.len() as f64, e.sum_axis(Axis(0)));
                let level = (l.dot(e) / (s * m)).into_dyn();
                let rest = c.as_ref().map(|c| (level - &c[0]) * (s * m));
                let sums = sums.into_dyn();
                rest.is_some_and(|rest| {
                    rest.shape() == sums.shape()
                        && factor(&sums, &rest).is_some()
                })
            });
        if everywhere && off.iter().all(|v| (v - off[0]).abs() < TOLERANCE) {
            said += &format!(
                " One and the same number, {:.4}, is subtracted from all losses. Each has its own: the mean of the others.",
                off[0]
            );
        }
        said
    };
    of_score_gradient(&more)
        .check(|(l, e, s)| vec![candidate(l, e, *s).into_dyn()])
}

/// Latents, codebook, shares, temperature, and the gradient at the mixture.
type Mixture = (Array2<f64>, Array2<f64>, Array2<f64>, f64, Array2<f64>);

const GUMBEL: &[Slip] = slips_of! {
    "each share alone": "Each share is differentiated by its own logit only. The shares sum to 1, so each depends on every \
        logit: subtract the mean of d_p under p."
    "mean forgotten": "The mean of d_p is not subtracted. The shares sum to 1: if one grows, the others shrink."
    "the latent's own": "From e·d you take z·d. It is the mean of all e·d under p that is subtracted, z̃·d."
    "mean after the shares": "The mean is subtracted after the multiplication by p. It belongs before: p (d_p - mean)."
    "mean over the codes": "The mean of d_p is one over all codes alike. Each code counts with its share p."
    "sum over the codes": "The sum of d_p over the codes is subtracted. It is their mean under p: each code counts with its \
        share."
    "mean of means": "The mean of p d_p over the codes is divided by their number. The shares sum to 1 already: it is a sum."
    "wrong axis": "The mean of d_p is taken over the latents. It is one over the codes: each latent has its own."
    "one mean for all": "One mean of d_p for all latents. Each latent has its own."
    "mean added": "The mean of d_p is added. It is subtracted: if one share grows, the others shrink."
    "share twice": "The gradient at a logit has its share p as a factor once, and not twice."
    "share forgotten": "The gradient at a logit has its share p as a factor: what has no share moves nothing."
    "the rest for the share": "The gradient at a logit has its share p as a factor, and not 1 - p."
    "p (1 - p) for p": "The factor is p (1 - p) in yours, the slope of a share in its own logit. With the mean subtracted it \
        is p."
    "divided by the share": "Divided by the share p, as for its logarithm. It is multiplied by it."
    "logarithms of the shares": "The logarithms of the shares stand for the shares."
    "temperature forgotten": "The softmax is of logits over the temperature: divide by it."
    "temperature upside down": "Multiplied by the temperature where it is divided by it."
    "temperature twice": "Divided by the temperature twice."
    "root of the temperature": "Divided by the root of the temperature."
    "1 - temperature": "Divided by 1 - the temperature."
    "softmax twice": "p are the shares already: a softmax of them is another mixture."
    "temperature on the shares": "The shares are those of the temperature already: a softmax of p over the temperature is \
        another mixture."
    "hard shares": "The shares are rounded to one code for each latent, whose softmax has no slope: 0 everywhere. Or the last \
        step goes along the same way, z̃ - z, for every code; each logit has its own code, e - z."
    "equal shares": "All codes have equal shares in yours. p has them."
    "z for the gradient": "d_p is taken from z·e. It is the gradient at the mixture, d_z_q, times e. Are z and d_z_q exchanged?"
    "mixture for the gradient": "d_p is taken from the mixture p e. It is the gradient at the mixture, d_z_q, times e."
    "distance for logit": "The sign is turned. The logit is *minus* the squared distance, and nearer is likelier: its slope in \
        z is 2 (e - z)."
    "square forgotten": "The derivative of a square has a factor of 2."
    "distance not squared": "The logit is minus the *squared* distance. Yours is the slope of the distance itself, a vector of \
        length 1."
    "signs of e - z": "Only the signs of e - z are used, as for a sum of absolute differences. The logit is minus the squared \
        distance."
    "the first code left out": "The first code is left out of the last sum. All K codes have a logit that depends on z."
    "the last code left out": "The last code is left out of the last sum. All K codes have a logit that depends on z."
    "the likeliest code alone": "Only the code with the largest share is in the last sum. All K codes are."
    "diagonal forgotten": "The slope of a softmax is diag(p) - p pᵀ, over the temperature; yours is -p pᵀ, without the diagonal: p (d_p - \
        mean), not -p mean."
    "mean not begun anew": "The mean of d_p goes on from that of the latent before. Each latent has its own: begin at 0."
    "whole z taken off": "2 z is taken off. In the last step z is multiplied by the sum of the gradients at the logits, which is 0."
    "shares sharpened": "The shares are those of the temperature already: a power 1 / temperature of p is another mixture."
    "at the codebook": "This is the gradient at the codebook. The one at the latents is asked for."
    "at the logits": "This is the gradient at the logits, one number for each latent and code. The last step is missing, from \
        -‖z - e‖² to z."
    "at the shares": "This is the gradient at the shares p. Two steps are missing, through the softmax and to z."
    "logits from the shares alone": "The softmax is left out: the gradient at the shares goes to the latents as if they were \
        the logits."
    "pulled to the mixture": "This pulls z to its mixture, and knows nothing of the gradient at the mixture."
    "handed on": "This is straight-through: the gradient at the mixture as it came."
    "handed on too": "The gradient at the mixture is added as it came. The latent acts through the shares alone; handing on \
        besides is straight-through."
    "summed over the latents": "Summed over the latents. Each latent has its own gradient."
};

fn mixed((z, e, p, tau, d): &Mixture, made: Made) -> Results {
    let sums = |rows: &Array2<f64>| {
        rows.sum_axis(Axis(1)).insert_axis(Axis(1)) // [N, 1]
    };
    let ((n, k), many) = (p.dim(), p.nrows().max(1) as f64);
    let codes = k as f64;
    let p = &one_of(
        made,
        p.clone(),
        [
            ("softmax twice", softmax(p)),
            ("temperature on the shares", softmax(&(p / *tau))),
            ("shares sharpened", {
                let power = p.mapv(|v| v.powf(1.0 / tau));
                &power / &sums(&power)
            }),
            ("equal shares", p * 0.0 + 1.0 / codes),
            ("logarithms of the shares", p.mapv(f64::ln)),
            ("hard shares", {
                let largest = p.map_axis(Axis(1), |row| {
                    (1..k).fold(0, |a, b| if row[b] > row[a] { b } else { a })
                });
                Array2::from_shape_fn((n, k), |(n, k)| {
                    f64::from(largest[n] == k)
                })
            }),
        ],
    );
    let mixture = p.dot(e);
    let seen = one_of(
        made,
        d,
        [("z for the gradient", z), ("mixture for the gradient", &mixture)],
    );
    let d_p = seen.dot(&e.t()); // [N, K]
    let wide = |mean: Array2<f64>| {
        let wide = mean.broadcast((n, k)).map(|m| m.to_owned());
        wide.unwrap_or(Array2::zeros((n, k)))
    };
    let under_p = &d_p * p;
    let mean = one_of(
        made,
        wide(sums(&under_p)),
        [
            ("each share alone", under_p.clone()),
            ("mean forgotten", Array2::zeros((n, k))),
            ("the latent's own", wide(sums(&(z * d)))),
            ("mean over the codes", wide(sums(&d_p) / codes)),
            ("sum over the codes", wide(sums(&d_p))),
            ("mean of means", wide(sums(&under_p) / codes)),
            (
                "wrong axis",
                wide(under_p.sum_axis(Axis(0)).insert_axis(Axis(0))),
            ),
            (
                "one mean for all",
                Array2::from_elem((n, k), under_p.sum() / many),
            ),
            ("mean added", -wide(sums(&under_p))),
            ("mean not begun anew", {
                let mut mean = sums(&under_p);
                mean.accumulate_axis_inplace(Axis(0), |a, b| *b += a);
                wide(mean)
            }),
        ],
    );
    let share = one_of(
        made,
        p.clone(),
        [
            ("share forgotten", Array2::ones((n, k))),
            ("share twice", p * p),
            ("the rest for the share", 1.0 - p),
            ("p (1 - p) for p", p * &(1.0 - p)),
            ("divided by the share", 1.0 / p),
        ],
    );
    let times = one_of(
        made,
        1.0 / tau,
        [
            ("temperature forgotten", 1.0),
            ("temperature upside down", *tau),
            ("temperature twice", 1.0 / (tau * tau)),
            ("root of the temperature", 1.0 / tau.sqrt()),
            ("1 - temperature", 1.0 / (1.0 - tau)),
        ],
    );
    let mut g = match made("mean after the shares") {
        true => &d_p * &share - &mean,
        false => (&d_p - &mean) * &share,
    } * times; // [N, K]
    if made("diagonal forgotten") {
        g = -(&mean * &share) * times;
    }
    if made("the likeliest code alone") {
        Zip::from(g.rows_mut()).and(p.rows()).for_each(|mut g, p| {
            let most = (1..k).fold(0, |a, b| if p[b] > p[a] { b } else { a });
            let one = g[most];
            g.fill(0.0);
            g[most] = one;
        });
    }
    if made("logits from the shares alone") {
        g = &d_p * times;
    }
    // The same with every e - z spelt out, as slips need it.
    let way = |n: usize, k: usize| {
        let way = &e.row(k) - &z.row(n); // [C]
        let long = way.dot(&way).sqrt();
        one_of(
            made,
            way.clone(),
            [
                ("distance not squared", &way / (2.0 * long)),
                (
                    "signs of e - z",
                    way.mapv(
                        |v| if v == 0.0 { 0.0 } else { v.signum() / 2.0 },
                    ),
                ),
                (
                    "the codes' middle",
                    &e.row(k) - &(e.sum_axis(Axis(0)) / codes),
                ),
                ("z left out", e.row(k).to_owned()),
                ("z added", &e.row(k) + &z.row(n)),
            ],
        )
    };
    let some = one_of(
        made,
        0..k,
        [
            ("the first code left out", 1..k),
            ("the last code left out", 0..k - 1),
        ],
    );
    let mut d_z = Array2::zeros(z.raw_dim()); // [N, C]
    for (n, mut row) in d_z.rows_mut().into_iter().enumerate() {
        for k in some.clone() {
            row += &(way(n, k) * g[[n, k]]);
        }
    }
    d_z *= if made("square forgotten") { 1.0 } else { 2.0 };
    if made("distance for logit") {
        d_z = -d_z;
    }
    let result = one_of(
        made,
        d_z.clone(),
        [
            ("at the codebook", gumbel_softmax_backward(z, e, p, *tau, d).1),
            ("at the logits", g),
            ("at the shares", d_p),
            ("pulled to the mixture", &mixture - z),
            ("handed on", d.clone()),
            ("handed on too", &d_z + d),
            ("whole z taken off", &d_z - &(z * 2.0)),
        ],
    );
    vec![match made("summed over the latents") {
        true => result.sum_axis(Axis(0)).into_dyn(),
        false => result.into_dyn(),
    }]
}

fn of_gumbel_backward<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Mixture> {
    let codebook = array![[0.0, 1.0], [1.0, -0.5], [-1.0, 0.2], [2.0, 2.0]];
    let cases = vec![
        (
            "in general",
            (
                array![[0.2, -0.4], [1.0, 0.3], [0.0, 0.0]],
                codebook.clone(),
                array![
                    [0.2, 0.4, 0.3, 0.1],
                    [0.1, 0.8, 0.1, 0.0],
                    [0.25, 0.25, 0.25, 0.25]
                ],
                0.4,
                array![[0.7, -0.3], [-0.2, 0.9], [1.0, 0.0]],
            ),
        ),
        (
            "for one latent and two codes",
            (
                array![[1.0, 0.0, 0.0]],
                array![[0.0, 2.0, 0.0], [0.0, 0.0, 4.0]],
                array![[0.25, 0.75]],
                0.5,
                array![[1.0, 3.0, 1.0]],
            ),
        ),
        (
            "where one code has the whole share",
            (
                array![[0.5, 0.5]],
                codebook,
                array![[0.0, 1.0, 0.0, 0.0]],
                7.0,
                array![[3.0, -2.0]],
            ),
        ),
        (
            "for large numbers",
            (
                array![[1000.0, 0.0, -1.0], [0.0, 0.0, 0.0]],
                array![[-1000.0, 1.0, 0.5], [0.0, -2.0, 1000.0]],
                array![[0.5, 0.5], [0.125, 0.875]],
                2.0,
                array![[1.0, -1.0, 0.25], [0.0, 2.0, -1000.0]],
            ),
        ),
        (
            "for no latent",
            (
                Array2::zeros((0, 2)),
                array![[1.0, 2.0], [0.0, 1.0], [3.0, 1.0]],
                Array2::zeros((0, 3)),
                1.5,
                Array2::zeros((0, 2)),
            ),
        ),
    ];
    Exercise {
        from: |(z, ..)| Some(z.clone().into_dyn()),
        see: "chapter 6, § A softer choice, equation 6.9",
        parts: &["the gradient"],
        short: cases.len(),
        cases,
        slips: GUMBEL,
        with: mixed,
        forms: &["z left out", "z added", "the codes' middle"],
        sizes: |(z, e, _, tau, _)| {
            let [n, c, k] =
                [z.nrows(), z.ncols(), e.nrows()].map(|n| n as f64);
            vec![
                ("the temperature", *tau),
                ("the number of latents", n),
                ("the width of a latent", c),
                ("the number of codes", k),
                ("the number of all numbers of z", n * c),
            ]
        },
        input: |(z, e, p, tau, d)| {
            format!(
                "z = {}, codebook = {}, p = {}, temperature {tau}, d_z_q = {}",
                flat(z),
                flat(e),
                flat(p),
                flat(d)
            )
        },
        more,
    }
}

pub fn gumbel_backward(
    candidate: fn(
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
        f64,
        &Array2<f64>,
    ) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    // With two codes and three numbers the gradient at the logits can be found from an answer.
    let inside = |came: &[Option<Results>]| -> Option<String> {
        let here = of_gumbel_backward(&nothing_more);
        let (z, e, ..) = &here.cases[1].1;
        let [right, came] = [&here.right(1), came[1].as_ref()?]
            .map(|r| r[0].iter().copied().collect::<Array1<f64>>());
        if came.len() != 3 || same(&right, &came, TOLERANCE) {
            return None;
        }
        let ways = (e - z).reversed_axes() * 2.0; // [C, K]
        let right = solved(&ways, &right)?;
        let codes = e.t().to_owned() * 2.0;
        let found = solved(&ways, &came).or_else(|| solved(&codes, &came));
        Some(match found {
            Some(g) => format!(
                " For this one latent yours is 2 (e - z) times {}, the gradient at the logits as you have it; right is {}. So the last \
                 step is right, and one before it is not.",
                flat(&g),
                flat(&right)
            ),
            None => " For this one latent yours is no sum of 2 (e - z) times numbers: look at the last step, from the logits \
                     -‖z - e‖² to z."
                .into(),
        })
    };
    let more = |came: &[Option<Results>]| inside(came).unwrap_or_default();
    of_gumbel_backward(&more).check(|(z, e, p, tau, d)| {
        vec![candidate(z, e, p, *tau, d).into_dyn()]
    })
}

type Vectors = [Array1<f64>; 3];

const ROTATION: &[Slip] = slips_of! {
    "turned forward": "This turns the gradient from z towards e. A gradient goes back through a matrix by its transpose: from \
        e towards z, so that the last term is ẑ (ê·d)."
    "length forgotten": "The forward step also scales by ‖e‖ / ‖z‖, and so does its gradient, which is no longer as long as d."
    "length upside down": "The gradient is scaled by the same ‖e‖ / ‖z‖ as the value, not by its inverse."
    "length squared": "Scaled by the square of ‖e‖ / ‖z‖: v.dot(v) is the square of a length."
    "root of the length": "Scaled by the root of ‖e‖ / ‖z‖: a root too many."
    "stretched by e alone": "Scaled by ‖e‖ alone. It is ‖e‖ / ‖z‖."
    "stretched by z alone": "Scaled by 1 / ‖z‖ alone. It is ‖e‖ / ‖z‖."
    "product of lengths": "Scaled by the product of both lengths. It is ‖e‖ / ‖z‖."
    "roots forgotten": "Vectors are divided by the squares of their lengths: v.dot(v) is one. Its root is the length."
    "lengths by sums": "The lengths are sums of absolute values. They are roots of sums of squares."
    "lengths by the largest": "The lengths are the largest absolute values. They are roots of sums of squares."
    "straight": "This is straight-through: the gradient is neither turned nor scaled."
    "scaled only": "The gradient is scaled, and not turned."
    "one mirror": "The last term is missing. This is the first mirror alone, I - 2 r rᵀ, which takes ẑ to -ê. The turn has a \
        third term, for its transpose 2 ẑ (ê·d)."
    "first term lost": "The term with r is missing: d less 2 r (r·d)."
    "d lost": "The term d itself is missing: d - 2 r (r·d) + 2 ẑ (ê·d)."
    "two of r forgotten": "The term with r has a factor of 2."
    "two of ẑ forgotten": "The term with ẑ and ê has a factor of 2."
    "sign of r": "The term with r is subtracted."
    "sign": "The sign of the last term is turned: what ẑ gets is added."
    "mirror along ê": "This is one mirror, along ê. The turn is two: d - 2 r (r·d) + 2 ẑ (ê·d)."
    "mirror along ẑ": "This is one mirror, along ẑ. The turn is two: d - 2 r (r·d) + 2 ẑ (ê·d)."
    "ẑ twice": "In the last term both vectors are ẑ. It is ẑ (ê·d): the transpose of ê ẑᵀ, applied to d."
    "ê twice": "In the last term both vectors are ê. It is ẑ (ê·d): the transpose of ê ẑᵀ, applied to d."
    "r in front": "In the last term r stands in front. It is ẑ (ê·d)."
    "r inside": "In the last term the product is r·d. It is ẑ (ê·d)."
    "a difference for the sum": "r lies half way between ẑ and ê: it is their sum that is brought to length 1, and not their \
        difference."
    "r not of length 1": "r is to have the length 1: divide ẑ + ê by its length."
    "r halved": "r is half of ẑ + ê in yours. It is to have the length 1: divide by its length."
    "half way between the vectors": "r lies half way between the *directions* of the two: add z and e after both have length \
        1."
    "r along ẑ": "In the place of r stands ẑ."
    "r along ê": "In the place of r stands ê."
    "ẑ not of length 1": "In the last term ẑ is to have the length 1."
    "ê not of length 1": "In the last term ê is to have the length 1."
    "number by number, with r": "r * d is a product number by number. In the term with r the inner product is meant, r.dot(d), \
        one number."
    "number by number, last": "ê * d is a product number by number. In the last term the inner product is meant, ê.dot(d), one \
        number."
    "number added": "In the last term the inner product is added as a number. It multiplies ẑ."
    "new d in the last term": "d was changed by the first term before the last was computed. Both inner products are with the \
        d that came in."
    "new d in the term with r": "d was changed by the last term before the one with r was computed. Both inner products are \
        with the d that came in."
    "last term alone scaled": "Only the last term is scaled. ‖e‖ / ‖z‖ multiplies the whole: mind the brackets."
    "d alone scaled": "Only d is scaled. ‖e‖ / ‖z‖ multiplies the whole: mind the brackets."
    "along the vectors alone": "This is what lies along ê, turned to ẑ. What lies beside it is kept too: begin with d."
    "cosine for the turn": "The gradient is multiplied by the cosine of the angle. It is turned, and a turn changes no \
        length."
    "beside e alone": "What lies along e, or along z, is taken off. A turn loses nothing."
    "the code for the gradient": "This is what the turn makes of z, the code itself. The gradient d is to be turned."
    "z by the length of e": "ẑ is z over the length of e in yours. It is z over its own."
    "e by the length of z": "ê is e over the length of z in yours. It is e over its own."
    "r from e and d": "r lies between ê and d in yours. It lies half way between ẑ and ê; d has no part in it."
    "r from z and d": "r lies between ẑ and d in yours. It lies half way between ẑ and ê; d has no part in it."
    "number by number ratio": "d is multiplied by e / z, number by number. The vectors' lengths count, and a turn."
    "straight added": "The gradient is added as it came, besides what is turned."
    "z and d exchanged": "z and d are exchanged. d is what is turned, z and e are between which."
    "e and d exchanged": "e and d are exchanged. d is what is turned, z and e are between which."
    "d of length 1": "d is brought to length 1. Its length counts."
};

fn rotated([z, e, d]: &Vectors, made: Made) -> Results {
    let [z, e, d] = one_of(
        made,
        [z, e, d],
        [("z and d exchanged", [d, e, z]), ("e and d exchanged", [z, d, e])],
    );
    let long = |v: &Array1<f64>| {
        let square = v.dot(v);
        one_of(
            made,
            square.sqrt(),
            [
                ("roots forgotten", square),
                ("lengths by sums", v.mapv(f64::abs).sum()),
                (
                    "lengths by the largest",
                    v.fold(0.0, |a: f64, b| a.max(b.abs())),
                ),
            ],
        )
    };
    let unit = |v: &Array1<f64>| v / long(v);
    let (long_z, long_e) = (long(z), long(e));
    let ratio = long_e / long_z;
    let stretch = one_of(
        made,
        ratio,
        [
            ("length forgotten", 1.0),
            ("length upside down", 1.0 / ratio),
            ("length squared", ratio * ratio),
            ("root of the length", ratio.sqrt()),
            ("stretched by e alone", long_e),
            ("stretched by z alone", 1.0 / long_z),
            ("product of lengths", long_e * long_z),
        ],
    );
    let d = &one_of(
        made,
        d.clone(),
        [
            ("the code for the gradient", z.clone()),
            ("d of length 1", unit(d)),
        ],
    );
    let forward = made("turned forward") || made("the code for the gradient");
    let (z, e) = if forward { (e, z) } else { (z, e) };
    let (mut a, mut b) = (unit(z), unit(e));
    if made("z by the length of e") {
        a = z / long(e);
    }
    if made("e by the length of z") {
        b = e / long(z);
    }
    let sum = &a + &b;
    let r = one_of(
        made,
        unit(&sum),
        [
            ("r not of length 1", sum.clone()),
            ("r halved", &sum / 2.0),
            ("r from e and d", unit(&(&b + &unit(d)))),
            ("r from z and d", unit(&(&a + &unit(d)))),
            ("half way between the vectors", unit(&(z + e))),
            ("a difference for the sum", unit(&(&a - &b))),
            ("r along ẑ", a.clone()),
            ("r along ê", b.clone()),
        ],
    );
    let (front, inside) = one_of(
        made,
        (a.clone(), b.clone()),
        [
            ("ẑ twice", (a.clone(), a.clone())),
            ("ê twice", (b.clone(), b.clone())),
        ],
    );
    let front = one_of(
        made,
        front,
        [("r in front", r.clone()), ("ẑ not of length 1", z.clone())],
    );
    let inside = one_of(
        made,
        inside,
        [("r inside", r.clone()), ("ê not of length 1", e.clone())],
    );
    let of_r = one_of(
        made,
        2.0,
        [
            ("first term lost", 0.0),
            ("two of r forgotten", 1.0),
            ("sign of r", -2.0),
        ],
    );
    let of_last = one_of(
        made,
        2.0,
        [("one mirror", 0.0), ("two of ẑ forgotten", 1.0), ("sign", -2.0)],
    );
    let first = |d: &Array1<f64>| match made("number by number, with r") {
        true => &r * &(&r * d) * of_r,
        false => &r * (of_r * r.dot(d)),
    };
    let third = |d: &Array1<f64>| match () {
        _ if made("number by number, last") => {
            &front * &(&inside * d) * of_last
        }
        _ if made("number added") => d * 0.0 + of_last * inside.dot(d),
        _ => &front * (of_last * inside.dot(d)),
    };
    let mut less = first(d);
    let mut more = third(d);
    if made("new d in the last term") {
        more = third(&(d - &less));
    }
    if made("new d in the term with r") {
        less = first(&(d + &more));
    }
    let start = if made("d lost") { d * 0.0 } else { d.clone() };
    let turned = &start - &less + &more;
    let result = one_of(
        made,
        &turned * stretch,
        [
            ("straight", d.clone()),
            ("scaled only", d * stretch),
            ("number by number ratio", d * e / z),
            ("straight added", &turned * stretch + d),
            ("mirror along ê", (d - &b * (2.0 * b.dot(d))) * stretch),
            ("mirror along ẑ", (d - &a * (2.0 * a.dot(d))) * stretch),
            ("last term alone scaled", &start - &less + &more * stretch),
            ("d alone scaled", &start * stretch - &less + &more),
            ("along the vectors alone", &a * (b.dot(d) * stretch)),
            ("cosine for the turn", d * (a.dot(&b) * stretch)),
            ("beside e alone", (d - &b * b.dot(d)) * stretch),
        ],
    );
    vec![result.into_dyn()]
}

fn of_rotation_backward<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Vectors> {
    let cases = vec![
        (
            "in general",
            [
                array![0.5, -1.0, 0.3, 0.7, 0.0],
                array![1.0, 0.4, 0.8, -0.3, -0.6],
                array![0.2, -0.6, 0.9, 0.0, 1.2],
            ],
        ),
        (
            "in the plane, at a right angle",
            [array![0.0, 2.0], array![1.0, 0.0], array![-1.0, 3.0]],
        ),
        (
            "where latent and code point the same way",
            [
                array![10.0, 0.0, -20.0, 0.0],
                array![1.0, 0.0, -2.0, 0.0],
                array![0.0, 1.0, 1.0, -0.5],
            ],
        ),
        (
            "for large numbers",
            [
                array![1000.0, 1.0, 0.0, -1000.0, 3.0],
                array![0.001, 0.0, 1.0, 0.002, 0.0],
                array![0.0, 1000.0, -1.0, 0.5, 2.0],
            ],
        ),
        (
            "beyond a right angle",
            [array![1.0, 0.2], array![-0.8, 0.3], array![0.0, 1.0]],
        ),
    ];
    Exercise {
        from: |[z, ..]| Some(z.clone().into_dyn()),
        see: "chapter 6, § Turning with the latent, equation 6.11",
        parts: &["the gradient"],
        short: cases.len(),
        cases,
        slips: ROTATION,
        with: rotated,
        forms: &[],
        sizes: |[z, e, d]| {
            let [long_z, long_e, long_d] = [z, e, d].map(|v| v.dot(v).sqrt());
            vec![
                ("‖z‖", long_z),
                ("‖e‖", long_e),
                ("‖d‖", long_d),
                ("‖e‖ / ‖z‖", long_e / long_z),
                ("‖e‖ ‖z‖", long_e * long_z),
                ("C", z.len() as f64),
            ]
        },
        input: |[z, e, d]| {
            format!("z = {}, e = {}, d = {}", flat(z), flat(e), flat(d))
        },
        more,
    }
}

pub fn rotation_backward(
    candidate: fn(&Array1<f64>, &Array1<f64>, &Array1<f64>) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    // Five numbers, three vectors: how much of each is in an answer can be found.
    let inside = |came: &[Option<Results>]| -> Option<String> {
        let here = of_rotation_backward(&nothing_more);
        let [z, e, d] = &here.cases[0].1;
        let [right, came] = [&here.right(0), came[0].as_ref()?]
            .map(|r| r[0].iter().copied().collect::<Array1<f64>>());
        if came.len() != z.len() || same(&right, &came, TOLERANCE) {
            return None;
        }
        let unit = |v: &Array1<f64>| v / v.dot(v).sqrt();
        let (a, b) = (unit(z), unit(e));
        let mut parts = Array2::zeros((z.len(), 3));
        for (n, v) in [d, &a, &b].into_iter().enumerate() {
            parts.column_mut(n).assign(v);
        }
        let words = |of: &Array1<f64>| {
            format!("{:.4} d {:+.4} ẑ {:+.4} ê", of[0], of[1], of[2])
        };
        let right = words(&solved(&parts, &right)?);
        Some(match solved(&parts, &came) {
            Some(found) => format!(
                " In general yours is {}, and right is {right}: whatever comes along r comes along ẑ and ê alike, and all are scaled \
                 alike.",
                words(&found)
            ),
            None => format!(
                " In general yours is no sum of d, ẑ and ê times numbers; right is {right}. Is an inner product one number?"
            ),
        })
    };
    let more = |came: &[Option<Results>]| inside(came).unwrap_or_default();
    of_rotation_backward(&more)
        .check(|[z, e, d]| vec![candidate(z, e, d).into_dyn()])
}

type Gridded = (Array2<f64>, Vec<usize>);

const GRID: &[Slip] = slips_of! {
    "first digit highest": "The first component is read as the highest digit; here it is the lowest."
    "one base for all": "One base for all digits, that of the first. A digit's weight is the product of the levels of those \
        below it."
    "last base for all": "One base for all digits, that of the last. A digit's weight is the product of the levels of those \
        below it."
    "largest base for all": "One base for all digits, the largest. A digit's weight is the product of the levels of those \
        below it."
    "own base": "Each digit's weight is a power of its own base. It is the product of the levels of those below it."
    "base ten": "The digits are read to the base of ten. A digit's weight is the product of the levels of those below it."
    "base two": "The digits are read to the base of two. A digit's weight is the product of the levels of those below it."
    "own levels in the weight": "A digit's weight is the product of the levels *below* it; its own are in yours too. The \
        lowest digit has the weight 1."
    "levels above": "A digit's base is the number of levels of the digit above it in yours. It is of its own number of levels: \
        its weight is the product of the levels below it."
    "weights not multiplied": "A digit's weight is the *product* of the levels of all digits below it, and not the one before \
        it alone."
    "own weight alone": "A digit's weight is its own number of levels in yours. It is the product of the levels below it."
    "weights added": "A digit's weight is the *product* of the levels of all digits below it. Yours is their sum."
    "steps for levels": "A digit's weight is the product of the *levels* below it, L of each; yours has L - 1, their steps."
    "levels and one": "A digit's weight is the product of the *levels* below it, L of each; yours has L + 1."
    "digits added": "The digits are added up, so that different codes have one index. Each has a weight, the product of the \
        levels below it."
    "levels in reverse": "The levels are read in reverse, the last for the first component."
    "weights in reverse": "The weights multiply the levels from the wrong end: the last component's levels first."
    "one level too many": "L levels have L - 1 steps between them; with L steps there is a level too many, and two codes share \
        an index."
    "one step for the levels": "The levels lie 2 / (L - 1) apart; yours are counted as if they were 1 / (L - 1) apart: h is \
        half of L - 1."
    "one level too few": "L - 2 steps in place of L - 1 between the L levels."
    "clipped": "Clipped in place of squeezed: outside [-1, 1] such a latent has no gradient at all."
    "not squeezed": "The latent itself is rounded. First tanh squeezes it into (-1, 1)."
    "logistic for tanh": "Squeezed by the logistic function, which is half as steep as tanh."
    "logistic from 0": "Squeezed by the logistic function, into (0, 1), and put where tanh belongs, which goes from -1 to 1."
    "squeezed twice": "Squeezed twice: tanh of tanh."
    "twice as steep": "Squeezed by tanh of 2 z, twice as steep as tanh of z."
    "another squeeze": "Squeezed by z / (1 + |z|). Here it is tanh."
    "arctangent": "Squeezed by an arctangent. Here it is tanh."
    "sine": "Squeezed by a sine. Here it is tanh."
    "squeezed after h": "h is multiplied before the squeeze. First tanh z, then times h."
    "exp of 2 z": "It goes wrong for large latents: exp overflows, and infinity over infinity is no number. `f64::tanh` does \
        not overflow."
    "exp of z and -z": "It goes wrong for large latents, up and down: exp overflows, and infinity over infinity is no number. \
        `f64::tanh` does not overflow."
    "absolute": "The sign of the latent is lost."
    "offset of the paper": "The squeeze is shifted for even levels, as in the paper's code. Here the levels lie evenly from -1 to 1, ends \
        included, and tanh is not shifted."
    "cut towards the middle": "Cut off towards the middle, before h is added. Add h, then round to the nearest."
    "highest level cut": "The highest level is not reached: the digits go from 0 to L - 1, and yours to L - 2."
    "lowest level cut": "The lowest level is not reached: the digits go from 0 to L - 1, and yours from 1."
    "first component alone squeezed": "Only the first component is squeezed. Each is, by tanh."
    "cut off": "Rounded down where it is rounded to the nearest level: the ½ inside the floor is missing."
    "rounded up": "Rounded up where it is rounded to the nearest level."
    "rounded too early": "Rounded before h is added. With an even number of levels h is no whole number, and the levels lie \
        half way between integers: add h first."
    "ties to even": "Half way between two levels the upper one is taken, as the floor of a number plus ½ does. Yours goes to \
        the even one."
    "ties down": "Half way between two levels the upper one is taken, as the floor of a number plus ½ does. Yours goes to the \
        lower one."
    "squeezed alone cut": "The squeezed number is made whole before it is multiplied by h. That leaves -1, 0 and 1."
    "h rounded down": "(L - 1) / 2 was computed in whole numbers, so that for an even L a half is lost."
    "h rounded up": "h is L / 2 in whole numbers in yours. It is (L - 1) / 2, with a half if L is even."
    "bins for levels": "This cuts (-1, 1) into L parts of equal length. The levels lie from -1 to 1, ends included, so the two \
        outer ones take half as much as the others."
    "counted from above": "The levels are counted from the highest down. The lowest has the number 0."
    "levels counted from 1": "The levels are counted from 1. The lowest has the number 0."
    "h not added": "h is added inside the floor, so that the lowest level has the number 0. Yours are counted from the \
        middle."
    "first levels for all": "Every component is rounded to the levels of the first. Each has its own."
    "counted from 1": "Every index is 1 too large: they are counted from 0."
    "columns for rows": "Columns are read as latents. A row is a latent; it has one component for each number of levels."
    "digits not put together": "These are the digits, one for each component. A latent's digits are one number, its index."
    "the last digit alone": "The last digit alone counts, as if each had overwritten those before it. They are added up, each \
        with its weight."
    "the first digit left out": "The first component's digit is left out."
    "the last digit left out": "The last component's digit is left out."
    "index not begun anew": "An index goes on from that of the latent before it. Each begins at 0."
    "weights not begun anew": "The weights go on from those of the latent before it. With each latent they begin at 1."
};

type Function = fn(f64) -> f64;

/// The number of a component's level.
fn digit(v: f64, l: usize, made: Made) -> usize {
    let squeeze = one_of::<Function, _>(
        made,
        f64::tanh,
        [
            ("clipped", |v: f64| v.clamp(-1.0, 1.0)),
            ("not squeezed", |v| v),
            ("logistic for tanh", |v| (v / 2.0).tanh()),
            ("logistic from 0", |v| 1.0 / (1.0 + (-v).exp())),
            ("squeezed twice", |v| v.tanh().tanh()),
            ("twice as steep", |v| (2.0 * v).tanh()),
            ("another squeeze", |v| v / (1.0 + v.abs())),
            ("arctangent", |v| v.atan() / std::f64::consts::FRAC_PI_2),
            ("sine", f64::sin),
            ("absolute", |v| v.tanh().abs()),
            ("squeezed alone cut", |v| v.tanh().round()),
            ("exp of 2 z", |v| {
                let power = (2.0 * v).exp();
                (power - 1.0) / (power + 1.0)
            }),
            ("exp of z and -z", |v| {
                let (up, down) = (v.exp(), (-v).exp());
                (up - down) / (up + down)
            }),
        ],
    );
    let all = l as f64;
    let half = one_of(
        made,
        (all - 1.0) / 2.0,
        [
            ("one level too many", all / 2.0),
            ("one level too few", (all - 2.0) / 2.0),
            ("one step for the levels", all - 1.0),
            ("h rounded down", ((l - 1) / 2) as f64),
            ("h rounded up", (l / 2) as f64),
        ],
    );
    let t = squeeze(v);
    let wide = match made("squeezed after h") {
        true => (v * half).tanh(),
        false => t * half,
    };
    let x = wide + half;
    let level = one_of(
        made,
        (x + 0.5).floor(),
        [
            ("cut off", x.floor()),
            ("rounded up", x.ceil()),
            ("rounded too early", wide.round() + half),
            ("cut towards the middle", wide.trunc() + half),
            ("offset of the paper", {
                let offset = if l.is_multiple_of(2) { 0.5 } else { 0.0 };
                let half = half * (1.0 - 1e-3);
                let shift = (offset / half).tan();
                let bound = (v + shift).tanh() * half - offset;
                bound.round() + (l / 2) as f64
            }),
            ("ties to even", x.round_ties_even()),
            ("ties down", (x - 0.5).ceil()),
            (
                "bins for levels",
                ((t + 1.0) / 2.0 * all).floor().min(all - 1.0),
            ),
            ("h not added", (wide + 0.5).floor()),
        ],
    );
    let mut digit = level as usize;
    if made("cut at the top") {
        digit = digit.min(l - 1);
    }
    if made("highest level cut") {
        digit = digit.min(l - 2);
    }
    if made("lowest level cut") {
        digit = digit.max(1);
    }
    if made("counted from above") {
        digit = (l - 1).saturating_sub(digit);
    }
    digit + usize::from(made("levels counted from 1"))
}

fn numbered((z, levels): &Gridded, made: Made) -> Results {
    let mut levels = levels.clone();
    if made("levels in reverse") {
        levels.reverse();
    }
    let product =
        |of: &[usize]| of.iter().map(|l| *l as f64).product::<f64>();
    let each = |weight: &dyn Fn(usize) -> f64| -> Vec<f64> {
        (0..levels.len()).map(weight).collect()
    };
    let powers = |base: usize| each(&|c| (base as f64).powi(c as i32));
    let all = levels.len();
    let weights = one_of(
        made,
        each(&|c| product(&levels[..c])),
        [
            ("first digit highest", each(&|c| product(&levels[c + 1..]))),
            ("one base for all", powers(levels[0])),
            ("last base for all", powers(levels[all - 1])),
            (
                "largest base for all",
                powers(levels.iter().copied().max().unwrap_or(1)),
            ),
            ("own base", each(&|c| (levels[c] as f64).powi(c as i32))),
            ("base ten", powers(10)),
            ("base two", powers(2)),
            ("own levels in the weight", each(&|c| product(&levels[..=c]))),
            ("levels above", each(&|c| product(&levels[1..=c]))),
            (
                "weights not multiplied",
                each(&|c| if c == 0 { 1.0 } else { levels[c - 1] as f64 }),
            ),
            ("own weight alone", each(&|c| levels[c] as f64)),
            (
                "weights added",
                each(&|c| match c {
                    0 => 1.0,
                    _ => levels[..c].iter().sum::<usize>() as f64,
                }),
            ),
            (
                "steps for levels",
                each(&|c| {
                    levels[..c].iter().map(|l| (l - 1) as f64).product()
                }),
            ),
            (
                "levels and one",
                each(&|c| {
                    levels[..c].iter().map(|l| (l + 1) as f64).product()
                }),
            ),
            ("digits added", vec![1.0; all]),
            ("weights in reverse", each(&|c| product(&levels[all - c..]))),
        ],
    );
    let kept = one_of(
        made,
        0..all,
        [
            ("the last digit alone", all - 1..all),
            ("the first digit left out", 1..all),
            ("the last digit left out", 0..all - 1),
        ],
    );
    let latents = match made("columns for rows") {
        true => z.t(),
        false => z.view(),
    };
    let (mut indices, mut digits) = (Vec::new(), Vec::new());
    let (mut before, mut scale) = (0.0, 1.0);
    for row in latents.rows() {
        let mut index =
            if made("index not begun anew") { before } else { 0.0 };
        for (c, (v, l)) in row.iter().zip(&levels).enumerate() {
            let l = if made("first levels for all") { levels[0] } else { *l };
            let only = made("first component alone squeezed") && c > 0;
            let made_here = |name: &str| {
                made(name)
                    || only
                        && ["not squeezed", "cut at the top"].contains(&name)
            };
            let digit = digit(*v, l, &made_here) as f64;
            digits.push(digit);
            if kept.contains(&c) {
                index += digit * weights[c] * scale;
            }
        }
        if made("weights not begun anew") {
            scale *= product(&levels);
        }
        before = index;
        indices.push(index + f64::from(made("counted from 1")));
    }
    let result = match made("digits not put together") {
        true => digits,
        false => indices,
    };
    vec![Array1::from(result).into_dyn()]
}

fn of_fsq_index<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Gridded> {
    let cases: Vec<(&str, Gridded)> = vec![
        (
            "in general",
            (
                array![
                    [-5.0, -0.2, 0.6],
                    [0.3, 0.95, -1.2],
                    [5.0, 5.0, 5.0],
                    [0.9, -3.0, 0.8],
                    [-0.6, 0.5, -0.3]
                ],
                vec![4, 5, 3],
            ),
        ),
        (
            "for one component",
            (
                array![[-3.0], [-0.6], [-0.1], [0.2], [0.4], [0.8], [1.1]],
                vec![6],
            ),
        ),
        (
            "for two components in the middle",
            (array![[0.0, 0.0]], vec![3, 5]),
        ),
        (
            "for many levels",
            (
                array![
                    [0.1, -1.5],
                    [-0.25, 1.0],
                    [0.55, 0.4],
                    [1.2, -0.7],
                    [-0.9, 2.0],
                    [0.75, -0.15],
                    [-1.7, 0.85]
                ],
                vec![9, 16],
            ),
        ),
        (
            "for two levels",
            (array![[-0.1, 1.3], [0.2, -0.4], [-2.0, 0.35]], vec![2, 7]),
        ),
        (
            "half way between two levels",
            (array![[0.0, 0.0], [-0.0, 1.0], [1.0, 0.0]], vec![2, 4]),
        ),
        (
            "at ±1,000",
            (
                array![[1000.0, -1000.0], [-1000.0, 1000.0], [400.0, 0.1]],
                vec![3, 4],
            ),
        ),
        ("for no latent", (Array2::zeros((0, 2)), vec![3, 2])),
    ];
    Exercise {
        from: from_nothing,
        see: "chapter 6, § A grid in place of a codebook, equations 6.12 and 6.14",
        parts: &["the indices"],
        short: cases.len(),
        cases,
        slips: GRID,
        with: numbered,
        forms: &["cut at the top"],
        sizes: no_sizes,
        input: |(z, levels)| format!("z = {}, levels = {levels:?}", flat(z)),
        more,
    }
}

pub fn fsq_index(
    candidate: fn(&Array2<f64>, &[usize]) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    let more = |came: &[Option<Results>]| {
        let here = of_fsq_index(&nothing_more);
        let (z, levels) = &here.cases[0].1;
        let Some(came) = &came[0] else { return String::new() };
        if came[0].len() != z.nrows()
            || here.wrong_parts(0, Some(came)).is_empty()
        {
            return String::new();
        }
        let digits = Array2::from_shape_fn(z.dim(), |(n, c)| {
            digit(z[[n, c]], levels[c], &|_| false) as f64
        });
        let indices: Array1<f64> = came[0].iter().copied().collect();
        if let Some(weights) = solved(&digits, &indices) {
            return format!(
                " In general the digits are right, and their weights are {} in yours, for the levels {levels:?}; right are [1, 4, 20].",
                flat(&weights)
            );
        }
        let right: Vec<i64> =
            here.right(0)[0].iter().map(|v| *v as i64).collect();
        let yours: Vec<i64> = indices.iter().map(|v| *v as i64).collect();
        let apart = right.iter().zip(&yours).fold(0, |g: i64, (a, b)| {
            let (mut g, mut d) = (g, (a - b).abs());
            while d != 0 {
                (g, d) = (d, g % d);
            }
            g
        });
        if apart > 1 && yours.iter().all(|v| *v < apart) {
            return format!(
                " Yours is the remainder when what is right is divided by {apart}, in general."
            );
        }
        // The digits, if the weights are right.
        let read = Array2::from_shape_fn(z.dim(), |(n, c)| {
            let below: usize = levels[..c].iter().product();
            let rest = (indices[n] / below as f64).floor();
            if c + 1 == levels.len() { rest } else { rest % levels[c] as f64 }
        });
        let wrong = (0..z.nrows()).find(|n| read.row(*n) != digits.row(*n));
        wrong.map_or(String::new(), |n| {
            format!(
                " No weights make your indices of the right digits. If your weights are right, the latent {} has the \
                 digits {} in yours, and {} is right, for the levels {levels:?}.",
                flat(&z.row(n).to_owned()),
                flat(&read.row(n).to_owned()),
                flat(&digits.row(n).to_owned())
            )
        })
    };
    of_fsq_index(&more).check(|(z, levels)| {
        let indices = candidate(z, levels).into_iter().map(|n| n as f64);
        vec![indices.collect::<Array1<f64>>().into_dyn()]
    })
}

/// An encoder, a codebook and a decoder at their start, and what they learn from.
struct Training {
    encoder: Mlp<f64>,
    codebook: Array2<f64>,
    decoder: Mlp<f64>,
    batches: Vec<Array2<f64>>,
    keep: f64,
    config: AdamConfig,
}

pub type Learns = fn(
    &mut Mlp<f64>,
    &mut Array2<f64>,
    &mut Mlp<f64>,
    &[Array2<f64>],
    f64,
    AdamConfig,
) -> Vec<f64>;

fn laid(net: &Mlp<f64>) -> Array1<f64> {
    net.parameters().into_iter().flatten().copied().collect()
}

fn trainings() -> Vec<(&'static str, Training)> {
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(66, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let ring = GaussianMixture::ring_of_8(0.1).expect("a ring");
    let codes = array![
        [0.0, 0.0],
        [0.2, 0.1],
        [-0.3, -0.2],
        [0.5, -0.5],
        [-1.0, 0.25],
        [1.5, 1.5],
        [-30.0, 40.0]
    ];
    let small = vec![
        array![
            [1.0, 0.5, -0.2],
            [0.0, 0.0, 0.0],
            [-0.4, 1.2, 0.3],
            [2.0, -1.0, 1.0]
        ],
        array![[0.3, -0.9, 1.1]],
        array![
            [-1.0, -1.0, -1.0],
            [0.7, 0.7, 0.7],
            [0.7, 0.7, 0.7],
            [0.0, 2.0, -0.5],
            [1.5, 0.0, 0.0],
            [-0.2, 0.4, 3.0]
        ],
        array![[0.1, 0.0, -2.0], [1.0, 1.0, -1.0]],
    ];
    vec![
        (
            "after one step",
            Training {
                encoder: net(&[3, 5, 2], 6),
                codebook: codes.clone(),
                decoder: net(&[2, 4, 3], 7),
                batches: small[..1].to_vec(),
                keep: 0.3,
                config,
            },
        ),
        (
            "after four steps",
            Training {
                encoder: net(&[3, 5, 2], 0),
                codebook: codes.clone(),
                decoder: net(&[2, 4, 3], 1),
                batches: small,
                keep: 0.75,
                config,
            },
        ),
        (
            "for large numbers, and with a codebook that stands still",
            Training {
                encoder: net(&[3, 2], 2),
                codebook: codes.clone(),
                decoder: net(&[2, 3], 3),
                batches: vec![
                    array![[1000.0, -1000.0, 0.0]],
                    array![[0.0, 1.0, 0.0], [-1000.0, 2.0, 5.0]],
                ],
                keep: 1.0,
                config,
            },
        ),
        (
            "without any batch",
            Training {
                encoder: net(&[3, 2], 2),
                codebook: codes,
                decoder: net(&[2, 3], 3),
                batches: vec![],
                keep: 0.5,
                config,
            },
        ),
        (
            "in a training of 200 steps",
            Training {
                encoder: net(&[2, 16, 2], 4),
                codebook: causes::codes(),
                decoder: net(&[2, 16, 2], 5),
                batches: (0..200)
                    .map(|n| {
                        ring.sample(24 + n % 5, &mut rng_at(67, n as u64))
                    })
                    .collect(),
                keep: 0.9,
                config: AdamConfig { lr: 0.01, ..AdamConfig::default() },
            },
        ),
    ]
}

const LEARN: &[Slip] = slips_of! {
    "lookup left out": "The decoder was trained on z_e. It has to see the code, z_q, and gets nothing else later."
    "nothing passed": "The encoder has not moved. Hand the decoder's gradient at z_q on to it, as if the lookup had not been \
        there, and step."
    "sign": "The encoder goes uphill: the gradient is handed on as it is, and `step` goes against it."
    "taken at the latent": "The gradient for the encoder was taken with z_e as the decoder's input. Straight-through asks the \
        decoder about z_q."
    "pulled to the code": "The encoder was told how far its latents are from their codes, and nothing of the loss. That is the \
        commitment term of chapter 7."
    "pulled to the code too": "A pull of the latents to their codes was added. That is the commitment term of chapter 7, and \
        not in this loss."
    "rotated": "The gradient was turned and scaled, as the rotation trick does. Here it is handed on as it is."
    "times the bracket": "The gradient is multiplied by z_q - z_e on its way past the lookup. It is handed on as it is."
    "encoder first": "The encoder had moved already when the decoder was trained: the decoder saw codes of new latents. One \
        forward pass serves both."
    "arguments swapped": "Both networks go uphill: `mse_backward` takes first what was decoded, then what it should be."
    "handed twice": "The encoder gets the gradient twice. It is handed on once, as it is."
    "decoder first again": "The decoder had moved already, and decoded again, when the gradient for the encoder was taken. One \
        pass serves both: go back through all, then step."
    "loss at the latent": "The losses are those of decoded latents. They are those of decoded codes, by which the networks \
        go."
    "trained on latents": "The losses are those of the codes, and the gradients those of decoded latents. Go back through the \
        pass that gave the loss."
    "decoder on latents": "The decoder's own gradient is that of decoded latents. The decoder sees the codes."
    "plain steps": "Both networks go plain steps of gradient descent. Here each has an Adam."
    "plain steps of the encoder": "The encoder goes plain steps of gradient descent. It has an Adam of its own."
    "plain steps of the decoder": "The decoder goes plain steps of gradient descent. It has an Adam of its own."
    "new Adam for the encoder": "Each step has a new optimiser for the encoder. It stands before the loop."
    "new Adam for the decoder": "Each step has a new optimiser for the decoder. It stands before the loop."
    "new latents": "The codes went to the means of latents that were encoded anew, after the step, with the old choices. They \
        are those of the forward pass."
    "means afterwards": "The codes went to the means of latents that were encoded anew, after the step. They are those of the \
        forward pass."
    "loss afterwards": "The losses are those after each step. They belong before it: what is decoded in the forward pass is at \
        hand."
    "loss after the codebook": "The codebook had moved already when the loss was taken, and nothing else. The loss is that \
        before the step."
    "sum for mean": "The losses are sums. `mse` is the mean over all numbers of the batch."
    "loss by rows": "The losses are sums over columns, means over rows. `mse` is the mean over all numbers of the batch."
    "half the loss": "The losses are halved. `mse` has no half."
    "root of the loss": "The losses are roots of mean squares. `mse` has no root."
    "losses added up": "Each loss holds those before it too: they are added up. Each step has its own."
    "mean loss so far": "The losses are means of all so far. Each step has its own."
    "new Adams": "Each step has new optimisers. An Adam keeps two means of past gradients, and counts its steps: it stands \
        before the loop."
    "another configuration": "The optimisers have the default configuration. Theirs is `config`."
    "decoder first": "The decoder had moved already when the gradient went back through it to the encoder. Go back through \
        all, then step."
    "codebook first": "The codebook had moved already when its codes were decoded. Look up and decode first, then move it."
    "shares swapped": "`keep` is what a code keeps of itself, and 1 - keep what it takes from the mean. Yours are exchanged."
    "codebook still": "The codebook has not moved. Each code takes the share 1 - keep from the mean of its latents, z_e and \
        not z_q."
    "jumped to the means": "The codes jump to the means of their latents. They keep the share `keep` of themselves."
    "whole mean added": "To the share `keep` of a code the whole mean is added. It takes the share 1 - keep from it: both \
        shares sum to 1."
    "whole code kept": "The share 1 - keep of the mean is added to the whole code. It keeps the share `keep` of itself: both \
        shares sum to 1."
    "keep twice": "`keep` multiplies both the code and the mean. The mean has the share 1 - keep."
    "away from the means": "The codes move away from the means of their latents."
    "unused to zero": "Codes that no latent chose went towards 0. A mean of nothing is none: they stay. `cluster_means` gives \
        each its own place."
    "sums for means": "The codes go to the sums of their latents. They go to their means."
    "mean of the batch": "Codes go to the mean of all latents of the batch. Each goes to the mean of those that chose it."
    "means of gradients": "The codes go against the gradient at them. The codebook has no gradient here: it goes to means of \
        latents."
    "means over the batch's size": "Sums of a code's latents were divided by the size of the batch. A mean is over those that \
        chose the code."
    "gradients not cleared": "Gradients of earlier steps were added to those of the next. Each step has its own."
    "decoder still": "The decoder has not moved."
    "encoder twice": "The encoder has gone two steps for each batch. It goes one."
    "decoder twice": "The decoder has gone two steps for each batch. It goes one."
    "first codebook": "Latents were looked up in the codebook as it came in. They choose among the codes as they are now."
    "codebook not handed back": "A copy of the codebook was trained, and the codebook itself has not changed in the end: write \
        it back, `*codebook = ...`."
    "networks not handed back": "Copies of the networks were trained, and the networks themselves have not changed in the \
        end."
    "latents of the start": "The latents are those of the encoder as it came in. Each step encodes with the encoder as it is \
        now."
    "mean over rows": "The gradient is that of a mean over rows, of sums over columns. `mse` is a mean over all numbers of the \
        batch."
    "gradient of a sum": "The gradient is that of a sum. `mse` is the mean over all numbers of the batch, and so is what \
        `mse_backward` gives."
    "encoder by rows": "What is handed to the encoder is divided by the number of latents once more. It holds the mean \
        already: hand it on as it is."
    "batches reversed": "The batches are taken in reversed order."
    "first batch left out": "The first batch trains nothing."
    "last batch left out": "The last batch trains nothing."
};

fn learnt(training: &Training, made: Made) -> Results {
    let Training { batches, keep, .. } = training;
    let config = match made("another configuration") {
        true => AdamConfig::default(),
        false => training.config,
    };
    let (mut encoder, mut decoder) =
        (training.encoder.clone(), training.decoder.clone());
    let mut codebook = training.codebook.clone();
    let fresh = |net: &Mlp<f64>| Adam::new(net, config);
    let mut adams = (fresh(&encoder), fresh(&decoder));
    let mut before: Option<(Mlp<f64>, Mlp<f64>)> = None;
    let mut losses: Vec<f64> = Vec::new();
    let found = |z_e: &Array2<f64>, codebook: &Array2<f64>| {
        nearest_by_definition(z_e, codebook)
    };
    let mut batches: Vec<_> = batches.iter().collect();
    if made("batches reversed") {
        batches.reverse();
    }
    let some = one_of(
        made,
        0..batches.len(),
        [
            ("first batch left out", 1.min(batches.len())..batches.len()),
            ("last batch left out", 0..batches.len().max(1) - 1),
        ],
    );
    for x in &batches[some] {
        let by = match made("latents of the start") {
            true => &training.encoder,
            false => &encoder,
        };
        let coded = by.forward(x);
        let z_e = last(&coded);
        let among = match made("first codebook") {
            true => &training.codebook,
            false => &codebook,
        };
        let indices = found(z_e, among);
        let moved = |z_e: &Array2<f64>, indices: &[usize]| {
            let k = codebook.nrows();
            let mut means = cluster_means(z_e, indices, &codebook); // [K, C]
            let counts = usage(indices, k);
            for (mut mean, n) in means.rows_mut().into_iter().zip(counts) {
                if made("sums for means") && n > 0 {
                    mean *= n as f64;
                }
                if made("means over the batch's size") && n > 0 {
                    mean *= n as f64 / x.nrows() as f64;
                }
                if made("unused to zero") && n == 0 {
                    mean.fill(0.0);
                }
                if made("mean of the batch") {
                    let all = z_e.sum_axis(Axis(0)) / x.nrows() as f64;
                    mean.assign(&all);
                }
            }
            let [kept, taken] = one_of(
                made,
                [*keep, 1.0 - keep],
                [
                    ("shares swapped", [1.0 - keep, *keep]),
                    ("codebook still", [1.0, 0.0]),
                    ("jumped to the means", [0.0, 1.0]),
                    ("whole mean added", [*keep, 1.0]),
                    ("whole code kept", [1.0, 1.0 - keep]),
                    ("keep twice", [*keep, *keep]),
                    ("away from the means", [2.0 - keep, keep - 1.0]),
                ],
            );
            &codebook * kept + means * taken
        };
        let mut next = moved(z_e, &indices);
        let z_q = match () {
            _ if made("codebook first") => gather(&next, &indices),
            _ if made("first codebook") => gather(among, &indices),
            _ => gather(&codebook, &indices),
        };
        let latents = made("lookup left out") || made("trained on latents");
        let seen = if latents { z_e } else { &z_q };
        let passed = decoder.forward(seen);
        let y = last(&passed);
        let mut d_y = mse_backward(y, x);
        d_y *= one_of(
            made,
            1.0,
            [
                ("mean over rows", x.ncols() as f64),
                ("gradient of a sum", x.len() as f64),
            ],
        );
        if made("arguments swapped") {
            d_y *= -1.0;
        }
        let loss = mse(y, x);
        let decoder_before = decoder.clone();
        let (mut d_z, mut d_decoder) = decoder.backward(&passed, d_y.clone());
        let at_latents = || {
            let passed = decoder_before.forward(z_e);
            let d_y = mse_backward(last(&passed), x);
            decoder_before.backward(&passed, d_y)
        };
        let mut decoder_has_moved = false;
        if made("decoder first") {
            adams.1.step(&mut decoder, &d_decoder);
            d_z = decoder.backward(&passed, d_y).0;
            decoder_has_moved = true;
        }
        if made("decoder first again") {
            adams.1.step(&mut decoder, &d_decoder);
            let passed = decoder.forward(&z_q);
            d_z = decoder.backward(&passed, mse_backward(last(&passed), x)).0;
            decoder_has_moved = true;
        }
        if made("taken at the latent") {
            d_z = at_latents().0;
        }
        if made("decoder on latents") {
            d_decoder = at_latents().1;
        }
        let at_codes = gather_backward(&d_z, &indices, codebook.nrows());
        if made("means of gradients") {
            next = &codebook - &(at_codes * (1.0 - keep));
        }
        let pull = mse_backward(z_e, &z_q);
        d_z = one_of(
            made,
            d_z.clone(),
            [
                ("nothing passed", Array2::zeros(d_z.raw_dim())),
                ("sign", -&d_z),
                ("handed twice", &d_z * 2.0),
                ("encoder by rows", &d_z / x.nrows() as f64),
                ("rotated", plain::rotation_backward(z_e, &z_q, d_z.clone())),
                ("times the bracket", &d_z * &(&z_q - z_e)),
                ("pulled to the code", pull.clone()),
                ("pulled to the code too", &d_z + &pull),
            ],
        );
        let (_, mut d_encoder) = encoder.backward(&coded, d_z);
        if let Some(before) = before.filter(|_| made("gradients not cleared"))
        {
            add(&mut d_encoder, &before.0);
            add(&mut d_decoder, &before.1);
        }
        let both = made("new Adams");
        if both || made("new Adam for the encoder") {
            adams.0 = fresh(&encoder);
        }
        if both || made("new Adam for the decoder") {
            adams.1 = fresh(&decoder);
        }
        let go =
            |adam: &mut Adam<f64>, net: &mut Mlp<f64>, d: &Mlp<f64>, one| {
                if !made("plain steps") && !made(one) {
                    adam.step(net, d);
                    return;
                }
                let each = net.parameters_mut().into_iter();
                for (mut p, d) in each.zip(d.parameters()) {
                    p.scaled_add(-config.lr, &d);
                }
            };
        let [of_encoder, of_decoder] =
            ["plain steps of the encoder", "plain steps of the decoder"];
        let times = |slip| if made(slip) { 2 } else { 1 };
        for _ in 0..times("encoder twice") {
            go(&mut adams.0, &mut encoder, &d_encoder, of_encoder);
        }
        if made("encoder first") {
            let z_e = encoder.output(x);
            let z_q = gather(&codebook, &found(&z_e, &codebook));
            let passed = decoder.forward(&z_q);
            d_decoder =
                decoder.backward(&passed, mse_backward(last(&passed), x)).1;
        }
        if !decoder_has_moved && !made("decoder still") {
            for _ in 0..times("decoder twice") {
                go(&mut adams.1, &mut decoder, &d_decoder, of_decoder);
            }
        }
        if made("means afterwards") {
            let z_e = encoder.output(x);
            next = moved(&z_e, &found(&z_e, &codebook));
        }
        if made("new latents") {
            next = moved(&encoder.output(x), &indices);
        }
        codebook = next;
        before = Some((d_encoder, d_decoder));
        let so_far = losses.len() as f64;
        let coded_mse = |decoder: &Mlp<f64>, z_e: &Array2<f64>| {
            let z_q = gather(&codebook, &found(z_e, &codebook));
            mse(&decoder.output(&z_q), x)
        };
        losses.push(one_of(
            made,
            loss,
            [
                ("trained on latents", mse(&decoder_before.output(&z_q), x)),
                ("loss at the latent", mse(&decoder_before.output(z_e), x)),
                ("sum for mean", loss * x.len() as f64),
                ("loss by rows", loss * x.ncols() as f64),
                ("half the loss", loss / 2.0),
                ("root of the loss", loss.sqrt()),
                (
                    "losses added up",
                    losses.last().copied().unwrap_or(0.0) + loss,
                ),
                ("loss afterwards", coded_mse(&decoder, &encoder.output(x))),
                ("loss after the codebook", coded_mse(&decoder_before, z_e)),
                ("mean loss so far", {
                    let before = losses.last().copied().unwrap_or(0.0);
                    (before * so_far + loss) / (so_far + 1.0)
                }),
            ],
        ));
    }
    if made("codebook not handed back") {
        codebook = training.codebook.clone();
    }
    if made("networks not handed back") {
        encoder = training.encoder.clone();
        decoder = training.decoder.clone();
    }
    let codebook = codebook.into_iter().collect();
    laid_out(losses, codebook, &encoder, &decoder)
}

fn laid_out(
    losses: Vec<f64>,
    codebook: Array1<f64>,
    encoder: &Mlp<f64>,
    decoder: &Mlp<f64>,
) -> Results {
    [Array1::from(losses), codebook, laid(encoder), laid(decoder)]
        .map(Array::into_dyn)
        .into()
}

fn of_learn<'a>(
    more: &'a dyn Fn(&[Option<Results>]) -> String,
) -> Exercise<'a, Training> {
    let cases = trainings();
    Exercise {
        from: from_nothing,
        see: "chapter 6, § An encoder that learns through a lookup, and equation 6.3",
        parts: &["the losses", "the codebook", "the encoder", "the decoder"],
        short: cases.len() - 1,
        cases,
        slips: LEARN,
        with: learnt,
        forms: &[],
        sizes: no_sizes,
        input: |it| match it.batches.len() {
            1 => "a training of 1 batch".into(),
            n => format!("a training of {n} batches"),
        },
        more,
    }
}

/// Gradients that may have a share in an answer's, by the slips that go by them.
const OTHERS: [(&str, &str); 5] = [
    ("pulled to the code", "a pull of the latents to their codes"),
    ("taken at the latent", "the one taken at the latent"),
    ("decoder on latents", "the one of decoded latents"),
    ("rotated", "the turned one"),
    ("times the bracket", "the one times z_q - z_e"),
];

/// What an answer did, step by step.
fn of_steps(came: &[Option<Results>]) -> Option<String> {
    let here = of_learn(&nothing_more);
    let mut said = String::new();
    for ((_, it), came) in here.cases.iter().zip(came) {
        let (steps, losses) = (it.batches.len(), came.as_ref()?[0].len());
        if steps != losses {
            return Some(format!(
                " There is a loss for each batch, before its step: of {steps} batches come {losses} losses in yours."
            ));
        }
    }
    let ((_, it), came_once) = (&here.cases[0], came[0].as_ref()?);
    let right = here.right(0);
    let wrong = here.wrong_parts(0, Some(came_once));
    if wrong.is_empty() {
        said += " The first step is right: what is wrong lasts from step to step, or comes with the second.";
    }
    if wrong.contains(&1) {
        let z_e = it.encoder.output(&it.batches[0]); // [B, C]
        let indices = nearest_by_definition(&z_e, &it.codebook);
        let used = |of: Array2<f64>| {
            gather(&of, &indices).into_dyn() // [B, C]
        };
        let k = it.codebook.nrows();
        let after = Array::from_iter(came_once[1].iter().copied());
        let after = after.into_shape_with_order(it.codebook.dim()).ok()?;
        let means = cluster_means(&z_e, &indices, &it.codebook);
        let sums = gather_backward(&z_e, &indices, k);
        let names = ["code", "mean of its latents", "sum of its latents"];
        let parts = [it.codebook.clone(), means, sums].map(used);
        let parts = [&parts[0], &parts[1], &parts[2]];
        if let Some(words) = combined(&names, &parts, &used(after)) {
            said += &format!(
                " After the first step each code that was chosen is {words}; right is {} code + {} mean of its latents.",
                it.keep,
                1.0 - it.keep
            );
        }
    }
    // Of the first step of an Adam its gradient can be found.
    for (part, net) in [(2, &it.encoder), (3, &it.decoder)] {
        if !wrong.contains(&part)
            || came_once[part].shape() != right[part].shape()
        {
            continue;
        }
        let AdamConfig { lr, eps, .. } = it.config;
        let gradient = |after: &ArrayD<f64>| {
            let moved = (laid(net).into_dyn() - after) / lr;
            moved.mapv(|u| u * eps / (1.0 - u.abs()))
        };
        let [right, came] = [&right[part], &came_once[part]].map(gradient);
        let what = format!(
            " In the first step {} goes by another gradient.",
            here.parts[part]
        );
        let told = Diagnosis::new("gradient", what, here.see);
        if let Err(told) = judge(&right, &came, 1e-7, vec![], told) {
            said += &told.what;
        }
        let others: Vec<(&str, ArrayD<f64>)> = OTHERS
            .iter()
            .map(|(slip, words)| {
                let made = |name: &str| name == *slip;
                (*words, gradient(&learnt(it, &made)[part]))
            })
            .collect();
        let alone = |other: &ArrayD<f64>| !same(other, &right, 1e-6);
        let found = others.iter().filter(|(_, o)| alone(o)).find_map(|o| {
            let (names, parts) = (["the right one", o.0], [&right, &o.1]);
            combined(&names, &parts, &came)
        });
        if let Some(words) = found {
            said += &format!(" It is {words}.");
        }
    }
    let long = here.cases.len() - 1;
    if let (Some(yours), Some(ours)) =
        (came[long].as_ref()?[0].last(), here.right(long)[0].last())
    {
        said += &format!(
            " After 200 steps the loss is {yours:.4}; it should be {ours:.4}."
        );
    }
    Some(said)
}

pub fn learn(candidate: Learns) -> Result<(), Diagnosis> {
    let more = |came: &[Option<Results>]| of_steps(came).unwrap_or_default();
    of_learn(&more).check(|it| {
        let (mut encoder, mut decoder) =
            (it.encoder.clone(), it.decoder.clone());
        let mut codebook = it.codebook.clone();
        let losses = candidate(
            &mut encoder,
            &mut codebook,
            &mut decoder,
            &it.batches,
            it.keep,
            it.config,
        );
        let codebook = codebook.into_iter().collect();
        laid_out(losses, codebook, &encoder, &decoder)
    })
}

/// Slips that the inputs do not tell apart, of every exercise.
#[allow(dead_code)]
pub fn confused() -> Vec<String> {
    [
        of_straight_through(&nothing_more).confused(),
        of_encoder_gradient(&nothing_more).confused(),
        of_score_gradient(&nothing_more).confused(),
        of_gumbel_backward(&nothing_more).confused(),
        of_rotation_backward(&nothing_more).confused(),
        of_fsq_index(&nothing_more).confused(),
        of_learn(&nothing_more).confused(),
    ]
    .concat()
}

/// Why the latent of exercise 6.8 pays what it pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// A cut gradient is a shorter step, and that changes nothing.
    AStepIsAStep,
    /// Equation 6.7 holds as long as the latent stays in bounds.
    TheMeanCodeIsTheAim,
    /// The worse code's gradient is cut, and with it the code's weight.
    TheWorseCodeSaysLess,
    /// After the cut both steps are equally long.
    BothEquallyOften,
    /// What is cut is the step that leads out of the worse cell.
    TheWayBackIsShorter,
}

/// Where the latent is in the second half of many steps: its mean loss, its mean code, the share of the worse one, and the mean of
/// the gradients by which it went. Gradients longer than `most` are cut.
fn hovering(lr: f64, most: f64) -> [f64; 4] {
    let codes = array![[-1.0], [1.0]];
    let cut = |d: Array2<f64>| d.mapv(|d| d.clamp(-most, most));
    let path =
        descend(array![[-0.9]], &codes, lr, 20_000, |z_q| cut(z_q + 0.2));
    let path = path.unwrap_or_else(|e| panic!("{e}"));
    let late = &path[path.len() / 2..];
    let mean = |of: &dyn Fn(f64) -> f64| {
        let each = late.iter().map(|(_, code)| of(code.z_q[[0, 0]]));
        each.sum::<f64>() / late.len() as f64
    };
    [
        mean(&|e| 0.5 * (e + 0.2).powi(2)),
        mean(&|e| e),
        mean(&|e| f64::from(e > 0.0)),
        mean(&|e| (e + 0.2).clamp(-most, most)),
    ]
}

pub fn clip(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § When it misleads, equation 6.7";
    let (loss, because) = candidate();
    let [uncut, _, worse_uncut, _] = hovering(0.02, f64::INFINITY);
    let [here, code, worse, mean] = hovering(0.02, 1.0);
    let [short, ..] = hovering(0.01, f64::INFINITY);
    let [half, _, worse_half, _] = hovering(0.02, 0.5);
    let right = (loss - here).abs() <= 0.005;
    let came = match right {
        true => format!("The number came: the mean loss is {here:.3}. "),
        false => format!("The mean loss is {here:.3}. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told
            .with(format!("{here:.4}"), format!("{loss:.4}, {because:?}")))
    };
    // What comes of right steps and a slip in the sum.
    let w = 0.8 / 1.8;
    let slips = [
        (
            w,
            "This is the share of the worse code. The losses, 0.32 and 0.72, are weighted by the shares.",
        ),
        (
            1.0 - w,
            "This is the share of the better code. The losses, 0.32 and 0.72, are weighted by the shares.",
        ),
        (
            0.32 * w + 0.72 * (1.0 - w),
            "The two shares are exchanged in yours.",
        ),
        (uncut, "This is the mean loss without the cut."),
        (
            0.52,
            "This is the mean of the two losses: the shares are not equal.",
        ),
        (
            0.32 * (1.0 - w) + 0.5 * w,
            "The losses are not cut: only the steps are.",
        ),
    ];
    let slipped = slips.iter().find(|(v, _)| (loss - v).abs() <= 0.003);
    let slipped =
        slipped.map_or(String::new(), |(_, what)| format!("{what} "));
    match because {
        Because::AStepIsAStep => told(
            "a step is a step",
            format!(
                "That is so if both steps get shorter alike: with steps of half the size and no cut it is {short:.3}, as before. But the \
                 gradients are -0.8 and 1.2, and of these the cut shortens one."
            ),
        ),
        Because::TheMeanCodeIsTheAim => told(
            "the mean code is the aim",
            format!(
                "It does stay in bounds. But the steps that equation 6.7 adds up are now those of cut gradients: the mean of these is \
                 {:.3}, and the mean code is {code:.3} where the aim is -0.200.",
                mean.abs()
            ),
        ),
        Because::TheWorseCodeSaysLess => told(
            "the worse code says less",
            format!(
                "It does say less, and what it says is 'away from here': its gradient leads back to the better cell. Of the steps, \
                 {:.0} % are at the worse code now, where {:.0} % were.",
                100.0 * worse,
                100.0 * worse_uncut
            ),
        ),
        Because::BothEquallyOften => told(
            "both equally often",
            format!(
                "So it is if both are cut: at a length of 0.5 the latent is at the worse code {:.0} % of the time, and pays {half:.2}. \
                 At a length of 1 the better code's gradient, -0.8, stays as it is; the share is {:.1} %.",
                100.0 * worse_half,
                100.0 * worse
            ),
        ),
        Because::TheWayBackIsShorter if !right => told(
            "a reason without its number",
            format!(
                "{slipped}The reason is right. Its number: one way the latent goes 0.8 times the step size, the other way 1 times. If it stays, \
                 0.8 times the share of the better code is 1 times that of the worse one, so that the worse one has {worse:.3}. \
                 Without the cut it paid {uncut:.2}."
            ),
        ),
        Because::TheWayBackIsShorter => Ok(()),
    }
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NothingPassed => "nothing passed",
        Cause::SignTurned => "sign turned",
        Cause::LookupLeftOut => "lookup left out",
        Cause::TakenAtTheLatent => "taken at the latent",
        Cause::PulledToTheCode => "pulled to the code",
        Cause::TurnedForward => "turned forward",
        Cause::HotMixture => "hot mixture",
        Cause::LongSteps => "long steps",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NothingPassed => {
            "If the gradient ends at the lookup, the encoder never moves: both lengths stay what they were at the first step, to the \
             last digit."
        }
        Cause::SignTurned => {
            "If the sign is turned, the encoder makes the loss larger as fast as the decoder makes it smaller, and neither comes to rest."
        }
        Cause::LookupLeftOut => {
            "If the decoder is trained on latents, the loss on the batches falls below what eight codes can do, and the error through \
             the codes does not follow it."
        }
        Cause::TakenAtTheLatent => {
            "If the gradient is taken at the latent, it changes as the latent moves and ends where a latent is decoded well: latents \
             stay among the codes, and the error is low."
        }
        Cause::PulledToTheCode => {
            "If the encoder hears of its codes alone, its latents sink into them, and the error stays where the first cells left it."
        }
        Cause::TurnedForward => {
            "A gradient that is turned forward is still the decoder's, at a wrong angle and shorter far out: latents run away from \
             their codes, only more slowly."
        }
        Cause::HotMixture => {
            "If mixtures are decoded, the decoder learns to read places between codes, and latents go out until their mixtures are far \
             enough apart; through single codes the error is higher."
        }
        Cause::LongSteps => {
            "If the steps are too long, latents run away all the faster, and the error does not mind."
        }
    }
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v >= 1000.0 => format!("{v:.0e}"),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Exercises and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 4])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS).lines));
        CAUSES.map(end).into()
    });
    let answer = candidate();
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 4])
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(answer) {
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
            format!(
                "{words} would be about {}; here it is {}",
                shortly(*there),
                shortly(*here)
            )
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
