use gradients::plain::bce_with_logits;
use ndarray::Array2;

pub fn smoothed_loss(
    s_real: &Array2<f64>,
    s_fake: &Array2<f64>,
    alpha: f64,
) -> f64 {
    let real = Array2::from_elem(s_real.raw_dim(), alpha);
    let fake = Array2::zeros(s_fake.raw_dim());
    bce_with_logits(s_real, &real) + bce_with_logits(s_fake, &fake)
}
