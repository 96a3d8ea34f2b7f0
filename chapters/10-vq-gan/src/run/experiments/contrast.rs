//! The same network and the same discriminator on numbers in [0, 1], most of them near white, and on numbers of mean 0 and
//! variance 1.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use minimax_loss::plain::d_loss;
use ndarray::Array2;
use stability::net::Net;

use crate::plain::{Balance, Contrast};
use crate::run::setting::{Data, SEEDS, opponent, over_seeds, recipe};
use crate::training::{Config, Opponent};

pub const EXPERIMENT: Experiment = Experiment {
    name: "contrast",
    cost: Cost::Minutes,
    measure,
    figures: &[("contrast", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let steps = lab.by_scale(6, 800, 2000);
    let base = recipe(lab, &data).over(steps);
    lab.result("contrast_steps", steps as f64, Within::Exactly)?;
    let unit = Contrast { mean: 0.0, deviation: 1.0 };
    let variance = f64::from(data.contrast.deviation).powi(2);
    for (name, contrast, commitment) in [
        ("unit", unit, 1.0),
        ("weighed", unit, variance),
        ("standard", data.contrast, 1.0),
    ] {
        let (mut errors, mut losses) = (Vec::new(), Vec::new());
        // Of the pictures in these numbers.
        let over = match contrast.deviation == 1.0 {
            true => variance,
            false => 1.0,
        };
        for n in 0..SEEDS {
            let seed = lab.seed().wrapping_add(n as u64);
            // It learns, and nobody listens.
            let opponent = Opponent {
                learns: steps / 2,
                heard: u64::MAX,
                balance: Balance { share: 0.0, ..Default::default() },
                ..opponent(lab, &base)
            };
            // R1 looks at slopes over the numbers, which are steeper over
            // [0, 1]: its price is the same for the same pictures.
            let r1 = opponent.r1 * over;
            let opponent = Some(Opponent { r1, ..opponent });
            let mut config = Config { contrast, opponent, ..base };
            config.quantizer.beta *= commitment;
            let mut run = data.training(lab, config, None, seed)?;
            lab.train(
                &format!("contrast-{name}-{}", n + 1),
                steps,
                &mut run,
            )?;
            let y = run.model().reconstruct(&data.test)?;
            errors.push(data.unexplained(&data.test, &y));
            losses.push(tells(
                &run.discriminator(),
                contrast,
                &data.test,
                &y,
            ));
            let seen = run.opponent_losses();
            if n == 0 {
                note_curves(lab, name, &run.losses(), &seen, over)?;
            }
        }
        let of = |what: &str| format!("contrast_{name}_{what}");
        over_seeds(lab, &of("error"), &errors, Within::Factor(1.15))?;
        let within = Within::Factor(1.5);
        over_seeds(lab, &of("discriminator_loss"), &losses, within)?;
    }
    Ok(())
}

/// A discriminator's loss on test pictures and what came back of them, eq. 1.6, without R1's price.
fn tells(
    d: &Net<f32>,
    contrast: Contrast,
    x: &Array2<f32>,
    y: &Array2<f32>,
) -> f64 {
    let [real, fake] = [x, y].map(|x| d.output(&contrast.apply(x.clone()))); // [N, P]
    f64::from(d_loss(&real, &fake))
}

/// Means of twenty steps.
fn note_curves(
    lab: &mut Lab,
    name: &str,
    losses: &[f32],
    seen: &[f32],
    over: f64, // the variance of the pictures in these numbers
) -> anyhow::Result<()> {
    let means = |of: &[f32], over: f64| -> Vec<f64> {
        of.chunks(20)
            .map(|c| {
                let sum = c.iter().map(|v| f64::from(*v)).sum::<f64>();
                sum / c.len() as f64 / over
            })
            .collect()
    };
    let curves = [("error", means(losses, over)), ("d", means(seen, 1.0))];
    for (what, curve) in curves {
        let steps = (0..curve.len()).map(|n| 20.0 * n as f64 + 10.0);
        lab.column(&format!("{name}_{what}_step"), steps)?;
        lab.column(&format!("{name}_{what}"), curve)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let names = [
        ("unit", "in [0, 1]"),
        ("weighed", "in [0, 1], smaller β"),
        ("standard", "mean 0, variance 1"),
    ];
    let mut error = Plot::new("reconstruction")
        .x("step", Axis::Linear)
        .y("squared error over variance", Axis::Log);
    let mut d = Plot::new("discriminator")
        .x("its step", Axis::Linear)
        .y("loss, nats", Axis::Linear);
    for (name, label) in names {
        let curve = |what: &str| {
            of.curve(
                &format!("{name}_{what}_step"),
                &format!("{name}_{what}"),
            )
        };
        error = error.line(label, curve("error")?);
        d = d.line(label, curve("d")?);
    }
    let guess = 2.0 * std::f64::consts::LN_2;
    panels(&[error, d.horizontal("guessing", guess)], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str, what: &str| {
        let name = |of: &str| format!("contrast_{of}_{what}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    let undecided = |a: &str, b: &str| {
        let name = |of: &str| format!("contrast_{of}_discriminator_loss");
        Claim::undecided(&name(a), &name(b), SEEDS)
    };
    vec![
        ("with_contrast_less_is_lost", less("standard", "unit", "error")),
        ("it_does_not_decide_who_sees", undecided("standard", "unit")),
        ("a_smaller_beta_loses_more", less("unit", "weighed", "error")),
        ("contrast_itself_loses_less", less("standard", "weighed", "error")),
        ("nor_who_sees_less", undecided("standard", "weighed")),
    ]
}
