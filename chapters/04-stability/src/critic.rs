//! What holds a critic's slope near 1: weights that are clipped, or a
//! penalty on the length of its gradient, by hand.

use gan::plain::through;
use gradients::plain::{
    Activation, Layer, Mlp, Parameters, last, product, real,
};
use ndarray::{Array1, Array2, NdFloat};

// ANCHOR: clip
/// Eq. 4.25: every parameter back between `-c` and `c`.
pub fn clip<F: NdFloat>(net: &mut impl Parameters<F>, c: F) {
    for mut p in net.parameters_mut() {
        p.mapv_inplace(|v| match v {
            v if v > c => c,
            v if v < -c => -c,
            v => v,
        });
    }
}
// ANCHOR_END: clip

// ANCHOR: between
/// Eq. 4.26: a point between each real example and a fake, at the share
/// `eps`, `[B, 1]`, which lies between 0 and 1. `[B, X]`
pub fn between<F: NdFloat>(
    x_real: &Array2<F>, // [B, X]
    x_fake: &Array2<F>, // [B, X]
    eps: &Array2<F>,    // [B, 1]
) -> Array2<F> {
    x_fake + &((x_real - x_fake) * eps) // [B, X]
}
// ANCHOR_END: between

// ANCHOR: penalty
/// Eq. 4.27: the mean over rows of a function of the length of the logit's
/// gradient, and the gradient of that mean at every parameter. `of_norm`
/// gives the function's value and its slope.
///
/// # Panics
/// An activation is curved.
pub fn penalty_under<F: NdFloat>(
    d: &Mlp<F>,
    x: &Array2<F>, // [B, X]
    of_norm: impl Fn(F) -> (F, F),
) -> (F, Mlp<F>) {
    let outputs = d.forward(x);
    let ones = Array2::ones(last(&outputs).raw_dim()); // [B, 1]
    let (mut d_v, sums) = through(d, &outputs, ones); // [B, X]
    let (rows, mut value) = (real::<F>(x.nrows() as f64), F::zero());
    for mut v in d_v.rows_mut() {
        let n = v.dot(&v).sqrt();
        let (of_n, slope) = of_norm(n);
        value += of_n / rows;
        let along = if n > F::zero() { slope / n } else { F::zero() };
        v *= along / rows;
    }
    (value, at_the_weights(d, &outputs, sums, d_v))
}

/// WGAN-GP's: λ times the squared distance of that length from 1.
pub fn gradient_penalty<F: NdFloat>(
    d: &Mlp<F>,
    x: &Array2<F>, // [B, X]
    lambda: f64,
) -> (F, Mlp<F>) {
    let lambda = real::<F>(lambda);
    penalty_under(d, x, |n| {
        let off = n - F::one();
        (lambda * off * off, real::<F>(2.0) * lambda * off)
    })
}
// ANCHOR_END: penalty

/// Eq. 3.6: from the gradient at the logit's gradient, `[B, X]`, to that at
/// every weight; `sums` is what `through` left on its way.
fn at_the_weights<F: NdFloat>(
    d: &Mlp<F>,
    outputs: &[Array2<F>],
    sums: Vec<Array2<F>>,
    mut d_v: Array2<F>, // [B, X]
) -> Mlp<F> {
    let mut layers = Vec::new();
    for ((layer, u), y) in d.layers.iter().zip(sums).zip(&outputs[1..]) {
        let curved = [Activation::Tanh, Activation::Sigmoid];
        assert!(!curved.contains(&layer.activation), "a curved activation");
        let w = product(d_v.t(), u.view()); // [I, O]
        let d_u = product(d_v.view(), layer.w.view()); // [B, O]
        d_v = layer.activation.backward(y, d_u); // [B, O]
        let b = Array1::zeros(layer.b.len()); // [O]
        layers.push(Layer { w, b, activation: layer.activation });
    }
    Mlp { layers }
}
