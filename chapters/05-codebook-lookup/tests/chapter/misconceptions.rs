//! Each misconception fails its check, with its own diagnosis.

use lab::expect_diagnosis;

use crate::checks;

#[path = "../../misconceptions/cluster_means.rs"]
mod cluster_means;
#[path = "../../misconceptions/coded_bits.rs"]
mod coded_bits;
#[path = "../../misconceptions/gather_backward.rs"]
mod gather_backward;
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
}

#[test]
fn exercise_5_4() {
    use gather_backward::*;
    let check = checks::gather_backward;
    expect_diagnosis(check(overwritten), "overwritten");
    expect_diagnosis(check(averaged), "averaged");
    expect_diagnosis(check(stopped), "stopped");
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
    expect_diagnosis(check(all_alike), "all alike");
    expect_diagnosis(check(rounded_up), "rounded up");
    expect_diagnosis(check(zero_times_infinity), "zero times infinity");
}
