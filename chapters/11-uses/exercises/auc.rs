//! Exercise 11.2 (§ Privacy): does a score tell members from others?
#![allow(unused_variables, clippy::todo)]

/// The area under the curve of equation 11.13: of all pairs of a member and
/// another, the share in which the member's score is the larger one. A tie
/// counts half. Scores may be infinite or very small; none is NaN. Without
/// members, or without others, 0.
pub fn auc(members: &[f64], others: &[f64]) -> f64 {
    todo!(
        "Exercise 11.2 (§ Privacy): compare each with each. Or sort one list, \
         and ask for each score of the other how many are below it, and how \
         many are equal"
    )
}
