//! Hand gradients against finite differences, dfdx and PyTorch; one step against PyTorch; resuming.

use dfdx::prelude::Device;
use discriminator_training::ledger::{self, reference, reference_players};
use discriminator_training::on_dfdx;
use discriminator_training::plain::{blur, d_step, leak_into_generator};
use discriminator_training::training::Training;
use gradients::plain::{Activation, Adam, AdamConfig, Mlp};
use lab::{Against, Checkpoint, Resumable, rng_at};
use ndarray::{Array2, Array3};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&dfdx::tensor::Cpu::default(), Against::DfdxCpu)
        .unwrap();
    assert_eq!(rows.len(), 3 * 5);
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
fn the_reference_fakes_are_those_of_the_reference_generator() {
    let mut values = reference().unwrap();
    let (g, _) = reference_players(&mut values).unwrap();
    let fakes = g.output(&values.matrix("step/z").unwrap());
    assert!(
        lab::max_rel_err(&fakes, &values.matrix("step/x_fake").unwrap())
            < 1e-12
    );
}

fn normal(rows: usize, columns: usize, stream: u64) -> Array2<f32> {
    Array2::random_using(
        (rows, columns),
        StandardNormal,
        &mut rng_at(9, stream),
    )
}

fn article_players() -> (Mlp<f32>, Mlp<f32>) {
    let g = Mlp::new(
        &[100, 128, 784],
        Activation::Relu,
        Activation::Tanh,
        &mut rng_at(1, 0),
    );
    let leaky = Activation::LeakyRelu(0.2);
    (
        g,
        Mlp::new(
            &[784, 128, 1],
            leaky,
            Activation::Identity,
            &mut rng_at(1, 1),
        ),
    )
}

fn both_rooms_train_alike<D: Device<f32>>(dev: &D, limit: f32) {
    let (_, d) = article_players();
    let config = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let batches: Vec<_> = (0..6)
        .map(|n| (normal(16, 784, 2 * n), normal(16, 784, 2 * n + 1)))
        .collect();
    let mut other = on_dfdx::discriminator(dev, &d);
    let losses =
        on_dfdx::train(dev, &mut other, config, batches.clone().into_iter());
    let (mut net, mut adam) = (d.clone(), Adam::new(&d, config));
    for ((x_real, x_fake), other) in batches.iter().zip(losses) {
        let (loss, d_net) = d_step(&net, x_real, x_fake);
        assert!((loss - other).abs() < limit * loss.abs(), "{loss} {other}");
        adam.step(&mut net, &d_net);
    }
}

#[test]
fn both_rooms_train_step_by_step_to_the_same_losses() {
    both_rooms_train_alike(&dfdx::tensor::Cpu::default(), 1e-5);
}

#[cfg(feature = "cuda")]
#[test]
fn cuda_takes_the_same_first_steps() {
    let dev = lab::open_cuda(0).unwrap();
    both_rooms_train_alike(&dev, 1e-3);
}

#[test]
fn both_rooms_leak_the_same_and_detach_the_same() {
    let (g, d) = article_players();
    let z = normal(8, 100, 3);
    let dev = dfdx::tensor::Cpu::default();
    let (other_g, other_d) =
        (on_dfdx::generator(&dev, &g), on_dfdx::discriminator(&dev, &d));
    for detach in [true, false] {
        let mine = leak_into_generator(&g, &d, &z, detach).layers[0]
            .w
            .t()
            .mapv(f64::from);
        let z = lab::tensor(&dev, &z, (8, dfdx::prelude::Const::<100>));
        let theirs =
            on_dfdx::leak_into_generator(&other_g, &other_d, z, detach)
                .mapv(f64::from);
        assert!(lab::max_rel_err(&theirs, &mine) < 1e-5);
        assert_eq!(theirs.iter().all(|v| *v == 0.0), detach);
    }
}

#[test]
fn a_resumed_run_ends_where_an_uninterrupted_one_does() {
    let fresh = || {
        let draw =
            |step| (normal(8, 5, 2 * step), normal(8, 5, 2 * step + 1));
        Training::new(
            &[5, 7, 1],
            AdamConfig::default(),
            &mut rng_at(2, 0),
            draw,
        )
    };
    let mut whole = fresh();
    (0..6).for_each(|_| drop(whole.step()));
    let mut first = fresh();
    (0..3).for_each(|_| drop(first.step()));
    let mut checkpoint = Checkpoint::default();
    first.save(&mut checkpoint);
    let mut second = fresh();
    second.restore(&checkpoint).unwrap();
    (0..3).for_each(|_| drop(second.step()));
    assert_eq!(second.d, whole.d, "bit for bit");
}

#[test]
fn blurring_keeps_the_mean_and_spreads_a_point() {
    let mut point = Array3::<f32>::zeros((1, 15, 15));
    point[[0, 7, 7]] = 1.0;
    let blurred = blur(&point, 1.0);
    assert!((blurred.sum() - 1.0).abs() < 1e-5);
    let peak = 1.0 / (2.0 * std::f64::consts::PI);
    assert!((f64::from(blurred[[0, 7, 7]]) - peak).abs() < 1e-4);
    assert!(
        (blurred[[0, 7, 8]] / blurred[[0, 7, 7]] - (-0.5_f32).exp()).abs()
            < 1e-5
    );
    assert_eq!(blur(&point, 0.0), point);
    let flat = Array3::<f32>::from_elem((2, 4, 6), 0.3);
    assert!(
        blur(&flat, 2.0).iter().all(|v| (v - 0.3).abs() < 1e-6),
        "edges are continued"
    );
}
