use ndarray::Array2;

type Slopes = (Array2<f64>, Array2<f64>);

fn sigma(log_var: &Array2<f64>) -> Array2<f64> {
    log_var.mapv(|s| (s / 2.0).exp())
}

pub fn no_slope(
    d_z: &Array2<f64>,
    _: &Array2<f64>,
    _: &Array2<f64>,
) -> Slopes {
    (d_z * 0.0, d_z * 0.0)
}

pub fn no_slope_in_the_width(
    d_z: &Array2<f64>,
    _: &Array2<f64>,
    _: &Array2<f64>,
) -> Slopes {
    (d_z.clone(), d_z * 0.0)
}

pub fn half_forgotten(
    d_z: &Array2<f64>,
    log_var: &Array2<f64>,
    noise: &Array2<f64>,
) -> Slopes {
    (d_z.clone(), d_z * &sigma(log_var) * noise)
}

pub fn at_sigma(
    d_z: &Array2<f64>,
    _: &Array2<f64>,
    noise: &Array2<f64>,
) -> Slopes {
    (d_z.clone(), d_z * noise)
}

pub fn noise_forgotten(
    d_z: &Array2<f64>,
    log_var: &Array2<f64>,
    _: &Array2<f64>,
) -> Slopes {
    (d_z.clone(), d_z * &sigma(log_var) * 0.5)
}

pub fn root_of_the_variance(
    d_z: &Array2<f64>,
    log_var: &Array2<f64>,
    noise: &Array2<f64>,
) -> Slopes {
    let sigma = log_var.mapv(|s| s.exp().sqrt());
    (d_z.clone(), d_z * &sigma * noise * 0.5)
}
