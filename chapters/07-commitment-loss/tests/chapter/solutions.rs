//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;
use crate::checks::causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

#[path = "../../solutions/beta_for_a_sum.rs"]
mod beta_for_a_sum;
#[path = "../../solutions/codebook_backward.rs"]
mod codebook_backward;
#[path = "../../solutions/commitment_backward.rs"]
mod commitment_backward;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/ema_update.rs"]
mod ema_update;
#[path = "../../solutions/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../../solutions/follows.rs"]
mod follows;
#[path = "../../solutions/gaussian_kl_backward.rs"]
mod gaussian_kl_backward;
#[path = "../../solutions/keep_alive.rs"]
mod keep_alive;
#[path = "../../solutions/perplexity.rs"]
mod perplexity;
#[path = "../../solutions/product_lookup.rs"]
mod product_lookup;
#[path = "../../solutions/reparameterise_backward.rs"]
mod reparameterise_backward;
#[path = "../../solutions/residual_backward.rs"]
mod residual_backward;
#[path = "../../solutions/residual_lookup.rs"]
mod residual_lookup;

#[test]
fn exercise_7_1() {
    expect_pass(checks::codebook_backward(
        codebook_backward::codebook_backward,
    ));
}

#[test]
fn exercise_7_2() {
    expect_pass(checks::commitment_backward(
        commitment_backward::commitment_backward,
    ));
}

#[test]
fn exercise_7_3() {
    expect_pass(checks::encoder_gradient(encoder_gradient::encoder_gradient));
}

#[test]
fn exercise_7_4() {
    expect_pass(checks::beta_for_a_sum(beta_for_a_sum::beta_for_a_sum));
}

#[test]
fn exercise_7_5() {
    expect_pass(checks::ema_update(ema_update::ema_update));
}

#[test]
fn exercise_7_6() {
    expect_pass(checks::perplexity(perplexity::perplexity));
}

#[test]
fn exercise_7_7() {
    expect_pass(checks::gaussian_kl_backward(
        gaussian_kl_backward::gaussian_kl_backward,
    ));
}

#[test]
fn exercise_7_8() {
    expect_pass(checks::reparameterise_backward(
        reparameterise_backward::reparameterise_backward,
    ));
}

#[test]
fn exercise_7_9() {
    expect_pass(checks::residual_lookup(residual_lookup::residual_lookup));
}

#[test]
fn exercise_7_10() {
    expect_pass(checks::residual_backward(
        residual_backward::residual_backward,
    ));
}

#[test]
fn exercise_7_11() {
    expect_pass(checks::product_lookup(product_lookup::product_lookup));
}

#[test]
fn exercise_7_12() {
    expect_pass(checks::keep_alive(keep_alive::keep_alive));
}

#[test]
fn exercise_7_13() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_7_14() {
    expect_pass(checks::follows(follows::follows));
}

/// Each cause, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_7_13_has_one_answer() {
    let end = |cause, seed| late(&log(Some(cause), seed, STEPS));
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
