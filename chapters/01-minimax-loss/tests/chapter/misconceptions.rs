//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/d_loss.rs"]
mod d_loss;
#[path = "../../misconceptions/g_loss_backward.rs"]
mod g_loss_backward;
#[path = "../../misconceptions/jsd.rs"]
mod jsd;
#[path = "../../misconceptions/optimal_d.rs"]
mod optimal_d;
#[path = "../../misconceptions/value_gradient.rs"]
mod value_gradient;

#[test]
fn exercise_1_1() {
    use d_loss::*;
    let check = checks::d_loss;
    expect_diagnosis(check(labels_swapped), "labels swapped");
    expect_diagnosis(check(real_scored_twice), "real scored twice");
    expect_diagnosis(check(value_minimised), "value minimised");
    expect_diagnosis(check(fakes_only), "fakes only");
}

#[test]
fn exercise_1_2() {
    use g_loss_backward::*;
    let check = checks::g_loss_backward;
    expect_diagnosis(check(saturating), "saturating");
    expect_diagnosis(check(taught_to_be_caught), "sign");
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(at_the_probability), "at the probability");
}

#[test]
fn exercise_1_3() {
    use optimal_d::*;
    let check = checks::optimal_d;
    expect_diagnosis(check(verdict), "verdict");
    expect_diagnosis(check(sides_swapped), "sides swapped");
    expect_diagnosis(check(ratio), "ratio");
    expect_diagnosis(check(always_half), "always half");
}

#[test]
fn exercise_1_4() {
    use jsd::*;
    let check = checks::jsd;
    expect_diagnosis(check(sum_for_average), "sum");
    expect_diagnosis(check(without_midpoint), "no midpoint");
    expect_diagnosis(check(in_bits), "bits");
    expect_diagnosis(check(zero_times_infinity), "zero mass");
}

#[test]
fn exercise_1_5() {
    use value_gradient::*;
    let check = checks::value_gradient;
    expect_diagnosis(check(downhill), "downhill");
    expect_diagnosis(check(at_the_probability), "at the probability");
    expect_diagnosis(check(fakes_forgotten), "fakes forgotten");
}
