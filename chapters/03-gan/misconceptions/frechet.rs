use ndarray::Array1;

fn square(v: &Array1<f64>) -> f64 {
    v.mapv(|v| v * v).sum()
}

fn spread(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    square(&(a.mapv(f64::sqrt) - b.mapv(f64::sqrt)))
}

pub fn means_forgotten(
    _: &Array1<f64>,
    variance_a: &Array1<f64>,
    _: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    spread(variance_a, variance_b)
}

pub fn means_not_squared(
    mean_a: &Array1<f64>,
    variance_a: &Array1<f64>,
    mean_b: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    square(&(mean_a - mean_b)).sqrt() + spread(variance_a, variance_b)
}

pub fn variances_for_deviations(
    mean_a: &Array1<f64>,
    variance_a: &Array1<f64>,
    mean_b: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    square(&(mean_a - mean_b)) + square(&(variance_a - variance_b))
}

pub fn cross_without_root(
    mean_a: &Array1<f64>,
    variance_a: &Array1<f64>,
    mean_b: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    let cross = variance_a.dot(variance_b);
    square(&(mean_a - mean_b)) + variance_a.sum() + variance_b.sum()
        - 2.0 * cross
}

pub fn root_of_it_all(
    mean_a: &Array1<f64>,
    variance_a: &Array1<f64>,
    mean_b: &Array1<f64>,
    variance_b: &Array1<f64>,
) -> f64 {
    let spread = spread(variance_a, variance_b);
    (square(&(mean_a - mean_b)) + spread).sqrt()
}
