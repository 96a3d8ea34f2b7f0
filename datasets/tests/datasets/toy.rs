//! Toy distributions: densities that integrate to one, and samples that follow them.

use approx::assert_abs_diff_eq;
use datasets::toy::{Density, GaussianMixture, ToyError, TwoMoons};
use ndarray::{Array2, Axis, array};
use ndarray_rand::rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(4)
}

/// The integral of a function of the plane times a density, over a square, by the midpoint rule.
fn integral(
    density: &impl Density,
    half: f64,
    n: usize,
    f: impl Fn(f64, f64) -> f64,
) -> f64 {
    let cell = 2.0 * half / n as f64;
    let at = |i: usize| -half + (i as f64 + 0.5) * cell;
    let x = Array2::from_shape_fn((n * n, 2), |(k, axis)| {
        at(if axis == 0 { k / n } else { k % n })
    });
    let mass = density.log_densities(&x).mapv(f64::exp) * cell * cell;
    mass.iter().zip(x.rows()).map(|(m, x)| m * f(x[0], x[1])).sum()
}

#[test]
fn a_mixture_has_the_density_of_its_formula() {
    let mixture =
        GaussianMixture::one_dimensional(&[(0.3, -1.0), (0.7, 2.0)], 0.5)
            .unwrap();
    let gaussian = |x: f64, m: f64| {
        (-0.5 * ((x - m) / 0.5).powi(2)).exp()
            / (0.5 * (2.0 * std::f64::consts::PI).sqrt())
    };
    for x in [-3.0, -1.0, 0.4, 2.5] {
        let expected = 0.3 * gaussian(x, -1.0) + 0.7 * gaussian(x, 2.0);
        assert_abs_diff_eq!(
            mixture.log_density(array![x].view()),
            expected.ln(),
            epsilon = 1e-12
        );
    }
    let cells = Array2::from_shape_fn((4000, 1), |(n, _)| {
        -8.0 + (n as f64 + 0.5) * 0.004
    });
    assert_abs_diff_eq!(
        mixture.log_densities(&cells).mapv(f64::exp).sum() * 0.004,
        1.0,
        epsilon = 1e-9
    );
}

#[test]
fn densities_in_the_plane_integrate_to_one() {
    let one = |_, _| 1.0;
    let ring = GaussianMixture::ring_of_8(0.1).unwrap();
    assert_abs_diff_eq!(integral(&ring, 2.0, 200, one), 1.0, epsilon = 1e-6);
    let grid = GaussianMixture::grid(5, 2.0, 0.2).unwrap();
    assert_abs_diff_eq!(integral(&grid, 6.0, 300, one), 1.0, epsilon = 1e-6);
    assert_abs_diff_eq!(
        integral(&TwoMoons::new(0.15).unwrap(), 4.0, 160, one),
        1.0,
        epsilon = 1e-6
    );
}

#[test]
fn samples_have_the_moments_of_the_density() {
    fn compare(density: &impl Density, half: f64) {
        let n = 40_000;
        let x = density.sample(n, &mut rng());
        assert_eq!(x.dim(), (n, 2));
        let moments: [fn(f64, f64) -> f64; 5] =
            [|x, _| x, |_, y| y, |x, _| x * x, |_, y| y * y, |x, y| x * y];
        for f in moments {
            let sampled =
                x.map_axis(Axis(1), |p| f(p[0], p[1])).mean().unwrap();
            assert_abs_diff_eq!(
                sampled,
                integral(density, half, 160, f),
                epsilon = 0.03
            );
        }
    }
    compare(&GaussianMixture::ring_of_8(0.1).unwrap(), 2.0);
    compare(&TwoMoons::new(0.15).unwrap(), 4.0);
    let tilted = GaussianMixture::new(
        vec![0.8, 0.2],
        array![[1.0, 0.5], [-1.0, 0.0]],
        0.3,
    )
    .unwrap();
    compare(&tilted, 4.0);
}

#[test]
fn the_ring_and_the_grid_are_those_of_the_literature() {
    let ring = GaussianMixture::ring_of_8(0.01).unwrap();
    assert_eq!(ring.means().dim(), (8, 2));
    for mean in ring.means().rows() {
        assert_abs_diff_eq!(mean.dot(&mean), 1.0, epsilon = 1e-12);
    }
    let near = ring.sample(1000, &mut rng());
    let nearest = |p: ndarray::ArrayView1<f64>| {
        ring.means()
            .rows()
            .into_iter()
            .map(|m| (&p - &m).mapv(|v| v * v).sum().sqrt())
            .fold(f64::MAX, f64::min)
    };
    let close =
        near.rows().into_iter().filter(|p| nearest(*p) < 0.03).count();
    assert!(
        (980..=999).contains(&close),
        "98.9 % lie within three standard deviations, found {close} of 1000"
    );

    let grid = GaussianMixture::grid_of_25();
    assert_eq!((grid.means().dim(), grid.sigma()), ((25, 2), 0.05));
    assert_eq!(grid.means().row(0), array![-4.0, -4.0]);
    assert_eq!(grid.means().row(24), array![4.0, 4.0]);
    assert_eq!(grid.means().row(12), array![0.0, 0.0]);
}

#[test]
fn far_away_the_log_density_is_finite() {
    let far = array![1e3, -1e3];
    assert!(
        GaussianMixture::ring_of_8(0.01).unwrap().log_density(far.view())
            < -1e9
    );
    let moons = TwoMoons::new(0.1).unwrap().log_density(far.view());
    assert!(moons.is_finite() && moons < -1e7);
}

/// The same density by the midpoint rule with very many nodes.
fn moons_by_brute_force(x: [f64; 2], noise: f64) -> f64 {
    let n = 400_000;
    let pi = std::f64::consts::PI;
    let log_terms: Vec<f64> = (0..2 * n)
        .map(|k| {
            let t = pi * ((k / 2) as f64 + 0.5) / n as f64;
            let (a, b) = if k % 2 == 0 {
                (t.cos(), t.sin())
            } else {
                (1.0 - t.cos(), 0.5 - t.sin())
            };
            -0.5 * ((x[0] - a).powi(2) + (x[1] - b).powi(2)) / (noise * noise)
        })
        .collect();
    let top = log_terms.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = log_terms.iter().map(|t| (t - top).exp()).sum();
    top + (sum / (2 * n) as f64).ln() - (2.0 * pi * noise * noise).ln()
}

#[test]
fn two_moons_are_accurate_on_the_curves_at_their_tips_and_far_away() {
    for (x, noise) in [
        ([0.0, 1.005], 0.005),
        ([-1.1, -0.1], 0.1),
        ([-1.0, -0.3], 0.05),
        ([3.0, 3.0], 0.1),
        ([3.0, 3.0], 0.05),
        ([0.5, 0.25], 0.3),
    ] {
        let found = TwoMoons::new(noise)
            .unwrap()
            .log_density(array![x[0], x[1]].view());
        let expected = moons_by_brute_force(x, noise);
        assert!(
            (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{x:?} {noise}: {found} {expected}"
        );
    }
}

#[test]
fn parameters_that_describe_nothing_are_refused() {
    let one = |weights: Vec<f64>, sigma| {
        GaussianMixture::new(weights, array![[0.0]], sigma)
    };
    assert_eq!(one(vec![1.0], 0.0), Err(ToyError::Sigma(0.0)));
    assert!(matches!(one(vec![1.0], f64::NAN), Err(ToyError::Sigma(_))));
    assert!(matches!(one(vec![0.9], 1.0), Err(ToyError::Weights(_))));
    assert!(matches!(one(vec![f64::NAN], 1.0), Err(ToyError::Weights(_))));
    assert!(matches!(one(vec![-1.0, 2.0], 1.0), Err(ToyError::Weights(_))));
    assert_eq!(
        one(vec![0.5, 0.5], 1.0),
        Err(ToyError::Means { weights: 2, means: 1 })
    );
    assert!(matches!(
        GaussianMixture::ring(0, 1.0, 0.1),
        Err(ToyError::Weights(_))
    ));
    for noise in [-0.1, 0.0, 1e-300, f64::INFINITY] {
        assert_eq!(TwoMoons::new(noise), Err(ToyError::Noise(noise)));
    }
    let nowhere =
        GaussianMixture::new(vec![1.0], array![[f64::INFINITY]], 1.0);
    assert!(matches!(nowhere, Err(ToyError::Place(_))));
    assert!(matches!(
        GaussianMixture::new(vec![1.0], Array2::zeros((1, 0)), 1.0),
        Err(ToyError::Place(_))
    ));
}
