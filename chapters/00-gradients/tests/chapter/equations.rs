//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use gradients::ledger::{ACTIVATIONS, classes, reference};
use gradients::plain::{
    self, Activation, AdamConfig, adam_step, bce_with_logits,
    bce_with_logits_backward, cross_entropy, cross_entropy_backward,
    init_layer, linear, linear_backward, numeric_gradient, product, sgd_step,
    sigmoid, softmax, softplus, tanh,
};
use ndarray::{Array, Array1, Array2, ArrayD, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::SeedableRng;
use ndarray_rand::rand_distr::StandardNormal;
use proptest::prelude::*;
use rand_chacha::ChaCha8Rng;

fn normal(shape: (usize, usize), seed: u64) -> Array2<f64> {
    Array::random_using(
        shape,
        StandardNormal,
        &mut ChaCha8Rng::seed_from_u64(seed),
    )
}

proptest! {
    #[test]
    fn eq_0_1_linear_layer(b in 1_usize..5, i in 1_usize..5, o in 1_usize..5, seed in any::<u64>()) {
        let (x, w, bias) = (normal((b, i), seed), normal((i, o), seed ^ 1), normal((1, o), seed ^ 2));
        let y = linear(&x, &w, &bias.row(0).to_owned());
        for ((row, unit), y) in y.indexed_iter() {
            let sum: f64 = (0..i).map(|n| x[[row, n]] * w[[n, unit]]).sum();
            prop_assert!((y - (sum + bias[[0, unit]])).abs() < 1e-12);
        }
    }

    #[test]
    fn eq_0_2_linear_backward(b in 1_usize..5, i in 1_usize..5, o in 1_usize..5, seed in any::<u64>()) {
        let (x, w, d_y) = (normal((b, i), seed), normal((i, o), seed ^ 1), normal((b, o), seed ^ 2));
        let bias = Array1::zeros(o);
        let (d_x, d_w, d_b) = linear_backward(&x, &w, &d_y);
        let along = |x: &_, w: &_, bias: &_| (linear(x, w, bias) * &d_y).sum();
        assert_abs_diff_eq!(d_x, numeric_gradient(|x| along(x, &w, &bias), &x, 1e-5), epsilon = 1e-8);
        assert_abs_diff_eq!(d_w, numeric_gradient(|w| along(&x, w, &bias), &w, 1e-5), epsilon = 1e-8);
        assert_abs_diff_eq!(d_b, numeric_gradient(|b| along(&x, &w, b), &bias, 1e-5), epsilon = 1e-8);
    }

    #[test]
    fn two_halves_are_one_product(m in 1_usize..200, n in 1_usize..100, o in 1_usize..200, turned in 0..4, seed in any::<u64>()) {
        let shape = |rows, columns, turn: bool| if turn { (columns, rows) } else { (rows, columns) };
        let (turn_a, turn_b) = (turned & 1 == 1, turned & 2 == 2);
        let (a, b) = (normal(shape(m, n, turn_a), seed), normal(shape(n, o, turn_b), seed ^ 1));
        let a = if turn_a { a.t() } else { a.view() };
        let b = if turn_b { b.t() } else { b.view() };
        assert_abs_diff_eq!(product(a, b), a.dot(&b), epsilon = 1e-11);
    }

    #[test]
    fn eq_0_3_tanh(x in -40.0_f64..40.0) {
        prop_assert!((tanh(x) - x.tanh()).abs() < 4.0 * f64::EPSILON);
        prop_assert!((tanh(x as f32) - (x as f32).tanh()).abs() < 4.0 * f32::EPSILON);
        prop_assert!(tanh(1e6 * x).abs() <= 1.0);
    }

    #[test]
    fn eq_0_4_activation_derivatives(x in -8.0_f64..8.0, d_y in -3.0_f64..3.0) {
        prop_assume!(x.abs() > 1e-3); // the corner of a ReLU has no derivative
        for (name, kind) in ACTIVATIONS {
            let (x, d_y) = (array![[x]], array![[d_y]]);
            let d_x = kind.backward(&kind.forward(x.clone()), d_y.clone());
            let slope = numeric_gradient(|x| (kind.forward(x.clone()) * &d_y).sum(), &x, 1e-5);
            prop_assert!((&d_x - &slope)[[0, 0]].abs() < 1e-8, "{name}: {d_x} {slope}");
        }
    }

    #[test]
    fn eq_0_6_bce_gradient(s in -30.0_f64..30.0, other in -3.0_f64..3.0, t in 0.0_f64..1.0) {
        let (s, t) = (array![[s, other]], array![[t, 1.0 - t]]);
        let slope = numeric_gradient(|s| bce_with_logits(s, &t), &s, 1e-5);
        assert_abs_diff_eq!(bce_with_logits_backward(&s, &t), slope, epsilon = 1e-8);
    }
}

#[test]
fn eq_0_3_activations() {
    let x = array![[-2.0, 0.0, 3.0]];
    let of = |kind: Activation| kind.forward(x.clone());
    assert_eq!(of(Activation::Relu), array![[0.0, 0.0, 3.0]]);
    assert_eq!(of(Activation::LeakyRelu(0.2)), array![[-0.4, 0.0, 3.0]]);
    assert_abs_diff_eq!(
        of(Activation::Tanh),
        x.mapv(f64::tanh),
        epsilon = 1e-15
    );
    assert_abs_diff_eq!(
        of(Activation::Sigmoid),
        x.mapv(|v: f64| 1.0 / (1.0 + (-v).exp())),
        epsilon = 1e-15
    );
    for far in [1000.0_f64, f64::MAX] {
        assert_eq!((sigmoid(far), sigmoid(-far)), (1.0, 0.0));
    }
}

#[test]
fn eq_0_5_bce_on_logits() {
    let (s, t) = (
        normal((4, 3), 7),
        array![[0.0, 1.0, 0.5]].broadcast((4, 3)).unwrap().to_owned(),
    );
    let p = s.mapv(sigmoid);
    let definition = -(&t * &p.mapv(f64::ln)
        + (1.0 - &t) * (1.0 - &p).mapv(f64::ln))
    .mean()
    .unwrap();
    assert_abs_diff_eq!(bce_with_logits(&s, &t), definition, epsilon = 1e-12);
}

#[test]
fn eq_0_5_bce_at_extreme_logits() {
    let mut values = reference().unwrap();
    let s = values.vector("extreme/s").unwrap();
    for target in [0.0, 1.0] {
        let losses =
            values.vector(&format!("extreme/loss_{target}")).unwrap();
        let slopes = values.vector(&format!("extreme/d_s_{target}")).unwrap();
        for ((&s, &loss), &slope) in s.iter().zip(&losses).zip(&slopes) {
            let (s, t) = (array![[s]], array![[target]]);
            assert_abs_diff_eq!(
                bce_with_logits(&s, &t),
                loss,
                epsilon = 1e-12
            );
            assert_abs_diff_eq!(
                bce_with_logits_backward(&s, &t)[[0, 0]],
                slope,
                epsilon = 1e-12
            );
        }
    }
    assert_eq!(softplus(1000.0_f32), 1000.0);
}

#[test]
fn eq_0_7_mean_squared_error() {
    let (y, t) =
        (array![[1.0, 2.0], [3.0, 4.0]], array![[1.0, 0.0], [0.0, 4.0]]);
    assert_eq!(plain::mse(&y, &t), 13.0 / 4.0);
    assert_eq!(plain::mse_backward(&y, &t), array![[0.0, 1.0], [1.5, 0.0]]);
}

#[test]
fn eq_0_8_cross_entropy() {
    let s = normal((5, 4), 3) * 3.0;
    let t = [0, 3, 1, 1, 2];
    let picked: f64 =
        softmax(&s).rows().into_iter().zip(t).map(|(p, t)| -p[t].ln()).sum();
    assert_abs_diff_eq!(cross_entropy(&s, &t), picked / 5.0, epsilon = 1e-12);
    let slope = numeric_gradient(|s| cross_entropy(s, &t), &s, 1e-5);
    assert_abs_diff_eq!(
        cross_entropy_backward(&s, &t),
        slope,
        epsilon = 1e-8
    );
    let huge = array![[1000.0, -1000.0]];
    assert_eq!(
        (cross_entropy(&huge, &[0]), cross_entropy(&huge, &[1])),
        (0.0, 2000.0)
    );
    assert_abs_diff_eq!(
        softmax(&s).sum_axis(Axis(1)),
        Array1::ones(5),
        epsilon = 1e-12
    );
}

#[test]
fn eq_0_8_agrees_with_the_reference() {
    let mut values = reference().unwrap();
    let t = classes(&mut values, "cross_entropy/t").unwrap();
    let loss = cross_entropy(&values.matrix("cross_entropy/s").unwrap(), &t);
    assert_abs_diff_eq!(
        loss,
        values.scalar("cross_entropy/loss").unwrap(),
        epsilon = 1e-12
    );
}

#[test]
fn eq_0_9_central_difference_has_an_error_of_second_order() {
    let f = |x: &Array1<f64>| x[0].exp();
    let at = array![0.3];
    let error =
        |h: f64| (numeric_gradient(f, &at, h)[0] - 0.3_f64.exp()).abs();
    let order = (error(1e-2) / error(1e-3)).log10();
    assert_abs_diff_eq!(order, 2.0, epsilon = 0.01);
    // The constant is f''' / 6.
    assert_abs_diff_eq!(
        error(1e-2) / 1e-4,
        0.3_f64.exp() / 6.0,
        epsilon = 1e-4
    );
}

#[test]
fn eq_0_10_initial_weights_have_the_stated_variance() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let expected = [
        (Activation::Relu, 2.0 / 300.0),
        (Activation::LeakyRelu(0.2), 2.0 / (1.04 * 300.0)),
        (Activation::Tanh, 2.0 / 500.0),
    ];
    for (kind, variance) in expected {
        let layer = init_layer::<f64>(300, 200, kind, &mut rng);
        assert_eq!(layer.w.dim(), (300, 200));
        assert_eq!(layer.b, Array1::<f64>::zeros(200));
        assert!((layer.w.var(0.0) / variance - 1.0).abs() < 0.03, "{kind:?}");
    }
}

#[test]
fn eq_0_10_he_keeps_the_signal() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut x = normal((32, 256), 1);
    for _ in 0..20 {
        let layer = init_layer::<f64>(256, 256, Activation::Relu, &mut rng);
        let s = linear(&x, &layer.w, &layer.b);
        assert!(
            (0.3..5.0).contains(&s.std(0.0)),
            "standard deviation {}",
            s.std(0.0)
        );
        x = Activation::Relu.forward(s);
    }
}

/// The parameters after each of ten steps that an optimiser of PyTorch's made.
fn ten_steps(
    name: &str,
    step: impl Fn(&mut ArrayD<f64>, &ArrayD<f64>, &mut [ArrayD<f64>; 2], u64),
) {
    let mut values = reference().unwrap();
    let start = values.matrix("optimiser/start").unwrap();
    let gradients = values.matrix("optimiser/gradients").unwrap();
    let after = values.matrix(&format!("optimiser/{name}")).unwrap();
    let mut theta = start.into_dyn();
    let mut means =
        [ArrayD::zeros(theta.raw_dim()), ArrayD::zeros(theta.raw_dim())];
    for (t, (g, expected)) in
        (1..).zip(gradients.rows().into_iter().zip(after.rows()))
    {
        let g = g.to_owned().into_shape_with_order(theta.raw_dim()).unwrap();
        step(&mut theta, &g, &mut means, t);
        let expected = expected
            .to_owned()
            .into_shape_with_order(theta.raw_dim())
            .unwrap();
        assert_abs_diff_eq!(theta, expected, epsilon = 1e-12);
    }
}

#[test]
fn eq_0_11_gradient_descent() {
    ten_steps("sgd", |p, g, _, _| {
        sgd_step(&mut p.view_mut(), &g.view(), 0.1)
    });
}

#[test]
fn eq_0_12_adam() {
    let standard = AdamConfig { lr: 0.01, ..AdamConfig::default() };
    let half = AdamConfig { lr: 2e-4, beta1: 0.5, ..AdamConfig::default() };
    let zero = AdamConfig { lr: 2e-3, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    for (name, config) in
        [("adam", standard), ("adam_half", half), ("adam_zero", zero)]
    {
        ten_steps(name, |p, g, [m, v], t| {
            adam_step(&mut p.view_mut(), &g.view(), m, v, t, config);
        });
    }
}
