//! A network together with its optimiser: what a training run changes, and what its checkpoint holds.

use lab::{Checkpoint, CheckpointError};
use ndarray::ArrayD;

use crate::plain::{Adam, AdamConfig, Mlp};

/// A network and the state of the Adam that trains it.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The network.
    pub net: Mlp<f32>,
    /// Its optimiser.
    pub adam: Adam<f32>,
    /// The loss before each step.
    pub losses: Vec<f32>,
}

impl Model {
    /// A network that has not been trained yet.
    pub fn new(net: Mlp<f32>, config: AdamConfig) -> Self {
        let adam = Adam::new(&net, config);
        Self { net, adam, losses: Vec::new() }
    }

    /// One step of Adam along the gradient of a loss.
    pub fn step(&mut self, loss: f32, d_net: &Mlp<f32>) {
        self.losses.push(loss);
        self.adam.step(&mut self.net, d_net);
    }

    /// Puts weights, running means, losses and the step count into a checkpoint, all under `name`.
    pub fn save(&self, name: &str, checkpoint: &mut Checkpoint) {
        checkpoint.note(&format!("{name}.step"), self.adam.t);
        let losses = ndarray::aview1(&self.losses);
        checkpoint.put(&format!("{name}.losses"), &losses);
        for (n, p) in self.net.parameters().iter().enumerate() {
            checkpoint.put(&format!("{name}.parameter.{n}"), p);
        }
        for (n, (m, v)) in self.adam.m.iter().zip(&self.adam.v).enumerate() {
            checkpoint.put(&format!("{name}.adam.m.{n}"), m);
            checkpoint.put(&format!("{name}.adam.v.{n}"), v);
        }
    }

    /// The inverse of `save`; on an error nothing has changed.
    ///
    /// # Errors
    /// The checkpoint is of a network with other widths, or of none.
    pub fn restore(
        &mut self,
        name: &str,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let mut new = self.clone();
        new.adam.t = checkpoint.number(&format!("{name}.step"))?;
        let losses = checkpoint.array(&format!("{name}.losses"))?;
        new.losses = losses.iter().copied().collect();
        for (n, mut p) in new.net.parameters_mut().into_iter().enumerate() {
            let mut array = ArrayD::zeros(p.raw_dim());
            checkpoint.get(&format!("{name}.parameter.{n}"), &mut array)?;
            p.assign(&array);
        }
        for (n, (m, v)) in
            new.adam.m.iter_mut().zip(&mut new.adam.v).enumerate()
        {
            checkpoint.get(&format!("{name}.adam.m.{n}"), m)?;
            checkpoint.get(&format!("{name}.adam.v.{n}"), v)?;
        }
        *self = new;
        Ok(())
    }
}
