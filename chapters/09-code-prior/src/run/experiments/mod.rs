//! The experiments of chapter 9, a file for each. Those of `draw` share one training.

mod beside;
mod beside_claims;
mod bits;
pub mod block;
mod class_samples;
pub mod coder;
mod completion_bits;
mod completion_errors;
mod completion_leak;
mod completions;
mod costs;
mod coverage;
pub mod draw;
pub mod draw_dfdx;
mod extremes;
mod files;
mod files_otherwise;
mod growth;
mod judging;
pub mod kernels;
mod learning;
mod looks;
pub mod mask;
mod memory;
pub mod parity;
pub mod pixelcnn;
mod places;
pub mod rates;
pub mod root;
mod samples;
pub mod sees;
mod speckle;
mod switch_claims;
mod switch_training;
pub mod switches;
mod temperature;
mod without;
pub mod wrong;

use codebook_lookup::plain::usage;
use lab::{ImageGrid, Lab};
use ndarray::{Array1, Array2, Axis as Dim, s};

use super::world::World;
use crate::plain::{BITS, flat, shares_by_place};

/// How often each code comes, wherever. `[1, K]`
fn unigram(codes: &Array2<usize>, k: usize) -> Array2<f64> {
    let counts = usage(&flat(codes), k).mapv(|n| n as f64 + 1.0); // [K]
    let total = counts.sum();
    (counts / total).insert_axis(Dim(0))
}

/// The code that comes most often at each place. `[49]`
fn commonest(world: &World) -> Array1<usize> {
    let shares = shares_by_place(&world.train_codes, world.tokeniser.codes());
    shares.map_axis(Dim(1), |row| {
        let larger = |a, b| if row[b] > row[a] { b } else { a };
        (0..row.len()).fold(0, larger)
    })
}

/// The first rows.
fn first<T: Clone>(x: &Array2<T>, n: usize) -> Array2<T> {
    x.slice(s![..n.min(x.nrows()), ..]).to_owned()
}

/// How many images are drawn to be judged.
fn judged(lab: &Lab, world: &World) -> usize {
    lab.by_scale(300, 10_000, 10_000).min(world.test.len())
}

fn push(grid: &mut ImageGrid, x: &Array2<f32>) {
    for row in x.rows() {
        let image = row.to_shape((28, 28)).expect("784 pixels");
        grid.push(image.view(), 0.0, 1.0);
    }
}

/// The mean of every few losses, in bits an image: the step in their middle, and the bits.
fn smoothed(losses: &[f32], parts: usize) -> (Vec<f64>, Vec<f64>) {
    let size = (losses.len() / parts).max(1);
    let mean = |(n, part): (usize, &[f32])| {
        let sum: f64 = part.iter().map(|v| f64::from(*v)).sum();
        let middle = n as f64 * size as f64 + 0.5 * part.len() as f64;
        (middle, 49.0 * BITS * sum / part.len() as f64)
    };
    losses.chunks(size).enumerate().map(mean).unzip()
}
