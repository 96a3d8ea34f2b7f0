use crate::checks::{Foreseen, Why};

pub fn steadier() -> Foreseen {
    Foreseen { steadier: true, sharper: false, why: Why::DampedAndFlat }
}
