//! Where the source article slips, shown.

use codebook_lookup::plain::gather;
use dfdx::prelude::{Backward, Cpu, Gradients, PutTape, SplitTape, Trace};
use gradients::compare::{OnDevice, numeric_gradient_of_network};
use gradients::on_dfdx::Taped;
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

/// An autoencoder before its training and after it, its losses on the way, and its error on new data.
fn trained(past: Past) -> ([Autoencoder; 2], Vec<f32>, f32) {
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
    let start = training.now();
    (0..400).for_each(|_| drop(training.step().unwrap()));
    let (x, now) = (clusters(1_000), training.now());
    let error = mse(&now.reconstruct(&x).unwrap(), &x);
    ([start, now], training.losses(), error)
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

    let ([start, told_nothing], losses, stuck) = trained(Past::Nothing);
    let ([_, told], _, learnt) = trained(Past::StraightThrough);
    assert_eq!(told_nothing.encoder, start.encoder, "it does not move");
    let fallen = losses[losses.len() - 1] / losses[0];
    assert!(fallen < 0.8, "and the loss goes down all the same: {fallen}");
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
/// finds no way to the encoder; with the bracket and no stop, it finds two that cancel. The decoder learns either way.
#[test]
fn e30_without_a_stop_the_tape_finds_zero() {
    let mut values = ledger::reference().unwrap();
    let (_, plain) = ledger::reference_networks(&mut values).unwrap();
    let mut m = |name: &str| values.matrix(&format!("through/{name}"));
    let [z_e, codebook, x] =
        ["z_e", "codebook", "x"].map(|name| m(name).unwrap());
    let coded = straight_through(&z_e, &codebook).unwrap();
    let z_q = gather(&codebook, &coded.indices);

    let dev = Cpu::default();
    let decoder = OnDevice::new(&dev, &plain);
    let [z_e, z_q, x] = [z_e, z_q, x].map(|a| tensor(&dev, &a, a.dim()));
    let with = |z: Taped<f64, Cpu>| {
        let loss = gradients::on_dfdx::mse(decoder.forward(z), x.clone());
        let (value, found) = (loss.as_vec()[0], loss.backward());
        (value, array(&found.get(&z_e)), decoder.gradient(&found))
    };
    // A gradient of zero stands at the latents before the tape starts, so that one can be asked for.
    let z = || {
        let mut zero = Gradients::leaky();
        zero.try_alloc_for(&z_e).unwrap();
        z_e.trace(zero)
    };
    let (right, told, learnt) =
        with(on_dfdx::straight_through(z(), z_q.clone()));
    assert!(told.iter().all(|d| *d != 0.0));
    let no_bracket = z_q.clone().put_tape(z().split_tape().1);
    for past in [no_bracket, on_dfdx::unstopped(z(), z_q.clone())] {
        let (wrong, lost, same) = with(past);
        assert!((right - wrong).abs() < 1e-12, "the loss does not show it");
        assert!(lost.iter().all(|d| *d == 0.0), "the encoder is lost");
        let pairs = same.parameters().into_iter().zip(learnt.parameters());
        for (a, b) in pairs {
            assert!(b.iter().any(|d| *d != 0.0), "the decoder learns");
            assert!((&a - &b).iter().all(|d| d.abs() < 1e-12));
        }
    }
}
