//! A generator that is told what to draw: a pair that learns from pictures
//! and their classes, every network with the class beside its input.

use gan::plain::{self, Game, Penalties, average, g_loss_of, through};
use gan::training::{Config, Now, Players, save_generator};
use gradients::model::{Model, in_words, restore_parameters};
use gradients::plain::{
    Activation, Layer, Mlp, add, last, one_hot, product, real,
};
use lab::{
    Checkpoint, CheckpointError, Diverged, Lab, Resumable, digest, rng_at,
};
use ndarray::{Array1, Array2, Axis, NdFloat, concatenate, s};
use ndarray_rand::rand::Rng;

use crate::on_dfdx;

// ANCHOR: beside
/// Rows side by side, `[B, N + K]`.
///
/// # Panics
/// There are not as many of the one as of the other.
pub fn beside<F: NdFloat>(
    x: &Array2<F>, // [B, N]
    y: &Array2<F>, // [B, K]
) -> Array2<F> {
    concatenate![Axis(1), *x, *y]
}
// ANCHOR_END: beside

// ANCHOR: g_step
/// Eq. 11.7: the generator's loss in eq. 11.6 on noise and classes, and its
/// gradient at every parameter of `g`: backwards through `d`, on from the
/// picture's columns alone, and through `g`.
pub fn g_step<F: NdFloat>(
    g: &Mlp<F>,
    d: &Mlp<F>,
    z: &Array2<F>, // [B, Z]
    y: &Array2<F>, // [B, K], one-hot
    game: Game,
) -> (F, Mlp<F>) {
    let made = g.forward(&beside(z, y)); // …, [B, X]
    let x_fake = last(&made);
    let fake = d.forward(&beside(x_fake, y)); // …, [B, 1]
    let none = Array2::zeros((z.nrows(), 1)); // not looked at
    let (loss, d_s) = g_loss_of(game, &none, last(&fake)); // [B, 1]
    let (d_row, _) = through(d, &fake, d_s); // [B, X + K]
    let d_x = d_row.slice(s![.., ..x_fake.ncols()]).to_owned();
    let (_, d_g) = g.backward_parameters(&made, d_x);
    (loss, d_g)
}
// ANCHOR_END: g_step

// ANCHOR: d_step
/// The discriminator's side of eq. 11.6, and its gradient at every parameter
/// of `d`: chapter 3's step on rows with the class beside them, and R1 at the
/// real ones, of strength `gamma`.
pub fn d_step<F: NdFloat>(
    d: &Mlp<F>,
    [x_real, x_fake]: [&Array2<F>; 2], // [B, X]
    y: &Array2<F>,                     // [B, K], one-hot
    game: Game,
    gamma: f64,
) -> (F, Mlp<F>) {
    let [real, fake] = [x_real, x_fake].map(|x| beside(x, y)); // [B, X + K]
    let none = Penalties { real: 0.0, fake: 0.0 };
    let (mut loss, mut d_d) = plain::d_step(d, &real, &fake, game, none);
    if gamma > 0.0 {
        let (more, d_more) = penalty(d, &real, x_real.ncols(), gamma);
        loss += more;
        add(&mut d_d, &d_more);
    }
    (loss, d_d)
}
// ANCHOR_END: d_step

// ANCHOR: penalty
/// Eq. 4.30 and 4.31 at a part of a row: only the first `columns`, the
/// picture, count for the length of the gradient. How much the logit depends
/// on the class is free.
///
/// # Panics
/// An activation is curved.
pub fn penalty<F: NdFloat>(
    d: &Mlp<F>,
    rows: &Array2<F>, // [B, X + K]
    columns: usize,   // X
    gamma: f64,
) -> (F, Mlp<F>) {
    let outputs = d.forward(rows);
    let ones = Array2::ones(last(&outputs).raw_dim()); // [B, 1]
    let (mut d_row, sums) = through(d, &outputs, ones); // [B, X + K]
    d_row.slice_mut(s![.., columns..]).fill(F::zero());
    let scale = real::<F>(gamma / rows.nrows() as f64);
    let squares = d_row.fold(F::zero(), |sum, &v| sum + v * v);
    let mut layers = Vec::new();
    let mut d_v = d_row * scale; // [B, X + K]
    for ((layer, u), y) in d.layers.iter().zip(sums).zip(&outputs[1..]) {
        let activation = layer.activation;
        let curved =
            matches!(activation, Activation::Tanh | Activation::Sigmoid);
        assert!(!curved, "a curved activation");
        let w = product(d_v.t(), u.view()); // [I, O]
        let d_u = product(d_v.view(), layer.w.view()); // [B, O]
        d_v = activation.backward(y, d_u); // [B, O]
        layers.push(Layer { w, b: Array1::zeros(layer.b.len()), activation });
    }
    (squares * scale * real(0.5), Mlp { layers })
}
// ANCHOR_END: penalty

/// What one step is made from.
#[derive(Clone, Debug)]
pub struct Round {
    /// Real pictures, `[B, X]`.
    pub x: Array2<f32>,
    /// Their classes, one-hot, `[B, K]`; what is drawn in this step is of the same.
    pub y: Array2<f32>,
    /// Noise for the discriminator's step and for the generator's, `[B, Z]`.
    pub z: [Array2<f32>; 2],
}

/// Pictures `[B, X]` and their classes, by the number of the batch.
type Data<'a> = Box<dyn FnMut(u64) -> (Array2<f32>, Array2<f32>) + Send + 'a>;

/// Where rounds come from: a function of the step alone.
pub struct Source<'a> {
    seed: u64,
    data: Data<'a>,
}

impl Source<'_> {
    /// What step `n` is made from.
    pub fn round(&mut self, config: &Config, n: u64) -> Round {
        let (x, y) = (self.data)(n);
        let rng = &mut rng_at(self.seed, n);
        let z = [(); 2].map(|()| config.noise.sample(x.nrows(), rng));
        Round { x, y, z }
    }
}

/// A pair in the plain room that learns from pictures and their classes.
pub struct Pair<'a> {
    /// How it is trained.
    pub config: Config,
    /// Draws from noise and a class.
    pub g: Model,
    /// Tells real pictures of a class from drawn ones.
    pub d: Model,
    /// The averaged generator.
    pub mean: Mlp<f32>,
    /// What they learn from.
    pub source: Source<'a>,
}

impl<'a> Pair<'a> {
    /// A pair that has not been trained. `data` gives the n-th batch of pictures, `[B, X]`, and of classes, one-hot.
    ///
    /// # Panics
    /// The configuration asks for what chapter 3's pair does and this one does not: more than one step of the
    /// discriminator, packs, a leak, a penalty at fakes, or the relativistic game.
    pub fn new(
        config: Config,
        (g, d): (Mlp<f32>, Mlp<f32>),
        seed: u64,
        data: impl FnMut(u64) -> (Array2<f32>, Array2<f32>) + Send + 'a,
    ) -> Self {
        let Config { k, pack, detach, penalties, game, .. } = config;
        assert!(
            k == 1 && pack == 1 && detach && penalties.fake == 0.0,
            "one step each, no packs, no leak, no penalty at fakes"
        );
        assert!(
            game != Game::Relativistic,
            "fakes are not paired with reals"
        );
        let mean = g.clone();
        let g = Model::new("generator", g, config.g);
        let d = Model::new("discriminator", d, config.d);
        let source = Source { seed, data: Box::new(data) };
        Self { config, g, d, mean, source }
    }

    // ANCHOR: train_on
    /// A step of the discriminator, one of the generator against what that
    /// has become, and the average (eq. 3.4). Gives both losses.
    ///
    /// # Errors
    /// One of them is not finite.
    pub fn train_on(
        &mut self,
        Round { x, y, z: [z_d, z_g] }: &Round,
    ) -> Result<(f32, f32), Diverged> {
        let Config { game, .. } = self.config;
        let Now { left, penalties, decay } = self.config.at(self.g.adam.t);
        self.g.adam.config.lr = self.config.g.lr * left;
        self.d.adam.config.lr = self.config.d.lr * left;
        let (g, d) = (&mut self.g, &mut self.d);
        let x_fake = g.net.output(&beside(z_d, y)); // [B, X]
        let (d_loss, d_d) =
            d_step(&d.net, [x, &x_fake], y, game, penalties.real);
        d.step(d_loss, &d_d)?;
        let (g_loss, d_g) = g_step(&g.net, &d.net, z_g, y, game);
        g.step(g_loss, &d_g)?;
        average(&mut self.mean, &g.net, decay);
        Ok((d_loss, g_loss))
    }
    // ANCHOR_END: train_on
}

impl Resumable for Pair<'_> {
    fn steps_done(&self) -> u64 {
        self.g.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let round = self.source.round(&self.config, self.g.adam.t);
        let (d_loss, g_loss) = self.train_on(&round)?;
        Ok(format!("D {d_loss:.3}  G {g_loss:.3}"))
    }

    fn configuration(&mut self) -> String {
        let [g, d] = [&self.g.net, &self.d.net].map(in_words);
        let (x, y) = (self.source.data)(0);
        let first = digest([&x, &y]);
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

impl Players for Pair<'_> {
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
pub fn in_room<'a>(
    lab: &Lab,
    pair: Pair<'a>,
) -> anyhow::Result<Box<dyn Players + 'a>> {
    lab::in_room!(lab, pair, |dev, plain| {
        on_dfdx::conditional::Pair::new(&dev, plain)
    })
}

/// A generator and a discriminator of pictures of `pixels` pixels and `k` classes, with hidden layers of these widths, the
/// generator's first.
pub fn networks(
    (noise, pixels, k): (usize, usize, usize),
    (small, large): (usize, usize),
    seed: u64,
) -> (Mlp<f32>, Mlp<f32>) {
    let net = |widths: &[usize], last, stream| {
        let leaky = Activation::LeakyRelu(0.2);
        Mlp::new(widths, leaky, last, &mut rng_at(seed, stream))
    };
    let (g, d) =
        ([noise + k, small, large, pixels], [pixels + k, large, small, 1]);
    let g = net(&g, Activation::Tanh, u64::MAX);
    (g, net(&d, Activation::Identity, u64::MAX - 1))
}

/// What a generator draws of these classes, of which there are `k`, each from a noise of its own. `[N, X]`
pub fn drawn(
    g: &Mlp<f32>,
    config: &Config,
    (classes, k): (&[usize], usize), // [N]
    rng: &mut impl Rng,
) -> Array2<f32> {
    let z = config.noise.sample(classes.len(), rng); // [N, Z]
    g.output(&beside(&z, &one_hot(classes, k)))
}
