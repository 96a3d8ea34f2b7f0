//! The same pair in training on a device. Spectral normalisation trains in
//! the plain room alone; the rest is here.

use dfdx::prelude::*;
use gradients::model;
use gradients::on_dfdx::{
    Loss, Matrix, Model, Parameter, Parameters, value_and_gradients,
};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};
use ndarray::Array2;

use super::game::{d_loss_of, g_loss_of};
use super::net::{Net, near_one, r1};
use crate::net;
use crate::pair::{
    self, Config, Game, Now, Penalties, Players, Round, Shown, Source,
    channels,
};

/// A generator and a discriminator in training on a device.
pub struct Pair<'a, D: Trains> {
    dev: D,
    config: Config,
    g: Model<Net<f32, D>, D>,
    d: Model<Net<f32, D>, D>,
    mean: Net<f32, D>,
    like: (net::Net<f32>, net::Net<f32>),
    configuration: String,
    source: Source<'a>,
}

/// `pack` examples side by side as the channels of one.
fn side_by_side<D: Trains, T: Tape<f32, D>>(
    x: Matrix<f32, D, T>, // [B, X]
    pack: usize,
    channels: usize,
) -> Matrix<f32, D, T> {
    let (b, width) = *x.shape();
    if pack == 1 {
        return x;
    }
    let x = x.reshape_like(&(b / pack, pack, width / channels, channels));
    let x = x.permute::<_, Axes4<0, 2, 1, 3>>();
    x.reshape_like(&(b / pack, pack * width))
}

// ANCHOR: d_step
/// The discriminator's loss with its penalties; fakes come without a tape.
pub fn d_step<D: Trains>(
    d: &Net<f32, D>,
    (x_real, x_fake): (Matrix<f32, D>, Matrix<f32, D>), // [B, X]
    eps: Matrix<f32, D>,                                // [B, 1]
    game: Game,
    penalties: Penalties,
) -> Loss<f32, D> {
    let s_real = d.forward(x_real.leaky_trace()); // [B, 1]
    let s_fake = d.forward(x_fake.leaky_trace()); // [B, 1]
    let mut loss = d_loss_of(game, s_real, s_fake);
    let Penalties { real, fake, between: lambda } = penalties;
    if real > 0.0 {
        loss = loss + r1(d, x_real.clone(), real);
    }
    if fake > 0.0 {
        loss = loss + r1(d, x_fake.clone(), fake);
    }
    if lambda > 0.0 {
        let u = eps.reshape_like(&(x_real.shape().0,)); // [B]
        let u = u.broadcast_like::<_, Axis<1>>(x_real.shape());
        let x = x_real * u.clone() + x_fake * (u * -1.0 + 1.0); // [B, X]
        loss = loss + near_one(d, x, lambda);
    }
    loss
}
// ANCHOR_END: d_step

impl<D: Trains> Pair<'_, D> {
    /// One step of training: k of the discriminator, one of the generator,
    /// and the average.
    ///
    /// # Errors
    /// A loss is not finite.
    pub fn train_on(&mut self, (shown, z_g): Round) -> Result<(), Diverged> {
        let Now { left, penalties, decay, .. } =
            self.config.at(self.g.adam.t);
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let mut seen = None;
        for one in shown {
            seen = Some(self.step_of_d(one, penalties)?);
        }
        let x_real = seen.expect("k is at least 1");
        self.step_of_g(x_real, &z_g)?;
        gan::on_dfdx::average(&mut self.mean, &self.g.net, decay);
        Ok(())
    }

    fn step_of_d(
        &mut self,
        Shown { x_real, z, blur, eps }: Shown,
        penalties: Penalties,
    ) -> Result<Matrix<f32, D>, Diverged> {
        let Config { game, pack, clip, .. } = self.config;
        let channels = channels(&self.like.1, pack);
        let made = self.g.net.forward(self.on_device(&z)); // [B, X]
        let made = match blur {
            Some(noise) => made + self.on_device(&noise),
            None => made,
        };
        let real = side_by_side(self.on_device(&x_real), pack, channels);
        let fake = side_by_side(made, pack, channels);
        let eps = self.on_device(&eps);
        let shown = (real.clone(), fake);
        let loss = d_step(&self.d.net, shown, eps, game, penalties);
        let (value, mut d_d) = value_and_gradients(loss);
        let taken = self.d.step(value, &mut d_d);
        taken.map_err(|found| self.first_of(found))?;
        if let Some(c) = clip {
            let c = c as f32;
            for p in self.d.net.parameters_mut() {
                // In place: the optimiser knows a tensor by its identity.
                let clamped = |v: Vec<f32>| -> Vec<f32> {
                    v.into_iter().map(|v| v.clamp(-c, c)).collect()
                };
                match p {
                    Parameter::Matrix(p) => p.copy_from(&clamped(p.as_vec())),
                    Parameter::Vector(p) => p.copy_from(&clamped(p.as_vec())),
                }
            }
        }
        Ok(real)
    }

    fn step_of_g(
        &mut self,
        x_real: Matrix<f32, D>, // [B / pack, pack · X]
        z: &Array2<f32>,        // [B, Z]
    ) -> Result<(), Diverged> {
        let Config { game, pack, .. } = self.config;
        let channels = channels(&self.like.1, pack);
        let (g, d) = (&self.g.net, &self.d.net);
        let s_real = match game {
            Game::Relativistic => d.forward(x_real), // [B / pack, 1]
            _ => self.dev.zeros_like(&(x_real.shape().0, 1)), // unused
        };
        let made = g.forward(self.on_device(z).leaky_traced());
        let s_fake = d.forward(side_by_side(made, pack, channels));
        let loss = g_loss_of(game, s_real, s_fake);
        let (value, mut d_g) = value_and_gradients(loss);
        self.g.step(value, &mut d_g)
    }

    fn on_device(&self, x: &Array2<f32>) -> Matrix<f32, D> {
        tensor(&self.dev, x, x.dim())
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

impl<'a, D: Trains> Pair<'a, D> {
    /// Goes on where a pair of the plain room begins.
    ///
    /// # Panics
    /// It asks for spectral normalisation.
    pub fn new(dev: &D, mut from: pair::Pair<'a>) -> Self {
        assert!(
            !from.config.spectral,
            "spectral normalisation trains in the plain room alone"
        );
        let configuration = from.configuration();
        let pair::Pair { config, g, d, mean, source, .. } = from;
        let like = (g.net.clone(), d.net.clone());
        let [of_g, of_d] = [(g, config.g), (d, config.d)]
            .map(|(p, adam)| Model::new(p.name, Net::new(dev, &p.net), adam));
        Self {
            dev: dev.clone(),
            config,
            g: of_g,
            d: of_d,
            mean: Net::new(dev, &mean),
            like,
            configuration,
            source,
        }
    }
}

impl<D: Trains> Resumable for Pair<'_, D> {
    fn steps_done(&self) -> u64 {
        self.g.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let round = self.source.round(&self.config, self.g.adam.t);
        self.train_on(round)?;
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
        model::save_parameters("mean", &self.mean(), checkpoint);
    }

    fn restore(&mut self, from: &Checkpoint) -> Result<(), CheckpointError> {
        // All of it is read before any of it is changed.
        let mut mean = self.mean();
        model::restore_parameters("mean", &mut mean, from)?;
        let players = [(&self.g, &self.like.0), (&self.d, &self.like.1)];
        for (player, like) in players {
            let adam = player.adam.config;
            let mut read = model::Model::new(player.name, like.clone(), adam);
            read.restore(from)?;
        }
        self.g.restore(from)?;
        self.d.restore(from)?;
        self.mean = Net::new(&self.dev, &mean);
        Ok(())
    }
}

impl<D: Trains> Players for Pair<'_, D> {
    fn config(&self) -> Config {
        self.config
    }

    fn g(&self) -> net::Net<f32> {
        self.g.net.to_plain(&self.like.0)
    }

    fn d(&self) -> net::Net<f32> {
        self.d.net.to_plain(&self.like.1)
    }

    fn mean(&self) -> net::Net<f32> {
        self.mean.to_plain(&self.like.0)
    }

    fn losses(&self) -> [Vec<f32>; 2] {
        [self.d.losses(), self.g.losses()]
    }
}
