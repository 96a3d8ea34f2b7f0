use ndarray::Array1;

fn turned(
    from: &Array1<f64>,
    to: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    let unit = |v: &Array1<f64>| v / v.dot(v).sqrt();
    let (from, to) = (unit(from), unit(to));
    let r = unit(&(&from + &to));
    d - &r * (2.0 * r.dot(d)) + &to * (2.0 * from.dot(d))
}

fn ratio(z: &Array1<f64>, e: &Array1<f64>) -> f64 {
    (e.dot(e) / z.dot(z)).sqrt()
}

pub fn turned_forward(
    z: &Array1<f64>,
    e: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    turned(z, e, d) * ratio(z, e)
}

pub fn length_forgotten(
    z: &Array1<f64>,
    e: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    turned(e, z, d)
}

pub fn length_upside_down(
    z: &Array1<f64>,
    e: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    turned(e, z, d) / ratio(z, e)
}

pub fn straight(
    _: &Array1<f64>,
    _: &Array1<f64>,
    d: &Array1<f64>,
) -> Array1<f64> {
    d.clone()
}
