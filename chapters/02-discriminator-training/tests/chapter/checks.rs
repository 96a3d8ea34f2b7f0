//! The checks of this chapter's exercises.

use gradients::plain::bce_with_logits;
use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, Axis, array, concatenate};

fn logits() -> (Array2<f64>, Array2<f64>) {
    (array![[1.0], [0.3], [3.0]], array![[0.4], [-2.0]])
}

fn d_of(x: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    x.dot(w).mapv(|s: f64| 1.0 / (1.0 + (-s).exp()))
}

pub fn d_step(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § One step, written out, equation 2.2";
    let w = array![[0.5], [-1.0]];
    let real = array![[1.0, 0.2], [0.5, -1.0], [2.0, 0.0]];
    let fake = array![[-1.0, 0.5], [0.3, 0.3]];
    let from_real = real.t().dot(&(d_of(&real, &w) - 1.0)) / 3.0;
    let from_fake = fake.t().dot(&d_of(&fake, &w)) / 2.0;
    let right = &from_real + &from_fake;
    let one_mean = (3.0 * &from_real + 2.0 * &from_fake) / 5.0;
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge(
        &right,
        &candidate(&w, &real, &fake),
        1e-10,
        vec![
            (
                from_fake.clone(),
                told(
                    "fakes only",
                    "Only the fakes are here. The real batch has a gradient of its own; add it.",
                ),
            ),
            (
                one_mean,
                told(
                    "one mean",
                    "The two batches were averaged as one. The loss is the mean over the real batch *plus* the mean \
                     over the fakes, so each is divided by its own size.",
                ),
            ),
            (
                -right.clone(),
                told(
                    "uphill",
                    "The sign is turned: this is the gradient of V, which D climbs.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

type Detached = fn(
    &Array2<f64>,
    &Array2<f64>,
    &Array2<f64>,
) -> (Array2<f64>, Array2<f64>);

pub fn detached(candidate: Detached) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § The generator stands still, equation 2.4";
    let z = array![[1.0, -0.5, 0.2], [0.3, 2.0, -1.0]];
    let g = array![[0.5, 1.0], [-1.0, 0.4], [0.2, 0.2]];
    let w = array![[0.7], [-0.3]];
    let (d_w, d_g) = candidate(&z, &g, &w);
    let x = z.dot(&g);
    let d = d_of(&x, &w);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let right = x.t().dot(&d) / 2.0;
    judge(
        &right,
        &d_w,
        1e-10,
        vec![(
            &right * 0.0,
            told(
                "discriminator frozen",
                "Nothing moves at all. Detaching stops the generator, not the discriminator.",
            ),
        )],
        told("d_w", "The gradient at w is wrong; the fakes are x = z g."),
    )?;
    let back = |d_s: Array2<f64>| z.t().dot(&d_s.dot(&w.t())) / 2.0;
    judge(
        &Array2::zeros(g.raw_dim()),
        &d_g,
        1e-10,
        vec![
            (
                back(d.clone()),
                told(
                    "leak",
                    "D's loss went on through the fakes into g. Descending it makes the fakes easier to catch: in \
                     this step they are constants.",
                ),
            ),
            (
                back(&d - 1.0),
                told(
                    "generator moves",
                    "This is the generator's own gradient. It belongs to the generator's step, on fresh noise, after \
                     D has moved.",
                ),
            ),
        ],
        told("d_g", "The generator has to stand still."),
    )
}

pub fn smoothed_loss(
    candidate: fn(&Array2<f64>, &Array2<f64>, f64) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.5";
    let (real, fake) = logits();
    let to = |s: &Array2<f64>, t: f64| {
        bce_with_logits(s, &Array2::from_elem(s.raw_dim(), t))
    };
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge_number(
        to(&real, 0.9) + to(&fake, 0.0),
        candidate(&real, &fake, 0.9),
        1e-10,
        vec![
            (
                to(&real, 0.9) + to(&fake, 0.1),
                told(
                    "both sides",
                    "The fakes were smoothed too. One-sided smoothing leaves them at 0; a target of 0.1 tells D to \
                     praise even the worst fake a little.",
                ),
            ),
            (
                0.9 * to(&real, 1.0) + to(&fake, 0.0),
                told(
                    "loss scaled",
                    "The real term was scaled. Smoothing changes the target, not the weight.",
                ),
            ),
            (
                to(&real, 1.0) + to(&fake, 0.1),
                told(
                    "other side",
                    "This smooths the fakes and leaves the real targets at 1: the wrong side.",
                ),
            ),
        ],
        told("value", "The loss is wrong."),
    )
}

pub fn smoothed_optimal_d(
    candidate: fn(&Array1<f64>, &Array1<f64>, f64, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § Smoothing one side, equation 2.6";
    let (p, q) = (array![0.5, 0.3, 0.01], array![0.1, 0.3, 0.6]);
    let (a, b) = (0.9, 0.2);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (weighed_p, weighed_q) = (a * &p, (1.0 - b) * &q);
    judge(
        &((a * &p + b * &q) / (&p + &q)),
        &candidate(&p, &q, a, b),
        1e-10,
        vec![
            (
                &p / &(&p + &q),
                told(
                    "unchanged",
                    "This is D* without smoothing. The targets move it.",
                ),
            ),
            (
                &weighed_p / &(&weighed_p + &weighed_q),
                told(
                    "densities weighted",
                    "The densities were weighted by the targets. Smoothing does not change how often x is seen, only \
                     what D is told when it is.",
                ),
            ),
            (
                a * &p / (&p + &q),
                told(
                    "fakes ignored",
                    "The fakes' target beta is missing; this is right only for beta = 0.",
                ),
            ),
        ],
        told("value", "The best D is wrong."),
    )
}

pub fn accuracy(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 2, § A discriminator on real digits";
    let (real, fake) = logits();
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let all = concatenate![Axis(0), real, fake].len() as f64;
    judge_number(
        4.0 / all,
        candidate(&real, &fake),
        1e-10,
        vec![
            (
                1.0,
                told(
                    "real only",
                    "Only the real rows were counted. A D that says real to everything would get 1.",
                ),
            ),
            (
                0.0,
                told(
                    "whole numbers",
                    "Two whole numbers were divided; convert before dividing, not after.",
                ),
            ),
        ],
        told("value", "The share is wrong."),
    )?;
    let (real, fake) = (array![[0.3], [0.2]], array![[0.4], [-1.0]]);
    judge_number(
        0.75,
        candidate(&real, &fake),
        1e-10,
        vec![(
            0.5,
            told(
                "threshold",
                "The logit was compared with 1/2. D = 1/2 is the logit 0: rows with a logit of 0.3 are called real.",
            ),
        )],
        told("value", "The share is wrong where logits are small."),
    )
}
