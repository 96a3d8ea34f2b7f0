//! Each mistake: the loss that it shows, what its samples cost under the model that works, and how they look.

use datasets::Split;
use lab::{
    Axis, Cost, Experiment, ImageGrid, Lab, Measurements, Plot, Within,
};
use ndarray::{Array2, s};

use super::switch_claims;
use super::switch_training::{BATCH, CASES, LEVELS, brightness, train};
use super::{first, smoothed};
use crate::model::Prior;
use crate::plain::bits_per_image;
use crate::sampling::{complete, sample};

pub const EXPERIMENT: Experiment = Experiment {
    name: "switches",
    cost: Cost::Seconds,
    measure,
    figures: &[("switches", draw)],
    claims: switch_claims::claims,
};

pub(super) const SEEDS: usize = 3;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let (seen, unseen) =
        lab.by_scale((400, 100), (10_000, 1000), (50_000, 10_000));
    let codes = brightness(lab, Split::Train, BATCH, seen)?; // [N, 49]
    let test = brightness(lab, Split::Test, 1, unseen)?; // [N', 49]
    let same = repeats(&test);
    lab.result("switch_test_digits_repeats", same, Within::Absolute(0.02))?;
    let mut grid = ImageGrid::new(test.nrows().min(12)).zoom(6);
    push(&mut grid, &test);
    let mut right: Vec<Prior<f32>> = Vec::new();
    for case in CASES {
        let mut found = Vec::new();
        for seed in 1..=SEEDS {
            let (prior, losses) = train(lab, &codes, case, seed)?;
            let n = lab.by_scale(50, 500, 500);
            let drawn = sample(&prior, n, 1.0, lab.seed())?; // [n, 49]
            let (step, bits) = smoothed(&losses, 40);
            let honest = right.get(seed - 1).unwrap_or(&prior);
            let cost = bits_per_image(&honest.nats(&drawn)?);
            let unseen = bits_per_image(&prior.nats(&test)?);
            let last = bits[bits.len() - 1];
            found.push([last, unseen, cost, repeats(&drawn)]);
            if seed == 1 {
                push(&mut grid, &drawn);
                lab.column(&format!("step_{}", case.name), step)?;
                lab.column(&format!("bits_{}", case.name), bits)?;
            }
            if case.name == "right" {
                right.push(prior);
            }
        }
        note(lab, case.name, &found)?;
    }
    let given = first(&test, 12).slice(s![.., ..28]).to_owned(); // [12, 28]
    push(&mut grid, &complete(&right[0], &given, 1.0, lab.seed())?);
    lab.image("switch_samples", &grid)
}

fn note(lab: &mut Lab, name: &str, found: &[[f64; 4]]) -> anyhow::Result<()> {
    let bits = Within::Absolute(4.0);
    for (n, (what, within)) in [
        ("loss", bits),
        ("test_bits", bits),
        ("samples_bits", Within::Absolute(12.0)),
        ("repeats", Within::Absolute(0.05)),
    ]
    .into_iter()
    .enumerate()
    {
        let all: Vec<f64> = found.iter().map(|of| of[n]).collect();
        lab.over_seeds(&format!("switch_{name}_{what}"), &all, within)?;
    }
    Ok(())
}

/// The share of codes that are the same as the one before.
fn repeats(codes: &Array2<usize>) -> f64 {
    let before = codes.slice(s![.., ..-1]);
    let same = before.iter().zip(codes.slice(s![.., 1..]));
    let same = same.filter(|(a, b)| a == b).count();
    same as f64 / before.len() as f64
}

fn push(grid: &mut ImageGrid, codes: &Array2<usize>) {
    for row in first(codes, 12).rows() {
        let levels = row.mapv(|c| c as f32 / (LEVELS - 1) as f32);
        let map = levels.into_shape_with_order((7, 7));
        grid.push(map.expect("49 places").view(), 0.0, 1.0);
    }
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("loss, bits an image", Axis::Linear);
    for case in CASES {
        let [step, bits] =
            ["step", "bits"].map(|of| format!("{of}_{}", case.name));
        plot = plot.line(case.label, of.curve(&step, &bits)?);
    }
    plot.svg()
}
