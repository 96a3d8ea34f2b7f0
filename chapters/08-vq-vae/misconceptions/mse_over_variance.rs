use ndarray::{Array2, Axis};

fn mse(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    (y - x).mapv(|v| v * v).mean().unwrap_or(0.0)
}

pub fn undivided(x: &Array2<f64>, reconstruction: &Array2<f64>) -> f64 {
    mse(x, reconstruction)
}

pub fn over_deviation(x: &Array2<f64>, reconstruction: &Array2<f64>) -> f64 {
    mse(x, reconstruction) / x.std(0.0)
}

pub fn pixel_by_pixel(x: &Array2<f64>, reconstruction: &Array2<f64>) -> f64 {
    let each = x.var_axis(Axis(0), 0.0);
    mse(x, reconstruction) / each.mean().unwrap_or(1.0)
}

pub fn summed_over_pixels(
    x: &Array2<f64>,
    reconstruction: &Array2<f64>,
) -> f64 {
    mse(x, reconstruction) * x.ncols() as f64 / x.var(0.0)
}
