//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/bits.rs"]
mod bits;
#[path = "../../solutions/cheapest.rs"]
mod cheapest;
#[path = "../../solutions/col2im.rs"]
mod col2im;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/im2col.rs"]
mod im2col;
#[path = "../../solutions/mse_over_variance.rs"]
mod mse_over_variance;
#[path = "../../solutions/rarer.rs"]
mod rarer;
#[path = "../../solutions/residual_backward.rs"]
mod residual_backward;
#[path = "../../solutions/strided_backward.rs"]
mod strided_backward;
#[path = "../../solutions/train.rs"]
mod train;

#[test]
fn exercise_8_1() {
    expect_pass(checks::im2col(im2col::im2col));
}

#[test]
fn exercise_8_2() {
    expect_pass(checks::col2im(col2im::col2im));
}

#[test]
fn exercise_8_3() {
    expect_pass(checks::residual_backward(
        residual_backward::residual_backward,
    ));
}

#[test]
fn exercise_8_4() {
    expect_pass(checks::strided_backward(strided_backward::strided_backward));
}

#[test]
fn exercise_8_5() {
    expect_pass(checks::mse_over_variance(
        mse_over_variance::mse_over_variance,
    ));
}

#[test]
fn exercise_8_6() {
    expect_pass(checks::bits(bits::bits));
}

#[test]
fn exercise_8_7() {
    expect_pass(checks::cheapest(cheapest::cheapest));
}

#[test]
fn exercise_8_8() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_8_9() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_8_10() {
    expect_pass(checks::rarer(rarer::rarer));
}
