use ndarray::{Array1, Zip};

fn kl(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    Zip::from(p).and(q).fold(0.0, |sum, &p, &q| {
        sum + if p > 0.0 { p * (p / q).ln() } else { 0.0 }
    })
}

pub fn sum_for_average(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    let m = 0.5 * (p + q);
    kl(p, &m) + kl(q, &m)
}

pub fn without_midpoint(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    0.5 * kl(p, q) + 0.5 * kl(q, p)
}

pub fn in_bits(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    0.5 * sum_for_average(p, q) / 2.0_f64.ln()
}

pub fn zero_times_infinity(p: &Array1<f64>, q: &Array1<f64>) -> f64 {
    let m = 0.5 * (p + q);
    let all = |a: &Array1<f64>| (a * (a / &m).ln()).sum();
    0.5 * all(p) + 0.5 * all(q)
}
