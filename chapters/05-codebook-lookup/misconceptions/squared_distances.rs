use ndarray::{Array1, Array2, Axis};

fn norms(x: &Array2<f64>) -> Array1<f64> {
    (x * x).sum_axis(Axis(1))
}

fn column(x: Array1<f64>) -> Array2<f64> {
    x.insert_axis(Axis(1))
}

pub fn codebook_norm_forgotten(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    column(norms(z)) - 2.0 * z.dot(&codebook.t())
}

pub fn two_forgotten(z: &Array2<f64>, codebook: &Array2<f64>) -> Array2<f64> {
    column(norms(z)) - z.dot(&codebook.t()) + norms(codebook)
}

pub fn plus(z: &Array2<f64>, codebook: &Array2<f64>) -> Array2<f64> {
    column(norms(z)) + 2.0 * z.dot(&codebook.t()) + norms(codebook)
}

pub fn axes_swapped(z: &Array2<f64>, codebook: &Array2<f64>) -> Array2<f64> {
    norms(z) - 2.0 * z.dot(&codebook.t()) + column(norms(codebook))
}

pub fn rooted(z: &Array2<f64>, codebook: &Array2<f64>) -> Array2<f64> {
    let product = 2.0 * z.dot(&codebook.t());
    (column(norms(z)) - product + norms(codebook)).mapv(f64::sqrt)
}
