//! Reads damaged input by the million.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Parser;
use lab::Results;
use workbook_fuzz::{Count, Target, input, run};

/// Damages valid files and pages, and reads them: a reader may refuse, and nothing else. Goes on from the inputs that the
/// committed results count.
#[derive(Parser)]
struct Cli {
    /// What reads; all of them if none is named
    targets: Vec<Target>,
    /// Inputs of each
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,
    /// Seconds for each, even if not all inputs are read by then
    #[arg(long)]
    seconds: Option<f64>,
    /// The first input's number, in place of the next one
    #[arg(long)]
    from: Option<u64>,
    /// Write this input into a file and stop
    #[arg(long, requires = "from")]
    show: Option<PathBuf>,
    /// Add the inputs to the committed results
    #[arg(long)]
    write: bool,
}

fn main() -> ExitCode {
    lab::exit_code(work(&Cli::parse()))
}

fn work(cli: &Cli) -> anyhow::Result<()> {
    let targets =
        if cli.targets.is_empty() { &Target::ALL[..] } else { &cli.targets };
    if let (Some(path), Some(n)) = (&cli.show, cli.from) {
        let bytes = input(&*targets[0].reader()?, targets[0], n);
        return std::fs::write(path, bytes)
            .with_context(|| path.display().to_string());
    }
    targets.iter().try_for_each(|target| of(cli, *target))
}

fn of(cli: &Cli, target: Target) -> anyhow::Result<()> {
    let (start, first) = (Instant::now(), cli.from.unwrap_or(done(target)?));
    let end = cli.seconds.map(|s| start + Duration::from_secs_f64(s));
    let count = run(target, first..first.saturating_add(cli.inputs), end)?;
    let Count { inputs, accepted, slowest } = count;
    lab::say(format_args!(
        "{target}: {inputs} inputs from {first}, {accepted} accepted, the slowest in {:.1} ms, {:.0} s",
        1e3 * slowest.as_secs_f64(),
        start.elapsed().as_secs_f64(),
    ));
    if cli.write { add(target, count, start.elapsed()) } else { Ok(()) }
}

fn root() -> PathBuf {
    lab::folder(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn committed() -> PathBuf {
    root().join("book/pages/results/fuzz.json")
}

fn results() -> anyhow::Result<Results> {
    let path = committed();
    Ok(if path.exists() { Results::load(&path)? } else { Results::default() })
}

/// Inputs of a target that the committed results count.
fn done(target: Target) -> anyhow::Result<u64> {
    let count = results()?.values.get(&format!("{target}_inputs")).copied();
    Ok(count.unwrap_or(0.0) as u64)
}

fn add(target: Target, count: Count, time: Duration) -> anyhow::Result<()> {
    let mut results = results()?;
    let mut add = |name: String, n: u64| {
        *results.values.entry(name).or_default() += n as f64
    };
    add("inputs".into(), count.inputs);
    add(format!("{target}_inputs"), count.inputs);
    add(format!("{target}_accepted"), count.accepted);
    let readers = ["03-gan", "08-vq-vae", "09-code-prior", "lab"]
        .map(|name| format!("chapters/{name}/src"));
    let readers = readers
        .iter()
        .map(String::as_str)
        .chain(["book/src", "datasets/src"]);
    let readers: Vec<PathBuf> =
        readers.map(|folder| root().join(folder)).collect();
    let provenance = &mut results.provenance;
    (provenance.scale, provenance.device) = ("page".into(), "cpu".into());
    provenance.seconds += time.as_secs_f64().round();
    provenance.code = lab::fingerprint(&[], &readers)?;
    Ok(results.save(&committed())?)
}
