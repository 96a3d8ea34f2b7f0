//! How what a step takes, what drawing takes and what is held grow with the side of a picture.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use crate::cost::{Even, PowerLaw};
use crate::run::costs::{SYSTEMS, World};

pub const EXPERIMENT: Experiment = Experiment {
    name: "cost",
    cost: Cost::Minutes,
    measure,
    figures: &[("cost", draw)],
    claims,
};

/// How often everything is timed.
const ROUNDS: usize = 3;

/// Multiples of 8: the discriminator of chapter 10 and its viewer halve a side three times.
const SIDES: [usize; 5] = [16, 24, 32, 48, 64];

/// What is timed: a step of each system, and two ways to draw a picture.
const TIMED: [&str; 7] = [
    "gan",
    "vq_vae",
    "vq_gan",
    "prior",
    "classifier",
    "gan_draw",
    "codes_draw",
];

/// Sides that nothing here is trained at.
const BEYOND: [usize; 2] = [256, 1024];

fn sides(lab: &Lab) -> Vec<usize> {
    match lab.by_scale(true, false, false) {
        true => vec![16, 24, 32, 40],
        false => SIDES.to_vec(),
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let sides = sides(lab);
    let (lots, draws) = lab.by_scale((1, 1), (3, 5), (9, 9));
    let mut times = vec![vec![[0.0; TIMED.len()]; sides.len()]; ROUNDS];
    let mut held = Vec::new();
    for (n, round) in times.iter_mut().enumerate() {
        for (&side, times) in sides.iter().zip(round) {
            let seed = lab.seed().wrapping_add(n as u64);
            let world = World::new(side, seed)?;
            let steps = world.steps(lab, lots)?;
            let drawn = world.draws(lab, draws)?;
            times[..5].copy_from_slice(&steps);
            times[5..].copy_from_slice(&drawn);
            if n == 0 {
                held.push(world.held(lab)?);
            }
        }
    }
    lab.column("side", sides.iter().map(|s| *s as f64))?;
    for (m, name) in TIMED.into_iter().enumerate() {
        let of: Vec<Vec<f64>> = times
            .iter()
            .map(|round| round.iter().map(|times| times[m]).collect())
            .collect();
        note_times(lab, name, &sides, &of)?;
    }
    for (m, name) in SYSTEMS.into_iter().enumerate() {
        let held: Vec<(f64, f64)> = held.iter().map(|h| h[m]).collect();
        note_held(lab, name, &sides, &held)?;
    }
    Ok(())
}

/// Times over rounds, their law, and what it foretells.
fn note_times(
    lab: &mut Lab,
    name: &str,
    sides: &[usize],
    times: &[Vec<f64>],
) -> anyhow::Result<()> {
    let mut note = |what: String, all: Vec<f64>| {
        lab.over_seeds(&format!("cost_{name}_{what}"), &all, Within::Timing)
    };
    for (n, side) in sides.iter().enumerate() {
        let of = times.iter().map(|round| 1000.0 * round[n]).collect();
        note(format!("ms_{side}"), of)?;
    }
    let pairs = |round: &Vec<f64>| -> Vec<(f64, f64)> {
        let sides = sides.iter().map(|s| *s as f64);
        sides.zip(round.iter().copied()).collect()
    };
    let last = sides.len() - 1;
    let (mut laws, mut foretold) = (Vec::new(), Vec::new());
    for round in times {
        let pairs = pairs(round);
        laws.push(PowerLaw::fit(&pairs)?);
        let law = PowerLaw::fit(&pairs[..last])?;
        foretold.push(law.at(pairs[last].0) / pairs[last].1);
    }
    note("exponent".into(), laws.iter().map(|law| law.b).collect())?;
    note("foretold".into(), foretold)?;
    for side in BEYOND {
        let of = laws.iter().map(|law| law.at(side as f64));
        note(format!("seconds_{side}"), of.collect())?;
    }
    let mean = |n: usize| {
        times.iter().map(|round| round[n]).sum::<f64>() / times.len() as f64
    };
    lab.column(name, (0..sides.len()).map(mean))
}

/// Counts at each side and beyond: three sides determine them, and the last one must come out.
fn note_held(
    lab: &mut Lab,
    name: &str,
    sides: &[usize],
    held: &[(f64, f64)],
) -> anyhow::Result<()> {
    for (n, side) in sides.iter().enumerate() {
        for (what, count) in
            [("numbers", held[n].0), ("megabytes", held[n].1 / 1e6)]
        {
            let name = format!("cost_{name}_{what}_{side}");
            lab.result(&name, count, Within::Exactly)?;
        }
    }
    let of = |n: usize| (sides[n] as f64, held[n].1);
    let even = Even::through([of(0), of(1), of(2)])?;
    let (side, count) = of(sides.len() - 1);
    let off = even.at(side) / count - 1.0;
    anyhow::ensure!(
        off.abs() < 1e-6,
        "{name}: at a side of {side} the count is {count}, not {}",
        even.at(side)
    );
    for side in BEYOND {
        let gigabytes = even.at(side as f64) / 1e9;
        let name = format!("cost_{name}_gigabytes_{side}");
        lab.result(&name, gigabytes, Within::Relative(1e-6))?;
    }
    lab.column(&format!("{name}_bytes"), held.iter().map(|h| h.1))
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |label: &str, shown: &[(&str, &str)]| {
        let plot = Plot::new("")
            .x("side of a picture", Axis::Log)
            .y(label, Axis::Log);
        shown.iter().try_fold(plot, |plot, (column, said)| {
            anyhow::Ok(plot.line(said, of.curve("side", column)?))
        })
    };
    let steps = [
        ("gan", "GAN"),
        ("vq_vae", "VQ-VAE"),
        ("vq_gan", "VQ-GAN"),
        ("prior", "prior"),
        ("classifier", "classifier"),
    ];
    let draws = [("gan_draw", "GAN"), ("codes_draw", "prior and decoder")];
    panels(
        &[
            plot("seconds of a step", &steps)?,
            plot("seconds to draw a picture", &draws)?,
        ],
        2,
    )
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, ROUNDS);
    let exponents = ["gan", "vq_vae", "vq_gan", "classifier"]
        .map(|name| format!("cost_{name}_exponent"));
    vec![
        (
            "cost_grows_at_most_with_the_pixels",
            Claim::all_below(exponents, 2.3),
        ),
        (
            "cost_a_prior_grows_faster",
            less("cost_vq_vae_exponent", "cost_prior_exponent"),
        ),
        (
            "cost_codes_are_slow_to_draw",
            Claim::times(5.0, "cost_gan_draw_ms_32", "cost_codes_draw_ms_32"),
        ),
        (
            "cost_an_opponent_costs",
            less("cost_vq_vae_ms_32", "cost_vq_gan_ms_32"),
        ),
        (
            "cost_a_classifier_is_cheaper",
            Claim::all_below(["cost_classifier_ms_32"], "cost_gan_ms_32"),
        ),
        (
            "cost_a_prior_is_foretold_too_little",
            Claim::less("cost_prior_foretold", 1.0),
        ),
        (
            "cost_attention_fills_memory",
            Claim::times(
                10.0,
                "cost_gan_gigabytes_1024",
                "cost_prior_gigabytes_1024",
            ),
        ),
    ]
}
