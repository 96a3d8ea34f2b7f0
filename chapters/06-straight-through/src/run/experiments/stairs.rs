//! A lookup on a line, and its average under noise: the stairs become the ramp that straight-through pretends.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::Array2;

use super::line;
use crate::plain::{smoothed_loss, smoothed_loss_backward, straight_through};

pub const EXPERIMENT: Experiment = Experiment {
    name: "stairs",
    cost: Cost::Seconds,
    measure,
    figures: &[("stairs", draw)],
    claims,
};

/// Widths of the noise, in cells, and their colours.
const NOISE: [(f64, usize); 3] = [(0.1, 1), (0.25, 4), (0.5, 2)];

/// The lowest and the highest of two numbers.
const ENDS: [(&str, fn(f64, f64) -> f64); 2] =
    [("min", f64::min), ("max", f64::max)];

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = Array2::from_shape_fn((13, 1), |(k, _)| k as f64 - 6.0);
    let places = line(-6.5, 6.5, lab.by_scale(1_300, 5_200, 13_000));
    let stairs = straight_through(&places, &codebook)?.z_q; // [M, 1]
    let stairs = stairs.column(0).to_owned(); // [M]
    let z = line(-2.5, 2.5, 201); // [201, 1]
    lab.column("z", z.iter().copied())?;
    let fine = line(-2.5, 2.5, 2001); // [2001, 1]
    let at_fine = straight_through(&fine, &codebook)?.z_q; // [2001, 1]
    lab.column("fine_z", fine)?;
    lab.column("fine_q", at_fine)?;
    for (s, _) in NOISE {
        let smooth = smoothed_loss(&z, s, &places, &stairs)?; // [201]
        let slope = smoothed_loss_backward(&z, s, &places, &stairs)?; // [201, 1]
        lab.column(&format!("mean_{s}"), smooth)?;
        lab.column(&format!("slope_{s}"), slope.iter().copied())?;
        for (name, pick) in ENDS {
            let end = slope.iter().copied().reduce(pick).unwrap_or(0.0);
            let name = format!("smoothed_slope_{name}_at_{s}");
            lab.result(&name, end, Within::Absolute(1e-3))?;
        }
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let plot = |title, y| {
        let plot = Plot::new(title).x("z", Axis::Linear).y(y, Axis::Linear);
        plot.x_range(-2.5, 2.5)
    };
    let mut values = plot("the lookup", "code")
        .y_range(-2.6, 2.6)
        .line("q(z)", of.curve("fine_z", "fine_q")?)
        .colour(3)
        .dashed("what is pretended", [(-2.5, -2.5), (2.5, 2.5)]);
    let mut slopes = plot("its slope", "slope")
        .y_range(-0.2, 4.2)
        .colour(3)
        .dashed("1", [(-2.5, 1.0), (2.5, 1.0)]);
    for (s, colour) in NOISE {
        let label = format!("noise {s}");
        if s < 0.5 {
            let mean = of.curve("z", &format!("mean_{s}"))?;
            values = values.colour(colour).line(&label, mean);
        }
        let slope = of.curve("z", &format!("slope_{s}"))?;
        slopes = slopes.colour(colour).line(&label, slope);
    }
    lab::panels(&[values, slopes], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    let at = |end: &str, s: f64| format!("smoothed_slope_{end}_at_{s}");
    vec![
        (
            "half_a_cell_makes_a_ramp",
            Claim::Equal(
                0.015,
                vec![at("min", 0.5).into(), at("max", 0.5).into()],
                vec![1.0.into(); 2],
                vec![at("min", 0.25).into(), at("max", 0.25).into()],
            ),
        ),
        (
            "less_noise_leaves_stairs",
            Claim::times(1000.0, at("min", 0.1), at("max", 0.1)),
        ),
    ]
}
