//! Exercise 11.2: how well a score tells members from others.

use super::*;

#[derive(Clone)]
struct Scores {
    members: Vec<f64>,
    others: Vec<f64>,
}

fn mean(of: &[f64]) -> f64 {
    of.iter().sum::<f64>() / of.len().max(1) as f64
}

fn median(of: &[f64]) -> f64 {
    let mut of = of.to_vec();
    of.sort_by(f64::total_cmp);
    match of.len() {
        0 => 0.0,
        n if n % 2 == 1 => of[n / 2],
        n => 0.5 * (of[n / 2 - 1] + of[n / 2]),
    }
}

fn share(of: &[f64], holds: impl Fn(f64) -> bool) -> f64 {
    of.iter().filter(|v| holds(**v)).count() as f64 / of.len().max(1) as f64
}

/// At each threshold, the largest first, beginning above all scores: the shares of others and of members that reach it.
fn curve(m: &[f64], o: &[f64]) -> Vec<[f64; 2]> {
    let mut all = [m, o].concat();
    all.sort_by(|a, b| b.total_cmp(a));
    all.dedup();
    let at = |t: f64| [o, m].map(|scores| share(scores, |v| v >= t));
    [[0.0; 2]].into_iter().chain(all.into_iter().map(at)).collect()
}

fn below(curve: &[[f64; 2]]) -> f64 {
    let part =
        |w: &[[f64; 2]]| (w[1][0] - w[0][0]) * 0.5 * (w[0][1] + w[1][1]);
    curve.windows(2).map(part).sum()
}

/// The largest that a threshold reaches.
fn best(curve: &[[f64; 2]], of: impl Fn(f64, f64) -> f64) -> f64 {
    let all = curve.iter().map(|[o, m]| of(*o, *m));
    all.fold(f64::MIN, f64::max)
}

/// What a pair counts for: 1 where the member wins.
fn duel(m: f64, o: f64, is: Is) -> f64 {
    let nearly = match () {
        _ if is("within 1e-6") => 1e-6,
        _ if is("within 1e-9") => 1e-9,
        _ if is("within ε") => f64::EPSILON,
        _ => 0.0,
    };
    let tie = match () {
        _ if is("differences") => m - o == 0.0,
        _ if nearly > 0.0 => (m - o).abs() < nearly,
        _ => m == o,
    };
    match () {
        _ if tie && is("ties won") => 1.0,
        _ if tie && is("ties lost") => 0.0,
        _ if tie && is("ties left out") => 0.0,
        _ if tie => 0.5,
        _ if m > o => 1.0,
        _ => 0.0,
    }
}

/// Exercise 11.2, as it can go wrong.
fn compared(of: &Scores, is: Is, tap: Tap) -> Out {
    let (mut m, mut o) = (of.members.clone(), of.others.clone());
    for of in [&mut m, &mut o] {
        if is("infinite scores left out") {
            of.retain(|v| v.is_finite());
        }
        if is("in single precision") {
            of.iter_mut().for_each(|v| *v = f64::from(*v as f32));
        }
        if is("each score once") {
            of.sort_by(f64::total_cmp);
            of.dedup();
        }
    }
    if is("exchanged") {
        (m, o) = (o, m);
    }
    if m.is_empty() || o.is_empty() {
        return number(match () {
            _ if is("½ of nothing") => 0.5,
            _ if is("1 of nothing") => 1.0,
            _ if is("nothing over nothing") => f64::NAN,
            _ => 0.0,
        });
    }
    let (many, more) = (m.len() as f64, o.len() as f64);
    let curve = curve(&m, &o);
    let all = [&m[..], &o].concat();
    let other = match () {
        _ if is("the best accuracy") => {
            let right = |o, m| (many * m + more * (1.0 - o)) / (many + more);
            Some(best(&curve, right))
        }
        _ if is("the best balanced accuracy") => {
            Some(best(&curve, |o, m| 0.5 * (m + 1.0 - o)))
        }
        _ if is("the best distance of shares") => {
            Some(best(&curve, |o, m| m - o))
        }
        _ if is("accuracy at the median") => {
            let t = median(&all);
            let [m, o] = [&m, &o].map(|v| share(v, |v| v > t));
            Some((many * m + more * (1.0 - o)) / (many + more))
        }
        _ if is("accuracy at the mean") => {
            let t = mean(&all);
            let [m, o] = [&m, &o].map(|v| share(v, |v| v > t));
            Some((many * m + more * (1.0 - o)) / (many + more))
        }
        _ if is("the difference of means") => Some(mean(&m) - mean(&o)),
        _ if is("above the mean of the others") => {
            let t = mean(&o);
            Some(share(&m, |v| v > t))
        }
        _ if is("above the median of the others") => {
            let t = median(&o);
            Some(share(&m, |v| v > t))
        }
        _ if is("above all others") => {
            Some(share(&m, |v| o.iter().all(|o| v > *o)))
        }
        _ if is("without the curve's beginning") => Some(below(&curve[1..])),
        _ if is("without the curve's end") => {
            Some(below(&curve[..curve.len() - 1]))
        }
        _ if is("precision over recall") => {
            let part = |w: &[[f64; 2]]| {
                let (o, m) = (more * w[1][0], many * w[1][1]);
                (w[1][1] - w[0][1]) * m / (o + m)
            };
            Some(curve.windows(2).map(part).sum())
        }
        _ => None,
    };
    if let Some(other) = other {
        return number(other);
    }
    let pairs: Vec<(f64, f64)> = match is("side by side") {
        true => m.iter().copied().zip(o.iter().copied()).collect(),
        false => {
            let with = |m: &f64| o.iter().map(|o| (*m, *o)).collect();
            m.iter().flat_map(|m| -> Vec<_> { with(m) }).collect()
        }
    };
    let won = pairs.iter().map(|(m, o)| duel(*m, *o, is)).sum();
    let won = number_through(tap, "the pairs that a member wins", won);
    let won = match () {
        _ if is("the whole rank sum") => won + 0.5 * many * (many + 1.0),
        _ if is("ranks from 0") => won - many,
        _ if is("a rank too little taken off") => won + many,
        _ => won,
    };
    let ties = pairs.iter().filter(|(m, o)| m == o).count();
    let count = match () {
        _ if is("over the members alone") => many,
        _ if is("over the others alone") => more,
        _ if is("over all scores") => many + more,
        _ if is("over all pairs of scores") => {
            0.5 * (many + more) * (many + more - 1.0)
        }
        _ if is("a count") => 1.0,
        _ if is("ties left out") => (pairs.len() - ties).max(1) as f64,
        _ => pairs.len() as f64,
    };
    let count = number_through(tap, "the number of pairs", count);
    let area = number_through(tap, "the area", won / count);
    number(match () {
        _ if is("never below ½") => area.max(1.0 - area),
        _ if is("twice the area less 1") => 2.0 * area - 1.0,
        _ => area,
    })
}

const COMPARED: Mistakes<Scores> = mistakes!(
    compared,
    [
        "ties won",
        "A tie counts as won here: `>=` in place of `>`. A score that is equal for all would then tell everybody from everybody. It counts \
         half."
    ],
    [
        "ties lost",
        "A tie counts as lost here. It counts half: a score that is equal for all tells nothing, and that is ½."
    ],
    [
        "ties left out",
        "Pairs that tie were left out, above and below. They count, each as half won."
    ],
    [
        "exchanged",
        "Members and others are exchanged. A *member's* score should be the larger one."
    ],
    [
        "differences",
        "Scores were subtracted to be compared. Two that are both infinite are a tie; their difference is not 0, but no number. Compare \
         them themselves."
    ],
    [
        "within 1e-6",
        "Scores that differ by less than 1e-6 count as equal. They may all be that small: a tie is `==`."
    ],
    [
        "within 1e-9",
        "Scores that differ by less than 1e-9 count as equal. They may all be that small: a tie is `==`."
    ],
    [
        "within ε",
        "Scores that differ by less than `f64::EPSILON` count as equal. They may all be that small: a tie is `==`."
    ],
    [
        "in single precision",
        "Scores were rounded to `f32`, so that some became equal. Compare them as they are."
    ],
    [
        "infinite scores left out",
        "Infinite scores were left out. They have their place in the order: above, or below, all others."
    ],
    [
        "each score once",
        "Scores that occur several times were counted once. Each is somebody's: count pairs of people, not of values."
    ],
    [
        "½ of nothing",
        "Without members, or without others, this gives ½. The exercise asks for 0 then."
    ],
    [
        "1 of nothing",
        "Without members, or without others, this gives 1. The exercise asks for 0 then."
    ],
    [
        "nothing over nothing",
        "Without members, or without others, 0 was divided by 0. The exercise asks for 0 then."
    ],
    [
        "the best accuracy",
        "This is the share of right guesses at the best threshold. The area asks no threshold: it counts all pairs of a member and another."
    ],
    [
        "the best balanced accuracy",
        "This is the mean of the two shares of right guesses, at the best threshold. The area asks no threshold: it counts all pairs."
    ],
    [
        "the best distance of shares",
        "This is the largest distance between the shares of members and of others above a threshold. The area counts all pairs."
    ],
    [
        "accuracy at the median",
        "This is the share of right guesses with the median of all scores as a threshold. The area asks no threshold: it counts all pairs."
    ],
    [
        "accuracy at the mean",
        "This is the share of right guesses with the mean of all scores as a threshold. The area asks no threshold: it counts all pairs."
    ],
    [
        "the difference of means",
        "This is how much larger a member's score is on average. The area counts how *often* it is larger, by however much."
    ],
    [
        "above the mean of the others",
        "Members were compared with the mean of the others. Each is compared with each of them."
    ],
    [
        "above the median of the others",
        "Members were compared with the median of the others. Each is compared with each of them."
    ],
    [
        "above all others",
        "This is the share of members that are above all others. Each is compared with each of them."
    ],
    [
        "side by side",
        "The first member was compared with the first of the others, the second with the second. Each is compared with each: the lists \
         have no order, nor one length."
    ],
    [
        "without the curve's beginning",
        "The area under the curve begins at its first threshold. Begin above all scores, at (0, 0)."
    ],
    [
        "without the curve's end",
        "The area under the curve ends before its last threshold. It goes on until all scores are above, to (1, 1)."
    ],
    [
        "precision over recall",
        "This is the area under precision over recall. The curve of (11.13) is that of members' share over others' share."
    ],
    [
        "the whole rank sum",
        "The members' ranks were added up, and nothing taken off. Among themselves they have the ranks 1 to M: take off M (M + 1) / 2."
    ],
    [
        "ranks from 0",
        "A rank for each member is missing. If ranks begin with 0, take off M (M - 1) / 2."
    ],
    [
        "a rank too little taken off",
        "There is a rank too much for each member. If ranks begin with 1, take off M (M + 1) / 2."
    ],
    [
        "over the members alone",
        "The number of pairs won was divided by that of members. Divide by that of all pairs."
    ],
    [
        "over the others alone",
        "The number of pairs won was divided by that of others. Divide by that of all pairs."
    ],
    [
        "over all scores",
        "The number of pairs won was divided by that of scores. Divide by that of pairs of a member and another."
    ],
    [
        "over all pairs of scores",
        "The number of pairs won was divided by that of all pairs, two members among them. Divide by that of pairs of a member and another."
    ],
    [
        "a count",
        "This is how many pairs are won. It is to be a share of them all."
    ],
    [
        "never below ½",
        "What is below ½ was turned round. A score that is larger for others is a finding, too: it stays below ½."
    ],
    [
        "twice the area less 1",
        "This is twice the area, less 1. The area itself is wanted, ½ where nothing is told."
    ],
);

fn lists() -> Vec<(&'static str, Scores)> {
    let of = |members: &[f64], others: &[f64]| Scores {
        members: members.to_vec(),
        others: others.to_vec(),
    };
    let drawn = |n: usize, m: usize, stream: u64, steps: f64| {
        let some = |n, by, stream| -> Vec<f64> {
            let drawn: Array2<f64> = normal(n, 1, stream) + by;
            drawn.iter().map(|v| (v * steps).round() / steps).collect()
        };
        Scores {
            members: some(n, 0.4, stream),
            others: some(m, 0.0, stream + 1),
        }
    };
    let inf = f64::INFINITY;
    vec![
        ("one member and one other, who wins", of(&[1.0], &[2.0])),
        ("no member", of(&[], &[0.5, 1.0])),
        ("no other", of(&[0.5, 1.0, 2.0], &[])),
        ("nobody at all", of(&[], &[])),
        ("all scores equal", of(&[0.0; 3], &[0.0; 2])),
        ("members above all others", of(&[5.0, 4.0, 4.5], &[1.0, 3.0])),
        ("others above all members", of(&[-3.0, -2.0], &[0.0, 3.0, 1.0])),
        (
            "scores of ±1,000",
            of(&[-1000.0, 2.0, 1000.0], &[1000.0, -1000.0, 0.0, 3.0]),
        ),
        (
            "scores that are infinite",
            of(&[inf, 1.0, -inf, inf], &[-inf, 2.0, inf, -inf, 0.0]),
        ),
        (
            "scores that are 1e-7 apart",
            of(&[3e-7, 1e-7, 5e-7], &[2e-7, 4e-7, 1e-7, 0.0]),
        ),
        (
            "scores that are 1e-8 apart, near 1",
            of(
                &[1.0 + 3e-8, 1.0 + 1e-8],
                &[1.0 + 2e-8, 1.0, 1.0 + 4e-8, 1.0 + 1e-8, 1.0 - 1e-8],
            ),
        ),
        (
            "scores that are 1e-11 apart",
            of(&[3e-11, 1e-11, 5e-11], &[2e-11, 4e-11, 1e-11, 0.0]),
        ),
        (
            "scores that are 1e-20 apart",
            of(&[3e-20, 1e-20, 5e-20], &[2e-20, 4e-20, 1e-20, 0.0]),
        ),
        ("three members and two others", of(&[0.9, 0.2, 0.5], &[0.5, 0.1])),
        (
            "scores that occur several times",
            of(&[2.0, 2.0, 1.0, 3.0, 2.0], &[2.0, 1.0, 1.0]),
        ),
        ("30 members, 17 others, and many ties", drawn(30, 17, 200, 2.0)),
        ("12 members and 25 others", drawn(12, 25, 210, 1e6)),
        ("9 members and 4 others", drawn(9, 4, 220, 10.0)),
    ]
}

pub fn auc(candidate: fn(&[f64], &[f64]) -> f64) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 11, § Privacy, equation 11.13",
        results: &["the area"],
        right: |of| rightly(compared, of),
        suspects: COMPARED.0,
        terms: none,
        others: |of| {
            let turned = |v: &[f64]| v.iter().map(|v| -v).collect();
            let turned = Scores {
                members: turned(&of.members),
                others: turned(&of.others),
            };
            vec![("for the negative of all scores".into(), turned)]
        },
        numbers: |of| {
            let all = [("M", of.members.len()), ("N", of.others.len())];
            all.map(|(name, n)| (name, n as f64)).to_vec()
        },
        tolerance: 1e-9,
    };
    judged(&exercise, compared, COMPARED.1, &lists(), |of| {
        number(candidate(&of.members, &of.others))
    })
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(compared, COMPARED.1, &lists());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(compared, COMPARED.1, &lists())
}
