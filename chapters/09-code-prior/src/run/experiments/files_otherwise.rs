//! Of some files: how long one takes on one core, and whether the pass that drawing uses can read it, whose sums have another
//! order.

use std::time::Instant;

use lab::{Claim, Lab, Within};
use vq_vae::coding::{HEADER, decode, model};

use crate::coding::PriorCompressor;
use crate::exact::in_units;
use crate::model::Prior;
use crate::plain::tempered;
use crate::sampling::Draws;

pub(super) fn measure(
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
    let read =
        maps.iter().zip(files).take(few).filter(|(map, file)| {
            reads(&by_prior.prior, map, &file[HEADER..])
        });
    let share = read.count() as f64 / few as f64;
    lab.result("file_read_otherwise", share, Within::Absolute(0.3))?;
    lab.result("file_read_otherwise_tried", few as f64, Within::Exactly)
}

/// Whether the codes come back by the probabilities that drawing uses.
fn reads(prior: &Prior<f32>, map: &[usize], payload: &[u8]) -> bool {
    let mut cache = prior.cache(1);
    let next = |before: &[usize]| {
        let last = *before.last().unwrap_or(&prior.codes());
        let logits = prior.next(&mut cache, &[last]); // [1, K]
        model(&in_units(&tempered(logits.row(0), 1.0).to_vec()))
    };
    decode(payload, map.len(), next).is_ok_and(|(found, _)| found == map)
}

pub(super) fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "another_order_reads_few_files",
        Claim::less("file_read_otherwise", 0.25),
    )]
}
