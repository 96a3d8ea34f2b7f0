//! Two artists and no pairs (Zhu et al. 2017): two generators that translate,
//! two discriminators that know an artist each, and the way there and back.
//! A batch of pictures is a matrix `[B, H·W·C]`, of mean 0 and variance 1.

use gradients::model::Model;
use gradients::plain::{Activation, AdamConfig, add, last, real};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::{Array2, NdFloat};
use stability::game::Game;
use stability::net::{Map, Net, layer};
use stability::pair::{Penalties, d_step};
use vq_gan::plain::{Form, opinion};
use vq_gan::training::discriminator;

use crate::on_dfdx;

// ANCHOR: generator
/// What a generator adds to a picture: two halvings and two doublings. Its
/// last weights begin at 0, so that it begins by copying.
pub fn generator(form: Form, channels: [usize; 2], seed: u64) -> Net<f32> {
    let rng = &mut rng_at(seed, u64::MAX - 4);
    let leaky = Activation::LeakyRelu(0.2);
    let linear = Activation::Identity;
    let [few, more] = channels;
    let Form { side, channels: colours } = form;
    let (one, two, four) = (side, side / 2, side / 4);
    let mut layers = vec![
        layer(Map::Down { side: one }, (colours, few), leaky, rng),
        layer(Map::Down { side: two }, (few, more), leaky, rng),
        layer(Map::Up { side: four }, (more, few), leaky, rng),
        layer(Map::Up { side: two }, (few, colours), linear, rng),
    ];
    layers[3].w.fill(0.0);
    Net { layers }
}

/// Pictures by the other artist. `[B, H·W·C]`
pub fn translate<F: NdFloat>(g: &Net<F>, x: &Array2<F>) -> Array2<F> {
    x + &g.output(x)
}
// ANCHOR_END: generator

// ANCHOR: trip
/// One artist's pictures there and back.
#[derive(Clone, Debug, PartialEq)]
pub struct Trip<F> {
    /// What the discriminator there says, eq. 10.4.
    pub adversarial: F,
    /// The mean absolute difference between who left and who came back.
    pub cycle: F,
    /// There. `[B, H·W·C]`
    pub made: Array2<F>,
    /// The gradient at the generator that leads there.
    pub d_there: Net<F>,
    /// The gradient at the one that leads back.
    pub d_back: Net<F>,
}

/// Half of eq. 11.9, forward and backward.
pub fn trip<F: NdFloat>(
    [there, back]: [&Net<F>; 2],
    d: &Net<F>,
    x: &Array2<F>, // [B, H·W·C]
    lambda: f64,
) -> Trip<F> {
    let outward = there.forward(x);
    let made = x + last(&outward); // [B, H·W·C]
    let homeward = back.forward(&made);
    let off = &made + last(&homeward) - x; // [B, H·W·C]
    let share = real::<F>(off.len().max(1) as f64).recip();
    let cycle = off.fold(F::zero(), |sum, v| sum + v.abs()) * share;
    let slope = real::<F>(lambda) * share;
    let d_home = off.mapv(|v| slope * sign(v)); // [B, H·W·C]

    let (through, d_back) = back.backward(&homeward, d_home.clone());
    let (adversarial, d_adv) = opinion(d, &made);
    let d_made = d_home + through + d_adv; // [B, H·W·C]
    let d_there = there.backward_parameters(&outward, d_made);
    Trip { adversarial, cycle, made, d_there, d_back }
}

/// The slope of `|v|`, 0 at 0.
fn sign<F: NdFloat>(v: F) -> F {
    if v == F::zero() { v } else { v.signum() }
}
// ANCHOR_END: trip

// ANCHOR: step
/// Eq. 11.9, one artist's pictures and the other's, forward and backward.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<F> {
    /// Of each generator the loss of the trip that begins with it.
    pub losses: [F; 2],
    /// The cycle terms, before λ.
    pub cycles: [F; 2],
    /// Pictures by each artist that a generator has made. `[B, H·W·C]`
    pub made: [Array2<F>; 2],
    /// The gradient at each generator.
    pub d: [Net<F>; 2],
}

/// Generator 0 leads from artist 0 to artist 1, and generator 1 back. Each
/// is on both trips, first on one and second on the other.
pub fn step<F: NdFloat>(
    [g, h]: [&Net<F>; 2],
    of: [&Net<F>; 2], // the discriminators of each artist's pictures
    x: [&Array2<F>; 2], // [B, H·W·C]
    lambda: f64,
) -> Step<F> {
    let (one, other) = rayon::join(
        || trip([g, h], of[1], x[0], lambda),
        || trip([h, g], of[0], x[1], lambda),
    );
    let weight = real::<F>(lambda);
    let cycles = [one.cycle, other.cycle];
    let losses = [
        one.adversarial + weight * one.cycle,
        other.adversarial + weight * other.cycle,
    ];
    let (mut d_g, mut d_h) = (one.d_there, other.d_there);
    add(&mut d_g, &other.d_back);
    add(&mut d_h, &one.d_back);
    let made = [other.made, one.made];
    Step { losses, cycles, made, d: [d_g, d_h] }
}
// ANCHOR_END: step

/// How the four are trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// Of the pictures.
    pub form: Form,
    /// A generator's channels after each halving.
    pub channels: [usize; 2],
    /// A discriminator's.
    pub of_d: [usize; 2],
    /// Pictures of each artist in a batch.
    pub batch: usize,
    /// Steps over which the step sizes fall to 0.
    pub steps: u64,
    /// λ of eq. 11.9.
    pub lambda: f64,
    /// γ of R1, of the sum of a picture's logits.
    pub r1: f64,
    /// The generators' optimisers.
    pub g: AdamConfig,
    /// The discriminators'.
    pub d: AdamConfig,
}

impl Default for Config {
    // ANCHOR: recipe
    /// The page's recipe.
    fn default() -> Self {
        let adam =
            AdamConfig { beta1: 0.5, beta2: 0.99, ..Default::default() };
        Self {
            form: Form { side: 32, channels: 3 },
            channels: [24, 48],
            of_d: [24, 48],
            batch: 16,
            steps: 2500,
            lambda: 2.0,
            r1: 1e-3,
            g: AdamConfig { lr: 1e-3, ..adam },
            d: AdamConfig { lr: 4e-3, ..adam },
        }
    }
    // ANCHOR_END: recipe
}

impl Config {
    /// What is left of the step sizes at step `n`, from 1 to 0.
    pub fn left(&self, n: u64) -> f64 {
        (1.0 - n as f64 / self.steps.max(1) as f64).max(0.0)
    }

    /// The penalties of a discriminator.
    pub fn penalties(&self) -> Penalties {
        Penalties { real: self.r1, fake: 0.0, between: 0.0 }
    }
}

/// The n-th batch of both artists' pictures, in orders that know nothing of
/// each other. `[B, H·W·C]` each
pub type Source<'a> = Box<dyn FnMut(u64) -> [Array2<f32>; 2] + Send + 'a>;

/// A training in either room.
pub trait Translates: Resumable {
    /// The generators now: from artist 0 to artist 1, and back.
    fn generators(&self) -> [Net<f32>; 2];

    /// The discriminators now.
    fn discriminators(&self) -> [Net<f32>; 2];

    /// The generators' losses before each step.
    fn losses(&self) -> [Vec<f32>; 2];
}

/// A training in the plain room.
pub struct Training<'a> {
    /// How.
    pub config: Config,
    /// The generators, with their optimisers.
    pub g: [Model<Net<f32>>; 2],
    /// The discriminators, with theirs.
    pub d: [Model<Net<f32>>; 2],
    /// What they learn from.
    pub source: Source<'a>,
}

impl<'a> Training<'a> {
    /// One that has not begun.
    pub fn new(config: Config, source: Source<'a>, seed: u64) -> Self {
        let seeds = [seed, seed.wrapping_add(1 << 32)];
        let Config { form, channels, of_d, .. } = config;
        let [g, h] = seeds.map(|seed| generator(form, channels, seed));
        let [of_0, of_1] = seeds.map(|seed| discriminator(form, of_d, seed));
        Self {
            config,
            g: [
                Model::new("there", g, config.g),
                Model::new("back", h, config.g),
            ],
            d: [
                Model::new("of 0", of_0, config.d),
                Model::new("of 1", of_1, config.d),
            ],
            source,
        }
    }

    // ANCHOR: train
    /// A step of each discriminator on what is drawn now, and one of each
    /// generator.
    ///
    /// # Errors
    /// The training diverged.
    pub fn train_once(&mut self) -> Result<[f32; 2], Diverged> {
        let n = self.steps_done();
        let left = self.config.left(n);
        let x = (self.source)(n); // [B, H·W·C] each
        let nets =
            |of: &[Model<Net<f32>>; 2]| of.each_ref().map(|m| m.net.clone());
        let (g, d) = (nets(&self.g), nets(&self.d));
        let lambda = self.config.lambda;
        let done = step(g.each_ref(), d.each_ref(), x.each_ref(), lambda);
        let none = Array2::zeros((x[0].nrows(), 1));
        for (n, d) in self.d.iter_mut().enumerate() {
            let seen = (&x[n], &done.made[n]); // [B, H·W·C]
            let (game, price) =
                (Game::NonSaturating, self.config.penalties());
            let (loss, d_d) = d_step(&d.net, seen, &none, game, price);
            d.adam.config.lr = self.config.d.lr * left;
            d.step(loss, &d_d)?;
        }
        for (n, g) in self.g.iter_mut().enumerate() {
            g.adam.config.lr = self.config.g.lr * left;
            g.step(done.losses[n], &done.d[n])?;
        }
        Ok(done.cycles)
    }
    // ANCHOR_END: train
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.g[1].adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let [there, back] = self.train_once()?;
        Ok(format!("cycles {there:.3} {back:.3}"))
    }

    fn configuration(&mut self) -> String {
        let [one, other] = (self.source)(0);
        let first = digest([&one, &other]);
        format!("first batches: {first}\n{:#?}", self.config)
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        let all = self.g.iter().chain(&self.d);
        all.for_each(|model| model.save(checkpoint));
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let (mut g, mut d) = (self.g.clone(), self.d.clone());
        for model in g.iter_mut().chain(&mut d) {
            model.restore(checkpoint)?;
        }
        (self.g, self.d) = (g, d);
        Ok(())
    }
}

impl Translates for Training<'_> {
    fn generators(&self) -> [Net<f32>; 2] {
        self.g.each_ref().map(|m| m.net.clone())
    }

    fn discriminators(&self) -> [Net<f32>; 2] {
        self.d.each_ref().map(|m| m.net.clone())
    }

    fn losses(&self) -> [Vec<f32>; 2] {
        self.g.each_ref().map(|m| m.losses.clone())
    }
}

/// The training in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Translates + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::cycle::Training::new(&dev, plain)
    })
}
