//! Hand gradients against finite differences, dfdx and PyTorch; training in both rooms; resuming.

use datasets::{Digits, Split};
use dfdx::prelude::Device;
use gradients::classifier::Classifier;
use gradients::plain::AdamConfig;
use gradients::{ledger, on_dfdx};
use lab::{Against, Checkpoint, Resumable};
use ndarray_rand::rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

#[test]
fn every_row_of_the_ledger_passes() {
    let rows = ledger::rows(&dfdx::tensor::Cpu::default(), Against::DfdxCpu)
        .unwrap();
    assert_eq!(rows.len(), 3 * 9);
    for row in rows {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

fn digits() -> Digits {
    Digits::load(datasets::bundled(), Split::Train).unwrap()
}

fn fresh(digits: &Digits) -> Classifier<'_> {
    Classifier::new(digits, 3, &mut ChaCha8Rng::seed_from_u64(3)).unwrap()
}

fn both_rooms_train_alike<D: Device<f32>>(dev: &D, limit: f32) {
    let digits = digits();
    let mut plain = fresh(&digits);
    let mut net = on_dfdx::classifier(dev, &plain.model.net);
    let batches: Vec<_> = (0..8)
        .map(|_| {
            let (x, classes) = plain.next_batch();
            plain.train_on(&x, &classes);
            (x, classes)
        })
        .collect();
    let losses = on_dfdx::train(
        dev,
        &mut net,
        AdamConfig::default(),
        batches.into_iter(),
    );
    for (a, b) in plain.model.losses.iter().zip(&losses) {
        assert!((a - b).abs() < limit * a.abs(), "{a} {b}");
    }
    assert!(losses[7] < losses[0], "both learn");
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

#[cfg(feature = "cuda")]
#[test]
fn cuda_agrees_with_the_hand_gradients() {
    let dev = lab::open_cuda(0).unwrap();
    for row in ledger::rows(&dev, Against::DfdxCuda).unwrap() {
        assert!(row.passes(), "{}: {:e}", row.name(), row.error);
    }
}

#[test]
fn a_resumed_run_ends_where_an_uninterrupted_one_does() {
    let digits = digits();
    let mut whole = fresh(&digits);
    (0..6).for_each(|_| drop(whole.step()));

    let mut first = fresh(&digits);
    (0..3).for_each(|_| drop(first.step()));
    let mut checkpoint = Checkpoint::default();
    first.save(&mut checkpoint);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.safetensors");
    checkpoint.save(&path).unwrap();

    let mut second = fresh(&digits);
    second.restore(&Checkpoint::load(&path).unwrap()).unwrap();
    (0..3).for_each(|_| drop(second.step()));
    assert_eq!(second.model, whole.model, "bit for bit");
}

#[test]
fn a_checkpoint_of_another_network_is_refused_and_changes_nothing() {
    let digits = digits();
    let mut model = fresh(&digits);
    let before = model.model.clone();
    let mut foreign = Checkpoint::default();
    foreign.note("classifier.step", 5);
    foreign.put("classifier.losses", &ndarray::Array1::<f32>::zeros(5));
    foreign.put(
        "classifier.parameter.0",
        &ndarray::Array2::<f32>::zeros((3, 4)),
    );
    let message = model.restore(&foreign).unwrap_err().to_string();
    assert!(
        message.contains(
            "`classifier.parameter.0`: expected shape [784, 128], found [3, 4]"
        ),
        "{message}"
    );
    assert_eq!(model.steps_done(), 0);
    assert_eq!(model.model, before);
}
