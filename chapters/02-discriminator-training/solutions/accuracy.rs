use ndarray::Array2;

pub fn accuracy(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let right = s_real.iter().filter(|s| **s > 0.0).count()
        + s_fake.iter().filter(|s| **s <= 0.0).count();
    right as f64 / (s_real.len() + s_fake.len()) as f64
}
