//! Seeded, shuffled mini-batches.

use ndarray_rand::rand::SeedableRng;
use ndarray_rand::rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// A batch size that no batch can have.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error(
    "expected a batch size from 1 to the {len} examples there are, found {batch_size}"
)]
pub struct BatchError {
    len: usize,
    batch_size: usize,
}

/// Mini-batches of indices. Each epoch is a fresh permutation; what is left over at its end, fewer than a batch, is
/// dropped. The batch of a step depends on the seed and the step alone, so a resumed run sees what an uninterrupted
/// one would have seen.
#[derive(Clone, Debug)]
pub struct Batches {
    seed: u64,
    batch_size: usize,
    order: Vec<usize>,
    epoch: Option<u64>,
}

impl Batches {
    /// Batches of `batch_size` out of `len` examples.
    ///
    /// # Errors
    /// The batch size is 0 or larger than `len`.
    pub fn new(
        len: usize,
        batch_size: usize,
        seed: u64,
    ) -> Result<Self, BatchError> {
        match (1..=len).contains(&batch_size) {
            true => Ok(Self {
                seed,
                batch_size,
                order: (0..len).collect(),
                epoch: None,
            }),
            false => Err(BatchError { len, batch_size }),
        }
    }

    /// Whole batches in an epoch.
    pub fn batches_per_epoch(&self) -> usize {
        self.order.len() / self.batch_size
    }

    /// The indices of the batch of a step, counted from 0 over all epochs.
    pub fn batch(&mut self, step: u64) -> Vec<usize> {
        let per_epoch = self.batches_per_epoch() as u64;
        let epoch = step / per_epoch;
        if self.epoch != Some(epoch) {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream(epoch);
            self.order.sort_unstable();
            self.order.shuffle(&mut rng);
            self.epoch = Some(epoch);
        }
        let start = (step % per_epoch) as usize * self.batch_size;
        self.order[start..start + self.batch_size].to_vec()
    }
}
