use ndarray::{Array1, Array2};

fn sums_and_counts(
    z: &Array2<f64>,
    indices: &[usize],
    k: usize,
) -> (Array2<f64>, Array1<f64>) {
    let mut sums = Array2::zeros((k, z.ncols()));
    let mut counts = Array1::zeros(k);
    for (z, &k) in z.rows().into_iter().zip(indices) {
        sums.row_mut(k).scaled_add(1.0, &z);
        counts[k] += 1.0;
    }
    (sums, counts)
}

pub fn nothing_over_nothing(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let (mut sums, counts) = sums_and_counts(z, indices, codebook.nrows());
    sums.rows_mut().into_iter().zip(&counts).for_each(|(mut s, n)| s /= *n);
    sums
}

pub fn empty_to_the_origin(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let (mut sums, counts) = sums_and_counts(z, indices, codebook.nrows());
    let rows = sums.rows_mut().into_iter().zip(&counts);
    rows.for_each(|(mut s, n)| s /= n.max(1.0));
    sums
}

pub fn divided_by_all(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let (mut means, counts) = sums_and_counts(z, indices, codebook.nrows());
    means /= z.nrows() as f64;
    for k in 0..codebook.nrows() {
        if counts[k] == 0.0 {
            means.row_mut(k).assign(&codebook.row(k));
        }
    }
    means
}

pub fn old_one_counted(
    z: &Array2<f64>,
    indices: &[usize],
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let (sums, counts) = sums_and_counts(z, indices, codebook.nrows());
    let mut means = sums + codebook;
    let rows = means.rows_mut().into_iter().zip(&counts);
    rows.for_each(|(mut m, n)| m /= n + 1.0);
    means
}
