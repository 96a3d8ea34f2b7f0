//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/attention_backward.rs"]
mod attention_backward;
#[path = "../../misconceptions/bits_per_image.rs"]
mod bits_per_image;
#[path = "../../misconceptions/causal_weights.rs"]
mod causal_weights;
#[path = "../../misconceptions/colder.rs"]
mod colder;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/in_units.rs"]
mod in_units;
#[path = "../../misconceptions/mask.rs"]
mod mask;
#[path = "../../misconceptions/normalise_backward.rs"]
mod normalise_backward;
#[path = "../../misconceptions/one_query.rs"]
mod one_query;
#[path = "../../misconceptions/shift_right.rs"]
mod shift_right;
#[path = "../../misconceptions/tempered.rs"]
mod tempered;
#[path = "../../misconceptions/train.rs"]
mod train;

#[test]
fn exercise_9_1() {
    use causal_weights::*;
    let check = checks::causal_weights;
    expect_diagnosis(check(no_mask), "no mask");
    expect_diagnosis(check(sees_one_too_many), "one too many");
    expect_diagnosis(check(mask_on_the_wrong_side), "wrong side");
    expect_diagnosis(check(not_even_itself), "not itself");
    expect_diagnosis(check(no_root), "no root");
    expect_diagnosis(
        check(masked_after_the_softmax),
        "masked after the softmax",
    );
    expect_diagnosis(check(softmax_of_columns), "columns");
    expect_diagnosis(check(masked_by_0), "masked by 0");
    expect_diagnosis(check(divided_by_d), "divided by D");
    expect_diagnosis(check(no_maximum), "overflow");
    let anew = check(cut_and_divided_anew);
    expect_diagnosis(anew, "a later place's maximum");
}

#[test]
fn exercise_9_2() {
    use shift_right::*;
    let check = checks::shift_right;
    expect_diagnosis(check(not_at_all), "no shift");
    expect_diagnosis(check(to_the_left), "to the left");
    expect_diagnosis(check(start_is_code_0), "code 0 as the start");
    expect_diagnosis(check(round_and_round), "round and round");
    expect_diagnosis(check(across_images), "across images");
    let last = check(start_is_the_last_code);
    expect_diagnosis(last, "the last code as the start");
    let over = check(overwritten_from_the_front);
    expect_diagnosis(over, "the first code everywhere");
}

#[test]
fn exercise_9_3() {
    use attention_backward::*;
    let check = checks::attention_backward;
    expect_diagnosis(check(softmax_element_by_element), "element by element");
    expect_diagnosis(check(softmax_forgotten), "softmax forgotten");
    expect_diagnosis(check(root_forgotten), "root forgotten");
    expect_diagnosis(check(keys_not_transposed), "keys not transposed");
    expect_diagnosis(check(values_not_transposed), "values not transposed");
    expect_diagnosis(check(mean_forgotten), "mean forgotten");
    expect_diagnosis(check(plain_mean), "plain mean");
    expect_diagnosis(check(in_another_order), "order of the results");
}

#[test]
fn exercise_9_4() {
    use normalise_backward::*;
    let check = checks::normalise_backward;
    expect_diagnosis(check(statistics_held_fixed), "statistics held fixed");
    expect_diagnosis(check(stretch_forgotten), "stretch forgotten");
    expect_diagnosis(check(move_forgotten), "move forgotten");
    expect_diagnosis(check(over_the_batch), "over the batch");
    expect_diagnosis(check(sums_for_means), "sum for mean");
    expect_diagnosis(check(no_factor), "factor forgotten");
}

#[test]
fn exercise_9_5() {
    use bits_per_image::*;
    let check = checks::bits_per_image;
    expect_diagnosis(check(mean_over_places), "mean over places");
    expect_diagnosis(check(nats_called_bits), "nats");
    expect_diagnosis(check(multiplied_by_ln_2), "wrong way round");
    expect_diagnosis(check(summed_over_images), "summed over images");
    expect_diagnosis(
        check(softmax_over_the_places),
        "softmax over the places",
    );
    expect_diagnosis(
        check(entropy_of_the_model),
        "the codes were not looked at",
    );
    expect_diagnosis(check(overflows), "overflow");
    expect_diagnosis(check(clamped), "clamped");
}

#[test]
fn exercise_9_6() {
    use tempered::*;
    let check = checks::tempered;
    expect_diagnosis(check(multiplied), "multiplied");
    expect_diagnosis(check(probabilities_divided), "divided too late");
    expect_diagnosis(check(softmax_twice), "softmax twice");
    expect_diagnosis(check(not_normalised), "not normalised");
    expect_diagnosis(check(overflows), "overflow");
    expect_diagnosis(check(cut_off), "clamped");
}

#[test]
fn exercise_9_7() {
    use one_query::*;
    let check = checks::one_query;
    expect_diagnosis(check(not_itself), "not itself");
    expect_diagnosis(check(only_itself), "nothing kept");
    expect_diagnosis(check(no_root), "no root");
    expect_diagnosis(check(keys_as_queries), "key for query");
    expect_diagnosis(check(zeros_at_the_first_place), "nothing before");
    expect_diagnosis(check(overflows), "overflow");
}

#[test]
fn exercise_9_8() {
    use in_units::*;
    let check = checks::in_units;
    expect_diagnosis(check(rounded), "rounded");
    expect_diagnosis(check(nothing_for_the_rare), "impossible codes");
    expect_diagnosis(check(rest_to_the_first), "rest to the first");
    expect_diagnosis(check(rest_to_the_last), "rest to the last");
    expect_diagnosis(check(rest_forgotten), "rest forgotten");
    expect_diagnosis(check(no_room_for_the_ones), "no room");
}

#[test]
fn exercise_9_9() {
    use mask::*;
    let check = checks::mask;
    expect_diagnosis(check(own_code_is_seen), "its own code");
    expect_diagnosis(check(own_code_is_never_seen), "never itself");
    expect_diagnosis(check(whole_row_is_seen), "the whole row");
    expect_diagnosis(check(only_what_is_above), "nothing to the left");
    expect_diagnosis(check(right_of_above_is_cut), "above on the right");
    expect_diagnosis(check(column_by_column), "column by column");
    expect_diagnosis(check(channels_first), "channels first");
    expect_diagnosis(check(channels_ignored), "channels");
    expect_diagnosis(check(later_ones_stay), "wrong side");
}

#[test]
fn exercise_9_10() {
    use train::*;
    let check = checks::train;
    expect_diagnosis(check(no_shift), "no shift");
    expect_diagnosis(check(to_the_left), "to the left");
    expect_diagnosis(check(code_0_as_the_start), "code 0 as the start");
    expect_diagnosis(check(embeddings_stand), "embeddings stand still");
    expect_diagnosis(check(table_stands), "the table stands still");
    expect_diagnosis(check(positions_stand), "positions stand still");
    expect_diagnosis(check(rows_of_targets), "rows of the targets");
    expect_diagnosis(check(in_nats), "nats");
    expect_diagnosis(check(of_a_code), "of a code");
    expect_diagnosis(check(of_a_batch), "of a batch");
    expect_diagnosis(check(uphill), "uphill");
    expect_diagnosis(check(sum_for_mean), "sum for mean");
    expect_diagnosis(check(last_place_alone), "the last place alone");
    expect_diagnosis(check(counted_from_one), "counted from one");
    expect_diagnosis(check(step_stays), "the step size stays");
    expect_diagnosis(check(adam_anew), "an optimiser for each step");
    expect_diagnosis(check(bits_behind_the_step), "bits behind the step");
    expect_diagnosis(check(first_batch_again), "the first batch again");
    expect_diagnosis(check(constants_forgotten), "constants forgotten");
    expect_diagnosis(check(copies_are_trained), "a copy is trained");
    expect_diagnosis(check(half_of_it), "times a number");
    expect_diagnosis(check(no_bits), "how many numbers");
}

#[test]
fn exercise_9_11() {
    use colder::*;
    let check = checks::colder;
    let without = "a reason without its numbers";
    expect_diagnosis(check(paid_as_drawn), "paid as drawn");
    expect_diagnosis(check(half_the_bits), "half the bits");
    expect_diagnosis(check(the_model_is_the_same), "the model is the same");
    expect_diagnosis(check(only_the_likeliest), "only the likeliest");
    expect_diagnosis(check(right_for_a_wrong_reason), "paid as drawn");
    expect_diagnosis(check(squares_that_add_up_to_less), without);
    expect_diagnosis(check(what_is_cut_is_lost), without);
    expect_diagnosis(check(of_a_code), "of a code");
    expect_diagnosis(check(in_nats), "nats");
}

#[test]
fn exercise_9_12() {
    use diagnose::*;
    let check = checks::diagnose;
    let leak = "mask off by one";
    expect_diagnosis(check(less_than_the_best_is_a_leak), leak);
    expect_diagnosis(check(few_different_is_a_shared_draw), "shared draw");
    expect_diagnosis(check(copying_is_a_forgotten_shift), "no shift");
    expect_diagnosis(check(nothing_costs_by_heart), leak);
    expect_diagnosis(check(poor_samples_are_a_shared_draw), "shared draw");
    expect_diagnosis(check(sure_samples_are_no_root), "no root");
    expect_diagnosis(check(all_too_low_is_a_leak), "no shift");
    expect_diagnosis(check(all_too_low_is_no_root), "no root");
    expect_diagnosis(check(all_too_low_is_too_cold), "nats");
    expect_diagnosis(check(it_is_lost), "no positions");
}

/// Each switch of a check changes something, and no two change the same.
#[test]
fn switches_can_be_told_apart() {
    let same = checks::switches_that_are_the_same();
    assert!(same.is_empty(), "{}", same.join("\n"));
}
