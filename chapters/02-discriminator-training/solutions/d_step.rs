use ndarray::Array2;

pub fn d_step(
    w: &Array2<f64>,
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    let d = |x: &Array2<f64>| x.dot(w).mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let d_real = (d(x_real) - 1.0) / x_real.nrows() as f64;
    let d_fake = d(x_fake) / x_fake.nrows() as f64;
    x_real.t().dot(&d_real) + x_fake.t().dot(&d_fake)
}
