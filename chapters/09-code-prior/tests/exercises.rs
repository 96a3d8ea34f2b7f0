//! Your answers: `cargo test -p code-prior --test exercises`.

use lab::expect_pass;

use code_prior_checks as checks;

#[path = "../exercises/attention_backward.rs"]
mod attention_backward;
#[path = "../exercises/bits_per_image.rs"]
mod bits_per_image;
#[path = "../exercises/causal_weights.rs"]
mod causal_weights;
#[path = "../exercises/colder.rs"]
mod colder;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/in_units.rs"]
mod in_units;
#[path = "../exercises/mask.rs"]
mod mask;
#[path = "../exercises/normalise_backward.rs"]
mod normalise_backward;
#[path = "../exercises/one_query.rs"]
mod one_query;
#[path = "../exercises/shift_right.rs"]
mod shift_right;
#[path = "../exercises/tempered.rs"]
mod tempered;
#[path = "../exercises/train.rs"]
mod train;

#[test]
fn exercise_9_1_causal_weights() {
    expect_pass(checks::causal_weights(causal_weights::causal_weights));
}

#[test]
fn exercise_9_2_shift_right() {
    expect_pass(checks::shift_right(shift_right::shift_right));
}

#[test]
fn exercise_9_3_attention_backward() {
    expect_pass(checks::attention_backward(
        attention_backward::attention_backward,
    ));
}

#[test]
fn exercise_9_4_normalise_backward() {
    expect_pass(checks::normalise_backward(
        normalise_backward::normalise_backward,
    ));
}

#[test]
fn exercise_9_5_bits_per_image() {
    expect_pass(checks::bits_per_image(bits_per_image::bits_per_image));
}

#[test]
fn exercise_9_6_tempered() {
    expect_pass(checks::tempered(tempered::tempered));
}

#[test]
fn exercise_9_7_one_query() {
    expect_pass(checks::one_query(one_query::one_query));
}

#[test]
fn exercise_9_8_in_units() {
    expect_pass(checks::in_units(in_units::in_units));
}

#[test]
fn exercise_9_9_mask() {
    expect_pass(checks::mask(mask::mask));
}

#[test]
fn exercise_9_10_train() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_9_11_colder() {
    expect_pass(checks::colder(colder::colder));
}

#[test]
fn exercise_9_12_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
