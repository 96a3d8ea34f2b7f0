//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use commitment_loss::CHAPTER;
use lab::smoke_run;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "terms.svg",
        "beta.svg",
        "wrong_term.svg",
        "late.svg",
        "rebuilt.png",
        "ema.svg",
        "usage.svg",
        "codes.png",
        "perplexity.svg",
        "batch.svg",
        "collapse.svg",
        "vae.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];

    // A lookup's posterior costs log K a code, and no choice of codes changes it.
    assert!((of("lookup_bits") - 343.0).abs() < 1e-9);
    assert_eq!(of("lookup_slope"), 0.0);
    assert!(of("soft_slope") > 0.01 && of("soft_nats") < of("lookup_nats"));

    // Who moves: each of these is exactly zero, in both rooms.
    for room in ["", "dfdx_"] {
        for nothing in [
            "reconstruction_grad_on_codebook",
            "codebook_grad_on_encoder",
            "codebook_grad_on_decoder",
            "commitment_grad_on_codebook",
            "commitment_grad_on_decoder",
        ] {
            assert_eq!(of(&format!("{room}{nothing}_max_abs")), 0.0);
        }
        for something in [
            "reconstruction_grad_on_encoder",
            "reconstruction_grad_on_decoder",
            "codebook_grad_on_codebook",
            "commitment_grad_on_encoder",
        ] {
            assert!(of(&format!("{room}{something}_max_abs")) > 1e-4);
        }
    }

    // No commitment: the latents run away. With it they stay, the closer the larger β is.
    assert!(of("beta_0_length") > 2.0 * of("length_start"));
    assert!(of("beta_0.1_length") < 2.0 * of("length_start"));
    assert!(of("beta_0.1_distance") > 1.5 * of("beta_2_distance"));

    // On the wrong term, β does nothing.
    let wrong = of("wrong_beta_0.1_distance") / of("wrong_beta_2_distance");
    assert!((wrong - 1.0).abs() < 0.1);

    // Too late: the codebook never moves, and the latents flee.
    assert_eq!(of("late_grad_on_codebook_max_abs"), 0.0);
    assert!(of("late_grad_on_encoder_max_abs") > 0.0);
    assert_eq!(of("late_codebook_moved"), 0.0);
    assert!(of("cured_codebook_moved") > 0.01);
    assert!(of("late_distance") > 5.0 * of("cured_distance"));

    // A sum pulls C times as hard; β / C makes up for it, here bit for bit.
    assert!(of("summed_distance") < 0.9 * of("mean_distance"));
    assert_eq!(of("summed_cured_distance"), of("mean_distance"));

    assert!(of("ema_vs_means_max_abs_err") < 1e-10);
    assert!(of("ema_mismatched_distance_first") > of("ema_start_distance"));
    assert!(of("ema_empty_distance_first") < of("ema_one_distance_first"));

    let revived = of("random_revived_perplexity");
    assert!(revived > 1.3 * of("random_perplexity"));
    assert!(of("random_revived_alive") > of("random_alive"));
    assert!(of("perplexity_of_16") < of("perplexity_of_64"));
    assert!(of("parity_max_rel_err") < 1e-8);
}
