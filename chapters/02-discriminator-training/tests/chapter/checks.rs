//! The checks of this chapter's exercises.

use std::cell::Cell;
use std::sync::LazyLock;

use datasets::toy::Density;
use discriminator_training::plain::{
    self, Targets, smoothed_d_loss, smoothed_d_loss_backward,
};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, add, bce_with_logits,
    sgd_step, sigmoid,
};
use lab::{ChaCha8Rng, Diagnosis, judge, rng_at};
use minimax_loss::plain::{d_loss, d_loss_backward, data_and_generator};
use ndarray::{Array, Array1, Array2, Axis, Dimension, arr0, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[path = "../../src/run/causes.rs"]
mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, apart, late, log};

/// An answer that a known mistake gives: how to compute it, the mistake's name, and what to say of it.
type Suspect<F> = (F, &'static str, &'static str);

/// What the suspects give on the inputs at hand.
fn values<F, D>(
    suspects: &[Suspect<F>],
    see: &'static str,
    of: impl Fn(&F) -> Array<f64, D>,
) -> Vec<(Array<f64, D>, Diagnosis)> {
    let told = |(f, name, what): &Suspect<F>| {
        (of(f), Diagnosis::new(name, *what, see))
    };
    suspects.iter().map(told).collect()
}

/// An answer to one of the inputs, beside what is right and what the suspects give.
struct Case<D> {
    right: Array<f64, D>,
    came: Array<f64, D>,
    suspects: Vec<(Array<f64, D>, Diagnosis)>,
    otherwise: Diagnosis,
}

fn near<D: Dimension>(a: &Array<f64, D>, b: &Array<f64, D>) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b || (a - b).abs() <= 1e-10 * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

fn all_finite<D: Dimension>(a: &Array<f64, D>) -> bool {
    a.iter().all(|v| v.is_finite())
}

/// Judges the first answer that is wrong. A suspect is named only if it gives the answers to the other inputs as well, but for
/// one in four, as there may be a second mistake.
fn judge_all<D: Dimension>(cases: Vec<Case<D>>) -> Result<(), Diagnosis> {
    let wrong = |case: &Case<D>| !near(&case.right, &case.came);
    let Some(first) = cases.iter().position(wrong) else {
        return Ok(());
    };
    let is = |n: usize, case: &Case<D>| near(&case.suspects[n].0, &case.came);
    let misses = |n: &usize| {
        let told = cases.iter().filter(|case| all_finite(&case.came));
        told.filter(|case| !is(*n, case)).count()
    };
    let found = (0..cases[first].suspects.len())
        .filter(|n| is(*n, &cases[first]))
        .min_by_key(misses)
        .filter(|n| 4 * misses(n) <= cases.len());
    let Case { right, came, suspects, otherwise } =
        cases.into_iter().nth(first).unwrap_or_else(|| unreachable!());
    let suspects = suspects.into_iter().enumerate();
    let suspects = suspects.filter(|(n, _)| found == Some(*n));
    let suspects = suspects.map(|(_, suspect)| suspect).collect();
    judge(&right, &came, 1e-10, suspects, otherwise)
}

/// A small input in words, what is right there, and what came.
type Probe = (String, Array1<f64>, Array1<f64>);

/// If no suspect fits, the first of these inputs, from the simplest on, at which the answer is wrong.
fn or_simplest(
    judged: Result<(), Diagnosis>,
    probes: impl FnOnce() -> Vec<Probe>,
) -> Result<(), Diagnosis> {
    judged.map_err(|mut told| {
        if told.mistake == "value" {
            let mut probes = probes().into_iter();
            let wrong = probes.find(|(_, right, came)| !near(right, came));
            if let Some((words, right, came)) = wrong {
                told.what += &format!(
                    " Begin with {words}: right is {right:.4}, yours is {came:.4}."
                );
            }
        }
        told
    })
}

/// The number by which all of one array is multiplied to give the other.
fn multiple(of: &Array2<f64>, came: &Array2<f64>) -> Option<f64> {
    let largest = of.iter().zip(came);
    let (a, b) = largest.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
    let times = b / a;
    let told = times.is_finite() && times != 0.0;
    (told && near(&(of * times), came)).then_some(times)
}

/// What to say where a logit is large.
fn overflow(what: &str, see: &'static str) -> Diagnosis {
    let what = format!(
        "{what} is not a number where a logit is 1,000 or -1,000. e^s / (1 + e^s) is infinity over infinity there; 1 / (1 + e^-s) is \
         right at both ends."
    );
    Diagnosis::new("overflow", what, see)
}

/// What comes back to w of a batch: for each row the slope of its loss at the logit times the row; their mean.
fn back(
    x: &Array2<f64>,
    w: &Array2<f64>,
    slope: fn(f64) -> f64,
) -> Array2<f64> {
    x.t().dot(&x.dot(w).mapv(slope)) / x.nrows() as f64
}

/// The slope at a logit with target 1.
fn to_real(s: f64) -> f64 {
    sigmoid(s) - 1.0
}

fn rows(x: &Array2<f64>) -> f64 {
    x.nrows() as f64
}

type Step = fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>;

const STEPS: [Suspect<Step>; 28] = [
    (
        |w, _, f| back(f, w, sigmoid),
        "fakes only",
        "Only the fakes are here. The real batch has a gradient of its own; add it.",
    ),
    (
        |w, r, _| back(r, w, to_real),
        "real only",
        "Only the real batch is here. The fakes have a gradient of their own; add it.",
    ),
    (
        |w, r, f| {
            let sum =
                rows(r) * back(r, w, to_real) + rows(f) * back(f, w, sigmoid);
            sum / (rows(r) + rows(f))
        },
        "one mean",
        "The two batches were averaged as one. The loss is the mean over the real batch *plus* the mean over the fakes, so each is \
         divided by its own size.",
    ),
    (
        |w, r, f| -back(r, w, to_real) - back(f, w, sigmoid),
        "uphill",
        "The sign is turned: this is the gradient of V, which D climbs.",
    ),
    (
        |w, r, f| {
            rows(r) * back(r, w, to_real) + rows(f) * back(f, w, sigmoid)
        },
        "sums for means",
        "The rows were added up. Each term of the loss is a mean: divide by B, and by B'.",
    ),
    (
        |w, r, f| {
            back(r, w, to_real) + rows(f) / rows(r) * back(f, w, sigmoid)
        },
        "real size for both",
        "Both sums were divided by the number of real rows. The fakes' is a mean over the fakes: divide it by their own number.",
    ),
    (
        |w, r, f| {
            rows(r) / rows(f) * back(r, w, to_real) + back(f, w, sigmoid)
        },
        "fake size for both",
        "Both sums were divided by the number of fakes. The real batch's is a mean over that batch: divide it by its own number.",
    ),
    (
        |w, r, f| {
            rows(r) / rows(f) * back(r, w, to_real)
                + rows(f) / rows(r) * back(f, w, sigmoid)
        },
        "sizes exchanged",
        "The real batch was divided by the number of fakes, and the fakes by that of real rows.",
    ),
    (
        |w, r, f| 0.5 * (back(r, w, to_real) + back(f, w, sigmoid)),
        "half of it",
        "This is ½ of the gradient: the mean of the two terms. Equation 2.1 is their sum.",
    ),
    (
        |w, r, f| back(r, w, sigmoid) + back(f, w, to_real),
        "targets swapped",
        "The targets are swapped: real rows were scored against 0, and fakes against 1.",
    ),
    (
        |w, r, f| back(r, w, to_real) - back(f, w, sigmoid),
        "subtracted",
        "The fakes' gradient was subtracted. That of a sum is the sum of both.",
    ),
    (
        |w, r, f| back(f, w, sigmoid) - back(r, w, to_real),
        "real subtracted",
        "The sign of the real term is turned: 1 - D in place of D - 1.",
    ),
    (
        |w, r, f| back(r, w, to_real) + back(f, w, to_real),
        "fakes against 1",
        "The fakes were scored against 1, as the generator would wish. For the discriminator their target is 0.",
    ),
    (
        |w, r, f| back(r, w, sigmoid) + back(f, w, sigmoid),
        "real against 0",
        "The real rows were scored against 0. Their target is 1: D - 1.",
    ),
    (
        |w, r, _| back(r, w, to_real) + back(r, w, sigmoid),
        "real scored twice",
        "The real batch was scored against 1 and against 0, and no fake was scored.",
    ),
    (
        |w, r, f| back(r, w, |s| s - 1.0) + back(f, w, |s| s),
        "no sigmoid",
        "The logit stands where D should. D is its sigmoid.",
    ),
    (
        |w, r, f| {
            let slope = |d: f64| d * (1.0 - d);
            let real = r.dot(w).mapv(sigmoid);
            let fake = f.dot(w).mapv(sigmoid);
            let real = (&real - 1.0) * real.mapv(slope);
            let fake = &fake * &fake.mapv(slope);
            r.t().dot(&real) / rows(r) + f.t().dot(&fake) / rows(f)
        },
        "slope twice",
        "D - 1 and D are the gradients at the logits already. The sigmoid's slope D (1 - D) was multiplied on once more; it has \
         cancelled with the logarithm's.",
    ),
    (
        |w, r, f| {
            back(r, w, |s| -1.0 / sigmoid(s))
                + back(f, w, |s| 1.0 / sigmoid(-s))
        },
        "gradient at D",
        "-1/D and 1/(1 - D) are the gradients at the probabilities. The way back to the logits multiplies them by D (1 - D).",
    ),
    (
        |w, r, f| {
            back(r, w, |s| sigmoid(sigmoid(s)) - 1.0)
                + back(f, w, |s| sigmoid(sigmoid(s)))
        },
        "two sigmoids",
        "The sigmoid was taken twice: what was handed over as a logit is a probability.",
    ),
    (
        |w, r, f| {
            (back(r, w, to_real) + back(f, w, sigmoid)) / w.len() as f64
        },
        "mean over numbers",
        "The means were taken over all numbers of a batch. A batch of B rows has B losses, however wide the rows are.",
    ),
    (
        |w, r, f| {
            let sum =
                rows(r) * back(r, w, to_real) + rows(f) * back(f, w, sigmoid);
            sum / w.len() as f64
        },
        "divided by the width",
        "The sums were divided by the width of a row. Each is a mean over its batch: divide by the number of rows.",
    ),
    (
        |w, r, f| back(r, w, to_real) + rows(f) * back(f, w, sigmoid),
        "fakes added up",
        "The real term is a mean and that of the fakes is a sum. Divide it by the number of fakes.",
    ),
    (
        |w, r, f| rows(r) * back(r, w, to_real) + back(f, w, sigmoid),
        "real added up",
        "The fakes' term is a mean and that of the real rows is a sum. Divide it by the number of real rows.",
    ),
    (
        |w, r, f| {
            let mean = |x: &Array2<f64>| {
                x.sum_axis(Axis(0)).insert_axis(Axis(0)) / rows(x)
            };
            back(&mean(r), w, to_real) + back(&mean(f), w, sigmoid)
        },
        "mean row first",
        "The rows were averaged first, and the mean row was scored. D is not linear: score each row, and average the gradients.",
    ),
    (
        |w, r, f| {
            back(r, w, |s| sigmoid(-s) - 1.0) + back(f, w, |s| sigmoid(-s))
        },
        "sigmoid of -s",
        "1 - D stands where D should: the sigmoid is 1 / (1 + e^-s), with a minus in the exponent.",
    ),
    (
        |_, r, f| {
            back(f, &Array2::zeros((f.ncols(), 1)), sigmoid)
                + back(r, &Array2::zeros((r.ncols(), 1)), to_real)
        },
        "untrained",
        "D is ½ everywhere here. It is the sigmoid of x w: was w left out?",
    ),
    (
        |w, _, f| {
            let last = f.slice(s![-1.., ..]).to_owned();
            back(&last, w, sigmoid) / rows(f)
        },
        "last row",
        "Only the last row is here: each overwrote the one before. Add it to what is there.",
    ),
    (
        |w, r, f| (back(r, w, to_real) + back(f, w, sigmoid)).reversed_axes(),
        "transposed",
        "The numbers are right and lie in a row. A gradient has the shape of what it is the gradient of: [X, 1].",
    ),
];

pub fn d_step(candidate: Step) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, equation 2.2";
    let rng = &mut rng_at(21, 0);
    let cases = [
        (
            array![[0.5], [-1.0], [0.8]],
            array![
                [1.0, 0.2, 0.0],
                [0.5, -1.0, 0.3],
                [2.0, 0.0, -0.4],
                [2.0, 0.0, -0.4]
            ],
            array![[-1.0, 0.5, 0.1], [0.3, 0.3, -0.6]],
        ),
        (
            normal(2, 1, rng),
            normal(1, 2, rng),
            normal(5, 2, rng), // one real row
        ),
        (array![[0.3]], normal(6, 1, rng), array![[0.0], [-2.0], [0.0]]),
        (
            array![[1.0], [-1.0], [0.0]],
            array![
                [1000.0, 0.0, 0.5],
                [0.0, 1000.0, 1.0],
                [0.0, 0.0, 0.0],
                [2.0, 2.0, 2.0]
            ],
            array![[-1000.0, 0.0, 3.0], [1000.0, 0.0, 1.0]],
        ),
    ];
    let cases = cases.into_iter().map(|(w, real, fake)| {
        let right = back(&real, &w, to_real) + back(&fake, &w, sigmoid);
        let came = candidate(&w, &real, &fake);
        let otherwise = format!(
            "The gradient at w, [{}, 1], is wrong, for {} real rows and {} fakes.",
            w.nrows(),
            real.nrows(),
            fake.nrows()
        );
        let mut otherwise = Diagnosis::new("value", otherwise, SEE);
        let step = (came.dim() == w.dim())
            .then(|| multiple(&right, &(&came - &w)))
            .flatten();
        if came.dim() != w.dim() {
            otherwise.what += " A gradient has the shape of w.";
        } else if !all_finite(&came) {
            otherwise = overflow("The gradient", SEE);
        } else if step.is_some_and(|step| (step.abs() - 1.0).abs() > 1e-9) {
            let what = "This is w after a step. The gradient alone is asked for.";
            otherwise = Diagnosis::new("step taken", what, SEE);
        }
        let suspects = values(&STEPS, SEE, |f| f(&w, &real, &fake));
        Case { right, came, suspects, otherwise }
    });
    judge_all(cases.collect()).map_err(|mut told| {
        if told.mistake == "value" {
            told.what += &in_parts(candidate);
        }
        told
    })
}

/// A slope at a logit of 1 as one would say it.
fn slope_in_words(slope: f64) -> String {
    let d = sigmoid(1.0);
    let known = [
        (d, "D"),
        (d - 1.0, "D - 1"),
        (1.0 - d, "1 - D"),
        (-d, "-D"),
        (0.0, "0"),
        (1.0, "1, the logit or a hard answer"),
        (-1.0, "-1"),
        (1.0_f64.tanh(), "the tanh of the logit"),
        (1.0_f64.tanh() - 1.0, "the tanh of the logit, less 1"),
        (d / 2.0, "D/2"),
        ((d - 1.0) / 2.0, "(D - 1)/2"),
        ((1.0 - d) / 2.0, "(1 - D)/2"),
        (-d / 2.0, "-D/2"),
    ];
    let name = known.iter().find(|(v, _)| (v - slope).abs() < 1e-9);
    name.map_or(format!("{slope:.4}"), |(_, name)| (*name).into())
}

/// What an answer to exercise 2.1 does with each batch, found by batches of one row beside a row of zeros.
fn in_parts(candidate: Step) -> String {
    let w = array![[1.0], [0.0]];
    let (none, one) = (array![[0.0, 0.0]], array![[1.0, 0.0]]);
    let twice = array![[1.0, 0.0], [1.0, 0.0]];
    let at = |real: &Array2<f64>, fake: &Array2<f64>| {
        candidate(&w, real, fake).first().copied().unwrap_or(f64::NAN)
    };
    if at(&none, &none) != 0.0 {
        return format!(
            " A row of zeros adds nothing to the gradient; of one in either batch yours is {:.4}.",
            at(&none, &none)
        );
    }
    let parts = [
        ("real row", sigmoid(1.0) - 1.0, at(&one, &none), at(&twice, &none)),
        ("fake", sigmoid(1.0), at(&none, &one), at(&none, &twice)),
    ];
    let mut said = String::new();
    for (row, right, once, twice) in parts {
        if (once - right).abs() > 1e-9 {
            said += &format!(
                " For one {row} alone with logit 1 the slope at the logit is {} in yours; it should be {}.",
                slope_in_words(once),
                slope_in_words(right)
            );
        }
        if (twice - once).abs() > 1e-9 {
            said += &format!(
                " The same {row} twice is to say what it says once; yours goes from {once:.4} to {twice:.4}."
            );
        }
    }
    said
}

type Detached = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>);

/// What comes back to g, from a slope at the logits.
fn to_g(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
    slope: fn(f64) -> f64,
) -> Array2<f64> {
    z.t().dot(&z.dot(g).dot(w).mapv(slope).dot(&w.t())) / rows(z)
}

/// From the noise z, the generator g and the discriminator w.
const AT_W: [Suspect<Step>; 16] = [
    (
        |_, _, w| w * 0.0,
        "discriminator frozen",
        "Nothing comes to w. Detaching stops the generator, not the discriminator.",
    ),
    (
        |z, g, w| z.t().dot(&z.dot(g).dot(w).mapv(sigmoid)) / rows(z),
        "noise for fakes",
        "The gradient at the logits was taken back to w through the noise. What w multiplies are the fakes, x = z g.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, to_real),
        "fakes against 1",
        "The fakes were scored against 1, as the generator would wish. For the discriminator their target is 0: D, not D - 1.",
    ),
    (
        |z, g, w| -back(&z.dot(g), w, sigmoid),
        "uphill",
        "The sign at w is turned: the discriminator would climb its loss.",
    ),
    (
        |z, g, w| rows(z) * back(&z.dot(g), w, sigmoid),
        "sum for mean",
        "The gradient at w is a sum over the batch. The loss is a mean: divide by B.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, sigmoid) / w.len() as f64,
        "mean over numbers",
        "The mean was taken over all numbers of the fakes. B fakes have B losses, however wide they are.",
    ),
    (
        |z, g, w| rows(z) * back(&z.dot(g), w, sigmoid) / w.len() as f64,
        "divided by the width",
        "The sum was divided by the width of a fake. The mean is over the batch: divide by B.",
    ),
    (
        |z, g, w| rows(z) * back(&z.dot(g), w, sigmoid) / z.ncols() as f64,
        "divided by the width of the noise",
        "The sum was divided by the width of the noise. The mean is over the batch: divide by B.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, |s| s),
        "no sigmoid",
        "The logit stands where D should. D is its sigmoid.",
    ),
    (
        |z, g, w| {
            back(&z.dot(g), w, |s| sigmoid(s) * sigmoid(s) * sigmoid(-s))
        },
        "slope twice",
        "D is the gradient at the logit already. The sigmoid's slope D (1 - D) was multiplied on once more; it has cancelled with \
         the logarithm's.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, |s| 1.0 / sigmoid(-s)),
        "gradient at D",
        "1/(1 - D) is the gradient at the probability. The way back to the logit multiplies it by D (1 - D).",
    ),
    (
        |z, g, w| back(&z.dot(g), w, sigmoid) / 2.0,
        "half of it",
        "The gradient at w is ½ of it. The fake term stands alone here; there is nothing to average it with.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, |s| sigmoid(sigmoid(s))),
        "two sigmoids",
        "The sigmoid was taken twice: what was handed over as a logit is a probability.",
    ),
    (
        |_, _, w| w.clone(),
        "w itself",
        "The first result is w itself. Asked for is the gradient at w.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, sigmoid).reversed_axes(),
        "transposed",
        "The numbers are right and lie in a row. A gradient has the shape of what it is the gradient of.",
    ),
    (
        |z, g, w| back(&z.dot(g), w, |s| sigmoid(-s)),
        "sigmoid of -s",
        "1 - D stands where D should: the gradient of the fake term at a logit is D, 1 / (1 + e^-s).",
    ),
];

const AT_G: [Suspect<Step>; 2] = [
    (
        |_, g, _| g.clone(),
        "g itself",
        "The second result is g itself. Asked for is the gradient at g; if g is to stand still, what is it?",
    ),
    (
        |_, _, w| w * 0.0,
        "shape of w",
        "Nothing moves, that is right; but the second result is the gradient at g, and has the shape of g.",
    ),
];

/// What came to g, if it is a multiple of a gradient that does not belong there.
fn at_g(
    leak: &Array2<f64>,
    own: &Array2<f64>,
    came: &Array2<f64>,
) -> (&'static str, String) {
    let times = |times: f64| match (times - 1.0).abs() < 1e-9 {
        true => String::new(),
        false => format!(" (Here it came {times:.4} times.)"),
    };
    match (multiple(leak, came), multiple(own, came)) {
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
            "The gradient at g, of the shape of g, is wrong. In this step the generator has to stand still.".into(),
        ),
    }
}

pub fn detached(candidate: Detached) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § The generator stands still, equation 2.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let rng = &mut rng_at(22, 0);
    let inputs = [
        (
            array![
                [1.0, -0.5],
                [0.3, 2.0],
                [0.0, 0.4],
                [0.3, 2.0],
                [-1.5, 0.0]
            ],
            array![[0.5, 1.0, 0.0], [-1.0, 0.4, 0.3]],
            array![[0.7], [-0.3], [1.1]],
        ),
        (normal(1, 2, rng), normal(2, 4, rng), normal(4, 1, rng)),
        (normal(4, 5, rng), normal(5, 3, rng), normal(3, 1, rng)),
        (
            array![[1000.0, 0.0], [0.0, 1000.0], [0.0, 0.0]],
            array![[1.0, 0.0, 0.0, 0.5], [-1.0, 0.5, 0.0, 0.0]],
            array![[1.0], [0.0], [2.0], [0.0]],
        ),
    ];
    let (mut at_ws, mut at_gs) = (Vec::new(), Vec::new());
    for (z, g, w) in inputs {
        let (d_w, d_g) = candidate(&z, &g, &w);
        if d_w.dim() == g.dim() && d_g.dim() == w.dim() {
            let what = "The two came in the wrong order: the gradient at w is the first, that at g the second.";
            let (right, came) = ([w.dim(), g.dim()], [d_w.dim(), d_g.dim()]);
            return Err(told("order", what)
                .with(format!("{right:?}"), format!("{came:?}")));
        }
        let right = back(&z.dot(&g), &w, sigmoid);
        let step = (d_w.dim() == w.dim())
            .then(|| multiple(&right, &(&d_w - &w)))
            .flatten();
        let otherwise = match all_finite(&d_w) {
            true if step.is_some() => told(
                "step taken",
                "The first result is w after a step. The gradient alone is asked for.",
            ),
            true => told(
                "value",
                "The gradient at w, of the shape of w, is wrong.",
            ),
            false => overflow("The gradient at w", SEE),
        };
        at_ws.push(Case {
            right,
            came: d_w,
            suspects: values(&AT_W, SEE, |f| f(&z, &g, &w)),
            otherwise,
        });
        let [leak, own] =
            [sigmoid, to_real].map(|slope| to_g(&z, &g, &w, slope));
        let (name, what) = at_g(&leak, &own, &d_g);
        at_gs.push(Case {
            right: Array2::zeros(g.raw_dim()),
            came: d_g,
            suspects: values(&AT_G, SEE, |f| f(&z, &g, &w)),
            otherwise: told(name, &what),
        });
    }
    or_simplest(judge_all(at_ws), || {
        let (g, w) = (array![[2.0, 0.0], [0.0, 1.0]], array![[0.5], [0.0]]);
        let probes = [
            ("one fake of zeros", array![[0.0, 0.0]]),
            (
                "one fake [2, 0], with logit 1, of the noise [1, 0]",
                array![[1.0, 0.0]],
            ),
            (
                "one fake [0, 3], with logit 0, of the noise [0, 3]",
                array![[0.0, 3.0]],
            ),
            (
                "one fake [-6, 0], with logit -3, of the noise [-3, 0]",
                array![[-3.0, 0.0]],
            ),
            (
                "the fake [2, 0] twice, of the noise [1, 0]",
                array![[1.0, 0.0], [1.0, 0.0]],
            ),
            ("the fakes [2, 0] and [-6, 3]", array![[1.0, 0.0], [-3.0, 3.0]]),
        ];
        let probe = |(words, z): (&str, Array2<f64>)| {
            let right = back(&z.dot(&g), &w, sigmoid);
            let (came, _) = candidate(&z, &g, &w);
            (
                words.into(),
                right.flatten().into_owned(),
                came.flatten().into_owned(),
            )
        };
        probes.map(probe).into()
    })?;
    judge_all(at_gs)
}

type Unsmooth = fn(&Array2<f64>, f64, f64) -> Array2<f64>;

/// As the share of real examples, whether it is one or not.
fn unclipped(s: &Array2<f64>, alpha: f64, beta: f64) -> Array2<f64> {
    (s.mapv(sigmoid) - beta) / (alpha - beta)
}

/// What the answers of exercise 2.3 may be before they are clipped.
const SHARES: [Suspect<Unsmooth>; 18] = [
    (
        |s, a, _| s.mapv(sigmoid) / a,
        "beta forgotten",
        "The fakes' target beta is missing; this is right only for beta = 0. Solve (2.6) for the share of real examples: a share r \
         of them makes beta (1 - r) as well as alpha r.",
    ),
    (
        |s, a, b| (s.mapv(sigmoid) - b) / a,
        "divided by alpha",
        "From the lowest answer to the highest it is alpha - beta, not alpha.",
    ),
    (
        |s, _, b| (s.mapv(sigmoid) - b) / (1.0 - b),
        "ceiling forgotten",
        "The floor beta was taken away and the ceiling was left at 1. The highest answer is alpha.",
    ),
    (
        |s, _, b| s.mapv(sigmoid) - b,
        "floor alone",
        "The floor beta was taken away, and what is left was not stretched: it runs from 0 to alpha - beta.",
    ),
    (
        |s, a, b| s.mapv(sigmoid) / (a - b),
        "floor forgotten",
        "The answers were stretched, and the floor beta was not taken away before.",
    ),
    (
        |s, a, b| (s.mapv(sigmoid) - b) * (a - b),
        "multiplied",
        "The distance from the floor was multiplied by alpha - beta. Smoothing multiplied; to undo it, divide.",
    ),
    (
        |s, a, b| a * s.mapv(sigmoid) + b * s.mapv(|s| sigmoid(-s)),
        "smoothed once more",
        "This smooths the answer once more. It is smoothed already; solve (2.6) for the share.",
    ),
    (
        |s, _, _| s.mapv(sigmoid),
        "not undone",
        "This is the discriminator's answer as it stands. With smoothed targets it is not the share of real examples.",
    ),
    (
        |s, a, b| 1.0 - unclipped(s, a, b),
        "share of fakes",
        "This is the share of fakes: targets swapped, or the difference taken the wrong way round.",
    ),
    (
        |s, a, b| (s - b) / (a - b),
        "no sigmoid",
        "The logits were taken for answers. An answer is the sigmoid of its logit.",
    ),
    (
        |s, a, b| {
            let d = s.mapv(sigmoid);
            (&d - b) / (a - &d)
        },
        "odds",
        "This is p/q, how many real examples there are to one fake. The share is p/(p + q).",
    ),
    (
        |s, a, b| (s.mapv(sigmoid) - b) / (a + b),
        "sum of the targets",
        "The distance from the floor was divided by alpha + beta. From floor to ceiling it is alpha - beta.",
    ),
    (
        |s, a, b| (s.mapv(sigmoid) + b) / (a - b),
        "beta added",
        "The floor was added. The share 0 has the answer beta, so it has to be taken away.",
    ),
    (
        |s, a, b| {
            let d = s.mapv(sigmoid);
            a * &d / (a * &d + (1.0 - b) * (1.0 - &d))
        },
        "densities weighted",
        "The two shares were weighted by the targets. Smoothing does not change how often x is seen, only what D is told when it is.",
    ),
    (
        |s, a, b| {
            let d = s.mapv(sigmoid);
            let real = &d / a;
            let fake = (1.0 - &d) / (1.0 - b);
            &real / &(&real + &fake)
        },
        "densities weighted",
        "This undoes a weighting of the densities, by alpha and by 1 - beta. Smoothing is another thing: (2.6) is an average of the \
         targets.",
    ),
    (
        |s, a, b| (b - s.mapv(sigmoid)) / (a - b),
        "sign",
        "The difference was taken the wrong way round: the share is 0 where the answer is beta, and grows with it.",
    ),
    (
        |s, a, b| {
            let middle = 0.5 * (a + b);
            s.mapv(|s| if sigmoid(s) > middle { 1.0 } else { 0.0 })
        },
        "nearest target",
        "Each input was called real or fake. Asked for is the share of real examples there, which may lie between.",
    ),
    (
        |s, a, b| unclipped(s, a, b).reversed_axes(),
        "transposed",
        "The numbers are right and lie in a row. They are a column, as the logits are.",
    ),
];

/// What the right share may be after it was clipped.
const CLIPPED: [Suspect<Unsmooth>; 5] = [
    (
        unclipped,
        "not clipped",
        "A learnt answer may lie above alpha or below beta. A share lies between 0 and 1: clip it.",
    ),
    (
        |s, a, b| unclipped(s, a, b).mapv(|r| r.min(1.0)),
        "not clipped below",
        "A learnt answer may lie below beta. A share is never below 0.",
    ),
    (
        |s, a, b| unclipped(s, a, b).mapv(|r| r.max(0.0)),
        "not clipped above",
        "A learnt answer may lie above alpha. A share is never above 1.",
    ),
    (
        |s, a, b| unclipped(s, a, b).mapv(|r| r.clamp(b, a)),
        "share clipped to the targets",
        "The share was clipped to what an *answer* may be, beta to alpha. A share may be anything from 0 to 1.",
    ),
    (
        |s, a, b| unclipped(s, a, b).mapv(|r| r.clamp(0.0, a)),
        "share clipped to alpha",
        "The share was clipped at alpha, which is the highest *answer*. The highest share is 1.",
    ),
];

pub fn unsmooth(candidate: Unsmooth) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.6";
    let column = |s: &[f64]| Array1::from(s.to_vec()).insert_axis(Axis(1));
    let cases = [
        (column(&[-1.2, -0.5, 0.0, 0.0, 0.7, 2.0]), 0.9, 0.2),
        (column(&[3.0, 0.4, -2.0]), 0.9, 0.2),
        (column(&[0.1, -0.1, 0.0, -5.0]), 0.6, 0.4),
        (column(&[1.0]), 1.0, 0.0),
        (column(&[]), 0.9, 0.0),
        (column(&[1000.0, -1000.0, 0.0]), 0.9, 0.0),
    ];
    let cases = cases.into_iter().map(|(s, alpha, beta)| {
        let clip = |x: Array2<f64>| x.mapv(|x| x.clamp(0.0, 1.0));
        let right = clip(unclipped(&s, alpha, beta));
        let came = candidate(&s, alpha, beta);
        let of = |f: &Unsmooth| f(&s, alpha, beta);
        let mut suspects = values(&CLIPPED, SEE, of);
        suspects.extend(values(&SHARES, SEE, |f| clip(of(f))));
        suspects.extend(values(&SHARES, SEE, of));
        let otherwise = match all_finite(&came) {
            true => Diagnosis::new(
                "value",
                format!("A share is wrong, with targets {alpha} and {beta}."),
                SEE,
            ),
            false => overflow("A share", SEE),
        };
        Case { right, came, suspects, otherwise }
    });
    or_simplest(judge_all(cases.collect()), || {
        let probe = |(s, alpha, beta): (f64, f64, f64)| {
            let logit = array![[s]];
            let words =
                format!("one logit of {s} and targets {alpha} and {beta}");
            let right = unclipped(&logit, alpha, beta);
            let came = candidate(&logit, alpha, beta);
            let right = right.mapv(|r| r.clamp(0.0, 1.0));
            (words, right.flatten().into_owned(), came.flatten().into_owned())
        };
        let targets = [(1.0, 0.0), (0.9, 0.0), (1.0, 0.2), (0.9, 0.2)];
        let probes = targets.into_iter().flat_map(|(alpha, beta)| {
            [0.0, 0.5, -3.0, 3.0].map(|s| probe((s, alpha, beta)))
        });
        probes.collect()
    })
}

type Floor = fn(&Array1<f64>, &Array1<f64>, f64, f64) -> f64;

/// What so much mass pays for an answer; nothing where there is no mass.
fn log_of(mass: f64, d: f64) -> f64 {
    if mass > 0.0 { -mass * d.ln() } else { 0.0 }
}

/// The loss (2.5) over tables of a discriminator that answers, in each cell, what `d` makes of p and q.
fn smoothed_loss(
    p: &Array1<f64>,
    q: &Array1<f64>,
    [alpha, beta]: [f64; 2],
    d: impl Fn(f64, f64) -> f64,
) -> [f64; 2] {
    let cells = p.iter().zip(q).filter(|(p, q)| **p + **q > 0.0);
    cells.fold([0.0, 0.0], |[real, fake], (p, q)| {
        let d = d(*p, *q);
        [
            real + log_of(alpha * p, d) + log_of((1.0 - alpha) * p, 1.0 - d),
            fake + log_of(beta * q, d) + log_of((1.0 - beta) * q, 1.0 - d),
        ]
    })
}

/// Equation 2.6.
fn best(a: f64, b: f64) -> impl Fn(f64, f64) -> f64 {
    move |p, q| (a * p + b * q) / (p + q)
}

fn floor(p: &Array1<f64>, q: &Array1<f64>, a: f64, b: f64) -> f64 {
    smoothed_loss(p, q, [a, b], best(a, b)).iter().sum()
}

/// The entropy of a coin that shows heads with probability d.
fn entropy(d: f64) -> f64 {
    log_of(d, d) + log_of(1.0 - d, 1.0 - d)
}

const FLOORS: [Suspect<Floor>; 25] = [
    (
        |p, q, a, b| smoothed_loss(p, q, [a, b], best(1.0, 0.0)).iter().sum(),
        "D without smoothing",
        "This is the loss at p/(p + q). With smoothed targets another answer is best, that of (2.6).",
    ),
    (
        |p, q, _, _| floor(p, q, 1.0, 0.0),
        "targets forgotten",
        "This is the floor with targets 1 and 0, 2 log 2 - 2 JSD. The targets are alpha and beta.",
    ),
    (
        |p, q, a, b| smoothed_loss(p, q, [1.0, 0.0], best(a, b)).iter().sum(),
        "old loss of the new D",
        "The answers are those of (2.6), and the loss is the one without smoothing. In (2.5) each kind has a term for `real` and one \
         for `fake`.",
    ),
    (
        |_, _, a, b| entropy(a) + entropy(b),
        "entropy of the targets",
        "That is the floor where p and q share no mass, so that each example can have its own target for an answer. Where both occur, \
         one answer has to do for both.",
    ),
    (
        |p, q, a, b| smoothed_loss(p, q, [a, b], best(a, b))[0],
        "real only",
        "Only the real term is here. Add that of the fakes.",
    ),
    (
        |p, q, a, b| smoothed_loss(p, q, [a, b], best(a, b))[1],
        "fakes only",
        "Only the fakes' term is here. Add that of the real examples.",
    ),
    (
        |p, q, a, b| {
            let d = best(a, b);
            let cells = p.iter().zip(q).filter(|(p, q)| **p + **q > 0.0);
            cells.map(|(p, q)| log_of(a * p + b * q, d(*p, *q))).sum()
        },
        "half of each target",
        "A target of 0.9 asks for \"real\" nine times in ten, and for \"fake\" the tenth time. The terms with log (1 - D) are missing.",
    ),
    (
        |p, q, a, b| floor(p, q, a, b) / 2.0,
        "half of it",
        "This is ½ of it. (2.5) adds two expectations, and does not take their mean.",
    ),
    (
        |p, q, a, b| floor(p, q, a, b) / 2.0_f64.ln(),
        "bits",
        "This is the floor in bits. Natural logarithms give nats.",
    ),
    (
        |p, q, a, b| {
            let d = best(a, b);
            let cells = p.iter().zip(q).filter(|(p, q)| **p + **q > 0.0);
            let paid = cells.map(|(p, q)| {
                let d = d(*p, *q);
                log_of(a * p, d) + log_of((1.0 - b) * q, 1.0 - d)
            });
            paid.sum()
        },
        "half of each target",
        "Real inputs have 1 - alpha of a target \"fake\" too, and fakes beta of a target \"real\": each kind pays with both logarithms.",
    ),
    (
        |p, q, a, b| {
            let d = best(a, b);
            let cells = p.iter().zip(q).filter(|(p, q)| **p + **q > 0.0);
            let paid = cells.map(|(p, q)| {
                let d = d(*p, *q);
                let (one, other) =
                    (a * p + b * q, (1.0 - b) * p + (1.0 - a) * q);
                log_of(one, d) + log_of(other, 1.0 - d)
            });
            paid.sum()
        },
        "targets swapped in one term",
        "Of the logarithm of 1 - D, real inputs pay 1 - alpha and fakes 1 - beta. Here it is the other way round.",
    ),
    (
        |p, q, a, b| {
            let d = best(a, b);
            let cells = p.iter().zip(q).filter(|(p, q)| **p + **q > 0.0);
            cells.map(|(p, q)| p * entropy(d(*p, *q))).sum()
        },
        "weighted by p alone",
        "The entropies of the answers were weighted by p alone. In a cell there are p real inputs and q fakes.",
    ),
    (
        |p, q, a, b| floor(p, q, a, b) / 10.0_f64.ln(),
        "log to base 10",
        "The logarithms are to base 10. Natural logarithms, `ln`, give nats.",
    ),
    (
        |p, q, a, b| floor(p, q, a, b) / 2.0 / 2.0_f64.ln(),
        "half of it in bits",
        "This is half of the floor, in bits. (2.5) adds two expectations; natural logarithms give nats.",
    ),
    (
        |p, q, a, b| -floor(p, q, a, b),
        "sign",
        "The sign is turned: a cross-entropy is minus an expected logarithm.",
    ),
    (
        |p, q, a, b| floor(p, q, a, b) / p.len() as f64,
        "mean over cells",
        "This is a mean over the cells. The tables are the weights already: p and q sum to 1 each.",
    ),
    (
        |p, q, a, b| {
            let d = best(a, b);
            p.iter().zip(q).map(|(p, q)| entropy(d(*p, *q))).sum()
        },
        "cells alike",
        "Every cell counts the same here. A cell with more examples in it weighs more: p + q.",
    ),
    (
        |p, q, a, b| floor(p, q, b, a),
        "targets swapped",
        "The targets are swapped: alpha is that of the real examples, with density p.",
    ),
    (
        |p, q, a, b| {
            smoothed_loss(p, q, [a, b], |p, q| {
                a * p / (a * p + (1.0 - b) * q)
            })
            .iter()
            .sum()
        },
        "densities weighted",
        "For the answers the densities were weighted by the targets. (2.6) is an average of the targets.",
    ),
    (
        |p, q, a, b| {
            smoothed_loss(p, q, [a, b], |p, q| a * p / (p + q)).iter().sum()
        },
        "beta forgotten in D",
        "The answers lack beta: (2.6) has two terms above the line.",
    ),
    (
        |p, q, a, b| smoothed_loss(p, q, [a, 0.0], best(a, b)).iter().sum(),
        "beta forgotten in the loss",
        "The answers are right, and the fakes' target in the loss is 0. It is beta.",
    ),
    (
        |p, q, a, b| smoothed_loss(p, q, [1.0, b], best(a, b)).iter().sum(),
        "alpha forgotten in the loss",
        "The answers are right, and the target of real inputs in the loss is 1. It is alpha.",
    ),
    (
        |_, _, _, _| 2.0 * 2.0_f64.ln(),
        "a half everywhere",
        "This is 2 log 2, the loss of a discriminator that answers ½ everywhere. The best one does better.",
    ),
    (
        |p, q, a, b| {
            let both = p.iter().zip(q).filter(|(p, q)| **p * **q > 0.0);
            let (p, q): (Vec<f64>, Vec<f64>) =
                both.map(|(p, q)| (*p, *q)).unzip();
            floor(&p.into(), &q.into(), a, b)
        },
        "cells of one kind left out",
        "Cells with examples of one kind only were left out. They pay too, unless their target is 0 or 1: leave out a term, not a cell.",
    ),
    (
        |p, q, a, b| {
            let sum = p + q;
            let d = (a * p + b * q).sum() / sum.sum();
            sum.sum() * entropy(d)
        },
        "one answer for all",
        "One answer was given to all cells. The discriminator sees in which cell an example lies.",
    ),
];

pub fn smoothed_floor(candidate: Floor) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 2, § Smoothing one side, equations 2.5 and 2.6";
    let told = |name, what: String| Diagnosis::new(name, what, SEE);
    let cases = [
        (array![0.5, 0.3, 0.2], array![0.15, 0.15, 0.7], 0.9, 0.2),
        (array![0.2, 0.8], array![0.6, 0.4], 0.7, 0.0),
        (array![0.5, 0.5, 0.0, 0.0], array![0.0, 0.4, 0.6, 0.0], 0.9, 0.0),
        (array![0.3, 0.7, 0.0, 0.0], array![0.0, 0.0, 1.0, 0.0], 1.0, 0.0),
        (array![1.0], array![1.0], 1.0, 0.0),
        (array![0.999, 0.001], array![1e-6, 1.0 - 1e-6], 0.9, 0.1),
    ];
    let cases = cases.into_iter().map(|(p, q, alpha, beta)| {
        let came = candidate(&p, &q, alpha, beta);
        let right = floor(&p, &q, alpha, beta);
        let of =
            format!("for p = {p}, q = {q} and targets {alpha} and {beta}");
        let otherwise = if !came.is_finite() {
            let what = format!(
                "The floor is not a number {of}. A cell without mass is to add nothing, but its D is 0/0; and where an answer is 0 or \
                 1, 0 · log 0 is NaN."
            );
            told("empty cells", what)
        } else if (came - right).abs() < 2e-3 {
            let what = format!(
                "The floor is nearly right {of}, and off by {:.0e}. A small number or a limit that keeps a logarithm from log 0 moves \
                 the result: leave out the terms without mass in its place.",
                came - right
            );
            told("nearly", what)
        } else {
            told("value", format!("The floor is wrong {of}."))
        };
        let of = |f: &Floor| arr0(f(&p, &q, alpha, beta));
        let suspects = values(&FLOORS, SEE, of);
        Case { right: arr0(right), came: arr0(came), suspects, otherwise }
    });
    or_simplest(judge_all(cases.collect()), || {
        let (one, half) = (array![1.0], array![0.5, 0.5]);
        let (left, right) = (array![0.9, 0.1], array![0.1, 0.9]);
        let probe = |(p, q, [a, b]): (&_, &_, [f64; 2])| {
            let words = format!("p = {p}, q = {q} and targets {a} and {b}");
            let came = candidate(p, q, a, b);
            (words, array![floor(p, q, a, b)], array![came])
        };
        let tables =
            [(&one, &one), (&half, &half), (&left, &right), (&half, &right)];
        let targets = [[1.0, 0.0], [0.9, 0.0], [1.0, 0.2], [0.9, 0.2]];
        let probes = targets
            .into_iter()
            .flat_map(|targets| tables.map(|(p, q)| probe((p, q, targets))));
        probes.collect()
    })
}

type Shares = fn(&Array2<f64>, &Array2<f64>) -> f64;

/// How many logits lie above a border.
fn above(s: &Array2<f64>, border: f64) -> f64 {
    s.iter().filter(|s| **s > border).count() as f64
}

/// The share of real rows above a border, and that of fakes that are not.
fn named(real: &Array2<f64>, fake: &Array2<f64>, border: f64) -> [f64; 2] {
    [above(real, border) / rows(real), 1.0 - above(fake, border) / rows(fake)]
}

fn mean_of([a, b]: [f64; 2]) -> f64 {
    (a + b) / 2.0
}

/// A border that lies below 0, with nothing between: 0 is on the other side.
const AT_ZERO: f64 = -1e-300;

const BALANCED: [Suspect<Shares>; 22] = [
    (
        plain::accuracy,
        "rows counted alike",
        "Every row counts the same here, so the larger batch says more. Equation 2.3 has both kinds equally frequent: take the share \
         of each batch, and then the mean of the two.",
    ),
    (
        |r, f| mean_of(named(r, f, 0.5)),
        "threshold",
        "The logit was compared with 1/2. D = 1/2 is the logit 0: rows with a logit of 0.3 are called real.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.5);
            (real * rows(r) + fake * rows(f)) / (rows(r) + rows(f))
        },
        "threshold",
        "The logit was compared with 1/2. D = 1/2 is the logit 0. And every row counts the same, so the larger batch says more.",
    ),
    (
        |r, f| mean_of(named(r, f, AT_ZERO)),
        "a half is real",
        "A logit of exactly 0 was named real. D says real where its probability is *above* 1/2.",
    ),
    (
        |r, f| (named(r, f, AT_ZERO)[0] + named(r, f, 0.0)[1]) / 2.0,
        "a half is always right",
        "A logit of exactly 0 was counted as right for both kinds. D gives one answer to it, and that is fake.",
    ),
    (
        |r, f| (named(r, f, 0.0)[0] + named(r, f, AT_ZERO)[1]) / 2.0,
        "a half is never right",
        "A logit of exactly 0 was counted as wrong for both kinds. D gives one answer to it, and that is fake.",
    ),
    (
        |r, f| named(r, f, 0.0)[0],
        "real only",
        "Only the real rows were counted. A D that says real to everything would get 1.",
    ),
    (
        |r, f| named(r, f, 0.0)[1],
        "fakes only",
        "Only the fakes were counted. A D that says fake to everything would get 1.",
    ),
    (
        |r, f| 2.0 * mean_of(named(r, f, 0.0)),
        "sum for mean",
        "The two shares were added. Take their mean, which lies between 0 and 1.",
    ),
    (
        |r, f| 1.0 - mean_of(named(r, f, 0.0)),
        "share of mistakes",
        "This is the share of wrong answers.",
    ),
    (
        |r, f| (above(r, 0.0) / rows(r) + above(f, 0.0) / rows(f)) / 2.0,
        "share called real",
        "The fakes that are called real were counted. D is right about a fake when it does not say real.",
    ),
    (
        |_, _| 0.0,
        "whole numbers",
        "Two whole numbers were divided; convert before dividing, not after.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            (real * rows(r) / rows(f) + fake * rows(f) / rows(r)) / 2.0
        },
        "sizes exchanged",
        "Each count was divided by the size of the other batch.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            real * fake
        },
        "product",
        "The two shares were multiplied. Take their mean.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            real.max(fake)
        },
        "the larger share",
        "This is the larger of the two shares. Take their mean.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            real.min(fake)
        },
        "the smaller share",
        "This is the smaller of the two shares. Take their mean.",
    ),
    (
        |r, f| {
            let mean = |s: &Array2<f64>| s.mapv(sigmoid).sum() / rows(s);
            (mean(r) + 1.0 - mean(f)) / 2.0
        },
        "mean of D",
        "The probabilities were averaged. Each row is named, real or fake, and the right ones are counted.",
    ),
    (
        |r, f| 2.0 * mean_of(named(r, f, 0.0)) - 1.0,
        "difference",
        "This is the share of real rows called real less that of fakes called real: 0 for whoever guesses. The mean of the two shares \
         of right answers is ½ then.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            (real * rows(r) + fake * rows(f)) / 2.0
        },
        "counts",
        "The right answers were counted, and the counts were not divided by the sizes of the batches.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            (real * rows(r) + fake * rows(f)) / (2.0 * rows(r))
        },
        "real size for both",
        "Both counts were divided by the number of real rows. The fakes have a number of their own.",
    ),
    (
        |r, f| {
            let [real, fake] = named(r, f, 0.0);
            (real * rows(r) + fake * rows(f)) / (2.0 * rows(f))
        },
        "fake size for both",
        "Both counts were divided by the number of fakes. The real rows have a number of their own.",
    ),
    (
        |r, f| {
            let d = |s: f64| s.exp() / (1.0 + s.exp());
            mean_of(named(&r.mapv(d), &f.mapv(d), 0.5))
        },
        "overflow",
        "A logit of 1,000 has become NaN, and no comparison with NaN is true: e^s / (1 + e^s) is infinity over infinity. The logit \
         itself can be compared, with 0.",
    ),
];

pub fn balanced_accuracy(candidate: Shares) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, equation 2.3, and § A discriminator on real digits";
    let column = |s: &[f64]| Array1::from(s.to_vec()).insert_axis(Axis(1));
    let cases = [
        (
            column(&[1.0, 0.3, 3.0, -0.4, 0.2, -2.0, 0.7]),
            column(&[0.4, -2.0, -0.1, -3.0, 0.9]),
        ),
        (
            column(&[0.0, 0.3, -0.0, 0.0, 1.0]),
            column(&[0.0, -1.0, 2.0, -0.3]),
        ),
        (column(&[1000.0, -1000.0]), column(&[1000.0, -1000.0, -1000.0])),
        (column(&[1e-3]), column(&[-1e-3, -1e-3, 0.6])),
    ];
    let cases = cases.into_iter().map(|(real, fake)| {
        let came = candidate(&real, &fake);
        let what = format!(
            "The mean of the two shares is wrong for real logits {} and fake logits {}.",
            real.column(0),
            fake.column(0)
        );
        Case {
            right: arr0(mean_of(named(&real, &fake, 0.0))),
            came: arr0(came),
            suspects: values(&BALANCED, SEE, |f| arr0(f(&real, &fake))),
            otherwise: Diagnosis::new("value", what, SEE),
        }
    });
    or_simplest(judge_all(cases.collect()), || {
        let probes: [(&[f64], &[f64]); 10] = [
            (&[3.0], &[-3.0]),
            (&[-3.0], &[3.0]),
            (&[-3.0], &[-3.0]),
            (&[3.0], &[3.0]),
            (&[0.4], &[-3.0]),
            (&[0.8], &[-3.0]),
            (&[3.0], &[0.4]),
            (&[3.0], &[0.8]),
            (&[3.0, -3.0, -3.0], &[-3.0]),
            (&[3.0], &[3.0, -3.0, 3.0]),
        ];
        let probe = |(real, fake): (&[f64], &[f64])| {
            let words =
                format!("real logits {real:?} and fake logits {fake:?}");
            let (real, fake) = (column(real), column(fake));
            let right = mean_of(named(&real, &fake, 0.0));
            (words, array![right], array![candidate(&real, &fake)])
        };
        probes.map(probe).into()
    })
}

/// Gives a new batch at each call.
type Draw<'a> = &'a mut dyn FnMut() -> Array2<f64>;
type Trained = (Mlp<f64>, Vec<f64>);
type KSteps =
    fn(Mlp<f64>, &Mlp<f64>, usize, AdamConfig, Draw, Draw) -> Trained;

/// What can be wrong with a discriminator's steps.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    FakesOnce,
    RealOnce,
    BothOnce,
    NoiseForFakes,
    WrongWayRound,
    RealTwice,
    StepForEachBatch,
    Uphill,
    ValueForLoss,
    Half,
    AdamAnew,
    LossBehindTheStep,
    GradientOfTheStart,
    NothingMoves,
    PlainDescent,
    ConstantsForgotten,
    Glued,
    Sums,
    RealOnly,
    FakesOnly,
    Subtracted,
    GeneratorMoves,
    RunningMean,
    NeverZeroed,
    TwoSteps,
    CutToEqual,
    FakesTwice,
    Reversed,
    LastStepMissing,
    AddedUp,
    OneStepAtTheEnd,
    LastLoss,
}

const SLIPS: [(Slip, &str, &str); 32] = [
    (
        Slip::FakesOnce,
        "fakes made once",
        "The fakes were made once, before the loop, and every step saw the same ones. The generator stands still, its noise does \
         not: make new fakes for each step.",
    ),
    (
        Slip::RealOnce,
        "real examples drawn once",
        "Every step saw the same real examples. Call `real` in each step.",
    ),
    (
        Slip::BothOnce,
        "both drawn once",
        "Every step saw the same two batches, which the discriminator would come to know by heart. Draw both anew for each step.",
    ),
    (
        Slip::NoiseForFakes,
        "noise for fakes",
        "The noise itself was scored. Fakes are what the generator makes of it: `g.output(&z)`.",
    ),
    (
        Slip::WrongWayRound,
        "the wrong way round",
        "Real examples and fakes came in the wrong order, so that the discriminator learns to call fakes real. Both are matrices \
         of one type; `d_step` takes the real ones first.",
    ),
    (
        Slip::RealTwice,
        "real scored twice",
        "The real batch was scored against 1 and against 0, and no fake was scored. This is slip E17.",
    ),
    (
        Slip::StepForEachBatch,
        "a step for each batch",
        "Adam took a step for the real batch and another for the fakes. The gradient is the sum of both; there is one step for it.",
    ),
    (
        Slip::Uphill,
        "uphill",
        "The discriminator climbs its loss. `d_step` gives the gradient of the loss, and `step` goes against it by itself.",
    ),
    (
        Slip::ValueForLoss,
        "value for loss",
        "The steps are right. What came beside them is the value V of the game; the loss is -V.",
    ),
    (
        Slip::Half,
        "half of it",
        "Your loss is ½ of ours everywhere: the mean of the two terms. Equation 2.1 is their sum.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "Adam was made anew for each step, so that its running means begin at zero again. Make it once, before the loop.",
    ),
    (
        Slip::LossBehindTheStep,
        "loss behind the step",
        "The discriminator is right. The losses are those behind each step; `d_step` gives those before it.",
    ),
    (
        Slip::GradientOfTheStart,
        "gradient of the start",
        "Each gradient is that of the discriminator as it came. The one that has just moved is scored next.",
    ),
    (
        Slip::NothingMoves,
        "a copy is trained",
        "The losses are right, and the discriminator that came back has not moved. Was a copy trained?",
    ),
    (
        Slip::PlainDescent,
        "plain descent",
        "These are steps of plain gradient descent. The exercise asks for Adam's.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made with the `config` that came.",
    ),
    (
        Slip::Glued,
        "one mean",
        "The two batches were averaged as one. The loss is the mean over the real batch plus the mean over the fakes, however \
         large each is: `d_step` does that.",
    ),
    (
        Slip::Sums,
        "sums for means",
        "The losses were added up over each batch. Equation 2.1 has their means.",
    ),
    (
        Slip::RealOnly,
        "real only",
        "The discriminator learnt from the real batch alone. The fakes have a term of their own.",
    ),
    (
        Slip::FakesOnly,
        "fakes only",
        "The discriminator learnt from the fakes alone. The real batch has a term of its own.",
    ),
    (
        Slip::Subtracted,
        "fakes subtracted",
        "The term of the fakes was subtracted. Equation 2.1 is a sum.",
    ),
    (
        Slip::GeneratorMoves,
        "generator moves",
        "The generator took steps too, down the discriminator's loss. In this turn it stands still.",
    ),
    (
        Slip::RunningMean,
        "running mean",
        "The discriminator is right. The losses are running means; asked for is the loss of each step by itself.",
    ),
    (
        Slip::NeverZeroed,
        "gradients piled up",
        "Each gradient was added to those of the steps before. A step goes against its own gradient alone.",
    ),
    (
        Slip::TwoSteps,
        "two steps for a gradient",
        "Adam took two steps with each gradient. There is one for it.",
    ),
    (
        Slip::CutToEqual,
        "cut to equal sizes",
        "The larger batch was cut to the size of the smaller. Each term is a mean over its own batch, of whatever size.",
    ),
    (
        Slip::FakesTwice,
        "fakes scored twice",
        "The fakes were scored against 1 and against 0, and no real example was scored.",
    ),
    (
        Slip::Reversed,
        "losses backwards",
        "The losses came in reverse order. The first is that of the first step.",
    ),
    (
        Slip::LastStepMissing,
        "last step missing",
        "The losses are right, and the last of the k steps was not taken.",
    ),
    (
        Slip::AddedUp,
        "losses added up",
        "The discriminator is right. Each loss has those before it added; asked for is the loss of each step by itself.",
    ),
    (
        Slip::OneStepAtTheEnd,
        "one step at the end",
        "The gradients were added up, and one step was taken behind the loop. A step follows each gradient.",
    ),
    (
        Slip::LastLoss,
        "last loss",
        "The discriminator is right, and every loss is that of the last step. Keep each when it comes.",
    ),
];

/// Where a training of the check draws its batches from: the numbered real batch, and the numbered noise.
type Source<'a> = &'a dyn Fn(usize) -> [Array2<f64>; 2];

fn steps(
    start: &Mlp<f64>,
    g: &Mlp<f64>,
    k: usize,
    config: AdamConfig,
    source: Source,
    slip: Slip,
) -> Trained {
    let config = match slip {
        Slip::ConstantsForgotten => AdamConfig::default(),
        _ => config,
    };
    let (mut d, mut adam) = (start.clone(), Adam::new(start, config));
    let (mut g, mut adam_g) = (g.clone(), Adam::new(g, config));
    let mut losses = Vec::new();
    let mut piled = start.clone();
    piled.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
    for n in 0..k {
        let once =
            |slips: [Slip; 2]| if slips.contains(&slip) { 0 } else { n };
        let [x, _] = source(once([Slip::RealOnce, Slip::BothOnce]));
        let [_, z] = source(once([Slip::FakesOnce, Slip::BothOnce]));
        let (x, fake) = match slip {
            Slip::GeneratorMoves => {
                let made = (x, g.output(&z));
                let d_g = plain::leak_into_generator(&g, &d, &z, false);
                adam_g.step(&mut g, &d_g);
                made
            }
            Slip::NoiseForFakes if z.ncols() == x.ncols() => (x, z),
            Slip::WrongWayRound => (g.output(&z), x),
            Slip::RealTwice => (x.clone(), x),
            Slip::FakesTwice => (g.output(&z), g.output(&z)),
            Slip::CutToEqual => {
                let rows = x.nrows().min(z.nrows());
                let cut = |x: Array2<f64>| x.slice(s![..rows, ..]).to_owned();
                (cut(x), cut(g.output(&z)))
            }
            _ => (x, g.output(&z)),
        };
        if slip == Slip::AdamAnew {
            adam = Adam::new(&d, config);
        }
        let at = match slip {
            Slip::GradientOfTheStart => start,
            _ => &d,
        };
        let [b_real, b_fake] = [&x, &fake].map(|x| x.nrows() as f64);
        let both = b_real + b_fake;
        let weights = match slip {
            Slip::Half => [0.5, 0.5],
            Slip::Glued => [b_real / both, b_fake / both],
            Slip::Sums => [b_real, b_fake],
            Slip::RealOnly => [1.0, 0.0],
            Slip::FakesOnly => [0.0, 1.0],
            Slip::Subtracted => [1.0, -1.0],
            _ => [1.0, 1.0],
        };
        let (loss, mut d_d) = weighted_step(at, &x, &fake, weights);
        add(&mut piled, &d_d);
        if slip == Slip::NeverZeroed {
            d_d = piled.clone();
        }
        if slip == Slip::Uphill {
            d_d.parameters_mut().iter_mut().for_each(|g| *g *= -1.0);
        }
        losses.push(match slip {
            Slip::ValueForLoss => -loss,
            _ => loss,
        });
        match slip {
            Slip::StepForEachBatch => {
                losses[n] = one_by_one(&mut d, &mut adam, &x, &fake);
            }
            Slip::PlainDescent => {
                let pairs = d.parameters_mut().into_iter();
                for (mut p, g) in pairs.zip(d_d.parameters()) {
                    sgd_step(&mut p, &g, config.lr);
                }
            }
            Slip::LastStepMissing if n + 1 == k => (),
            Slip::OneStepAtTheEnd if n + 1 == k => adam.step(&mut d, &piled),
            Slip::OneStepAtTheEnd => (),
            _ => adam.step(&mut d, &d_d),
        }
        if slip == Slip::TwoSteps {
            adam.step(&mut d, &d_d);
        }
        if slip == Slip::LossBehindTheStep {
            losses[n] = d_loss(&d.output(&x), &d.output(&fake));
        }
    }
    match slip {
        Slip::NothingMoves => (start.clone(), losses),
        Slip::Reversed => (d, losses.into_iter().rev().collect()),
        Slip::LastLoss => {
            let loss = losses.last().copied().unwrap_or(0.0);
            (d, vec![loss; k])
        }
        Slip::AddedUp => {
            let sums = (1..=k).map(|n| losses[..n].iter().sum());
            (d, sums.collect())
        }
        Slip::RunningMean => {
            let means =
                (1..=k).map(|n| losses[..n].iter().sum::<f64>() / n as f64);
            (d, means.collect())
        }
        _ => (d, losses),
    }
}

/// A step in which the two terms of the loss are weighted.
fn weighted_step(
    d: &Mlp<f64>,
    x: &Array2<f64>,
    fake: &Array2<f64>,
    [a, b]: [f64; 2],
) -> (f64, Mlp<f64>) {
    plain::d_step_under(d, x, fake, |s_real, s_fake| {
        let term = |s: &Array2<f64>, target| {
            bce_with_logits(s, &Array2::from_elem(s.raw_dim(), target))
        };
        let (d_real, d_fake) = d_loss_backward(s_real, s_fake);
        let loss = a * term(s_real, 1.0) + b * term(s_fake, 0.0);
        (loss, (a * d_real, b * d_fake))
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

/// The losses, and then every number of the network.
fn laid((net, losses): &Trained) -> Array1<f64> {
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

/// How far a training went as it should.
fn where_it_parts(right: &Trained, came: &Trained) -> String {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    let mut pairs = right.1.iter().zip(&came.1);
    match pairs.position(|(a, b)| !near(*a, *b)) {
        Some(0) => "The first loss is wrong, before any step was taken: what was scored, and how?".into(),
        Some(n) => format!(
            "{} right, and the next is not: something is wrong with the step between, number {n}, or with what is scored after it.",
            if n == 1 { "The first loss is".into() } else { format!("The first {n} losses are") }
        ),
        None => "All losses are right, and the discriminator is not: what happened after the last of them?".into(),
    }
}

/// What differs first of two trainings: all losses, or a row of an array.
fn first_difference(right: &Trained, came: &Trained) -> [String; 2] {
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

fn normal(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::random_using((rows, columns), StandardNormal, rng)
}

pub fn k_steps(candidate: KSteps) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, and § The generator stands still";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let net = |widths: &[usize], stream| {
        let (hidden, end) = (Activation::Tanh, Activation::Identity);
        Mlp::<f64>::new(widths, hidden, end, &mut rng_at(26, stream))
    };
    // An eps that is not small, so that the size of a gradient shows.
    let config = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    // Batches whose sizes change from call to call, with rows of zeros and equal rows; the real ones lie apart.
    let small = |width: usize| {
        move |n: usize| {
            let rng = &mut rng_at(27, n as u64);
            let mut x = normal(3 + n % 2, 2, rng) + 1.0;
            x.row_mut(0).fill(0.0);
            let mut z = normal(7 - n % 3, width, rng);
            z.row_mut(1).fill(0.5);
            [x, z]
        }
    };
    let far = |n: usize| match n {
        0 => [
            array![[1000.0, -1000.0], [0.0, 0.0], [1.0, 1.0]],
            array![[0.0, -1000.0, 1.0], [0.3, 0.0, -0.3]],
        ],
        _ => [array![[-1000.0, 2.0]], array![[1.0, 1.0, 1.0]]],
    };
    let line = |n: usize| {
        let rng = &mut rng_at(28, n as u64);
        [-1.0, 0.0].map(|by| normal(32, 1, rng) * 0.7 + by)
    };
    let alike = small(2);
    let apart = small(4);
    let long = AdamConfig { lr: 0.01, ..AdamConfig::default() };
    let cases: [(Mlp<f64>, Mlp<f64>, usize, AdamConfig, Source); 5] = [
        (net(&[2, 5, 1], 1), net(&[2, 2], 2), 4, config, &alike),
        (net(&[2, 3, 1], 3), net(&[4, 3, 2], 4), 1, config, &apart),
        (net(&[2, 1], 5), net(&[3, 2], 6), 2, config, &far),
        (net(&[2, 3, 1], 3), net(&[4, 3, 2], 4), 0, config, &apart),
        (net(&[1, 16, 1], 7), net(&[1, 1], 8), 200, long, &line),
    ];
    for (d, g, k, config, source) in cases {
        let right = steps(&d, &g, k, config, source, Slip::None);
        let (reals, noises) = (Cell::new(0), Cell::new(0));
        let next = |count: &Cell<usize>, which: usize| {
            let [x, z] = source(count.replace(count.get() + 1));
            if which == 0 { x } else { z }
        };
        let came = candidate(
            d.clone(),
            &g,
            k,
            config,
            &mut || next(&reals, 0),
            &mut || next(&noises, 1),
        );
        if came.1.len() != k {
            let what = "There are k steps, and a loss for each. Their number is wrong.";
            return Err(told("number of steps", what).with(k, came.1.len()));
        }
        let suspects = SLIPS.into_iter().map(|(slip, name, what)| {
            let wrong = steps(&d, &g, k, config, source, slip);
            (laid(&wrong), told(name, what))
        });
        let drawn = [reals.get(), noises.get()];
        let often = || {
            format!(
                "In {k} steps `real` was called {} times and `noise` {} times.",
                drawn[0], drawn[1]
            )
        };
        let otherwise = match factor(&right.1, &came.1) {
            _ if drawn.iter().any(|n| *n > k) => told(
                "drawn too often",
                &format!(
                    "{} What is drawn is gone: each step has one batch of either, for its loss and for its gradient.",
                    often()
                ),
            ),
            _ if drawn.iter().any(|n| *n < k) => told(
                "drawn too seldom",
                &format!("{} Each step has a new batch of either.", often()),
            ),
            Some(times) => told(
                "times a number",
                &format!(
                    "Your losses are {times:.4} of the right ones everywhere."
                ),
            ),
            None if k == 200 => told(
                "long training",
                "A few steps are right, and 200 are not.",
            ),
            None => told("value", &where_it_parts(&right, &came)),
        };
        let judged = judge(
            &laid(&right),
            &laid(&came),
            if k == 200 { 1e-6 } else { 1e-9 },
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
