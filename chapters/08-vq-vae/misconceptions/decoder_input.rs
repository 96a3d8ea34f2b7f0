use ndarray::{Array1, Array2, Axis};

fn chosen(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
    score: fn(f64, f64, f64) -> f64,
) -> Array2<f64> {
    let mut z_q = z_e.clone();
    for mut row in z_q.rows_mut() {
        let scores: Array1<f64> = codebook.map_axis(Axis(1), |e| {
            let far = (&e - &row).mapv(|v| v * v).sum();
            score(far, e.dot(&row), e.dot(&e))
        });
        let lower = |a, b| if scores[b] < scores[a] { b } else { a };
        let k = (0..scores.len()).fold(0, lower);
        row.assign(&codebook.row(k));
    }
    z_q
}

pub fn the_latent_itself(z_e: &Array2<f64>, _: &Array2<f64>) -> Array2<f64> {
    z_e.clone()
}

pub fn half_way(z_e: &Array2<f64>, codebook: &Array2<f64>) -> Array2<f64> {
    (z_e + &chosen(z_e, codebook, |far, _, _| far)) * 0.5
}

pub fn the_farthest(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    chosen(z_e, codebook, |far, _, _| -far)
}

pub fn largest_product(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    chosen(z_e, codebook, |_, product, _| -product)
}
