//! The variational autoencoder on dfdx.

use dfdx::prelude::*;
use gradients::on_dfdx::{
    Loss, Matrix, Mlp, Model, Number, Taped, mse, number,
};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, Trains, tensor};

use crate::vae::{self, Objective, Source, Vae, Variational};

type PerComponent<E, D> = Tensor<(usize,), E, D, OwnedTape<E, D>>;

// ANCHOR: functions
/// Eq. 7.2 for each component, mean over the batch. `[C]`
pub fn kl_per_component<E: Number, D: Device<E>>(
    mu: Taped<E, D>,      // [B, C]
    log_var: Taped<E, D>, // [B, C]
) -> PerComponent<E, D> {
    let var = log_var.retaped::<OwnedTape<E, D>>().exp(); // [B, C]
    let twice = mu.square() + var - log_var - E::one(); // [B, C]
    twice.mean::<_, Axis<0>>() * number::<E>(0.5) // [C]
}

/// Eq. 7.2: their sum.
pub fn gaussian_kl<E: Number, D: Device<E>>(
    mu: Taped<E, D>,      // [B, C]
    log_var: Taped<E, D>, // [B, C]
) -> Loss<E, D> {
    kl_per_component(mu, log_var).sum()
}

/// Eq. 7.3: the noise has no tape. `[B, C]`
pub fn reparameterise<E: Number, D: Device<E>>(
    mu: Taped<E, D>,      // [B, C]
    log_var: Taped<E, D>, // [B, C]
    noise: Matrix<E, D>,  // [B, C]
) -> Taped<E, D> {
    let sigma = (log_var * number::<E>(0.5)).exp(); // [B, C]
    mu + sigma * noise
}

/// The first term of Eq. 7.1, its sign turned, less a constant.
pub fn gaussian_nll<E: Number, D: Device<E>>(
    x_hat: Taped<E, D>, // [B, P]
    x: Matrix<E, D>,    // [B, P]
    variance: f64,
) -> Loss<E, D> {
    let pixels = x.shape().1 as f64;
    mse(x_hat, x) * number::<E>(pixels / (2.0 * variance))
}
// ANCHOR_END: functions

/// Eq. 7.4: mean over the rows of logits.
pub fn categorical_kl<E: Number, D: Device<E>>(
    s: Taped<E, D>, // [N, K]
) -> Loss<E, D> {
    let (n, k) = (s.shape().0 as f64, s.shape().1 as f64);
    let log_p = s.log_softmax::<Axis<1>>(); // [N, K]
    let p = log_p.retaped::<OwnedTape<E, D>>().exp(); // [N, K]
    (p * log_p).sum() / number::<E>(n) + number::<E>(k.ln())
}

/// `μ` and `log σ²`, `[B, C]` each, of what the encoder gave, `[B, 2C]`. Its
/// tape leaves with the second; the first begins one of its own.
pub fn halves<E: Number, D: Device<E>>(
    h: Taped<E, D>,
) -> (Taped<E, D>, Taped<E, D>) {
    let c = h.shape().1 / 2;
    let mu = h.retaped::<OwnedTape<E, D>>().slice((.., ..c)); // [B, C]
    (mu, h.slice((.., c..)))
}

/// The two terms of one step.
pub struct Terms<E: Number, D: Device<E>> {
    /// `gaussian_nll`.
    pub reconstruction: Loss<E, D>,
    /// The divergence of each component, before weight and floor. `[C]`
    pub kl: PerComponent<E, D>,
}

// ANCHOR: terms
/// Eq. 7.1 on images and noise. `retaped` begins a second tape at what is
/// used twice; to add the terms is to join their tapes.
pub fn terms<E: Number, D: Device<E>>(
    (encoder, decoder): (&Mlp<E, D>, &Mlp<E, D>),
    objective: &Objective,
    x: Matrix<E, D>,     // [B, P]
    noise: Matrix<E, D>, // [B, C]
) -> Terms<E, D> {
    let (mu, log_var) = halves(encoder.forward(x.leaky_trace())); // [B, C]
    let kl = kl_per_component(mu.retaped(), log_var.retaped()); // [C]
    let z = reparameterise(mu, log_var, noise); // [B, C]
    let x_hat = decoder.forward(z); // [B, P]
    let variance = objective.variance;
    Terms { reconstruction: gaussian_nll(x_hat, x, variance), kl }
}

/// Both terms, the KL term under its floor and its weight.
pub fn loss<E: Number, D: Device<E>>(
    terms: Terms<E, D>,
    objective: &Objective,
    weight: f64,
) -> Loss<E, D> {
    let most = f64::from(f32::MAX);
    let kl = match objective.free > 0.0 {
        true => terms.kl.clamp(objective.free, most).sum(),
        false => terms.kl.sum(),
    };
    terms.reconstruction + kl * number::<E>(weight)
}
// ANCHOR_END: terms

/// A run in progress.
pub struct Training<'a, D: Trains> {
    dev: D,
    encoder: Model<Mlp<f32, D>, D>,
    decoder: Model<Mlp<f32, D>, D>,
    objective: Objective,
    configuration: String,
    source: Source<'a>,
}

impl<'a, D: Trains> Training<'a, D> {
    /// Goes on where a run of the plain room begins.
    pub fn new(dev: &D, mut from: vae::Training<'a>) -> Self {
        let configuration = from.configuration();
        let model = |of: &gradients::model::Model| {
            let config = of.adam.config;
            Model::new(of.name, Mlp::new(dev, &of.net), config)
        };
        Self {
            dev: dev.clone(),
            encoder: model(&from.encoder),
            decoder: model(&from.decoder),
            objective: from.objective,
            configuration,
            source: from.source,
        }
    }

    /// One step of both networks.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<(), Diverged> {
        let n = self.encoder.adam.t;
        let (x, noise) = self.source.batch(n);
        let x: Matrix<f32, D> = tensor(&self.dev, &x, x.dim()); // [B, P]
        let noise = tensor(&self.dev, &noise, noise.dim()); // [B, C]
        let nets = (&self.encoder.net, &self.decoder.net);
        let of: Terms<f32, D> = terms(nets, &self.objective, x, noise);
        let pixels = of.reconstruction.retaped::<NoneTape>();
        let kl = of.kl.retaped::<NoneTape>().sum();
        let weight = self.objective.weight(n);
        let mut d = loss(of, &self.objective, weight).backward();
        self.encoder.step(kl, &mut d)?;
        self.decoder.step(pixels, &mut d)
    }
}

impl<D: Trains> Resumable for Training<'_, D> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        self.train_once()?;
        Ok(format!("{} nats", self.encoder.last_loss()))
    }

    fn settle(&mut self) -> Result<(), Diverged> {
        self.encoder.settle()?;
        self.decoder.settle()
    }

    fn configuration(&mut self) -> String {
        self.configuration.clone()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)
    }
}

impl<D: Trains> Variational for Training<'_, D> {
    fn now(&self) -> Vae {
        Vae {
            encoder: self.encoder.net.to_plain(),
            decoder: self.decoder.net.to_plain(),
        }
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses()
    }
}
