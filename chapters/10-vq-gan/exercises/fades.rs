//! Exercise 10.7 (§ How much to listen): change and explain.
#![allow(unused_variables, unused_imports, clippy::todo)]

use crate::checks::{Foreseen, Why};

/// At the decoder's last weights the rest's gradient has length 2, and the
/// opinion's 0.5. With δ = 1e-6, a share of 1 and `most` = 1,000, λ is 4, and
/// the opinion contributes λ · 0.5 = 2. The rest stays as it is. How much
/// does the opinion contribute, `loud`, if its gradient is ten times as long;
/// `faint`, if it is only 5e-8 long; and `unbounded`, if it is 5e-8 long and
/// nothing bounds λ? And why?
///
/// - `AsLongAsTheRest`: whatever the discriminator does, λ makes its opinion
///   as long as the rest.
/// - `SetOnce`: λ is 4, and the opinion counts as much as it is long.
/// - `ARatioBetweenTwoEnds`: the ratio cancels the opinion's length, until δ
///   or the bound is reached; from there on a fainter one counts less.
/// - `DeltaDoesIt`: δ is what lets a faint opinion fade, and the bound is too
///   far away to matter.
/// - `LambdaGrowsSoTheOpinionDoes`: the fainter an opinion, the larger λ, and
///   the more it contributes.
pub fn fades() -> Foreseen {
    todo!(
        "Exercise 10.7 (§ How much to listen): give `loud`, `faint`, \
         `unbounded` and `why`. What is λ in each of the three cases, by \
         equation 10.6, and what is λ times the opinion?"
    )
}
