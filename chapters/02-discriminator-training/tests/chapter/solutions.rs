//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/balanced_accuracy.rs"]
mod balanced_accuracy;
#[path = "../../solutions/d_step.rs"]
mod d_step;
#[path = "../../solutions/detached.rs"]
mod detached;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/k_steps.rs"]
mod k_steps;
#[path = "../../solutions/six_tenths.rs"]
mod six_tenths;
#[path = "../../solutions/smoothed_floor.rs"]
mod smoothed_floor;
#[path = "../../solutions/unsmooth.rs"]
mod unsmooth;

#[test]
fn exercise_2_1() {
    expect_pass(checks::d_step(d_step::d_step));
}

#[test]
fn exercise_2_2() {
    expect_pass(checks::detached(detached::detached));
}

#[test]
fn exercise_2_3() {
    expect_pass(checks::unsmooth(unsmooth::unsmooth));
}

#[test]
fn exercise_2_4() {
    expect_pass(checks::smoothed_floor(smoothed_floor::smoothed_floor));
}

#[test]
fn exercise_2_5() {
    expect_pass(checks::balanced_accuracy(
        balanced_accuracy::balanced_accuracy,
    ));
}

#[test]
fn exercise_2_6() {
    expect_pass(checks::k_steps(k_steps::k_steps));
}

#[test]
fn exercise_2_7() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_2_8() {
    expect_pass(checks::six_tenths(six_tenths::six_tenths));
}
