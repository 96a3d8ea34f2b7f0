//! What it takes to compare three ways to draw pictures: chapter 4's pair for
//! pictures in colour, two ways that need no network, and how far a drawn
//! picture is from all that were learnt from. Pictures are rows `[N, H·W·C]`.

use gan::training::Noise;
use gradients::plain::{Activation, product};
use lab::rng_at;
use ndarray::{Array1, Array2, Axis, Zip};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;
use stability::digits::{self, Sizes};
use stability::net::{Map, Net, layer};
use stability::pair::{Config, Penalties};
use vq_gan::plain::Form;

/// How a pair for pictures in colour differs from the one for digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// Of both optimisers.
    pub lr: f64,
    /// γ of R1 (eq. 4.30).
    pub r1: f64,
    /// The networks.
    pub sizes: Sizes,
}

impl Default for Manner {
    // ANCHOR: manner
    /// The page's.
    fn default() -> Self {
        let sizes =
            Sizes { g: (32, 64), d: (32, 64), dense: 256, group: Some(16) };
        Self { lr: 2e-3, r1: 0.3, sizes }
    }
    // ANCHOR_END: manner
}

impl Manner {
    /// Chapter 4's recipe, over so many steps, in this manner.
    pub fn recipe(self, steps: u64) -> Config {
        let page = digits::recipe(steps);
        let [g, d] = [page.g, page.d].map(|mut adam| {
            adam.lr = self.lr;
            adam
        });
        let penalties = Penalties { real: self.r1, ..page.penalties };
        Config { g, d, penalties, ..page }
    }
}

// ANCHOR: networks
/// Chapter 4's generator and discriminator for pictures of any form whose
/// side is a multiple of 4; the generator draws in [-1, 1].
///
/// # Panics
/// The side is no such multiple.
pub fn networks(
    form: Form,
    noise: Noise,
    Sizes { g: (many, more), d: (few, some), dense, group }: Sizes,
    seed: u64,
) -> (Net<f32>, Net<f32>) {
    let Form { side, channels } = form;
    assert!(side.is_multiple_of(4), "a side of {side} has no quarter");
    let (half, quarter) = (side / 2, side / 4);
    let places = quarter * quarter;
    let rng = &mut rng_at(seed, u64::MAX);
    let leaky = Activation::LeakyRelu(0.2);
    let (tanh, linear) = (Activation::Tanh, Activation::Identity);
    let g = vec![
        layer(Map::Dense, (noise.width(), dense), leaky, rng),
        layer(Map::Dense, (dense, places * more), leaky, rng),
        layer(Map::Up { side: quarter }, (more, many), leaky, rng),
        layer(Map::Up { side: half }, (many, channels), tanh, rng),
    ];
    let mut d = vec![
        layer(Map::Down { side }, (channels, few), leaky, rng),
        layer(Map::Down { side: half }, (few, some), leaky, rng),
        layer(Map::Dense, (places * some, dense), leaky, rng),
    ];
    if let Some(group) = group {
        d.push(layer(Map::Deviation { group }, (0, 0), linear, rng));
    }
    let seen = dense + usize::from(group.is_some());
    d.push(layer(Map::Dense, (seen, 1), linear, rng));
    (Net { layers: g }, Net { layers: d })
}
// ANCHOR_END: networks

// ANCHOR: gaussian
/// Draws from the Gaussian with the mean and the covariance of pictures
/// `[N, P]`, whose root is the pictures themselves: `μ + εᵀ (X - μ) / √N`,
/// cut to [0, 1]. `[n, P]`
///
/// # Panics
/// There are no pictures.
pub fn gaussian(
    x: &Array2<f32>,
    n: usize,
    rng: &mut impl Rng,
) -> Array2<f32> {
    let mean = x.mean_axis(Axis(0)).expect("a picture"); // [P]
    let apart = x - &mean; // [N, P]
    let shape = (n, x.nrows());
    let noise: Array2<f32> = Array2::random_using(shape, StandardNormal, rng);
    let root = (x.nrows() as f32).sqrt();
    let drawn = product(noise.view(), apart.view()) / root + mean; // [n, P]
    drawn.mapv_into(|v| v.clamp(0.0, 1.0))
}

/// Of some pictures, each one's mean with the nearest other. `[n, P]`
///
/// # Panics
/// There are fewer than two pictures, or no such row.
pub fn blends(x: &Array2<f32>, rows: &[usize]) -> Array2<f32> {
    let some = x.select(Axis(0), rows); // [n, P]
    let mut apart = squares(&some, x); // [n, N]
    for (mut row, &own) in apart.rows_mut().into_iter().zip(rows) {
        row[own] = f32::INFINITY;
    }
    let nearest = apart.map_axis(Axis(1), |row| {
        (1..row.len()).fold(0, |a, b| if row[b] < row[a] { b } else { a })
    });
    (some + x.select(Axis(0), &nearest.to_vec())) * 0.5
}
// ANCHOR_END: gaussian

/// Squared distances of rows. `[A, B]`
fn squares(a: &Array2<f32>, b: &Array2<f32>) -> Array2<f32> {
    let lengths = |x: &Array2<f32>| x.map_axis(Axis(1), |row| row.dot(&row));
    let mut d = product(a.view(), b.t()) * -2.0; // [A, B]
    d += &lengths(b);
    d += &lengths(a).insert_axis(Axis(1));
    d.mapv_into(|v| v.max(0.0))
}

// ANCHOR: away
/// How far pictures are from the nearest of others, wherever within `reach`
/// pixels they are moved: the root of the mean squared difference of two
/// numbers. `[N]`
///
/// # Panics
/// There are no others, or the rows are not of this form.
pub fn away(
    x: &Array2<f32>,    // [N, H·W·C]
    from: &Array2<f32>, // [M, H·W·C]
    form: Form,
    reach: isize,
) -> Array1<f64> {
    assert!(!from.is_empty(), "pictures to be away from");
    let mut least = Array1::from_elem(x.nrows(), f32::INFINITY); // [N]
    for down in -reach..=reach {
        for right in -reach..=reach {
            let moved = moved(x, form, (down, right)); // [N, H·W·C]
            let apart = squares(&moved, from); // [N, M]
            Zip::from(&mut least).and(apart.rows()).for_each(|least, row| {
                *least = row.fold(*least, |a, &b| a.min(b));
            });
        }
    }
    least.mapv(|d| (f64::from(d) / form.numbers() as f64).sqrt())
}

/// Pictures moved by so many lines and columns, their border repeated.
fn moved(
    x: &Array2<f32>,
    Form { side, channels }: Form,
    (down, right): (isize, isize),
) -> Array2<f32> {
    let from =
        |at: usize, by: isize| at.saturating_add_signed(-by).min(side - 1);
    Array2::from_shape_fn(x.raw_dim(), |(n, at)| {
        let (pixel, c) = (at / channels, at % channels);
        let line = from(pixel / side, down);
        let column = from(pixel % side, right);
        x[[n, (line * side + column) * channels + c]]
    })
}
// ANCHOR_END: away
