//! The checks of this chapter's exercises.

use gradients::plain::bce_with_logits;
use lab::{Diagnosis, judge, judge_number};
use minimax_loss::plain::{
    g_loss_non_saturating_backward, g_loss_saturating_backward,
    value_of_logits,
};
use ndarray::{Array1, Array2, array};

fn logits() -> (Array2<f64>, Array2<f64>) {
    (array![[1.0], [-0.5], [3.0]], array![[0.5], [-2.0]])
}

fn tables() -> (Array1<f64>, Array1<f64>) {
    (array![0.5, 0.2, 0.3, 0.0, 0.0], array![0.1, 0.2, 0.0, 0.7, 0.0])
}

pub fn d_loss(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The discriminator's loss, equation 1.6";
    let (real, fake) = logits();
    let to = |s: &Array2<f64>, t: f64| {
        bce_with_logits(s, &Array2::from_elem(s.raw_dim(), t))
    };
    let right = to(&real, 1.0) + to(&fake, 0.0);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge_number(
        right,
        candidate(&real, &fake),
        1e-10,
        vec![
            (
                to(&real, 0.0) + to(&fake, 1.0),
                told(
                    "labels swapped",
                    "The targets are swapped: D answers the probability that its input is real.",
                ),
            ),
            (
                to(&real, 1.0) + to(&real, 0.0),
                told(
                    "real scored twice",
                    "Both terms score the real batch. No logit can please target 1 and target 0 at once, so the \
                     loss can never fall below 2 log 2, and the fakes are never looked at.",
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
                to(&fake, 0.0),
                told(
                    "fakes only",
                    "Only the fakes are scored. Such a D learns to answer 0 to everything.",
                ),
            ),
        ],
        told("value", "The loss is wrong."),
    )
}

pub fn g_loss_backward(
    candidate: fn(&Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The loss in use, equation 1.9";
    let s = array![[0.5], [-2.0], [-4.6], [3.0]];
    let d = s.mapv(|s: f64| 1.0 / (1.0 + (-s).exp()));
    let n = s.len() as f64;
    let right = (&d - 1.0) / n;
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &right,
        &candidate(&s),
        1e-10,
        vec![
            (
                -&d / n,
                told(
                    "saturating",
                    "This is the gradient of mean log(1 - D). It is nearly 0 exactly when the generator is worst.",
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
                &right * n,
                told(
                    "mean forgotten",
                    "Each element of the gradient of a mean is divided by B.",
                ),
            ),
            (
                -1.0 / (&d * n),
                told(
                    "at the probability",
                    "This is the gradient at D, not at the logit. Multiply by dD/ds = D (1 - D); the D cancels.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn optimal_d(
    candidate: fn(&Array1<f64>, &Array1<f64>) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The best discriminator, equation 1.3";
    let (p, q) = tables();
    let right = array![5.0 / 6.0, 0.5, 1.0, 0.0, 0.5];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let came = candidate(&p, &q);
    let ratio = came.len() == 5 && (came[0] - 5.0).abs() < 1e-9;
    let otherwise = match ratio {
        true => told(
            "ratio",
            "p / q is the odds, not the probability: it exceeds 1, and is undefined where q is 0.",
        ),
        false => told("value", "Some cell is wrong."),
    };
    judge(
        &right,
        &came,
        1e-10,
        vec![
            (
                array![1.0, 0.0, 1.0, 0.0, 0.0],
                told(
                    "verdict",
                    "This gives a verdict, 0 or 1. D sees only x, and the same x can come from either side: its \
                     best answer is a probability.",
                ),
            ),
            (
                array![1.0 / 6.0, 0.5, 0.0, 1.0, 0.5],
                told(
                    "sides swapped",
                    "This is the probability of being generated; D answers that of being real.",
                ),
            ),
            (
                Array1::from_elem(5, 0.5),
                told(
                    "always half",
                    "1/2 everywhere is best only when p equals q. It is where the game ends, not what D aims for.",
                ),
            ),
        ],
        otherwise,
    )
}

pub fn jsd(
    candidate: fn(&Array1<f64>, &Array1<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 1, § What the best discriminator measures, equation 1.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (p, q) = (array![0.5, 0.3, 0.2], array![0.1, 0.3, 0.6]);
    let kl = |a: &Array1<f64>, b: &Array1<f64>| (a * (a / b).ln()).sum();
    let m = 0.5 * (&p + &q);
    let right = 0.5 * kl(&p, &m) + 0.5 * kl(&q, &m);
    judge_number(
        right,
        candidate(&p, &q),
        1e-10,
        vec![
            (
                2.0 * right,
                told(
                    "sum",
                    "This is the sum of the two divergences; JSD is their average.",
                ),
            ),
            (
                0.5 * kl(&p, &q) + 0.5 * kl(&q, &p),
                told(
                    "no midpoint",
                    "This compares p and q with each other. JSD compares each with the midpoint m, which is why it \
                     never becomes infinite.",
                ),
            ),
            (
                right / 2.0_f64.ln(),
                told(
                    "bits",
                    "This is in bits. The workbook's divergences are in nats.",
                ),
            ),
        ],
        told("value", "The divergence is wrong."),
    )?;
    let (p, q) = tables();
    let came = candidate(&p, &q);
    let part = |a: f64, b: f64| {
        if a > 0.0 { 0.5 * a * (2.0 * a / (a + b)).ln() } else { 0.0 }
    };
    let right: f64 =
        p.iter().zip(&q).map(|(&p, &q)| part(p, q) + part(q, p)).sum();
    match came.is_finite() {
        false => Err(told(
            "zero mass",
            "A cell without mass made the result NaN or infinite. Its share is 0, since a log a goes to 0 with a; \
             leave it out.",
        )
        .with(right, came)),
        true => judge_number(right, came, 1e-10, vec![], told("zero cells", "Cells with mass 0 are counted wrongly.")),
    }
}

pub fn value_gradient(
    candidate: fn(&Array1<f64>, &Array1<f64>, &Array1<f64>) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 1, § The best discriminator, equation 1.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (p, q) = (array![0.5, 0.3, 0.2], array![0.1, 0.3, 0.6]);
    let s: Array1<f64> = array![0.0, 1.5, -2.0];
    let d = s.mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let right = &p - &((&p + &q) * &d);
    judge(
        &right,
        &candidate(&p, &q, &s),
        1e-10,
        vec![
            (
                -&right,
                told(
                    "downhill",
                    "This is the gradient of -V: climbing along it lowers V.",
                ),
            ),
            (
                &p / &d - &q / &(1.0 - &d),
                told(
                    "at the probability",
                    "This is the gradient at D. The table holds logits: multiply by dD/ds = D (1 - D).",
                ),
            ),
            (
                &p * &(1.0 - &d),
                told(
                    "fakes forgotten",
                    "Only the real term is here; without the fakes D climbs to 1 everywhere.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

/// The gradient of a generator's loss at the logits.
type Backward = fn(&Array2<f64>) -> Array2<f64>;
type Chase = fn(f64, &[Array2<f64>], f64, Backward) -> Vec<f64>;

/// The logits at the fakes m + z of the best discriminator for a generator at `at`; the data are N(0, 1).
fn best_logits(m: f64, at: f64, z: &Array2<f64>) -> Array2<f64> {
    z.mapv(|z| 0.5 * at * at - at * (m + z))
}

pub fn chase(candidate: Chase) -> Result<(), Diagnosis> {
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
            let what = "There is one m for each step, where the generator stands behind it. Their number is wrong.";
            return Err(
                told("number of steps", what).with(noise.len(), came.len())
            );
        }
        let sigmoid = |s: f64| 1.0 / (1.0 + (-s).exp());
        let mut ahead = right.clone();
        for n in 0..right.len() {
            ahead[n] = if n == 0 { start } else { right[n - 1] };
        }
        let otherwise =
            told("value", "The generator is not where it should be.");
        let mut suspects = vec![
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
            suspects.push((wrong, told("times a number", &what)));
        }
        judge(&right, &came, 1e-9, suspects, otherwise)?;
    }
    Ok(())
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
        Because::TheSlopeGrows if !right => told(
            "a reason without its number",
            format!(
                "The reason is right. Its number: a step is 0.05 m, so that each takes m to 0.95 m; to halve it takes log 2 / -log \
                 0.95, and from 5 on it is {from_5} as before."
            ),
        ),
        Because::TheSlopeGrows => Ok(()),
    }
}
