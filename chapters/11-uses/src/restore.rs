//! Searches for what fits what is left: among a generator's noises, and
//! among codes.

use code_prior::model::Prior;
use gan::training::Noise;
use gradients::plain::{AdamConfig, Mlp, adam_step_fast};
use lab::rng_at;
use ndarray::{Array1, Array2, ArrayD, Axis, s};
use rayon::prelude::*;

use crate::plain::{Damage, Decodes, Leaves, RestoreError, energy, search};

/// How long noise is searched for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effort {
    /// Beginnings, of which the best end counts.
    pub starts: u64,
    /// Noises that are drawn for each beginning, of which the best is one.
    pub tries: u64,
    /// Steps of Adam from there.
    pub steps: u64,
}

impl Default for Effort {
    /// The page's.
    fn default() -> Self {
        Self { starts: 4, tries: 64, steps: 300 }
    }
}

// ANCHOR: noises
/// The noises `[N, Z]` whose pictures fit best what is left, by eq. 11.4:
/// drawn first, then moved by Adam. Signs stay as they were drawn.
pub fn noises(
    (noise, g): (Noise, &Mlp<f32>),
    damage: &Damage<f32>,
    y: &Array2<f32>, // [N, P]
    effort: Effort,
    seed: u64,
) -> Array2<f32> {
    let rng = &mut rng_at(seed, 0);
    let mut best = noise.sample(y.nrows(), rng); // [N, Z]
    let (mut least, _) = search(g, damage, y, &best); // [N]
    for _ in 0..effort.starts {
        let mut z = noise.sample(y.nrows(), rng); // [N, Z]
        let (mut now, _) = search(g, damage, y, &z);
        for _ in 1..effort.tries {
            let other = noise.sample(y.nrows(), rng);
            let (tried, _) = search(g, damage, y, &other);
            take((&mut z, &mut now), (&other, &tried));
        }
        let z = descend((noise, g), damage, y, (z, effort.steps));
        let (end, _) = search(g, damage, y, &z);
        take((&mut best, &mut least), (&z, &end));
    }
    best
}

/// Adam from some noises on. `[N, Z]`
fn descend(
    (noise, g): (Noise, &Mlp<f32>),
    damage: &Damage<f32>,
    y: &Array2<f32>, // [N, P]
    (z, steps): (Array2<f32>, u64),
) -> Array2<f32> {
    let mut z = z.into_dyn();
    let [mut m, mut v] = [0, 1].map(|_| ArrayD::zeros(z.raw_dim()));
    for t in 1..=steps {
        let left = 1.0 - (t - 1) as f64 / steps as f64;
        let at = z.view().into_dimensionality().expect("rows").to_owned();
        let (_, mut d_z) = search(g, damage, y, &at); // [N, Z]
        d_z.slice_mut(s![.., ..noise.signs]).fill(0.0);
        let config = AdamConfig { lr: 0.05 * left, ..Default::default() };
        let d_z = d_z.into_dyn();
        adam_step_fast(
            &mut z.view_mut(),
            &d_z.view(),
            &mut m,
            &mut v,
            t,
            config,
        );
    }
    z.into_dimensionality().expect("rows")
}

/// Row by row, the one of lower energy.
fn take(
    (z, now): (&mut Array2<f32>, &mut Array1<f32>),
    (other, tried): (&Array2<f32>, &Array1<f32>),
) {
    for n in 0..now.len() {
        if tried[n] < now[n] {
            now[n] = tried[n];
            z.row_mut(n).assign(&other.row(n));
        }
    }
}
// ANCHOR_END: noises

// ANCHOR: sweep
/// Goes through the places of each code map and gives each the code, among
/// the `likely` likeliest after those before it, with which the energy of
/// eq. 11.5 is least; `sweeps` times. `[N, T]`
///
/// # Errors
/// The codes do not suit network or prior.
pub fn codes(
    (network, prior): (&(impl Decodes + Sync), &Prior<f32>),
    damage: &(impl Leaves + Sync),
    y: &Array2<f32>,      // [N, P]
    start: Array2<usize>, // [N, T]
    (sweeps, likely): (usize, usize),
) -> Result<Array2<usize>, RestoreError> {
    let one = |(row, y): (Array2<usize>, Array2<f32>)| {
        let mut now = row; // [1, T]
        for place in (0..sweeps).flat_map(|_| 0..prior.places()) {
            let logits = prior.forward(&now)?.logits; // [T, K]
            let order = likeliest(&logits.row(place).to_vec(), likely);
            let mut maps = now.clone(); // the one that is there first
            for code in order {
                let mut map = now.clone();
                map[[0, place]] = code;
                maps.append(Axis(0), map.view()).expect("T codes each");
            }
            let all = y.broadcast((maps.nrows(), y.ncols()));
            let all = all.expect("one row").to_owned();
            let found = energy((network, prior), damage, &all, &maps)?;
            let least = (1..found.len())
                .fold(0, |a, b| if found[b] < found[a] { b } else { a });
            now = maps.slice(s![least..=least, ..]).to_owned();
        }
        Ok(now)
    };
    let rows = (0..y.nrows()).into_par_iter().with_max_len(1).map(|n| {
        let row = start.slice(s![n..=n, ..]).to_owned();
        one((row, y.slice(s![n..=n, ..]).to_owned()))
    });
    let rows = rows.collect::<Result<Vec<_>, RestoreError>>()?;
    let mut all = start;
    for (n, row) in rows.into_iter().enumerate() {
        all.row_mut(n).assign(&row.row(0));
    }
    Ok(all)
}
// ANCHOR_END: sweep

/// The codes of the largest logits.
fn likeliest(logits: &[f32], n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]));
    order.truncate(n);
    order
}
