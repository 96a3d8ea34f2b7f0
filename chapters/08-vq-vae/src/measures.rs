//! What the network is compared with at equal bits: principal components, and k-means of patches.

use codebook_lookup::plain::{
    LookupError, assemble, gather, kmeans_plus_plus, lloyd_step, nearest,
};
use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, Axis, s};
use ndarray_rand::rand::Rng;

use crate::plain::{IMAGE, space_to_depth};

// ANCHOR: pca
/// The mean of images and the directions in which they vary most.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// `[784]`
    pub mean: Array1<f64>,
    /// Directions of length 1, a row each, by falling variance. `[784, 784]`
    pub directions: Array2<f64>,
    /// The variance along each. `[784]`
    pub variances: Array1<f64>,
}

/// Eq. 8.10: principal components of images `[N, 784]`.
pub fn principal_components(x: &Array2<f64>) -> Components {
    let n = x.nrows().max(1) as f64;
    let mean = x.sum_axis(Axis(0)) / n; // [784]
    let centred = x - &mean; // [N, 784]
    let covariance = gradients::plain::product(centred.t(), centred.view());
    let side = covariance.nrows();
    let covariance = covariance / n; // [784, 784]
    let entries = covariance.iter().copied();
    let found =
        SymmetricEigen::new(DMatrix::from_iterator(side, side, entries));
    let mut order: Vec<usize> = (0..side).collect();
    let size = |n: &usize| found.eigenvalues[*n];
    order.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let directions = Array2::from_shape_fn((side, side), |(row, pixel)| {
        found.eigenvectors[(pixel, order[row])]
    });
    let variances = order.iter().map(|n| size(n).max(0.0)).collect();
    Components { mean, directions, variances }
}

/// Eq. 8.11: how many levels each coefficient is worth, when `bits` bits an
/// image are given out one by one, each to the coefficient whose expected
/// error, `variance / 4^bits`, is the largest. `[coefficients]`
pub fn shared_bits(variances: &Array1<f64>, bits: usize) -> Vec<u32> {
    let mut given = vec![0; variances.len()];
    let mut left = variances.clone();
    for _ in 0..bits {
        let larger = |a, b| if left[b] > left[a] { b } else { a };
        let worst = (0..left.len()).fold(0, larger);
        given[worst] += 1;
        left[worst] /= 4.0;
    }
    given
}
// ANCHOR_END: pca

impl Components {
    /// Images `[N, 784]` from their first coefficients, each rounded to 2ᵇ levels: the means of a one-dimensional
    /// k-means on the training coefficients, which is the best that a scalar quantiser can do; to no more levels than there are
    /// training images. `[N, 784]`
    ///
    /// # Errors
    /// A number is not finite.
    pub fn quantised(
        &self,
        train: &Array2<f64>,
        x: &Array2<f64>,
        bits: usize,
        rng: &mut impl Rng,
    ) -> Result<Array2<f64>, LookupError> {
        let given = shared_bits(&self.variances, bits);
        let used = given.iter().filter(|b| **b > 0).count();
        let directions = self.directions.slice(s![..used, ..]); // [U, 784]
        let along = |x: &Array2<f64>| (x - &self.mean).dot(&directions.t());
        let (from, mut c) = (along(train), along(x)); // [N, U]
        for (n, bits) in given.iter().take(used).enumerate() {
            let column = from.slice(s![.., n..=n]).to_owned(); // [N, 1]
            let k = 1_usize.checked_shl(*bits).unwrap_or(usize::MAX);
            let k = k.min(column.nrows());
            let mut levels = kmeans_plus_plus(&column, k, rng)?;
            for _ in 0..10 {
                levels = lloyd_step(&column, &levels)?.0;
            }
            let column = c.slice(s![.., n..=n]).to_owned(); // [N, 1]
            let rounded = gather(&levels, &nearest(&column, &levels)?);
            c.slice_mut(s![.., n..=n]).assign(&rounded);
        }
        Ok((c.dot(&directions) + &self.mean).mapv_into(|v| v.clamp(0.0, 1.0)))
    }
}

/// Images `[N, 784]` from the nearest of `k` patches of `size` × `size` pixels, learnt by Lloyd's algorithm from the
/// patches of `train`. `[N, 784]`
///
/// # Errors
/// There are fewer patches than `k`, or a number is not finite.
pub fn patches_by_kmeans(
    train: &Array2<f32>,
    x: &Array2<f32>,
    (size, k, steps): (usize, usize, usize),
    rng: &mut impl Rng,
) -> Result<Array2<f32>, LookupError> {
    let from = space_to_depth(train, size); // [·, size²]
    let mut codebook = kmeans_plus_plus(&from, k, rng)?; // [K, size²]
    for _ in 0..steps {
        codebook = lloyd_step(&from, &codebook)?.0;
    }
    let rows = space_to_depth(x, size);
    let rows = gather(&codebook, &nearest(&rows, &codebook)?);
    let images = assemble(&rows, (IMAGE, IMAGE)); // [N, 28, 28]
    let shape = (x.nrows(), IMAGE * IMAGE);
    Ok(images.into_shape_with_order(shape).expect("in one piece"))
}
