//! β on the codebook term: a part of the experiment `beta`, beside whose runs it is drawn.

use gradients::plain::AdamConfig;
use lab::{Axis, Claim, Draw, Lab, Measurements, Plot};

use super::beta::BETAS;
use super::{alike, less, times};
use crate::quantizer::Learning;
use crate::run::trial::{Case, Data, try_out};

pub const FIGURE: (&str, Draw) = ("wrong_term", draw_wrong_term);

/// The commitment term has the weight 1, whatever β is.
pub fn measure(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    for weight in &BETAS[1..] {
        let adam = AdamConfig { lr: 1e-3, ..AdamConfig::default() };
        let learning = Learning::Gradient { adam, weight: *weight };
        let case = Case::new(learning, 1.0);
        try_out(lab, data, &format!("wrong_beta_{weight}"), case)?;
    }
    Ok(())
}

fn draw_wrong_term(of: &Measurements) -> anyhow::Result<String> {
    let ends = |start: &str| -> anyhow::Result<Vec<(f64, f64)>> {
        let at = |beta: &f64| {
            Ok((*beta, of.value(&format!("{start}beta_{beta}_distance"))?))
        };
        BETAS[1..].iter().map(at).collect()
    };
    let (right, wrong) = (ends("")?, ends("wrong_")?);
    let plot = Plot::new("")
        .x("β", Axis::Log)
        .y("distance of a latent from its code", Axis::Linear)
        .y_range(0.0, 0.8)
        .line("β on the commitment term", right.clone())
        .line("β on the codebook term", wrong.clone())
        .colour(0)
        .points("", right)
        .points("", wrong);
    plot.svg()
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    let [right, wrong] = ["", "wrong_"].map(|start| {
        move |beta: f64, what: &str| format!("{start}beta_{beta}_{what}")
    });
    let (small, large) = (right(0.1, "distance"), right(2.0, "distance"));
    let [a, b] = [0.1, 2.0].map(|beta| wrong(beta, "distance"));
    vec![
        ("the_right_knob_turns", times(2.5, &large, &small)),
        ("the_wrong_knob_does_not", alike(0.01, &a, &b, &small)),
        (
            "and_it_costs_codes",
            less(&wrong(0.25, "perplexity"), &right(0.25, "perplexity")),
        ),
        (
            "it_is_a_beta_of_1",
            alike(
                0.001,
                &wrong(0.25, "distance"),
                &right(1.0, "distance"),
                &small,
            ),
        ),
    ]
}
