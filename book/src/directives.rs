//! The directives of a page: `{{#name arguments}}`.

use std::fmt;
use std::str::FromStr;

use crate::error::Wrong;
use crate::html;
use crate::results::Format;

/// The number of an equation: the chapter's, and its own within the chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number {
    /// The chapter's number.
    pub chapter: u32,
    /// The equation's number within the chapter.
    pub index: u32,
}

impl Number {
    /// The id of the equation's element.
    pub(crate) fn id(self) -> String {
        format!("eq-{}-{}", self.chapter, self.index)
    }

    /// How the name of a test of this equation begins.
    pub(crate) fn function(self) -> String {
        format!("eq_{}_{}", self.chapter, self.index)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.chapter, self.index)
    }
}

impl FromStr for Number {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let part = |s: &str| {
            let plain =
                !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
            if plain { s.parse().map_err(drop) } else { Err(()) }
        };
        let (chapter, index) = text.split_once('.').ok_or(())?;
        Ok(Number { chapter: part(chapter)?, index: part(index)? })
    }
}

/// What a page asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Directive {
    Equation(Number),
    Listing { path: String, anchor: Option<String> },
    Result { name: String, format: Format },
    Figure { name: String, caption: String },
    FigureLink { name: String, capital: bool },
    Live { name: String, caption: String },
    Claim { name: String },
    Code { experiment: String },
    Ledger,
    Provenance { run: Option<String> },
    Predict { id: String, question: String },
    Reveal,
    Time,
    Ask { id: String, question: String },
    Choice { right: bool, choice: String, why: String },
    Slip { id: String, title: String },
    End,
    Tally,
}

const KNOWN: [&str; 19] = [
    "eq",
    "listing",
    "result",
    "figure",
    "fig",
    "live",
    "claim",
    "code",
    "ledger",
    "provenance",
    "predict",
    "reveal",
    "time",
    "ask",
    "right",
    "wrong",
    "slip",
    "end",
    "tally",
];

impl Directive {
    /// Reads the text between `{{#` and `}}`.
    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        let (name, rest) =
            text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        let expected = |expected| {
            Err(Wrong::Syntax { text: text.trim().into(), expected })
        };
        let named = || {
            let (id, title) = rest.split_once(':').unwrap_or((rest, ""));
            let (id, title) = (id.trim(), title.trim());
            is_id(id).then(|| (id.to_owned(), title.to_owned()))
        };
        let bare = |directive, form| {
            if rest.is_empty() { Ok(directive) } else { expected(form) }
        };
        match name {
            "eq" => match rest.parse() {
                Ok(number) => Ok(Directive::Equation(number)),
                Err(()) => expected("{{#eq 1.2}}"),
            },
            "listing" => {
                let (path, anchor) = match rest.split_once(':') {
                    Some((path, anchor)) => (path, Some(anchor.to_owned())),
                    None => (rest, None),
                };
                let blank =
                    |s: &str| s.is_empty() || s.contains(char::is_whitespace);
                if blank(path) || anchor.as_deref().is_some_and(blank) {
                    return expected("{{#listing path/to/file.rs:anchor}}");
                }
                Ok(Directive::Listing { path: path.into(), anchor })
            }
            "result" => match rest.split_once(char::is_whitespace) {
                Some((name, format)) => Ok(Directive::Result {
                    name: name.into(),
                    format: format.trim().parse()?,
                }),
                None => expected("{{#result name .4}}"),
            },
            "figure" => match named() {
                Some((name, caption)) if !caption.is_empty() => {
                    Ok(Directive::Figure { name, caption })
                }
                _ => expected("{{#figure name: Caption}}"),
            },
            "fig" | "Fig" if is_id(rest) => Ok(Directive::FigureLink {
                name: rest.into(),
                capital: name == "Fig",
            }),
            "fig" | "Fig" => expected("{{#fig name}}"),
            "live" => match named() {
                Some((name, caption)) if !caption.is_empty() => {
                    Ok(Directive::Live { name, caption })
                }
                _ => expected("{{#live name: What there is to try}}"),
            },
            "claim" if is_id(rest) => {
                Ok(Directive::Claim { name: rest.into() })
            }
            "claim" => expected("{{#claim name}}"),
            "code" if is_id(rest) => {
                Ok(Directive::Code { experiment: rest.into() })
            }
            "code" => expected("{{#code experiment}}"),
            "ledger" => bare(Directive::Ledger, "{{#ledger}}"),
            "provenance" if rest.is_empty() || is_id(rest) => {
                let run = (!rest.is_empty()).then(|| rest.into());
                Ok(Directive::Provenance { run })
            }
            "provenance" => {
                expected("{{#provenance}} or {{#provenance run}}")
            }
            "predict" => match named() {
                Some((id, question)) if !question.is_empty() => {
                    Ok(Directive::Predict { id, question })
                }
                _ => expected("{{#predict some-id: Question}}"),
            },
            "ask" => match named() {
                Some((id, question)) if question.ends_with('?') => {
                    Ok(Directive::Ask { id, question })
                }
                _ => expected("{{#ask some-id: Question?}}"),
            },
            "right" | "wrong" => match rest.split_once(" :: ") {
                Some((choice, why)) => Ok(Directive::Choice {
                    right: name == "right",
                    choice: choice.trim().into(),
                    why: why.trim().into(),
                }),
                None => expected(
                    "{{#right Choice :: Why.}} or {{#wrong Choice :: What it overlooks.}}",
                ),
            },
            "reveal" => bare(Directive::Reveal, "{{#reveal}}"),
            "slip" => match named() {
                Some((id, title)) => Ok(Directive::Slip { id, title }),
                None => expected("{{#slip E16}} or {{#slip E16: Title}}"),
            },
            "end" => bare(Directive::End, "{{#end}}"),
            "time" => bare(Directive::Time, "{{#time}}"),
            "tally" => bare(Directive::Tally, "{{#tally}}"),
            _ => Err(Wrong::UnknownDirective {
                name: name.into(),
                known: html::join(KNOWN),
            }),
        }
    }

    /// Whether it makes paragraphs of its own and so must stand alone on its line.
    pub(crate) fn is_block(&self) -> bool {
        !matches!(
            self,
            Directive::Equation(_)
                | Directive::Result { .. }
                | Directive::FigureLink { .. }
                | Directive::Claim { .. }
        )
    }
}

/// A name that can be part of a path and of an element's id.
fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| {
            c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
        })
        && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_directive_parses() {
        let figure = Directive::parse("figure curve: A $x_{i_{j}}$: curve.");
        assert_eq!(
            figure,
            Ok(Directive::Figure {
                name: "curve".into(),
                caption: "A $x_{i_{j}}$: curve.".into()
            })
        );
        assert_eq!(
            Directive::parse("eq 1.12"),
            Ok(Directive::Equation(Number { chapter: 1, index: 12 }))
        );
        assert_eq!(
            Directive::parse("listing a/b.rs"),
            Ok(Directive::Listing { path: "a/b.rs".into(), anchor: None })
        );
        for text in [
            "ledger",
            "provenance",
            "provenance gan.digits-dfdx",
            "reveal",
            "live ring: Try it.",
            "time",
            "end",
            "slip E1",
            "tally",
            "ask why: Is it so?",
            "wrong No. :: It overlooks {{#eq 1.2}}.",
        ] {
            assert!(Directive::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_malformed_directive_says_its_form() {
        for text in [
            "eq 1",
            "eq a.b",
            "eq +1.2",
            "listing",
            "result x",
            "figure x",
            "figure : y",
            "fig",
            "fig a b",
            "claim",
            "claim a b",
            "code",
            "ledger x",
            "predict x",
            "ask x",
            "ask x: No question.",
            "right A choice without a reason",
            "slip",
            "figure ../x: y",
        ] {
            assert!(
                matches!(Directive::parse(text), Err(Wrong::Syntax { .. })),
                "{text}"
            );
        }
        assert!(matches!(
            Directive::parse("includes x"),
            Err(Wrong::UnknownDirective { .. })
        ));
        assert!(matches!(
            Directive::parse("result x 4"),
            Err(Wrong::Format { .. })
        ));
    }
}
