use codebook_lookup::plain::{gather, nearest};
use ndarray::{Array1, Array2};

type Found = (Array2<usize>, Array2<f64>);

fn each_level(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    mut next: impl FnMut(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Found {
    let (mut at, mut sum) = (z_e.clone(), z_e * 0.0);
    let mut codes = Array2::zeros((z_e.nrows(), codebooks.len()));
    for (e, mut column) in codebooks.iter().zip(codes.columns_mut()) {
        let indices = nearest(&at, e).unwrap();
        let vectors = gather(e, &indices);
        sum += &vectors;
        at = next(&at, &vectors);
        column.assign(&Array1::from_vec(indices));
    }
    (codes, sum)
}

pub fn the_latent_each_time(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    each_level(z_e, codebooks, |_, _| z_e.clone())
}

pub fn the_vector_again(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    each_level(z_e, codebooks, |_, e| e.clone())
}

pub fn the_latent_less_the_last(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    each_level(z_e, codebooks, |_, e| z_e - e)
}

pub fn the_last_vector(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
) -> Found {
    let mut last = z_e * 0.0;
    let (codes, _) = each_level(z_e, codebooks, |left, e| {
        last = e.clone();
        left - e
    });
    (codes, last)
}

pub fn what_is_left(z_e: &Array2<f64>, codebooks: &[Array2<f64>]) -> Found {
    let (codes, sum) = each_level(z_e, codebooks, |left, e| left - e);
    (codes, z_e - sum)
}
