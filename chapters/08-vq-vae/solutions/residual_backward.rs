use ndarray::Array2;

pub fn residual_backward(
    a: &Array2<f64>,
    d_h: &Array2<f64>,
    d_a: &Array2<f64>,
) -> Array2<f64> {
    d_h + &(d_a * a.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 }))
}
