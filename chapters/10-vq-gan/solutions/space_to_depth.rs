use ndarray::Array2;

pub fn space_to_depth(
    x: &Array2<f64>,
    (height, width, channels): (usize, usize, usize),
    patch: usize,
) -> Array2<f64> {
    let (down, across) = (height / patch, width / patch);
    let piece = patch * channels; // of a line, in one patch
    let rows = x.nrows() * down;
    let x = x.to_shape((rows, patch, across, piece)).expect("whole patches");
    let x = x.permuted_axes([0, 2, 1, 3]); // [B·down, across, patch, piece]
    let y = x.to_shape((rows * across, patch * piece)).expect("as many");
    y.into_owned()
}
