use gradients::plain::{Activation, mse_backward};
use ndarray::Array2;

type Layers<'a> = &'a [Array2<f64>];

const LEAKY: Activation = Activation::LeakyRelu(0.2);

fn own(n: usize, x: Layers, x_hat: Layers, shares: &[f64]) -> Array2<f64> {
    mse_backward(&x_hat[n], &x[n]) * shares[n]
}

/// Only the last layer's features are compared.
pub fn last_layer_alone(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = own(last, x, x_hat, shares);
    for n in (0..=last).rev() {
        v = LEAKY.backward(&x_hat[n], v).dot(&weights[n].t());
    }
    v
}

/// "A layer's own gradient is added to what goes into its map."
pub fn behind_the_activation(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = Array2::zeros(x_hat[last].raw_dim());
    for n in (0..=last).rev() {
        let u = LEAKY.backward(&x_hat[n], v) + own(n, x, x_hat, shares);
        v = u.dot(&weights[n].t());
    }
    v
}

/// "The gradient at the first layer is that at the picture."
pub fn stops_at_the_first_layer(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = own(last, x, x_hat, shares);
    for n in (1..=last).rev() {
        v = LEAKY.backward(&x_hat[n], v).dot(&weights[n].t());
        v += &own(n - 1, x, x_hat, shares);
    }
    LEAKY.backward(&x_hat[0], v)
}

pub fn at_x(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = Array2::zeros(x_hat[last].raw_dim());
    for n in (0..=last).rev() {
        let own = mse_backward(&x[n], &x_hat[n]) * shares[n];
        v = LEAKY.backward(&x_hat[n], v + own).dot(&weights[n].t());
    }
    v
}

pub fn slopes_of_x(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = Array2::zeros(x_hat[last].raw_dim());
    for n in (0..=last).rev() {
        let d = v + own(n, x, x_hat, shares);
        v = LEAKY.backward(&x[n], d).dot(&weights[n].t());
    }
    v
}

/// Begins with the last layer's, and adds it in the loop.
pub fn last_one_twice(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = own(last, x, x_hat, shares);
    for n in (0..=last).rev() {
        let d = v + own(n, x, x_hat, shares);
        v = LEAKY.backward(&x_hat[n], d).dot(&weights[n].t());
    }
    v
}

pub fn shares_left_out(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    _: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = Array2::zeros(x_hat[last].raw_dim());
    for n in (0..=last).rev() {
        let d = v + mse_backward(&x_hat[n], &x[n]);
        v = LEAKY.backward(&x_hat[n], d).dot(&weights[n].t());
    }
    v
}

pub fn no_slopes(
    weights: Layers,
    x: Layers,
    x_hat: Layers,
    shares: &[f64],
) -> Array2<f64> {
    let last = weights.len() - 1;
    let mut v = Array2::zeros(x_hat[last].raw_dim());
    for n in (0..=last).rev() {
        v = (v + own(n, x, x_hat, shares)).dot(&weights[n].t());
    }
    v
}
