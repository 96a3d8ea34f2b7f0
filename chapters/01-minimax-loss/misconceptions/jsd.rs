use ndarray::{Array1, Zip};

type Table = Array1<f64>;

fn kl(p: &Table, q: &Table) -> f64 {
    Zip::from(p).and(q).fold(0.0, |sum, &p, &q| {
        sum + if p > 0.0 { p * (p / q).ln() } else { 0.0 }
    })
}

fn between(p: &Table, q: &Table, share: f64) -> Table {
    share * p + (1.0 - share) * q
}

pub fn sum_for_average(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, share);
    kl(p, &m) + kl(q, &m)
}

pub fn without_midpoint(p: &Table, q: &Table, share: f64) -> f64 {
    share * kl(p, q) + (1.0 - share) * kl(q, p)
}

pub fn in_bits(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, share);
    (share * kl(p, &m) + (1.0 - share) * kl(q, &m)) / 2.0_f64.ln()
}

pub fn zero_times_infinity(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, share);
    let all = |a: &Table| (a * (a / &m).ln()).sum();
    share * all(p) + (1.0 - share) * all(q)
}

/// The weights are in the mean alone.
pub fn plain_midpoint(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, 0.5);
    share * kl(p, &m) + (1.0 - share) * kl(q, &m)
}

/// The weights are in the midpoint alone.
pub fn plain_mean(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, share);
    0.5 * kl(p, &m) + 0.5 * kl(q, &m)
}

pub fn weights_swapped(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, share);
    (1.0 - share) * kl(p, &m) + share * kl(q, &m)
}

pub fn the_other_way_round(p: &Table, q: &Table, share: f64) -> f64 {
    let m = between(p, q, share);
    share * kl(&m, p) + (1.0 - share) * kl(&m, q)
}

/// Where one table is 0, the other's part is left out as well.
pub fn shared_cells_alone(p: &Table, q: &Table, share: f64) -> f64 {
    Zip::from(p).and(q).fold(0.0, |sum, &p, &q| {
        let m = share * p + (1.0 - share) * q;
        let both =
            || share * p * (p / m).ln() + (1.0 - share) * q * (q / m).ln();
        sum + if p > 0.0 && q > 0.0 { both() } else { 0.0 }
    })
}
