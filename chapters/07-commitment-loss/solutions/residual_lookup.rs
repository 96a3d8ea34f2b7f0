use codebook_lookup::plain::{gather, nearest};
use ndarray::{Array1, Array2};

pub fn residual_lookup(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> (Array2<usize>, Array2<f64>) {
    let mut left = z_e.clone();
    let mut codes = Array2::zeros((z_e.nrows(), codebooks.len()));
    for (e, mut column) in codebooks.iter().zip(codes.columns_mut()) {
        let indices = nearest(&left, e).unwrap();
        left -= &gather(e, &indices);
        column.assign(&Array1::from_vec(indices));
    }
    (codes, z_e - &left)
}
