use ndarray::{Array2, Axis};

pub fn squared_distances(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let norms = |x: &Array2<f64>| (x * x).sum_axis(Axis(1));
    let of_z = norms(z).insert_axis(Axis(1));
    of_z - 2.0 * z.dot(&codebook.t()) + norms(codebook)
}
