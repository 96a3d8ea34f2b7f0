//! The same terms on dfdx. What a term must not move comes without a tape,
//! and that is part of its type.

use dfdx::nn::modules;
use dfdx::optim::Adam;
use dfdx::prelude::*;
use gradients::on_dfdx::{adam_config, mse};
use gradients::plain::{AdamConfig, Mlp};
use lab::tensor;
use ndarray::Array2;

use crate::plain::{CommitmentError, Reduction};

/// The mean over all elements, or C times that.
fn reduced<N: Dim, C: Dim, E: Dtype, D: Device<E>, T: Tape<E, D>>(
    squares: Tensor<(N, C), E, D, T>,
    reduction: Reduction,
) -> Tensor<(), E, D, T> {
    let c = squares.shape().1.size();
    match reduction {
        Reduction::Mean => squares.mean(),
        Reduction::SumOverComponents => {
            squares.mean() * E::from_usize(c).expect("a count")
        }
    }
}

// ANCHOR: stop
/// `sg`: the numbers of `x` under a name of their own. A tape knows a tensor
/// by its name, which a clone shares, with a tape or without.
pub fn stop_gradient<S: Shape, E: Dtype, D: Device<E>>(
    x: Tensor<S, E, D>,
) -> Tensor<S, E, D> {
    let one = E::from_f64(1.0).expect("one is a number");
    x * one
}
// ANCHOR_END: stop

// ANCHOR: losses
/// Eq. 7.2: the codebook term. `z_e` has no tape: it stands still. The
/// codebook's gradient flows back through `gather`.
pub fn codebook_loss<N: Dim, C: Dim, K: Dim, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<(N, C), E, D>,
    codebook: Tensor<(K, C), E, D, T>,
    indices: Tensor<(N,), usize, D>,
    reduction: Reduction,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let e: Tensor<(N, C), E, D, T> = codebook.gather(indices); // [N, C]
    reduced((e - stop_gradient(z_e)).square(), reduction)
}

/// Eq. 7.4: the commitment term. Here `z_q` has no tape.
pub fn commitment_loss<N: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<(N, C), E, D, T>,
    z_q: Tensor<(N, C), E, D>,
    beta: f64,
    reduction: Reduction,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let beta = E::from_f64(beta).expect("beta is a number");
    reduced((z_e - stop_gradient(z_q)).square(), reduction) * beta
}

/// `z_e + sg[z_q - z_e]`: the bracket is made off the tape.
pub fn straight_through<N: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<(N, C), E, D, T>,
    z_q: Tensor<(N, C), E, D>,
) -> Tensor<(N, C), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (z_e, tape) = z_e.split_tape();
    let bracket = z_q - z_e.clone(); // [N, C]
    z_e.put_tape(tape) + bracket
}
// ANCHOR_END: losses

// ANCHOR: late
/// Eq. 7.12: the codebook term, handed the output of the straight-through
/// step in place of the codebook vectors.
pub fn late_codebook_loss<N: Dim, C: Dim, E: Dtype, D: Device<E>, T>(
    z_e: Tensor<(N, C), E, D, T>,
    z_q: Tensor<(N, C), E, D>,
    reduction: Reduction,
) -> Tensor<(), E, D, T>
where
    T: Tape<E, D> + Merge<NoneTape>,
{
    let (z_e, tape) = z_e.split_tape();
    let passed = straight_through(z_e.clone().put_tape(tape), z_q); // [N, C]
    reduced((passed - stop_gradient(z_e)).square(), reduction)
}
// ANCHOR_END: late

// ANCHOR: types
/// A patch of 4 × 4 pixels in, a latent of four components out.
pub type Encoder<D> =
    ((modules::Linear<16, 32, f64, D>, ReLU), modules::Linear<32, 4, f64, D>);

/// And back.
pub type Decoder<D> =
    ((modules::Linear<4, 32, f64, D>, ReLU), modules::Linear<32, 16, f64, D>);

/// K vectors of the latents' width.
pub type Codebook<const K: usize, D> = Tensor<Rank2<K, 4>, f64, D>;
// ANCHOR_END: types

/// A network of two layers with the weights of the plain one.
macro_rules! copied {
    ($dev:expr, $plain:expr, $type:ty) => {{
        let mut net: $type = BuildModule::build($dev);
        let layers = &$plain.layers;
        net.0.0.weight = tensor($dev, &layers[0].w.t(), Default::default());
        net.0.0.bias = tensor($dev, &layers[0].b, Default::default());
        net.1.weight = tensor($dev, &layers[1].w.t(), Default::default());
        net.1.bias = tensor($dev, &layers[1].b, Default::default());
        net
    }};
}

/// Encoder, codebook and decoder on a device.
pub struct Model<const K: usize, D: Device<f64>> {
    /// 16 → 32 → 4.
    pub encoder: Encoder<D>,
    /// `[K, 4]`.
    pub codebook: Codebook<K, D>,
    /// 4 → 32 → 16.
    pub decoder: Decoder<D>,
}

impl<const K: usize, D: Device<f64>> Model<K, D> {
    /// Copies the weights of the plain networks and codebook.
    ///
    /// # Panics
    /// They have other widths.
    pub fn new(
        dev: &D,
        (encoder, decoder): (&Mlp<f64>, &Mlp<f64>),
        codebook: &Array2<f64>,
    ) -> Self {
        Self {
            encoder: copied!(dev, encoder, Encoder<D>),
            codebook: tensor(dev, codebook, Default::default()),
            decoder: copied!(dev, decoder, Decoder<D>),
        }
    }
}

/// The three terms of Eq. 7.1 with all their history.
pub type Terms<D> = [Tensor<(), f64, D, OwnedTape<f64, D>>; 3];

// ANCHOR: terms
/// Eq. 7.1: reconstruction, codebook term and commitment term of patches
/// `[B, 16]`, each with a tape of its own.
///
/// # Errors
/// The encoder's output is not finite.
pub fn terms<const K: usize, D: Device<f64>>(
    model: &Model<K, D>,
    x: &Array2<f64>,
    beta: f64,
    reduction: Reduction,
) -> Result<Terms<D>, CommitmentError> {
    let Model { encoder, codebook, decoder } = model;
    let dev = codebook.device().clone();
    let x = tensor(&dev, x, (x.nrows(), Const::<16>));
    let encode = || encoder.forward(x.leaky_trace()); // [B, 4]

    let z_e = encoder.forward(x.clone()); // [B, 4]
    let (z, e) = (lab::array(&z_e), lab::array(codebook));
    let indices = codebook_lookup::plain::nearest(&z, &e)?;
    let rows = (indices.len(),);
    let indices = dev.tensor_from_vec(indices, rows); // [B]
    let z_q = codebook.clone().gather(indices.clone()); // [B, 4]

    let x_hat = decoder.forward(straight_through(encode(), z_q.clone()));
    Ok([
        mse(x_hat, x.clone()),
        codebook_loss(z_e, codebook.leaky_trace(), indices, reduction),
        commitment_loss(encode(), z_q, beta, reduction),
    ])
}
// ANCHOR_END: terms

/// The largest gradient of a term, in absolute value, at encoder, codebook
/// and decoder; 0 where the tape never came by.
pub fn largest_gradients<const K: usize, D: Device<f64>>(
    model: &Model<K, D>,
    term: Tensor<(), f64, D, OwnedTape<f64, D>>,
) -> [f64; 3] {
    let mut d = term.backward();
    let Model { encoder, codebook, decoder } = model;
    let at_encoder = largest(&mut d, &encoder.0.0.weight)
        .max(largest(&mut d, &encoder.1.weight));
    let at_decoder = largest(&mut d, &decoder.0.0.weight)
        .max(largest(&mut d, &decoder.1.weight));
    [at_encoder, largest(&mut d, codebook), at_decoder]
}

fn largest<S: Shape, D: Device<f64>>(
    d: &mut Gradients<f64, D>,
    at: &Tensor<S, f64, D>,
) -> f64 {
    d.try_alloc_for(at).expect("room for a gradient");
    d.get(at).as_vec().iter().fold(0.0, |a, b| a.max(b.abs()))
}

/// The term of Eq. 7.12 for patches `[B, 16]`.
///
/// # Errors
/// The encoder's output is not finite.
pub fn late_term<const K: usize, D: Device<f64>>(
    model: &Model<K, D>,
    x: &Array2<f64>,
    reduction: Reduction,
) -> Result<Tensor<(), f64, D, OwnedTape<f64, D>>, CommitmentError> {
    let dev = model.codebook.device().clone();
    let x = tensor(&dev, x, (x.nrows(), Const::<16>));
    let z_e = model.encoder.forward(x.leaky_trace()); // [B, 4]
    let (z, e) = (lab::array(&z_e), lab::array(&model.codebook));
    let z_q = codebook_lookup::plain::gather(
        &e,
        &codebook_lookup::plain::nearest(&z, &e)?,
    ); // [B, 4]
    let z_q = tensor(&dev, &z_q, *z_e.shape());
    Ok(late_codebook_loss(z_e, z_q, reduction))
}

// ANCHOR: train
/// Trains all three on patches `[B, 16]`, each with an Adam of its own;
/// returns the sum of the terms before each step.
///
/// # Errors
/// The run diverged.
pub fn train<const K: usize, D: Device<f64>>(
    model: &mut Model<K, D>,
    beta: f64,
    reduction: Reduction,
    config: AdamConfig,
    batches: impl Iterator<Item = Array2<f64>>,
) -> Result<Vec<f64>, CommitmentError> {
    let config = adam_config(config);
    let mut of_encoder = Adam::new(&model.encoder, config);
    let mut of_codebook = Adam::new(&model.codebook, config);
    let mut of_decoder = Adam::new(&model.decoder, config);
    let mut losses = Vec::new();
    for x in batches {
        let [r, e, c] = terms(model, &x, beta, reduction)?;
        let loss = r + e + c;
        losses.push(loss.as_vec()[0]);
        let d = loss.backward();
        let used = "every parameter is used";
        of_encoder.update(&mut model.encoder, &d).expect(used);
        of_codebook.update(&mut model.codebook, &d).expect(used);
        of_decoder.update(&mut model.decoder, &d).expect(used);
    }
    Ok(losses)
}
// ANCHOR_END: train
