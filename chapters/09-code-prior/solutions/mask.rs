use ndarray::Array1;

pub fn mask(size: usize, c: usize, own: bool) -> Array1<f64> {
    let before = size * size / 2 + usize::from(own);
    Array1::from_shape_fn(size * size * c, |row| f64::from(row / c < before))
}
