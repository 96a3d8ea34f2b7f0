//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use code_prior::CHAPTER;
use lab::smoke_run;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "mask.png",
        "root.svg",
        "switches.svg",
        "switch_samples.png",
        "learning.svg",
        "places.svg",
        "extremes.png",
        "samples.png",
        "without.png",
        "temperatures.png",
        "growth.png",
        "looks.png",
        "completions.png",
        "temperature.svg",
        "beside.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];

    assert_eq!(of("jacobian_future_max_abs"), 0.0);
    assert!(of("jacobian_past_min") > 0.0);
    assert!(of("parity_max_rel_err") < 1e-10);
    assert!(of("top_weight_without_root_32") > 0.5);
    assert!(of("top_weight_with_root_32") < 0.25);

    // Seeing its own code, the loss falls faster than any honest one, and the samples repeat their last code.
    assert!(of("switch_leak_loss") < of("switch_right_loss"));
    assert!(
        of("switch_leak_repeats") > of("switch_test_digits_repeats") + 0.1
    );
    assert!(of("switch_lost_loss") > of("switch_right_loss"));
    assert!(of("switch_alone_loss") > of("switch_right_loss"));

    // A prior knows more than a histogram for each place, which knows more than one for all.
    assert!(of("bits_uniform") > of("bits_unigram"));
    assert!(of("bits_unigram") > of("bits_unigram_per_place"));
    assert!(of("bits_prior") < of("bits_uniform"));
    assert!(of("real_frechet") < of("prior_sample_frechet"));
    assert!((of("real_sharpness") - 1.0).abs() < 0.1);
}
