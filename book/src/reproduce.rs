//! Running the chapters, and comparing what they give here with what the book says.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use lab::{
    Chapter, Comparison, Options, Report, Results, Selection, run_chapter,
};
use serde::{Deserialize, Serialize};

/// Every chapter, in the order of the table of contents.
pub static CHAPTERS: [&Chapter; 9] = [
    &gradients::CHAPTER,
    &minimax_loss::CHAPTER,
    &discriminator_training::CHAPTER,
    &gan::CHAPTER,
    &codebook_lookup::CHAPTER,
    &straight_through::CHAPTER,
    &commitment_loss::CHAPTER,
    &vq_vae::CHAPTER,
    &code_prior::CHAPTER,
];

/// What is remembered of a reproduction, so that a second run only renders.
#[derive(Serialize, Deserialize)]
struct Memory {
    code: String,
    committed: Results,
    comparison: Comparison,
}

/// Runs a chapter's quick experiments and compares their numbers with the committed ones; or remembers that it did,
/// when neither the code nor the committed numbers have changed since.
///
/// # Errors
/// There are no committed results, an experiment failed, or a file cannot be read or written.
pub fn reproduce(
    chapter: &'static Chapter,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let committed = Results::load(&chapter.committed()).with_context(|| {
        let name = chapter.name;
        format!("{name} has no results yet; `cargo run -- --fresh --only {name}` makes them")
    })?;
    let code = chapter.fingerprint()?;
    let remembered = fs::read_to_string(memory_path(chapter)).ok();
    let remembered = remembered
        .and_then(|text| serde_json::from_str::<Memory>(&text).ok());
    if let Some(memory) =
        remembered.filter(|m| m.code == code && m.committed == committed)
    {
        return Ok(quoting_runs(chapter, memory.comparison));
    }
    let options =
        Options { seed: committed.provenance.seed, ..options.clone() };
    let report = run_chapter(chapter, options, Selection::Quick)?;
    let comparison = remember(chapter, &report, committed)?;
    Ok(quoting_runs(chapter, comparison))
}

/// The numbers of runs that had to be asked for are quoted as well.
fn quoting_runs(chapter: &Chapter, mut comparison: Comparison) -> Comparison {
    for (_, path) in chapter.committed_runs() {
        let count = Results::load(&path).map_or(0, |r| r.values.len());
        comparison.quoted += count;
    }
    comparison
}

/// Runs all experiments of a chapter, and writes what they give, results and figures, beside the book's pages.
///
/// # Errors
/// An experiment failed, or a file cannot be read or written.
pub fn refresh(
    chapter: &'static Chapter,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let drawn = chapter.out().join("figures");
    if drawn.exists() {
        fs::remove_dir_all(&drawn)
            .with_context(|| drawn.display().to_string())?;
    }
    let report = run_chapter(chapter, options.clone(), Selection::All)?;
    let figures =
        chapter.root().join("book/pages/figures").join(chapter.name);
    replace_folder(&drawn, &figures)?;
    report.results.save(&chapter.committed())?;
    remember(chapter, &report, Results::load(&chapter.committed())?)
}

/// Runs one experiment that has to be asked for, and writes what it gives into files of its own:
/// `results/CHAPTER.EXPERIMENT.json`, `figures/CHAPTER.EXPERIMENT/`.
///
/// # Errors
/// There is no such experiment, it failed, or a file cannot be read or written.
pub fn refresh_one(
    chapter: &'static Chapter,
    experiment: &str,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let name = format!("{}.{experiment}", chapter.name);
    let drawn = chapter.out().join("figures");
    if drawn.exists() {
        fs::remove_dir_all(&drawn)
            .with_context(|| drawn.display().to_string())?;
    }
    let only = Selection::Only(experiment.into());
    let report = run_chapter(chapter, options.clone(), only)?;
    ensure!(
        !report.measured.is_empty(),
        "{} has no experiment `{experiment}`",
        chapter.name
    );
    let pages = chapter.root().join("book/pages");
    if drawn.exists() {
        replace_folder(&drawn, &pages.join("figures").join(&name))?;
    }
    let committed = pages.join(format!("results/{name}.json"));
    report.results.save(&committed)?;
    Ok(Comparison::new(&report.measured, &Results::load(&committed)?))
}

/// Compares, and keeps the comparison for the next time.
fn remember(
    chapter: &Chapter,
    report: &Report,
    committed: Results,
) -> anyhow::Result<Comparison> {
    let comparison = Comparison::new(&report.measured, &committed);
    let code = report.results.provenance.code.clone();
    let memory = Memory { code, committed, comparison };
    let path = memory_path(chapter);
    fs::write(&path, serde_json::to_string(&memory)?)
        .with_context(|| path.display().to_string())?;
    Ok(memory.comparison)
}

fn memory_path(chapter: &Chapter) -> PathBuf {
    chapter.out().join("reproduced.json")
}

fn replace_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    let new = to.with_extension("new");
    if new.exists() {
        fs::remove_dir_all(&new)
            .with_context(|| new.display().to_string())?;
    }
    fs::create_dir_all(&new).with_context(|| new.display().to_string())?;
    for entry in
        fs::read_dir(from).with_context(|| from.display().to_string())?
    {
        let path = entry?.path();
        fs::copy(&path, new.join(path.file_name().unwrap_or_default()))
            .with_context(|| path.display().to_string())?;
    }
    if to.exists() {
        fs::remove_dir_all(to).with_context(|| to.display().to_string())?;
    }
    fs::rename(&new, to).with_context(|| to.display().to_string())
}
