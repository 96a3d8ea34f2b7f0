//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use code_prior::CHAPTER;
use code_prior::training::load;
use lab::{
    Checkpoint, Options, Room, Scale, Selection, run_chapter, smoke_run,
};

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "sees.svg",
        "triangle.svg",
        "block.svg",
        "coder.svg",
        "kernels.svg",
        "wrong.svg",
        "wrong_samples.png",
        "mask.png",
        "root.svg",
        "switches.svg",
        "switch_samples.png",
        "learning.svg",
        "places.svg",
        "extremes.png",
        "files.png",
        "samples.png",
        "without.png",
        "temperatures.png",
        "growth.png",
        "looks.png",
        "completions.png",
        "completion_leak.png",
        "temperature.svg",
        "beside.png",
        "class_samples.png",
        "nearest.png",
        "pixelcnn_field.png",
        "pixelcnn_learning.svg",
        "pixelcnn_samples.png",
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
    assert!(of("switch_leak_test_bits") > of("switch_right_test_bits"));
    assert!(of("switch_lost_loss") > of("switch_right_loss"));
    assert!(of("switch_alone_loss") > of("switch_right_loss"));

    // A prior knows more than a histogram for each place, which knows more than one for all.
    assert!(of("bits_uniform") > of("bits_unigram"));
    assert!(of("bits_unigram") > of("bits_unigram_per_place"));
    assert!(of("bits_prior") < of("bits_uniform"));
    assert!(of("real_frechet") < of("prior_sample_frechet"));
    assert!((of("real_sharpness") - 1.0).abs() < 0.1);

    // Of 1,176 pairs of a place and an earlier one 175 are blind, and later ones all are.
    assert_eq!(of("pixelcnn_future_max_abs"), 0.0);
    assert!((of("pixelcnn_unseen_share") - 175.0 / 1176.0).abs() < 1e-4);
    assert!(of("pixelcnn_bits") < of("bits_uniform"));
    let prior = of("bits_prior");
    assert!((of("transformer_bits") - prior).abs() < 1e-3 * prior);
    assert!(of("training_digit_nearest_to_a_sample_least") > 0.1);

    // What is hidden of a digit changes no code that is given; encoded whole, it changes most of them.
    assert_eq!(of("changed_by_what_is_hidden"), 0.0);
    assert!(of("changed_leaking") > 0.3);

    // A file has whole bytes, and no more than its codes need.
    assert!(of("file_bits_beyond_max") < 8.5);
    assert!(of("file_bytes_mean") >= of("file_ideal_bytes_mean"));
}

/// What was asked for by name, at smoke scale; gives the numbers.
fn only(
    name: &str,
    room: Room,
    out: &std::path::Path,
) -> std::collections::BTreeMap<String, f64> {
    let options = Options {
        scale: Scale::Smoke,
        room,
        quiet: true,
        out: Some(out.into()),
        ..Options::default()
    };
    let report = run_chapter(&CHAPTER, options, Selection::Only(name.into()));
    let measured = report.unwrap_or_else(|e| panic!("{e:#}")).measured;
    measured.into_iter().map(|(name, m)| (name, m.value)).collect()
}

/// On the codes of one tokeniser both rooms come to one prior.
#[test]
fn a_whole_training_on_dfdx_reaches_what_the_plain_room_reaches() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        let name = format!("checkpoints/{name}.safetensors");
        folder.path().join(name)
    };
    let here = only("draw", Room::Plain, folder.path());
    let tokeniser = std::fs::read(at("tokeniser")).unwrap();
    let there = only("draw-dfdx", Room::Plain, folder.path());
    assert_eq!(std::fs::read(at("tokeniser")).unwrap(), tokeniser);
    let (here, there) = (here["bits_prior"], there["dfdx_bits_prior"]);
    assert!((here - there).abs() < 1e-3 * here, "{here} {there}");
    assert!(folder.path().join("figures/samples-dfdx.png").exists());
    let [a, b] = ["prior", "prior-dfdx"].map(|name| load(&at(name)).unwrap());
    assert_eq!(a.sizes(), b.sizes());

    // One of another seed is none of this run's: it is trained anew.
    let mut other = Checkpoint::load(&at("tokeniser")).unwrap();
    other.note("seed", 2);
    other.save(&at("tokeniser")).unwrap();
    only("draw-dfdx", Room::Dfdx, folder.path());
    let trained = Checkpoint::load(&at("tokeniser")).unwrap();
    assert_eq!(trained.notes["seed"], "1");
}

#[test]
fn the_switches_obey_the_room() {
    let folder = tempfile::tempdir().unwrap();
    let here = only("switches", Room::Plain, folder.path());
    let there = only("switches", Room::Dfdx, folder.path());
    for name in ["right", "leak", "lost", "alone"] {
        let losses = lab::over_seeds(&format!("switch_{name}_loss"), 3);
        let of = |all: &std::collections::BTreeMap<String, f64>| -> Vec<f64> {
            losses.iter().map(|name| all[name]).collect()
        };
        let (here, there) = (of(&here), of(&there));
        for (here, there) in here.iter().zip(&there) {
            let apart = (here - there).abs();
            assert!(apart < 1e-3 * here, "{name}: {here} {there}");
        }
        assert!(here != there, "{name} ran in the other room");
    }
}
