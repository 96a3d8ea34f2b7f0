const ONE: f64 = (1 << 24) as f64;

fn by(p: &[f64], unit: impl Fn(f64) -> f64) -> Vec<u32> {
    p.iter().map(|&p| unit(p) as u32).collect()
}

fn largest(units: &[u32]) -> usize {
    (0..units.len()).max_by_key(|&k| units[k]).unwrap_or(0)
}

fn with_the_rest(mut units: Vec<u32>, to: usize) -> Vec<u32> {
    units[to] += (1 << 24) - units.iter().sum::<u32>();
    units
}

/// Each to the nearest, and at least one.
pub fn rounded(p: &[f64]) -> Vec<u32> {
    by(p, |p| (ONE * p).round().max(1.0))
}

/// What is rare gets nothing.
pub fn nothing_for_the_rare(p: &[f64]) -> Vec<u32> {
    let units = by(p, |p| (ONE * p).floor());
    let to = largest(&units);
    with_the_rest(units, to)
}

/// The rest to the first code.
pub fn rest_to_the_first(p: &[f64]) -> Vec<u32> {
    let shared = ONE - p.len() as f64;
    with_the_rest(by(p, |p| 1.0 + (shared * p).floor()), 0)
}

/// The rest to the last code.
pub fn rest_to_the_last(p: &[f64]) -> Vec<u32> {
    let shared = ONE - p.len() as f64;
    with_the_rest(by(p, |p| 1.0 + (shared * p).floor()), p.len() - 1)
}

/// The rest to nobody.
pub fn rest_forgotten(p: &[f64]) -> Vec<u32> {
    let shared = ONE - p.len() as f64;
    by(p, |p| 1.0 + (shared * p).floor())
}

/// One unit for each on top of all that there is.
pub fn no_room_for_the_ones(p: &[f64]) -> Vec<u32> {
    by(p, |p| 1.0 + (ONE * p).floor())
}
