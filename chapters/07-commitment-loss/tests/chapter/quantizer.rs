//! The quantizer: bad input, the start, revival, and checkpoints.

use codebook_lookup::plain::LookupError;
use commitment_loss::plain::{CommitmentError, Ema, revive};
use commitment_loss::quantizer::{Learning, Quantizer, Revival, Settings};
use lab::{Checkpoint, rng_at};
use ndarray::{Array2, array};
use proptest::prelude::*;

fn settings() -> Settings {
    Settings::default()
}

fn codebook() -> Array2<f32> {
    array![[0.0, 0.0], [1.0, 1.0], [-2.0, 3.0]]
}

#[test]
fn constants_that_cannot_be_say_which_and_why() {
    let said = |settings| {
        Quantizer::new(codebook(), settings).unwrap_err().to_string()
    };
    for gamma in [0.0, 1.0, 1.5, -0.1, f64::NAN] {
        let learning = Learning::Ema { gamma, debias: true };
        let message = said(Settings { learning, ..settings() });
        let expected = format!(
            "gamma: expected a decay between 0 and 1, both excluded, found {gamma}"
        );
        assert_eq!(message, expected);
        assert!(Ema::new(codebook(), gamma, false).is_err());
    }
    for beta in [-0.25, f64::NAN, f64::INFINITY] {
        let message = said(Settings { beta, ..settings() });
        let expected = format!(
            "beta: expected a finite number, not negative, found {beta}"
        );
        assert_eq!(message, expected);
    }
    let revival = Some(Revival { threshold: -1.0 });
    let message = said(Settings { revival, ..settings() });
    assert!(message.starts_with("threshold: expected"), "{message}");
    let message = said(Settings { usage_decay: 1.0, ..settings() });
    assert!(message.starts_with("usage_decay: expected"), "{message}");
}

#[test]
fn latents_and_codebooks_that_do_not_fit_say_which_and_why() {
    let empty = Array2::<f32>::zeros((0, 2));
    assert_eq!(
        Quantizer::new(empty, settings()).unwrap_err(),
        LookupError::EmptyCodebook { k: 0, c: 2 }.into()
    );
    let mut bad = codebook();
    bad[[1, 0]] = f32::NAN;
    let said = Quantizer::new(bad, settings()).unwrap_err().to_string();
    assert!(said.contains("codebook, row 1, component 0"), "{said}");

    let mut quantizer = Quantizer::new(codebook(), settings()).unwrap();
    let wide = Array2::<f32>::zeros((1, 3));
    let width = LookupError::Width { expected: 2, found: 3 };
    assert_eq!(quantizer.quantize(&wide).unwrap_err(), width.into());
    let nan = array![[0.0_f32, 1.0], [2.0, f32::NAN]];
    let said = quantizer.quantize(&nan).unwrap_err().to_string();
    assert!(said.contains("latents, row 1, component 1"), "{said}");

    let before = quantizer.clone();
    let z = array![[0.0_f32, 1.0], [2.0, 2.0]];
    let rng = &mut rng_at(1, 0);
    assert!(quantizer.learn(&nan, &[0, 0], rng).is_err());
    assert_eq!(
        quantizer.learn(&z, &[0], rng).unwrap_err(),
        CommitmentError::Indices { latents: 2, found: 1 }
    );
    assert_eq!(
        quantizer.learn(&z, &[0, 3], rng).unwrap_err(),
        CommitmentError::Index { row: 1, k: 3, found: 3 }
    );
    assert_eq!(quantizer, before, "an error changes nothing");
}

#[test]
fn a_start_needs_as_many_latents_as_codes() {
    let z = array![[0.0_f32], [1.0], [5.0]];
    let rng = &mut rng_at(1, 0);
    let start = Quantizer::from_latents(&z, 4, 2, settings(), rng);
    let expected = LookupError::TooManyCodes { k: 4, points: 3 };
    assert_eq!(start.unwrap_err(), expected.into());
    let start = Quantizer::from_latents(&z, 3, 2, settings(), rng).unwrap();
    let found = start.quantize(&z).unwrap();
    assert_eq!(found.codebook_loss, 0.0, "every latent has its own code");
    assert_eq!(start.perplexity(&found.quantized.indices).round(), 3.0);
}

#[test]
fn usage_is_counted_in_fair_shares() {
    let mut quantizer = Quantizer::new(codebook(), settings()).unwrap();
    let z = array![[0.0_f32, 0.0], [1.0, 1.0]];
    for _ in 0..2000 {
        quantizer.learn(&z, &[0, 1], &mut rng_at(1, 0)).unwrap();
    }
    let usage = quantizer.usage();
    assert!((usage[0] - 1.5).abs() < 1e-3 && usage[2] < 1e-3, "{usage}");
}

#[test]
fn a_dead_code_starts_again_at_a_latent_and_is_spared_for_a_while() {
    let revival = Some(Revival { threshold: 0.1 });
    for learning in [
        Learning::gradient(1e-3),
        Learning::Ema { gamma: 0.9, debias: true },
        Learning::Ema { gamma: 0.9, debias: false },
    ] {
        let settings =
            Settings { learning, revival, usage_decay: 0.9, ..settings() };
        let far = array![[0.0_f32, 0.0], [1.0, 1.0], [50.0, 50.0]];
        let mut quantizer = Quantizer::new(far, settings).unwrap();
        let z = array![[0.1_f32, 0.0], [0.9, 1.0], [-1.0, 0.5]];
        let mut revived = Vec::new();
        for t in 0..30 {
            let found = quantizer.quantize(&z).unwrap().quantized;
            let indices = &found.indices;
            let now = quantizer.learn(&z, indices, &mut rng_at(2, t));
            let now = now.unwrap();
            if now == [2] {
                let place = quantizer.codebook().row(2).to_owned();
                assert!(z.rows().into_iter().any(|row| row == place));
                assert_eq!(quantizer.usage()[2], 1.0);
            }
            revived.extend(now);
        }
        assert_eq!(revived, [2], "{learning:?}: once is enough");
        let found = quantizer.quantize(&z).unwrap().quantized;
        assert_eq!(quantizer.perplexity(&found.indices).round(), 3.0);
    }
}

proptest! {
    #[test]
    fn revival_moves_dead_codes_alone_each_to_another_latent(
        usage in proptest::collection::vec(0.0_f64..2.0, 6), n in 0_usize..9, seed: u64,
    ) {
        let usage = ndarray::Array1::from_vec(usage);
        let z = Array2::from_shape_fn((n, 2), |(row, c)| 100.0 + (2 * row + c) as f64);
        let before = Array2::from_shape_fn((6, 2), |(k, c)| (2 * k + c) as f64);
        let mut after = before.clone();
        let revived = revive(&mut after, &usage, &z, 0.5, &mut rng_at(seed, 0));
        let dead = usage.iter().filter(|u| **u < 0.5).count();
        prop_assert_eq!(revived.len(), dead.min(n));
        let mut places = Vec::new();
        for k in 0..6 {
            if revived.contains(&k) {
                prop_assert!(usage[k] < 0.5 && after[[k, 0]] >= 100.0);
                places.push(after[[k, 0]] as i64);
            } else {
                prop_assert_eq!(after.row(k), before.row(k));
            }
        }
        places.sort_unstable();
        places.dedup();
        prop_assert_eq!(places.len(), revived.len());
    }
}

#[test]
fn a_checkpoint_of_another_quantizer_is_refused() {
    let mut checkpoint = Checkpoint::default();
    let quantizer = Quantizer::new(codebook(), settings()).unwrap();
    quantizer.save("q", &mut checkpoint);
    let mut same = Quantizer::new(codebook() * 3.0, settings()).unwrap();
    same.restore("q", &checkpoint).unwrap();
    assert_eq!(same, quantizer);

    let before = same.clone();
    assert!(same.restore("r", &checkpoint).is_err(), "another name");
    let wide = Array2::<f32>::zeros((4, 2));
    let mut larger = Quantizer::new(wide, settings()).unwrap();
    let said = larger.restore("q", &checkpoint).unwrap_err().to_string();
    assert!(said.contains("expected shape [4], found [3]"), "{said}");
    let other = Settings { beta: 1.0, ..settings() };
    let mut other = Quantizer::new(codebook(), other).unwrap();
    let said = other.restore("q", &checkpoint).unwrap_err().to_string();
    assert!(said.contains("beta: 1.0"), "{said}");
    assert_eq!(same, before);
}
