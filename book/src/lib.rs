//! Renders the book: Markdown pages in, a folder of HTML out that works from `file://` without a network.
//!
//! A page may contain math, `{{#…}}` directives and nothing that is merely asserted: listings are cut out of source
//! files, numbers and figures come from the chapters' committed results, and a numbered equation opens its test.
//! [`render`] refuses a book in which any of these is missing, and lists everything that it found.

mod directives;
mod equations;
mod error;
mod expand;
mod figures;
mod html;
pub mod inspect;
mod listings;
mod log;
pub mod math;
pub mod reproduce;
mod results;
mod scan;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;

pub use directives::Number;
pub use error::{BookError, Mistake, Wrong};

/// A chapter that pages can quote, or a page whose results come from something else than a chapter.
#[derive(Clone, Debug, PartialEq)]
pub struct ChapterRef {
    /// The crate's name, `minimax-loss`, and that of its results and figures.
    pub name: String,
    /// The chapter's number in the table of contents.
    pub number: Option<u32>,
    /// The crate's folder, `chapters/01-minimax-loss`, relative to the root.
    pub dir: PathBuf,
    /// Its page, `01-minimax-loss.md`.
    pub page: PathBuf,
    /// The command that makes its results.
    pub made_by: String,
}

/// The chapters of this workbook, and what was timed beside them, for [`render`].
pub fn chapters() -> Vec<ChapterRef> {
    let chapter = |c: &&lab::Chapter| {
        let dir = PathBuf::from(c.dir);
        let page = dir.with_extension("md");
        ChapterRef {
            name: c.name.into(),
            number: Some(c.number),
            page: page.file_name().unwrap_or_default().into(),
            dir,
            made_by: format!("cargo run -- --fresh --only {}", c.name),
        }
    };
    let timing = |(name, page, script): (&str, &str, &str)| ChapterRef {
        name: name.into(),
        number: None,
        dir: "tests".into(),
        page: page.into(),
        made_by: format!("python3 tests/peers/{script}"),
    };
    let timings = [
        ("speed", "how-fast.md", "compare.py"),
        ("reader", "waiting.md", "reader.py"),
    ];
    let run = |chapter: &&lab::Chapter, run: String| ChapterRef {
        name: format!("{}.{run}", chapter.name),
        number: None,
        dir: chapter.dir.into(),
        page: PathBuf::new(),
        made_by: format!(
            "cargo run -- --fresh --only {} --experiment {run}",
            chapter.name
        ),
    };
    let runs = reproduce::CHAPTERS.iter().flat_map(|chapter| {
        let runs = chapter.committed_runs().into_iter();
        runs.map(move |(name, _)| run(chapter, name))
    });
    // Timed where there was a GPU, once.
    let results = reproduce::CHAPTERS[0].root().join("book/pages/results");
    let on_gpu = ("speed.cuda", "", "../gpu/merge.py");
    let on_gpu =
        results.join("speed.cuda.json").exists().then(|| timing(on_gpu));
    let timings = timings.map(timing).into_iter().chain(on_gpu);
    let chapters = reproduce::CHAPTERS.iter().map(chapter);
    chapters.chain(runs).chain(timings).collect()
}

/// A numbered equation of the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// Its number.
    pub number: Number,
    /// The page it stands on, relative to the folder of pages.
    pub page: PathBuf,
    /// The names of its tests.
    pub tests: Vec<String>,
}

/// A rendered book.
#[derive(Debug)]
pub struct Rendered {
    /// The front page.
    pub index: PathBuf,
    /// What mdBook warned of; a book without faults has none.
    pub warnings: Vec<String>,
    /// The numbered equations, in order.
    pub equations: Vec<Equation>,
    /// Chapter and name of every number that a page shows.
    pub quoted: BTreeSet<(String, String)>,
    /// Chapter and name of every figure that a page shows.
    pub figures: BTreeSet<(String, String)>,
}

/// Renders the book of the repository at `root` into the folder `dest`, which is replaced as a whole.
///
/// # Errors
/// A page contains a mistake (all of them are listed), mdBook refuses the book, or a file cannot be read or written;
/// `dest` is then as it was.
pub fn render(
    root: &Path,
    chapters: &[ChapterRef],
    dest: &Path,
) -> Result<Rendered, BookError> {
    let dest = std::path::absolute(dest).map_err(BookError::io(dest))?;
    let parent = dest.parent().unwrap_or(&dest);
    fs::create_dir_all(parent).map_err(BookError::io(parent))?;
    let work = tempfile::Builder::new()
        .prefix(".book-")
        .tempdir_in(parent)
        .map_err(BookError::io(parent))?;
    let new = work.path().join("book");

    let (expanded, warnings) =
        log::warnings_of(|| build(root, chapters, &new));
    let expanded = expanded?;
    finish(&new, &expanded.fragments)?;

    if dest.exists() {
        let old = work.path().join("old");
        fs::rename(&dest, old).map_err(BookError::io(&dest))?;
    }
    fs::rename(&new, &dest).map_err(BookError::io(&dest))?;
    Ok(Rendered {
        index: dest.join("index.html"),
        warnings,
        equations: expanded.equations,
        quoted: expanded.quoted,
        figures: expanded.figures,
    })
}

/// Loads, expands and renders with mdBook.
fn build(
    root: &Path,
    chapters: &[ChapterRef],
    dest: &Path,
) -> Result<expand::Expanded, BookError> {
    let refused =
        |e: mdbook_driver::errors::Error| BookError::MdBook(format!("{e:#}"));
    let folder = root.join("book");
    let mut config =
        Config::from_disk(folder.join("book.toml")).map_err(refused)?;
    config.build.build_dir = dest.into();
    let mut book =
        MDBook::load_with_config(&folder, config).map_err(refused)?;

    let sources: Vec<_> = book
        .book
        .chapters()
        .filter_map(|chapter| {
            Some(expand::Source {
                path: chapter.path.clone()?,
                title: chapter.name.clone(),
                text: chapter.content.clone(),
            })
        })
        .collect();
    let mut expanded =
        expand::expand(root, chapters, &sources).map_err(BookError::Pages)?;
    let mut pages = std::mem::take(&mut expanded.pages).into_iter();
    book.book.for_each_chapter_mut(|chapter| {
        if chapter.path.is_some() {
            chapter.content = pages.next().unwrap_or_default();
        }
    });
    book.build().map_err(refused)?;
    Ok(expanded)
}

/// Puts the fragments into the rendered pages and the fonts beside them.
fn finish(dest: &Path, fragments: &[String]) -> Result<(), BookError> {
    let mut left_over = Vec::new();
    for file in inspect::files(dest).map_err(BookError::io(dest))? {
        if file.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let page = fs::read_to_string(&file).map_err(BookError::io(&file))?;
        let page = expand::fill(&page, fragments);
        if let Some(context) = inspect::left_over(&page) {
            left_over.push(Mistake {
                file: file.strip_prefix(dest).unwrap_or(&file).into(),
                line: None,
                wrong: Wrong::LeftOver { context },
            });
        }
        fs::write(&file, page).map_err(BookError::io(&file))?;
    }
    if !left_over.is_empty() {
        return Err(BookError::Pages(left_over));
    }
    let folder = dest.join("math");
    fs::create_dir_all(&folder).map_err(BookError::io(&folder))?;
    for (name, bytes) in math::files(fragments) {
        let file = folder.join(name);
        fs::write(&file, bytes).map_err(BookError::io(&file))?;
    }
    Ok(())
}
