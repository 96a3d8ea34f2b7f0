//! Where the source article slips, shown.

use codebook_lookup::plain::gather;
use dfdx::prelude::{Backward, Trace};
use gradients::compare::{OnDevice, numeric_gradient_of_network};
use gradients::plain::{AdamConfig, Parameters, mse};
use lab::{Resumable, array, rng_at, tensor};
use ndarray::{Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use straight_through::plain::straight_through;
use straight_through::training::{Autoencoder, Autoencodes, Past, Training};
use straight_through::{ledger, on_dfdx};

/// Four clusters that a codebook of four could hold, if the encoder used it.
fn clusters(step: u64) -> Array2<f32> {
    let mut rng = rng_at(9, step);
    let noise: Array2<f32> =
        Array2::random_using((64, 2), StandardNormal, &mut rng);
    let corner = |n: usize, c: usize| {
        if (n >> c).is_multiple_of(2) { 1.0 } else { -1.0 }
    };
    Array2::from_shape_fn((64, 2), |(n, c)| {
        corner(n, c) + 0.1 * noise[[n, c]]
    })
}

fn trained(past: Past) -> (Autoencoder, f32) {
    let codebook = array![[1.0, 1.0], [3.0, 1.0], [1.0, 3.0], [3.0, 3.0]];
    let config = AdamConfig { lr: 0.01, ..AdamConfig::default() };
    let mut training = Training::new(
        [2, 16, 2],
        codebook,
        past,
        config,
        &mut rng_at(10, 0),
        clusters as fn(u64) -> Array2<f32>,
    );
    (0..400).for_each(|_| drop(training.step()));
    let (x, now) = (clusters(1_000), training.now());
    let loss = mse(&now.reconstruct(&x).unwrap(), &x);
    (now, loss)
}

/// E9: the article's losses contain no straight-through step, and say nothing of the lookup's derivative. It is 0, so
/// that the reconstruction never reaches the encoder.
#[test]
fn e9_without_straight_through_the_encoder_is_never_told() {
    let mut values = ledger::reference().unwrap();
    let (encoder, decoder) = ledger::reference_networks(&mut values).unwrap();
    let x = values.matrix("through/x").unwrap();
    let codebook = values.matrix("through/codebook").unwrap();
    let slope = numeric_gradient_of_network(
        |encoder| {
            let z_q = straight_through(&encoder.output(&x), &codebook);
            mse(&decoder.output(&z_q.unwrap().z_q), &x)
        },
        &encoder,
    );
    let all = slope.parameters();
    assert!(all.iter().all(|p| p.iter().all(|d| *d == 0.0)));

    let (told_nothing, stuck) = trained(Past::Nothing);
    let (told, learnt) = trained(Past::StraightThrough);
    let x = clusters(1_000);
    assert!(stuck > 5.0 * learnt, "{stuck} against {learnt}");
    let used = |t: &Autoencoder| {
        let indices = t.quantize(&x).unwrap().indices;
        indices.into_iter().collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(used(&told), 4);
    assert!(used(&told_nothing) < 4);
}

/// E30: the article's code has no stop-gradient. With a lookup in the place of its softmax and nothing else, a tape
/// finds no way to the encoder; with the bracket and no stop, it finds two that cancel.
#[test]
fn e30_without_a_stop_the_tape_finds_zero() {
    let mut values = ledger::reference().unwrap();
    let (_, decoder) = ledger::reference_networks(&mut values).unwrap();
    let mut m = |name: &str| values.matrix(&format!("through/{name}"));
    let [z_e, codebook, x] =
        ["z_e", "codebook", "x"].map(|name| m(name).unwrap());
    let coded = straight_through(&z_e, &codebook).unwrap();
    let z_q = gather(&codebook, &coded.indices);

    let dev = dfdx::tensor::Cpu::default();
    let decoder = OnDevice::new(&dev, &decoder);
    let [z_e, z_q, x] = [z_e, z_q, x].map(|a| tensor(&dev, &a, a.dim()));
    let at_z_e = |stop: bool| {
        let z_st = match stop {
            true => on_dfdx::straight_through(z_e.leaky_trace(), z_q.clone()),
            false => on_dfdx::unstopped(z_e.leaky_trace(), z_q.clone()),
        };
        let y = decoder.forward(z_st);
        let loss = gradients::on_dfdx::mse(y, x.clone());
        (loss.as_vec()[0], array(&loss.backward().get(&z_e)))
    };
    let ((right, told), (wrong, lost)) = (at_z_e(true), at_z_e(false));
    assert!((right - wrong).abs() < 1e-12, "the loss does not show it");
    assert!(lost.iter().all(|d| *d == 0.0));
    assert!(told.iter().all(|d| *d != 0.0));
}
