//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;
use crate::checks::causes::{CAUSES, SHOWN, STEPS, log, readings, told_by};

#[path = "../../solutions/adam_step.rs"]
mod adam_step;
#[path = "../../solutions/bce_backward.rs"]
mod bce_backward;
#[path = "../../solutions/bce_with_logits.rs"]
mod bce_with_logits;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/linear_backward.rs"]
mod linear_backward;
#[path = "../../solutions/numeric_gradient.rs"]
mod numeric_gradient;
#[path = "../../solutions/train.rs"]
mod train;
#[path = "../../solutions/without_relu.rs"]
mod without_relu;

#[test]
fn exercise_0_1() {
    expect_pass(checks::linear_backward(linear_backward::linear_backward));
}

#[test]
fn exercise_0_2() {
    expect_pass(checks::bce_with_logits(bce_with_logits::bce_with_logits));
}

#[test]
fn exercise_0_3() {
    expect_pass(checks::bce_backward(bce_backward::bce_backward));
}

#[test]
fn exercise_0_4() {
    expect_pass(checks::numeric_gradient(numeric_gradient::numeric_gradient));
}

#[test]
fn exercise_0_5() {
    expect_pass(checks::adam_step(adam_step::adam_step));
}

#[test]
fn exercise_0_6() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_0_7() {
    expect_pass(checks::without_relu(without_relu::without_relu));
}

#[test]
fn exercise_0_8() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

/// Each cause, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_0_8_has_one_answer() {
    let read = |cause, seed| readings(&log(Some(cause), seed, STEPS));
    let others = CAUSES.map(|cause| (cause, read(cause, 2)));
    for shown in SHOWN {
        let here = read(shown, 1);
        for (other, there) in others.iter().filter(|o| o.0 != shown) {
            let (far, ..) = told_by(&here, there)[0];
            assert!(far >= 0.1, "{shown:?} and {other:?}: {far:.3}");
        }
    }
}
