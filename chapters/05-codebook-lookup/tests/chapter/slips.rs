//! Where the source article slips, shown.

use codebook_lookup::plain::{
    LookupError, cluster_means, distortion, distortion_backward, gather,
    gather_backward, nearest, usage,
};
use gradients::compare::numeric_gradient_of_network;
use gradients::plain::{Activation, Mlp, Parameters, linear, mse, softmax};
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
    // The article's encoder gives its vector [70], and its loss [75] looks at x. Of latents the same minimum has a slope.
    let least = |x: &Array2<f64>, c: &Array2<f64>| {
        distortion(x, &gather(c, &nearest(x, c).unwrap()))
    };
    let codebook = normal(5, 2, 10);
    let slopes = |loss: &dyn Fn(&Array2<f64>, &Array2<f64>) -> f64| {
        let loss = |q: &Mlp<f64>| loss(&x, &q.output(&x));
        numeric_gradient_of_network(loss, &encoder(0))
    };
    for p in slopes(&|x, _| least(x, &c)).parameters() {
        assert!(p.iter().all(|slope| *slope == 0.0), "it knows no encoder");
    }
    for p in slopes(&|_, z_e| least(z_e, &codebook)).parameters() {
        assert!(p.iter().any(|slope| slope.abs() > 1e-4));
    }
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

/// E24: `vq_output = vq(data)` [210]. Nothing that the encoder does reaches the error of what is decoded: its slope is 0 at
/// every weight. Fed the encoder's output, the same quantizer passes a gradient on.
#[test]
fn e24_fed_the_data_it_never_sees_the_encoder() {
    let (data, w, b) =
        (normal(50, 16, 7), normal(16, 16, 9), Array1::zeros(16));
    let (tanh, linear_) = (Activation::Tanh, Activation::Identity);
    let net = |stream| {
        Mlp::<f64>::new(&[16, 8, 16], tanh, linear_, &mut rng_at(53, stream))
    };
    let (encoder, decoder) = (net(0), net(1));
    type Fed = fn(Array2<f64>, Array2<f64>) -> Array2<f64>;
    let slopes = |fed: Fed| {
        let loss = |encoder: &Mlp<f64>| {
            let encoder_output = encoder.output(&data);
            let fed = fed(encoder_output, data.clone());
            let vq_output = softmax(&linear(&fed, &w, &b));
            mse(&decoder.output(&vq_output), &data)
        };
        numeric_gradient_of_network(loss, &encoder)
    };
    for p in slopes(|_, data| data).parameters() {
        assert!(p.iter().all(|slope| *slope == 0.0), "as written");
    }
    for p in slopes(|encoder_output, _| encoder_output).parameters() {
        assert!(p.iter().any(|slope| slope.abs() > 1e-6), "cured");
    }
}
