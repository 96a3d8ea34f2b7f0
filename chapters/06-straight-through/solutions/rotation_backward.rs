use ndarray::Array1;

pub fn rotation_backward(
    z: &Array1<f64>,
    e: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    let (long_z, long_e) = (z.dot(z).sqrt(), e.dot(e).sqrt());
    let (z, e) = (z / long_z, e / long_e);
    let sum = &z + &e;
    let r = &sum / sum.dot(&sum).sqrt();
    (d - &r * (2.0 * r.dot(d)) + z * (2.0 * e.dot(d))) * (long_e / long_z)
}
