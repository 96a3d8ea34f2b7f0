//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use gradients::compare::{network_err, numeric_gradient_of_network};
use gradients::plain::{
    Activation, Layer, Mlp, Parameters, numeric_gradient, softplus,
};
use minimax_loss::plain as chapter_1;
use ndarray::{Array1, Array2, Axis, arr1, array, concatenate};
use proptest::prelude::*;
use stability::critic::{between, clip, gradient_penalty, penalty_under};
use stability::ledger::numeric_jacobian;
use stability::losses::{
    d_hinge, d_least_squares, d_wasserstein, g_hinge, g_least_squares,
    g_wasserstein,
};
use stability::metric::{
    Clouds, partners, wasserstein, wasserstein_backward,
};
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

/// The tables of two normal clouds over cells of a line, with the places of the cells.
fn tables(at: Clouds) -> [Array1<f64>; 3] {
    let step = at.width / 40.0;
    let places =
        Array1::range(-10.0 * at.width - 3.0, 10.0 * at.width + 3.0, step);
    let mass = |middle: f64| {
        let all = places.mapv(|x| {
            (-((x - middle) / at.width).powi(2) / 2.0).exp().max(1e-300)
        });
        let sum = all.sum();
        all / sum
    };
    [mass(0.0), mass(at.theta), places]
}

/// A function on a line none of whose slopes is steeper than 1.
fn gentle(bends: &[(f64, f64)], x: &Array1<f64>) -> f64 {
    let of = |x: f64| {
        bends.iter().map(|(at, slope)| slope * (x - at).abs()).sum::<f64>()
    };
    x.mapv(of).mean().expect("a sample") / bends.len() as f64
}

/// Every order of `n` places.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let longer = |short: &Vec<usize>| {
        let short = short.clone();
        (0..n).map(move |at| {
            let mut all = short.clone();
            all.insert(at, n - 1);
            all
        })
    };
    orders(n - 1).iter().flat_map(longer).collect()
}

fn sample(n: usize) -> impl Strategy<Value = Array1<f64>> {
    prop::collection::vec(prop_oneof![6 => -5.0_f64..5.0, 1 => Just(0.0)], n)
        .prop_map(Array1::from)
}

const LEAKY: Activation = Activation::LeakyRelu(0.2);

fn critic(widths: &[usize], seed: u64) -> Mlp<f64> {
    let rng = &mut lab::rng_at(seed, 0);
    let mut net = Mlp::new(widths, LEAKY, Activation::Identity, rng);
    for layer in &mut net.layers {
        layer.b = start(layer.b.len(), rng);
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
    #[test]
    fn eq_4_22_the_divergence_is_chapter_1s(theta in -2.0_f64..2.0, width in 0.1_f64..1.0) {
        let at = Clouds { theta, width };
        let [p, q, places] = tables(at);
        assert_abs_diff_eq!(at.jsd(), chapter_1::jsd(&p, &q), epsilon = 1e-9);
        let x = places[places.len() / 3];
        let log = |middle: f64| -((x - middle) / width).powi(2) / 2.0;
        let logit = chapter_1::optimal_logit(log(0.0), log(theta));
        assert_abs_diff_eq!(at.best_logit(x), logit, epsilon = 1e-9 * logit.abs().max(1.0));
    }

    #[test]
    fn eq_4_22_the_slopes_are_those_of_what_they_belong_to(theta in -2.0_f64..2.0, width in 0.15_f64..1.0) {
        let at = Clouds { theta, width };
        let moved = |of: &dyn Fn(f64) -> f64| (of(theta + 1e-4) - of(theta - 1e-4)) / 2e-4;
        let of_jsd = moved(&|theta| Clouds { theta, width }.jsd());
        assert_abs_diff_eq!(at.jsd_slope(), of_jsd, epsilon = 1e-6);
        // The two losses of a generator, the discriminator standing still at its best for theta.
        let mean = |theta: f64, of: &dyn Fn(f64) -> f64| {
            let [_, q, places] = tables(Clouds { theta, width });
            (q * places.mapv(|x| of(at.best_logit(x)))).sum()
        };
        let saturating = moved(&|theta| mean(theta, &|s| -softplus(s)));
        let in_use = moved(&|theta| mean(theta, &|s| softplus(-s)));
        let close = |v: f64| 1e-5 * v.abs().max(1.0);
        assert_abs_diff_eq!(2.0 * at.jsd_slope(), saturating, epsilon = close(saturating));
        assert_abs_diff_eq!(at.non_saturating_slope(), in_use, epsilon = close(in_use));
        // Equation 1.10: that of KL less two of JSD's. The KL of these two is theta² / 2 width².
        let said = theta / (width * width) - 2.0 * at.jsd_slope();
        assert_abs_diff_eq!(at.non_saturating_slope(), said, epsilon = 1e-9 * said.abs().max(1.0));
    }

    #[test]
    fn eq_4_23_nothing_gentle_says_more(
        x_real in sample(6), x_fake in sample(6), bends in prop::collection::vec((-5.0_f64..5.0, -1.0_f64..1.0), 1..6),
    ) {
        let said = gentle(&bends, &x_real) - gentle(&bends, &x_fake);
        prop_assert!(said <= wasserstein(&x_real, &x_fake) + 1e-12);
    }

    #[test]
    fn eq_4_23_and_something_says_as_much(x_real in sample(6), x_fake in sample(6)) {
        // Between neighbours on the line it rises where more fakes than real ones lie to the left.
        let mut stops: Vec<f64> = x_real.iter().chain(&x_fake).copied().collect();
        stops.sort_by(f64::total_cmp);
        let left = |x: &Array1<f64>, at: f64| x.iter().filter(|v| **v <= at).count();
        let height = |x: f64| -> f64 {
            let pieces = stops.windows(2).filter(|pair| pair[1] <= x);
            pieces.map(|pair| {
                let more = left(&x_fake, pair[0]).cmp(&left(&x_real, pair[0])) as i32;
                f64::from(more) * (pair[1] - pair[0])
            }).sum()
        };
        let mean = |x: &Array1<f64>| x.mapv(height).mean().expect("a sample");
        assert_abs_diff_eq!(mean(&x_real) - mean(&x_fake), wasserstein(&x_real, &x_fake), epsilon = 1e-12);
    }

    #[test]
    fn eq_4_24_no_other_pairing_is_shorter(x_real in sample(5), x_fake in sample(5)) {
        let long = |order: &Vec<usize>| -> f64 {
            let pairs = order.iter().enumerate().map(|(n, &k)| (x_real[k] - x_fake[n]).abs());
            pairs.sum::<f64>() / 5.0
        };
        let shortest = orders(5).iter().map(long).fold(f64::INFINITY, f64::min);
        assert_abs_diff_eq!(wasserstein(&x_real, &x_fake), shortest, epsilon = 1e-12);
    }

    #[test]
    fn eq_4_24_each_fake_is_drawn_alike(x_real in sample(5), x_fake in sample(5)) {
        let near = |x: &Array1<f64>| {
            let mut x = x.to_vec();
            x.sort_by(f64::total_cmp);
            x.windows(2).any(|pair| pair[1] - pair[0] < 1e-3)
        };
        prop_assume!(!near(&x_fake));
        prop_assume!((&x_fake - &partners(&x_real, &x_fake)).iter().all(|v| v.abs() > 1e-3));
        let numeric = numeric_gradient(|x| wasserstein(&x_real, x), &x_fake, 1e-5);
        assert_abs_diff_eq!(wasserstein_backward(&x_real, &x_fake), numeric, epsilon = 1e-9);
    }

    #[test]
    fn eq_4_25_a_clipped_critic_is_no_steeper(seed: u64, c in 0.01_f64..2.0, x in -3.0_f64..3.0, y in -3.0_f64..3.0) {
        let before = critic(&[1, 8, 8, 1], seed);
        let mut net = before.clone();
        clip(&mut net, c);
        for (now, then) in net.parameters().iter().zip(before.parameters()) {
            for (now, then) in now.iter().zip(then) {
                let kept = if then.abs() <= c { *then } else { c.copysign(*then) };
                prop_assert_eq!(*now, kept);
            }
        }
        let at = |x: f64| net.output(&array![[x]])[[0, 0]];
        let bound = c.powi(3) * 64.0 * (x - y).abs();
        prop_assert!((at(x) - at(y)).abs() <= bound * (1.0 + 1e-9));
    }

    #[test]
    fn eq_4_26_is_how_far_the_lengths_are_from_1(seed: u64, lambda in 0.1_f64..20.0, eps in 0.0_f64..1.0) {
        let net = critic(&[3, 6, 4, 1], seed);
        let (x_real, x_fake) = (critic(&[5, 3], seed).layers[0].w.clone(), critic(&[5, 3], !seed).layers[0].w.clone());
        let x = between(&x_real, &x_fake, &Array2::from_elem((5, 1), eps));
        assert_abs_diff_eq!(x, &x_real * eps + &x_fake * (1.0 - eps), epsilon = 1e-12);
        prop_assume!(away_from_kinks(&net, &x));
        let slopes = numeric_gradient(|x| net.output(x).sum(), &x, 1e-5);
        let off = slopes.rows().into_iter().map(|v| (v.dot(&v).sqrt() - 1.0).powi(2));
        let expected = lambda * off.sum::<f64>() / 5.0;
        assert_abs_diff_eq!(gradient_penalty(&net, &x, lambda).0, expected, epsilon = 1e-6 * expected.max(1e-2));
    }

    #[test]
    fn eq_4_27_the_gradient_of_any_function_of_the_length(seed: u64, kind in 0_usize..3, hidden in 0_usize..3) {
        let widths = &[[3, 6, 5].as_slice(), &[3, 6], &[3]][hidden];
        let net = critic(&[widths, [1].as_slice()].concat(), seed);
        let x = critic(&[4, 3], seed).layers[0].w.clone();
        prop_assume!(away_from_kinks(&net, &x));
        let of = |d: &Mlp<f64>| match kind {
            0 => gradient_penalty(d, &x, 10.0),
            1 => penalty_under(d, &x, |n| (n.powi(3), 3.0 * n * n)),
            _ => penalty_under(d, &x, |n| (n, 1.0)),
        };
        let numeric = numeric_gradient_of_network(|d| of(d).0, &net);
        let err = network_err(&of(&net).1, &numeric);
        prop_assert!(err < 1e-6, "{}", err);
        for layer in of(&net).1.layers {
            prop_assert!(layer.b.iter().all(|v| *v == 0.0), "no bias moves a slope");
        }
    }

    #[test]
    fn eq_4_27_of_half_a_square_is_r1(seed: u64, gamma in 0.1_f64..10.0) {
        let net = critic(&[3, 6, 4, 1], seed);
        let x = critic(&[5, 3], seed).layers[0].w.clone();
        let (value, d_net) = penalty_under(&net, &x, |n| (gamma / 2.0 * n * n, gamma * n));
        let (r1, d_r1) = gan::plain::penalty(&net, &x, gamma);
        assert_abs_diff_eq!(value, r1, epsilon = 1e-12 * r1.max(1.0));
        prop_assert!(network_err(&d_net, &d_r1) < 1e-12);
    }

    #[test]
    fn eq_4_29_is_the_slope_of_eq_4_28(s_real in matrices(4, 1), s_fake in matrices(3, 1)) {
        prop_assume!(s_real.iter().all(|s| (s - 1.0).abs() > 1e-3));
        prop_assume!(s_fake.iter().all(|s| (s + 1.0).abs() > 1e-3));
        for d in [d_wasserstein, d_least_squares, d_hinge] {
            let (_, (d_real, d_fake)) = d(&s_real, &s_fake);
            let at_real = numeric_gradient(|s| d(s, &s_fake).0, &s_real, 1e-5);
            let at_fake = numeric_gradient(|s| d(&s_real, s).0, &s_fake, 1e-5);
            assert_abs_diff_eq!(d_real, at_real, epsilon = 1e-8);
            assert_abs_diff_eq!(d_fake, at_fake, epsilon = 1e-8);
        }
        for g in [g_wasserstein, g_least_squares, g_hinge] {
            let numeric = numeric_gradient(|s| g(s).0, &s_fake, 1e-5);
            assert_abs_diff_eq!(g(&s_fake).1, numeric, epsilon = 1e-8);
        }
    }
}

/// Two points as tables of cells: the divergence knows whether they are one, and the distance how far they are.
#[test]
fn eq_4_21_a_divergence_and_a_distance_of_two_points() {
    let at = |cell: usize| Array1::from_shape_fn(9, |n| f64::from(n == cell));
    for theta in 0..9 {
        let jsd = chapter_1::jsd(&at(0), &at(theta));
        let said = if theta == 0 { 0.0 } else { std::f64::consts::LN_2 };
        assert_abs_diff_eq!(jsd, said, epsilon = 1e-15);
        let [real, fake] = [0.0, -(theta as f64)].map(|x| array![x, x, x]);
        assert_eq!(wasserstein(&real, &fake), theta as f64);
    }
}

#[test]
fn eq_4_22_at_its_ends() {
    let at = |theta, width| Clouds { theta, width };
    let there = at(0.0, 0.3);
    assert_abs_diff_eq!(there.jsd(), 0.0, epsilon = 1e-12);
    assert_eq!((there.jsd_slope(), there.non_saturating_slope()), (0.0, 0.0));
    // Near, half of the best discriminator's answers are wrong: the slope is theta / 4 width².
    let near = at(1e-3, 0.5);
    assert_abs_diff_eq!(near.jsd_slope() / 1e-3, 1.0, epsilon = 1e-4);
    // Far, the loss in use pulls with theta / width², and the other one with nothing.
    let far = at(3.0, 0.1);
    assert!(far.jsd_slope() > 0.0 && far.jsd_slope() < 1e-40);
    assert_abs_diff_eq!(far.non_saturating_slope(), 300.0, epsilon = 1e-9);
    let other_side = -at(-1.0, 0.4).jsd_slope();
    assert_abs_diff_eq!(
        at(1.0, 0.4).jsd_slope(),
        other_side,
        epsilon = 1e-12
    );
}

#[test]
fn eq_4_24_in_numbers() {
    let (real, fake) = (array![3.0, -1.0, 0.0], array![1.0, 5.0, 0.0]);
    assert_eq!(partners(&real, &fake), array![0.0, 3.0, -1.0]);
    assert_abs_diff_eq!(wasserstein(&real, &fake), 4.0 / 3.0);
    let there = array![0.0, 2.0];
    let none = wasserstein_backward(&there, &array![2.0, 0.0]);
    assert_eq!(none, array![0.0, 0.0]);
    assert!(wasserstein(&there, &array![f64::NAN, 0.0]).is_nan());
}

#[test]
#[should_panic(expected = "a partner for each fake")]
fn eq_4_24_needs_as_many_real_ones() {
    let _ = wasserstein(&array![1.0], &array![1.0, 2.0]);
}

/// Weights and biases all at the bound, and the line is as steep as it can be.
#[test]
fn eq_4_25_no_smaller_bound_would_do() {
    let mut net = critic(&[1, 32, 32, 1], 1);
    for mut p in net.parameters_mut() {
        p.fill(7.0);
    }
    clip(&mut net, 0.1);
    let at = |x: f64| net.output(&array![[x]])[[0, 0]];
    assert_abs_diff_eq!(at(1.0) - at(0.0), 1.024, epsilon = 1e-12);
    net.layers[0].w[[0, 0]] = f64::NAN;
    clip(&mut net, 0.1);
    assert!(net.layers[0].w[[0, 0]].is_nan(), "nothing hides a NaN");
}

/// Where the logit is flat its gradient has no direction: nothing is pushed, and nothing is NaN.
#[test]
fn eq_4_27_of_a_flat_critic() {
    let rng = &mut lab::rng_at(1, 0);
    let relu = Activation::Relu;
    let mut net =
        Mlp::<f64>::new(&[2, 3, 1], relu, Activation::Identity, rng);
    net.layers[0].b.fill(-100.0);
    let x = array![[0.5, -1.0], [2.0, 0.0]];
    let (value, d_net) = gradient_penalty(&net, &x, 10.0);
    assert_eq!(value, 10.0);
    for p in d_net.parameters() {
        assert!(p.iter().all(|v| *v == 0.0));
    }
    // A plane of slope 5: λ (5 - 1)², and twice λ (5 - 1) along it.
    let (w, b) = (array![[3.0], [-4.0]], array![1.0]);
    let layer = Layer { w, b, activation: Activation::Identity };
    let plane = Mlp { layers: vec![layer] };
    let (value, d_net) = gradient_penalty(&plane, &x, 0.5);
    assert_abs_diff_eq!(value, 8.0, epsilon = 1e-12);
    let expected = array![[2.4], [-3.2]];
    assert_abs_diff_eq!(d_net.layers[0].w, expected, epsilon = 1e-12);
}

#[test]
#[should_panic(expected = "curved")]
fn eq_4_27_does_not_hold_for_a_curved_activation() {
    let rng = &mut lab::rng_at(1, 0);
    let tanh = Activation::Tanh;
    let net = Mlp::<f64>::new(&[2, 3, 1], tanh, Activation::Identity, rng);
    let _ = gradient_penalty(&net, &array![[0.5, -1.0]], 10.0);
}

#[test]
fn eq_4_28_in_numbers() {
    let (s_real, s_fake) =
        (array![[2.0], [0.5]], array![[-3.0], [0.0], [1.0]]);
    assert_abs_diff_eq!(d_wasserstein(&s_real, &s_fake).0, -2.0 / 3.0 - 1.25);
    assert_abs_diff_eq!(g_wasserstein(&s_fake).0, 2.0 / 3.0);
    let squares = (1.0 + 0.25) / 4.0 + (9.0 + 1.0) / 6.0;
    assert_abs_diff_eq!(d_least_squares(&s_real, &s_fake).0, squares);
    assert_abs_diff_eq!(g_least_squares(&s_fake).0, 17.0 / 6.0);
    assert_abs_diff_eq!(d_hinge(&s_real, &s_fake).0, 0.5 / 2.0 + 3.0 / 3.0);
    assert_abs_diff_eq!(g_hinge(&s_fake).0, 2.0 / 3.0);
}

#[test]
fn eq_4_29_in_numbers() {
    let (s_real, s_fake) = (array![[2.0], [1.0]], array![[-1.0], [3.0]]);
    let (_, (d_real, d_fake)) = d_hinge(&s_real, &s_fake);
    assert_eq!(
        (d_real, d_fake),
        (array![[0.0], [0.0]], array![[0.0], [0.5]])
    );
    let (_, (d_real, d_fake)) = d_least_squares(&s_real, &s_fake);
    assert_eq!(
        (d_real, d_fake),
        (array![[0.5], [0.0]], array![[-0.5], [1.5]])
    );
    assert_eq!(g_least_squares(&s_fake).1, array![[-1.0], [1.0]]);
    assert_eq!(g_hinge(&s_fake).1, array![[-0.5], [-0.5]]);
    let none = array![[f64::NAN]];
    assert!(d_hinge(&none, &s_fake).0.is_nan(), "nothing hides a NaN");
}

mod cures {
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
        assert_abs_diff_eq!(
            d_s[[0, 0]],
            -sigmoid(-2.0) / 2.0,
            epsilon = 1e-15
        );
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
}

mod nets {
    //! Networks of any linear map: their products, their gradients, their penalty.

    use approx::assert_abs_diff_eq;
    use gan::plain as chapter_3;
    use gradients::plain::{
        Activation, Mlp, Parameters, last, numeric_gradient,
    };
    use lab::rng_at;
    use ndarray::{Array2, ArrayView2};
    use ndarray_rand::RandomExt;
    use ndarray_rand::rand_distr::StandardNormal;
    use proptest::prelude::*;
    use stability::conv::{gather, scatter};
    use stability::deviation::{deviation, deviation_backward};
    use stability::net::{Layer, Map, Net, layer, penalty};

    const LEAKY: Activation = Activation::LeakyRelu(0.2);

    fn normal(shape: (usize, usize), seed: u64) -> Array2<f64> {
        Array2::random_using(shape, StandardNormal, &mut rng_at(seed, 7))
    }

    fn inner(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
        (a * b).sum()
    }

    /// A layer of each kind, with how wide its input and its output are.
    fn layers(seed: u64) -> [(Layer<f64>, usize, usize); 3] {
        let rng = &mut rng_at(seed, 3);
        [
            (layer(Map::Dense, (6, 4), LEAKY, rng), 6, 4),
            (layer(Map::Down { side: 6 }, (2, 3), LEAKY, rng), 72, 27),
            (layer(Map::Up { side: 3 }, (3, 2), LEAKY, rng), 27, 72),
        ]
    }

    /// A discriminator of every kind of layer, for grids of 8 × 8.
    fn net(seed: u64, deviation: bool) -> Net<f64> {
        let rng = &mut rng_at(seed, 5);
        let mut layers = vec![
            layer(Map::Down { side: 8 }, (1, 2), LEAKY, rng),
            layer(Map::Up { side: 4 }, (2, 2), LEAKY, rng),
            layer(Map::Down { side: 8 }, (2, 3), LEAKY, rng),
        ];
        if deviation {
            let group = Map::Deviation { group: 3 };
            layers.push(layer(group, (0, 0), Activation::Identity, rng));
        }
        let width = 48 + usize::from(deviation);
        layers.push(layer(Map::Dense, (width, 1), Activation::Identity, rng));
        for layer in &mut layers {
            layer.b.fill(0.1);
        }
        Net { layers }
    }

    /// Every parameter's gradient against finite differences of `loss`.
    fn close(net: &Net<f64>, d: &Net<f64>, loss: impl Fn(&Net<f64>) -> f64) {
        for (n, by_hand) in d.parameters().iter().enumerate() {
            let at = |p: &ndarray::ArrayD<f64>| {
                let mut net = net.clone();
                net.parameters_mut()[n].assign(p);
                loss(&net)
            };
            let start = net.parameters()[n].to_owned();
            let found = numeric_gradient(at, &start, 1e-6);
            assert_abs_diff_eq!(by_hand.to_owned(), found, epsilon = 1e-6);
        }
    }

    /// A convolution of 4 × 4 with stride 2 and a border of 1, as it is defined.
    fn as_defined(
        x: ArrayView2<f64>,
        w: &Array2<f64>,
        side: usize,
    ) -> Array2<f64> {
        let (c, o, half) = (x.ncols() / (side * side), w.ncols(), side / 2);
        let cell = |b: usize, line: isize, column: isize, c_in: usize| {
            let inside = |n: isize| (0..side as isize).contains(&n);
            match inside(line) && inside(column) {
                true => {
                    x[[
                        b,
                        (line as usize * side + column as usize) * c + c_in,
                    ]]
                }
                false => 0.0,
            }
        };
        Array2::from_shape_fn((x.nrows(), half * half * o), |(b, at)| {
            let (place, out) = (at / o, at % o);
            let (line, column) =
                ((place / half) as isize, (place % half) as isize);
            let mut sum = 0.0;
            for (down, right) in
                (0..4).flat_map(|d| (0..4).map(move |r| (d, r)))
            {
                for c_in in 0..c {
                    let seen = cell(
                        b,
                        2 * line + down - 1,
                        2 * column + right - 1,
                        c_in,
                    );
                    sum += seen
                        * w[[((down * 4 + right) as usize) * c + c_in, out]];
                }
            }
            sum
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn eq_4_35_a_convolution_is_a_gathering_and_a_product(seed: u64, b in 1_usize..4, half in 1_usize..5) {
            let (x, w) = (normal((b, 4 * half * half * 2), seed), normal((32, 3), seed + 1));
            let down = Layer { map: Map::Down { side: 2 * half }, w: w.clone(), b: ndarray::arr1(&[0.0; 3]), activation: LEAKY };
            assert_abs_diff_eq!(down.apply(&x), as_defined(x.view(), &w, 2 * half), epsilon = 1e-12);
        }

        #[test]
        fn eq_4_36_each_map_has_its_transpose(seed: u64, b in 1_usize..4) {
            for (layer, inputs, outputs) in layers(seed % 1000) {
                let (x, u) = (normal((b, inputs), seed), normal((b, outputs), seed / 2));
                // ⟨A x, u⟩ = ⟨x, Aᵀ u⟩ = ⟨W, the weight's gradient⟩.
                let there = inner(&layer.apply(&x), &u);
                assert_abs_diff_eq!(inner(&x, &layer.back(&u)), there, epsilon = 1e-9);
                assert_abs_diff_eq!(inner(&layer.w, &layer.weight(&x, &u)), there, epsilon = 1e-9);
            }
        }

        #[test]
        fn eq_4_35_gathering_has_its_transpose(seed: u64, b in 1_usize..4, half in 1_usize..5) {
            let side = 2 * half;
            let (x, u) = (normal((b, side * side * 2), seed), normal((b * half * half, 32), seed / 2));
            assert_abs_diff_eq!(inner(&gather(&x, side), &u), inner(&x, &scatter(&u, b, side)), epsilon = 1e-10);
        }

        #[test]
        fn eq_4_34_the_deviation_and_its_gradient(seed: u64) {
            let (x, u) = (normal((7, 3), seed), normal((7, 4), seed / 2)); // the last group is of one row
            let loss = |x: &Array2<f64>| inner(&deviation(x, 3), &u);
            let d_x = deviation_backward(&x, 3, &u);
            assert_abs_diff_eq!(d_x, numeric_gradient(loss, &x, 1e-6), epsilon = 1e-6);
        }

        #[test]
        fn every_gradient_of_a_net_is_its_slope(seed in 0_u64..1000, deviation: bool) {
            let (net, x) = (net(seed, deviation), normal((3, 64), seed));
            let d_y = normal((3, 1), seed + 1);
            let outputs = net.forward(&x);
            let (d_x, d_net) = net.backward(&outputs, d_y.clone());
            let loss = |x: &Array2<f64>| inner(&net.output(x), &d_y);
            assert_abs_diff_eq!(d_x, numeric_gradient(loss, &x, 1e-6), epsilon = 1e-6);
            assert_abs_diff_eq!(net.through(&outputs, d_y.clone()), d_x, epsilon = 1e-12);
            close(&net, &d_net, |net| inner(&net.output(&x), &d_y));
        }

        #[test]
        fn the_penalty_of_a_net_is_its_slope(seed in 0_u64..1000) {
            let (net, x) = (net(seed, false), normal((3, 64), seed));
            let near_one = |n: f64| (2.0 * (n - 1.0) * (n - 1.0), 4.0 * (n - 1.0));
            let (_, d_net) = penalty(&net, &x, near_one);
            close(&net, &d_net, |net| penalty(net, &x, near_one).0);
        }

        #[test]
        fn of_dense_layers_it_is_chapter_3s(seed in 0_u64..1000) {
            let mlp = Mlp::new(&[4, 6, 5, 1], LEAKY, Activation::Identity, &mut rng_at(seed, 0));
            let x = normal((5, 4), seed);
            let (loss, d_mlp) = chapter_3::penalty(&mlp, &x, 0.7);
            let (found, d_net) = penalty(&Net::from(mlp), &x, |n| (0.35 * n * n, 0.7 * n));
            assert_abs_diff_eq!(found, loss, epsilon = 1e-12);
            for (a, b) in d_net.parameters().iter().zip(d_mlp.parameters()) {
                assert_abs_diff_eq!(a.to_owned(), b.to_owned(), epsilon = 1e-12);
            }
        }
    }

    #[test]
    fn what_a_deviation_says() {
        let alike = Array2::<f64>::ones((4, 2));
        assert!(deviation(&alike, 4)[[0, 2]] < 1e-3);
        let apart =
            ndarray::array![[1.0, 5.0], [3.0, 5.0], [1.0, 1.0], [1.0, 1.0]];
        let told = deviation(&apart, 2); // of the first group 1 and 0, of the second nothing
        assert_abs_diff_eq!(told[[0, 2]], 0.5, epsilon = 1e-4);
        assert_abs_diff_eq!(told[[1, 2]], 0.5, epsilon = 1e-4);
        assert!(told[[2, 2]] < 1e-3);
    }

    #[test]
    #[should_panic(expected = "a side of 3 has no half")]
    fn an_odd_side_is_refused() {
        gather(&Array2::<f64>::zeros((1, 9)), 3);
    }

    #[test]
    fn a_bias_is_added_at_every_place() {
        let rng = &mut rng_at(1, 1);
        let mut down = layer::<f64>(
            Map::Down { side: 4 },
            (1, 2),
            Activation::Identity,
            rng,
        );
        down.b.assign(&ndarray::arr1(&[1.0, -2.0]));
        let y = down.forward(&Array2::zeros((1, 16)));
        assert_eq!(
            y,
            ndarray::array![[1.0, -2.0, 1.0, -2.0, 1.0, -2.0, 1.0, -2.0]]
        );
        let net = Net { layers: vec![down] };
        assert_eq!(last(&net.forward(&Array2::zeros((1, 16)))).sum(), -4.0);
    }
}
