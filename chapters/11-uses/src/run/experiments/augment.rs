//! Do a generator's samples help a classifier that has few labels?

use anyhow::ensure;
use datasets::{Digits, PixelRange};
use gan::digits::unit;
use gan::training::Config;
use gradients::plain::{Mlp, one_hot};
use judge::Judge;
use lab::{
    Axis, ChaCha8Rng, Claim, Cost, Experiment, ImageGrid, Lab, Measurements,
    Plot, Within, rng_at, rng_for,
};
use ndarray::{Array2, Axis as Of, concatenate};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::augment::{Lessons, learnt, moved, named};
use crate::conditional::{Pair, drawn, in_room, networks};

pub const EXPERIMENT: Experiment = Experiment {
    name: "augment",
    cost: Cost::Minutes,
    measure,
    figures: &[("augment", draw)],
    claims,
};

const SEEDS: usize = 5;

/// Labels a class, and how they are called at any scale.
const LABELS: [usize; 5] = [10, 20, 50, 100, 1000];

/// Up to so many labels digits without labels may be used too.
const FEW: usize = 100;

/// Digits without a label.
const UNLABELLED: usize = 20_000;

/// What a classifier learns from besides labelled digits, by the name of its results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Nothing,
    Moved,
    Dropout,
    Samples,
    Both,
    SamplesOfGuessed,
    Guessed,
}

const WAYS: [(Way, &str, &str); 7] = [
    (Way::Nothing, "nothing", "nothing"),
    (Way::Dropout, "dropout", "dropout"),
    (Way::Samples, "samples", "a GAN's samples"),
    (Way::Moved, "moved", "moved digits"),
    (Way::Both, "both", "moved digits and samples"),
    (Way::SamplesOfGuessed, "guessed_samples", "samples, labels guessed"),
    (Way::Guessed, "guessed", "digits, labels guessed"),
];

/// Digits that may be learnt from, and those that are tested with, in [0, 1].
struct Task {
    judge: Judge,
    test: Array2<f32>,
    classes: Vec<usize>,
}

/// Pictures and their classes.
struct Lot {
    x: Array2<f32>,
    classes: Vec<usize>,
}

/// What one seed and one number of labels gave.
struct Found {
    errors: Vec<(Way, f64)>,
    /// The share of samples that the judge takes for what was asked for.
    as_asked: f64,
    /// The share of guessed labels that are right, and of samples from these that are what was asked for.
    guessed: Option<[f64; 2]>,
    /// For each class labelled digits and samples.
    picture: Array2<f32>,
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let task = Task::new(lab)?;
    let jobs = (0..LABELS.len() * SEEDS).into_par_iter().with_max_len(1);
    let found = jobs.map(|n| one(lab, &task, n / SEEDS, n % SEEDS));
    let found = found.collect::<anyhow::Result<Vec<_>>>()?;
    let size = task.classes.len() as f64;
    lab.result("augment_test", size, Within::Exactly)?;
    let sizes = LABELS.map(|n| n as f64);
    lab.column("labels", sizes)?;
    let few = LABELS.iter().filter(|n| **n <= FEW).map(|n| *n as f64);
    lab.column("few_labels", few)?;
    for (way, name, _) in WAYS {
        let mut curve = Vec::new();
        for (labels, all) in LABELS.iter().zip(found.chunks(SEEDS)) {
            let errors = all.iter().flat_map(|found| &found.errors);
            let errors = errors.filter(|e| e.0 == way).map(|e| e.1);
            let errors: Vec<f64> = errors.collect();
            if errors.is_empty() {
                continue;
            }
            let name = format!("augment_{name}_{labels}");
            lab.over_seeds(&name, &errors, Within::Absolute(0.03))?;
            curve.push(errors.iter().sum::<f64>() / SEEDS as f64);
        }
        lab.column(name, curve)?;
    }
    for (labels, all) in LABELS.iter().zip(found.chunks(SEEDS)) {
        let asked: Vec<f64> = all.iter().map(|f| f.as_asked).collect();
        let name = format!("augment_as_asked_{labels}");
        lab.over_seeds(&name, &asked, Within::Absolute(0.1))?;
        for (n, what) in ["right", "as_asked"].into_iter().enumerate() {
            let of = all.iter().filter_map(|f| f.guessed.map(|g| g[n]));
            let of: Vec<f64> = of.collect();
            if !of.is_empty() {
                let name = format!("augment_guessed_{what}_{labels}");
                lab.over_seeds(&name, &of, Within::Absolute(0.1))?;
            }
        }
    }
    picture(lab, &found)
}

/// A row for each class: labelled digits and samples of the first seed, at the fewest labels and at the most.
fn picture(lab: &Lab, found: &[Found]) -> anyhow::Result<()> {
    let ends = [0, found.len() - SEEDS].map(|n| &found[n].picture);
    let mut grid = ImageGrid::new(4 * SHOWN).zoom(1);
    for class in 0..10 {
        for of in ends {
            for n in 0..2 * SHOWN {
                let row = of.row(class * 2 * SHOWN + n);
                let image = row.into_shape_with_order((28, 28))?;
                grid.push(image, 0.0, 1.0);
            }
        }
    }
    lab.image("augment-samples", &grid)
}

/// Labelled digits of a class that are shown, and as many samples.
const SHOWN: usize = 5;

impl Task {
    fn new(lab: &Lab) -> anyhow::Result<Self> {
        let judge = Judge::new(lab)?;
        let n = lab.by_scale(200, 10_000, 10_000).min(judge.test.len());
        let rows: Vec<usize> = (0..n).collect();
        let test = judge.test.pixels(&rows, PixelRange::Unit);
        let classes = judge.test.classes(&rows);
        Ok(Self { judge, test, classes })
    }

    /// The share of test digits that a classifier takes for something else.
    fn error(&self, net: &Mlp<f32>) -> f64 {
        1.0 - equal(&named(net, &self.test), &self.classes)
    }

    /// The share of samples that the judge takes for what was asked for.
    fn as_asked(&self, lab: &Lab, of: &Drawing, seed: u64) -> f64 {
        let n = lab.by_scale(50, 2000, 10_000);
        let some = of.some(n, &mut rng_for(seed, "judged"));
        let seen = named(&self.judge.classifier.net, &some.x);
        equal(&seen, &some.classes)
    }

    /// So many digits of each class, and others whose labels nobody looks at.
    fn lots(&self, lab: &Lab, labels: usize, seed: u64) -> [Lot; 2] {
        let digits = &self.judge.train;
        let rng = &mut rng_for(seed, "labels");
        let mut rows: Vec<usize> = (0..digits.len()).collect();
        rows.shuffle(rng);
        let mut counts = [0; 10];
        let (with, without): (Vec<usize>, Vec<usize>) =
            rows.into_iter().partition(|row| {
                let count = &mut counts[usize::from(digits.labels[*row])];
                *count += 1;
                *count <= labels
            });
        let most = lab.by_scale(100, UNLABELLED, 50_000);
        [with, without[..most.min(without.len())].to_vec()]
            .map(|rows| Lot::of(digits, &rows))
    }
}

/// The share of places at which the same stands.
fn equal(a: &[usize], b: &[usize]) -> f64 {
    let same = a.iter().zip(b).filter(|(a, b)| a == b).count();
    same as f64 / a.len().max(1) as f64
}

impl Lot {
    fn of(digits: &Digits, rows: &[usize]) -> Self {
        let x = digits.pixels(rows, PixelRange::Unit);
        Self { x, classes: digits.classes(rows) }
    }

    fn some(&self, n: usize, rng: &mut impl Rng) -> Self {
        let any = |_| rng.random_range(0..self.classes.len());
        let rows: Vec<usize> = (0..n).map(any).collect();
        let classes = rows.iter().map(|row| self.classes[*row]).collect();
        Self { x: self.x.select(Of(0), &rows), classes }
    }

    fn and(self, other: Self) -> Self {
        let x = concatenate![Of(0), self.x, other.x];
        Self { x, classes: [self.classes, other.classes].concat() }
    }

    /// As writers vary them: up to two pixels each way, up to 15 degrees.
    fn moved(self, rng: &mut impl Rng) -> Self {
        let turn = 15_f32.to_radians();
        Self { x: moved(&self.x, 28, (2.0, turn), rng), ..self }
    }
}

/// A generator that has learnt, with what draws from it.
struct Drawing {
    g: Mlp<f32>,
    config: Config,
}

impl Drawing {
    fn some(&self, n: usize, rng: &mut impl Rng) -> Lot {
        let classes = (0..n).map(|_| rng.random_range(0..10));
        self.of(classes.collect(), rng)
    }

    fn of(&self, classes: Vec<usize>, rng: &mut impl Rng) -> Lot {
        let x = drawn(&self.g, &self.config, (&classes, 10), rng);
        Lot { x: unit(x), classes }
    }
}

/// Chapter 3's recipe with smaller networks, larger steps and a weaker penalty, which learns more in a short time; and the
/// widths.
fn recipe(lab: &Lab) -> (u64, Config, (usize, usize)) {
    let steps = lab.by_scale(5, 8000, 50_000);
    let mut config = gan::digits::recipe(steps);
    config.batch = lab.by_scale(16, 64, 64);
    config.penalties.real = 0.5;
    (config.g.lr, config.d.lr) = (2e-3, 2e-3);
    (steps, config, lab.by_scale((8, 16), (64, 128), (256, 512)))
}

/// Trains a pair on a lot and nothing else.
fn generator(
    lab: &Lab,
    lot: &Lot,
    name: &str,
    seed: u64,
) -> anyhow::Result<Drawing> {
    let (steps, config, widths) = recipe(lab);
    let nets = networks((config.noise.width(), 784, 10), widths, seed);
    let data = |n| {
        let some = lot.some(config.batch, &mut rng_at(seed ^ 0xda7a, n));
        (some.x * 2.0 - 1.0, one_hot(&some.classes, 10))
    };
    let pair = Pair::new(config, nets, seed, data);
    let mut pair = in_room(lab, pair)?;
    lab.train(name, steps, &mut pair)?;
    Ok(Drawing { g: pair.mean(), config })
}

/// All ways from the same labelled digits.
fn one(
    lab: &Lab,
    task: &Task,
    n: usize,
    nth: usize,
) -> anyhow::Result<Found> {
    let labels = lab.by_scale(n + 2, LABELS[n], LABELS[n]);
    let seed = lab.seed().wrapping_add(nth as u64);
    let [lot, others] = task.lots(lab, labels, seed);
    let name = format!("augment-{}-{nth}", LABELS[n]);
    let drawing = generator(lab, &lot, &name, seed)?;
    let lessons = Lessons {
        steps: lab.by_scale(4, 1500, 5000),
        hidden: lab.by_scale(16, 128, 256),
        dropped: 0.0,
        seed,
    };
    let learn = |way: Way, more: Option<More>| {
        let dropped = if way == Way::Dropout { 0.5 } else { 0.0 };
        let lessons = Lessons { dropped, ..lessons };
        learnt(lessons, (784, 10), |n| {
            let rng = &mut rng_at(seed ^ 0x1e55, n);
            let batch = match more {
                None => lot.some(BATCH, rng),
                Some((n, more)) => lot.some(BATCH - n, rng).and(more(n, rng)),
            };
            let still =
                matches!(way, Way::Nothing | Way::Dropout | Way::Samples);
            let batch = if still { batch } else { batch.moved(rng) };
            (batch.x, batch.classes)
        })
    };
    let sample = |n: usize, rng: &mut Draws| drawing.some(n, rng);
    let some: Option<More> = Some((SAMPLES, &sample));
    let by_moved = learn(Way::Moved, None);
    let mut nets = vec![
        (Way::Nothing, learn(Way::Nothing, None)),
        (Way::Dropout, learn(Way::Dropout, None)),
        (Way::Samples, learn(Way::Samples, some)),
        (Way::Both, learn(Way::Both, some)),
    ];
    let mut of_guessed = None;
    if LABELS[n] <= FEW {
        let found = others.classes.len();
        ensure!(found > 0, "expected digits besides {labels} of each class");
        let classes = named(&by_moved, &others.x);
        let right = equal(&classes, &others.classes);
        let guessed = Lot { classes, ..others };
        let name = format!("augment-guessed-{}-{nth}", LABELS[n]);
        let theirs = generator(lab, &guessed, &name, seed)?;
        of_guessed = Some([right, task.as_asked(lab, &theirs, seed)]);
        let sample = |n: usize, rng: &mut Draws| theirs.some(n, rng);
        let way = Way::SamplesOfGuessed;
        nets.push((way, learn(way, Some((BATCH / 2, &sample)))));
        let real = |n: usize, rng: &mut Draws| guessed.some(n, rng);
        let way = Way::Guessed;
        nets.push((way, learn(way, Some((BATCH / 2, &real)))));
    }
    nets.push((Way::Moved, by_moved));
    let errors = nets.iter().map(|(way, net)| (*way, task.error(net)));
    let errors = errors.collect();
    let as_asked = task.as_asked(lab, &drawing, seed);
    let rng = &mut rng_for(seed, "shown");
    let picture = beside_labelled(&lot, &drawing, rng);
    let guessed = of_guessed;
    Ok(Found { errors, as_asked, guessed, picture })
}

/// Pictures of a classifier's step, and how many of them are samples.
const BATCH: usize = 64;
const SAMPLES: usize = 16;

/// What batches are drawn with.
type Draws = ChaCha8Rng;

/// So many more pictures for a batch, and where they come from.
type More<'a> = (usize, &'a dyn Fn(usize, &mut Draws) -> Lot);

/// For each class labelled digits, then samples.
fn beside_labelled(
    lot: &Lot,
    drawing: &Drawing,
    rng: &mut impl Rng,
) -> Array2<f32> {
    let mut all = Array2::zeros((0, 784));
    for class in 0..10 {
        let rows =
            (0..lot.classes.len()).filter(|r| lot.classes[*r] == class);
        let rows: Vec<usize> = rows.cycle().take(SHOWN).collect();
        let mut labelled = Array2::zeros((SHOWN, 784));
        for (mut to, row) in labelled.rows_mut().into_iter().zip(rows) {
            to.assign(&lot.x.row(row));
        }
        let drawn = drawing.of(vec![class; SHOWN], rng).x;
        all = concatenate![Of(0), all, labelled, drawn];
    }
    all
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut plot = Plot::new("")
        .x("labelled digits a class", Axis::Log)
        .y("share of test digits named wrongly", Axis::Log);
    for (n, (way, name, label)) in WAYS.into_iter().enumerate() {
        let few = matches!(way, Way::Guessed | Way::SamplesOfGuessed);
        let x = if few { "few_labels" } else { "labels" };
        let curve = of.curve(x, name)?;
        plot = plot.colour(n);
        plot = match few {
            true => plot.dashed(label, curve),
            false => plot.line(label, curve),
        };
    }
    plot.svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let named = |names: [&str; 2]| names.map(|n| format!("augment_{n}"));
    let less = |a: &str, b: &str| {
        let [a, b] = named([a, b]);
        Claim::less_over_seeds(&a, &b, SEEDS)
    };
    let undecided = |a: &str, b: &str| {
        let [a, b] = named([a, b]);
        Claim::undecided(&a, &b, SEEDS)
    };
    vec![
        ("augment_moving_helps_few", less("moved_10", "nothing_10")),
        ("augment_moving_helps_some", less("moved_100", "nothing_100")),
        ("augment_moving_helps_many", less("moved_1000", "nothing_1000")),
        ("augment_moving_beats_samples", less("moved_10", "samples_10")),
        ("augment_and_of_some", less("moved_100", "samples_100")),
        ("augment_and_of_many", less("moved_1000", "samples_1000")),
        ("augment_samples_of_few", undecided("samples_10", "nothing_10")),
        ("augment_beside_moves_of_few", undecided("both_10", "moved_10")),
        ("augment_beside_moves_of_some", less("moved_100", "both_100")),
        ("augment_samples_harm", less("nothing_1000", "samples_1000")),
        ("augment_samples_add_nothing", less("moved_1000", "both_1000")),
        ("augment_guessed_samples", less("guessed_samples_10", "moved_10")),
        ("augment_beyond_guesses", less("guessed_samples_10", "guessed_10")),
        (
            "augment_guesses_of_some",
            less("guessed_100", "guessed_samples_100"),
        ),
        (
            "augment_labels_cleared",
            less("guessed_right_10", "guessed_as_asked_10"),
        ),
        ("augment_few_are_as_asked", less("as_asked_1000", "as_asked_10")),
    ]
}
