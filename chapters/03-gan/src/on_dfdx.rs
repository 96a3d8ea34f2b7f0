//! The same steps on dfdx. The tape goes through the discriminator into the
//! generator by itself; only the penalty, which is made of a gradient, has to
//! be written as a forward pass.

use dfdx::prelude::*;
use discriminator_training::on_dfdx::{d_step_under, leak_into_generator};
use gradients::model;
use gradients::on_dfdx::{
    Changed, Loss, Matrix, Mlp, Model, Number, Parameter, Parameters, Seen,
    Taped, number, value_and_gradients,
};
use gradients::plain::{self, Activation};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};
use minimax_loss::on_dfdx::{
    d_loss, g_loss_non_saturating, g_loss_saturating,
};
use ndarray::Array2;

use crate::plain::{Game, Penalties};
use crate::training::{self, Config, Now, Players, Round, Source};

// ANCHOR: game
/// Eq. 4.32: `softplus(-(a - b))`, the mean over pairs of rows: chapter 1's
/// generator loss, of the gap.
pub fn paired<E: Number, D: Device<E>, T: Tape<E, D>>(
    a: Taped<E, D>,
    b: Matrix<E, D, T>,
) -> Loss<E, D>
where
    OwnedTape<E, D>: Merge<T>,
{
    g_loss_non_saturating(a - b)
}

/// The discriminator's loss in a game, from logits `[B, 1]`.
pub fn d_loss_of<E: Number, D: Device<E>>(
    game: Game,
    s_real: Taped<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    match game {
        Game::Relativistic => paired(s_real, s_fake),
        _ => d_loss(s_real, s_fake),
    }
}

/// The generator's; only the relativistic one looks at the real logits.
pub fn g_loss_of<E: Number, D: Device<E>>(
    game: Game,
    s_real: Matrix<E, D>,
    s_fake: Taped<E, D>,
) -> Loss<E, D> {
    match game {
        Game::NonSaturating => g_loss_non_saturating(s_fake),
        Game::Saturating => g_loss_saturating(s_fake),
        Game::Relativistic => paired(s_fake, s_real),
    }
}
// ANCHOR_END: game

// ANCHOR: penalty
/// Eq. 4.30: `γ/2` times the mean squared length of the logit's gradient at
/// the examples.
pub fn penalty<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x: Matrix<E, D>, // [B, X]
    gamma: f64,
) -> Loss<E, D> {
    let rows = x.shape().0 as f64;
    through(d, x).square().sum() * number::<E>(0.5 * gamma / rows)
}

/// Eq. 3.3, started with ones: the gradient at the examples, `[B, X]`, as a
/// product of the weights, which are on the tape, and of slopes, which are
/// constants. The tape then finds eq. 4.31.
///
/// # Panics
/// An activation is curved.
pub fn through<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x: Matrix<E, D>, // [B, X]
) -> Taped<E, D> {
    let (mut y, mut all) = (x, Vec::new());
    for layer in &d.layers {
        y = layer.forward(y); // [B, O]
        all.push(slopes(layer.activation, &y)); // [B, O]
    }
    let mut v = y.device().ones_like(y.shape()).leaky_traced(); // [B, 1]
    for (layer, slopes) in d.layers.iter().zip(all).rev() {
        let u = v * slopes; // [B, O]
        v = u.matmul(layer.w.leaky_trace().permute()); // [B, I]
    }
    v
}

/// The slope of an activation behind each of its outputs.
fn slopes<E: Number, D: Device<E>>(
    activation: Activation,
    y: &Matrix<E, D>, // [B, O]
) -> Matrix<E, D> {
    let ones = y.device().ones_like(y.shape()); // [B, O]
    let below = match activation {
        Activation::Identity => return ones,
        Activation::Relu => 0.0,
        Activation::LeakyRelu(slope) => slope,
        _ => panic!("a curved activation"),
    };
    let bent = ones.clone() * number::<E>(below); // [B, O]
    y.gt(E::default()).choose(ones, bent)
}
// ANCHOR_END: penalty

// ANCHOR: steps
/// The discriminator's loss with its penalties; fakes come without a tape.
pub fn d_step<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    x_real: Matrix<E, D>, // [B, X]
    x_fake: Matrix<E, D>, // [B, X]
    game: Game,
    penalties: Penalties,
) -> Loss<E, D> {
    let (real, fake) = (x_real.clone(), x_fake.clone());
    let mut loss =
        d_step_under(d, real, fake, |real, fake| d_loss_of(game, real, fake));
    for (x, gamma) in [(x_real, penalties.real), (x_fake, penalties.fake)] {
        if gamma > 0.0 {
            loss = loss + penalty(d, x, gamma);
        }
    }
    loss
}

/// Eq. 4.33: `pack` examples side by side as one.
pub fn packed<E: Number, D: Device<E>, T: Tape<E, D>>(
    x: Matrix<E, D, T>, // [B, X]
    pack: usize,
) -> Matrix<E, D, T> {
    let &(rows, width) = x.shape();
    x.reshape_like(&(rows / pack, pack * width)) // [B / pack, pack · X]
}

/// Eq. 3.1: the generator's loss on noise.
pub fn g_step<E: Number, D: Device<E>>(
    g: &Mlp<E, D>,
    d: &Mlp<E, D>,
    z: Matrix<E, D>,      // [B, Z]
    s_real: Matrix<E, D>, // [B / pack, 1]
    game: Game,
    pack: usize,
) -> Loss<E, D> {
    let x_fake = packed(g.forward(z.leaky_traced()), pack);
    g_loss_of(game, s_real, d.forward(x_fake))
}
// ANCHOR_END: steps

// ANCHOR: average
/// Eq. 3.6: moves the averaged generator a little towards the one in
/// training.
///
/// # Panics
/// The two have different shapes.
pub fn average<E: Number, D: Device<E>>(
    mean: &mut impl Parameters<E, D>,
    g: &impl Parameters<E, D>,
    decay: f64,
) {
    let pairs = mean.parameters_mut().into_iter().zip(g.parameters());
    pairs.for_each(|pair: (Changed<E, D>, Seen<E, D>)| match pair {
        (Parameter::Matrix(mean), Parameter::Matrix(now)) => {
            mean.axpy(decay, now, 1.0 - decay)
        }
        (Parameter::Vector(mean), Parameter::Vector(now)) => {
            mean.axpy(decay, now, 1.0 - decay)
        }
        _ => panic!("a matrix and a vector"),
    });
}
// ANCHOR_END: average

/// A generator and a discriminator in training on a device.
pub struct Gan<'a, D: Trains> {
    dev: D,
    config: Config,
    g: Model<Mlp<f32, D>, D>,
    d: Model<Mlp<f32, D>, D>,
    mean: Mlp<f32, D>,
    configuration: String,
    source: Source<'a>,
}

impl<D: Trains> Gan<'_, D> {
    // ANCHOR: train
    /// Eq. 3.4: k steps of the discriminator, one of the generator against
    /// what that has become, the average.
    ///
    /// # Errors
    /// A loss is not finite.
    pub fn train_on(&mut self, round: &Round) -> Result<(), Diverged> {
        let Now { left, penalties, decay } = self.config.at(self.g.adam.t);
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let mut seen = None;
        for (x, z) in &round.d {
            let x_real = packed(self.on_device(x), self.config.pack);
            seen = Some((x_real.clone(), self.leak(z)));
            self.step_of_d(x_real, z, penalties)?;
        }
        let (x_real, leak) = seen.expect("k is at least 1");
        self.step_of_g(x_real, &round.z_g, leak)?;
        average(&mut self.mean, &self.g.net, decay);
        Ok(())
    }

    fn step_of_d(
        &mut self,
        x_real: Matrix<f32, D>, // [B / pack, pack · X]
        z: &Array2<f32>,        // [B, Z]
        penalties: Penalties,
    ) -> Result<(), Diverged> {
        let Config { game, pack, .. } = self.config;
        let x_fake = packed(self.g.net.forward(self.on_device(z)), pack);
        let loss = d_step(&self.d.net, x_real, x_fake, game, penalties);
        let (value, mut d_d) = value_and_gradients(loss);
        let taken = self.d.step(value, &mut d_d);
        taken.map_err(|found| self.first_of(found))
    }

    fn step_of_g(
        &mut self,
        x_real: Matrix<f32, D>, // [B / pack, pack · X]
        z: &Array2<f32>,        // [B, Z]
        leak: Option<Loss<f32, D>>,
    ) -> Result<(), Diverged> {
        let Config { game, pack, .. } = self.config;
        let (g, d) = (&self.g.net, &self.d.net);
        let s_real = match game {
            Game::Relativistic => d.forward(x_real), // [B / pack, 1]
            _ => self.dev.zeros_like(&(x_real.shape().0, 1)), // unused
        };
        let loss = g_step(g, d, self.on_device(z), s_real, game, pack);
        let (value, tape) = loss.split_tape();
        let loss = value.clone().put_tape(tape);
        let loss = match leak {
            Some(leak) => loss + leak,
            None => loss,
        };
        self.g.step(value, &mut loss.backward())
    }
    // ANCHOR_END: train

    fn on_device(&self, x: &Array2<f32>) -> Matrix<f32, D> {
        tensor(&self.dev, x, x.dim())
    }

    /// What the discriminator's loss says about the generator, unless it stops at the fakes.
    fn leak(&self, z: &Array2<f32>) -> Option<Loss<f32, D>> {
        let (g, d, z) = (&self.g.net, &self.d.net, self.on_device(z));
        (!self.config.detach).then(|| leak_into_generator(g, d, z, false))
    }

    /// Of two players that diverged the one that did so first, as steps of the generator are counted.
    fn first_of(&mut self, of_d: Diverged) -> Diverged {
        let step = of_d.step / self.config.k;
        let of_d = Diverged { step, ..of_d };
        match self.g.settle() {
            Err(of_g) if of_g.step < step => of_g,
            _ => of_d,
        }
    }
}

impl<'a, D: Trains> Gan<'a, D> {
    /// Goes on where a pair of the plain room begins.
    pub fn new(dev: &D, mut from: training::Gan<'a>) -> Self {
        let configuration = from.configuration();
        let training::Gan { config, g, d, mean, source } = from;
        let [of_g, of_d] = [(g, config.g), (d, config.d)]
            .map(|(p, adam)| Model::new(p.name, Mlp::new(dev, &p.net), adam));
        let mean = Mlp::new(dev, &mean);
        Self {
            dev: dev.clone(),
            config,
            g: of_g,
            d: of_d,
            mean,
            configuration,
            source,
        }
    }
}

impl<D: Trains> Resumable for Gan<'_, D> {
    fn steps_done(&self) -> u64 {
        self.g.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let round = self.source.round(&self.config, self.g.adam.t);
        self.train_on(&round)?;
        let (d_loss, g_loss) = (self.d.last_loss(), self.g.last_loss());
        Ok(format!("D {d_loss}  G {g_loss}"))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        let settled = self.d.settle();
        settled.map_err(|found| self.first_of(found))?;
        self.g.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.g.save(checkpoint);
        self.d.save(checkpoint);
        let noise = self.config.noise;
        training::save_generator(noise, &self.mean.to_plain(), checkpoint);
    }

    fn restore(&mut self, from: &Checkpoint) -> Result<(), CheckpointError> {
        // All of it is read before any of it is changed.
        let mut mean = self.mean.to_plain();
        model::restore_parameters("mean", &mut mean, from)?;
        for player in [&self.g, &self.d] {
            let (net, adam) = (player.net.to_plain(), player.adam.config);
            let mut read = model::Model::new(player.name, net, adam);
            read.restore(from)?;
        }
        self.g.restore(from)?;
        self.d.restore(from)?;
        self.mean = Mlp::new(&self.dev, &mean);
        Ok(())
    }
}

impl<D: Trains> Players for Gan<'_, D> {
    fn config(&self) -> Config {
        self.config
    }

    fn g(&self) -> plain::Mlp<f32> {
        self.g.net.to_plain()
    }

    fn d(&self) -> plain::Mlp<f32> {
        self.d.net.to_plain()
    }

    fn mean(&self) -> plain::Mlp<f32> {
        self.mean.to_plain()
    }

    fn losses(&self) -> [Vec<f32>; 2] {
        [self.d.losses(), self.g.losses()]
    }
}
