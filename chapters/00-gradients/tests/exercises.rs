//! Your answers: `cargo test -p gradients --test exercises`.

use lab::expect_pass;

use gradients_checks as checks;

#[path = "../exercises/adam_step.rs"]
mod adam_step;
#[path = "../exercises/bce_backward.rs"]
mod bce_backward;
#[path = "../exercises/bce_with_logits.rs"]
mod bce_with_logits;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/linear_backward.rs"]
mod linear_backward;
#[path = "../exercises/numeric_gradient.rs"]
mod numeric_gradient;
#[path = "../exercises/train.rs"]
mod train;
#[path = "../exercises/without_relu.rs"]
mod without_relu;

#[test]
fn exercise_0_1_linear_backward() {
    expect_pass(checks::linear_backward(linear_backward::linear_backward));
}

#[test]
fn exercise_0_2_bce_with_logits() {
    expect_pass(checks::bce_with_logits(bce_with_logits::bce_with_logits));
}

#[test]
fn exercise_0_3_bce_backward() {
    expect_pass(checks::bce_backward(bce_backward::bce_backward));
}

#[test]
fn exercise_0_4_numeric_gradient() {
    expect_pass(checks::numeric_gradient(numeric_gradient::numeric_gradient));
}

#[test]
fn exercise_0_5_adam_step() {
    expect_pass(checks::adam_step(adam_step::adam_step));
}

#[test]
fn exercise_0_6_train() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_0_7_without_relu() {
    expect_pass(checks::without_relu(without_relu::without_relu));
}

#[test]
fn exercise_0_8_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
