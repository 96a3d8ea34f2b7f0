//! Exercise 2.8 (§ Smoothing one side): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::Because;

/// The discriminator of this section's figure learns the chapter's two
/// densities. Let the target be 0.6 for real examples, in place of 1 or 0.9,
/// and 0 for fakes as before. After training it sees fresh examples, as many
/// real ones as fakes, and says "real" where D > 1/2, as `accuracy` does.
/// How often is it right, as a share? And why?
///
/// - `OnlyLessSure`: all its answers shrink by one factor; what it finds
///   likelier to be real stays likelier, and it is right as often as before.
/// - `RealWeighLess`: real examples now pull with six tenths of their
///   weight, as if they were rarer, so that D says "fake" more often.
/// - `LearnsMoreSlowly`: 0.6 and 0 are nearer each other than 1 and 0, the
///   gradients are smaller, and the same number of steps is not enough.
/// - `NothingToLearn`: 0.6 is nearly the toss of a coin. Real examples say
///   hardly anything, and D answers nearly the same to every input.
/// - `BelowTheBorder`: D learns the ratio as well as ever, but its largest
///   answer comes to lie below the border at which it says "real".
pub fn six_tenths() -> (f64, Because) {
    todo!(
        "Exercise 2.8 (§ Smoothing one side): guess first. Then put 0.6 into \
         (2.6), and read off the first figure where p/(p + q) is largest; or \
         train one, with `d_step_under` and `smoothed_d_loss_backward`"
    )
}
