//! The images, the recipe, and what codes cost: what the experiments share.

use codebook_lookup::plain::usage;
use commitment_loss::plain::perplexity;
use datasets::{Batches, Digits, PixelRange, Split};
use lab::Lab;
use ndarray::{Array2, s};
use rayon::prelude::*;

use crate::coding::Tables;
use crate::plain::squared_error;
use crate::training::{Config, Sizes, Training, pixel_variance};

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
            variance: pixel_variance(&train),
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

/// The recipe of this chapter. At full scale it is an evening's work for a CPU, and the progress bar says how long.
pub fn recipe(lab: &Lab, data: &Data) -> Config {
    let config = Config::default();
    let sizes = Sizes {
        codes: lab.by_scale(16, config.sizes.codes, 512),
        channels: lab.by_scale(8, config.sizes.channels, 128),
        ..config.sizes
    };
    Config {
        sizes,
        batch: lab.by_scale(16, config.batch, 128),
        variance: data.variance,
        ..config
    }
    .over(lab.by_scale(80, config.steps, 44_000))
}

/// What a set of codes says about its codebook: perplexity, and the share of codes in use.
pub fn in_use(codes: &Array2<usize>, k: usize) -> (f64, f64) {
    let flat: Vec<usize> = codes.iter().copied().collect();
    let counts = usage(&flat, k);
    let used = counts.iter().filter(|n| **n > 0).count();
    (perplexity(&counts), used as f64 / k as f64)
}

/// The tables by place of `k` codes, from the codes that `encode` gives the training images.
pub fn tables(
    data: &Data,
    k: usize,
    encode: impl Fn(&Array2<f32>) -> anyhow::Result<Array2<usize>>,
) -> anyhow::Result<Tables> {
    let rows: Vec<usize> = (0..data.seen).collect();
    let mut all = Vec::new();
    for rows in rows.chunks(5000) {
        all.extend(encode(&data.train.pixels(rows, PixelRange::Unit))?);
    }
    let shape = (data.seen, all.len() / data.seen);
    Ok(Tables::of_codes(&Array2::from_shape_vec(shape, all)?, k)?)
}

/// What the tables say that an image costs in the mean, in bits.
pub fn mean_bits(tables: &Tables, codes: &Array2<usize>) -> f64 {
    let maps = codes.rows().into_iter();
    let bits = maps.map(|map| tables.bits(&map.to_vec())).sum::<f64>();
    bits / codes.nrows() as f64
}

/// The ruler: what a file of an image's codes holds in the mean behind its header, in bits.
///
/// # Errors
/// The codes are not those of the tables.
pub fn file_bits(
    tables: &Tables,
    codes: &Array2<usize>,
) -> anyhow::Result<f64> {
    let maps: Vec<Vec<usize>> =
        codes.rows().into_iter().map(|map| map.to_vec()).collect();
    let bytes = maps.par_iter().map(|map| Ok(tables.encode(map)?.len()));
    let bytes: anyhow::Result<Vec<usize>> = bytes.collect();
    Ok(8.0 * bytes?.iter().sum::<usize>() as f64 / maps.len() as f64)
}

/// What remains of a difference between neighbouring pixels across the border of two patches, over the same inside a patch: 1
/// where no seam can be seen. Patches of `p` × `p`.
pub fn seams(x: &Array2<f32>, y: &Array2<f32>, p: usize) -> f64 {
    let lost = y - x; // [N, 784]
    let (mut across, mut inside) = ((0.0, 0.0), (0.0, 0.0));
    for image in lost.rows() {
        for (n, v) in image.indexed_iter() {
            let (row, column) = (n / 28, n % 28);
            for (at, step) in [(column, 1), (row, 28)] {
                if at + 1 == 28 {
                    continue;
                }
                let sum: &mut (f64, f64) = match (at + 1) % p {
                    0 => &mut across,
                    _ => &mut inside,
                };
                sum.0 += f64::from(image[n + step] - v).powi(2);
                sum.1 += 1.0;
            }
        }
    }
    // A picture that lost nothing has no seam.
    let mean = |(sum, n): (f64, f64)| sum / n + 1e-12;
    mean(across) / mean(inside)
}
