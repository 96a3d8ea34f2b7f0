use ndarray::Array2;

pub fn spectral_radius(j: &Array2<f64>, eta: f64) -> f64 {
    let m = Array2::<f64>::eye(2) + eta * j;
    let half = (m[[0, 0]] + m[[1, 1]]) / 2.0;
    let determinant = m[[0, 0]] * m[[1, 1]] - m[[0, 1]] * m[[1, 0]];
    let under = half * half - determinant;
    match under < 0.0 {
        true => determinant.sqrt(),
        false => half.abs() + under.sqrt(),
    }
}
