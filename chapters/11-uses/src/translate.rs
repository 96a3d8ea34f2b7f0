//! One artist's drawing from the other's: a prior over pairs of code maps,
//! and the linear map that it has to beat.

use code_prior::model::{Prior, PriorError};
use code_prior::sampling::{Draws, How, complete};
use nalgebra::{Cholesky, DMatrix};
use ndarray::{Array1, Array2, Axis, concatenate, s};
use vq_gan::plain::Form;

// ANCHOR: given
/// A sequence of two maps: the source's codes, then the target's. `[N, 2T]`
///
/// # Panics
/// There are more of one than of the other.
pub fn joined(
    source: &Array2<usize>, // [N, T]
    target: &Array2<usize>, // [N, T]
) -> Array2<usize> {
    concatenate(Axis(1), &[source.view(), target.view()]).expect("pairs")
}

/// Eq. 11.8: what each target's codes cost if its source's are known, in
/// nats; which way is the prior's class. `[N]`
///
/// # Errors
/// The codes are not the prior's, or it does not know the class.
pub fn nats_given(
    prior: &Prior<f32>,
    [source, target]: [&Array2<usize>; 2], // [N, T]
    way: usize,
) -> Result<Array1<f64>, PriorError> {
    let both = joined(source, target); // [N, 2T]
    let ways = vec![Some(way); both.nrows()];
    let nats = prior.nats_given(&both, &ways)?; // [N, 2T]
    Ok(nats.slice(s![.., source.ncols()..]).sum_axis(Axis(1)))
}

/// Draws a target for each source. `[N, T]`
///
/// # Errors
/// As for [`nats_given`], or the prior cannot draw so.
pub fn draw_given(
    prior: &impl Draws,
    source: &Array2<usize>, // [N, T]
    how: How,
    seed: u64,
) -> Result<Array2<usize>, PriorError> {
    let both = complete(prior, source, how, seed)?; // [N, 2T]
    Ok(both.slice(s![.., source.ncols()..]).to_owned())
}
// ANCHOR_END: given

/// The prior over pairs that a prior over single maps becomes before it has seen a pair: each half of a sequence looks at places
/// of its own as the single maps did, and the classes are the two ways.
pub fn over_pairs(single: &Prior<f32>) -> Prior<f32> {
    let (k, mut both) = (single.codes(), single.clone());
    let start = single.table.row(k);
    let starts = concatenate![
        Axis(0),
        single.table.slice(s![..=k, ..]),
        start.insert_axis(Axis(0)),
        start.insert_axis(Axis(0))
    ];
    both.table = starts; // [K + 3, W]
    let places = single.positions.view();
    both.positions = concatenate![Axis(0), places, places]; // [2T, W]
    both
}

/// What lies within `reach` pixels of each patch, the border repeated, and a one behind it. `[N · S², (patch + 2 reach)² C + 1]`
///
/// # Panics
/// The rows are not pictures of this form, or patches do not fill them.
pub fn windows(
    x: &Array2<f32>, // [N, H·W·C]
    Form { side, channels }: Form,
    patch: usize,
    reach: usize,
) -> Array2<f64> {
    assert_eq!(x.ncols(), side * side * channels, "numbers of a picture");
    assert!(side.is_multiple_of(patch), "whole patches");
    let (grid, wide) = (side / patch, patch + 2 * reach);
    let width = wide * wide * channels;
    let at = |place: usize, n: usize| {
        (place * patch + n).saturating_sub(reach).min(side - 1)
    };
    let shape = (x.nrows() * grid * grid, width + 1);
    Array2::from_shape_fn(shape, |(row, n)| {
        if n == width {
            return 1.0;
        }
        let (picture, place) = (row / (grid * grid), row % (grid * grid));
        let (pixel, c) = (n / channels, n % channels);
        let line = at(place / grid, pixel / wide);
        let column = at(place % grid, pixel % wide);
        f64::from(x[[picture, (line * side + column) * channels + c]])
    })
}

/// A linear map of what is around a patch to what is to be added to it: the best that squared error, and a price on its weights,
/// allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Ridge {
    form: Form,
    patch: usize,
    reach: usize,
    /// `[I, I]` and `[I, O]`: what was learnt from, as two products.
    xx: Array2<f64>,
    xy: Array2<f64>,
    rows: f64,
}

/// The weights are not finite.
#[derive(Debug, thiserror::Error)]
#[error("a price of {0} leaves no inverse; a positive one does")]
pub struct NoInverse(pub f64);

impl Ridge {
    /// From pairs of pictures. `[N, H·W·C]`
    ///
    /// # Panics
    /// As for [`windows`].
    pub fn of(
        [x, y]: [&Array2<f32>; 2],
        form: Form,
        (patch, reach): (usize, usize),
    ) -> Self {
        let seen = windows(x, form, patch, reach); // [M, I]
        let more = windows(&(y - x), form, patch, 0); // [M, O + 1]
        let more = more.slice(s![.., ..-1]).to_owned(); // [M, O]
        let (xx, xy) = (seen.t().dot(&seen), seen.t().dot(&more));
        Self { form, patch, reach, xx, xy, rows: seen.nrows() as f64 }
    }

    /// The weights at a price, relative to the mean square of a number that comes in. `[I, O]`
    ///
    /// # Errors
    /// The price is not positive.
    pub fn weights(&self, price: f64) -> Result<Array2<f64>, NoInverse> {
        let n = self.xx.nrows();
        let scale = self.xx.diag().sum() / n as f64;
        let of = |(i, j)| {
            self.xx[[i, j]] + if i == j { price * scale } else { 0.0 }
        };
        let matrix = DMatrix::from_fn(n, n, |i, j| of((i, j)));
        let right =
            DMatrix::from_fn(n, self.xy.ncols(), |i, j| self.xy[[i, j]]);
        let positive = price > 0.0 && price.is_finite();
        let root = Cholesky::new(matrix).filter(|_| positive);
        let w = root.ok_or(NoInverse(price))?.solve(&right);
        Ok(Array2::from_shape_fn(self.xy.dim(), |(i, j)| w[(i, j)]))
    }

    /// Pictures by the other artist. `[N, H·W·C]`
    ///
    /// # Panics
    /// As for [`windows`].
    pub fn apply(&self, w: &Array2<f64>, x: &Array2<f32>) -> Array2<f32> {
        let seen = windows(x, self.form, self.patch, self.reach); // [M, I]
        let more = seen.dot(w).mapv(|v| v as f32); // [M, O]
        x + &vq_gan::plain::depth_to_space(&more, self.form, self.patch)
    }
}
