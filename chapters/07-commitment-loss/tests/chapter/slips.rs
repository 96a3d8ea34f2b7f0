//! Where the source article slips, shown.

use std::ops::Sub;

use codebook_lookup::plain::{gather, nearest, patches};
use commitment_loss::plain::{
    Reduction, codebook_loss_backward, commitment_loss,
    commitment_loss_backward,
};
use commitment_loss::training::networks;
use datasets::{Digits, PixelRange, Split};
use dfdx::prelude::{Cpu, Rank2, Tensor};
use gradients::compare::numeric_gradient_of_network;
use gradients::plain::{
    Activation, Adam, AdamConfig, Mlp, Parameters, mse, mse_backward,
    numeric_gradient,
};
use lab::rng_at;
use ndarray::{Array2, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(8, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

/// E8: a minimum over the output [79] leaves the decoder nothing to do. Wherever the search for the best x̃ begins, and it
/// begins at what the decoder says, it ends at c: the slope is 0 at every weight.
#[test]
fn e8_a_minimum_over_the_output_knows_no_decoder() {
    let decoder = networks::<f64>(&mut rng_at(1, 0)).1; // 4 -> 16
    let (z, c, x) = (normal(3, 4, 0), normal(3, 16, 1), normal(3, 16, 2));
    let least = |decoder: &Mlp<f64>| {
        let mut found = decoder.output(&z); // [3, 16]
        for _ in 0..100 {
            found = &found - &((&found - &c) * 0.5); // down ½‖c - x̃‖²
        }
        mse(&found, &c)
    };
    let in_use = |decoder: &Mlp<f64>| mse(&decoder.output(&z), &x);
    assert!(least(&decoder) < 1e-30);
    for p in numeric_gradient_of_network(least, &decoder).parameters() {
        assert!(p.iter().all(|slope| slope.abs() < 1e-20));
    }
    for p in numeric_gradient_of_network(in_use, &decoder).parameters() {
        assert!(p.iter().any(|slope| slope.abs() > 1e-3));
    }
    // And a code is not as wide as what it decodes to: the two cannot even be subtracted.
    let failed = std::panic::catch_unwind(|| mse(&decoder.output(&z), &z));
    assert!(failed.is_err());
}

/// E9: with none of the three, the reconstruction alone is left, behind a lookup without a slope: the encoder learns
/// nothing at all.
#[test]
fn e9_without_the_three_the_encoder_has_no_gradient() {
    let (encoder, decoder) = networks::<f64>(&mut rng_at(2, 0));
    let (x, codebook) = (normal(6, 16, 3), normal(5, 4, 4));
    let error_of = |z_e: &Array2<f64>| {
        let z_q = gather(&codebook, &nearest(z_e, &codebook).unwrap());
        mse(&decoder.output(&z_q), &x)
    };
    let z_e = encoder.output(&x);
    let slope = numeric_gradient(error_of, &z_e, 1e-6);
    assert!(slope.iter().all(|v| *v == 0.0));
    // The straight-through step and the commitment term are what reaches it.
    let z_q = gather(&codebook, &nearest(&z_e, &codebook).unwrap());
    let pull = commitment_loss_backward(&z_e, &z_q, 0.25, Reduction::Mean);
    assert!(pull.iter().all(|v| *v != 0.0));
}

/// Trains an encoder and a decoder on numbers from 0 to 1 that have no pattern at all.
fn trained_on_noise(
    (mut encoder, mut decoder): (Mlp<f32>, Mlp<f32>),
    (rows, width): (usize, usize),
) -> impl Fn(&Array2<f32>) -> Array2<f32> {
    let adam = AdamConfig { lr: 3e-3, ..AdamConfig::default() };
    let mut of = (Adam::new(&encoder, adam), Adam::new(&decoder, adam));
    let all = Uniform::new(0.0, 1.0).unwrap();
    for step in 0..300 {
        let rng = &mut rng_at(14, step);
        let x = Array2::random_using((rows, width), all, rng); // [B, X]
        let coded = encoder.forward(&x);
        let made = decoder.forward(&coded[coded.len() - 1]);
        let d_y = mse_backward(&made[made.len() - 1], &x); // [B, X]
        let (d_z, d_decoder) = decoder.backward(&made, d_y);
        let (_, d_encoder) = encoder.backward(&coded, d_z);
        of.0.step(&mut encoder, &d_encoder);
        of.1.step(&mut decoder, &d_decoder);
    }
    move |x| decoder.output(&encoder.output(x))
}

/// E25: a dense layer on images works on the last axis, the one channel: each pixel becomes 128 numbers [170]. Such an
/// autoencoder learns to copy from noise, and then copies digits that it has never seen, as it would copy anything. One
/// with a bottleneck that has seen noise cannot.
#[test]
fn e25_a_dense_layer_per_pixel_is_no_bottleneck() {
    let digits = Digits::load(datasets::bundled(), Split::Test).unwrap();
    let rows: Vec<usize> = (0..100).collect();
    let images = digits.pixels::<f32>(&rows, PixelRange::Unit); // [100, 784]
    let images = images.into_shape_with_order((100, 28, 28)).unwrap();
    let x = patches(&images, 4); // [4900, 16]
    let error =
        |made: Array2<f32>, x: &Array2<f32>| mse(&made, x) / x.var(0.0);
    let rng = &mut rng_at(15, 0);
    let (relu, sigmoid) = (Activation::Relu, Activation::Sigmoid);
    let wide = (
        Mlp::new(&[1, 128], relu, relu, rng),
        Mlp::new(&[128, 128, 1], relu, sigmoid, rng),
    );
    let pixels = x.to_shape((x.len(), 1)).unwrap().into_owned(); // [78400, 1]
    assert_eq!(wide.0.output(&pixels).len(), 128 * x.len());
    let copied = error(trained_on_noise(wide, (256, 1))(&pixels), &pixels);
    let narrow = trained_on_noise(networks(rng), (256, 16));
    let squeezed = error(narrow(&x), &x);
    assert!(copied < 0.05, "it copies: {copied}");
    assert!(squeezed > 4.0 * copied && squeezed > 0.2, "{squeezed}");
}

/// E26: `input_shape[1]` is 28 and the last entry is 1. The quantizer's 28 outputs [175] meet a decoder that is built for one
/// channel [202], and what that gives [181] is no image. With widths that follow one another the same chain runs.
#[test]
fn e26_the_decoder_fits_neither_its_input_nor_the_data() {
    let input_shape = [28, 28, 1];
    let (width, channel) = (input_shape[1], input_shape[2]);
    let x = normal(784, channel, 7);
    let chain = |widths: &[[usize; 2]]| {
        let product = |x: Array2<f64>, w: &[usize; 2]| {
            x.dot(&Array2::<f64>::zeros((w[0], w[1])))
        };
        let run = || widths.iter().fold(x.clone(), product).dim();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).ok()
    };
    let (vq, decoder) = ([channel, width], [[channel, 128], [128, width]]);
    assert_eq!(chain(&[vq, decoder[0], decoder[1]]), None);
    assert_eq!(chain(&decoder), Some((784, width)), "28 where x has one");
    let mended = [[channel, 128], [128, width], [width, 128], [128, channel]];
    assert_eq!(chain(&mended), Some(x.dim()));
}

/// E27: latent minus pixels [187]. The shapes differ, and broadcasting hides it: the loss pulls all 128 channels of a pixel
/// to its grey value. Where widths are types there is no such subtraction.
#[test]
fn e27_latents_minus_pixels_broadcast_silently() {
    let (z, x) = (normal(784, 128, 8), normal(784, 1, 9));
    let loss = |z: &Array2<f64>| (z - &x).mapv(|v| v * v).mean().unwrap();
    let mut found = z.clone();
    for _ in 0..50 {
        let slope = (&found - &x) * 2.0; // of the loss, times the count
        found = found - slope * 0.25;
    }
    assert!(loss(&found) < 1e-12 && loss(&z) > 1.0);
    let mut channels = found.columns().into_iter();
    assert!(channels.all(|channel| {
        channel.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-6)
    }));
    type Pixels<const CHANNELS: usize> =
        Tensor<Rank2<784, CHANNELS>, f32, Cpu>;
    assert!(!lab::has!(Pixels<128>: Sub<Pixels<1>>), "latent minus pixels");
    assert!(lab::has!(Pixels<128>: Sub<Pixels<128>>), "latent minus code");
}

fn vector_quantizer_loss(
    vq: impl Fn(&Array2<f64>) -> Array2<f64>,
    x: &Array2<f64>,
) -> f64 {
    mse(&vq(x), x)
}

/// E28: `vector_quantizer_loss(vq_output, data)` calls its first argument [190], which is a tensor [213]. A parameter of a
/// function's type takes a function, and an array is none.
#[test]
fn e28_an_array_cannot_be_called() {
    let codebook = normal(4, 3, 10);
    let vq =
        |x: &Array2<f64>| gather(&codebook, &nearest(x, &codebook).unwrap());
    let x = normal(5, 3, 11);
    let expected = commitment_loss(&x, &vq(&x), 1.0, Reduction::Mean);
    assert!((vector_quantizer_loss(vq, &x) - expected).abs() < 1e-12);
    type Function = fn(&Array2<f64>) -> Array2<f64>;
    assert!(lab::has!(Function: Fn(&Array2<f64>) -> Array2<f64>));
    assert!(!lab::has!(Array2<f64>: Fn(&Array2<f64>) -> Array2<f64>));
}

/// E29: `encoder_loss = encoder_loss(..)` [212]. In Rust the right side still means the old name; afterwards it is a number,
/// and a second step that calls it would not compile either.
#[test]
fn e29_a_name_begins_after_its_own_definition() {
    let (x, z) = (normal(5, 3, 11), normal(5, 3, 12));
    let encoder_loss = |output: &Array2<f64>, x: &Array2<f64>| mse(output, x);
    let again = encoder_loss;
    let encoder_loss = encoder_loss(&z, &x);
    assert_eq!(encoder_loss, again(&z, &x));
    assert!(!lab::has!(f64: Fn(&Array2<f64>, &Array2<f64>) -> f64));
}

/// E30: without stop-gradients one term moves both sides, with equal and opposite pulls: β has no side to weigh.
#[test]
fn e30_without_stop_gradients_beta_weighs_nothing() {
    let (z, codebook) = (normal(6, 3, 12), normal(4, 3, 13));
    let indices = nearest(&z, &codebook).unwrap();
    let mean = Reduction::Mean;
    for beta in [0.0, 0.25, 2.0] {
        let loss = |z: &Array2<f64>, e: &Array2<f64>| {
            (1.0 + beta) * commitment_loss(z, &gather(e, &indices), 1.0, mean)
        };
        let d_z = numeric_gradient(|z| loss(z, &codebook), &z, 1e-5);
        let d_e = numeric_gradient(|e| loss(&z, e), &codebook, 1e-5);
        let (at_z, at_e) = (d_z.sum_axis(Axis(0)), d_e.sum_axis(Axis(0)));
        assert!((at_z + at_e).iter().all(|v| v.abs() < 1e-8));
        // With them, each side has its own weight.
        let own = codebook_loss_backward(&z, &codebook, &indices, mean);
        let z_q = gather(&codebook, &indices);
        let pull = commitment_loss_backward(&z, &z_q, beta, mean);
        let near = |a: &Array2<f64>, b: &Array2<f64>| {
            (a - b).iter().all(|v| v.abs() < 1e-8)
        };
        assert!(near(&(own * (1.0 + beta)), &d_e));
        assert!(near(&pull, &(d_z * (beta / (1.0 + beta)))));
    }
}
