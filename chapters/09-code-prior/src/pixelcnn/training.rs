//! A PixelCNN in training, in either room.

use datasets::Batches;
use gradients::model::Model;
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::{Array2, Axis};

use super::PixelCnn;
use crate::model::PriorError;
use crate::on_dfdx;
use crate::training::{Config, TrainingError};

/// A PixelCNN in training, in either room.
pub trait Learns: Resumable {
    /// The model as it is now.
    fn pixelcnn(&self) -> PixelCnn<f32>;

    /// The loss before each step, in nats a code.
    fn losses(&self) -> Vec<f32>;

    /// What each code costs the model as it is now, computed where it is trained. `[N, T]`
    ///
    /// # Errors
    /// A code is not below K, or there are not T to an image.
    fn nats(&self, codes: &Array2<usize>) -> Result<Array2<f64>, PriorError>;
}

/// A run in progress. It sees the batches that a prior of the same seed sees.
pub struct Training<'a> {
    /// How.
    pub config: Config,
    /// The model, its optimiser, and the loss before each step, in nats a code.
    pub model: Model<PixelCnn<f32>>,
    codes: &'a Array2<usize>,
    batches: Batches,
}

impl<'a> Training<'a> {
    /// A run on code maps `[N, T]` that has not begun.
    ///
    /// # Errors
    /// The sizes do not fit together, a code is not below K, or there are fewer maps than a batch holds.
    pub fn new(
        config: Config,
        codes: &'a Array2<usize>,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        let net = PixelCnn::new(config.sizes, &mut rng_at(seed, u64::MAX))?;
        net.check(codes)?;
        let model = Model::new("pixelcnn", net, config.adam);
        let batches = Batches::new(codes.nrows(), config.batch, seed)?;
        Ok(Self { config, model, codes, batches })
    }

    /// A mistake: the first convolution sees the code that is asked for.
    pub fn that_sees_its_answer(mut self) -> Self {
        self.model.net = self.model.net.that_sees_its_answer();
        self
    }

    /// The maps of step `n`. `[B, T]`
    pub fn batch(&mut self, n: u64) -> Array2<usize> {
        self.codes.select(Axis(0), &self.batches.batch(n))
    }
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let n = self.model.adam.t;
        let codes = self.batch(n); // [B, T]
        let learnt = self.model.net.loss_and_gradient(&codes);
        let (loss, d) = learnt.expect("maps that were checked before");
        self.model.adam.config.lr = self.config.lr(n);
        self.model.step(loss, &d)?;
        Ok(format!("{loss:.3} nats"))
    }

    fn configuration(&mut self) -> String {
        let codes = digest([&self.codes.mapv(|c| c as f32)]);
        let (first, config) = (self.model.net.first, self.config);
        format!("codes: {codes}\nfirst mask: {first:?}\n{config:#?}")
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

impl Learns for Training<'_> {
    fn pixelcnn(&self) -> PixelCnn<f32> {
        self.model.net.clone()
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses.clone()
    }

    fn nats(&self, codes: &Array2<usize>) -> Result<Array2<f64>, PriorError> {
        self.model.net.nats(codes)
    }
}

/// The training in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Learns + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::pixelcnn::Training::new(&dev, plain)
    })
}
