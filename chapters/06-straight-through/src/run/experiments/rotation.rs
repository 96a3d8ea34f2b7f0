//! One gradient at the codes, as it arrives at latents all over the plane: straight-through and turned.

use gradients::compare::worst;
use lab::{Claim, Cost, Experiment, Lab, Measurements, Plot, Within};
use ndarray::{Array2, Axis as Dim, array};

use super::{angles, average, draw_cells, draw_points, lattice};
use crate::plain::{
    rotation_backward, straight_through, straight_through_backward,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "rotation",
    cost: Cost::Seconds,
    measure,
    figures: &[("rotation", draw)],
    claims,
};

const REACH: f64 = 1.3;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = array![[0.9, 0.2], [-0.3, 0.8], [-0.5, -0.7]];
    let z = lattice(REACH, 14); // [196, 2]
    let z_q = straight_through(&z, &codebook)?.z_q; // [196, 2]
    let d_z_q = Array2::from_shape_fn(z.dim(), |(_, c)| [0.0, -1.0][c]); // [196, 2]
    let straight = straight_through_backward(d_z_q.clone());
    let turned = rotation_backward(&z, &z_q, d_z_q); // [196, 2]
    let lengths = |x: &Array2<f64>| x.map_axis(Dim(1), |r| r.dot(&r).sqrt()); // [196]
    let (arrive, from) = (lengths(&turned), lengths(&z)); // [196]
    let apart = worst(&arrive - &(lengths(&z_q) / &from));
    lab.result("rotation_length_max_abs_err", apart, Within::Limit(1e-12))?;
    let mean = average(angles(&straight, &turned));
    lab.result("rotation_mean_turn", mean, Within::Absolute(0.5))?;
    let of = |near: fn(f64) -> bool| {
        let all = arrive.iter().zip(&from).filter(|(_, z)| near(**z));
        average(all.map(|(length, _)| *length))
    };
    let (near, far) = (of(|z| z < 0.5), of(|z| z > 1.5));
    lab.result("rotation_length_near", near, Within::Relative(1e-6))?;
    lab.result("rotation_length_far", far, Within::Relative(1e-6))?;
    for (name, x) in [
        ("straight", straight),
        ("turned", turned),
        ("place", z),
        ("code", codebook),
    ] {
        for (axis, c) in ["x", "y"].into_iter().zip(x.columns()) {
            lab.column(&format!("{name}_{axis}"), c.iter().copied())?;
        }
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let codes = draw_points(of, "code")?;
    let places = draw_points(of, "place")?;
    // Arrows are drawn as long as the gradient, up to a limit.
    let arrow = |((x, y), (dx, dy)): ((f64, f64), (f64, f64))| {
        let scale = 0.09 * (2.0 / dx.hypot(dy)).min(1.0);
        [(x, y), (x - scale * dx, y - scale * dy)]
    };
    let panel = |title, name| {
        let arrows = places.iter().copied().zip(draw_points(of, name)?);
        let plot = draw_cells(Plot::new(title), &codes, REACH).colour(0);
        anyhow::Ok(plot.arrows("", arrows.flat_map(arrow)))
    };
    let straight = panel("straight-through", "straight")?;
    lab::panels(&[straight, panel("turned", "turned")?], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![
        (
            "far_out_it_hardly_moves",
            Claim::times(3.0, "rotation_length_far", "rotation_length_near"),
        ),
        (
            "near_the_origin_it_grows",
            Claim::less(1.0, "rotation_length_near"),
        ),
        ("far_out_it_shrinks", Claim::less("rotation_length_far", 1.0)),
    ]
}
