//! Codecs for all pictures: PNG, JPEG and WebP.

use std::io::Cursor;

use anyhow::{Context, anyhow, ensure};
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder};
use webp::{PixelLayout, WebPConfig};

/// One that loses something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// Of the crate `image`: baseline, with the Huffman tables of the standard.
    Jpeg,
    /// Google's `libwebp`. It has no grey: the three colours are equal.
    WebP,
}

/// A file, and what comes back.
pub struct Coded {
    /// Of the whole file.
    pub bytes: usize,
    /// Of these, what the format says alike of every picture of this size.
    pub header: usize,
    /// `[side²]`
    pub grey: Vec<u8>,
}

impl Codec {
    /// In the results' names.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Jpeg => "jpeg",
            Codec::WebP => "webp",
        }
    }

    /// A grey square as a file of some quality, from 0 to 100, and back.
    ///
    /// # Errors
    /// The pixels are no square of this side, or the codec refuses them.
    pub fn through(
        self,
        grey: &[u8], // [side²]
        side: u32,
        quality: u8,
    ) -> anyhow::Result<Coded> {
        check(grey, side)?;
        match self {
            Codec::Jpeg => jpeg(grey, side, quality),
            Codec::WebP => webp(grey, side, quality),
        }
    }
}

fn check(grey: &[u8], side: u32) -> anyhow::Result<()> {
    let (found, expected) = (grey.len(), (side * side) as usize);
    ensure!(
        found == expected && found > 0,
        "expected {expected} pixels of a square, found {found}"
    );
    Ok(())
}

fn jpeg(grey: &[u8], side: u32, quality: u8) -> anyhow::Result<Coded> {
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, quality.max(1)).encode(
        grey,
        side,
        side,
        ExtendedColorType::L8,
    )?;
    let scan = file.windows(2).position(|pair| pair == [0xff, 0xda]);
    let scan = scan.context("a JPEG has a scan")?;
    let length = [file[scan + 2], file[scan + 3]];
    let first = scan + 2 + usize::from(u16::from_be_bytes(length));
    let image = JpegDecoder::new(Cursor::new(&file))?;
    let grey = DynamicImage::from_decoder(image)?.into_luma8().into_raw();
    // The last two bytes say that it ends.
    Ok(Coded { bytes: file.len(), header: first + 2, grey })
}

/// Of a WebP the names and lengths of its parts, 20 bytes, and the frame's ten, which say its size.
const WEBP_HEADER: usize = 30;

fn webp(grey: &[u8], side: u32, quality: u8) -> anyhow::Result<Coded> {
    let rgb: Vec<u8> = grey.iter().flat_map(|v| [*v; 3]).collect();
    let config = WebPConfig::new();
    let mut config = config.map_err(|()| anyhow!("no settings of WebP"))?;
    config.quality = f32::from(quality);
    config.method = 6; // the slowest, and the smallest files
    let encoder = webp::Encoder::from_rgb(&rgb, side, side);
    let file = encoder.encode_advanced(&config);
    let file = file.map_err(|e| anyhow!("WebP: {e:?}"))?;
    ensure!(file.get(12..16) == Some(b"VP8 "), "a WebP without a VP8 frame");
    let back = webp::Decoder::new(&file).decode().context("a WebP")?;
    let step = match back.layout() {
        PixelLayout::Rgb => 3,
        PixelLayout::Rgba => 4,
    };
    let grey: Vec<u8> = back.iter().copied().step_by(step).collect();
    check(&grey, side)?;
    Ok(Coded { bytes: file.len(), header: WEBP_HEADER, grey })
}

/// Of a PNG all but the compressed pixels: signature, size, and the frames of two more parts.
const PNG_HEADER: usize = 57;

/// The bytes of a grey square as a PNG, the shorter one without filters and with, and how many of them are header.
///
/// # Errors
/// The pixels are no square of this side.
pub fn png(grey: &[u8], side: u32) -> anyhow::Result<(usize, usize)> {
    check(grey, side)?;
    let size =
        |filter| -> anyhow::Result<usize> {
            let mut file = Vec::new();
            let best = CompressionType::Best;
            PngEncoder::new_with_quality(&mut file, best, filter)
                .write_image(grey, side, side, ExtendedColorType::L8)?;
            Ok(file.len())
        };
    let sizes = [size(FilterType::NoFilter)?, size(FilterType::Adaptive)?];
    Ok((sizes[0].min(sizes[1]), PNG_HEADER))
}
