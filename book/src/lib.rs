//! Renders the book: Markdown pages in, a folder of HTML out that works from `file://` without a network.
//!
//! A page may contain math, `{{#…}}` directives and nothing that is merely asserted: listings are cut out of source
//! files, numbers and figures come from the chapters' committed results, and a numbered equation opens its test.
//! [`render`] refuses a book in which any of these is missing, and lists everything that it found.

mod claims;
mod directives;
mod equations;
mod error;
mod expand;
mod figures;
mod greek;
mod html;
pub mod inspect;
mod listings;
mod live;
mod log;
pub mod math;
pub mod memory;
mod page;
pub mod reading;
mod results;
mod say;
mod scan;
pub mod search;
pub mod sentences;
mod slips;
mod tally;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use mdbook_driver::config::Config;
use record::{Entry, FingerprintError};

pub use directives::Number;
pub use error::{BookError, Mistake, Wrong};
pub use say::{Choice, Said, index, render_and_say};

/// A chapter that pages can quote, or a page whose results come from something else than a chapter.
#[derive(Clone, Debug, PartialEq)]
pub struct ChapterRef {
    /// The crate's name, `minimax-loss`, and that of its results and figures.
    pub name: String,
    /// The chapter's number in the table of contents.
    pub number: Option<u32>,
    /// The crate's folder, `chapters/01-minimax-loss`, relative to the root.
    pub dir: PathBuf,
    /// Its page, `01-minimax-loss.md`; it may go on in others, such as
    /// `01-minimax-loss-again.md`.
    pub page: PathBuf,
    /// The command that makes its results.
    pub made_by: String,
}

impl ChapterRef {
    /// Whether this page is one of the chapter's.
    pub(crate) fn owns(&self, page: &Path) -> bool {
        let stems = self.page.file_stem().zip(page.file_stem());
        let more = stems.and_then(|(own, page)| {
            page.to_str()?.strip_prefix(own.to_str()?)
        });
        page.parent() == self.page.parent()
            && more.is_some_and(|m| m.is_empty() || m.starts_with('-'))
    }
}

/// The chapters of the workbook at `root`, and what was timed beside them, for [`render`].
///
/// # Errors
/// The chapters' manifests cannot be read.
pub fn chapters(root: &Path) -> Result<Vec<ChapterRef>, FingerprintError> {
    let entries = record::entries(root)?;
    let fresh = |name: &str| format!("cargo run -- --fresh --only {name}");
    let chapter = |entry: &Entry| ChapterRef {
        name: entry.name.clone(),
        number: Some(entry.number),
        page: page_of(entry),
        dir: entry.folder.clone(),
        made_by: fresh(&entry.name),
    };
    let run = |entry: &Entry, run: &str| ChapterRef {
        name: format!("{}.{run}", entry.name),
        number: None,
        dir: entry.folder.clone(),
        page: PathBuf::new(),
        made_by: format!("{} --experiment {run}", fresh(&entry.name)),
    };
    let runs = entries.iter().flat_map(|entry| {
        let runs = record::committed_runs(root, &entry.name).into_iter();
        runs.map(move |(name, _)| run(entry, &name))
    });
    let timing = |(name, page, made_by): (&str, &str, &str)| ChapterRef {
        name: name.into(),
        number: None,
        dir: "tests".into(),
        page: page.into(),
        made_by: made_by.into(),
    };
    let timings = [
        ("speed", "how-fast.md", "python3 tests/peers/compare.py"),
        ("reader", "waiting.md", "python3 tests/peers/reader.py"),
        ("fuzz", "testing.md", "cargo run -p workbook-fuzz -- --write"),
        (
            "live",
            "live.md",
            "cargo test -p live --test pages -- --ignored measured",
        ),
    ];
    // Timed where there was a GPU, once.
    let on_gpu = root.join("book/pages/results/speed.cuda.json").exists();
    let merge = "python3 tests/gpu/merge.py";
    let on_gpu = on_gpu.then_some(("speed.cuda", "", merge));
    let timings = timings.into_iter().chain(on_gpu).map(timing);
    let chapters = entries.iter().map(chapter);
    Ok(chapters.chain(runs).chain(timings).collect())
}

/// `01-minimax-loss.md` of `chapters/01-minimax-loss`.
fn page_of(entry: &Entry) -> PathBuf {
    let page = entry.folder.with_extension("md");
    page.file_name().unwrap_or_default().into()
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
    /// Chapter and name of every claim that a sentence rests on.
    pub claims: BTreeSet<(String, String)>,
}

/// How the folder begins in which a book is made, until it takes the place of the old one.
const WORK: &str = ".book-";

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
    let _lock = alone_in(parent)?;
    let work = tempfile::Builder::new()
        .prefix(WORK)
        .tempdir_in(parent)
        .map_err(BookError::io(parent))?;
    let new = work.path().join("book");

    let (expanded, warnings) =
        log::warnings_of(|| build(root, chapters, &new));
    let expanded = expanded?;
    if finish(&new, &expanded.fragments)? {
        live::finish(root, &new)?;
    }

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
        claims: expanded.claims,
    })
}

/// What mdBook gets of a page that is a whole book, with the fragments in their places.
///
/// # Errors
/// All that is wrong with it.
pub fn expand_page(
    root: &Path,
    chapters: &[ChapterRef],
    path: &Path,
    text: &str,
) -> Result<String, Vec<Mistake>> {
    let source = expand::Source {
        path: path.into(),
        title: String::new(),
        text: text.into(),
    };
    let expanded = expand::expand(root, chapters, &[source])?;
    Ok(expand::fill(&expanded.pages.concat(), &expanded.fragments))
}

/// Waits until no other program renders into this folder, and removes what those that were killed have left there. A file
/// system that has no locks has to be swept by hand.
fn alone_in(parent: &Path) -> Result<File, BookError> {
    let path = parent.join(".book.lock");
    let lock = File::create(&path).map_err(BookError::io(&path))?;
    if lock.lock().is_ok() {
        let entries = fs::read_dir(parent).map_err(BookError::io(parent))?;
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(WORK) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
    Ok(lock)
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

/// Removes what mdBook has copied and no page refers to: numbers, and drawings, which stand in the pages themselves.
fn remove_what_is_in_the_pages(dest: &Path) -> Result<(), BookError> {
    for name in ["results", "tables"] {
        let folder = dest.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(BookError::io(&folder))?;
        }
    }
    let figures = dest.join("figures");
    for file in live::files(&figures)? {
        if file.extension().is_some_and(|extension| extension == "svg") {
            fs::remove_file(&file).map_err(BookError::io(&file))?;
        }
    }
    Ok(())
}

/// Puts the fragments into the rendered pages and the fonts beside them; whether there is something to play with.
fn finish(dest: &Path, fragments: &[String]) -> Result<bool, BookError> {
    let (mut left_over, mut is_live) = (Vec::new(), false);
    for file in inspect::files(dest).map_err(BookError::io(dest))? {
        if file.extension().is_none_or(|extension| extension != "html") {
            continue;
        }
        let page = fs::read_to_string(&file).map_err(BookError::io(&file))?;
        let page = page::finished(&expand::fill(&page, fragments));
        is_live |= page.contains(live::MARK);
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
    remove_what_is_in_the_pages(dest)?;
    let folder = dest.join("math");
    fs::create_dir_all(&folder).map_err(BookError::io(&folder))?;
    for (name, bytes) in math::files(fragments) {
        let file = folder.join(name);
        fs::write(&file, bytes).map_err(BookError::io(&file))?;
    }
    Ok(is_live)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_behind_a_formula_stays() {
        let root = record::root();
        let text = "The sum of $x$π, and ($\\beta$β).";
        let page = expand_page(&root, &[], Path::new("page.md"), text);
        let page = page.unwrap();
        assert_eq!(page.matches('π').count(), 1, "{page}");
        assert!(page.contains('β'), "{page}");
    }
}
