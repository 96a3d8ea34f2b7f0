//! Your answers: `cargo test -p discriminator-training --test exercises`.

use lab::expect_pass;

use discriminator_training_checks as checks;

#[path = "../exercises/balanced_accuracy.rs"]
mod balanced_accuracy;
#[path = "../exercises/d_step.rs"]
mod d_step;
#[path = "../exercises/detached.rs"]
mod detached;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/k_steps.rs"]
mod k_steps;
#[path = "../exercises/six_tenths.rs"]
mod six_tenths;
#[path = "../exercises/smoothed_floor.rs"]
mod smoothed_floor;
#[path = "../exercises/unsmooth.rs"]
mod unsmooth;

#[test]
fn exercise_2_1_d_step() {
    expect_pass(checks::d_step(d_step::d_step));
}

#[test]
fn exercise_2_2_detached() {
    expect_pass(checks::detached(detached::detached));
}

#[test]
fn exercise_2_3_unsmooth() {
    expect_pass(checks::unsmooth(unsmooth::unsmooth));
}

#[test]
fn exercise_2_4_smoothed_floor() {
    expect_pass(checks::smoothed_floor(smoothed_floor::smoothed_floor));
}

#[test]
fn exercise_2_5_balanced_accuracy() {
    expect_pass(checks::balanced_accuracy(
        balanced_accuracy::balanced_accuracy,
    ));
}

#[test]
fn exercise_2_6_k_steps() {
    expect_pass(checks::k_steps(k_steps::k_steps));
}

#[test]
fn exercise_2_7_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_2_8_six_tenths() {
    expect_pass(checks::six_tenths(six_tenths::six_tenths));
}
