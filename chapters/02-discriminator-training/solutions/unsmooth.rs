use gradients::plain::sigmoid;
use ndarray::Array2;

pub fn unsmooth(s: &Array2<f64>, alpha: f64, beta: f64) -> Array2<f64> {
    // (2.6) is alpha r + beta (1 - r).
    let share = (s.mapv(sigmoid) - beta) / (alpha - beta); // [B, 1]
    share.clamp(0.0, 1.0)
}
