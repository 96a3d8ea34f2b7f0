//! How often each code is chosen, and how many bits that costs.

use ndarray::Array1;

// ANCHOR: usage
/// How many latents chose each codebook vector. `[K]`
///
/// # Panics
/// An index is not below `k`.
pub fn usage(indices: &[usize], k: usize) -> Array1<usize> {
    let mut counts = Array1::zeros(k); // [K]
    indices.iter().for_each(|&k| counts[k] += 1);
    counts
}

/// Eq. 5.9: the entropy, in nats, of an index drawn with these counts; 0
/// when there are none.
pub fn entropy(counts: &Array1<usize>) -> f64 {
    let total = counts.sum() as f64;
    let term = |&n: &usize| {
        let share = n as f64 / total;
        if n > 0 { -share * share.ln() } else { 0.0 }
    };
    counts.iter().map(term).sum()
}

/// Eq. 5.10: the bits of an image of so many codes, when every code costs
/// the same, and when frequent codes cost less.
pub fn bits_per_image(counts: &Array1<usize>, codes: usize) -> [f64; 2] {
    let nats = [(counts.len() as f64).ln(), entropy(counts)];
    nats.map(|nats| codes as f64 * nats / 2.0_f64.ln())
}
// ANCHOR_END: usage
