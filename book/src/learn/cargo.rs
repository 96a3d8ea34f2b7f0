//! Cargo builds a chapter's checks with the answers in them; the program that it built runs them.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::built::{built_with, cargo};
use crate::exercises::{Chapter, Exercise, slashed};
use crate::outcome::{Outcome, Told, told};

/// How often it is asked whether a program has ended.
const MOMENT: Duration = Duration::from_millis(20);

/// What builds and runs checks.
pub struct Cargo {
    root: PathBuf,
    program: OsString,
    words: Vec<OsString>,
    limit: Duration,
    terminal: bool,
}

/// What came of building a chapter's checks.
pub enum Built {
    /// The program that runs them, and what the compiler remarked.
    Program(PathBuf, Vec<Remark>),
    /// The compiler's errors.
    Broken(Vec<Remark>),
}

/// An error or a warning of the compiler.
pub struct Remark {
    /// The files that it is about, relative to the root.
    pub files: Vec<String>,
    /// As the compiler prints it.
    pub text: String,
}

/// How a program ended.
enum Ended {
    Itself(String),
    Late(String),
    Stopped,
}

impl Cargo {
    /// The cargo that runs this program, for the workbook at `root`. What takes longer than `limit` is in a loop without an end.
    ///
    /// # Errors
    /// The system does not say where this program is.
    pub fn new(
        root: &Path,
        limit: Duration,
        terminal: bool,
    ) -> anyhow::Result<Self> {
        let (program, words) = (cargo(), built_with()?);
        let root = root.into();
        Ok(Self { root, program, words, limit, terminal })
    }

    fn building(&self, chapter: &Chapter) -> Command {
        let name = &chapter.entry.name;
        let ansi = match self.terminal {
            true => "json-diagnostic-rendered-ansi",
            false => "json",
        };
        let mut command = Command::new(&self.program);
        command.args(["rustc", "--locked", "-p", name]);
        command.args(["--test", "exercises", "--message-format", ansi]);
        command.arg("--manifest-path").arg(self.root.join("Cargo.toml"));
        command.args(&self.words);
        command.args(["--", "-Cdebuginfo=line-tables-only", "-Cstrip=none"]);
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    /// Has the checks of a chapter built while something else is done. Who builds them after that waits for it.
    pub fn begin(&self, chapter: &Chapter) {
        let mut command = self.building(chapter);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if let Ok(mut child) = command.spawn() {
            thread::spawn(move || child.wait());
        }
    }

    /// Builds the checks of a chapter.
    ///
    /// The test program alone has the lines' numbers in it, so that a panic in a library can be followed to the answer; what
    /// is compiled for the chapters is shared with `cargo test`.
    ///
    /// # Errors
    /// There is no cargo, or it fails for another reason than the code.
    pub fn build(&self, chapter: &Chapter) -> anyhow::Result<Built> {
        let name = &chapter.entry.name;
        let mut command = self.building(chapter);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => anyhow::anyhow!(
                "{}: not found. Cargo builds the checks; it comes with Rust, see https://rustup.rs",
                self.program.display()
            ),
            _ => anyhow::anyhow!("{}: {error}", self.program.display()),
        })?;
        let progress = Progress::new(name, self.terminal);
        let stderr = child.stderr.take();
        let heard = thread::spawn(move || progress.follow(stderr));
        let messages = all(child.stdout.take());
        let status = child.wait().context("cargo")?;
        let heard = heard.join().unwrap_or_default();

        let messages = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let (mut program, mut errors, mut warnings) =
            (None, Vec::new(), Vec::new());
        for message in messages {
            let of_checks = message["target"]["name"] == "exercises";
            if let (true, Some(path)) =
                (of_checks, message["executable"].as_str())
            {
                program = Some(PathBuf::from(path));
            }
            match message["message"]["level"].as_str() {
                Some("error") => errors.extend(remark(&message["message"])),
                Some("warning") if of_checks => {
                    warnings.extend(remark(&message["message"]));
                }
                _ => {}
            }
        }
        match program {
            Some(program) if status.success() => {
                Ok(Built::Program(program, warnings))
            }
            _ if !errors.is_empty() => Ok(Built::Broken(errors)),
            _ => bail!(
                "cargo could not build the checks of `{name}`:\n{}",
                heard.trim()
            ),
        }
    }

    /// Runs the checks of some of a chapter's exercises; nothing comes of it if `stop` says so before the end.
    ///
    /// # Errors
    /// The program cannot be run.
    pub fn run(
        &self,
        program: &Path,
        chapter: &Chapter,
        exercises: &[&Exercise],
        stop: &mut dyn FnMut() -> bool,
    ) -> anyhow::Result<Option<Vec<Told>>> {
        let together = self.test(program, chapter, exercises, stop)?;
        let (output, late) = match &together {
            Ended::Stopped => return Ok(None),
            Ended::Itself(output) => (output, false),
            Ended::Late(output) => (output, true),
        };
        let mut all = Vec::new();
        for exercise in exercises {
            let told = match told(output, exercise) {
                Some(told) => told,
                None if exercises.len() == 1 => Told::new(match late {
                    true => Outcome::Endless(self.limit.as_secs()),
                    false => Outcome::Died(last_words(output)),
                }),
                // Another one has taken this one with it.
                None => {
                    let alone =
                        self.run(program, chapter, &[exercise], stop)?;
                    match alone.and_then(|mut told| told.pop()) {
                        Some(told) => told,
                        None => return Ok(None),
                    }
                }
            };
            all.push(told);
        }
        Ok(Some(all))
    }

    fn test(
        &self,
        program: &Path,
        chapter: &Chapter,
        exercises: &[&Exercise],
        stop: &mut dyn FnMut() -> bool,
    ) -> anyhow::Result<Ended> {
        let mut command = Command::new(program);
        command.args(exercises.iter().map(|e| &e.test)).arg("--exact");
        command.args(["--color", "never"]).env("RUST_BACKTRACE", "1");
        command.env_remove("RUST_LIB_BACKTRACE");
        command.env_remove("RUST_TEST_NOCAPTURE");
        command.current_dir(self.root.join(&chapter.entry.folder));
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child =
            command.spawn().with_context(|| program.display().to_string())?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let stdout = thread::spawn(move || all(stdout));
        let stderr = thread::spawn(move || all(stderr));
        let begun = Instant::now();
        let (mut late, mut stopped) = (false, false);
        while child.try_wait()?.is_none() {
            (late, stopped) = (begun.elapsed() > self.limit, stop());
            if late || stopped {
                end(&mut child);
                break;
            }
            thread::sleep(MOMENT);
        }
        let output = stdout.join().unwrap_or_default()
            + &stderr.join().unwrap_or_default();
        Ok(match (stopped, late) {
            (true, _) => Ended::Stopped,
            (_, true) => Ended::Late(output),
            _ => Ended::Itself(output),
        })
    }
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// All that comes; what is no text is replaced.
fn all(source: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut source) = source {
        let _ = source.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn remark(message: &Value) -> Option<Remark> {
    let text = message["rendered"].as_str()?.trim_end().to_string();
    let spans = message["spans"].as_array()?;
    let spans = spans.iter().filter(|span| span["is_primary"] == true);
    let files = spans.filter_map(|span| span["file_name"].as_str());
    let plain = |file: &str| {
        let file = slashed(Path::new(file));
        file.replace("tests/../", "")
    };
    let files: Vec<_> = files.map(plain).collect();
    (!files.is_empty()).then_some(Remark { files, text })
}

/// What a program said before it ended in the middle of a check.
fn last_words(output: &str) -> String {
    let said = output.lines().filter(|line| {
        !line.trim().is_empty()
            && !line.starts_with("running ")
            && !line.starts_with("test ")
    });
    said.collect::<Vec<_>>().join("\n")
}

/// What cargo does, for who waits: a line that changes in a terminal, else one line.
struct Progress {
    chapter: String,
    terminal: bool,
    said: bool,
}

impl Progress {
    fn new(chapter: &str, terminal: bool) -> Self {
        Self { chapter: chapter.into(), terminal, said: false }
    }

    /// Follows cargo to its end, and returns what it said.
    fn follow(mut self, stderr: Option<impl Read>) -> String {
        let mut heard = String::new();
        let Some(stderr) = stderr else { return heard };
        for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok)
        {
            let line = String::from_utf8_lossy(&line).into_owned();
            self.line(line.trim());
            heard += &line;
            heard.push('\n');
        }
        if self.said && self.terminal {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
        heard
    }

    fn line(&mut self, line: &str) {
        let Self { chapter, terminal, said } = self;
        let waits = ["Compiling", "Downloading", "Downloaded", "Blocking"];
        if !waits.iter().any(|word| line.starts_with(word)) {
            return;
        }
        if *terminal {
            let short: String = line.chars().take(70).collect();
            let _ = write!(io::stderr(), "\r\x1b[K{short} …");
            *said = true;
        } else if !*said && !line.contains(&format!(" {chapter} v")) {
            record::say(format_args!(
                "building the checks of `{chapter}`, which takes a minute the first time"
            ));
            *said = true;
        }
    }
}
