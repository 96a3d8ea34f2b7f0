//! Exercise 1.7 (§ The loss in use): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// The generator of this section's last figure starts at a distance of 5, and
/// descends the non-saturating loss with steps of size 0.05; below the figure
/// stands after how many steps it is within half a standard deviation of the
/// data. Let it start at 10, twice as far away. After how many steps is it
/// there? Infinity if never. And why?
///
/// - `TheLineIsFlat`: out there the value of the game does not change, so
///   that the generator gets no gradient.
/// - `TheTailIsThin`: what passes for real gets rarer with the square of the
///   distance, in the exponent; so does the gradient.
/// - `TwiceTheWay`: no fake passes, here or there, so that the push is the
///   same, and twice the way takes twice the steps.
/// - `TheSlopeGrows`: the farther the fakes, the steeper the best
///   discriminator's logit, and the longer the step.
/// - `TheEndTakesAll`: the steps are spent where fakes and data overlap; the
///   way there costs next to none.
pub fn farther() -> (f64, Because) {
    todo!(
        "Exercise 1.7 (§ The loss in use): guess first. Then write down the \
         best logit at x for a generator at m, its slope, and what a step of \
         size 0.05 does to m; or let your exercise 1.6 run"
    )
}
