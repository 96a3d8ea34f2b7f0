//! Lots of pictures of 28 × 28 through a coder: each in a file of its own, or many on one sheet.

use code_prior::coding::{PriorCompressor, models};
use code_prior::exact::Exact;
use ndarray::{Array2, s};
use rayon::prelude::*;
use vq_vae::coding::{HEADER, decode, encode, model};
use vq_vae::measures::Curve;
use vq_vae::plain::mse_over_variance;

use crate::run::codecs::{Codec, png};

/// Lines and columns of a picture.
pub const SIDE: usize = 28;

/// The codecs that lose something.
pub const CODECS: [Codec; 2] = [Codec::Jpeg, Codec::WebP];

/// As these count them.
const QUALITIES: [u8; 25] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 24, 27, 30, 35,
    40, 50, 60, 75, 90,
];

/// What a coder takes, and what comes back.
pub struct Made {
    /// Bits a picture, whole files.
    pub bits: f64,
    /// The same without what the format says alike of every picture of the size.
    pub bare: f64,
    /// Squared error over variance.
    pub error: f64,
    /// In [0, 1], in steps of 1/255. `[N, 784]`
    pub y: Array2<f32>,
}

/// Files, and bytes of each of them that are header.
type Sizes = Vec<(usize, usize)>;

impl Made {
    fn new(x: &Array2<f32>, y: Array2<f32>, sizes: &Sizes) -> Self {
        let a_picture = |bytes: usize| 8.0 * bytes as f64 / x.nrows() as f64;
        let whole: usize = sizes.iter().map(|(bytes, _)| bytes).sum();
        let header: usize = sizes.iter().map(|(_, header)| header).sum();
        let error = mse_over_variance(x, &y);
        let (bits, bare) = (a_picture(whole), a_picture(whole - header));
        Self { bits, bare, error, y }
    }
}

/// Chapter 9's coder on pictures `[N, 784]`: a file for each `across` × `across` of them. Every file is read again.
///
/// # Errors
/// It gives back other codes, or the pictures are not the network's.
pub fn ours(
    coder: &PriorCompressor,
    x: &Array2<f32>,
    across: usize,
) -> anyhow::Result<Made> {
    let codes = coder.tokeniser.encode(x)?; // [N, T]
    let maps: Vec<_> = codes.rows().into_iter().map(|m| m.to_vec()).collect();
    let lots: Vec<_> = maps.chunks(across * across).collect();
    let sizes = lots.par_iter().map(|maps| match maps {
        [map] => alone(coder, map),
        maps => together(coder, maps),
    });
    let sizes = sizes.collect::<anyhow::Result<Sizes>>()?;
    let y = coder.tokeniser.decode(&codes)?; // [N, 784]
    let y = y.mapv(|v| f32::from(byte(v)) / 255.0);
    Ok(Made::new(x, y, &sizes))
}

/// The bytes of a map's file, and its header's.
fn alone(
    coder: &PriorCompressor,
    map: &Vec<usize>,
) -> anyhow::Result<(usize, usize)> {
    let file = coder.pack(map)?;
    anyhow::ensure!(coder.unpack(&file)? == *map, "other codes came back");
    Ok((file.len(), HEADER))
}

/// The same of one file for many maps: one header, then one number for all codes.
fn together(
    coder: &PriorCompressor,
    maps: &[Vec<usize>],
) -> anyhow::Result<(usize, usize)> {
    let (prior, start) = (&coder.prior, coder.prior.codes());
    let all = maps.concat();
    let of = maps.iter().flat_map(|map| models(prior, start, map));
    let payload = encode(&all, &of.collect::<Vec<_>>());
    let mut exact = Exact::new(prior);
    let next = |before: &[usize]| {
        let begins = before.len().is_multiple_of(prior.places());
        let last = match before.last() {
            Some(&last) if !begins => last,
            _ => start,
        };
        if last == start {
            exact = Exact::new(prior);
        }
        model(&exact.units(last))
    };
    let (back, _) = decode(&payload, all.len(), next)?;
    anyhow::ensure!(back == all, "other codes came back");
    Ok((HEADER + payload.len(), HEADER))
}

/// A codec on pictures `[N, 784]`, by rising quality, every so many of them.
///
/// # Errors
/// It fails.
pub fn by_quality(
    codec: Codec,
    x: &Array2<f32>,
    (across, shrink): (usize, usize),
    every: usize,
) -> anyhow::Result<Vec<Made>> {
    let qualities: Vec<u8> =
        QUALITIES.iter().copied().step_by(every).collect();
    let made = qualities.par_iter();
    let size = (across, shrink);
    made.map(|quality| at_quality(codec, x, size, *quality)).collect()
}

/// The same at one quality, of pictures that are made so many times smaller before, and larger again.
///
/// # Errors
/// It fails.
pub fn at_quality(
    codec: Codec,
    x: &Array2<f32>,
    (across, shrink): (usize, usize),
    quality: u8,
) -> anyhow::Result<Made> {
    let small = smaller(x, shrink); // [N, (28 / shrink)²]
    let side = SIDE / shrink;
    let mut y = Array2::zeros(small.raw_dim());
    let mut sizes = Sizes::new();
    for (from, to, grey) in sheets(&small, side, across) {
        let pixels = (across * side) as u32;
        let coded = codec.through(&grey, pixels, quality)?;
        let back = cut(&coded.grey, side, across, to - from);
        y.slice_mut(s![from..to, ..]).assign(&back);
        sizes.push((coded.bytes, coded.header));
    }
    Ok(Made::new(x, larger(&y, shrink), &sizes))
}

/// Means of `shrink` × `shrink` pixels. `[N, (28 / shrink)²]`
fn smaller(x: &Array2<f32>, shrink: usize) -> Array2<f32> {
    let side = SIDE / shrink;
    Array2::from_shape_fn((x.nrows(), side * side), |(n, p)| {
        let (top, left) = (p / side * shrink, p % side * shrink);
        let lines = top..top + shrink;
        let all = lines
            .flat_map(|l| (left..left + shrink).map(move |c| l * SIDE + c));
        all.map(|at| x[[n, at]]).sum::<f32>() / (shrink * shrink) as f32
    })
}

/// Back to 28 × 28, on straight lines between the middles of pixels. `[N, 784]`
fn larger(y: &Array2<f32>, shrink: usize) -> Array2<f32> {
    let side = SIDE / shrink;
    let near = |at: usize| {
        let at = (at as f32 + 0.5) / shrink as f32 - 0.5;
        let at = at.clamp(0.0, (side - 1) as f32);
        let below = at as usize;
        (below, (below + 1).min(side - 1), at - below as f32)
    };
    Array2::from_shape_fn((y.nrows(), SIDE * SIDE), |(n, p)| {
        let ((top, bottom, down), (left, right, along)) =
            (near(p / SIDE), near(p % SIDE));
        let on = |line: usize| {
            let [a, b] = [left, right].map(|c| y[[n, line * side + c]]);
            a + along * (b - a)
        };
        on(top) + down * (on(bottom) - on(top))
    })
}

/// PNG on pictures `[N, 784]`, which gives them back as they were.
///
/// # Errors
/// It fails.
pub fn lossless(x: &Array2<f32>, across: usize) -> anyhow::Result<Made> {
    let pixels = (across * SIDE) as u32;
    let sizes = sheets(x, SIDE, across);
    let sizes = sizes.par_iter().map(|(_, _, grey)| png(grey, pixels));
    Ok(Made::new(x, x.clone(), &sizes.collect::<anyhow::Result<_>>()?))
}

/// The bits and the error of each.
pub fn curve(of: &[Made]) -> Curve {
    of.iter().map(|made| (made.bits, made.error)).collect()
}

/// The one of least error that takes no more bits; where there is none, that of fewest bits.
///
/// # Panics
/// There are none at all.
pub fn within_bits<'a>(of: &[&'a [Made]], bits: f64) -> &'a Made {
    let fits = of.iter().copied().flatten().filter(|made| made.bits <= bits);
    let best = fits.min_by(|a, b| a.error.total_cmp(&b.error));
    let fewest =
        of.iter().copied().flatten().min_by(|a, b| a.bits.total_cmp(&b.bits));
    best.or(fewest).expect("some qualities")
}

/// The one of fewest bits whose error is no larger; where there is none, that of least error.
///
/// # Panics
/// There are none at all.
pub fn within_error<'a>(of: &[&'a [Made]], error: f64) -> &'a Made {
    let fits =
        of.iter().copied().flatten().filter(|made| made.error <= error);
    let fewest = fits.min_by(|a, b| a.bits.total_cmp(&b.bits));
    let best = of
        .iter()
        .copied()
        .flatten()
        .min_by(|a, b| a.error.total_cmp(&b.error));
    fewest.or(best).expect("some qualities")
}

fn byte(v: f32) -> u8 {
    (255.0 * v.clamp(0.0, 1.0)).round() as u8
}

/// The first picture of each sheet, the one after its last, and the sheet, black where there is none.
fn sheets(
    x: &Array2<f32>, // [N, side²]
    side: usize,
    across: usize,
) -> Vec<(usize, usize, Vec<u8>)> {
    let first = (0..x.nrows()).step_by(across * across);
    let of = first.map(|from| {
        let to = (from + across * across).min(x.nrows());
        let mut grey = vec![0; (across * side).pow(2)];
        for n in from..to {
            for (p, v) in x.row(n).iter().enumerate() {
                grey[at(n - from, p, side, across)] = byte(*v);
            }
        }
        (from, to, grey)
    });
    of.collect()
}

/// Where pixel `p` of picture `n` stands on a sheet.
fn at(n: usize, p: usize, side: usize, across: usize) -> usize {
    let line = n / across * side + p / side;
    let column = n % across * side + p % side;
    line * across * side + column
}

/// The first `n` pictures of a sheet. `[n, side²]`
fn cut(grey: &[u8], side: usize, across: usize, n: usize) -> Array2<f32> {
    Array2::from_shape_fn((n, side * side), |(n, p)| {
        f32::from(grey[at(n, p, side, across)]) / 255.0
    })
}
