//! The stubs as they were: a copy of them all in one file, for readers who have no git.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use crate::exercises::Chapter;

/// The copy, relative to the root.
const COPY: &str = "book/src/learn/stubs.txt";

/// What stands before a file's path, on a line of its own.
const MARK: &str = "=== ";

/// The stubs, by their files.
#[derive(Debug, Default)]
pub struct Stubs(BTreeMap<String, String>);

impl Stubs {
    /// The copy.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn load(root: &Path) -> anyhow::Result<Self> {
        let path = root.join(COPY);
        let text = fs::read_to_string(&path)
            .with_context(|| path.display().to_string())?;
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        let mut file = None;
        for line in text.replace('\r', "").split_inclusive('\n') {
            match line.strip_prefix(MARK) {
                Some(path) => file = Some(path.trim().to_string()),
                None => {
                    if let Some(file) = &file {
                        let text = files.entry(file.clone());
                        text.or_default().push_str(line);
                    }
                }
            }
        }
        Ok(Self(files))
    }

    /// A file's stub.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }
}

/// Takes the files that are there for what `reset` puts back. For who changes an exercise.
///
/// # Errors
/// One of them has no `todo!`, so that it is no stub; or a file cannot be read or written.
pub fn keep(root: &Path, chapters: &[Chapter]) -> anyhow::Result<usize> {
    let mut files = BTreeMap::new();
    for exercise in chapters.iter().flat_map(|c| &c.exercises) {
        let path = &exercise.path;
        let text = fs::read_to_string(root.join(path))
            .with_context(|| path.clone())?;
        let text = text.replace('\r', "");
        ensure!(
            text.contains("todo!(") && !text.contains(&format!("\n{MARK}")),
            "{path} is no stub: it has no `todo!`"
        );
        files.insert(path, text);
    }
    let mut copy = String::new();
    for (path, text) in &files {
        let _ = write!(copy, "{MARK}{path}\n{text}");
    }
    let path = root.join(COPY);
    record::write_whole(&path, copy.as_bytes())
        .with_context(|| path.display().to_string())?;
    Ok(files.len())
}
