pub fn both_at_once(theta: f64, psi: f64, eta: f64, gamma: f64) -> [f64; 2] {
    [theta + eta * psi, psi - eta * (theta + gamma * psi)]
}

pub fn generator_first(
    theta: f64,
    psi: f64,
    eta: f64,
    gamma: f64,
) -> [f64; 2] {
    let theta = theta + eta * psi;
    [theta, psi - eta * (theta + gamma * psi)]
}

pub fn penalty_forgotten(theta: f64, psi: f64, eta: f64, _: f64) -> [f64; 2] {
    let psi = psi - eta * theta;
    [theta + eta * psi, psi]
}

pub fn penalty_climbed(
    theta: f64,
    psi: f64,
    eta: f64,
    gamma: f64,
) -> [f64; 2] {
    let psi = psi - eta * (theta - gamma * psi);
    [theta + eta * psi, psi]
}

pub fn half_a_penalty(
    theta: f64,
    psi: f64,
    eta: f64,
    gamma: f64,
) -> [f64; 2] {
    let psi = psi - eta * (theta + gamma / 2.0 * psi);
    [theta + eta * psi, psi]
}

pub fn one_loss_for_both(
    theta: f64,
    psi: f64,
    eta: f64,
    gamma: f64,
) -> [f64; 2] {
    let psi = psi - eta * (theta + gamma * psi);
    [theta - eta * psi, psi]
}

pub fn old_psi_returned(
    theta: f64,
    psi: f64,
    eta: f64,
    gamma: f64,
) -> [f64; 2] {
    let new = psi - eta * (theta + gamma * psi);
    [theta + eta * new, psi]
}
