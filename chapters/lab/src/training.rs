//! Long work that shows its progress, stops at Ctrl-C with a whole checkpoint, and goes on from it.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::{Checkpoint, CheckpointError, Lab, Scale};

/// Training that can be stopped after any step and resumed to the same result.
pub trait Resumable {
    /// Steps done so far.
    fn steps_done(&self) -> u64;

    /// Does one step and returns a few words for the progress bar, such as the losses.
    ///
    /// # Errors
    /// The run diverged; nothing that this step would have changed is of use any more.
    fn step(&mut self) -> Result<String, Diverged>;

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

impl<T: Resumable + ?Sized> Resumable for Box<T> {
    fn steps_done(&self) -> u64 {
        (**self).steps_done()
    }

    fn step(&mut self) -> Result<String, Diverged> {
        (**self).step()
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        (**self).save(checkpoint);
    }

    fn restore(
        &mut self,
        checkpoint: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        (**self).restore(checkpoint)
    }
}

/// A run whose numbers are none any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("diverged at step {step}: {what}")]
pub struct Diverged {
    /// Steps that were done before.
    pub step: u64,
    /// Which loss, and where it comes from as far as is known.
    pub what: String,
}

impl Diverged {
    /// Passes a finite loss on.
    ///
    /// # Errors
    /// It is not finite.
    pub fn unless_finite(
        loss: f32,
        name: &str,
        step: u64,
    ) -> Result<f32, Diverged> {
        match loss.is_finite() {
            true => Ok(loss),
            false => {
                let what = format!("the loss of the {name} is {loss}");
                Err(Diverged { step, what })
            }
        }
    }
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

/// How long a run will take, said once, after its first steps.
struct Forecast {
    from: u64,
    start: Instant,
}

impl Forecast {
    /// Steps that are timed.
    const STEPS: u64 = 100;

    fn new(from: u64) -> Self {
        Self { from, start: Instant::now() }
    }

    /// What is left until step `last`, when just enough steps are done.
    fn minutes(&self, done: u64, last: u64) -> Option<f64> {
        let each = self.start.elapsed().as_secs_f64() / Self::STEPS as f64;
        let now = done == self.from + Self::STEPS;
        now.then(|| each * (last - done) as f64 / 60.0)
    }
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
        model: &mut impl Resumable,
    ) -> anyhow::Result<()> {
        self.train_and_observe(name, [steps], model, |_| Vec::new()).map(drop)
    }

    /// The same until the last of the `milestones`, which ascend; at each of them it observes some numbers. The
    /// checkpoint holds what was observed, so that a resumed run returns the history of an uninterrupted one.
    ///
    /// # Errors
    /// As for [`Lab::train`].
    pub fn train_and_observe<M: Resumable>(
        &self,
        name: &str,
        milestones: impl IntoIterator<Item = u64>,
        model: &mut M,
        mut observe: impl FnMut(&mut M) -> Vec<f32>,
    ) -> anyhow::Result<History> {
        let milestones: Vec<u64> = milestones.into_iter().collect();
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
            if !history.is_empty() {
                expect_numbers(&checkpoint, &history, observe(model).len())?;
            }
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
        let last = milestones.last().copied().unwrap_or(0);
        let bar = self.progress(last, name);
        let mut saved = Instant::now();
        let forecast = Forecast::new(model.steps_done());
        for &milestone in milestones.iter().skip(history.len()) {
            while model.steps_done() < milestone {
                let words = model.step().with_context(|| {
                    format!("the training `{name}`: a smaller step size helps; the last checkpoint is kept")
                })?;
                bar.set_position(model.steps_done());
                if let Some(minutes) =
                    forecast.minutes(model.steps_done(), last)
                    && self.scale() == Scale::Full
                {
                    self.say(format!(
                        "{name}: {minutes:.0} more minutes at this speed"
                    ));
                }
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

/// That every row of a history has as many numbers as are observed now.
fn expect_numbers(
    checkpoint: &Checkpoint,
    history: &History,
    numbers: usize,
) -> Result<(), CheckpointError> {
    let mut rows = 0..history.len();
    rows.try_for_each(|n| {
        checkpoint.get(&format!("history.{n}"), &[numbers]).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chapter, Options, Selection};

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

        fn step(&mut self) -> Result<String, Diverged> {
            Diverged::unless_finite(self.1, "counter", self.0)?;
            *self = Counter(self.0 + 1, 1.7 * self.1 + self.0 as f32);
            Ok(String::new())
        }

        fn save(&self, checkpoint: &mut Checkpoint) {
            checkpoint.note("step", self.0);
            checkpoint.put("value", &ndarray::arr1(&[self.1]));
        }

        fn restore(&mut self, c: &Checkpoint) -> Result<(), CheckpointError> {
            let value = c.get("value", &[1])?;
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
    fn a_history_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        train(folder.path(), 1, false, &[0, 2]).unwrap();
        let path = folder.path().join("checkpoints/count.safetensors");
        let kept = Checkpoint::load(&path).unwrap();
        let refused = |change: &dyn Fn(&mut Checkpoint), what: &str| {
            let mut odd = kept.clone();
            change(&mut odd);
            odd.save(&path).unwrap();
            let said = train(folder.path(), 1, true, &[0, 2]).unwrap_err();
            assert!(said.to_string().contains(what), "{said}");
        };
        refused(&|c| c.note("history", u64::MAX), "`history.2`");
        let empty = ndarray::arr1(&[0.0_f32; 0]);
        let what = "`history.1`: expected shape [1], found [0]";
        refused(&|c| c.put("history.1", &empty), what);
    }

    #[test]
    fn a_run_that_diverges_stops_there_and_keeps_the_last_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        train(folder.path(), 1, false, &[3]).unwrap();
        let said = train(folder.path(), 1, true, &[3, 1000]).unwrap_err();
        let said = format!("{said:#}");
        assert!(said.contains("the training `count`"), "{said}");
        let finite = |n: u64| {
            let grown = |x: f32, n: u64| 1.7 * x + n as f32;
            (0..n).fold(0.5, grown).is_finite()
        };
        let step = (0..).find(|n| !finite(*n)).unwrap();
        let expected = format!(
            "diverged at step {step}: the loss of the counter is inf"
        );
        assert!(said.contains(&expected), "{said}");
        let (_, resumed) = train(folder.path(), 1, true, &[3, 4]).unwrap();
        assert_eq!(resumed.0, 4, "goes on from the checkpoint at 3");
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
