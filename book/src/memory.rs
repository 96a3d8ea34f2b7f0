//! What was reproduced on this machine, so that a second `cargo run` only renders.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::Context;
use record::{Comparison, Entry, Measured, Results, committed_runs};
use serde::{Deserialize, Serialize};

/// What a chapter's numbers depend on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// Fingerprint of the code that makes them.
    code: String,
    /// Everything else that is compiled into the program: `lab`, and the versions of the crates.
    rest: u64,
    /// Where dfdx computes.
    device: String,
}

impl Key {
    /// As things are now.
    ///
    /// # Errors
    /// A source file or `Cargo.lock` cannot be read.
    pub fn now(
        root: &Path,
        entry: &Entry,
        device: &str,
    ) -> anyhow::Result<Self> {
        let lock = root.join("Cargo.lock");
        let lock = fs::read_to_string(&lock)
            .with_context(|| lock.display().to_string())?;
        let lab = record::fingerprint(&[root.join("chapters/lab/src")], &[])?;
        let mut rest = DefaultHasher::new();
        (lock, lab).hash(&mut rest);
        Ok(Self {
            code: entry.fingerprint(root)?,
            rest: rest.finish(),
            device: device.into(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Memory {
    key: Key,
    committed: Results,
    comparison: Comparison,
}

/// The comparison of a chapter's numbers with the committed ones, if it was made from the same code against the same
/// numbers; with those of its runs that had to be asked for, which are quoted.
pub fn recall(
    root: &Path,
    target: &Path,
    entry: &Entry,
    key: &Key,
) -> Option<Comparison> {
    let text = fs::read_to_string(path(target, entry)).ok()?;
    let memory: Memory = serde_json::from_str(&text).ok()?;
    let committed = Results::load(&root.join(entry.committed())).ok()?;
    (memory.key == *key && memory.committed == committed)
        .then(|| quoting_runs(root, entry, memory.comparison))
}

/// Compares, and keeps the comparison for the next time.
///
/// # Errors
/// There are no committed results, or a file cannot be read or written.
pub fn remember(
    root: &Path,
    target: &Path,
    entry: &Entry,
    key: Key,
    here: &BTreeMap<String, Measured>,
) -> anyhow::Result<Comparison> {
    let committed = committed(root, entry)?;
    let comparison = Comparison::new(here, &committed);
    let memory = Memory { key, committed, comparison };
    let path = path(target, entry);
    let text = serde_json::to_string(&memory)?;
    record::write_whole(&path, text.as_bytes())
        .with_context(|| path.display().to_string())?;
    Ok(quoting_runs(root, entry, memory.comparison))
}

/// A chapter's committed results.
///
/// # Errors
/// They are not there, or damaged.
pub fn committed(root: &Path, entry: &Entry) -> anyhow::Result<Results> {
    let path = root.join(entry.committed());
    let name = &entry.name;
    Results::load(&path).with_context(|| match path.exists() {
        true => format!("the results of {name} are damaged"),
        false => format!(
            "{name} has no results yet; `cargo run -- --fresh --only {name}` makes them"
        ),
    })
}

fn quoting_runs(
    root: &Path,
    entry: &Entry,
    mut comparison: Comparison,
) -> Comparison {
    for (_, path) in committed_runs(root, &entry.name) {
        let count = Results::load(&path).map_or(0, |r| r.values.len());
        comparison.quoted += count;
    }
    comparison
}

fn path(target: &Path, entry: &Entry) -> PathBuf {
    target.join("runs").join(&entry.name).join("reproduced.json")
}
