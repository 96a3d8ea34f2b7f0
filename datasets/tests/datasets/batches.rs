//! Batches: shuffled, seeded, and the same however a step was reached.

use std::collections::HashSet;

use datasets::Batches;
use proptest::prelude::*;

proptest! {
    #[test]
    fn an_epoch_shows_no_example_twice(len in 1_usize..200, size in 1_usize..50, seed in any::<u64>(), epoch in 0_u64..5) {
        prop_assume!(size <= len);
        let mut batches = Batches::new(len, size, seed).unwrap();
        let per_epoch = batches.batches_per_epoch() as u64;
        let mut seen = HashSet::new();
        for step in epoch * per_epoch..(epoch + 1) * per_epoch {
            let batch = batches.batch(step);
            prop_assert_eq!(batch.len(), size);
            for n in batch {
                prop_assert!(n < len && seen.insert(n));
            }
        }
        prop_assert_eq!(seen.len(), len / size * size);
    }

    #[test]
    fn a_step_has_one_batch_whatever_came_before(seed in any::<u64>(), step in 0_u64..100) {
        let mut straight = Batches::new(37, 5, seed).unwrap();
        (0..step).for_each(|n| drop(straight.batch(n)));
        prop_assert_eq!(straight.batch(step), Batches::new(37, 5, seed).unwrap().batch(step));
    }
}

#[test]
fn epochs_and_seeds_differ() {
    let mut batches = Batches::new(100, 100, 1).unwrap();
    let (first, second) = (batches.batch(0), batches.batch(1));
    assert_ne!(first, second);
    assert_ne!(first, Batches::new(100, 100, 2).unwrap().batch(0));
}

#[test]
fn a_batch_that_cannot_be_is_refused() {
    for size in [0, 11] {
        let said = Batches::new(10, size, 1).unwrap_err().to_string();
        assert_eq!(
            said,
            format!(
                "expected a batch size from 1 to the 10 examples there are, found {size}"
            )
        );
    }
}
