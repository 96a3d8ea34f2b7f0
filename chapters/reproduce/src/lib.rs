//! Running the chapters, and comparing what they give here with what the book says.

mod models;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use book::memory::{self, Key};
use lab::{Chapter, Comparison, Options, Results, Selection, run_chapter};
use record::Entry;

pub use models::{MODELS, Model, commit_models};

/// Every chapter, in the order of the table of contents.
pub static CHAPTERS: [&Chapter; 12] = [
    &gradients::CHAPTER,
    &minimax_loss::CHAPTER,
    &discriminator_training::CHAPTER,
    &gan::CHAPTER,
    &stability::CHAPTER,
    &codebook_lookup::CHAPTER,
    &straight_through::CHAPTER,
    &commitment_loss::CHAPTER,
    &vq_vae::CHAPTER,
    &code_prior::CHAPTER,
    &vq_gan::CHAPTER,
    &uses::CHAPTER,
];

/// Runs a chapter's quick experiments and compares their numbers with the committed ones; or remembers that it did,
/// when nothing has changed since.
///
/// # Errors
/// There are no committed results, an experiment failed, or a file cannot be read or written.
pub fn reproduce(
    chapter: &'static Chapter,
    entry: &Entry,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let (root, target) = (chapter.root(), record::target());
    let key = Key::now(&root, entry, &options.device.to_string())?;
    if let Some(comparison) = memory::recall(&root, &target, entry, &key) {
        return Ok(comparison);
    }
    let seed = memory::committed(&root, entry)?.provenance.seed;
    let options = Options { seed, ..options.clone() };
    let report = run_chapter(chapter, options, Selection::Quick)?;
    memory::remember(&root, &target, entry, key, &report.measured)
}

/// Runs all experiments of a chapter, and writes what they give, results, figures and models, beside the book's pages.
///
/// # Errors
/// An experiment failed, or a file cannot be read or written.
pub fn refresh(
    chapter: &'static Chapter,
    entry: &Entry,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let (root, target) = (chapter.root(), record::target());
    let [drawn, tables] =
        ["figures", "tables"].map(|name| chapter.out().join(name));
    remove_folder(&drawn)?;
    remove_folder(&tables)?;
    let key = Key::now(&root, entry, &options.device.to_string())?;
    let report = run_chapter(chapter, options.clone(), Selection::All)?;
    let pages = root.join("book/pages");
    replace_folder(&drawn, &pages.join("figures").join(chapter.name))?;
    if tables.exists() {
        replace_folder(&tables, &pages.join("tables").join(chapter.name))?;
    }
    report.results.save(&chapter.committed())?;
    commit_models(chapter)?;
    memory::remember(&root, &target, entry, key, &report.measured)
}

/// Runs those experiments of a chapter of which other code made the committed numbers, or one of them, puts what they give in
/// the place of these, and states the chapter's claims anew once none is left.
///
/// # Errors
/// An experiment failed, or a file cannot be read or written.
pub fn refresh_stale(
    chapter: &'static Chapter,
    one: Option<&str>,
    options: &Options,
) -> anyhow::Result<Comparison> {
    let mut stale = stale(chapter)?;
    stale.retain(|name| one.is_none_or(|one| one == name));
    let mut committed = committed(chapter)?;
    if stale.is_empty() {
        return Ok(Comparison::new(&BTreeMap::new(), &committed));
    }
    let from = &mut committed.provenance;
    let (seed, scale) = (options.seed, options.scale.to_string());
    ensure!(
        committed.values.is_empty()
            || (from.seed, &from.scale) == (seed, &scale),
        "the committed results of {} are of seed {} and {} scale",
        chapter.name,
        from.seed,
        from.scale
    );
    (from.seed, from.scale) = (seed, scale);
    from.device = options.device.to_string();
    let [drawn, tables] =
        ["figures", "tables"].map(|name| chapter.out().join(name));
    remove_folder(&drawn)?;
    remove_folder(&tables)?;
    let these = Selection::These(stale);
    let report = run_chapter(chapter, options.clone(), these)?;
    committed.take(report.results);
    let now = chapter.parts()?;
    let from = &mut committed.provenance;
    from.experiments.retain(|name, _| now.contains_key(name));
    from.codes.retain(|name, _| now.contains_key(name));
    from.numbers.retain(|name, _| now.contains_key(name));
    committed.save(&chapter.committed())?;
    let pages = chapter.root().join("book/pages");
    for (from, to) in [(&drawn, "figures"), (&tables, "tables")] {
        if from.exists() {
            copy_files(from, &pages.join(to).join(chapter.name))?;
        }
    }
    if self::stale(chapter)?.is_empty() {
        redraw(chapter)?;
    }
    Ok(Comparison::new(&report.measured, &committed))
}

/// The experiments of a chapter, asked-for ones aside, of which other code made the committed numbers.
///
/// # Errors
/// A file cannot be read.
pub fn stale(chapter: &Chapter) -> anyhow::Result<BTreeSet<String>> {
    let codes = committed(chapter)?.provenance.codes;
    let mut parts = chapter.parts()?;
    parts.retain(|name, part| {
        !part.asked && codes.get(name) != Some(&part.code)
    });
    Ok(parts.into_keys().collect())
}

/// A chapter's committed results; none, before there are any.
fn committed(chapter: &Chapter) -> anyhow::Result<Results> {
    match chapter.committed().exists() {
        true => Ok(Results::load(&chapter.committed())?),
        false => Ok(Results::default()),
    }
}

/// Draws a chapter's figures anew from its committed tables, and states its claims; nothing is run.
///
/// # Errors
/// There are no committed results, a table lacks what a figure needs, or a file cannot be read or written.
pub fn redraw(chapter: &'static Chapter) -> anyhow::Result<()> {
    let folder = chapter.out().join("drawn");
    remove_folder(&folder)?;
    let mut committed = Results::load(&chapter.committed())?;
    let options = Options {
        out: Some(folder.clone()),
        quiet: true,
        ..Options::default()
    };
    let report = run_chapter(chapter, options, Selection::Drawn)?;
    let figures =
        chapter.root().join("book/pages/figures").join(chapter.name);
    if folder.join("figures").exists() {
        copy_files(&folder.join("figures"), &figures)?;
    }
    committed.claims = report.results.claims;
    Ok(committed.save(&chapter.committed())?)
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
    remove_folder(&drawn)?;
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

fn remove_folder(path: &Path) -> anyhow::Result<()> {
    if path.exists() {
        fs::remove_dir_all(path)
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}

fn replace_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    let new = to.with_extension("new");
    remove_folder(&new)?;
    copy_files(from, &new)?;
    remove_folder(to)?;
    fs::rename(&new, to).with_context(|| to.display().to_string())
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).with_context(|| to.display().to_string())?;
    for entry in
        fs::read_dir(from).with_context(|| from.display().to_string())?
    {
        let path = entry?.path();
        fs::copy(&path, to.join(path.file_name().unwrap_or_default()))
            .with_context(|| path.display().to_string())?;
    }
    Ok(())
}
