//! Where the source article slips, shown.

use codebook_lookup::plain::{gather, nearest};
use commitment_loss::plain::{
    Reduction, codebook_loss_backward, commitment_loss,
    commitment_loss_backward,
};
use commitment_loss::training::networks;
use gradients::plain::{Mlp, linear, mse, numeric_gradient};
use lab::rng_at;
use ndarray::{Array1, Array2, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(8, stream);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

/// E8: a minimum over the output leaves the decoder nothing to do. Over all x̃, the best is x̃ = c, whoever decodes.
#[test]
fn e8_a_minimum_over_the_output_knows_no_decoder() {
    let c = array![[0.3, -1.0], [2.0, 0.5]];
    let loss = |x: &Array2<f64>| mse(x, &c);
    assert_eq!(loss(&c), 0.0);
    let least = |_decoder: &Mlp<f64>| {
        let candidates = [normal(2, 2, 0), c.clone(), normal(2, 2, 1)];
        candidates.iter().map(loss).fold(f64::INFINITY, f64::min)
    };
    let decoders = [0, 1].map(|n| networks::<f64>(&mut rng_at(1, n)).1);
    assert_ne!(decoders[0], decoders[1]);
    assert_eq!(decoders.map(|d| least(&d)), [0.0, 0.0]);
    // And a code is not as wide as what it decodes to: the two cannot even be subtracted.
    let decoded =
        networks::<f64>(&mut rng_at(1, 0)).1.output(&normal(2, 4, 2));
    assert_eq!((decoded.ncols(), 4), (16, 4));
    assert!(decoded.broadcast((2, 4)).is_none());
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

/// E25: a dense layer on images works on the last axis, the one channel: each pixel becomes 128 numbers, from any one
/// of which it can be read back.
#[test]
fn e25_a_dense_layer_per_pixel_is_no_bottleneck() {
    let x = normal(784, 1, 5).mapv(f64::abs); // [pixels, channels]
    let (w, b) = (Array2::ones((1, 128)), Array1::zeros(128));
    let z = linear(&x, &w, &b).mapv(|v| v.max(0.0)); // [784, 128]
    assert_eq!(z.len(), 128 * x.len());
    assert_eq!(z.column(77), x.column(0), "nothing is lost, nothing learnt");
    let code = networks::<f64>(&mut rng_at(3, 0)).0.output(&normal(1, 16, 6));
    assert!(code.len() < 16, "an encoder gives less than it takes");
}

/// E26: the quantizer's 28 outputs per pixel meet a decoder that is built for one channel, and gives 28 where the data
/// has 1.
#[test]
fn e26_the_decoder_fits_neither_its_input_nor_the_data() {
    let input_shape = [28, 28, 1];
    let (vq_output, x) =
        (Array2::<f64>::zeros((784, input_shape[1])), normal(784, 1, 7));
    let w = Array2::<f64>::zeros((input_shape[2], 128));
    assert_ne!(vq_output.ncols(), w.nrows(), "the first product fails");
    let failed = std::panic::catch_unwind(|| vq_output.dot(&w));
    assert!(failed.is_err());
    let decoded = Array2::<f64>::zeros((784, input_shape[1]));
    assert_ne!(decoded.dim(), x.dim());
}

/// E27: latent minus pixels. The shapes differ, and broadcasting hides it: the loss pulls all 128 channels of a pixel to
/// its grey value.
#[test]
fn e27_latents_minus_pixels_broadcast_silently() {
    let (z, x) = (normal(784, 128, 8), normal(784, 1, 9));
    let loss = |z: &Array2<f64>| (z - &x).mapv(|v| v * v).mean().unwrap();
    assert!(loss(&z) > 0.0);
    let copies = x.broadcast((784, 128)).unwrap().to_owned();
    assert_eq!(loss(&copies), 0.0, "its optimum: 128 copies of the image");
    assert!(z.broadcast(x.dim()).is_none(), "the shapes do differ");
}

fn vector_quantizer_loss(
    vq: impl Fn(&Array2<f64>) -> Array2<f64>,
    x: &Array2<f64>,
) -> f64 {
    mse(&vq(x), x)
}

/// E28 and E29, which Python finds while it runs and Rust before. A parameter of a function's type takes a function
/// and no array; and in `let f = f(..)` the right side still means the old `f`.
#[test]
fn e28_e29_a_quantizer_is_a_function_and_its_loss_a_number() {
    let codebook = normal(4, 3, 10);
    let vq =
        |x: &Array2<f64>| gather(&codebook, &nearest(x, &codebook).unwrap());
    let x = normal(5, 3, 11);
    let expected = commitment_loss(&x, &vq(&x), 1.0, Reduction::Mean);
    let vector_quantizer_loss = vector_quantizer_loss(vq, &x);
    assert!((vector_quantizer_loss - expected).abs() < 1e-12);
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
