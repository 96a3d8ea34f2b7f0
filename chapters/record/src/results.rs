//! Results: named numbers, where they came from, and how close a second run must come to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::claims::{Claims, Verdict};
use crate::files::write_whole;
use crate::{Claim, ClaimError, Term};

/// How close a number made on another machine must come to the committed one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Within {
    /// Bit for bit.
    Exactly,
    /// `|new - committed| <= tolerance`, in the number's own unit.
    Absolute(f64),
    /// `|new - committed| <= tolerance * |committed|`.
    Relative(f64),
    /// Both positive, and neither more than this many times the other.
    Factor(f64),
    /// An error that must stay small: both numbers lie in `[0, limit]`.
    Limit(f64),
    /// A time: it is reported and never compared.
    Timing,
}

impl Within {
    /// Whether `new` reproduces `committed`.
    pub fn agrees(self, new: f64, committed: f64) -> bool {
        match self {
            Within::Exactly => new == committed,
            Within::Absolute(tolerance) => {
                (new - committed).abs() <= tolerance
            }
            Within::Relative(tolerance) => {
                (new - committed).abs() <= tolerance * committed.abs()
            }
            Within::Factor(factor) => {
                let both = new > 0.0 && committed > 0.0;
                both && new <= factor * committed && committed <= factor * new
            }
            Within::Limit(limit) => {
                [new, committed].iter().all(|e| (0.0..=limit).contains(e))
            }
            Within::Timing => true,
        }
    }
}

/// A number that a run made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// The number itself.
    pub value: f64,
    /// The tolerance of its reproduction.
    pub within: Within,
}

/// Where a file of results came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The seed of every random draw.
    pub seed: u64,
    /// `smoke`, `page` or `full`.
    pub scale: String,
    /// `cpu` or `cuda:N`.
    pub device: String,
    /// Wall-clock seconds of the whole run.
    pub seconds: f64,
    /// Fingerprint of the code that made it, comments left out.
    pub code: String,
    /// Seconds of each experiment.
    pub experiments: BTreeMap<String, f64>,
    /// Fingerprint of the code that each experiment depends on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codes: BTreeMap<String, String>,
    /// The numbers that each experiment makes, where that is known; what is measured over seeds is one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<String, BTreeSet<String>>,
    /// What else had a part in it, and which: the processor, the version of another program.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub made_with: BTreeMap<String, String>,
}

/// A file of results: a flat map of names to numbers, and its provenance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Where the numbers came from.
    pub provenance: Provenance,
    /// What is said of the numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: Claims,
    /// The numbers by name.
    #[serde(flatten)]
    pub values: BTreeMap<String, f64>,
}

/// Why a file of results could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// The file could not be read or written.
    #[error("{}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file is not a flat map of names to numbers with a `provenance`.
    #[error("{}: expected a flat map of names to numbers with a `provenance`, found: {cause}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Where the parser stopped.
        cause: serde_json::Error,
    },
}

impl Results {
    /// Reads a file of results.
    ///
    /// # Errors
    /// The file cannot be read, or is not a map of names to numbers.
    pub fn load(path: &Path) -> Result<Self, ResultsError> {
        let text = fs::read_to_string(path)
            .map_err(|cause| ResultsError::Io { path: path.into(), cause })?;
        serde_json::from_str(&text).map_err(|cause| ResultsError::Format {
            path: path.into(),
            cause,
        })
    }

    /// Decides a claim by these numbers, and by those of `others` that it names as `chapter/name`.
    ///
    /// # Errors
    /// A number is not there, or the claim is badly put.
    pub fn decide<'a>(
        &'a self,
        claim: &Claim,
        others: impl Fn(&str) -> Option<&'a Results>,
    ) -> Result<Verdict, ClaimError> {
        claim.decide(&|name| {
            let mine = self.values.get(name).copied();
            mine.or_else(|| {
                let (chapter, name) = name.split_once('/')?;
                others(chapter)?.values.get(name).copied()
            })
        })
    }

    /// Takes in what a run of some of its experiments made, in the place of what these had made.
    pub fn take(&mut self, run: Results) {
        let (from, made) = (&mut self.provenance, run.provenance);
        for experiment in made.experiments.keys() {
            let gone = from.numbers.remove(experiment).unwrap_or_default();
            self.values.retain(|name, _| !gone.contains(one_number(name)));
        }
        from.experiments.extend(made.experiments);
        from.codes.extend(made.codes);
        from.numbers.extend(made.numbers);
        from.code = made.code;
        from.seconds = from.experiments.values().sum();
        self.values.extend(run.values);
    }

    /// Writes the file whole or not at all.
    ///
    /// # Errors
    /// The folder or the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), ResultsError> {
        let text = serde_json::to_string_pretty(self).map_err(|cause| {
            ResultsError::Format { path: path.into(), cause }
        })?;
        write_whole(path, format!("{text}\n").as_bytes())
            .map_err(|cause| ResultsError::Io { path: path.into(), cause })
    }
}

/// `error` for what is measured over seeds and recorded as `error`, `error@1` and so on, and `error_sd`.
pub fn one_number(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    name.strip_suffix("_sd").unwrap_or(name)
}

/// What a second run says about committed results.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// How many numbers were made again and agree.
    pub reproduced: usize,
    /// How many committed numbers the second run did not make.
    pub quoted: usize,
    /// Numbers that differ by more than their tolerance: name, here, committed.
    pub different: Vec<(String, f64, f64)>,
    /// Numbers made here that are not among the committed ones.
    pub unknown: Vec<String>,
    /// How many committed claims hold of the numbers made here, as far as they speak of such.
    #[serde(default)]
    pub held: usize,
    /// Claims that do not.
    #[serde(default)]
    pub failed: Vec<String>,
}

impl Comparison {
    /// Compares the numbers of one run with committed ones.
    pub fn new(
        here: &BTreeMap<String, Measured>,
        committed: &Results,
    ) -> Self {
        let mut comparison = Comparison::default();
        for (name, measured) in here {
            match committed.values.get(name) {
                None => comparison.unknown.push(name.clone()),
                Some(_) if measured.within == Within::Timing => {}
                Some(&old) if measured.within.agrees(measured.value, old) => {
                    comparison.reproduced += 1
                }
                Some(&old) => comparison.different.push((
                    name.clone(),
                    measured.value,
                    old,
                )),
            }
        }
        let timings =
            here.values().filter(|m| m.within == Within::Timing).count();
        let compared = comparison.reproduced + comparison.different.len();
        comparison.quoted =
            committed.values.len().saturating_sub(compared + timings);
        comparison.check_claims(here, committed);
        comparison
    }

    /// Decides by the numbers made here, and by committed ones where there are none, the claims that speak of any that
    /// were made here.
    fn check_claims(
        &mut self,
        here: &BTreeMap<String, Measured>,
        committed: &Results,
    ) {
        for (name, claim) in &committed.claims {
            let made =
                claim.sides().into_iter().flatten().filter_map(|term| {
                    match term {
                        Term::Name(name) => here.get(name),
                        Term::Bound(_) => None,
                    }
                });
            let mut within = made.map(|m| m.within).peekable();
            // What times say holds where they were taken.
            if within.peek().is_none() || within.any(|w| w == Within::Timing)
            {
                continue;
            }
            let of = |name: &str| {
                let new = here.get(name).map(|m| m.value);
                new.or_else(|| committed.values.get(name).copied())
            };
            let open = matches!(claim, Claim::Undecided(..));
            match claim.decide(&of) {
                Ok(verdict) if verdict.holds && open => {}
                Ok(verdict) if verdict.holds => self.held += 1,
                // It compares with another chapter's number: the book decides it.
                Err(ClaimError::NoNumber(name)) if name.contains('/') => {}
                _ => self.failed.push(name.clone()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances_agree_and_disagree() {
        assert!(
            Within::Exactly.agrees(1.0, 1.0)
                && !Within::Exactly.agrees(1.0, 1.0 + 1e-15)
        );
        assert!(
            Within::Absolute(0.1).agrees(1.05, 1.0)
                && !Within::Absolute(0.1).agrees(1.2, 1.0)
        );
        assert!(
            Within::Relative(0.1).agrees(-10.5, -10.0)
                && !Within::Relative(0.1).agrees(-12.0, -10.0)
        );
        assert!(
            Within::Factor(3.0).agrees(2e-9, 1e-9)
                && !Within::Factor(3.0).agrees(4e-9, 1e-9)
        );
        assert!(!Within::Factor(3.0).agrees(-1.0, -1.0));
        assert!(Within::Limit(1e-6).agrees(9e-7, 1e-12));
        assert!(
            !Within::Limit(1e-6).agrees(2e-6, 1e-12)
                && !Within::Limit(1e-6).agrees(f64::NAN, 0.0)
        );
    }

    #[test]
    fn a_comparison_counts_and_names() {
        let committed = Results {
            values: [("a", 1.0), ("b", 2.0), ("long", 3.0), ("seconds", 9.0)]
                .map(|(n, v)| (n.into(), v))
                .into(),
            ..Results::default()
        };
        let here = [
            ("a", 1.0, Within::Exactly),
            ("b", 2.5, Within::Absolute(0.1)),
            ("new", 0.0, Within::Exactly),
            ("seconds", 4.0, Within::Timing),
        ]
        .map(|(name, value, within)| {
            (name.into(), Measured { value, within })
        });
        let comparison = Comparison::new(&here.into(), &committed);
        assert_eq!((comparison.reproduced, comparison.quoted), (1, 1));
        assert_eq!(comparison.different, [("b".into(), 2.5, 2.0)]);
        assert_eq!(comparison.unknown, ["new"]);
    }

    #[test]
    fn claims_are_decided_by_the_numbers_made_here() {
        let committed = Results {
            values: [("a", 1.0), ("b", 2.0), ("long", 3.0), ("seconds", 2.0)]
                .map(|(n, v)| (n.into(), v))
                .into(),
            claims: [
                ("holds", Claim::less("a", "long")),
                ("fails", Claim::less("a", "b")),
                ("quoted", Claim::less("b", "long")),
                ("elsewhere", Claim::less("a", "other/x")),
                ("of times", Claim::less("seconds", "long")),
            ]
            .map(|(n, c)| (n.into(), c))
            .into(),
            ..Results::default()
        };
        let here = Measured { value: 2.5, within: Within::Factor(3.0) };
        let time = Measured { value: 9.0, within: Within::Timing };
        let here = [("a".to_string(), here), ("seconds".into(), time)].into();
        let comparison = Comparison::new(&here, &committed);
        assert_eq!((comparison.reproduced, comparison.held), (1, 1));
        assert_eq!(comparison.failed, ["fails"]);
        let other = Results {
            values: [("x".to_string(), 1.5)].into(),
            ..Results::default()
        };
        let decide = |name: &str| {
            let claim = &committed.claims[name];
            let others =
                |chapter: &str| (chapter == "other").then_some(&other);
            committed.decide(claim, others).map(|v| v.holds)
        };
        assert_eq!(decide("elsewhere"), Ok(true));
        assert_eq!(decide("fails"), Ok(true));
    }

    #[test]
    fn an_experiment_that_runs_again_replaces_its_own_numbers() {
        let run = |names: &[&str], value| {
            let names = names.iter().map(|n| n.to_string());
            let values: BTreeMap<String, f64> =
                names.map(|name| (name, value)).collect();
            let made = values.keys().map(|n| one_number(n).to_string());
            let provenance = Provenance {
                experiments: [("a".to_string(), 1.5)].into(),
                numbers: [("a".to_string(), made.collect())].into(),
                ..Provenance::default()
            };
            Results { provenance, values, ..Results::default() }
        };
        let mut all = run(&["x", "old", "old@1", "old_sd"], 1.0);
        all.values.insert("other".into(), 2.0);
        all.provenance.experiments.insert("b".into(), 3.0);
        all.take(run(&["x", "new@1"], 4.0));
        let left: Vec<_> =
            all.values.iter().map(|(n, v)| (n.as_str(), *v)).collect();
        assert_eq!(left, [("new@1", 4.0), ("other", 2.0), ("x", 4.0)]);
        assert_eq!(all.provenance.seconds, 4.5);
    }

    #[test]
    fn results_survive_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/er.json");
        let results = Results {
            values: [("x".to_string(), 0.1 + 0.2)].into(),
            provenance: Provenance {
                seed: 7,
                scale: "page".into(),
                ..Provenance::default()
            },
            claims: [("rises".to_string(), Claim::rises(["x", "y"]))].into(),
        };
        results.save(&path).unwrap();
        assert_eq!(Results::load(&path).unwrap(), results);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad.json");
        fs::write(&path, "{\"x\": \"text\"}").unwrap();
        let message = Results::load(&path).unwrap_err().to_string();
        assert!(
            message.contains("bad.json") && message.contains("expected"),
            "{message}"
        );
    }
}
