//! Your answers: `cargo test -p vq-gan --test exercises`.

use lab::expect_pass;

use vq_gan_checks as checks;

#[path = "../exercises/adaptive_weight.rs"]
mod adaptive_weight;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/diagnose_wish.rs"]
mod diagnose_wish;
#[path = "../exercises/draw_wish.rs"]
mod draw_wish;
#[path = "../exercises/fades.rs"]
mod fades;
#[path = "../exercises/leans.rs"]
mod leans;
#[path = "../exercises/perceptual_backward.rs"]
mod perceptual_backward;
#[path = "../exercises/perceptual_distance.rs"]
mod perceptual_distance;
#[path = "../exercises/sees.rs"]
mod sees;
#[path = "../exercises/space_to_depth.rs"]
mod space_to_depth;
#[path = "../exercises/train_step.rs"]
mod train_step;

#[test]
fn exercise_10_1_space_to_depth() {
    expect_pass(checks::space_to_depth(space_to_depth::space_to_depth));
}

#[test]
fn exercise_10_2_perceptual_distance() {
    expect_pass(checks::perceptual_distance(
        perceptual_distance::perceptual_distance,
    ));
}

#[test]
fn exercise_10_3_perceptual_backward() {
    expect_pass(checks::perceptual_backward(
        perceptual_backward::perceptual_backward,
    ));
}

#[test]
fn exercise_10_4_sees() {
    expect_pass(checks::sees(sees::sees));
}

#[test]
fn exercise_10_5_adaptive_weight() {
    expect_pass(checks::adaptive_weight(adaptive_weight::adaptive_weight));
}

#[test]
fn exercise_10_6_train_step() {
    expect_pass(checks::train_step(train_step::train_step));
}

#[test]
fn exercise_10_7_fades() {
    expect_pass(checks::fades(fades::fades));
}

#[test]
fn exercise_10_8_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_10_9_draw_wish() {
    expect_pass(checks::draw_wish(draw_wish::draw_wish));
}

#[test]
fn exercise_10_10_leans() {
    expect_pass(checks::leans(leans::leans));
}

#[test]
fn exercise_10_11_diagnose_wish() {
    expect_pass(checks::diagnose_wish(diagnose_wish::diagnose_wish));
}
