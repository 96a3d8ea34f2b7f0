//! The digit classifier: an MLP that learns which digit an image shows.

use datasets::{Batches, Digits, PixelRange};
use lab::{Checkpoint, CheckpointError, Resumable};
use ndarray::Array2;
use ndarray_rand::rand::Rng;

use crate::model::Model;
use crate::plain::{self, Activation, AdamConfig, Mlp};

/// Training of a classifier in progress.
pub struct Classifier<'a> {
    /// The network, pixels in, ten logits out, and its optimiser.
    pub model: Model,
    digits: &'a Digits,
    batches: Batches,
    scale: f32,
}

impl<'a> Classifier<'a> {
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

    /// The same for a network of any widths that fit the digits.
    ///
    /// # Errors
    /// There are fewer digits than a batch holds.
    pub fn of(
        net: Mlp<f32>,
        digits: &'a Digits,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let batches = Batches::new(digits.len(), 128, seed)?;
        let model = Model::new(net, AdamConfig::default());
        Ok(Self { model, digits, batches, scale: 1.0 })
    }

    /// Multiplies every pixel by `scale` before the network sees it: 255
    /// undoes the scaling to [0, 1].
    pub fn with_pixels_times(mut self, scale: f32) -> Self {
        self.scale = scale;
        self
    }

    /// Steps in one pass over the digits.
    pub fn steps_per_epoch(&self) -> u64 {
        self.batches.batches_per_epoch() as u64
    }

    /// The pixels `[B, 784]` and the classes of the next batch.
    pub fn next_batch(&mut self) -> (Array2<f32>, Vec<usize>) {
        let rows = self.batches.batch(self.model.adam.t);
        let x = self.digits.pixels::<f32>(&rows, PixelRange::Unit);
        (x * self.scale, self.digits.classes(&rows))
    }

    // ANCHOR: step
    /// One step on one batch: forward, loss, backward, Adam.
    pub fn train_on(&mut self, x: &Array2<f32>, classes: &[usize]) -> f32 {
        let outputs = self.model.net.forward(x); // [B, 784], [B, 128], [B, 10]
        let logits = &outputs[outputs.len() - 1]; // [B, 10]
        let loss = plain::cross_entropy(logits, classes);
        let d_logits = plain::cross_entropy_backward(logits, classes); // [B, 10]
        let (_, d_net) = self.model.net.backward(&outputs, d_logits);
        self.model.step(loss, &d_net);
        loss
    }
    // ANCHOR_END: step

    /// The class with the largest logit for each image.
    pub fn predict(&self, digits: &Digits) -> Vec<usize> {
        let rows: Vec<usize> = (0..digits.len()).collect();
        let largest = |row: ndarray::ArrayView1<f32>| {
            let best =
                |a: usize, b: usize| if row[b] > row[a] { b } else { a };
            (0..row.len()).fold(0, best)
        };
        let mut classes = Vec::with_capacity(digits.len());
        for rows in rows.chunks(1000) {
            let x = digits.pixels::<f32>(rows, PixelRange::Unit); // [1000, 784]
            let logits = self.model.net.output(&(x * self.scale)); // [1000, 10]
            classes.extend(logits.rows().into_iter().map(largest));
        }
        classes
    }

    /// The share of `digits` whose largest logit is the true class.
    pub fn accuracy(&self, digits: &Digits) -> f64 {
        let predicted = self.predict(digits);
        let right = predicted.iter().zip(&digits.labels);
        let right = right.filter(|(p, t)| **p == usize::from(**t)).count();
        right as f64 / digits.len() as f64
    }
}

impl Resumable for Classifier<'_> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> String {
        let (x, classes) = self.next_batch();
        let loss = self.train_on(&x, &classes);
        format!("loss {loss:.3}")
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.model.save("classifier", checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.model.restore("classifier", checkpoint)
    }
}
