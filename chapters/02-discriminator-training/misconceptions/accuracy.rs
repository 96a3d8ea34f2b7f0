use ndarray::Array2;

pub fn threshold_on_the_logit(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
) -> f64 {
    let right = s_real.iter().filter(|s| **s > 0.5).count()
        + s_fake.iter().filter(|s| **s <= 0.5).count();
    right as f64 / (s_real.len() + s_fake.len()) as f64
}

pub fn real_rows_only(s_real: &Array2<f64>, _: &Array2<f64>) -> f64 {
    let right = s_real.iter().filter(|s| **s > 0.0).count();
    right as f64 / s_real.len() as f64
}

pub fn whole_numbers(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let right = s_real.iter().filter(|s| **s > 0.0).count()
        + s_fake.iter().filter(|s| **s <= 0.0).count();
    (right / (s_real.len() + s_fake.len())) as f64
}
