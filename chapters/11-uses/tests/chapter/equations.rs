//! Each numbered equation of the page, checked.

use approx::assert_relative_eq;
use code_prior::training::load_pair;
use dfdx::prelude::Cpu;
use gan::plain::Game;
use gradients::plain::{numeric_gradient, sigmoid, softplus};
use lab::{Against, max_rel_err, rng_at};
use ndarray::{Array1, Array2, Axis, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;
use stability::net::Net;
use uses::colour::{Coloured, Gaussian};
use uses::compress::bits_at;
use uses::conditional::{beside, d_step, g_step};
use uses::cost::PowerLaw;
use uses::cycle::{self, step, trip};
use uses::damages::{KINDS, Kind};
use uses::ledger::{self, reference};
use uses::plain::{
    Damage, Leaves, Pixels, auc, direction, energy, explained, median_filter,
    psnr, search, wiener,
};
use uses::translate::{joined, nats_given};
use uses::translate_ledger::{Case, translate_rows};
use vq_gan::ledger::{numeric_gradients, parameters_err};

use crate::{conditional, cost, mend, translate};

fn normal(shape: (usize, usize), seed: u64) -> Array2<f64> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(seed, 0))
}

#[test]
fn eq_11_1_ten_decibels_are_a_tenth_of_the_error() {
    let x = array![[0.2, 0.4, 0.6], [0.0, 0.5, 1.0]];
    let y = &x + 0.1;
    let of = psnr(&x, &y);
    assert!((of[0] - 20.0).abs() < 1e-9 && (of[1] - 20.0).abs() < 1e-9);
    let nearer = psnr(&x, &(&x + 0.1 / 10_f64.sqrt()));
    assert!((&nearer - &of).iter().all(|d| (d - 10.0).abs() < 1e-9));
    assert!(psnr(&x, &x)[0].is_finite());
}

#[test]
fn eq_11_2_what_is_left_is_the_product_and_its_noise() {
    let mut rng = rng_at(3, 0);
    for (name, kind) in KINDS {
        let damage = kind.damage(28, &mut rng);
        let x = normal((3, 784), 5).mapv(|v| v as f32);
        let y = damage.leave(&x, &mut rng);
        let seen = damage.seen();
        for (p, seen) in seen.iter().enumerate() {
            let blank = y.column(p).iter().all(|v| *v == 0.0);
            assert_eq!(blank, !seen, "{name}, pixel {p}");
        }
        let off = (&y - &damage.of(&x)).mapv(f64::from);
        let left: Vec<usize> = (0..784).filter(|p| seen[*p]).collect();
        let off = off.select(Axis(1), &left);
        let variance = off.mapv(|v| v * v).mean().unwrap();
        assert!((variance / damage.noise - 1.0).abs() < 0.1, "{name}");
        let share = left.len() as f64 / 784.0;
        match kind {
            Kind::Rows => assert!((share - 16.0 / 28.0).abs() < 1e-9),
            Kind::Scribble => assert!((0.75..0.85).contains(&share)),
            _ => assert_eq!(share, 1.0),
        }
    }
    let blur = Kind::Blur.damage(28, &mut rng);
    let white = blur.of(&Array2::ones((1, 784)));
    assert!(white.iter().all(|v| (v - 1.0).abs() < 1e-5));
}

#[test]
fn eq_11_3_no_other_matrix_has_less_error() {
    let (p, n) = (5, 4000);
    let x = normal((n, p), 1).dot(&normal((p, p), 2)) + 0.3;
    let a = {
        let mut a = normal((p, p), 3);
        a.row_mut(2).fill(0.0);
        a
    };
    let damage = Damage { a, noise: 0.2 };
    let y = damage.of(&x) + normal((n, p), 4) * 0.2_f64.sqrt();
    let pixels = Pixels::of(&x.mapv(|v| v as f32));
    let g = wiener(&pixels, &damage).unwrap();
    let off = &y - &damage.of(&pixels.mean.clone().insert_axis(Axis(0)));
    let error = |g: &Array2<f64>| {
        let mended = off.dot(&g.t()) + &pixels.mean;
        (mended - &x).mapv(|v| v * v).mean().unwrap()
    };
    let least = error(&g);
    for seed in 10..30 {
        let other = &g + normal((p, p), seed) * 0.1;
        assert!(error(&other) > least, "seed {seed}");
    }
    let none = Damage { noise: -1e9, ..damage };
    assert!(wiener(&pixels, &none).is_err());
}

#[test]
fn eq_11_4_rows_do_not_meet() {
    let mut values = ledger::reference().unwrap();
    let a = values.matrix("search/a").unwrap();
    let damage = Damage { a, noise: 0.5 };
    let layers = [
        gradients::plain::Activation::LeakyRelu(0.2),
        gradients::plain::Activation::Tanh,
    ];
    let g = gradients::compare::reference_network(
        &mut values,
        "search/",
        &layers,
    )
    .unwrap();
    let (y, z) = (normal((3, 6), 1), normal((3, 3), 2));
    let (all, d) = search(&g, &damage, &y, &z);
    for n in 0..3 {
        let row = |x: &Array2<f64>| x.select(Axis(0), &[n]);
        let (one, d_one) = search(&g, &damage, &row(&y), &row(&z));
        assert!((one[0] - all[n]).abs() < 1e-12);
        assert!(max_rel_err(&d_one, &row(&d)) < 1e-12);
        let of = |z: &Array2<f64>| search(&g, &damage, &row(&y), z).0[0];
        let difference = numeric_gradient(of, &row(&z), 1e-5);
        assert!(max_rel_err(&d_one, &difference) < 1e-7);
    }
}

#[test]
fn eq_11_5_fit_and_prior_are_added_in_nats() {
    let [tokeniser, prior] =
        ["tokeniser", "prior"].map(|of| code_prior::CHAPTER.model(of));
    let (network, prior) = load_pair(&tokeniser, &prior).unwrap();
    let codes = Array2::from_shape_fn((2, 49), |(n, t)| (n + 5 * t) % 256);
    let damage = Kind::Rows.damage(28, &mut rng_at(1, 1));
    let y = damage.of(&network.decode(&codes).unwrap());
    let found = energy((&network, &prior), &damage, &y, &codes).unwrap();
    let nats = prior.nats(&codes).unwrap().sum_axis(Axis(1));
    assert!(max_rel_err(&found, &nats) < 1e-9, "it fits all that is left");
    let off = &y + 0.1;
    let more = energy((&network, &prior), &damage, &off, &codes).unwrap();
    let fit = 784.0 * 0.01 / (2.0 * damage.noise);
    assert!(max_rel_err(&(more - nats), &array![fit, fit]) < 1e-3);
    let beyond = Array2::from_elem((2, 49), 256);
    assert!(energy((&network, &prior), &damage, &y, &beyond).is_err());
}

#[test]
fn eq_11_13_the_area_counts_pairs() {
    let members: [f64; 4] = [3.0, 1.0, 2.0, 2.0];
    let others: [f64; 3] = [2.0, 0.0, 1.0];
    let mut pairs = 0.0;
    for m in members {
        for o in others {
            pairs += match m.total_cmp(&o) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    assert!((auc(&members, &others) - pairs / 12.0).abs() < 1e-12);
    assert!((auc(&members, &members) - 0.5).abs() < 1e-12);
    assert_eq!(auc(&[1.0], &[0.0]), 1.0);
    assert_eq!(auc(&[], &[0.0]), 0.0);
}

#[test]
fn the_median_takes_what_is_left_around_a_pixel() {
    let y = array![[0.1_f32, 0.9, 0.2, 0.3, 1.0, 0.4, 0.5, 0.6, 0.0]];
    let mean = Array1::from_elem(9, 0.25);
    let all = Array1::from_elem(9, true);
    let of = median_filter(&y, &all, &mean, 3);
    assert_eq!(of[[0, 4]], 0.4);
    assert!((of[[0, 0]] - 0.6).abs() < 1e-6, "of 0.1, 0.3, 0.9, 1.0");
    let none = Array1::from_elem(9, false);
    assert!(median_filter(&y, &none, &mean, 3).iter().all(|v| *v == 0.25));
    let mut one = none;
    one[4] = true;
    assert!(median_filter(&y, &one, &mean, 3).iter().all(|v| *v == 1.0));
}

#[test]
fn eq_11_11_what_is_left_within_groups_is_not_explained() {
    let x = normal((60, 3), 8);
    let alone: Vec<usize> = (0..60).collect();
    assert!((explained(&x, &alone) - 1.0).abs() < 1e-12);
    assert!(explained(&x, &[5; 60]).abs() < 1e-12, "one group");
    let labels: Vec<usize> = (0..60).map(|n| n % 4 * 2).collect();
    let found = explained(&x, &labels);
    let (mut within, mut whole) = (0.0, 0.0);
    let mean = x.mean_axis(Axis(0)).unwrap();
    for label in 0..8 {
        let rows: Vec<usize> =
            (0..60).filter(|n| labels[*n] == label).collect();
        let of = x.select(Axis(0), &rows);
        if let Some(inside) = of.mean_axis(Axis(0)) {
            within += (&of - &inside).mapv(|v| v * v).sum();
        }
        whole += (&of - &mean).mapv(|v| v * v).sum();
    }
    assert!((found - (1.0 - within / whole)).abs() < 1e-12);
    let scaled = explained(&(x * 3.0 + 7.0), &labels);
    assert!((scaled - found).abs() < 1e-9);
    let none = Array2::<f64>::zeros((0, 3));
    assert_eq!(explained(&none, &[]), 0.0);
}

#[test]
fn eq_11_12_the_direction_is_the_way_to_a_class_of_length_one() {
    let z = normal((200, 6), 9).mapv(|v| v as f32);
    let of: Vec<usize> =
        z.rows().into_iter().map(|row| usize::from(row[2] > 0.0)).collect();
    let d = direction(&z, &of, 1);
    assert!((d.dot(&d) - 1.0).abs() < 1e-5);
    assert!(d[2] > 0.9, "{d}");
    let back = direction(&z, &of, 0);
    assert!((d.dot(&back) + 1.0).abs() < 1e-5, "two classes lie opposite");
    assert!(direction(&z, &of, 7).iter().all(|v| v.is_finite()));
}

#[test]
fn eq_11_3_conjugate_gradients_find_what_the_matrix_gives() {
    let (side, channels) = (6, 3);
    let q = side * side * channels;
    let x =
        mend::normal((400, q), 1).dot(&(mend::normal((q, q), 2) * 0.1)) + 0.5;
    let gaussian = Gaussian::of(&x);
    let pixels = Pixels::of(&x);
    for (name, kind) in KINDS {
        let each = kind.damage(side, &mut rng_at(5, 0));
        let damage = Coloured { each, channels };
        let a = damage.of(&Array2::eye(q)).t().mapv(f64::from);
        let whole = Damage { a, noise: damage.each.noise };
        let g = wiener(&pixels, &whole).unwrap().mapv(|v| v as f32);
        let y =
            damage.leave(&x.slice(s![..4, ..]).to_owned(), &mut rng_at(6, 0));
        let mean = pixels.mean.mapv(|v| v as f32);
        let row = mean.clone().insert_axis(ndarray::Axis(0));
        let exact = (&y - &damage.of(&row)).dot(&g.t()) + &mean;
        let found = gaussian.filter(&damage, &y, 400);
        assert!(
            mend::far(&exact, &found) < 0.02,
            "{name}: {}",
            mend::far(&exact, &found)
        );
        let early = gaussian.filter(&damage, &y, 1);
        assert!(
            mend::far(&exact, &early) > mend::far(&exact, &found),
            "{name}"
        );
        let none =
            gaussian.filter(&damage, &y.slice(s![..0, ..]).to_owned(), 3);
        assert_eq!(none.nrows(), 0);
    }
}

#[test]
fn eq_11_6_both_sides_are_the_minimax_losses_of_rows_with_classes() {
    let (g, d, z, y) = conditional::players();
    let x = conditional::normal((5, 4), 4);
    let x_fake = g.output(&beside(&z, &y));
    let logit = |x: &Array2<f64>| d.output(&beside(x, &y));
    let mean = |s: Array2<f64>| s.sum() / 5.0;
    let game = Game::NonSaturating;
    let (loss, d_d) = d_step(&d, [&x, &x_fake], &y, game, 0.0);
    let real = mean(logit(&x).mapv(|s| sigmoid(s).ln()));
    let fake = mean(logit(&x_fake).mapv(|s| (1.0 - sigmoid(s)).ln()));
    assert!((loss + real + fake).abs() < 1e-12);
    conditional::parameters_agree(&d, &d_d, |d| {
        d_step(d, [&x, &x_fake], &y, game, 0.0).0
    });
    let (loss, _) = g_step(&g, &d, &z, &y, Game::Saturating);
    assert!((loss - fake).abs() < 1e-12);
    let (loss, _) = g_step(&g, &d, &z, &y, game);
    let expected = mean(logit(&x_fake).mapv(|s| softplus(-s)));
    assert!((loss - expected).abs() < 1e-12);
}

#[test]
fn eq_11_7_goes_back_through_the_pictures_columns_alone() {
    let (g, d, z, y) = conditional::players();
    for game in [Game::NonSaturating, Game::Saturating] {
        let (_, d_g) = g_step(&g, &d, &z, &y, game);
        conditional::parameters_agree(&g, &d_g, |g| {
            g_step(g, &d, &z, &y, game).0
        });
    }
    // A discriminator that hears the class alone teaches nothing.
    let mut deaf = d.clone();
    deaf.layers[0].w.slice_mut(s![..4, ..]).fill(0.0);
    let (_, d_g) = g_step(&g, &deaf, &z, &y, Game::NonSaturating);
    assert!(d_g.layers.iter().all(|l| l.w.iter().all(|v| *v == 0.0)));
}

#[test]
fn eq_11_8_the_targets_of_a_source_share_one() {
    let (prior, target) = (translate::prior(), translate::all());
    for way in 0..2 {
        for source in [[0, 1], [2, 2]] {
            let source = Array2::from_shape_fn((9, 2), |(_, t)| source[t]);
            let nats = nats_given(&prior, [&source, &target], way).unwrap();
            let sum: f64 = nats.iter().map(|v| (-v).exp()).sum();
            assert_relative_eq!(sum, 1.0, epsilon = 1e-5);
            // It is what both cost, without what the source costs.
            let both = joined(&source, &target);
            let ways = vec![Some(way); 9];
            let of_both = prior.nats_given(&both, &ways).unwrap();
            let of_source = of_both.slice(s![.., ..2]).sum_axis(Axis(1));
            let rest = of_both.sum_axis(Axis(1)) - of_source;
            assert!(max_rel_err(&nats, &rest) < 1e-12);
        }
    }
    let [a, b] = [array![[0, 0]], array![[1, 1]]];
    let of = |source, way| {
        nats_given(&prior, [source, &array![[1, 2]]], way).unwrap()[0]
    };
    assert!((of(&a, 0) - of(&b, 0)).abs() > 1e-3, "the source matters");
    assert!((of(&a, 0) - of(&a, 1)).abs() > 1e-3, "so does the way");
    assert!(nats_given(&prior, [&a, &array![[3, 0]]], 0).is_err());
    assert!(nats_given(&prior, [&a, &b], 2).is_err());
}

#[test]
fn eq_11_9_each_generator_is_on_both_trips() {
    let case = Case::new(&mut reference().unwrap()).unwrap();
    let [g, h] = case.g.each_ref();
    let (d, x) = (case.d.each_ref(), case.x.each_ref());
    let done = step([g, h], d, x, case.lambda);
    let of_g = |g: &Net<f64>| case.losses([g, h]).iter().sum::<f64>();
    let of_h = |h: &Net<f64>| case.losses([g, h]).iter().sum::<f64>();
    let slopes = [numeric_gradients(of_g, g), numeric_gradients(of_h, h)];
    for (found, slopes) in done.d.iter().zip(&slopes) {
        assert!(parameters_err(found, slopes) < 1e-6);
    }
    // Without the trip that begins with the other, it is another gradient.
    let alone = trip([g, h], d[1], x[0], case.lambda);
    assert!(parameters_err(&alone.d_there, &slopes[0]) > 1e-2);
    let made = cycle::translate(g, x[0]);
    assert!(max_rel_err(&made, &done.made[1]) < 1e-12);
    let home = cycle::translate(h, &made);
    let cycle = (&home - x[0]).mapv(f64::abs).mean().unwrap();
    assert_relative_eq!(cycle, done.cycles[0], epsilon = 1e-12);
    let (said, _) = vq_gan::plain::opinion(d[1], &made);
    assert_relative_eq!(
        done.losses[0],
        said + case.lambda * cycle,
        epsilon = 1e-12
    );
}

#[test]
fn eq_11_9_three_rows_agree() {
    let rows = translate_rows(&Cpu::default(), Against::DfdxCpu).unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert!(row.passes(), "{row:?}");
    }
}

#[test]
fn eq_11_10_bits_lie_on_a_line_of_logarithms() {
    let law = |bits: f64| (bits, 3.0 / bits.powi(2));
    let curve: Vec<_> = [400.0, 100.0, 1600.0].map(law).into();
    for bits in [100.0, 150.0, 400.0, 1000.0, 1600.0] {
        let found = bits_at(&curve, law(bits).1).unwrap();
        assert!((found / bits - 1.0).abs() < 1e-9, "{bits}: {found}");
    }
    let bent = vec![(100.0, 0.4), (200.0, 0.1), (800.0, 0.05)];
    let half = bits_at(&bent, 0.2).unwrap();
    assert!((half - 100.0 * 2_f64.sqrt()).abs() < 1e-9, "{half}");
    let late = bits_at(&bent, 0.1 / 2_f64.sqrt()).unwrap();
    assert!((late - 400.0).abs() < 1e-9, "{late}");
}

#[test]
fn eq_11_10_nothing_is_said_beyond_the_qualities() {
    let curve = vec![(100.0, 0.4), (200.0, 0.1)];
    assert_eq!(bits_at(&curve, 0.5), None);
    assert_eq!(bits_at(&curve, 0.09), None);
    assert_eq!(bits_at(&curve[..1].to_vec(), 0.4), None);
    assert_eq!(bits_at(&Vec::new(), 0.4), None);
}

proptest! {
    #[test]
    fn eq_11_14_a_power_law_is_found_again(
        a in 1e-6..10.0_f64,
        b in -1.0..5.0_f64,
    ) {
        let law = PowerLaw { a, b };
        let pairs = cost::SIDES.map(|s| (s, law.at(s)));
        let found = PowerLaw::fit(&pairs).unwrap();
        assert_relative_eq!(found.a, a, max_relative = 1e-8);
        assert_relative_eq!(found.b, b, max_relative = 1e-8, epsilon = 1e-9);
    }

    #[test]
    fn eq_11_14_no_other_law_is_nearer(
        takes in prop::array::uniform4(1e-3..10.0_f64),
    ) {
        let pairs: Vec<_> = cost::SIDES.into_iter().zip(takes).collect();
        let law = PowerLaw::fit(&pairs).unwrap();
        let least = cost::error(law, &pairs);
        for (times, more) in [(1.01, 0.0), (0.99, 0.0), (1.0, 0.01), (1.0, -0.01)] {
            let other = PowerLaw { a: law.a * times, b: law.b + more };
            prop_assert!(cost::error(other, &pairs) > least);
        }
        // A finite difference of the error is flat in both directions.
        let h = 1e-5;
        let at = |a: f64, b: f64| {
            cost::error(PowerLaw { a: law.a * a.exp(), b: law.b + b }, &pairs)
        };
        for (a, b) in [(h, 0.0), (0.0, h)] {
            let slope = (at(a, b) - at(-a, -b)) / (2.0 * h);
            prop_assert!(slope.abs() < 1e-6, "{slope}");
        }
    }
}
