//! The plain room's run on a device.

use commitment_loss::on_dfdx::Quantizer;
use commitment_loss::quantizer;
use dfdx::prelude::*;
use gradients::on_dfdx::{Mlp, Model};
use lab::{
    Checkpoint, CheckpointError, Diverged, Resumable, Trains, rng_at, tensor,
};

use super::{Around, Prices, space_to_depth, terms};
use crate::model::{PRICES, VqVae};
use crate::training::{self, Config, Source, Trained};

/// A run in progress.
pub struct Training<'a, D: Trains> {
    dev: D,
    config: Config,
    encoder: Model<Mlp<f32, D>, D>,
    decoder: Model<Mlp<f32, D>, D>,
    quantizer: Quantizer<f32, D>,
    prices: Option<Prices<f32, D>>,
    around: Around<f32, D>,
    revived: u64,
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
        let Config { batch, sizes, .. } = from.config;
        Self {
            dev: dev.clone(),
            config: from.config,
            encoder: model(&from.encoder),
            decoder: model(&from.decoder),
            quantizer: Quantizer::new(dev, &from.quantizer),
            prices: from.prices.as_ref().map(|p| Prices::new(dev, p)),
            around: Around::new(dev, batch, sizes.side()),
            revived: from.revived,
            configuration,
            source: from.source,
        }
    }

    // ANCHOR: train
    /// Eq. 8.8: a step of encoder and decoder, then one of the codebook.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<(), Diverged> {
        let Config { sizes, variance, adam, .. } = self.config;
        let n = self.steps_done();
        let x = self.source.batch(n);
        let x = tensor(&self.dev, &x, x.dim()); // [B, 784]
        let x = space_to_depth(x, sizes.patch); // [M, patch²]
        let nets = (&self.encoder.net, &self.decoder.net);
        let book = (self.quantizer.codebook(), self.quantizer.settings());
        let prices = self.prices.as_ref().map(|p| p.table(n)); // [S², K]
        let prices = prices.as_ref();
        let of = terms(nets, book, prices, x, (&self.around, variance));
        let mut d = of.loss.backward();
        for of in [&mut self.encoder.adam, &mut self.decoder.adam] {
            of.config.lr = adam.lr * self.config.left(n);
        }
        self.encoder.step(of.commitment, &mut d)?;
        self.decoder.step(of.reconstruction, &mut d)?;
        if let Some(prices) = &mut self.prices {
            prices.learn(of.z_e.clone(), of.z_q, &of.chosen);
        }
        let rng = &mut rng_at(self.source.seed, n);
        let revived = self.quantizer.learn(&of.z_e, &of.chosen, rng);
        self.revived += revived.len() as u64;
        Ok(())
    }
    // ANCHOR_END: train
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        self.train_once()?;
        Ok(format!("MSE/var {}", self.decoder.last_loss()))
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
        if let Some(prices) = &self.prices {
            prices.to_plain().save(checkpoint);
            let now = prices.table(self.steps_done());
            checkpoint.put(PRICES, &lab::array(&now));
        }
        checkpoint.note("revived", self.revived);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let revived = checkpoint.number("revived")?;
        let mut plain = self.quantizer.to_plain();
        plain.restore("quantizer", checkpoint)?;
        let mut prices = self.prices.as_ref().map(Prices::to_plain);
        prices.iter_mut().try_for_each(|p| p.restore(checkpoint))?;
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)?;
        self.quantizer = Quantizer::new(&self.dev, &plain);
        self.prices = prices.map(|p| Prices::new(&self.dev, &p));
        self.revived = revived;
        Ok(())
    }
}

impl<D: Trains> Trained for Training<'_, D> {
    fn model(&self) -> VqVae<f32> {
        VqVae {
            sizes: self.config.sizes,
            encoder: self.encoder.net.to_plain(),
            codebook: lab::array(self.quantizer.codebook()),
            prices: self
                .prices
                .as_ref()
                .map(|p| lab::array(&p.table(self.steps_done()))),
            decoder: self.decoder.net.to_plain(),
        }
    }

    fn quantizer(&self) -> quantizer::Quantizer<f32> {
        self.quantizer.to_plain()
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses()
    }

    fn revived(&self) -> u64 {
        self.revived
    }
}
