//! Toy distributions with known densities: what a model learns can be compared with what it should have learnt.

use std::f64::consts::PI;

use ndarray::{Array1, Array2, ArrayView1, Axis};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::{
    Distribution, StandardNormal, weighted::WeightedIndex,
};

/// A distribution over points of `dim` coordinates that can be sampled and evaluated.
pub trait Density {
    /// Coordinates of a point.
    fn dim(&self) -> usize;

    /// `n` independent points, `[n, dim]`.
    fn sample(&self, n: usize, rng: &mut impl Rng) -> Array2<f64>;

    /// The log-density at a point of `dim` coordinates, in nats.
    ///
    /// # Panics
    /// The point does not have `dim` coordinates.
    fn log_density(&self, x: ArrayView1<f64>) -> f64;

    /// The log-density of each row of `x`, `[N, dim]`, in nats: `[N]`.
    fn log_densities(&self, x: &Array2<f64>) -> Array1<f64> {
        x.map_axis(Axis(1), |row| self.log_density(row)) // [N]
    }
}

/// Parameters that describe no distribution.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ToyError {
    /// The weights are no probabilities.
    #[error(
        "expected at least one weight, none negative, of sum 1; found {0:?}"
    )]
    Weights(Vec<f64>),
    /// There is not one mean for each weight.
    #[error("expected one mean for each of {weights} weights, found {means}")]
    Means {
        /// How many weights.
        weights: usize,
        /// How many means.
        means: usize,
    },
    /// The means are no points.
    #[error(
        "expected means of at least one coordinate, all finite; found {0}"
    )]
    Place(Array2<f64>),
    /// The standard deviation is not positive.
    #[error("expected a positive, finite standard deviation, found {0}")]
    Sigma(f64),
    /// The noise is too narrow to integrate over.
    #[error("expected noise from 0.001 to 1000, found {0}")]
    Noise(f64),
}

/// Gaussians of one standard deviation around several means.
#[derive(Clone, Debug, PartialEq)]
pub struct GaussianMixture {
    weights: Vec<f64>,
    means: Array2<f64>,
    sigma: f64,
}

impl GaussianMixture {
    /// A mixture with `K` weights, means `[K, dim]`, and the standard deviation `sigma` in every direction.
    ///
    /// # Errors
    /// The weights are no probabilities, there are not as many means, or `sigma` is not positive.
    pub fn new(
        weights: Vec<f64>,
        means: Array2<f64>,
        sigma: f64,
    ) -> Result<Self, ToyError> {
        let sum: f64 = weights.iter().sum();
        let probabilities = weights.iter().all(|w| *w >= 0.0);
        if !probabilities || sum.is_nan() || (sum - 1.0).abs() > 1e-9 {
            return Err(ToyError::Weights(weights));
        }
        if means.nrows() != weights.len() {
            let (weights, means) = (weights.len(), means.nrows());
            return Err(ToyError::Means { weights, means });
        }
        if means.ncols() == 0 || means.iter().any(|m| !m.is_finite()) {
            return Err(ToyError::Place(means));
        }
        positive(sigma)?;
        Ok(Self { weights, means, sigma })
    }

    /// A mixture on a line, from pairs of weight and mean.
    ///
    /// # Errors
    /// As for [`GaussianMixture::new`].
    pub fn one_dimensional(
        parts: &[(f64, f64)],
        sigma: f64,
    ) -> Result<Self, ToyError> {
        let (weights, means): (Vec<f64>, Vec<f64>) =
            parts.iter().copied().unzip();
        Self::new(
            weights,
            Array1::from_vec(means).insert_axis(Axis(1)),
            sigma,
        )
    }

    /// `modes` equal Gaussians on a circle around the origin.
    ///
    /// # Errors
    /// There is no mode, or `sigma` is not positive.
    pub fn ring(
        modes: usize,
        radius: f64,
        sigma: f64,
    ) -> Result<Self, ToyError> {
        let angle = |k: usize| 2.0 * PI * k as f64 / modes as f64;
        let means = Array2::from_shape_fn((modes, 2), |(k, axis)| {
            radius * if axis == 0 { angle(k).cos() } else { angle(k).sin() }
        }); // [modes, 2]
        Self::new(vec![1.0 / modes as f64; modes], means, sigma)
    }

    /// Eight Gaussians on the unit circle; the literature uses a `sigma` of 0.01.
    ///
    /// # Errors
    /// `sigma` is not positive.
    pub fn ring_of_8(sigma: f64) -> Result<Self, ToyError> {
        Self::ring(8, 1.0, sigma)
    }

    /// `side` × `side` equal Gaussians, `spacing` apart, centred on the origin.
    ///
    /// # Errors
    /// There is no mode, or `sigma` is not positive.
    pub fn grid(
        side: usize,
        spacing: f64,
        sigma: f64,
    ) -> Result<Self, ToyError> {
        let modes = side * side;
        let place =
            |n: usize| spacing * (n as f64 - (side as f64 - 1.0) / 2.0);
        let means = Array2::from_shape_fn((modes, 2), |(k, axis)| {
            place(if axis == 0 { k / side } else { k % side })
        }); // [modes, 2]
        Self::new(vec![1.0 / modes as f64; modes], means, sigma)
    }

    /// The grid of the literature: 25 Gaussians, 2 apart, `sigma` 0.05.
    pub fn grid_of_25() -> Self {
        Self::grid(5, 2.0, 0.05).expect("25 modes of positive width")
    }

    /// The means, `[K, dim]`.
    pub fn means(&self) -> &Array2<f64> {
        &self.means
    }

    /// The standard deviation in every direction.
    pub fn sigma(&self) -> f64 {
        self.sigma
    }
}

impl Density for GaussianMixture {
    fn dim(&self) -> usize {
        self.means.ncols()
    }

    fn sample(&self, n: usize, rng: &mut impl Rng) -> Array2<f64> {
        let choose = WeightedIndex::new(&self.weights)
            .expect("the weights were checked");
        let mut x = Array2::zeros((n, self.dim())); // [n, dim]
        for mut row in x.rows_mut() {
            let mean = self.means.row(choose.sample(rng));
            row.assign(&mean.mapv(|m| m + self.sigma * normal(rng)));
        }
        x
    }

    fn log_density(&self, x: ArrayView1<f64>) -> f64 {
        assert_eq!(x.len(), self.dim(), "a point has `dim` coordinates");
        let part = |(mean, weight): (ArrayView1<f64>, &f64)| {
            weight.ln()
                + log_gaussian(
                    squared_distance(x, mean),
                    self.dim(),
                    self.sigma,
                )
        };
        log_sum_exp(
            self.means.rows().into_iter().zip(&self.weights).map(part),
        )
    }
}

/// Two half circles that reach into one another, blurred by Gaussian noise: the upper runs through
/// `(cos t, sin t)`, the lower through `(1 - cos t, 1/2 - sin t)`, for t from 0 to π.
#[derive(Clone, Debug, PartialEq)]
pub struct TwoMoons {
    noise: f64,
    /// Points on both curves with the logarithms of their quadrature weights.
    nodes: Vec<([f64; 2], f64)>,
}

impl TwoMoons {
    /// Moons blurred by a standard deviation of `noise` in both directions.
    ///
    /// # Errors
    /// `noise` is not between 0.001 and 1000: two bare curves have no density.
    pub fn new(noise: f64) -> Result<Self, ToyError> {
        if !(1e-3..=1e3).contains(&noise) {
            return Err(ToyError::Noise(noise));
        }
        // Tanh-sinh quadrature, t = π/2 (1 + tanh(π/2 sinh u)): dense at the tips of the moons, where the integrand
        // ends abruptly, and exponentially accurate in its step.
        let step = (noise / 5.5).min(0.05);
        let steps = (3.2 / step).ceil() as i64;
        let node = |n: i64, upper: bool| {
            let u = n as f64 * step;
            let v = 0.5 * PI * u.sinh();
            let t = 0.5 * PI * (1.0 + v.tanh());
            let slope = 0.25 * PI * PI * u.cosh() / v.cosh().powi(2);
            (Self::on_curve(upper, t), (0.5 * step * slope / PI).ln())
        };
        let both =
            (-steps..=steps).flat_map(|n| [node(n, true), node(n, false)]);
        Ok(Self { noise, nodes: both.collect() })
    }

    fn on_curve(upper: bool, t: f64) -> [f64; 2] {
        if upper {
            [t.cos(), t.sin()]
        } else {
            [1.0 - t.cos(), 0.5 - t.sin()]
        }
    }
}

impl Density for TwoMoons {
    fn dim(&self) -> usize {
        2
    }

    fn sample(&self, n: usize, rng: &mut impl Rng) -> Array2<f64> {
        let mut x = Array2::zeros((n, 2)); // [n, 2]
        for mut row in x.rows_mut() {
            let centre =
                Self::on_curve(rng.random(), PI * rng.random::<f64>());
            row[0] = centre[0] + self.noise * normal(rng);
            row[1] = centre[1] + self.noise * normal(rng);
        }
        x
    }

    /// A mean of Gaussians along two curves has no closed form; it is integrated numerically.
    fn log_density(&self, x: ArrayView1<f64>) -> f64 {
        assert_eq!(x.len(), 2, "two moons lie in the plane");
        log_sum_exp(self.nodes.iter().map(|(centre, log_weight)| {
            let distance = squared_distance(x, ArrayView1::from(centre));
            log_weight + log_gaussian(distance, 2, self.noise)
        }))
    }
}

fn positive(sigma: f64) -> Result<(), ToyError> {
    if sigma > 0.0 && sigma.is_finite() {
        Ok(())
    } else {
        Err(ToyError::Sigma(sigma))
    }
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

fn squared_distance(a: ArrayView1<f64>, b: ArrayView1<f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

fn log_gaussian(squared_distance: f64, dim: usize, sigma: f64) -> f64 {
    let norm = (2.0 * PI * sigma * sigma).ln() * dim as f64;
    -0.5 * (squared_distance / (sigma * sigma) + norm)
}

/// The logarithm of a sum of exponentials, without leaving the range of numbers.
fn log_sum_exp(terms: impl Iterator<Item = f64>) -> f64 {
    let terms: Vec<f64> = terms.collect();
    let largest = terms.iter().fold(f64::NEG_INFINITY, |a, b| a.max(*b));
    match largest.is_finite() {
        true => {
            largest
                + terms.iter().map(|t| (t - largest).exp()).sum::<f64>().ln()
        }
        false => largest,
    }
}
