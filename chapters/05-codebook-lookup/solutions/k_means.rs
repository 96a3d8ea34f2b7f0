use codebook_lookup::plain::{
    cluster_means, distortion, gather, nearest, squared_distance, usage,
};
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

pub type Start = fn(&Array2<f64>, usize, &mut ChaCha8Rng) -> Array2<f64>;

pub fn k_means(
    z: &Array2<f64>,
    k: usize,
    restarts: usize,
    start: Start,
    rng: &mut ChaCha8Rng,
) -> (Array2<f64>, f64) {
    let mut best = (Array2::zeros((k, z.ncols())), f64::INFINITY);
    for _ in 0..restarts {
        let mut codebook = start(z, k, rng); // [K, C]
        let error = loop {
            let indices = nearest(z, &codebook).expect("finite numbers");
            let z_q = gather(&codebook, &indices); // [N, C]
            let next = step(z, &indices, &z_q, &codebook);
            if next == codebook {
                break distortion(z, &z_q);
            }
            codebook = next;
        };
        if error < best.1 {
            best = (codebook, error);
        }
    }
    best
}

fn step(
    z: &Array2<f64>,
    indices: &[usize],
    z_q: &Array2<f64>,
    codebook: &Array2<f64>,
) -> Array2<f64> {
    let mut next = cluster_means(z, indices, codebook); // [K, C]
    let pairs = z.rows().into_iter().zip(z_q.rows());
    let mut far: Vec<f64> =
        pairs.map(|(z, z_q)| squared_distance(z, z_q)).collect(); // [N]
    for (k, &n) in usage(indices, codebook.nrows()).iter().enumerate() {
        let largest = |a: usize, b| if far[b] > far[a] { b } else { a };
        let farthest = (0..z.nrows()).fold(0, largest);
        if n == 0 && far[farthest] > 0.0 {
            next.row_mut(k).assign(&z.row(farthest));
            far[farthest] = 0.0;
        }
    }
    next
}
