use ndarray::{Array2, array};

pub fn jacobian(theta: f64, psi: f64, gamma: f64) -> Array2<f64> {
    let sigmoid = |t: f64| 1.0 / (1.0 + (-t).exp());
    let s = psi * theta;
    let bend = sigmoid(s) * sigmoid(-s);
    array![
        [-psi * psi * bend, sigmoid(-s) - s * bend],
        [-sigmoid(s) - s * bend, -theta * theta * bend - gamma],
    ]
}
