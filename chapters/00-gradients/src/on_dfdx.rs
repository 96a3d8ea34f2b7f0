//! The same functions under the same names on dfdx: only the forward passes
//! are written, the tape finds the gradients. Generic over the device.

use dfdx::nn::modules;
use dfdx::optim::Adam;
use dfdx::prelude::*;
use lab::tensor;
use ndarray::Array2;

use crate::plain;

// ANCHOR: linear
/// Eq. 0.1: `y = x w + b`. The tape that comes with `x` leaves with `y`.
pub fn linear<B: Dim, I: Dim, O: Dim, E: Dtype, D: Device<E>, T>(
    x: Tensor<(B, I), E, D, T>,
    w: Tensor<(I, O), E, D>,
    b: Tensor<(O,), E, D>,
) -> Tensor<(B, O), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let y = x.matmul(w); // [B, O]
    let shape = *y.shape();
    y + b.broadcast_like(&shape) // [B, O]
}
// ANCHOR_END: linear

// ANCHOR: losses
/// Eq. 0.5: mean binary cross-entropy, in nats, of logits and targets.
pub fn bce_with_logits<S: Shape, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    s: Tensor<S, E, D, T>,
    t: Tensor<S, E, D>,
) -> Tensor<(), E, D, T> {
    s.bce_with_logits(t).mean()
}

/// Eq. 0.7: mean squared error.
pub fn mse<S: Shape, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    y: Tensor<S, E, D, T>,
    t: Tensor<S, E, D>,
) -> Tensor<(), E, D, T> {
    (y - t).square().mean()
}

/// Eq. 0.8: mean cross-entropy, in nats, of the softmax of logits `s` and
/// one-hot targets, both `[B, K]`.
pub fn cross_entropy<B: Dim, K: Dim, E: Dtype, D: Device<E>, T>(
    s: Tensor<(B, K), E, D, T>,
    one_hot: Tensor<(B, K), E, D>,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D>,
{
    let rows = E::from_usize(s.shape().0.size()).expect("a count");
    let picked = s.log_softmax::<Axis<1>>() * one_hot; // [B, K]
    picked.sum().negate() / rows
}
// ANCHOR_END: losses

// ANCHOR: activation
/// Eq. 0.3: the value of an activation. Any shape.
pub fn activation<S: Shape, E: Dtype, D: Device<E>, T>(
    kind: plain::Activation,
    x: Tensor<S, E, D, T>,
) -> Tensor<S, E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    match kind {
        plain::Activation::Identity => x,
        plain::Activation::Relu => x.relu(),
        plain::Activation::LeakyRelu(slope) => {
            let slope = E::from_f64(slope).expect("a slope is a number");
            x.prelu(slope)
        }
        plain::Activation::Tanh => x.tanh(),
        plain::Activation::Sigmoid => x.sigmoid(),
    }
}
// ANCHOR_END: activation

// ANCHOR: classifier
/// The digit classifier as a type: the compiler checks every width.
pub type Classifier<D> = (
    (modules::Linear<784, 128, f32, D>, ReLU),
    modules::Linear<128, 10, f32, D>,
);

/// The classifier with the weights of the plain one, which dfdx stores as
/// `[O, I]`.
///
/// # Panics
/// The plain network does not have these widths.
pub fn classifier<D: Device<f32>>(
    dev: &D,
    plain: &plain::Mlp<f32>,
) -> Classifier<D> {
    let [first, last] = &plain.layers[..] else {
        panic!("the classifier has two layers, not {}", plain.layers.len());
    };
    let mut net: Classifier<D> = BuildModule::build(dev);
    net.0.0.weight = tensor(dev, &first.w.t(), Default::default());
    net.0.0.bias = tensor(dev, &first.b, Default::default());
    net.1.weight = tensor(dev, &last.w.t(), Default::default());
    net.1.bias = tensor(dev, &last.b, Default::default());
    net
}
// ANCHOR_END: classifier

// ANCHOR: train
/// Trains the classifier on batches of pixels `[B, 784]` and classes, and
/// returns the loss before each step.
pub fn train<D: Device<f32>>(
    dev: &D,
    net: &mut Classifier<D>,
    config: plain::AdamConfig,
    batches: impl Iterator<Item = (Array2<f32>, Vec<usize>)>,
) -> Vec<f32> {
    let mut adam = Adam::new(net, adam_config(config));
    let mut grads = Some(net.alloc_grads());
    let mut losses = Vec::new();
    for (x, classes) in batches {
        let rows = classes.len();
        let x = tensor(dev, &x, (rows, Const::<784>));
        let t = plain::one_hot(&classes, 10);
        let t = tensor(dev, &t, (rows, Const::<10>));

        let tape = grads.take().unwrap_or_else(|| net.alloc_grads());
        let s = net.forward(x.traced(tape)); // [B, 10]
        let loss = cross_entropy(s, t);
        losses.push(loss.as_vec()[0]);
        let mut d_net = loss.backward();
        adam.update(net, &d_net).expect("every parameter has a gradient");
        net.zero_grads(&mut d_net);
        grads = Some(d_net);
    }
    losses
}
// ANCHOR_END: train

/// Adam's constants as dfdx takes them.
pub fn adam_config(config: plain::AdamConfig) -> AdamConfig {
    AdamConfig {
        lr: config.lr,
        betas: [config.beta1, config.beta2],
        eps: config.eps,
        weight_decay: None,
    }
}
