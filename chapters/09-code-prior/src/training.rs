//! A prior in training, and what is left of it on disk.

use std::path::Path;

use datasets::{BatchError, Batches};
use gradients::model::{Model, restore_parameters, save_parameters};
use gradients::plain::AdamConfig;
use lab::{Checkpoint, CheckpointError, Diverged, Resumable, digest, rng_at};
use ndarray::{Array2, Axis};
use ndarray_rand::rand::Rng;
use vq_vae::model::{VqVae, VqVaeError};

use crate::model::{Prior, PriorError, Sizes};
#[cfg(not(target_arch = "wasm32"))]
use crate::on_dfdx;
use crate::plain::{shift_right_from, start_tokens};

/// How a prior is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// K, T, W, H, L and the classes.
    pub sizes: Sizes,
    /// Code maps of a step.
    pub batch: usize,
    /// Steps in all; at the last one the step size is 0.
    pub steps: u64,
    /// Steps over which the step size rises.
    pub warm_up: u64,
    /// The optimiser, with the largest step size.
    pub adam: AdamConfig,
}

impl Default for Config {
    // ANCHOR: recipe
    /// The page's recipe.
    fn default() -> Self {
        Self {
            sizes: Sizes {
                codes: 256,
                places: 49,
                width: 128,
                heads: 4,
                blocks: 2,
                classes: 0,
            },
            batch: 32,
            steps: 9000,
            warm_up: 200,
            adam: AdamConfig { lr: 3e-3, beta2: 0.99, ..Default::default() },
        }
    }
    // ANCHOR_END: recipe
}

impl Config {
    // ANCHOR: lr
    /// The step size of step `n`, counted from 0: a ramp up, then a straight
    /// line down to 0.
    pub fn lr(&self, n: u64) -> f64 {
        let n = n as f64;
        let up = (n + 1.0) / self.warm_up.max(1) as f64;
        let down = 1.0 - n / self.steps.max(1) as f64;
        self.adam.lr * up.min(1.0).min(down).max(0.0)
    }
    // ANCHOR_END: lr
}

/// The share of labels that the model is not told.
pub const DROPPED: f64 = 0.5;

/// Where the streams of random numbers begin that say which.
const UNTOLD: u64 = 1 << 63;

/// What a prior learns from, and two switches for mistakes.
pub struct Source<'a> {
    /// Whether a place sees the code before it; without, it sees its own.
    pub shift: bool,
    /// Whether a place knows where it is.
    pub positions: bool,
    /// Whose codes they are, if a tokeniser's.
    tokeniser: Option<String>,
    /// K, the number of the start token when the class is not known.
    start: usize,
    codes: &'a Array2<usize>,
    /// The class of each map, if classes are learnt.
    labels: Option<&'a [usize]>,
    batches: Batches,
    seed: u64,
}

impl Source<'_> {
    /// What is seen at each place of the code maps of step `n`, and the maps. `[B, T]` each
    pub fn batch(&mut self, n: u64) -> [Array2<usize>; 2] {
        let rows = self.batches.batch(n);
        let codes = self.codes.select(Axis(0), &rows); // [B, T]
        let classes = self.classes(&rows, n); // [B]
        let seen = match self.shift {
            true => {
                let starts = start_tokens(&classes, self.start); // [B]
                shift_right_from(&codes, &starts) // [B, T]
            }
            false => codes.clone(),
        };
        [seen, codes]
    }

    // ANCHOR: drop
    /// The classes of some maps at step `n`. Half are not told, so that the
    /// model learns to do without as well. `[B]`
    fn classes(&self, rows: &[usize], n: u64) -> Vec<Option<usize>> {
        let Some(labels) = self.labels else { return vec![None; rows.len()] };
        let rng = &mut rng_at(self.seed, UNTOLD.wrapping_add(n));
        let told = |&row: &usize| {
            let told = rng.random::<f64>() >= DROPPED;
            told.then_some(labels[row])
        };
        rows.iter().map(told).collect()
    }
    // ANCHOR_END: drop

    /// Notes whose codes they are.
    pub(crate) fn save(&self, checkpoint: &mut Checkpoint) {
        if let Some(tokeniser) = &self.tokeniser {
            checkpoint.note(TOKENISER, tokeniser);
        }
    }
}

/// A prior in training, in either room.
pub trait Learns: Resumable {
    /// The model as it is now.
    fn prior(&self) -> Prior<f32>;

    /// The loss before each step, in nats a code.
    fn losses(&self) -> Vec<f32>;

    /// What each code costs the model as it is now, computed where it is trained, when the classes are not known. `[N, T]`
    ///
    /// # Errors
    /// A code is not below K, or there are not T to an image.
    fn nats(&self, codes: &Array2<usize>) -> Result<Array2<f64>, PriorError> {
        self.nats_given(codes, &vec![None; codes.nrows()])
    }

    /// The same for images of known classes, or of some. `[N, T]`
    ///
    /// # Errors
    /// As for `nats`, or the model does not know a class, or there is not one for each image.
    fn nats_given(
        &self,
        codes: &Array2<usize>,
        classes: &[Option<usize>],
    ) -> Result<Array2<f64>, PriorError>;
}

/// A run in progress.
pub struct Training<'a> {
    /// How.
    pub config: Config,
    /// The model, its optimiser, and the loss before each step, in nats a code.
    pub model: Model<Prior<f32>>,
    /// What it learns from.
    pub source: Source<'a>,
}

/// A run that cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// Codes or sizes do not fit.
    #[error(transparent)]
    Prior(#[from] PriorError),
    /// There are fewer code maps than a batch holds.
    #[error(transparent)]
    Batch(#[from] BatchError),
}

impl<'a> Training<'a> {
    /// A run on code maps `[N, T]` that has not begun.
    ///
    /// # Errors
    /// The sizes do not fit together, a code is not below K, or there are fewer maps than a batch holds.
    pub fn new(
        config: Config,
        codes: &'a Array2<usize>,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        let prior = Prior::new(config.sizes, &mut rng_at(seed, u64::MAX))?;
        prior.check(codes)?;
        let start = prior.codes();
        let model = Model::new(NAME, prior, config.adam);
        let batches = Batches::new(codes.nrows(), config.batch, seed)?;
        let source = Source {
            shift: true,
            positions: true,
            tokeniser: None,
            start,
            codes,
            labels: None,
            batches,
            seed,
        };
        Ok(Self { config, model, source })
    }

    /// The maps have these classes.
    ///
    /// # Errors
    /// The model does not know one of them, or there is not one for each map.
    pub fn of_classes(
        mut self,
        labels: &'a [usize],
    ) -> Result<Self, PriorError> {
        let known: Vec<_> = labels.iter().copied().map(Some).collect();
        let maps = self.source.codes.nrows();
        self.config.sizes.check_classes(maps, &known)?;
        self.source.labels = Some(labels);
        Ok(self)
    }

    /// The codes are this network's; the checkpoint says so.
    pub fn of_tokeniser(mut self, tokeniser: &VqVae<f32>) -> Self {
        self.source.tokeniser = Some(tokeniser.fingerprint());
        self
    }

    /// A mistake: each place sees its own code.
    pub fn without_shift(mut self) -> Self {
        self.source.shift = false;
        self
    }

    /// A mistake: no place knows where it is.
    pub fn without_positions(mut self) -> Self {
        self.source.positions = false;
        self.model.net.positions.fill(0.0);
        self
    }

    // ANCHOR: step
    /// One step; gives the loss before it, in nats a code.
    ///
    /// # Errors
    /// The loss is not finite.
    pub fn train_once(&mut self) -> Result<f32, Diverged> {
        let n = self.model.adam.t;
        let [seen, codes] = self.source.batch(n); // [B, T] each
        let (loss, d) = self.model.net.learn_in_halves(&seen, &codes);
        self.model.adam.config.lr = self.config.lr(n);
        self.model.step(loss, &d)?;
        if !self.source.positions {
            self.model.net.positions.fill(0.0);
        }
        Ok(loss)
    }
    // ANCHOR_END: step
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.model.adam.t
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let loss = self.train_once()?;
        Ok(format!("{loss:.3} nats"))
    }

    fn configuration(&mut self) -> String {
        let Source { shift, positions, tokeniser, codes, labels, .. } =
            &self.source;
        let labels = labels.map_or("none".into(), |labels| {
            let one = |(n, _)| labels[n] as f32;
            digest([&Array2::from_shape_fn((labels.len(), 1), one)])
        });
        let (maps, config) = (codes.nrows(), self.config);
        let whose = tokeniser.clone();
        let codes =
            whose.unwrap_or_else(|| digest([&codes.mapv(|c| c as f32)]));
        format!(
            "maps of codes: {maps}\ncodes: {codes}\nshift: {shift}\n\
             positions: {positions}\nlabels: {labels}\n{config:#?}"
        )
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        save_sizes(self.config.sizes, checkpoint);
        self.source.save(checkpoint);
        self.model.save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        self.model.restore(checkpoint)
    }
}

impl Learns for Training<'_> {
    fn prior(&self) -> Prior<f32> {
        self.model.net.clone()
    }

    fn losses(&self) -> Vec<f32> {
        self.model.losses.clone()
    }

    fn nats_given(
        &self,
        codes: &Array2<usize>,
        classes: &[Option<usize>],
    ) -> Result<Array2<f64>, PriorError> {
        self.model.net.nats_given(codes, classes)
    }
}

/// The training in the lab's room.
///
/// # Errors
/// The device is not there.
#[cfg(not(target_arch = "wasm32"))]
pub fn in_room<'a>(
    lab: &lab::Lab,
    training: Training<'a>,
) -> anyhow::Result<Box<dyn Learns + 'a>> {
    lab::in_room!(lab, training, |dev, plain| {
        on_dfdx::Training::new(&dev, plain)
    })
}

/// What a prior is called in a checkpoint.
const NAME: &str = "prior";

/// The note that says whose codes a prior has learnt.
const TOKENISER: &str = "prior.tokeniser";

const SIZES: [&str; 5] = ["codes", "places", "width", "heads", "blocks"];

/// A sixth; a checkpoint without it is of a prior without classes.
const CLASSES: &str = "classes";

/// The sizes that are needed to build a prior again.
pub(crate) fn save_sizes(sizes: Sizes, checkpoint: &mut Checkpoint) {
    let Sizes { codes, places, width, heads, blocks, classes } = sizes;
    let sizes = [codes, places, width, heads, blocks];
    for (name, size) in SIZES.into_iter().zip(sizes) {
        checkpoint.note(&format!("{NAME}.{name}"), size);
    }
    checkpoint.note(&format!("{NAME}.{CLASSES}"), classes);
}

/// Puts a prior into a checkpoint where a training puts it.
pub fn save(prior: &Prior<f32>, checkpoint: &mut Checkpoint) {
    save_sizes(prior.sizes(), checkpoint);
    save_parameters(NAME, prior, checkpoint);
}

/// The prior in a checkpoint, whichever room saved it.
///
/// # Errors
/// The file is damaged, or of something else.
pub fn load(path: &Path) -> Result<Prior<f32>, CheckpointError> {
    of_checkpoint(&Checkpoint::load(path)?)
}

/// A tokeniser and the prior over its codes.
///
/// # Errors
/// A file is damaged or of something else, or the prior is over the codes of another tokeniser.
pub fn load_pair(
    tokeniser: &Path,
    prior: &Path,
) -> Result<(VqVae<f32>, Prior<f32>), VqVaeError> {
    let network = vq_vae::model::load(tokeniser)?;
    let checkpoint = Checkpoint::load(prior)?;
    let prior = of_checkpoint(&checkpoint)?;
    let (of, whose) = (network.fingerprint(), tokeniser.display());
    let mine = (network.codes(), network.sizes.places());
    let theirs = (prior.codes(), prior.places());
    let from = checkpoint.expecting("a prior over codes");
    Err(from.refuse(match checkpoint.notes.get(TOKENISER) {
        None => format!(
            "one that does not say whose codes, so perhaps not those of {whose}; `cargo run -p code-prior -- draw` \
             trains both"
        ),
        Some(other) if *other != of => format!(
            "one over the codes of tokeniser {other}; {whose} is {of}"
        ),
        _ if mine != theirs => format!(
            "{theirs:?} codes and places; {whose} has {mine:?}"
        ),
        _ => return Ok((network, prior)),
    }))?
}

fn of_checkpoint(
    checkpoint: &Checkpoint,
) -> Result<Prior<f32>, CheckpointError> {
    let from = checkpoint.expecting("a prior over codes");
    let sizes = restore_sizes(checkpoint)?;
    let refuse = |e: PriorError| from.refuse(e);
    sizes.check().map_err(refuse)?;
    // Nothing is made that the file does not hold.
    for (n, shape) in sizes.shapes().enumerate() {
        from.shape(&format!("{NAME}.parameter.{n}"), &shape)?;
    }
    let mut prior = Prior::new(sizes, &mut rng_at(0, 0)).map_err(refuse)?;
    restore_parameters(NAME, &mut prior, checkpoint)?;
    Ok(prior)
}

fn restore_sizes(checkpoint: &Checkpoint) -> Result<Sizes, CheckpointError> {
    let from = checkpoint.expecting("a prior over codes");
    let mut sizes = [0; 5];
    for (name, size) in SIZES.into_iter().zip(&mut sizes) {
        *size = from.number(&format!("{NAME}.{name}"))?;
    }
    let [codes, places, width, heads, blocks] = sizes;
    let name = format!("{NAME}.{CLASSES}");
    let classes = match checkpoint.notes.contains_key(&name) {
        true => from.number(&name)?,
        false => 0,
    };
    Ok(Sizes { codes, places, width, heads, blocks, classes })
}
