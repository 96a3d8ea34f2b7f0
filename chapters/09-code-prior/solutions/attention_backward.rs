use ndarray::{Array2, Axis};

pub fn attention_backward(
    q: &Array2<f64>,
    k: &Array2<f64>,
    v: &Array2<f64>,
    p: &Array2<f64>,
    d_y: &Array2<f64>,
) -> [Array2<f64>; 3] {
    let scale = (q.ncols() as f64).sqrt().recip();
    let d_v = p.t().dot(d_y); // [T, D]
    let d_p = d_y.dot(&v.t()); // [T, T]
    let means = (p * &d_p).sum_axis(Axis(1)).insert_axis(Axis(1)); // [T, 1]
    let d_s = p * &(d_p - means) * scale; // [T, T]
    [d_s.dot(k), d_s.t().dot(q), d_v]
}
