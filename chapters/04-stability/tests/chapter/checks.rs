//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge};
use ndarray::{Array1, Array2, Axis, arr1, array};

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

/// From the slopes of a critic and λ to the penalty and its gradient at the slopes.
type Penalty = fn(&Array2<f64>, f64) -> (f64, Array2<f64>);

pub fn penalty_gradient(candidate: Penalty) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 4, § Why gradients vanish, equations 4.26 and 4.27";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let cases: [(Array2<f64>, f64); 4] = [
        (array![[3.0, -4.0, 0.0], [0.2, 0.0, 0.1]], 10.0),
        (array![[0.6, 0.8]], 0.5), // of length 1: nothing to mend
        (array![[0.0, 0.0], [1.0, 1.0], [-1000.0, 0.0]], 2.0),
        (array![[1e-3], [-2.0], [0.0], [0.5]], 1.0),
    ];
    for (v, lambda) in cases {
        let rows = v.nrows() as f64;
        let lengths: Vec<f64> =
            v.rows().into_iter().map(|v| f64::sqrt(v.dot(&v))).collect();
        // The value, and by what each row is multiplied; both are laid in one row, the value first.
        let laid = |value: f64, d_v: Array2<f64>| -> Array1<f64> {
            std::iter::once(value).chain(d_v).collect()
        };
        let of = |value: &dyn Fn(f64) -> f64, along: &dyn Fn(f64) -> f64| {
            let mut d_v = v.clone();
            for (mut row, n) in d_v.rows_mut().into_iter().zip(&lengths) {
                row *= if *n > 0.0 { along(*n) / rows } else { 0.0 };
            }
            let value = lengths.iter().map(|n| value(*n)).sum::<f64>() / rows;
            laid(value, d_v)
        };
        let square = |n: f64| lambda * (n - 1.0).powi(2);
        let slope = |n: f64| 2.0 * lambda * (n - 1.0);
        let right = of(&square, &|n| slope(n) / n);
        let (value, d_v) = candidate(&v, lambda);
        if d_v.dim() != v.dim() {
            let what = "The gradient has the wrong shape. It has that of v: a row for each point.";
            return Err(told("wrong shape", what)
                .with(format!("{:?}", v.dim()), format!("{:?}", d_v.dim())));
        }
        let flat = lengths.contains(&0.0);
        if flat && d_v.iter().any(|d| d.is_nan()) {
            let what = "The gradient of a row of zeros is NaN, 0 divided by 0. There the length has no slope; the gradient \
                        in use is 0.";
            return Err(told("zero over zero", what)
                .with(format!("{right:.5}"), format!("{d_v:.5}")));
        }
        let whole = (&v * &v).sum().sqrt();
        let all = if whole > 0.0 { slope(whole) / whole } else { 0.0 };
        let over = |n: f64| (n - 1.0).max(0.0);
        let sign = |a: f64| if a == 0.0 { 0.0 } else { a.signum() };
        let each = v.mapv(|a| slope(a.abs()) * sign(a) / rows);
        judge(
            &right,
            &laid(value, d_v),
            1e-10,
            vec![
                (
                    laid(square(whole), &v * all),
                    told(
                        "length of the batch",
                        "The length is taken over the whole batch. Each point has a slope of its own: a length for each row, \
                         and the mean over rows of what is lost.",
                    ),
                ),
                (
                    of(&square, &slope),
                    told(
                        "division forgotten",
                        "The slope of a length n at its vector v is v / n, of length 1. Yours is v: a row is pushed n times as \
                         hard as it should be.",
                    ),
                ),
                (
                    of(&|n| lambda * n * n, &|_| 2.0 * lambda),
                    told(
                        "R1 instead",
                        "This is the mean squared length, which R1 penalises and which draws slopes to 0. Here they are drawn to 1.",
                    ),
                ),
                (
                    of(&|n| lambda * (n * n - 1.0).powi(2), &|n| {
                        4.0 * lambda * (n * n - 1.0)
                    }),
                    told(
                        "square of the length",
                        "The squared length is compared with 1. It is the length itself: take the root first.",
                    ),
                ),
                (
                    of(&|n| lambda * over(n).powi(2), &|n| {
                        2.0 * lambda * over(n) / n
                    }),
                    told(
                        "one-sided",
                        "Slopes below 1 go unpunished. That penalty exists too; equation 4.26 asks for 1 from both sides.",
                    ),
                ),
                (
                    right.mapv(|a| a * rows),
                    told(
                        "sum over rows",
                        "This is the sum over rows; the penalty is their mean, and its gradient too has a 1 / B.",
                    ),
                ),
                (
                    of(&square, &|n| slope(n) / (2.0 * n)),
                    told(
                        "two forgotten",
                        "The gradient is half of what it should be everywhere: a square's slope has a factor 2.",
                    ),
                ),
                (
                    laid(v.mapv(|a| square(a.abs())).sum() / rows, each),
                    told(
                        "number by number",
                        "Each number is compared with 1. It is the length of the row that is: the root of the sum of its squares.",
                    ),
                ),
            ],
            told(
                "value",
                "The penalty, shown first, or its gradient is wrong.",
            ),
        )?;
    }
    Ok(())
}
