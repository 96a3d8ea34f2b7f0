use ndarray::{Array1, Array2, Axis};

pub fn overwritten(
    d_z_q: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    gains: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        d_codebook.row_mut(indices[n]).assign(&(&d * gains[n]));
    }
    let z_q = codebook.select(Axis(0), indices);
    (d_codebook, (d_z_q * &z_q).sum_axis(Axis(1)))
}

pub fn averaged(
    d_z_q: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    gains: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        let chose = indices.iter().filter(|&&k| k == indices[n]).count();
        let share = gains[n] / chose as f64;
        d_codebook.row_mut(indices[n]).scaled_add(share, &d);
    }
    let z_q = codebook.select(Axis(0), indices);
    (d_codebook, (d_z_q * &z_q).sum_axis(Axis(1)))
}

pub fn gain_forgotten(
    d_z_q: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    _: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        d_codebook.row_mut(indices[n]).scaled_add(1.0, &d);
    }
    let z_q = codebook.select(Axis(0), indices);
    (d_codebook, (d_z_q * &z_q).sum_axis(Axis(1)))
}

/// `z_q` is what was handed on, with its gain in it.
pub fn gain_in_its_own_slope(
    d_z_q: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    gains: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        d_codebook.row_mut(indices[n]).scaled_add(gains[n], &d);
    }
    let z_q =
        codebook.select(Axis(0), indices) * gains.view().insert_axis(Axis(1));
    (d_codebook, (d_z_q * &z_q).sum_axis(Axis(1)))
}

pub fn code_forgotten(
    d_z_q: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    gains: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        d_codebook.row_mut(indices[n]).scaled_add(gains[n], &d);
    }
    (d_codebook, d_z_q.sum_axis(Axis(1)))
}

/// A gain for each code.
pub fn a_gain_for_each_code(
    d_z_q: &Array2<f64>,
    codebook: &Array2<f64>,
    indices: &[usize],
    gains: &Array1<f64>,
) -> (Array2<f64>, Array1<f64>) {
    let mut d_codebook = Array2::zeros(codebook.raw_dim());
    let mut d_gains = Array1::zeros(codebook.nrows());
    for (n, d) in d_z_q.rows().into_iter().enumerate() {
        let k = indices[n];
        d_codebook.row_mut(k).scaled_add(gains[n], &d);
        d_gains[k] += d.dot(&codebook.row(k));
    }
    (d_codebook, d_gains)
}
