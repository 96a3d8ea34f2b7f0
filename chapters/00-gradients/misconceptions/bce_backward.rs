use ndarray::Array2;

fn sigmoid(s: f64) -> f64 {
    1.0 / (1.0 + (-s).exp())
}

pub fn sign_turned(s: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    (t - &s.mapv(sigmoid)) / s.len() as f64
}

pub fn mean_forgotten(s: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    s.mapv(sigmoid) - t
}

pub fn squared_error_in_disguise(
    s: &Array2<f64>,
    t: &Array2<f64>,
) -> Array2<f64> {
    let p = s.mapv(sigmoid);
    (&p - t) * &p * (1.0 - &p) / s.len() as f64
}

pub fn mean_over_rows(s: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    (s.mapv(sigmoid) - t) / s.nrows() as f64
}

pub fn infinity_over_infinity(
    s: &Array2<f64>,
    t: &Array2<f64>,
) -> Array2<f64> {
    (s.mapv(|s| s.exp() / (1.0 + s.exp())) - t) / s.len() as f64
}

/// The chain rule as it comes, from the two logarithms.
pub fn not_simplified(s: &Array2<f64>, t: &Array2<f64>) -> Array2<f64> {
    let p = s.mapv(sigmoid);
    let d_p = (1.0 - t) / (1.0 - &p) - t / &p;
    d_p * &p * (1.0 - &p) / s.len() as f64
}
