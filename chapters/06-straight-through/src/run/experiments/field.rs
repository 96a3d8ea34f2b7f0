//! Straight-through's arrows over the cells, beside those of the smoothed loss.

use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::Array2;

use super::arrows::{
    self, AIMS, BothWays, REACH, aims, distances, is_uphill,
};
use super::{
    angles, average, draw_cells, draw_points, lattice, seven_codes, share,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "field",
    cost: Cost::Seconds,
    measure,
    figures: &[("field", draw)],
    claims,
};

const NOISE: [f64; 4] = [0.1, 0.2, 0.4, 0.8];
/// The noise of the figure.
const SHOWN: f64 = 0.2;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = seven_codes();
    let z = lattice(REACH, lab.by_scale(10, 30, 80)); // [N, 2]
    let aims = aims(lab)?;
    let angle = Within::Absolute(0.5);
    for s in NOISE {
        let found = aims.iter().map(|aim| {
            let both = BothWays::at(&z, s, &codebook, aim)?;
            Ok(angles(&both.straight, &both.smooth))
        });
        let found = found.collect::<anyhow::Result<Vec<_>>>()?;
        let of = |f: &dyn Fn(&[f64]) -> f64| -> Vec<f64> {
            found.iter().map(|angles| f(angles)).collect()
        };
        let means = of(&|angles| average(angles.iter().copied()));
        lab.over_seeds(
            &format!("ste_bias_mean_angle_at_{s}"),
            &means,
            angle,
        )?;
        let uphill = of(&|angles| share(angles, is_uphill));
        let name = format!("ste_bias_share_uphill_at_{s}");
        lab.over_seeds(&name, &uphill, Within::Absolute(0.005))?;
    }
    let nearest = codebook.rows().into_iter().map(|code| {
        let mut all = distances(code, &codebook);
        all.sort_by(f64::total_cmp);
        all[1]
    });
    let apart = average(nearest);
    lab.result("field_codes_apart", apart, Within::Relative(1e-6))?;
    arrows::shown(lab, SHOWN, &codebook, &aims[0])
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let straight = draw_downhill(of, "straight-through", "straight")?;
    let straight =
        straight.colour(3).points("uphill", draw_points(of, "uphill")?);
    let smooth = draw_downhill(of, "smoothed loss", "smooth")?;
    lab::panels(&[straight, smooth], 1)
}

/// Arrows of one length, downhill, over a landscape.
fn draw_downhill(
    of: &Measurements,
    title: &str,
    name: &str,
) -> anyhow::Result<Plot> {
    let loss = of.column(&format!("{name}_loss"))?;
    let side = loss.len().isqrt();
    let loss = Array2::from_shape_vec((side, side), loss.to_vec())? / 9.0;
    let span = (-REACH, REACH);
    let plot = Plot::new(title).colour(4).shade(&loss, span, span);
    let places = draw_points(of, "place")?;
    let arrows = places.into_iter().zip(draw_points(of, name)?);
    let arrows = arrows.flat_map(|((x, y), (dx, dy))| {
        let scale = 0.13 / dx.hypot(dy).max(f64::MIN_POSITIVE);
        [(x, y), (x - scale * dx, y - scale * dy)]
    });
    let plot = draw_cells(plot, &draw_points(of, "code")?, REACH);
    let plot = plot.colour(2).points("aim", draw_points(of, "aim")?);
    Ok(plot.x("", Axis::Linear).colour(0).arrows("", arrows))
}

fn claims() -> Vec<(&'static str, Claim)> {
    let angle = |s: f64| format!("ste_bias_mean_angle_at_{s}");
    let less = |a: &str, b: &str| Claim::less_over_seeds(a, b, AIMS);
    vec![
        ("agreement_is_best_at_0_4", less(&angle(0.4), &angle(0.2))),
        ("and_not_at_0_8", less(&angle(0.4), &angle(0.8))),
    ]
}
