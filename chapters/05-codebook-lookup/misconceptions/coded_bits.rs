use ndarray::Array1;

fn shares(counts: &Array1<usize>) -> Array1<f64> {
    counts.mapv(|n| n as f64) / counts.sum() as f64
}

fn written(counts: &Array1<usize>, words: Array1<f64>) -> f64 {
    shares(counts).dot(&words)
}

fn words(seen: &Array1<usize>) -> Array1<f64> {
    shares(&(seen + 1)).mapv(|q| -q.log2())
}

pub fn in_nats(
    counts: &Array1<usize>,
    seen: &Array1<usize>,
    codes: usize,
) -> f64 {
    let words = shares(&(seen + 1)).mapv(|q| -q.ln());
    codes as f64 * written(counts, words)
}

pub fn one_code(
    counts: &Array1<usize>,
    seen: &Array1<usize>,
    _: usize,
) -> f64 {
    written(counts, words(seen))
}

/// Equation 5.10: a coder that knows the frequencies.
pub fn its_own_frequencies(
    counts: &Array1<usize>,
    _: &Array1<usize>,
    codes: usize,
) -> f64 {
    let term = |&p: &f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    codes as f64 * shares(counts).iter().map(term).sum::<f64>()
}

/// The entropy of what the coder believes.
pub fn as_it_believes(
    _: &Array1<usize>,
    seen: &Array1<usize>,
    codes: usize,
) -> f64 {
    codes as f64 * shares(&(seen + 1)).dot(&words(seen))
}

pub fn roles_swapped(
    counts: &Array1<usize>,
    seen: &Array1<usize>,
    codes: usize,
) -> f64 {
    codes as f64 * written(seen, words(counts))
}

pub fn no_word_for_the_unseen(
    counts: &Array1<usize>,
    seen: &Array1<usize>,
    codes: usize,
) -> f64 {
    let words = shares(seen).mapv(|q| -q.log2());
    codes as f64 * (shares(counts) * words).sum()
}

pub fn rounded_up(
    counts: &Array1<usize>,
    seen: &Array1<usize>,
    codes: usize,
) -> f64 {
    codes as f64 * written(counts, words(seen).mapv(f64::ceil))
}

pub fn all_alike(counts: &Array1<usize>, _: &Array1<usize>, n: usize) -> f64 {
    n as f64 * (counts.len() as f64).log2()
}
