//! Codebooks that are learnt from latents alone: k-means, in plain ndarray.

use gradients::plain::real;
use ndarray::{Array1, Array2, Axis, NdFloat, Zip};
use ndarray_rand::rand::Rng;

use crate::plain::{
    LookupError, check_finite, gather, gather_backward, nearest, number,
    squared_distance,
};
use crate::usage::usage;

// ANCHOR: distortion
/// Eq. 5.6: the mean squared distance of a latent from what stands for it;
/// 0 when there are none.
///
/// # Panics
/// The shapes differ.
pub fn distortion<F: NdFloat>(z: &Array2<F>, z_q: &Array2<F>) -> f64 {
    let squares = Zip::from(z)
        .and(z_q)
        .fold(0.0, |sum, &z, &q| sum + number((z - q) * (z - q)));
    squares / z.nrows().max(1) as f64
}

/// Its gradient at the second argument. `[N, C]`
///
/// # Panics
/// The shapes differ.
pub fn distortion_backward<F: NdFloat>(
    z: &Array2<F>,   // [N, C]
    z_q: &Array2<F>, // [N, C]
) -> Array2<F> {
    (z_q - z) * real::<F>(2.0 / z.nrows().max(1) as f64) // [N, C]
}
// ANCHOR_END: distortion

// ANCHOR: lloyd
/// Eq. 5.7: the mean of the latents that chose each codebook vector; where
/// nobody did, the vector stays. `[K, C]`
pub fn cluster_means<F: NdFloat>(
    z: &Array2<F>, // [N, C]
    indices: &[usize],
    codebook: &Array2<F>, // [K, C]
) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(cluster_means(z, indices, codebook));
    let mut means = gather_backward(z, indices, codebook.nrows()); // [K, C]
    let counts = usage(indices, codebook.nrows()); // [K]
    for (k, mut mean) in means.rows_mut().into_iter().enumerate() {
        match counts[k] {
            0 => mean.assign(&codebook.row(k)),
            n => mean.mapv_inplace(|sum| sum / real(n as f64)),
        }
    }
    means
}

/// One step of Lloyd's algorithm: assign, then move to the means. Gives the
/// new codebook and the distortion of the old one.
///
/// # Errors
/// As for [`nearest`].
pub fn lloyd_step<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Result<(Array2<F>, f64), LookupError> {
    let indices = nearest(z, codebook)?;
    let before = distortion(z, &gather(codebook, &indices));
    Ok((cluster_means(z, &indices, codebook), before))
}
// ANCHOR_END: lloyd

// ANCHOR: start
/// Eq. 5.8: k-means++ (Arthur and Vassilvitskii, 2007). The first codebook
/// vector is any latent; each further one is a latent drawn with a
/// probability that grows with its squared distance from the nearest so
/// far. `[K, C]`
///
/// # Errors
/// K is 0 or above N, or a latent is not finite.
pub fn kmeans_plus_plus<F: NdFloat>(
    z: &Array2<F>, // [N, C]
    k: usize,
    rng: &mut impl Rng,
) -> Result<Array2<F>, LookupError> {
    let points = z.nrows();
    if k == 0 || k > points {
        return Err(LookupError::TooManyCodes { k, points });
    }
    check_finite("latents", z.view(), 0)?;
    let mut chosen = vec![rng.random_range(0..points)];
    let mut from_nearest = Array1::from_elem(points, f64::INFINITY); // [N]
    while chosen.len() < k {
        let newest = z.row(chosen[chosen.len() - 1]); // [C]
        Zip::from(&mut from_nearest).and(z.rows()).for_each(|d, z| {
            *d = d.min(number(squared_distance(z, newest)));
        });
        let mut left = rng.random::<f64>() * from_nearest.sum();
        let drawn = from_nearest.iter().position(|d| {
            left -= d;
            left < 0.0
        });
        // Rounding, or nothing but copies of what is chosen: any other.
        let spare = || (0..points).find(|n| !chosen.contains(n));
        chosen.push(drawn.or_else(spare).unwrap_or(0));
    }
    Ok(z.select(Axis(0), &chosen)) // [K, C]
}
// ANCHOR_END: start
