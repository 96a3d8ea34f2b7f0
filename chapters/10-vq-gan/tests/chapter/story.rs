//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers.

use lab::smoke_run;
use vq_gan::CHAPTER;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "parts.svg",
        "weighing.svg",
        "contrast.svg",
        "ends.png",
        "growth.svg",
        "reconstructions.png",
        "trade.svg",
        "guidance.svg",
        "wishes.png",
        "nearest.png",
        "scales.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert_eq!(of("training_pictures"), 3362.0);
    assert!(of("vq_vae_error") > 0.0);
    assert_eq!(of("error_ratio"), {
        let ratios = (1..=3).map(|n| {
            of(&format!("vq_gan_error@{n}"))
                / of(&format!("vq_vae_error@{n}"))
        });
        ratios.sum::<f64>() / 3.0
    });
    assert!(of("frechet_floor") > 0.0);
    assert!((0.0..=1.0).contains(&of("told_from_real_vq_gan")));
}
