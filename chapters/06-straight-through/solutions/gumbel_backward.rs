use ndarray::{Array2, Axis};

pub fn gumbel_backward(
    z: &Array2<f64>,        // [N, C]
    codebook: &Array2<f64>, // [K, C]
    p: &Array2<f64>,        // [N, K]
    temperature: f64,
    d_z_q: &Array2<f64>, // [N, C]
) -> Array2<f64> {
    let d_p = d_z_q.dot(&codebook.t());
    let mean = (&d_p * p).sum_axis(Axis(1)).insert_axis(Axis(1));
    let d_logits = (d_p - mean) * p / temperature;
    let apart = z * &d_logits.sum_axis(Axis(1)).insert_axis(Axis(1));
    (d_logits.dot(codebook) - apart) * 2.0
}
