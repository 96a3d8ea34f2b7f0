//! The experiments of chapter 1.

pub mod ledger;

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::{AdamConfig, sigmoid};
use lab::{Axis, Cost, Lab, Plot, Within, panels};
use ndarray::{Array1, Array2, Axis as Dim, Zip, array};

use crate::on_dfdx;
use crate::plain::{
    climb, d_loss, d_loss_naive, data_and_generator, g_loss_double_sigmoid,
    g_loss_double_sigmoid_backward, g_loss_non_saturating_backward,
    g_loss_saturating_backward, jsd, optimal_d, optimal_logit, value,
    value_of_logits, value_of_tables,
};

/// The experiments of chapter 1.
///
/// # Errors
/// An experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    lab.experiment("ledger", Cost::Seconds, compare_everything)?;
    lab.experiment("climb", Cost::Seconds, climb_to_the_optimum)?;
    lab.experiment("separation", Cost::Seconds, value_against_separation)?;
    lab.experiment("gradient", Cost::Seconds, gradient_that_reaches_g)?;
    lab.experiment("race", Cost::Seconds, race_of_generators)?;
    lab.experiment("logits", Cost::Seconds, extreme_logits)?;
    Ok(())
}

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

/// Cell centres on [from, to] and the width of a cell.
fn cells(from: f64, to: f64, n: usize) -> (Array2<f64>, f64) {
    let width = (to - from) / n as f64;
    (
        Array2::from_shape_fn((n, 1), |(i, _)| {
            from + (i as f64 + 0.5) * width
        }),
        width,
    ) // [N, 1]
}

/// Probability of each cell, summing to 1.
fn table(density: &GaussianMixture, x: &Array2<f64>) -> Array1<f64> {
    let mass = density.log_densities(x).mapv(f64::exp); // [N]
    &mass / mass.sum()
}

/// A tabular discriminator climbs the value, in both rooms.
fn climb_to_the_optimum(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let (x, width) = cells(-4.0, 4.0, 80);
    let (p, q) = (table(&data, &x), table(&generator, &x));
    let config = AdamConfig { lr: 0.02, ..AdamConfig::default() };
    let steps = lab.by_scale(1000, 3000, 3000);
    let history = climb(&p, &q, config, steps);
    let best = optimal_d(&p, &q);
    let reached = history[steps].mapv(sigmoid);
    let error = (&reached - &best).fold(0.0, |a: f64, b| a.max(b.abs()));
    lab.result("optimal_d_max_abs_err", error, Within::Limit(1e-3))?;

    let other: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| Ok(
        on_dfdx::climb::<80, _>(&dev, &p, &q, config, steps)
    ));
    let parity = lab::max_rel_err(&history[steps], &other?);
    lab.result("climb_parity_max_rel_err", parity, Within::Limit(1e-4))?;

    let v = |s: &Array1<f64>| value_of_tables(&p, &q, &s.mapv(sigmoid));
    lab.result("climb_value_start", v(&history[0]), Within::Relative(1e-9))?;
    lab.result(
        "climb_value_end",
        v(&history[steps]),
        Within::Relative(1e-6),
    )?;
    lab.result(
        "climb_value_optimal",
        value_of_tables(&p, &q, &best),
        Within::Relative(1e-9),
    )?;

    let over_x = |y: &Array1<f64>| {
        x.column(0).iter().copied().zip(y.iter().copied()).collect::<Vec<_>>()
    };
    let densities = Plot::new("")
        .x("x", Axis::Linear)
        .y("density", Axis::Linear)
        .area("data p", over_x(&(&p / width)))
        .area("generator q", over_x(&(&q / width)));
    let mut answers = Plot::new("")
        .x("x", Axis::Linear)
        .y("D(x)", Axis::Linear)
        .y_range(0.0, 1.0)
        .colour(2);
    for step in [20, 60, 200] {
        answers = answers.line(
            &format!("{step} steps"),
            over_x(&history[step].mapv(sigmoid)),
        );
    }
    answers = answers
        .colour(0)
        .dashed("p / (p + q)", over_x(&best))
        .horizontal("", 0.5);
    lab.figure("climb", &panels(&[densities, answers], 1)?)
}

/// The value of the best discriminator against the distance of two mixtures: computed, predicted, and estimated.
fn value_against_separation(lab: &mut Lab) -> anyhow::Result<()> {
    let samples = lab.by_scale(2_000, 100_000, 1_000_000);
    let (x, _) = cells(-6.0, 14.0, 4000);
    let at = |shift: f64| {
        GaussianMixture::one_dimensional(
            &[(0.5, shift - 1.0), (0.5, shift + 1.0)],
            0.5,
        )
    };
    let data = at(0.0)?;
    let p = table(&data, &x);
    let mut rng = lab.rng("separation");
    let (mut curve, mut identity, mut estimates) = (vec![], vec![], vec![]);
    let (mut worst_identity, mut worst_estimate) = (0.0_f64, 0.0_f64);
    for n in 0..=32 {
        let shift = f64::from(n) * 0.25;
        let generator = at(shift)?;
        let q = table(&generator, &x);
        let best = Zip::from(&p)
            .and(&q)
            .map_collect(|p, q| optimal_logit(p.ln(), q.ln())); // [N]
        let v = value_of_logits(&p, &q, &best);
        let predicted = 2.0 * jsd(&p, &q) - 4.0_f64.ln();
        worst_identity = worst_identity.max((v - predicted).abs());
        curve.push((shift, v));
        identity.push((shift, predicted));
        if n % 4 == 0 {
            let logits = |x: Array2<f64>| {
                let s = |r: ndarray::ArrayView1<f64>| {
                    optimal_logit(
                        data.log_density(r),
                        generator.log_density(r),
                    )
                };
                x.map_axis(Dim(1), s).insert_axis(Dim(1)) // [samples, 1]
            };
            let (real, fake) = (
                data.sample(samples, &mut rng),
                generator.sample(samples, &mut rng),
            );
            let estimate = value(&logits(real), &logits(fake));
            worst_estimate = worst_estimate.max((estimate - v).abs());
            estimates.push((shift, estimate));
        }
    }
    lab.result("value_at_equilibrium", curve[0].1, Within::Absolute(1e-9))?;
    lab.result(
        "value_when_disjoint",
        -curve[curve.len() - 1].1,
        Within::Limit(1e-6),
    )?;
    lab.result(
        "value_identity_max_abs_err",
        worst_identity,
        Within::Limit(1e-9),
    )?;
    lab.result(
        "value_estimate_max_abs_err",
        worst_estimate,
        Within::Limit(0.05),
    )?;
    lab.result("value_samples", samples as f64, Within::Exactly)?;
    let plot = Plot::new("")
        .x("distance of the two mixtures", Axis::Linear)
        .y("V(D*, G), nats", Axis::Linear)
        .y_range(-1.6, 0.2)
        .line("V at D*", curve)
        .dashed("2 JSD − log 4", identity)
        .points("estimate from samples", estimates)
        .horizontal("0", 0.0)
        .horizontal("−log 4", -(4.0_f64.ln()));
    lab.figure("separation", &plot.svg()?)
}

/// The gradient of three generator losses at the logit, against the discriminator's answer.
fn gradient_that_reaches_g(lab: &mut Lab) -> anyhow::Result<()> {
    let at = |backward: fn(&Array2<f64>) -> Array2<f64>, d: f64| {
        backward(&array![[(d / (1.0 - d)).ln()]])[[0, 0]]
    };
    let losses: [(&str, &str, fn(&Array2<f64>) -> Array2<f64>); 3] = [
        (
            "non-saturating: −(1 − D)",
            "non_saturating",
            g_loss_non_saturating_backward,
        ),
        ("saturating: −D", "saturating", g_loss_saturating_backward),
        (
            "double sigmoid (the article)",
            "double_sigmoid",
            g_loss_double_sigmoid_backward,
        ),
    ];
    let mut plot = Plot::new("")
        .x("D(G(z)): how real the discriminator finds the fake", Axis::Log)
        .y("size of the gradient at the logit", Axis::Log)
        .y_range(1e-4, 3.0);
    for (label, name, backward) in losses {
        lab.result(
            &format!("grad_{name}_at_0.01"),
            at(backward, 0.01),
            Within::Absolute(1e-12),
        )?;
        lab.result(
            &format!("grad_{name}_at_0.5"),
            at(backward, 0.5),
            Within::Absolute(1e-12),
        )?;
        let d = (-300..0)
            .map(|n| 10_f64.powf(f64::from(n) / 100.0))
            .filter(|d| *d < 0.999);
        plot = plot.line(label, d.map(|d| (d, at(backward, d).abs())));
    }
    let ends = [1000.0, -1000.0].map(|s| g_loss_double_sigmoid(&array![[s]]));
    lab.result("double_sigmoid_loss_min", ends[0], Within::Absolute(1e-12))?;
    lab.result("double_sigmoid_loss_max", ends[1], Within::Absolute(1e-12))?;
    lab.figure("gradient", &plot.vertical("D = 0.01", 0.01).svg()?)
}

/// A generator with one number, its mean, chases data at 0 under three losses, the discriminator always optimal.
fn race_of_generators(lab: &mut Lab) -> anyhow::Result<()> {
    let (noise, width) = cells(-6.0, 6.0, 400);
    let weight = noise.mapv(|z| {
        (-0.5 * z * z).exp() * width / (2.0 * std::f64::consts::PI).sqrt()
    }); // [N, 1]
    let slope = |backward: fn(&Array2<f64>) -> Array2<f64>, mean: f64| {
        // Data N(0, 1), generator x = mean + z: the best logit is mean²/2 - mean x, its slope in x is -mean.
        let s = noise
            .mapv(|z| optimal_logit(-0.5 * (mean + z).powi(2), -0.5 * z * z)); // [N, 1]
        let d_s = backward(&s) * s.len() as f64; // [N, 1], without the mean's 1/N
        (d_s * &weight).sum() * -mean
    };
    let (steps, lr, start) = (600, 0.05, 5.0);
    let losses: [(&str, &str, fn(&Array2<f64>) -> Array2<f64>); 3] = [
        ("non-saturating", "non_saturating", g_loss_non_saturating_backward),
        ("saturating", "saturating", g_loss_saturating_backward),
        (
            "double sigmoid (the article)",
            "double_sigmoid",
            g_loss_double_sigmoid_backward,
        ),
    ];
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("distance of the generator from the data", Axis::Linear)
        .y_range(0.0, 5.5);
    for (label, name, backward) in losses {
        let mut mean = start;
        let mut path = vec![(0.0, mean)];
        for step in 1..=steps {
            mean -= lr * slope(backward, mean);
            path.push((f64::from(step), mean));
        }
        let arrived =
            path.iter().position(|p| p.1.abs() < 0.5).unwrap_or(path.len());
        lab.result(
            &format!("race_distance_{name}"),
            mean,
            Within::Absolute(1e-6),
        )?;
        if arrived < path.len() {
            lab.result(
                &format!("race_steps_{name}"),
                arrived as f64,
                Within::Absolute(1.0),
            )?;
        }
        plot = plot.line(label, path);
    }
    lab.figure("race", &plot.svg()?)
}

/// The discriminator's loss from its definition and on logits, where both are pushed to the end.
fn extreme_logits(lab: &mut Lab) -> anyhow::Result<()> {
    let one = |f: fn(&Array2<f32>, &Array2<f32>) -> f32, s: f32| {
        f64::from(f(&array![[0.0]], &array![[s]]))
    };
    let half = 2.0_f64.ln();
    let first_infinite = |f: &dyn Fn(f64) -> f64| {
        (0..1000).find(|s| f(f64::from(*s)).is_infinite())
    };
    let naive64 = |s: f64| d_loss_naive(&array![[0.0]], &array![[s]]);
    let naive32 = |s: f64| one(d_loss_naive, s as f32);
    let missing = || anyhow::anyhow!("the naive loss stayed finite");
    let from32 = first_infinite(&naive32).ok_or_else(missing)?;
    let from64 = first_infinite(&naive64).ok_or_else(missing)?;
    lab.result(
        "naive_f32_infinite_from",
        f64::from(from32),
        Within::Absolute(1.0),
    )?;
    lab.result(
        "naive_f64_infinite_from",
        f64::from(from64),
        Within::Absolute(1.0),
    )?;
    lab.result(
        "logit_form_at_1000",
        one(d_loss, 1000.0) - half,
        Within::Absolute(1e-3),
    )?;
    lab.result(
        "logit_form_at_minus_1000",
        one(d_loss, -1000.0) - half,
        Within::Absolute(1e-6),
    )?;
    let logits: Vec<f64> =
        (0..=160).map(|n| f64::from(n) * 0.25 - 10.0).collect();
    let curve = |f: &dyn Fn(f64) -> f64| {
        logits.iter().map(|&s| (s, f(s) - half)).collect::<Vec<_>>()
    };
    let plot = Plot::new("")
        .x("logit of a fake", Axis::Linear)
        .y("−log(1 − D), nats", Axis::Linear)
        .y_range(-2.0, 32.0)
        .line("on the logit", curve(&|s| one(d_loss, s as f32)))
        .points("from the probability, f32", curve(&naive32))
        .vertical("1 − D is 0 in f32", f64::from(from32));
    lab.figure("logits", &plot.svg()?)
}
