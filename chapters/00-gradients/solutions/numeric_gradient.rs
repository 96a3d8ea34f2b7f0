use ndarray::Array1;

pub fn numeric_gradient(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    let at = |n: usize, by: f64| {
        let mut moved = x.clone();
        moved[n] += by;
        f(&moved)
    };
    Array1::from_shape_fn(x.len(), |n| (at(n, h) - at(n, -h)) / (2.0 * h))
}
