use ndarray::Array2;

pub fn nearest(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    let mut indices = Vec::new();
    for z in z.rows() {
        let mut best = (f64::INFINITY, 0);
        for (k, e) in codebook.rows().into_iter().enumerate() {
            let d = (&z - &e).mapv(|v| v * v).sum();
            if d < best.0 {
                best = (d, k);
            }
        }
        indices.push(best.1);
    }
    indices
}
