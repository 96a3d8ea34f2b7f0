//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;
use crate::checks::causes::{CAUSES, SAID, SHOWN, apart, late, run};

#[path = "../../solutions/cluster_means.rs"]
mod cluster_means;
#[path = "../../solutions/coded_bits.rs"]
mod coded_bits;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/doubled.rs"]
mod doubled;
#[path = "../../solutions/gains_backward.rs"]
mod gains_backward;
#[path = "../../solutions/k_means.rs"]
mod k_means;
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
    expect_pass(checks::gains_backward(gains_backward::gains_backward));
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

#[test]
fn exercise_5_8() {
    expect_pass(checks::k_means(k_means::k_means));
}

#[test]
fn exercise_5_9() {
    expect_pass(checks::doubled(doubled::doubled));
}

#[test]
fn exercise_5_10() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

/// Each cause, from two other seeds, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_5_10_has_one_answer() {
    let end = |cause, seed| late(&run(Some(cause), seed).lines);
    for (shown, seed) in SHOWN.into_iter().flat_map(|s| [(s, 2), (s, 3)]) {
        let here = end(shown, 1);
        for other in CAUSES.into_iter().filter(|other| *other != shown) {
            let there = end(other, seed);
            let each = SAID.iter().zip(here.iter().zip(there));
            let far = each.map(|((said, _), (a, b))| apart(said, *a, b));
            let far = far.fold(0.0, f64::max);
            assert!(far >= 0.1, "{shown:?} and {other:?}: {far:.3}");
        }
    }
}
