//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/adaptive_weight.rs"]
mod adaptive_weight;
#[path = "../../solutions/fades.rs"]
mod fades;
#[path = "../../solutions/perceptual_backward.rs"]
mod perceptual_backward;
#[path = "../../solutions/perceptual_distance.rs"]
mod perceptual_distance;
#[path = "../../solutions/sees.rs"]
mod sees;
#[path = "../../solutions/space_to_depth.rs"]
mod space_to_depth;
#[path = "../../solutions/train_step.rs"]
mod train_step;

#[test]
fn exercise_10_1() {
    expect_pass(checks::space_to_depth(space_to_depth::space_to_depth));
}

#[test]
fn exercise_10_2() {
    expect_pass(checks::perceptual_distance(
        perceptual_distance::perceptual_distance,
    ));
}

#[test]
fn exercise_10_3() {
    expect_pass(checks::perceptual_backward(
        perceptual_backward::perceptual_backward,
    ));
}

#[test]
fn exercise_10_4() {
    expect_pass(checks::sees(sees::sees));
}

#[test]
fn exercise_10_5() {
    expect_pass(checks::adaptive_weight(adaptive_weight::adaptive_weight));
}

#[test]
fn exercise_10_6() {
    expect_pass(checks::train_step(train_step::train_step));
}

#[test]
fn exercise_10_7() {
    expect_pass(checks::fades(fades::fades));
}
