//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/beta_for_a_sum.rs"]
mod beta_for_a_sum;
#[path = "../../misconceptions/codebook_backward.rs"]
mod codebook_backward;
#[path = "../../misconceptions/commitment_backward.rs"]
mod commitment_backward;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/ema_update.rs"]
mod ema_update;
#[path = "../../misconceptions/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../../misconceptions/follows.rs"]
mod follows;
#[path = "../../misconceptions/gaussian_kl_backward.rs"]
mod gaussian_kl_backward;
#[path = "../../misconceptions/keep_alive.rs"]
mod keep_alive;
#[path = "../../misconceptions/perplexity.rs"]
mod perplexity;
#[path = "../../misconceptions/product_lookup.rs"]
mod product_lookup;
#[path = "../../misconceptions/reparameterise_backward.rs"]
mod reparameterise_backward;
#[path = "../../misconceptions/residual_backward.rs"]
mod residual_backward;
#[path = "../../misconceptions/residual_lookup.rs"]
mod residual_lookup;

#[test]
fn exercise_7_1() {
    use codebook_backward::*;
    let check = checks::codebook_backward;
    expect_diagnosis(check(last_one_wins), "last one wins");
    expect_diagnosis(check(averaged_per_code), "averaged per code");
    expect_diagnosis(check(away_from_the_latents), "away");
    expect_diagnosis(check(two_forgotten), "two forgotten");
    expect_diagnosis(check(sum_for_mean), "sum for mean");
    expect_diagnosis(check(mean_over_rows_alone), "mean over rows");
}

#[test]
fn exercise_7_2() {
    use commitment_backward::*;
    let check = checks::commitment_backward;
    expect_diagnosis(check(weight_on_the_other_term), "weight forgotten");
    expect_diagnosis(check(away_from_the_code), "away");
    expect_diagnosis(check(two_forgotten), "two forgotten");
    expect_diagnosis(check(sum_for_mean), "sum for mean");
    expect_diagnosis(check(mean_over_rows_alone), "mean over rows");
}

#[test]
fn exercise_7_3() {
    use encoder_gradient::*;
    let check = checks::encoder_gradient;
    expect_diagnosis(check(no_straight_through), "no straight-through");
    expect_diagnosis(check(no_commitment), "no commitment");
    expect_diagnosis(check(no_stop_gradient), "no stop-gradient");
    expect_diagnosis(check(after_straight_through), "too late");
    expect_diagnosis(check(two_forgotten), "two forgotten");
    expect_diagnosis(check(no_factor), "term");
    let said = check(no_factor).map_err(|told| told.what);
    let by = "the commitment term's pull is multiplied by N · C / 2";
    assert!(said.is_err_and(|what| what.contains(by)));
}

#[test]
fn exercise_7_4() {
    use beta_for_a_sum::*;
    let check = checks::beta_for_a_sum;
    expect_diagnosis(check(unchanged), "unchanged");
    expect_diagnosis(check(wrong_way_round), "wrong way round");
    expect_diagnosis(check(over_everything), "over everything");
}

#[test]
fn exercise_7_5() {
    use ema_update::*;
    let check = checks::ema_update;
    expect_diagnosis(check(shares_swapped), "shares swapped");
    expect_diagnosis(check(nothing_decays), "nothing decays");
    expect_diagnosis(check(only_the_chosen_decay), "only the chosen decay");
    expect_diagnosis(check(codebook_averaged_itself), "codebook averaged");
    expect_diagnosis(check(divided_by_the_old_counts), "old counts");
}

#[test]
fn exercise_7_6() {
    use perplexity::*;
    let check = checks::perplexity;
    expect_diagnosis(
        check(bits_to_the_base_of_nats),
        "bits in an exponential",
    );
    expect_diagnosis(
        check(nats_to_the_base_of_bits),
        "nats in a power of two",
    );
    expect_diagnosis(check(codes_seen), "codes seen");
    expect_diagnosis(check(zero_times_infinity), "zero times infinity");
}

#[test]
fn exercise_7_7() {
    use gaussian_kl_backward::*;
    let check = checks::gaussian_kl_backward;
    expect_diagnosis(check(summed_over_the_batch), "summed over the batch");
    expect_diagnosis(check(averaged_over_components), "mean over components");
    expect_diagnosis(check(half_forgotten), "half forgotten");
    expect_diagnosis(check(at_the_variance), "at the variance");
    expect_diagnosis(check(at_sigma), "at sigma");
}

#[test]
fn exercise_7_8() {
    use reparameterise_backward::*;
    let check = checks::reparameterise_backward;
    expect_diagnosis(check(no_slope), "no slope");
    expect_diagnosis(check(no_slope_in_the_width), "no slope in the width");
    expect_diagnosis(check(half_forgotten), "half forgotten");
    expect_diagnosis(check(at_sigma), "at sigma");
    expect_diagnosis(check(noise_forgotten), "noise forgotten");
    expect_diagnosis(check(root_of_the_variance), "overflow");
}

#[test]
fn exercise_7_9() {
    use residual_lookup::*;
    let check = checks::residual_lookup;
    expect_diagnosis(check(the_latent_each_time), "the latent each time");
    expect_diagnosis(check(the_vector_again), "the vector again");
    expect_diagnosis(check(the_latent_less_the_last), "less the last alone");
    expect_diagnosis(check(the_last_vector), "the last vector");
    expect_diagnosis(check(what_is_left), "what is left");
}

#[test]
fn exercise_7_10() {
    use residual_backward::*;
    let check = checks::residual_backward;
    expect_diagnosis(check(the_total_alone), "the total alone");
    expect_diagnosis(
        check(each_against_the_latent),
        "each against the latent",
    );
    expect_diagnosis(check(each_against_the_total), "each against the total");
    expect_diagnosis(check(mean_over_levels), "mean over levels");
    expect_diagnosis(check(away_from_the_sums), "away");
}

#[test]
fn exercise_7_11() {
    use product_lookup::*;
    let check = checks::product_lookup;
    expect_diagnosis(check(interleaved), "interleaved");
    expect_diagnosis(
        check(the_first_part_each_time),
        "the first part each time",
    );
    expect_diagnosis(
        check(the_first_codebook_each_time),
        "the first codebook each time",
    );
    expect_diagnosis(check(put_back_interleaved), "put back interleaved");
}

#[test]
fn exercise_7_12() {
    use keep_alive::*;
    let check = checks::keep_alive;
    expect_diagnosis(check(averages_kept), "averages kept");
    let both = check(averages_kept_and_all_divided);
    expect_diagnosis(both, "averages kept");
    expect_diagnosis(check(counted_as_nothing), "counted as nothing");
    expect_diagnosis(check(never_revived), "never revived");
    expect_diagnosis(check(dead_in_one_batch), "dead in one batch");
    expect_diagnosis(check(revived_before_it_counts), "revived too soon");
    expect_diagnosis(check(shares_swapped), "shares swapped");
    expect_diagnosis(check(averages_begin_empty), "empty averages");
    expect_diagnosis(check(a_mismatched_start), "mismatched start");
    let first = check(looked_up_in_the_first_codebook);
    expect_diagnosis(first, "the first codebook");
    expect_diagnosis(check(divided_by_nothing), "divided by nothing");
    expect_diagnosis(check(only_the_chosen_decay), "only the chosen decay");
    expect_diagnosis(check(vectors_averaged), "vectors averaged");
}

#[test]
fn exercise_7_13() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(near_is_heavy_commitment), "heavy commitment");
    let stays = check(an_error_that_stays_is_frozen);
    expect_diagnosis(stays, "frozen codebook");
    let few = check(few_codes_are_heavy_commitment);
    expect_diagnosis(few, "heavy commitment");
    expect_diagnosis(check(few_codes_are_frozen), "frozen codebook");
    expect_diagnosis(check(few_codes_are_eager_revival), "eager revival");
    expect_diagnosis(check(running_away_is_no_commitment), "no commitment");
    expect_diagnosis(check(a_still_codebook_is_frozen), "frozen codebook");
    expect_diagnosis(check(one_code_is_a_far_start), "far start");
}

#[test]
fn exercise_7_14() {
    use follows::*;
    let check = checks::follows;
    expect_diagnosis(check(they_meet), "they meet");
    expect_diagnosis(check(the_commitment_holds), "the commitment holds");
    expect_diagnosis(check(tried_out), "the commitment holds");
    expect_diagnosis(check(the_steps_divide_out), "the steps divide out");
    expect_diagnosis(check(it_runs_away), "it runs away");
    expect_diagnosis(check(without_the_two), "a reason without its number");
}
