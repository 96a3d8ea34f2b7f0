//! What D's loss says about G's weights, with and without detach, in both rooms.

use dfdx::prelude::Backward;
use gradients::on_dfdx::{Mlp as OnDfdx, gradients, to_plain};
use gradients::plain::{Mlp, Parameters, sigmoid};
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use super::{noise, untrained_discriminator, untrained_generator};
use crate::on_dfdx;
use crate::plain::leak_into_generator;

pub const EXPERIMENT: Experiment = Experiment {
    name: "leak",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let g = untrained_generator(lab, 784);
    let d = untrained_discriminator(lab, 784);
    let z = noise(64, &mut lab.rng("leak")); // [64, 100]
    let [detached, leak] =
        [true, false].map(|detach| leak_into_generator(&g, &d, &z, detach));
    let (with, without) = (largest(&detached), largest(&leak));
    lab.result("grad_leak_with_detach", with, Within::Exactly)?;
    lab.result("grad_leak_without_detach", without, Within::Relative(1e-3))?;
    in_the_other_room(lab, (&g, &d), &z, &leak)?;
    a_step(lab, (&g, &d), &z, &leak)
}

fn in_the_other_room(
    lab: &mut Lab,
    (g, d): (&Mlp<f32>, &Mlp<f32>),
    z: &Array2<f32>,
    leak: &Mlp<f32>,
) -> anyhow::Result<()> {
    let there: anyhow::Result<[Mlp<f32>; 2]> =
        lab::on_device!(lab.device(), |dev| {
            let [on_g, on_d] = [g, d].map(|net| OnDfdx::new(&dev, net));
            Ok([true, false].map(|detach| {
                let z = lab::tensor(&dev, z, z.dim()); // [64, 100]
                let loss =
                    on_dfdx::leak_into_generator(&on_g, &on_d, z, detach);
                to_plain(g, &gradients(&on_g, &loss.backward()))
            }))
        });
    let [detached, leaked] = there?;
    let with = largest(&detached);
    lab.result("dfdx_grad_leak_with_detach", with, Within::Exactly)?;
    let [mine, theirs] =
        [leak, &leaked].map(|net| net.layers[0].w.mapv(f64::from));
    let error = lab::max_rel_err(&theirs, &mine);
    lab.result("leak_parity_max_rel_err", error, Within::Limit(1e-4))
}

/// One step of plain descent down D's loss, taken by G through the leak.
fn a_step(
    lab: &mut Lab,
    (g, d): (&Mlp<f32>, &Mlp<f32>),
    z: &Array2<f32>,
    leak: &Mlp<f32>,
) -> anyhow::Result<()> {
    let mut caught = g.clone();
    let slopes = leak.parameters();
    for (mut to, from) in caught.parameters_mut().into_iter().zip(slopes) {
        to.scaled_add(-1.0, &from);
    }
    let mean_d = |g: &Mlp<f32>| {
        let s = d.output(&g.output(z)); // [64, 1]
        s.iter().map(|s| f64::from(sigmoid(*s))).sum::<f64>() / s.len() as f64
    };
    let within = Within::Absolute(0.02);
    lab.result("leak_d_of_fakes_before", mean_d(g), within)?;
    lab.result("leak_d_of_fakes_after", mean_d(&caught), within)
}

fn largest(net: &Mlp<f32>) -> f64 {
    let all = net.parameters();
    let sizes = all.iter().flat_map(|p| p.iter()).map(|v| f64::from(v.abs()));
    sizes.fold(0.0, f64::max)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let without = "grad_leak_without_detach";
    vec![
        (
            "detach_stops_the_leak",
            Claim::equal(0.0, "grad_leak_with_detach", 0.0, without),
        ),
        (
            "and_so_it_does_on_dfdx",
            Claim::equal(0.0, "dfdx_grad_leak_with_detach", 0.0, without),
        ),
        (
            "the_leak_helps_d",
            Claim::times(
                10.0,
                "leak_d_of_fakes_after",
                "leak_d_of_fakes_before",
            ),
        ),
    ]
}
