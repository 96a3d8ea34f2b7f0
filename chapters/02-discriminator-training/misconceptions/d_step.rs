use ndarray::{Array2, Axis, concatenate};

fn d(x: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    x.dot(w).mapv(|s| 1.0 / (1.0 + (-s).exp()))
}

pub fn fakes_only(
    w: &Array2<f64>,
    _: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    x_fake.t().dot(&d(x_fake, w)) / x_fake.nrows() as f64
}

pub fn one_mean_over_both(
    w: &Array2<f64>,
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    let x = concatenate![Axis(0), *x_real, *x_fake];
    let mut d_s = d(&x, w);
    d_s.column_mut(0).iter_mut().take(x_real.nrows()).for_each(|v| *v -= 1.0);
    x.t().dot(&d_s) / x.nrows() as f64
}

pub fn uphill(
    w: &Array2<f64>,
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    let d_real = (1.0 - d(x_real, w)) / x_real.nrows() as f64;
    let d_fake = d(x_fake, w) / x_fake.nrows() as f64;
    x_real.t().dot(&d_real) - x_fake.t().dot(&d_fake)
}

pub fn one_size_for_both(
    w: &Array2<f64>,
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    let sum =
        x_real.t().dot(&(d(x_real, w) - 1.0)) + x_fake.t().dot(&d(x_fake, w));
    sum / x_real.nrows() as f64
}

pub fn overflowing(
    w: &Array2<f64>,
    x_real: &Array2<f64>,
    x_fake: &Array2<f64>,
) -> Array2<f64> {
    let d = |x: &Array2<f64>| x.dot(w).mapv(|s| s.exp() / (1.0 + s.exp()));
    let d_real = (d(x_real) - 1.0) / x_real.nrows() as f64;
    let d_fake = d(x_fake) / x_fake.nrows() as f64;
    x_real.t().dot(&d_real) + x_fake.t().dot(&d_fake)
}
