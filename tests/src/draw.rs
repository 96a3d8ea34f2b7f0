//! The figures of the page "How fast?", from its committed results.

use std::fs;

use anyhow::Context;
use lab::{Axis, Plot, Results, panels};

use crate::quality::System;
use crate::speed::{Case, cases, committed, root};

/// Who is compared: the name in the results, and in a legend.
const SIDES: [(&str, &str); 3] =
    [("ours", "ndarray"), ("torch", "PyTorch"), ("jax", "JAX")];

/// Draws everything.
///
/// # Errors
/// There are no results, one of them is missing, or a file cannot be written.
pub fn all() -> anyhow::Result<()> {
    let results = Results::load(&committed())?;
    let batch = growth(&results, "batch", |case| match case {
        Case::DigitsGan { batch, width: 256 } => Some(batch),
        _ => None,
    })?;
    let width =
        growth(&results, "width of the narrower hidden layer", |case| {
            match case {
                Case::DigitsGan { batch: 64, width } => Some(width),
                _ => None,
            }
        })?;
    write("growth", &panels(&[batch, width], 2)?)?;
    let gan = quality(&results, System::Gan, "Fréchet distance")?;
    let vq_vae = quality(&results, System::VqVae, "MSE / variance")?;
    write("quality", &panels(&[gan, vq_vae], 2)?)
}

/// Quality against seconds of training, of both sides.
fn quality(
    results: &Results,
    system: System,
    label: &str,
) -> anyhow::Result<Plot> {
    let mut plot =
        Plot::new("").x("seconds of training", Axis::Log).y(label, Axis::Log);
    for (side, name) in &SIDES[..2] {
        let point = |n: usize| -> anyhow::Result<(f64, f64)> {
            let of = format!("quality_{system}_{side}_{n}");
            Ok((value(results, &format!("{of}_s"))?, value(results, &of)?))
        };
        let points = (0..system.marks().len()).map(point);
        let points: Vec<_> = points.collect::<anyhow::Result<_>>()?;
        plot = plot.line(name, points);
    }
    Ok(plot)
}

/// Milliseconds of a step against what `of` says of a case, and the time that its products alone would take at the
/// speed of the fastest bare product.
fn growth(
    results: &Results,
    label: &str,
    of: impl Fn(Case) -> Option<usize>,
) -> anyhow::Result<Plot> {
    let mut chosen: Vec<(usize, Case)> =
        cases().into_iter().filter_map(|c| Some((of(c)?, c))).collect();
    chosen.sort_by_key(|(at, _)| *at);
    let points = |what: &str| -> anyhow::Result<Vec<(f64, f64)>> {
        let point = |(at, case): &(usize, Case)| {
            Ok((*at as f64, value(results, &format!("{case}_{what}_ms"))?))
        };
        chosen.iter().map(point).collect()
    };
    let mut plot =
        Plot::new("").x(label, Axis::Log).y("ms for four steps", Axis::Log);
    for (side, name) in SIDES {
        plot = plot.line(name, points(side)?);
    }
    Ok(plot.dashed("products alone", points("products")?))
}

fn value(results: &Results, name: &str) -> anyhow::Result<f64> {
    let found = results.values.get(name).copied();
    found.with_context(|| format!("the results have no `{name}`"))
}

fn write(name: &str, svg: &str) -> anyhow::Result<()> {
    let folder = root().join("book/pages/figures/speed");
    let path = folder.join(format!("{name}.svg"));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&path, svg))
        .with_context(|| path.display().to_string())
}
