//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/accuracy.rs"]
mod accuracy;
#[path = "../../misconceptions/d_step.rs"]
mod d_step;
#[path = "../../misconceptions/detached.rs"]
mod detached;
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
