use ndarray::{Array2, Axis};

fn at_logits(
    codebook: &Array2<f64>,
    p: &Array2<f64>,
    d_z_q: &Array2<f64>,
) -> Array2<f64> {
    let d_p = d_z_q.dot(&codebook.t());
    let mean = (&d_p * p).sum_axis(Axis(1)).insert_axis(Axis(1));
    (d_p - mean) * p
}

fn at_z(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    d_logits: Array2<f64>,
) -> Array2<f64> {
    let apart = z * &d_logits.sum_axis(Axis(1)).insert_axis(Axis(1));
    (d_logits.dot(codebook) - apart) * 2.0
}

pub fn temperature_forgotten(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    p: &Array2<f64>,
    _: f64,
    d_z_q: &Array2<f64>,
) -> Array2<f64> {
    at_z(z, codebook, at_logits(codebook, p, d_z_q))
}

pub fn each_share_alone(
    z: &Array2<f64>,        // [N, C]
    codebook: &Array2<f64>, // [K, C]
    p: &Array2<f64>,        // [N, K]
    temperature: f64,
    d_z_q: &Array2<f64>, // [N, C]
) -> Array2<f64> {
    let d_p = d_z_q.dot(&codebook.t());
    at_z(z, codebook, d_p * p * &(1.0 - p) / temperature)
}

pub fn distance_for_logit(
    z: &Array2<f64>,        // [N, C]
    codebook: &Array2<f64>, // [K, C]
    p: &Array2<f64>,        // [N, K]
    temperature: f64,
    d_z_q: &Array2<f64>, // [N, C]
) -> Array2<f64> {
    -at_z(z, codebook, at_logits(codebook, p, d_z_q) / temperature)
}

pub fn square_forgotten(
    z: &Array2<f64>,        // [N, C]
    codebook: &Array2<f64>, // [K, C]
    p: &Array2<f64>,        // [N, K]
    temperature: f64,
    d_z_q: &Array2<f64>, // [N, C]
) -> Array2<f64> {
    at_z(z, codebook, at_logits(codebook, p, d_z_q) / temperature) / 2.0
}
