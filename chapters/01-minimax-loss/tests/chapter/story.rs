//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use lab::smoke_run;
use minimax_loss::CHAPTER;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "climb.svg",
        "separation.svg",
        "dropped.svg",
        "gradient.svg",
        "race.svg",
        "logits.svg",
        "spoilt.svg",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert!((of("value_at_equilibrium") + 4.0_f64.ln()).abs() < 1e-9);
    assert!(of("value_when_disjoint") < 1e-6);
    assert!(of("value_identity_max_abs_err") < 1e-9);
    assert!((of("grad_saturating_at_0.01") + 0.01).abs() < 1e-12);
    assert!((of("grad_non_saturating_at_0.01") + 0.99).abs() < 1e-12);
    assert!((of("grad_double_sigmoid_at_0.01") + 0.0049).abs() < 5e-5);
    assert!(of("race_distance_non_saturating") < 0.1);
    assert!(
        of("race_distance_saturating")
            > 2.0 * of("race_distance_non_saturating")
    );
    assert!(of("spoilt_nearest") > 0.1);
    assert_eq!(of("naive_f32_infinite_from"), 17.0);
    assert!((of("logit_form_at_1000") - 1000.0).abs() < 1e-3);
}
