//! The codebook of 128 patches, to be seen, and judged by all test digits.

use datasets::Split;
use lab::{Claim, Cost, Experiment, ImageGrid, Lab, Within};

use crate::plain::{distortion, gather, nearest, usage};
use crate::run::digit_patches::{
    DIRECTIONS, Patches, digit_patches, variance,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "codebook",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let of = Patches::load(lab)?;
    let codebook = of.learn(lab, DIRECTIONS, 1)?; // [128, 16]
    let counts = usage(&nearest(&of.test, &codebook)?, DIRECTIONS);
    let mut order: Vec<usize> = (0..DIRECTIONS).collect();
    order.sort_by_key(|&k| (usize::MAX - counts[k], k)); // the most used first
    let mut grid = ImageGrid::new(16).zoom(10);
    for k in order {
        grid.push(codebook.row(k).to_shape((4, 4))?.view(), 0.0, 1.0);
    }
    let most = lab.by_scale(50, 10_000, 10_000);
    let all = digit_patches(lab, Split::Test, most, (1, 0))?; // [490000, 16]
    for (name, z) in [("few", &of.test), ("all", &all)] {
        let z_q = gather(&codebook, &nearest(z, &codebook)?);
        let error = distortion(z, &z_q) / variance(z);
        let name = format!("patch_mse_over_variance_{name}_digits");
        lab.result(&name, error, Within::Relative(0.05))?;
    }
    lab.image("codebook", &grid)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [few, all] =
        ["few", "all"].map(|n| format!("patch_mse_over_variance_{n}_digits"));
    vec![("other_digits_another_error", Claim::less(all, few))]
}
