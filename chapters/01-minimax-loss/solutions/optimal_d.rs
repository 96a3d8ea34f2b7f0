use ndarray::{Array1, Zip};

pub fn optimal_d(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    Zip::from(p)
        .and(q)
        .map_collect(|&p, &q| if p + q > 0.0 { p / (p + q) } else { 0.5 })
}
