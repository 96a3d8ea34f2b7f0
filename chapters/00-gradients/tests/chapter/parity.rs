//! Hand gradients against finite differences, dfdx and PyTorch; training in both rooms; resuming.

use datasets::{Digits, Split};
use dfdx::prelude::{BuildModule, Const, Module};
use gradients::classifier::{Classifier, Classifies};
use gradients::{CHAPTER, ledger, on_dfdx};
use lab::{
    Against, Checkpoint, Lab, Options, Resumable, Room, Selection, Trains,
    tensor,
};
use ndarray::Array2;
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

fn both_rooms_train_alike<D: Trains>(dev: &D, limit: f32) {
    let digits = digits();
    let mut plain = fresh(&digits);
    let mut other = on_dfdx::Classifier::new(dev, fresh(&digits));
    for _ in 0..8 {
        plain.step().unwrap();
        other.step().unwrap();
    }
    let losses = other.losses();
    for (a, b) in plain.model.losses.iter().zip(&losses) {
        assert!((a - b).abs() < limit * a.abs(), "{a} {b}");
    }
    assert!(losses[7] < losses[0], "both learn");
}

#[test]
fn a_training_can_change_rooms() {
    let digits = digits();
    let start = |room| -> Box<dyn Classifies> {
        let (dev, plain) = (dfdx::tensor::Cpu::default(), fresh(&digits));
        match room {
            Room::Plain => Box::new(plain),
            Room::Dfdx => Box::new(on_dfdx::Classifier::new(&dev, plain)),
        }
    };
    lab::either_room_goes_on(start, |c| c.losses(), 3, 1e-5);
}

#[test]
fn a_run_that_diverges_stops_at_that_step_and_says_where() {
    let digits = digits();
    for room in [Room::Plain, Room::Dfdx] {
        let mut plain = fresh(&digits);
        plain.model.adam.config.lr = 1e30;
        let dev = dfdx::tensor::Cpu::default();
        let mut run: Box<dyn Classifies> = match room {
            Room::Plain => Box::new(plain),
            Room::Dfdx => Box::new(on_dfdx::Classifier::new(&dev, plain)),
        };
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            out: Some(folder.path().into()),
            quiet: true,
            room,
            ..Options::default()
        };
        let lab = Lab::new(&CHAPTER, options, Selection::All);
        // Fewer steps than there are losses on a device when they are looked at.
        let found = lab.train("wild", 20, &mut run).unwrap_err();
        let found = format!("{found:#}");
        let start = "diverged at step 1: the loss of the classifier is ";
        assert!(found.contains(start), "{found}");
    }
}

#[test]
fn a_network_of_types_is_the_same_network() {
    let (dev, digits) = (dfdx::tensor::Cpu::default(), digits());
    let plain = fresh(&digits).model.net;
    let mut typed: on_dfdx::TypedClassifier<_> = BuildModule::build(&dev);
    // dfdx stores the weights of its `Linear` as [O, I].
    typed.0.0.weight =
        tensor(&dev, &plain.layers[0].w.t(), Default::default());
    typed.1.weight = tensor(&dev, &plain.layers[1].w.t(), Default::default());
    typed.0.0.bias = tensor(&dev, &plain.layers[0].b, Default::default());
    typed.1.bias = tensor(&dev, &plain.layers[1].b, Default::default());
    let x = Array2::from_shape_fn((3, 784), |(n, i)| ((n + i) % 7) as f32);
    let on_dev = tensor(&dev, &x, (3, Const::<784>));
    let s = lab::array(&typed.forward(on_dev)); // [3, 10]
    let apart = (s - plain.output(&x)).mapv(f32::abs);
    assert!(apart.iter().all(|v| *v < 1e-4), "{apart}");
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
