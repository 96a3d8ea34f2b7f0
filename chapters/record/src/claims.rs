//! Claims: statements about the numbers of a run that code decides, so that a sentence can rest on them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// What a claim speaks of: a recorded number by its name, or a bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Term {
    /// A number that the argument itself gives.
    Bound(f64),
    /// The name of a result: of the same file, or `chapter/name`.
    Name(String),
}

impl From<&str> for Term {
    fn from(name: &str) -> Self {
        Term::Name(name.into())
    }
}

impl From<String> for Term {
    fn from(name: String) -> Self {
        Term::Name(name)
    }
}

impl From<f64> for Term {
    fn from(bound: f64) -> Self {
        Term::Bound(bound)
    }
}

/// A statement about numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// Each of the first is below its partner among the second.
    Less(Vec<Term>, Vec<Term>),
    /// One of each for every seed: the mean of the paired differences is more than twice its standard error above 0.
    LessOverSeeds(Vec<Term>, Vec<Term>),
    /// One of each for every seed, and no difference that exceeds twice its standard error. It proves no equality.
    Undecided(Vec<Term>, Vec<Term>),
    /// Each of the second is at least so many times its partner among the first.
    Times(f64, Vec<Term>, Vec<Term>),
    /// Each of the first is within so much of its partner among the second, and further than that from its partner
    /// among the third.
    Equal(f64, Vec<Term>, Vec<Term>, Vec<Term>),
    /// Each is above the one before it.
    Rises(Vec<Term>),
}

/// Claims by name.
pub type Claims = BTreeMap<String, Claim>;

/// The names of one number for each of `n` seeds, `name@1` and so on.
pub fn over_seeds(name: &str, n: usize) -> Vec<String> {
    (1..=n).map(|k| format!("{name}@{k}")).collect()
}

fn terms<T: Into<Term>>(all: impl IntoIterator<Item = T>) -> Vec<Term> {
    all.into_iter().map(Into::into).collect()
}

impl Claim {
    /// `less < more`.
    pub fn less(less: impl Into<Term>, more: impl Into<Term>) -> Self {
        Claim::Less(vec![less.into()], vec![more.into()])
    }

    /// Every one of some numbers is below a bound, or another number.
    pub fn all_below<T: Into<Term>>(
        numbers: impl IntoIterator<Item = T>,
        bound: impl Into<Term>,
    ) -> Self {
        let (numbers, bound) = (terms(numbers), bound.into());
        let bounds = vec![bound; numbers.len()];
        Claim::Less(numbers, bounds)
    }

    /// Every one of some numbers is above a bound, or another number.
    pub fn all_above<T: Into<Term>>(
        numbers: impl IntoIterator<Item = T>,
        bound: impl Into<Term>,
    ) -> Self {
        match Self::all_below(numbers, bound) {
            Claim::Less(numbers, bounds) => Claim::Less(bounds, numbers),
            other => other,
        }
    }

    /// `less < more` over `n` seeds, by the numbers `less@1`, `more@1` and so on.
    pub fn less_over_seeds(less: &str, more: &str, n: usize) -> Self {
        let [less, more] = [less, more].map(|x| terms(over_seeds(x, n)));
        Claim::LessOverSeeds(less, more)
    }

    /// `n` seeds do not tell which is smaller.
    pub fn undecided(one: &str, other: &str, n: usize) -> Self {
        let [one, other] = [one, other].map(|x| terms(over_seeds(x, n)));
        Claim::Undecided(one, other)
    }

    /// `more ≥ times · less`.
    pub fn times(
        times: f64,
        less: impl Into<Term>,
        more: impl Into<Term>,
    ) -> Self {
        Claim::Times(times, vec![less.into()], vec![more.into()])
    }

    /// `|one − other| ≤ within`, and `|one − unlike| > within`.
    pub fn equal(
        within: f64,
        one: impl Into<Term>,
        other: impl Into<Term>,
        unlike: impl Into<Term>,
    ) -> Self {
        let [one, other, unlike] = [one.into(), other.into(), unlike.into()];
        Claim::Equal(within, vec![one], vec![other], vec![unlike])
    }

    /// Each is above the one before it.
    pub fn rises<T: Into<Term>>(
        numbers: impl IntoIterator<Item = T>,
    ) -> Self {
        Claim::Rises(terms(numbers))
    }

    /// Each is below the one before it.
    pub fn falls<T: Into<Term>>(
        numbers: impl IntoIterator<Item = T>,
    ) -> Self {
        Claim::Rises(terms(numbers).into_iter().rev().collect())
    }

    /// The same with its sides exchanged.
    fn exchanged(&self) -> Self {
        match self.clone() {
            Claim::Less(a, b) => Claim::Less(b, a),
            Claim::LessOverSeeds(a, b) => Claim::LessOverSeeds(b, a),
            Claim::Undecided(a, b) => Claim::Undecided(b, a),
            Claim::Times(n, a, b) => Claim::Times(n, b, a),
            Claim::Equal(e, a, b, c) => Claim::Equal(e, a, c, b),
            Claim::Rises(a) => Claim::Rises(a.into_iter().rev().collect()),
        }
    }

    /// What it speaks of, side by side.
    pub fn sides(&self) -> Vec<&[Term]> {
        match self {
            Claim::Less(a, b)
            | Claim::LessOverSeeds(a, b)
            | Claim::Undecided(a, b)
            | Claim::Times(_, a, b) => vec![a, b],
            Claim::Equal(_, a, b, c) => vec![a, b, c],
            Claim::Rises(a) => vec![a],
        }
    }

    /// Decides it by the numbers that `of` knows.
    ///
    /// # Errors
    /// A number is not there, the sides do not match, there are too few seeds, or the claim would hold as well with
    /// its sides exchanged.
    pub fn decide(
        &self,
        of: &dyn Fn(&str) -> Option<f64>,
    ) -> Result<Verdict, ClaimError> {
        let verdict = self.verdict(of)?;
        let open = matches!(self, Claim::Undecided(..));
        match verdict.holds && !open && self.exchanged().verdict(of)?.holds {
            true => Err(ClaimError::ProvesNothing),
            false => Ok(verdict),
        }
    }

    fn verdict(
        &self,
        of: &dyn Fn(&str) -> Option<f64>,
    ) -> Result<Verdict, ClaimError> {
        let sides = self.sides().into_iter().map(|side| {
            let numbers = side.iter().map(|term| match term {
                Term::Bound(bound) => Ok(*bound),
                Term::Name(name) => {
                    of(name).ok_or_else(|| ClaimError::NoNumber(name.clone()))
                }
            });
            numbers.collect::<Result<Vec<f64>, ClaimError>>()
        });
        let sides = sides.collect::<Result<Vec<_>, _>>()?;
        let n = sides[0].len();
        if sides.iter().any(|side| side.len() != n || n == 0) {
            return Err(ClaimError::Sides);
        }
        let pairs = || sides[0].iter().zip(&sides[1]);
        let differences = || pairs().map(|(a, b)| b - a).collect::<Vec<_>>();
        let smallest =
            |all: Vec<f64>| all.into_iter().fold(f64::INFINITY, f64::min);
        let (holds, margin) = match self {
            Claim::Less(..) => {
                let margin = smallest(differences());
                (margin > 0.0, Margin::Smallest(margin))
            }
            Claim::LessOverSeeds(..) | Claim::Undecided(..) => {
                let margin = Paired::of(&differences())?;
                let holds = match self {
                    Claim::Undecided(..) => !margin.differs(),
                    _ => margin.mean > 0.0 && margin.differs(),
                };
                (holds, Margin::Paired(margin))
            }
            Claim::Times(times, ..) => {
                let over = |(a, b): (&f64, &f64)| b - times * a;
                let holds = smallest(pairs().map(over).collect()) >= 0.0;
                let ratios = pairs().map(|(a, b)| b / a).collect();
                (holds, Margin::Ratio(smallest(ratios)))
            }
            Claim::Equal(within, ..) => {
                let far = |other: &[f64]| -> Vec<f64> {
                    let pairs = sides[0].iter().zip(other);
                    pairs.map(|(a, b)| (a - b).abs()).collect()
                };
                let apart = far(&sides[1]).into_iter().fold(0.0, f64::max);
                let unlike = smallest(far(&sides[2]));
                let holds = apart <= *within && unlike > *within;
                (holds, Margin::Apart { apart, unlike })
            }
            Claim::Rises(..) => {
                let steps =
                    sides[0].windows(2).map(|w| w[1] - w[0]).collect();
                let margin = smallest(steps);
                (margin > 0.0, Margin::Smallest(margin))
            }
        };
        Ok(Verdict { holds, margin, sides })
    }
}

/// The mean of paired differences, and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Of the differences.
    pub mean: f64,
    /// Of that mean.
    pub error: f64,
    /// How many there are.
    pub seeds: usize,
}

/// Fewer seeds say nothing of how much chance does.
pub const LEAST_SEEDS: usize = 3;

impl Paired {
    fn of(differences: &[f64]) -> Result<Self, ClaimError> {
        let seeds = differences.len();
        if seeds < LEAST_SEEDS {
            return Err(ClaimError::Seeds(seeds));
        }
        let n = seeds as f64;
        let mean = differences.iter().sum::<f64>() / n;
        let squares = differences.iter().map(|d| (d - mean).powi(2));
        let error = (squares.sum::<f64>() / (n - 1.0) / n).sqrt();
        Ok(Self { mean, error, seeds })
    }

    fn differs(&self) -> bool {
        self.mean.abs() > 2.0 * self.error
    }
}

/// By how much a claim holds, or fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Margin {
    /// The smallest difference.
    Smallest(f64),
    /// Over seeds.
    Paired(Paired),
    /// The smallest ratio.
    Ratio(f64),
    /// The largest distance of what is called equal, and the smallest to what it is told from.
    Apart {
        /// To what it equals.
        apart: f64,
        /// To what it does not.
        unlike: f64,
    },
}

impl fmt::Display for Margin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Margin::Smallest(by) => {
                write!(f, "smallest difference {}", short(*by))
            }
            Margin::Paired(Paired { mean, error, seeds }) => {
                let (mean, error) = (short(*mean), short(*error));
                write!(
                    f,
                    "mean difference {mean}, standard error {error}, {seeds} seeds"
                )
            }
            Margin::Ratio(ratio) => {
                write!(f, "smallest ratio {}", short(*ratio))
            }
            Margin::Apart { apart, unlike } => {
                let (apart, unlike) = (short(*apart), short(*unlike));
                write!(
                    f,
                    "{apart} apart, and {unlike} from what it is told from"
                )
            }
        }
    }
}

/// A number with four digits.
pub fn short(value: f64) -> String {
    match value.abs() {
        v if v != 0.0 && !(1e-3..1e5).contains(&v) => format!("{value:.3e}"),
        v => {
            let digits = 3 - v.max(1.0).log10().floor() as i32;
            let text = format!("{value:.*}", digits.max(0) as usize);
            match text.contains('.') {
                true => {
                    text.trim_end_matches('0').trim_end_matches('.').into()
                }
                false => text,
            }
        }
    }
}

/// What came of a claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether it holds.
    pub holds: bool,
    /// By how much.
    pub margin: Margin,
    /// The numbers, side by side.
    pub sides: Vec<Vec<f64>>,
}

/// Why a claim cannot be decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// A number that it speaks of was not recorded.
    #[error("it speaks of `{0}`, and there is no such number")]
    NoNumber(String),
    /// There is nothing on a side, or not as much as on the other.
    #[error("its sides have different lengths, or nothing on them")]
    Sides,
    /// Chance cannot be told from a difference.
    #[error("expected at least {LEAST_SEEDS} seeds, found {0}")]
    Seeds(usize),
    /// It does not depend on what it says.
    #[error(
        "it would hold as well with its sides exchanged, so it proves nothing"
    )]
    ProvesNothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(claim: &Claim) -> Result<bool, ClaimError> {
        let of = |name: &str| match name.split_once('@') {
            // Paired differences of 1, 1.1, 1.2; unpaired, the spread is ten times as large.
            Some(("a", k)) => k.parse::<f64>().ok().map(|k| 10.0 * k),
            Some(("b", k)) => {
                k.parse::<f64>().ok().map(|k| 10.9 + 10.1 * (k - 1.0))
            }
            Some(("noisy", k)) => k
                .parse::<f64>()
                .ok()
                .map(|k| 10.0 * k + [0.0, 3.0, -2.9][k as usize % 3]),
            _ => name.parse().ok(),
        };
        claim.decide(&of).map(|verdict| verdict.holds)
    }

    #[test]
    fn an_order_holds_one_way() {
        assert_eq!(decide(&Claim::less("1", "2")), Ok(true));
        assert_eq!(decide(&Claim::less("2", "1")), Ok(false));
        assert_eq!(decide(&Claim::less("1", "1")), Ok(false));
        assert_eq!(decide(&Claim::all_below(["1", "2"], 3.0)), Ok(true));
        assert_eq!(decide(&Claim::all_below(["1", "3"], 3.0)), Ok(false));
        assert_eq!(decide(&Claim::all_above(["4", "5"], "3")), Ok(true));
        assert_eq!(decide(&Claim::rises(["1", "2", "4"])), Ok(true));
        assert_eq!(decide(&Claim::falls(["1", "2", "4"])), Ok(false));
        assert_eq!(decide(&Claim::falls(["4", "2", "1"])), Ok(true));
    }

    #[test]
    fn a_difference_needs_seeds_and_more_than_two_standard_errors() {
        assert_eq!(decide(&Claim::less_over_seeds("a", "b", 3)), Ok(true));
        assert_eq!(decide(&Claim::less_over_seeds("b", "a", 3)), Ok(false));
        assert_eq!(
            decide(&Claim::less_over_seeds("a", "noisy", 3)),
            Ok(false)
        );
        assert_eq!(decide(&Claim::undecided("a", "noisy", 3)), Ok(true));
        assert_eq!(decide(&Claim::undecided("a", "b", 3)), Ok(false));
        assert_eq!(
            decide(&Claim::less_over_seeds("a", "b", 2)),
            Err(ClaimError::Seeds(2))
        );
    }

    #[test]
    fn what_holds_with_exchanged_sides_is_refused() {
        assert_eq!(decide(&Claim::times(3.0, "1", "3")), Ok(true));
        assert_eq!(decide(&Claim::times(3.1, "1", "3")), Ok(false));
        let nothing = [Claim::times(0.5, "1", "1.5"), Claim::rises(["1"])];
        for claim in nothing {
            let refused = match decide(&claim) {
                Err(ClaimError::ProvesNothing) => true,
                // A single number rises by infinity, both ways.
                other => panic!("{claim:?}: {other:?}"),
            };
            assert!(refused);
        }
    }

    #[test]
    fn an_equality_is_told_from_something() {
        assert_eq!(decide(&Claim::equal(0.1, "1", "1.05", "1.2")), Ok(true));
        assert_eq!(decide(&Claim::equal(0.1, "1", "1.2", "1.4")), Ok(false));
        assert_eq!(
            decide(&Claim::equal(0.1, "1", "1.05", "0.95")),
            Ok(false)
        );
    }

    #[test]
    fn a_missing_number_is_named() {
        let missing = decide(&Claim::less("no such", "1"));
        assert_eq!(missing, Err(ClaimError::NoNumber("no such".into())));
        let uneven = Claim::Less(vec![1.0.into()], vec![]);
        assert_eq!(decide(&uneven), Err(ClaimError::Sides));
    }

    #[test]
    fn a_claim_survives_its_file() {
        let claim = Claim::equal(0.1, "a", 2.0, "c@1");
        let text = serde_json::to_string(&claim).unwrap();
        assert_eq!(text, r#"{"equal":[0.1,["a"],[2.0],["c@1"]]}"#);
        assert_eq!(serde_json::from_str::<Claim>(&text).unwrap(), claim);
    }

    #[test]
    fn numbers_are_short() {
        let found =
            [0.0, 1.0, 1056.0, 0.12345, 12.3456, 1.5e-7, 123456.0].map(short);
        assert_eq!(
            found,
            ["0", "1", "1056", "0.123", "12.35", "1.500e-7", "1.235e5"]
        );
    }
}
