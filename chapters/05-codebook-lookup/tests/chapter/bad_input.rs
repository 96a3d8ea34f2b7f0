//! Input that has no answer gets an error that says which and why.

use codebook_lookup::plain::{
    LookupError, check, kmeans_plus_plus, lloyd_step, nearest,
    nearest_by_cosine,
};
use lab::rng_at;
use ndarray::{Array2, array};
use proptest::collection::vec;
use proptest::prelude::*;

#[test]
fn an_empty_codebook_has_no_nearest() {
    let z = array![[1.0, 2.0]];
    for (k, c) in [(0, 2), (3, 0), (0, 0)] {
        let codebook = Array2::zeros((k, c));
        let error = nearest(&z, &codebook).unwrap_err();
        assert_eq!(error, LookupError::EmptyCodebook { k, c });
        let text = error.to_string();
        assert!(text.contains(&format!("{k} × {c}")), "{text}");
    }
}

#[test]
fn widths_must_agree() {
    let (z, codebook) = (array![[1.0, 2.0]], array![[1.0, 2.0, 3.0]]);
    let error = LookupError::Width { expected: 3, found: 2 };
    assert_eq!(nearest(&z, &codebook), Err(error));
    assert!(nearest_by_cosine(&z, &codebook).is_err());
    assert!(lloyd_step(&z, &codebook).is_err());
}

#[test]
fn a_latent_that_is_no_place_is_named() {
    let good = array![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]];
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut z = good.clone();
        z[[2, 1]] = bad;
        let text = nearest(&z, &good).unwrap_err().to_string();
        assert!(text.starts_with("latents, row 2, component 1"), "{text}");
        let text = nearest(&good, &z).unwrap_err().to_string();
        assert!(text.starts_with("codebook, row 2, component 1"), "{text}");
        assert!(kmeans_plus_plus(&z, 2, &mut rng_at(1, 0)).is_err());
    }
    // Finite, though its square is not.
    assert_eq!(check(&(&good * 1e200), &good), Ok(()));
}

#[test]
fn a_start_needs_as_many_latents_as_vectors() {
    let z = array![[0.0], [1.0]];
    for k in [0, 3] {
        let error = kmeans_plus_plus(&z, k, &mut rng_at(1, 0)).unwrap_err();
        assert_eq!(error, LookupError::TooManyCodes { k, points: 2 });
    }
    let none = Array2::<f64>::zeros((0, 1));
    assert!(kmeans_plus_plus(&none, 1, &mut rng_at(1, 0)).is_err());
}

proptest! {
    /// Any bits whatever, of any widths: an answer below K for each latent, or an error.
    #[test]
    fn nothing_panics(
        z in vec(any::<f32>(), 0..20), e in vec(any::<f32>(), 0..20), a in 1_usize..5, b in 1_usize..5,
    ) {
        let matrix = |v: &[f32], c: usize| {
            let rows = v.len() / c;
            Array2::from_shape_vec((rows, c), v[..rows * c].to_vec()).unwrap()
        };
        let (z, e) = (matrix(&z, a), matrix(&e, b));
        for found in [nearest(&z, &e), nearest_by_cosine(&z, &e)].into_iter().flatten() {
            prop_assert_eq!(found.len(), z.nrows());
            prop_assert!(found.iter().all(|k| *k < e.nrows()));
        }
        let start = kmeans_plus_plus(&z, b, &mut rng_at(1, 0));
        prop_assert!(start.is_err() || start.unwrap().nrows() == b);
    }
}
