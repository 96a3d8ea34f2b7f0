//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use discriminator_training::CHAPTER;
use lab::{largest_seed_run, smoke_run};

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "mixtures.svg",
        "smoothing.svg",
        "strong.svg",
        "blurred.png",
        "k_steps.svg",
        "article.svg",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert!(of("optimal_d_max_abs_err") < 0.2);
    assert!(
        of("mixture_accuracy") < of("mixture_best_accuracy") + 0.01,
        "nobody beats the best"
    );
    assert!(of("mixture_accuracy") > of("mixture_best_accuracy") - 0.03);
    assert_eq!(
        (of("grad_leak_with_detach"), of("dfdx_grad_leak_with_detach")),
        (0.0, 0.0)
    );
    assert!(of("grad_leak_without_detach") > 1e-4);
    assert!(of("leak_d_of_fakes_after") < of("leak_d_of_fakes_before"));
    assert!(of("digits_vs_noise_accuracy") > 0.95);
    assert!(of("digits_vs_blur_accuracy_at_1") > 0.5);
    assert!((of("article_loss_floor") - 1.3863).abs() < 1e-4);
    assert!(
        of("article_loss_end_one_sigmoid") >= of("article_loss_floor") - 1e-6
    );
    assert!(of("article_accuracy_cured") > 0.95);
}

#[test]
fn any_seed_is_one() {
    let folder = tempfile::tempdir().unwrap();
    largest_seed_run(&CHAPTER, "digits-vs-blur", folder.path());
}
