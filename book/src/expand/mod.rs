//! Turns the directives and the math of all pages into Markdown and HTML that mdBook understands.
//!
//! Markup that Markdown would damage (formulas, figures, the listings of tests) is kept aside as a *fragment*: the
//! page gets an empty element that mdBook carries through, and [`fill`] puts the fragment in its place afterwards.

mod blocks;
mod collect;
mod inline;
mod ledger;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mdbook_markdown::pulldown_cmark::Event;
use record::{Provenance, Results};

use crate::claims::Experiments;
use crate::directives::{Directive, Number};
use crate::equations::{EquationTest, tests_in};
use crate::error::{Mistake, Wrong};
use crate::figures::{self, Figure};
use crate::reading::Reading;
use crate::results::Format;
use crate::scan::{self, Kind, Piece};
use crate::{
    ChapterRef, Equation, claims, greek, html, listings, live, math, slips,
    tally,
};

/// A page as mdBook loaded it.
pub(crate) struct Source {
    /// Relative to the folder of pages.
    pub(crate) path: PathBuf,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// What came of the pages.
pub(crate) struct Expanded {
    /// The pages' Markdown, in the order of the sources.
    pub(crate) pages: Vec<String>,
    pub(crate) fragments: Vec<String>,
    pub(crate) equations: Vec<Equation>,
    /// Chapter and name of every number that a page shows.
    pub(crate) quoted: BTreeSet<(String, String)>,
    /// Chapter and name of every figure that a page shows.
    pub(crate) figures: BTreeSet<(String, String)>,
    /// Chapter and name of every claim that a sentence rests on.
    pub(crate) claims: BTreeSet<(String, String)>,
}

struct Page<'a> {
    source: &'a Source,
    chapter: Option<&'a ChapterRef>,
    pieces: Vec<Piece>,
}

/// By function and column: whose result it is, and the error.
type Ledger<'a> = BTreeMap<String, BTreeMap<String, (&'a ChapterRef, f64)>>;

/// Where something stands: the page's index and the line.
type Place = (usize, usize);

/// A figure with a number.
struct Numbered {
    page: usize,
    chapter: String,
    name: String,
    label: String,
    id: String,
}

struct Expander<'a> {
    root: &'a Path,
    chapters: &'a [ChapterRef],
    pages: Vec<Page<'a>>,
    equations: BTreeMap<Number, Place>,
    tests: BTreeMap<Number, Vec<EquationTest>>,
    figures: Vec<Numbered>,
    /// Page and name of each.
    slips: Vec<(usize, String)>,
    results: BTreeMap<&'a str, Result<Results, String>>,
    experiments: BTreeMap<&'a Path, Experiments>,
    fragments: Vec<String>,
    quoted: BTreeSet<(String, String)>,
    shown: BTreeSet<(String, String)>,
    claimed: BTreeSet<(String, String)>,
    mistakes: Vec<Mistake>,
}

/// Expands all pages, or lists everything that is wrong with them.
pub(crate) fn expand(
    root: &Path,
    chapters: &[ChapterRef],
    sources: &[Source],
) -> Result<Expanded, Vec<Mistake>> {
    let mut expander = Expander {
        root,
        chapters,
        pages: Vec::new(),
        equations: BTreeMap::new(),
        tests: BTreeMap::new(),
        figures: Vec::new(),
        slips: Vec::new(),
        results: BTreeMap::new(),
        experiments: BTreeMap::new(),
        fragments: Vec::new(),
        quoted: BTreeSet::new(),
        shown: BTreeSet::new(),
        claimed: BTreeSet::new(),
        mistakes: Vec::new(),
    };
    for source in sources {
        expander.read_page(source);
    }
    for chapter in chapters {
        expander.read_results(chapter);
        expander.read_tests(chapter);
    }
    for page in 0..sources.len() {
        expander.collect(page);
    }
    expander.match_equations();
    let pages = (0..sources.len()).map(|i| expander.page(i)).collect();

    if !expander.mistakes.is_empty() {
        let mut mistakes = expander.mistakes;
        mistakes.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        // A missing file of results is missing once for each page.
        let mut missing = BTreeSet::new();
        mistakes.retain(|mistake| match &mistake.wrong {
            Wrong::NoResults { chapter, .. } => {
                missing.insert((mistake.file.clone(), chapter.clone()))
            }
            _ => true,
        });
        mistakes.dedup();
        return Err(mistakes);
    }
    let equations = expander
        .equations
        .iter()
        .map(|(number, (page, _))| Equation {
            number: *number,
            page: expander.pages[*page].source.path.clone(),
            tests: expander.tests[number]
                .iter()
                .map(|test| test.function.clone())
                .collect(),
        })
        .collect();
    Ok(Expanded {
        pages,
        fragments: expander.fragments,
        equations,
        quoted: expander.quoted,
        figures: expander.shown,
        claims: expander.claimed,
    })
}

impl<'a> Expander<'a> {
    /// The Markdown of a page.
    fn page(&mut self, index: usize) -> String {
        let source = self.pages[index].source;
        let text = source.text.as_str();
        let pieces = std::mem::take(&mut self.pages[index].pieces);
        let mut open: Vec<(&str, String, usize)> = Vec::new();
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for piece in &pieces {
            let start = piece.range.start;
            let place = self.place(index, start);
            if let Kind::Directive(directive) = &piece.kind {
                self.nest(&mut open, directive, place);
            }
            if piece.kind.is_block() {
                out.push_str(&text[at..start]);
                at = piece.range.end;
                let lines = self.block(index, place, &piece.kind);
                let line = text[..start].rfind('\n').map_or(0, |i| i + 1);
                // In a quotation or a list item every line carries on its prefix.
                let prefix: String = text[line..start]
                    .chars()
                    .map(|c| if c == '>' { c } else { ' ' })
                    .collect();
                for line in ["", &lines, ""].join("\n").split('\n').skip(1) {
                    out.push('\n');
                    out.push_str(&prefix);
                    out.push_str(line);
                }
            } else {
                self.inline_piece(
                    index, place, text, piece, &mut at, &mut out,
                );
            }
        }
        out.push_str(&text[at..]);
        for (expected, opened, line) in open {
            self.mistake(
                (index, line),
                Wrong::NotClosed {
                    opened,
                    expected: if expected == "end" {
                        "end"
                    } else {
                        "reveal"
                    },
                },
            );
        }
        self.pages[index].pieces = pieces;
        out
    }

    /// Keeps account of directives that enclose a part of the page.
    fn nest(
        &mut self,
        open: &mut Vec<(&'static str, String, usize)>,
        directive: &Directive,
        place: Place,
    ) {
        let found = match directive {
            Directive::Predict { id, .. } => {
                open.push(("reveal", format!("predict {id}: …"), place.1));
                return;
            }
            Directive::Slip { id, .. } => {
                open.push(("end", format!("slip {id}"), place.1));
                return;
            }
            Directive::Reveal => "reveal",
            Directive::End => "end",
            _ => return,
        };
        match open.last() {
            Some((expected, ..)) if *expected == found => {
                open.pop();
            }
            last => {
                let expected = match last {
                    Some((expected, opened, _)) => {
                        format!(
                            "`{{{{#{expected}}}}}` for `{{{{#{opened}}}}}`"
                        )
                    }
                    None if found == "end" => {
                        "a `{{#slip …}}` before it".into()
                    }
                    None => "a `{{#predict …}}` before it".into(),
                };
                self.mistake(place, Wrong::UnexpectedEnd { found, expected });
            }
        }
    }

    /// The chapter, the name within it, and the value of a quoted result.
    fn result(
        &self,
        page: usize,
        name: &str,
    ) -> Result<(&'a ChapterRef, String, f64), Wrong> {
        let own = self.pages[page].chapter;
        if let Some(chapter) = own
            && let Ok(results) = self.results_of(chapter)
            && let Some(value) = results.values.get(name)
        {
            return Ok((chapter, name.into(), *value));
        }
        let (chapter, key) =
            self.owner(page, name).ok_or_else(|| self.homeless(name))?;
        let results = self.results_of(chapter)?;
        match results.values.get(key) {
            Some(value) => Ok((chapter, key.into(), *value)),
            None => {
                let names = results.values.keys().map(String::as_str);
                Err(Wrong::UnknownResult {
                    chapter: chapter.name.clone(),
                    name: key.into(),
                    near: match html::near(key, names).as_str() {
                        "none" => String::new(),
                        names => format!("; did you mean {names}"),
                    },
                })
            }
        }
    }

    fn results_of(&self, chapter: &ChapterRef) -> Result<&Results, Wrong> {
        match self.results.get(chapter.name.as_str()) {
            Some(Ok(results)) => Ok(results),
            Some(Err(why)) => Err(Wrong::NoResults {
                chapter: chapter.name.clone(),
                why: why.clone(),
            }),
            None => Err(Wrong::NoResults {
                chapter: chapter.name.clone(),
                why: "there is no such chapter".into(),
            }),
        }
    }

    /// Whose `name` is on this page: `chapter/name`, or the name in the page's own chapter.
    fn owner<'n>(
        &self,
        page: usize,
        name: &'n str,
    ) -> Option<(&'a ChapterRef, &'n str)> {
        if let Some((first, rest)) = name.split_once('/')
            && let Some(chapter) =
                self.chapters.iter().find(|c| c.name == first)
        {
            return Some((chapter, rest));
        }
        self.pages[page].chapter.map(|chapter| (chapter, name))
    }

    fn homeless(&self, directive: &str) -> Wrong {
        Wrong::NoChapter { directive: directive.into() }
    }

    fn near_equations(&self, number: Number) -> String {
        let names: Vec<String> =
            self.equations.keys().map(Number::to_string).collect();
        format!(
            "; there are {}",
            html::near(&number.to_string(), names.iter().map(String::as_str))
        )
    }

    fn figure_id(&self, page: usize, chapter: &str, name: &str) -> String {
        let own = self.pages[page].chapter.is_some_and(|c| c.name == chapter);
        let id = if own {
            format!("fig-{name}")
        } else {
            format!("fig-{chapter}-{name}")
        };
        id.replace(['/', '.'], "-")
    }

    /// The link from one page to an element of another.
    fn href(&self, from: usize, to: usize, id: &str) -> String {
        if from == to {
            return format!("#{id}");
        }
        let target = self.pages[to].source.path.with_extension("html");
        let target = target.to_string_lossy().replace('\\', "/");
        format!("{}{}#{id}", self.up(from), html::escape(&target))
    }

    /// The way from a page to the folder of pages.
    fn up(&self, page: usize) -> String {
        let path = &self.pages[page].source.path;
        "../".repeat(path.components().count().saturating_sub(1))
    }

    fn tests_file(&self, chapter: u32) -> String {
        let dir = self
            .chapters
            .iter()
            .find(|c| c.number == Some(chapter))
            .map_or(PathBuf::new(), |c| c.dir.clone());
        self.relative(&self.root.join(dir).join("tests/chapter/equations.rs"))
    }

    fn pages_folder(&self) -> PathBuf {
        self.root.join("book/pages")
    }

    fn relative(&self, path: &Path) -> String {
        let path = path.strip_prefix(self.root).unwrap_or(path);
        path.to_string_lossy().replace('\\', "/")
    }

    fn place(&self, page: usize, offset: usize) -> Place {
        let text = &self.pages[page].source.text;
        (page, text[..offset].matches('\n').count() + 1)
    }

    fn say(&self, (page, line): Place) -> String {
        format!("{}:{line}", self.pages[page].source.path.display())
    }

    fn mistake(&mut self, (page, line): Place, wrong: Wrong) {
        let file =
            Path::new("book/pages").join(&self.pages[page].source.path);
        self.mistakes.push(Mistake { file, line: Some(line), wrong });
    }
}

fn slip_id(id: &str) -> String {
    format!("slip-{}", id.to_lowercase())
}

fn ask_id(id: &str) -> String {
    format!("ask-{id}")
}

fn predict_id(id: &str) -> String {
    format!("predict-{id}")
}

/// Markdown as plain text, for labels; formulas stay TeX.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    for (event, _) in scan::events(markdown) {
        match event {
            Event::Text(part)
            | Event::Code(part)
            | Event::InlineMath(part)
            | Event::DisplayMath(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// Puts the fragments into a rendered page.
pub(crate) fn fill(page: &str, fragments: &[String]) -> String {
    let mut out = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(at) = rest.find(r#" data-fragment=""#) {
        let (before, marked) = rest.split_at(at);
        let parts = before.rfind('<').and_then(|open| {
            let number = marked.split('"').nth(1)?;
            let fragment = fragments.get(number.parse::<usize>().ok()?)?;
            let close = format!("</{}>", &before[open + 1..]);
            let end = marked.find(&close)? + close.len();
            Some((open, fragment, end))
        });
        match parts {
            Some((open, fragment, end)) => {
                out.push_str(&before[..open]);
                out.push_str(fragment);
                rest = &marked[end..];
            }
            None => {
                out.push_str(before);
                out.push_str(&marked[..1]);
                rest = &marked[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_replace_their_elements() {
        let fragments = ["<svg>0</svg>".to_owned(), "<b>1</b>".to_owned()];
        let page = "a <span data-fragment=\"1\"></span>\n<div data-fragment=\"0\"></div>, data-fragment=\"9\"";
        assert_eq!(
            fill(page, &fragments),
            "a <b>1</b>\n<svg>0</svg>, data-fragment=\"9\""
        );
    }

    #[test]
    fn labels_are_plain() {
        assert_eq!(
            plain("The *loss* of `G`, $x_i$ **now**."),
            "The loss of G, x_i now."
        );
    }
}
