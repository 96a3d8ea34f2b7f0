//! Small priors that were to hear a wish, and what came of it: what exercise 10.11 shows.

use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use rayon::prelude::*;

use crate::plain; // `causes`, which the tests read too, finds it here

mod causes;

use causes::{
    ARTISTS, BITS, CATEGORIES, CAUSES, Cause, EVERY, Log, SCALES, SHOWN,
    STEPS, VARIED, apart, bounds, log,
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "heard",
    cost: Cost::Seconds,
    measure,
    figures: &[("heard", draw)],
    claims,
};

/// The last one is healthy.
const RUNS: [&str; 5] = ["a", "b", "c", "d", "healthy"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps = lab.by_scale(2 * EVERY, STEPS, STEPS);
    let each = lab.by_scale(4, EACH, EACH);
    lab.result("heard_steps", steps as f64, Within::Exactly)?;
    lab.result("heard_each", each as f64, Within::Exactly)?;
    let (best, kept) = bounds();
    for (what, bits) in ["told", "untold"].iter().zip(best) {
        let name = format!("heard_best_{what}");
        lab.result(&name, bits, Within::Absolute(1e-6))?;
    }
    for (what, share) in ["category", "artist"].iter().zip(kept) {
        let name = format!("heard_true_{what}");
        lab.result(&name, share, Within::Absolute(1e-6))?;
    }
    let seed = lab.seed();
    let shown = SHOWN.map(Some).into_iter().chain([None]);
    let shown: Vec<_> = shown.map(|cause| (cause, seed)).collect();
    let other = seed.wrapping_add(1);
    let others = CAUSES.map(Some).into_iter().chain([None]);
    let others: Vec<_> = others.map(|cause| (cause, other)).collect();
    let count = shown.len();
    let jobs: Vec<_> = shown.into_iter().chain(others).collect();
    let one = |(cause, seed)| (cause, log(cause, seed, steps, each));
    let logs: Vec<(Option<Cause>, Log)> =
        jobs.into_par_iter().with_max_len(1).map(one).collect();
    let (shown, others) = logs.split_at(count);
    for ((_, log), run) in shown.iter().zip(RUNS) {
        for (n, what) in ["told", "untold"].into_iter().enumerate() {
            let column = log.bits.iter().map(|bits| bits[n]);
            lab.column(&format!("{run}_{what}"), column)?;
        }
        let drawn = |of: fn(&causes::Drawn) -> f64| log.drawn.iter().map(of);
        lab.column(&format!("{run}_category"), drawn(|d| d.category))?;
        lab.column(&format!("{run}_artist"), drawn(|d| d.artist))?;
        lab.column(&format!("{run}_varied"), drawn(|d| d.varied))?;
    }
    lab.column("scale", SCALES)?;
    lab.column("step", (1..=steps / EVERY).map(|n| (n * EVERY) as f64))?;
    let nearest = nearest(&shown[..SHOWN.len()], others);
    lab.result("heard_nearest", nearest, Within::Absolute(0.1))
}

const SHARES: (f64, f64) = (0.0, 1.0);

/// Maps that are drawn for each wish.
const EACH: usize = 40;

/// Of each run that is shown and each other cause, or none, from another seed, how far apart the two are where they are farthest:
/// the least of these.
fn nearest(
    shown: &[(Option<Cause>, Log)],
    others: &[(Option<Cause>, Log)],
) -> f64 {
    let pairs = shown.iter().flat_map(|a| others.iter().map(move |b| (a, b)));
    let pairs = pairs.filter(|(a, b)| a.0 != b.0);
    let farthest = pairs.map(|((_, here), (_, there))| {
        let pairs = here.numbers().into_iter().zip(there.numbers());
        let each = pairs.enumerate().map(|(n, (a, b))| apart(n, a, b));
        each.fold(0.0, f64::max)
    });
    farthest.fold(f64::INFINITY, f64::min)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plots = Vec::new();
    for run in ["healthy", "a", "b", "c", "d"] {
        let title = match run {
            "healthy" => run.to_string(),
            letter => format!("run {}", letter.to_uppercase()),
        };
        let plot = |what: &str, x: &str, (low, high): (f64, f64)| {
            Plot::new(&format!("{title}: {what}"))
                .x(x, Axis::Linear)
                .y("", Axis::Linear)
                .y_range(low, high)
        };
        let curve = |x: &str, what: &str, (low, high): (f64, f64)| {
            let curve = of.curve(x, &format!("{run}_{what}"))?.into_iter();
            let cut = curve.map(|(t, v)| (t, v.clamp(low, high)));
            anyhow::Ok(cut.collect::<Vec<_>>())
        };
        plots.extend([
            plot("bits", "step", BITS)
                .line("told", curve("step", "told", BITS)?)
                .line("untold", curve("step", "untold", BITS)?)
                .horizontal("best", of.value("heard_best_told")?)
                .horizontal("", of.value("heard_best_untold")?),
            plot("as wished", "γ", SHARES)
                .colour(2)
                .line("category", curve("scale", "category", SHARES)?)
                .line("artist", curve("scale", "artist", SHARES)?)
                .horizontal("chance", 1.0 / CATEGORIES as f64)
                .horizontal("", 1.0 / ARTISTS as f64),
            plot("variety", "γ", VARIED)
                .colour(4)
                .line("", curve("scale", "varied", VARIED)?),
        ]);
    }
    panels(&plots, 3)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![("heard_each_can_be_told", Claim::less(0.1, "heard_nearest"))]
}
