use ndarray::Array2;

fn collect(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    factor: impl Fn(usize) -> f64,
) -> Array2<f64> {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (z, &k) in z_e.rows().into_iter().zip(indices) {
        let pull = &codebook.row(k) - &z;
        d_codebook.row_mut(k).scaled_add(factor(k), &pull);
    }
    d_codebook
}

pub fn last_one_wins(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (z, &k) in z_e.rows().into_iter().zip(indices) {
        let pull = &codebook.row(k) - &z;
        d_codebook.row_mut(k).assign(&(pull * 2.0 / z_e.len() as f64));
    }
    d_codebook
}

pub fn averaged_per_code(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    let chose = |k| indices.iter().filter(|i| **i == k).count() as f64;
    collect(z_e, codebook, indices, |k| 2.0 / chose(k))
}

pub fn away_from_the_latents(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    collect(z_e, codebook, indices, |_| -2.0 / z_e.len() as f64)
}

pub fn mean_over_rows_alone(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    collect(z_e, codebook, indices, |_| 2.0 / z_e.nrows() as f64)
}

pub fn two_forgotten(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    collect(z_e, codebook, indices, |_| 1.0 / z_e.len() as f64)
}

pub fn sum_for_mean(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
) -> Array2<f64> {
    collect(z_e, codebook, indices, |_| 2.0)
}
