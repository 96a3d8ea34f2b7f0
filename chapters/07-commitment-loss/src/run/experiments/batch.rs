//! The perplexity that batches of different sizes show of one and the same codebook.

use codebook_lookup::plain::usage;
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray_rand::rand::seq::index::sample;

use super::dead_codes::CASES;
use crate::plain::{expected_codes, perplexity};
use crate::run::trial::{Data, K, first, train};

pub const EXPERIMENT: Experiment = Experiment {
    name: "batch-sizes",
    cost: Cost::Seconds,
    measure,
    figures: &[("batch", draw)],
    claims,
};

/// Latents in a batch, and how many batches of each size are drawn.
const SIZES: [usize; 13] =
    [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const DRAWS: usize = 50;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let data = Data::load(lab)?;
    let (_, _, case) = CASES[1];
    let run = train(lab, &data, case(), 1)?.now;
    let x = first(&data.train, 20_000); // [20000, 16]
    let z_e = run.encoder.output(&x); // [20000, C]
    let indices = run.quantizer.quantize(&z_e)?.quantized.indices;
    let all = run.quantizer.perplexity(&indices);
    lab.result("perplexity_all", all, Within::Absolute(3.0))?;
    let mut rng = lab.rng("batches");
    let sizes = SIZES.into_iter().filter(|n| *n <= indices.len());
    let mut shown = Vec::new();
    for n in sizes.clone() {
        let of_batch = |_| {
            let rows = sample(&mut rng, indices.len(), n);
            let batch: Vec<_> = rows.iter().map(|n| indices[n]).collect();
            perplexity(&usage(&batch, K))
        };
        let mean = (0..DRAWS).map(of_batch).sum::<f64>() / DRAWS as f64;
        let name = format!("perplexity_of_{n}");
        lab.result(&name, mean, Within::Relative(0.1))?;
        shown.push(mean);
    }
    lab.column("latents", sizes.map(|n| n as f64))?;
    lab.column("shown", shown)
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let shown = of.curve("latents", "shown")?;
    let all = of.value("perplexity_all")?;
    let fine = (0..=120).map(|n| 2.0_f64.powf(f64::from(n) / 10.0));
    let bound = fine.map(|n| (n, n.min(K as f64)));
    let uniform = SIZES.map(|n| (n as f64, expected_codes(n, K)));
    let plot = Plot::new("")
        .x("latents in the batch", Axis::Log)
        .y("codes", Axis::Linear)
        .y_range(0.0, K as f64 + 3.0)
        .line("shown", shown.clone())
        .dashed("codes seen, were all equally likely", uniform)
        .dashed("no batch shows more", bound)
        .colour(0)
        .points("", shown);
    plot.horizontal("over all latents", all).svg()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let shown = SIZES.map(|n| format!("perplexity_of_{n}"));
    vec![
        ("larger_batches_show_more", Claim::rises(shown)),
        (
            "sixteen_show_not_half",
            Claim::times(2.0, "perplexity_of_16", "perplexity_all"),
        ),
    ]
}
