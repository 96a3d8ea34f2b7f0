//! Digits: the eyes that judge, the generator that draws, and how it is judged.

use datasets::{Batches, Digits, PixelRange, Split};
use gradients::plain::{Activation, AdamConfig, Mlp};
use lab::{Axis, History, ImageGrid, Lab, Plot, Within, rng_at};
use ndarray::{Array1, Array2, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

use crate::eyes::{EyesTraining, learnt_from};
use crate::measures::{
    Eyes, Moments, Seen, entropy, frechet, nearest_rows, parzen,
    precision_and_recall,
};
use crate::plain::{Game, Penalties, interpolate};
use crate::training::{Config, Gan, Noise};

/// What the generator gives, tanh's range, as pixels in [0, 1].
pub fn unit(x: Array2<f32>) -> Array2<f32> {
    x.mapv_into(|v| 0.5 * (v + 1.0))
}

/// What every judgement needs.
pub struct Court {
    /// The classifier whose features are compared.
    pub eyes: Eyes,
    /// Digits that are learnt from.
    pub train: Digits,
    /// Digits that samples are compared with.
    pub test: Digits,
    /// The judged sample's size.
    pub n: usize,
    /// What the eyes see in the test digits.
    pub real: Seen,
}

/// Trains the eyes, and seats them before the test digits.
///
/// # Errors
/// The digits cannot be read, or the training was stopped.
pub fn court(lab: &mut Lab) -> anyhow::Result<Court> {
    let train = Court::digits(lab)?;
    let test = Digits::load_28x28(lab.data(), Split::Test)?;
    let mut training = EyesTraining::new(
        &train,
        lab.seed(),
        lab.by_scale(30, 4680, 12_000),
    )?;
    lab.train("eyes", training.steps, &mut training)?;
    let eyes = Eyes { net: training.model.net };
    let n = lab.by_scale(300, 10_000, 10_000).min(test.len());
    let rows: Vec<usize> = (0..n).collect();
    let real = eyes.look(&test.pixels(&rows, PixelRange::Unit));
    Ok(Court { eyes, train, test, n, real })
}

/// What the eyes find in a set of images.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// Fréchet distance from the test digits.
    pub frechet: f64,
    /// The share that the eyes are sure of at 0.9.
    pub confident: f64,
    /// The rarest class's share.
    pub rarest: f64,
    /// Of the classes, in nats.
    pub entropy: f64,
    /// The share that lies among real digits.
    pub precision: f64,
    /// The share of real digits that it covers.
    pub recall: f64,
}

/// Digits that generators learn from, batch by batch, in [-1, 1].
fn batches(
    train: &Digits,
    size: usize,
    seed: u64,
) -> anyhow::Result<impl FnMut(u64) -> Array2<f32> + Send + '_> {
    let mut batches = Batches::new(learnt_from(train.len()), size, seed)?;
    Ok(move |n| train.pixels(&batches.batch(n), PixelRange::Symmetric))
}

/// The widths of the generator's hidden layers.
pub fn widths(lab: &Lab) -> (usize, usize) {
    (lab.by_scale(16, 256, 512), lab.by_scale(16, 512, 1024))
}

/// A pair for digits that has not been trained, with hidden layers of these widths, the generator's first.
///
/// # Errors
/// There are fewer digits than a batch takes.
pub fn pair<'a>(
    lab: &Lab,
    train: &'a Digits,
    (small, large): (usize, usize),
) -> anyhow::Result<Gan<'a>> {
    let config = recipe(lab.by_scale(60, 56_000, 400_000));
    players(config, lab.seed(), train, (small, large))
}

/// The same, trained by any configuration.
///
/// # Errors
/// As for [`pair`].
pub fn players(
    config: Config,
    seed: u64,
    train: &Digits,
    (small, large): (usize, usize),
) -> anyhow::Result<Gan<'_>> {
    let z = config.noise.width();
    let g =
        network(&[z, small, large, 784], Activation::Tanh, seed, u64::MAX);
    let d = network(
        &[784, large, small, 1],
        Activation::Identity,
        seed,
        u64::MAX - 1,
    );
    Ok(Gan::new(config, (g, d), seed, batches(train, config.batch, seed)?))
}

impl Court {
    /// The digits of the command line that are learnt from.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn digits(lab: &Lab) -> anyhow::Result<Digits> {
        Ok(Digits::load_28x28(lab.data(), Split::Train)?)
    }

    /// Images `[N, 784]` in [0, 1], judged beside the test digits.
    ///
    /// # Errors
    /// There are too few of them, or they are not finite.
    pub fn judge(&self, x: &Array2<f32>) -> anyhow::Result<Verdict> {
        let seen = self.eyes.look(x);
        let real = Moments::of(&self.real.features)?;
        let shares = seen.shares();
        let few = |f: &Array2<f64>| {
            f.slice(s![..f.nrows().min(2000), ..]).to_owned()
        };
        let (precision, recall) = precision_and_recall(
            &few(&self.real.features),
            &few(&seen.features),
            3,
        )?;
        Ok(Verdict {
            frechet: frechet(&Moments::of(&seen.features)?, &real)?,
            confident: seen.confident(0.9),
            rarest: shares.fold(1.0, |a, b| a.min(*b)),
            entropy: entropy(&shares),
            precision,
            recall,
        })
    }

    /// Training digits that neither eyes nor generators have learnt from, and no more of them than are judged.
    pub fn held_out(&self) -> Array2<f32> {
        let from = learnt_from(self.train.len());
        let rows: Vec<usize> =
            (from..self.train.len()).take(self.n).collect();
        self.train.pixels(&rows, PixelRange::Unit)
    }
}

/// Records a verdict under `name`.
///
/// # Errors
/// A name is taken, or a number is not finite.
pub fn record(lab: &mut Lab, name: &str, v: Verdict) -> anyhow::Result<()> {
    let numbers = [
        ("frechet", v.frechet, Within::Factor(1.6)),
        ("confident_share", v.confident, Within::Absolute(0.08)),
        ("rarest_class_share", v.rarest, Within::Absolute(0.03)),
        ("class_entropy", v.entropy, Within::Absolute(0.1)),
        ("precision", v.precision, Within::Absolute(0.1)),
        ("recall", v.recall, Within::Absolute(0.1)),
    ];
    numbers.into_iter().try_for_each(|(what, value, within)| {
        lab.result(&format!("{name}_{what}"), value, within)
    })
}

/// How good the eyes are, and what they say of the best and of the worst.
pub fn floor_and_ceiling(lab: &mut Lab, court: &Court) -> anyhow::Result<()> {
    let rows = court.real.classes.rows().into_iter().zip(&court.test.labels);
    let right = rows.filter(|(p, label)| {
        let larger = |a, b| if p[b] > p[a] { b } else { a };
        (0..p.len()).fold(0, larger) == usize::from(**label)
    });
    let accuracy = right.count() as f64 / court.n as f64;
    lab.result("eyes_accuracy", accuracy, Within::Absolute(0.005))?;
    lab.result("judged_images", court.n as f64, Within::Exactly)?;
    record(lab, "real", court.judge(&court.held_out())?)?;
    let shape = (court.n, court.test.pixel_count());
    let noise = Array2::random_using(
        shape,
        Uniform::new(0.0, 1.0)?,
        &mut lab.rng("noise"),
    );
    record(lab, "noise", court.judge(&noise)?)
}

/// The recipe of this chapter for digits, over so many steps.
pub fn recipe(steps: u64) -> Config {
    let adam = AdamConfig { lr: 5e-4, beta1: 0.0, beta2: 0.99, eps: 1e-8 };
    Config {
        game: Game::NonSaturating,
        batch: 64,
        noise: Noise::normal(64),
        penalties: Penalties { real: 3.0, fake: 0.0 },
        every: 4,
        g: adam,
        d: adam,
        cool: Some(steps),
        ..Config::default()
    }
}

/// Leaky ReLUs inside, tanh after the last layer: a generator; nothing: a discriminator.
fn network(
    widths: &[usize],
    last: Activation,
    seed: u64,
    stream: u64,
) -> Mlp<f32> {
    Mlp::new(
        widths,
        Activation::LeakyRelu(0.2),
        last,
        &mut rng_at(seed, stream),
    )
}

/// Rows of the picture of a training run, each from noise of its own.
const FIXED: usize = 8;

/// A generator of digits that draws well.
pub fn digits(lab: &mut Lab, court: &Court) -> anyhow::Result<()> {
    let mut gan = pair(lab, &court.train, widths(lab))?;
    let config = gan.config;
    let steps = config.cool.unwrap_or(0);
    let fixed = config.noise.sample(FIXED, &mut lab.rng("fixed"));
    let milestones =
        [0, 1, 2, 4, 8, 16, 32, 64, 128, 256].map(|n| n * steps / 256);
    let history =
        lab.train_and_observe("digits", milestones, &mut gan, |gan| {
            gan.mean.output(&fixed).iter().copied().collect()
        })?;
    let seconds = gan.time.as_secs_f64();
    lab.result("digits_seconds", seconds, Within::Timing)?;
    lab.result("seconds_per_step", seconds / steps as f64, Within::Timing)?;
    lab.result("digits_steps", steps as f64, Within::Exactly)?;

    let z = config.noise.sample(court.n, &mut lab.rng("judged"));
    let x = unit(gan.mean.output(&z)); // [N, 784]
    let verdict = court.judge(&x)?;
    record(lab, "digits", verdict)?;
    let last = unit(gan.g.net.output(&z));
    record(lab, "digits_last", court.judge(&last)?)?;
    let real = court.judge(&court.held_out())?;
    lab.result("digits_frechet_floor", real.frechet, Within::Factor(1.2))?;
    lab.result(
        "digits_frechet_over_floor",
        verdict.frechet / real.frechet,
        Within::Factor(1.6),
    )?;

    samples(lab, &x)?;
    growth(lab, &history)?;
    losses(lab, &gan)?;
    between(lab, &gan)?;
    neighbours(lab, court, &x)?;
    parzen_windows(lab, court, &x)
}

fn push_rows(grid: &mut ImageGrid, x: &Array2<f32>) {
    for row in x.rows() {
        let image = row.to_shape((28, 28)).expect("784 pixels");
        grid.push(image.view(), 0.0, 1.0);
    }
}

fn samples(lab: &Lab, x: &Array2<f32>) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(16);
    push_rows(&mut grid, &x.slice(s![..x.nrows().min(128), ..]).to_owned());
    lab.image("samples", &grid)
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

fn losses(lab: &mut Lab, gan: &Gan) -> anyhow::Result<()> {
    let (of_d, of_g) = (smoothed(&gan.d.losses), smoothed(&gan.g.losses));
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
fn between(lab: &Lab, gan: &Gan) -> anyhow::Result<()> {
    let columns = 12;
    let ends = gan.config.noise.sample(7, &mut lab.rng("ends")); // [7, Z]
    let mut grid = ImageGrid::new(columns);
    for n in 0..6 {
        let (a, b) = (ends.row(n).to_owned(), ends.row(n + 1).to_owned());
        let mut z = Array2::zeros((columns, a.len())); // [12, Z]
        for (i, mut row) in z.rows_mut().into_iter().enumerate() {
            let t = i as f32 / (columns - 1) as f32;
            row.assign(&interpolate(&a, &b, t));
        }
        push_rows(&mut grid, &unit(gan.mean.output(&z)));
    }
    lab.image("between", &grid)
}

/// Samples, and below each the training digit that is nearest in pixels.
fn neighbours(
    lab: &mut Lab,
    court: &Court,
    x: &Array2<f32>,
) -> anyhow::Result<()> {
    let count = learnt_from(court.train.len());
    let wide = |x: Array2<f32>| x.mapv(f64::from);
    let shown = 14.min(x.nrows());
    let drawn = wide(x.slice(s![..shown, ..]).to_owned()); // [14, 784]
    let held_out = court.held_out();
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
        let part = wide(court.train.pixels(rows, PixelRange::Unit)); // [5000, 784]
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
    push_rows(&mut grid, &court.train.pixels(&rows, PixelRange::Unit));
    lab.image("neighbours", &grid)
}

/// The log-density of test digits around three sets of images: digits, samples, and k-means centres of digits.
fn parzen_windows(
    lab: &mut Lab,
    court: &Court,
    x: &Array2<f32>,
) -> anyhow::Result<()> {
    let n = lab.by_scale(20, 500, 500);
    let wide = |x: Array2<f32>| x.mapv(f64::from);
    let digits = |from: &Digits, rows: std::ops::Range<usize>| {
        wide(from.pixels(&rows.collect::<Vec<_>>(), PixelRange::Unit))
    };
    let many = digits(&court.train, 0..lab.by_scale(200, 20_000, 50_000));
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
    let half = court.n / 2;
    let size = lab.by_scale(50, 1000, 1000).min(half);
    let (valid, test) = (
        digits(&court.test, 0..size),
        digits(&court.test, half..half + size),
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
pub fn article(lab: &mut Lab, court: &Court) -> anyhow::Result<()> {
    let config = Config::default();
    let seed = lab.seed();
    let hidden = lab.by_scale(16, 128, 128);
    let leaky = |widths: &[usize], last, stream| {
        Mlp::new(widths, Activation::Relu, last, &mut rng_at(seed, stream))
    };
    let g = leaky(&[100, hidden, 784], Activation::Tanh, u64::MAX);
    let d = leaky(&[784, hidden, 1], Activation::Identity, u64::MAX - 1);
    let mut gan = Gan::new(
        config,
        (g, d),
        seed,
        batches(&court.train, config.batch, seed)?,
    );
    let steps = lab.by_scale(60, 15_000, 100_000);
    lab.train("article", steps, &mut gan)?;
    lab.result("article_seconds", gan.time.as_secs_f64(), Within::Timing)?;
    lab.result("article_steps", steps as f64, Within::Exactly)?;
    let z = config.noise.sample(court.n, &mut lab.rng("judged"));
    let x = unit(gan.g.net.output(&z)); // [N, 784]
    record(lab, "article", court.judge(&x)?)?;
    let mut grid = ImageGrid::new(16);
    push_rows(&mut grid, &x.slice(s![..x.nrows().min(32), ..]).to_owned());
    lab.image("article", &grid)
}
