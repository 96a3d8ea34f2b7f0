//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/cluster_means.rs"]
mod cluster_means;
#[path = "../../solutions/coded_bits.rs"]
mod coded_bits;
#[path = "../../solutions/gather_backward.rs"]
mod gather_backward;
#[path = "../../solutions/nearest.rs"]
mod nearest;
#[path = "../../solutions/nearest_in_tiles.rs"]
mod nearest_in_tiles;
#[path = "../../solutions/next_start.rs"]
mod next_start;
#[path = "../../solutions/squared_distances.rs"]
mod squared_distances;

#[test]
fn exercise_5_1() {
    expect_pass(checks::nearest(nearest::nearest));
}

#[test]
fn exercise_5_2() {
    expect_pass(checks::squared_distances(
        squared_distances::squared_distances,
    ));
}

#[test]
fn exercise_5_3() {
    expect_pass(checks::nearest_in_tiles(nearest_in_tiles::nearest_in_tiles));
}

#[test]
fn exercise_5_4() {
    expect_pass(checks::gather_backward(gather_backward::gather_backward));
}

#[test]
fn exercise_5_5() {
    expect_pass(checks::cluster_means(cluster_means::cluster_means));
}

#[test]
fn exercise_5_6() {
    expect_pass(checks::next_start(next_start::next_start));
}

#[test]
fn exercise_5_7() {
    expect_pass(checks::coded_bits(coded_bits::coded_bits));
}
