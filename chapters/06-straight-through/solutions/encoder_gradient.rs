use codebook_lookup::plain::{gather, nearest_by_definition};
use gradients::plain::mse_backward;
use ndarray::Array2;

pub fn encoder_gradient(
    w_e: &Array2<f64>,      // [X, C]
    codebook: &Array2<f64>, // [K, C]
    w_d: &Array2<f64>,      // [C, X]
    x: &Array2<f64>,        // [N, X]
) -> Array2<f64> {
    let z_e = x.dot(w_e);
    let z_q = gather(codebook, &nearest_by_definition(&z_e, codebook));
    let d_y = mse_backward(&z_q.dot(w_d), x);
    x.t().dot(&d_y.dot(&w_d.t()))
}
