//! Images and labels.

use std::fmt;
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use ndarray::{Array1, Array2, Array3, NdFloat, s};

use crate::{DataError, idx};

/// Which of the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// What is learnt from.
    Train,
    /// What is held back.
    Test,
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Split::Train => "training",
            Split::Test => "test",
        })
    }
}

/// What a byte of a pixel becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelRange {
    /// 0 becomes 0, 255 becomes 1.
    Unit,
    /// 0 becomes -1, 255 becomes 1: the range of tanh.
    Symmetric,
}

/// The images and labels of one split, as the bytes they are stored in.
#[derive(Clone, Debug, PartialEq)]
pub struct Digits {
    /// Grey values, `[N, H, W]`, 0 to 255.
    pub images: Array3<u8>,
    /// Classes, `[N]`.
    pub labels: Array1<u8>,
    folder: PathBuf,
    split: Split,
}

impl Digits {
    /// Reads a split from a folder with the files `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`,
    /// `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each plain or with `.gz` at its end.
    ///
    /// # Errors
    /// A file is missing or damaged, there are no images, or images and labels differ in number.
    pub fn load(
        folder: impl AsRef<Path>,
        split: Split,
    ) -> Result<Self, DataError> {
        let folder = folder.as_ref();
        let prefix = match split {
            Split::Train => "train",
            Split::Test => "t10k",
        };
        let images_path =
            find(folder, &format!("{prefix}-images-idx3-ubyte"))?;
        let labels_path =
            find(folder, &format!("{prefix}-labels-idx1-ubyte"))?;
        let images = idx::read(&images_path, 3)?;
        let labels = idx::read(&labels_path, 1)?;
        let [n, height, width] = images.dims[..] else {
            unreachable!("a file of rank 3 has three dimensions");
        };
        if n == 0 || height == 0 || width == 0 {
            return Err(DataError::Format {
                path: images_path,
                offset: 4,
                expected: "at least one image of at least one pixel".into(),
                found: format!("dimensions {:?}", images.dims),
            });
        }
        if labels.data.len() != n {
            return Err(DataError::Counts {
                images_path,
                labels_path,
                images: n,
                labels: labels.data.len(),
            });
        }
        let images = Array3::from_shape_vec((n, height, width), images.data);
        let images = images
            .expect("the reader returned as many bytes as dimensions say");
        let (labels, folder) = (labels.data.into(), folder.into());
        Ok(Self { images, labels, folder, split })
    }

    /// The same, for code that is written for ten classes of 28 × 28 images, as MNIST and Fashion-MNIST are.
    ///
    /// # Errors
    /// As for [`Digits::load`]; or the images have another size, or are all alike, or a label is above 9.
    pub fn load_28x28(
        folder: impl AsRef<Path>,
        split: Split,
    ) -> Result<Self, DataError> {
        let digits = Self::load(folder, split)?;
        let (height, width) = digits.size();
        if (height, width) != (28, 28) {
            let found = format!("{height} × {width}");
            return Err(digits.unsuited("images of 28 × 28 pixels", found));
        }
        if let Some(label) = digits.labels.iter().find(|label| **label > 9) {
            let found = format!("the label {label}");
            return Err(digits.unsuited("labels from 0 to 9", found));
        }
        digits.varied(digits.len())?;
        Ok(digits)
    }

    /// For whoever cannot do with fewer images than `least`.
    ///
    /// # Errors
    /// There are fewer.
    pub fn at_least(&self, least: usize) -> Result<(), DataError> {
        match self.len() {
            n if n < least => {
                let images =
                    format!("at least {least} {} images", self.split);
                Err(self.unsuited(images, n))
            }
            _ => Ok(()),
        }
    }

    /// For whoever divides by the variance of the first `most` images, or learns from what tells them apart.
    ///
    /// # Errors
    /// They are all alike: one and the same picture, or a single one whose pixels are all the same.
    pub fn varied(&self, most: usize) -> Result<(), DataError> {
        let n = most.min(self.len());
        let seen = self.images.slice(s![..n, .., ..]); // [n, H, W]
        let alike = match n {
            1 => seen.iter().all(|v| Some(v) == seen.first()),
            _ => seen
                .outer_iter()
                .all(|image| image == seen.slice(s![0, .., ..])),
        };
        match alike {
            true => Err(self.unsuited(
                "images that differ, for nothing else can be learnt from",
                format!("{n} {} images that are all alike", self.split),
            )),
            false => Ok(()),
        }
    }

    /// What is said of data that are whole, and not what a chapter is written for.
    pub fn unsuited(
        &self,
        expected: impl ToString,
        found: impl ToString,
    ) -> DataError {
        let folder = self.folder.clone();
        let (expected, found) = (expected.to_string(), found.to_string());
        DataError::Unsuited { folder, expected, found }
    }

    /// The number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images; a loaded split has some.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Height and width of an image.
    pub fn size(&self) -> (usize, usize) {
        (self.images.dim().1, self.images.dim().2)
    }

    /// Pixels of an image.
    pub fn pixel_count(&self) -> usize {
        self.size().0 * self.size().1
    }

    /// The pixels of some images, one image a row: `[B, H·W]`.
    ///
    /// # Panics
    /// An index is not below `len`.
    pub fn pixels<F>(&self, indices: &[usize], range: PixelRange) -> Array2<F>
    where
        F: NdFloat,
    {
        let number = |v: u8| F::from(v).expect("floats hold bytes");
        let scaled = |byte| {
            let unit = number(byte) / number(255);
            match range {
                PixelRange::Unit => unit,
                PixelRange::Symmetric => unit + unit - F::one(),
            }
        };
        let table: Vec<F> = (0..=255).map(scaled).collect();
        let mut pixels =
            Vec::with_capacity(indices.len() * self.pixel_count());
        for &n in indices {
            let image = self.images.slice(s![n, .., ..]); // [H, W]
            pixels.extend(image.iter().map(|&byte| table[usize::from(byte)]));
        }
        Array2::from_shape_vec((indices.len(), self.pixel_count()), pixels)
            .expect("one row of H·W pixels for each index") // [B, H·W]
    }

    /// The classes of some images.
    ///
    /// # Panics
    /// An index is not below `len`.
    pub fn classes(&self, indices: &[usize]) -> Vec<usize> {
        indices.iter().map(|&n| self.labels[n].into()).collect()
    }

    /// The indices of all images of one class.
    pub fn of_class(&self, class: u8) -> Vec<usize> {
        (0..self.len()).filter(|&n| self.labels[n] == class).collect()
    }
}

/// A digest of the digits in a folder, as 16 hexadecimal digits: the same wherever they lie, compressed or not. A split that
/// cannot be read has no part in it.
pub fn digest(folder: impl AsRef<Path>) -> String {
    let mut hash = Md5::new();
    for split in [Split::Train, Split::Test] {
        if let Ok(Digits { images, labels, .. }) =
            Digits::load(&folder, split)
        {
            hash.update(format!("{split:?} {:?}", images.shape()));
            hash.update(images.as_slice().expect("as it was read"));
            hash.update(labels.as_slice().expect("as it was read"));
        }
    }
    hash.finalize()[..8].iter().map(|b| format!("{b:02x}")).collect()
}

/// The file of a name, or the compressed one.
fn find(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    let io = |path: &Path, cause| DataError::Io { path: path.into(), cause };
    fs::metadata(folder).map_err(|cause| io(folder, cause))?;
    for path in [folder.join(name), folder.join(format!("{name}.gz"))] {
        match fs::metadata(&path) {
            Ok(about) if about.is_file() => return Ok(path),
            Ok(_) => {
                let odd = "expected a plain file, found another kind";
                return Err(io(&path, Error::other(odd)));
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound => {}
            Err(cause) => return Err(io(&path, cause)),
        }
    }
    Err(DataError::Missing { folder: folder.into(), name: name.into() })
}
