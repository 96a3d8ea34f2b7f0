//! A GAN, a VQ-VAE and a VQ-GAN with a prior each, on the same pictures for the same minutes: what do they draw?

use judge::measures::{Seen, precision_and_recall};
use lab::{
    Axis, Claim, Cost, Experiment, ImageGrid, Lab, Measurements, Plot,
    Within, panels, rng_at,
};
use ndarray::{Array2, Axis as Of, concatenate, s};
use ndarray_rand::rand::Rng;
use vq_gan::plain::{Form, roughness};

use crate::run::sheets::{Sheets, apart};
use crate::run::systems::{
    DRAWS, Drawn, NOISE, Steps, coded, gan, manner, ruler,
};
use crate::variety::{Manner, away, blends, gaussian};

pub const EXPERIMENT: Experiment = Experiment {
    name: "variety",
    cost: Cost::Minutes,
    measure,
    figures: &[("variety", draw)],
    claims,
};

const SEEDS: usize = 3;

/// Who draws: pictures that were learnt from, three ways without a network, and three systems.
const KINDS: [&str; 7] =
    ["real", "blend", "grey", "gaussian", "gan", "vq_vae", "vq_gan"];

/// How many of these take no network.
const WITHOUT: usize = 4;

/// Pictures that grey ones are means of.
const MEANS: usize = 16;

/// Neighbours of chapter 3's precision and recall.
const NEIGHBOURS: usize = 3;

/// What is measured of drawn pictures.
const MEASURED: [(&str, Within); 5] = [
    ("sharpness", Within::Factor(1.2)),
    ("frechet", Within::Factor(1.5)),
    ("precision", Within::Absolute(0.1)),
    ("recall", Within::Absolute(0.1)),
    ("away", Within::Factor(1.2)),
];

/// The pictures, and what the comparison is made by.
struct World {
    sheets: Sheets,
    form: Form,
    /// What is held back. `[N, H·W·C]` in [0, 1]
    test: Array2<f32>,
    of_test: Seen,
    /// What is learnt from. `[M, H·W·C]`
    train: Array2<f32>,
    /// The same, and mirrored.
    both: Array2<f32>,
}

impl World {
    fn new(lab: &Lab) -> anyhow::Result<Self> {
        let sheets = Sheets::new(lab)?;
        let pictures = &sheets.pictures;
        let form = pictures.form();
        let (few, some) = lab.by_scale((18, 40), (1, 1), (1, 1));
        let test = pictures.test.every(few);
        let train = pictures.train.every(some);
        let mirrored = pictures.train.mirror(&train);
        let both = concatenate![Of(0), train, mirrored];
        let of_test = sheets.look(&sheets.category, &test);
        Ok(Self { form, test, of_test, train, both, sheets })
    }

    /// The numbers of [`MEASURED`].
    fn measured(
        &self,
        lab: &Lab,
        x: &Array2<f32>,
    ) -> anyhow::Result<[f64; 5]> {
        let seen = self.sheets.look(&self.sheets.category, x);
        let (real, drawn) = (&self.of_test.features, &seen.features);
        let (precision, recall) =
            precision_and_recall(real, drawn, NEIGHBOURS)?;
        let rough = |x| roughness(x, self.form).mean().unwrap_or(0.0);
        Ok([
            rough(x) / rough(&self.test),
            apart(&seen, &self.of_test)?,
            precision,
            recall,
            self.away(lab, x),
        ])
    }

    /// How far some of these pictures are from the nearest that was learnt from, in the mean.
    fn away(&self, lab: &Lab, x: &Array2<f32>) -> f64 {
        let (most, reach) = lab.by_scale((5, 1), (100, 2), (450, 2));
        let step = (x.nrows() / most).max(1);
        let few = x.slice(s![..;step, ..]).to_owned();
        away(&few, &self.both, self.form, reach).mean().unwrap_or(0.0)
    }
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let world = World::new(lab)?;
    let (ruler, ruler_seconds) = ruler(lab, &world.sheets)?;
    note_setting(lab, &world)?;
    lab.result("variety_ruler_seconds", ruler_seconds, Within::Timing)?;
    let held = world.away(lab, &world.test);
    lab.result("variety_held_away", held, Within::Factor(1.2))?;
    let mut found: [Vec<[f64; 5]>; KINDS.len()] = Default::default();
    let mut costs: [Vec<[f64; 2]>; 3] = Default::default();
    let steps = Steps::of(lab);
    let how = (manner(lab), steps.gan);
    let without = (None, steps.vq_vae);
    let with = (Some(&ruler), steps.vq_gan);
    for n in 0..SEEDS {
        let seed = lab.seed().wrapping_add(n as u64);
        let (sheets, many) = (&world.sheets, world.test.nrows());
        let [pair, vq_vae, vq_gan] = ["gan", "vq-vae", "vq-gan"]
            .map(|kind| format!("variety-{kind}-{}", n + 1));
        let systems = [
            gan(lab, sheets, how, many, (&pair, seed))?,
            coded(lab, sheets, without, many, (&vq_vae, seed))?,
            coded(lab, sheets, with, many, (&vq_gan, seed))?,
        ];
        let no_network = no_network(&world, seed);
        let drawn = systems.iter().map(|d| &d.x);
        let all: Vec<&Array2<f32>> = no_network.iter().chain(drawn).collect();
        for (found, x) in found.iter_mut().zip(&all) {
            found.push(world.measured(lab, x)?);
        }
        if n == 0 {
            show(lab, &world, &all)?;
            for (name, system) in KINDS[WITHOUT..].iter().zip(&systems) {
                let name = format!("variety_{name}_parameters");
                let parameters = system.parameters as f64;
                lab.result(&name, parameters, Within::Exactly)?;
            }
        }
        for (costs, Drawn { each, seconds, .. }) in
            costs.iter_mut().zip(&systems)
        {
            costs.push([*seconds, 1000.0 * each]);
        }
    }
    for (kind, found) in KINDS.into_iter().zip(&found) {
        for (m, (what, within)) in MEASURED.into_iter().enumerate() {
            let all: Vec<f64> = found.iter().map(|v| v[m]).collect();
            lab.over_seeds(&format!("variety_{kind}_{what}"), &all, within)?;
        }
    }
    for (kind, costs) in KINDS[WITHOUT..].iter().zip(&costs) {
        for (m, what) in ["seconds", "draw_ms"].into_iter().enumerate() {
            let all: Vec<f64> = costs.iter().map(|v| v[m]).collect();
            let name = format!("variety_{kind}_{what}");
            lab.over_seeds(&name, &all, Within::Timing)?;
        }
    }
    Ok(())
}

fn note_setting(lab: &mut Lab, world: &World) -> anyhow::Result<()> {
    let Manner { lr, r1, .. } = manner(lab);
    let Steps { gan, vq_vae, vq_gan } = Steps::of(lab);
    for (name, value) in [
        ("pictures", world.train.nrows() as f64),
        ("drawn", world.test.nrows() as f64),
        ("gan_steps", gan as f64),
        ("vq_vae_steps", vq_vae.0 as f64),
        ("vq_gan_steps", vq_gan.0 as f64),
        ("vq_vae_prior_steps", vq_vae.1 as f64),
        ("vq_gan_prior_steps", vq_gan.1 as f64),
        ("gan_lr", lr),
        ("gan_r1", r1),
        ("gan_noise", NOISE as f64),
    ] {
        lab.result(&format!("variety_{name}"), value, Within::Exactly)?;
    }
    Ok(())
}

/// What takes no network: pictures that were learnt from, each blended with the nearest other, means of many, and a Gaussian.
fn no_network(world: &World, seed: u64) -> [Array2<f32>; WITHOUT] {
    let rng = &mut rng_at(seed, DRAWS + 1);
    let (n, from) = (world.test.nrows(), world.train.nrows());
    let mut some = |n: usize| -> Vec<usize> {
        (0..n).map(|_| rng.random_range(0..from)).collect()
    };
    let rows = some(n);
    let real = world.train.select(Of(0), &rows);
    let blend = blends(&world.train, &rows);
    let mut grey = Array2::zeros(real.raw_dim());
    for _ in 0..MEANS {
        let next = world.train.select(Of(0), &some(n));
        grey.scaled_add(1.0 / MEANS as f32, &next);
    }
    [real, blend, grey, gaussian(&world.both, n, rng)]
}

/// Two lines for each way to draw, held-back pictures above.
fn show(
    lab: &Lab,
    world: &World,
    all: &[&Array2<f32>],
) -> anyhow::Result<()> {
    const COLUMNS: usize = 16;
    let Form { side, channels } = world.form;
    let mut grid = ImageGrid::new(COLUMNS).zoom(2);
    for x in [&world.test].into_iter().chain(all.iter().copied()) {
        let step = (x.nrows() / (2 * COLUMNS)).max(1);
        for n in 0..2 * COLUMNS {
            let row = x.row(n * step % x.nrows());
            let picture = row.to_shape((side, side, channels))?;
            grid.push_colour(picture.view());
        }
    }
    lab.image("variety-sheet", &grid)
}

/// What the figure calls those who draw.
const SAID: [&str; 7] = [
    "learnt from",
    "blends",
    "means",
    "Gaussian",
    "GAN",
    "VQ-VAE + prior",
    "VQ-GAN + prior",
];

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let mut seen = Plot::new("")
        .x("precision", Axis::Linear)
        .y("recall", Axis::Linear)
        .x_range(0.6, 0.9)
        .y_range(0.4, 0.9);
    let mut sharp = Plot::new("")
        .x("Fréchet distance", Axis::Log)
        .x_range(11.0, 40.0)
        .y("sharpness", Axis::Linear);
    for (kind, said) in KINDS.into_iter().zip(SAID) {
        if kind == "grey" {
            continue; // far from all others
        }
        let all = |what: &str| {
            let of_seed = |n| of.value(&format!("variety_{kind}_{what}@{n}"));
            (1..=SEEDS).map(of_seed).collect::<anyhow::Result<Vec<_>>>()
        };
        let pairs = |x: Vec<f64>, y: Vec<f64>| x.into_iter().zip(y).collect();
        let points: Vec<_> = pairs(all("precision")?, all("recall")?);
        seen = seen.points(said, points);
        let points: Vec<_> = pairs(all("frechet")?, all("sharpness")?);
        sharp = sharp.points(said, points);
    }
    panels(&[seen, sharp.horizontal("real", 1.0)], 2)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |a: &str, b: &str, what: &str| {
        let [a, b] = [a, b].map(|kind| format!("variety_{kind}_{what}"));
        Claim::less_over_seeds(&a, &b, SEEDS)
    };
    vec![
        ("codes_draw_smoother", less("vq_vae", "gan", "sharpness")),
        (
            "an_opponent_restores_detail",
            less("vq_vae", "vq_gan", "sharpness"),
        ),
        (
            "which_is_nearer_is_undecided",
            Claim::undecided(
                "variety_gan_frechet",
                "variety_vq_vae_frechet",
                SEEDS,
            ),
        ),
        ("a_gan_covers_more", less("vq_vae", "gan", "recall")),
        ("codes_are_more_precise", less("gan", "vq_vae", "precision")),
        ("a_gan_beats_a_gaussian", less("gan", "gaussian", "frechet")),
        ("a_blend_is_nearer_than_a_gan", less("blend", "gan", "frechet")),
        ("and_than_a_vq_vae", less("blend", "vq_vae", "frechet")),
        ("and_than_a_vq_gan", less("blend", "vq_gan", "frechet")),
        ("codes_beat_a_gaussian", less("vq_vae", "gaussian", "frechet")),
        (
            "a_blend_recites",
            Claim::times(1.7, "variety_blend_away", "variety_held_away"),
        ),
        (
            "no_system_recites",
            Claim::all_above(
                ["gan", "vq_vae", "vq_gan"]
                    .map(|kind| format!("variety_{kind}_away")),
                "variety_held_away",
            ),
        ),
        ("grey_has_precision", less("real", "grey", "precision")),
        ("and_no_recall", less("grey", "gan", "recall")),
    ]
}
