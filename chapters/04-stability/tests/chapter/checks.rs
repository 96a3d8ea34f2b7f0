//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge};
use ndarray::{Array1, Array2, Axis, arr1, array, concatenate, s};

pub fn jacobian(
    candidate: fn(f64, f64, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § Which way it turns, equation 4.8";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let sigmoid = |t: f64| 1.0 / (1.0 + (-t).exp());
    let of = |theta: f64, psi: f64, gamma: f64| {
        let s = psi * theta;
        let bend = sigmoid(s) * sigmoid(-s);
        array![
            [-psi * psi * bend, sigmoid(-s) - s * bend],
            [-sigmoid(s) - s * bend, -theta * theta * bend - gamma],
        ]
    };
    let places = [
        (0.8, -1.5, 0.7),
        (-2.0, -0.3, 0.0),
        (0.0, 0.0, 2.0),
        (0.0, 3.0, 0.5),
        (20.0, 50.0, 1.0),
        (-20.0, 50.0, 1.0),
    ];
    for (theta, psi, gamma) in places {
        let right = of(theta, psi, gamma);
        let s = psi * theta;
        let mut one_loss = right.clone();
        one_loss[[0, 1]] = one_loss[[1, 0]];
        judge(
            &right,
            &candidate(theta, psi, gamma),
            1e-10,
            vec![
                (
                    -&right,
                    told(
                        "gradients",
                        "These are the slopes of the gradients. The field goes downhill, so every sign is turned; \
                         with these signs R1 would drive the pair out.",
                    ),
                ),
                (
                    right.t().to_owned(),
                    told(
                        "transposed",
                        "Rows and columns are exchanged: a row belongs to a component of the field, a column to \
                         the number by which it is differentiated.",
                    ),
                ),
                (
                    of(theta, psi, 0.0),
                    told(
                        "penalty forgotten",
                        "R1 is missing. It adds -γψ to the discriminator's component, whose slope in ψ is -γ.",
                    ),
                ),
                (
                    of(0.0, 0.0, gamma),
                    told(
                        "at the end only",
                        "This is the Jacobian where the game ends, θ = ψ = 0. Elsewhere σ(ψθ) is not ½.",
                    ),
                ),
                (
                    array![[0.0, sigmoid(-s)], [-sigmoid(s), -gamma]],
                    told(
                        "product rule",
                        "The sigmoid holds θ and ψ too: by the product rule each entry has a term with σ'(ψθ).",
                    ),
                ),
                (
                    one_loss,
                    told(
                        "one common loss",
                        "The two entries off the diagonal are alike. So they would be if both players descended \
                         one loss; here they have opposite signs, which is why the pair turns.",
                    ),
                ),
            ],
            told("value", "The Jacobian is wrong."),
        )?;
    }
    Ok(())
}

pub fn alternating(
    candidate: fn(f64, f64, f64, f64) -> [f64; 2],
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, § Both at once, or in turn, equations 4.4 and 4.7";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let places = [
        (1.3, -0.4, 0.2, 0.7),
        (-2.0, 1.1, 0.5, 3.0),
        (1000.0, 0.3, 0.1, 0.0),
        (0.0, -1000.0, 0.3, 1.0),
    ];
    for (theta, psi, eta, gamma) in places {
        let after = |d_psi: f64| {
            let psi: f64 = psi - eta * d_psi;
            arr1(&[theta + eta * psi, psi])
        };
        let right = after(theta + gamma * psi);
        let first = theta + eta * psi;
        let came: Array1<f64> = arr1(&candidate(theta, psi, eta, gamma));
        judge(
            &right,
            &came,
            1e-10,
            vec![
                (
                    arr1(&[first, right[1]]),
                    told(
                        "both at once",
                        "The generator looked at the old ψ. In turn means that it answers the discriminator that \
                         has just moved.",
                    ),
                ),
                (
                    arr1(&[first, psi - eta * (first + gamma * psi)]),
                    told(
                        "generator first",
                        "The generator moved first. The discriminator does, here as in chapter 3.",
                    ),
                ),
                (
                    after(theta),
                    told(
                        "penalty forgotten",
                        "R1 is missing: it adds γψ to the discriminator's gradient.",
                    ),
                ),
                (
                    after(theta - gamma * psi),
                    told(
                        "penalty climbed",
                        "The discriminator climbs its penalty. R1 is part of the loss that it descends.",
                    ),
                ),
                (
                    after(theta + gamma / 2.0 * psi),
                    told(
                        "half a penalty",
                        "The gradient of γψ²/2 is γψ; the half goes with the square.",
                    ),
                ),
                (
                    arr1(&[theta - eta * right[1], right[1]]),
                    told(
                        "one loss for both",
                        "The generator descends ψθ, the discriminator's loss, and helps to tell its own fakes. \
                         Its loss is -ψθ.",
                    ),
                ),
            ],
            told("value", "The step is wrong."),
        )?;
    }
    Ok(())
}

/// Half the trace of a matrix, and what stands under the root.
fn parts(m: &Array2<f64>) -> (f64, f64) {
    let half = (m[[0, 0]] + m[[1, 1]]) / 2.0;
    (half, half * half - (m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]]))
}

fn radius(m: &Array2<f64>) -> f64 {
    let (half, under) = parts(m);
    match under < 0.0 {
        true => (half * half - under).sqrt(),
        false => half.abs() + under.sqrt(),
    }
}

pub fn spectral_radius(
    candidate: fn(&Array2<f64>, f64) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, § Where training is stable, equations 4.9 and 4.10";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = [
        (array![[0.0, 1.0], [-1.0, -0.5]], 0.3), // turns inward
        (array![[0.0, 1.0], [-1.0, 0.0]], 0.5),  // turns, and leaves
        (array![[0.0, 1.0], [-1.0, -5.0]], 0.6), // oversteps: -1.87
        (array![[-1.0, 2.0], [0.5, -3.0]], 0.2), // two that are real
        (array![[0.0, 1.0], [-1.0, -2.0]], 1.0), // nothing is left
        (array![[0.0, 0.0], [0.0, 0.0]], 0.1),   // nobody moves
        (array![[0.0, 1e3], [-1e3, 0.0]], 1.0),
    ];
    let rounding =
        |v: f64| if v.is_nan() { v } else { (v * 1e7).round() / 1e7 };
    for (j, eta) in cases {
        let m = Array2::<f64>::eye(2) + eta * &j;
        let (half, under) = parts(&m);
        let right = radius(&m);
        let came = candidate(&j, eta);
        if came.is_nan() && under < 0.0 {
            let what = "The result is NaN: what stands under the root is negative. Then the two eigenvalues are \
                        complex, a ± bi, and their size is √(a² + b²), the root of the determinant.";
            return Err(told("root of a negative", what).with(right, came));
        }
        let length = m.fold(0.0, |sum, v| sum + v * v).sqrt();
        lab::judge_number(
            rounding(right),
            rounding(came),
            1e-6,
            vec![
                (
                    radius(&j),
                    told(
                        "of the Jacobian",
                        "This is the radius of J. A step multiplies by I + ηJ, whose eigenvalues are 1 + ηλ.",
                    ),
                ),
                (
                    half.abs() + under.max(0.0).sqrt(),
                    told(
                        "real part only",
                        "Only the real part is counted. A complex eigenvalue a + bi has the size √(a² + b²); it is \
                         the b that makes a circling pair leave.",
                    ),
                ),
                (
                    half + under.max(0.0).sqrt(),
                    told(
                        "largest, not longest",
                        "This is the larger eigenvalue, and the other one, which is negative, is longer. A pair that \
                         oversteps from side to side leaves too.",
                    ),
                ),
                (
                    length,
                    told(
                        "length of the matrix",
                        "This is the root of the sum of the squares. It bounds what one step can do; what many do, the \
                         eigenvalues say.",
                    ),
                ),
                (
                    (half * half - under).abs().sqrt(),
                    told(
                        "determinant alone",
                        "The root of the determinant is the size of both only when they are complex. Two real ones \
                         share the determinant unequally.",
                    ),
                ),
            ],
            told("value", "The radius is wrong."),
        )?;
    }
    Ok(())
}

/// A function from `W`, `u`, `v` and a gradient to a gradient.
type Backward =
    fn(&Array2<f64>, &Array1<f64>, &Array1<f64>, &Array2<f64>) -> Array2<f64>;

pub fn normalised_backward(candidate: Backward) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § A slope that is bounded, equation 4.20";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases = [
        (
            array![[2.0, -0.5, 0.3], [0.4, 1.0, -1.2]],
            array![0.8, 0.6],
            array![2.0 / 3.0, -1.0 / 3.0, 2.0 / 3.0],
            array![[0.7, -1.1, 0.2], [1.3, 0.5, -0.4]],
        ),
        (
            array![[2.0, 0.0], [0.0, 1.0]],
            array![1.0, 0.0],
            array![1.0, 0.0],
            array![[1.0, 1.0], [1.0, 1.0]],
        ),
        (
            array![[300.0], [400.0]],
            array![0.6, 0.8],
            array![1.0],
            array![[-2.0], [5.0]],
        ),
    ];
    for (w, u, v, d_bar) in cases {
        let (sigma, column) = (u.dot(&w.dot(&v)), u.view());
        let u_v = &column.insert_axis(Axis(1)) * &v;
        let inner = (&d_bar * &w).sum();
        let less = |share: f64| (&d_bar - &u_v * share) / sigma;
        let length = (&w * &w).sum().sqrt();
        judge(
            &less(inner / sigma),
            &candidate(&w, &u, &v, &d_bar),
            1e-10,
            vec![
                (
                    less(0.0),
                    told(
                        "norm held constant",
                        "σ is taken for a constant. u and v are constants; σ = uᵀWv moves with W, and what it takes away \
                         is ⟨∂L/∂W̄, W̄⟩ u vᵀ / σ.",
                    ),
                ),
                (
                    d_bar.clone(),
                    told(
                        "handed through",
                        "The gradient is handed on as it came. The weight was divided on its way in: the gradient is \
                         divided by σ too, and σ itself moves with W.",
                    ),
                ),
                (
                    less(inner),
                    told(
                        "by the bare weight",
                        "The inner product is with W. It is with W̄ = W/σ: the fraction's denominator is squared when \
                         it is differentiated.",
                    ),
                ),
                (
                    less(-inner / sigma),
                    told(
                        "sign",
                        "The second term is added. A larger σ makes W/σ smaller, so it is taken away.",
                    ),
                ),
                (
                    (&d_bar - &w * (inner / (length * length))) / length,
                    told(
                        "length of all numbers",
                        "This is the gradient of W over the root of the sum of its squares. The spectral norm is the \
                         largest singular value alone, and its slope is u vᵀ.",
                    ),
                ),
                (
                    less((&d_bar * &u_v).sum()),
                    told(
                        "projected along u vᵀ",
                        "What lies along u vᵀ is taken away. How much σ changes the loss is ⟨∂L/∂W̄, W̄⟩: all of W̄ \
                         shrinks when σ grows, not one direction of it.",
                    ),
                ),
            ],
            told("value", "The gradient is wrong."),
        )?;
    }
    Ok(())
}

type Pair = (Array2<f64>, Array2<f64>);

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

type R1Gradient =
    fn(&Array2<f64>, &Array2<f64>, &Array1<f64>, &Array2<f64>, f64) -> Pair;

pub fn r1_gradient(candidate: R1Gradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § A penalty on steepness, equation 4.31";
    let (x, w1, b1, w2) = small();
    let gamma = 0.7;
    let slopes = slopes(&x, &w1, &b1);
    let u = &slopes * &w2.t();
    let v = u.dot(&w1.t());
    let at_w1 = |d_v: &Array2<f64>| d_v.t().dot(&u);
    let at_w2 = |d_v: &Array2<f64>| {
        (&slopes * &d_v.dot(&w1)).sum_axis(Axis(0)).insert_axis(Axis(1))
    };
    let d_v = &v * (gamma / 3.0);
    let length = v.map_axis(Axis(1), |v| v.dot(&v).sqrt());
    let of_length = &v / &length.insert_axis(Axis(1)) * (0.5 * gamma / 3.0);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (d_w1, d_w2) = candidate(&x, &w1, &b1, &w2, gamma);
    judge(
        &at_w1(&d_v),
        &d_w1,
        1e-10,
        vec![
            (
                at_w1(&(&d_v * 3.0)),
                told(
                    "mean forgotten",
                    "R1 is a mean over the batch; the 1 / B is missing, and the penalty grows with the batch.",
                ),
            ),
            (
                at_w1(&(&d_v * 2.0)),
                told(
                    "half forgotten",
                    "This is twice too large: the 1/2 in gamma / 2 cancels the 2 of the square.",
                ),
            ),
            (
                at_w1(&of_length),
                told(
                    "length",
                    "This penalises the length of the gradient. R1 takes its square, whose pull fades as the \
                     gradient does; the length pulls equally hard however flat D is.",
                ),
            ),
            (
                at_w1(&(&d_v / 9.0)),
                told(
                    "mean logit",
                    "The gradient was taken of the mean logit, so each row's is B times too small, and the penalty B \
                     squared times too weak. Each row has its own logit: take the gradient of their sum.",
                ),
            ),
            (
                Array2::zeros(w1.raw_dim()),
                told(
                    "last layer only",
                    "The first layer gets nothing. Its slopes are constants, but w1 itself is a factor of ds/dx.",
                ),
            ),
        ],
        told("d_w1", "The gradient at w1 is wrong."),
    )?;
    judge(
        &at_w2(&d_v),
        &d_w2,
        1e-10,
        vec![],
        told(
            "d_w2",
            "The gradient at w2 is wrong; it goes from ds/dx through w1 and the slopes.",
        ),
    )
}

pub fn packing(
    candidate: fn(&Array2<f64>, &Array2<f64>, usize) -> Pair,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 4, § Side by side, equation 4.33";
    let x = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let real = concatenate![Axis(0), x, &x + 6.0];
    let fake = -&real;
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (p_real, p_fake) = candidate(&real, &fake, 2);
    let pairs = |a: usize, b: usize| {
        concatenate![
            Axis(1),
            real.slice(s![a..4; 2, ..]),
            real.slice(s![b..4; 2, ..])
        ]
    };
    let right = pairs(0, 1);
    let order = [0, 3, 1, 4, 2, 5];
    let again = real.slice(s![..2, ..]);
    let mixed = concatenate![Axis(1), real, fake];
    judge(
        &right,
        &p_real,
        1e-10,
        vec![
            (
                mixed.slice(s![..2, ..]).to_owned(),
                told(
                    "real beside fake",
                    "A real example stands beside a fake. A pack is all real or all fake: its one answer has to be \
                     right for every example in it.",
                ),
            ),
            (
                right.select(Axis(1), &order),
                told(
                    "features beside features",
                    "The features of a pack are shuffled together. Put whole examples side by side, one after the \
                     other, so that the way back can take them apart.",
                ),
            ),
            (
                concatenate![Axis(1), again, again],
                told(
                    "one example repeated",
                    "Each pack holds one example several times. Only *different* examples show whether a generator \
                     varies.",
                ),
            ),
            (
                (&real.slice(s![..;2, ..]) + &real.slice(s![1..;2, ..]))
                    / 2.0,
                told(
                    "averaged",
                    "The examples of a pack were averaged. That keeps one number for each feature and hides what \
                     packing is to show: that two fakes are alike.",
                ),
            ),
        ],
        told("real", "The packs of real examples are wrong."),
    )?;
    judge(
        &-right,
        &p_fake,
        1e-10,
        vec![],
        told("fake", "The packs of fakes are wrong."),
    )
}
