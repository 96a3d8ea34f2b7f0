use ndarray::{Array1, Array2, Axis};

fn column(x: &Array1<f64>) -> Array2<f64> {
    x.clone().insert_axis(Axis(1))
}

fn mean(x: &Array2<f64>) -> Array2<f64> {
    column(&(x.sum_axis(Axis(1)) / x.ncols() as f64))
}

pub fn statistics_held_fixed(
    _: &Array2<f64>,
    scale: &Array1<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    d * &column(scale)
}

pub fn stretch_forgotten(
    _: &Array2<f64>,
    scale: &Array1<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    (d - &mean(d)) * column(scale)
}

pub fn move_forgotten(
    x_hat: &Array2<f64>,
    scale: &Array1<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    (d - &(x_hat * &mean(&(d * x_hat)))) * column(scale)
}

pub fn over_the_batch(
    x_hat: &Array2<f64>,
    scale: &Array1<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    let n = d.nrows() as f64;
    let moved = d.sum_axis(Axis(0)) / n;
    let along = (d * x_hat).sum_axis(Axis(0)) / n;
    (d - &moved - x_hat * &along) * column(scale)
}

pub fn sums_for_means(
    x_hat: &Array2<f64>,
    scale: &Array1<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    let w = d.ncols() as f64;
    let (moved, along) = (mean(d) * w, mean(&(d * x_hat)) * w);
    (d - &moved - x_hat * &along) * column(scale)
}

pub fn no_factor(
    x_hat: &Array2<f64>,
    _: &Array1<f64>,
    d: &Array2<f64>,
) -> Array2<f64> {
    d - &mean(d) - x_hat * &mean(&(d * x_hat))
}
