//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use codebook_lookup::CHAPTER;
use lab::smoke_run;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "rounding.svg",
        "cells.svg",
        "steps.svg",
        "lloyd.svg",
        "spoilt.svg",
        "quantised.png",
        "codebook.png",
        "rate.svg",
        "cosine.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert_eq!(of("lookup_agreement"), 1.0);
    assert!(of("lookup_ties") > 50.0, "ties were really there");
    assert!(of("dot_product_wrong_share") > 0.3);
    assert!(of("dot_product_codes_used") < of("distance_codes_used"));
    assert_eq!(of("f32_wrong_share_10"), 0.0);
    assert!(of("f32_wrong_share_1000") > 0.1);
    assert_eq!(of("f32_wrong_share_nearest"), 0.0);
    assert!(of("f32_wrong_share_centred") < 0.01);
    assert!(of("f32_in_doubt_share_1000") >= of("f32_wrong_share_1000"));
    assert!((0.0..1.0).contains(&of("f32_bound_used")));
    assert!(of("lloyd_max_increase") <= 1e-12);
    let [better, random] = ["plus_plus", "random"]
        .map(|start| of(&format!("lloyd_last_{start}_median")));
    assert!(better < random);
    assert!(of("spoilt_nearest") > 0.1 && of("spoilt_healthy_lost") < 0.01);
    assert_eq!(of("patch_bits_per_image"), 343.0);
    for (fewer, more) in [(2, 8), (8, 32), (32, 128), (128, 512)] {
        let [few, many] = [fewer, more].map(|k| {
            (
                of(&format!("patch_mse_over_variance_{k}")),
                of(&format!("patch_bits_per_image_coded_{k}")),
                of(&format!("patch_bits_per_image_{k}")),
            )
        });
        assert!(many.0 < few.0 && many.1 > few.1, "{fewer} and {more}");
        assert!(few.1 < few.2, "frequent codes cost less");
    }
    let lost = of("cosine_mse_over_variance_unit");
    assert!(lost > 3.0 * of("cosine_mse_over_variance_with_length"));
    assert!(lost > 3.0 * of("patch_mse_over_variance_128"));
}
