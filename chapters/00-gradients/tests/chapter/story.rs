//! The chapter's story at smoke scale: every experiment runs, and says what the page says.

use gradients::CHAPTER;
use lab::{Options, Scale, Selection, run_chapter};

#[test]
fn the_story_runs_and_is_deterministic() {
    let run = || {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            scale: Scale::Smoke,
            quiet: true,
            out: Some(folder.path().into()),
            ..Options::default()
        };
        let report = run_chapter(&CHAPTER, options, Selection::All).unwrap();
        for figure in [
            "finite_differences.svg",
            "initialisation.svg",
            "digits.svg",
            "mistakes.png",
        ] {
            assert!(
                folder.path().join("figures").join(figure).exists(),
                "{figure}"
            );
        }
        let mut values = report.results.values;
        values.remove("digit_seconds");
        values
    };
    let values = run();
    assert_eq!(values, run(), "one seed, one result");

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
