//! Convolutions of 4 × 4 with stride 2, as one gathering of places and a
//! product. A batch of grids of `side` × `side` places with C channels is a
//! matrix `[B, side² · C]`, a grid a row, place by place.

use ndarray::{Array2, NdFloat};
use rayon::prelude::*;

/// Places on a side of the window.
const WINDOW: usize = 4;

// ANCHOR: window
/// Where a window's line begins, and which of its four places are inside:
/// window `n` covers places 2n - 1 to 2n + 2. Gives the first tap inside,
/// the place under it, and how many there are.
fn inside(n: usize, side: usize) -> (usize, usize, usize) {
    let tap = usize::from(n == 0);
    let first = 2 * n + tap - 1;
    (tap, first, (2 * n + 3).min(side) - first)
}
// ANCHOR_END: window

// ANCHOR: gather
/// Eq. 4.35: for each place of a grid of half the side, the sixteen places
/// of its window in one row, zeros for those outside. `[B · side²/4, 16 C]`
///
/// # Panics
/// The side is odd, or the rows are not grids.
pub fn gather<F: NdFloat>(x: &Array2<F>, side: usize) -> Array2<F> {
    let (b, width) = x.dim();
    let (c, half) = (channels(width, side), side / 2);
    let mut columns = Array2::zeros((b * half * half, 16 * c));
    let x = x.as_standard_layout();
    let images = x.as_slice().expect("in one piece").par_chunks(width);
    let out = columns.as_slice_mut().expect("in one piece");
    let out = out.par_chunks_mut(half * half * 16 * c);
    out.zip(images).for_each(|(rows, image)| {
        for_windows(side, c, |to, from, n| {
            rows[to..to + n].copy_from_slice(&image[from..from + n]);
        });
    });
    columns
}

/// Its transpose: each place collects from all rows that hold a copy of it.
/// `[B, side² · C]`
///
/// # Panics
/// As for [`gather`].
pub fn scatter<F: NdFloat>(
    columns: &Array2<F>, // [B · side²/4, 16 C]
    b: usize,
    side: usize,
) -> Array2<F> {
    let c = columns.ncols() / 16;
    let mut x = Array2::zeros((b, side * side * c));
    let columns = columns.as_standard_layout();
    let rows = columns.as_slice().expect("in one piece");
    let rows = rows.par_chunks(side * side * 4 * c);
    let images = x.as_slice_mut().expect("in one piece");
    let images = images.par_chunks_mut(side * side * c);
    images.zip(rows).for_each(|(image, rows)| {
        for_windows(side, c, |from, to, n| {
            let taken = &rows[from..from + n];
            let cells = image[to..to + n].iter_mut().zip(taken);
            cells.for_each(|(sum, &v)| *sum += v);
        });
    });
    x
}
// ANCHOR_END: gather

/// For each line of each window of an image: where it is among the rows,
/// where in the image, and how many numbers it has.
fn for_windows(
    side: usize,
    c: usize,
    mut copy: impl FnMut(usize, usize, usize),
) {
    let half = side / 2;
    for (line, column) in
        (0..half).flat_map(|l| (0..half).map(move |m| (l, m)))
    {
        let row = (line * half + column) * 16 * c;
        let (top, first, lines) = inside(line, side);
        let (left, start, across) = inside(column, side);
        for n in 0..lines {
            let in_row = row + ((top + n) * WINDOW + left) * c;
            let in_image = ((first + n) * side + start) * c;
            copy(in_row, in_image, across * c);
        }
    }
}

fn channels(width: usize, side: usize) -> usize {
    assert!(side.is_multiple_of(2), "a side of {side} has no half");
    let c = width / (side * side);
    assert_eq!(c * side * side, width, "grids of {side} × {side}");
    c
}
