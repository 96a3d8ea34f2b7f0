use codebook_lookup::plain::{gather_backward, nearest, usage};
use commitment_loss::plain::revive;
use ndarray::{Array1, Array2};
use rand_chacha::ChaCha8Rng;

pub fn keep_alive(
    mut codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let k = codebook.nrows();
    let (mut counts, mut sums) = (Array1::<f64>::ones(k), codebook.clone());
    for z_e in batches {
        let indices = nearest(z_e, &codebook).expect("finite numbers");
        let n = usage(&indices, k).mapv(|n| n as f64); // [K]
        let sum = gather_backward(z_e, &indices, k); // [K, C]
        counts = counts * gamma + &n * (1.0 - gamma);
        sums = sums * gamma + sum * (1.0 - gamma);
        for k in (0..k).filter(|&k| n[k] > 0.0) {
            codebook.row_mut(k).assign(&(&sums.row(k) / counts[k]));
        }
        for k in revive(&mut codebook, &counts, z_e, threshold, rng) {
            counts[k] = 1.0;
            sums.row_mut(k).assign(&codebook.row(k));
        }
    }
    codebook
}
