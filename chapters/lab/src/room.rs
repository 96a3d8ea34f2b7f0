//! Where a training runs: by hand in ndarray, or on dfdx.

use std::fmt;

use clap::ValueEnum;

use crate::{Checkpoint, Resumable};

/// The room of a training.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Room {
    /// ndarray, gradients by hand, on the processor.
    #[default]
    Plain,
    /// dfdx, gradients by its tape, on the processor or a GPU.
    Dfdx,
}

impl fmt::Display for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", if *self == Room::Plain { "plain" } else { "dfdx" })
    }
}

/// For a chapter's test: a training begun in either room and continued in either goes on as an uninterrupted one in the
/// plain room does. `start` makes one that has not begun, `losses` says what to compare, `limit` how far apart, relatively,
/// they may be.
///
/// # Panics
/// They are further apart, a step fails, or a checkpoint is refused.
pub fn either_room_goes_on<T: Resumable + ?Sized>(
    start: impl Fn(Room) -> Box<T>,
    losses: impl Fn(&T) -> Vec<f32>,
    steps: u64,
    limit: f32,
) {
    let train = |of: &mut T, until: u64| {
        while of.steps_done() < until {
            of.step().unwrap_or_else(|e| panic!("{e}"));
        }
    };
    let mut whole = start(Room::Plain);
    let configuration = whole.configuration();
    train(&mut whole, 2 * steps);
    let expected = losses(&whole);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("half.safetensors");
    let rooms = [Room::Plain, Room::Dfdx];
    for (from, to) in rooms.iter().flat_map(|a| rooms.map(|b| (*a, b))) {
        let mut first = start(from);
        train(&mut first, steps);
        let mut checkpoint = Checkpoint::default();
        first.save(&mut checkpoint);
        checkpoint.save(&path).unwrap_or_else(|e| panic!("{e}"));
        let read = Checkpoint::load(&path).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(first.configuration(), configuration, "{from}");
        let mut second = start(to);
        second.restore(&read).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(second.steps_done(), steps, "{from} to {to}");
        train(&mut second, 2 * steps);
        let found = losses(&second);
        assert_eq!(found.len(), expected.len(), "{from} to {to}");
        for (n, (a, b)) in expected.iter().zip(&found).enumerate() {
            let apart = (a - b).abs() / a.abs().max(f32::MIN_POSITIVE);
            assert!(
                apart <= limit && (to, from) != (Room::Plain, Room::Plain)
                    || a == b,
                "{from} to {to}, loss {n}: {b} in place of {a}"
            );
        }
    }
}
