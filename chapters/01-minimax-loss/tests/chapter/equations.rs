//! One test, at least, for every numbered equation of the page.

use approx::assert_abs_diff_eq;
use gradients::plain::{numeric_gradient, sigmoid};
use minimax_loss::ledger::reference;
use minimax_loss::plain::{
    climb, d_loss, d_loss_backward, g_loss_double_sigmoid,
    g_loss_double_sigmoid_backward, g_loss_non_saturating,
    g_loss_non_saturating_backward, g_loss_saturating,
    g_loss_saturating_backward, jsd, kl, optimal_d, optimal_logit, value,
    value_of_logits, value_of_tables, value_of_tables_backward,
};
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

/// Tables of mass, some of it zero.
fn tables() -> impl Strategy<Value = (Array1<f64>, Array1<f64>)> {
    let mass = || prop_oneof![3 => 0.01_f64..1.0, 1 => Just(0.0)];
    let pair = proptest::collection::vec((mass(), mass()), 2..12);
    pair.prop_filter_map("a table without mass", |cells| {
        let (p, q): (Vec<_>, Vec<_>) = cells.into_iter().unzip();
        let (p, q) = (Array1::from(p), Array1::from(q));
        let (a, b) = (p.sum(), q.sum());
        (a > 0.0 && b > 0.0).then(|| (p / a, q / b))
    })
}

/// Logits of a batch.
fn batch() -> impl Strategy<Value = Array2<f64>> {
    proptest::collection::vec(-25.0_f64..25.0, 1..6)
        .prop_map(|v| Array2::from_shape_vec((v.len(), 1), v).unwrap())
}

fn slope_agrees(
    f: impl Fn(&Array2<f64>) -> f64,
    backward: &Array2<f64>,
    s: &Array2<f64>,
) {
    assert_abs_diff_eq!(
        *backward,
        numeric_gradient(f, s, 1e-5),
        epsilon = 1e-8
    );
}

proptest! {
    #[test]
    fn eq_1_3_no_discriminator_does_better((p, q) in tables(), nudge in proptest::collection::vec(-0.3_f64..0.3, 12)) {
        let best = optimal_d(&p, &q);
        let top = value_of_tables(&p, &q, &best);
        let other = Array1::from_shape_fn(p.len(), |n| (best[n] + nudge[n]).clamp(1e-6, 1.0 - 1e-6));
        prop_assert!(value_of_tables(&p, &q, &other) <= top + 1e-12);
    }

    #[test]
    fn eq_1_4_slope_of_the_value((p, q) in tables(), at in proptest::collection::vec(-5.0_f64..5.0, 12)) {
        let s = Array1::from_iter(at.into_iter().take(p.len()));
        let v = |s: &Array1<f64>| value_of_tables(&p, &q, &s.mapv(sigmoid));
        assert_abs_diff_eq!(value_of_tables_backward(&p, &q, &s), numeric_gradient(v, &s, 1e-5), epsilon = 1e-8);
    }

    #[test]
    fn eq_1_5_value_at_the_optimum_is_a_divergence((p, q) in tables()) {
        let top = value_of_tables(&p, &q, &optimal_d(&p, &q));
        let divergence = jsd(&p, &q);
        prop_assert!((top - (2.0 * divergence - 4.0_f64.ln())).abs() < 1e-12);
        prop_assert!((-1e-12..=2.0_f64.ln() + 1e-12).contains(&divergence));
        prop_assert!((divergence - jsd(&q, &p)).abs() < 1e-12);
    }

    #[test]
    fn eq_1_6_d_loss_is_minus_the_value(real in batch(), fake in batch()) {
        assert_abs_diff_eq!(d_loss(&real, &fake), -value(&real, &fake), epsilon = 1e-10);
    }

    #[test]
    fn eq_1_7_d_loss_gradients(real in batch(), fake in batch()) {
        let (d_real, d_fake) = d_loss_backward(&real, &fake);
        slope_agrees(|s| d_loss(s, &fake), &d_real, &real);
        slope_agrees(|s| d_loss(&real, s), &d_fake, &fake);
    }

    #[test]
    fn eq_1_8_saturating(fake in batch()) {
        slope_agrees(g_loss_saturating, &g_loss_saturating_backward(&fake), &fake);
    }

    #[test]
    fn eq_1_9_non_saturating(fake in batch()) {
        slope_agrees(g_loss_non_saturating, &g_loss_non_saturating_backward(&fake), &fake);
    }

    #[test]
    fn eq_1_11_double_sigmoid(fake in batch()) {
        slope_agrees(g_loss_double_sigmoid, &g_loss_double_sigmoid_backward(&fake), &fake);
        let loss = g_loss_double_sigmoid(&fake);
        prop_assert!((0.3132..=0.6932).contains(&loss));
    }
}

#[test]
fn eq_1_1_value_by_its_definition() {
    let (p, q, d) = (array![0.25, 0.75], array![0.5, 0.5], array![0.2, 0.6]);
    let v = 0.25 * 0.2_f64.ln()
        + 0.75 * 0.6_f64.ln()
        + 0.5 * 0.8_f64.ln()
        + 0.5 * 0.4_f64.ln();
    assert_abs_diff_eq!(value_of_tables(&p, &q, &d), v, epsilon = 1e-15);
    // A cell that neither visits does not count, not even where log D is infinite.
    let (p, q) = (array![1.0, 0.0], array![1.0, 0.0]);
    assert_eq!(
        value_of_tables(&p, &q, &array![0.5, 0.0]),
        2.0 * 0.5_f64.ln()
    );
}

#[test]
fn eq_1_2_value_on_logits() {
    let (real, fake) = (array![[0.3], [-1.2]], array![[2.0], [0.0], [-0.7]]);
    let of = |s: &Array2<f64>, f: fn(f64) -> f64| {
        s.mapv(|s| f(1.0 / (1.0 + (-s).exp()))).mean().unwrap()
    };
    let definition = of(&real, f64::ln) + of(&fake, |d| (1.0 - d).ln());
    assert_abs_diff_eq!(value(&real, &fake), definition, epsilon = 1e-14);
    assert_eq!(value(&array![[1000.0]], &array![[1000.0]]), -1000.0);
}

#[test]
fn eq_1_3_and_the_divergence_agree_with_the_reference() {
    let mut values = reference().unwrap();
    let (p, q) = (
        values.vector("tables/p").unwrap(),
        values.vector("tables/q").unwrap(),
    );
    let best = optimal_d(&p, &q);
    assert_abs_diff_eq!(
        best,
        values.vector("tables/optimal_d").unwrap(),
        epsilon = 1e-14
    );
    assert_abs_diff_eq!(
        kl(&p, &q),
        values.scalar("tables/kl").unwrap(),
        epsilon = 1e-13
    );
    assert_abs_diff_eq!(
        jsd(&p, &q),
        values.scalar("tables/jsd").unwrap(),
        epsilon = 1e-13
    );
    assert_abs_diff_eq!(
        value_of_tables(&p, &q, &best),
        values.scalar("tables/value").unwrap(),
        epsilon = 1e-13
    );
    let logits = Array1::from_shape_fn(p.len(), |n| {
        optimal_logit(p[n].ln(), q[n].ln())
    });
    assert_abs_diff_eq!(
        value_of_logits(&p, &q, &logits),
        values.scalar("tables/value").unwrap(),
        epsilon = 1e-13
    );
    for (n, (p, q)) in p.iter().zip(&q).enumerate() {
        assert_abs_diff_eq!(
            sigmoid(optimal_logit(p.ln(), q.ln())),
            best[n],
            epsilon = 1e-14
        );
    }
}

#[test]
fn eq_1_4_climbing_it_leads_to_the_optimum() {
    let (p, q) = (array![0.7, 0.2, 0.1], array![0.1, 0.2, 0.7]);
    let config =
        gradients::plain::AdamConfig { lr: 0.05, ..Default::default() };
    let history = climb(&p, &q, config, 2000);
    assert_abs_diff_eq!(
        history[2000].mapv(sigmoid),
        optimal_d(&p, &q),
        epsilon = 1e-4
    );
}

#[test]
fn eq_1_5_known_values() {
    let (p, q) = (array![0.5, 0.5, 0.0, 0.0], array![0.0, 0.0, 0.5, 0.5]);
    assert_eq!(jsd(&p, &p), 0.0);
    assert_abs_diff_eq!(jsd(&p, &q), 2.0_f64.ln(), epsilon = 1e-15);
    assert_eq!(kl(&p, &q), f64::INFINITY);
}

#[test]
fn eq_1_9_at_one_percent_with_its_rivals() {
    let s = array![[(0.01_f64 / 0.99).ln()]];
    assert_abs_diff_eq!(
        g_loss_saturating_backward(&s)[[0, 0]],
        -0.01,
        epsilon = 1e-15
    );
    assert_abs_diff_eq!(
        g_loss_non_saturating_backward(&s)[[0, 0]],
        -0.99,
        epsilon = 1e-15
    );
    assert_abs_diff_eq!(
        g_loss_double_sigmoid_backward(&s)[[0, 0]],
        -0.0049,
        epsilon = 5e-5
    );
}

type Loss =
    (&'static str, fn(&Array2<f64>) -> f64, fn(&Array2<f64>) -> Array2<f64>);

#[test]
fn eq_1_8_extreme_logits_of_all_three() {
    let mut values = reference().unwrap();
    let s = values.matrix("g_loss/extreme").unwrap();
    let losses: [Loss; 3] = [
        ("saturating", g_loss_saturating, g_loss_saturating_backward),
        (
            "non_saturating",
            g_loss_non_saturating,
            g_loss_non_saturating_backward,
        ),
        (
            "double_sigmoid",
            g_loss_double_sigmoid,
            g_loss_double_sigmoid_backward,
        ),
    ];
    for (name, loss, backward) in losses {
        let expected =
            values.scalar(&format!("{name}/extreme_loss")).unwrap();
        assert_abs_diff_eq!(loss(&s), expected, epsilon = 1e-10);
        let expected = values.matrix(&format!("{name}/extreme_d_s")).unwrap();
        assert_abs_diff_eq!(backward(&s), expected, epsilon = 1e-12);
    }
}

/// With D frozen at its optimum, descending the two losses follows two different divergences.
#[test]
fn eq_1_10_what_each_generator_loss_follows_at_the_optimum() {
    let p = array![0.4, 0.3, 0.2, 0.1];
    let theta = array![0.3, -0.5, 1.0, 0.2];
    let q_of = |theta: &Array1<f64>| {
        let e = theta.mapv(f64::exp);
        &e / e.sum()
    };
    let d = optimal_d(&p, &q_of(&theta)); // frozen
    let saturating =
        |theta: &Array1<f64>| (q_of(theta) * (1.0 - &d).ln()).sum();
    let non_saturating = |theta: &Array1<f64>| -(q_of(theta) * d.ln()).sum();
    let twice_jsd = |theta: &Array1<f64>| 2.0 * jsd(&p, &q_of(theta));
    let reverse = |theta: &Array1<f64>| {
        kl(&q_of(theta), &p) - 2.0 * jsd(&p, &q_of(theta))
    };
    let middle =
        |theta: &Array1<f64>| 2.0 * kl(&(0.5 * (&p + &q_of(theta))), &p);
    assert_abs_diff_eq!(middle(&theta), reverse(&theta), epsilon = 1e-12);
    let slope =
        |f: &dyn Fn(&Array1<f64>) -> f64| numeric_gradient(f, &theta, 1e-5);
    assert_abs_diff_eq!(
        slope(&saturating),
        slope(&twice_jsd),
        epsilon = 1e-8
    );
    assert_abs_diff_eq!(
        slope(&non_saturating),
        slope(&reverse),
        epsilon = 1e-8
    );
    assert!(
        (slope(&twice_jsd) - slope(&reverse)).iter().any(|d| d.abs() > 0.01)
    );
}
