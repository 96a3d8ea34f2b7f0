//! The same step on dfdx. The tape goes through the discriminator into the
//! generator by itself; only the penalty, which is made of a gradient, has to
//! be written as a forward pass.

use dfdx::nn::modules::Linear;
use dfdx::optim::Adam;
use dfdx::prelude::*;
use gradients::on_dfdx::adam_config;
use gradients::plain::{Activation, Layer, Mlp};
use lab::tensor;
use minimax_loss::on_dfdx::{g_loss_non_saturating, g_loss_saturating};
use ndarray::{Array2, NdFloat};

use crate::plain::{Game, Penalties};
use crate::training::{Config, Now};

// ANCHOR: types
/// Noise of width `Z` in, two hidden layers of `A` and `B` units, `X` numbers
/// out, `Last` after the last layer.
pub type Generator<
    const Z: usize,
    const A: usize,
    const B: usize,
    const X: usize,
    Last,
    E,
    D,
> = (
    (Linear<Z, A, E, D>, LeakyReLU<E>),
    (Linear<A, B, E, D>, LeakyReLU<E>),
    (Linear<B, X, E, D>, Last),
);

/// `X` numbers in, two hidden layers, one logit out.
#[rustfmt::skip] // it leaves the line too long
pub type Discriminator<
    const X: usize, const A: usize, const B: usize, E, D,
> = (
    (Linear<X, A, E, D>, LeakyReLU<E>),
    (Linear<A, B, E, D>, LeakyReLU<E>),
    Linear<B, 1, E, D>,
);

/// Draws digits of 784 pixels in [-1, 1].
pub type DigitGenerator<D> = Generator<64, 256, 512, 784, Tanh, f32, D>;
/// Judges them.
pub type DigitDiscriminator<D> = Discriminator<784, 512, 256, f32, D>;
/// Puts points in the plane.
pub type RingGenerator<D> = Generator<12, 128, 128, 2, (), f32, D>;
/// Judges them.
pub type RingDiscriminator<D> = Discriminator<2, 128, 128, f32, D>;

/// A batch of rows of width `W`, `[B, W]`.
pub type Rows<const W: usize, E, D, T = NoneTape> =
    Tensor<(usize, Const<W>), E, D, T>;
/// The same with the tape that says where they came from.
pub type Taped<const W: usize, E, D> = Rows<W, E, D, OwnedTape<E, D>>;
/// A loss with its tape.
pub type Loss<E, D> = Tensor<(), E, D, OwnedTape<E, D>>;
// ANCHOR_END: types

/// The slope of every leaky ReLU here.
const SLOPE: f64 = 0.2;

/// What may follow a generator's last layer.
pub trait Last: Default {
    /// The same in the plain room.
    const PLAIN: Activation;
}

impl Last for Tanh {
    const PLAIN: Activation = Activation::Tanh;
}

impl Last for () {
    const PLAIN: Activation = Activation::Identity;
}

fn linear<const I: usize, const O: usize, E, D: Device<E>>(
    dev: &D,
    layer: &Layer<E>,
    activation: Activation,
) -> Linear<I, O, E, D>
where
    E: Dtype + NdFloat,
{
    assert_eq!(layer.activation, activation, "what follows the layer");
    assert_eq!(layer.w.dim(), (I, O), "inputs and outputs of the layer");
    Linear {
        weight: tensor(dev, &layer.w.t(), Default::default()), // [O, I]
        bias: tensor(dev, &layer.b, Default::default()),       // [O]
    }
}

fn leaky<E: Dtype>() -> LeakyReLU<E> {
    LeakyReLU(number(SLOPE))
}

fn number<E: Dtype>(value: f64) -> E {
    E::from_f64(value).expect("f32 and f64 hold every f64, rounded")
}

fn three<F>(plain: &Mlp<F>) -> &[Layer<F>; 3] {
    plain.layers[..].try_into().expect("three layers")
}

/// The plain generator's weights as a dfdx module.
///
/// # Panics
/// The plain network has other widths or other activations.
pub fn generator<
    const Z: usize,
    const A: usize,
    const B: usize,
    const X: usize,
    L: Last,
    E: Dtype + NdFloat,
    D: Device<E>,
>(
    dev: &D,
    plain: &Mlp<E>,
) -> Generator<Z, A, B, X, L, E, D> {
    let [first, second, last] = three(plain);
    let inner = Activation::LeakyRelu(SLOPE);
    (
        (linear(dev, first, inner), leaky()),
        (linear(dev, second, inner), leaky()),
        (linear(dev, last, L::PLAIN), L::default()),
    )
}

/// The plain discriminator's weights as a dfdx module.
///
/// # Panics
/// The plain network has other widths or other activations.
pub fn discriminator<
    const X: usize,
    const A: usize,
    const B: usize,
    E: Dtype + NdFloat,
    D: Device<E>,
>(
    dev: &D,
    plain: &Mlp<E>,
) -> Discriminator<X, A, B, E, D> {
    let [first, second, last] = three(plain);
    let inner = Activation::LeakyRelu(SLOPE);
    (
        (linear(dev, first, inner), leaky()),
        (linear(dev, second, inner), leaky()),
        linear(dev, last, Activation::Identity),
    )
}

fn layer<const I: usize, const O: usize, E: Dtype, D: Device<E>>(
    linear: &Linear<I, O, E, D>,
    activation: Activation,
) -> Layer<E> {
    let w = lab::array(&linear.weight).reversed_axes(); // [I, O]
    let w = w.as_standard_layout().into_owned();
    Layer { w, b: lab::column(&linear.bias), activation }
}

/// A network of three layers that can go back to the plain room, and with it
/// into a checkpoint.
pub trait ToPlain<E> {
    /// Its weights.
    fn to_plain(&self) -> Mlp<E>;
}

impl<
    const Z: usize,
    const A: usize,
    const B: usize,
    const X: usize,
    L: Last,
    E: Dtype,
    D: Device<E>,
> ToPlain<E> for Generator<Z, A, B, X, L, E, D>
{
    fn to_plain(&self) -> Mlp<E> {
        let inner = Activation::LeakyRelu(SLOPE);
        let hidden = [layer(&self.0.0, inner), layer(&self.1.0, inner)];
        let last = layer(&self.2.0, L::PLAIN);
        Mlp { layers: hidden.into_iter().chain([last]).collect() }
    }
}

impl<const X: usize, const A: usize, const B: usize, E, D> ToPlain<E>
    for Discriminator<X, A, B, E, D>
where
    E: Dtype,
    D: Device<E>,
{
    fn to_plain(&self) -> Mlp<E> {
        let inner = Activation::LeakyRelu(SLOPE);
        let hidden = [layer(&self.0.0, inner), layer(&self.1.0, inner)];
        let last = layer(&self.2, Activation::Identity);
        Mlp { layers: hidden.into_iter().chain([last]).collect() }
    }
}

// ANCHOR: game
/// Eq. 3.7: `softplus(-(a - b))`, the mean over pairs of rows: chapter 1's
/// generator loss, of the gap.
pub fn paired<S: Shape, E: Dtype, D: Device<E>, T, U>(
    a: Tensor<S, E, D, T>,
    b: Tensor<S, E, D, U>,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<U>,
    U: Tape<E, D>,
{
    g_loss_non_saturating(a - b)
}

/// The discriminator's loss, from logits `[B, 1]`.
pub fn d_loss<E: Dtype, D: Device<E>>(
    game: Game,
    s_real: Taped<1, E, D>,
    s_fake: Taped<1, E, D>,
) -> Loss<E, D> {
    match game {
        Game::Relativistic => paired(s_real, s_fake),
        _ => minimax_loss::on_dfdx::d_loss(s_real, s_fake),
    }
}

/// The generator's loss; only the relativistic one looks at the real logits.
pub fn g_loss<E: Dtype, D: Device<E>>(
    game: Game,
    s_real: Rows<1, E, D>,
    s_fake: Taped<1, E, D>,
) -> Loss<E, D> {
    match game {
        Game::NonSaturating => g_loss_non_saturating(s_fake),
        Game::Saturating => g_loss_saturating(s_fake),
        Game::Relativistic => paired(s_fake, s_real),
    }
}
// ANCHOR_END: game

// ANCHOR: penalty
/// Eq. 3.4: `γ/2` times the mean squared length of the logit's gradient at
/// the examples. That gradient is written out (eq. 3.3) as a product of the
/// weights, which are on the tape, and of slopes, which are constants; the
/// tape then finds eq. 3.6.
pub fn penalty<const X: usize, const A: usize, const B: usize, E, D>(
    d: &Discriminator<X, A, B, E, D>,
    x: Rows<X, E, D>, // [N, X]
    gamma: f64,
) -> Loss<E, D>
where
    E: Dtype,
    D: Device<E>,
{
    let y_1 = d.0.forward(x); // [N, A]
    let y_2 = d.1.forward(y_1.clone()); // [N, B]
    let (rows, dev) = (y_1.shape().0, y_1.device());
    let ones: Rows<1, E, D> = dev.ones_like(&(rows, Const)); // [N, 1]
    let v_2 = ones.leaky_traced().matmul(d.2.weight.clone()); // [N, B]
    let u_2 = v_2 * slopes(y_2); // [N, B]
    let u_1 = u_2.matmul(d.1.0.weight.clone()) * slopes(y_1); // [N, A]
    let d_x = u_1.matmul(d.0.0.weight.clone()); // [N, X]
    d_x.square().sum() * number::<E>(0.5 * gamma / rows as f64)
}

/// The slope of the leaky ReLU behind each of its outputs.
fn slopes<S: Shape, E: Dtype, D: Device<E>>(
    y: Tensor<S, E, D>,
) -> Tensor<S, E, D> {
    let ones = y.device().ones_like(y.shape());
    y.gt(E::default()).choose(ones.clone(), ones * number::<E>(SLOPE))
}
// ANCHOR_END: penalty

// ANCHOR: steps
/// The discriminator's loss with its penalties; fakes come without a tape.
pub fn d_step<const X: usize, const A: usize, const B: usize, E, D>(
    d: &Discriminator<X, A, B, E, D>,
    x_real: Rows<X, E, D>,
    x_fake: Rows<X, E, D>,
    game: Game,
    penalties: Penalties,
) -> Loss<E, D>
where
    E: Dtype,
    D: Device<E>,
{
    let s_real = d.forward(x_real.clone().leaky_traced()); // [B, 1]
    let s_fake = d.forward(x_fake.clone().leaky_traced()); // [B, 1]
    let mut loss = d_loss(game, s_real, s_fake);
    for (x, gamma) in [(x_real, penalties.real), (x_fake, penalties.fake)] {
        if gamma > 0.0 {
            loss = loss + penalty(d, x, gamma);
        }
    }
    loss
}

/// Eq. 3.8: rows of width `X` side by side as rows of width `P`.
///
/// # Panics
/// The numbers do not fill whole rows.
pub fn packed<const X: usize, const P: usize, E, D, T>(
    x: Rows<X, E, D, T>,
) -> Rows<P, E, D, T>
where
    E: Dtype,
    D: Device<E>,
    T: Tape<E, D>,
{
    let rows = x.shape().0 * X / P;
    x.reshape_like(&(rows, Const)) // [B / pack, P]
}

/// Eq. 3.1: the generator's loss on noise. How many examples `d` sees side
/// by side, the types know. The tape also finds gradients at `d`; nobody
/// asks for them.
pub fn g_step<
    const Z: usize,
    const X: usize,
    const P: usize,
    const A: usize,
    const B: usize,
    E: Dtype,
    D: Device<E>,
>(
    g: &impl Module<Taped<Z, E, D>, Output = Taped<X, E, D>>,
    d: &Discriminator<P, A, B, E, D>,
    z: Rows<Z, E, D>,
    s_real: Rows<1, E, D>,
    game: Game,
) -> Loss<E, D> {
    let x_fake = packed::<X, P, E, D, _>(g.forward(z.leaky_traced()));
    g_loss(game, s_real, d.forward(x_fake))
}
// ANCHOR_END: steps

/// What one training step is made from.
#[derive(Clone, Debug)]
pub struct Round {
    /// Real examples, `[B, X]`.
    pub x_real: Array2<f32>,
    /// The discriminator's noise, `[B, Z]`.
    pub z_d: Array2<f32>,
    /// The generator's, `[B, Z]`.
    pub z_g: Array2<f32>,
}

/// Two players and the averaged generator on a device.
#[derive(Clone, Debug)]
pub struct Pair<G, D> {
    /// The generator.
    pub g: G,
    /// The discriminator.
    pub d: D,
    /// The averaged generator.
    pub mean: G,
}

// ANCHOR: train
/// Eq. 3.5, once for each round: a step of `d`, a step of `g` against what
/// `d` has become, the average. Gives both losses of every step.
///
/// # Panics
/// The configuration has another pack than the types, a `k` that is not 1, or
/// does not detach.
pub fn train<
    const Z: usize,
    const X: usize,
    const P: usize,
    const A: usize,
    const B: usize,
    G,
    D: Device<f32>,
>(
    dev: &D,
    pair: &mut Pair<G, Discriminator<P, A, B, f32, D>>,
    config: Config,
    rounds: impl IntoIterator<Item = Round>,
) -> Vec<(f32, f32)>
where
    G: TensorCollection<f32, D>
        + Module<Rows<Z, f32, D>, Output = Rows<X, f32, D>>
        + Module<Taped<Z, f32, D>, Output = Taped<X, f32, D>>,
{
    assert_eq!((config.pack * X, config.k, config.detach), (P, 1, true));
    let Pair { g, d, mean } = pair;
    let mut adam_g = Adam::new(g, adam_config(config.g));
    let mut adam_d = Adam::new(d, adam_config(config.d));
    let (game, mut losses) = (config.game, Vec::new());
    for (n, round) in (0..).zip(rounds) {
        let Now { left, penalties, decay } = config.at(n);
        adam_g.cfg.lr = config.g.lr * left;
        adam_d.cfg.lr = config.d.lr * left;
        let on_dev = |z: &Array2<f32>| tensor(dev, z, (z.nrows(), Const));
        let x_real =
            tensor(dev, &round.x_real, (round.x_real.nrows(), Const));
        let x_real = packed::<X, P, f32, D, _>(x_real); // [B / pack, P]
        let x_fake: Rows<X, f32, D> = g.forward(on_dev(&round.z_d));

        let loss = d_step(d, x_real.clone(), packed(x_fake), game, penalties);
        let d_loss = loss.as_vec()[0];
        adam_d.update(d, &loss.backward()).expect("d has its gradients");

        let s_real = d.forward(x_real); // [B / pack, 1]
        let loss = g_step(g, d, on_dev(&round.z_g), s_real, game);
        losses.push((d_loss, loss.as_vec()[0]));
        adam_g.update(g, &loss.backward()).expect("g has its gradients");
        mean.ema(g, decay);
    }
    losses
}
// ANCHOR_END: train
