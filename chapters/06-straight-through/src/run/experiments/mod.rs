//! The experiments of chapter 6, a file for each.

pub mod around;
mod arrows;
pub mod astray;
pub mod difference;
pub mod equal;
pub mod field;
pub mod gumbel;
pub mod hover;
mod patch_claims;
mod patch_training;
pub mod patches;
pub mod plane;
mod plane_training;
pub mod rotation;
pub mod score;
pub mod stairs;
pub mod stop;
pub mod uphill;
pub mod ways;

use std::collections::BTreeSet;

use gradients::plain::mse;
use lab::{Axis, ChaCha8Rng, Measurements, Plot};
use ndarray::{Array1, Array2, ArrayView1, Axis as Dim, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

use crate::training::Autoencoder;

/// Seven codes in the plane.
fn seven_codes() -> Array2<f64> {
    array![
        [-0.9, -0.7],
        [0.1, -0.95],
        [0.95, -0.45],
        [-0.35, 0.1],
        [0.55, 0.35],
        [-0.95, 0.75],
        [0.25, 1.05]
    ] // [7, 2]
}

fn uniform(
    n: usize,
    reach: f64,
    rng: &mut ChaCha8Rng,
) -> anyhow::Result<Array2<f64>> {
    let box_ = Uniform::new(-reach, reach)?;
    Ok(Array2::random_using((n, 2), box_, rng)) // [N, 2]
}

/// Points on a line as a column `[N, 1]`, in the middle of N cells.
fn line(from: f64, to: f64, n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, 1), |(i, _)| {
        from + (to - from) * (i as f64 + 0.5) / n as f64
    })
}

/// A grid of points in the plane, `side` × `side`, in the middle of its cells. `[side², 2]`
fn lattice(reach: f64, side: usize) -> Array2<f64> {
    let place = |n: usize| reach * ((2 * n + 1) as f64 / side as f64 - 1.0);
    Array2::from_shape_fn((side * side, 2), |(n, axis)| {
        place(if axis == 0 { n % side } else { n / side })
    })
}

/// Half the squared distance of each code from an aim, and its gradient.
fn aimed(z_q: &Array2<f64>, aim: &Array1<f64>) -> (Array1<f64>, Array2<f64>) {
    let d = z_q - aim; // [N, 2]
    (d.map_axis(Dim(1), |r| 0.5 * r.dot(&r)), d)
}

/// The angles between rows, in degrees.
fn angles(a: &Array2<f64>, b: &Array2<f64>) -> Vec<f64> {
    let angle = |(a, b): (ArrayView1<f64>, ArrayView1<f64>)| {
        let cosine = a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt();
        cosine.clamp(-1.0, 1.0).acos().to_degrees()
    };
    a.rows().into_iter().zip(b.rows()).map(angle).collect()
}

fn average(all: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, n) = all
        .into_iter()
        .fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    sum / n
}

/// The share of numbers of which something is true.
fn share(all: &[f64], of: impl Fn(f64) -> bool) -> f64 {
    average(all.iter().map(|value| f64::from(of(*value))))
}

/// The mean squared error over the variance, and how many codes are used.
fn quality(
    now: &Autoencoder,
    x: &Array2<f32>,
) -> anyhow::Result<(f64, usize)> {
    let y = now.reconstruct(x)?; // [N, X]
    let used: BTreeSet<usize> =
        now.quantize(x)?.indices.into_iter().collect();
    Ok((f64::from(mse(&y, x)) / variance(x), used.len()))
}

/// The variance of all numbers of an array.
fn variance(x: &Array2<f32>) -> f64 {
    let mean = average(x.iter().map(|v| f64::from(*v)));
    average(x.iter().map(|v| (f64::from(*v) - mean).powi(2)))
}

/// The root of the mean squared length of rows.
fn root_mean_square(x: &Array2<f32>) -> f32 {
    (x.mapv(|v| v * v).sum() / x.nrows() as f32).sqrt()
}

/// The two columns `name_x` and `name_y` as points.
fn draw_points(
    of: &Measurements,
    name: &str,
) -> anyhow::Result<Vec<(f64, f64)>> {
    of.curve(&format!("{name}_x"), &format!("{name}_y"))
}

/// A square with the cells of a codebook, their codes as points.
fn draw_cells(plot: Plot, codes: &[(f64, f64)], reach: f64) -> Plot {
    let mut plot = plot
        .x("", Axis::Linear)
        .y("", Axis::Linear)
        .x_range(-reach, reach)
        .y_range(-reach, reach)
        .square();
    for (i, a) in codes.iter().enumerate() {
        for (j, b) in codes.iter().enumerate().skip(i + 1) {
            let others = codes.iter().enumerate();
            let others = others.filter(|(k, _)| *k != i && *k != j);
            let others: Vec<_> = others.map(|(_, c)| *c).collect();
            if let Some(border) = draw_border(*a, *b, &others, reach) {
                plot = plot.colour(5).line("", border);
            }
        }
    }
    plot.colour(1).points("code", codes.iter().copied())
}

/// Where two cells meet inside a square, from point to point, if they do.
fn draw_border(
    (ax, ay): (f64, f64),
    (bx, by): (f64, f64),
    others: &[(f64, f64)],
    reach: f64,
) -> Option<[(f64, f64); 2]> {
    let (mx, my) = ((ax + bx) / 2.0, (ay + by) / 2.0);
    let (dx, dy) = (ay - by, bx - ax); // along the border
    let (mut from, mut to) = (-1e3_f64, 1e3_f64);
    // Keeps the t where `at + slope t` is not negative.
    let mut keep = |at: f64, slope: f64| match slope {
        0.0 => to = if at < 0.0 { from } else { to },
        s if s > 0.0 => from = from.max(-at / s),
        s => to = to.min(-at / s),
    };
    for (m, d) in [(mx, dx), (my, dy)] {
        keep(reach - m, -d);
        keep(reach + m, d);
    }
    for (cx, cy) in others {
        let (ux, uy) = (cx - ax, cy - ay);
        let squares = cx * cx + cy * cy - ax * ax - ay * ay;
        keep(squares - 2.0 * (mx * ux + my * uy), -2.0 * (dx * ux + dy * uy));
    }
    let point = |t: f64| (mx + t * dx, my + t * dy);
    (from < to).then(|| [point(from), point(to)])
}
