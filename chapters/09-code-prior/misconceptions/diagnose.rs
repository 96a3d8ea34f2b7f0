use crate::checks::Cause::{self, *};

/// "Batches cost less than the best: a place sees its answer."
pub fn less_than_the_best_is_a_leak() -> [Cause; 4] {
    [MaskOffByOne, NoShift, TooCold, Nats]
}

/// "Few samples are different: all drew with one number."
pub fn few_different_is_a_shared_draw() -> [Cause; 4] {
    [SharedDraw, MaskOffByOne, TooCold, Nats]
}

/// "It repeats what it is told: no shift."
pub fn copying_is_a_forgotten_shift() -> [Cause; 4] {
    [FewSequences, NoShift, TooCold, Nats]
}

/// "Hardly any place costs anything: it knows all by heart."
pub fn nothing_costs_by_heart() -> [Cause; 4] {
    [MaskOffByOne, FewSequences, TooCold, Nats]
}

/// "Its samples are poor, so they are drawn with one number."
pub fn poor_samples_are_a_shared_draw() -> [Cause; 4] {
    [FewSequences, MaskOffByOne, SharedDraw, Nats]
}

/// "Larger scores, a surer softmax: the root is missing."
pub fn sure_samples_are_no_root() -> [Cause; 4] {
    [FewSequences, MaskOffByOne, NoRoot, Nats]
}

/// "All bits are too low: a leak."
pub fn all_too_low_is_a_leak() -> [Cause; 4] {
    [FewSequences, NoShift, TooCold, MaskOffByOne]
}

/// "All bits are too low, and samples are right: it is surer."
pub fn all_too_low_is_no_root() -> [Cause; 4] {
    [FewSequences, MaskOffByOne, TooCold, NoRoot]
}

/// "All bits are too low: too cold."
pub fn all_too_low_is_too_cold() -> [Cause; 4] {
    [FewSequences, MaskOffByOne, Nats, TooCold]
}

/// "It cannot tell where it is."
pub fn it_is_lost() -> [Cause; 4] {
    [NoPositions, MaskOffByOne, TooCold, Nats]
}
