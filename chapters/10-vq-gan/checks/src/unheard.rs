//! Exercise 10.11: a wish that was not heard.

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::heard::{
    CAUSES, Cause, NUMBERS, SCALES, SHOWN, STEPS, apart, log,
};

use super::*;

/// The name of a diagnosis that was wrong.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::OthersClasses => "not the classes of others",
        Cause::AlwaysTold => "not always told",
        Cause::NeverTold => "not never told",
        Cause::BothTold => "not both told",
        Cause::NeitherTold => "not neither told",
        Cause::LeansAway => "not away from the wish",
        Cause::OtherNumbers => "not other numbers",
        Cause::Likeliest => "not the likeliest",
    }
}

/// What one would see if this were the cause.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::OthersClasses => {
            "If each map has the class of another one, a class says nothing: told costs as many bits as untold, and the wish is kept \
             by chance, whatever γ is."
        }
        Cause::AlwaysTold => {
            "If the class is always told, the start token of no class never learns: untold becomes dearer and dearer, while told learns \
             as well as it can."
        }
        Cause::NeverTold => {
            "If the class is never told, the start tokens of classes never learn: told is the dearer one, and the wish is kept by chance."
        }
        Cause::BothTold => {
            "If both copies are told, they say the same, and γ does nothing: the wish is kept as often as at γ = 1, at every γ, and \
             the bits are the healthy run's."
        }
        Cause::NeitherTold => {
            "If neither copy is told, both halves of the wish are kept by chance at every γ, though the bits are the healthy run's."
        }
        Cause::LeansAway => {
            "If γ has the wrong sign, the wish is kept more rarely the larger γ is, until it is never kept."
        }
        Cause::OtherNumbers => {
            "If classes are numbered otherwise in drawing, the bits are the healthy run's, and the prior draws well what was not wished: \
             the artist is right for four classes of six, and the category for two."
        }
        Cause::Likeliest => {
            "If the likeliest code is taken, all maps for one wish are the same: there is no variety left."
        }
    }
}

/// What each of a run's numbers is, in words.
fn said(n: usize) -> String {
    let at = |what: &str| format!("{what} at γ = {}", SCALES[(n - 2) / 3]);
    match (n, n % 3) {
        (0, _) => "the bits of maps that are told their class".into(),
        (1, _) => "the bits of maps that are not".into(),
        (_, 2) => at("the share of categories as wished"),
        (_, 0) => at("the share of artists as wished"),
        _ => at("the variety"),
    }
}

/// Maps that are drawn for each wish.
const EACH: usize = 40;

pub fn diagnose_wish(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 10, § A prior that takes a wish";
    type Ends = Vec<(Cause, [f64; NUMBERS])>;
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Ends> = LazyLock::new(|| {
        let end = |cause| (cause, log(Some(cause), 1, STEPS, EACH).numbers());
        CAUSES.into_par_iter().map(end).collect()
    });
    let answer = candidate();
    if answer == SHOWN {
        return Ok(());
    }
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map_or([f64::NAN; NUMBERS], |(_, end)| *end)
    };
    let runs = ["A", "B", "C", "D"];
    let mut pairs = runs.iter().zip(SHOWN).zip(answer);
    if let Some(((run, right), came)) = pairs.find(|((_, a), b)| a != b) {
        let (here, there) = (end(right), end(came));
        let pairs = here.iter().zip(there).enumerate();
        let mut told: Vec<_> =
            pairs.map(|(n, (a, b))| (apart(n, *a, b), n, *a, b)).collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, n, a, b)| {
            format!(
                "{} would be about {}; here it is {}",
                said(*n),
                shortly(*b),
                shortly(*a)
            )
        });
        let what = format!(
            "Run {run} is something else. {} In such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter, or one behind the point.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v >= 10.0 => format!("{v:.1}"),
        _ => format!("{v:.2}"),
    }
}
