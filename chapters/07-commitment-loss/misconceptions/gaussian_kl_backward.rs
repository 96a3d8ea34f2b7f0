use ndarray::Array2;

type Slopes = (Array2<f64>, Array2<f64>);

fn slopes(
    mu: &Array2<f64>,
    log_var: &Array2<f64>,
    at_log_var: fn(f64) -> f64,
    over: usize,
) -> Slopes {
    let over = over as f64;
    (mu / over, log_var.mapv(at_log_var) / over)
}

pub fn summed_over_the_batch(
    mu: &Array2<f64>,
    log_var: &Array2<f64>,
) -> Slopes {
    slopes(mu, log_var, |s| 0.5 * (s.exp() - 1.0), 1)
}

pub fn averaged_over_components(
    mu: &Array2<f64>,
    log_var: &Array2<f64>,
) -> Slopes {
    slopes(mu, log_var, |s| 0.5 * (s.exp() - 1.0), mu.len())
}

pub fn half_forgotten(mu: &Array2<f64>, log_var: &Array2<f64>) -> Slopes {
    slopes(mu, log_var, |s| s.exp() - 1.0, mu.nrows())
}

pub fn at_the_variance(mu: &Array2<f64>, log_var: &Array2<f64>) -> Slopes {
    slopes(mu, log_var, |s| 0.5 * (1.0 - (-s).exp()), mu.nrows())
}

pub fn at_sigma(mu: &Array2<f64>, log_var: &Array2<f64>) -> Slopes {
    let slope = |s: f64| (s / 2.0).exp() - (-s / 2.0).exp();
    slopes(mu, log_var, slope, mu.nrows())
}
