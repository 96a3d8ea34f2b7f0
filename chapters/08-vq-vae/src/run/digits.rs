//! The page's network: trained, judged, looked into, and made into a compressor.

use anyhow::Context;
use codebook_lookup::plain::{entropy, gather, usage};
use commitment_loss::plain::perplexity;
use commitment_loss::quantizer::Quantizer;
use datasets::{Batches, Digits, PixelRange, Split};
use gradients::plain::Parameters;
use lab::{Axis, History, ImageGrid, Lab, Plot, Room, Within};
use ndarray::{Array1, Array2, Axis as Dim, s};

use super::pictures::{code_maps, push_rows};
use crate::coding::{Compressor, HEADER, Tables};
use crate::model::VqVae;
use crate::plain::squared_error;
use crate::training::{Config, Sizes, Trained, Training, in_room};

/// Training and test images, and what an error is divided by.
pub struct Data {
    /// What is learnt from.
    pub train: Digits,
    /// What is held back, `[N, 784]` in [0, 1].
    pub test: Array2<f32>,
    /// Of all training pixels.
    pub variance: f64,
    /// How many training images are looked at once more after training.
    pub seen: usize,
}

impl Data {
    /// The images of the command line.
    pub fn load(lab: &Lab) -> anyhow::Result<Self> {
        let train = Digits::load_28x28(lab.data(), Split::Train)?;
        let test = Digits::load_28x28(lab.data(), Split::Test)?;
        test.at_least(2)?; // to go from one to another
        let n = lab.by_scale(100, 10_000, 10_000).min(test.len());
        let rows: Vec<usize> = (0..n).collect();
        let seen = lab.by_scale(200, 60_000, 60_000).min(train.len());
        Ok(Self {
            test: test.pixels(&rows, PixelRange::Unit),
            variance: variance(&train),
            train,
            seen,
        })
    }

    /// A run on the training images.
    pub fn training(
        &self,
        config: Config,
        seed: u64,
    ) -> anyhow::Result<Training<'_>> {
        self.train.at_least(config.batch)?;
        let mut batches = Batches::new(self.train.len(), config.batch, seed)?;
        let data =
            move |n| self.train.pixels(&batches.batch(n), PixelRange::Unit);
        Ok(Training::new(config, data, seed)?)
    }

    /// Mean squared error over the variance of the training pixels.
    pub fn unexplained(&self, x: &Array2<f32>, y: &Array2<f32>) -> f64 {
        squared_error(x, y).mean().unwrap_or(0.0) / self.variance
    }

    /// The first test images, `n` or as many as there are.
    pub fn first(&self, n: usize) -> Array2<f32> {
        self.test.slice(s![..n.min(self.test.nrows()), ..]).to_owned()
    }

    /// The first training images in [0, 1].
    pub fn learnt(&self, n: usize) -> Array2<f32> {
        let rows: Vec<usize> = (0..n.min(self.train.len())).collect();
        self.train.pixels(&rows, PixelRange::Unit)
    }
}

/// Of the pixels in [0, 1], from how often each grey value occurs.
fn variance(digits: &Digits) -> f64 {
    let mut counts = [0_u64; 256];
    digits.images.iter().for_each(|v| counts[usize::from(*v)] += 1);
    let mean = |power: i32| {
        let values = counts.iter().enumerate();
        let sum: f64 = values
            .map(|(v, n)| (v as f64 / 255.0).powi(power) * *n as f64)
            .sum();
        sum / digits.images.len() as f64
    };
    mean(2) - mean(1).powi(2)
}

/// The recipe of this chapter. At full scale a step on dfdx is to take some 8 ms on a large GPU, and all of them 3 minutes;
/// on a CPU, where one takes most of a second, it is an evening's work, and the progress bar says how long.
pub fn recipe(lab: &Lab, data: &Data) -> Config {
    let config = Config::default();
    let sizes = Sizes {
        codes: lab.by_scale(16, 128, 512),
        channels: lab.by_scale(8, 128, 256),
        ..Sizes::default()
    };
    Config {
        sizes,
        batch: lab.by_scale(16, config.batch, 128),
        steps: lab.by_scale(80, config.steps, 22_000),
        variance: data.variance,
        ..config
    }
}

/// What a set of codes says about its codebook: perplexity, and the share of codes in use.
pub fn in_use(codes: &Array2<usize>, k: usize) -> (f64, f64) {
    let flat: Vec<usize> = codes.iter().copied().collect();
    let counts = usage(&flat, k);
    let used = counts.iter().filter(|n| **n > 0).count();
    (perplexity(&counts), used as f64 / k as f64)
}

/// The page's network, trained in the lab's room; what 500 test digits say on the way.
fn learn<'a>(
    lab: &mut Lab,
    data: &'a Data,
    name: &str,
    config: Config,
) -> anyhow::Result<(Box<dyn Trained + 'a>, History)> {
    let training = data.training(config, lab.seed())?;
    let mut training = in_room(lab, training)?;
    let few = data.first(500);
    let milestones = (0..=16).map(|n: u64| n * n * config.steps / 256);
    let history =
        lab.train_and_observe(name, milestones, &mut training, |t| {
            look(data, &few, &t.model(), &t.quantizer()).unwrap_or_default()
        })?;
    Ok((training, history))
}

/// What is seen of a network on digits that it does not learn from: perplexity, share of codes in use, error, commitment
/// loss, and mean squared length of a latent.
fn look(
    data: &Data,
    x: &Array2<f32>,
    model: &VqVae<f32>,
    quantizer: &Quantizer<f32>,
) -> anyhow::Result<Vec<f32>> {
    let z_e = model.latents(x)?; // [N S², D]
    let found = quantizer.quantize(&z_e)?;
    let places = (x.nrows(), model.sizes.places());
    let codes = Array2::from_shape_vec(places, found.quantized.indices)?;
    let error = data.unexplained(x, &model.decode(&codes)?);
    let (perplexity, used) = in_use(&codes, model.codes());
    let squares = z_e.mapv(|v| f64::from(v * v)).sum_axis(Dim(1)); // [N S²]
    let square = squares.mean().unwrap_or(0.0);
    let numbers = [perplexity, used, error];
    let numbers =
        numbers.into_iter().chain([found.commitment_loss.into(), square]);
    Ok(numbers.map(|v| v as f32).collect())
}

/// The same on dfdx, to the end.
pub fn digits_on_dfdx(lab: &mut Lab) -> anyhow::Result<()> {
    lab.enter(Room::Dfdx);
    let data = Data::load(lab)?;
    let config = recipe(lab, &data);
    let (training, _) = learn(lab, &data, "digits-dfdx", config)?;
    let seconds = lab.seconds("digits-dfdx")?;
    lab.result("dfdx_seconds", seconds, Within::Timing)?;
    lab.result("dfdx_steps", config.steps as f64, Within::Exactly)?;
    let model = training.model();
    let codes = model.encode(&data.test)?; // [N, S²]
    let y = model.decode(&codes)?; // [N, 784]
    let error = data.unexplained(&data.test, &y);
    let name = "dfdx_test_mse_over_variance";
    lab.result(name, error, Within::Factor(1.1))?;
    let (_, used) = in_use(&codes, model.codes());
    lab.result("dfdx_used_share", used, Within::Absolute(0.05))?;
    let first: Vec<usize> = (0..data.test.nrows()).collect();
    beside(lab, "reconstructions-dfdx", &first, (&data.test, &y))
}

/// The page's network.
pub fn digits(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let config = recipe(lab, &data);
    let (training, history) = learn(lab, &data, "digits", config)?;
    let seconds = lab.seconds("digits")?;
    lab.result("train_seconds", seconds, Within::Timing)?;
    let steps = config.steps as f64;
    lab.result("seconds_per_step", seconds / steps, Within::Timing)?;
    lab.result("steps", steps, Within::Exactly)?;
    lab.result("batch", config.batch as f64, Within::Exactly)?;
    lab.result("pixel_variance", config.variance, Within::Absolute(1e-6))?;
    let revived = training.revived() as f64;
    lab.result("revived_codes", revived, Within::Factor(3.0))?;
    let model = &training.model();
    let parts = [&model.encoder, &model.decoder];
    let numbers = parts
        .map(|net| net.parameters().iter().map(|p| p.len()).sum::<usize>());
    let numbers = (numbers[0] + numbers[1] + model.codebook.len()) as f64;
    lab.result("parameters", numbers, Within::Exactly)?;

    let codes = model.encode(&data.test)?; // [N, S²]
    let y = model.decode(&codes)?; // [N, 784]
    let error = data.unexplained(&data.test, &y);
    lab.result("test_mse_over_variance", error, Within::Factor(1.1))?;
    lab.result("test_images", data.test.nrows() as f64, Within::Exactly)?;
    let learnt = data.learnt(data.test.nrows());
    let again = data.unexplained(&learnt, &model.reconstruct(&learnt)?);
    lab.result("train_mse_over_variance", again, Within::Factor(1.1))?;
    let z_e = model.latents(&data.first(2000))?;
    let past = data.unexplained(&data.first(2000), &model.draw(&z_e)?);
    lab.result("unquantised_mse_over_variance", past, Within::Factor(1.3))?;

    let tables = seen_codes(model, &data)?;
    bits(lab, model, &codes, &tables)?;
    let compressor = Compressor::new(model.clone(), tables)?;
    save(lab, &compressor)?;
    compressed(lab, &compressor, &codes)?;

    growth(lab, &config, &training.losses(), &history)?;
    commitment(lab, &history)?;
    reconstructions(lab, &data, &y)?;
    lab.figure("code_map", &code_maps(model, &data.first(8), 8)?)?;
    what_codes_draw(lab, model, &codes)?;
    between(lab, model, &data)
}

/// The tables of the training images' codes.
fn seen_codes(model: &VqVae<f32>, data: &Data) -> anyhow::Result<Tables> {
    let mut all = Vec::with_capacity(data.seen * model.sizes.places());
    let rows: Vec<usize> = (0..data.seen).collect();
    for rows in rows.chunks(5000) {
        let x = data.train.pixels(rows, PixelRange::Unit);
        all.extend(model.encode(&x)?);
    }
    let shape = (data.seen, model.sizes.places());
    let codes = Array2::from_shape_vec(shape, all)?;
    Ok(Tables::of_codes(&codes, model.codes())?)
}

/// Perplexity, and the bits of an image under three models of its codes.
fn bits(
    lab: &mut Lab,
    model: &VqVae<f32>,
    codes: &Array2<usize>,
    tables: &Tables,
) -> anyhow::Result<()> {
    let (k, places) = (model.codes(), model.sizes.places() as f64);
    let (perplexity, used) = in_use(codes, k);
    lab.result("perplexity", perplexity, Within::Factor(1.1))?;
    lab.result("codes_used_share", used, Within::Absolute(0.05))?;
    let uniform = places * (k as f64).log2();
    lab.result("bits_uniform", uniform, Within::Absolute(1e-9))?;
    let flat: Vec<usize> = codes.iter().copied().collect();
    let counts = usage(&flat, k);
    let unigram = places * entropy(&counts) / 2.0_f64.ln();
    lab.result("bits_unigram", unigram, Within::Factor(1.05))?;
    let by_place = codes
        .rows()
        .into_iter()
        .map(|map| tables.bits(&map.to_vec()))
        .collect::<Array1<f64>>();
    let by_place = by_place.mean().unwrap_or(0.0);
    lab.result("bits_by_place", by_place, Within::Factor(1.05))?;
    let bytes = by_place / 8.0;
    lab.result("bytes_by_place", bytes, Within::Factor(1.05))?;
    lab.result("codebook_size", k as f64, Within::Exactly)?;

    let mut order = counts.to_vec();
    order.sort_by(|a, b| b.cmp(a));
    let total = flat.len() as f64;
    let share = |(n, count): (usize, &usize)| {
        ((n + 1) as f64, 100.0 * *count as f64 / total)
    };
    let plot = Plot::new("")
        .x("codes, the most frequent first", Axis::Linear)
        .y("% of all places", Axis::Linear)
        .area("", order.iter().enumerate().map(share))
        .horizontal("a fair share", 100.0 / k as f64);
    lab.figure("usage", &plot.svg()?)
}

/// Saves the compressor. What an earlier one has written only that can read, so it is kept under its fingerprint.
fn save(lab: &Lab, compressor: &Compressor) -> anyhow::Result<()> {
    let path = lab.checkpoint_path("compressor");
    let before = Compressor::load(&path).ok().map(|c| c.fingerprint());
    if let Some(before) = before
        && before != compressor.fingerprint()
    {
        let kept = lab.checkpoint_path(&format!("compressor-{before}"));
        std::fs::rename(&path, &kept)
            .with_context(|| kept.display().to_string())?;
        let kept = kept.display();
        lab.say(format!("{kept}: kept, for what it has compressed"));
    }
    Ok(compressor.save(&path)?)
}

/// The sizes of the test images as files.
fn compressed(
    lab: &mut Lab,
    compressor: &Compressor,
    codes: &Array2<usize>,
) -> anyhow::Result<()> {
    let mut sizes = Vec::with_capacity(codes.nrows());
    let mut beyond: f64 = 0.0;
    for map in codes.rows() {
        let map = map.to_vec();
        let file = compressor.pack(&map)?;
        let payload = 8.0 * (file.len() - HEADER) as f64;
        beyond = beyond.max(payload - compressor.tables.bits(&map));
        sizes.push(file.len() as f64);
    }
    let bytes = sizes.iter().sum::<f64>() / sizes.len() as f64;
    lab.result("compressed_bytes_mean", bytes, Within::Factor(1.05))?;
    let payload = bytes - HEADER as f64;
    lab.result("payload_bytes_mean", payload, Within::Factor(1.05))?;
    lab.result("header_bytes", HEADER as f64, Within::Exactly)?;
    lab.result("payload_beyond_bits_max", beyond, Within::Absolute(32.0))
}

/// Error and perplexity while the network learns.
fn growth(
    lab: &mut Lab,
    config: &Config,
    losses: &[f32],
    history: &History,
) -> anyhow::Result<()> {
    let size = (losses.len() / 200).max(1);
    let smooth = losses.chunks(size).enumerate().map(|(n, part)| {
        let sum: f64 = part.iter().map(|v| f64::from(*v)).sum();
        ((n * size) as f64, sum / part.len() as f64)
    });
    let error = Plot::new("")
        .x("step", Axis::Linear)
        .y("squared error over variance", Axis::Log)
        .line("training batches", smooth)
        .points("test digits", curve(history, |seen| seen[2]).skip(1));
    let codes = Plot::new("")
        .x("step", Axis::Linear)
        .y("perplexity of the codes", Axis::Linear)
        .y_range(0.0, config.sizes.codes as f64)
        .line("", curve(history, |seen| seen[0]));
    lab.figure("growth", &lab::panels(&[error, codes], 2)?)
}

/// A number that [`look`] gives, or one made of them, at every milestone.
fn curve(
    history: &History,
    of: fn(&[f32; 5]) -> f32,
) -> impl Iterator<Item = (f64, f64)> {
    let at = move |(step, seen): &(u64, Vec<f32>)| {
        let seen = seen.as_slice().try_into().ok()?;
        Some((*step as f64, f64::from(of(seen))))
    };
    history.iter().filter_map(at)
}

/// The commitment loss while the network learns, as it is and over the mean squared length of a latent.
fn commitment(lab: &mut Lab, history: &History) -> anyhow::Result<()> {
    // The codebook starts among the latents: at step 0 it says nothing.
    let later = |of| {
        let later = curve(history, of).filter(|(step, _)| *step > 0.0);
        later.collect::<Vec<_>>()
    };
    let curves = [
        ("error", later(|seen| seen[2])),
        ("commitment_loss", later(|seen| seen[3])),
        ("latent_square", later(|seen| seen[4])),
        ("commitment_over_square", later(|seen| seen[3] / seen[4])),
    ];
    for (name, curve) in &curves {
        for (when, end) in [("first", curve.first()), ("last", curve.last())]
        {
            let (step, value) =
                *end.context("nothing was seen on the way")?;
            let named = |what: &str| format!("growth_{what}_{when}");
            lab.result(&named(name), value, Within::Factor(1.5))?;
            if *name == "error" {
                lab.result(&named("step"), step, Within::Exactly)?;
            }
        }
    }
    let over_steps =
        |y: &str| Plot::new("").x("step", Axis::Linear).y(y, Axis::Log);
    let [_, (_, loss), (_, square), (_, share)] = curves;
    let sizes = over_steps("test digits")
        .line("mean squared length of a latent", square)
        .line("commitment loss", loss);
    let share = over_steps("commitment loss over squared length")
        .colour(2)
        .line("", share);
    lab.figure("commitment", &lab::panels(&[sizes, share], 2)?)
}

/// Originals above reconstructions, the first digits and the worst.
fn reconstructions(
    lab: &mut Lab,
    data: &Data,
    y: &Array2<f32>,
) -> anyhow::Result<()> {
    let errors = squared_error(&data.test, y) / data.variance; // [N]
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|a, b| errors[*b].total_cmp(&errors[*a]));
    let at = |rank: usize| errors[order[rank.min(order.len() - 1)]];
    let (worst, middle) = (at(0), at(order.len() / 2));
    lab.result("worst_mse_over_variance", worst, Within::Factor(1.6))?;
    lab.result("median_mse_over_variance", middle, Within::Factor(1.2))?;
    let first: Vec<usize> = (0..order.len()).collect();
    beside(lab, "rebuilt", &first, (&data.test, y))?;
    beside(lab, "worst", &order, (&data.test, y))
}

/// The first 16 of some images above what became of them.
fn beside(
    lab: &mut Lab,
    name: &str,
    rows: &[usize],
    (x, y): (&Array2<f32>, &Array2<f32>),
) -> anyhow::Result<()> {
    let rows = &rows[..16.min(rows.len())];
    let mut grid = ImageGrid::new(rows.len());
    for images in [x, y] {
        push_rows(&mut grid, &images.select(Dim(0), rows));
    }
    lab.image(name, &grid)
}

/// What lies around each code, its own patch in the middle: the mean over its places in the first few thousand images.
/// `[3p, 3p]`, a picture for each of `shown`.
fn surroundings(
    model: &VqVae<f32>,
    codes: &Array2<usize>,
    shown: &[usize],
) -> anyhow::Result<Vec<Array2<f32>>> {
    let (side, patch) = (model.sizes.side(), model.sizes.patch);
    let few = codes.slice(s![..codes.nrows().min(2000), ..]).to_owned();
    let drawn = model.decode(&few)?; // [2000, 784]
    let empty = Array2::<f32>::zeros((3 * patch, 3 * patch));
    let mut sums = vec![(empty, 0.0_f32); model.codes()];
    for (map, image) in few.rows().into_iter().zip(drawn.rows()) {
        let image = image.to_shape((28, 28))?;
        for (place, &code) in map.iter().enumerate() {
            let (top, left) = (place / side * patch, place % side * patch);
            let (sum, count) = &mut sums[code];
            *count += 1.0;
            for ((i, j), v) in sum.indexed_iter_mut() {
                let y = (top + i).checked_sub(patch);
                let x = (left + j).checked_sub(patch);
                let pixel = y.zip(x).and_then(|at| image.get(at));
                *v += pixel.copied().unwrap_or(0.0);
            }
        }
    }
    let mean = |k: &usize| &sums[*k].0 / sums[*k].1.max(1.0);
    Ok(shown.iter().map(mean).collect())
}

/// The most frequent codes: what lies around each, and how far one reaches.
fn what_codes_draw(
    lab: &mut Lab,
    model: &VqVae<f32>,
    codes: &Array2<usize>,
) -> anyhow::Result<()> {
    let flat: Vec<usize> = codes.iter().copied().collect();
    let counts = usage(&flat, model.codes());
    let mut order: Vec<usize> = (0..model.codes()).collect();
    order.sort_by_key(|k| std::cmp::Reverse(counts[*k]));
    let shown = 64.min(order.len());
    let mut grid = ImageGrid::new(16).zoom(4);
    for around in surroundings(model, codes, &order[..shown])? {
        grid.push(around.view(), 0.0, 1.0);
    }
    lab.image("single", &grid)?;

    // How far one code reaches: what changes when the middle one does.
    let mut maps = codes.slice(s![..codes.nrows().min(64), ..]).to_owned();
    let before = model.decode(&maps)?; // [64, 784]
    let middle = model.sizes.places() / 2;
    for (mut map, k) in maps.rows_mut().into_iter().zip(&order) {
        map[middle] = *k;
    }
    let change = model.decode(&maps)? - before; // [64, 784]
    let reach = change.mapv(|v| f64::from(v * v)).sum_axis(Dim(0));
    let (side, patch) = (model.sizes.side(), model.sizes.patch);
    let middle = side / 2;
    let within = |places: usize| {
        let inside = |v: usize| (v / patch).abs_diff(middle) <= places;
        let pixels = reach.iter().enumerate();
        let pixels = pixels.filter(|(n, _)| inside(n / 28) && inside(n % 28));
        pixels.map(|(_, v)| v).sum::<f64>() / reach.sum().max(1e-30)
    };
    lab.result("change_in_own_patch", within(0), Within::Absolute(0.1))?;
    lab.result("change_in_3x3_patches", within(1), Within::Absolute(0.02))
}

/// From one digit to another: latents mixed and drawn as they are, the same latents rounded to codes, and places
/// that change over one by one.
fn between(
    lab: &mut Lab,
    model: &VqVae<f32>,
    data: &Data,
) -> anyhow::Result<()> {
    let columns = 12;
    let mut grid = ImageGrid::new(columns);
    let places = model.sizes.places();
    let pairs = data.test.exact_chunks((2, 784)).into_iter().take(2);
    for x in pairs.map(|pair| pair.to_owned()) {
        let z = model.latents(&x)?; // [2 S², D]
        let codes = model.encode(&x)?; // [2, S²]
        let (a, b) = (z.slice(s![..places, ..]), z.slice(s![places.., ..]));
        let mut rows = [const { Vec::new() }; 3];
        for n in 0..columns {
            let t = n as f32 / (columns - 1) as f32;
            let mixed = &a * (1.0 - t) + &b * t; // [S², D]
            let rounded =
                codebook_lookup::plain::nearest(&mixed, &model.codebook)?;
            let changed = (t * places as f32).round() as usize;
            let from = |place| usize::from(place < changed);
            let swapped: Vec<usize> =
                (0..places).map(|p| codes[[from(p), p]]).collect();
            rows[0].push(model.draw(&mixed)?);
            rows[1].push(model.draw(&gather(&model.codebook, &rounded))?);
            rows[2].push(model.draw(&gather(&model.codebook, &swapped))?);
        }
        for images in rows.iter().flatten() {
            push_rows(&mut grid, images);
        }
    }
    lab.image("between", &grid)
}
