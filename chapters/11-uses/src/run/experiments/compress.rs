//! Digits through chapter 9's coder and through codecs for all pictures, at equal error and at equal bits.

use std::time::Instant;

use anyhow::Context;
use code_prior::coding::PriorCompressor;
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot, Within,
};
use ndarray::{Array2, ArrayView1, Axis as Of, s};

use super::compress_otherwise;
use crate::compress::{bits_at, pays_after};
use crate::run::codecs::Codec;
use crate::run::coders::{
    CODECS, Made, SIDE, at_quality, by_quality, curve, lossless, ours,
    within_bits, within_error,
};
use crate::run::given::Given;

pub const EXPERIMENT: Experiment = Experiment {
    name: "compress",
    cost: Cost::Minutes,
    measure,
    figures: &[("compress", draw)],
    claims,
};

/// Lots of digits.
pub(super) const SEEDS: usize = 3;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let given = Given::new(lab)?;
    let coder =
        PriorCompressor::new(given.network.clone(), given.prior.clone())?;
    let lots = (0..SEEDS).map(|seed| Lot::new(lab, &given, &coder, seed));
    let lots = lots.collect::<anyhow::Result<Vec<_>>>()?;
    lab.result("compress_digits", lots[0].x.nrows() as f64, Within::Exactly)?;
    sizes(lab, &lots)?;
    renamed(lab, &given, &lots)?;
    columns(lab, &lots)?;
    seconds(lab, &coder, &lots[0].x)?;
    compress_otherwise::measure(lab, &given, &coder)
}

/// Digits in a line of a sheet, and lines.
pub(super) fn across(lab: &Lab) -> usize {
    lab.by_scale(2, 10, 10)
}

/// Digits, and what coders make of them: with a file for each, and with one for each sheet.
struct Lot {
    x: Array2<f32>, // [N, 784]
    classes: Vec<usize>,
    ours: [Made; 2],
    png: [Made; 2],
    /// By codec.
    codecs: [[Vec<Made>; 2]; 2],
    /// By codec, on sheets, of pictures made smaller before.
    smaller: [Vec<Made>; 2],
}

impl Lot {
    fn new(
        lab: &Lab,
        given: &Given,
        coder: &PriorCompressor,
        seed: usize,
    ) -> anyhow::Result<Self> {
        let across = across(lab);
        let n = across * across * lab.by_scale(2, 5, 20);
        let (x, classes) = given.digits(n, seed);
        let both = [1, across];
        let every = [lab.by_scale(8, 3, 1), lab.by_scale(8, 1, 1)];
        let [jpeg, webp] = CODECS.map(|codec| {
            [0, 1].map(|n| by_quality(codec, &x, (both[n], 1), every[n]))
        });
        let smaller =
            CODECS.map(|codec| smaller(lab, codec, &x, every[1] + 1));
        let codecs = [two(jpeg)?, two(webp)?];
        let ours = two(both.map(|across| ours(coder, &x, across)))?;
        let png = two(both.map(|across| lossless(&x, across)))?;
        let smaller = two(smaller)?;
        Ok(Self { x, classes, ours, png, codecs, smaller })
    }
}

/// A codec on sheets, by quality, every so many, of pictures made half and a quarter as large before.
pub(super) fn smaller(
    lab: &Lab,
    codec: Codec,
    x: &Array2<f32>, // [N, 784]
    every: usize,
) -> anyhow::Result<Vec<Made>> {
    let across = across(lab);
    let mut all = by_quality(codec, x, (across, 2), every)?;
    all.extend(by_quality(codec, x, (across, 4), every)?);
    Ok(all)
}

fn two<T>([a, b]: [anyhow::Result<T>; 2]) -> anyhow::Result<[T; 2]> {
    Ok([a?, b?])
}

/// The bits a digit at our error: files, files without headers, sheets. A codec that cannot have so large an error takes its
/// fewest bits.
fn at_our_error(lot: &Lot, codec: usize) -> [f64; 3] {
    let [alone, sheet] = &lot.codecs[codec];
    let bare = alone.iter().map(|made| (made.bare, made.error)).collect();
    let curves = [curve(alone), bare, curve(sheet)];
    curves.map(|curve| {
        let fewest = curve.iter().map(|p| p.0).fold(f64::INFINITY, f64::min);
        bits_at(&curve, lot.ours[0].error).unwrap_or(fewest)
    })
}

fn sizes(lab: &mut Lab, lots: &[Lot]) -> anyhow::Result<()> {
    let three =
        |[alone, sheet]: &[Made; 2]| [alone.bits, alone.bare, sheet.bits];
    let all = |of: &dyn Fn(&Lot) -> [f64; 3]| -> Vec<[f64; 3]> {
        lots.iter().map(of).collect()
    };
    let found: Bits = [
        ("ours", all(&|lot| three(&lot.ours))),
        ("png", all(&|lot| three(&lot.png))),
        ("jpeg", all(&|lot| at_our_error(lot, 0))),
        ("webp", all(&|lot| at_our_error(lot, 1))),
    ];
    let within = Within::Factor(1.1);
    for (who, bits) in &found {
        for (n, what) in ["file", "bare", "sheet"].iter().enumerate() {
            let bits: Vec<f64> = bits.iter().map(|b| b[n]).collect();
            lab.over_seeds(&format!("compress_{who}_{what}"), &bits, within)?;
        }
    }
    let error: Vec<f64> = lots.iter().map(|lot| lot.ours[0].error).collect();
    lab.over_seeds("compress_error", &error, within)?;
    pays(lab, &found)
}

/// The bits of each lot, by a name.
type Bits = [(&'static str, Vec<[f64; 3]>); 4];

/// After how many digits the two networks' files are paid for, against the shorter of JPEG and WebP.
fn pays(lab: &mut Lab, found: &Bits) -> anyhow::Result<()> {
    let mut bytes = 0;
    for of in ["tokeniser", "prior"] {
        let path = code_prior::CHAPTER.model(of);
        let file = std::fs::metadata(&path);
        bytes += file.with_context(|| path.display().to_string())?.len();
    }
    lab.result("compress_model_bytes", bytes as f64, Within::Exactly)?;
    let [ours, _, jpeg, webp] = found;
    for (n, what) in [(0, "file"), (1, "bare"), (2, "sheet")] {
        let mean = |(_, bits): &(&str, Vec<[f64; 3]>)| {
            bits.iter().map(|b| b[n]).sum::<f64>() / bits.len() as f64
        };
        let theirs = mean(jpeg).min(mean(webp));
        if let Some(after) = pays_after(bytes, mean(ours), theirs) {
            let name = format!("compress_pays_{what}");
            lab.result(&name, after, Within::Factor(1.2))?;
        }
    }
    Ok(())
}

/// The share of digits that the judge names otherwise once they are coded, all on sheets.
fn renamed(lab: &mut Lab, given: &Given, lots: &[Lot]) -> anyhow::Result<()> {
    let mut shares = [const { Vec::new() }; 5];
    let mut at_bits = [const { [Vec::new(), Vec::new()] }; 2];
    let mut wrong = Vec::new();
    for lot in lots {
        let before = given.classes(&lot.x);
        let made = beside(lot);
        for (shares, made) in shares.iter_mut().zip(&made) {
            shares.push(1.0 - given.named(&made.y, &before));
        }
        for ([bits, error], made) in at_bits.iter_mut().zip(&made[3..]) {
            bits.push(made.bits);
            error.push(made.error);
        }
        let seen = given.judge.classifier.look(&made[0].y).classes;
        for (n, class) in before.into_iter().enumerate() {
            if lot.classes[n] == class {
                let digits = [&lot.x].into_iter();
                let digits = digits.chain(made.iter().map(|made| &made.y));
                let digits = digits.map(|x| x.row(n).to_owned());
                wrong.push((seen[[n, class]], digits.collect::<Vec<_>>()));
            }
        }
    }
    let names = ["ours", "jpeg_at_error", "webp_at_error"];
    let names = names.into_iter().chain(["jpeg_at_bits", "webp_at_bits"]);
    for (name, shares) in names.zip(&shares) {
        let name = format!("compress_renamed_{name}");
        lab.over_seeds(&name, shares, Within::Absolute(0.02))?;
    }
    for (codec, found) in CODECS.iter().zip(&at_bits) {
        for (what, found) in ["bits", "error"].iter().zip(found) {
            let name =
                format!("compress_{}_within_bits_{what}", codec.name());
            lab.over_seeds(&name, found, Within::Factor(1.1))?;
        }
    }
    wrong.sort_by(|a, b| a.0.total_cmp(&b.0));
    wrong.truncate(SHOWN);
    let mut grid = ImageGrid::new(wrong.len()).zoom(2);
    for row in 0..6 {
        for (_, digits) in &wrong {
            push(&mut grid, digits[row].view())?;
        }
    }
    lab.image("compress-wrong", &grid)
}

/// Digits in a picture of the page.
pub(super) const SHOWN: usize = 12;

/// On sheets: ours, both codecs at no more error, and both with no more bits.
fn beside(lot: &Lot) -> [&Made; 5] {
    let ours = &lot.ours[1];
    let [jpeg, webp] =
        [0, 1].map(|n| [&lot.codecs[n][1][..], &lot.smaller[n][..]]);
    [
        ours,
        within_error(&jpeg, ours.error),
        within_error(&webp, ours.error),
        within_bits(&jpeg, ours.bits),
        within_bits(&webp, ours.bits),
    ]
}

pub(super) fn push(
    grid: &mut ImageGrid,
    picture: ArrayView1<f32>,
) -> anyhow::Result<()> {
    let picture = picture.to_owned().into_shape_with_order((SIDE, SIDE))?;
    grid.push(picture.view(), 0.0, 1.0);
    Ok(())
}

/// Means over the lots, for the figure.
fn columns(lab: &mut Lab, lots: &[Lot]) -> anyhow::Result<()> {
    let mean = |of: &dyn Fn(&Lot) -> f64| {
        lots.iter().map(of).sum::<f64>() / lots.len() as f64
    };
    for (c, codec) in CODECS.iter().enumerate() {
        for (way, said) in ["alone", "sheet"].into_iter().enumerate() {
            let all = 0..lots[0].codecs[c][way].len();
            let name = |what| format!("{}_{said}_{what}", codec.name());
            let at = |q: usize, of: fn(&Made) -> f64| {
                mean(&|lot: &Lot| of(&lot.codecs[c][way][q]))
            };
            let bits = |made: &Made| made.bits;
            lab.column(&name("bits"), all.clone().map(|q| at(q, bits)))?;
            lab.column(&name("error"), all.map(|q| at(q, |m| m.error)))?;
        }
    }
    Ok(())
}

/// Seconds for one digit, into a file and back, on one core.
fn seconds(
    lab: &mut Lab,
    coder: &PriorCompressor,
    x: &Array2<f32>,
) -> anyhow::Result<()> {
    let x = x.slice(s![..x.nrows().min(50), ..]);
    let timed = |run: &dyn Fn(Array2<f32>) -> anyhow::Result<()>| {
        let start = Instant::now();
        for row in x.rows() {
            run(row.to_owned().insert_axis(Of(0)))?;
        }
        let all = start.elapsed().as_secs_f64();
        anyhow::Ok(all / x.nrows() as f64)
    };
    let ours = timed(&|x| ours(coder, &x, 1).map(drop))?;
    lab.result("compress_seconds_ours", ours, Within::Timing)?;
    for codec in CODECS {
        let one = timed(&|x| at_quality(codec, &x, (1, 1), 20).map(drop))?;
        let name = format!("compress_seconds_{}", codec.name());
        lab.result(&name, one, Within::Timing)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("bits a digit", Axis::Log)
        .x_range(60.0, 6000.0)
        .y("squared error over variance", Axis::Log);
    for (codec, said) in [("jpeg", "JPEG"), ("webp", "WebP")] {
        for (way, how) in [("alone", "a file each"), ("sheet", "on sheets")] {
            let name = |what| format!("{codec}_{way}_{what}");
            let curve = of.curve(&name("bits"), &name("error"))?;
            let said = format!("{said}, {how}");
            plot = match way {
                "alone" => plot.dashed(&said, curve),
                _ => plot.line(&said, curve),
            };
        }
    }
    let error = of.value("compress_error")?;
    for (way, how) in [("file", "a file each"), ("sheet", "on sheets")] {
        let bits = of.value(&format!("compress_ours_{way}"))?;
        let said = format!("codes, {how}");
        plot = plot.points(&said, vec![(bits, error)]);
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| {
        let name = |of: &str| format!("compress_{of}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    let mut claims = vec![
        ("compress_beats_jpeg", less("ours_bare", "jpeg_bare")),
        ("compress_beats_webp", less("ours_bare", "webp_bare")),
        ("compress_beats_jpeg_on_sheets", less("ours_sheet", "jpeg_sheet")),
        ("compress_beats_webp_on_sheets", less("ours_sheet", "webp_sheet")),
    ];
    let mut of = |name, claim| claims.push((name, claim));
    of(
        "compress_takes_a_quarter_on_sheets",
        Claim::times(4.0, "compress_ours_sheet", "compress_webp_sheet"),
    );
    of("compress_pays_late", Claim::less(10_000.0, "compress_pays_sheet"));
    of(
        "compress_renames_fewer_than_jpeg",
        less("renamed_ours", "renamed_jpeg_at_error"),
    );
    of(
        "compress_at_its_bits_digits_are_lost",
        Claim::all_above(
            [
                "compress_renamed_jpeg_at_bits",
                "compress_renamed_webp_at_bits",
            ],
            0.5,
        ),
    );
    claims.extend(compress_otherwise::claims());
    claims
}
