use ndarray::{Array1, Array2};

fn square(z: &Array2<f64>, a: usize, b: usize) -> f64 {
    (&z.row(a) - &z.row(b)).mapv(|v| v * v).sum()
}

fn drawn(z: &Array2<f64>, weight: impl Fn(usize) -> f64) -> Array1<f64> {
    let weights = Array1::from_shape_fn(z.nrows(), weight);
    &weights / weights.sum()
}

fn least(z: &Array2<f64>, chosen: &[usize], n: usize) -> f64 {
    let to = |&c: &usize| square(z, n, c);
    chosen.iter().map(to).fold(f64::INFINITY, f64::min)
}

pub fn not_squared(z: &Array2<f64>, chosen: &[usize]) -> Array1<f64> {
    drawn(z, |n| least(z, chosen, n).sqrt())
}

pub fn from_the_newest(z: &Array2<f64>, chosen: &[usize]) -> Array1<f64> {
    drawn(z, |n| square(z, n, chosen[chosen.len() - 1]))
}

pub fn all_added(z: &Array2<f64>, chosen: &[usize]) -> Array1<f64> {
    drawn(z, |n| chosen.iter().map(|&c| square(z, n, c)).sum())
}

pub fn always_the_farthest(z: &Array2<f64>, chosen: &[usize]) -> Array1<f64> {
    let far = (0..z.nrows())
        .max_by(|&a, &b| least(z, chosen, a).total_cmp(&least(z, chosen, b)));
    drawn(z, |n| if Some(n) == far { 1.0 } else { 0.0 })
}
