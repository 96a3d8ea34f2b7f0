//! The cures that chapter 3's trainer has switches for: a test, at least, for each of their equations.

use approx::assert_abs_diff_eq;
use gan::ledger::{reference, reference_players};
use gan::plain::{
    Game, d_loss_of, g_loss_of, g_step, packed, paired, penalty, unpacked,
};
use gradients::compare::{network_err, numeric_gradient_of_network};
use gradients::plain::{
    Activation, Mlp, numeric_gradient, sigmoid, softplus,
};
use lab::rng_at;
use minimax_loss::plain::d_loss;
use ndarray::{Array1, Array2, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;

const LEAKY: Activation = Activation::LeakyRelu(0.2);

fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let rng = &mut rng_at(seed, 1);
    Array2::random_using((rows, columns), StandardNormal, rng)
}

/// A network with biases that are not zero.
fn network(widths: &[usize], hidden: Activation, seed: u64) -> Mlp<f64> {
    let rng = &mut rng_at(seed, 0);
    let mut net = Mlp::new(widths, hidden, Activation::Identity, rng);
    for layer in &mut net.layers {
        let b = Array1::random_using(layer.b.len(), StandardNormal, rng);
        layer.b.assign(&(b * 0.3));
    }
    net
}

/// Whether no unit is so near its kink that a finite difference would cross it.
fn away_from_kinks(net: &Mlp<f64>, x: &Array2<f64>) -> bool {
    let outputs = net.forward(x);
    let hidden = &outputs[1..outputs.len() - 1];
    hidden.iter().flatten().all(|y| y.abs() > 1e-3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn eq_4_30_is_the_mean_squared_length_of_the_gradient(seed in any::<u64>(), gamma in 0.1_f64..10.0) {
        let net = network(&[3, 6, 4, 1], LEAKY, seed);
        let x = normal(5, 3, seed);
        prop_assume!(away_from_kinks(&net, &x));
        let slopes = numeric_gradient(|x| net.output(x).sum(), &x, 1e-5);
        let expected = gamma / 2.0 * slopes.mapv(|v| v * v).sum() / 5.0;
        let (value, _) = penalty(&net, &x, gamma);
        prop_assert!((value - expected).abs() < 1e-6 * expected.max(1e-3), "{} {}", value, expected);
    }

    #[test]
    fn eq_4_31_the_gradient_of_the_penalty(seed in any::<u64>(), slope in 0.1_f64..0.9, hidden in 0_usize..3) {
        let widths = &[[3, 6, 5].as_slice(), &[3, 6], &[3]][hidden];
        let widths = [widths, [1].as_slice()].concat();
        let net = network(&widths, Activation::LeakyRelu(slope), seed);
        let x = normal(4, 3, seed);
        prop_assume!(away_from_kinks(&net, &x));
        let (_, d_net) = penalty(&net, &x, 1.5);
        let numeric = numeric_gradient_of_network(|d| penalty(d, &x, 1.5).0, &net);
        prop_assert!(network_err(&d_net, &numeric) < 1e-6);
        for layer in d_net.layers {
            prop_assert!(layer.b.iter().all(|v| *v == 0.0), "no bias moves a slope");
        }
    }
}

#[test]
fn eq_4_30_of_a_plane_is_its_steepness_everywhere() {
    let mut net = network(&[2, 1], LEAKY, 1);
    net.layers[0].w = array![[3.0], [-4.0]];
    for x in [normal(5, 2, 2), 1e3 * normal(1, 2, 3)] {
        assert_abs_diff_eq!(penalty(&net, &x, 0.5).0, 0.25 * 25.0);
    }
    // dP/dw = γ w.
    let (_, d_net) = penalty(&net, &normal(5, 2, 2), 0.5);
    let expected = array![[1.5], [-2.0]];
    assert_abs_diff_eq!(d_net.layers[0].w, expected, epsilon = 1e-12);
}

#[test]
#[should_panic(expected = "curved")]
fn eq_4_31_does_not_hold_for_a_curved_activation() {
    let net = network(&[2, 3, 1], Activation::Tanh, 1);
    let _ = penalty(&net, &normal(2, 2, 2), 1.0);
}

fn columns() -> impl Strategy<Value = (Array2<f64>, Array2<f64>)> {
    proptest::collection::vec((-20.0_f64..20.0, -20.0_f64..20.0), 1..6)
        .prop_map(|v| {
            let (a, b): (Vec<_>, Vec<_>) = v.into_iter().unzip();
            let column =
                |v: Vec<f64>| Array1::from_vec(v).insert_axis(Axis(1));
            (column(a), column(b))
        })
}

proptest! {
    #[test]
    fn eq_4_32_gradients_at_both((a, b) in columns(), shift in -50.0_f64..50.0) {
        let (loss, (d_a, d_b)) = paired(&a, &b);
        let numeric = numeric_gradient(|a| paired(a, &b).0, &a, 1e-5);
        assert_abs_diff_eq!(d_a, numeric, epsilon = 1e-8);
        let numeric = numeric_gradient(|b| paired(&a, b).0, &b, 1e-5);
        assert_abs_diff_eq!(d_b, numeric, epsilon = 1e-8);
        // Only the gap matters.
        let (moved, _) = paired(&(&a + shift), &(&b + shift));
        assert_abs_diff_eq!(moved, loss, epsilon = 1e-9);
        // What one player wins, the other pays: the two losses differ by the mean gap.
        let (other, _) = paired(&b, &a);
        assert_abs_diff_eq!(other - loss, (&a - &b).mean().unwrap(), epsilon = 1e-9);
        // Each player's loss has its own logits first.
        let game = Game::Relativistic;
        prop_assert_eq!(d_loss_of(game, &a, &b).0, loss);
        let (of_g, d_fake) = g_loss_of(game, &a, &b);
        prop_assert_eq!(of_g, other);
        let numeric = numeric_gradient(|b| g_loss_of(game, &a, b).0, &b, 1e-5);
        assert_abs_diff_eq!(d_fake, numeric, epsilon = 1e-8);
    }

    #[test]
    fn eq_4_33_unpacking_is_the_inverse(packs in 1_usize..5, pack in 1_usize..5, width in 1_usize..4, seed in any::<u64>()) {
        let x = normal(packs * pack, width, seed);
        let together = packed(x.clone(), pack);
        prop_assert_eq!(together.dim(), (packs, pack * width));
        prop_assert_eq!(unpacked(together, pack), x);
    }
}

#[test]
fn eq_4_32_far_out_nothing_overflows() {
    let mut values = reference().unwrap();
    let mut v = |name: &str| values.vector(name).unwrap();
    let (gap, losses, slopes) =
        (v("extremes/gap"), v("extremes/loss"), v("extremes/d_a"));
    for n in 0..gap.len() {
        let a = array![[500.0 + gap[n]]];
        let (loss, (d_a, d_b)) = paired(&a, &array![[500.0]]);
        let close = |x: f64, y: f64| (x - y).abs() <= 1e-7 * y.abs();
        assert!(close(loss, losses[n]), "{}: {loss}", gap[n]);
        assert!(close(d_a[[0, 0]], slopes[n]), "{}: {d_a}", gap[n]);
        assert_eq!(d_b, -d_a);
    }
}

#[test]
fn eq_4_32_the_other_games_are_those_of_chapter_1() {
    let (real, fake) = (array![[0.5], [-1.0]], array![[2.0], [0.1]]);
    for game in [Game::NonSaturating, Game::Saturating] {
        assert_eq!(d_loss_of(game, &real, &fake).0, d_loss(&real, &fake));
        let other = g_loss_of(game, &(&real + 1.0), &fake).0;
        assert_eq!(
            g_loss_of(game, &real, &fake).0,
            other,
            "fakes alone count"
        );
    }
    let (_, d_s) = g_loss_of(Game::NonSaturating, &real, &fake);
    assert_abs_diff_eq!(d_s[[0, 0]], -sigmoid(-2.0) / 2.0, epsilon = 1e-15);
}

#[test]
fn eq_4_33_neighbours_in_the_batch_share_a_row() {
    let x = array![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]];
    let expected = array![[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]];
    assert_eq!(packed(x.clone(), 2), expected);
    assert_eq!(packed(x.clone(), 1), x);
    // A view in another order is packed by rows all the same.
    let turned = x.t().as_standard_layout().into_owned().reversed_axes();
    assert_eq!(packed(turned.clone(), 2), expected);
}

#[test]
fn eq_4_33_every_example_of_a_pack_gets_its_gradient() {
    let mut values = reference().unwrap();
    let [g, _, d_of_two] = reference_players(&mut values).unwrap();
    let z = values.matrix("z").unwrap();
    let (s_real, game) = (Array2::zeros((3, 1)), Game::NonSaturating);
    let (_, d_g) = g_step(&g, &d_of_two, &z, &s_real, game, 2);
    let loss = |g: &Mlp<f64>| {
        let s = d_of_two.output(&packed(g.output(&z), 2));
        s.mapv(|s| softplus(-s)).mean().unwrap()
    };
    let err = network_err(&d_g, &numeric_gradient_of_network(loss, &g));
    assert!(err < 1e-6, "{err:e}");
}
