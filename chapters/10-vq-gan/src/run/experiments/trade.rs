//! The trade between perception and distortion: what a larger share of the opinion buys, and what it costs.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use crate::run::setting::{
    Data, Eyes, SEEDS, Verdict, note, opponent, recipe,
};
use crate::training::{Config, go_on_from};

pub const EXPERIMENT: Experiment = Experiment {
    name: "trade",
    cost: Cost::Minutes,
    measure,
    figures: &[("trade", draw)],
    claims,
};

/// The shares that are tried.
const SHARES: [f64; 4] = [0.0, 1.0, 4.0, 16.0];

/// By what they are called.
const NAMES: [&str; 4] = ["trade_0", "trade_1", "trade_4", "trade_16"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let eyes = Eyes::new(lab, &data)?;
    let base = recipe(lab, &data).over(lab.by_scale(6, 800, 4000));
    lab.result("trade_steps", base.steps as f64, Within::Exactly)?;
    let judged = opponent(lab, &base);
    let mut verdicts: [Vec<Verdict>; 4] = Default::default();
    for n in 0..SEEDS {
        let seed = lab.seed().wrapping_add(n as u64);
        let opposed = Config { opponent: Some(judged), ..base };
        let ruler = Some(&eyes.ruler);
        let mut first = data.training(lab, opposed, ruler, seed)?;
        let name = format!("trade-base-{}", n + 1);
        lab.train(&name, judged.heard, &mut first)?;
        for (k, share) in SHARES.into_iter().enumerate() {
            let mut opponent = judged;
            opponent.balance.share = share;
            if share == 0.0 {
                (opponent.learns, opponent.heard) = (u64::MAX, u64::MAX);
            }
            let config = Config {
                perceptual: Some((1.0, judged.heard)),
                opponent: Some(opponent),
                ..base
            };
            let mut run = data.training(lab, config, ruler, seed)?;
            go_on_from(&mut run, &first)?;
            let name = format!("trade-{share}-{}", n + 1);
            lab.train(&name, base.steps, &mut run)?;
            let model = run.model();
            verdicts[k].push(Verdict::of(lab, &data, &eyes, &model, seed)?);
        }
    }
    for (name, verdicts) in NAMES.into_iter().zip(&verdicts) {
        note(lab, name, verdicts)?;
    }
    let mean = |of: fn(&Verdict) -> f64| {
        verdicts.iter().map(move |all| {
            all.iter().map(of).sum::<f64>() / all.len() as f64
        })
    };
    lab.column("share", SHARES)?;
    lab.column("error", mean(|v| v.error))?;
    lab.column("sharpness", mean(|v| v.sharpness))?;
    lab.column("frechet", mean(|v| v.frechet))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |y: &str, label: &str, axis| -> anyhow::Result<Plot> {
        let curve = of.curve("error", y)?;
        Ok(Plot::new("")
            .x("squared error over variance", Axis::Linear)
            .y(label, axis)
            .line("", curve.clone())
            .colour(0)
            .points("a share of 0, 1, 4, 16", curve))
    };
    let sharp = plot("sharpness", "sharpness", Axis::Linear)?;
    let sharp = sharp.horizontal("real", 1.0);
    let frechet = plot("frechet", "Fréchet distance", Axis::Log)?;
    panels(&[sharp, frechet], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str, what: &str| {
        let name = |of: &str| format!("trade_{of}_{what}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    vec![
        ("one_share_sharpens", less("0", "1", "sharpness")),
        ("four_sharpen_more", less("1", "4", "sharpness")),
        ("one_share_costs", less("0", "1", "error")),
        ("four_cost_more", less("1", "4", "error")),
        ("sixteen_cost_more", less("4", "16", "error")),
        ("four_are_farther", less("1", "4", "frechet")),
        (
            "sixteen_undecided",
            Claim::undecided(
                "trade_4_sharpness",
                "trade_16_sharpness",
                SEEDS,
            ),
        ),
        (
            "one_is_no_farther",
            Claim::undecided("trade_0_frechet", "trade_1_frechet", SEEDS),
        ),
        ("sixteen_are_farther", less("4", "16", "frechet")),
        (
            "one_is_harder_to_tell",
            Claim::less_over_seeds(
                "told_from_real_trade_1",
                "told_from_real_trade_0",
                SEEDS,
            ),
        ),
    ]
}
