//! The solutions pass the checks.

use lab::expect_pass;
use rayon::prelude::*;

use crate::checks;
use crate::checks::causes::{
    CAUSES, SAID, SHOWN, STEPS, apart, early_and_late, log,
};

#[path = "../../solutions/adaptive_weight.rs"]
mod adaptive_weight;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/diagnose_wish.rs"]
mod diagnose_wish;
#[path = "../../solutions/draw_wish.rs"]
mod draw_wish;
#[path = "../../solutions/fades.rs"]
mod fades;
#[path = "../../solutions/leans.rs"]
mod leans;
#[path = "../../solutions/perceptual_backward.rs"]
mod perceptual_backward;
#[path = "../../solutions/perceptual_distance.rs"]
mod perceptual_distance;
#[path = "../../solutions/sees.rs"]
mod sees;
#[path = "../../solutions/space_to_depth.rs"]
mod space_to_depth;
#[path = "../../solutions/train_step.rs"]
mod train_step;

#[test]
fn exercise_10_1() {
    expect_pass(checks::space_to_depth(space_to_depth::space_to_depth));
}

#[test]
fn exercise_10_2() {
    expect_pass(checks::perceptual_distance(
        perceptual_distance::perceptual_distance,
    ));
}

#[test]
fn exercise_10_3() {
    expect_pass(checks::perceptual_backward(
        perceptual_backward::perceptual_backward,
    ));
}

#[test]
fn exercise_10_4() {
    expect_pass(checks::sees(sees::sees));
}

#[test]
fn exercise_10_5() {
    expect_pass(checks::adaptive_weight(adaptive_weight::adaptive_weight));
}

#[test]
fn exercise_10_6() {
    expect_pass(checks::train_step(train_step::train_step));
}

#[test]
fn exercise_10_7() {
    expect_pass(checks::fades(fades::fades));
}

#[test]
fn exercise_10_8() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_10_9() {
    expect_pass(checks::draw_wish(draw_wish::draw_wish));
}

#[test]
fn exercise_10_10() {
    expect_pass(checks::leans(leans::leans));
}

#[test]
fn exercise_10_11() {
    expect_pass(checks::diagnose_wish(diagnose_wish::diagnose_wish));
}

/// Each cause, and none, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_10_8_has_one_answer() {
    let end = |cause, seed| early_and_late(&log(cause, seed, STEPS));
    let others: Vec<_> = CAUSES.into_iter().map(Some).chain([None]).collect();
    let others = others.into_par_iter().map(|cause| (cause, end(cause, 2)));
    let others: Vec<_> = others.collect();
    let shown: Vec<_> =
        SHOWN.into_par_iter().map(|of| (of, end(Some(of), 1))).collect();
    for (shown, here) in shown {
        for (other, there) in others.iter().filter(|o| o.0 != Some(shown)) {
            let far = here.iter().zip(there).flat_map(|(a, b)| {
                let each = SAID.iter().zip(a.iter().zip(b));
                each.map(|((said, _), (a, b))| apart(said, *a, *b))
            });
            let far = far.fold(0.0, f64::max);
            assert!(far >= 0.1, "{shown:?} and {other:?}: {far:.3}");
        }
    }
}

/// Each cause, and none, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_10_11_has_one_answer() {
    use crate::checks::heard::{CAUSES, SHOWN, STEPS, apart, log};
    let numbers = |of, seed| log(of, seed, STEPS, 40).numbers();
    let others: Vec<_> = CAUSES.into_iter().map(Some).chain([None]).collect();
    let others = others.into_par_iter().map(|of| (of, numbers(of, 2)));
    let others: Vec<_> = others.collect();
    let shown = SHOWN.into_par_iter().map(|of| (of, numbers(Some(of), 1)));
    for (shown, here) in shown.collect::<Vec<_>>() {
        for (other, there) in others.iter().filter(|o| o.0 != Some(shown)) {
            let pairs = here.iter().zip(there).enumerate();
            let far = pairs.map(|(n, (a, b))| apart(n, *a, *b));
            let far = far.fold(0.0, f64::max);
            assert!(far >= 0.1, "{shown:?} and {other:?}: {far:.3}");
        }
    }
}
