//! Claims on a page: what a sentence rests on, decided by the committed numbers; and the code of experiments.

use std::fs;
use std::path::{Path, PathBuf};

use record::{Claim, Term, Verdict, short};

use crate::html;

/// Where a chapter's experiments are, below its folder.
const EXPERIMENTS: &str = "src/run/experiments";

/// Where other libraries are timed, which makes results too.
const PEERS: &str = "peers";

/// Where an experiment begins to claim, in Rust and in Python.
const CLAIMS: [&str; 2] = ["fn claims", "CLAIMS = ["];

/// How many pairs of numbers are shown of a claim that speaks of many.
const SHOWN: usize = 12;

/// The experiments of a chapter: each file, and what is in it.
pub(crate) type Experiments = Vec<(PathBuf, String)>;

/// Reads them, in the order of their names.
pub(crate) fn experiments(chapter: &Path) -> Experiments {
    let folders = [chapter.join(EXPERIMENTS), chapter.join(PEERS)];
    let files = folders.into_iter().filter_map(|f| fs::read_dir(f).ok());
    let files = files.flatten().flatten().map(|f| f.path());
    let mut all: Experiments = files
        .filter_map(|path| {
            let text = fs::read_to_string(&path).ok()?;
            Some((path, text.replace("\r\n", "\n")))
        })
        .collect();
    all.sort();
    all
}

/// Where a name stands as a literal: what is before it, and what behind.
fn literals<'a>(
    text: &'a str,
    name: &str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let literal = format!("\"{name}\"");
    let found: Vec<_> = text.match_indices(&literal).collect();
    found.into_iter().map(move |(at, literal)| {
        (text[..at].trim_end(), text[at + literal.len()..].trim_start())
    })
}

/// The experiment that draws a figure, `("name", draw…)`, or saves an image, `image("name", …)`.
pub(crate) fn drawing<'a>(
    experiments: &'a Experiments,
    name: &str,
) -> Option<&'a (PathBuf, String)> {
    let draws = |(before, behind): (&str, &str)| {
        let drawn = before.ends_with('(') && behind.starts_with(", draw");
        drawn || before.ends_with("image(")
    };
    experiments.iter().find(|(_, text)| literals(text, name).any(draws))
}

/// How a claim is stated, `("name", Claim::…)`, without its outer indentation; and in which file.
pub(crate) fn statement<'a>(
    experiments: &'a Experiments,
    name: &str,
) -> Option<(&'a Path, String)> {
    experiments.iter().find_map(|(file, text)| {
        let claims = CLAIMS.into_iter().find_map(|c| text.find(c))?;
        let mut stated =
            literals(&text[claims..], name).filter(|(before, behind)| {
                before.ends_with('(') && behind.starts_with(',')
            });
        let (before, _) = stated.next()?;
        let shown = bracketed(text, claims + before.len() - 1)?;
        Some((file.as_path(), shown))
    })
}

/// What is in a pair of brackets that opens at `start`, with them.
fn bracketed(text: &str, start: usize) -> Option<String> {
    let mut depth = 0_usize;
    let length = text[start..].find(|c: char| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    let line = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let indent = text[line..].len() - text[line..].trim_start().len();
    let lines = text[start..=start + length].lines().map(|line| {
        let inner = line.get(indent..).filter(|_| line.starts_with(' '));
        inner.unwrap_or(line)
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// A claim's numbers in words.
fn numbers(claim: &Claim, verdict: &Verdict) -> Vec<String> {
    let say = |term: &Term, value: &f64| match term {
        Term::Bound(_) => short(*value),
        Term::Name(name) => format!("{name} = {}", short(*value)),
    };
    let sides: Vec<Vec<String>> = claim
        .sides()
        .iter()
        .zip(&verdict.sides)
        .map(|(terms, values)| {
            terms.iter().zip(values.iter()).map(|(t, v)| say(t, v)).collect()
        })
        .collect();
    let sign = match claim {
        Claim::Rises(_) => return vec![sides[0].join(" < ")],
        Claim::Less(..) | Claim::LessOverSeeds(..) => "<".into(),
        Claim::Undecided(..) => "against".into(),
        Claim::Times(times, ..) => format!("at most 1/{} of", short(*times)),
        Claim::Equal(within, ..) => format!("within {} of", short(*within)),
    };
    let mut rows: Vec<String> = (0..sides[0].len())
        .map(|n| {
            let unlike =
                sides.get(2).map(|side| format!(", and not of {}", side[n]));
            format!(
                "{} {sign} {}{}",
                sides[0][n],
                sides[1][n],
                unlike.unwrap_or_default()
            )
        })
        .collect();
    let more = rows.len().saturating_sub(SHOWN);
    if more > 0 {
        rows.truncate(SHOWN);
        rows.push(format!("and {more} more"));
    }
    rows
}

/// The mark that opens a claim: what it compares, by how much it holds, and how it is stated.
pub(crate) fn mark(
    id: &str,
    name: &str,
    claim: &Claim,
    verdict: &Verdict,
    (file, stated): (&str, &str),
) -> String {
    let rows: Vec<_> =
        numbers(claim, verdict).iter().map(|row| html::escape(row)).collect();
    let what = match claim {
        Claim::Undecided(..) => "these seeds show no difference",
        _ => "holds",
    };
    format!(
        r#"<span class="claim"><button popovertarget="{id}" aria-label="What this rests on" title="What this rests on">✓</button><span popover id="{id}"><b>{}</b>: {what}; {}.<br>{}<br><span class="listing-name">{}</span><code class="language-rust">{}</code></span></span>"#,
        html::escape(name),
        html::escape(&verdict.margin.to_string()),
        rows.join("<br>"),
        html::escape(file),
        html::escape(stated),
    )
}

/// The mark that opens the code of an experiment.
pub(crate) fn code(file: &str, text: &str) -> String {
    format!(
        r#"<details class="proof of-experiment"><summary title="The code that made it">the code</summary><div class="listing-name">{}</div><pre><code class="language-rust">{}</code></pre></details>"#,
        html::escape(file),
        html::escape(text.trim_end()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "fn claims() -> Vec<(&'static str, Claim)> {\n    vec![\n        (\n            \"one\",\n            Claim::less(\"a\", \"b\"),\n        ),\n        (\"two\", Claim::rises([\"a\", \"b\"])),\n    ]\n}\n";

    fn files(texts: &[&str]) -> Experiments {
        let file = |(n, text): (usize, &&str)| {
            (PathBuf::from(format!("{n}.rs")), text.to_string())
        };
        texts.iter().enumerate().map(file).collect()
    }

    #[test]
    fn a_statement_is_cut_out() {
        // The first file speaks of the same name, and states nothing.
        let all = files(&["lab.column(\"two\", [\"one\"]); (\"two\")", TEXT]);
        let stated = |name| statement(&all, name);
        let two = "(\"two\", Claim::rises([\"a\", \"b\"]))";
        assert_eq!(stated("two"), Some((Path::new("1.rs"), two.into())));
        let one = "(\n    \"one\",\n    Claim::less(\"a\", \"b\"),\n)";
        assert_eq!(stated("one"), Some((Path::new("1.rs"), one.into())));
        assert_eq!(stated("three"), None);
    }

    #[test]
    fn a_figure_is_of_the_experiment_that_draws_it() {
        let all = files(&[
            "of.column(\"codes\")?; lab.result(\"rings\", 1.0)",
            "figures: &[(\"rings\", draw_rings)],",
            "lab.image(\n    \"codes\", &grid)",
        ]);
        let of = |name| drawing(&all, name).map(|(file, _)| file.clone());
        assert_eq!(of("rings"), Some("1.rs".into()));
        assert_eq!(of("codes"), Some("2.rs".into()));
        assert_eq!(of("other"), None);
    }

    #[test]
    fn numbers_are_shown_side_by_side() {
        let of = |name: &str| match name {
            "a" => Some(1.0),
            "b" => Some(2.5),
            _ => None,
        };
        let said =
            |claim: Claim| numbers(&claim, &claim.decide(&of).unwrap());
        assert_eq!(said(Claim::less("a", "b")), ["a = 1 < b = 2.5"]);
        assert_eq!(
            said(Claim::times(2.0, "a", "b")),
            ["a = 1 at most 1/2 of b = 2.5"]
        );
        assert_eq!(
            said(Claim::equal(0.1, "a", 1.05, "b")),
            ["a = 1 within 0.1 of 1.05, and not of b = 2.5"]
        );
        assert_eq!(
            said(Claim::all_below(vec!["a"; 20], 2.0)).len(),
            SHOWN + 1
        );
    }
}
