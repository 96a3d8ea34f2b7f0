//! The solutions pass the checks.

use lab::{expect_pass, rng_at};

use crate::checks;
use crate::checks::causes::{
    BEST, CAUSES, SAID, SHOWN, STEPS, apart, cost, late, log, sequences,
};

#[path = "../../solutions/attention_backward.rs"]
mod attention_backward;
#[path = "../../solutions/bits_per_image.rs"]
mod bits_per_image;
#[path = "../../solutions/causal_weights.rs"]
mod causal_weights;
#[path = "../../solutions/colder.rs"]
mod colder;
#[path = "../../solutions/diagnose.rs"]
mod diagnose;
#[path = "../../solutions/in_units.rs"]
mod in_units;
#[path = "../../solutions/mask.rs"]
mod mask;
#[path = "../../solutions/normalise_backward.rs"]
mod normalise_backward;
#[path = "../../solutions/one_query.rs"]
mod one_query;
#[path = "../../solutions/shift_right.rs"]
mod shift_right;
#[path = "../../solutions/tempered.rs"]
mod tempered;
#[path = "../../solutions/train.rs"]
mod train;

#[test]
fn exercise_9_1() {
    expect_pass(checks::causal_weights(causal_weights::causal_weights));
}

#[test]
fn exercise_9_2() {
    expect_pass(checks::shift_right(shift_right::shift_right));
}

#[test]
fn exercise_9_3() {
    expect_pass(checks::attention_backward(
        attention_backward::attention_backward,
    ));
}

#[test]
fn exercise_9_4() {
    expect_pass(checks::normalise_backward(
        normalise_backward::normalise_backward,
    ));
}

#[test]
fn exercise_9_5() {
    expect_pass(checks::bits_per_image(bits_per_image::bits_per_image));
}

#[test]
fn exercise_9_6() {
    expect_pass(checks::tempered(tempered::tempered));
}

#[test]
fn exercise_9_7() {
    expect_pass(checks::one_query(one_query::one_query));
}

#[test]
fn exercise_9_8() {
    expect_pass(checks::in_units(in_units::in_units));
}

#[test]
fn exercise_9_9() {
    expect_pass(checks::mask(mask::mask));
}

#[test]
fn exercise_9_10() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_9_11() {
    expect_pass(checks::colder(colder::colder));
}

#[test]
fn exercise_9_12() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

/// Each cause, from another seed, differs from each run that is shown, unless it is its own, by a tenth of an axis or more.
#[test]
fn exercise_9_12_has_one_answer() {
    let end = |cause, seed| late(&log(Some(cause), seed, STEPS).0);
    let others = CAUSES.map(|cause| (cause, end(cause, 2)));
    for shown in SHOWN {
        let here = end(shown, 1);
        for (other, there) in others.iter().filter(|o| o.0 != shown) {
            let each = SAID.iter().zip(here.iter().zip(there));
            let far = each
                .map(|((said, _), (a, b))| apart(said, *a, *b))
                .fold(0.0, f64::max);
            assert!(far >= 0.1, "{shown:?} and {other:?}: {far:.3}");
        }
    }
}

/// Who knows the rule of exercise 9.12 pays what is called best there.
#[test]
fn the_best_bits_of_exercise_9_12_are_those_of_its_rule() {
    let bits = cost(&sequences(100_000, &mut rng_at(3, 0)));
    assert!((bits - BEST).abs() < 0.05, "{bits}");
    let h = |p: f64| -p * p.log2();
    let second = h(0.9) + 3.0 * h(0.1 / 3.0);
    let exact = 4.0 * (h(0.5) + h(0.25) + 2.0 * h(0.125) + second);
    assert!((exact - BEST).abs() < 1e-12);
}
