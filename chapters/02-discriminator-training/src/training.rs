//! A discriminator in training, in either room, on any two sources of batches.

use gradients::model::{Model, in_words};
use gradients::plain::{Activation, AdamConfig, Mlp, sigmoid};
use lab::{Checkpoint, CheckpointError, Diverged, Lab, Resumable, digest};
use minimax_loss::plain::{d_loss, d_loss_backward};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::on_dfdx;
use crate::plain::{
    Targets, article_d_loss, article_d_loss_backward, d_step_under,
    smoothed_d_loss, smoothed_d_loss_backward,
};

/// Which loss a discriminator goes down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Objective {
    /// Eq. 2.1.
    Minimax,
    /// Eq. 2.5.
    Smoothed(Targets),
    /// Eq. 2.8, the article's: real inputs scored twice, fakes never.
    Article,
}

/// How a discriminator is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Its loss.
    pub objective: Objective,
    /// Whether the loss gets probabilities in place of logits: a switch for one of the article's slips.
    pub two_sigmoids: bool,
    /// Its optimiser.
    pub adam: AdamConfig,
    /// Where the step size falls to a twentieth.
    pub cool_from: u64,
}

impl Config {
    /// Chapter 1's loss as it is.
    pub fn new(adam: AdamConfig) -> Self {
        let objective = Objective::Smoothed(Targets { real: 1.0, fake: 0.0 });
        let (two_sigmoids, cool_from) = (false, u64::MAX);
        Self { objective, two_sigmoids, adam, cool_from }
    }

    /// The step size of step `n`, counted from 0.
    pub fn lr(&self, n: u64) -> f64 {
        if n < self.cool_from { self.adam.lr } else { 0.05 * self.adam.lr }
    }
}

/// A real and a fake batch, `[B, X]`.
pub type Batches = (Array2<f32>, Array2<f32>);

/// A discriminator and its optimiser, in either room.
pub trait Discriminates {
    /// One step; a few words on it for the progress bar.
    ///
    /// # Errors
    /// The loss is not finite.
    fn learn(&mut self, batches: &Batches) -> Result<String, Diverged>;

    /// Looks at the losses that have not been looked at.
    ///
    /// # Errors
    /// One is not finite.
    fn settle(&mut self) -> Result<(), Diverged> {
        Ok(())
    }

    /// Steps done.
    fn steps_done(&self) -> u64;

    /// The network as it is now.
    fn net(&self) -> Mlp<f32>;

    /// The loss before each step.
    fn losses(&self) -> Vec<f32>;

    /// How it is trained, in words, the same in both rooms.
    fn configuration(&self) -> String;

    /// Puts everything that the next step depends on into a checkpoint.
    fn save(&self, checkpoint: &mut Checkpoint);

    /// The inverse of `save`, in either room.
    ///
    /// # Errors
    /// The checkpoint is of another network.
    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError>;
}

/// A discriminator in the plain room.
#[derive(Clone, Debug, PartialEq)]
pub struct Discriminator {
    /// The network and its optimiser.
    pub model: Model,
    /// How it is trained.
    pub config: Config,
}

impl Discriminator {
    /// One that has not been trained yet.
    pub fn new(net: Mlp<f32>, config: Config) -> Self {
        let model = Model::new("discriminator", net, config.adam);
        Self { model, config }
    }

    /// One of these widths, with leaky ReLUs of slope 0.2 between its layers.
    pub fn of_widths(
        widths: &[usize],
        config: Config,
        rng: &mut impl Rng,
    ) -> Self {
        let hidden = Activation::LeakyRelu(0.2);
        let net = Mlp::new(widths, hidden, Activation::Identity, rng);
        Self::new(net, config)
    }
}

/// The loss of two columns of logits, and its gradients at both.
fn scored(
    objective: Objective,
    s_real: &Array2<f32>,
    s_fake: &Array2<f32>,
) -> (f32, (Array2<f32>, Array2<f32>)) {
    match objective {
        Objective::Minimax => {
            (d_loss(s_real, s_fake), d_loss_backward(s_real, s_fake))
        }
        Objective::Smoothed(targets) => (
            smoothed_d_loss(s_real, s_fake, targets),
            smoothed_d_loss_backward(s_real, s_fake, targets),
        ),
        Objective::Article => {
            let d_real = article_d_loss_backward(s_real); // [B, 1]
            (article_d_loss(s_real), (d_real, s_fake * 0.0))
        }
    }
}

/// The same of their sigmoids.
fn scored_twice(
    objective: Objective,
    s_real: &Array2<f32>,
    s_fake: &Array2<f32>,
) -> (f32, (Array2<f32>, Array2<f32>)) {
    let (p, q) = (s_real.mapv(sigmoid), s_fake.mapv(sigmoid)); // [B, 1]
    let (loss, (d_p, d_q)) = scored(objective, &p, &q);
    let through =
        |d_p: Array2<f32>, p: &Array2<f32>| d_p * &p.mapv(|p| p * (1.0 - p));
    (loss, (through(d_p, &p), through(d_q, &q)))
}

impl Discriminates for Discriminator {
    fn learn(&mut self, batches: &Batches) -> Result<String, Diverged> {
        let (x_real, x_fake) = batches;
        let Config { objective, two_sigmoids, .. } = self.config;
        let of = if two_sigmoids { scored_twice } else { scored };
        let (loss, d_net) =
            d_step_under(&self.model.net, x_real, x_fake, |real, fake| {
                of(objective, real, fake)
            });
        self.model.adam.config.lr = self.config.lr(self.model.adam.t);
        let loss = self.model.step(loss, &d_net)?;
        Ok(format!("loss {loss:.3}"))
    }

    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn net(&self) -> Mlp<f32> {
        self.model.net.clone()
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses.clone()
    }

    fn configuration(&self) -> String {
        let net = in_words(&self.model.net);
        format!("discriminator: {net}\n{:#?}", self.config)
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.model.restore(checkpoint)
    }
}

/// The discriminator in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room(
    lab: &Lab,
    d: Discriminator,
) -> anyhow::Result<Box<dyn Discriminates>> {
    lab::in_room!(lab, d, |dev, plain| {
        on_dfdx::Discriminator::new(&dev, plain)
    })
}

/// Training in progress. `batches` gives the real and the fake batch of a step; as a function of the step alone, it
/// lets a resumed run see what an uninterrupted one would have seen.
pub struct Training<B> {
    /// What is trained.
    pub d: Box<dyn Discriminates>,
    batches: B,
}

impl<B: FnMut(u64) -> Batches> Training<B> {
    /// The training of a discriminator, wherever that is.
    pub fn new(d: Box<dyn Discriminates>, batches: B) -> Self {
        Self { d, batches }
    }
}

impl<B: FnMut(u64) -> Batches> Resumable for Training<B> {
    fn steps_done(&self) -> u64 {
        self.d.steps_done()
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let batches = (self.batches)(self.d.steps_done());
        self.d.learn(&batches)
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.d.settle()
    }

    fn configuration(&mut self) -> String {
        let (x_real, x_fake) = (self.batches)(0);
        let first = digest([&x_real, &x_fake]);
        format!("first batch: {first}\n{}", self.d.configuration())
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.d.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.d.restore(checkpoint)
    }
}
