//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/alternating.rs"]
mod alternating;
#[path = "../../misconceptions/circle.rs"]
mod circle;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/jacobian.rs"]
mod jacobian;
#[path = "../../misconceptions/normalised_backward.rs"]
mod normalised_backward;
#[path = "../../misconceptions/packing.rs"]
mod packing;
#[path = "../../misconceptions/penalty_gradient.rs"]
mod penalty_gradient;
#[path = "../../misconceptions/r1_gradient.rs"]
mod r1_gradient;
#[path = "../../misconceptions/spectral_radius.rs"]
mod spectral_radius;
#[path = "../../misconceptions/steadier.rs"]
mod steadier;
#[path = "../../misconceptions/train.rs"]
mod train;

#[test]
fn exercise_4_1() {
    use jacobian::*;
    let check = checks::jacobian;
    expect_diagnosis(check(of_the_gradients), "gradients");
    expect_diagnosis(check(transposed), "transposed");
    expect_diagnosis(check(penalty_forgotten), "penalty forgotten");
    expect_diagnosis(check(at_the_end_only), "at the end only");
    expect_diagnosis(check(product_rule_forgotten), "product rule");
    expect_diagnosis(check(one_common_loss), "one common loss");
    expect_diagnosis(check(overflows), "overflow");
    expect_diagnosis(check(penalty_added), "term");
}

#[test]
fn exercise_4_2() {
    use alternating::*;
    let check = checks::alternating;
    expect_diagnosis(check(both_at_once), "both at once");
    expect_diagnosis(check(generator_first), "generator first");
    expect_diagnosis(check(penalty_forgotten), "penalty forgotten");
    expect_diagnosis(check(penalty_climbed), "penalty climbed");
    expect_diagnosis(check(half_a_penalty), "half a penalty");
    expect_diagnosis(check(one_loss_for_both), "one loss for both");
    expect_diagnosis(check(old_psi_returned), "old ψ returned");
}

#[test]
fn exercise_4_3() {
    use spectral_radius::*;
    let check = checks::spectral_radius;
    expect_diagnosis(check(of_the_jacobian), "of the Jacobian");
    expect_diagnosis(check(root_of_a_negative), "root of a negative");
    expect_diagnosis(check(real_part_only), "real part only");
    expect_diagnosis(check(largest_not_longest), "largest, not longest");
    expect_diagnosis(check(length_of_the_matrix), "length of the matrix");
    expect_diagnosis(check(determinant_alone), "determinant alone");
}

#[test]
fn exercise_4_4() {
    use normalised_backward::*;
    let check = checks::normalised_backward;
    expect_diagnosis(check(norm_held_constant), "norm held constant");
    expect_diagnosis(check(handed_through), "handed through");
    expect_diagnosis(check(by_the_bare_weight), "by the bare weight");
    expect_diagnosis(check(sign_of_the_quotient_rule), "sign");
    expect_diagnosis(check(length_of_all_numbers), "length of all numbers");
    expect_diagnosis(check(projected_along_u_v), "projected along u vᵀ");
}

#[test]
fn exercise_4_7() {
    use penalty_gradient::*;
    let check = checks::penalty_gradient;
    expect_diagnosis(check(length_of_the_batch), "length of the batch");
    expect_diagnosis(check(division_forgotten), "division forgotten");
    expect_diagnosis(check(r1_instead), "R1 instead");
    expect_diagnosis(check(square_of_the_length), "square of the length");
    expect_diagnosis(check(zero_over_zero), "zero over zero");
    expect_diagnosis(check(one_sided), "one-sided");
    expect_diagnosis(check(sum_over_rows), "sum over rows");
    expect_diagnosis(check(two_forgotten), "two forgotten");
    expect_diagnosis(check(number_by_number), "number by number");
}

#[test]
fn exercise_4_10() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(one_half_is_a_frozen_d), "frozen discriminator");
    expect_diagnosis(
        check(a_small_gradient_is_a_frozen_g),
        "frozen generator",
    );
    expect_diagnosis(check(modes_that_come_and_go_are_momentum), "momentum");
    expect_diagnosis(check(never_sharp_is_noise_once), "noise once");
    expect_diagnosis(check(a_loss_of_nothing_is_a_fast_g), "fast generator");
    expect_diagnosis(check(a_loss_that_grows_is_long_steps), "long steps");
    expect_diagnosis(check(jumps_are_momentum), "momentum");
    expect_diagnosis(check(jumps_are_long_steps), "long steps");
}

#[test]
fn exercise_4_5() {
    use circle::*;
    let check = checks::circle;
    let nothing = "below the border nothing";
    let leaves = "below the border it leaves";
    expect_diagnosis(check(any_penalty_settles), "any penalty settles");
    expect_diagnosis(check(below_the_border_nothing), nothing);
    expect_diagnosis(check(below_the_border_it_leaves), leaves);
    expect_diagnosis(check(the_circle_is_halved), "the circle is halved");
    expect_diagnosis(check(right_for_a_wrong_reason), "the circle is halved");
    expect_diagnosis(
        check(a_reason_without_its_number),
        "a reason without its number",
    );
}

#[test]
fn exercise_4_6() {
    use train::*;
    let check = checks::train;
    let nothing = "the average begins at nothing";
    let keeps = "keeps what it should forget";
    let before = "averaged before the step";
    let once = "averaged once at the end";
    expect_diagnosis(check(both_at_once), "both at once");
    expect_diagnosis(check(the_average_plays), "the average plays");
    expect_diagnosis(check(averaged_before_the_step), before);
    expect_diagnosis(check(the_average_begins_at_nothing), nothing);
    expect_diagnosis(check(keeps_what_it_should_forget), keeps);
    expect_diagnosis(check(averaged_once_at_the_end), once);
}

#[test]
fn exercise_4_11() {
    use steadier::*;
    let check = checks::steadier;
    let good = "a steady curve is a good generator";
    expect_diagnosis(check(a_steady_curve_is_a_good_generator), good);
    expect_diagnosis(check(momentum_wins), "momentum wins");
    expect_diagnosis(check(the_step_is_too_long), "the step is too long");
    expect_diagnosis(check(nothing_moves), "nothing moves");
    expect_diagnosis(check(flat_and_yet_sharp), "not what it says");
}

#[test]
fn exercise_4_8() {
    use r1_gradient::*;
    let check = checks::r1_gradient;
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(half_forgotten), "half forgotten");
    expect_diagnosis(check(of_the_length), "length");
    expect_diagnosis(check(of_the_mean_logit), "mean logit");
    expect_diagnosis(check(last_layer_only), "last layer only");
    let at_w2 = check(slopes_forgotten_at_w2);
    expect_diagnosis(at_w2, "slopes forgotten at w2");
    expect_diagnosis(check(w1_not_turned_over), "w1 not turned over");
}

#[test]
fn exercise_4_9() {
    use packing::*;
    let check = checks::packing;
    expect_diagnosis(check(real_beside_fake), "real beside fake");
    expect_diagnosis(
        check(features_beside_features),
        "features beside features",
    );
    expect_diagnosis(check(one_example_repeated), "one example repeated");
    expect_diagnosis(check(averaged), "averaged");
}
