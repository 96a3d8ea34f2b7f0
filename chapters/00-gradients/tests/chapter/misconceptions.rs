//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;
use ndarray::ArrayD;

use crate::checks;

#[path = "../../misconceptions/adam_step.rs"]
mod adam_step;
#[path = "../../misconceptions/bce_backward.rs"]
mod bce_backward;
#[path = "../../misconceptions/bce_with_logits.rs"]
mod bce_with_logits;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/linear_backward.rs"]
mod linear_backward;
#[path = "../../misconceptions/numeric_gradient.rs"]
mod numeric_gradient;
#[path = "../../misconceptions/train.rs"]
mod train;
#[path = "../../misconceptions/without_relu.rs"]
mod without_relu;

#[test]
fn exercise_0_1() {
    use linear_backward::*;
    let check = checks::linear_backward;
    expect_diagnosis(check(weights_not_transposed), "weights not transposed");
    expect_diagnosis(check(bias_averaged), "bias averaged");
    expect_diagnosis(check(weights_averaged), "weights averaged");
    expect_diagnosis(check(input_not_transposed), "input not transposed");
    expect_diagnosis(check(element_by_element), "element by element");
    expect_diagnosis(check(bias_along_the_rows), "wrong axis");
}

#[test]
fn exercise_0_2() {
    use bce_with_logits::*;
    let check = checks::bce_with_logits;
    expect_diagnosis(check(log_of_a_probability), "log of a probability");
    expect_diagnosis(check(sigmoid_twice), "sigmoid twice");
    expect_diagnosis(check(sum_for_mean), "sum for mean");
    expect_diagnosis(check(mean_over_rows), "mean over rows");
    expect_diagnosis(check(targets_swapped), "targets swapped");
    expect_diagnosis(check(a_power_that_overflows), "power overflows");
    expect_diagnosis(check(a_probability_kept_away), "clamped");
}

#[test]
fn exercise_0_3() {
    use bce_backward::*;
    let check = checks::bce_backward;
    expect_diagnosis(check(sign_turned), "sign");
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(squared_error_in_disguise), "extra derivative");
    expect_diagnosis(check(mean_over_rows), "mean over rows");
    expect_diagnosis(check(infinity_over_infinity), "power overflows");
    expect_diagnosis(check(not_simplified), "not simplified");
}

#[test]
fn exercise_0_4() {
    use numeric_gradient::*;
    let check = checks::numeric_gradient;
    expect_diagnosis(check(forward_only), "forward difference");
    expect_diagnosis(check(divided_by_one_step), "distance");
    expect_diagnosis(check(not_put_back), "not put back");
    expect_diagnosis(check(brackets_forgotten), "order of operations");
    expect_diagnosis(check(all_at_once), "all at once");
    expect_diagnosis(check(a_step_of_its_own), "own step");
    expect_diagnosis(check(a_step_in_shares), "step in shares");
}

#[test]
fn exercise_0_5() {
    use adam_step::*;
    let check = checks::adam_step;
    expect_diagnosis(check(means_not_corrected), "not corrected");
    expect_diagnosis(check(mean_of_sizes), "no root");
    expect_diagnosis(check(uphill), "uphill");
    expect_diagnosis(check(eps_under_the_root), "eps under the root");
    expect_diagnosis(check(eps_forgotten), "eps forgotten");
    expect_diagnosis(check(corrected_means_kept), "corrected means kept");
    expect_diagnosis(check(means_not_kept), "means not kept");
}

#[test]
fn exercise_0_6() {
    use train::*;
    let check = checks::train;
    let anew = "an optimiser for each step";
    expect_diagnosis(check(loss_behind_the_step), "loss behind the step");
    expect_diagnosis(check(an_optimiser_for_each_step), anew);
    expect_diagnosis(check(the_first_batch_again), "the first batch again");
    expect_diagnosis(check(uphill), "uphill");
    expect_diagnosis(check(gradients_added_up), "gradients added up");
    expect_diagnosis(check(a_step_late), "a step late");
    expect_diagnosis(check(averaged_twice), "averaged twice");
    expect_diagnosis(check(mean_taken_back), "mean forgotten");
    expect_diagnosis(check(plain_descent), "plain descent");
    expect_diagnosis(check(constants_forgotten), "constants forgotten");
    expect_diagnosis(check(softmax_before_the_loss), "softmax twice");
    expect_diagnosis(check(squared_error), "squared error");
    expect_diagnosis(check(forward_once), "gradient of the start");
    expect_diagnosis(check(a_copy_is_trained), "a copy is trained");
    expect_diagnosis(check(one_step_for_all), "one step for all");
    expect_diagnosis(check(one_loss), "number of losses");
    expect_diagnosis(check(losses_in_bits), "times a number");
}

#[test]
fn exercise_0_7() {
    use without_relu::*;
    let check = checks::without_relu;
    let keeps = "the rule keeps the size";
    expect_diagnosis(check(the_rule_keeps_the_size), keeps);
    expect_diagnosis(check(the_size_doubles), "the size doubles");
    expect_diagnosis(check(twenty_are_one), "twenty are one");
    expect_diagnosis(check(signs_cancel), "signs cancel");
    expect_diagnosis(check(right_for_a_wrong_reason), "the size doubles");
    expect_diagnosis(
        check(a_reason_without_its_number),
        "a reason without its number",
    );
}

#[test]
fn exercise_0_8() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(no_gradient_is_a_zero_start), "zero start");
    expect_diagnosis(check(a_loss_that_stays_is_short_steps), "short steps");
    expect_diagnosis(check(jumps_are_long_steps), "long steps");
    expect_diagnosis(check(large_gradients_are_a_wide_start), "wide start");
    expect_diagnosis(check(guessing_is_a_zero_start), "zero start");
    expect_diagnosis(check(guessing_is_short_steps), "short steps");
    expect_diagnosis(check(a_loss_that_rises_is_one_batch), "one batch");
    expect_diagnosis(check(a_loss_that_rises_is_long_steps), "long steps");
}

/// Every slip of a check gives other results than the right answer and than every other slip.
#[test]
fn slips_can_be_told_apart() {
    let same = |a: &ArrayD<f64>, b: &ArrayD<f64>| {
        let near = |(a, b): (&f64, &f64)| {
            a == b
                || a.is_nan() && b.is_nan()
                || (a - b).abs() <= 1e-7 * a.abs().max(1.0)
        };
        a.shape() == b.shape() && a.iter().zip(b).all(near)
    };
    let mut alike = Vec::new();
    for list in checks::switched() {
        for (n, (name, one)) in list.iter().enumerate() {
            for (other, another) in &list[..n] {
                if one.iter().zip(another).all(|(a, b)| same(a, b)) {
                    alike.push(format!("`{name}` and `{other}`"));
                }
            }
        }
    }
    assert!(alike.is_empty(), "{alike:#?}");
}
