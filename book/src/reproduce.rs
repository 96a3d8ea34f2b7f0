//! Running the chapters, and comparing what they give here with what the book says.

use std::fs;
use std::path::Path;

use anyhow::Context;
use lab::{Chapter, Comparison, Options, Results, Selection, run_chapter};
use serde::{Deserialize, Serialize};

/// Every chapter, in the order of the table of contents.
pub static CHAPTERS: [&Chapter; 3] = [
    &gradients::CHAPTER,
    &minimax_loss::CHAPTER,
    &discriminator_training::CHAPTER,
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
    let path = chapter.out().join("reproduced.json");
    let remembered = fs::read_to_string(&path).ok();
    let remembered = remembered
        .and_then(|text| serde_json::from_str::<Memory>(&text).ok());
    if let Some(memory) =
        remembered.filter(|m| m.code == code && m.committed == committed)
    {
        return Ok(memory.comparison);
    }
    let options =
        Options { seed: committed.provenance.seed, ..options.clone() };
    let report = run_chapter(chapter, options, Selection::Quick)?;
    let comparison = Comparison::new(&report.measured, &committed);
    let memory = Memory { code, committed, comparison };
    fs::write(&path, serde_json::to_string(&memory)?)
        .with_context(|| path.display().to_string())?;
    Ok(memory.comparison)
}

/// Runs all experiments of a chapter, and commits what they give to the book's pages: results and figures.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn refresh(
    chapter: &'static Chapter,
    options: &Options,
) -> anyhow::Result<()> {
    let report = run_chapter(chapter, options.clone(), Selection::All)?;
    let figures =
        chapter.root().join("book/pages/figures").join(chapter.name);
    replace_folder(&report.out.join("figures"), &figures)?;
    report.results.save(&chapter.committed())?;
    Ok(())
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
