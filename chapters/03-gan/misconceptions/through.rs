use ndarray::{Array1, Array2};

fn slopes(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
) -> Array2<f64> {
    (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 })
}

pub fn without_the_slopes(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    _: &Array1<f64>,
    w2: &Array2<f64>,
) -> Array2<f64> {
    Array2::ones((x.nrows(), 1)).dot(&w1.dot(w2).t())
}

pub fn slopes_too_late(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
) -> Array2<f64> {
    slopes(x, w1, b1) * w1.dot(w2).t()
}

pub fn leaky_of_the_gradient(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    _: &Array1<f64>,
    w2: &Array2<f64>,
) -> Array2<f64> {
    let u = w2.mapv(|v| if v > 0.0 { v } else { 0.2 * v });
    Array2::ones((x.nrows(), 1)).dot(&w1.dot(&u).t())
}

pub fn not_transposed(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
) -> Array2<f64> {
    (slopes(x, w1, b1) * w2.t()).dot(w1)
}

pub fn relu_for_leaky(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
) -> Array2<f64> {
    let on = slopes(x, w1, b1).mapv(f64::floor);
    (on * w2.t()).dot(&w1.t())
}
