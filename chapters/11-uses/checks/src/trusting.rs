//! Exercise 11.6: guesses that nobody can check, and which of them are trusted.

use std::cmp::Ordering;
use std::panic::catch_unwind;

use ndarray::ArrayView1;

use super::*;

const CLASSES: usize = 10;

/// What a classifier says of digits, and which share of each guess is trusted.
#[derive(Clone)]
struct Unlabelled {
    logits: Array2<f64>,
    share: f64,
    /// What each row is, if there is anything to be said of it.
    words: Vec<String>,
}

type Trusted = Vec<(usize, usize)>;

fn softmax(row: ArrayView1<f64>, is: Is) -> Array1<f64> {
    let naive = is("overflows") || is("overflows, and comes first");
    let naive = naive || is("overflows, and guesses 0");
    let most = row.iter().copied().fold(f64::MIN, f64::max);
    let above = if naive { 0.0 } else { most };
    let all = row.mapv(|s| match is("in single precision") {
        true => f64::from(((s - above) as f32).exp()),
        false => (s - above).exp(),
    });
    let sum = all.sum();
    all.mapv(|v| match is("in single precision") {
        true => f64::from(v as f32 / sum as f32),
        false => v / sum,
    })
}

/// Where the largest number stands; what is no number is not larger than any.
fn largest(row: ArrayView1<f64>, is: Is) -> usize {
    let last = is("the last of equal classes");
    (0..row.len()).fold(0, |a, b| match row[b] > row[a] {
        true => b,
        false if last && row[b] == row[a] => b,
        false => a,
    })
}

/// The second largest.
fn second(row: ArrayView1<f64>) -> f64 {
    let mut all = row.to_vec();
    all.sort_by(|a, b| b.total_cmp(a));
    all[1]
}

/// The larger, the more a row is trusted.
fn confidence(logits: ArrayView1<f64>, label: usize, is: Is) -> f64 {
    let p = softmax(logits, is);
    match () {
        _ if is("logits") => logits[label],
        _ if is("sizes of logits") => {
            let all = logits.iter().map(|s| s.abs());
            all.fold(0.0, f64::max)
        }
        _ if is("distance of two logits") => logits[label] - second(logits),
        _ if is("distance of two probabilities") => {
            p[label] - second(p.view())
        }
        _ if is("entropy") => {
            p.iter().filter(|p| **p > 0.0).map(|p| p * p.ln()).sum()
        }
        _ => p[label],
    }
}

/// The most trusted one first.
fn downwards(a: f64, b: f64, is: Is) -> Ordering {
    match (a.is_nan(), b.is_nan()) {
        (true, true) => Ordering::Equal,
        (a, b) if a != b && is("overflows, and comes first") => b.cmp(&a),
        (a, b) if a != b => a.cmp(&b),
        _ => b.total_cmp(&a),
    }
}

/// How many of so many rows are trusted.
fn many(n: usize, of: &Unlabelled, is: Is) -> usize {
    let (all, mine) = (of.logits.nrows() as f64, n as f64);
    let up = |v: f64| v.ceil() as usize;
    let several = usize::from(n > 0);
    let kept = match () {
        _ if is("rounded down") => (of.share * mine).floor() as usize,
        _ if is("rounded down, one at least") => {
            ((of.share * mine).floor() as usize).max(several)
        }
        _ if is("rounded to the nearest") => {
            (of.share * mine).round() as usize
        }
        _ if is("one at least") => up(of.share * mine).max(several),
        _ if is("one more") => (of.share * mine).floor() as usize + 1,
        _ if is("a share of all rows") => up(of.share * all),
        _ if is("equally many of each") => {
            up(of.share * all / CLASSES as f64)
        }
        _ if is("this share left out") => n - up(of.share * mine).min(n),
        _ if is("everybody") => n,
        _ if is("nobody") => 0,
        _ => up(of.share * mine),
    };
    kept.min(n)
}

/// Rows in the order of trust.
fn sorted(rows: &mut [usize], confidence: &[f64], is: Is) {
    if is("the later of equal rows") {
        rows.reverse();
    }
    let least = is("the least confident");
    rows.sort_by(|a, b| {
        let (a, b) = (confidence[*a], confidence[*b]);
        if least { downwards(b, a, is) } else { downwards(a, b, is) }
    });
}

/// Of sorted rows, those that are trusted.
fn cut(
    rows: &[usize],
    confidence: &[f64],
    kept: usize,
    of: &Unlabelled,
    is: Is,
) -> Vec<usize> {
    let last = kept.checked_sub(1).map(|at| confidence[rows[at]]);
    let pass = |holds: &dyn Fn(f64) -> bool| -> Vec<usize> {
        rows.iter().copied().filter(|n| holds(confidence[*n])).collect()
    };
    match last {
        _ if is("the share as a threshold") => pass(&|v| v >= of.share),
        Some(last) if is("all that tie") => pass(&|v| v >= last),
        Some(last) if is("above the last one") => pass(&|v| v > last),
        _ => {
            let first = &rows[..kept];
            let sure = |n: &usize| confidence[*n] >= 0.5;
            match is("at least ½ besides") {
                true => first.iter().copied().filter(sure).collect(),
                false => first.to_vec(),
            }
        }
    }
}

/// The list, as it can go wrong.
fn listed(of: &Unlabelled, is: Is) -> Trusted {
    let all = || of.logits.rows().into_iter();
    let label = |row: ArrayView1<f64>| match () {
        _ if is("overflows, and guesses 0") => {
            largest(softmax(row, is).view(), is)
        }
        _ if is("the least logit") => largest((-&row).view(), is),
        _ => largest(row, is),
    };
    let labels: Vec<usize> = all().map(label).collect();
    let of_row =
        |(row, label): (ArrayView1<f64>, &usize)| confidence(row, *label, is);
    let sure: Vec<f64> = all().zip(&labels).map(of_row).collect();
    let n = labels.len();
    if is("one list for all classes") || is("one list, in its own order") {
        let mut rows: Vec<usize> = (0..n).collect();
        sorted(&mut rows, &sure, is);
        let kept = cut(&rows, &sure, many(n, of, is), of, is);
        let mut list: Trusted =
            kept.into_iter().map(|n| (n, labels[n])).collect();
        if is("one list for all classes") {
            list.sort_by_key(|(_, label)| *label);
        }
        return list;
    }
    let mut list = Vec::new();
    for class in 0..CLASSES {
        let mut rows: Vec<usize> =
            (0..n).filter(|n| labels[*n] == class).collect();
        let mut kept = many(rows.len(), of, is);
        let any = is("any row for a class");
        let none = is("a row for each class") && kept == 0 && n > 0;
        let mut of_class = sure.clone();
        if any || none {
            rows = (0..n).collect();
            of_class = all().map(|row| softmax(row, is)[class]).collect();
        }
        if none {
            kept = 1;
        }
        sorted(&mut rows, &of_class, is);
        let mut mine = cut(&rows, &of_class, kept, of, is);
        if is("a class's rows in their order") {
            mine.sort_unstable();
        }
        if is("upwards within a class") {
            mine.reverse();
        }
        list.extend(mine.into_iter().map(|n| (n, class)));
    }
    match () {
        _ if is("in the order of rows") => list.sort_unstable(),
        _ if is("in the order of trust") => {
            list.sort_by(|a, b| downwards(sure[a.0], sure[b.0], is));
        }
        _ if is("from 9 to 0") => list.sort_by_key(|(_, label)| 9 - label),
        _ if is("exchanged") => {
            list = list.into_iter().map(|(n, label)| (label, n)).collect();
        }
        _ => {}
    }
    list
}

/// The places of pairs in a list, from 1; 0 where no pair is.
fn placed(list: &[(usize, usize)], n: usize) -> Out {
    let side = n.max(CLASSES); // so that even exchanged pairs have a place
    let mut all = Array2::<f64>::zeros((side, side));
    for (place, (row, label)) in list.iter().enumerate() {
        assert!(
            *row < side && *label < side,
            "({row}, {label}) is a row and a label, of {n} rows and {CLASSES} \
             classes"
        );
        let cell = &mut all[[*row, *label]];
        let often = if *cell == 0.0 { 0.0 } else { 1e6 };
        *cell += often + (place + 1) as f64;
    }
    one(all)
}

/// Exercise 11.6, as it can go wrong.
fn trusted(of: &Unlabelled, is: Is, _: Tap) -> Out {
    placed(&listed(of, is), of.logits.nrows())
}

const TRUSTED: Mistakes<Unlabelled> = mistakes!(
    trusted,
    [
        "one list for all classes",
        "The most confident rows of all were taken, by one threshold for all classes. A class of which the classifier is seldom sure is \
         then lost. Count and cut each guessed class by itself."
    ],
    [
        "one list, in its own order",
        "The most confident rows of all were taken, whatever they guess, in the order of confidence. A class of which the classifier is \
         seldom sure is then lost. Count and cut each guessed class by itself."
    ],
    [
        "logits",
        "Rows were compared by their largest logit, or by a softmax over the rows in place of the ten classes, which orders them alike. A \
         logit says nothing by itself: where all are large, none is likelier for it. Take its probability, by the softmax of the row."
    ],
    [
        "sizes of logits",
        "Rows were compared by the size of a logit. Take the probability of the guessed class, by the softmax of the row."
    ],
    [
        "distance of two logits",
        "Rows were compared by how far the second largest logit is below the largest. That asks about two classes only; the probability \
         asks about all ten."
    ],
    [
        "distance of two probabilities",
        "Rows were compared by how far the second largest probability is below the largest. Here the confidence is the largest one itself."
    ],
    [
        "entropy",
        "Rows were compared by the entropy of their probabilities. Here the confidence is the probability of the guessed class."
    ],
    [
        "overflows",
        "The exponential of a large logit is infinite, and that of a very negative one 0: the softmax becomes ∞/∞ or 0/0, no number, and \
         such rows come last. Take the row's largest logit off first."
    ],
    [
        "overflows, and comes first",
        "The exponential of a large logit is infinite, and that of a very negative one 0: the softmax becomes ∞/∞ or 0/0, no number, and \
         such rows come first. Take the row's largest logit off before."
    ],
    [
        "overflows, and guesses 0",
        "The exponential of a large logit is infinite, and that of a very negative one 0: the softmax becomes ∞/∞ or 0/0, no number is \
         larger than that, and the guess is class 0. Take the row's largest logit off first."
    ],
    [
        "in single precision",
        "Probabilities were rounded to `f32`, so that some became equal. Compare them as they are."
    ],
    [
        "the last of equal classes",
        "Where logits are equal, the highest class is guessed here; `max_by` gives the last of equal ones. The exercise asks for the \
         lowest."
    ],
    [
        "the least logit",
        "The class of the least logit was guessed. It is that of the largest."
    ],
    [
        "the least confident",
        "The least confident rows were taken. They would tell most if somebody labelled them; here nobody does. Take the most confident."
    ],
    [
        "the later of equal rows",
        "Of equally confident rows the later one comes first here. A list that is sorted upwards and turned round turns its ties as well."
    ],
    [
        "all that tie",
        "All rows as confident as the last one that counts were taken, more than the share. Of equal ones the earlier come first, and the \
         number is what was asked for."
    ],
    [
        "above the last one",
        "Rows have to be *more* confident than the last one that counts, which is left out itself, with all that tie with it."
    ],
    [
        "rounded down",
        "The number was rounded down. A class with a row or two then has none left: round up."
    ],
    [
        "rounded down, one at least",
        "The number was rounded down, but for one row of each class. Round up: of 7 rows, a quarter is 2."
    ],
    [
        "rounded to the nearest",
        "The number was rounded to the nearest. A class with a single row has none left then, if the share is less than ½: round up."
    ],
    [
        "one at least",
        "A share of 0 keeps a row of each class here. It keeps none: 0 rounded up is 0."
    ],
    [
        "one more",
        "The number is rounded up here even where it is a whole one: a half of 4 is 2."
    ],
    [
        "a share of all rows",
        "The share was taken of all N rows, for each class. It is one of the rows that guess this class."
    ],
    [
        "equally many of each",
        "Of each class a tenth of the share of all rows was taken, equally many. It is the share of the rows that guess this class: those \
         that are often guessed give more."
    ],
    [
        "this share left out",
        "This share was left out, and the rest kept. It is the share that is trusted."
    ],
    [
        "the share as a threshold",
        "`share` was taken for a probability: rows that reach it. It says how many of a class's rows are trusted, however confident."
    ],
    [
        "at least ½ besides",
        "Rows whose confidence is below ½ were left out besides. The share alone decides: of a class that is never guessed surely, the \
         surest are taken."
    ],
    ["everybody", "Every guess is trusted here, whatever the share."],
    ["nobody", "The list is empty, whatever the input. Is it ever added to?"],
    [
        "any row for a class",
        "For each class all rows were asked for its probability. Only those that guess it count: a row has one label."
    ],
    [
        "a row for each class",
        "For a class that no row guesses, the row with its largest probability was taken. It guesses something else; such a class has \
         none."
    ],
    [
        "a class's rows in their order",
        "The right pairs, but within a class they stand in the order of rows. The most confident one comes first."
    ],
    [
        "upwards within a class",
        "The right pairs, but within a class the least confident one stands first. The most confident one comes first."
    ],
    [
        "in the order of rows",
        "The right pairs, but in the order of rows. They stand class by class."
    ],
    [
        "in the order of trust",
        "The right pairs, but by their confidence, whatever they guess. They stand class by class."
    ],
    [
        "from 9 to 0",
        "The right pairs, but from class 9 to class 0. They stand from 0 to 9."
    ],
    [
        "exchanged",
        "The label stands first. The pairs are of a row and its label."
    ],
);

/// Logits that give a class so much more than the others, and these little by little less.
fn says(class: usize, by: f64) -> Vec<f64> {
    let of = |k: usize| match k == class {
        true => by,
        false => -0.125 * ((k + 7 * class) % CLASSES) as f64,
    };
    (0..CLASSES).map(of).collect()
}

/// The same number for all classes, but for some.
fn flat(all: f64, others: &[(usize, f64)]) -> Vec<f64> {
    let mut row = vec![all; CLASSES];
    others.iter().for_each(|(class, s)| row[*class] = *s);
    row
}

fn rows(all: &[Vec<f64>], share: f64) -> Unlabelled {
    let words = all.iter().map(|_| String::new()).collect();
    let logits = all.concat();
    let logits = Array2::from_shape_vec((all.len(), CLASSES), logits);
    let logits = logits.expect("ten logits a row");
    Unlabelled { logits, share, words }
}

fn drawn(n: usize, by: f64, share: f64, stream: u64) -> Unlabelled {
    let words = vec![String::new(); n];
    Unlabelled { logits: normal(n, CLASSES, stream) * by, share, words }
}

/// What was planted, in words.
fn lots() -> Vec<(&'static str, Unlabelled)> {
    // Six 1s, and a 7, of which the classifier is never as sure.
    let mut rare = rows(
        &[
            says(1, 6.0),
            says(1, 4.0),
            says(7, 0.5),
            says(1, 5.0),
            says(1, 3.5),
            says(1, 7.0),
            says(1, 4.5),
            says(4, 2.0),
            says(4, 3.0),
            says(4, 2.5),
        ],
        0.25,
    );
    rare.words[2] = "the only one that is guessed to be a 7".into();
    let equal = [3.0, 2.0, 3.0, 3.0, 2.0, 3.0, 3.0].map(|by| says(2, by));
    let halves = vec![
        flat(-1.0, &[(3, 2.0), (5, 2.0)]),
        flat(-1.0, &[(0, 1.0), (9, 1.0)]),
        flat(0.0, &[]),
        flat(-2.0, &[(5, 3.0), (8, 3.0), (9, 3.0)]),
        says(3, 2.5),
        says(9, 1.5),
        says(5, 0.5),
    ];
    let large = vec![
        says(4, 3.0),
        flat(0.0, &[(4, 1e4)]),
        flat(-1e4, &[(4, -1e4 + 2.0)]),
        flat(-2e4, &[(4, 1e4)]),
        flat(1e4, &[(6, 1e4 + 1.0)]),
        says(6, 2.0),
        flat(0.0, &[(6, 1e4), (8, 1e4)]),
        flat(-1e4, &[(6, 0.0)]),
        flat(1e4, &[(6, 1e4 + 3.0)]),
    ];
    let lifted = |by: f64, row: Vec<f64>| -> Vec<f64> {
        row.iter().map(|s| s + by).collect()
    };
    let high = vec![
        lifted(30.0, says(0, 0.5)),
        says(0, 4.0),
        lifted(-30.0, says(0, 6.0)),
        lifted(12.0, says(8, 1.0)),
        lifted(-5.0, says(8, 2.0)),
        lifted(3.0, says(0, 2.0)),
        says(8, 1.5),
        lifted(-70.0, says(8, 3.0)),
    ];
    let close = |by: f64| flat(0.0, &[(5, 3.0 + by)]);
    let close = [0.0, 1e-9, 5e-9, 3e-9, 2e-9, 4e-9].map(close);
    // Two that are sure of the wrong digit, and one that is unsure and right.
    let mut wrong = rows(
        &[
            says(3, 1.5),
            says(3, 8.0),
            says(3, 2.5),
            says(9, 9.0),
            says(9, 1.0),
            says(3, 3.0),
            says(9, 2.0),
        ],
        0.5,
    );
    wrong.words[1] = "a 5 that is surely guessed to be a 3".into();
    wrong.words[3] = "a 4 that is surely guessed to be a 9".into();
    wrong.words[4] = "a 9 of which the classifier is hardly sure".into();
    // A second class is near: what is least sure of the one is more of it than the other's surest.
    let near = vec![
        flat(0.0, &[(2, 3.0), (6, 2.9)]),
        flat(0.0, &[(2, 1.0)]),
        flat(0.0, &[(6, 3.0), (2, 2.8)]),
        flat(0.0, &[(6, 1.2), (7, 0.5)]),
        flat(0.0, &[(2, 2.0), (1, 1.9), (3, 1.9)]),
        flat(0.0, &[(2, 2.0), (1, 0.9)]),
        flat(0.0, &[(6, 1.4)]),
    ];
    vec![
        ("no row at all", rows(&[], 0.5)),
        ("a single row", rows(&[says(6, 1.0)], 0.25)),
        ("no row to be trusted", drawn(12, 2.0, 0.0, 300)),
        ("every row to be trusted", drawn(11, 2.0, 1.0, 301)),
        ("a class that is guessed once", rare),
        ("rows that are equal", rows(&equal, 0.5)),
        ("classes whose logits are equal", rows(&halves, 0.5)),
        ("logits of ±10,000", rows(&large, 0.5)),
        ("logits that are all large, or all small", rows(&high, 0.5)),
        ("confidences that are 1e-10 apart", rows(&close, 0.5)),
        ("confident guesses that are wrong", wrong),
        ("a second class that is near", rows(&near, 0.5)),
        ("35 rows that are seldom sure", drawn(35, 0.7, 0.5, 302)),
        ("40 rows, and a quarter of each class", drawn(40, 2.0, 0.25, 303)),
        ("30 rows, and an eighth of each class", drawn(30, 3.0, 0.125, 304)),
        ("25 rows, and three quarters", drawn(25, 1.5, 0.75, 305)),
    ]
}

type Trusts = fn(&Array2<f64>, f64) -> Trusted;

pub fn guess(candidate: Trusts) -> Result<(), Diagnosis> {
    let exercise = Exercise {
        see: "chapter 11, § Augmentation",
        results: &["the list of pairs"],
        right: |of| rightly(trusted, of),
        suspects: TRUSTED.0,
        terms: none,
        others: |of| {
            let share = of.share;
            let half = Unlabelled { share: share / 2.0, ..of.clone() };
            let turned = Unlabelled { logits: -&of.logits, ..of.clone() };
            vec![
                ("for half of the share".into(), half),
                ("for the negative of all logits".into(), turned),
            ]
        },
        numbers: none,
        tolerance: 1e-12,
    };
    let told = judged(&exercise, trusted, TRUSTED.1, &lots(), |of| {
        placed(&candidate(&of.logits, of.share), of.logits.nrows())
    });
    told.map_err(|told| shown(told, candidate))
}

fn in_words(list: &Trusted) -> String {
    match list.len() {
        0 => "no pair".into(),
        _ => {
            let all = list.iter().map(|(n, label)| format!("({n}, {label})"));
            all.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A pair, and what is to be said of its row.
fn told_of(of: &Unlabelled, (n, label): (usize, usize)) -> String {
    let Some(row) = of.logits.outer_iter().nth(n) else {
        return format!(
            "({n}, {label}), and there are {} rows",
            of.words.len()
        );
    };
    let guessed = largest(row, &no_slip);
    let p = softmax(row, &no_slip)[guessed];
    let words = match of.words[n].as_str() {
        "" => String::new(),
        words => format!(", {words}"),
    };
    format!(
        "({n}, {label}){words}: row {n} guesses {guessed} with probability \
         {p:.4}"
    )
}

/// With the lists of the first lot that an answer gets wrong.
fn shown(told: Diagnosis, candidate: Trusts) -> Diagnosis {
    if told.mistake == "stops" {
        let large = told.what.starts_with("It stops with logits of ±10,000");
        let more = match large {
            true => {
                " Is a probability no number there, as ∞/∞ or 0/0? Take a \
                 row's largest logit off before the exponential."
            }
            false => "",
        };
        let what = told.what.clone() + more;
        return Diagnosis { what, ..told };
    }
    for (words, of) in lots() {
        let right = listed(&of, &no_slip);
        let tried = catch_unwind(|| candidate(&of.logits, of.share));
        let Ok(came) = tried else { continue };
        if came == right {
            continue;
        }
        let mut what = told.what.clone();
        if told.mistake == "value" {
            for further in [" With ", " Where it is wrong, it is ±"] {
                let end = what.find(further).unwrap_or(what.len());
                what.truncate(end);
            }
            let lost = right.iter().find(|p| !came.contains(p));
            let more = came.iter().find(|p| !right.contains(p));
            if let Some(lost) = lost {
                what += &format!(" Missing is {}.", told_of(&of, *lost));
            }
            if let Some(more) = more {
                what += &format!(" Too much is {}.", told_of(&of, *more));
            }
            if lost.is_none() && more.is_none() {
                what += match came.len() == right.len() {
                    true => " The pairs are right, and their order is not.",
                    false => " A pair is there more than once.",
                };
            }
        }
        what += &format!(" Shown: {words}, with a share of {}.", of.share);
        let (right, came) = (in_words(&right), in_words(&came));
        return Diagnosis { what, ..told }.with(right, came);
    }
    told
}

/// Makes every two mistakes at once.
pub(crate) fn together() {
    made_together(trusted, TRUSTED.1, &lots());
}

/// Mistakes that the inputs cannot tell apart.
pub(crate) fn alike() -> Vec<[&'static str; 2]> {
    two_alike(trusted, TRUSTED.1, &lots())
}
