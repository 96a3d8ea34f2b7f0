//! The way there and back on a tape: it finds that a generator is on both trips.

use dfdx::prelude::*;
use gradients::model;
use gradients::on_dfdx::{
    Loss, Matrix, Model, Number, number, value_and_gradients,
};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};
use ndarray::Array2;
use stability::game::Game;
use stability::net;
use stability::on_dfdx::net::Net;
use stability::on_dfdx::pair::d_step;
use vq_gan::on_dfdx::opinion;

use crate::cycle::{self, Config, Source, Translates};

// ANCHOR: trip
/// Half of eq. 11.9, and the pictures made there `[B, H·W·C]`.
pub fn trip<E: Number, D: Device<E>>(
    [there, back]: [&Net<E, D>; 2],
    d: &Net<E, D>,
    x: Matrix<E, D>, // [B, H·W·C]
    lambda: f64,
) -> (Loss<E, D>, Matrix<E, D>) {
    let made = there.forward(x.leaky_trace()) + x.clone(); // [B, H·W·C]
    let there_alone = made.retaped::<NoneTape>();
    let judged = opinion(d, made.retaped());
    let home = back.forward(made.retaped()) + made; // [B, H·W·C]
    let cycle = (home - x).abs().mean();
    (cycle * number::<E>(lambda) + judged, there_alone)
}
// ANCHOR_END: trip

/// A training on a device.
pub struct Training<'a, D: Trains> {
    dev: D,
    config: Config,
    g: [Model<Net<f32, D>, D>; 2],
    d: [Model<Net<f32, D>, D>; 2],
    like: [net::Net<f32>; 2],
    configuration: String,
    source: Source<'a>,
}

impl<'a, D: Trains> Training<'a, D> {
    /// Goes on where a training of the plain room begins.
    pub fn new(dev: &D, mut from: cycle::Training<'a>) -> Self {
        let configuration = from.configuration();
        let cycle::Training { config, g, d, source } = from;
        let like = [g[0].net.clone(), d[0].net.clone()];
        let on_device = |m: model::Model<net::Net<f32>>| {
            Model::new(m.name, Net::new(dev, &m.net), m.adam.config)
        };
        Self {
            dev: dev.clone(),
            config,
            g: g.map(on_device),
            d: d.map(on_device),
            like,
            configuration,
            source,
        }
    }

    /// A step of each discriminator on what is drawn now, and one of each
    /// generator.
    ///
    /// # Errors
    /// The training diverged.
    pub fn train_once(&mut self) -> Result<(), Diverged> {
        let n = self.steps_done();
        let left = self.config.left(n);
        let x = (self.source)(n).map(|x| self.on_device(&x)); // [B, H·W·C]
        let [g, h] = self.g.each_ref().map(|m| &m.net);
        let lambda = self.config.lambda;
        let [of_0, of_1] = self.d.each_ref().map(|m| &m.net);
        let [x_0, x_1] = x.clone();
        let (one, made_1) = trip([g, h], of_1, x_0, lambda);
        let (other, made_0) = trip([h, g], of_0, x_1, lambda);
        let values = [one.retaped(), other.retaped()];
        let (_, mut d_g) = value_and_gradients(one + other);
        let seen = x.into_iter().zip([made_0, made_1]);
        for (d, seen) in self.d.iter_mut().zip(seen) {
            let none = self.dev.zeros_like(&(self.config.batch, 1)); // [B, 1]
            let (game, price) =
                (Game::NonSaturating, self.config.penalties());
            let loss = d_step(&d.net, seen, none, game, price);
            let (value, mut d_d) = value_and_gradients(loss);
            d.adam.config.lr = self.config.d.lr * left;
            d.step(value, &mut d_d)?;
        }
        for (g, value) in self.g.iter_mut().zip(values) {
            g.adam.config.lr = self.config.g.lr * left;
            g.step(value, &mut d_g)?;
        }
        Ok(())
    }

    fn on_device(&self, x: &Array2<f32>) -> Matrix<f32, D> {
        tensor(&self.dev, x, x.dim())
    }
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.g[1].adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        self.train_once()?;
        let [there, back] = self.g.each_ref().map(|m| m.last_loss());
        Ok(format!("generators {there} {back}"))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        let mut all = self.d.iter_mut().chain(&mut self.g);
        all.try_for_each(|model| model.settle())
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        let all = self.g.iter().chain(&self.d);
        all.for_each(|model| model.save(checkpoint));
    }

    fn restore(&mut self, from: &Checkpoint) -> Result<(), CheckpointError> {
        // All of it is read before any of it is changed.
        let [g, d] = &self.like;
        let all = self.g.iter().map(|m| (m, g));
        for (of, like) in all.chain(self.d.iter().map(|m| (m, d))) {
            let (name, adam) = (of.name, of.adam.config);
            model::Model::new(name, like.clone(), adam).restore(from)?;
        }
        let mut all = self.g.iter_mut().chain(&mut self.d);
        all.try_for_each(|model| model.restore(from))
    }
}

impl<D: Trains> Translates for Training<'_, D> {
    fn generators(&self) -> [net::Net<f32>; 2] {
        self.g.each_ref().map(|m| m.net.to_plain(&self.like[0]))
    }

    fn discriminators(&self) -> [net::Net<f32>; 2] {
        self.d.each_ref().map(|m| m.net.to_plain(&self.like[1]))
    }

    fn losses(&self) -> [Vec<f32>; 2] {
        self.g.each_ref().map(|m| m.losses())
    }
}
