//! The test digits as files: how long they are, and what comes back.

use anyhow::ensure;
use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array2, Axis as Dim};
use rayon::prelude::*;
use vq_vae::coding::{HEADER, Tables};
use vq_vae::training::mse_over_variance;

use super::{files_otherwise, first, push};
use crate::coding::PriorCompressor;
use crate::plain::BITS;
use crate::run::learnt::Learnt;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let world = &it.world;
    let n = lab.by_scale(20, 10_000, 2000).min(world.test_codes.nrows());
    let codes = first(&world.test_codes, n); // [N, 49]
    let maps: Vec<_> = codes.rows().into_iter().map(|m| m.to_vec()).collect();
    let (tokeniser, prior) = (world.tokeniser.clone(), it.prior.clone());
    let by_prior = PriorCompressor::new(tokeniser, prior)?;
    let files = maps.par_iter().map(|map| by_prior.pack(map));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let back = files.par_iter().map(|file| by_prior.unpack(file));
    let back = back.collect::<Result<Vec<_>, _>>()?;
    ensure!(back == maps, "a file gives back other codes");
    lab.result("file_digits", n as f64, Within::Exactly)?;
    lab.result("file_header_bytes", HEADER as f64, Within::Exactly)?;
    sizes(lab, it, &codes, &files)?;
    let (x, y) = (world.digits(n), world.tokeniser.decode(&codes)?); // [N, 784]
    let error = mse_over_variance(&x, &y);
    lab.result("file_error", error, Within::Relative(0.1))?;
    let mut grid = ImageGrid::new(8);
    [x, y].iter().for_each(|x| push(&mut grid, &first(x, 8)));
    lab.image("files", &grid)?;
    files_otherwise::measure(lab, &by_prior, &maps, &files)
}

/// Bytes without the header, beside what the codes need by the prior, and beside chapter 8's files of the same codes.
fn sizes(
    lab: &mut Lab,
    it: &Learnt,
    codes: &Array2<usize>, // [N, 49]
    files: &[Vec<u8>],
) -> anyhow::Result<()> {
    let close = Within::Relative(0.05);
    let sizes = files.iter().map(|file| (file.len() - HEADER) as f64);
    let sizes: Vec<f64> = sizes.collect(); // [N]
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len().max(1) as f64;
    let largest = |x: &[f64]| x.iter().copied().fold(0.0, f64::max);
    lab.result("file_bytes_mean", mean(&sizes), close)?;
    let some = Within::Relative(0.25);
    lab.result("file_bytes_largest", largest(&sizes), some)?;
    let bits = it.prior.nats(codes)?.sum_axis(Dim(1)) * BITS; // [N]
    let bits = bits.to_vec(); // [N]
    lab.result("file_ideal_bytes_mean", mean(&bits) / 8.0, close)?;
    let beyond =
        sizes.iter().zip(&bits).map(|(size, bits)| 8.0 * size - bits);
    let beyond = largest(&beyond.collect::<Vec<_>>());
    lab.result("file_bits_beyond_max", beyond, Within::Absolute(0.5))?;
    let tables = Tables::of_codes(&it.world.train_codes, it.prior.codes())?;
    let size = |map: ndarray::ArrayView1<usize>| {
        Ok(tables.encode(&map.to_vec())?.len() as f64)
    };
    let by_place = codes.rows().into_iter().map(size);
    let by_place = by_place.collect::<anyhow::Result<Vec<_>>>()?; // [N]
    lab.result("file_bytes_by_place_mean", mean(&by_place), close)
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    let mut claims = vec![
        (
            "a_byte_and_a_little_beyond_the_ideal",
            Claim::less("file_bits_beyond_max", 8.5),
        ),
        (
            "by_the_prior_a_file_is_far_shorter",
            Claim::times(1.5, "file_bytes_mean", "file_bytes_by_place_mean"),
        ),
    ];
    claims.extend(files_otherwise::claims());
    claims
}
