use ndarray::Array2;

fn d(s: f64) -> f64 {
    1.0 / (1.0 + (-s).exp())
}

fn mean_of(s: &Array2<f64>, slope: impl Fn(f64) -> f64) -> Array2<f64> {
    s.mapv(slope) / s.len() as f64
}

/// The second slope taken for the first one's: σ(s) for σ(-s).
pub fn saturating(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    mean_of(s, |s| -(1.0 - alpha) * d(s) - alpha * d(s))
}

pub fn alpha_ignored(s: &Array2<f64>, _: f64) -> Array2<f64> {
    mean_of(s, |s| d(s) - 1.0)
}

pub fn weights_swapped(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    mean_of(s, |s| -alpha * d(s) - (1.0 - alpha) * d(-s))
}

pub fn taught_to_be_caught(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    mean_of(s, |s| (1.0 - alpha) * d(s) + alpha * d(-s))
}

/// The inner minus of softplus(-s) is lost.
pub fn inner_minus_lost(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    mean_of(s, |s| -(1.0 - alpha) * d(s) + alpha * d(-s))
}

pub fn mean_forgotten(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    s.mapv(|s| -(1.0 - alpha) * d(s) - alpha * d(-s))
}

pub fn at_the_probability(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    mean_of(s, |s| -(1.0 - alpha) / (1.0 - d(s)) - alpha / d(s))
}

/// e^s / (1 + e^s), which is infinity over infinity at 1,000.
pub fn overflowing(s: &Array2<f64>, alpha: f64) -> Array2<f64> {
    let d = |s: f64| s.exp() / (1.0 + s.exp());
    mean_of(s, |s| -(1.0 - alpha) * d(s) - alpha * (1.0 - d(s)))
}
