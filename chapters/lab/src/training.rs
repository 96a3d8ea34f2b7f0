//! Long work that shows its progress, stops at Ctrl-C with a whole checkpoint, and goes on from it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::{Checkpoint, CheckpointError, Lab};

/// Training that can be stopped after any step and resumed to the same result.
pub trait Resumable {
    /// Steps done so far.
    fn steps_done(&self) -> u64;

    /// Does one step and returns a few words for the progress bar, such as the losses.
    fn step(&mut self) -> String;

    /// Everything the next step depends on: weights, optimiser state, step count.
    fn save(&self, checkpoint: &mut Checkpoint);

    /// The inverse of `save`.
    ///
    /// # Errors
    /// The checkpoint is of another model.
    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError>;
}

/// Training was stopped by Ctrl-C; the checkpoint is whole.
#[derive(Debug, thiserror::Error)]
#[error(
    "stopped at step {step} of {name}; the same command with --resume goes on from there"
)]
pub struct Interrupted {
    /// The training run.
    pub name: String,
    /// Steps done.
    pub step: u64,
}

/// How often a checkpoint is written while training goes on.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(10);

/// Whether Ctrl-C was pressed. The first call installs the handler; a second Ctrl-C ends the program at once.
pub fn interrupt_requested() -> bool {
    static REQUESTED: AtomicBool = AtomicBool::new(false);
    static HANDLER: OnceLock<()> = OnceLock::new();
    HANDLER.get_or_init(|| {
        // Without a handler Ctrl-C still ends the program; checkpoints are whole either way.
        let _ = ctrlc::set_handler(|| {
            if REQUESTED.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
    });
    REQUESTED.load(Ordering::Relaxed)
}

impl Lab {
    /// Trains until `steps` steps are done: a progress bar, a checkpoint every ten seconds and at the end, Ctrl-C, and
    /// `--resume`.
    ///
    /// # Errors
    /// Ctrl-C was pressed ([`Interrupted`]), or a checkpoint could not be read or written.
    pub fn train(
        &self,
        name: &str,
        steps: u64,
        model: &mut impl Resumable,
    ) -> anyhow::Result<()> {
        let path = self.checkpoint_path(name);
        let notes = [
            ("training", format!("{}/{name}", self.chapter().name)),
            ("seed", self.seed().to_string()),
            ("scale", self.scale().to_string()),
            ("data", self.data().display().to_string()),
        ];
        if self.options().resume && path.exists() {
            let checkpoint = Checkpoint::load(&path)?;
            for (note, value) in &notes {
                checkpoint.expect_note(note, value)?;
            }
            model.restore(&checkpoint)?;
        }
        let save = |model: &_| -> Result<(), CheckpointError> {
            let mut checkpoint = Checkpoint::default();
            Resumable::save(model, &mut checkpoint);
            notes
                .iter()
                .for_each(|(note, value)| checkpoint.note(note, value));
            checkpoint.save(&path)
        };
        let bar = self.progress(steps, name);
        let mut saved = Instant::now();
        while model.steps_done() < steps {
            let words = model.step();
            bar.set_position(model.steps_done());
            bar.set_message(words);
            if interrupt_requested() {
                save(model)?;
                return Err(Interrupted {
                    name: name.into(),
                    step: model.steps_done(),
                }
                .into());
            }
            if saved.elapsed() > BETWEEN_CHECKPOINTS {
                save(model)?;
                saved = Instant::now();
            }
        }
        bar.finish_and_clear();
        Ok(save(model)?)
    }
}
