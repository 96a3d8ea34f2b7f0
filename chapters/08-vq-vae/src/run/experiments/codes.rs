//! How often each code is used, what an image's codes cost, and where they stand: a part of the experiment `digits`.

use codebook_lookup::plain::{entropy, usage};
use lab::{Axis, Claim, Draw, Lab, Measurements, Plot, Within};
use ndarray::Array2;

use crate::coding::Tables;
use crate::model::VqVae;
use crate::run::pictures::{CodeMaps, hues};
use crate::run::setting::{Data, in_use, mean_bits};

pub const FIGURES: [(&str, Draw); 2] =
    [("usage", draw_usage), ("code_map", draw_maps)];

pub fn measure(
    lab: &mut Lab,
    model: &VqVae<f32>,
    data: &Data,
    (codes, tables): (&Array2<usize>, &Tables),
) -> anyhow::Result<()> {
    let (k, places) = (model.codes(), model.sizes.places() as f64);
    let flat: Vec<usize> = codes.iter().copied().collect();
    let counts = usage(&flat, k);
    let (perplexity, used) = in_use(codes, k);
    let by_place = mean_bits(tables, codes);
    let unigram = places * entropy(&counts) / 2.0_f64.ln();
    for (name, value, within) in [
        ("codebook_size", k as f64, Within::Exactly),
        ("perplexity", perplexity, Within::Factor(1.1)),
        ("codes_used_share", used, Within::Absolute(0.05)),
        ("bits_uniform", places * (k as f64).log2(), Within::Absolute(1e-9)),
        ("bits_unigram", unigram, Within::Factor(1.05)),
        ("bits_by_place", by_place, Within::Factor(1.05)),
        ("bytes_by_place", by_place / 8.0, Within::Factor(1.05)),
    ] {
        lab.result(name, value, within)?;
    }
    let mut order = counts.to_vec();
    order.sort_by(|a, b| b.cmp(a));
    let total = flat.len() as f64;
    lab.column("used_rank", (1..=k).map(|n| n as f64))?;
    lab.column("used", order.iter().map(|n| 100.0 * *n as f64 / total))?;
    note_maps(lab, model, data)
}

/// Some digits in eight shades, where which code stands in them, and a hue for each code.
fn note_maps(
    lab: &mut Lab,
    model: &VqVae<f32>,
    data: &Data,
) -> anyhow::Result<()> {
    let few = data.first(8);
    let maps = model.encode(&few)?; // [8, S²]
    lab.column(
        "map_shades",
        few.iter().map(|v| f64::from((8.0 * v).round())),
    )?;
    lab.column("map_codes", maps.iter().map(|k| *k as f64))?;
    lab.column("hues", hues(&model.codebook))
}

fn draw_usage(of: &Measurements) -> anyhow::Result<String> {
    let k = of.value("codebook_size")?;
    let mut used = of.curve("used_rank", "used")?;
    used.retain(|(_, share)| *share > 0.0);
    let plot = Plot::new("")
        .x("codes, the most frequent first", Axis::Log)
        .y("% of all places", Axis::Log)
        .line("", used)
        .horizontal("a fair share", 100.0 / k);
    plot.svg()
}

fn draw_maps(of: &Measurements) -> anyhow::Result<String> {
    let maps = CodeMaps {
        shades: of.column("map_shades")?,
        codes: of.column("map_codes")?,
        hues: of.column("hues")?,
    };
    maps.svg()
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    let bits = ["bits_by_place", "bits_unigram", "bits_uniform"];
    vec![
        ("each_table_saves_bits", Claim::rises(bits)),
        ("codes_are_not_used_alike", Claim::less("perplexity", 100.0)),
    ]
}
