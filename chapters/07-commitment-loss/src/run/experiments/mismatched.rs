//! Moving averages whose counts begin at zero and whose sums begin at the codebook, in training.

use lab::{Claim, Cost, Experiment, Lab};

use super::{every, times};
use crate::run::trial::{Case, Data, Start, ema, try_out};

pub const EXPERIMENT: Experiment = Experiment {
    name: "mismatched",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let matched = Case::new(ema(0.99, false), 0.25);
    let mismatched = Case { start: Start::Mismatched, ..matched };
    try_out(lab, &data, "matched", matched)?;
    try_out(lab, &data, "mismatched", mismatched)?;
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let alive = every::<String>("mismatched_alive");
    let evenly = ["mismatched_perplexity", "matched_perplexity"];
    let lost = ["matched_unexplained", "mismatched_unexplained"];
    vec![
        ("few_codes_come_back", Claim::all_below(alive, 6.0)),
        ("a_fifth_is_in_even_use", times(5.0, evenly[0], evenly[1])),
        ("twice_the_error", times(2.0, lost[0], lost[1])),
    ]
}
