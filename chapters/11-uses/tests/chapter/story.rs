//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers.

use lab::smoke_run;
use uses::CHAPTER;

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "restored-digits.png",
        "restored.svg",
        "codes.png",
        "reach.svg",
        "towards.svg",
        "memory.svg",
        "cures.svg",
        "mended-emoji.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert!(of("noise_wiener_psnr") > of("noise_damaged_psnr"));
    assert!((0.0..=1.0).contains(&of("auc_by_bits_few")));
    let change = ["at_0", "at_1", "at_2", "beyond"];
    let change = change.map(|n| of(&format!("change_{n}")));
    assert!((change.iter().sum::<f64>() - 1.0).abs() < 1e-4);
    assert_eq!(of("towards_0"), 0.0);
}
