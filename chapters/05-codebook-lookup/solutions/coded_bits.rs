use ndarray::Array1;

pub fn coded_bits(
    counts: &Array1<usize>, // [K]
    seen: &Array1<usize>,   // [K]
    codes: usize,
) -> f64 {
    let shares = |counts: &Array1<usize>| {
        counts.mapv(|n| n as f64) / counts.sum() as f64 // [K]
    };
    let words = shares(&(seen + 1)).mapv(|q| -q.log2()); // [K]
    codes as f64 * shares(counts).dot(&words)
}
