use crate::checks::Cause::{self, *};

/// "Few codes are in use: they are too dear."
pub fn few_codes_are_a_high_price() -> [Cause; 4] {
    [HighPrice, UnscaledPixels, LatentsDecoded, PatchesTurned]
}

/// "Blurs: the pictures count too little."
pub fn blurs_are_a_wrong_variance() -> [Cause; 4] {
    [WrongVariance, UnscaledPixels, LatentsDecoded, PatchesTurned]
}

/// "Too many bits: the tables are old."
pub fn many_bits_are_old_tables() -> [Cause; 4] {
    [NoSkip, OldTables, LatentsDecoded, PatchesTurned]
}

/// "Wrong strokes: codes stand in other places."
pub fn wrong_strokes_are_wrong_places() -> [Cause; 4] {
    [NoSkip, ColumnByColumn, LatentsDecoded, PatchesTurned]
}

/// "In use it is worse than in training: it is given other pixels."
pub fn a_gap_is_unscaled_pixels() -> [Cause; 4] {
    [NoSkip, UnscaledPixels, UnscaledPixels, PatchesTurned]
}

/// "Broken pictures, the right codes: they are read column by column."
pub fn broken_is_column_by_column() -> [Cause; 4] {
    [NoSkip, UnscaledPixels, LatentsDecoded, ColumnByColumn]
}

/// "The decoder draws rubbish: it has never seen a code."
pub fn broken_is_latents_decoded() -> [Cause; 4] {
    [NoSkip, UnscaledPixels, LatentsDecoded, LatentsDecoded]
}

/// "It learns worse than the healthy one: no skip."
pub fn every_loss_is_no_skip() -> [Cause; 4] {
    [NoSkip, NoSkip, LatentsDecoded, PatchesTurned]
}
