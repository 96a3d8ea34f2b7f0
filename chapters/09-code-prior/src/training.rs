//! A prior in training, and what is left of it on disk.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use datasets::{BatchError, Batches};
use gradients::plain::{AdamConfig, adam_step};
use lab::{Checkpoint, CheckpointError, Resumable, rng_at};
use ndarray::{Array2, ArrayD, Axis, NdFloat};

use crate::model::{Prior, PriorError, Sizes};
use crate::plain::shift_right;

// ANCHOR: adam
/// Chapter 0's Adam for every parameter of a prior.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam<F> {
    /// The four constants.
    pub config: AdamConfig,
    /// Steps done.
    pub t: u64,
    /// Means of gradients, one array a parameter.
    pub m: Vec<ArrayD<F>>,
    /// Means of squared gradients, one array a parameter.
    pub v: Vec<ArrayD<F>>,
}

impl<F: NdFloat> Adam<F> {
    /// Means of zero.
    pub fn new(prior: &Prior<F>, config: AdamConfig) -> Self {
        let zeros = || {
            let parameters = prior.parameters().into_iter();
            parameters.map(|p| ArrayD::zeros(p.raw_dim())).collect()
        };
        Self { config, t: 0, m: zeros(), v: zeros() }
    }

    /// One step for every parameter.
    pub fn step(&mut self, prior: &mut Prior<F>, d: &Prior<F>) {
        self.t += 1;
        let means = self.m.iter_mut().zip(&mut self.v);
        let parameters = prior.parameters_mut().into_iter();
        for ((mut p, d), (m, v)) in parameters.zip(d.parameters()).zip(means)
        {
            adam_step(&mut p, &d, m, v, self.t, self.config);
        }
    }
}
// ANCHOR_END: adam

/// How a prior is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// K, T, W, H and L.
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

impl Config {
    /// The step size of step `n`, counted from 0: a ramp up, then a straight line down to 0.
    pub fn lr(&self, n: u64) -> f64 {
        let n = n as f64;
        let up = (n + 1.0) / self.warm_up.max(1) as f64;
        let down = 1.0 - n / self.steps.max(1) as f64;
        self.adam.lr * up.min(1.0).min(down).max(0.0)
    }
}

/// A run in progress.
pub struct Training<'a> {
    /// How.
    pub config: Config,
    /// The model.
    pub prior: Prior<f32>,
    /// Its optimiser.
    pub adam: Adam<f32>,
    /// The loss before each step, in nats a code.
    pub losses: Vec<f32>,
    /// How long the steps have taken, in all sittings.
    pub time: Duration,
    /// Whether a place sees the code before it. A switch for a mistake: without it, each place sees its own.
    pub shift: bool,
    codes: &'a Array2<usize>,
    batches: Batches,
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
        let adam = Adam::new(&prior, config.adam);
        let batches = Batches::new(codes.nrows(), config.batch, seed)?;
        let (losses, time) = (Vec::new(), Duration::ZERO);
        let shift = true;
        Ok(Self { config, prior, adam, losses, time, shift, codes, batches })
    }

    /// The code maps of step `n`. `[B, T]`
    pub fn batch(&mut self, n: u64) -> Array2<usize> {
        self.codes.select(Axis(0), &self.batches.batch(n)) // [B, T]
    }

    // ANCHOR: step
    /// One step; gives the loss before it, in nats a code.
    pub fn train_once(&mut self) -> f32 {
        let n = self.adam.t;
        let codes = self.batch(n); // [B, T]
        let seen = match self.shift {
            true => shift_right(&codes, self.prior.codes()), // [B, T]
            false => codes.clone(),
        };
        let (loss, d) = self.prior.learn(&seen, &codes);
        self.adam.config.lr = self.config.lr(n);
        self.adam.step(&mut self.prior, &d);
        self.losses.push(loss);
        loss
    }
    // ANCHOR_END: step
}

impl Resumable for Training<'_> {
    fn steps_done(&self) -> u64 {
        self.adam.t
    }

    fn step(&mut self) -> String {
        let start = Instant::now();
        let loss = self.train_once();
        self.time += start.elapsed();
        format!("{loss:.3} nats")
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        save_prior(&self.prior, checkpoint);
        for (n, (m, v)) in self.adam.m.iter().zip(&self.adam.v).enumerate() {
            checkpoint.put(&format!("prior.adam.m.{n}"), m);
            checkpoint.put(&format!("prior.adam.v.{n}"), v);
        }
        checkpoint.note("prior.step", self.adam.t);
        checkpoint.put("prior.losses", &ndarray::aview1(&self.losses));
        checkpoint.note("milliseconds", self.time.as_millis());
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let (mut prior, mut adam) = (self.prior.clone(), self.adam.clone());
        restore_prior(&mut prior, checkpoint)?;
        for (n, (m, v)) in adam.m.iter_mut().zip(&mut adam.v).enumerate() {
            checkpoint.get(&format!("prior.adam.m.{n}"), m)?;
            checkpoint.get(&format!("prior.adam.v.{n}"), v)?;
        }
        adam.t = checkpoint.number("prior.step")?;
        let losses = checkpoint.array("prior.losses")?;
        let losses = losses.iter().copied().collect();
        let time = checkpoint.number("milliseconds")?;
        self.time = Duration::from_millis(time);
        (self.prior, self.adam, self.losses) = (prior, adam, losses);
        Ok(())
    }
}

const SIZES: [&str; 5] = ["codes", "places", "width", "heads", "blocks"];

/// Puts a prior into a checkpoint, with the sizes that are needed to build it again.
pub fn save_prior(prior: &Prior<f32>, checkpoint: &mut Checkpoint) {
    let Sizes { codes, places, width, heads, blocks } = prior.sizes();
    let sizes = [codes, places, width, heads, blocks];
    for (name, size) in SIZES.into_iter().zip(sizes) {
        checkpoint.note(&format!("prior.{name}"), size);
    }
    for (n, p) in prior.parameters().iter().enumerate() {
        checkpoint.put(&format!("prior.parameter.{n}"), p);
    }
}

fn restore_prior(
    prior: &mut Prior<f32>,
    checkpoint: &Checkpoint,
) -> Result<(), CheckpointError> {
    for (n, mut p) in prior.parameters_mut().into_iter().enumerate() {
        let mut array = ArrayD::zeros(p.raw_dim());
        checkpoint.get(&format!("prior.parameter.{n}"), &mut array)?;
        p.assign(&array);
    }
    Ok(())
}

/// A file that holds no prior.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It is no checkpoint, or one with something missing.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It is a checkpoint of something else.
    #[error(
        "{}: expected the checkpoint of a prior over codes, found {found}",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: String,
    },
}

/// Sizes that no checkpoint of this chapter has; a file that claims them is damaged, and is not believed.
const MOST: u64 = 1 << 16;

/// The prior in a checkpoint, whichever room saved it.
///
/// # Errors
/// The file is damaged, or of something else.
pub fn load(path: &Path) -> Result<Prior<f32>, LoadError> {
    let checkpoint = Checkpoint::load(path)?;
    let foreign =
        |found: String| LoadError::Foreign { path: path.into(), found };
    let mut sizes = [0; 5];
    for (name, size) in SIZES.into_iter().zip(&mut sizes) {
        let note = format!("prior.{name}");
        let found = checkpoint.number(&note).map_err(|_| {
            let of = checkpoint.notes.get("training");
            let of = of.map_or("unknown".into(), |t| format!("`{t}`"));
            foreign(format!("no `{note}`; its training is {of}"))
        })?;
        if found > MOST {
            return Err(foreign(format!("`{note}` = {found}")));
        }
        *size = found as usize;
    }
    let [codes, places, width, heads, blocks] = sizes;
    let sizes = Sizes { codes, places, width, heads, blocks };
    // Before anything is allocated: the file must hold what it promises.
    for (name, shape) in [
        ("prior.parameter.0", [codes + 1, width]),
        ("prior.parameter.1", [places, width]),
    ] {
        let found = checkpoint.array(name)?.shape();
        if found != shape {
            let found = format!("`{name}` of shape {found:?}");
            return Err(foreign(found));
        }
    }
    let last = format!("prior.parameter.{}", 2 + 16 * blocks + 3);
    checkpoint.array(&last)?;
    let mut prior = Prior::new(sizes, &mut rng_at(0, 0))
        .map_err(|e| foreign(e.to_string()))?;
    restore_prior(&mut prior, &checkpoint)?;
    Ok(prior)
}
