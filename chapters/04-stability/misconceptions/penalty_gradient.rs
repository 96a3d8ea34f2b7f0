use ndarray::Array2;

fn by_row(
    v: &Array2<f64>,
    value: impl Fn(f64) -> f64,
    along: impl Fn(f64) -> f64,
) -> (f64, Array2<f64>) {
    let rows = v.nrows() as f64;
    let (mut sum, mut d_v) = (0.0, v.clone());
    for mut row in d_v.rows_mut() {
        let n = row.dot(&row).sqrt();
        sum += value(n) / rows;
        row *= if n > 0.0 { along(n) / rows } else { 0.0 };
    }
    (sum, d_v)
}

pub fn length_of_the_batch(
    v: &Array2<f64>,
    lambda: f64,
) -> (f64, Array2<f64>) {
    let n = (v * v).sum().sqrt();
    let value = lambda * (n - 1.0).powi(2);
    let along = if n > 0.0 { 2.0 * lambda * (n - 1.0) / n } else { 0.0 };
    (value, v * along)
}

pub fn division_forgotten(
    v: &Array2<f64>,
    lambda: f64,
) -> (f64, Array2<f64>) {
    let value = |n: f64| lambda * (n - 1.0).powi(2);
    by_row(v, value, |n| 2.0 * lambda * (n - 1.0))
}

pub fn r1_instead(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    by_row(v, |n| lambda * n * n, |_| 2.0 * lambda)
}

pub fn square_of_the_length(
    v: &Array2<f64>,
    lambda: f64,
) -> (f64, Array2<f64>) {
    let value = |n: f64| lambda * (n * n - 1.0).powi(2);
    by_row(v, value, |n| 4.0 * lambda * (n * n - 1.0))
}

pub fn zero_over_zero(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    let rows = v.nrows() as f64;
    let (mut sum, mut d_v) = (0.0, v.clone());
    for mut row in d_v.rows_mut() {
        let n = row.dot(&row).sqrt();
        sum += lambda * (n - 1.0).powi(2) / rows;
        row *= 2.0 * lambda * (n - 1.0) / (n * rows);
    }
    (sum, d_v)
}

pub fn one_sided(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    let over = |n: f64| (n - 1.0).max(0.0);
    let value = |n: f64| lambda * over(n).powi(2);
    by_row(v, value, |n| 2.0 * lambda * over(n) / n)
}

pub fn sum_over_rows(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    let rows = v.nrows() as f64;
    let value = |n: f64| lambda * (n - 1.0).powi(2) * rows;
    by_row(v, value, |n| 2.0 * lambda * (n - 1.0) / n * rows)
}

pub fn two_forgotten(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    let value = |n: f64| lambda * (n - 1.0).powi(2);
    by_row(v, value, |n| lambda * (n - 1.0) / n)
}

pub fn number_by_number(v: &Array2<f64>, lambda: f64) -> (f64, Array2<f64>) {
    let rows = v.nrows() as f64;
    let off = |a: f64| a.abs() - 1.0;
    let value = v.mapv(|a| lambda * off(a).powi(2)).sum() / rows;
    let sign = |a: f64| if a == 0.0 { 0.0 } else { a.signum() };
    (value, v.mapv(|a| 2.0 * lambda * off(a) * sign(a) / rows))
}
