//! One network three times from one beginning: with squared error alone, with a distance of features beside it, and with a
//! discriminator's opinion beside both.

use datasets::PixelRange;
use lab::{
    Axis, Claim, Cost, Experiment, History, Lab, Measurements, Plot, Within,
    panels, rng_at,
};
use ndarray::Array2;

use crate::model::VqGan;
use crate::plain::sharpness;
use crate::run::pictures::below;
use crate::run::setting::{
    Data, Eyes, SEEDS, Verdict, apart, few, note, opponent, over_seeds,
    recipe,
};
use crate::training::{Config, Opponent, Trained, go_on_from};

pub const EXPERIMENT: Experiment = Experiment {
    name: "emoji",
    cost: Cost::Minutes,
    measure,
    figures: &[("growth", draw_growth)],
    claims,
};

/// The three, by name.
const KINDS: [&str; 3] = ["vq_vae", "perceptual", "vq_gan"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let eyes = Eyes::new(lab, &data)?;
    let accuracy = eyes.accuracy(&data);
    lab.result("judge_accuracy", accuracy, Within::Absolute(0.05))?;
    note_floor(lab, &data, &eyes)?;
    let base = recipe(lab, &data);
    note_recipe(lab, &data, &base)?;
    let mut verdicts: [Vec<Verdict>; 3] = Default::default();
    for n in 0..SEEDS {
        let seed = lab.seed().wrapping_add(n as u64);
        let models = train(lab, &data, &eyes, base, (n, seed))?;
        for (model, verdicts) in models.iter().zip(&mut verdicts) {
            verdicts.push(Verdict::of(lab, &data, &eyes, model, seed)?);
        }
        if n == 0 {
            show(lab, &data, &models)?;
        }
    }
    for (name, verdicts) in KINDS.into_iter().zip(&verdicts) {
        note(lab, name, verdicts)?;
    }
    let [plain, _, gan] = &verdicts;
    let ratio = |of: fn(&Verdict) -> f64| -> Vec<f64> {
        plain.iter().zip(gan).map(|(a, b)| of(b) / of(a)).collect()
    };
    let error = ratio(|v| v.error);
    over_seeds(lab, "error_ratio", &error, Within::Factor(1.1))?;
    let frechet = ratio(|v| v.frechet);
    over_seeds(lab, "frechet_ratio", &frechet, Within::Factor(1.5))?;
    let agreement: Vec<f64> = gan.iter().map(|v| v.agreement).collect();
    let within = Within::Absolute(0.05);
    over_seeds(lab, "category_agreement", &agreement, within)
}

/// What the judge makes of a change that nobody would call unreal: the pictures, each mirrored or not, as a coin falls.
fn note_floor(lab: &mut Lab, data: &Data, eyes: &Eyes) -> anyhow::Result<()> {
    let test = &data.pictures.test;
    let rows = data.of_test(&Vec::from_iter(0..test.len()));
    let of_test = eyes.look(data, &data.test);
    let mut floors = Vec::new();
    for n in 0..SEEDS as u64 {
        let rng = &mut rng_at(lab.seed().wrapping_add(n), MIRRORS);
        let x = test.mirrored(&rows, PixelRange::Unit, rng);
        floors.push(apart(&of_test, &eyes.look(data, &x))?);
    }
    over_seeds(lab, "frechet_floor", &floors, Within::Factor(1.5))
}

/// The stream of random numbers that says which pictures are mirrored.
const MIRRORS: u64 = 1 << 62;

fn note_recipe(
    lab: &mut Lab,
    data: &Data,
    config: &Config,
) -> anyhow::Result<()> {
    let opponent = opponent(lab, config);
    let exactly = [
        ("steps", config.steps as f64),
        ("batch", config.batch as f64),
        ("heard_from_step", opponent.heard as f64),
        ("learns_from_step", opponent.learns as f64),
        ("codes", config.sizes.codes as f64),
        ("places", config.sizes.places() as f64),
        ("training_pictures", data.train().len() as f64),
        ("test_pictures", data.test.nrows() as f64),
        ("share", opponent.balance.share),
        ("perceptual_weight", PERCEPTUAL),
    ];
    for (name, value) in exactly {
        lab.result(name, value, Within::Exactly)?;
    }
    let contrast = data.contrast;
    lab.result("pixel_mean", contrast.mean.into(), Within::Absolute(1e-6))?;
    let deviation = contrast.deviation.into();
    lab.result("pixel_deviation", deviation, Within::Absolute(1e-6))
}

/// What the distance of features counts.
const PERCEPTUAL: f64 = 1.0;

/// How the three are trained from their common beginning on, and how that is.
fn configs(lab: &Lab, base: Config) -> ([Config; 3], Config) {
    let judged = opponent(lab, &base);
    let perceptual = Some((PERCEPTUAL, judged.heard));
    let unheard = Opponent { learns: u64::MAX, heard: u64::MAX, ..judged };
    let with = |perceptual, opponent| Config {
        perceptual,
        opponent: Some(opponent),
        ..base
    };
    let three = [
        with(None, unheard),
        with(perceptual, unheard),
        with(perceptual, judged),
    ];
    (three, with(None, judged))
}

/// The last of the three from the first seed: as a run like this one has left it, if one has, or else trained here.
pub fn network(
    lab: &Lab,
    data: &Data,
    eyes: &Eyes,
) -> anyhow::Result<VqGan<f32>> {
    let (three, first) = configs(lab, recipe(lab, data));
    let left = |name: &str, config, steps| {
        let start = data.training(lab, config, Some(&eyes.ruler), lab.seed());
        let name = (lab.chapter(), name);
        lab.finished(name, &lab.checkpoint_path(name.1), steps, start?)
    };
    let (name, [_, _, config]) = ("vq-gan-1", three);
    if let Some((run, _)) = left(name, config, config.steps)? {
        return Ok(run.model());
    }
    let heard = config.opponent.map_or(0, |o| o.heard);
    let ruler = Some(&eyes.ruler);
    let first = match left("base-1", first, heard)? {
        Some((run, _)) => run,
        None => {
            let mut run = data.training(lab, first, ruler, lab.seed())?;
            let stops = milestones(0, heard);
            watched(lab, data, "base-1", stops, &mut run)?;
            run
        }
    };
    let mut run = data.training(lab, config, ruler, lab.seed())?;
    go_on_from(&mut run, &first)?;
    let stops = milestones(heard, config.steps);
    watched(lab, data, name, stops, &mut run)?;
    Ok(run.model())
}

/// The three trainings of a seed. What was seen of each on the way is recorded of the first seed alone.
fn train(
    lab: &mut Lab,
    data: &Data,
    eyes: &Eyes,
    base: Config,
    (n, seed): (usize, u64),
) -> anyhow::Result<[VqGan<f32>; 3]> {
    let named = |name: &str| format!("{name}-{}", n + 1);
    let ruler = &eyes.ruler;
    let (three, first) = configs(lab, base);
    let (from, to) = (opponent(lab, &base).heard, base.steps);
    let mut first = data.training(lab, first, Some(ruler), seed)?;
    let stops = milestones(0, from);
    let before = watched(lab, data, &named("base"), stops, &mut first)?;
    let mut models = Vec::new();
    for (kind, config) in KINDS.into_iter().zip(three) {
        let mut run = data.training(lab, config, Some(ruler), seed)?;
        go_on_from(&mut run, &first)?;
        let name = named(&kind.replace('_', "-"));
        let stops = milestones(from, to);
        let after = watched(lab, data, &name, stops, &mut run)?;
        if n == 0 {
            let whole = [before.clone(), after].concat();
            note_growth(lab, kind, &whole)?;
            let seconds =
                lab.seconds(&named("base"))? + lab.seconds(&name)?;
            let name = format!("{kind}_seconds");
            lab.result(&name, seconds, Within::Timing)?;
            note_terms(lab, kind, &*run)?;
        }
        models.push(run.model());
    }
    Ok(models.try_into().expect("three"))
}

/// Eight looks on the way.
fn milestones(from: u64, to: u64) -> Vec<u64> {
    let steps: Vec<u64> =
        (1..=8).map(|n| from + (to - from) * n / 8).collect();
    let mut steps: Vec<u64> =
        steps.into_iter().filter(|n| *n > from).collect();
    steps.dedup();
    steps
}

/// Trains, and looks at error and sharpness on the way.
fn watched(
    lab: &Lab,
    data: &Data,
    name: &str,
    stops: Vec<u64>,
    run: &mut Box<dyn Trained + '_>,
) -> anyhow::Result<History> {
    let x = few(data);
    lab.train_and_observe(name, stops, run, |run| {
        let y = run.model().reconstruct(&x);
        y.map_or(vec![f32::NAN; 2], |y| {
            let error = data.unexplained(&x, &y);
            let sharp = sharpness(&x, &y, data.form());
            vec![error as f32, sharp as f32]
        })
    })
}

fn note_growth(
    lab: &mut Lab,
    kind: &str,
    history: &History,
) -> anyhow::Result<()> {
    if kind == KINDS[0] {
        lab.column("step", history.iter().map(|at| at.0 as f64))?;
    }
    for (n, what) in ["error", "sharpness"].into_iter().enumerate() {
        let course = history.iter().map(|at| f64::from(at.1[n]));
        lab.column(&format!("{kind}_{what}"), course)?;
    }
    Ok(())
}

/// What λ came to in the last tenth of the steps, and the largest that it was.
fn note_terms(
    lab: &mut Lab,
    kind: &str,
    run: &dyn Trained,
) -> anyhow::Result<()> {
    if kind != "vq_gan" {
        return Ok(());
    }
    let lambda = run.terms().lambda;
    let last = &lambda[lambda.len() - lambda.len().div_ceil(10)..];
    let mean = |of: &[f32]| {
        of.iter().map(|v| f64::from(*v)).sum::<f64>() / of.len() as f64
    };
    let name = format!("{kind}_lambda_in_the_end");
    lab.result(&name, mean(last), Within::Factor(2.0))?;
    let losses = run.opponent_losses();
    let last = &losses[losses.len() - losses.len().div_ceil(10)..];
    let name = format!("{kind}_discriminator_loss_in_the_end");
    lab.result(&name, mean(last), Within::Factor(1.3))
}

/// Test pictures above what each network makes of them.
fn show(
    lab: &Lab,
    data: &Data,
    models: &[VqGan<f32>; 3],
) -> anyhow::Result<()> {
    let step = (data.test.nrows() / 12).max(1);
    let rows: Vec<usize> = (0..data.test.nrows()).step_by(step).collect();
    let rows = &rows[..rows.len().min(12)];
    let x = data.test.select(ndarray::Axis(0), rows);
    let mut shown = vec![x.clone()];
    for model in models {
        shown.push(model.reconstruct(&x)?);
    }
    let shown: Vec<&Array2<f32>> = shown.iter().collect();
    lab.image("reconstructions", &below(&shown, data.form()))
}

fn draw_growth(of: &Measurements) -> anyhow::Result<String> {
    let names = ["squared error", "and features", "and opinion"];
    let plot = |what: &str, label: &str| -> anyhow::Result<Plot> {
        let mut plot =
            Plot::new("").x("step", Axis::Linear).y(label, Axis::Linear);
        for (kind, name) in KINDS.into_iter().zip(names) {
            plot =
                plot.line(name, of.curve("step", &format!("{kind}_{what}"))?);
        }
        let heard = of.value("heard_from_step")?;
        Ok(plot.vertical("they part", heard))
    };
    let error = plot("error", "squared error over variance")?;
    let error = error.y_range(0.0, 0.2);
    let sharp = plot("sharpness", "sharpness")?.horizontal("real", 1.0);
    panels(&[error, sharp], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    vec![
        (
            "the_opinion_sharpens",
            less("vq_vae_sharpness", "vq_gan_sharpness"),
        ),
        ("squared_error_blurs", Claim::less("vq_vae_sharpness", 0.8)),
        ("and_costs_error", less("vq_vae_error", "vq_gan_error")),
        (
            "features_alone_do_not_sharpen_as_much",
            less("perceptual_sharpness", "vq_gan_sharpness"),
        ),
        ("features_soften", less("perceptual_sharpness", "vq_vae_sharpness")),
        ("features_cost_error", less("vq_vae_error", "perceptual_error")),
        (
            "features_are_no_nearer",
            Claim::undecided("vq_vae_frechet", "perceptual_frechet", SEEDS),
        ),
        (
            "nor_harder_to_tell",
            Claim::undecided(
                "told_from_real_vq_vae",
                "told_from_real_perceptual",
                SEEDS,
            ),
        ),
        (
            "the_judge_finds_them_nearer",
            less("vq_gan_frechet", "vq_vae_frechet"),
        ),
        (
            "nearer_than_with_features",
            less("vq_gan_frechet", "perceptual_frechet"),
        ),
        (
            "all_are_nearer_than_mirrored",
            Claim::all_below(
                ["vq_vae_frechet", "perceptual_frechet", "vq_gan_frechet"],
                "frechet_floor",
            ),
        ),
        (
            "a_fresh_eye_does_not_decide",
            Claim::undecided(
                "told_from_real_vq_vae",
                "told_from_real_vq_gan",
                SEEDS,
            ),
        ),
        (
            "the_judge_names_as_before",
            Claim::undecided(
                "vq_gan_category_agreement",
                "vq_vae_category_agreement",
                SEEDS,
            ),
        ),
    ]
}
