//! The experiments of chapter 7.

pub mod ledger;

use codebook_lookup::plain::{
    assemble, cluster_means, gather, kmeans_plus_plus, nearest, patches,
    usage,
};
use datasets::toy::{Density, GaussianMixture};
use datasets::{Batches, Digits, PixelRange, Split};
use dfdx::prelude::Trace;
use gradients::on_dfdx::Mlp as OnDevice;
use gradients::plain::{Adam, AdamConfig, Mlp, Parameters, mse};
use lab::{Axis, Cost, ImageGrid, Lab, Plot, Within, panels, rng_at, tensor};
use ndarray::{Array1, Array2, Array3, Axis as Dim, array, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::seq::index::sample;
use ndarray_rand::rand_distr::Uniform;

use crate::on_dfdx;
use crate::plain::{
    Ema, Reduction, after_fixed_steps, codebook_loss_backward,
    commitment_loss_backward, expected_codes, perplexity,
};
use crate::quantizer::{Learning, Quantizer, Revival, Settings};
use crate::training::{
    Autoencoder, PATCH, TermGradient, Training, WIDTH, in_room, networks,
    step, term_gradients,
};

/// The experiments of chapter 7.
///
/// # Errors
/// The data cannot be read, an experiment failed, or a file cannot be written.
pub fn run(lab: &mut Lab) -> anyhow::Result<()> {
    let data = &Data::load(lab)?;
    let quick = Cost::Seconds;
    lab.experiment("ledger", quick, compare_everything)?;
    lab.experiment("terms", quick, draw_both_terms)?;
    lab.experiment("who-moves", quick, |lab| who_moves(lab, data))?;
    lab.experiment("beta", quick, |lab| {
        let right = sweep_beta(lab, data)?;
        beta_on_the_wrong_term(lab, data, &right)
    })?;
    lab.experiment("late", quick, |lab| too_late(lab, data))?;
    lab.experiment("learning", quick, |lab| two_ways(lab, data))?;
    lab.experiment("ema", quick, |lab| moving_averages(lab, data))?;
    lab.experiment("dead-codes", quick, |lab| dead_codes(lab, data))?;
    lab.experiment("parity", quick, |lab| two_rooms(lab, data))?;
    Ok(())
}

/// Codes in every codebook of digit patches.
const K: usize = 32;

/// Patches of a step.
const BATCH: usize = 256;

fn compare_everything(lab: &mut Lab) -> anyhow::Result<()> {
    lab::fill_ledger!(lab, ledger::rows)
}

/// Patches with ink, and some whole digits to look at.
struct Data {
    train: Array2<f32>,
    held_out: Array2<f32>,
    digits: Array3<f32>,
    blank: f64,
}

impl Data {
    fn load(lab: &Lab) -> anyhow::Result<Self> {
        let most = lab.by_scale(500, 3000, usize::MAX);
        let (train, all) = inked(lab, Split::Train, most, BATCH)?;
        let most = lab.by_scale(40, 120, 2000);
        let (held_out, test) = inked(lab, Split::Test, most, 1)?;
        let blank = 1.0 - train.nrows() as f64 / (49 * all.dim().0) as f64;
        let digits = test.slice(s![..test.dim().0.min(12), .., ..]);
        Ok(Self { train, held_out, digits: digits.to_owned(), blank })
    }
}

/// The patches with ink, `[N, 16]`, of the first images of a split, `[·, 28, 28]`.
///
/// # Errors
/// The data cannot be read, or there are too few such patches, or they have but one grey value.
fn inked(
    lab: &Lab,
    split: Split,
    most: usize,
    least: usize,
) -> anyhow::Result<(Array2<f32>, Array3<f32>)> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    let rows: Vec<usize> = (0..digits.len().min(most)).collect();
    let images = digits.pixels(&rows, PixelRange::Unit); // [·, 784]
    let images = images.into_shape_with_order((rows.len(), 28, 28))?;
    let cut = patches(&images, 4);
    let patches = cut.select(Dim(0), &has_ink(&cut)); // [N, 16]
    let found = |n| format!("{n} in {} {split} images", rows.len());
    let n = patches.nrows();
    if n < least {
        let expected = format!("at least {least} patches with ink");
        return Err(digits.unsuited(expected, found(n)).into());
    }
    if patches.iter().all(|v| Some(v) == patches.first()) {
        let expected = "patches with ink that differ";
        return Err(digits.unsuited(expected, found(0)).into());
    }
    Ok((patches, images))
}

fn has_ink(patches: &Array2<f32>) -> Vec<usize> {
    let ink = |&n: &usize| patches.row(n).iter().any(|v| *v > 0.0);
    (0..patches.nrows()).filter(ink).collect()
}

fn first(patches: &Array2<f32>, most: usize) -> Array2<f32> {
    let n = patches.nrows().min(most);
    patches.slice(s![..n, ..]).to_owned() // [n, 16]
}

/// A run that differs from the others in what is named here.
#[derive(Clone, Copy)]
struct Case {
    settings: Settings,
    random_start: bool,
    late: bool,
}

impl Case {
    fn new(learning: Learning, beta: f64) -> Self {
        let settings = Settings {
            learning,
            beta,
            usage_decay: 0.97,
            ..Settings::default()
        };
        Self { settings, random_start: false, late: false }
    }
}

const EMA: Learning = Learning::Ema { gamma: 0.99, debias: true };

fn by_gradient() -> Learning {
    Learning::gradient(1e-3)
}

/// What is seen of a run after some steps, on patches that it does not train on.
#[derive(Clone, Copy)]
struct Seen {
    step: f64,
    /// Mean length of a latent.
    length: f64,
    /// Mean distance of a latent from its code.
    distance: f64,
    /// Mean squared error of the pixels over their variance.
    unexplained: f64,
    perplexity: f64,
}

fn see(step: u64, run: &Autoencoder, data: &Data) -> anyhow::Result<Seen> {
    let x = &data.held_out;
    let z_e = run.encoder.output(x); // [N, C]
    let found = run.quantizer.quantize(&z_e)?.quantized;
    let x_hat = run.decoder.output(&found.z_q); // [N, 16]
    Ok(Seen {
        step: step as f64,
        length: mean_length(&z_e),
        distance: mean_length(&(&z_e - &found.z_q)),
        unexplained: f64::from(mse(&x_hat, x) / x.var(0.0)),
        perplexity: run.quantizer.perplexity(&found.indices),
    })
}

fn mean_length(rows: &Array2<f32>) -> f64 {
    let lengths = rows.map_axis(Dim(1), |row| row.dot(&row).sqrt()); // [N]
    f64::from(lengths.sum()) / lengths.len() as f64
}

/// Trains from the same networks on the same batches as every other case.
fn train(
    lab: &Lab,
    data: &Data,
    case: Case,
) -> anyhow::Result<(Autoencoder, Vec<Seen>)> {
    let nets = networks(&mut lab.rng("networks"));
    let mut rng = lab.rng("codebook");
    let settings = case.settings;
    let quantizer = match case.random_start {
        true => {
            let wide = Uniform::new(-2.0, 2.0)?;
            let start = Array2::random_using((K, WIDTH), wide, &mut rng);
            Quantizer::new(start, settings)?
        }
        false => {
            let x = first(&data.train, 2048);
            let z_e = nets.0.output(&x); // [2048, C]
            Quantizer::from_latents(&z_e, K, 5, settings, &mut rng)?
        }
    };
    let config = AdamConfig { lr: 2e-3, ..AdamConfig::default() };
    let mut run = Training::new(
        nets,
        quantizer,
        config,
        &data.train,
        BATCH,
        lab.seed(),
    )?;
    run.late = case.late;
    let mut run = in_room(lab, run)?;
    let steps = lab.by_scale(100, 1000, 20_000);
    let every = (steps / 20).max(1);
    let mut seen = vec![see(0, &run.now(), data)?];
    for done in 1..=steps {
        run.step()?;
        if done % every == 0 {
            run.settle()?;
            seen.push(see(done, &run.now(), data)?);
        }
    }
    Ok((run.now(), seen))
}

fn curve(seen: &[Seen], of: fn(&Seen) -> f64) -> Vec<(f64, f64)> {
    seen.iter().map(|s| (s.step, of(s))).collect()
}

fn end(seen: &[Seen]) -> Seen {
    seen[seen.len() - 1]
}

fn over_steps(title: &str, y: &str, axis: Axis) -> Plot {
    Plot::new(title).x("step", Axis::Linear).y(y, axis)
}

/// Both terms in the plane: one step of each, drawn as arrows.
fn draw_both_terms(lab: &mut Lab) -> anyhow::Result<()> {
    let mixture = GaussianMixture::new(
        vec![0.5, 0.3, 0.2],
        array![[-1.2, -0.6], [1.2, -0.4], [0.1, 1.3]],
        0.35,
    )?;
    let z_e = mixture.sample(60, &mut lab.rng("terms")); // [60, 2]
    let codebook = array![[-0.5, -1.3], [1.9, 0.4], [-0.6, 0.7]];
    let indices = nearest(&z_e, &codebook)?;
    let z_q = gather(&codebook, &indices); // [60, 2]
    let reduction = Reduction::SumOverComponents;
    let d_codebook =
        codebook_loss_backward(&z_e, &codebook, &indices, reduction);
    let d_z_e = commitment_loss_backward(&z_e, &z_q, 0.25, reduction);
    let points = |of: &Array2<f64>| -> Vec<(f64, f64)> {
        of.rows().into_iter().map(|row| (row[0], row[1])).collect()
    };
    let arrows = |from: &Array2<f64>, by: &Array2<f64>| {
        let to = points(&(from - by));
        let ends = points(from).into_iter().zip(to);
        ends.flat_map(|(a, b)| [a, b]).collect::<Vec<_>>()
    };
    let plot = |title| {
        Plot::new(title)
            .x("", Axis::Linear)
            .y("", Axis::Linear)
            .x_range(-2.4, 2.4)
            .y_range(-2.0, 2.4)
            .colour(5)
            .points("", points(&z_e))
            .colour(1)
            .points("", points(&codebook))
    };
    let left = plot("codebook term: codes move")
        .colour(1)
        .arrows("", arrows(&codebook, &d_codebook));
    let right = plot("commitment term: latents move")
        .colour(0)
        .arrows("", arrows(&z_e, &(d_z_e * 40.0)));
    lab.figure("terms", &panels(&[left, right], 2)?)
}

fn largest(net: &Mlp<f64>) -> f64 {
    let parameters = net.parameters();
    let all = parameters.iter().flat_map(|p| p.iter());
    all.fold(0.0, |a, b| a.max(b.abs()))
}

/// Networks and a codebook in double precision, and some batches.
fn doubled(
    lab: &Lab,
    data: &Data,
    learning: Learning,
) -> anyhow::Result<((Mlp<f64>, Mlp<f64>), Quantizer<f64>, Vec<Array2<f64>>)>
{
    let nets = networks::<f64>(&mut lab.rng("networks"));
    let mut batches = Batches::new(data.train.nrows(), 64, lab.seed())?;
    let batches: Vec<_> = (0..lab.by_scale(4, 20, 50))
        .map(|t| {
            let x = data.train.select(Dim(0), &batches.batch(t)); // [64, 16]
            x.mapv(f64::from)
        })
        .collect();
    let x = first(&data.train, 512).mapv(f64::from);
    let settings = Settings { learning, ..Settings::default() };
    let quantizer = Quantizer::from_latents(
        &nets.0.output(&x),
        K,
        5,
        settings,
        &mut lab.rng("codebook"),
    )?;
    Ok((nets, quantizer, batches))
}

/// The table of three terms and three parts, in both rooms.
fn who_moves(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    lab.result("k", K as f64, Within::Exactly)?;
    lab.result("blank_patches", data.blank, Within::Absolute(0.01))?;
    let ((encoder, decoder), quantizer, batches) =
        doubled(lab, data, by_gradient())?;
    let x = &batches[0];
    let by_hand = term_gradients((&encoder, &decoder), &quantizer, x)?;
    let by_hand =
        by_hand.map(|TermGradient { encoder, codebook, decoder }| {
            let at_codebook = codebook.fold(0.0_f64, |a, b| a.max(b.abs()));
            [largest(&encoder), at_codebook, largest(&decoder)]
        });
    let taped: anyhow::Result<([[f64; 3]; 3], [f64; 3])> =
        lab::on_device!(lab.device(), |dev| {
            let [e, d] = [&encoder, &decoder].map(|n| OnDevice::new(&dev, n));
            let codebook = quantizer.codebook();
            let codebook = tensor(&dev, codebook, codebook.dim()); // [K, C]
            let x = tensor(&dev, x, x.dim()); // [B, 16]
            let (nets, settings) = ((&e, &d), quantizer.settings());
            let of = || on_dfdx::terms(nets, &codebook, settings, x.clone());
            let size = |l| on_dfdx::largest_gradients(nets, &codebook, l);
            // A term alone: the others have a tape, and weight 0.
            let alone = |n: usize| {
                let (of, weight) = (of(), |m| f64::from(m == n));
                let sum = of.reconstruction * weight(0)
                    + of.codebook * weight(1)
                    + of.commitment * weight(2);
                size(sum)
            };
            let of = of();
            let z_e = e.forward(x.leaky_trace()); // [B, C]
            let late =
                on_dfdx::late_codebook_loss(z_e, of.z_q, settings.reduction);
            Ok(([0, 1, 2].map(alone), size(late)))
        });
    let (taped, late) = taped?;
    let terms = ["reconstruction", "codebook", "commitment"];
    let parts = ["encoder", "codebook", "decoder"];
    for ((term, hand), tape) in terms.iter().zip(by_hand).zip(taped) {
        for ((part, hand), tape) in parts.iter().zip(hand).zip(tape) {
            let name = format!("{term}_grad_on_{part}_max_abs");
            let within = match hand {
                0.0 => Within::Exactly,
                _ => Within::Relative(1e-3),
            };
            lab.result(&name, hand, within)?;
            lab.result(&format!("dfdx_{name}"), tape, within)?;
        }
    }
    lab.result("late_grad_on_codebook_max_abs", late[1], Within::Exactly)?;
    lab.result(
        "late_grad_on_encoder_max_abs",
        late[0],
        Within::Relative(1e-3),
    )
}

const BETAS: [f64; 5] = [0.0, 0.1, 0.25, 1.0, 2.0];

/// The same run under five weights of the commitment term.
fn sweep_beta(
    lab: &mut Lab,
    data: &Data,
) -> anyhow::Result<Vec<(f64, Seen)>> {
    let mut length = over_steps("", "mean length of a latent", Axis::Log);
    let mut error =
        over_steps("", "MSE / variance", Axis::Linear).y_range(0.2, 1.0);
    let mut ends = Vec::new();
    for beta in BETAS {
        let (_, seen) = train(lab, data, Case::new(by_gradient(), beta))?;
        let last = end(&seen);
        let rough = if beta == 0.0 { 30.0 } else { 1.5 };
        for (name, value) in [
            ("length", last.length),
            ("distance", last.distance),
            ("unexplained", last.unexplained),
            ("perplexity", last.perplexity),
        ] {
            let name = format!("beta_{beta}_{name}");
            lab.result(&name, value, Within::Factor(rough))?;
        }
        if beta == 0.0 {
            let first = seen[0].length;
            lab.result("length_start", first, Within::Factor(1.2))?;
            lab.result("beta_steps", last.step, Within::Exactly)?;
        }
        let label = format!("β = {beta}");
        length = length.line(&label, curve(&seen, |s| s.length));
        error = error.line("", curve(&seen, |s| s.unexplained));
        ends.push((beta, last));
    }
    lab.figure("beta", &panels(&[length, error], 1)?)?;
    Ok(ends)
}

/// The weight on the codebook term instead: the commitment term then has the weight 1, whatever β is.
fn beta_on_the_wrong_term(
    lab: &mut Lab,
    data: &Data,
    right: &[(f64, Seen)],
) -> anyhow::Result<()> {
    let adam = AdamConfig { lr: 1e-3, ..AdamConfig::default() };
    let mut wrong = Vec::new();
    for beta in [0.1, 0.25, 1.0, 2.0] {
        let learning = Learning::Gradient { adam, weight: beta };
        let (_, seen) = train(lab, data, Case::new(learning, 1.0))?;
        let distance = end(&seen).distance;
        wrong.push((beta, distance));
        let name = format!("wrong_beta_{beta}_distance");
        lab.result(&name, distance, Within::Factor(1.5))?;
    }
    let right: Vec<_> = right.iter().map(|(b, s)| (*b, s.distance)).collect();
    let ratio = |ends: &[(f64, f64)]| {
        let at = |beta| {
            let found = ends.iter().find(|(b, _)| *b == beta);
            found.map_or(f64::NAN, |(_, distance)| *distance)
        };
        at(0.1) / at(2.0)
    };
    lab.result("right_beta_ratio", ratio(&right), Within::Factor(1.5))?;
    lab.result("wrong_beta_ratio", ratio(&wrong), Within::Factor(1.3))?;
    let right = right.into_iter().filter(|(beta, _)| *beta > 0.0);
    let right: Vec<_> = right.collect();
    let plot = Plot::new("")
        .x("β", Axis::Log)
        .y("distance of a latent from its code", Axis::Linear)
        .y_range(0.0, 0.8)
        .line("β on the commitment term", right.clone())
        .line("β on the codebook term", wrong.clone())
        .colour(0)
        .points("", right)
        .points("", wrong);
    lab.figure("wrong_term", &plot.svg()?)
}

/// Digits through an autoencoder, patch by patch; blank patches stay blank.
fn rebuild(
    run: &Autoencoder,
    digits: &Array3<f32>,
) -> anyhow::Result<Array3<f32>> {
    let mut cut = patches(digits, 4); // [12 · 49, 16]
    let rows = has_ink(&cut);
    let z_e = run.encoder.output(&cut.select(Dim(0), &rows)); // [N, C]
    let z_q = run.quantizer.quantize(&z_e)?.quantized.z_q; // [N, C]
    let x_hat = run.decoder.output(&z_q); // [N, 16]
    for (n, row) in rows.into_iter().zip(x_hat.rows()) {
        cut.row_mut(n).assign(&row);
    }
    Ok(assemble(&cut, (28, 28))) // [12, 28, 28]
}

fn rows_of_digits<'a>(
    rows: impl IntoIterator<Item = &'a Array3<f32>>,
) -> ImageGrid {
    let rows: Vec<_> = rows.into_iter().collect();
    let mut grid = ImageGrid::new(rows.first().map_or(1, |r| r.dim().0));
    for image in rows.iter().flat_map(|images| images.outer_iter()) {
        grid.push(image, 0.0, 1.0);
    }
    grid
}

/// The codebook term taken after the straight-through step.
fn too_late(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    let cured = Case::new(by_gradient(), 0.25);
    let adam = AdamConfig { lr: 1e-3, ..AdamConfig::default() };
    let learning = Learning::Gradient { adam, weight: 0.0 };
    let late = Case { late: true, ..Case::new(learning, 0.25) };
    let start = first_codebook(lab, data, late)?;
    let (run, seen) = train(lab, data, late)?;
    let moved = run.quantizer.codebook() - &start;
    let moved = moved.fold(0.0_f32, |a, b| a.max(b.abs()));
    let (well, well_seen) = train(lab, data, cured)?;
    let well_moved = well.quantizer.codebook() - &start;
    let well_moved = well_moved.fold(0.0_f32, |a, b| a.max(b.abs()));
    lab.result("late_codebook_moved", moved.into(), Within::Exactly)?;
    lab.result(
        "cured_codebook_moved",
        well_moved.into(),
        Within::Factor(2.0),
    )?;
    for (name, seen) in [("late", &seen), ("cured", &well_seen)] {
        let last = end(seen);
        let rough = if name == "late" { 30.0 } else { 1.5 };
        for (what, value) in [
            ("distance", last.distance),
            ("unexplained", last.unexplained),
            ("perplexity", last.perplexity),
        ] {
            let name = format!("{name}_{what}");
            lab.result(&name, value, Within::Factor(rough))?;
        }
    }
    let distance = over_steps("", "distance from the code", Axis::Log)
        .line("cured", curve(&well_seen, |s| s.distance))
        .line("taken too late", curve(&seen, |s| s.distance));
    let error = over_steps("", "MSE / variance", Axis::Linear)
        .y_range(0.0, 1.2)
        .line("", curve(&well_seen, |s| s.unexplained))
        .line("", curve(&seen, |s| s.unexplained));
    lab.figure("late", &panels(&[distance, error], 2)?)?;
    let digits = &data.digits;
    let [cured, late] = [rebuild(&well, digits)?, rebuild(&run, digits)?];
    lab.image("rebuilt", &rows_of_digits([digits, &cured, &late]))
}

/// The codebook that a case starts from.
fn first_codebook(
    lab: &Lab,
    data: &Data,
    case: Case,
) -> anyhow::Result<Array2<f32>> {
    let nets = networks::<f32>(&mut lab.rng("networks"));
    let x = first(&data.train, 2048);
    let z_e = nets.0.output(&x); // [2048, C]
    let rng = &mut lab.rng("codebook");
    let start = Quantizer::from_latents(&z_e, K, 5, case.settings, rng)?;
    Ok(start.codebook().clone())
}

/// By gradient, by moving averages, and the factor that a sum hides.
fn two_ways(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    let plain = Learning::Ema { gamma: 0.99, debias: false };
    let mut summed = Case::new(EMA, 0.25);
    summed.settings.reduction = Reduction::SumOverComponents;
    let mut cured = Case::new(EMA, 0.25 / WIDTH as f64);
    cured.settings.reduction = Reduction::SumOverComponents;
    let cases = [
        ("gradient", Case::new(by_gradient(), 0.25)),
        ("ema", Case::new(EMA, 0.25)),
        ("ema_plain", Case::new(plain, 0.25)),
        ("summed", summed),
        ("summed_cured", cured),
    ];
    for (name, case) in cases {
        let (_, seen) = train(lab, data, case)?;
        let last = end(&seen);
        for (what, value) in [
            ("distance", last.distance),
            ("unexplained", last.unexplained),
            ("perplexity", last.perplexity),
        ] {
            let name = format!("way_{name}_{what}");
            lab.result(&name, value, Within::Factor(1.5))?;
        }
    }
    Ok(())
}

/// Moving averages with a fixed assignment, against the cluster means.
fn moving_averages(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    let gamma = 0.99;
    let (encoder, _) = networks::<f64>(&mut lab.rng("networks"));
    let z_e = encoder.output(&data.train.mapv(f64::from)); // [N, C]
    let mut rng = lab.rng("ema");
    let centres = kmeans_plus_plus(&z_e, 8, &mut rng)?; // [8, C]
    let indices = nearest(&z_e, &centres)?;
    let means = cluster_means(&z_e, &indices, &centres); // [8, C]
    let wide = Uniform::new(-2.0, 2.0)?;
    let start = Array2::random_using((8, WIDTH), wide, &mut rng); // [8, C]

    // One batch again and again: exact.
    let far = |a: &Array2<f64>, b: &Array2<f64>| {
        (a - b).fold(0.0_f64, |m, v| m.max(v.abs()))
    };
    let mut worst = 0.0_f64;
    let mut debiased = Ema::new(start.clone(), gamma, true)?;
    let mut plain = Ema::new(start.clone(), gamma, false)?;
    let mut from_formula = 0.0_f64;
    for t in 1..=50 {
        debiased.update(&z_e, &indices);
        plain.update(&z_e, &indices);
        worst = worst.max(far(debiased.codebook(), &means));
        let first = Ema::new(start.clone(), gamma, false)?;
        let expected = after_fixed_steps(&first, &z_e, &indices, t);
        from_formula = from_formula.max(far(plain.codebook(), &expected));
    }
    lab.result("ema_vs_means_max_abs_err", worst, Within::Limit(1e-10))?;
    lab.result(
        "ema_vs_formula_max_abs_err",
        from_formula,
        Within::Limit(1e-10),
    )?;

    // A fresh batch at each step: what the start leaves behind.
    let steps = lab.by_scale(60, 800, 800);
    let mut batches = Batches::new(z_e.nrows(), 64, lab.seed())?;
    let mut empty_counts = Ema::new(start.clone(), gamma, false)?;
    empty_counts.counts.fill(0.0);
    let mut cases = [
        ("averages start empty", Ema::new(start.clone(), gamma, true)?),
        (
            "the start counts as one latent",
            Ema::new(start.clone(), gamma, false)?,
        ),
        ("counts empty, sums not", empty_counts),
    ];
    let mut curves = [vec![], vec![], vec![]];
    for t in 0..steps {
        let rows = batches.batch(t);
        let z = z_e.select(Dim(0), &rows); // [64, C]
        let chosen: Vec<usize> = rows.iter().map(|&n| indices[n]).collect();
        for ((_, ema), curve) in cases.iter_mut().zip(&mut curves) {
            ema.update(&z, &chosen);
            let off = ema.codebook() - &means; // [8, C]
            let off = off.mapv(|v| v * v).sum_axis(Dim(1)); // [8]
            let off = (off.sum() / off.len() as f64).sqrt();
            curve.push((t as f64 + 1.0, off));
        }
    }
    let names = ["empty", "one", "mismatched"];
    for (name, curve) in names.iter().zip(&curves) {
        let name = format!("ema_{name}_distance");
        lab.result(
            &format!("{name}_first"),
            curve[0].1,
            Within::Factor(1.5),
        )?;
        let last = curve[curve.len() - 1].1;
        lab.result(&format!("{name}_last"), last, Within::Factor(2.0))?;
    }
    let off = (&start - &means).mapv(|v| v * v).sum_axis(Dim(1)); // [8]
    let off = (off.sum() / off.len() as f64).sqrt();
    lab.result("ema_start_distance", off, Within::Factor(1.5))?;
    let mut plot =
        over_steps("", "distance from the cluster means", Axis::Log);
    for ((name, _), curve) in cases.iter().zip(curves) {
        plot = plot.line(name, curve);
    }
    lab.figure("ema", &plot.horizontal("where they start", off).svg()?)
}

/// A start that most latents are far from, with and without revival, and a start from the latents.
fn dead_codes(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    let revival = Some(Revival { threshold: 0.1 });
    let random = Case { random_start: true, ..Case::new(EMA, 0.25) };
    let mut revived = random;
    revived.settings.revival = revival;
    let cases = [
        ("without_revival", "random start", random),
        ("with_revival", "random start, revival", revived),
        ("kmeans", "start from the latents", Case::new(EMA, 0.25)),
    ];
    let mut over_time = over_steps("", "perplexity", Axis::Linear)
        .y_range(0.0, K as f64 + 3.0);
    let (mut bars, mut tiles) = (Vec::new(), ImageGrid::new(K).zoom(4));
    for (n, (name, label, case)) in cases.into_iter().enumerate() {
        let (run, seen) = train(lab, data, case)?;
        let counts = chosen(&run, &data.held_out)?; // [K]
        let last = end(&seen);
        let alive = counts.iter().filter(|n| **n > 0).count() as f64;
        lab.result(
            &format!("perplexity_{name}"),
            last.perplexity,
            Within::Absolute(5.0),
        )?;
        lab.result(&format!("alive_{name}"), alive, Within::Absolute(7.0))?;
        lab.result(
            &format!("unexplained_{name}"),
            last.unexplained,
            Within::Factor(1.3),
        )?;
        over_time = over_time.line(label, curve(&seen, |s| s.perplexity));
        if name == "kmeans" {
            for (when, seen) in [("start", seen[0]), ("early", seen[1])] {
                let name = format!("perplexity_kmeans_{when}");
                lab.result(&name, seen.perplexity, Within::Absolute(5.0))?;
            }
            let steps = seen[1].step;
            lab.result("kmeans_early_steps", steps, Within::Exactly)?;
            continue;
        }
        if name == "with_revival" {
            let times = run.revived as f64;
            lab.result("revived_codes", times, Within::Factor(2.0))?;
            batch_sizes(lab, data, &run)?;
        }
        bars.push(histogram(label, n, &counts));
        push_codes(&mut tiles, &run, &counts);
    }
    let all = over_time.horizontal("K", K as f64);
    lab.figure("perplexity", &all.svg()?)?;
    lab.figure("usage", &panels(&bars, 2)?)?;
    lab.image("codes", &tiles)
}

/// How many of some patches choose each code. `[K]`
fn chosen(
    run: &Autoencoder,
    x: &Array2<f32>,
) -> anyhow::Result<Array1<usize>> {
    let z_e = run.encoder.output(x); // [N, C]
    let indices = run.quantizer.quantize(&z_e)?.quantized.indices;
    Ok(usage(&indices, K))
}

/// Codes by falling count.
fn ranked(counts: &Array1<usize>) -> Vec<usize> {
    let mut codes: Vec<usize> = (0..counts.len()).collect();
    codes.sort_by_key(|&k| std::cmp::Reverse(counts[k]));
    codes
}

fn histogram(title: &str, colour: usize, counts: &Array1<usize>) -> Plot {
    let total = counts.sum() as f64;
    let share = |k: &usize| 100.0 * counts[*k] as f64 / total;
    let ranked = ranked(counts);
    let steps = ranked.iter().enumerate().flat_map(|(rank, k)| {
        [(rank as f64, share(k)), (rank as f64 + 1.0, share(k))]
    });
    Plot::new(title)
        .x("code, by falling use", Axis::Linear)
        .y("latents, %", Axis::Linear)
        .x_range(0.0, K as f64)
        .y_range(0.0, 30.0)
        .colour(colour)
        .area("", steps)
}

/// What the decoder makes of each code; a code that nobody chooses is left grey.
fn push_codes(
    tiles: &mut ImageGrid,
    run: &Autoencoder,
    counts: &Array1<usize>,
) {
    let made = run.decoder.output(run.quantizer.codebook()); // [K, 16]
    for k in ranked(counts) {
        let grey = Array1::from_elem(PATCH, 0.5); // [16]
        let patch = if counts[k] > 0 { made.row(k).to_owned() } else { grey };
        let patch = patch.into_shape_with_order((4, 4));
        tiles.push(patch.expect("16 pixels").view(), 0.0, 1.0);
    }
}

/// The perplexity that batches of different sizes show of one and the same codebook.
fn batch_sizes(
    lab: &mut Lab,
    data: &Data,
    run: &Autoencoder,
) -> anyhow::Result<()> {
    let x = first(&data.train, 20_000); // [20000, 16]
    let most = x.nrows();
    let z_e = run.encoder.output(&x); // [20000, C]
    let indices = run.quantizer.quantize(&z_e)?.quantized.indices;
    let all = run.quantizer.perplexity(&indices);
    lab.result("perplexity_all", all, Within::Absolute(5.0))?;
    let mut rng = lab.rng("batches");
    let sizes: Vec<usize> =
        (0..=12).map(|n| 1 << n).filter(|n| *n <= most).collect();
    let mut measured = Vec::new();
    for &n in &sizes {
        let draws = 50;
        let mean = (0..draws)
            .map(|_| {
                let rows = sample(&mut rng, most, n);
                let batch: Vec<_> = rows.iter().map(|n| indices[n]).collect();
                perplexity(&usage(&batch, K))
            })
            .sum::<f64>()
            / f64::from(draws);
        if [16, 64, 256].contains(&n) {
            let name = format!("perplexity_of_{n}");
            lab.result(&name, mean, Within::Relative(0.25))?;
        }
        measured.push((n as f64, mean));
    }
    let fine = (0..=120).map(|n| 2.0_f64.powf(f64::from(n) / 10.0));
    let bound = fine.clone().map(|n| (n, n.min(K as f64)));
    let uniform = sizes.iter().map(|&n| (n as f64, expected_codes(n, K)));
    let plot = Plot::new("")
        .x("latents in the batch", Axis::Log)
        .y("codes", Axis::Linear)
        .y_range(0.0, K as f64 + 3.0)
        .line("perplexity", measured.clone())
        .dashed("codes seen, were all equally likely", uniform)
        .dashed("no batch shows more", bound)
        .colour(0)
        .points("", measured);
    lab.figure("batch", &plot.horizontal("over all latents", all).svg()?)
}

/// The first steps in both rooms, from equal weights, on equal batches, in double precision.
fn two_rooms(lab: &mut Lab, data: &Data) -> anyhow::Result<()> {
    let config = AdamConfig { lr: 2e-3, ..AdamConfig::default() };
    let learning = Learning::Gradient { adam: config, weight: 1.0 };
    let ((mut encoder, mut decoder), mut quantizer, batches) =
        doubled(lab, data, learning)?;
    let other: anyhow::Result<Vec<f64>> =
        lab::on_device!(lab.device(), |dev| {
            let mut e = OnDevice::new(&dev, &encoder);
            let mut d = OnDevice::new(&dev, &decoder);
            let mut quantizer = on_dfdx::Quantizer::new(&dev, &quantizer);
            let batches = batches.iter().map(|x| tensor(&dev, x, x.dim()));
            let (nets, q) = ((&mut e, &mut d), &mut quantizer);
            Ok(on_dfdx::train(nets, q, config, batches))
        });
    let (mut of_encoder, mut of_decoder) =
        (Adam::new(&encoder, config), Adam::new(&decoder, config));
    let mut worst = 0.0_f64;
    for (t, (x, theirs)) in batches.iter().zip(other?).enumerate() {
        let done = step((&encoder, &decoder), &quantizer, x, false)?;
        let found = &done.found;
        let mine =
            done.reconstruction + found.codebook_loss + found.commitment_loss;
        worst = worst.max((mine - theirs).abs() / mine.abs());
        of_encoder.step(&mut encoder, &done.d_encoder);
        of_decoder.step(&mut decoder, &done.d_decoder);
        let indices = &found.quantized.indices;
        quantizer.learn(&done.z_e, indices, &mut rng_at(0, t as u64))?;
    }
    lab.result("parity_steps", batches.len() as f64, Within::Exactly)?;
    lab.result("parity_max_rel_err", worst, Within::Limit(1e-8))
}
