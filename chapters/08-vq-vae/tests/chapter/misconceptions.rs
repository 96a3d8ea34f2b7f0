//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/bits.rs"]
mod bits;
#[path = "../../misconceptions/cheapest.rs"]
mod cheapest;
#[path = "../../misconceptions/col2im.rs"]
mod col2im;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/im2col.rs"]
mod im2col;
#[path = "../../misconceptions/mse_over_variance.rs"]
mod mse_over_variance;
#[path = "../../misconceptions/rarer.rs"]
mod rarer;
#[path = "../../misconceptions/residual_backward.rs"]
mod residual_backward;
#[path = "../../misconceptions/strided_backward.rs"]
mod strided_backward;
#[path = "../../misconceptions/train.rs"]
mod train;

/// What is suspected of an answer can be told from what is right, and one from another.
#[test]
fn no_two_slips_are_alike() {
    assert_eq!(checks::all_alike(), Vec::<String>::new());
}

#[test]
fn exercise_8_1() {
    use im2col::*;
    let check = checks::im2col;
    expect_diagnosis(check(around_the_edge), "around the edge");
    expect_diagnosis(check(edge_repeated), "edge repeated");
    expect_diagnosis(check(channels_outside), "channels outside");
    expect_diagnosis(check(upside_down), "upside down");
    expect_diagnosis(check(across_the_edge), "across the edge");
    expect_diagnosis(check(into_the_next_image), "into the next image");
}

#[test]
fn exercise_8_2() {
    use col2im::*;
    let check = checks::col2im;
    expect_diagnosis(check(last_one_wins), "last one wins");
    expect_diagnosis(check(averaged), "averaged");
    expect_diagnosis(check(same_direction), "same direction");
    expect_diagnosis(check(middle_alone), "middle alone");
    expect_diagnosis(check(its_own_row), "its own row");
}

#[test]
fn exercise_8_3() {
    use residual_backward::*;
    let check = checks::residual_backward;
    expect_diagnosis(check(convolution_alone), "convolution alone");
    expect_diagnosis(check(shortcut_alone), "shortcut alone");
    expect_diagnosis(check(without_the_relu), "no ReLU");
    expect_diagnosis(check(relu_on_both_ways), "ReLU on both ways");
    expect_diagnosis(check(times_the_value), "times the value");
    let wrong = check(relu_on_the_wrong_way);
    expect_diagnosis(wrong, "ReLU on the wrong way");
}

#[test]
fn exercise_8_4() {
    use strided_backward::*;
    let check = checks::strided_backward;
    expect_diagnosis(check(patches_in_a_row), "patches in a row");
    expect_diagnosis(check(lines_for_columns), "patches turned");
    expect_diagnosis(check(weights_turned), "weights turned");
    expect_diagnosis(check(averaged), "averaged");
}

#[test]
fn exercise_8_5() {
    use mse_over_variance::*;
    let check = checks::mse_over_variance;
    expect_diagnosis(check(undivided), "undivided");
    expect_diagnosis(check(over_deviation), "over deviation");
    expect_diagnosis(check(pixel_by_pixel), "pixel by pixel");
    expect_diagnosis(check(summed_over_pixels), "summed over pixels");
    expect_diagnosis(check(mean_of_quotients), "mean of quotients");
    expect_diagnosis(check(mean_of_means), "mean of means");
    expect_diagnosis(check(an_empty_batch), "an empty batch");
    expect_diagnosis(check(cancelled), "cancelled");
}

#[test]
fn exercise_8_6() {
    use bits::*;
    let check = checks::bits;
    expect_diagnosis(check(in_nats), "nats");
    expect_diagnosis(check(swapped), "swapped");
    expect_diagnosis(check(the_tables_own), "the table's own");
    expect_diagnosis(check(by_place), "by place");
    expect_diagnosis(check(one_table), "one table");
    expect_diagnosis(check(whole_bits), "whole bits");
    expect_diagnosis(check(all_alike), "all alike");
    expect_diagnosis(check(zero_times_infinity), "zero times infinity");
}

#[test]
fn exercise_8_7() {
    use cheapest::*;
    let check = checks::cheapest;
    expect_diagnosis(check(dear), "dear");
    expect_diagnosis(check(first_place), "first place");
    expect_diagnosis(check(map_for_place), "map for place");
    expect_diagnosis(check(not_squared), "not squared");
    expect_diagnosis(check(nearest), "nearest");
    expect_diagnosis(check(price_alone), "price alone");
    expect_diagnosis(check(mean_distance), "mean distance");
    expect_diagnosis(check(last_of_equals), "last of equals");
}

#[test]
fn exercise_8_8() {
    use train::*;
    let check = checks::train;
    expect_diagnosis(check(fed_latents), "fed latents");
    expect_diagnosis(check(no_straight_through), "no straight-through");
    expect_diagnosis(check(no_commitment), "no commitment");
    expect_diagnosis(check(codes_for_latents), "codes for latents");
    expect_diagnosis(check(target_for_output), "target for output");
    expect_diagnosis(check(undivided), "undivided");
    expect_diagnosis(check(error_undivided), "error undivided");
    expect_diagnosis(check(gradient_undivided), "gradient undivided");
    expect_diagnosis(check(all_divided), "commitment divided too");
    expect_diagnosis(check(decoder_moved_first), "decoder moved first");
    expect_diagnosis(check(codebook_first), "codebook moved first");
    let stands = "the codebook stands still";
    expect_diagnosis(check(learns_from_codes), stands);
    expect_diagnosis(check(learn_forgotten), stands);
    expect_diagnosis(check(encoder_stands), "the encoder stands still");
    expect_diagnosis(check(decoder_stands), "the decoder stands still");
    expect_diagnosis(check(copies_are_trained), "copies are trained");
    expect_diagnosis(check(step_stays), "the step size stays");
    expect_diagnosis(check(counted_from_one), "counted from one");
    expect_diagnosis(check(adam_anew), "an optimiser for each step");
    let behind = "error behind the step";
    expect_diagnosis(check(error_behind_the_step), behind);
    expect_diagnosis(check(first_batch_again), "the first batch again");
    expect_diagnosis(check(constants_forgotten), "constants forgotten");
    expect_diagnosis(check(half_of_the_error), "times a number");
    expect_diagnosis(check(no_errors), "number of errors");
}

#[test]
fn exercise_8_9() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(few_codes_are_a_high_price), "high price");
    let blurs = check(blurs_are_a_wrong_variance);
    expect_diagnosis(blurs, "wrong variance");
    expect_diagnosis(check(many_bits_are_old_tables), "old tables");
    let strokes = check(wrong_strokes_are_wrong_places);
    expect_diagnosis(strokes, "column by column");
    expect_diagnosis(check(a_gap_is_unscaled_pixels), "unscaled pixels");
    expect_diagnosis(check(broken_is_column_by_column), "column by column");
    expect_diagnosis(check(broken_is_latents_decoded), "latents decoded");
    expect_diagnosis(check(every_loss_is_no_skip), "no skip");
}

#[test]
fn exercise_8_10() {
    use rarer::*;
    let check = checks::rarer;
    expect_diagnosis(check(both_are_as_good), "both are as good");
    expect_diagnosis(check(twice_the_price), "twice the price");
    expect_diagnosis(check(tried_out), "twice the price");
    expect_diagnosis(check(far_latents_stay), "far latents stay");
    expect_diagnosis(check(the_floor_holds), "the floor holds");
    expect_diagnosis(check(one_round), "a reason without its number");
}
