use ndarray::Array1;

pub fn means_not_corrected(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    _t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    *m = beta1 * &*m + (1.0 - beta1) * d_theta;
    *v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    *theta -= &(lr * &*m / (v.sqrt() + eps));
}

pub fn mean_of_sizes(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    *m = beta1 * &*m + (1.0 - beta1) * d_theta;
    *v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    let m_hat = &*m / (1.0 - beta1.powi(t));
    let v_hat = &*v / (1.0 - beta2.powi(t));
    *theta -= &(lr * m_hat / (v_hat + eps));
}

pub fn uphill(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    *m = beta1 * &*m + (1.0 - beta1) * d_theta;
    *v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    let m_hat = &*m / (1.0 - beta1.powi(t));
    let v_hat = &*v / (1.0 - beta2.powi(t));
    *theta += &(lr * m_hat / (v_hat.sqrt() + eps));
}

pub fn eps_under_the_root(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    *m = beta1 * &*m + (1.0 - beta1) * d_theta;
    *v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    let m_hat = &*m / (1.0 - beta1.powi(t));
    let v_hat = &*v / (1.0 - beta2.powi(t));
    *theta -= &(lr * m_hat / (v_hat + eps).sqrt());
}

pub fn eps_forgotten(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, _eps]: [f64; 4],
) {
    *m = beta1 * &*m + (1.0 - beta1) * d_theta;
    *v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    let m_hat = &*m / (1.0 - beta1.powi(t));
    let v_hat = &*v / (1.0 - beta2.powi(t));
    *theta -= &(lr * m_hat / v_hat.sqrt());
}

pub fn corrected_means_kept(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    *m = beta1 * &*m + (1.0 - beta1) * d_theta;
    *v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    *m /= 1.0 - beta1.powi(t);
    *v /= 1.0 - beta2.powi(t);
    *theta -= &(lr * &*m / (v.sqrt() + eps));
}

pub fn means_not_kept(
    theta: &mut Array1<f64>,
    d_theta: &Array1<f64>,
    m: &mut Array1<f64>,
    v: &mut Array1<f64>,
    t: i32,
    [lr, beta1, beta2, eps]: [f64; 4],
) {
    let m = beta1 * &*m + (1.0 - beta1) * d_theta;
    let v = beta2 * &*v + (1.0 - beta2) * d_theta * d_theta;
    let m_hat = m / (1.0 - beta1.powi(t));
    let v_hat = v / (1.0 - beta2.powi(t));
    *theta -= &(lr * m_hat / (v_hat.sqrt() + eps));
}
