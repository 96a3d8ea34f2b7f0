//! The checks of this chapter's exercises.

use std::sync::LazyLock;

use codebook_lookup::plain::{gather_backward, usage};
use commitment_loss::plain::{
    Reduction, codebook_loss_backward, encoder_gradient as at_the_latent,
    perplexity as evenly, revive,
};
use commitment_loss::{plain, quantizer, training}; // `causes` finds them here
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array1, Array2, Axis, array};
use ndarray_rand::rand::Rng;
use rand_chacha::ChaCha8Rng;

#[path = "../../src/run/causes.rs"]
pub mod causes;

pub use causes::Cause;
use causes::{CAUSES, SAID, SHOWN, STEPS, apart, late, log};

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

/// A codebook, the batches that it learns from, γ, the threshold, and a seed.
struct Training {
    start: Array2<f64>,
    batches: Vec<Array2<f64>>,
    gamma: f64,
    threshold: f64,
}

impl Training {
    fn rng(&self) -> ChaCha8Rng {
        rng_at(7, self.batches.len() as u64)
    }
}

/// A few batches of unequal size, one of them empty; with zeros, ties and large numbers.
fn a_few_batches() -> Training {
    let start = array![
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1000.0, -1000.0, 0.0],
        [5.0, 5.0, 5.0]
    ];
    let batches = vec![
        array![
            [0.5, 0.0, 0.0],
            [0.1, -0.2, 0.3],
            [1.5, 0.2, 0.0],
            [0.9, 0.0, 0.4],
            [900.0, -1000.0, 1.0]
        ],
        array![[2.0, 0.5, -0.5]],
        Array2::zeros((0, 3)),
        array![
            [0.0, 0.0, 0.0],
            [1.2, 0.1, -0.3],
            [-0.7, 0.4, 0.2],
            [2.2, 0.0, 0.1],
            [0.3, 0.3, 0.3],
            [1.0, -1.0, 0.6],
            [-0.1, 0.0, -0.4]
        ],
        array![[0.4, 0.4, 0.1], [2.1, 0.3, 0.0]],
        array![[0.2, 0.1, 0.0], [1.1, 0.0, 0.2], [3.0, 3.0, 3.0]],
        array![[0.0, 0.5, 0.0], [2.5, 2.5, 2.0], [1.0, 0.0, 0.0]],
    ];
    Training { start, batches, gamma: 0.8, threshold: 0.3 }
}

/// Six clouds of points on a circle, each more frequent than the one before.
fn clouds(n: usize, rng: &mut impl Rng) -> Array2<f64> {
    let mut points = Array2::zeros((n, 2));
    for mut point in points.rows_mut() {
        let mut at = rng.random_range(0..21);
        let mut cloud = 0;
        while at > cloud {
            cloud += 1;
            at -= cloud;
        }
        let (y, x) = f64::from(cloud).sin_cos();
        let mut near = || rng.random_range(-0.1..0.1);
        point.assign(&array![2.0 * x + near(), 2.0 * y + near()]);
    }
    points
}

/// One code begins among the clouds, five far from them.
fn from_far() -> Training {
    let rng = &mut rng_at(7, 0);
    let mut start = Array2::from_shape_fn((6, 2), |(k, c)| {
        10.0 + k as f64 + 0.5 * c as f64
    });
    start.row_mut(2).assign(&array![0.1, 0.0]);
    let batches = (0..40).map(|n| clouds(18 + n % 7, rng)).collect();
    Training { start, batches, gamma: 0.9, threshold: 0.5 }
}

/// A code that no latent chooses, until its count is 0, which it is at the last batch.
fn faded() -> Training {
    let (mut batches, mut count, gamma) = (Vec::new(), 1.0, 0.01);
    while count > 0.0 {
        batches.push(array![[0.5, 0.0], [1.0, -1.0], [0.0, 0.0]]);
        count *= gamma;
    }
    let start = array![[0.0, 0.0], [-3.0, 4.0], [1.0, 1.0]];
    Training { start, batches, gamma, threshold: 0.0 }
}

/// Mistakes in such a training.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slip {
    AveragesKept,
    AveragesKeptByAll,
    CountedAsNothing,
    NeverRevived,
    DeadInOneBatch,
    RevivedTooSoon,
    SharesSwapped,
    EmptyAverages,
    MismatchedStart,
    TheFirstCodebook,
    OnlyTheChosenDecay,
    VectorsAveraged,
    DividedByNothing,
}

/// All of them but the last, which shows where a count has faded alone.
const SLIPS: [(Slip, &str, &str); 12] = [
    (
        Slip::AveragesKept,
        "averages kept",
        "A code that started again kept its old averages: as soon as a latent chooses it, they pull it back to where it was dead. \
         Its count and its sum start again with it.",
    ),
    (
        Slip::AveragesKeptByAll,
        "averages kept",
        "A code that started again kept its old averages, and at the next batch it is their ratio again: back where it was dead. \
         Its count and its sum start again with it.",
    ),
    (
        Slip::CountedAsNothing,
        "counted as nothing",
        "A code that started again has the count 0: then it is below the threshold at once, and starts again at nearly every batch. \
         It stands for one latent, count 1.",
    ),
    (
        Slip::NeverRevived,
        "never revived",
        "No code started again. What no latent chooses stays where it is, for good.",
    ),
    (
        Slip::DeadInOneBatch,
        "dead in one batch",
        "The counts of one batch said who is dead. A rare code is missing from many a batch; the averaged count knows better.",
    ),
    (
        Slip::RevivedTooSoon,
        "revived too soon",
        "Codes started again before this batch was counted. First look up and average, then see who is dead.",
    ),
    (
        Slip::SharesSwapped,
        "shares swapped",
        "γ and 1 - γ are swapped: γ is what is kept of the old.",
    ),
    (
        Slip::EmptyAverages,
        "empty averages",
        "Counts and sums begin at 0. Here each code begins as if it stood for one latent: count 1, and its own vector for a sum.",
    ),
    (
        Slip::MismatchedStart,
        "mismatched start",
        "Counts begin at 0 and sums at the codebook: the first ratio throws a code far out. With the sums at the codebook, the \
         counts begin at 1.",
    ),
    (
        Slip::TheFirstCodebook,
        "the first codebook",
        "Latents were looked up in the codebook that came in. They choose among the codes as they are now.",
    ),
    (
        Slip::OnlyTheChosenDecay,
        "only the chosen decay",
        "A code that no latent chose kept its count, so it never looks dead. Its averages decay like the others; their ratio, and so \
         the vector, stays.",
    ),
    (
        Slip::VectorsAveraged,
        "vectors averaged",
        "The vectors were averaged with the means of a batch, so that a batch in which one latent chose a code weighs as much as one \
         in which a hundred did. Average counts and sums, then divide.",
    ),
];

/// The codebook after such a training, with a slip or without.
fn kept_alive(training: &Training, slip: Option<Slip>) -> Array2<f64> {
    let is = |one: Slip| slip == Some(one);
    let Training { start, batches, gamma, threshold } = training;
    let (rng, k) = (&mut training.rng(), start.nrows());
    let mut codebook = start.clone();
    let (mut counts, mut sums) = (Array1::<f64>::ones(k), start.clone());
    if is(Slip::EmptyAverages) || is(Slip::MismatchedStart) {
        counts.fill(0.0);
    }
    if is(Slip::EmptyAverages) {
        sums.fill(0.0);
    }
    let keep = if is(Slip::SharesSwapped) { 1.0 - gamma } else { *gamma };
    let again = |codes: Vec<usize>,
                 e: &Array2<f64>,
                 counts: &mut Array1<f64>,
                 sums: &mut Array2<f64>| {
        let kept = is(Slip::AveragesKept) || is(Slip::AveragesKeptByAll);
        let share = if is(Slip::CountedAsNothing) { 0.0 } else { 1.0 };
        for k in codes.into_iter().filter(|_| !kept) {
            counts[k] = share;
            sums.row_mut(k).assign(&(&e.row(k) * share));
        }
    };
    for z_e in batches {
        if is(Slip::RevivedTooSoon) {
            let found = revive(&mut codebook, &counts, z_e, *threshold, rng);
            again(found, &codebook, &mut counts, &mut sums);
        }
        let first = is(Slip::TheFirstCodebook);
        let indices = nearest(z_e, if first { start } else { &codebook });
        let n = usage(&indices, k).mapv(|n| n as f64); // [K]
        let sum = gather_backward(z_e, &indices, k); // [K, C]
        for k in 0..k {
            if is(Slip::OnlyTheChosenDecay) && n[k] == 0.0 {
                continue;
            }
            counts[k] = keep * counts[k] + (1.0 - keep) * n[k];
            let old = &sums.row(k) * keep;
            sums.row_mut(k).assign(&(old + &sum.row(k) * (1.0 - keep)));
            let all =
                is(Slip::DividedByNothing) || is(Slip::AveragesKeptByAll);
            if all || n[k] > 0.0 {
                let ratio = match is(Slip::VectorsAveraged) {
                    true => {
                        let mean = &sum.row(k) / n[k];
                        &codebook.row(k) * keep + mean * (1.0 - keep)
                    }
                    false => &sums.row(k) / counts[k],
                };
                codebook.row_mut(k).assign(&ratio);
            }
        }
        if is(Slip::NeverRevived) || is(Slip::RevivedTooSoon) {
            continue;
        }
        let by = if is(Slip::DeadInOneBatch) { &n } else { &counts };
        let found = revive(&mut codebook, by, z_e, *threshold, rng);
        again(found, &codebook, &mut counts, &mut sums);
    }
    codebook
}

/// Whether two codebooks are the same, as far as a rounding error goes; what is no number equals what is none.
fn same(a: &Array2<f64>, b: &Array2<f64>) -> bool {
    let near = |(a, b): (&f64, &f64)| {
        a == b
            || (a.is_nan() && b.is_nan())
            || (a - b).abs() <= 1e-9 * a.abs().max(1.0)
    };
    a.shape() == b.shape() && a.iter().zip(b).all(near)
}

/// Perplexity and mean squared distance of many points under a codebook, if it is one.
fn seen(codebook: &Array2<f64>) -> Option<(f64, f64)> {
    let points = clouds(2_000, &mut rng_at(7, 1));
    let found = codebook_lookup::plain::nearest(&points, codebook).ok()?;
    let far = &points - &codebook.select(Axis(0), &found);
    let error = far.mapv(|v| v * v).sum() / 2_000.0;
    Some((evenly(&usage(&found, codebook.nrows())), error))
}

type KeepsAlive =
    fn(Array2<f64>, &[Array2<f64>], f64, f64, &mut ChaCha8Rng) -> Array2<f64>;

pub fn keep_alive(candidate: KeepsAlive) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 7, § Keeping codes alive, and equation 7.11";
    let came = |training: &Training| {
        let Training { start, batches, gamma, threshold } = training;
        let rng = &mut training.rng();
        candidate(start.clone(), batches, *gamma, *threshold, rng)
    };
    let trainings = [a_few_batches(), from_far()];
    let all: Vec<_> = trainings.iter().map(came).collect();
    let agrees = |slip| {
        let right = trainings.iter().map(|t| kept_alive(t, slip));
        right.zip(&all).all(|(right, came)| same(&right, came))
    };
    if !agrees(None) {
        let right = kept_alive(&trainings[1], None);
        let ends = match (seen(&all[1]), seen(&right)) {
            (Some((p, e)), Some((q, f))) => format!(
                " On six clouds of points, five of six codes begin far away. After 40 batches yours have a perplexity of {p:.2} \
                 and a mean squared distance of {e:.3}; it should be {q:.2} and {f:.3}."
            ),
            _ => String::new(),
        };
        let mut known = SLIPS.into_iter();
        let (name, what) = known
            .find(|(slip, ..)| agrees(Some(*slip)))
            .map(|(_, name, what)| (name, what))
            .unwrap_or(("value", "The codebook is wrong."));
        let told = Diagnosis::new(name, format!("{what}{ends}"), SEE);
        for (training, came) in trainings.iter().zip(&all) {
            let right = kept_alive(training, None);
            let known = match right.shape() == came.shape() {
                true => vec![(came.clone(), told.clone())],
                false => vec![], // its shape is what is wrong
            };
            judge(&right, came, 1e-9, known, told.clone())?;
        }
        return Err(told);
    }
    let training = faded();
    let came = came(&training);
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let right = kept_alive(&training, None);
    let nothing = kept_alive(&training, Some(Slip::DividedByNothing));
    if !same(&right, &came) && same(&nothing, &came) {
        let divided = told(
            "divided by nothing",
            "A code that no latent chose was divided by its count all the same. Both averages fade, and in the end it is divided by 0. \
             Where no latent chose a code, leave it as it is.",
        );
        return Err(divided.with(format!("{right:.5}"), format!("{came:.5}")));
    }
    judge(
        &right,
        &came,
        1e-9,
        vec![],
        told(
            "a faded count",
            "It goes wrong where a code's count has faded to 0: no latent chose it in any batch.",
        ),
    )
}

/// In a word.
fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::NoCommitment => "no commitment",
        Cause::HeavyCommitment => "heavy commitment",
        Cause::TooLate => "too late",
        Cause::FrozenCodebook => "frozen codebook",
        Cause::DetachedEncoder => "detached encoder",
        Cause::FarStart => "far start",
        Cause::EagerRevival => "eager revival",
    }
}

/// What a cause does to a run, in a sentence or two.
fn does(cause: Cause) -> &'static str {
    match cause {
        Cause::NoCommitment => {
            "Without commitment the latents run ahead of their codes, step after step, and the codes, which do learn, run after them."
        }
        Cause::HeavyCommitment => {
            "Under a β a hundred times as large the latents stay close to their codes; the decoder's gradient still comes through, \
             only weaker."
        }
        Cause::TooLate => {
            "If the codebook term is taken too late, no code moves at all, and the latents are driven away from the codes that they \
             chose."
        }
        Cause::FrozenCodebook => {
            "If the codebook is frozen, no code moves, and the commitment term still holds the latents near it."
        }
        Cause::DetachedEncoder => {
            "If the encoder hears of no picture, the commitment term alone moves it: the latents sink into their codes and shrink \
             together, whatever the decoder would need."
        }
        Cause::FarStart => {
            "From a start far out few codes are in use, the others stay where they are; those in use learn, and so does the encoder."
        }
        Cause::EagerRevival => {
            "If every code below a fair share starts again, about half of them do at each step: they come into use, and never to rest."
        }
    }
}

pub fn diagnose(candidate: fn() -> [Cause; 3]) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 7, § What goes wrong and § Keeping codes alive";
    /// Trained once, however many answers are looked at.
    static ENDS: LazyLock<Vec<(Cause, [f64; 6])>> = LazyLock::new(|| {
        let end = |cause| (cause, late(&log(Some(cause), 1, STEPS)));
        CAUSES.map(end).into()
    });
    let end = |cause| {
        let found = ENDS.iter().find(|(of, _)| *of == cause);
        found.map(|(_, end)| *end).unwrap_or([f64::NAN; 6])
    };
    for ((run, right), came) in
        ["A", "B", "C"].iter().zip(SHOWN).zip(candidate())
    {
        if right == came {
            continue;
        }
        let mut told: Vec<_> = SAID
            .iter()
            .zip(end(right).iter().zip(end(came)))
            .map(|((name, words), (here, there))| {
                (apart(name, *here, there), words, *here, there)
            })
            .collect();
        told.sort_by(|a, b| b.0.total_cmp(&a.0));
        let numbers = told.iter().take(2).map(|(_, words, here, there)| {
            format!(
                "{words} would be about {}; here it is {}",
                shortly(*there),
                shortly(*here)
            )
        });
        let what = format!(
            "Run {run} is something else. {} Over the last third of such a run, {}.",
            does(came),
            numbers.collect::<Vec<_>>().join(", and ")
        );
        return Err(Diagnosis::new(name(came), what, SEE));
    }
    Ok(())
}

/// With two digits that matter.
fn shortly(v: f64) -> String {
    match v.abs() {
        v if v >= 10.0 => format!("{v:.0}"),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.01 => format!("{v:.2}"),
        _ => format!("{v:.0e}"),
    }
}

/// Why the latent and the code of exercise 7.14 are as far apart as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub enum Because {
    /// Both terms pull the two together, until they meet.
    TheyMeet,
    /// The pull of the commitment term is as large as the decoder's.
    TheCommitmentHolds,
    /// A balance is one of gradients, whatever the step sizes.
    TheStepsDivideOut,
    /// Both go on at one pace.
    TheCodeFollows,
    /// The latent leaves its code behind.
    ItRunsAway,
}

/// How far the latent and its code are apart after so many steps, and how far the latent has come.
fn walk(beta: f64, eta_code: f64, steps: usize) -> (f64, f64) {
    let (mut z, mut e) = (array![[1.0]], array![[0.6]]);
    for _ in 0..steps {
        let mean = Reduction::Mean;
        let d_e = codebook_loss_backward(&z, &e, &[0], mean);
        let d_z = at_the_latent(array![[-0.3]], &z, &e, beta, mean);
        z.scaled_add(-0.1, &d_z);
        e.scaled_add(-eta_code, &d_e);
    }
    (z[[0, 0]] - e[[0, 0]], z[[0, 0]])
}

pub fn follows(candidate: fn() -> (f64, Because)) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 7, § Three terms, three receivers, equations 7.7 and 7.9";
    let (here, way) = walk(0.25, 0.01, 2_000);
    let (still, _) = walk(0.25, 0.0, 2_000);
    let (as_fast, _) = walk(0.25, 0.1, 2_000);
    let (free, far) = walk(0.0, 0.01, 2_000);
    let (distance, because) = candidate();
    let right = (distance - here).abs() <= 0.02 * here;
    let came = match right {
        true => "The number came: they go on",
        false => "They go on",
    };
    let told = |name, what: String| {
        let what = format!("{came} at a distance of {here:.3}. {what}");
        Err(Diagnosis::new(name, what, SEE).with(
            format!("{here:.3}"),
            format!("{distance:.3}, {because:?}"),
        ))
    };
    match because {
        Because::TheyMeet => told(
            "they meet",
            "Where they meet, neither term pulls, and the decoder's gradient still does: the latent goes ahead again.".into(),
        ),
        Because::TheCommitmentHolds => told(
            "the commitment holds",
            format!(
                "That is so if the code stands still: with a step size of 0 for it, the distance comes to {still:.2}. But a code that is \
                 so far from its latent moves, and then the latent goes on too: after 2,000 steps it is at {way:.0}."
            ),
        ),
        Because::TheStepsDivideOut => told(
            "the steps divide out",
            format!(
                "That would be a point at which both gradients are 0, and there is none: at the code it is 0 only where they meet. Both go \
                 on, and step sizes say how fast. With 0.1 for both, the distance comes to {as_fast:.2}."
            ),
        ),
        Because::ItRunsAway => told(
            "it runs away",
            format!(
                "It does run, and is at {way:.0} after 2,000 steps; but the farther ahead it is, the faster its code follows. Even \
                 with β = 0 the distance comes to {free:.2}, with the latent at {far:.0}."
            ),
        ),
        Because::TheCodeFollows if !right => told(
            "a reason without its number",
            "The reason is right. Its number: the latent goes 0.1 times (0.3 − 2β d) in a step, the code 0.01 times 2 d. Let them be \
             equal."
                .into(),
        ),
        Because::TheCodeFollows => Ok(()),
    }
}
