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

pub fn brackets_forgotten(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    divided_by_one_step(f, x, h) * h / 2.0 * h
}

pub fn all_at_once(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    let slope = (f(&(x + h)) - f(&(x - h))) / (2.0 * h);
    Array1::from_elem(x.len(), slope)
}

pub fn a_step_of_its_own(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    let _ = h;
    divided_by_one_step(f, x, 1e-5) / 2.0
}

pub fn a_step_in_shares(
    f: &dyn Fn(&Array1<f64>) -> f64,
    x: &Array1<f64>,
    h: f64,
) -> Array1<f64> {
    Array1::from_shape_fn(x.len(), |n| {
        let (mut right, mut left) = (x.clone(), x.clone());
        right[n] *= 1.0 + h;
        left[n] *= 1.0 - h;
        (f(&right) - f(&left)) / (2.0 * h)
    })
}
