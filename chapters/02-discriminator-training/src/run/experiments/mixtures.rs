//! A network learns p / (p + q) from samples alone.

use datasets::toy::{Density, GaussianMixture};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
    rng_at,
};
use minimax_loss::plain::{data_and_generator, optimal_d};

use super::{
    densities, line, on_a_line, probability, single, worst_where_it_matters,
};
use crate::plain::{accuracy, best_accuracy};
use crate::training::Training;

pub const EXPERIMENT: Experiment = Experiment {
    name: "mixtures",
    cost: Cost::Seconds,
    measure,
    figures: &[("mixtures", draw)],
    claims,
};

/// Steps after which the learnt D is drawn, and the last.
const EARLY: [u64; 2] = [30, 100];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let [data, generator] = data_and_generator()?;
    let x = line(-5.0, 5.0, 201);
    let (p, q) = (densities(&data, &x), densities(&generator, &x));
    let (best, mass) = (optimal_d(&p, &q), &p + &q);
    let (a, b, seed) = (data.clone(), generator.clone(), lab.seed());
    let draw = move |step| {
        let mut rng = rng_at(seed, step);
        (single(a.sample(512, &mut rng)), single(b.sample(512, &mut rng)))
    };
    let steps = lab.by_scale(600, 3000, 10_000);
    let mut training = Training::new(on_a_line(lab, |_| {}, steps)?, draw);
    let [one, other] = EARLY;
    let seen = lab.train_and_observe(
        "mixtures",
        [one, other, steps],
        &mut training,
        |training| {
            probability(&training.d.net(), &x).mapv(|d| d as f32).to_vec()
        },
    )?;
    for (name, column) in [
        ("x", &x.column(0).to_owned()),
        ("p", &p),
        ("q", &q),
        ("best", &best),
    ] {
        lab.column(name, column.iter().copied())?;
    }
    for (step, d) in seen {
        let name = if step == steps {
            "last".into()
        } else {
            format!("after_{step}")
        };
        lab.column(&name, d.into_iter().map(f64::from))?;
    }
    let net = training.d.net();
    let error = worst_where_it_matters(&probability(&net, &x), &best, &mass);
    lab.result("optimal_d_max_abs_err", error, Within::Limit(0.1))?;
    lab.result("mixture_steps", steps as f64, Within::Exactly)?;

    let mut rng = lab.rng("mixtures-test");
    let n = lab.by_scale(20_000, 200_000, 1_000_000);
    let mut score =
        |of: &GaussianMixture| net.output(&single(of.sample(n, &mut rng))); // [N, 1]
    let reached = accuracy(&score(&data), &score(&generator));
    let fine = line(-9.0, 9.0, 20_001);
    let [pf, qf] = [&data, &generator].map(|d| densities(d, &fine));
    let most = best_accuracy(&(&pf / pf.sum()), &(&qf / qf.sum()));
    let chance = (most * (1.0 - most) / (2 * n) as f64).sqrt();
    lab.result("mixture_accuracy", reached, Within::Absolute(0.003))?;
    lab.result("mixture_best_accuracy", most, Within::Absolute(1e-6))?;
    lab.result("mixture_accuracy_chance", chance, Within::Relative(1e-3))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let densities = Plot::new("")
        .x("x", Axis::Linear)
        .y("density", Axis::Linear)
        .area("data p", of.curve("x", "p")?)
        .area("generator q", of.curve("x", "q")?);
    let mut answers = Plot::new("")
        .x("x", Axis::Linear)
        .y("D(x)", Axis::Linear)
        .y_range(0.0, 1.0)
        .colour(2);
    for step in EARLY {
        answers = answers.line(
            &format!("{step} steps"),
            of.curve("x", &format!("after_{step}"))?,
        );
    }
    let last = format!("{} steps", of.value("mixture_steps")?);
    answers = answers.line(&last, of.curve("x", "last")?);
    answers = answers.colour(0).dashed("p / (p + q)", of.curve("x", "best")?);
    panels(&[densities, answers], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (most, two_errors) = ("mixture_best_accuracy", 0.0015);
    vec![
        ("the_ratio_is_learnt", Claim::less("optimal_d_max_abs_err", 0.06)),
        (
            "as_good_as_can_be",
            Claim::equal(two_errors, "mixture_accuracy", most, 0.5),
        ),
    ]
}
