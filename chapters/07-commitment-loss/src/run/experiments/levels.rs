//! Eight bits a patch, as one list or as several: what is lost, and what has to be stored.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use super::{alike, fall, less, times};
use crate::bottleneck::Bottleneck;
use crate::product::Product;
use crate::quantizer::Settings;
use crate::residual::Residual;
use crate::run::trial::{Data, SEEDS, first};

pub const EXPERIMENT: Experiment = Experiment {
    name: "levels",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// Bits of a patch, whatever they are made of.
const BITS: usize = 8;
/// Among how many codebooks they are shared out.
const LEVELS: [usize; 4] = [1, 2, 4, 8];
/// From how many patches the codebooks are learnt.
const PATCHES: [(&str, usize); 2] = [("levels", 20_000), ("few", 300)];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    for (name, patches) in PATCHES {
        let x = first(&data.train, lab.by_scale(300, patches, patches)); // [N, 16]
        let n = x.nrows() as f64;
        lab.result(&format!("{name}_patches"), n, Within::Exactly)?;
        for l in LEVELS {
            let name = format!("{name}_{l}");
            share_out(lab, &name, &vec![1 << (BITS / l); l], (&x, &data))?;
        }
    }
    Ok(())
}

/// What codebooks of these sizes lose, in either arrangement.
fn share_out(
    lab: &mut Lab,
    name: &str,
    k: &[usize],
    (x, data): (&Array2<f32>, &Data),
) -> anyhow::Result<()> {
    let stored = k.iter().sum::<usize>() as f64;
    lab.result(&format!("{name}_stored"), stored, Within::Exactly)?;
    let settings = Settings::default();
    for kind in ["residual", "product"] {
        let mut lost = Vec::new();
        for seed in 1..=SEEDS {
            let rng = &mut lab.rng(&format!("levels {seed}"));
            let of: Box<dyn Bottleneck<f32>> = match kind {
                "residual" => {
                    Box::new(Residual::from_latents(x, k, 10, settings, rng)?)
                }
                _ => {
                    Box::new(Product::from_latents(x, k, 10, settings, rng)?)
                }
            };
            let z_q = of.quantize(&data.held_out)?.z_q; // [M, 16]
            lost.push(share_lost(&data.held_out, &z_q));
        }
        let name = format!("{name}_{kind}_lost");
        lab.over_seeds(&name, &lost, Within::Relative(0.1))?;
    }
    Ok(())
}

/// Squared error over the variance about the mean patch.
fn share_lost(x: &Array2<f32>, z_q: &Array2<f32>) -> f64 {
    let mean = x.mean_axis(ndarray::Axis(0)).expect("there are patches");
    let squares = |d: Array2<f32>| d.mapv(|v| f64::from(v * v)).sum();
    squares(x - z_q) / squares(x - &mean)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let levels = |l: usize| format!("levels_{l}_residual_lost");
    let parts = |l: usize| format!("levels_{l}_product_lost");
    let few = |l: usize| format!("few_{l}_residual_lost");
    let long = levels(1);
    vec![
        ("more_levels_lose_more", fall(&[4, 2, 1].map(levels))),
        ("eight_levels_lose_more_than_four", less(&levels(4), &levels(8))),
        ("more_parts_lose_more", fall(&[4, 2, 1].map(parts))),
        ("eight_parts_lose_more_than_four", less(&parts(4), &parts(8))),
        ("two_parts_beat_two_levels", less(&parts(2), &levels(2))),
        ("eight_levels_beat_eight_parts", less(&levels(8), &parts(8))),
        ("a_long_list_needs_patches", times(1.4, &long, &few(1))),
        ("short_lists_need_few", alike(0.012, &few(8), &levels(8), &few(1))),
        ("the_long_list_is_best_still", less(&few(1), &few(2))),
    ]
}
