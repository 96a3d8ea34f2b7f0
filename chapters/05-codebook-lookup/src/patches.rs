//! Images cut into patches, and put together again.

use ndarray::{Array2, Array3, NdFloat};

// ANCHOR: patches
/// Images `[N, H, W]` cut into patches of `size` × `size`, one a row, image
/// by image and row by row: `[N · H/size · W/size, size²]`. Only the order
/// changes, so the gradient of each function is the other.
///
/// # Panics
/// `size` does not divide H and W.
pub fn patches<F: NdFloat>(images: &Array3<F>, size: usize) -> Array2<F> {
    let (n, h, w) = images.dim();
    assert!(h % size == 0 && w % size == 0, "{size} must divide {h} × {w}");
    let cut = images.to_shape((n, h / size, size, w / size, size));
    let cut = cut.expect("as many elements").permuted_axes([0, 1, 3, 2, 4]);
    let rows = n * (h / size) * (w / size);
    let rows = cut.to_shape((rows, size * size));
    rows.expect("as many elements").into_owned() // [N · h · w, size²]
}

/// The inverse: images `[N, H, W]` from their patches.
///
/// # Panics
/// The patches do not make whole images of H × W.
pub fn assemble<F: NdFloat>(
    patches: &Array2<F>,
    (h, w): (usize, usize),
) -> Array3<F> {
    let size = patches.ncols().isqrt();
    let (down, across) = (h / size, w / size);
    let n = patches.nrows() / (down * across);
    let cut = patches.to_shape((n, down, across, size, size));
    let cut = cut.expect("whole images").permuted_axes([0, 1, 3, 2, 4]);
    let images = cut.to_shape((n, h, w));
    images.expect("as many elements").into_owned() // [N, H, W]
}
// ANCHOR_END: patches
