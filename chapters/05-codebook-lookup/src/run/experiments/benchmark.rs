//! Every form on the same latents, beside the bare matrix product that all but the first contain.

use std::hint::black_box;

use gradients::plain::product;
use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use super::normal;
use crate::plain::{nearest, nearest_by_definition, nearest_by_product};
use crate::run::stopwatch::{seconds, seconds_on_dfdx};

pub const EXPERIMENT: Experiment = Experiment {
    name: "benchmark",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// Codes, and components of each.
const K: usize = 512;
const C: usize = 64;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for (size, n) in [
        ("small", lab.by_scale(256, 6272, 6272)),
        ("large", lab.by_scale(512, 25_088, 25_088)),
    ] {
        let rng = &mut lab.rng("benchmark");
        let (z, codebook) = (normal((n, C), rng), normal((K, C), rng));
        lab.result(&format!("bench_n_{size}"), n as f64, Within::Exactly)?;
        let megabytes = (n * K * size_of::<f32>()) as f64 / 1e6;
        let name = format!("bench_distances_megabytes_{size}");
        lab.result(&name, megabytes, Within::Exactly)?;
        let work = 2.0 * (n * K * C) as f64;
        let all = time_all(lab, &z, &codebook)?;
        let (_, bare) = all[0];
        for (form, time) in all {
            let name = format!("bench_{form}_{size}");
            let timing = Within::Timing;
            lab.result(&format!("{name}_ms"), time * 1e3, timing)?;
            lab.result(&format!("{name}_gflops"), work / time / 1e9, timing)?;
            lab.result(&format!("{name}_share"), bare / time, timing)?;
        }
    }
    Ok(())
}

/// The seconds of each form, the bare product first.
fn time_all(
    lab: &Lab,
    z: &Array2<f32>,
    codebook: &Array2<f32>,
) -> anyhow::Result<[(&'static str, f64); 6]> {
    let bare = seconds(9, || {
        black_box(product(z.view(), codebook.t()));
    });
    let definition = seconds(1, || {
        black_box(nearest_by_definition(z, codebook));
    });
    let expanded = seconds(3, || {
        black_box(nearest_by_product(z, codebook));
    });
    nearest(z, codebook)?;
    let tiles = seconds(9, || {
        let _ = black_box(nearest(z, codebook));
    });
    let on_dfdx: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| Ok(
        seconds_on_dfdx(&dev, z, codebook)
    ));
    let [device, host] = on_dfdx?;
    Ok([
        ("matmul", bare),
        ("definition", definition),
        ("product", expanded),
        ("tiles", tiles),
        ("dfdx_device", device),
        ("dfdx_host", host),
    ])
}

fn claims() -> Vec<(&'static str, Claim)> {
    let ms = |form| format!("bench_{form}_large_ms");
    vec![
        (
            "tiles_beat_all_distances",
            Claim::times(1.5, ms("tiles"), ms("product")),
        ),
        (
            "the_definition_is_slow",
            Claim::times(5.0, ms("product"), ms("definition")),
        ),
        (
            "the_host_is_faster_on_a_cpu",
            Claim::times(2.0, ms("dfdx_host"), ms("dfdx_device")),
        ),
    ]
}
