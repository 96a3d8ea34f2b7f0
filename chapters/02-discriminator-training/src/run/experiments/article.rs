//! The article's discriminator, repaired one slip at a time.

use gradients::plain::AdamConfig;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within,
    over_seeds, panels, rng_at,
};
use ndarray::{Array2, array};

use super::{
    RealBatches, discriminator, held_out, noise, untrained_generator,
};
use crate::plain::{accuracy, article_d_loss};
use crate::training::{Config, Discriminator, Objective, Training, in_room};

pub const EXPERIMENT: Experiment = Experiment {
    name: "article",
    cost: Cost::Seconds,
    measure,
    figures: &[("article", draw)],
    claims,
};

/// Name, label, loss, and whether it gets a probability where a logit belongs.
const CASES: [(&str, &str, Objective, bool); 4] = [
    (
        "scored",
        "D(real) scored twice, two sigmoids",
        Objective::Article,
        true,
    ),
    ("one_sigmoid", "… one sigmoid", Objective::Article, false),
    ("with_fakes", "fakes scored, two sigmoids", Objective::Minimax, true),
    ("cured", "fakes scored, on logits", Objective::Minimax, false),
];

const SEEDS: u64 = 3;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let first = RealBatches::new(lab, 64)?.at(0);
    // As written: the loss of the pixels, which do not change whatever D says.
    let of_pixels = f64::from(article_d_loss(&first));
    lab.result("article_loss_of_pixels", of_pixels, Within::Relative(1e-4))?;
    floors(lab)?;
    let (unseen, _) = held_out(lab, 1000)?; // [1000, 784]
    let steps = lab.by_scale(30, 400, 400);
    lab.column("step", (0..steps).map(|step| step as f64))?;
    for case in CASES {
        let run = |seed| trained(lab, case, (seed, steps), &unseen);
        let runs =
            (1..=SEEDS).map(run).collect::<anyhow::Result<Vec<_>>>()?;
        let of = |f: fn(&Run) -> f64| runs.iter().map(f).collect::<Vec<_>>();
        let ends = [
            ("loss_start", of(|r| r.losses[0]), 0.05),
            ("loss_end", of(|r| r.losses[r.losses.len() - 1]), 0.01),
            ("real_logit", of(|r| r.real_logit), 0.5),
            ("accuracy", of(|r| r.accuracy), 0.25),
        ];
        for (what, numbers, within) in ends {
            let name = format!("article_{what}_{}", case.0);
            lab.over_seeds(&name, &numbers, Within::Absolute(within))?;
        }
        lab.column(case.0, runs[0].losses.iter().copied())?;
    }
    Ok(())
}

/// The lowest points of two losses: the article's, over logits from -20 to 20, and that of two sigmoids.
fn floors(lab: &mut Lab) -> anyhow::Result<()> {
    let within = Within::Absolute(1e-12);
    let logits = (-2000..=2000).map(|n| f64::from(n) / 100.0);
    let losses = logits.map(|s| article_d_loss(&array![[s]]));
    let floor = losses.fold(f64::INFINITY, f64::min);
    lab.result("article_loss_floor", floor, within)?;
    let floor = (1.0 + (-1.0_f64).exp()).ln() + 2.0_f64.ln();
    lab.result("floor_of_two_sigmoids", floor, within)
}

/// The losses of a discriminator, and what it says of digits and fakes that it has not seen.
struct Run {
    losses: Vec<f64>,
    real_logit: f64,
    accuracy: f64,
}

fn trained(
    lab: &Lab,
    (name, _, objective, two_sigmoids): (&str, &str, Objective, bool),
    (seed, steps): (u64, u64),
    unseen: &Array2<f32>,
) -> anyhow::Result<Run> {
    let mut real = RealBatches::of_seed(lab, 64, seed)?;
    let pixels = real.digits.pixel_count();
    let g = untrained_generator(lab, pixels);
    let adam = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let config = Config { objective, two_sigmoids, ..Config::new(adam) };
    let rng = &mut lab.rng(&format!("article-{seed}"));
    let d = Discriminator::new(discriminator(pixels, rng), config);
    let order = lab.seed().wrapping_add(seed);
    let mut training = Training::new(in_room(lab, d)?, |step| {
        (real.at(step), g.output(&noise(64, &mut rng_at(order, step)))) // [64, 784]
    });
    lab.train(&format!("article-{name}-{seed}"), steps, &mut training)?;
    let losses = training.d.losses().into_iter().map(f64::from).collect();
    let d = training.d.net();
    let z = noise(unseen.nrows(), &mut lab.rng("held-out"));
    let (real, fake) = (d.output(unseen), d.output(&g.output(&z))); // [1000, 1]
    let real_logit = f64::from(real.sum() / real.len() as f32);
    Ok(Run { losses, real_logit, accuracy: accuracy(&real, &fake) })
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let floor = 2.0 * 2.0_f64.ln();
    let mut all = Plot::new("")
        .x("step", Axis::Linear)
        .y("what it calls its loss, nats", Axis::Linear)
        .y_range(0.0, 1.7);
    for (name, label, ..) in CASES {
        all = all.line(label, of.curve("step", name)?);
    }
    let mut above = Plot::new("")
        .x("step", Axis::Linear)
        .y("the same above 2 log 2, nats", Axis::Linear)
        .y_range(-0.02, 0.3);
    for (name, label, ..) in &CASES[..2] {
        let curve = of.curve("step", name)?.into_iter();
        let curve = curve.map(|(step, loss)| (step, loss - floor));
        above = above.line(label, curve.collect::<Vec<_>>());
    }
    panels(&[all, above], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let all = |what: &str| over_seeds(&format!("article_{what}"), 3);
    let floor = "article_loss_floor";
    vec![
        (
            "no_logit_goes_below",
            Claim::equal(1e-12, floor, 2.0 * 2.0_f64.ln(), 0.0),
        ),
        (
            "scored_twice_ends_there",
            Claim::equal(
                0.02,
                "article_loss_end_one_sigmoid",
                floor,
                "article_loss_start_one_sigmoid",
            ),
        ),
        (
            "two_sigmoids_leave_a_floor",
            Claim::all_above(
                all("loss_end_with_fakes"),
                "floor_of_two_sigmoids",
            ),
        ),
        (
            "on_logits_it_goes_to_0",
            Claim::all_below(all("loss_end_cured"), 0.1),
        ),
        (
            "two_sigmoids_push_down",
            Claim::all_below(all("real_logit_scored"), -2.0),
        ),
        ("fakes_teach_it", Claim::all_above(all("accuracy_cured"), 0.9)),
    ]
}
