//! Codes of any method, and what a prior over them makes of an image: bits that a file takes.

use lab::Lab;
use ndarray::Array2;
use rayon::prelude::*;
use vq_vae::coding::Tables;

use super::world::Pictures;
use crate::coding::encode;
use crate::model::{Prior, Sizes};
use crate::plain::bits_per_image;
use crate::run::learnt::config;
use crate::training::{Training, in_room};

/// Codes `[N, T]`, how many there are, and the error of what comes back of the test digits.
pub struct Coded {
    pub train: Array2<usize>,
    pub test: Array2<usize>,
    /// K.
    pub k: usize,
    pub error: f64,
}

/// Trains priors of one size.
pub struct Coder<'a> {
    pub lab: &'a Lab,
    pub data: &'a Pictures,
    /// Of a prior's training.
    pub steps: u64,
}

impl Coder<'_> {
    /// Bits by a prior, error, and bits by place.
    pub fn judge(
        &self,
        codes: &Coded,
        name: &str,
        seed: usize,
    ) -> anyhow::Result<[f64; 3]> {
        let base = config(self.lab, codes.k);
        let sizes = Sizes { places: codes.test.ncols(), ..base.sizes };
        let config =
            crate::training::Config { sizes, steps: self.steps, ..base };
        let seed = self.lab.seed().wrapping_add(seed as u64);
        let run = Training::new(config, &codes.train, seed)?;
        let mut run = in_room(self.lab, run)?;
        self.lab.train(name, self.steps, &mut run)?;
        let prior = run.prior();
        let ideal = bits_per_image(&prior.nats(&codes.test)?);
        let tables = Tables::of_codes(&codes.train, codes.k)?;
        let few = self.lab.by_scale(4, 500, 500);
        let by_place = |map: &[usize]| Ok(tables.encode(map)?);
        let longer = beyond(&prior, codes, few)?;
        Ok([ideal + longer, codes.error, mean_bits(&codes.test, by_place)?])
    }
}

/// How much longer files are than what their codes need, in the mean over the first `few`, in bits.
fn beyond(
    prior: &Prior<f32>,
    codes: &Coded,
    few: usize,
) -> anyhow::Result<f64> {
    let rows = few.min(codes.test.nrows());
    let some = codes.test.slice(ndarray::s![..rows, ..]).to_owned(); // [few, T]
    let files = |map: &[usize]| Ok(encode(prior, prior.codes(), map)?);
    Ok(mean_bits(&some, files)? - bits_per_image(&prior.nats(&some)?))
}

/// The mean bits of files.
fn mean_bits(
    codes: &Array2<usize>,
    file: impl Fn(&[usize]) -> anyhow::Result<Vec<u8>> + Sync,
) -> anyhow::Result<f64> {
    let maps: Vec<Vec<usize>> =
        codes.rows().into_iter().map(|map| map.to_vec()).collect();
    let bytes = maps.par_iter().map(|map| Ok(file(map)?.len()));
    let bytes = bytes.collect::<anyhow::Result<Vec<usize>>>()?;
    Ok(8.0 * bytes.iter().sum::<usize>() as f64 / maps.len().max(1) as f64)
}
