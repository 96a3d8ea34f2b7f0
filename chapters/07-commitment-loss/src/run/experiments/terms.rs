//! Both terms in the plane: one step of each, drawn as arrows.

use codebook_lookup::plain::{gather, nearest};
use datasets::toy::{Density, GaussianMixture};
use lab::{Axis, Claim, Cost, Experiment, Lab, Measurements, Plot, panels};
use ndarray::{Array2, array};

use crate::plain::{
    Reduction, codebook_loss_backward, commitment_loss_backward,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "terms",
    cost: Cost::Seconds,
    measure,
    figures: &[("terms", draw)],
    claims,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mixture = GaussianMixture::new(
        vec![0.5, 0.3, 0.2],
        array![[-1.2, -0.6], [1.2, -0.4], [0.1, 1.3]],
        0.35,
    )?;
    let z_e = mixture.sample(60, &mut lab.rng("terms")); // [60, 2]
    let codebook = array![[-0.5, -1.3], [1.9, 0.4], [-0.6, 0.7]];
    let indices = nearest(&z_e, &codebook)?;
    let z_q = gather(&codebook, &indices); // [60, 2]
    let sum = Reduction::SumOverComponents;
    let d_codebook = codebook_loss_backward(&z_e, &codebook, &indices, sum);
    // Forty times as long as they are, to be seen.
    let d_z_e = commitment_loss_backward(&z_e, &z_q, 0.25, sum) * 40.0;
    for (name, from, by) in
        [("code", &codebook, &d_codebook), ("latent", &z_e, &d_z_e)]
    {
        let to = from - by;
        let mut axis = |name: &str, of: &Array2<f64>, n: usize| {
            lab.column(name, of.column(n).iter().copied())
        };
        axis(&format!("{name}_x"), from, 0)?;
        axis(&format!("{name}_y"), from, 1)?;
        axis(&format!("{name}_to_x"), &to, 0)?;
        axis(&format!("{name}_to_y"), &to, 1)?;
    }
    Ok(())
}

fn draw(of: &Measurements) -> anyhow::Result<String> {
    let places = |of: &Measurements, name: &str| {
        of.curve(&format!("{name}_x"), &format!("{name}_y"))
    };
    let arrows = |name: &str| -> anyhow::Result<Vec<(f64, f64)>> {
        let (from, to) =
            (places(of, name)?, places(of, &format!("{name}_to"))?);
        Ok(from.into_iter().zip(to).flat_map(|(a, b)| [a, b]).collect())
    };
    let plot = |title| -> anyhow::Result<Plot> {
        Ok(Plot::new(title)
            .x("", Axis::Linear)
            .y("", Axis::Linear)
            .x_range(-2.4, 2.4)
            .y_range(-2.0, 2.4)
            .colour(5)
            .points("", places(of, "latent")?)
            .colour(1)
            .points("", places(of, "code")?))
    };
    let left = plot("codebook term: codes move")?
        .colour(1)
        .arrows("", arrows("code")?);
    let right = plot("commitment term: latents move")?
        .colour(0)
        .arrows("", arrows("latent")?);
    panels(&[left.square(), right.square()], 1)
}

fn claims() -> Vec<(&'static str, Claim)> {
    Vec::new()
}
