pub fn alternating(theta: f64, psi: f64, eta: f64, gamma: f64) -> [f64; 2] {
    let psi = psi - eta * (theta + gamma * psi);
    [theta + eta * psi, psi]
}
