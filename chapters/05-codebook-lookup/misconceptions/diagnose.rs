use crate::checks::Cause::{self, *};

/// "Few codes in use: the others began too far out."
pub fn few_in_use_is_a_far_start() -> [Cause; 4] {
    [FarStart, LargeOffset, OneCluster, ScaledCopy]
}

/// "The codes lie closer to the middle: the sums were divided by N."
pub fn shrunk_is_divided_by_all() -> [Cause; 4] {
    [DotProduct, LargeOffset, OneCluster, DividedByAll]
}

/// "They never come to rest: one latent at a time."
pub fn restless_is_one_latent() -> [Cause; 4] {
    [DotProduct, OneLatent, OneCluster, ScaledCopy]
}

/// "Restless, and a large error: it is the dot product."
pub fn restless_is_a_dot_product() -> [Cause; 4] {
    [DotProduct, DotProduct, OneCluster, ScaledCopy]
}

/// "Some codes are crowded: they began far out."
pub fn crowded_is_a_far_start() -> [Cause; 4] {
    [DotProduct, LargeOffset, FarStart, ScaledCopy]
}

/// "At rest, all in use, and a length of about 1."
pub fn a_length_of_one() -> [Cause; 4] {
    [DotProduct, LargeOffset, OneCluster, UnitLength]
}
