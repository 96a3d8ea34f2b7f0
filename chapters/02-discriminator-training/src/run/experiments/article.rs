//! The article's discriminator, repaired one slip at a time.

use gradients::plain::{AdamConfig, Mlp};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, rng_at,
};
use ndarray::array;

use super::{
    RealBatches, held_out, noise, untrained_discriminator,
    untrained_generator,
};
use crate::plain::{accuracy, article_d_loss};
use crate::training::{
    Config, Discriminates, Discriminator, Objective, Training, in_room,
};

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

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    // As written: the loss of the pixels, which do not change whatever D says.
    let of_pixels = f64::from(article_d_loss(&real.at(0)));
    lab.result("article_loss_of_pixels", of_pixels, Within::Relative(1e-4))?;
    floors(lab)?;
    let steps = lab.by_scale(30, 400, 400);
    lab.column("step", (0..steps).map(|step| step as f64))?;
    for case in CASES {
        let (d, g) = trained(lab, &mut real, case, steps)?;
        losses(lab, case.0, &d.losses())?;
        answers(lab, case.0, &d.net(), &g)?;
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

/// The discriminator of a case after its steps, and the generator, which does not learn.
fn trained(
    lab: &Lab,
    real: &mut RealBatches,
    (name, _, objective, two_sigmoids): (&str, &str, Objective, bool),
    steps: u64,
) -> anyhow::Result<(Box<dyn Discriminates>, Mlp<f32>)> {
    let pixels = real.digits.pixel_count();
    let g = untrained_generator(lab, pixels);
    let adam = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let config = Config { objective, two_sigmoids, ..Config::new(adam) };
    let d = Discriminator::new(untrained_discriminator(lab, pixels), config);
    let seed = lab.seed();
    let mut training = Training::new(in_room(lab, d)?, |step| {
        (real.at(step), g.output(&noise(64, &mut rng_at(seed, step)))) // [64, 784]
    });
    lab.train(&format!("article-{name}"), steps, &mut training)?;
    Ok((training.d, g))
}

fn losses(lab: &mut Lab, name: &str, losses: &[f32]) -> anyhow::Result<()> {
    let losses: Vec<f64> = losses.iter().map(|v| f64::from(*v)).collect();
    let ends =
        [("start", losses[0], 0.05), ("end", losses[losses.len() - 1], 0.01)];
    for (at, loss, within) in ends {
        let name = format!("article_loss_{at}_{name}");
        lab.result(&name, loss, Within::Absolute(within))?;
    }
    lab.column(name, losses)
}

/// What it says of real digits and of fakes that it has not seen.
fn answers(
    lab: &mut Lab,
    name: &str,
    d: &Mlp<f32>,
    g: &Mlp<f32>,
) -> anyhow::Result<()> {
    let (real, _) = held_out(lab, 1000)?; // [1000, 784]
    let z = noise(real.nrows(), &mut lab.rng("held-out"));
    let (s_real, s_fake) = (d.output(&real), d.output(&g.output(&z))); // [1000, 1]
    let mean = f64::from(s_real.sum() / s_real.len() as f32);
    let of = |what| format!("article_{what}_{name}");
    lab.result(&of("real_logit"), mean, Within::Absolute(0.5))?;
    let right = accuracy(&s_real, &s_fake);
    lab.result(&of("accuracy"), right, Within::Absolute(0.25))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("what it calls its loss, nats", Axis::Linear)
        .y_range(0.0, 1.7);
    for (name, label, ..) in CASES {
        plot = plot.line(label, of.curve("step", name)?);
    }
    plot.horizontal("2 log 2", 2.0 * 2.0_f64.ln()).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let end = |name| format!("article_loss_end_{name}");
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
                end("one_sigmoid"),
                floor,
                "article_loss_start_one_sigmoid",
            ),
        ),
        (
            "two_sigmoids_leave_a_floor",
            Claim::less("floor_of_two_sigmoids", end("with_fakes")),
        ),
        ("on_logits_it_goes_to_0", Claim::less(end("cured"), 0.1)),
        (
            "two_sigmoids_push_down",
            Claim::less("article_real_logit_scored", -2.0),
        ),
        ("fakes_teach_it", Claim::less(0.9, "article_accuracy_cured")),
    ]
}
