//! The gradients at both ends of the lookup, in both rooms; and the bracket's rounding.

use dfdx::prelude::{Backward, Device, PutTape, SplitTape, Trace};
use gradients::compare::{OnDevice, worst};
use gradients::plain::{Activation, Mlp, mse_backward};
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::on_dfdx;
use crate::plain::{bracket, straight_through, straight_through_backward};

pub const EXPERIMENT: Experiment = Experiment {
    name: "equal",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut rng = lab.rng("equal");
    let (tanh, linear) = (Activation::Tanh, Activation::Identity);
    let decoder = Mlp::<f64>::new(&[4, 16, 16], tanh, linear, &mut rng);
    let mut normal = |rows, columns| {
        Array2::random_using((rows, columns), StandardNormal, &mut rng)
    };
    let (z_e, codebook, x) = (normal(256, 4), normal(32, 4), normal(256, 16));
    let z_q = straight_through(&z_e, &codebook)?.z_q; // [256, 4]
    let made = decoder.forward(&z_q);
    let d_y = mse_backward(&made[made.len() - 1], &x); // [256, 16]
    let (d_z_q, _) = decoder.backward(&made, d_y); // [256, 4]
    let d_z_e = straight_through_backward(d_z_q.clone()); // [256, 4]
    let other: anyhow::Result<[Array2<f64>; 3]> =
        lab::on_device!(lab.device(), |dev| {
            Ok(both_ends_on_dfdx(&dev, &decoder, [&z_e, &z_q, &x]))
        });
    let [at_z_e, at_z_st, unstopped] = other?;
    let exactly = Within::Exactly;
    let same = largest(&(&d_z_e - &d_z_q));
    lab.result("encoder_minus_decoder_grad_max_abs", same, exactly)?;
    let there = largest(&(&at_z_e - &at_z_st));
    lab.result("dfdx_encoder_minus_decoder_grad_max_abs", there, exactly)?;
    let lost = largest(&unstopped);
    lab.result("unstopped_encoder_grad_max_abs", lost, exactly)?;
    let size = largest(&d_z_q);
    lab.result("decoder_grad_max_abs", size, Within::Relative(1e-6))?;
    let apart = largest(&(&at_z_e - &d_z_e));
    lab.result("dfdx_against_plain_max_abs", apart, Within::Limit(1e-12))?;

    let z_q = lab::to_f32(&z_q);
    for (name, length) in [("near", 1.0), ("far", 1e7)] {
        let z_e = lab::to_f32(&(&z_e * length));
        let wrong = (bracket(&z_e, &z_q) - &z_q).mapv(f64::from);
        let name = format!("bracket_f32_max_abs_err_{name}");
        lab.result(&name, largest(&wrong), Within::Factor(4.0))?;
    }
    Ok(())
}

fn largest(x: &Array2<f64>) -> f64 {
    worst(x.iter().map(|v| v.abs()))
}

/// The gradients at `z_e`, at `z_st`, and at `z_e` when the stop is forgotten.
fn both_ends_on_dfdx<D: Device<f64>>(
    dev: &D,
    decoder: &Mlp<f64>,
    [z_e, z_q, x]: [&Array2<f64>; 3],
) -> [Array2<f64>; 3] {
    let decoder = OnDevice::new(dev, decoder);
    let [z_e, z_q, x] = [z_e, z_q, x].map(|a| lab::tensor(dev, a, a.dim()));
    let z_st = on_dfdx::straight_through(z_e.leaky_trace(), z_q.clone());
    let (z_st, tape) = z_st.split_tape();
    let y = decoder.forward(z_st.clone().put_tape(tape));
    let found = gradients::on_dfdx::mse(y, x.clone()).backward();
    let wrong = on_dfdx::unstopped(z_e.leaky_trace(), z_q);
    let lost = gradients::on_dfdx::mse(decoder.forward(wrong), x).backward();
    [found.get(&z_e), found.get(&z_st), lost.get(&z_e)]
        .map(|g| lab::array(&g))
}

fn claims() -> Vec<(&'static str, Claim)> {
    let size = "decoder_grad_max_abs";
    let zero = |name| Claim::equal(0.0, name, 0.0, size);
    let near = "bracket_f32_max_abs_err_near";
    vec![
        ("one_gradient", zero("encoder_minus_decoder_grad_max_abs")),
        (
            "one_gradient_on_dfdx",
            zero("dfdx_encoder_minus_decoder_grad_max_abs"),
        ),
        ("unstopped_is_lost", zero("unstopped_encoder_grad_max_abs")),
        (
            "both_rooms_hand_on_the_same",
            Claim::equal(1e-15, "dfdx_against_plain_max_abs", 0.0, size),
        ),
        ("the_bracket_rounds", Claim::all_below([near], 1e-6)),
        (
            "the_code_drowns",
            Claim::times(1e6, near, "bracket_f32_max_abs_err_far"),
        ),
    ]
}
