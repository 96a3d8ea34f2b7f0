//! A training with points of the plane.

use datasets::toy::{Density, GaussianMixture};
use gradients::compare::worst;
use gradients::plain::AdamConfig;
use lab::{History, Lab, rng_at};
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use super::{quality, root_mean_square, variance};
use crate::plain::bracket;
use crate::training::{Autoencoder, Past, Training, in_room};

/// What a training leaves; and half way, the error and the latents' length.
pub(super) struct Run {
    pub(super) error: f64,
    pub(super) used: f64,
    pub(super) length: f64,
    pub(super) half: (f64, f64),
    pub(super) code_length: f64,
    pub(super) bracket: f64,
    pub(super) moved: f64,
    pub(super) floor: f64,
    pub(super) columns: Vec<(&'static str, Vec<f64>)>,
}

/// Networks and a codebook at their start, points that are not learnt from, and what is seen of both on the way.
struct Trained {
    start: Array2<f32>,
    unseen: Array2<f32>,
    history: History,
    now: Autoencoder,
}

fn train(
    lab: &Lab,
    (name, past): (&str, &Past),
    seed: usize,
) -> anyhow::Result<Trained> {
    let data = GaussianMixture::ring_of_8(0.1)?;
    let rng = &mut lab.rng(&format!("plane-{seed}"));
    let codebook: Array2<f32> =
        Array2::random_using((8, 2), StandardNormal, rng);
    let unseen = data.sample(2_000, rng).mapv(|v| v as f32); // [2000, 2]
    let order = lab.seed().wrapping_add(seed as u64);
    let draw = |step| {
        data.sample(128, &mut rng_at(order, step)).mapv(|v| v as f32) // [128, 2]
    };
    let adam = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    let mut training =
        Training::new([2, 32, 2], codebook, past.clone(), adam, rng, draw);
    let steps = lab.by_scale(100, 1000, 5000);
    training.recipe.steps = steps;
    let start = training.encoder.net.output(&unseen); // [2000, 2]
    let mut training = in_room(lab, training)?;
    let history = lab.train_and_observe(
        &format!("plane-{name}-{seed}"),
        (0..=steps).step_by(steps as usize / 50),
        &mut training,
        |training| look(&training.now(), &unseen),
    )?;
    Ok(Trained { start, history, now: training.now(), unseen })
}

/// The error, the latents' length, and some latents.
fn look(now: &Autoencoder, unseen: &Array2<f32>) -> Vec<f32> {
    let error = quality(now, unseen).map_or(f64::NAN, |q| q.0);
    let z_e = now.encoder.output(unseen); // [2000, 2]
    let mut seen = vec![error as f32, root_mean_square(&z_e)];
    seen.extend(z_e.slice(s![..190, ..]));
    seen
}

pub(super) fn run(
    lab: &Lab,
    case: (&str, &Past),
    seed: usize,
) -> anyhow::Result<Run> {
    let Trained { start, unseen, history, now } = train(lab, case, seed)?;
    let (error, used) = quality(&now, &unseen)?;
    let z_e = now.encoder.output(&unseen); // [2000, 2]
    let z_q = now.quantize(&unseen)?.z_q; // [2000, 2]
    let largest =
        |x: Array2<f32>| worst(x.iter().map(|v| f64::from(v.abs())));
    let half = history.len() / 2;
    Ok(Run {
        error,
        used: used as f64,
        length: root_mean_square(&z_e).into(),
        half: (history[half].1[0].into(), history[half].1[1].into()),
        code_length: root_mean_square(&now.codebook).into(),
        bracket: largest(bracket(&z_e, &z_q) - &z_q),
        moved: largest(&z_e - &start),
        floor: 0.01 / variance(&unseen),
        columns: columns(lab, &history, &now.codebook),
    })
}

fn columns(
    lab: &Lab,
    history: &History,
    codebook: &Array2<f32>,
) -> Vec<(&'static str, Vec<f64>)> {
    let step = history.iter().map(|(step, _)| *step as f64).collect();
    let look =
        |n: usize| history.iter().map(move |(_, seen)| f64::from(seen[n]));
    let early = lab.by_scale(60, 100, 100);
    let at = history.iter().position(|(step, _)| *step == early).unwrap_or(0);
    let shown = |axis| history[at].1[2..].iter().skip(axis).step_by(2);
    let shown = |axis| shown(axis).map(|v| f64::from(*v)).collect();
    let code = |axis| codebook.column(axis).mapv(f64::from).to_vec();
    vec![
        ("step", step),
        ("error", look(0).collect()),
        ("length", look(1).collect()),
        ("early_x", shown(0)),
        ("early_y", shown(1)),
        ("code_x", code(0)),
        ("code_y", code(1)),
    ]
}
