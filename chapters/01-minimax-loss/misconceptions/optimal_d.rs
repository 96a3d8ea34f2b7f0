use ndarray::{Array1, Zip};

type Table = Array1<f64>;

fn cells(p: &Table, q: &Table, f: impl Fn(f64, f64) -> f64) -> Table {
    Zip::from(p).and(q).map_collect(|&p, &q| f(p, q))
}

fn part(a: f64, b: f64, empty: f64) -> f64 {
    if a + b > 0.0 { a / (a + b) } else { empty }
}

pub fn verdict(p: &Table, q: &Table, share: f64) -> Table {
    let real = |p, q| share * p > (1.0 - share) * q;
    cells(p, q, |p, q| if real(p, q) { 1.0 } else { 0.0 })
}

pub fn sides_swapped(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| part((1.0 - share) * q, share * p, share))
}

pub fn ratio(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| share * p / ((1.0 - share) * q))
}

pub fn always_half(p: &Table, q: &Table, _: f64) -> Table {
    cells(p, q, |_, _| 0.5)
}

pub fn share_ignored(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| part(p, q, share))
}

pub fn shares_swapped(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| part((1.0 - share) * p, share * q, share))
}

/// Bayes' rule without its denominator.
pub fn fakes_not_weighted(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| part(share * p, q, share))
}

pub fn half_where_empty(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| part(share * p, (1.0 - share) * q, 0.5))
}

pub fn not_a_number_where_empty(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| share * p / (share * p + (1.0 - share) * q))
}

/// A small number keeps the division from 0 / 0, and bends every tail.
pub fn epsilon(p: &Table, q: &Table, share: f64) -> Table {
    cells(p, q, |p, q| {
        let real = share * p;
        let all = real + (1.0 - share) * q;
        if all > 0.0 { real / (all + 1e-8) } else { share }
    })
}
