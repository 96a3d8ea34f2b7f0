use ndarray::Array2;

fn share(s: &Array2<f64>, is: impl Fn(f64) -> bool) -> f64 {
    s.iter().filter(|s| is(**s)).count() as f64 / s.len() as f64
}

pub fn rows_counted_alike(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let right = s_real.iter().filter(|s| **s > 0.0).count()
        + s_fake.iter().filter(|s| **s <= 0.0).count();
    right as f64 / (s_real.len() + s_fake.len()) as f64
}

pub fn threshold_on_the_logit(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
) -> f64 {
    (share(s_real, |s| s > 0.5) + share(s_fake, |s| s <= 0.5)) / 2.0
}

pub fn real_rows_only(s_real: &Array2<f64>, _: &Array2<f64>) -> f64 {
    share(s_real, |s| s > 0.0)
}

pub fn whole_numbers(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let real = s_real.iter().filter(|s| **s > 0.0).count();
    let fake = s_fake.iter().filter(|s| **s <= 0.0).count();
    (real / s_real.len() + fake / s_fake.len()) as f64 / 2.0
}

pub fn a_half_is_real(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    (share(s_real, |s| s >= 0.0) + share(s_fake, |s| s < 0.0)) / 2.0
}
