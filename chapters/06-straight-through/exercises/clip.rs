//! Exercise 6.8 (§ When it misleads): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// The latent of this section's figure: codes at −1 and 1, the aim at −0.2,
/// the start at −0.9, steps of 0.02 times the gradient. The losses of the
/// two codes are 0.32 and 0.72, and their mean over many steps came to 0.48.
/// Now every gradient that is longer than 1 is cut to length 1 before the
/// step, as is often done to keep a training safe. What does the mean loss
/// come to, to a few thousandths? And why?
///
/// - `AStepIsAStep`: a cut gradient is a shorter step, and a shorter step
///   changes nothing but the number of steps.
/// - `TheMeanCodeIsTheAim`: the latent stays in bounds, and that is all
///   equation 6.7 asks for.
/// - `TheWorseCodeSaysLess`: what is cut is the worse code's gradient, so
///   that code has less weight in the end.
/// - `BothEquallyOften`: after the cut one step is as long as the other, so
///   that the latent is as often here as there.
/// - `TheWayBackIsShorter`: what is cut is the step that leads out of the
///   worse cell.
pub fn clip() -> (f64, Because) {
    todo!(
        "Exercise 6.8 (§ When it misleads): guess first. Then write down \
         both steps, before the cut and after it. How often must each be \
         gone, if the latent is to stay where it is?"
    )
}
