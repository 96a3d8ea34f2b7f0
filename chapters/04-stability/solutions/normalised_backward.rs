use ndarray::{Array1, Array2, Axis};

pub fn normalised_backward(
    w: &Array2<f64>,
    u: &Array1<f64>,
    v: &Array1<f64>,
    d_bar: &Array2<f64>,
) -> Array2<f64> {
    let sigma = u.dot(&w.dot(v));
    let along = (d_bar * w).sum() / sigma;
    let column = u.view().insert_axis(Axis(1));
    (d_bar - &column * v * along) / sigma
}
