//! Trained models to begin with: those of the book's own runs are committed, for who has trained none.

use std::path::{Path, PathBuf};

use record::say;

use crate::Chapter;
use crate::chapter::checkpoint_in;

/// Where they are, below the root and beside the book's pages, which they are no part of.
const MODELS: &str = "book/models";

impl Chapter {
    /// The folder of this chapter's committed models.
    pub fn models(&self) -> PathBuf {
        self.root().join(MODELS).join(self.name)
    }

    /// A committed model.
    pub fn model(&self, name: &str) -> PathBuf {
        file_in(&self.models(), name)
    }

    /// Trained models by their names, which belong together: the checkpoints that the page's run has left here, or, where one
    /// of them is missing, the committed ones. Where those are missing too, the paths are of the former.
    pub fn trained<const N: usize>(&self, names: [&str; N]) -> [PathBuf; N] {
        let own = names.map(|name| checkpoint_in(&self.out(), name));
        let committed = names.map(|name| self.model(name));
        choose(own, committed)
    }
}

fn choose<const N: usize>(
    own: [PathBuf; N],
    committed: [PathBuf; N],
) -> [PathBuf; N] {
    let there = |files: &[PathBuf; N]| files.iter().all(|f| f.exists());
    match !there(&own) && there(&committed) {
        true => committed,
        false => own,
    }
}

pub(crate) fn file_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.safetensors"))
}

/// Says which of some files are committed models.
pub fn say_committed(files: &[&Path]) {
    committed_among(files).iter().for_each(say);
}

fn committed_among(files: &[&Path]) -> Vec<String> {
    let models: PathBuf = MODELS.split('/').collect();
    let folder = |file: &Path| Some(file.parent()?.parent()?.to_path_buf());
    let committed = |file: &&&Path| {
        folder(file).is_some_and(|folder| folder.ends_with(&models))
    };
    let line = |file: &&Path| {
        format!(
            "{}: the committed model of the book's own run; one that you train goes before it",
            file.display()
        )
    };
    files.iter().filter(committed).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_trained_here_goes_before_what_is_committed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let pair = |kind: &str| [1, 2].map(|n| at(&format!("{kind}-{n}")));
        let make = |name: &str| std::fs::write(at(name), "").unwrap();
        let chosen = || choose(pair("own"), pair("committed"));
        assert_eq!(chosen(), pair("own"), "neither");
        make("committed-1");
        assert_eq!(chosen(), pair("own"), "half of the committed ones");
        make("committed-2");
        assert_eq!(chosen(), pair("committed"));
        make("own-1");
        assert_eq!(chosen(), pair("committed"), "half of one's own");
        make("own-2");
        assert_eq!(chosen(), pair("own"));
    }

    #[test]
    fn a_committed_model_is_said_to_be_one() {
        let committed = Path::new("/a/book/models/gan/digits.safetensors");
        let others = ["/a/runs/gan/digits", "book/models", "x", ""];
        let others = others.map(Path::new);
        let all = [&others[..], &[committed]].concat();
        let said = committed_among(&all);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("/a/book/models/gan/"), "{said:?}");
    }
}
