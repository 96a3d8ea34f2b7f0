//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;
use crate::checks::causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, run};

#[path = "../../solutions/collapsed.rs"]
mod collapsed;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/frechet.rs"]
mod frechet;
#[path = "../../solutions/g_step.rs"]
mod g_step;
#[path = "../../solutions/interpolate.rs"]
mod interpolate;
#[path = "../../solutions/through.rs"]
mod through;
#[path = "../../solutions/train.rs"]
mod train;
#[path = "../../solutions/two_fast.rs"]
mod two_fast;

#[test]
fn exercise_3_1() {
    expect_pass(checks::g_step(g_step::g_step));
}

#[test]
fn exercise_3_2() {
    expect_pass(checks::through(through::through));
}

#[test]
fn exercise_3_3() {
    expect_pass(checks::collapsed(collapsed::lost_modes));
}

#[test]
fn exercise_3_4() {
    expect_pass(checks::interpolate(interpolate::interpolate));
}

#[test]
fn exercise_3_5() {
    expect_pass(checks::frechet(frechet::frechet));
}

#[test]
fn exercise_3_6() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_3_7() {
    expect_pass(checks::two_fast(two_fast::two_fast));
}

#[test]
fn exercise_3_8() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

/// Each cause, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_3_8_has_one_answer() {
    let end = |cause, seed| late(&run(Some(cause), seed, STEPS).lines);
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
