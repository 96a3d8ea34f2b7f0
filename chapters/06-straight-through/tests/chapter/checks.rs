//! The checks of this chapter's exercises.

use codebook_lookup::plain::{gather, nearest_by_definition};
use gradients::plain::mse_backward;
use lab::{Diagnosis, judge};
use ndarray::{Array1, Array2, Axis, array};

type Three = (Array2<f64>, Array2<f64>, Array2<f64>);

pub fn straight_through(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Three,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Straight through, equations 6.2 and 6.3";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let z_e = array![[0.3, -1.2], [2.0, 0.5]];
    let z_q = array![[0.0, -1.0], [1.5, 1.5]];
    let d = array![[0.7, -0.1], [-0.4, 0.2]];
    let none = Array2::zeros((2, 2));
    let (value, d_z_e, d_z_q) = candidate(&z_e, &z_q, &d);
    judge(
        &z_q,
        &value,
        1e-10,
        vec![
            (
                z_e.clone(),
                told(
                    "not quantised",
                    "This hands on z_e. The decoder must see the code: sg changes no value.",
                ),
            ),
            (
                &z_e + &(&z_e - &z_q),
                told(
                    "bracket reversed",
                    "The bracket is z_q - z_e: what is missing from z_e to its code.",
                ),
            ),
        ],
        told("value", "The value is wrong."),
    )?;
    judge(
        &d,
        &d_z_e,
        1e-10,
        vec![(
            none.clone(),
            told(
                "not stopped",
                "This differentiates the bracket too: its -1 cancels the 1 in front, and the encoder learns nothing.",
            ),
        )],
        told("gradient at z_e", "The gradient at z_e is wrong."),
    )?;
    judge(
        &none,
        &d_z_q,
        1e-10,
        vec![(
            d,
            told(
                "to both",
                "z_q stands in the bracket, so it gets no gradient. What moves the codebook is a loss of its own.",
            ),
        )],
        told("gradient at z_q", "The gradient at z_q is wrong."),
    )
}

pub fn encoder_gradient(
    candidate: fn(
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
        &Array2<f64>,
    ) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Straight through, equation 6.3";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let w_e = array![[0.5, -0.2], [0.1, 0.9], [-0.7, 0.3]];
    let w_d = array![[1.0, 0.2, -0.5], [-0.3, 0.8, 0.4]];
    let codebook = array![[0.0, 1.0], [1.0, 0.0], [-1.0, -0.5]];
    let x = array![
        [1.0, 0.5, -0.2],
        [-0.4, 1.2, 0.3],
        [0.2, -0.9, 1.1],
        [2.0, 0.1, 0.4]
    ];
    let z_e = x.dot(&w_e);
    let z_q = gather(&codebook, &nearest_by_definition(&z_e, &codebook));
    let back = |d_y: Array2<f64>| x.t().dot(&d_y.dot(&w_d.t()));
    let d_y = mse_backward(&z_q.dot(&w_d), &x);
    let right = back(d_y.clone());
    judge(
        &right,
        &candidate(&w_e, &codebook, &w_d, &x),
        1e-10,
        vec![
            (
                Array2::zeros((3, 2)),
                told(
                    "true derivative",
                    "This is the true derivative, which is 0 almost everywhere, and with which no encoder learns.",
                ),
            ),
            (
                back(mse_backward(&z_e.dot(&w_d), &x)),
                told(
                    "lookup left out",
                    "The loss is taken without the lookup. Straight-through leaves it out on the way back only; the \
                     error is that of the decoded code.",
                ),
            ),
            (
                &right * d_y.len() as f64,
                told(
                    "mean forgotten",
                    "The loss is a mean over all numbers of x; `mse_backward` divides by them.",
                ),
            ),
            (
                x.t().dot(&mse_backward(&z_e, &z_q)),
                told(
                    "pulled to the code",
                    "This pulls z_e to its code. That is the commitment term of chapter 7; it knows nothing of the \
                     decoder.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn score_gradient(
    candidate: fn(&Array1<f64>, &Array2<f64>, f64) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § What it is an estimate of, equation 6.5";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let losses = array![1.0, 0.2, 0.2, 3.0];
    let noise = array![[0.3, -1.0], [-0.8, 0.4], [1.5, 0.1], [-0.2, 0.9]];
    let s = 0.4;
    let right = losses.dot(&noise) / (4.0 * s);
    judge(
        &right,
        &candidate(&losses, &noise, s),
        1e-10,
        vec![
            (
                &right / s,
                told(
                    "divided twice",
                    "Divided by s once too often: s² belongs to the displacement s ε, and ε alone is given.",
                ),
            ),
            (
                &right * s,
                told(
                    "width forgotten",
                    "The same ε moves the latent by s ε: divide by s.",
                ),
            ),
            (
                &right * 4.0,
                told(
                    "sum for mean",
                    "An expectation is estimated by a mean over the draws, not by their sum.",
                ),
            ),
            (
                -&right,
                told(
                    "downhill",
                    "The sign is turned: where the noise leads to large losses, the loss rises.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
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
    const SEE: &str = "chapter 6, § A softer choice, equation 6.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let z = array![[0.2, -0.4], [1.0, 0.3]];
    let codebook = array![[0.0, 1.0], [1.0, -0.5], [-1.0, 0.2]];
    let p = array![[0.2, 0.5, 0.3], [0.1, 0.8, 0.1]];
    let d = array![[0.7, -0.3], [-0.2, 0.9]];
    let tau = 0.4;
    let d_p = d.dot(&codebook.t());
    let at_z = |d_logits: Array2<f64>| {
        let total = d_logits.sum_axis(Axis(1)).insert_axis(Axis(1));
        (d_logits.dot(&codebook) - &z * &total) * 2.0
    };
    let mean = (&d_p * &p).sum_axis(Axis(1)).insert_axis(Axis(1));
    let right = at_z((&d_p - &mean) * &p / tau);
    judge(
        &right,
        &candidate(&z, &codebook, &p, tau, &d),
        1e-10,
        vec![
            (
                &right * tau,
                told(
                    "temperature forgotten",
                    "The softmax is of logits over the temperature: divide by it.",
                ),
            ),
            (
                at_z(&d_p * &p * &(1.0 - &p) / tau),
                told(
                    "each share alone",
                    "Each share is differentiated by its own logit only. The shares sum to 1, so each depends on \
                     every logit: subtract the mean of d_p under p.",
                ),
            ),
            (
                -&right,
                told(
                    "distance for logit",
                    "The logit is *minus* the squared distance: nearer is likelier.",
                ),
            ),
            (
                &right / 2.0,
                told(
                    "square forgotten",
                    "The derivative of a square has a factor of 2.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn rotation_backward(
    candidate: fn(&Array1<f64>, &Array1<f64>, &Array1<f64>) -> Array1<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 6, § Turning with the latent, equation 6.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let z: Array1<f64> = array![0.5, -1.0, 0.3];
    let (e, d) = (array![1.0, 0.4, 0.8], array![0.2, -0.6, 0.9]);
    let unit = |v: &Array1<f64>| v / v.dot(v).sqrt();
    let scale = (e.dot(&e) / z.dot(&z)).sqrt();
    let (a, b) = (unit(&z), unit(&e));
    let r = unit(&(&a + &b));
    let outer = |a: &Array1<f64>, b: &Array1<f64>| {
        let b = b.view().insert_axis(Axis(0));
        a.view().insert_axis(Axis(1)).dot(&b) // [C, C]
    };
    let turn = Array2::eye(3) - outer(&r, &r) * 2.0 + outer(&b, &a) * 2.0; // [C, C]
    let back = turn.t().dot(&d);
    judge(
        &(&back * scale),
        &candidate(&z, &e, &d),
        1e-10,
        vec![
            (
                turn.dot(&d) * scale,
                told(
                    "turned forward",
                    "This turns the gradient from z towards e. A gradient goes back through a matrix by its \
                     transpose: from e towards z.",
                ),
            ),
            (
                back.clone(),
                told(
                    "length forgotten",
                    "The forward step also scales by ‖e‖ / ‖z‖, and so does its gradient.",
                ),
            ),
            (
                &back / scale,
                told(
                    "length upside down",
                    "The gradient is scaled by the same ‖e‖ / ‖z‖ as the value, not by its inverse.",
                ),
            ),
            (
                d.clone(),
                told(
                    "straight",
                    "This is straight-through: the gradient is neither turned nor scaled.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn fsq_index(
    candidate: fn(&Array2<f64>, &[usize]) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 6, § A grid in place of a codebook, equations 6.12 and 6.14";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let levels = [4, 3, 5];
    let z = array![
        [-5.0, -0.2, 0.6],
        [0.3, 0.95, -1.2],
        [5.0, 5.0, 5.0],
        [0.9, -3.0, 0.8]
    ];
    let number = |squeeze: fn(f64) -> f64,
                  half: fn(f64) -> f64,
                  strides: [usize; 3]| {
        Array1::from_iter(z.rows().into_iter().map(|row| {
            let digit = |c: usize| {
                let half = half(levels[c] as f64);
                (squeeze(row[c]) * half + half + 0.5).floor()
            };
            (0..3).map(|c| digit(c) * strides[c] as f64).sum::<f64>()
        }))
    };
    let half = |l: f64| (l - 1.0) / 2.0;
    let came = candidate(&z, &levels).into_iter().map(|n| n as f64);
    judge(
        &number(f64::tanh, half, [1, 4, 12]),
        &came.collect(),
        1e-10,
        vec![
            (
                number(f64::tanh, half, [15, 5, 1]),
                told(
                    "first digit highest",
                    "The first component is read as the highest digit; here it is the lowest.",
                ),
            ),
            (
                number(f64::tanh, half, [1, 4, 16]),
                told(
                    "one base for all",
                    "One base for all digits. A digit's weight is the product of the levels of those below it.",
                ),
            ),
            (
                number(f64::tanh, |l| l / 2.0, [1, 4, 12]),
                told(
                    "one level too many",
                    "L levels have L - 1 steps between them; with L steps there is a level too many, and two codes \
                     share an index.",
                ),
            ),
            (
                number(|v| v.clamp(-1.0, 1.0), half, [1, 4, 12]),
                told(
                    "clipped",
                    "Clipped in place of squeezed: outside [-1, 1] such a latent has no gradient at all.",
                ),
            ),
        ],
        told("value", "Some index is wrong."),
    )
}
