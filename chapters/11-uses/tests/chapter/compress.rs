//! Codecs at equal error.

use uses::compress::{bits_at, pays_after};

#[test]
fn eq_11_13_bits_lie_on_a_line_of_logarithms() {
    let law = |bits: f64| (bits, 3.0 / bits.powi(2));
    let curve: Vec<_> = [400.0, 100.0, 1600.0].map(law).into();
    for bits in [100.0, 150.0, 400.0, 1000.0, 1600.0] {
        let found = bits_at(&curve, law(bits).1).unwrap();
        assert!((found / bits - 1.0).abs() < 1e-9, "{bits}: {found}");
    }
    let bent = vec![(100.0, 0.4), (200.0, 0.1), (800.0, 0.05)];
    let half = bits_at(&bent, 0.2).unwrap();
    assert!((half - 100.0 * 2_f64.sqrt()).abs() < 1e-9, "{half}");
    let late = bits_at(&bent, 0.1 / 2_f64.sqrt()).unwrap();
    assert!((late - 400.0).abs() < 1e-9, "{late}");
}

#[test]
fn eq_11_13_nothing_is_said_beyond_the_qualities() {
    let curve = vec![(100.0, 0.4), (200.0, 0.1)];
    assert_eq!(bits_at(&curve, 0.5), None);
    assert_eq!(bits_at(&curve, 0.09), None);
    assert_eq!(bits_at(&curve[..1].to_vec(), 0.4), None);
    assert_eq!(bits_at(&Vec::new(), 0.4), None);
}

#[test]
fn a_model_is_paid_for_by_what_each_picture_saves() {
    assert_eq!(pays_after(1000, 100.0, 300.0), Some(40.0));
    assert_eq!(pays_after(1001, 100.0, 300.0), Some(41.0));
    assert_eq!(pays_after(1000, 300.0, 300.0), None);
    assert_eq!(pays_after(1000, 300.0, 100.0), None);
}
