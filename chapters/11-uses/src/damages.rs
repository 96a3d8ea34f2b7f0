//! Four ways to damage a picture.

use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::plain::Damage;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Every pixel has noise of standard deviation 0.5.
    Noise,
    /// A window of Gaussian weights went over it, of standard deviation 2.
    Blur,
    /// Twelve of the rows in the middle are missing.
    Rows,
    /// A crayon went over it, twice.
    Scribble,
}

/// All of them, by name.
pub const KINDS: [(&str, Kind); 4] = [
    ("noise", Kind::Noise),
    ("blur", Kind::Blur),
    ("rows", Kind::Rows),
    ("scribble", Kind::Scribble),
];

/// Standard deviation of the noise where noise is not the damage: of what a
/// sensor adds.
const SENSOR: f64 = 0.03;

impl Kind {
    /// The damage to pictures of `side` × `side`. A scribble is another one
    /// each time.
    pub fn damage(self, side: usize, rng: &mut impl Rng) -> Damage<f32> {
        let p = side * side;
        let kept = |keep: &dyn Fn(usize, usize) -> bool| {
            let kept = Array1::from_shape_fn(p, |n| {
                f32::from(u8::from(keep(n / side, n % side)))
            });
            Array2::from_diag(&kept) // [P, P]
        };
        match self {
            Kind::Noise => Damage { a: Array2::eye(p), noise: 0.25 },
            Kind::Blur => {
                let noise = SENSOR.powi(2);
                Damage { a: blur(side, 2.0), noise }
            }
            Kind::Rows => {
                let missing = side * 8 / 28..side * 20 / 28;
                let a = kept(&|line, _| !missing.contains(&line));
                Damage { a, noise: SENSOR.powi(2) }
            }
            Kind::Scribble => {
                let hidden = scribble(side, rng);
                let a = kept(&|line, column| !hidden[[line, column]]);
                Damage { a, noise: SENSOR.powi(2) }
            }
        }
    }
}

/// Gaussian weights of each pixel's surroundings, which add up to 1.
fn blur(side: usize, sigma: f64) -> Array2<f32> {
    let p = side * side;
    let mut a = Array2::from_shape_fn((p, p), |(n, m)| {
        let down = (n / side) as f64 - (m / side) as f64;
        let right = (n % side) as f64 - (m % side) as f64;
        (-(down * down + right * right) / (2.0 * sigma * sigma)).exp()
    });
    for mut row in a.rows_mut() {
        let sum = row.sum();
        row /= sum;
    }
    a.mapv(|v| v as f32)
}

/// Where a crayon of three pixels has been that went twice from border to
/// border.
fn scribble(side: usize, rng: &mut impl Rng) -> Array2<bool> {
    let mut hidden = Array2::from_elem((side, side), false);
    for line in 0..2 {
        let mut across = rng.random_range(0.25..0.75) * side as f64;
        let mut slope: f64 = rng.random_range(-0.7..0.7);
        for along in 0..side {
            slope += rng.random_range(-0.4..0.4);
            slope = slope.clamp(-1.5, 1.5);
            across = (across + slope).clamp(1.0, side as f64 - 2.0);
            let middle = across as usize;
            for at in middle - 1..=middle + 1 {
                match line {
                    0 => hidden[[along, at]] = true,
                    _ => hidden[[at, along]] = true,
                }
            }
        }
    }
    hidden
}

impl Damage<f32> {
    /// What is left of pictures, noise included where anything is.
    /// `[N, P]`
    pub fn leave(&self, x: &Array2<f32>, rng: &mut impl Rng) -> Array2<f32> {
        let deviation = self.noise.sqrt() as f32;
        let normal = Array2::random_using(x.raw_dim(), StandardNormal, rng);
        let mut y = self.of(x) + normal.mapv(|v: f32| v * deviation);
        for (mut column, seen) in y.columns_mut().into_iter().zip(self.seen())
        {
            if !seen {
                column.fill(0.0);
            }
        }
        y
    }
}
