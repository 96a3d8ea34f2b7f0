//! The experiments of chapter 5, a file for each.

pub mod agreement;
pub mod benchmark;
pub mod cells;
pub mod codebook;
pub mod copies;
pub mod cosine;
pub mod dot_product;
pub mod lloyd;
pub mod lookup;
pub mod patches;
pub mod pipeline;
pub mod rounding;
pub mod spoilt;
pub mod steps;

use gradients::plain::real;
use lab::{ChaCha8Rng, Claim, over_seeds};
use ndarray::{Array2, NdFloat};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use crate::plain::{LookupError, lloyd_step};

fn normal<F: NdFloat>(
    (rows, columns): (usize, usize),
    rng: &mut ChaCha8Rng,
) -> Array2<F> {
    let x = Array2::<f64>::random_using((rows, columns), StandardNormal, rng);
    x.mapv(real)
}

/// The share of places where two lists of indices differ.
pub fn share_wrong(a: &[usize], b: &[usize]) -> f64 {
    let wrong = a.iter().zip(b).filter(|(a, b)| a != b).count();
    wrong as f64 / a.len() as f64
}

/// Steps of Lloyd's algorithm; gives the distortion before each of them, too.
pub fn lloyd<F: NdFloat>(
    z: &Array2<F>,
    mut codebook: Array2<F>,
    steps: usize,
) -> Result<(Array2<F>, Vec<f64>), LookupError> {
    let mut course = Vec::new();
    for _ in 0..steps {
        let (next, before) = lloyd_step(z, &codebook)?;
        course.push(before);
        codebook = next;
    }
    Ok((codebook, course))
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// In each of `n` seeds, every one is above the one before it.
fn rise(names: &[String], n: usize) -> Claim {
    let sides = |at: usize| {
        let names = names.windows(2).map(|pair| pair[at].as_str());
        names.flat_map(|name| over_seeds(name, n)).map(Into::into).collect()
    };
    Claim::Less(sides(0), sides(1))
}

/// In each of `n` seeds, `more ≥ times · less`.
fn times(times: f64, less: &str, more: &str, n: usize) -> Claim {
    let [less, more] = [less, more].map(|name| {
        over_seeds(name, n).into_iter().map(Into::into).collect()
    });
    Claim::Times(times, less, more)
}

/// In each of `n` seeds exactly so much, and something else is not.
fn exactly(one: &str, bound: f64, unlike: &str, n: usize) -> Claim {
    let [one, unlike] = [one, unlike].map(|name| {
        over_seeds(name, n).into_iter().map(Into::into).collect()
    });
    Claim::Equal(0.0, one, vec![bound.into(); n], unlike)
}
