use codebook_lookup::plain::{gather, nearest};
use ndarray::{Array1, Array2, s};

pub fn product_lookup(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> (Array2<usize>, Array2<f64>) {
    let mut z_q = Array2::zeros(z_e.raw_dim());
    let mut codes = Array2::zeros((z_e.nrows(), codebooks.len()));
    for (g, e) in codebooks.iter().enumerate() {
        let part = s![.., g * e.ncols()..(g + 1) * e.ncols()];
        let indices = nearest(&z_e.slice(part).to_owned(), e).unwrap();
        z_q.slice_mut(part).assign(&gather(e, &indices));
        codes.column_mut(g).assign(&Array1::from_vec(indices));
    }
    (codes, z_q)
}
