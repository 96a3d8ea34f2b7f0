//! The reader's answers in the place of this chapter's functions, with the feature `mine`; those of `solutions/` with
//! `solved`. They are written for f64; what trains in f32 is widened on the way in and narrowed on the way out.

use gradients::plain::{
    Activation, Layer, Mlp, linear, linear_backward,
    linear_backward_parameters, product,
};
use lab::mine::{Exercise, narrow, wide};
use ndarray::{Array1, Array2, NdFloat};

use crate::plain::conv_backward;

#[cfg_attr(feature = "solved", path = "../solutions/cheapest.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/cheapest.rs")]
mod cheapest;
#[cfg_attr(feature = "solved", path = "../solutions/col2im.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/col2im.rs")]
mod col2im;
#[cfg_attr(feature = "solved", path = "../solutions/im2col.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/im2col.rs")]
mod im2col;
#[cfg_attr(feature = "solved", path = "../solutions/mse_over_variance.rs")]
#[cfg_attr(
    not(feature = "solved"),
    path = "../exercises/mse_over_variance.rs"
)]
mod mse_over_variance;
#[cfg_attr(feature = "solved", path = "../solutions/residual_backward.rs")]
#[cfg_attr(
    not(feature = "solved"),
    path = "../exercises/residual_backward.rs"
)]
mod residual_backward;

static IM2COL: Exercise = Exercise::new("8.1 im2col");
static COL2IM: Exercise = Exercise::new("8.2 col2im");
static RESIDUAL: Exercise = Exercise::new("8.3 residual_backward");
static MSE_OVER_VARIANCE: Exercise = Exercise::new("8.5 mse_over_variance");
static CHEAPEST: Exercise = Exercise::new("8.7 cheapest");

fn columns<F: NdFloat>(x: &Array2<F>, side: usize) -> Option<Array2<F>> {
    IM2COL.ask(|| narrow(im2col::im2col(&wide(x), side))) // [N, 9C]
}

pub(crate) fn conv<F: NdFloat>(
    x: &Array2<F>, // [N, C]
    w: &Array2<F>, // [9C, O]
    b: &Array1<F>, // [O]
    side: usize,
) -> Option<Array2<F>> {
    Some(linear(&columns(x, side)?, w, b)) // [N, O]
}

pub(crate) fn backward_of_conv<F: NdFloat>(
    x: &Array2<F>,   // [N, C]
    w: &Array2<F>,   // [9C, O]
    d_y: &Array2<F>, // [N, O]
    side: usize,
) -> Option<(Array2<F>, Array2<F>, Array1<F>)> {
    let (d_columns, d_w, d_b) = linear_backward(&columns(x, side)?, w, d_y); // [N, 9C]
    let d_x = COL2IM.ask(|| col2im::col2im(&wide(&d_columns), side))?;
    Some((narrow(d_x), d_w, d_b)) // [N, C]
}

pub(crate) fn half_backward<F: NdFloat>(
    net: &Mlp<F>,
    (x, a): (&Array2<F>, &[Array2<F>]), // [N, I], [N, C] each
    d_y: &Array2<F>,                    // [N, O]
    side: usize,
) -> Option<(Array2<F>, Mlp<F>)> {
    let [_, blocks @ .., last] = &net.layers[..] else { return None };
    let relu = Activation::Relu;
    let r = &a[a.len() - 1]; // [N, C]
    let mut d = vec![linear_backward_parameters(r, d_y)];
    let mut d_h = relu.backward(r, product(d_y.view(), last.w.t())); // [N, C]
    for (a, block) in a.iter().zip(blocks).rev() {
        let (d_a, d_w, d_b) = conv_backward(a, &block.w, &d_h, side);
        d.push((d_w, d_b));
        d_h = RESIDUAL.ask(|| {
            let [a, d_h, d_a] = [a, &d_h, &d_a].map(wide);
            narrow(residual_backward::residual_backward(&a, &d_h, &d_a))
        })?;
    }
    d.push(linear_backward_parameters(x, &d_h));
    let layers = d.into_iter().rev().zip(&net.layers);
    let layers = layers.map(|((w, b), layer)| Layer { w, b, ..*layer });
    Some((d_h, Mlp { layers: layers.collect() }))
}

pub(crate) fn mse_over_variance<F: NdFloat>(
    x: &Array2<F>,              // [N, X]
    reconstruction: &Array2<F>, // [N, X]
) -> Option<f64> {
    MSE_OVER_VARIANCE.ask(|| {
        let batch = (wide(x), wide(reconstruction));
        mse_over_variance::mse_over_variance(&[batch])
    })
}

pub(crate) fn cheapest<F: NdFloat>(
    z_e: &Array2<F>,      // [N, D]
    codebook: &Array2<F>, // [K, D]
    prices: &Array2<F>,   // [S², K]
) -> Option<Vec<usize>> {
    CHEAPEST.ask(|| {
        let [z_e, codebook, prices] = [z_e, codebook, prices].map(wide);
        cheapest::cheapest(&z_e, &codebook, &prices)
    })
}
