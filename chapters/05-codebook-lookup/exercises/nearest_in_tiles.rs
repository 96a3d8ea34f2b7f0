//! Exercise 5.3 (§ Without storing the distances): a running minimum.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array1, Array2, Axis};

/// The same indices as in exercise 5.1, visiting the codebook `tile` rows at
/// a time: for each latent, keep the smallest distance so far and where it
/// was. `tile` need not divide K; on ties the lowest index wins.
pub fn nearest_in_tiles(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    tile: usize,
) -> Vec<usize> {
    todo!(
        "Exercise 5.3 (§ Without storing the distances): \
         `codebook.axis_chunks_iter(Axis(0), tile)` gives the tiles, the \
         last one shorter. Mind which row of the codebook a row of a tile is"
    )
}
