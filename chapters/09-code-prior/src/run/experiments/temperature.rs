//! Samples at several temperatures, drawn anew with three seeds each, before the judge.

use std::time::Instant;

use lab::{Axis, Claim, Draw, Lab, Measurements, Plot, Within, panels};
use ndarray::Array2;

use super::judging::{DRAWS, Judging};
use crate::run::learnt::Learnt;
use crate::sampling::sample;

pub(super) const FIGURE: (&str, Draw) = ("temperature", draw);

const TEMPERATURES: [f64; 5] = [0.7, 0.8, 0.9, 1.0, 1.1];

/// Returns the samples at temperature 1.
pub(super) fn measure(
    lab: &mut Lab,
    it: &Learnt,
    judging: &Judging,
) -> anyhow::Result<Vec<Array2<f32>>> {
    let mut at_one = Vec::new();
    for temperature in TEMPERATURES {
        let start = Instant::now();
        let drawn = drawn(lab, it, judging.n, temperature)?;
        let seconds = start.elapsed().as_secs_f64();
        judging.often(lab, &name(temperature), &drawn)?;
        if temperature == 1.0 {
            let each = seconds * 1000.0 / (judging.n * DRAWS) as f64;
            lab.result("prior_seconds_per_1000", each, Within::Timing)?;
            at_one = drawn;
        }
    }
    let n = judging.n as f64;
    lab.result("judged_images", n, Within::Exactly)?;
    lab.result("judged_draws", DRAWS as f64, Within::Exactly)?;
    Ok(at_one)
}

/// Some samples for each seed. `[N, 784]`
fn drawn(
    lab: &Lab,
    it: &Learnt,
    n: usize,
    temperature: f64,
) -> anyhow::Result<Vec<Array2<f32>>> {
    let one = |k| {
        let seed = lab.seed().wrapping_add(k);
        let codes = sample(&it.prior, n, temperature, seed)?; // [N, 49]
        Ok(it.world.tokeniser.decode(&codes)?) // [N, 784]
    };
    (1..=DRAWS as u64).map(one).collect()
}

fn name(temperature: f64) -> String {
    match temperature {
        1.0 => "prior_sample".into(),
        t => format!("prior_sample_{t}"),
    }
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let curve = |what: &str| {
        let point = |t| Ok((t, of.value(&format!("{}_{what}", name(t)))?));
        TEMPERATURES.map(point).into_iter().collect()
    };
    let frechet: anyhow::Result<Vec<_>> = curve("frechet");
    let above = Plot::new("")
        .x("temperature", Axis::Linear)
        .y("Fréchet distance", Axis::Log)
        .line("", frechet.as_ref().map_or(vec![], Vec::clone))
        .colour(0)
        .points("", frechet?);
    let below = Plot::new("")
        .x("temperature", Axis::Linear)
        .y("share", Axis::Linear)
        .line("precision", curve("precision")?)
        .line("recall", curve("recall")?);
    panels(&[above, below], 1)
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: f64, b: f64, what: &str| {
        let [a, b] = [a, b].map(|t| format!("{}_{what}", name(t)));
        Claim::less_over_seeds(&a, &b, DRAWS)
    };
    let frechet = |t| format!("{}_frechet", name(t));
    let up_to_one = [0.7, 0.8, 0.9, 1.0].map(frechet);
    vec![
        ("up_to_one_it_falls", Claim::falls(up_to_one)),
        ("cold_samples_are_precise", less(1.0, 0.7, "precision")),
        ("and_cover_less", less(0.7, 1.0, "recall")),
        (
            "in_the_cold_a_class_grows_rare",
            less(0.7, 1.0, "rarest_class_share"),
        ),
        ("hot_samples_stray", less(1.1, 1.0, "precision")),
        ("one_is_nearer_than_cold", less(1.0, 0.9, "frechet")),
        ("one_is_nearer_than_hot", less(1.0, 1.1, "frechet")),
    ]
}
