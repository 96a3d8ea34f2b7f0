//! One test, at least, for every numbered equation of the page.

use code_prior::exact::{Exact, in_units};
use code_prior::ledger::{
    largest_jacobian, reference, reference_codes, reference_prior,
};
use code_prior::model::{Prior, Sizes};
use code_prior::plain::{
    attention, attention_backward, bits_per_image, bits_under, embed,
    embed_backward, heads, heads_backward, nats_by_place, normalise,
    normalise_backward, shares_by_place, sharpness, shift_right,
    shift_right_from, start_tokens, tempered, top_k, top_p,
};
use code_prior::sampling::{Draws, How, complete, sample};
use gradients::plain::{Parameters, numeric_gradient, softmax};
use lab::{max_rel_err, rng_at};
use ndarray::{Array2, ArrayView1, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;

pub fn normal(shape: (usize, usize), stream: u64) -> Array2<f64> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(9, stream))
}

/// A small model with every parameter away from where it starts: no gain is 1, no bias 0.
pub fn small(sizes: Sizes, stream: u64) -> Prior<f64> {
    let rng = &mut rng_at(90, stream);
    let mut prior = Prior::new(sizes, rng).unwrap();
    for p in &mut prior.parameters_mut() {
        p.mapv_inplace(|v| v + 0.3 * rng.sample::<f64, _>(StandardNormal));
    }
    prior
}

pub const SMALL: Sizes =
    Sizes { codes: 4, places: 5, width: 6, heads: 2, blocks: 2, classes: 0 };

pub fn some_codes(n: usize, sizes: Sizes, stream: u64) -> Array2<usize> {
    let rng = &mut rng_at(91, stream);
    Array2::from_shape_simple_fn((n, sizes.places), || {
        rng.random_range(0..sizes.codes)
    })
}

fn matrix(shape: (usize, usize)) -> impl Strategy<Value = Array2<f64>> {
    proptest::collection::vec(-2.0_f64..2.0, shape.0 * shape.1)
        .prop_map(move |v| Array2::from_shape_vec(shape, v).unwrap())
}

/// The chain rule makes a distribution: over all sequences the probabilities sum to 1.
#[test]
fn eq_9_1_the_probabilities_of_all_sequences_sum_to_one() {
    let sizes = Sizes {
        codes: 3,
        places: 4,
        width: 4,
        heads: 2,
        blocks: 1,
        classes: 0,
    };
    let prior = small(sizes, 0);
    let all = Array2::from_shape_fn((81, 4), |(n, i)| {
        n / 3_usize.pow(i as u32) % 3
    });
    let nats = prior.nats(&all).unwrap(); // [81, 4]
    let p = nats.sum_axis(ndarray::Axis(1)).mapv(|v| (-v).exp());
    assert!((p.sum() - 1.0).abs() < 1e-12, "{}", p.sum());
    assert!(p.iter().all(|p| *p > 0.0));
    // The first codes alone are a distribution, too.
    let first = nats.slice(s![..3, 0]).mapv(|v| (-v).exp()).sum();
    assert!((first - 1.0).abs() < 1e-12);
}

#[test]
fn eq_9_2_a_place_sees_the_code_before_it() {
    let codes = array![[3, 1, 0, 2], [0, 0, 3, 3]];
    let seen = array![[4, 3, 1, 0], [4, 0, 0, 3]];
    assert_eq!(shift_right(&codes, 4), seen);
    let nothing = Array2::<usize>::zeros((2, 1));
    assert_eq!(shift_right(&nothing, 9), array![[9], [9]]);
}

#[test]
fn eq_9_3_an_embedding_collects_from_wherever_it_was_taken() {
    let (table, positions) = (normal((5, 3), 1), normal((4, 3), 2));
    let seen = array![[4, 0, 0, 2], [4, 0, 1, 2]];
    let x = embed(&table, &positions, &seen);
    assert_eq!(x.row(5), &table.row(0) + &positions.row(1));
    let d_x = normal((8, 3), 3);
    let (d_table, d_positions) = embed_backward(&d_x, &seen, (5, 4));
    let of_table = numeric_gradient(
        |t| (embed(t, &positions, &seen) * &d_x).sum(),
        &table,
        1e-5,
    );
    let of_places = numeric_gradient(
        |p| (embed(&table, p, &seen) * &d_x).sum(),
        &positions,
        1e-5,
    );
    assert!(max_rel_err(&d_table, &of_table) < 1e-8);
    assert!(max_rel_err(&d_positions, &of_places) < 1e-8);
    assert!(d_table.row(3).iter().all(|v| *v == 0.0), "nobody took it");
}

proptest! {
    #[test]
    fn eq_9_4_rows_have_mean_0_and_variance_1(x in matrix((3, 8))) {
        let (x_hat, scale) = normalise(&x);
        for (row, x) in x_hat.rows().into_iter().zip(x.rows()) {
            prop_assert!(row.sum().abs() < 1e-9);
            let variance = x.var(0.0);
            let kept = variance / (variance + 1e-5);
            prop_assert!((row.dot(&row) / 8.0 - kept).abs() < 1e-9);
        }
        // A row moved and stretched is the same row, but for ε.
        let (again, _) = normalise(&(&x * 1e4 + 7.0));
        let apart = (&again - &x_hat).fold(0.0_f64, |m, v| m.max(v.abs()));
        prop_assert!(x.var_axis(ndarray::Axis(1), 0.0).iter().any(|v| *v < 1e-2) || apart < 1e-2);
        prop_assert!(scale.iter().all(|s| s.is_finite()));
    }

    #[test]
    fn eq_9_5_backward_is_the_difference_quotient(
        x in matrix((3, 5)), d in matrix((3, 5)),
    ) {
        let (x_hat, scale) = normalise(&x);
        let d_x = normalise_backward(&x_hat, &scale, d.clone());
        let numeric = numeric_gradient(
            |x| (normalise(x).0 * &d).sum(), &x, 1e-6,
        );
        let far = (&d_x - &numeric).fold(0.0_f64, |m, v| m.max(v.abs()));
        let size = numeric.fold(1.0_f64, |m, v| m.max(v.abs()));
        prop_assert!(far < 1e-4 * size, "{far}");
        // Nothing is left along the two directions that change nothing.
        for (row, x_hat) in d_x.rows().into_iter().zip(x_hat.rows()) {
            prop_assert!(row.sum().abs() < 1e-9 * size.max(1.0) * 10.0);
            prop_assert!(row.dot(&x_hat).abs() < 0.1 * size + 1e-9);
        }
    }

    #[test]
    fn eq_9_6_weights_are_shares_of_the_past(
        q in matrix((4, 3)), k in matrix((4, 3)), v in matrix((4, 3)),
    ) {
        let (p, y) = attention(q.view(), k.view(), v.view());
        for (i, row) in p.rows().into_iter().enumerate() {
            prop_assert!((row.sum() - 1.0).abs() < 1e-12);
            prop_assert!(row.iter().take(i + 1).all(|p| *p > 0.0));
            prop_assert!(row.iter().skip(i + 1).all(|p| *p == 0.0));
            // The definition, term by term.
            let scores: Vec<f64> = (0..=i)
                .map(|j| (q.row(i).dot(&k.row(j)) / 3.0_f64.sqrt()).exp())
                .collect();
            let total: f64 = scores.iter().sum();
            for (j, s) in scores.iter().enumerate() {
                prop_assert!((row[j] - s / total).abs() < 1e-12);
            }
        }
        prop_assert!(max_rel_err(&y, &p.dot(&v)) < 1e-12);
    }

    #[test]
    fn eq_9_8_backward_is_the_difference_quotient(
        q in matrix((4, 3)), k in matrix((4, 3)), v in matrix((4, 3)),
        d_y in matrix((4, 3)),
    ) {
        let (p, _) = attention(q.view(), k.view(), v.view());
        let views = (q.view(), k.view(), v.view());
        let d = attention_backward(views, &p, d_y.view());
        let loss = |q: &Array2<f64>, k: &Array2<f64>, v: &Array2<f64>| {
            (attention(q.view(), k.view(), v.view()).1 * &d_y).sum()
        };
        let numeric = [
            numeric_gradient(|q| loss(q, &k, &v), &q, 1e-5),
            numeric_gradient(|k| loss(&q, k, &v), &k, 1e-5),
            numeric_gradient(|v| loss(&q, &k, v), &v, 1e-5),
        ];
        for (d, numeric) in d.iter().zip(&numeric) {
            let far = (d - numeric).fold(0.0_f64, |m, v| m.max(v.abs()));
            prop_assert!(far < 1e-7, "{far}");
        }
    }
}

/// With independent entries of variance 1, a product of D pairs has variance D.
#[test]
fn eq_9_7_the_root_keeps_scores_at_variance_one() {
    for d in [4, 64] {
        let (q, k) = (normal((400, d), 10), normal((400, d), 11));
        let s = q.dot(&k.t());
        let variance = s.var(0.0);
        assert!((variance / d as f64 - 1.0).abs() < 0.2, "{variance}");
        let scaled = &s / (d as f64).sqrt();
        assert!((scaled.var(0.0) - 1.0).abs() < 0.2);
        // Without the root a wide head looks at one place alone.
        let largest = |s: &Array2<f64>| {
            let p = softmax(&s.slice(s![.., ..49]).to_owned());
            let top =
                |row: ArrayView1<f64>| row.fold(0.0_f64, |m, v| m.max(*v));
            p.rows().into_iter().map(top).sum::<f64>() / 400.0
        };
        assert!(d == 4 || largest(&s) > 3.0 * largest(&scaled));
    }
}

#[test]
fn eq_9_6_heads_and_sequences_do_not_meet() {
    let x = [1, 2, 3].map(|n| normal((8, 6), n));
    let (p, y) = heads(x.each_ref(), 4, 3);
    assert_eq!(p.len(), 2 * 3);
    let one = |n: usize, head: usize| {
        let part = x
            .each_ref()
            .map(|x| x.slice(s![4 * n..4 * n + 4, 2 * head..2 * head + 2]));
        let [q, k, v] = part;
        attention(q, k, v).1
    };
    for (n, head) in [(0, 0), (0, 2), (1, 1)] {
        let here = y.slice(s![4 * n..4 * n + 4, 2 * head..2 * head + 2]);
        assert_eq!(here, one(n, head));
    }
    let d_y = normal((8, 6), 4);
    let d = heads_backward(x.each_ref(), &p, &d_y, 4);
    for n in 0..3 {
        let loss = |moved: &Array2<f64>| {
            let mut all = x.each_ref();
            all[n] = moved;
            (heads(all, 4, 3).1 * &d_y).sum()
        };
        let numeric = numeric_gradient(loss, &x[n], 1e-5);
        assert!(max_rel_err(&d[n], &numeric) < 1e-7);
    }
}

/// A block whose two halves write nothing is the identity; its gradient is the difference quotient.
#[test]
fn eq_9_9_a_block_adds_to_its_rows() {
    let prior = small(SMALL, 3);
    let mut block = prior.blocks[0].clone();
    let (x, d_y) = (normal((10, 6), 5), normal((10, 6), 6));
    let (pass, _) = block.forward(x.clone(), (5, 2));
    let (d_x, _) = block.backward(&pass, d_y.clone(), 5);
    let loss =
        |x: &Array2<f64>| (block.forward(x.clone(), (5, 2)).1 * &d_y).sum();
    let numeric = numeric_gradient(loss, &x, 1e-5);
    assert!(max_rel_err(&d_x, &numeric) < 1e-7);
    for layer in [&mut block.out, &mut block.mlp.layers[1]] {
        layer.w.fill(0.0);
        layer.b.fill(0.0);
    }
    let (pass, y) = block.forward(x.clone(), (5, 2));
    assert_eq!(y, x);
    assert_eq!(block.backward(&pass, d_y.clone(), 5).0, d_y);
}

/// The Jacobian of the logits at a place, at the rows from the next place on: exactly 0, by hand and by differences.
/// Through the shift this makes the logits independent of the code at the place itself.
#[test]
fn eq_9_10_no_logit_depends_on_its_own_code_or_a_later_one() {
    let prior = small(SMALL, 4);
    let x = normal((5, 6), 7); // one sequence
    for i in 0..5 {
        assert_eq!(largest_jacobian(&prior, &x, i, i + 1), 0.0);
        assert!(largest_jacobian(&prior, &x, i, i) > 1e-3, "its own row");
        let logits = |x: &Array2<f64>| {
            prior.forward_rows(x.clone()).logits.row(i).to_owned()
        };
        for j in 0..5 {
            let mut moved = x.clone();
            moved.row_mut(j).mapv_inplace(|v| v * 1.5 + 1.0);
            let same = logits(&moved) == logits(&x);
            assert_eq!(same, j > i, "place {i}, row {j}");
        }
    }
    // From codes to logits: code j reaches the places after j alone.
    let codes = some_codes(1, SMALL, 0);
    let before = prior.forward(&codes).unwrap().logits;
    for j in 0..5 {
        let mut other = codes.clone();
        other[[0, j]] = (other[[0, j]] + 1) % 4;
        let after = prior.forward(&other).unwrap().logits;
        for i in 0..5 {
            assert_eq!(before.row(i) == after.row(i), j >= i, "{i} {j}");
        }
    }
}

#[test]
fn eq_9_11_bits_are_summed_over_places_and_averaged_over_images() {
    let codes = array![[0, 1], [1, 1], [0, 0]];
    let logits = Array2::<f64>::zeros((6, 4)); // 4 equal codes: 2 bits each
    let nats = nats_by_place(&logits, &codes);
    assert!((bits_per_image(&nats) - 4.0).abs() < 1e-12);
    let mut values = reference().unwrap();
    let prior = reference_prior(&mut values, "model/parameters").unwrap();
    let codes = reference_codes(&mut values, "model/codes").unwrap();
    let bits = bits_per_image(&prior.nats(&codes).unwrap());
    let expected = values.scalar("model/bits").unwrap();
    assert!((bits - expected).abs() < 1e-10 * expected);
    let (loss, _) = prior.loss_and_gradient(&codes).unwrap();
    let from_loss = loss * 4.0 / 2.0_f64.ln();
    assert!((from_loss - bits).abs() < 1e-12, "T times the mean, in bits");
}

#[test]
fn eq_9_12_baselines_are_what_they_say() {
    let codes = array![[0, 1], [0, 2], [0, 1], [0, 3]];
    let uniform = Array2::from_elem((1, 4), 0.25);
    assert_eq!(bits_under(&uniform, &codes), 2.0 * 4.0_f64.log2());
    let by_place = shares_by_place(&codes, 4);
    assert!(
        (by_place.sum_axis(ndarray::Axis(1)) - 1.0)
            .iter()
            .all(|v| v.abs() < 1e-12)
    );
    assert_eq!(by_place[[0, 0]], (4.0 + 0.25) / 5.0);
    assert!(by_place.iter().all(|p| *p > 0.0), "nothing is impossible");
    let together = by_place.mean_axis(ndarray::Axis(0)).unwrap();
    let together = together.insert_axis(ndarray::Axis(0));
    let (fine, coarse) =
        (bits_under(&by_place, &codes), bits_under(&together, &codes));
    assert!(fine < coarse && coarse < 4.0, "{fine} {coarse}");
}

#[test]
fn eq_9_13_a_completion_keeps_what_is_given_and_follows_the_model() {
    let prior = small(SMALL, 5);
    let given = array![[2, 0], [1, 3]];
    let done = complete(&prior, &given, 1.0, 3).unwrap();
    assert_eq!(done.dim(), (2, 5));
    assert_eq!(done.slice(s![.., ..2]), given);
    assert_eq!(done, complete(&prior, &given, 1.0, 3).unwrap());
    // How often each code follows, against the model's probability of it.
    let n = 4000;
    let many = Array2::from_shape_fn((n, 2), |(_, i)| given[[0, i]]);
    let drawn = complete(&prior, &many, 1.0, 4).unwrap();
    let mut counts = [0.0; 4];
    drawn.column(2).iter().for_each(|&c| counts[c] += 1.0 / n as f64);
    let logits = prior.forward(&drawn).unwrap().logits;
    let p = softmax(&logits);
    for (k, share) in counts.iter().enumerate() {
        assert!((share - p[[2, k]]).abs() < 0.04, "{share} {}", p[[2, k]]);
    }
    // Samples cost, on average, what the model says of itself: its entropy.
    let samples = sample(&prior, n, 1.0, 5).unwrap();
    let bits = bits_per_image(&prior.nats(&samples).unwrap());
    let sizes = SMALL;
    let all = Array2::from_shape_fn((1024, 5), |(n, i)| {
        n / sizes.codes.pow(i as u32) % sizes.codes
    });
    let nats = prior.nats(&all).unwrap().sum_axis(ndarray::Axis(1));
    let entropy = nats.mapv(|v| (-v).exp() * v).sum() / 2.0_f64.ln();
    assert!((bits - entropy).abs() < 0.15, "{bits} {entropy}");
}

#[test]
fn eq_9_14_a_temperature_sharpens_or_flattens() {
    let logits = array![1.0, 3.0, 2.0, -4.0];
    let at = |t| tempered(logits.view(), t);
    let one = softmax(&logits.clone().insert_axis(ndarray::Axis(0)));
    assert!((at(1.0) - one.row(0)).iter().all(|v| v.abs() < 1e-15));
    assert_eq!(at(0.0), array![0.0, 1.0, 0.0, 0.0]);
    assert!(at(0.5)[1] > at(1.0)[1] && at(1.0)[1] > at(2.0)[1]);
    assert!(at(1e6).iter().all(|p| (p - 0.25).abs() < 1e-5));
    // Powers of the probabilities, normalised.
    let powers = at(1.0).mapv(|p| p.powf(1.0 / 0.7));
    let powers = &powers / powers.sum();
    assert!((at(0.7) - powers).iter().all(|v| v.abs() < 1e-12));
    let mut values = reference().unwrap();
    let logits = values.matrix("model/logits").unwrap();
    let expected = values.matrix("model/tempered").unwrap();
    for (row, expected) in logits.rows().into_iter().zip(expected.rows()) {
        let p = tempered(row, 0.7);
        assert!((p - expected).iter().all(|v| v.abs() < 1e-12));
    }
}

#[test]
fn eq_9_15_the_cache_gives_what_a_full_forward_gives() {
    let prior = small(SMALL, 6);
    let n = 70; // more than are drawn in one part
    let codes = some_codes(n, SMALL, 1);
    let full = prior.forward(&codes).unwrap().logits; // [N · 5, K]
    let mut cache = prior.cache(n);
    let mut last = vec![prior.codes(); n];
    for i in 0..5 {
        let here = prior.next(&mut cache, &last); // [N, K]
        for n in 0..n {
            let there = full.row(n * 5 + i);
            let apart = (&here.row(n) - &there).mapv(f64::abs);
            assert!(apart.iter().all(|v| *v < 1e-12), "place {i}");
        }
        last = codes.column(i).to_vec();
    }
}

#[test]
fn eq_9_16_blur_takes_sharpness_away() {
    let mut edge = Array2::<f32>::zeros((1, 64));
    edge.slice_mut(s![0, ..]).iter_mut().enumerate().for_each(|(n, v)| {
        *v = if n % 8 < 4 { 1.0 } else { 0.0 };
    });
    // 8 rows with one step of 1 each, and 32 lit pixels.
    assert!((sharpness(&edge, 8) - 8.0 / 32.0).abs() < 1e-7);
    assert!((sharpness(&(&edge * 0.5), 8) - 0.25).abs() < 1e-7, "contrast");
    let mut blurred = edge.clone();
    for row in 0..8 {
        blurred[[0, 8 * row + 3]] = 0.75;
        blurred[[0, 8 * row + 4]] = 0.25;
    }
    assert!(sharpness(&blurred, 8) < 0.5 * sharpness(&edge, 8));
    // The sum of *absolute* steps would not have noticed.
    let steps = |x: &Array2<f32>| -> f32 {
        let rows = (0..8).flat_map(|i| (0..7).map(move |j| 8 * i + j));
        rows.map(|n| (x[[0, n + 1]] - x[[0, n]]).abs()).sum()
    };
    assert_eq!(steps(&edge), steps(&blurred));
}

#[test]
fn eq_9_17_probabilities_as_whole_numbers_add_up_to_one() {
    let one = 1_u32 << 24;
    let p = [0.25, 0.0625, 0.5, 0.125, 0.0625, 0.0];
    let shared = f64::from(one - 6);
    let mut expected = p.map(|p| 1 + (shared * p).floor() as u32);
    assert_eq!(expected[5], 1, "what has no probability is possible");
    expected[2] += one - expected.iter().sum::<u32>();
    assert_eq!(in_units(&p), expected);
    assert_eq!(in_units(&[0.0, 1.0]), [1, one - 1]);
    // Whatever the model says: small, large, or nothing that makes sense.
    for k in [2, 9, 512, 1 << 16] {
        let logits: Array2<f64> = normal((1, k), k as u64) * 30.0;
        for p in [softmax(&logits).row(0).to_vec(), vec![f64::NAN; k]] {
            let units = in_units(&p);
            assert!(units.iter().all(|n| *n > 0));
            assert_eq!(units.iter().sum::<u32>(), one);
            let bits = |(n, p): (&u32, &f64)| {
                if *p > 0.0 {
                    p * (p / (f64::from(*n) / f64::from(one))).log2()
                } else {
                    0.0
                }
            };
            let lost: f64 = units.iter().zip(&p).map(bits).sum();
            assert!(lost < k as f64 * 2e-7, "{k}: {lost} bits are lost");
        }
    }
    // The exact pass gives these of what the model says, which PyTorch has computed too.
    let mut values = reference().unwrap();
    let expected = values.matrix("model/logits").unwrap(); // [B·T, K]
    let of_prior = reference_prior(&mut values, "model/parameters").unwrap();
    let mut prior =
        Prior::<f32>::new(of_prior.sizes(), &mut rng_at(1, 0)).unwrap();
    for (to, from) in
        prior.parameters_mut().iter_mut().zip(of_prior.parameters())
    {
        to.zip_mut_with(&from, |to, from| *to = *from as f32);
    }
    let codes = reference_codes(&mut values, "model/codes").unwrap();
    for (n, map) in codes.rows().into_iter().enumerate() {
        let (mut exact, mut last) = (Exact::new(&prior), prior.codes());
        let mut again = Exact::new(&prior);
        for (i, &code) in map.iter().enumerate() {
            let logits = exact.next(last).mapv(f64::from);
            let expected = expected.row(n * prior.places() + i);
            let apart = (&logits - &expected).mapv(f64::abs);
            assert!(apart.iter().all(|v| *v < 1e-5), "{apart}");
            let p = softmax(&logits.insert_axis(ndarray::Axis(0)));
            let near = |(a, b): (u32, u32)| a.abs_diff(b) <= 2;
            let units = again.units(last);
            let whole = in_units(&p.row(0).to_vec());
            assert!(units.into_iter().zip(whole).all(near));
            last = code;
        }
    }
}

/// A start token of its own for each class: nothing else of the input changes, and for each class there is a
/// distribution over maps.
#[test]
fn eq_9_18_a_class_is_another_start_token() {
    let classes = [None, Some(0), Some(2)];
    assert_eq!(start_tokens(&classes, 4), [4, 5, 7]);
    let codes = array![[3, 1, 0, 2, 1], [0, 0, 3, 3, 2], [1, 2, 3, 0, 0]];
    let seen = shift_right_from(&codes, &start_tokens(&classes, 4));
    assert_eq!(seen.column(0), array![4, 5, 7]);
    assert_eq!(
        seen.slice(s![.., 1..]),
        shift_right(&codes, 4).slice(s![.., 1..])
    );

    let sizes = Sizes { classes: 3, ..SMALL };
    let prior = small(sizes, 17);
    assert_eq!(prior.sizes(), sizes);
    assert_eq!(prior.table.nrows(), 4 + 1 + 3);
    let all = Array2::from_shape_fn((1024, 5), |(n, i)| {
        n / 4_usize.pow(i as u32) % 4
    });
    let mut costs = Vec::new();
    for class in [None, Some(0), Some(1), Some(2)] {
        let nats = prior.nats_given(&all, &vec![class; 1024]).unwrap();
        let nats = nats.sum_axis(ndarray::Axis(1)); // [1024]
        let total = nats.mapv(|v| (-v).exp()).sum();
        assert!((total - 1.0).abs() < 1e-12, "{class:?}: {total}");
        costs.push(nats);
    }
    assert_eq!(
        prior.nats(&all).unwrap().sum_axis(ndarray::Axis(1)),
        costs[0]
    );
    for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 3)] {
        assert_ne!(costs[a], costs[b], "classes differ");
    }
    // Maps of several classes in several batches cost what each costs alone.
    let mixed: Vec<_> = (0..1024).map(|n| [None, Some(2)][n % 2]).collect();
    let nats = prior.nats_given(&all, &mixed).unwrap();
    for (n, row) in nats.rows().into_iter().enumerate() {
        let alone = costs[[0, 3][n % 2]][n];
        assert!((row.sum() - alone).abs() < 1e-12);
    }
    // What is drawn on request is drawn from that distribution.
    let how = How { class: Some(2), ..How::from(1.0) };
    let drawn = sample(&prior, 4000, how, 1).unwrap();
    let first = prior.nats_given(&all, &vec![Some(2); 1024]).unwrap();
    for code in 0..4 {
        let hits = drawn.column(0).iter().filter(|c| **c == code).count();
        let expected = (-first[[code, 0]]).exp();
        let share = hits as f64 / 4000.0;
        assert!((share - expected).abs() < 0.04, "{share} {expected}");
    }
}

fn shares(least: usize) -> impl Strategy<Value = ndarray::Array1<f64>> {
    // Few values, so that there are ties and zeros.
    proptest::collection::vec(0_u8..5, least..9).prop_map(|v| {
        let mut p = ndarray::Array1::from_iter(v.into_iter().map(f64::from));
        p[0] += 1.0;
        &p / p.sum()
    })
}

proptest! {
    #[test]
    fn eq_9_19_the_likeliest_share_all_there_is(
        p in shares(1), most in 1_usize..9, share in 0.01_f64..1.0,
    ) {
        // All of it stays as it is, bit for bit.
        prop_assert_eq!(&top_k(p.clone(), p.len()), &p);
        prop_assert_eq!(&top_k(p.clone(), p.len() + 3), &p);
        prop_assert_eq!(&top_p(p.clone(), 1.0), &p);
        // One alone: the first of the largest.
        let larger = |a, b| if p[b] > p[a] { b } else { a };
        let best = (0..p.len()).fold(0, larger);
        let one = ndarray::Array1::from_shape_fn(p.len(), |k| f64::from(k == best));
        prop_assert_eq!(&top_k(p.clone(), 1), &one);
        prop_assert_eq!(&top_k(p.clone(), 0), &one);
        prop_assert_eq!(&top_p(p.clone(), 1e-9), &one);

        let (by_count, by_share) = (top_k(p.clone(), most), top_p(p.clone(), share));
        for q in [&by_count, &by_share] {
            prop_assert!((q.sum() - 1.0).abs() < 1e-12);
            // Proportions stay; nobody who is out is before one who is in.
            let (inside, out): (Vec<usize>, Vec<usize>) =
                (0..p.len()).partition(|&k| q[k] > 0.0);
            for &k in &inside {
                prop_assert!((q[k] * p[inside[0]] - q[inside[0]] * p[k]).abs() < 1e-12);
                for &o in &out {
                    prop_assert!(p[k] > p[o] || p[k] == p[o] && k < o || q[k] == 0.0);
                }
            }
        }
        let staying = by_count.iter().filter(|q| **q > 0.0).count();
        let possible = p.iter().filter(|p| **p > 0.0).count();
        prop_assert_eq!(staying, most.min(possible));
        // As much as was asked for, and without the last of them less.
        let inside: Vec<f64> = (0..p.len())
            .filter(|&k| by_share[k] > 0.0).map(|k| p[k]).collect();
        let mass: f64 = inside.iter().sum();
        let least = inside.iter().fold(1.0_f64, |a, &b| a.min(b));
        prop_assert!(mass >= share - 1e-12, "{mass} {share}");
        prop_assert!(mass - least < share + 1e-12, "{mass} {least} {share}");
    }
}

#[test]
fn eq_9_19_both_cut_what_is_drawn() {
    let p = array![0.1, 0.4, 0.05, 0.4, 0.05];
    assert_eq!(top_k(p.clone(), 2), array![0.0, 0.5, 0.0, 0.5, 0.0]);
    assert_eq!(top_p(p.clone(), 0.4), array![0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(top_p(p.clone(), 0.41), array![0.0, 0.5, 0.0, 0.5, 0.0]);
    for share in [0.0, -1.0, f64::NAN] {
        let likeliest = array![0.0, 1.0, 0.0, 0.0, 0.0];
        assert_eq!(top_p(p.clone(), share), likeliest, "{share}");
    }
    let three = top_p(p.clone(), 0.85);
    assert_eq!(
        three.mapv(|q| q > 0.0),
        array![true, true, false, true, false]
    );
    assert_eq!(top_k(p, 3), three);
    // One code is left at each place: the same map, whatever the seed.
    let prior = small(SMALL, 5);
    let cold = sample(&prior, 3, 0.0, 1).unwrap();
    for (k, p) in [(Some(1), None), (None, Some(1e-9))] {
        let how = How { top_k: k, top_p: p, ..How::from(1.0) };
        for seed in 1..4 {
            assert_eq!(sample(&prior, 3, how, seed).unwrap(), cold);
        }
    }
    // And all of them when nothing is cut.
    let all = How { top_k: Some(4), top_p: Some(1.0), ..How::from(1.3) };
    let drawn = sample(&prior, 50, all, 6).unwrap();
    assert_eq!(drawn, sample(&prior, 50, 1.3, 6).unwrap());
}

#[test]
fn eq_9_20_a_masked_convolution_reads_what_comes_before() {
    crate::pixelcnn::a_masked_convolution_reads_what_comes_before();
}

#[test]
fn eq_9_21_what_a_pixelcnn_sees_and_what_it_does_not() {
    crate::pixelcnn::what_a_pixelcnn_sees_and_what_it_does_not();
}
