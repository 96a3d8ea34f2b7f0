//! Where the source article slips, shown.

use codebook_lookup::plain::{
    LookupError, cluster_means, distortion, distortion_backward, gather,
    gather_backward, nearest, usage,
};
use gradients::plain::{Activation, Mlp, linear, softmax};
use lab::rng_at;
use ndarray::{Array1, Array2, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f64> {
    let mut rng = rng_at(51, stream);
    Array2::random_using((rows, columns), StandardNormal, &mut rng)
}

fn encoder(stream: u64) -> Mlp<f64> {
    let (hidden, last) = (Activation::Tanh, Activation::Identity);
    Mlp::new(&[16, 8, 2], hidden, last, &mut rng_at(52, stream))
}

/// How many different rows there are.
fn different(x: &Array2<f64>) -> usize {
    let mut rows: Vec<Vec<u64>> = x
        .rows()
        .into_iter()
        .map(|row| row.iter().map(|v| v.to_bits()).collect())
        .collect();
    rows.sort();
    rows.dedup();
    rows.len()
}

/// E6: an encoder's output is continuous. 200 inputs give 200 latents; only the lookup makes them at most K.
#[test]
fn e6_the_lookup_is_a_step_of_its_own() {
    let (x, codebook) = (normal(200, 16, 0), normal(5, 2, 1));
    let z_e = encoder(0).output(&x);
    assert_eq!(different(&z_e), 200);
    let indices = nearest(&z_e, &codebook).unwrap();
    assert!(different(&gather(&codebook, &indices)) <= 5);
    // A little more input moves every latent and hardly any code.
    let moved = encoder(0).output(&(&x + 1e-6));
    assert!(moved.iter().zip(&z_e).all(|(a, b)| a != b));
    let after = nearest(&moved, &codebook).unwrap();
    assert!(after.iter().zip(&indices).filter(|(a, b)| a != b).count() < 2);
}

/// E7: the least of ‖x - c‖² over c, averaged over the data, is k-means on pixels. Descending it in c is Lloyd's step,
/// no encoder occurs in it, and between latents and pixels there is no distance to take.
#[test]
fn e7_the_encoders_loss_is_k_means_on_pixels() {
    let (x, c) = (normal(60, 16, 2), normal(4, 16, 3));
    let indices = nearest(&x, &c).unwrap();
    let d = distortion_backward(&x, &gather(&c, &indices));
    let slope = gather_backward(&d, &indices, 4);
    let counts = usage(&indices, 4).mapv(|n| n as f64);
    let step: Array1<f64> =
        counts.mapv(|n| if n > 0.0 { 60.0 / (2.0 * n) } else { 0.0 });
    let descended = &c - &(slope * step.insert_axis(Axis(1)));
    let lloyd = cluster_means(&x, &indices, &c);
    assert!(lab::max_rel_err(&descended, &lloyd) < 1e-12);
    let loss = |_: &Mlp<f64>| distortion(&x, &gather(&c, &indices));
    assert_eq!(loss(&encoder(0)), loss(&encoder(1)));
    let z_e = encoder(0).output(&x);
    let mixed = nearest(&x, &z_e);
    assert_eq!(mixed, Err(LookupError::Width { expected: 2, found: 16 }));
}

/// E23: a dense layer with a softmax is no quantiser: as many outputs as inputs, each a table of shares.
#[test]
fn e23_a_softmax_quantises_nothing() {
    let (x, w, b) = (normal(200, 16, 4), normal(16, 5, 5), Array1::zeros(5));
    let vq = softmax(&linear(&x, &w, &b));
    assert_eq!(different(&vq), 200);
    assert!(vq.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-12));
    assert!(vq.iter().all(|v| *v > 0.0), "no row is an index");
    let codebook = normal(5, 16, 6);
    let indices = nearest(&x, &codebook).unwrap();
    assert!(different(&gather(&codebook, &indices)) <= 5);
}

/// E24: the "quantizer" is called on the data. Exchange the encoder, and the decoder receives the same.
#[test]
fn e24_fed_the_data_it_never_sees_the_encoder() {
    let (x, codebook) = (normal(50, 16, 7), normal(5, 2, 8));
    let (w, b) = (normal(16, 16, 9), Array1::zeros(16));
    let as_written = |encoder: &Mlp<f64>| {
        let _encoder_output = encoder.output(&x);
        softmax(&linear(&x, &w, &b))
    };
    assert_eq!(as_written(&encoder(0)), as_written(&encoder(1)));
    let cured = |encoder: &Mlp<f64>| {
        gather(&codebook, &nearest(&encoder.output(&x), &codebook).unwrap())
    };
    assert_ne!(cured(&encoder(0)), cured(&encoder(1)));
}
