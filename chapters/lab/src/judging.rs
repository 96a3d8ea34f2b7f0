//! How an answer is judged: it is tried on several inputs, and so is each mistake that is suspected. A mistake is told if it
//! gives what the answer gave, on all inputs.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use ndarray::{Array, ArrayD, Dimension, arr0};

use crate::{Diagnosis, judge};

/// What a function gives: an array for each of its results; nothing where it stops.
pub type Out = Vec<ArrayD<f64>>;

/// A mistake: what it gives, its name, and what to say of it.
pub type Suspect<I> = (fn(&I) -> Out, &'static str, &'static str);

/// A part of a sum, in words.
type Term = (&'static str, Out);

/// What to judge an answer by.
pub struct Exercise<I: 'static> {
    /// Where the page explains it.
    pub see: &'static str,
    /// What the function returns, in words.
    pub results: &'static [&'static str],
    /// What is right.
    pub right: fn(&I) -> Out,
    /// Known mistakes.
    pub suspects: &'static [Suspect<I>],
    /// What the result is a sum of, if it is one.
    pub terms: fn(&I) -> Vec<Term>,
    /// Other inputs, in words, for which an answer may be right in place of its own.
    pub others: fn(&I) -> Vec<(String, I)>,
    /// Numbers by which a result may be too large.
    pub numbers: fn(&I) -> Vec<(&'static str, f64)>,
    /// How near is near.
    pub tolerance: f64,
}

/// One result.
pub fn one<D: Dimension>(a: Array<f64, D>) -> Out {
    vec![a.into_dyn()]
}

/// Two results.
pub fn two<D: Dimension, E: Dimension>(
    (a, b): (Array<f64, D>, Array<f64, E>),
) -> Out {
    vec![a.into_dyn(), b.into_dyn()]
}

/// One number.
pub fn number(v: f64) -> Out {
    one(arr0(v))
}

/// No terms, or no numbers.
pub fn none<I, T>(_: &I) -> Vec<T> {
    Vec::new()
}

/// An input, what is right there, and what came.
struct Case<'a, I> {
    words: &'a str,
    input: &'a I,
    right: Out,
    came: Out,
}

/// How an array is a multiple of another.
#[derive(Clone, Copy, PartialEq)]
enum Multiple {
    OfAny,
    Of(f64),
    None,
}

impl<I: 'static> Exercise<I> {
    /// Judges an answer by what it gives on these inputs.
    ///
    /// # Errors
    /// It gives something else than what is right on one of them.
    ///
    /// # Panics
    /// The answer panics, and no known mistake does; or what the check calls terms of a sum do not add up.
    pub fn judge(
        &self,
        inputs: &[(&str, I)],
        candidate: impl Fn(&I) -> Out,
    ) -> Result<(), Diagnosis> {
        let mut stopped = None;
        let cases: Vec<_> = inputs
            .iter()
            .map(|(words, input)| {
                let run = AssertUnwindSafe(|| candidate(input));
                let came = catch_unwind(run).unwrap_or_else(|payload| {
                    if unwritten(payload.as_ref()) {
                        resume_unwind(payload);
                    }
                    stopped.get_or_insert(payload);
                    Vec::new()
                });
                Case { words, input, right: (self.right)(input), came }
            })
            .collect();
        let wrong: Vec<usize> = (0..self.results.len())
            .filter(|p| cases.iter().any(|case| !self.is_right(case, *p)))
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        let told = self
            .suspected(&cases, &wrong)
            .or_else(|| self.in_a_term(&cases, &wrong))
            .or_else(|| self.times(&cases, &wrong))
            .or_else(|| self.term_times(&cases, &wrong))
            .or_else(|| self.of_another(&cases, &wrong))
            .or_else(|| self.changed(&cases, &wrong))
            .or_else(|| self.suspected_times(&cases, &wrong));
        match (told, stopped) {
            (Some(told), _) => Err(told),
            // Its own line is told, and what was raised there.
            (None, Some(payload)) => resume_unwind(payload),
            (None, None) => Err(self.in_general(&cases, &wrong)),
        }
    }

    fn near(&self, a: &ArrayD<f64>, b: &ArrayD<f64>) -> bool {
        let size = |most: f64, v: &f64| match v.is_finite() {
            true => most.max(v.abs()),
            false => most,
        };
        let least = 1e-13 * a.iter().fold(0.0, size);
        let near = |(a, b): (&f64, &f64)| {
            a == b
                || (a.is_nan() && b.is_nan())
                || a.is_finite()
                    && (a - b).abs()
                        <= least + self.tolerance * a.abs().max(1.0)
        };
        a.shape() == b.shape() && a.iter().zip(b).all(near)
    }

    /// Whether two outputs agree in a result; both may stop.
    fn agree(&self, a: &Out, b: &Out, result: usize) -> bool {
        match (a.get(result), b.get(result)) {
            (Some(a), Some(b)) => self.near(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    fn is_right(&self, case: &Case<I>, result: usize) -> bool {
        self.agree(&case.right, &case.came, result)
    }

    /// Whether a mistake explains all results that are wrong: on how many inputs it does not, and one on which it does.
    fn explains(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
        values: &[Out],
    ) -> Option<(usize, usize, usize)> {
        let (mut misses, mut shown) = (0, None);
        for &p in wrong {
            let (mut hits, mut over) = (0, 0);
            for (n, (case, value)) in cases.iter().zip(values).enumerate() {
                let finite =
                    |a: &ArrayD<f64>| a.iter().all(|v| v.is_finite());
                if !self.agree(value, &case.came, p) {
                    // What overflows as well says nothing of this mistake.
                    let told = case.came.get(p).is_none_or(finite);
                    over += usize::from(told);
                    misses += usize::from(!told);
                } else if !self.is_right(case, p) {
                    hits += 1;
                    let here = !case.came.is_empty();
                    shown = shown.or(here.then_some((n, p)));
                }
            }
            // There may be a second mistake, on an input in four.
            if hits == 0 || 3 * over > hits {
                return None;
            }
            misses += over;
        }
        let (case, result) = shown?;
        Some((misses, case, result))
    }

    fn suspected(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
    ) -> Option<Diagnosis> {
        let all = self.suspects.iter().filter_map(|(of, name, what)| {
            let values: Vec<_> = cases.iter().map(|c| of(c.input)).collect();
            let found = self.explains(cases, wrong, &values)?;
            // Rather one that gets right what is right.
            let others = (0..self.results.len()).filter(|p| {
                let pairs = cases.iter().zip(&values);
                let as_said =
                    |(c, v): (&Case<I>, &Out)| self.agree(v, &c.came, *p);
                !wrong.contains(p) && !pairs.into_iter().all(as_said)
            });
            Some(((found.0, others.count()), found, *name, *what))
        });
        let (_, (misses, case, result), name, what) =
            all.min_by_key(|(order, ..)| *order)?;
        let mut what = what.to_string();
        if misses > 0 {
            let other = cases.iter().find(|c| {
                let of = self.suspects.iter().find(|s| s.1 == name);
                let value = of.map(|s| (s.0)(c.input)).unwrap_or_default();
                wrong.iter().any(|p| !self.agree(&value, &c.came, *p))
            });
            let other = other.map(|c| c.words).unwrap_or_default();
            what += &format!(" And there is something else, with {other}.");
        }
        let told = Diagnosis::new(name, what, self.see);
        Some(self.show(&cases[case], result, told))
    }

    /// A term of the sum that is missing, doubled, halved or has its sign turned; or two such.
    fn in_a_term(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
    ) -> Option<Diagnosis> {
        const WEIGHTS: [f64; 5] = [1.0, 0.0, -1.0, 2.0, 0.5];
        let terms: Vec<_> =
            cases.iter().map(|c| (self.terms)(c.input)).collect();
        let names: Vec<_> = terms.first()?.iter().map(|t| t.0).collect();
        let sum = |terms: &[Term], weights: &[f64]| -> Out {
            let zero = terms[0].1.iter().map(|a| a * 0.0).collect::<Out>();
            terms.iter().zip(weights).fold(zero, |sum, ((_, term), w)| {
                sum.iter().zip(term).map(|(s, t)| s + &(t * *w)).collect()
            })
        };
        if names.is_empty() {
            return None;
        }
        let ones = vec![1.0; names.len()];
        for (case, terms) in cases.iter().zip(&terms) {
            let all = sum(terms, &ones);
            let whole =
                (0..all.len()).all(|p| self.near(&case.right[p], &all[p]));
            assert!(whole, "the terms of the check add up");
        }
        let mut changed = Vec::new();
        for n in 0..names.len() {
            changed.extend(WEIGHTS[1..].iter().map(|w| vec![(n, *w)]));
        }
        for (n, m) in
            (0..names.len()).flat_map(|n| (0..n).map(move |m| (m, n)))
        {
            for v in &WEIGHTS[1..] {
                changed.extend(
                    WEIGHTS[1..].iter().map(|w| vec![(n, *v), (m, *w)]),
                );
            }
        }
        let said = |(n, w): &(usize, f64)| match *w {
            0.0 => format!("{} is missing", names[*n]),
            w if w < 0.0 => format!("the sign of {} is turned", names[*n]),
            w if w > 1.0 => format!("{} is there twice", names[*n]),
            _ => format!("of {} there is half", names[*n]),
        };
        // If all have one weight, it is a factor.
        let uniform = |change: &Vec<(usize, f64)>| {
            change.len() == names.len()
                && change.iter().all(|(_, w)| *w == change[0].1)
        };
        changed.iter().filter(|change| !uniform(change)).find_map(|change| {
            let mut weights = ones.clone();
            for (n, w) in change {
                weights[*n] = *w;
            }
            let values: Vec<_> =
                terms.iter().map(|terms| sum(terms, &weights)).collect();
            let found = self.explains(cases, wrong, &values);
            let (_, case, result) = found.filter(|found| found.0 == 0)?;
            let words: Vec<_> = change.iter().map(said).collect();
            let what = format!(
                "{} right but for this: {}.",
                verb(self.results[result]),
                words.join(", and ")
            );
            let told = Diagnosis::new("term", what, self.see);
            Some(self.show(&cases[case], result, told))
        })
    }

    /// A term of the sum that is multiplied by something.
    fn term_times(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
    ) -> Option<Diagnosis> {
        let terms: Vec<_> =
            cases.iter().map(|c| (self.terms)(c.input)).collect();
        (0..terms.first()?.len()).find_map(|n| {
            let words = wrong.iter().map(|p| {
                let pairs = cases.iter().zip(&terms).map(|(case, terms)| {
                    let (came, term) = (case.came.get(*p)?, &terms[n].1[*p]);
                    let right = &case.right[*p];
                    let same = came.shape() == right.shape();
                    same.then(|| {
                        (case.input, term.clone(), came - right + term)
                    })
                });
                self.factor_between(&pairs.collect::<Option<Vec<_>>>()?)
            });
            let words = words.collect::<Option<Vec<_>>>()?;
            let p = wrong[0];
            let what = format!(
                "{} right but for this: {} is multiplied by {}.",
                verb(self.results[p]),
                terms[0][n].0,
                words[0]
            );
            let first = cases.iter().find(|c| !self.is_right(c, p))?;
            let told = Diagnosis::new("term", what, self.see);
            Some(self.show(first, p, told))
        })
    }

    /// By what one array has to be multiplied to give another.
    fn multiple(&self, of: &ArrayD<f64>, came: &ArrayD<f64>) -> Multiple {
        if of.shape() != came.shape() {
            return Multiple::None;
        }
        let pairs = of.iter().zip(came);
        let Some((a, b)) =
            pairs.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))
        else {
            return Multiple::OfAny;
        };
        if *a == 0.0 {
            let nothing = came.iter().all(|v| *v == 0.0);
            return if nothing { Multiple::OfAny } else { Multiple::None };
        }
        let times = b / a;
        let good = times.is_finite()
            && times != 0.0
            && self.near(&(of * times), came);
        if good { Multiple::Of(times) } else { Multiple::None }
    }

    /// The number, or the product of the input's numbers, by which all values are multiplied to give what came.
    fn factor(
        &self,
        cases: &[Case<I>],
        values: &[Out],
        p: usize,
    ) -> Option<String> {
        let pairs = cases.iter().zip(values);
        let pairs = pairs.map(|(case, value)| {
            Some((
                case.input,
                value.get(p)?.clone(),
                case.came.get(p)?.clone(),
            ))
        });
        self.factor_between(&pairs.collect::<Option<Vec<_>>>()?)
    }

    /// The same, of pairs of arrays.
    fn factor_between(
        &self,
        pairs: &[(&I, ArrayD<f64>, ArrayD<f64>)],
    ) -> Option<String> {
        let (mut times, mut elements) = (Vec::new(), 0);
        for (input, value, came) in pairs {
            match self.multiple(value, came) {
                Multiple::OfAny => {}
                Multiple::Of(v) => {
                    elements += value.iter().filter(|v| **v != 0.0).count();
                    times.push((*input, v));
                }
                Multiple::None => return None,
            }
        }
        if times.len() < 2 || elements < 3 {
            return None;
        }
        let names: Vec<_> =
            (self.numbers)(times[0].0).iter().map(|n| n.0).collect();
        let powers: Vec<Vec<(usize, i32)>> = powers(names.len());
        powers.into_iter().find_map(|power| {
            let rest = times.iter().map(|(input, v)| {
                let numbers = (self.numbers)(input);
                let of = |(n, e): &(usize, i32)| numbers[*n].1.powi(*e);
                v / power.iter().map(of).product::<f64>()
            });
            let rest: Vec<f64> = rest.collect();
            let first = rest[0];
            let same =
                |v: &f64| (v / first - 1.0).abs() < 1e-6 && first.is_finite();
            // With numbers, nothing but a plain factor is left.
            let plain = [1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 4.0, 0.25]
                .iter()
                .any(|v| (first / v - 1.0).abs() < 1e-6);
            (rest.iter().all(same) && (power.is_empty() || plain))
                .then(|| in_words(first, &power, &names))
        })
    }

    fn times(&self, cases: &[Case<I>], wrong: &[usize]) -> Option<Diagnosis> {
        let rights: Vec<_> = cases.iter().map(|c| c.right.clone()).collect();
        let words = wrong.iter().map(|p| self.factor(cases, &rights, *p));
        let words: Option<Vec<_>> = words.collect();
        let words = words?;
        let said: Vec<_> = wrong
            .iter()
            .zip(&words)
            .map(|(p, words)| {
                format!(
                    "{} what is right times {words}, on every input.",
                    verb(self.results[*p])
                )
            })
            .collect();
        let first = cases.iter().find(|c| !self.is_right(c, wrong[0]))?;
        let told = Diagnosis::new("times a number", said.join(" "), self.see);
        Some(self.show(first, wrong[0], told))
    }

    /// What is right for another input.
    fn of_another(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
    ) -> Option<Diagnosis> {
        let others: Vec<_> =
            cases.iter().map(|c| (self.others)(c.input)).collect();
        (0..others.first()?.len()).find_map(|n| {
            let of = |others: &Vec<(String, I)>| (self.right)(&others[n].1);
            let values: Vec<_> = others.iter().map(of).collect();
            let found = self.explains(cases, wrong, &values);
            let (_, case, result) = found.filter(|found| found.0 == 0)?;
            let what = format!(
                "{} what would be right {}.",
                verb(self.results[result]),
                others[case][n].0
            );
            let told = Diagnosis::new("another input", what, self.see);
            Some(self.show(&cases[case], result, told))
        })
    }

    /// What is right, with something done to each number.
    fn changed(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
    ) -> Option<Diagnosis> {
        const CHANGES: [(fn(f64) -> f64, &str); 12] = [
            (|v| v * v, "the square of what is right"),
            (f64::sqrt, "the root of what is right"),
            (f64::abs, "what is right without its sign"),
            (|v| v.max(0.0), "what is right, with 0 for what is negative"),
            (|v| 1.0 / v, "1 over what is right"),
            (|v| 1.0 - v, "1 less what is right"),
            (|v| v + 1.0, "what is right plus 1"),
            (|v| v - 1.0, "what is right less 1"),
            (f64::exp, "the exponential of what is right"),
            (f64::ln, "the logarithm of what is right"),
            (f64::signum, "the sign of what is right"),
            (f64::round, "what is right as a whole number"),
        ];
        CHANGES.iter().find_map(|(change, words)| {
            let of = |c: &Case<I>| {
                c.right.iter().map(|a| a.mapv(change)).collect::<Out>()
            };
            let values: Vec<_> = cases.iter().map(of).collect();
            let found = self.explains(cases, wrong, &values);
            let (_, case, p) = found.filter(|found| found.0 == 0)?;
            let what = format!("{} {words}.", verb(self.results[p]));
            let told = Diagnosis::new("changed", what, self.see);
            Some(self.show(&cases[case], p, told))
        })
    }

    /// A known mistake, and a factor besides.
    fn suspected_times(
        &self,
        cases: &[Case<I>],
        wrong: &[usize],
    ) -> Option<Diagnosis> {
        // One number is a multiple of any other.
        if wrong.iter().any(|p| cases.iter().all(|c| c.right[*p].len() < 2)) {
            return None;
        }
        self.suspects.iter().find_map(|(of, name, what)| {
            let values: Vec<_> = cases.iter().map(|c| of(c.input)).collect();
            let words: Option<Vec<_>> = wrong
                .iter()
                .map(|p| self.factor(cases, &values, *p))
                .collect();
            let words = words?;
            let first = cases.iter().find(|c| !self.is_right(c, wrong[0]))?;
            let what =
                format!("{what} Moreover, yours is that times {}.", words[0]);
            let told = Diagnosis::new(name, what, self.see);
            Some(self.show(first, wrong[0], told))
        })
    }

    fn in_general(&self, cases: &[Case<I>], wrong: &[usize]) -> Diagnosis {
        let p = wrong[0];
        let bad: Vec<_> =
            cases.iter().filter(|c| !self.is_right(c, p)).collect();
        let (first, name) = (bad[0], verb(self.results[p]));
        let (right, came) = (&first.right[p], &first.came.get(p));
        let mut what = match came {
            Some(came) if came.shape() != right.shape() => {
                return Diagnosis::new(
                    "wrong shape",
                    format!(
                        "{name} of the wrong shape, with {}.",
                        first.words
                    ),
                    self.see,
                )
                .with(
                    format!("{:?}", right.shape()),
                    format!("{:?}", came.shape()),
                );
            }
            Some(came)
                if came.iter().any(|v| !v.is_finite())
                    && right.iter().all(|v| v.is_finite()) =>
            {
                format!("{name} not finite, with {}.", first.words)
            }
            _ if bad.len() == cases.len() => {
                format!("{name} wrong, here with {}.", first.words)
            }
            _ => format!(
                "{name} right on {} of {} inputs, and wrong with {}.",
                cases.len() - bad.len(),
                cases.len(),
                first.words
            ),
        };
        what += &self.places(cases, p).unwrap_or_default();
        let good = (0..self.results.len()).filter(|p| !wrong.contains(p));
        for p in good {
            what += &format!(" {} right.", verb(self.results[p]));
        }
        let told = Diagnosis::new("value", what, self.see);
        self.show(first, p, told)
    }

    /// Where a result of one shape is wrong, if it is not wrong everywhere.
    fn places(&self, cases: &[Case<I>], p: usize) -> Option<String> {
        let shape = cases[0].right[p].shape();
        let mut off = ArrayD::from_elem(shape, false);
        for case in cases {
            let came = case.came.get(p)?;
            if case.right[p].shape() != shape || came.shape() != shape {
                return None;
            }
            let pairs = case.right[p].iter().zip(came);
            for (off, (a, b)) in off.iter_mut().zip(pairs) {
                *off |=
                    !self.near(&arr0(*a).into_dyn(), &arr0(*b).into_dyn());
            }
        }
        let wrong: Vec<_> = off
            .indexed_iter()
            .filter(|(_, off)| **off)
            .map(|(place, _)| format!("{:?}", place.slice()))
            .collect();
        (!wrong.is_empty() && wrong.len() < off.len()).then(|| {
            format!(
                " What is wrong stands at {}; the rest is right.",
                wrong.join(", ")
            )
        })
    }

    /// With what was expected and what came.
    fn show(
        &self,
        case: &Case<I>,
        p: usize,
        mut told: Diagnosis,
    ) -> Diagnosis {
        let (right, came) = (&case.right[p], &case.came[p]);
        let name = large(self.results[p]);
        if self.results.len() > 1 && !told.what.starts_with(&name) {
            told.what += &format!(" Shown: {}.", self.results[p]);
        }
        let known = vec![(came.clone(), told.clone())];
        match judge(right, came, self.tolerance, known, told.clone()) {
            Err(told) => told,
            Ok(()) => told,
        }
    }
}

/// Inputs in which one number is another one.
pub fn in_place_of<I>(
    name: &str,
    v: f64,
    with: impl Fn(f64) -> I,
) -> Vec<(String, I)> {
    let others = [
        (format!("if {name} were 0"), 0.0),
        (format!("if {name} were 1"), 1.0),
        (format!("for -{name} in place of {name}"), -v),
        (format!("for 2 {name} in place of {name}"), 2.0 * v),
        (format!("for half of {name}"), v / 2.0),
        (format!("for the square of {name}"), v * v),
        (format!("for the root of {name}"), v.abs().sqrt()),
        (format!("for 1 - {name} in place of {name}"), 1.0 - v),
        (format!("for 1 / {name} in place of {name}"), 1.0 / v),
        (format!("for the size of {name}, without its sign"), v.abs()),
    ];
    others.into_iter().map(|(words, v)| (words, with(v))).collect()
}

/// Whether this is what a stub raises.
fn unwritten(payload: &(dyn std::any::Any + Send)) -> bool {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.is_some_and(|text| text.starts_with("not yet implemented"))
}

/// A result with its verb, as a sentence begins.
fn verb(result: &str) -> String {
    let noun = result.split(' ').nth(1).unwrap_or(result);
    let many = noun.ends_with('s') && noun != "radius";
    format!("{} {}", large(result), if many { "are" } else { "is" })
}

/// The first letter a capital.
fn large(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Powers of none, one or two of so many numbers, the simple ones first.
fn powers(numbers: usize) -> Vec<Vec<(usize, i32)>> {
    let mut all = vec![vec![]];
    for n in 0..numbers {
        all.extend([1, -1].map(|e| vec![(n, e)]));
    }
    for n in 0..numbers {
        for m in 0..n {
            let both = [(1, 1), (-1, -1), (1, -1), (-1, 1)];
            all.extend(both.map(|(d, e)| vec![(m, d), (n, e)]));
        }
    }
    for n in 0..numbers {
        all.extend([2, -2].map(|e| vec![(n, e)]));
    }
    all
}

/// A factor as one writes it: -2, B / 2, 1 / (N C).
fn in_words(rest: f64, power: &[(usize, i32)], names: &[&str]) -> String {
    let sign = if rest < 0.0 { "-" } else { "" };
    let size = rest.abs();
    let is = |v: f64| (size / v - 1.0).abs() < 1e-6;
    let whole = (1..=1000).map(f64::from);
    let (above, below) = match size {
        _ if is(1.0) => (None, None),
        _ => match (
            whole.clone().find(|n| is(*n)),
            whole.clone().find(|n| is(1.0 / n)),
        ) {
            (Some(n), _) => (Some(n.to_string()), None),
            (_, Some(n)) => (None, Some(n.to_string())),
            _ => (Some(format!("{size:.5}")), None),
        },
    };
    let part = |sign: i32| {
        let of = power.iter().filter(move |(_, e)| e.signum() == sign);
        of.map(|(n, e)| match e.abs() {
            1 => names[*n].to_string(),
            e => format!("{} to the power {e}", names[*n]),
        })
    };
    let above: Vec<_> = above.into_iter().chain(part(1)).collect();
    let below: Vec<_> = below.into_iter().chain(part(-1)).collect();
    let above =
        if above.is_empty() { "1".into() } else { above.join(" · ") };
    match below.len() {
        0 => format!("{sign}{above}"),
        1 => format!("{sign}{above} / {}", below[0]),
        _ => format!("{sign}{above} / ({})", below.join(" · ")),
    }
}
