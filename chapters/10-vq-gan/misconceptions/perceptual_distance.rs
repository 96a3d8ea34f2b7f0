use ndarray::Array2;

type Layers<'a> = &'a [Array2<f64>];

fn mean_square(a: &Array2<f64>) -> f64 {
    (a * a).mean().unwrap_or(0.0)
}

/// The distance, with a rule for a layer: its three matrices to its part.
fn with(
    real: Layers,
    x: Layers,
    x_hat: Layers,
    part: impl Fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> f64,
) -> f64 {
    let all = real.iter().zip(x).zip(x_hat);
    let parts = all.map(|((real, x), x_hat)| match mean_square(real) > 0.0 {
        true => part(real, x, x_hat),
        false => 0.0,
    });
    parts.sum::<f64>() / real.len().max(1) as f64
}

pub fn layers_added_up(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    let mean = with(real, x, x_hat, |real, x, x_hat| {
        mean_square(&(x_hat - x)) / mean_square(real)
    });
    mean * real.len() as f64
}

pub fn root_of_the_scale(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    with(real, x, x_hat, |real, x, x_hat| {
        mean_square(&(x_hat - x)) / mean_square(real).sqrt()
    })
}

pub fn scale_of_x(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    with(real, x, x_hat, |_, x, x_hat| {
        mean_square(&(x_hat - x)) / mean_square(x)
    })
}

pub fn scale_of_the_reconstructions(
    real: Layers,
    x: Layers,
    x_hat: Layers,
) -> f64 {
    with(real, x, x_hat, |_, x, x_hat| {
        mean_square(&(x_hat - x)) / mean_square(x_hat)
    })
}

pub fn variance_for_the_scale(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    with(real, x, x_hat, |real, x, x_hat| {
        mean_square(&(x_hat - x)) / real.var(0.0)
    })
}

pub fn no_mean(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    with(real, x, x_hat, |real, x, x_hat| {
        let d = x_hat - x;
        (&d * &d).sum() / mean_square(real)
    })
}

pub fn sizes(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    with(real, x, x_hat, |real, x, x_hat| {
        let d = (x_hat - x).mapv(f64::abs);
        d.mean().unwrap_or(0.0) / mean_square(real)
    })
}

pub fn one_mean_over_all(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    let (mut sum, mut n) = (0.0, 0);
    for ((real, x), x_hat) in real.iter().zip(x).zip(x_hat) {
        let (d, scale) = (x_hat - x, mean_square(real));
        sum += if scale > 0.0 { (&d * &d).sum() / scale } else { 0.0 };
        n += d.len();
    }
    if n > 0 { sum / n as f64 } else { 0.0 }
}

pub fn zero_by_zero(real: Layers, x: Layers, x_hat: Layers) -> f64 {
    let all = real.iter().zip(x).zip(x_hat);
    let parts = all.map(|((real, x), x_hat)| {
        mean_square(&(x_hat - x)) / mean_square(real)
    });
    parts.sum::<f64>() / real.len().max(1) as f64
}
