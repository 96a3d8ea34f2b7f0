//! Hand gradients against finite differences, dfdx and PyTorch; who moves; resuming.

use codebook_lookup::plain::gather;
use dfdx::prelude::{Backward, Cpu, SumTo, Trace};
use gradients::plain::AdamConfig;
use lab::{Against, Checkpoint, Resumable, Room, Trains, rng_at};
use ndarray::{Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use straight_through::plain::{
    Levels, finite_scalar, rotate, rotation_backward, straight_through,
};
use straight_through::training::{Autoencodes, Past, Training};
use straight_through::{ledger, on_dfdx};

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
    (training.recipe.keep, training.recipe.steps) = (0.9, 6);
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
            whole.step().unwrap();
            first.step().unwrap();
        }
        let mut checkpoint = Checkpoint::default();
        first.save(&mut checkpoint);
        let mut second = training(past.clone());
        second.restore(&checkpoint).unwrap();
        for _ in 0..3 {
            whole.step().unwrap();
            second.step().unwrap();
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

fn either_room<D: Trains + 'static>(
    dev: &D,
    room: Room,
    past: &Past,
) -> Box<dyn Autoencodes> {
    let plain = training(past.clone());
    match room {
        Room::Plain => Box::new(plain),
        Room::Dfdx => Box::new(on_dfdx::Training::new(dev, plain)),
    }
}

fn every_way_can_change_rooms<D: Trains + 'static>(dev: &D, limit: f32) {
    for past in all_five() {
        let start = |room| either_room(dev, room, &past);
        lab::either_room_goes_on(
            start,
            |t| {
                let mut all = t.losses();
                all.extend(t.now().codebook);
                all
            },
            3,
            limit,
        );
    }
}

#[test]
fn a_training_can_change_rooms_whatever_the_encoder_is_told() {
    every_way_can_change_rooms(&Cpu::default(), 1e-4);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_a_training_and_gives_it_back() {
    every_way_can_change_rooms(&lab::open_cuda(0).unwrap(), 1e-3);
}

#[test]
fn a_run_that_diverges_stops_at_that_step_and_says_where() {
    for (room, what) in [
        (Room::Plain, "latents, row 0, component 0: expected a finite"),
        (Room::Dfdx, "the loss of the encoder is "),
    ] {
        let mut plain = training(Past::StraightThrough);
        plain.encoder.net.layers[0].w.fill(f32::MAX);
        let mut run: Box<dyn Autoencodes> = match room {
            Room::Plain => Box::new(plain),
            Room::Dfdx => {
                Box::new(on_dfdx::Training::new(&Cpu::default(), plain))
            }
        };
        let found = (0..100).find_map(|_| run.step().err());
        let found = found.unwrap().to_string();
        let start = format!("diverged at step 0: {what}");
        assert!(found.starts_with(&start), "{found}");
    }
}

/// Directions that are opposite, or none: there the gradient is straight-through's.
#[test]
fn what_cannot_be_turned_is_passed_through_in_both_rooms() {
    let z = array![[1.0, 2.0], [0.0, 0.0], [1.0, 1.0], [3.0, 0.5]];
    let e = array![[-2.0, -4.0], [1.0, 0.0], [0.0, 0.0], [0.5, 3.0]];
    let d = array![[0.3, -1.0], [0.2, 0.7], [2.0, -0.1], [1.5, 0.4]];
    let dev = Cpu::default();
    let on = |x: &Array2<f64>| lab::tensor(&dev, x, x.dim());
    let z_on = on(&z);
    let made = on_dfdx::rotation(z_on.leaky_trace(), on(&e));
    assert!(
        lab::max_rel_err(&lab::array(&made), &rotate(&z, &e, &z)) < 1e-12
    );
    let d_z = (made * on(&d)).sum::<(), _>().backward().get(&z_on);
    let expected = rotation_backward(&z, &e, d);
    assert!(lab::max_rel_err(&lab::array(&d_z), &expected) < 1e-12);
}

#[test]
fn both_rooms_round_alike() {
    let levels = Levels::new(&[4, 5, 2, 3]).unwrap();
    let mut z: Array2<f64> =
        Array2::random_using((200, 4), StandardNormal, &mut rng_at(3, 0));
    z.row_mut(0).fill(1000.0);
    z.row_mut(1).fill(-1000.0);
    z.row_mut(2).fill(0.0);
    let squeezed = z.mapv(f64::tanh);
    let on_dev = lab::tensor(&Cpu::default(), &squeezed, squeezed.dim());
    let z_q = lab::array(&on_dfdx::round_to_levels(on_dev, &levels));
    let expected = finite_scalar(&z, &levels).unwrap().z_q;
    assert!(lab::max_rel_err(&z_q, &expected) < 1e-15);
}
