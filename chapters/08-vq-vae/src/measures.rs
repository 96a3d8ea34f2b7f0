//! What the network is compared with at equal bits, principal components, and how a curve is read off.

use nalgebra::{DMatrix, SymmetricEigen};
use ndarray::{Array1, Array2, Axis};

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

/// Eq. 8.14: principal components of images `[N, 784]`.
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

/// Eq. 8.15: how many levels each coefficient is worth, when `bits` bits an
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

/// Bits and errors of one method, from one seed.
pub type Curve = Vec<(f64, f64)>;

/// The error of a curve at so many bits, on the line between its two points on either side, both axes logarithmic; beyond
/// its end on the line through the last two. Where nothing is lost, the error counts as 1e-9.
///
/// # Panics
/// The curve has fewer than two points.
pub fn error_at(curve: &Curve, bits: f64) -> f64 {
    let mut points = curve.clone();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let after = points.partition_point(|point| point.0 < bits);
    let first = after.clamp(1, points.len() - 1) - 1;
    let [(x0, y0), (x1, y1)] =
        [points[first], points[first + 1]].map(|(x, y)| (x, y.max(1e-9)));
    match x0 < x1 {
        false => y0,
        true => {
            let along = (bits / x0).ln() / (x1 / x0).ln();
            (y0.ln() + along * (y1 / y0).ln()).exp()
        }
    }
}
