use ndarray::Array2;

pub fn adaptive_weight(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let length = |d: &Array2<f64>| {
        let d_w = a.t().dot(d); // [I, O]
        (&d_w * &d_w).sum().sqrt()
    };
    (length(d_rest) / (length(d_adv) + 1e-6)).min(most)
}
