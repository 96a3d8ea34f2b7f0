//! The solutions pass the checks.

use lab::expect_pass;

use crate::checks;

#[path = "../../solutions/chase.rs"]
mod chase;
#[path = "../../solutions/d_loss.rs"]
mod d_loss;
#[path = "../../solutions/farther.rs"]
mod farther;
#[path = "../../solutions/g_loss_backward.rs"]
mod g_loss_backward;
#[path = "../../solutions/jsd.rs"]
mod jsd;
#[path = "../../solutions/optimal_d.rs"]
mod optimal_d;
#[path = "../../solutions/value_gradient.rs"]
mod value_gradient;

#[test]
fn exercise_1_1() {
    expect_pass(checks::d_loss(d_loss::d_loss));
}

#[test]
fn exercise_1_2() {
    expect_pass(checks::g_loss_backward(g_loss_backward::g_loss_backward));
}

#[test]
fn exercise_1_3() {
    expect_pass(checks::optimal_d(optimal_d::optimal_d));
}

#[test]
fn exercise_1_4() {
    expect_pass(checks::jsd(jsd::jsd));
}

#[test]
fn exercise_1_5() {
    expect_pass(checks::value_gradient(value_gradient::value_gradient));
}

#[test]
fn exercise_1_6() {
    expect_pass(checks::chase(chase::chase));
}

#[test]
fn exercise_1_7() {
    expect_pass(checks::farther(farther::farther));
}
