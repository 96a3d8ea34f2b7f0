//! Your answers: `cargo test -p gan --test exercises`.

use lab::expect_pass;

use gan_checks as checks;

#[path = "../exercises/collapsed.rs"]
mod collapsed;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/frechet.rs"]
mod frechet;
#[path = "../exercises/g_step.rs"]
mod g_step;
#[path = "../exercises/interpolate.rs"]
mod interpolate;
#[path = "../exercises/through.rs"]
mod through;
#[path = "../exercises/train.rs"]
mod train;
#[path = "../exercises/two_fast.rs"]
mod two_fast;

#[test]
fn exercise_3_1_g_step() {
    expect_pass(checks::g_step(g_step::g_step));
}

#[test]
fn exercise_3_2_through() {
    expect_pass(checks::through(through::through));
}

#[test]
fn exercise_3_3_collapsed() {
    expect_pass(checks::collapsed(collapsed::lost_modes));
}

#[test]
fn exercise_3_4_interpolate() {
    expect_pass(checks::interpolate(interpolate::interpolate));
}

#[test]
fn exercise_3_5_frechet() {
    expect_pass(checks::frechet(frechet::frechet));
}

#[test]
fn exercise_3_6_train() {
    expect_pass(checks::train(train::train));
}

#[test]
fn exercise_3_7_two_fast() {
    expect_pass(checks::two_fast(two_fast::two_fast));
}

#[test]
fn exercise_3_8_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
