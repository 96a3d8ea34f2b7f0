//! Exercise 9.11 (§ Cutting the tail): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::{Foreseen, Why};

/// A prior of three codes gives them ½, ¼ and ¼ at each of 49 places,
/// whatever came before. A map that it draws costs it 49 · 1.5 = 73.5 bits in
/// the mean. Now the maps are drawn at temperature ½, or at temperature 1 by
/// top-2; and then the prior says, by equation 9.11, what they cost. How many
/// bits an image, `cold` and `cut`? And why?
///
/// - `DrawnByOnePaidByTheOther`: codes come as often as the changed
///   probabilities say, and each costs what the prior's own say.
/// - `PaidAsDrawn`: a map costs the entropy of what it was drawn from.
/// - `HalfTheLogitsHalfTheBits`: the temperature scales what a code costs.
/// - `TheModelIsTheSame`: neither changes the prior, so neither changes what
///   its maps cost.
/// - `OnlyTheLikeliest`: below temperature 1 the likeliest code wins, as it
///   does among two.
pub fn colder() -> Foreseen {
    todo!(
        "Exercise 9.11 (§ Cutting the tail): give `cold`, `cut` and `why`. \
         How often does each code come, by equations 9.14 and 9.19? And what \
         does each cost, whenever it comes?"
    )
}
