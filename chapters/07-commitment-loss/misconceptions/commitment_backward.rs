use ndarray::Array2;

pub fn weight_on_the_other_term(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    _: f64,
) -> Array2<f64> {
    (z_e - z_q) * (2.0 / z_e.len() as f64)
}

pub fn away_from_the_code(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    (z_q - z_e) * (2.0 * beta / z_e.len() as f64)
}

pub fn mean_over_rows_alone(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    (z_e - z_q) * (2.0 * beta / z_e.nrows() as f64)
}

pub fn two_forgotten(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    (z_e - z_q) * (beta / z_e.len() as f64)
}

pub fn sum_for_mean(
    z_e: &Array2<f64>,
    z_q: &Array2<f64>,
    beta: f64,
) -> Array2<f64> {
    (z_e - z_q) * (2.0 * beta)
}
