//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use gradients::plain::{Activation, Layer, Mlp, numeric_gradient};
use minimax_loss::plain as chapter_1;
use ndarray::{Array1, Array2, Axis, arr1, array, concatenate};
use proptest::prelude::*;
use stability::ledger::numeric_jacobian;
use stability::plain::{
    Game, Order, Score, alternating, average, d_loss, eigenvalues, field,
    g_loss, growth, heavy_ball, invariant, is_stable, jacobian, matrix_of,
    norm, radius_of_two, shrink, simultaneous, spectral_radius, step_matrix,
    widest,
};

const ORDERS: [Order; 2] = [Order::Simultaneous, Order::Alternating];

fn games() -> impl Strategy<Value = Game> {
    let score = prop_oneof![Just(Score::Linear), Just(Score::Logistic)];
    let gamma = prop_oneof![Just(0.0), 0.0_f64..4.0];
    (score, gamma).prop_map(|(score, gamma)| Game { score, gamma })
}

fn pairs() -> impl Strategy<Value = [f64; 2]> {
    let number = || prop_oneof![4 => -3.0_f64..3.0, 1 => Just(0.0)];
    (number(), number()).prop_map(|(theta, psi)| [theta, psi])
}

const LINEAR: Game = Game { score: Score::Linear, gamma: 0.0 };

proptest! {
    #[test]
    fn eq_4_1_the_losses_are_chapter_1s(w in pairs()) {
        let game = Game { score: Score::Logistic, gamma: 0.0 };
        let (real, fake) = (array![[0.0]], array![[w[1] * w[0]]]);
        assert_abs_diff_eq!(d_loss(game, w), chapter_1::d_loss(&real, &fake), epsilon = 1e-14);
        assert_abs_diff_eq!(g_loss(game, w), chapter_1::g_loss_non_saturating(&fake), epsilon = 1e-14);
        // The linear game is one over one number: what one gains, the other loses.
        assert_abs_diff_eq!(d_loss(LINEAR, w), -g_loss(LINEAR, w), epsilon = 1e-15);
    }

    #[test]
    fn eq_4_2_the_field_is_downhill_for_each(game in games(), w in pairs()) {
        let at = |w: &Array1<f64>| [w[0], w[1]];
        let of_g = numeric_gradient(|w| g_loss(game, at(w)), &arr1(&w), 1e-5);
        let of_d = numeric_gradient(|w| d_loss(game, at(w)), &arr1(&w), 1e-5);
        let v = field(game, w);
        assert_abs_diff_eq!(v[0], -of_g[0], epsilon = 1e-8);
        assert_abs_diff_eq!(v[1], -of_d[1], epsilon = 1e-8);
    }

    #[test]
    fn eq_4_3_both_move_by_what_they_saw(game in games(), w in pairs(), eta in 0.01_f64..1.0) {
        let (v, next) = (field(game, w), simultaneous(game, w, eta));
        for n in 0..2 {
            assert_abs_diff_eq!(next[n], w[n] + eta * v[n], epsilon = 1e-14);
        }
    }

    #[test]
    fn eq_4_4_the_generator_answers_the_new_discriminator(game in games(), w in pairs(), eta in 0.01_f64..1.0) {
        let next = alternating(game, w, eta);
        assert_abs_diff_eq!(next[1], simultaneous(game, w, eta)[1], epsilon = 1e-14);
        let seen = field(game, [w[0], next[1]]);
        assert_abs_diff_eq!(next[0], w[0] + eta * seen[0], epsilon = 1e-14);
    }

    #[test]
    fn eq_4_5_the_norm_grows_at_every_step(w in pairs(), eta in 0.01_f64..1.0) {
        let mut now = w;
        for t in 1..=50 {
            now = simultaneous(LINEAR, now, eta);
            let said = norm(w) * growth(eta, t);
            assert_abs_diff_eq!(norm(now), said, epsilon = 1e-12 * said.max(1.0));
        }
    }

    #[test]
    fn eq_4_6_a_form_is_kept_and_bounds_the_norm(w in pairs(), eta in 0.01_f64..1.99) {
        let (mut now, form) = (w, invariant(w, eta));
        for _ in 0..200 {
            now = alternating(LINEAR, now, eta);
            assert_abs_diff_eq!(invariant(now, eta), form, epsilon = 1e-9);
            prop_assert!(norm(now) <= norm(w) * widest(eta) + 1e-9);
        }
    }

    #[test]
    fn eq_4_7_r1_pulls_the_slope_to_zero(game in games(), w in pairs()) {
        let bare = Game { gamma: 0.0, ..game };
        let (with, without) = (field(game, w), field(bare, w));
        assert_abs_diff_eq!(with[0], without[0], epsilon = 1e-14);
        assert_abs_diff_eq!(with[1], without[1] - game.gamma * w[1], epsilon = 1e-14);
    }

    #[test]
    fn eq_4_8_the_jacobian_is_the_slope_of_the_field(game in games(), w in pairs()) {
        assert_abs_diff_eq!(jacobian(game, w), numeric_jacobian(game, w), epsilon = 1e-7);
    }

    #[test]
    fn eq_4_9_eigenvalues_solve_their_equation(game in games()) {
        let j = jacobian(game, [0.0, 0.0]);
        let (trace, determinant) = (j[[0, 0]] + j[[1, 1]], j[[0, 0]] * j[[1, 1]] - j[[0, 1]] * j[[1, 0]]);
        let [(a, b), (c, d)] = eigenvalues(game);
        assert_abs_diff_eq!(a + c, trace, epsilon = 1e-12);
        assert_abs_diff_eq!(b + d, 0.0, epsilon = 1e-12);
        assert_abs_diff_eq!(a * c - b * d, determinant, epsilon = 1e-12);
        assert_abs_diff_eq!(a * d + b * c, 0.0, epsilon = 1e-12);
    }

    #[test]
    fn eq_4_10_the_radius_from_trace_and_determinant(game in games(), eta in 0.01_f64..3.0) {
        for order in ORDERS {
            let m = step_matrix(game, order, eta);
            assert_abs_diff_eq!(radius_of_two(&m), spectral_radius(&m), epsilon = 1e-6);
        }
        let longest = eigenvalues(game).map(|(a, b)| (1.0 + eta * a).hypot(eta * b));
        let radius = radius_of_two(&step_matrix(game, Order::Simultaneous, eta));
        assert_abs_diff_eq!(radius, longest[0].max(longest[1]), epsilon = 1e-12);
    }

    #[test]
    fn eq_4_11_stable_is_where_the_radius_is_below_1(game in games(), eta in 0.01_f64..5.0) {
        for order in ORDERS {
            let radius = radius_of_two(&step_matrix(game, order, eta));
            prop_assume!((radius - 1.0).abs() > 1e-9);
            prop_assert_eq!(is_stable(game, order, eta), radius < 1.0);
        }
    }

    #[test]
    fn eq_4_12_without_momentum_it_is_the_plain_step(game in games(), w in pairs(), eta in 0.01_f64..1.0) {
        for order in ORDERS {
            let [theta, psi, ..] = heavy_ball(game, order, [w[0], w[1], 0.3, -0.2], (eta, 0.0));
            let plain = order.step(game, w, eta);
            assert_abs_diff_eq!(arr1(&[theta, psi]), arr1(&plain), epsilon = 1e-14);
        }
    }

    #[test]
    fn eq_4_13_powers_grow_by_the_radius(beta in -0.9_f64..0.95, eta in 0.01_f64..0.5) {
        // With momentum an eigenvalue λ of J gives μ² - (1 + β + ηλ) μ + β = 0; here λ = i.
        let m = matrix_of(|w| heavy_ball(LINEAR, Order::Simultaneous, w, (eta, beta)));
        let (p, q) = (1.0 + beta, eta);
        let (re, im) = (p * p - q * q - 4.0 * beta, 2.0 * p * q);
        let size = re.hypot(im);
        let (a, b) = (((size + re) / 2.0).sqrt(), ((size - re) / 2.0).sqrt());
        let longest = ((p + a) / 2.0).hypot((q + b) / 2.0).max(((p - a) / 2.0).hypot((q - b) / 2.0));
        assert_abs_diff_eq!(spectral_radius(&m), longest, epsilon = 1e-9);
    }

    #[test]
    fn eq_4_14_the_average_is_a_smaller_circle(angle in 0.02_f64..1.0, decay in 0.5_f64..0.99) {
        // A pair that turns by an angle and keeps its size.
        let at = |t: usize| [(angle * t as f64).cos(), (angle * t as f64).sin()];
        let mean = (0..6_000).fold([0.0; 2], |mean, t| average(mean, at(t), decay));
        assert_abs_diff_eq!(norm(mean), shrink(1.0, angle, decay), epsilon = 1e-9);
    }
}

#[test]
fn eq_4_1_the_line_at_work() {
    let w = [2.0, 0.5]; // the fake at 2, its logit 1
    assert_eq!(d_loss(LINEAR, w), 1.0);
    assert_eq!(g_loss(LINEAR, w), -1.0);
    assert_eq!(field(LINEAR, w), [0.5, -2.0]);
}

#[test]
fn eq_4_4_takes_turns_in_numbers() {
    assert_eq!(simultaneous(LINEAR, [2.0, 1.0], 0.25), [2.25, 0.5]);
    assert_eq!(alternating(LINEAR, [2.0, 1.0], 0.25), [2.125, 0.5]);
}

/// The bound is reached by a pair along the ellipse's short axis, if it comes by its long one.
#[test]
fn eq_4_6_no_smaller_bound_would_do() {
    let (eta, mut now) = (0.5, [1.0, -1.0]);
    let (start, mut farthest) = (norm(now), 0.0_f64);
    for _ in 0..10_000 {
        now = alternating(LINEAR, now, eta);
        farthest = farthest.max(norm(now));
    }
    assert!(farthest / start > 0.999 * widest(eta));
    // At 2 the form no longer bounds anything, and beyond it the pair leaves.
    let far = |eta| {
        let step = |w: [f64; 2], _| alternating(LINEAR, w, eta);
        norm((0..200).fold([1.0, 0.0], step))
    };
    assert!(
        far(1.99) < 15.0 && far(2.01) > 1e6,
        "{} {}",
        far(1.99),
        far(2.01)
    );
}

/// On a network of one weight chapter 3's R1 is γψ²/2.
#[test]
fn eq_4_7_is_chapter_3s_penalty() {
    for psi in [0.0, -1.3, 2.0] {
        let (w, b) = (array![[psi]], array![0.0]);
        let layer = Layer { w, b, activation: Activation::Identity };
        let net = Mlp { layers: vec![layer] };
        let (r1, d_net) = gan::plain::penalty(&net, &array![[0.0]], 0.7);
        let game = Game { gamma: 0.7, ..LINEAR };
        assert_abs_diff_eq!(d_loss(game, [0.0, psi]), r1, epsilon = 1e-15);
        let d_psi = -field(game, [0.0, psi])[1];
        assert_abs_diff_eq!(
            d_net.layers[0].w[[0, 0]],
            d_psi,
            epsilon = 1e-15
        );
    }
}

#[test]
fn eq_4_9_round_and_straight() {
    let of = |gamma| eigenvalues(Game { gamma, ..LINEAR });
    assert_eq!(of(0.0), [(0.0, 1.0), (0.0, -1.0)]);
    assert_eq!(of(2.0), [(-1.0, 0.0), (-1.0, 0.0)]);
    let [(slow, _), (fast, _)] = of(4.0);
    assert_abs_diff_eq!(slow * fast, 1.0, epsilon = 1e-12);
    let logistic = Game { score: Score::Logistic, gamma: 0.0 };
    assert_eq!(eigenvalues(logistic), [(0.0, 0.5), (0.0, -0.5)]);
}

/// With η = 1 and γ = 2 two steps end the linear game, wherever it starts.
#[test]
fn eq_4_10_the_fastest_of_all() {
    let game = Game { gamma: 2.0, ..LINEAR };
    assert_eq!(
        radius_of_two(&step_matrix(game, Order::Simultaneous, 1.0)),
        0.0
    );
    let two = |w| simultaneous(game, simultaneous(game, w, 1.0), 1.0);
    assert_eq!(two([3.0, -7.0]), [0.0, 0.0]);
    let m = step_matrix(game, Order::Simultaneous, 1.0);
    assert_eq!(spectral_radius(&m), 0.0);
}

#[test]
fn eq_4_11_the_tip_of_the_wedge() {
    let stable =
        |gamma, order, eta| is_stable(Game { gamma, ..LINEAR }, order, eta);
    let [both, turn] = ORDERS;
    assert!(stable(1.95, both, 1.9) && !stable(2.1, both, 1.9));
    assert!(!stable(2.0, both, 2.01) && !stable(1.0, turn, 2.01));
    assert!(!stable(0.05, both, 0.1) && stable(0.05, turn, 0.1));
    assert!(!stable(0.0, both, 0.1) && !stable(0.0, turn, 0.1));
}

/// The matrix of a heavy ball as the page writes it, in blocks.
#[test]
fn eq_4_12_as_a_matrix() {
    let (eta, beta) = (0.2, 0.5);
    let game = Game { gamma: 0.7, ..LINEAR };
    let j = jacobian(game, [0.0, 0.0]);
    let one = Array2::<f64>::eye(2);
    let top = concatenate![Axis(1), &one + eta * &j, eta * beta * &one];
    let bottom = concatenate![Axis(1), j, beta * &one];
    let blocks = concatenate![Axis(0), top, bottom];
    let step = |w| heavy_ball(game, Order::Simultaneous, w, (eta, beta));
    assert_abs_diff_eq!(matrix_of(step), blocks, epsilon = 1e-15);
}

#[test]
fn eq_4_13_of_what_is_known() {
    let of = |m: Array2<f64>| spectral_radius(&m);
    assert_abs_diff_eq!(
        of(array![[0.5, 0.0], [0.0, -2.0]]),
        2.0,
        epsilon = 1e-12
    );
    assert_abs_diff_eq!(
        of(array![[0.0, 3.0], [-3.0, 0.0]]),
        3.0,
        epsilon = 1e-12
    );
    assert_abs_diff_eq!(
        of(array![[1.0, 5.0], [0.0, 1.0]]),
        1.0,
        epsilon = 1e-10
    );
    assert_eq!(of(array![[0.0, 1.0], [0.0, 0.0]]), 0.0);
}

#[test]
fn eq_4_14_a_pair_that_rests_is_its_own_average() {
    assert_abs_diff_eq!(shrink(1.0, 0.0, 0.9), 1.0, epsilon = 1e-12);
    assert!(shrink(1.0, 0.1, 0.99) < 0.11);
    assert_eq!(average([4.0, 0.0], [0.0, 2.0], 0.75), [3.0, 0.5]);
}
