//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use codebook_lookup::plain::{
    first_smallest, gather, nearest, squared_distance,
};
use commitment_loss::quantizer::{Quantizer, Settings};
use gradients::compare::{network_err, numeric_gradient_of_network};
use gradients::plain::{Mlp, mse, numeric_gradient};
use lab::{max_rel_err, rng_at};
use ndarray::{Array1, Array2, Axis, array, concatenate, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;
use vq_vae::coding::{Tables, probabilities};
use vq_vae::measures::{error_at, principal_components, shared_bits};
use vq_vae::model::{Sizes, VqVae};
use vq_vae::plain::{
    col2im, conv, conv_as_defined, conv_as_defined_backward, conv_backward,
    depth_to_space, half, half_backward, im2col, mse_over_variance,
    neighbours, space_to_depth, step,
};
use vq_vae::rate::{Prices, Rate, cheapest};
use vq_vae::training::{Config, Trained, Training};

pub fn normal(shape: (usize, usize), stream: u64) -> Array2<f64> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(8, stream))
}

/// A network of 3 channels on a grid of 4 × 4, latents of width 2, 5 codes.
pub fn small(seed: u64) -> VqVae<f64> {
    let sizes =
        Sizes { codes: 5, width: 2, channels: 3, patch: 7, blocks: 2 };
    let mut model = VqVae::new(sizes, &mut rng_at(seed, 0));
    for (n, net) in
        [&mut model.encoder, &mut model.decoder].into_iter().enumerate()
    {
        for (m, layer) in net.layers.iter_mut().enumerate() {
            let stream = (10 * n + m) as u64;
            let b = normal((1, layer.b.len()), stream) * 0.1;
            layer.b.assign(&b.row(0)); // no unit sits on its kink
        }
    }
    model.codebook = normal((5, 2), seed);
    model
}

#[test]
fn eq_8_1_a_patch_is_a_row_and_comes_back() {
    let x = Array2::from_shape_fn((2, 784), |(b, p)| (784 * b + p) as f64);
    for size in [2, 4, 7, 14] {
        let side = 28 / size;
        let rows = space_to_depth(&x, size);
        assert_eq!(rows.dim(), (2 * side * side, size * size));
        for ((row, channel), &v) in rows.indexed_iter() {
            let (b, i, j) =
                (row / (side * side), row / side % side, row % side);
            let (u, v_) = (channel / size, channel % size);
            let pixel = 28 * (size * i + u) + size * j + v_;
            assert_eq!(v, x[[b, pixel]]);
        }
        assert_eq!(depth_to_space(&rows), x);
    }
}

#[test]
fn eq_8_2_each_row_holds_its_neighbours_and_zeros_beyond() {
    let (side, x) = (3, normal((18, 2), 0));
    let columns = im2col(x.view(), side);
    for n in 0..18 {
        for tap in 0..9 {
            let line = (n / 3 % 3 + tap / 3) as isize - 1;
            let column = (n % 3 + tap % 3) as isize - 1;
            let inside = (0..3).contains(&line) && (0..3).contains(&column);
            let m = (n / 9 * 9) as isize + 3 * line + column;
            let copy = columns.slice(s![n, 2 * tap..2 * tap + 2]);
            match inside {
                true => assert_eq!(copy, x.row(m as usize)),
                false => assert_eq!(copy, array![0.0, 0.0]),
            }
            let found = neighbours(n, side)[tap];
            assert_eq!(found, inside.then_some(m as usize));
        }
    }
}

#[test]
fn eq_8_3_the_product_is_the_sum_over_neighbours() {
    let (side, x) = (4, normal((32, 2), 1));
    let (w, b) = (normal((18, 3), 2), array![0.3, -0.2, 0.1]);
    let y = conv(&x, &w, &b, side);
    for n in 0..32 {
        for o in 0..3 {
            let mut sum = b[o];
            for (tap, m) in neighbours(n, side).iter().enumerate() {
                for c in 0..2 {
                    sum += m.map_or(0.0, |m| x[[m, c]]) * w[[2 * tap + c, o]];
                }
            }
            assert_abs_diff_eq!(y[[n, o]], sum, epsilon = 1e-12);
        }
    }
    let whole = conv_as_defined(&x, &w, &b, side);
    assert_abs_diff_eq!(y, whole, epsilon = 1e-12);
}

#[test]
fn eq_8_3_many_tiles_are_one_convolution() {
    let (w, b) = (normal((18, 3), 3), array![0.3, -0.2, 0.1]);
    for (grids, side) in [(1, 2), (41, 4), (9, 7), (3, 14)] {
        let x = normal((grids * side * side, 2), 4);
        let whole = conv_as_defined(&x, &w, &b, side);
        assert_abs_diff_eq!(conv(&x, &w, &b, side), whole, epsilon = 1e-12);
        let d_y = normal((grids * side * side, 3), 5);
        let fast = conv_backward(&x, &w, &d_y, side);
        let defined = conv_as_defined_backward(&x, &w, &d_y, side);
        assert_abs_diff_eq!(fast.0, defined.0, epsilon = 1e-11);
        assert_abs_diff_eq!(fast.1, defined.1, epsilon = 1e-11);
        assert_abs_diff_eq!(fast.2, defined.2, epsilon = 1e-11);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The gradient of a linear function is its transpose: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩.
    #[test]
    fn eq_8_4_col2im_is_the_transpose_of_im2col(
        side in 1_usize..6, grids in 1_usize..4, c in 1_usize..4, seed in 0_u64..1000,
    ) {
        let n = grids * side * side;
        let (x, y) = (normal((n, c), seed), normal((n, 9 * c), seed + 1));
        let one = (im2col(x.view(), side) * &y).sum();
        let other = (x * col2im(y.view(), side)).sum();
        prop_assert!((one - other).abs() < 1e-10 * (1.0 + one.abs()));
    }

    #[test]
    fn eq_8_4_gradients_of_a_convolution_are_slopes(
        side in 1_usize..4, grids in 1_usize..3, seed in 0_u64..1000,
    ) {
        let n = grids * side * side;
        let (x, w) = (normal((n, 2), seed), normal((18, 3), seed + 1));
        let (b, m) = (Array1::zeros(3), normal((n, 3), seed + 2));
        let (d_x, d_w, d_b) = conv_backward(&x, &w, &m, side);
        let loss = |x: &Array2<f64>, w: &Array2<f64>, b: &Array1<f64>| {
            (conv(x, w, b, side) * &m).sum()
        };
        let slope = numeric_gradient(|x| loss(x, &w, &b), &x, 1e-5);
        prop_assert!(max_rel_err(&d_x, &slope) < 1e-6);
        let slope = numeric_gradient(|w| loss(&x, w, &b), &w, 1e-5);
        prop_assert!(max_rel_err(&d_w, &slope) < 1e-6);
        let slope = numeric_gradient(|b| loss(&x, &w, b), &b, 1e-5);
        prop_assert!(max_rel_err(&d_b, &slope) < 1e-6);
    }

    #[test]
    fn eq_8_6_gradients_of_a_half_are_slopes(seed in 0_u64..200) {
        let model = small(seed);
        let (x, m) = (normal((16, 49), seed), normal((16, 2), seed + 1));
        // A slope at a kink is none: no unit may be that near to one.
        let [first, blocks @ .., _] = &model.encoder.layers[..] else { panic!("two or more") };
        let mut h = x.dot(&first.w) + &first.b;
        let mut far = h.iter().all(|v| v.abs() > 2e-4);
        for block in blocks {
            h = &h + &conv(&h.mapv(|v| v.max(0.0)), &block.w, &block.b, 4);
            far &= h.iter().all(|v| v.abs() > 2e-4);
        }
        prop_assume!(far);
        let loss = |net: &Mlp<f64>| (half(net, x.clone(), 4).y * &m).sum();
        let seen = half(&model.encoder, x.clone(), 4);
        let (d_s, d_net) = half_backward(&model.encoder, &seen, &m, 4);
        let slopes = numeric_gradient_of_network(loss, &model.encoder);
        prop_assert!(network_err(&d_net, &slopes) < 1e-5);
        let d_x = d_s.dot(&model.encoder.layers[0].w.t());
        let at_x = |x: &Array2<f64>| (half(&model.encoder, x.clone(), 4).y * &m).sum();
        prop_assert!(max_rel_err(&d_x, &numeric_gradient(at_x, &x, 1e-5)) < 1e-5);
    }

    /// What a file holds is what the tables say, and at most a byte and a little more.
    #[test]
    fn eq_8_11_the_bits_are_the_file(
        seed in 0_u64..1000, k in 2_usize..40, maps in 1_usize..20,
    ) {
        use ndarray_rand::rand::Rng;
        let mut rng = rng_at(seed, 0);
        let codes = Array2::from_shape_simple_fn((maps, 49), || {
            let u: f64 = rng.random();
            (u * u * k as f64) as usize % k
        });
        let tables = Tables::of_codes(&codes, k).unwrap();
        for map in codes.rows() {
            let map = map.to_vec();
            let (bits, bytes) = (tables.bits(&map), tables.encode(&map).unwrap());
            let written = 8.0 * bytes.len() as f64;
            prop_assert!(written <= bits + 8.01, "{} {}", written, bits);
            prop_assert_eq!(tables.decode(&bytes).unwrap(), map);
        }
    }
}

#[test]
fn eq_8_5_a_half_is_layers_and_shortcuts() {
    let net = small(1).encoder;
    let x = normal((32, 49), 5);
    let relu = |x: &Array2<f64>| x.mapv(|v| v.max(0.0));
    let [first, one, two, last] = &net.layers[..] else { panic!("four") };
    let s = x.dot(&first.w) + &first.b;
    let h = &s + &(im2col(relu(&s).view(), 4).dot(&one.w) + &one.b);
    let h = &h + &(im2col(relu(&h).view(), 4).dot(&two.w) + &two.b);
    let y = relu(&h).dot(&last.w) + &last.b;
    assert_abs_diff_eq!(half(&net, x, 4).y, y, epsilon = 1e-12);
}

#[test]
fn eq_8_7_the_loss_and_who_receives_what() {
    let model = small(2);
    let quantizer =
        Quantizer::new(model.codebook.clone(), Settings::default()).unwrap();
    let x = space_to_depth(&normal((2, 784), 6), 7);
    let nets = (&model.encoder, &model.decoder);
    let done = step(nets, (&quantizer, None), x.clone(), 4, 0.5).unwrap();
    let z_q = &done.found.quantized.z_q;
    let x_hat = half(&model.decoder, z_q.clone(), 4).y;
    assert_abs_diff_eq!(done.reconstruction, 2.0 * mse(&x_hat, &x));
    let far = &done.z_e - z_q;
    let commitment = 0.25 * far.mapv(|v| v * v).mean().unwrap();
    assert_abs_diff_eq!(
        done.found.commitment_loss,
        commitment,
        epsilon = 1e-12
    );
    // The decoder hears of the reconstruction alone, twice as loud at half the variance.
    let other = step(nets, (&quantizer, None), x, 4, 0.25).unwrap();
    let twice = &done.d_decoder.layers[3].w * 2.0;
    assert_abs_diff_eq!(other.d_decoder.layers[3].w, twice, epsilon = 1e-12);
    assert!(network_err(&other.d_encoder, &done.d_encoder) > 1e-3);
}

#[test]
fn eq_8_9_a_constant_image_has_error_one() {
    let x = normal((5, 784), 7).mapv(f64::abs);
    let mean = Array2::from_elem(x.raw_dim(), x.mean().unwrap());
    assert_abs_diff_eq!(mse_over_variance(&x, &mean), 1.0, epsilon = 1e-12);
    assert_eq!(mse_over_variance(&x, &x), 0.0);
    let half_way = (&x + &mean) * 0.5;
    assert_abs_diff_eq!(
        mse_over_variance(&x, &half_way),
        0.25,
        epsilon = 1e-12
    );
}

pub fn config() -> Config {
    let sizes =
        Sizes { codes: 6, width: 2, channels: 4, patch: 7, blocks: 1 };
    Config { sizes, batch: 4, steps: 10, ..Config::default() }
}

pub fn batch(n: u64) -> Array2<f32> {
    normal((4, 784), 100 + n).mapv(|v| (0.3 * v.abs()).min(1.0) as f32)
}

#[test]
fn eq_8_8_the_step_size_falls_and_the_codebook_follows() {
    let config = config();
    let lefts: Vec<f64> = [0, 5, 10, 12].map(|n| config.left(n)).to_vec();
    assert_eq!(lefts, [1.0, 0.5, 0.0, 0.0]);
    let mut training = Training::new(config, batch, 3).unwrap();
    let before = training.model();
    let x = space_to_depth(&batch(0), 7);
    let nets = (&before.encoder, &before.decoder);
    let variance = config.variance;
    let prices = training.prices.as_ref().map(|prices| prices.table(0));
    let done =
        step(nets, (&training.quantizer, prices.as_ref()), x, 4, variance)
            .unwrap();
    let mut quantizer = training.quantizer.clone();
    let indices = &done.found.quantized.indices;
    quantizer.learn(&done.z_e, indices, &mut rng_at(3, 0)).unwrap();
    assert_eq!(training.train_once().unwrap(), done.reconstruction);
    assert_eq!(training.quantizer.codebook(), quantizer.codebook());
    // Adam's first step is its step size, whatever the gradient.
    let moved =
        &training.decoder.net.layers[2].w - &before.decoder.layers[2].w;
    let farthest = moved.fold(0.0_f32, |a, b| a.max(b.abs()));
    let lr = config.adam.lr as f32;
    assert_abs_diff_eq!(farthest, lr, epsilon = lr * 0.01);
}

proptest! {
    #[test]
    fn eq_8_10_probabilities_add_up_and_none_is_zero(
        counts in proptest::collection::vec(0_u64..1_000_000, 2..600),
    ) {
        let p = probabilities(ndarray::aview1(&counts));
        prop_assert_eq!(p.iter().map(|v| u64::from(*v)).sum::<u64>(), 1 << 24);
        prop_assert!(p.iter().all(|v| *v > 0));
        let total = counts.iter().sum::<u64>() as f64;
        if total > 0.0 {
            for (p, n) in p.iter().zip(&counts) {
                let share = *n as f64 / total;
                prop_assert!((f64::from(*p) / (1 << 24) as f64 - share).abs() < 1e-4);
            }
        }
    }
}

/// Prices that something has been learnt for, latents, and a codebook.
fn priced(seed: u64) -> (Prices<f64>, Array2<f64>, Array2<f64>) {
    let rate = Rate { lambda: 0.7, warm_up: 4, keep: 0.9 };
    let mut prices = Prices::new(rate, 3, 5).unwrap();
    let (z, e) = (normal((12, 2), seed), normal((5, 2), seed + 1));
    let indices = nearest(&z, &e).unwrap();
    prices.learn(&z, &gather(&e, &indices), &indices);
    (prices, z, e)
}

#[test]
fn eq_8_12_a_price_is_bits_times_the_distance_of_the_day() {
    let (prices, z, e) = priced(1);
    let indices = nearest(&z, &e).unwrap();
    let mut distance = 0.0;
    let mut share = Array2::<f64>::from_elem((3, 5), 0.9 / 5.0);
    for (row, &k) in indices.iter().enumerate() {
        distance += squared_distance(z.row(row), e.row(k)) / 12.0;
        share[[row % 3, k]] += 0.1 / 4.0; // four maps
    }
    let p = share.mapv(|q| (q + 1e-3 / 5.0) / (1.0 + 1e-3));
    assert_abs_diff_eq!(p.sum(), 3.0, epsilon = 1e-12);
    for (n, lambda) in [(0, 0.0), (1, 0.175), (4, 0.7), (9, 0.7)] {
        let expected = p.mapv(|p| -p.log2() * lambda * 0.1 * distance);
        assert_abs_diff_eq!(prices.table(n), expected, epsilon = 1e-12);
    }
}

proptest! {
    /// By brute force; and as chapter 5's lookup, in one dimension more, where a vector stands as far off as its price asks.
    #[test]
    fn eq_8_13_a_choice_is_a_lookup_with_one_more_coordinate(seed in 0_u64..500) {
        let (prices, z, e) = priced(seed);
        let table = prices.table(4) * 20.0;
        let chosen = cheapest(&z, &e, &table).unwrap();
        for (row, z) in z.rows().into_iter().enumerate() {
            let prices = table.row(row % 3);
            let sums = e.map_axis(Axis(1), |e| squared_distance(z, e)) + prices;
            prop_assert_eq!(chosen[row], first_smallest(sums.view()));
            let up = prices.mapv(f64::sqrt).insert_axis(Axis(1));
            let lifted = concatenate(Axis(1), &[e.view(), up.view()]).unwrap();
            let z = z.iter().copied().chain([0.0]).collect();
            let z = Array2::from_shape_vec((1, 3), z).unwrap();
            prop_assert_eq!(chosen[row], nearest(&z, &lifted).unwrap()[0]);
        }
    }
}

#[test]
fn a_curve_is_read_off_between_its_two_nearest_points() {
    let curve = vec![(256.0, 0.01), (64.0, 0.1), (128.0, 0.05)];
    let at = |bits| error_at(&curve, bits);
    for (bits, error) in &curve {
        assert_abs_diff_eq!(at(*bits), error, epsilon = 1e-12);
    }
    let middle = |a: f64, b: f64| (a * b).sqrt();
    for ((x, y), (x1, y1)) in
        [((64.0, 0.1), (128.0, 0.05)), ((128.0, 0.05), (256.0, 0.01))]
    {
        let found = at(middle(x, x1));
        assert_abs_diff_eq!(found, middle(y, y1), epsilon = 1e-12);
    }
    // Beyond an end the last line goes on.
    assert_abs_diff_eq!(at(32.0), 0.2, epsilon = 1e-12);
    assert_abs_diff_eq!(at(512.0), 0.002, epsilon = 1e-12);
    let alike = vec![(64.0, 0.1), (64.0, 0.1)];
    assert_eq!(error_at(&alike, 92.0), 0.1);
    assert!(error_at(&vec![(64.0, 0.1), (128.0, 0.0)], 90.0) > 0.0);
}

#[test]
fn prices_that_cannot_be_are_refused() {
    let rate = Rate { lambda: -1.0, warm_up: 4, keep: 0.9 };
    let said = Prices::<f32>::new(rate, 3, 5).unwrap_err().to_string();
    assert!(said.contains("lambda"), "{said}");
    let rate = Rate { lambda: 1.0, keep: 1.0, ..rate };
    let said = Prices::<f32>::new(rate, 3, 5).unwrap_err().to_string();
    assert!(said.contains("keep"), "{said}");
}

#[test]
fn eq_8_14_components_are_orthonormal_and_leave_the_least() {
    let wide = normal((60, 4), 8).dot(&normal((4, 784), 9)) + 0.3;
    let found = principal_components(&wide);
    let first = found.directions.slice(s![..4, ..]);
    let one = first.dot(&first.t());
    assert_abs_diff_eq!(one, Array2::eye(4), epsilon = 1e-9);
    // Four directions made these images, so four explain them.
    let centred = &wide - &found.mean;
    let back = centred.dot(&first.t()).dot(&first);
    assert!(max_rel_err(&back, &centred) < 1e-9);
    let variance = centred.mapv(|v| v * v).sum() / 60.0;
    assert_abs_diff_eq!(
        found.variances.sum(),
        variance,
        epsilon = 1e-6 * variance
    );
    assert!(found.variances[3] > 1.0 && found.variances[4] < 1e-6);
}

#[test]
fn eq_8_15_each_bit_goes_where_the_error_is_largest() {
    let variances = array![16.0, 4.0, 1.0, 0.01];
    assert_eq!(shared_bits(&variances, 1), [1, 0, 0, 0]);
    assert_eq!(shared_bits(&variances, 3), [2, 1, 0, 0]);
    assert_eq!(shared_bits(&variances, 6), [3, 2, 1, 0]);
    let left = |given: &[u32]| -> f64 {
        variances
            .iter()
            .zip(given)
            .map(|(v, b)| v / 4.0_f64.powi(*b as i32))
            .sum()
    };
    let best = left(&shared_bits(&variances, 4));
    for a in 0..=4_u32 {
        for b in 0..=4 - a {
            for c in 0..=4 - a - b {
                assert!(best <= left(&[a, b, c, 4 - a - b - c]) + 1e-12);
            }
        }
    }
}
