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
        "augment.svg",
        "augment-samples.png",
        "translated.svg",
        "translated-to-twemoji.png",
        "translated-to-noto.png",
        "compress.svg",
        "compress-wrong.png",
        "compress-otherwise.png",
        "cures.svg",
        "inside-directions.png",
        "inside-attention.png",
        "variety.svg",
        "variety-sheet.png",
        "cost.svg",
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
    for way in ["nothing", "moved", "samples", "both"] {
        let error = of(&format!("augment_{way}_10"));
        assert!((0.0..=1.0).contains(&error), "{way}: {error}");
    }
    assert_eq!(of("translate_true_error_noto"), 0.0);
    let [few, all] = ["share", "together"]
        .map(|what| of(&format!("inside_principal_{what}")));
    assert!(0.0 < few && few < all && all < 1.5, "{few}, {all}");
    assert!(of("inside_moved_random") < of("inside_moved_most"));
    let header = of("compress_ours_file") - of("compress_ours_bare");
    assert_eq!(header, 96.0);
    assert!(of("compress_ours_sheet") < of("compress_webp_sheet"));
}
