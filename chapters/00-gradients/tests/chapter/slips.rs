//! Where the source article slips, shown.

use datasets::{Digits, PixelRange, Split};
use gradients::plain::{Activation, Mlp};
use ndarray_rand::rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// E22: pixels from 0 to 255 reach units that were made for numbers near 1. Nearly all of them saturate, and a
/// saturated unit passes no gradient.
#[test]
fn e22_unscaled_pixels_silence_the_first_layer() {
    let digits = Digits::load(datasets::bundled(), Split::Test).unwrap();
    let rows: Vec<usize> = (0..200).collect();
    let x = digits.pixels::<f32>(&rows, PixelRange::Unit);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let net = Mlp::<f32>::new(
        &[784, 128, 10],
        Activation::Tanh,
        Activation::Identity,
        &mut rng,
    );
    let saturated = |scale: f32| {
        let hidden = &net.forward(&(&x * scale))[1];
        hidden.iter().filter(|h| h.abs() > 0.99).count() as f32
            / hidden.len() as f32
    };
    assert!(saturated(1.0) < 0.01, "{}", saturated(1.0));
    assert!(saturated(255.0) > 0.8, "{}", saturated(255.0));
}
