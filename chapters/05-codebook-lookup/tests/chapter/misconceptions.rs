//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/cluster_means.rs"]
mod cluster_means;
#[path = "../../misconceptions/coded_bits.rs"]
mod coded_bits;
#[path = "../../misconceptions/diagnose.rs"]
mod diagnose;
#[path = "../../misconceptions/doubled.rs"]
mod doubled;
#[path = "../../misconceptions/gains_backward.rs"]
mod gains_backward;
#[path = "../../misconceptions/k_means.rs"]
mod k_means;
#[path = "../../misconceptions/nearest.rs"]
mod nearest;
#[path = "../../misconceptions/nearest_in_tiles.rs"]
mod nearest_in_tiles;
#[path = "../../misconceptions/next_start.rs"]
mod next_start;
#[path = "../../misconceptions/squared_distances.rs"]
mod squared_distances;

#[test]
fn exercise_5_1() {
    use nearest::*;
    let check = checks::nearest;
    expect_diagnosis(check(farthest), "farthest");
    expect_diagnosis(check(last_of_equals), "last of equals");
    expect_diagnosis(check(largest_product), "largest product");
    expect_diagnosis(check(signed_difference), "signed difference");
    expect_diagnosis(check(sizes_added), "sizes added");
}

#[test]
fn exercise_5_2() {
    use squared_distances::*;
    let check = checks::squared_distances;
    expect_diagnosis(
        check(codebook_norm_forgotten),
        "codebook norm forgotten",
    );
    expect_diagnosis(check(two_forgotten), "two forgotten");
    expect_diagnosis(check(plus), "plus");
    expect_diagnosis(check(axes_swapped), "axes swapped");
    expect_diagnosis(check(rooted), "rooted");
}

#[test]
fn exercise_5_3() {
    use nearest_in_tiles::*;
    let check = checks::nearest_in_tiles;
    expect_diagnosis(check(place_in_tile), "place in the tile");
    expect_diagnosis(check(minimum_forgotten), "minimum forgotten");
    expect_diagnosis(check(last_of_equals), "last of equals");
    expect_diagnosis(check(short_tile_dropped), "short tile dropped");
    expect_diagnosis(check(half_forgotten), "half forgotten");
}

#[test]
fn exercise_5_4() {
    use gains_backward::*;
    let check = checks::gains_backward;
    expect_diagnosis(check(overwritten), "overwritten");
    expect_diagnosis(check(averaged), "averaged");
    expect_diagnosis(check(gain_forgotten), "gain forgotten");
    expect_diagnosis(check(gain_in_its_own_slope), "gain in its own slope");
    expect_diagnosis(check(code_forgotten), "code forgotten");
    expect_diagnosis(check(a_gain_for_each_code), "a gain for each code");
}

#[test]
fn exercise_5_5() {
    use cluster_means::*;
    let check = checks::cluster_means;
    expect_diagnosis(check(nothing_over_nothing), "nothing over nothing");
    expect_diagnosis(check(empty_to_the_origin), "empty to the origin");
    expect_diagnosis(check(divided_by_all), "divided by all");
    expect_diagnosis(check(old_one_counted), "old one counted");
}

#[test]
fn exercise_5_6() {
    use next_start::*;
    let check = checks::next_start;
    expect_diagnosis(check(not_squared), "not squared");
    expect_diagnosis(check(from_the_newest), "from the newest");
    expect_diagnosis(check(all_added), "all added");
    expect_diagnosis(check(always_the_farthest), "always the farthest");
}

#[test]
fn exercise_5_7() {
    use coded_bits::*;
    let check = checks::coded_bits;
    expect_diagnosis(check(in_nats), "in nats");
    expect_diagnosis(check(one_code), "one code");
    expect_diagnosis(check(its_own_frequencies), "its own frequencies");
    expect_diagnosis(check(as_it_believes), "as it believes");
    expect_diagnosis(check(roles_swapped), "roles swapped");
    expect_diagnosis(check(no_word_for_the_unseen), "no word for the unseen");
    expect_diagnosis(check(rounded_up), "rounded up");
    expect_diagnosis(check(all_alike), "all alike");
}

#[test]
fn exercise_5_8() {
    use k_means::*;
    let check = checks::k_means;
    expect_diagnosis(check(empty_codes_stay), "empty codes stay");
    expect_diagnosis(check(all_on_one), "all on one");
    expect_diagnosis(check(only_at_first), "only at first");
    expect_diagnosis(check(far_from_the_new_means), "by the new means");
    expect_diagnosis(check(the_last_restart), "the last");
    expect_diagnosis(check(the_best_start), "starts compared");
    expect_diagnosis(check(the_highest), "the highest");
    expect_diagnosis(check(the_same_draws), "the first");
    expect_diagnosis(check(three_steps), "not at rest");
    expect_diagnosis(check(content_too_soon), "not at rest");
    expect_diagnosis(check(a_sum_for_the_mean), "a sum for the mean");
}

#[test]
fn exercise_5_9() {
    use doubled::*;
    let check = checks::doubled;
    expect_diagnosis(check(half_as_wide), "half as wide");
    expect_diagnosis(check(they_share_it), "they share it");
    expect_diagnosis(check(one_component_is_cut), "one component is cut");
    expect_diagnosis(check(they_are_stuck), "they are stuck");
    expect_diagnosis(check(the_width_alone), "a reason without its number");
    expect_diagnosis(check(tried_out), "they are stuck");
}

#[test]
fn exercise_5_10() {
    use diagnose::*;
    let check = checks::diagnose;
    expect_diagnosis(check(few_in_use_is_a_far_start), "far start");
    expect_diagnosis(check(shrunk_is_divided_by_all), "divided by all");
    expect_diagnosis(check(restless_is_one_latent), "one latent");
    expect_diagnosis(check(restless_is_a_dot_product), "dot product");
    expect_diagnosis(check(crowded_is_a_far_start), "far start");
    expect_diagnosis(check(a_length_of_one), "unit length");
}

/// Each slip of a check is seen on its inputs, and is like no other.
#[test]
fn no_two_slips_are_alike() {
    let alike = checks::all_alike();
    assert!(alike.is_empty(), "{alike:#?}");
}
