//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/bits.rs"]
mod bits;
#[path = "../../misconceptions/cheapest.rs"]
mod cheapest;
#[path = "../../misconceptions/col2im.rs"]
mod col2im;
#[path = "../../misconceptions/decoder_input.rs"]
mod decoder_input;
#[path = "../../misconceptions/im2col.rs"]
mod im2col;
#[path = "../../misconceptions/mse_over_variance.rs"]
mod mse_over_variance;
#[path = "../../misconceptions/residual_backward.rs"]
mod residual_backward;
#[path = "../../misconceptions/train.rs"]
mod train;

#[test]
fn exercise_8_1() {
    use im2col::*;
    let check = checks::im2col;
    expect_diagnosis(check(around_the_edge), "around the edge");
    expect_diagnosis(check(edge_repeated), "edge repeated");
    expect_diagnosis(check(channels_outside), "channels outside");
    expect_diagnosis(check(upside_down), "upside down");
    expect_diagnosis(check(across_the_edge), "across the edge");
}

#[test]
fn exercise_8_2() {
    use col2im::*;
    let check = checks::col2im;
    expect_diagnosis(check(last_one_wins), "last one wins");
    expect_diagnosis(check(averaged), "averaged");
    expect_diagnosis(check(same_direction), "same direction");
    expect_diagnosis(check(middle_alone), "middle alone");
}

#[test]
fn exercise_8_3() {
    use residual_backward::*;
    let check = checks::residual_backward;
    expect_diagnosis(check(convolution_alone), "convolution alone");
    expect_diagnosis(check(shortcut_alone), "shortcut alone");
    expect_diagnosis(check(without_the_relu), "no ReLU");
    expect_diagnosis(check(relu_on_both_ways), "ReLU on both ways");
}

#[test]
fn exercise_8_4() {
    use decoder_input::*;
    let check = checks::decoder_input;
    expect_diagnosis(check(the_latent_itself), "the latent itself");
    expect_diagnosis(check(half_way), "half way");
    expect_diagnosis(check(the_farthest), "the farthest");
    expect_diagnosis(check(largest_product), "largest product");
}

#[test]
fn exercise_8_5() {
    use mse_over_variance::*;
    let check = checks::mse_over_variance;
    expect_diagnosis(check(undivided), "undivided");
    expect_diagnosis(check(over_deviation), "over deviation");
    expect_diagnosis(check(pixel_by_pixel), "pixel by pixel");
    expect_diagnosis(check(summed_over_pixels), "summed over pixels");
}

#[test]
fn exercise_8_6() {
    use bits::*;
    let check = checks::bits;
    expect_diagnosis(check(in_nats), "nats");
    expect_diagnosis(check(on_average), "on average");
    expect_diagnosis(check(one_table), "one table");
    expect_diagnosis(check(whole_bits), "whole bits");
    expect_diagnosis(check(all_alike), "all alike");
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
