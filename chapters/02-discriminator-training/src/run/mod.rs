//! The experiments of chapter 2.

pub mod ledger;

use datasets::toy::{Density, GaussianMixture};
use datasets::{Batches, Digits, PixelRange, Split};
use dfdx::prelude::Backward;
use gradients::on_dfdx::{Mlp as OnDfdx, gradients, to_plain};
use gradients::plain::{Activation, AdamConfig, Mlp, Parameters, sigmoid};
use lab::{
    Axis, ChaCha8Rng, Cost, ImageGrid, Lab, Plot, Within, panels, rng_at,
};
use minimax_loss::plain::{
    data_and_generator, g_loss_non_saturating_backward,
    g_loss_saturating_backward, optimal_d,
};
use ndarray::{Array1, Array2, Array3, Axis as Dim, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::on_dfdx;
use crate::plain::{
    Targets, accuracy, article_d_loss, as_images, as_rows, best_accuracy,
    blur, input_gradient, leak_into_generator, root_mean_square,
    smoothed_optimal_d,
};
use crate::training::{
    Config, Discriminates, Discriminator, Objective, Training, in_room,
};

/// The experiments of chapter 2.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.experiment("mixtures", Cost::Seconds, learn_the_ratio)?;
    lab.experiment("smoothing", Cost::Seconds, smooth_the_targets)?;
    lab.experiment("leak", Cost::Seconds, forget_to_detach)?;
    lab.experiment("parity", Cost::Seconds, two_rooms)?;
    lab.experiment(
        "digits-vs-noise",
        Cost::Seconds,
        digits_against_an_untrained_generator,
    )?;
    lab.experiment(
        "digits-vs-blur",
        Cost::Seconds,
        digits_against_blurred_digits,
    )?;
    lab.experiment("k-steps", Cost::Seconds, steps_between_generator_steps)?;
    lab.experiment("article", Cost::Seconds, the_article_as_written)?;
    Ok(())
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

fn single(x: Array2<f64>) -> Array2<f32> {
    x.mapv(|v| v as f32)
}

/// Points on a line as a column `[N, 1]`.
fn line(from: f64, to: f64, n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, 1), |(i, _)| {
        from + (to - from) * i as f64 / (n - 1) as f64
    })
}

fn densities(of: &GaussianMixture, x: &Array2<f64>) -> Array1<f64> {
    of.log_densities(x).mapv(f64::exp) // [N]
}

fn probability(d: &Mlp<f32>, x: &Array2<f64>) -> Array1<f64> {
    let logits = d.output(&single(x.clone())); // [N, 1]
    logits.column(0).mapv(|s| f64::from(sigmoid(s))) // [N]
}

fn over(x: &Array2<f64>, y: &Array1<f64>) -> Vec<(f64, f64)> {
    x.column(0).iter().copied().zip(y.iter().copied()).collect()
}

/// The largest error of a learnt D where the two densities are at least a tenth of their peak.
fn worst_where_it_matters(
    learnt: &Array1<f64>,
    best: &Array1<f64>,
    mass: &Array1<f64>,
) -> f64 {
    let peak = mass.iter().fold(0.0, |a: f64, b| a.max(*b));
    let seen =
        learnt.iter().zip(best).zip(mass).filter(|(_, m)| **m > 0.1 * peak);
    seen.map(|((a, b), _)| (a - b).abs()).fold(0.0, f64::max)
}

/// A discriminator of numbers, not trained yet, whose step size falls after two thirds of the steps.
fn on_a_line(
    lab: &Lab,
    change: impl Fn(&mut Config),
    steps: u64,
) -> anyhow::Result<Box<dyn Discriminates>> {
    let adam = AdamConfig { lr: 2e-3, ..AdamConfig::default() };
    let mut config = Config { cool_from: steps * 2 / 3, ..Config::new(adam) };
    change(&mut config);
    let rng = &mut lab.rng("mixtures");
    in_room(lab, Discriminator::of_widths(&[1, 64, 64, 1], config, rng))
}

/// A network learns p / (p + q) from samples alone.
fn learn_the_ratio(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let x = line(-5.0, 5.0, 201);
    let (p, q) = (densities(&data, &x), densities(&generator, &x));
    let (best, mass) = (optimal_d(&p, &q), &p + &q);
    let batch = 512;
    let (a, b, seed) = (data.clone(), generator.clone(), lab.seed());
    let draw = move |step| {
        let mut rng = rng_at(seed, step);
        (single(a.sample(batch, &mut rng)), single(b.sample(batch, &mut rng)))
    };
    let steps = lab.by_scale(600, 3000, 10_000);
    let mut training = Training::new(on_a_line(lab, |_| {}, steps)?, draw);
    let mut answers = Plot::new("")
        .x("x", Axis::Linear)
        .y("D(x)", Axis::Linear)
        .y_range(0.0, 1.0)
        .colour(2);
    let history = lab.train_and_observe(
        "mixtures",
        [30, 100, steps],
        &mut training,
        |training| {
            probability(&training.d.net(), &x).mapv(|d| d as f32).to_vec()
        },
    )?;
    for (step, d) in history {
        let d = d.into_iter().map(f64::from).collect();
        answers = answers.line(&format!("{step} steps"), over(&x, &d));
    }
    let net = training.d.net();
    let learnt = probability(&net, &x);
    let error = worst_where_it_matters(&learnt, &best, &mass);
    lab.result("optimal_d_max_abs_err", error, Within::Limit(0.1))?;
    lab.result("mixture_steps", steps as f64, Within::Exactly)?;

    let mut rng = lab.rng("mixtures-test");
    let n = lab.by_scale(20_000, 200_000, 1_000_000);
    let score = |x: Array2<f64>| net.output(&single(x)); // [N, 1]
    let reached = accuracy(
        &score(data.sample(n, &mut rng)),
        &score(generator.sample(n, &mut rng)),
    );
    let fine = line(-9.0, 9.0, 20_001);
    let [pf, qf] = [&data, &generator].map(|d| densities(d, &fine));
    let most = best_accuracy(&(&pf / pf.sum()), &(&qf / qf.sum()));
    lab.result("mixture_accuracy", reached, Within::Absolute(0.01))?;
    lab.result("mixture_best_accuracy", most, Within::Absolute(1e-6))?;

    let curves = Plot::new("")
        .x("x", Axis::Linear)
        .y("density", Axis::Linear)
        .area("data p", over(&x, &p))
        .area("generator q", over(&x, &q));
    answers = answers.colour(0).dashed("p / (p + q)", over(&x, &best));
    lab.figure("mixtures", &panels(&[curves, answers], 1)?)
}

/// The same discriminator under three pairs of targets.
fn smooth_the_targets(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let x = line(-5.0, 5.0, 201);
    let (p, q) = (densities(&data, &x), densities(&generator, &x));
    let mut plot = Plot::new("")
        .x("x", Axis::Linear)
        .y("D(x)", Axis::Linear)
        .y_range(0.0, 1.0);
    let steps = lab.by_scale(200, 2000, 5_000);
    let cases = [
        ("hard", "targets 1 and 0", Targets { real: 1.0, fake: 0.0 }),
        ("one_sided", "0.9 and 0", Targets { real: 0.9, fake: 0.0 }),
        ("two_sided", "0.9 and 0.1", Targets { real: 0.9, fake: 0.1 }),
    ];
    for (colour, (name, label, targets)) in cases.into_iter().enumerate() {
        let best = smoothed_optimal_d(&p, &q, targets);
        let (a, b, seed) = (data.clone(), generator.clone(), lab.seed());
        let draw = move |step| {
            let mut rng = rng_at(seed, step);
            (single(a.sample(512, &mut rng)), single(b.sample(512, &mut rng)))
        };
        let smoothed =
            |c: &mut Config| c.objective = Objective::Smoothed(targets);
        let mut training =
            Training::new(on_a_line(lab, smoothed, steps)?, draw);
        lab.train(&format!("smoothing-{name}"), steps, &mut training)?;
        let learnt = probability(&training.d.net(), &x);
        let error = worst_where_it_matters(&learnt, &best, &(&p + &q));
        lab.result(
            &format!("smoothed_d_max_abs_err_{name}"),
            error,
            Within::Limit(0.15),
        )?;
        plot = plot.colour(colour).line(label, over(&x, &learnt));
        plot = plot.colour(colour).dashed("", over(&x, &best));
    }
    lab.figure("smoothing", &plot.horizontal("", 0.9).svg()?)
}

/// The article's generator, 100 → 128 → 784, at its random start.
fn untrained_generator(lab: &Lab, pixels: usize) -> Mlp<f32> {
    Mlp::new(
        &[100, 128, pixels],
        Activation::Relu,
        Activation::Tanh,
        &mut lab.rng("generator"),
    )
}

fn noise(rows: usize, rng: &mut ChaCha8Rng) -> Array2<f32> {
    Array2::random_using((rows, 100), StandardNormal, rng) // [B, 100]
}

/// A discriminator of one hidden layer on pixels, at its random start.
fn untrained_discriminator(lab: &Lab, pixels: usize) -> Mlp<f32> {
    let mut rng = lab.rng("discriminator");
    Mlp::new(
        &[pixels, 128, 1],
        Activation::LeakyRelu(0.2),
        Activation::Identity,
        &mut rng,
    )
}

fn largest(net: &Mlp<f32>) -> f64 {
    let all = net.parameters();
    let sizes = all.iter().flat_map(|p| p.iter()).map(|v| f64::from(v.abs()));
    sizes.fold(0.0, f64::max)
}

/// What D's loss says about G's weights, with and without detach, in both rooms.
fn forget_to_detach(lab: &mut Lab) -> anyhow::Result<()> {
    let (g, d) =
        (untrained_generator(lab, 784), untrained_discriminator(lab, 784));
    let z = noise(64, &mut lab.rng("leak"));
    let with = largest(&leak_into_generator(&g, &d, &z, true));
    let leak = leak_into_generator(&g, &d, &z, false);
    lab.result("grad_leak_with_detach", with, Within::Exactly)?;
    lab.result(
        "grad_leak_without_detach",
        largest(&leak),
        Within::Relative(1e-3),
    )?;
    let other: anyhow::Result<[Mlp<f32>; 2]> =
        lab::on_device!(lab.device(), |dev| {
            let [on_g, on_d] = [&g, &d].map(|net| OnDfdx::new(&dev, net));
            Ok([true, false].map(|detach| {
                let z = lab::tensor(&dev, &z, z.dim()); // [64, 100]
                let loss =
                    on_dfdx::leak_into_generator(&on_g, &on_d, z, detach);
                to_plain(&g, &gradients(&on_g, &loss.backward()))
            }))
        });
    let [detached, leaked] = other?;
    lab.result(
        "dfdx_grad_leak_with_detach",
        largest(&detached),
        Within::Exactly,
    )?;
    let [mine, theirs] =
        [&leak, &leaked].map(|net| net.layers[0].w.mapv(f64::from));
    lab.result(
        "leak_parity_max_rel_err",
        lab::max_rel_err(&theirs, &mine),
        Within::Limit(1e-4),
    )?;

    // One step down D's loss, taken by G through the leak: the fakes become easier to catch.
    let mut caught = g.clone();
    for (mut to, from) in
        caught.parameters_mut().into_iter().zip(leak.parameters())
    {
        to.scaled_add(-1.0, &from);
    }
    let mean_d = |g: &Mlp<f32>| {
        let s = d.output(&g.output(&z)); // [64, 1]
        s.iter().map(|s| f64::from(sigmoid(*s))).sum::<f64>() / s.len() as f64
    };
    lab.result("leak_d_of_fakes_before", mean_d(&g), Within::Absolute(0.02))?;
    lab.result(
        "leak_d_of_fakes_after",
        mean_d(&caught),
        Within::Absolute(0.02),
    )
}

/// The same in the lab's room, to be trained.
fn on_pixels(
    lab: &Lab,
    pixels: usize,
    adam: AdamConfig,
) -> anyhow::Result<Box<dyn Discriminates>> {
    let net = untrained_discriminator(lab, pixels);
    in_room(lab, Discriminator::new(net, Config::new(adam)))
}

/// Real digits, scaled to [-1, 1], in shuffled batches.
struct RealBatches {
    digits: Digits,
    batches: Batches,
}

impl RealBatches {
    fn new(lab: &Lab, batch: usize) -> anyhow::Result<Self> {
        let digits = Digits::load_28x28(lab.data(), Split::Train)?;
        digits.at_least(batch)?;
        let batches = Batches::new(digits.len(), batch, lab.seed())?;
        Ok(Self { digits, batches })
    }

    fn at(&mut self, step: u64) -> Array2<f32> {
        self.digits.pixels(&self.batches.batch(step), PixelRange::Symmetric) // [B, 784]
    }
}

/// The first steps in both rooms, from equal weights, on equal batches.
fn two_rooms(lab: &mut Lab) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    let pixels = real.digits.pixel_count();
    let (g, d) = (
        untrained_generator(lab, pixels),
        untrained_discriminator(lab, pixels),
    );
    let steps = lab.by_scale(5, 20, 100);
    let config = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let start = Discriminator::new(d, Config::new(config));
    let mut here = start.clone();
    let other: anyhow::Result<Box<dyn Discriminates>> =
        lab::on_device!(lab.device(), |dev| {
            Ok(Box::new(on_dfdx::Discriminator::new(&dev, start)) as Box<_>)
        });
    let mut there = other?;
    for step in 0..steps {
        let x_fake = g.output(&noise(64, &mut rng_at(1, step))); // [64, 784]
        let batches = (real.at(step), x_fake);
        here.learn(&batches)?;
        there.learn(&batches)?;
    }
    let (losses, others) = (here.losses(), there.losses());
    let distance = |(a, b): (&f32, &f32)| f64::from((a - b).abs() / a.abs());
    let worst = losses.iter().zip(&others).map(distance).fold(0.0, f64::max);
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-4))
}

/// D against a generator that has learnt nothing; what reaches the fakes while D grows sure.
fn digits_against_an_untrained_generator(
    lab: &mut Lab,
) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    let pixels = real.digits.pixel_count();
    let g = untrained_generator(lab, pixels);
    let test = Digits::load_28x28(lab.data(), Split::Test)?;
    let rows: Vec<usize> = (0..test.len().min(2000)).collect();
    let held_out = test.pixels::<f32>(&rows, PixelRange::Symmetric); // [2000, 784]
    let fresh = g.output(&noise(rows.len(), &mut lab.rng("held-out"))); // [2000, 784]
    let seed = lab.seed();
    let made = g.clone();
    let draw = move |step| {
        (real.at(step), made.output(&noise(64, &mut rng_at(seed, step))))
    };
    let config = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let mut training = Training::new(on_pixels(lab, pixels, config)?, draw);
    let probe = fresh.slice(s![..rows.len().min(256), ..]).to_owned(); // [256, 784]
    let steps: u64 = lab.by_scale(20, 300, 3000);
    let milestones = (0..=steps).step_by((steps as usize / 60).max(1));
    let history = lab.train_and_observe(
        "digits-vs-noise",
        milestones,
        &mut training,
        |training| {
            let d = &training.d.net();
            let push = |backward: fn(&Array2<f32>) -> Array2<f32>| {
                let d_x = input_gradient(d, &probe, backward); // [256, 784]
                root_mean_square(d_x.view()) as f32
            };
            let belief = d.output(&probe).mapv(sigmoid); // [256, 1]
            vec![
                belief.sum() / belief.len() as f32,
                push(g_loss_non_saturating_backward),
                push(g_loss_saturating_backward),
            ]
        },
    )?;
    let curve = |n: usize| -> Vec<(f64, f64)> {
        let point = |(step, seen): &(u64, Vec<f32>)| {
            (*step as f64, f64::from(seen[n]))
        };
        history.iter().map(point).collect()
    };
    let (belief, pushes) = (curve(0), [curve(1), curve(2)]);
    let d = training.d.net();
    let reached = accuracy(&d.output(&held_out), &d.output(&fresh));
    lab.result("digits_vs_noise_accuracy", reached, Within::Absolute(0.005))?;
    lab.result(
        "digits_vs_noise_steps",
        training.d.steps_done() as f64,
        Within::Exactly,
    )?;
    let end = |curve: &[(f64, f64)]| curve[curve.len() - 1].1;
    lab.result("sure_d_of_fakes", end(&belief), Within::Factor(3.0))?;
    for (name, push) in ["non_saturating", "saturating"].iter().zip(&pushes) {
        lab.result(
            &format!("grad_at_fakes_start_{name}"),
            push[0].1,
            Within::Factor(1.5),
        )?;
        lab.result(
            &format!("grad_at_fakes_end_{name}"),
            end(push),
            Within::Factor(3.0),
        )?;
    }
    let [non_saturating, saturating] = pushes;
    let sure = Plot::new("")
        .x("step of D", Axis::Linear)
        .y("mean D of the fakes", Axis::Log)
        .colour(2)
        .line("", belief);
    let pushes = Plot::new("")
        .x("step of D", Axis::Linear)
        .y("gradient at a fake", Axis::Log)
        .line("non-saturating", non_saturating)
        .line("saturating", saturating);
    lab.figure("strong", &panels(&[sure, pushes], 2)?)?;

    let shown = rows.len().min(12);
    let mut grid = ImageGrid::new(shown);
    for rows in [&held_out, &fresh] {
        let rows = rows.slice(s![..shown, ..]).to_owned();
        let images = as_images(&rows, test.size()); // [12, 28, 28]
        images.outer_iter().for_each(|image| grid.push(image, -1.0, 1.0));
    }
    lab.image("untrained", &grid)
}

/// D against digits that are only a little blurred.
fn digits_against_blurred_digits(lab: &mut Lab) -> anyhow::Result<()> {
    let test = Digits::load_28x28(lab.data(), Split::Test)?;
    let size = test.size();
    let count = lab.by_scale(200, 2000, 10_000).min(test.len());
    let rows: Vec<usize> = (0..count).collect();
    let held_out =
        as_images(&test.pixels(&rows, PixelRange::Symmetric), size); // [N, 28, 28]
    let train = Digits::load_28x28(lab.data(), Split::Train)?;
    let batch = 64;
    train.at_least(batch)?;
    let all: Vec<usize> =
        (0..train.len().min(lab.by_scale(2000, 20_000, 60_000))).collect();
    let pixels = as_images(&train.pixels(&all, PixelRange::Symmetric), size);
    let sigmas = [0.3, 0.4, 0.5, 0.7, 1.0];
    let steps = lab.by_scale(20, 600, 3000);
    let shown = count.min(12);
    let mut grid = ImageGrid::new(shown);
    let push = |grid: &mut ImageGrid, images: &Array3<f32>| {
        images
            .outer_iter()
            .take(shown)
            .for_each(|image| grid.push(image, -1.0, 1.0));
    };
    push(&mut grid, &held_out);
    let mut curve = Vec::new();
    for sigma in sigmas {
        let (real, fake) =
            (as_rows(pixels.clone()), as_rows(blur(&pixels, sigma)));
        let mut batches = Batches::new(all.len(), batch, lab.seed())?;
        let other = lab.seed().wrapping_add(1);
        let mut others = Batches::new(all.len(), batch, other)?;
        let draw = move |step| {
            let pick = |from: &Array2<f32>, rows: Vec<usize>| {
                from.select(Dim(0), &rows)
            }; // [64, 784]
            (
                pick(&real, batches.batch(step)),
                pick(&fake, others.batch(step)),
            )
        };
        let config =
            AdamConfig { lr: 5e-4, beta1: 0.5, ..AdamConfig::default() };
        let d = on_pixels(lab, test.pixel_count(), config)?;
        let mut training = Training::new(d, draw);
        lab.train(&format!("blur-{sigma}"), steps, &mut training)?;
        let blurred = blur(&held_out, sigma);
        push(&mut grid, &blurred);
        let d = training.d.net();
        let score = |images: Array3<f32>| d.output(&as_rows(images)); // [N, 1]
        let reached = accuracy(&score(held_out.clone()), &score(blurred));
        curve.push((sigma, reached));
        if sigma == 1.0 {
            lab.result(
                "digits_vs_blur_accuracy",
                reached,
                Within::Absolute(0.02),
            )?;
        } else {
            lab.result(
                &format!("digits_vs_blur_accuracy_at_{sigma}"),
                reached,
                Within::Absolute(0.05),
            )?;
        }
    }
    lab.result("digits_vs_blur_steps", steps as f64, Within::Exactly)?;
    let plot = Plot::new("")
        .x("standard deviation of the blur, pixels", Axis::Linear)
        .y("accuracy on unseen digits", Axis::Linear)
        .x_range(0.2, 1.1)
        .y_range(0.45, 1.05)
        .line("", curve.clone())
        .colour(0)
        .points("", curve)
        .horizontal("guessing", 0.5);
    lab.figure("blur", &plot.svg()?)?;
    lab.image("blurred", &grid)
}

/// A generator with two numbers, x = scale z + shift, against a network D that takes k steps to its one.
fn steps_between_generator_steps(lab: &mut Lab) -> anyhow::Result<()> {
    let data = GaussianMixture::one_dimensional(&[(1.0, 2.0)], 0.5)?;
    let rounds = lab.by_scale(50, 1500, 5000);
    let mut plot = Plot::new("")
        .x("step of the generator", Axis::Linear)
        .y("its mean", Axis::Linear)
        .y_range(-3.0, 4.0);
    for k in [1, 5, 25] {
        let mut rng = lab.rng("k-steps");
        let net = Mlp::<f32>::new(
            &[1, 32, 1],
            Activation::LeakyRelu(0.2),
            Activation::Identity,
            &mut rng,
        );
        let config =
            AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
        let config =
            Config { objective: Objective::Minimax, ..Config::new(config) };
        let mut d = in_room(lab, Discriminator::new(net, config))?;
        let (mut shift, mut scale) = (-2.0_f32, 1.0_f32);
        let mut path = vec![(0.0, f64::from(shift))];
        for round in 1..=rounds {
            for _ in 0..k {
                let x_real = single(data.sample(64, &mut rng)); // [64, 1]
                let z: Array2<f32> =
                    Array2::random_using((64, 1), StandardNormal, &mut rng);
                d.learn(&(x_real, z * scale + shift))?;
            }
            let z: Array2<f32> =
                Array2::random_using((64, 1), StandardNormal, &mut rng);
            let d_x = input_gradient(
                &d.net(),
                &(&z * scale + shift),
                g_loss_non_saturating_backward,
            ); // [64, 1]
            shift -= 0.02 * d_x.sum();
            scale -= 0.02 * (&d_x * &z).sum();
            path.push((f64::from(round), f64::from(shift)));
        }
        let late = &path[path.len() / 2..];
        let miss = late.iter().map(|p| (p.1 - 2.0).abs()).sum::<f64>()
            / late.len() as f64;
        lab.result(
            &format!("k_late_distance_{k}"),
            miss,
            Within::Absolute(0.3),
        )?;
        let arrived = path
            .iter()
            .position(|p| (p.1 - 2.0).abs() < 0.5)
            .unwrap_or(path.len());
        lab.result(
            &format!("k_steps_to_arrive_{k}"),
            arrived as f64,
            Within::Factor(1.5),
        )?;
        let updates = (arrived * (k + 1)) as f64;
        lab.result(
            &format!("k_updates_to_arrive_{k}"),
            updates,
            Within::Factor(1.5),
        )?;
        plot = plot.line(&format!("k = {k}"), path);
    }
    lab.figure("k_steps", &plot.horizontal("mean of the data", 2.0).svg()?)
}

/// The article's discriminator, repaired one slip at a time.
fn the_article_as_written(lab: &mut Lab) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    let pixels = real.digits.pixel_count();
    let g = untrained_generator(lab, pixels);
    let steps = lab.by_scale(30, 400, 400);
    let config = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    // As written: the loss of the pixels (E18). Whatever D says, it does not change.
    let x = real.at(0);
    lab.result(
        "article_loss_of_pixels",
        f64::from(article_d_loss(&x)),
        Within::Relative(1e-4),
    )?;

    // The lowest point of the loss, over logits from -20 to 20.
    let logits = (-2000..=2000).map(|n| f64::from(n) / 100.0);
    let losses = logits.map(|s| article_d_loss(&array![[s]]));
    let floor = losses.fold(f64::INFINITY, f64::min);
    lab.result("article_loss_floor", floor, Within::Absolute(1e-12))?;
    let test = Digits::load_28x28(lab.data(), Split::Test)?;
    let rows: Vec<usize> = (0..test.len().min(1000)).collect();
    let held_out = test.pixels::<f32>(&rows, PixelRange::Symmetric); // [1000, 784]
    let fresh = g.output(&noise(rows.len(), &mut lab.rng("held-out"))); // [1000, 784]
    let (wrong, right) = (Objective::Article, Objective::Minimax);
    // E16: with two sigmoids, a probability where a logit belongs.
    let cases = [
        ("scored", "D(real) scored twice, two sigmoids", wrong, true, 0.005),
        ("one_sigmoid", "… one sigmoid", wrong, false, 0.005),
        ("with_fakes", "fakes scored, two sigmoids", right, true, 0.02),
        ("cured", "fakes scored, on logits", right, false, 0.01),
    ];
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("what it calls its loss, nats", Axis::Linear)
        .y_range(0.0, 1.7);
    for (name, label, objective, two_sigmoids, tolerance) in cases {
        let config =
            Config { objective, two_sigmoids, ..Config::new(config) };
        let d = untrained_discriminator(lab, pixels);
        let d = in_room(lab, Discriminator::new(d, config))?;
        let seed = lab.seed();
        let mut training = Training::new(d, |step| {
            let fakes = g.output(&noise(64, &mut rng_at(seed, step)));
            (real.at(step), fakes) // [64, 784]
        });
        lab.train(&format!("article-{name}"), steps, &mut training)?;
        let d = training.d.net();
        let losses = training.d.losses();
        let curve: Vec<_> = (0..)
            .map(f64::from)
            .zip(losses.into_iter().map(f64::from))
            .collect();
        let last = curve.last().map_or(f64::NAN, |last| last.1);
        lab.result(
            &format!("article_loss_end_{name}"),
            last,
            Within::Absolute(tolerance),
        )?;
        let reached = accuracy(&d.output(&held_out), &d.output(&fresh));
        lab.result(
            &format!("article_accuracy_{name}"),
            reached,
            Within::Absolute(0.25),
        )?;
        plot = plot.line(label, curve);
    }
    lab.figure(
        "article",
        &plot.horizontal("2 log 2", 2.0 * 2.0_f64.ln()).svg()?,
    )
}
