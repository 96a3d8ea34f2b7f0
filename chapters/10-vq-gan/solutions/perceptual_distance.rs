use ndarray::Array2;

pub fn perceptual_distance(
    real: &[Array2<f64>],
    of_x: &[Array2<f64>],
    of_x_hat: &[Array2<f64>],
) -> f64 {
    let mean_square = |a: &Array2<f64>| (a * a).mean().unwrap_or(0.0);
    let mut sum = 0.0;
    for ((real, x), x_hat) in real.iter().zip(of_x).zip(of_x_hat) {
        let scale = mean_square(real);
        if scale > 0.0 {
            sum += mean_square(&(x_hat - x)) / scale;
        }
    }
    sum / real.len().max(1) as f64
}
