//! A prior in training on a device.

use gradients::on_dfdx::{Model, arrays, to_plain};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains};
use ndarray::Array2;

use super::Prior;
use crate::model::{self, PriorError};
use crate::training::{self, Config, Learns, Source, save_sizes};

// ANCHOR: training
/// A prior in training on a device.
pub struct Training<'a, D: Trains> {
    config: Config,
    like: model::Prior<f32>,
    model: Model<Prior<f32, D>, D>,
    configuration: String,
    source: Source<'a>,
}

impl<D: Trains> Training<'_, D> {
    /// One step: the loss, the tape's gradient of it, Adam; all on the
    /// device, where the weights stay. The codes come as numbers.
    ///
    /// # Errors
    /// A loss is not finite.
    pub fn train_once(&mut self) -> Result<(), Diverged> {
        let n = self.model.adam.t;
        let [seen, codes] = self.source.batch(n); // [B, T] each
        let (loss, mut d) = self.model.net.learn(&seen, &codes);
        self.model.adam.config.lr = self.config.lr(n);
        self.model.step(loss, &mut d)?;
        if !self.source.positions {
            self.model.net.positions.fill_with_zeros();
        }
        Ok(())
    }
}
// ANCHOR_END: training

impl<'a, D: Trains> Training<'a, D> {
    /// Goes on where a training of the plain room begins.
    pub fn new(dev: &D, mut from: training::Training<'a>) -> Self {
        let configuration = from.configuration();
        let training::Training { config, model, source } = from;
        let net = Prior::new(dev, &model.net);
        let on_dev = Model::new(model.name, net, config.adam);
        let (like, model) = (model.net, on_dev);
        Self { config, like, model, configuration, source }
    }
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        self.train_once()?;
        Ok(format!("{} nats", self.model.last_loss()))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.model.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        save_sizes(self.config.sizes, checkpoint);
        self.source.save(checkpoint);
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
    fn prior(&self) -> model::Prior<f32> {
        to_plain(&self.like, &arrays(&self.model.net))
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses()
    }

    fn nats_given(
        &self,
        codes: &Array2<usize>,
        classes: &[Option<usize>],
    ) -> Result<Array2<f64>, PriorError> {
        self.like.check(codes)?;
        self.like.sizes().check_classes(codes.nrows(), classes)?;
        Ok(self.model.net.nats_given(codes, classes))
    }
}
