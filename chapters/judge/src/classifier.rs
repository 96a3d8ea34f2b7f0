//! The classifier behind the measures, in training. It stays in the plain room, so that both rooms have one judge.

use datasets::{Batches, Digits, PixelRange};
use gradients::model::{Model, in_words};
use gradients::plain::{
    Activation, AdamConfig, Mlp, cross_entropy, cross_entropy_backward,
};
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, rng_at};
use ndarray::{Array2, s};
use ndarray_rand::rand::Rng;

/// How many of `n` training digits generators and the judge learn from, the first five sixths; the rest, which neither has
/// seen, stand for "real" when a distance needs a floor.
pub fn learnt_from(n: usize) -> usize {
    n - n / 6
}

/// The fewest training digits of which `n` are learnt from.
pub fn enough_for(n: usize) -> usize {
    (0..).find(|&all| learnt_from(all) >= n).unwrap_or(n)
}

/// Images of a step.
pub const BATCH: usize = 128;

/// Training of a classifier on digits that are shifted by up to two pixels, with a step size that falls to zero.
pub struct Training<'a> {
    /// The network, pixels in [0, 1] in, ten logits out, and its optimiser.
    pub model: Model,
    /// Steps in all.
    pub steps: u64,
    digits: &'a Digits,
    batches: Batches,
    seed: u64,
}

impl<'a> Training<'a> {
    /// A classifier that has not been trained yet.
    ///
    /// # Errors
    /// There are fewer digits than a batch holds.
    pub fn new(
        digits: &'a Digits,
        seed: u64,
        steps: u64,
    ) -> anyhow::Result<Self> {
        let widths = [digits.pixel_count(), 256, 128, 10];
        let (hidden, last) = (Activation::Relu, Activation::Identity);
        let net =
            Mlp::new(&widths, hidden, last, &mut rng_at(seed, u64::MAX));
        let batches = Batches::new(learnt_from(digits.len()), BATCH, seed)?;
        let model = Model::new("judge", net, AdamConfig::default());
        Ok(Self { model, steps, digits, batches, seed })
    }
}

/// Images `[B, H·W]` of height `h`, each moved by up to `most` pixels in both directions; black comes in.
pub fn shifted(
    x: &Array2<f32>,
    h: usize,
    most: i32,
    rng: &mut impl Rng,
) -> Array2<f32> {
    let w = x.ncols() / h;
    let mut moved = Array2::zeros(x.raw_dim()); // [B, H·W]
    for (from, mut to) in x.rows().into_iter().zip(moved.rows_mut()) {
        let from = from.to_shape((h, w)).expect("H·W pixels");
        let mut draw = || rng.random_range(-most..=most) as isize;
        let (down, right) = (draw(), draw());
        let cut = |by: isize, size: usize| {
            let n = size as isize;
            (by.max(0)..n + by.min(0), (-by).max(0)..n + (-by).min(0))
        };
        let ((to_y, from_y), (to_x, from_x)) = (cut(down, h), cut(right, w));
        let mut to =
            to.view_mut().into_shape_with_order((h, w)).expect("H·W");
        let part = from.slice(s![from_y, from_x]);
        to.slice_mut(s![to_y, to_x]).assign(&part);
    }
    moved
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let n = self.model.adam.t;
        let rows = self.batches.batch(n);
        let x = self.digits.pixels::<f32>(&rows, PixelRange::Unit); // [128, 784]
        let x =
            shifted(&x, self.digits.size().0, 2, &mut rng_at(self.seed, n));
        let classes = self.digits.classes(&rows);
        let outputs = self.model.net.forward(&x);
        let logits = &outputs[outputs.len() - 1]; // [128, 10]
        let loss = cross_entropy(logits, &classes);
        let d_logits = cross_entropy_backward(logits, &classes); // [128, 10]
        let (_, d_net) = self.model.net.backward(&outputs, d_logits);
        let left = 1.0 - n as f64 / self.steps as f64;
        self.model.adam.config.lr = AdamConfig::default().lr * left.max(0.0);
        self.model.step(loss, &d_net)?;
        Ok(format!("loss {loss:.3}"))
    }

    fn configuration(&mut self) -> String {
        let net = in_words(&self.model.net);
        format!("judge: {net}\nsteps: {}", self.steps)
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
