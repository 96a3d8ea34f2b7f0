//! The pair in training, and what is left of it on disk: a checkpoint that either room can load.

use std::path::Path;

use discriminator_training::plain::leak_into_generator;
use gradients::model::{
    Model, in_words, load_layers, restore_parameters, save_parameters,
};
use gradients::plain::{Activation, AdamConfig, Mlp, add};
#[cfg(not(target_arch = "wasm32"))]
use lab::{
    Checkpoint, CheckpointError, Diverged, Expecting, ImageGrid, Lab,
    Resumable, digest, rng_at,
};
#[cfg(target_arch = "wasm32")]
use lab::{
    Checkpoint, CheckpointError, Diverged, Expecting, Resumable, digest,
    rng_at,
};
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

#[cfg(not(target_arch = "wasm32"))]
use crate::on_dfdx;
use crate::plain::{
    Game, Penalties, average, d_step, g_step, in_halves, output_in_halves,
    packed,
};

// ANCHOR: noise
/// What a generator starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise {
    /// Components that are -1 or 1.
    pub signs: usize,
    /// Components that are normal, after those.
    pub normals: usize,
}

impl Noise {
    /// Normal noise of `normals` components.
    pub fn normal(normals: usize) -> Self {
        Self { signs: 0, normals }
    }

    /// Components in all.
    pub fn width(self) -> usize {
        self.signs + self.normals
    }

    /// `n` independent rows, `[n, width]`.
    pub fn sample(self, n: usize, rng: &mut impl Rng) -> Array2<f32> {
        let shape = (n, self.width());
        let mut z = Array2::random_using(shape, StandardNormal, rng);
        z.slice_mut(s![.., ..self.signs]).mapv_inplace(f32::signum);
        z // [n, width]
    }
}
// ANCHOR_END: noise

/// How a pair is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// What the players are scored by.
    pub game: Game,
    /// Examples in a batch.
    pub batch: usize,
    /// What the generator starts from.
    pub noise: Noise,
    /// Examples that the discriminator sees side by side.
    pub pack: usize,
    /// Steps of the discriminator to one of the generator.
    pub k: u64,
    /// The zero-centred penalties.
    pub penalties: Penalties,
    /// They are taken at every n-th step, n times as strong.
    pub every: u64,
    /// The generator's optimiser.
    pub g: AdamConfig,
    /// The discriminator's optimiser.
    pub d: AdamConfig,
    /// Over so many steps the step sizes, and with `anneal` the penalties, fall to zero; `None` leaves them.
    pub cool: Option<u64>,
    /// Whether the penalties fall with the step sizes.
    pub anneal: bool,
    /// Decay of the averaged generator.
    pub average: f64,
    /// Whether the discriminator's loss stops at the fakes. A switch for chapter 2's mistake: without it, the
    /// generator's gradient gets what leaks through them as well.
    pub detach: bool,
}

impl Default for Config {
    /// Chapter 1's losses, one step each, nothing else.
    fn default() -> Self {
        let adam =
            AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
        Self {
            game: Game::NonSaturating,
            batch: 64,
            noise: Noise::normal(100),
            pack: 1,
            k: 1,
            penalties: Penalties { real: 0.0, fake: 0.0 },
            every: 1,
            g: adam,
            d: adam,
            cool: None,
            anneal: false,
            average: 0.999,
            detach: true,
        }
    }
}

/// What of a [`Config`] holds at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// What is left of the step sizes, from 1 to 0.
    pub left: f64,
    /// The penalties of this step.
    pub penalties: Penalties,
    /// Decay of the averaged generator.
    pub decay: f64,
}

impl Config {
    /// What holds at step `n`, counted from 0.
    pub fn at(&self, n: u64) -> Now {
        let done = n as f64;
        let left = |steps: u64| (1.0 - done / steps as f64).max(0.0);
        let left = self.cool.map_or(1.0, left);
        let strength = match n % self.every {
            0 => self.every as f64 * if self.anneal { left } else { 1.0 },
            _ => 0.0,
        };
        let Penalties { real, fake } = self.penalties;
        let penalties =
            Penalties { real: strength * real, fake: strength * fake };
        // At first the average forgets faster, or it would keep the start.
        let decay = self.average.min((done + 1.0) / (done + 10.0));
        Now { left, penalties, decay }
    }
}

/// What one training step is made from.
#[derive(Clone, Debug)]
pub struct Round {
    /// For each step of the discriminator real examples, `[B, X]`, and noise, `[B, Z]`.
    pub d: Vec<(Array2<f32>, Array2<f32>)>,
    /// The generator's noise, `[B, Z]`.
    pub z_g: Array2<f32>,
}

/// Where rounds come from. Examples and noise are functions of the step alone, so a resumed run sees what an uninterrupted
/// one would have seen, in either room.
pub struct Source<'a> {
    seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

impl Source<'_> {
    /// The n-th batch of real examples.
    pub fn real(&mut self, n: u64) -> Array2<f32> {
        (self.data)(n)
    }

    /// What step `n` is made from.
    pub fn round(&mut self, config: &Config, n: u64) -> Round {
        let Config { batch, noise, k, .. } = *config;
        let mut rng = rng_at(self.seed, n);
        let mut of_d = |i| {
            let x_real = self.real(n * k + i); // [B, X]
            (x_real, noise.sample(batch, &mut rng)) // [B, Z]
        };
        let d = (0..k).map(&mut of_d).collect();
        Round { d, z_g: noise.sample(batch, &mut rng) }
    }
}

/// A generator and a discriminator in training, in either room.
pub trait Players: Resumable {
    /// How they are trained.
    fn config(&self) -> Config;

    /// The generator as it is now.
    fn g(&self) -> Mlp<f32>;

    /// The discriminator as it is now.
    fn d(&self) -> Mlp<f32>;

    /// The averaged generator.
    fn mean(&self) -> Mlp<f32>;

    /// The loss before each step, the discriminator's and the generator's.
    fn losses(&self) -> [Vec<f32>; 2];
}

/// Both in the plain room. `data` gives the n-th batch of real examples.
pub struct Gan<'a> {
    /// How they are trained.
    pub config: Config,
    /// The generator.
    pub g: Model,
    /// The discriminator.
    pub d: Model,
    /// The averaged generator.
    pub mean: Mlp<f32>,
    /// What they learn from.
    pub source: Source<'a>,
}

impl<'a> Gan<'a> {
    /// A pair that has not been trained yet.
    ///
    /// # Panics
    /// `pack` does not divide the batch, `k` is 0, or what leaks through fakes would have to be packed.
    pub fn new(
        config: Config,
        (g, d): (Mlp<f32>, Mlp<f32>),
        seed: u64,
        data: impl FnMut(u64) -> Array2<f32> + Send + 'a,
    ) -> Self {
        let Config { batch, pack, k, detach, .. } = config;
        assert!(detach || pack == 1, "a leak through packs");
        assert!(k > 0, "the discriminator takes at least one step");
        assert!(batch % pack == 0, "{pack} must divide a batch of {batch}");
        let mean = g.clone();
        let g = Model::new("generator", g, config.g);
        let d = Model::new("discriminator", d, config.d);
        let source = Source { seed, data: Box::new(data) };
        Self { config, g, d, mean, source }
    }

    // ANCHOR: as_written
    /// Eq. 3.4: a step of the discriminator, a step of the generator
    /// against what that has become, and the average. Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn step_as_written(
        &mut self,
        x_real: &Array2<f32>,                     // [B, X]
        (z_d, z_g): (&Array2<f32>, &Array2<f32>), // [B, Z]
    ) -> Result<(f32, f32), Diverged> {
        let (game, now) = (self.config.game, self.config.at(self.g.adam.t));
        let (g, d) = (&mut self.g, &mut self.d);
        let x_fake = g.net.output(z_d); // [B, X]
        let (d_loss, d_d) =
            d_step(&d.net, x_real, &x_fake, game, now.penalties);
        d.step(d_loss, &d_d)?;
        let s_real = d.net.output(x_real); // [B, 1]
        let (g_loss, d_g) = g_step(&g.net, &d.net, z_g, &s_real, game, 1);
        g.step(g_loss, &d_g)?;
        average(&mut self.mean, &g.net, now.decay);
        Ok((d_loss, g_loss))
    }
    // ANCHOR_END: as_written

    /// The next step. Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn train_once(&mut self) -> Result<(f32, f32), Diverged> {
        let round = self.source.round(&self.config, self.g.adam.t);
        self.train_on(&round)
    }

    // ANCHOR: step
    /// Eq. 3.4: k steps of the discriminator, each on a batch of its own,
    /// then one of the generator, on fresh noise. Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn train_on(
        &mut self,
        round: &Round,
    ) -> Result<(f32, f32), Diverged> {
        let n = self.g.adam.t;
        let Now { left, penalties, decay } = self.config.at(n);
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let (mut d_loss, mut leak) = (0.0, None);
        let mut x_real = Array2::zeros((0, 0));
        for (x, z) in &round.d {
            x_real = packed(x.clone(), self.config.pack); // eq. 4.33
            leak = self.leak(z);
            let taken = self.step_of_d(&x_real, z, penalties);
            d_loss = taken.map_err(|e| Diverged { step: n, ..e })?;
        }
        let g_loss = self.step_of_g(&x_real, &round.z_g, leak)?;
        average(&mut self.mean, &self.g.net, decay);
        Ok((d_loss, g_loss))
    }

    /// What the discriminator's loss says about the generator, unless it
    /// stops at the fakes.
    fn leak(&self, z: &Array2<f32>) -> Option<Mlp<f32>> {
        let (g, d) = (&self.g.net, &self.d.net);
        let leaks = !self.config.detach;
        leaks.then(|| leak_into_generator(g, d, z, false))
    }
    // ANCHOR_END: step

    // ANCHOR: turns
    /// A step of the discriminator, on fakes that are made in halves.
    fn step_of_d(
        &mut self,
        x_real: &Array2<f32>, // [B / pack, pack · X]
        z: &Array2<f32>,      // [B, Z]
        penalties: Penalties,
    ) -> Result<f32, Diverged> {
        let Config { game, pack, .. } = self.config;
        let x_fake = packed(output_in_halves(&self.g.net, z), pack);
        let (loss, d_d) =
            d_step(&self.d.net, x_real, &x_fake, game, penalties);
        self.d.step(loss, &d_d)
    }

    /// A step of the generator, taken in halves.
    fn step_of_g(
        &mut self,
        x_real: &Array2<f32>, // [B / pack, pack · X]
        z: &Array2<f32>,      // [B, Z]
        leak: Option<Mlp<f32>>,
    ) -> Result<f32, Diverged> {
        let Config { game, pack, .. } = self.config;
        let (g, d) = (&self.g.net, &self.d.net);
        let (loss, mut d_g) = in_halves(x_real.nrows(), |rows| {
            let part = pack * rows.start..pack * rows.end;
            let z = z.slice(s![part, ..]).to_owned(); // [B/2, Z]
            let s_real = match game {
                Game::Relativistic => {
                    d.output(&x_real.slice(s![rows, ..]).to_owned())
                }
                _ => Array2::zeros((rows.len(), 1)), // not looked at
            };
            g_step(g, d, &z, &s_real, game, pack)
        });
        if let Some(leak) = leak {
            add(&mut d_g, &leak);
        }
        self.g.step(loss, &d_g)
    }
    // ANCHOR_END: turns
}

impl Resumable for Gan<'_> {
    fn steps_done(&self) -> u64 {
        self.g.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let (d_loss, g_loss) = self.train_once()?;
        Ok(format!("D {d_loss:.3}  G {g_loss:.3}"))
    }

    fn configuration(&mut self) -> String {
        let [g, d] = [&self.g.net, &self.d.net].map(in_words);
        let first = digest([&self.source.real(0)]);
        let config = self.config;
        format!(
            "generator: {g}\ndiscriminator: {d}\n\
             first batch: {first}\n{config:#?}"
        )
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.g.save(checkpoint);
        self.d.save(checkpoint);
        save_generator(self.config.noise, &self.mean, checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let (mut g, mut d) = (self.g.clone(), self.d.clone());
        g.restore(checkpoint)?;
        d.restore(checkpoint)?;
        restore_parameters("mean", &mut self.mean, checkpoint)?;
        (self.g, self.d) = (g, d);
        Ok(())
    }
}

impl Players for Gan<'_> {
    fn config(&self) -> Config {
        self.config
    }

    fn g(&self) -> Mlp<f32> {
        self.g.net.clone()
    }

    fn d(&self) -> Mlp<f32> {
        self.d.net.clone()
    }

    fn mean(&self) -> Mlp<f32> {
        self.mean.clone()
    }

    fn losses(&self) -> [Vec<f32>; 2] {
        [self.d.losses.clone(), self.g.losses.clone()]
    }
}

/// The pair in the lab's room.
///
/// # Errors
/// The device is not there.
#[cfg(not(target_arch = "wasm32"))]
pub fn in_room<'a>(
    lab: &Lab,
    gan: Gan<'a>,
) -> anyhow::Result<Box<dyn Players + 'a>> {
    lab::in_room!(lab, gan, |dev, plain| on_dfdx::Gan::new(&dev, plain))
}

/// Puts an averaged generator, and all that is needed to sample from it, into a checkpoint.
pub fn save_generator(
    noise: Noise,
    mean: &Mlp<f32>,
    checkpoint: &mut Checkpoint,
) {
    checkpoint.note("noise.signs", noise.signs);
    checkpoint.note("noise.normals", noise.normals);
    checkpoint.note("mean.layers", mean.layers.len());
    save_parameters("mean", mean, checkpoint);
}

/// The averaged generator of images in a checkpoint of either room: leaky ReLUs of slope 0.2, tanh at the end, widths as they
/// come.
///
/// # Errors
/// The file is damaged, or of something else.
pub fn load_generator(
    path: &Path,
) -> Result<(Noise, Mlp<f32>), CheckpointError> {
    let checkpoint = Checkpoint::load(path)?;
    let from = checkpoint.expecting("a generator of 28 × 28 images");
    let noise = Noise {
        signs: from.number("noise.signs")?,
        normals: from.number("noise.normals")?,
    };
    let activations = activations(from)?;
    let g = load_layers(from, "mean", &activations)?;
    match width_behind(from, &g, noise.width())? {
        784 => Ok((noise, g)),
        width => Err(from.refuse(format!("a generator of {width} numbers"))),
    }
}

/// Leaky ReLUs, and tanh after the last of as many layers as there are.
fn activations(from: Expecting) -> Result<Vec<Activation>, CheckpointError> {
    let mut activations = Vec::new();
    for n in 0..from.number("mean.layers")? {
        from.array(&format!("mean.parameter.{}", 2 * n))?;
        activations.push(Activation::LeakyRelu(0.2));
    }
    match activations.last_mut() {
        Some(last) => *last = Activation::Tanh,
        None => return Err(from.refuse("a generator without layers")),
    }
    Ok(activations)
}

/// How many numbers come out of a network that `width` numbers go into, if its layers fit together.
fn width_behind(
    from: Expecting,
    net: &Mlp<f32>,
    mut width: usize,
) -> Result<usize, CheckpointError> {
    for (n, layer) in net.layers.iter().enumerate() {
        if layer.w.nrows() != width {
            let (w, b) = (layer.w.shape(), layer.b.shape());
            return Err(from.refuse(format!(
                "layer {n} of shapes {w:?}, {b:?} behind {width} numbers"
            )));
        }
        width = layer.w.ncols();
    }
    Ok(width)
}

/// A picture of `count` images that a generator draws.
#[cfg(not(target_arch = "wasm32"))]
pub fn draw(
    noise: Noise,
    g: &Mlp<f32>,
    count: usize,
    seed: u64,
) -> ImageGrid {
    let columns = (count as f64).sqrt().ceil() as usize;
    let mut grid = ImageGrid::new(columns);
    for n in 0..count {
        let z = noise.sample(1, &mut rng_at(seed, n as u64)); // [1, Z]
        let image = g.output(&z).into_shape_with_order((28, 28));
        grid.push(image.expect("784 pixels").view(), -1.0, 1.0);
    }
    grid
}
