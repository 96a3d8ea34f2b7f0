//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/adam_step.rs"]
mod adam_step;
#[path = "../../misconceptions/bce_backward.rs"]
mod bce_backward;
#[path = "../../misconceptions/bce_with_logits.rs"]
mod bce_with_logits;
#[path = "../../misconceptions/linear_backward.rs"]
mod linear_backward;
#[path = "../../misconceptions/numeric_gradient.rs"]
mod numeric_gradient;

#[test]
fn exercise_0_1() {
    use linear_backward::*;
    let check = checks::linear_backward;
    expect_diagnosis(check(weights_not_transposed), "weights not transposed");
    expect_diagnosis(check(bias_averaged), "bias averaged");
    expect_diagnosis(check(weights_averaged), "weights averaged");
}

#[test]
fn exercise_0_2() {
    use bce_with_logits::*;
    let check = checks::bce_with_logits;
    expect_diagnosis(check(log_of_a_probability), "log of a probability");
    expect_diagnosis(check(sigmoid_twice), "sigmoid twice");
    expect_diagnosis(check(sum_for_mean), "sum for mean");
}

#[test]
fn exercise_0_3() {
    use bce_backward::*;
    let check = checks::bce_backward;
    expect_diagnosis(check(sign_turned), "sign");
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(squared_error_in_disguise), "extra derivative");
}

#[test]
fn exercise_0_4() {
    use numeric_gradient::*;
    let check = checks::numeric_gradient;
    expect_diagnosis(check(forward_only), "forward difference");
    expect_diagnosis(check(divided_by_one_step), "distance");
    expect_diagnosis(check(not_put_back), "not put back");
}

#[test]
fn exercise_0_5() {
    use adam_step::*;
    let check = checks::adam_step;
    expect_diagnosis(check(means_not_corrected), "not corrected");
    expect_diagnosis(check(mean_of_sizes), "no root");
    expect_diagnosis(check(uphill), "uphill");
}
