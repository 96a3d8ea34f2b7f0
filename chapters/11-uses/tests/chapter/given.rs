//! The committed numbers come from the committed networks.

use lab::Results;
use uses::{CHAPTER, models::digests};

#[test]
fn the_numbers_are_of_the_networks_that_are_committed() {
    let committed = Results::load(&CHAPTER.committed()).unwrap();
    for (name, now) in digests().unwrap() {
        assert_eq!(
            committed.values.get(&name).copied(),
            Some(f64::from(now)),
            "{name}: a model has changed; `cargo run -- --fresh --only uses`"
        );
    }
}
