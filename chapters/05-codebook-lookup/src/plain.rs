//! Nearest codebook vectors in plain ndarray. Latents `z` are rows `[N, C]`,
//! a codebook is `[K, C]`, an index is a row of the codebook. What is done
//! with indices has files of its own, and names here too.

use std::{array, iter};

use gradients::plain::{Parameters, product, real};
use lab::mat_mul;
use ndarray::parallel::prelude::{
    IndexedParallelIterator, IntoParallelIterator, ParallelIterator,
};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use ndarray::{ArrayViewD, ArrayViewMutD, NdFloat, Zip, s};

pub use crate::cosine::{
    nearest_by_cosine, normalize_rows, normalize_rows_backward,
};
pub use crate::kmeans::{
    cluster_means, distortion, distortion_backward, kmeans_plus_plus,
    lloyd_step,
};
pub use crate::patches::{assemble, patches};
pub use crate::usage::{bits_per_image, entropy, usage};

/// Latents and a codebook that do not fit together.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum LookupError {
    /// There is nothing to choose from.
    #[error(
        "expected a codebook of at least one vector of at least one \
         component, found {k} × {c}"
    )]
    EmptyCodebook {
        /// Rows.
        k: usize,
        /// Columns.
        c: usize,
    },
    /// The latents have another width.
    #[error(
        "expected latents as wide as the codebook, {expected}, found {found}"
    )]
    Width {
        /// Components of a codebook vector.
        expected: usize,
        /// Components of a latent.
        found: usize,
    },
    /// A number that is no place.
    #[error(
        "{array}, row {row}, component {component}: expected a finite \
         number, found {found}"
    )]
    NotFinite {
        /// `latents` or `codebook`.
        array: &'static str,
        /// Counted from 0.
        row: usize,
        /// Counted from 0.
        component: usize,
        /// The number.
        found: f64,
    },
    /// A start needs a point of its own for each codebook vector.
    #[error("expected K from 1 to the {points} points there are, found {k}")]
    TooManyCodes {
        /// Asked for.
        k: usize,
        /// Available.
        points: usize,
    },
}

/// Rows are counted from `first`.
pub(crate) fn check_finite<F: NdFloat>(
    array: &'static str,
    x: ArrayView2<F>,
    first: usize,
) -> Result<(), LookupError> {
    // A row with such a number in it has no finite square; the search that
    // names the place is for the few rows, if any, that have none.
    if x.rows().into_iter().all(|row| row.dot(&row).is_finite()) {
        return Ok(());
    }
    let bad = x.indexed_iter().find(|(_, v)| !v.is_finite());
    bad.map_or(Ok(()), |((row, component), v)| {
        let (row, found) = (first + row, number(*v));
        Err(LookupError::NotFinite { array, row, component, found })
    })
}

/// Whether a lookup of latents `[N, C]` in a codebook `[K, C]` has an
/// answer.
///
/// # Errors
/// The codebook is empty, the widths differ, or a number is not finite.
pub fn check<F: NdFloat>(
    z: &Array2<F>,
    codebook: &Array2<F>,
) -> Result<(), LookupError> {
    check_codebook(z, codebook)?;
    check_finite("latents", z.view(), 0)
}

/// The same, but for the numbers in `z`.
fn check_codebook<F: NdFloat>(
    z: &Array2<F>,
    codebook: &Array2<F>,
) -> Result<(), LookupError> {
    let (k, c) = codebook.dim();
    if k == 0 || c == 0 {
        return Err(LookupError::EmptyCodebook { k, c });
    }
    if z.ncols() != c {
        return Err(LookupError::Width { expected: c, found: z.ncols() });
    }
    check_finite("codebook", codebook.view(), 0)
}

pub(crate) fn number<F: NdFloat>(v: F) -> f64 {
    v.to_f64().expect("floats are f64 or fit into one")
}

// ANCHOR: definition
/// `‖z - e‖²` for two vectors `[C]`.
pub fn squared_distance<F: NdFloat>(z: ArrayView1<F>, e: ArrayView1<F>) -> F {
    Zip::from(z).and(e).fold(F::zero(), |d, &z, &e| d + (z - e) * (z - e))
}

/// Where the smallest of some numbers stands, the first of equal ones.
pub fn first_smallest<F: NdFloat>(d: ArrayView1<F>) -> usize {
    (1..d.len()).fold(0, |a, b| if d[b] < d[a] { b } else { a })
}

/// Eq. 5.1: for each latent, the index of the nearest codebook vector; the
/// lowest of them when several are equally near.
pub fn nearest_by_definition<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Vec<usize> {
    let distances =
        |z| codebook.map_axis(Axis(1), |e| squared_distance(z, e));
    let index = |z| first_smallest(distances(z).view()); // of [K]
    z.rows().into_iter().map(index).collect() // [N]
}
// ANCHOR_END: definition

// ANCHOR: product
fn squared_norms<F: NdFloat>(x: ArrayView2<F>) -> Array1<F> {
    x.map_axis(Axis(1), |row| row.dot(&row)) // [rows]
}

/// Eq. 5.2: all distances at once, `‖z‖² - 2 z·e + ‖e‖²`. `[N, K]`
pub fn squared_distances<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Array2<F> {
    let mut d = product(z.view(), codebook.t()); // [N, K]
    d *= real::<F>(-2.0);
    d += &squared_norms(codebook.view()); // [K], to every row
    d += &squared_norms(z.view()).insert_axis(Axis(1)); // [N, 1], to all
    d
}
// ANCHOR_END: product

// ANCHOR: product_backward
/// Its gradients at the latents and at the codebook: a sum of `2 (z - e)`
/// over the pairs that a vector is part of, and of `2 (e - z)`.
pub fn squared_distances_backward<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
    d_d: &Array2<F>,      // [N, K]
) -> (Array2<F>, Array2<F>) {
    let of_z = d_d.sum_axis(Axis(1)).insert_axis(Axis(1)); // [N, 1]
    let of_e = d_d.sum_axis(Axis(0)).insert_axis(Axis(1)); // [K, 1]
    let d_z = z * &of_z - product(d_d.view(), codebook.view()); // [N, C]
    let d_codebook = codebook * &of_e - product(d_d.t(), z.view());
    (d_z * real::<F>(2.0), d_codebook * real::<F>(2.0))
}
// ANCHOR_END: product_backward

// ANCHOR: by_product
/// The same indices from the matrix of distances.
pub fn nearest_by_product<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Vec<usize> {
    let d = squared_distances(z, codebook); // [N, K]
    d.rows().into_iter().map(first_smallest).collect() // [N]
}
// ANCHOR_END: by_product

// ANCHOR: tiles
/// Latents that are scored at a time.
const TILE: usize = 96;

/// Scores that are compared at once.
const LANES: usize = 16;

/// Eq. 5.3: the same indices without ever storing N × K numbers, and exact:
/// where rounding could decide, the definition decides.
///
/// # Errors
/// The codebook is empty, the widths differ, or a number is not finite.
pub fn nearest<F: NdFloat>(
    z: &Array2<F>,        // [N, C]
    codebook: &Array2<F>, // [K, C]
) -> Result<Vec<usize>, LookupError> {
    check_codebook(z, codebook)?;
    #[cfg(feature = "mine")]
    lab::yours!(Ok: nearest(z, codebook));
    let e_norms = squared_norms(codebook.view()); // [K]
    let longest = e_norms.fold(F::zero(), |a, &b| a.max(b)).sqrt();
    let halves = e_norms.mapv(|n| n * real(0.5)).to_vec(); // [K]
    let e = codebook.t().as_standard_layout().into_owned(); // [C, K]
    let space = || Array2::zeros((TILE, codebook.nrows())); // one a thread
    let of_tile = |products: &mut Array2<F>, (n, tile): Tile<F>| {
        let norms = squared_norms(tile); // [TILE]
        if !norms.iter().all(|n| n.is_finite()) {
            check_finite("latents", tile, TILE * n)?;
        }
        let mut products = products.slice_mut(s![..tile.nrows(), ..]);
        mat_mul(-F::one(), &tile, &e.view(), F::zero(), &mut products);
        let rows = tile.rows().into_iter().zip(products.rows()).zip(norms);
        let index = |((z, products), norm): Scored<F>| {
            let products = products.to_slice().expect("a row in one piece");
            let minima = minima(products, &halves); // of the scores, [LANES]
            let smallest = minima.into_iter().fold(minima[0], F::min);
            let limit = smallest + rounding(z.len(), norm.sqrt() + longest);
            decide(z, codebook, not_above(products, &halves, minima, limit))
        };
        Ok(rows.map(index).collect()) // [TILE]
    };
    let tiles = z.axis_chunks_iter(Axis(0), TILE).into_par_iter().enumerate();
    let tiles: Vec<Result<Vec<usize>, _>> =
        tiles.map_init(space, of_tile).collect();
    let tiles: Result<Vec<_>, _> = tiles.into_iter().collect();
    Ok(tiles?.concat()) // [N]
}

/// The number of a tile, and its latents `[TILE, C]`.
type Tile<'a, F> = (usize, ArrayView2<'a, F>);

/// A latent, its products with the codebook, and its squared length.
type Scored<'a, F> = ((ArrayView1<'a, F>, ArrayView1<'a, F>), F);

/// Eq. 5.4: a bound on what rounding can do to the difference of two scores
/// of `c` products each, of vectors whose lengths add up to `reach`.
pub fn rounding<F: NdFloat>(c: usize, reach: F) -> F {
    let smallest = F::min_positive_value(); // below it, products vanish
    real::<F>((c + 4) as f64) * (F::epsilon() * reach * reach + smallest)
}

/// The only index among `near`; of several, the one that is nearest by the
/// definition, the lowest where that leaves a choice.
fn decide<F: NdFloat>(
    z: ArrayView1<F>,
    codebook: &Array2<F>,
    mut near: impl Iterator<Item = usize>,
) -> usize {
    let first = near.next().unwrap_or(0);
    let Some(second) = near.next() else { return first };
    let distance = |k: usize| squared_distance(z, codebook.row(k));
    let mut best = (distance(first), first);
    for k in iter::once(second).chain(near) {
        let next = (distance(k), k);
        if next < best {
            best = next;
        }
    }
    best.1
}
// ANCHOR_END: tiles

/// The smallest score in each lane: the k-th, a product and half a squared
/// length, is in lane k mod 16.
fn minima<F: NdFloat>(products: &[F], halves: &[F]) -> [F; LANES] {
    let less = |a: F, b: F| if b < a { b } else { a };
    let mut minima = [F::infinity(); LANES];
    let (products, products_rest) = products.as_chunks::<LANES>();
    let (halves, halves_rest) = halves.as_chunks::<LANES>();
    for (p, h) in products.iter().zip(halves) {
        minima = array::from_fn(|lane| less(minima[lane], p[lane] + h[lane]));
    }
    let rest = products_rest.iter().zip(halves_rest);
    for (least, (&p, &h)) in minima.iter_mut().zip(rest) {
        *least = less(*least, p + h);
    }
    minima
}

/// The indices of the scores that are not above `limit`, lane by lane; what
/// is no number is not above. Lanes whose minimum is above are passed over.
fn not_above<F: NdFloat>(
    products: &[F],
    halves: &[F],
    minima: [F; LANES],
    limit: F,
) -> impl Iterator<Item = usize> {
    let above = move |score: F| score > limit;
    let lanes = (0..LANES).filter(move |&lane| !above(minima[lane]));
    lanes
        .flat_map(|lane| (lane..products.len()).step_by(LANES))
        .filter(move |&k| !above(products[k] + halves[k]))
}

// ANCHOR: gather
/// Eq. 5.5: the codebook vector of each index. `[N, C]`
///
/// # Panics
/// An index is not below K.
pub fn gather<F: NdFloat>(
    codebook: &Array2<F>, // [K, C]
    indices: &[usize],    // [N]
) -> Array2<F> {
    codebook.select(Axis(0), indices) // [N, C]
}

/// Its gradient at the codebook: each row collects from all latents that
/// chose it. `[K, C]`
///
/// # Panics
/// An index is not below `k`, or there is not one for each row.
pub fn gather_backward<F: NdFloat>(
    d_z_q: &Array2<F>, // [N, C]
    indices: &[usize], // [N]
    k: usize,
) -> Array2<F> {
    #[cfg(feature = "mine")]
    lab::yours!(gather_backward(d_z_q, indices, k));
    assert_eq!(d_z_q.nrows(), indices.len(), "one index for each row");
    let mut d_codebook = Array2::zeros((k, d_z_q.ncols())); // [K, C]
    for (d, &k) in d_z_q.rows().into_iter().zip(indices) {
        let mut row = d_codebook.row_mut(k);
        row += &d;
    }
    d_codebook
}
// ANCHOR_END: gather

/// A codebook `[K, C]` that is trained: the one array of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Codebook<F>(pub Array2<F>);

impl<F> Parameters<F> for Codebook<F> {
    fn parameters(&self) -> Vec<ArrayViewD<'_, F>> {
        vec![self.0.view().into_dyn()]
    }

    fn parameters_mut(&mut self) -> Vec<ArrayViewMutD<'_, F>> {
        vec![self.0.view_mut().into_dyn()]
    }
}
