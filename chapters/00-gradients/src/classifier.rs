//! The digit classifier: an MLP that learns which digit an image shows.

use datasets::{Batches, Digits, PixelRange};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::model::{Model, in_words};
use crate::on_dfdx;
use crate::plain::{self, Activation, AdamConfig, Mlp};

// ANCHOR: batch
/// Images of a step.
pub const BATCH: usize = 128;
// ANCHOR_END: batch

/// Where a classifier's batches come from.
pub struct Source<'a> {
    digits: &'a Digits,
    batches: Batches,
    scale: f32,
}

impl Source<'_> {
    /// The pixels `[B, 784]` and the classes of batch number `n`.
    pub fn batch(&mut self, n: u64) -> (Array2<f32>, Vec<usize>) {
        let rows = self.batches.batch(n);
        let x = self.digits.pixels::<f32>(&rows, PixelRange::Unit);
        (x * self.scale, self.digits.classes(&rows))
    }

    /// Steps in one pass over the digits.
    pub fn steps_per_epoch(&self) -> u64 {
        self.batches.batches_per_epoch() as u64
    }
}

/// A classifier in training, in either room.
pub trait Classifies: Resumable {
    /// The network as it is now.
    fn net(&self) -> Mlp<f32>;

    /// The loss before each step.
    fn losses(&self) -> Vec<f32>;
}

/// Training of a classifier in progress.
pub struct Classifier<'a> {
    /// The network, pixels in, ten logits out, and its optimiser.
    pub model: Model,
    /// What it learns from.
    pub source: Source<'a>,
}

impl<'a> Classifier<'a> {
    // ANCHOR: classifier
    /// A classifier with 128 hidden units, to be trained on `digits`.
    ///
    /// # Errors
    /// There are fewer digits than a batch holds.
    pub fn new(
        digits: &'a Digits,
        seed: u64,
        rng: &mut impl Rng,
    ) -> anyhow::Result<Self> {
        let widths = [digits.pixel_count(), 128, 10];
        let net =
            Mlp::new(&widths, Activation::Relu, Activation::Identity, rng);
        Self::of(net, digits, seed)
    }
    // ANCHOR_END: classifier

    /// The same for a network of any widths that fit the digits.
    ///
    /// # Errors
    /// There are fewer digits than a batch holds.
    pub fn of(
        net: Mlp<f32>,
        digits: &'a Digits,
        seed: u64,
    ) -> anyhow::Result<Self> {
        digits.at_least(BATCH)?;
        let batches = Batches::new(digits.len(), BATCH, seed)?;
        let model = Model::new("classifier", net, AdamConfig::default());
        let source = Source { digits, batches, scale: 1.0 };
        Ok(Self { model, source })
    }

    /// Multiplies every pixel by `scale` before the network sees it: 255
    /// undoes the scaling to [0, 1].
    pub fn with_pixels_times(mut self, scale: f32) -> Self {
        self.source.scale = scale;
        self
    }

    // ANCHOR: step
    /// One step on one batch: forward, loss, backward, Adam.
    ///
    /// # Errors
    /// The loss is not finite.
    pub fn train_on(
        &mut self,
        x: &Array2<f32>,
        classes: &[usize],
    ) -> Result<f32, Diverged> {
        let outputs = self.model.net.forward(x); // [B, 784], [B, 128], [B, 10]
        let logits = &outputs[outputs.len() - 1]; // [B, 10]
        let loss = plain::cross_entropy(logits, classes);
        let d_logits = plain::cross_entropy_backward(logits, classes); // [B, 10]
        let (_, d_net) = self.model.net.backward(&outputs, d_logits);
        self.model.step(loss, &d_net)
    }
    // ANCHOR_END: step
}

/// The class with the largest logit for each image, its pixels times `scale`.
pub fn predict(net: &Mlp<f32>, digits: &Digits, scale: f32) -> Vec<usize> {
    let rows: Vec<usize> = (0..digits.len()).collect();
    let largest = |row: ndarray::ArrayView1<f32>| {
        let best = |a: usize, b: usize| if row[b] > row[a] { b } else { a };
        (0..row.len()).fold(0, best)
    };
    let mut classes = Vec::with_capacity(digits.len());
    for rows in rows.chunks(1000) {
        let x = digits.pixels::<f32>(rows, PixelRange::Unit); // [1000, 784]
        let logits = net.output(&(x * scale)); // [1000, 10]
        classes.extend(logits.rows().into_iter().map(largest));
    }
    classes
}

/// The share of `digits` whose largest logit is the true class.
pub fn accuracy(net: &Mlp<f32>, digits: &Digits, scale: f32) -> f64 {
    let predicted = predict(net, digits, scale);
    let right = predicted.iter().zip(&digits.labels);
    let right = right.filter(|(p, t)| **p == usize::from(**t)).count();
    right as f64 / digits.len() as f64
}

impl Resumable for Classifier<'_> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let (x, classes) = self.source.batch(self.model.adam.t);
        let loss = self.train_on(&x, &classes)?;
        Ok(format!("loss {loss:.3}"))
    }

    fn configuration(&mut self) -> String {
        let net = in_words(&self.model.net);
        format!("classifier: {net}\npixels times: {}", self.source.scale)
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.model.restore(checkpoint)
    }
}

impl Classifies for Classifier<'_> {
    fn net(&self) -> Mlp<f32> {
        self.model.net.clone()
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses.clone()
    }
}

/// The classifier in the lab's room.
///
/// # Errors
/// The device is not there.
pub fn in_room<'a>(
    lab: &lab::Lab,
    classifier: Classifier<'a>,
) -> anyhow::Result<Box<dyn Classifies + 'a>> {
    lab::in_room!(lab, classifier, |dev, plain| {
        on_dfdx::Classifier::new(&dev, plain)
    })
}
