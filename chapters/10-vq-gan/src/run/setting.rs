//! The pictures, the recipe, and who looks at what comes of it: what the experiments share.

use anyhow::ensure;
use codebook_lookup::plain::usage;
use commitment_loss::plain::perplexity;
use datasets::{Batches, PixelRange, bundled_emoji};
use gradients::model::Model;
use judge::measures::{Moments, Seen, frechet};
use lab::{Lab, Within, rng_at};
use ndarray::{Array2, ArrayView1, Axis, s};
use stability::game::Game;
use stability::net::Net;
use stability::pair::{Penalties, d_step};
use vq_vae::plain::squared_error;

use crate::data::{Pictures, Set};
use crate::model::VqGan;
use crate::plain::{Contrast, Form, Perception, sharpness};
use crate::training::{
    Config, Opponent, Sizes, Trained, Training, discriminator, in_room,
};
use crate::viewer::{self, BATCH};

/// From how many starts, on as many orders of the pictures, each choice is trained.
pub const SEEDS: usize = 3;

/// What is learnt from, and what is held back.
pub struct Data {
    /// All of them.
    pub pictures: Pictures,
    /// What is held back, `[N, H·W·C]` in [0, 1].
    pub test: Array2<f32>,
    /// One in so many of the test pictures is there.
    every: usize,
    /// Of what is learnt from.
    pub contrast: Contrast,
}

impl Data {
    /// The emoji, or the pictures of the command line.
    pub fn load(lab: &Lab) -> anyhow::Result<Self> {
        let pictures = Pictures::of(lab)?;
        check(lab, &pictures)?;
        let few = lab.by_scale(24, usize::MAX, usize::MAX);
        let every =
            (pictures.test.len() / few.min(pictures.test.len())).max(1);
        let test = pictures.test.every(every);
        let contrast = pictures.contrast();
        Ok(Self { pictures, test, every, contrast })
    }

    /// Of what is said of each test picture, what is said of those in `test`.
    pub fn of_test<'a, T: Copy + 'a>(
        &self,
        all: impl IntoIterator<Item = &'a T>,
    ) -> Vec<T> {
        all.into_iter().step_by(self.every).copied().collect()
    }

    /// Which pictures are learnt from, and as what: a reader's own may change.
    pub fn digest(&self) -> String {
        let set = self.train();
        let labels = set.pictures.labels.mapv(f32::from).insert_axis(Axis(0));
        lab::digest([&set.every(1), &labels])
    }

    /// What is learnt from.
    pub fn train(&self) -> &Set {
        &self.pictures.train
    }

    /// The form of a picture.
    pub fn form(&self) -> Form {
        self.pictures.form()
    }

    /// A run on the training pictures, in the lab's room.
    pub fn training<'a>(
        &'a self,
        lab: &Lab,
        config: Config,
        ruler: Option<&'a Perception<f32>>,
        seed: u64,
    ) -> anyhow::Result<Box<dyn Trained + 'a>> {
        let set = self.train();
        let mut batches = Batches::new(set.len(), config.batch, seed)?;
        let data = move |n| {
            let rows = batches.batch(n);
            set.mirrored(&rows, PixelRange::Unit, &mut rng_at(seed, n))
        };
        in_room(lab, Training::new(config, ruler, data, seed)?)
    }

    /// Mean squared error over the variance of what is learnt from.
    pub fn unexplained(&self, x: &Array2<f32>, y: &Array2<f32>) -> f64 {
        let variance = f64::from(self.contrast.deviation).powi(2);
        squared_error(x, y).mean().unwrap_or(0.0) / variance
    }
}

/// That there is enough to learn from and to judge by, whatever the source.
fn check(lab: &Lab, of: &Pictures) -> anyhow::Result<()> {
    let given = lab.options().data.clone().unwrap_or_else(bundled_emoji);
    let name = given.display();
    let (n, m) = (of.train.len(), of.test.len());
    ensure!(
        n >= BATCH && m >= 4,
        "{name}: expected at least {BATCH} pictures to learn from and 4 to hold back, found {n} and {m}"
    );
    ensure!(
        of.contrast().deviation > 0.0,
        "{name}: expected pictures that differ, found all pixels alike"
    );
    let classes = of.classes.len();
    ensure!(
        classes <= 256,
        "{name}: expected at most 256 classes, found {classes}"
    );
    Ok(())
}

/// The recipe of this chapter.
pub fn recipe(lab: &Lab, data: &Data) -> Config {
    let config = Config::default();
    let sizes = Sizes {
        form: data.form(),
        codes: lab.by_scale(16, config.sizes.codes, 512),
        channels: lab.by_scale(8, config.sizes.channels, 128),
        blocks: lab.by_scale(1, config.sizes.blocks, 4),
        ..config.sizes
    };
    Config {
        sizes,
        batch: lab.by_scale(8, config.batch, 64),
        contrast: data.contrast,
        ..config
    }
    .over(lab.by_scale(10, config.steps, 40_000))
}

/// The page's opponent, over as many steps as the recipe takes.
pub fn opponent(lab: &Lab, config: &Config) -> Opponent {
    let page = Opponent::default();
    let channels = lab.by_scale([4, 6], page.channels, [64, 128]);
    Opponent { channels, ..page.within(config.steps) }
}

/// Two networks that have seen training pictures: one for the training, one for the judgement, of other widths and from another
/// seed.
pub struct Eyes {
    /// By which features are compared in training.
    pub ruler: Perception<f32>,
    /// Who looks at what comes of it.
    pub judge: Net<f32>,
}

impl Eyes {
    /// Trains both.
    pub fn new(lab: &Lab, data: &Data) -> anyhow::Result<Self> {
        let steps = lab.by_scale(3, 1500, 4000);
        let see = |name, channels, dense, seed| {
            let channels = lab.by_scale([4, 4, 6], channels, channels);
            let pictures = &data.pictures;
            let mut run = viewer::Training::new(
                name, pictures, channels, dense, seed, steps,
            )?;
            let of = match lab.options().data {
                None => name.to_string(),
                Some(_) => format!("{name}-{}", data.digest()),
            };
            lab.prepare(&of, steps, &mut run)?;
            anyhow::Ok(run.model.net)
        };
        let seed = lab.seed().wrapping_add(1000);
        let ruler = see("ruler", [24, 48, 64], 64, seed)?;
        let judge = see("judge", [32, 48, 96], 48, seed.wrapping_add(1))?;
        let few = data.contrast.apply(data.train().every(10));
        Ok(Self { ruler: Perception::new(ruler, &few), judge })
    }

    /// What the judge sees in pictures `[N, H·W·C]` in [0, 1].
    pub fn look(&self, data: &Data, x: &Array2<f32>) -> Seen {
        viewer::look(&self.judge, &data.contrast.apply(x.clone()))
    }

    /// The share of test pictures whose class the judge names.
    pub fn accuracy(&self, data: &Data) -> f64 {
        let labels = data.of_test(&data.pictures.test.pictures.labels);
        let labels: Vec<usize> =
            labels.into_iter().map(usize::from).collect();
        agree(&self.look(data, &data.test), &labels)
    }
}

/// The share of pictures that are seen as what they are said to be.
pub fn agree(seen: &Seen, classes: &[usize]) -> f64 {
    let pairs = seen.classes.rows().into_iter().zip(classes);
    let same = pairs.filter(|(p, class)| largest(*p) == **class);
    same.count() as f64 / classes.len().max(1) as f64
}

/// Where the largest of some numbers stands, the first of equal ones.
fn largest(p: ArrayView1<f64>) -> usize {
    (1..p.len()).fold(0, |a, b| if p[b] > p[a] { b } else { a })
}

/// Fréchet distance of two sets of pictures in the judge's features.
pub fn apart(a: &Seen, b: &Seen) -> anyhow::Result<f64> {
    let of = |seen: &Seen| Moments::of(&seen.features);
    Ok(frechet(&of(a)?, &of(b)?)?)
}

/// What is found in reconstructions of the test pictures.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// Squared error over variance.
    pub error: f64,
    /// Eq. 10.8.
    pub sharpness: f64,
    /// Fréchet distance from the pictures themselves.
    pub frechet: f64,
    /// The share in which the judge sees the class that it sees in the picture itself.
    pub agreement: f64,
    /// The share that a fresh discriminator tells from the pictures themselves, a half by guessing.
    pub told: f64,
    /// Of the codes, perplexity.
    pub used: f64,
}

/// What is measured of a network, by name.
pub const MEASURED: [(&str, Within); 6] = [
    ("error", Within::Factor(1.1)),
    ("sharpness", Within::Factor(1.1)),
    ("frechet", Within::Factor(1.5)),
    ("category_agreement", Within::Absolute(0.05)),
    ("told_from_real", Within::Absolute(0.1)),
    ("perplexity", Within::Factor(1.2)),
];

impl Verdict {
    /// In the order of [`MEASURED`].
    pub fn numbers(self) -> [f64; 6] {
        let Self { error, sharpness, frechet, agreement, told, used } = self;
        [error, sharpness, frechet, agreement, told, used]
    }

    /// Of a network.
    pub fn of(
        lab: &Lab,
        data: &Data,
        eyes: &Eyes,
        model: &VqGan<f32>,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let x = &data.test;
        let codes = model.encode(x)?; // [N, S²]
        let y = model.decode(&codes)?; // [N, H·W·C]
        let (of_x, of_y) = (eyes.look(data, x), eyes.look(data, &y));
        let rows = of_x.classes.rows().into_iter();
        let in_x: Vec<usize> = rows.map(largest).collect();
        let flat: Vec<usize> = codes.iter().copied().collect();
        Ok(Self {
            error: data.unexplained(x, &y),
            sharpness: sharpness(x, &y, data.form()),
            frechet: apart(&of_x, &of_y)?,
            agreement: agree(&of_y, &in_x),
            told: told_from_real(lab, data, model, &y, seed)?,
            used: perplexity(&usage(&flat, model.codes())),
        })
    }
}

/// What a discriminator that no training has met tells apart, after so many steps on training pictures and their
/// reconstructions: the mean of the shares of real and of reconstructed test pictures that it takes for what they are.
fn told_from_real(
    lab: &Lab,
    data: &Data,
    model: &VqGan<f32>,
    y: &Array2<f32>, // [N, H·W·C]
    seed: u64,
) -> anyhow::Result<f64> {
    let page = Opponent::default();
    let channels = lab.by_scale([4, 6], page.channels, page.channels);
    let seed = seed.wrapping_add(2000);
    let d = discriminator(data.form(), channels, seed);
    let mut d = Model::new("fresh", d, page.adam);
    let batch = lab.by_scale(8, 64, 64);
    let mut batches = Batches::new(data.train().len(), batch, seed)?;
    let penalties = Penalties { real: page.r1, fake: 0.0, between: 0.0 };
    for n in 0..lab.by_scale(2, 400, 2000) {
        let rows = batches.batch(n);
        let rng = &mut rng_at(seed, n);
        let x = data.train().mirrored(&rows, PixelRange::Unit, rng);
        let x_hat = data.contrast.apply(model.reconstruct(&x)?);
        let x = data.contrast.apply(x);
        let none = Array2::zeros((batch, 1));
        let seen = (&x, &x_hat);
        let game = Game::NonSaturating;
        let (loss, d_d) = d_step(&d.net, seen, &none, game, penalties);
        d.step(loss, &d_d)?;
    }
    let share = |x: &Array2<f32>, real: bool| {
        let s = d.net.output(&data.contrast.apply(x.clone())); // [N, P]
        let rows = s.rows().into_iter();
        let right = rows.filter(|row| (row.sum() > 0.0) == real).count();
        right as f64 / s.nrows() as f64
    };
    Ok(0.5 * (share(&data.test, true) + share(y, false)))
}

/// Records what is measured of a network over seeds, `name_error` and so on, and how far it spreads as `name_error_spread` too.
pub fn note(
    lab: &mut Lab,
    name: &str,
    verdicts: &[Verdict],
) -> anyhow::Result<()> {
    for (n, (what, within)) in MEASURED.into_iter().enumerate() {
        let all: Vec<f64> = verdicts.iter().map(|v| v.numbers()[n]).collect();
        let name = match what {
            "told_from_real" => format!("{what}_{name}"),
            _ => format!("{name}_{what}"),
        };
        over_seeds(lab, &name, &all, within)?;
    }
    Ok(())
}

/// The same of one number.
pub fn over_seeds(
    lab: &mut Lab,
    name: &str,
    all: &[f64],
    within: Within,
) -> anyhow::Result<()> {
    lab.over_seeds(name, all, within)?;
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let squares = all.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let spread = (squares / (n - 1.0).max(1.0)).sqrt();
    lab.result(&format!("{name}_spread"), spread, Within::Factor(3.0))
}

/// The first of the test pictures that a look on the way takes.
pub fn few(data: &Data) -> Array2<f32> {
    let step = (data.test.nrows() / 150).max(1);
    data.test.slice(s![..;step, ..]).to_owned()
}
