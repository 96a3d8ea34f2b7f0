//! Pictures of several channels, whose numbers stand side by side: a damage
//! does the same to each channel, and the Wiener filter of all of them is
//! solved for without its matrix.

use ndarray::{Array1, Array2, Axis, s};
use ndarray_rand::rand::Rng;

use crate::plain::{Damage, Leaves};

/// A damage that is done to each channel.
#[derive(Clone, Debug, PartialEq)]
pub struct Coloured {
    /// To one of them.
    pub each: Damage<f32>,
    /// C.
    pub channels: usize,
}

/// What a function of one channel's pictures `[N, P]`, and of the channel's
/// number, makes of pictures. `[N, P·C]`
///
/// # Panics
/// It gives rows of another length.
pub fn by_channel(
    x: &Array2<f32>, // [N, P·C]
    channels: usize,
    mut of: impl FnMut(usize, &Array2<f32>) -> Array2<f32>,
) -> Array2<f32> {
    let mut all = Array2::zeros(x.raw_dim()); // [N, P·C]
    for c in 0..channels {
        let one = x.slice(s![.., c..;channels]).to_owned(); // [N, P]
        all.slice_mut(s![.., c..;channels]).assign(&of(c, &one));
    }
    all
}

impl Coloured {
    /// Whether anything is left of each number. `[P·C]`
    pub fn seen(&self) -> Array1<bool> {
        let each = self.each.seen(); // [P]
        Array1::from_shape_fn(each.len() * self.channels, |n| {
            each[n / self.channels]
        })
    }

    /// What is left of pictures, with noise. `[N, P·C]`
    pub fn leave(&self, x: &Array2<f32>, rng: &mut impl Rng) -> Array2<f32> {
        by_channel(x, self.channels, |_, x| self.each.leave(x, rng))
    }
}

impl Leaves for Coloured {
    fn of(&self, x: &Array2<f32>) -> Array2<f32> {
        by_channel(x, self.channels, |_, x| self.each.of(x))
    }

    fn back(&self, y: &Array2<f32>) -> Array2<f32> {
        by_channel(y, self.channels, |_, y| self.each.back(y))
    }

    fn variance(&self) -> f64 {
        self.each.noise
    }
}

/// The mean of pictures and how their numbers vary together.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// μ. `[Q]`
    pub mean: Array1<f32>,
    /// C. `[Q, Q]`
    pub covariance: Array2<f32>,
}

impl Gaussian {
    /// Of pictures. `[N, Q]`
    ///
    /// # Panics
    /// There are none.
    pub fn of(x: &Array2<f32>) -> Self {
        let mean = x.mean_axis(Axis(0)).expect("a picture"); // [Q]
        let apart = x - &mean; // [N, Q]
        let covariance = apart.t().dot(&apart) / x.nrows() as f32;
        Self { mean, covariance }
    }

    /// Of one of so many channels alone.
    pub fn of_channel(&self, c: usize, channels: usize) -> Self {
        let covariance =
            self.covariance.slice(s![c..;channels, c..;channels]);
        Self {
            mean: self.mean.slice(s![c..;channels]).to_owned(),
            covariance: covariance.to_owned(),
        }
    }

    /// The same with more variance at each number.
    pub fn with_ridge(&self, ridge: f32) -> Self {
        let mut all = self.clone();
        all.covariance.diag_mut().mapv_inplace(|v| v + ridge);
        all
    }

    // ANCHOR: conjugate
    /// Eq. 11.3 for pictures, without its matrix: conjugate gradients solve
    /// `(A C Aᵀ + ν I) u = y - A μ` for each, and `μ + C Aᵀ u` is the
    /// answer. `[N, Q]`
    pub fn filter(
        &self,
        damage: &impl Leaves,
        y: &Array2<f32>, // [N, Q]
        steps: usize,
    ) -> Array2<f32> {
        let nu = damage.variance() as f32;
        let mean = self.mean.view().insert_axis(Axis(0)).to_owned();
        let spread = |u: &Array2<f32>| damage.back(u).dot(&self.covariance);
        let dots = |a: &Array2<f32>, b: &Array2<f32>| {
            (a * b).sum_axis(Axis(1)).insert_axis(Axis(1)) // [N, 1]
        };
        let share = |a: &Array2<f32>, b: &Array2<f32>| {
            a / &b.mapv(|v| v.max(f32::MIN_POSITIVE)) // [N, 1]
        };
        let mut r = y - &damage.of(&mean); // [N, Q]
        let (mut u, mut p) = (Array2::zeros(r.raw_dim()), r.clone());
        let mut left = dots(&r, &r); // [N, 1]
        for _ in 0..steps {
            let q = damage.of(&spread(&p)) + &p * nu; // [N, Q]
            let by = share(&left, &dots(&p, &q)); // [N, 1]
            u += &(&p * &by);
            r -= &(q * by);
            let now = dots(&r, &r); // [N, 1]
            p = &r + &p * &share(&now, &left);
            left = now;
        }
        spread(&u) + mean
    }
    // ANCHOR_END: conjugate
}
