//! A pair in training with any of the cures: which losses, which penalties,
//! what the discriminator sees, how fast each player moves.

use gan::plain::{average, in_halves};
use gan::training::Noise;
use gradients::model::{Model, restore_parameters, save_parameters};
use gradients::plain::{AdamConfig, add, last};
use lab::{
    Checkpoint, CheckpointError, Diverged, Lab, Resumable, Room, digest,
    rng_at,
};
use ndarray::{Array1, Array2, Axis, concatenate, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;
use rayon::join;

use crate::critic::{between, clip};
use crate::game::{d_loss_of, g_loss_of};
use crate::net::{Map, Net, near_one, penalty, zero_centred};
use crate::on_dfdx;
use crate::spectral::{normalised, normalised_backward, power_step, start};

pub use crate::game::Game;

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

/// What of a [`Config`] holds at one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Now {
    /// What is left of the step sizes, from 1 to 0.
    pub left: f64,
    /// The penalties of this step.
    pub penalties: Penalties,
    /// Standard deviation of the instance noise.
    pub instance_noise: f64,
    /// Decay of the averaged generator.
    pub decay: f64,
}

impl Config {
    /// What holds at step `n`, counted from 0.
    pub fn at(&self, n: u64) -> Now {
        let done = n as f64;
        let left = |steps: u64| (1.0 - done / steps as f64).max(0.0);
        let left = self.cool.map_or(1.0, left);
        let falls = if self.anneal { left } else { 1.0 };
        let strength = match n % self.every {
            0 => self.every as f64 * falls,
            _ => 0.0,
        };
        let Penalties { real, fake, between } = self.penalties;
        let penalties = Penalties {
            real: strength * real,
            fake: strength * fake,
            between: strength * between,
        };
        let instance_noise = falls * self.instance_noise;
        // At first the average forgets faster, or it would keep the start.
        let decay = self.average.min((done + 1.0) / (done + 10.0));
        Now { left, penalties, instance_noise, decay }
    }
}

impl Config {
    /// Panics where [`Pair::new`] says so.
    fn check(&self, d: &Net<f32>) {
        let Self { batch, pack, k, every, clip, .. } = *self;
        assert!(
            k > 0,
            "the discriminator takes at least one step, not k = 0"
        );
        assert!(every > 0, "penalties come every step or less often, not 0");
        assert!(clip.is_none_or(|c| c > 0.0), "a clip of {clip:?}");
        let whole = pack > 0 && batch.is_multiple_of(pack);
        assert!(whole, "a pack of {pack} must divide a batch of {batch}");
        let half = batch / pack / 2;
        for layer in &d.layers {
            if let Map::Deviation { group } = layer.map {
                let whole = group > 0 && half.is_multiple_of(group);
                assert!(whole, "a group of {group} must divide {half} rows");
            }
        }
    }
}

/// What a step of the discriminator is made from.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Real examples, with their instance noise, `[B, X]`.
    pub x_real: Array2<f32>,
    /// The generator's noise, `[B, Z]`.
    pub z: Array2<f32>,
    /// The fakes' instance noise, `[B, X]`, if there is any.
    pub blur: Option<Array2<f32>>,
    /// How near the point between lies to the real example, `[B / pack, 1]`.
    pub eps: Array2<f32>,
}

/// What a step of training is made from: for each step of the discriminator
/// what it sees, and the generator's noise, `[B, Z]`.
pub type Round = (Vec<Shown>, Array2<f32>);

/// Where rounds come from. Examples and noise are functions of the step
/// alone, so a resumed run sees what an uninterrupted one would have seen,
/// in either room.
pub struct Source<'a> {
    seed: u64,
    data: Box<dyn FnMut(u64) -> Array2<f32> + Send + 'a>,
}

impl Source<'_> {
    /// What step `n` is made from.
    pub fn round(&mut self, config: &Config, n: u64) -> Round {
        let Config { batch, noise, k, .. } = *config;
        let mut rng = rng_at(self.seed, n);
        let width = config.at(n).instance_noise as f32;
        let of_d = |i| {
            let x_real = (self.data)(n * k + i); // [B, X]
            let z = noise.sample(batch, &mut rng); // [B, Z]
            let mut blur = || {
                let shape = x_real.raw_dim();
                let e: Array2<f32> =
                    Array2::random_using(shape, StandardNormal, &mut rng);
                e * width // [B, X]
            };
            let blurs = (width > 0.0).then(|| (blur(), blur()));
            let rows = (batch / config.pack, 1);
            let eps =
                Array2::from_shape_simple_fn(rows, || rng.random::<f32>());
            let (x_real, blur) = match blurs {
                Some((real, fake)) => (x_real + real, Some(fake)),
                None => (x_real, None),
            };
            Shown { x_real, z, blur, eps }
        };
        let shown = (0..k).map(of_d).collect();
        (shown, noise.sample(batch, &mut rng))
    }
}

/// A pair in training, in either room.
pub trait Players: Resumable {
    /// How it is trained.
    fn config(&self) -> Config;

    /// The generator as it is now.
    fn g(&self) -> Net<f32>;

    /// The discriminator as it is used now.
    fn d(&self) -> Net<f32>;

    /// The averaged generator.
    fn mean(&self) -> Net<f32>;

    /// The loss before each step, the discriminator's and the generator's.
    fn losses(&self) -> [Vec<f32>; 2];
}

/// A generator and a discriminator in training, in the plain room.
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
    /// What they learn from.
    pub source: Source<'a>,
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

// ANCHOR: d_step
/// The discriminator's loss with its penalties, and the gradient at every
/// parameter. Real and fake are two threads' work.
pub fn d_step(
    d: &Net<f32>,
    (x_real, x_fake): (&Array2<f32>, &Array2<f32>), // [B, X]
    eps: &Array2<f32>,                              // [B, 1]
    game: Game,
    penalties: Penalties,
) -> (f32, Net<f32>) {
    let (real, fake) = join(|| d.forward(x_real), || d.forward(x_fake));
    let (mut loss, (d_real, d_fake)) =
        d_loss_of(game, last(&real), last(&fake)); // [B, 1]
    let at =
        |x, gamma| (gamma > 0.0).then(|| penalty(d, x, zero_centred(gamma)));
    let ((mut d_d, at_real), (of_fake, at_fake)) = join(
        || {
            let d_d = d.backward_parameters(&real, d_real);
            (d_d, at(x_real, penalties.real))
        },
        || {
            let d_d = d.backward_parameters(&fake, d_fake);
            (d_d, at(x_fake, penalties.fake))
        },
    );
    add(&mut d_d, &of_fake);
    let lambda = penalties.between;
    let at_between = (lambda > 0.0).then(|| {
        let x = between(x_real, x_fake, eps); // [B, X]
        penalty(d, &x, near_one(lambda))
    });
    for (more, d_more) in [at_real, at_fake, at_between].into_iter().flatten()
    {
        loss += more;
        add(&mut d_d, &d_more);
    }
    (loss, d_d)
}
// ANCHOR_END: d_step

/// What the network makes of `z`, half of the rows a thread. `[B, X]`
fn output_in_halves(net: &Net<f32>, z: &Array2<f32>) -> Array2<f32> {
    let (one, other) = z.view().split_at(Axis(0), z.nrows() / 2);
    let [one, other] = [one, other].map(|z| z.to_owned());
    let (one, other) = join(|| net.output(&one), || net.output(&other));
    concatenate![Axis(0), one, other] // [B, X]
}

/// Channels of an example, as a discriminator of packs has them.
pub fn channels(d: &Net<f32>, pack: usize) -> usize {
    let first = &d.layers[0];
    match first.map {
        Map::Down { .. } => first.w.nrows() / 16 / pack,
        // All of a point's numbers are its channels.
        _ => first.w.nrows().max(1) / pack,
    }
}

impl<'a> Pair<'a> {
    /// A pair that has not been trained yet. `data` gives the n-th batch of
    /// real examples.
    ///
    /// # Panics
    /// The configuration cannot be followed: `k`, `every` or `pack` is 0, a
    /// clip is not above 0, or batches do not fall into whole packs, or
    /// their halves into whole groups of a deviation.
    pub fn new(
        config: Config,
        (g, d): (Net<f32>, Net<f32>),
        seed: u64,
        data: impl FnMut(u64) -> Array2<f32> + Send + 'a,
    ) -> Self {
        config.check(&d);
        let rng = &mut rng_at(seed, u64::MAX - 2);
        let kept = d.layers.iter().map(|l| start(l.w.nrows(), rng));
        let kept = kept.collect();
        let mean = g.clone();
        let g = Model::new("generator", g, config.g);
        let d = Model::new("discriminator", d, config.d);
        let source = Source { seed, data: Box::new(data) };
        Self { config, g, d, mean, kept, source }
    }

    /// The next step. Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn train_once(&mut self) -> Result<(f32, f32), Diverged> {
        let round = self.source.round(&self.config, self.g.adam.t);
        self.train_on(round)
    }

    /// One step of training: k of the discriminator, one of the generator,
    /// and the average. Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn train_on(
        &mut self,
        (shown, z_g): Round,
    ) -> Result<(f32, f32), Diverged> {
        let n = self.g.adam.t;
        let now = self.config.at(n);
        self.g.adam.config.lr = self.config.g.lr * now.left;
        self.d.adam.config.lr = self.config.d.lr * now.left;
        let pack = self.config.pack;
        let channels = channels(&self.d.net, pack);
        let (mut d_loss, mut seen) = (0.0, Array2::zeros((0, 0)));
        for Shown { x_real, z, blur, eps } in shown {
            let made = output_in_halves(&self.g.net, &z); // [B, X]
            let made = match blur {
                Some(noise) => made + noise,
                None => made,
            };
            seen = side_by_side(x_real, pack, channels);
            let x_fake = side_by_side(made, pack, channels);
            let taken = self.step_of_d(&seen, &x_fake, &eps, now.penalties);
            d_loss = taken.map_err(|e| Diverged { step: n, ..e })?;
        }
        let g_loss = self.step_of_g(&seen, &z_g)?;
        average(&mut self.mean, &self.g.net, now.decay);
        Ok((d_loss, g_loss))
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
            if layer.map.has_weight() {
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
        eps: &Array2<f32>,    // [B / pack, 1]
        penalties: Penalties,
    ) -> Result<f32, Diverged> {
        let (d, vectors) = self.used();
        let game = self.config.game;
        let (loss, mut d_d) =
            d_step(&d, (x_real, x_fake), eps, game, penalties);
        for (n, (u, v)) in vectors.into_iter().enumerate() {
            let (layer, d_bar) = (&self.d.net.layers[n], &mut d_d.layers[n]);
            if layer.map.has_weight() {
                d_bar.w = normalised_backward(&layer.w, &u, &v, &d_bar.w);
            }
            self.kept[n] = u;
        }
        let loss = self.d.step(loss, &d_d)?;
        if let Some(c) = self.config.clip {
            clip(&mut self.d.net, c as f32);
        }
        Ok(loss)
    }

    /// A step of the generator, taken in halves.
    fn step_of_g(
        &mut self,
        x_real: &Array2<f32>, // [B / pack, pack · X]
        z: &Array2<f32>,      // [B, Z]
    ) -> Result<f32, Diverged> {
        let Config { game, pack, .. } = self.config;
        let channels = channels(&self.d.net, pack);
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
            let of = of.map(|l| {
                format!("{:?} {:?} {:?}", l.map, l.w.dim(), l.activation)
            });
            of.collect::<Vec<_>>().join(", ")
        };
        let [g, d] = [&self.g.net, &self.d.net].map(words);
        let first = digest([&(self.source.data)(0)]);
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

impl Players for Pair<'_> {
    fn config(&self) -> Config {
        self.config
    }

    fn g(&self) -> Net<f32> {
        self.g.net.clone()
    }

    fn d(&self) -> Net<f32> {
        self.used().0
    }

    fn mean(&self) -> Net<f32> {
        self.mean.clone()
    }

    fn losses(&self) -> [Vec<f32>; 2] {
        [self.d.losses.clone(), self.g.losses.clone()]
    }
}

/// The pair in the lab's room.
///
/// # Errors
/// The device is not there, or the pair needs what only the plain room does.
pub fn in_room<'a>(
    lab: &Lab,
    pair: Pair<'a>,
) -> anyhow::Result<Box<dyn Players + 'a>> {
    anyhow::ensure!(
        lab.room() == Room::Plain || !pair.config.spectral,
        "spectral normalisation trains in the plain room alone: \
         leave out `--room dfdx`"
    );
    lab::in_room!(lab, pair, |dev, plain| on_dfdx::pair::Pair::new(
        &dev, plain
    ))
}
