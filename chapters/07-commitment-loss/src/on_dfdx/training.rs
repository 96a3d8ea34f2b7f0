//! The plain room's run on a device.

use dfdx::prelude::*;
use gradients::on_dfdx::{Matrix, Mlp, Model};
use lab::{
    Checkpoint, CheckpointError, Diverged, Resumable, Trains, rng_at, tensor,
};

use super::{Quantizer, Terms, late_codebook_loss, terms};
use crate::training::{self, Autoencoder, Autoencodes, Source};

/// A run in progress.
pub struct Training<'a, D: Trains> {
    dev: D,
    encoder: Model<Mlp<f32, D>, D>,
    decoder: Model<Mlp<f32, D>, D>,
    quantizer: Quantizer<f32, D>,
    late: bool,
    revived: usize,
    configuration: String,
    source: Source<'a>,
}

impl<'a, D: Trains> Training<'a, D> {
    /// Goes on where a run of the plain room begins.
    pub fn new(dev: &D, mut from: training::Training<'a>) -> Self {
        let configuration = from.configuration();
        let model = |of: &gradients::model::Model| {
            let config = of.adam.config;
            Model::new(of.name, Mlp::new(dev, &of.net), config)
        };
        Self {
            dev: dev.clone(),
            encoder: model(&from.encoder),
            decoder: model(&from.decoder),
            quantizer: Quantizer::new(dev, &from.quantizer),
            late: from.late,
            revived: from.revived,
            configuration,
            source: from.source,
        }
    }

    // ANCHOR: step
    /// One step of everything that learns.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<(), Diverged> {
        let n = self.encoder.adam.t;
        let x = self.source.batch(n);
        let x: Matrix<f32, D> = tensor(&self.dev, &x, x.dim()); // [B, 16]
        let nets = (&self.encoder.net, &self.decoder.net);
        let (e, settings) =
            (self.quantizer.codebook(), self.quantizer.settings());
        let of: Terms<f32, D> = terms(nets, e, settings, x);
        let pixels = of.reconstruction.retaped::<NoneTape>();
        let commitment = of.commitment.retaped::<NoneTape>();
        let mut loss = of.reconstruction + of.commitment;
        if self.late {
            let (z_e, z_q) = (of.z_e.leaky_trace(), of.z_q); // [B, C]
            loss = loss + late_codebook_loss(z_e, z_q, settings.reduction);
        }
        let mut d = loss.backward();
        self.encoder.step(commitment, &mut d)?;
        self.decoder.step(pixels, &mut d)?;
        let rng = &mut rng_at(self.source.seed, n);
        let revived = self.quantizer.learn(&of.z_e, &of.chosen, rng);
        self.revived += revived.len();
        Ok(())
    }
    // ANCHOR_END: step
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        self.train_once()?;
        Ok(format!("MSE {}", self.decoder.last_loss()))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.encoder.settle()?;
        self.decoder.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.quantizer.to_plain().save("quantizer", checkpoint);
        checkpoint.note("revived", self.revived);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let mut plain = self.quantizer.to_plain();
        plain.restore("quantizer", checkpoint)?;
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)?;
        self.quantizer = Quantizer::new(&self.dev, &plain);
        self.revived = checkpoint.number("revived")? as usize;
        Ok(())
    }
}

impl<D: Trains> Autoencodes for Training<'_, D> {
    fn now(&self) -> Autoencoder {
        Autoencoder {
            encoder: self.encoder.net.to_plain(),
            decoder: self.decoder.net.to_plain(),
            quantizer: self.quantizer.to_plain(),
            revived: self.revived,
        }
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses()
    }
}
