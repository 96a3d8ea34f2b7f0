//! Checkpoints: named arrays in a safetensors file that is written whole or not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use ndarray::{ArrayBase, ArrayD, Data, Dimension};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};

use crate::{read_plain, write_whole};

/// Named arrays of f32, and a few words on what they are.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// What was trained, with which seed, how far: compared when a run resumes.
    pub notes: BTreeMap<String, String>,
    arrays: BTreeMap<String, ArrayD<f32>>,
    path: Option<PathBuf>,
}

impl PartialEq for Checkpoint {
    /// Where they were read from does not matter.
    fn eq(&self, other: &Self) -> bool {
        (&self.notes, &self.arrays) == (&other.notes, &other.arrays)
    }
}

/// Why a checkpoint could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file is not a whole safetensors file.
    #[error("{}: expected a whole safetensors file, found: {what}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        what: String,
    },
    /// An array is missing, or has another type, shape or numbers.
    #[error("{}: array `{name}`: expected {expected}, found {found}", path.display())]
    Array {
        /// The file.
        path: PathBuf,
        /// The array.
        name: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A note says that the checkpoint is of another run.
    #[error("{}: `{name}`: expected {expected}, found {found}; {advice}", path.display())]
    Note {
        /// The file.
        path: PathBuf,
        /// The note.
        name: String,
        /// This run's value.
        expected: String,
        /// The checkpoint's value.
        found: String,
        /// What helps.
        advice: &'static str,
    },
    /// The checkpoint is of something else.
    #[error("{}: expected the checkpoint of {expected}, found {found}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
}

/// A checkpoint from which one thing is to be made: whatever is missing or odd is [`CheckpointError::Foreign`].
#[derive(Clone, Copy, Debug)]
pub struct Expecting<'a> {
    checkpoint: &'a Checkpoint,
    what: &'static str,
}

impl<'a> Expecting<'a> {
    /// The error that says what was found in place of what was expected.
    pub fn refuse(&self, found: impl fmt::Display) -> CheckpointError {
        CheckpointError::Foreign {
            path: self.checkpoint.path(),
            expected: self.what,
            found: found.to_string(),
        }
    }

    fn lacks(&self, name: &str) -> CheckpointError {
        let of = self.checkpoint.notes.get("training");
        let of = of.map_or("unknown".into(), |t| format!("`{t}`"));
        self.refuse(format!("no `{name}`; its training is {of}"))
    }

    /// A note that is a whole number.
    ///
    /// # Errors
    /// It is missing, no number, or larger than any that this workbook writes.
    pub fn number(&self, name: &str) -> Result<usize, CheckpointError> {
        let most = 1 << 32;
        match self.checkpoint.number(name) {
            Ok(n) if n <= most => Ok(n as usize),
            Ok(n) => Err(self.refuse(format!("`{name}` = {n}"))),
            Err(_) => Err(self.lacks(name)),
        }
    }

    /// An array, whatever its shape.
    ///
    /// # Errors
    /// It is missing.
    pub fn array(
        &self,
        name: &str,
    ) -> Result<&'a ArrayD<f32>, CheckpointError> {
        self.checkpoint.arrays.get(name).ok_or_else(|| self.lacks(name))
    }

    /// An array of one dimension, or two, or as many as are asked for.
    ///
    /// # Errors
    /// It is missing, or has others.
    pub fn of_rank<D: Dimension>(
        &self,
        name: &str,
    ) -> Result<ndarray::Array<f32, D>, CheckpointError> {
        let array = self.array(name)?;
        array.clone().into_dimensionality().map_err(|_| {
            self.refuse(format!("`{name}` of shape {:?}", array.shape()))
        })
    }

    /// That an array has this shape.
    ///
    /// # Errors
    /// It is missing, or has another.
    pub fn shape(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<(), CheckpointError> {
        let found = self.array(name)?.shape();
        match found == shape {
            true => Ok(()),
            false => Err(self.refuse(format!("`{name}` of shape {found:?}"))),
        }
    }
}

impl Checkpoint {
    /// The file it was read from.
    fn path(&self) -> PathBuf {
        self.path.clone().unwrap_or_else(|| "checkpoint".into())
    }

    /// To make `what` of it, such as "a prior over codes".
    pub fn expecting(&self, what: &'static str) -> Expecting<'_> {
        Expecting { checkpoint: self, what }
    }

    /// Adds an array under a name.
    pub fn put<A: Data<Elem = f32>, D: Dimension>(
        &mut self,
        name: &str,
        array: &ArrayBase<A, D>,
    ) {
        self.arrays.insert(name.into(), array.to_owned().into_dyn());
    }

    /// All arrays with their names, in the order of these.
    pub fn arrays(&self) -> impl Iterator<Item = (&str, &ArrayD<f32>)> {
        self.arrays.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Adds a note.
    pub fn note(&mut self, name: &str, value: impl ToString) {
        self.notes.insert(name.into(), value.to_string());
    }

    /// The array of a name, of this shape.
    ///
    /// # Errors
    /// There is no such array, or its shape is another.
    pub fn get(
        &self,
        name: &str,
        shape: &[usize],
    ) -> Result<&ArrayD<f32>, CheckpointError> {
        let array = self.array(name)?;
        match array.shape() == shape {
            true => Ok(array),
            false => Err(CheckpointError::Array {
                path: self.path(),
                name: name.into(),
                expected: format!("shape {shape:?}"),
                found: format!("{:?}", array.shape()),
            }),
        }
    }

    /// The array of a name, whatever its shape.
    ///
    /// # Errors
    /// There is no such array.
    pub fn array(&self, name: &str) -> Result<&ArrayD<f32>, CheckpointError> {
        self.arrays.get(name).ok_or_else(|| CheckpointError::Array {
            path: self.path(),
            name: name.into(),
            expected: "an array".into(),
            found: "none of that name".into(),
        })
    }

    /// That what both have is the same.
    ///
    /// # Errors
    /// An array of one name is another.
    pub fn expect_alike(
        &self,
        other: &Checkpoint,
    ) -> Result<(), CheckpointError> {
        let differs = |(name, array): &(&String, &ArrayD<f32>)| {
            other.arrays.get(*name).is_some_and(|theirs| theirs != *array)
        };
        match self.arrays.iter().find(differs) {
            None => Ok(()),
            Some((name, _)) => Err(CheckpointError::Array {
                path: self.path(),
                name: name.clone(),
                expected: format!("that of {}", other.path().display()),
                found: "another".into(),
            }),
        }
    }

    /// A note that is a whole number.
    ///
    /// # Errors
    /// It is missing or no number.
    pub fn number(&self, name: &str) -> Result<u64, CheckpointError> {
        let found =
            self.notes.get(name).cloned().unwrap_or_else(|| "missing".into());
        found
            .parse()
            .map_err(|_| self.other(name, "a whole number", found, AFRESH))
    }

    /// Checks that a note has this run's value.
    ///
    /// # Errors
    /// It is missing or another.
    pub fn expect_note(
        &self,
        name: &str,
        value: impl ToString,
    ) -> Result<(), CheckpointError> {
        self.expect_same(name, &value.to_string(), AFRESH)
    }

    /// The same, with words on what helps. Of a value of several lines the error shows where it differs.
    pub(crate) fn expect_same(
        &self,
        name: &str,
        expected: &str,
        advice: &'static str,
    ) -> Result<(), CheckpointError> {
        let found = self.notes.get(name).map_or("missing", String::as_str);
        if found == expected {
            return Ok(());
        }
        let [expected, found] = difference([expected, found]);
        Err(self.other(name, expected, found, advice))
    }

    /// The error that a note is of another run.
    pub(crate) fn other(
        &self,
        name: &str,
        expected: impl ToString,
        found: impl ToString,
        advice: &'static str,
    ) -> CheckpointError {
        CheckpointError::Note {
            path: self.path(),
            name: name.into(),
            expected: expected.to_string(),
            found: found.to_string(),
            advice,
        }
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// An array holds NaN or an infinity, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), CheckpointError> {
        let mut bytes = Vec::with_capacity(self.arrays.len());
        for (name, array) in &self.arrays {
            finite(path, name, array)?;
            bytes.push(
                array
                    .iter()
                    .flat_map(|v| v.to_le_bytes())
                    .collect::<Vec<u8>>(),
            );
        }
        let format =
            |e: safetensors::SafeTensorError| CheckpointError::Format {
                path: path.into(),
                what: format!("{e:?}"),
            };
        let mut views = Vec::with_capacity(bytes.len());
        for ((name, array), bytes) in self.arrays.iter().zip(&bytes) {
            let view =
                TensorView::new(Dtype::F32, array.shape().to_vec(), bytes);
            views.push((name, view.map_err(format)?));
        }
        let file = serialize(views, &None).map_err(format)?;
        write_whole(path, &with_notes(&file, &self.notes))
            .map_err(|cause| CheckpointError::Io { path: path.into(), cause })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read, is damaged, is not of f32, or holds NaN or an infinity.
    pub fn load(path: &Path) -> Result<Self, CheckpointError> {
        let bytes = read_plain(path, MOST_BYTES).map_err(|cause| {
            CheckpointError::Io { path: path.into(), cause }
        })?;
        let format = |what: String| CheckpointError::Format {
            path: path.into(),
            what,
        };
        let header =
            bytes.first_chunk().map_or(0, |n| u64::from_le_bytes(*n));
        if header > MOST_HEADER {
            let most = format!("of more than the {MOST_HEADER} it may have");
            return Err(format(format!(
                "a header of {header} bytes, {most}"
            )));
        }
        let file = SafeTensors::deserialize(&bytes)
            .map_err(|e| format(format!("{e:?}")))?;
        let (_, header) = SafeTensors::read_metadata(&bytes)
            .map_err(|e| format(format!("{e:?}")))?;
        let notes = header
            .metadata()
            .clone()
            .unwrap_or_default()
            .into_iter()
            .collect();
        let mut arrays = BTreeMap::new();
        for (name, view) in file.tensors() {
            if view.dtype() != Dtype::F32 {
                return Err(CheckpointError::Array {
                    path: path.into(),
                    name,
                    expected: "numbers of type F32".into(),
                    found: format!("{:?}", view.dtype()),
                });
            }
            let numbers = view.data().chunks_exact(4);
            let numbers = numbers
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            let array =
                ArrayD::from_shape_vec(view.shape().to_vec(), numbers)
                    .map_err(|e| format(format!("array `{name}`: {e}")))?;
            finite(path, &name, &array)?;
            arrays.insert(name, array);
        }
        Ok(Self { notes, arrays, path: Some(path.into()) })
    }
}

/// The largest file that is read: several times what the largest model here needs.
const MOST_BYTES: u64 = 1 << 30;

/// The longest header: every name in it costs more memory than it has bytes.
const MOST_HEADER: u64 = 1 << 20;

/// What helps against a checkpoint that is of another run.
pub(crate) const AFRESH: &str = "--fresh begins again, --out DIR keeps both";

/// The file with its notes, and its header in alphabetical order, so that equal checkpoints have equal bytes: the format
/// leaves the order open, and its library would take the notes in that of a hash table.
fn with_notes(file: &[u8], notes: &BTreeMap<String, String>) -> Vec<u8> {
    let ordered = |file: &[u8]| {
        let (length, rest) = file.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (header, data) = rest.split_at_checked(length)?;
        let mut header: Header = serde_json::from_slice(header).ok()?;
        let notes = notes.iter().map(|(n, v)| (n.clone(), v.clone().into()));
        header.insert("__metadata__".into(), notes.collect());
        let mut header = serde_json::to_vec(&header).ok()?;
        header.resize(header.len().next_multiple_of(8), b' ');
        let length = (header.len() as u64).to_le_bytes();
        Some([&length, &header[..], data].concat())
    };
    ordered(file).expect("what was just written is a whole file")
}

/// Names of arrays with their type, shape and place; `__metadata__` with the notes.
type Header = BTreeMap<String, BTreeMap<String, serde_json::Value>>;

/// Where two texts differ: the first line that does, behind those that it is indented under.
fn difference(texts: [&str; 2]) -> [String; 2] {
    let [a, b] = texts.map(|text| text.lines().collect::<Vec<_>>());
    let differs = |n: &usize| a.get(*n) != b.get(*n);
    let at = (0..a.len().max(b.len())).find(differs).unwrap_or(0);
    [a, b].map(|lines| within(&lines, at))
}

fn within(lines: &[&str], at: usize) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(line) = lines.get(at) else { return "nothing".into() };
    let (mut depth, mut parts) = (indent(line), vec![line.trim()]);
    for above in lines[..at].iter().rev() {
        if indent(above) < depth {
            depth = indent(above);
            parts.push(above.trim());
        }
    }
    parts.reverse();
    parts.join(" ").trim_end_matches(',').into()
}

fn finite(
    path: &Path,
    name: &str,
    array: &ArrayD<f32>,
) -> Result<(), CheckpointError> {
    match array.iter().position(|v| !v.is_finite()) {
        None => Ok(()),
        Some(at) => Err(CheckpointError::Array {
            path: path.into(),
            name: name.into(),
            expected: "finite numbers".into(),
            found: format!(
                "{} at element {at}",
                array.iter().nth(at).copied().unwrap_or(f32::NAN)
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;
    use ndarray::array;
    use proptest::prelude::*;

    fn sample() -> Checkpoint {
        let mut checkpoint = Checkpoint::default();
        checkpoint.put("w", &array![[1.0_f32, 2.0], [3.0, -0.1]]);
        checkpoint.put("b", &array![0.5_f32]);
        checkpoint.note("step", 12);
        checkpoint
    }

    #[test]
    fn a_checkpoint_survives_the_file_and_replaces_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.safetensors");
        fs::write(&path, "old").unwrap();
        sample().save(&path).unwrap();
        let read = Checkpoint::load(&path).unwrap();
        assert_eq!(read, sample());
        let w = read.get("w", &[2, 2]).unwrap();
        assert_eq!(*w, array![[1.0, 2.0], [3.0, -0.1]].into_dyn());
        assert!(
            read.expect_note("step", 12).is_ok()
                && read.expect_note("step", 13).is_err()
        );
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left beside it"
        );
    }

    #[test]
    fn what_two_checkpoints_share_must_be_alike() {
        let mut part = Checkpoint::default();
        part.put("b", &array![0.5_f32]);
        part.put("new", &array![7.0_f32]);
        assert!(part.expect_alike(&sample()).is_ok());
        part.put("b", &array![0.25_f32]);
        let said = part.expect_alike(&sample()).unwrap_err().to_string();
        assert!(said.contains("array `b`: expected that of"), "{said}");
        part.put("b", &array![[0.5_f32]]);
        assert!(part.expect_alike(&sample()).is_err(), "another shape");
    }

    #[test]
    fn wrong_shapes_and_missing_arrays_are_named() {
        let said = |name: &str, shape: &[usize]| {
            sample().get(name, shape).unwrap_err().to_string()
        };
        let message = said("w", &[2, 3]);
        assert!(
            message.contains("`w`: expected shape [2, 3], found [2, 2]"),
            "{message}"
        );
        let message = said("x", &[2]);
        assert!(message.contains("`x`: expected an array"), "{message}");
    }

    #[test]
    fn what_was_expected_and_the_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.safetensors");
        let mut of = sample();
        of.note("training", "gan/digits");
        of.note("size", u64::MAX);
        of.save(&path).unwrap();
        let of = Checkpoint::load(&path).unwrap();
        let from = of.expecting("a prior");
        let start = format!(
            "{}: expected the checkpoint of a prior, found ",
            path.display()
        );
        for (found, error) in [
            (
                "no `z`; its training is `gan/digits`",
                from.array("z").unwrap_err(),
            ),
            (
                "`w` of shape [2, 2]",
                from.of_rank::<ndarray::Ix1>("w").unwrap_err(),
            ),
            ("`w` of shape [2, 2]", from.shape("w", &[2, 3]).unwrap_err()),
            (
                "`size` = 18446744073709551615",
                from.number("size").unwrap_err(),
            ),
        ] {
            assert_eq!(error.to_string(), format!("{start}{found}"));
        }
        assert_eq!(from.number("step").unwrap(), 12);
        let w = from.of_rank::<ndarray::Ix2>("w").unwrap();
        assert_eq!(w[[1, 0]], 3.0);
    }

    #[test]
    fn nan_is_neither_written_nor_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.safetensors");
        let mut bad = sample();
        bad.put("b", &array![f32::NAN]);
        let message = bad.save(&path).unwrap_err().to_string();
        assert!(
            message.contains(
                "`b`: expected finite numbers, found NaN at element 0"
            ),
            "{message}"
        );
        assert!(!path.exists());
        sample().save(&path).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&f32::INFINITY.to_le_bytes());
        fs::write(&path, bytes).unwrap();
        assert!(
            Checkpoint::load(&path)
                .unwrap_err()
                .to_string()
                .contains("inf at element")
        );
    }

    #[test]
    fn every_truncation_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.safetensors");
        sample().save(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            assert!(
                Checkpoint::load(&path).is_err(),
                "{length} bytes were accepted"
            );
        }
    }

    #[test]
    fn notes_are_in_order_whatever_order_they_came_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.safetensors");
        let mut many = sample();
        (0..50).for_each(|n| many.note(&format!("note.{n}"), n));
        many.save(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        let header = String::from_utf8_lossy(&bytes).into_owned();
        let at = |n: u32| header.find(&format!("\"note.{n}\"")).unwrap();
        let mut names: Vec<u32> = (0..50).collect();
        names.sort_by_key(u32::to_string);
        assert!(names.is_sorted_by_key(|n| at(*n)));
        assert_eq!(Checkpoint::load(&path).unwrap(), many);
        assert_eq!(bytes.len() % 4, 0, "numbers stay aligned");
    }

    #[test]
    fn a_checkpoint_of_nothing_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.safetensors");
        Checkpoint::default().save(&path).unwrap();
        assert_eq!(Checkpoint::load(&path).unwrap(), Checkpoint::default());
    }

    #[test]
    fn only_plain_files_are_read_and_none_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |path: &Path, what: &str| {
            let said = Checkpoint::load(path).unwrap_err().to_string();
            let start = format!("{}: expected ", path.display());
            assert!(
                said.starts_with(&start) && said.contains(what),
                "{said}"
            );
        };
        refused(folder.path(), "a plain file, found a folder");
        let large = folder.path().join("large");
        File::create(&large).unwrap().set_len(MOST_BYTES + 1).unwrap();
        refused(&large, "at most 1073741824 bytes, found 1073741825");
        let header = folder.path().join("header");
        fs::write(&header, u64::MAX.to_le_bytes()).unwrap();
        refused(&header, "a header of 18446744073709551615 bytes");
        #[cfg(unix)]
        {
            let pipe = folder.path().join("pipe");
            let made =
                std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.unwrap().success());
            refused(&pipe, "a plain file, found a pipe");
            refused(Path::new("/dev/zero"), "a plain file, found a device");
        }
    }

    #[test]
    fn a_difference_is_shown_with_what_it_is_part_of() {
        let text = "net: 2 → 3\nConfig {\n    g: Adam {\n        lr: 0.1,\n    },\n    k: 1,\n}";
        let other = text.replace("0.1", "0.2");
        let found =
            ["Config { g: Adam { lr: 0.1", "Config { g: Adam { lr: 0.2"];
        assert_eq!(difference([text, &other]), found);
        let other = text.replace("k: 1", "k: 2");
        assert_eq!(
            difference([text, &other]),
            ["Config { k: 1", "Config { k: 2"]
        );
        let longer = format!("{text}\nend");
        assert_eq!(difference([text, &longer]), ["nothing", "end"]);
        assert_eq!(difference(["2", "missing"]), ["2", "missing"]);
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("c.safetensors");
            fs::write(&path, bytes).unwrap();
            let _ = Checkpoint::load(&path);
        }
    }
}
