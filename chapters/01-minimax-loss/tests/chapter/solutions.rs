//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/chase.rs"]
mod chase;
#[path = "../../solutions/d_loss.rs"]
mod d_loss;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/farther.rs"]
mod farther;
#[path = "../../solutions/g_loss_backward.rs"]
mod g_loss_backward;
#[path = "../../solutions/jsd.rs"]
mod jsd;
#[path = "../../solutions/optimal_d.rs"]
mod optimal_d;
#[path = "../../solutions/value_curvature.rs"]
mod value_curvature;

#[test]
fn exercise_1_1() {
    expect_pass(checks::d_loss(d_loss::d_loss));
}

#[test]
fn exercise_1_2() {
    expect_pass(checks::g_loss_backward(g_loss_backward::g_loss_backward));
}

#[test]
fn exercise_1_3() {
    expect_pass(checks::optimal_d(optimal_d::optimal_d));
}

#[test]
fn exercise_1_4() {
    expect_pass(checks::jsd(jsd::jsd));
}

#[test]
fn exercise_1_5() {
    expect_pass(checks::value_curvature(value_curvature::value_curvature));
}

#[test]
fn exercise_1_6() {
    expect_pass(checks::chase(chase::chase));
}

#[test]
fn exercise_1_7() {
    expect_pass(checks::farther(farther::farther));
}

#[test]
fn exercise_1_8() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

/// Every other cause, from another seed, can be told from each of the runs that are shown by at least one curve.
#[test]
fn exercise_1_8_has_one_answer() {
    use checks::causes::{CAUSES, SAID, SHOWN, STEPS, apart, log, readings};
    let read = |cause, seed| readings(&log(Some(cause), seed, STEPS));
    for shown in SHOWN {
        let here = read(shown, 1);
        for other in CAUSES.into_iter().filter(|other| *other != shown) {
            for seed in [1, 2, 3] {
                let there = read(other, seed);
                let mut farthest: f64 = 0.0;
                for (here, there) in here.iter().zip(&there) {
                    for (n, (said, _)) in SAID.iter().enumerate() {
                        farthest =
                            farthest.max(apart(said, here[n], there[n]));
                    }
                }
                assert!(farthest > 0.1, "{shown:?}, {other:?}: {farthest}");
            }
        }
    }
}
