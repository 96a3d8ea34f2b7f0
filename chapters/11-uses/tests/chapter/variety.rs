//! What the comparison of three systems rests on: networks of the right form, a Gaussian, and a distance that a move does not hide.

use approx::assert_abs_diff_eq;
use gan::training::Noise;
use gradients::plain::last;
use lab::rng_at;
use ndarray::{Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardUniform;
use stability::digits::Sizes;
use stability::net::penalty;
use stability::net::zero_centred;
use uses::plain::Pixels;
use uses::variety::{Manner, away, blends, gaussian, networks};
use vq_gan::plain::Form;

const SMALL: Sizes = Sizes { g: (2, 3), d: (2, 3), dense: 8, group: Some(2) };

fn pictures(n: usize, form: Form, seed: u64) -> Array2<f32> {
    let rng = &mut rng_at(seed, 0);
    Array2::random_using((n, form.numbers()), StandardUniform, rng)
}

#[test]
fn the_pair_draws_and_judges_pictures_of_any_form() {
    for side in [4, 16, 28, 32] {
        for channels in [1, 3] {
            let form = Form { side, channels };
            let noise = Noise::normal(5);
            let (g, d) = networks(form, noise, SMALL, 1);
            let z = noise.sample(4, &mut rng_at(1, 1));
            let x = g.output(&z);
            assert_eq!(x.dim(), (4, form.numbers()));
            assert!(x.iter().all(|v| v.abs() <= 1.0), "a tanh is at the end");
            assert_eq!(last(&d.forward(&x)).dim(), (4, 1));
            let (of_length, _) = penalty(&d, &x, zero_centred(3.0));
            assert!(of_length > 0.0, "R1 has a gradient to punish");
        }
    }
}

#[test]
#[should_panic(expected = "a side of 18 has no quarter")]
fn a_side_without_a_quarter_is_refused() {
    let form = Form { side: 18, channels: 3 };
    networks(form, Noise::normal(5), SMALL, 1);
}

#[test]
fn the_manner_goes_into_the_recipe() {
    let page = Manner::default();
    let config = Manner { lr: 0.5, r1: 7.0, ..page }.recipe(10);
    assert_eq!((config.g.lr, config.d.lr), (0.5, 0.5));
    assert_eq!(config.penalties.real, 7.0);
    assert_eq!(config.cool, Some(10));
}

#[test]
fn the_gaussian_has_the_pictures_mean_and_covariance() {
    let form = Form { side: 2, channels: 1 };
    // Within so little of a half that hardly anything is cut.
    let x = pictures(50, form, 2).mapv(|v| 0.5 + 0.1 * (v - 0.5));
    let drawn = gaussian(&x, 40_000, &mut rng_at(3, 0));
    let (of_x, of_drawn) = (Pixels::of(&x), Pixels::of(&drawn));
    assert_abs_diff_eq!(of_x.mean, of_drawn.mean, epsilon = 1e-3);
    let scale = of_x.covariance.diag().sum();
    let apart = (&of_x.covariance - &of_drawn.covariance) / scale;
    assert!(apart.iter().all(|v| v.abs() < 0.01), "{apart}");
    assert!(of_x.covariance.iter().any(|v| v.abs() > 0.05 * scale));
}

#[test]
fn a_blend_is_a_mean_with_the_nearest_other() {
    let form = Form { side: 4, channels: 3 };
    let mut x = pictures(6, form, 4);
    let near = x.row(2).mapv(|v| v + 0.01);
    x.row_mut(5).assign(&near);
    let blended = blends(&x, &[2, 5]);
    let mean = (&x.row(2) + &x.row(5)) * 0.5;
    for row in blended.rows() {
        assert_abs_diff_eq!(row, mean, epsilon = 1e-6);
    }
}

#[test]
fn a_moved_copy_is_found_and_its_distance_is_a_root_of_a_mean_square() {
    let form = Form { side: 8, channels: 3 };
    let from = pictures(7, form, 5);
    let grid = from.row(3).to_shape((8, 8, 3)).unwrap().to_owned();
    // Two lines down and one column to the left, the border repeated.
    let mut moved = grid.clone();
    for line in 0..8_usize {
        for column in 0..8_usize {
            let (i, j) = (line.saturating_sub(2), (column + 1).min(7));
            let there = grid.slice(s![i, j, ..]);
            moved.slice_mut(s![line, column, ..]).assign(&there);
        }
    }
    let flat = moved.to_shape((1, form.numbers())).unwrap().to_owned();
    // What came in at the border cannot be told back: the inside can.
    let still = away(&flat, &from, form, 0)[0];
    let found = away(&flat, &from, form, 2)[0];
    assert!(found < 0.75 * still, "{found} against {still}");
    let brighter = from.slice(s![3..4, ..]).mapv(|v| v + 0.25);
    let off = away(&brighter, &from, form, 0)[0];
    assert_abs_diff_eq!(off, 0.25, epsilon = 1e-4);
    assert_abs_diff_eq!(away(&from, &from, form, 0)[0], 0.0, epsilon = 1e-3);
}
