//! The four damages on emoji, and who mends them: nobody, a mean, two filters, chapter 10's codes, and these with their prior.

use datasets::PixelRange;
use lab::{Claim, Cost, Experiment, ImageGrid, Lab, Within, rng_at};
use ndarray::{Array2, Axis as Of, concatenate, s};
use stability::net::Net;
use vq_gan::data::{Pictures, Set};
use vq_gan::viewer;
use vq_gan::wish::Artist;

use crate::colour::{Coloured, Gaussian, by_channel, opponents, turned};
use crate::damages::{KINDS, Kind};
use crate::plain::{median_filter, psnr};
use crate::restore::codes;
use crate::run::sheets::{agree, seen_to};

pub const EXPERIMENT: Experiment = Experiment {
    name: "mend",
    cost: Cost::Minutes,
    measure,
    figures: &[],
    claims,
};

/// Who mends.
const WAYS: [&str; 7] =
    ["damaged", "mean", "median", "each", "wiener", "codes", "prior"];

/// Lots of emoji, each damaged from a seed of its own.
const SEEDS: usize = 3;

/// What is added to a variance, of which a Gaussian takes that which mends best.
const RIDGES: [f32; 4] = [0.0, 3e-4, 1e-3, 3e-3];

/// What mends.
struct Menders {
    pictures: Pictures,
    category: Net<f32>,
    artist: Artist,
    /// Of red, green and blue, and of grey and two differences of them.
    each: Wiener,
    turned: Wiener,
}

/// A Gaussian for each number of a pixel, after a turn of these.
struct Wiener {
    turn: Array2<f32>,
    parts: Vec<Gaussian>,
    steps: usize,
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let menders = Menders::new(lab)?;
    let n = lab.by_scale(1, 12, 100);
    lab.result("mend_emoji", n as f64, Within::Exactly)?;
    let lots = [0, 1, 2].map(|seed| some(&menders.pictures.test, n, seed));
    let network = &menders.artist.network;
    let [mut whole, mut ceiling] = [Vec::new(), Vec::new()];
    for (x, classes) in &lots {
        whole.push(menders.named(x, classes));
        ceiling.push(decibels(x, &network.reconstruct(x)?));
    }
    let mut shown = Vec::new();
    let mut named = vec![vec![0.0; SEEDS]; WAYS.len()];
    for (name, kind) in KINDS {
        let mut found = vec![Vec::new(); WAYS.len()];
        for (seed, (x, classes)) in lots.iter().enumerate() {
            let mended = menders.mend(lab, (kind, x), seed)?;
            for (way, y) in mended.iter().enumerate() {
                found[way].push(decibels(x, y));
                let share = menders.named(y, classes);
                named[way][seed] += share / KINDS.len() as f64;
            }
            if seed == 0 {
                shown.push((x.clone(), mended));
            }
        }
        for (way, decibels) in WAYS.iter().zip(&found) {
            let of = format!("mend_{name}_{way}");
            lab.over_seeds(&of, decibels, Within::Absolute(0.5))?;
        }
    }
    lab.over_seeds("mend_whole_codes", &ceiling, Within::Absolute(0.5))?;
    let within = Within::Absolute(0.1);
    lab.over_seeds("mend_whole_named", &whole, within)?;
    for (way, named) in WAYS.iter().zip(&named) {
        lab.over_seeds(&format!("mend_{way}_named"), named, within)?;
    }
    show(lab, menders.pictures.train.pictures.size(), &shown)
}

/// Test emoji, others for each seed, and what they show. `[n, H·W·C]`
fn some(set: &Set, n: usize, seed: usize) -> (Array2<f32>, Vec<usize>) {
    let step = (set.len() / n.max(1)).max(1);
    let rows = (seed..set.len()).step_by(step).take(n);
    let rows: Vec<usize> = rows.collect();
    (set.pictures.pixels(&rows, PixelRange::Unit), set.classes(&rows))
}

impl Wiener {
    /// Of pictures and their mirror images. `[N, H·W·C]`
    fn of(x: &Array2<f32>, turn: &Array2<f32>, steps: usize) -> Self {
        let x = turned(x, turn);
        let channels = turn.nrows();
        let part =
            |c| Gaussian::of(&x.slice(s![.., c..;channels]).to_owned());
        let parts = (0..channels).map(part).collect();
        Self { turn: turn.clone(), parts, steps }
    }

    fn with_ridge(&self, ridge: f32) -> Self {
        let parts = self.parts.iter().map(|g| g.with_ridge(ridge)).collect();
        Self { turn: self.turn.clone(), parts, steps: self.steps }
    }

    /// `[N, H·W·C]`
    fn filter(&self, damage: &Coloured, y: &Array2<f32>) -> Array2<f32> {
        let y = turned(y, &self.turn);
        let x = by_channel(&y, damage.channels, |c, y| {
            self.parts[c].filter(&damage.each, y, self.steps)
        });
        turned(&x, &self.turn.t().to_owned())
    }

    /// The same after some pictures, with the ridge that mends others best.
    fn chosen(
        lab: &Lab,
        set: &Set,
        turn: &Array2<f32>,
    ) -> anyhow::Result<Self> {
        let steps = lab.by_scale(5, 300, 300);
        let every = lab.by_scale(40, 1, 1);
        let all: Vec<usize> = (0..set.len()).step_by(every).collect();
        // Emoji that stand side by side are often of one motif.
        let held = |n: &usize| n % (set.len() / 2) / 50 % 6 == 5;
        let (held, kept) = all.iter().partition::<Vec<usize>, _>(|n| held(n));
        let held: Vec<usize> = held.into_iter().step_by(60).collect();
        let of = |rows: &[usize]| {
            let x = set.pictures.pixels(rows, PixelRange::Unit);
            let both = concatenate![Of(0), x, set.mirror(&x)];
            Self::of(&both, turn, steps)
        };
        let x = set.pictures.pixels(&held, PixelRange::Unit);
        let (side, _, channels) = set.pictures.size();
        let first = of(&kept);
        let mut best = (f64::NEG_INFINITY, 0.0);
        for ridge in RIDGES {
            let tried = first.with_ridge(ridge);
            let mut sum = 0.0;
            for (n, (_, kind)) in KINDS.into_iter().enumerate() {
                let rng = &mut rng_at(lab.seed(), 400 + n as u64);
                let damage =
                    Coloured { each: kind.damage(side, rng), channels };
                let y = damage.leave(&x, rng);
                sum += decibels(&x, &unit(&tried.filter(&damage, &y)));
            }
            if sum > best.0 {
                best = (sum, ridge);
            }
        }
        Ok(of(&all).with_ridge(best.1))
    }
}

/// Clamped to [0, 1].
fn unit(x: &Array2<f32>) -> Array2<f32> {
    x.mapv(|v| v.clamp(0.0, 1.0))
}

/// The mean of eq. 11.1.
fn decibels(x: &Array2<f32>, y: &Array2<f32>) -> f64 {
    psnr(x, y).mean().unwrap_or(0.0)
}

impl Menders {
    fn new(lab: &Lab) -> anyhow::Result<Self> {
        let pictures = Pictures::emoji()?;
        let category = seen_to(lab, "category-judge", &pictures)?;
        let artist = Artist::load(&vq_gan::CHAPTER.model("artist"))?;
        let channels = pictures.form().channels;
        let [each, turned] = [Array2::eye(channels), opponents()]
            .map(|turn| Wiener::chosen(lab, &pictures.train, &turn));
        Ok(Self { category, artist, each: each?, turned: turned?, pictures })
    }

    /// The share of pictures whose category is seen.
    fn named(&self, x: &Array2<f32>, classes: &[usize]) -> f64 {
        let contrast = self.pictures.contrast();
        let seen = viewer::look(&self.category, &contrast.apply(x.clone()));
        agree(&seen, classes)
    }

    /// What each way makes of emoji after a damage, clamped to [0, 1]. `[N, H·W·C]` each
    fn mend(
        &self,
        lab: &Lab,
        (kind, x): (Kind, &Array2<f32>),
        seed: usize,
    ) -> anyhow::Result<[Array2<f32>; 7]> {
        let form = self.pictures.form();
        let channels = form.channels;
        let stream = lab.seed().wrapping_add(seed as u64);
        let rng = &mut rng_at(stream, 0);
        let damage = Coloured { each: kind.damage(form.side, rng), channels };
        let y = damage.leave(x, rng); // [N, P·C]
        let means: Vec<_> = self.each.parts.iter().map(|g| &g.mean).collect();
        let mean = by_channel(&y, channels, |c, y| {
            means[c].broadcast(y.raw_dim()).expect("a row").to_owned()
        });
        let mut damaged = y.clone();
        for (n, seen) in damage.seen().iter().enumerate() {
            if !seen {
                damaged.column_mut(n).assign(&mean.column(n));
            }
        }
        let seen = damage.each.seen();
        let median = by_channel(&y, channels, |c, y| {
            median_filter(y, &seen, means[c], form.side)
        });
        let each = self.each.filter(&damage, &y);
        let wiener = self.turned.filter(&damage, &y);
        let Artist { network, prior, .. } = &self.artist;
        let nearest = network.reconstruct(&unit(&damaged))?;
        let start = network.encode(&unit(&wiener))?; // [N, T]
        let first = usize::from(kind == Kind::Noise && seed == 0);
        let search = lab.by_scale((first, 1), (2, 8), (3, 16));
        let found = codes((network, prior), &damage, &y, start, search)?;
        let found = network.decode(&found)?;
        let all = [damaged, mean, median, each, wiener, nearest, found];
        Ok(all.map(|x| unit(&x)))
    }
}

/// Of each damage three emoji: what was there, and what each way makes of it.
fn show(
    lab: &Lab,
    size: (usize, usize, usize),
    shown: &[(Array2<f32>, [Array2<f32>; 7])],
) -> anyhow::Result<()> {
    let few = 3;
    let mut grid = ImageGrid::new(few * shown.len()).zoom(2);
    for row in 0..=WAYS.len() {
        for (x, mended) in shown {
            let of = match row {
                0 => x,
                way => &mended[way - 1],
            };
            for n in 0..few {
                let picture = of.row(n % of.nrows()).to_owned();
                let picture = picture.into_shape_with_order(size)?;
                grid.push_colour(picture.view());
            }
        }
    }
    lab.image("mended-emoji", &grid)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let less = |of: &str, a: &str, b: &str| {
        let name = |way: &str| format!("mend_{of}_{way}");
        Claim::less_over_seeds(&name(a), &name(b), SEEDS)
    };
    vec![
        ("emoji_codes_do_not_denoise", less("noise", "codes", "median")),
        ("emoji_codes_do_not_sharpen", less("blur", "codes", "wiener")),
        ("emoji_codes_do_not_complete", less("rows", "codes", "wiener")),
        ("emoji_codes_do_not_clean", less("scribble", "codes", "wiener")),
        ("no_prior_denoises_emoji", less("noise", "prior", "wiener")),
        ("nor_sharpens_them", less("blur", "prior", "wiener")),
        ("nor_completes_them", less("rows", "prior", "wiener")),
        ("nor_cleans_them", less("scribble", "prior", "wiener")),
        ("the_prior_beats_codes_on_noise", less("noise", "codes", "prior")),
        ("colours_denoise_together", less("noise", "each", "wiener")),
    ]
}
