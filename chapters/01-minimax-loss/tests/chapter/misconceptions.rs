//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/chase.rs"]
mod chase;
#[path = "../../misconceptions/d_loss.rs"]
mod d_loss;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/farther.rs"]
mod farther;
#[path = "../../misconceptions/g_loss_backward.rs"]
mod g_loss_backward;
#[path = "../../misconceptions/jsd.rs"]
mod jsd;
#[path = "../../misconceptions/optimal_d.rs"]
mod optimal_d;
#[path = "../../misconceptions/value_curvature.rs"]
mod value_curvature;

#[test]
fn exercise_1_1() {
    use d_loss::*;
    let check = checks::d_loss;
    expect_diagnosis(check(labels_swapped), "labels swapped");
    expect_diagnosis(check(real_scored_twice), "real scored twice");
    expect_diagnosis(check(value_minimised), "value minimised");
    expect_diagnosis(check(fakes_only), "fakes only");
    expect_diagnosis(check(one_mean), "one mean");
    expect_diagnosis(check(halved), "halved");
    expect_diagnosis(check(typed_in), "overflow");
}

#[test]
fn exercise_1_2() {
    use g_loss_backward::*;
    let check = checks::g_loss_backward;
    expect_diagnosis(check(saturating), "saturating");
    expect_diagnosis(check(alpha_ignored), "alpha ignored");
    expect_diagnosis(check(weights_swapped), "weights swapped");
    expect_diagnosis(check(taught_to_be_caught), "sign");
    expect_diagnosis(check(inner_minus_lost), "a sign inside");
    expect_diagnosis(check(overflowing), "overflow");
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
    expect_diagnosis(check(share_ignored), "share ignored");
    expect_diagnosis(check(shares_swapped), "shares swapped");
    expect_diagnosis(check(fakes_not_weighted), "fakes not weighted");
    expect_diagnosis(check(half_where_empty), "empty cell");
    expect_diagnosis(check(not_a_number_where_empty), "empty cell");
    expect_diagnosis(check(epsilon), "tails");
}

#[test]
fn exercise_1_4() {
    use jsd::*;
    let check = checks::jsd;
    expect_diagnosis(check(sum_for_average), "sum");
    expect_diagnosis(check(without_midpoint), "no midpoint");
    expect_diagnosis(check(in_bits), "bits");
    expect_diagnosis(check(zero_times_infinity), "zero mass");
    expect_diagnosis(check(plain_midpoint), "plain midpoint");
    expect_diagnosis(check(plain_mean), "plain mean");
    expect_diagnosis(check(weights_swapped), "weights swapped");
    expect_diagnosis(check(the_other_way_round), "the other way round");
    expect_diagnosis(check(shared_cells_alone), "zero cells");
}

#[test]
fn exercise_1_5() {
    use value_curvature::*;
    let check = checks::value_curvature;
    expect_diagnosis(check(upward), "upward");
    expect_diagnosis(check(the_slope), "the slope");
    expect_diagnosis(check(at_the_probability), "at the probability");
    expect_diagnosis(
        check(sigmoid_not_differentiated),
        "sigmoid not differentiated",
    );
    expect_diagnosis(check(constant_kept), "constant kept");
    expect_diagnosis(check(averaged), "averaged");
    expect_diagnosis(check(overflowing), "overflow");
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
    expect_diagnosis(check(the_loss_ignored), "the loss ignored");
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

#[test]
fn exercise_1_8() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(hardly_moves_is_saturating), "saturating");
    expect_diagnosis(check(jumps_are_long_steps), "long steps");
    expect_diagnosis(check(away_is_the_wrong_sign), "wrong sign");
    expect_diagnosis(check(away_is_targets_swapped), "targets swapped");
    expect_diagnosis(check(fooled_is_targets_swapped), "targets swapped");
    expect_diagnosis(check(past_the_data_is_long_steps), "long steps");
    expect_diagnosis(check(a_sure_d_was_stopped), "stopped");
}
