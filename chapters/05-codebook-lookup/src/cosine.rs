//! The lookup by direction, in plain ndarray.

use ndarray::{Array2, NdFloat};

use crate::plain::{LookupError, check, nearest};

// ANCHOR: cosine
/// Rows of length 1; a row of zeros stays one. `[N, C]`
pub fn normalize_rows<F: NdFloat>(x: &Array2<F>) -> Array2<F> {
    let mut y = x.clone(); // [N, C]
    for mut row in y.rows_mut() {
        let largest = row.fold(F::zero(), |a, v| a.max(v.abs()));
        if largest > F::zero() {
            row.mapv_inplace(|v| v / largest); // no square is too large
            let length = row.dot(&row).sqrt();
            row.mapv_inplace(|v| v / length);
        }
    }
    y
}

/// Its gradient: what points along a row is lost. `[N, C]`
pub fn normalize_rows_backward<F: NdFloat>(
    x: &Array2<F>,   // [N, C]
    d_y: &Array2<F>, // [N, C]
) -> Array2<F> {
    let y = normalize_rows(x); // [N, C]
    let mut d_x = Array2::zeros(x.raw_dim()); // [N, C]
    for (n, mut d_x) in d_x.rows_mut().into_iter().enumerate() {
        let (y, d_y) = (y.row(n), d_y.row(n)); // [C]
        let length = x.row(n).dot(&x.row(n)).sqrt();
        if length > F::zero() {
            d_x.assign(&((&d_y - &(&y * y.dot(&d_y))) / length));
        }
    }
    d_x
}

/// Eq. 5.11: the codebook vector of the same direction, as nearly as there
/// is one: between vectors of length 1, the nearest has the largest cosine.
/// A vector of zeros has no direction and is taken as it is.
///
/// # Errors
/// As for [`nearest`].
pub fn nearest_by_cosine<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Result<Vec<usize>, LookupError> {
    check(z, codebook)?;
    nearest(&normalize_rows(z), &normalize_rows(codebook))
}
// ANCHOR_END: cosine
