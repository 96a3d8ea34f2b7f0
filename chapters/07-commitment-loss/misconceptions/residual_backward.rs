use codebook_lookup::plain::gather;
use ndarray::Array2;

fn vectors(
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
) -> Vec<Array2<f64>> {
    let pairs = codebooks.iter().zip(codes.columns());
    pairs.map(|(e, codes)| gather(e, &codes.to_vec())).collect()
}

fn factor(z_e: &Array2<f64>, beta: f64) -> f64 {
    2.0 * beta / z_e.len().max(1) as f64
}

/// What is left after each level.
fn left(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
) -> Vec<Array2<f64>> {
    let mut at = z_e.clone();
    let mut all = Vec::new();
    for e in vectors(codebooks, codes) {
        at -= &e;
        all.push(at.clone());
    }
    all
}

fn sum(z_e: &Array2<f64>, all: &[Array2<f64>]) -> Array2<f64> {
    all.iter().fold(z_e * 0.0, |sum, one| sum + one)
}

pub fn the_total_alone(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    let all = left(z_e, codebooks, codes);
    all.last().map_or(z_e * 0.0, |last| last * factor(z_e, beta))
}

pub fn each_against_the_latent(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    let all = vectors(codebooks, codes);
    let pulls: Vec<_> = all.iter().map(|e| z_e - e).collect();
    sum(z_e, &pulls) * factor(z_e, beta)
}

pub fn each_against_the_total(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    let total = sum(z_e, &vectors(codebooks, codes));
    let mut at = z_e.clone();
    let mut pulls = Vec::new();
    for e in vectors(codebooks, codes) {
        pulls.push(&at - &total);
        at -= &e;
    }
    sum(z_e, &pulls) * factor(z_e, beta)
}

pub fn mean_over_levels(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    let levels = codebooks.len().max(1) as f64;
    sum(z_e, &left(z_e, codebooks, codes)) * factor(z_e, beta) / levels
}

pub fn away_from_the_sums(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    codes: &Array2<usize>,
    beta: f64,
) -> Array2<f64> {
    sum(z_e, &left(z_e, codebooks, codes)) * -factor(z_e, beta)
}
