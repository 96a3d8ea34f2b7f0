//! What goes wrong, one switch at a time, on codes that need no training: how bright each patch of a digit is.

use codebook_lookup::plain::patches;
use datasets::{Digits, PixelRange, Split};
use gradients::plain::AdamConfig;
use lab::{Axis, ImageGrid, Lab, Plot, Within};
use ndarray::{Array2, Axis as Dim, s};

use crate::model::{Prior, Sizes};
use crate::plain::{BITS, bits_per_image};
use crate::sampling::{complete, sample};
use crate::training::{Config, Training, in_room};

/// Levels of brightness.
const LEVELS: usize = 8;

/// Code maps of a step.
const BATCH: usize = 32;

/// The brightness of each of the 49 patches of some digits, no fewer than `least`, in levels. `[N, 49]`
fn brightness(
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
struct Case {
    name: &'static str,
    label: &'static str,
    shift: bool,
    positions: bool,
    blocks: usize,
}

const CASES: [Case; 4] = [
    Case {
        name: "right",
        label: "nothing wrong",
        shift: true,
        positions: true,
        blocks: 2,
    },
    Case {
        name: "leak",
        label: "sees its own code",
        shift: false,
        positions: true,
        blocks: 2,
    },
    Case {
        name: "lost",
        label: "no positions",
        shift: true,
        positions: false,
        blocks: 2,
    },
    Case {
        name: "alone",
        label: "no attention",
        shift: true,
        positions: true,
        blocks: 0,
    },
];

/// The prior that comes of a case, and the loss before each step.
fn train(
    lab: &Lab,
    codes: &Array2<usize>,
    case: Case,
) -> anyhow::Result<(Prior<f32>, Vec<f32>)> {
    let sizes = Sizes {
        codes: LEVELS,
        places: 49,
        width: 32,
        heads: 4,
        blocks: case.blocks,
    };
    let config = Config {
        sizes,
        batch: BATCH,
        steps: lab.by_scale(40, 500, 5000),
        warm_up: 20,
        adam: AdamConfig { lr: 3e-3, beta2: 0.99, ..AdamConfig::default() },
    };
    let mut training = Training::new(config, codes, lab.seed())?;
    if !case.shift {
        training = training.without_shift();
    }
    if !case.positions {
        training = training.without_positions();
    }
    let mut training = in_room(lab, training)?;
    let name = format!("switch-{}", case.name);
    lab.train(&name, config.steps, &mut training)?;
    Ok((training.prior(), training.losses()))
}

/// The mean of every few losses, in bits an image.
pub fn smoothed(losses: &[f32], parts: usize) -> Vec<(f64, f64)> {
    let size = (losses.len() / parts).max(1);
    let mean = |(n, part): (usize, &[f32])| {
        let sum: f64 = part.iter().map(|v| f64::from(*v)).sum();
        let middle = n as f64 * size as f64 + 0.5 * part.len() as f64;
        (middle, 49.0 * BITS * sum / part.len() as f64)
    };
    losses.chunks(size).enumerate().map(mean).collect()
}

/// The share of codes that are the same as the one before.
fn repeats(codes: &Array2<usize>) -> f64 {
    let before = codes.slice(s![.., ..-1]);
    let same = before.iter().zip(codes.slice(s![.., 1..]));
    let same = same.filter(|(a, b)| a == b).count();
    same as f64 / before.len() as f64
}

/// Each mistake: the loss that it shows, what its samples cost under the model that works, and how they look.
pub fn switches(lab: &mut Lab) -> anyhow::Result<()> {
    let (seen, unseen) =
        lab.by_scale((400, 100), (10_000, 1000), (50_000, 10_000));
    let train_codes = brightness(lab, Split::Train, BATCH, seen)?;
    let test = brightness(lab, Split::Test, 1, unseen)?;
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("loss, bits an image", Axis::Linear);
    let shown = test.nrows().min(12);
    let mut grid = ImageGrid::new(shown).zoom(6);
    let mut push = |codes: &Array2<usize>| {
        for row in codes.rows().into_iter().take(shown) {
            let levels = row.mapv(|c| c as f32 / (LEVELS - 1) as f32);
            let map = levels.into_shape_with_order((7, 7));
            grid.push(map.expect("49 places").view(), 0.0, 1.0);
        }
    };
    push(&test);
    let mut right: Option<Prior<f32>> = None;
    for case in CASES {
        let (prior, losses) = train(lab, &train_codes, case)?;
        let curve = smoothed(&losses, 40);
        let last = curve[curve.len() - 1].1;
        let close = Within::Relative(0.15);
        let wide = if case.shift { close } else { Within::Absolute(8.0) };
        lab.result(&format!("switch_{}_loss", case.name), last, wide)?;
        plot = plot.line(case.label, curve);
        let n = lab.by_scale(50, 500, 500);
        let drawn = sample(&prior, n, 1.0, lab.seed())?; // [n, 49]
        push(&drawn);
        let honest = right.get_or_insert_with(|| prior.clone());
        let cost = bits_per_image(&honest.nats(&drawn)?);
        let name = format!("switch_{}_samples_bits", case.name);
        lab.result(&name, cost, Within::Relative(0.2))?;
        let name = format!("switch_{}_repeats", case.name);
        lab.result(&name, repeats(&drawn), Within::Absolute(0.1))?;
        if case.shift {
            let held_out = bits_per_image(&prior.nats(&test)?);
            let name = format!("switch_{}_test_bits", case.name);
            lab.result(&name, held_out, close)?;
        }
    }
    if let Some(prior) = right {
        let given = test.slice(s![..shown, ..28]).to_owned(); // [12, 28]
        push(&complete(&prior, &given, 1.0, lab.seed())?);
        let of_test = bits_per_image(&prior.nats(&test)?);
        lab.result(
            "switch_test_digits_bits",
            of_test,
            Within::Relative(0.1),
        )?;
        let name = "switch_test_digits_repeats";
        lab.result(name, repeats(&test), Within::Absolute(0.02))?;
    }
    lab.figure("switches", &plot.svg()?)?;
    lab.image("switch_samples", &grid)
}
