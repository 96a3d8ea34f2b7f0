use ndarray::{Array1, Zip};

pub fn smoothed_floor(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> f64 {
    // What is told "real" in a cell, and what is told "fake".
    let paid = |mass: f64, d: f64| {
        if mass > 0.0 { -mass * d.ln() } else { 0.0 }
    };
    Zip::from(p).and(q).fold(0.0, |sum, &p, &q| {
        let real = alpha * p + beta * q;
        let fake = (1.0 - alpha) * p + (1.0 - beta) * q;
        let all = p + q;
        sum + paid(real, real / all) + paid(fake, fake / all)
    })
}
