//! The four damages on emoji, and who mends them: nobody, a mean, two filters, chapter 10's codes, and these with their prior.

use datasets::PixelRange;
use lab::{Claim, Cost, Experiment, ImageGrid, Lab, Within, rng_at};
use ndarray::{Array2, Axis as Of, concatenate};
use stability::net::Net;
use vq_gan::data::{Pictures, Set};
use vq_gan::viewer;
use vq_gan::wish::Artist;

use crate::colour::{Coloured, Gaussian, by_channel};
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
const RIDGES: [f32; 5] = [0.0, 3e-4, 1e-3, 3e-3, 1e-2];

/// What mends.
struct Menders {
    pictures: Pictures,
    category: Net<f32>,
    artist: Artist,
    /// Of all numbers, and of each channel.
    all: Gaussian,
    each: Vec<Gaussian>,
    steps: usize,
}

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let menders = Menders::new(lab)?;
    let n = lab.by_scale(1, 12, 100);
    lab.result("mend_emoji", n as f64, Within::Exactly)?;
    let mut shown = Vec::new();
    let mut named = vec![vec![0.0; SEEDS]; WAYS.len()];
    let mut whole = vec![0.0; SEEDS];
    let mut ceiling = Vec::new();
    for seed in 0..SEEDS {
        let (x, _) = some(&menders.pictures.test, n, seed);
        let back = menders.artist.network.reconstruct(&x)?;
        ceiling.push(psnr(&x, &back).mean().unwrap_or(0.0));
    }
    lab.over_seeds("mend_whole_codes", &ceiling, Within::Absolute(0.5))?;
    for (name, kind) in KINDS {
        let mut found = vec![Vec::new(); WAYS.len()];
        for seed in 0..SEEDS {
            let (x, classes) = some(&menders.pictures.test, n, seed);
            let mended = menders.mend(lab, (kind, &x), seed)?;
            let share = |x: &Array2<f32>| {
                agree(&menders.look(x), &classes) / KINDS.len() as f64
            };
            whole[seed] += share(&x);
            for (way, y) in mended.iter().enumerate() {
                found[way].push(psnr(&x, y).mean().unwrap_or(0.0));
                named[way][seed] += share(y);
            }
            if seed == 0 {
                shown.push((x, mended));
            }
        }
        for (way, decibels) in WAYS.iter().zip(&found) {
            let of = format!("mend_{name}_{way}");
            lab.over_seeds(&of, decibels, Within::Absolute(0.5))?;
        }
    }
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
    // Neighbours are often one motif: lots lie as far apart as they can.
    let from = seed * step / SEEDS;
    let rows = (from..set.len()).step_by(step).take(n);
    let rows: Vec<usize> = rows.collect();
    (set.pictures.pixels(&rows, PixelRange::Unit), set.classes(&rows))
}

impl Menders {
    fn new(lab: &Lab) -> anyhow::Result<Self> {
        let pictures = Pictures::emoji()?;
        let category = seen_to(lab, "category-judge", &pictures)?;
        let artist = Artist::load(&vq_gan::CHAPTER.model("artist"))?;
        let set = &pictures.train;
        let half = set.len() / 2;
        // Those that stand side by side are often one motif.
        let block = |n: &usize| n % half / 50 % 6;
        let every = lab.by_scale(40, 1, 1);
        let rows = || (0..set.len()).step_by(every);
        let kept: Vec<usize> = rows().filter(|n| block(n) < 5).collect();
        let tried = rows().filter(|n| block(n) == 5);
        let tried: Vec<usize> = tried.step_by(60).collect();
        let of = |rows: &[usize]| {
            let x = set.pictures.pixels(rows, PixelRange::Unit);
            Gaussian::of(&concatenate![Of(0), x, set.mirror(&x)])
        };
        let steps = lab.by_scale(5, 150, 400);
        let channels = pictures.form().channels;
        let part = |all: &Gaussian| -> Vec<Gaussian> {
            (0..channels).map(|c| all.of_channel(c, channels)).collect()
        };
        let all = of(&kept);
        let each = part(&all);
        let x = set.pictures.pixels(&tried, PixelRange::Unit);
        let mut least = [(f64::INFINITY, 0.0); 2];
        for ridge in RIDGES {
            let mut errors = [0.0; 2];
            for (n, (_, kind)) in KINDS.into_iter().enumerate() {
                let rng = &mut rng_at(lab.seed(), 400 + n as u64);
                let side = pictures.form().side;
                let damage =
                    Coloured { each: kind.damage(side, rng), channels };
                let y = damage.leave(&x, rng);
                let one = by_channel(&y, channels, |c, y| {
                    each[c].with_ridge(ridge).filter(&damage.each, y, steps)
                });
                let other = all.with_ridge(ridge).filter(&damage, &y, steps);
                for (error, mended) in errors.iter_mut().zip([one, other]) {
                    let mended = mended.mapv(|v| v.clamp(0.0, 1.0));
                    *error -= psnr(&x, &mended).mean().unwrap_or(0.0);
                }
            }
            for (least, error) in least.iter_mut().zip(errors) {
                if error < least.0 {
                    *least = (error, ridge);
                }
            }
        }
        let rows: Vec<usize> = rows().collect();
        let all = of(&rows);
        let each =
            part(&all).iter().map(|g| g.with_ridge(least[0].1)).collect();
        let all = all.with_ridge(least[1].1);
        Ok(Self { pictures, category, artist, all, each, steps })
    }

    fn look(&self, x: &Array2<f32>) -> judge::measures::Seen {
        let contrast = self.pictures.contrast();
        viewer::look(&self.category, &contrast.apply(x.clone()))
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
        let mean = self.all.mean.broadcast(y.raw_dim()).expect("a row");
        let mut damaged = y.clone();
        let seen = damage.each.seen();
        for (n, seen) in damage.seen().iter().enumerate() {
            if !seen {
                damaged.column_mut(n).assign(&mean.column(n));
            }
        }
        let median = by_channel(&y, channels, |c, y| {
            median_filter(y, &seen, &self.each[c].mean, form.side)
        });
        let each = by_channel(&y, channels, |c, y| {
            self.each[c].filter(&damage.each, y, self.steps)
        });
        let wiener = self.all.filter(&damage, &y, self.steps);
        let unit = |x: &Array2<f32>| x.mapv(|v| v.clamp(0.0, 1.0));
        let Artist { network, prior, .. } = &self.artist;
        let nearest = network.reconstruct(&unit(&damaged))?;
        let start = network.encode(&unit(&wiener))?; // [N, T]
        let first = usize::from(kind == Kind::Noise && seed == 0);
        let search = lab.by_scale((first, 1), (2, 8), (3, 16));
        let found = codes((network, prior), &damage, &y, start, search)?;
        let found = network.decode(&found)?;
        let mean = mean.to_owned();
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
    let named = |a: &str| format!("mend_{a}");
    let less = |a: &str, b: &str| {
        Claim::less_over_seeds(&named(a), &named(b), SEEDS)
    };
    vec![
        (
            "mend_noise_is_undecided",
            Claim::undecided("mend_noise_prior", "mend_noise_wiener", SEEDS),
        ),
        (
            "mend_blur_too",
            Claim::undecided("mend_blur_prior", "mend_blur_wiener", SEEDS),
        ),
        ("mend_rows_are_the_filters", less("rows_prior", "rows_wiener")),
        (
            "mend_crayon_is_the_filters",
            less("scribble_prior", "scribble_wiener"),
        ),
        (
            "mend_and_names",
            Claim::undecided("mend_prior_named", "mend_wiener_named", SEEDS),
        ),
        ("mend_codes_alone_do_not", less("noise_codes", "noise_median")),
        (
            "mend_codes_of_whole_ones_lose_more",
            less("whole_codes", "scribble_wiener"),
        ),
    ]
}
