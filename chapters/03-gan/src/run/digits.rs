//! Digits: the generator that draws, and how it is judged.

use datasets::{Digits, PixelRange};
use gradients::plain::{Activation, Mlp};
use judge::classifier::learnt_from;
use judge::measures::{nearest_rows, parzen};
use judge::{Judge, record};
use lab::{Axis, History, ImageGrid, Lab, Plot, Room, Within, rng_at};
use ndarray::{Array1, Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

use crate::digits::{batches, pair, unit, widths};
use crate::plain::interpolate;
use crate::training::{Config, Gan, Players, in_room};

/// All of this chapter's digits, judged by one judge.
pub fn everything(lab: &mut Lab) -> anyhow::Result<()> {
    let judge = Judge::new(lab)?;
    floor_and_ceiling(lab, &judge)?;
    digits(lab, &judge)?;
    article(lab, &judge)
}

/// How good the judge is, and what it says of the best and of the worst.
fn floor_and_ceiling(lab: &mut Lab, judge: &Judge) -> anyhow::Result<()> {
    let accuracy = judge.accuracy();
    lab.result("eyes_accuracy", accuracy, Within::Absolute(0.005))?;
    lab.result("judged_images", judge.n as f64, Within::Exactly)?;
    record(lab, "real", judge.judge(&judge.held_out())?)?;
    let shape = (judge.n, judge.test.pixel_count());
    let noise = Array2::random_using(
        shape,
        Uniform::new(0.0, 1.0)?,
        &mut lab.rng("noise"),
    );
    record(lab, "noise", judge.judge(&noise)?)
}

/// Rows of the picture of a training run, each from noise of its own.
const FIXED: usize = 8;

/// A generator of digits that draws well.
fn digits(lab: &mut Lab, judge: &Judge) -> anyhow::Result<()> {
    let (gan, history) = trained(lab, judge, "digits")?;
    let seconds = lab.seconds("digits")?;
    let x = measured(lab, judge, "digits", (&*gan, seconds))?; // [N, 784]
    let steps = gan.config().cool.unwrap_or(0) as f64;
    let each = seconds / steps;
    lab.result("seconds_per_step", each, Within::Timing)?;
    let z = gan.config().noise.sample(judge.n, &mut lab.rng("judged"));
    let last = unit(gan.g().output(&z)); // [N, 784]
    record(lab, "digits_last", judge.judge(&last)?)?;
    samples(lab, "samples", &x)?;
    growth(lab, &history)?;
    losses(lab, &*gan)?;
    between(lab, &*gan)?;
    neighbours(lab, judge, &x)?;
    parzen_windows(lab, judge, &x)
}

/// The same recipe, whole, on dfdx.
pub fn on_dfdx(lab: &mut Lab) -> anyhow::Result<()> {
    lab.enter(Room::Dfdx);
    let judge = Judge::new(lab)?;
    let (gan, _) = trained(lab, &judge, "digits-dfdx")?;
    let gan = (&*gan, lab.seconds("digits-dfdx")?);
    let x = measured(lab, &judge, "dfdx_digits", gan)?; // [N, 784]
    samples(lab, "samples-dfdx", &x)
}

/// The pair after its training, and what fixed noise became on the way.
fn trained<'a>(
    lab: &Lab,
    judge: &'a Judge,
    name: &str,
) -> anyhow::Result<(Box<dyn Players + 'a>, History)> {
    let mut gan = in_room(lab, pair(lab, &judge.train, widths(lab))?)?;
    let Config { noise, cool, .. } = gan.config();
    let steps = cool.unwrap_or(0);
    let fixed = noise.sample(FIXED, &mut lab.rng("fixed")); // [8, Z]
    let milestones =
        [0, 1, 2, 4, 8, 16, 32, 64, 128, 256].map(|n| n * steps / 256);
    let history =
        lab.train_and_observe(name, milestones, &mut gan, |gan| {
            gan.mean().output(&fixed).iter().copied().collect()
        })?;
    Ok((gan, history))
}

/// Judges the averaged generator, records under `name` what is found, and gives what was judged, `[N, 784]`.
fn measured(
    lab: &mut Lab,
    judge: &Judge,
    name: &str,
    (gan, seconds): (&dyn Players, f64),
) -> anyhow::Result<Array2<f32>> {
    let Config { noise, cool, .. } = gan.config();
    let steps = cool.unwrap_or(0) as f64;
    lab.result(&format!("{name}_seconds"), seconds, Within::Timing)?;
    lab.result(&format!("{name}_steps"), steps, Within::Exactly)?;
    let z = noise.sample(judge.n, &mut lab.rng("judged"));
    let x = unit(gan.mean().output(&z)); // [N, 784]
    let verdict = judge.judge(&x)?;
    record(lab, name, verdict)?;
    let floor = judge.judge(&judge.held_out())?.frechet;
    let named = |what| format!("{name}_frechet_{what}");
    lab.result(&named("floor"), floor, Within::Factor(1.2))?;
    let over = verdict.frechet / floor;
    lab.result(&named("over_floor"), over, Within::Factor(1.6))?;
    Ok(x)
}

fn push_rows(grid: &mut ImageGrid, x: &Array2<f32>) {
    for row in x.rows() {
        let image = row.to_shape((28, 28)).expect("784 pixels");
        grid.push(image.view(), 0.0, 1.0);
    }
}

fn samples(lab: &Lab, name: &str, x: &Array2<f32>) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(16);
    push_rows(&mut grid, &x.slice(s![..x.nrows().min(128), ..]).to_owned());
    lab.image(name, &grid)
}

/// The same noise at every milestone: one column for each.
fn growth(lab: &Lab, history: &History) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(history.len());
    for row in 0..FIXED {
        for (_, seen) in history {
            let pixels = seen[784 * row..784 * (row + 1)].to_vec();
            push_rows(
                &mut grid,
                &unit(Array2::from_shape_vec((1, 784), pixels)?),
            );
        }
    }
    lab.image("growth", &grid)
}

/// The mean of every hundred losses.
fn smoothed(losses: &[f32]) -> Vec<(f64, f64)> {
    let size = (losses.len() / 200).max(1);
    let mean = |(n, part): (usize, &[f32])| {
        let sum: f64 = part.iter().map(|v| f64::from(*v)).sum();
        ((n * size) as f64, sum / part.len() as f64)
    };
    losses.chunks(size).enumerate().map(mean).collect()
}

fn losses(lab: &mut Lab, gan: &dyn Players) -> anyhow::Result<()> {
    let [of_d, of_g] = gan.losses().map(|losses| smoothed(&losses));
    let end = |curve: &[(f64, f64)]| curve[curve.len() - 1].1;
    lab.result("digits_d_loss_end", end(&of_d), Within::Absolute(0.2))?;
    lab.result("digits_g_loss_end", end(&of_g), Within::Absolute(0.4))?;
    let plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("loss, nats", Axis::Linear)
        .line("discriminator", of_d)
        .line("generator", of_g)
        .horizontal("2 log 2", 4.0_f64.ln())
        .horizontal("log 2", 2.0_f64.ln());
    lab.figure("losses", &plot.svg()?)
}

/// From one noise to the next, along the sphere.
fn between(lab: &Lab, gan: &dyn Players) -> anyhow::Result<()> {
    let (columns, g) = (12, gan.mean());
    let ends = gan.config().noise.sample(7, &mut lab.rng("ends")); // [7, Z]
    let mut grid = ImageGrid::new(columns);
    for n in 0..6 {
        let (a, b) = (ends.row(n).to_owned(), ends.row(n + 1).to_owned());
        let mut z = Array2::zeros((columns, a.len())); // [12, Z]
        for (i, mut row) in z.rows_mut().into_iter().enumerate() {
            let t = i as f32 / (columns - 1) as f32;
            row.assign(&interpolate(&a, &b, t));
        }
        push_rows(&mut grid, &unit(g.output(&z)));
    }
    lab.image("between", &grid)
}

/// Samples, and below each the training digit that is nearest in pixels.
fn neighbours(
    lab: &mut Lab,
    judge: &Judge,
    x: &Array2<f32>,
) -> anyhow::Result<()> {
    let count = learnt_from(judge.train.len());
    let wide = |x: Array2<f32>| x.mapv(f64::from);
    let shown = 14.min(x.nrows());
    let drawn = wide(x.slice(s![..shown, ..]).to_owned()); // [14, 784]
    let held_out = judge.held_out();
    let unseen =
        wide(held_out.slice(s![..200.min(held_out.nrows()), ..]).to_owned());
    let fakes = wide(x.slice(s![..200.min(x.nrows()), ..]).to_owned());
    let mut best: Vec<(f64, usize)> = vec![(f64::INFINITY, 0); shown];
    let mut far = [
        Array1::from_elem(fakes.nrows(), f64::INFINITY),
        Array1::from_elem(unseen.nrows(), f64::INFINITY),
    ];
    let all: Vec<usize> = (0..count).collect();
    for rows in all.chunks(5000) {
        let part = wide(judge.train.pixels(rows, PixelRange::Unit)); // [5000, 784]
        let (nearest, distances) = nearest_rows(&drawn, &part);
        for (n, best) in best.iter_mut().enumerate() {
            if distances[n] < best.0 {
                *best = (distances[n], rows[nearest[n]]);
            }
        }
        for (far, x) in far.iter_mut().zip([&fakes, &unseen]) {
            let (_, distances) = nearest_rows(x, &part);
            far.zip_mut_with(&distances, |a, b| *a = a.min(*b));
        }
    }
    let mean = |x: &Array1<f64>| x.sum() / x.len() as f64;
    lab.result(
        "nearest_training_digit_to_a_sample",
        mean(&far[0]),
        Within::Factor(1.2),
    )?;
    lab.result(
        "nearest_training_digit_to_an_unseen_digit",
        mean(&far[1]),
        Within::Factor(1.1),
    )?;
    let mut grid = ImageGrid::new(shown);
    push_rows(&mut grid, &x.slice(s![..shown, ..]).to_owned());
    let rows: Vec<usize> = best.iter().map(|b| b.1).collect();
    push_rows(&mut grid, &judge.train.pixels(&rows, PixelRange::Unit));
    lab.image("neighbours", &grid)
}

/// The log-density of test digits around three sets of images: digits, samples, and k-means centres of digits.
fn parzen_windows(
    lab: &mut Lab,
    judge: &Judge,
    x: &Array2<f32>,
) -> anyhow::Result<()> {
    let seen = learnt_from(judge.train.len());
    let seen = lab.by_scale(200, 20_000, 50_000).min(seen);
    let n = lab.by_scale(20, 500, 500).min(seen).min(x.nrows());
    let wide = |x: Array2<f32>| x.mapv(f64::from);
    let digits = |from: &Digits, rows: std::ops::Range<usize>| {
        wide(from.pixels(&rows.collect::<Vec<_>>(), PixelRange::Unit))
    };
    let many = digits(&judge.train, 0..seen);
    let real = many.slice(s![..n, ..]).to_owned(); // [500, 784]
    let mut centres = real.clone(); // [500, 784]
    for _ in 0..lab.by_scale(1, 5, 20) {
        let (nearest, _) = nearest_rows(&many, &centres);
        let mut sums = Array2::<f64>::zeros(centres.raw_dim()); // [500, 784]
        let mut counts = vec![0.0_f64; n];
        for (row, &k) in many.rows().into_iter().zip(&nearest) {
            sums.row_mut(k).zip_mut_with(&row, |sum, v| *sum += v);
            counts[k] += 1.0;
        }
        for (k, mut row) in sums.rows_mut().into_iter().enumerate() {
            match counts[k] {
                0.0 => row.assign(&centres.row(k)),
                count => row /= count,
            }
        }
        centres = sums;
    }
    let half = judge.n / 2;
    let size = lab.by_scale(50, 1000, 1000).min(half);
    let (valid, test) = (
        digits(&judge.test, 0..size),
        digits(&judge.test, half..half + size),
    );
    let drawn = wide(x.slice(s![..n, ..]).to_owned());
    for (name, set) in
        [("digits", &real), ("samples", &drawn), ("centres", &centres)]
    {
        let mut best = (f64::NEG_INFINITY, 0.0);
        for hundredths in (10..=40).step_by(2) {
            let sigma = f64::from(hundredths) / 100.0;
            let density = parzen(set, &valid, sigma)?;
            if density > best.0 {
                best = (density, sigma);
            }
        }
        lab.result(
            &format!("parzen_{name}"),
            parzen(set, &test, best.1)?,
            Within::Absolute(15.0),
        )?;
        lab.result(
            &format!("parzen_sigma_{name}"),
            best.1,
            Within::Absolute(0.05),
        )?;
    }
    lab.result("parzen_images", n as f64, Within::Exactly)?;
    let mut grid = ImageGrid::new(14);
    push_rows(
        &mut grid,
        &centres.slice(s![..14.min(n), ..]).mapv(|v| v as f32),
    );
    lab.image("centres", &grid)
}

/// The article's shapes and optimisers, with its slips mended and nothing added.
fn article(lab: &mut Lab, judge: &Judge) -> anyhow::Result<()> {
    let config = Config::default();
    let seed = lab.seed();
    let hidden = lab.by_scale(16, 128, 128);
    let leaky = |widths: &[usize], last, stream| {
        Mlp::new(widths, Activation::Relu, last, &mut rng_at(seed, stream))
    };
    let g = leaky(&[100, hidden, 784], Activation::Tanh, u64::MAX);
    let d = leaky(&[784, hidden, 1], Activation::Identity, u64::MAX - 1);
    let data = batches(&judge.train, config.batch, seed)?;
    let mut gan = in_room(lab, Gan::new(config, (g, d), seed, data))?;
    let steps = lab.by_scale(60, 15_000, 100_000);
    lab.train("article", steps, &mut gan)?;
    let seconds = lab.seconds("article")?;
    lab.result("article_seconds", seconds, Within::Timing)?;
    lab.result("article_steps", steps as f64, Within::Exactly)?;
    let z = config.noise.sample(judge.n, &mut lab.rng("judged"));
    let x = unit(gan.g().output(&z)); // [N, 784]
    record(lab, "article", judge.judge(&x)?)?;
    let mut grid = ImageGrid::new(16);
    push_rows(&mut grid, &x.slice(s![..x.nrows().min(32), ..]).to_owned());
    lab.image("article", &grid)
}
