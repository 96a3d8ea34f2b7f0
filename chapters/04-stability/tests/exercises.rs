//! Your answers: `cargo test -p stability --test exercises`.

use lab::expect_pass;

use stability_checks as checks;

#[path = "../exercises/alternating.rs"]
mod alternating;
#[path = "../exercises/circle.rs"]
mod circle;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/jacobian.rs"]
mod jacobian;
#[path = "../exercises/normalised_backward.rs"]
mod normalised_backward;
#[path = "../exercises/packing.rs"]
mod packing;
#[path = "../exercises/penalty_gradient.rs"]
mod penalty_gradient;
#[path = "../exercises/r1_gradient.rs"]
mod r1_gradient;
#[path = "../exercises/spectral_radius.rs"]
mod spectral_radius;
#[path = "../exercises/steadier.rs"]
mod steadier;
#[path = "../exercises/train.rs"]
mod train;

#[test]
fn exercise_4_1_jacobian() {
    expect_pass(checks::jacobian(jacobian::jacobian));
}

#[test]
fn exercise_4_2_alternating() {
    expect_pass(checks::alternating(alternating::alternating));
}

#[test]
fn exercise_4_3_spectral_radius() {
    expect_pass(checks::spectral_radius(spectral_radius::spectral_radius));
}

#[test]
fn exercise_4_4_normalised_backward() {
    let answer = normalised_backward::normalised_backward;
    expect_pass(checks::normalised_backward(answer));
}

#[test]
fn exercise_4_7_penalty_gradient() {
    expect_pass(checks::penalty_gradient(penalty_gradient::penalty_gradient));
}

#[test]
fn exercise_4_10_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_4_5_circle() {
    expect_pass(checks::circle(circle::circle));
}

#[test]
fn exercise_4_6_train() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_4_11_steadier() {
    expect_pass(checks::steadier(steadier::steadier));
}

#[test]
fn exercise_4_8_r1_gradient() {
    expect_pass(checks::r1_gradient(r1_gradient::r1_gradient));
}

#[test]
fn exercise_4_9_packing() {
    expect_pass(checks::packing(packing::packed));
}
