//! Exercise 11.5: searches that went wrong.

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::causes::{CAUSES, Cause, Line, SAID, SHOWN, apart, log};

use super::*;

/// The name of a diagnosis that was wrong.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NoTranspose => "not Aᵀ",
        Cause::NuTooSmall => "not ν",
        Cause::NoLength => "not the length",
        Cause::OneBeginning => "not one beginning",
        Cause::StepTooLarge => "not the step size",
        Cause::HiddenAreBlack => "not black",
        Cause::NotMapped => "not the map",
    }
}

/// What one would see if this were the cause.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NoTranspose => {
            "Without Aᵀ the energy is right, and adds up from fit and length; but the gradient is not its own, so that it hardly falls."
        }
        Cause::NuTooSmall => {
            "With ν ten thousand times too small, the energy is ten thousand times the fit, and the length of z hardly counts in it."
        }
        Cause::NoLength => {
            "Without ‖z‖² / 2 the energy is the fit and nothing else, and z becomes long."
        }
        Cause::OneBeginning => {
            "With one beginning the energy adds up from fit and length, and falls; but it begins higher, and some searches end in a \
             valley that is not the lowest."
        }
        Cause::StepTooLarge => {
            "Steps a hundred times as large throw z far away at once; as they become smaller it comes back, and ends where the healthy \
             search does."
        }
        Cause::HiddenAreBlack => {
            "If the missing rows count as black, the energy holds more than fit and length, and the search draws what is dark there."
        }
        Cause::NotMapped => {
            "If [-1, 1] is compared with [0, 1], the energy falls and the fit does not; and the missing rows become no darker than they \
             should be, as nothing asks for it."
        }
    }
}

pub fn diagnose_restored(
    candidate: fn() -> [Cause; 4],
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 11, § Restoration, equation 11.4";
    /// Searched once, however many answers are looked at.
    static LOGS: LazyLock<Vec<(Cause, Vec<Line>)>> = LazyLock::new(|| {
        CAUSES.into_par_iter().map(|of| (of, log(Some(of), 1))).collect()
    });
    let answer = candidate();
    let runs = ["A", "B", "C", "D"];
    let mut pairs = runs.iter().zip(SHOWN).zip(answer);
    let Some(((run, right), came)) = pairs.find(|((_, a), b)| a != b) else {
        return Ok(());
    };
    let lines = |cause| {
        let found = LOGS.iter().filter(move |(of, _)| *of == cause);
        found.flat_map(|(_, lines)| lines)
    };
    // Of each column the line in which the two are furthest apart.
    let mut told = [(0.0, 0, 0.0, 0.0); SAID.len()];
    for (here, there) in lines(right).zip(lines(came)) {
        let both = here.numbers().into_iter().zip(there.numbers());
        for (n, (a, b)) in both.enumerate() {
            let far = apart(n, a, b);
            if far > told[n].0 {
                told[n] = (far, here.step, a, b);
            }
        }
    }
    let mut told: Vec<_> = SAID.into_iter().zip(told).collect();
    told.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let numbers = told.iter().take(2).map(|(words, (_, step, a, b))| {
        format!(
            "{words} at step {step} would be about {}, and is {}",
            shortly(*b),
            shortly(*a)
        )
    });
    let numbers = numbers.collect::<Vec<_>>().join("; ");
    let what = format!(
        "Search {run} is something else. {} In such a search, {numbers}.",
        does(came)
    );
    Err(Diagnosis::new(name(came), what, SEE))
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v < 0.005 => "0".into(),
        size if size >= 10.0 => format!("{v:.0}"),
        size if size >= 1.0 => format!("{v:.1}"),
        _ => format!("{v:.2}"),
    }
}
