//! Two fields of arrows: straight-through's, and that of the smoothed loss.

use gradients::compare::worst;
use lab::Lab;
use ndarray::{Array1, Array2, ArrayView1, Axis as Dim, array};

use super::{aimed, angles, lattice, uniform};
use crate::plain::{
    smoothed_loss, smoothed_loss_backward, straight_through,
    straight_through_backward,
};

/// The square of the latents reaches so far from the origin.
pub(super) const REACH: f64 = 1.3;

/// What the loss aims at: in the figure, and four others.
pub(super) const AIMS: usize = 5;

pub(super) fn aims(lab: &Lab) -> anyhow::Result<Vec<Array1<f64>>> {
    let others = uniform(AIMS - 1, 0.8, &mut lab.rng("aims"))?; // [4, 2]
    let others = others.rows().into_iter().map(|aim| aim.to_owned());
    Ok([array![-0.05, -0.2]].into_iter().chain(others).collect())
}

pub(super) fn is_uphill(angle: f64) -> bool {
    angle > 90.0
}

/// To every code. `[K]`
pub(super) fn distances(
    from: ArrayView1<f64>,
    codebook: &Array2<f64>,
) -> Vec<f64> {
    let to = |code: ArrayView1<f64>| {
        let apart = &code - &from; // [2]
        apart.dot(&apart).sqrt()
    };
    codebook.rows().into_iter().map(to).collect()
}

/// The two gradients at latents, straight-through's and that of the loss smoothed by noise `s`; and both losses.
pub(super) struct BothWays {
    pub(super) straight: Array2<f64>,
    pub(super) smooth: Array2<f64>,
    sharp_loss: Array1<f64>,
    smooth_loss: Array1<f64>,
}

impl BothWays {
    pub(super) fn at(
        z: &Array2<f64>,
        s: f64,
        codebook: &Array2<f64>,
        aim: &Array1<f64>,
    ) -> anyhow::Result<Self> {
        let reach = REACH + 5.0 * s;
        let places = lattice(reach, (reach * 8.0 / s).ceil() as usize); // [M, 2]
        let (losses, _) =
            aimed(&straight_through(&places, codebook)?.z_q, aim); // [M]
        let (sharp_loss, d_z_q) =
            aimed(&straight_through(z, codebook)?.z_q, aim); // [N], [N, 2]
        let mut smooth = Array2::zeros(z.raw_dim()); // [N, 2]
        let mut smooth_loss = Vec::with_capacity(z.nrows());
        let few = z.axis_chunks_iter(Dim(0), 8);
        for (z, mut d) in few.zip(smooth.axis_chunks_iter_mut(Dim(0), 8)) {
            let z = z.to_owned(); // [8, 2]
            smooth_loss.extend(smoothed_loss(&z, s, &places, &losses)?);
            d.assign(&smoothed_loss_backward(&z, s, &places, &losses)?);
        }
        let straight = straight_through_backward(d_z_q); // [N, 2]
        let smooth_loss = Array1::from_vec(smooth_loss); // [N]
        Ok(Self { straight, smooth, sharp_loss, smooth_loss })
    }
}

/// What the figure shows: two landscapes in ten shades, arrows downhill, and where one climbs the other's.
pub(super) fn shown(
    lab: &mut Lab,
    s: f64,
    codebook: &Array2<f64>,
    aim: &Array1<f64>,
) -> anyhow::Result<()> {
    let few = lattice(REACH, 13); // [169, 2]
    let arrows = BothWays::at(&few, s, codebook, aim)?;
    let wrong = angles(&arrows.straight, &arrows.smooth)
        .into_iter()
        .zip(few.rows())
        .filter(|(angle, _)| is_uphill(*angle))
        .map(|(_, z)| z.to_owned());
    let wrong: Vec<_> = wrong.collect();
    lab.column("uphill_x", wrong.iter().map(|z| z[0]))?;
    lab.column("uphill_y", wrong.iter().map(|z| z[1]))?;
    let land = lattice(REACH, lab.by_scale(20, 52, 52));
    let land = BothWays::at(&land, s, codebook, aim)?;
    let highest = worst(land.sharp_loss.iter().copied());
    let shade =
        |loss: Array1<f64>| loss.mapv(|v| (9.0 * v / highest).round());
    lab.column("straight_loss", shade(land.sharp_loss))?;
    lab.column("smooth_loss", shade(land.smooth_loss))?;
    let aim = aim.clone().insert_axis(Dim(0)); // [1, 2]
    for (name, x) in [
        ("straight", arrows.straight),
        ("smooth", arrows.smooth),
        ("place", few),
        ("code", codebook.clone()),
        ("aim", aim),
    ] {
        for (axis, c) in ["x", "y"].into_iter().zip(x.columns()) {
            lab.column(&format!("{name}_{axis}"), c.iter().copied())?;
        }
    }
    Ok(())
}
