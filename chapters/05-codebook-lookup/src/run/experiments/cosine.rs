//! As many codes, found by direction: with length 1, and with each patch's own length sent along.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::{Array2, Axis};

use super::times;
use crate::plain::{
    cluster_means, distortion, gather, kmeans_plus_plus, nearest,
    nearest_by_cosine, normalize_rows,
};
use crate::run::digit_patches::{
    DIRECTIONS, Patches, SEEDS, grid_for, inked, push,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "cosine",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let of = Patches::load(lab)?;
    let mut errors = [const { Vec::new() }; 2];
    let mut grid = grid_for(&of.test);
    for seed in 1..=SEEDS {
        let codebook = learn_directions(lab, &of, seed)?;
        let unit =
            gather(&codebook, &nearest_by_cosine(&of.test, &codebook)?);
        let mut sent = unit.clone(); // [49 M, 16]
        for (mut e, z) in sent.rows_mut().into_iter().zip(of.test.rows()) {
            let length = z.dot(&e);
            e *= length;
        }
        for (errors, z_q) in errors.iter_mut().zip([&unit, &sent]) {
            errors.push(distortion(&of.test, z_q) / of.variance);
        }
        if seed == 1 {
            let codebook = of.learn(lab, DIRECTIONS, seed)?; // [128, 16]
            let z_q = gather(&codebook, &nearest(&of.test, &codebook)?);
            for z in [&of.test, &z_q, &unit, &sent] {
                push(&mut grid, z);
            }
        }
    }
    for (name, errors) in ["unit", "with_length"].iter().zip(&errors) {
        let name = format!("cosine_mse_over_variance_{name}");
        lab.over_seeds(&name, errors, Within::Relative(0.05))?;
    }
    lab.image("cosine", &grid)
}

/// Patches without ink are left out, means are stretched to length 1. `[128, 16]`
fn learn_directions(
    lab: &Lab,
    of: &Patches,
    seed: usize,
) -> anyhow::Result<Array2<f32>> {
    let z = of.train.select(Axis(0), &inked(&of.train)); // [inked, 16]
    let z = normalize_rows(&z);
    let rng = &mut lab.rng(&format!("directions-{seed}"));
    let mut codebook = kmeans_plus_plus(&z, DIRECTIONS, rng)?;
    for _ in 0..of.steps {
        let indices = nearest(&z, &codebook)?;
        codebook = normalize_rows(&cluster_means(&z, &indices, &codebook));
    }
    Ok(codebook)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (unit, sent) = (
        "cosine_mse_over_variance_unit",
        "cosine_mse_over_variance_with_length",
    );
    let whole = "patch_mse_over_variance_128";
    vec![
        ("length_is_lost", times(10.0, whole, unit, SEEDS)),
        (
            "with_length_it_is_better",
            Claim::less_over_seeds(sent, whole, SEEDS),
        ),
    ]
}
