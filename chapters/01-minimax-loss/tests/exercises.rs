//! Your answers: `cargo test -p minimax-loss --test exercises`.

use lab::expect_pass;

use minimax_loss_checks as checks;

#[path = "../exercises/chase.rs"]
mod chase;
#[path = "../exercises/d_loss.rs"]
mod d_loss;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/farther.rs"]
mod farther;
#[path = "../exercises/g_loss_backward.rs"]
mod g_loss_backward;
#[path = "../exercises/jsd.rs"]
mod jsd;
#[path = "../exercises/optimal_d.rs"]
mod optimal_d;
#[path = "../exercises/value_curvature.rs"]
mod value_curvature;

#[test]
fn exercise_1_1_d_loss() {
    expect_pass(checks::d_loss(d_loss::d_loss));
}

#[test]
fn exercise_1_2_g_loss_backward() {
    expect_pass(checks::g_loss_backward(g_loss_backward::g_loss_backward));
}

#[test]
fn exercise_1_3_optimal_d() {
    expect_pass(checks::optimal_d(optimal_d::optimal_d));
}

#[test]
fn exercise_1_4_jsd() {
    expect_pass(checks::jsd(jsd::jsd));
}

#[test]
fn exercise_1_5_value_curvature() {
    expect_pass(checks::value_curvature(value_curvature::value_curvature));
}

#[test]
fn exercise_1_6_chase() {
    expect_pass(checks::chase(chase::chase));
}

#[test]
fn exercise_1_7_farther() {
    expect_pass(checks::farther(farther::farther));
}

#[test]
fn exercise_1_8_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}
