use codebook_lookup::plain::{gather, nearest_by_definition};
use gradients::plain::mse_backward;
use ndarray::Array2;

fn z_q(
    w_e: &Array2<f64>,
    codebook: &Array2<f64>,
    x: &Array2<f64>,
) -> Array2<f64> {
    gather(codebook, &nearest_by_definition(&x.dot(w_e), codebook))
}

pub fn true_derivative(
    w_e: &Array2<f64>,
    _: &Array2<f64>,
    _: &Array2<f64>,
    _: &Array2<f64>,
) -> Array2<f64> {
    Array2::zeros(w_e.raw_dim())
}

pub fn lookup_left_out(
    w_e: &Array2<f64>,
    _: &Array2<f64>,
    w_d: &Array2<f64>,
    x: &Array2<f64>,
) -> Array2<f64> {
    let d_y = mse_backward(&x.dot(w_e).dot(w_d), x);
    x.t().dot(&d_y.dot(&w_d.t()))
}

pub fn mean_forgotten(
    w_e: &Array2<f64>,
    codebook: &Array2<f64>,
    w_d: &Array2<f64>,
    x: &Array2<f64>,
) -> Array2<f64> {
    let d_y = (z_q(w_e, codebook, x).dot(w_d) - x) * 2.0;
    x.t().dot(&d_y.dot(&w_d.t()))
}

pub fn pulled_to_the_code(
    w_e: &Array2<f64>,
    codebook: &Array2<f64>,
    _: &Array2<f64>,
    x: &Array2<f64>,
) -> Array2<f64> {
    let d_z_e = mse_backward(&x.dot(w_e), &z_q(w_e, codebook, x));
    x.t().dot(&d_z_e)
}
