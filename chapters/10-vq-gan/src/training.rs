//! A VQ-GAN in training, and what is left of it on disk.

use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::{Learning, Quantizer, Revival, Settings};
use commitment_loss::training::diverged;
use gradients::model::Model;
use gradients::plain::{Activation, AdamConfig};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::Array2;
use stability::game::Game;
use stability::net::{Map, Net, layer};
use stability::pair::{Penalties, d_step};

pub use crate::model::{Sizes, VqGan, load};
use crate::on_dfdx;
use crate::plain::{
    Balance, Coder, Contrast, Critics, Form, Perception, step,
};

/// The discriminator of a training: its sizes, its step, and when it is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opponent {
    /// Channels after each halving of the picture; one logit for a place comes last.
    pub channels: [usize; 2],
    /// Its optimiser.
    pub adam: AdamConfig,
    /// R1 (eq. 4.30) at the real pictures, of the sum of a picture's logits.
    pub r1: f64,
    /// The step at which it begins to learn.
    pub learns: u64,
    /// The step at which the decoder begins to listen.
    pub heard: u64,
    /// Steps over which its opinion comes to its full weight.
    pub ramp: u64,
    /// How its opinion is weighed.
    pub balance: Balance,
}

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Of the network.
    pub sizes: Sizes,
    /// Pictures in a batch.
    pub batch: usize,
    /// Steps over which the step sizes fall.
    pub steps: u64,
    /// What share of them is left in the end.
    pub rest: f64,
    /// The optimiser of encoder and decoder.
    pub adam: AdamConfig,
    /// The codebook's constants.
    pub quantizer: Settings,
    /// What the distance of features counts beside the squared error, from which step on.
    pub perceptual: Option<(f64, u64)>,
    /// Who judges the reconstructions, if anybody does.
    pub opponent: Option<Opponent>,
    /// Of the pictures that are learnt from.
    pub contrast: Contrast,
}

impl Default for Config {
    // ANCHOR: recipe
    /// The page's recipe, for the bundled emoji.
    fn default() -> Self {
        Self {
            sizes: Sizes::default(),
            batch: 64,
            steps: 5000,
            rest: 0.03,
            adam: AdamConfig {
                lr: 1.5e-3,
                beta2: 0.99,
                ..AdamConfig::default()
            },
            quantizer: Settings {
                learning: Learning::Ema { gamma: 0.95, debias: true },
                beta: 0.25,
                usage_decay: 0.95,
                revival: Some(Revival { threshold: 0.05 }),
                ..Settings::default()
            },
            perceptual: None,
            opponent: None,
            contrast: Contrast { mean: 0.75, deviation: 0.30 },
        }
    }
    // ANCHOR_END: recipe
}

impl Default for Opponent {
    // ANCHOR: opponent
    /// The page's.
    fn default() -> Self {
        Self {
            channels: [32, 64],
            adam: AdamConfig {
                lr: 3e-3,
                beta1: 0.0,
                beta2: 0.99,
                ..AdamConfig::default()
            },
            r1: 1e-2,
            learns: 1167,
            heard: 1500,
            ramp: 500,
            balance: Balance { share: 2.0, adaptive: true, most: 1.0 },
        }
    }
    // ANCHOR_END: opponent
}

impl Opponent {
    /// The same for a training of so many steps: heard from three tenths of them on, after a head start of a fifteenth, and
    /// fully after another tenth.
    pub fn within(self, steps: u64) -> Self {
        let heard = 3 * steps / 10;
        let learns = heard - steps / 15;
        Self { learns, heard, ramp: steps / 10, ..self }
    }

    /// How its opinion is weighed at step `n`.
    fn at(&self, n: u64) -> Balance {
        let (since, ramp) = ((n - self.heard) as f64, self.ramp.max(1));
        let share = (since / ramp as f64).min(1.0) * self.balance.share;
        Balance { share, ..self.balance }
    }
}

impl Config {
    /// The same over so many steps.
    pub fn over(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    /// What is left of a step size at step `n`, from 1 to `rest`.
    pub fn left(&self, n: u64) -> f64 {
        let share = (n as f64 / self.steps.max(1) as f64).min(1.0);
        1.0 - share * (1.0 - self.rest)
    }

    /// What the distance of features counts at step `n`, if it counts.
    pub fn perceives(&self, n: u64) -> Option<f64> {
        let counts = self.perceptual.filter(|(_, from)| n >= *from);
        counts.map(|(weight, _)| weight)
    }

    /// How the discriminator's opinion is weighed at step `n`, if it is heard.
    pub fn hears(&self, n: u64) -> Option<Balance> {
        let heard = self.opponent.filter(|o| n >= o.heard);
        heard.map(|o| o.at(n))
    }

    /// The discriminator of the run, if it learns at step `n`.
    pub fn opposes(&self, n: u64) -> Option<Opponent> {
        self.opponent.filter(|o| n >= o.learns)
    }
}

// ANCHOR: networks
/// A discriminator of patches: two halvings, then a third to one logit for
/// each place of an eighth of the side. None of its logits sees more than
/// 22 × 22 pixels.
pub fn discriminator(
    form: Form,
    channels: [usize; 2],
    seed: u64,
) -> Net<f32> {
    let rng = &mut rng_at(seed, u64::MAX - 2);
    let leaky = Activation::LeakyRelu(0.2);
    let [few, more] = channels;
    let Form { side, channels: colours } = form;
    let (one, two, four) = (side, side / 2, side / 4);
    let linear = Activation::Identity;
    let layers = vec![
        layer(Map::Down { side: one }, (colours, few), leaky, rng),
        layer(Map::Down { side: two }, (few, more), leaky, rng),
        layer(Map::Down { side: four }, (more, 1), linear, rng),
    ];
    Net { layers }
}
// ANCHOR_END: networks

/// A run in either room.
pub trait Trained: Resumable {
    /// The network now.
    fn model(&self) -> VqGan<f32>;

    /// The codebook now, and how it learns.
    fn quantizer(&self) -> Quantizer<f32>;

    /// The discriminator now.
    fn discriminator(&self) -> Net<f32>;

    /// Squared error over variance before each step.
    fn losses(&self) -> Vec<f32>;

    /// The discriminator's loss before each of its steps, in nats.
    fn opponent_losses(&self) -> Vec<f32>;

    /// The other terms of each step.
    fn terms(&self) -> Terms;

    /// How often a code has started again.
    fn revived(&self) -> u64;
}

/// Where a run's pictures come from: the n-th batch, `[B, H·W·C]` in [0, 1]. As a function of n alone it lets a resumed run see
/// what an uninterrupted one would have seen.
pub struct Source<'a> {
    /// Of the draws that revival makes.
    pub seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

impl Source<'_> {
    /// The n-th batch of pictures, `[B, H·W·C]`.
    pub fn batch(&mut self, n: u64) -> Array2<f32> {
        (self.data)(n)
    }
}

/// The terms of each step so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// Eq. 10.2.
    pub perceptual: Vec<f32>,
    /// Eq. 10.4.
    pub adversarial: Vec<f32>,
    /// Eq. 10.6.
    pub lambda: Vec<f32>,
}

impl Terms {
    /// Puts them into a checkpoint.
    pub fn save(&self, checkpoint: &mut Checkpoint) {
        let Terms { perceptual, adversarial, lambda } = self;
        for (name, of) in [
            ("perceptual", perceptual),
            ("adversarial", adversarial),
            ("lambda", lambda),
        ] {
            checkpoint.put(&format!("terms.{name}"), &ndarray::aview1(of));
        }
    }

    /// Those of a checkpoint after so many steps.
    ///
    /// # Errors
    /// One is missing, or there are more or fewer.
    pub fn of(
        checkpoint: &Checkpoint,
        steps: usize,
    ) -> Result<Self, CheckpointError> {
        let term = |name: &str| {
            let of = checkpoint.get(&format!("terms.{name}"), &[steps])?;
            Ok::<_, CheckpointError>(of.iter().copied().collect())
        };
        Ok(Self {
            perceptual: term("perceptual")?,
            adversarial: term("adversarial")?,
            lambda: term("lambda")?,
        })
    }
}

/// A run in progress.
pub struct Training<'a> {
    /// How it is trained.
    pub config: Config,
    /// patch²·C → … → D, with its optimiser; its loss is the commitment term.
    pub encoder: Model<Coder<f32>>,
    /// D → … → patch²·C, with its optimiser; its loss is squared error over variance.
    pub decoder: Model<Coder<f32>>,
    /// The discriminator, with its optimiser.
    pub discriminator: Model<Net<f32>>,
    /// The codebook, and how it learns.
    pub quantizer: Quantizer<f32>,
    /// How often a code has started again.
    pub revived: u64,
    /// What else was measured at each step.
    pub terms: Terms,
    /// The ruler of features.
    pub ruler: Option<&'a Perception<f32>>,
    /// What it learns from.
    pub source: Source<'a>,
}

impl<'a> Training<'a> {
    /// A network that has not been trained yet.
    ///
    /// # Errors
    /// The first batch has fewer latents than there are codes, a latent is not finite, or a constant of the quantizer is
    /// none.
    pub fn new(
        config: Config,
        ruler: Option<&'a Perception<f32>>,
        mut data: impl FnMut(u64) -> Array2<f32> + Send + 'a,
        seed: u64,
    ) -> Result<Self, CommitmentError> {
        let Sizes { form, patch, codes, .. } = config.sizes;
        let model = VqGan::new(
            config.sizes,
            config.contrast,
            &mut rng_at(seed, u64::MAX),
        );
        let rng = &mut rng_at(seed, u64::MAX - 1);
        let x = config.contrast.apply(data(0)); // [B, H·W·C]
        let z_e = model.encoder.encode(&x, (form, patch)).half.y;
        let quantizer = Quantizer::from_latents(
            &z_e,
            codes,
            LLOYD,
            config.quantizer,
            rng,
        )?;
        let opponent = config.opponent.unwrap_or_default();
        let d = discriminator(form, opponent.channels, seed);
        let VqGan { encoder, decoder, .. } = model;
        Ok(Self {
            config,
            encoder: Model::new("encoder", encoder, config.adam),
            decoder: Model::new("decoder", decoder, config.adam),
            discriminator: Model::new("discriminator", d, opponent.adam),
            quantizer,
            revived: 0,
            terms: Terms::default(),
            ruler,
            source: Source { seed, data: Box::new(data) },
        })
    }

    // ANCHOR: train
    /// A step of encoder and decoder, one of the codebook, and one
    /// of the discriminator, on what the decoder drew before its step.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<f32, Diverged> {
        let Config { sizes, contrast, adam, .. } = self.config;
        let n = self.steps_done();
        let named = |e: CommitmentError| diverged(n, &e);
        let x = contrast.apply(self.source.batch(n)); // [B, H·W·C]
        let nets = (&self.encoder.net, &self.decoder.net);
        let form = (sizes.form, sizes.patch);
        let done = step(nets, &self.quantizer, self.critics(n), &x, form);
        let done = done.map_err(named)?;
        for of in [&mut self.encoder, &mut self.decoder] {
            of.adam.config.lr = adam.lr * self.config.left(n);
        }
        self.encoder.step(done.found.commitment_loss, &done.d_encoder)?;
        self.decoder.step(done.reconstruction, &done.d_decoder)?;
        let indices = &done.found.quantized.indices;
        let rng = &mut rng_at(self.source.seed, n);
        let revived = self.quantizer.learn(&done.z_e, indices, rng);
        self.revived += revived.map_err(named)?.len() as u64;
        if let Some(Opponent { adam, r1, .. }) = self.config.opposes(n) {
            let penalties = Penalties { real: r1, fake: 0.0, between: 0.0 };
            let seen = (&x, &done.x_hat); // [B, H·W·C]
            let (d, game) = (&self.discriminator.net, Game::NonSaturating);
            let none = Array2::zeros((x.nrows(), 1));
            let (loss, d_d) = d_step(d, seen, &none, game, penalties);
            self.discriminator.adam.config.lr = adam.lr * self.config.left(n);
            self.discriminator.step(loss, &d_d)?;
        }
        self.terms.perceptual.push(done.perceptual);
        self.terms.adversarial.push(done.adversarial);
        self.terms.lambda.push(done.lambda);
        Ok(done.reconstruction)
    }
    // ANCHOR_END: train

    /// Who judges at step `n`.
    fn critics(&self, n: u64) -> Critics<'_, f32> {
        let heard = self.config.hears(n);
        Critics {
            perception: self.ruler.zip(self.config.perceives(n)),
            discriminator: heard.map(|b| (&self.discriminator.net, b)),
        }
    }

    /// The network now.
    pub fn model(&self) -> VqGan<f32> {
        VqGan {
            sizes: self.config.sizes,
            contrast: self.config.contrast,
            encoder: self.encoder.net.clone(),
            codebook: self.quantizer.codebook().clone(),
            decoder: self.decoder.net.clone(),
        }
    }
}

/// Steps of Lloyd's algorithm at the start.
const LLOYD: usize = 10;

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let loss = self.train_once()?;
        let n = self.terms.lambda.len() - 1;
        let Terms { adversarial, lambda, .. } = &self.terms;
        Ok(match lambda[n] > 0.0 {
            true => format!(
                "MSE/var {loss:.4}  A {:.3}  λ {:.3}",
                adversarial[n], lambda[n]
            ),
            false => format!("MSE/var {loss:.4}"),
        })
    }

    fn configuration(&mut self) -> String {
        let first = digest([&self.source.batch(0)]);
        format!("first batch: {first}\n{:#?}", self.config)
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model().save(checkpoint);
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.discriminator.save(checkpoint);
        self.quantizer.save("quantizer", checkpoint);
        checkpoint.note("revived", self.revived);
        self.terms.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let revived = checkpoint.number("revived")?;
        let (mut encoder, mut decoder) =
            (self.encoder.clone(), self.decoder.clone());
        let mut discriminator = self.discriminator.clone();
        encoder.restore(checkpoint)?;
        decoder.restore(checkpoint)?;
        discriminator.restore(checkpoint)?;
        let terms = Terms::of(checkpoint, encoder.losses.len())?;
        self.quantizer.restore("quantizer", checkpoint)?;
        (self.encoder, self.decoder) = (encoder, decoder);
        (self.discriminator, self.terms) = (discriminator, terms);
        self.revived = revived;
        Ok(())
    }
}

impl Trained for Training<'_> {
    fn model(&self) -> VqGan<f32> {
        self.model()
    }

    fn quantizer(&self) -> Quantizer<f32> {
        self.quantizer.clone()
    }

    fn discriminator(&self) -> Net<f32> {
        self.discriminator.net.clone()
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses.clone()
    }

    fn opponent_losses(&self) -> Vec<f32> {
        self.discriminator.losses.clone()
    }

    fn terms(&self) -> Terms {
        self.terms.clone()
    }

    fn revived(&self) -> u64 {
        self.revived
    }
}

/// Goes on where another run has come to, as if it had been this one.
///
/// # Errors
/// Their networks differ.
pub fn go_on_from(
    run: &mut impl Resumable,
    other: &impl Resumable,
) -> Result<(), CheckpointError> {
    let mut there = Checkpoint::default();
    other.save(&mut there);
    run.restore(&there)
}

/// The run in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Trained + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::Training::new(&dev, plain)
    })
}
