use ndarray::Array2;

const DELTA: f64 = 1e-6;

fn length(d: &Array2<f64>) -> f64 {
    (d * d).sum().sqrt()
}

pub fn upside_down(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let [r, o] = [d_rest, d_adv].map(|d| length(&a.t().dot(d)));
    (o / (r + DELTA)).min(most)
}

pub fn at_the_pixels(
    _: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    (length(d_rest) / (length(d_adv) + DELTA)).min(most)
}

pub fn the_bound_is_the_least(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let [r, o] = [d_rest, d_adv].map(|d| length(&a.t().dot(d)));
    (r / (o + DELTA)).max(most)
}

pub fn no_bound(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    _: f64,
) -> f64 {
    let [r, o] = [d_rest, d_adv].map(|d| length(&a.t().dot(d)));
    r / (o + DELTA)
}

pub fn delta_outside(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let [r, o] = [d_rest, d_adv].map(|d| length(&a.t().dot(d)));
    (r / o + DELTA).min(most)
}

pub fn squared_lengths(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let [r, o] = [d_rest, d_adv].map(|d| length(&a.t().dot(d)).powi(2));
    (r / (o + DELTA)).min(most)
}

pub fn bias_counts_too(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let length = |d: &Array2<f64>| {
        let b = d.sum_axis(ndarray::Axis(0));
        (length(&a.t().dot(d)).powi(2) + b.dot(&b)).sqrt()
    };
    (length(d_rest) / (length(d_adv) + DELTA)).min(most)
}

/// "λ compares the opinion with all that is descended."
pub fn with_the_sum(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let all = d_rest + d_adv;
    let [r, o] = [&all, d_adv].map(|d| length(&a.t().dot(d)));
    (r / (o + DELTA)).min(most)
}

pub fn sizes_added_up(
    a: &Array2<f64>,
    d_rest: &Array2<f64>,
    d_adv: &Array2<f64>,
    most: f64,
) -> f64 {
    let [r, o] = [d_rest, d_adv].map(|d| a.t().dot(d).mapv(f64::abs).sum());
    (r / (o + DELTA)).min(most)
}
