//! A picture was damaged. What was there? Three answers by three priors: a
//! Gaussian one, whose answer is a matrix; a generator's, whose answer is
//! searched for among its noises; one over codes, whose answer is searched
//! for code by code. A batch of pictures is a matrix `[N, P]`, in [0, 1].

use code_prior::model::{Prior, PriorError};
use gan::plain::through;
use gradients::plain::{Mlp, last, real};
use nalgebra::{Cholesky, DMatrix};
use ndarray::{Array1, Array2, Axis, NdFloat, Zip};
use vq_gan::model::{VqGan, VqGanError};
use vq_vae::model::{VqVae, VqVaeError};

// ANCHOR: psnr
/// Eq. 11.1: the peak signal-to-noise ratio of pictures in [0, 1], in
/// decibels, one for each picture. `[N]`
pub fn psnr<F: NdFloat>(
    x: &Array2<F>, // [N, P]
    y: &Array2<F>, // [N, P]
) -> Array1<f64> {
    let number = |v: F| v.to_f64().expect("floats are f64 or fit into one");
    Zip::from(x.rows()).and(y.rows()).map_collect(|x, y| {
        let squares = x.iter().zip(y).map(|(x, y)| number(*x - *y).powi(2));
        let mse = squares.sum::<f64>() / x.len().max(1) as f64;
        -10.0 * mse.max(1e-12).log10()
    })
}
// ANCHOR_END: psnr

// ANCHOR: damage
/// Eq. 11.2: what is left of a picture, `y = A x + n`.
#[derive(Clone, Debug, PartialEq)]
pub struct Damage<F> {
    /// A row for each pixel of what is left, zeros where nothing is. `[P, P]`
    pub a: Array2<F>,
    /// ν, the variance of each number of n.
    pub noise: f64,
}

impl<F: NdFloat> Damage<F> {
    /// `A x` of pictures. `[N, P]`
    pub fn of(&self, x: &Array2<F>) -> Array2<F> {
        x.dot(&self.a.t())
    }

    /// Whether anything is left of each pixel. `[P]`
    pub fn seen(&self) -> Array1<bool> {
        self.a.map_axis(Axis(1), |row| row.iter().any(|v| *v != F::zero()))
    }
}
// ANCHOR_END: damage

/// What is left of pictures, whatever they are made of.
pub trait Leaves {
    /// `A x`. `[N, P]`
    fn of(&self, x: &Array2<f32>) -> Array2<f32>;

    /// `Aᵀ y`. `[N, P]`
    fn back(&self, y: &Array2<f32>) -> Array2<f32>;

    /// ν.
    fn variance(&self) -> f64;
}

impl Leaves for Damage<f32> {
    fn of(&self, x: &Array2<f32>) -> Array2<f32> {
        Damage::of(self, x)
    }

    fn back(&self, y: &Array2<f32>) -> Array2<f32> {
        y.dot(&self.a)
    }

    fn variance(&self) -> f64 {
        self.noise
    }
}

// ANCHOR: median
/// A picture's median filter: each pixel becomes the median of those of the
/// 3 × 3 around it of which something is left, or the mean picture's pixel
/// where nothing is. `[N, P]`
///
/// # Panics
/// The rows are no squares of this side.
pub fn median_filter(
    y: &Array2<f32>,     // [N, P]
    seen: &Array1<bool>, // [P]
    mean: &Array1<f32>,  // [P]
    side: usize,
) -> Array2<f32> {
    assert_eq!(y.ncols(), side * side, "pixels of a square");
    let around = |at: usize| at.saturating_sub(1)..(at + 2).min(side);
    Array2::from_shape_fn(y.raw_dim(), |(n, p)| {
        let (line, column) = (p / side, p % side);
        let places = around(line)
            .flat_map(|i| around(column).map(move |j| i * side + j));
        let kept = places.filter(|&q| seen[q]).map(|q| y[[n, q]]);
        let mut kept: Vec<f32> = kept.collect();
        kept.sort_by(f32::total_cmp);
        match kept.len() {
            0 => mean[p],
            m if m % 2 == 1 => kept[m / 2],
            m => 0.5 * (kept[m / 2 - 1] + kept[m / 2]),
        }
    })
}
// ANCHOR_END: median

// ANCHOR: wiener
/// Means and covariance of pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    /// `[P]`
    pub mean: Array1<f64>,
    /// `[P, P]`
    pub covariance: Array2<f64>,
}

impl Pixels {
    /// Of pictures. `[N, P]`
    ///
    /// # Panics
    /// There are none.
    pub fn of(x: &Array2<f32>) -> Self {
        let x = x.mapv(f64::from);
        let mean = x.mean_axis(Axis(0)).expect("a picture");
        let apart = &x - &mean; // [N, P]
        let covariance = apart.t().dot(&apart) / x.nrows() as f64;
        Self { mean, covariance }
    }
}

/// Eq. 11.3: the Wiener filter of a damage, the matrix `G` of
/// `x̂ = μ + G (y - A μ)`. `[P, P]`
///
/// # Errors
/// ν is not positive, or the covariance is none.
pub fn wiener(
    pixels: &Pixels,
    damage: &Damage<f64>,
) -> Result<Array2<f64>, RestoreError> {
    let p = pixels.mean.len();
    let cross = pixels.covariance.dot(&damage.a.t()); // C Aᵀ, [P, P]
    let mut within = damage.a.dot(&cross); // A C Aᵀ
    within.diag_mut().mapv_inplace(|v| v + damage.noise);
    let within = DMatrix::from_row_iterator(p, p, within.iter().copied());
    let within = Cholesky::new(within);
    let within = within.ok_or(RestoreError::Noise(damage.noise))?;
    let cross = DMatrix::from_fn(p, p, |i, j| cross[[j, i]]); // A C
    let g = within.solve(&cross); // (A C Aᵀ + ν I)⁻¹ A C
    Ok(Array2::from_shape_fn((p, p), |(i, j)| g[(j, i)]))
}
// ANCHOR_END: wiener

/// Why nothing can be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// Without noise, or with a negative one, the matrix has no inverse.
    #[error("expected noise of a positive variance, found {0}")]
    Noise(f64),
    /// A network of another form.
    #[error(transparent)]
    Network(#[from] VqVaeError),
    /// A network of chapter 10 of another form.
    #[error(transparent)]
    InColour(#[from] VqGanError),
    /// A prior of other codes.
    #[error(transparent)]
    Prior(#[from] PriorError),
}

/// What makes pictures of codes.
pub trait Decodes {
    /// The pictures of code maps `[N, T]`, in [0, 1]. `[N, P]`
    ///
    /// # Errors
    /// The codes do not suit it.
    fn decode(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<f32>, RestoreError>;
}

impl Decodes for VqVae<f32> {
    fn decode(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<f32>, RestoreError> {
        Ok(VqVae::decode(self, codes)?)
    }
}

impl Decodes for VqGan<f32> {
    fn decode(
        &self,
        codes: &Array2<usize>,
    ) -> Result<Array2<f32>, RestoreError> {
        Ok(VqGan::decode(self, codes)?)
    }
}

// ANCHOR: search
/// Eq. 11.4: how badly a generator's pictures of noises `[N, Z]` fit what is
/// left, `‖A G(z) - y‖² / 2ν + ‖z‖² / 2`, one for each, in nats, and the
/// gradient of each at its noise, `[N, Z]`. The generator draws in [-1, 1].
pub fn search<F: NdFloat>(
    g: &Mlp<F>,
    damage: &Damage<F>,
    y: &Array2<F>, // [N, P]
    z: &Array2<F>, // [N, Z]
) -> (Array1<F>, Array2<F>) {
    let half = real::<F>(0.5);
    let per = real::<F>(1.0 / damage.noise);
    let outputs = g.forward(z);
    let x = last(&outputs).mapv(|v| half * v + half); // [N, P]
    let off = damage.of(&x) - y; // [N, P]
    let square = |v: &Array2<F>| (v * v).sum_axis(Axis(1)); // [N]
    let energy = (square(&off) * per + square(z)) * half;
    let d_x = off.dot(&damage.a) * per; // [N, P]
    let (d_z, _) = through(g, &outputs, d_x * half);
    (energy, d_z + z)
}
// ANCHOR_END: search

// ANCHOR: codes
/// Eq. 11.5: the same of code maps, `‖A D(c) - y‖² / 2ν - ln p(c)`, in nats.
/// `[N]`
///
/// # Errors
/// The codes do not suit network or prior.
pub fn energy(
    (network, prior): (&impl Decodes, &Prior<f32>),
    damage: &impl Leaves,
    y: &Array2<f32>,       // [N, P]
    codes: &Array2<usize>, // [N, T]
) -> Result<Array1<f64>, RestoreError> {
    let off = damage.of(&network.decode(codes)?) - y; // [N, P]
    let square = |v: f32| f64::from(v).powi(2);
    let fit = off.mapv(square).sum_axis(Axis(1)); // [N]
    let fit = fit / (2.0 * damage.variance());
    Ok(fit + prior.nats(codes)?.sum_axis(Axis(1)))
}
// ANCHOR_END: codes

// ANCHOR: auc
/// Eq. 11.13: the area under the curve of a score that should be larger for
/// members than for others: how often it is, ties counted half.
pub fn auc(members: &[f64], others: &[f64]) -> f64 {
    let mut sorted = others.to_vec();
    sorted.sort_by(f64::total_cmp);
    let won = members.iter().map(|m| {
        let below = sorted.partition_point(|o| o < m);
        let up_to = sorted.partition_point(|o| o <= m);
        0.5 * (below + up_to) as f64
    });
    let pairs = (members.len() * others.len()).max(1) as f64;
    won.sum::<f64>() / pairs
}
// ANCHOR_END: auc

// ANCHOR: explained
/// Eq. 11.11: how much of the variance of rows `[N, D]` a label explains:
/// one less the share that is left within the groups of equal labels.
///
/// # Panics
/// There is not one label for each row.
pub fn explained<F: NdFloat>(x: &Array2<F>, labels: &[usize]) -> f64 {
    assert_eq!(x.nrows(), labels.len(), "a label for each row");
    let x = x.mapv(|v| v.to_f64().expect("floats fit into an f64"));
    let groups = labels.iter().max().map_or(0, |most| most + 1);
    let mut means = Array2::<f64>::zeros((groups, x.ncols()));
    let mut counts = vec![0.0; groups];
    for (row, &label) in x.rows().into_iter().zip(labels) {
        means.row_mut(label).scaled_add(1.0, &row);
        counts[label] += 1.0;
    }
    for (mut mean, count) in means.rows_mut().into_iter().zip(&counts) {
        mean /= f64::max(*count, 1.0);
    }
    let within = &x - &means.select(Axis(0), labels); // [N, D]
    let whole = match x.mean_axis(Axis(0)) {
        Some(mean) => x - mean, // [N, D]
        None => return 0.0,
    };
    let square = |x: &Array2<f64>| x.fold(0.0, |sum, v| sum + v * v);
    1.0 - square(&within) / square(&whole).max(f64::MIN_POSITIVE)
}
// ANCHOR_END: explained

// ANCHOR: direction
/// Eq. 11.12: the direction from the mean of all noises `[N, Z]` to the mean
/// of those whose pictures are of a class, of length 1. `[Z]`
pub fn direction(z: &Array2<f32>, of: &[usize], class: usize) -> Array1<f32> {
    let rows: Vec<usize> =
        (0..of.len()).filter(|n| of[*n] == class).collect();
    let mean = |z: &Array2<f32>| z.mean_axis(Axis(0));
    let zero = || Array1::zeros(z.ncols());
    let inside = mean(&z.select(Axis(0), &rows)).unwrap_or_else(zero);
    let apart = inside - mean(z).unwrap_or_else(zero);
    let length = apart.dot(&apart).sqrt();
    apart / length.max(f32::MIN_POSITIVE)
}
// ANCHOR_END: direction
