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
use stability::spectral::{
    normalised, normalised_backward, power_step, sigma, slope_bound,
    spectral_norm, start,
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

fn matrices(
    rows: usize,
    columns: usize,
) -> impl Strategy<Value = Array2<f64>> {
    prop::collection::vec(-2.0_f64..2.0, rows * columns).prop_map(move |v| {
        Array2::from_shape_vec((rows, columns), v).expect("as many numbers")
    })
}

fn turned(angle: f64) -> Array2<f64> {
    let (sin, cos) = angle.sin_cos();
    array![[cos, -sin], [sin, cos]]
}

fn length(x: &Array1<f64>) -> f64 {
    x.dot(x).sqrt()
}

/// The largest singular value of a `[2, 2]`: σ² solves x² - ‖W‖² x + det² = 0.
fn norm_of_two(w: &Array2<f64>) -> f64 {
    let q = w.fold(0.0, |sum, v| sum + v * v);
    let det = w[[0, 0]] * w[[1, 1]] - w[[0, 1]] * w[[1, 0]];
    ((q + (q * q - 4.0 * det * det).max(0.0).sqrt()) / 2.0).sqrt()
}

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

    #[test]
    fn eq_4_15_nothing_is_stretched_by_more(w in matrices(5, 3), x in prop::collection::vec(-1.0_f64..1.0, 5), seed: u64) {
        let norm = spectral_norm(&w, &start(5, &mut lab::rng_at(seed, 0)), 3_000);
        let x = Array1::from(x);
        prop_assert!(length(&x.dot(&w)) <= norm * length(&x) * (1.0 + 1e-6));
        // And something is: its own singular vector.
        let (u, _) = (0..3_000).fold((start(5, &mut lab::rng_at(seed, 1)), Array1::zeros(3)), |(u, _), _| power_step(&w, &u));
        assert_abs_diff_eq!(length(&u.dot(&w)), norm, epsilon = 1e-6 * norm.max(1.0));
        // The transpose stretches by as much.
        let across = w.t().to_owned();
        let there = spectral_norm(&across, &start(3, &mut lab::rng_at(seed, 2)), 3_000);
        assert_abs_diff_eq!(there, norm, epsilon = 1e-6 * norm.max(1.0));
    }

    #[test]
    fn eq_4_15_is_the_root_of_an_eigenvalue(w in matrices(2, 2), seed: u64) {
        let norm = spectral_norm(&w, &start(2, &mut lab::rng_at(seed, 0)), 3_000);
        assert_abs_diff_eq!(norm, norm_of_two(&w), epsilon = 1e-5);
    }

    #[test]
    fn eq_4_16_no_output_moves_farther(seed: u64, x in matrices(1, 4), y in matrices(1, 4)) {
        let rng = &mut lab::rng_at(seed, 0);
        for hidden in [Activation::LeakyRelu(0.2), Activation::Relu, Activation::Tanh, Activation::Sigmoid] {
            let net = Mlp::<f64>::new(&[4, 6, 5, 2], hidden, Activation::Identity, rng);
            let moved = (net.output(&x) - net.output(&y)).row(0).to_owned();
            let bound = slope_bound(&net, 1_000, rng) * length(&(&x - &y).row(0).to_owned());
            prop_assert!(length(&moved) <= bound * (1.0 + 1e-6));
        }
    }

    #[test]
    fn eq_4_17_comes_from_below_and_never_goes_back(w in matrices(4, 6), seed: u64) {
        let mut u = start(4, &mut lab::rng_at(seed, 0));
        let norm = spectral_norm(&w, &u, 3_000);
        let mut before = 0.0;
        for _ in 0..20 {
            let (next, v) = power_step(&w, &u);
            assert_abs_diff_eq!(length(&next), 1.0, epsilon = 1e-12);
            assert_abs_diff_eq!(length(&v), 1.0, epsilon = 1e-12);
            let now = sigma(&w, &next, &v);
            assert_abs_diff_eq!(now, length(&w.dot(&v)), epsilon = 1e-12);
            prop_assert!(before - 1e-12 < now && now < norm + 1e-6);
            (u, before) = (next, now);
        }
    }

    #[test]
    fn eq_4_18_the_angle_shrinks_by_the_square_of_a_ratio(
        left in 0.0_f64..6.0, right in 0.0_f64..6.0, ratio in 0.3_f64..0.95, from in 0.2_f64..1.3,
    ) {
        // W = Q diag(3, 3 ratio) Rᵀ: its first right singular vector is R's first column. Of two, the bound is reached.
        let (q, r) = (turned(left), turned(right));
        let w = q.dot(&array![[3.0, 0.0], [0.0, 3.0 * ratio]]).dot(&r.t());
        let slope = |v: &Array1<f64>| (v.dot(&r.column(1)) / v.dot(&r.column(0))).abs();
        let mut u = q.dot(&array![from.cos(), from.sin()]);
        let mut before = None;
        for _ in 0..4 {
            let (next, v) = power_step(&w, &u);
            let now = slope(&v);
            if let Some(before) = before {
                assert_abs_diff_eq!(now / before, ratio * ratio, epsilon = 1e-7);
            }
            let sine = now * now / (1.0 + now * now);
            prop_assert!(1.0 - sigma(&w, &next, &v) / 3.0 <= sine + 1e-12);
            (u, before) = (next, Some(now));
        }
    }

    #[test]
    fn eq_4_19_the_normalised_weight_stretches_by_1(w in matrices(5, 3), by in 0.1_f64..10.0, seed: u64) {
        let u = start(5, &mut lab::rng_at(seed, 0));
        let first = power_step(&w, &u);
        let (u, v) = (0..3_000).fold(first, |(u, _), _| power_step(&w, &u));
        let bar = normalised(&w, &u, &v);
        assert_abs_diff_eq!(spectral_norm(&bar, &u, 10), 1.0, epsilon = 1e-9);
        assert_abs_diff_eq!(normalised(&(&w * by), &u, &v), bar, epsilon = 1e-12);
    }

    #[test]
    fn eq_4_20_is_the_slope_with_both_held(w in matrices(4, 3), d_bar in matrices(4, 3), seed: u64) {
        let (u, v) = power_step(&w, &start(4, &mut lab::rng_at(seed, 0)));
        prop_assume!(sigma(&w, &u, &v) > 0.3);
        let d_w = normalised_backward(&w, &u, &v, &d_bar);
        let loss = |w: &Array2<f64>| (normalised(w, &u, &v) * &d_bar).sum();
        assert_abs_diff_eq!(d_w, numeric_gradient(loss, &w, 1e-5), epsilon = 1e-6);
        // To lengthen the weight changes nothing, so no gradient lies along it.
        assert_abs_diff_eq!((&d_w * &w).sum(), 0.0, epsilon = 1e-9);
    }

    #[test]
    fn eq_4_20_holding_both_costs_nothing_at_the_end(left in 0.0_f64..6.0, right in 0.0_f64..6.0, ratio in 0.1_f64..0.7, d_bar in matrices(2, 2)) {
        // Against the slope of the true norm, in which u and v move along.
        let w = turned(left).dot(&array![[1.5, 0.0], [0.0, 1.5 * ratio]]).dot(&turned(right).t());
        let first = power_step(&w, &turned(left).column(0).to_owned());
        let (u, v) = (0..200).fold(first, |(u, _), _| power_step(&w, &u));
        let loss = |w: &Array2<f64>| (w / norm_of_two(w) * &d_bar).sum();
        let d_w = normalised_backward(&w, &u, &v, &d_bar);
        assert_abs_diff_eq!(d_w, numeric_gradient(loss, &w, 1e-5), epsilon = 1e-6);
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

/// Three layers along one axis: what is said is reached.
#[test]
fn eq_4_16_no_smaller_bound_would_do() {
    let layer = |w| Layer {
        w,
        b: array![0.3, -0.1],
        activation: Activation::LeakyRelu(0.2),
    };
    let ws = [
        array![[3.0, 0.0], [0.0, 1.0]],
        array![[2.0, 0.0], [0.0, 4.0]],
        array![[0.5, 0.0], [0.0, 0.1]],
    ];
    let net = Mlp { layers: ws.map(layer).to_vec() };
    let rng = &mut lab::rng_at(1, 0);
    assert_abs_diff_eq!(
        slope_bound(&net, 200, rng),
        3.0 * 4.0 * 0.5,
        epsilon = 1e-9
    );
    // Along the first axis the layers agree no more than 3 · 2 · 0.5.
    let at = |x: f64| net.output(&array![[x, 0.0]])[[0, 0]];
    assert_abs_diff_eq!(at(2.0) - at(1.0), 3.0, epsilon = 1e-12);
    let aligned = Mlp { layers: net.layers[..1].to_vec() };
    let at = |x: f64| aligned.output(&array![[x, 0.0]])[[0, 0]];
    let bound = slope_bound(&aligned, 200, rng);
    assert_abs_diff_eq!(at(2.0) - at(1.0), bound, epsilon = 1e-9);
}

#[test]
fn eq_4_17_in_numbers() {
    let w = array![[0.0, 2.0], [1.0, 0.0]];
    let (u, v) = power_step(&w, &array![1.0, 0.0]);
    assert_eq!((u.clone(), v.clone()), (array![1.0, 0.0], array![0.0, 1.0]));
    assert_eq!(sigma(&w, &u, &v), 2.0);
    // A matrix of one column is done in a step; one of zeros has no norm.
    let column = array![[3.0], [4.0]];
    let found = spectral_norm(&column, &array![0.6, -0.2], 1);
    assert_abs_diff_eq!(found, 5.0, epsilon = 1e-12);
    let none = Array2::<f32>::zeros((2, 3));
    assert_eq!(spectral_norm(&none, &array![1.0, 0.0], 5), 0.0);
}

/// Of more than two singular values the angle shrinks by at least as much.
#[test]
fn eq_4_18_of_many_it_is_a_bound() {
    let s = [2.0, 1.8, 1.1, 0.4];
    let w = Array2::from_diag(&arr1(&s));
    let mut u = start(4, &mut lab::rng_at(3, 0));
    let slope = |v: &Array1<f64>| {
        v.iter().skip(1).fold(0.0, |sum, x| sum + x * x).sqrt() / v[0].abs()
    };
    let mut before = f64::INFINITY;
    for _ in 0..60 {
        let (next, v) = power_step(&w, &u);
        assert!(slope(&v) <= 0.81 * before * (1.0 + 1e-9));
        (u, before) = (next, slope(&v));
    }
    assert!(before < 1e-4, "{before}");
}

#[test]
fn eq_4_20_in_numbers() {
    // W = diag(2, 1), u = v = (1, 0), and a loss that is the sum of W / σ.
    let (w, e) = (array![[2.0, 0.0], [0.0, 1.0]], array![1.0, 0.0]);
    let ones = Array2::ones((2, 2));
    let d_w = normalised_backward(&w, &e, &e, &ones);
    assert_eq!(d_w, array![[-0.25, 0.5], [0.5, 0.5]]);
}
