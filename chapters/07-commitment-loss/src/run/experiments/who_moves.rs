//! Three terms, three parts: which of the nine gradients are zero, in both rooms.

use dfdx::prelude::Trace;
use gradients::on_dfdx::Mlp as OnDevice;
use gradients::plain::Mlp;
use lab::{Claim, Cost, Experiment, Lab, Within, tensor};
use ndarray::Array2;

use super::{doubled, largest};
use crate::on_dfdx;
use crate::quantizer::Quantizer;
use crate::run::trial::{Data, K, by_gradient};
use crate::training::{TermGradient, term_gradients};

pub const EXPERIMENT: Experiment = Experiment {
    name: "who-moves",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const TERMS: [&str; 3] = ["reconstruction", "codebook", "commitment"];
const PARTS: [&str; 3] = ["encoder", "codebook", "decoder"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    lab.result("k", K as f64, Within::Exactly)?;
    lab.result("blank_patches", data.blank, Within::Absolute(0.01))?;
    let ((encoder, decoder), quantizer, batches) =
        doubled(lab, &data, by_gradient())?;
    let x = &batches[0];
    let by_hand = term_gradients((&encoder, &decoder), &quantizer, x)?;
    let by_hand = by_hand.map(|of: TermGradient<f64>| {
        let at_codebook = of.codebook.fold(0.0_f64, |a, b| a.max(b.abs()));
        [largest(&of.encoder), at_codebook, largest(&of.decoder)]
    });
    let nets = (&encoder, &decoder);
    let (taped, late) = on_the_tape(lab, nets, &quantizer, x)?;
    for (room, found) in [("", by_hand), ("dfdx_", taped)] {
        for (term, sizes) in TERMS.into_iter().zip(found) {
            for (part, size) in PARTS.into_iter().zip(sizes) {
                note(lab, &format!("{room}{term}_grad_on_{part}"), size)?;
            }
        }
    }
    note(lab, "late_grad_on_codebook", late[1])?;
    note(lab, "late_grad_on_encoder", late[0])
}

/// Each term's largest gradients, and those of the codebook term after the bracket, by dfdx.
fn on_the_tape(
    lab: &Lab,
    (encoder, decoder): (&Mlp<f64>, &Mlp<f64>),
    quantizer: &Quantizer<f64>,
    x: &Array2<f64>,
) -> anyhow::Result<([[f64; 3]; 3], [f64; 3])> {
    lab::on_device!(lab.device(), |dev| {
        let [e, d] = [encoder, decoder].map(|n| OnDevice::new(&dev, n));
        let codebook = quantizer.codebook();
        let codebook = tensor(&dev, codebook, codebook.dim()); // [K, C]
        let x = tensor(&dev, x, x.dim()); // [B, 16]
        let (nets, settings) = ((&e, &d), quantizer.settings());
        let of = || on_dfdx::terms(nets, &codebook, settings, x.clone());
        let size = |l| on_dfdx::largest_gradients(nets, &codebook, l);
        // A term alone: the others have a tape, and weight 0.
        let alone = |n: usize| {
            let (of, weight) = (of(), |m| f64::from(m == n));
            let sum = of.reconstruction * weight(0)
                + of.codebook * weight(1)
                + of.commitment * weight(2);
            size(sum)
        };
        let z_e = e.forward(x.leaky_trace()); // [B, C]
        let (z_q, mean) = (of().z_q, settings.reduction);
        let late = on_dfdx::late_codebook_loss(z_e, z_q, mean);
        Ok(([0, 1, 2].map(alone), size(late)))
    })
}

fn note(lab: &mut Lab, name: &str, size: f64) -> anyhow::Result<()> {
    let within =
        if size == 0.0 { Within::Exactly } else { Within::Relative(1e-3) };
    lab.result(&format!("{name}_max_abs"), size, within)
}

/// The gradients that are zero, and as many that are not.
const ZERO: [[&str; 2]; 5] = [
    ["reconstruction_grad_on_codebook", "codebook_grad_on_codebook"],
    ["codebook_grad_on_encoder", "reconstruction_grad_on_encoder"],
    ["codebook_grad_on_decoder", "reconstruction_grad_on_decoder"],
    ["commitment_grad_on_codebook", "codebook_grad_on_codebook"],
    ["commitment_grad_on_decoder", "commitment_grad_on_encoder"],
];

fn claims() -> Vec<(&'static str, Claim)> {
    let zero = |room: &str| {
        let side = |n: usize| {
            let names = ZERO.map(|pair| format!("{room}{}_max_abs", pair[n]));
            names.into_iter().map(Into::into).collect()
        };
        Claim::Equal(0.0, side(0), vec![0.0.into(); ZERO.len()], side(1))
    };
    let late = |part| format!("late_grad_on_{part}_max_abs");
    vec![
        ("five_of_nine_are_zero", zero("")),
        ("five_are_zero_on_the_tape", zero("dfdx_")),
        (
            "late_the_codebook_gets_nothing",
            Claim::equal(0.0, late("codebook"), 0.0, late("encoder")),
        ),
    ]
}
