//! What moves inside a model: directions in a generator's noise, and what a prior's guess depends on.

use gradients::plain::product;
use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use vq_vae::measures::principal_components;

// ANCHOR: principal
/// Directions in the noise, of length 1: least squares from the first `k`
/// principal components of features back to the noises. `[k, Z]`
///
/// # Panics
/// There is not one noise for each row of features, or more components than
/// features are asked for.
pub fn principal(
    features: &Array2<f32>, // [N, F]
    z: &Array2<f32>,        // [N, Z]
    k: usize,
) -> Array2<f32> {
    let features = features.mapv(f64::from);
    let found = principal_components(&features);
    let first = found.directions.slice(s![..k, ..]); // [k, F]
    let centred = &features - &found.mean; // [N, F]
    let a = product(centred.view(), first.t()); // [N, k]
    let z = z.mapv(f64::from);
    // The components are uncorrelated, so each is fitted by itself.
    let d = product(a.t(), z.view()); // [k, Z]
    let d = d.mapv(|v| v as f32);
    &d / &lengths(&d).insert_axis(Axis(1))
}

fn lengths(d: &Array2<f32>) -> Array1<f32> {
    d.map_axis(Axis(1), |row| row.dot(&row).sqrt().max(f32::MIN_POSITIVE))
}
// ANCHOR_END: principal

// ANCHOR: kl
/// How far one distribution is from another, `Σ p ln(p / q)`, in nats.
pub fn kl(p: ArrayView1<f64>, q: ArrayView1<f64>) -> f64 {
    let terms = p.iter().zip(q).filter(|(p, _)| **p > 0.0);
    terms.map(|(p, q)| p * (p / q.max(f64::MIN_POSITIVE)).ln()).sum()
}
// ANCHOR_END: kl

/// Spearman's correlation: that of the ranks, ties in the order in which they stand; 0 of fewer than two.
///
/// # Panics
/// There is not one of each.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "one of each");
    let n = a.len() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let squares = ranks(a).into_iter().zip(ranks(b));
    let squares = squares.map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    1.0 - 6.0 * squares / (n * (n * n - 1.0))
}

fn ranks(of: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..of.len()).collect();
    order.sort_by(|a, b| of[*a].total_cmp(&of[*b]));
    let mut ranks = vec![0.0; of.len()];
    for (rank, place) in order.into_iter().enumerate() {
        ranks[place] = rank as f64;
    }
    ranks
}
