//! A discriminator in training on any two sources of batches.

use gradients::model::Model;
use gradients::plain::{Activation, AdamConfig, Mlp};
use lab::{Checkpoint, CheckpointError, Resumable};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::plain::{
    Targets, d_step, smoothed_d_loss, smoothed_d_loss_backward, sum,
};

/// Training in progress. `batches` gives the real and the fake batch of a step; as a function of the step alone, it
/// lets a resumed run see what an uninterrupted one would have seen.
pub struct Training<B> {
    /// The discriminator and its optimiser.
    pub d: Model,
    /// The loss before each step done in this process, in nats.
    pub losses: Vec<f32>,
    /// What the discriminator is told to answer.
    pub targets: Targets,
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
        let targets = Targets { real: 1.0, fake: 0.0 };
        Self {
            d: Model::new(net, config),
            losses: Vec::new(),
            targets,
            batches,
        }
    }

    fn gradient(
        &self,
        x_real: &Array2<f32>,
        x_fake: &Array2<f32>,
    ) -> (f32, Mlp<f32>) {
        let d = &self.d.net;
        if self.targets == (Targets { real: 1.0, fake: 0.0 }) {
            return d_step(d, x_real, x_fake);
        }
        let (real, fake) = (d.forward(x_real), d.forward(x_fake));
        let (s_real, s_fake) = (&real[real.len() - 1], &fake[fake.len() - 1]);
        let (d_real, d_fake) =
            smoothed_d_loss_backward(s_real, s_fake, self.targets);
        let (_, from_real) = d.backward(&real, d_real);
        let (_, from_fake) = d.backward(&fake, d_fake);
        (
            smoothed_d_loss(s_real, s_fake, self.targets),
            sum(from_real, &from_fake),
        )
    }
}

impl<B: FnMut(u64) -> (Array2<f32>, Array2<f32>)> Resumable for Training<B> {
    fn steps_done(&self) -> u64 {
        self.d.adam.t
    }

    fn step(&mut self) -> String {
        let (x_real, x_fake) = (self.batches)(self.d.adam.t);
        let (loss, d_net) = self.gradient(&x_real, &x_fake);
        self.d.step(&d_net);
        self.losses.push(loss);
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
