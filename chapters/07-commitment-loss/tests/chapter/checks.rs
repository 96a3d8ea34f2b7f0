//! The checks of this chapter's exercises.

use lab::{Diagnosis, judge, judge_number};
use ndarray::{Array1, Array2, array};

const BETA: f64 = 0.25;

struct Batch {
    z_e: Array2<f64>,
    codebook: Array2<f64>,
    indices: Vec<usize>,
    z_q: Array2<f64>,
}

/// Five latents; code 1 is chosen once, code 2 never.
fn batch() -> Batch {
    let z_e =
        array![[0.9, 0.2], [1.3, -0.3], [-1.0, 0.8], [0.5, 0.4], [1.1, 0.6]];
    let codebook = array![[1.0, 0.0], [-1.5, 1.0], [4.0, -4.0]];
    let indices = vec![0, 0, 1, 0, 0];
    let z_q = codebook.select(ndarray::Axis(0), &indices);
    Batch { z_e, codebook, indices, z_q }
}

pub fn codebook_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, &[usize]) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § The codebook term, equation 7.7";
    let Batch { z_e, codebook, indices, .. } = batch();
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (mut right, mut last) = (&codebook * 0.0, &codebook * 0.0);
    for (z, &k) in z_e.rows().into_iter().zip(&indices) {
        let pull = (&codebook.row(k) - &z) * (2.0 / z_e.len() as f64);
        right.row_mut(k).scaled_add(1.0, &pull);
        last.row_mut(k).assign(&pull);
    }
    let mut per_code = &right * z_e.len() as f64;
    per_code.row_mut(0).mapv_inplace(|v| v / 4.0);
    judge(
        &right,
        &candidate(&z_e, &codebook, &indices),
        1e-10,
        vec![
            (
                last,
                told(
                    "last one wins",
                    "Each latent overwrote what the one before had said. Several latents choose one vector; their \
                     gradients add up.",
                ),
            ),
            (
                per_code,
                told(
                    "averaged per code",
                    "Each row was averaged over the latents that chose it. The loss is one mean over all N·C, so a \
                     code that many chose has a larger gradient.",
                ),
            ),
            (
                -&right,
                told(
                    "away",
                    "The sign is turned: descending this drives the codes away from their latents.",
                ),
            ),
            (
                &right * z_e.ncols() as f64,
                told(
                    "mean over rows",
                    "C times too large: the mean is over all N·C elements, not over the N rows.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn commitment_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, f64) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § The commitment term, equation 7.9";
    let Batch { z_e, z_q, .. } = batch();
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let right = (&z_e - &z_q) * (2.0 * BETA / z_e.len() as f64);
    judge(
        &right,
        &candidate(&z_e, &z_q, BETA),
        1e-10,
        vec![
            (
                &right / BETA,
                told(
                    "weight forgotten",
                    "This is the gradient for β = 1. If β is on the codebook term instead, the encoder never hears of \
                     it.",
                ),
            ),
            (
                -&right,
                told(
                    "away",
                    "The sign is turned: descending this drives a latent away from its code.",
                ),
            ),
            (
                &right * z_e.ncols() as f64,
                told(
                    "mean over rows",
                    "C times too large: the mean is over all N·C elements, not over the N rows.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

type EncoderGradient =
    fn(&Array2<f64>, &Array2<f64>, &Array2<f64>, f64) -> Array2<f64>;

pub fn encoder_gradient(candidate: EncoderGradient) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § One step, written out, equation 7.5";
    let Batch { z_e, z_q, .. } = batch();
    let d_z_q =
        array![[0.3, -0.1], [0.2, 0.5], [-0.7, 0.1], [0.0, 0.4], [0.1, 0.1]];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let pull = (&z_e - &z_q) * (2.0 / z_e.len() as f64);
    judge(
        &(&d_z_q + &pull * BETA),
        &candidate(&d_z_q, &z_e, &z_q, BETA),
        1e-10,
        vec![
            (
                &pull * BETA,
                told(
                    "no straight-through",
                    "The reconstruction is missing. Its gradient at the decoder's input is handed to the encoder as it \
                     is.",
                ),
            ),
            (
                d_z_q.clone(),
                told(
                    "no commitment",
                    "The commitment term is missing; nothing ties the latents to their codes.",
                ),
            ),
            (
                &d_z_q + &pull * (1.0 + BETA),
                told(
                    "no stop-gradient",
                    "The codebook term reached the encoder. It has z_e inside sg: it moves the codebook alone.",
                ),
            ),
            (
                &d_z_q + &pull * (BETA - 1.0),
                told(
                    "too late",
                    "This is what comes of a codebook term that is taken after the straight-through step: for β below \
                     1 it drives the latents away.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn beta_for_a_sum(
    candidate: fn(f64, usize, usize) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § Mean or sum, equation 7.10";
    let (n, c) = (10, 8);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    judge_number(
        BETA / 8.0,
        candidate(BETA, n, c),
        1e-12,
        vec![
            (
                BETA,
                told(
                    "unchanged",
                    "With the same β a sum over components pulls C times as hard.",
                ),
            ),
            (
                BETA * 8.0,
                told(
                    "wrong way round",
                    "The sum is already C times larger; β has to make up for it, not to do it again.",
                ),
            ),
            (
                BETA / 80.0,
                told(
                    "over everything",
                    "Both reductions average over the N latents; only the C components differ.",
                ),
            ),
        ],
        told("value", "The weight is wrong."),
    )
}

type EmaUpdate = fn(
    &Array1<f64>,
    &Array2<f64>,
    &Array2<f64>,
    &[usize],
    f64,
) -> (Array1<f64>, Array2<f64>, Array2<f64>);

pub fn ema_update(candidate: EmaUpdate) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 7, § A codebook without a gradient, equation 7.11";
    let Batch { z_e, indices, .. } = batch();
    let counts = array![2.0, 3.0, 0.5];
    let sums = array![[2.0, 0.4], [-4.0, 3.0], [2.0, -2.0]];
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let n = array![4.0, 1.0, 0.0];
    let (n_k, m_k, e) = candidate(&counts, &sums, &z_e, &indices, 0.9);
    let right = &counts * 0.9 + &n * 0.1;
    let mut kept = right.clone();
    kept[2] = counts[2];
    judge(
        &right,
        &n_k,
        1e-10,
        vec![
            (
                &counts * 0.1 + &n * 0.9,
                told(
                    "shares swapped",
                    "γ and 1 - γ are swapped: γ is what is kept of the old.",
                ),
            ),
            (
                &counts + &n,
                told(
                    "nothing decays",
                    "Nothing is forgotten: this is the mean over the whole past, while the encoder has moved on.",
                ),
            ),
            (
                kept,
                told(
                    "only the chosen decay",
                    "A code that nobody chose kept its count. It has to decay like the others; count and sum shrink \
                     alike, so the vector stays.",
                ),
            ),
        ],
        told("counts", "The counts are wrong."),
    )?;
    let sum = array![[3.8, 0.9], [-1.0, 0.8], [0.0, 0.0]];
    let right = &sums * 0.9 + &sum * 0.1;
    judge(&right, &m_k, 1e-10, vec![], told("sums", "The sums are wrong."))?;
    let codebook = array![
        [right[[0, 0]] / 2.2, right[[0, 1]] / 2.2],
        [right[[1, 0]] / 2.8, right[[1, 1]] / 2.8],
        [4.0, -4.0]
    ];
    let averaged = array![
        [0.9 + 0.095, 0.9 * 0.2 + 0.0225],
        [-1.2 - 0.1, 0.9 + 0.08],
        [4.0, -4.0]
    ];
    judge(
        &codebook,
        &e,
        1e-10,
        vec![(
            averaged,
            told(
                "codebook averaged",
                "The codebook itself was averaged with the batch means. A batch in which a code was chosen once then \
                 weighs as much as one in which it was chosen a hundred times; average counts and sums, then divide.",
            ),
        )],
        told("codebook", "The codebook is not the sums over the counts."),
    )
}

pub fn perplexity(
    candidate: fn(&Array1<usize>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § How many codes are in use, equation 7.14";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let nats = 0.5 * 2.0_f64.ln() + 0.5 * 4.0_f64.ln();
    let judged = |counts: Array1<usize>| {
        judge_number(
            nats.exp(),
            candidate(&counts),
            1e-10,
            vec![
                (
                    (nats / 2.0_f64.ln()).exp(),
                    told(
                        "bits in an exponential",
                        "The entropy is in bits and the base is e. Either both are natural or both are 2; a perplexity \
                         above the number of codes is the sign.",
                    ),
                ),
                (
                    2.0_f64.powf(nats),
                    told(
                        "nats in a power of two",
                        "The entropy is in nats and the base is 2. Either both are natural or both are 2.",
                    ),
                ),
                (
                    3.0,
                    told(
                        "codes seen",
                        "This counts the codes that occur at all. A code chosen once in a million should hardly count.",
                    ),
                ),
            ],
            told("value", "The perplexity is wrong."),
        )
    };
    judged(array![4, 2, 2])?;
    if candidate(&array![4, 0, 2, 2]).is_nan() {
        let what = "A code that nobody chose made it NaN: 0 times the logarithm of 0. It adds nothing.";
        return Err(
            told("zero times infinity", what).with(nats.exp(), f64::NAN)
        );
    }
    judged(array![4, 0, 2, 2])
}

type Slopes = (Array2<f64>, Array2<f64>);

/// Means and logarithms of variances of three images and two components.
fn gaussians() -> (Array2<f64>, Array2<f64>) {
    let mu = array![[0.0, 1.5], [-2.0, 0.3], [0.7, 0.7]];
    (mu, array![[0.4, -1.2], [-0.6, 0.0], [1.1, -3.0]])
}

pub fn gaussian_kl_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Slopes,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § A Gaussian posterior, equation 7.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (mu, log_var) = gaussians();
    let (d_mu, d_log_var) = candidate(&mu, &log_var);
    judge(
        &(&mu / 3.0),
        &d_mu,
        1e-10,
        vec![
            (
                mu.clone(),
                told(
                    "summed over the batch",
                    "B times too large: the divergence is a mean over the images, a sum over the components alone. A \
                     larger batch would pull harder.",
                ),
            ),
            (
                &mu / 6.0,
                told(
                    "mean over components",
                    "C times too small: the components' divergences add up. A mean makes them weigh less than the \
                     nats that they are.",
                ),
            ),
        ],
        told("at the mean", "The gradient at the means is wrong."),
    )?;
    let over = |slope: fn(f64) -> f64| log_var.mapv(slope) / 3.0;
    judge(
        &over(|s| 0.5 * (s.exp() - 1.0)),
        &d_log_var,
        1e-10,
        vec![
            (
                over(|s| s.exp() - 1.0),
                told(
                    "half forgotten",
                    "Twice too large: the half before the bracket stays at this gradient. At the mean it meets the 2 \
                     of the square.",
                ),
            ),
            (
                over(|s| 0.5 * (1.0 - (-s).exp())),
                told(
                    "at the variance",
                    "This is the slope at σ². The network gives log σ²: multiply by the derivative of its exponential.",
                ),
            ),
            (
                over(|s| (s / 2.0).exp() - (-s / 2.0).exp()),
                told(
                    "at sigma",
                    "This is the slope at σ. The network gives log σ²: σ is its exponential, halved before.",
                ),
            ),
        ],
        told(
            "at the variance's logarithm",
            "The gradient at log σ² is wrong.",
        ),
    )
}

type ReparameteriseBackward =
    fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Slopes;

pub fn reparameterise_backward(
    candidate: ReparameteriseBackward,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § A sample with a slope, equation 7.3";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (d_z, log_var) = gaussians();
    let noise = array![[0.5, -1.0], [2.0, 0.0], [-0.3, 1.4]];
    let (d_mu, d_log_var) = candidate(&d_z, &log_var, &noise);
    let none = &d_z * 0.0;
    judge(
        &d_z,
        &d_mu,
        1e-10,
        vec![(
            none.clone(),
            told(
                "no slope",
                "The sample was taken for a constant. The noise is one; the mean that is added to it is not.",
            ),
        )],
        told("at the mean", "The gradient at the means is wrong."),
    )?;
    let sigma = log_var.mapv(|s| (s / 2.0).exp());
    judge(
        &(&d_z * &sigma * &noise * 0.5),
        &d_log_var,
        1e-10,
        vec![
            (
                none,
                told(
                    "no slope in the width",
                    "No gradient at log σ²: then the noise never learns its size. It scales the noise, so it has a \
                     slope.",
                ),
            ),
            (
                &d_z * &sigma * &noise,
                told(
                    "half forgotten",
                    "Twice too large: σ is the exponential of *half* of log σ², and the half comes out.",
                ),
            ),
            (
                &d_z * &noise,
                told(
                    "at sigma",
                    "This is the gradient at σ. The network gives log σ²: multiply by the derivative of σ there.",
                ),
            ),
            (
                &d_z * &sigma * 0.5,
                told(
                    "noise forgotten",
                    "The noise is missing: σ multiplies it, so it stands in the derivative.",
                ),
            ),
        ],
        told(
            "at the variance's logarithm",
            "The gradient at log σ² is wrong.",
        ),
    )
}

type StackLookup =
    fn(&Array2<f64>, &[Array2<f64>]) -> (Array2<usize>, Array2<f64>);

/// Six latents: two that are 0 in part, one between two codes, two far away.
fn stack() -> (Array2<f64>, Vec<Array2<f64>>) {
    let z_e = array![
        [0.0, 0.0],
        [1.0, 0.0],
        [-1.4, 0.9],
        [2.1, 1.3],
        [1000.0, -1000.0],
        [-1000.0, 0.4]
    ];
    let codebooks = vec![
        array![[2.0, 0.0], [0.0, 0.0], [-1.0, 1.0], [900.0, -900.0]],
        array![[0.5, 0.5], [-0.5, 0.2], [80.0, -80.0]],
        array![
            [0.1, 0.1],
            [-0.2, 0.0],
            [0.0, 0.3],
            [0.3, -0.1],
            [15.0, -15.0]
        ],
    ];
    (z_e, codebooks)
}

/// The codes and vectors of several levels, where `next` says what the next one looks up, of the latent, what this one looked
/// up, and its vector.
fn levels(
    z_e: &Array2<f64>,
    codebooks: &[Array2<f64>],
    next: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> (Array2<f64>, Vec<Array2<f64>>) {
    let mut codes = Array2::zeros((z_e.nrows(), codebooks.len()));
    let (mut at, mut vectors) = (z_e.clone(), Vec::new());
    for (n, e) in codebooks.iter().enumerate() {
        let indices = nearest(&at, e);
        vectors.push(e.select(ndarray::Axis(0), &indices));
        at = next(z_e, &at, &vectors[n]);
        codes.column_mut(n).assign(&numbers(&indices));
    }
    (codes, vectors)
}

fn nearest(z_e: &Array2<f64>, codebook: &Array2<f64>) -> Vec<usize> {
    codebook_lookup::plain::nearest(z_e, codebook).expect("finite numbers")
}

fn numbers(indices: &[usize]) -> Array1<f64> {
    indices.iter().map(|k| *k as f64).collect()
}

fn total(z_e: &Array2<f64>, vectors: &[Array2<f64>]) -> Array2<f64> {
    vectors.iter().fold(z_e * 0.0, |sum, e| sum + e)
}

pub fn residual_lookup(candidate: StackLookup) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § What is left over, equation 7.16";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (z_e, codebooks) = stack();
    let none = z_e.slice(ndarray::s![..0, ..]).to_owned();
    let all = [(&z_e, 3), (&z_e, 1), (&z_e, 0), (&none, 2)];
    for (z_e, l) in all {
        let codebooks = &codebooks[..l];
        let (codes, z_q) = candidate(z_e, codebooks);
        let (right, vectors) = levels(z_e, codebooks, |_, at, e| at - e);
        let wrong = |next| levels(z_e, codebooks, next).0;
        judge(
            &right,
            &codes.mapv(|k| k as f64),
            0.0,
            vec![
                (
                    wrong(|z, _, _| z.clone()),
                    told(
                        "the latent each time",
                        "Each level looked up the latent itself. The first vector is in the sum already: the second \
                         level is asked for what is left, and so on.",
                    ),
                ),
                (
                    wrong(|_, _, e| e.clone()),
                    told(
                        "the vector again",
                        "A level looked up the vector of the one before it, in place of what that vector missed.",
                    ),
                ),
                (
                    wrong(|z, _, e| z - e),
                    told(
                        "less the last alone",
                        "From the third level on, what was looked up is the latent less the last vector. All vectors \
                         before have to be taken off, not the last alone.",
                    ),
                ),
            ],
            told("codes", "The codes are wrong."),
        )?;
        let sum = total(z_e, &vectors);
        let last = vectors.last().cloned().unwrap_or(z_e * 0.0);
        judge(
            &sum,
            &z_q,
            1e-10,
            vec![
                (
                    last,
                    told(
                        "the last vector",
                        "This is the vector of the last level. The decoder receives the sum of all.",
                    ),
                ),
                (
                    z_e - &sum,
                    told(
                        "what is left",
                        "This is what is left in the end. The decoder receives what was taken off: the sum.",
                    ),
                ),
            ],
            told(
                "sum",
                "The codes are right, and the vectors are not their sum.",
            ),
        )?;
    }
    Ok(())
}

type ResidualBackward =
    fn(&Array2<f64>, &[Array2<f64>], &Array2<usize>, f64) -> Array2<f64>;

pub fn residual_backward(
    candidate: ResidualBackward,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § What is left over, equation 7.17";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let (z_e, codebooks) = stack();
    let (codes, vectors) = levels(&z_e, &codebooks, |_, at, e| at - e);
    let codes = codes.mapv(|k| k as usize);
    let factor = 2.0 * BETA / z_e.len() as f64;
    let sums = |of: &dyn Fn(usize) -> Array2<f64>| {
        let pulls: Vec<_> = (0..vectors.len()).map(of).collect();
        total(&z_e, &pulls) * factor
    };
    let after = |n: usize| &z_e - &total(&z_e, &vectors[..n]);
    let right = sums(&|n| after(n + 1));
    let sum = total(&z_e, &vectors);
    judge(
        &right,
        &candidate(&z_e, &codebooks, &codes, BETA),
        1e-10,
        vec![
            (
                after(vectors.len()) * factor,
                told(
                    "the total alone",
                    "This pulls to the sum of all levels alone. Each level has a commitment term of its own, or the first \
                     ones have no latents that stay near them.",
                ),
            ),
            (
                sums(&|n| &z_e - &vectors[n]),
                told(
                    "each against the latent",
                    "Each level's vector was compared with the whole latent. A later level stands for what is left, \
                     so that is what its term compares it with.",
                ),
            ),
            (
                sums(&|n| after(n) - &sum),
                told(
                    "each against the total",
                    "What is left for a level was compared with the sum of all vectors. Compare it with the vector of \
                     that level.",
                ),
            ),
            (
                &right / vectors.len() as f64,
                told(
                    "mean over levels",
                    "L times too small: the terms of the levels add up.",
                ),
            ),
            (
                -&right,
                told(
                    "away",
                    "The sign is turned: descending this drives the latents away from their codes.",
                ),
            ),
            (
                &right / BETA,
                told("weight forgotten", "This is the gradient for β = 1."),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn product_lookup(candidate: StackLookup) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § Side by side, equation 7.18";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let z_e = array![
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1.0, -2.0, 0.0, 0.3, 2.2, -1.0],
        [-1000.0, 3.0, 0.5, -0.2, 1000.0, 0.0],
        [0.9, 1.9, 3.1, -1.1, 0.1, 0.8],
        [2.0, -0.4, 1.0, 0.6, -0.7, -2.5]
    ];
    let codebooks = [
        array![[1.0, 2.0, 3.0], [-1.0, 0.0, 0.5], [2.0, -1.0, 1.0]],
        array![
            [0.0, 2.0, -1.0],
            [-1.0, 0.0, 1.0],
            [0.5, -1.0, -2.0],
            [0.0, 900.0, 0.0]
        ],
    ];
    // Columns of each part, and where its vectors go.
    let by = |from: fn(usize, usize) -> usize,
              to: fn(usize, usize) -> usize,
              which: fn(usize) -> usize| {
        let mut codes = Array2::zeros((z_e.nrows(), 2));
        let mut z_q = &z_e * 0.0;
        for g in 0..2 {
            let e = &codebooks[which(g)];
            let columns: Vec<_> = (0..3).map(|c| from(g, c)).collect();
            let part = z_e.select(ndarray::Axis(1), &columns);
            let indices = nearest(&part, e);
            for c in 0..3 {
                let column = e.column(c).select(ndarray::Axis(0), &indices);
                z_q.column_mut(to(g, c)).assign(&column);
            }
            codes.column_mut(g).assign(&numbers(&indices));
        }
        (codes, z_q)
    };
    let (cut, mixed) =
        (|g: usize, c: usize| 3 * g + c, |g: usize, c: usize| 2 * c + g);
    let (right, z_q) = by(cut, cut, |g| g);
    let (codes, vectors) = candidate(&z_e, &codebooks);
    judge(
        &right,
        &codes.mapv(|k| k as f64),
        0.0,
        vec![
            (
                by(mixed, mixed, |g| g).0,
                told(
                    "interleaved",
                    "Every second component went to the same part. The first C / G components are the first part, as \
                     they stand.",
                ),
            ),
            (
                by(|_, c| c, cut, |g| g).0,
                told(
                    "the first part each time",
                    "Every codebook was shown the first components. The second begins where the first ends.",
                ),
            ),
            (
                by(cut, cut, |_| 0).0,
                told(
                    "the first codebook each time",
                    "Every part was looked up in the first codebook. Each part has its own.",
                ),
            ),
        ],
        told("codes", "The codes are wrong."),
    )?;
    judge(
        &z_q,
        &vectors,
        1e-10,
        vec![(
            by(cut, mixed, |g| g).1,
            told(
                "put back interleaved",
                "The parts were cut in one order and put together in another: the vectors belong where their parts came \
                 from.",
            ),
        )],
        told(
            "vectors",
            "The codes are right, and the vectors are not theirs.",
        ),
    )
}
