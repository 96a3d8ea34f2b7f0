//! What is seen of the page's network while it learns: a part of the experiment `digits`.

use anyhow::Context;
use commitment_loss::quantizer::Quantizer;
use lab::{
    Axis, Claim, Draw, History, Lab, Measurements, Plot, Within, panels,
};
use ndarray::{Array2, Axis as Dim};

use crate::model::VqVae;
use crate::rate::choose;
use crate::run::setting::{Data, in_use};

pub const FIGURES: [(&str, Draw); 2] =
    [("growth", draw_growth), ("commitment", draw_commitment)];

/// What is seen of a network on digits that it does not learn from: perplexity, error, commitment loss, mean squared length
/// of a latent, and the loss over that.
pub fn look(
    data: &Data,
    x: &Array2<f32>,
    model: &VqVae<f32>,
    quantizer: &Quantizer<f32>,
) -> anyhow::Result<Vec<f32>> {
    let z_e = model.latents(x)?; // [N S², D]
    let prices = model.prices.as_ref();
    let chosen = choose(&z_e, quantizer.codebook(), prices)?;
    let found = quantizer.found(&z_e, chosen);
    let places = (x.nrows(), model.sizes.places());
    let codes = Array2::from_shape_vec(places, found.quantized.indices)?;
    let error = data.unexplained(x, &model.decode(&codes)?);
    let (perplexity, _) = in_use(&codes, model.codes());
    let squares = z_e.mapv(|v| f64::from(v * v)).sum_axis(Dim(1)); // [N S²]
    let square = squares.mean().unwrap_or(0.0);
    let loss = f64::from(found.commitment_loss);
    let numbers = [perplexity, error, loss, square, loss / square];
    Ok(numbers.map(|v| v as f32).to_vec())
}

const SEEN: [&str; 5] = [
    "perplexity",
    "error",
    "commitment_loss",
    "latent_square",
    "commitment_over_square",
];

pub fn measure(
    lab: &mut Lab,
    losses: &[f32],
    history: &History,
) -> anyhow::Result<()> {
    let size = (losses.len() / 200).max(1);
    let mean = |part: &[f32]| {
        part.iter().map(|v| f64::from(*v)).sum::<f64>() / part.len() as f64
    };
    let smooth: Vec<f64> = losses.chunks(size).map(mean).collect();
    lab.column("loss_step", (0..smooth.len()).map(|n| (n * size) as f64))?;
    lab.column("loss", smooth)?;
    // The codebook starts among the latents: at step 0 it says nothing.
    let later = history.get(1..).context("nothing was seen on the way")?;
    let loss = |at: &(u64, Vec<f32>)| at.1[2];
    let least = (0..later.len())
        .min_by(|a, b| loss(&later[*a]).total_cmp(&loss(&later[*b])));
    let ends = [("least", least), ("last", later.len().checked_sub(1))];
    let steps: Vec<f64> = later.iter().map(|at| at.0 as f64).collect();
    let mut curves = vec![("step", steps)];
    for (n, name) in SEEN.into_iter().enumerate() {
        let course = later.iter().map(|(_, seen)| f64::from(seen[n]));
        curves.push((name, course.collect()));
    }
    for (name, course) in curves {
        let within = match name {
            "step" => Within::Factor(3.0),
            _ => Within::Factor(1.5),
        };
        for (when, at) in ends {
            let end = course[at.context("nothing was seen on the way")?];
            lab.result(&format!("growth_{name}_{when}"), end, within)?;
        }
        lab.column(name, course)?;
    }
    Ok(())
}

fn over_steps(y: &str, axis: Axis) -> Plot {
    Plot::new("").x("step", Axis::Linear).y(y, axis)
}

fn draw_growth(of: &Measurements) -> anyhow::Result<String> {
    let error = over_steps("squared error over variance", Axis::Log)
        .line("training batches", of.curve("loss_step", "loss")?)
        .points("test digits", of.curve("step", "error")?);
    let codes = over_steps("perplexity of the codes", Axis::Linear)
        .line("", of.curve("step", "perplexity")?);
    panels(&[error, codes], 2)
}

fn draw_commitment(of: &Measurements) -> anyhow::Result<String> {
    let course = |name| of.curve("step", name);
    let length = over_steps("mean squared length of a latent", Axis::Linear)
        .line("", course("latent_square")?);
    let loss = over_steps("commitment loss", Axis::Linear)
        .colour(1)
        .line("", course("commitment_loss")?);
    let share = over_steps("loss over squared length", Axis::Log)
        .colour(2)
        .line("", course("commitment_over_square")?);
    panels(&[length, loss, share], 2)
}

pub fn claims() -> Vec<(&'static str, Claim)> {
    let [least, last] = ["least", "last"]
        .map(|when| move |name| format!("growth_{name}_{when}"));
    let falls = |name| Claim::less(last(name), least(name));
    let rises = |name| Claim::times(1.1, least(name), last(name));
    vec![
        ("the_error_falls", falls("error")),
        ("the_commitment_loss_rises", rises("commitment_loss")),
        ("fewer_codes_do_the_work", falls("perplexity")),
        ("the_latents_grow", rises("latent_square")),
        ("over_their_length_it_falls", falls("commitment_over_square")),
    ]
}
