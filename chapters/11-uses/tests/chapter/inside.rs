//! Directions in a noise, and how far a guess moves.

use lab::rng_at;
use ndarray::{Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use uses::inside::{kl, principal, rank_correlation};

fn normal(shape: (usize, usize), seed: u64) -> Array2<f32> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(seed, 0))
}

#[test]
fn principal_directions_are_those_that_move_features_most() {
    let z = normal((4000, 5), 1);
    // Column 3 moves features most, column 0 less column 1 next.
    let mut w = Array2::<f32>::zeros((5, 7));
    w.row_mut(3).assign(&array![3.0, 0.0, 0.0, 1.0, 0.0, 0.0, 2.0]);
    for (row, sign) in [(0, 1.0), (1, -1.0)] {
        let moves = array![0.0, 1.0, -1.0, 0.0, 0.5, 0.0, 0.0];
        w.row_mut(row).assign(&(moves * sign));
    }
    let features = z.dot(&w) + normal((4000, 7), 2) * 0.1 + 5.0;
    let found = principal(&features, &z, 2);
    assert_eq!(found.dim(), (2, 5));
    assert!(found[[0, 3]].abs() > 0.99, "{found}");
    let half = 0.5_f32.sqrt();
    let along = (found[[1, 0]] - found[[1, 1]]) * half;
    assert!(along.abs() > 0.99, "{found}");
    for row in found.rows() {
        assert!((row.dot(&row) - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_guess_that_stays_has_moved_by_nothing() {
    let (p, q) = (array![0.5, 0.5, 0.0], array![0.25, 0.5, 0.25]);
    assert_eq!(kl(p.view(), p.view()), 0.0);
    let moved = kl(p.view(), q.view());
    assert!((moved - 0.5 * 2_f64.ln()).abs() < 1e-12);
    assert!(kl(q.view(), p.view()).is_finite());
}

#[test]
fn ranks_alone_are_correlated() {
    let (a, b) = ([0.1, 5.0, 2.0, 3.0], [1.0, 1e9, 30.0, 31.0]);
    assert!((rank_correlation(&a, &b) - 1.0).abs() < 1e-12);
    let back = b.map(|v| -v);
    assert!((rank_correlation(&a, &back) + 1.0).abs() < 1e-12);
    assert_eq!(rank_correlation(&[1.0], &[2.0]), 0.0);
    let mixed = [1.0, 2.0, 4.0, 3.0];
    let found = rank_correlation(&[1.0, 2.0, 3.0, 4.0], &mixed);
    assert!((found - 0.8).abs() < 1e-12);
}
