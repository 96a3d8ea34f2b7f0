//! Hints, in three steps: where to look, what to do, almost the line.
//!
//! They are written beside the exercises, in `chapters/*/hints/NAME.md`, three parts with a line `---` between them. Where
//! nobody has written any, the page, the stub and the solution give them.

use std::fs;
use std::path::Path;

use crate::exercises::{Chapter, Exercise, pages, slashed};
use crate::progress::sentence;

/// What parts a hint from the next.
const BETWEEN: &str = "---";

/// How many there are.
pub const STEPS: usize = 3;

/// The hints for an exercise.
pub fn hints(
    root: &Path,
    chapter: &Chapter,
    exercise: &Exercise,
) -> [String; STEPS] {
    let beside = |folder: &str, extension: &str| {
        let folder = root.join(&chapter.entry.folder).join(folder);
        folder.join(&exercise.name).with_extension(extension)
    };
    let written = fs::read_to_string(beside("hints", "md"));
    let written = written.ok().and_then(|text| parts(&text));
    written.unwrap_or_else(|| {
        let solution = fs::read_to_string(beside("solutions", "rs"));
        [
            where_to_look(root, chapter, exercise),
            what_to_do(root, exercise),
            almost(&solution.unwrap_or_default()),
        ]
    })
}

/// Where the whole answer is.
pub fn solution(chapter: &Chapter, exercise: &Exercise) -> String {
    let folder = chapter.entry.folder.join("solutions");
    let path = folder.join(&exercise.name).with_extension("rs");
    slashed(&path)
}

/// The hints of a file, if there are three.
fn parts(text: &str) -> Option<[String; STEPS]> {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let parts = lines.split(|line| *line == BETWEEN);
    let parts = parts.map(|lines| lines.join("\n").trim_matches('\n').into());
    let parts: Vec<String> =
        parts.filter(|p: &String| !p.is_empty()).collect();
    parts.try_into().ok()
}

/// The section that the stub names, and what the page says of the exercise.
fn where_to_look(
    root: &Path,
    chapter: &Chapter,
    exercise: &Exercise,
) -> String {
    let section = exercise.task(root).map(|(section, _)| section);
    let pages = pages(root, &chapter.entry);
    let read = pages.iter().map(|p| (p, fs::read_to_string(p)));
    let read: Vec<_> = read.filter_map(|(p, t)| Some((p, t.ok()?))).collect();
    let heading = format!("# {}", section.as_deref().unwrap_or("Exercises"));
    let has = |text: &str| text.lines().any(|line| line.ends_with(&heading));
    let item_of = |text: &str| item(text, &exercise.name);
    let page = read
        .iter()
        .filter(|(_, text)| has(text))
        .max_by_key(|(_, text)| item_of(text).is_some())
        .or(read.first());
    let page = page.and_then(|(page, _)| page.file_stem());
    let page = page.unwrap_or_default().to_string_lossy();
    let mut hint = match section {
        Some(section) => {
            format!("Read § {section} on the book's page {page}.")
        }
        None => format!("Read the book's page {page}."),
    };
    if let Some(item) = read.iter().find_map(|(_, text)| item_of(text)) {
        hint += &format!("\n\nThe page says of the exercise: {item}");
    }
    hint
}

/// What a page's list of exercises says of one, as plain text.
fn item(page: &str, name: &str) -> Option<String> {
    let file = format!("`{name}.rs`");
    let mut lines = page
        .lines()
        .skip_while(|line| !line.starts_with("- ") || !line.contains(&file));
    let first = lines.next()?.strip_prefix("- ")?;
    let more = lines.take_while(|line| line.starts_with("  "));
    let words =
        more.fold(first.to_string(), |all, line| all + " " + line.trim());
    let mut plain = words.replace("**", "");
    while let Some((before, rest)) = plain.split_once("{{#eq ") {
        let (number, after) = rest.split_once("}}")?;
        plain = format!("{before}({number}){after}");
    }
    Some(plain)
}

/// The text of the stub's `todo!`.
fn what_to_do(root: &Path, exercise: &Exercise) -> String {
    let task = exercise.task(root).map(|(_, task)| capitalised(&task));
    task.unwrap_or_else(|| "The stub says nothing of it.".into())
}

fn capitalised(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(|c| c.to_uppercase().to_string());
    sentence(&(first.unwrap_or_default() + rest.as_str()))
}

/// How long the book's answer is, and what it calls.
fn almost(solution: &str) -> String {
    let code: Vec<_> = solution
        .lines()
        .skip_while(|line| !line.starts_with("pub fn "))
        .skip_while(|line| !line.ends_with('{'))
        .skip(1)
        .take_while(|line| *line != "}")
        .filter(|line| !line.trim().starts_with("//"))
        .collect();
    let mut called: Vec<String> = Vec::new();
    for line in &code {
        for (at, _) in line.match_indices('(') {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let before = line[..at].trim_end_matches('!');
            let start = before.rfind(|c| !word(c)).map_or(0, |n| n + 1);
            let name = format!("`{}`", &before[start..]);
            let keyword =
                ["`if`", "`in`", "`match`", "`for`", "`while`", "``"];
            if !keyword.contains(&&*name) && !called.contains(&name) {
                called.push(name);
            }
        }
    }
    let lines = match code.len() {
        0 => return "The solution says it.".into(),
        1 => "is one line".to_string(),
        more => format!("has {more} lines"),
    };
    match called.is_empty() {
        true => format!(
            "The book's answer {lines}, and calls no function. What the check says of a wrong answer is a hint too."
        ),
        false => format!(
            "The book's answer {lines}, and calls {}.",
            called.join(", ")
        ),
    }
}
