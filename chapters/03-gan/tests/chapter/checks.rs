//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, Axis, array, concatenate};

type Pair = (Array2<f64>, Array2<f64>);

pub fn g_step(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Pair,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 3, § One step for each player, equations 3.1 and 3.2";
    let z = array![[1.0, -0.5, 0.2], [0.3, 2.0, -1.0]];
    let g = array![[0.5, 1.0], [-1.0, 0.4], [0.2, 0.2]];
    let w = array![[0.7], [-0.3]];
    let (d_g, d_w) = candidate(&z, &g, &w);
    let x = z.dot(&g).mapv(f64::tanh);
    let d = x.dot(&w).mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let slope = x.mapv(|x| 1.0 - x * x);
    let back = |d_s: &Array2<f64>| z.t().dot(&(d_s.dot(&w.t()) * &slope));
    let d_s = (&d - 1.0) / 2.0;
    let right = back(&d_s);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &right,
        &d_g,
        1e-10,
        vec![
            (
                back(&(&d / 2.0)),
                told(
                    "discriminator's loss",
                    "This descends the discriminator's loss of the fakes: the generator would learn to be caught. Its \
                     own loss scores the fakes against 1.",
                ),
            ),
            (
                back(&(&d / -2.0)),
                told(
                    "saturating",
                    "This is the saturating loss, whose slope at a logit is -D / B: next to nothing as long as the \
                     discriminator wins.",
                ),
            ),
            (
                &right * 2.0,
                told(
                    "mean forgotten",
                    "The loss is a mean over the batch: each logit's slope is divided by B.",
                ),
            ),
            (
                &right * 0.0,
                told(
                    "stopped at the fakes",
                    "Nothing reaches the generator. The fakes are constants in the *discriminator's* step; in this \
                     one the gradient has to pass through them.",
                ),
            ),
            (
                z.t().dot(&d_s.dot(&w.t())),
                told(
                    "tanh forgotten",
                    "The gradient passed by the tanh. Its slope is 1 - x squared, with x its output.",
                ),
            ),
        ],
        told("d_g", "The gradient at g is wrong."),
    )?;
    judge(
        &Array2::zeros(w.raw_dim()),
        &d_w,
        1e-10,
        vec![(
            x.t().dot(&d_s),
            told(
                "discriminator helps",
                "The discriminator goes down the generator's loss too: it learns to call the fakes real. This step \
                 passes through it and leaves it as it is.",
            ),
        )],
        told("d_w", "The discriminator has to stand still."),
    )
}

/// A discriminator with one hidden layer, as wide as its input so that a forgotten transpose does not stop.
fn small() -> (Array2<f64>, Array2<f64>, Array1<f64>, Array2<f64>) {
    let x = array![[1.0, -0.5, 0.2], [0.3, 2.0, -1.0], [-1.5, 0.1, 0.4]];
    let w1 = array![[0.5, -1.0, 0.3], [1.2, 0.4, -0.7], [-0.2, 0.9, 1.1]];
    (x, w1, array![0.1, -0.6, 0.2], array![[0.8], [-1.5], [0.6]])
}

fn slopes(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
) -> Array2<f64> {
    (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 })
}

type Through =
    fn(&Array2<f64>, &Array2<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

pub fn through(candidate: Through) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Through the discriminator, equation 3.3";
    let (x, w1, b1, w2) = small();
    let slopes = slopes(&x, &w1, &b1);
    let u = &slopes * &w2.t();
    let linear = Array2::ones((3, 1)).dot(&w1.dot(&w2).t());
    let bent = w2.mapv(|v| if v > 0.0 { v } else { 0.2 * v });
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &u.dot(&w1.t()),
        &candidate(&x, &w1, &b1, &w2),
        1e-10,
        vec![
            (
                linear.clone(),
                told(
                    "no slopes",
                    "Every row has one gradient, as if the discriminator were linear. Where a hidden unit was below \
                     zero on the way forward, the gradient is multiplied by 0.2 on the way back.",
                ),
            ),
            (
                &slopes * &linear,
                told(
                    "slopes too late",
                    "The slopes belong to the hidden units: multiply by them before the first layer's weights, not \
                     after.",
                ),
            ),
            (
                Array2::ones((3, 1)).dot(&w1.dot(&bent).t()),
                told(
                    "leaky of the gradient",
                    "The activation was applied to the gradient. Its slope depends on the sign of what came forward, \
                     not of what comes back.",
                ),
            ),
            (
                u.dot(&w1),
                told(
                    "not transposed",
                    "The weights have to be turned over: from hidden units to inputs it is w1 transposed.",
                ),
            ),
            (
                (slopes.mapv(f64::floor) * w2.t()).dot(&w1.t()),
                told(
                    "ReLU",
                    "These are the slopes of a ReLU. A leaky one passes 0.2 of the gradient where it was below zero.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn collapsed(
    candidate: fn(&Array2<f64>, &Array2<f64>, f64, f64) -> usize,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Eight modes on a ring, equation 3.5";
    let means = array![[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]];
    let sigma = 0.05;
    let near = &means + 0.02;
    // Six at the first mode, one within three sigma of the second, one outside that of the third, one far from the
    // fourth and yet nearer to it than to the others.
    let mut samples = Array2::from_shape_fn((9, 2), |(_, i)| near[[0, i]]);
    samples.row_mut(6).assign(&array![0.1, 1.0]);
    samples.row_mut(7).assign(&array![-0.75, 0.0]);
    samples.row_mut(8).assign(&array![0.0, -0.45]);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (calm, apart) = (2.0 * 2.0_f64.ln(), 0.1);
    let count = |x: &Array2<f64>, loss| candidate(x, &means, sigma, loss);
    let found = [count(&samples, calm), count(&samples, apart)];
    if found[0] != found[1] {
        return Err(told(
            "loss",
            "The answer changed with the discriminator's loss while the samples were the same. Equilibrium says that \
             D cannot tell fakes from real ones; it does not say how many modes there are.",
        )
        .with("2 and 2", format!("{} and {}", found[0], found[1])));
    }
    let everywhere = concatenate![Axis(0), near, near];
    judge_number(
        0.0,
        count(&everywhere, calm) as f64,
        1e-10,
        vec![],
        told("none lost", "Every mode has two samples close to it."),
    )?;
    judge_number(
        2.0,
        found[0] as f64,
        1e-10,
        vec![
            (
                0.0,
                told(
                    "no radius",
                    "Every sample has a nearest mode, also one that lies between them all. It counts only within \
                     three standard deviations.",
                ),
            ),
            (
                1.0,
                told(
                    "square against length",
                    "A squared distance was compared with 3 sigma; compare it with the square of that.",
                ),
            ),
            (
                3.0,
                told(
                    "fair share",
                    "A mode with a single high-quality sample is not lost by this measure. Whether each has its fair \
                     share is another question, and a good one.",
                ),
            ),
        ],
        told("value", "The count is wrong."),
    )
}

pub fn interpolate(
    candidate: fn(&Array1<f64>, &Array1<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § Between two digits, equation 3.7";
    let (a, b) = (array![2.0, 0.0, 1.0], array![0.0, 1.5, 0.3]);
    let t = 0.3;
    let length = |v: &Array1<f64>| v.dot(v).sqrt();
    let along = |a: &Array1<f64>, b: &Array1<f64>, angle: f64| {
        let weight = |t: f64| (t * angle).sin() / angle.sin();
        weight(1.0 - t) * a + weight(t) * b
    };
    let angle = (a.dot(&b) / (length(&a) * length(&b))).acos();
    let line = (1.0 - t) * &a + t * &b;
    let typical = (1.0 - t) * length(&a) + t * length(&b);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &along(&a, &b, angle),
        &candidate(&a, &b, t),
        1e-10,
        vec![
            (
                line.clone(),
                told(
                    "straight line",
                    "This is the straight line. Halfway between two noises of typical length it is shorter than \
                     nearly all that the generator has met.",
                ),
            ),
            (
                &line * (typical / length(&line)),
                told(
                    "line put back",
                    "This is the straight line, stretched to the right length afterwards. It is on the sphere, but \
                     hurries through the middle: equal steps in t are not equal angles.",
                ),
            ),
            (
                along(&a, &b, angle.to_degrees()),
                told(
                    "degrees",
                    "The angle is in degrees; `sin` and `acos` count in radians.",
                ),
            ),
            (
                along(&a, &b, a.dot(&b).acos()),
                told(
                    "lengths forgotten",
                    "The scalar product is the cosine only of vectors of length 1: divide it by both lengths.",
                ),
            ),
            (
                along(&b, &a, angle),
                told("backwards", "This runs from b to a."),
            ),
        ],
        told("value", "The point is wrong."),
    )?;
    let came = candidate(&a, &(2.0 * &a), t);
    match came.iter().all(|v| v.is_finite()) {
        false => Err(told(
            "zero by zero",
            "Where a and b have one direction the angle and its sine are 0, and the weights 0 / 0. Their limits are \
             1 - t and t.",
        )
        .with(1.3 * &a, came)),
        true => judge(
            &(1.3 * &a),
            &came,
            1e-6,
            vec![],
            told("one direction", "Between a and 2 a the point is wrong."),
        ),
    }
}

type Frechet =
    fn(&Array1<f64>, &Array1<f64>, &Array1<f64>, &Array1<f64>) -> f64;

pub fn frechet(candidate: Frechet) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 3, § How good is it?, equation 3.9";
    let (mean_a, mean_b) = (array![1.0, -2.0, 0.5], array![0.0, -1.5, 2.0]);
    let (a, b): (Array1<f64>, _) =
        (array![0.5, 2.0, 1.0], array![0.3, 3.0, 0.0]);
    let square = |v: Array1<f64>| v.mapv(|v| v * v).sum();
    let between = square(&mean_a - &mean_b);
    let spread = square(a.mapv(f64::sqrt) - b.mapv(f64::sqrt));
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge_number(
        between + spread,
        candidate(&mean_a, &a, &mean_b, &b),
        1e-10,
        vec![
            (
                spread,
                told(
                    "means forgotten",
                    "The means are missing: two clouds of one shape would be equal wherever they are.",
                ),
            ),
            (
                between.sqrt() + spread,
                told(
                    "means not squared",
                    "The distance of the means enters squared, like the spreads.",
                ),
            ),
            (
                between + square(&a - &b),
                told(
                    "variances",
                    "The variances were compared as if they were standard deviations. It is their roots whose \
                     squared difference counts.",
                ),
            ),
            (
                between + a.sum() + b.sum() - 2.0 * a.dot(&b),
                told(
                    "no root",
                    "The cross term lacks its root. Without it, equal Gaussians are not at distance 0, and the result \
                     can be negative.",
                ),
            ),
            (
                (between + spread).sqrt(),
                told(
                    "root",
                    "This is the root of it. The quantity that goes by this name in the literature is the square.",
                ),
            ),
        ],
        told("value", "The distance is wrong."),
    )
}
