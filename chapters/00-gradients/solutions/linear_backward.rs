use ndarray::{Array1, Array2, Axis};

pub fn linear_backward(
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_y: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>, Array1<f64>) {
    (d_y.dot(&w.t()), x.t().dot(d_y), d_y.sum_axis(Axis(0)))
}
