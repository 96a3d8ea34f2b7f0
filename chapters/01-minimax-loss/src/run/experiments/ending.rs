//! The end of the game: what the generator's loss still asks of the logit, and what reaches the generator.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::array;

use super::{Backward, noise, race::slope};
use crate::plain::g_loss_non_saturating_backward;

pub const EXPERIMENT: Experiment = Experiment {
    name: "ending",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let in_use: Backward = g_loss_non_saturating_backward;
    let at_logit = in_use(&array![[0.0]])[[0, 0]];
    lab.result("end_gradient_at_logit", at_logit, Within::Absolute(1e-12))?;
    let (z, mass) = noise();
    for (at, mean) in [("the_end", 0.0), ("half_a_deviation", 0.5)] {
        let slope = slope(in_use, mean, &z, &mass);
        let name = format!("slope_at_{at}");
        lab.result(&name, slope, Within::Absolute(1e-9))?;
    }
    Ok(())
}

fn claims() -> Vec<(&'static str, Claim)> {
    let (end, before) = ("slope_at_the_end", "slope_at_half_a_deviation");
    vec![
        ("the_end_is_flat", Claim::equal(1e-9, end, 0.0, before)),
        (
            "not_so_at_the_logit",
            Claim::equal(1e-12, "end_gradient_at_logit", -0.5, 0.0),
        ),
    ]
}
