//! How far a fake cloud is from a real one: by Jensen and Shannon's
//! divergence, which has an end, and by Wasserstein's distance, which has
//! none. On a line both can be computed.

use std::cmp::Ordering;
use std::f64::consts::{LN_2, TAU};

use gradients::plain::{real, sigmoid, softplus};
use ndarray::{Array1, NdFloat};

// ANCHOR: clouds
/// Two normal clouds on a line, the real one around 0 and the fake one
/// around `theta`, both of the standard deviation `width`, which is not 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clouds {
    /// Where the fakes are.
    pub theta: f64,
    /// How wide both are.
    pub width: f64,
}

impl Clouds {
    /// The best discriminator's logit at `x`.
    pub fn best_logit(self, x: f64) -> f64 {
        self.theta * (self.theta - 2.0 * x) / (2.0 * self.width.powi(2))
    }

    /// Jensen and Shannon's divergence, in nats: log 2 less what the best
    /// discriminator's loss at a fake is on average.
    pub fn jsd(self) -> f64 {
        LN_2 - self.mean_over_fakes(|x| softplus(self.best_logit(x)))
    }

    /// Eq. 4.22: its slope in `theta`, half the saturating loss's.
    pub fn jsd_slope(self) -> f64 {
        let d = self.mean_over_fakes(|x| sigmoid(self.best_logit(x)));
        self.theta / (2.0 * self.width.powi(2)) * d
    }

    /// Eq. 4.22: the slope in `theta` of the loss in use.
    pub fn non_saturating_slope(self) -> f64 {
        let not_d = self.mean_over_fakes(|x| sigmoid(-self.best_logit(x)));
        self.theta / self.width.powi(2) * not_d
    }
}
// ANCHOR_END: clouds

impl Clouds {
    /// The mean of `of` over the fakes, by a sum over a grid that is fine
    /// and wide enough for both clouds.
    fn mean_over_fakes(self, of: impl Fn(f64) -> f64) -> f64 {
        let Self { theta, width } = self;
        let step = width / 50.0;
        let low = theta.min(0.0) - 9.0 * width;
        let cells = (theta.abs() + 18.0 * width) / step;
        let term = |n: usize| {
            let x = low + n as f64 * step;
            (-((x - theta) / width).powi(2) / 2.0).exp() * of(x)
        };
        let sum: f64 = (0..=cells.ceil() as usize).map(term).sum();
        sum * step / (width * TAU.sqrt())
    }
}

// ANCHOR: wasserstein
/// The places of the numbers, the smallest number's first. `[N]`
fn by_rank<F: NdFloat>(x: &Array1<F>) -> Vec<usize> {
    let mut places: Vec<usize> = (0..x.len()).collect(); // [N]
    let order = |&a: &usize, &b: &usize| x[a].partial_cmp(&x[b]);
    places.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
    places
}

/// For each fake the real number of the same rank. `[N]`
///
/// # Panics
/// There is not a real number for each fake.
pub fn partners<F: NdFloat>(
    x_real: &Array1<F>, // [N]
    x_fake: &Array1<F>, // [N]
) -> Array1<F> {
    assert_eq!(x_real.len(), x_fake.len(), "a partner for each fake");
    let mut partners = x_fake.clone(); // [N]
    for (r, f) in by_rank(x_real).into_iter().zip(by_rank(x_fake)) {
        partners[f] = x_real[r];
    }
    partners
}

/// Eq. 4.24: Wasserstein's distance of two samples on a line.
pub fn wasserstein<F: NdFloat>(x_real: &Array1<F>, x_fake: &Array1<F>) -> F {
    let gaps = x_fake - &partners(x_real, x_fake); // [N]
    gaps.fold(F::zero(), |sum, &v| sum + v.abs()) / real(gaps.len() as f64)
}

/// Its gradient at the fakes: each is drawn to its partner, however far that
/// is, by 1 / N. `[N]`
pub fn wasserstein_backward<F: NdFloat>(
    x_real: &Array1<F>, // [N]
    x_fake: &Array1<F>, // [N]
) -> Array1<F> {
    let pull = real::<F>(1.0 / x_fake.len() as f64);
    (x_fake - &partners(x_real, x_fake)).mapv(|gap| match gap {
        gap if gap > F::zero() => pull,
        gap if gap < F::zero() => -pull,
        there => there, // 0, or NaN
    }) // [N]
}
// ANCHOR_END: wasserstein
