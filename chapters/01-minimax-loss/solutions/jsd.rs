use ndarray::{Array1, Zip};

pub fn jsd(p: &Array1<f64>, q: &Array1<f64>, share: f64) -> f64 {
    let part = |a: f64, m: f64| if a > 0.0 { a * (a / m).ln() } else { 0.0 };
    Zip::from(p).and(q).fold(0.0, |sum, &p, &q| {
        let m = share * p + (1.0 - share) * q;
        sum + share * part(p, m) + (1.0 - share) * part(q, m)
    })
}
