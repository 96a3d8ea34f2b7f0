//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use gradients::CHAPTER;
use lab::smoke_run;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "finite_differences.svg",
        "initialisation.svg",
        "digits.svg",
        "mistakes.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert!(of("digit_accuracy") > 0.6, "even thirty steps teach something");
    assert!(of("best_error_central_f64") < 1e-9);
    assert!(of("best_error_central_f64") < of("best_error_forward_f64"));
    assert!(of("best_error_forward_f64") < of("best_error_central_f32"));
    assert!((0.2..5.0).contains(&of("signal_after_20_he")));
    assert!(
        of("signal_after_20_half") < 1e-5
            && of("signal_after_20_twice") > 1e5
    );
    assert!(
        of("valley_loss_after_60_sgd_too_fast")
            > 2.0 * of("valley_loss_after_60_sgd")
    );
    assert!(
        of("zero_start_accuracy") < 0.2,
        "equal units cannot tell digits apart"
    );
}
