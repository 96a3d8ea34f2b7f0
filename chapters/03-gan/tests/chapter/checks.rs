//! The checks of this chapter's exercises.

use std::cell::Cell;
use std::sync::LazyLock;

use datasets::toy::{Density, GaussianMixture};
use discriminator_training::plain::d_step;
use gan::plain; // `causes` finds it here
use gan::plain::{Game, average, modes};
use gan::training::{Config, Gan, Noise};
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, sigmoid,
};
use lab::{ChaCha8Rng, Diagnosis, judge, judge_number, rng_at};
use minimax_loss::plain::d_loss;
use ndarray::{Array1, Array2, Axis, array, concatenate};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[path = "../../src/run/experiments/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, run};

type Pair = (Array2<f64>, Array2<f64>);

/// Normal numbers with a row of zeros and two that are equal.
fn rows(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(31, stream);
    let mut x = normal(rows, columns, rng);
    x.row_mut(0).fill(0.0);
    if rows > 2 {
        let same = x.row(1).to_owned();
        x.row_mut(2).assign(&same);
    }
    x
}

fn normal(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::random_using((rows, columns), StandardNormal, rng)
}

fn finite<'a>(mut of: impl Iterator<Item = &'a f64>) -> bool {
    of.all(|v| v.is_finite())
}

/// What exercise 3.1 might be taken for: a gradient at g, a name, a sentence.
fn turns(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> Vec<(Array2<f64>, &'static str, &'static str)> {
    let sum = z.dot(g);
    let x = sum.mapv(f64::tanh);
    let d = x.dot(w).mapv(sigmoid);
    let b = z.nrows() as f64;
    let d_s = (&d - 1.0) / b;
    let slope = x.mapv(|x| 1.0 - x * x);
    let via = |d_s: &Array2<f64>, slope: &Array2<f64>| {
        z.t().dot(&(d_s.dot(&w.t()) * slope))
    };
    let back = |d_s: &Array2<f64>| via(d_s, &slope);
    let at_probability = d.mapv(|d| -1.0 / (b * d.max(1e-300)));
    let ones = Array2::ones((1, w.nrows()));
    let straight = (&sum.dot(w).mapv(sigmoid) - 1.0) / b;
    vec![
        (
            back(&(&d / b)),
            "discriminator's loss",
            "This descends the discriminator's loss of the fakes: the generator would learn to be caught. Its own loss scores the \
             fakes against 1.",
        ),
        (
            back(&(&d / -b)),
            "saturating",
            "This is the saturating loss, whose slope at a logit is -D / B: next to nothing as long as the discriminator wins.",
        ),
        (
            back(&d_s) * b,
            "mean forgotten",
            "The loss is a mean over the batch: each logit's slope is divided by B.",
        ),
        (
            back(&d_s) / x.ncols() as f64,
            "divided by the width",
            "It is divided by X as well. The mean is one over the examples of the batch; each of them has one logit.",
        ),
        (
            back(&d_s) * (b / z.len() as f64),
            "divided by the noise",
            "It is divided by the numbers in z, B times Z. The mean is one over the examples, and `z.nrows()` counts them.",
        ),
        (
            -back(&d_s),
            "uphill",
            "The sign is turned round. A gradient points up; the step against it is the optimiser's.",
        ),
        (
            back(&d_s) * 0.0,
            "stopped at the fakes",
            "Nothing reaches the generator. The fakes are constants in the *discriminator's* step; in this one the gradient has to \
             pass through them.",
        ),
        (
            via(&d_s, &Array2::ones(x.raw_dim())),
            "tanh forgotten",
            "The gradient passed by the tanh. Its slope is 1 - x squared, with x its output.",
        ),
        (
            via(&d_s, &sum.mapv(|s| 1.0 - s * s)),
            "slope of the sum",
            "The slope of the tanh is 1 - x squared with x its *output*. Yours was taken of what goes into it.",
        ),
        (
            via(&d_s, &x.mapv(|x| 1.0 - x)),
            "slope not squared",
            "The slope of the tanh is 1 - x squared; yours is 1 - x.",
        ),
        (
            via(&d_s, &x.mapv(|x| x * (1.0 - x))),
            "slope of a sigmoid",
            "x (1 - x) is the slope of a sigmoid, with x its output. This generator ends in a tanh.",
        ),
        (
            via(&d_s, &x.mapv(|x| x * x)),
            "one minus forgotten",
            "The slope of the tanh is 1 - x squared; yours is x squared.",
        ),
        (
            via(&d_s, &x.mapv(|x| 1.0 + x * x)),
            "sign in the slope",
            "The slope of the tanh is 1 - x squared; yours is 1 + x squared.",
        ),
        (
            back(&d.mapv(|d| -d * (1.0 - d) / b)),
            "slope of the sigmoid",
            "-D (1 - D) is the slope of -D. The loss is -log D, and its slope at a logit D - 1.",
        ),
        (
            back(&d.mapv(|d| d.max(1e-300).ln() / b)),
            "loss for slope",
            "You went on with log D itself. What goes back is the slope of the loss at a logit, D - 1.",
        ),
        (
            back(&d.mapv(|_| -1.0 / b)),
            "as if D were 0",
            "The slope of the loss at a logit is (D - 1) / B; yours is -1 / B, as if D were 0 for every fake.",
        ),
        (
            back(&d_s) * (b / z.ncols() as f64),
            "mean over the noise's width",
            "The mean is one over the examples. B is the number of rows of z; you divided by that of its columns.",
        ),
        (
            via(&straight, &Array2::ones(x.raw_dim())),
            "a linear generator",
            "There is no tanh in it at all, neither forward nor back.",
        ),
        (
            back(&at_probability),
            "slope at D",
            "-1/D is the slope of the loss in D. From D to the logit there is one more factor, D (1 - D), and the two make D - 1.",
        ),
        (
            z.t().dot(&(d_s.dot(&ones) * &slope)),
            "weights left out",
            "The gradient passed by the discriminator's weights: the logit x w has the slope w in x.",
        ),
        (
            back(&((d.mapv(sigmoid) - 1.0) / b)),
            "two sigmoids",
            "The sigmoid was taken twice: x w is the logit, and D its sigmoid.",
        ),
    ]
}

pub fn g_step(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Pair,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 3, § One step for each player, equations 3.1 and 3.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let usual = (
        rows(5, 3, 0),
        array![[0.5, 1.0], [-1.0, 0.4], [0.2, 0.0]],
        array![[0.7], [-0.3]],
    );
    let one_row =
        (array![[0.8, -1.5]], rows(2, 4, 1) + 0.3, rows(4, 1, 2) - 0.6);
    let sure = (
        array![[0.0, 0.0], [1.0, -0.5], [1.0, -0.5], [-1.0, 0.5]],
        array![[0.3, -0.2, 1.0], [0.1, 0.5, 0.0]],
        array![[5000.0], [-5000.0], [0.0]],
    );
    for (z, g, w) in [usual, one_row, sure] {
        let (d_g, d_w) = candidate(&z, &g, &w);
        if d_g.shape() == w.shape() && d_w.shape() == g.shape() {
            return Err(told(
                "the wrong way round",
                "The two results are in the wrong order: first the gradient at g, then the one at w.",
            ));
        }
        let x = z.dot(&g).mapv(f64::tanh);
        let d = x.dot(&w).mapv(sigmoid);
        let b = z.nrows() as f64;
        let d_s = (&d - 1.0) / b;
        let slope = x.mapv(|x| 1.0 - x * x);
        let right = z.t().dot(&(d_s.dot(&w.t()) * slope));
        if !finite(d_g.iter().chain(&d_w)) && w[[0, 0]] == 5000.0 {
            return Err(told(
                "overflow",
                "With logits of ±3000 yours is not a number: an exponential overflowed, and infinity is divided by infinity. \
                 1 / (1 + e^-s) holds on both sides.",
            )
            .with(format!("{right:.5}"), format!("{d_g:.5}")));
        }
        let known = turns(&z, &g, &w).into_iter();
        judge(
            &right,
            &d_g,
            1e-10,
            known.map(|(v, name, what)| (v, told(name, what))).collect(),
            told("d_g", "The gradient at g is wrong."),
        )?;
        judge(
            &Array2::zeros(w.raw_dim()),
            &d_w,
            1e-10,
            vec![
                (
                    x.t().dot(&d_s),
                    told(
                        "discriminator helps",
                        "The discriminator goes down the generator's loss too: it learns to call the fakes real. This step \
                         passes through it and leaves it as it is.",
                    ),
                ),
                (
                    x.t().dot(&d_s) * b,
                    told(
                        "discriminator helps",
                        "The discriminator goes down the generator's loss too: it learns to call the fakes real. This step \
                         passes through it and leaves it as it is.",
                    ),
                ),
                (
                    -x.t().dot(&d_s),
                    told(
                        "discriminator resists",
                        "The discriminator goes up the generator's loss. It has its own turn for that; in this one it \
                         stands still.",
                    ),
                ),
                (
                    x.t().dot(&(&d / b)),
                    told(
                        "discriminator learns",
                        "This is the discriminator's own gradient on these fakes. It has its turn; in this one it stands \
                         still.",
                    ),
                ),
            ],
            told(
                "d_w",
                "The gradient at g is right. The discriminator has to stand still: with which gradient does it?",
            ),
        )?;
    }
    Ok(())
}

/// A discriminator with one hidden layer, as wide as its input so that a forgotten transpose does not stop.
fn small() -> Small {
    let x = array![
        [1.0, -0.5, 0.2],
        [0.3, 2.0, -1.0],
        [-1.5, 0.1, 0.4],
        [0.0, 0.0, 0.0],
        [-0.3, -2.0, 1.0]
    ];
    let w1 = array![[0.5, -1.0, 0.3], [1.2, 0.4, -0.7], [-0.2, 0.9, 1.1]];
    (x, w1, array![0.1, -0.6, 0.2], array![[0.8], [-1.5], [0.6]])
}

type Small = (Array2<f64>, Array2<f64>, Array1<f64>, Array2<f64>);
type Through =
    fn(&Array2<f64>, &Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

fn leaky(y: &Array2<f64>, above: f64, below: f64) -> Array2<f64> {
    y.mapv(|y| if y > 0.0 { above } else { below })
}

/// What exercise 3.2 might be taken for.
fn ways(
    (x, w1, b1, w2): &Small,
) -> Vec<(Array2<f64>, &'static str, &'static str)> {
    let sum = x.dot(w1) + b1;
    let slopes = leaky(&sum, 1.0, 0.2);
    let b = x.nrows() as f64;
    let via = |u: Array2<f64>| (u * w2.t()).dot(&w1.t());
    let right = via(slopes.clone());
    let all = Array2::ones((x.nrows(), 1));
    let linear = all.dot(&w1.dot(w2).t());
    let bent = w2.mapv(|v| if v > 0.0 { v } else { 0.2 * v });
    let hidden = &sum * &slopes;
    let s = hidden.dot(w2);
    let inputs = &linear * &leaky(x, 1.0, 0.2);
    let mut known = vec![
        (
            linear.clone(),
            "no slopes",
            "Every row has one gradient, as if the discriminator were linear. Where a hidden unit was below zero on the way \
             forward, the gradient is multiplied by 0.2 on the way back.",
        ),
        (
            all.dot(&w1.dot(&bent).t()),
            "leaky of the gradient",
            "The activation was applied to the gradient. Its slope depends on the sign of what came forward, not of what comes \
             back.",
        ),
        (
            via(slopes.mapv(f64::floor)),
            "ReLU",
            "These are the slopes of a ReLU. A leaky one passes 0.2 of the gradient where it was below zero.",
        ),
        (
            via(leaky(&x.dot(w1), 1.0, 0.2)),
            "bias forgotten",
            "The slopes are those of x w1. What decides is the sign of x w1 + b1.",
        ),
        (
            via(leaky(&sum, 0.2, 1.0)),
            "slopes swapped",
            "The slopes are swapped: 1 above zero, 0.2 below.",
        ),
        (
            via(leaky(&sum, 1.0, -0.2)),
            "slope below zero is positive",
            "Below zero the leaky ReLU is 0.2 y: it still rises, so its slope is 0.2 and not -0.2.",
        ),
        (
            via(hidden),
            "output for slope",
            "You multiplied by the hidden units' outputs. It is their slopes that count: 1 or 0.2.",
        ),
        (
            via(sum.clone()),
            "sum for slope",
            "You multiplied by the sums x w1 + b1. It is the slopes at them that count: 1 or 0.2.",
        ),
        (
            inputs,
            "slopes of the inputs",
            "The slopes were taken at x. The hidden units have the activation: take it at x w1 + b1.",
        ),
        (
            -&right,
            "sign",
            "This is the way in which the logit falls. The gradient is the way in which it grows.",
        ),
        (
            &right / b,
            "mean",
            "It is divided by B. Each row has a logit of its own, and no mean is taken.",
        ),
        (
            &right * &s.mapv(|s| sigmoid(s) - 1.0),
            "gradient of the loss",
            "This is the gradient of the generator's loss, summed. The exercise asks for that of the logit: the first factor of \
             equation 3.2 is left out.",
        ),
        (
            &right * &s.mapv(|s| (sigmoid(s) - 1.0) / b),
            "gradient of the loss",
            "This is the gradient of the generator's loss. The exercise asks for that of the logit: the first factor of equation \
             3.2 is left out.",
        ),
        (
            &right * &s.mapv(|s| sigmoid(s) * (1.0 - sigmoid(s))),
            "gradient of D",
            "This is the gradient of the probability D. The exercise asks for that of the logit, before the sigmoid.",
        ),
        (
            slopes.dot(&w1.t()),
            "w2 left out",
            "The second layer is missing: a hidden unit counts by its weight in w2.",
        ),
        (
            all.dot(&right.sum_axis(Axis(0)).insert_axis(Axis(0))),
            "summed over rows",
            "Each row holds the sum over all of them. A row of x moves its own logit alone.",
        ),
        (
            &right / w1.ncols() as f64,
            "mean over hidden units",
            "It is divided by H. The hidden units' shares in the gradient add up.",
        ),
        (
            via(leaky(&(x.dot(w1) - b1), 1.0, 0.2)),
            "bias subtracted",
            "The slopes are those of x w1 - b1. What decides is the sign of x w1 + b1.",
        ),
        (
            &right * x,
            "times the input",
            "It is multiplied by x as well. The gradient at an input asks for the weights that lead on from it, not for its size.",
        ),
        (
            leaky(&s, 1.0, 0.2).dot(&w1.dot(w2).t()),
            "slope of the logit",
            "The slopes were taken at the logit. The hidden units have the activation: take it at x w1 + b1.",
        ),
        (
            via(leaky(&sum, 1.0, 0.01)),
            "another slope",
            "Your slope below zero is 0.01, a usual one elsewhere. Here it is 0.2.",
        ),
        (
            all.dot(
                &slopes
                    .mean_axis(Axis(0))
                    .unwrap_or_default()
                    .insert_axis(Axis(0)),
            )
            .dot(&(w2 * &w1.t())),
            "slopes averaged",
            "The slopes were averaged over the batch. Each row has met its own.",
        ),
        (
            &slopes * &w2.t(),
            "stopped at the hidden units",
            "This is the gradient at the hidden units' sums. One more layer leads down to x.",
        ),
        (
            via(&slopes * &slopes),
            "slopes twice",
            "The slopes came in twice; 0.2 has become 0.04.",
        ),
    ];
    // A product of two arrays of other widths stops by itself.
    if w1.nrows() == w1.ncols() {
        known.push((
            (&slopes * &w2.t()).dot(w1),
            "not transposed",
            "The weights have to be turned over: from hidden units to inputs it is w1 transposed.",
        ));
        known.push((
            &slopes * &linear,
            "slopes too late",
            "The slopes belong to the hidden units: multiply by them before the first layer's weights, not after.",
        ));
    }
    known
}

pub fn through(candidate: Through) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Through the discriminator, equation 3.3";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let wide = (
        rows(4, 2, 4),
        rows(2, 5, 5) + 0.2,
        array![0.1, -0.6, 0.2, 0.5, -0.1],
        array![[0.8], [-1.5], [0.0], [0.6], [1.0]],
    );
    let one_row = (
        array![[1000.0, -1000.0, 0.0, 1.0]],
        rows(4, 2, 6) - 0.1,
        array![-3.0, 3.0],
        array![[2.0], [-0.5]],
    );
    let none = (
        Array2::zeros((0, 3)),
        rows(3, 2, 7),
        array![0.1, 0.2],
        array![[1.0], [2.0]],
    );
    for case in [small(), wide, one_row, none] {
        let (x, w1, b1, w2) = &case;
        let known = match x.nrows() {
            0 => vec![],
            _ => ways(&case),
        };
        let known = known.into_iter();
        let u = leaky(&(x.dot(w1) + b1), 1.0, 0.2) * w2.t();
        judge(
            &u.dot(&w1.t()),
            &candidate(x, w1, b1, w2),
            1e-10,
            known.map(|(v, name, what)| (v, told(name, what))).collect(),
            told("value", "The gradient is wrong."),
        )?;
    }
    Ok(())
}

/// How the modes of exercise 3.3 might be counted.
#[derive(Clone, Copy, PartialEq)]
enum Count {
    Right,
    NoRadius,
    SquareAgainstLength,
    FairShare,
    AnyWithin,
    InABox,
    AlongTheAxes,
    Strictly,
    OneSigma,
    TwoSigma,
    Diameter,
    SquaredSigma,
    Found,
    Strays,
    TwoCoordinates,
    SquaredRadius,
    RootSigma,
    LastDecides,
    OnAverage,
    FirstWithin,
    Two,
}

const COUNTS: [(Count, &str, &str); 20] = [
    (
        Count::NoRadius,
        "no radius",
        "Every sample has a nearest mode, also one that lies between them all. It counts only within three standard deviations.",
    ),
    (
        Count::SquareAgainstLength,
        "square against length",
        "A squared distance was compared with 3 sigma; compare it with the square of that.",
    ),
    (
        Count::FairShare,
        "fair share",
        "A mode with a single high-quality sample is not lost by this measure. Whether each has its fair share is another question, \
         and a good one.",
    ),
    (
        Count::AnyWithin,
        "not the nearest",
        "Where modes are close, a sample may be within three standard deviations of two of them. It belongs to the nearest one alone; \
         the other is not found by it.",
    ),
    (
        Count::InABox,
        "a box",
        "You compared each coordinate by itself, which makes a box. The distance is the root of the sum of squares.",
    ),
    (
        Count::AlongTheAxes,
        "along the axes",
        "You added up the coordinates' differences. The distance is the root of the sum of their squares.",
    ),
    (
        Count::Strictly,
        "strictly less",
        "A sample at exactly three standard deviations counts: equation 3.5 has ≤.",
    ),
    (
        Count::OneSigma,
        "one standard deviation",
        "You asked for one standard deviation; the measure takes three.",
    ),
    (
        Count::TwoSigma,
        "two standard deviations",
        "You asked for two standard deviations; the measure takes three.",
    ),
    (
        Count::Diameter,
        "diameter",
        "You allowed six standard deviations. Three is the radius, on each side.",
    ),
    (
        Count::SquaredSigma,
        "sigma is a deviation",
        "The radius came from sigma squared, or from its root. `sigma` is the standard deviation already.",
    ),
    (
        Count::Found,
        "found for lost",
        "These are the modes that were found. The exercise asks for those that were lost.",
    ),
    (
        Count::Strays,
        "samples for modes",
        "You counted samples that belong nowhere. The exercise asks how many *modes* have no sample.",
    ),
    (
        Count::TwoCoordinates,
        "two coordinates",
        "Samples may have more than two coordinates; yours looks at the first two.",
    ),
    (
        Count::SquaredRadius,
        "length against square",
        "A distance was compared with the square of 3 sigma. Square both or neither.",
    ),
    (
        Count::RootSigma,
        "sigma is a deviation",
        "The radius came from sigma squared, or from its root. `sigma` is the standard deviation already.",
    ),
    (
        Count::LastDecides,
        "the last one decides",
        "A mode that was found is lost again if its last sample is too far. One good sample is enough, whatever comes behind it.",
    ),
    (
        Count::OnAverage,
        "on average",
        "You compared the mean distance of a mode's samples. One good sample is enough, however far the others are.",
    ),
    (
        Count::FirstWithin,
        "the first for the nearest",
        "Where modes are close, a sample may be within three standard deviations of two of them. You took the first one; it belongs to \
         the nearest.",
    ),
    (
        Count::Two,
        "two samples",
        "You counted modes with fewer than two good samples. One is enough.",
    ),
];

fn counted(
    (samples, means, sigma): &(Array2<f64>, Array2<f64>, f64),
    count: Count,
) -> usize {
    let mut counts = vec![0; means.nrows()];
    let mut ways = vec![(0.0, 0.0); means.nrows()];
    let seen = match count {
        Count::TwoCoordinates => 2.min(means.ncols()),
        _ => means.ncols(),
    };
    for x in samples.rows() {
        let apart = |m: usize| -> Array1<f64> {
            let d = &x - &means.row(m);
            d.iter().take(seen).copied().collect()
        };
        let far = |m: usize| apart(m).mapv(|v| v * v).sum().sqrt();
        let r = 3.0 * sigma;
        let near = |m: usize| match count {
            Count::NoRadius => true,
            Count::SquareAgainstLength => far(m).powi(2) <= r,
            Count::InABox => apart(m).iter().all(|v| v.abs() <= r),
            Count::AlongTheAxes => apart(m).mapv(f64::abs).sum() <= r,
            Count::Strictly => far(m) < r,
            Count::OneSigma => far(m) <= *sigma,
            Count::TwoSigma => far(m) <= 2.0 * sigma,
            Count::Diameter => far(m) <= 2.0 * r,
            Count::SquaredSigma => far(m) <= 3.0 * sigma * sigma,
            Count::RootSigma => far(m) <= 3.0 * sigma.sqrt(),
            Count::SquaredRadius => far(m) <= r * r,
            _ => far(m) <= r,
        };
        let all = 0..means.nrows();
        if count == Count::AnyWithin {
            all.filter(|m| near(*m)).for_each(|m| counts[m] += 1);
        } else if count == Count::FirstWithin {
            let first = all.into_iter().find(|m| near(*m));
            first.into_iter().for_each(|m| counts[m] += 1);
        } else if let Some(m) = all.min_by(|a, b| far(*a).total_cmp(&far(*b)))
        {
            if count == Count::LastDecides {
                counts[m] = 0;
            }
            counts[m] += usize::from(near(m));
            ways[m] = (ways[m].0 + far(m), ways[m].1 + 1.0);
        }
    }
    let least = match count {
        Count::FairShare => samples.nrows() / means.nrows(),
        Count::Two => 2,
        _ => 1,
    };
    let lost = counts.iter().filter(|n| **n < least).count();
    let close = |(sum, n): &&(f64, f64)| *n > 0.0 && sum / n <= 3.0 * sigma;
    match count {
        Count::OnAverage => means.nrows() - ways.iter().filter(close).count(),
        Count::Found => means.nrows() - lost,
        Count::Strays => samples.nrows() - counts.iter().sum::<usize>(),
        _ => lost,
    }
}

/// What is counted in the check: a name, and samples, means and a standard deviation.
type Counted = (&'static str, (Array2<f64>, Array2<f64>, f64));

fn runs_of_modes() -> Vec<Counted> {
    let means = array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]];
    let near = &means + 0.02;
    // Forty at the first mode, one within three sigma of the second, one outside that of the third, one far from the
    // fourth and yet nearer to it than to the others.
    let mut samples = Array2::from_shape_fn((43, 2), |(_, i)| near[[0, i]]);
    samples.row_mut(40).assign(&array![0.1, 1.0]);
    samples.row_mut(41).assign(&array![-0.75, 0.0]);
    samples.row_mut(42).assign(&array![0.0, -0.45]);
    vec![
        (
            "the samples of one that has lost modes",
            (samples, means.clone(), 0.05),
        ),
        (
            "two samples close to each mode",
            (concatenate![Axis(0), near, near], means, 0.05),
        ),
        (
            "modes that overlap",
            (
                array![[20.75, 0.0], [19.5, 0.0], [60.75, 0.0]],
                array![[22.0, 0.0], [20.0, 0.0], [62.0, 0.0], [60.0, 0.0]],
                0.5,
            ),
        ),
        (
            "samples of three coordinates near the border",
            (
                // At a corner of the box, at the border, astray in the third coordinate alone, and along the diagonal.
                array![
                    [1.25, 1.25, 0.0],
                    [10.0, 1.5, 0.0],
                    [30.0, 0.0, -9.0],
                    [35.0, 0.0, 9.0],
                    [40.0, 1.25, 0.0],
                    [40.0, 0.0, -1.25],
                    [51.0, -1.0, 0.0],
                    [70.0, 1.0, -1.0],
                    [80.0, -1.5, 0.0],
                    [90.0, 1.0, 1.0]
                ],
                array![
                    [0.0, 0.0, 0.0],
                    [10.0, 0.0, 0.0],
                    [30.0, 0.0, 0.0],
                    [35.0, 0.0, 0.0],
                    [40.0, 0.0, 0.0],
                    [50.0, 0.0, 0.0],
                    [70.0, 0.0, 0.0],
                    [80.0, 0.0, 0.0],
                    [90.0, 0.0, 0.0]
                ],
                0.5,
            ),
        ),
        (
            "modes a thousand apart, with a sigma above 1",
            (
                array![
                    [1002.0, -1000.0],
                    [1000.0, -900.0],
                    [-1000.0, 700.0],
                    [-1000.0, 1004.0],
                    [0.0, 13.0]
                ],
                array![
                    [1000.0, -1000.0],
                    [-1000.0, 1000.0],
                    [0.0, 0.0],
                    [0.0, 1000.0],
                    [-1000.0, 0.0]
                ],
                1.5,
            ),
        ),
        ("one mode", (array![[0.5], [7.0], [0.0]], array![[0.0]], 1.0)),
        (
            "no samples at all",
            (
                Array2::zeros((0, 2)),
                array![[0.0, 1.0], [2.0, 0.0], [5.0, 5.0]],
                1.0,
            ),
        ),
    ]
}

/// Two ways of counting that the check could not tell apart.
#[allow(dead_code)] // the tests ask
pub fn counts_alike() -> Option<[&'static str; 2]> {
    let cases = runs_of_modes();
    let of = |count| {
        let all = cases.iter().map(|(_, case)| counted(case, count));
        all.collect::<Vec<_>>()
    };
    let all: Vec<_> = COUNTS
        .iter()
        .map(|(count, name, _)| (*name, of(*count)))
        .chain([("right", of(Count::Right))])
        .collect();
    let pairs = all.iter().enumerate();
    let mut pairs =
        pairs.flat_map(|(n, a)| all[..n].iter().map(move |b| (a, b)));
    pairs.find(|(a, b)| a.1 == b.1).map(|(a, b)| [a.0, b.0])
}

pub fn collapsed(
    candidate: fn(&Array2<f64>, &Array2<f64>, f64, f64) -> usize,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Eight modes on a ring, equation 3.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = runs_of_modes();
    let calm = 2.0 * 2.0_f64.ln();
    let at = |case: &(Array2<f64>, Array2<f64>, f64), loss| {
        candidate(&case.0, &case.1, case.2, loss)
    };
    for (_, case) in &cases {
        let came = [calm, 0.1, 1000.0].map(|loss| at(case, loss));
        if came.iter().any(|n| *n != came[0]) {
            let right = counted(case, Count::Right);
            return Err(told(
                "loss",
                "The answer changed with the discriminator's loss while the samples were the same. Equilibrium says that D \
                 cannot tell fakes from real ones; it does not say how many modes there are.",
            )
            .with(format!("{right}, whatever the loss"), format!("{came:?}")));
        }
    }
    let all = |count| {
        let of = cases.iter().map(|(_, case)| counted(case, count) as f64);
        of.collect::<Array1<f64>>()
    };
    let (right, came) = (all(Count::Right), {
        let came = cases.iter().map(|(_, case)| at(case, calm) as f64);
        came.collect::<Array1<f64>>()
    });
    let first = right.iter().zip(&came).position(|(a, b)| a != b);
    let Some(first) = first else { return Ok(()) };
    // Who makes one mistake makes it in all cases.
    let mut known = COUNTS.into_iter();
    let (name, what) = known
        .find(|(count, ..)| all(*count) == came)
        .map_or(("value", "The count is wrong."), |(_, n, w)| (n, w));
    let what = format!("{what} It shows first on {}.", cases[first].0);
    Err(told(name, &what).with(right[first], came[first]))
}

const STAYS: &str = "Where a and b have one direction their lengths may still differ: yours stays in one place, whatever t is. There it is \
                     the straight line from a to b.";

/// What exercise 3.4 might be taken for.
fn paths(
    a: &Array1<f64>,
    b: &Array1<f64>,
    t: f64,
) -> Vec<(Array1<f64>, &'static str, &'static str)> {
    let length = |v: &Array1<f64>| v.dot(v).sqrt();
    let along = |a: &Array1<f64>, b: &Array1<f64>, angle: f64| {
        let weight = |t: f64| (t * angle).sin() / angle.sin();
        weight(1.0 - t) * a + weight(t) * b
    };
    let cosine = a.dot(b) / (length(a) * length(b));
    let angle = cosine.clamp(-1.0, 1.0).acos();
    let line = (1.0 - t) * a + t * b;
    let typical = (1.0 - t) * length(a) + t * length(b);
    let (of_a, of_b) = (a / length(a), b / length(b));
    let unit = along(&of_a, &of_b, angle);
    let sin = |t: f64| (t * angle).sin();
    let cos = |t: f64| (t * angle).cos();
    vec![
        (
            line.clone(),
            "straight line",
            "This is the straight line. Halfway between two noises of typical length it is shorter than nearly all that the generator \
             has met.",
        ),
        (
            &line * (typical / length(&line)),
            "line put back",
            "This is the straight line, stretched to the right length afterwards. It is on the sphere, but hurries through the \
             middle: equal steps in t are not equal angles.",
        ),
        (
            along(a, b, angle.to_degrees()),
            "degrees",
            "The angle is in degrees; `sin` and `acos` count in radians.",
        ),
        (
            along(a, b, a.dot(b).acos()),
            "lengths forgotten",
            "The scalar product is the cosine only of vectors of length 1: divide it by both lengths.",
        ),
        (
            along(a, b, a.dot(b).clamp(-1.0, 1.0).acos()),
            "lengths forgotten",
            "The scalar product is the cosine only of vectors of length 1: divide it by both lengths.",
        ),
        (
            along(a, b, (a.dot(b) / (a.dot(a) * b.dot(b))).acos()),
            "lengths squared",
            "The scalar product was divided by the squares of the lengths: their root is missing.",
        ),
        (
            along(a, b, cosine),
            "cosine for angle",
            "The angle is the `acos` of the cosine; yours went on with the cosine itself.",
        ),
        (
            along(a, b, angle / 2.0),
            "half the angle",
            "Yours is half the angle between a and b.",
        ),
        (along(b, a, angle), "backwards", "This runs from b to a."),
        (
            sin(1.0 - t) * a + sin(t) * b,
            "not divided",
            "Both weights are to be divided by sin ω, or at t = 0 it would not be a.",
        ),
        (
            (cos(1.0 - t) * a + cos(t) * b) / angle.sin(),
            "cosines",
            "The weights are sines: of (1 - t) ω and of t ω.",
        ),
        (
            ((1.0 - t) * angle.sin() * a + t * angle.sin() * b) / angle.sin(),
            "straight line",
            "t has to stand inside the sine: sin(t ω), not t sin ω. So it is the straight line.",
        ),
        (
            along(a, b, cosine.clamp(-1.0, 1.0).asin()),
            "asin",
            "The angle came from `asin`. The scalar product over both lengths is the *cosine*: `acos`.",
        ),
        (
            along(a, b, cosine.clamp(0.0, 1.0).acos()),
            "cut at 0",
            "The cosine was cut to 0 below. It may be as low as -1: the angle goes up to π.",
        ),
        (
            sin(1.0 - t) * a + sin(t) / angle.sin() * b,
            "not divided",
            "Both weights are to be divided by sin ω, or at t = 0 it would not be a.",
        ),
        (
            sin(1.0 - t) / angle.sin() * a + sin(t) * b,
            "not divided",
            "Both weights are to be divided by sin ω, or at t = 1 it would not be b.",
        ),
        (
            (sin(1.0 - t) * a + sin(t) * b) / angle,
            "divided by the angle",
            "The weights are to be divided by the sine of the angle, and not by the angle.",
        ),
        (
            &unit * length(a),
            "one length for both",
            "The result has the length of a all the way. Equation 3.7 weights a and b as they are, and ends at b.",
        ),
        (
            &unit * length(b),
            "one length for both",
            "The result has the length of b all the way. Equation 3.7 weights a and b as they are, and begins at a.",
        ),
        (
            unit.clone(),
            "of length one",
            "Both ends were made vectors of length 1. It is a and b themselves that are weighted; only the angle is one of directions.",
        ),
        (
            &unit * typical,
            "lengths apart",
            "The directions go along the arc and the lengths along a line. Equation 3.7 weights a and b as they are, with their \
             lengths; for two of one length that is the same.",
        ),
    ]
}

pub fn interpolate(
    candidate: fn(&Array1<f64>, &Array1<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Between two digits, equation 3.7";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let length = |v: &Array1<f64>| v.dot(v).sqrt();
    let usual = [
        (array![2.0, 0.0, 1.0], array![0.0, 1.5, 0.3], 0.3),
        (array![1.0, -2.0, 0.5, 0.0], array![-0.5, 1.0, 1.0, 2.0], 0.75),
        (array![1000.0, 0.0], array![0.0, -1000.0], 0.5),
        (array![1.0, 0.0, 2.0], array![0.7, 0.3, 1.0], 0.4),
        (array![1.0, 0.0, 2.0, 0.0], array![2.0, 0.01, 4.0, -0.01], 0.6),
        (array![0.3, -0.1, 0.8], array![0.2, 0.9, 0.1], 0.0),
        (array![0.3, -0.1, 0.8], array![0.2, 0.9, 0.1], 1.0),
    ];
    for (a, b, t) in usual {
        let angle = (a.dot(&b) / (length(&a) * length(&b))).acos();
        let weight = |t: f64| (t * angle).sin() / angle.sin();
        let known = paths(&a, &b, t).into_iter();
        judge(
            &(weight(1.0 - t) * &a + weight(t) * &b),
            &candidate(&a, &b, t),
            1e-10,
            known.map(|(v, name, what)| (v, told(name, what))).collect(),
            told("value", "The point is wrong."),
        )?;
    }
    // Of one direction. Among so many there are some whose cosine rounds to above 1.
    let ends = [
        array![2.0, 0.0, 1.0],
        array![1.0, 0.0],
        array![-3.0],
        array![0.1, 0.2, 0.3],
        array![0.7, -0.1, 0.4, 0.9],
    ];
    let times = [2.0, 1.0, 3.0, 0.1, 7.0];
    for a in ends {
        for (times, t) in times.into_iter().zip([0.3, 0.5, 0.0, 1.0, 0.8]) {
            let b = times * &a;
            let right = (1.0 - t) * &a + t * &b;
            let came = candidate(&a, &b, t);
            let cosines = [
                a.dot(&b) / (length(&a) * length(&b)),
                a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt(),
            ];
            if came.iter().all(|v| v.is_finite()) {
                judge(
                    &right,
                    &came,
                    1e-6,
                    vec![
                        (a.clone(), told("stays in one place", STAYS)),
                        (b.clone(), told("stays in one place", STAYS)),
                        (0.5 * (&a + &b), told("stays in one place", STAYS)),
                        (0.0 * &a, told("stays in one place", STAYS)),
                    ],
                    told(
                        "one direction",
                        "Where a and b have one direction, the point is wrong. There it is the straight line.",
                    ),
                )?;
                continue;
            }
            let (name, what) = match cosines.iter().any(|c| *c > 1.0) {
                true => (
                    "cosine above 1",
                    "The cosine of two vectors of one direction may round to just above 1, and `acos` of that is NaN: cut it to \
                     ±1 first. Then take care of the angle 0.",
                ),
                false => (
                    "zero by zero",
                    "Where a and b have one direction the angle and its sine are 0, and the weights 0 / 0. Their limits are 1 - t \
                     and t.",
                ),
            };
            return Err(told(name, what)
                .with(format!("{right:.5}"), format!("{came:.5}")));
        }
    }
    Ok(())
}

type Frechet =
    fn(&Array1<f64>, &Array1<f64>, &Array1<f64>, &Array1<f64>) -> f64;

pub fn frechet(candidate: Frechet) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § How good is it?, equation 3.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = [
        [
            array![1.0, -2.0, 0.5],
            array![0.5, 2.0, 1.0],
            array![0.0, -1.5, 2.0],
            array![0.3, 3.0, 0.0],
        ],
        [array![2.0], array![4.0], array![-1.0], array![0.25]],
        [
            array![1000.0, -1000.0, 0.0, 1.0, 1.0],
            array![1000.0, 0.0, 1.0, 0.0, 9.0],
            array![-1000.0, -1000.0, 0.0, 1.0, 1.0],
            array![0.0, 0.0, 1.0, 4.0, 1000.0],
        ],
        [
            array![3.0, 1.0],
            array![2.0, 0.7],
            array![3.0, 1.0],
            array![2.0, 0.7],
        ],
    ];
    let square = |v: Array1<f64>| v.mapv(|v| v * v).sum();
    for [mean_a, a, mean_b, b] in cases {
        let between = square(&mean_a - &mean_b);
        let spread = square(a.mapv(f64::sqrt) - b.mapv(f64::sqrt));
        let (sum, cross) =
            (a.sum() + b.sum(), (&a * &b).mapv(f64::sqrt).sum());
        let f = a.len() as f64;
        let known = [
            (
                spread,
                "means forgotten",
                "The means are missing: two clouds of one shape would be equal wherever they are.",
            ),
            (
                between,
                "spreads forgotten",
                "Only the means are compared. Two clouds around one middle would be equal, whatever their widths.",
            ),
            (
                between.sqrt() + spread,
                "means not squared",
                "The distance of the means enters squared, like the spreads.",
            ),
            (
                (&mean_a - &mean_b).mapv(f64::abs).sum() + spread,
                "means not squared",
                "The differences of the means are to be squared, one by one; yours are their sizes.",
            ),
            (
                between + square(&a - &b),
                "variances",
                "The variances were compared as if they were standard deviations. It is their roots whose squared difference counts.",
            ),
            (
                between + sum - 2.0 * a.dot(&b),
                "no root",
                "The cross term lacks its root. Without it, equal Gaussians are not at distance 0, and the result can be negative.",
            ),
            (
                between + sum - 2.0 * a.dot(&b).sqrt(),
                "root of the sum",
                "The root was taken of the sum of the products. Each element has its own root, and then they are added up.",
            ),
            (
                between + sum - 2.0 * (a.sum() * b.sum()).sqrt(),
                "root of the traces",
                "The traces were multiplied. The matrices are, element by element, and the trace is taken of the root of that.",
            ),
            (
                between + sum - cross,
                "two forgotten",
                "The cross term counts twice: - 2 √(a b).",
            ),
            (
                between + sum + 2.0 * cross,
                "sign of the cross term",
                "The cross term has a minus: equal Gaussians are at distance 0.",
            ),
            (
                between + sum,
                "no cross term",
                "The cross term is missing, - 2 √(a b): without it equal Gaussians are not at distance 0.",
            ),
            (
                between + (&a - &b).mapv(f64::abs).sum(),
                "difference of variances",
                "The variances' differences were added up. It is the difference of their roots, squared, that counts.",
            ),
            (
                between + spread.sqrt(),
                "spreads not squared",
                "The difference of the standard deviations enters squared, like that of the means.",
            ),
            (
                (between + spread) / f,
                "mean for sum",
                "It is divided by F. A trace adds up, and so does the squared length.",
            ),
            (
                between + spread / f,
                "mean for sum",
                "The second term is divided by F. A trace adds up.",
            ),
            (
                between / f + spread,
                "mean for sum",
                "The first term is divided by F. A squared length adds up.",
            ),
            (
                (between + spread).sqrt(),
                "root",
                "This is the root of it. The quantity that goes by this name in the literature is the square.",
            ),
            (
                between + sum - 2.0 * (a.mapv(f64::sqrt) * &b).sum(),
                "one root of two",
                "The root was taken of a alone. It is that of the product a b.",
            ),
            (
                between + sum - 2.0 * (b.mapv(f64::sqrt) * &a).sum(),
                "one root of two",
                "The root was taken of b alone. It is that of the product a b.",
            ),
            (
                between + sum - 2.0_f64.sqrt() * cross,
                "two under the root",
                "The 2 stands before the root, not under it.",
            ),
            (
                between + spread * spread,
                "squared once more",
                "The second term is squared once more. Its difference of roots is squared already.",
            ),
            (
                between + square(a.mapv(f64::sqrt) + b.mapv(f64::sqrt)),
                "sign of the cross term",
                "The roots were added. It is their difference that is squared.",
            ),
            (
                between + square(&a + &b - 2.0 * (&a * &b).mapv(f64::sqrt)),
                "squared once more",
                "The second term is squared once more. Its difference of roots is squared already.",
            ),
            (
                between + a.sum() - b.sum() - 2.0 * cross,
                "traces subtracted",
                "The traces of both are added: C + K.",
            ),
            (
                mean_a.dot(&mean_b) + spread,
                "product of the means",
                "The means were multiplied. It is their difference that is squared.",
            ),
            (
                square(&mean_a + &mean_b) + spread,
                "sum of the means",
                "The means were added. It is their difference that is squared.",
            ),
        ];
        let known = known.into_iter();
        judge_number(
            between + spread,
            candidate(&mean_a, &a, &mean_b, &b),
            1e-10,
            known.map(|(v, name, what)| (v, told(name, what))).collect(),
            told("value", "The distance is wrong."),
        )?;
    }
    let nothing = Array1::zeros(0);
    judge_number(
        0.0,
        candidate(&nothing, &nothing, &nothing, &nothing),
        1e-10,
        vec![],
        told(
            "no coordinates",
            "Without coordinates the distance is 0: a sum of nothing.",
        ),
    )
}

/// How a pair is trained in exercise 3.6.
#[derive(Clone, Copy, Debug)]
pub struct Recipe {
    /// Steps, each with one turn of the generator.
    pub steps: u64,
    /// Turns of the discriminator in a step.
    pub k: u64,
    /// Both players' optimiser, as it begins.
    pub adam: AdamConfig,
    /// What the average keeps of itself at most, the α of equation 3.6.
    pub alpha: f64,
}

/// What comes out of a training.
#[derive(Clone, Debug)]
pub struct Trained {
    /// The generator.
    pub g: Mlp<f64>,
    /// The discriminator.
    pub d: Mlp<f64>,
    /// The averaged generator.
    pub mean: Mlp<f64>,
    /// The losses of each step, the discriminator's and the generator's.
    pub losses: Vec<[f64; 2]>,
}

#[allow(dead_code)] // before the exercise is solved
/// The ten lines' `g_step`: the generator's loss, and its gradient at every parameter of `g`.
pub fn g_turn(
    g: &Mlp<f64>,
    d: &Mlp<f64>,
    z: &Array2<f64>,
) -> (f64, Mlp<f64>) {
    turn_under(Game::NonSaturating, g, d, z)
}

fn turn_under(
    game: Game,
    g: &Mlp<f64>,
    d: &Mlp<f64>,
    z: &Array2<f64>,
) -> (f64, Mlp<f64>) {
    let unused = Array2::zeros((0, 1));
    plain::g_step(g, d, z, &unused, game, 1)
}

pub type Draw<'a> = &'a mut dyn FnMut() -> Array2<f64>;
type Trains = fn(Mlp<f64>, Mlp<f64>, Recipe, Draw, Draw) -> Trained;

/// What can be wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    None,
    GeneratorFirst,
    OldDiscriminator,
    OneNoise,
    FakesOnce,
    RealOnce,
    BothOnce,
    NoiseFirst,
    AverageMakesFakes,
    TheAveragePlays,
    NoiseForFakes,
    GeneratorInEachTurn,
    OneTurn,
    WrongWayRound,
    RealTwice,
    DiscriminatorUphill,
    GeneratorUphill,
    Saturating,
    AdamAnew,
    ConstantsForgotten,
    NotCooled,
    CooledFromOne,
    CooledAfter,
    OnlyDiscriminatorCools,
    OnlyGeneratorCools,
    CooledAgain,
    CooledByTurns,
    CooledTooSoon,
    AverageFromZero,
    AverageBefore,
    AverageAtTheEnd,
    AverageInEachTurn,
    NoWarmUp,
    WarmUpFromOne,
    TheLargerShare,
    KeepsTheRest,
    NotAveraged,
    AverageForGenerator,
    AverageInItsPlace,
    AverageExchanged,
    FirstTurnsLoss,
    MeanOfTurns,
    SumOfTurns,
    LossesBehind,
    GeneratorsLossBehind,
    LossesSwapped,
}

pub const SLIPS: [(Slip, &str, &str); 45] = [
    (
        Slip::GeneratorFirst,
        "generator first",
        "The generator had its turn before the discriminator. By equation 3.4 it comes second, and meets what the discriminator has \
         become.",
    ),
    (
        Slip::OldDiscriminator,
        "old discriminator",
        "Both moved at once: the generator's gradient is that at the discriminator before this step's turns. Equation 3.4 has the new φ.",
    ),
    (
        Slip::OneNoise,
        "one noise for both",
        "The generator's turn took the noise of the discriminator's last turn once more. Draw fresh noise for it.",
    ),
    (
        Slip::FakesOnce,
        "stale fakes",
        "The fakes were made once in a step, and all k turns saw the same ones. Each turn has noise of its own.",
    ),
    (
        Slip::RealOnce,
        "one real batch",
        "One real batch was drawn in a step, and all k turns saw it. Each turn has a batch of its own.",
    ),
    (
        Slip::BothOnce,
        "one batch for all turns",
        "All k turns of a step saw the same two batches. Each turn has batches of its own.",
    ),
    (
        Slip::NoiseFirst,
        "noise in another order",
        "The steps are right, with the noise in another order: the generator's was drawn before the discriminator's. Draw in the order \
         of the turns, so that the check can compare.",
    ),
    (
        Slip::AverageMakesFakes,
        "average makes the fakes",
        "The discriminator's fakes were made by the averaged generator. The average takes no part in the game: its opponent is the \
         generator in training.",
    ),
    (
        Slip::TheAveragePlays,
        "the average plays",
        "The generator's gradient was taken at the average. It takes no part in the game; the gradient is that at the generator which \
         moves.",
    ),
    (
        Slip::NoiseForFakes,
        "noise for fakes",
        "The noise itself was scored. Fakes are what the generator makes of it: `g.output(&z)`.",
    ),
    (
        Slip::GeneratorInEachTurn,
        "generator in the inner loop",
        "The generator moved behind each of the k turns. It has one turn in a step, behind all of the discriminator's.",
    ),
    (
        Slip::OneTurn,
        "k forgotten",
        "The discriminator had one turn in a step. It has k.",
    ),
    (
        Slip::WrongWayRound,
        "the wrong way round",
        "Real examples and fakes came in the wrong order, so that the discriminator learns to call fakes real. `d_step` takes the real \
         ones first.",
    ),
    (
        Slip::RealTwice,
        "real scored twice",
        "The real batch was scored against 1 and against 0, and no fake was. This is slip E17.",
    ),
    (
        Slip::DiscriminatorUphill,
        "discriminator uphill",
        "The discriminator climbs its loss. `d_step` gives the gradient of the loss, and Adam's `step` goes against it by itself.",
    ),
    (
        Slip::GeneratorUphill,
        "generator uphill",
        "The generator climbs its loss. `g_turn` gives the gradient of the loss, and Adam's `step` goes against it by itself.",
    ),
    (
        Slip::Saturating,
        "saturating",
        "This is chapter 1's other loss, the saturating one. `g_turn` has the loss of equation 3.1.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "The optimisers were made anew in each step, so that their running means begin at zero again. Make both once, before the loop.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants. It was to be made with the recipe's.",
    ),
    (
        Slip::NotCooled,
        "not cooled",
        "The step sizes stay where they began. At step n they are 1 - n / steps of that: set `config.lr` of both optimisers.",
    ),
    (
        Slip::CooledFromOne,
        "cooled from one",
        "The step sizes are one step ahead: counted from 0, the first step is taken at full length and the last one is not 0.",
    ),
    (
        Slip::CooledAfter,
        "cooled too late",
        "The step sizes are one step late: they were set behind the turns. Set them before.",
    ),
    (
        Slip::OnlyDiscriminatorCools,
        "only one cools",
        "The generator's step size stays where it began. Both fall.",
    ),
    (
        Slip::OnlyGeneratorCools,
        "only one cools",
        "The discriminator's step size stays where it began. Both fall.",
    ),
    (
        Slip::CooledAgain,
        "cooled again and again",
        "Each step size is a share of the one before, so that the shares multiply up. At step n it is 1 - n / steps of `adam.lr`, of the \
         first one.",
    ),
    (
        Slip::CooledByTurns,
        "cooled in each turn",
        "The discriminator's step size falls from turn to turn. It falls from step to step, and is the same in all k turns of one.",
    ),
    (
        Slip::CooledTooSoon,
        "cooled too soon",
        "The step sizes come to 0 in the last step, so that it moves nothing. They are 1 - n / steps, which is 1 / steps there.",
    ),
    (
        Slip::AverageFromZero,
        "average from zero",
        "The average began at zeros. It begins as a copy of the generator.",
    ),
    (
        Slip::AverageBefore,
        "averaged before the step",
        "The generator was averaged before it moved, so that the last step is missing. The average comes last in a step.",
    ),
    (
        Slip::AverageAtTheEnd,
        "averaged once",
        "The average was taken once, at the end of all. It takes something of each step.",
    ),
    (
        Slip::AverageInEachTurn,
        "averaged in each turn",
        "The average moved in each of the k turns. It moves once in a step, behind the generator's.",
    ),
    (
        Slip::NoWarmUp,
        "no warm-up",
        "The average keeps `alpha` of itself from the first step on, and so it keeps much of the random start. At step n it keeps \
         (n + 1) / (n + 10), until that exceeds `alpha`.",
    ),
    (
        Slip::WarmUpFromOne,
        "warm-up from one",
        "The average's share is that of the next step: n is counted from 0, so that the first step keeps a tenth.",
    ),
    (
        Slip::TheLargerShare,
        "the larger share",
        "Of `alpha` and (n + 1) / (n + 10) you took the larger one. It is the smaller one, so that the start is forgotten fast.",
    ),
    (
        Slip::KeepsTheRest,
        "keeps what it should forget",
        "The average keeps 1 - α of itself. It keeps α: `average` takes the share that stays.",
    ),
    (
        Slip::NotAveraged,
        "not averaged",
        "The generator came back as its own average. The average is a copy that moves by equation 3.6.",
    ),
    (
        Slip::AverageForGenerator,
        "average for generator",
        "The average came back twice. `g` is the generator in training.",
    ),
    (
        Slip::AverageInItsPlace,
        "average in its place",
        "Behind each step the generator became its average, and went on from there. The average is a copy that only watches.",
    ),
    (
        Slip::AverageExchanged,
        "exchanged",
        "`g` and `mean` are exchanged: `g` is the generator in training, `mean` its average.",
    ),
    (
        Slip::FirstTurnsLoss,
        "loss of the first turn",
        "The networks are right. The discriminator's loss is that of the first of its turns in a step; the last one's was asked for.",
    ),
    (
        Slip::MeanOfTurns,
        "mean over turns",
        "The networks are right. The discriminator's loss is the mean over its turns; the last one's was asked for.",
    ),
    (
        Slip::SumOfTurns,
        "sum over turns",
        "The networks are right. The discriminator's losses of a step were added up; the last one's was asked for.",
    ),
    (
        Slip::LossesBehind,
        "losses behind the step",
        "The networks are right. The losses are those behind each step; `d_step` and `g_turn` give those before it.",
    ),
    (
        Slip::GeneratorsLossBehind,
        "losses behind the step",
        "The networks are right. The generator's loss is that behind its step; `g_turn` gives the one before it.",
    ),
    (
        Slip::LossesSwapped,
        "losses swapped",
        "The networks are right. The losses are in the wrong order: first the discriminator's, then the generator's.",
    ),
];

/// A training of the check: two networks, how they are trained, and the numbered batches, real ones and noise.
pub struct Training<'a> {
    g: Mlp<f64>,
    d: Mlp<f64>,
    recipe: Recipe,
    real: &'a dyn Fn(u64) -> Array2<f64>,
    noise: &'a dyn Fn(u64) -> Array2<f64>,
}

/// One turn of the generator; gives its loss.
fn turn(
    slip: Slip,
    (g, adam): (&mut Mlp<f64>, &mut Adam<f64>),
    mean: &Mlp<f64>,
    d: &Mlp<f64>,
    z: &Array2<f64>,
) -> f64 {
    let game = match slip {
        Slip::Saturating => Game::Saturating,
        _ => Game::NonSaturating,
    };
    let at = if slip == Slip::TheAveragePlays { mean } else { &*g };
    let (loss, mut d_g) = turn_under(game, at, d, z);
    if slip == Slip::GeneratorUphill {
        negate(&mut d_g);
    }
    adam.step(g, &d_g);
    match slip {
        Slip::LossesBehind | Slip::GeneratorsLossBehind => {
            turn_under(game, g, d, z).0
        }
        _ => loss,
    }
}

fn negate(net: &mut Mlp<f64>) {
    net.parameters_mut().iter_mut().for_each(|p| *p *= -1.0);
}

/// The training, with a slip or without.
pub fn trained(of: &Training, slip: Slip) -> Trained {
    let is = |one: Slip| slip == one;
    let Recipe { steps, k, mut adam, alpha } = of.recipe;
    if is(Slip::ConstantsForgotten) {
        adam = AdamConfig::default();
    }
    let k = if is(Slip::OneTurn) { k.min(1) } else { k };
    let (mut g, mut d) = (of.g.clone(), of.d.clone());
    let (mut adam_g, mut adam_d) = (Adam::new(&g, adam), Adam::new(&d, adam));
    let (mut mean, mut losses) = (g.clone(), Vec::new());
    if is(Slip::AverageFromZero) {
        mean.parameters_mut().iter_mut().for_each(|p| p.fill(0.0));
    }
    let (reals, noises) = (Cell::new(0), Cell::new(0));
    let real = || (of.real)(reals.replace(reals.get() + 1));
    let noise = || (of.noise)(noises.replace(noises.get() + 1));
    let mut sizes = adam.lr;
    for n in 0..steps {
        let done = n as f64;
        let counted = match slip {
            Slip::CooledFromOne => done + 1.0,
            Slip::CooledAfter => (done - 1.0).max(0.0),
            Slip::NotCooled => 0.0,
            _ => done,
        };
        let all = match slip {
            Slip::CooledTooSoon => (steps as f64 - 1.0).max(1.0),
            _ => steps as f64,
        };
        let left = 1.0 - counted / all;
        sizes *= left;
        let lr = if is(Slip::CooledAgain) { sizes } else { adam.lr * left };
        let keeps = |one| if is(one) { adam.lr } else { lr };
        adam_g.config.lr = keeps(Slip::OnlyDiscriminatorCools);
        adam_d.config.lr = keeps(Slip::OnlyGeneratorCools);
        if is(Slip::AdamAnew) {
            adam_g = Adam::new(&g, adam_g.config);
            adam_d = Adam::new(&d, adam_d.config);
        }
        let early = match slip {
            Slip::WarmUpFromOne => (done + 2.0) / (done + 11.0),
            _ => (done + 1.0) / (done + 10.0),
        };
        let keep = match slip {
            Slip::NoWarmUp => alpha,
            Slip::TheLargerShare => alpha.max(early),
            Slip::KeepsTheRest => 1.0 - alpha.min(early),
            _ => alpha.min(early),
        };
        if is(Slip::AverageBefore) {
            average(&mut mean, &g, keep);
        }
        let before = d.clone();
        let first = is(Slip::NoiseFirst).then(noise);
        let mut g_loss = 0.0;
        if is(Slip::GeneratorFirst) {
            let pair = (&mut g, &mut adam_g);
            g_loss = turn(slip, pair, &mean, &d, &noise());
        }
        let (mut x, mut z) = (Array2::zeros((0, 0)), Array2::zeros((0, 0)));
        let mut of_turns = Vec::new();
        for i in 0..k {
            let once = |own: Slip| i > 0 && (is(own) || is(Slip::BothOnce));
            if !once(Slip::FakesOnce) && !is(Slip::RealTwice) {
                z = noise();
            }
            if !once(Slip::RealOnce) {
                x = real();
            }
            if is(Slip::CooledByTurns) {
                let share = (n * k + i) as f64 / (steps * k) as f64;
                adam_d.config.lr = adam.lr * (1.0 - share);
            }
            let maker = match slip {
                Slip::AverageMakesFakes => &mean,
                _ => &g,
            };
            let fake = match slip {
                Slip::RealTwice => x.clone(),
                Slip::NoiseForFakes if z.ncols() == x.ncols() => z.clone(),
                _ => maker.output(&z),
            };
            let (loss, mut d_d) = match slip {
                Slip::WrongWayRound => d_step(&d, &fake, &x),
                _ => d_step(&d, &x, &fake),
            };
            if is(Slip::DiscriminatorUphill) {
                negate(&mut d_d);
            }
            adam_d.step(&mut d, &d_d);
            of_turns.push(match slip {
                Slip::LossesBehind => d_loss(&d.output(&x), &d.output(&fake)),
                _ => loss,
            });
            if is(Slip::GeneratorInEachTurn) {
                let pair = (&mut g, &mut adam_g);
                g_loss = turn(slip, pair, &mean, &d, &noise());
            }
            if is(Slip::AverageInEachTurn) {
                average(&mut mean, &g, keep);
            }
        }
        let met = if is(Slip::OldDiscriminator) { &before } else { &d };
        if !is(Slip::GeneratorFirst) && !is(Slip::GeneratorInEachTurn) {
            let z_g = match slip {
                Slip::OneNoise if k > 0 => z,
                _ => first.unwrap_or_else(noise),
            };
            let pair = (&mut g, &mut adam_g);
            g_loss = turn(slip, pair, &mean, met, &z_g);
        }
        let last = n + 1 == steps || !is(Slip::AverageAtTheEnd);
        if last && !is(Slip::AverageBefore) && !is(Slip::AverageInEachTurn) {
            average(&mut mean, &g, keep);
        }
        if is(Slip::AverageInItsPlace) {
            g = mean.clone();
        }
        let sum: f64 = of_turns.iter().sum();
        let d_loss = match slip {
            Slip::FirstTurnsLoss => of_turns.first().copied(),
            Slip::MeanOfTurns => Some(sum / of_turns.len() as f64),
            Slip::SumOfTurns => Some(sum),
            _ => of_turns.last().copied(),
        };
        let d_loss = d_loss.unwrap_or_default();
        losses.push(match slip {
            Slip::LossesSwapped => [g_loss, d_loss],
            _ => [d_loss, g_loss],
        });
    }
    match slip {
        Slip::NotAveraged => mean = g.clone(),
        Slip::AverageForGenerator => g = mean.clone(),
        Slip::AverageExchanged => std::mem::swap(&mut g, &mut mean),
        _ => {}
    }
    Trained { g, d, mean, losses }
}

/// All numbers of a training: the losses, then the three networks.
fn laid(of: &Trained) -> Array1<f64> {
    let losses = of.losses.iter().flatten().copied();
    let nets = [&of.g, &of.d, &of.mean].into_iter();
    let numbers = nets.flat_map(|net| {
        let all = net.parameters().into_iter();
        all.flat_map(|p| p.iter().copied().collect::<Vec<_>>())
    });
    losses.chain(numbers).collect()
}

/// Whether two trainings agree, absolute below 1 and relative above.
pub fn alike(right: &Trained, came: &Trained, within: f64) -> bool {
    let (right, came) = (laid(right), laid(came));
    let near =
        |(a, b): (&f64, &f64)| (a - b).abs() <= within * a.abs().max(1.0);
    right.len() == came.len() && right.iter().zip(&came).all(near)
}

/// What differs first of two trainings: its name, what is right and what came.
fn first_difference(
    right: &Trained,
    came: &Trained,
    within: f64,
) -> (String, [String; 2]) {
    let far = |a: f64, b: f64| {
        let near = (a - b).abs() <= within * a.abs().max(1.0);
        !near // a NaN is far from everything
    };
    for (n, (a, b)) in right.losses.iter().zip(&came.losses).enumerate() {
        if far(a[0], b[0]) || far(a[1], b[1]) {
            let both = [a, b].map(|l| format!("{:.5} and {:.5}", l[0], l[1]));
            return (format!("The losses of step {n} are wrong."), both);
        }
    }
    let nets = [
        ("generator", &right.g, &came.g),
        ("discriminator", &right.d, &came.d),
        ("average", &right.mean, &came.mean),
    ];
    for (name, a, b) in nets {
        for (n, (a, b)) in a.layers.iter().zip(&b.layers).enumerate() {
            let w = a.w.rows().into_iter().zip(b.w.rows());
            let w = w.enumerate().map(|(i, (a, b))| {
                (format!("row {i} of the weights of layer {n}"), a, b)
            });
            let bias = format!("the biases of layer {n}");
            let all = w.chain([(bias, a.b.view(), b.b.view())]);
            for (which, a, b) in all {
                if a.iter().zip(&b).any(|(a, b)| far(*a, *b)) {
                    let what = format!(
                        "The losses are right, and the {name} is not: see {which}."
                    );
                    let shown = [a, b].map(|row| format!("{row:.6}"));
                    return (what, shown);
                }
            }
        }
    }
    ("It is wrong.".into(), [String::new(), String::new()])
}

/// Hands out the numbered batches, and counts.
fn trained_by(candidate: Trains, of: &Training) -> (Trained, [u64; 2]) {
    let (reals, noises) = (Cell::new(0), Cell::new(0));
    let came = candidate(
        of.g.clone(),
        of.d.clone(),
        of.recipe,
        &mut || (of.real)(reals.replace(reals.get() + 1)),
        &mut || (of.noise)(noises.replace(noises.get() + 1)),
    );
    (came, [reals.get(), noises.get()])
}

fn net(widths: &[usize], stream: u64) -> Mlp<f64> {
    let (hidden, end) = (Activation::LeakyRelu(0.2), Activation::Identity);
    Mlp::new(widths, hidden, end, &mut rng_at(36, stream))
}

/// The check's trainings, the ring's last.
pub fn trainings<T>(see: impl FnOnce(&[Training]) -> T) -> T {
    // An eps that is not small, so that the size of a gradient shows; batches whose sizes change, with zeros and equal rows.
    let adam = AdamConfig { lr: 0.1, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let real = |n: u64| rows(4 + n as usize % 3, 2, 100 + n) + 1.0;
    let two = |n: u64| rows(5 - n as usize % 3, 2, 200 + n);
    let three = |n: u64| rows(3 + n as usize % 4, 3, 300 + n);
    let far = |n: u64| real(n) * 1000.0;
    let ring = GaussianMixture::ring_of_8(0.05).expect("a width");
    let of_ring = |n: u64| ring.sample(64, &mut rng_at(37, n));
    let of_noise = |n: u64| normal(64, 2, &mut rng_at(38, n));
    let gentle = AdamConfig { lr: 2e-3, beta1: 0.5, ..Default::default() };
    let recipe = |steps, k, alpha| Recipe { steps, k, adam, alpha };
    let long = Recipe { steps: 150, k: 1, adam: gentle, alpha: 0.99 };
    let (g, d) = (net(&[2, 5, 2], 0), net(&[2, 4, 1], 1));
    see(&[
        Training {
            g: g.clone(),
            d: d.clone(),
            recipe: recipe(9, 3, 0.45),
            real: &real,
            noise: &two,
        },
        Training {
            g: net(&[3, 4, 2], 2),
            d: net(&[2, 6, 1], 3),
            recipe: recipe(5, 1, 0.9),
            real: &real,
            noise: &three,
        },
        Training {
            g: g.clone(),
            d: d.clone(),
            recipe: recipe(3, 2, 0.9),
            real: &far,
            noise: &two,
        },
        Training {
            g,
            d,
            recipe: recipe(0, 2, 0.9),
            real: &real,
            noise: &two,
        },
        Training {
            g: net(&[2, 32, 32, 2], 4),
            d: net(&[2, 32, 32, 1], 5),
            recipe: long,
            real: &of_ring,
            noise: &of_noise,
        },
    ])
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 3, § Ten lines, § Digits, equations 3.4 and 3.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    trainings(|all| {
        for of in all {
            let Recipe { steps, k, .. } = of.recipe;
            let within = if steps > 100 { 1e-6 } else { 1e-9 };
            let right = trained(of, Slip::None);
            let (came, drawn) = trained_by(candidate, of);
            if came.losses.len() as u64 != steps {
                let what = "There is a pair of losses for each step. Their number is wrong.";
                return Err(told("number of steps", what)
                    .with(steps, came.losses.len()));
            }
            let shapes = |of: &Trained| {
                [&of.g, &of.d, &of.mean].map(|net| {
                    let all = net.parameters().into_iter();
                    all.map(|p| p.shape().to_vec()).collect::<Vec<_>>()
                })
            };
            if shapes(&right) != shapes(&came) {
                let what = "A network came back with other shapes: `g` is the generator, `d` the discriminator, `mean` the averaged \
                            generator.";
                return Err(told("wrong shape", what).with(
                    format!("{:?}", shapes(&right)),
                    format!("{:?}", shapes(&came)),
                ));
            }
            if alike(&right, &came, within) {
                continue;
            }
            let (part, shown) = first_difference(&right, &came, within);
            let mut known = SLIPS.into_iter();
            let known = known
                .find(|(slip, ..)| alike(&trained(of, *slip), &came, within));
            let due = [steps * k, steps * (k + 1)];
            let drew = format!(
                "In {steps} steps of {k} turns `real` was called {} times and `noise` {} times; {} and {} were due. {part}",
                drawn[0], drawn[1], due[0], due[1]
            );
            let (name, what) = match known {
                Some((_, name, what)) => (name, what.to_string()),
                None if drawn.iter().zip(due).any(|(a, b)| *a > b) => {
                    ("drawn too often", drew)
                }
                None if drawn != due => ("drawn too seldom", drew),
                None => ("value", part),
            };
            let what = format!("{what}{}", on_the_ring(candidate, all));
            let [right, came] = shown;
            return Err(told(name, &what).with(right, came));
        }
        Ok(())
    })
}

/// What a training comes to on the ring, in a sentence, if it is not ours.
fn on_the_ring(candidate: Trains, all: &[Training]) -> String {
    let Some(of) = all.last() else { return String::new() };
    let recipe = Recipe { steps: 1500, ..of.recipe };
    let of = Training { g: of.g.clone(), d: of.d.clone(), recipe, ..*of };
    let ring = GaussianMixture::ring_of_8(0.05).expect("a width");
    let judged = |trained: &Trained| {
        let z = normal(1000, 2, &mut rng_at(39, 0)); // [N, 2]
        let x = trained.mean.output(&z); // [N, 2]
        let (good, found) = modes(&x, ring.means(), ring.sigma());
        let found = found.iter().filter(|n| **n > 0).count();
        (found, good as f64 / 10.0)
    };
    let (came, ours) =
        (trained_by(candidate, &of).0, trained(&of, Slip::None));
    let [(found, good), (all, sharp)] = [&came, &ours].map(judged);
    if found == all && (good - sharp).abs() < 1.0 {
        return String::new();
    }
    format!(
        " On the ring, after 1,500 steps, your average finds {found} of 8 modes, with {good:.0} % of high quality; ours finds {all}, with \
         {sharp:.0} %."
    )
}

/// Why two fast players find what they find.
#[allow(dead_code)] // an answer has one of them
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    LongSteps,
    TheRatio,
    MoreProgress,
    TheSurerWins,
    NoDirection,
}

/// Of the ten lines' pair with other step sizes, over three seeds and the last of twelve looks: modes found, the share of high
/// quality, and what the discriminator gives fakes.
fn paced([g, d]: [f64; 2], steps: u64) -> [f64; 3] {
    let ring = GaussianMixture::ring_of_8(0.05).expect("a width");
    let adam = |lr| AdamConfig { lr, beta1: 0.5, ..Default::default() };
    let config = Config {
        noise: Noise::normal(2),
        g: adam(g),
        d: adam(d),
        ..Config::default()
    };
    let z = config.noise.sample(1000, &mut rng_at(35, 0)); // [N, 2]
    let (mut sums, mut looks) = ([0.0; 3], 0.0);
    for seed in 1..=3 {
        let net = |outputs, stream| {
            let (leaky, none) =
                (Activation::LeakyRelu(0.2), Activation::Identity);
            let widths = [2, 32, 32, outputs];
            Mlp::new(&widths, leaky, none, &mut rng_at(seed, stream))
        };
        let pair = (net(2, u64::MAX), net(1, u64::MAX - 1));
        let mut gan = Gan::new(config, pair, seed, |n| {
            let rng = &mut rng_at(seed ^ 0x5eed, n);
            ring.sample(config.batch, rng).mapv(|v| v as f32) // [B, 2]
        });
        for n in 1..=steps {
            gan.train_once().expect("finite losses");
            if n % (steps / 12) != 0 || 3 * n <= steps {
                continue;
            }
            let x = gan.g.net.output(&z); // [N, 2]
            let d = gan.d.net.output(&x).mapv(|s| f64::from(sigmoid(s))); // [N, 1]
            let (good, found) =
                modes(&x.mapv(f64::from), ring.means(), ring.sigma());
            let found = found.iter().filter(|n| **n > 0).count();
            sums[0] += found as f64;
            sums[1] += good as f64 / 1000.0;
            sums[2] += d.sum() / 1000.0;
            looks += 1.0;
        }
    }
    sums.map(|sum| sum / looks)
}

pub fn two_fast(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § A collapse";
    /// The ten lines' pair, with a fast generator, and with two fast players; trained once, however many answers are looked at.
    static THREE: LazyLock<[[f64; 3]; 3]> = LazyLock::new(|| {
        let sizes = [[2e-3, 2e-3], [2e-2, 2e-3], [2e-2, 2e-2]];
        on_one_thread(|| sizes.map(|both| paced(both, 3000)))
    });
    let [works, fast, both] = *THREE;
    let (number, because) = candidate();
    let right = (number - both[0]).abs() <= 1.0;
    let (name, what) = match because {
        Because::TheRatio if right => return Ok(()),
        Because::TheRatio => (
            "a reason without its number",
            "The reason is right. Two players at 0.02 are as fast as one another, as they were at 0.002: what does it say of them?"
                .to_string(),
        ),
        Because::LongSteps => (
            "long steps",
            format!(
                "The generator's step is as long as it was when it found {:.1}. So its length by itself is not what loses modes.",
                fast[0]
            ),
        ),
        Because::MoreProgress => {
            let [later, ..] = on_one_thread(|| paced([2e-2, 2e-3], 9000));
            (
                "more progress",
                format!(
                    "By that count a fast generator with a slow discriminator has come further than two slow players, and it finds {:.1} in \
                     place of {:.1}. (More steps help it, later: of 9,000, looks find {later:.1} on average.)",
                    fast[0], works[0]
                ),
            )
        }
        Because::TheSurerWins => (
            "the surer wins",
            format!(
                "It is not sure: D gives the fakes of two fast players {:.2} on average, and {:.2} in the pair as it was. And the loss of \
                 equation 3.1 does not fade where D is sure.",
                both[2], works[2]
            ),
        ),
        Because::NoDirection => (
            "no direction",
            format!(
                "Its slopes still say where the data are: {:.0} % of the samples are of high quality, with a fast generator alone {:.0} %, \
                 in the pair as it was {:.0} %.",
                100.0 * both[1],
                100.0 * fast[1],
                100.0 * works[1]
            ),
        ),
    };
    let what = format!(
        "{}Over three seeds, two fast players find {:.1} of 8 modes at a look; a fast generator alone {:.1}; the pair as it was {:.1}. {what}",
        if right { "The number came. " } else { "" },
        both[0],
        fast[0],
        works[0]
    );
    let right = format!("{:.1}", both[0]);
    Err(Diagnosis::new(name, what, SEE)
        .with(right, format!("{number:.1}, {because:?}")))
}

/// Nets so small are slower on many threads than on one.
fn on_one_thread<T: Send>(of: impl FnOnce() -> T + Send) -> T {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    one.unwrap_or_else(|e| panic!("{e}")).install(of)
}

/// A cause's short name.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::Unshuffled => "unshuffled",
        Cause::FewSigns => "few signs",
        Cause::SlowAverage => "slow average",
        Cause::NoActivation => "no activation",
        Cause::Walled => "walled",
        Cause::FirstFakes => "first fakes",
        Cause::OneBatch => "one batch",
        Cause::RealScoredTwice => "real scored twice",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::Unshuffled => {
            "If the data come mode by mode, both players learn the mode of the hour: the samples sit together and wander from mode to \
             mode, the losses are those of players who can only guess, and most of the ring is strange to D."
        }
        Cause::FewSigns => {
            "Two signs can be set in four ways, so a picture has four points, wherever they are."
        }
        Cause::SlowAverage => {
            "If the average hardly moves, the generator in training is as good as the healthy one, and losses and D say so; what is drawn \
             stays near the random start."
        }
        Cause::NoActivation => {
            "Without activations the generator is linear. Of round noise it makes an ellipse, which cannot be a ring: either it covers \
             ring and middle alike, or it shrinks to one place."
        }
        Cause::Walled => {
            "If the data lie beyond the tanh, the samples press against straight walls. Where a wall meets the ring they can be sharp; \
             the other modes are out of reach, and D tells them apart more and more easily."
        }
        Cause::FirstFakes => {
            "A discriminator that only meets the first fakes finds all later ones convincing: the generator's loss falls to almost 0, and \
             its samples are anywhere."
        }
        Cause::OneBatch => {
            "64 real examples again and again are few, and yet they lie on all eight modes: the samples find the ring, less sharply, and \
             D is a little surer."
        }
        Cause::RealScoredTwice => {
            "If real examples are scored twice, D at real examples and the loss stay at ½ and 2 log 2, and D at fakes is whatever it is: \
             the samples leave the picture."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Exercises and § What goes wrong";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 7])>> = LazyLock::new(|| {
        let end = |c| (c, late(&run(Some(c), 1, STEPS).lines));
        on_one_thread(|| CAUSES.map(end).into())
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map_or([f64::NAN; 7], |(_, end)| *end)
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
