//! Images and labels.

use std::path::{Path, PathBuf};

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
        Ok(Self { images, labels: Array1::from_vec(labels.data) })
    }

    /// The same, for code that is written for ten classes of 28 × 28 images, as MNIST and Fashion-MNIST are.
    ///
    /// # Errors
    /// As for [`Digits::load`]; or the images have another size, or a label is above 9.
    pub fn load_28x28(
        folder: impl AsRef<Path>,
        split: Split,
    ) -> Result<Self, DataError> {
        let folder = folder.as_ref();
        let digits = Self::load(folder, split)?;
        let expected = |what: &str, found: String| DataError::Unsuited {
            folder: folder.into(),
            expected: what.into(),
            found,
        };
        let (height, width) = digits.size();
        if (height, width) != (28, 28) {
            return Err(expected(
                "images of 28 × 28 pixels",
                format!("{height} × {width}"),
            ));
        }
        match digits.labels.iter().find(|label| **label > 9) {
            Some(label) => Err(expected(
                "labels from 0 to 9",
                format!("the label {label}"),
            )),
            None => Ok(digits),
        }
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

fn find(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    let candidates = [folder.join(name), folder.join(format!("{name}.gz"))];
    candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
        DataError::Missing { folder: folder.into(), name: name.into() }
    })
}
