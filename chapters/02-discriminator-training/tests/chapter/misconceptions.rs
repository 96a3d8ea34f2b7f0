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

// TRIED
#[test]
fn show() {
    println!("== fakes_made_once\n{}", checks::k_steps(k_steps::fakes_made_once).unwrap_err());
    println!("== real_drawn_once\n{}", checks::k_steps(k_steps::real_drawn_once).unwrap_err());
    println!("== both_drawn_once\n{}", checks::k_steps(k_steps::both_drawn_once).unwrap_err());
    println!("== noise_for_fakes\n{}", checks::k_steps(k_steps::noise_for_fakes).unwrap_err());
    println!("== the_wrong_way_round\n{}", checks::k_steps(k_steps::the_wrong_way_round).unwrap_err());
    println!("== real_scored_twice\n{}", checks::k_steps(k_steps::real_scored_twice).unwrap_err());
    println!("== a_step_for_each_batch\n{}", checks::k_steps(k_steps::a_step_for_each_batch).unwrap_err());
    println!("== uphill\n{}", checks::k_steps(k_steps::uphill).unwrap_err());
    println!("== the_value_for_the_loss\n{}", checks::k_steps(k_steps::the_value_for_the_loss).unwrap_err());
    println!("== an_optimiser_for_each_step\n{}", checks::k_steps(k_steps::an_optimiser_for_each_step).unwrap_err());
    println!("== loss_behind_the_step\n{}", checks::k_steps(k_steps::loss_behind_the_step).unwrap_err());
    println!("== gradient_of_the_start\n{}", checks::k_steps(k_steps::gradient_of_the_start).unwrap_err());
    println!("== a_copy_is_trained\n{}", checks::k_steps(k_steps::a_copy_is_trained).unwrap_err());
    println!("== plain_descent\n{}", checks::k_steps(k_steps::plain_descent).unwrap_err());
    println!("== constants_forgotten\n{}", checks::k_steps(k_steps::constants_forgotten).unwrap_err());
    println!("== half_of_it\n{}", checks::k_steps(k_steps::half_of_it).unwrap_err());
    println!("== one_step_more\n{}", checks::k_steps(k_steps::one_step_more).unwrap_err());
    println!("== drawn_twice\n{}", checks::k_steps(k_steps::drawn_twice).unwrap_err());
    println!("== a_loss_of_nothing_is_not_detached\n{}", checks::diagnose(diagnose::a_loss_of_nothing_is_not_detached).unwrap_err());
    println!("== a_fresh_loss_that_grows_is_long_steps\n{}", checks::diagnose(diagnose::a_fresh_loss_that_grows_is_long_steps).unwrap_err());
    println!("== a_loss_that_stays_is_real_scored_twice\n{}", checks::diagnose(diagnose::a_loss_that_stays_is_real_scored_twice).unwrap_err());
    println!("== a_sure_d_is_two_sigmoids\n{}", checks::diagnose(diagnose::a_sure_d_is_two_sigmoids).unwrap_err());
    println!("== too_good_is_one_batch\n{}", checks::diagnose(diagnose::too_good_is_one_batch).unwrap_err());
    println!("== never_right_is_real_scored_twice\n{}", checks::diagnose(diagnose::never_right_is_real_scored_twice).unwrap_err());
    println!("== never_right_is_long_steps\n{}", checks::diagnose(diagnose::never_right_is_long_steps).unwrap_err());
}
