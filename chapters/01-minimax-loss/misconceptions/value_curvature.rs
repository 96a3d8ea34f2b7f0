use ndarray::{Array1, Zip};

type Table = Array1<f64>;

fn cells([p, q, s]: [&Table; 3], f: impl Fn(f64, f64, f64) -> f64) -> Table {
    let d = |s: f64| 1.0 / (1.0 + (-s).exp());
    Zip::from(p).and(q).and(s).map_collect(|&p, &q, &s| f(p, q, d(s)))
}

pub fn upward(p: &Table, q: &Table, s: &Table) -> Table {
    cells([p, q, s], |p, q, d| (p + q) * d * (1.0 - d))
}

pub fn the_slope(p: &Table, q: &Table, s: &Table) -> Table {
    cells([p, q, s], |p, q, d| p - (p + q) * d)
}

/// Both derivatives at D, as if the table held probabilities.
pub fn at_the_probability(p: &Table, q: &Table, s: &Table) -> Table {
    cells([p, q, s], |p, q, d| -p / (d * d) - q / (1.0 - d).powi(2))
}

pub fn sigmoid_not_differentiated(p: &Table, q: &Table, s: &Table) -> Table {
    cells([p, q, s], |p, q, d| -(p + q) * d)
}

pub fn constant_kept(p: &Table, q: &Table, s: &Table) -> Table {
    cells([p, q, s], |p, q, d| p - (p + q) * d * (1.0 - d))
}

pub fn fakes_forgotten(p: &Table, q: &Table, s: &Table) -> Table {
    cells([p, q, s], |p, _, d| -p * d * (1.0 - d))
}

pub fn averaged(p: &Table, q: &Table, s: &Table) -> Table {
    upward(p, q, s) / -(s.len() as f64)
}

/// e^s / (1 + e^s)², which is infinity over infinity at 1,000.
pub fn overflowing(p: &Table, q: &Table, s: &Table) -> Table {
    Zip::from(p).and(q).and(s).map_collect(|&p, &q, &s| {
        -(p + q) * s.exp() / (1.0 + s.exp()).powi(2)
    })
}
