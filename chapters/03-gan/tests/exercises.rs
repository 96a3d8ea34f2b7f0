//! Your answers: `cargo test -p gan --test exercises`.

use lab::expect_pass;

#[path = "chapter/checks.rs"]
mod checks;

#[path = "../exercises/collapsed.rs"]
mod collapsed;
#[path = "../exercises/frechet.rs"]
mod frechet;
#[path = "../exercises/g_step.rs"]
mod g_step;
#[path = "../exercises/interpolate.rs"]
mod interpolate;
#[path = "../exercises/through.rs"]
mod through;

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
