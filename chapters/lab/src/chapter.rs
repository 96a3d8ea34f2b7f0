//! A chapter, its command line, and the [`Lab`] in which its experiments run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use clap::{CommandFactory, FromArgMatches, Parser, ValueEnum};
use indicatif::{
    MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle,
};
use md5::{Digest, Md5};
use record::{Claims, say, write_whole};

use crate::console::{exit_code, print, say_above};
use crate::interrupt::{interrupt_requested, running};
use crate::model::file_in;
use crate::own_data::{OwnData, own_data_of};
use crate::{
    ChaCha8Rng, Device, FingerprintError, ImageGrid, Interrupted, Measured,
    Part, Provenance, Results, ResultsError, Room, Within, folder, rng_for,
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

    /// Where the page's run puts its results, figures and checkpoints unless told otherwise.
    pub fn out(&self) -> PathBuf {
        self.out_of(Scale::Page, 1)
    }

    /// The same for any run: one of another scale or seed has a folder of its own, `gan-smoke`, `gan-seed-2`,
    /// `gan-full-seed-2`; one of the reader's functions too, `gan-mine`.
    pub fn out_of(&self, scale: Scale, seed: u64) -> PathBuf {
        let mut name = self.name.to_string();
        if cfg!(feature = "mine") {
            name += "-mine";
        }
        if scale != Scale::Page {
            name += &format!("-{scale}");
        }
        if seed != 1 {
            name += &format!("-seed-{seed}");
        }
        record::target().join("runs").join(name)
    }

    /// The committed table of an experiment.
    pub fn table(&self, experiment: &str) -> PathBuf {
        let tables = self.root().join("book/pages/tables").join(self.name);
        tables.join(format!("{experiment}.json"))
    }

    /// The committed results of the runs that take too long for the others' company, with their names.
    pub fn committed_runs(&self) -> Vec<(String, PathBuf)> {
        record::committed_runs(&self.root(), self.name)
    }

    /// Fingerprint of the code that makes this chapter's numbers: its own, that of the data, of the judge and of the
    /// earlier chapters that it calls, less their experiments, and of `lab` what makes numbers.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn fingerprint(&self) -> Result<String, FingerprintError> {
        let uses = self.used_folders();
        record::chapter_fingerprint(&self.root(), &self.folder(), &uses)
    }

    /// The experiments, and the fingerprint of what each depends on.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn parts(&self) -> Result<BTreeMap<String, Part>, FingerprintError> {
        record::parts(&self.root(), &self.folder(), &self.used_folders())
    }

    /// The same of the code that trains: its experiments, which measure and draw, are left out too.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn trained_by(&self) -> Result<String, FingerprintError> {
        let uses = self.used_folders();
        record::training_fingerprint(&self.root(), &self.folder(), &uses)
    }

    fn used_folders(&self) -> Vec<PathBuf> {
        let mut used: Vec<&Chapter> = self.uses.to_vec();
        let mut at = 0;
        while let Some(chapter) = used.get(at) {
            used.extend(chapter.uses);
            at += 1;
        }
        used.sort_by_key(|c| c.number);
        used.dedup_by_key(|c| c.number);
        used.iter().map(|c| c.folder()).collect()
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
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
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
    /// Data of your own in place of the bundled digits: a folder of pictures (PNG, JPEG; of any size; a subfolder is a class),
    /// or of four IDX files (plain or .gz); or the word `emoji`, for those that come with the book
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder for results, figures and checkpoints [default: CHAPTER in cargo's target/runs; CHAPTER-smoke,
    /// CHAPTER-seed-2 or CHAPTER-full-seed-2 with another scale or seed]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Only the experiment of this name
    #[arg(long, value_name = "NAME")]
    pub experiment: Option<String>,
    /// Go on from the last checkpoints; what is finished is read back
    #[arg(long, overrides_with = "fresh")]
    pub resume: bool,
    /// Begin again, though a training that takes minutes is kept here already
    #[arg(long, overrides_with = "resume")]
    pub fresh: bool,
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
            fresh: false,
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
    /// Those of these names that need not be asked for.
    These(BTreeSet<String>),
    /// None: figures are drawn anew from what is committed, and claims stated.
    Drawn,
}

/// What a run made.
#[derive(Debug)]
pub struct Report {
    /// The numbers by name.
    pub measured: BTreeMap<String, Measured>,
    /// The same as a file of results, with what is claimed of them.
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
    /// Of the experiment that runs.
    pub(crate) columns: BTreeMap<String, Vec<f64>>,
    pub(crate) claims: Claims,
    experiments: BTreeMap<String, f64>,
    numbers: BTreeMap<String, BTreeSet<String>>,
    /// Of the experiment that runs.
    cost: Cost,
    passed_by: Vec<String>,
    /// What `--data` names.
    own_data: Option<OwnData>,
    asked_for_data: AtomicBool,
    data_digest: OnceLock<String>,
    trained_by: OnceLock<String>,
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
            columns: BTreeMap::new(),
            claims: Claims::new(),
            experiments: BTreeMap::new(),
            numbers: BTreeMap::new(),
            cost: Cost::Seconds,
            passed_by: Vec::new(),
            own_data: None,
            asked_for_data: AtomicBool::new(false),
            data_digest: OnceLock::new(),
            trained_by: OnceLock::new(),
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

    /// The folder of the digits. Who asks for it is taken to learn from them: the checkpoints of an experiment that did say
    /// what they are.
    pub fn data(&self) -> PathBuf {
        self.asked_for_data.store(true, Ordering::Relaxed);
        self.folder_of_data()
    }

    fn folder_of_data(&self) -> PathBuf {
        self.options
            .data
            .clone()
            .unwrap_or_else(|| self.chapter.root().join("datasets/mnist"))
    }

    /// What the digits are, wherever they lie, if this experiment has asked for them.
    pub(crate) fn data_digest(&self) -> &str {
        match self.asked_for_data.load(Ordering::Relaxed) {
            true => self
                .data_digest
                .get_or_init(|| datasets::digest(self.folder_of_data())),
            false => "none",
        }
    }

    /// Fingerprint of the code that trains in this chapter.
    ///
    /// # Errors
    /// The source cannot be read.
    pub(crate) fn trained_by(&self) -> Result<&str, FingerprintError> {
        if let Some(known) = self.trained_by.get() {
            return Ok(known);
        }
        let found = self.chapter.trained_by()?;
        Ok(self.trained_by.get_or_init(|| found))
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
            Selection::These(some) => {
                cost != Cost::Asked && some.contains(name)
            }
            Selection::Drawn => false,
        };
        if !wanted {
            self.passed_by.push(name.into());
            return Ok(None);
        }
        if interrupt_requested() {
            return Err(Interrupted::at(name, 0).into());
        }
        let own = self.own_data.as_ref();
        if let Some(why) =
            own.and_then(|own| own.lacks_classes(self.chapter.name, name))
        {
            ensure!(!matches!(self.selection, Selection::Only(_)), why);
            self.say(format!("`{name}` is left out: {why}"));
            self.passed_by.push(name.into());
            return Ok(None);
        }
        self.cost = cost;
        let title = format!("{}, experiment {name}", self.chapter.name);
        running(Some((title.clone(), self.bars.clone())));
        let bar = self.bars.add(ProgressBar::new_spinner());
        bar.set_message(format!("{}: {name}", self.chapter.name));
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        self.asked_for_data.store(false, Ordering::Relaxed);
        let start = Instant::now();
        let before: BTreeSet<_> = self.measured.keys().cloned().collect();
        let value = work(self).context(title);
        running(None);
        let seconds = start.elapsed().as_secs_f64();
        bar.finish_and_clear();
        let value = value?;
        self.say(format!(
            "{:>24}  {name:<32} {seconds:7.1} s",
            self.chapter.name
        ));
        self.experiments.insert(name.into(), round(seconds, 2));
        let made = self.measured.keys().filter(|n| !before.contains(*n));
        let made = made.map(|n| record::one_number(n).to_string());
        self.numbers.insert(name.into(), made.collect());
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

    /// The numbers that were recorded until now.
    pub(crate) fn values(&self) -> BTreeMap<String, f64> {
        let all = self.measured.iter();
        all.map(|(name, m)| (name.clone(), m.value)).collect()
    }

    /// Whether figures are drawn anew from what is committed.
    pub(crate) fn only_draws(&self) -> bool {
        self.selection == Selection::Drawn
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
        checkpoint_in(&self.out(), name)
    }

    /// Where a run of another chapter, of this scale and seed, keeps a checkpoint unless it is told otherwise.
    pub fn checkpoint_of(&self, chapter: &Chapter, name: &str) -> PathBuf {
        let out = chapter.out_of(self.scale(), self.seed());
        checkpoint_in(&out, name)
    }

    pub(crate) fn out(&self) -> PathBuf {
        let Options { out, scale, seed, .. } = &self.options;
        let usual = || self.chapter.out_of(*scale, *seed);
        out.clone().unwrap_or_else(usual)
    }

    /// Whether what is trained now takes so long that it is replaced only if that is asked for.
    pub(crate) fn keeps(&self) -> bool {
        let seconds = match self.scale() {
            Scale::Smoke => true,
            Scale::Page => self.cost == Cost::Seconds,
            Scale::Full => false,
        };
        !seconds && !self.options.fresh
    }

    /// A line for who watches, unless the run is quiet.
    pub fn say(&self, line: String) {
        if !self.options.quiet {
            say_above(&self.bars, &line);
        }
    }
}

pub(crate) fn checkpoint_in(out: &Path, name: &str) -> PathBuf {
    file_in(&out.join("checkpoints"), name)
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
        say(format_args!(
            "{}: what is compared with dfdx runs on {}; trainings stay in plain ndarray, on the processor, unless \
             --room dfdx is given",
            chapter.name, options.device
        ));
    }
    let start = Instant::now();
    let code = chapter.fingerprint()?;
    let own = |given| own_data_of(chapter.name, given);
    let own = options.data.as_deref().map(own).transpose()?;
    let mut options = options;
    if let Some(own) = &own {
        options.data = Some(own.folder.clone());
        if let (Some(said), false) = (&own.said, options.quiet) {
            say(said);
        }
    }
    let mut lab = Lab::new(chapter, options, selection);
    lab.own_data = own.clone();
    let out = lab.out();
    std::fs::create_dir_all(&out).with_context(|| {
        format!(
            "{}: no folder for results; --out DIR names another",
            out.display()
        )
    })?;
    // From inside the pool, its other threads are at hand in no time.
    let ran = rayon::scope(|_| (chapter.run)(&mut lab));
    match own {
        Some(OwnData { given, folder, said: Some(_), .. }) => ran
            .with_context(|| {
                let (given, folder) = (given.display(), folder.display());
                format!("{given}, whose pictures are in {folder}")
            })?,
        _ => ran?,
    }
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
        codes: codes(chapter, &lab.experiments)?,
        numbers: lab.numbers.clone(),
        experiments: lab.experiments.clone(),
        made_with: match lab.room() {
            Room::Plain => BTreeMap::new(),
            Room::Dfdx => [("room".into(), "dfdx".into())].into(),
        },
    };
    let (values, claims) = (lab.values(), lab.claims.clone());
    let results = Results { provenance, claims, values };
    results.save(&out.join("results.json"))?;
    Ok(Report { measured: lab.measured, results, out })
}

/// What each of these experiments depends on.
fn codes(
    chapter: &Chapter,
    experiments: &BTreeMap<String, f64>,
) -> anyhow::Result<BTreeMap<String, String>> {
    let mut parts = chapter.parts()?;
    parts.retain(|name, _| experiments.contains_key(name));
    Ok(parts.into_iter().map(|(name, part)| (name, part.code)).collect())
}

/// For a chapter's test: runs its story twice at smoke scale, expects the same numbers from both (times aside), the same
/// bytes in their checkpoints, and the named figures, and returns the numbers.
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
        let values = measured.into_iter().map(|(name, m)| (name, m.value));
        (values.collect(), checkpoints(&folder.path().join("checkpoints")))
    };
    let (values, kept): (BTreeMap<String, f64>, _) = run();
    let (again, kept_again) = run();
    assert_eq!(values, again, "one seed, one result");
    assert_eq!(kept, kept_again, "one seed, the same bytes");
    values
}

/// The checkpoints in a folder, and a digest of the bytes of each.
fn checkpoints(folder: &Path) -> BTreeMap<PathBuf, String> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let files = files.map(|file| file.path());
    let kept =
        files.filter(|p| p.extension().is_some_and(|e| e == "safetensors"));
    let digest = |path: PathBuf| {
        let bytes = std::fs::read(&path).unwrap_or_default();
        let name = path.file_name().unwrap_or_default().into();
        (name, format!("{:x}", Md5::digest(bytes)))
    };
    kept.map(digest).collect()
}

/// For a chapter's test: runs an experiment at smoke scale with the largest seed there is, into a folder.
///
/// # Panics
/// The run fails.
pub fn largest_seed_run(
    chapter: &'static Chapter,
    experiment: &str,
    out: &Path,
) {
    let options = Options {
        seed: u64::MAX,
        scale: Scale::Smoke,
        quiet: true,
        out: Some(out.into()),
        ..Options::default()
    };
    let only = Selection::Only(experiment.into());
    let report = run_chapter(chapter, options, only);
    report.unwrap_or_else(|e| panic!("{experiment}: {e:#}"));
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
        print(&table(chapter, &report))?;
    }
    Ok(())
}

/// The numbers of a run beside those of the book.
fn table(chapter: &Chapter, report: &Report) -> String {
    let mut text = String::new();
    let committed = Results::load(&chapter.committed());
    // A chapter that is being written has none.
    if let Err(error @ ResultsError::Format { .. }) = &committed {
        text += &format!("{error}\n");
    }
    let committed = committed.ok().filter(|c| {
        let (a, b) = (&c.provenance, &report.results.provenance);
        (a.seed, &a.scale) == (b.seed, &b.scale)
    });
    let mut line = |name: &str, here: &str, book: &str, mark: &str| {
        text += &format!("{name:<48} {here:>16} {book:>16}{mark}\n");
    };
    line("", "here", "in the book", "");
    for (name, measured) in &report.measured {
        let book = committed.as_ref().and_then(|c| c.values.get(name));
        let differs =
            book.is_some_and(|b| !measured.within.agrees(measured.value, *b));
        let book = book.map_or("-".into(), |b| number(*b));
        let mark = if differs { "  differs" } else { "" };
        line(name, &number(measured.value), &book, mark);
    }
    text + &format!("\nfigures and numbers: {}\n", report.out.display())
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
    fn what_needs_classes_is_refused_or_left_out_where_there_are_none() {
        static JUDGED: Chapter = Chapter {
            name: "gan",
            run: |lab| {
                lab.experiment("digits", Cost::Seconds, |lab| {
                    lab.result("judged", 1.0, Within::Exactly)
                })?;
                lab.experiment("first steps", Cost::Seconds, |lab| {
                    lab.result("others", 1.0, Within::Exactly)
                })?;
                Ok(())
            },
            ..CHAPTER
        };
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        std::fs::create_dir(at("own")).unwrap();
        for n in 0..7_u8 {
            let images = ndarray::Array4::from_elem((1, 9, 9, 3), 9 * n);
            let (labels, classes) = (vec![0].into(), vec!["".into()]);
            let one = datasets::PictureSet { images, labels, classes };
            one.save_png(0, &at("own").join(format!("{n}.png"))).unwrap();
        }
        let run = |selection| {
            let options = Options {
                out: Some(at("out")),
                data: Some(at("own")),
                quiet: true,
                ..Options::default()
            };
            run_chapter(&JUDGED, options, selection)
        };
        let report = run(Selection::All).unwrap();
        assert!(report.measured.into_keys().eq(["others".to_string()]));
        let said = run(Selection::Only("digits".into())).unwrap_err();
        let said = format!("{said:#}");
        let whose = format!("{}, whose pictures are", at("own").display());
        assert!(said.starts_with(&whose), "{said}");
        assert!(said.ends_with("apart, found 1"), "{said}");
    }

    #[test]
    fn each_scale_and_seed_has_a_folder_of_its_own() {
        let name = |scale, seed| {
            let out = CHAPTER.out_of(scale, seed);
            out.file_name().unwrap().to_str().unwrap().to_string()
        };
        assert_eq!(CHAPTER.out(), CHAPTER.out_of(Scale::Page, 1));
        assert_eq!(name(Scale::Page, 1), "lab");
        assert_eq!(name(Scale::Smoke, 1), "lab-smoke");
        assert_eq!(
            name(Scale::Page, u64::MAX),
            format!("lab-seed-{}", u64::MAX)
        );
        assert_eq!(name(Scale::Full, 2), "lab-full-seed-2");
        let options = Options { seed: 2, ..Options::default() };
        let lab = Lab::new(&CHAPTER, options, Selection::All);
        assert_eq!(lab.out(), CHAPTER.out_of(Scale::Page, 2));
        let other = lab.checkpoint_of(&CHAPTER, "judge");
        assert_eq!(other, lab.checkpoint_path("judge"));
    }

    #[test]
    fn the_later_of_two_opposite_flags_counts() {
        let parse = |flags: &[&str]| {
            let words = ["lab"].iter().chain(flags);
            let options = Cli::try_parse_from(words).unwrap().options;
            (options.resume, options.fresh)
        };
        assert_eq!(parse(&["--fresh", "--resume"]), (true, false));
        assert_eq!(parse(&["--resume", "--fresh"]), (false, true));
    }

    #[test]
    fn a_folder_that_cannot_be_is_said_before_anything_runs() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let out = Some(file.path().into());
        let options = Options { out, quiet: true, ..Options::default() };
        let all = Selection::All;
        let said = run_chapter(&CHAPTER, options, all).unwrap_err();
        let said = format!("{said:#}");
        assert!(said.contains("--out DIR names another"), "{said}");
        assert!(said.contains(file.path().to_str().unwrap()), "{said}");
    }

    #[test]
    fn damaged_results_are_named_beside_the_numbers() {
        let root = tempfile::tempdir().unwrap();
        let committed = root.path().join("book/pages/results/odd.json");
        std::fs::create_dir_all(committed.parent().unwrap()).unwrap();
        std::fs::create_dir_all(root.path().join("chapters/odd")).unwrap();
        std::fs::write(&committed, "{").unwrap();
        let dir = root.path().join("chapters/odd");
        let dir = dir.to_str().unwrap().to_string().leak();
        let chapter = Chapter { name: "odd", dir, ..CHAPTER };
        let report = run("", Selection::All).unwrap();
        let said = table(&chapter, &report);
        assert!(said.contains("odd.json: expected"), "{said}");
        assert!(said.contains("one "), "{said}");
    }
}
