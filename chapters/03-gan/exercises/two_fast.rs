//! Exercise 3.7 (§ A collapse): change and explain, on the ring.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// The ten lines' pair finds all modes. In § A collapse the generator has a
/// step size of 0.02 in place of 0.002, and at a look in 3,000 steps it has
/// less than half of the 8 modes, on average over looks and seeds. Now the
/// discriminator gets 0.02 as well. How many does the pair find then, on
/// average? (One more or less is right.) And why?
///
/// - `LongSteps`: with steps so long a generator jumps past the modes,
///   whoever its opponent is.
/// - `TheRatio`: a generator loses modes if it moves faster than its
///   discriminator can answer, and these two are equally fast.
/// - `MoreProgress`: a long step is worth many short ones, and the further
///   two players have come, the more modes they find.
/// - `TheSurerWins`: a fast discriminator grows sure of the fakes, and the
///   generator's gradient fades.
/// - `NoDirection`: a discriminator with steps so long jumps about, and its
///   slopes no longer say where the data are.
pub fn two_fast() -> (f64, Because) {
    todo!(
        "Exercise 3.7 (§ A collapse): guess first, with a reason. Then \
         change `examples/first.rs`, which has one `ADAM` for both: what \
         happens at 0.02, and what if only one of them has it?"
    )
}
