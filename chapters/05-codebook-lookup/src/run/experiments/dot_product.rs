//! The largest dot product, as if ‖e‖² did not matter.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::ArrayView1;

use super::{normal, share_wrong};
use crate::plain::{nearest_by_definition, usage};

pub const EXPERIMENT: Experiment = Experiment {
    name: "dot-product",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const K: usize = 48;
const SEEDS: usize = 5;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let n = lab.by_scale(300, 3000, 30_000);
    let mut found = [const { Vec::new() }; 3];
    for seed in 1..=SEEDS {
        let rng = &mut lab.rng(&format!("dot-product-{seed}"));
        let (z, codebook) = (normal((n, 6), rng), normal((K, 6), rng));
        let products = z.dot(&codebook.t()); // [N, K]
        let largest = |row: ArrayView1<f64>| {
            (1..K).fold(0, |a, b| if row[b] > row[a] { b } else { a })
        };
        let picked = products.rows().into_iter().map(largest);
        let picked: Vec<usize> = picked.collect(); // [N]
        let right = nearest_by_definition(&z, &codebook); // [N]
        let used = |indices: &[usize]| {
            usage(indices, K).iter().filter(|n| **n > 0).count() as f64
        };
        found[0].push(share_wrong(&picked, &right));
        found[1].push(used(&picked));
        found[2].push(used(&right));
    }
    let (few, share) = (Within::Absolute(2.0), Within::Absolute(0.02));
    lab.result("lookup_codes", K as f64, Within::Exactly)?;
    lab.over_seeds("dot_product_wrong_share", &found[0], share)?;
    lab.over_seeds("dot_product_codes_used", &found[1], few)?;
    lab.over_seeds("distance_codes_used", &found[2], few)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let wrong = lab::over_seeds("dot_product_wrong_share", SEEDS);
    let [few, all] = ["dot_product_codes_used", "distance_codes_used"];
    vec![
        ("a_dot_product_is_no_distance", Claim::all_above(wrong, 0.5)),
        (
            "dot_products_use_fewer_codes",
            Claim::less_over_seeds(few, all, SEEDS),
        ),
    ]
}
