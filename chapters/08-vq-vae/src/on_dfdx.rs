//! The same network and the same step on dfdx. A convolution is a `gather`
//! of rows and a linear layer; the tape finds its gradient.

use commitment_loss::on_dfdx::{commitment_loss, straight_through};
use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::Quantizer;
use dfdx::nn::modules::Linear;
use dfdx::optim::Adam;
use dfdx::prelude::*;
use gradients::on_dfdx::{adam_config, mse};
use gradients::plain::{Activation, Layer, Mlp};
use lab::{rng_at, tensor};
use ndarray::{Array2, NdFloat};

use crate::plain::{IMAGE, neighbours};
use crate::training::Config;

// ANCHOR: types
/// An encoder or a decoder: 1 × 1 from `I` channels to `C`, 3 × 3 from the
/// `N` = 9·`C` numbers around a place, 1 × 1 to `O`.
pub type Half<
    const I: usize,
    const C: usize,
    const N: usize,
    const O: usize,
    E,
    D,
> = (Linear<I, C, E, D>, Linear<N, C, E, D>, Linear<C, O, E, D>);

/// Encoder and decoder of the page: 128 channels between 16 and 16.
pub type DigitHalf<D> = Half<16, 128, 1152, 16, f32, D>;

/// Feature maps of `C` channels, a place a row.
pub type Maps<const C: usize, E, D, T = NoneTape> =
    Tensor<(usize, Const<C>), E, D, T>;
// ANCHOR_END: types

// ANCHOR: depth
/// Eq. 8.1: images `[B, 784]` as grids of patches. Two reshapes and a
/// permutation. `[B·S², P]`
pub fn space_to_depth<const P: usize, E: Dtype, D: Device<E>, T>(
    x: Tensor<(usize, usize), E, D, T>, // [B, 784]
) -> Maps<P, E, D, T>
where
    T: Tape<E, D>,
{
    let (b, size) = (x.shape().0, P.isqrt());
    let side = IMAGE / size;
    let cut = x.reshape_like(&(b, side, size, side, size));
    let cut = cut.permute::<_, Axes5<0, 1, 3, 2, 4>>(); // [B, S, S, p, p]
    cut.reshape_like(&(b * side * side, Const)) // [B·S², P]
}

/// Its inverse. `[B, 784]`
pub fn depth_to_space<const P: usize, E: Dtype, D: Device<E>, T>(
    rows: Maps<P, E, D, T>, // [B·S², P]
) -> Tensor<(usize, usize), E, D, T>
where
    T: Tape<E, D>,
{
    let (n, size) = (rows.shape().0, P.isqrt());
    let side = IMAGE / size;
    let b = n / (side * side);
    let cut = rows.reshape_like(&(b, side, side, size, size));
    let cut = cut.permute::<_, Axes5<0, 1, 3, 2, 4>>(); // [B, S, p, S, p]
    cut.reshape_like(&(b, IMAGE * IMAGE)) // [B, 784]
}
// ANCHOR_END: depth

// ANCHOR: im2col
/// Eq. 8.2: a row of zeros is put at the end, and whatever lies beyond the
/// edge is gathered from there. `[M, N]`, `N` being 9·`C`
pub fn im2col<const C: usize, const N: usize, E: Dtype, D: Device<E>, T>(
    x: Maps<C, E, D, T>, // [M, C]
    side: usize,
) -> Maps<N, E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (rows, dev) = (x.shape().0, x.device().clone());
    let places = (0..rows).flat_map(|n| neighbours(n, side));
    let places = places.map(|m| m.unwrap_or(rows)).collect();
    let places = dev.tensor_from_vec(places, (9 * rows,)); // [9M]
    let zeros: Maps<C, E, D> = dev.zeros_like(&(1, Const));
    let padded = (x, zeros).concat_along(Axis::<0>); // [M + 1, C]
    let taps: Maps<C, E, D, T> = padded.gather(places); // [9M, C]
    taps.reshape_like(&(rows, Const)) // [M, 9C]
}
// ANCHOR_END: im2col

// ANCHOR: half
/// Eq. 8.5. The tape goes through the convolution; the sum puts `s` beside
/// it under the same name, so that both ways lead back to it. `[M, O]`
pub fn half<
    const I: usize,
    const C: usize,
    const N: usize,
    const O: usize,
    E,
    D,
    T,
>(
    net: &Half<I, C, N, O, E, D>,
    x: Maps<I, E, D, T>, // [M, I]
    side: usize,
) -> Maps<O, E, D, T>
where
    E: Dtype,
    D: Device<E>,
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (s, tape) = net.0.forward(x).split_tape(); // [M, C]
    let a = s.clone().put_tape(tape).relu(); // [M, C]
    let h: Maps<C, E, D, T> = net.1.forward(im2col(a, side)); // [M, C]
    net.2.forward((h + s).relu()) // [M, O]
}
// ANCHOR_END: half

/// A loss with its tape.
pub type Loss<E, D> = Tensor<(), E, D, OwnedTape<E, D>>;

/// The loss of one step, and what its codebook learns from.
pub struct Terms<E: Dtype, D: Device<E>> {
    /// Reconstruction and commitment, Eq. 8.7.
    pub loss: Loss<E, D>,
    /// The first alone.
    pub reconstruction: E,
    /// What was looked up. `[M, D]`
    pub z_e: Array2<E>,
    /// And what was found. `[M]`
    pub indices: Vec<usize>,
}

// ANCHOR: terms
/// Eq. 8.7: both terms that move encoder and decoder. The lookup is done on
/// the host, which has an argmin.
///
/// # Errors
/// The encoder's output is not finite, or does not fit the codebook.
pub fn terms<
    const I: usize,
    const C: usize,
    const N: usize,
    const W: usize,
    E,
    D,
>(
    encoder: &Half<I, C, N, W, E, D>,
    decoder: &Half<W, C, N, I, E, D>,
    quantizer: &Quantizer<E>,
    x: Maps<I, E, D>, // [M, patch²]
    (side, variance): (usize, f64),
) -> Result<Terms<E, D>, CommitmentError>
where
    E: Dtype + NdFloat,
    D: Device<E>,
{
    let z_e = half(encoder, x.clone().leaky_traced(), side); // [M, W]
    let (z, tape) = z_e.split_tape();
    let on_host = lab::array(&z); // [M, W]
    let found = quantizer.quantize(&on_host)?.quantized;
    let z_q: Maps<W, E, D> =
        tensor(&x.device().clone(), &found.z_q, *z.shape());

    let constants = quantizer.settings();
    let (beta, reduction) = (constants.beta, constants.reduction);
    let z_e = z.clone().put_tape(tape);
    let commitment = commitment_loss(z_e, z_q.clone(), beta, reduction);
    let (commitment, tape) = commitment.split_tape();
    let passed = straight_through(z.put_tape(tape), z_q); // [M, W]
    let scale = E::from_f64(1.0 / variance).expect("a variance");
    let of_pixels = mse(half(decoder, passed, side), x) * scale;
    Ok(Terms {
        reconstruction: of_pixels.as_vec()[0],
        loss: of_pixels + commitment,
        z_e: on_host,
        indices: found.indices,
    })
}
// ANCHOR_END: terms

/// A half with the plain one's weights.
///
/// # Panics
/// The plain one has other widths.
pub fn copied<
    const I: usize,
    const C: usize,
    const N: usize,
    const O: usize,
    E,
    D,
>(
    dev: &D,
    plain: &Mlp<E>,
) -> Half<I, C, N, O, E, D>
where
    E: Dtype + NdFloat,
    D: Device<E>,
{
    let layers: &[Layer<E>; 3] =
        plain.layers[..].try_into().expect("a half has three layers");
    let [first, second, last] = layers;
    (linear(dev, first), linear(dev, second), linear(dev, last))
}

fn linear<
    const I: usize,
    const O: usize,
    E: Dtype + NdFloat,
    D: Device<E>,
>(
    dev: &D,
    layer: &Layer<E>,
) -> Linear<I, O, E, D> {
    assert_eq!(layer.w.dim(), (I, O), "inputs and outputs of the layer");
    Linear {
        weight: tensor(dev, &layer.w.t(), Default::default()), // [O, I]
        bias: tensor(dev, &layer.b, Default::default()),       // [O]
    }
}

/// The weights of a half in the plain room, and with it for a checkpoint.
pub fn to_plain<
    const I: usize,
    const C: usize,
    const N: usize,
    const O: usize,
    E,
    D,
>(
    net: &Half<I, C, N, O, E, D>,
) -> Mlp<E>
where
    E: Dtype,
    D: Device<E>,
{
    let relu = Activation::Relu;
    let last = layer(&net.2, Activation::Identity);
    Mlp { layers: vec![layer(&net.0, relu), layer(&net.1, relu), last] }
}

fn layer<const I: usize, const O: usize, E: Dtype, D: Device<E>>(
    linear: &Linear<I, O, E, D>,
    activation: Activation,
) -> Layer<E> {
    let w = lab::array(&linear.weight).reversed_axes(); // [I, O]
    let w = w.as_standard_layout().into_owned();
    Layer { w, b: lab::column(&linear.bias), activation }
}

/// The gradient at every parameter of a half.
pub fn gradient<
    const I: usize,
    const C: usize,
    const N: usize,
    const O: usize,
    E,
    D,
>(
    net: &Half<I, C, N, O, E, D>,
    gradients: &Gradients<E, D>,
) -> Mlp<E>
where
    E: Dtype,
    D: Device<E>,
{
    to_plain(&(
        of_linear(&net.0, gradients),
        of_linear(&net.1, gradients),
        of_linear(&net.2, gradients),
    ))
}

fn of_linear<const I: usize, const O: usize, E: Dtype, D: Device<E>>(
    linear: &Linear<I, O, E, D>,
    gradients: &Gradients<E, D>,
) -> Linear<I, O, E, D> {
    Linear {
        weight: gradients.get(&linear.weight),
        bias: gradients.get(&linear.bias),
    }
}

// ANCHOR: train
/// Eq. 8.8, once for each batch of images `[B, 784]`; gives squared error
/// over variance before each step.
///
/// # Errors
/// The run diverged.
pub fn train<
    const I: usize,
    const C: usize,
    const N: usize,
    const W: usize,
    D,
>(
    (encoder, decoder): (
        &mut Half<I, C, N, W, f32, D>,
        &mut Half<W, C, N, I, f32, D>,
    ),
    quantizer: &mut Quantizer<f32>,
    config: &Config,
    seed: u64,
    batches: impl IntoIterator<Item = Array2<f32>>,
) -> Result<Vec<f32>, CommitmentError>
where
    D: Device<f32>,
{
    let dev = encoder.0.weight.device().clone();
    let mut of_encoder = Adam::new(encoder, adam_config(config.adam));
    let mut of_decoder = Adam::new(decoder, adam_config(config.adam));
    let (scale, mut losses) =
        ((config.sizes.side(), config.variance), vec![]);
    for (n, x) in (0..).zip(batches) {
        let x = space_to_depth(tensor(&dev, &x, x.dim())); // [M, patch²]
        let done = terms(encoder, decoder, quantizer, x, scale)?;
        let d = done.loss.backward();
        of_encoder.cfg.lr = config.adam.lr * config.left(n);
        of_decoder.cfg.lr = config.adam.lr * config.left(n);
        let used = "every parameter is used";
        of_encoder.update(encoder, &d).expect(used);
        of_decoder.update(decoder, &d).expect(used);
        quantizer.learn(&done.z_e, &done.indices, &mut rng_at(seed, n))?;
        losses.push(done.reconstruction);
    }
    Ok(losses)
}
// ANCHOR_END: train
