//! A coder that has learnt from digits, on what is none: a part of the experiment `compress`.

use code_prior::coding::PriorCompressor;
use datasets::PixelRange;
use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array2, s};
use vq_gan::data::Pictures;

use super::compress::{SEEDS, SHOWN, across, push, smaller};
use crate::run::coders::{CODECS, SIDE, by_quality, ours, within_bits};
use crate::run::given::Given;

const KINDS: [&str; 3] = ["upside", "mirrored", "emoji"];

/// On sheets: the coder's bits and error, and each codec's error with no more bits.
pub(super) fn measure(
    lab: &mut Lab,
    given: &Given,
    coder: &PriorCompressor,
) -> anyhow::Result<()> {
    let across = across(lab);
    let n = across * across * lab.by_scale(1, 2, 9);
    let emoji = emoji()?; // [M, 784]
    let mut shown = Vec::new();
    for kind in KINDS {
        let mut found = [const { Vec::new() }; 4];
        for seed in 0..SEEDS {
            let (digits, _) = given.digits(n, seed);
            let x = match kind {
                "upside" => {
                    turned(&digits, |l, c| (SIDE - 1 - l, SIDE - 1 - c))
                }
                "mirrored" => turned(&digits, |l, c| (l, SIDE - 1 - c)),
                _ => {
                    let some = emoji.slice(s![seed..;SEEDS, ..]);
                    some.slice(s![..n.min(some.nrows()), ..]).to_owned()
                }
            };
            let ours = ours(coder, &x, across)?;
            found[0].push(ours.bits);
            found[1].push(ours.error);
            let mut rows = vec![x.clone(), ours.y.clone()];
            for (found, codec) in found[2..].iter_mut().zip(CODECS) {
                let every = lab.by_scale(8, 2, 1);
                let whole = by_quality(codec, &x, (across, 1), every)?;
                let small = smaller(lab, codec, &x, 2 * every)?;
                let made = within_bits(&[&whole, &small], ours.bits);
                found.push(made.error);
                rows.push(made.y.clone());
            }
            if seed == 0 {
                shown.push(rows);
            }
        }
        let names = ["ours_bits", "ours_error", "jpeg_error", "webp_error"];
        for (name, found) in names.iter().zip(&found) {
            let name = format!("compress_{kind}_{name}");
            lab.over_seeds(&name, found, Within::Factor(1.15))?;
        }
    }
    let each = SHOWN / shown.len();
    let mut grid = ImageGrid::new(SHOWN).zoom(2);
    for row in 0..4 {
        for rows in &shown {
            let step = (rows[row].nrows() / each).max(1);
            for n in 0..each {
                push(&mut grid, rows[row].row(n * step % rows[row].nrows()))?;
            }
        }
    }
    lab.image("compress-otherwise", &grid)
}

/// The bundled emoji in grey, bright on black as the digits are. `[M, 784]`
fn emoji() -> anyhow::Result<Array2<f32>> {
    let (grey, _) = Pictures::emoji()?.train.pictures.in_grey(SIDE);
    let rows: Vec<usize> = (0..grey.len()).collect();
    let x: Array2<f32> = grey.pixels(&rows, PixelRange::Unit);
    Ok(x.mapv(|v| 1.0 - v))
}

/// Pictures whose pixel at a line and a column is another one of theirs.
fn turned(
    x: &Array2<f32>, // [N, 784]
    from: impl Fn(usize, usize) -> (usize, usize),
) -> Array2<f32> {
    Array2::from_shape_fn(x.raw_dim(), |(n, p)| {
        let (line, column) = from(p / SIDE, p % SIDE);
        x[[n, line * SIDE + column]]
    })
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| {
        let name = |of: &str| format!("compress_{of}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    vec![
        (
            "compress_upside_down_takes_more_bits",
            less("ours_sheet", "upside_ours_bits"),
        ),
        (
            "compress_mirrored_takes_more_bits",
            less("ours_sheet", "mirrored_ours_bits"),
        ),
        (
            "compress_upside_down_still_beats_webp",
            less("upside_ours_error", "upside_webp_error"),
        ),
        (
            "compress_mirrored_still_beats_webp",
            less("mirrored_ours_error", "mirrored_webp_error"),
        ),
        (
            "compress_emoji_take_most_bits",
            less("mirrored_ours_bits", "emoji_ours_bits"),
        ),
        (
            "compress_emoji_are_lost",
            less("emoji_webp_error", "emoji_ours_error"),
        ),
        (
            "compress_emoji_are_lost_to_jpeg_too",
            less("emoji_jpeg_error", "emoji_ours_error"),
        ),
    ]
}
