use ndarray::{Array1, Zip};

fn cells(
    p: &Array1<f64>,
    q: &Array1<f64>,
    f: impl Fn(f64, f64) -> f64,
) -> Array1<f64> {
    Zip::from(p).and(q).map_collect(|&p, &q| f(p, q))
}

pub fn verdict(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    cells(p, q, |p, q| if p > q { 1.0 } else { 0.0 })
}

pub fn sides_swapped(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    cells(p, q, |p, q| if p + q > 0.0 { q / (p + q) } else { 0.5 })
}

pub fn ratio(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    cells(p, q, |p, q| p / q)
}

pub fn always_half(p: &Array1<f64>, q: &Array1<f64>) -> Array1<f64> {
    cells(p, q, |_, _| 0.5)
}
