use ndarray::Array2;

pub fn shift_right(codes: &Array2<usize>, k: usize) -> Array2<usize> {
    Array2::from_shape_fn(codes.dim(), |(n, i)| match i {
        0 => k,
        _ => codes[[n, i - 1]],
    })
}
