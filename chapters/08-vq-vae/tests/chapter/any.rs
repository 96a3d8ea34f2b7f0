//! The same halves around any quantiser.

use commitment_loss::bottleneck::Kept;
use commitment_loss::plain::CommitmentError;
use commitment_loss::quantizer::Quantizer;
use commitment_loss::residual::Residual;
use lab::{ChaCha8Rng, Checkpoint, Resumable};
use ndarray::{Array2, s};
use vq_vae::any::AnyTraining;
use vq_vae::training::{Config, Start as Begin, Trained, Training};

use crate::equations::{batch, config};

type Start = Result<Box<dyn Kept>, CommitmentError>;

fn plain() -> Config {
    Config { rate: None, start: Begin::Latents { steps: 2 }, ..config() }
}

fn one<'a>() -> AnyTraining<'a> {
    after(2)
}

/// Around a list that so many steps of Lloyd's algorithm have made.
fn after<'a>(steps: usize) -> AnyTraining<'a> {
    let config = plain();
    let start = |z: &Array2<f32>, rng: &mut ChaCha8Rng| -> Start {
        let k = config.sizes.codes;
        let of = Quantizer::from_latents(z, k, steps, config.quantizer, rng)?;
        Ok(Box::new(of))
    };
    AnyTraining::new(config, start, batch, 3).unwrap()
}

fn levels<'a>(prefixes: bool) -> AnyTraining<'a> {
    let config = plain();
    let start = |z: &Array2<f32>, rng: &mut ChaCha8Rng| -> Start {
        let of =
            Residual::from_latents(z, &[3, 4, 2], 2, config.quantizer, rng)?;
        Ok(Box::new(of))
    };
    let mut run = AnyTraining::new(config, start, batch, 3).unwrap();
    run.prefixes = prefixes;
    run
}

#[test]
fn around_a_quantizer_it_is_the_chapter_s_training_bit_for_bit() {
    let mut theirs = Training::new(plain(), batch, 3).unwrap();
    let mut mine = one();
    for _ in 0..5 {
        assert_eq!(mine.train_once().unwrap(), theirs.train_once().unwrap());
    }
    assert_eq!(mine.encoder, theirs.encoder);
    assert_eq!(mine.decoder, theirs.decoder);
    let (x, model) = (batch(9), theirs.model());
    let codes = mine.encode(&x).unwrap();
    assert_eq!(codes, model.encode(&x).unwrap());
    assert_eq!(mine.decode(&codes).unwrap(), model.decode(&codes).unwrap());
}

#[test]
fn resumed_it_ends_where_it_would_have() {
    for prefixes in [false, true] {
        let mut whole = levels(prefixes);
        (0..3).for_each(|_| drop(whole.step().unwrap()));
        let mut checkpoint = Checkpoint::default();
        whole.save(&mut checkpoint);
        let mut second = levels(prefixes);
        second.restore(&checkpoint).unwrap();
        for _ in 0..3 {
            assert_eq!(second.step().unwrap(), whole.step().unwrap());
        }
        assert_eq!(second.encoder, whole.encoder);
        assert_eq!(second.decoder, whole.decoder);
        let x = batch(9);
        assert_eq!(second.encode(&x).unwrap(), whole.encode(&x).unwrap());
        let other = one().restore(&checkpoint);
        assert!(other.is_err(), "another quantiser's checkpoint");
    }
    let said = [false, true].map(|prefixes| levels(prefixes).configuration());
    assert_ne!(said[0], said[1]);
    let losses = [false, true].map(|prefixes| {
        let mut run = levels(prefixes);
        [0; 4].map(|_| run.train_once().unwrap())
    });
    assert_ne!(losses[0], losses[1], "the decoder hears less");
}

#[test]
fn the_first_numbers_of_each_place_are_an_image_too() {
    let mut run = levels(true);
    (0..3).for_each(|_| drop(run.step().unwrap()));
    let x = batch(4);
    let (codes, places) =
        (run.encode(&x).unwrap(), run.config.sizes.places());
    assert_eq!(codes.dim(), (x.nrows(), 3 * places));
    // The numbers of a place stand side by side.
    let first = Array2::from_shape_fn((x.nrows(), places), |(n, place)| {
        codes[[n, 3 * place]]
    });
    let rows = first.iter().copied().collect();
    let rows = Array2::from_shape_vec((x.nrows() * places, 1), rows).unwrap();
    let z_q = run.bottleneck.vectors(&rows);
    let shown = run.decode(&first).unwrap();
    assert_eq!(shown.dim(), (x.nrows(), 784));
    assert_ne!(shown, run.decode(&codes).unwrap());
    assert_eq!(z_q.nrows(), x.nrows() * places);
    let cut = codes.slice(s![.., ..3 * places - 1]).to_owned();
    let said = run.decode(&cut).unwrap_err().to_string();
    assert!(said.contains("codes in rows of"), "{said}");
}

/// What is not in the recipe is in the configuration all the same, so that `--resume` takes no run of another start for its own.
#[test]
fn another_start_is_another_configuration() {
    let mut first = one();
    let said = first.configuration();
    first.step().unwrap();
    assert_eq!(first.configuration(), said, "however far it is");
    assert_ne!(after(0).configuration(), said);
    assert_ne!(levels(false).configuration(), said);
    assert_ne!(levels(true).configuration(), levels(false).configuration());
}
