//! The exercises, as the chapters' `tests/exercises.rs` and the stubs tell them.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use record::Entry;

use crate::stubs::Stubs;

/// A function that a reader writes, and the test that runs its check.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its number on the page, `0.1`.
    pub number: String,
    /// The file's name, `linear_backward`.
    pub name: String,
    /// The test's name, `exercise_0_1_linear_backward`.
    pub test: String,
    /// The file, relative to the root.
    pub path: String,
    /// The file as it was when nothing was written in it.
    pub stub: Option<String>,
}

/// A chapter's exercises.
#[derive(Debug)]
pub struct Chapter {
    /// The chapter.
    pub entry: Entry,
    /// Its title.
    pub title: String,
    /// Its exercises, in the order of their numbers.
    pub exercises: Vec<Exercise>,
}

/// What is in an exercise's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The stub, as it was.
    Untouched,
    /// Something else.
    Touched,
    /// There is no such file.
    Gone,
}

impl Exercise {
    /// What is in its file now.
    pub fn state(&self, root: &Path) -> State {
        match fs::read_to_string(root.join(&self.path)) {
            Ok(text) if self.is_stub(&text) => State::Untouched,
            Err(e) if e.kind() == ErrorKind::NotFound => State::Gone,
            _ => State::Touched,
        }
    }

    fn is_stub(&self, text: &str) -> bool {
        let stub = self.stub.as_ref();
        stub.is_some_and(|stub| *stub == text.replace('\r', ""))
    }

    /// What the stub says is to be done, and in which section it is explained: the text of its `todo!`.
    pub fn task(&self, root: &Path) -> Option<(String, String)> {
        let file = || fs::read_to_string(root.join(&self.path)).ok();
        let text = self.stub.clone().or_else(file)?;
        let told = literal(text.split_once("todo!")?.1)?;
        let (section, task) = told.split_once("(§ ")?.1.split_once("): ")?;
        Some((section.into(), task.into()))
    }
}

/// The first string literal of some code, its lines joined as the compiler does.
fn literal(code: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = code.split_once('"')?.1.chars();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => match rest.next()? {
                '\n' => rest = rest.as_str().trim_start().chars(),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
}

/// The chapters of the workbook at `root` that have exercises.
///
/// # Errors
/// A manifest or the list of a chapter's checks cannot be read.
pub fn chapters(root: &Path) -> anyhow::Result<Vec<Chapter>> {
    let stubs = Stubs::load(root).unwrap_or_default();
    let mut chapters = Vec::new();
    for entry in record::entries(root)? {
        let list = root.join(&entry.folder).join("tests/exercises.rs");
        let text = match fs::read_to_string(&list) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            text => text.with_context(|| list.display().to_string())?,
        };
        let mut exercises = listed(&text, &entry.folder);
        for exercise in &mut exercises {
            exercise.stub = stubs.get(&exercise.path).map(String::from);
            exercise.number = number(root, exercise);
        }
        exercises.sort_by_key(|e| order(&e.number));
        let title = title(root, &entry);
        chapters.push(Chapter { entry, title, exercises });
    }
    Ok(chapters)
}

/// A file of a chapter, relative to the root; with slashes, wherever this runs.
pub fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The tests of a list, each with the file that it looks at.
fn listed(text: &str, folder: &Path) -> Vec<Exercise> {
    let mut files = BTreeMap::new();
    for (at, tag) in text.match_indices("#[path = \"../exercises/") {
        let rest = &text[at + tag.len()..];
        let (file, rest) = rest.split_once(".rs\"]").unwrap_or_default();
        let name = rest.split_once("mod ").and_then(|r| r.1.split_once(';'));
        files.extend(name.map(|(name, _)| (name.trim(), file)));
    }
    let tests = text.split("#[test]").skip(1);
    let exercise = |code: &str| {
        let test = code.split_once("fn ")?.1.split_once('(')?.0;
        let named = files.iter().find(|(name, _)| mentions(code, name));
        let ending = || files.iter().find(|(name, _)| test.ends_with(**name));
        let name = *named.or_else(ending)?.1;
        Some(Exercise {
            number: String::new(),
            name: name.into(),
            test: test.into(),
            path: format!("{}/exercises/{name}.rs", slashed(folder)),
            stub: None,
        })
    };
    tests.filter_map(exercise).collect()
}

/// Whether a path in this code begins with this module.
fn mentions(code: &str, module: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let path = format!("{module}::");
    code.match_indices(&path).any(|(at, _)| !code[..at].ends_with(within))
}

/// An exercise's number: as its stub says it, as the page does; else as its test does.
fn number(root: &Path, exercise: &Exercise) -> String {
    let file = || fs::read_to_string(root.join(&exercise.path)).ok();
    let text = exercise.stub.clone().or_else(file).unwrap_or_default();
    let told = text.split_once("Exercise ").map(|(_, rest)| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        rest[..end.unwrap_or(rest.len())].trim_end_matches('.').to_string()
    });
    let told = told.filter(|n| n.contains('.'));
    told.unwrap_or_else(|| {
        let mut words = exercise.test.split('_').skip(1);
        let mut word = || words.next().unwrap_or_default();
        format!("{}.{}", word(), word())
    })
}

fn order(number: &str) -> (u32, u32) {
    let (major, minor) = number.split_once('.').unwrap_or((number, ""));
    let parsed = |n: &str| n.parse().unwrap_or(u32::MAX);
    (parsed(major), parsed(minor))
}

/// A page's heading, less what follows a colon, as a chapter of several pages has it.
fn title(root: &Path, entry: &Entry) -> String {
    let folder = entry.folder.file_name().unwrap_or_default();
    let page = root.join("book/pages").join(folder).with_extension("md");
    let text = fs::read_to_string(page).unwrap_or_default();
    let heading = text.lines().find_map(|line| line.strip_prefix("# "));
    let heading = heading.and_then(|heading| heading.split(':').next());
    heading.unwrap_or(&entry.name).trim().into()
}

/// A chapter's pages: `04-stability.md`, `04-stability-cures.md`.
pub fn pages(root: &Path, entry: &Entry) -> Vec<PathBuf> {
    let folder = entry.folder.file_name().unwrap_or_default();
    let own = folder.to_string_lossy().into_owned();
    let files = fs::read_dir(root.join("book/pages")).into_iter().flatten();
    let belongs = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let more = stem.strip_prefix(&*own);
        path.extension().is_some_and(|e| e == "md")
            && more.is_some_and(|m| m.is_empty() || m.starts_with('-'))
    };
    let paths = files.flatten().map(|file| file.path());
    let mut pages: Vec<_> = paths.filter(belongs).collect();
    pages.sort_by_key(|page| page.as_os_str().len());
    pages
}

/// The exercise that is meant by a number, a name, a test or a file.
///
/// # Errors
/// There is none, or there are several.
pub fn find<'a>(
    chapters: &'a [Chapter],
    meant: &str,
) -> anyhow::Result<(&'a Chapter, &'a Exercise)> {
    let meant = meant.replace('\\', "/");
    let name = meant.strip_suffix(".rs").unwrap_or(&meant);
    let is = |chapter: &Chapter, exercise: &Exercise| {
        let within = format!("{}/{}", chapter.entry.name, exercise.name);
        let Exercise { number, name: own, test, path, .. } = exercise;
        [number, own, test, &within].iter().any(|n| *n == name)
            || format!("/{meant}").ends_with(&format!("/{path}"))
    };
    let all = || {
        chapters.iter().flat_map(|c| c.exercises.iter().map(move |e| (c, e)))
    };
    let found: Vec<_> = all().filter(|(c, e)| is(c, e)).collect();
    match found[..] {
        [one] => Ok(one),
        [] => {
            let near = |e: &Exercise| strsim::jaro_winkler(&e.name, name);
            let near = all().map(|(_, e)| (near(e), e));
            let near = near.max_by(|a, b| a.0.total_cmp(&b.0));
            match near.filter(|(likeness, _)| *likeness > 0.8) {
                Some((_, e)) => bail!(
                    "there is no exercise `{meant}`; did you mean `{}`, which is {}?",
                    e.name,
                    e.number
                ),
                None => bail!(
                    "there is no exercise `{meant}`; give a number, such as 0.1, or the name of a file in chapters/*/exercises/"
                ),
            }
        }
        _ => {
            let numbers: Vec<_> =
                found.iter().map(|(_, e)| e.number.as_str()).collect();
            bail!(
                "there are several exercises `{meant}`: {}; give the number",
                numbers.join(", ")
            )
        }
    }
}
