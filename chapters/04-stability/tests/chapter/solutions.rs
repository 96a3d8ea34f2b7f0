//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/alternating.rs"]
mod alternating;
#[path = "../../solutions/circle.rs"]
mod circle;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/jacobian.rs"]
mod jacobian;
#[path = "../../solutions/normalised_backward.rs"]
mod normalised_backward;
#[path = "../../solutions/packing.rs"]
mod packing;
#[path = "../../solutions/penalty_gradient.rs"]
mod penalty_gradient;
#[path = "../../solutions/r1_gradient.rs"]
mod r1_gradient;
#[path = "../../solutions/spectral_radius.rs"]
mod spectral_radius;
#[path = "../../solutions/steadier.rs"]
mod steadier;
#[path = "../../solutions/train.rs"]
mod train;

#[test]
fn exercise_4_1() {
    expect_pass(checks::jacobian(jacobian::jacobian));
}

#[test]
fn exercise_4_2() {
    expect_pass(checks::alternating(alternating::alternating));
}

#[test]
fn exercise_4_3() {
    expect_pass(checks::spectral_radius(spectral_radius::spectral_radius));
}

#[test]
fn exercise_4_4() {
    let answer = normalised_backward::normalised_backward;
    expect_pass(checks::normalised_backward(answer));
}

#[test]
fn exercise_4_7() {
    expect_pass(checks::penalty_gradient(penalty_gradient::penalty_gradient));
}

#[test]
fn exercise_4_10() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_4_5() {
    expect_pass(checks::circle(circle::circle));
}

#[test]
fn exercise_4_6() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_4_11() {
    expect_pass(checks::steadier(steadier::steadier));
}

#[test]
fn exercise_4_8() {
    expect_pass(checks::r1_gradient(r1_gradient::r1_gradient));
}

#[test]
fn exercise_4_9() {
    expect_pass(checks::packing(packing::packed));
}
