use gradients::plain::mse_backward;
use ndarray::Array2;

pub fn perceptual_backward(
    weights: &[Array2<f64>],
    of_x: &[Array2<f64>],
    of_x_hat: &[Array2<f64>],
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = Array2::zeros(of_x_hat[last].raw_dim());
    for n in (0..=last).rev() {
        let own = mse_backward(&of_x_hat[n], &of_x[n]) * shares[n];
        let mut u = v + own; // at the features
        u.zip_mut_with(&of_x_hat[n], |u, y| {
            *u *= if *y > 0.0 { 1.0 } else { 0.2 };
        });
        v = u.dot(&weights[n].t()); // at what went in
    }
    v
}
