//! The test digits as files: how long they are, what comes back, and what another order of sums would read in them.

use std::time::Instant;

use anyhow::ensure;
use lab::{Claim, ImageGrid, Lab, Within};
use ndarray::{Array2, Axis as Dim};
use rayon::prelude::*;
use vq_vae::coding::{HEADER, Tables, decode, model};
use vq_vae::training::mse_over_variance;

use super::{first, push};
use crate::coding::PriorCompressor;
use crate::exact::in_units;
use crate::model::Prior;
use crate::plain::{BITS, tempered};
use crate::run::learnt::Learnt;
use crate::sampling::Draws;

pub(super) fn measure(lab: &mut Lab, it: &Learnt) -> anyhow::Result<()> {
    let (world, close) = (&it.world, Within::Relative(0.05));
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

    let sizes = files.iter().map(|file| (file.len() - HEADER) as f64);
    let sizes: Vec<f64> = sizes.collect(); // [N]
    lab.result("file_bytes_mean", mean(&sizes), close)?;
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    lab.result("file_bytes_largest", largest, Within::Relative(0.25))?;
    let bits = it.prior.nats(&codes)?.sum_axis(Dim(1)) * BITS; // [N]
    lab.result(
        "file_ideal_bits_mean",
        mean(bits.as_slice().unwrap()),
        close,
    )?;
    let beyond =
        sizes.iter().zip(&bits).map(|(size, bits)| 8.0 * size - bits);
    let beyond = beyond.fold(f64::NEG_INFINITY, f64::max);
    lab.result("file_bits_beyond_max", beyond, Within::Absolute(0.5))?;
    let tables = Tables::of_codes(&world.train_codes, it.prior.codes())?;
    let by_place =
        maps.iter().map(|map| Ok(tables.encode(map)?.len() as f64));
    let by_place = mean(&by_place.collect::<anyhow::Result<Vec<f64>>>()?);
    lab.result("file_bytes_by_place_mean", by_place, close)?;
    let (x, y) = (world.digits(n), world.tokeniser.decode(&codes)?); // [N, 784]
    let error = mse_over_variance(&x, &y);
    lab.result("file_error", error, Within::Relative(0.1))?;
    picture(lab, [&x, &y])?;
    one_after_another(lab, &by_prior, &maps, &files)
}

fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len().max(1) as f64
}

/// Eight digits, and what comes back.
fn picture(lab: &mut Lab, images: [&Array2<f32>; 2]) -> anyhow::Result<()> {
    let mut grid = ImageGrid::new(8);
    images.iter().for_each(|x| push(&mut grid, &first(x, 8)));
    lab.image("files", &grid)
}

/// Of some files: how long one takes on one core, and whether the pass that drawing uses can read it.
fn one_after_another(
    lab: &mut Lab,
    by_prior: &PriorCompressor,
    maps: &[Vec<usize>],
    files: &[Vec<u8>],
) -> anyhow::Result<()> {
    let few = maps.len().min(200);
    let start = Instant::now();
    for map in &maps[..few] {
        by_prior.pack(map)?;
    }
    let seconds = start.elapsed().as_secs_f64() / few as f64;
    lab.result("file_seconds", seconds, Within::Timing)?;
    let read = maps.iter().zip(files).take(few);
    let read = read.filter(|(map, file)| {
        read_by_fast_pass(&by_prior.prior, map, &file[HEADER..])
    });
    let share = read.count() as f64 / few as f64;
    lab.result("file_read_otherwise", share, Within::Absolute(0.3))?;
    lab.result("file_read_otherwise_tried", few as f64, Within::Exactly)
}

/// Whether a file comes back when its probabilities are computed as for drawing, whose products add in another order.
fn read_by_fast_pass(prior: &Prior<f32>, map: &[usize], file: &[u8]) -> bool {
    let mut cache = prior.cache(1);
    let next = |before: &[usize]| {
        let last = *before.last().unwrap_or(&prior.codes());
        let logits = prior.next(&mut cache, &[last]); // [1, K]
        model(&in_units(&tempered(logits.row(0), 1.0).to_vec()))
    };
    decode(file, map.len(), next).is_ok_and(|(found, _)| found == map)
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (
            "a_byte_and_a_little_beyond_the_ideal",
            Claim::less("file_bits_beyond_max", 8.5),
        ),
        (
            "by_the_prior_a_file_is_far_shorter",
            Claim::times(1.5, "file_bytes_mean", "file_bytes_by_place_mean"),
        ),
        (
            "another_order_reads_few_files",
            Claim::less("file_read_otherwise", 0.25),
        ),
    ]
}
