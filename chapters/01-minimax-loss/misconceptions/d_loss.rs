use gradients::plain::bce_with_logits;
use ndarray::Array2;

fn to(s: &Array2<f64>, target: f64) -> f64 {
    bce_with_logits(s, &Array2::from_elem(s.raw_dim(), target))
}

pub fn labels_swapped(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    to(s_real, 0.0) + to(s_fake, 1.0)
}

pub fn real_scored_twice(s_real: &Array2<f64>, _: &Array2<f64>) -> f64 {
    to(s_real, 1.0) + to(s_real, 0.0)
}

pub fn value_minimised(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    -to(s_real, 1.0) - to(s_fake, 0.0)
}

pub fn fakes_only(_: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    to(s_fake, 0.0)
}

/// One mean over all examples, whatever the sizes of the batches.
pub fn one_mean(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    let (n, m) = (s_real.len() as f64, s_fake.len() as f64);
    (n * to(s_real, 1.0) + m * to(s_fake, 0.0)) / (n + m)
}

pub fn halved(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    0.5 * (to(s_real, 1.0) + to(s_fake, 0.0))
}

/// From the definition: log 0 at a logit of 1,000.
pub fn typed_in(s_real: &Array2<f64>, s_fake: &Array2<f64>) -> f64 {
    minimax_loss::plain::d_loss_naive(s_real, s_fake)
}
