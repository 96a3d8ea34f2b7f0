use ndarray::{Array1, Zip};

pub fn optimal_d(
    p: &Array1<f64>,
    q: &Array1<f64>,
    share: f64,
) -> Array1<f64> {
    Zip::from(p).and(q).map_collect(|&p, &q| {
        let (real, fake) = (share * p, (1.0 - share) * q);
        if real + fake > 0.0 { real / (real + fake) } else { share }
    })
}
