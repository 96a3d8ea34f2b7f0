//! The plain room's run on a device.

use commitment_loss::on_dfdx::Quantizer;
use commitment_loss::quantizer;
use dfdx::prelude::{HasShape, Tensor};
use gradients::on_dfdx::{Model, value_and_gradients};
use gradients::plain::{AdamConfig, Parameters};
use lab::{
    Checkpoint, CheckpointError, Diverged, Resumable, Trains, rng_at, tensor,
};
use stability::game::Game;
use stability::net;
use stability::on_dfdx::net::Net;
use stability::on_dfdx::pair::d_step;
use stability::pair::Penalties;
use vq_vae::on_dfdx::Around;

use super::{Coder, Critics, Judged, Perception, step};
use crate::model::VqGan;
use crate::plain;
use crate::training::{self, Config, Opponent, Source, Terms, Trained};

/// A run in progress.
pub struct Training<'a, D: Trains> {
    dev: D,
    config: Config,
    encoder: Model<Coder<f32, D>, D>,
    decoder: Model<Coder<f32, D>, D>,
    discriminator: Model<Net<f32, D>, D>,
    quantizer: Quantizer<f32, D>,
    ruler: Option<Perception<f32, D>>,
    around: Around<f32, D>,
    terms: Terms,
    /// Of the steps whose terms have not come to the host yet.
    pending: Vec<[Tensor<(), f32, D>; 3]>,
    revived: u64,
    like: [plain::Coder<f32>; 2],
    like_d: net::Net<f32>,
    configuration: String,
    source: Source<'a>,
}

/// Terms stay on the device until so many have come together.
const AT_A_TIME: usize = 64;

impl<'a, D: Trains> Training<'a, D> {
    /// Goes on where a run of the plain room begins.
    pub fn new(dev: &D, mut from: training::Training<'a>) -> Self {
        let configuration = from.configuration();
        let coder = |of: &gradients::model::Model<plain::Coder<f32>>| {
            Model::new(of.name, Coder::new(dev, &of.net), of.adam.config)
        };
        let Config { batch, sizes, .. } = from.config;
        let d = &from.discriminator;
        let d = Model::new(d.name, Net::new(dev, &d.net), d.adam.config);
        Self {
            dev: dev.clone(),
            config: from.config,
            encoder: coder(&from.encoder),
            decoder: coder(&from.decoder),
            discriminator: d,
            quantizer: Quantizer::new(dev, &from.quantizer),
            ruler: from.ruler.map(|ruler| Perception::new(dev, ruler)),
            around: Around::new(dev, batch, sizes.side()),
            terms: from.terms,
            pending: Vec::new(),
            revived: from.revived,
            like: [from.encoder.net, from.decoder.net],
            like_d: from.discriminator.net,
            configuration,
            source: from.source,
        }
    }

    // ANCHOR: train
    /// A step of encoder and decoder, one of the codebook, and one
    /// of the discriminator, on what the decoder drew before its step.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<(), Diverged> {
        let Config { sizes, contrast, adam, .. } = self.config;
        let n = self.steps_done();
        let x = contrast.apply(self.source.batch(n));
        let x = tensor(&self.dev, &x, x.dim()); // [B, H·W·C]
        let nets = (&self.encoder.net, &self.decoder.net);
        let book = (self.quantizer.codebook(), self.quantizer.settings());
        let form = ((sizes.form, sizes.patch), &self.around);
        let critics = self.critics(n);
        let mut done = step(nets, book, critics, x.clone(), form);
        for of in [&mut self.encoder.adam, &mut self.decoder.adam] {
            of.config.lr = adam.lr * self.config.left(n);
        }
        let Judged {
            reconstruction, perceptual, adversarial, lambda, ..
        } = done.judged;
        self.encoder.step(done.commitment, &mut done.d)?;
        self.decoder.step(reconstruction, &mut done.d)?;
        let rng = &mut rng_at(self.source.seed, n);
        let revived = self.quantizer.learn(&done.z_e, &done.chosen, rng);
        self.revived += revived.len() as u64;
        if let Some(Opponent { adam, r1, .. }) = self.config.opposes(n) {
            let penalties = Penalties { real: r1, fake: 0.0, between: 0.0 };
            let none = self.dev.zeros_like(&(x.shape().0, 1)); // [B, 1]
            let (d, game) = (&self.discriminator.net, Game::NonSaturating);
            let loss = d_step(d, (x, done.x_hat), none, game, penalties);
            let (value, mut d_d) = value_and_gradients(loss);
            self.discriminator.adam.config.lr = adam.lr * self.config.left(n);
            self.discriminator.step(value, &mut d_d)?;
        }
        self.pending.push([perceptual, adversarial, lambda]);
        if self.pending.len() >= AT_A_TIME {
            self.terms = self.terms_so_far();
            self.pending.clear();
        }
        Ok(())
    }
    // ANCHOR_END: train

    /// Who judges at step `n`.
    fn critics(&self, n: u64) -> Critics<'_, f32, D> {
        let heard = self.config.hears(n);
        Critics {
            perception: self.ruler.as_ref().zip(self.config.perceives(n)),
            discriminator: heard.map(|b| (&self.discriminator.net, b)),
        }
    }

    fn terms_so_far(&self) -> Terms {
        let mut terms = self.terms.clone();
        let Terms { perceptual, adversarial, lambda } = &mut terms;
        for of in &self.pending {
            for (to, term) in
                [&mut *perceptual, adversarial, lambda].into_iter().zip(of)
            {
                to.push(term.as_vec()[0]);
            }
        }
        terms
    }
}

/// How many losses a checkpoint holds of a model shaped `like` this one.
fn losses_of<N: Parameters<f32> + Clone>(
    name: &'static str,
    like: &N,
    checkpoint: &Checkpoint,
) -> Result<usize, CheckpointError> {
    let (net, config) = (like.clone(), AdamConfig::default());
    let mut model = gradients::model::Model::new(name, net, config);
    model.restore(checkpoint)?;
    Ok(model.losses.len())
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
        self.decoder.settle()?;
        self.discriminator.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model().save(checkpoint);
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.discriminator.save(checkpoint);
        self.quantizer.to_plain().save("quantizer", checkpoint);
        checkpoint.note("revived", self.revived);
        self.terms_so_far().save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        // All of it is read before any of it is changed.
        let revived = checkpoint.number("revived")?;
        let mut plain = self.quantizer.to_plain();
        plain.restore("quantizer", checkpoint)?;
        let [encoder, decoder] = &self.like;
        let steps = losses_of("encoder", encoder, checkpoint)?;
        losses_of("decoder", decoder, checkpoint)?;
        losses_of("discriminator", &self.like_d, checkpoint)?;
        let terms = Terms::of(checkpoint, steps)?;
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)?;
        self.discriminator.restore(checkpoint)?;
        self.quantizer = Quantizer::new(&self.dev, &plain);
        (self.terms, self.pending) = (terms, Vec::new());
        self.revived = revived;
        Ok(())
    }
}

impl<D: Trains> Trained for Training<'_, D> {
    fn model(&self) -> VqGan<f32> {
        let [encoder, decoder] = &self.like;
        VqGan {
            sizes: self.config.sizes,
            contrast: self.config.contrast,
            encoder: self.encoder.net.to_plain(encoder),
            codebook: lab::array(self.quantizer.codebook()),
            decoder: self.decoder.net.to_plain(decoder),
        }
    }

    fn quantizer(&self) -> quantizer::Quantizer<f32> {
        self.quantizer.to_plain()
    }

    fn discriminator(&self) -> net::Net<f32> {
        self.discriminator.net.to_plain(&self.like_d)
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses()
    }

    fn opponent_losses(&self) -> Vec<f32> {
        self.discriminator.losses()
    }

    fn terms(&self) -> Terms {
        self.terms_so_far()
    }

    fn revived(&self) -> u64 {
        self.revived
    }
}
