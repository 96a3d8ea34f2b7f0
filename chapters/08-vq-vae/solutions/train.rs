use commitment_loss::quantizer::Quantizer;
use gradients::plain::{Adam, AdamConfig, Mlp, mse, mse_backward};
use lab::rng_at;
use ndarray::Array2;
use vq_vae::plain::{half, half_backward};

pub fn train(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Array2<f64>],
    (side, variance): (usize, f64),
    adam: AdamConfig,
) -> Vec<f64> {
    let mut adam_e = Adam::new(encoder, adam);
    let mut adam_d = Adam::new(decoder, adam);
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y; // [N, D]
        let found =
            quantizer.quantize(z_e).expect("finite latents").quantized;
        let decoded = half(decoder, found.z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / variance);

        let d_x_hat = mse_backward(&decoded.y, x) / variance; // [N, patch²]
        let (d_s, d_decoder) =
            half_backward(decoder, &decoded, &d_x_hat, side);
        let d_z_q = d_s.dot(&decoder.layers[0].w.t()); // [N, D]
        let d_z_e = quantizer.encoder_gradient(z_e, &found.z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);

        let left = 1.0 - t as f64 / batches.len() as f64;
        adam_e.config.lr = adam.lr * left;
        adam_d.config.lr = adam.lr * left;
        adam_e.step(encoder, &d_encoder);
        adam_d.step(decoder, &d_decoder);
        let learnt = quantizer.learn(z_e, &found.indices, &mut rng_at(0, 0));
        learnt.expect("finite latents");
    }
    errors
}
