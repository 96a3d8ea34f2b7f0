//! One seeded, portable generator, in as many streams as are wanted.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

/// The generator of a seed and a stream, such as the step of a training run: what step n draws does not depend on how
/// n was reached.
pub fn rng_at(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// The generator of a seed and a purpose, so that one experiment's draws do not shift another's.
pub fn rng_for(seed: u64, purpose: &str) -> ChaCha8Rng {
    // FNV-1a: any fixed map from names to streams will do.
    let mix = |h: u64, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3);
    rng_at(seed, purpose.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
}
