use ndarray::Array2;

pub fn mse_over_variance(
    x: &Array2<f64>,
    reconstruction: &Array2<f64>,
) -> f64 {
    let mean = x.mean().unwrap_or(0.0);
    let squares = |d: Array2<f64>| d.mapv(|v| v * v).sum();
    squares(reconstruction - x) / squares(x - mean)
}
