//! A network that names what a picture shows: in one copy the ruler of features by which a decoder is trained, in another, which
//! no training has seen, the judge of what comes out.

use datasets::{Batches, PixelRange};
use gradients::model::Model;
use gradients::plain::{
    Activation, AdamConfig, cross_entropy, cross_entropy_backward, last,
};
use judge::measures::Seen;
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, rng_at};
use ndarray::Array2;
use stability::net::{Map, Net, layer};

use crate::data::{Pictures, Set};
use crate::plain::{Contrast, Form};

// ANCHOR: viewer
/// Three halvings, a dense layer, and a logit for each class.
pub fn viewer(
    form: Form,
    channels: [usize; 3],
    (dense, classes): (usize, usize),
    seed: u64,
) -> Net<f32> {
    let rng = &mut rng_at(seed, u64::MAX - 3);
    let leaky = Activation::LeakyRelu(0.2);
    let [a, b, c] = channels;
    let (one, two, four) = (form.side, form.side / 2, form.side / 4);
    let eighth = form.side / 8;
    let seen = eighth * eighth * c;
    let linear = Activation::Identity;
    Net {
        layers: vec![
            layer(Map::Down { side: one }, (form.channels, a), leaky, rng),
            layer(Map::Down { side: two }, (a, b), leaky, rng),
            layer(Map::Down { side: four }, (b, c), leaky, rng),
            layer(Map::Dense, (seen, dense), leaky, rng),
            layer(Map::Dense, (dense, classes), linear, rng),
        ],
    }
}
// ANCHOR_END: viewer

/// Pictures of a step.
pub const BATCH: usize = 64;

/// A viewer in training, on pictures that are mirrored and moved.
pub struct Training<'a> {
    /// The network and its optimiser.
    pub model: Model<Net<f32>>,
    /// Steps in all.
    pub steps: u64,
    contrast: Contrast,
    set: &'a Set,
    batches: Batches,
    seed: u64,
}

impl<'a> Training<'a> {
    /// A viewer that has not been trained yet.
    ///
    /// # Errors
    /// There are fewer pictures than a batch holds.
    pub fn new(
        name: &'static str,
        pictures: &'a Pictures,
        channels: [usize; 3],
        dense: usize,
        seed: u64,
        steps: u64,
    ) -> anyhow::Result<Self> {
        let set = &pictures.train;
        let ends = (dense, pictures.classes.len());
        let net = viewer(pictures.form(), channels, ends, seed);
        let batches = Batches::new(set.len(), BATCH, seed)?;
        let model = Model::new(name, net, AdamConfig::default());
        let contrast = pictures.contrast();
        Ok(Self { model, steps, contrast, set, batches, seed })
    }
}

/// What a viewer sees in pictures `[N, H·W·C]` of variance 1: the last layer but one, and the probability of each class.
pub fn look(net: &Net<f32>, x: &Array2<f32>) -> Seen {
    let mut outputs = net.forward(x);
    let logits = outputs.pop().expect("a network has an output");
    let features = outputs.pop().expect("and an input");
    let classes = gradients::plain::softmax(&logits).mapv(f64::from);
    Seen { features: features.mapv(f64::from), classes }
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let n = self.model.adam.t;
        let rows = self.batches.batch(n);
        let rng = &mut rng_at(self.seed, n);
        let x = self.set.moved(&rows, PixelRange::Unit, rng); // [B, H·W·C]
        let x = self.contrast.apply(x);
        let classes = self.set.classes(&rows);
        let outputs = self.model.net.forward(&x);
        let logits = last(&outputs); // [B, classes]
        let loss = cross_entropy(logits, &classes);
        let d_logits = cross_entropy_backward(logits, &classes);
        let d_net = self.model.net.backward_parameters(&outputs, d_logits);
        let left = 1.0 - n as f64 / self.steps.max(1) as f64;
        self.model.adam.config.lr = AdamConfig::default().lr * left.max(0.0);
        self.model.step(loss, &d_net)?;
        Ok(format!("loss {loss:.3}"))
    }

    fn configuration(&mut self) -> String {
        let maps = self.model.net.layers.iter();
        let maps: Vec<_> =
            maps.map(|l| format!("{:?} {:?}", l.map, l.w.dim())).collect();
        format!("viewer: {}\nsteps: {}", maps.join(", "), self.steps)
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
