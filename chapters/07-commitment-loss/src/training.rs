//! An autoencoder of digit patches with a codebook in its middle: one step in the order of the equations, and a training
//! run made of such steps.

use datasets::Batches;
use gradients::model::{Model, in_words};
use gradients::plain::{
    Activation, AdamConfig, Mlp, Parameters, last, mse, mse_backward,
};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::{Array2, Axis, NdFloat};
use ndarray_rand::rand::Rng;

use straight_through::plain::{Quantized, straight_through_backward};

use crate::on_dfdx;
use crate::plain::{
    CommitmentError, codebook_loss_backward, commitment_loss_backward,
    late_codebook_loss_backward,
};
use crate::quantizer::{Found, Quantizer, Settings};

/// Pixels of a patch, 4 × 4.
pub const PATCH: usize = 16;

/// Units of the one hidden layer of either network.
pub const HIDDEN: usize = 32;

/// Components of a latent.
pub const WIDTH: usize = 4;

/// The encoder, 16 → 32 → 4, and the decoder, 4 → 32 → 16.
pub fn networks<F: NdFloat>(rng: &mut impl Rng) -> (Mlp<F>, Mlp<F>) {
    let (relu, last) = (Activation::Relu, Activation::Identity);
    let encoder = Mlp::new(&[PATCH, HIDDEN, WIDTH], relu, last, rng);
    (encoder, Mlp::new(&[WIDTH, HIDDEN, PATCH], relu, last, rng))
}

// ANCHOR: step
/// The three terms of one step, its lookup, and its gradients.
pub struct Step<F> {
    /// Mean squared error of the pixels: the first term of Eq. 7.5, up to
    /// constants.
    pub reconstruction: F,
    /// The lookup and the other two terms.
    pub found: Found<F>,
    /// What was looked up. `[B, C]`
    pub z_e: Array2<F>,
    /// The gradient at every parameter of the encoder.
    pub d_encoder: Mlp<F>,
    /// The gradient at every parameter of the decoder.
    pub d_decoder: Mlp<F>,
}

/// Eq. 7.5: one step on patches `[B, 16]`, forward and backward. The
/// gradient at the codebook is the quantizer's own affair.
///
/// # Errors
/// The encoder's output is not finite, or does not fit the codebook.
pub fn step<F: NdFloat>(
    (encoder, decoder): (&Mlp<F>, &Mlp<F>),
    quantizer: &Quantizer<F>,
    x: &Array2<F>, // [B, 16]
    late: bool,
) -> Result<Step<F>, CommitmentError> {
    let encoded = encoder.forward(x);
    let z_e = last(&encoded); // [B, C]
    let found = quantizer.quantize(z_e)?;
    let z_q = &found.quantized.z_q; // [B, C]
    let decoded = decoder.forward(z_q);
    let x_hat = last(&decoded); // [B, 16]

    let d_x_hat = mse_backward(x_hat, x); // [B, 16]
    let (d_z_q, d_decoder) = decoder.backward(&decoded, d_x_hat); // [B, C]
    let mut d_z_e = quantizer.encoder_gradient(z_e, z_q, d_z_q); // [B, C]
    if late {
        let reduction = quantizer.settings().reduction;
        d_z_e += &late_codebook_loss_backward(z_e, z_q, reduction);
    }
    let (_, d_encoder) = encoder.backward(&encoded, d_z_e);
    let (reconstruction, z_e) = (mse(x_hat, x), z_e.clone()); // [B, C]
    Ok(Step { reconstruction, found, z_e, d_encoder, d_decoder })
}
// ANCHOR_END: step

/// What one term of Eq. 7.5 says to each part.
pub struct TermGradient<F> {
    /// At the encoder.
    pub encoder: Mlp<F>,
    /// At the codebook. `[K, C]`
    pub codebook: Array2<F>,
    /// At the decoder.
    pub decoder: Mlp<F>,
}

// ANCHOR: who
/// The gradients of reconstruction, codebook term and commitment term, each
/// alone, on patches `[B, 16]`.
///
/// # Errors
/// As for `step`.
pub fn term_gradients<F: NdFloat>(
    (encoder, decoder): (&Mlp<F>, &Mlp<F>),
    quantizer: &Quantizer<F>,
    x: &Array2<F>, // [B, 16]
) -> Result<[TermGradient<F>; 3], CommitmentError> {
    let Settings { beta, reduction, .. } = *quantizer.settings();
    let encoded = encoder.forward(x);
    let z_e = last(&encoded); // [B, C]
    let Quantized { z_q, indices } = quantizer.quantize(z_e)?.quantized;
    let decoded = decoder.forward(&z_q);
    let e = quantizer.codebook(); // [K, C]
    let none = Array2::zeros(e.raw_dim()); // [K, C]
    let still = |net: &Mlp<F>| {
        let mut d_net = net.clone();
        d_net.parameters_mut().iter_mut().for_each(|p| p.fill(F::zero()));
        d_net
    };

    let d_x_hat = mse_backward(last(&decoded), x); // [B, 16]
    let (d_z_q, d_decoder) = decoder.backward(&decoded, d_x_hat); // [B, C]
    let reconstruction = TermGradient {
        encoder: encoder
            .backward(&encoded, straight_through_backward(d_z_q))
            .1,
        codebook: none.clone(),
        decoder: d_decoder,
    };
    let codebook = TermGradient {
        encoder: still(encoder),
        codebook: codebook_loss_backward(z_e, e, &indices, reduction),
        decoder: still(decoder),
    };
    let d_z_e = commitment_loss_backward(z_e, &z_q, beta, reduction);
    let commitment = TermGradient {
        encoder: encoder.backward(&encoded, d_z_e).1,
        codebook: none,
        decoder: still(decoder),
    };
    Ok([reconstruction, codebook, commitment])
}
// ANCHOR_END: who

/// What is trained, as it is at some step.
#[derive(Clone, Debug, PartialEq)]
pub struct Autoencoder {
    /// 16 → 32 → 4.
    pub encoder: Mlp<f32>,
    /// 4 → 32 → 16.
    pub decoder: Mlp<f32>,
    /// The codebook.
    pub quantizer: Quantizer<f32>,
    /// How many codes have started again.
    pub revived: usize,
}

/// A run in either room.
pub trait Autoencodes: Resumable {
    /// Its networks and its codebook now.
    fn now(&self) -> Autoencoder;

    /// Squared error before each step.
    fn losses(&self) -> Vec<f32>;
}

/// Where a run's patches come from.
pub struct Source<'a> {
    patches: &'a Array2<f32>,
    batches: Batches,
    /// Of the draws that revival makes.
    pub seed: u64,
}

impl Source<'_> {
    /// Batch number `n`, `[B, 16]`.
    pub fn batch(&mut self, n: u64) -> Array2<f32> {
        self.patches.select(Axis(0), &self.batches.batch(n))
    }
}

/// A run in progress.
pub struct Training<'a> {
    /// 16 → 32 → 4, with its optimiser; its loss is the commitment term.
    pub encoder: Model,
    /// 4 → 32 → 16, with its optimiser; its loss is the squared error.
    pub decoder: Model,
    /// The codebook.
    pub quantizer: Quantizer<f32>,
    /// The switch of Eq. 7.19: whether the codebook term is handed the output of the straight-through step. The
    /// codebook's share of its gradient, zero, is the quantizer's weight.
    pub late: bool,
    /// How many codes have started again.
    pub revived: usize,
    /// What it learns from.
    pub source: Source<'a>,
}

impl<'a> Training<'a> {
    /// A run on patches `[N, 16]`.
    ///
    /// # Errors
    /// The batch size is 0 or above N.
    pub fn new(
        (encoder, decoder): (Mlp<f32>, Mlp<f32>),
        quantizer: Quantizer<f32>,
        config: AdamConfig,
        patches: &'a Array2<f32>,
        batch: usize,
        seed: u64,
    ) -> Result<Self, datasets::BatchError> {
        let batches = Batches::new(patches.nrows(), batch, seed)?;
        Ok(Self {
            encoder: Model::new("encoder", encoder, config),
            decoder: Model::new("decoder", decoder, config),
            quantizer,
            late: false,
            revived: 0,
            source: Source { patches, batches, seed },
        })
    }

    /// One step of everything that learns.
    ///
    /// # Errors
    /// The run diverged.
    pub fn train_once(&mut self) -> Result<Step<f32>, Diverged> {
        let n = self.encoder.adam.t;
        let named = |e: CommitmentError| diverged(n, &e);
        let x = self.source.batch(n); // [B, 16]
        let networks = (&self.encoder.net, &self.decoder.net);
        let done = step(networks, &self.quantizer, &x, self.late);
        let done = done.map_err(named)?;
        self.encoder.step(done.found.commitment_loss, &done.d_encoder)?;
        self.decoder.step(done.reconstruction, &done.d_decoder)?;
        let indices = &done.found.quantized.indices;
        let rng = &mut rng_at(self.source.seed, n);
        let revived = self.quantizer.learn(&done.z_e, indices, rng);
        self.revived += revived.map_err(named)?.len();
        Ok(done)
    }
}

/// The run that ends at a step, for a reason that names a latent.
pub fn diverged(step: u64, error: &CommitmentError) -> Diverged {
    Diverged { step, what: error.to_string() }
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.encoder.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let done = self.train_once()?;
        Ok(format!("MSE {:.4}", done.reconstruction))
    }

    fn configuration(&mut self) -> String {
        let first = digest([&self.source.batch(0)]);
        let nets = [&self.encoder.net, &self.decoder.net];
        let [encoder, decoder] = nets.map(in_words);
        let (codebook, late) = (self.quantizer.codebook(), self.late);
        let (codebook, settings) =
            (codebook.shape(), self.quantizer.settings());
        let adam = self.encoder.adam.config;
        format!(
            "encoder: {encoder}\ndecoder: {decoder}\n\
             codebook: {codebook:?}\nfirst batch: {first}\n\
             late: {late}\n{settings:#?}\n{adam:#?}"
        )
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.encoder.save(checkpoint);
        self.decoder.save(checkpoint);
        self.quantizer.save("quantizer", checkpoint);
        checkpoint.note("revived", self.revived);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.encoder.restore(checkpoint)?;
        self.decoder.restore(checkpoint)?;
        self.quantizer.restore("quantizer", checkpoint)?;
        self.revived = checkpoint.number("revived")? as usize;
        Ok(())
    }
}

impl Autoencodes for Training<'_> {
    fn now(&self) -> Autoencoder {
        Autoencoder {
            encoder: self.encoder.net.clone(),
            decoder: self.decoder.net.clone(),
            quantizer: self.quantizer.clone(),
            revived: self.revived,
        }
    }

    fn losses(&self) -> Vec<f32> {
        self.decoder.losses.clone()
    }
}

/// The run in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Autoencodes + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::Training::new(&dev, plain)
    })
}
