use ndarray::Array1;

pub fn frechet(
    mean_a: &Array1<f64>,
    variance_a: &Array1<f64>,
    mean_b: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    let square = |v: Array1<f64>| v.mapv(|v| v * v).sum();
    let cross = (variance_a * variance_b).mapv(f64::sqrt).sum();
    square(mean_a - mean_b) + variance_a.sum() + variance_b.sum()
        - 2.0 * cross
}
