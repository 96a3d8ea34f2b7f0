use codebook_lookup::plain::cluster_means;
use gradients::plain::{Adam, AdamConfig, Mlp, last, mse, mse_backward};
use ndarray::Array2;
use straight_through::plain::{straight_through, straight_through_backward};

pub fn learn(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>, // [K, C]
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let mut of_encoder = Adam::new(encoder, config);
    let mut of_decoder = Adam::new(decoder, config);
    let mut losses = Vec::new();
    for x in batches {
        let coded = encoder.forward(x);
        let z_e = last(&coded); // [B, C]
        let found = straight_through(z_e, codebook).expect("finite numbers");
        let made = decoder.forward(&found.z_q);
        let y = last(&made); // [B, X]
        losses.push(mse(y, x));
        let (d_z_q, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_z_e = straight_through_backward(d_z_q); // [B, C]
        let (_, d_encoder) = encoder.backward(&coded, d_z_e);
        let means = cluster_means(z_e, &found.indices, codebook); // [K, C]
        *codebook = &*codebook * keep + means * (1.0 - keep);
        of_encoder.step(encoder, &d_encoder);
        of_decoder.step(decoder, &d_decoder);
    }
    losses
}
