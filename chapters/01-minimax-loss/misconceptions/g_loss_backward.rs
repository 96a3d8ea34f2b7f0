use ndarray::Array2;

fn d(s: f64) -> f64 {
    1.0 / (1.0 + (-s).exp())
}

pub fn saturating(s_fake: &Array2<f64>) -> Array2<f64> {
    s_fake.mapv(|s| -d(s)) / s_fake.len() as f64
}

pub fn taught_to_be_caught(s_fake: &Array2<f64>) -> Array2<f64> {
    s_fake.mapv(|s| 1.0 - d(s)) / s_fake.len() as f64
}

pub fn mean_forgotten(s_fake: &Array2<f64>) -> Array2<f64> {
    s_fake.mapv(|s| d(s) - 1.0)
}

pub fn at_the_probability(s_fake: &Array2<f64>) -> Array2<f64> {
    s_fake.mapv(|s| -1.0 / d(s)) / s_fake.len() as f64
}
