use ndarray::Array2;

/// The code of each latent with the least of `cost(squared distance, prices, n, k)`.
fn least(
    z: &Array2<f64>,
    e: &Array2<f64>,
    cost: impl Fn(f64, usize, usize) -> f64,
) -> Vec<usize> {
    let of_latent = |n: usize| {
        let of = |k: usize| {
            let far = &z.row(n) - &e.row(k);
            cost(far.dot(&far), n, k)
        };
        let cheaper = |a, b| if of(b) < of(a) { b } else { a };
        (1..e.nrows()).fold(0, cheaper)
    };
    (0..z.nrows()).map(of_latent).collect()
}

type Matrix = Array2<f64>;

pub fn dear(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    least(z, e, |d, n, k| d - p[[n % p.nrows(), k]])
}

pub fn first_place(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    least(z, e, |d, _, k| d + p[[0, k]])
}

pub fn map_for_place(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    let each = z.nrows() / p.nrows();
    least(z, e, |d, n, k| d + p[[n / each, k]])
}

pub fn not_squared(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    least(z, e, |d, n, k| d.sqrt() + p[[n % p.nrows(), k]])
}

pub fn nearest(z: &Matrix, e: &Matrix, _: &Matrix) -> Vec<usize> {
    least(z, e, |d, _, _| d)
}

pub fn price_alone(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    least(z, e, |_, n, k| p[[n % p.nrows(), k]])
}

pub fn mean_distance(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    let width = z.ncols() as f64;
    least(z, e, |d, n, k| d / width + p[[n % p.nrows(), k]])
}

pub fn last_of_equals(z: &Matrix, e: &Matrix, p: &Matrix) -> Vec<usize> {
    let of_latent = |n: usize| {
        let of = |k: usize| {
            let far = &z.row(n) - &e.row(k);
            far.dot(&far) + p[[n % p.nrows(), k]]
        };
        let cheaper = |a, b| if of(b) <= of(a) { b } else { a };
        (1..e.nrows()).fold(0, cheaper)
    };
    (0..z.nrows()).map(of_latent).collect()
}
