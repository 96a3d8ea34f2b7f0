//! A prior in training on a device.

use std::time::{Duration, Instant};

use gradients::on_dfdx::{Model, arrays, to_plain};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains};
use ndarray::Array2;

use super::Prior;
use crate::model::{self, PriorError};
use crate::training::{
    self, Config, Learns, Source, restore_time, save_sizes, save_time,
};

// ANCHOR: training
/// A prior in training on a device.
pub struct Training<'a, D: Trains> {
    config: Config,
    like: model::Prior<f32>,
    model: Model<Prior<f32, D>, D>,
    time: Duration,
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
    pub fn new(dev: &D, from: training::Training<'a>) -> Self {
        let training::Training { config, model, time, source } = from;
        let net = Prior::new(dev, &model.net);
        let on_dev = Model::new(model.name, net, config.adam);
        Self { config, like: model.net, model: on_dev, time, source }
    }
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let start = Instant::now();
        self.train_once()?;
        self.time += start.elapsed();
        Ok(format!("{:.3} nats", self.model.last_loss()))
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        save_sizes(self.config.sizes, checkpoint);
        save_time(self.time, checkpoint);
        self.model.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let time = restore_time(checkpoint)?;
        self.model.restore(checkpoint)?;
        self.time = time;
        Ok(())
    }
}

impl<D: Trains> Learns for Training<'_, D> {
    fn prior(&self) -> model::Prior<f32> {
        to_plain(&self.like, &arrays(&self.model.net))
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses()
    }

    fn time(&self) -> Duration {
        self.time
    }

    fn nats(&self, codes: &Array2<usize>) -> Result<Array2<f64>, PriorError> {
        self.like.check(codes)?;
        Ok(self.model.net.nats(codes))
    }
}
