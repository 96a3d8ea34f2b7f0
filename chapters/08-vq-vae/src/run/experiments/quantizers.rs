//! Other quantisers in the same small network, at about equal bits.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot};

use super::ladder;
use crate::measures::Curve;
use crate::run::quantizers::{Kind, compare, points, unpriced};
use crate::run::setting::Data;
use crate::run::short::{SEEDS, beside};

pub const EXPERIMENT: Experiment = Experiment {
    name: "quantizers",
    cost: Cost::Minutes,
    measure,
    figures: &[("quantizers", draw)],
    claims,
};

const KINDS: [(&str, Kind); 6] = [
    ("residual", Kind::Residual(2)),
    ("product", Kind::Product(2)),
    ("cosine", Kind::Cosine),
    ("lfq", Kind::Signs),
    ("simvq", Kind::Turned),
    ("fsq", Kind::Levels),
];

/// How many bits a place, at full length.
const BITS: [usize; 4] = [4, 6, 8, 10];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let base = unpriced(lab, &data);
    let all = lab.by_scale(vec![2, 4], BITS.into(), BITS.into());
    let one = lab.by_scale(4, 8, 8);
    let mut list = [const { Curve::new() }; SEEDS];
    for &bits in &all {
        let points = compare(lab, &data, ("vq", Kind::List, bits), base)?;
        list.iter_mut().zip(points).for_each(|(curve, p)| curve.push(p));
    }
    for (name, kind) in KINDS {
        for &bits in all.iter().filter(|b| name == "fsq" || **b == one) {
            let points = compare(lab, &data, (name, kind, bits), base)?;
            if kind != Kind::Signs {
                let name = format!("quantizer_{name}_{bits}_of_vq");
                beside(lab, &points, &list, &name)?;
            }
        }
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let by_bits = |name: &str| {
        let names = BITS.map(|b| format!("quantizer_{name}_{b}"));
        points(of, names)
    };
    let rungs = |way: &str| {
        let names = (1..=ladder::LEVELS).map(|n| format!("ladder_{way}_{n}"));
        points(of, names)
    };
    let mut plot = Plot::new("")
        .x("bits an image, coded by place", Axis::Log)
        .y("error over variance, unseen", Axis::Log)
        .line("VQ, 4 to 10 bits a place", by_bits("vq"))
        .line("FSQ, 4 to 10 bits a place", by_bits("fsq"))
        .line("one residual run, trained on prefixes", rungs("prefixes"))
        .dashed("one residual run, trained on the whole", rungs("whole"));
    let near = KINDS.iter().filter(|kind| kind.1 != Kind::Signs);
    for (name, _) in near.filter(|kind| kind.1 != Kind::Levels) {
        plot = plot.points(name, points(of, [format!("quantizer_{name}_8")]));
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let name = |of: &str, what: &str| format!("quantizer_{of}_{what}");
    let less = |what: &str, one: &str, other: &str| {
        Claim::less_over_seeds(&name(one, what), &name(other, what), SEEDS)
    };
    let alike = |what: &str, one: &str, other: &str| {
        Claim::undecided(&name(one, what), &name(other, what), SEEDS)
    };
    let (error, bits, used) =
        ("mse_over_variance", "bits", "codes_used_share");
    let [joined, apart] =
        ["joined_bits", "bits"].map(|what| name("residual_8", what));
    let of = |name: &str| {
        lab::over_seeds(&format!("quantizer_{name}_of_vq"), SEEDS)
    };
    let alone = |name: &str| {
        let over = of(name).into_iter().map(Into::into).collect();
        Claim::Undecided(over, vec![1.0.into(); SEEDS])
    };
    vec![
        (
            "directions_leave_less_at_equal_bits",
            Claim::all_below(of("cosine_8"), 1.0),
        ),
        ("two_lists_are_as_good_at_equal_bits", alone("residual_8")),
        ("side_by_side_as_well", alone("product_8")),
        ("a_turned_list_is_as_good_at_equal_bits", alone("simvq_8")),
        ("levels_leave_more_at_6_bits", Claim::all_above(of("fsq_6"), 1.0)),
        ("levels_are_as_good_at_4_bits", alone("fsq_4")),
        ("levels_are_as_good_at_8_bits", alone("fsq_8")),
        ("two_lists_lose_more", less(error, "vq_8", "residual_8")),
        ("two_lists_cost_less", less("joined_bits", "residual_8", "vq_8")),
        (
            "a_table_for_both_saves_bits",
            Claim::less_over_seeds(&joined, &apart, SEEDS),
        ),
        ("side_by_side_loses_more", less(error, "vq_8", "product_8")),
        ("directions_lose_more", less(error, "vq_8", "cosine_8")),
        ("directions_cost_less", less(bits, "cosine_8", "vq_8")),
        ("a_turned_list_loses_more", less(error, "vq_8", "simvq_8")),
        ("a_turned_list_costs_less", less(bits, "simvq_8", "vq_8")),
        ("signs_lose_more", less(error, "simvq_8", "lfq_8")),
        ("signs_cost_less", less(bits, "lfq_8", "simvq_8")),
        ("levels_lose_no_more_at_10_bits", alike(error, "fsq_10", "vq_10")),
        ("levels_cost_more_at_10_bits", less(bits, "vq_10", "fsq_10")),
        ("levels_use_more_at_10_bits", less(used, "vq_10", "fsq_10")),
    ]
}
