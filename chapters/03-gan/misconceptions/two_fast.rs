use crate::checks::Because::{self, *};

pub fn a_long_step_is_a_long_step() -> (f64, Because) {
    (3.5, LongSteps)
}

pub fn it_only_takes_more_steps() -> (f64, Because) {
    (8.0, MoreProgress)
}

pub fn a_fast_discriminator_starves_it() -> (f64, Because) {
    (1.0, TheSurerWins)
}

pub fn long_steps_go_anywhere() -> (f64, Because) {
    (2.0, NoDirection)
}

/// The right words, and no courage.
pub fn a_ratio_that_helps_a_little() -> (f64, Because) {
    (5.0, TheRatio)
}

/// A number that was tried out, and the reason that was there before.
pub fn tried_out() -> (f64, Because) {
    (7.9, LongSteps)
}
