use ndarray::Array2;

pub fn g_step(
    z: &Array2<f64>,
    g: &Array2<f64>,
    w: &Array2<f64>,
) -> (Array2<f64>, Array2<f64>) {
    let x = z.dot(g).mapv(f64::tanh);
    let d = x.dot(w).mapv(|s| 1.0 / (1.0 + (-s).exp()));
    let d_s = (d - 1.0) / z.nrows() as f64;
    let d_x = d_s.dot(&w.t());
    let d_g = z.t().dot(&(d_x * x.mapv(|x| 1.0 - x * x)));
    (d_g, Array2::zeros(w.raw_dim()))
}
