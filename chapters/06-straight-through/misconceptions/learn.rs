use codebook_lookup::plain::{cluster_means, gather, gather_backward, usage};
use gradients::plain::{Adam, AdamConfig, Mlp, add, last, mse, mse_backward};
use ndarray::{Array2, Axis};
use straight_through::plain::straight_through;

/// The decoder is trained on the latent.
pub fn lookup_left_out(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let (mut a, mut b) =
        (Adam::new(encoder, config), Adam::new(decoder, config));
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let found = straight_through(z_e, codebook).unwrap();
        let made = decoder.forward(z_e);
        let y = last(&made);
        let (d_z, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_encoder = encoder.backward(&coded, d_z).1;
        let means = cluster_means(z_e, &found.indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        a.step(encoder, &d_encoder);
        b.step(decoder, &d_decoder);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// The lookup's true derivative.
pub fn nothing_passed(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let mut b = Adam::new(decoder, config);
    let one = |x: &Array2<f64>| {
        let z_e = encoder.output(x);
        let found = straight_through(&z_e, codebook).unwrap();
        let made = decoder.forward(&found.z_q);
        let y = last(&made);
        let d_decoder = decoder.backward(&made, mse_backward(y, x)).1;
        let means = cluster_means(&z_e, &found.indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        b.step(decoder, &d_decoder);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// The optimisers are made in the loop.
pub fn new_adams(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let found = straight_through(z_e, codebook).unwrap();
        let made = decoder.forward(&found.z_q);
        let y = last(&made);
        let (d_z, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_encoder = encoder.backward(&coded, d_z).1;
        let means = cluster_means(z_e, &found.indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        Adam::new(encoder, config).step(encoder, &d_encoder);
        Adam::new(decoder, config).step(decoder, &d_decoder);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// The decoder has moved when the gradient goes back through it.
pub fn decoder_first(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let (mut a, mut b) =
        (Adam::new(encoder, config), Adam::new(decoder, config));
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let found = straight_through(z_e, codebook).unwrap();
        let made = decoder.forward(&found.z_q);
        let y = last(&made);
        let d_decoder = decoder.backward(&made, mse_backward(y, x)).1;
        b.step(decoder, &d_decoder);
        let d_z = decoder.backward(&made, mse_backward(y, x)).0;
        let d_encoder = encoder.backward(&coded, d_z).1;
        a.step(encoder, &d_encoder);
        let means = cluster_means(z_e, &found.indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// The codes go to where the latents are after the step.
pub fn means_afterwards(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let (mut a, mut b) =
        (Adam::new(encoder, config), Adam::new(decoder, config));
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let found = straight_through(last(&coded), codebook).unwrap();
        let made = decoder.forward(&found.z_q);
        let y = last(&made);
        let (d_z, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_encoder = encoder.backward(&coded, d_z).1;
        a.step(encoder, &d_encoder);
        b.step(decoder, &d_decoder);
        let z_e = encoder.output(x);
        let indices = straight_through(&z_e, codebook).unwrap().indices;
        let means = cluster_means(&z_e, &indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// The codes have moved when they are decoded.
pub fn codebook_first(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let (mut a, mut b) =
        (Adam::new(encoder, config), Adam::new(decoder, config));
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let indices = straight_through(z_e, codebook).unwrap().indices;
        let means = cluster_means(z_e, &indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        let made = decoder.forward(&gather(codebook, &indices));
        let y = last(&made);
        let (d_z, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_encoder = encoder.backward(&coded, d_z).1;
        a.step(encoder, &d_encoder);
        b.step(decoder, &d_decoder);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// A mean of nothing is 0.
fn moved(
    codebook: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    keep: f64,
) -> Array2<f64> {
    let k = codebook.nrows();
    let counts = usage(indices, k).mapv(|n| n.max(1) as f64);
    let sums = gather_backward(z_e, indices, k);
    codebook * keep + sums / counts.insert_axis(Axis(1)) * (1.0 - keep)
}

/// A code that no latent chose goes towards 0.
pub fn unused_to_zero(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    let (mut a, mut b) =
        (Adam::new(encoder, config), Adam::new(decoder, config));
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let found = straight_through(z_e, codebook).unwrap();
        let made = decoder.forward(&found.z_q);
        let y = last(&made);
        let (d_z, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_encoder = encoder.backward(&coded, d_z).1;
        *codebook = moved(codebook, z_e, &found.indices, keep);
        a.step(encoder, &d_encoder);
        b.step(decoder, &d_decoder);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}

/// `keep` is what is taken.
pub fn shares_swapped(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    right(encoder, codebook, decoder, batches, 1.0 - keep, config, false)
}

/// Gradients are added to those of the steps before.
pub fn gradients_not_cleared(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
) -> Vec<f64> {
    right(encoder, codebook, decoder, batches, keep, config, true)
}

fn right(
    encoder: &mut Mlp<f64>,
    codebook: &mut Array2<f64>,
    decoder: &mut Mlp<f64>,
    batches: &[Array2<f64>],
    keep: f64,
    config: AdamConfig,
    added: bool,
) -> Vec<f64> {
    let (mut a, mut b) =
        (Adam::new(encoder, config), Adam::new(decoder, config));
    let mut before: Option<(Mlp<f64>, Mlp<f64>)> = None;
    let one = |x: &Array2<f64>| {
        let coded = encoder.forward(x);
        let z_e = last(&coded);
        let found = straight_through(z_e, codebook).unwrap();
        let made = decoder.forward(&found.z_q);
        let y = last(&made);
        let (d_z, d_decoder) = decoder.backward(&made, mse_backward(y, x));
        let d_encoder = encoder.backward(&coded, d_z).1;
        let mut both = (d_encoder, d_decoder);
        if let Some(before) = before.as_ref().filter(|_| added) {
            add(&mut both.0, &before.0);
            add(&mut both.1, &before.1);
        }
        let means = cluster_means(z_e, &found.indices, codebook);
        *codebook = &*codebook * keep + means * (1.0 - keep);
        a.step(encoder, &both.0);
        b.step(decoder, &both.1);
        before = Some(both);
        mse(y, x)
    };
    batches.iter().map(one).collect()
}
