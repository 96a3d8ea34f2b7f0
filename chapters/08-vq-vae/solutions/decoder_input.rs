use ndarray::{Array1, Array2, Axis};

pub fn decoder_input(
    z_e: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let mut z_q = z_e.clone();
    for mut row in z_q.rows_mut() {
        let far: Array1<f64> =
            codebook.map_axis(Axis(1), |e| (&e - &row).mapv(|v| v * v).sum());
        let nearer = |a, b| if far[b] < far[a] { b } else { a };
        let nearest = (0..far.len()).fold(0, nearer);
        row.assign(&codebook.row(nearest));
    }
    z_q
}
