//! Chapter 5's codebook in the plane: codes and latents that can be moved, and Lloyd's steps.

use codebook_lookup::cells::borders;
use codebook_lookup::kmeans::{distortion, kmeans_plus_plus, lloyd_step};
use codebook_lookup::plain::{gather, nearest};
use codebook_lookup::usage::usage;
use datasets::toy::{Density, GaussianMixture, TwoMoons};
use lab::{ChaCha8Rng, rng_at};
use ndarray::{Array2, Axis};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::seq::index::sample;
use ndarray_rand::rand_distr::Uniform;

use crate::{Answer, Demo, LiveError, Numbers, unknown};

/// Half the side of the square that is shown.
const REACH: f64 = 2.0;
/// Codes and latents go so far from the middle.
const EDGE: f64 = 1.9;
/// Places on a side of the square that are looked up, to shade the cells.
const PLACES: usize = 110;
/// Latents.
const LATENTS: usize = 240;
/// Codes, at most.
const CODES: u64 = 16;

/// The codebook and its latents, once there are any.
#[derive(Default)]
pub(crate) struct Codes(Option<Plane>);

struct Plane {
    z: Array2<f64>,        // [N, 2]
    codebook: Array2<f64>, // [K, 2]
    /// How often Lloyd's step was taken.
    steps: usize,
}

impl Demo for Codes {
    /// - `new layout seed codes start`: begins; the layout is 0 (ring), 1 (moons) or 2 (grid), the start 0 (k-means++), 1
    ///   (random latents), 2 (the leftmost latents) or 3 (anywhere in the square).
    /// - `step`: one of Lloyd's. `code k x y`, `latent n x y`: moves one.
    /// - `view`: all that is drawn.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        if what == "new" {
            self.0 = Some(Plane::new(of)?);
            return Ok(Vec::new());
        }
        let plane = self.0.as_mut().ok_or_else(|| {
            LiveError::new("there are no codes yet: ask `codes.new`")
        })?;
        match what {
            "step" => {
                let stepped = lloyd_step(&plane.z, &plane.codebook);
                plane.codebook = stepped.map_err(LiveError::new)?.0;
                plane.steps += 1;
            }
            "code" => put(&mut plane.codebook, of)?,
            "latent" => put(&mut plane.z, of)?,
            "view" => return plane.view(),
            _ => return Err(unknown(&format!("codes.{what}"))),
        }
        Ok(Vec::new())
    }
}

/// Moves a row to a place in the square.
fn put(rows: &mut Array2<f64>, of: Numbers) -> Result<(), LiveError> {
    let row = of.whole(0, rows.nrows() as u64 - 1)? as usize;
    for axis in 0..2 {
        rows[[row, axis]] = of.at(1 + axis)?.clamp(-EDGE, EDGE);
    }
    Ok(())
}

/// Latents in one of three layouts. `[N, 2]`
fn latents(
    layout: u64,
    rng: &mut ChaCha8Rng,
) -> Result<Array2<f64>, LiveError> {
    let mut z = match layout {
        0 => GaussianMixture::ring(8, 1.3, 0.12)
            .map_err(LiveError::new)?
            .sample(LATENTS, rng),
        1 => TwoMoons::new(0.1).map_err(LiveError::new)?.sample(LATENTS, rng),
        _ => GaussianMixture::grid(4, 0.9, 0.1)
            .map_err(LiveError::new)?
            .sample(LATENTS, rng),
    };
    if let Some(mean) = z.mean_axis(Axis(0)) {
        z -= &mean;
    }
    Ok(z)
}

/// Where the codes begin. `[K, 2]`
fn start(
    z: &Array2<f64>,
    k: usize,
    how: u64,
    rng: &mut ChaCha8Rng,
) -> Result<Array2<f64>, LiveError> {
    match how {
        0 => kmeans_plus_plus(z, k, rng).map_err(LiveError::new),
        1 => {
            let rows = sample(rng, z.nrows(), k).into_vec();
            Ok(z.select(Axis(0), &rows))
        }
        2 => {
            let mut rows: Vec<usize> = (0..z.nrows()).collect();
            rows.sort_by(|&a, &b| z[[a, 0]].total_cmp(&z[[b, 0]]));
            Ok(z.select(Axis(0), &rows[..k]))
        }
        _ => {
            let square = Uniform::new(-EDGE, EDGE).map_err(LiveError::new)?;
            Ok(Array2::random_using((k, 2), square, rng))
        }
    }
}

impl Plane {
    fn new(of: Numbers) -> Result<Self, LiveError> {
        let (layout, seed) = (of.whole(0, 2)?, of.whole(1, 1 << 32)?);
        let k = of.whole(2, CODES)?.max(1) as usize;
        let how = of.whole(3, 3)?;
        let z = latents(layout, &mut rng_at(seed, 0))?;
        let codebook = start(&z, k, how, &mut rng_at(seed, 1))?;
        Ok(Self { z, codebook, steps: 0 })
    }

    /// Latents, `[n, 2]`; which code each gets; the codes, `[k, 2]`; where the next step of Lloyd's puts them; the borders of
    /// the cells, from place to place, `[b, 4]`; the code of each place of the square, the lowest row first; how many latents
    /// chose each code; steps and distortion.
    fn view(&self) -> Result<Answer, LiveError> {
        let Self { z, codebook, steps } = self;
        let indices = nearest(z, codebook).map_err(LiveError::new)?;
        let (next, _) = lloyd_step(z, codebook).map_err(LiveError::new)?;
        let counts = usage(&indices, codebook.nrows());
        let error = distortion(z, &gather(codebook, &indices));
        Ok(vec![
            flat(z),
            indices.iter().map(|k| *k as f32).collect(),
            flat(codebook),
            flat(&next),
            drawn_borders(codebook, REACH),
            cells(codebook, REACH, PLACES)?,
            counts.iter().map(|n| *n as f32).collect(),
            vec![*steps as f32, error as f32],
        ])
    }
}

/// The numbers of an array, row by row.
pub(crate) fn flat(x: &Array2<f64>) -> Vec<f32> {
    x.iter().map(|v| *v as f32).collect()
}

/// The borders of the cells inside a square, from place to place, `[b, 4]`.
pub(crate) fn drawn_borders(codebook: &Array2<f64>, reach: f64) -> Vec<f32> {
    let side = (-reach, reach);
    let inside = borders(codebook, 20.0 * reach).into_iter();
    let inside = inside.filter_map(|b| b.clipped(side, side));
    let numbers = inside.flatten().flat_map(|(x, y)| [x, y]);
    numbers.map(|v| v as f32).collect()
}

/// Places in the middle of `side` × `side` squares, the lowest row first. `[side², 2]`
pub(crate) fn lattice(reach: f64, side: usize) -> Array2<f64> {
    let at = |n: usize| reach * ((2 * n + 1) as f64 / side as f64 - 1.0);
    Array2::from_shape_fn((side * side, 2), |(n, axis)| {
        at(if axis == 0 { n % side } else { n / side })
    })
}

/// The code of each of these places.
pub(crate) fn cells(
    codebook: &Array2<f64>,
    reach: f64,
    side: usize,
) -> Result<Vec<f32>, LiveError> {
    let found = nearest(&lattice(reach, side), codebook);
    let found = found.map_err(LiveError::new)?.into_iter();
    Ok(found.map(|k| k as f32).collect())
}
