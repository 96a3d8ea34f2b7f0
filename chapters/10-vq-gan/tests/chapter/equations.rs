//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use commitment_loss::plain::{Reduction, commitment_loss};
use commitment_loss::quantizer::{Quantizer, Settings};
use gradients::plain::{Activation, last, mse, numeric_gradient, softmax};
use lab::{max_rel_err, rng_at};
use ndarray::Array2;
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;
use stability::net::{Map, Net, layer};
use vq_gan::ledger::{last_of, numeric_gradients, parameters_err};
use vq_gan::model::{Ends, Sizes, VqGan};
use vq_gan::plain::{
    Balance, Coder, Contrast, Critics, Form, Of, Perception, Step,
    adaptive_weight, depth_to_space, guide, opinion, roughness, sharpness,
    space_to_depth, step,
};

pub const FORM: Form = Form { side: 8, channels: 3 };
pub const OF: Of = (FORM, 4);
pub const CONTRAST: Contrast = Contrast { mean: 0.0, deviation: 1.0 };
pub const BOTH: [Ends; 2] = [Ends::Patches, Ends::Windows];
const LEAKY: Activation = Activation::LeakyRelu(0.2);

pub fn normal(shape: (usize, usize), stream: u64) -> Array2<f64> {
    Array2::random_using(shape, StandardNormal, &mut rng_at(10, stream))
}

/// Pictures `[b, 192]`.
pub fn pictures(b: usize, stream: u64) -> Array2<f64> {
    normal((b, FORM.numbers()), stream).mapv(|v| (0.4 * v.abs()).min(1.0))
}

/// Of 4 channels on a grid of 2 × 2, latents of width 2, 5 codes.
pub fn sizes(ends: Ends) -> Sizes {
    let (form, patch) = OF;
    Sizes { form, codes: 5, width: 2, channels: 4, patch, blocks: 1, ends }
}

/// Weights that are not those of a start: no unit sits on its kink.
pub fn small(ends: Ends, seed: u64) -> VqGan<f64> {
    let mut model = VqGan::new(sizes(ends), CONTRAST, &mut rng_at(seed, 0));
    for (n, coder) in
        [&mut model.encoder, &mut model.decoder].into_iter().enumerate()
    {
        let half = coder.half.layers.iter_mut().map(|l| &mut l.b);
        let end = coder.end.layers.iter_mut().map(|l| &mut l.b);
        for (m, b) in half.chain(end).enumerate() {
            let noise = normal((1, b.len()), seed + (10 * n + m) as u64);
            b.assign(&(noise.row(0).to_owned() * 0.1));
        }
    }
    model.codebook = normal((5, 2), seed);
    model
}

/// Halvings of pictures of a form, and a dense layer to two classes.
fn classifier(Form { side, channels }: Form, seed: u64) -> Net<f64> {
    let rng = &mut rng_at(seed, 1);
    let half = side / 2;
    let mut net = Net {
        layers: vec![
            layer(Map::Down { side }, (channels, 3), LEAKY, rng),
            layer(Map::Down { side: half }, (3, 4), LEAKY, rng),
            layer(Map::Dense, (side * side / 4, 2), LEAKY, rng),
        ],
    };
    for (n, layer) in net.layers.iter_mut().enumerate() {
        let noise = normal((1, layer.b.len()), seed + n as u64);
        layer.b.assign(&(noise.row(0).to_owned() * 0.1));
    }
    net
}

pub fn ruler(seed: u64) -> Perception<f64> {
    Perception::new(classifier(FORM, seed), &pictures(6, seed))
}

/// Of four logits a picture, or one for each quarter of its side.
pub fn judge(seed: u64) -> Net<f64> {
    let rng = &mut rng_at(seed, 2);
    let linear = Activation::Identity;
    let mut net = Net {
        layers: vec![
            layer(Map::Down { side: 8 }, (3, 3), LEAKY, rng),
            layer(Map::Down { side: 4 }, (3, 1), linear, rng),
        ],
    };
    net.layers[0].b.assign(&ndarray::arr1(&[0.1, -0.2, 0.05]));
    net
}

#[test]
fn eq_10_1_a_patch_is_a_row_and_comes_back() {
    for (channels, patch) in [(1, 2), (3, 1), (3, 2), (3, 4), (1, 8), (3, 8)]
    {
        let form = Form { side: 8, channels };
        let numbers = form.numbers();
        let x = Array2::from_shape_fn((2, numbers), |(b, n)| {
            (numbers * b + n) as f64
        });
        let grid = 8 / patch;
        let rows = space_to_depth(&x, form, patch);
        let in_patch = patch * patch * channels;
        assert_eq!(rows.dim(), (2 * grid * grid, in_patch));
        for ((row, n), &number) in rows.indexed_iter() {
            let (b, i, j) =
                (row / (grid * grid), row / grid % grid, row % grid);
            let (u, v) = (n / channels / patch, n / channels % patch);
            let pixel = 8 * (patch * i + u) + patch * j + v;
            assert_eq!(number, x[[b, pixel * channels + n % channels]]);
        }
        assert_eq!(depth_to_space(&rows, form, patch), x);
    }
}

#[test]
#[should_panic(expected = "patches of 3 in pictures of 8")]
fn eq_10_1_a_patch_that_does_not_fit_is_refused() {
    space_to_depth(
        &Array2::<f64>::zeros((1, 64)),
        Form { side: 8, channels: 1 },
        3,
    );
}

#[test]
fn eq_10_2_the_distance_is_that_of_features_over_their_size() {
    let ruler = ruler(1);
    let (x, y) = (pictures(3, 7), pictures(3, 8));
    let (of_x, of_y) = (ruler.net.forward(&x), ruler.net.forward(&y));
    let (on, seen) =
        (ruler.net.forward(&pictures(6, 1)), ruler.net.layers.len());
    assert_eq!(seen, 2, "the layer that names classes does not count");
    let mut sum = 0.0;
    for n in 1..=seen {
        let (mut far, mut size) = (0.0, 0.0);
        for (a, b) in of_x[n].iter().zip(&of_y[n]) {
            far += (a - b) * (a - b) / of_x[n].len() as f64;
        }
        for a in &on[n] {
            size += a * a / on[n].len() as f64;
        }
        sum += far / size / seen as f64;
    }
    assert_abs_diff_eq!(ruler.distance(&x, &y).0, sum, epsilon = 1e-12);
    assert_abs_diff_eq!(ruler.distance(&y, &x).0, sum, epsilon = 1e-12);
    let (zero, d) = ruler.distance(&x, &x);
    assert_eq!((zero, d), (0.0, Array2::zeros(x.raw_dim())));
}

/// Features a hundred times as large are measured by a ruler as much longer.
#[test]
fn eq_10_2_the_distance_has_no_scale() {
    let (seen, x, y) = (pictures(6, 1), pictures(3, 7), pictures(3, 8));
    let mut net = classifier(FORM, 1);
    let small = Perception::new(net.clone(), &seen).distance(&x, &y).0;
    let last = &mut net.layers[1];
    last.w *= 100.0;
    last.b *= 100.0;
    let large = Perception::new(net, &seen).distance(&x, &y).0;
    assert!((large / small - 1.0).abs() < 1e-12, "{large} {small}");
    assert!(small > 0.1, "{small}");
}

/// Whether no unit is so near to its kink that a difference sees both sides.
fn far_from_kinks(net: &Net<f64>, x: &Array2<f64>) -> bool {
    let outputs = net.forward(x);
    let bent = net.layers.iter().zip(&outputs[1..]);
    bent.filter(|(l, _)| l.activation == LEAKY)
        .all(|(_, y)| y.iter().all(|v| v.abs() > 2e-5))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn eq_10_3_the_gradient_of_the_distance_is_its_slope(
        b in 1_usize..4, colour in any::<bool>(), large in any::<bool>(), size in 0.05_f64..3.0,
        seed in 0_u64..1000,
    ) {
        let form = Form { side: if large { 8 } else { 4 }, channels: if colour { 3 } else { 1 } };
        let of = |n| normal((b, form.numbers()), seed + n) * size;
        let ruler = Perception::new(classifier(form, seed), &of(0));
        let (x, y) = (of(1), of(2));
        prop_assume!(far_from_kinks(&ruler.net, &y));
        let slope = numeric_gradient(|y| ruler.distance(&x, y).0, &y, 1e-6);
        let err = max_rel_err(&ruler.distance(&x, &y).1, &slope);
        prop_assert!(err < 1e-6, "{:e}", err);
    }

    #[test]
    fn eq_10_4_the_gradient_of_an_opinion_is_its_slope(b in 1_usize..4, seed in 0_u64..1000) {
        let (d, x) = (judge(seed), normal((b, FORM.numbers()), seed));
        prop_assume!(far_from_kinks(&d, &x));
        let (loss, d_x) = opinion(&d, &x);
        let logits = last(&d.forward(&x)).clone();
        prop_assert_eq!(logits.dim(), (b, 4));
        let mean = logits.mapv(|s| (1.0 + (-s).exp()).ln()).mean().unwrap();
        prop_assert!((loss - mean).abs() < 1e-12 * (1.0 + mean));
        let slope = numeric_gradient(|x| opinion(&d, x).0, &x, 1e-6);
        let err = max_rel_err(&d_x, &slope);
        prop_assert!(err < 1e-6, "{:e}", err);
    }

    #[test]
    fn eq_10_5_the_gradient_at_the_last_weights_is_the_one_on_the_way(
        b in 1_usize..4, seed in 0_u64..1000,
    ) {
        for ends in BOTH {
            let decoder = small(ends, seed).decoder;
            let coded = decoder.decode(&normal((4 * b, 2), seed), OF);
            let d_x_hat = normal((b, FORM.numbers()), seed + 1);
            let alone = decoder.at_last_weights(&coded, &d_x_hat, OF);
            let (_, mut all) = decoder.decode_backward(&coded, d_x_hat, OF);
            let err = max_rel_err(&alone, last_of(&mut all));
            prop_assert!(err < 1e-13, "{:?} {:e}", ends, err);
        }
    }

    #[test]
    fn eq_10_8_roughness_is_of_neighbours(
        b in 1_usize..4, side in 2_usize..7, colour in any::<bool>(), seed in 0_u64..1000,
    ) {
        let form = Form { side, channels: if colour { 3 } else { 1 } };
        let x = normal((b, form.numbers()), seed);
        let found = roughness(&x, form);
        for (n, &found) in found.iter().enumerate() {
            let at = |y: usize, x_: usize, c: usize| x[[n, (y * side + x_) * form.channels + c]];
            let (mut sum, mut pairs) = (0.0, 0.0);
            for (y, x_) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
                for c in 0..form.channels {
                    for (other_y, other_x) in [(y + 1, x_), (y, x_ + 1)] {
                        if other_y < side && other_x < side {
                            sum += (at(y, x_, c) - at(other_y, other_x, c)).powi(2);
                            pairs += 1.0;
                        }
                    }
                }
            }
            prop_assert!((found - sum / pairs).abs() < 1e-12 * (1.0 + found));
        }
    }
}

proptest! {
    #[test]
    fn eq_10_9_leaning_is_a_line_through_both(
        n in 1_usize..4, k in 1_usize..6, scale in 0.0_f64..9.0, seed in 0_u64..1000,
    ) {
        let (told, untold) = (normal((n, k), seed), normal((n, k), seed + 1));
        let at = guide(&told, &untold, scale);
        for ((place, s), s_c) in at.indexed_iter().zip(&told) {
            let s_0 = untold[place];
            prop_assert!((s - (s_0 + scale * (s_c - s_0))).abs() < 1e-12);
        }
        prop_assert_eq!(&guide(&told, &untold, 0.0), &untold);
        let apart = guide(&told, &untold, 1.0) - &told;
        prop_assert!(apart.iter().all(|v| v.abs() < 1e-14), "{:e}", apart);
        // Whoever has not heard the wish either is where it was.
        prop_assert_eq!(guide(&told, &told, scale), told);
    }

    #[test]
    fn eq_10_9_what_the_wish_makes_likelier_comes_more_often(
        n in 1_usize..4, k in 2_usize..6, scale in 0.0_f64..9.0, seed in 0_u64..1000,
    ) {
        let (told, untold) = (normal((n, k), seed), normal((n, k), seed + 1));
        let (p_c, p_0) = (softmax(&told), softmax(&untold));
        let mut expected = &p_0 * (&p_c / &p_0).mapv(|share| share.powf(scale));
        for mut row in expected.rows_mut() {
            row /= row.sum();
        }
        let p = softmax(&guide(&told, &untold, scale));
        prop_assert!(max_rel_err(&p, &expected) < 1e-12);
    }
}

/// A discriminator that likes what it sees costs the decoder less.
#[test]
fn eq_10_4_the_way_down_is_the_way_to_higher_logits() {
    let (d, x) = (judge(3), pictures(2, 3));
    let (before, d_x) = opinion(&d, &x);
    let moved = &x - &(d_x * 0.1);
    assert!(opinion(&d, &moved).0 < before);
    let mean = |x: &Array2<f64>| last(&d.forward(x)).mean().unwrap();
    assert!(mean(&moved) > mean(&x));
}

/// A judge of one opinion about everything.
fn constant_judge() -> Net<f64> {
    let mut d = judge(4);
    d.layers.iter_mut().for_each(|l| l.w.fill(0.0));
    d
}

fn norm(d: &Array2<f64>) -> f64 {
    d.mapv(|v| v * v).sum().sqrt()
}

fn done(
    model: &VqGan<f64>,
    critics: Critics<f64>,
    x: &Array2<f64>,
) -> Step<f64> {
    let quantizer = quantizer(model);
    let nets = (&model.encoder, &model.decoder);
    step(nets, &quantizer, critics, x, OF).unwrap()
}

pub fn quantizer(model: &VqGan<f64>) -> Quantizer<f64> {
    Quantizer::new(model.codebook.clone(), Settings::default()).unwrap()
}

fn listening(d: &Net<f64>, balance: Balance) -> Critics<'_, f64> {
    Critics { perception: None, discriminator: Some((d, balance)) }
}

pub const NOBODY: Critics<'static, f64> =
    Critics { perception: None, discriminator: None };

#[test]
fn eq_10_6_what_is_weighed_comes_out_as_large_as_the_rest() {
    let balance = Balance { share: 1.0, adaptive: true, most: 1e3 };
    for ends in BOTH {
        let (model, d, x) = (small(ends, 5), judge(5), pictures(2, 5));
        let of = done(&model, listening(&d, balance), &x);
        let decoded = model.decoder.decode(&of.found.quantized.z_q, OF);
        let at =
            |d: &Array2<f64>| model.decoder.at_last_weights(&decoded, d, OF);
        let rest = at(&((&of.x_hat - &x) * (2.0 / x.len() as f64)));
        let adversarial = at(&opinion(&d, &of.x_hat).1);
        let weighed = norm(&adversarial) * of.lambda;
        assert!((weighed / norm(&rest) - 1.0).abs() < 1e-3, "{weighed}");
        assert_abs_diff_eq!(
            of.lambda,
            norm(&rest) / (norm(&adversarial) + 1e-6),
            epsilon = 1e-9
        );
        assert!(
            of.lambda > 1e-2 && norm(&adversarial) > 1e-3,
            "{}",
            of.lambda
        );
        // The share, and the cap, which is on the ratio.
        let half = Balance { share: 0.5, ..balance };
        assert_abs_diff_eq!(
            done(&model, listening(&d, half), &x).lambda,
            of.lambda / 2.0
        );
        let most = of.lambda / 4.0;
        let capped = Balance { share: 0.5, most, ..balance };
        assert_eq!(
            done(&model, listening(&d, capped), &x).lambda,
            most / 2.0
        );
        let fixed = Balance { adaptive: false, share: 0.3, ..balance };
        assert_eq!(done(&model, listening(&d, fixed), &x).lambda, 0.3);
        assert_eq!(done(&model, NOBODY, &x).lambda, 0.0);
    }
    let (a, b) = (normal((3, 4), 1), normal((3, 4), 2));
    let expected = norm(&a) / (norm(&b) + 1e-6);
    assert_abs_diff_eq!(
        adaptive_weight(&a, &b, 1e3),
        expected,
        epsilon = 1e-12
    );
    assert_eq!(adaptive_weight(&a, &Array2::zeros((3, 4)), 7.0), 7.0);
    let none = Array2::<f64>::zeros((3, 4));
    assert_eq!(adaptive_weight(&none, &none, 7.0), 0.0);
}

/// Its gradient is zero, the ratio as large as it may be, and their product nothing.
#[test]
fn eq_10_6_a_constant_discriminator_is_not_heard() {
    let balance = Balance { share: 1.0, adaptive: true, most: 1e3 };
    for ends in BOTH {
        let (model, x) = (small(ends, 6), pictures(2, 6));
        let d = constant_judge();
        let of = done(&model, listening(&d, balance), &x);
        assert_eq!(of.lambda, 1e3);
        let alone = done(&model, NOBODY, &x);
        assert_eq!(of.d_decoder, alone.d_decoder);
        assert_eq!(of.d_encoder, alone.d_encoder);
        assert_abs_diff_eq!(of.adversarial, 2.0_f64.ln(), epsilon = 1e-12);
    }
}

/// With the weight λ and what the straight-through step holds fast as constants, the step's gradient is the slope of its loss.
fn step_is_the_slope(ends: Ends, critics: Critics<f64>, seed: u64) {
    let (model, x) = (small(ends, seed), pictures(2, seed));
    let of = done(&model, critics, &x);
    let z_q = &of.found.quantized.z_q;
    let bracket = z_q - &of.z_e;
    let of_pixels = |decoder: &Coder<f64>, z: &Array2<f64>| {
        let drawn = decoder.decode(z, OF);
        let x_hat = last(&drawn.end);
        let mut loss = mse(x_hat, &x);
        if let Some((ruler, weight)) = critics.perception {
            loss += ruler.distance(&x, x_hat).0 * weight;
        }
        if let Some((d, _)) = critics.discriminator {
            loss += opinion(d, x_hat).0 * of.lambda;
        }
        loss
    };
    let of_encoder = |encoder: &Coder<f64>| {
        let z = encoder.encode(&x, OF).half.y;
        let beta = Settings::default().beta;
        of_pixels(&model.decoder, &(&z + &bracket))
            + commitment_loss(&z, z_q, beta, Reduction::Mean)
    };
    let of_decoder = |decoder: &Coder<f64>| of_pixels(decoder, z_q);
    let slopes = [
        numeric_gradients(of_encoder, &model.encoder),
        numeric_gradients(of_decoder, &model.decoder),
    ];
    let errs = [
        parameters_err(&of.d_encoder, &slopes[0]),
        parameters_err(&of.d_decoder, &slopes[1]),
    ];
    assert!(errs.iter().all(|e| *e < 1e-6), "{ends:?} {errs:?}");
}

#[test]
fn eq_10_7_the_gradient_of_a_step_is_the_slope_of_its_loss() {
    let (ruler, d) = (ruler(8), judge(8));
    let balance = Balance { share: 0.8, adaptive: true, most: 1e3 };
    for ends in BOTH {
        for (perceives, hears) in
            [(false, false), (true, false), (false, true), (true, true)]
        {
            let critics = Critics {
                perception: perceives.then_some((&ruler, 0.6)),
                discriminator: hears.then_some((&d, balance)),
            };
            step_is_the_slope(ends, critics, 8);
        }
    }
}

#[test]
fn eq_10_7_the_terms_of_a_step() {
    let (ruler, d) = (ruler(9), judge(9));
    let balance = Balance { share: 0.8, adaptive: true, most: 1e3 };
    let critics = Critics {
        perception: Some((&ruler, 0.6)),
        discriminator: Some((&d, balance)),
    };
    for ends in BOTH {
        let (model, x) = (small(ends, 9), pictures(2, 9));
        let of = done(&model, critics, &x);
        let z_e = model.encoder.encode(&x, OF).half.y;
        assert_eq!(of.z_e, z_e);
        let quantized = quantizer(&model).quantize(&z_e).unwrap();
        assert_eq!(of.found, quantized);
        let drawn = model.decoder.decode(&quantized.quantized.z_q, OF);
        assert_eq!(&of.x_hat, last(&drawn.end));
        assert_abs_diff_eq!(
            of.reconstruction,
            mse(&of.x_hat, &x),
            epsilon = 1e-12
        );
        assert_eq!(of.perceptual, ruler.distance(&x, &of.x_hat).0);
        assert_eq!(of.adversarial, opinion(&d, &of.x_hat).0);
        // The other weight moves the decoder elsewhere.
        let louder = Balance { share: 1.6, ..balance };
        let louder = Critics { discriminator: Some((&d, louder)), ..critics };
        let louder = done(&model, louder, &x);
        assert!(parameters_err(&louder.d_decoder, &of.d_decoder) > 1e-2);
    }
}

#[test]
fn eq_10_8_a_blurred_picture_is_smoother_and_noise_is_rougher() {
    let x = pictures(4, 11);
    assert_eq!(sharpness(&x, &x, FORM), 1.0);
    let line = FORM.side * FORM.channels;
    let blurred = Array2::from_shape_fn(x.raw_dim(), |(b, n)| {
        let right = if n % line < line - 3 { n + 3 } else { n };
        (x[[b, n]] + x[[b, right]]) / 2.0
    });
    let share = sharpness(&x, &blurred, FORM);
    assert!((0.2..0.9).contains(&share), "{share}");
    let noisy = &x + &(normal(x.dim(), 12) * 0.3);
    assert!(sharpness(&x, &noisy, FORM) > 1.2);
    // Colours of one pixel are no neighbours.
    let coloured = Array2::from_shape_fn((1, 192), |(_, n)| (n % 3) as f64);
    assert_eq!(roughness(&coloured, FORM)[0], 0.0);
}
