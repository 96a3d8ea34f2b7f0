use codebook_lookup::plain::{gather, nearest};
use ndarray::{Array1, Array2, Axis};

type Found = (Array2<usize>, Array2<f64>);

/// Looks up the columns `from(g, c)` of each part and writes them to `to(g, c)`.
fn with_columns(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    from: impl Fn(usize, usize) -> usize,
    to: impl Fn(usize, usize) -> usize,
) -> Found {
    let mut z_q = z_e * 0.0;
    let mut codes = Array2::zeros((z_e.nrows(), codebooks.len()));
    for (g, e) in codebooks.iter().enumerate() {
        let columns: Vec<_> = (0..e.ncols()).map(|c| from(g, c)).collect();
        let indices = nearest(&z_e.select(Axis(1), &columns), e).unwrap();
        let vectors = gather(e, &indices);
        for (c, column) in vectors.columns().into_iter().enumerate() {
            z_q.column_mut(to(g, c)).assign(&column);
        }
        codes.column_mut(g).assign(&Array1::from_vec(indices));
    }
    (codes, z_q)
}

pub fn interleaved(z_e: &Array2<f64>, codebooks: &[Array2<f64>]) -> Found {
    let parts = codebooks.len();
    let place = |g: usize, c: usize| c * parts + g;
    with_columns(z_e, codebooks, place, place)
}

pub fn put_back_interleaved(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    let parts = codebooks.len();
    let width = z_e.ncols() / parts.max(1);
    let from = |g: usize, c: usize| g * width + c;
    with_columns(z_e, codebooks, from, |g, c| c * parts + g)
}

pub fn the_first_part_each_time(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    let width = z_e.ncols() / codebooks.len().max(1);
    with_columns(z_e, codebooks, |_, c| c, |g, c| g * width + c)
}

pub fn the_first_codebook_each_time(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    let width = z_e.ncols() / codebooks.len().max(1);
    let from = |g: usize, c: usize| g * width + c;
    let same: Vec<_> =
        codebooks.iter().map(|_| codebooks[0].clone()).collect();
    with_columns(z_e, &same, from, from)
}
