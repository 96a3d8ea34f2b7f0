//! Your answers: `cargo test -p codebook-lookup --test exercises`.

use lab::expect_pass;

use codebook_lookup_checks as checks;

#[path = "../exercises/cluster_means.rs"]
mod cluster_means;
#[path = "../exercises/coded_bits.rs"]
mod coded_bits;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/doubled.rs"]
mod doubled;
#[path = "../exercises/gains_backward.rs"]
mod gains_backward;
#[path = "../exercises/k_means.rs"]
mod k_means;
#[path = "../exercises/nearest.rs"]
mod nearest;
#[path = "../exercises/nearest_in_tiles.rs"]
mod nearest_in_tiles;
#[path = "../exercises/next_start.rs"]
mod next_start;
#[path = "../exercises/squared_distances.rs"]
mod squared_distances;

#[test]
fn exercise_5_1_nearest() {
    expect_pass(checks::nearest(nearest::nearest));
}

#[test]
fn exercise_5_2_squared_distances() {
    expect_pass(checks::squared_distances(
        squared_distances::squared_distances,
    ));
}

#[test]
fn exercise_5_3_nearest_in_tiles() {
    expect_pass(checks::nearest_in_tiles(nearest_in_tiles::nearest_in_tiles));
}

#[test]
fn exercise_5_4_gains_backward() {
    expect_pass(checks::gains_backward(gains_backward::gains_backward));
}

#[test]
fn exercise_5_5_cluster_means() {
    expect_pass(checks::cluster_means(cluster_means::cluster_means));
}

#[test]
fn exercise_5_6_next_start() {
    expect_pass(checks::next_start(next_start::next_start));
}

#[test]
fn exercise_5_7_coded_bits() {
    expect_pass(checks::coded_bits(coded_bits::coded_bits));
}

#[test]
fn exercise_5_8_k_means() {
    expect_pass(checks::k_means(k_means::k_means));
}

#[test]
fn exercise_5_9_doubled() {
    expect_pass(checks::doubled(doubled::doubled));
}

#[test]
fn exercise_5_10_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
