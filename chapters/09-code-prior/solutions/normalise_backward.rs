use ndarray::{Array1, Array2, Axis};

pub fn normalise_backward(
    x_hat: &Array2<f64>,
    scale: &Array1<f64>,
    d_x_hat: &Array2<f64>,
) -> Array2<f64> {
    let column = |x: Array1<f64>| x.insert_axis(Axis(1)); // [N, 1]
    let moved = column(d_x_hat.mean_axis(Axis(1)).expect("W is not 0"));
    let along = (d_x_hat * x_hat).mean_axis(Axis(1)).expect("W is not 0");
    (d_x_hat - moved - x_hat * &column(along)) * column(scale.clone())
}
