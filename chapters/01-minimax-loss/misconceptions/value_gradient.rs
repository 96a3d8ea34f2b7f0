use ndarray::Array1;

fn d(s: &Array1<f64>) -> Array1<f64> {
    s.mapv(|s| 1.0 / (1.0 + (-s).exp()))
}

pub fn downhill(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    (p + q) * d(s) - p
}

pub fn at_the_probability(
    p: &Array1<f64>,
    q: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    p / &d(s) - q / &(1.0 - d(s))
}

pub fn fakes_forgotten(
    p: &Array1<f64>,
    _: &Array1<f64>,
    s: &Array1<f64>,
) -> Array1<f64> {
    p * &(1.0 - d(s))
}
