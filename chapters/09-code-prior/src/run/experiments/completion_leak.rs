//! A mistake: the whole digit is encoded, and the codes of its upper part are given.

use lab::{Claim, Lab, Within};
use ndarray::{Array2, Axis as Dim, concatenate, s};

use super::completion_errors::{TRIES, judged, note};
use super::completions::{GIVEN, PIXELS, ROWS, beside, several};
use super::first;
use crate::run::given::upper_codes;
use crate::run::learnt::Learnt;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let x = judged(lab, it); // [N, 784]
    let (right, wrong) = (blanked(it, &x)?, leaking(it, &x)?); // [N, 28]
    note(lab, it, &x, "completion_error_leaking", &wrong)?;
    // Without the row of codes that looks across the edge.
    let three = right.slice(s![.., ..GIVEN - 7]).to_owned(); // [N, 21]
    note(lab, it, &x, "completion_error_three_rows", &three)?;
    let other = exchanged(&x)?;
    let right = changed(&right, &blanked(it, &other)?);
    let wrong = changed(&wrong, &leaking(it, &other)?);
    lab.result("changed_by_what_is_hidden", right, Within::Exactly)?;
    lab.result("changed_leaking", wrong, Within::Absolute(0.1))?;
    pictures(lab, it, first(&x, 8))
}

/// What is below is not shown to the encoder. `[N, 28]`
fn blanked(it: &Learnt, x: &Array2<f32>) -> anyhow::Result<Array2<usize>> {
    Ok(upper_codes(&it.world.tokeniser, x.clone(), ROWS)?)
}

/// The mistake: these codes know a little of what is below. `[N, 28]`
fn leaking(it: &Learnt, x: &Array2<f32>) -> anyhow::Result<Array2<usize>> {
    let codes = it.world.tokeniser.encode(x)?; // [N, 49]
    Ok(codes.slice(s![.., ..GIVEN]).to_owned())
}

/// The upper part of each digit above the lower part of the next. `[N, 784]`
fn exchanged(x: &Array2<f32>) -> anyhow::Result<Array2<f32>> {
    let (one, rest) = x.view().split_at(Dim(0), 1);
    let next = concatenate(Dim(0), &[rest, one])?; // [N, 784]
    let (upper, below) = (s![.., ..PIXELS], s![.., PIXELS..]);
    Ok(concatenate(Dim(1), &[x.slice(upper), next.slice(below)])?)
}

/// The share of digits of which a given code changes.
fn changed(one: &Array2<usize>, other: &Array2<usize>) -> f64 {
    let rows = one.rows().into_iter().zip(other.rows());
    rows.filter(|(a, b)| a != b).count() as f64 / one.nrows() as f64
}

/// Digits; three completions of what is given, and three of what leaks.
fn pictures(
    lab: &mut Lab,
    it: &Learnt,
    x: Array2<f32>, // [8, 784]
) -> anyhow::Result<()> {
    let right = several(lab, it, &blanked(it, &x)?, 3)?;
    let wrong = several(lab, it, &leaking(it, &x)?, 3)?;
    lab.image("completion_leak", &beside(&[vec![x], right, wrong].concat()))
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let error = |name: &str| format!("completion_error_{name}");
    let less = |a, b| Claim::less_over_seeds(&error(a), &error(b), TRIES);
    let alike = |a, b| Claim::undecided(&error(a), &error(b), TRIES);
    let [right, wrong] = ["changed_by_what_is_hidden", "changed_leaking"];
    vec![
        ("what_is_hidden_counts_not", Claim::equal(0.0, right, 0.0, wrong)),
        ("a_leak_changes_most_digits", Claim::less(0.5, wrong)),
        ("the_leak_looks_no_better", alike("leaking", "one")),
        ("the_row_at_the_edge_tells_much", less("one", "three_rows")),
    ]
}
