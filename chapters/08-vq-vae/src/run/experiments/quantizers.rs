//! Other quantisers in the same small network, at about equal bits.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot};

use super::ladder;
use crate::run::quantizers::{Kind, compare, unpriced};
use crate::run::setting::Data;
use crate::run::short::SEEDS;

pub const EXPERIMENT: Experiment = Experiment {
    name: "quantizers",
    cost: Cost::Minutes,
    measure,
    figures: &[("quantizers", draw)],
    claims,
};

const KINDS: [(&str, Kind); 7] = [
    ("vq", Kind::List),
    ("residual", Kind::Residual(2)),
    ("product", Kind::Product(2)),
    ("cosine", Kind::Cosine),
    ("lfq", Kind::Signs),
    ("simvq", Kind::Turned),
    ("fsq", Kind::Levels),
];

/// What VQ and FSQ are compared at besides, bits a place.
const OTHERS: [usize; 3] = [4, 6, 10];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = unpriced(lab, &data);
    let bits = lab.by_scale(4, 8, 8);
    for (name, kind) in KINDS {
        compare(lab, &data, (name, kind, bits), base)?;
    }
    for bits in lab.by_scale(vec![2], OTHERS.into(), OTHERS.into()) {
        for (name, kind) in [KINDS[0], KINDS[6]] {
            compare(lab, &data, (name, kind, bits), base)?;
        }
    }
    Ok(())
}

/// Error against bits, of the names that were measured.
fn points(
    of: &Measurements,
    names: impl IntoIterator<Item = String>,
) -> Vec<(f64, f64)> {
    let point = |name: String| {
        let bits = of.value(&format!("{name}_bits")).ok()?;
        Some((bits, of.value(&format!("{name}_mse_over_variance")).ok()?))
    };
    names.into_iter().filter_map(point).collect()
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let by_bits = |name: &str| {
        let names = [4, 6, 8, 10].map(|b| format!("quantizer_{name}_{b}"));
        points(of, names)
    };
    let rungs = |way: &str| {
        let names = (1..=ladder::LEVELS).map(|n| format!("ladder_{way}_{n}"));
        points(of, names)
    };
    let mut plot = Plot::new("")
        .x("bits an image, coded by place", Axis::Log)
        .y("squared error over variance, unseen", Axis::Log)
        .line("VQ, 4 to 10 bits a place", by_bits("vq"))
        .line("FSQ, 4 to 10 bits a place", by_bits("fsq"))
        .line("one residual run, trained on prefixes", rungs("prefixes"))
        .dashed("one residual run, trained on the whole", rungs("whole"));
    for (name, label) in [
        ("residual", "residual"),
        ("product", "product"),
        ("cosine", "cosine"),
        ("lfq", "LFQ"),
        ("simvq", "SimVQ"),
    ] {
        plot =
            plot.points(label, points(of, [format!("quantizer_{name}_8")]));
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let error = |less: &str, more: &str| {
        let name = |n| format!("quantizer_{n}_mse_over_variance");
        Claim::less_over_seeds(&name(less), &name(more), SEEDS)
    };
    vec![("fsq_loses_more_at_4_bits", error("vq_4", "fsq_4"))]
}
