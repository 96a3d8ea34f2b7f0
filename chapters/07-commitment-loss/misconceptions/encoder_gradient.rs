use ndarray::Array2;

fn pull(z_e: &Array2<f64>, z_q: &Array2<f64>, weight: f64) -> Array2<f64> {
    (z_e - z_q) * (2.0 * weight / z_e.len() as f64)
}

pub fn no_straight_through(
    _: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    pull(z_e, z_q, beta)
}

pub fn no_commitment(
    d_z_q: &Array2<f64>,
    _: &Array2<f64>,
    _: &Array2<f64>,
    _: f64,
) -> Array2<f64> {
    d_z_q.clone()
}

pub fn no_stop_gradient(
    d_z_q: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    d_z_q + pull(z_e, z_q, 1.0 + beta)
}

pub fn after_straight_through(
    d_z_q: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    d_z_q + pull(z_e, z_q, beta - 1.0)
}

pub fn two_forgotten(
    d_z_q: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    d_z_q + pull(z_e, z_q, beta / 2.0)
}

/// A known mistake in one term, and no name for it: the check says by what the term is multiplied.
pub fn no_factor(
    d_z_q: &Array2<f64>,
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    d_z_q + (z_e - z_q) * beta
}
