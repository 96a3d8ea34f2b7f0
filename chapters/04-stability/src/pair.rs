//! A pair in training with any of the cures: which losses, which penalties,
//! what the discriminator sees, how fast each player moves.

use gan::plain::{average, in_halves};
use gan::training::Noise;
use gradients::model::{Model, restore_parameters, save_parameters};
use gradients::plain::{AdamConfig, Parameters, last, real};
use lab::{
    Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at,
};
use ndarray::{Array1, Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use rayon::join;

use crate::losses::{d_loss_of, g_loss_of};
use crate::net::{Map, Net, penalty};
use crate::spectral::{normalised, normalised_backward, power_step, start};

pub use crate::losses::Game;

/// How strong the penalties are; 0 is off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalties {
    /// γ of R1, at real examples.
    pub real: f64,
    /// γ of R2, at fakes.
    pub fake: f64,
    /// λ of WGAN-GP, between the two.
    pub between: f64,
}

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
    /// The penalties of the discriminator.
    pub penalties: Penalties,
    /// They are taken at every n-th step, n times as strong.
    pub every: u64,
    /// The discriminator's weights are kept within ± this.
    pub clip: Option<f64>,
    /// Whether the discriminator's weights are divided by their norms.
    pub spectral: bool,
    /// Standard deviation of the noise that real and fake examples get.
    pub instance_noise: f64,
    /// The generator's optimiser.
    pub g: AdamConfig,
    /// The discriminator's optimiser.
    pub d: AdamConfig,
    /// Over so many steps the step sizes fall to zero; `None` leaves them.
    pub cool: Option<u64>,
    /// Whether penalties and instance noise fall with the step sizes.
    pub anneal: bool,
    /// Decay of the averaged generator.
    pub average: f64,
}

impl Default for Config {
    /// Chapter 1's losses, one step each, nothing else.
    fn default() -> Self {
        let adam =
            AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
        Self {
            game: Game::NonSaturating,
            batch: 64,
            noise: Noise::normal(64),
            pack: 1,
            k: 1,
            penalties: Penalties { real: 0.0, fake: 0.0, between: 0.0 },
            every: 1,
            clip: None,
            spectral: false,
            instance_noise: 0.0,
            g: adam,
            d: adam,
            cool: None,
            anneal: false,
            average: 0.999,
        }
    }
}

/// A generator and a discriminator in training. `data` gives the n-th batch
/// of real examples; noise is a function of the step alone, so a resumed run
/// sees what an uninterrupted one would have seen.
pub struct Pair<'a> {
    /// How they are trained.
    pub config: Config,
    /// The generator.
    pub g: Model<Net<f32>>,
    /// The discriminator.
    pub d: Model<Net<f32>>,
    /// The averaged generator.
    pub mean: Net<f32>,
    /// For each of the discriminator's layers the kept `u` of eq. 4.17.
    kept: Vec<Array1<f32>>,
    seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

// ANCHOR: packing
/// Eq. 4.33 for grids: `pack` examples side by side as the channels of one,
/// `[B / pack, pack · X]`; `channels` is an example's.
pub fn side_by_side(
    x: Array2<f32>, // [B, X]
    pack: usize,
    channels: usize,
) -> Array2<f32> {
    if pack == 1 {
        return x;
    }
    let (b, width) = x.dim();
    let shape = (b / pack, pack, width / channels, channels);
    let x = x.into_shape_with_order(shape).expect("whole packs");
    let x = x.permuted_axes([0, 2, 1, 3]); // [B / pack, P, pack, C]
    let x = x.as_standard_layout().into_owned();
    x.into_shape_with_order((b / pack, pack * width)).expect("as many")
}

/// The inverse. `[B, X]`
pub fn apart(x: Array2<f32>, pack: usize, channels: usize) -> Array2<f32> {
    if pack == 1 {
        return x;
    }
    let (b, width) = x.dim();
    let shape = (b, width / (pack * channels), pack, channels);
    let x = x.into_shape_with_order(shape).expect("whole packs");
    let x = x.permuted_axes([0, 2, 1, 3]); // [B / pack, pack, P, C]
    let x = x.as_standard_layout().into_owned();
    x.into_shape_with_order((b * pack, width / pack)).expect("as many")
}
// ANCHOR_END: packing

impl<'a> Pair<'a> {
    /// A pair that has not been trained yet.
    ///
    /// # Panics
    /// `pack` does not divide the batch, or `k` is 0.
    pub fn new(
        config: Config,
        (g, d): (Net<f32>, Net<f32>),
        seed: u64,
        data: impl FnMut(u64) -> Array2<f32> + Send + 'a,
    ) -> Self {
        let Config { batch, pack, k, .. } = config;
        assert!(k > 0, "the discriminator takes at least one step");
        assert!(batch % pack == 0, "{pack} must divide a batch of {batch}");
        let rng = &mut rng_at(seed, u64::MAX - 2);
        let kept = d.layers.iter().map(|l| start(l.w.nrows(), rng));
        let kept = kept.collect();
        let mean = g.clone();
        let g = Model::new("generator", g, config.g);
        let d = Model::new("discriminator", d, config.d);
        Self { config, g, d, mean, kept, seed, data: Box::new(data) }
    }

    /// Channels of an example, as the discriminator's first layer has it.
    fn channels(&self) -> usize {
        let first = &self.d.net.layers[0];
        match first.map {
            Map::Down { .. } => first.w.nrows() / 16 / self.config.pack,
            _ => first.w.nrows().max(1) / self.config.pack,
        }
    }

    /// What is left of the step sizes, from 1 to 0.
    fn left(&self) -> f64 {
        let left = |steps| 1.0 - self.g.adam.t as f64 / steps as f64;
        self.config.cool.map_or(1.0, |steps| left(steps).max(0.0))
    }

    /// One step of training: k of the discriminator, one of the generator.
    /// Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn train_once(&mut self) -> Result<(f32, f32), Diverged> {
        let (n, left) = (self.g.adam.t, self.left());
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let mut rng = rng_at(self.seed, n);
        let (mut d_loss, mut seen) = (0.0, Array2::zeros((0, 0)));
        let Config { batch, noise, k, pack, .. } = self.config;
        for i in 0..k {
            let x_real = (self.data)(n * k + i); // [B, X]
            let z = noise.sample(batch, &mut rng); // [B, Z]
            let x_fake = self.g.net.output(&z); // [B, X]
            let mut shown = |x: Array2<f32>| {
                let x = self.blurred(x, left, &mut rng);
                side_by_side(x, pack, self.channels())
            };
            let (x_real, x_fake) = (shown(x_real), shown(x_fake));
            let u = Array1::random_using(
                x_real.nrows(),
                ndarray_rand::rand_distr::Uniform::new(0.0, 1.0)
                    .expect("a range"),
                &mut rng,
            );
            let taken = self.step_of_d(&x_real, &x_fake, &u, left);
            d_loss = taken.map_err(|e| Diverged { step: n, ..e })?;
            seen = x_real;
        }
        let z = noise.sample(batch, &mut rng); // [B, Z]
        let g_loss = self.step_of_g(&seen, &z)?;
        let done = n as f64;
        // At first the average forgets faster, or it would keep the start.
        let decay = self.config.average.min((done + 1.0) / (done + 10.0));
        average(&mut self.mean, &self.g.net, decay);
        Ok((d_loss, g_loss))
    }

    /// A batch with instance noise, if there is any left.
    fn blurred(
        &self,
        x: Array2<f32>, // [B, X]
        left: f64,
        rng: &mut lab::ChaCha8Rng,
    ) -> Array2<f32> {
        let Config { instance_noise, anneal, .. } = self.config;
        let width = instance_noise * if anneal { left } else { 1.0 };
        if width == 0.0 {
            return x;
        }
        let noise: Array2<f32> =
            Array2::random_using(x.raw_dim(), StandardNormal, rng);
        x + noise * width as f32
    }

    /// The discriminator as it is used: its weights, or those over their
    /// norms, with the vectors of each.
    fn used(&self) -> (Net<f32>, Vec<(Array1<f32>, Array1<f32>)>) {
        let mut net = self.d.net.clone();
        if !self.config.spectral {
            return (net, Vec::new());
        }
        let mut vectors = Vec::new();
        for (layer, u) in net.layers.iter_mut().zip(&self.kept) {
            let (u, v) = power_step(&layer.w, u);
            if !layer.w.is_empty() {
                layer.w = normalised(&layer.w, &u, &v);
            }
            vectors.push((u, v));
        }
        (net, vectors)
    }

    fn step_of_d(
        &mut self,
        x_real: &Array2<f32>, // [B / pack, pack · X]
        x_fake: &Array2<f32>, // [B / pack, pack · X]
        u: &Array1<f32>,      // [B / pack]
        left: f64,
    ) -> Result<f32, Diverged> {
        let (d, vectors) = self.used();
        let (loss, mut d_d) = self.loss_of_d(&d, x_real, x_fake, u, left);
        for (n, (u, v)) in vectors.into_iter().enumerate() {
            let (layer, d_bar) = (&self.d.net.layers[n], &mut d_d.layers[n]);
            if !layer.w.is_empty() {
                d_bar.w = normalised_backward(&layer.w, &u, &v, &d_bar.w);
            }
            self.kept[n] = u;
        }
        let loss = self.d.step(loss, &d_d)?;
        if let Some(c) = self.config.clip {
            let c = c as f32;
            for mut p in self.d.net.parameters_mut() {
                p.mapv_inplace(|v| v.clamp(-c, c));
            }
        }
        Ok(loss)
    }

    /// The discriminator's loss with its penalties, and the gradient at the
    /// parameters that are used.
    fn loss_of_d(
        &self,
        d: &Net<f32>,
        x_real: &Array2<f32>, // [B / pack, pack · X]
        x_fake: &Array2<f32>, // [B / pack, pack · X]
        u: &Array1<f32>,      // [B / pack]
        left: f64,
    ) -> (f32, Net<f32>) {
        let (real, fake) = join(|| d.forward(x_real), || d.forward(x_fake));
        let (mut loss, (d_real, d_fake)) =
            d_loss_of(self.config.game, last(&real), last(&fake));
        let Config { penalties, every, anneal, .. } = self.config;
        let strength = match self.g.adam.t % every {
            0 => every as f64 * if anneal { left } else { 1.0 },
            _ => 0.0,
        };
        let zero_centred = |x, gamma: f64| {
            let gamma = real_of(gamma * strength);
            (gamma > 0.0).then(|| {
                penalty(d, x, |n| (gamma / 2.0 * n * n, gamma * n))
            })
        };
        let ((mut d_d, more), (of_fake, at_fake)) = join(
            || {
                let d_d = d.backward_parameters(&real, d_real);
                (d_d, zero_centred(x_real, penalties.real))
            },
            || {
                let d_d = d.backward_parameters(&fake, d_fake);
                (d_d, zero_centred(x_fake, penalties.fake))
            },
        );
        gradients::plain::add(&mut d_d, &of_fake);
        let lambda = real_of(penalties.between * strength);
        let between = (lambda > 0.0).then(|| {
            let u = u.view().insert_axis(ndarray::Axis(1)); // [B, 1]
            let x = x_real * &u + x_fake * &u.mapv(|u| 1.0 - u); // [B, X]
            penalty(d, &x, |n| {
                let off = n - 1.0;
                (lambda * off * off, 2.0 * lambda * off)
            })
        });
        for (l, d_more) in [more, at_fake, between].into_iter().flatten() {
            loss += l;
            gradients::plain::add(&mut d_d, &d_more);
        }
        (loss, d_d)
    }

    /// A step of the generator, taken in halves.
    fn step_of_g(
        &mut self,
        x_real: &Array2<f32>, // [B / pack, pack · X]
        z: &Array2<f32>,      // [B, Z]
    ) -> Result<f32, Diverged> {
        let Config { game, pack, .. } = self.config;
        let channels = self.channels();
        let (d, _) = self.used();
        let g = &self.g.net;
        let (loss, d_g) = in_halves(x_real.nrows(), |rows| {
            let part = pack * rows.start..pack * rows.end;
            let z = z.slice(s![part, ..]).to_owned(); // [B/2, Z]
            let s_real = match game {
                Game::Relativistic => {
                    d.output(&x_real.slice(s![rows, ..]).to_owned())
                }
                _ => Array2::zeros((rows.len(), 1)), // not looked at
            };
            let made = g.forward(&z);
            let x = side_by_side(last(&made).clone(), pack, channels);
            let seen = d.forward(&x);
            let (loss, d_s) = g_loss_of(game, &s_real, last(&seen));
            let d_x = apart(d.through(&seen, d_s), pack, channels);
            (loss, g.backward_parameters(&made, d_x))
        });
        self.g.step(loss, &d_g)
    }
}

fn real_of(value: f64) -> f32 {
    real(value)
}

impl Resumable for Pair<'_> {
    fn steps_done(&self) -> u64 {
        self.g.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let (d_loss, g_loss) = self.train_once()?;
        Ok(format!("D {d_loss:.3}  G {g_loss:.3}"))
    }

    fn configuration(&mut self) -> String {
        let words = |net: &Net<f32>| -> String {
            let of = net.layers.iter();
            let of = of.map(|l| format!("{:?} {:?}", l.map, l.w.dim()));
            of.collect::<Vec<_>>().join(", ")
        };
        let [g, d] = [&self.g.net, &self.d.net].map(words);
        let first = digest([&(self.data)(0)]);
        let config = self.config;
        format!(
            "generator: {g}\ndiscriminator: {d}\n\
             first batch: {first}\n{config:#?}"
        )
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.g.save(checkpoint);
        self.d.save(checkpoint);
        save_parameters("mean", &self.mean, checkpoint);
        for (n, u) in self.kept.iter().enumerate() {
            checkpoint.put(&format!("kept.{n}"), u);
        }
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let (mut g, mut d) = (self.g.clone(), self.d.clone());
        g.restore(checkpoint)?;
        d.restore(checkpoint)?;
        let kept = self.kept.iter().enumerate().map(|(n, u)| {
            let shape = [u.len()];
            let u = checkpoint.get(&format!("kept.{n}"), &shape)?;
            Ok(u.iter().copied().collect())
        });
        let kept = kept.collect::<Result<_, CheckpointError>>()?;
        restore_parameters("mean", &mut self.mean, checkpoint)?;
        (self.g, self.d, self.kept) = (g, d, kept);
        Ok(())
    }
}
