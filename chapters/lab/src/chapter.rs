//! A chapter, its command line, and the [`Lab`] in which its experiments run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use indicatif::{
    MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle,
};

use crate::results::{Measured, Provenance, Results, Within, write_whole};
use crate::{
    ChaCha8Rng, Device, FingerprintError, ImageGrid, Interrupted, Room,
    fingerprint, interrupt_requested, rng_for,
};

/// A chapter of the workbook.
#[derive(Debug)]
pub struct Chapter {
    /// The crate's name, `minimax-loss`.
    pub name: &'static str,
    /// The number in the table of contents.
    pub number: u32,
    /// The folder of the crate.
    pub dir: &'static str,
    /// The earlier chapters whose functions this one calls.
    pub uses: &'static [&'static Chapter],
    /// The experiments.
    pub run: fn(&mut Lab) -> anyhow::Result<()>,
}

/// Where a folder of the workbook is: where it was when this was compiled, or the same folder below the root that the
/// environment names in `WORKBOOK_ROOT`, for programs that were carried to another machine.
pub fn folder(compiled: &str) -> PathBuf {
    below(std::env::var_os("WORKBOOK_ROOT"), compiled)
}

fn below(root: Option<OsString>, compiled: &str) -> PathBuf {
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    let path = built.and_then(|b| Path::new(compiled).strip_prefix(b).ok());
    match (root, path) {
        (Some(root), Some(path)) => Path::new(&root).join(path),
        _ => compiled.into(),
    }
}

impl Chapter {
    /// The folder of the crate.
    pub fn folder(&self) -> PathBuf {
        folder(self.dir)
    }

    /// The root of the workbook.
    pub fn root(&self) -> PathBuf {
        self.folder()
            .join("../..")
            .canonicalize()
            .unwrap_or_else(|_| PathBuf::from("."))
    }

    /// The committed results.
    pub fn committed(&self) -> PathBuf {
        self.root().join(format!("book/pages/results/{}.json", self.name))
    }

    /// Where a run puts its results, figures and checkpoints unless told otherwise.
    pub fn out(&self) -> PathBuf {
        self.root().join("target/runs").join(self.name)
    }

    /// The committed results of the runs that take too long for the others' company, with their names.
    pub fn committed_runs(&self) -> Vec<(String, PathBuf)> {
        let folder = self.root().join("book/pages/results");
        let prefix = format!("{}.", self.name);
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let run = |path: PathBuf| {
            let stem = path.file_stem()?.to_str()?;
            let run = stem.strip_prefix(&prefix)?.to_string();
            Some((run, path))
        };
        let mut runs: Vec<_> = files.filter_map(|f| run(f.path())).collect();
        runs.sort();
        runs
    }

    /// Fingerprint of the code that makes this chapter's numbers: its own, that of the data, of the judge and of the
    /// earlier chapters that it calls, less their experiments, and of `lab` what makes numbers.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn fingerprint(&self) -> Result<String, FingerprintError> {
        let mut used: Vec<&Chapter> = self.uses.to_vec();
        let mut at = 0;
        while let Some(chapter) = used.get(at) {
            used.extend(chapter.uses);
            at += 1;
        }
        used.sort_by_key(|c| c.number);
        used.dedup_by_key(|c| c.number);
        let mut folders: Vec<PathBuf> =
            used.iter().map(|c| c.folder().join("src")).collect();
        let libraries = [
            "datasets/src",
            "chapters/judge/src",
            "chapters/lab/src/numbers",
        ];
        folders.extend(libraries.map(|folder| self.root().join(folder)));
        fingerprint(&[self.folder().join("src")], &folders)
    }
}

/// How much work a run does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// Seconds: what tests run.
    Smoke,
    /// What makes the book's figures.
    #[default]
    Page,
    /// What one would run on a GPU.
    Full,
}

impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Scale::Smoke => "smoke",
            Scale::Page => "page",
            Scale::Full => "full",
        };
        write!(f, "{name}")
    }
}

/// The command line that every chapter has.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Seed of every random draw
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How much work to do
    #[arg(long, value_enum, default_value_t)]
    pub scale: Scale,
    /// Where what is trained is trained: by hand in ndarray, or on dfdx
    #[arg(long, value_enum, default_value_t)]
    pub room: Room,
    /// Where dfdx computes: cpu, cuda or cuda:N
    #[arg(long, default_value_t)]
    pub device: Device,
    /// Folder of four IDX files (plain or .gz) to use in place of the bundled digits
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder for results, figures and checkpoints [default: target/runs/CHAPTER]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only the experiment of this name
    #[arg(long, value_name = "NAME")]
    pub experiment: Option<String>,
    /// Go on from the last checkpoint
    #[arg(long)]
    pub resume: bool,
    /// Show neither progress nor numbers
    #[arg(long)]
    pub quiet: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            scale: Scale::Page,
            room: Room::Plain,
            device: Device::Cpu,
            data: None,
            out: None,
            experiment: None,
            resume: false,
            quiet: false,
        }
    }
}

/// How long an experiment takes at page scale on a laptop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Seconds: reproduced whenever the book is rendered for the first time.
    Seconds,
    /// Minutes: reproduced on request; the book quotes it.
    Minutes,
    /// Up to half an hour: run when it is asked for by name, with results of its own.
    Asked,
}

/// Which experiments to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// All of them but those that have to be asked for.
    #[default]
    All,
    /// Those that take seconds.
    Quick,
    /// The one of this name.
    Only(String),
}

/// What a run made.
#[derive(Debug)]
pub struct Report {
    /// The numbers by name.
    pub measured: BTreeMap<String, Measured>,
    /// The same as a file of results.
    pub results: Results,
    /// Where results and figures were written.
    pub out: PathBuf,
}

/// The room in which a chapter's experiments run.
pub struct Lab {
    chapter: &'static Chapter,
    options: Options,
    selection: Selection,
    bars: MultiProgress,
    measured: BTreeMap<String, Measured>,
    experiments: BTreeMap<String, f64>,
    passed_by: Vec<String>,
}

impl Lab {
    /// A lab for one chapter.
    pub fn new(
        chapter: &'static Chapter,
        options: Options,
        selection: Selection,
    ) -> Self {
        let target = match options.quiet {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        Self {
            chapter,
            options,
            selection,
            bars: MultiProgress::with_draw_target(target),
            measured: BTreeMap::new(),
            experiments: BTreeMap::new(),
            passed_by: Vec::new(),
        }
    }

    /// The chapter whose experiments run.
    pub fn chapter(&self) -> &'static Chapter {
        self.chapter
    }

    /// The command line.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The seed of every random draw.
    pub fn seed(&self) -> u64 {
        self.options.seed
    }

    /// How much work to do.
    pub fn scale(&self) -> Scale {
        self.options.scale
    }

    /// One of three values, by scale.
    pub fn by_scale<T>(&self, smoke: T, page: T, full: T) -> T {
        match self.options.scale {
            Scale::Smoke => smoke,
            Scale::Page => page,
            Scale::Full => full,
        }
    }

    /// Where dfdx computes.
    pub fn device(&self) -> Device {
        self.options.device
    }

    /// The folder of the digits.
    pub fn data(&self) -> PathBuf {
        self.options
            .data
            .clone()
            .unwrap_or_else(|| self.chapter.root().join("datasets/mnist"))
    }

    /// Where what is trained is trained.
    pub fn room(&self) -> Room {
        self.options.room
    }

    /// Whatever the command line says, from here on in this room.
    pub fn enter(&mut self, room: Room) {
        self.options.room = room;
    }

    /// A generator of its own for each named purpose, so that one experiment's draws do not shift another's.
    pub fn rng(&self, purpose: &str) -> ChaCha8Rng {
        rng_for(self.options.seed, purpose)
    }

    /// Runs a named experiment and returns what it returns, or `None` when only quick ones are wanted and it is not.
    ///
    /// # Errors
    /// The experiment failed.
    pub fn experiment<T>(
        &mut self,
        name: &str,
        cost: Cost,
        work: impl FnOnce(&mut Lab) -> anyhow::Result<T>,
    ) -> anyhow::Result<Option<T>> {
        let wanted = match &self.selection {
            Selection::All => cost != Cost::Asked,
            Selection::Quick => cost == Cost::Seconds,
            Selection::Only(only) => only == name,
        };
        if !wanted {
            self.passed_by.push(name.into());
            return Ok(None);
        }
        if interrupt_requested() {
            return Err(Interrupted { name: name.into(), step: 0 }.into());
        }
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.set_message(format!("{}: {name}", self.chapter.name));
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        let start = Instant::now();
        let value = work(self).with_context(|| {
            format!("{}, experiment {name}", self.chapter.name)
        });
        let seconds = start.elapsed().as_secs_f64();
        bar.finish_and_clear();
        let value = value?;
        self.say(format!(
            "{:>24}  {name:<32} {seconds:7.1} s",
            self.chapter.name
        ));
        self.experiments.insert(name.into(), round(seconds, 2));
        Ok(Some(value))
    }

    /// Records a number under a name.
    ///
    /// # Errors
    /// The number is not finite, or the name is taken.
    pub fn result(
        &mut self,
        name: &str,
        value: f64,
        within: Within,
    ) -> anyhow::Result<()> {
        ensure!(
            value.is_finite(),
            "result `{name}` must be finite, found {value}"
        );
        ensure!(
            name != "provenance",
            "a result cannot be named `provenance`"
        );
        match self.measured.insert(name.into(), Measured { value, within }) {
            None => Ok(()),
            Some(_) => bail!("result `{name}` was recorded twice"),
        }
    }

    /// Records the rows of a ledger.
    ///
    /// # Errors
    /// An error is not finite, or a row is there twice.
    pub fn ledger(&mut self, rows: &[crate::Row]) -> anyhow::Result<()> {
        rows.iter().try_for_each(|row| {
            self.result(
                &row.name(),
                row.error,
                Within::Limit(row.against.limit()),
            )
        })
    }

    /// Writes a figure, `figures/NAME.svg`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn figure(&self, name: &str, svg: &str) -> anyhow::Result<()> {
        let path = self.out().join("figures").join(format!("{name}.svg"));
        write_whole(&path, svg.as_bytes())
            .with_context(|| path.display().to_string())
    }

    /// Writes a grid of images, `figures/NAME.png`.
    ///
    /// # Errors
    /// The grid is empty or mixed, or the file cannot be written.
    pub fn image(&self, name: &str, grid: &ImageGrid) -> anyhow::Result<()> {
        Ok(grid
            .save(&self.out().join("figures").join(format!("{name}.png")))?)
    }

    /// A progress bar of `steps` steps; hidden when the run is quiet or the output is no terminal.
    pub fn progress(&self, steps: u64, name: &str) -> ProgressBar {
        let style = "{prefix:>24}  {wide_bar} {pos}/{len} {eta:>4}  {msg}";
        let style = ProgressStyle::with_template(style)
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::new(steps)
            .with_style(style)
            .with_prefix(name.to_string());
        self.bars.add(bar)
    }

    /// Where a training run keeps its checkpoint.
    pub fn checkpoint_path(&self, name: &str) -> PathBuf {
        self.out().join("checkpoints").join(format!("{name}.safetensors"))
    }

    fn out(&self) -> PathBuf {
        self.options.out.clone().unwrap_or_else(|| self.chapter.out())
    }

    pub(crate) fn say(&self, line: String) {
        if !self.options.quiet {
            self.bars.suspend(|| eprintln!("{line}"));
        }
    }
}

/// What the command line asks for by name goes before `selection`.
///
/// # Errors
/// Both name an experiment, and not the same.
fn chosen(
    options: &Options,
    selection: Selection,
) -> anyhow::Result<Selection> {
    match (&options.experiment, selection) {
        (Some(name), Selection::Only(other)) if *name != other => {
            bail!("`{other}` and `--experiment {name}` do not go together")
        }
        (Some(name), _) => Ok(Selection::Only(name.clone())),
        (None, selection) => Ok(selection),
    }
}

/// Runs a chapter and writes its results.
///
/// # Errors
/// The device or an experiment of the name asked for is not there, an experiment failed, or a file cannot be written.
pub fn run_chapter(
    chapter: &'static Chapter,
    options: Options,
    selection: Selection,
) -> anyhow::Result<Report> {
    let selection = chosen(&options, selection)?;
    options.device.check()?;
    if options.device != Device::Cpu
        && options.room == Room::Plain
        && !options.quiet
    {
        eprintln!(
            "{}: what is compared with dfdx runs on {}; trainings stay in plain ndarray, on the processor, unless \
             --room dfdx is given",
            chapter.name, options.device
        );
    }
    let start = Instant::now();
    let code = chapter.fingerprint()?;
    let mut lab = Lab::new(chapter, options, selection);
    // From inside the pool, its other threads are at hand in no time.
    rayon::scope(|_| (chapter.run)(&mut lab))?;
    if let (Selection::Only(name), true) =
        (&lab.selection, lab.experiments.is_empty())
    {
        let (chapter, others) = (chapter.name, lab.passed_by.join("`, `"));
        bail!("{chapter} has no experiment `{name}`; it has `{others}`");
    }
    let provenance = Provenance {
        seed: lab.seed(),
        scale: lab.scale().to_string(),
        device: lab.device().to_string(),
        seconds: round(start.elapsed().as_secs_f64(), 1),
        code,
        experiments: lab.experiments.clone(),
        made_with: match lab.room() {
            Room::Plain => BTreeMap::new(),
            Room::Dfdx => [("room".into(), "dfdx".into())].into(),
        },
    };
    let values = lab
        .measured
        .iter()
        .map(|(name, m)| (name.clone(), m.value))
        .collect();
    let results = Results { provenance, values };
    let out = lab.out();
    results.save(&out.join("results.json"))?;
    Ok(Report { measured: lab.measured, results, out })
}

/// For a chapter's test: runs its story twice at smoke scale, expects the same numbers from both (times aside) and the
/// named figures, and returns the numbers.
///
/// # Panics
/// A run fails, the two differ, or a figure is missing.
pub fn smoke_run(
    chapter: &'static Chapter,
    figures: &[&str],
) -> BTreeMap<String, f64> {
    let run = || {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let out = Some(folder.path().to_path_buf());
        let options = Options {
            scale: Scale::Smoke,
            quiet: true,
            out,
            ..Options::default()
        };
        let report = run_chapter(chapter, options, Selection::All);
        let mut measured =
            report.unwrap_or_else(|e| panic!("{e:#}")).measured;
        for figure in figures {
            let path = folder.path().join("figures").join(figure);
            assert!(path.exists(), "the run draws no {figure}");
        }
        measured.retain(|_, m| m.within != Within::Timing);
        measured.into_iter().map(|(name, m)| (name, m.value)).collect()
    };
    let values: BTreeMap<String, f64> = run();
    assert_eq!(values, run(), "one seed, one result");
    values
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    options: Options,
}

/// The `main` of a chapter: parses the command line, runs, and prints the numbers beside the committed ones.
pub fn main(chapter: &'static Chapter) -> ExitCode {
    let matches = Cli::command()
        .name(chapter.name)
        .about("Runs one chapter's experiments")
        .get_matches();
    exit_code(
        Cli::from_arg_matches(&matches)
            .map_err(anyhow::Error::from)
            .and_then(|cli| {
                run_and_show(chapter, cli.options, Selection::All)
            }),
    )
}

/// Runs the chosen experiments of a chapter and prints the numbers beside the committed ones.
///
/// # Errors
/// As for [`run_chapter`].
pub fn run_and_show(
    chapter: &'static Chapter,
    options: Options,
    selection: Selection,
) -> anyhow::Result<()> {
    let quiet = options.quiet;
    let report = run_chapter(chapter, options, selection)?;
    if !quiet {
        show(chapter, &report);
    }
    Ok(())
}

/// What a program ends with: 0, 130 after Ctrl-C, 1 after any other error, which it prints.
pub fn exit_code(outcome: anyhow::Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.downcast_ref::<Interrupted>().is_some() => {
            eprintln!("{error:#}");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the numbers are the program's output"
)]
fn show(chapter: &Chapter, report: &Report) {
    let committed = Results::load(&chapter.committed()).ok().filter(|c| {
        let (a, b) = (&c.provenance, &report.results.provenance);
        (a.seed, &a.scale) == (b.seed, &b.scale)
    });
    println!("{:<48} {:>16} {:>16}", "", "here", "in the book");
    for (name, measured) in &report.measured {
        let book = committed.as_ref().and_then(|c| c.values.get(name));
        let differs =
            book.is_some_and(|b| !measured.within.agrees(measured.value, *b));
        let book = book.map_or("-".into(), |b| number(*b));
        let mark = if differs { "  differs" } else { "" };
        println!(
            "{name:<48} {:>16} {book:>16}{mark}",
            number(measured.value)
        );
    }
    println!("\nfigures and numbers: {}", report.out.display());
}

/// Six significant digits.
fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".into(),
        size if (1e-3..1e6).contains(&size) => format!(
            "{:.*}",
            (5 - (size.log10().floor() as i32).clamp(-3, 5)) as usize,
            value
        ),
        _ => format!("{value:.5e}"),
    }
}

fn round(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    static CHAPTER: Chapter = Chapter {
        name: "lab",
        number: 0,
        dir: env!("CARGO_MANIFEST_DIR"),
        uses: &[],
        run: |lab| {
            lab.experiment("quick", Cost::Seconds, |lab| {
                lab.result("one", 1.0, Within::Exactly)
            })?;
            lab.experiment("long", Cost::Asked, |lab| {
                lab.result("two", 2.0, Within::Exactly)
            })?;
            Ok(())
        },
    };

    fn run(name: &str, selection: Selection) -> anyhow::Result<Report> {
        let folder = tempfile::tempdir()?;
        let options = Options {
            out: Some(folder.path().into()),
            experiment: (!name.is_empty()).then(|| name.into()),
            quiet: true,
            ..Options::default()
        };
        run_chapter(&CHAPTER, options, selection)
    }

    #[test]
    fn an_experiment_is_run_by_its_name() {
        let made = |name, selection| {
            let report = run(name, selection).unwrap();
            report.measured.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(made("", Selection::All), ["one"]);
        assert_eq!(made("long", Selection::All), ["two"]);
        assert_eq!(made("long", Selection::Only("long".into())), ["two"]);
        let other = run("long", Selection::Only("quick".into()));
        assert!(other.unwrap_err().to_string().contains("do not go"));
        assert_eq!(
            run("slow", Selection::All).unwrap_err().to_string(),
            "lab has no experiment `slow`; it has `quick`, `long`"
        );
    }

    #[test]
    fn a_folder_follows_the_root_that_the_environment_names() {
        let here = env!("CARGO_MANIFEST_DIR");
        assert_eq!(below(None, here), Path::new(here));
        let moved = below(Some("/elsewhere".into()), here);
        assert_eq!(moved, Path::new("/elsewhere/chapters/lab"));
        let foreign = below(Some("/elsewhere".into()), "/another/folder");
        assert_eq!(foreign, Path::new("/another/folder"));
    }
}
