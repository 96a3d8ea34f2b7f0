//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/clip.rs"]
mod clip;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../../misconceptions/fsq_index.rs"]
mod fsq_index;
#[path = "../../misconceptions/gumbel_backward.rs"]
mod gumbel_backward;
#[path = "../../misconceptions/learn.rs"]
mod learn;
#[path = "../../misconceptions/rotation_backward.rs"]
mod rotation_backward;
#[path = "../../misconceptions/score_gradient.rs"]
mod score_gradient;
#[path = "../../misconceptions/straight_through.rs"]
mod straight_through;

#[test]
fn exercise_6_1() {
    use straight_through::*;
    let check = checks::straight_through;
    expect_diagnosis(check(not_stopped), "not stopped");
    expect_diagnosis(check(not_quantised), "not quantised");
    expect_diagnosis(check(to_both), "to both");
    expect_diagnosis(check(bracket_reversed), "bracket reversed");
}

#[test]
fn exercise_6_2() {
    use encoder_gradient::*;
    let check = checks::encoder_gradient;
    expect_diagnosis(check(true_derivative), "true derivative");
    expect_diagnosis(check(lookup_left_out), "lookup left out");
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(pulled_to_the_code), "pulled to the code");
}

#[test]
fn exercise_6_3() {
    use score_gradient::*;
    let check = checks::score_gradient;
    expect_diagnosis(check(nothing_taken_off), "nothing taken off");
    expect_diagnosis(check(own_loss_in_the_mean), "own loss in the mean");
    expect_diagnosis(check(sum_of_the_others), "sum of the others");
    expect_diagnosis(check(divided_twice), "divided twice");
    expect_diagnosis(check(width_forgotten), "width forgotten");
    expect_diagnosis(check(sum_for_mean), "sum for mean");
    expect_diagnosis(check(downhill), "downhill");
}

#[test]
fn exercise_6_4() {
    use gumbel_backward::*;
    let check = checks::gumbel_backward;
    expect_diagnosis(check(temperature_forgotten), "temperature forgotten");
    expect_diagnosis(check(each_share_alone), "each share alone");
    expect_diagnosis(check(distance_for_logit), "distance for logit");
    expect_diagnosis(check(square_forgotten), "square forgotten");
}

#[test]
fn exercise_6_5() {
    use rotation_backward::*;
    let check = checks::rotation_backward;
    expect_diagnosis(check(turned_forward), "turned forward");
    expect_diagnosis(check(length_forgotten), "length forgotten");
    expect_diagnosis(check(length_upside_down), "length upside down");
    expect_diagnosis(check(straight), "straight");
}

#[test]
fn exercise_6_6() {
    use fsq_index::*;
    let check = checks::fsq_index;
    expect_diagnosis(check(first_digit_highest), "first digit highest");
    expect_diagnosis(check(one_base_for_all), "one base for all");
    expect_diagnosis(check(one_level_too_many), "one level too many");
    expect_diagnosis(check(clipped), "clipped");
}

#[test]
fn exercise_6_7() {
    use learn::*;
    let check = checks::learn;
    expect_diagnosis(check(lookup_left_out), "lookup left out");
    expect_diagnosis(check(nothing_passed), "nothing passed");
    expect_diagnosis(check(new_adams), "new Adams");
    expect_diagnosis(check(decoder_first), "decoder first");
    expect_diagnosis(check(means_afterwards), "means afterwards");
    expect_diagnosis(check(codebook_first), "codebook first");
    expect_diagnosis(check(unused_to_zero), "unused to zero");
    expect_diagnosis(check(shares_swapped), "shares swapped");
    let added = check(gradients_not_cleared);
    expect_diagnosis(added, "gradients not cleared");
}

#[test]
fn exercise_6_8() {
    use clip::*;
    let check = checks::clip;
    expect_diagnosis(check(a_step_is_a_step), "a step is a step");
    let aim = check(the_mean_code_is_the_aim);
    expect_diagnosis(aim, "the mean code is the aim");
    let less = check(the_worse_code_says_less);
    expect_diagnosis(less, "the worse code says less");
    expect_diagnosis(check(both_equally_often), "both equally often");
    expect_diagnosis(check(tried_out), "both equally often");
    let number = check(shares_upside_down);
    expect_diagnosis(number, "a reason without its number");
}

#[test]
fn exercise_6_9() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(a_gap_is_a_lookup_left_out), "lookup left out");
    let short = check(short_is_taken_at_the_latent);
    expect_diagnosis(short, "taken at the latent");
    let high = check(a_high_error_is_nothing_passed);
    expect_diagnosis(high, "nothing passed");
    expect_diagnosis(check(restless_is_long_steps), "long steps");
    expect_diagnosis(check(astray_is_turned_forward), "turned forward");
    expect_diagnosis(check(level_is_nothing_passed), "nothing passed");
}

/// Each slip gives something else than what is right, and than every other slip.
#[test]
fn slips_can_be_told_apart() {
    assert_eq!(checks::confused(), Vec::<String>::new());
}
