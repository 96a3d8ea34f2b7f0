use ndarray::{Array1, Array2};

pub fn next_start(z: &Array2<f64>, chosen: &[usize]) -> Array1<f64> {
    let weights = Array1::from_shape_fn(z.nrows(), |n| {
        let to = |&c: &usize| (&z.row(n) - &z.row(c)).mapv(|v| v * v).sum();
        chosen.iter().map(to).fold(f64::INFINITY, f64::min)
    });
    &weights / weights.sum()
}
