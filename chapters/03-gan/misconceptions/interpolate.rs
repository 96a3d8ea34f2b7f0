use ndarray::Array1;

fn along(
    a: &Array1<f64>,
    b: &Array1<f64>,
    t: f64,
    angle: f64,
) -> Array1<f64> {
    let weight = |t: f64| (t * angle).sin() / angle.sin();
    weight(1.0 - t) * a + weight(t) * b
}

fn angle(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    let lengths = (a.dot(a) * b.dot(b)).sqrt();
    (a.dot(b) / lengths).clamp(-1.0, 1.0).acos()
}

pub fn straight_line(
    a: &Array1<f64>,
    b: &Array1<f64>,
    t: f64,
) -> Array1<f64> {
    (1.0 - t) * a + t * b
}

pub fn line_put_back(
    a: &Array1<f64>,
    b: &Array1<f64>,
    t: f64,
) -> Array1<f64> {
    let length = |v: &Array1<f64>| v.dot(v).sqrt();
    let line = (1.0 - t) * a + t * b;
    let typical = (1.0 - t) * length(a) + t * length(b);
    &line * (typical / length(&line))
}

pub fn in_degrees(a: &Array1<f64>, b: &Array1<f64>, t: f64) -> Array1<f64> {
    along(a, b, t, angle(a, b).to_degrees())
}

pub fn lengths_forgotten(
    a: &Array1<f64>,
    b: &Array1<f64>,
    t: f64,
) -> Array1<f64> {
    along(a, b, t, a.dot(b).clamp(-1.0, 1.0).acos())
}

pub fn backwards(a: &Array1<f64>, b: &Array1<f64>, t: f64) -> Array1<f64> {
    along(b, a, t, angle(a, b))
}

pub fn zero_by_zero(a: &Array1<f64>, b: &Array1<f64>, t: f64) -> Array1<f64> {
    along(a, b, t, angle(a, b))
}
