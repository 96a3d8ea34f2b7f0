//! Eight bits a patch, as one list or as several: what is lost, and what has to be stored.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use super::{every, less, times};
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
    let lost = |kind: &str, l: usize| format!("levels_{l}_{kind}_lost");
    let rise = |kind: &str| {
        let side = |of: &[usize]| {
            of.iter().flat_map(|l| every(&lost(kind, *l))).collect()
        };
        Claim::Less(side(&LEVELS[..3]), side(&LEVELS[1..]))
    };
    let few = |l: usize| format!("few_{l}_residual_lost");
    vec![
        ("more_levels_lose_more", rise("residual")),
        ("more_parts_lose_more", rise("product")),
        (
            "two_levels_lose_less_than_two_parts",
            less(&lost("residual", 2), &lost("product", 2)),
        ),
        (
            "a_long_list_needs_patches",
            times(1.5, &lost("residual", 1), &few(1)),
        ),
        ("two_short_ones_need_fewer", less(&few(2), &few(1))),
    ]
}
