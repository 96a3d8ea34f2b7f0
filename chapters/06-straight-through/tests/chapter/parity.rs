//! Hand gradients against finite differences, dfdx and PyTorch; who moves; resuming.

use codebook_lookup::plain::gather;
use gradients::plain::AdamConfig;
use lab::{Against, Checkpoint, Resumable, rng_at};
use ndarray::{Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use straight_through::ledger;
use straight_through::plain::{Levels, straight_through};
use straight_through::training::{Past, Training};

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&dfdx::tensor::Cpu::default(), Against::DfdxCpu)
        .unwrap();
    assert_eq!(rows.len(), 3 * 6);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in ledger::rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[test]
fn the_lookup_is_the_references() {
    let mut values = ledger::reference().unwrap();
    let mut m = |name: &str| values.matrix(&format!("through/{name}"));
    let (z_e, codebook, z_q) =
        (m("z_e").unwrap(), m("codebook").unwrap(), m("z_q").unwrap());
    let d = [m("d_z_e").unwrap(), m("d_z_st").unwrap()];
    let coded = straight_through(&z_e, &codebook).unwrap();
    let expected = values.vector("through/indices").unwrap();
    let indices: Vec<f64> = coded.indices.iter().map(|n| *n as f64).collect();
    assert_eq!(indices, expected.to_vec());
    assert_eq!(coded.z_q, gather(&codebook, &coded.indices));
    assert_eq!(coded.z_q, z_q);
    assert_eq!(d[0], d[1], "PyTorch's two gradients are equal too");
}

fn draw(step: u64) -> Array2<f32> {
    Array2::random_using((32, 4), StandardNormal, &mut rng_at(7, step))
}

fn training(past: Past) -> Training<fn(u64) -> Array2<f32>> {
    let codebook = match &past {
        Past::FiniteScalar(levels) => levels.codebook(),
        _ => array![[0.5, 0.5], [-0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]],
    };
    let config = AdamConfig { lr: 0.01, ..AdamConfig::default() };
    let mut training = Training::new(
        [4, 8, 2],
        codebook,
        past,
        config,
        &mut rng_at(8, 0),
        draw as fn(u64) -> Array2<f32>,
    );
    (training.keep, training.steps) = (0.9, 6);
    training
}

fn all_five() -> [Past; 5] {
    [
        Past::Nothing,
        Past::StraightThrough,
        Past::Rotation,
        Past::Gumbel(1.0, 0.1),
        Past::FiniteScalar(Levels::new(&[3, 3]).unwrap()),
    ]
}

#[test]
fn a_resumed_training_is_the_uninterrupted_one() {
    for past in all_five() {
        let mut whole = training(past.clone());
        let mut first = training(past.clone());
        for _ in 0..3 {
            whole.step();
            first.step();
        }
        let mut checkpoint = Checkpoint::default();
        first.save(&mut checkpoint);
        let mut second = training(past.clone());
        second.restore(&checkpoint).unwrap();
        for _ in 0..3 {
            whole.step();
            second.step();
        }
        assert_eq!(whole.encoder, second.encoder, "{past:?}");
        assert_eq!(whole.decoder, second.decoder, "{past:?}");
        assert_eq!(whole.codebook(), second.codebook(), "{past:?}");
    }
}

#[test]
fn who_moves_under_each() {
    for past in all_five() {
        let start = training(past.clone());
        let mut after = training(past.clone());
        (0..6).for_each(|_| drop(after.step()));
        let encoder_moved = start.encoder.net != after.encoder.net;
        assert_eq!(encoder_moved, past != Past::Nothing, "{past:?}");
        assert!(start.decoder.net != after.decoder.net, "{past:?}");
        let codebook_moved = start.codebook() != after.codebook();
        let grid = matches!(past, Past::FiniteScalar(_));
        assert_eq!(codebook_moved, !grid, "{past:?}");
    }
}
