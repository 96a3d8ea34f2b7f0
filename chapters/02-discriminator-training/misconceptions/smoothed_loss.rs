use gradients::plain::bce_with_logits;
use ndarray::Array2;

fn to(s: &Array2<f64>, target: f64) -> f64 {
    bce_with_logits(s, &Array2::from_elem(s.raw_dim(), target))
}

pub fn both_sides(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
    alpha: f64,
) -> f64 {
    to(s_real, alpha) + to(s_fake, 1.0 - alpha)
}

pub fn loss_scaled(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
    alpha: f64,
) -> f64 {
    alpha * to(s_real, 1.0) + to(s_fake, 0.0)
}

pub fn the_other_side(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
    alpha: f64,
) -> f64 {
    to(s_real, 1.0) + to(s_fake, 1.0 - alpha)
}
