//! The checks of this chapter's exercises.

use std::sync::LazyLock;

use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, cross_entropy,
    cross_entropy_backward, init_layer, last, linear, mse_backward, one_hot,
    sgd_step, softmax,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array1, Array2, Axis, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[path = "../../src/run/experiments/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, log, readings, told_by};

type LinearBackward = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array1<f64>);
type NumericGradient =
    fn(&dyn Fn(&Array1<f64>) -> f64, &Array1<f64>, f64) -> Array1<f64>;
type AdamStep = fn(
    &mut Array1<f64>,
    &Array1<f64>,
    &mut Array1<f64>,
    &mut Array1<f64>,
    i32,
    [f64; 4],
);

/// Whether every number is that of the other, NaN where it is NaN.
fn alike(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || a.is_nan() && b.is_nan()
            || (a - b).abs() <= tolerance * b.abs().max(1.0)
    };
    a.len() == b.len() && a.iter().zip(b).all(near)
}

pub fn linear_backward(candidate: LinearBackward) -> Result<(), Diagnosis> {
    let cases = [
        // Square, so that a product the wrong way round gives numbers that can be named.
        (
            array![[1.0, 2.0, 0.0], [-1.0, 0.5, 3.0], [2.0, -2.0, 1.0]],
            array![[0.5, -1.0, 2.0], [2.0, 1.5, 0.0], [-3.0, 1.0, 0.25]],
            array![[1.0, 0.0, -2.0], [0.5, -1.0, 3.0], [0.25, 4.0, 1.0]],
        ),
        (
            array![[1.0, -2.0], [0.0, 0.5], [1000.0, -1.0]],
            array![[0.5, -1.0, 0.0, 2.0], [2.0, 1.5, -3.0, 0.25]],
            array![
                [1.0, 0.0, -2.0, 0.5],
                [0.5, -1.0, 0.0, 0.5],
                [-1000.0, 4.0, 3.0, 1.0]
            ],
        ),
        (
            array![[2.0, 0.0, -1.0]],
            array![[1.0], [3.0], [0.5]],
            array![[4.0]],
        ),
        (
            Array2::zeros((0, 3)),
            array![[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]],
            Array2::zeros((0, 2)),
        ),
    ];
    for (x, w, d_y) in cases {
        linear_backward_of(candidate, &x, &w, &d_y)?;
    }
    Ok(())
}

fn linear_backward_of(
    candidate: LinearBackward,
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Three products, equation 0.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (d_x, d_w, d_b) = candidate(x, w, d_y);
    let at_x = d_y.dot(&w.t());
    let at_w = x.t().dot(d_y);
    let at_b = d_y.sum_axis(Axis(0));
    let rows = x.nrows() as f64;
    let order = || {
        told(
            "order",
            "The gradients at x and at w have changed places: the one at x comes first.",
        )
    };
    let elements = || {
        told(
            "element by element",
            "A product went element by element. In ndarray `*` does that; the product of two matrices is `a.dot(&b)`.",
        )
    };
    let averaged = |name, of: &str| {
        told(
            name,
            &format!(
                "The gradient at {of} was divided by a number. Nothing is divided here; if the loss is a mean, its gradient d_y carries the \
                 1/N already."
            ),
        )
    };
    let mut suspects = vec![
        (at_w.clone(), order()),
        (&at_x / rows, averaged("input averaged", "x")),
        (
            at_x.t().to_owned(),
            told(
                "input transposed",
                "The gradient at x is transposed: it has a row for each row of x.",
            ),
        ),
    ];
    if w.is_square() {
        let turned = "The gradient at x went through w in the forward direction. It has to run backward, from outputs to inputs, so it \
                      meets the transpose of w. This layer is square, so the shapes could not warn you.";
        suspects.push((d_y.dot(w), told("weights not transposed", turned)));
        suspects.push((
            x.dot(w),
            told(
                "forward again",
                "The first result is x w, the way forward. On the way back it is d_y that goes through the transpose of w.",
            ),
        ));
        suspects.push((d_y * &w.t(), elements()));
        suspects.push((d_y * w, elements()));
    }
    let otherwise =
        told("d_x", "The first result, the gradient at x, is wrong.");
    judge(&at_x, &d_x, 1e-12, suspects, otherwise)?;

    let mut suspects = vec![
        (at_x, order()),
        (&at_w / rows, averaged("weights averaged", "w")),
        (
            at_w.t().to_owned(),
            told(
                "weights transposed",
                "The gradient at w is transposed: it has the shape of w, inputs down and outputs across.",
            ),
        ),
    ];
    suspects.push((
        &at_w + w,
        told(
            "weights added",
            "The second result is the gradient plus w itself. A gradient alone was asked for.",
        ),
    ));
    let one_row = || {
        told(
            "one row",
            "This is what one row of the batch gives. Each row uses w and b, so what they give is added up (`+=`, not `=`).",
        )
    };
    for n in [0, x.nrows().saturating_sub(1)] {
        if x.nrows() > 1 {
            let of = |a: &Array2<f64>| a.slice(s![n..=n, ..]).to_owned();
            suspects.push((of(x).t().dot(&of(d_y)), one_row()));
        }
    }
    if x.is_square() {
        let forward = "In the gradient at w it is x that has to be transposed: an element of it adds up over the rows of the batch. \
                       Here the batch has as many rows as x has columns, so the shapes could not warn you.";
        suspects.push((x.dot(d_y), told("input not transposed", forward)));
        suspects.push((&x.t() * d_y, elements()));
        suspects.push((x * d_y, elements()));
    }
    let otherwise =
        told("d_w", "The second result, the gradient at w, is wrong.");
    judge(&at_w, &d_w, 1e-12, suspects, otherwise)?;

    let mut suspects = vec![
        (
            &at_b / rows,
            told(
                "bias averaged",
                "The gradient at b is a mean. Every row uses b once, so their gradients add up, and nothing is divided.",
            ),
        ),
        (
            d_y.sum_axis(Axis(1)),
            told(
                "wrong axis",
                "The gradient at b was added up along the rows, and has a number for each row. b has one for each output: add up the \
                 rows themselves, along `Axis(0)`.",
            ),
        ),
        (
            Array1::ones(w.ncols()),
            told(
                "slope alone",
                "The slope of y in b is 1, and the chain rule multiplies it by d_y: what comes is the sum of the rows of d_y.",
            ),
        ),
        (
            Array1::from_elem(w.ncols(), d_y.sum()),
            told(
                "one sum",
                "Each element of the gradient at b is the sum of all of d_y. An output has a bias of its own, and adds up its own column.",
            ),
        ),
    ];
    if x.nrows() > 1 {
        let rows = [0, x.nrows() - 1].map(|n| d_y.row(n).to_owned());
        suspects.extend(rows.map(|row| (row, one_row())));
    }
    let otherwise =
        told("d_b", "The third result, the gradient at b, is wrong.");
    judge(&at_b, &d_b, 1e-12, suspects, otherwise)
}

fn softplus(s: f64) -> f64 {
    s.max(0.0) + (-s.abs()).exp().ln_1p()
}

fn probability(s: f64) -> f64 {
    1.0 / (1.0 + (-s).exp())
}

/// Logits and targets with ties, zeros and a target between.
fn ordinary() -> (Array2<f64>, Array2<f64>) {
    (
        array![
            [0.5, -2.0, 3.0, 1.0, 0.0],
            [-1.0, 1.7, 0.5, -0.3, 2.1],
            [1.1, -3.2, 0.0, 0.8, -1.0]
        ],
        array![
            [1.0, 0.0, 0.0, 0.25, 1.0],
            [0.5, 1.0, 0.0, 1.0, 0.75],
            [1.0, 1.0, 0.0, 0.0, 0.0]
        ],
    )
}

/// Logits at which a formula may break, each with its target.
const FAR: [(f64, f64); 8] = [
    (1000.0, 1.0),
    (-1000.0, 0.0),
    (1000.0, 0.0),
    (-1000.0, 1.0),
    (1000.0, 0.5),
    (-1000.0, 0.5),
    (40.0, 0.0),
    (-40.0, 1.0),
];

/// The logits and the targets of `FAR`, in an array of two columns.
fn far() -> (Array2<f64>, Array2<f64>) {
    let column = |n: usize, of: &dyn Fn((f64, f64)) -> f64| of(FAR[n]);
    let s =
        Array2::from_shape_fn((4, 2), |(i, j)| column(2 * i + j, &|p| p.0));
    let t =
        Array2::from_shape_fn((4, 2), |(i, j)| column(2 * i + j, &|p| p.1));
    (s, t)
}

pub fn bce_with_logits(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (s, t) = ordinary();
    let mean_of = |element: &dyn Fn(f64, f64) -> f64| {
        let elements = s.iter().zip(&t).map(|(s, t)| element(*s, *t));
        elements.sum::<f64>() / s.len() as f64
    };
    let expected = mean_of(&|s, t| softplus(s) - t * s);
    let (rows, columns) = (s.nrows() as f64, s.ncols() as f64);
    let only_one =
        "Of -t log σ(s) - (1 - t) log(1 - σ(s)) one half is missing.";
    let suspects = vec![
        (
            expected * s.len() as f64,
            told(
                "sum for mean",
                "This is the sum over all elements; the loss is their mean.",
            ),
        ),
        (
            expected * columns,
            told(
                "mean over rows",
                "The sum was divided by the number of rows. The loss is the mean over all elements, in both directions.",
            ),
        ),
        (
            expected * rows,
            told(
                "mean over columns",
                "The sum was divided by the number of columns. The loss is the mean over all elements, in both directions.",
            ),
        ),
        (
            mean_of(&|s, t| {
                let p = probability(s);
                softplus(p) - t * p
            }),
            told(
                "sigmoid twice",
                "The logits went through the sigmoid and then into a loss that applies it again.",
            ),
        ),
        (
            mean_of(&|s, t| softplus(s) - (1.0 - t) * s),
            told(
                "targets swapped",
                "Targets 0 and 1 have changed places: this is the loss for 1 − t.",
            ),
        ),
        (
            mean_of(&|s, t| softplus(s) + t * s),
            told(
                "sign of t s",
                "The term t s was added. It is taken off: with a target of 1, a larger logit costs less.",
            ),
        ),
        (
            mean_of(&|s, _| softplus(s)),
            told(
                "targets forgotten",
                "This is the mean of softplus(s) alone; the targets do not come in. The term − t s is missing.",
            ),
        ),
        (
            -expected,
            told(
                "sign",
                "The sign is turned. A loss is not negative: the logarithm of a probability is, and it is taken off.",
            ),
        ),
        (
            expected / 2.0_f64.ln(),
            told(
                "bits",
                "This is the loss in bits. Logarithms are natural here.",
            ),
        ),
        (mean_of(&|s, t| t * softplus(-s)), told("one half", only_one)),
        (
            mean_of(&|s, t| (1.0 - t) * softplus(s)),
            told("one half", only_one),
        ),
        (
            mean_of(&|s, t| s.max(0.0) - t * s),
            told(
                "logarithm forgotten",
                "Of softplus the first term is here and the second, log(1 + e^-|s|), is not.",
            ),
        ),
        (
            mean_of(&|s, t| s.max(0.0) + s.exp().ln_1p() - t * s),
            told(
                "power not negative",
                "In softplus, behind max(s, 0), the power is that of −|s|. Yours is that of s.",
            ),
        ),
        (
            mean_of(&|s, t| s.max(0.0) + (-s).exp().ln_1p() - t * s),
            told(
                "power not negative",
                "In softplus, behind max(s, 0), the power is that of −|s|. Yours is that of −s, which is positive for s below 0.",
            ),
        ),
        (
            mean_of(&|s, t| softplus(t) - s * t),
            told(
                "arguments swapped",
                "Logits and targets have changed places.",
            ),
        ),
        (
            mean_of(&|s, t| t * softplus(-s) - (1.0 - t) * softplus(s)),
            told(
                "sign of one half",
                "Of the two logarithms one has the wrong sign. Both are taken off: −t log σ(s) − (1 − t) log(1 − σ(s)).",
            ),
        ),
        (
            mean_of(&|s, t| softplus(s) - (2.0 * t - 1.0) * s),
            told(
                "targets of ±1",
                "Targets were taken for −1 and 1. They are 0 and 1.",
            ),
        ),
        (
            mean_of(&|s, t| softplus(s) - t),
            told(
                "logit forgotten",
                "The target is taken off by itself. The term is t times s.",
            ),
        ),
        (
            mean_of(&|s, t| (-s.abs()).exp().ln_1p() - t * s),
            told(
                "maximum forgotten",
                "Of softplus the second term is here and the first, max(s, 0), is not.",
            ),
        ),
        (
            mean_of(&|s, t| softplus(-s) - t * s),
            told(
                "softplus turned",
                "The softplus is that of −s. With − t s behind it, it is softplus(s).",
            ),
        ),
        (
            mean_of(&|s, _| softplus(-s)),
            told(
                "one logarithm twice",
                "Both halves have −log σ(s). With target 0 it is −log(1 − σ(s)), which is softplus(s).",
            ),
        ),
        (
            mean_of(&|s, t| if s > 0.0 { s } else { softplus(s) } - t * s),
            told(
                "logarithm forgotten",
                "For positive s, softplus is more than s: log(1 + e^-|s|) is missing there.",
            ),
        ),
        (
            mean_of(&|s, t| (probability(s) - t).powi(2)),
            told(
                "squared error",
                "This is the squared error of the probability. The cross-entropy takes a logarithm.",
            ),
        ),
        (
            mean_of(&|s, t| probability(s) - t * s),
            told(
                "sigmoid for softplus",
                "Here is a sigmoid where a softplus belongs: log(1 + e^s), and not its derivative.",
            ),
        ),
    ];
    let came = candidate(&s, &t);
    // A factor shows where it is the same at other logits.
    let times = came / expected;
    let other = (array![[2.0, -0.5]], array![[0.0, 0.5]]);
    let right = (softplus(2.0) + softplus(-0.5) + 0.25) / 2.0;
    let constant = (candidate(&other.0, &other.1) / right - times).abs();
    let otherwise = match constant < 1e-9 * times.abs() && times != 0.0 {
        true => Diagnosis::new(
            "times a number",
            format!("Your loss is {times:.5} of the right one, everywhere."),
            SEE,
        ),
        false => told("value", "The loss is wrong at ordinary logits."),
    };
    let extremes = || bce_far(candidate, SEE);
    if (came - expected).abs() < 1e-3 {
        extremes()?;
    }
    judge_number(expected, came, 1e-10, suspects, otherwise)?;
    extremes()
}

/// The same at logits far from 0, one by one if the whole is wrong.
fn bce_far(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
    see: &'static str,
) -> Result<(), Diagnosis> {
    let told = |name, what: &str| Diagnosis::new(name, what, see);
    let right = FAR.map(|(s, t)| softplus(s) - t * s);
    let came = FAR.map(|(s, t)| candidate(&array![[s]], &array![[t]]));
    let (s, t) = far();
    let mean = right.iter().sum::<f64>() / FAR.len() as f64;
    if alike(&came, &right, 1e-10) {
        let otherwise = told(
            "extremes together",
            "Each logit far from 0 is right by itself, and several together are not.",
        );
        return judge_number(
            mean,
            candidate(&s, &t),
            1e-10,
            vec![],
            otherwise,
        );
    }
    let textbook = |s: f64, t: f64, least: f64| {
        let p = probability(s).clamp(least, 1.0 - least);
        -(t * p.ln() + (1.0 - t) * (1.0 - p).ln())
    };
    let added = |s: f64, t: f64, least: f64| {
        let p = probability(s);
        -(t * (p + least).ln() + (1.0 - t) * (1.0 - p + least).ln())
    };
    let place =
        came.iter().zip(right).position(|(c, r)| !alike(&[*c], &[r], 1e-10));
    let (n, least) = (place.unwrap_or(0), (-came[2]).exp());
    let is = |of: &dyn Fn(f64, f64) -> f64, tolerance| {
        alike(&came, &FAR.map(|(s, t)| of(s, t)), tolerance)
    };
    // 0 times an infinite logarithm is NaN, in some ways of writing it.
    let broken = |of: &dyn Fn(f64, f64) -> f64| {
        FAR.iter()
            .zip(came)
            .all(|((s, t), c)| of(*s, *t).is_finite() == c.is_finite())
    };
    let cut = |s: f64, t: f64| {
        let s = s.clamp(-came[2], came[2].max(-came[2]));
        softplus(s) - t * s
    };
    let finite = came.iter().all(|v| v.is_finite());
    let overflow = |s: f64, t: f64| (1.0 + s.exp()).ln() - t * s;
    let diagnosis = if finite
        && (came[2] > 0.0 && is(&cut, 1e-6)
            || is(&|s, t| textbook(s, t, least), 0.02)
            || is(&|s, t| added(s, t, least), 0.02))
    {
        told(
            "clamped",
            "Far from 0 the loss stops growing: the logit was cut, or its probability kept away from 0, and that is all that is left of 1,000. \
             A network so wrong would hear nothing of it. Work on the logit.",
        )
    } else if !finite && broken(&overflow) {
        told(
            "power overflows",
            "e^s is infinite at a logit of 1,000. In softplus take max(s, 0) out first; then the power is that of −|s|.",
        )
    } else if !finite && broken(&|s, t| (1.0 + (-s).exp()).ln() + s - t * s) {
        told(
            "power overflows",
            "e^-s is infinite at a logit of −1,000. In softplus take max(s, 0) out first; then the power is that of −|s|.",
        )
    } else if !finite && broken(&|s, t| textbook(s, t, 0.0)) {
        told(
            "log of a probability",
            "At logits far from 0 the loss is not a number any more. σ(s) rounds to 0 or 1 there, and its logarithm to minus infinity. \
             Work on the logit, not on the probability.",
        )
    } else if !finite {
        told(
            "not a number",
            "At logits far from 0 the loss is not a number any more: some power is infinite, or a logarithm that of 0.",
        )
    } else {
        told("extremes", "The loss is wrong at logits far from 0.")
    };
    let (s, t) = FAR[n];
    Err(diagnosis.with(format!("{} at s = {s}, t = {t}", right[n]), came[n]))
}

pub fn bce_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (s, t) = ordinary();
    let n = s.len() as f64;
    let p = s.mapv(probability);
    let expected = (&p - &t) / n;
    let (rows, columns) = (s.nrows() as f64, s.ncols() as f64);
    let suspects = vec![
        (
            -&expected,
            told(
                "sign",
                "The sign is turned: this points uphill, towards a larger loss.",
            ),
        ),
        (
            &expected * n,
            told(
                "mean forgotten",
                "This is the gradient of the sum. The loss is a mean over all elements, so each gradient is divided by their number.",
            ),
        ),
        (
            &expected * columns,
            told(
                "mean over rows",
                "This was divided by the number of rows. The loss is a mean over all elements, in both directions.",
            ),
        ),
        (
            &expected * rows,
            told(
                "mean over columns",
                "This was divided by the number of columns. The loss is a mean over all elements, in both directions.",
            ),
        ),
        (
            &expected * &p * (1.0 - &p),
            told(
                "extra derivative",
                "There is a factor σ(1 − σ) too many. It belongs to the squared error; in the cross-entropy it cancels, which is why that \
                 loss still teaches a confident, wrong network.",
            ),
        ),
        (
            2.0 * &expected * &p * (1.0 - &p),
            told(
                "extra derivative",
                "This is the gradient of the squared error of the probability. In the cross-entropy the factor σ(1 − σ) cancels.",
            ),
        ),
        (
            (&p - (1.0 - &t)) / n,
            told(
                "targets swapped",
                "Targets 0 and 1 have changed places: this is the gradient for 1 − t.",
            ),
        ),
        (
            (&s - &t) / n,
            told(
                "sigmoid forgotten",
                "This compares the logit with the target. It is the probability, σ(s), that is compared.",
            ),
        ),
        (
            (p.mapv(probability) - &t) / n,
            told(
                "sigmoid twice",
                "The logits went through the sigmoid twice. s are logits, and σ(s) the probability.",
            ),
        ),
        (
            (&p + &t) / n,
            told(
                "sign of t",
                "The target was added. It is taken off: the gradient is 0 where the probability is the target.",
            ),
        ),
        (
            &p / n,
            told(
                "targets forgotten",
                "This is the gradient of softplus(s) alone; the term t s has one as well.",
            ),
        ),
        (
            (1.0 - &p - &t) / n,
            told(
                "sigmoid turned",
                "Here is 1 − σ(s) where σ(s) belongs: the sign in the power of e.",
            ),
        ),
        (
            (t.mapv(probability) - &s) / n,
            told(
                "arguments swapped",
                "Logits and targets have changed places.",
            ),
        ),
        (
            (&p - &t).mapv(|v| v * v) / n,
            told(
                "squared",
                "This is the square of σ(s) − t. The gradient is σ(s) − t itself, which has a sign.",
            ),
        ),
        (
            &expected * &s,
            told(
                "times the logit",
                "There is a factor s too many. The gradient at a logit is σ(s) − t over the number of elements.",
            ),
        ),
        (
            (1.0 - &t) * &p / n,
            told(
                "one half",
                "This is what −(1 − t) log(1 − σ(s)) gives. The other half, −t log σ(s), has a gradient too.",
            ),
        ),
        (
            -&t * (1.0 - &p) / n,
            told(
                "one half",
                "This is what −t log σ(s) gives. The other half, −(1 − t) log(1 − σ(s)), has a gradient too.",
            ),
        ),
        (
            (s.mapv(f64::tanh) - &t) / n,
            told(
                "tanh for sigmoid",
                "Here is the hyperbolic tangent. The derivative of softplus is the sigmoid.",
            ),
        ),
        (
            Array2::from_elem(s.dim(), expected.sum()),
            told(
                "a mean of gradients",
                "All elements are one number, the mean of what they should be. The loss is a mean; its gradient has an element for each \
                 logit.",
            ),
        ),
        (
            ((1.0 - &t) / (1.0 - &p) - &t / &p) / n,
            told(
                "at the probability",
                "This is the gradient at the probability. The chain rule multiplies it by σ' = σ(1 − σ) to come to the logit.",
            ),
        ),
        (
            -&expected * n,
            told(
                "sign and mean",
                "Two things: the sign is turned, and the division by the number of elements is missing.",
            ),
        ),
        (
            (&p * (1.0 - &p) - &t) / n,
            told(
                "slope for probability",
                "Here is σ(1 − σ), the slope of the sigmoid, where σ itself belongs: the derivative of softplus is the sigmoid.",
            ),
        ),
        (
            (s.mapv(|s| probability(s.abs())) - &t) / n,
            told(
                "size for logit",
                "This takes σ at |s|. Only the form of softplus has |s|; its derivative is σ(s), small where s is far below 0.",
            ),
        ),
        (
            (s.mapv(|s| f64::from(u8::from(s > 0.0))) - &t) / n,
            told(
                "decision for probability",
                "Here the probability was rounded to 0 or 1. It is σ(s) itself that is compared with the target.",
            ),
        ),
        (
            (s.mapv(softplus) - &t) / n,
            told(
                "softplus for sigmoid",
                "Here is the softplus itself. Its derivative is the sigmoid.",
            ),
        ),
    ];
    judge(
        &expected,
        &candidate(&s, &t),
        1e-10,
        suspects,
        told("value", "The gradient is wrong."),
    )?;
    let (s, t) = far();
    let n = s.len() as f64;
    let right = (s.mapv(probability) - &t) / n;
    let came = candidate(&s, &t);
    let of = |element: &dyn Fn(f64, f64) -> f64| {
        FAR.map(|(s, t)| element(s, t) / n)
    };
    let quotient = of(&|s, t| s.exp() / (1.0 + s.exp()) - t);
    let chain = of(&|s, t| {
        let p = probability(s);
        let at_p = (1.0 - t) / (1.0 - p) - t / p;
        at_p * p * (1.0 - p)
    });
    let numbers: Vec<f64> = came.iter().copied().collect();
    let otherwise = if alike(&numbers, &quotient, 1e-10) {
        told(
            "power overflows",
            "At a logit of 1,000 e^s is infinite, and e^s / (1 + e^s) infinity over infinity. Write σ(s) as 1 / (1 + e^-s).",
        )
    } else if alike(&numbers, &chain, 1e-10)
        || numbers.iter().all(|v| v.is_nan())
    {
        told(
            "not simplified",
            "Far from 0, σ(s) rounds to 0 or 1, and this divides by σ(s) or by 1 − σ(s). On paper these factors cancel: cancel them before \
             you compute.",
        )
    } else if numbers.iter().any(|v| !v.is_finite()) {
        told(
            "not a number",
            "At logits far from 0 the gradient is not a number any more: something there is infinite, or divided by 0.",
        )
    } else {
        told("extremes", "The gradient is wrong at logits far from 0.")
    };
    judge(&right, &came, 1e-10, vec![], otherwise)
}

/// The difference quotient of one element after the other, as `slope` has it.
fn quotients(
    x: &Array1<f64>,
    slope: impl Fn(&dyn Fn(f64) -> Array1<f64>, usize) -> f64,
) -> Array1<f64> {
    Array1::from_shape_fn(x.len(), |n| {
        let moved = |by: f64| {
            let mut x = x.clone();
            x[n] += by;
            x
        };
        slope(&moved, n)
    })
}

pub fn numeric_gradient(candidate: NumericGradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Can a gradient be trusted?, equation 0.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let f = |x: &Array1<f64>| {
        x[0].powi(3) + x[0] * x[1] - x[1] * x[1] * x[2] + x[3] * x[3] / 500.0
    };
    let x = array![1.0, -2.0, 0.0, 1000.0];
    let exact = array![1.0, 1.0, -4.0, 4.0];
    for h in [0.5, 0.01] {
        let came = candidate(&f, &x, h);
        let right =
            quotients(&x, |at, _| (f(&at(h)) - f(&at(-h))) / (2.0 * h));
        let back = "An element that was moved has to be put back before the next one moves: the first element is right, and later ones \
                    are those of another point.";
        let (mut up, mut down, mut one) = (x.clone(), x.clone(), x.clone());
        let both_stay = Array1::from_shape_fn(x.len(), |n| {
            up[n] += h;
            down[n] -= h;
            (f(&up) - f(&down)) / (2.0 * h)
        });
        let one_stays = Array1::from_shape_fn(x.len(), |n| {
            one[n] += h;
            let right = f(&one);
            one[n] -= 2.0 * h;
            (right - f(&one)) / (2.0 * h)
        });
        let mut ahead = x.clone();
        let forward_stays = Array1::from_shape_fn(x.len(), |n| {
            ahead[n] += h;
            (f(&ahead) - f(&x)) / h
        });
        let left_out = |n: usize| {
            let mut some = right.clone();
            some[n] = 0.0;
            let what = format!(
                "Element {n} is 0, and its slope is not: the loop goes over all {} elements, from 0 on.",
                x.len()
            );
            (some, told("one left out", &what))
        };
        let all = (f(&(&x + h)) - f(&(&x - h))) / (2.0 * h);
        let suspects = vec![
            (
                quotients(&x, |at, _| (f(&at(h)) - f(&x)) / h),
                told(
                    "forward difference",
                    "This is the forward difference. Its error shrinks with h, that of the central difference with h²: step to both \
                     sides.",
                ),
            ),
            (
                quotients(&x, |at, _| (f(&x) - f(&at(-h))) / h),
                told(
                    "backward difference",
                    "This is the difference to the left. Its error shrinks with h, that of the central difference with h²: step to both \
                     sides.",
                ),
            ),
            (
                &right * 2.0,
                told(
                    "distance",
                    "This is twice the slope. From one step left to one step right the distance is 2h.",
                ),
            ),
            (
                &right * (h * h),
                told(
                    "order of operations",
                    "`a / 2.0 * h` is (a / 2) · h. The distance wants brackets: `a / (2.0 * h)`.",
                ),
            ),
            (
                &right * (2.0 * h),
                told(
                    "distance forgotten",
                    "This is the difference of the two values. Divide it by the distance between the two points, 2h.",
                ),
            ),
            (
                -&right,
                told(
                    "sign",
                    "The sign is turned: it is the value to the right minus the value to the left.",
                ),
            ),
            (
                &right * h,
                told(
                    "distance",
                    "This was divided by 2, and not by 2h. The distance between the two points is 2h.",
                ),
            ),
            (
                quotients(&x, |at, _| {
                    (f(&at(2.0 * h)) - f(&at(-2.0 * h))) / (2.0 * h)
                }),
                told(
                    "two steps",
                    "This moves by 2h to either side. It is h to either side, so that the distance is 2h.",
                ),
            ),
            (
                quotients(&x, |at, _| {
                    (f(&at(2.0 * h)) - f(&at(-2.0 * h))) / (4.0 * h)
                }),
                told(
                    "two steps",
                    "This moves by 2h to either side. It is h to either side, so that the distance is 2h.",
                ),
            ),
            (
                Array1::from_elem(x.len(), right[0]),
                told(
                    "always the first",
                    "All slopes are that of the first element. For slope n it is element n that moves.",
                ),
            ),
            (
                quotients(&x, |at, _| {
                    (f(&at(h)) - 2.0 * f(&x) + f(&at(-h))) / (h * h)
                }),
                told(
                    "second derivative",
                    "This is the second derivative. The first is the value to the right minus that to the left, over 2h.",
                ),
            ),
            (
                quotients(&x, |at, _| (f(&at(h)) - f(&x)) / (2.0 * h)),
                told(
                    "one side",
                    "This is the value to the right minus the one in the middle, over 2h. The other end of the distance is a step to the left.",
                ),
            ),
            (
                quotients(&x, |at, _| (f(&at(h)) + f(&at(-h))) / (2.0 * h)),
                told(
                    "sum for difference",
                    "The two values were added. It is the one to the right minus the one to the left.",
                ),
            ),
            (
                right.mapv(f64::abs),
                told("size alone", "The slopes have lost their signs."),
            ),
            (
                quotients(&x, |at, n| {
                    (f(&at(h - x[n])) - f(&at(-h - x[n]))) / (2.0 * h)
                }),
                told(
                    "set, not moved",
                    "The element was set to h and to −h. Move it by h from where it is (`+=`).",
                ),
            ),
            (
                right
                    .iter()
                    .scan(0.0, |sum, v| {
                        *sum += v;
                        Some(*sum)
                    })
                    .collect(),
                told(
                    "added up",
                    "Each slope has those of the elements before it in it. Begin anew for each element.",
                ),
            ),
            (
                quotients(&x, |at, _| f(&at(h)) - f(&at(-h)) / (2.0 * h)),
                told(
                    "order of operations",
                    "`a - b / (2.0 * h)` divides b alone. The difference wants brackets: `(a - b) / (2.0 * h)`.",
                ),
            ),
            left_out(0),
            left_out(x.len() - 1),
            (
                forward_stays,
                told(
                    "not put back",
                    "This is a forward difference, and an element that was moved is not put back before the next one moves. Step to both \
                     sides, of this element alone.",
                ),
            ),
            (both_stay, told("not put back", back)),
            (one_stays, told("not put back", back)),
            (
                Array1::from_elem(x.len(), all),
                told(
                    "all at once",
                    "All elements moved together, so that every slope is the same. Move one, and leave the others where they are.",
                ),
            ),
            (
                quotients(&x, |at, n| {
                    let by = h * x[n];
                    (f(&at(by)) - f(&at(-by))) / (2.0 * h)
                }),
                told(
                    "step in shares",
                    "The step was h times the element, which is no step at all where the element is 0. Move each by h itself.",
                ),
            ),
            (
                quotients(&x, |at, _| {
                    (f(&at(h / 2.0)) - f(&at(-h / 2.0))) / (2.0 * h)
                }),
                told(
                    "half a step",
                    "This moves by h/2 to either side and divides by 2h. Move by h.",
                ),
            ),
        ];
        let own_step = !alike(&to_vec(&right), &to_vec(&exact), 1e-2)
            && alike(&to_vec(&came), &to_vec(&exact), 1e-2);
        let otherwise = match own_step {
            true => told(
                "own step",
                "This is nearly the derivative itself, so the step was smaller than the h that came. Step by h.",
            ),
            false => told("value", "The quotient is wrong."),
        };
        judge(&right, &came, 1e-9, suspects, otherwise)?;
    }
    let none = candidate(&|_: &Array1<f64>| 1.0, &Array1::zeros(0), 0.1);
    let otherwise = told(
        "no element",
        "Of no element there is no slope: the result is empty.",
    );
    judge(&Array1::zeros(0), &none, 0.0, vec![], otherwise)
}

fn to_vec(of: &Array1<f64>) -> Vec<f64> {
    of.iter().copied().collect()
}

/// What can be wrong with a step of Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
enum AdamSlip {
    None,
    NotCorrected,
    OnlyMCorrected,
    OnlyVCorrected,
    NoPower,
    CountedFromTwo,
    CorrectedKept,
    NotKept,
    NoRoot,
    RootFirst,
    EpsUnderRoot,
    NoEps,
    Uphill,
    BetasSwapped,
    SharesSwapped,
    SharesForgotten,
    SizeForSquare,
    GradientForMean,
    StepFirst,
    EpsBeforeCorrection,
    EpsBehind,
    SquareOfMean,
    OneBeta,
    CountedFromZero,
    StepSizeForgotten,
    CorrectionsSwapped,
    AddedToItself,
    CorrectionTimes,
    Replaced,
    ProductForPower,
    MSum,
    VSum,
    OtherShare,
    NotSquared,
    TimesRoot,
}

const ADAM_SLIPS: [(AdamSlip, &str, &str); 34] = [
    (
        AdamSlip::NotCorrected,
        "not corrected",
        "The running means start at zero and are too small at first; v more than m, so the first steps come out too large. Divide m by \
         1 − β₁ᵗ and v by 1 − β₂ᵗ.",
    ),
    (
        AdamSlip::OnlyMCorrected,
        "v not corrected",
        "m was divided by 1 − β₁ᵗ, and v was not divided by 1 − β₂ᵗ. Both means start at zero.",
    ),
    (
        AdamSlip::OnlyVCorrected,
        "m not corrected",
        "v was divided by 1 − β₂ᵗ, and m was not divided by 1 − β₁ᵗ. Both means start at zero.",
    ),
    (
        AdamSlip::NoPower,
        "power forgotten",
        "The means were divided by 1 − β at every step. At step t it is 1 − βᵗ, which goes to 1.",
    ),
    (
        AdamSlip::CountedFromTwo,
        "a step too many",
        "The power is t + 1. Steps are counted from 1 already, so it is t itself.",
    ),
    (
        AdamSlip::CorrectedKept,
        "corrected means kept",
        "The means that were corrected went back into m and v. The next step then corrects them again: keep the uncorrected ones.",
    ),
    (
        AdamSlip::NotKept,
        "means not kept",
        "theta moved rightly at the first step, but m or v did not change. They are the memory of the next step: update them in place.",
    ),
    (
        AdamSlip::NoRoot,
        "no root",
        "v is a mean of squares: divide by its square root.",
    ),
    (
        AdamSlip::RootFirst,
        "corrected behind the root",
        "v was corrected behind the root. Divide v by 1 − β₂ᵗ first, and take the root of that.",
    ),
    (
        AdamSlip::EpsUnderRoot,
        "eps under the root",
        "ε went under the root. It is added to the root; at gradients as small as ε that is not the same.",
    ),
    (
        AdamSlip::NoEps,
        "eps forgotten",
        "ε is missing. A parameter whose gradients were all 0 has v = 0, and its step is 0 / 0.",
    ),
    (
        AdamSlip::Uphill,
        "uphill",
        "This walks uphill: the step goes against the gradient.",
    ),
    (
        AdamSlip::BetasSwapped,
        "betas swapped",
        "β₁ and β₂ have changed places. β₁ is for the mean of gradients, β₂ for that of their squares.",
    ),
    (
        AdamSlip::SharesSwapped,
        "shares swapped",
        "A mean took β of the new value and 1 − β of its own. It keeps β of itself.",
    ),
    (
        AdamSlip::SharesForgotten,
        "share forgotten",
        "A mean takes in 1 − β of the new value; yours takes in all of it, and is a sum.",
    ),
    (
        AdamSlip::SizeForSquare,
        "size for square",
        "v is the running mean of the gradient's square, element by element. Yours is that of its size.",
    ),
    (
        AdamSlip::GradientForMean,
        "gradient for mean",
        "The step is that of the gradient itself over the root. It is m̂, the running mean, that it takes.",
    ),
    (
        AdamSlip::StepFirst,
        "step before the means",
        "theta moved by the means of the step before. Update m and v first, and move by the new ones.",
    ),
    (
        AdamSlip::EpsBeforeCorrection,
        "eps before the correction",
        "ε was added to the root of v before v was corrected. Papers and libraries have both; here it is added to the root of the \
         corrected one.",
    ),
    (
        AdamSlip::EpsBehind,
        "eps behind the quotient",
        "ε was added behind the division: it wants brackets, `m_hat / (root + eps)`. Where all gradients were 0, yours is 0 / 0.",
    ),
    (
        AdamSlip::SquareOfMean,
        "square of the mean",
        "v took in the square of m. It is the running mean of the gradient's own square.",
    ),
    (
        AdamSlip::OneBeta,
        "one beta",
        "Both means were kept with β₁. The one of squares is kept, and corrected, with β₂.",
    ),
    (
        AdamSlip::CountedFromZero,
        "a step too few",
        "The power is t − 1. Steps are counted from 1, so it is t itself; at t = 1 yours divides by 1 − β⁰, which is 0.",
    ),
    (
        AdamSlip::StepSizeForgotten,
        "step size forgotten",
        "theta moves by the quotient itself. Multiply it by the step size, lr.",
    ),
    (
        AdamSlip::CorrectionsSwapped,
        "corrections swapped",
        "The corrections have changed places: m is divided by 1 − β₁ᵗ, v by 1 − β₂ᵗ.",
    ),
    (
        AdamSlip::AddedToItself,
        "mean added to itself",
        "A mean was added to what it was (`+=`). It becomes β of itself and 1 − β of the new value: `*m = …`.",
    ),
    (
        AdamSlip::CorrectionTimes,
        "corrected the wrong way",
        "The means were multiplied by 1 − βᵗ. They are too small, so they are divided by it.",
    ),
    (
        AdamSlip::Replaced,
        "theta replaced",
        "theta is the step itself. It moves by it: `*theta -= …`.",
    ),
    (
        AdamSlip::ProductForPower,
        "product for power",
        "1 − β t has β times t. It is β to the power t.",
    ),
    (
        AdamSlip::MSum,
        "share of m forgotten",
        "m takes in 1 − β₁ of the gradient; yours takes in all of it, and is a sum.",
    ),
    (
        AdamSlip::VSum,
        "share of v forgotten",
        "v takes in 1 − β₂ of the gradient's square; yours takes in all of it, and is a sum.",
    ),
    (
        AdamSlip::OtherShare,
        "share of the other beta",
        "v keeps β₂ of itself and takes in 1 − β₁ of the square. Both shares are β₂'s.",
    ),
    (
        AdamSlip::NotSquared,
        "not squared",
        "v took in the gradient. It is the mean of its square.",
    ),
    (
        AdamSlip::TimesRoot,
        "times the root",
        "The step was multiplied by the root and ε. It is divided by them.",
    ),
];

/// One number after a step of Adam, and its two means.
fn adam_one(
    slip: AdamSlip,
    [p, m, v]: [f64; 3],
    g: f64,
    t: i32,
    [lr, b1, b2, eps]: [f64; 4],
) -> [f64; 3] {
    let (b1, b2) = match slip {
        AdamSlip::BetasSwapped => (b2, b1),
        AdamSlip::OneBeta => (b1, b1),
        _ => (b1, b2),
    };
    let square =
        if slip == AdamSlip::SizeForSquare { g.abs() } else { g * g };
    let mean = |b: f64, old: f64, new: f64| match slip {
        AdamSlip::SharesSwapped => (1.0 - b) * old + b * new,
        AdamSlip::SharesForgotten => b * old + new,
        AdamSlip::AddedToItself => (1.0 + b) * old + (1.0 - b) * new,
        _ => b * old + (1.0 - b) * new,
    };
    let new_m = mean(b1, m, g);
    let square = match slip {
        AdamSlip::SquareOfMean => new_m * new_m,
        AdamSlip::NotSquared => g,
        _ => square,
    };
    let new_m = if slip == AdamSlip::MSum { b1 * m + g } else { new_m };
    let new_v = match slip {
        AdamSlip::VSum => b2 * v + square,
        AdamSlip::OtherShare => b2 * v + (1.0 - b1) * square,
        _ => mean(b2, v, square),
    };
    let (at_m, at_v) = match slip {
        AdamSlip::StepFirst => (m, v),
        _ => (new_m, new_v),
    };
    let power = match slip {
        AdamSlip::NoPower => 1,
        AdamSlip::CountedFromTwo => t + 1,
        AdamSlip::CountedFromZero => t - 1,
        _ => t,
    };
    let [by_m, by_v] = [b1, b2].map(|b: f64| 1.0 - b.powi(power));
    let [by_m, by_v] = match slip {
        AdamSlip::CorrectionsSwapped => [by_v, by_m],
        AdamSlip::CorrectionTimes => [1.0 / by_m, 1.0 / by_v],
        AdamSlip::ProductForPower => [b1, b2].map(|b| 1.0 - b * f64::from(t)),
        _ => [by_m, by_v],
    };
    let by_m = match slip {
        AdamSlip::NotCorrected | AdamSlip::OnlyVCorrected => 1.0,
        _ => by_m,
    };
    let by_v = match slip {
        AdamSlip::NotCorrected | AdamSlip::OnlyMCorrected => 1.0,
        _ => by_v,
    };
    let (m_hat, v_hat) = match slip {
        AdamSlip::GradientForMean => (g, at_v / by_v),
        _ => (at_m / by_m, at_v / by_v),
    };
    let below = match slip {
        AdamSlip::NoRoot => v_hat + eps,
        AdamSlip::RootFirst => at_v.sqrt() / by_v + eps,
        AdamSlip::EpsUnderRoot => (v_hat + eps).sqrt(),
        AdamSlip::TimesRoot => 1.0 / (v_hat.sqrt() + eps),
        AdamSlip::NoEps | AdamSlip::EpsBehind => v_hat.sqrt(),
        AdamSlip::EpsBeforeCorrection => (at_v.sqrt() + eps) / by_v.sqrt(),
        _ => v_hat.sqrt() + eps,
    };
    let sign = if slip == AdamSlip::Uphill { -1.0 } else { 1.0 };
    let lr = if slip == AdamSlip::StepSizeForgotten { 1.0 } else { lr };
    let behind = if slip == AdamSlip::EpsBehind { eps } else { 0.0 };
    let p = if slip == AdamSlip::Replaced { 0.0 } else { p };
    let p = p - sign * (lr * m_hat / below + behind);
    match slip {
        AdamSlip::CorrectedKept => [p, m_hat, v_hat],
        AdamSlip::NotKept => [p, m, v],
        _ => [p, new_m, new_v],
    }
}

/// A walk of Adam's: where it starts, its gradients, its first step number and its constants.
type Walk = ([Array1<f64>; 3], Vec<Array1<f64>>, i32, [f64; 4]);

fn walks() -> [Walk; 3] {
    let zeros = || Array1::zeros(4);
    [
        (
            [array![1.0, -1.0, 0.0, 2.0], zeros(), zeros()],
            vec![
                array![0.5, -3.0, 0.0, 0.1],
                array![-0.2, 1.0, 0.0, 0.1],
                array![0.9, 0.1, 0.0, 0.1],
            ],
            1,
            [0.1, 0.9, 0.999, 1e-8],
        ),
        // An eps that is not small, and gradients of all sizes.
        (
            [array![1.0, -1.0, 0.0, 2.0], zeros(), zeros()],
            vec![
                array![1000.0, -0.03, 0.0, 0.1],
                array![-1000.0, 0.01, 0.0, -0.1],
                array![1.0, 0.2, 0.5, 0.0],
            ],
            1,
            [0.02, 0.5, 0.8, 0.1],
        ),
        // Somewhere in the middle of a training.
        (
            [array![3.0, 0.5], array![0.2, -0.1], array![0.3, 0.02]],
            vec![array![0.4, 0.0]],
            20,
            [0.05, 0.8, 0.95, 1e-3],
        ),
    ]
}

pub fn adam_step(candidate: AdamStep) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Walking downhill, equation 0.12";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    for (start, gradients, first, constants) in walks() {
        // After each step m, v and theta, one behind the other.
        let walked = |slip| {
            let (mut at, mut all) = (start.clone(), Vec::new());
            for (t, g) in (first..).zip(&gradients) {
                for n in 0..g.len() {
                    let one = [at[0][n], at[1][n], at[2][n]];
                    let one = adam_one(slip, one, g[n], t, constants);
                    (at[0][n], at[1][n], at[2][n]) = (one[0], one[1], one[2]);
                }
                let [theta, m, v] = at.clone();
                all.extend([m, v, theta]);
            }
            all
        };
        let (right, mut came) = (walked(AdamSlip::None), Vec::new());
        let [mut theta, mut m, mut v] = start.clone();
        for (t, g) in (first..).zip(&gradients) {
            candidate(&mut theta, g, &mut m, &mut v, t, constants);
            came.extend([m.clone(), v.clone(), theta.clone()]);
        }
        let same = |a: &[Array1<f64>], b: &[Array1<f64>]| {
            let pairs = a.iter().zip(b);
            pairs
                .into_iter()
                .all(|(a, b)| alike(&to_vec(a), &to_vec(b), 1e-9))
        };
        if same(&came, &right) {
            continue;
        }
        let differs = |n: &usize| !same(&came[*n..=*n], &right[*n..=*n]);
        let n = (0..right.len()).find(differs).unwrap_or(0);
        let part = ["m", "v", "theta"][n % 3];
        let at = first + (n / 3) as i32;
        let slip =
            ADAM_SLIPS.iter().find(|(slip, ..)| same(&came, &walked(*slip)));
        let diagnosis = match slip {
            Some((_, name, what)) => told(name, what),
            None if came[n].iter().any(|v| !v.is_finite()) => told(
                "not a number",
                "A number is not finite. Where all gradients were 0, v is 0 and ε alone keeps the division finite; and t counts from 1, \
                 as 1 − β⁰ is 0.",
            ),
            None => {
                let suspects = vec![];
                let what = format!("Step {at} leaves a wrong {part}.");
                let otherwise = told("value", &what);
                match judge(&right[n], &came[n], 1e-9, suspects, otherwise) {
                    Err(told) => told,
                    Ok(()) => told("value", &what),
                }
            }
        };
        let shown = |of: &[Array1<f64>]| {
            format!("{part} after step {at}: {:.10}", of[n])
        };
        return Err(diagnosis.with(shown(&right), shown(&came)));
    }
    Ok(())
}

type Batch = (Array2<f64>, Vec<usize>);
type Trains = fn(Mlp<f64>, &[Batch], AdamConfig) -> (Mlp<f64>, Vec<f64>);

/// What can be wrong with a training loop.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    LossBehindTheStep,
    AdamAnew,
    FirstBatchAgain,
    Uphill,
    AddedUp,
    StepLate,
    AveragedTwice,
    MeanTakenBack,
    PlainDescent,
    ConstantsForgotten,
    SoftmaxTwice,
    SquaredError,
    ForwardOnce,
    NothingMoves,
    OneStepForAll,
    OneStepOnTheMean,
    StepTwice,
    LastBatchFirst,
    LossesOfTheSum,
    LossesAddedUp,
    LossesSoFar,
    BiasesStill,
    LastLayerAlone,
    BackToTheStart,
    LossesOfTheStart,
    AnswersForgotten,
    DescentAsWell,
    CountBackToZero,
    LossesReversed,
}

const SLIPS: [(Slip, &str, &str); 29] = [
    (
        Slip::LossBehindTheStep,
        "loss behind the step",
        "The network is right. The losses are those behind each step; they were to be those before it, from the forward pass that \
         the step needs anyway.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "Adam was made anew for each batch, so that its running means begin at zero again and t is always 1. Make it once, \
         before the loop.",
    ),
    (
        Slip::FirstBatchAgain,
        "the first batch again",
        "Every step was taken on the first batch. Take the next one for each step.",
    ),
    (
        Slip::Uphill,
        "uphill",
        "The network climbs: the gradient's sign was turned. `step` goes against the gradient by itself.",
    ),
    (
        Slip::AddedUp,
        "gradients added up",
        "A step used the sum of all gradients so far. Each step has the gradient of its own batch.",
    ),
    (
        Slip::StepLate,
        "a step late",
        "Each step used the gradient of the batch before: the step came ahead of the backward pass. Forward, loss, backward, step.",
    ),
    (
        Slip::AveragedTwice,
        "averaged twice",
        "The gradient was divided by the number of rows once more. `cross_entropy_backward` has done so.",
    ),
    (
        Slip::MeanTakenBack,
        "mean forgotten",
        "The gradient is that of the sum over rows, so that a batch of four pulls four times as hard as a batch of one. The loss \
         is a mean.",
    ),
    (
        Slip::PlainDescent,
        "plain descent",
        "These are steps of plain gradient descent, equation 0.11. Adam's are those of equation 0.12.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made with the `config` that came.",
    ),
    (
        Slip::SoftmaxTwice,
        "softmax twice",
        "The logits went through a softmax and then into a loss that applies it again. Hand it the logits.",
    ),
    (
        Slip::SquaredError,
        "squared error",
        "The gradient is that of the squared error between logits and one-hot rows. The loss is the cross-entropy; its gradient is \
         softmax minus one-hot.",
    ),
    (
        Slip::ForwardOnce,
        "gradient of the start",
        "All gradients are those of the network as it came. The network that has just moved is the one that goes forward next.",
    ),
    (
        Slip::NothingMoves,
        "a copy is trained",
        "The losses are right, and the network that came back has not moved. Was a copy trained?",
    ),
    (
        Slip::OneStepForAll,
        "one step for all",
        "All gradients were added and one step was taken at the end. There is a step for each batch.",
    ),
    (
        Slip::OneStepOnTheMean,
        "one step for all",
        "All gradients were averaged and one step was taken at the end. There is a step for each batch.",
    ),
    (
        Slip::StepTwice,
        "a step twice",
        "Each gradient was stepped along twice. There is one step for each batch.",
    ),
    (
        Slip::LastBatchFirst,
        "last batch first",
        "The batches came in the opposite order. Begin with the first.",
    ),
    (
        Slip::LossesOfTheSum,
        "losses of the sum",
        "The network is right. Each loss was multiplied by the rows of its batch; `cross_entropy` is their mean, which was to be returned.",
    ),
    (
        Slip::LossesAddedUp,
        "losses added up",
        "The network is right. Each loss has those of the earlier batches in it; it was to be that of its own batch.",
    ),
    (
        Slip::LossesSoFar,
        "mean loss so far",
        "The network is right. Each loss is the mean of those up to there; it was to be that of its own batch.",
    ),
    (
        Slip::BiasesStill,
        "biases stand still",
        "The weights moved, and the biases did not. `step` moves all parameters if it gets the whole gradient.",
    ),
    (
        Slip::LastLayerAlone,
        "last layer alone",
        "Only the last layer moved. The gradient has an array for each array of the network: hand the whole to `step`.",
    ),
    (
        Slip::BackToTheStart,
        "back to the start",
        "Each step was taken from the network as it came. Go on from where the last step led.",
    ),
    (
        Slip::LossesOfTheStart,
        "losses of the start",
        "The network is right. The losses are those of the network as it came; each was to be that of the network before its step.",
    ),
    (
        Slip::AnswersForgotten,
        "answers forgotten",
        "The gradient at the logits is the softmax alone. It is softmax minus one-hot: `cross_entropy_backward` takes the classes.",
    ),
    (
        Slip::DescentAsWell,
        "descent as well",
        "Each gradient was followed by plain descent and by Adam. Adam's `step` moves the network by itself.",
    ),
    (
        Slip::CountBackToZero,
        "count back to zero",
        "Adam's count of steps went back to 0, so that its means are corrected as at the first step. Leave `t` to it.",
    ),
    (
        Slip::LossesReversed,
        "losses in reverse",
        "The network is right. The losses are in reverse: that of the first batch comes first.",
    ),
];

fn trained(
    start: &Mlp<f64>,
    batches: &[Batch],
    config: AdamConfig,
    slip: Slip,
) -> (Mlp<f64>, Vec<f64>) {
    let config = match slip {
        Slip::ConstantsForgotten => AdamConfig::default(),
        _ => config,
    };
    let (mut net, mut adam) = (start.clone(), Adam::new(start, config));
    let (mut before, mut losses) = (None, Vec::new());
    for (n, own) in batches.iter().enumerate() {
        let (x, classes) = match slip {
            Slip::FirstBatchAgain => &batches[0],
            Slip::LastBatchFirst => &batches[batches.len() - 1 - n],
            _ => own,
        };
        if slip == Slip::AdamAnew {
            adam = Adam::new(&net, config);
        }
        if let (Slip::StepLate, Some(d_net)) = (slip, &before) {
            adam.step(&mut net, d_net);
        }
        if slip == Slip::BackToTheStart {
            net = start.clone();
        }
        if slip == Slip::CountBackToZero {
            adam.t = 0;
        }
        let at = if slip == Slip::ForwardOnce { start } else { &net };
        let outputs = at.forward(x);
        let s = match slip {
            Slip::SoftmaxTwice => softmax(last(&outputs)),
            _ => last(&outputs).clone(),
        };
        losses.push(cross_entropy(&s, classes));
        let (rows, d_s) =
            (x.nrows() as f64, cross_entropy_backward(&s, classes));
        let d_s = match slip {
            Slip::Uphill => -d_s,
            Slip::AveragedTwice => d_s / rows,
            Slip::MeanTakenBack => d_s * rows,
            Slip::AnswersForgotten => softmax(&s) / rows,
            Slip::SquaredError => {
                mse_backward(&s, &one_hot(classes, s.ncols()))
            }
            _ => d_s,
        };
        let (_, mut d_net) = at.backward(&outputs, d_s);
        let sums =
            [Slip::AddedUp, Slip::OneStepForAll, Slip::OneStepOnTheMean];
        if let (true, Some(so_far)) = (sums.contains(&slip), &before) {
            add(&mut d_net, so_far);
        }
        let layers = d_net.layers.len();
        for (n, layer) in d_net.layers.iter_mut().enumerate() {
            if slip == Slip::BiasesStill {
                layer.b.fill(0.0);
            }
            if slip == Slip::LastLayerAlone && n + 1 < layers {
                layer.w.fill(0.0);
                layer.b.fill(0.0);
            }
        }
        if slip == Slip::StepTwice {
            adam.step(&mut net, &d_net);
        }
        if [Slip::PlainDescent, Slip::DescentAsWell].contains(&slip) {
            let pairs = net.parameters_mut().into_iter();
            for (mut p, g) in pairs.zip(d_net.parameters()) {
                sgd_step(&mut p, &g, config.lr);
            }
        }
        let elsewhere = [
            Slip::StepLate,
            Slip::OneStepForAll,
            Slip::OneStepOnTheMean,
            Slip::PlainDescent,
        ];
        if !elsewhere.contains(&slip) {
            adam.step(&mut net, &d_net);
        }
        match slip {
            Slip::LossBehindTheStep => {
                losses[n] = cross_entropy(&net.output(x), classes);
            }
            Slip::LossesOfTheSum => losses[n] *= rows,
            Slip::LossesOfTheStart => {
                losses[n] = cross_entropy(&start.output(x), classes);
            }
            _ => {}
        }
        before = Some(d_net);
    }
    if let (Slip::OneStepForAll | Slip::OneStepOnTheMean, Some(mut d_net)) =
        (slip, before)
    {
        if slip == Slip::OneStepOnTheMean {
            let count = batches.len() as f64;
            d_net.parameters_mut().iter_mut().for_each(|g| *g /= count);
        }
        adam.step(&mut net, &d_net);
    }
    let added = || {
        losses.iter().scan(0.0, |sum, loss| {
            *sum += loss;
            Some(*sum)
        })
    };
    match slip {
        Slip::LossesAddedUp => (net, added().collect()),
        Slip::LossesSoFar => {
            let means = (1..).zip(added()).map(|(n, v)| v / f64::from(n));
            (net, means.collect())
        }
        Slip::LossesReversed => {
            losses.reverse();
            (net, losses)
        }
        Slip::NothingMoves => (start.clone(), losses),
        _ => (net, losses),
    }
}

/// The losses, and then every number of the network.
fn laid((net, losses): &(Mlp<f64>, Vec<f64>)) -> Array1<f64> {
    let parameters = net.parameters();
    let parameters = parameters.iter().flat_map(|p| p.iter());
    losses.iter().chain(parameters).copied().collect()
}

/// By how much numbers are multiplied, if all are by the same, and it is not 1.
fn factor(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    let several = right.len() > 1;
    (several && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// What differs first of two trainings: all losses, or a row of an array.
fn first_difference(
    right: &(Mlp<f64>, Vec<f64>),
    came: &(Mlp<f64>, Vec<f64>),
) -> [String; 2] {
    let apart = |a: f64, b: f64| {
        let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
        !near // a NaN is apart from everything
    };
    if right.1.iter().zip(&came.1).any(|(a, b)| apart(*a, *b)) {
        return [&right.1, &came.1].map(|l| format!("losses {l:.5?}"));
    }
    for (n, (a, b)) in right.0.layers.iter().zip(&came.0.layers).enumerate() {
        for (i, (a, b)) in a.w.rows().into_iter().zip(b.w.rows()).enumerate()
        {
            if a.iter().zip(b).any(|(a, b)| apart(*a, *b)) {
                return [a, b].map(|row| {
                    format!("row {i} of layer {n}'s weights {row:.5}")
                });
            }
        }
        if a.b.iter().zip(&b.b).any(|(a, b)| apart(*a, *b)) {
            return [a, b].map(|l| format!("layer {n}'s biases {:.5}", l.b));
        }
    }
    [String::new(), String::new()]
}

/// Three kinds of points in the plane: in a disc, and outside it by the signs of their numbers.
fn three_kinds(batches: u64) -> Vec<Batch> {
    let batch = |n| {
        let x =
            Array2::random_using((32, 2), StandardNormal, &mut rng_at(6, n));
        let kind = |x: ndarray::ArrayView1<f64>| match x[0] * x[1] {
            _ if x.dot(&x) < 1.0 => 0,
            product if product > 0.0 => 1,
            _ => 2,
        };
        let classes = x.rows().into_iter().map(kind).collect();
        (x, classes)
    };
    (0..batches).map(batch).collect()
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Learning to read";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(6, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let few = vec![
        (
            array![[0.0, 0.0], [1.0, -2.0], [1.0, 1.0], [-0.5, 3.0]],
            vec![2, 0, 1, 1],
        ),
        (array![[2.0, 0.5]], vec![0]),
        (array![[-1.0, 0.0], [0.3, 0.3], [0.0, -2.0]], vec![1, 2, 2]),
    ];
    let far = vec![
        (array![[1000.0, -1.0], [0.0, -1000.0]], vec![3, 1]),
        (array![[-1000.0, 1000.0], [1.0, 1.0], [0.0, 0.0]], vec![0, 0, 2]),
    ];
    let cases = [
        (net(&[2, 5, 3], 1), few, config),
        (net(&[2, 4], 2), far, AdamConfig { lr: 0.5, ..config }),
        (net(&[2, 3], 3), vec![], config),
        (
            net(&[2, 16, 3], 4),
            three_kinds(200),
            AdamConfig { lr: 0.02, ..AdamConfig::default() },
        ),
    ];
    for (net, batches, config) in cases {
        let right = trained(&net, &batches, config, Slip::None);
        let came = candidate(net.clone(), &batches, config);
        if came.1.len() != batches.len() {
            let what = "There is one loss for each batch, that before its step. Their number is wrong.";
            return Err(told("number of losses", what)
                .with(batches.len(), came.1.len()));
        }
        let suspects = SLIPS.into_iter().map(|(slip, name, what)| {
            let wrong = trained(&net, &batches, config, slip);
            (laid(&wrong), told(name, what))
        });
        let otherwise = match factor(&right.1, &came.1) {
            Some(times) => Diagnosis::new(
                "times a number",
                format!(
                    "Your losses are {times:.4} of the right ones everywhere."
                ),
                SEE,
            ),
            None if batches.len() == 200 => told(
                "long training",
                "A few batches are right, and 200 are not.",
            ),
            None => {
                let alone = |of: &(Mlp<f64>, Vec<f64>), losses: bool| {
                    let of = match losses {
                        true => (Mlp { layers: vec![] }, of.1.clone()),
                        false => (of.0.clone(), vec![]),
                    };
                    to_vec(&laid(&of))
                };
                let same = |losses| {
                    alike(&alone(&came, losses), &alone(&right, losses), 1e-9)
                };
                match (same(true), same(false)) {
                    (true, false) => told(
                        "network",
                        "The losses are right, and the network that came back is not: its last step is missing, or another than Adam's.",
                    ),
                    (false, true) => told(
                        "losses",
                        "The network is right, and the losses are not: each was to be the cross-entropy of its batch, before the step.",
                    ),
                    _ => told(
                        "value",
                        "The losses and the network are wrong. The first loss that is wrong says behind which step the network was.",
                    ),
                }
            }
        };
        let judged = judge(
            &laid(&right),
            &laid(&came),
            if batches.len() == 200 { 1e-6 } else { 1e-9 },
            suspects.collect(),
            otherwise,
        );
        judged.map_err(|told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        })?;
    }
    Ok(())
}

/// Why the signal of exercise 0.7 comes out as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    TheRuleKeepsTheSize,
    TheSquareDoubles,
    TheSizeDoubles,
    TwentyAreOne,
    SignsCancel,
}

/// How many times as large the sums are after so many layers drawn by He's rule: the geometric mean of five seeds.
fn grown(layers: usize, follows: Activation) -> f64 {
    let one = |seed| {
        let rng = &mut rng_at(7, seed);
        let x = Array2::random_using((64, 256), StandardNormal, rng);
        let (start, mut s) = (x.std(0.0), x);
        for n in 0..layers {
            let x = if n == 0 { s } else { follows.forward(s) };
            let layer = init_layer::<f64>(256, 256, Activation::Relu, rng);
            s = linear(&x, &layer.w, &layer.b);
        }
        (s.std(0.0) / start).ln()
    };
    ((0..5).map(one).sum::<f64>() / 5.0).exp()
}

pub fn without_relu(
    candidate: fn() -> (f64, Because),
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A network is a list, equation 0.10";
    let (size, because) = candidate();
    let here = grown(20, Activation::Identity);
    let right = size >= here / 1.5 && size <= here * 1.5;
    let came = match right {
        true => format!("The number came: the signal grows {here:.0}-fold. "),
        false => format!("The signal grows {here:.0}-fold. "),
    };
    let told = |name, what: String| {
        let told = Diagnosis::new(name, format!("{came}{what}"), SEE);
        Err(told.with(format!("{here:.0}"), format!("{size}, {because:?}")))
    };
    let one = grown(1, Activation::Identity);
    match because {
        Because::TheRuleKeepsTheSize => told(
            "the rule keeps the size",
            format!(
                "With ReLU it is {one:.2} times the input's after one layer, and {:.2} times after twenty: the rule is made for \
                 the ReLU that follows, and its 2 makes up for what ReLU throws away. Without ReLU a variance of 1 / I would keep \
                 the size.",
                grown(20, Activation::Relu)
            ),
        ),
        Because::TheSizeDoubles => told(
            "the size doubles",
            format!(
                "Then it would grow 2²⁰-fold, a million times. One layer makes {one:.2} of 1: it is the mean square that doubles, \
                 and the size goes with its root."
            ),
        ),
        Because::TwentyAreOne => told(
            "twenty are one",
            format!(
                "One layer makes {one:.2} of 1. Twenty are indeed one linear layer, whose matrix is the product of twenty: its \
                 numbers are larger than those of each factor."
            ),
        ),
        Because::SignsCancel => told(
            "signs cancel",
            format!(
                "One layer makes {one:.2} of 1. The signs of the weights are random with ReLU or without: the 256 terms of a sum \
                 cancel in part, and what is left is a sum of 256 mean squares."
            ),
        ),
        Because::TheSquareDoubles if !right => told(
            "a reason without its number",
            "The reason is right. Its number: the mean square doubles twenty times, and the standard deviation is the root of that."
                .to_string(),
        ),
        Because::TheSquareDoubles => Ok(()),
    }
}

/// When a log is read.
const WHEN: [&str; 2] = ["at the beginning", "over the last third"];

/// What such a run does, of a cause that was named wrongly.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::LongSteps => {
            "With steps too long, each step goes past the valley; the gradients are those of the loss at the place, and the losses jump."
        }
        Cause::ShortSteps => {
            "With steps too short, the network learns what a healthy one does, thirty times as slowly: all curves hardly move, and \
             gradients reach all layers."
        }
        Cause::SumForMean => {
            "With the sum for the mean, a step is as many times too long as a batch has points, and so is the gradient in the log."
        }
        Cause::ZeroStart => {
            "With weights of 0 all hidden outputs are 0, in both layers, and no gradient gets past the last biases."
        }
        Cause::WideStart => {
            "With weights ten times as large, the first losses are in the hundreds, since three layers multiply the logits by a thousand."
        }
        Cause::LowBiases => {
            "With biases of −20 in the second hidden layer, no sum of its units is positive: they are dead, and no gradient gets past \
             them. The units before them are not."
        }
        Cause::SignTurned => {
            "With the sign turned at the first layer's weights, these climb while the layers behind them descend: the loss falls as long as \
             they are the faster ones."
        }
        Cause::PairsBroken => {
            "With answers that belong to other points, there is nothing to learn but how often each kind occurs: gradients flow, no unit \
             dies, and the loss stays at guessing."
        }
        Cause::OneBatch => {
            "With one batch, the network learns that batch by heart: its loss on it goes to 0, and on fresh points it grows."
        }
    }
}

/// The mistake of naming this cause.
fn named(cause: Cause) -> &'static str {
    match cause {
        Cause::LongSteps => "long steps",
        Cause::ShortSteps => "short steps",
        Cause::SumForMean => "sum for mean",
        Cause::ZeroStart => "zero start",
        Cause::WideStart => "wide start",
        Cause::LowBiases => "low biases",
        Cause::SignTurned => "sign turned",
        Cause::PairsBroken => "pairs broken",
        Cause::OneBatch => "one batch",
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § What goes wrong and § Exercises";
    /// Trained once, however many answers are looked at.
    static READ: LazyLock<Vec<(Cause, [[f64; 8]; 2])>> =
        LazyLock::new(|| {
            // Networks so small are slower on many threads than on one.
            let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
            let one = one.unwrap_or_else(|e| panic!("{e}"));
            let read = |cause| (cause, readings(&log(Some(cause), 1, STEPS)));
            one.install(|| CAUSES.map(read).into())
        });
    let read = |cause| {
        let found = READ.iter().find(|(of, _)| *of == cause);
        found.map_or([[f64::NAN; 8]; 2], |(_, read)| *read)
    };
    let runs = ["A", "B", "C", "D"];
    for ((run, right), came) in runs.iter().zip(SHOWN).zip(candidate()) {
        if right == came {
            continue;
        }
        let (here, there) = (read(right), read(came));
        let by = told_by(&here, &there);
        // The second curve is another one.
        let another = by.iter().find(|b| b.2 != by[0].2);
        let told = by.iter().take(1).chain(another);
        let numbers = told.map(|(_, when, n)| {
            format!(
                "{} {} would be about {}; here it is {}",
                WHEN[*when],
                SAID[*n].1,
                shortly(there[*when][*n]),
                shortly(here[*when][*n])
            )
        });
        let what = format!(
            "Run {run} is something else. {} In such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(named(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}
