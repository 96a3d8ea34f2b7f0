//! K-means that went wrong, each time in another way, with its logs and its codes: what exercise 5.10 shows.

mod causes;

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::Array2;

use crate::plain; // `causes`, which the tests read too, finds it here
use causes::{CAUSES, ENDS, K, SAID, SHOWN, STEPS, apart, late, run};

pub const EXPERIMENT: Experiment = Experiment {
    name: "spoilt",
    cost: Cost::Seconds,
    measure,
    figures: &[("spoilt", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

/// The picture reaches so far to each side.
const FRAME: f64 = 2.2;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, name) in shown.zip(RUNS) {
        let it = run(cause, lab.seed());
        if cause.is_none() {
            places(lab, "latents", &it.z)?;
            let [lost, ..] = late(&it.lines);
            lab.result("spoilt_healthy_lost", lost, Within::Relative(0.2))?;
        }
        places(lab, &format!("{name}_codes"), &it.codebook)?;
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = it.lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{name}_{said}"), column)?;
        }
    }
    lab.column("step", (1..=STEPS).map(|n| n as f64))?;
    let nearest = nearest(lab.seed());
    lab.result("spoilt_nearest", nearest, Within::Absolute(0.1))
}

fn places(lab: &mut Lab, name: &str, x: &Array2<f64>) -> anyhow::Result<()> {
    lab.column(&format!("{name}_x"), x.column(0).iter().copied())?;
    lab.column(&format!("{name}_y"), x.column(1).iter().copied())
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with three seeds.
fn nearest(seed: u64) -> f64 {
    let ends =
        |n| CAUSES.map(|c| late(&run(Some(c), seed.wrapping_add(n)).lines));
    let seeds = [0, 1, 2].map(ends);
    let mut least = f64::INFINITY;
    for (cause, here) in CAUSES.iter().zip(&seeds[0]) {
        let others = seeds.iter().flat_map(|s| CAUSES.iter().zip(s));
        for (_, there) in others.filter(|(other, _)| *other != cause) {
            let each = SAID.iter().zip(here.iter().zip(there));
            let far = each.map(|((said, _), (a, b))| apart(said, *a, *b));
            if SHOWN.contains(cause) {
                least = least.min(far.fold(0.0, f64::max));
            }
        }
    }
    least
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c", "d"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let plot = |what: &str| Plot::new(&format!("{title}: {what}"));
        let [low, high] = ENDS;
        let cut = |said: &str| -> anyhow::Result<Vec<(f64, f64)>> {
            let curve = of.curve("step", &format!("{run}_{said}"))?;
            let curve = curve.into_iter();
            Ok(curve.map(|(t, v)| (t, v.clamp(low, high))).collect())
        };
        let places =
            |name: &str| of.curve(&format!("{name}_x"), &format!("{name}_y"));
        plots.extend([
            plot("lengths, error")
                .x("step", Axis::Linear)
                .y("", Axis::Log)
                .y_range(low, high)
                .line("error", cut("lost")?)
                .line("length", cut("length")?)
                .dashed("way", cut("moved")?),
            plot("codes in use")
                .x("step", Axis::Linear)
                .y("", Axis::Linear)
                .y_range(0.0, K as f64)
                .colour(3)
                .line("", of.curve("step", &format!("{run}_alive"))?),
            plot("at the end")
                .x("", Axis::Linear)
                .x_range(-FRAME, FRAME)
                .y_range(-FRAME, FRAME)
                .square()
                .points("latents", places("latents")?)
                .points("codes", places(&format!("{run}_codes"))?),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("spoilt_each_can_be_told", Claim::less(0.1, "spoilt_nearest"))]
}
