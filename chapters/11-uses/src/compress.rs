//! Codecs beside one another: bits at an error that is given, and what has to be sent beforehand.

use vq_vae::measures::{Curve, error_at};

// ANCHOR: bits_at
/// Eq. 11.10: the bits a codec takes at an error, from the bits and errors
/// of some of its qualities, on the line between the two nearest, both axes
/// logarithmic; none where it has no quality on either side.
pub fn bits_at(curve: &Curve, error: f64) -> Option<f64> {
    let turned: Curve = curve.iter().map(|&(bits, e)| (e, bits)).collect();
    let before = curve.iter().any(|point| point.1 <= error);
    let after = curve.iter().any(|point| error <= point.1);
    (before && after && turned.len() > 1).then(|| error_at(&turned, error))
}

/// After how many pictures a model that has to be sent once, of so many
/// bytes, has taken no more bits than a codec that everybody has; none if
/// it never does.
pub fn pays_after(model: u64, ours: f64, theirs: f64) -> Option<f64> {
    let saved = theirs - ours; // bits, at each picture
    (saved > 0.0).then(|| (8.0 * model as f64 / saved).ceil())
}
// ANCHOR_END: bits_at
