//! One step of the discriminator on dfdx. The generator is on the tape only
//! when its output is handed over with one.

use dfdx::prelude::*;
use gradients::on_dfdx::{
    Loss, Matrix, Mlp, Model, Number, Taped, bce_with_logits, number,
    value_and_gradients, zeros,
};
use gradients::plain;
use lab::{Checkpoint, CheckpointError, Diverged, Trains, tensor};
use minimax_loss::on_dfdx::d_loss;
use ndarray::Array2;

use crate::plain::Targets;
use crate::training::{self, Batches, Config, Discriminates, Objective};

// ANCHOR: types
/// The article's generator and, behind it, a discriminator, as one type:
/// noise of width 100 in, 784 pixels in [-1, 1] in between, one logit out.
pub type TypedPlayers<D> = (
    (
        (modules::Linear<100, 128, f32, D>, ReLU),
        (modules::Linear<128, 784, f32, D>, Tanh),
    ),
    (
        (modules::Linear<784, 128, f32, D>, LeakyReLU<f32>),
        modules::Linear<128, 1, f32, D>,
    ),
);
// ANCHOR_END: types

// ANCHOR: step
/// Eq. 2.1: the discriminator's loss on a real and a fake batch.
pub fn d_step<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x_real: Matrix<E, D>, // [B, X]
    x_fake: Matrix<E, D>, // [B, X]
) -> Loss<E, D> {
    d_step_under(d, x_real, x_fake, d_loss)
}

/// The same under any loss of the two columns of logits. Each batch has a
/// tape of its own; adding the two terms of the loss merges them.
pub fn d_step_under<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x_real: Matrix<E, D>, // [B, X]
    x_fake: Matrix<E, D>, // [B, X]
    loss: impl FnOnce(Taped<E, D>, Taped<E, D>) -> Loss<E, D>,
) -> Loss<E, D> {
    let s_real = d.forward(x_real.leaky_traced()); // [B, 1]
    let s_fake = d.forward(x_fake.leaky_traced()); // [B, 1]
    loss(s_real, s_fake)
}
// ANCHOR_END: step

// ANCHOR: leak
/// Eq. 2.4: the discriminator's loss on fakes made from noise `z`. Its tape
/// leads into the generator. `split_tape` does what other libraries
/// call detach: the numbers stay, their history goes.
pub fn leak_into_generator<E: Number, D: Device<E>>(
    g: &Mlp<E, D>,
    d: &Mlp<E, D>,
    z: Matrix<E, D>, // [B, Z]
    detach: bool,
) -> Loss<E, D> {
    let mut x_fake = g.forward(z.traced(zeros(g))); // [B, X]
    if detach {
        let (numbers, _history) = x_fake.split_tape();
        x_fake = numbers.traced(zeros(g));
    }
    let s_fake = d.forward(x_fake); // [B, 1]
    let target = s_fake.device().zeros_like(&s_fake.shape().clone());
    bce_with_logits(s_fake, target)
}
// ANCHOR_END: leak

/// Eq. 2.7: the gradient that reaches the fakes, `[B, X]`, through `d`,
/// given a generator's loss.
pub fn input_gradient<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x_fake: &Matrix<E, D>, // [B, X]
    loss: impl FnOnce(Taped<E, D>) -> Loss<E, D>,
) -> Matrix<E, D> {
    let s_fake = d.forward(x_fake.leaky_trace()); // [B, 1]
    let found = loss(s_fake).backward();
    found.get(x_fake) // [B, X]
}

/// Eq. 2.5: the discriminator's loss with smoothed targets.
pub fn smoothed_d_loss<E: Number, D: Device<E>>(
    s_real: Taped<E, D>, // [B, 1]
    s_fake: Taped<E, D>, // [B, 1]
    targets: Targets,
) -> Loss<E, D> {
    let column = |s: &Taped<E, D>, target| {
        s.device().ones_like(s.shape()) * number::<E>(target) // [B, 1]
    };
    let real = column(&s_real, targets.real);
    let fake = column(&s_fake, targets.fake);
    bce_with_logits(s_real, real) + bce_with_logits(s_fake, fake)
}

/// Eq. 2.8: the article's discriminator loss, one batch against both targets.
pub fn article_d_loss<E: Number, D: Device<E>>(s: Taped<E, D>) -> Loss<E, D> {
    let again = s.with_empty_tape(); // [B, 1]
    d_loss(s, again)
}

/// The loss of two columns of logits.
fn scored<E: Number, D: Device<E>>(
    config: Config,
    mut s_real: Taped<E, D>,
    mut s_fake: Taped<E, D>,
) -> Loss<E, D> {
    if config.two_sigmoids {
        (s_real, s_fake) = (s_real.sigmoid(), s_fake.sigmoid());
    }
    match config.objective {
        Objective::Minimax => d_loss(s_real, s_fake),
        Objective::Smoothed(to) => smoothed_d_loss(s_real, s_fake, to),
        Objective::Article => article_d_loss(s_real),
    }
}

/// A discriminator in training on a device.
pub struct Discriminator<D: Trains> {
    dev: D,
    model: Model<Mlp<f32, D>, D>,
    config: Config,
    configuration: String,
}

impl<D: Trains> Discriminator<D> {
    /// Goes on where one of the plain room begins.
    pub fn new(dev: &D, from: training::Discriminator) -> Self {
        let net = Mlp::new(dev, &from.model.net);
        let model = Model::new(from.model.name, net, from.config.adam);
        let configuration = from.configuration();
        let (dev, config) = (dev.clone(), from.config);
        Self { dev, model, config, configuration }
    }
}

impl<D: Trains> Discriminates for Discriminator<D> {
    // ANCHOR: train
    /// Forward, loss, the tape's backward, Adam.
    fn learn(&mut self, batches: &Batches) -> Result<String, Diverged> {
        let on_dev = |x: &Array2<f32>| tensor(&self.dev, x, x.dim());
        let x_real = on_dev(&batches.0); // [B, X]
        let x_fake = on_dev(&batches.1); // [B, X]
        let config = self.config;
        let loss = d_step_under(&self.model.net, x_real, x_fake, |r, f| {
            scored(config, r, f)
        });
        let (value, mut d_net) = value_and_gradients(loss);
        self.model.adam.config.lr = config.lr(self.model.adam.t);
        self.model.step(value, &mut d_net)?;
        Ok(format!("loss {}", self.model.last_loss()))
    }
    // ANCHOR_END: train

    fn settle(&mut self) -> Result<(), Diverged> {
        self.model.settle()
    }

    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn net(&self) -> plain::Mlp<f32> {
        self.model.net.to_plain()
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses()
    }

    fn configuration(&self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model.save(checkpoint);
    }

    fn restore(&mut self, from: &Checkpoint) -> Result<(), CheckpointError> {
        self.model.restore(from)
    }
}
