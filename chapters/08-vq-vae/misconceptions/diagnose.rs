use crate::checks::Cause::{self, *};

/// "Fresh patches are worse than the batches: it has seen one batch."
pub fn a_gap_is_one_batch() -> [Cause; 4] {
    [OneBatch, NoStraightThrough, FarCodebook, NoCommitment]
}

/// "Latents decode better than codes: they are not held to them."
pub fn a_gap_is_no_commitment() -> [Cause; 4] {
    [NoCommitment, NoStraightThrough, FarCodebook, NoCommitment]
}

/// "Latents and codes lie on each other: the codebook does not move."
pub fn no_distance_is_a_frozen_codebook() -> [Cause; 4] {
    [LatentsDecoded, FrozenCodebook, FarCodebook, NoCommitment]
}

/// "The latents do not grow: nobody asks for codes that differ."
pub fn short_latents_are_latents_decoded() -> [Cause; 4] {
    [LatentsDecoded, LatentsDecoded, FarCodebook, NoCommitment]
}

/// "Codes are lost: nothing holds latents to them."
pub fn few_codes_are_no_commitment() -> [Cause; 4] {
    [LatentsDecoded, NoStraightThrough, NoCommitment, NoCommitment]
}

/// "The error stays at 1: the encoder learns nothing."
pub fn nothing_learnt_is_no_straight_through() -> [Cause; 4] {
    [LatentsDecoded, NoStraightThrough, NoStraightThrough, NoCommitment]
}

/// "Latents are far from their codes: the codebook started far away."
pub fn far_away_is_a_far_codebook() -> [Cause; 4] {
    [LatentsDecoded, NoStraightThrough, FarCodebook, FarCodebook]
}

/// "The latents grow and grow: it learns its batch by heart."
pub fn growing_is_one_batch() -> [Cause; 4] {
    [LatentsDecoded, NoStraightThrough, FarCodebook, OneBatch]
}
