//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use discriminator_training::ledger::{reference, reference_players};
use discriminator_training::plain::{
    Targets, accuracy, article_d_loss, article_d_loss_backward,
    best_accuracy, d_step, input_gradient, leak_into_generator,
    smoothed_d_loss, smoothed_d_loss_backward, smoothed_optimal_d,
};
use gradients::compare::{network_err, numeric_gradient_of_network};
use gradients::plain::{Mlp, Parameters, numeric_gradient, sigmoid};
use minimax_loss::plain::{
    d_loss, g_loss_non_saturating, g_loss_non_saturating_backward,
    g_loss_saturating, g_loss_saturating_backward, optimal_d, value,
};
use ndarray::{Array2, array};
use proptest::prelude::*;

struct Players {
    g: Mlp<f64>,
    d: Mlp<f64>,
    x_real: Array2<f64>,
    x_fake: Array2<f64>,
    z: Array2<f64>,
}

fn players() -> Players {
    let mut values = reference().unwrap();
    let (g, d) = reference_players(&mut values).unwrap();
    let mut m = |name: &str| values.matrix(name).unwrap();
    let (x_real, x_fake, z) =
        (m("step/x_real"), m("step/x_fake"), m("step/z"));
    Players { g, d, x_real, x_fake, z }
}

#[test]
fn eq_2_1_the_loss_is_minus_the_value() {
    let Players { d, x_real, x_fake, .. } = players();
    let (loss, _) = d_step(&d, &x_real, &x_fake);
    assert_abs_diff_eq!(
        loss,
        -value(&d.output(&x_real), &d.output(&x_fake)),
        epsilon = 1e-12
    );
}

#[test]
fn eq_2_2_the_gradient_is_a_sum_of_two() {
    let Players { d, x_real, x_fake, .. } = players();
    let (_, d_net) = d_step(&d, &x_real, &x_fake);
    let numeric = numeric_gradient_of_network(
        |d| d_loss(&d.output(&x_real), &d.output(&x_fake)),
        &d,
    );
    assert!(network_err(&d_net, &numeric) < 1e-7);
    // A step against it lowers the loss.
    let mut moved = d.clone();
    for (mut to, from) in
        moved.parameters_mut().into_iter().zip(d_net.parameters())
    {
        to.scaled_add(-0.01, &from);
    }
    assert!(
        d_step(&moved, &x_real, &x_fake).0 < d_step(&d, &x_real, &x_fake).0
    );
}

#[test]
fn eq_2_4_detached_fakes_carry_nothing_and_attached_ones_do() {
    let Players { g, d, z, .. } = players();
    let largest = |net: &Mlp<f64>| {
        net.parameters()
            .iter()
            .flat_map(|p| p.iter())
            .fold(0.0, |a: f64, b| a.max(b.abs()))
    };
    assert_eq!(largest(&leak_into_generator(&g, &d, &z, true)), 0.0);
    let leak = leak_into_generator(&g, &d, &z, false);
    assert!(largest(&leak) > 0.01);
    // It is minus the gradient of the generator's own saturating loss: it helps D.
    let own = |g: &Mlp<f64>| g_loss_saturating(&d.output(&g.output(&z)));
    let mut turned = numeric_gradient_of_network(own, &g);
    turned.parameters_mut().into_iter().for_each(|mut p| p *= -1.0);
    assert!(network_err(&leak, &turned) < 1e-7);
}

fn batch() -> impl Strategy<Value = Array2<f64>> {
    proptest::collection::vec(-20.0_f64..20.0, 1..6)
        .prop_map(|v| Array2::from_shape_vec((v.len(), 1), v).unwrap())
}

proptest! {
    #[test]
    fn eq_2_5_smoothed_loss(real in batch(), fake in batch(), a in 0.0_f64..1.0, b in 0.0_f64..1.0) {
        let targets = Targets { real: a, fake: b };
        let (d_real, d_fake) = smoothed_d_loss_backward(&real, &fake, targets);
        let slope = numeric_gradient(|s| smoothed_d_loss(s, &fake, targets), &real, 1e-5);
        assert_abs_diff_eq!(d_real, slope, epsilon = 1e-8);
        let slope = numeric_gradient(|s| smoothed_d_loss(&real, s, targets), &fake, 1e-5);
        assert_abs_diff_eq!(d_fake, slope, epsilon = 1e-8);
    }

    #[test]
    fn eq_2_6_no_answer_beats_the_smoothed_optimum(
        p in 0.01_f64..1.0, q in 0.01_f64..1.0, a in 0.0_f64..1.0, b in 0.0_f64..1.0, s in -6.0_f64..6.0,
    ) {
        let best = smoothed_optimal_d(&array![p], &array![q], Targets { real: a, fake: b })[0];
        let loss = |d: f64| {
            let bce = |t: f64| -t * d.ln() - (1.0 - t) * (1.0 - d).ln();
            p * bce(a) + q * bce(b)
        };
        prop_assume!((1e-6..1.0 - 1e-6).contains(&best));
        prop_assert!(loss(best) <= loss(sigmoid(s)) + 1e-12);
    }

    #[test]
    fn eq_2_8_no_logit_is_below_the_floor(s in batch()) {
        let floor = 2.0 * 2.0_f64.ln();
        prop_assert!(article_d_loss(&s) >= floor - 1e-12);
        assert_abs_diff_eq!(article_d_loss_backward(&s), numeric_gradient(article_d_loss, &s, 1e-5), epsilon = 1e-8);
    }
}

#[test]
fn eq_2_5_without_smoothing_it_is_the_old_loss() {
    let (real, fake) = (array![[0.5], [-1.0]], array![[2.0]]);
    let hard = Targets { real: 1.0, fake: 0.0 };
    assert_eq!(smoothed_d_loss(&real, &fake, hard), d_loss(&real, &fake));
}

#[test]
fn eq_2_6_special_cases() {
    let (p, q) = (array![0.5, 0.2, 0.0], array![0.1, 0.6, 0.0]);
    let of = |real, fake| smoothed_optimal_d(&p, &q, Targets { real, fake });
    assert_abs_diff_eq!(of(1.0, 0.0), optimal_d(&p, &q), epsilon = 1e-15);
    assert_abs_diff_eq!(
        of(0.9, 0.0),
        array![0.75, 0.225, 0.5],
        epsilon = 1e-15
    );
    // Two-sided: where only fakes live, D still answers beta.
    let (none, some) = (array![0.0], array![1.0]);
    assert_eq!(
        smoothed_optimal_d(&none, &some, Targets { real: 0.9, fake: 0.1 })[0],
        0.1
    );
}

#[test]
fn eq_2_7_what_reaches_the_fakes() {
    let Players { d, x_fake, .. } = players();
    let numeric = |loss: fn(&Array2<f64>) -> f64| {
        numeric_gradient(|x| loss(&d.output(x)), &x_fake, 1e-5)
    };
    let found = input_gradient(&d, &x_fake, g_loss_saturating_backward);
    assert_abs_diff_eq!(found, numeric(g_loss_saturating), epsilon = 1e-8);
    let found = input_gradient(&d, &x_fake, g_loss_non_saturating_backward);
    assert_abs_diff_eq!(
        found,
        numeric(g_loss_non_saturating),
        epsilon = 1e-8
    );
    // Row by row the two differ by the factor (1 - D) / D.
    let (a, b) = (
        input_gradient(&d, &x_fake, g_loss_non_saturating_backward),
        input_gradient(&d, &x_fake, g_loss_saturating_backward),
    );
    let p = d.output(&x_fake).mapv(sigmoid);
    for n in 0..x_fake.nrows() {
        let factor = (1.0 - p[[n, 0]]) / p[[n, 0]];
        assert_abs_diff_eq!(
            a.row(n).to_owned(),
            &b.row(n) * factor,
            epsilon = 1e-12
        );
    }
}

#[test]
fn eq_2_8_the_floor_is_two_log_two_at_logit_zero() {
    assert_eq!(article_d_loss(&array![[0.0], [0.0]]), 2.0 * 2.0_f64.ln());
    assert_eq!(article_d_loss_backward(&array![[0.0]])[[0, 0]], 0.0);
}

#[test]
fn eq_2_3_the_best_accuracy() {
    let (p, q) = (array![0.5, 0.3, 0.2], array![0.1, 0.3, 0.6]);
    // By hand: answer "real" where p > q. Right on real: 0.5 (+ 0.3 either way), right on fakes: 0.6.
    assert_abs_diff_eq!(
        best_accuracy(&p, &q),
        0.5 * (0.5 + 0.3) + 0.5 * 0.6,
        epsilon = 1e-15
    );
    assert_eq!(best_accuracy(&p, &p), 0.5);
    let (p, q) = (array![1.0, 0.0], array![0.0, 1.0]);
    assert_eq!(best_accuracy(&p, &q), 1.0);
}

#[test]
fn eq_2_3_the_threshold_is_a_logit_of_zero() {
    let (real, fake) = (array![[0.2], [-0.1], [3.0]], array![[0.1], [-5.0]]);
    assert_abs_diff_eq!(accuracy(&real, &fake), 3.0 / 5.0, epsilon = 1e-15);
}
