//! Turns the directives and the math of all pages into Markdown and HTML that mdBook understands.
//!
//! Markup that Markdown would damage (formulas, figures, the listings of tests) is kept aside as a *fragment*: the
//! page gets an empty element that mdBook carries through, and [`fill`] puts the fragment in its place afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mdbook_markdown::pulldown_cmark::Event;
use record::{Provenance, Results};

use crate::directives::{Directive, Number};
use crate::equations::{EquationTest, tests_in};
use crate::error::{Mistake, Wrong};
use crate::figures::{self, Figure};
use crate::results::Format;
use crate::scan::{self, Kind, Piece};
use crate::{ChapterRef, Equation, claims, greek, html, listings, math};

/// The ledger's columns: the last part of the result's name, and the header.
const LEDGER: [(&str, &str); 4] = [
    ("finite_difference", "hand gradient against finite difference"),
    ("dfdx_cpu", "… dfdx, CPU"),
    ("dfdx_cuda", "… dfdx, CUDA"),
    ("reference", "… PyTorch, f64"),
];

/// The run that made a chapter's ledger on a GPU; its results lie beside those of the page.
const LEDGER_ON_GPU: &str = "ledger-cuda";

/// Small images are enlarged up to this width in pixels.
const COMFORTABLE: u32 = 420;

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

struct SlipOnPage {
    page: usize,
    id: String,
    title: String,
}

struct Expander<'a> {
    root: &'a Path,
    chapters: &'a [ChapterRef],
    pages: Vec<Page<'a>>,
    equations: BTreeMap<Number, Place>,
    tests: BTreeMap<Number, Vec<EquationTest>>,
    figures: Vec<Numbered>,
    slips: Vec<SlipOnPage>,
    results: BTreeMap<&'a str, Result<Results, String>>,
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
    fn read_page(&mut self, source: &'a Source) {
        let chapter = self.chapters.iter().find(|c| c.page == source.path);
        let (pieces, wrong) = scan::scan(&source.text);
        self.pages.push(Page { source, chapter, pieces });
        for (offset, wrong) in wrong {
            let place = self.place(self.pages.len() - 1, offset);
            self.mistake(place, wrong);
        }
    }

    fn read_results(&mut self, chapter: &'a ChapterRef) {
        let file = self
            .pages_folder()
            .join(format!("results/{}.json", chapter.name));
        let results = if file.is_file() {
            Results::load(&file).map_err(|e| e.to_string())
        } else {
            Err(format!(
                "there is no {}; `{}` makes it",
                self.relative(&file),
                chapter.made_by
            ))
        };
        self.results.insert(&chapter.name, results);
    }

    fn read_tests(&mut self, chapter: &ChapterRef) {
        let Some(number) = chapter.number else { return };
        let folder = self.root.join(&chapter.dir).join("tests/chapter");
        let file = folder.join("equations.rs");
        let Ok(text) = std::fs::read_to_string(&file) else { return };
        let relative = PathBuf::from(self.relative(&file));
        let (tests, mut wrong) = tests_in(&text);
        let main = folder.join("main.rs");
        let compiled = std::fs::read_to_string(&main).is_ok_and(|text| {
            text.lines().any(|line| line.trim() == "mod equations;")
        });
        if !compiled && !tests.is_empty() {
            let main = self.relative(&main);
            wrong.push((0, Wrong::NotCompiled { main }));
        }
        for (line, wrong) in wrong {
            self.mistakes.push(Mistake {
                file: relative.clone(),
                line: (line > 0).then_some(line),
                wrong,
            });
        }
        for test in tests {
            if test.number.chapter == number {
                self.tests.entry(test.number).or_default().push(test);
            } else {
                self.mistakes.push(Mistake {
                    file: relative.clone(),
                    line: None,
                    wrong: Wrong::ForeignNumber {
                        number: test.number.to_string(),
                        expected: number.to_string(),
                    },
                });
            }
        }
    }

    /// Notes what other places of the book can refer to.
    fn collect(&mut self, index: usize) {
        let mut wrong = Vec::new();
        let mut ids = BTreeSet::new();
        let mut count = 0;
        let page = &self.pages[index];
        for piece in &page.pieces {
            let place = self.place(index, piece.range.start);
            let id = match &piece.kind {
                Kind::Display { number: Some(number), .. } => {
                    let own = page.chapter.and_then(|chapter| chapter.number);
                    if own != Some(number.chapter) {
                        let expected = own.map_or(
                            "but this page belongs to no chapter".into(),
                            |n| n.to_string(),
                        );
                        let number = number.to_string();
                        wrong.push((
                            place,
                            Wrong::ForeignNumber { number, expected },
                        ));
                    } else if let Some(first) = self.equations.get(number) {
                        let first = self.say(*first);
                        let number = number.to_string();
                        wrong.push((
                            place,
                            Wrong::NumberTwice { number, first },
                        ));
                    } else {
                        self.equations.insert(*number, place);
                    }
                    continue;
                }
                Kind::Directive(Directive::Figure { name, .. }) => {
                    let Some((chapter, short)) = self.owner(index, name)
                    else {
                        continue;
                    };
                    let id = self.figure_id(index, &chapter.name, short);
                    if let Some(number) = page.chapter.and_then(|c| c.number)
                    {
                        count += 1;
                        self.figures.push(Numbered {
                            page: index,
                            chapter: chapter.name.clone(),
                            name: short.into(),
                            label: format!("{number}.{count}"),
                            id: id.clone(),
                        });
                    }
                    id
                }
                Kind::Directive(Directive::Slip { id, title }) => {
                    self.slips.push(SlipOnPage {
                        page: index,
                        id: id.clone(),
                        title: title.clone(),
                    });
                    slip_id(id)
                }
                Kind::Directive(Directive::Predict { id, .. }) => {
                    predict_id(id)
                }
                _ => continue,
            };
            if !ids.insert(id.clone()) {
                wrong.push((place, Wrong::Twice { what: id }));
            }
        }
        for (place, wrong) in wrong {
            self.mistake(place, wrong);
        }
    }

    /// Every numbered equation has a test, and every test an equation.
    fn match_equations(&mut self) {
        for (number, place) in self.equations.clone() {
            if self.tests.contains_key(&number) {
                continue;
            }
            let file = self.tests_file(number.chapter);
            self.mistake(
                place,
                Wrong::Untested {
                    number: number.to_string(),
                    function: number.function(),
                    file,
                },
            );
        }
        let stray: Vec<_> = self
            .tests
            .iter()
            .filter(|(number, _)| !self.equations.contains_key(number))
            .flat_map(|(_, tests)| tests)
            .map(|test| Mistake {
                file: self.tests_file(test.number.chapter).into(),
                line: None,
                wrong: Wrong::TestWithoutEquation {
                    function: test.function.clone(),
                    number: test.number.to_string(),
                },
            })
            .collect();
        self.mistakes.extend(stray);
    }

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

    /// Appends what comes before an inline piece, and what stands for the piece.
    fn inline_piece(
        &mut self,
        page: usize,
        place: Place,
        text: &str,
        piece: &Piece,
        at: &mut usize,
        out: &mut String,
    ) {
        let mut before = &text[*at..piece.range.start];
        *at = piece.range.end;
        match &piece.kind {
            Kind::Inline { tex } => {
                let formula = self.formula(place, tex, false);
                let words = greek::names_in_tex(tex);
                let formula = self.keep("span", &words, formula);
                // A line must not break between a formula and its punctuation.
                let opening =
                    if before.ends_with('(') && !before.ends_with("](") {
                        before = &before[..before.len() - 1];
                        "("
                    } else {
                        ""
                    };
                let rest = &text[*at..];
                let follows = rest
                    .find(|c: char| {
                        !(c.is_alphanumeric() || ".,;:!?)-–’".contains(c))
                            || greek::name(c).is_some() // a piece of its own
                    })
                    .unwrap_or(rest.len());
                *at += follows;
                let following = &rest[..follows];
                out.push_str(before);
                if opening.is_empty() && following.is_empty() {
                    out.push_str(&formula);
                } else {
                    out.push_str(&format!(
                        r#"<span class="together">{opening}{formula}{following}</span>"#
                    ));
                }
            }
            Kind::Letter(name) => {
                out.push_str(before);
                out.push_str(&text[piece.range.clone()]);
                out.push_str(&self.keep("span", name, String::new()));
            }
            Kind::Escape => {
                out.push_str(before);
                out.push_str("{<span></span>{#");
            }
            Kind::Directive(directive) => {
                out.push_str(before);
                match self.inline_directive(page, directive) {
                    Ok((html, _)) => out.push_str(&html),
                    Err(wrong) => self.mistake(place, wrong),
                }
            }
            Kind::Display { .. } => {}
        }
    }

    /// An inline directive as HTML and as plain text.
    fn inline_directive(
        &mut self,
        page: usize,
        directive: &Directive,
    ) -> Result<(String, String), Wrong> {
        match directive {
            Directive::Equation(number) => {
                let (target, _) =
                    *self.equations.get(number).ok_or_else(|| {
                        Wrong::UnknownEquation {
                            number: number.to_string(),
                            near: self.near_equations(*number),
                        }
                    })?;
                let href = self.href(page, target, &number.id());
                let link = format!(
                    r#"<a class="eq-ref" href="{href}">({number})</a>"#
                );
                Ok((link, format!("({number})")))
            }
            Directive::Result { name, format } => {
                let (chapter, key, value) = self.result(page, name)?;
                let html = self.number(chapter, &key, value, *format);
                Ok((html, format.plain(value)))
            }
            Directive::FigureLink { name, capital } => {
                let own = self.pages[page].chapter.map(|c| c.name.as_str());
                let wanted = |f: &&Numbered| {
                    own == Some(&f.chapter) && f.name == *name
                        || format!("{}/{}", f.chapter, f.name) == *name
                };
                let found = self
                    .figures
                    .iter()
                    .filter(|f| f.page == page)
                    .chain(&self.figures)
                    .find(wanted);
                let Some(figure) = found else {
                    let names = self.figures.iter().map(|f| {
                        if own == Some(&f.chapter) {
                            f.name.clone()
                        } else {
                            format!("{}/{}", f.chapter, f.name)
                        }
                    });
                    let names: BTreeSet<_> = names.collect();
                    return Err(Wrong::FigureNotShown {
                        name: name.clone(),
                        existing: html::near(
                            name,
                            names.iter().map(String::as_str),
                        ),
                    });
                };
                let href = self.href(page, figure.page, &figure.id);
                let word = if *capital { "Figure" } else { "figure" };
                let text = format!("{word}\u{a0}{}", figure.label);
                Ok((
                    format!(r#"<a class="fig-ref" href="{href}">{text}</a>"#),
                    text,
                ))
            }
            Directive::Claim { name } => {
                Ok((self.claim(page, name)?, String::new()))
            }
            _ => Ok(Default::default()),
        }
    }

    /// The mark of a sentence that rests on a claim; the claim is there, is stated, and holds.
    fn claim(&mut self, page: usize, name: &str) -> Result<String, Wrong> {
        let (chapter, key) =
            self.owner(page, name).ok_or_else(|| self.homeless(name))?;
        let results = self.results_of(chapter)?;
        let claim = results.claims.get(key).ok_or_else(|| {
            let names = results.claims.keys().map(String::as_str);
            let near = match html::near(key, names).as_str() {
                "none" => String::new(),
                names => format!("; did you mean {names}"),
            };
            let (chapter, name) = (chapter.name.clone(), key.into());
            Wrong::UnknownClaim { chapter, name, near }
        })?;
        let bad = |why: String| {
            let (chapter, name) = (chapter.name.clone(), key.into());
            Wrong::BadClaim { chapter, name, why }
        };
        let others = |of: &str| self.results.get(of)?.as_ref().ok();
        let verdict = results.decide(claim, others);
        let verdict = verdict.map_err(|e| bad(e.to_string()))?;
        if !verdict.holds {
            return Err(bad(format!("it does not hold; {}", verdict.margin)));
        }
        let dir = self.root.join(&chapter.dir);
        let experiments = claims::experiments(&dir);
        let stated =
            claims::naming(&experiments, key).and_then(|(file, text)| {
                Some((
                    listings::caption(&self.relative(file)),
                    claims::statement(text, key)?,
                ))
            });
        let (file, stated) = stated.ok_or_else(|| {
            bad("no experiment states it any more; `cargo run -- --draw` states anew what is claimed".into())
        })?;
        let id = format!("claim-{}", self.fragments.len());
        let html = claims::mark(&id, key, claim, &verdict, (&file, &stated));
        self.claimed.insert((chapter.name.clone(), key.into()));
        Ok(self.keep("span", "", html))
    }

    /// The mark that opens the code of an experiment, given its name or that of what it draws.
    fn code(&mut self, page: usize, name: &str) -> Result<String, Wrong> {
        let (chapter, key) =
            self.owner(page, name).ok_or_else(|| self.homeless(name))?;
        let experiments = claims::experiments(&self.root.join(&chapter.dir));
        let named = |(file, _): &&(PathBuf, String)| {
            file.file_stem().is_some_and(|stem| stem == key)
        };
        let Some((file, text)) = experiments.iter().find(named) else {
            let names = experiments
                .iter()
                .filter_map(|(f, _)| f.file_stem()?.to_str());
            return Err(Wrong::UnknownExperiment {
                chapter: chapter.name.clone(),
                name: key.into(),
                existing: html::join(names),
            });
        };
        let file = listings::caption(&self.relative(file));
        Ok(self.keep("div", "", claims::code(&file, text)))
    }

    /// What stands for a block, as Markdown.
    fn block(&mut self, page: usize, place: Place, kind: &Kind) -> String {
        let done = match kind {
            Kind::Display { tex, number } => {
                Ok(self.display(place, tex, *number))
            }
            Kind::Directive(directive) => {
                self.block_directive(page, place, directive)
            }
            _ => Ok(String::new()),
        };
        done.unwrap_or_else(|wrong| {
            self.mistake(place, wrong);
            String::new()
        })
    }

    fn display(
        &mut self,
        place: Place,
        tex: &str,
        number: Option<Number>,
    ) -> String {
        let formula = self.formula(place, tex, true);
        let words = greek::names_in_tex(tex);
        let label =
            number.map_or("Formula".into(), |n| format!("Equation {n}"));
        let formula = format!(
            r#"<div class="formula" tabindex="0" role="group" aria-label="{label}"><div>{formula}</div></div>"#
        );
        let Some(number) = number else {
            let block = self.keep("div", &words, formula);
            return format!(r#"<div class="equation">{block}</div>"#);
        };
        let id = number.id();
        let mut proof = String::new();
        let file = self.tests_file(number.chapter);
        for test in self.tests.get(&number).into_iter().flatten() {
            proof.push_str(&format!(
                r#"<pre><code class="language-rust">{}</code></pre>"#,
                html::escape(&test.source)
            ));
        }
        let block = self.keep(
            "div",
            &words,
            format!(
                r##"{formula}<a class="number" href="#{id}">({number})</a><details class="proof"><summary title="The test of this equation">✓ tested</summary><div class="listing-name">{}</div>{proof}</details>"##,
                html::escape(&listings::caption(&file)),
            ),
        );
        format!(r#"<div class="equation" id="{id}">{block}</div>"#)
    }

    fn block_directive(
        &mut self,
        page: usize,
        place: Place,
        directive: &Directive,
    ) -> Result<String, Wrong> {
        match directive {
            Directive::Listing { path, anchor } => {
                let listing =
                    listings::load(self.root, path, anchor.as_deref())?;
                let longest = listing
                    .code
                    .lines()
                    .map(|l| l.len() - l.trim_start_matches('`').len())
                    .max();
                let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
                Ok(format!(
                    "<div class=\"listing-name\">{}</div>\n\n{fence}{}\n{}{fence}",
                    html::escape(&listing.caption),
                    listing.language,
                    listing.code
                ))
            }
            Directive::Figure { name, caption } => {
                self.figure(page, place, name, caption)
            }
            Directive::Ledger => self.ledger(page),
            Directive::Provenance { run } => {
                self.provenance(page, run.as_deref())
            }
            Directive::Predict { id, question } => {
                let (question, _) = self.text(page, place, question);
                Ok(format!(
                    "<div class=\"predict\" id=\"{}\">\n\n{question}\n\n\
                     <div class=\"guess\"><textarea rows=\"2\" data-guess=\"{id}\" aria-label=\"Your prediction\" placeholder=\"Your prediction, before you look\"></textarea></div>\n\
                     <details><summary>Show what happened</summary>",
                    predict_id(id)
                ))
            }
            Directive::Reveal => Ok("</details></div>".into()),
            Directive::Slip { id, title } => {
                let (title, _) = self.text(page, place, title);
                let dot = if title.is_empty() { "" } else { " · " };
                Ok(format!(
                    "<div class=\"slip\" id=\"{}\" role=\"note\" aria-label=\"Slip {id}\">\n<div class=\"slip-name\">\n\n{id}{dot}{title}\n\n</div>",
                    slip_id(id)
                ))
            }
            Directive::End => Ok("</div>".into()),
            Directive::Slips => Ok(self.slips(page, place)),
            Directive::Code { experiment } => self.code(page, experiment),
            Directive::Equation(_)
            | Directive::Result { .. }
            | Directive::Claim { .. }
            | Directive::FigureLink { .. } => Ok(String::new()),
        }
    }

    fn figure(
        &mut self,
        page: usize,
        place: Place,
        name: &str,
        caption: &str,
    ) -> Result<String, Wrong> {
        let (chapter, short) =
            self.owner(page, name).ok_or_else(|| self.homeless(name))?;
        let (caption, plain) = self.text(page, place, caption);
        let id = self.figure_id(page, &chapter.name, short);
        let folder = self.pages_folder().join("figures").join(&chapter.name);
        let stem = self.pages[page].source.path.file_stem();
        let prefix =
            format!("{}-{id}", stem.unwrap_or_default().to_string_lossy());
        let figure = figures::load(&folder, short, &prefix, &plain)
            .ok_or_else(|| {
                let names = figures::existing(&folder);
                Wrong::UnknownFigure {
                    chapter: chapter.name.clone(),
                    name: short.into(),
                    existing: html::join(names.iter().map(String::as_str)),
                }
            })?
            .map_err(|(file, why)| Wrong::BadFigure {
                path: self.relative(&folder.join(file)),
                why,
            })?;
        self.shown.insert((chapter.name.clone(), short.into()));
        let image = match figure {
            Figure::Svg(svg) => self.keep("div", "", svg),
            Figure::Png(width, height) => {
                let zoom = (COMFORTABLE / width).max(1);
                format!(
                    r#"<img src="{}figures/{}/{short}.png" alt="{}" width="{width}" height="{height}" loading="lazy" class="pixelated" style="width:{}px">"#,
                    self.up(page),
                    chapter.name,
                    html::escape(&plain),
                    width.saturating_mul(zoom),
                )
            }
        };
        let label = self
            .figures
            .iter()
            .find(|f| f.page == page && f.id == id)
            .map_or(String::new(), |f| format!("**Figure {}.** ", f.label));
        let experiments = claims::experiments(&self.root.join(&chapter.dir));
        let code = claims::naming(&experiments, short).map(|(file, text)| {
            let file = listings::caption(&self.relative(file));
            claims::code(&file, text)
        });
        let code =
            code.map(|code| self.keep("div", "", code)).unwrap_or_default();
        Ok(format!(
            "<figure id=\"{id}\">{image}\n<figcaption>\n\n{label}{caption}\n\n{code}</figcaption></figure>"
        ))
    }

    fn ledger(&mut self, page: usize) -> Result<String, Wrong> {
        let chapter = self.pages[page]
            .chapter
            .ok_or_else(|| self.homeless("ledger"))?;
        let (rows, from) = self.ledger_rows(chapter)?;
        let mut table = String::from("| function |");
        for (_, header) in LEDGER {
            table.push_str(&format!(" {header} |"));
        }
        table.push_str("\n|:---|---:|---:|---:|---:|");
        for (function, cells) in rows {
            table.push_str(&format!("\n| `{function}` |"));
            for (column, _) in LEDGER {
                let cell = match cells.get(column) {
                    Some((of, value)) => {
                        let key = format!("ledger/{function}/{column}");
                        self.number(of, &key, *value, Format::Scientific(1))
                    }
                    None if column == "dfdx_cuda" => "not run".into(),
                    None => "–".into(),
                };
                table.push_str(&format!(" {cell} |"));
            }
        }
        Ok(format!("<div class=\"ledger\">\n\n{table}\n\n</div>\n{from}"))
    }

    /// The errors by function and column, with whose they are; and where those from a GPU come from.
    fn ledger_rows(
        &self,
        chapter: &'a ChapterRef,
    ) -> Result<(Ledger<'a>, String), Wrong> {
        let beside = format!("{}.{LEDGER_ON_GPU}", chapter.name);
        let beside = self.chapters.iter().find(|c| c.name == beside);
        let mut rows = Ledger::new();
        let mut from = String::new();
        for of in std::iter::once(chapter).chain(beside) {
            let results = self.results_of(of)?;
            for (name, value) in &results.values {
                let Some((function, column)) = name
                    .strip_prefix("ledger/")
                    .and_then(|rest| rest.rsplit_once('/'))
                else {
                    continue;
                };
                let known = LEDGER.map(|(known, _)| known);
                if !known.contains(&column) {
                    let (column, known) = (column.into(), html::join(known));
                    return Err(Wrong::LedgerColumn { column, known });
                }
                let row = rows.entry(function.into()).or_default();
                row.insert(column.into(), (of, *value));
                if column == "dfdx_cuda" {
                    let what = "The column of dfdx on CUDA";
                    from = provenance(what, &results.provenance);
                }
            }
        }
        if rows.is_empty() {
            let chapter = chapter.name.clone();
            return Err(Wrong::EmptyLedger { chapter });
        }
        Ok((rows, from))
    }

    /// Where the page's numbers come from, or those of a run that had to be asked for.
    fn provenance(
        &self,
        page: usize,
        run: Option<&str>,
    ) -> Result<String, Wrong> {
        let own = self.pages[page].chapter;
        let Some(run) = run else {
            let chapter = own.ok_or_else(|| self.homeless("provenance"))?;
            let from = &self.results_of(chapter)?.provenance;
            return Ok(provenance("Numbers and figures on this page", from));
        };
        let of = self.chapters.iter().find(|c| c.name == run);
        let of = of.ok_or_else(|| Wrong::NoResults {
            chapter: run.into(),
            why: "there is no such run".into(),
        })?;
        let from = &self.results_of(of)?.provenance;
        let line = provenance(&format!("<code>{run}</code>"), from);
        match self.present_code(of).is_some_and(|code| code != from.code) {
            true => Ok(line.replace(
                ".</p>",
                &format!(
                    "; the code has changed since, and <code>{}</code> runs it anew.</p>",
                    html::escape(&of.made_by)
                ),
            )),
            false => Ok(line),
        }
    }

    /// The fingerprint of a chapter's code as it is now.
    fn present_code(&self, of: &ChapterRef) -> Option<String> {
        let entries = record::entries(self.root).ok()?;
        let dir = of.dir.strip_prefix(self.root).unwrap_or(&of.dir);
        let entry = entries.iter().find(|entry| dir.ends_with(&entry.folder));
        entry?.fingerprint(self.root).ok()
    }

    /// The table of all slips, in the order of their names.
    fn slips(&mut self, page: usize, place: Place) -> String {
        if self.slips.is_empty() {
            return "No chapter shows a slip yet.".into();
        }
        let mut rows = Vec::new();
        for i in 0..self.slips.len() {
            let slip = &self.slips[i];
            let key = natural(&slip.id);
            let href = self.href(page, slip.page, &slip_id(&slip.id));
            let chapter = html::escape(&self.pages[slip.page].source.title);
            let (id, title) = (slip.id.clone(), slip.title.clone());
            let (title, _) = self.text(page, place, &title);
            rows.push((
                key,
                format!(
                    r#"| {id} | {title} | <a href="{href}">{chapter}</a> |"#
                ),
            ));
        }
        rows.sort();
        let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
        format!(
            "| slip | what the article writes or does | where it is shown |\n|:---|:---|:---|\n{}",
            rows.join("\n")
        )
    }

    /// A caption, a question or a title: its Markdown, and its plain text.
    fn text(
        &mut self,
        page: usize,
        place: Place,
        text: &str,
    ) -> (String, String) {
        let (pieces, wrong) = scan::scan(text);
        for (_, wrong) in wrong {
            self.mistake(place, wrong);
        }
        let (mut out, mut readable) = (String::new(), String::new());
        let (mut at, mut read) = (0, 0);
        for piece in &pieces {
            if piece.kind.is_block() {
                let text = text[piece.range.clone()]
                    .trim_start_matches("{{#")
                    .trim_end_matches("}}")
                    .to_owned();
                self.mistake(place, Wrong::NotAlone { text });
                continue;
            }
            readable.push_str(&text[read..piece.range.start]);
            read = piece.range.end;
            match &piece.kind {
                Kind::Directive(directive) => {
                    if let Ok((_, plain)) =
                        self.inline_directive(page, directive)
                    {
                        readable.push_str(&plain);
                    }
                }
                _ => readable.push_str(&text[piece.range.clone()]),
            }
            self.inline_piece(page, place, text, piece, &mut at, &mut out);
        }
        out.push_str(&text[at..]);
        readable.push_str(&text[read..]);
        (out, plain(&readable))
    }

    fn formula(&mut self, place: Place, tex: &str, display: bool) -> String {
        math::render(tex, display).unwrap_or_else(|error| {
            let (tex, message) = (tex.into(), error.0);
            self.mistake(place, Wrong::Math { tex, message });
            String::new()
        })
    }

    /// Keeps HTML aside and returns the element that stands for it, with the words by which a search finds it.
    fn keep(&mut self, element: &str, words: &str, html: String) -> String {
        self.fragments.push(html);
        format!(
            r#"<{element} data-fragment="{}">{words}</{element}>"#,
            self.fragments.len() - 1
        )
    }

    /// A number as the page shows it.
    fn number(
        &mut self,
        chapter: &ChapterRef,
        key: &str,
        value: f64,
        format: Format,
    ) -> String {
        self.quoted.insert((chapter.name.clone(), key.into()));
        let title = match self.results.get(chapter.name.as_str()) {
            Some(Ok(Results { provenance: from, .. })) => format!(
                "{}/{key} · seed {} · {} scale · {}",
                chapter.name, from.seed, from.scale, from.device
            ),
            _ => format!("{}/{key}", chapter.name),
        };
        format!(
            r#"<span class="result" title="{}">{}</span>"#,
            html::escape(&title).replace('|', "&#124;"),
            format.html(value)
        )
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

/// A line that says where something came from.
fn provenance(what: &str, from: &Provenance) -> String {
    let seconds = match from.seconds {
        s if s < 1.0 => "under 1\u{a0}s".into(),
        s if s < 120.0 => format!("{s:.0}\u{a0}s"),
        s => format!("{:.0}\u{a0}min", s / 60.0),
    };
    let code: String = from.code.chars().take(8).collect();
    let with = from.made_with.iter();
    let with: String =
        with.map(|(what, which)| format!(", {what} {which}")).collect();
    format!(
        r#"<p class="provenance">{what}: seed {}, {} scale, {}, {seconds}, code {}{}.</p>"#,
        from.seed,
        html::escape(&from.scale),
        html::escape(&from.device),
        html::escape(&code),
        html::escape(&with),
    )
}

fn slip_id(id: &str) -> String {
    format!("slip-{}", id.to_lowercase())
}

fn predict_id(id: &str) -> String {
    format!("predict-{id}")
}

/// A key that sorts E2 before E10.
fn natural(id: &str) -> (String, u64, String) {
    let digits = id.find(|c: char| c.is_ascii_digit()).unwrap_or(id.len());
    let number: String =
        id[digits..].chars().take_while(char::is_ascii_digit).collect();
    (
        id[..digits].into(),
        number.parse().unwrap_or(0),
        id[digits + number.len()..].into(),
    )
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

    #[test]
    fn slips_sort_by_number() {
        let mut ids = ["E10", "E2", "E2b", "D1"];
        ids.sort_by_key(|id| natural(id));
        assert_eq!(ids, ["D1", "E2", "E2b", "E10"]);
    }
}
