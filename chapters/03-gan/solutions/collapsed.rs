use ndarray::Array2;

pub fn lost_modes(
    samples: &Array2<f64>,
    means: &Array2<f64>,
    sigma: f64,
    _: f64,
) -> usize {
    let mut found = vec![false; means.nrows()];
    for x in samples.rows() {
        let far =
            |m: usize| (&x - &means.row(m)).mapv(|v| v * v).sum().sqrt();
        let nearest = (0..means.nrows())
            .min_by(|a, b| far(*a).total_cmp(&far(*b)))
            .expect("there are modes");
        found[nearest] |= far(nearest) <= 3.0 * sigma;
    }
    found.iter().filter(|found| !**found).count()
}
