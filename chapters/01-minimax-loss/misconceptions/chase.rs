use ndarray::Array2;

type Backward = fn(&Array2<f64>) -> Array2<f64>;

/// The best logit at m + z, for a generator that stands at `at`.
fn logits(m: f64, at: f64, z: &Array2<f64>) -> Array2<f64> {
    z.mapv(|z| {
        let x = m + z;
        0.5 * (x - at).powi(2) - 0.5 * x * x
    })
}

/// The discriminator is differentiated too, as if it moved with m.
pub fn d_moves_along(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        let d_s = loss_backward(&logits(m, m, z));
        m -= eta * (d_s * z.mapv(|z| -m - z)).sum();
        m
    };
    noise.iter().map(step).collect()
}

pub fn d_of_the_start(
    start: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let mut m = start;
    let step = |z: &Array2<f64>| {
        m += eta * loss_backward(&logits(m, start, z)).sum() * start;
        m
    };
    noise.iter().map(step).collect()
}

pub fn averaged_twice(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        let d_s = loss_backward(&logits(m, m, z));
        m += eta * d_s.sum() * m / z.len() as f64;
        m
    };
    noise.iter().map(step).collect()
}

pub fn mean_taken_back(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        let d_s = loss_backward(&logits(m, m, z));
        m += eta * d_s.sum() * m * z.len() as f64;
        m
    };
    noise.iter().map(step).collect()
}

pub fn uphill(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        m -= eta * loss_backward(&logits(m, m, z)).sum() * m;
        m
    };
    noise.iter().map(step).collect()
}

/// The gradient at the logit taken for the gradient at x.
pub fn slope_forgotten(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        m -= eta * loss_backward(&logits(m, m, z)).sum();
        m
    };
    noise.iter().map(step).collect()
}

/// Real and fake the wrong way round: log q - log p.
pub fn ratio_upside_down(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        m -= eta * loss_backward(&-logits(m, m, z)).sum() * m;
        m
    };
    noise.iter().map(step).collect()
}

/// The noise is scored in place of the fakes.
pub fn noise_for_fakes(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        m += eta * loss_backward(&logits(0.0, m, z)).sum() * m;
        m
    };
    noise.iter().map(step).collect()
}

/// The probability handed to a loss that expects a logit.
pub fn two_sigmoids(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        let d = logits(m, m, z).mapv(|s| 1.0 / (1.0 + (-s).exp()));
        m += eta * loss_backward(&d).sum() * m;
        m
    };
    noise.iter().map(step).collect()
}

pub fn ahead_of_the_step(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        let before = m;
        m += eta * loss_backward(&logits(m, m, z)).sum() * m;
        before
    };
    noise.iter().map(step).collect()
}

pub fn half_a_step(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        m += 0.5 * eta * loss_backward(&logits(m, m, z)).sum() * m;
        m
    };
    noise.iter().map(step).collect()
}

/// Only where it comes to.
pub fn the_last_alone(
    m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    loss_backward: Backward,
) -> Vec<f64> {
    let path = mean_taken_back(m, noise, eta, loss_backward);
    path.last().copied().into_iter().collect()
}

/// One loss, whichever is given.
pub fn the_loss_ignored(
    mut m: f64,
    noise: &[Array2<f64>],
    eta: f64,
    _: Backward,
) -> Vec<f64> {
    let step = |z: &Array2<f64>| {
        let d_s =
            minimax_loss::plain::g_loss_saturating_backward(&logits(m, m, z));
        m += eta * d_s.sum() * m;
        m
    };
    noise.iter().map(step).collect()
}
