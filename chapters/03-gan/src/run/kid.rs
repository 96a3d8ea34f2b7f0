//! A distance for few images.

use judge::measures::MeasureError;
use ndarray::Array2;

// ANCHOR: kid
/// Eq. 3.11: the kernel distance of two sets of features, the mean
/// similarity within the sets less that between them. An image is not
/// compared with itself, so the mean over draws of real against real is 0.
///
/// # Errors
/// A set has fewer than two rows, their widths differ, or a number is not
/// finite or too large.
pub fn kid(
    a: &Array2<f64>, // [N, F]
    b: &Array2<f64>, // [M, F]
) -> Result<f64, MeasureError> {
    comparable(a, b)?;
    let within = |x: &Array2<f64>| {
        let (k, n) = (kernel(x, x), x.nrows() as f64); // [N, N]
        (k.sum() - k.diag().sum()) / (n * (n - 1.0))
    };
    let between = kernel(a, b); // [N, M]
    let between = between.sum() / between.len() as f64;
    let distance = within(a) + within(b) - 2.0 * between;
    match distance.is_finite() {
        true => Ok(distance),
        false => Err(MeasureError::NotFinite(distance)),
    }
}

/// How alike two images are, by their features: (a · b / F + 1)³.
fn kernel(a: &Array2<f64>, b: &Array2<f64>) -> Array2<f64> {
    let scale = 1.0 / a.ncols() as f64;
    a.dot(&b.t()).mapv_into(|dot| (scale * dot + 1.0).powi(3)) // [N, M]
}
// ANCHOR_END: kid

fn comparable(a: &Array2<f64>, b: &Array2<f64>) -> Result<(), MeasureError> {
    if a.ncols() != b.ncols() {
        return Err(MeasureError::Widths(a.ncols(), b.ncols()));
    }
    for x in [a, b] {
        if x.nrows() < 2 {
            let found = x.nrows();
            return Err(MeasureError::TooFew { least: 2, found });
        }
        if let Some(bad) = x.iter().find(|v| !v.is_finite()) {
            return Err(MeasureError::NotFinite(*bad));
        }
    }
    Ok(())
}
