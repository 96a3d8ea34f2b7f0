//! Patches of digits: to learn from, to judge by, to look at.

use anyhow::ensure;
use datasets::{Digits, PixelRange, Split};
use lab::{ImageGrid, Lab, Within};
use ndarray::{Array2, Array3, s};

use super::experiments::lloyd;
use crate::plain::{assemble, kmeans_plus_plus, patches};

/// Codes of the codebook that is drawn, and of the one that is looked up by direction.
pub const DIRECTIONS: usize = 128;

/// From how many draws of its start a codebook of patches is learnt.
pub const SEEDS: usize = 3;

/// Patches of 4 × 4 to learn from and to judge by, the variance of a patch of the latter, and how many steps to learn.
pub struct Patches {
    pub train: Array2<f32>, // [49 N, 16]
    pub test: Array2<f32>,  // [49 M, 16]
    pub variance: f64,
    pub steps: usize,
}

impl Patches {
    pub fn load(lab: &Lab) -> anyhow::Result<Self> {
        let (seen, unseen) =
            lab.by_scale((150, 50), (1500, 500), (20_000, 5000));
        let train =
            digit_patches(lab, Split::Train, seen, (512, DIRECTIONS))?;
        let test = digit_patches(lab, Split::Test, unseen, (1, 0))?;
        let (variance, steps) = (variance(&test), lab.by_scale(3, 15, 40));
        Ok(Self { train, test, variance, steps })
    }

    /// How many there are, and how many are black.
    pub fn describe(&self, lab: &mut Lab) -> anyhow::Result<()> {
        let test = self.test.nrows();
        let black = (test - inked(&self.test).len()) as f64 / test as f64;
        lab.result("patch_black_share", black, Within::Absolute(1e-9))?;
        let train = self.train.nrows();
        for (name, n) in [
            ("patch_train", train),
            ("patch_train_images", train / 49),
            ("patch_test_images", test / 49),
            ("patch_lloyd_steps", self.steps),
        ] {
            lab.result(name, n as f64, Within::Exactly)?;
        }
        Ok(())
    }

    /// A codebook of `k` patches: k-means++, then Lloyd's steps. `[K, 16]`
    pub fn learn(
        &self,
        lab: &Lab,
        k: usize,
        seed: usize,
    ) -> anyhow::Result<Array2<f32>> {
        let rng = &mut lab.rng(&format!("patches-{k}-{seed}"));
        let start = kmeans_plus_plus(&self.train, k, rng)?;
        Ok(lloyd(&self.train, start, self.steps)?.0)
    }
}

/// The variance of grey values, times the values of a row.
pub fn variance(z: &Array2<f32>) -> f64 {
    let mean = z.mapv(f64::from).mean().unwrap_or(0.0);
    let squares = z.mapv(|v| (f64::from(v) - mean).powi(2));
    squares.sum() / z.nrows() as f64
}

/// Patches of 4 × 4 of the first images of a split: enough for so many codes, and with ink for so many directions.
/// `[49 N, 16]`
pub fn digit_patches(
    lab: &Lab,
    split: Split,
    count: usize,
    (codes, directions): (usize, usize),
) -> anyhow::Result<Array2<f32>> {
    let digits = Digits::load_28x28(lab.data(), split)?;
    digits.at_least(codes.div_ceil(49))?;
    digits.varied(count)?;
    let rows: Vec<usize> = (0..count.min(digits.len())).collect();
    let pixels = digits.pixels(&rows, PixelRange::Unit); // [N, 784]
    let images = pixels.to_shape((rows.len(), 28, 28))?.into_owned();
    let z = patches(&images, 4); // [49 N, 16]
    let inked = inked(&z).len();
    ensure!(
        inked >= directions,
        digits.unsuited(
            format!("at least {directions} patches with ink"),
            format!("{inked} in {} {split} images", rows.len())
        )
    );
    Ok(z)
}

/// The patches that are not all black.
pub fn inked(z: &Array2<f32>) -> Vec<usize> {
    (0..z.nrows()).filter(|&n| z.row(n).sum() > 0.0).collect()
}

/// A grid whose rows are as long as there are images among so many patches, up to 12.
pub fn grid_for(z: &Array2<f32>) -> ImageGrid {
    ImageGrid::new((z.nrows() / 49).min(12))
}

pub fn push(grid: &mut ImageGrid, z: &Array2<f32>) {
    let first = z.slice(s![..z.nrows().min(12 * 49), ..]).to_owned();
    let images: Array3<f32> = assemble(&first, (28, 28)); // [12, 28, 28]
    images.outer_iter().for_each(|image| grid.push(image, 0.0, 1.0));
}
