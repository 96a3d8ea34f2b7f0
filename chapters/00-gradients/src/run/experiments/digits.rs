//! The network of this chapter learns the digits.

use datasets::{Digits, PixelRange};
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, panels,
};
use ndarray::{Array1, ArrayView2, Axis as Dim};

use super::{largest, load, of_seed};
use crate::classifier::{Classifier, accuracy, in_room, predict};
use crate::plain::{Mlp, Parameters};

pub const EXPERIMENT: Experiment = Experiment {
    name: "digits",
    cost: Cost::Seconds,
    measure,
    figures: &[("digits", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [train, test] = load(lab)?;
    let (order, mut rng) = of_seed(lab, 1);
    let model = Classifier::new(&train, order, &mut rng)?;
    let start = model.model.net.clone();
    let epochs = lab.by_scale(1, 10, 30);
    let whole = model.source.steps_per_epoch();
    let per_epoch = lab.by_scale(30, whole, whole);
    let mut model = in_room(lab, model)?;
    let started = std::time::Instant::now();
    let milestones = (0..=epochs).map(|epoch| epoch * per_epoch);
    let least = 0.5 / test.len() as f32; // a logarithmic axis has no zero
    let history =
        lab.train_and_observe("digits", milestones, &mut model, |model| {
            let wrong = 1.0 - accuracy(&model.net(), &test, 1.0) as f32;
            vec![wrong.max(least)]
        })?;
    let seconds = started.elapsed().as_secs_f64();
    let net = model.net();
    let count: usize = net.parameters().iter().map(|p| p.len()).sum();
    for (name, value, within) in [
        ("accuracy", accuracy(&net, &test, 1.0), Within::Absolute(0.004)),
        ("epochs", epochs as f64, Within::Exactly),
        ("parameters", count as f64, Within::Exactly),
        ("seconds", seconds, Within::Timing),
    ] {
        lab.result(&format!("digit_{name}"), value, within)?;
    }
    let (at, losses) = smooth(&model.losses(), per_epoch as f64);
    lab.column("loss_epoch", at)?;
    lab.column("loss", losses)?;
    lab.column("epoch", (0..=epochs).map(|epoch| epoch as f64))?;
    lab.column("error", history.iter().map(|seen| f64::from(seen.1[0])))?;
    movement(lab, &train, &start, &net)?;

    let predicted = predict(&net, &test, 1.0);
    let wrong: Vec<usize> = (0..test.len())
        .filter(|&n| predicted[n] != usize::from(test.labels[n]))
        .collect();
    if !wrong.is_empty() {
        lab.image("mistakes", &image_rows(&test, &wrong, 12, 24)?)?;
    }
    lab.image("weights", &first_weights(&net, &test)?)
}

/// How far training moved the weights of pixels without ink in any digit, and those of the others.
fn movement(
    lab: &mut Lab,
    train: &Digits,
    start: &Mlp<f32>,
    end: &Mlp<f32>,
) -> anyhow::Result<()> {
    let all: Vec<usize> = (0..train.len()).collect();
    let mut ink = Array1::<f32>::zeros(train.pixel_count()); // [784]
    for rows in all.chunks(1000) {
        let x = train.pixels::<f32>(rows, PixelRange::Unit); // [1000, 784]
        ink += &x.sum_axis(Dim(0));
    }
    let moved = &end.layers[0].w - &start.layers[0].w; // [784, 128]
    let of = |inked: bool| {
        let rows = moved.rows().into_iter().zip(&ink);
        let rows = rows.filter(move |(_, ink)| (**ink > 0.0) == inked);
        largest(rows.flat_map(|(row, _)| row.to_vec()).map(f64::from))
    };
    let bare = ink.iter().filter(|ink| **ink == 0.0).count();
    lab.result("pixels_without_ink", bare as f64, Within::Exactly)?;
    lab.result("weights_moved_without_ink", of(false), Within::Exactly)?;
    lab.result("weights_moved_with_ink", of(true), Within::Factor(1.5))
}

/// Means of 40 losses at a time, and the epochs they belong to.
fn smooth(losses: &[f32], per_epoch: f64) -> (Vec<f64>, Vec<f64>) {
    let mean = |(n, part): (usize, &[f32])| {
        let at = (40 * n + part.len() / 2) as f64 / per_epoch;
        (at, f64::from(part.iter().sum::<f32>()) / part.len() as f64)
    };
    losses.chunks(40).enumerate().map(mean).unzip()
}

/// The first `most` of some digits, in rows of `columns`.
fn image_rows(
    digits: &Digits,
    which: &[usize],
    columns: usize,
    most: usize,
) -> anyhow::Result<ImageGrid> {
    let mut grid = ImageGrid::new(columns);
    let rows: Vec<usize> = which.iter().copied().take(most).collect();
    let pixels = digits.pixels::<f32>(&rows, PixelRange::Unit); // [N, 784]
    for row in pixels.rows() {
        grid.push(row.into_shape_with_order(digits.size())?, 0.0, 1.0);
    }
    Ok(grid)
}

/// What the first 24 hidden units look for: their weights as images, grey is zero.
fn first_weights(
    net: &Mlp<f32>,
    digits: &Digits,
) -> anyhow::Result<ImageGrid> {
    let mut grid = ImageGrid::new(12);
    for unit in net.layers[0].w.columns().into_iter().take(24) {
        let unit = unit.to_owned();
        let image: ArrayView2<f32> =
            unit.view().into_shape_with_order(digits.size())?;
        let most = unit.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
        grid.push(image, -most, most);
    }
    Ok(grid)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let loss = Plot::new("training")
        .x("epoch", Axis::Linear)
        .y("cross-entropy, nats", Axis::Log)
        .line("", of.curve("loss_epoch", "loss")?);
    let right = Plot::new("test digits")
        .x("epoch", Axis::Linear)
        .y("error rate", Axis::Log)
        .colour(1)
        .line("", of.curve("epoch", "error")?);
    panels(&[loss, right], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (bare, inked) =
        ("weights_moved_without_ink", "weights_moved_with_ink");
    vec![
        ("it_reads_handwriting", Claim::less(0.97, "digit_accuracy")),
        ("no_ink_no_gradient", Claim::equal(0.0, bare, 0.0, inked)),
    ]
}
