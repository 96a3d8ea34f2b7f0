//! The checks of this chapter's exercises.

use gradients::plain::bce_with_logits;
use lab::{Diagnosis, judge, judge_number};
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
