//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use lab::smoke_run;
use vq_vae::CHAPTER;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "growth.svg",
        "commitment.svg",
        "rebuilt.png",
        "worst.png",
        "code_map.svg",
        "single.png",
        "usage.svg",
        "between.png",
        "rate.svg",
        "quantizers.svg",
        "pipeline.svg",
        "depth.svg",
        "unrolled.svg",
        "half.svg",
        "interval.svg",
        "dear.svg",
        "height.svg",
        "logged.svg",
        "letters.svg",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];

    // It learns, and what is stored agrees with what is stated.
    assert!(of("test_mse_over_variance") < 1.0);
    assert_eq!(of("bits_uniform"), 49.0 * 4.0);
    assert!(of("bits_unigram") <= of("bits_uniform") + 1e-9);
    assert!((0.0..8.01).contains(&of("payload_beyond_bits_max")));
    let bytes = of("compressed_bytes_mean");
    assert_eq!(bytes, of("payload_bytes_mean") + of("header_bytes"));
    assert!((1.0..=16.0).contains(&of("perplexity")));
    assert!((0.0..=1.0).contains(&of("codes_used_share")));

    // The larger the error of an image, the later it comes in the picture of the worst.
    assert!(of("worst_mse_over_variance") >= of("median_mse_over_variance"));

    // One code reaches as many places as the decoder has 3 × 3 convolutions: here from the middle to every edge.
    assert!((of("change_in_7x7_patches") - 1.0).abs() < 1e-9);
    assert!(of("change_in_own_patch") <= of("change_in_3x3_patches"));

    // More bits, less error, where nothing has to be learnt.
    for (few, many) in [(49, 196), (196, 441)] {
        let error =
            |bits| of(&format!("components_{bits}_mse_over_variance"));
        assert!(error(many) < error(few));
    }
    let patches = |k| of(&format!("patches_{k}_mse_over_variance"));
    assert!(patches(64) < patches(16));
    assert!(of("parity_first_step_rel_err") <= 1e-5);
    // A reader of a curve finds it between its points.
    let at = "kmeans_error_at_128_bits_by_place";
    assert!(of(at) > 0.0 && of(at) < 1.0);
}
