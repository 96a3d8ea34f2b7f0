use ndarray::Array1;

pub fn forward_only(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    Array1::from_shape_fn(x.len(), |n| {
        let mut moved = x.clone();
        moved[n] += h;
        (f(&moved) - f(x)) / h
    })
}

pub fn divided_by_one_step(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    Array1::from_shape_fn(x.len(), |n| {
        let (mut right, mut left) = (x.clone(), x.clone());
        right[n] += h;
        left[n] -= h;
        (f(&right) - f(&left)) / h
    })
}

pub fn not_put_back(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    let (mut right, mut left) = (x.clone(), x.clone());
    Array1::from_shape_fn(x.len(), |n| {
        right[n] += h;
        left[n] -= h;
        (f(&right) - f(&left)) / (2.0 * h)
    })
}
