//! Bad input is an error that says which and why.

use codebook_lookup::plain::LookupError;
use ndarray::{Array1, Array2, array};
use straight_through::plain::{
    Levels, QuantizeError, finite_scalar, gumbel_softmax, smoothed_loss,
    straight_through,
};

#[test]
fn a_lookup_that_cannot_be_is_refused() {
    let z = array![[0.0, 1.0]];
    let empty: Array2<f64> = Array2::zeros((0, 2));
    let error = straight_through(&z, &empty).unwrap_err();
    assert_eq!(error, LookupError::EmptyCodebook { k: 0, c: 2 });
    let error = straight_through(&z, &array![[1.0]]).unwrap_err();
    assert_eq!(error, LookupError::Width { expected: 1, found: 2 });
    let nan = array![[0.0, f64::NAN]];
    let error = straight_through(&nan, &z).unwrap_err();
    assert!(error.to_string().contains("latents, row 0, component 1"));
}

#[test]
fn a_temperature_must_be_positive() {
    let (z, codebook) = (array![[0.0]], array![[1.0], [2.0]]);
    let noise = Array2::zeros((1, 2));
    for tau in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let error = gumbel_softmax(&z, &codebook, &noise, tau).unwrap_err();
        assert!(error.to_string().contains("positive, finite temperature"));
    }
    let error = gumbel_softmax(&z, &codebook, &Array2::zeros((2, 2)), 1.0);
    let (array, expected, found) = ("noise", (1, 2), (2, 2));
    let wrong = QuantizeError::Shape { array, expected, found };
    assert_eq!(error, Err(wrong));
}

#[test]
fn noise_must_be_positive_and_every_place_needs_a_loss() {
    let (z, places) = (array![[0.0]], array![[1.0], [2.0]]);
    let error = smoothed_loss(&z, 0.0, &places, &array![0.0, 0.0]);
    let wrong = QuantizeError::NotPositive { what: "noise", found: 0.0 };
    assert_eq!(error, Err(wrong));
    let error = smoothed_loss(&z, 1.0, &places, &Array1::zeros(3));
    let (array, expected, found) = ("losses", (2, 1), (3, 1));
    assert_eq!(error, Err(QuantizeError::Shape { array, expected, found }));
}

#[test]
fn levels_must_make_a_grid() {
    for levels in [vec![], vec![4, 1], vec![0, 3], vec![usize::MAX, 2]] {
        let error = Levels::new(&levels).unwrap_err();
        assert_eq!(error, QuantizeError::Levels(levels));
    }
    let levels = Levels::new(&[4, 3]).unwrap();
    let error = finite_scalar(&array![[0.0, 0.0, 0.0]], &levels);
    assert_eq!(error, Err(LookupError::Width { expected: 2, found: 3 }));
    let error = finite_scalar(&array![[0.0, f64::INFINITY]], &levels);
    assert!(matches!(error, Err(LookupError::NotFinite { row: 0, .. })));
}
