use crate::checks::Cause::{self, *};

/// "The two errors differ: the decoder has seen latents."
pub fn a_gap_is_a_lookup_left_out() -> [Cause; 4] {
    [LookupLeftOut, PulledToTheCode, SignTurned, HotMixture]
}

/// "The latents do not run away, so the gradient is that at the latent."
pub fn short_is_taken_at_the_latent() -> [Cause; 4] {
    [TakenAtTheLatent, PulledToTheCode, SignTurned, LookupLeftOut]
}

/// "The encoder learns nothing of the loss: nothing was passed."
pub fn a_high_error_is_nothing_passed() -> [Cause; 4] {
    [HotMixture, NothingPassed, SignTurned, LookupLeftOut]
}

/// "It jumps up and down: the steps are too long."
pub fn restless_is_long_steps() -> [Cause; 4] {
    [HotMixture, PulledToTheCode, LongSteps, LookupLeftOut]
}

/// "It goes in the wrong direction: turned the wrong way."
pub fn astray_is_turned_forward() -> [Cause; 4] {
    [HotMixture, PulledToTheCode, TurnedForward, LookupLeftOut]
}

/// "The latents stand where they stood: nothing was passed."
pub fn level_is_nothing_passed() -> [Cause; 4] {
    [HotMixture, PulledToTheCode, SignTurned, NothingPassed]
}
