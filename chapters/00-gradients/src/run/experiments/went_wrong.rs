//! Small networks whose training went wrong, each in its own way, with their logs: what exercise 0.8 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};

use super::causes::{
    CAUSES, EVERY, HIGHEST, JUDGED, LENGTHS, SAID, SHOWN, STEPS, log, points,
    readings, told_by,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "went-wrong",
    cost: Cost::Seconds,
    measure,
    figures: &[("went_wrong", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    lab.result("went_wrong_steps", STEPS as f64, Within::Exactly)?;
    let often = frequencies();
    let pays: f64 = often.iter().map(|p| -p * p.ln()).sum();
    lab.result("went_wrong_frequencies", pays, Within::Absolute(1e-6))?;
    let right = super::largest(often);
    lab.result("went_wrong_most_frequent", right, Within::Absolute(1e-6))?;
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    for (cause, run) in shown.zip(RUNS) {
        let lines = log(cause, lab.seed(), STEPS);
        for (n, (said, _)) in SAID.into_iter().enumerate() {
            let column = lines.iter().map(|line| line.numbers()[n]);
            lab.column(&format!("{run}_{said}"), column)?;
        }
    }
    lab.column("step", (1..=STEPS / EVERY).map(|n| (n * EVERY) as f64))?;
    let nearest = nearest(lab.seed());
    lab.result("went_wrong_nearest", nearest, Within::Absolute(0.1))
}

/// How often each of the three kinds occurs among the points by which a run is judged.
fn frequencies() -> [f64; 3] {
    let (_, kinds) = points(JUDGED, 0x7e57, 0);
    [0, 1, 2].map(|kind| {
        kinds.iter().filter(|k| **k == kind).count() as f64 / JUDGED as f64
    })
}

/// Of each run that is shown and each other cause, how far apart the two are where they are farthest: the least of these,
/// the other one with two seeds. That nothing is wrong counts as another cause.
fn nearest(seed: u64) -> f64 {
    let mut least = f64::INFINITY;
    let causes = || CAUSES.map(Some).into_iter().chain([None]);
    let read = |cause, n| readings(&log(cause, seed.wrapping_add(n), STEPS));
    let here = SHOWN.map(|cause| (Some(cause), read(Some(cause), 0)));
    for (other, n) in causes().flat_map(|c| [(c, 0), (c, 1)]) {
        let there = read(other, n);
        for (_, here) in here.iter().filter(|(shown, _)| *shown != other) {
            least = least.min(told_by(here, &there)[0].0);
        }
    }
    least
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let pays = of.value("went_wrong_frequencies")?;
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c", "d"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let plot = |what: &str| {
            let title = format!("{title}: {what}");
            Plot::new(&title).x("step", Axis::Linear)
        };
        let curve = |said: &str| of.curve("step", &format!("{run}_{said}"));
        let cut = |said: &str, low: f64, high: f64| {
            let points = curve(said)?.into_iter();
            let cut = points.map(|(t, v)| (t, v.clamp(low, high)));
            anyhow::Ok(cut.collect::<Vec<_>>())
        };
        let [low, high] = LENGTHS;
        plots.extend([
            plot("loss")
                .y("", Axis::Linear)
                .y_range(0.0, HIGHEST)
                .line("batches", cut("loss", 0.0, HIGHEST)?)
                .line("fresh", cut("fresh", 0.0, HIGHEST)?)
                .horizontal("guessing", pays),
            plot("gradients")
                .y("", Axis::Log)
                .y_range(low, high)
                .line("1", cut("gradient_1", low, high)?)
                .line("2", cut("gradient_2", low, high)?)
                .line("3", cut("gradient_3", low, high)?),
            plot("shares")
                .y("", Axis::Linear)
                .y_range(0.0, 1.0)
                .line("right", curve("right")?)
                .line("dead 1", curve("dead_1")?)
                .line("dead 2", curve("dead_2")?),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "went_wrong_each_can_be_told",
        Claim::less(0.1, "went_wrong_nearest"),
    )]
}
