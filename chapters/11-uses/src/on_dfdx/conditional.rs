//! The pair that is told classes, on a tape.

use dfdx::prelude::*;
use gan::on_dfdx::{self, average, g_loss_of, through};
use gan::plain::{Game, Penalties};
use gan::training::{Config, Now, Players, save_generator};
use gradients::model;
use gradients::on_dfdx::{
    Loss, Matrix, Mlp, Model, Number, number, value_and_gradients,
};
use gradients::plain;
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};
use ndarray::Array2;

use crate::conditional::{self, Round, Source};

// ANCHOR: conditional
/// Eq. 11.6, the generator's side: the tape finds eq. 11.7.
pub fn g_step<E: Number, D: Device<E>>(
    g: &Mlp<E, D>,
    d: &Mlp<E, D>,
    z: Matrix<E, D>, // [B, Z]
    y: Matrix<E, D>, // [B, K], one-hot
    game: Game,
) -> Loss<E, D> {
    let none = z.device().zeros_like(&(z.shape().0, 1)); // not looked at
    let row = (z, y.clone()).concat_along(Axis::<1>); // [B, Z + K]
    let x_fake = g.forward(row.leaky_traced()); // [B, X]
    let fake = (x_fake, y).concat_along(Axis::<1>); // [B, X + K]
    g_loss_of(game, none, d.forward(fake))
}

/// The discriminator's side, and R1 at the real pictures.
pub fn d_step<E: Number, D: Device<E>>(
    d: &Mlp<E, D>,
    [x_real, x_fake]: [Matrix<E, D>; 2], // [B, X]
    y: Matrix<E, D>,                     // [B, K], one-hot
    game: Game,
    gamma: f64,
) -> Loss<E, D> {
    let &(rows, pixels) = x_real.shape();
    let beside = |x: Matrix<E, D>| (x, y.clone()).concat_along(Axis::<1>);
    let [real, fake] = [x_real, x_fake].map(beside); // [B, X + K]
    let none = Penalties { real: 0.0, fake: 0.0 };
    let loss = on_dfdx::d_step(d, real.clone(), fake, game, none);
    if gamma == 0.0 {
        return loss;
    }
    let d_x = through(d, real).slice((.., ..pixels)); // [B, X]
    loss + d_x.square().sum() * number::<E>(0.5 * gamma / rows as f64)
}
// ANCHOR_END: conditional

/// The same pair in training on a device.
pub struct Pair<'a, D: Trains> {
    dev: D,
    config: Config,
    g: Model<Mlp<f32, D>, D>,
    d: Model<Mlp<f32, D>, D>,
    mean: Mlp<f32, D>,
    configuration: String,
    source: Source<'a>,
}

impl<'a, D: Trains> Pair<'a, D> {
    /// Goes on where a pair of the plain room begins.
    pub fn new(dev: &D, mut from: conditional::Pair<'a>) -> Self {
        let configuration = from.configuration();
        let conditional::Pair { config, g, d, mean, source } = from;
        let [of_g, of_d] = [(g, config.g), (d, config.d)]
            .map(|(p, adam)| Model::new(p.name, Mlp::new(dev, &p.net), adam));
        let mean = Mlp::new(dev, &mean);
        let dev = dev.clone();
        Self { dev, config, g: of_g, d: of_d, mean, configuration, source }
    }
}

impl<D: Trains> Pair<'_, D> {
    fn train_on(&mut self, round: &Round) -> Result<(), Diverged> {
        let Config { game, .. } = self.config;
        let Now { left, penalties, decay } = self.config.at(self.g.adam.t);
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let on = |x: &Array2<f32>| tensor(&self.dev, x, x.dim());
        let Round { x, y, z: [z_d, z_g] } = round;
        let (x, y, z_d, z_g) = (on(x), on(y), on(z_d), on(z_g));
        let row = (z_d, y.clone()).concat_along(Axis::<1>); // [B, Z + K]
        let both = [x, self.g.net.forward(row)]; // [B, X]
        let loss = d_step(&self.d.net, both, y.clone(), game, penalties.real);
        let (value, mut d_d) = value_and_gradients(loss);
        let taken = self.d.step(value, &mut d_d);
        taken.map_err(|found| self.first_of(found))?;
        let loss = g_step(&self.g.net, &self.d.net, z_g, y, game);
        let (value, mut d_g) = value_and_gradients(loss);
        self.g.step(value, &mut d_g)?;
        average(&mut self.mean, &self.g.net, decay);
        Ok(())
    }

    /// Of two players that diverged the one that did so first.
    fn first_of(&mut self, of_d: Diverged) -> Diverged {
        match self.g.settle() {
            Err(of_g) if of_g.step < of_d.step => of_g,
            _ => of_d,
        }
    }
}

impl<D: Trains> Resumable for Pair<'_, D> {
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
        save_generator(noise, &self.mean.to_plain(), checkpoint);
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

impl<D: Trains> Players for Pair<'_, D> {
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
