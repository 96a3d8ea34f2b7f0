//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/alternating.rs"]
mod alternating;
#[path = "../../misconceptions/jacobian.rs"]
mod jacobian;
#[path = "../../misconceptions/normalised_backward.rs"]
mod normalised_backward;
#[path = "../../misconceptions/packing.rs"]
mod packing;
#[path = "../../misconceptions/r1_gradient.rs"]
mod r1_gradient;
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
fn exercise_4_6() {
    use r1_gradient::*;
    let check = checks::r1_gradient;
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(half_forgotten), "half forgotten");
    expect_diagnosis(check(of_the_length), "length");
    expect_diagnosis(check(of_the_mean_logit), "mean logit");
    expect_diagnosis(check(last_layer_only), "last layer only");
}

#[test]
fn exercise_4_7() {
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
