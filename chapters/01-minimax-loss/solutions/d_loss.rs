use gradients::plain::bce_with_logits;
use ndarray::Array2;

pub fn d_loss(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let real = Array2::ones(s_real.raw_dim());
    let fake = Array2::zeros(s_fake.raw_dim());
    bce_with_logits(s_real, &real) + bce_with_logits(s_fake, &fake)
}
