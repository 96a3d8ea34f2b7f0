use ndarray::Array2;

pub fn mse_over_variance(batches: &[(Array2<f64>, Array2<f64>)]) -> f64 {
    let sum = |of: &dyn Fn(&Array2<f64>, &Array2<f64>) -> f64| {
        batches.iter().map(|(x, y)| of(x, y)).sum::<f64>()
    };
    let squares = |d: Array2<f64>| d.mapv(|v| v * v).sum();
    let n = sum(&|x, _| x.len() as f64);
    let mean = sum(&|x, _| x.sum()) / n;
    // Both are sums over the same n pixels.
    sum(&|x, y| squares(y - x)) / sum(&|x, _| squares(x - mean))
}
