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

/// What was observed along the way: after which step, and the numbers.
pub type History = Vec<(u64, Vec<f32>)>;

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
        model: &mut (impl Resumable + Send),
    ) -> anyhow::Result<()> {
        self.train_and_observe(name, [steps], model, |_| Vec::new()).map(drop)
    }

    /// The same until the last of the `milestones`, which ascend; at each of them it observes some numbers. The
    /// checkpoint holds what was observed, so that a resumed run returns the history of an uninterrupted one.
    ///
    /// # Errors
    /// As for [`Lab::train`].
    pub fn train_and_observe<M: Resumable + Send>(
        &self,
        name: &str,
        milestones: impl IntoIterator<Item = u64>,
        model: &mut M,
        observe: impl FnMut(&mut M) -> Vec<f32> + Send,
    ) -> anyhow::Result<History> {
        let milestones: Vec<u64> = milestones.into_iter().collect();
        // From inside the pool, the other thread is at hand in no time.
        rayon::scope(|_| self.train_here(name, &milestones, model, observe))
    }

    fn train_here<M: Resumable>(
        &self,
        name: &str,
        milestones: &[u64],
        model: &mut M,
        mut observe: impl FnMut(&mut M) -> Vec<f32>,
    ) -> anyhow::Result<History> {
        let path = self.checkpoint_path(name);
        let notes = [
            ("training", format!("{}/{name}", self.chapter().name)),
            ("seed", self.seed().to_string()),
            ("scale", self.scale().to_string()),
            ("data", self.data().display().to_string()),
        ];
        let mut history = History::new();
        if self.options().resume && path.exists() {
            let checkpoint = Checkpoint::load(&path)?;
            for (note, value) in &notes {
                checkpoint.expect_note(note, value)?;
            }
            model.restore(&checkpoint)?;
            history = restore_history(&checkpoint)?;
        }
        let save = |model: &M, history: &History| -> anyhow::Result<()> {
            let mut checkpoint = Checkpoint::default();
            model.save(&mut checkpoint);
            save_history(history, &mut checkpoint);
            for (note, value) in &notes {
                checkpoint.note(note, value);
            }
            Ok(checkpoint.save(&path)?)
        };
        let bar =
            self.progress(milestones.last().copied().unwrap_or(0), name);
        let mut saved = Instant::now();
        for &milestone in milestones.iter().skip(history.len()) {
            while model.steps_done() < milestone {
                let words = model.step();
                bar.set_position(model.steps_done());
                bar.set_message(words);
                if interrupt_requested() {
                    save(model, &history)?;
                    let step = model.steps_done();
                    let name = name.into();
                    return Err(Interrupted { name, step }.into());
                }
                if saved.elapsed() > BETWEEN_CHECKPOINTS {
                    save(model, &history)?;
                    saved = Instant::now();
                }
            }
            history.push((milestone, observe(model)));
        }
        bar.finish_and_clear();
        save(model, &history)?;
        Ok(history)
    }
}

fn save_history(history: &History, checkpoint: &mut Checkpoint) {
    checkpoint.note("history", history.len());
    for (n, (step, numbers)) in history.iter().enumerate() {
        checkpoint.note(&format!("history.{n}"), step);
        let numbers = ndarray::aview1(numbers);
        checkpoint.put(&format!("history.{n}"), &numbers);
    }
}

fn restore_history(
    checkpoint: &Checkpoint,
) -> Result<History, CheckpointError> {
    let count = checkpoint.number("history")?;
    let row = |n: u64| {
        let name = format!("history.{n}");
        let numbers = checkpoint.array(&name)?.iter().copied().collect();
        Ok((checkpoint.number(&name)?, numbers))
    };
    (0..count).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chapter, Options, Scale, Selection};

    static CHAPTER: Chapter = Chapter {
        name: "lab",
        number: 0,
        dir: env!("CARGO_MANIFEST_DIR"),
        uses: &[],
        run: |_| Ok(()),
    };

    /// A sequence that depends on every step before.
    #[derive(Debug, PartialEq)]
    struct Counter(u64, f32);

    impl Resumable for Counter {
        fn steps_done(&self) -> u64 {
            self.0
        }

        fn step(&mut self) -> String {
            *self = Counter(self.0 + 1, 1.7 * self.1 + self.0 as f32);
            String::new()
        }

        fn save(&self, checkpoint: &mut Checkpoint) {
            checkpoint.note("step", self.0);
            checkpoint.put("value", &ndarray::arr1(&[self.1]));
        }

        fn restore(&mut self, c: &Checkpoint) -> Result<(), CheckpointError> {
            let mut value = ndarray::arr1(&[0.0]);
            c.get("value", &mut value)?;
            *self = Counter(c.number("step")?, value[0]);
            Ok(())
        }
    }

    fn train(
        out: &std::path::Path,
        seed: u64,
        resume: bool,
        milestones: &[u64],
    ) -> anyhow::Result<(History, Counter)> {
        let scale = Scale::Smoke;
        let out = Some(out.to_path_buf());
        let options = Options {
            seed,
            scale,
            out,
            resume,
            quiet: true,
            ..Options::default()
        };
        let lab = Lab::new(&CHAPTER, options, Selection::All);
        let mut model = Counter(0, 0.5);
        let milestones = milestones.iter().copied();
        let history =
            lab.train_and_observe("count", milestones, &mut model, |m| {
                vec![m.1]
            })?;
        Ok((history, model))
    }

    #[test]
    fn a_resumed_run_has_the_history_of_an_uninterrupted_one() {
        let folder = tempfile::tempdir().unwrap();
        let whole = train(folder.path(), 1, false, &[0, 2, 5, 9]).unwrap();
        assert_eq!(
            whole.0.iter().map(|h| h.0).collect::<Vec<_>>(),
            [0, 2, 5, 9]
        );
        train(folder.path(), 1, false, &[0, 2]).unwrap();
        let resumed = train(folder.path(), 1, true, &[0, 2, 5, 9]).unwrap();
        assert_eq!(resumed, whole);
        let again = train(folder.path(), 1, true, &[0, 2, 5, 9]).unwrap();
        assert_eq!(again, whole, "a finished run is only read back");
    }

    #[test]
    fn a_checkpoint_of_another_run_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        train(folder.path(), 1, false, &[3]).unwrap();
        let said =
            train(folder.path(), 2, true, &[3]).unwrap_err().to_string();
        assert!(said.contains("`seed`: expected 2, found 1"), "{said}");
        assert!(
            train(folder.path(), 2, false, &[3]).is_ok(),
            "afresh it runs"
        );
    }
}
