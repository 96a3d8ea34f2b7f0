//! A PixelCNN beside the transformer: bits, seconds, a picture, and what it sees.

use std::time::Instant;

use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot, Within,
};
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use super::{push, smoothed};
use crate::model::{Prior, Sizes};
use crate::pixelcnn::{PixelCnn, Training, in_room, jacobian};
use crate::plain::{bits_per_image, bits_under, shares_by_place};
use crate::run::learnt::{config, trained_or_left};
use crate::run::world::World;
use crate::sampling::{Draws, sample};
use crate::training::Config;

pub const EXPERIMENT: Experiment = Experiment {
    name: "pixelcnn",
    cost: Cost::Minutes,
    measure,
    figures: &[("pixelcnn_learning", draw)],
    claims,
};

// ANCHOR: recipe
/// The recipe of the prior, with six convolutions: as many as a map has
/// lines to look up to.
fn recipe(of: Config, lab: &Lab) -> Config {
    let (width, blocks) = (lab.by_scale(8, 64, 128), lab.by_scale(1, 5, 5));
    let sizes = Sizes { width, blocks, classes: 0, heads: 1, ..of.sizes };
    Config { sizes, ..of }
}
// ANCHOR_END: recipe

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let world = World::as_left(lab)?;
    let of_prior = config(lab, world.tokeniser.codes());
    let (prior, its_losses, its_seconds) =
        trained_or_left(lab, &world, of_prior)?;
    let config = recipe(of_prior, lab);
    let training = Training::new(config, &world.train_codes, lab.seed())?;
    let mut training = in_room(lab, training)?;
    lab.train("pixelcnn", config.steps, &mut training)?;
    let seconds = lab.seconds("pixelcnn")?;
    let net = training.pixelcnn();

    let codes = &world.test_codes;
    let nats = training.nats(codes)?; // [N, 49]
    let (size, its_size) = (net.size() as f64, prior.size() as f64);
    let of_net = [bits_per_image(&nats), seconds, size];
    let of_prior =
        [bits_per_image(&prior.nats(codes)?), its_seconds, its_size];
    for (name, [bits, seconds, size]) in
        [("pixelcnn", of_net), ("transformer", of_prior)]
    {
        let of = |what: &str| format!("{name}_{what}");
        lab.result(&of("bits"), bits, Within::Relative(0.05))?;
        lab.result(&of("parameters"), size, Within::Exactly)?;
        let each = seconds / config.steps as f64;
        lab.result(&of("seconds_per_step"), each, Within::Timing)?;
    }
    let Sizes { width, blocks, .. } = config.sizes;
    let [width, convolutions] = [width, 1 + blocks].map(|n| n as f64);
    lab.result("pixelcnn_channels", width, Within::Exactly)?;
    lab.result("pixelcnn_convolutions", convolutions, Within::Exactly)?;
    lab.result("pixelcnn_steps", config.steps as f64, Within::Exactly)?;
    let shares = shares_by_place(&world.train_codes, net.codes()); // [49, K]
    let by_place = bits_under(&shares, codes);
    lab.result("histograms_bits", by_place, Within::Relative(0.05))?;
    samples(lab, &world, &net, &prior)?;
    field(lab)?;
    for (name, losses) in
        [("pixelcnn", training.losses()), ("transformer", its_losses)]
    {
        let (step, bits) = smoothed(&losses, 200);
        lab.column(&format!("{name}_step"), step)?;
        lab.column(&format!("{name}_bits"), bits)?;
    }
    Ok(())
}

/// The time that either takes to draw, and some of the PixelCNN's samples.
fn samples(
    lab: &mut Lab,
    world: &World,
    net: &PixelCnn<f32>,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let n = lab.by_scale(32, 500, 500);
    let codes = timed(lab, "pixelcnn", net, n)?; // [n, 49]
    timed(lab, "transformer", prior, n)?;
    let shown = codes.slice(s![..n.min(128), ..]).to_owned();
    let mut grid = ImageGrid::new(16);
    push(&mut grid, &world.tokeniser.decode(&shown)?);
    lab.image("pixelcnn_samples", &grid)
}

/// Code maps, without their decoding. `[n, 49]`
fn timed(
    lab: &mut Lab,
    name: &str,
    model: &impl Draws,
    n: usize,
) -> anyhow::Result<Array2<usize>> {
    let start = Instant::now();
    let codes = sample(model, n, 1.0, lab.seed())?; // [n, 49]
    let each = start.elapsed().as_secs_f64() * 1000.0 / n as f64;
    lab.result(&format!("{name}_code_seconds"), each, Within::Timing)?;
    Ok(codes)
}

/// Of one network a ReLU may be shut.
const NETS: usize = 8;

/// Which places untrained networks see from three of them; and how many earlier ones they never do.
fn field(lab: &mut Lab) -> anyhow::Result<()> {
    let (codes, width, blocks) = (2, 16, 5);
    let (places, heads, classes) = (49, 1, 0);
    let sizes = Sizes { codes, places, width, heads, blocks, classes };
    let mut rng = lab.rng("field");
    let mut slopes = Array2::<f64>::zeros((49, 49)); // [T, T]
    for _ in 0..NETS {
        let net = PixelCnn::<f64>::new(sizes, &mut rng)?;
        let shape = (49, width);
        let x = Array2::random_using(shape, StandardNormal, &mut rng); // [T, C]
        slopes.zip_mut_with(&jacobian(&net, &x), |a, &b| *a = a.max(b));
    }
    let (earlier, rest): (Vec<_>, Vec<_>) =
        slopes.indexed_iter().partition(|((i, j), _)| j < i);
    let later = rest.iter().fold(0.0_f64, |m, (_, slope)| m.max(**slope));
    lab.result("pixelcnn_future_max_abs", later, Within::Exactly)?;
    let unseen = earlier.iter().filter(|(_, slope)| **slope == 0.0).count();
    let share = unseen as f64 / earlier.len() as f64;
    lab.result("pixelcnn_unseen_share", share, Within::Exactly)?;
    let mut grid = ImageGrid::new(3).zoom(14);
    for at in [16, 31, 45] {
        // White: the place itself; grey: what it sees.
        let shade = |j| match slopes[[at, j]] > 0.0 {
            _ if j == at => 1.0,
            true => 0.5,
            false => 0.0,
        };
        let map = Array2::from_shape_fn((7, 7), |(i, j)| shade(7 * i + j));
        grid.push(map.view(), 0.0, 1.0);
    }
    lab.image("pixelcnn_field", &grid)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("bits an image", Axis::Linear);
    for (name, label) in
        [("pixelcnn", "PixelCNN"), ("transformer", "transformer")]
    {
        let [step, bits] = ["step", "bits"].map(|c| format!("{name}_{c}"));
        plot = plot.line(label, of.curve(&step, &bits)?);
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (
            "a_pixelcnn_sees_no_later_code",
            Claim::equal(
                0.0,
                "pixelcnn_future_max_abs",
                0.0,
                "pixelcnn_unseen_share",
            ),
        ),
        (
            "some_earlier_codes_it_never_sees",
            Claim::less(0.1, "pixelcnn_unseen_share"),
        ),
        (
            "the_transformer_needs_fewer_bits",
            Claim::less("transformer_bits", "pixelcnn_bits"),
        ),
        (
            "the_pixelcnn_is_smaller_and_quicker",
            Claim::Times(
                2.0,
                ["parameters", "seconds_per_step"]
                    .map(|what| format!("pixelcnn_{what}").into())
                    .into(),
                ["parameters", "seconds_per_step"]
                    .map(|what| format!("transformer_{what}").into())
                    .into(),
            ),
        ),
        (
            "it_knows_more_than_histograms",
            Claim::less("pixelcnn_bits", "histograms_bits"),
        ),
        (
            "without_a_cache_drawing_is_dear",
            Claim::times(
                5.0,
                "transformer_code_seconds",
                "pixelcnn_code_seconds",
            ),
        ),
    ]
}
