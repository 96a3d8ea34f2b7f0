//! A codec for all pictures, as a far point: a part of the experiment `rate`.

use std::io::Cursor;

use anyhow::Context;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::{DynamicImage, ExtendedColorType};
use lab::{Lab, Within};
use ndarray::{Array2, s};

use crate::plain::IMAGE;
use crate::run::setting::Data;

/// As the codec counts them, up to 100.
pub const QUALITIES: [u8; 5] = [5, 10, 20, 40, 80];

pub fn measure(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    let few = data.first(lab.by_scale(20, 10_000, 10_000)); // [N, 784]
    for quality in QUALITIES {
        let mut y = Array2::zeros(few.raw_dim()); // [N, 784]
        let mut bytes = 0;
        for (n, x) in few.rows().into_iter().enumerate() {
            let grey: Vec<u8> =
                x.iter().map(|v| (255.0 * v).round() as u8).collect();
            let (size, back) = through(&grey, quality)?;
            bytes += size;
            let back = back.iter().map(|v| f32::from(*v) / 255.0);
            y.slice_mut(s![n, ..])
                .assign(&back.collect::<ndarray::Array1<_>>());
        }
        let error = data.unexplained(&few, &y);
        let bits = 8.0 * bytes as f64 / few.nrows() as f64;
        let name = |what| format!("jpeg_{quality}_{what}");
        lab.result(&name("mse_over_variance"), error, Within::Factor(1.02))?;
        lab.result(&name("bits"), bits, Within::Factor(1.02))?;
    }
    Ok(())
}

/// The bytes of a JPEG behind its header, which is the same for all, and the pixels that come back.
fn through(grey: &[u8], quality: u8) -> anyhow::Result<(usize, Vec<u8>)> {
    let mut file = Vec::new();
    let side = IMAGE as u32;
    JpegEncoder::new_with_quality(&mut file, quality).encode(
        grey,
        side,
        side,
        ExtendedColorType::L8,
    )?;
    let scan = file.windows(2).position(|pair| pair == [0xff, 0xda]);
    let scan = scan.context("a JPEG has a scan")?;
    let length =
        usize::from(u16::from_be_bytes([file[scan + 2], file[scan + 3]]));
    let size = file.len() - (scan + 2 + length) - 2; // the end's marker
    let image = JpegDecoder::new(Cursor::new(&file))?;
    Ok((size, DynamicImage::from_decoder(image)?.into_luma8().into_raw()))
}
