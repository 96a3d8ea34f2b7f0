//! What stands within a line of a page.

use super::*;

impl<'a> Expander<'a> {
    /// Appends what comes before an inline piece, and what stands for the piece.
    pub(super) fn inline_piece(
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
    pub(super) fn inline_directive(
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

    /// A caption, a question or a title: its Markdown, and its plain text.
    pub(super) fn text(
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

    pub(super) fn formula(
        &mut self,
        place: Place,
        tex: &str,
        display: bool,
    ) -> String {
        math::render(tex, display).unwrap_or_else(|error| {
            let (tex, message) = (tex.into(), error.0);
            self.mistake(place, Wrong::Math { tex, message });
            String::new()
        })
    }

    /// Keeps HTML aside and returns the element that stands for it, with the words by which a search finds it.
    pub(super) fn keep(
        &mut self,
        element: &str,
        words: &str,
        html: String,
    ) -> String {
        self.fragments.push(html);
        format!(
            r#"<{element} data-fragment="{}">{words}</{element}>"#,
            self.fragments.len() - 1
        )
    }

    /// A number as the page shows it.
    pub(super) fn number(
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

    /// The mark of a sentence that rests on a claim; the claim is there, is stated, and holds.
    pub(super) fn claim(
        &mut self,
        page: usize,
        name: &str,
    ) -> Result<String, Wrong> {
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
        let experiments = &self.experiments[chapter.dir.as_path()];
        let stated = claims::statement(experiments, key);
        let (file, stated) = stated.ok_or_else(|| {
            bad("no experiment states it any more; `cargo run -- --draw` states anew what is claimed".into())
        })?;
        let file = listings::caption(&self.relative(file));
        let id = format!("claim-{}", self.fragments.len());
        let html = claims::mark(&id, key, claim, &verdict, (&file, &stated));
        self.claimed.insert((chapter.name.clone(), key.into()));
        Ok(self.keep("span", "", html))
    }
}
