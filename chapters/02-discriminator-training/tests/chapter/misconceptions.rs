//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/accuracy.rs"]
mod accuracy;
#[path = "../../misconceptions/d_step.rs"]
mod d_step;
#[path = "../../misconceptions/detached.rs"]
mod detached;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/k_steps.rs"]
mod k_steps;
#[path = "../../misconceptions/smoothed_loss.rs"]
mod smoothed_loss;
#[path = "../../misconceptions/smoothed_optimal_d.rs"]
mod smoothed_optimal_d;

#[test]
fn exercise_2_1() {
    use d_step::*;
    let check = checks::d_step;
    expect_diagnosis(check(fakes_only), "fakes only");
    expect_diagnosis(check(one_mean_over_both), "one mean");
    expect_diagnosis(check(uphill), "uphill");
}

#[test]
fn exercise_2_2() {
    use detached::*;
    let check = checks::detached;
    expect_diagnosis(check(leaking), "leak");
    expect_diagnosis(check(both_at_once), "generator moves");
    expect_diagnosis(check(discriminator_frozen_too), "discriminator frozen");
}

#[test]
fn exercise_2_3() {
    use smoothed_loss::*;
    let check = checks::smoothed_loss;
    expect_diagnosis(check(both_sides), "both sides");
    expect_diagnosis(check(loss_scaled), "loss scaled");
    expect_diagnosis(check(the_other_side), "other side");
}

#[test]
fn exercise_2_4() {
    use smoothed_optimal_d::*;
    let check = checks::smoothed_optimal_d;
    expect_diagnosis(check(unchanged), "unchanged");
    expect_diagnosis(check(weights_of_the_densities), "densities weighted");
    expect_diagnosis(check(fakes_ignored), "fakes ignored");
}

#[test]
fn exercise_2_5() {
    use accuracy::*;
    let check = checks::accuracy;
    expect_diagnosis(check(threshold_on_the_logit), "threshold");
    expect_diagnosis(check(real_rows_only), "real only");
    expect_diagnosis(check(whole_numbers), "whole numbers");
}

#[test]
fn exercise_2_6() {
    use k_steps::*;
    let check = checks::k_steps;
    let anew = "an optimiser for each step";
    expect_diagnosis(check(fakes_made_once), "fakes made once");
    expect_diagnosis(check(real_drawn_once), "real examples drawn once");
    expect_diagnosis(check(both_drawn_once), "both drawn once");
    expect_diagnosis(check(noise_for_fakes), "noise for fakes");
    expect_diagnosis(check(the_wrong_way_round), "the wrong way round");
    expect_diagnosis(check(real_scored_twice), "real scored twice");
    expect_diagnosis(check(a_step_for_each_batch), "a step for each batch");
    expect_diagnosis(check(uphill), "uphill");
    expect_diagnosis(check(the_value_for_the_loss), "value for loss");
    expect_diagnosis(check(an_optimiser_for_each_step), anew);
    expect_diagnosis(check(loss_behind_the_step), "loss behind the step");
    expect_diagnosis(check(gradient_of_the_start), "gradient of the start");
    expect_diagnosis(check(a_copy_is_trained), "a copy is trained");
    expect_diagnosis(check(plain_descent), "plain descent");
    expect_diagnosis(check(constants_forgotten), "constants forgotten");
    expect_diagnosis(check(half_of_it), "half of it");
    expect_diagnosis(check(one_step_more), "number of steps");
    expect_diagnosis(check(drawn_twice), "drawn too often");
}

#[test]
fn exercise_2_7() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(
        check(a_loss_of_nothing_is_not_detached),
        "not detached",
    );
    expect_diagnosis(
        check(a_fresh_loss_that_grows_is_long_steps),
        "long steps",
    );
    expect_diagnosis(
        check(a_loss_that_stays_is_real_scored_twice),
        "real scored twice",
    );
    expect_diagnosis(check(a_sure_d_is_two_sigmoids), "two sigmoids");
    expect_diagnosis(check(too_good_is_one_batch), "one batch");
    expect_diagnosis(
        check(never_right_is_real_scored_twice),
        "real scored twice",
    );
    expect_diagnosis(check(never_right_is_long_steps), "long steps");
}
