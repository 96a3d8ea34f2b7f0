//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use discriminator_training::plain::leak_into_generator;
use gan::ledger::{GAMES, reference, reference_players};
use gan::plain::{
    Game, average, d_step, g_loss_of, g_step, in_halves, interpolate, modes,
    through,
};
use gan::training::{Config, Gan, Noise};
use gradients::compare::{network_err, numeric_gradient_of_network};
use gradients::plain::{Activation, Adam, Mlp, Parameters, numeric_gradient};
use judge::measures::{
    MeasureError, Moments, Seen, entropy, frechet, parzen,
    precision_and_recall,
};
use lab::rng_at;
use minimax_loss::plain::g_loss_saturating;
use ndarray::{Array1, Array2, ArrayViewD, Axis, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;

#[path = "../../src/run/kid.rs"]
mod kid;

use kid::kid;

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

struct Players {
    g: Mlp<f64>,
    d: Mlp<f64>,
    d_of_two: Mlp<f64>,
    z: Array2<f64>,
    x_real: Array2<f64>,
    s_real: Array2<f64>,
}

fn players() -> Players {
    let mut values = reference().unwrap();
    let [g, d, d_of_two] = reference_players(&mut values).unwrap();
    let mut m = |name: &str| values.matrix(name).unwrap();
    let (z, x_real, s_real) = (m("z"), m("x_real"), m("s_real"));
    Players { g, d, d_of_two, z, x_real, s_real }
}

#[test]
fn eq_3_1_the_loss_is_softplus_of_minus_the_logit() {
    let Players { g, d, z, s_real, .. } = players();
    let (loss, _) = g_step(&g, &d, &z, &s_real, Game::NonSaturating, 1);
    let s = d.output(&g.output(&z));
    let minus_log_d = s.mapv(|s: f64| (1.0 + (-s).exp()).ln());
    assert_abs_diff_eq!(loss, minus_log_d.mean().unwrap(), epsilon = 1e-12);
    let (loss, _) = g_step(&g, &d, &z, &s_real, Game::Saturating, 1);
    assert_abs_diff_eq!(loss, g_loss_saturating(&s), epsilon = 1e-12);
}

#[test]
fn eq_3_2_the_gradient_at_the_generator() {
    let Players { g, d, z, s_real, .. } = players();
    for (name, game) in GAMES {
        let (_, d_g) = g_step(&g, &d, &z, &s_real, game, 1);
        let loss = |g: &Mlp<f64>| {
            g_loss_of(game, &s_real, &d.output(&g.output(&z))).0
        };
        let err = network_err(&d_g, &numeric_gradient_of_network(loss, &g));
        assert!(err < 1e-6, "{name}: {err:e}");
        let mut moved = g.clone();
        descend(&mut moved, &d_g, 1e-3);
        assert!(loss(&moved) < loss(&g), "{name}: a step lowers the loss");
    }
}

fn descend(net: &mut Mlp<f64>, d_net: &Mlp<f64>, lr: f64) {
    for (mut p, d_p) in
        net.parameters_mut().into_iter().zip(d_net.parameters())
    {
        p.scaled_add(-lr, &d_p);
    }
}

#[test]
fn eq_3_2_is_a_sum_over_the_batch() {
    let Players { g, d, z, s_real, .. } = players();
    let n = z.nrows();
    let (loss, d_g) = g_step(&g, &d, &z, &s_real, Game::NonSaturating, 1);
    let (mut sum, mut losses) = (d_g.clone(), 0.0);
    sum.parameters_mut().into_iter().for_each(|mut p| p.fill(0.0));
    for m in 0..n {
        let (z, s) = (z.slice(s![m..=m, ..]), s_real.slice(s![m..=m, ..]));
        let (z, s) = (z.to_owned(), s.to_owned());
        let (loss, d_g) = g_step(&g, &d, &z, &s, Game::NonSaturating, 1);
        losses += loss / n as f64;
        descend(&mut sum, &d_g, -1.0 / n as f64);
    }
    assert_abs_diff_eq!(loss, losses, epsilon = 1e-12);
    assert!(network_err(&d_g, &sum) < 1e-10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn eq_3_3_the_gradient_at_the_input(seed in any::<u64>(), slope in 0.1_f64..0.9, deep in any::<bool>()) {
        let widths: &[usize] = if deep { &[3, 5, 4, 2] } else { &[3, 5, 2] };
        let net = network(widths, Activation::LeakyRelu(slope), seed);
        let (x, d_y) = (normal(4, 3, seed), normal(4, 2, !seed));
        prop_assume!(away_from_kinks(&net, &x));
        let outputs = net.forward(&x);
        let (d_x, sums) = through(&net, &outputs, d_y.clone());
        let numeric = numeric_gradient(|x| (net.output(x) * &d_y).sum(), &x, 1e-5);
        assert_abs_diff_eq!(d_x, numeric, epsilon = 1e-7);
        // What arrives at a layer's sum is, over the batch, what its bias would get, and its weights.
        let (same, d_net) = net.backward(&outputs, d_y);
        assert_abs_diff_eq!(d_x, same, epsilon = 1e-12);
        prop_assert_eq!(sums.len(), net.layers.len());
        for ((u, layer), input) in sums.iter().zip(&d_net.layers).zip(&outputs) {
            assert_abs_diff_eq!(u.sum_axis(Axis(0)), layer.b, epsilon = 1e-12);
            assert_abs_diff_eq!(input.t().dot(u), layer.w, epsilon = 1e-12);
        }
    }
}

fn single(net: &Mlp<f64>) -> Mlp<f32> {
    let rng = &mut rng_at(0, 0);
    let widths: Vec<usize> = std::iter::once(net.layers[0].w.nrows())
        .chain(net.layers.iter().map(|l| l.b.len()))
        .collect();
    let last = net.layers[net.layers.len() - 1].activation;
    let mut other = Mlp::new(&widths, LEAKY, last, rng);
    for (mut to, from) in
        other.parameters_mut().into_iter().zip(net.parameters())
    {
        to.assign(&from.mapv(|v| v as f32));
    }
    other
}

/// The largest difference of two parameters.
fn apart(a: &Mlp<f32>, b: &Mlp<f32>) -> f32 {
    let both = a.parameters().into_iter().zip(b.parameters());
    let largest = |(a, b): (ArrayViewD<f32>, ArrayViewD<f32>)| {
        (&a - &b).fold(0.0_f32, |most, v| most.max(v.abs()))
    };
    both.map(largest).fold(0.0, f32::max)
}

#[test]
fn eq_3_4_a_batch_is_the_sum_of_its_halves() {
    let Players { g, d, d_of_two, z, s_real, .. } = players();
    let game = Game::Relativistic;
    for (rows, pack) in [(1, 1), (2, 1), (5, 1), (6, 1), (1, 2), (3, 2)] {
        let d = if pack == 2 { &d_of_two } else { &d };
        let of = |rows: std::ops::Range<usize>| {
            let z = z.slice(s![rows.start * pack..rows.end * pack, ..]);
            let s = s_real.slice(s![rows, ..]).to_owned();
            g_step(&g, d, &z.to_owned(), &s, game, pack)
        };
        let ((loss, whole), (sum, halves)) =
            (of(0..rows), in_halves(rows, of));
        assert_abs_diff_eq!(sum, loss, epsilon = 1e-12);
        assert!(network_err(&halves, &whole) < 1e-10);
    }
}

#[test]
fn eq_3_4_first_the_discriminator_then_the_generator_on_fresh_noise() {
    let Players { g, d, x_real, .. } = players();
    let (g, d) = (single(&g), single(&d));
    let x_real = x_real.mapv(|v| v as f32);
    let noise = Noise::normal(3);
    for game in GAMES.map(|(_, game)| game) {
        let config = Config { game, batch: 6, noise, ..Config::default() };
        let players = (g.clone(), d.clone());
        let mut gan = Gan::new(config, players, 5, |_| x_real.clone());
        let found = gan.train_once().unwrap();

        let rng = &mut rng_at(5, 0);
        let (z_d, z_g) = (noise.sample(6, rng), noise.sample(6, rng));
        let none = config.penalties;
        let (mut new_d, mut new_g) = (d.clone(), g.clone());
        let x_fake = g.output(&z_d);
        let (d_loss, d_d) = d_step(&d, &x_real, &x_fake, game, none);
        Adam::new(&d, config.d).step(&mut new_d, &d_d);
        let s_real = new_d.output(&x_real);
        let (g_loss, d_g) = g_step(&g, &new_d, &z_g, &s_real, game, 1);
        Adam::new(&g, config.g).step(&mut new_g, &d_g);
        // The halves of a batch are summed in another order.
        assert_abs_diff_eq!(found.0, d_loss, epsilon = 1e-6);
        assert_abs_diff_eq!(found.1, g_loss, epsilon = 1e-6);
        assert!(apart(&gan.d.net, &new_d) < 1e-6);
        assert!(apart(&gan.g.net, &new_g) < 1e-6);
        // Neither the old discriminator nor the old noise gives that loss.
        assert_ne!(g_step(&g, &d, &z_g, &s_real, game, 1).0, g_loss);
        assert_ne!(g_step(&g, &new_d, &z_d, &s_real, game, 1).0, g_loss);
    }
}

#[test]
fn eq_3_4_without_detaching_the_leak_is_added_to_the_generators_gradient() {
    let Players { g, d, x_real, .. } = players();
    let (g, d) = (single(&g), single(&d));
    let x_real = x_real.mapv(|v| v as f32);
    let noise = Noise::normal(3);
    let of = |detach| {
        let config = Config { detach, batch: 6, noise, ..Config::default() };
        let players = (g.clone(), d.clone());
        let mut gan = Gan::new(config, players, 5, |_| x_real.clone());
        gan.train_once().unwrap();
        (gan.g.net, gan.d.net, config)
    };
    let (found, new_d, config) = of(false);
    let (detached, same_d, _) = of(true);
    assert_eq!(new_d, same_d, "the discriminator does not notice");
    assert_ne!(found, detached);

    let rng = &mut rng_at(5, 0);
    let (z_d, z_g) = (noise.sample(6, rng), noise.sample(6, rng));
    let s_real = new_d.output(&x_real);
    let (_, mut d_g) = g_step(&g, &new_d, &z_g, &s_real, config.game, 1);
    let leak = leak_into_generator(&g, &d, &z_d, false);
    for (mut to, from) in
        d_g.parameters_mut().into_iter().zip(leak.parameters())
    {
        to += &from;
    }
    let mut expected = g.clone();
    Adam::new(&g, config.g).step(&mut expected, &d_g);
    assert!(apart(&found, &expected) < 1e-6);
    assert!(apart(&found, &detached) > 1e-5);
}

#[test]
fn eq_3_4_k_steps_of_the_discriminator_see_k_batches() {
    let Players { g, d, x_real, .. } = players();
    let x_real = x_real.mapv(|v| v as f32);
    let noise = Noise::normal(3);
    let config = Config { k: 3, batch: 6, noise, ..Config::default() };
    let mut seen = Vec::new();
    let mut gan = Gan::new(config, (single(&g), single(&d)), 5, |n| {
        seen.push(n);
        x_real.clone()
    });
    let _losses = [gan.train_once().unwrap(), gan.train_once().unwrap()];
    assert_eq!((gan.d.adam.t, gan.g.adam.t), (6, 2));
    drop(gan);
    assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
}

#[test]
fn eq_3_6_the_average_forgets_by_powers() {
    let (start, g) =
        (network(&[3, 4, 2], LEAKY, 1), network(&[3, 4, 2], LEAKY, 2));
    let mut mean = start.clone();
    (0..5).for_each(|_| average(&mut mean, &g, 0.8));
    let kept = 0.8_f64.powi(5);
    for ((mean, start), g) in
        mean.parameters().iter().zip(start.parameters()).zip(g.parameters())
    {
        let expected = &start * kept + &g * (1.0 - kept);
        assert_abs_diff_eq!(mean.to_owned(), expected, epsilon = 1e-12);
    }
    average(&mut mean, &g, 0.0);
    assert_eq!(mean, g);
    average(&mut mean, &start, 1.0);
    assert_eq!(mean, g);
}

#[test]
fn eq_3_5_three_standard_deviations_from_the_nearest_mode() {
    let means = array![[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]];
    let samples = array![
        [0.0, 0.299],  // 2.99 σ
        [0.0, -0.301], // 3.01 σ
        [1.2, 0.2],    // 2.83 σ, though both coordinates are off
        [1.25, 0.25],  // 3.54 σ
        [0.9, 0.1],
        [f64::NAN, 0.0],
        [1e200, 0.0],
    ];
    assert_eq!(modes(&samples, &means, 0.1), (3, vec![1, 2, 0]));
}

proptest! {
    #[test]
    fn eq_3_5_counts_every_sample_once(n in 1_usize..40, sigma in 0.01_f64..2.0, seed in any::<u64>()) {
        let (samples, means) = (normal(n, 2, seed), normal(4, 2, !seed));
        let (good, found) = modes(&samples, &means, sigma);
        prop_assert_eq!(good, found.iter().sum::<usize>());
        prop_assert!(good <= n);
        let within = |x: ndarray::ArrayView1<f64>| {
            means.rows().into_iter().any(|m| (&x - &m).mapv(|v| v * v).sum() <= 9.0 * sigma * sigma)
        };
        prop_assert_eq!(good, samples.rows().into_iter().filter(|x| within(*x)).count());
    }

    #[test]
    fn eq_3_9_is_a_distance(seed in any::<u64>(), far in -3.0_f64..3.0) {
        let of = |x: &Array2<f64>| Moments::of(x).unwrap();
        let (a, b) = (normal(12, 3, seed), 1.7 * normal(9, 3, !seed) + far);
        let d = frechet(&of(&a), &of(&b)).unwrap();
        let scale = 1.0 + of(&a).covariance.diag().sum() + of(&b).covariance.diag().sum();
        prop_assert!(d > -1e-9 * scale);
        prop_assert!((d - frechet(&of(&b), &of(&a)).unwrap()).abs() < 1e-7 * scale);
        prop_assert!(frechet(&of(&a), &of(&a)).unwrap().abs() < 1e-7 * scale);
        // Moving one of two equal clouds by v adds |v|² and nothing else.
        let moved = frechet(&of(&a), &of(&(&a + far))).unwrap();
        prop_assert!((moved - 3.0 * far * far).abs() < 1e-7 * scale);
    }

    #[test]
    fn eq_3_9_of_independent_features(
        rows in proptest::collection::vec((-2.0_f64..2.0, -2.0_f64..2.0, 0.0_f64..3.0, 0.0_f64..3.0), 1..6),
    ) {
        let gaussian = |pick: fn(&(f64, f64, f64, f64)) -> (f64, f64)| {
            let (mean, sigma): (Vec<f64>, Vec<f64>) = rows.iter().map(pick).unzip();
            let variance = Array1::from_vec(sigma).mapv(|s| s * s);
            Moments { mean: mean.into(), covariance: Array2::from_diag(&variance) }
        };
        let (a, b) = (gaussian(|r| (r.0, r.2)), gaussian(|r| (r.1, r.3)));
        let closed: f64 = rows.iter().map(|r| (r.0 - r.1).powi(2) + (r.2 - r.3).powi(2)).sum();
        prop_assert!((frechet(&a, &b).unwrap() - closed).abs() < 1e-8);
    }
}

#[test]
fn eq_3_9_stored_values() {
    let mut values = reference().unwrap();
    let mut of = |name: &str| {
        Moments::of(&values.matrix(&format!("frechet/{name}")).unwrap())
            .unwrap()
    };
    let (a, b, flat) = (of("a"), of("b"), of("flat"));
    let mut close = |found: f64, name: &str, within: f64| {
        let expected = values.scalar(name).unwrap();
        assert!((found / expected - 1.0).abs() < within, "{name}: {found}");
    };
    close(frechet(&a, &b).unwrap(), "frechet/a_b", 1e-10);
    // Four examples in five dimensions: roots of zeros lose half the digits.
    close(frechet(&a, &flat).unwrap(), "frechet/a_flat", 1e-6);
}

#[test]
fn eq_3_9_refuses_what_has_no_moments() {
    let bad = |x: &Array2<f64>| Moments::of(x).unwrap_err();
    let (one, mut two) = (normal(1, 3, 0), normal(2, 3, 0));
    assert_eq!(bad(&one), MeasureError::TooFew { least: 2, found: 1 });
    let (a, b) = (Moments::of(&two), Moments::of(&normal(4, 2, 0)));
    let widths = frechet(&a.unwrap(), &b.unwrap());
    assert_eq!(widths, Err(MeasureError::Widths(3, 2)));
    two[[1, 1]] = f64::INFINITY;
    assert_eq!(bad(&two), MeasureError::NotFinite(f64::INFINITY));
    two[[1, 1]] = 1e200;
    assert!(matches!(bad(&two), MeasureError::NotFinite(_)));
}

#[test]
fn eq_3_10_stored_values() {
    let mut values = reference().unwrap();
    let mut m = |name: &str| values.matrix(name).unwrap();
    let (real, fake) = (m("neighbours/real"), m("neighbours/fake"));
    for k in [1, 3] {
        let mut of = |name: &str| {
            values.scalar(&format!("neighbours/{name}_{k}")).unwrap()
        };
        let found = precision_and_recall(&real, &fake, k).unwrap();
        assert_abs_diff_eq!(found.0, of("precision"), epsilon = 1e-12);
        assert_abs_diff_eq!(found.1, of("recall"), epsilon = 1e-12);
    }
}

#[test]
fn eq_3_10_one_mode_of_two_is_precise_and_forgetful() {
    let (left, right) = (normal(20, 2, 1), normal(20, 2, 2) + 100.0);
    let real = ndarray::concatenate![Axis(0), left, right];
    let collapsed = &left + 1e-3;
    let (precision, recall) =
        precision_and_recall(&real, &collapsed, 3).unwrap();
    assert_eq!((precision, recall), (1.0, 0.5));
    let both = precision_and_recall(&real, &real, 1).unwrap();
    assert_eq!(both, (1.0, 1.0));
    let elsewhere = precision_and_recall(&real, &(&left - 1e3), 3).unwrap();
    assert_eq!(elsewhere, (0.0, 0.0));
}

#[test]
fn eq_3_10_refuses_too_few_and_what_is_no_number() {
    let (four, mut five) = (normal(4, 2, 1), normal(5, 2, 2));
    let few = precision_and_recall(&five, &four, 4);
    assert_eq!(few, Err(MeasureError::TooFew { least: 5, found: 4 }));
    five[[0, 0]] = f64::NAN;
    let nan = precision_and_recall(&four, &five, 2);
    assert!(matches!(nan, Err(MeasureError::NotFinite(_))), "{nan:?}");
    let nan = parzen(&five, &four, 0.1);
    assert!(matches!(nan, Err(MeasureError::NotFinite(_))), "{nan:?}");
    for sigma in [0.0, -0.1, f64::NAN, f64::INFINITY, 1e-160] {
        let none = parzen(&four, &four, sigma);
        assert!(matches!(none, Err(MeasureError::Width(_))), "{none:?}");
    }
}

#[test]
fn eq_3_11_by_hand() {
    // Within: (0 · 1 + 1)³ = 1 and (2 · 3 + 1)³ = 343; between: 1, 1, 3³ and 4³.
    let (a, b) = (array![[0.0], [1.0]], array![[2.0], [3.0]]);
    let expected = 1.0 + 343.0 - 2.0 * 93.0 / 4.0;
    assert_abs_diff_eq!(kid(&a, &b).unwrap(), expected, epsilon = 1e-10);
    assert_abs_diff_eq!(kid(&b, &a).unwrap(), expected, epsilon = 1e-10);
}

#[test]
fn eq_3_11_stored_values() {
    let mut values = reference().unwrap();
    let (a, b) =
        (values.matrix("kid/a").unwrap(), values.matrix("kid/b").unwrap());
    let expected = values.scalar("kid/a_b").unwrap();
    let found = kid(&a, &b).unwrap();
    assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
}

#[test]
fn eq_3_11_the_mean_over_draws_of_one_kind_is_0() {
    let draws: Vec<f64> = (0..2000)
        .map(|n| kid(&normal(6, 3, 2 * n), &normal(4, 3, 2 * n + 1)).unwrap())
        .collect();
    let mean = draws.iter().sum::<f64>() / 2000.0;
    let spread = draws.iter().map(|v| v * v).sum::<f64>() / 2000.0;
    let error = (spread / 2000.0).sqrt();
    assert!(mean.abs() < 3.0 * error, "{mean} ± {error}");
    // Counting each image as like itself would not be missed.
    let itself = normal(6, 3, 0).map_axis(Axis(1), |x| x.dot(&x) / 3.0 + 1.0);
    assert!(itself.mapv(|k| k.powi(3)).mean().unwrap() / 6.0 > 10.0 * error);
}

#[test]
fn eq_3_11_refuses_what_cannot_be_compared() {
    let (one, two, wide) =
        (normal(1, 3, 0), normal(2, 3, 0), normal(2, 4, 0));
    let few = MeasureError::TooFew { least: 2, found: 1 };
    assert_eq!(kid(&two, &one), Err(few));
    assert_eq!(kid(&two, &wide), Err(MeasureError::Widths(3, 4)));
    let mut bad = two.clone();
    bad[[0, 1]] = f64::INFINITY;
    let said = kid(&bad, &two);
    assert_eq!(said, Err(MeasureError::NotFinite(f64::INFINITY)));
    bad[[0, 1]] = 1e120;
    assert!(matches!(kid(&bad, &bad), Err(MeasureError::NotFinite(_))));
}

#[test]
fn eq_3_12_stored_values() {
    let mut values = reference().unwrap();
    let mut m = |name: &str| values.matrix(name).unwrap();
    let (samples, test) = (m("parzen/samples"), m("parzen/test"));
    for name in ["narrow", "wide"] {
        let mut of = |what: String| values.scalar(&what).unwrap();
        let sigma = of(format!("parzen/{name}_sigma"));
        let expected = of(format!("parzen/{name}"));
        let found = parzen(&samples, &test, sigma).unwrap();
        let err = (found / expected - 1.0).abs();
        assert!(err < 1e-10, "{name}: {found} {expected}");
    }
}

#[test]
fn eq_3_12_of_one_window_is_a_gaussian() {
    let (sample, test) = (array![[1.0, -1.0]], array![[1.3, -1.4]]);
    let by_hand =
        -0.5 * 0.25 / 0.04 - (2.0 * std::f64::consts::PI * 0.04).ln();
    let found = parzen(&sample, &test, 0.2).unwrap();
    assert_abs_diff_eq!(found, by_hand, epsilon = 1e-10);
    // Of the same window twice, too; and far away nothing underflows.
    let twice = ndarray::concatenate![Axis(0), sample, sample];
    let same = parzen(&twice, &test, 0.2).unwrap();
    assert_abs_diff_eq!(same, by_hand, epsilon = 1e-10);
    assert!(parzen(&sample, &(1e3 * &test), 0.2).unwrap().is_finite());
}

#[test]
fn eq_3_8_shares_and_their_entropy() {
    let classes = array![
        [0.95, 0.05, 0.0],
        [0.4, 0.35, 0.25],
        [0.1, 0.0, 0.9],
        [0.7, 0.2, 0.1]
    ];
    let seen = Seen { features: Array2::zeros((4, 1)), classes };
    assert_eq!(seen.shares(), array![0.75, 0.0, 0.25]);
    assert_eq!(seen.confident(0.9), 0.5);
    let by_hand = -0.75 * 0.75_f64.ln() - 0.25 * 0.25_f64.ln();
    assert_abs_diff_eq!(entropy(&seen.shares()), by_hand, epsilon = 1e-12);
}

proptest! {
    #[test]
    fn eq_3_8_the_entropy_is_largest_when_classes_are_equal(v in proptest::collection::vec(0.0_f64..1.0, 10)) {
        let shares = Array1::from_vec(v);
        prop_assume!(shares.sum() > 0.01);
        let shares = &shares / shares.sum();
        let (of, most) = (entropy(&shares), 10.0_f64.ln());
        prop_assert!((-1e-12..=most + 1e-12).contains(&of));
        assert_abs_diff_eq!(entropy(&Array1::from_elem(10, 0.1)), most, epsilon = 1e-12);
        prop_assert_eq!(entropy(&array![0.0, 1.0, 0.0]), 0.0);
    }

    #[test]
    fn eq_3_7_the_way_keeps_to_the_sphere(seed in any::<u64>(), t in 0.0_f32..1.0) {
        let unit = |seed| {
            let v = normal(1, 16, seed).row(0).mapv(|v| v as f32);
            &v / v.dot(&v).sqrt()
        };
        let (a, b) = (4.0 * unit(seed), 4.0 * unit(!seed));
        let x = interpolate(&a, &b, t);
        prop_assert!((x.dot(&x).sqrt() - 4.0).abs() < 1e-4);
        let angle = |u: &Array1<f32>, v: &Array1<f32>| (u.dot(v) / 16.0).clamp(-1.0, 1.0).acos();
        prop_assert!((angle(&a, &x) - t * angle(&a, &b)).abs() < 5e-3, "even steps");
    }
}

#[test]
fn eq_3_7_ends_and_a_straight_way() {
    let (a, b) = (array![1.0_f32, 2.0, -1.0], array![0.5_f32, -1.0, 3.0]);
    assert_abs_diff_eq!(interpolate(&a, &b, 0.0), a, epsilon = 1e-6);
    assert_abs_diff_eq!(interpolate(&a, &b, 1.0), b, epsilon = 1e-6);
    // In one direction there is no arc.
    let middle = interpolate(&a, &(&a * 3.0), 0.5);
    assert_abs_diff_eq!(middle, &a * 2.0, epsilon = 1e-5);
    // At a right angle, halfway, both have the weight sin 45°.
    let middle = interpolate(&array![1.0, 0.0], &array![0.0, 1.0], 0.5);
    let half = 0.5_f32.sqrt();
    assert_abs_diff_eq!(middle, array![half, half], epsilon = 1e-6);
}
