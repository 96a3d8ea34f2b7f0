//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use lab::smoke_run;
use straight_through::CHAPTER;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "stairs.svg",
        "difference.svg",
        "field.svg",
        "hover.svg",
        "plane.svg",
        "plane_loss.svg",
        "astray.svg",
        "gumbel.svg",
        "rotation.svg",
        "patches.png",
        "patch_loss.svg",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    for zero in [
        "finite_difference_of_lookup_max_abs",
        "encoder_minus_decoder_grad_max_abs",
        "dfdx_encoder_minus_decoder_grad_max_abs",
        "unstopped_encoder_grad_max_abs",
    ] {
        assert_eq!(of(zero), 0.0, "{zero}");
    }
    assert!(of("decoder_grad_max_abs") > 1e-4);
    let ratio = of("finite_difference_at_border_1e-6")
        / of("finite_difference_at_border_1e-3");
    assert!((ratio - 1000.0).abs() < 1e-3);
    assert!(of("bracket_f32_max_abs_err_far") > 0.1);
    assert!((of("smoothed_slope_max_at_0.5") - 1.0).abs() < 0.02);
    assert!(of("smoothed_slope_max_at_0.1") > 3.0);
    assert!((5.0..90.0).contains(&of("ste_bias_mean_angle_at_0.2")));
    assert!((0.02..0.5).contains(&of("ste_bias_share_uphill_at_0.2")));
    assert!(of("score_error_in_64") > 3.0 * of("score_error_in_1"));
    for lr in ["0.02", "0.002", "0.0002"] {
        let hover = |name: &str| of(&format!("hover_{name}_at_{lr}"));
        assert!((hover("mean_z_q") - of("hover_aim")).abs() < 0.01);
        assert!(hover("mean_loss") > 1.4 * of("hover_better_loss"));
    }
    assert_eq!(of("plane_encoder_moved_without"), 0.0);
    assert!(of("plane_encoder_moved_straight_through") > 1.0);
    assert!(of("gumbel_noise_cold") > 100.0 * of("gumbel_noise_hot"));
    assert!(of("gumbel_bias_hot") > 0.9);
    for name in ["straight_through", "rotation", "gumbel", "fsq"] {
        let error = of(&format!("patch_mse_over_variance_{name}"));
        assert!(error > of("patch_mse_over_variance_lloyd_64"), "{name}");
    }
}
