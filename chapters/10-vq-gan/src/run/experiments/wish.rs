//! A prior over the codes of emoji, told a category and an artist, and how far it is to lean towards them.

use code_prior::model::Prior;
use code_prior::plain::bits_per_image;
use code_prior::training::{self as prior, Learns};
use judge::measures::nearest_rows;
use lab::{
    Axis, Checkpoint, Claim, Cost, Experiment, ImageGrid, Lab, Measurements,
    Plot, Within, panels,
};
use ndarray::{Array2, s};

use crate::run::pictures::{below, push_rows};
use crate::run::setting::{SEEDS, over_seeds};
use crate::run::wished::{
    COPIES, World, distance, judged, learnt_from, recipe,
};
use crate::wish::{Artist, Manner, Wishes, draw_codes};

pub const EXPERIMENT: Experiment = Experiment {
    name: "wish",
    cost: Cost::Minutes,
    measure,
    figures: &[("guidance", draw)],
    claims,
};

/// How far the prior leans, γ.
const SCALES: [f64; 5] = [0.0, 1.0, 1.5, 2.0, 4.0];

/// By what they are called.
const NAMES: [&str; 5] = ["wish_0", "wish_1", "wish_1_5", "wish_2", "wish_4"];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let world = World::new(lab)?;
    let sizes = world.network.sizes;
    let config = recipe(lab, sizes.codes, &world.wishes, sizes.places());
    note_setting(lab, &world, &config)?;
    let mut bits: [Vec<f64>; 2] = Default::default();
    let mut found = vec![Vec::new(); SCALES.len()];
    let mut near = Vec::new();
    let held = world.network.decode(&world.test.0)?;
    let held = distance(&world, &held);
    lab.result("wish_nearest_held", held, Within::Factor(1.2))?;
    for n in 0..SEEDS {
        let seed = lab.seed().wrapping_add(n as u64);
        let learnt = train(lab, &world, config, (n, seed))?;
        let (test, classes) = &world.test;
        let told: Vec<_> = classes.iter().copied().map(Some).collect();
        let untold = vec![None; classes.len()];
        for (bits, classes) in bits.iter_mut().zip([told, untold]) {
            let nats = learnt.nats_given(test, &classes)?;
            bits.push(bits_per_image(&nats));
        }
        let prior = learnt.prior();
        for (scale, found) in SCALES.into_iter().zip(&mut found) {
            let manner = Manner { scale, seed, ..Manner::default() };
            let codes = draw_codes(&prior, classes, manner)?;
            let x = world.network.decode(&codes)?;
            let varies = variety(&codes, classes);
            let [category, artist, frechet, recall] =
                judged(&world, &x, classes)?;
            found.push([category, artist, frechet, recall, varies]);
            if scale == Manner::default().scale {
                near.push(distance(&world, &x));
            }
        }
        if n == 0 {
            show(lab, &world, prior)?;
        }
    }
    for (what, bits) in ["told", "untold"].iter().zip(&bits) {
        let name = format!("wish_bits_{what}");
        over_seeds(lab, &name, bits, Within::Factor(1.1))?;
    }
    for (name, found) in NAMES.into_iter().zip(&found) {
        for (n, (what, within)) in JUDGED.into_iter().enumerate() {
            let all: Vec<f64> = found.iter().map(|v| v[n]).collect();
            over_seeds(lab, &format!("{name}_{what}"), &all, within)?;
        }
    }
    over_seeds(lab, "wish_nearest_drawn", &near, Within::Factor(1.2))?;
    lab.column("scale", SCALES)?;
    let real = variety(&world.test.0, &world.test.1);
    lab.result("wish_real_variety", real, Within::Absolute(0.05))?;
    for (n, (what, _)) in JUDGED.into_iter().enumerate() {
        let mean = found.iter().map(|all| {
            all.iter().map(|v| v[n]).sum::<f64>() / all.len() as f64
        });
        lab.column(what, mean.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// What is measured of pictures that were drawn.
const JUDGED: [(&str, Within); 5] = [
    ("category", Within::Absolute(0.1)),
    ("artist", Within::Absolute(0.1)),
    ("frechet", Within::Factor(1.5)),
    ("recall", Within::Absolute(0.1)),
    ("variety", Within::Absolute(0.05)),
];

/// Of each map and the next one for the same wish, the share of places at which they differ, the mean over all maps.
fn variety(codes: &Array2<usize>, classes: &[usize]) -> f64 {
    let (mut sum, mut pairs) = (0, 0);
    for n in 0..classes.len() {
        let alike = |m: &usize| classes[*m] == classes[n];
        if let Some(next) = (n + 1..classes.len()).find(alike) {
            let both = codes.row(n).into_iter().zip(codes.row(next));
            sum += both.filter(|(a, b)| a != b).count();
            pairs += codes.ncols();
        }
    }
    sum as f64 / pairs.max(1) as f64
}

fn note_setting(
    lab: &mut Lab,
    world: &World,
    config: &prior::Config,
) -> anyhow::Result<()> {
    let (test, classes) = &world.test;
    let exactly = [
        ("wish_steps", config.steps as f64),
        ("wish_count", world.wishes.count() as f64),
        ("wish_copies", lab.by_scale(0, COPIES, COPIES) as f64),
        ("wish_maps", world.train.1.len() as f64),
        ("wish_drawn", classes.len() as f64),
        (
            "wish_bits_uniform",
            test.ncols() as f64 * (config.sizes.codes as f64).log2(),
        ),
    ];
    for (name, value) in exactly {
        lab.result(name, value, Within::Exactly)?;
    }
    for (name, copy) in [("learnt", 0), ("moved", 1)] {
        let codes = world.as_wished(copy); // [N, T]
        let x = world.network.decode(&codes)?;
        let [category, artist, frechet, recall] = judged(world, &x, classes)?;
        let varies = variety(&codes, classes);
        let of = [category, artist, frechet, recall, varies];
        for ((what, within), value) in JUDGED.into_iter().zip(of) {
            lab.result(&format!("wish_{name}_{what}"), value, within)?;
        }
    }
    // What the judges say of pictures whose wish is known, and of their reconstructions.
    let x = &world.data.test;
    let y = world.network.decode(test)?;
    for (name, x) in [("real", x), ("rebuilt", &y)] {
        let seen = world.eyes.look(&world.data, x);
        let [category, artist] = world.kept(x, &seen, classes);
        let within = Within::Absolute(0.05);
        lab.result(&format!("wish_{name}_category"), category, within)?;
        lab.result(&format!("wish_{name}_artist"), artist, within)?;
    }
    Ok(())
}

/// A prior's training, and what it makes of pictures held back on the way.
fn train<'a>(
    lab: &mut Lab,
    world: &'a World,
    config: prior::Config,
    (n, seed): (usize, u64),
) -> anyhow::Result<Box<dyn Learns + 'a>> {
    let (codes, classes) = &world.train;
    let run = prior::Training::new(config, codes, seed)?;
    let mut run = prior::in_room(lab, run.of_classes(classes)?)?;
    let name = format!("wish-{}", n + 1);
    let steps = config.steps;
    let mut stops: Vec<u64> =
        (1..=8).map(|n| (n * steps / 8).max(1)).collect();
    stops.dedup();
    let (test, classes) = &world.test;
    let told: Vec<_> = classes.iter().copied().map(Some).collect();
    let history = lab.train_and_observe(&name, stops, &mut run, |run| {
        let nats = run.nats_given(test, &told);
        vec![nats.map_or(f32::NAN, |n| bits_per_image(&n) as f32)]
    })?;
    if n == 0 {
        let last = &run.losses()[steps.saturating_sub(200) as usize..];
        let mean = last.iter().map(|v| f64::from(*v)).sum::<f64>();
        let nats = mean / last.len().max(1) as f64;
        let bits =
            nats / std::f64::consts::LN_2 * world.train.0.ncols() as f64;
        lab.result("wish_bits_learnt_from", bits, Within::Factor(1.1))?;
        lab.column("wish_step", history.iter().map(|at| at.0 as f64))?;
        lab.column("wish_bits", history.iter().map(|at| at.1[0].into()))?;
        let seconds = lab.seconds(&name)?;
        lab.result("wish_seconds", seconds, Within::Timing)?;
    }
    Ok(run)
}

/// Draws, and leaves a model that draws.
fn show(lab: &Lab, world: &World, prior: Prior<f32>) -> anyhow::Result<()> {
    let Wishes { categories, artists } = &world.wishes;
    let network = world.network.clone();
    let it = Artist { network, prior, wishes: world.wishes.clone() };
    let mut checkpoint = Checkpoint::default();
    it.save(&mut checkpoint);
    checkpoint.save(&lab.checkpoint_path("artist"))?;
    // A line for each category: half of it by each artist, or all by one.
    let mut classes = Vec::new();
    for c in 0..categories.len() {
        for n in 0..COLUMNS {
            let artist = n * artists.len() / COLUMNS;
            classes.push(it.wishes.class(c, artist));
        }
    }
    let manner = Manner { seed: lab.seed(), ..Manner::default() };
    let x = it.draw(&classes, manner)?;
    let mut grid = ImageGrid::new(COLUMNS).zoom(2);
    push_rows(&mut grid, &x, world.data.form());
    lab.image("wishes", &grid)?;
    let few = x.slice(s![..;(x.nrows() / 12).max(1), ..]).to_owned();
    let few = crate::data::first_rows(&few, 12);
    let from = learnt_from(world);
    let (rows, _) = nearest_rows(&few.mapv(f64::from), &from);
    let near = from.select(ndarray::Axis(0), &rows).mapv(|v| v as f32);
    lab.image("nearest", &below(&[&few, &near], world.data.form()))?;
    // One wish, one seed, farther and farther.
    let wish: Vec<usize> = (0..8)
        .map(|n| it.wishes.class(n % categories.len(), n % artists.len()))
        .collect();
    let mut rows = Vec::new();
    for scale in SCALES {
        rows.push(it.draw(&wish, Manner { scale, ..manner })?);
    }
    let rows: Vec<&Array2<f32>> = rows.iter().collect();
    lab.image("scales", &below(&rows, world.data.form()))
}

/// Pictures of a line.
const COLUMNS: usize = 12;

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let curve = |what: &str| of.curve("scale", what);
    let seen = Plot::new("")
        .x("how far it leans, γ", Axis::Linear)
        .y("share", Axis::Linear)
        .y_range(0.0, 1.0)
        .line("category as wished", curve("category")?)
        .line("artist as wished", curve("artist")?)
        .line("recall", curve("recall")?)
        .line("variety", curve("variety")?);
    let far = Plot::new("")
        .x("how far it leans, γ", Axis::Linear)
        .y("Fréchet distance", Axis::Linear)
        .colour(4)
        .line("", curve("frechet")?);
    panels(&[seen, far], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, SEEDS);
    vec![
        ("a_wish_saves_bits", less("wish_bits_told", "wish_bits_untold")),
        ("a_wish_is_heard", less("wish_0_category", "wish_1_category")),
        (
            "leaning_keeps_it_more_often",
            less("wish_1_category", "wish_2_category"),
        ),
        ("so_is_the_artist", less("wish_0_artist", "wish_1_artist")),
        (
            "leaning_keeps_the_artist_too",
            less("wish_1_artist", "wish_2_artist"),
        ),
        ("and_varies_less", less("wish_4_variety", "wish_1_variety")),
        (
            "recall_does_not_see_it",
            Claim::undecided("wish_4_recall", "wish_1_recall", SEEDS),
        ),
        ("told_is_nearer", less("wish_1_frechet", "wish_0_frechet")),
        (
            "one_or_two_undecided",
            Claim::undecided("wish_1_frechet", "wish_2_frechet", SEEDS),
        ),
        ("too_far_is_farther", less("wish_0_frechet", "wish_4_frechet")),
        (
            "what_is_learnt_takes_fewer_bits",
            Claim::less("wish_bits_learnt_from", "wish_bits_told"),
        ),
        (
            "drawn_ones_are_no_nearer",
            Claim::less("wish_nearest_held", "wish_nearest_drawn"),
        ),
    ]
}
