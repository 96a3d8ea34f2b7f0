//! A discriminator in training on any two sources of batches.

use gradients::model::Model;
use gradients::plain::{Activation, AdamConfig, Mlp};
use lab::{Checkpoint, CheckpointError, Resumable};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::plain::{
    Targets, d_step_under, smoothed_d_loss, smoothed_d_loss_backward,
};

/// Training in progress. `batches` gives the real and the fake batch of a step; as a function of the step alone, it
/// lets a resumed run see what an uninterrupted one would have seen.
pub struct Training<B> {
    /// The discriminator and its optimiser.
    pub d: Model,
    /// What the discriminator is told to answer.
    pub targets: Targets,
    /// Where the step size falls to a twentieth.
    pub cool_from: u64,
    lr: f64,
    batches: B,
}

impl<B: FnMut(u64) -> (Array2<f32>, Array2<f32>)> Training<B> {
    /// A discriminator of these widths, with leaky ReLUs of slope 0.2 between its layers.
    pub fn new(
        widths: &[usize],
        config: AdamConfig,
        rng: &mut impl Rng,
        batches: B,
    ) -> Self {
        let net = Mlp::new(
            widths,
            Activation::LeakyRelu(0.2),
            Activation::Identity,
            rng,
        );
        Self {
            d: Model::new(net, config),
            targets: Targets { real: 1.0, fake: 0.0 },
            cool_from: u64::MAX,
            lr: config.lr,
            batches,
        }
    }
}

impl<B: FnMut(u64) -> (Array2<f32>, Array2<f32>)> Resumable for Training<B> {
    fn steps_done(&self) -> u64 {
        self.d.adam.t
    }

    fn step(&mut self) -> String {
        let step = self.d.adam.t;
        let (x_real, x_fake) = (self.batches)(step);
        let targets = self.targets;
        let (loss, d_net) =
            d_step_under(&self.d.net, &x_real, &x_fake, |s_real, s_fake| {
                let loss = smoothed_d_loss(s_real, s_fake, targets);
                (loss, smoothed_d_loss_backward(s_real, s_fake, targets))
            });
        let cool = if step < self.cool_from { 1.0 } else { 0.05 };
        self.d.adam.config.lr = cool * self.lr;
        self.d.step(loss, &d_net);
        format!("loss {loss:.3}")
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.d.save("discriminator", checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.d.restore("discriminator", checkpoint)
    }
}
