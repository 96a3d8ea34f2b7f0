//! One step of the discriminator on dfdx. The generator is on the tape only
//! when its output is handed over with one.

use dfdx::nn::modules;
use dfdx::optim::Adam;
use dfdx::prelude::*;
use gradients::on_dfdx::{adam_config, bce_with_logits};
use gradients::plain::{AdamConfig, Mlp};
use lab::tensor;
use minimax_loss::on_dfdx::d_loss;
use ndarray::Array2;

use crate::plain::Targets;

// ANCHOR: types
/// Noise of width 100 in, 784 pixels in [-1, 1] out.
pub type Generator<E, D> = (
    (modules::Linear<100, 128, E, D>, ReLU),
    (modules::Linear<128, 784, E, D>, Tanh),
);

/// 784 pixels in, one logit out.
pub type Discriminator<E, D> = (
    (modules::Linear<784, 128, E, D>, LeakyReLU<E>),
    modules::Linear<128, 1, E, D>,
);
// ANCHOR_END: types

/// The plain generator's weights as a dfdx module.
///
/// # Panics
/// The plain network has other widths.
pub fn generator<D: Device<f32>>(
    dev: &D,
    plain: &Mlp<f32>,
) -> Generator<f32, D> {
    let mut net: Generator<f32, D> = BuildModule::build(dev);
    net.0.0.weight = tensor(dev, &plain.layers[0].w.t(), Default::default());
    net.0.0.bias = tensor(dev, &plain.layers[0].b, Default::default());
    net.1.0.weight = tensor(dev, &plain.layers[1].w.t(), Default::default());
    net.1.0.bias = tensor(dev, &plain.layers[1].b, Default::default());
    net
}

/// The plain discriminator's weights as a dfdx module.
///
/// # Panics
/// The plain network has other widths.
pub fn discriminator<D: Device<f32>>(
    dev: &D,
    plain: &Mlp<f32>,
) -> Discriminator<f32, D> {
    let mut net: Discriminator<f32, D> = BuildModule::build(dev);
    net.0.0.weight = tensor(dev, &plain.layers[0].w.t(), Default::default());
    net.0.0.bias = tensor(dev, &plain.layers[0].b, Default::default());
    net.0.1 = LeakyReLU(0.2);
    net.1.weight = tensor(dev, &plain.layers[1].w.t(), Default::default());
    net.1.bias = tensor(dev, &plain.layers[1].b, Default::default());
    net
}

// ANCHOR: train
/// Trains `d` on pairs of real and fake batches `[B, 784]`; returns the loss
/// before each step. Each batch has a tape of its own; adding the two terms
/// of the loss merges them.
pub fn train<D: Device<f32>>(
    dev: &D,
    d: &mut Discriminator<f32, D>,
    config: AdamConfig,
    batches: impl Iterator<Item = (Array2<f32>, Array2<f32>)>,
) -> Vec<f32> {
    let mut adam = Adam::new(d, adam_config(config));
    let mut losses = Vec::new();
    for (real, fake) in batches {
        let shape = (real.nrows(), Const::<784>);
        let x_real = tensor(dev, &real, shape).traced(d.alloc_grads());
        let x_fake = tensor(dev, &fake, shape).leaky_traced();
        let loss = d_loss(d.forward(x_real), d.forward(x_fake));
        losses.push(loss.as_vec()[0]);
        adam.update(d, &loss.backward()).expect("every parameter is used");
    }
    losses
}
// ANCHOR_END: train

// ANCHOR: leak
/// Eq. 2.4: the discriminator's loss on fakes made from noise `z`, and its
/// gradient at the generator's first weights. `split_tape` is what other
/// libraries call detach: the numbers stay, their history goes.
pub fn leak_into_generator<D: Device<f32>>(
    g: &Generator<f32, D>,
    d: &Discriminator<f32, D>,
    z: Tensor<(usize, Const<100>), f32, D>,
    detach: bool,
) -> Array2<f32> {
    let mut x_fake = g.forward(z.traced(g.alloc_grads())); // [B, 784]
    if detach {
        let (numbers, _history) = x_fake.split_tape();
        x_fake = numbers.traced(g.alloc_grads());
    }
    let s_fake = d.forward(x_fake); // [B, 1]
    let zeros = s_fake.device().zeros_like(&s_fake.shape().clone());
    let gradients = bce_with_logits(s_fake, zeros).backward();
    lab::array(&gradients.get(&g.0.0.weight)) // [128, 100]
}
// ANCHOR_END: leak

/// Eq. 2.5: the discriminator's loss with smoothed targets.
pub fn smoothed_d_loss<S: Shape, R: Shape, E: Dtype, D: Device<E>, T, U>(
    s_real: Tensor<S, E, D, T>,
    s_fake: Tensor<R, E, D, U>,
    targets: Targets,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<U>,
    U: Tape<E, D>,
{
    let number = |v: f64| E::from_f64(v).expect("a target is a number");
    let real = s_real.device().ones_like(&s_real.shape().clone());
    let fake = s_fake.device().ones_like(&s_fake.shape().clone());
    bce_with_logits(s_real, real * number(targets.real))
        + bce_with_logits(s_fake, fake * number(targets.fake))
}

/// Eq. 2.8: the article's discriminator loss, one batch against both targets.
pub fn article_d_loss<S: Shape, E: Dtype, D: Device<E>, T>(
    s_real: Tensor<S, E, D, T>,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<T>,
{
    let again = s_real.with_empty_tape();
    d_loss(s_real, again)
}
