//! A network learns p / (p + q) from samples alone.

use datasets::toy::{Density, GaussianMixture};
use gradients::plain::Mlp;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
    rng_at,
};
use minimax_loss::plain::{data_and_generator, optimal_d};
use ndarray::Array2;

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
    let mixtures = data_and_generator()?;
    let x = line(-5.0, 5.0, 201);
    let [p, q] = mixtures.each_ref().map(|mixture| densities(mixture, &x));
    let best = optimal_d(&p, &q);
    let net = trained(lab, &mixtures, &x)?;
    let at = x.column(0).to_owned();
    for (name, column) in [("x", &at), ("p", &p), ("q", &q), ("best", &best)]
    {
        lab.column(name, column.iter().copied())?;
    }
    let learnt = probability(&net, &x);
    let error = worst_where_it_matters(&learnt, &best, &(p + q));
    lab.result("optimal_d_max_abs_err", error, Within::Limit(0.1))?;
    rightness(lab, &mixtures, &net)
}

/// A discriminator of samples; its answers at `x` go into the table on the way.
fn trained(
    lab: &mut Lab,
    mixtures: &[GaussianMixture; 2],
    x: &Array2<f64>,
) -> anyhow::Result<Mlp<f32>> {
    let seed = lab.seed();
    let draw = |step| {
        let mut rng = rng_at(seed, step);
        let [real, fake] = mixtures;
        (
            single(real.sample(512, &mut rng)),
            single(fake.sample(512, &mut rng)),
        )
    };
    let steps = lab.by_scale(600, 3000, 10_000);
    lab.result("mixture_steps", steps as f64, Within::Exactly)?;
    let mut training = Training::new(on_a_line(lab, |_| {}, steps)?, draw);
    let [one, other] = EARLY;
    let milestones = [one, other, steps];
    let look = |net: &Mlp<f32>| probability(net, x).mapv(|d| d as f32);
    let seen = lab.train_and_observe(
        "mixtures",
        milestones,
        &mut training,
        |training| look(&training.d.net()).to_vec(),
    )?;
    for (step, d) in seen {
        let name = match step == steps {
            true => "last".into(),
            false => format!("after_{step}"),
        };
        lab.column(&name, d.into_iter().map(f64::from))?;
    }
    Ok(training.d.net())
}

/// How often it is right about fresh samples, how often the best function would be, and by how much chance moves it.
fn rightness(
    lab: &mut Lab,
    [data, generator]: &[GaussianMixture; 2],
    net: &Mlp<f32>,
) -> anyhow::Result<()> {
    let mut rng = lab.rng("mixtures-test");
    let n = lab.by_scale(20_000, 200_000, 1_000_000);
    let mut score =
        |of: &GaussianMixture| net.output(&single(of.sample(n, &mut rng))); // [N, 1]
    let reached = accuracy(&score(data), &score(generator));
    let fine = line(-9.0, 9.0, 20_001);
    let [pf, qf] = [data, generator].map(|d| densities(d, &fine));
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
