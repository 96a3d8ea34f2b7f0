//! What makes paragraphs of its own.

use super::*;

/// Small images are enlarged up to this width in pixels.
const COMFORTABLE: u32 = 420;

impl<'a> Expander<'a> {
    /// What stands for a block, as Markdown.
    pub(super) fn block(
        &mut self,
        page: usize,
        place: Place,
        kind: &Kind,
    ) -> String {
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

    pub(super) fn display(
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

    pub(super) fn block_directive(
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
            Directive::Live { name, caption } => {
                self.live(page, place, name, caption)
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
            Directive::Time => Ok(self.reading(page).line()),
            Directive::Ask { id, question } => {
                let (question, _) = self.text(page, place, question);
                let id = ask_id(id);
                Ok(format!(
                    "<div class=\"ask\" id=\"{id}\">\n\n{question}\n\n</div>"
                ))
            }
            Directive::Choice { right, choice, why } => {
                let (choice, _) = self.text(page, place, choice);
                let (why, _) = self.text(page, place, why);
                let said = if *right { "Right." } else { "Not so." };
                Ok(format!(
                    "<details class=\"choice\"><summary>\n\n{choice}\n\n</summary>\n\n**{said}** {why}\n\n</details>"
                ))
            }
            Directive::Reveal => Ok("</details></div>".into()),
            Directive::Slip { id, title } => {
                self.slip(page, place, id, title)
            }
            Directive::End => Ok("</div>".into()),
            Directive::Tally => Ok(self.tally()),
            Directive::Code { experiment } => self.code(page, experiment),
            Directive::Equation(_)
            | Directive::Result { .. }
            | Directive::Claim { .. }
            | Directive::FigureLink { .. } => Ok(String::new()),
        }
    }

    pub(super) fn figure(
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
        let experiments = &self.experiments[chapter.dir.as_path()];
        let code = claims::drawing(experiments, short).map(|(file, text)| {
            claims::code(&listings::caption(&self.relative(file)), text)
        });
        let code =
            code.map(|code| self.keep("div", "", code)).unwrap_or_default();
        Ok(format!(
            "<figure id=\"{id}\">{image}\n<figcaption>\n\n{label}{caption}\n\n{code}</figcaption></figure>"
        ))
    }

    /// What a reader can play with; without scripts, a picture of it.
    fn live(
        &mut self,
        page: usize,
        place: Place,
        name: &str,
        caption: &str,
    ) -> Result<String, Wrong> {
        let (caption, plain) = self.text(page, place, caption);
        let still = live::still(self.root, name).ok_or_else(|| {
            let existing = live::existing(self.root);
            Wrong::UnknownLive {
                name: name.into(),
                existing: html::join(existing.iter().map(String::as_str)),
            }
        })?;
        let (width, height) = still;
        let (up, alt) = (self.up(page), html::escape(&plain));
        Ok(format!(
            "<figure class=\"live\" id=\"live-{name}\" data-live=\"{name}\">\
             <img src=\"{up}live/{name}.png\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\" loading=\"lazy\">\n\
             <figcaption>\n\n**Try it.** {caption}\n\n</figcaption></figure>"
        ))
    }

    /// What of a page takes time.
    pub(super) fn reading(&self, page: usize) -> Reading {
        let page = &self.pages[page].source.text;
        let (pieces, _) = scan::scan(page);
        let lines = pieces.iter().filter_map(|piece| {
            let Kind::Directive(Directive::Listing { path, anchor }) =
                &piece.kind
            else {
                return None;
            };
            let code = listings::load(self.root, path, anchor.as_deref());
            Some(code.ok()?.code.lines().count())
        });
        Reading::of(page, lines)
    }

    /// The mark that opens the code of an experiment, given its name or that of what it draws.
    pub(super) fn code(
        &mut self,
        page: usize,
        name: &str,
    ) -> Result<String, Wrong> {
        let (chapter, key) =
            self.owner(page, name).ok_or_else(|| self.homeless(name))?;
        let experiments = &self.experiments[chapter.dir.as_path()];
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

    /// The head of a slip's box. On a chapter's page its name leads to the box on the page of all slips; there, links lead to
    /// the chapters.
    pub(super) fn slip(
        &mut self,
        page: usize,
        place: Place,
        id: &str,
        title: &str,
    ) -> Result<String, Wrong> {
        let tests = self.slip_tests(page, id)?;
        let home = self.pages[page].chapter.is_none();
        let others: Vec<usize> = self
            .slips
            .iter()
            .filter(|(other, slip)| {
                slip == id && self.pages[*other].chapter.is_none() != home
            })
            .map(|(other, _)| *other)
            .collect();
        let links: Vec<String> = others
            .iter()
            .map(|other| {
                let name = match home {
                    true => html::escape(&self.pages[*other].source.title),
                    false => id.into(),
                };
                let href = self.href(page, *other, &slip_id(id));
                format!(r#"<a href="{href}">{name}</a>"#)
            })
            .collect();
        let name = match (home, links.first()) {
            (false, Some(link)) => link.clone(),
            _ => id.into(),
        };
        let places = match home && !links.is_empty() {
            true => self.keep(
                "div",
                "",
                format!(
                    r#"<div class="slip-places">{}</div>"#,
                    links.join("")
                ),
            ),
            false => String::new(),
        };
        let (title, _) = self.text(page, place, title);
        let dot = if title.is_empty() { "" } else { " · " };
        Ok(format!(
            "<div class=\"slip\" id=\"{}\" role=\"note\" aria-label=\"Slip {id}\">\n<div class=\"slip-name\">\n\n{name}{dot}{title}\n\n</div>\n{tests}{places}",
            slip_id(id)
        ))
    }

    /// How many claims there are, and what the pages' sentences rest on.
    pub(super) fn tally(&self) -> String {
        let results = self.results.values().flatten();
        let claims = tally::claims(results.flat_map(|r| r.claims.values()));
        let pages = self.pages.iter().map(|page| page.source.text.as_str());
        format!("{claims}\n{}", tally::sentences(pages))
    }

    /// The mark that opens the tests of a slip; it has some.
    pub(super) fn slip_tests(
        &mut self,
        page: usize,
        id: &str,
    ) -> Result<String, Wrong> {
        let chapter = self.pages[page].chapter;
        let refused = PathBuf::from("tests/src/refused.rs");
        let read = |file: &Path| {
            let text = std::fs::read_to_string(self.root.join(file));
            text.unwrap_or_default().replace("\r\n", "\n")
        };
        let all = self.chapters.iter().filter(|c| c.number.is_some());
        let own = all.filter(|c| chapter.is_none_or(|own| own.dir == c.dir));
        let own = own.map(|c| c.dir.join("tests/chapter/slips.rs"));
        let found = own.map(|file| (slips::tests_of(&read(&file), id), file));
        let mut found: Vec<_> = found.collect();
        found.push((slips::refused(&read(&refused), id), refused));
        if found.iter().all(|(tests, _)| tests.is_empty()) {
            let id = id.into();
            let chapter = chapter.map_or("a chapter", |c| &c.name).into();
            return Err(Wrong::UntestedSlip { id, chapter });
        }
        let mut shown = String::new();
        for (tests, file) in found.iter().filter(|(t, _)| !t.is_empty()) {
            let file =
                listings::caption(&self.relative(&self.root.join(file)));
            shown += &format!(r#"<div class="listing-name">{file}</div>"#);
            shown.extend(tests.iter().map(|test| {
                let test = html::escape(test);
                format!(
                    r#"<pre><code class="language-rust">{test}</code></pre>"#
                )
            }));
        }
        Ok(self.keep(
            "div",
            "",
            format!(
                r#"<details class="proof of-experiment"><summary title="The tests of this slip">✓ tested</summary>{shown}</details>"#
            ),
        ))
    }
}
