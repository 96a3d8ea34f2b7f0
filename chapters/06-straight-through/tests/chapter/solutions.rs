//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../../solutions/fsq_index.rs"]
mod fsq_index;
#[path = "../../solutions/gumbel_backward.rs"]
mod gumbel_backward;
#[path = "../../solutions/rotation_backward.rs"]
mod rotation_backward;
#[path = "../../solutions/score_gradient.rs"]
mod score_gradient;
#[path = "../../solutions/straight_through.rs"]
mod straight_through;

#[test]
fn exercise_6_1() {
    expect_pass(checks::straight_through(straight_through::straight_through));
}

#[test]
fn exercise_6_2() {
    expect_pass(checks::encoder_gradient(encoder_gradient::encoder_gradient));
}

#[test]
fn exercise_6_3() {
    expect_pass(checks::score_gradient(score_gradient::score_gradient));
}

#[test]
fn exercise_6_4() {
    expect_pass(checks::gumbel_backward(gumbel_backward::gumbel_backward));
}

#[test]
fn exercise_6_5() {
    expect_pass(checks::rotation_backward(
        rotation_backward::rotation_backward,
    ));
}

#[test]
fn exercise_6_6() {
    expect_pass(checks::fsq_index(fsq_index::fsq_index));
}
