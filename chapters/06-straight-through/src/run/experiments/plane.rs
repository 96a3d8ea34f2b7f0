//! An encoder learns to use a codebook that stands still.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};

use super::plane_training::{Run, run};
use super::{draw_cells, draw_points};
use crate::training::Past;

pub const EXPERIMENT: Experiment = Experiment {
    name: "plane",
    cost: Cost::Seconds,
    measure,
    figures: &[("plane", draw), ("plane_loss", draw_loss)],
    claims,
};

const CASES: [(&str, &str, Past); 2] = [
    ("without", "encoder told nothing", Past::Nothing),
    ("straight_through", "straight-through", Past::StraightThrough),
];
const SEEDS: usize = 5;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let steps: u64 = lab.by_scale(100, 1000, 5000);
    lab.result("plane_steps", steps as f64, Within::Exactly)?;
    let early = lab.by_scale(60, 100, 100);
    lab.result("plane_early_steps", early as f64, Within::Exactly)?;
    for (name, _, past) in CASES {
        let runs = (1..=SEEDS).map(|seed| run(lab, (name, &past), seed));
        let runs = runs.collect::<anyhow::Result<Vec<_>>>()?;
        let of = |f: fn(&Run) -> f64| runs.iter().map(f).collect::<Vec<_>>();
        let moved = match past {
            Past::Nothing => Within::Exactly,
            _ => Within::Factor(2.0),
        };
        for (what, numbers, within) in [
            ("mse_over_variance", of(|r| r.error), Within::Absolute(0.1)),
            ("mse_at_half", of(|r| r.half.0), Within::Absolute(0.1)),
            ("codes_used", of(|r| r.used), Within::Absolute(1.0)),
            ("latent_length", of(|r| r.length), Within::Factor(2.0)),
            ("length_at_half", of(|r| r.half.1), Within::Factor(2.0)),
            ("code_length", of(|r| r.code_length), Within::Relative(1e-6)),
            ("bracket_err", of(|r| r.bracket), Within::Factor(4.0)),
            ("encoder_moved", of(|r| r.moved), moved),
        ] {
            lab.over_seeds(
                &format!("plane_{what}_{name}"),
                &numbers,
                within,
            )?;
        }
        let floor = runs[0].floor;
        if past == Past::Nothing {
            lab.result("plane_floor", floor, Within::Relative(1e-3))?;
        }
        for (column, numbers) in &runs[0].columns {
            lab.column(&format!("{name}_{column}"), numbers.iter().copied())?;
        }
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let panel = |(name, label, _): (&str, &str, Past)| {
        let codes = draw_points(of, &format!("{name}_code"))?;
        let plot = draw_cells(Plot::new(label), &codes, 3.0).colour(0);
        let latents = draw_points(of, &format!("{name}_early"))?;
        anyhow::Ok(plot.points("latent", latents))
    };
    let [told_nothing, told] = CASES;
    lab::panels(&[panel(told_nothing)?, panel(told)?], 1)
}

fn draw_loss(of: &Measurements) -> anyhow::Result<String> {
    let plot =
        |title, y, axis| Plot::new(title).x("step", Axis::Linear).y(y, axis);
    let mut errors = plot("error", "MSE / variance, unseen", Axis::Linear)
        .y_range(0.0, 1.2);
    let mut lengths =
        plot("length of the latents", "root mean square", Axis::Log);
    for (name, label, _) in CASES {
        let curve =
            |y| of.curve(&format!("{name}_step"), &format!("{name}_{y}"));
        errors = errors.line(label, curve("error")?);
        lengths = lengths.line(label, curve("length")?);
    }
    let floor = of.value("plane_floor")?;
    let errors = errors.horizontal("spread of a cluster", floor);
    let codes = of.value("plane_code_length_without@1")?;
    let lengths = lengths.horizontal("codes", codes);
    lab::panels(&[errors, lengths], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (told, alone) = ("straight_through", "without");
    let of = |what: &str, case: &str| format!("plane_{what}_{case}");
    let every = |what: &str, case: &str| {
        let names = lab::over_seeds(&of(what, case), SEEDS);
        names.into_iter().map(Into::into).collect::<Vec<_>>()
    };
    let error = |case| of("mse_over_variance", case);
    let [moved, stuck] =
        [told, alone].map(|case| every("encoder_moved", case));
    let used = [alone, told].map(|case| of("codes_used", case));
    let floor = vec!["plane_floor".into(); SEEDS];
    let length = every("latent_length", told);
    let at_half = every("length_at_half", told);
    let [lost, kept] = [told, alone].map(|case| every("bracket_err", case));
    vec![
        (
            "told_nothing_it_stays",
            Claim::Equal(0.0, stuck, vec![0.0.into(); SEEDS], moved),
        ),
        (
            "it_works_all_the_same",
            Claim::less_over_seeds(&error(told), &error(alone), SEEDS),
        ),
        (
            "the_number_of_codes_does_not_tell",
            Claim::undecided(&used[0], &used[1], SEEDS),
        ),
        (
            "far_from_what_is_possible",
            Claim::Times(5.0, floor, every("mse_over_variance", told)),
        ),
        (
            "latents_leave",
            Claim::Times(30.0, every("code_length", told), length.clone()),
        ),
        ("latents_go_on_leaving", Claim::Times(2.0, at_half, length)),
        (
            "the_loss_does_not_mind",
            Claim::undecided(&of("mse_at_half", told), &error(told), SEEDS),
        ),
        ("the_bracket_loses_digits", Claim::Times(10.0, kept, lost)),
    ]
}
