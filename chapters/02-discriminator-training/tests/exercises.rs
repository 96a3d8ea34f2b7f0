//! Your answers: `cargo test -p discriminator-training --test exercises`.

use lab::expect_pass;

#[path = "chapter/checks.rs"]
mod checks;

#[path = "../exercises/accuracy.rs"]
mod accuracy;
#[path = "../exercises/d_step.rs"]
mod d_step;
#[path = "../exercises/detached.rs"]
mod detached;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/k_steps.rs"]
mod k_steps;
#[path = "../exercises/smoothed_loss.rs"]
mod smoothed_loss;
#[path = "../exercises/smoothed_optimal_d.rs"]
mod smoothed_optimal_d;

#[test]
fn exercise_2_1_d_step() {
    expect_pass(checks::d_step(d_step::d_step));
}

#[test]
fn exercise_2_2_detached() {
    expect_pass(checks::detached(detached::detached));
}

#[test]
fn exercise_2_3_smoothed_loss() {
    expect_pass(checks::smoothed_loss(smoothed_loss::smoothed_loss));
}

#[test]
fn exercise_2_4_smoothed_optimal_d() {
    expect_pass(checks::smoothed_optimal_d(
        smoothed_optimal_d::smoothed_optimal_d,
    ));
}

#[test]
fn exercise_2_5_accuracy() {
    expect_pass(checks::accuracy(accuracy::accuracy));
}

#[test]
fn exercise_2_6_k_steps() {
    expect_pass(checks::k_steps(k_steps::k_steps));
}

#[test]
fn exercise_2_7_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
