//! How a wrong array is related to the right one: what can be said of an answer whose mistake nobody foresaw.

use ndarray::{Array, Array2, ArrayD, Axis, Dimension, Ix2};

/// Whether two arrays of one shape agree within `tolerance`, absolute below 1 and relative above.
pub(crate) fn close<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    tolerance: f64,
) -> bool {
    expected.shape() == came.shape()
        && expected.iter().zip(came).all(|(e, c)| near(*e, *c, tolerance))
}

pub(crate) fn near(e: f64, c: f64, tolerance: f64) -> bool {
    e == c || e.is_finite() && (e - c).abs() <= tolerance * e.abs().max(1.0)
}

/// The same, but that what is no number equals what is none.
pub fn both_near(a: f64, b: f64, tolerance: f64) -> bool {
    near(a, b, tolerance) || a.is_nan() && b.is_nan()
}

/// Whether all results of a function are near to others.
pub fn same(a: &[ArrayD<f64>], b: &[ArrayD<f64>], tolerance: f64) -> bool {
    let same = |(a, b): (&ArrayD<f64>, &ArrayD<f64>)| {
        let mut pairs = a.iter().zip(b);
        a.shape() == b.shape()
            && pairs.all(|(a, b)| both_near(*a, *b, tolerance))
    };
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// What is true of the answer and says where to look, as a sentence or two.
pub(crate) fn relation<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    tolerance: f64,
) -> Option<String> {
    let (e, c) = (expected.view().into_dyn(), came.view().into_dyn());
    let (e, c) = (e.to_owned(), c.to_owned());
    if e.shape() != c.shape() {
        return of_shapes(&e, &c, tolerance);
    }
    if let Some(at) = c.iter().position(|v| !v.is_finite()) {
        let words = match c.iter().filter(|v| !v.is_finite()).count() {
            n if n == c.len() => "None of yours is".to_string(),
            n => format!("{n} of your {} numbers are not", c.len()),
        };
        let first = c.iter().nth(at).copied().unwrap_or_default();
        return Some(format!("{words} finite: the first is {first}."));
    }
    let same = |other: &ArrayD<f64>| close(other, &c, tolerance);
    if let Some(factor) = constant_factor(&e, &c, tolerance) {
        let words = factor_in_words(factor);
        return Some(format!("Yours is {words} what is right, everywhere."));
    }
    let several = e.len() > 1
        && e.iter().any(|v| *v != e[vec![0; e.ndim()].as_slice()]);
    if several && c.iter().all(|v| *v == 0.0) {
        return Some("Yours is 0 everywhere.".into());
    }
    let sizes = [&e, &c].map(|x| x.mapv(f64::abs));
    if several && close(&sizes[0], &sizes[1], tolerance) {
        return Some("Yours is right but for the sign of some.".into());
    }
    if several {
        let apart = (&c - &e).iter().copied().collect::<Vec<_>>();
        if apart.iter().all(|v| near(apart[0], *v, tolerance)) {
            return Some(format!(
                "Yours is right but for {:+.5}, everywhere.",
                apart[0]
            ));
        }
        for (words, f) in FUNCTIONS {
            let of = e.mapv(f);
            if of.iter().all(|v| v.is_finite()) && same(&of) {
                return Some(format!("Yours is {words} of what is right."));
            }
        }
    }
    if let (Ok(e), Ok(c)) = (
        e.clone().into_dimensionality::<Ix2>(),
        c.clone().into_dimensionality::<Ix2>(),
    ) && let Some(said) = of_matrices(&e, &c, tolerance)
    {
        return Some(said);
    }
    if several {
        let (flat, other): (Vec<f64>, Vec<f64>) =
            (e.iter().copied().collect(), c.iter().copied().collect());
        if let Some(said) = of_lists(&flat, &other, tolerance, "numbers") {
            return Some(said);
        }
    }
    where_wrong(&e, &c, tolerance)
}

type Named = (&'static str, fn(f64) -> f64);

const FUNCTIONS: [Named; 7] = [
    ("the square", |v| v * v),
    ("the root", f64::sqrt),
    ("the exponential", f64::exp),
    ("the logarithm", f64::ln),
    ("the reciprocal", |v| 1.0 / v),
    ("1 minus that", |v| 1.0 - v),
    ("the logarithm to the base of 2", f64::log2),
];

/// The same numbers in another order.
fn of_lists(
    e: &[f64],
    c: &[f64],
    tolerance: f64,
    what: &str,
) -> Option<String> {
    let same = |order: &mut dyn Iterator<Item = f64>| {
        order.zip(c).all(|(e, c)| near(e, *c, tolerance))
    };
    let n = e.len();
    if n > 2 && same(&mut e.iter().rev().copied()) {
        return Some(format!("Your {what} are right, in reversed order."));
    }
    for by in [1, n - 1] {
        if n > 2 && same(&mut e.iter().cycle().skip(by).take(n).copied()) {
            let way = if by == 1 { "early" } else { "late" };
            return Some(format!(
                "Your {what} are right, one place too {way}."
            ));
        }
    }
    let sorted = |v: &[f64]| {
        let mut v = v.to_vec();
        v.sort_by(f64::total_cmp);
        v
    };
    let (a, b) = (sorted(e), sorted(c));
    let all = a.iter().zip(&b).all(|(a, b)| near(*a, *b, tolerance));
    all.then(|| format!("Your {what} are right, in another order."))
}

fn of_matrices(
    e: &Array2<f64>,
    c: &Array2<f64>,
    tolerance: f64,
) -> Option<String> {
    let (rows, columns) = e.dim();
    if rows == columns && rows > 1 && close(&e.t().to_owned(), c, tolerance) {
        return Some("Yours is the transpose of what is right.".into());
    }
    for (axis, word, count) in [(0, "row", rows), (1, "column", columns)] {
        if count < 2 {
            continue;
        }
        let factors: Option<Vec<f64>> = (0..count)
            .map(|n| {
                let [e, c] =
                    [e, c].map(|x| x.index_axis(Axis(axis), n).to_owned());
                if e.len() < 2 || e.iter().all(|v| *v == 0.0) {
                    return close(&e, &c, tolerance).then_some(1.0);
                }
                match close(&e, &c, tolerance) {
                    true => Some(1.0),
                    false => constant_factor(&e, &c, tolerance),
                }
            })
            .collect();
        if let Some(factors) = factors
            && let Some(n) = factors.iter().position(|f| *f != 1.0)
        {
            let words = factor_in_words(factors[n]);
            return Some(format!(
                "Each of your {word}s is a multiple of the right one: {word} {n} is {words} it."
            ));
        }
    }
    None
}

/// Which numbers are right.
fn where_wrong(
    e: &ArrayD<f64>,
    c: &ArrayD<f64>,
    tolerance: f64,
) -> Option<String> {
    let wrong = |e: &ArrayD<f64>, c: &ArrayD<f64>| {
        let pairs = e.iter().zip(c);
        pairs.filter(|(e, c)| !near(**e, **c, tolerance)).count()
    };
    let (count, n) = (wrong(e, c), e.len());
    if count == n || n < 2 {
        return None;
    }
    // Of all rows, columns and so on: is one alone wrong, or one alone right?
    for axis in (0..e.ndim()).filter(|_| e.ndim() > 1) {
        let side = e.len_of(Axis(axis));
        let of = |at: usize| {
            let [e, c] =
                [e, c].map(|x| x.index_axis(Axis(axis), at).to_owned());
            wrong(&e, &c)
        };
        let bad: Vec<usize> = (0..side).filter(|at| of(*at) > 0).collect();
        if side > 1 && bad.len() < side {
            let word = match (e.ndim(), axis) {
                (2, 0) => "row",
                (2, 1) => "column",
                _ => "slice",
            };
            let list: Vec<String> =
                bad.iter().take(4).map(usize::to_string).collect();
            let more = if bad.len() > 4 { " …" } else { "" };
            return Some(format!(
                "Only {word} {}{more} of {side} is wrong, counted from 0.",
                list.join(", ")
            ));
        }
    }
    let first =
        e.iter().zip(c).position(|(e, c)| !near(*e, *c, tolerance))?;
    let right = n - count;
    Some(match count {
        1 => format!(
            "One of {n} numbers is wrong: number {first}, counted from 0."
        ),
        _ => format!(
            "{right} of {n} numbers are right; the first wrong one is number {first}, counted from 0."
        ),
    })
}

fn of_shapes(
    e: &ArrayD<f64>,
    c: &ArrayD<f64>,
    tolerance: f64,
) -> Option<String> {
    if close(&e.t().to_owned(), c, tolerance) {
        return Some("It is the transpose of what is right.".into());
    }
    for axis in 0..e.ndim() {
        let sum = e.sum_axis(Axis(axis));
        let n = e.len_of(Axis(axis)).max(1) as f64;
        let flat = |x: &ArrayD<f64>| x.iter().copied().collect::<Vec<_>>();
        let is = |x: &ArrayD<f64>| {
            let (a, b) = (flat(x), flat(c));
            a.len() == b.len()
                && a.iter().zip(&b).all(|(a, b)| near(*a, *b, tolerance))
        };
        if e.ndim() > 1 && is(&sum) {
            return Some(format!(
                "It is the sum of what is right over axis {axis}."
            ));
        }
        if e.ndim() > 1 && is(&(&sum / n)) {
            return Some(format!(
                "It is the mean of what is right over axis {axis}."
            ));
        }
    }
    for axis in 0..c.ndim() {
        let sum = c.sum_axis(Axis(axis));
        if c.ndim() == e.ndim() + 1 && close(e, &sum, tolerance) {
            return Some(format!("Its sum over axis {axis} would be right."));
        }
    }
    None
}

/// The number other than 1 by which all that is right has to be multiplied to give all that came.
fn constant_factor<D: Dimension>(
    expected: &Array<f64, D>,
    came: &Array<f64, D>,
    tolerance: f64,
) -> Option<f64> {
    let pairs = expected.iter().zip(came);
    let (e, c) = pairs.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))?;
    let factor = c / e;
    let told = factor.is_finite() && factor != 0.0;
    // One number is a multiple of any other: only a few factors say something.
    let whole = e.fract() == 0.0 && c.fract() == 0.0;
    let plain = [-1.0, 2.0, -2.0, 0.5, -0.5];
    let round =
        !whole && plain.iter().any(|v| (factor / v - 1.0).abs() < 1e-6);
    let enough = expected.iter().filter(|v| **v != 0.0).count() > 1;
    (told
        && (enough || round)
        && close(&(expected * factor), came, tolerance * factor.abs()))
    .then_some(factor)
}

/// ½, −1, √2: a factor as one would say it.
fn factor_in_words(factor: f64) -> String {
    let sign = if factor < 0.0 { "-" } else { "" };
    let size = factor.abs();
    for n in 1..=1000 {
        let n_ = f64::from(n);
        let is = |v: f64| (size / v - 1.0).abs() < 1e-6;
        if is(n_) {
            return format!("{sign}{n} times");
        }
        if is(1.0 / n_) {
            return format!("{sign}1/{n} of");
        }
        if is(n_.sqrt()) {
            return format!("{sign}√{n} times");
        }
        if is(1.0 / n_.sqrt()) {
            return format!("{sign}1/√{n} of");
        }
    }
    format!("{factor:.5} times")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{arr0, array};

    fn of(e: &Array2<f64>, c: &Array2<f64>) -> String {
        relation(e, c, 1e-9).unwrap_or_default()
    }

    #[test]
    fn relations_are_named() {
        let e = array![[1.5, -2.0, 0.25], [3.0, 0.5, -1.0]];
        let said = [
            (&e * -0.5, "-1/2 of what is right, everywhere"),
            (&e * 2.0_f64.sqrt(), "√2 times what is right"),
            (&e + 0.5, "but for +0.50000, everywhere"),
            (e.mapv(f64::abs), "the sign of some"),
            (&e * 0.0, "0 everywhere"),
            (&e * &e, "the square"),
            (1.0 - &e, "1 minus that"),
            (&e * &array![[1.0], [3.0]], "row 1 is 3 times it"),
            (&e * &array![[2.0, 1.0, 1.0]], "column 0 is 2 times it"),
            (
                e.sum_axis(Axis(0)).insert_axis(Axis(0)),
                "sum of what is right over axis 0",
            ),
            (e.t().to_owned(), "the transpose"),
            (array![[1.5, -2.0, 0.25], [3.0, 9.0, 7.0]], "Only row 1 of 2"),
            (array![[-1.0, 0.5, 3.0], [0.25, -2.0, 1.5]], "reversed"),
            (
                array![[-1.0, 1.5, -2.0], [0.25, 3.0, 0.5]],
                "one place too late",
            ),
            (
                array![[1.5, f64::NAN, 0.25], [3.0, 0.5, -1.0]],
                "1 of your 6 numbers are not finite",
            ),
        ];
        for (c, words) in said {
            assert!(of(&e, &c).contains(words), "{words}: {}", of(&e, &c));
        }
        assert_eq!(
            of(&e, &(&e * &e.mapv(f64::cos) + 0.1 * &e.mapv(f64::sin))),
            ""
        );
        let square = array![[1.0, 2.0], [3.0, 5.0]];
        let turned = square.t().to_owned();
        assert!(of(&square, &turned).contains("transpose"));
        assert!(!near(f64::INFINITY, 1.0, 1e-9));
        assert_eq!(relation(&arr0(0.7), &arr0(0.3), 1e-9), None);
        let per = relation(&e.sum_axis(Axis(1)), &e.sum_axis(Axis(0)), 1e-9);
        assert_eq!(per, None);
    }
}
