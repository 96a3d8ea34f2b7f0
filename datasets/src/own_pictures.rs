//! Pictures in grey or colour, with classes: those that come with the book, and any folder of a reader's own.

use std::fmt::Display;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use ndarray::{Array1, Array2, Array4, Axis, NdFloat, s};
use record::read_plain;

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
    /// How many lay on a side, as a camera says that was held so, and were turned.
    pub turned: usize,
    /// How many lost their colour.
    pub greyed: usize,
    /// How many were grey and were given three equal channels.
    pub coloured: usize,
    /// How many had transparent places, which were put on white.
    pub on_white: usize,
    /// Files that are no pictures, and were passed by.
    pub passed: usize,
    /// Folders that lie in subfolders, and were passed by.
    pub deeper: usize,
}

/// A picture of more pixels than this on a side is refused.
const LARGEST: u32 = 16_384;

/// A file of more bytes than this is refused.
const MOST_BYTES: u64 = 1 << 28;

/// A picture of more bytes than this in memory is refused.
const MOST_MEMORY: u64 = 1 << 30;

/// Of each class one picture in so many is held back.
const HELD_BACK: usize = 7;

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
        let found = classes_in(folder)?;
        made.deeper = found.deeper;
        for (class, files) in found.classes {
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

    /// One picture, made alike.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn load_one(
        path: &Path,
        side: usize,
        channels: Channels,
    ) -> Result<(Self, Made), PictureError> {
        let mut made = Made::default();
        let picture = decode(path, &mut made)?;
        let bytes = fitted(picture, side, channels, &mut made);
        let shape = (1, side, side, channels.count());
        let images = Array4::from_shape_vec(shape, bytes)
            .expect("a picture has side · side · channels bytes");
        let (labels, classes) = (vec![0].into(), vec![String::new()]);
        Ok((Self { images, labels, classes }, made))
    }

    /// These in grey, `side` × `side`, and what that took.
    pub fn in_grey(&self, side: usize) -> (Self, Made) {
        let (mut made, mut bytes) = (Made::default(), Vec::new());
        for picture in self.images.outer_iter() {
            let (height, width, channels) = picture.dim();
            let rgb = |at: usize| {
                let (y, x) = (at / width, at % width);
                [0, 1, 2].map(|c| picture[[y, x, c.min(channels - 1)]])
            };
            let rgb = (0..height * width).flat_map(rgb).collect();
            let size = (width as u32, height as u32);
            let rgb = RgbImage::from_raw(size.0, size.1, rgb)
                .expect("three bytes a pixel");
            let whole = match channels {
                1 => DynamicImage::from(rgb).to_luma8().into(),
                _ => DynamicImage::from(rgb),
            };
            bytes.extend(fitted(whole, side, Channels::Grey, &mut made));
        }
        let shape = (self.len(), side, side, 1);
        let images = Array4::from_shape_vec(shape, bytes)
            .expect("each picture has side · side bytes");
        let (labels, classes) = (self.labels.clone(), self.classes.clone());
        (Self { images, labels, classes }, made)
    }

    /// What is learnt from and what is held back: of each class every seventh picture, in the order in which they are here.
    pub fn split(self) -> (Self, Self) {
        let mut seen = vec![0_usize; self.classes.len()];
        let mut held = |label: &u8| {
            let count = &mut seen[usize::from(*label)];
            *count += 1;
            count.is_multiple_of(HELD_BACK)
        };
        let all = self.labels.iter().map(&mut held).enumerate();
        let (test, train): (Vec<_>, Vec<_>) =
            all.partition(|(_, held)| *held);
        let part = |some: Vec<(usize, bool)>| {
            let rows: Vec<usize> = some.into_iter().map(|(n, _)| n).collect();
            Self {
                images: self.images.select(Axis(0), &rows),
                labels: self.labels.select(Axis(0), &rows),
                classes: self.classes.clone(),
            }
        };
        (part(train), part(test))
    }

    /// Whether each picture's outermost pixels are bright in the mean: ink on paper, not light on black.
    pub fn bright_borders(&self) -> Vec<bool> {
        let (height, width, _) = self.size();
        let inside = |at: usize, of: usize| at > 0 && at + 1 < of;
        let bright = |picture: ndarray::ArrayView3<u8>| {
            let (mut sum, mut count) = (0, 0);
            for ((y, x, _), v) in picture.indexed_iter() {
                if !(inside(y, height) && inside(x, width)) {
                    sum += u64::from(*v);
                    count += 1;
                }
            }
            2 * sum > 255 * count
        };
        self.images.outer_iter().map(bright).collect()
    }

    /// Bright becomes dark.
    pub fn invert(&mut self) {
        self.images.mapv_inplace(|v| 255 - v);
    }

    /// Writes one of them as a PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    ///
    /// # Panics
    /// There is no picture `n`.
    pub fn save_png(
        &self,
        n: usize,
        path: &Path,
    ) -> Result<(), PictureError> {
        let (height, width, channels) = self.size();
        let picture = self.images.slice(s![n, .., .., ..]);
        let bytes: Vec<u8> = picture.iter().copied().collect();
        let (width, height) = (width as u32, height as u32);
        let whole = "as many bytes as pixels and channels";
        let image: DynamicImage = match channels {
            1 => image::GrayImage::from_raw(width, height, bytes)
                .expect(whole)
                .into(),
            _ => {
                RgbImage::from_raw(width, height, bytes).expect(whole).into()
            }
        };
        let mut file = Cursor::new(Vec::new());
        let done = image.write_to(&mut file, image::ImageFormat::Png);
        let odd = |e| PictureError::io(path, std::io::Error::other(e));
        done.map_err(odd)?;
        record::write_whole(path, file.get_ref())
            .map_err(|cause| PictureError::io(path, cause))
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

/// The files of each class, and how many folders lie deeper.
pub(crate) struct Found {
    pub(crate) classes: Vec<(String, Vec<PathBuf>)>,
    deeper: usize,
}

pub(crate) fn classes_in(folder: &Path) -> Result<Found, PictureError> {
    let split = |folder: &Path| -> Result<_, PictureError> {
        let all = sorted(folder)?.into_iter();
        Ok(all.partition::<Vec<_>, _>(|path| path.is_dir()))
    };
    let name = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let (below, here) = split(folder)?;
    let (mut classes, mut deeper) = (vec![(name(folder), here)], 0);
    for path in below {
        let (folders, files) = split(&path)?;
        deeper += folders.len();
        classes.push((name(&path), files));
    }
    Ok(Found { classes, deeper })
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

/// Whether a file is a picture by its name.
pub(crate) fn is_picture(path: &Path) -> bool {
    let ends = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ends.is_some_and(|e| ["png", "jpg", "jpeg"].contains(&e.as_str()))
}

/// The bytes of a picture, `[side, side, channels]`, or `None` if the file is none by its name.
fn read(
    path: &Path,
    side: usize,
    channels: Channels,
    made: &mut Made,
) -> Result<Option<Vec<u8>>, PictureError> {
    if !is_picture(path) {
        return Ok(None);
    }
    let picture = decode(path, made)?;
    Ok(Some(fitted(picture, side, channels, made)))
}

/// The bytes of a file.
pub(crate) fn bytes_of(path: &Path) -> Result<Vec<u8>, PictureError> {
    read_plain(path, MOST_BYTES)
        .map_err(|cause| PictureError::io(path, cause))
}

/// A picture out of a PNG or JPEG file, upright.
pub(crate) fn decode(
    path: &Path,
    made: &mut Made,
) -> Result<DynamicImage, PictureError> {
    let bytes = bytes_of(path)?;
    let odd =
        |cause| PictureError::content(path, "a PNG or JPEG picture", cause);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|cause| PictureError::io(path, cause))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST);
    limits.max_image_height = Some(LARGEST);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(odd)?;
    if decoder.total_bytes() > MOST_MEMORY {
        let most = format!("a picture of at most {MOST_MEMORY} bytes");
        let found = decoder.total_bytes();
        return Err(PictureError::content(path, most, found));
    }
    let lies = decoder.orientation().map_err(odd)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(odd)?;
    made.turned += usize::from(lies != Orientation::NoTransforms);
    picture.apply_orientation(lies);
    Ok(picture)
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
    match channels {
        Channels::Grey => made.greyed += usize::from(!grey),
        Channels::Colour => made.coloured += usize::from(grey),
    }
    let rgb = on_white(&picture, square, side, made);
    let reached = rgb.width() as usize;
    let whole = DynamicImage::from(rgb);
    let whole = match reached == side {
        true => whole,
        false => {
            let side = u32::try_from(side).unwrap_or(LARGEST);
            whole.resize_exact(side, side, FilterType::Triangle)
        }
    };
    match channels {
        Channels::Grey => whole.to_luma8().into_raw(),
        Channels::Colour => whole.to_rgb8().into_raw(),
    }
}

/// The square in the middle of a picture, on white. Where it is many times as large as it should be, means of blocks, until it is
/// about twice as large: `image` is compiled unoptimised, and this is not.
fn on_white(
    picture: &DynamicImage,
    square: u32,
    side: usize,
    made: &mut Made,
) -> RgbImage {
    let other; // of 16 bits, for example
    let (bytes, channels): (&[u8], usize) = match picture {
        DynamicImage::ImageLuma8(it) => (it, 1),
        DynamicImage::ImageLumaA8(it) => (it, 2),
        DynamicImage::ImageRgb8(it) => (it, 3),
        DynamicImage::ImageRgba8(it) => (it, 4),
        _ => {
            other = picture.to_rgba8();
            (&other, 4)
        }
    };
    let (width, height) =
        (picture.width() as usize, picture.height() as usize);
    let square = square as usize;
    let block = (square / (2 * side.max(1))).max(1);
    let reached = square / block;
    let spare = square - reached * block;
    let (left, top) =
        ((width - square + spare) / 2, (height - square + spare) / 2);
    let (mut sums, mut clear) = (vec![[0_u32; 3]; reached * reached], false);
    for y in 0..reached * block {
        let from = channels * ((top + y) * width + left);
        let row = &bytes[from..from + channels * reached * block];
        for (x, pixel) in row.chunks_exact(channels).enumerate() {
            let sum = &mut sums[y / block * reached + x / block];
            let alpha = match channels {
                2 | 4 => u32::from(pixel[channels - 1]),
                _ => 255,
            };
            clear |= alpha < 255;
            for (c, sum) in sum.iter_mut().enumerate() {
                let v = pixel[if channels < 3 { 0 } else { c }];
                let over = u32::from(v) * alpha + 255 * (255 - alpha);
                *sum += (over + 127) / 255;
            }
        }
    }
    made.on_white += usize::from(clear);
    let of = (block * block) as u32;
    let means = sums.iter().flatten().map(|s| ((s + of / 2) / of) as u8);
    let (means, reached) = (means.collect(), reached as u32);
    RgbImage::from_raw(reached, reached, means).expect("three bytes a pixel")
}

impl Made {
    fn parts(&self) -> [(usize, &'static str); 8] {
        [
            (self.turned, "turned upright"),
            (self.cropped, "cropped to a square"),
            (self.scaled, "scaled"),
            (self.greyed, "made grey"),
            (self.coloured, "given three channels"),
            (self.on_white, "put on white"),
            (self.passed, "passed by as no PNG or JPEG"),
            (self.deeper, "passed by as a folder within a subfolder"),
        ]
    }

    /// In words, what was done, if anything was.
    pub fn said(&self) -> Option<String> {
        let done = self.parts().into_iter().filter(|(n, _)| *n > 0);
        let done: Vec<_> =
            done.map(|(n, what)| format!("{n} {what}")).collect();
        (!done.is_empty()).then(|| done.join(", "))
    }

    /// The same of a single picture, without numbers.
    pub fn done(&self) -> Vec<String> {
        let done = self.parts().into_iter().filter(|(n, _)| *n > 0);
        done.map(|(_, what)| what.into()).collect()
    }
}
