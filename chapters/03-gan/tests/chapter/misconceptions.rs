//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/collapsed.rs"]
mod collapsed;
#[path = "../../misconceptions/frechet.rs"]
mod frechet;
#[path = "../../misconceptions/g_step.rs"]
mod g_step;
#[path = "../../misconceptions/interpolate.rs"]
mod interpolate;
#[path = "../../misconceptions/through.rs"]
mod through;

#[test]
fn exercise_3_1() {
    use g_step::*;
    let check = checks::g_step;
    expect_diagnosis(check(discriminators_loss), "discriminator's loss");
    expect_diagnosis(check(saturating), "saturating");
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(stopped_at_the_fakes), "stopped at the fakes");
    expect_diagnosis(check(tanh_forgotten), "tanh forgotten");
    expect_diagnosis(check(discriminator_helps), "discriminator helps");
}

#[test]
fn exercise_3_2() {
    use through::*;
    let check = checks::through;
    expect_diagnosis(check(without_the_slopes), "no slopes");
    expect_diagnosis(check(slopes_too_late), "slopes too late");
    expect_diagnosis(check(leaky_of_the_gradient), "leaky of the gradient");
    expect_diagnosis(check(not_transposed), "not transposed");
    expect_diagnosis(check(relu_for_leaky), "ReLU");
}

#[test]
fn exercise_3_3() {
    use collapsed::*;
    let check = checks::collapsed;
    expect_diagnosis(check(by_the_loss), "loss");
    expect_diagnosis(check(without_the_radius), "no radius");
    expect_diagnosis(check(square_against_length), "square against length");
    expect_diagnosis(check(fair_share), "fair share");
}

#[test]
fn exercise_3_4() {
    use interpolate::*;
    let check = checks::interpolate;
    expect_diagnosis(check(straight_line), "straight line");
    expect_diagnosis(check(line_put_back), "line put back");
    expect_diagnosis(check(in_degrees), "degrees");
    expect_diagnosis(check(lengths_forgotten), "lengths forgotten");
    expect_diagnosis(check(backwards), "backwards");
    expect_diagnosis(check(zero_by_zero), "zero by zero");
}

#[test]
fn exercise_3_5() {
    use frechet::*;
    let check = checks::frechet;
    expect_diagnosis(check(means_forgotten), "means forgotten");
    expect_diagnosis(check(means_not_squared), "means not squared");
    expect_diagnosis(check(variances_for_deviations), "variances");
    expect_diagnosis(check(cross_without_root), "no root");
    expect_diagnosis(check(root_of_it_all), "root");
}
