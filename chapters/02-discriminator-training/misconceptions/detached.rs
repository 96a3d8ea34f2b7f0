use ndarray::Array2;

fn gradients(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
    target: f64,
) -> (Array2<f64>, Array2<f64>) {
    let x = z.dot(g);
    let d = x.dot(w).mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let d_s = (d - target) / z.nrows() as f64;
    (x.t().dot(&d_s), z.t().dot(&d_s.dot(&w.t())))
}

pub fn leaking(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    gradients(z, g, w, 0.0)
}

pub fn both_at_once(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    (gradients(z, g, w, 0.0).0, gradients(z, g, w, 1.0).1)
}

pub fn discriminator_frozen_too(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let _ = z;
    (Array2::zeros(w.raw_dim()), Array2::zeros(g.raw_dim()))
}

pub fn noise_for_fakes(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let d = z.dot(g).dot(w).mapv(|s| 1.0 / (1.0 + (-s).exp()));
    (z.t().dot(&d) / z.nrows() as f64, Array2::zeros(g.raw_dim()))
}

pub fn in_the_wrong_order(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    (Array2::zeros(g.raw_dim()), gradients(z, g, w, 0.0).0)
}
