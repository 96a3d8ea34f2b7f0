//! Two starts, each with and without revival.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Within};

use super::{every, less, note_steps, over_steps, times, undecided};
use crate::quantizer::Revival;
use crate::run::trial::{
    Case, Data, EMA, K, Run, Start, fate, milestones, try_out,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "dead-codes",
    cost: Cost::Minutes,
    measure,
    figures: &[("perplexity", draw)],
    claims,
};

/// Name, label and what is trained.
pub const CASES: [(&str, &str, fn() -> Case); 4] = [
    ("random", "random start", || case(Start::Random, false)),
    ("random_revived", "… with revival", || case(Start::Random, true)),
    ("latents", "start from the latents", || case(Start::Latents, false)),
    ("latents_revived", "… with revival", || case(Start::Latents, true)),
];

/// How many codes started again, and the perplexity at first and a little later.
const SEEN: [(&str, fn(&Run) -> f64); 3] = [
    ("started_again", |run| run.now.revived as f64),
    ("first", |run| run.seen[0][3]),
    ("early", |run| run.seen[1][3]),
];

fn case(start: Start, revived: bool) -> Case {
    let mut case = Case { start, ..Case::new(EMA, 0.25) };
    case.settings.revival = revived.then_some(Revival { threshold: 0.1 });
    case
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    note_steps(lab)?;
    let early = milestones(lab)[1] as f64;
    lab.result("early_steps", early, Within::Exactly)?;
    for (name, _, case) in CASES {
        let runs = try_out(lab, &data, name, case())?;
        let few = Within::Absolute(4.0);
        for (what, of) in SEEN {
            let seen: Vec<f64> = runs.iter().map(of).collect();
            lab.over_seeds(&format!("{name}_{what}"), &seen, few)?;
        }
        if name == "random" {
            let (mut asleep, mut still) = (vec![], vec![]);
            for run in &runs {
                let fate = fate(run, &data)?;
                asleep.push(fate[0]);
                still.push(fate[1]);
            }
            lab.over_seeds("asleep", &asleep, few)?;
            lab.over_seeds("still_asleep", &still, few)?;
        }
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot =
        over_steps("perplexity", Axis::Linear).y_range(0.0, K as f64 + 3.0);
    for (name, label, _) in CASES {
        let course = of.curve("step", &format!("{name}_perplexity"))?;
        plot = plot.line(label, course);
    }
    plot.horizontal("K", K as f64).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let [even, lost] = ["perplexity", "unexplained"]
        .map(|what| move |name: &str| format!("{name}_{what}"));
    let still = every::<String>("still_asleep");
    let (random, revived) = ("random", "random_revived");
    let (latents, both) = ("latents", "latents_revived");
    vec![
        ("many_sleep_on", Claim::all_above(still, 7.0)),
        ("revival_beats_a_good_start", less(&even(latents), &even(revived))),
        ("and_in_error_too", less(&lost(revived), &lost(latents))),
        ("revival_mends_a_random_start", less(&lost(revived), &lost(random))),
        ("revival_mends_a_good_start", less(&lost(both), &lost(latents))),
        ("a_good_start_beats_a_bad_one", less(&lost(latents), &lost(random))),
        (
            "revived_the_start_shows_not",
            undecided(&lost(both), &lost(revived)),
        ),
        (
            "a_good_start_is_soon_stale",
            times(1.5, "latents_early", "latents_first"),
        ),
    ]
}
