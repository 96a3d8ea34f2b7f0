//! The checks of this chapter's exercises.

#![allow(missing_docs)] // a check is called what its exercise is called

use std::sync::LazyLock;

use gradients::plain::{bce_with_logits, sigmoid, softplus};
use lab::judging::{Out, number, one};
use lab::{Diagnosis, judge, judge_number};
use minimax_loss::plain::{
    self, g_loss_non_saturating_backward, g_loss_saturating_backward, kl,
    value_of_logits,
};
use ndarray::{Array, Array1, Array2, Axis, Dimension, Zip, arr0, array};

// `causes` finds `plain` here.
#[path = "../../src/run/experiments/causes.rs"]
pub mod causes;

// Also chapter 3's.

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, log, readings};
use lab::as_if::{Is, Tap, With, looked_at, number_through, through};

type Table = Array1<f64>;

/// What is said of an answer that is right at small logits and wrong at ±1,000.
fn at_large_logits(finite: bool, see: &'static str) -> Diagnosis {
    match finite {
        false => Diagnosis::new(
            "overflow",
            "At small logits this is right; at ±1,000 it is infinite or NaN. A power of e overflows there, and a probability rounds \
             to 0, whose logarithm is infinite. Use a form that meets neither: softplus, or σ(-s) in place of 1 - σ(s).",
            see,
        ),
        true => Diagnosis::new(
            "large logits",
            "At small logits this is right; at ±1,000 it is not. Something limits it: a clamp, or a small number that was added. \
             On the logit neither is needed.",
            see,
        ),
    }
}

/// What is said of an answer that is off everywhere by next to nothing; otherwise what would have been said.
fn or_nearly<D: Dimension>(
    otherwise: Diagnosis,
    right: &Array<f64, D>,
    came: &Array<f64, D>,
) -> Diagnosis {
    let near =
        |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-5 * a.abs().max(1.0);
    let all =
        right.shape() == came.shape() && right.iter().zip(came).all(near);
    match all && otherwise.mistake == "value" {
        true => Diagnosis::new(
            "nearly",
            "This is nearly right, and not to the digit. Was a small number added to what is divided or put into a logarithm, a \
             probability limited, or a derivative taken as a quotient of differences?",
            otherwise.see,
        ),
        false => otherwise,
    }
}

/// Looks more closely at an answer of which nothing is known, or little.
fn closely<I>(
    outcome: Result<(), Diagnosis>,
    with: With<I>,
    inputs: &[(&str, I)],
    candidate: impl Fn(&I) -> Out,
) -> Result<(), Diagnosis> {
    const LITTLE: [&str; 5] =
        ["nearly", "large logits", "far away", "tails", "zero cells"];
    outcome.map_err(|told| match told.mistake {
        "value" => looked_at(with, &[], inputs, candidate, 1e-10, told),
        name if LITTLE.contains(&name) => {
            let more = told.clone();
            let more = looked_at(with, &[], inputs, candidate, 1e-10, more);
            let what = match more.mistake == name {
                true => more.what,
                false => format!("{} {}", told.what, more.what),
            };
            Diagnosis { what, ..told }
        }
        _ => told,
    })
}

/// A column of such numbers.
fn column<const N: usize>(numbers: [f64; N]) -> Array2<f64> {
    Array1::from_iter(numbers).insert_axis(Axis(1))
}

/// A term of which an answer may be made: what it is, its numbers, and how often it belongs there.
type Term = (&'static str, Vec<f64>, f64);

/// The factors with which the terms add up to what came, if they do: least squares, by Gram and Schmidt.
fn factors(came: &[f64], terms: &[Term]) -> Option<Vec<f64>> {
    let n = terms.len();
    let dot = |a: &[f64], b: &[f64]| {
        a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()
    };
    let less = |a: &mut [f64], times: f64, b: &[f64]| {
        a.iter_mut().zip(b).for_each(|(a, b)| *a -= times * b);
    };
    let mut upright: Vec<Vec<f64>> = Vec::new();
    let mut r = vec![vec![0.0; n]; n];
    for (k, (_, term, _)) in terms.iter().enumerate() {
        let mut v = term.clone();
        for (j, u) in
            upright.iter().enumerate().chain(upright.iter().enumerate())
        {
            let along = dot(u, &v);
            r[j][k] += along;
            less(&mut v, along, u);
        }
        let size = dot(&v, &v).sqrt();
        if size < 1e-8 {
            return None;
        }
        r[k][k] = size;
        upright.push(v.iter().map(|v| v / size).collect());
    }
    let mut left = came.to_vec();
    let mut found = vec![0.0; n];
    for (found, u) in found.iter_mut().zip(&upright) {
        *found = dot(u, &left);
        less(&mut left, *found, u);
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|j| r[k][j] * found[j]).sum();
        found[k] = (found[k] - known) / r[k][k];
    }
    let fits = came.len() > n && left.iter().all(|v| v.abs() < 1e-9);
    fits.then_some(found)
}

/// Says of which terms an answer is made, where nothing better is known of it and it is made of them.
fn or_spelt(otherwise: Diagnosis, came: &[f64], terms: &[Term]) -> Diagnosis {
    let found = factors(came, terms);
    let Some(found) = found.filter(|_| otherwise.mistake == "value") else {
        return otherwise;
    };
    let spelt = |factors: &[f64]| {
        let mut words = String::new();
        for ((name, ..), c) in terms.iter().zip(factors) {
            if c.abs() < 1e-3 {
                continue;
            }
            let sign = match (c.is_sign_negative(), words.is_empty()) {
                (true, _) => " - ",
                (false, true) => "",
                (false, false) => " + ",
            };
            let size = (c.abs() * 1e3).round() / 1e3;
            if *name == "1" {
                words += &format!("{sign}{size}");
                continue;
            }
            let times = if size == 1.0 {
                String::new()
            } else {
                format!("{size} × ")
            };
            words += &format!("{sign}{times}{name}");
        }
        if words.is_empty() {
            "0".to_string()
        } else {
            words.trim_start().to_string()
        }
    };
    let right: Vec<f64> = terms.iter().map(|(.., right)| *right).collect();
    let (yours, right) = (spelt(&found), spelt(&right));
    if yours == right {
        return otherwise;
    }
    let what = format!(
        "{} On drawn inputs yours is {yours}; right is {right}.",
        otherwise.what
    );
    Diagnosis::new("other terms", what, otherwise.see)
}

/// Numbers from -2 to 2, as good as drawn.
fn numbers(n: usize, from: usize) -> impl Iterator<Item = f64> {
    (0..n).map(move |i| 2.0 * ((i + from) as f64 * 12.9898).sin())
}

/// A table of N cells, none of them empty.
fn some_table(n: usize, from: usize) -> Table {
    let mass: Table = numbers(n, from).map(f64::exp).collect();
    &mass / mass.sum()
}

/// The suspects that can be compared with what came: where one is infinite, that must be so too.
fn possible<D: Dimension>(
    suspects: Vec<(Array<f64, D>, Diagnosis)>,
    came: &Array<f64, D>,
) -> Vec<(Array<f64, D>, Diagnosis)> {
    let alike = |wrong: &Array<f64, D>| {
        wrong.shape() != came.shape()
            || wrong.iter().zip(came).all(|(a, b)| a.is_finite() || a == b)
    };
    suspects.into_iter().filter(|(wrong, _)| alike(wrong)).collect()
}

/// The same for numbers.
fn possible_number(
    suspects: Vec<(f64, Diagnosis)>,
    came: f64,
) -> Vec<(f64, Diagnosis)> {
    let alike = |wrong: f64| wrong.is_finite() || wrong == came;
    suspects.into_iter().filter(|(wrong, _)| alike(*wrong)).collect()
}

fn d_loss_by_suspects(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The discriminator's loss, equation 1.6";
    let to = |s: &Array2<f64>, t: f64| {
        bce_with_logits(s, &Array2::from_elem(s.raw_dim(), t))
    };
    let small = (
        array![[1.0], [-0.5], [3.0]],
        array![[0.5], [-2.0], [1.3], [0.0], [-0.2]],
    );
    let ties = (array![[0.0], [0.0]], array![[0.0], [0.7], [0.7], [-1.0]]);
    let one = (array![[0.3]], array![[-1.4]]);
    let large = (
        array![[1000.0], [-1000.0], [0.0]],
        array![[1000.0], [-1000.0], [2.0], [40.0]],
    );
    for (n, (real, fake)) in [small, ties, one, large].into_iter().enumerate()
    {
        let told = |name, what: &str| Diagnosis::new(name, what, SEE);
        let (b_real, b_fake) = (real.len() as f64, fake.len() as f64);
        let (on_real, on_fake) = (to(&real, 1.0), to(&fake, 0.0));
        let right = on_real + on_fake;
        let came = candidate(&real, &fake);
        let believed = |s: &Array2<f64>| s.mapv(sigmoid);
        let mean = |s: &Array2<f64>, f: &dyn Fn(f64) -> f64| {
            s.iter().map(|s| f(*s)).sum::<f64>() / s.len() as f64
        };
        let suspects = vec![
            (
                to(&real, 0.0) + to(&fake, 1.0),
                told(
                    "labels swapped",
                    "The targets are swapped: D answers the probability that its input is real.",
                ),
            ),
            (
                on_real + to(&real, 0.0),
                told(
                    "real scored twice",
                    "Both terms score the real batch. No logit can please target 1 and target 0 at once, so the \
                     loss can never fall below 2 log 2, and the fakes are never looked at.",
                ),
            ),
            (
                to(&fake, 1.0) + on_fake,
                told(
                    "fakes scored twice",
                    "Both terms score the fakes, against 1 and against 0. The real batch is never looked at.",
                ),
            ),
            (
                on_real + to(&fake, 1.0),
                told(
                    "all called real",
                    "Both batches have the target 1. Such a D learns to answer 1 to everything.",
                ),
            ),
            (
                to(&real, 0.0) + on_fake,
                told(
                    "all called fake",
                    "Both batches have the target 0. Such a D learns to answer 0 to everything.",
                ),
            ),
            (
                -right,
                told(
                    "value minimised",
                    "This is V itself. D maximises V; an optimiser minimises, so hand it -V. Minimising this makes \
                     D call real what is fake.",
                ),
            ),
            (
                on_fake,
                told(
                    "fakes only",
                    "Only the fakes are scored. Such a D learns to answer 0 to everything.",
                ),
            ),
            (
                on_real,
                told(
                    "real only",
                    "Only the real batch is scored. Such a D learns to answer 1 to everything.",
                ),
            ),
            (
                on_real - on_fake,
                told(
                    "subtracted",
                    "The fakes' term is subtracted. Both are losses already, each with its own target; add them.",
                ),
            ),
            (
                0.5 * right,
                told(
                    "halved",
                    "This is half of the loss. Equation 1.6 is the sum of two means, not their mean.",
                ),
            ),
            (
                (b_real * on_real + b_fake * on_fake) / (b_real + b_fake),
                told(
                    "one mean",
                    "One mean was taken over all examples. Each batch has its own, whatever its size; the two are added.",
                ),
            ),
            (
                b_real * on_real + b_fake * on_fake,
                told(
                    "sums for means",
                    "The losses are summed over the batches. `bce_with_logits` gives a mean, and that is what is wanted.",
                ),
            ),
            (
                on_real + on_fake * b_fake / b_real,
                told(
                    "one batch size for both",
                    "The fakes' sum was divided by the number of real examples. The batches may differ in size.",
                ),
            ),
            (
                on_real * b_real / b_fake + on_fake,
                told(
                    "one batch size for both",
                    "The real examples' sum was divided by the number of fakes. The batches may differ in size.",
                ),
            ),
            (
                right / 2.0_f64.ln(),
                told(
                    "bits",
                    "This is in bits. The workbook's losses are in nats.",
                ),
            ),
            (
                mean(&real, &|s| sigmoid(-s).powi(2))
                    + mean(&fake, &|s| sigmoid(s).powi(2)),
                told(
                    "squared error",
                    "This is a squared error of the probabilities. Equation 1.6 is a cross-entropy, whose gradient does not vanish where D is sure and wrong.",
                ),
            ),
            (
                mean(&real, &|s| -sigmoid(s))
                    + mean(&fake, &|s| -sigmoid(-s)),
                told(
                    "logarithm forgotten",
                    "These are the probabilities themselves; the loss is made of their logarithms.",
                ),
            ),
            (
                mean(&real, &|s| sigmoid(-s)) + mean(&fake, &sigmoid),
                told(
                    "logarithm forgotten",
                    "These are the probabilities of being wrong; the loss is made of logarithms.",
                ),
            ),
            (
                mean(&real, &|s| -s) + mean(&fake, &|s| s),
                told(
                    "softplus forgotten",
                    "These are the means of the logits. The loss is made of softplus(-s) and softplus(s).",
                ),
            ),
            (
                to(&real, 0.5) + to(&fake, 0.5),
                told(
                    "target of a half",
                    "Both batches have the target 1/2. That is where the game ends, not what D is told: it is told which examples are real.",
                ),
            ),
            (
                softplus(-real[[0, 0]]) + softplus(fake[[0, 0]]),
                told(
                    "the first alone",
                    "Only the first example of each batch is scored.",
                ),
            ),
            (
                mean(&real, &|s| (1.0 - s).max(0.0))
                    + mean(&fake, &|s| (1.0 + s).max(0.0)),
                told(
                    "hinge",
                    "This is the hinge loss. Equation 1.6 is made of logarithms, that is of softplus(-s) and softplus(s).",
                ),
            ),
            (
                mean(&real, &|s| (s - 1.0).powi(2)) + mean(&fake, &|s| s * s),
                told(
                    "least squares",
                    "This is the least-squares loss, on logits. Equation 1.6 is made of logarithms, that is of softplus(-s) and softplus(s).",
                ),
            ),
            (
                mean(&real, &|s| softplus(fake.sum() / b_fake - s)),
                told(
                    "real less fake",
                    "A real logit was compared with the mean of the fakes'. In equation 1.6 each logit is scored by itself, against its own target.",
                ),
            ),
            (
                on_real * on_fake,
                told("product", "The two losses are multiplied. Add them."),
            ),
            (
                on_real.max(on_fake),
                told(
                    "the larger alone",
                    "Only the larger of the two losses is taken. Add them.",
                ),
            ),
            (
                bce_with_logits(&real, &believed(&real))
                    + bce_with_logits(&fake, &believed(&fake)),
                told(
                    "answers for targets",
                    "The targets are D's own answers. They are what is known of each batch: 1 for real examples, 0 for fakes.",
                ),
            ),
            (
                bce_with_logits(&Array2::ones(real.raw_dim()), &real)
                    + bce_with_logits(&Array2::zeros(fake.raw_dim()), &fake),
                told(
                    "arguments swapped",
                    "`bce_with_logits` takes the logits first and the targets second; here it is the other way round.",
                ),
            ),
            (
                on_real + to(&fake, -1.0),
                told(
                    "target of -1",
                    "The fakes have the target -1. A target is a probability: that of being real, and for fakes it is 0.",
                ),
            ),
            (
                to(&believed(&real), 1.0) + to(&believed(&fake), 0.0),
                told(
                    "two sigmoids",
                    "`bce_with_logits` was given probabilities. It takes logits, and applies the sigmoid itself.",
                ),
            ),
        ];
        let otherwise = match n {
            3 => at_large_logits(came.is_finite(), SEE),
            _ => told("value", "The loss is wrong."),
        };
        let probes: Vec<_> = (0..9)
            .map(|n| {
                let column = |rows: usize, from: usize| {
                    let some: Table = numbers(rows, from).collect();
                    some.insert_axis(Axis(1)) // [rows, 1]
                };
                (column(3, 8 * n), column(5, 8 * n + 3))
            })
            .collect();
        let each = |f: &dyn Fn(&Array2<f64>, &Array2<f64>) -> f64| {
            probes
                .iter()
                .map(|(real, fake)| f(real, fake))
                .collect::<Vec<_>>()
        };
        let terms = [
            (
                "the mean of softplus(-s) over the real batch",
                each(&|r, _| to(r, 1.0)),
                1.0,
            ),
            (
                "the mean of softplus(s) over the fakes",
                each(&|_, f| to(f, 0.0)),
                1.0,
            ),
            (
                "the mean of softplus(s) over the real batch",
                each(&|r, _| to(r, 0.0)),
                0.0,
            ),
            (
                "the mean of softplus(-s) over the fakes",
                each(&|_, f| to(f, 1.0)),
                0.0,
            ),
            ("1", each(&|_, _| 1.0), 0.0),
        ];
        let otherwise =
            or_spelt(otherwise, &each(&|r, f| candidate(r, f)), &terms);
        let otherwise = or_nearly(otherwise, &arr0(right), &arr0(came));
        let suspects = possible_number(suspects, came);
        judge_number(right, came, 1e-10, suspects, otherwise)?;
    }
    Ok(())
}

fn g_loss_backward_by_suspects(
    candidate: fn(&Array2<f64>, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The loss in use, equations 1.8 and 1.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let some = array![[0.5], [-2.0], [-4.6], [3.0], [0.0]];
    let large = array![[1000.0], [-1000.0], [40.0], [0.0]];
    let cases = [
        (some.clone(), 0.3),
        (some.clone(), 1.0),
        (some.clone(), 0.0),
        (some, 0.5),
        (array![[-1.5]], 0.8),
        (Array2::zeros((0, 1)), 0.3),
        (large, 0.3),
    ];
    for (n, (s, alpha)) in cases.into_iter().enumerate() {
        let b = s.len() as f64;
        let d = s.mapv(sigmoid); // [B, 1]
        let not_d = s.mapv(|s| sigmoid(-s)); // [B, 1]
        // (1 - alpha) and alpha times what each loss gives, over B.
        let sum = |first: &Array2<f64>, second: &Array2<f64>| {
            (first * (1.0 - alpha) + second * alpha) / b // [B, 1]
        };
        let right = sum(&-&d, &-&not_d);
        let came = candidate(&s, alpha);
        let loss = sum(&s.mapv(|s| -softplus(s)), &s.mapv(|s| softplus(-s)));
        let suspects = vec![
            (
                -&d / b,
                told(
                    "saturating",
                    "This is -D / B, the gradient of the saturating loss, whatever alpha is. The slope of softplus(-s) is -σ(-s), \
                     which is -(1 - D).",
                ),
            ),
            (
                -&not_d / b,
                told(
                    "alpha ignored",
                    "This is -(1 - D) / B, the gradient of the loss in use, whatever alpha is.",
                ),
            ),
            (
                (&d * -alpha - &not_d * (1.0 - alpha)) / b,
                told(
                    "weights swapped",
                    "The weights are swapped: alpha belongs to the loss in use, 1 - alpha to the saturating one.",
                ),
            ),
            (
                (-&d - &not_d * alpha) / b,
                told(
                    "a weight forgotten",
                    "The saturating loss has lost its weight 1 - alpha.",
                ),
            ),
            (
                (&d * (alpha - 1.0) - &not_d) / b,
                told(
                    "a weight forgotten",
                    "The loss in use has lost its weight alpha.",
                ),
            ),
            (
                &d * (alpha - 1.0) / b,
                told(
                    "a term dropped",
                    "The second term is missing, -alpha log D.",
                ),
            ),
            (
                &not_d * -alpha / b,
                told(
                    "a term dropped",
                    "The first term is missing, (1 - alpha) log(1 - D).",
                ),
            ),
            (
                -&right,
                told(
                    "sign",
                    "The sign is turned: descending along this makes the fakes easier to catch. It is what \
                     minimising mean log D does.",
                ),
            ),
            (
                sum(&-&d, &not_d),
                told(
                    "a sign inside",
                    "The second term has the wrong sign. In softplus(-s) the inner minus comes out when one differentiates; or the \
                     minus before alpha log D was lost.",
                ),
            ),
            (
                sum(&d, &-&not_d),
                told(
                    "a sign inside",
                    "The first term has the wrong sign: log(1 - D) is -softplus(s), and falls when s rises.",
                ),
            ),
            (
                &right * b,
                told(
                    "mean forgotten",
                    "Each element of the gradient of a mean is divided by B.",
                ),
            ),
            (
                sum(&(-1.0 / &not_d), &(-1.0 / &d)),
                told(
                    "at the probability",
                    "This is the gradient at D, not at the logit. Multiply by dD/ds = D (1 - D); a factor cancels in each term.",
                ),
            ),
            (
                &right * &d * &not_d,
                told(
                    "sigmoid differentiated twice",
                    "There is a factor D (1 - D) too many. -D and -(1 - D) are the slopes at the logit already.",
                ),
            ),
            (
                sum(
                    &-s.mapv(|s| sigmoid(sigmoid(s))),
                    &-s.mapv(|s| sigmoid(-sigmoid(s))),
                ),
                told(
                    "two sigmoids",
                    "The sigmoid is applied twice. The argument is a logit, and D = σ(s).",
                ),
            ),
            (
                sum(&(-1.0 / &not_d), &-&not_d),
                told(
                    "at the probability",
                    "The first term is differentiated at D, not at the logit. Multiply by dD/ds = D (1 - D); a factor cancels.",
                ),
            ),
            (
                sum(&-&d, &(-1.0 / &d)),
                told(
                    "at the probability",
                    "The second term is differentiated at D, not at the logit. Multiply by dD/ds = D (1 - D); the D cancels.",
                ),
            ),
            (
                sum(&(-&d * &not_d), &(-&d * &not_d)),
                told(
                    "logarithms forgotten",
                    "This is -D (1 - D) / B, whatever alpha is: the slope of -D at the logit. The loss is made of logarithms.",
                ),
            ),
            (
                Array2::from_elem(s.raw_dim(), -alpha / b),
                told(
                    "terms cancelled",
                    "All fakes get -alpha / B. Only at alpha = 1/2 do the two terms add up to a constant.",
                ),
            ),
            (
                sum(&-&not_d, &-&d),
                told(
                    "losses swapped",
                    "Each term has the other one's slope: log(1 - D) has -D at the logit, -log D has -(1 - D).",
                ),
            ),
            (
                s.mapv(|_| -1.0 / b),
                told(
                    "weights forgotten",
                    "All fakes get -1 / B: the two slopes add up to that without their weights, 1 - alpha and alpha.",
                ),
            ),
            (
                (&d * (-1.0 - alpha) - &not_d * alpha) / b,
                told(
                    "a weight",
                    "The saturating loss has the weight 1 + alpha here. It is 1 - alpha.",
                ),
            ),
            (
                &right * b / (b - 1.0),
                told(
                    "one less",
                    "This was divided by B - 1. A mean over B fakes is divided by B.",
                ),
            ),
            (
                (&d * alpha - &not_d * (1.0 - alpha)) / b,
                told(
                    "weights swapped",
                    "The weights are swapped, and the sign of the first term is turned: alpha belongs to the loss in use, and both slopes are negative.",
                ),
            ),
            (
                sum(&(-&d * b), &-&not_d),
                told(
                    "one term over B",
                    "Only the second term was divided by B. The mean is over the whole loss.",
                ),
            ),
            (
                sum(&-&d, &(-&not_d * b)),
                told(
                    "one term over B",
                    "Only the first term was divided by B. The mean is over the whole loss.",
                ),
            ),
            (
                Array2::from_elem(s.raw_dim(), right.sum()),
                told(
                    "one for all",
                    "Every fake gets the same, the mean over the batch. Each logit has a slope of its own, over B.",
                ),
            ),
            (
                Array2::from_elem(s.raw_dim(), right.sum() / b),
                told(
                    "one for all",
                    "Every fake gets the same. Each logit has a slope of its own, over B.",
                ),
            ),
            (
                sum(&(-&d * &not_d), &-&not_d),
                told(
                    "sigmoid differentiated twice",
                    "The first term has a factor 1 - D too many: the slope of log(1 - D) at the logit is -D.",
                ),
            ),
            (
                sum(&-&d, &(-&d * &not_d)),
                told(
                    "sigmoid differentiated twice",
                    "The second term has a factor D too many: the slope of -log D at the logit is -(1 - D).",
                ),
            ),
            (
                sum(&s.mapv(softplus), &s.mapv(|s| softplus(-s))),
                told(
                    "loss for slope",
                    "These are losses, -log(1 - D) and -log D, weighted and over B. Wanted is the slope of each loss at its logit.",
                ),
            ),
            (
                loss.clone(),
                told(
                    "loss for slope",
                    "These are the losses of the single fakes, over B. Wanted is the slope of each at its logit.",
                ),
            ),
            (
                loss * b,
                told(
                    "loss for slope",
                    "These are the losses of the single fakes. Wanted is the slope of each at its logit, over B.",
                ),
            ),
        ];
        let finite = came.iter().all(|v| v.is_finite());
        let otherwise = match n {
            6 => at_large_logits(finite, SEE),
            _ => told("value", "The gradient is wrong."),
        };
        let probe: Table = numbers(8, 0).collect();
        let probe = probe.insert_axis(Axis(1)); // [8, 1]
        let each = |f: &dyn Fn(f64) -> f64| {
            probe.iter().map(|s| f(*s) / 8.0).collect::<Vec<_>>()
        };
        let terms = [
            ("D / B", each(&sigmoid), alpha - 1.0),
            ("(1 - D) / B", each(&|s| sigmoid(-s)), -alpha),
            ("D (1 - D) / B", each(&|s| sigmoid(s) * sigmoid(-s)), 0.0),
            ("softplus(s) / B", each(&softplus), 0.0),
            ("softplus(-s) / B", each(&|s| softplus(-s)), 0.0),
        ];
        let given = candidate(&probe, alpha);
        let given: Vec<f64> = given.iter().copied().collect();
        let otherwise = or_spelt(otherwise, &given, &terms);
        // With an empty batch every suspect is right.
        let suspects = if s.is_empty() { vec![] } else { suspects };
        let otherwise = or_nearly(otherwise, &right, &came);
        let suspects = possible(suspects, &came);
        judge(&right, &came, 1e-10, suspects, otherwise)?;
    }
    Ok(())
}

fn optimal_d_by_suspects(
    candidate: fn(&Table, &Table, f64) -> Table,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The best discriminator, equation 1.3";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let p = array![0.5, 0.2, 0.3, 0.0, 0.0, 1e-9, 1e-200];
    let q = array![0.1, 0.2, 0.0, 0.7, 0.0, 3e-9, 4e-200];
    let none: Table = array![];
    let cases =
        [(&p, &q, 0.2), (&q, &p, 0.75), (&p, &q, 0.5), (&none, &none, 0.3)];
    for (p, q, share) in cases {
        let cells = |f: &dyn Fn(f64, f64) -> f64| {
            Zip::from(p).and(q).map_collect(|&p, &q| f(p, q))
        };
        let rest = 1.0 - share;
        let of =
            |a: f64, b: f64| if a + b > 0.0 { a / (a + b) } else { share };
        let right = cells(&|p, q| of(share * p, rest * q));
        let mut came = candidate(p, q, share);
        if came.len() == right.len() {
            let mut mended = came.clone();
            Zip::from(&mut mended).and(p).and(q).for_each(|d, p, q| {
                if p + q == 0.0 {
                    *d = share;
                }
            });
            let elsewhere =
                (&mended - &right).iter().all(|v| v.abs() < 1e-10);
            if elsewhere
                && judge(&right, &came, 1e-10, vec![], told("", "")).is_err()
            {
                let what = "All is right but a cell in which neither real examples nor fakes lie. There the answer is agreed to be \
                            `share`; 0 / 0 is NaN.";
                return Err(told("empty cell", what).with(&right, &came));
            }
        }
        // Nor does a wrong answer for the empty cell hide another mistake: it is told when it is the only one.
        if came.len() == right.len() {
            Zip::from(&mut came).and(p).and(q).for_each(|d, p, q| {
                if p + q == 0.0 && !d.is_finite() {
                    *d = share;
                }
            });
        }
        let judged = |f: &dyn Fn(f64, f64) -> f64, empty: f64| {
            cells(&|p, q| if p + q > 0.0 { f(p, q) } else { empty })
        };
        let mut suspects = Vec::new();
        for empty in [share, 0.5, 0.0, 1.0] {
            let mut say = |f: &dyn Fn(f64, f64) -> f64, name, what: &str| {
                suspects.push((judged(f, empty), told(name, what)));
            };
            say(
                &|p, q| if share * p > rest * q { 1.0 } else { 0.0 },
                "verdict",
                "This gives a verdict, 0 or 1. D sees only x, and the same x can come from either side: its \
                 best answer is a probability.",
            );
            say(
                &|p, q| if p > q { 1.0 } else { 0.0 },
                "verdict",
                "This gives a verdict, 0 or 1, and without the share. D sees only x, and the same x can come from either side: \
                 its best answer is a probability.",
            );
            say(
                &|p, q| of(rest * q, share * p),
                "sides swapped",
                "This is the probability of being generated; D answers that of being real.",
            );
            say(
                &|p, q| of(p, q),
                "share ignored",
                "This is p / (p + q), the best answer where real examples and fakes are equally many. Here they are not.",
            );
            say(
                &|p, q| of(q, p),
                "sides swapped",
                "This is the probability of being generated, and without the share; D answers that of being real.",
            );
            say(
                &|p, q| of(rest * p, share * q),
                "shares swapped",
                "The weights are swapped: `share` is how many of all are real, so it belongs to p.",
            );
            say(
                &|p, q| of(share * p, q),
                "fakes not weighted",
                "The fakes have no weight. A share of 1 - `share` of all is fake, so that q counts (1 - share) q.",
            );
            say(
                &|p, q| of(p, rest * q),
                "real not weighted",
                "The real examples have no weight. A `share` of all is real, so that p counts share p.",
            );
            say(
                &|p, q| share * of(p, q),
                "share times the answer",
                "This is share p / (p + q). The share changes what lies in the cell, so it stands in the denominator too.",
            );
            say(
                &|p, q| share * p / (p + q) / (share * p / (p + q) + rest),
                "half weighted",
                "The share is weighed against the whole of the fakes' share. Weigh q with it: (1 - share) q.",
            );
            say(
                &|p, q| share * p + rest * q,
                "the mixture",
                "This is how densely anything lies in the cell. D says which part of it is real.",
            );
            say(
                &|p, q| (share * p / (rest * q)).ln(),
                "logit",
                "This is the best logit, log(share p) - log((1 - share) q). Asked for is the probability, σ of it.",
            );
            say(
                &|p, q| of(share * share * p, rest * rest * q),
                "weighted twice",
                "The weights were applied twice.",
            );
        }
        suspects.push((
            cells(&|_, _| 0.5),
            told(
                "always half",
                "1/2 everywhere is best only when the two are equally dense. It is where the game ends, not what D aims for.",
            ),
        ));
        suspects.push((
            cells(&|_, _| share),
            told(
                "always the share",
                "This says `share` of every x, and so does not look at it.",
            ),
        ));
        suspects.push((
            cells(&|p, q| {
                if p > 0.0 && q > 0.0 { of(share * p, rest * q) } else { share }
            }),
            told(
                "one side for none",
                "A cell in which one of the two is 0 was taken for an empty one. If only real examples lie there, the answer is 1; \
                 if only fakes do, it is 0.",
            ),
        ));
        for (real_only, fake_only) in [(share, 0.0), (1.0, share)] {
            suspects.push((
                cells(&|p, q| match (p > 0.0, q > 0.0) {
                    (true, false) => real_only,
                    (false, true) => fake_only,
                    _ => of(share * p, rest * q),
                }),
                told(
                    "one side for none",
                    "A cell in which one of the two is 0 was taken for an empty one. If only real examples lie there, the answer is 1; \
                     if only fakes do, it is 0.",
                ),
            ));
        }
        for limit in [0.1, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8] {
            suspects.push((
                right.mapv(|d| d.clamp(limit, 1.0 - limit)),
                told(
                    "limited",
                    "The answer is kept away from 0 and 1. Where only real examples lie, the best answer is 1, and 0 where only fakes do.",
                ),
            ));
        }
        suspects.push((
            cells(&|p, q| {
                if p + q > 0.0 {
                    sigmoid(share * p.ln() - rest * q.ln())
                } else {
                    share
                }
            }),
            told(
                "logarithms weighted",
                "The log-densities are weighted. A weight multiplies the density, so it adds log `share` to its logarithm.",
            ),
        ));
        for empty in [share, 0.0, 0.5] {
            suspects.push((
                cells(&|p, q| {
                    let all = share * p + rest * q;
                    if all > 0.0 { p / all } else { empty }
                }),
                told(
                    "weight above forgotten",
                    "Above the line `share` is missing: of all that lies in the cell, share p is real.",
                ),
            ));
            suspects.push((
                cells(&|p, q| {
                    let all = share * p + 1.0 - share * q;
                    if p + q > 0.0 { share * p / all } else { empty }
                }),
                told(
                    "brackets forgotten",
                    "1 - share needs brackets: without them it is 1 - (share q) that is added.",
                ),
            ));
        }
        suspects.push((
            cells(&|p, q| of(share * q, rest * p)),
            told(
                "sides swapped",
                "p and q have changed places. D answers the probability of being real, and real examples lie as p says.",
            ),
        ));
        suspects.push((
            cells(&|p, q| {
                if p + q > 0.0 { share * p - rest * q } else { share }
            }),
            told(
                "difference",
                "This is by how much real examples lie denser than fakes. Asked for is which part of all that lies there is real.",
            ),
        ));
        suspects.push((
            cells(&|p, q| of(p, share * q)),
            told(
                "shares swapped",
                "The fakes have the weight `share`, and real examples none. Real ones have `share`, fakes the rest.",
            ),
        ));
        suspects.push((
            cells(&|p, q| {
                if p + q > 0.0 {
                    sigmoid(of(share * p, rest * q))
                } else {
                    share
                }
            }),
            told(
                "one sigmoid too many",
                "A sigmoid was applied to what is a probability already.",
            ),
        ));
        suspects.push((
            cells(&|p, q| of(share * p, (1.0 + share) * q)),
            told(
                "weight of the fakes",
                "The fakes have the weight 1 + share here. The two weights add up to 1: it is 1 - share.",
            ),
        ));
        // NaN never equals: what is undefined is compared by what is defined.
        let alike = |f: &dyn Fn(f64, f64) -> f64| {
            let same = |(a, b): (&f64, &f64)| {
                a == b || (a - b).abs() < 1e-9 || !a.is_finite()
            };
            came.len() == p.len() && cells(f).iter().zip(&came).all(same)
        };
        let odds =
            alike(&|p, q| share * p / (rest * q)) || alike(&|p, q| p / q);
        let bulk = |n: usize| p[n] + q[n] < 1e-6;
        let tails = came.len() == right.len()
            && (0..p.len())
                .all(|n| bulk(n) || (came[n] - right[n]).abs() < 1e-6);
        let otherwise = match (odds, tails) {
            _ if came.is_empty() => told("value", "Some cell is wrong."),
            (true, _) => told(
                "ratio",
                "p / q is the odds, not the probability: it exceeds 1, and is undefined where q is 0.",
            ),
            (_, true) => told(
                "tails",
                "Where much lies this is right, and where next to nothing lies it is not. A small number was added, or a cell with \
                 little mass was taken for an empty one. Only where both are 0 is the answer agreed.",
            ),
            _ => told("value", "Some cell is wrong."),
        };
        let otherwise = or_nearly(otherwise, &right, &came);
        let suspects = possible(suspects, &came);
        judge(&right, &came, 1e-10, suspects, otherwise)?;
    }
    Ok(())
}

fn jsd_by_suspects(
    candidate: fn(&Table, &Table, f64) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 1, § What the best discriminator measures, equation 1.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let full = (array![0.5, 0.3, 0.2], array![0.1, 0.3, 0.6]);
    let holes =
        (array![0.5, 0.2, 0.3, 0.0, 0.0], array![0.1, 0.2, 0.0, 0.7, 0.0]);
    let apart = (array![0.25, 0.75, 0.0], array![0.0, 0.0, 1.0]);
    let alike = (array![0.5, 0.5, 0.0], array![0.5, 0.5, 0.0]);
    let rare = (array![1.0 - 1e-7, 1e-7], array![1e-9, 1.0 - 1e-9]);
    let cases = [
        (full.clone(), 0.3),
        (holes.clone(), 0.3),
        ((holes.1, holes.0), 0.8),
        (apart, 0.1),
        (alike, 0.6),
        (rare, 0.4),
        (full, 0.5),
        ((array![], array![]), 0.3),
    ];
    for (n, ((p, q), share)) in cases.into_iter().enumerate() {
        let rest = 1.0 - share;
        let mix = |w: f64| &p * w + &q * (1.0 - w); // [N]
        let m = mix(share); // [N]
        let right = share * kl(&p, &m) + rest * kl(&q, &m);
        let came = candidate(&p, &q, share);
        let entropy = -share * share.ln() - rest * rest.ln();
        let half = mix(0.5); // [N]
        let ordinary = 0.5 * (kl(&p, &half) + kl(&q, &half));
        let masked = |keep: &dyn Fn(f64, f64) -> bool| {
            Zip::from(&p).and(&q).and(&m).fold(0.0, |sum, &p, &q, &m| {
                let part =
                    |a: f64| if a > 0.0 { a * (a / m).ln() } else { 0.0 };
                sum + if keep(p, q) {
                    share * part(p) + rest * part(q)
                } else {
                    0.0
                }
            })
        };
        let each = |f: &dyn Fn(f64) -> f64| {
            let sum = |a: &Table| {
                Zip::from(a).and(&m).fold(0.0, |sum, &a, &m| {
                    sum + if a > 0.0 { a * f((a / m).ln()) } else { 0.0 }
                })
            };
            share * sum(&p) + rest * sum(&q)
        };
        let (sizes, positive) = (each(&f64::abs), each(&|v| v.max(0.0)));
        let geometric = Zip::from(&p)
            .and(&q)
            .map_collect(|p, q| p.powf(share) * q.powf(rest)); // [N]
        let quotients = {
            let sum = |a: &Table| {
                Zip::from(a).and(&m).fold(0.0, |sum, &a, &m| {
                    sum + if a > 0.0 { a * a.ln() / m.ln() } else { 0.0 }
                })
            };
            share * sum(&p) + rest * sum(&q)
        };
        let log_sums = |by: &dyn Fn(f64, f64) -> f64| {
            let sum = |a: &Table| {
                Zip::from(a).and(&m).fold(0.0, |sum, &a, &m| {
                    sum + if a > 0.0 { by(a, m) * (a / m).ln() } else { 0.0 }
                })
            };
            share * sum(&p) + rest * sum(&q)
        };
        let turned =
            |w: f64, m: &Table| w * kl(m, &p) + (1.0 - w) * kl(m, &q);
        let suspects = vec![
            (
                ordinary,
                told(
                    "share ignored",
                    "This is equation 1.5, with a half for both. Here p has the weight `share` and q the rest, in m and in the mean.",
                ),
            ),
            (
                kl(&p, &m) + kl(&q, &m),
                told(
                    "sum",
                    "This is the sum of the two divergences; wanted is their mean with the weights.",
                ),
            ),
            (
                0.5 * (kl(&p, &m) + kl(&q, &m)),
                told(
                    "plain mean",
                    "m has the weights, and the mean of the two divergences has a half for each. The weights stand there too.",
                ),
            ),
            (
                share * kl(&p, &half) + rest * kl(&q, &half),
                told(
                    "plain midpoint",
                    "The mean has the weights, and m is (p + q) / 2. What lies between has the weights too: share p + (1 - share) q.",
                ),
            ),
            (
                rest * kl(&p, &m) + share * kl(&q, &m),
                told(
                    "weights swapped",
                    "In the mean the weights are swapped: `share` belongs to p.",
                ),
            ),
            (
                share * kl(&p, &mix(rest)) + rest * kl(&q, &mix(rest)),
                told(
                    "weights swapped",
                    "In m the weights are swapped: `share` belongs to p.",
                ),
            ),
            (
                rest * kl(&p, &mix(rest)) + share * kl(&q, &mix(rest)),
                told(
                    "weights swapped",
                    "The weights are swapped, in m and in the mean: `share` belongs to p.",
                ),
            ),
            (
                share * kl(&p, &q) + rest * kl(&q, &p),
                told(
                    "no midpoint",
                    "This compares p and q with each other. JSD compares each with m, which lies between, and is why it \
                     never becomes infinite.",
                ),
            ),
            (
                turned(share, &m),
                told(
                    "the other way round",
                    "This is KL from p and q to m, m log(m/p) and so on, infinite where one is 0. Wanted is KL(p || m), p log(p/m).",
                ),
            ),
            (
                share * kl(&p, &m),
                told("half of it", "The part of q is missing."),
            ),
            (
                rest * kl(&q, &m),
                told("half of it", "The part of p is missing."),
            ),
            (
                kl(&p, &m),
                told(
                    "half of it",
                    "This is KL(p || m) alone: the weights and the part of q are missing.",
                ),
            ),
            (
                share * (kl(&p, &m) + kl(&q, &m)),
                told(
                    "one weight for both",
                    "Both divergences have the weight `share`. That of q is 1 - share.",
                ),
            ),
            (
                share * kl(&p, &(&p + &q)) + rest * kl(&q, &(&p + &q)),
                told(
                    "sum for the midpoint",
                    "m is p + q here. What lies between has weights that add up to 1: share p + (1 - share) q.",
                ),
            ),
            (
                share * kl(&p, &((&p + &q) * share))
                    + rest * kl(&q, &((&p + &q) * share)),
                told(
                    "one weight for both",
                    "In m both tables have the weight `share`. That of q is 1 - share.",
                ),
            ),
            (
                share * kl(&p, &m) - rest * kl(&q, &m),
                told(
                    "subtracted",
                    "The two divergences are subtracted. Both count: add them.",
                ),
            ),
            (
                rest * kl(&q, &m) - share * kl(&p, &m),
                told(
                    "subtracted",
                    "The two divergences are subtracted. Both count: add them.",
                ),
            ),
            (
                sizes,
                told(
                    "sizes",
                    "Of each logarithm the size was taken. A divergence adds up positive and negative terms; their sum is not negative.",
                ),
            ),
            (
                positive,
                told(
                    "sizes",
                    "Negative terms were left out. A divergence adds up positive and negative terms; their sum is not negative.",
                ),
            ),
            (
                share * kl(&p, &geometric) + rest * kl(&q, &geometric),
                told(
                    "geometric midpoint",
                    "m is a geometric mean here. It is the arithmetic one, share p + (1 - share) q: that is how densely real examples and fakes lie together.",
                ),
            ),
            (
                2.0 * right,
                told(
                    "twice",
                    "This is twice the divergence. The weights add up to 1, and nothing else stands before the sum.",
                ),
            ),
            (
                share * ordinary,
                told(
                    "one weight before all",
                    "This is `share` times equation 1.5. The weights stand in m, and each before its own divergence.",
                ),
            ),
            (
                kl(&p, &m) + rest * kl(&q, &m),
                told(
                    "a weight forgotten",
                    "The divergence of p has lost its weight, `share`.",
                ),
            ),
            (
                share * kl(&p, &m) + kl(&q, &m),
                told(
                    "a weight forgotten",
                    "The divergence of q has lost its weight, 1 - `share`.",
                ),
            ),
            (
                quotients,
                told(
                    "quotient of logarithms",
                    "A logarithm is divided by another. The logarithm of p / m is log p - log m.",
                ),
            ),
            (
                log_sums(&|_, _| 1.0),
                told(
                    "masses forgotten",
                    "The logarithms are not weighted with the masses: KL(p || m) is the sum of p log(p / m).",
                ),
            ),
            (
                log_sums(&|_, m| m),
                told(
                    "weighted with m",
                    "The logarithms are weighted with m. KL(p || m) is the sum of p log(p / m), and that of q likewise with q.",
                ),
            ),
            (
                right / 2.0_f64.ln(),
                told(
                    "bits",
                    "This is in bits. The workbook's divergences are in nats.",
                ),
            ),
            (
                right / 10.0_f64.ln(),
                told(
                    "bits",
                    "The logarithm is to base 10. The workbook's divergences are in nats, with the natural one.",
                ),
            ),
            (
                right - entropy,
                told(
                    "the value",
                    "This is the value of the game at the best discriminator. The divergence is what it has in excess of its least.",
                ),
            ),
            (
                2.0 * ordinary - 4.0_f64.ln(),
                told(
                    "the value",
                    "This is the value of the game with a half for both, 2 JSD - log 4. Wanted is the divergence, with the weights.",
                ),
            ),
            (
                right.max(0.0).sqrt(),
                told(
                    "root",
                    "This is the root of the divergence, a distance. Wanted is the divergence itself.",
                ),
            ),
            (
                masked(&|p, q| p > 0.0 && q > 0.0),
                told(
                    "zero cells",
                    "A cell in which one table is 0 was left out altogether. Only that table's term is 0; the other one's is \
                     a log(a / m).",
                ),
            ),
            (
                masked(&|p, _| p > 0.0),
                told(
                    "zero cells",
                    "A cell in which p is 0 was left out altogether. Only the term of p is 0 there; that of q is not.",
                ),
            ),
            (
                masked(&|_, q| q > 0.0),
                told(
                    "zero cells",
                    "A cell in which q is 0 was left out altogether. Only the term of q is 0 there; that of p is not.",
                ),
            ),
            (
                -right,
                told(
                    "sign",
                    "The sign is turned. A divergence is 0 or positive.",
                ),
            ),
            (
                right / p.len() as f64,
                told(
                    "averaged over cells",
                    "The sum over the cells was divided by their number. p and q are weights already.",
                ),
            ),
        ];
        let otherwise = match (came.is_finite(), n) {
            (false, 1..=4) => told(
                "zero mass",
                "A cell without mass made the result NaN or infinite. Its term is 0, since a log a goes to 0 with a; \
                 leave it out.",
            ),
            (true, 1..=4) => told(
                "zero cells",
                "Where no table is 0 this is right. Cells with mass 0 are counted wrongly; is a small number added somewhere?",
            ),
            (_, 5) => told(
                "tails",
                "This is right but for cells in which hardly anything lies. Was a small number added, or such a cell left out?",
            ),
            _ => told("value", "The divergence is wrong."),
        };
        let probes: Vec<_> = (0..16)
            .map(|n| (some_table(3, 7 * n), some_table(3, 7 * n + 4)))
            .collect();
        let each = |f: &dyn Fn(&Table, &Table) -> f64| {
            probes.iter().map(|(p, q)| f(p, q)).collect::<Vec<_>>()
        };
        let at = |w: f64, p: &Table, q: &Table| p * w + q * (1.0 - w); // [3]
        let terms = [
            ("KL(p || m)", each(&|p, q| kl(p, &at(share, p, q))), share),
            ("KL(q || m)", each(&|p, q| kl(q, &at(share, p, q))), rest),
            (
                "KL(p || (p + q) / 2)",
                each(&|p, q| kl(p, &at(0.5, p, q))),
                0.0,
            ),
            (
                "KL(q || (p + q) / 2)",
                each(&|p, q| kl(q, &at(0.5, p, q))),
                0.0,
            ),
            ("KL(p || q)", each(&kl), 0.0),
            ("KL(q || p)", each(&|p, q| kl(q, p)), 0.0),
            ("1", each(&|_, _| 1.0), 0.0),
        ];
        let terms = if share == 0.5 { vec![] } else { terms.to_vec() };
        let given = each(&|p, q| candidate(p, q, share));
        let otherwise = or_spelt(otherwise, &given, &terms);
        // Alike tables, or none, tell no mistake from another.
        let suspects = if right.abs() < 1e-9 { vec![] } else { suspects };
        let close = if n == 5 { 1e-11 } else { 1e-10 };
        let otherwise = or_nearly(otherwise, &arr0(right), &arr0(came));
        let suspects = possible_number(suspects, came);
        judge_number(right, came, close, suspects, otherwise)?;
    }
    Ok(())
}

fn value_curvature_by_suspects(
    candidate: fn(&Table, &Table, &Table) -> Table,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The best discriminator, equation 1.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let small = [
        array![0.5, 0.3, 0.2, 0.0, 0.0],
        array![0.1, 0.2, 0.0, 0.7, 0.0],
        array![0.0, 1.5, -2.0, -0.3, 0.8],
    ];
    let large = [
        array![0.5, 0.3, 0.2, 0.0],
        array![0.1, 0.2, 0.0, 0.7],
        array![1000.0, -1000.0, 40.0, -40.0],
    ];
    let one = [array![1.0], array![1.0], array![0.6]];
    let none = [array![], array![], array![]];
    for (n, [p, q, s]) in [small, one, none, large].into_iter().enumerate() {
        let (d, not_d) = (s.mapv(sigmoid), s.mapv(|s| sigmoid(-s))); // [N]
        let bend = &d * &not_d; // [N]
        let all = &p + &q; // [N]
        let right = -&all * &bend;
        let came = candidate(&p, &q, &s);
        let suspects = vec![
            (
                -&right,
                told(
                    "upward",
                    "The sign is turned: V bends down, as it has a maximum. This is the curvature of -V.",
                ),
            ),
            (
                &p - &(&all * &d),
                told(
                    "the slope",
                    "This is equation 1.4 itself, the first derivative. Differentiate once more.",
                ),
            ),
            (
                -&p / (&d * &d) - &q / &(&not_d * &not_d),
                told(
                    "at the probability",
                    "This is the second derivative at D. The table holds logits: differentiate equation 1.4 at s.",
                ),
            ),
            (
                (-&p / (&d * &d) - &q / &(&not_d * &not_d)) * &bend,
                told(
                    "at the probability",
                    "This is the second derivative at D, times dD/ds once. A second derivative does not change its variable so; \
                     differentiate equation 1.4 at s.",
                ),
            ),
            (
                (-&p / (&d * &d) - &q / &(&not_d * &not_d)) * &bend * &bend,
                told(
                    "at the probability",
                    "This is the second derivative at D, times (dD/ds)². That is right at the maximum alone: elsewhere the first \
                     derivative has a part in it. Differentiate equation 1.4 at s.",
                ),
            ),
            (
                -&all * &d,
                told(
                    "sigmoid not differentiated",
                    "The p has gone, as it should, and σ(s) stands where its derivative belongs, σ(s) (1 - σ(s)).",
                ),
            ),
            (
                -&all * &not_d,
                told(
                    "sigmoid not differentiated",
                    "This is -(p + q) (1 - σ(s)). The derivative of σ(s) is σ(s) (1 - σ(s)).",
                ),
            ),
            (
                &p - &(&all * &bend),
                told(
                    "constant kept",
                    "The p in front does not depend on s; its derivative is 0.",
                ),
            ),
            (
                &p * &bend,
                told(
                    "fakes forgotten",
                    "The fakes are missing, and the sign is turned: V bends down, and q bends it as well.",
                ),
            ),
            (
                Zip::from(&p).and(&q).map_collect(|p, q| {
                    if p + q > 0.0 { -p * q / (p + q) } else { 0.0 }
                }),
                told(
                    "at the maximum alone",
                    "This is the curvature at the best discriminator, -p q / (p + q). Asked for is that at the logits s.",
                ),
            ),
            (
                -&all * &d * &(&d + 1.0),
                told(
                    "sigmoid not differentiated",
                    "This is -(p + q) σ(s) (1 + σ(s)). The derivative of σ(s) is σ(s) (1 - σ(s)).",
                ),
            ),
            (
                -&all * &(&d * &d * -1.0 + 1.0),
                told(
                    "sigmoid not differentiated",
                    "This is -(p + q) (1 - σ(s)²), as if σ were a hyperbolic tangent. The derivative of σ(s) is σ(s) (1 - σ(s)).",
                ),
            ),
            (
                -(&p * &p + &q * &q) * &bend,
                told(
                    "masses squared",
                    "The masses are squared. They are weights, and each stands once.",
                ),
            ),
            (
                -&all * &all * &bend,
                told(
                    "masses squared",
                    "The factor p + q is squared. It stands once.",
                ),
            ),
            (
                -&p * &not_d - &q * &d,
                told(
                    "slopes added",
                    "These are the slopes of the two terms, p (1 - σ) and q σ. Both terms bend by σ (1 - σ).",
                ),
            ),
            (
                -&p * &d - &q * &not_d,
                told(
                    "slopes added",
                    "These are the two terms with σ and 1 - σ. Both terms bend by σ (1 - σ).",
                ),
            ),
            (
                -&all * &s * &(1.0 - &s),
                told(
                    "logits for probabilities",
                    "This is -(p + q) s (1 - s). The table holds logits; D is σ(s).",
                ),
            ),
            (
                -&p * &bend - &q,
                told(
                    "a term not differentiated",
                    "The term of q lacks its σ (1 - σ).",
                ),
            ),
            (
                -&q * &bend - &p,
                told(
                    "a term not differentiated",
                    "The term of p lacks its σ (1 - σ).",
                ),
            ),
            (
                (&p - &(&all * &d)).mapv(|v| v * v),
                told(
                    "slope squared",
                    "This is the square of equation 1.4. Its derivative is wanted.",
                ),
            ),
            (
                -&p - &(&all * &bend),
                told(
                    "constant kept",
                    "A term -p is left. The p in front of equation 1.4 does not depend on s; its derivative is 0.",
                ),
            ),
            (
                -&all * &d * &d,
                told(
                    "sigmoid not differentiated",
                    "This is -(p + q) σ(s)². The derivative of σ(s) is σ(s) (1 - σ(s)).",
                ),
            ),
            (
                -&p * &q * &bend,
                told(
                    "product for sum",
                    "The factor is p q. It is p + q: either of the two bends V.",
                ),
            ),
            (
                &all * -0.25,
                told(
                    "at zero alone",
                    "This is -(p + q) / 4, the curvature at s = 0, where it is steepest. Elsewhere it depends on s.",
                ),
            ),
            (
                Array1::from_elem(s.len(), right.sum()),
                told(
                    "one for all",
                    "Every cell gets the sum over all. A logit moves its own cell's term alone.",
                ),
            ),
            (
                (&p - &q) * &bend,
                told(
                    "subtracted",
                    "The terms of p and q have opposite signs here. Both logarithms bend down, so that both are negative.",
                ),
            ),
            (
                -&p * &bend,
                told(
                    "fakes forgotten",
                    "The fakes are missing: q bends V as well.",
                ),
            ),
            (
                -&q * &bend,
                told(
                    "real forgotten",
                    "The real examples are missing: p bends V as well.",
                ),
            ),
            (
                (&q - &p) * &bend,
                told(
                    "subtracted",
                    "The terms of p and q have opposite signs here. Both logarithms bend down, so that both are negative.",
                ),
            ),
            (
                -&bend,
                told(
                    "masses forgotten",
                    "The factor p + q is missing: where little lies, V bends little.",
                ),
            ),
            (
                -0.5 * &all * &bend,
                told(
                    "halved",
                    "This is half of it: m = (p + q) / 2 stands where p + q belongs.",
                ),
            ),
            (
                -&all * &bend * (&not_d - &d),
                told(
                    "a third derivative",
                    "This is the third derivative. σ (1 - σ) is the derivative of σ already.",
                ),
            ),
            (
                -&all * &bend * &bend,
                told(
                    "differentiated twice",
                    "There is a factor σ (1 - σ) too many.",
                ),
            ),
            (
                &right / s.len() as f64,
                told(
                    "averaged",
                    "This was divided by the number of cells. V is a sum over them, with the weights p and q.",
                ),
            ),
        ];
        let finite = came.iter().all(|v| v.is_finite());
        let otherwise = match n {
            3 => at_large_logits(finite, SEE),
            _ => told("value", "The curvature is wrong."),
        };
        let [p_, q_] = [2, 41].map(|from| some_table(16, from));
        let s_: Table = numbers(16, 90).collect(); // [16]
        let each = |of: &Table, f: &dyn Fn(f64) -> f64| {
            of.iter().zip(&s_).map(|(a, s)| a * f(*s)).collect::<Vec<_>>()
        };
        let bends = |s: f64| sigmoid(s) * sigmoid(-s);
        let terms = [
            ("p σ (1 - σ)", each(&p_, &bends), -1.0),
            ("q σ (1 - σ)", each(&q_, &bends), -1.0),
            ("p", each(&p_, &|_| 1.0), 0.0),
            ("q", each(&q_, &|_| 1.0), 0.0),
            ("p σ", each(&p_, &sigmoid), 0.0),
            ("q σ", each(&q_, &sigmoid), 0.0),
        ];
        let given = candidate(&p_, &q_, &s_).to_vec();
        let otherwise = or_spelt(otherwise, &given, &terms);
        let suspects = if s.is_empty() { vec![] } else { suspects };
        let otherwise = or_nearly(otherwise, &right, &came);
        let suspects = possible(suspects, &came);
        judge(&right, &came, 1e-10, suspects, otherwise)?;
    }
    Ok(())
}

/// The gradient of a generator's loss at the logits.
type Backward = fn(&Array2<f64>) -> Array2<f64>;
type Chase = fn(f64, &[Array2<f64>], f64, Backward) -> Vec<f64>;

/// The logits at the fakes m + z of the best discriminator for a generator at `at`; the data are N(0, 1).
fn best_logits(m: f64, at: f64, z: &Array2<f64>) -> Array2<f64> {
    z.mapv(|z| 0.5 * at * at - at * (m + z))
}

fn chase_by_suspects(candidate: Chase) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 1, § The loss in use, and § The best discriminator";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let several = vec![
        array![[0.5], [-1.2], [0.0]],
        array![[2.0]],
        array![[-0.3], [-0.3], [1.0], [0.4]],
        array![[0.0], [-0.7]],
    ];
    let far = vec![array![[1.0], [-1.0], [0.0]], array![[1000.0], [0.5]]];
    let cases: [(f64, Vec<Array2<f64>>, f64, Backward); 7] = [
        (1.3, several.clone(), 0.3, g_loss_non_saturating_backward),
        (-0.8, several.clone(), 0.7, g_loss_saturating_backward),
        (0.0, several.clone(), 0.5, g_loss_non_saturating_backward),
        (1000.0, far.clone(), 0.1, g_loss_non_saturating_backward),
        (-1000.0, far, 0.1, g_loss_saturating_backward),
        (3.0, vec![], 0.1, g_loss_non_saturating_backward),
        (
            2.0,
            vec![several; 50].concat(),
            0.05,
            g_loss_non_saturating_backward,
        ),
    ];
    let paths = [g_loss_non_saturating_backward, g_loss_saturating_backward]
        .map(|of: Backward| candidate(1.3, &cases[0].1, 0.3, of));
    if !paths[0].is_empty() && paths[0] == paths[1] {
        let what = "With another loss your generator goes the same way: `loss_backward` is not asked, or its answer not used.";
        return Err(told("the loss ignored", what));
    }
    for (start, noise, eta, backward) in cases {
        let walk = |step: &dyn Fn(f64, &Array2<f64>) -> f64| {
            let mut m = start;
            let next = |z| {
                m += eta * step(m, z);
                m
            };
            noise.iter().map(next).collect::<Array1<f64>>()
        };
        let d_s = |m: f64, z: &Array2<f64>| backward(&best_logits(m, m, z));
        let right = walk(&|m, z| m * d_s(m, z).sum());
        let came = Array1::from(candidate(start, &noise, eta, backward));
        if came.len() != noise.len() {
            let what = match came.first() == Some(&start) {
                true if came.len() == noise.len() + 1 => {
                    "The start is in the path. There is one m for each step, where the generator stands behind it."
                }
                _ => {
                    "There is one m for each step, where the generator stands behind it. Their number is wrong."
                }
            };
            return Err(
                told("number of steps", what).with(noise.len(), came.len())
            );
        }
        let sigmoid = |s: f64| 1.0 / (1.0 + (-s).exp());
        let mut ahead = right.clone();
        for n in 0..right.len() {
            ahead[n] = if n == 0 { start } else { right[n - 1] };
        }
        let otherwise = match came.iter().all(|m| m.is_finite()) {
            true if start.abs() > 100.0 => told(
                "far away",
                "Near the data this is right, and from a start at 1,000 it is not. Does something limit the logits or the step?",
            ),
            true => told("value", "The generator is not where it should be."),
            false if start.abs() > 100.0 => told(
                "densities",
                "From a start at 1,000 this is infinite or NaN. Densities round to 0 that far away, and 0 / 0 has no logarithm: the \
                 logit is a difference of log-densities, which are plain numbers there.",
            ),
            false => told("value", "The generator is at no number any more."),
        };
        let mut backward_in_time = noise.clone();
        backward_in_time.reverse();
        let mut suspects = vec![
            (
                {
                    let mut m = start;
                    let next = |z| {
                        m = start + eta * m * d_s(m, z).sum();
                        m
                    };
                    noise.iter().map(next).collect()
                },
                told(
                    "from the start each time",
                    "Each step begins at the start. It begins where the one before has ended.",
                ),
            ),
            (
                noise
                    .iter()
                    .map(|z| start + eta * start * d_s(start, z).sum())
                    .collect(),
                told(
                    "from the start each time",
                    "The generator takes every step from the start. Each begins where the one before has ended.",
                ),
            ),
            (
                walk(&|m, z| {
                    let mean = z.sum() / z.len() as f64;
                    m * d_s(m, &Array2::from_elem((1, 1), mean)).sum()
                }),
                told(
                    "one fake for all",
                    "The noise was averaged first, so that there is one fake. Each fake has a logit, and the gradients at them are added up.",
                ),
            ),
            (
                walk(&|m, z| m.abs() * d_s(m, z).sum()),
                told(
                    "the side forgotten",
                    "From the right this works, and from the left it runs away: the slope -m has the sign of the side on which the \
                     generator stands.",
                ),
            ),
            (
                walk(&|m, z| m * d_s(m, &-z).sum()),
                told(
                    "noise subtracted",
                    "The fakes are m - z. The generator adds the noise.",
                ),
            ),
            (
                walk(&|m, z| m * d_s(m, &(z + m)).sum()),
                told(
                    "m added twice",
                    "The fakes are moved by m twice: x = m + z, once.",
                ),
            ),
            (
                walk(&|m, z| start * d_s(m, z).sum()),
                told(
                    "the slope of the start",
                    "The logits are those of the moment, and the slope is that of the first step. Both are the best discriminator's for \
                     where the generator is now.",
                ),
            ),
            (
                {
                    let mut m = start;
                    let next = |z| {
                        m += eta * m * d_s(m, z).sum();
                        m
                    };
                    backward_in_time.iter().map(next).collect()
                },
                told(
                    "noise in reverse",
                    "The noise is taken from the last step to the first.",
                ),
            ),
            (
                right.mapv(f64::abs),
                told(
                    "distances",
                    "These are distances from the data. Asked for is m, which has a sign.",
                ),
            ),
            (
                {
                    let (mut m, mut v) = (start, 0.0);
                    let next = |z| {
                        v = 0.9 * v + m * d_s(m, z).sum();
                        m += eta * v;
                        m
                    };
                    noise.iter().map(next).collect()
                },
                told(
                    "momentum",
                    "The steps have momentum. A plain step is eta times the gradient of the moment.",
                ),
            ),
            (
                walk(&|m, z| (d_s(m, z) * z.mapv(|z| m + z)).sum()),
                told(
                    "the discriminator moves along",
                    "The best discriminator's own m was differentiated too. In the generator's turn it is a fixed function of x, \
                     m²/2 - m x with the m of this moment, whose slope in x is -m; only then does it answer.",
                ),
            ),
            (
                walk(&|m, z| {
                    start * backward(&best_logits(m, start, z)).sum()
                }),
                told(
                    "the discriminator of the start",
                    "The discriminator is that of the first step throughout. It is the best one for where the generator is now: \
                     work it out anew in each step.",
                ),
            ),
            (
                walk(&|m, z| m * d_s(m, z).sum() / z.len() as f64),
                told(
                    "averaged twice",
                    "The gradient was averaged over the batch once more. `loss_backward` has divided by B.",
                ),
            ),
            (
                walk(&|m, z| m * d_s(m, z).sum() * z.len() as f64),
                told(
                    "mean forgotten",
                    "The loss is a mean over the batch, and its gradient has a 1 / B already; yours is that of the sum.",
                ),
            ),
            (
                walk(&|m, z| -m * d_s(m, z).sum()),
                told(
                    "uphill",
                    "The generator climbs its loss and runs away from the data. A step goes against the gradient; and the \
                     logit's slope in x is -m.",
                ),
            ),
            (
                walk(&|m, z| -d_s(m, z).sum()),
                told(
                    "slope forgotten",
                    "The gradient at the logit was taken for that at x. Between the two lies the discriminator, whose logit has the \
                     slope -m in x.",
                ),
            ),
            (
                walk(&|m, z| -m * backward(&-best_logits(m, m, z)).sum()),
                told(
                    "ratio upside down",
                    "The logit is log q - log p, that of a discriminator that calls fakes real. It is log p - log q, and p is the \
                     density of the data.",
                ),
            ),
            (
                walk(&|m, z| m * backward(&-best_logits(m, m, z)).sum()),
                told(
                    "ratio upside down",
                    "`loss_backward` was given log q - log p, the logits of a discriminator that calls fakes real. They are log p - \
                     log q, and p is the density of the data.",
                ),
            ),
            (
                walk(&|m, z| (d_s(m, z) * z.mapv(|z| -m - z)).sum()),
                told(
                    "x for the slope",
                    "The gradient at the logit was multiplied by x. Between the two lies the logit's slope in x, which is -m.",
                ),
            ),
            (
                walk(&|m, z| (d_s(m, z) * z).sum()),
                told(
                    "noise for the slope",
                    "The gradient at the logit was multiplied by the noise. Between logit and x lies the slope -m, between x = m + z and \
                     m the factor 1.",
                ),
            ),
            (
                walk(&|m, z| -(d_s(m, z) * z).sum()),
                told(
                    "noise for the slope",
                    "The gradient at the logit was multiplied by the noise. Between logit and x lies the slope -m, between x = m + z and \
                     m the factor 1.",
                ),
            ),
            (
                walk(&|m, z| m * d_s(m, z)[[0, 0]]),
                told(
                    "the first fake alone",
                    "Only the first fake of each batch moves the generator. The effects of all are added up.",
                ),
            ),
            (
                {
                    let (mut m, mut was) = (start, start);
                    let next = |z| {
                        let step =
                            was * backward(&best_logits(m, was, z)).sum();
                        was = m;
                        m += eta * step;
                        m
                    };
                    noise.iter().map(next).collect()
                },
                told(
                    "the discriminator of the last step",
                    "The discriminator is the best one for where the generator was a step ago. It answers before the generator moves: take \
                     the m of the moment.",
                ),
            ),
            (
                {
                    let mut m = start;
                    let next = |z| {
                        let d_m = -m * d_s(m, z).sum();
                        m -= eta * d_m;
                        d_m
                    };
                    noise.iter().map(next).collect()
                },
                told(
                    "gradients for places",
                    "These are the gradients. The exercise asks for m behind each step.",
                ),
            ),
            (
                walk(&|m, z| m * backward(&z.mapv(|z| -m * (m + z))).sum()),
                told(
                    "constant forgotten",
                    "The logit -m x lacks its constant m²/2. It does not change the slope, but it changes what D says of a fake, and \
                     with it how hard the loss pushes.",
                ),
            ),
            (
                walk(&|m, z| {
                    m * backward(&z.mapv(|z| m * m - 2.0 * m * (m + z))).sum()
                }),
                told(
                    "half forgotten",
                    "The logit is twice as large as it should be: the log-density of a bell curve is -x²/2.",
                ),
            ),
            (
                walk(&|m, z| {
                    let log_p = z.mapv(|z| -0.5 * (m + z).powi(2));
                    m * backward(&log_p).sum()
                }),
                told(
                    "data alone",
                    "The logit is log p here. The best one is log p - log q: how much denser the data are than the fakes.",
                ),
            ),
            (
                walk(&|m, z| {
                    let p = |x: f64| (-0.5 * x * x).exp();
                    m * backward(&z.mapv(|z| p(m + z) - p(z))).sum()
                }),
                told(
                    "densities for logarithms",
                    "The logit is a difference of log-densities; here it is one of densities.",
                ),
            ),
            (
                walk(&|m, _| m * d_s(m, &noise[0]).sum()),
                told(
                    "noise drawn once",
                    "Every step has the first step's noise. Each has its own: `noise[n]` in step n.",
                ),
            ),
            (
                {
                    let mut m = start;
                    let mut all = Vec::new();
                    for z in &noise {
                        for z in z {
                            let one = Array2::from_elem((1, 1), *z);
                            m += eta * m * d_s(m, &one).sum() / 1.0;
                        }
                        all.push(m);
                    }
                    Array1::from(all)
                },
                told(
                    "a step for each fake",
                    "The generator takes a step for each fake. In a step it descends the mean loss of the whole batch.",
                ),
            ),
            (
                {
                    let mut m = start;
                    let next = |z| {
                        m += m * d_s(m, z).sum();
                        m
                    };
                    noise.iter().map(next).collect()
                },
                told(
                    "step size forgotten",
                    "The step is the whole gradient; it has to be eta times as long.",
                ),
            ),
            (
                walk(&|m, z| m * backward(&best_logits(0.0, m, z)).sum()),
                told(
                    "noise for fakes",
                    "The noise was scored. The fakes are x = m + z.",
                ),
            ),
            (
                walk(&|m, z| {
                    m * backward(&best_logits(m, m, z).mapv(sigmoid)).sum()
                }),
                told(
                    "two sigmoids",
                    "`loss_backward` was given probabilities. It takes logits, and applies the sigmoid itself.",
                ),
            ),
            (
                ahead,
                told(
                    "ahead of the step",
                    "These are the places before the steps. The exercise asks for those behind them.",
                ),
            ),
        ];
        if let (Some(a), Some(b)) = (right.first(), came.first()) {
            let times = (b - start) / (a - start);
            let what = format!(
                "Each of your steps is {} times as long as it should be.",
                (times * 1e4).round() / 1e4
            );
            let wrong = walk(&|m, z| times * m * d_s(m, z).sum());
            if (times - 1.0).abs() > 1e-3 {
                suspects.push((wrong, told("times a number", &what)));
            }
        }
        // What each step of a path is made of, on the way that it went itself.
        let noise: Vec<Array2<f64>> = (0..12)
            .map(|n| {
                let some: Table = numbers(3, 3 * n).collect();
                some.insert_axis(Axis(1)) // [3, 1]
            })
            .collect();
        let loss: Backward = g_loss_non_saturating_backward;
        let path = candidate(1.3, &noise, 0.1, loss);
        let behind: Vec<f64> =
            [1.3].into_iter().chain(path.iter().copied()).collect();
        let each = |f: &dyn Fn(f64, f64, f64) -> f64| {
            let step = |(m, z): (&f64, &Array2<f64>)| {
                let s = best_logits(*m, *m, z);
                let d_s = loss(&s);
                let all = Zip::from(z).and(&s).and(&d_s);
                0.1 * all
                    .fold(0.0, |sum, z, s, d_s| sum + d_s * f(*m, *z, *s))
            };
            behind.iter().zip(&noise).map(step).collect::<Vec<_>>()
        };
        let terms = [
            (
                "eta m times the sum of the gradients at the logits",
                each(&|m, _, _| m),
                1.0,
            ),
            (
                "eta times the sum of these gradients",
                each(&|_, _, _| 1.0),
                0.0,
            ),
            (
                "eta times the sum of each times its z",
                each(&|_, z, _| z),
                0.0,
            ),
            (
                "eta times the sum of each times its logit",
                each(&|_, _, s| s),
                0.0,
            ),
        ];
        let steps: Vec<f64> =
            behind.windows(2).map(|w| w[1] - w[0]).collect();
        let otherwise = match steps.len() == noise.len() {
            true => or_spelt(otherwise, &steps, &terms),
            false => otherwise,
        };
        let otherwise = or_nearly(otherwise, &right, &came);
        let suspects = possible(suspects, &came);
        judge(&right, &came, 1e-9, suspects, otherwise)?;
    }
    Ok(())
}

/// Two batches of logits.
type Batches = (Array2<f64>, Array2<f64>);

fn scored((real, fake): &Batches, _: Is, tap: Tap) -> Out {
    let real = through(tap, "the real logits", real.clone());
    let fake = through(tap, "the fakes' logits", fake.clone());
    let b_real =
        number_through(tap, "the number of real examples", real.len() as f64);
    let b_fake =
        number_through(tap, "the number of fakes", fake.len() as f64);
    let on_real = through(
        tap,
        "softplus(-s) of each real logit",
        real.mapv(|s| softplus(-s)),
    );
    let on_fake =
        through(tap, "softplus(s) of each fake's logit", fake.mapv(softplus));
    let of_real =
        number_through(tap, "the real batch's mean", on_real.sum() / b_real);
    let of_fake =
        number_through(tap, "the fakes' mean", on_fake.sum() / b_fake);
    number(number_through(tap, "the loss", of_real + of_fake))
}

pub fn d_loss(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    let inputs = [
        (
            "one real logit of 0 and one fake's of 0",
            (column([0.0]), column([0.0])),
        ),
        (
            "one real logit of 2 and one fake's of 0",
            (column([2.0]), column([0.0])),
        ),
        (
            "one real logit of 0 and one fake's of 2",
            (column([0.0]), column([2.0])),
        ),
        (
            "one real logit of -1 and one fake's of -3",
            (column([-1.0]), column([-3.0])),
        ),
        (
            "two real logits and one fake's",
            (column([1.5, -0.4]), column([0.3])),
        ),
        (
            "one real logit and two fakes'",
            (column([0.8]), column([-1.2, 0.6])),
        ),
        (
            "three real logits and five fakes'",
            (column([1.0, -0.5, 3.0]), column([0.5, -2.0, 1.3, 0.0, -0.2])),
        ),
        (
            "logits of ±1,000",
            (
                column([1000.0, -1000.0, 0.0]),
                column([1000.0, -1000.0, 2.0, 40.0]),
            ),
        ),
    ];
    let outcome = d_loss_by_suspects(candidate);
    closely(outcome, scored, &inputs, |(real, fake)| {
        number(candidate(real, fake))
    })
}

/// Logits and alpha.
type Weighted = (Array2<f64>, f64);

fn pushed((s, alpha): &Weighted, _: Is, tap: Tap) -> Out {
    let s = through(tap, "the logits", s.clone());
    let alpha = number_through(tap, "alpha", *alpha);
    let b = number_through(tap, "B", s.len() as f64);
    let rest = number_through(tap, "1 - alpha", 1.0 - alpha);
    let d = through(tap, "D", s.mapv(sigmoid));
    let rest_of =
        |d: &Array2<f64>, s: &Array2<f64>| match *d == s.mapv(sigmoid) {
            true => s.mapv(|s| sigmoid(-s)),
            false => 1.0 - d, // another D
        };
    let not_d = through(tap, "1 - D", rest_of(&d, &s));
    let first = through(tap, "the slope of log(1 - D), -D,", -&d);
    let second = through(tap, "the slope of -log D, -(1 - D),", -&not_d);
    let first = through(tap, "(1 - alpha) times -D", first * rest);
    let second = through(tap, "alpha times -(1 - D)", second * alpha);
    let sum = through(tap, "the sum of the two", first + second);
    one(through(tap, "the gradient", sum / b))
}

pub fn g_loss_backward(
    candidate: fn(&Array2<f64>, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    let some = column([0.5, -2.0, -4.6, 3.0, 0.0]);
    let inputs = [
        ("one fake with D = ½, alpha = 1", (column([0.0]), 1.0)),
        ("one fake with a logit of -2, alpha = 1", (column([-2.0]), 1.0)),
        ("one fake with a logit of -2, alpha = 0", (column([-2.0]), 0.0)),
        ("one fake with a logit of 1, alpha = 0.25", (column([1.0]), 0.25)),
        ("two fakes, alpha = 0.8", (column([-0.7, 1.1]), 0.8)),
        ("five fakes, alpha = 0.3", (some.clone(), 0.3)),
        ("five fakes, alpha = 0.5", (some, 0.5)),
        (
            "logits of ±1,000, alpha = 0.3",
            (column([1000.0, -1000.0, 40.0, 0.0]), 0.3),
        ),
    ];
    let outcome = g_loss_backward_by_suspects(candidate);
    closely(outcome, pushed, &inputs, |(s, alpha)| one(candidate(s, *alpha)))
}

/// Two tables and a share.
type Shared = (Table, Table, f64);

fn answered((p, q, share): &Shared, _: Is, tap: Tap) -> Out {
    let p = through(tap, "p", p.clone());
    let q = through(tap, "q", q.clone());
    let all = number_through(tap, "share, in all places,", *share);
    let share = number_through(tap, "the share before p", all);
    let rest = number_through(tap, "1 - share", 1.0 - all);
    let real = through(tap, "share p", &p * share);
    let fake = through(tap, "(1 - share) q", &q * rest);
    let all = through(tap, "share p + (1 - share) q", &real + &fake);
    let above = through(tap, "share p above the line", real);
    one(through(tap, "the answer", above / all))
}

/// Tables without a cell in which both are 0.
fn tables() -> Vec<(&'static str, Shared)> {
    vec![
        (
            "two cells, a share of ½",
            (array![0.8, 0.2], array![0.4, 0.6], 0.5),
        ),
        (
            "two cells, a share of 0.2",
            (array![0.8, 0.2], array![0.4, 0.6], 0.2),
        ),
        (
            "equal tables, a share of 0.3",
            (array![0.5, 0.3, 0.2], array![0.5, 0.3, 0.2], 0.3),
        ),
        (
            "three cells, a share of 0.75",
            (array![0.5, 0.3, 0.2], array![0.1, 0.3, 0.6], 0.75),
        ),
        (
            "a cell without fakes, a share of 0.4",
            (array![0.7, 0.3], array![1.0, 0.0], 0.4),
        ),
        (
            "a cell without real examples, a share of 0.4",
            (array![1.0, 0.0], array![0.7, 0.3], 0.4),
        ),
        (
            "cells in which next to nothing lies",
            (array![1.0, 1e-9, 1e-120], array![1.0, 3e-9, 4e-120], 0.6),
        ),
        (
            "four cells, a share of 0.1",
            (array![0.1, 0.2, 0.3, 0.4], array![0.25, 0.15, 0.35, 0.25], 0.1),
        ),
    ]
}

pub fn optimal_d(
    candidate: fn(&Table, &Table, f64) -> Table,
) -> Result<(), Diagnosis> {
    let outcome = optimal_d_by_suspects(candidate);
    closely(outcome, answered, &tables(), |(p, q, share)| {
        one(candidate(p, q, *share))
    })
}

fn between((p, q, share): &Shared, _: Is, tap: Tap) -> Out {
    let p = through(tap, "p", p.clone());
    let q = through(tap, "q", q.clone());
    let all = number_through(tap, "share, in all places,", *share);
    let in_m = number_through(tap, "share, everywhere in m,", all);
    let share = number_through(tap, "share before KL(p || m)", all);
    let rest = number_through(tap, "1 - share before KL(q || m)", 1.0 - all);
    let share_in_m = number_through(tap, "share before p in m", in_m);
    let rest_in_m =
        number_through(tap, "1 - share before q in m", 1.0 - in_m);
    let m = through(tap, "m", &p * share_in_m + &q * rest_in_m);
    let in_its_m =
        number_through(tap, "share in the m of q's divergence", in_m);
    let m_of_q = match in_its_m == in_m {
        true => m.clone(),
        false => &p * in_its_m + &q * (1.0 - in_its_m),
    };
    let m_of_q = through(tap, "the m of q's divergence", m_of_q);
    let logs = |name, a: &Table, m: &Table| {
        let of = Zip::from(a)
            .and(m)
            .map_collect(|a, m| if *a > 0.0 { (a / m).ln() } else { 0.0 });
        through(tap, name, of)
    };
    let log_p = logs("log(p / m)", &p, &m);
    let log_q = logs("log(q / m)", &q, &m_of_q);
    let mass_p = through(tap, "the p before its logarithm", p);
    let mass_q = through(tap, "the q before its logarithm", q);
    let of_p = through(tap, "p log(p / m)", mass_p * log_p);
    let of_q = through(tap, "q log(q / m)", mass_q * log_q);
    let kl_p = number_through(tap, "KL(p || m)", of_p.sum());
    let kl_q = number_through(tap, "KL(q || m)", of_q.sum());
    let first = number_through(tap, "share KL(p || m)", share * kl_p);
    let second = number_through(tap, "(1 - share) KL(q || m)", rest * kl_q);
    number(number_through(tap, "the divergence", first + second))
}

pub fn jsd(
    candidate: fn(&Table, &Table, f64) -> f64,
) -> Result<(), Diagnosis> {
    let outcome = jsd_by_suspects(candidate);
    closely(outcome, between, &tables(), |(p, q, share)| {
        number(candidate(p, q, *share))
    })
}

fn bent([p, q, s]: &[Table; 3], _: Is, tap: Tap) -> Out {
    let p = through(tap, "p", p.clone());
    let q = through(tap, "q", q.clone());
    let s = through(tap, "s", s.clone());
    let d = through(tap, "σ(s)", s.mapv(sigmoid));
    let not_d = match d == s.mapv(sigmoid) {
        true => s.mapv(|s| sigmoid(-s)),
        false => 1.0 - &d, // another σ
    };
    let not_d = through(tap, "1 - σ(s)", not_d);
    let bend = through(tap, "σ(s) (1 - σ(s))", d * not_d);
    let all = through(tap, "p + q", p + q);
    one(through(tap, "the curvature", -all * bend))
}

pub fn value_curvature(
    candidate: fn(&Table, &Table, &Table) -> Table,
) -> Result<(), Diagnosis> {
    let inputs = [
        ("one cell, s = 0", [array![1.0], array![1.0], array![0.0]]),
        ("one cell, s = 1", [array![1.0], array![1.0], array![1.0]]),
        (
            "a cell without fakes, and one without real examples",
            [array![1.0, 0.0], array![0.0, 1.0], array![0.6, -0.9]],
        ),
        (
            "three cells",
            [
                array![0.5, 0.3, 0.2],
                array![0.1, 0.2, 0.7],
                array![0.4, -1.1, 2.0],
            ],
        ),
        (
            "four cells, s below 0",
            [
                array![0.1, 0.2, 0.3, 0.4],
                array![0.25, 0.15, 0.35, 0.25],
                array![-0.3, -2.0, -1.0, -0.1],
            ],
        ),
        (
            "s of ±1,000",
            [
                array![0.5, 0.3, 0.2],
                array![0.1, 0.2, 0.7],
                array![1000.0, -1000.0, 40.0],
            ],
        ),
    ];
    let outcome = value_curvature_by_suspects(candidate);
    closely(outcome, bent, &inputs, |[p, q, s]| one(candidate(p, q, s)))
}

/// A start, noise, a step size, and a loss.
type Way = (f64, Vec<Array2<f64>>, f64, Backward);

fn chased((start, noise, eta, backward): &Way, _: Is, tap: Tap) -> Out {
    let mut m = number_through(tap, "the start", *start);
    let mut all = Vec::new();
    for (n, z) in noise.iter().enumerate() {
        number_through(tap, "the number of the step", n as f64);
        number_through(tap, "B", z.len() as f64);
        let eta = number_through(tap, "eta", *eta);
        let z = through(tap, "z", z.clone());
        let x = through(tap, "the fakes x", &z + m);
        let at = number_through(tap, "the m of the discriminator", m);
        let slope_part = through(tap, "-m x in the logits", &x * -at);
        let constant =
            number_through(tap, "m²/2 in the logits", at * at / 2.0);
        let s = through(tap, "the logits", slope_part + constant);
        let d_s = through(tap, "the gradients at the logits", backward(&s));
        let slope = number_through(tap, "the logit's slope in x, -m,", -at);
        let d_x = through(tap, "the gradients at x", d_s * slope);
        let d_m = number_through(tap, "the gradient at m", d_x.sum());
        let step = number_through(tap, "the step", eta * d_m);
        m = number_through(tap, "m behind the step", m - step);
        all.push(m);
    }
    one(Array1::from(all))
}

pub fn chase(candidate: Chase) -> Result<(), Diagnosis> {
    let several = vec![
        column([0.5, -1.2, 0.0]),
        column([2.0]),
        column([-0.3, -0.3, 1.0, 0.4]),
        column([0.0, -0.7]),
    ];
    let in_use: Backward = g_loss_non_saturating_backward;
    let inputs: [(&str, Way); 7] = [
        (
            "one step of 1, one fake, z = 0",
            (2.0, vec![column([0.0])], 1.0, in_use),
        ),
        ("one step, one fake", (1.5, vec![column([0.7])], 0.5, in_use)),
        ("one step, three fakes", (1.5, several[..1].to_vec(), 0.5, in_use)),
        (
            "two steps, one fake each",
            (1.5, vec![column([0.7]), column([-0.4])], 0.5, in_use),
        ),
        (
            "two steps from the left",
            (-1.5, several[..2].to_vec(), 0.5, in_use),
        ),
        ("four steps", (1.3, several.clone(), 0.3, in_use)),
        (
            "four steps down the saturating loss",
            (-0.8, several, 0.7, g_loss_saturating_backward),
        ),
    ];
    let outcome = chase_by_suspects(candidate);
    closely(outcome, chased, &inputs, |(m, noise, eta, backward)| {
        one(Array1::from(candidate(*m, noise, *eta, *backward)))
    })
}

/// Why the generator of exercise 1.7 takes as long as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    TheLineIsFlat,
    TheTailIsThin,
    TwiceTheWay,
    TheSlopeGrows,
    TheEndTakesAll,
}

/// Standard normal noise, a column of 400 places, and the mass of each.
fn noise() -> (Array2<f64>, Array2<f64>) {
    let z = Array2::from_shape_fn((400, 1), |(n, _)| {
        -6.0 + 0.03 * (n as f64 + 0.5)
    });
    let mass = z.mapv(|z| (-0.5 * z * z).exp());
    let sum = mass.sum();
    (z, mass / sum)
}

/// Where the generator is, step by step, from a distance and with steps of 0.05, until it is within a half.
fn path(start: f64, backward: Backward, most: usize) -> Vec<f64> {
    let (z, mass) = noise();
    let mut path = vec![start];
    while path.len() <= most && path[path.len() - 1] >= 0.5 {
        let m = path[path.len() - 1];
        let d_s = backward(&best_logits(m, m, &z)) * 400.0; // without the mean's 1/B
        path.push(m + 0.05 * m * (d_s * &mass).sum());
    }
    path
}

pub fn farther(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 1, § The best discriminator and § The loss in use";
    let (steps, because) = candidate();
    let near = path(5.0, g_loss_non_saturating_backward, 10_000);
    let far = path(10.0, g_loss_non_saturating_backward, 10_000);
    let [from_5, from_10] = [&near, &far].map(|p| p.len() - 1);
    let right = (steps - from_10 as f64).abs() <= 0.1 * from_10 as f64;
    let came = match right {
        true => format!("The number came: it takes {from_10} steps. "),
        false => format!("It takes {from_10} steps. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told.with(from_10, format!("{steps}, {because:?}")))
    };
    match because {
        Because::TheLineIsFlat => {
            let (z, mass) = noise();
            let mass = mass.column(0).to_owned();
            let s_real = best_logits(0.0, 10.0, &z).column(0).to_owned();
            let s_fake = best_logits(10.0, 10.0, &z).column(0).to_owned();
            let nothing = &mass * 0.0;
            let value = value_of_logits(&mass, &nothing, &s_real)
                + value_of_logits(&nothing, &mass, &s_fake);
            told(
                "the line is flat",
                format!(
                    "The value is flat indeed: at a distance of 10 it is {value:.0e}, next to its largest. But this generator does \
                     not descend the value. It descends -log D, equation 1.9, which is not flat: its first step is {:.2} long.",
                    far[0] - far[1]
                ),
            )
        }
        Because::TheTailIsThin => {
            let most = 2_000;
            let slow = path(10.0, g_loss_saturating_backward, most);
            told(
                "the tail is thin",
                format!(
                    "So it is with the saturating loss, whose gradient is D: after {most} steps it is at {:.3} still. The gradient of \
                     the loss in use is 1 - D, and out there 1.",
                    slow[slow.len() - 1]
                ),
            )
        }
        Because::TwiceTheWay => told(
            "twice the way",
            format!(
                "At the logit the push is the same, 1 - D, and here as there 1. But from 5 the first step is {:.2} long, from 10 it \
                 is {:.2}: between the logit and x lies the discriminator's slope.",
                near[0] - near[1],
                far[0] - far[1]
            ),
        ),
        Because::TheEndTakesAll => {
            let way = far.iter().position(|m| *m < 5.0).unwrap_or(0);
            told(
                "the end takes all",
                format!(
                    "From 5 it takes {from_5}, and the way from 10 to 5 takes {way} more. It is short, but not for nothing: each step \
                     out there takes away a twentieth of the distance."
                ),
            )
        }
        Because::TheSlopeGrows if !right => {
            let way = from_10 - from_5;
            let part = match steps {
                s if (s - way as f64).abs() <= 1.0 => {
                    format!(
                        " {s:.0} is the way from 10 to 5; the rest comes on top."
                    )
                }
                s if (s - from_5 as f64).abs() <= 1.0 => {
                    format!(
                        " {s:.0} is the way from 5; that from 10 to 5 comes on top."
                    )
                }
                _ => String::new(),
            };
            told(
                "a reason without its number",
                format!(
                    "The reason is right. Its number: a step is 0.05 m, so that each takes m to 0.95 m; to halve it takes log 2 / -log \
                     0.95, and from 5 on it is {from_5} as before.{part}"
                ),
            )
        }
        Because::TheSlopeGrows => Ok(()),
    }
}

/// A cause's short name.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::Saturating => "saturating",
        Cause::WrongSign => "wrong sign",
        Cause::SameLoss => "same loss",
        Cause::TargetsSwapped => "targets swapped",
        Cause::TwoSigmoids => "two sigmoids",
        Cause::Summed => "summed",
        Cause::LongSteps => "long steps",
        Cause::Stopped => "stopped",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::Saturating => {
            "The saturating loss pushes with D at the fakes, which is little at first; but the nearer the generator comes, the harder \
             it pushes, and well before the end of the run it has arrived."
        }
        Cause::WrongSign => {
            "With the wrong sign the generator is pushed away with 1 - D, which is nearly 1 for a fake that is caught: it goes away \
             fast, and off the axis."
        }
        Cause::SameLoss => {
            "A generator that descends the discriminator's loss is pushed away with D at its fakes: the farther it is, the more surely \
             it is caught, and the shorter its gradient. D is right about both all the while."
        }
        Cause::TargetsSwapped => {
            "With its targets swapped, D says 0 of real examples and 1 of fakes; the generator, which asks for a large D, \
             goes away from the data to where D is larger still."
        }
        Cause::TwoSigmoids => {
            "Two sigmoids leave the generator a gradient of less than half of what the saturating loss gives, and weaken the \
             discriminator's: the generator comes nearer, and is not there at the end."
        }
        Cause::Summed => {
            "Summed over 64 fakes, the gradient is 64 times as long as a mean, and so is the step: the generator jumps over the data \
             from one side to the other, and D answers too late."
        }
        Cause::LongSteps => {
            "With a step size 64 times as large the generator jumps over the data from one side to the other. The gradient \
             is the mean of slopes all the while, and so no longer than the logit is steep."
        }
        Cause::Stopped => {
            "A discriminator that has stopped goes on calling one side real: the generator runs past the data to that side, and D at \
             real examples stays what it was, as neither of the two changes."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 1, § The loss in use, § What goes wrong and § Exercises";
    /// Played once, however many answers are looked at.
    static READ: LazyLock<Vec<(Cause, [[f64; 4]; 2])>> =
        LazyLock::new(|| {
            let read = |cause| (cause, readings(&log(Some(cause), 1, STEPS)));
            CAUSES.map(read).into()
        });
    let read = |cause| {
        let found = READ.iter().find(|(of, _)| *of == cause);
        found.map(|(_, read)| *read).unwrap_or([[f64::NAN; 4]; 2])
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
        if right == came {
            continue;
        }
        let mut told = Vec::new();
        let thirds = ["first", "last"];
        for ((third, here), there) in
            thirds.iter().zip(read(right)).zip(read(came))
        {
            let numbers = here.into_iter().zip(there);
            for ((name, words), (here, there)) in SAID.iter().zip(numbers) {
                let [here, there, far] =
                    [here, there, apart(name, here, there)];
                told.push((far, *third, *words, here, there));
            }
        }
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers =
            told.iter().take(2).map(|(_, third, words, here, there)| {
                format!(
                    "over the {third} third of such a run {words} would be about {}, and here it is {}",
                    shortly(*there),
                    shortly(*here)
                )
            });
        let what = format!(
            "Run {run} is something else. {} In numbers: {}.",
            does(came),
            numbers.collect::<Vec<_>>().join("; ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        size if size >= 10.0 => format!("{v:.0}"),
        size if size >= 1.0 => format!("{v:.1}"),
        size if size >= 0.01 || size == 0.0 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}
