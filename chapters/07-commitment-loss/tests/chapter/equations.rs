//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use codebook_lookup::plain::{cluster_means, gather, nearest, usage};
use commitment_loss::bottleneck::Bottleneck;
use commitment_loss::ledger::{
    BETA, REDUCTIONS, reference, reference_networks, reference_stacks,
    reference_terms, residual_commitment,
};
use commitment_loss::plain::{
    Ema, Reduction, after_fixed_steps, codebook_loss, codebook_loss_backward,
    commitment_loss, commitment_loss_backward, encoder_gradient,
    expected_codes, late_codebook_loss_backward, perplexity,
};
use commitment_loss::product::Product;
use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use commitment_loss::residual::Residual;
use commitment_loss::training::{step, term_gradients};
use commitment_loss::vae;
use gradients::compare::network_err;
use gradients::plain::{Mlp, add, numeric_gradient};
use lab::rng_at;
use ndarray::{Array1, Array2, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;

const MEAN: Reduction = Reduction::Mean;
const SUM: Reduction = Reduction::SumOverComponents;

fn matrix(rows: usize, columns: usize) -> impl Strategy<Value = Array2<f64>> {
    proptest::collection::vec(-3.0_f64..3.0, rows * columns).prop_map(
        move |v| Array2::from_shape_vec((rows, columns), v).unwrap(),
    )
}

/// Latents `[N, 3]`, a codebook `[K, 3]`, and the nearest of it for each latent.
fn lookup() -> impl Strategy<Value = (Array2<f64>, Array2<f64>, Vec<usize>)> {
    (1_usize..7, 1_usize..5)
        .prop_flat_map(|(n, k)| (matrix(n, 3), matrix(k, 3)))
        .prop_map(|(z, e)| {
            let indices = nearest(&z, &e).unwrap();
            (z, e, indices)
        })
}

fn reduction() -> impl Strategy<Value = Reduction> {
    prop_oneof![Just(MEAN), Just(SUM)]
}

fn residual(
    codebooks: &[Array2<f64>],
    reduction: Reduction,
) -> Residual<f64> {
    let settings = Settings { beta: BETA, reduction, ..Settings::default() };
    let levels = codebooks.iter();
    let levels = levels.map(|e| Quantizer::new(e.clone(), settings).unwrap());
    Residual::new(levels.collect()).unwrap()
}

/// Some numbers that are not alike.
fn matrix_of(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(n, c)| (3 * n + c) as f64 - 4.5)
}

proptest! {
    /// A line with noise, whose evidence is known: z of N(0, 1), and x of N(w z, v).
    #[test]
    fn eq_7_1_the_bound_is_below_the_evidence_by_a_divergence(
        x in -3.0_f64..3.0, w in -2.0_f64..2.0, v in 0.1_f64..2.0, mu in -2.0_f64..2.0, log_var in -3.0_f64..1.0,
    ) {
        let whole = w * w + v;
        let constant = |v: f64| -0.5 * (2.0 * std::f64::consts::PI * v).ln();
        let evidence = constant(whole) - 0.5 * x * x / whole;
        // Noise of +1 and -1 has the mean and the variance of N(0, 1), which is all that a square asks for.
        let both = |number: f64| array![[number], [number]];
        let z = vae::reparameterise(&both(mu), &both(log_var), &array![[1.0], [-1.0]]);
        let likely = constant(v) - vae::gaussian_nll(&(z * w), &both(x), v);
        let bound = likely - vae::gaussian_kl(&array![[mu]], &array![[log_var]]);
        // The true posterior, in whose units the gap is a divergence from N(0, 1).
        let (centre, width) = (w * x / whole, v / whole);
        let far = array![[(mu - centre) / width.sqrt()]];
        let gap = vae::gaussian_kl(&far, &array![[log_var - width.ln()]]);
        prop_assert!(gap >= 0.0 && bound <= evidence + 1e-9);
        assert_abs_diff_eq!(bound + gap, evidence, epsilon = 1e-9);
    }

    #[test]
    fn eq_7_2_gaussian_divergence_and_its_gradient((mu, log_var) in (matrix(4, 3), matrix(4, 3))) {
        prop_assert!(vae::gaussian_kl(&mu, &log_var) >= 0.0);
        let (d_mu, d_log_var) = vae::gaussian_kl_backward(&mu, &log_var);
        let at_mu = numeric_gradient(|mu| vae::gaussian_kl(mu, &log_var), &mu, 1e-5);
        let at_log_var = numeric_gradient(|s| vae::gaussian_kl(&mu, s), &log_var, 1e-5);
        assert_abs_diff_eq!(d_mu, at_mu, epsilon = 1e-7);
        assert_abs_diff_eq!(d_log_var, at_log_var, epsilon = 1e-7);
    }

    #[test]
    fn eq_7_3_a_sample_has_a_slope(
        (mu, log_var, noise, d_z) in (matrix(4, 3), matrix(4, 3), matrix(4, 3), matrix(4, 3)),
    ) {
        let of = |mu: &Array2<f64>, s: &Array2<f64>| (vae::reparameterise(mu, s, &noise) * &d_z).sum();
        let (d_mu, d_log_var) = vae::reparameterise_backward(d_z.clone(), &log_var, &noise);
        assert_abs_diff_eq!(d_mu, numeric_gradient(|mu| of(mu, &log_var), &mu, 1e-5), epsilon = 1e-7);
        assert_abs_diff_eq!(d_log_var, numeric_gradient(|s| of(&mu, s), &log_var, 1e-5), epsilon = 1e-7);
    }

    #[test]
    fn eq_7_4_a_divergence_from_the_uniform_lies_between_0_and_log_k(s in matrix(4, 5)) {
        let kl = vae::categorical_kl(&s);
        prop_assert!(kl >= -1e-12 && kl <= 5.0_f64.ln());
        let slope = numeric_gradient(vae::categorical_kl, &s, 1e-5);
        assert_abs_diff_eq!(vae::categorical_kl_backward(&s), slope, epsilon = 1e-7);
    }
}

#[test]
fn eq_7_2_is_the_integral() {
    let (mu, var) = (0.7_f64, 0.3_f64);
    let (mut integral, width) = (0.0, 1e-3);
    for n in -8000..8000 {
        let z = f64::from(n) * width;
        let log_q = -0.5 * ((z - mu).powi(2) / var + var.ln());
        let log_p = -0.5 * z * z; // both less the same constant
        integral += width * log_q.exp() * (log_q - log_p);
    }
    integral /= (2.0 * std::f64::consts::PI).sqrt();
    let closed = vae::gaussian_kl(&array![[mu]], &array![[var.ln()]]);
    assert_abs_diff_eq!(closed, integral, epsilon = 1e-9);
    let nothing = vae::gaussian_kl(&array![[0.0]], &array![[0.0]]);
    assert_eq!(nothing, 0.0, "the prior itself");
}

#[test]
fn eq_7_3_a_sample_has_the_mean_and_the_width() {
    let rng = &mut rng_at(12, 0);
    let shape = (40_000, 1);
    let noise = Array2::random_using(shape, StandardNormal, rng);
    let [mu, log_var] =
        [1.5, 0.25_f64.ln()].map(|v| Array2::from_elem(shape, v));
    let z = vae::reparameterise(&mu, &log_var, &noise);
    assert_abs_diff_eq!(z.mean().unwrap(), 1.5, epsilon = 0.01);
    assert_abs_diff_eq!(z.std(0.0), 0.5, epsilon = 0.01);
}

#[test]
fn eq_7_4_one_code_costs_log_k_without_a_slope() {
    let lookup = Array2::from_shape_fn((49, 128), |(n, k)| {
        if k == (3 * n) % 128 { 1e4 } else { 0.0 }
    });
    let nats = 49.0 * vae::categorical_kl(&lookup);
    assert_abs_diff_eq!(nats, 49.0 * 128.0_f64.ln(), epsilon = 1e-9);
    let bits = nats / std::f64::consts::LN_2;
    assert_abs_diff_eq!(bits, 343.0, epsilon = 1e-9);
    let slope = vae::categorical_kl_backward(&lookup);
    assert!(slope.iter().all(|v| *v == 0.0));
    let uniform = vae::categorical_kl(&Array2::<f64>::zeros((2, 128)));
    assert_abs_diff_eq!(uniform, 0.0, epsilon = 1e-12);
}

#[test]
fn eq_7_5_the_gradient_is_the_sum_of_three() {
    let mut values = reference().unwrap();
    let (encoder, decoder) = reference_networks(&mut values).unwrap();
    let x = values.matrix("step/x").unwrap();
    let settings = Settings {
        learning: Learning::gradient(1e-3),
        beta: BETA,
        ..Settings::default()
    };
    let codebook = values.matrix("terms/codebook").unwrap();
    let quantizer = Quantizer::new(codebook, settings).unwrap();
    let nets = (&encoder, &decoder);
    let whole = step(nets, &quantizer, &x, false).unwrap();
    let [a, b, c] = term_gradients(nets, &quantizer, &x).unwrap();
    let sum = |parts: [&Mlp<f64>; 3]| {
        let mut sum = parts[0].clone();
        parts[1..].iter().for_each(|part| add(&mut sum, *part));
        sum
    };
    let at_encoder = sum([&a.encoder, &b.encoder, &c.encoder]);
    assert!(network_err(&at_encoder, &whole.d_encoder) < 1e-12);
    let at_decoder = sum([&a.decoder, &b.decoder, &c.decoder]);
    assert!(network_err(&at_decoder, &whole.d_decoder) < 1e-12);
    let expected = values.matrix("step/d_codebook").unwrap();
    let at_codebook = a.codebook + b.codebook + c.codebook;
    assert!(lab::max_rel_err(&at_codebook, &expected) < 1e-12);
}

#[test]
fn eq_7_5_what_reaches_a_latent() {
    let (z_e, z_q) = (array![[1.0, 2.0]], array![[0.0, 4.0]]);
    let d = encoder_gradient(array![[0.5, 0.5]], &z_e, &z_q, 0.25, MEAN);
    assert_eq!(d, array![[0.5 + 0.25, 0.5 - 0.5]]);
}

#[test]
fn eq_7_6_and_eq_7_8_have_one_value_and_two_receivers() {
    let z_e = array![[1.0, 2.0], [3.0, 0.0]];
    let codebook = array![[0.0, 2.0], [3.0, 4.0]];
    let indices = [0, 1];
    let z_q = gather(&codebook, &indices);
    assert_eq!(codebook_loss(&z_e, &codebook, &indices, MEAN), 17.0 / 4.0);
    assert_eq!(codebook_loss(&z_e, &codebook, &indices, SUM), 17.0 / 2.0);
    assert_eq!(commitment_loss(&z_e, &z_q, 0.25, MEAN), 17.0 / 16.0);
    assert_eq!(commitment_loss(&z_e, &z_q, 0.0, MEAN), 0.0);
}

proptest! {
    #[test]
    fn eq_7_6_a_distance_is_never_negative((z, e, indices) in lookup(), r in reduction()) {
        prop_assert!(codebook_loss(&z, &e, &indices, r) >= 0.0);
        let z_q = gather(&e, &indices);
        prop_assert_eq!(codebook_loss(&z_q, &e, &indices, r), 0.0);
    }

    #[test]
    fn eq_7_7_codebook_gradient((z, e, indices) in lookup(), r in reduction()) {
        let slope = numeric_gradient(|e| codebook_loss(&z, e, &indices, r), &e, 1e-5);
        assert_abs_diff_eq!(codebook_loss_backward(&z, &e, &indices, r), slope, epsilon = 1e-7);
    }

    #[test]
    fn eq_7_7_a_step_of_the_right_size_lands_on_the_mean((z, e, indices) in lookup()) {
        let d = codebook_loss_backward(&z, &e, &indices, MEAN);
        let counts = usage(&indices, e.nrows());
        let mut moved = e.clone();
        for k in (0..e.nrows()).filter(|&k| counts[k] > 0) {
            let lr = z.len() as f64 / (2.0 * counts[k] as f64);
            moved.row_mut(k).scaled_add(-lr, &d.row(k));
        }
        assert_abs_diff_eq!(moved, cluster_means(&z, &indices, &e), epsilon = 1e-12);
    }

    #[test]
    fn eq_7_8_is_the_codebook_term_times_beta((z, e, indices) in lookup(), beta in 0.0_f64..2.0) {
        let (a, b) = (codebook_loss(&z, &e, &indices, MEAN), commitment_loss(&z, &gather(&e, &indices), beta, MEAN));
        assert_abs_diff_eq!(beta * a, b, epsilon = 1e-12);
    }

    #[test]
    fn eq_7_9_commitment_gradient((z, e, indices) in lookup(), beta in 0.0_f64..2.0, r in reduction()) {
        let z_q = gather(&e, &indices);
        let slope = numeric_gradient(|z| commitment_loss(z, &z_q, beta, r), &z, 1e-5);
        assert_abs_diff_eq!(commitment_loss_backward(&z, &z_q, beta, r), slope, epsilon = 1e-7);
    }

    #[test]
    fn eq_7_10_a_sum_is_c_means((z, e, indices) in lookup(), beta in 0.0_f64..2.0) {
        let (z_q, c) = (gather(&e, &indices), z.ncols() as f64);
        let (mean, sum) = (commitment_loss(&z, &z_q, beta, MEAN), commitment_loss(&z, &z_q, beta, SUM));
        assert_abs_diff_eq!(c * mean, sum, epsilon = 1e-12);
        // So the weight beta / C under a sum is beta under a mean.
        let (mean, sum) = (
            commitment_loss_backward(&z, &z_q, beta, MEAN),
            commitment_loss_backward(&z, &z_q, beta / c, SUM),
        );
        assert_abs_diff_eq!(mean, sum, epsilon = 1e-12);
    }

    #[test]
    fn eq_7_13_a_fixed_assignment(
        (z, e, indices) in lookup(), gamma in 0.1_f64..0.99, steps in 1_u64..30, debias: bool,
    ) {
        let start = Ema::new(e, gamma, debias).unwrap();
        let mut ema = start.clone();
        (0..steps).for_each(|_| ema.update(&z, &indices));
        assert_abs_diff_eq!(ema.codebook(), &after_fixed_steps(&start, &z, &indices, steps), epsilon = 1e-9);
    }

    #[test]
    fn eq_7_14_perplexity_lies_between_one_and_the_number_of_codes(
        counts in proptest::collection::vec(0_usize..1000, 1..40),
    ) {
        let seen = counts.iter().filter(|n| **n > 0).count();
        let value = perplexity(&Array1::from_vec(counts));
        prop_assert!(value >= 1.0 - 1e-12 && value <= seen.max(1) as f64 + 1e-9);
    }

    #[test]
    fn eq_7_15_a_batch_shows_no_more_codes_than_latents(
        indices in proptest::collection::vec(0_usize..50, 1..30),
    ) {
        prop_assert!(perplexity(&usage(&indices, 50)) <= indices.len() as f64 + 1e-9);
    }

    #[test]
    fn eq_7_16_each_level_takes_off_the_nearest_of_what_is_left(
        (z, books) in (matrix(6, 3), (matrix(4, 3), matrix(2, 3), matrix(5, 3))),
    ) {
        let books = [books.0, books.1, books.2];
        let of = residual(&books, MEAN);
        let found = of.quantize(&z).unwrap();
        let mut left = z.clone();
        for (n, e) in books.iter().enumerate() {
            let codes = nearest(&left, e).unwrap();
            prop_assert_eq!(found.codes.column(n).to_vec(), codes.clone());
            left -= &gather(e, &codes);
        }
        assert_abs_diff_eq!(&found.z_q + &left, z, epsilon = 1e-12);
        prop_assert_eq!(of.vectors(&found.codes), found.z_q);
    }

    /// The condition: every level but the first can say "nothing".
    #[test]
    fn eq_7_16_with_a_vector_of_zeros_another_level_does_no_harm(
        (z, books) in (matrix(6, 3), (matrix(4, 3), matrix(2, 3), matrix(5, 3))),
    ) {
        let mut books = [books.0, books.1, books.2];
        books[1..].iter_mut().for_each(|e| e.row_mut(0).fill(0.0));
        let of = residual(&books, MEAN);
        let codes = of.quantize(&z).unwrap().codes;
        let left = |l: usize| {
            let far = &z - &of.vectors(&codes.slice(ndarray::s![.., ..l]).to_owned());
            far.map_axis(ndarray::Axis(1), |row| row.dot(&row))
        };
        for l in 1..3 {
            let (before, after) = (left(l), left(l + 1));
            prop_assert!(before.iter().zip(&after).all(|(b, a)| *a <= b + 1e-12), "{} {}", before, after);
        }
    }

    #[test]
    fn eq_7_17_the_pulls_of_all_levels_add_up(
        (z, books) in (matrix(6, 3), (matrix(4, 3), matrix(2, 3), matrix(5, 3))), r in reduction(),
    ) {
        let of = residual(&[books.0, books.1, books.2], r);
        let found = of.quantize(&z).unwrap();
        let term = residual_commitment(&of, &found.codes, r);
        assert_abs_diff_eq!(term(&z), found.loss, epsilon = 1e-10);
        let slope = numeric_gradient(term, &z, 1e-5);
        let d_z_q = matrix_of(6, 3);
        let d_z_e = of.encoder_gradient(&z, &found, d_z_q.clone());
        assert_abs_diff_eq!(d_z_e - d_z_q, slope, epsilon = 1e-6);
    }

    #[test]
    fn eq_7_18_the_nearest_parts_are_the_nearest_of_all_combinations(
        (z, books) in (matrix(6, 3), (matrix(4, 2), matrix(3, 1))), r in reduction(),
    ) {
        let settings = Settings { beta: BETA, reduction: r, ..Settings::default() };
        let parts = [books.0, books.1].map(|e| Quantizer::new(e, settings).unwrap());
        let of = Product::new(parts.into()).unwrap();
        let all = Array2::from_shape_fn((12, 2), |(n, g)| if g == 0 { n / 3 } else { n % 3 });
        let e = of.vectors(&all); // 4 · 3 combinations, 7 vectors stored
        let found = of.quantize(&z).unwrap();
        let best = gather(&e, &nearest(&z, &e).unwrap());
        let far = |q: &Array2<f64>| (&z - q).mapv(|v| v * v).sum_axis(ndarray::Axis(1));
        assert_abs_diff_eq!(far(&found.z_q), far(&best), epsilon = 1e-10);
        prop_assert_eq!(of.vectors(&found.codes), found.z_q.clone());
        let term = |z: &Array2<f64>| commitment_loss(z, &found.z_q, BETA, r);
        assert_abs_diff_eq!(term(&z), found.loss, epsilon = 1e-12);
        let pull = of.encoder_gradient(&z, &found, &z * 0.0);
        assert_abs_diff_eq!(pull, numeric_gradient(term, &z, 1e-5), epsilon = 1e-6);
    }

    #[test]
    fn eq_7_19_the_late_term_points_away((z, e, indices) in lookup(), r in reduction()) {
        let z_q = gather(&e, &indices);
        // What sg holds fixed stays fixed: the bracket, and the latent that is compared with.
        let bracket = &z_q - &z;
        let late = |x: &Array2<f64>| commitment_loss(&(x + &bracket), &z, 1.0, r);
        assert_abs_diff_eq!(
            late_codebook_loss_backward(&z, &z_q, r), numeric_gradient(late, &z, 1e-5), epsilon = 1e-7
        );
        let net = late_codebook_loss_backward(&z, &z_q, r) + commitment_loss_backward(&z, &z_q, 0.25, r);
        assert_abs_diff_eq!(net, commitment_loss_backward(&z, &z_q, 1.0, r) * -0.75, epsilon = 1e-12);
    }
}

#[test]
fn eq_7_7_a_code_that_nobody_chose_gets_nothing() {
    let mut values = reference().unwrap();
    let terms = reference_terms(&mut values).unwrap();
    let counts = usage(&terms.indices, terms.codebook.nrows());
    assert_eq!(counts[4], 0);
    for (_, r) in REDUCTIONS {
        let d = codebook_loss_backward(
            &terms.z_e,
            &terms.codebook,
            &terms.indices,
            r,
        );
        assert!(d.row(4).iter().all(|v| *v == 0.0));
    }
}

#[test]
fn eq_7_9_descending_brings_a_latent_to_its_code() {
    let (z_e, z_q) = (array![[2.0, -1.0]], array![[1.0, 1.0]]);
    let d = commitment_loss_backward(&z_e, &z_q, 0.25, MEAN);
    let before = commitment_loss(&z_e, &z_q, 0.25, MEAN);
    assert!(commitment_loss(&(&z_e - &d), &z_q, 0.25, MEAN) < before);
    // N C / (2 β) of it is the whole way.
    assert_eq!(&z_e - &(d * (2.0 / 0.5)), z_q);
}

#[test]
fn eq_7_11_one_step_by_hand() {
    let codebook = array![[1.0, 0.0], [5.0, 5.0]];
    let mut ema = Ema::new(codebook, 0.75, false).unwrap();
    ema.update(&array![[3.0, 2.0], [1.0, 2.0]], &[0, 0]);
    assert_eq!(ema.counts, array![0.75 + 0.25 * 2.0, 0.75]);
    assert_eq!(ema.sums.row(0), array![0.75 + 1.0, 1.0]);
    assert_eq!(ema.codebook().row(0), array![1.75 / 1.25, 1.0 / 1.25]);
    assert_eq!(ema.codebook().row(1), array![5.0, 5.0], "nobody chose it");
    assert_abs_diff_eq!(
        ema.sums.row(1).to_owned() / ema.counts[1],
        array![5.0, 5.0],
        epsilon = 1e-12
    );
}

/// Where others divide by a smoothed count: one that has faded to 0, or nearly, divides nothing.
#[test]
fn eq_7_11_long_unused_codes_stay_finite() {
    for (gamma, debias) in [(0.5, false), (0.99, false), (0.99, true)] {
        let codebook = array![[0.0_f32], [9.0]];
        let mut ema = Ema::new(codebook, gamma, debias).unwrap();
        for _ in 0..20_000 {
            ema.update(&array![[0.1_f32]], &[0]);
        }
        assert!(ema.counts[1] < 1e-43, "{}", ema.counts[1]);
        assert_eq!(ema.codebook()[[1, 0]], 9.0);
        ema.update(&array![[8.0_f32]], &[1]);
        assert_eq!(ema.codebook()[[1, 0]], 8.0, "and come back");
    }
}

#[test]
fn eq_7_12_debiased_averages_of_a_constant_are_the_constant() {
    let (z, indices) = (array![[1.0], [2.0], [6.0]], [0, 0, 1]);
    let start = array![[-9.0], [7.0]];
    let mut ema = Ema::new(start.clone(), 0.9, true).unwrap();
    for t in 1..=5 {
        ema.update(&z, &indices);
        let weight = 1.0 - 0.9_f64.powi(t);
        assert_abs_diff_eq!(
            ema.counts,
            array![2.0, 1.0] * weight,
            epsilon = 1e-12
        );
        let (counts, sums) = ema.averages();
        assert_abs_diff_eq!(counts, array![2.0, 1.0], epsilon = 1e-12);
        assert_abs_diff_eq!(sums, array![[3.0], [6.0]], epsilon = 1e-12);
        // In the ratio the weight cancels: the start is forgotten at once.
        assert_abs_diff_eq!(
            ema.codebook(),
            &array![[1.5], [6.0]],
            epsilon = 1e-12
        );
    }
    // Started with the vector as one latent, it is not.
    let mut plain = Ema::new(start, 0.9, false).unwrap();
    plain.update(&z, &indices);
    assert_abs_diff_eq!(
        plain.codebook()[[1, 0]],
        0.9 * 7.0 + 0.1 * 6.0,
        epsilon = 1e-12
    );
    assert_eq!(plain.averages().0, plain.counts);
}

#[test]
fn eq_7_13_is_gamma_to_the_t_when_the_counts_start_right() {
    let (z, indices) = (array![[1.0], [3.0], [6.0]], [0, 0, 1]);
    let mut ema = Ema::new(array![[10.0], [0.0]], 0.8, false).unwrap();
    ema.counts = array![2.0, 1.0];
    ema.sums = array![[20.0], [0.0]];
    for t in 1..=10 {
        ema.update(&z, &indices);
        let left = 0.8_f64.powi(t);
        assert_abs_diff_eq!(
            ema.codebook(),
            &array![[2.0 + left * 8.0], [6.0 - left * 6.0]],
            epsilon = 1e-12
        );
    }
}

#[test]
fn eq_7_14_special_cases_and_the_reference() {
    assert_eq!(perplexity(&array![0, 9, 0]), 1.0);
    assert_eq!(perplexity(&array![0, 0]), 1.0, "no latents at all");
    assert_abs_diff_eq!(
        perplexity(&Array1::from_elem(512, 3)),
        512.0,
        epsilon = 1e-9
    );
    let mut values = reference().unwrap();
    let counts = values.vector("perplexity/counts").unwrap();
    assert_abs_diff_eq!(
        perplexity(&counts.mapv(|n| n as usize)),
        values.scalar("perplexity/value").unwrap(),
        epsilon = 1e-12
    );
}

#[test]
fn eq_7_15_how_many_of_equally_likely_codes_a_batch_shows() {
    assert_eq!(expected_codes(1, 32), 1.0);
    assert!((expected_codes(100_000, 32) - 32.0).abs() < 1e-9);
    let mut rng = rng_at(11, 0);
    let draws = 20_000;
    let seen = |rng: &mut lab::ChaCha8Rng| {
        let drawn: Vec<usize> =
            (0..10).map(|_| rng.random_range(0..8)).collect();
        usage(&drawn, 8).iter().filter(|n| **n > 0).count() as f64
    };
    let mean =
        (0..draws).map(|_| seen(&mut rng)).sum::<f64>() / f64::from(draws);
    assert!((mean - expected_codes(10, 8)).abs() < 0.05, "{mean}");
}

#[test]
fn eq_7_16_and_eq_7_18_are_pytorch_s() {
    let mut values = reference().unwrap();
    let (z, residual, product) = reference_stacks(&mut values, MEAN).unwrap();
    let mut same = |name: &str, of: &dyn Bottleneck<f64>| {
        let found = of.quantize(&z).unwrap();
        let codes = values.matrix(&format!("stack/{name}_codes")).unwrap();
        assert_eq!(found.codes, codes.mapv(|k| k as usize), "{name}");
        let z_q = values.matrix(&format!("stack/{name}_z_q")).unwrap();
        assert!(lab::max_rel_err(&found.z_q, &z_q) < 1e-12, "{name}");
    };
    same("residual", &residual);
    same("product", &product);
}

#[test]
fn eq_7_16_without_a_vector_of_zeros_a_level_can_do_harm() {
    let of = residual(&[array![[1.0]], array![[5.0], [-5.0]]], MEAN);
    let found = of.quantize(&array![[1.5]]).unwrap();
    assert_eq!(of.vectors(&array![[0]]), array![[1.0]], "half a unit away");
    assert_eq!(found.z_q, array![[6.0]], "four and a half");
}
