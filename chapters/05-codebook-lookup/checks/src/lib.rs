//! The checks of this chapter's exercises.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use codebook_lookup::plain; // `causes` finds it here
use codebook_lookup::plain::{
    cluster_means as means_of, distortion, first_smallest, gather,
    kmeans_plus_plus, lloyd_step, squared_distance, usage,
};
use lab::{Diagnosis, Made, Slip, judge, rng_at, slips};
use ndarray::{
    Array1, Array2, ArrayD, ArrayView1, Axis, Ix1, Ix2, IxDyn, arr0, array, s,
};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};
use rand_chacha::ChaCha8Rng;

#[path = "../../src/run/experiments/spoilt/causes.rs"]
#[allow(dead_code)]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, apart, late, run};

/// Whether a slip is made.
type Is<'a> = &'a dyn Fn(&str) -> bool;

/// Slips by their names.
macro_rules! said {
    ($($name:literal: $what:literal,)*) => {
        &[$(Slip { name: $name, what: $what }),*]
    };
}

/// What an answer is tried on, and how it can go wrong.
struct Asked<I> {
    /// With where they are: the simplest first, then one that shows all, then special ones.
    inputs: Vec<(&'static str, I)>,
    /// So many of them show every slip that is none of an edge.
    plain: usize,
    /// The result with slips; the right one without.
    model: fn(&I, Is) -> ArrayD<f64>,
    slips: Vec<Slip>,
    /// Slips that do no harm alone.
    harmless: &'static [&'static str],
    /// What else can be said of a result of the right shape.
    narrow: fn(&I, &ArrayD<f64>, &ArrayD<f64>) -> String,
    /// What can be said of the function from what it gives on changed inputs.
    probes: fn(&dyn Fn(&I) -> ArrayD<f64>, &I) -> Vec<String>,
    /// The lengths of the axes.
    sizes: fn(&I) -> String,
    tolerance: f64,
    wrong: &'static str,
    see: &'static str,
}

/// Stands for a result where a function stops with a panic.
fn stops() -> ArrayD<f64> {
    ArrayD::zeros(IxDyn(&[0; 5]))
}

/// Whether two arrays are the same, as far as a rounding error goes; what is no finite number equals what is none.
fn same(a: &ArrayD<f64>, b: &ArrayD<f64>, tolerance: f64) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || !(a.is_finite() || b.is_finite())
            || (a - b).abs() <= tolerance * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// What is no finite number, all alike.
fn or_none(x: &ArrayD<f64>) -> ArrayD<f64> {
    x.mapv(|v| if v.is_finite() { v } else { f64::NAN })
}

/// Numbers in one line.
fn in_a_line(x: &ArrayD<f64>) -> String {
    let words = match x.iter().any(|v| v.abs() > 1e9) {
        true => format!("{x:.4e}"),
        false => format!("{x:.4}"),
    };
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a panic.
fn words_of(raised: &(dyn Any + Send)) -> String {
    let words = raised.downcast_ref::<String>().cloned();
    let words = words
        .or_else(|| raised.downcast_ref::<&str>().map(|s| s.to_string()));
    words.unwrap_or_default()
}

impl<I> Asked<I> {
    /// The first one or two slips that explain what came of the first inputs; and, if it comes otherwise on the rest, where.
    fn explained(
        &self,
        came: &[ArrayD<f64>],
        of: usize,
    ) -> Option<(Diagnosis, Option<&'static str>)> {
        let besides = Cell::new(None);
        let fits = |n: usize, is: Is| {
            let would = (self.model)(&self.inputs[n].1, is);
            (same(&would, &came[n], self.tolerance), would)
        };
        let with = |made: Made| {
            let is = |name: &str| made.is(name);
            let mut off = false;
            let each = (0..of).map(|n| match off {
                true => ArrayD::zeros(IxDyn(&[0; 6])),
                false => {
                    let (fits, would) = fits(n, &is);
                    off = !fits;
                    or_none(&would)
                }
            });
            let all: Vec<_> = each.collect();
            if !off {
                let other = (of..came.len()).find(|n| !fits(*n, &is).0);
                besides.set(other.map(|n| self.inputs[n].0));
            }
            all
        };
        let came: Vec<_> = came[..of].iter().map(or_none).collect();
        let told = slips(&self.slips, &came, with, self.tolerance, self.see)?;
        Some((told, besides.get()))
    }

    /// Tries an answer on every input. A mistake is named only if an answer with it gives what this one does; of any other it is
    /// said where it goes wrong.
    fn tried(
        &self,
        candidate: impl Fn(&I) -> ArrayD<f64>,
    ) -> Result<(), Diagnosis> {
        let right: Vec<_> = self
            .inputs
            .iter()
            .map(|(_, i)| (self.model)(i, &|_| false))
            .collect();
        let (mut came, mut panics) = (Vec::new(), Vec::new());
        for (_, input) in &self.inputs {
            let caught = catch_unwind(AssertUnwindSafe(|| candidate(input)));
            panics.push(caught.as_ref().err().map(|r| words_of(r.as_ref())));
            came.push(match caught {
                Ok(came) => came,
                Err(raised)
                    if words_of(raised.as_ref())
                        .starts_with("not yet implemented") =>
                {
                    resume_unwind(raised)
                }
                Err(_) => stops(),
            });
        }
        let is_right = |n: &usize| {
            let finite = came[*n].iter().all(|v| v.is_finite());
            finite && same(&right[*n], &came[*n], self.tolerance)
        };
        let bad: Vec<usize> =
            (0..came.len()).filter(|n| !is_right(n)).collect();
        let Some(&first) = bad.first() else { return Ok(()) };
        // A result with several numbers says more than the simplest.
        let rich = bad.iter().copied().find(|n| *n == 1).unwrap_or(first);
        let show = |told: Diagnosis| {
            let (right, came) = (&right[rich], &came[rich]);
            match judge(right, came, self.tolerance, Vec::new(), told.clone())
            {
                Err(said) => told.with(said.expected, said.came),
                Ok(()) => told,
            }
        };
        let known = self.explained(&came, came.len()).or_else(|| {
            (first < self.plain).then(|| self.explained(&came, self.plain))?
        });
        if let Some((mut told, besides)) = known {
            if let Some(place) = besides {
                told.what += &format!(
                    " So it is on the plain inputs; it goes wrong otherwise {place}."
                );
            }
            return Err(show(told));
        }
        let (place, input) = &self.inputs[rich];
        let stopped: Vec<usize> =
            bad.iter().copied().filter(|n| panics[*n].is_some()).collect();
        if let Some(&n) = stopped.first()
            && (n == rich || stopped.len() == bad.len())
        {
            let words = panics[n].clone().unwrap_or_default();
            let what = format!(
                "It stops with a panic {} ({}): {words}.",
                self.inputs[n].0,
                (self.sizes)(&self.inputs[n].1)
            );
            return Err(Diagnosis::new("panic", what, self.see));
        }
        let mut what = format!("{} It goes wrong {place}", self.wrong);
        match bad.len() {
            n if n == came.len() => what += ", and on all other inputs.",
            _ if first >= self.plain => what += ", and is right elsewhere.",
            _ => what += ".",
        }
        let fits = came[rich].shape() == right[rich].shape();
        if fits {
            what += &(self.narrow)(input, &right[rich], &came[rich]);
        } else {
            what += &format!(" ({}.)", (self.sizes)(input));
        }
        let safe = |input: &I| {
            let caught = catch_unwind(AssertUnwindSafe(|| candidate(input)));
            caught.unwrap_or_else(|_| stops())
        };
        let probe = || {
            let right = |input: &I| (self.model)(input, &|_| false);
            // Where equals decide, what is true of others need not be.
            match (self.probes)(&right, input).is_empty() {
                true => (self.probes)(&safe, input),
                false => Vec::new(),
            }
        };
        let found = catch_unwind(AssertUnwindSafe(probe));
        for said in found.unwrap_or_default().into_iter().take(3) {
            what += &format!("\n  - {said}");
        }
        if !what.ends_with('.') {
            what += ".";
        }
        if rich != first && came[first].shape() == right[first].shape() {
            what += &format!(
                "\n  - Begin {}: right is {}, yours is {}.",
                self.inputs[first].0,
                in_a_line(&right[first]),
                in_a_line(&came[first])
            );
        }
        let told = Diagnosis::new("value", what, self.see);
        judge(&right[rich], &came[rich], self.tolerance, Vec::new(), told)
    }

    /// Which slips cannot be told from the right answer, or from one another.
    #[allow(dead_code)]
    fn alike(&self) -> Vec<String> {
        let all = |made: &str| -> Vec<ArrayD<f64>> {
            let is = |name: &str| name == made;
            self.inputs.iter().map(|(_, i)| (self.model)(i, &is)).collect()
        };
        let mut seen = vec![("right", all(""))];
        let mut alike = Vec::new();
        let one = |a: &[ArrayD<f64>], b: &[ArrayD<f64>]| {
            a.iter().zip(b).all(|(a, b)| same(a, b, self.tolerance))
        };
        let right = |input: &I| (self.model)(input, &|_| false);
        alike.extend((self.probes)(&right, &self.inputs[1].1));
        let harms = |s: &&Slip| !self.harmless.contains(&s.name);
        for slip in self.slips.iter().filter(harms) {
            let gives = all(slip.name);
            let like = seen.iter().filter(|(_, with)| one(with, &gives));
            alike.extend(
                like.map(|(name, _)| format!("{name}={}", slip.name)),
            );
            seen.push((slip.name, gives));
        }
        alike
    }
}

/// The slips that cannot be told from the right answer, or from one another.
#[allow(dead_code)]
pub fn all_alike() -> Vec<String> {
    [
        asked_nearest().alike(),
        asked_distances().alike(),
        asked_tiles().alike(),
        asked_codes().alike(),
        asked_gains().alike(),
        asked_means().alike(),
        asked_start().alike(),
        asked_bits().alike(),
        asked_codebooks().alike(),
        asked_errors().alike(),
    ]
    .concat()
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(5, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

/// Latents and a codebook.
type Lookup = (Array2<f64>, Array2<f64>);

type Row<'a> = ArrayView1<'a, f64>;

fn square(z: Row, e: Row) -> f64 {
    (&z - &e).mapv(|v| v * v).sum()
}

fn numbers(indices: &[usize]) -> ArrayD<f64> {
    indices.iter().map(|&k| k as f64).collect::<Array1<f64>>().into_dyn()
}

fn one(x: &ArrayD<f64>) -> Array1<f64> {
    x.clone().into_dimensionality::<Ix1>().unwrap_or_else(|e| panic!("{e}"))
}

fn two(x: &ArrayD<f64>) -> Array2<f64> {
    x.clone().into_dimensionality::<Ix2>().unwrap_or_else(|e| panic!("{e}"))
}

fn sizes_of(z: &Array2<f64>, e: &Array2<f64>) -> String {
    format!("N = {}, K = {}, C = {}", z.nrows(), e.nrows(), e.ncols())
}

fn norms(x: &Array2<f64>) -> Array1<f64> {
    x.map_axis(Axis(1), |row| row.dot(&row))
}

/// How the differences of components can make a wrong distance.
const COMPONENTS: &[Slip] = said! {
    "sizes added": "The sizes of the differences were added up, not their squares. The two order differently: of 0, (1.5, 0) \
        is nearer \
        than (1, 1) by sizes, and farther by squares.",
    "signed difference": "The differences were added up with their signs; square them first.",
    "squared too late": "The differences, or the components, were added up and then squared, so that those of opposite signs \
        cancel. \
        Square each, then add.",
    "largest component": "Only the largest difference counts here. A distance adds the squares of all.",
    "smallest component": "Only the smallest difference counts here. A distance adds the squares of all.",
    "multiplied components": "The squares of the differences were multiplied. A distance adds them.",
    "fourth powers": "The differences were raised to the fourth power, not to the second.",
    "first component": "Only the first component is compared.",
    "first component forgotten": "The first component is left out.",
    "last component forgotten": "The last component is left out.",
    "whole numbers": "The differences were rounded, or cut, to whole numbers.",
    "in f32": "It is computed in f32, which has 7 digits: what is close together becomes equal. Stay in f64.",
};

/// What else can be taken for the distance when only its order counts.
const SCORES: &[Slip] = said! {
    "plus": "This is the code of the smallest ‖z + e‖², or ½ ‖e‖² + z·e. Subtract.",
    "lengths compared": "The lengths of the vectors are compared, not their places.",
    "largest product": "This takes the largest dot product. It prefers long vectors: ‖e‖² belongs to a distance, half of it to \
        the score of \
        (5.3).",
    "sizes of products": "This takes the largest size of a dot product; lengths and signs count in a distance.",
    "largest cosine": "This takes the code of the same direction, however far away it is. Lengths count in a distance.",
    "half forgotten": "Multiplied out, the score is ½ ‖e‖² - z·e. Here ‖e‖² counts whole, or z·e once where it counts twice.",
    "product twice": "Multiplied out, the score is ½ ‖e‖² - z·e. Here z·e counts twice, beside half of ‖e‖², or four times.",
    "length for its square": "Multiplied out, the score is ½ ‖e‖² - z·e. Here the length stands for its square.",
    "norm subtracted": "Multiplied out, the score is ½ ‖e‖² - z·e. Here ‖e‖² is subtracted too.",
    "shortest code": "This takes the shortest code, whatever the latent: the product z·e is missing.",
};

/// The squared distance, or what stands for it.
fn far(z: Row, e: Row, is: Is) -> f64 {
    let c = z.len();
    let from = usize::from(is("first component forgotten")).min(c);
    let to = match c {
        0 => 0,
        _ if is("first component") => 1,
        _ if is("last component forgotten") => (c - 1).max(from),
        c => c,
    };
    let (z, e) = (z.slice(s![from..to]), e.slice(s![from..to]));
    let (zz, ze, ee) = (z.dot(&z), z.dot(&e), e.dot(&e));
    let d = if is("plus") { &z + &e } else { &z - &e };
    let d = if is("whole numbers") { d.mapv(f64::trunc) } else { d };
    match () {
        () if is("sizes added") => d.mapv(f64::abs).sum(),
        () if is("signed difference") => d.sum(),
        () if is("squared too late") => d.sum().powi(2),
        () if is("largest component") => d.fold(0.0, |a, v| a.max(v * v)),
        () if is("smallest component") => {
            d.fold(f64::INFINITY, |a, v| a.min(v * v))
        }
        () if is("multiplied components") => d.mapv(|v| v * v).product(),
        () if is("fourth powers") => d.mapv(|v| v.powi(4)).sum(),
        () if is("lengths compared") => (zz.sqrt() - ee.sqrt()).powi(2),
        () if is("largest product") => -ze,
        () if is("sizes of products") => -ze.abs(),
        () if is("largest cosine") => -ze / (zz * ee).sqrt().max(1e-300),
        () if is("half forgotten") => ee - ze,
        () if is("product twice") => 0.5 * ee - 2.0 * ze,
        () if is("length for its square") => 0.5 * ee.sqrt() - ze,
        () if is("norm subtracted") => -0.5 * ee - ze,
        () if is("shortest code") => ee,
        () if is("multiplied out") => zz - 2.0 * ze + ee,
        () if is("in f32") => {
            let pairs = z.iter().zip(&e);
            let d = pairs.map(|(z, e)| (*z as f32 - *e as f32).powi(2));
            f64::from(d.sum::<f32>())
        }
        () => d.mapv(|v| v * v).sum(),
    }
}

/// Of the first latent that has the wrong code, how far both codes are.
fn two_codes(
    z: &Array2<f64>,
    e: &Array2<f64>,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> String {
    let (right, came) = (one(right), one(came));
    let first = (0..right.len()).find(|&n| right[n] != came[n]);
    first.map_or_else(String::new, |n| {
        let (to, yours) = (right[n] as usize, came[n] as usize);
        if yours >= e.nrows() {
            let k = e.nrows();
            return format!(" Latent {n} has code {yours}, and there are {k}.");
        }
        let far = |k| square(z.row(n), e.row(k));
        format!(
            " Latent {n} is {:.4} from code {yours}, which you say, and {:.4} from code {to}, both squared.",
            far(yours),
            far(to)
        )
    })
}

fn nearest_as((z, e): &Lookup, is: Is) -> ArrayD<f64> {
    let (z, e) = if is("a latent for each code") { (e, z) } else { (z, e) };
    let k = e.nrows();
    let begun = match () {
        () if is("begun at 0") => 0.0,
        () if is("begun too low") => 1e4,
        () => f64::INFINITY,
    };
    let from = usize::from(is("first code left out")).min(k);
    let to = k - usize::from(is("last code left out")).min(k - from);
    let mut best = (begun, 0);
    let index = |z: Row| {
        let d = |k: usize| far(z, e.row(k), is);
        if !is("not begun again") && !is("distance not begun again") {
            best.0 = begun;
        }
        if !is("not begun again") {
            best.1 = 0;
        }
        if is("compared with the first") && k > 0 {
            best.0 = d(0);
        }
        let mut before = begun;
        for k in from..to {
            let d = if is("farthest") { -d(k) } else { d(k) };
            let than =
                if is("with the one before") { before } else { best.0 };
            let better = match () {
                () if is("last of equals") => d <= than,
                () if is("nearly equal") => d < than - 1e-6,
                () => d < than,
            };
            before = d;
            if better {
                best.1 = k;
                if !is("never written down") && !is("compared with the first")
                {
                    best.0 = d;
                }
            } else if is("stopped early") {
                break;
            }
        }
        let second = || {
            let d =
                |k: &usize| if *k == best.1 { f64::INFINITY } else { d(*k) };
            let d: Array1<f64> = (0..k).map(|k| d(&k)).collect();
            first_smallest(d.view())
        };
        match () {
            () if is("second nearest") => second(),
            () if is("counted from 1") => best.1 + 1,
            () if is("counted one too low") => best.1.saturating_sub(1),
            () if is("counted from the end") => (k - 1) - best.1,
            () => best.1,
        }
    };
    numbers(&z.rows().into_iter().map(index).collect::<Vec<_>>())
}

fn asked_nearest() -> Asked<Lookup> {
    let whole = (
        array![[0.0, 0.0], [0.9, 0.1], [3.5, 2.0], [-1.0, -0.75], [1.0, 1.0]],
        array![
            [1.5, 0.0],
            [1.0, 1.0],
            [3.0, 2.0],
            [1.0, 1.0],
            [-1.0, -1.0],
            [1.375, 0.0],
            [-1.0, 1.0],
            [1.37499999, 0.0]
        ],
    );
    // No distance between 100 and 10¹⁵, here or elsewhere.
    let wide = array![[-1000.0], [1000.0], [9e8], [-0.0], [-9e8]];
    let (near, codes) = (normal(9, 4, 2), normal(6, 4, 3));
    let dyadic = |x: Array2<f64>| x.mapv(|v| (v * 16.0).round() / 16.0 + 1e8);
    let inputs = vec![
        (
            "with one latent and three codes of one number",
            (array![[2.0]], array![[5.0], [1.0], [4.5]]),
        ),
        ("with random latents", (normal(40, 3, 0), normal(7, 3, 1))),
        ("where codes are equal, or equally near, or the latent is 0", whole),
        (
            "where distances are large",
            (array![[3e8], [8e8], [-1e8], [-7e8]], wide),
        ),
        (
            "far from the origin, where ‖z‖² - 2 z·e + ‖e‖² has no digits left: subtract first, square then",
            (dyadic(near), dyadic(codes)),
        ),
        ("with a single code", (normal(3, 2, 4), array![[5.0, -7.0]])),
        ("without any latent", (Array2::zeros((0, 3)), normal(5, 3, 1))),
    ];
    let own: &[Slip] = said! {
        "last of equals": "Two codes are equally near, and the later one was taken. Replace the best so far only by something \
            strictly nearer.",
        "farthest": "This is the farthest vector: an argmax of distances where the argmin belongs.",
        "second nearest": "This is the second nearest.",
        "never written down": "It is always the last code: the smallest so far is compared with, and never replaced by the new \
            one.",
        "compared with the first": "Each distance is compared with that of the first code. Compare it with the smallest so far.",
        "with the one before": "Each distance is compared with the one before it. Compare it with the smallest so far.",
        "stopped early": "The search ends at the first code that is not nearer than the best so far. Go through all of them.",
        "begun at 0": "It is always code 0. Either the smallest so far begins at 0, so that nothing is smaller, or the sum of \
            squares goes on from code to code instead \
            of beginning at 0 for each.",
        "begun too low": "Where distances are large, code 0 is always the answer, as if nothing were smaller than what the \
            smallest so far begins \
            at. Begin at infinity, or at the distance of the first code, and compare distances as they are.",
        "not begun again": "The smallest so far, and its index, are kept from one latent to the next. Each latent begins anew, \
            at infinity.",
        "distance not begun again": "The smallest so far is kept from one latent to the next. Each latent begins anew, at \
            infinity.",
        "nearly equal": "What is nearer by very little does not count as nearer here. Compare without a tolerance.",
        "multiplied out": "Far from the origin ‖z‖² - 2 z·e + ‖e‖², with ‖z‖² or without, subtracts large numbers that are \
            nearly equal, and rounding decides. Subtract \
            first, square then: that is the definition.",
        "counted from 1": "These count from 1. The first row of the codebook is row 0.",
        "counted one too low": "The index is one too low, as if the first row did not count.",
        "counted from the end": "These count from the last row of the codebook. The first is row 0.",
        "a latent for each code": "This is the nearest latent of each code. An index is asked for each latent.",
        "first code left out": "The first code is never compared.",
        "last code left out": "The last code is never compared.",
    };
    Asked {
        inputs,
        plain: 2,
        model: nearest_as,
        slips: [own, COMPONENTS, SCORES].concat(),
        harmless: &[],
        narrow: |(z, e), right, came| two_codes(z, e, right, came),
        probes: |of, (z, e)| {
            of_lookups(&|z, e| of(&(z.clone(), e.clone())), (z, e))
        },
        sizes: |(z, e)| sizes_of(z, e),
        tolerance: 1e-9,
        wrong: "Some index is wrong.",
        see: "chapter 5, § The nearest vector, equation 5.1",
    }
}

pub fn nearest(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    asked_nearest().tried(|(z, e)| numbers(&candidate(z, e)))
}

/// The sum of two arrays as ndarray forms it, if it does.
fn added(a: &ArrayD<f64>, b: &ArrayD<f64>) -> Option<ArrayD<f64>> {
    let n = a.ndim().max(b.ndim());
    let side = |x: &ArrayD<f64>, at: usize| {
        let at = (at + x.ndim()).checked_sub(n)?;
        Some(x.shape()[at])
    };
    let shape: Vec<usize> = (0..n)
        .map(|at| match (side(a, at), side(b, at)) {
            (Some(1) | None, Some(n)) | (Some(n), _) => n,
            (None, None) => 1,
        })
        .collect();
    let (a, b) = (a.broadcast(shape.clone())?, b.broadcast(shape)?);
    Some(&a + &b)
}

/// Squared lengths, or what is taken for them, of latents ("z") or codes ("e").
fn lengths(x: &Array2<f64>, of: &str, is: Is) -> Array1<f64> {
    let is = |name: &str| is(name) || is(&format!("{name}, {of}"));
    let one = |x: Row| match () {
        () if is("lengths not squared") => x.dot(&x).sqrt(),
        () if is("sum squared") => x.sum().powi(2),
        () if is("sum alone") => x.sum(),
        () if is("sizes alone") => x.mapv(f64::abs).sum(),
        () if is("mean of squares") => x.dot(&x) / x.len() as f64,
        () => x.dot(&x),
    };
    let each = x.map_axis(Axis(1), one);
    let n = each.len();
    match is("all at once") {
        true => Array1::from_elem(n, each.sum()),
        false => each,
    }
}

fn distances_as((z, e): &Lookup, is: Is) -> ArrayD<f64> {
    let unit = |x: &Array2<f64>| {
        let n = norms(x).mapv(|n| if n > 0.0 { n.sqrt() } else { 1.0 });
        x / &n.insert_axis(Axis(1))
    };
    let (z, e) = match () {
        () if is("unit lengths") => (unit(z), unit(e)),
        () if is("latents alone") => (z.clone(), z.clone()),
        () if is("codes alone") => (e.clone(), e.clone()),
        () => (z.clone(), e.clone()),
    };
    let pairs = |of: &dyn Fn(Row, Row) -> f64| {
        Array2::from_shape_fn((z.nrows(), e.nrows()), |(n, k)| {
            of(z.row(n), e.row(k))
        })
    };
    let by_components = COMPONENTS.iter().any(|slip| is(slip.name));
    let all = if by_components {
        pairs(&|z, e| far(z, e, is)).into_dyn()
    } else {
        let factor = match () {
            () if is("two forgotten") => 1.0,
            () if is("two twice") => 4.0,
            () if is("mixed term forgotten") => 0.0,
            () => 2.0,
        };
        let sign = if is("plus") { factor } else { -factor };
        let mixed = pairs(&|z, e| match () {
            () if is("lengths multiplied") => (z.dot(&z) * e.dot(&e)).sqrt(),
            () if is("sums multiplied") => z.sum() * e.sum(),
            () if is("product squared") => z.dot(&e).powi(2),
            () if is("size of the product") => z.dot(&e).abs(),
            () => z.dot(&e),
        }) * sign;
        let scale = match () {
            () if is("norms halved") => 0.5,
            () if is("norms doubled") => 2.0,
            () => 1.0,
        };
        let of_z = match () {
            () if is("latent norm forgotten") => 0.0,
            () if is("latent norm subtracted") => -scale,
            () => scale,
        };
        let of_e = match () {
            () if is("codebook norm forgotten") => 0.0,
            () if is("norms subtracted") => -scale,
            () => scale,
        };
        let column = |x: Array1<f64>| x.insert_axis(Axis(1)).into_dyn();
        let both = is("axes swapped");
        let (zz, ee) =
            (lengths(&z, "z", is) * of_z, lengths(&e, "e", is) * of_e);
        let zz = match both || is("latent norm along a row") {
            true => zz.into_dyn(),
            false => column(zz),
        };
        let ee = match both || is("codebook norm down a column") {
            true => column(ee),
            false => ee.into_dyn(),
        };
        let sum = added(&zz, &mixed.into_dyn());
        let Some(sum) = sum.and_then(|sum| added(&sum, &ee)) else {
            return stops();
        };
        sum
    };
    let all = match () {
        () if is("rooted") => all.mapv(f64::sqrt),
        () if is("squared twice") => all.mapv(|v| v * v),
        () if is("a mean over components") => all / z.ncols() as f64,
        () => all,
    };
    if is("transposed") { all.reversed_axes() } else { all }
}

/// Whether all that is wrong is the factor of the mixed term.
fn which_term(
    (z, e): &Lookup,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> String {
    let (right, came) = (two(right), two(came));
    let off = &came - &right;
    let products = z.dot(&e.t());
    let factor = (&off * &products).sum() / (&products * &products).sum();
    if same(&(products * factor).into_dyn(), &off.into_dyn(), 1e-7) {
        let factor = factor - 2.0;
        return format!(
            " The mixed term z·e has a factor of {factor:.4} here; it is -2."
        );
    }
    String::new()
}

fn asked_distances() -> Asked<Lookup> {
    let even = (
        array![[1.0, 2.0], [0.5, -1.0], [0.0, 3.0]],
        array![[2.0, 0.0], [1.0, 1.0], [0.5, -1.0]],
    );
    let large = array![[1000.0, -1000.0, 0.0], [-999.5, 0.0, 1000.0]];
    let inputs = vec![
        (
            "with one latent and one code of one number",
            (array![[3.0]], array![[5.0]]),
        ),
        ("with as many latents as codes", even),
        (
            "with other numbers of latents, codes and components",
            (normal(5, 3, 0), normal(4, 3, 1)),
        ),
        (
            "with numbers near 1,000",
            (&large + 0.25, large.select(Axis(0), &[1, 0, 1])),
        ),
        ("with a single code", (normal(3, 2, 2), array![[0.0, -4.0]])),
        ("without any latent", (Array2::zeros((0, 2)), normal(3, 2, 3))),
    ];
    let own: &[Slip] = said! {
        "codebook norm forgotten": "‖e‖² is missing. It differs from column to column, so the nearest may change, not only the \
            numbers.",
        "latent norm forgotten": "‖z‖² is missing. The nearest code is the same without it; the distance is not.",
        "mixed term forgotten": "The mixed term is missing: -2 z·e.",
        "two forgotten": "The product counts twice: -2 z·e.",
        "two twice": "The product counts four times here. It is -2 z·e.",
        "plus": "This is ‖z + e‖². The product is subtracted.",
        "norms subtracted": "‖e‖² was subtracted. Only the mixed term has a minus.",
        "latent norm subtracted": "‖z‖² was subtracted. Only the mixed term has a minus.",
        "norms halved": "‖z‖² and ‖e‖² were halved, and the mixed term was not.",
        "norms doubled": "‖z‖² and ‖e‖² count twice here. Only the mixed term has a factor.",
        "axes swapped": "The norms were added along the wrong axes: ‖z‖² belongs to a row, ‖e‖² to a column. With N = K \
            nothing complains.",
        "latent norm along a row": "‖z‖² was added along the wrong axis: each latent has one, and a row. With N = K nothing \
            complains.",
        "codebook norm down a column": "‖e‖² was added along the wrong axis: each code has one, and a column. With N = K \
            nothing complains.",
        "transposed": "This is the transpose: a latent has a row, a code has a column.",
        "rooted": "These are distances; the squares were asked for. The nearest is the same, the loss and its gradient are not.",
        "squared twice": "These are the squares of what is right.",
        "lengths multiplied": "The lengths were multiplied in the mixed term, or subtracted from each other. It is the dot \
            product of the vectors.",
        "sums multiplied": "In the mixed term the sums of the components were multiplied. It is the dot product: multiply, \
            then add.",
        "product squared": "The dot product was squared. The mixed term is -2 z·e.",
        "size of the product": "The sign of the dot product got lost. The mixed term is -2 z·e, whatever its sign.",
        "lengths not squared": "The lengths were added, not their squares.",
        "lengths not squared, z": "For ‖z‖² the length was added, not its square.",
        "lengths not squared, e": "For ‖e‖² the length was added, not its square.",
        "sum squared": "For a squared length the components were added up and then squared. It is a sum of squares.",
        "sum squared, z": "For ‖z‖² the components were added up and then squared. It is a sum of squares.",
        "sum squared, e": "For ‖e‖² the components were added up and then squared. It is a sum of squares.",
        "sum alone": "For a squared length the components were added up, without their squares.",
        "sum alone, z": "For ‖z‖² the components were added up, without their squares.",
        "sum alone, e": "For ‖e‖² the components were added up, without their squares.",
        "sizes alone": "For a squared length the sizes of the components were added up, without their squares.",
        "mean of squares": "The squares of a length were averaged over the components. They are added up.",
        "mean of squares, z": "In ‖z‖² the squares were averaged over the components. They are added up.",
        "mean of squares, e": "In ‖e‖² the squares were averaged over the components. They are added up.",
        "all at once": "The squares of all vectors were added up to one number. A squared length is a sum along a row.",
        "all at once, z": "The squares of all latents were added up to one number. ‖z‖² is a sum along a row, one for each \
            latent.",
        "all at once, e": "The squares of all codes were added up to one number. ‖e‖² is a sum along a row of the codebook, \
            one for each code.",
        "unit lengths": "The vectors were brought to length 1 first. Lengths count in a distance.",
        "latents alone": "These are distances of latents from latents.",
        "codes alone": "These are distances of codes from codes.",
        "a mean over components": "The squares were averaged over the components. A distance adds them.",
    };
    Asked {
        inputs,
        plain: 4,
        model: distances_as,
        slips: [own, COMPONENTS].concat(),
        harmless: &[],
        narrow: which_term,
        probes: of_distances,
        sizes: |(z, e)| sizes_of(z, e),
        tolerance: 1e-8,
        wrong: "Some distance is wrong.",
        see: "chapter 5, § All distances in one product, equation 5.2",
    }
}

pub fn squared_distances(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    asked_distances().tried(|(z, e)| candidate(z, e).into_dyn())
}

/// Latents, a codebook, and the rows of a tile.
type Tiled = (Array2<f64>, Array2<f64>, usize);

/// The place of a code in the codebook: the j-th of the t-th tile of so many.
fn place(
    (t, j): (usize, usize),
    (tile, rows, tiles, k): (usize, usize, usize, usize),
    before: usize,
    is: Is,
) -> usize {
    let at = match () {
        () if is("place in the tile") => j,
        () if is("tile number added") => t + j,
        () if is("tile number alone") => t,
        () if is("place forgotten") => t * tile,
        () if is("place times tile") => j * tile + t,
        () if is("length of this tile") => t * rows + j,
        () if is("number of tiles") => t * tiles + j,
        () if is("one row too few") => t * (tile - 1) + j,
        () if is("one row too many") => t * (tile + 1) + j,
        () if is("tiles from 1") => (t + 1) * tile + j,
        () if is("counted back from the end of the tile") => {
            t * tile + rows - 1 - j
        }
        () if is("last tile from the end") && rows < tile => {
            k.saturating_sub(tile) + j
        }
        () => t * tile + j,
    };
    let at = if is("added up") { before + at } else { at };
    at + usize::from(is("counted from 1"))
}

fn tiles_as((z, e, tile): &Tiled, is: Is) -> ArrayD<f64> {
    let (k, tile) = (e.nrows(), *tile);
    let tiles = k.div_ceil(tile);
    let begun = match () {
        () if is("begun at 0") || is("score begun at 0") => 0.0,
        () if is("begun too low") => 1e4,
        () => f64::INFINITY,
    };
    let mut best = vec![(begun, 0); z.nrows()];
    let mut before = vec![begun; z.nrows()];
    let mut shared = begun;
    for t in 0..tiles {
        let rows = tile.min(k - t * tile);
        let skipped = is("short tile dropped") && rows < tile
            || is("first tile alone") && t > 0
            || is("first tile left out") && t == 0
            || is("last tile left out") && t + 1 == tiles;
        if skipped {
            continue;
        }
        for (n, z) in z.rows().into_iter().enumerate() {
            if is("minimum forgotten") {
                best[n].0 = begun;
            }
            let than = match () {
                () if is("with the tile before") => before[n],
                () if is("one minimum for all") => shared,
                () => best[n].0,
            };
            let mut least = (f64::INFINITY, None);
            for j in 0..rows {
                if is("last of a tile skipped") && j + 1 == rows
                    || is("first of a tile skipped") && j == 0
                {
                    continue;
                }
                let e_j = e.row(t * tile + j);
                let half = |e: Row| 0.5 * e.dot(&e);
                let d = match () {
                    () if is("halves of the first tile") => {
                        half(e.row(j)) - z.dot(&e_j)
                    }
                    () if is("score begun at 0") => half(e_j) - z.dot(&e_j),
                    () => far(z, e_j, is),
                };
                let d = if is("farthest") { -d } else { d };
                let later =
                    is("last of equals") || is("last of equals in a tile");
                let better = match () {
                    () if is("never written down") => true,
                    () if is("written down after the tile") => d < than,
                    () if later => d <= least.0,
                    () => d < least.0,
                };
                if better {
                    least = (d, Some(j));
                }
            }
            before[n] = least.0;
            let later = is("last of equals") || is("last tile of equals");
            let better = match () {
                () if is("never written down") => true,
                () if later => least.0 <= than,
                () => least.0 < than,
            };
            if let (Some(j), true) = (least.1, better) {
                let at = (tile, rows, tiles, k);
                best[n] = (least.0, place((t, j), at, best[n].1, is));
                shared = least.0;
            }
        }
    }
    numbers(&best.into_iter().map(|(_, k)| k).collect::<Vec<_>>())
}

/// What the wrong indices have in common.
fn tile_wise(
    (z, e, tile): &Tiled,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> String {
    let tile = *tile;
    let pairs: Vec<(usize, usize)> = right
        .iter()
        .zip(came)
        .map(|(r, c)| (*r as usize, *c as usize))
        .collect();
    let said = two_codes(z, e, right, came);
    let of = |is: &dyn Fn(usize) -> bool| {
        let mut those = pairs.iter().filter(|(r, _)| is(*r)).peekable();
        let mut rest = pairs.iter().filter(|(r, _)| !is(*r));
        those.peek().is_some()
            && those.all(|(r, c)| r != c)
            && rest.all(|(r, c)| r == c)
    };
    let whole = e.nrows() / tile * tile;
    let more = match () {
        () if pairs.iter().all(|(r, c)| r + tile == *c) => {
            "All are one tile too far: tiles are counted from 0."
        }
        () if of(&|r| (r + 1).is_multiple_of(tile) || r + 1 == e.nrows()) => {
            "Wrong are those whose code is the last of its tile."
        }
        () if of(&|r| r.is_multiple_of(tile)) => {
            "Wrong are those whose code is the first of its tile."
        }
        () if of(&|r| r >= whole) => {
            "Wrong are those whose code is in the last, shorter tile."
        }
        () if of(&|r| r >= tile) => {
            "Right are those whose code is in the first tile, and no others."
        }
        () if of(&|r| r < tile) => {
            "Wrong are those whose code is in the first tile."
        }
        () if pairs.iter().all(|(r, c)| r % tile == c % tile) => {
            "The place in the tile is right for all; the tile is not."
        }
        () if pairs.iter().all(|(r, c)| r / tile == c / tile) => {
            "The tile is right for all; the place in it is not."
        }
        () => return said,
    };
    format!("{said} {more}")
}

fn asked_tiles() -> Asked<Tiled> {
    let codes = array![
        [0.0, 0.0],
        [1.0, 0.5],
        [0.0, 0.0],
        [3.0, -1.0],
        [4.0, 2.0],
        [1.0, 0.5],
        [9.0, 9.0],
        [8.99999999, 9.0]
    ];
    let z = array![
        [0.125, 0.0],
        [1.25, 0.5],
        [2.5, -1.0],
        [4.5, 1.5],
        [8.0, 9.0]
    ];
    let large = array![[3e8], [1e9], [-0.0], [-1e9], [2e9]];
    let inputs = vec![
        (
            "with one latent, and four codes of one number in tiles of three",
            (array![[2.0]], array![[5.0], [1.0], [4.0], [2.25]], 3),
        ),
        ("with random latents", (normal(30, 3, 2), normal(14, 3, 3), 4)),
        ("where codes are equal", (z.clone(), codes.clone(), 3)),
        (
            "where the tiles divide the codebook",
            (normal(20, 3, 0), normal(6, 3, 1), 2),
        ),
        ("with tiles of one code", (z.clone(), codes.clone(), 1)),
        (
            "with a tile larger than the codebook",
            (z.clone(), codes.clone(), 10),
        ),
        ("with large numbers", (&large * 0.75 + 1e8, large, 2)),
        ("without any latent", (Array2::zeros((0, 2)), codes, 3)),
    ];
    let own: &[Slip] = said! {
        "place in the tile": "This is the place within a tile. Add where the tile begins: tile number times tile size.",
        "tile number added": "The number of the tile was added to the place in it. The tile begins at its number times the \
            tile size.",
        "tile number alone": "This is the number of the tile. The code is asked for: where the tile begins, and the place in it.",
        "place forgotten": "This is where the tile begins. Add the place of the code in it.",
        "place times tile": "The place in the tile was multiplied by the tile size, and the number of the tile added. It is \
            the other way round.",
        "length of this tile": "Where a tile begins was reckoned with its own number of rows. The last one is shorter; all \
            before it have `tile` rows.",
        "number of tiles": "The number of the tile was multiplied by how many tiles there are. Multiply it by how many rows a \
            tile has.",
        "one row too few": "Where a tile begins was reckoned with one row too few in each.",
        "one row too many": "Where a tile begins was reckoned with one row too many in each.",
        "tiles from 1": "All are one tile too far: tiles are counted from 0.",
        "counted back from the end of the tile": "The place in a tile is counted from its last row. Count from its first.",
        "last tile from the end": "The last, shorter tile was taken to begin `tile` rows before the end. It begins where the \
            one before ends.",
        "added up": "The index was added to the one found before. A nearer code takes its place.",
        "counted from 1": "These count from 1. The first row of the codebook is row 0.",
        "minimum forgotten": "The smallest distance so far does not last from tile to tile, so the last tile decides: it was \
            thrown away at the start of \
            each tile, or never written down.",
        "never written down": "It is always the last code: the smallest so far is compared with, and never replaced by the new \
            one.",
        "written down after the tile": "Within a tile the smallest distance is not written down, so that of several codes that \
            are nearer than all before the \
            last is taken.",
        "with the tile before": "The smallest distance of a tile is compared with that of the tile before. Compare it with the \
            smallest so far.",
        "one minimum for all": "All latents share one smallest distance, so that only what is nearer than all before counts. \
            Keep one for each latent.",
        "last of equals": "Two codes are the same vector; the lower index wins. Compare strictly.",
        "last tile of equals": "Two codes in two tiles are the same vector; the lower index wins. A later tile has to be \
            strictly nearer.",
        "last of equals in a tile": "Two codes of one tile are the same vector; the lower index wins. `min_by` gives the first \
            of equals, `max_by` the last.",
        "short tile dropped": "The last tile is shorter than the others, and it was not visited.",
        "first tile alone": "Only the first tile was visited.",
        "first tile left out": "The first tile was not visited.",
        "last tile left out": "The last tile was not visited.",
        "last of a tile skipped": "The last code of each tile is not looked at.",
        "first of a tile skipped": "The first code of each tile is not looked at.",
        "halves of the first tile": "½ ‖e‖² was taken by the place in the tile, from the first tile. Each code has its own.",
        "farthest": "This is the farthest vector: a running maximum where the minimum belongs.",
        "begun at 0": "The smallest so far begins at 0, so nothing is ever smaller. Begin at infinity.",
        "score begun at 0": "The smallest score so far begins at 0, so that a code whose score is positive is never taken. \
            Begin at infinity.",
        "begun too low": "Where distances are large, nothing is smaller than what the smallest so far begins at. Begin at \
            infinity.",
    };
    Asked {
        inputs,
        plain: 2,
        model: tiles_as,
        slips: [own, COMPONENTS, SCORES].concat(),
        harmless: &[],
        narrow: tile_wise,
        probes: |of, (z, e, tile)| {
            let by = |tile: usize| {
                move |z: &Array2<f64>, e: &Array2<f64>| {
                    of(&(z.clone(), e.clone(), tile))
                }
            };
            let right = nearest_as(&(z.clone(), e.clone()), &|_| false);
            let is = |tile| !differ(&by(tile)(z, e), &right);
            let mut found = Found(Vec::new());
            if !is(*tile) {
                match (is(e.nrows()), is(1)) {
                    (true, true) => found.say(true, "In one tile it is right, and in tiles of one code: look at how both are \
                        put together."),
                    (true, false) => found.say(true, "In a single tile it is right: look at what is kept from tile to tile, \
                        and where a tile begins."),
                    (false, true) => found.say(true, "In tiles of one code it is right: look at what happens within a tile."),
                    (false, false) => found.say(true, "It is wrong in a single tile, too, and in tiles of one code: look at \
                        the distance, or the comparison."),
                }
            }
            found.0.extend(of_lookups(&by(*tile), (z, e)));
            found.0
        },
        sizes: |(z, e, tile)| format!("{}, tile = {tile}", sizes_of(z, e)),
        tolerance: 1e-9,
        wrong: "Some index is wrong.",
        see: "chapter 5, § Without storing the distances, equation 5.3",
    }
}

pub fn nearest_in_tiles(
    candidate: fn(&Array2<f64>, &Array2<f64>, usize) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    asked_tiles().tried(|(z, e, tile)| numbers(&candidate(z, e, *tile)))
}

/// The gradient at the z_q, the codebook, indices and gains.
type Gained = (Array2<f64>, Array2<f64>, Vec<usize>, Array1<f64>);

/// Which codes are wrong, if all are alike that so many latents chose.
fn by_choices(
    indices: &[usize],
    right: &Array2<f64>,
    came: &Array2<f64>,
) -> String {
    let counts = usage(indices, right.nrows());
    let wrong = |k: &usize| {
        let pairs = right.row(*k).into_iter().zip(came.row(*k));
        let near =
            |(r, c): (&f64, &f64)| (r - c).abs() <= 1e-9 * r.abs().max(1.0);
        !pairs.into_iter().all(near)
    };
    let kinds: [(fn(usize) -> bool, &str); 3] = [
        (|n| n == 0, "that no latent chose"),
        (|n| n == 1, "that one latent chose"),
        (|n| n > 1, "that several latents chose"),
    ];
    let (mut bad, mut good) = (Vec::new(), Vec::new());
    for (is, words) in kinds {
        let of: Vec<usize> =
            (0..counts.len()).filter(|k| is(counts[*k])).collect();
        if of.is_empty() {
            continue;
        }
        match of.iter().filter(|k| wrong(k)).count() {
            0 => good.push(words),
            n if n == of.len() => bad.push(words),
            _ => return String::new(),
        }
    }
    if good.is_empty() || bad.is_empty() {
        return String::new();
    }
    let (bad, good) = (bad.join(" and those "), good.join(" and those "));
    format!(" Wrong are the codes {bad}; right are those {good}.")
}

fn codes_as((d, codebook, indices, gains): &Gained, is: Is) -> ArrayD<f64> {
    let (k, n) = (codebook.nrows(), indices.len());
    let column = gains.view().insert_axis(Axis(1));
    if is("a row for each latent") {
        return (d * &column).into_dyn();
    }
    let begun = is("begun at the codebook");
    let mut sums = match begun {
        true => codebook.clone(),
        false => Array2::zeros(codebook.raw_dim()),
    };
    let own = |k: usize| (0..n).filter(move |m| indices[*m] == k);
    for (n, &code) in indices.iter().enumerate() {
        if is("first latent left out") && n == 0
            || is("last latent left out") && n + 1 == indices.len()
        {
            continue;
        }
        let chose = own(code).count() as f64;
        let all: f64 = own(code).map(|m| gains[m]).sum();
        let gain = match () {
            () if is("gain forgotten") => Some(1.0),
            () if is("gain squared") => Some(gains[n] * gains[n]),
            () if is("divided by the gain") => Some(1.0 / gains[n]),
            () if is("gain of another") => gains.get(code).copied(),
            () if is("gain of the last") => {
                own(code).next_back().map(|m| gains[m])
            }
            () if is("gain of the first") => {
                own(code).next().map(|m| gains[m])
            }
            () if is("sum of the gains") => Some(all),
            () if is("mean of the gains") => Some(all / chose),
            () if is("gain of the next") => {
                Some(gains[(n + 1) % gains.len()])
            }
            () if is("size of the gain") => Some(gains[n].abs()),
            () if is("one and the gain") => Some(1.0 + gains[n]),
            () => Some(gains[n]),
        };
        let Some(gain) = gain else { return stops() };
        let share = match () {
            () if is("averaged") => 1.0 / chose,
            () if is("divided by N") => 1.0 / indices.len() as f64,
            () if is("divided by K") => 1.0 / k as f64,
            () if is("divided by C") => 1.0 / codebook.ncols() as f64,
            () if is("minus") => -1.0,
            () if is("twice") => 2.0,
            () if is("times its uses") => chose,
            () => 1.0,
        };
        let (of, e) = (d.row(n), codebook.row(code));
        let slope = match () {
            () if is("code for gradient") => e.to_owned(),
            () if is("code in its own slope") => &of * &e,
            () if is("gradient squared") => &of * &of,
            () if is("size of the gradient") => of.mapv(f64::abs),
            () if is("added over components") => {
                Array1::from_elem(of.len(), of.sum())
            }
            () if is("product spread") => {
                Array1::from_elem(of.len(), of.dot(&e))
            }
            () if is("product times the code") => &e * of.dot(&e),
            () if is("gradient of another") => match code < indices.len() {
                true => d.row(code).to_owned(),
                false => return stops(),
            },
            () => of.to_owned(),
        } * (gain * share);
        let to = match () {
            () if is("next code") => (code + 1) % k,
            () if is("code of its own number") => n % k,
            () => code,
        };
        let mut row = sums.row_mut(to);
        match () {
            () if is("overwritten") => row.assign(&slope),
            () if is("first alone") && own(code).next() != Some(n) => {}
            () if is("the larger") => {
                row.zip_mut_with(&slope, |a, b| {
                    if b.abs() > a.abs() {
                        *a = *b;
                    }
                });
            }
            () => row += &slope,
        }
    }
    if is("divided by the gains") {
        for (k, mut row) in sums.rows_mut().into_iter().enumerate() {
            let all: f64 = own(k).map(|m| gains[m]).sum();
            if all != 0.0 {
                row /= all;
            }
        }
    }
    if is("stopped") {
        sums.fill(0.0);
    }
    if is("transposed") {
        return sums.reversed_axes().into_dyn();
    }
    sums.into_dyn()
}

fn gains_as(it: &Gained, is: Is) -> ArrayD<f64> {
    let (d, codebook, indices, gains) = it;
    let (k, n) = (codebook.nrows(), indices.len());
    let sums = codes_as(it, &|_| false);
    let sums = two(&sums);
    let own = |n: usize| {
        let same = move |m: &usize| indices[*m] == indices[n];
        (0..indices.len()).filter(same)
    };
    let mut before = Array1::zeros(n);
    for n in 0..n {
        let (of, code) = (d.row(n), indices[n]);
        let e = match () {
            () if is("code of its own number") && n >= k => return stops(),
            () if is("code of its own number") => codebook.row(n),
            () if is("code of its own number, round") => codebook.row(n % k),
            () if is("next code") => codebook.row((code + 1) % k),
            () => codebook.row(code),
        };
        let of = match () {
            () if is("code by its sum") => sums.row(code),
            () if is("gradient of another") && code >= d.nrows() => {
                return stops();
            }
            () if is("gradient of another") => d.row(code),
            () if is("first gradient of its code") => {
                d.row(own(n).next().unwrap_or(n))
            }
            () if is("last gradient of its code") => {
                d.row(own(n).next_back().unwrap_or(n))
            }
            () => of,
        };
        let (lengths, c) = (of.dot(&of) * e.dot(&e), of.len() as f64);
        let products = &of * &e;
        let slope = match () {
            () if is("code forgotten") => of.sum(),
            () if is("gradient forgotten") => e.sum(),
            () if is("gradient squared") => of.dot(&of),
            () if is("code squared") => e.dot(&e),
            () if is("sums multiplied") => of.sum() * e.sum(),
            () if is("lengths multiplied") => lengths.sqrt(),
            () if is("cosine") => of.dot(&e) / lengths.sqrt(),
            () if is("divided by the code") => (&of / &e).sum(),
            () if is("differences") => (&of - &e).sum(),
            () if is("first component") => products[0],
            () if is("last component") => products[products.len() - 1],
            () if is("last component forgotten") => {
                products.slice(s![..products.len() - 1]).sum()
            }
            () if is("largest component") => {
                products.fold(f64::NEG_INFINITY, |a, v| a.max(*v))
            }
            () if is("sizes of the products") => {
                products.mapv(f64::abs).sum()
            }
            () if is("rooted") => of.dot(&e).abs().sqrt(),
            () if is("squared") => of.dot(&e).powi(2),
            () => of.dot(&e),
        };
        let times = match () {
            () if is("gain in its own slope") => gains[n],
            () if is("gain twice") => gains[n] * gains[n],
            () if is("by the gain") => 1.0 / gains[n],
            () if is("divided by the gain") => (1.0 / gains[n]) * gains[n],
            () if is("a mean over components") => 1.0 / c,
            () if is("divided by N") => 1.0 / indices.len() as f64,
            () if is("divided by K") => 1.0 / k as f64,
            () if is("divided by its uses") => 1.0 / own(n).count() as f64,
            () if is("minus") => -1.0,
            () if is("twice") => 2.0,
            () if is("nothing at the gains") => 0.0,
            () => 1.0,
        };
        before[n] = slope * times;
        if is("running sum") && n > 0 {
            before[n] += before[n - 1];
        }
    }
    let each = before.clone();
    if is("shared by a code") {
        let sum = |n| own(n).map(|m| each[m]).sum::<f64>();
        before = (0..n).map(sum).collect();
    }
    if is("one for all") {
        before.fill(each.sum());
    }
    if is("reversed") {
        before = each.slice(s![..;-1]).to_owned();
    }
    if is("a gain for each code") {
        let mut sums = Array1::zeros(k);
        indices.iter().zip(&each).for_each(|(&k, v)| sums[k] += v);
        return sums.into_dyn();
    }
    if is("a number for each component") {
        let z_q = gather(codebook, indices);
        return (d * &z_q).into_dyn();
    }
    before.into_dyn()
}

type Gains = fn(
    &Array2<f64>,
    &Array2<f64>,
    &[usize],
    &Array1<f64>,
) -> (Array2<f64>, Array1<f64>);

const GAINS_SEE: &str = "chapter 5, § What stands for a latent, equation 5.5";

fn gained() -> Vec<(&'static str, Gained)> {
    let least = (array![[2.0]], array![[3.0], [-1.0]], vec![0], array![0.5]);
    let plain = (
        normal(6, 3, 0),
        normal(4, 3, 1),
        vec![2, 1, 2, 0, 2, 1],
        array![2.0, -1.0, 0.5, 3.0, 0.25, 1.5],
    );
    let zeros = (
        array![[1.0, 0.0], [0.0, -1000.0], [4.0, 1000.0], [0.0, 0.0]],
        array![
            [0.0, 0.0],
            [1000.0, 2.0],
            [0.0, -3.0],
            [1.0, 1.0],
            [7.0, 0.0]
        ],
        vec![1, 2, 1, 0],
        array![0.0, -2.0, 1000.0, 1.0],
    );
    let nobody = (
        Array2::zeros((0, 3)),
        normal(2, 3, 2),
        Vec::new(),
        Array1::zeros(0),
    );
    vec![
        ("with one latent and two codes of one number", least),
        ("with random numbers", plain),
        ("with zeros and numbers near 1,000", zeros),
        ("without any latent", nobody),
    ]
}

fn asked_codes() -> Asked<Gained> {
    let own: &[Slip] = said! {
        "overwritten": "A code that was handed out several times got the gradient of the last alone. Gradients of several uses \
            add up. \
            (Assignment with repeated indices does this in NumPy too.)",
        "first alone": "A code that was handed out several times got the gradient of the first alone. Gradients of several \
            uses add up.",
        "the larger": "Of several gradients at a code the largest was kept. They add up.",
        "averaged": "A code that was handed out several times got the mean of its gradients. The chain rule adds; a mean, if \
            wanted, is the \
            loss's business.",
        "times its uses": "The gradients of a code were multiplied by how often it was chosen. They are added up, and that is \
            all.",
        "gain forgotten": "The gain is missing at the codebook. What the receiver multiplies by g has a slope g times as large.",
        "gain squared": "The gain counts twice at the codebook.",
        "divided by the gain": "The gradient at the codebook was divided by the gain. The chain rule multiplies by the slope.",
        "gain of another": "The gain was looked up by the code's index. There is one for each latent: n, not k, counts them.",
        "gain of the last": "The sum of a code was multiplied by the gain of the latent that chose it last. Each gradient has \
            a gain of its own.",
        "gain of the first": "The sum of a code was multiplied by the gain of the latent that chose it first. Each gradient \
            has a gain of its own.",
        "gain of the next": "Each gradient was multiplied by the gain of the next latent.",
        "sum of the gains": "Gradients and gains of a code were added up, and then multiplied. Each gradient has a gain of its \
            own: multiply, then add.",
        "mean of the gains": "The sum of a code was multiplied by the mean of its gains. Each gradient has a gain of its own: \
            multiply, then add.",
        "size of the gain": "The sign of the gain got lost at the codebook.",
        "one and the gain": "The gradient was added once more without its gain: 1 + g stands for g.",
        "divided by N": "The gradient at the codebook was divided by the number of latents. If the loss is a mean, d_z_q has \
            that in it already.",
        "divided by K": "The gradient at the codebook was divided by the number of codes.",
        "divided by C": "The gradient at the codebook was averaged over the components. Each component has its own.",
        "divided by the gains": "The sum at a code was divided by the sum of its gains. Gradients are added, not averaged.",
        "minus": "The gradient at the codebook has the wrong sign. A gradient is asked for, not a step against it.",
        "twice": "The gradient at the codebook is twice what is right.",
        "code in its own slope": "The gradient at a code has the code in it: z_q was used where the gain belongs. The slope of \
            g·e in e is g.",
        "product spread": "Every component of a code got the dot product of gradient and code. That belongs to the gain; the \
            slope of g·e in e is g.",
        "product times the code": "A code got itself times the dot product with the gradient. The slope of g·e in e is g.",
        "code for gradient": "The code itself was added up, and not the gradient that comes back.",
        "gradient squared": "The gradient at z_q stands twice in that at the codebook.",
        "size of the gradient": "The sign of the gradient at z_q got lost.",
        "added over components": "The gradient was added up over its components. Each component of a code gets its own.",
        "gradient of another": "The gradient was looked up by the code's index. There is one for each latent: n, not k, counts \
            them.",
        "next code": "The gradients went to the codes one row further on.",
        "code of its own number": "The gradient of latent n went to code n. It goes to the code that the latent chose, \
            indices[n].",
        "begun at the codebook": "The sums began at the codebook. A gradient begins at 0.",
        "a row for each latent": "The gradient at the codebook has a row for each code, [K, C]; this has one for each latent. \
            Add up those of one code.",
        "transposed": "The gradient at the codebook is transposed: it has a row for each code, [K, C].",
        "first latent left out": "The first latent is left out at the codebook.",
        "last latent left out": "The last latent is left out at the codebook.",
        "stopped": "Nothing arrives at the codebook. It is the choice of the index that has no derivative; the row that was \
            handed out is as \
            differentiable as any copy.",
    };
    Asked {
        inputs: gained(),
        plain: 2,
        model: codes_as,
        slips: own.to_vec(),
        harmless: &[],
        narrow: |it, right, came| by_choices(&it.2, &two(right), &two(came)),
        probes: of_codes,
        sizes: |(d, e, ..)| sizes_of(d, e),
        tolerance: 1e-9,
        wrong: "Some gradient at the codebook is wrong.",
        see: GAINS_SEE,
    }
}

fn asked_gains() -> Asked<Gained> {
    let own: &[Slip] = said! {
        "code forgotten": "The gradient at a gain is a sum over the components, each times the code's number there; here that \
            number is missing.",
        "gain in its own slope": "The gradient at a gain has the gain in it: z_q was used where the code belongs. The slope of \
            g·e in g is e.",
        "gain twice": "The gradient at a gain has the gain in it twice. The slope of g·e in g is e.",
        "by the gain": "The gradient at a gain was divided by the gain. The slope of g·e in g is e.",
        "divided by the gain": "The gradient at a gain was had from z_q by a division by the gain. Where a gain is 0 that is \
            0/0: take the code itself.",
        "a mean over components": "The gradient at a gain was averaged over the components. One gain moves all of them: add up.",
        "gradient forgotten": "The gradient at a gain is that at z_q times the code; here the gradient at z_q is missing.",
        "gradient squared": "The gradient at z_q was multiplied by itself, not by the code.",
        "code squared": "The code was multiplied by itself, not by the gradient at z_q.",
        "sums multiplied": "Gradient and code were added up each, and then multiplied. Multiply component by component, then \
            add.",
        "lengths multiplied": "The lengths of gradient and code were multiplied. It is the dot product of the two.",
        "cosine": "The dot product was divided by both lengths. The slope of g·e in g is e, whatever its length.",
        "divided by the code": "The gradient was divided by the code. The slope of g·e in g is e: multiply.",
        "differences": "The code was subtracted from the gradient. The slope of g·e in g is e: multiply.",
        "first component": "The gradient at a gain comes from the first component alone.",
        "last component": "The gradient at a gain comes from the last component alone: it was overwritten, not added up.",
        "last component forgotten": "At the gains the last component is left out.",
        "largest component": "The gradient at a gain is the largest of the products. They are added up.",
        "sizes of the products": "At the gains the signs of the products got lost.",
        "rooted": "The root was taken of the dot product at a gain.",
        "squared": "The dot product at a gain was squared.",
        "code of its own number": "At the gains the code was looked up by n. It is the one that latent n chose: \
            codebook.row(indices[n]).",
        "code of its own number, round": "At the gains the code was looked up by n, round and round. It is the one that latent \
            n chose.",
        "next code": "At the gains the code is the one after that which was chosen.",
        "gradient of another": "At the gains the gradient was looked up by the code's index. There is one for each latent: n, \
            not k, counts them.",
        "first gradient of its code": "The gradient at a gain was taken from the first latent that chose the same code. Each \
            has its own.",
        "last gradient of its code": "The gradient at a gain was taken from the last latent that chose the same code. Each has \
            its own.",
        "code by its sum": "The gradient at a gain was taken from the sum that came together at its code. Only the gradient at \
            its own z_q belongs to it.",
        "shared by a code": "Each gain got the sum over all latents that chose its code. A gain belongs to one latent.",
        "running sum": "The sum at a gain is not begun again: that of the latents before is still in it.",
        "one for all": "All gains got one number, the sum over all latents. Each has its own.",
        "reversed": "The gradients at the gains are in reversed order.",
        "a gain for each code": "The gradients at the gains were added up by code. There is one gain for each latent, [N].",
        "a number for each component": "The products were not added up at the gains: there is one number for each latent, [N], \
            not one for each component.",
        "divided by N": "The gradient at the gains was divided by the number of latents.",
        "divided by K": "The gradient at the gains was divided by the number of codes.",
        "divided by its uses": "The gradient at a gain was divided by how many latents chose the code. A gain belongs to one \
            latent.",
        "minus": "The gradient at the gains has the wrong sign.",
        "twice": "The gradient at the gains is twice what is right.",
        "nothing at the gains": "Nothing arrives at the gains.",
    };
    Asked {
        inputs: gained(),
        plain: 2,
        model: gains_as,
        slips: own.to_vec(),
        harmless: &[],
        narrow: |(_, _, indices, gains), right, came| {
            let (right, came) = (one(right), one(came));
            let wrong: Vec<usize> = (0..right.len())
                .filter(|n| (right[*n] - came[*n]).abs() > 1e-9)
                .collect();
            let often = |n: &usize| {
                indices.iter().filter(|k| **k == indices[*n]).count() > 1
            };
            match () {
                () if wrong.len() == right.len() => "",
                () if wrong.iter().all(often) => {
                    " Wrong are latents whose code was chosen by several."
                }
                () if wrong.iter().all(|n| gains[*n] < 0.0) => {
                    " Wrong are latents with a negative gain."
                }
                () if wrong.iter().all(|n| gains[*n] == 0.0) => {
                    " Wrong are latents with a gain of 0."
                }
                () => "",
            }
            .into()
        },
        probes: of_gains,
        sizes: |(d, e, ..)| sizes_of(d, e),
        tolerance: 1e-9,
        wrong: "Some gradient at the gains is wrong.",
        see: GAINS_SEE,
    }
}

pub fn gains_backward(candidate: Gains) -> Result<(), Diagnosis> {
    let came = |(d, e, indices, g): &Gained| candidate(d, e, indices, g);
    let codes = asked_codes().tried(|it| came(it).0.into_dyn());
    let gains = asked_gains().tried(|it| came(it).1.into_dyn());
    match (codes, gains) {
        (Err(mut codes), Err(gains)) if codes.mistake != "panic" => {
            codes.what +=
                &format!("\n  And at the gains, too: {}", gains.what);
            Err(codes)
        }
        (Err(codes), Ok(())) if codes.mistake != "panic" => Err(Diagnosis {
            what: codes.what + " (The gains are right.)",
            ..codes
        }),
        (Ok(()), Err(gains)) => Err(Diagnosis {
            what: gains.what + " (The codebook is right.)",
            ..gains
        }),
        (codes, gains) => codes.and(gains),
    }
}

/// Latents, their indices, and the codebook.
type Chosen = (Array2<f64>, Vec<usize>, Array2<f64>);

fn means_as((z, indices, codebook): &Chosen, is: Is) -> ArrayD<f64> {
    let (n, (k, c)) = (z.nrows(), codebook.dim());
    let looked = looked_up(z, codebook);
    let chosen = |n: usize| match () {
        () if is("looked up again") => looked[n],
        () if is("next code") => (indices[n] + 1) % k,
        () => indices[n],
    };
    let mean_of_all = z.sum_axis(Axis(0)) / n as f64;
    let used = (0..k).filter(|k| indices.contains(k)).count();
    let most = usage(indices, k).iter().copied().max().unwrap_or(0);
    let mut means = codebook.clone();
    for code in 0..k {
        let old = codebook.row(code);
        let mut own: Vec<usize> =
            (0..n).filter(|n| chosen(*n) == code).collect();
        let chose = own.len() as f64;
        if is("first latent left out") {
            own.retain(|m| *m > 0);
        }
        if is("last latent left out") {
            own.retain(|m| *m + 1 < n);
        }
        let rows = z.select(Axis(0), &own);
        let by_component = |of: &dyn Fn(&[f64]) -> f64| {
            rows.columns()
                .into_iter()
                .map(|v| of(&v.to_vec()))
                .collect::<Array1<f64>>()
        };
        let summed = match () {
            () if is("last alone") => {
                by_component(&|v| v.last().copied().unwrap_or(0.0)) * chose
            }
            () if is("first alone") => {
                by_component(&|v| v.first().copied().unwrap_or(0.0)) * chose
            }
            () if is("middle one") => by_component(&middle) * chose,
            () if is("smallest") => by_component(&smallest) * chose,
            () if is("largest") => {
                by_component(&|v| v.iter().copied().fold(-1e300, f64::max))
                    * chose
            }
            () if is("between extremes") => {
                by_component(&|v| {
                    let most = v.iter().copied().fold(-1e300, f64::max);
                    (smallest(v) + most) / 2.0
                }) * chose
            }
            () if is("squares added") => (&rows * &rows).sum_axis(Axis(0)),
            () if is("sizes added") => rows.mapv(f64::abs).sum_axis(Axis(0)),
            () => rows.sum_axis(Axis(0)),
        };
        let summed = match () {
            () if is("old one added") => summed + old,
            () if is("old one counted") => summed + old,
            () if is("a mean over components") => {
                Array1::from_elem(c, summed.sum() / c as f64)
            }
            () => summed,
        };
        let by = match () {
            () if is("divided by all") => n as f64,
            () if is("divided by K") => k as f64,
            () if is("divided by C") => c as f64,
            () if is("divided by the used") => used as f64,
            () if is("divided by the most") => most as f64,
            () if is("not divided") => 1.0,
            () if is("root of the count") => chose.sqrt(),
            () if is("divided twice") => chose * chose,
            () if is("one too many") => chose + 1.0,
            () if is("old one counted") => chose + 1.0,
            () if is("one too few, from 1") => (chose - 1.0).max(1.0),
            () if is("one too few") => chose - 1.0,
            () => chose,
        };
        let mut mean = match is("means of two") {
            true => {
                let half = |a, z: Row| (a + z) / 2.0;
                rows.rows().into_iter().fold(old.to_owned(), half)
            }
            false => summed / by,
        };
        if is("mean of all") {
            mean = mean_of_all.clone();
        }
        mean = match () {
            () if is("half way") => (mean + old) / 2.0,
            () if is("a step beyond") => mean * 2.0 - old,
            () if is("added to the old") => mean + old,
            () if is("the way alone") => mean - old,
            () if is("minus") => -mean,
            () if is("nothing moved") => old.to_owned(),
            () if is("whole numbers") => mean.mapv(f64::trunc),
            () => mean,
        };
        let least = match () {
            () if is("lone ones stay") || is("one too few") => 1.0,
            () => 0.0,
        };
        let empty = match () {
            () if is("empty by its sum") => {
                rows.sum_axis(Axis(0)).iter().all(|v| *v == 0.0)
            }
            () if is("empty by its first number") => {
                rows.sum_axis(Axis(0)).first().is_none_or(|v| *v == 0.0)
            }
            () => chose <= least,
        };
        let mean = match () {
            () if !empty => mean,
            () if is("nothing over nothing") => old.mapv(|_| f64::NAN),
            () if is("empty to the origin") => Array1::zeros(c),
            () if is("empty to the mean") => mean_of_all.clone(),
            () if is("empty to the mean of codes") => {
                codebook.sum_axis(Axis(0)) / k as f64
            }
            () if is("empty halved") => &old / 2.0,
            () if is("empty to ones") => Array1::ones(c),
            () if is("empty to a latent") && n > 0 => z.row(0).to_owned(),
            () if is("empty to the nearest latent") && n > 0 => {
                let d = z.map_axis(Axis(1), |z| square(z, old));
                z.row(first_smallest(d.view())).to_owned()
            }
            () if is("empty to the farthest latent") && n > 0 => {
                let d = z.map_axis(Axis(1), |z| -square(z, old));
                z.row(first_smallest(d.view())).to_owned()
            }
            () if is("empty to the code before") => {
                means.row(code.saturating_sub(1)).to_owned()
            }
            () => old.to_owned(),
        };
        means.row_mut(code).assign(&mean);
    }
    if is("empty left out") {
        let kept: Vec<usize> =
            (0..k).filter(|k| indices.contains(k)).collect();
        return means.select(Axis(0), &kept).into_dyn();
    }
    if is("a row for each latent") {
        return gather(&means, indices).into_dyn();
    }
    means.into_dyn()
}

/// The one in the middle, or halfway between the two that are.
fn middle(v: &[f64]) -> f64 {
    let mut v = v.to_vec();
    v.sort_by(f64::total_cmp);
    match v.len() {
        0 => 0.0,
        n => (v[(n - 1) / 2] + v[n / 2]) / 2.0,
    }
}

/// If all vectors went the same part of their way, which.
fn part_of_the_way(
    codebook: &Array2<f64>,
    right: &Array2<f64>,
    came: &Array2<f64>,
) -> Option<String> {
    let (way, went) = (right - codebook, came - codebook);
    let part = (&way * &went).sum() / (&way * &way).sum();
    same(&(way * part).into_dyn(), &went.into_dyn(), 1e-8).then(|| {
        format!(" The vectors went {part:.3} of their way; Lloyd's step goes all of it.")
    })
}

fn asked_means() -> Asked<Chosen> {
    let least = (array![[2.0], [5.0]], vec![1, 1], array![[7.0], [8.0]]);
    let plain = (
        array![
            [1.0, 0.0, 4.0],
            [3.0, 2.0, -1.0],
            [5.0, 5.0, 0.5],
            [2.0, 4.0, 0.25],
            [-5.0, 1.0, 2.5],
            [1.5, -2.0, -3.5],
            [0.5, 9.0, -8.0]
        ],
        vec![0, 0, 2, 0, 2, 0, 3],
        array![
            [1.5, 1.0, 2.0],
            [-7.0, 8.0, 9.0],
            [4.0, 4.0, 4.0],
            [6.0, -6.0, 3.0],
            [2.5, 0.5, -1.5]
        ],
    );
    let cancel = (
        array![[1000.0, -3.0], [-1000.0, 3.0], [0.0, 2.0], [1000.5, 2.0]],
        vec![4, 4, 0, 2],
        normal(6, 2, 0),
    );
    let nobody = (Array2::zeros((0, 3)), Vec::new(), normal(2, 3, 1));
    let inputs = vec![
        ("with two latents and two codes of one number", least),
        ("with seven latents and five codes", plain),
        ("where a mean is 0, and where codes outnumber latents", cancel),
        ("without any latent", nobody),
    ];
    let own: &[Slip] = said! {
        "divided by all": "Each sum was divided by N. Divide by the number of latents that chose the vector.",
        "divided by K": "Each sum was divided by the number of codes. Divide by the number of latents that chose the vector.",
        "divided by C": "Each sum was divided by the number of components. Divide by the number of latents that chose the \
            vector.",
        "divided by the used": "Each sum was divided by the number of codes in use. Divide by the number of latents that chose \
            the vector.",
        "divided by the most": "Each sum was divided by the largest of the counts. Each vector has its own.",
        "not divided": "These are sums. Divide by the number of latents that chose the vector.",
        "root of the count": "Each sum was divided by the root of the count. A mean divides by the count.",
        "divided twice": "Each sum was divided by the count twice.",
        "old one counted": "The old vector was averaged with its latents. Lloyd's step forgets it; a step that remembers is \
            chapter 7's moving average.",
        "old one added": "The sums began at the old codebook and not at 0.",
        "added to the old": "The mean was added to the old vector. It takes its place.",
        "the way alone": "This is how far each vector has to go, or a mean of differences from the old one. The mean of the \
            latents is asked for.",
        "one too many": "The count is one too large: it began at 1.",
        "one too few": "The sums were divided by the count less 1. A mean divides by the count.",
        "one too few, from 1": "The sums were divided by the count less 1, but where that is 0. A mean divides by the count.",
        "half way": "The vector went half of the way to its mean. Lloyd's step goes all of it.",
        "a step beyond": "The vector went twice its way. Lloyd's step goes to the mean.",
        "minus": "The sign of the means is wrong.",
        "whole numbers": "The means were cut to whole numbers.",
        "a mean over components": "Each vector is one number over and over: the mean was taken over the components too. It is \
            a mean for each component.",
        "last alone": "A vector is the last latent that chose it: each overwrote the one before. Add up, then divide.",
        "first alone": "A vector is the first latent that chose it. Add up all of them, then divide.",
        "means of two": "Each latent was averaged with what was there, half and half, so that later ones weigh more. Add up, \
            then divide once.",
        "middle one": "This is the median of each component. The mean is asked for.",
        "smallest": "This is the smallest of each component. The mean is asked for.",
        "largest": "This is the largest of each component. The mean is asked for.",
        "between extremes": "This is the middle between the smallest and the largest. The mean counts all.",
        "squares added": "The squares of the latents were averaged, not the latents.",
        "sizes added": "The sizes of the numbers were averaged: their signs got lost.",
        "mean of all": "Each vector that was chosen went to the mean of all latents. It is the mean of those that chose it.",
        "first latent left out": "The first latent is left out of the sums, though it is counted.",
        "last latent left out": "The last latent is left out of the sums, though it is counted.",
        "looked up again": "The indices were not used: the latents were looked up again. They are given.",
        "next code": "The means stand one row too far down.",
        "nothing over nothing": "Nobody chose some vector, and 0 / 0 is not a number. One such row spoils every distance of \
            the next step; leave the \
            vector where it is.",
        "empty to the origin": "Nobody chose some vector, and it was sent to the origin: a place it has no reason to be in. \
            Leave it where it is.",
        "empty to the mean": "Nobody chose some vector, and it was sent to the mean of all latents. Leave it where it is.",
        "empty to the mean of codes": "Nobody chose some vector, and it was sent to the mean of the codebook. Leave it where \
            it is.",
        "empty to ones": "Nobody chose some vector, and it was filled with ones. Leave it where it is.",
        "empty halved": "Nobody chose some vector, and it was halved. Leave it where it is.",
        "empty to a latent": "Nobody chose some vector, and it was sent to the first latent. Here it stays where it is.",
        "empty to the nearest latent": "Nobody chose some vector, and it was sent to the latent nearest to it. Here it stays \
            where it is.",
        "empty to the farthest latent": "Nobody chose some vector, and it was sent to the latent farthest from it. Here it \
            stays where it is.",
        "empty to the code before": "Nobody chose some vector, and it got what belongs to the row before. Leave it where it is.",
        "empty by its sum": "A vector was left where it is because its latents add up to 0. That is a mean like any other; ask \
            for the count.",
        "empty by its first number": "A vector was left where it is because its first components add up to 0. That is a mean \
            like any other; ask for the count.",
        "empty left out": "The vectors that nobody chose are missing. The codebook keeps its K rows.",
        "a row for each latent": "This has a row for each latent. A mean for each code is asked for, [K, C].",
        "lone ones stay": "A vector that a single latent chose has stayed where it was. Its mean is that latent.",
        "nothing moved": "No vector has moved.",
    };
    Asked {
        inputs,
        plain: 2,
        model: means_as,
        slips: own.to_vec(),
        harmless: &[],
        narrow: |(_, indices, codebook), right, came| {
            let (right, came) = (two(right), two(came));
            match part_of_the_way(codebook, &right, &came) {
                Some(said) => said,
                None => by_choices(indices, &right, &came),
            }
        },
        probes: of_means,
        sizes: |(z, _, e)| sizes_of(z, e),
        tolerance: 1e-9,
        wrong: "Some mean is wrong.",
        see: "chapter 5, § Learning a codebook, equation 5.7",
    }
}

pub fn cluster_means(
    candidate: fn(&Array2<f64>, &[usize], &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    asked_means().tried(|(z, indices, e)| candidate(z, indices, e).into_dyn())
}

/// Latents and the rows that are in the start.
type Started = (Array2<f64>, Vec<usize>);

fn smallest(d: &[f64]) -> f64 {
    d.iter().copied().fold(f64::INFINITY, f64::min)
}

fn start_as((z, chosen): &Started, is: Is) -> ArrayD<f64> {
    let n = z.nrows();
    let mut of = chosen.clone();
    if is("the first rows") {
        of = (0..chosen.len()).collect();
    }
    if is("without the newest") {
        of.pop();
    }
    if is("without the first") && !of.is_empty() {
        of.remove(0);
    }
    let rows = z.select(Axis(0), &of);
    let mean = |x: &Array2<f64>| x.sum_axis(Axis(0)) / x.nrows() as f64;
    let distance = |a: Row, b: Row| {
        let d = far(a, b, is);
        match () {
            () if is("not squared") => d.abs().sqrt(),
            () if is("squared twice") => d * d,
            () => d,
        }
    };
    let weight = |m: usize| {
        let at = z.row(m);
        let to_others = || {
            let others = (0..n).filter(|o| *o != m);
            others.map(|o| distance(at, z.row(o))).collect::<Vec<_>>()
        };
        let d: Vec<f64> =
            rows.rows().into_iter().map(|c| distance(at, c)).collect();
        let least = match () {
            () if is("from the newest") => {
                d.last().copied().unwrap_or(f64::INFINITY)
            }
            () if is("from the first") => d.first().copied().unwrap_or(0.0),
            () if is("all added") => d.iter().sum(),
            () if is("from the farthest") => {
                d.iter().copied().fold(0.0, f64::max)
            }
            () if is("multiplied") => d.iter().product(),
            () if is("from their middle") => distance(at, mean(&rows).view()),
            () if is("from the middle of all") => {
                distance(at, mean(z).view())
            }
            () if is("from the nearest of all") => smallest(&to_others()),
            () if is("from all") => to_others().iter().sum(),
            () if is("from the origin") => {
                distance(at, Array1::zeros(z.ncols()).view())
            }
            () if is("nearest by component") => (0..z.ncols())
                .map(|c| {
                    let d = rows.column(c).mapv(|e| (at[c] - e).powi(2));
                    smallest(&d.to_vec())
                })
                .sum(),
            () if is("begun at 0") => smallest(&d).min(0.0),
            () if is("begun at 1") => smallest(&d).min(1.0),
            () => smallest(&d),
        };
        match () {
            () if is("the near preferred") && least > 1e-12 => 1.0 / least,
            () if is("the near preferred") => 0.0,
            () if is("one over one more") => 1.0 / (1.0 + least),
            () if is("exponential") => (-least).exp(),
            () if is("one added") => least + 1.0,
            () if is("logarithm") => (1.0 + least).ln(),
            () => least,
        }
    };
    let mut d: Array1<f64> = (0..n).map(weight).collect();
    if is("the near preferred, all") {
        d.mapv_inplace(|d| 1.0 / d.max(1e-12));
    }
    if is("chosen at 0") {
        chosen.iter().for_each(|n| d[*n] = 0.0);
    }
    if is("all alike") {
        d = (0..n).map(|m| f64::from(!chosen.contains(&m))).collect();
    }
    if is("all alike, the chosen too") {
        d.fill(1.0);
    }
    let most = d.fold(f64::NEG_INFINITY, |a, v| a.max(*v));
    let mark = |at: Option<usize>| {
        (0..n).map(|n| f64::from(Some(n) == at)).collect::<Array1<f64>>()
    };
    let sum = d.sum();
    let p = match () {
        () if is("not divided") => d,
        () if is("divided by the largest") => d / most,
        () if is("divided by N") => d / n as f64,
        () if is("divided by those left") => d / (n - chosen.len()) as f64,
        () if is("divided by the length") => {
            let length = d.dot(&d).sqrt();
            d / length
        }
        () if is("a softmax") => {
            let d = d.mapv(|d| (d - most).exp());
            &d / d.sum()
        }
        () if is("always the farthest") => {
            mark(d.iter().rposition(|v| *v == most))
        }
        () if is("always the first of the farthest") => {
            mark(d.iter().position(|v| *v == most))
        }
        () => d / sum,
    };
    let p = match () {
        () if is("turned round") => {
            let rest = 1.0 - p;
            &rest / rest.sum()
        }
        () if is("turned round, not divided") => 1.0 - p,
        () if is("squared after") => &p * &p,
        () if is("added up on the way") => {
            let mut sum = 0.0;
            p.mapv(|p| {
                sum += p;
                sum
            })
        }
        () if is("mixed with an even share") => (p + 1.0 / n as f64) / 2.0,
        () => p,
    };
    if is("chosen left out") {
        let left: Vec<usize> =
            (0..n).filter(|n| !chosen.contains(n)).collect();
        return p.select(Axis(0), &left).into_dyn();
    }
    p.into_dyn()
}

/// What probabilities and a start have to obey, and which are wrong.
fn as_shares(
    (z, chosen): &Started,
    right: &ArrayD<f64>,
    came: &ArrayD<f64>,
) -> String {
    let (right, came) = (one(right), one(came));
    let sum = came.sum();
    let again = chosen.iter().find(|n| came[**n] != 0.0);
    let mut said = String::new();
    if (sum - 1.0).abs() > 1e-9 {
        said += &format!(" They add up to {sum:.5}, not to 1.");
    }
    if let Some(n) = again {
        said += &format!(" Latent {n} is in the start, and could be drawn.");
    }
    if let Some(n) = came.iter().position(|p| *p < 0.0) {
        said += &format!(" That of latent {n} is negative.");
    }
    let zero = (0..z.nrows()).find(|n| right[*n] > 0.0 && came[*n] == 0.0);
    if let Some(n) = zero {
        said += &format!(
            " Latent {n} is in the start no more than others, and could never be drawn."
        );
    }
    let scaled = &came * (right.sum() / sum);
    let bad: Vec<usize> = (0..z.nrows())
        .filter(|n| (right[*n] - scaled[*n]).abs() > 1e-9)
        .collect();
    if bad.is_empty() {
        said += " To scale they are right.";
    }
    // Is it right for those that are nearest to one of the start?
    let nearest = |n: usize| {
        let d = chosen.iter().map(|c| square(z.row(n), z.row(*c)));
        first_smallest(d.collect::<Array1<f64>>().view())
    };
    let to = |at: usize| {
        let mut of = (0..z.nrows()).filter(|n| nearest(*n) == at);
        let mut ratio = None;
        let even = of.all(|n| {
            let here = came[n] / right[n];
            let so_far = *ratio.get_or_insert(here);
            right[n] == 0.0 || (here / so_far - 1.0).abs() < 1e-9
        });
        even && ratio.is_some()
    };
    let last = chosen.len() - 1;
    if chosen.len() > 1 && !bad.is_empty() {
        let ends: [(usize, &str); 2] = [(0, "first"), (last, "last")];
        for (at, word) in ends {
            if to(at) && (0..=last).filter(|at| to(*at)).count() == 1 {
                said += &format!(
                    " In proportion are those whose nearest is the {word} of the chosen, and no others."
                );
            }
        }
    }
    said
}

fn asked_start() -> Asked<Started> {
    let plain = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [4.0, 1.0],
        [6.0, 0.0],
        [10.0, -2.0],
        [1.0, 5.0]
    ];
    let copies = array![
        [-1000.0],
        [1000.0],
        [0.0],
        [1000.0],
        [0.0],
        [999.0],
        [-1000.0]
    ];
    let inputs = vec![
        (
            "with three latents of one number, the first of them chosen",
            (array![[1.0], [3.0], [2.0]], vec![0]),
        ),
        (
            "with many latents in the start",
            (normal(9, 3, 0), vec![4, 8, 1, 0]),
        ),
        ("with two of six in the start", (plain.clone(), vec![3, 0])),
        ("when a single latent is in the start", (plain, vec![1])),
        ("with copies, zeros and numbers near 1,000", (copies, vec![1, 2])),
    ];
    let own: &[Slip] = said! {
        "not squared": "These are proportional to the distance. k-means++ draws by its square, which is what a latent adds to \
            the distortion.",
        "squared twice": "These are proportional to the fourth power of the distance: it was squared twice.",
        "from the newest": "Only the distance from the last of the chosen was used. The nearest of them counts: even the \
            latent that was chosen first \
            could be drawn again here.",
        "from the first": "Only the distance from the first of the chosen was used. The nearest of them counts.",
        "without the newest": "The last of the chosen is left out. The nearest of all of them counts.",
        "without the first": "The first of the chosen is left out. The nearest of all of them counts.",
        "the first rows": "The distances were taken from the first rows of z. `chosen` says which rows are in the start.",
        "all added": "The distances from all the chosen were added up, or averaged. A latent is served by its nearest alone.",
        "from the farthest": "The largest distance was taken, from the farthest of the chosen. A latent is served by the \
            nearest.",
        "multiplied": "The distances from all the chosen were multiplied. A latent is served by its nearest alone.",
        "from their middle": "The distance was taken from the mean of the chosen. It is that from the nearest of them.",
        "from the middle of all": "The distance was taken from the mean of all latents. It is that from the nearest of the \
            chosen.",
        "from the nearest of all": "The distance was taken from the nearest of all other latents. Only those in the start count.",
        "from all": "The distances from all latents were added up. Only those in the start count, and of them the nearest.",
        "from the origin": "The distance was taken from the origin: these are squared lengths. It is that from the nearest of \
            the chosen.",
        "nearest by component": "The nearest was sought for each component by itself. A latent is near as a whole: one \
            distance, then the smallest.",
        "begun at 0": "The smallest distance begins at 0, so that it stays 0 for all, and 0 is divided by 0. Begin at infinity.",
        "begun at 1": "The smallest distance begins at 1, so that no distance is larger. Begin at infinity.",
        "the near preferred": "These grow as the distance falls: the near are preferred. The far are badly served, and are to \
            be drawn more often.",
        "the near preferred, all": "These are the reciprocals of the distances: the near are preferred, and most of all what \
            is in the start. The far are to be \
            drawn more often.",
        "one over one more": "These are 1 / (1 + d²), to scale: the near are preferred. The far are to be drawn more often.",
        "exponential": "These fall with the exponential of the distance: the near are preferred. The probability is \
            proportional to the squared distance.",
        "turned round": "These are 1 less the probabilities, to scale: what is to be drawn often is drawn rarely.",
        "turned round, not divided": "These are 1 less the probabilities: what is to be drawn often is drawn rarely.",
        "one added": "1 was added to each distance, so that even what is in the start can be drawn. Nothing is added.",
        "logarithm": "The logarithm was taken of the distance. The probability is proportional to the square itself.",
        "always the farthest": "This always takes the farthest latent, which is where outliers are. k-means++ draws.",
        "always the first of the farthest": "This always takes the farthest latent, which is where outliers are. k-means++ \
            draws.",
        "not divided": "These are the squared distances themselves. Probabilities add up to 1: divide by the sum.",
        "divided by the largest": "These were divided by the largest. Probabilities add up to 1: divide by the sum.",
        "divided by N": "These were divided by the number of latents. Probabilities add up to 1: divide by the sum.",
        "divided by those left": "These were divided by the number of latents that are not chosen. Probabilities add up to 1: \
            divide by the sum.",
        "divided by the length": "These were divided by the root of the sum of squares. Probabilities add up to 1: divide by \
            the sum.",
        "squared after": "The shares were squared after the division. Square first, then divide.",
        "a softmax": "These went through a softmax. The probability is proportional to the squared distance itself.",
        "all alike": "All that are not in the start got the same probability. It grows with the squared distance.",
        "all alike, the chosen too": "All got the same probability. It grows with the squared distance.",
        "mixed with an even share": "Half of the probability was shared out evenly. All of it is proportional to the squared \
            distance.",
        "added up on the way": "Each is the sum of all up to it, which is how one draws. The probabilities themselves are \
            asked for.",
        "chosen left out": "Those in the start are missing. They keep their place, with a probability of 0: [N].",
        "chosen at 0": "What is in the start was set to 0 by itself, which the distance from the nearest does.",
        "plus": "The vectors were added where they are subtracted: ‖z + e‖².",
        "lengths compared": "The lengths of the latents were compared, not their places.",
        "largest product": "These are dot products, not distances.",
    };
    let distances: Vec<Slip> = COMPONENTS.to_vec();
    Asked {
        inputs,
        plain: 2,
        model: start_as,
        slips: [own.to_vec(), distances].concat(),
        harmless: &["chosen at 0"],
        narrow: as_shares,
        probes: of_start,
        sizes: |(z, chosen)| {
            let (n, c) = z.dim();
            format!("N = {n}, C = {c}, {} chosen", chosen.len())
        },
        tolerance: 1e-9,
        wrong: "Some probability is wrong.",
        see: "chapter 5, § Learning a codebook, equation 5.8",
    }
}

pub fn next_start(
    candidate: fn(&Array2<f64>, &[usize]) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    asked_start().tried(|(z, chosen)| candidate(z, chosen).into_dyn())
}

/// How often each code comes, how often it came in other images, and the codes of an image.
type Coded = (Array1<usize>, Array1<usize>, usize);

fn bits_as((counts, seen, codes): &Coded, is: Is) -> ArrayD<f64> {
    let real = |x: &Array1<usize>| x.mapv(|n| n as f64);
    let (counts, seen) = (real(counts), real(seen));
    let (counts, seen) = match is("roles swapped") {
        true => (seen, counts),
        false => (counts, seen),
    };
    let k = seen.len() as f64;
    let used = counts.mapv(|n| f64::from(n > 0.0));
    let more = match () {
        () if is("no word for the unseen") => seen.mapv(|_| 0.0),
        () if is("half added") => seen.mapv(|_| 0.5),
        () if is("two added") => seen.mapv(|_| 2.0),
        () if is("one shared out") => seen.mapv(|_| 1.0 / k),
        () if is("one for the unseen alone") => {
            seen.mapv(|n| f64::from(n == 0.0))
        }
        () if is("one for the used alone") => used.clone(),
        () if is("a trifle added") => seen.mapv(|_| 1e-12),
        () => seen.mapv(|_| 1.0),
    };
    let known = match () {
        () if is("it knows these images") => &seen + &counts,
        () if is("it has seen these images") => counts.clone(),
        () => seen.clone(),
    };
    let guessed = match () {
        () if is("used codes alone") => (&known + &more) * &used,
        () if is("one subtracted") => (&known - &more).mapv(f64::abs),
        () => &known + &more,
    };
    let whole = match () {
        () if is("one added without its share") => known.sum(),
        () if is("one added once") => known.sum() + 1.0,
        () if is("other sum") || is("sum of counts below") => counts.sum(),
        () if is("divided by K below") => k,
        () if is("counts under the logarithm") => 1.0,
        () if is("divided by codes below") => *codes as f64,
        () if is("largest below") => guessed.fold(0.0, |a: f64, v| a.max(*v)),
        () => guessed.sum(),
    };
    let mut q = &guessed / whole;
    if is("one added to the shares") {
        q = &known / known.sum() + 1.0;
    }
    if is("all alike") {
        q.fill(1.0 / k);
    }
    let share = match () {
        () if is("one added to both") => &counts + 1.0,
        () if is("as it believes") => &seen + 1.0,
        () if is("by what was seen") => seen.clone(),
        () if is("all counted together") => &seen + &counts,
        () => counts.clone(),
    };
    let among = match () {
        () if is("counts for shares") => 1.0,
        () if is("other sum") || is("sum of seen above") => seen.sum(),
        () if is("sum of seen and K above") => seen.sum() + k,
        () if is("a mean over codes") => share.sum() * k,
        () => share.sum(),
    };
    let p = match () {
        () if is("a plain mean") => seen.mapv(|_| 1.0 / k),
        () if is("not weighed") => seen.mapv(|_| 1.0),
        () if is("a mean of the used") => &used / used.sum(),
        () => share / among,
    };
    if is("its own frequencies") {
        q = p.clone();
    }
    if is("plain shares") {
        let bits = p.dot(&q) * *codes as f64;
        return arr0(bits).into_dyn();
    }
    let word = |q: f64| {
        let length = match () {
            () if is("in nats") => -q.ln(),
            () if is("in decimal digits") => -q.log10(),
            () if is("in nats, the wrong way") => -q.log2() / 2_f64.ln(),
            () if is("the other alternative") => -(1.0 - q).log2(),
            () if is("the reciprocal") => 1.0 / q,
            () if is("one more under the logarithm") => {
                (1.0 + 1.0 / q).log2()
            }
            () if is("2 to the share") => -q.exp2(),
            () if is("the root of a share") => -q.sqrt().log2(),
            () => -q.log2(),
        };
        match () {
            () if is("rounded up") => length.ceil(),
            () if is("rounded down") => length.floor(),
            () if is("rounded") => length.round(),
            () if is("a bit more for each") => length + 1.0,
            () if is("weighed twice") => length * q,
            () if is("at least one bit") => length.max(1.0),
            () => length,
        }
    };
    let lengths = q.mapv(word);
    let term = |(p, l): (&f64, &f64)| match () {
        // Nothing times infinity is nothing, but in a formula.
        () if *p == 0.0 && l.is_infinite() => 0.0,
        () => p * l,
    };
    let terms = p.iter().zip(&lengths).map(term);
    let entropy = || {
        let p = &counts / counts.sum();
        let of = |p: &f64| if *p > 0.0 { -p * p.log2() } else { 0.0 };
        p.iter().map(of).sum::<f64>()
    };
    let mean = match () {
        () if is("the longest word") => {
            lengths.fold(0.0, |a: f64, v| a.max(*v))
        }
        () if is("the likeliest code") => {
            let by = p.mapv(|p| -p);
            lengths[first_smallest(by.view())]
        }
        () if is("the first code left out") => terms.skip(1).sum(),
        () if is("the last code left out") => {
            terms.take(lengths.len() - 1).sum()
        }
        () if is("the surplus alone") => terms.sum::<f64>() - entropy(),
        () if is("the entropy once more") => terms.sum::<f64>() + entropy(),
        () => terms.sum(),
    };
    let mean = if is("mean rounded up") { mean.ceil() } else { mean };
    let times = match () {
        () if is("one code") => 1.0,
        () if is("K for the codes") => k,
        () if is("the wrong number of codes") => counts.sum(),
        () if is("those seen for the codes") => seen.sum(),
        () if is("divided by the codes") => 1.0 / *codes as f64,
        () if is("one code less") => *codes as f64 - 1.0,
        () if is("codes squared") => (*codes as f64).powi(2),
        () if is("codes and K") => k * *codes as f64,
        () => *codes as f64,
    };
    let sign = if is("minus") { -1.0 } else { 1.0 };
    let bits = sign * times * mean;
    let bits = match () {
        () if is("image rounded up") => bits.ceil(),
        () if is("image rounded") => bits.round(),
        () if is("in bytes") => bits / 8.0,
        () if is("to the power") => mean.exp2() * *codes as f64,
        () => bits,
    };
    arr0(bits).into_dyn()
}

/// The right numbers on the way.
fn in_words((counts, seen, codes): &Coded) -> String {
    let q = (seen + 1).mapv(|n| n as f64);
    let words = (&q / q.sum()).mapv(|q| -q.log2());
    let p = counts.mapv(|n| n as f64) / counts.sum() as f64;
    format!(
        " Here the words have {words:.3} bits and are written with the shares {p:.3}: {:.4} bits a code, and {codes} codes.",
        p.dot(&words)
    )
}

fn asked_bits() -> Asked<Coded> {
    let inputs = vec![
        (
            "with two codes that came once each, of which one was seen twice",
            (array![1, 1], array![2, 0], 1),
        ),
        (
            "with five codes",
            (array![8, 4, 2, 1, 1], array![6, 1, 0, 3, 9], 49),
        ),
        (
            "where a code is never used",
            (array![14, 1, 1, 0], array![2, 5, 3, 40], 7),
        ),
        (
            "where the coder has seen nothing",
            (array![3, 0, 9], array![0, 0, 0], 10),
        ),
        ("with a single code", (array![5], array![1000], 3)),
        (
            "with large counts",
            (array![1_000_000, 0, 1], array![0, 999_999, 3], 2),
        ),
    ];
    let own: &[Slip] = said! {
        "in nats": "This is in nats. The size of a file is in bits: divide by ln 2.",
        "in decimal digits": "This is a logarithm to the base 10. A bit is one to the base 2.",
        "in nats, the wrong way": "This was divided by ln 2 once too often: log2 is in bits already.",
        "one code": "This is the cost of one code; an image has many.",
        "its own frequencies": "This is the entropy of `counts`: what a coder would need that knew these frequencies. This one \
            has to guess them from \
            `seen`, and its words have the lengths that suit those.",
        "as it believes": "This is the entropy of what the coder believes. How often a word is written is said by `counts`.",
        "by what was seen": "The words were weighed by `seen`. How often a word is written is said by `counts`.",
        "all counted together": "The words were weighed by both counts together. How often a word is written is said by \
            `counts` alone.",
        "roles swapped": "`counts` and `seen` are swapped: the coder believes `seen`, and writes what `counts` says.",
        "no word for the unseen": "The one is missing that is added to each count of `seen`: a code that was never seen has no \
            word, or an infinite one.",
        "half added": "A half was added to each count of `seen`. It is a one.",
        "two added": "Two were added to each count of `seen`. It is a one.",
        "one subtracted": "The one was subtracted from each count of `seen`. It is added.",
        "one shared out": "A single one was shared out among all counts of `seen`. Each gets one.",
        "a trifle added": "A trifle was added to each count of `seen`, so that no word is infinite. It is a one.",
        "one for the unseen alone": "Only the counts that were 0 became 1. One is added to each.",
        "one for the used alone": "One was added to the counts of codes that `counts` has, alone. The coder does not know \
            which these are: one for each.",
        "used codes alone": "The coder's shares are among codes that `counts` has. The coder does not know which these are: \
            all have a share.",
        "one added without its share": "The one was added to each count of `seen`, and not to their sum: the shares do not add \
            up to 1.",
        "one added once": "The sum of `seen` grew by one. Each of the K counts has one more, so the sum has K more.",
        "one added to both": "One was added to the counts of these images too. They say what was written, and nothing is \
            guessed of them.",
        "it knows these images": "The counts of these images were added to those that the coder has seen. It has not seen them.",
        "it has seen these images": "The coder's shares were made from `counts`, with the one added. It has not seen these \
            images: they come from `seen`.",
        "one added to the shares": "One was added to the shares of `seen`. It is added to the counts, and then they are divided.",
        "other sum": "The sums are swapped: each count is divided by the sum of its own array.",
        "sum of counts below": "The coder's counts were divided by the sum of `counts`. Their own sum makes shares of them.",
        "divided by K below": "The coder's counts were divided by K. Their sum makes shares of them.",
        "divided by codes below": "The coder's counts were divided by `codes`. Their sum makes shares of them.",
        "largest below": "The coder's counts were divided by the largest. Their sum makes shares of them.",
        "sum of seen above": "`counts` was divided by the sum of `seen`. Its own sum makes shares of it.",
        "sum of seen and K above": "`counts` was divided by the coder's sum. Its own sum makes shares of it.",
        "counts under the logarithm": "The logarithm was taken of counts. A word has the length of its share: divide by the \
            sum first.",
        "counts for shares": "The lengths were multiplied by the counts. The mean length weighs them by the shares: divide by \
            the sum of `counts`.",
        "not weighed": "The lengths were added up as they are. The mean length weighs them by the shares of `counts`.",
        "a plain mean": "The lengths were averaged as if each code came equally often.",
        "a mean of the used": "The lengths of the codes that come were averaged as if each came equally often.",
        "a mean over codes": "The terms were averaged over the codebook. They are added up; that the shares add up to 1 makes \
            it a mean.",
        "weighed twice": "A word was weighed by the coder's share and by the real one. It is written as often as `counts` says.",
        "plain shares": "The shares were multiplied with each other. A word of share q has -log2 q bits.",
        "the reciprocal": "A word got 1 / q bits. It has the logarithm of that.",
        "the other alternative": "The logarithm was taken of 1 - q. A word of share q has -log2 q bits.",
        "one more under the logarithm": "One was added under the logarithm: log2(1 + 1/q). A word of share q has -log2 q bits.",
        "2 to the share": "2 was raised to the share. A word of share q has -log2 q bits.",
        "the root of a share": "The lengths are half of what is right, as if of the root of a share.",
        "minus": "The sign is missing: logarithms of shares are negative, and a length is minus that.",
        "the wrong number of codes": "The bits of a code were multiplied by how many codes were counted, or `counts` was not \
            divided by its sum. An image has `codes` of them.",
        "those seen for the codes": "The bits of a code were multiplied by how many codes were seen. An image has `codes` of \
            them.",
        "K for the codes": "The bits of a code were multiplied by the size of the codebook. An image has `codes` of them.",
        "codes and K": "The bits were multiplied by K as well. An image has `codes` codes.",
        "codes squared": "The bits of a code were multiplied by `codes` twice.",
        "divided by the codes": "The bits of a code were divided by `codes`. An image has so many of them: multiply.",
        "one code less": "One code of the image is missing.",
        "rounded up": "The words were rounded up to whole bits. A coder that sees many codes at once need not.",
        "rounded down": "The words were rounded down to whole bits. A coder that sees many codes at once need not round.",
        "rounded": "The words were rounded to whole bits. A coder that sees many codes at once need not round.",
        "at least one bit": "A word got at least one bit. A share of almost 1 costs almost nothing.",
        "a bit more for each": "Each word got a bit more.",
        "mean rounded up": "The mean was rounded up to whole bits. A coder that sees many codes at once need not.",
        "image rounded up": "The price of the image was rounded up to whole bits. Nothing is rounded here: it is a mean over \
            images.",
        "image rounded": "The price of the image was rounded to whole bits. Nothing is rounded here: it is a mean over images.",
        "in bytes": "This is in bytes. Bits are asked for.",
        "to the power": "2 was raised to the mean length. That is a perplexity, no number of bits.",
        "all alike": "This is log2 K for every code, the cost when no use is made of how often each occurs.",
        "the longest word": "This is the longest word for each code. The mean length weighs all by their shares.",
        "the likeliest code": "This is the word of the most frequent code, over and over. The mean length weighs all by their \
            shares.",
        "the first code left out": "The first code is left out of the sum.",
        "the last code left out": "The last code is left out of the sum.",
        "the surplus alone": "This is what the guess costs beyond the entropy. The entropy has to be paid too.",
        "the entropy once more": "The entropy was added once more. The mean length of the words has it in it.",
    };
    Asked {
        inputs,
        plain: 3,
        model: bits_as,
        slips: own.to_vec(),
        harmless: &[],
        narrow: |it, _, _| in_words(it),
        probes: of_bits,
        sizes: |(counts, ..)| format!("K = {}", counts.len()),
        tolerance: 1e-9,
        wrong: "The number of bits is wrong.",
        see: "chapter 5, § Digits in few patches, equations 5.9 and 5.10",
    }
}

pub fn coded_bits(
    candidate: fn(&Array1<usize>, &Array1<usize>, usize) -> f64,
) -> Result<(), Diagnosis> {
    asked_bits().tried(|(counts, seen, codes)| {
        arr0(candidate(counts, seen, *codes)).into_dyn()
    })
}

/// Sentences about an answer, from what it gives on inputs that are changed.
struct Found(Vec<String>);

impl Found {
    fn say(&mut self, so: bool, what: &str) {
        if so {
            self.0.push(what.into());
        }
    }
}

fn differ(a: &ArrayD<f64>, b: &ArrayD<f64>) -> bool {
    !same(a, b, 1e-7)
}

fn row_of(x: &Array2<f64>, n: usize) -> Array2<f64> {
    x.select(Axis(0), &[n])
}

fn column_of(x: &Array2<f64>, c: usize) -> Array2<f64> {
    x.select(Axis(1), &[c])
}

fn upside_down(x: &Array2<f64>) -> Array2<f64> {
    x.slice(s![..;-1, ..]).to_owned()
}

fn other_way_round(x: &Array2<f64>) -> Array2<f64> {
    x.slice(s![.., ..;-1]).to_owned()
}

/// What lookups by an answer have to obey.
fn of_lookups(
    of: &dyn Fn(&Array2<f64>, &Array2<f64>) -> ArrayD<f64>,
    (z, e): (&Array2<f64>, &Array2<f64>),
) -> Vec<String> {
    let right = |z: &Array2<f64>, e: &Array2<f64>| {
        nearest_as(&(z.clone(), e.clone()), &|_| false)
    };
    let mut found = Found(Vec::new());
    let (all, expected) = (of(z, e), right(z, e));
    if all.shape() != expected.shape() {
        return found.0;
    }
    let lone = |n| of(&row_of(z, n), e).first().copied().unwrap_or(-1.0);
    let alone: Array1<f64> = (0..z.nrows()).map(lone).collect();
    let alone = alone.into_dyn();
    let apart = differ(&alone, &all);
    found.say(
        apart && !differ(&alone, &expected),
        "Alone, each latent gets the right code: something is carried over from one latent to the next.",
    );
    found.say(
        apart && differ(&alone, &expected),
        "What comes of a latent depends on which others there are: something is carried over, or latents are mixed up.",
    );
    let pair = |n: usize| {
        let (k, to) = (all[n] as usize, expected[n] as usize);
        let two = || of(&row_of(z, n), &e.select(Axis(0), &[k, to]));
        k < e.nrows() && two().first() == Some(&1.0)
    };
    let wrong: Vec<usize> =
        (0..z.nrows()).filter(|n| all[*n] != expected[*n]).collect();
    let pairs_right = !wrong.is_empty() && wrong.iter().all(|n| pair(*n));
    found.say(
        pairs_right,
        "Between the code that you say and the right one alone the right one is chosen: the distance is right, and the walk \
            through the codes \
         is not.",
    );
    let last = e.nrows() as f64 - 1.0;
    let turned = of(z, &upside_down(e)).mapv(|k| last - k);
    found.say(
        differ(&turned, &all),
        "With the codes in reversed order other codes are chosen: look at how the best so far is kept, where the walk begins \
            and ends, and what \
         goes on from code to code.",
    );
    let single = (0..z.ncols()).all(|c| {
        let (z, e) = (column_of(z, c), column_of(e, c));
        !differ(&of(&z, &e), &right(&z, &e))
    });
    found.say(
        single && differ(&all, &expected),
        "With vectors of a single component it is right: look at how the components are put together.",
    );
    let moved = differ(&of(&(z + 3.0), &(e + 3.0)), &all);
    found.say(
        moved,
        "When latents and codes are moved together other codes are chosen: what is compared is not made of the differences z - \
            e alone.",
    );
    let mixed = of(&other_way_round(z), &other_way_round(e));
    found.say(
        differ(&mixed, &all),
        "With the components in another order, in latents and codes alike, other codes are chosen: each has to be treated like \
            the others.",
    );
    let large = of(&(z * 1024.0), &(e * 1024.0));
    found.say(
        differ(&large, &all) && !differ(&large, &expected),
        "When latents and codes are 1,024 times as large it is right: something is rounded, or cut, or compared with a fixed \
            number.",
    );
    found.say(
        differ(&large, &all) && differ(&large, &expected),
        "When latents and codes are 1,024 times as large other codes are chosen: a distance would only grow.",
    );
    found.0
}

/// What distances by an answer have to obey.
fn of_distances(
    of: &dyn Fn(&Lookup) -> ArrayD<f64>,
    (z, e): &Lookup,
) -> Vec<String> {
    let right = |z: &Array2<f64>, e: &Array2<f64>| {
        distances_as(&(z.clone(), e.clone()), &|_| false)
    };
    let of = |z: &Array2<f64>, e: &Array2<f64>| of(&(z.clone(), e.clone()));
    let mut found = Found(Vec::new());
    let (all, expected) = (of(z, e), right(z, e));
    if all.shape() != expected.shape() {
        return found.0;
    }
    let lone = |(n, k)| {
        let one = of(&row_of(z, n), &row_of(e, k));
        one.first().copied().unwrap_or(f64::NAN)
    };
    let alone = Array2::from_shape_fn((z.nrows(), e.nrows()), lone);
    let alone = alone.into_dyn();
    if differ(&alone, &all) {
        found.say(
            !differ(&alone, &expected),
            "For one latent and one code it is right: a distance must not depend on which others there are.",
        );
        found.say(
            differ(&alone, &expected),
            "A distance depends on which other latents and codes there are: it belongs to its pair alone.",
        );
    }
    let [no_z, no_e] = [z, e].map(|x| Array2::zeros(x.raw_dim()));
    let of_e = differ(&of(&no_z, e), &right(&no_z, e));
    let of_z = differ(&of(z, &no_e), &right(z, &no_e));
    let terms = match (of_z, of_e) {
        (false, false) => {
            "From the origin, and of it, all distances are right: ‖z‖² and ‖e‖² are right, and the mixed term is not."
        }
        (true, false) => {
            "Of the latent 0 all distances are right, of codes that are 0 they are not: look at ‖z‖²."
        }
        (false, true) => {
            "Of codes that are 0 all distances are right, of the latent 0 they are not: look at ‖e‖²."
        }
        (true, true) => {
            "Both the distances of the latent 0, which are ‖e‖², and those of codes that are 0, ‖z‖², are wrong: look at what \
                is done to the \
             whole sum, or to both norms."
        }
    };
    let unit = differ(&(of(&(z * 2.0), &(e * 2.0)) / 4.0), &all);
    found.say(
        unit,
        "Vectors twice as long do not give four times the numbers: something is cut, or a term is no product of two components.",
    );
    let pairs_right = !differ(&alone, &expected);
    let cut = unit && !of_z && !of_e;
    found.say(differ(&all, &expected) && !pairs_right && !cut, terms);
    let single = (0..z.ncols()).all(|c| {
        let (z, e) = (column_of(z, c), column_of(e, c));
        !differ(&of(&z, &e), &right(&z, &e))
    });
    found.say(
        single && differ(&all, &expected),
        "With vectors of a single component it is right: look at the sums over components.",
    );
    found.say(
        differ(&of(e, z).reversed_axes(), &all),
        "Latents and codes are not treated alike: exchanged, they give other numbers.",
    );
    found.0
}

fn of_codes(of: &dyn Fn(&Gained) -> ArrayD<f64>, it: &Gained) -> Vec<String> {
    let (d, e, i, g) = it.clone();
    let mut found = Found(Vec::new());
    let all = of(it);
    if all.shape() != e.shape() {
        return found.0;
    }
    let right = |it: &Gained| codes_as(it, &|_| false);
    let lone = |n: usize| {
        let g = g.select(Axis(0), &[n]);
        (row_of(&d, n), e.clone(), vec![i[n]], g)
    };
    let sum = (0..i.len())
        .fold(Array2::zeros(e.raw_dim()).into_dyn(), |a, n| a + of(&lone(n)));
    let lone_right =
        (0..i.len()).all(|n| !differ(&of(&lone(n)), &right(&lone(n))));
    found.say(
        differ(&sum, &all) && lone_right,
        "For a latent alone it is right: what several give has to be added up, and nothing else.",
    );
    found.say(
        differ(&sum, &all) && !lone_right,
        "It is not the sum of what the latents give one by one; and for a latent alone it is wrong, too.",
    );
    found.say(
        differ(&of(&(d.clone(), &e * 2.0 + 1.0, i.clone(), g.clone())), &all),
        "It depends on the numbers in the codebook: the slope of g·e in e is g, and e is not in it.",
    );
    let ones = (d.clone(), e.clone(), i.clone(), Array1::ones(g.len()));
    found.say(
        !differ(&of(&ones), &right(&ones)) && differ(&all, &right(it)),
        "With gains of 1 it is right: look at where the gain goes.",
    );
    found.say(
        differ(
            &of(&(d.clone(), e.clone(), i.clone(), &g * 2.0)),
            &(&all * 2.0),
        ),
        "Twice the gains do not give twice the gradient.",
    );
    found.say(
        differ(&of(&(&d * 2.0, e.clone(), i.clone(), g.clone())), &(&all * 2.0)),
        "Twice the gradient at the z_q does not give twice that at the codebook: a slope multiplies it, and nothing else.",
    );
    let back: Vec<usize> = (0..i.len()).rev().collect();
    let turned = (
        d.select(Axis(0), &back),
        e.clone(),
        back.iter().map(|n| i[*n]).collect(),
        g.select(Axis(0), &back),
    );
    found.say(
        differ(&of(&turned), &all),
        "With the latents in reversed order it comes otherwise.",
    );
    let single = (0..d.ncols()).all(|c| {
        let (d, e) = (column_of(&d, c), column_of(&e, c));
        let it = (d, e, i.clone(), g.clone());
        !differ(&of(&it), &right(&it))
    });
    found.say(
        single && differ(&all, &right(it)),
        "With a single component it is right: each component has to be treated by itself.",
    );
    found.0
}

fn of_gains(of: &dyn Fn(&Gained) -> ArrayD<f64>, it: &Gained) -> Vec<String> {
    let (d, e, i, g) = it.clone();
    let mut found = Found(Vec::new());
    let all = of(it);
    if all.shape() != g.shape() {
        return found.0;
    }
    let right = |it: &Gained| gains_as(it, &|_| false);
    let lone = |n: usize| {
        let g = g.select(Axis(0), &[n]);
        let it = (row_of(&d, n), e.clone(), vec![i[n]], g);
        of(&it).first().copied().unwrap_or(f64::NAN)
    };
    let alone: Array1<f64> = (0..i.len()).map(lone).collect();
    let alone = alone.into_dyn();
    found.say(
        differ(&alone, &all) && !differ(&alone, &right(it)),
        "For a latent alone it is right: what a gain gets must not depend on other latents.",
    );
    found.say(
        differ(&alone, &all) && differ(&alone, &right(it)),
        "What a gain gets depends on which other latents there are. Only the gradient at its own z_q belongs to it.",
    );
    found.say(
        differ(&of(&(d.clone(), e.clone(), i.clone(), &g * 2.0 + 1.0)), &all),
        "It depends on the gains: the slope of g·e in g is e, and g is not in it.",
    );
    // Of each latent alone, all codes but its own are changed.
    let by_others = (0..i.len()).any(|n| {
        let mut other = &e + 1.0;
        other.row_mut(i[n]).assign(&e.row(i[n]));
        let it = (d.clone(), other, i.clone(), g.clone());
        let here = of(&it).get(n).copied().unwrap_or(f64::NAN);
        differ(&arr0(here).into_dyn(), &arr0(all[n]).into_dyn())
    });
    found.say(
        by_others,
        "What a gain gets depends on codes that its latent did not choose.",
    );
    let single = (0..d.ncols()).all(|c| {
        let (d, e) = (column_of(&d, c), column_of(&e, c));
        let it = (d, e, i.clone(), g.clone());
        !differ(&of(&it), &right(&it))
    });
    found.say(
        single && differ(&all, &right(it)),
        "With a single component it is right: look at how the components are put together.",
    );
    found.say(
        differ(&of(&(&d * 2.0, e.clone(), i.clone(), g.clone())), &(&all * 2.0)),
        "Twice the gradient at the z_q does not give twice that at the gains.",
    );
    found.say(
        differ(&of(&(d.clone(), &e * 2.0, i.clone(), g.clone())), &(&all * 2.0)),
        "Twice the codebook does not give twice the gradient at the gains: the slope of g·e in g is e.",
    );
    found.0
}

fn of_means(of: &dyn Fn(&Chosen) -> ArrayD<f64>, it: &Chosen) -> Vec<String> {
    let (z, i, e) = it.clone();
    let mut found = Found(Vec::new());
    let all = of(it);
    if all.shape() != e.shape() {
        return found.0;
    }
    let right = |it: &Chosen| means_as(it, &|_| false);
    let back: Vec<usize> = (0..i.len()).rev().collect();
    let indices: Vec<usize> = back.iter().map(|n| i[*n]).collect();
    let turned = (z.select(Axis(0), &back), indices, e.clone());
    found.say(
        differ(&of(&turned), &all),
        "With the latents in reversed order, and their indices too, other means come: look at what is done at each latent in \
            turn.",
    );
    // The latents one code after the other.
    let mut sorted: Vec<usize> = (0..i.len()).collect();
    sorted.sort_by_key(|n| i[*n]);
    let indices: Vec<usize> = sorted.iter().map(|n| i[*n]).collect();
    let one_by_one = (z.select(Axis(0), &sorted), indices, e.clone());
    found.say(
        !differ(&of(&one_by_one), &right(&one_by_one))
            && differ(&all, &right(it)),
        "When the latents stand in the order of their codes it is right; they need not.",
    );
    let rows = |x: &ArrayD<f64>, of: &dyn Fn(usize) -> bool| {
        let rows: Vec<usize> = (0..e.nrows()).filter(|k| of(*k)).collect();
        x.select(Axis(0), &rows)
    };
    let used = |k: usize| i.contains(&k);
    let other = of(&(z.clone(), i.clone(), &e + 1.0));
    found.say(
        differ(&rows(&other, &used), &rows(&all, &used)),
        "Where the codes were before makes a difference to those that were chosen: their mean is one of latents alone.",
    );
    let by_others = (0..e.nrows()).any(|k| {
        let own: Vec<usize> = (0..i.len()).filter(|n| i[*n] == k).collect();
        let its = (z.select(Axis(0), &own), vec![k; own.len()], e.clone());
        differ(&rows(&of(&its), &|j| j == k), &rows(&all, &|j| j == k))
    });
    found.say(
        by_others,
        "What becomes of a code depends on latents that chose another.",
    );
    let other = normal(z.nrows(), z.ncols(), 7);
    let sum = of(&(&z + &other, i.clone(), e.clone()));
    let sums = &all + &of(&(other, i.clone(), e.clone()));
    found.say(
        differ(&rows(&sum, &used), &rows(&sums, &used)),
        "The mean of sums is not the sum of means here: some latents are left out, or weighed, or picked, by the numbers in \
            them.",
    );
    let last = e.nrows() - 1;
    let renumbered =
        (z.clone(), i.iter().map(|k| last - k).collect(), upside_down(&e));
    let again = two(&of(&renumbered));
    found.say(
        differ(&upside_down(&again).into_dyn(), &all),
        "With the codes in reversed order, and the indices to match, other means come: some row is treated otherwise than the \
            rest.",
    );
    let single = (0..z.ncols()).all(|c| {
        let it = (column_of(&z, c), i.clone(), column_of(&e, c));
        !differ(&of(&it), &right(&it))
    });
    found.say(
        single && differ(&all, &right(it)),
        "With a single component it is right: each component has a mean by itself.",
    );
    found.say(
        differ(&of(&(&z * 2.0, i.clone(), &e * 2.0)), &(&all * 2.0)),
        "When all is twice as large, the means are not.",
    );
    found.say(
        differ(&of(&(&z + 3.0, i.clone(), &e + 3.0)), &(&all + 3.0)),
        "When all is moved, the means do not move along: the divisor is not the number of what was added.",
    );
    found.0
}

fn of_start(
    of: &dyn Fn(&Started) -> ArrayD<f64>,
    it: &Started,
) -> Vec<String> {
    let (z, chosen) = it.clone();
    let mut found = Found(Vec::new());
    let all = of(it);
    let right = |it: &Started| start_as(it, &|_| false);
    if all.shape() != [z.nrows()] {
        return found.0;
    }
    let single = chosen.iter().all(|c| {
        let it = (z.clone(), vec![*c]);
        !differ(&of(&it), &right(&it))
    });
    found.say(
        single && differ(&all, &right(it)),
        "With a single latent in the start it is right: look at how several are put together.",
    );
    let back = chosen.iter().rev().copied().collect();
    found.say(
        differ(&of(&(z.clone(), back)), &all),
        "With the chosen in another order other probabilities come.",
    );
    let twice = [chosen.clone(), chosen[..1].to_vec()].concat();
    found.say(
        differ(&of(&(z.clone(), twice)), &all),
        "A latent that is named twice in the start counts twice: only the nearest counts, and once.",
    );
    // One more in the start, far from all.
    let n = z.nrows();
    let mut more = Array2::from_elem((n + 1, z.ncols()), 1e4);
    more.slice_mut(s![..n, ..]).assign(&z);
    let further = [chosen.clone(), vec![n]].concat();
    let with = one(&of(&(more, further)));
    let shares = |x: Array1<f64>| (&x / x.sum()).into_dyn();
    let (with, without) = (with.slice(s![..n]).to_owned(), one(&all));
    found.say(
        differ(&shares(with), &shares(without)),
        "One more in the start, far from all others, changes how their probabilities are to each other: only the nearest of \
            the chosen counts \
         for a latent.",
    );
    let turned = chosen.iter().map(|c| n - 1 - c).collect();
    let turned = one(&of(&(upside_down(&z), turned)));
    found.say(
        differ(&turned.slice(s![..;-1]).to_owned().into_dyn(), &all),
        "With the latents in another order other probabilities come.",
    );
    found.say(
        differ(&of(&(&z * 4.0, chosen.clone())), &all),
        "When all is four times as large other probabilities come: they are squared distances over their sum, and the size \
            falls out.",
    );
    found.say(
        differ(&of(&(&z + 3.0, chosen.clone())), &all),
        "When all is moved other probabilities come: they are made of distances alone.",
    );
    let single = (0..z.ncols()).all(|c| {
        let it = (column_of(&z, c), chosen.clone());
        !differ(&of(&it), &right(&it))
    });
    found.say(
        single && differ(&all, &right(it)),
        "With latents of a single component it is right: look at how the components are put together.",
    );
    // How the probabilities grow with the distance, of a line.
    let line = (array![[0.0], [1.0], [2.0], [4.0]], vec![0]);
    let grown = of(&line);
    if grown.len() == 4 && grown[1] > 0.0 && differ(&grown, &right(&line)) {
        found.0.push(format!(
            "Of latents at the distances 1, 2 and 4 from the only one in the start the probabilities are as 1 : {:.3} : {:.3}; \
                right is 1 : 4 : 16.",
            grown[2] / grown[1],
            grown[3] / grown[1]
        ));
    }
    found.0
}

fn of_bits(of: &dyn Fn(&Coded) -> ArrayD<f64>, it: &Coded) -> Vec<String> {
    let (counts, seen, codes) = it.clone();
    let mut found = Found(Vec::new());
    let right = |it: &Coded| bits_as(it, &|_| false).sum();
    let of = |it: &Coded| of(it).sum();
    let off =
        |a: f64, b: f64| differ(&arr0(a).into_dyn(), &arr0(b).into_dyn());
    let (all, expected) = (of(it), right(it));
    if !off(all, expected) {
        return found.0;
    }
    // Images of a single code give the words.
    let lone = |k: usize| {
        let mut counts = Array1::zeros(seen.len());
        counts[k] = 4;
        (counts, seen.clone(), codes)
    };
    let words: Vec<(f64, f64)> = (0..seen.len())
        .map(|k| (of(&lone(k)), right(&lone(k))))
        .map(|(yours, right)| (yours / codes as f64, right / codes as f64))
        .collect();
    let mean: f64 = words
        .iter()
        .zip(&counts)
        .map(|((word, _), n)| word * *n as f64)
        .sum();
    let mean = mean / counts.sum() as f64 * codes as f64;
    let bad: Vec<usize> =
        (0..words.len()).filter(|k| off(words[*k].0, words[*k].1)).collect();
    if let Some(&k) = bad.first() {
        found.0.push(format!(
            "An image of code {k} alone, which the coder has seen {} times of {}, costs {:.4} bits a code by yours, and right \
                is {:.4}{}.",
            seen[k],
            seen.sum(),
            words[k].0,
            words[k].1,
            match bad.len() {
                1 => "; those of each other code alone are right",
                n if n == words.len() => "",
                _ => "; those of some other code alone are right",
            }
        ));
        found.say(
            !off(mean, all),
            "How words are weighed is right; it is the words that are not.",
        );
    } else {
        found.say(
            true,
            "Images of a single code come out right: the words are right, and how they are weighed and added is not.",
        );
    }
    found.say(
        off(mean, all) && !bad.is_empty(),
        "And it is no weighed mean: an image of several codes costs each of them as often as it comes.",
    );
    found.say(
        off(of(&(counts.clone(), seen.clone(), 2 * codes)), 2.0 * all),
        "Twice as many codes in an image do not cost twice as much.",
    );
    found.say(
        off(of(&(&counts * 3, seen.clone(), codes)), all),
        "With each of `counts` three times as large it comes otherwise: only their shares matter.",
    );
    let back = |x: &Array1<usize>| x.slice(s![..;-1]).to_owned();
    found.say(
        off(of(&(back(&counts), back(&seen), codes)), all),
        "With the codes in reversed order it comes otherwise.",
    );
    found.0
}

/// Draws a codebook of so many codes for some latents.
type Start = fn(&Array2<f64>, usize, &mut ChaCha8Rng) -> Array2<f64>;

/// What an answer to exercise 5.8 is given.
#[derive(Clone)]
struct Training {
    said: &'static str,
    z: Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    seed: u64,
}

impl Training {
    fn rng(&self) -> ChaCha8Rng {
        rng_at(self.seed, 58)
    }
}

fn plus_plus(z: &Array2<f64>, k: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    kmeans_plus_plus(z, k, rng).unwrap_or_else(|e| panic!("{e}"))
}

/// Anywhere in a box that is wider than the latents.
fn in_a_box(z: &Array2<f64>, k: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    let wide = Uniform::new(-9.0, 9.0).unwrap_or_else(|e| panic!("{e}"));
    Array2::random_using((k, z.ncols()), wide, rng)
}

/// Points around some places, more of them around later places.
fn clouds(places: &Array2<f64>, sigma: f64, stream: u64) -> Array2<f64> {
    let many = |k: usize| vec![k; 8 + 7 * k];
    let rows: Vec<usize> = (0..places.nrows()).flat_map(many).collect();
    let z = places.select(Axis(0), &rows);
    &z + &(normal(rows.len(), places.ncols(), stream) * sigma)
}

fn trainings() -> [Training; 7] {
    let plane = array![
        [0.0, 0.0],
        [2.0, 0.5],
        [-2.0, 1.0],
        [0.5, 2.5],
        [-1.0, -2.0],
        [2.5, -2.0]
    ];
    let space = array![
        [0.0, 0.0, 1.0],
        [2.0, -2.0, 0.0],
        [-2.0, 1.0, -1.0],
        [1.0, 2.0, 2.0],
        [-1.0, -1.0, 2.5]
    ];
    [
        Training {
            said: "with six clouds in the plane, starts from k-means++",
            z: clouds(&plane, 1.2, 0),
            k: 9,
            restarts: 6,
            start: plus_plus,
            seed: 12,
        },
        Training {
            said: "with six clouds in the plane, other draws",
            z: clouds(&plane, 1.2, 0),
            k: 9,
            restarts: 6,
            start: plus_plus,
            seed: 30,
        },
        Training {
            said: "with five clouds in space, starts from a box that is much wider",
            z: clouds(&space, 0.8, 1),
            k: 8,
            restarts: 5,
            start: in_a_box,
            seed: 5,
        },
        Training {
            said: "with five clouds in space, starts from a box, other draws",
            z: clouds(&space, 0.8, 1),
            k: 8,
            restarts: 5,
            start: in_a_box,
            seed: 7,
        },
        Training {
            said: "with five clouds in space, starts from a box, draws of a third kind",
            z: clouds(&space, 0.8, 1),
            k: 8,
            restarts: 5,
            start: in_a_box,
            seed: 1,
        },
        Training {
            said: "with one restart and one code",
            z: clouds(&plane, 0.6, 2),
            k: 1,
            restarts: 1,
            start: in_a_box,
            seed: 3,
        },
        Training {
            said: "with seven latents in three places, and five codes",
            z: plane.select(Axis(0), &[1, 1, 2, 1, 3, 3, 2]),
            k: 5,
            restarts: 2,
            start: plus_plus,
            seed: 4,
        },
    ]
}

/// One restart: the distortion of its start, the codebook at its end, and the distortion of that.
struct Restart {
    begun: f64,
    /// Of the codebook before its last step.
    before: f64,
    codebook: Array2<f64>,
    error: f64,
}

/// All restarts of a training, with slips or without; each ends after 80 steps, whether or not it rests.
fn restarts(training: &Training, is: Is) -> Vec<Restart> {
    let Training { z, k, restarts, start, .. } = training;
    let rng = &mut training.rng();
    if is("start thrown away") {
        let _ = start(z, *k, rng);
    }
    let one = |_| {
        let mut codebook = start(z, *k, rng);
        let begun = error_of(z, &codebook);
        let mut before = codebook.clone();
        for step in 0..80 {
            let next = stepped(z, &codebook, step, is);
            let gain = || error_of(z, &codebook) - error_of(z, &next);
            if next == codebook || is("not at rest") && gain() < 1e-3 {
                break;
            }
            before = codebook;
            codebook = next;
        }
        let before = error_of(z, &before);
        let error = error_of(z, &codebook);
        Restart { begun, before, codebook, error }
    };
    let more = usize::from(is("one too many"));
    (0..*restarts + more).map(one).collect()
}

fn looked_up(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    plain::nearest(z, codebook).unwrap_or_else(|e| panic!("{e}"))
}

fn error_of(z: &Array2<f64>, codebook: &Array2<f64>) -> f64 {
    distortion(z, &gather(codebook, &looked_up(z, codebook)))
}

fn stepped(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    step: usize,
    is: Is,
) -> Array2<f64> {
    let indices = looked_up(z, codebook);
    let mut next = means_of(z, &indices, codebook);
    if is("half way") {
        next = (next + codebook) / 2.0;
    }
    let used = usage(&indices, codebook.nrows());
    let empty: Vec<usize> =
        (0..codebook.nrows()).filter(|k| used[*k] == 0).collect();
    let stays = is("empty codes stay")
        || is("only at first") && step > 0
        || is("only at rest") && next != *codebook;
    if stays || empty.is_empty() {
        return next;
    }
    let from = if is("by the new means") { &next } else { codebook };
    let far = |n: usize| squared_distance(z.row(n), from.row(indices[n]));
    let mut far: Array1<f64> = (0..z.nrows()).map(far).collect();
    let middle = z.sum_axis(Axis(0)) / z.nrows() as f64;
    if is("far from the middle") {
        far = z.map_axis(Axis(1), |z| squared_distance(z, middle.view()));
    }
    if is("far from the origin") {
        far = z.map_axis(Axis(1), |z| z.dot(&z));
    }
    let loads = used.mapv(|n| n as f64);
    let of_all = |most: &Array1<f64>| first_smallest((-most).view());
    let from_itself = |k: usize| {
        z.map_axis(Axis(1), |z| squared_distance(z, codebook.row(k)))
    };
    let mut taken_all = Vec::new();
    for k in empty {
        let within = |of: usize| {
            let masked = |n: usize| {
                if indices[n] == of { -far[n] } else { f64::INFINITY }
            };
            (0..z.nrows()).map(masked).collect::<Array1<f64>>()
        };
        let by = match () {
            () if is("far from the empty code") => -from_itself(k),
            () if is("near to the empty code") => from_itself(k),
            () if is("the best served") => far.clone(),
            () if is("of the most used") => within(of_all(&loads)),
            () => -&far,
        };
        let taken = match () {
            () if is("the first latent") => 0,
            () if is("the latent of its number") => k,
            () => first_smallest(by.view()),
        };
        if is("empty to the origin") {
            next.row_mut(k).fill(0.0);
        } else if is("empty to the mean") {
            next.row_mut(k).assign(&middle);
        } else if is("split the most used") {
            next.row_mut(k).assign(&codebook.row(of_all(&loads)));
        } else if far[taken] > 0.0 {
            next.row_mut(k).assign(&z.row(taken));
            taken_all.push((taken, k));
            if !is("all on one") {
                far[taken] = 0.0;
            }
        }
    }
    if is("means without the taken") {
        let mut others = indices.clone();
        taken_all.iter().for_each(|(n, k)| others[*n] = *k);
        next = means_of(z, &others, &next);
    }
    if is("looked up again") {
        let mut moved = codebook.clone();
        for (_, k) in taken_all {
            moved.row_mut(k).assign(&next.row(k));
        }
        next = means_of(z, &looked_up(z, &moved), &moved);
    }
    next
}

fn lowest(restarts: &[Restart]) -> usize {
    let errors: Array1<f64> = restarts.iter().map(|r| r.error).collect();
    first_smallest(errors.view())
}

/// A codebook whose rows are in order, so that codebooks can be compared whose codes are numbered otherwise.
fn in_order(codebook: &Array2<f64>) -> Array2<f64> {
    let mut rows: Vec<usize> = (0..codebook.nrows()).collect();
    let (a, c) = (codebook, codebook.ncols());
    rows.sort_by(|&i, &j| {
        let each = (0..c).map(|n| a[[i, n]].total_cmp(&a[[j, n]]));
        each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    });
    codebook.select(Axis(0), &rows)
}

fn same_codes(a: &Array2<f64>, b: &Array2<f64>) -> bool {
    let (a, b) = (in_order(a).into_dyn(), in_order(b).into_dyn());
    same(&a, &b, 1e-7)
}

/// What a function gives, if it comes to an end in twenty seconds.
fn in_time<T: Send + 'static>(
    of: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (send, receive) = channel();
    let thread = thread::spawn(move || {
        let _ = send.send(of());
    });
    match receive.recv_timeout(Duration::from_secs(20)) {
        Ok(came) => Some(came),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => match thread.join() {
            Err(raised) => resume_unwind(raised),
            Ok(()) => None,
        },
    }
}

const K_MEANS_SEE: &str =
    "chapter 5, § Learning a codebook, equations 5.6 to 5.8";

/// The codebook that is kept, its codes in order.
fn codebook_as(training: &Training, is: Is) -> ArrayD<f64> {
    let all = restarts(training, is);
    let by = |of: fn(&Restart) -> f64| {
        let all: Array1<f64> = all.iter().map(of).collect();
        first_smallest(all.view())
    };
    let kept = match () {
        () if is("the last") => all.len() - 1,
        () if is("the first") => 0,
        () if is("starts compared") => by(|r| r.begun),
        () if is("one too few") => lowest(&all[..(all.len() - 1).max(1)]),
        () if is("first left out") => {
            let from = 1.min(all.len() - 1);
            from + lowest(&all[from..])
        }
        () if is("the highest") => by(|r| -r.error),
        () if is("the largest gain") => by(|r| r.error - r.begun),
        () if is("better than the one before") => {
            let better = |n: &usize| all[*n].error < all[*n - 1].error;
            (1..all.len()).rev().find(better).unwrap_or(0)
        }
        () => lowest(&all),
    };
    let codebook = match is("averaged") {
        true => {
            let zero = Array2::zeros(all[0].codebook.raw_dim());
            let sum = all.iter().fold(zero, |a, r| a + &r.codebook);
            sum / all.len() as f64
        }
        false => all[kept].codebook.clone(),
    };
    let codebook = match is("another step") {
        true => stepped(&training.z, &codebook, 80, &|_| false),
        false => codebook,
    };
    in_order(&codebook).into_dyn()
}

/// The distortion of the right codebook.
fn error_as(training: &Training, is: Is) -> ArrayD<f64> {
    let Training { z, .. } = training;
    let all = restarts(training, &|_| false);
    let best = &all[lowest(&all)];
    let indices = looked_up(z, &best.codebook);
    let z_q = gather(&best.codebook, &indices);
    let (n, c) = (z.nrows() as f64, z.ncols() as f64);
    let d = norms(&(z - &z_q));
    let used = usage(&indices, best.codebook.nrows());
    let error = match () {
        () if is("a sum for the mean") => best.error * n,
        () if is("a mean over components") => best.error / c,
        () if is("a mean over codes") => best.error * n / training.k as f64,
        () if is("a mean of means") => {
            let of = |n: usize| d[n] / used[indices[n]] as f64;
            (0..z.nrows()).map(of).sum::<f64>() / training.k as f64
        }
        () if is("rooted") => best.error.sqrt(),
        () if is("distances not squared") => d.mapv(f64::sqrt).sum() / n,
        () if is("sizes") => (z - &z_q).mapv(f64::abs).sum() / n,
        () if is("the largest") => d.fold(0.0, |a: f64, v| a.max(*v)),
        () if is("half") => best.error / 2.0,
        () if is("of the start") => best.begun,
        () if is("of a step before") => best.before,
        () if is("of the last") => all[all.len() - 1].error,
        () if is("of the first") => all[0].error,
        () if is("of the highest") => {
            all.iter().fold(0.0, |a, r| r.error.max(a))
        }
        () if is("of the best start") => {
            all.iter().fold(f64::INFINITY, |a, r| r.begun.min(a))
        }
        () if is("of all restarts") => all.iter().map(|r| r.error).sum(),
        () if is("mean of restarts") => {
            all.iter().map(|r| r.error).sum::<f64>() / all.len() as f64
        }
        () if is("divided by restarts") => best.error / all.len() as f64,
        () if is("the gain") => best.begun - best.error,
        () if is("none") => 0.0,
        () => best.error,
    };
    arr0(error).into_dyn()
}

/// All but the last of the trainings, where codes outnumber places.
fn with_places() -> Vec<(&'static str, Training)> {
    let mut all = trainings().to_vec();
    all.pop();
    all.into_iter().map(|t| (t.said, t)).collect()
}

fn asked_codebooks() -> Asked<Training> {
    let own: &[Slip] = said! {
        "empty codes stay": "A code that no latent chose stayed where it began, for good. It goes to the latent that lies \
            farthest from its code.",
        "all on one": "Codes that no latent chose all went to the same latent, or only one of them in a step. Once a latent is \
            taken, the next code gets the second farthest.",
        "by the new means": "The farthest latent was sought after the codes had moved. Measure from the codes of this lookup.",
        "far from the empty code": "A code that no latent chose went to the latent farthest from itself. What counts is how \
            far a latent is from the code that \
            stands for it.",
        "near to the empty code": "A code that no latent chose went to the latent that is nearest to it, and that one may be \
            served well. Take the one that \
            lies farthest from its own code.",
        "the best served": "A code that no latent chose went to the latent that lies nearest to its own code, and needs none. \
            Take the farthest: \
            `first_smallest` of the distances, each with a minus.",
        "far from the middle": "A code that no latent chose went to the latent farthest from the middle of all. That one may \
            have a code close by: what \
            counts is how far it is from its own.",
        "far from the origin": "A code that no latent chose went to the longest latent, farthest from the origin. What counts \
            is how far a latent is from \
            its own code.",
        "of the most used": "A code that no latent chose went to the farthest latent of the code that most latents chose, or \
            that adds most to the distortion. Take the farthest of all latents.",
        "split the most used": "A code that no latent chose became a copy of the one that most latents chose. It goes to the \
            latent that lies farthest from its \
            code.",
        "only at first": "Codes that no latent chose got a new place in the first step alone. A code can lose its latents \
            later, too.",
        "only at rest": "Codes that no latent chose got a new place only when the others had come to rest. They get it in \
            every step.",
        "empty to the origin": "A code that no latent chose went to the origin. Take the latent that lies farthest from its \
            code.",
        "empty to the mean": "A code that no latent chose went to the mean of all latents. Take the latent that lies farthest \
            from its code.",
        "the first latent": "Codes that no latent chose went to the first latent. Take the one that lies farthest from its code.",
        "the latent of its number": "Code k, if no latent chose it, went to latent k. Take the latent that lies farthest from \
            its code.",
        "means without the taken": "The means were taken without the latents that go to the empty codes. In this step these \
            still belong to the code they chose.",
        "looked up again": "After the empty codes had a new place, the latents were looked up again before the means were \
            taken. The means belong to the first \
            lookup; the empty codes stay on their latents until the next step.",
        "not at rest": "A restart ended when a step gained less than about a thousandth, and before it was at rest. The last \
            step is one that changes \
            nothing.",
        "half way": "The codes went half of the way to their means.",
        "start thrown away": "A start was drawn and not used, before the first restart.",
        "the last": "This is what the last restart ends with. Keep the best so far, and replace it only by one of lower \
            distortion.",
        "the first": "This is what the first restart ends with. Either the others were not tried, or they all began with the \
            same draws or where the first \
            ended, or the best so far was never replaced. The generator goes on from restart to restart.",
        "starts compared": "The start of the lowest distortion was taken. Which one ends lowest is known when all have ended.",
        "the largest gain": "The restart was taken that gained most. The one that ends lowest is asked for.",
        "better than the one before": "Each restart was compared with the one before. Compare it with the best so far, and \
            write its distortion down.",
        "one too few": "The last restart was not tried, or could not win: it ends lower.",
        "one too many": "One restart more was tried than was asked for.",
        "first left out": "The first restart could not win: it ends lower.",
        "the highest": "This is the restart with the highest distortion.",
        "averaged": "The ends were averaged. Code 3 of one restart has nothing to do with code 3 of another: take the best \
            codebook as a whole.",
    };
    Asked {
        inputs: with_places(),
        plain: 5,
        model: codebook_as,
        slips: own.to_vec(),
        harmless: &[],
        narrow: |_, _, _| String::new(),
        probes: |_, _| Vec::new(),
        sizes: |t| format!("N = {}, K = {}", t.z.nrows(), t.k),
        tolerance: 1e-7,
        wrong: "The codebook is wrong.",
        see: K_MEANS_SEE,
    }
}

fn asked_errors() -> Asked<Training> {
    let own: &[Slip] = said! {
        "a sum for the mean": "The codebook is right. Its distortion is a mean over the latents; this is the sum.",
        "a mean over components": "The codebook is right. Its distortion adds the components' squares; this is their mean.",
        "a mean over codes": "The codebook is right. Its distortion is a mean over the latents; here it was divided by the \
            number of codes.",
        "a mean of means": "The codebook is right. Its distortion is a mean over the latents; this is a mean over the codes, \
            each with the mean of its latents.",
        "rooted": "The codebook is right. Its distortion is a mean of squares; this is the root of it.",
        "distances not squared": "The codebook is right. Its distortion is a mean of squared distances; here they are not \
            squared.",
        "sizes": "The codebook is right. Its distortion is a mean of squares; here the sizes of the differences were added up.",
        "the largest": "The codebook is right. Its distortion is a mean; this is the largest squared distance.",
        "half": "The codebook is right. This is half of its distortion.",
        "of the start": "The codebook is right. This is the distortion of the start that it came from.",
        "of a step before": "The codebook is right. This is the distortion before its last step; look up once more.",
        "of the last": "The codebook is right. This is the distortion of the last restart.",
        "of the first": "The codebook is right. This is the distortion of the first restart.",
        "of the highest": "The codebook is right. This is the distortion of the restart that ends highest.",
        "of the best start": "The codebook is right. This is the lowest distortion of a start.",
        "of all restarts": "The codebook is right. This is the sum of the distortions of all restarts.",
        "mean of restarts": "The codebook is right. This is the mean of the distortions of all restarts.",
        "divided by restarts": "The codebook is right. Its distortion was divided by the number of restarts.",
        "the gain": "The codebook is right. This is by how much the distortion fell; what is left is asked for.",
        "none": "The codebook is right. Its distortion is 0 here, as if it had never been written down.",
    };
    Asked {
        inputs: with_places(),
        plain: 5,
        model: error_as,
        slips: own.to_vec(),
        harmless: &[],
        narrow: |_, _, _| String::new(),
        probes: |_, _| Vec::new(),
        sizes: |t| format!("N = {}, K = {}", t.z.nrows(), t.k),
        tolerance: 1e-9,
        wrong: "The codebook is right, its distortion is not.",
        see: K_MEANS_SEE,
    }
}

type Learns = fn(
    &Array2<f64>,
    usize,
    usize,
    Start,
    &mut ChaCha8Rng,
) -> (Array2<f64>, f64);

pub fn k_means(candidate: Learns) -> Result<(), Diagnosis> {
    let mut seen = Vec::new();
    for training in trainings() {
        let it = training.clone();
        let came = in_time(move || {
            let Training { z, k, restarts, start, .. } = &it;
            let rng = &mut it.rng();
            let came = candidate(z, *k, *restarts, *start, rng);
            (came, rng.random::<u64>())
        });
        let Some((came, next)) = came else {
            let what = format!(
                "It has not come to an end in twenty seconds: {}. A step that changes nothing is the last; and a latent that \
                    lies \
                 on its code is not taken for another.",
                training.said
            );
            return Err(Diagnosis::new("never ends", what, K_MEANS_SEE));
        };
        seen.push((training, came, next));
    }
    // Where codes outnumber places, copies may lie anywhere.
    let (copies, (codebook, error), _) = seen.pop().expect("seven trainings");
    let codebooks: Vec<_> = seen
        .iter()
        .map(|(_, (codebook, _), _)| in_order(codebook).into_dyn())
        .collect();
    for (training, (codebook, _), next) in &seen {
        let right = restarts(training, &|_| false);
        let best = &right[lowest(&right)];
        if same_codes(&best.codebook, codebook) {
            continue;
        }
        if let Some(told) = no_codebook(training, codebook) {
            return Err(told);
        }
        let here = error_of(&training.z, codebook);
        let ends = format!(
            " ({}: yours ends at a distortion of {here:.5}, the right one at {:.5}.)",
            training.said, best.error
        );
        let asked = asked_codebooks();
        let known = asked
            .explained(&codebooks, codebooks.len())
            .or_else(|| asked.explained(&codebooks, asked.plain));
        let mut told = match known {
            Some((mut told, besides)) => {
                if let Some(place) = besides {
                    told.what += &format!(
                        " So it is in the plane and in space; it goes wrong otherwise {place}."
                    );
                }
                told
            }
            None => unforeseen(training, codebook, *next, &right, candidate),
        };
        told.what += &ends;
        return Err(told.with(
            format!("{:.4}", in_order(&best.codebook)),
            format!("{:.4}", in_order(codebook)),
        ));
    }
    let errors = |t: &Training| {
        let of = seen.iter().find(|(seen, ..)| seen.said == t.said);
        let error = of.map_or(f64::NAN, |(_, (_, error), _)| *error);
        arr0(error).into_dyn()
    };
    asked_errors().tried(errors)?;
    let (k, c) = (copies.k, copies.z.ncols());
    let fits = codebook.dim() == (k, c)
        && codebook.iter().all(|v| v.is_finite())
        && error == 0.0
        && error_of(&copies.z, &codebook) == 0.0;
    if fits {
        return Ok(());
    }
    let what = format!(
        "It goes wrong where codes outnumber places: {}. Each place gets a code, and the distortion is 0.",
        copies.said
    );
    Err(Diagnosis::new("codes outnumber places", what, K_MEANS_SEE)
        .with(0, format!("{error}, from\n{codebook:.3}")))
}

/// What to say of what is no codebook at all.
fn no_codebook(
    Training { said, z, k, .. }: &Training,
    codebook: &Array2<f64>,
) -> Option<Diagnosis> {
    let told =
        |name, what: String| Some(Diagnosis::new(name, what, K_MEANS_SEE));
    if codebook.dim() != (*k, z.ncols()) {
        let shape = told(
            "wrong shape",
            format!("The codebook's shape is wrong: {said}."),
        )?;
        return Some(shape.with(
            format!("{:?}", [*k, z.ncols()]),
            format!("{:?}", codebook.shape()),
        ));
    }
    if codebook.iter().any(|v| !v.is_finite()) {
        return told(
            "no number",
            format!(
                "There are numbers in the codebook that are none: {said}."
            ),
        );
    }
    if codebook.iter().all(|v| *v == 0.0) {
        return told(
            "nothing kept",
            "All numbers are 0: no restart was kept. The lowest distortion so far begins at infinity.".into(),
        );
    }
    None
}

/// What an answer makes of single restarts, from starts whose codes are all chosen, and from others.
fn by_single_restarts(candidate: Learns) -> String {
    let all = trainings();
    let singles = |training: &Training| -> Option<bool> {
        let right = restarts(training, &|_| false);
        let each = (0..training.restarts).map(|n| {
            let (it, mut rng) = (training.clone(), training.rng());
            for _ in 0..n {
                let _ = (it.start)(&it.z, it.k, &mut rng);
            }
            let came = in_time(move || {
                candidate(&it.z, it.k, 1, it.start, &mut rng).0
            })?;
            Some(same_codes(&came, &right[n].codebook))
        });
        let each: Option<Vec<bool>> = each.collect();
        Some(each?.into_iter().all(|same| same))
    };
    let found = [singles(&all[0]), singles(&all[2])];
    match found {
        [Some(true), Some(true)] => {
            " Asked for a single restart it always gives the right codebook: look at how the best of several is kept, and what \
                goes on from one \
             to the next."
        }
        [Some(true), _] => {
            " Single restarts from k-means++, where each code is chosen, come out right; from a box, where some are not, they \
                do not: look at \
             the codes that no latent chose."
        }
        [Some(false), _] => {
            " A single restart from k-means++ comes out wrong, where each code is chosen by one latent at least: look at the \
                steps, at when they \
             end, and at which codes count as chosen by none."
        }
        _ => "",
    }
    .into()
}

/// What to say of a codebook that no slip explains.
fn unforeseen(
    training: &Training,
    codebook: &Array2<f64>,
    next: u64,
    right: &[Restart],
    candidate: Learns,
) -> Diagnosis {
    let Training { z, k, .. } = training;
    let alone = by_single_restarts(candidate);
    let told =
        |name, what: String| Diagnosis::new(name, what + &alone, K_MEANS_SEE);
    let indices = looked_up(z, codebook);
    let used = usage(&indices, *k);
    let empty = used.iter().filter(|n| **n == 0).count();
    let means = means_of(z, &indices, codebook);
    let by_means = (&means - codebook).fold(0.0_f64, |a, v| a.max(v.abs()));
    let step = stepped(z, codebook, 0, &|_| false);
    let way = (&step - codebook).fold(0.0_f64, |a, v| a.max(v.abs()));
    if way > 1e-6 {
        let where_ = match (by_means > 1e-6, empty) {
            (true, 0) => "The codes do not lie at the means of their latents: go on until a step changes nothing.".to_string(),
            (true, n) => format!(
                "The codes do not lie at the means of their latents, and no latent chooses {n} of them: go on until a step \
                    changes nothing."
            ),
            (false, n) => format!(
                "All that are used lie at the means of their latents; but no latent chooses {n}, and these go to the latents \
                    that lie \
                 farthest from their codes, in every step."
            ),
        };
        return told(
            "not at rest",
            format!(
                "This codebook is not done: another step moves a number of it by {way:.1e}. {where_}"
            ),
        );
    }
    if let Some(n) =
        right.iter().position(|r| same_codes(&r.codebook, codebook))
    {
        return told(
            "another restart",
            format!(
                "It comes to rest where restart {} of {} does, and restart {} ends lower. Either the best was not kept, or the \
                    steps to it \
                 were others.",
                n + 1,
                right.len(),
                lowest(right) + 1
            ),
        );
    }
    let mut rng = training.rng();
    for _ in 0..training.restarts {
        let _ = (training.start)(z, *k, &mut rng);
    }
    if next != rng.random::<u64>() {
        return Diagnosis::new(
            "other draws",
            "The codebook is at rest, and it is none that these starts lead to: your function has drawn more random numbers, \
                or fewer. Only \
             `start` draws, once for each restart."
            .to_string(),
            K_MEANS_SEE,
        );
    }
    told(
        "value",
        "The codebook is at rest, and it is none that these starts lead to: the draws are right, so it is a step that goes \
            another way."
            .into(),
    )
}

/// Why so much of the distortion of exercise 5.9 is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// A cell is half as wide.
    HalfAsWide,
    /// The codes share the error among them.
    TheyShareIt,
    /// The width of a cell is a root of its volume.
    TheSideIsARoot,
    /// One component is cut twice as finely.
    OneComponentIsCut,
    /// More codes are stuck.
    TheyAreStuck,
}

/// Latents of so many components, each even between 0 and 1.
fn even(c: usize) -> Array2<f64> {
    let unit = Uniform::new(0.0, 1.0).unwrap_or_else(|e| panic!("{e}"));
    Array2::random_using((4000, c), unit, &mut rng_at(5, 9))
}

/// The distortions of so many codes for these latents, from several starts.
fn learnt(z: &Array2<f64>, k: usize, starts: usize) -> Vec<f64> {
    let rng = &mut rng_at(5, k as u64);
    let one = |_| {
        let mut codebook = plus_plus(z, k, rng);
        for _ in 0..60 {
            let step = lloyd_step(z, &codebook);
            codebook = step.unwrap_or_else(|e| panic!("{e}")).0;
        }
        error_of(z, &codebook)
    };
    (0..starts).map(one).collect()
}

fn best_of(errors: &[f64]) -> f64 {
    errors.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The share that twice 16 codes leave, in so many components.
fn left(c: usize) -> f64 {
    let z = even(c);
    best_of(&learnt(&z, 32, 4)) / best_of(&learnt(&z, 16, 4))
}

/// The share that 32 codes on a lattice leave which has two steps in three components and four in one.
fn on_a_lattice() -> f64 {
    let z = even(4);
    let place = |n: usize, steps: usize| (n as f64 + 0.5) / steps as f64;
    let lattice = |k: usize| {
        Array2::from_shape_fn((k, 4), |(n, axis)| match axis {
            0 => place(n / 8, k / 8),
            axis => place(n >> (axis - 1) & 1, 2),
        })
    };
    error_of(&z, &lattice(32)) / error_of(&z, &lattice(16))
}

pub fn doubled(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § Digits in few patches";
    static HERE: LazyLock<f64> = LazyLock::new(|| left(4));
    let (share, because) = candidate();
    let here = *HERE;
    let right = (share - here).abs() <= 0.04;
    let came = match right {
        true => "The number came: the share that is left is",
        false => "The share that is left is",
    };
    let told = |name, what: String| {
        let what = format!("{came} {here:.2}. {what}");
        Err(Diagnosis::new(name, what, SEE)
            .with(format!("{here:.2}"), format!("{share:.2}, {because:?}")))
    };
    match because {
        Because::HalfAsWide => told(
            "half as wide",
            format!(
                "In one component a cell is half as wide, and {:.2} is left there. In four, cells half as wide in each would \
                    be sixteen \
                 times as many.",
                left(1)
            ),
        ),
        Because::TheyShareIt => told(
            "they share it",
            format!(
                "Each code has half as many latents; but why should each of these be half as far from it, squared? It is so in \
                    the plane, \
                 where {:.2} is left. In one component it is {:.2}.",
                left(2),
                left(1)
            ),
        ),
        Because::OneComponentIsCut => told(
            "one component is cut",
            format!(
                "That would leave {:.2}: three components as before, and a quarter of one. Codes need not lie on a lattice, \
                    and k-means \
                 finds a place for them where all four gain.",
                on_a_lattice()
            ),
        ),
        Because::TheyAreStuck => {
            let errors = learnt(&even(4), 32, 12);
            let most = errors.iter().copied().fold(0.0, f64::max);
            told(
                "they are stuck",
                format!(
                    "Of 12 starts the best ends at {:.4} and the worst at {most:.4}: hardly anything depends on the start. \
                        These latents \
                     have no clusters in which a code could be stuck.",
                    best_of(&errors)
                ),
            )
        }
        Because::TheSideIsARoot if !right => told(
            "a reason without its number",
            "The reason is right. Its number: half the volume is a width of the fourth root of ½, and the error goes with the \
                square of \
             the width."
                .into(),
        ),
        Because::TheSideIsARoot => Ok(()),
    }
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::OneCluster => "one cluster",
        Cause::FarStart => "far start",
        Cause::DotProduct => "dot product",
        Cause::DividedByAll => "divided by all",
        Cause::OneLatent => "one latent",
        Cause::ScaledCopy => "scaled copy",
        Cause::LargeOffset => "large offset",
        Cause::UnitLength => "unit length",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::OneCluster => {
            "From a start in one cluster all codes stay in use, and most of them share that cluster, while one has to serve \
                several others; \
             after a few steps nothing moves."
        }
        Cause::FarStart => {
            "From a start far out the few codes that are nearest to the latents serve them all. The others stay where they \
                began, and most \
             of these lie outside the picture."
        }
        Cause::DotProduct => {
            "By the largest dot product the long codes win: what lies in the middle is chosen by no latent, and stays at its \
                place, and a \
             code may lie between the clusters that it serves."
        }
        Cause::DividedByAll => {
            "Divided by N, each code is drawn to the middle by the share of the latents that chose it, until all lie there, \
                close together."
        }
        Cause::OneLatent => {
            "With one latent a step, a code jumps onto a latent and stays there until it is chosen again: in the right \
                cluster, beside its \
             middle, and never at rest."
        }
        Cause::ScaledCopy => {
            "Learnt from a scaled copy, the codes come to rest as if all were well; but they lie on a grid of another width \
                than the \
             latents do, off by more the farther out."
        }
        Cause::LargeOffset => {
            "Far off the origin the product errs in f32 by as much as clusters are apart: latents are given to a code of the \
                neighbours, \
             the means move, and at the next step others are given away."
        }
        Cause::UnitLength => {
            "Brought to length 1, all codes lie on a circle, and the latents inside and outside have none nearby."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 5, § What goes wrong and § Exercises";
    /// Run once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 4])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&run(Some(cause), 1).lines));
        CAUSES.map(end).into()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 4])
    };
    let runs = ["A", "B", "C", "D"];
    for ((letter, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
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
            "Run {letter} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        0.0 => "0".into(),
        _ => format!("{v:.0e}"),
    }
}
