//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/chase.rs"]
mod chase;
#[path = "../../misconceptions/d_loss.rs"]
mod d_loss;
#[path = "../../misconceptions/farther.rs"]
mod farther;
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

#[test]
fn exercise_1_6() {
    use chase::*;
    let check = checks::chase;
    expect_diagnosis(check(d_moves_along), "the discriminator moves along");
    expect_diagnosis(check(d_of_the_start), "the discriminator of the start");
    expect_diagnosis(check(averaged_twice), "averaged twice");
    expect_diagnosis(check(mean_taken_back), "mean forgotten");
    expect_diagnosis(check(uphill), "uphill");
    expect_diagnosis(check(slope_forgotten), "slope forgotten");
    expect_diagnosis(check(ratio_upside_down), "ratio upside down");
    expect_diagnosis(check(noise_for_fakes), "noise for fakes");
    expect_diagnosis(check(two_sigmoids), "two sigmoids");
    expect_diagnosis(check(ahead_of_the_step), "ahead of the step");
    expect_diagnosis(check(half_a_step), "times a number");
    expect_diagnosis(check(the_last_alone), "number of steps");
}

#[test]
fn exercise_1_7() {
    use farther::*;
    let check = checks::farther;
    expect_diagnosis(check(the_line_is_flat), "the line is flat");
    expect_diagnosis(check(the_tail_is_thin), "the tail is thin");
    expect_diagnosis(check(twice_the_way), "twice the way");
    expect_diagnosis(check(the_end_takes_all), "the end takes all");
    expect_diagnosis(check(right_for_a_wrong_reason), "twice the way");
    expect_diagnosis(
        check(a_reason_without_its_number),
        "a reason without its number",
    );
}
