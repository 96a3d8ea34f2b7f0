//! Ctrl-C, and being told to end: trainings write a checkpoint first, everything else ends within a second.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::Duration;

use indicatif::MultiProgress;

use crate::console::say_above;
use record::{no_writing, say};

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

impl Interrupted {
    /// That a training stopped after so many steps.
    pub(crate) fn at(name: &str, step: u64) -> Self {
        let stopped = Self { name: name.into(), step };
        locked(&STOPPED).get_or_insert_with(|| stopped.to_string());
        stopped
    }
}

/// What a program ends with after Ctrl-C.
pub(crate) const STATUS: u8 = 130;

/// How long whoever stops by itself has to say so.
const GRACE: Duration = Duration::from_millis(200);

static REQUESTED: AtomicBool = AtomicBool::new(false);
/// Trainings that stop by themselves, after their step.
static TRAININGS: AtomicUsize = AtomicUsize::new(0);
/// The experiment that runs, and the bars that show it.
static RUNNING: Mutex<Option<(String, MultiProgress)>> = Mutex::new(None);
/// The training that stopped first, and where.
static STOPPED: Mutex<Option<String>> = Mutex::new(None);
/// Held by whoever says why the program ends.
static LAST_WORD: Mutex<()> = Mutex::new(());

fn locked<T>(mutex: &'static Mutex<T>) -> MutexGuard<'static, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

/// Whether Ctrl-C was pressed, or the system asked the program to end. The first call installs the handler; a second
/// Ctrl-C ends the program at once.
pub fn interrupt_requested() -> bool {
    static HANDLER: OnceLock<()> = OnceLock::new();
    HANDLER.get_or_init(|| {
        let ignored = ignore_hang_up();
        // Without a handler Ctrl-C still ends the program; checkpoints are whole either way.
        let _ = ctrlc::set_handler(|| {
            if REQUESTED.swap(true, Ordering::Relaxed) {
                std::process::exit(STATUS.into());
            }
            thread::spawn(end);
        });
        if ignored {
            ignore_hang_up();
        }
    });
    REQUESTED.load(Ordering::Relaxed)
}

/// Has the program outlive its terminal, and says whether it was to before: that is what `nohup` does.
#[cfg(unix)]
#[allow(unsafe_code)]
fn ignore_hang_up() -> bool {
    // SAFETY: no function of ours is installed, and the numbers are this system's.
    let before = unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
    before == libc::SIG_IGN
}

#[cfg(not(unix))]
fn ignore_hang_up() -> bool {
    false
}

/// Ends the program once its trainings have stopped, unless it ends by itself.
fn end() {
    thread::sleep(GRACE);
    if TRAININGS.load(Ordering::SeqCst) > 0 {
        tell("stopping after this step; a second Ctrl-C ends at once");
    }
    while TRAININGS.load(Ordering::SeqCst) > 0 {
        thread::sleep(Duration::from_millis(10));
    }
    thread::sleep(GRACE);
    let _last = last_word();
    let _files_are_whole = no_writing();
    let running = locked(&RUNNING).as_ref().map(|(name, _)| {
        format!("stopped in {name}, between trainings; the same command with --resume goes on after the last")
    });
    let stopped = locked(&STOPPED).clone().or(running);
    tell(&stopped.unwrap_or("stopped".into()));
    std::process::exit(STATUS.into());
}

fn tell(words: &str) {
    let bars = locked(&RUNNING).as_ref().map(|(_, bars)| bars.clone());
    match bars {
        Some(bars) => say_above(&bars, words),
        None => say(words),
    }
}

/// For who says why the program ends, and ends it: nobody else does meanwhile.
pub(crate) fn last_word() -> MutexGuard<'static, ()> {
    locked(&LAST_WORD)
}

/// What runs from here on.
pub(crate) fn running(experiment: Option<(String, MultiProgress)>) {
    *locked(&RUNNING) = experiment;
}

/// As long as this lives, a training will stop by itself.
pub(crate) struct InTraining(());

impl InTraining {
    pub(crate) fn new() -> Self {
        TRAININGS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for InTraining {
    fn drop(&mut self) {
        TRAININGS.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;
    use crate::{
        Chapter, Checkpoint, CheckpointError, Cost, Diverged, Options,
        Resumable, Scale, Selection, exit_code, run_chapter,
    };

    /// A training of so many steps, a hundredth of a second each.
    struct Slow(u64);

    impl Resumable for Slow {
        fn steps_done(&self) -> u64 {
            self.0
        }

        fn step(&mut self) -> Result<String, Diverged> {
            thread::sleep(Duration::from_millis(10));
            self.0 += 1;
            Ok(String::new())
        }

        fn configuration(&mut self) -> String {
            String::new()
        }

        fn save(&self, checkpoint: &mut Checkpoint) {
            checkpoint.note("step", self.0);
            checkpoint.put("nothing", &ndarray::arr1(&[0.0]));
        }

        fn restore(&mut self, c: &Checkpoint) -> Result<(), CheckpointError> {
            self.0 = c.number("step")?;
            Ok(())
        }
    }

    static CHAPTER: Chapter = Chapter {
        name: "lab",
        number: 0,
        dir: env!("CARGO_MANIFEST_DIR"),
        uses: &[],
        run: |lab| {
            lab.experiment("training", Cost::Asked, |lab| {
                lab.train("slow", 6000, &mut Slow(0))
            })?;
            lab.experiment("loop", Cost::Asked, |_| {
                thread::sleep(Duration::from_secs(60));
                Ok(())
            })?;
            Ok(())
        },
    };

    /// The program that the other tests start: not a test by itself.
    #[test]
    #[ignore = "takes a minute, unless it is told to end"]
    fn a_minute_of_work() {
        let of = |name: &str| std::env::var(name).unwrap();
        let options = Options {
            scale: Scale::Smoke,
            out: Some(of("OUT").into()),
            ..Options::default()
        };
        let only = Selection::Only(of("EXPERIMENT"));
        let outcome = run_chapter(&CHAPTER, options, only).map(drop);
        let stopped = exit_code(outcome) == STATUS.into();
        std::process::exit(if stopped { STATUS.into() } else { 1 });
    }

    #[allow(unsafe_code)]
    fn begin(experiment: &str, out: &Path, before: &str) -> Child {
        let program = std::env::current_exe().unwrap();
        let name = "interrupt::tests::a_minute_of_work";
        let script = format!(
            "{before}exec \"$0\" --ignored --exact {name} --nocapture"
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(program).env("OUT", out);
        shell.env("EXPERIMENT", experiment);
        // The tests themselves may have been started with `nohup`.
        // SAFETY: `signal` may be called between fork and exec.
        unsafe {
            shell.pre_exec(|| {
                libc::signal(libc::SIGHUP, libc::SIG_DFL);
                Ok(())
            });
        }
        let streams = shell.stdout(Stdio::null()).stderr(Stdio::piped());
        let child = streams.spawn().unwrap();
        while !out.is_dir() {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(300));
        child
    }

    fn send(signal: &str, to: &Child) {
        let id = to.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Sends a signal, and gives the status and what was said.
    fn end(signal: &str, child: Child) -> (Option<i32>, String) {
        let start = Instant::now();
        send(signal, &child);
        let done = child.wait_with_output().unwrap();
        // Half a second where nothing else is to be done.
        let took = start.elapsed();
        assert!(took < Duration::from_secs(5), "{signal}: {took:?}");
        let said = String::from_utf8(done.stderr).unwrap();
        (done.status.code(), said)
    }

    #[test]
    fn a_training_stops_with_a_checkpoint_of_its_last_step() {
        for signal in ["INT", "TERM", "HUP"] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let (status, said) = end(signal, begin("training", &out, ""));
            assert_eq!(status, Some(130), "{signal}: {said}");
            let path = out.join("checkpoints/slow.safetensors");
            let step = Checkpoint::load(&path).unwrap().number("step");
            let step = step.unwrap();
            assert!(step > 0);
            let words = format!("stopped at step {step} of slow; the same");
            assert_eq!(said.matches("stopped").count(), 1, "{said}");
            assert!(said.contains(&words), "{signal}: {said}");
        }
    }

    #[test]
    fn what_is_no_training_ends_as_soon() {
        for signal in ["INT", "TERM", "HUP"] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            let (status, said) = end(signal, begin("loop", &out, ""));
            assert_eq!(status, Some(130), "{signal}: {said}");
            let words = "stopped in lab, experiment loop, between trainings";
            assert!(said.contains(words), "{signal}: {said}");
        }
    }

    #[test]
    fn a_program_that_was_to_outlive_its_terminal_does() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let mut child = begin("training", &out, "trap '' HUP; ");
        send("HUP", &child);
        thread::sleep(Duration::from_millis(700));
        assert!(child.try_wait().unwrap().is_none(), "it runs on");
        assert_eq!(end("TERM", child).0, Some(130));
    }
}
