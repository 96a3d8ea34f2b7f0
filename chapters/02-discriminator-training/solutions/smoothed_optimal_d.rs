use ndarray::Array1;

pub fn smoothed_optimal_d(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> Array1<f64> {
    (alpha * p + beta * q) / (p + q)
}
