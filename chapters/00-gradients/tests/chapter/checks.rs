//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, array};

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

pub fn linear_backward(candidate: LinearBackward) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Three products, equation 0.2";
    let x = array![[1.0, 2.0], [-1.0, 0.5], [3.0, -2.0]];
    let w = array![[0.5, -1.0], [2.0, 1.5]];
    let d_y = array![[1.0, 0.0], [0.5, -1.0], [-2.0, 4.0]];
    let (d_x, d_w, d_b) = candidate(&x, &w, &d_y);

    let turned = Diagnosis::new(
        "weights not transposed",
        "The gradient at x went through w in the forward direction. It has to run backward, from outputs to inputs, \
         so it meets the transpose of w. This layer is square, so the shapes could not warn you.",
        SEE,
    );
    judge(
        &d_y.dot(&w.t()),
        &d_x,
        1e-12,
        vec![(d_y.dot(&w), turned)],
        Diagnosis::new("d_x", "The gradient at x is wrong.", SEE),
    )?;
    let averaged = |name, what| Diagnosis::new(name, what, SEE);
    let rows = x.nrows() as f64;
    judge(
        &x.t().dot(&d_y),
        &d_w,
        1e-12,
        vec![(
            x.t().dot(&d_y) / rows,
            averaged(
                "weights averaged",
                "The gradient at w was divided by the batch size. If the loss is a mean, its gradient d_y carries \
                 the 1/N already.",
            ),
        )],
        Diagnosis::new("d_w", "The gradient at w is wrong.", SEE),
    )?;
    let sum = array![-0.5, 3.0];
    judge(
        &sum,
        &d_b,
        1e-12,
        vec![(
            &sum / rows,
            averaged(
                "bias averaged",
                "The gradient at b was averaged over the batch. Every row uses b once, so their gradients add up.",
            ),
        )],
        Diagnosis::new("d_b", "The gradient at b is wrong.", SEE),
    )
}

pub fn bce_with_logits(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.5";
    let s: Array2<f64> = array![[0.5, -2.0, 3.0], [1.0, 0.0, -1.0]];
    let t = array![[1.0, 0.0, 0.0], [0.25, 1.0, 0.5]];
    let soft = |s: f64| s.max(0.0) + (-s.abs()).exp().ln_1p();
    let loss =
        |s: &Array2<f64>| (s.mapv(soft) - &t * s).mean().unwrap_or(f64::NAN);
    let expected = loss(&s);
    let p = s.mapv(|s| 1.0 / (1.0 + (-s).exp()));
    judge_number(
        expected,
        candidate(&s, &t),
        1e-10,
        vec![
            (
                expected * s.len() as f64,
                Diagnosis::new(
                    "sum for mean",
                    "This is the sum over all elements; the loss is their mean.",
                    SEE,
                ),
            ),
            (
                loss(&p),
                Diagnosis::new(
                    "sigmoid twice",
                    "The logits went through the sigmoid and then into a loss that applies it again.",
                    SEE,
                ),
            ),
        ],
        Diagnosis::new("value", "The loss is wrong at ordinary logits.", SEE),
    )?;
    let extreme = array![[1000.0, -1000.0, 1000.0, -1000.0]];
    let targets = array![[1.0, 0.0, 0.0, 1.0]];
    let came = candidate(&extreme, &targets);
    let overflow = Diagnosis::new(
        "log of a probability",
        "At logits of ±1000 the loss is not a number any more. σ(s) rounds to 0 or 1 there, and its logarithm to \
         minus infinity. Work on the logit, not on the probability.",
        SEE,
    );
    match came.is_finite() {
        false => Err(overflow.with("500", came)),
        true => judge_number(
            500.0,
            came,
            1e-10,
            vec![],
            Diagnosis::new(
                "extremes",
                "The loss is wrong at logits of ±1000.",
                SEE,
            ),
        ),
    }
}

pub fn bce_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § A loss on logits, equation 0.6";
    let s: Array2<f64> = array![[0.5, -2.0, 3.0], [1.0, 0.0, -1.0]];
    let t = array![[1.0, 0.0, 0.0], [0.25, 1.0, 0.5]];
    let p = s.mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let expected = (&p - &t) / s.len() as f64;
    judge(
        &expected,
        &candidate(&s, &t),
        1e-10,
        vec![
            (
                -&expected,
                Diagnosis::new(
                    "sign",
                    "The sign is turned: this points uphill, towards a larger loss.",
                    SEE,
                ),
            ),
            (
                &expected * s.len() as f64,
                Diagnosis::new(
                    "mean forgotten",
                    "This is the gradient of the sum. The loss is a mean over all elements, so each gradient is \
                     divided by their number.",
                    SEE,
                ),
            ),
            (
                &expected * &p * (1.0 - &p),
                Diagnosis::new(
                    "extra derivative",
                    "There is a factor σ(1 − σ) too many. It belongs to the squared error; in the cross-entropy it \
                     cancels, which is why that loss still teaches a confident, wrong network.",
                    SEE,
                ),
            ),
        ],
        Diagnosis::new("value", "The gradient is wrong.", SEE),
    )
}

pub fn numeric_gradient(candidate: NumericGradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Can a gradient be trusted?, equation 0.9";
    let f = |x: &Array1<f64>| x[0].powi(3) + x[0] * x[1] - x[1] * x[1] * x[2];
    let (x, h) = (array![1.0, -2.0, 0.5], 0.01);
    let at = |shift: [f64; 3]| f(&(&x + &Array1::from(shift.to_vec())));
    let [a, b, c] = [[h, 0.0, 0.0], [0.0, h, 0.0], [0.0, 0.0, h]];
    let back = |s: [f64; 3]| s.map(|v| -v);
    let expected =
        array![at(a) - at(back(a)), at(b) - at(back(b)), at(c) - at(back(c))]
            / (2.0 * h);
    let forward = array![at(a) - f(&x), at(b) - f(&x), at(c) - f(&x)] / h;
    let came = candidate(&f, &x, h);
    let first_only = came.len() == 3 && (came[0] - expected[0]).abs() < 1e-9;
    let otherwise = match first_only {
        true => Diagnosis::new(
            "not put back",
            "The first element is right and later ones are not: an element that was moved has to be put back before \
             the next one moves.",
            SEE,
        ),
        false => Diagnosis::new("value", "The quotient is wrong.", SEE),
    };
    judge(
        &expected,
        &came,
        1e-9,
        vec![
            (
                forward,
                Diagnosis::new(
                    "forward difference",
                    "This is the forward difference. Its error shrinks with h, that of the central difference with \
                     h²: step to both sides.",
                    SEE,
                ),
            ),
            (
                &expected * 2.0,
                Diagnosis::new(
                    "distance",
                    "This is twice the slope. From one step left to one step right the distance is 2h.",
                    SEE,
                ),
            ),
        ],
        otherwise,
    )
}

pub fn adam_step(candidate: AdamStep) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 0, § Walking downhill, equation 0.12";
    let constants = [0.1, 0.9, 0.999, 1e-8];
    let gradients = [array![0.5, -3.0], array![-0.2, 1.0], array![0.9, 0.1]];
    let walk = |step: &dyn Fn(f64, f64, f64, i32) -> f64| {
        let (mut theta, mut m, mut v) =
            (array![1.0, -1.0], array![0.0, 0.0], array![0.0, 0.0]);
        for (t, g) in (1..).zip(&gradients) {
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            for n in 0..2 {
                theta[n] += step(theta[n], m[n], v[n], t);
            }
        }
        theta
    };
    let corrected = |m: f64, v: f64, t| {
        (m / (1.0 - 0.9_f64.powi(t)), v / (1.0 - 0.999_f64.powi(t)))
    };
    let right = |_: f64, m: f64, v: f64, t: i32| {
        let (m, v) = corrected(m, v, t);
        -0.1 * m / (v.sqrt() + 1e-8)
    };
    let no_root = |_: f64, m: f64, v: f64, t: i32| {
        let (m, v) = corrected(m, v, t);
        -0.1 * m / (v + 1e-8)
    };
    let (mut theta, mut m, mut v) =
        (array![1.0, -1.0], array![0.0, 0.0], array![0.0, 0.0]);
    for (t, g) in (1..).zip(&gradients) {
        candidate(&mut theta, g, &mut m, &mut v, t, constants);
    }
    judge(
        &walk(&right),
        &theta,
        1e-9,
        vec![
            (
                walk(&|_, m, v, _| -0.1 * m / (v.sqrt() + 1e-8)),
                Diagnosis::new(
                    "not corrected",
                    "The running means start at zero and are too small at first; v more than m, so the first steps \
                     come out too large. Divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ.",
                    SEE,
                ),
            ),
            (
                walk(&no_root),
                Diagnosis::new(
                    "no root",
                    "v is a mean of squares: divide by its square root.",
                    SEE,
                ),
            ),
            (
                walk(&|a, m, v, t| -right(a, m, v, t)),
                Diagnosis::new(
                    "uphill",
                    "This walks uphill: the step goes against the gradient.",
                    SEE,
                ),
            ),
        ],
        Diagnosis::new(
            "value",
            "The parameters are wrong after three steps.",
            SEE,
        ),
    )
}
