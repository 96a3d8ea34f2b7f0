//! A PixelCNN in training on a device.

use gradients::on_dfdx::{Model, arrays, to_plain};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains};
use ndarray::Array2;

use super::PixelCnn;
use crate::model::PriorError;
use crate::pixelcnn::{self, Learns};

/// A PixelCNN in training on a device.
pub struct Training<'a, D: Trains> {
    plain: pixelcnn::Training<'a>,
    model: Model<PixelCnn<f32, D>, D>,
}

impl<'a, D: Trains> Training<'a, D> {
    /// Goes on where a training of the plain room begins.
    pub fn new(dev: &D, plain: pixelcnn::Training<'a>) -> Self {
        let net = PixelCnn::new(dev, &plain.model.net);
        let model = Model::new(plain.model.name, net, plain.config.adam);
        Self { plain, model }
    }
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let n = self.model.adam.t;
        let (loss, mut d) = self.model.net.learn(&self.plain.batch(n));
        self.model.adam.config.lr = self.plain.config.lr(n);
        self.model.step(loss, &mut d)?;
        Ok(format!("{} nats", self.model.last_loss()))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.model.settle()
    }

    fn configuration(&mut self) -> String {
        self.plain.configuration()
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

impl<D: Trains> Learns for Training<'_, D> {
    fn pixelcnn(&self) -> pixelcnn::PixelCnn<f32> {
        to_plain(&self.plain.model.net, &arrays(&self.model.net))
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses()
    }

    fn nats(&self, codes: &Array2<usize>) -> Result<Array2<f64>, PriorError> {
        self.plain.model.net.check(codes)?;
        Ok(self.model.net.nats(codes))
    }
}
