use ndarray::{Array2, ArrayView1};

fn first_by(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
    better: impl Fn(ArrayView1<f64>, usize, usize) -> bool,
) -> Vec<usize> {
    let best = |z| {
        (1..codebook.nrows())
            .fold(0, |a, b| if better(z, b, a) { b } else { a })
    };
    z.rows().into_iter().map(best).collect()
}

fn distance(z: ArrayView1<f64>, e: ArrayView1<f64>) -> f64 {
    (&z - &e).mapv(|v| v * v).sum()
}

pub fn farthest(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    let d = |z: ArrayView1<f64>, k| distance(z, codebook.row(k));
    first_by(z, codebook, |z, new, old| d(z, new) > d(z, old))
}

pub fn last_of_equals(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    let d = |z: ArrayView1<f64>, k| distance(z, codebook.row(k));
    first_by(z, codebook, |z, new, old| d(z, new) <= d(z, old))
}

pub fn largest_product(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Vec<usize> {
    let s = |z: ArrayView1<f64>, k| z.dot(&codebook.row(k));
    first_by(z, codebook, |z, new, old| s(z, new) > s(z, old))
}

pub fn signed_difference(
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Vec<usize> {
    let d = |z: ArrayView1<f64>, k| (&z - &codebook.row(k)).sum();
    first_by(z, codebook, |z, new, old| d(z, new) < d(z, old))
}

pub fn sizes_added(z: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    let d =
        |z: ArrayView1<f64>, k| (&z - &codebook.row(k)).mapv(f64::abs).sum();
    first_by(z, codebook, |z, new, old| d(z, new) < d(z, old))
}
