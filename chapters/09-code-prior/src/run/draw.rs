//! A tokeniser and a prior on digits: bits, samples, completions, and how they compare with the GAN.

use std::time::Instant;

use codebook_lookup::plain::usage;
use gan::digits::{pair, unit, widths};
use gan::training::Noise;
use gradients::plain::{AdamConfig, Mlp, Parameters};
use judge::{Judge, Verdict, record, training_digits};
use lab::{Axis, History, ImageGrid, Lab, Plot, Room, Within, panels};
use ndarray::{Array1, Array2, Axis as Dim, s};
use ndarray_rand::rand::Rng;
use vq_vae::training::mse_over_variance;

use super::switches::smoothed;
use super::world::World;
use crate::model::{Prior, Sizes};
use crate::on_dfdx;
use crate::plain::{
    BITS, bits_per_image, bits_under, flat, shares_by_place, sharpness,
};
use crate::sampling::{complete, sample};
use crate::training::{Config, Learns, Training, in_room};

/// The recipe of the prior. At full scale a step on dfdx is to take some 15 ms on a large GPU, and all of them 3 minutes; on two
/// cores one takes up to two seconds, and all of them six hours.
fn config(lab: &Lab, codes: usize) -> Config {
    let Config { sizes, batch, steps, warm_up, adam } = Config::default();
    let Sizes { width, heads, blocks, .. } = sizes;
    let sizes = Sizes {
        codes,
        width: lab.by_scale(16, width, 256),
        heads: lab.by_scale(2, heads, 8),
        blocks: lab.by_scale(1, blocks, 4),
        ..sizes
    };
    let lr = lab.by_scale(adam.lr, adam.lr, 1e-3);
    Config {
        sizes,
        batch: lab.by_scale(16, batch, 64),
        steps: lab.by_scale(40, steps, 12_000),
        warm_up: lab.by_scale(5, warm_up, 500),
        adam: AdamConfig { lr, ..adam },
    }
}

/// A trained prior, and how long that took.
pub struct Learnt {
    /// The model.
    pub prior: Prior<f32>,
    seconds: f64,
}

/// The prior after its training in the lab's room, and the bits of digits held out on the way.
fn trained<'a>(
    lab: &Lab,
    world: &'a World,
    name: &str,
    config: Config,
) -> anyhow::Result<(Box<dyn Learns + 'a>, History)> {
    let training = Training::new(config, &world.train_codes, lab.seed())?;
    let training = training.of_tokeniser(&world.tokeniser);
    let mut training = in_room(lab, training)?;
    let steps = config.steps;
    let milestones =
        [1, 2, 4, 8, 16, 32, 48, 64].map(|n| (n * steps / 64).max(1));
    let history =
        lab.train_and_observe(name, milestones, &mut training, |t| {
            let nats = t.nats(&world.watched);
            vec![nats.map_or(f32::NAN, |n| bits_per_image(&n) as f32)]
        })?;
    Ok((training, history))
}

/// Trains the prior, and draws how its bits fall.
pub fn learn(lab: &mut Lab, world: &World) -> anyhow::Result<Learnt> {
    let config = config(lab, world.tokeniser.codes());
    let (training, history) = trained(lab, world, "prior", config)?;
    let (prior, steps) = (training.prior(), config.steps as f64);
    let seconds = lab.seconds("prior")?;
    lab.result("train_seconds", seconds, Within::Timing)?;
    lab.result("seconds_per_step", seconds / steps, Within::Timing)?;
    lab.result("steps", steps, Within::Exactly)?;
    lab.result("batch", config.batch as f64, Within::Exactly)?;
    lab.result(
        "epochs",
        steps * config.batch as f64 / world.train_codes.nrows() as f64,
        Within::Exactly,
    )?;
    lab.result("parameters", prior.size() as f64, Within::Exactly)?;
    learning(lab, world, &training.losses(), &history)?;
    Ok(Learnt { prior, seconds })
}

/// How the bits of batches and of digits held out fall, and what histograms reach.
fn learning(
    lab: &Lab,
    world: &World,
    losses: &[f32],
    history: &History,
) -> anyhow::Result<()> {
    let held_out = history.iter().filter_map(|(n, seen)| {
        seen.first().map(|bits| (*n as f64, f64::from(*bits)))
    });
    let unigram = unigram(&world.train_codes, world.tokeniser.codes());
    let by_place = shares_by_place(&world.train_codes, unigram.ncols());
    let of = |shares| bits_under(shares, &world.test_codes);
    let plot = Plot::new("")
        .x("step", Axis::Linear)
        .y("bits an image", Axis::Linear)
        .line("batches", smoothed(losses, 200))
        .line("digits held out", held_out)
        .horizontal("one histogram", of(&unigram))
        .horizontal("one for each place", of(&by_place));
    lab.figure("learning", &plot.svg()?)
}

/// A whole training on dfdx, on the codes of the page's prior: their tokeniser is that of an earlier run, or else is trained in
/// the plain room, and at full scale on the device as well. Samples are drawn on the device too.
pub fn on_dfdx(lab: &mut Lab) -> anyhow::Result<()> {
    lab.enter(lab.by_scale(Room::Plain, Room::Plain, Room::Dfdx));
    let world = World::as_left(lab)?;
    lab.enter(Room::Dfdx);
    let config = config(lab, world.tokeniser.codes());
    let (training, _) = trained(lab, &world, "prior-dfdx", config)?;
    let close = Within::Relative(0.05);
    let bits = bits_per_image(&training.nats(&world.test_codes)?);
    lab.result("dfdx_bits_prior", bits, close)?;
    let codes = config.sizes.codes as f64;
    lab.result("dfdx_codes", codes, Within::Exactly)?;
    let x = world.digits(world.test_codes.nrows()); // [N, 784]
    let rebuilt = world.tokeniser.decode(&world.test_codes)?; // [N, 784]
    let distortion = mse_over_variance(&x, &rebuilt);
    lab.result("dfdx_distortion", distortion, Within::Relative(0.1))?;
    let seconds = lab.seconds("prior-dfdx")?;
    lab.result("dfdx_prior_seconds", seconds, Within::Timing)?;
    let steps = config.steps as f64;
    lab.result("dfdx_prior_steps", steps, Within::Exactly)?;
    samples_on_dfdx(lab, &world, &training.prior())
}

/// As many as the plain room times, at temperature 1, judged and shown.
fn samples_on_dfdx(
    lab: &mut Lab,
    world: &World,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let (judge, seed) = (Judge::new(lab)?, lab.seed().wrapping_add(1));
    let n = judged(lab, world);
    let start = Instant::now();
    let codes: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| {
        let prior = on_dfdx::Prior::new(&dev, prior);
        Ok(sample(&prior, n, 1.0, seed)?) // [n, 49]
    });
    let x = world.tokeniser.decode(&codes?)?; // [n, 784]
    let seconds = start.elapsed().as_secs_f64();
    lab.result("dfdx_sample_seconds", seconds, Within::Timing)?;
    let each = seconds * 1000.0 / n as f64;
    lab.result("dfdx_sample_seconds_per_1000", each, Within::Timing)?;
    let frechet = judge.judge(&x)?.frechet;
    lab.result("dfdx_samples_frechet", frechet, Within::Factor(1.6))?;
    let floor = judge.judge(&judge.held_out())?.frechet;
    lab.result("dfdx_real_frechet", floor, Within::Factor(1.6))?;
    let mut grid = ImageGrid::new(16);
    push(&mut grid, &x.slice(s![..n.min(128), ..]).to_owned());
    lab.image("samples-dfdx", &grid)
}

/// How many images are drawn to be judged.
fn judged(lab: &Lab, world: &World) -> usize {
    lab.by_scale(300, 10_000, 10_000).min(world.test.len())
}

/// How often each code comes, wherever. `[1, K]`
fn unigram(codes: &Array2<usize>, k: usize) -> Array2<f64> {
    let counts = usage(&flat(codes), k).mapv(|n| n as f64 + 1.0); // [K]
    let total = counts.sum();
    (counts / total).insert_axis(Dim(0))
}

/// Rate and distortion on the test digits, and where the bits go.
pub fn bits(
    lab: &mut Lab,
    world: &World,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let (k, codes) = (world.tokeniser.codes(), &world.test_codes);
    let x = world.digits(codes.nrows()); // [N, 784]
    let rebuilt = world.tokeniser.decode(codes)?; // [N, 784]
    let distortion = mse_over_variance(&x, &rebuilt);
    lab.result("distortion", distortion, Within::Relative(0.1))?;
    let against_training =
        distortion * vq_vae::plain::variance(&x) / world.variance;
    lab.result(
        "distortion_training_variance",
        against_training,
        Within::Relative(0.1),
    )?;
    lab.result("codes", k as f64, Within::Exactly)?;
    lab.result("test_images", codes.nrows() as f64, Within::Exactly)?;
    lab.result("tokeniser_seconds", world.tokeniser_seconds, Within::Timing)?;
    let used = usage(&flat(codes), k).iter().filter(|n| **n > 0).count();
    lab.result("codes_used", used as f64, Within::Absolute(10.0))?;

    let close = Within::Relative(0.05);
    let uniform = Array2::from_elem((1, k), 1.0 / k as f64); // [1, K]
    lab.result("bits_uniform", bits_under(&uniform, codes), Within::Exactly)?;
    let one = unigram(&world.train_codes, k); // [1, K]
    lab.result("bits_unigram", bits_under(&one, codes), close)?;
    let by_place = shares_by_place(&world.train_codes, k); // [49, K]
    let per_place = bits_under(&by_place, codes);
    lab.result("bits_unigram_per_place", per_place, close)?;
    let nats = prior.nats(codes)?; // [N, 49]
    let of_prior = bits_per_image(&nats);
    lab.result("bits_prior", of_prior, close)?;
    let learnt = world
        .train_codes
        .slice(s![..codes.nrows().min(world.train_codes.nrows()), ..]);
    let of_train = bits_per_image(&prior.nats(&learnt.to_owned())?);
    lab.result("bits_prior_on_training_digits", of_train, close)?;

    let each = nats.sum_axis(Dim(1)) * BITS; // [N]
    let spread = |share: f64| {
        let mut sorted = each.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted[((sorted.len() - 1) as f64 * share) as usize]
    };
    for (name, share) in
        [("cheapest", 0.0), ("median", 0.5), ("dearest", 1.0)]
    {
        let name = format!("bits_{name}_image");
        lab.result(&name, spread(share), Within::Relative(0.25))?;
    }
    let mean = |nats: &Array2<f64>| {
        let rows = nats.nrows() as f64;
        let bits = nats.sum_axis(Dim(0)) * BITS / rows; // [49]
        bits.into_shape_with_order((7, 7)).expect("49 places")
    };
    let alone = Array2::from_shape_fn(codes.dim(), |(n, i)| {
        -by_place[[i, codes[[n, i]]]].ln()
    });
    let (before, after) = (mean(&alone), mean(&nats)); // [7, 7]
    lab.result("bits_first_place", after[[0, 0]], Within::Absolute(0.2))?;
    lab.result(
        "bits_dearest_place",
        after.fold(0.0, |m, v| v.max(m)),
        close,
    )?;
    let most = before.fold(0.0_f64, |m, v| m.max(*v));
    let square = |title: &str, bits: &Array2<f64>| {
        let shades = bits.slice(s![..;-1, ..]).mapv(|v| v / most);
        Plot::new(title)
            .x("", Axis::Linear)
            .y("", Axis::Linear)
            .x_range(0.0, 7.0)
            .y_range(0.0, 7.0)
            .square()
            .shade(&shades.to_owned(), (0.0, 7.0), (0.0, 7.0))
    };
    lab.result("bits_dearest_place_alone", most, close)?;
    let left = square("each place for itself", &before);
    let right = square("given all places before", &after);
    lab.figure("places", &panels(&[left, right], 2)?)?;

    // The cheapest and the dearest digits.
    let mut order: Vec<usize> = (0..each.len()).collect();
    order.sort_by(|&a, &b| each[a].total_cmp(&each[b]));
    let shown = order.len().min(12);
    let (cheapest, dearest) =
        (&order[..shown], &order[order.len() - shown..]);
    let mut grid = ImageGrid::new(shown);
    push(&mut grid, &self::rows(&x, &[cheapest, dearest].concat()));
    lab.image("extremes", &grid)
}

fn rows(x: &Array2<f32>, rows: &[usize]) -> Array2<f32> {
    x.select(Dim(0), rows)
}

fn push(grid: &mut ImageGrid, x: &Array2<f32>) {
    for row in x.rows() {
        let image = row.to_shape((28, 28)).expect("784 pixels");
        grid.push(image.view(), 0.0, 1.0);
    }
}

/// Codes drawn without a model of what goes together.
fn independent(
    shares: &Array2<f64>,
    n: usize,
    rng: &mut impl Rng,
) -> Array2<usize> {
    Array2::from_shape_fn((n, 49), |(_, i)| {
        let row = shares.row(i.min(shares.nrows() - 1)); // [K]
        let mut left: f64 = rng.random();
        let found = row.iter().position(|p| {
            left -= p;
            left < 0.0
        });
        found.unwrap_or(row.len() - 1)
    })
}

/// Samples: at several temperatures, without a prior, and while they come about.
pub fn pictures(
    lab: &mut Lab,
    world: &World,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let seed = lab.seed();
    let n = lab.by_scale(32, 128, 128);
    let drawn = sample(prior, n, 1.0, seed)?; // [128, 49]
    let mut grid = ImageGrid::new(16);
    push(&mut grid, &world.tokeniser.decode(&drawn)?);
    lab.image("samples", &grid)?;

    let k = world.tokeniser.codes();
    let rng = &mut lab.rng("without a prior");
    let uniform = Array2::from_elem((1, k), 1.0 / k as f64);
    let mut grid = ImageGrid::new(16);
    for shares in [
        uniform,
        unigram(&world.train_codes, k),
        shares_by_place(&world.train_codes, k),
    ] {
        let codes = independent(&shares, 16, rng); // [16, 49]
        push(&mut grid, &world.tokeniser.decode(&codes)?);
    }
    push(
        &mut grid,
        &world.tokeniser.decode(&drawn.slice(s![..16, ..]).to_owned())?,
    );
    lab.image("without", &grid)?;

    let mut grid = ImageGrid::new(16);
    for temperature in [0.5, 0.8, 1.0, 1.3, 2.0] {
        let codes = sample(prior, 16, temperature, seed)?; // [16, 49]
        push(&mut grid, &world.tokeniser.decode(&codes)?);
    }
    lab.image("temperatures", &grid)?;

    // A map while it is drawn: what is not there yet has the commonest code of its place.
    let common = commonest(&world.train_codes, k); // [49]
    let mut grid = ImageGrid::new(8);
    for row in drawn.rows().into_iter().take(6) {
        for done in (0..=49).step_by(7) {
            let map = Array2::from_shape_fn((1, 49), |(_, i)| {
                if i < done { row[i] } else { common[i] }
            });
            push(&mut grid, &world.tokeniser.decode(&map)?);
        }
    }
    lab.image("growth", &grid)
}

/// Where the heads of each block look from the middle of the map: mean weights over test digits.
pub fn looks(
    lab: &mut Lab,
    world: &World,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let (h, from) = (prior.heads, 24);
    let n = lab.by_scale(20, 200, 200).min(world.test_codes.nrows());
    let pass =
        prior.forward(&world.test_codes.slice(s![..n, ..]).to_owned())?;
    let mut grid = ImageGrid::new(h).zoom(14);
    let mut near = 0.0_f32;
    for weights in pass.weights() {
        for head in 0..h {
            let mut mean = Array1::<f32>::zeros(49); // [49]
            for p in weights.iter().skip(head).step_by(h) {
                mean.scaled_add(1.0 / n as f32, &p.row(from));
            }
            // Row i holds code i - 1: these hold the code to the left, above it, and above that one's sides.
            let close = [from, from - 6, from - 5, from - 7];
            let close: f32 = close.iter().map(|&j| mean[j]).sum();
            near = near.max(close);
            let largest = mean.fold(0.0_f32, |m, v| m.max(*v));
            // Row j holds code j - 1, so it is shown one place to the left; the start token is left out.
            let mut map = Array1::zeros(49); // [49]
            map.slice_mut(s![..48]).assign(&mean.slice(s![1..]));
            let map = map.into_shape_with_order((7, 7))?;
            grid.push(map.view(), 0.0, largest);
        }
    }
    let near = f64::from(near);
    lab.result("most_local_head_share", near, Within::Absolute(0.25))?;
    lab.image("looks", &grid)
}

/// The code that comes most often at each place. `[49]`
fn commonest(codes: &Array2<usize>, k: usize) -> Array1<usize> {
    shares_by_place(codes, k).map_axis(Dim(1), |row| {
        let larger = |a, b| if row[b] > row[a] { b } else { a };
        (0..row.len()).fold(0, larger)
    })
}

/// The upper half of a digit is given; the model draws the rest, several times.
pub fn completions(
    lab: &mut Lab,
    world: &World,
    prior: &Prior<f32>,
) -> anyhow::Result<()> {
    let (tries, given) = (6, 28); // four of seven rows
    let shown = world.test_codes.nrows().min(10);
    let common = commonest(&world.train_codes, world.tokeniser.codes());
    let codes = world.test_codes.slice(s![..shown, ..]).to_owned();
    let known = Array2::from_shape_fn(codes.dim(), |(n, i)| {
        if i < given { codes[[n, i]] } else { common[i] }
    });
    let start = codes.slice(s![.., ..given]).to_owned(); // [10, 28]
    let mut columns = vec![
        world.digits(shown),
        world.tokeniser.decode(&codes)?,
        masked(world.tokeniser.decode(&known)?, given / 7 * 4),
    ];
    for n in 0..tries {
        let seed = lab.seed().wrapping_add(n);
        let done = complete(prior, &start, 1.0, seed)?;
        columns.push(world.tokeniser.decode(&done)?);
    }
    let mut grid = ImageGrid::new(columns.len());
    for n in 0..shown {
        for column in &columns {
            push(&mut grid, &rows(column, &[n]));
        }
    }
    lab.image("completions", &grid)?;

    // What the given half is worth: bits of the other half with and without it.
    let nats = prior.nats(&world.test_codes)?; // [N, 49]
    let rest = nats.slice(s![.., given..]).sum() * BITS / nats.nrows() as f64;
    let by_place =
        shares_by_place(&world.train_codes, world.tokeniser.codes());
    let alone: f64 = world
        .test_codes
        .indexed_iter()
        .filter(|((_, i), _)| *i >= given)
        .map(|((_, i), &c)| -by_place[[i, c]].log2())
        .sum();
    let alone = alone / nats.nrows() as f64;
    let close = Within::Relative(0.05);
    lab.result("bits_lower_half", rest, close)?;
    lab.result("bits_lower_half_per_place", alone, close)?;

    // Error of the part that was not given, over the variance of its pixels: the mean of many completions, one
    // completion, and the decoder with the commonest codes.
    let n = lab.by_scale(20, 1000, 1000).min(world.test_codes.nrows());
    let codes = world.test_codes.slice(s![..n, ..]).to_owned();
    let start = codes.slice(s![.., ..given]).to_owned();
    let below = |x: &Array2<f32>| x.slice(s![.., 28 * 16..]).to_owned();
    let truth = below(&world.digits(n));
    let mut sum = Array2::<f32>::zeros(truth.raw_dim());
    let tries = lab.by_scale(2, 10, 10);
    for t in 0..tries {
        let seed = lab.seed().wrapping_add(100 + t);
        let done = complete(prior, &start, 1.0, seed)?;
        let x = below(&world.tokeniser.decode(&done)?);
        if t == 0 {
            let error = mse_over_variance(&truth, &x);
            lab.result("completion_error_one", error, Within::Relative(0.1))?;
        }
        sum += &x;
    }
    let error = mse_over_variance(&truth, &(sum / tries as f32));
    lab.result("completion_error_mean", error, Within::Relative(0.1))?;
    lab.result("completion_tries", tries as f64, Within::Exactly)?;
    let known = Array2::from_shape_fn(codes.dim(), |(n, i)| {
        if i < given { codes[[n, i]] } else { common[i] }
    });
    let blank = below(&world.tokeniser.decode(&known)?);
    let error = mse_over_variance(&truth, &blank);
    lab.result("completion_error_blank", error, Within::Relative(0.1))
}

/// Grey from this line of pixels on: not given.
fn masked(mut x: Array2<f32>, from: usize) -> Array2<f32> {
    x.slice_mut(s![.., 28 * from..]).fill(0.35);
    x
}

/// Samples in equal number from everybody, before one judge.
struct Judged<'a> {
    judge: &'a Judge,
    real_sharpness: f64,
}

impl Judged<'_> {
    fn record(
        &self,
        lab: &mut Lab,
        name: &str,
        x: &Array2<f32>,
    ) -> anyhow::Result<Verdict> {
        let verdict = self.judge.judge(x)?;
        record(lab, name, verdict)?;
        let sharp = sharpness(x, 28) / self.real_sharpness;
        let name = format!("{name}_sharpness");
        lab.result(&name, sharp, Within::Relative(0.1))?;
        Ok(verdict)
    }
}

const TEMPERATURES: [f64; 5] = [0.7, 0.8, 0.9, 1.0, 1.1];

/// One table: the floor, reconstructions, this chapter's samples, chapter 3's.
pub fn beside_the_gan(
    lab: &mut Lab,
    world: &World,
    learnt: &Learnt,
) -> anyhow::Result<()> {
    let prior = &learnt.prior;
    let judge = Judge::new(lab)?;
    let n = judged(lab, world);
    let digits = world.digits(n);
    let real_sharpness = sharpness(&digits, 28);
    let judged = Judged { judge: &judge, real_sharpness };
    let held_out = judge.held_out();
    judged.record(lab, "real", &held_out)?;
    let rebuilt = world.tokeniser.reconstruct(&held_out)?; // [N, 784]
    judged.record(lab, "reconstruction", &rebuilt)?;

    let mut curves = [vec![], vec![], vec![]];
    let mut drawn = Array2::zeros((0, 784));
    for temperature in TEMPERATURES {
        let start = Instant::now();
        let seed = lab.seed().wrapping_add(1);
        let codes = sample(prior, n, temperature, seed)?;
        let x = world.tokeniser.decode(&codes)?; // [N, 784]
        let seconds = start.elapsed().as_secs_f64() * 1000.0 / n as f64;
        let name = match temperature {
            1.0 => "prior_sample".to_string(),
            t => format!("prior_sample_{t}"),
        };
        let v = judged.record(lab, &name, &x)?;
        for (curve, y) in
            curves.iter_mut().zip([v.frechet, v.precision, v.recall])
        {
            curve.push((temperature, y));
        }
        if temperature == 1.0 {
            let name = "prior_seconds_per_1000";
            lab.result(name, seconds, Within::Timing)?;
            let bits = bits_per_image(&prior.nats(&codes)?);
            lab.result("bits_of_samples", bits, Within::Relative(0.05))?;
            drawn = x;
        }
    }
    let [of_frechet, of_precision, of_recall] = curves;
    let left = Plot::new("")
        .x("temperature", Axis::Linear)
        .y("Fréchet distance", Axis::Linear)
        .line("", of_frechet.clone())
        .colour(0)
        .points("", of_frechet);
    let right = Plot::new("")
        .x("temperature", Axis::Linear)
        .y("share", Axis::Linear)
        .line("precision", of_precision)
        .line("recall", of_recall);
    lab.figure("temperature", &panels(&[left, right], 2)?)?;

    let generator = generator(lab)?;
    let (noise, g) = (generator.noise, &generator.net);
    let start = Instant::now();
    let z = noise.sample(n, &mut lab.rng("judged")); // [N, Z]
    let x = unit(g.output(&z)); // [N, 784]
    let seconds = start.elapsed().as_secs_f64() * 1000.0 / n as f64;
    judged.record(lab, "gan", &x)?;
    lab.result("gan_seconds_per_1000", seconds, Within::Timing)?;
    lab.result("gan_train_seconds", generator.seconds, Within::Timing)?;
    let all = world.tokeniser_seconds + learnt.seconds;
    lab.result("all_train_seconds", all, Within::Timing)?;
    let weights = |net: &Mlp<f32>| -> usize {
        net.layers.iter().map(|l| l.w.len()).sum()
    };
    let size = |net: &Mlp<f32>| -> usize {
        net.parameters().iter().map(|p| p.len()).sum()
    };
    let tokeniser = &world.tokeniser;
    let decoder = 49 * weights(&tokeniser.decoder);
    for (name, count) in [
        ("gan_parameters", size(g)),
        ("gan_multiply_adds", weights(g)),
        (
            "decoder_parameters",
            size(&tokeniser.decoder) + tokeniser.codebook.len(),
        ),
        ("encoder_parameters", size(&tokeniser.encoder)),
        ("decoder_multiply_adds", decoder),
        ("prior_multiply_adds", prior.multiply_adds()),
        ("judged_images", n),
    ] {
        lab.result(name, count as f64, Within::Exactly)?;
    }

    let some: Vec<usize> = (0..held_out.nrows().min(16)).collect();
    let mut grid = ImageGrid::new(some.len());
    for x in [&held_out, &rebuilt, &drawn, &x] {
        push(&mut grid, &rows(x, &some));
    }
    lab.image("beside", &grid)
}

/// Chapter 3's generator, and how long it was trained.
struct Generator {
    noise: Noise,
    net: Mlp<f32>,
    seconds: f64,
}

/// From chapter 3's last run, if that was one like this, or trained here by the same recipe.
fn generator(lab: &Lab) -> anyhow::Result<Generator> {
    let train = training_digits(lab)?;
    let start = || pair(lab, &train, widths(lab));
    let gan::training::Config { noise, cool, .. } = start()?.config;
    let steps = cool.unwrap_or(0);
    let there = lab.checkpoint_of(&gan::CHAPTER, "digits");
    let digits = (&gan::CHAPTER, "digits");
    if let Some((pair, seconds)) =
        lab.finished(digits, &there, steps, start()?)?
    {
        return Ok(Generator { noise, net: pair.mean, seconds });
    }
    let mut pair = gan::training::in_room(lab, start()?)?;
    lab.train("gan", steps, &mut pair)?;
    Ok(Generator { noise, net: pair.mean(), seconds: lab.seconds("gan")? })
}
