//! Voronoi cells by distance and by direction.

use datasets::toy::{Density, TwoMoons};
use lab::{
    Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within, panels,
};
use ndarray::{Array2, Axis as Dim};

use crate::cells::borders;
use crate::plain::{
    cluster_means, distortion, gather, kmeans_plus_plus, lloyd_step, nearest,
    normalize_rows,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "cells",
    cost: Cost::Seconds,
    measure,
    figures: &[("cells", draw)],
    claims,
};

/// The picture reaches so far to each side.
const FRAME: (f64, f64) = (-2.0, 2.0);

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut rng = lab.rng("cells");
    let mut z = TwoMoons::new(0.1)?.sample(500, &mut rng); // [N, 2]
    z -= &z.mean_axis(Dim(0)).expect("N is above 0");
    let mut by_distance = kmeans_plus_plus(&z, 10, &mut rng)?; // [K, 2]
    let mut by_direction =
        normalize_rows(&kmeans_plus_plus(&z, 10, &mut rng)?); // [K, 2]
    let directions = normalize_rows(&z); // [N, 2]
    for _ in 0..40 {
        by_distance = lloyd_step(&z, &by_distance)?.0;
        let indices = nearest(&directions, &by_direction)?;
        let means = cluster_means(&directions, &indices, &by_direction);
        by_direction = normalize_rows(&means);
    }
    let quantised = gather(&by_distance, &nearest(&z, &by_distance)?); // [N, 2]
    let left = distortion(&z, &quantised) / distortion(&z, &(&z * 0.0));
    let within = Within::Relative(0.2);
    lab.result("cells_distortion_over_variance", left, within)?;
    places(lab, "latents", &z)?;
    for (name, codebook) in
        [("distance", &by_distance), ("direction", &by_direction)]
    {
        places(lab, name, codebook)?;
        let all = borders(codebook, 10.0);
        let ends = all.iter().filter_map(|b| b.clipped(FRAME, FRAME));
        let ends = ends.flatten().map(|(x, y)| [x, y]);
        let ends: Vec<[f64; 2]> = ends.collect();
        places(lab, &format!("{name}_borders"), &ndarray::arr2(&ends))?;
    }
    Ok(())
}

fn places(lab: &mut Lab, name: &str, x: &Array2<f64>) -> anyhow::Result<()> {
    lab.column(&format!("{name}_x"), x.column(0).iter().copied())?;
    lab.column(&format!("{name}_y"), x.column(1).iter().copied())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let places =
        |name: &str| of.curve(&format!("{name}_x"), &format!("{name}_y"));
    let panel = |name: &str| -> anyhow::Result<Plot> {
        let mut plot = Plot::new("")
            .x(&format!("by {name}"), Axis::Linear)
            .x_range(FRAME.0, FRAME.1)
            .y_range(FRAME.0, FRAME.1)
            .square()
            .points("latents", places("latents")?);
        for ends in places(&format!("{name}_borders"))?.chunks(2) {
            plot = plot.colour(1).line("", ends.to_vec());
        }
        Ok(plot.colour(1).points("codebook", places(name)?))
    };
    panels(&[panel("distance")?, panel("direction")?], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    Vec::new()
}
