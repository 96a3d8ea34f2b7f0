//! Priors with one mistake each, on codes that need no training: how bright each patch of a digit is.

use codebook_lookup::plain::patches;
use datasets::{Digits, PixelRange, Split};
use gradients::plain::AdamConfig;
use lab::Lab;
use ndarray::{Array2, Axis as Dim};

use crate::model::{Prior, Sizes};
use crate::training::{Config, Training, in_room};

/// Levels of brightness.
pub(super) const LEVELS: usize = 8;

/// Code maps of a step.
pub(super) const BATCH: usize = 32;

/// The brightness of each of the 49 patches of some digits, no fewer than `least`, in levels. `[N, 49]`
pub(super) fn brightness(
    lab: &Lab,
    split: Split,
    least: usize,
    n: usize,
) -> anyhow::Result<Array2<usize>> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    digits.at_least(least)?;
    let rows: Vec<usize> = (0..n.min(digits.len())).collect();
    let x = digits.pixels::<f64>(&rows, PixelRange::Unit); // [N, 784]
    let x = x.into_shape_with_order((rows.len(), 28, 28))?;
    let means = patches(&x, 4).map_axis(Dim(1), |p| p.sum() / 16.0);
    let level = |v: &f64| ((v * LEVELS as f64) as usize).min(LEVELS - 1);
    let codes = means.iter().map(level).collect();
    Ok(Array2::from_shape_vec((rows.len(), 49), codes)?)
}

/// How a run differs from the one that works.
#[derive(Clone, Copy)]
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    shift: bool,
    positions: bool,
    blocks: usize,
}

const fn case(name: &'static str, label: &'static str) -> Case {
    Case { name, label, shift: true, positions: true, blocks: 2 }
}

pub(super) const CASES: [Case; 4] = [
    case("right", "nothing wrong"),
    Case { shift: false, ..case("leak", "sees its own code") },
    Case { positions: false, ..case("lost", "no positions") },
    Case { blocks: 0, ..case("alone", "no attention") },
];

/// The prior that comes of a case, and the loss before each step.
pub(super) fn train(
    lab: &Lab,
    codes: &Array2<usize>,
    case: Case,
    seed: usize,
) -> anyhow::Result<(Prior<f32>, Vec<f32>)> {
    // ANCHOR: recipe
    let sizes = Sizes {
        codes: LEVELS,
        places: 49,
        width: 32,
        heads: 4,
        blocks: case.blocks,
        classes: 0,
    };
    let config = Config {
        sizes,
        batch: BATCH,
        steps: lab.by_scale(40, 250, 5000),
        warm_up: 20,
        adam: AdamConfig { lr: 3e-3, beta2: 0.99, ..AdamConfig::default() },
    };
    // ANCHOR_END: recipe
    let start = lab.seed().wrapping_add(seed as u64 - 1);
    let mut training = Training::new(config, codes, start)?;
    if !case.shift {
        training = training.without_shift();
    }
    if !case.positions {
        training = training.without_positions();
    }
    let mut training = in_room(lab, training)?;
    let name = format!("switch-{}-{seed}", case.name);
    lab.train(&name, config.steps, &mut training)?;
    Ok((training.prior(), training.losses()))
}
