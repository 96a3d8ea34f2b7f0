//! How much of an attack's area is memory, and what makes it less: digits that no model has seen for comparison, and cures with their price.

use code_prior::model::{Prior, PriorError};
use code_prior::plain::bits_per_image;
use code_prior::training::{self as prior, Learns};
use datasets::{Batches, PixelRange};
use gan::plain::in_halves;
use judge::classifier::{learnt_from, shifted};
use lab::{
    Axis, Checkpoint, CheckpointError, Claim, Cost, Diverged, Experiment,
    History, Lab, Measurements, Plot, Resumable, Within, rng_at,
};
use ndarray::{Array2, Axis as Of, concatenate};
use ndarray_rand::rand::seq::SliceRandom;
use vq_vae::model::VqVae;
use vq_vae::plain::squared_error;
use vq_vae::training::{self as network, pixel_variance};

use crate::plain::auc;
use crate::private::{clipped_mean, hide};
use crate::run::experiments::memory::{held_out, scores};
use crate::run::given::Given;

pub const EXPERIMENT: Experiment = Experiment {
    name: "cures",
    cost: Cost::Minutes,
    measure,
    figures: &[("cures", draw)],
    claims,
};

const SEEDS: usize = 3;

/// What lots of digits are called, from the smallest.
const LOTS: [&str; 4] = ["few", "some", "many", "all"];

/// What is done about 500 digits; the first is nothing.
const WAYS: [&str; 4] = ["none", "moved", "narrow", "noisy"];

/// Lines of a digit.
const SIDE: usize = 28;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let given = Given::new(lab)?;
    let lots = Lots::new(lab, &given)?;
    lab.result("cures_members", lots.members as f64, Within::Exactly)?;
    lab.result("cures_all", lots.sizes[3] as f64, Within::Exactly)?;
    let untreated = cured(lab, &given, &lots)?;
    let digits = [0, 1, 2].map(|seed| lots.groups(&given, seed));
    let codes = digits.iter().map(|both| encoded(&given, both));
    let codes = codes.collect::<anyhow::Result<Vec<_>>>()?;
    for (size, lot) in lots.sizes.into_iter().zip(LOTS) {
        let priors = (0..SEEDS).map(|seed| match lot {
            "few" => Ok(untreated[seed].clone()),
            _ => {
                let codes = lots.codes.select(Of(0), &lots.of(seed, size));
                let run = (lot, "none", seed);
                Ok(learn(lab, &codes, run, |_| vec![])?.0)
            }
        });
        let priors = priors.collect::<anyhow::Result<Vec<_>>>()?;
        let bits = |n: usize, codes: &Array2<usize>| {
            let nats = priors[n].nats(codes)?.sum_axis(Of(1));
            Ok(nats.iter().map(|v| -v).collect())
        };
        seen_or_not(lab, &codes, ("bits", lot), bits)?;
        if lot == "many" {
            continue;
        }
        let networks = (0..SEEDS)
            .map(|seed| reconstructs(lab, &given, &lots, (size, lot, seed)));
        let networks = networks.collect::<anyhow::Result<Vec<_>>>()?;
        let error = |n: usize, x: &Array2<f32>| {
            let error = squared_error(x, &networks[n].reconstruct(x)?);
            Ok(error.iter().map(|e| -e).collect())
        };
        seen_or_not(lab, &digits, ("error", lot), error)?;
    }
    Ok(())
}

/// Which digits are learnt from, for each seed.
struct Lots {
    /// The digits that may be learnt from, as codes, and in an order of their own. `[N, T]`
    codes: Array2<usize>,
    order: Vec<usize>,
    /// Digits that are attacked for each seed; those of other seeds are not learnt from.
    members: usize,
    /// How many are learnt from.
    sizes: [usize; 4],
    /// Of the pixels.
    variance: f64,
}

impl Lots {
    fn new(lab: &Lab, given: &Given) -> anyhow::Result<Self> {
        let all = learnt_from(given.judge.train.len());
        let all = all.min(lab.by_scale(600, usize::MAX, usize::MAX));
        let mut order: Vec<usize> = (0..all).collect();
        let codes = given.judge.train.pixels(&order, PixelRange::Unit);
        let codes = given.network.encode(&codes)?;
        order.shuffle(&mut rng_at(lab.seed(), 700));
        let members = lab.by_scale(12, 500, 500).min(all / (2 * SEEDS));
        let most = all - (SEEDS - 1) * members;
        let page = [500, 5000, 20_000, usize::MAX];
        let sizes = lab.by_scale([100, 150, 200, 400], page, page);
        let sizes = sizes.map(|size| size.clamp(members, most));
        let variance = pixel_variance(&given.judge.train);
        Ok(Self { codes, order, members, sizes, variance })
    }

    /// A lot: the members of a seed, and digits that are nobody's members.
    fn of(&self, seed: usize, size: usize) -> Vec<usize> {
        let others = &self.order[SEEDS * self.members..];
        let from = seed * others.len() / SEEDS;
        let turned = others.iter().cycle().skip(from);
        let more = turned.take(size - self.members);
        self.members(seed).iter().chain(more).copied().collect()
    }

    fn members(&self, seed: usize) -> &[usize] {
        &self.order[seed * self.members..(seed + 1) * self.members]
    }

    /// Members of a seed, and digits that were held out. `[M, 784]` each
    fn groups(&self, given: &Given, seed: usize) -> [Array2<f32>; 2] {
        let digits = &given.judge.train;
        let members = digits.pixels(self.members(seed), PixelRange::Unit);
        [members, held_out(given, self.members, seed)]
    }
}

/// Codes of members and others. `[M, T]` each
fn encoded(
    given: &Given,
    groups: &[Array2<f32>; 2],
) -> anyhow::Result<[Array2<usize>; 2]> {
    let [members, others] =
        groups.each_ref().map(|x| given.network.encode(x));
    Ok([members?, others?])
}

/// The area of a score over members and others by the model that has learnt from the members, and by those that have not.
fn seen_or_not<F>(
    lab: &mut Lab,
    groups: &[[Array2<F>; 2]],
    (what, lot): (&str, &str),
    score: impl Fn(usize, &Array2<F>) -> anyhow::Result<Vec<f64>>,
) -> anyhow::Result<()> {
    let [mut seen, mut not] = [Vec::new(), Vec::new()];
    for seed in 0..SEEDS {
        let areas = (0..SEEDS).map(|n| {
            let [members, others] =
                groups[seed].each_ref().map(|x| score(n, x));
            Ok(auc(&members?, &others?))
        });
        let areas = areas.collect::<anyhow::Result<Vec<f64>>>()?;
        seen.push(areas[seed]);
        let others = areas.iter().sum::<f64>() - areas[seed];
        not.push(others / (SEEDS - 1) as f64);
    }
    let name = format!("cures_{what}_{lot}");
    lab.over_seeds(&name, &seen, Within::Absolute(0.05))?;
    lab.over_seeds(&format!("{name}_unseen"), &not, Within::Absolute(0.05))
}

fn steps(lab: &Lab) -> u64 {
    lab.by_scale(5, 800, 5000)
}

/// A prior after the recipe of `memory`, treated or not, and what was observed on the way.
fn learn(
    lab: &Lab,
    codes: &Array2<usize>,
    (lot, way, seed): (&str, &str, usize),
    observe: impl Fn(&dyn Learns) -> Vec<f32>,
) -> anyhow::Result<(Prior<f32>, History)> {
    let mut config = prior::Config::default();
    let width = match way {
        "narrow" => config.sizes.width / 4,
        _ => config.sizes.width,
    };
    config.sizes.width = lab.by_scale(16, width, 2 * width);
    config.steps = steps(lab);
    let name = format!("cures-{lot}-{way}-{seed}");
    let seed = lab.seed().wrapping_add(seed as u64);
    let run = prior::Training::new(config, codes, seed)?;
    let mut run = match way {
        "noisy" => Box::new(Noisy(run, seed)),
        _ => prior::in_room(lab, run)?,
    };
    let see = |run: &mut Box<dyn Learns + '_>| observe(&**run);
    let stops = looks(lab).into_iter().chain([config.steps]);
    let history = lab.train_and_observe(&name, stops, &mut run, see)?;
    Ok((run.prior(), history))
}

/// Its longest gradient of a map, and the deviation of the noise in such lengths.
const HIDDEN: (f64, f64) = (1.0, 0.1);

/// A prior in training in the plain room that hides each map of a step: one gradient a map, none longer than others may be, and noise.
struct Noisy<'a>(prior::Training<'a>, u64);

impl Resumable for Noisy<'_> {
    fn steps_done(&self) -> u64 {
        self.0.steps_done()
    }

    fn step(&mut self) -> Result<String, Diverged> {
        let (most, noise) = HIDDEN;
        let Self(run, seed) = self;
        let n = run.model.adam.t;
        let [_, codes] = run.source.batch(n); // [B, T]
        let net = &run.model.net;
        let (loss, mut d) = in_halves(codes.nrows(), |maps| {
            let each = maps.map(|at| {
                let map = codes.select(Of(0), &[at]); // [1, T]
                net.loss_and_gradient(&map).expect("codes that were checked")
            });
            clipped_mean(each, most).expect("a map")
        });
        let deviation = noise * most / codes.nrows() as f64;
        hide(&mut d, deviation, &mut rng_at(*seed, (1 << 62) + n));
        run.model.adam.config.lr = run.config.lr(n);
        run.model.step(loss, &d)?;
        Ok(format!("{loss:.3} nats"))
    }

    fn configuration(&mut self) -> String {
        format!("hidden: {HIDDEN:?}\n{}", self.0.configuration())
    }

    fn save(&self, checkpoint: &mut Checkpoint) {
        self.0.save(checkpoint);
    }

    fn restore(&mut self, from: &Checkpoint) -> Result<(), CheckpointError> {
        self.0.restore(from)
    }
}

impl Learns for Noisy<'_> {
    fn prior(&self) -> Prior<f32> {
        self.0.prior()
    }

    fn losses(&self) -> Vec<f32> {
        self.0.losses()
    }

    fn nats_given(
        &self,
        codes: &Array2<usize>,
        classes: &[Option<usize>],
    ) -> Result<Array2<f64>, PriorError> {
        self.0.nats_given(codes, classes)
    }
}

/// A VQ-VAE after the recipe of `memory`.
fn reconstructs(
    lab: &Lab,
    given: &Given,
    lots: &Lots,
    (size, lot, seed): (usize, &str, usize),
) -> anyhow::Result<VqVae<f32>> {
    let (digits, rows) = (&given.judge.train, lots.of(seed, size));
    let name = format!("cures-error-{lot}-{seed}");
    let seed = lab.seed().wrapping_add(seed as u64);
    let mut config =
        network::Config { variance: lots.variance, ..Default::default() };
    config.sizes.codes = lab.by_scale(16, config.sizes.codes, 512);
    config.sizes.channels = lab.by_scale(8, config.sizes.channels, 128);
    let config = config.over(steps(lab));
    let mut batches = Batches::new(rows.len(), config.batch, seed)?;
    let data = move |n| {
        let rows: Vec<_> =
            batches.batch(n).into_iter().map(|at| rows[at]).collect();
        digits.pixels(&rows, PixelRange::Unit)
    };
    let run = network::Training::new(config, data, seed)?;
    let mut run = network::in_room(lab, run)?;
    lab.train(&name, config.steps, &mut run)?;
    Ok(run.model())
}

/// Steps after which is looked, before the last.
fn looks(lab: &Lab) -> [u64; 8] {
    let page = [50, 75, 100, 125, 150, 200, 300, 400];
    lab.by_scale([1, 1, 2, 2, 3, 3, 4, 4], page, page)
}

/// The area of the attack and the bits of a test digit, at each look.
type Course = Vec<[f64; 2]>;

/// Each cure of each seed; gives the priors that were not cured.
fn cured(
    lab: &mut Lab,
    given: &Given,
    lots: &Lots,
) -> anyhow::Result<Vec<Prior<f32>>> {
    let mut untreated = Vec::new();
    let mut courses = WAYS.map(|_| Vec::new());
    let mut moved_too = Vec::new();
    for seed in 0..SEEDS {
        let groups = lots.groups(given, seed);
        let [members, others] = encoded(given, &groups)?;
        let (test, _) = given.digits(lots.members, seed);
        let test = given.network.encode(&test)?;
        let rows = lots.of(seed, lots.sizes[0]);
        let digits = given.judge.train.pixels(&rows, PixelRange::Unit);
        for (way, courses) in WAYS.into_iter().zip(&mut courses) {
            let codes = match way {
                "moved" => moved(lab, given, &digits, seed)?,
                _ => given.network.encode(&digits)?,
            };
            let run = (LOTS[0], way, seed);
            let (prior, history) = learn(lab, &codes, run, |run| {
                let nats = |codes| run.nats(codes).ok();
                let seen = || {
                    let score = |codes| {
                        let nats = nats(codes)?.sum_axis(Of(1));
                        Some(nats.mapv(|v| -v).to_vec())
                    };
                    let area = auc(&score(&members)?, &score(&others)?);
                    let bits = bits_per_image(&nats(&test)?);
                    Some(vec![area as f32, bits as f32])
                };
                seen().unwrap_or(vec![f32::NAN; 2])
            })?;
            let numbers = |(_, seen): &(u64, Vec<f32>)| {
                [f64::from(seen[0]), f64::from(seen[1])]
            };
            courses.push(history.iter().map(numbers).collect::<Course>());
            match way {
                "none" => untreated.push(prior),
                "moved" => {
                    let score = |x| by_copies(given, &prior, x);
                    let [a, b] = groups.each_ref().map(score);
                    moved_too.push(auc(&a?, &b?));
                }
                _ => (),
            }
        }
    }
    let within = Within::Absolute(0.05);
    lab.over_seeds("cures_moved_by_copies", &moved_too, within)?;
    record(lab, &courses)?;
    Ok(untreated)
}

/// Each cure's end, where the same bits are least on the way without any, and what those cost at the area that a cure leaves.
fn record(
    lab: &mut Lab,
    courses: &[Vec<Course>; WAYS.len()],
) -> anyhow::Result<()> {
    let none = &courses[0];
    let least = |course: &Course| {
        let least =
            |a: [f64; 2], b: &[f64; 2]| if b[1] < a[1] { *b } else { a };
        course.iter().fold(course[0], least)
    };
    let last = |course: &Course| course[course.len() - 1];
    for (way, courses) in WAYS.into_iter().zip(courses) {
        let ends: Vec<_> = courses.iter().map(last).collect();
        let stopped: Vec<_> = courses.iter().map(least).collect();
        let both =
            [(way.to_string(), ends), (format!("{way}_stopped"), stopped)];
        for (way, found) in both {
            let of =
                |n: usize| found.iter().map(|f| f[n]).collect::<Vec<_>>();
            let name = |what| format!("cures_{way}_{what}");
            lab.over_seeds(&name("area"), &of(0), Within::Absolute(0.05))?;
            lab.over_seeds(&name("bits"), &of(1), Within::Factor(1.1))?;
            if !way.starts_with("none") {
                let pairs = found.iter().zip(none);
                let instead = pairs.map(|(f, none)| bits_at(none, f[0]));
                let instead: Vec<f64> = instead.collect();
                lab.over_seeds(
                    &name("instead"),
                    &instead,
                    Within::Factor(1.1),
                )?;
            }
        }
        for (n, what) in ["area", "bits"].into_iter().enumerate() {
            let at =
                |look: usize| courses.iter().map(|c| c[look][n]).sum::<f64>();
            let means =
                (0..courses[0].len()).map(|look| at(look) / SEEDS as f64);
            lab.column(&format!("{way}_{what}"), means)?;
        }
    }
    Ok(())
}

/// The bits on a course where its area first is what it is said to be, on a straight line between two looks.
fn bits_at(course: &Course, area: f64) -> f64 {
    let beyond = course.iter().position(|look| look[0] >= area);
    match beyond {
        None => course[course.len() - 1][1],
        Some(0) => course[0][1],
        Some(n) => {
            let ([from, less], [to, more]) = (course[n - 1], course[n]);
            let t = (area - from) / (to - from).max(f64::MIN_POSITIVE);
            less + t * (more - less)
        }
    }
}

/// How far copies move, in pixels.
const MOST: i32 = 2;

/// Codes of digits, and of copies of each that have moved. `[N · (1 + copies), T]`
fn moved(
    lab: &Lab,
    given: &Given,
    x: &Array2<f32>,
    seed: usize,
) -> anyhow::Result<Array2<usize>> {
    let seed = lab.seed().wrapping_add(seed as u64);
    let mut all = given.network.encode(x)?;
    for copy in 0..lab.by_scale(2, 24, 24) {
        let rng = &mut rng_at(seed, 800 + copy);
        let x = shifted(x, SIDE, MOST, rng);
        all = concatenate![Of(0), all, given.network.encode(&x)?];
    }
    Ok(all)
}

/// Scores of somebody who knows of the copies: of a digit and of eight that have moved, added up. `[N]`
fn by_copies(
    given: &Given,
    prior: &Prior<f32>,
    x: &Array2<f32>,
) -> anyhow::Result<Vec<f64>> {
    let mut sum = scores(given, prior, x)?;
    for copy in 0..8 {
        let x = shifted(x, SIDE, 1, &mut rng_at(900, copy));
        let more = scores(given, prior, &x)?;
        sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
    Ok(sum)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let course = |way: &str| -> anyhow::Result<Vec<(f64, f64)>> {
        of.curve(&format!("{way}_bits"), &format!("{way}_area"))
    };
    let mut plot = Plot::new("")
        .x("bits of a test digit", Axis::Linear)
        .y("area under the curve", Axis::Linear)
        .x_range(80.0, 220.0)
        .y_range(0.4, 1.0)
        .line("as it is", course("none")?);
    let cures = [
        ("moved", "moved copies"),
        ("narrow", "a quarter of the width"),
        ("noisy", "noise"),
    ];
    for (way, said) in cures {
        plot = plot.dashed(said, course(way)?);
    }
    plot.horizontal("guessing", 0.5).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    let of = |way: &str, what: &str| format!("cures_{way}_{what}");
    let beats = |way: &str| less(&of(way, "bits"), &of(way, "instead"));
    vec![
        (
            "few_are_remembered",
            less("cures_bits_few_unseen", "cures_bits_few"),
        ),
        (
            "by_the_error_too",
            less("cures_error_few_unseen", "cures_error_few"),
        ),
        (
            "some_are_remembered",
            less("cures_bits_some_unseen", "cures_bits_some"),
        ),
        (
            "fewer_steps_hide",
            less("cures_none_stopped_area", "cures_none_area"),
        ),
        (
            "fewer_steps_cost_nothing",
            less("cures_none_stopped_bits", "cures_none_bits"),
        ),
        (
            "copies_hide_more",
            less("cures_moved_area", "cures_none_stopped_area"),
        ),
        (
            "copies_cost_nothing",
            less("cures_moved_bits", "cures_none_stopped_bits"),
        ),
        ("copies_beat_fewer_steps", beats("moved")),
        ("noise_does_not", less("cures_noisy_instead", "cures_noisy_bits")),
        (
            "nor_a_narrow_one_to_its_end",
            less("cures_narrow_instead", "cures_narrow_bits"),
        ),
        ("a_narrow_one_that_stops_does", beats("narrow_stopped")),
        (
            "many_are_remembered",
            less("cures_bits_many_unseen", "cures_bits_many"),
        ),
        (
            "of_all_a_trace_is_left",
            less("cures_bits_all_unseen", "cures_bits_all"),
        ),
        (
            "some_by_the_error_too",
            less("cures_error_some_unseen", "cures_error_some"),
        ),
        (
            "of_all_the_error_shows_none",
            Claim::undecided(
                "cures_error_all_unseen",
                "cures_error_all",
                SEEDS,
            ),
        ),
        (
            "nobody_is_easy_to_the_prior",
            Claim::all_below(
                lab::over_seeds("cures_bits_few_unseen", SEEDS),
                0.53,
            ),
        ),
        (
            "moving_too_finds_no_more",
            less("cures_moved_by_copies", "cures_moved_area"),
        ),
        (
            "copies_do_not_hide_all",
            Claim::all_above(lab::over_seeds("cures_moved_area", SEEDS), 0.5),
        ),
    ]
}
