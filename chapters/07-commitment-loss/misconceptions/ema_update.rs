use ndarray::{Array1, Array2, Axis};

type Averages = (Array1<f64>, Array2<f64>, Array2<f64>);

fn mixed(
    (counts, sums): (&Array1<f64>, &Array2<f64>),
    z_e: &Array2<f64>,
    indices: &[usize],
    (keep, add): (f64, f64),
) -> (Array1<f64>, Array2<f64>) {
    let (mut counts, mut sums) = (counts * keep, sums * keep);
    for (z, &k) in z_e.rows().into_iter().zip(indices) {
        counts[k] += add;
        sums.row_mut(k).scaled_add(add, &z);
    }
    (counts, sums)
}

fn ratio(counts: &Array1<f64>, sums: &Array2<f64>) -> Array2<f64> {
    sums / &counts.view().insert_axis(Axis(1))
}

pub fn shares_swapped(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    gamma: f64,
) -> Averages {
    let shares = (1.0 - gamma, gamma);
    let (counts, sums) = mixed((counts, sums), z_e, indices, shares);
    let codebook = ratio(&counts, &sums);
    (counts, sums, codebook)
}

pub fn nothing_decays(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    _: f64,
) -> Averages {
    let (counts, sums) = mixed((counts, sums), z_e, indices, (1.0, 1.0));
    let codebook = ratio(&counts, &sums);
    (counts, sums, codebook)
}

pub fn only_the_chosen_decay(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    gamma: f64,
) -> Averages {
    let shares = (gamma, 1.0 - gamma);
    let (mut n, mut m) = mixed((counts, sums), z_e, indices, shares);
    for k in (0..n.len()).filter(|k| !indices.contains(k)) {
        n[k] = counts[k];
        m.row_mut(k).assign(&sums.row(k));
    }
    let codebook = ratio(&n, &m);
    (n, m, codebook)
}

pub fn codebook_averaged_itself(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    gamma: f64,
) -> Averages {
    let old = ratio(counts, sums);
    let none = (&(counts * 0.0), &(sums * 0.0));
    let (n, s) = mixed(none, z_e, indices, (0.0, 1.0));
    let shares = (gamma, 1.0 - gamma);
    let (counts, sums) = mixed((counts, sums), z_e, indices, shares);
    let mut codebook = old;
    for k in (0..n.len()).filter(|&k| n[k] > 0.0) {
        let mean = &s.row(k) / n[k];
        let new = &codebook.row(k) * gamma + mean * (1.0 - gamma);
        codebook.row_mut(k).assign(&new);
    }
    (counts, sums, codebook)
}

pub fn divided_by_the_old_counts(
    counts: &Array1<f64>,
    sums: &Array2<f64>,
    z_e: &Array2<f64>,
    indices: &[usize],
    gamma: f64,
) -> Averages {
    let shares = (gamma, 1.0 - gamma);
    let (new, sums) = mixed((counts, sums), z_e, indices, shares);
    let codebook = ratio(counts, &sums);
    (new, sums, codebook)
}
