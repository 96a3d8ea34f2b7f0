use ndarray::{Array2, Axis, concatenate};

type Batches = [(Array2<f64>, Array2<f64>)];

fn all(batches: &Batches) -> (Array2<f64>, Array2<f64>) {
    let x: Vec<_> = batches.iter().map(|b| b.0.view()).collect();
    let y: Vec<_> = batches.iter().map(|b| b.1.view()).collect();
    let rows = |of: &[_]| concatenate(Axis(0), of).unwrap_or_default();
    (rows(&x), rows(&y))
}

fn mse(x: &Array2<f64>, y: &Array2<f64>) -> f64 {
    (y - x).mapv(|v| v * v).mean().unwrap_or(0.0)
}

pub fn undivided(batches: &Batches) -> f64 {
    let (x, y) = all(batches);
    mse(&x, &y)
}

pub fn over_deviation(batches: &Batches) -> f64 {
    let (x, y) = all(batches);
    mse(&x, &y) / x.std(0.0)
}

pub fn pixel_by_pixel(batches: &Batches) -> f64 {
    let (x, y) = all(batches);
    let each = x.var_axis(Axis(0), 0.0);
    mse(&x, &y) / each.mean().unwrap_or(1.0)
}

pub fn summed_over_pixels(batches: &Batches) -> f64 {
    let (x, y) = all(batches);
    mse(&x, &y) * x.ncols() as f64 / x.var(0.0)
}

/// What a training loop prints: the mean of the batches' numbers.
pub fn mean_of_quotients(batches: &Batches) -> f64 {
    let full: Vec<_> = batches.iter().filter(|b| !b.0.is_empty()).collect();
    let each = full.iter().map(|(x, y)| mse(x, y) / x.var(0.0));
    each.sum::<f64>() / full.len() as f64
}

pub fn mean_of_means(batches: &Batches) -> f64 {
    let full: Vec<_> = batches.iter().filter(|b| !b.0.is_empty()).collect();
    let each = full.iter().map(|(x, y)| mse(x, y));
    each.sum::<f64>() / full.len() as f64 / all(batches).0.var(0.0)
}

/// 0 / 0 for a batch without images.
pub fn an_empty_batch(batches: &Batches) -> f64 {
    let n: f64 = batches.iter().map(|b| b.0.len() as f64).sum();
    let of = |(x, y): &(Array2<f64>, Array2<f64>)| {
        (y - x).mapv(|v| v * v).sum() / x.len() as f64 * x.len() as f64
    };
    batches.iter().map(of).sum::<f64>() / n / all(batches).0.var(0.0)
}

/// The mean square less the square of the mean.
pub fn cancelled(batches: &Batches) -> f64 {
    let (x, y) = all(batches);
    let mean = x.mean().unwrap_or(0.0);
    let square = x.mapv(|v| v * v).mean().unwrap_or(0.0);
    mse(&x, &y) / (square - mean * mean)
}
