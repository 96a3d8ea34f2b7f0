//! Digits put together from 2 to 512 different patches.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within,
    over_seeds,
};

use super::rise;
use crate::plain::{
    bits_per_image, distortion, entropy, gather, nearest, usage,
};
use crate::run::digit_patches::{Patches, SEEDS, grid_for, push};

pub const EXPERIMENT: Experiment = Experiment {
    name: "patches",
    cost: Cost::Seconds,
    measure,
    figures: &[("rate", draw)],
    claims,
};

/// What is seen of a codebook on unseen digits.
const SEEN: [&str; 3] =
    ["mse_over_variance", "bits_per_image_coded", "entropy"];

const SIZES: [usize; 9] = [2, 4, 8, 16, 32, 64, 128, 256, 512];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let of = Patches::load(lab)?;
    of.describe(lab)?;
    let mut grid = grid_for(&of.test);
    push(&mut grid, &of.test);
    let mut course = [const { Vec::new() }; 3];
    for k in SIZES {
        let mut seen = [const { Vec::new() }; 3];
        for seed in 1..=SEEDS {
            let codebook = of.learn(lab, k, seed)?; // [K, 16]
            let indices = nearest(&of.test, &codebook)?;
            let z_q = gather(&codebook, &indices); // [49 M, 16]
            let counts = usage(&indices, k); // [K]
            // A logarithmic axis has no zero, and what a doubling saves is a quotient.
            let lost = distortion(&of.test, &z_q) / of.variance;
            seen[0].push(lost.max(1e-12));
            seen[1].push(bits_per_image(&counts, 49)[1]);
            seen[2].push(entropy(&counts));
            if seed == 1 && [2, 8, 32, 128, 512].contains(&k) {
                push(&mut grid, &z_q);
            }
        }
        for (n, name) in SEEN.into_iter().enumerate() {
            let (name, seen) = (format!("patch_{name}_{k}"), &seen[n]);
            lab.over_seeds(&name, seen, Within::Relative(0.05))?;
            course[n].push(seen.iter().sum::<f64>() / SEEDS as f64);
        }
        let (name, bits) = (format!("patch_bits_per_image_{k}"), bits(k));
        lab.result(&name, bits, Within::Absolute(1e-9))?;
    }
    let [lost, coded, _] = course;
    let (more, saved) = (coded[8] - coded[7], 1.0 - lost[8] / lost[7]);
    let near = Within::Absolute(0.05);
    lab.result("patch_last_doubling_bits", more, Within::Relative(0.2))?;
    lab.result("patch_last_doubling_error_saved", saved, near)?;
    lab.result("patch_bits_per_image", bits(128), Within::Absolute(1e-9))?;
    lab.column("bits", SIZES.map(bits))?;
    lab.column("bits_coded", coded)?;
    lab.column("lost", lost)?;
    lab.image("quantised", &grid)
}

/// Of an image, when all codes cost the same.
fn bits(k: usize) -> f64 {
    49.0 * (k as f64).log2()
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let (alike, coded) =
        (of.curve("bits", "lost")?, of.curve("bits_coded", "lost")?);
    let plot = Plot::new("")
        .x("bits per image", Axis::Linear)
        .y("squared error over variance", Axis::Log)
        .line("all codes cost the same", alike.clone())
        .line("frequent codes cost less", coded.clone())
        .colour(0)
        .points("", alike)
        .points("", coded);
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let of = |what: &str| SIZES.map(|k| format!("patch_{what}_{k}"));
    let coded = of("bits_per_image_coded");
    let (mut lost, half) = (of("mse_over_variance"), bits(128) / 2.0);
    lost.reverse();
    let of_128 = over_seeds(&coded[6], SEEDS);
    vec![
        ("more_patches_less_error", rise(&lost, SEEDS)),
        ("more_patches_more_bits", rise(&coded, SEEDS)),
        ("frequent_codes_cost_less", Claim::all_below(of_128, half)),
    ]
}
