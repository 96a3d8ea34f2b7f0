use ndarray::{Array1, Array2, Axis};

/// From the gradient at ds/dx, the ones at both weights.
fn on(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    d_v: impl Fn(&Array2<f64>) -> Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let slopes = (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 });
    let u = &slopes * &w2.t();
    let d_v = d_v(&u.dot(&w1.t()));
    let d_w2 = (slopes * d_v.dot(w1)).sum_axis(Axis(0));
    (d_v.t().dot(&u), d_w2.insert_axis(Axis(1)))
}

pub fn mean_forgotten(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    on(x, w1, b1, w2, |v| gamma * v)
}

pub fn half_forgotten(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    on(x, w1, b1, w2, |v| v * (2.0 * gamma / x.nrows() as f64))
}

pub fn of_the_length(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    on(x, w1, b1, w2, |v| {
        let length = v.map_axis(Axis(1), |v| v.dot(&v).sqrt());
        v / &length.insert_axis(Axis(1)) * (0.5 * gamma / x.nrows() as f64)
    })
}

pub fn of_the_mean_logit(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    on(x, w1, b1, w2, |v| v * (gamma / (x.nrows() as f64).powi(3)))
}

pub fn last_layer_only(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    let right = on(x, w1, b1, w2, |v| v * (gamma / x.nrows() as f64));
    (Array2::zeros(w1.raw_dim()), right.1)
}

pub fn slopes_forgotten_at_w2(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    let slopes = (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 });
    let u = &slopes * &w2.t();
    let d_v = u.dot(&w1.t()) * (gamma / x.nrows() as f64);
    let d_w2 = d_v.dot(w1).sum_axis(Axis(0)).insert_axis(Axis(1));
    (d_v.t().dot(&u), d_w2)
}

/// Stops but where X = H.
pub fn w1_not_turned_over(
    x: &Array2<f64>,
    w1: &Array2<f64>,
    b1: &Array1<f64>,
    w2: &Array2<f64>,
    gamma: f64,
) -> (Array2<f64>, Array2<f64>) {
    let slopes = (x.dot(w1) + b1).mapv(|y| if y > 0.0 { 1.0 } else { 0.2 });
    let u = &slopes * &w2.t();
    let d_v = u.dot(w1) * (gamma / x.nrows() as f64);
    let d_w2 = (slopes * d_v.dot(w1)).sum_axis(Axis(0));
    (d_v.t().dot(&u), d_w2.insert_axis(Axis(1)))
}
