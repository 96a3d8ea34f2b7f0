//! Grids of small images, grey or in colour, as PNG.

use std::path::Path;

use ndarray::{Array2, ArrayView2, ArrayView3};

use record::write_whole;

/// Images of one size in rows and columns, with transparent gaps between them.
#[derive(Clone, Debug)]
pub struct ImageGrid {
    /// Red, green and blue, which are equal in grey ones.
    images: Vec<Array2<[u8; 3]>>,
    columns: usize,
    zoom: usize,
}

/// Why a grid could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PngError {
    /// Images of different sizes, or none at all.
    #[error(
        "an image grid needs at least one image, all of one size; found sizes {0:?}"
    )]
    Sizes(Vec<(usize, usize)>),
    /// The file could not be encoded.
    #[error("{0}")]
    Encoding(#[from] png::EncodingError),
    /// The file could not be written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}

impl ImageGrid {
    /// An empty grid with this many columns.
    pub fn new(columns: usize) -> Self {
        Self { images: Vec::new(), columns: columns.max(1), zoom: 3 }
    }

    /// Pixels of the file per pixel of an image (3 unless told).
    pub fn zoom(mut self, zoom: usize) -> Self {
        self.zoom = zoom.max(1);
        self
    }

    /// Adds an image `[H, W]`; `low` becomes black and `high` white, values outside are clamped.
    pub fn push(&mut self, image: ArrayView2<f32>, low: f32, high: f32) {
        self.images.push(image.mapv(|v| [byte(v, low, high); 3])); // [H, W]
    }

    /// Adds an image in colour, `[H, W, 3]` with numbers in [0, 1]; values outside are clamped.
    ///
    /// # Panics
    /// There are not three numbers for a pixel.
    pub fn push_colour(&mut self, image: ArrayView3<f32>) {
        let (height, width, channels) = image.dim();
        assert_eq!(channels, 3, "red, green and blue");
        self.images.push(Array2::from_shape_fn((height, width), |(y, x)| {
            [0, 1, 2].map(|c| byte(image[[y, x, c]], 0.0, 1.0))
        }));
    }

    /// The PNG file's bytes.
    ///
    /// # Errors
    /// There is no image, or sizes differ.
    pub fn encode(&self) -> Result<Vec<u8>, PngError> {
        let sizes: Vec<_> = self.images.iter().map(|i| i.dim()).collect();
        let Some(&(height, width)) =
            sizes.first().filter(|first| sizes.iter().all(|s| s == *first))
        else {
            return Err(PngError::Sizes(sizes));
        };
        let gap = self.zoom.max(2);
        let (cell_h, cell_w) =
            (height * self.zoom + gap, width * self.zoom + gap);
        let columns = self.columns.min(self.images.len());
        let rows = self.images.len().div_ceil(columns);
        let (total_h, total_w) =
            (rows * cell_h - gap, columns * cell_w - gap);
        let grey = |of: &Array2<[u8; 3]>| {
            of.iter().all(|[r, g, b]| r == g && g == b)
        };
        let grey = self.images.iter().all(grey);
        let numbers = if grey { 2 } else { 4 }; // alpha is the last
        let mut pixels = vec![0; total_h * total_w * numbers];
        for (n, image) in self.images.iter().enumerate() {
            let (top, left) = (n / columns * cell_h, n % columns * cell_w);
            for y in 0..height * self.zoom {
                for x in 0..width * self.zoom {
                    let at = numbers * ((top + y) * total_w + left + x);
                    let pixel = image[[y / self.zoom, x / self.zoom]];
                    pixels[at..at + numbers - 1]
                        .copy_from_slice(&pixel[..numbers - 1]);
                    pixels[at + numbers - 1] = 255;
                }
            }
        }
        let mut bytes = Vec::new();
        let mut encoder =
            png::Encoder::new(&mut bytes, total_w as u32, total_h as u32);
        encoder.set_color(match grey {
            true => png::ColorType::GrayscaleAlpha,
            false => png::ColorType::Rgba,
        });
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// Writes the grid to a file, whole or not at all.
    ///
    /// # Errors
    /// There is no image, sizes differ, or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), PngError> {
        write_whole(path, &self.encode()?)
            .map_err(|cause| PngError::Io { path: path.into(), cause })
    }
}

/// 0 at `low` and below, 255 at `high` and above.
fn byte(v: f32, low: f32, high: f32) -> u8 {
    (255.0 * ((v - low) / (high - low)).clamp(0.0, 1.0)).round() as u8
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn colours_stay_beside_grey_images() {
        let mut grid = ImageGrid::new(2).zoom(1);
        grid.push(Array2::from_elem((2, 2), 0.6).view(), 0.0, 1.0);
        let mut red = Array3::zeros((2, 2, 3));
        red[[1, 0, 0]] = 2.0;
        grid.push_colour(red.view());
        let bytes = grid.encode().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (6, 2));
        let at = |x: usize, y: usize| &pixels[4 * (6 * y + x)..][..4];
        assert_eq!(at(0, 0), [153, 153, 153, 255]);
        assert_eq!(at(4, 1), [255, 0, 0, 255]);
        assert_eq!(at(5, 1), [0, 0, 0, 255]);
        assert_eq!(at(2, 0), [0, 0, 0, 0], "a gap");
    }

    #[test]
    fn a_grid_reads_back() {
        let mut grid = ImageGrid::new(2).zoom(2);
        for value in [-1.0, 0.0, 5.0] {
            grid.push(Array2::from_elem((3, 4), value).view(), -1.0, 1.0);
        }
        let bytes = grid.encode().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (18, 14));
        let at = |x: usize, y: usize| {
            (pixels[2 * (18 * y + x)], pixels[2 * (18 * y + x) + 1])
        };
        assert_eq!(
            (at(0, 0), at(8, 0), at(10, 0), at(0, 8)),
            ((0, 255), (0, 0), (128, 255), (255, 255))
        );
        assert_eq!(at(10, 8), (0, 0), "an empty place is transparent");
    }

    #[test]
    fn sizes_must_agree() {
        assert!(matches!(
            ImageGrid::new(1).encode(),
            Err(PngError::Sizes(_))
        ));
        let mut grid = ImageGrid::new(1);
        grid.push(Array2::zeros((2, 2)).view(), 0.0, 1.0);
        grid.push(Array2::zeros((2, 3)).view(), 0.0, 1.0);
        assert!(matches!(grid.encode(), Err(PngError::Sizes(_))));
    }
}
