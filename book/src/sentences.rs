//! The sentences of the pages that compare or generalise, and what each rests on.

use std::collections::BTreeMap;
use std::fmt;

/// What a sentence says more than one sees by this.
const WORDS: [&str; 74] = [
    "always",
    "best",
    "better",
    "bigger",
    "biggest",
    "cheaper",
    "cheapest",
    "clearer",
    "closer",
    "closest",
    "darker",
    "dearer",
    "dearest",
    "deeper",
    "earlier",
    "easier",
    "easiest",
    "every",
    "everybody",
    "everyone",
    "everything",
    "faster",
    "fastest",
    "fewer",
    "fewest",
    "finer",
    "further",
    "greater",
    "greatest",
    "harder",
    "hardest",
    "higher",
    "highest",
    "invariably",
    "larger",
    "largest",
    "least",
    "longer",
    "longest",
    "lower",
    "lowest",
    "most",
    "mostly",
    "nearer",
    "nearest",
    "never",
    "nobody",
    "none",
    "noisier",
    "nothing",
    "nowhere",
    "often",
    "only",
    "poorer",
    "rarely",
    "rather",
    "safer",
    "seldom",
    "sharper",
    "shorter",
    "shortest",
    "slower",
    "slowest",
    "smaller",
    "smallest",
    "smoother",
    "sooner",
    "steeper",
    "stronger",
    "strongest",
    "usually",
    "weaker",
    "worse",
    "worst",
];

/// What a sentence rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// A claim that code decides.
    Claim,
    /// An equation, which is tested.
    Equation,
    /// Somebody else's work, with its year or a link.
    Citation,
    /// It follows from what stands on the page.
    Argued,
    /// It says what something is, or how the code does it.
    Defined,
    /// It says what the authors think or expect.
    Opinion,
}

/// A sentence that compares or generalises.
#[derive(Clone, Debug, PartialEq)]
pub struct Sentence {
    /// Counted from 1, where its paragraph begins.
    pub line: usize,
    /// As it stands on the page.
    pub text: String,
    /// If there is something.
    pub ground: Option<Ground>,
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.text)
    }
}

/// Those of a page, in their order. Questions, headings, listings, tables and exercises are not looked at.
pub fn comparing(page: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    for (line, paragraph) in paragraphs(page) {
        for text in sentences(&paragraph) {
            if compares(&text) && !text.trim_end().ends_with('?') {
                let ground = ground(&text);
                found.push(Sentence { line, text, ground });
            }
        }
    }
    found
}

/// How many rest on what.
pub fn count(all: &[Sentence]) -> BTreeMap<Option<Ground>, usize> {
    let mut counts = BTreeMap::new();
    for sentence in all {
        *counts.entry(sentence.ground).or_default() += 1;
    }
    counts
}

/// The paragraphs, list items, captions and answers of a page, each with the line where it begins.
fn paragraphs(page: &str) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = Vec::new();
    let (mut fenced, mut exercises, mut open) = (false, false, false);
    for (n, line) in page.lines().enumerate() {
        let text = line.trim();
        if text.starts_with("```") {
            (fenced, open) = (!fenced, false);
            continue;
        }
        if let Some(heading) = text.strip_prefix("## ") {
            exercises = heading.starts_with("Exercises");
        }
        let figure = text.starts_with("{{#figure ");
        let choice =
            text.starts_with("{{#right ") || text.starts_with("{{#wrong ");
        let caption = figure || choice;
        let block = text.starts_with("{{#")
            && text.ends_with("}}")
            && !text.starts_with("{{#result");
        if fenced
            || exercises
            || text.is_empty()
            || text.starts_with(['#', '|'])
            || block && !caption
        {
            open = false;
            continue;
        }
        let text = match (figure, choice) {
            (true, _) => text.split_once(": "),
            (_, true) => text.split_once(" :: "),
            _ => None,
        }
        .map_or(text, |(_, said)| said.strip_suffix("}}").unwrap_or(said));
        let item = text.starts_with("- ") || text.starts_with("* ");
        match all.last_mut() {
            Some((_, last)) if open && !item => {
                last.push(' ');
                last.push_str(text);
            }
            _ => all.push((n + 1, text.into())),
        }
        open = !caption;
    }
    all
}

/// A paragraph's sentences, each with the marks behind it.
fn sentences(paragraph: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let (mut rest, mut end) = (paragraph, ' ');
    while let Some(c) = rest.chars().next() {
        let mark = [("{{", "}}"), ("<!--", "-->")].into_iter().find_map(
            |(begin, end)| {
                let length =
                    rest.starts_with(begin).then(|| rest.find(end))??;
                Some(length + end.len())
            },
        );
        let (this, more) = rest.split_at(mark.unwrap_or(c.len_utf8()));
        if c == ' ' && ".!?".contains(end) && begins(more.trim_start()) {
            all.push(String::new());
            end = ' ';
        } else if let Some(sentence) = all.last_mut() {
            sentence.push_str(this);
        }
        if mark.is_none() && !" *_\")”".contains(c) {
            end = c;
        }
        rest = more;
    }
    all.retain(|sentence| !sentence.trim().is_empty());
    all
}

/// Whether a sentence may begin like this.
fn begins(text: &str) -> bool {
    let first = text.chars().next();
    first.is_some_and(|c| c.is_uppercase() || "{$`*\"[(_".contains(c))
}

/// Whether one of the words occurs, outside of formulas and code.
fn compares(sentence: &str) -> bool {
    let quoted = [("$", "$"), ("`", "`"), ("{{", "}}")];
    let text = quoted.into_iter().fold(sentence.to_string(), without);
    let words =
        text.split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    let words: Vec<String> = words.filter(|w| !w.is_empty()).collect();
    let pairs = words
        .windows(2)
        .any(|w| ["more", "less"].contains(&w[0].as_str()) && w[1] == "than");
    pairs || words.iter().any(|w| WORDS.contains(&w.as_str()))
}

/// The text without what stands between two marks.
fn without(text: String, (begin, end): (&str, &str)) -> String {
    let mut parts = text.split(begin);
    let mut out = parts.next().unwrap_or_default().to_string();
    if begin == end {
        return text.split(begin).step_by(2).collect::<Vec<_>>().join(" ");
    }
    for part in parts {
        let rest = part.split_once(end).map_or(part, |(_, rest)| rest);
        out.push(' ');
        out.push_str(rest);
    }
    out
}

fn ground(sentence: &str) -> Option<Ground> {
    let has = |mark: &str| sentence.contains(mark);
    let year = |w: &str| {
        w.len() == 4
            && w.parse::<u16>().is_ok_and(|y| (1850..2100).contains(&y))
    };
    let cites = has("](http")
        || sentence.split(|c: char| !c.is_ascii_digit()).any(year);
    let grounds = [
        (has("{{#claim "), Ground::Claim),
        (has("{{#eq "), Ground::Equation),
        (cites, Ground::Citation),
        (has("<!-- argued -->"), Ground::Argued),
        (has("<!-- defined -->"), Ground::Defined),
        (has("<!-- opinion -->"), Ground::Opinion),
    ];
    grounds.into_iter().find(|(has, _)| *has).map(|(_, ground)| ground)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Best of all\n\nIt is plain. A is better than {{#result b .2}}, as\ncounted.{{#claim a_b}} None \
        of it. <!-- argued --> Is it\nnever? By ({{#eq 1.2}}) $best$ is smaller.\n\n- Only here (Name, 2016, §3).\n- `most` and $x$ \
        may.\n\n{{#figure x: The larger one.}}\n\n| best |\n\n```\nbest\n```\n\n## Exercises\n\nDo your best.\n\n## Next\n\nMore than \
        one.{{#claim c}} It is *always* so.\n";

    #[test]
    fn sentences_are_told_apart_with_what_they_rest_on() {
        let found = comparing(PAGE);
        let found: Vec<_> = found
            .iter()
            .map(|s| (s.line, s.text.as_str(), s.ground))
            .collect();
        use Ground::*;
        assert_eq!(
            found,
            [
                (
                    3,
                    "A is better than {{#result b .2}}, as counted.{{#claim a_b}}",
                    Some(Claim)
                ),
                (3, "None of it. <!-- argued -->", Some(Argued)),
                (3, "By ({{#eq 1.2}}) $best$ is smaller.", Some(Equation)),
                (7, "- Only here (Name, 2016, §3).", Some(Citation)),
                (10, "The larger one.", None),
                (24, "More than one.{{#claim c}}", Some(Claim)),
                (24, "It is *always* so.", None),
            ]
        );
    }
}
