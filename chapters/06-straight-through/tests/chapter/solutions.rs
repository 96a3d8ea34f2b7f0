//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;
use crate::checks::causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

#[path = "../../solutions/clip.rs"]
mod clip;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../../solutions/fsq_index.rs"]
mod fsq_index;
#[path = "../../solutions/gumbel_backward.rs"]
mod gumbel_backward;
#[path = "../../solutions/learn.rs"]
mod learn;
#[path = "../../solutions/rotation_backward.rs"]
mod rotation_backward;
#[path = "../../solutions/score_gradient.rs"]
mod score_gradient;
#[path = "../../solutions/straight_through.rs"]
mod straight_through;

#[test]
fn exercise_6_1() {
    expect_pass(checks::straight_through(straight_through::straight_through));
}

#[test]
fn exercise_6_2() {
    expect_pass(checks::encoder_gradient(encoder_gradient::encoder_gradient));
}

#[test]
fn exercise_6_3() {
    expect_pass(checks::score_gradient(score_gradient::score_gradient));
}

#[test]
fn exercise_6_4() {
    expect_pass(checks::gumbel_backward(gumbel_backward::gumbel_backward));
}

#[test]
fn exercise_6_5() {
    expect_pass(checks::rotation_backward(
        rotation_backward::rotation_backward,
    ));
}

#[test]
fn exercise_6_6() {
    expect_pass(checks::fsq_index(fsq_index::fsq_index));
}

#[test]
fn exercise_6_7() {
    expect_pass(checks::learn(learn::learn));
}

#[test]
fn exercise_6_8() {
    expect_pass(checks::clip(clip::clip));
}

#[test]
fn exercise_6_9() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

/// Each cause, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_6_9_has_one_answer() {
    let end = |cause, seed| late(&log(Some(cause), seed, STEPS).lines);
    let others = CAUSES.map(|cause| (cause, end(cause, 2)));
    for shown in SHOWN {
        let here = end(shown, 1);
        for (other, there) in others.iter().filter(|o| o.0 != shown) {
            let each = SAID.iter().zip(here.iter().zip(there));
            let far = each.map(|((said, _), (a, b))| apart(said, *a, *b));
            let far = far.fold(0.0, f64::max);
            assert!(far >= 0.1, "{shown:?} and {other:?}: {far:.3}");
        }
    }
}
