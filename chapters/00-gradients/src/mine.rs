//! The reader's answers in the place of this chapter's functions, with the feature `mine`; those of `solutions/` with
//! `solved`. They are written for f64; what trains in f32 is widened on the way in and narrowed on the way out.

use lab::mine::{Exercise, narrow, one, wide};
use ndarray::{
    Array, Array1, Array2, ArrayView, ArrayViewMut, IxDyn, NdFloat,
};

use crate::plain::{AdamConfig, Layer, Mlp};

#[cfg_attr(feature = "solved", path = "../solutions/adam_step.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/adam_step.rs")]
mod adam_step;
#[cfg_attr(feature = "solved", path = "../solutions/bce_backward.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/bce_backward.rs")]
mod bce_backward;
#[cfg_attr(feature = "solved", path = "../solutions/bce_with_logits.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/bce_with_logits.rs")]
mod bce_with_logits;
#[cfg_attr(feature = "solved", path = "../solutions/linear_backward.rs")]
#[cfg_attr(not(feature = "solved"), path = "../exercises/linear_backward.rs")]
mod linear_backward;

static LINEAR: Exercise = Exercise::new("0.1 linear_backward");
static BCE: Exercise = Exercise::new("0.2 bce_with_logits");
static BCE_BACKWARD: Exercise = Exercise::new("0.3 bce_backward");
static ADAM: Exercise = Exercise::new("0.5 adam_step");

pub(crate) fn backward_parameters<F: NdFloat>(
    net: &Mlp<F>,
    outputs: &[Array2<F>],
    d_y: &Array2<F>, // [B, O]
) -> Option<(Array2<F>, Mlp<F>)> {
    let (mut d_s, mut layers) = (d_y.clone(), Vec::new());
    for (n, layer) in net.layers.iter().enumerate().rev() {
        d_s = layer.activation.backward(&outputs[n + 1], d_s); // [B, O]
        let (d_x, w, b) = LINEAR.ask(|| {
            let [x, w, d_y] = [&outputs[n], &layer.w, &d_s].map(wide);
            linear_backward::linear_backward(&x, &w, &d_y)
        })?;
        let (w, b) = (narrow(w), narrow(b)); // [I, O], [O]
        layers.push(Layer { w, b, activation: layer.activation });
        if n > 0 {
            d_s = narrow(d_x); // [B, I]
        }
    }
    layers.reverse();
    Some((d_s, Mlp { layers }))
}

pub(crate) fn linear_backward_parameters<F: NdFloat>(
    x: &Array2<F>,   // [B, I]
    d_y: &Array2<F>, // [B, O]
) -> Option<(Array2<F>, Array1<F>)> {
    LINEAR.ask(|| {
        // Nobody asks for the gradient at x here, and the two others do not depend on w.
        let w = Array2::zeros((x.ncols(), d_y.ncols()));
        let (_, d_w, d_b) =
            linear_backward::linear_backward(&wide(x), &w, &wide(d_y));
        (narrow(d_w), narrow(d_b)) // [I, O], [O]
    })
}

pub(crate) fn bce_with_logits<F: NdFloat>(
    s: &Array2<F>,
    t: &Array2<F>,
) -> Option<F> {
    BCE.ask(|| one(bce_with_logits::bce_with_logits(&wide(s), &wide(t))))
}

pub(crate) fn bce_backward<F: NdFloat>(
    s: &Array2<F>,
    t: &Array2<F>,
) -> Option<Array2<F>> {
    BCE_BACKWARD
        .ask(|| narrow(bce_backward::bce_backward(&wide(s), &wide(t))))
}

pub(crate) fn adam_step<F: NdFloat>(
    theta: &mut ArrayViewMut<F, IxDyn>,
    d_theta: &ArrayView<F, IxDyn>,
    m: &mut Array<F, IxDyn>,
    v: &mut Array<F, IxDyn>,
    t: u64,
    config: AdamConfig,
) -> Option<()> {
    let flat = |x: ArrayView<F, IxDyn>| -> Array1<f64> {
        wide(&x).into_iter().collect()
    };
    ADAM.ask(|| {
        let [mut p, g] = [theta.view(), d_theta.view()].map(flat);
        let [mut m_, mut v_] = [m.view(), v.view()].map(flat);
        let AdamConfig { lr, beta1, beta2, eps } = config;
        let t = i32::try_from(t).unwrap_or(i32::MAX);
        let constants = [lr, beta1, beta2, eps];
        adam_step::adam_step(&mut p, &g, &mut m_, &mut v_, t, constants);
        let back = |to: ArrayViewMut<F, IxDyn>, from: Array1<f64>| {
            to.into_iter().zip(from).for_each(|(to, from)| *to = one(from));
        };
        back(theta.view_mut(), p);
        back(m.view_mut(), m_);
        back(v.view_mut(), v_);
    })
}
