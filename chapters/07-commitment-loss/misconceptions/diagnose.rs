use crate::checks::Cause::{self, *};

/// "They lie on their codes: too much commitment."
pub fn near_is_heavy_commitment() -> [Cause; 3] {
    [HeavyCommitment, FarStart, TooLate]
}

/// "Nothing learns, so the codebook is frozen."
pub fn an_error_that_stays_is_frozen() -> [Cause; 3] {
    [FrozenCodebook, FarStart, TooLate]
}

/// "A large β costs codes."
pub fn few_codes_are_heavy_commitment() -> [Cause; 3] {
    [DetachedEncoder, HeavyCommitment, TooLate]
}

/// "A codebook that does not learn has few codes in use."
pub fn few_codes_are_frozen() -> [Cause; 3] {
    [DetachedEncoder, FrozenCodebook, TooLate]
}

/// "Codes come and go: they start again too soon."
pub fn few_codes_are_eager_revival() -> [Cause; 3] {
    [DetachedEncoder, EagerRevival, TooLate]
}

/// "They run away: no commitment."
pub fn running_away_is_no_commitment() -> [Cause; 3] {
    [DetachedEncoder, FarStart, NoCommitment]
}

/// "The codebook does not move: it is frozen."
pub fn a_still_codebook_is_frozen() -> [Cause; 3] {
    [DetachedEncoder, FarStart, FrozenCodebook]
}

/// "One code does everything: it began far out."
pub fn one_code_is_a_far_start() -> [Cause; 3] {
    [DetachedEncoder, FarStart, FarStart]
}
