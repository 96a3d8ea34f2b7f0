//! Quantisers by name and bits, and what short trainings around them come to.

use commitment_loss::alternatives::{Cosine, Signs, Turned};
use commitment_loss::bottleneck::Kept;
use commitment_loss::plain::CommitmentError;
use commitment_loss::product::Product;
use commitment_loss::quantizer::Quantizer;
use commitment_loss::residual::Residual;
use datasets::{Batches, PixelRange};
use gradients::plain::AdamConfig;
use lab::{ChaCha8Rng, Lab, Measurements, Within};
use ndarray::{Array2, s};
use straight_through::plain::Levels;

use super::setting::{Data, in_use, mean_bits};
use super::short::{SEEDS, short};
use crate::any::AnyTraining;
use crate::coding::Tables;
use crate::training::{Config, Sizes};

/// Which quantiser, by how many bits a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One list.
    List,
    /// So many lists one after another.
    Residual(usize),
    /// So many lists side by side.
    Product(usize),
    /// One list, compared by direction in 8 components.
    Cosine,
    /// A sign for each bit.
    Signs,
    /// Levels, with as many codes as bits allow, or nearly.
    Levels,
    /// A frozen list, turned by a matrix.
    Turned,
}

impl Kind {
    /// Components of a latent.
    fn width(self, bits: usize) -> usize {
        match self {
            Kind::Cosine => 8,
            Kind::Signs => bits,
            Kind::Levels => levels(bits).len(),
            _ => Sizes::default().width,
        }
    }

    fn start<'a>(
        self,
        bits: usize,
        z_e: &Array2<f32>,
        config: &Config,
        rng: &mut ChaCha8Rng,
    ) -> Result<Box<dyn Kept + 'a>, CommitmentError> {
        let (settings, adam) = (config.quantizer, AdamConfig::default());
        let adam = AdamConfig { lr: TURN, ..adam };
        let k = 1 << bits;
        let each = |n: usize| vec![1 << (bits / n); n];
        Ok(match self {
            Kind::List => Box::new(Quantizer::from_latents(
                z_e, k, LLOYD, settings, rng,
            )?),
            Kind::Residual(n) => Box::new(Residual::from_latents(
                z_e,
                &each(n),
                LLOYD,
                settings,
                rng,
            )?),
            Kind::Product(n) => Box::new(Product::from_latents(
                z_e,
                &each(n),
                LLOYD,
                settings,
                rng,
            )?),
            Kind::Cosine => {
                Box::new(Cosine::from_latents(z_e, k, LLOYD, settings, rng)?)
            }
            Kind::Signs => Box::new(Signs { width: bits, settings }),
            Kind::Levels => {
                Box::new(Levels::new(levels(bits)).expect("two or more"))
            }
            Kind::Turned => {
                Box::new(Turned::from_latents(z_e, k, adam, settings, rng)?)
            }
        })
    }
}

/// Steps of Lloyd's algorithm at the start.
const LLOYD: usize = 10;
/// The step size of the matrix that turns a frozen list.
const TURN: f64 = 1e-2;

fn levels(bits: usize) -> &'static [usize] {
    match bits {
        2 => &[2, 2],
        4 => &[4, 4],
        6 => &[8, 8],
        8 => &[8, 6, 5],
        _ => &[8, 5, 5, 5],
    }
}

/// The recipe of short trainings in a network with one block, whose codes have no prices.
pub fn unpriced(lab: &Lab, data: &Data) -> Config {
    let base = short(lab, data);
    let sizes = Sizes { blocks: 1, ..base.sizes };
    Config { sizes, rate: None, ..base }
}

/// One of the runs, trained.
pub fn train<'a>(
    lab: &Lab,
    data: &'a Data,
    (name, kind, bits): (&str, Kind, usize),
    (base, prefixes): (Config, bool),
    seed: u64,
) -> anyhow::Result<AnyTraining<'a>> {
    let sizes = Sizes { width: kind.width(bits), ..base.sizes };
    let config = Config { sizes, ..base };
    let run = lab.seed().wrapping_add(seed);
    data.train.at_least(config.batch)?;
    let mut batches = Batches::new(data.train.len(), config.batch, run)?;
    let images =
        move |n| data.train.pixels(&batches.batch(n), PixelRange::Unit);
    let start = |z_e: &Array2<f32>, rng: &mut ChaCha8Rng| {
        kind.start(bits, z_e, &config, rng)
    };
    let mut run = AnyTraining::new(config, start, images, run)?;
    run.prefixes = prefixes;
    let name = format!("{name}-{}", seed + 1);
    lab.train(&name, config.steps, &mut run)?;
    Ok(run)
}

/// Codes of the training images and of the test images, `[·, S² · L]` each.
pub struct Maps {
    pub seen: Array2<usize>,
    pub test: Array2<usize>,
}

impl Maps {
    pub fn of(run: &AnyTraining, data: &Data) -> anyhow::Result<Self> {
        let rows: Vec<usize> = (0..data.seen).collect();
        let test = run.encode(&data.test)?;
        let mut seen = Array2::zeros((data.seen, test.ncols()));
        for rows in rows.chunks(5000) {
            let x = data.train.pixels(rows, PixelRange::Unit);
            let (from, to) = (rows[0], rows[0] + rows.len());
            seen.slice_mut(s![from..to, ..]).assign(&run.encode(&x)?);
        }
        Ok(Self { seen, test })
    }

    /// What an image costs by place, in bits: a table for each number.
    pub fn bits(&self, k: usize) -> anyhow::Result<f64> {
        Ok(mean_bits(&Tables::of_codes(&self.seen, k)?, &self.test))
    }

    /// What the images lose.
    pub fn error(
        &self,
        run: &AnyTraining,
        data: &Data,
    ) -> anyhow::Result<f64> {
        Ok(data.unexplained(&data.test, &run.decode(&self.test)?))
    }

    /// The first `l` of the `all` numbers of each place.
    pub fn first(&self, l: usize, all: usize) -> Self {
        let places = self.test.ncols() / all;
        let columns: Vec<usize> =
            (0..places * all).filter(|n| n % all < l).collect();
        let of =
            |maps: &Array2<usize>| maps.select(ndarray::Axis(1), &columns);
        Self { seen: of(&self.seen), test: of(&self.test) }
    }

    /// The numbers of each place as one.
    pub fn joined(&self, levels: &[usize]) -> Self {
        let l = levels.len();
        let join = |maps: &Array2<usize>| {
            let shape = (maps.nrows(), maps.ncols() / l);
            Array2::from_shape_fn(shape, |(n, place)| {
                let digit = |i: usize| maps[[n, place * l + i]];
                (0..l).fold(0, |number, i| number * levels[i] + digit(i))
            })
        };
        Self { seen: join(&self.seen), test: join(&self.test) }
    }
}

/// Trains a quantiser from every seed; records error, bits and share of codes in use on the test digits, as
/// `quantizer_name_bits_…`; where a place has several numbers, also what it costs with one table for all of them. Gives these
/// bits and the error of each seed.
pub fn compare(
    lab: &mut Lab,
    data: &Data,
    (name, kind, bits): (&str, Kind, usize),
    base: Config,
) -> anyhow::Result<Vec<(f64, f64)>> {
    let name = format!("quantizer_{name}_{bits}");
    let mut found: [Vec<f64>; 4] = Default::default();
    for seed in 0..SEEDS as u64 {
        let of = (&*name, kind, bits);
        let run = train(lab, data, of, (base, false), seed)?;
        let (maps, levels) = (Maps::of(&run, data)?, run.bottleneck.levels());
        let joined = maps.joined(&levels);
        let k: usize = levels.iter().product();
        let most = levels.iter().max().copied().unwrap_or(1);
        let (_, used) = in_use(&joined.test, k);
        let of = [maps.error(&run, data)?, maps.bits(most)?, used];
        for (all, number) in found.iter_mut().zip(of) {
            all.push(number);
        }
        found[3].push(joined.bits(k)?);
    }
    let [error, bits, used, joined] = found;
    let points = joined.iter().copied().zip(error.iter().copied()).collect();
    for (what, numbers, within) in [
        ("mse_over_variance", error, Within::Factor(1.2)),
        ("bits", bits, Within::Factor(1.1)),
        ("codes_used_share", used, Within::Absolute(0.1)),
        ("joined_bits", joined, Within::Factor(1.1)),
    ] {
        lab.over_seeds(&format!("{name}_{what}"), &numbers, within)?;
    }
    Ok(points)
}

/// Error against bits, with one table for the numbers of a place where there is one, of the names that were measured.
pub fn points(
    of: &Measurements,
    names: impl IntoIterator<Item = String>,
) -> Vec<(f64, f64)> {
    let point = |name: String| {
        let bits = of.value(&format!("{name}_joined_bits"));
        let bits =
            bits.or_else(|_| of.value(&format!("{name}_bits"))).ok()?;
        Some((bits, of.value(&format!("{name}_mse_over_variance")).ok()?))
    };
    names.into_iter().filter_map(point).collect()
}
