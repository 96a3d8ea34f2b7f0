pub fn in_units(p: &[f64]) -> Vec<u32> {
    let shared = (1_u32 << 24) - p.len() as u32;
    let unit = |p: &f64| 1 + (f64::from(shared) * p).floor() as u32;
    let mut units: Vec<u32> = p.iter().map(unit).collect(); // [K]
    let spare = (1 << 24) - units.iter().sum::<u32>();
    let largest = (0..units.len()).max_by_key(|&k| units[k]);
    largest.into_iter().for_each(|k| units[k] += spare);
    units
}
