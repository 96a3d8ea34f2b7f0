//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use lab::smoke_run;
use stability::CHAPTER;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "game.svg",
        "field.svg",
        "growth.svg",
        "stable.svg",
        "logistic.svg",
        "momentum.svg",
        "average.svg",
        "spectral.svg",
        "vanish.svg",
        "critic.svg",
        "pushes.svg",
        "logged.svg",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert!(of("dirac_growth_max_abs_err") < 1e-12);
    assert!(of("dirac_invariant_max_abs_err") < 1e-12);
    assert!(of("dirac_norm_r1") < 0.03);
    assert!(of("dirac_norm_simultaneous") > 3.0);
    for runs in ["linear", "logistic"] {
        for order in ["simultaneous", "alternating"] {
            let name = format!("dirac_stable_disagreements_{runs}_{order}");
            assert_eq!(of(&name), 0.0, "{name}");
        }
    }
    assert!(of("dirac_too_strong") > 100.0);
    assert!(of("dirac_radius_alternating_0.9") > 1.0);
    assert!(of("dirac_radius_alternating_-0.5") < 1.0);
    assert!(of("vanish_slope_0.1_at_1") < 1e-4);
    assert_eq!(of("push_g_least_squares_at_4"), -3.0);
}
