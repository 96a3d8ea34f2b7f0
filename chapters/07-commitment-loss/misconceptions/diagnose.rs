use crate::checks::Cause::{self, *};

/// "They lie on their codes: too much commitment."
pub fn near_is_heavy_commitment() -> [Cause; 3] {
    [HeavyCommitment, EagerRevival, TooLate]
}

/// "Few codes are in use: a start that nobody revived."
pub fn few_codes_are_a_far_start() -> [Cause; 3] {
    [FarStart, EagerRevival, TooLate]
}

/// "Codes that jump about are those of latents that run away."
pub fn codes_that_jump_are_no_commitment() -> [Cause; 3] {
    [DetachedEncoder, NoCommitment, TooLate]
}

/// "Nearly all codes are in use, so only the encoder can be wrong."
pub fn even_use_is_a_detached_encoder() -> [Cause; 3] {
    [DetachedEncoder, DetachedEncoder, TooLate]
}

/// "They run away: no commitment."
pub fn running_away_is_no_commitment() -> [Cause; 3] {
    [DetachedEncoder, EagerRevival, NoCommitment]
}

/// "The codebook does not move: it is frozen."
pub fn a_still_codebook_is_frozen() -> [Cause; 3] {
    [DetachedEncoder, EagerRevival, FrozenCodebook]
}

/// "One code does everything: it began far out."
pub fn one_code_is_a_far_start() -> [Cause; 3] {
    [DetachedEncoder, EagerRevival, FarStart]
}
