//! Each numbered equation of the page, checked.

use code_prior::training::load_pair;
use gradients::plain::numeric_gradient;
use lab::{max_rel_err, rng_at};
use ndarray::{Array1, Array2, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use uses::damages::{KINDS, Kind};
use uses::ledger;
use uses::plain::{
    Damage, Pixels, auc, direction, energy, explained, median_filter, psnr,
    search, wiener,
};

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
fn eq_11_6_the_area_counts_pairs() {
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
fn eq_11_7_what_is_left_within_groups_is_not_explained() {
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
fn eq_11_8_the_direction_is_the_way_to_a_class_of_length_one() {
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
