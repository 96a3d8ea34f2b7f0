//! Codecs at equal error.

use uses::compress::pays_after;

#[test]
fn a_model_is_paid_for_by_what_each_picture_saves() {
    assert_eq!(pays_after(1000, 100.0, 300.0), Some(40.0));
    assert_eq!(pays_after(1001, 100.0, 300.0), Some(41.0));
    assert_eq!(pays_after(1000, 300.0, 300.0), None);
    assert_eq!(pays_after(1000, 300.0, 100.0), None);
}
