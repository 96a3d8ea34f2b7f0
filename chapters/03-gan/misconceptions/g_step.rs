use ndarray::Array2;

fn players(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let x = z.dot(g).mapv(f64::tanh);
    let d = x.dot(w).mapv(|s| 1.0 / (1.0 + (-s).exp()));
    (x, d)
}

fn from_logits(
    z: &Array2<f64>,
    x: &Array2<f64>,
    w: &Array2<f64>,
    d_s: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let d_x = d_s.dot(&w.t());
    let d_g = z.t().dot(&(d_x * x.mapv(|x| 1.0 - x * x)));
    (d_g, Array2::zeros(w.raw_dim()))
}

pub fn discriminators_loss(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (x, d) = players(z, g, w);
    from_logits(z, &x, w, &(d / z.nrows() as f64))
}

pub fn saturating(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (x, d) = players(z, g, w);
    from_logits(z, &x, w, &(-d / z.nrows() as f64))
}

pub fn mean_forgotten(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (x, d) = players(z, g, w);
    from_logits(z, &x, w, &(d - 1.0))
}

pub fn stopped_at_the_fakes(
    _: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    (Array2::zeros(g.raw_dim()), Array2::zeros(w.raw_dim()))
}

pub fn tanh_forgotten(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (_, d) = players(z, g, w);
    let d_s = (d - 1.0) / z.nrows() as f64;
    (z.t().dot(&d_s.dot(&w.t())), Array2::zeros(w.raw_dim()))
}

pub fn discriminator_helps(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let (x, d) = players(z, g, w);
    let d_s = (d - 1.0) / z.nrows() as f64;
    (from_logits(z, &x, w, &d_s).0, x.t().dot(&d_s))
}
