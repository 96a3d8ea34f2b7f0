//! Pictures in grey or colour, with classes: those that come with the book, and any folder of a reader's own.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, Limits};
use ndarray::{Array1, Array2, Array4, NdFloat, s};

use crate::PixelRange;

/// Why pictures could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PictureError {
    /// A file or folder could not be read.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: expected {expected}, found {found}", path.display())]
    Content {
        /// The file or folder.
        path: PathBuf,
        /// What should be there.
        expected: String,
        /// What is there.
        found: String,
    },
}

impl PictureError {
    pub(crate) fn io(path: &Path, cause: std::io::Error) -> Self {
        Self::Io { path: path.into(), cause }
    }

    pub(crate) fn content(
        path: &Path,
        expected: impl Display,
        found: impl Display,
    ) -> Self {
        let (expected, found) = (expected.to_string(), found.to_string());
        Self::Content { path: path.into(), expected, found }
    }
}

/// Pictures of one size and their classes, as the bytes they are stored in.
#[derive(Clone, Debug, PartialEq)]
pub struct PictureSet {
    /// `[N, H, W, C]`, 0 to 255, with one channel or three: red, green, blue.
    pub images: Array4<u8>,
    /// Classes, `[N]`.
    pub labels: Array1<u8>,
    /// What the classes are called.
    pub classes: Vec<String>,
}

/// What was done to a folder's pictures to make them alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// How many were not square, and lost what is beyond the square in their middle.
    pub cropped: usize,
    /// How many had another size.
    pub scaled: usize,
    /// How many lost their colour, or were given three equal channels.
    pub recoloured: usize,
    /// How many had transparent places, which were put on white.
    pub on_white: usize,
    /// Files that are no pictures, and were passed by.
    pub passed: usize,
}

/// A picture of more pixels than this on a side is refused.
const LARGEST: u32 = 16_384;

/// So many bytes at most are read of a file.
const MOST_BYTES: u64 = 1 << 28;

impl PictureSet {
    /// The number of pictures.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Height, width and channels.
    pub fn size(&self) -> (usize, usize, usize) {
        let (_, height, width, channels) = self.images.dim();
        (height, width, channels)
    }

    /// The values of some pictures, one a row, the channels of a pixel side by side: `[B, H·W·C]`.
    ///
    /// # Panics
    /// An index is not below `len`.
    pub fn pixels<F: NdFloat>(
        &self,
        indices: &[usize],
        range: PixelRange,
    ) -> Array2<F> {
        let number = |v: u8| F::from(v).expect("floats hold bytes");
        let scaled = |byte: &u8| {
            let unit = number(*byte) / number(255);
            match range {
                PixelRange::Unit => unit,
                PixelRange::Symmetric => unit + unit - F::one(),
            }
        };
        let (height, width, channels) = self.size();
        let row = height * width * channels;
        let mut values = Vec::with_capacity(indices.len() * row);
        for &n in indices {
            let picture = self.images.slice(s![n, .., .., ..]); // [H, W, C]
            values.extend(picture.iter().map(scaled));
        }
        Array2::from_shape_vec((indices.len(), row), values)
            .expect("a row of H·W·C numbers for each index")
    }

    /// All pictures of a folder and of its subfolders, which are the classes, in the order of their names; those beside the
    /// subfolders are a class of their own. Each is cropped to the square in its middle and scaled to `side` × `side`.
    ///
    /// # Errors
    /// The folder or a picture cannot be read, there is no picture, or there are more than 256 classes.
    pub fn load_folder(
        folder: &Path,
        side: usize,
        channels: Channels,
    ) -> Result<(Self, Made), PictureError> {
        let (mut made, mut images) = (Made::default(), Vec::new());
        let (mut labels, mut classes) = (Vec::new(), Vec::new());
        for (class, files) in classes_in(folder)? {
            let before = images.len();
            for path in files {
                match read(&path, side, channels, &mut made)? {
                    Some(bytes) => images.extend(bytes),
                    None => made.passed += 1,
                }
            }
            let each = side * side * channels.count();
            let more = (images.len() - before) / each.max(1);
            if more > 0 {
                let label = u8::try_from(classes.len()).map_err(|_| {
                    let most = "256 classes, a subfolder each, at most";
                    PictureError::content(folder, most, "more")
                })?;
                labels.extend(std::iter::repeat_n(label, more));
                classes.push(class);
            }
        }
        if labels.is_empty() {
            return Err(PictureError::content(
                folder,
                "PNG or JPEG files here or in subfolders, a subfolder for each class",
                format!("{} other files", made.passed),
            ));
        }
        let shape = (labels.len(), side, side, channels.count());
        let images = Array4::from_shape_vec(shape, images)
            .expect("each picture has side · side · channels bytes");
        Ok((Self { images, labels: labels.into(), classes }, made))
    }
}

/// Grey, or red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// One.
    Grey,
    /// Three.
    Colour,
}

impl Channels {
    /// How many.
    pub fn count(self) -> usize {
        match self {
            Channels::Grey => 1,
            Channels::Colour => 3,
        }
    }
}

/// The files of each class.
fn classes_in(
    folder: &Path,
) -> Result<Vec<(String, Vec<PathBuf>)>, PictureError> {
    let (mut here, mut below) = (Vec::new(), Vec::new());
    for path in sorted(folder)? {
        match path.is_dir() {
            true => below.push(path),
            false => here.push(path),
        }
    }
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let mut classes = vec![(name(folder), here)];
    for path in below {
        let files = sorted(&path)?.into_iter().filter(|p| !p.is_dir());
        classes.push((name(&path), files.collect()));
    }
    Ok(classes)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, PictureError> {
    let error = |cause| PictureError::io(folder, cause);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let path = entry.map_err(error)?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// The bytes of a picture, `[side, side, channels]`, or `None` if the file is none by its name.
fn read(
    path: &Path,
    side: usize,
    channels: Channels,
    made: &mut Made,
) -> Result<Option<Vec<u8>>, PictureError> {
    let ends = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    let known = ["png", "jpg", "jpeg"];
    if !ends.is_some_and(|e| known.contains(&e.as_str())) {
        return Ok(None);
    }
    let picture = decode(path)?;
    Ok(Some(fitted(picture, side, channels, made)))
}

/// A picture out of a PNG or JPEG file.
pub(crate) fn decode(path: &Path) -> Result<DynamicImage, PictureError> {
    let io = |cause| PictureError::io(path, cause);
    let file = File::open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        return Err(PictureError::content(
            path,
            "a plain file",
            "another kind",
        ));
    }
    let mut bytes = Vec::new();
    let mut reader = BufReader::new(file).take(MOST_BYTES);
    reader.read_to_end(&mut bytes).map_err(io)?;
    let mut reader = ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()
        .map_err(io)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    reader.limits(limits);
    reader.decode().map_err(|cause| {
        PictureError::content(path, "a PNG or JPEG picture", cause)
    })
}

/// Cropped to the square in its middle, scaled, on white, with so many channels.
fn fitted(
    picture: DynamicImage,
    side: usize,
    channels: Channels,
    made: &mut Made,
) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    let square = width.min(height);
    made.cropped += usize::from(width != height);
    made.scaled += usize::from(square as usize != side);
    let grey = !picture.color().has_color();
    made.recoloured += usize::from(grey != (channels == Channels::Grey));
    let mut rgba = picture
        .crop_imm((width - square) / 2, (height - square) / 2, square, square)
        .to_rgba8();
    made.on_white += usize::from(rgba.pixels().any(|p| p.0[3] < 255));
    for pixel in rgba.pixels_mut() {
        let [r, g, b, a] = pixel.0.map(u32::from);
        let over = |v: u32| ((v * a + 255 * (255 - a) + 127) / 255) as u8;
        pixel.0 = [over(r), over(g), over(b), 255];
    }
    let side = u32::try_from(side).unwrap_or(LARGEST);
    let whole = DynamicImage::from(rgba);
    let whole = match square == side {
        true => whole,
        false => whole.resize_exact(side, side, FilterType::Triangle),
    };
    match channels {
        Channels::Grey => whole.to_luma8().into_raw(),
        Channels::Colour => whole.to_rgb8().into_raw(),
    }
}

impl Made {
    /// In words, what was done, if anything was.
    pub fn said(&self) -> Option<String> {
        let parts = [
            (self.cropped, "cropped to a square"),
            (self.scaled, "scaled"),
            (self.recoloured, "given other channels"),
            (self.on_white, "put on white"),
            (self.passed, "passed by as no PNG or JPEG"),
        ];
        let done = parts.iter().filter(|(n, _)| *n > 0);
        let done: Vec<_> =
            done.map(|(n, what)| format!("{n} {what}")).collect();
        (!done.is_empty()).then(|| done.join(", "))
    }
}
