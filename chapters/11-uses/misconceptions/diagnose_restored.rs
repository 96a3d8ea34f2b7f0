use crate::checks::Cause::{self, *};

/// "A large energy: the ranges do not suit."
pub fn a_large_energy_is_not_mapped() -> [Cause; 4] {
    [NotMapped, OneBeginning, NoLength, NoTranspose]
}

/// "The longest z has nothing to hold it."
pub fn the_longest_z_is_free() -> [Cause; 4] {
    [NoLength, OneBeginning, NuTooSmall, NoTranspose]
}

/// "It ends too high: its gradient is wrong."
pub fn a_poor_end_is_a_wrong_gradient() -> [Cause; 4] {
    [HiddenAreBlack, NoTranspose, NoLength, StepTooLarge]
}

/// "The fit is too good: ν is too small."
pub fn a_good_fit_is_a_small_nu() -> [Cause; 4] {
    [HiddenAreBlack, OneBeginning, NuTooSmall, NoTranspose]
}

/// "The fit is better and the missing rows are not: they were compared."
pub fn poor_missing_rows_are_black() -> [Cause; 4] {
    [HiddenAreBlack, OneBeginning, HiddenAreBlack, NoTranspose]
}

/// "An energy that climbs comes from steps that are too large."
pub fn a_climb_is_large_steps() -> [Cause; 4] {
    [HiddenAreBlack, OneBeginning, NoLength, StepTooLarge]
}

/// "It does not get down: it began in the wrong place."
pub fn a_climb_is_a_bad_beginning() -> [Cause; 4] {
    [HiddenAreBlack, OneBeginning, NoLength, OneBeginning]
}
