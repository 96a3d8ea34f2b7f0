//! How wrong, and how unsure, the expanded distance is.

use ndarray::{Array2, ArrayView1, Axis, NdFloat};

use super::experiments::share_wrong;
use crate::plain::{
    distortion, gather, nearest, nearest_by_definition, nearest_by_product,
    rounding,
};

/// What is seen at one offset: the share of latents that is in doubt, that is picked wrongly by the product, wrongly after
/// centring, wrongly by `nearest`; how much of the bound rounding takes, and how much farther the picks are.
pub const SEEN: [&str; 6] = [
    "in_doubt_share",
    "wrong_share",
    "wrong_share_centred",
    "wrong_share_nearest",
    "bound_used",
    "distortion_ratio",
];

/// Latents and codebook, moved together.
pub fn look(
    z: &Array2<f32>,
    codebook: &Array2<f32>,
    offset: f32,
) -> anyhow::Result<[f64; 6]> {
    let (z, codebook) = (z + offset, codebook + offset);
    let right = nearest_by_definition(&z, &codebook);
    let picked = nearest_by_product(&z, &codebook);
    let middle = codebook.mean_axis(Axis(0)).expect("K is above 0"); // [C]
    let centred = nearest_by_product(&(&z - &middle), &(&codebook - &middle));
    let sure = bounds_and_gaps(&z, &codebook);
    let unsure = sure.iter().filter(|(bound, gap)| gap <= bound).count();
    let far = |indices: &[usize]| distortion(&z, &gather(&codebook, indices));
    Ok([
        unsure as f64 / z.nrows() as f64,
        share_wrong(&picked, &right),
        share_wrong(&centred, &right),
        share_wrong(&nearest(&z, &codebook)?, &right),
        bound_used(&z, &codebook, &sure),
        far(&picked) / far(&right),
    ])
}

/// `‖e‖²/2 - z·e` in the precision of its arguments. `[N, K]`
fn scores<F: NdFloat>(z: &Array2<F>, codebook: &Array2<F>) -> Array2<F> {
    let half = |e: ArrayView1<F>| e.dot(&e) / (F::one() + F::one());
    codebook.map_axis(Axis(1), half) - z.dot(&codebook.t())
}

/// How sure the scores of each latent are: its bound, and the gap between its two best.
fn bounds_and_gaps(
    z: &Array2<f32>,
    codebook: &Array2<f32>,
) -> Vec<(f32, f32)> {
    let length = |x: ArrayView1<f32>| x.dot(&x).sqrt();
    let longest = codebook.rows().into_iter().map(length).fold(0.0, f32::max);
    let scores = scores(z, codebook); // [N, K]
    let of = |(z, scores): (ArrayView1<f32>, ArrayView1<f32>)| {
        let mut sorted = scores.to_vec();
        sorted.sort_by(f32::total_cmp);
        let bound = rounding(z.len(), length(z) + longest);
        (bound, sorted[1] - sorted[0])
    };
    z.rows().into_iter().zip(scores.rows()).map(of).collect()
}

/// How much of the bound rounding really takes, at most.
fn bound_used(
    z: &Array2<f32>,
    codebook: &Array2<f32>,
    sure: &[(f32, f32)],
) -> f64 {
    let exact = scores(&z.mapv(f64::from), &codebook.mapv(f64::from));
    let off = scores(z, codebook).mapv(f64::from) - exact; // [N, K]
    let used = off.rows().into_iter().zip(sure).map(|(off, (bound, _))| {
        let least = off.fold(f64::MAX, |a, &v| a.min(v));
        let most = off.fold(f64::MIN, |a, &v| a.max(v));
        (most - least) / f64::from(*bound)
    });
    used.fold(0.0, f64::max)
}
