//! Exercise 11.6 (§ Augmentation): build, which guessed labels to trust.
#![allow(unused_variables, unused_imports, clippy::todo)]

use ndarray::{Array2, ArrayView1};

/// Digits that nobody labelled, and the logits of a classifier for each,
/// `[N, 10]`; all are finite. Which of its guesses may be learnt from? Gives
/// pairs of a row and the class that is guessed there.
///
/// - A row's guess is the class of its largest logit; of equal ones, the
///   lowest class.
/// - How confident it is, is the probability of that class.
/// - Of the n rows with one guess the most confident are trusted,
///   `share` · n of them, rounded up. `share` is between 0 and 1. A class
///   that no row guesses has none. Of equally confident rows the earlier
///   one comes first.
///
/// The pairs stand class by class, from 0 to 9, and within a class the most
/// confident one first. There may be no row. Whether a guess is right nobody
/// knows here: one that is confident and wrong is trusted as well.
pub fn guess(logits: &Array2<f64>, share: f64) -> Vec<(usize, usize)> {
    todo!(
        "Exercise 11.6 (§ Augmentation): three pieces. What does a row guess, \
         and how confident is it, whatever the size of its logits? Which \
         rows guess a class, in which order? How many of them are trusted?"
    )
}
