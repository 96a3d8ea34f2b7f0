//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/collapsed.rs"]
mod collapsed;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/frechet.rs"]
mod frechet;
#[path = "../../misconceptions/g_step.rs"]
mod g_step;
#[path = "../../misconceptions/interpolate.rs"]
mod interpolate;
#[path = "../../misconceptions/through.rs"]
mod through;
#[path = "../../misconceptions/train.rs"]
mod train;
#[path = "../../misconceptions/two_fast.rs"]
mod two_fast;

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

/// Each mistake of exercises 3.1 to 3.5 gives other results than every other one, so that what is told is the one that was made.
#[test]
fn no_two_mistakes_are_alike() {
    let alike = checks::alike_in_any();
    assert!(alike.is_empty(), "{alike:?}");
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

#[test]
fn exercise_3_6() {
    use train::*;
    let check = checks::train;
    expect_diagnosis(check(generator_first), "generator first");
    expect_diagnosis(check(both_at_once), "old discriminator");
    expect_diagnosis(check(fakes_made_once_in_a_step), "stale fakes");
    expect_diagnosis(check(the_same_noise_for_both), "one noise for both");
    expect_diagnosis(
        check(generator_in_the_inner_loop),
        "generator in the inner loop",
    );
    expect_diagnosis(
        check(the_average_makes_the_fakes),
        "average makes the fakes",
    );
    expect_diagnosis(check(step_sizes_left_alone), "not cooled");
    expect_diagnosis(check(an_average_that_keeps_its_start), "no warm-up");
    expect_diagnosis(
        check(an_average_that_starts_at_zero),
        "average from zero",
    );
}

/// Each slip of a training gives other numbers than every other one, so that what is told is the mistake that was made.
#[test]
fn exercise_3_6_has_no_two_slips_alike() {
    use checks::{SLIPS, alike, trained, trainings};
    trainings(|all| {
        let of = SLIPS.iter().map(|(slip, ..)| Some(*slip)).chain([None]);
        let of: Vec<_> = of
            .map(|slip| (slip, trained(&all[0], slip.as_slice())))
            .collect();
        let pairs = of.iter().enumerate();
        let pairs =
            pairs.flat_map(|(n, a)| of[..n].iter().map(move |b| (a, b)));
        let same = pairs.filter(|(a, b)| alike(&a.1, &b.1, 1e-9));
        let same: Vec<_> = same.map(|(a, b)| (a.0, b.0)).collect();
        assert!(same.is_empty(), "{same:?}");
    });
}

#[test]
fn exercise_3_7() {
    use two_fast::*;
    let check = checks::two_fast;
    expect_diagnosis(check(a_long_step_is_a_long_step), "long steps");
    expect_diagnosis(check(it_only_takes_more_steps), "more progress");
    expect_diagnosis(
        check(a_fast_discriminator_starves_it),
        "the surer wins",
    );
    expect_diagnosis(check(long_steps_go_anywhere), "no direction");
    expect_diagnosis(
        check(a_ratio_that_helps_a_little),
        "a reason without its number",
    );
    expect_diagnosis(check(tried_out), "long steps");
}

#[test]
fn exercise_3_8() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(a_collapse_comes_from_sorted_data), "unshuffled");
    expect_diagnosis(
        check(a_cloud_is_a_generator_that_has_no_activation),
        "no activation",
    );
    expect_diagnosis(
        check(nothing_moves_as_the_fakes_are_the_first),
        "first fakes",
    );
    expect_diagnosis(check(one_place_is_one_batch), "one batch");
    expect_diagnosis(check(half_the_modes_are_few_signs), "few signs");
    expect_diagnosis(
        check(an_equilibrium_is_real_scored_twice),
        "real scored twice",
    );
    expect_diagnosis(check(one_place_is_a_wall), "walled");
}
