//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/accuracy.rs"]
mod accuracy;
#[path = "../../solutions/d_step.rs"]
mod d_step;
#[path = "../../solutions/detached.rs"]
mod detached;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/k_steps.rs"]
mod k_steps;
#[path = "../../solutions/smoothed_loss.rs"]
mod smoothed_loss;
#[path = "../../solutions/smoothed_optimal_d.rs"]
mod smoothed_optimal_d;

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
    expect_pass(checks::smoothed_loss(smoothed_loss::smoothed_loss));
}

#[test]
fn exercise_2_4() {
    expect_pass(checks::smoothed_optimal_d(
        smoothed_optimal_d::smoothed_optimal_d,
    ));
}

#[test]
fn exercise_2_5() {
    expect_pass(checks::accuracy(accuracy::accuracy));
}

#[test]
fn exercise_2_6() {
    expect_pass(checks::k_steps(k_steps::k_steps));
}

#[test]
fn exercise_2_7() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
