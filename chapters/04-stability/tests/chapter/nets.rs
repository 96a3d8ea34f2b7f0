//! Networks of any linear map: their products, their gradients, their penalty.

use approx::assert_abs_diff_eq;
use gan::plain as chapter_3;
use gradients::plain::{Activation, Mlp, Parameters, last, numeric_gradient};
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
                x[[b, (line as usize * side + column as usize) * c + c_in]]
            }
            false => 0.0,
        }
    };
    Array2::from_shape_fn((x.nrows(), half * half * o), |(b, at)| {
        let (place, out) = (at / o, at % o);
        let (line, column) =
            ((place / half) as isize, (place % half) as isize);
        let mut sum = 0.0;
        for (down, right) in (0..4).flat_map(|d| (0..4).map(move |r| (d, r)))
        {
            for c_in in 0..c {
                let seen = cell(
                    b,
                    2 * line + down - 1,
                    2 * column + right - 1,
                    c_in,
                );
                sum +=
                    seen * w[[((down * 4 + right) as usize) * c + c_in, out]];
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
