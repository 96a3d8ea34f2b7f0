//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/adaptive_weight.rs"]
mod adaptive_weight;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/diagnose_wish.rs"]
mod diagnose_wish;
#[path = "../../misconceptions/draw_wish.rs"]
mod draw_wish;
#[path = "../../misconceptions/fades.rs"]
mod fades;
#[path = "../../misconceptions/leans.rs"]
mod leans;
#[path = "../../misconceptions/perceptual_backward.rs"]
mod perceptual_backward;
#[path = "../../misconceptions/perceptual_distance.rs"]
mod perceptual_distance;
#[path = "../../misconceptions/sees.rs"]
mod sees;
#[path = "../../misconceptions/space_to_depth.rs"]
mod space_to_depth;
#[path = "../../misconceptions/train_step.rs"]
mod train_step;

/// Each mistake gives other results than every other one, so that what is told is the one that was made.
#[test]
fn no_two_mistakes_are_alike() {
    let alike = checks::all_alike();
    assert!(alike.is_empty(), "{alike:?}");
}

/// A check makes two mistakes at once where none alone explains an answer; it must not stop.
#[test]
fn any_two_mistakes_go_together() {
    checks::all_together();
}

#[test]
fn exercise_10_1() {
    use space_to_depth::*;
    let check = checks::space_to_depth;
    expect_diagnosis(check(channels_first), "channels first");
    expect_diagnosis(check(planes), "planes");
    expect_diagnosis(
        check(patches_column_by_column),
        "patches column by column",
    );
    expect_diagnosis(check(patches_transposed), "pixels column by column");
    expect_diagnosis(check(only_reshaped), "not cut at all");
    expect_diagnosis(check(every_nth_pixel), "every nth pixel");
    expect_diagnosis(
        check(as_many_across_as_down),
        "squares from the height",
    );
}

#[test]
fn exercise_10_2() {
    use perceptual_distance::*;
    let check = checks::perceptual_distance;
    expect_diagnosis(check(layers_added_up), "sum over layers");
    expect_diagnosis(check(root_of_the_scale), "root of the scale");
    expect_diagnosis(check(scale_of_x), "scale of x");
    expect_diagnosis(
        check(scale_of_the_reconstructions),
        "scale of the reconstructions",
    );
    expect_diagnosis(check(variance_for_the_scale), "variance for the scale");
    expect_diagnosis(check(no_mean), "sum of squares");
    expect_diagnosis(check(sizes), "sizes of differences");
    expect_diagnosis(check(one_mean_over_all), "one mean over all numbers");
    expect_diagnosis(check(zero_by_zero), "zero by zero");
}

#[test]
fn exercise_10_3() {
    use perceptual_backward::*;
    let check = checks::perceptual_backward;
    expect_diagnosis(check(last_layer_alone), "last layer alone");
    expect_diagnosis(check(behind_the_activation), "behind the activation");
    expect_diagnosis(
        check(stops_at_the_first_layer),
        "stops at the last map",
    );
    expect_diagnosis(check(at_x), "at x");
    expect_diagnosis(check(slopes_of_x), "slopes of x");
    expect_diagnosis(check(last_one_twice), "last one twice");
    expect_diagnosis(check(shares_left_out), "shares left out");
    expect_diagnosis(check(no_slopes), "no slope");
}

#[test]
fn exercise_10_4() {
    use sees::*;
    let check = checks::sees;
    expect_diagnosis(check(a_tile), "tiles");
    expect_diagnosis(check(kernels_multiplied), "kernels multiplied");
    expect_diagnosis(check(kernels_added), "kernels added");
    expect_diagnosis(check(own_stride_counts), "own stride counts");
    expect_diagnosis(
        check(from_the_first_layer_on),
        "from the first layer on",
    );
    expect_diagnosis(check(no_padding), "no padding");
    expect_diagnosis(check(one_too_few), "the last one in place of the next");
    expect_diagnosis(check(beyond_the_right_edge), "beyond the right edge");
}

#[test]
fn exercise_10_5() {
    use adaptive_weight::*;
    let check = checks::adaptive_weight;
    expect_diagnosis(check(upside_down), "upside down");
    expect_diagnosis(check(at_the_pixels), "no map");
    expect_diagnosis(check(the_bound_is_the_least), "a lower bound");
    expect_diagnosis(check(no_bound), "no bound");
    expect_diagnosis(check(delta_outside), "δ outside");
    expect_diagnosis(check(squared_lengths), "squared norms");
    expect_diagnosis(check(bias_counts_too), "with the bias");
    expect_diagnosis(check(with_the_sum), "of the sum above");
    expect_diagnosis(check(sizes_added_up), "sums of sizes");
}

#[test]
fn exercise_10_6() {
    use train_step::*;
    let check = checks::train_step;
    let next = check(shown_the_next_one);
    expect_diagnosis(next, "shown what comes behind the step");
    expect_diagnosis(check(discriminator_first), "the discriminator first");
    expect_diagnosis(check(lambda_at_the_pixels), "λ at the pixels");
    expect_diagnosis(check(lambda_of_the_sum), "λ from the sum");
    let alone = check(lambda_of_the_error_alone);
    expect_diagnosis(alone, "λ from the squared error alone");
    expect_diagnosis(check(lambda_on_the_rest), "λ on the rest");
    let quiet = check(learns_only_when_heard);
    expect_diagnosis(quiet, "the discriminator learns only when heard");
    expect_diagnosis(check(a_step_for_each), "two steps for the decoder");
    let weighed = check(terms_weighed);
    expect_diagnosis(weighed, "the distance weighed in the terms");
    let share = check(share_before_the_bound);
    expect_diagnosis(share, "the bound behind the share");
    expect_diagnosis(check(always_a_ratio), "always adaptive");
}

#[test]
fn exercise_10_7() {
    use fades::*;
    let check = checks::fades;
    expect_diagnosis(check(as_long_as_the_rest), "as long as the rest");
    expect_diagnosis(check(set_once), "set once");
    expect_diagnosis(check(delta_does_it), "δ does it");
    expect_diagnosis(check(lambda_grows), "λ grows");
    expect_diagnosis(check(lambda_itself), "loud");
    expect_diagnosis(check(without_the_bound), "faint");
    expect_diagnosis(check(delta_alone_below), "unbounded");
}

#[test]
fn exercise_10_8() {
    use diagnose::*;
    let check = checks::diagnose;
    let few = check(few_codes_are_an_early_discriminator);
    expect_diagnosis(few, "not heard too early");
    expect_diagnosis(check(dull_is_unheard), "not unheard");
    let still = check(a_pattern_is_a_still_discriminator);
    expect_diagnosis(still, "not a discriminator that stands still");
    expect_diagnosis(check(a_poor_start_is_dead_codes), "not unheard");
    expect_diagnosis(check(a_poor_start_is_no_bound), "not the bound");
    expect_diagnosis(check(a_climbing_error_is_the_share), "not the share");
    expect_diagnosis(check(rough_is_exchanged), "not exchanged");
    let pattern = check(a_pattern_is_few_codes);
    expect_diagnosis(pattern, "not one pixel in four");
}

#[test]
fn exercise_10_9() {
    use draw_wish::*;
    let check = checks::draw_wish;
    let alone = check(without_the_untold);
    expect_diagnosis(alone, "the untold one left out");
    expect_diagnosis(check(from_the_told_on), "one γ more");
    expect_diagnosis(check(exchanged), "γ the other way round");
    let mixed = check(mixes_probabilities);
    expect_diagnosis(mixed, "probabilities mixed, and cut at 0");
    expect_diagnosis(check(both_are_told), "both are told");
    let from_0 = check(untold_from_code_0);
    expect_diagnosis(from_0, "the untold one begins with code 0");
    let from_last = check(untold_from_the_last_code);
    expect_diagnosis(from_last, "the untold one begins with the last code");
    let behind = check(class_behind_the_codes);
    expect_diagnosis(behind, "the class without the start before it");
    let told = check(tempers_the_told);
    expect_diagnosis(told, "the told one alone is tempered");
    expect_diagnosis(check(tempers_twice), "temperature twice");
    expect_diagnosis(check(each_draws_its_own), "each its own code");
    let no_code = check(untold_of_the_codes);
    expect_diagnosis(no_code, "the untold one is told no code");
    expect_diagnosis(check(one_cache), "one memory for both");
    expect_diagnosis(check(leans_at_the_start), "the first place alone");
    expect_diagnosis(check(takes_the_likeliest), "the likeliest");
}

#[test]
fn exercise_10_10() {
    use leans::*;
    let check = checks::leans;
    expect_diagnosis(check(a_kind_of_temperature), "a temperature");
    expect_diagnosis(check(a_straight_line), "a line");
    expect_diagnosis(check(the_change_alone), "the power alone");
    expect_diagnosis(check(on_top_of_the_told), "told times the power");
    expect_diagnosis(check(unheard_is_even), "unheard");
    expect_diagnosis(check(not_over_the_sum), "twice");
    expect_diagnosis(check(away_is_never), "away");
    expect_diagnosis(check(far_is_cold), "far");
    expect_diagnosis(check(cold_is_far), "cold");
}

#[test]
fn exercise_10_11() {
    use diagnose_wish::*;
    let check = checks::diagnose_wish;
    let flat = check(a_flat_line_is_nobody_told);
    expect_diagnosis(flat, "not neither told");
    expect_diagnosis(check(a_flat_line_is_cold), "not the likeliest");
    expect_diagnosis(check(alike_is_both_told), "not always told");
    expect_diagnosis(check(no_effect_is_never_told), "not never told");
    let poor = check(poor_untold_is_others_classes);
    expect_diagnosis(poor, "not neither told");
    let half = check(half_lost_is_leaning_away);
    expect_diagnosis(half, "not away from the wish");
    let chance = check(at_chance_is_others_classes);
    expect_diagnosis(chance, "not other numbers");
    expect_diagnosis(check(poor_untold_is_never_told), "not never told");
}
