use codebook_lookup::plain::{gather_backward, nearest, usage};
use commitment_loss::plain::revive;
use ndarray::{Array1, Array2, Axis};
use rand_chacha::ChaCha8Rng;

/// What one answer does otherwise than the others.
#[derive(Clone, Copy)]
struct Way {
    /// What counts and sums begin at, in shares of one latent.
    start: [f64; 2],
    /// Whether γ is what is taken of the new.
    swapped: bool,
    /// Whether the latents are looked up in the first codebook.
    first: bool,
    /// What becomes of the averages of a code that starts again.
    again: Again,
    /// By which counts a code is dead.
    by: By,
    /// Whether codes that no latent chose are divided too.
    divided: bool,
}

#[derive(Clone, Copy)]
enum Again {
    One,
    Nothing,
    Kept,
}

#[derive(Clone, Copy)]
enum By {
    Average,
    Batch,
    Never,
}

const RIGHT: Way = Way {
    start: [1.0, 1.0],
    swapped: false,
    first: false,
    again: Again::One,
    by: By::Average,
    divided: false,
};

type Trains = (Array2<f64>, f64, f64);

fn trained(
    (mut codebook, gamma, threshold): Trains,
    batches: &[Array2<f64>],
    rng: &mut ChaCha8Rng,
    way: Way,
) -> Array2<f64> {
    let (k, begun) = (codebook.nrows(), codebook.clone());
    let mut counts = Array1::from_elem(k, way.start[0]);
    let mut sums = &codebook * way.start[1];
    let keep = if way.swapped { 1.0 - gamma } else { gamma };
    for z_e in batches {
        let at = if way.first { &begun } else { &codebook };
        let indices = nearest(z_e, at).unwrap();
        let n = usage(&indices, k).mapv(|n| n as f64);
        let sum = gather_backward(z_e, &indices, k);
        counts = counts * keep + &n * (1.0 - keep);
        sums = sums * keep + sum * (1.0 - keep);
        for k in 0..k {
            if way.divided || n[k] > 0.0 {
                codebook.row_mut(k).assign(&(&sums.row(k) / counts[k]));
            }
        }
        let by = match way.by {
            By::Average => &counts,
            By::Batch => &n,
            By::Never => continue,
        };
        for k in revive(&mut codebook, by, z_e, threshold, rng) {
            let share = match way.again {
                Again::One => 1.0,
                Again::Nothing => 0.0,
                Again::Kept => continue,
            };
            counts[k] = share;
            sums.row_mut(k).assign(&(&codebook.row(k) * share));
        }
    }
    codebook
}

/// The vector goes elsewhere, and its averages stay.
pub fn averages_kept(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { again: Again::Kept, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// A code that starts again has been chosen by nobody.
pub fn counted_as_nothing(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { again: Again::Nothing, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// Averages alone.
pub fn never_revived(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { by: By::Never, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// What this batch did not choose is dead.
pub fn dead_in_one_batch(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { by: By::Batch, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// γ is what is taken of the new.
pub fn shares_swapped(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { swapped: true, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// As in equation 7.12.
pub fn averages_begin_empty(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { start: [0.0, 0.0], ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// Nobody has chosen anything yet, and the sum is the codebook.
pub fn a_mismatched_start(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { start: [0.0, 1.0], ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// The codebook that came in is never replaced.
pub fn looked_up_in_the_first_codebook(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { first: true, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// Every code is divided, chosen or not.
pub fn divided_by_nothing(
    codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let way = Way { divided: true, ..RIGHT };
    trained((codebook, gamma, threshold), batches, rng, way)
}

/// In arrays: the ratio of all codes overwrites what `revive` has moved.
pub fn averages_kept_and_all_divided(
    mut codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let k = codebook.nrows();
    let (mut counts, mut sums) = (Array1::<f64>::ones(k), codebook.clone());
    for z_e in batches {
        let indices = nearest(z_e, &codebook).unwrap();
        let n = usage(&indices, k).mapv(|n| n as f64);
        counts = counts * gamma + n * (1.0 - gamma);
        let sum = gather_backward(z_e, &indices, k);
        sums = sums * gamma + sum * (1.0 - gamma);
        codebook = &sums / &counts.view().insert_axis(Axis(1));
        revive(&mut codebook, &counts, z_e, threshold, rng);
    }
    codebook
}

/// The codes that a batch chose are averaged, the others keep their counts.
pub fn only_the_chosen_decay(
    mut codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let k = codebook.nrows();
    let (mut counts, mut sums) = (Array1::<f64>::ones(k), codebook.clone());
    for z_e in batches {
        let indices = nearest(z_e, &codebook).unwrap();
        let n = usage(&indices, k);
        let sum = gather_backward(z_e, &indices, k);
        for k in (0..k).filter(|&k| n[k] > 0) {
            counts[k] = gamma * counts[k] + (1.0 - gamma) * n[k] as f64;
            let old = &sums.row(k) * gamma;
            sums.row_mut(k).assign(&(old + &sum.row(k) * (1.0 - gamma)));
            codebook.row_mut(k).assign(&(&sums.row(k) / counts[k]));
        }
        for k in revive(&mut codebook, &counts, z_e, threshold, rng) {
            counts[k] = 1.0;
            sums.row_mut(k).assign(&codebook.row(k));
        }
    }
    codebook
}

/// The vectors are averaged, and no sums are kept.
pub fn vectors_averaged(
    mut codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let k = codebook.nrows();
    let mut counts = Array1::<f64>::ones(k);
    for z_e in batches {
        let indices = nearest(z_e, &codebook).unwrap();
        let n = usage(&indices, k).mapv(|n| n as f64);
        let sum = gather_backward(z_e, &indices, k);
        counts = counts * gamma + &n * (1.0 - gamma);
        for k in (0..k).filter(|&k| n[k] > 0.0) {
            let old = &codebook.row(k) * gamma;
            let mean = &sum.row(k) / n[k];
            codebook.row_mut(k).assign(&(old + mean * (1.0 - gamma)));
        }
        for k in revive(&mut codebook, &counts, z_e, threshold, rng) {
            counts[k] = 1.0;
        }
    }
    codebook
}

/// What was dead before this batch starts again before it counts.
pub fn revived_before_it_counts(
    mut codebook: Array2<f64>,
    batches: &[Array2<f64>],
    gamma: f64,
    threshold: f64,
    rng: &mut ChaCha8Rng,
) -> Array2<f64> {
    let k = codebook.nrows();
    let (mut counts, mut sums) = (Array1::<f64>::ones(k), codebook.clone());
    for z_e in batches {
        for k in revive(&mut codebook, &counts, z_e, threshold, rng) {
            counts[k] = 1.0;
            sums.row_mut(k).assign(&codebook.row(k));
        }
        let indices = nearest(z_e, &codebook).unwrap();
        let n = usage(&indices, k).mapv(|n| n as f64);
        let sum = gather_backward(z_e, &indices, k);
        counts = counts * gamma + &n * (1.0 - gamma);
        sums = sums * gamma + sum * (1.0 - gamma);
        for k in (0..k).filter(|&k| n[k] > 0.0) {
            codebook.row_mut(k).assign(&(&sums.row(k) / counts[k]));
        }
    }
    codebook
}
