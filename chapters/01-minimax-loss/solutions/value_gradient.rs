use ndarray::{Array1, Zip};

pub fn value_gradient(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    Zip::from(p)
        .and(q)
        .and(s)
        .map_collect(|&p, &q, &s| p - (p + q) / (1.0 + (-s).exp()))
}
