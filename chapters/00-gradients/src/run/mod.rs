//! The experiments of chapter 0.

pub mod ledger;

use datasets::{Digits, PixelRange, Split};
use lab::{Axis, Cost, ImageGrid, Lab, Plot, Resumable, Within, panels};
use ndarray::{Array1, Array2, ArrayView2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::classifier::{Classifier, Classifies, accuracy, in_room, predict};
use crate::on_dfdx;
use crate::plain::{
    Activation, AdamConfig, Mlp, Parameters, adam_step, bce_with_logits,
    bce_with_logits_backward, init_layer, linear, sgd_step,
};

/// The experiments of chapter 0.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.experiment("finite-differences", Cost::Seconds, error_against_step)?;
    lab.experiment("initialisation", Cost::Seconds, signal_through_depth)?;
    lab.experiment("optimisers", Cost::Seconds, down_a_valley)?;
    lab.experiment("parity", Cost::Seconds, two_rooms)?;
    lab.experiment("digits", Cost::Seconds, classify_digits)?;
    lab.experiment("zero-start", Cost::Seconds, start_at_zero)?;
    lab.experiment("unscaled", Cost::Seconds, forget_to_scale)?;
    Ok(())
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

/// Relative error of two kinds of difference quotient for d/ds BCE, in f64 and f32, against the step.
fn error_against_step(lab: &mut Lab) -> anyhow::Result<()> {
    let (s, t) = (array![[0.7, -1.3, 2.1]], array![[1.0, 0.0, 0.25]]);
    let exact = bce_with_logits_backward(&s, &t);
    let error = |slopes: &Array2<f64>| lab::max_rel_err(slopes, &exact);
    let (s32, t32) = (lab::to_f32(&s), lab::to_f32(&t));
    let steps: Vec<f64> =
        (-56..=0).map(|n| 10_f64.powf(f64::from(n) / 4.0)).collect();

    let central = |h: f64| {
        error(&crate::plain::numeric_gradient(
            |s| bce_with_logits(s, &t),
            &s,
            h,
        ))
    };
    let single = |h: f64| {
        let slopes = crate::plain::numeric_gradient(
            |s| bce_with_logits(s, &t32),
            &s32,
            h as f32,
        );
        error(&slopes.mapv(f64::from))
    };
    let forward = |h: f64| {
        let at = |n: usize, by: f64| {
            let mut moved = s.clone();
            moved[[0, n]] += by;
            bce_with_logits(&moved, &t)
        };
        error(&Array2::from_shape_fn(s.dim(), |(_, n)| {
            (at(n, h) - at(n, 0.0)) / h
        }))
    };
    let curve = |f: &dyn Fn(f64) -> f64| {
        steps.iter().map(|&h| (h, f(h))).collect::<Vec<_>>()
    };
    let curves = [curve(&central), curve(&forward), curve(&single)];
    let best = |c: &[(f64, f64)]| {
        c.iter()
            .copied()
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .unwrap_or((1.0, 1.0))
    };
    for (name, c) in
        ["central_f64", "forward_f64", "central_f32"].iter().zip(&curves)
    {
        let (step, error) = best(c);
        lab.result(&format!("best_step_{name}"), step, Within::Factor(10.0))?;
        lab.result(
            &format!("best_error_{name}"),
            error,
            Within::Factor(10.0),
        )?;
    }
    let [c64, f64_, c32] = curves;
    let plot = Plot::new("")
        .x("step h", Axis::Log)
        .y("relative error of the gradient", Axis::Log)
        .y_range(1e-13, 10.0)
        .line("central, f64", c64)
        .line("forward, f64", f64_)
        .line("central, f32", c32);
    lab.figure("finite_differences", &plot.svg()?)
}

/// Standard deviation of the signal through twenty ReLU layers, for three scales of the initial weights.
fn signal_through_depth(lab: &mut Lab) -> anyhow::Result<()> {
    let (width, depth) = (256, 20);
    let mut plot = Plot::new("")
        .x("layer", Axis::Linear)
        .y("standard deviation of the signal", Axis::Log);
    for (label, name, factor) in [
        ("half of He's scale", "half", 0.5),
        ("He's scale", "he", 1.0),
        ("twice He's scale", "twice", 2.0),
    ] {
        let mut rng = lab.rng("initialisation");
        let mut x = Array2::<f64>::random_using(
            (64, width),
            StandardNormal,
            &mut rng,
        ); // [64, 256]
        let mut curve = vec![(0.0, 1.0)];
        for n in 1..=depth {
            let layer =
                init_layer::<f64>(width, width, Activation::Relu, &mut rng);
            let s = linear(&x, &(layer.w * factor), &layer.b); // [64, 256]
            curve.push((f64::from(n), s.std(0.0)));
            x = Activation::Relu.forward(s);
        }
        let last = curve[curve.len() - 1].1;
        lab.result(
            &format!("signal_after_20_{name}"),
            last,
            Within::Relative(1e-6),
        )?;
        plot = plot.line(label, curve);
    }
    lab.figure("initialisation", &plot.svg()?)
}

/// Gradient descent and Adam in a valley 50 times as steep across as along.
fn down_a_valley(lab: &mut Lab) -> anyhow::Result<()> {
    let curvature = array![1.0, 50.0];
    let loss = |p: &Array1<f64>| 0.5 * (&curvature * p * p).sum();
    let start = array![-2.0, 0.6];
    let descend = |lr: f64| {
        let mut p = start.clone();
        let mut path = vec![p.clone()];
        for _ in 0..60 {
            let d_p = &curvature * &p;
            sgd_step(&mut p.view_mut(), &d_p.view(), lr);
            path.push(p.clone());
        }
        path
    };
    let adam = {
        let config = AdamConfig { lr: 0.15, ..AdamConfig::default() };
        let mut p = start.clone().into_dyn();
        let (mut m, mut v) = (p.clone() * 0.0, p.clone() * 0.0);
        let mut path = vec![start.clone()];
        for t in 1..=60 {
            let d_p = &curvature.view().into_dyn() * &p;
            adam_step(
                &mut p.view_mut(),
                &d_p.view(),
                &mut m,
                &mut v,
                t,
                config,
            );
            path.push(array![p[0], p[1]]);
        }
        path
    };
    let runs = [
        ("descent, η = 0.039", "sgd", 60, descend(0.039)),
        ("descent, η = 0.041", "sgd_too_fast", 20, descend(0.041)),
        ("Adam, η = 0.15", "adam", 60, adam),
    ];
    let mut plane = Plot::new("path")
        .x("θ₁", Axis::Linear)
        .y("θ₂", Axis::Linear)
        .x_range(-2.4, 1.0)
        .y_range(-1.5, 1.5);
    let mut curves =
        Plot::new("loss").x("step", Axis::Linear).y("loss", Axis::Log);
    for (label, name, shown, path) in runs {
        let last = loss(&path[path.len() - 1]);
        lab.result(
            &format!("valley_loss_after_60_{name}"),
            last,
            Within::Relative(1e-6),
        )?;
        curves = curves.line(
            label,
            path.iter().enumerate().map(|(n, p)| (n as f64, loss(p))),
        );
        plane = plane.line("", path.iter().take(shown).map(|p| (p[0], p[1])));
    }
    lab.figure("optimisers", &panels(&[plane, curves], 2)?)
}

/// The classifier in both rooms: equal weights, equal batches, losses compared step by step.
fn two_rooms(lab: &mut Lab) -> anyhow::Result<()> {
    let digits = Digits::load_28x28(lab.data(), Split::Train)?;
    let steps = lab.by_scale(5, 100, 400);
    let mut rng = lab.rng("digits");
    let mut plain = Classifier::new(&digits, lab.seed(), &mut rng)?;
    let start = plain.model.net.clone();
    let other = Classifier::of(start, &digits, lab.seed())?;
    let other: anyhow::Result<Vec<f32>> =
        lab::on_device!(lab.device(), |dev| {
            let mut other = on_dfdx::Classifier::new(&dev, other);
            for _ in 0..steps {
                other.step()?;
            }
            Ok(other.losses())
        });
    for _ in 0..steps {
        plain.step()?;
    }
    let losses = &plain.model.losses;
    let distance = |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs());
    let errors: Vec<f64> = losses.iter().zip(&other?).map(distance).collect();
    let first = errors.iter().take(20).fold(0.0, |a: f64, b| a.max(*b));
    lab.result("parity_max_rel_err", first, Within::Limit(1e-4))?;
    let plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("relative difference of the losses", Axis::Log)
        .y_range(1e-9, 1e-2)
        .points("ndarray against dfdx, f32", (1..).map(f64::from).zip(errors))
        .horizontal(
            "one unit in the last place of f32",
            f64::from(f32::EPSILON),
        );
    lab.figure("parity", &plot.svg()?)
}

/// The network of this chapter learns the digits.
fn classify_digits(lab: &mut Lab) -> anyhow::Result<()> {
    let (train, test) = (
        Digits::load_28x28(lab.data(), Split::Train)?,
        Digits::load_28x28(lab.data(), Split::Test)?,
    );
    let mut rng = lab.rng("digits");
    let model = Classifier::new(&train, lab.seed(), &mut rng)?;
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
    let last = accuracy(&net, &test, 1.0);
    lab.result("digit_accuracy", last, Within::Absolute(0.004))?;
    lab.result("digit_epochs", epochs as f64, Within::Exactly)?;
    lab.result(
        "digit_parameters",
        parameter_count(&net) as f64,
        Within::Exactly,
    )?;
    lab.result("digit_seconds", seconds, Within::Timing)?;

    let losses = smooth(&model.losses(), per_epoch as f64);
    let loss = Plot::new("training")
        .x("epoch", Axis::Linear)
        .y("cross-entropy, nats", Axis::Log)
        .line("", losses);
    let right = Plot::new("test digits")
        .x("epoch", Axis::Linear)
        .y("error rate", Axis::Log)
        .colour(1)
        .line(
            "",
            history.iter().zip(0_u32..).map(|(seen, epoch)| {
                (f64::from(epoch), f64::from(seen.1[0]))
            }),
        );
    lab.figure("digits", &panels(&[loss, right], 2)?)?;

    let predicted = predict(&net, &test, 1.0);
    let wrong: Vec<usize> = (0..test.len())
        .filter(|&n| predicted[n] != usize::from(test.labels[n]))
        .collect();
    if !wrong.is_empty() {
        lab.image("mistakes", &image_rows(&test, &wrong, 12, 24)?)?;
    }
    lab.image("weights", &first_weights(&net, &test)?)
}

/// The same network started at zero: all hidden units stay equal.
fn start_at_zero(lab: &mut Lab) -> anyhow::Result<()> {
    let (train, test) = (
        Digits::load_28x28(lab.data(), Split::Train)?,
        Digits::load_28x28(lab.data(), Split::Test)?,
    );
    let steps = lab.by_scale(20, 469, 469);
    let mut rng = lab.rng("digits");
    let mut model = Classifier::new(&train, lab.seed(), &mut rng)?;
    model.model.net.layers.iter_mut().for_each(|l| l.w.fill(0.0));
    let mut model = in_room(lab, model)?;
    lab.train("zero-start", steps, &mut model)?;
    lab.result(
        "zero_start_accuracy",
        accuracy(&model.net(), &test, 1.0),
        Within::Absolute(0.01),
    )?;
    lab.result(
        "zero_start_loss",
        f64::from(model.losses()[steps as usize - 1]),
        Within::Absolute(0.02),
    )
}

/// The article's missing scaling: pixels from 0 to 255 in front of tanh units.
fn forget_to_scale(lab: &mut Lab) -> anyhow::Result<()> {
    let (train, test) = (
        Digits::load_28x28(lab.data(), Split::Train)?,
        Digits::load_28x28(lab.data(), Split::Test)?,
    );
    let steps = lab.by_scale(20, 469, 469);
    for (name, scale) in [("scaled", 1.0), ("unscaled", 255.0)] {
        let mut rng = lab.rng("digits");
        let widths = [train.pixel_count(), 128, 10];
        let net = Mlp::new(
            &widths,
            Activation::Tanh,
            Activation::Identity,
            &mut rng,
        );
        let model =
            Classifier::of(net, &train, lab.seed())?.with_pixels_times(scale);
        let saturated = saturated_share(&model.model.net, &test, scale);
        let mut model = in_room(lab, model)?;
        lab.train(name, steps, &mut model)?;
        lab.result(
            &format!("tanh_accuracy_{name}"),
            accuracy(&model.net(), &test, scale),
            Within::Absolute(0.01),
        )?;
        lab.result(
            &format!("tanh_saturated_{name}"),
            saturated,
            Within::Absolute(0.01),
        )?;
    }
    Ok(())
}

/// The share of hidden units above 0.99 in size, over the first 1,000 digits.
fn saturated_share(net: &Mlp<f32>, digits: &Digits, scale: f32) -> f64 {
    let rows: Vec<usize> = (0..digits.len().min(1000)).collect();
    let x = digits.pixels::<f32>(&rows, PixelRange::Unit) * scale; // [1000, 784]
    let hidden = &net.forward(&x)[1]; // [1000, 128]
    hidden.iter().filter(|h| h.abs() > 0.99).count() as f64
        / hidden.len() as f64
}

fn parameter_count(net: &Mlp<f32>) -> usize {
    net.parameters().iter().map(|p| p.len()).sum()
}

/// Means of 40 losses at a time, against epochs.
fn smooth(losses: &[f32], per_epoch: f64) -> Vec<(f64, f64)> {
    let mean = |(n, part): (usize, &[f32])| {
        let at = (40 * n + part.len() / 2) as f64 / per_epoch;
        (at, f64::from(part.iter().sum::<f32>()) / part.len() as f64)
    };
    losses.chunks(40).enumerate().map(mean).collect()
}

/// The first `most` of some digits, in rows of `columns`.
fn image_rows(
    digits: &Digits,
    which: &[usize],
    columns: usize,
    most: usize,
) -> anyhow::Result<ImageGrid> {
    let mut grid = ImageGrid::new(columns);
    let (height, width) = digits.size();
    let rows: Vec<usize> = which.iter().copied().take(most).collect();
    let pixels = digits.pixels::<f32>(&rows, PixelRange::Unit); // [N, 784]
    for row in pixels.rows() {
        grid.push(row.into_shape_with_order((height, width))?, 0.0, 1.0);
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
        let largest = unit.iter().fold(0.0_f32, |a, b| a.max(b.abs()));
        grid.push(image, -largest, largest);
    }
    Ok(grid)
}
