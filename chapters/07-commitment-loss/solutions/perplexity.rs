use ndarray::Array1;

pub fn perplexity(counts: &Array1<usize>) -> f64 {
    let total = counts.sum() as f64;
    let share = |n: &usize| *n as f64 / total;
    let seen = counts.iter().filter(|n| **n > 0);
    let entropy: f64 = seen.map(|n| -share(n) * share(n).ln()).sum();
    entropy.exp()
}
