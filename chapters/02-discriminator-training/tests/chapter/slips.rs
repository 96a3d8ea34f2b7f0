//! Where the source article slips, shown.

use discriminator_training::plain::{
    accuracy, article_d_loss, article_d_loss_backward, d_step,
};
use gradients::compare::numeric_gradient_of_network;
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, numeric_gradient, sigmoid,
};
use lab::rng_at;
use minimax_loss::plain::{d_loss, d_loss_backward};
use ndarray::{Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

fn batch(centre: f32, stream: u64) -> Array2<f32> {
    let noise: Array2<f32> =
        Array2::random_using((64, 2), StandardNormal, &mut rng_at(5, stream));
    noise + centre
}

fn discriminator() -> Mlp<f32> {
    Mlp::new(
        &[2, 16, 1],
        Activation::LeakyRelu(0.2),
        Activation::Identity,
        &mut rng_at(6, 0),
    )
}

/// E16, on the discriminator's side: a probability where a logit belongs. D's own loss cannot fall below
/// `softplus(-1) + softplus(0)`, however well it tells the two apart, and its gradient vanishes at both ends.
#[test]
fn e16_two_sigmoids_pen_the_discriminator_in() {
    let penned = |s_real: f64, s_fake: f64| {
        d_loss(&array![[sigmoid(s_real)]], &array![[sigmoid(s_fake)]])
    };
    let least = 1.0_f64.exp().recip().ln_1p() + 2.0_f64.ln();
    assert!((penned(1e3, -1e3) - least).abs() < 1e-12 && least > 1.0);
    assert!(
        d_loss(&array![[1e3]], &array![[-1e3]]) < 1e-12,
        "on logits there is no such floor"
    );
    // A confident mistake teaches nothing.
    let slope =
        numeric_gradient(|s| penned(s[[0, 0]], -1e3), &array![[-20.0]], 1e-4);
    assert!(slope[[0, 0]].abs() < 1e-8);
    let (d_real, _) = d_loss_backward(&array![[-20.0_f64]], &array![[-1e3]]);
    assert!(
        (d_real[[0, 0]] + 1.0).abs() < 1e-8,
        "on logits it teaches fully"
    );
}

/// E17 and E19: the "fake" term scores the real batch, the fakes are never seen. Training drives every logit to 0, the
/// loss to 2 log 2, and tells nothing apart.
#[test]
fn e17_e19_real_scored_twice_is_stuck_at_two_log_two() {
    let (start, config) =
        (discriminator(), AdamConfig { lr: 0.01, ..AdamConfig::default() });
    let (mut d, mut adam) = (start.clone(), Adam::new(&start, config));
    for step in 0..500 {
        let outputs = d.forward(&batch(2.0, step));
        let (_, d_net) =
            d.backward(&outputs, article_d_loss_backward(&outputs[2]));
        adam.step(&mut d, &d_net);
    }
    let (s_real, s_fake) =
        (d.output(&batch(2.0, 1000)), d.output(&batch(-2.0, 1001)));
    let floor = 2.0 * 2.0_f32.ln();
    assert!((article_d_loss(&s_real) - floor).abs() < 1e-3);
    assert!(
        s_real.iter().all(|s| s.abs() < 0.1),
        "every real input rests near one half"
    );

    let (mut d, mut adam) = (start.clone(), Adam::new(&start, config));
    for step in 0..500 {
        let (_, d_net) =
            d_step(&d, &batch(2.0, 2 * step), &batch(-2.0, 2 * step + 1));
        adam.step(&mut d, &d_net);
    }
    let (s_cured, s_caught) =
        (d.output(&batch(2.0, 1000)), d.output(&batch(-2.0, 1001)));
    assert!(
        accuracy(&s_cured, &s_caught) > 0.98,
        "cured, it tells them apart"
    );
    assert!(accuracy(&s_cured, &s_caught) > accuracy(&s_real, &s_fake));
}

/// The article's function [114-117]. It uses its second argument.
fn discriminator_loss(_: &Array2<f64>, real_output: &Array2<f64>) -> f64 {
    article_d_loss(real_output)
}

/// E18: the call is `discriminator_loss(real_output, data)` [138]. As written it has no gradient at any weight of D; with its
/// arguments exchanged it has one.
#[test]
fn e18_a_loss_of_pixels_knows_no_discriminator() {
    let data = batch(2.0, 0).mapv(f64::from);
    let (leaky, linear) = (Activation::LeakyRelu(0.2), Activation::Identity);
    let d = Mlp::new(&[2, 16, 1], leaky, linear, &mut rng_at(6, 0));
    let slopes = |call: fn(&Array2<f64>, &Array2<f64>) -> f64| {
        let loss = |d: &Mlp<f64>| {
            let real_output = d.output(&data).mapv(sigmoid);
            call(&real_output, &data)
        };
        numeric_gradient_of_network(loss, &d)
    };
    let as_written = slopes(discriminator_loss);
    let exchanged =
        slopes(|real_output, data| discriminator_loss(data, real_output));
    for p in as_written.parameters() {
        assert!(p.iter().all(|slope| *slope == 0.0), "it knows no D");
    }
    for p in exchanged.parameters() {
        assert!(p.iter().any(|slope| slope.abs() > 1e-4));
    }
}
