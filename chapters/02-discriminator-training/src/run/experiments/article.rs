//! The article's discriminator, repaired one slip at a time.

use gradients::plain::AdamConfig;
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, rng_at,
};
use ndarray::array;

use super::{
    RealBatches, held_out, noise, untrained_discriminator,
    untrained_generator,
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

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut real = RealBatches::new(lab, 64)?;
    let pixels = real.digits.pixel_count();
    let g = untrained_generator(lab, pixels);
    // As written: the loss of the pixels, which do not change whatever D says.
    let of_pixels = f64::from(article_d_loss(&real.at(0)));
    lab.result("article_loss_of_pixels", of_pixels, Within::Relative(1e-4))?;
    // The lowest point of the loss, over logits from -20 to 20.
    let logits = (-2000..=2000).map(|n| f64::from(n) / 100.0);
    let losses = logits.map(|s| article_d_loss(&array![[s]]));
    let floor = losses.fold(f64::INFINITY, f64::min);
    lab.result("article_loss_floor", floor, Within::Absolute(1e-12))?;
    lab.result(
        "floor_of_two_sigmoids",
        (1.0 + (-1.0_f64).exp()).ln() + 2.0_f64.ln(),
        Within::Absolute(1e-12),
    )?;

    let (held_out, _) = held_out(lab, 1000)?; // [1000, 784]
    let fresh = g.output(&noise(held_out.nrows(), &mut lab.rng("held-out"))); // [1000, 784]
    let steps = lab.by_scale(30, 400, 400);
    lab.column("step", (0..steps).map(|step| step as f64))?;
    for (name, _, objective, two_sigmoids) in CASES {
        let adam =
            AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
        let config = Config { objective, two_sigmoids, ..Config::new(adam) };
        let d = untrained_discriminator(lab, pixels);
        let d = in_room(lab, Discriminator::new(d, config))?;
        let seed = lab.seed();
        let mut training = Training::new(d, |step| {
            (real.at(step), g.output(&noise(64, &mut rng_at(seed, step)))) // [64, 784]
        });
        lab.train(&format!("article-{name}"), steps, &mut training)?;
        let losses: Vec<f64> =
            training.d.losses().into_iter().map(f64::from).collect();
        let d = training.d.net();
        let (s_real, s_fake) = (d.output(&held_out), d.output(&fresh)); // [1000, 1]
        let (end, mean) =
            (losses[losses.len() - 1], s_real.sum() / s_real.len() as f32);
        lab.result(
            &format!("article_loss_start_{name}"),
            losses[0],
            Within::Absolute(0.05),
        )?;
        lab.result(
            &format!("article_loss_end_{name}"),
            end,
            Within::Absolute(0.01),
        )?;
        lab.result(
            &format!("article_real_logit_{name}"),
            f64::from(mean),
            Within::Absolute(0.5),
        )?;
        lab.result(
            &format!("article_accuracy_{name}"),
            accuracy(&s_real, &s_fake),
            Within::Absolute(0.25),
        )?;
        lab.column(name, losses)?;
    }
    Ok(())
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
