use ndarray::{Array1, Zip};

pub fn value_curvature(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    let d = |s: f64| 1.0 / (1.0 + (-s).exp());
    Zip::from(p)
        .and(q)
        .and(s)
        .map_collect(|&p, &q, &s| -(p + q) * d(s) * d(-s))
}
