//! Your answers: `cargo test -p commitment-loss --test exercises`.

use lab::expect_pass;

use commitment_loss_checks as checks;

#[path = "../exercises/beta_for_a_sum.rs"]
mod beta_for_a_sum;
#[path = "../exercises/codebook_backward.rs"]
mod codebook_backward;
#[path = "../exercises/commitment_backward.rs"]
mod commitment_backward;
#[path = "../exercises/diagnose.rs"]
mod diagnose;
#[path = "../exercises/ema_update.rs"]
mod ema_update;
#[path = "../exercises/encoder_gradient.rs"]
mod encoder_gradient;
#[path = "../exercises/follows.rs"]
mod follows;
#[path = "../exercises/gaussian_kl_backward.rs"]
mod gaussian_kl_backward;
#[path = "../exercises/keep_alive.rs"]
mod keep_alive;
#[path = "../exercises/perplexity.rs"]
mod perplexity;
#[path = "../exercises/product_lookup.rs"]
mod product_lookup;
#[path = "../exercises/reparameterise_backward.rs"]
mod reparameterise_backward;
#[path = "../exercises/residual_backward.rs"]
mod residual_backward;
#[path = "../exercises/residual_lookup.rs"]
mod residual_lookup;

#[test]
fn exercise_7_1_codebook_backward() {
    expect_pass(checks::codebook_backward(
        codebook_backward::codebook_backward,
    ));
}

#[test]
fn exercise_7_2_commitment_backward() {
    expect_pass(checks::commitment_backward(
        commitment_backward::commitment_backward,
    ));
}

#[test]
fn exercise_7_3_encoder_gradient() {
    expect_pass(checks::encoder_gradient(encoder_gradient::encoder_gradient));
}

#[test]
fn exercise_7_4_beta_for_a_sum() {
    expect_pass(checks::beta_for_a_sum(beta_for_a_sum::beta_for_a_sum));
}

#[test]
fn exercise_7_5_ema_update() {
    expect_pass(checks::ema_update(ema_update::ema_update));
}

#[test]
fn exercise_7_6_perplexity() {
    expect_pass(checks::perplexity(perplexity::perplexity));
}

#[test]
fn exercise_7_7_gaussian_kl_backward() {
    expect_pass(checks::gaussian_kl_backward(
        gaussian_kl_backward::gaussian_kl_backward,
    ));
}

#[test]
fn exercise_7_8_reparameterise_backward() {
    expect_pass(checks::reparameterise_backward(
        reparameterise_backward::reparameterise_backward,
    ));
}

#[test]
fn exercise_7_9_residual_lookup() {
    expect_pass(checks::residual_lookup(residual_lookup::residual_lookup));
}

#[test]
fn exercise_7_10_residual_backward() {
    expect_pass(checks::residual_backward(
        residual_backward::residual_backward,
    ));
}

#[test]
fn exercise_7_11_product_lookup() {
    expect_pass(checks::product_lookup(product_lookup::product_lookup));
}

#[test]
fn exercise_7_12_keep_alive() {
    expect_pass(checks::keep_alive(keep_alive::keep_alive));
}

#[test]
fn exercise_7_13_diagnose() {
    expect_pass(checks::diagnose(diagnose::diagnose));
}

#[test]
fn exercise_7_14_follows() {
    expect_pass(checks::follows(follows::follows));
}
