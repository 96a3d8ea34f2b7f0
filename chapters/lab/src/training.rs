//! Long work that shows its progress, stops at Ctrl-C with a whole checkpoint, and goes on from it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use record::{read_plain, write_whole};

use crate::checkpoint::AFRESH;
use crate::interrupt::{InTraining, interrupt_requested};
use crate::{
    Chapter, Checkpoint, CheckpointError, Interrupted, Lab, Resumable, Scale,
};

/// How often a checkpoint is written while training goes on.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(10);

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

/// Where a training is kept, and what the checkpoint of one like it says.
struct Kept {
    path: PathBuf,
    notes: [Note; 6],
}

/// What a checkpoint says of its training, and what helps when it says something else.
struct Note {
    name: &'static str,
    value: String,
    advice: &'static str,
}

const OTHER_DATA: &str =
    "--data names the folder it began with, --fresh begins again";
const OTHER_CODE: &str =
    "what trains has changed since then; --fresh begins again";

impl Kept {
    /// Its checkpoint.
    ///
    /// # Errors
    /// It cannot be read, or is of another training.
    fn load(&self) -> Result<Checkpoint, CheckpointError> {
        let checkpoint = Checkpoint::load(&self.path)?;
        for Note { name, value, advice } in &self.notes {
            checkpoint.expect_same(name, value, advice)?;
        }
        Ok(checkpoint)
    }

    /// Goes on where the checkpoint was written; gives what was observed until then, and how long the steps took.
    fn resume<M: Resumable>(
        &self,
        milestones: &[u64],
        model: &mut M,
        observe: &mut impl FnMut(&mut M) -> Vec<f32>,
    ) -> anyhow::Result<(History, Duration)> {
        let checkpoint = self.load()?;
        model.restore(&checkpoint)?;
        let history = restore_history(&checkpoint, milestones)?;
        if let Some((step, seen)) = history.last() {
            let again = observe(model);
            expect_numbers(&checkpoint, &history, again.len())?;
            let bits = |numbers: &[f32]| -> Vec<u32> {
                numbers.iter().map(|v| v.to_bits()).collect()
            };
            ensure!(
                *step != model.steps_done() || bits(seen) == bits(&again),
                "{}: what is observed of this training is counted in another way now; --fresh begins again",
                self.path.display()
            );
        }
        expect_steps(&checkpoint, &history, milestones, model.steps_done())?;
        Ok((history, restore_time(&self.path)?))
    }

    /// Writes the checkpoint, and beside it how long the steps have taken: that differs where all else is equal.
    fn save(
        &self,
        model: &impl Resumable,
        history: &History,
        time: Duration,
    ) -> anyhow::Result<()> {
        let mut checkpoint = Checkpoint::default();
        model.save(&mut checkpoint);
        save_history(history, &mut checkpoint);
        for Note { name, value, .. } in &self.notes {
            checkpoint.note(name, value);
        }
        save_time(&self.path, time)?;
        Ok(checkpoint.save(&self.path)?)
    }
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
        self.train_and_observe(name, [steps], model, |_| Vec::new()).map(drop)
    }

    /// The same for what several experiments need and none shows, such as a judge: a run without `--resume` makes it again
    /// without being asked.
    ///
    /// # Errors
    /// As for [`Lab::train`].
    pub fn prepare(
        &self,
        name: &str,
        steps: u64,
        model: &mut impl Resumable,
    ) -> anyhow::Result<()> {
        self.train_until(name, [steps], model, |_| Vec::new()).map(drop)
    }

    /// The same as [`Lab::train`] until the last of the `milestones`, which ascend; at each of them it observes some numbers. The
    /// checkpoint holds what was observed, so that a resumed run returns the history of an uninterrupted one.
    ///
    /// # Errors
    /// As for [`Lab::train`].
    pub fn train_and_observe<M: Resumable>(
        &self,
        name: &str,
        milestones: impl IntoIterator<Item = u64>,
        model: &mut M,
        observe: impl FnMut(&mut M) -> Vec<f32>,
    ) -> anyhow::Result<History> {
        let path = self.checkpoint_path(name);
        ensure!(
            self.options().resume || !self.keeps() || !path.exists(),
            "{}: this training was begun before; --resume goes on from there, or reads it back if it is finished; \
             --fresh begins again and replaces it; --out DIR keeps both",
            path.display()
        );
        self.train_until(name, milestones, model, observe)
    }

    fn train_until<M: Resumable>(
        &self,
        name: &str,
        milestones: impl IntoIterator<Item = u64>,
        model: &mut M,
        mut observe: impl FnMut(&mut M) -> Vec<f32>,
    ) -> anyhow::Result<History> {
        if interrupt_requested() {
            return Err(Interrupted::at(name, model.steps_done()).into());
        }
        let _stops_by_itself = InTraining::new();
        let milestones: Vec<u64> = milestones.into_iter().collect();
        let last = milestones.last().copied().unwrap_or(0);
        let path = self.checkpoint_path(name);
        let kept = self.kept((self.chapter(), name), path, model)?;
        let (mut history, mut time) = Default::default();
        if self.options().resume && kept.path.exists() {
            (history, time) =
                kept.resume(&milestones, model, &mut observe)?;
        }
        let bar = self.progress(last, name);
        let mut saved = Instant::now();
        let forecast = Forecast::new(model.steps_done());
        for &milestone in milestones.iter().skip(history.len()) {
            while model.steps_done() < milestone {
                let begun = Instant::now();
                let asked = interrupt_requested();
                let save = asked || saved.elapsed() > BETWEEN_CHECKPOINTS;
                let words = model.step().and_then(|words| {
                    if save || model.steps_done() >= milestone {
                        model.settle()?;
                    }
                    Ok(words)
                });
                let words = words.with_context(|| {
                    format!("the training `{name}`: a smaller step size helps; a checkpoint from before is kept")
                })?;
                time += begun.elapsed();
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
                if save {
                    kept.save(model, &history, time)?;
                    saved = Instant::now();
                }
                if asked {
                    return Err(
                        Interrupted::at(name, model.steps_done()).into()
                    );
                }
            }
            history.push((milestone, observe(model)));
        }
        bar.finish_and_clear();
        kept.save(model, &history, time)?;
        Ok(history)
    }

    /// Seconds that the steps of a training of this run have taken, in all sittings.
    ///
    /// # Errors
    /// What says so is damaged.
    pub fn seconds(&self, name: &str) -> anyhow::Result<f64> {
        Ok(restore_time(&self.checkpoint_path(name))?.as_secs_f64())
    }

    /// A training that a run like this one has brought to its end and left at `path`, and the seconds it took; `None` when
    /// there is no file, it is of another training (another seed, scale, configuration, other data or code), or is not
    /// finished. `model` is that training before its first step.
    ///
    /// # Errors
    /// There is a file and it cannot be read.
    pub fn finished<M: Resumable>(
        &self,
        training: (&Chapter, &str),
        path: &Path,
        steps: u64,
        mut model: M,
    ) -> anyhow::Result<Option<(M, f64)>> {
        if !path.exists() {
            return Ok(None);
        }
        let kept = self.kept(training, path.into(), &mut model)?;
        let checkpoint = match kept.load() {
            Err(CheckpointError::Note { .. }) => return Ok(None),
            loaded => loaded?,
        };
        model.restore(&checkpoint)?;
        let seconds = restore_time(path)?.as_secs_f64();
        Ok((model.steps_done() == steps).then_some((model, seconds)))
    }

    fn kept(
        &self,
        (chapter, name): (&Chapter, &str),
        path: PathBuf,
        model: &mut impl Resumable,
    ) -> anyhow::Result<Kept> {
        let note = |name, value, advice| Note { name, value, advice };
        // What is trained on dfdx as well has a file of its own there, and is the same training.
        let system = name.strip_suffix("-dfdx").unwrap_or(name);
        let training = format!("{}/{system}", chapter.name);
        let code = match chapter.name == self.chapter().name {
            true => self.trained_by()?.into(),
            false => chapter.trained_by()?,
        };
        let notes = [
            note("training", training, AFRESH),
            note("seed", self.seed().to_string(), AFRESH),
            note("scale", self.scale().to_string(), AFRESH),
            note("data", self.data_digest().into(), OTHER_DATA),
            note("configuration", model.configuration(), OTHER_CODE),
            note("code", code, OTHER_CODE),
        ];
        Ok(Kept { path, notes })
    }
}

/// Beside a checkpoint, in seconds.
fn save_time(checkpoint: &Path, time: Duration) -> anyhow::Result<()> {
    let path = checkpoint.with_extension("seconds");
    let seconds = format!("{}\n", time.as_secs_f64());
    write_whole(&path, seconds.as_bytes())
        .with_context(|| path.display().to_string())
}

/// The inverse; nothing, where a checkpoint came without it.
fn restore_time(checkpoint: &Path) -> anyhow::Result<Duration> {
    let path = checkpoint.with_extension("seconds");
    if !path.exists() {
        return Ok(Duration::ZERO);
    }
    let read = || -> anyhow::Result<Duration> {
        let bytes = read_plain(&path, 100)?;
        let seconds: f64 = std::str::from_utf8(&bytes)?.trim().parse()?;
        Ok(Duration::try_from_secs_f64(seconds)?)
    };
    read().with_context(|| format!("{}: expected seconds", path.display()))
}

fn save_history(history: &History, checkpoint: &mut Checkpoint) {
    checkpoint.note("history", history.len());
    for (n, (step, numbers)) in history.iter().enumerate() {
        checkpoint.note(&format!("history.{n}"), step);
        let numbers = ndarray::aview1(numbers);
        checkpoint.put(&format!("history.{n}"), &numbers);
    }
}

/// What was observed at the first of the milestones.
fn restore_history(
    checkpoint: &Checkpoint,
    milestones: &[u64],
) -> Result<History, CheckpointError> {
    let row = |n: u64| {
        let name = format!("history.{n}");
        let numbers = checkpoint.array(&name)?.iter().copied().collect();
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        let milestone =
            milestones.get(n).map_or("none".into(), u64::to_string);
        checkpoint.expect_same(&name, &milestone, OTHER_CODE)?;
        Ok((checkpoint.number(&name)?, numbers))
    };
    (0..checkpoint.number("history")?).map(row).collect()
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

/// That a run stopped between the last milestone that it observed and the next one.
fn expect_steps(
    checkpoint: &Checkpoint,
    history: &History,
    milestones: &[u64],
    done: u64,
) -> Result<(), CheckpointError> {
    let last = history.last().map_or(0, |(step, _)| *step);
    let next = milestones.get(history.len()).copied().unwrap_or(last);
    match (last..=next).contains(&done) {
        true => Ok(()),
        false => {
            let expected = format!("{last} to {next}");
            Err(checkpoint.other("steps", expected, done, OTHER_CODE))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Diverged;
    use crate::{Chapter, Cost, Options, Selection};

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

        fn configuration(&mut self) -> String {
            "Counter {\n    factor: 1.7,\n}".into()
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

    fn options(out: &Path, seed: u64, resume: bool) -> Options {
        Options {
            seed,
            scale: Scale::Smoke,
            out: Some(out.to_path_buf()),
            resume,
            quiet: true,
            ..Options::default()
        }
    }

    fn train(
        out: &Path,
        seed: u64,
        resume: bool,
        milestones: &[u64],
    ) -> anyhow::Result<(History, Counter)> {
        let options = options(out, seed, resume);
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
    fn what_was_observed_in_another_way_is_not_read_back() {
        let folder = tempfile::tempdir().unwrap();
        train(folder.path(), 1, false, &[0, 5]).unwrap();
        let options = options(folder.path(), 1, true);
        let lab = Lab::new(&CHAPTER, options, Selection::All);
        let mut model = Counter(0, 0.5);
        let twice = |m: &mut Counter| vec![2.0 * m.1];
        let said = lab
            .train_and_observe("count", [0, 5], &mut model, twice)
            .unwrap_err()
            .to_string();
        assert!(said.contains("counted in another way"), "{said}");
    }

    #[test]
    fn what_took_minutes_is_replaced_only_by_who_asks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let out = Some(folder.path().to_path_buf());
        let run = |scale, cost, resume, fresh, shared| {
            let out = out.clone();
            let quiet = true;
            let options = Options {
                scale,
                out,
                resume,
                fresh,
                quiet,
                ..Options::default()
            };
            let mut lab = Lab::new(&CHAPTER, options, Selection::All);
            lab.experiment("one", cost, |lab| {
                let mut model = Counter(0, 0.5);
                match shared {
                    true => lab.prepare("count", 3, &mut model),
                    false => lab.train("count", 3, &mut model),
                }
            })
        };
        let (page, minutes) = (Scale::Page, Cost::Minutes);
        run(page, minutes, false, false, false).unwrap();
        for (scale, cost) in [(page, minutes), (Scale::Full, Cost::Seconds)] {
            let said = run(scale, cost, false, false, false).unwrap_err();
            let said = format!("{said:#}");
            for words in ["count.safetensors", "--resume", "--fresh"] {
                assert!(said.contains(words), "{said}");
            }
        }
        run(page, minutes, true, false, false).unwrap();
        run(page, minutes, false, true, false).unwrap();
        run(page, minutes, false, false, true).unwrap();
        run(page, Cost::Seconds, false, false, false).unwrap();
        run(Scale::Smoke, minutes, false, false, false).unwrap();
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
        let what = "`history.1`: expected 2, found 1";
        refused(&|c| c.note("history.1", 1), what);
        let what = "`steps`: expected 2 to 2, found 3";
        refused(&|c| c.note("step", 3), what);
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

    /// Trains two steps, changes what the checkpoint says, and gives the complaint of a run that goes on, less the path.
    fn complaint(change: impl Fn(&mut Checkpoint)) -> String {
        let folder = tempfile::tempdir().unwrap();
        train(folder.path(), 1, false, &[2]).unwrap();
        let path = folder.path().join("checkpoints/count.safetensors");
        let mut changed = Checkpoint::load(&path).unwrap();
        change(&mut changed);
        changed.save(&path).unwrap();
        let said = train(folder.path(), 1, true, &[2]).unwrap_err();
        let (said, path) = (said.to_string(), path.display().to_string());
        assert_eq!(said.matches(&path).count(), 1, "{said}");
        said.replace(&format!("{path}: "), "")
    }

    #[test]
    fn what_differs_is_named_and_what_helps() {
        let other = "Counter {\n    factor: 1.5,\n}";
        assert_eq!(
            complaint(|c| c.note("configuration", other)),
            format!(
                "`configuration`: expected Counter {{ factor: 1.7, found Counter {{ factor: 1.5; {OTHER_CODE}"
            )
        );
        let code = CHAPTER.trained_by().unwrap();
        assert_eq!(
            complaint(|c| c.note("code", "0123")),
            format!("`code`: expected {code}, found 0123; {OTHER_CODE}")
        );
        assert_eq!(
            complaint(|c| c.note("data", "0123")),
            format!("`data`: expected none, found 0123; {OTHER_DATA}")
        );
        assert_eq!(
            complaint(|c| drop(c.notes.remove("code"))),
            format!("`code`: expected {code}, found missing; {OTHER_CODE}")
        );
        assert_eq!(
            complaint(|c| c.note("scale", "page")),
            format!("`scale`: expected smoke, found page; {AFRESH}")
        );
    }

    /// Two images of 1 × 2 pixels to learn from, the first one this bright.
    fn write_digits(folder: &Path, pixel: u8) {
        let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
        let images = [&images[..], &[pixel, 2, 3, 4]].concat();
        let labels = [0, 0, 8, 1, 0, 0, 0, 2, 5, 6];
        fs::write(folder.join("train-images-idx3-ubyte"), images).unwrap();
        fs::write(folder.join("train-labels-idx1-ubyte"), labels).unwrap();
    }

    #[test]
    fn data_are_what_they_are_and_not_where() {
        let [out, here, there] =
            [(); 3].map(|()| tempfile::tempdir().unwrap());
        write_digits(here.path(), 1);
        write_digits(there.path(), 1);
        let train = |data: &Path, learns: bool, resume| {
            let data = Some(data.to_path_buf());
            let options = Options { data, ..options(out.path(), 1, resume) };
            let lab = Lab::new(&CHAPTER, options, Selection::All);
            if learns {
                lab.data();
            }
            lab.train("count", 2, &mut Counter(0, 0.5))
        };
        train(here.path(), true, false).unwrap();
        train(there.path(), true, true).unwrap();
        write_digits(there.path(), 9);
        let said = train(there.path(), true, true).unwrap_err().to_string();
        assert!(said.contains("`data`: expected "), "{said}");
        assert!(said.ends_with(OTHER_DATA), "{said}");
        train(here.path(), false, false).unwrap();
        train(there.path(), false, true).unwrap();
    }

    /// A workbook of one chapter in a folder, and the chapter.
    fn small_workbook(root: &Path) -> &'static Chapter {
        let dir = root.join("chapters/one");
        for folder in [
            dir.join("src/run"),
            root.join("datasets/src"),
            root.join("chapters/judge/src"),
            root.join("chapters/lab/src/numbers"),
        ] {
            fs::create_dir_all(folder).unwrap();
        }
        let dir = dir.display().to_string().leak();
        Box::leak(Box::new(Chapter { dir, name: "one", ..CHAPTER }))
    }

    #[test]
    fn a_checkpoint_of_other_code_is_refused_and_one_of_other_plots_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let chapter = small_workbook(folder.path());
        let write = |name: &str, code: &str| {
            fs::write(chapter.folder().join("src").join(name), code).unwrap();
        };
        let train = |resume| {
            let options = options(&folder.path().join("out"), 1, resume);
            let lab = Lab::new(chapter, options, Selection::All);
            lab.train("count", 2, &mut Counter(0, 0.5))
        };
        write("lib.rs", "const STEP: f64 = 1.0;");
        write("run/mod.rs", "fn draw() {}");
        train(false).unwrap();
        write("run/mod.rs", "fn draw() { line() }");
        train(true).unwrap();
        write("lib.rs", "const STEP: f64 = 2.0;");
        let said = train(true).unwrap_err().to_string();
        assert!(said.contains("`code`: expected "), "{said}");
    }

    #[test]
    fn equal_runs_have_equal_bytes_and_their_time_stands_beside() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join("checkpoints").join(name);
        let bytes = || {
            train(folder.path(), 1, false, &[0, 2, 5, 9]).unwrap();
            fs::read(at("count.safetensors")).unwrap()
        };
        assert_eq!(bytes(), bytes());
        fs::write(at("count.seconds"), "100.5\n").unwrap();
        train(folder.path(), 1, true, &[0, 2, 5, 9]).unwrap();
        let options = options(folder.path(), 1, true);
        let lab = Lab::new(&CHAPTER, options, Selection::All);
        let seconds = lab.seconds("count").unwrap();
        assert!((100.5..101.0).contains(&seconds), "of all sittings");
        fs::write(at("count.seconds"), "soon").unwrap();
        let said = lab.seconds("count").unwrap_err();
        assert!(format!("{said:#}").contains("count.seconds"), "{said:#}");
        fs::remove_file(at("count.seconds")).unwrap();
        assert_eq!(lab.seconds("count").unwrap(), 0.0);
    }

    #[test]
    fn a_finished_training_is_found_and_another_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let whole = train(folder.path(), 1, false, &[3]).unwrap().1;
        let path = folder.path().join("checkpoints/count.safetensors");
        let found = |seed, path: &Path, steps| {
            let options = options(&folder.path().join("other"), seed, false);
            let lab = Lab::new(&CHAPTER, options, Selection::All);
            let start = Counter(0, 0.5);
            lab.finished((&CHAPTER, "count"), path, steps, start)
        };
        assert_eq!(found(1, &path, 3).unwrap().unwrap().0, whole);
        assert_eq!(found(1, &path, 4).unwrap(), None);
        assert_eq!(found(2, &path, 3).unwrap(), None);
        assert_eq!(found(1, folder.path(), 3).ok(), None, "a folder");
        assert_eq!(found(1, &path.join("none"), 3).unwrap(), None);
    }
}
