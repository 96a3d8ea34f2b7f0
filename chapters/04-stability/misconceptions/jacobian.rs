use ndarray::{Array2, array};

fn sigmoid(t: f64) -> f64 {
    1.0 / (1.0 + (-t).exp())
}

fn right(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    let s = psi * theta;
    let bend = sigmoid(s) * sigmoid(-s);
    array![
        [-psi * psi * bend, sigmoid(-s) - s * bend],
        [-sigmoid(s) - s * bend, -theta * theta * bend - gamma],
    ]
}

pub fn of_the_gradients(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    -right(theta, psi, gamma)
}

pub fn transposed(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    right(theta, psi, gamma).reversed_axes()
}

pub fn penalty_forgotten(theta: f64, psi: f64, _: f64) -> Array2<f64> {
    right(theta, psi, 0.0)
}

pub fn at_the_end_only(_: f64, _: f64, gamma: f64) -> Array2<f64> {
    right(0.0, 0.0, gamma)
}

pub fn product_rule_forgotten(
    theta: f64,
    psi: f64,
    gamma: f64,
) -> Array2<f64> {
    let s = psi * theta;
    array![[0.0, sigmoid(-s)], [-sigmoid(s), -gamma]]
}

pub fn one_common_loss(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    let mut m = right(theta, psi, gamma);
    m[[0, 1]] = m[[1, 0]];
    m
}

pub fn overflows(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    let s = psi * theta;
    let up = |t: f64| t.exp() / (1.0 + t.exp());
    let bend = up(s) * up(-s);
    array![
        [-psi * psi * bend, up(-s) - s * bend],
        [-up(s) - s * bend, -theta * theta * bend - gamma],
    ]
}

/// No name for it: the check says which of the terms has a wrong sign.
pub fn penalty_added(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    right(theta, psi, -gamma)
}
