use ndarray::Array1;

fn entropy(counts: &Array1<usize>) -> f64 {
    let total = counts.sum() as f64;
    let share = |n: &usize| *n as f64 / total;
    let seen = counts.iter().filter(|n| **n > 0);
    seen.map(|n| -share(n) * share(n).ln()).sum()
}

pub fn bits_to_the_base_of_nats(counts: &Array1<usize>) -> f64 {
    (entropy(counts) / 2.0_f64.ln()).exp()
}

pub fn nats_to_the_base_of_bits(counts: &Array1<usize>) -> f64 {
    2.0_f64.powf(entropy(counts))
}

pub fn codes_seen(counts: &Array1<usize>) -> f64 {
    counts.iter().filter(|n| **n > 0).count() as f64
}

pub fn zero_times_infinity(counts: &Array1<usize>) -> f64 {
    let p = counts.mapv(|n| n as f64) / counts.sum() as f64;
    (-(&p * &p.ln()).sum()).exp()
}
