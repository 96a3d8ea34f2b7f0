//! The pair in training, and what is left of it on disk: a checkpoint that either room can load.

use std::path::Path;
use std::time::{Duration, Instant};

use discriminator_training::plain::leak_into_generator;
use gradients::model::Model;
use gradients::plain::{Activation, AdamConfig, Layer, Mlp};
use lab::{Checkpoint, CheckpointError, ImageGrid, Resumable, rng_at};
use ndarray::{Array2, ArrayD, Ix1, Ix2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::plain::{
    Game, Penalties, add, average, d_step, g_step, in_halves,
    output_in_halves, packed,
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

/// A generator and a discriminator in training. `data` gives the n-th batch of real examples; as a function of n alone,
/// like the noise, it lets a resumed run see what an uninterrupted one would have seen.
pub struct Gan<'a> {
    /// How they are trained.
    pub config: Config,
    /// The generator.
    pub g: Model,
    /// The discriminator.
    pub d: Model,
    /// The averaged generator.
    pub mean: Mlp<f32>,
    /// How long the steps have taken, in all sittings.
    pub time: Duration,
    seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

impl<'a> Gan<'a> {
    /// A pair that has not been trained yet.
    ///
    /// # Panics
    /// `pack` does not divide the batch.
    pub fn new(
        config: Config,
        (g, d): (Mlp<f32>, Mlp<f32>),
        seed: u64,
        data: impl FnMut(u64) -> Array2<f32> + Send + 'a,
    ) -> Self {
        let Config { batch, pack, .. } = config;
        assert!(batch % pack == 0, "{pack} must divide a batch of {batch}");
        let mean = g.clone();
        let (g, d) = (Model::new(g, config.g), Model::new(d, config.d));
        let time = Duration::ZERO;
        Self { config, g, d, mean, time, seed, data: Box::new(data) }
    }

    /// The n-th batch of real examples.
    pub fn real(&mut self, n: u64) -> Array2<f32> {
        (self.data)(n)
    }

    // ANCHOR: step
    /// Eq. 3.5: k steps of the discriminator, each on a batch of its own,
    /// then one of the generator, on fresh noise. Gives both losses.
    pub fn train_once(&mut self) -> (f32, f32) {
        let Config { game, batch, noise, pack, k, .. } = self.config;
        let n = self.g.adam.t;
        let Now { left, penalties, decay } = self.config.at(n);
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let mut rng = rng_at(self.seed, n);
        let (mut d_loss, mut leaked) = (0.0, None);
        let mut x_real = Array2::zeros((0, 0));
        for i in 0..k {
            x_real = packed(self.real(n * k + i), pack); // eq. 3.8
            let z = noise.sample(batch, &mut rng); // [B, Z]
            let (g, d) = (&self.g.net, &self.d.net);
            let x_fake = packed(output_in_halves(g, &z), pack);
            let (loss, d_d) = d_step(d, &x_real, &x_fake, game, penalties);
            if !self.config.detach {
                leaked = Some(leak_into_generator(g, d, &z, false));
            }
            self.d.step(loss, &d_d);
            d_loss = loss;
        }
        let z = noise.sample(batch, &mut rng); // [B, Z]
        let (g, d) = (&self.g.net, &self.d.net);
        let (g_loss, mut d_g) = in_halves(batch / pack, |rows| {
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
        if let Some(leaked) = leaked {
            add(&mut d_g, &leaked);
        }
        self.g.step(g_loss, &d_g);
        average(&mut self.mean, &self.g.net, decay);
        (d_loss, g_loss)
    }
    // ANCHOR_END: step
}

impl Resumable for Gan<'_> {
    fn steps_done(&self) -> u64 {
        self.g.adam.t
    }

    fn step(&mut self) -> String {
        let start = Instant::now();
        let (d_loss, g_loss) = self.train_once();
        self.time += start.elapsed();
        format!("D {d_loss:.3}  G {g_loss:.3}")
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.g.save("generator", checkpoint);
        self.d.save("discriminator", checkpoint);
        save_generator(self.config.noise, &self.mean, checkpoint);
        checkpoint.note("milliseconds", self.time.as_millis());
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let (mut g, mut d) = (self.g.clone(), self.d.clone());
        g.restore("generator", checkpoint)?;
        d.restore("discriminator", checkpoint)?;
        let mut mean = self.mean.clone();
        for (n, mut p) in mean.parameters_mut().into_iter().enumerate() {
            let mut array = ArrayD::zeros(p.raw_dim());
            checkpoint.get(&format!("mean.parameter.{n}"), &mut array)?;
            p.assign(&array);
        }
        let time = checkpoint.number("milliseconds")?;
        self.time = Duration::from_millis(time);
        (self.g, self.d, self.mean) = (g, d, mean);
        Ok(())
    }
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
    for (n, p) in mean.parameters().iter().enumerate() {
        checkpoint.put(&format!("mean.parameter.{n}"), p);
    }
}

/// A file that holds no generator of images.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// It is no checkpoint, or one without a generator.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It is a checkpoint of something else.
    #[error(
        "{}: expected the checkpoint of a generator of 28 × 28 images, found {found}",
        path.display()
    )]
    Foreign {
        /// The file.
        path: std::path::PathBuf,
        /// What it holds.
        found: String,
    },
}

/// The averaged generator of images in a checkpoint: leaky ReLUs of slope 0.2, tanh at the end, widths as they come.
///
/// # Errors
/// The file is damaged, or of something else.
pub fn load_generator(path: &Path) -> Result<(Noise, Mlp<f32>), SampleError> {
    let checkpoint = Checkpoint::load(path)?;
    let foreign =
        |found: String| SampleError::Foreign { path: path.into(), found };
    let named = |name: &str| {
        let training = checkpoint.notes.get("training");
        let of = training.map_or("unknown".into(), |t| format!("`{t}`"));
        foreign(format!("no `{name}`; its training is {of}"))
    };
    let number = |name: &str| {
        let missing = |_| named(name);
        checkpoint.number(name).map(|n| n as usize).map_err(missing)
    };
    let noise = Noise {
        signs: number("noise.signs")?,
        normals: number("noise.normals")?,
    };
    let count = number("mean.layers")?;
    let array = |n: usize| {
        let name = format!("mean.parameter.{n}");
        checkpoint.array(&name).cloned().map_err(|_| named(&name))
    };
    let mut layers: Vec<Layer<f32>> = Vec::new();
    let mut width = noise.width();
    for n in 0..count {
        let (w, b) = (array(2 * n)?, array(2 * n + 1)?);
        let shapes =
            format!("layer {n} of shapes {:?}, {:?}", w.shape(), b.shape());
        let odd = |_| foreign(shapes.clone());
        let w: Array2<f32> = w.into_dimensionality::<Ix2>().map_err(odd)?;
        let b = b.into_dimensionality::<Ix1>().map_err(odd)?;
        if w.nrows() != width || b.len() != w.ncols() {
            return Err(foreign(shapes));
        }
        width = w.ncols();
        let activation = match n + 1 == count {
            true => Activation::Tanh,
            false => Activation::LeakyRelu(0.2),
        };
        layers.push(Layer { w, b, activation });
    }
    match width {
        784 => Ok((noise, Mlp { layers })),
        _ => Err(foreign(format!("a generator of {width} numbers"))),
    }
}

/// A picture of `count` images that a generator draws.
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
