//! Your answers: `cargo test -p straight-through --test exercises`.

use lab::expect_pass;

use straight_through_checks as checks;

#[path = "../exercises/clip.rs"]
mod clip;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../exercises/fsq_index.rs"]
mod fsq_index;
#[path = "../exercises/gumbel_backward.rs"]
mod gumbel_backward;
#[path = "../exercises/learn.rs"]
mod learn;
#[path = "../exercises/rotation_backward.rs"]
mod rotation_backward;
#[path = "../exercises/score_gradient.rs"]
mod score_gradient;
#[path = "../exercises/straight_through.rs"]
mod straight_through;

#[test]
fn exercise_6_1_straight_through() {
    expect_pass(checks::straight_through(straight_through::straight_through));
}

#[test]
fn exercise_6_2_encoder_gradient() {
    expect_pass(checks::encoder_gradient(encoder_gradient::encoder_gradient));
}

#[test]
fn exercise_6_3_score_gradient() {
    expect_pass(checks::score_gradient(score_gradient::score_gradient));
}

#[test]
fn exercise_6_4_gumbel_backward() {
    expect_pass(checks::gumbel_backward(gumbel_backward::gumbel_backward));
}

#[test]
fn exercise_6_5_rotation_backward() {
    expect_pass(checks::rotation_backward(
        rotation_backward::rotation_backward,
    ));
}

#[test]
fn exercise_6_6_fsq_index() {
    expect_pass(checks::fsq_index(fsq_index::fsq_index));
}

#[test]
fn exercise_6_7_learn() {
    expect_pass(checks::learn(learn::learn));
}

#[test]
fn exercise_6_8_clip() {
    expect_pass(checks::clip(clip::clip));
}

#[test]
fn exercise_6_9_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
