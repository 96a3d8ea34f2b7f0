//! One artist's emoji in the other's hand, against what the other has drawn: without a model, by codes from pairs, by two
//! generators without pairs.

use code_prior::model::Sizes;
use code_prior::sampling::How;
use code_prior::training as prior;
use datasets::{Batches, PixelRange};
use gradients::plain::AdamConfig;
use judge::measures::nearest_rows;
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, rng_at,
};
use ndarray::{Array2, Axis as Of, concatenate};
use vq_gan::wish::Artist;
use vq_vae::plain::squared_error;

use crate::cycle::{self, Training};
use crate::run::sheets::{Sheets, agree, apart};
use crate::translate::{Ridge, draw_given, joined, nats_given, over_pairs};

pub const EXPERIMENT: Experiment = Experiment {
    name: "translate",
    cost: Cost::Minutes,
    measure,
    figures: &[("translated", draw)],
    claims,
};

const SEEDS: usize = 3;

/// Who draws what is asked for, by the number of the way: Noto's drawing is given first, then Twemoji's.
const TO: [&str; 2] = ["twemoji", "noto"];

/// What does not depend on a seed: three ways without a model, the true drawing after its codes, and the true drawing.
const FIXED: [&str; 5] = ["copy", "nearest", "linear", "floor", "true"];

/// What is trained.
const TRAINED: [&str; 3] = ["likeliest", "drawn", "cycle"];

/// What is measured of each.
const MEASURES: [(&str, Within); 4] = [
    ("error", Within::Absolute(0.1)),
    ("taken", Within::Absolute(0.15)),
    ("category", Within::Absolute(0.1)),
    ("distance", Within::Relative(0.3)),
];

/// Prices of the linear map that are tried.
const PRICES: [f64; 5] = [1e-3, 1e-1, 1e1, 1e3, 1e5];

/// Pixels on a side of a patch, and those around it that the linear map sees.
const PATCH: (usize, usize) = (4, 4);

/// Training emoji stand in runs of variants, and every so many runs one is held back.
const RUN: usize = 20;
const HELD: usize = 8;

/// Both artists' drawings of the same emoji. `[N, H·W·C]` each, in [0, 1]
type Pair = [Array2<f32>; 2];

/// What all ways are given.
struct Task {
    sheets: Sheets,
    artist: Artist,
    /// Numbers of the training emoji that are learnt from.
    emoji: Vec<usize>,
    learnt: Pair,
    /// Training emoji that choose settings.
    held: Pair,
    test: Pair,
    /// Categories of the test emoji.
    categories: Vec<usize>,
}

impl Task {
    fn new(lab: &Lab) -> anyhow::Result<Self> {
        let sheets = Sheets::new(lab)?;
        let artist = Artist::load(&vq_gan::CHAPTER.model("artist"))?;
        let (train, test) = (&sheets.pictures.train, &sheets.pictures.test);
        let most = lab.by_scale(2 * HELD * RUN, usize::MAX, usize::MAX);
        let all = 0..(train.len() / 2).min(most);
        let (held, emoji): (Vec<_>, Vec<_>) =
            all.partition(|n| n / RUN % HELD == HELD - 1);
        let most = lab.by_scale(12, usize::MAX, usize::MAX);
        let asked: Vec<usize> = (0..(test.len() / 2).min(most)).collect();
        Ok(Self {
            learnt: sheets.pair(train, &emoji),
            held: sheets.pair(train, &held),
            test: sheets.pair(test, &asked),
            categories: test.classes(&asked),
            emoji,
            artist,
            sheets,
        })
    }

    /// Rows of the training set that are one artist's drawings of what is learnt from.
    fn rows(&self, artist: usize, emoji: &[usize]) -> Vec<usize> {
        let half = self.sheets.pictures.train.len() / 2;
        emoji.iter().map(|n| artist * half + n).collect()
    }

    /// Mean squared error over the variance of pictures.
    fn error(&self, of: &Array2<f32>, found: &Array2<f32>) -> f64 {
        let variance = f64::from(self.sheets.contrast.deviation).powi(2);
        squared_error(of, found).mean().unwrap_or(0.0) / variance
    }

    /// What is measured of drawings that are to be by `to`: the error, the share that is taken for theirs, the share whose
    /// category is named, and the Fréchet distance from theirs.
    fn score(&self, to: usize, x: &Array2<f32>) -> anyhow::Result<[f64; 4]> {
        let Sheets { artist, category, .. } = &self.sheets;
        let hand = self.sheets.look(artist, x);
        let seen = self.sheets.look(category, x);
        let real = self.sheets.look(category, &self.test[to]);
        Ok([
            self.error(&self.test[to], x),
            agree(&hand, &vec![to; x.nrows()]),
            agree(&seen, &self.categories),
            apart(&seen, &real)?.max(0.0),
        ])
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = Task::new(lab)?;
    let counts = [("learnt", &task.learnt), ("test", &task.test)];
    for (name, of) in counts {
        let name = format!("translate_{name}_emoji");
        lab.result(&name, of[0].nrows() as f64, Within::Exactly)?;
    }
    let mut shown = [0, 1].map(|_| Vec::new());
    let ways = [0, 1].map(|way| fixed(&task, way));
    for (way, found) in ways.into_iter().enumerate() {
        shown[way] = FIXED.into_iter().zip(found?).collect();
    }
    for (n, name) in FIXED.iter().enumerate() {
        let scores = [0, 1].map(|way| {
            let score = task.score(1 - way, &shown[way][n].1)?;
            Ok::<_, anyhow::Error>(vec![score; SEEDS])
        });
        let [there, back] = scores;
        record(lab, name, &[there?, back?])?;
    }
    let codes = Codes::of(lab, &task)?;
    let mut scores = vec![[Vec::new(), Vec::new()]; TRAINED.len()];
    let mut nats = [Vec::new(), Vec::new()];
    for seed in 0..SEEDS {
        let [likeliest, drawn] =
            by_codes(lab, &task, &codes, seed, &mut nats)?;
        let found = [likeliest, drawn, by_cycle(lab, &task, seed)?];
        for (n, pictures) in found.into_iter().enumerate() {
            for (way, x) in pictures.into_iter().enumerate() {
                scores[n][way].push(task.score(1 - way, &x)?);
                if seed == 0 {
                    shown[way].push((TRAINED[n], x));
                }
            }
        }
    }
    for (name, of) in TRAINED.iter().zip(&scores) {
        record(lab, name, of)?;
    }
    for (name, of) in ["own", "other"].iter().zip(&nats) {
        let name = format!("translate_nats_{name}");
        lab.over_seeds(&name, of, Within::Absolute(0.3))?;
    }
    for (way, pictures) in shown.iter().enumerate() {
        show(lab, &task, way, pictures)?;
    }
    Ok(())
}

/// What a way comes to over seeds: the mean of there and back, and each.
fn record(
    lab: &mut Lab,
    name: &str,
    scores: &[Vec<[f64; 4]>; 2],
) -> anyhow::Result<()> {
    for (n, (what, within)) in MEASURES.into_iter().enumerate() {
        let [there, back] = scores
            .each_ref()
            .map(|of| of.iter().map(|s| s[n]).collect::<Vec<f64>>());
        let name = format!("translate_{name}_{what}");
        let both = there.iter().zip(&back).map(|(a, b)| 0.5 * (a + b));
        let both: Vec<f64> = both.collect();
        lab.over_seeds(&name, &both, within)?;
        for (to, of) in TO.iter().zip([there, back]) {
            let mean = of.iter().sum::<f64>() / of.len() as f64;
            lab.result(&format!("{name}_{to}"), mean, within)?;
        }
    }
    Ok(())
}

/// Each of [`FIXED`].
fn fixed(task: &Task, way: usize) -> anyhow::Result<[Array2<f32>; 5]> {
    let (x, y) = (&task.test[way], &task.test[1 - way]);
    let network = &task.artist.network;
    let floor = network.decode(&network.encode(y)?)?;
    let (nearest, linear) = (nearest(task, way, x), linear(task, way, x)?);
    Ok([x.clone(), nearest, linear, floor, y.clone()])
}

/// The other artist's drawing of the emoji whose drawing by this one is nearest.
fn nearest(task: &Task, way: usize, x: &Array2<f32>) -> Array2<f32> {
    let set = &task.sheets.pictures.train;
    let both = |x: &Array2<f32>| concatenate![Of(0), *x, set.mirror(x)];
    let [from, to] = [way, 1 - way].map(|a| both(&task.learnt[a]));
    let (rows, _) = nearest_rows(&x.mapv(f64::from), &from.mapv(f64::from));
    to.select(Of(0), &rows)
}

/// The linear map, at the price with which it does best on what is held back.
fn linear(
    task: &Task,
    way: usize,
    x: &Array2<f32>,
) -> anyhow::Result<Array2<f32>> {
    let set = &task.sheets.pictures.train;
    let both = |x: &Array2<f32>| concatenate![Of(0), *x, set.mirror(x)];
    let contrast = task.sheets.contrast;
    let [from, to] =
        [way, 1 - way].map(|a| contrast.apply(both(&task.learnt[a])));
    let form = task.sheets.pictures.form();
    let ridge = Ridge::of([&from, &to], form, PATCH);
    let answer = |w: &Array2<f64>, x: &Array2<f32>| {
        contrast.undo(ridge.apply(w, &contrast.apply(x.clone())))
    };
    let mut best = (f64::INFINITY, None);
    for price in PRICES {
        let w = ridge.weights(price)?;
        let found = answer(&w, &task.held[way]);
        let error = task.error(&task.held[1 - way], &found);
        if error < best.0 {
            best = (error, Some(w));
        }
    }
    let w = best.1.expect("a finite error");
    Ok(answer(&w, x))
}

/// What the prior over pairs learns from: maps of both artists one after the other, and which way.
struct Codes {
    /// `[M, 2T]`
    maps: Array2<usize>,
    ways: Vec<usize>,
    /// Codes of both artists' test emoji. `[n, T]`
    test: [Array2<usize>; 2],
}

impl Codes {
    fn of(lab: &Lab, task: &Task) -> anyhow::Result<Self> {
        let network = &task.artist.network;
        let set = &task.sheets.pictures.train;
        let copies = lab.by_scale(0, 3, 7);
        let (mut maps, mut ways) = (Vec::new(), Vec::new());
        let mut add = |pair: [Array2<f32>; 2]| -> anyhow::Result<()> {
            let [a, b] = pair.map(|x| network.encode(&x));
            let (a, b) = (a?, b?); // [N, T]
            for (way, map) in
                [joined(&a, &b), joined(&b, &a)].into_iter().enumerate()
            {
                ways.extend(vec![way; map.nrows()]);
                maps.push(map);
            }
            Ok(())
        };
        add(task.learnt.clone())?;
        for copy in 0..copies {
            // The same stream for both, so that both are moved alike.
            add([0, 1].map(|artist| {
                let rng = &mut rng_at(lab.seed(), 400 + copy);
                let rows = task.rows(artist, &task.emoji);
                set.moved(&rows, PixelRange::Unit, rng)
            }))?;
        }
        let views: Vec<_> = maps.iter().map(|m| m.view()).collect();
        let maps = concatenate(Of(0), &views)?;
        let [a, b] = task.test.each_ref().map(|x| network.encode(x));
        Ok(Self { maps, ways, test: [a?, b?] })
    }
}

/// Drawings of the test emoji both ways, with the likeliest code at each place, and with codes that are drawn.
fn by_codes(
    lab: &Lab,
    task: &Task,
    codes: &Codes,
    seed: usize,
    nats: &mut [Vec<f64>; 2],
) -> anyhow::Result<[Pair; 2]> {
    let single = &task.artist.prior;
    let stream = lab.seed().wrapping_add(seed as u64);
    let page = prior::Config::default();
    let sizes = single.sizes();
    let config = prior::Config {
        sizes: Sizes { places: 2 * sizes.places, classes: 2, ..sizes },
        batch: lab.by_scale(2, 16, 32),
        steps: lab.by_scale(2, 2500, 10_000),
        warm_up: lab.by_scale(1, 50, 200),
        adam: AdamConfig { lr: 2e-3, ..page.adam },
    };
    let run = prior::Training::new(config, &codes.maps, stream)?;
    let mut run = run.of_classes(&codes.ways)?;
    run.model.net = over_pairs(single);
    let mut run = prior::in_room(lab, run)?;
    let name = format!("translate-codes-{seed}");
    lab.train(&name, config.steps, &mut run)?;
    let both = run.prior();

    let network = &task.artist.network;
    let draw = |temperature: f64, way: usize| -> anyhow::Result<_> {
        let how = How { class: Some(way), ..How::from(temperature) };
        let map = draw_given(&both, &codes.test[way], how, stream)?;
        Ok(network.decode(&map)?)
    };
    let mut sums = [0.0; 2];
    for way in 0..2 {
        let (source, target) = (&codes.test[way], &codes.test[1 - way]);
        let n = source.nrows();
        let others: Vec<usize> = (0..n).map(|m| (m + n / 2) % n).collect();
        let other = source.select(Of(0), &others);
        for (sum, source) in sums.iter_mut().zip([source, &other]) {
            let nats = nats_given(&both, [source, target], way)?;
            *sum += 0.5 * nats.sum() / target.len() as f64;
        }
    }
    nats.iter_mut().zip(sums).for_each(|(all, sum)| all.push(sum));
    Ok([[draw(0.0, 0)?, draw(0.0, 1)?], [draw(1.0, 0)?, draw(1.0, 1)?]])
}

/// The same by generators that have seen no pair.
fn by_cycle(lab: &Lab, task: &Task, seed: usize) -> anyhow::Result<Pair> {
    let contrast = task.sheets.contrast;
    let set = &task.sheets.pictures.train;
    let stream = lab.seed().wrapping_add(100 * (seed as u64 + 1));
    let page = cycle::Config::default();
    let config = cycle::Config {
        form: task.sheets.pictures.form(),
        channels: lab.by_scale([4, 4], page.channels, [48, 96]),
        of_d: lab.by_scale([4, 4], page.of_d, [48, 96]),
        batch: lab.by_scale(2, page.batch, 32),
        steps: lab.by_scale(3, page.steps, 10_000),
        ..page
    };
    let mut orders = Vec::new();
    for artist in 0..2 {
        let seed = stream.wrapping_add(artist);
        orders.push(Batches::new(task.emoji.len(), config.batch, seed)?);
    }
    let source = move |n: u64| {
        [0, 1].map(|artist: usize| {
            let rows = orders[artist].batch(n).into_iter();
            let emoji: Vec<usize> = rows.map(|r| task.emoji[r]).collect();
            let rows = task.rows(artist, &emoji);
            let rng = &mut rng_at(stream, 2 * n + artist as u64);
            contrast.apply(set.moved(&rows, PixelRange::Unit, rng))
        })
    };
    let run = Training::new(config, Box::new(source), stream);
    let mut run = cycle::in_room(lab, run)?;
    let name = format!("translate-cycle-{seed}");
    lab.train(&name, config.steps, &mut run)?;
    let g = run.generators();
    Ok([0, 1].map(|way| {
        let x = contrast.apply(task.test[way].clone());
        contrast.undo(cycle::translate(&g[way], &x))
    }))
}

/// Emoji of a figure.
const SHOWN: usize = 8;

/// A column for each of some test emoji: what is given, what the other artist has drawn, and each way.
fn show(
    lab: &Lab,
    task: &Task,
    way: usize,
    pictures: &[(&str, Array2<f32>)],
) -> anyhow::Result<()> {
    let rows = [
        "copy",
        "true",
        "floor",
        "nearest",
        "linear",
        "likeliest",
        "drawn",
        "cycle",
    ];
    let size = task.sheets.pictures.train.pictures.size();
    let n = task.test[0].nrows();
    let mut grid = ImageGrid::new(SHOWN).zoom(2);
    for row in rows {
        let of = pictures.iter().find(|(name, _)| *name == row);
        let (_, x) = of.expect("each way has drawn");
        for column in 0..SHOWN {
            // From the middle of each eighth, in the order of categories.
            let at = (2 * column + 1) * n / (2 * SHOWN);
            let picture = x.row(at).to_owned().into_shape_with_order(size)?;
            grid.push_colour(picture.view());
        }
    }
    lab.image(&format!("translated-to-{}", TO[way]), &grid)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let titles = ["Noto's in Twemoji's hand", "Twemoji's in Noto's hand"];
    let shown = [
        ("copy", "as it is"),
        ("nearest", "nearest emoji"),
        ("linear", "linear"),
        ("likeliest", "codes, likeliest"),
        ("drawn", "codes, drawn"),
        ("cycle", "without pairs"),
    ];
    let plots = TO.iter().zip(titles).map(|(to, title)| {
        let value = |way: &str, what: &str| {
            of.value(&format!("translate_{way}_{what}_{to}"))
        };
        let mut plot = Plot::new(title)
            .x("error", Axis::Linear)
            .x_range(0.0, 1.3)
            .y("taken for the other artist's", Axis::Linear)
            .y_range(0.0, 1.0)
            .vertical("true, by its codes", value("floor", "error")?);
        for (way, said) in shown {
            let at = (value(way, "error")?, value(way, "taken")?);
            plot = plot.points(said, vec![at]);
        }
        Ok(plot)
    });
    lab::panels(&plots.collect::<anyhow::Result<Vec<_>>>()?, 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str, what: &str| {
        let name = |way: &str| format!("translate_{way}_{what}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    let nats = |of: &str| format!("translate_nats_{of}");
    vec![
        (
            "translate_a_linear_map_helps",
            Claim::less("translate_linear_error", "translate_copy_error"),
        ),
        (
            "translate_a_linear_map_is_nearest",
            less("linear", "cycle", "error"),
        ),
        ("translate_codes_are_farther", less("linear", "drawn", "error")),
        ("translate_codes_lose_to_a_copy", less("copy", "drawn", "error")),
        ("translate_the_hand_changes", less("copy", "cycle", "taken")),
        (
            "translate_more_than_by_a_linear_map",
            less("linear", "cycle", "taken"),
        ),
        ("translate_the_way_is_right", less("cycle", "copy", "error")),
        (
            "translate_what_is_shown_stays",
            less("nearest", "cycle", "category"),
        ),
        (
            "translate_but_not_to_twemoji",
            Claim::less(
                "translate_cycle_taken_twemoji",
                "translate_linear_taken_twemoji",
            ),
        ),
        (
            "translate_blur_is_nobodys_hand",
            Claim::less(
                "translate_copy_distance",
                "translate_linear_distance",
            ),
        ),
        (
            "translate_drawn_codes_look_like_a_set",
            less("drawn", "copy", "distance"),
        ),
        (
            "translate_the_source_tells",
            Claim::less_over_seeds(&nats("own"), &nats("other"), SEEDS),
        ),
    ]
}
