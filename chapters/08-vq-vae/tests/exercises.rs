//! Your answers: `cargo test -p vq-vae --test exercises`.

use lab::expect_pass;

use vq_vae_checks as checks;

#[path = "../exercises/bits.rs"]
mod bits;
#[path = "../exercises/cheapest.rs"]
mod cheapest;
#[path = "../exercises/col2im.rs"]
mod col2im;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/im2col.rs"]
mod im2col;
#[path = "../exercises/mse_over_variance.rs"]
mod mse_over_variance;
#[path = "../exercises/rarer.rs"]
mod rarer;
#[path = "../exercises/residual_backward.rs"]
mod residual_backward;
#[path = "../exercises/strided_backward.rs"]
mod strided_backward;
#[path = "../exercises/train.rs"]
mod train;

#[test]
fn exercise_8_1_im2col() {
    expect_pass(checks::im2col(im2col::im2col));
}

#[test]
fn exercise_8_2_col2im() {
    expect_pass(checks::col2im(col2im::col2im));
}

#[test]
fn exercise_8_3_residual_backward() {
    expect_pass(checks::residual_backward(
        residual_backward::residual_backward,
    ));
}

#[test]
fn exercise_8_4_strided_backward() {
    expect_pass(checks::strided_backward(strided_backward::strided_backward));
}

#[test]
fn exercise_8_5_mse_over_variance() {
    expect_pass(checks::mse_over_variance(
        mse_over_variance::mse_over_variance,
    ));
}

#[test]
fn exercise_8_6_bits() {
    expect_pass(checks::bits(bits::bits));
}

#[test]
fn exercise_8_7_cheapest() {
    expect_pass(checks::cheapest(cheapest::cheapest));
}

#[test]
fn exercise_8_8_train() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_8_9_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_8_10_rarer() {
    expect_pass(checks::rarer(rarer::rarer));
}
