use ndarray::Array2;

pub fn gather_backward(
    d_z_q: &Array2<f64>,
    indices: &[usize],
    k: usize,
) -> Array2<f64> {
    let mut d_codebook = Array2::zeros((k, d_z_q.ncols()));
    for (d, &k) in d_z_q.rows().into_iter().zip(indices) {
        let mut row = d_codebook.row_mut(k);
        row += &d;
    }
    d_codebook
}
