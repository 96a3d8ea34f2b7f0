use ndarray::Array2;

fn sigmoid(s: f64) -> f64 {
    1.0 / (1.0 + (-s).exp())
}

fn softplus(s: f64) -> f64 {
    s.max(0.0) + (-s.abs()).exp().ln_1p()
}

pub fn log_of_a_probability(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    let p = s.mapv(sigmoid);
    -(t * &p.ln() + (1.0 - t) * (1.0 - &p).ln()).sum() / s.len() as f64
}

pub fn sigmoid_twice(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    let p = s.mapv(sigmoid);
    (p.mapv(softplus) - t * &p).sum() / s.len() as f64
}

pub fn sum_for_mean(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    (s.mapv(softplus) - t * s).sum()
}

pub fn mean_over_rows(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    (s.mapv(softplus) - t * s).sum() / s.nrows() as f64
}

pub fn targets_swapped(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    (s.mapv(softplus) - (1.0 - t) * s).sum() / s.len() as f64
}

pub fn a_power_that_overflows(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    (s.mapv(|s| (1.0 + s.exp()).ln()) - t * s).sum() / s.len() as f64
}

pub fn a_probability_kept_away(s: &Array2<f64>, t: &Array2<f64>) -> f64 {
    let p = s.mapv(|s| sigmoid(s).clamp(1e-7, 1.0 - 1e-7));
    -(t * &p.ln() + (1.0 - t) * (1.0 - &p).ln()).sum() / s.len() as f64
}
