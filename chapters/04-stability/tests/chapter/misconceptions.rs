//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/alternating.rs"]
mod alternating;
#[path = "../../misconceptions/jacobian.rs"]
mod jacobian;
#[path = "../../misconceptions/normalised_backward.rs"]
mod normalised_backward;
#[path = "../../misconceptions/penalty_gradient.rs"]
mod penalty_gradient;
#[path = "../../misconceptions/spectral_radius.rs"]
mod spectral_radius;

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
fn exercise_4_5() {
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
