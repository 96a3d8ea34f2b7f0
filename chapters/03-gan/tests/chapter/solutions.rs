//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/collapsed.rs"]
mod collapsed;
#[path = "../../solutions/frechet.rs"]
mod frechet;
#[path = "../../solutions/g_step.rs"]
mod g_step;
#[path = "../../solutions/interpolate.rs"]
mod interpolate;
#[path = "../../solutions/through.rs"]
mod through;

#[test]
fn exercise_3_1() {
    expect_pass(checks::g_step(g_step::g_step));
}

#[test]
fn exercise_3_2() {
    expect_pass(checks::through(through::through));
}

#[test]
fn exercise_3_3() {
    expect_pass(checks::collapsed(collapsed::lost_modes));
}

#[test]
fn exercise_3_4() {
    expect_pass(checks::interpolate(interpolate::interpolate));
}

#[test]
fn exercise_3_5() {
    expect_pass(checks::frechet(frechet::frechet));
}
