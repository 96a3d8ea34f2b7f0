use ndarray::Array2;

pub fn penalty_gradient(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    let rows = v.nrows() as f64;
    let mut value = 0.0;
    let mut d_v = v.clone();
    for mut row in d_v.rows_mut() {
        let n = row.dot(&row).sqrt();
        value += lambda * (n - 1.0).powi(2) / rows;
        if n > 0.0 {
            row *= 2.0 * lambda * (n - 1.0) / (n * rows);
        }
    }
    (value, d_v)
}
