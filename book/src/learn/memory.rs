//! What is remembered between two calls, and answers that were replaced: in `.learn` at the root, where `cargo clean` does not
//! come, and git does not look. What is solved is not remembered: the checks say it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::exercises::{Exercise, slashed};

const FOLDER: &str = ".learn";

/// What is remembered.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The file of the exercise that was shown last.
    pub current: Option<String>,
    /// How many hints were shown, by the exercise's file.
    pub hints: BTreeMap<String, usize>,
}

impl Memory {
    /// What was remembered; nothing, if that cannot be read.
    pub fn load(root: &Path) -> Self {
        let text = fs::read_to_string(root.join(FOLDER).join("memory.json"));
        let memory = text.ok().and_then(|t| serde_json::from_str(&t).ok());
        memory.unwrap_or_default()
    }

    /// Remembers.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, root: &Path) -> anyhow::Result<()> {
        let path = folder(root)?.join("memory.json");
        let text = serde_json::to_string_pretty(self)?;
        record::write_whole(&path, text.as_bytes())
            .with_context(|| path.display().to_string())
    }
}

/// The folder, which git is told not to look at.
fn folder(root: &Path) -> anyhow::Result<PathBuf> {
    let folder = root.join(FOLDER);
    let told = folder.join(".gitignore");
    if !told.exists() {
        record::write_whole(&told, b"*\n")
            .with_context(|| told.display().to_string())?;
    }
    Ok(folder)
}

/// Keeps a copy of an answer beside those that are kept already, and says where, relative to the root.
///
/// # Errors
/// The answer cannot be read, or the copy not written.
pub fn keep_answer(
    root: &Path,
    exercise: &Exercise,
) -> anyhow::Result<PathBuf> {
    let answer = fs::read(root.join(&exercise.path))
        .with_context(|| exercise.path.clone())?;
    let path = folder(root)?.join("answers").join(&exercise.path);
    let folder = path.parent().unwrap_or(root);
    fs::create_dir_all(folder)
        .with_context(|| folder.display().to_string())?;
    let mut n = 1;
    loop {
        let path = folder.join(format!("{}.{n}.rs", exercise.name));
        let new = File::create_new(&path);
        let taken = |e: &io::Error| e.kind() == ErrorKind::AlreadyExists;
        if !new.as_ref().is_err_and(taken) {
            let written = new.and_then(|mut file| {
                file.write_all(&answer)?;
                file.sync_all()
            });
            written.with_context(|| path.display().to_string())?;
            return Ok(relative(root, &path));
        }
        if fs::read(&path).is_ok_and(|before| before == answer) {
            return Ok(relative(root, &path));
        }
        n += 1;
    }
}

fn relative(root: &Path, path: &Path) -> PathBuf {
    slashed(path.strip_prefix(root).unwrap_or(path)).into()
}
