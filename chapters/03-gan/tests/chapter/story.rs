//! The chapter's story at smoke scale: every experiment runs, twice to the same numbers, and says what the page says.

use gan::CHAPTER;
use gan::digits::{pair, widths};
use gan::training::load_generator;
use judge::training_digits;
use lab::{
    Checkpoint, Lab, Options, Resumable, Scale, Selection, run_chapter,
    smoke_run,
};

#[test]
fn the_story_runs_and_is_deterministic() {
    let figures = [
        "turns.svg",
        "ring.svg",
        "arrows.svg",
        "collapse.svg",
        "noise.svg",
        "few.svg",
        "switches.svg",
        "pictured.svg",
        "pictured-curves.svg",
        "losses.svg",
        "samples.png",
        "growth.png",
        "between.png",
        "neighbours.png",
        "centres.png",
        "article.png",
    ];
    let values = smoke_run(&CHAPTER, &figures);
    let of = |name: &str| values[name];
    assert!(of("parity_first_step_rel_err") < 1e-5);
    assert!(of("parity_max_rel_err") < 1e-2);
    assert!(of("real_frechet") < of("digits_frechet"));
    assert!(of("real_recall") > 0.5 && of("real_precision") > 0.5);
    assert_eq!((of("noise_recall"), of("noise_precision")), (0.0, 0.0));
    assert!(
        of("nearest_training_digit_to_an_unseen_digit")
            < of("nearest_training_digit_to_a_sample"),
        "hardly trained, it does not copy"
    );
    assert!(of("parzen_digits") > of("parzen_samples"));
    assert!(of("few_frechet_5") < of("few_frechet_0"));
}

#[test]
fn the_digits_are_trained_whole_on_dfdx() {
    let folder = tempfile::tempdir().unwrap();
    let out = Some(folder.path().to_path_buf());
    let scale = Scale::Smoke;
    let options = Options { scale, out, quiet: true, ..Options::default() };
    let only = Selection::Only("digits-dfdx".into());
    let report = run_chapter(&CHAPTER, options, only).unwrap();
    let values = report.results.values;
    assert_eq!(values["dfdx_digits_steps"], 60.0);
    assert!(values["dfdx_digits_frechet_over_floor"] > 1.0);
    assert!(values.contains_key("dfdx_digits_confident_share"));
    assert_eq!(report.results.provenance.made_with["room"], "dfdx");
    assert!(folder.path().join("figures/samples-dfdx.png").exists());
    let kept = folder.path().join("checkpoints/digits-dfdx.safetensors");
    let (noise, _) = load_generator(&kept).unwrap();
    assert_eq!(noise.width(), 64, "what `sample` draws with");
}

#[test]
fn full_scale_takes_its_first_steps() {
    let options = Options { scale: Scale::Full, ..Options::default() };
    let lab = Lab::new(&CHAPTER, options, Selection::All);
    let digits = training_digits(&lab).unwrap();
    let (small, large) = widths(&lab);
    assert_eq!((small, large), (512, 1024));
    let new = || pair(&lab, &digits, (small, large)).unwrap();
    let mut gan = new();
    for _ in 0..2 {
        let (d_loss, g_loss) = gan.train_once().unwrap();
        assert!(d_loss.is_finite() && g_loss.is_finite());
    }
    let mut kept = Checkpoint::default();
    gan.save(&mut kept);
    let mut resumed = new();
    resumed.restore(&kept).unwrap();
    assert_eq!(gan.train_once(), resumed.train_once());
    assert_eq!(resumed.steps_done(), 3);
    assert_eq!(resumed.mean, gan.mean);
}
