use gradients::plain::sigmoid;
use ndarray::Array2;

pub fn beta_forgotten(s: &Array2<f64>, alpha: f64, _: f64) -> Array2<f64> {
    s.mapv(|s| (sigmoid(s) / alpha).min(1.0))
}

pub fn the_answer_as_it_stands(
    s: &Array2<f64>,
    _: f64,
    _: f64,
) -> Array2<f64> {
    s.mapv(sigmoid)
}

pub fn not_clipped(s: &Array2<f64>, alpha: f64, beta: f64) -> Array2<f64> {
    s.mapv(|s| (sigmoid(s) - beta) / (alpha - beta))
}

pub fn densities_weighted(
    s: &Array2<f64>,
    alpha: f64,
    beta: f64,
) -> Array2<f64> {
    s.mapv(|s| {
        let (real, fake) = (alpha * sigmoid(s), (1.0 - beta) * sigmoid(-s));
        real / (real + fake)
    })
}

pub fn overflowing(s: &Array2<f64>, alpha: f64, beta: f64) -> Array2<f64> {
    let d = s.mapv(|s| s.exp() / (1.0 + s.exp()));
    ((d - beta) / (alpha - beta)).clamp(0.0, 1.0)
}
