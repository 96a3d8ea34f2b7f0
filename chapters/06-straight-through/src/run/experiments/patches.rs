//! Patches of digits through five bottlenecks of 64 codes.

use codebook_lookup::plain::{
    assemble, kmeans_plus_plus, lloyd_step, patches,
};
use datasets::Split;
use lab::{
    Axis, Cost, Experiment, ImageGrid, Lab, Measurements, Plot, Within,
};
use ndarray::{Array3, Axis as Dim};

use super::patch_claims;
use super::patch_training::{
    CODES, Data, Run, few, images, table_error, train,
};
use crate::training::Autoencoder;

pub const EXPERIMENT: Experiment = Experiment {
    name: "patches",
    cost: Cost::Minutes,
    measure,
    figures: &[("patch_loss", draw)],
    claims: patch_claims::claims,
};

pub(super) const SEEDS: usize = 5;
pub(super) const CASES: [(&str, &str); 5] = [
    ("without", "encoder told nothing"),
    ("straight_through", "straight-through"),
    ("rotation", "rotation trick"),
    ("gumbel", "Gumbel-softmax"),
    ("fsq", "finite scalar"),
];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let most = lab.by_scale(200, 4_000, 20_000);
    let seen = patches(&images(lab, Split::Train, 512, most)?, 4); // [N, 16]
    let most = lab.by_scale(100, 1_000, 10_000);
    let images = images(lab, Split::Test, CODES, most)?; // [N', 28, 28]
    let unseen = patches(&images, 4); // [N', 16]
    let data = Data { seen, unseen, steps: lab.by_scale(40, 1000, 10_000) };
    for (name, number) in [
        ("patch_codes", CODES as f64),
        ("patch_steps", data.steps as f64),
        ("patch_images", (data.seen.nrows() / 49) as f64),
    ] {
        lab.result(name, number, Within::Exactly)?;
    }
    let shown: Vec<usize> = (0..images.dim().0.min(10)).collect();
    let originals = images.select(Dim(0), &shown); // [10, 28, 28]
    let mut grid = ImageGrid::new(shown.len()).zoom(3);
    let mut show = |images: &Array3<f32>| {
        images.outer_iter().for_each(|image| grid.push(image, 0.0, 1.0));
    };
    show(&originals);
    lloyd(lab, &data)?;
    for (name, _) in CASES {
        let first = train_all(lab, name, &data)?;
        let made = first.reconstruct(&patches(&originals, 4))?; // [490, 16]
        show(&assemble(&made, (28, 28)));
    }
    lab.image("patches", &grid)
}

/// What any 64 patches could do, and any 32: Lloyd's, on the pixels.
fn lloyd(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    for codes in [CODES, CODES / 2] {
        let mut errors = Vec::new();
        for seed in 1..=SEEDS {
            let rng = &mut lab.rng(&format!("lloyd-{codes}-{seed}"));
            let some = few(&data.seen, 20_000); // [20000, 16]
            let mut table = kmeans_plus_plus(&some, codes, rng)?; // [K, 16]
            for _ in 0..lab.by_scale(3, 20, 50) {
                table = lloyd_step(&some, &table)?.0;
            }
            errors.push(table_error(&data.unseen, &table, None)?);
        }
        let name = format!("patch_mse_over_variance_lloyd_{codes}");
        lab.over_seeds(&name, &errors, Within::Relative(0.05))?;
    }
    Ok(())
}

/// One way past the lookup, from several starts; returns the first of them.
fn train_all(
    lab: &mut Lab,
    name: &str,
    data: &Data,
) -> anyhow::Result<Autoencoder> {
    let runs = (1..=SEEDS).map(|seed| train(lab, name, data, seed));
    let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
    let of = |f: fn(&Run) -> f64| runs.iter().map(f).collect::<Vec<_>>();
    let relative = Within::Relative(0.15);
    for (what, numbers, within) in [
        ("mse_over_variance", of(|run| run.error), relative),
        ("mse_of_a_table", of(|run| run.of_a_table), relative),
        ("codes_used", of(|run| run.used), Within::Absolute(12.0)),
        ("length_at_start", of(|run| run.lengths.0), Within::Factor(1.5)),
        ("length_at_end", of(|run| run.lengths.1), Within::Factor(1.5)),
    ] {
        lab.over_seeds(&format!("patch_{what}_{name}"), &numbers, within)?;
    }
    let mut runs = runs.into_iter();
    let first = runs.next().expect("a seed");
    lab.column(&format!("step_{name}"), first.curve.iter().map(|p| p.0))?;
    lab.column(&format!("error_{name}"), first.curve.iter().map(|p| p.1))?;
    Ok(first.trained)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("MSE / variance on unseen digits", Axis::Linear)
        .y_range(0.0, 0.8);
    for (name, label) in CASES {
        let curve =
            of.curve(&format!("step_{name}"), &format!("error_{name}"))?;
        plot = plot.line(label, curve);
    }
    let floor = of.value("patch_mse_over_variance_lloyd_64@1")?;
    plot.horizontal("64 patches of Lloyd's", floor).svg()
}
