use ndarray::Array1;

fn loss_at(
    p: &Array1<f64>,
    q: &Array1<f64>,
    [alpha, beta]: [f64; 2],
    d: &Array1<f64>,
) -> f64 {
    let term = |mass: f64, d: f64| {
        if mass > 0.0 { -mass * d.ln() } else { 0.0 }
    };
    let bce = |mass: f64, d: f64, t: f64| {
        term(mass * t, d) + term(mass * (1.0 - t), 1.0 - d)
    };
    (0..p.len()).map(|n| bce(p[n], d[n], alpha) + bce(q[n], d[n], beta)).sum()
}

pub fn d_without_smoothing(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    loss_at(p, q, [alpha, beta], &(p / &(p + q)))
}

pub fn old_loss_of_the_new_d(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    loss_at(p, q, [1.0, 0.0], &((alpha * p + beta * q) / (p + q)))
}

pub fn entropy_of_the_targets(
    _: &Array1<f64>,
    _: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    let one = |t: f64| -t * t.ln() - (1.0 - t) * (1.0 - t).ln();
    one(alpha) + one(beta)
}

pub fn zero_times_log_zero(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    let d = (alpha * p + beta * q) / (p + q);
    let bce = |t: f64| {
        let fake = (1.0 - t) * d.mapv(|d| (1.0 - d).ln());
        -t * d.mapv(f64::ln) - fake
    };
    (p * &bce(alpha) + q * &bce(beta)).sum()
}

pub fn kept_off_zero(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    let d = (alpha * p + beta * q) / (p + q + 1e-8);
    let bce = |t: f64| {
        let fake = (1.0 - t) * d.mapv(|d| (1.0 - d + 1e-8).ln());
        -t * d.mapv(|d| (d + 1e-8).ln()) - fake
    };
    (p * &bce(alpha) + q * &bce(beta)).sum()
}
