use commitment_loss::quantizer::Quantizer;
use gradients::plain::{Adam, AdamConfig, Mlp, mse, mse_backward};
use lab::rng_at;
use ndarray::{Array2, Axis};
use vq_vae::plain::{Half, half, half_backward};

type Error = Vec<f64>;
type Matrix = Array2<f64>;

fn learn(of: &mut Quantizer<f64>, z: &Matrix, indices: &[usize]) {
    of.learn(z, indices, &mut rng_at(0, 0)).unwrap();
}

/// The gradient at the codes.
fn at_codes(
    net: &Mlp<f64>,
    seen: &Half<f64>,
    d: &Matrix,
    side: usize,
) -> (Matrix, Mlp<f64>) {
    let (d_s, d_net) = half_backward(net, seen, d, side);
    (d_s.dot(&net.layers[0].w.t()), d_net)
}

pub fn fed_latents(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_e.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn no_straight_through(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e =
            quantizer.encoder_gradient(z_e, &z_q, Array2::zeros(d_z_q.dim()));
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn no_commitment(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = d_z_q;
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn codes_for_latents(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(&z_q, z_e, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn target_for_output(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(x, &decoded.y) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn undivided(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, _): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x));
        let d = mse_backward(&decoded.y, x);
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn error_undivided(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x));
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn gradient_undivided(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x);
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn all_divided(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q * v) / v;
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn decoder_moved_first(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_s, d_decoder) = half_backward(decoder, &decoded, &d, side);
        adams[1].step(decoder, &d_decoder);
        let d_z_q = d_s.dot(&decoder.layers[0].w.t());
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn codebook_first(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let indices = found.indices;
        learn(quantizer, z_e, &indices);
        let z_q = quantizer.codebook().select(Axis(0), &indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
    }
    errors
}

pub fn learns_from_codes(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, &z_q, &indices);
    }
    errors
}

pub fn learn_forgotten(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        assert_eq!(indices.len(), x.nrows());
    }
    errors
}

pub fn encoder_stands(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        assert_eq!(d_encoder.layers.len(), encoder.layers.len());
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn decoder_stands(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        assert_eq!(d_decoder.layers.len(), decoder.layers.len());
        adams[0].step(encoder, &d_encoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn copies_are_trained(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let (encoder, decoder) = (&mut encoder.clone(), &mut decoder.clone());
    let quantizer = &mut quantizer.clone();
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn step_stays(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = if t < batches.len() { 1.0 } else { 0.0 };
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn counted_from_one(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - (t + 1) as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn adam_anew(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn error_behind_the_step(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
        let z = half(encoder, x.clone(), side).y;
        let z = quantizer.quantize(&z).unwrap().quantized.z_q;
        errors.push(mse(&half(decoder, z, side).y, x) / v);
    }
    errors
}

pub fn first_batch_again(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let x = if t > 0 { &batches[0] } else { x };
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn constants_forgotten(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let usual = AdamConfig::default();
    let mut adams = [Adam::new(encoder, usual), Adam::new(decoder, usual)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn half_of_the_error(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let mut errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        errors.push(0.5 * mse(&decoded.y, x) / v);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}

pub fn no_errors(
    encoder: &mut Mlp<f64>,
    decoder: &mut Mlp<f64>,
    quantizer: &mut Quantizer<f64>,
    batches: &[Matrix],
    (side, v): (usize, f64),
    adam: AdamConfig,
) -> Error {
    let mut adams = [Adam::new(encoder, adam), Adam::new(decoder, adam)];
    let errors = Vec::new();
    for (t, x) in batches.iter().enumerate() {
        let left = 1.0 - t as f64 / batches.len() as f64;
        for of in &mut adams {
            of.config.lr = adam.lr * left;
        }
        let encoded = half(encoder, x.clone(), side);
        let z_e = &encoded.y;
        let found = quantizer.quantize(z_e).unwrap().quantized;
        let (z_q, indices) = (found.z_q, found.indices);
        let decoded = half(decoder, z_q.clone(), side);
        let d = mse_backward(&decoded.y, x) / v;
        let (d_z_q, d_decoder) = at_codes(decoder, &decoded, &d, side);
        let d_z_e = quantizer.encoder_gradient(z_e, &z_q, d_z_q);
        let (_, d_encoder) = half_backward(encoder, &encoded, &d_z_e, side);
        adams[0].step(encoder, &d_encoder);
        adams[1].step(decoder, &d_decoder);
        learn(quantizer, z_e, &indices);
    }
    errors
}
