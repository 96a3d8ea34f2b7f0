//! Finds in a page's Markdown what is to be replaced: math and directives, both outside code.

use std::ops::Range;

use mdbook_markdown::pulldown_cmark::{
    CodeBlockKind, Event, Options, Parser, Tag, TagEnd,
};

use crate::directives::{Directive, Number};
use crate::error::Wrong;
use crate::greek;

/// A part of the source that is to be replaced.
#[derive(Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Kind {
    Inline {
        tex: String,
    },
    Display {
        tex: String,
        number: Option<Number>,
    },
    Directive(Directive),
    /// A Greek letter in the text, by its name.
    Letter(&'static str),
    /// `\{{#`, printed as `{{#`.
    Escape,
}

impl Kind {
    /// Whether the replacement makes paragraphs of its own.
    pub(crate) fn is_block(&self) -> bool {
        match self {
            Kind::Display { .. } => true,
            Kind::Directive(directive) => directive.is_block(),
            Kind::Inline { .. } | Kind::Letter(_) | Kind::Escape => false,
        }
    }
}

/// Something wrong at an offset of the source.
pub(crate) type At = (usize, Wrong);

/// The Markdown dialect: mdBook's, with math.
pub(crate) fn events(
    source: &str,
) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    Parser::new_ext(source, options).into_offset_iter()
}

/// The pieces of a page in order, and what is wrong with it.
pub(crate) fn scan(source: &str) -> (Vec<Piece>, Vec<At>) {
    let mut pieces = Vec::new();
    let mut wrong = Vec::new();
    let mut code = Vec::new();
    let mut fence: Option<(String, Range<usize>, String)> = None;
    for (event, range) in events(source) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.trim().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                fence = Some((info, range, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                let Some((info, range, text)) = fence.take() else {
                    continue;
                };
                match math_fence(&info) {
                    None => {}
                    Some(Err(found)) => wrong.push((range.start, found)),
                    Some(Ok(number)) => {
                        let end = range.start
                            + source[range.clone()].trim_end().len();
                        pieces.push(Piece {
                            range: range.start..end,
                            kind: Kind::Display {
                                tex: text.trim().to_owned(),
                                number,
                            },
                        });
                    }
                }
                code.push(range);
            }
            Event::Text(text) => match &mut fence {
                Some((_, _, code)) => code.push_str(&text),
                None => {
                    pieces.extend(letters(source, &range));
                    let here = source[range.clone()].find('$');
                    if let Some(at) = here.map(|i| range.start + i)
                        && !source[..at].ends_with('\\')
                    {
                        wrong.push((at, Wrong::LoneDollar));
                    }
                }
            },
            Event::Code(_) => code.push(range),
            Event::InlineMath(tex) => pieces.push(Piece {
                range,
                kind: Kind::Inline { tex: tex.trim().to_owned() },
            }),
            Event::DisplayMath(_) => {
                wrong.push((range.start, Wrong::DoubleDollar));
                code.push(range);
            }
            _ => {}
        }
    }
    for piece in &pieces {
        if let Kind::Inline { tex } | Kind::Display { tex, .. } = &piece.kind
            && tex.contains("{{#")
        {
            let tex = tex.clone();
            wrong.push((piece.range.start, Wrong::DirectiveInMath { tex }));
        }
    }

    let mut opaque = code;
    opaque.extend(pieces.iter().map(|piece| piece.range.clone()));
    opaque.sort_by_key(|range| (range.start, range.end));
    let directives = directives(source, &opaque, &mut wrong);
    // Math in a directive's arguments belongs to the directive.
    pieces.retain(|piece| {
        !directives.iter().any(|outer| {
            outer.range.start <= piece.range.start
                && piece.range.end <= outer.range.end
        })
    });
    pieces.extend(directives);
    pieces.sort_by_key(|piece| piece.range.start);
    (pieces, wrong)
}

/// The Greek letters in a part of the source.
fn letters<'a>(
    source: &'a str,
    range: &Range<usize>,
) -> impl Iterator<Item = Piece> + use<'a> {
    let start = range.start;
    source[range.clone()].char_indices().filter_map(move |(at, c)| {
        let kind = Kind::Letter(greek::name(c)?);
        let at = start + at;
        Some(Piece { range: at..at + c.len_utf8(), kind })
    })
}

/// Whether an info string is that of math, and the equation's number.
fn math_fence(info: &str) -> Option<Result<Option<Number>, Wrong>> {
    let rest = info.strip_prefix("math")?;
    if rest.is_empty() {
        return Some(Ok(None));
    }
    if !rest.starts_with([' ', ',', '\t']) {
        return None;
    }
    Some(match rest.trim().parse() {
        Ok(number) => Ok(Some(number)),
        Err(()) => Err(Wrong::Fence { info: info.into() }),
    })
}

fn directives(
    source: &str,
    opaque: &[Range<usize>],
    wrong: &mut Vec<At>,
) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = source[from..].find("{{#").map(|i| from + i) {
        if let Some(range) = inside(opaque, start) {
            from = range.end.max(start + 3);
            continue;
        }
        if source[..start].ends_with('\\') {
            found.push(Piece {
                range: start - 1..start + 3,
                kind: Kind::Escape,
            });
            from = start + 3;
            continue;
        }
        let line_end =
            source[start..].find('\n').map_or(source.len(), |i| start + i);
        let Some(end) = closing(source, start + 3, line_end, opaque) else {
            let text = source[start + 3..line_end].trim().to_owned();
            wrong.push((start, Wrong::Unclosed { text }));
            from = line_end;
            continue;
        };
        let text = &source[start + 3..end];
        from = end + 2;
        match Directive::parse(text) {
            Err(error) => wrong.push((start, error)),
            Ok(directive) => {
                let line_start =
                    source[..start].rfind('\n').map_or(0, |i| i + 1);
                let before = &source[line_start..start];
                let alone =
                    before.chars().all(|c| c.is_whitespace() || c == '>')
                        && source[from..line_end].trim().is_empty();
                if directive.is_block() && !alone {
                    let text = text.trim().to_owned();
                    wrong.push((start, Wrong::NotAlone { text }));
                    continue;
                }
                found.push(Piece {
                    range: start..from,
                    kind: Kind::Directive(directive),
                });
            }
        }
    }
    found
}

/// Where the `}}` stands that closes a directive, past code, math and directives in its arguments.
fn closing(
    source: &str,
    mut at: usize,
    line_end: usize,
    opaque: &[Range<usize>],
) -> Option<usize> {
    let mut depth = 0;
    while at < line_end {
        if let Some(range) = inside(opaque, at) {
            at = range.end;
            continue;
        }
        let rest = &source[at..line_end];
        if rest.starts_with("{{#") {
            depth += 1;
            at += 3;
        } else if rest.starts_with("}}") {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    None
}

fn inside(ranges: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    ranges.iter().find(|range| range.contains(&at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<String> {
        let (pieces, wrong) = scan(source);
        assert!(wrong.is_empty(), "{wrong:?}");
        pieces
            .iter()
            .map(|piece| source[piece.range.clone()].to_owned())
            .collect()
    }

    fn wrong(source: &str) -> Vec<Wrong> {
        scan(source).1.into_iter().map(|(_, wrong)| wrong).collect()
    }

    #[test]
    fn code_is_left_alone() {
        let source = "`$x$ {{#eq 1.1}}` and\n\n```rust\n{{#ledger}} $y$\n```\n\n    {{#x}} $z$\n\ntext $w$\n";
        assert_eq!(kinds(source), ["$w$"]);
    }

    #[test]
    fn a_directive_holds_its_math_code_and_directives() {
        let caption = "{{#figure f: $x_{i_{j}}$ `}}` {{#result a .2}} end.}}";
        assert_eq!(kinds(&format!("a $y$\n\n{caption}\n")), ["$y$", caption]);
    }

    #[test]
    fn dollars_are_math_or_escaped() {
        assert_eq!(kinds(r"costs \$5 and \$6"), [""; 0]);
        assert_eq!(wrong("costs $5 today"), [Wrong::LoneDollar]);
        assert_eq!(wrong("see $$x$$"), [Wrong::DoubleDollar]);
        assert_eq!(wrong("| a |\n|---|\n| $|x|$ |"), [Wrong::LoneDollar]);
    }

    #[test]
    fn blocks_stand_alone() {
        assert!(matches!(
            wrong("text {{#ledger}}")[..],
            [Wrong::NotAlone { .. }]
        ));
        assert_eq!(kinds("> {{#ledger}}"), ["{{#ledger}}"]);
    }

    #[test]
    fn unclosed_and_misplaced_directives_are_named() {
        assert!(matches!(
            wrong("{{#eq 1.2\n}}")[..],
            [Wrong::Unclosed { .. }]
        ));
        assert!(matches!(
            wrong("$V = {{#result v .2}}$")[..],
            [Wrong::DirectiveInMath { .. }]
        ));
        assert!(matches!(
            wrong("```math 1\nx\n```")[..],
            [Wrong::Fence { .. }]
        ));
    }

    #[test]
    fn display_math_is_found_with_its_number() {
        let (pieces, _) = scan("- a\n\n  ```math 1.2\n  x\n  + y\n  ```\n");
        assert_eq!(
            pieces[0].kind,
            Kind::Display {
                tex: "x\n+ y".into(),
                number: Some(Number { chapter: 1, index: 2 })
            }
        );
    }

    #[test]
    fn an_escape_is_found() {
        assert_eq!(kinds(r"write \{{#eq 1.2}} so"), [r"\{{#"]);
    }
}
