//! The network, its training, and its checkpoints.

use dfdx::prelude::Cpu;
use lab::{Checkpoint, Resumable, Room, rng_at};
use ndarray::Array2;
use vq_vae::model::{Sizes, VqVae, VqVaeError, load};
use vq_vae::on_dfdx;
use vq_vae::training::{Start, Trained, Training};

use crate::equations::{batch, config};

#[test]
fn every_grid_encodes_and_decodes() {
    for patch in [2, 4, 7, 14] {
        let sizes =
            Sizes { codes: 4, width: 2, channels: 3, patch, blocks: 1 };
        let mut model = VqVae::<f32>::new(sizes, &mut rng_at(1, 0));
        model.codebook =
            Array2::from_shape_fn((4, 2), |(k, c)| k as f32 - c as f32);
        let codes = model.encode(&batch(1)).unwrap();
        assert_eq!(codes.dim(), (4, sizes.places()));
        let x = model.decode(&codes).unwrap();
        assert_eq!(x.dim(), (4, 784));
        assert!(x.iter().all(|v| (0.0..=1.0).contains(v)));
        assert_eq!(model.codes(), 4);
    }
}

#[test]
fn more_images_than_fit_at_a_time_are_the_same_images() {
    let sizes =
        Sizes { codes: 4, width: 2, channels: 3, patch: 7, blocks: 1 };
    let mut model = VqVae::<f32>::new(sizes, &mut rng_at(1, 0));
    model.codebook = Array2::from_shape_fn((4, 2), |(k, c)| (k + c) as f32);
    let x = Array2::from_shape_fn((150, 784), |(n, p)| {
        ((n * p) % 7) as f32 / 7.0
    });
    let codes = model.encode(&x).unwrap();
    let last = x.slice(ndarray::s![140.., ..]).to_owned();
    let again = model.encode(&last).unwrap();
    assert_eq!(codes.slice(ndarray::s![140.., ..]), again);
    assert_eq!(model.decode(&codes).unwrap().nrows(), 150);
    assert_eq!(model.encode(&Array2::zeros((0, 784))).unwrap().nrows(), 0);
}

#[test]
fn what_does_not_fit_is_named() {
    let model = VqVae::<f32>::new(Sizes::default(), &mut rng_at(1, 0));
    let said =
        model.encode(&Array2::zeros((1, 100))).unwrap_err().to_string();
    assert!(
        said.contains("images in rows of 784, found rows of 100"),
        "{said}"
    );
    let said = model.decode(&Array2::zeros((1, 48))).unwrap_err().to_string();
    assert!(said.contains("codes in rows of 49"), "{said}");
    let mut codes = Array2::zeros((2, 49));
    codes[[1, 7]] = 512;
    let said = model.decode(&codes).unwrap_err().to_string();
    let expected = "image 1, place 7: expected a code below 512, found 512";
    assert!(said.contains(expected), "{said}");
    let mut x = Array2::zeros((2, 784));
    x[[1, 3]] = f32::NAN;
    let said = model.encode(&x).unwrap_err().to_string();
    assert!(said.contains("image 1, pixel 3: expected a finite"), "{said}");
}

fn save(training: &Training, path: &std::path::Path) {
    let mut checkpoint = Checkpoint::default();
    training.save(&mut checkpoint);
    checkpoint.save(path).unwrap();
}

#[test]
fn a_resumed_run_is_the_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let fresh = || Training::new(config(), batch, 5).unwrap();
    let mut whole = fresh();
    (0..6).for_each(|_| drop(whole.step()));
    let mut half = fresh();
    (0..3).for_each(|_| drop(half.step()));
    save(&half, &path);
    let mut resumed = fresh();
    resumed.restore(&Checkpoint::load(&path).unwrap()).unwrap();
    assert_eq!(resumed.steps_done(), 3);
    (0..3).for_each(|_| drop(resumed.step()));
    assert_eq!(resumed.encoder, whole.encoder);
    assert_eq!(resumed.decoder, whole.decoder);
    assert_eq!(resumed.quantizer, whole.quantizer);
    save(&whole, &path);
    assert_eq!(load(&path).unwrap(), whole.model());
}

#[test]
fn another_recipe_or_other_images_are_another_configuration() {
    let said =
        |config| Training::new(config, batch, 5).unwrap().configuration();
    let first = said(config());
    let mut other = config();
    other.start = Start::Uniform;
    assert_ne!(said(other), first);
    let others = Training::new(config(), |n| batch(n + 1), 5);
    assert_ne!(others.unwrap().configuration(), first);
    let mut trained = Training::new(config(), batch, 5).unwrap();
    trained.step().unwrap();
    assert_eq!(trained.configuration(), first, "however far it is");
}

#[test]
fn training_learns() {
    let mut training = Training::new(
        vq_vae::training::Config { steps: 1000, ..config() },
        |_| batch(0),
        5,
    )
    .unwrap();
    (0..150).for_each(|_| drop(training.step()));
    let losses = training.losses();
    let (first, last) = (losses[0], losses[149]);
    assert!(last < 0.7 * first, "{first} {last}");
}

#[test]
fn a_run_that_diverges_stops_at_that_step_and_says_where() {
    let data = |n: u64| if n > 0 { batch(n) * f32::MAX } else { batch(0) };
    for room in [Room::Plain, Room::Dfdx] {
        let plain = Training::new(config(), data, 5).unwrap();
        let mut run: Box<dyn Trained> = match room {
            Room::Plain => Box::new(plain),
            Room::Dfdx => {
                Box::new(on_dfdx::Training::new(&Cpu::default(), plain))
            }
        };
        let found = (0..100).find_map(|_| run.step().err());
        let found = found.unwrap().to_string();
        let start = "diverged at step 1: the loss of the encoder is ";
        assert!(found.starts_with(start), "{found}");
    }
}

#[test]
fn a_foreign_checkpoint_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let mut checkpoint = Checkpoint::default();
    checkpoint.put("mean.parameter.0", &Array2::<f32>::zeros((2, 2)));
    checkpoint.note("training", "gan/digits");
    checkpoint.save(&path).unwrap();
    let said = load(&path).unwrap_err().to_string();
    assert!(said.contains("c.safetensors"), "{said}");
    assert!(said.contains("quantizer.codebook"), "{said}");
    assert!(said.contains("gan/digits"), "{said}");

    let mut checkpoint = Checkpoint::default();
    Training::new(config(), batch, 5).unwrap().save(&mut checkpoint);
    checkpoint.put("quantizer.codebook", &Array2::<f32>::zeros((6, 3)));
    checkpoint.save(&path).unwrap();
    let said = load(&path).unwrap_err().to_string();
    assert!(said.contains("do not fit together"), "{said}");
    std::fs::write(&path, [1, 2, 3]).unwrap();
    assert!(matches!(load(&path), Err(VqVaeError::Checkpoint(_))));
}

#[test]
fn prices_and_depths_that_do_not_fit_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.safetensors");
    let trained = Training::new(config(), batch, 5).unwrap();
    let said = |change: &dyn Fn(&mut Checkpoint)| {
        let mut checkpoint = Checkpoint::default();
        trained.save(&mut checkpoint);
        change(&mut checkpoint);
        checkpoint.save(&path).unwrap();
        load(&path).map(drop).map_err(|e| e.to_string())
    };
    assert_eq!(said(&|_| ()), Ok(()));
    let table = trained.model().prices.unwrap(); // [16, 6]
    for prices in
        [Array2::zeros((16, 5)), Array2::zeros((15, 6)), &table - 1.0]
    {
        let said = said(&|c| c.put("prices", &prices)).unwrap_err();
        assert!(said.contains("do not fit together"), "{said}");
    }
    let deeper = Array2::<f32>::zeros((36, 4));
    let said = said(&|c| {
        c.put("encoder.parameter.6", &deeper);
        c.put("encoder.parameter.7", &ndarray::Array1::<f32>::zeros(4));
    });
    assert!(said.unwrap_err().contains("different depth"));

    let mut checkpoint = Checkpoint::default();
    let unpriced = VqVae { prices: None, ..trained.model() };
    unpriced.save(&mut checkpoint);
    checkpoint.put("rate.shares", &table);
    checkpoint.save(&path).unwrap();
    let said = load(&path).unwrap_err().to_string();
    assert!(said.contains("had prices"), "{said}");
}
