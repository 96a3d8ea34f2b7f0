//! Patches of digits, and a training with them.

use codebook_lookup::plain::{
    cluster_means, distortion, gather, kmeans_plus_plus, nearest,
};
use datasets::{Batches, Digits, PixelRange, Split};
use gradients::plain::AdamConfig;
use lab::Lab;
use ndarray::{Array2, Array3, Axis as Dim, s};

use super::{quality, root_mean_square, variance};
use crate::plain::Levels;
use crate::training::{Autoencoder, Past, Training, in_room};

/// In every codebook.
pub(super) const CODES: usize = 64;

/// Patches `[N, 16]`, to learn from and to be judged by.
pub(super) struct Data {
    pub(super) seen: Array2<f32>,
    pub(super) unseen: Array2<f32>,
    pub(super) steps: u64,
}

fn past(name: &str) -> anyhow::Result<Past> {
    Ok(match name {
        "without" => Past::Nothing,
        "straight_through" => Past::StraightThrough,
        "rotation" => Past::Rotation,
        "gumbel" => Past::Gumbel(2.0, 0.5),
        _ => Past::FiniteScalar(Levels::new(&[4, 4, 4])?),
    })
}

/// What a training leaves.
pub(super) struct Run {
    pub(super) trained: Autoencoder,
    pub(super) error: f64,
    /// With the mean patch of each code in place of what the decoder makes of it.
    pub(super) of_a_table: f64,
    pub(super) used: f64,
    /// Of the latents, before the first step and after the last.
    pub(super) lengths: (f64, f64),
    pub(super) curve: Vec<(f64, f64)>,
}

pub(super) fn train(
    lab: &Lab,
    name: &str,
    data: &Data,
    seed: usize,
) -> anyhow::Result<Run> {
    let probe = few(&data.unseen, 4_900); // [4900, 16]
    let order = lab.seed().wrapping_add(seed as u64);
    let mut batches = Batches::new(data.seen.nrows(), 512, order)?;
    let draw = |step| data.seen.select(Dim(0), &batches.batch(step)); // [512, 16]
    let adam = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    let rng = &mut lab.rng(&format!("patch-networks-{seed}"));
    let (past, none) = (past(name)?, Array2::zeros((CODES, 3)));
    let mut training =
        Training::new([16, 32, 3], none, past.clone(), adam, rng, draw);
    let start = training.encoder.net.output(&probe); // [4900, 3]
    training.set_codebook(match past {
        Past::FiniteScalar(levels) => levels.codebook(),
        _ => kmeans_plus_plus(&start, CODES, rng)?,
    });
    (training.recipe.keep, training.recipe.steps) = (0.9, data.steps);
    let mut training = in_room(lab, training)?;
    let history = lab.train_and_observe(
        &format!("patches-{name}-{seed}"),
        (0..=data.steps).step_by((data.steps as usize / 25).max(1)),
        &mut training,
        |training| match quality(&training.now(), &probe) {
            Ok((error, _)) => vec![error as f32],
            Err(_) => vec![f32::NAN],
        },
    )?;
    let trained = training.now();
    let (error, used) = quality(&trained, &data.unseen)?;
    let some = few(&data.seen, 20_000); // [20000, 16]
    let codes = trained.quantize(&some)?.indices; // [20000]
    let table = cluster_means(&some, &codes, &Array2::zeros((CODES, 16))); // [64, 16]
    let codes = trained.quantize(&data.unseen)?.indices; // [N']
    let end = trained.encoder.output(&probe); // [4900, 3]
    let lengths = [start, end].map(|z| f64::from(root_mean_square(&z)));
    let point =
        |(step, seen): &(u64, Vec<f32>)| (*step as f64, seen[0].into());
    Ok(Run {
        error,
        of_a_table: table_error(&data.unseen, &table, Some(codes))?,
        used: used as f64,
        lengths: lengths.into(),
        curve: history.iter().map(point).collect(),
        trained,
    })
}

/// The first digits of a split, `most` or as many as there are, with pixels from 0 to 1; enough for so many patches.
/// `[N, 28, 28]`
pub(super) fn images(
    lab: &Lab,
    split: Split,
    patches: usize,
    most: usize,
) -> anyhow::Result<Array3<f32>> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    digits.at_least(patches.div_ceil(49))?;
    digits.varied(most)?;
    let rows: Vec<usize> = (0..digits.len().min(most)).collect();
    let pixels = digits.pixels::<f32>(&rows, PixelRange::Unit); // [N, 784]
    Ok(pixels.into_shape_with_order((rows.len(), 28, 28))?)
}

/// The first rows.
pub(super) fn few(x: &Array2<f32>, most: usize) -> Array2<f32> {
    x.slice(s![..x.nrows().min(most), ..]).to_owned()
}

/// The error over the variance of a table of patches, by the codes given or the nearest.
pub(super) fn table_error(
    x: &Array2<f32>,
    table: &Array2<f32>,
    indices: Option<Vec<usize>>,
) -> anyhow::Result<f64> {
    let indices = match indices {
        Some(indices) => indices,
        None => nearest(x, table)?,
    };
    let coded = gather(table, &indices); // [N, 16]
    Ok(distortion(x, &coded) / 16.0 / variance(x))
}
