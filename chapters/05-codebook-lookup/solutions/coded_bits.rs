use ndarray::Array1;

pub fn coded_bits(counts: &Array1<usize>, codes: usize) -> f64 {
    let total = counts.sum() as f64;
    let used = counts.iter().filter(|&&n| n > 0);
    let shares = used.map(|&n| n as f64 / total);
    codes as f64 * shares.map(|p| -p * p.log2()).sum::<f64>()
}
