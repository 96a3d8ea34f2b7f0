//! Exercise 10.8: runs that went wrong.

use std::sync::LazyLock;

use rayon::prelude::*;

use crate::causes::{
    CAUSES, Cause, SAID, SHOWN, STEPS, apart, early_and_late, log,
};

use super::*;

/// The name of a diagnosis that was wrong.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::HeardTooEarly => "not heard too early",
        Cause::NoBound => "not the bound",
        Cause::DeadCodes => "not dead codes",
        Cause::OnePixelInFour => "not one pixel in four",
        Cause::NeverHeard => "not unheard",
        Cause::ShareTooLarge => "not the share",
        Cause::StandsStill => "not a discriminator that stands still",
        Cause::Exchanged => "not exchanged",
    }
}

/// What one would see if this were the cause.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::HeardTooEarly => {
            "A decoder that listens from the first step on has the whole λ from the first step on, and an error that hardly falls."
        }
        Cause::NoBound => {
            "Without a bound λ has no flat top: it jumps above where the healthy run's is cut off, and the error with it. Before the \
             decoder listens such a run is the healthy one."
        }
        Cause::DeadCodes => {
            "If codes die, few are in use from the beginning, and they stay few, whoever listens to whom."
        }
        Cause::OnePixelInFour => {
            "If one pixel in four is looked at, it is drawn otherwise than the three between: of four neighbours one stands out, \
             everywhere."
        }
        Cause::NeverHeard => {
            "A decoder that never listens has no λ, the lowest error of all, and a sharpness that stays low."
        }
        Cause::ShareTooLarge => {
            "If the opinion counts twenty times as much, the whole λ is twenty times the healthy one's, and the error climbs as soon \
             as it is heard."
        }
        Cause::StandsStill => {
            "A discriminator that does not learn is easily pleased, once and for all: pictures become rougher than those of any run \
             that is shown."
        }
        Cause::Exchanged => {
            "With real and fake exchanged the decoder is told to draw what no picture looks like: the error climbs, and stays up."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 4]) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 10, § What goes wrong";
    type Ends = [[f64; 6]; 2];
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, Ends)>> = LazyLock::new(|| {
        let end =
            |cause| (cause, early_and_late(&log(Some(cause), 1, STEPS)));
        CAUSES.into_par_iter().map(end).collect()
    });
    let answer = candidate();
    if answer == SHOWN {
        return Ok(());
    }
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([[f64::NAN; 6]; 2])
    };
    let runs = ["A", "B", "C", "D"];
    let mut pairs = runs.iter().zip(SHOWN).zip(answer);
    if let Some(((run, right), came)) = pairs.find(|((_, a), b)| a != b) {
        let (here, there) = (end(right), end(came));
        let mut told = Vec::new();
        for (third, when) in ["first", "last"].into_iter().enumerate() {
            for (n, (said, words)) in SAID.into_iter().enumerate() {
                let (a, b) = (here[third][n], there[third][n]);
                told.push((apart(said, a, b), words, when, a, b));
            }
        }
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, words, when, a, b)| {
            format!(
                "over the {when} third {words} would be about {}; here it is {}",
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

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        0.0 => "0".into(),
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        _ => format!("{v:.2}"),
    }
}
