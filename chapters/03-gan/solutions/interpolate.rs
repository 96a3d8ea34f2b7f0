use ndarray::Array1;

pub fn interpolate(a: &Array1<f64>, b: &Array1<f64>, t: f64) -> Array1<f64> {
    let lengths = (a.dot(a) * b.dot(b)).sqrt();
    let angle = (a.dot(b) / lengths).clamp(-1.0, 1.0).acos();
    if angle < 1e-6 {
        return (1.0 - t) * a + t * b;
    }
    let weight = |t: f64| (t * angle).sin() / angle.sin();
    weight(1.0 - t) * a + weight(t) * b
}
