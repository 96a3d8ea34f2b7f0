//! What makes numbers: a change here makes the results of every chapter stale.

#[cfg(not(target_arch = "wasm32"))]
mod bridge;
mod product;
mod random;
#[cfg(not(target_arch = "wasm32"))]
mod reference;

#[cfg(not(target_arch = "wasm32"))]
pub use bridge::{array, column, tensor, to_f32};
pub use product::{mat_mul, product};
pub use rand_chacha::ChaCha8Rng;
pub use random::{rng_at, rng_for};
#[cfg(not(target_arch = "wasm32"))]
pub use reference::{Reference, ReferenceError};
