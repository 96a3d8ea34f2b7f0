//! The chapters, as their folders and manifests tell them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::{FingerprintError, Part, chapter_fingerprint, parts};

/// A chapter's place in the table of contents: `chapters/01-minimax-loss` is number 1, the crate `minimax-loss`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The crate's name.
    pub name: String,
    /// The number in the table of contents.
    pub number: u32,
    /// The crate's folder, relative to the root.
    pub folder: PathBuf,
    /// The folders of the earlier chapters that it calls, directly or through others, in their order.
    pub uses: Vec<PathBuf>,
}

/// The chapters of the workbook at `root`, in the order of the table of contents.
///
/// # Errors
/// A folder or manifest cannot be read.
pub fn entries(root: &Path) -> Result<Vec<Entry>, FingerprintError> {
    let chapters = root.join("chapters");
    let error = |cause| FingerprintError { path: chapters.clone(), cause };
    let mut found: Vec<Entry> = Vec::new();
    for folder in fs::read_dir(&chapters).map_err(error)? {
        let folder = folder.map_err(error)?.file_name();
        found.extend(folder.to_str().and_then(named));
    }
    found.sort_by_key(|entry| entry.number);
    for n in 0..found.len() {
        let path = root.join(&found[n].folder).join("Cargo.toml");
        let manifest = fs::read_to_string(&path)
            .map_err(|cause| FingerprintError { path, cause })?;
        let (earlier, rest) = found.split_at_mut(n);
        rest[0].uses = used(&manifest, earlier);
    }
    Ok(found)
}

fn named(folder: &str) -> Option<Entry> {
    let (number, name) = folder.split_once('-')?;
    Some(Entry {
        name: name.into(),
        number: number.parse().ok()?,
        folder: Path::new("chapters").join(folder),
        uses: Vec::new(),
    })
}

/// The folders of the chapters that a manifest depends on, and of those that they use.
fn used(manifest: &str, earlier: &[Entry]) -> Vec<PathBuf> {
    let table =
        manifest.split("\n[").find(|t| t.starts_with("dependencies]"));
    let depends = |entry: &&Entry| {
        let line = format!("{}.workspace", entry.name);
        table.is_some_and(|t| t.lines().any(|l| l.starts_with(&line)))
    };
    let direct = earlier.iter().filter(depends);
    let all = direct.flat_map(|e| e.uses.iter().chain([&e.folder]));
    all.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

impl Entry {
    /// The committed results, relative to the root.
    pub fn committed(&self) -> PathBuf {
        format!("book/pages/results/{}.json", self.name).into()
    }

    /// Fingerprint of the code that makes this chapter's numbers.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn fingerprint(
        &self,
        root: &Path,
    ) -> Result<String, FingerprintError> {
        chapter_fingerprint(root, &self.folder, &self.uses)
    }

    /// The chapter's experiments, and what each depends on.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn parts(
        &self,
        root: &Path,
    ) -> Result<BTreeMap<String, Part>, FingerprintError> {
        parts(root, &self.folder, &self.uses)
    }
}

/// The committed results of a chapter's runs that take too long for the others' company, with their names.
pub fn committed_runs(root: &Path, chapter: &str) -> Vec<(String, PathBuf)> {
    let folder = root.join("book/pages/results");
    let prefix = format!("{chapter}.");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let run = |path: PathBuf| {
        let stem = path.file_stem()?.to_str()?;
        let run = stem.strip_prefix(&prefix)?.to_string();
        Some((run, path))
    };
    let mut runs: Vec<_> = files.filter_map(|f| run(f.path())).collect();
    runs.sort();
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_read_from_their_folders_and_manifests() {
        let root = tempfile::tempdir().unwrap();
        for (folder, uses) in [
            ("00-first", ""),
            ("02-third", "second.workspace = true\n"),
            ("01-second", "first.workspace = true\n"),
            ("03-fourth", "\n[dev-dependencies]\nfirst.workspace = true\n"),
            ("lab", ""),
        ] {
            let folder = root.path().join("chapters").join(folder);
            fs::create_dir_all(&folder).unwrap();
            let manifest = format!("[package]\n\n[dependencies]\n{uses}");
            fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        }
        let found = entries(root.path()).unwrap();
        let names: Vec<_> = found.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["first", "second", "third", "fourth"]);
        let folders = ["chapters/00-first", "chapters/01-second"];
        assert_eq!(found[2].uses, folders.map(PathBuf::from));
        assert_eq!((&found[2].number, found[3].uses.len()), (&2, 0));
        assert!(entries(&root.path().join("gone")).is_err());
    }
}
