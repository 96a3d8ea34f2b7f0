//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/attention_backward.rs"]
mod attention_backward;
#[path = "../../solutions/bits_per_image.rs"]
mod bits_per_image;
#[path = "../../solutions/causal_weights.rs"]
mod causal_weights;
#[path = "../../solutions/colder.rs"]
mod colder;
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
