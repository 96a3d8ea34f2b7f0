use ndarray::Array1;

fn entropy(counts: &Array1<usize>) -> f64 {
    let total = counts.sum() as f64;
    let used = counts.iter().filter(|&&n| n > 0);
    used.map(|&n| n as f64 / total).map(|p| -p * p.ln()).sum()
}

pub fn in_nats(counts: &Array1<usize>, codes: usize) -> f64 {
    codes as f64 * entropy(counts)
}

pub fn one_code(counts: &Array1<usize>, _: usize) -> f64 {
    entropy(counts) / 2.0_f64.ln()
}

pub fn all_alike(counts: &Array1<usize>, codes: usize) -> f64 {
    codes as f64 * (counts.len() as f64).log2()
}

pub fn rounded_up(counts: &Array1<usize>, codes: usize) -> f64 {
    codes as f64 * (entropy(counts) / 2.0_f64.ln()).ceil()
}

pub fn zero_times_infinity(counts: &Array1<usize>, codes: usize) -> f64 {
    let p = counts.mapv(|n| n as f64) / counts.sum() as f64;
    -(codes as f64) * (&p * &p.mapv(f64::log2)).sum()
}
