//! Where the source article slips, shown.

use gradients::plain::{numeric_gradient, sigmoid};
use minimax_loss::plain::{
    g_loss_double_sigmoid, g_loss_double_sigmoid_backward,
    g_loss_non_saturating_backward, optimal_d, value_of_tables,
    value_of_tables_backward,
};
use ndarray::{Array1, array};

/// E2: "G(z) ~ p_data" names the end of the game. At that end the generator's own gradient vanishes; away from it the
/// generator needs a loss, and the statement is none.
#[test]
fn e2_equal_distributions_are_where_the_generator_rests() {
    let p = array![0.5, 0.3, 0.2];
    let slope = |theta: &Array1<f64>| {
        let q = |theta: &Array1<f64>| {
            let e = theta.mapv(f64::exp);
            &e / e.sum()
        };
        let d = optimal_d(&p, &q(theta));
        numeric_gradient(
            |theta| (q(theta) * (1.0 - &d).ln()).sum(),
            theta,
            1e-5,
        )
    };
    let size = |theta: &Array1<f64>| {
        slope(theta).iter().fold(0.0, |a: f64, b| a.max(b.abs()))
    };
    assert!(size(&p.mapv(f64::ln)) < 1e-9);
    assert!(size(&array![0.0, 0.0, 0.0]) > 0.01);
}

/// E3: a D that answers by origin is no function of x. Of all that are, the best says p / (p + q), and 0 or 1 only
/// where one of the two never goes.
#[test]
fn e3_an_overlap_has_no_certain_answer() {
    let (p, q) = (array![0.5, 0.5, 0.0], array![0.0, 0.5, 0.5]);
    assert_eq!(optimal_d(&p, &q), array![1.0, 0.5, 0.0]);
    let sure = array![1.0 - 1e-9, 1.0 - 1e-9, 1e-9];
    let best = value_of_tables(&p, &q, &optimal_d(&p, &q));
    assert!(
        value_of_tables(&p, &q, &sure) < best - 5.0,
        "certainty where both go is dear"
    );
}

/// E4: descending E log D(G(z)) lowers D on the fakes.
#[test]
fn e4_minimising_log_d_teaches_to_be_caught() {
    let loss = |s: &ndarray::Array2<f64>| {
        s.mapv(|s| sigmoid(s).ln()).mean().unwrap()
    };
    let s = array![[-1.0], [0.5]];
    let down = &s - &numeric_gradient(loss, &s, 1e-5);
    assert!(down.iter().zip(&s).all(|(new, old)| new < old));
    let in_use = &s - &g_loss_non_saturating_backward(&s);
    assert!(in_use.iter().zip(&s).all(|(new, old)| new > old));
}

/// E5: the article's L_D is V, and it says to minimise it. Descending V walks away from the best D.
#[test]
fn e5_minimising_the_value_unlearns_the_difference() {
    let (p, q) = (array![0.8, 0.2], array![0.2, 0.8]);
    let mut s: Array1<f64> = array![0.0, 0.0];
    for _ in 0..200 {
        let slope = value_of_tables_backward(&p, &q, &s);
        s -= &slope;
    }
    let d = s.mapv(sigmoid);
    assert!(
        d[0] < 0.05 && d[1] > 0.95,
        "D calls real what is generated: {d}"
    );
}

/// E10: 1/2 is where the game ends. As D's aim it would be the worst of its choices that ignore x; as G's aim it is
/// no place to stop, for the gradient there is not 0.
#[test]
fn e10_one_half_is_nobodys_aim() {
    let (p, q) = (array![0.8, 0.2], array![0.2, 0.8]);
    let half = value_of_tables(&p, &q, &array![0.5, 0.5]);
    assert!((half + 4.0_f64.ln()).abs() < 1e-12);
    assert!(value_of_tables(&p, &q, &optimal_d(&p, &q)) > half + 0.3);
    assert_eq!(g_loss_non_saturating_backward(&array![[0.0]])[[0, 0]], -0.5);
}

/// E16: a sigmoid before a loss on logits pens the loss in and takes the gradient away.
#[test]
fn e16_two_sigmoids() {
    let at = |s: f64| g_loss_double_sigmoid(&array![[s]]);
    assert!(
        (at(1e3) - 0.3133).abs() < 5e-5
            && (at(-1e3) - 2.0_f64.ln()).abs() < 1e-12
    );
    let s = array![[(0.01_f64 / 0.99).ln()]];
    let ratio = g_loss_non_saturating_backward(&s)
        / g_loss_double_sigmoid_backward(&s);
    assert!((ratio[[0, 0]] - 201.0).abs() < 1.0, "{ratio}");
}
