use crate::checks::Cause::{self, *};

/// "Few codes, poor pictures: the discriminator came too early."
pub fn few_codes_are_an_early_discriminator() -> [Cause; 4] {
    [HeardTooEarly, OnePixelInFour, NoBound, ShareTooLarge]
}

/// "Dull pictures: nobody listens."
pub fn dull_is_unheard() -> [Cause; 4] {
    [DeadCodes, NeverHeard, HeardTooEarly, NoBound]
}

/// "A pattern comes from a discriminator that does not learn."
pub fn a_pattern_is_a_still_discriminator() -> [Cause; 4] {
    [DeadCodes, StandsStill, HeardTooEarly, NoBound]
}

/// "Broken from the beginning: codes die."
pub fn a_poor_start_is_dead_codes() -> [Cause; 4] {
    [NeverHeard, OnePixelInFour, DeadCodes, NoBound]
}

/// "Restless from the beginning: λ has no bound."
pub fn a_poor_start_is_no_bound() -> [Cause; 4] {
    [DeadCodes, OnePixelInFour, NoBound, HeardTooEarly]
}

/// "The error climbs when it is heard: it counts too much."
pub fn a_climbing_error_is_the_share() -> [Cause; 4] {
    [DeadCodes, OnePixelInFour, HeardTooEarly, ShareTooLarge]
}

/// "Too rough: real and fake are exchanged."
pub fn rough_is_exchanged() -> [Cause; 4] {
    [DeadCodes, OnePixelInFour, HeardTooEarly, Exchanged]
}

/// "The pattern is the lookup's: codes repeat."
pub fn a_pattern_is_few_codes() -> [Cause; 4] {
    [OnePixelInFour, DeadCodes, HeardTooEarly, NoBound]
}
