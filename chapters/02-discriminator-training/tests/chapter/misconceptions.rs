//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;
use ndarray::ArrayD;

use crate::checks;

#[path = "../../misconceptions/balanced_accuracy.rs"]
mod balanced_accuracy;
#[path = "../../misconceptions/d_step.rs"]
mod d_step;
#[path = "../../misconceptions/detached.rs"]
mod detached;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/k_steps.rs"]
mod k_steps;
#[path = "../../misconceptions/six_tenths.rs"]
mod six_tenths;
#[path = "../../misconceptions/smoothed_floor.rs"]
mod smoothed_floor;
#[path = "../../misconceptions/unsmooth.rs"]
mod unsmooth;

#[test]
fn exercise_2_1() {
    use d_step::*;
    let check = checks::d_step;
    expect_diagnosis(check(fakes_only), "fakes only");
    expect_diagnosis(check(one_mean_over_both), "one mean");
    expect_diagnosis(check(uphill), "uphill");
    expect_diagnosis(check(one_size_for_both), "real size for both");
    expect_diagnosis(check(overflowing), "overflow");
}

#[test]
fn exercise_2_2() {
    use detached::*;
    let check = checks::detached;
    expect_diagnosis(check(leaking), "leak");
    expect_diagnosis(check(both_at_once), "generator moves");
    expect_diagnosis(check(discriminator_frozen_too), "discriminator frozen");
    expect_diagnosis(check(noise_for_fakes), "noise for fakes");
    expect_diagnosis(check(in_the_wrong_order), "order");
}

#[test]
fn exercise_2_3() {
    use unsmooth::*;
    let check = checks::unsmooth;
    expect_diagnosis(check(beta_forgotten), "beta forgotten");
    expect_diagnosis(check(the_answer_as_it_stands), "not undone");
    expect_diagnosis(check(not_clipped), "not clipped");
    expect_diagnosis(check(densities_weighted), "densities weighted");
    expect_diagnosis(check(overflowing), "overflow");
}

#[test]
fn exercise_2_4() {
    use smoothed_floor::*;
    let check = checks::smoothed_floor;
    expect_diagnosis(check(d_without_smoothing), "D without smoothing");
    expect_diagnosis(check(old_loss_of_the_new_d), "old loss of the new D");
    expect_diagnosis(check(entropy_of_the_targets), "entropy of the targets");
    expect_diagnosis(check(zero_times_log_zero), "empty cells");
    expect_diagnosis(check(kept_off_zero), "nearly");
}

#[test]
fn exercise_2_5() {
    use balanced_accuracy::*;
    let check = checks::balanced_accuracy;
    expect_diagnosis(check(rows_counted_alike), "rows counted alike");
    expect_diagnosis(check(threshold_on_the_logit), "threshold");
    expect_diagnosis(check(real_rows_only), "real only");
    expect_diagnosis(check(whole_numbers), "whole numbers");
    expect_diagnosis(check(a_half_is_real), "a half is real");
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
    expect_diagnosis(check(glued), "one mean");
    expect_diagnosis(check(gradients_piled_up), "gradients piled up");
    expect_diagnosis(check(the_generator_moves), "generator moves");
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

#[test]
fn exercise_2_8() {
    use six_tenths::*;
    let check = checks::six_tenths;
    expect_diagnosis(check(only_less_sure), "only less sure");
    expect_diagnosis(check(real_weigh_less), "real weigh less");
    expect_diagnosis(check(learns_more_slowly), "learns more slowly");
    expect_diagnosis(check(a_toss_of_a_coin), "nothing to learn");
    expect_diagnosis(
        check(a_reason_without_its_number),
        "a reason without its number",
    );
}

/// No slip gives what is right, nor what another slip gives.
#[test]
fn each_slip_can_be_told() {
    let same = |a: &[ArrayD<f64>], b: &[ArrayD<f64>]| {
        let near = |(a, b): (&f64, &f64)| {
            a == b || a.is_nan() && b.is_nan() || (a - b).abs() < 1e-9
        };
        let same = |(a, b): (&ArrayD<f64>, &ArrayD<f64>)| {
            a.shape() == b.shape() && a.iter().zip(b).all(near)
        };
        a.iter().zip(b).all(same)
    };
    let mut alike = Vec::new();
    for (exercise, right, slips) in checks::with_each_slip() {
        for (n, (slip, would)) in slips.iter().enumerate() {
            if same(&right, would) {
                alike.push(format!("{exercise}: {} is right", slip.name));
            }
            for (other, gives) in &slips[n + 1..] {
                if slip.name == other.name || same(would, gives) {
                    let names = [slip.name, other.name];
                    alike.push(format!("{exercise}: {names:?}"));
                }
            }
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}
