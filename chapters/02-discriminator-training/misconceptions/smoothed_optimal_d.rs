use ndarray::Array1;

pub fn unchanged(
    p: &Array1<f64>,
    q: &Array1<f64>,
    _: f64,
    _: f64,
) -> Array1<f64> {
    p / &(p + q)
}

pub fn weights_of_the_densities(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    beta: f64,
) -> Array1<f64> {
    let (a, b) = (alpha * p, (1.0 - beta) * q);
    &a / &(&a + &b)
}

pub fn fakes_ignored(
    p: &Array1<f64>,
    q: &Array1<f64>,
    alpha: f64,
    _: f64,
) -> Array1<f64> {
    alpha * p / (p + q)
}
