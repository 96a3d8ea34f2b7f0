//! Where straight-through climbs: in the cell of the best code and elsewhere, near a border and far from any.

use lab::{Claim, Cost, Experiment, Lab, Within};
use ndarray::Array2;

use super::arrows::{AIMS, BothWays, REACH, aims, distances, is_uphill};
use super::{aimed, angles, average, lattice, seven_codes};
use crate::plain::straight_through;

pub const EXPERIMENT: Experiment = Experiment {
    name: "uphill",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

/// The noise, and how near to a border counts as near.
const NOISE: f64 = 0.2;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let codebook = seven_codes();
    let z = lattice(REACH, lab.by_scale(10, 30, 80)); // [N, 2]
    let cells = straight_through(&z, &codebook)?.indices; // [N]
    let border = to_border(&z, &cells); // [N]
    let mut shares = [vec![], vec![], vec![], vec![]];
    for aim in aims(lab)? {
        let both = BothWays::at(&z, NOISE, &codebook, &aim)?;
        let angles = angles(&both.straight, &both.smooth); // [N]
        let (losses, _) = aimed(&codebook, &aim); // [7]
        let is_best = |k: usize| losses.iter().all(|loss| losses[k] <= *loss);
        let of = |within: &dyn Fn(usize) -> bool| {
            let there = (0..angles.len()).filter(|n| within(*n));
            average(there.map(|n| f64::from(is_uphill(angles[n]))))
        };
        shares[0].push(of(&|n| is_best(cells[n])));
        shares[1].push(of(&|n| !is_best(cells[n])));
        shares[2].push(of(&|n| border[n] < NOISE));
        shares[3].push(of(&|n| border[n] >= NOISE));
    }
    let names = ["best_cell", "other_cells", "near", "far"];
    for (name, shares) in names.into_iter().zip(shares) {
        let name = format!("ste_bias_uphill_{name}");
        lab.over_seeds(&name, &shares, Within::Absolute(0.02))?;
    }
    Ok(())
}

/// How far each latent is from the nearest border of its cell. `[N]`
fn to_border(z: &Array2<f64>, cells: &[usize]) -> Vec<f64> {
    let codebook = seven_codes();
    let nearest = z.rows().into_iter().zip(cells).map(|(z, &own)| {
        let to = distances(z, &codebook); // [7]
        let between = distances(codebook.row(own), &codebook); // [7]
        let others = (0..to.len()).filter(|k| *k != own);
        let border =
            |k: usize| (to[k].powi(2) - to[own].powi(2)) / (2.0 * between[k]);
        others.map(border).fold(f64::INFINITY, f64::min)
    });
    nearest.collect()
}

fn claims() -> Vec<(&'static str, Claim)> {
    let uphill = |at| format!("ste_bias_uphill_{at}");
    vec![
        (
            "the_best_cell_is_the_worst",
            Claim::less_over_seeds(
                &uphill("other_cells"),
                &uphill("best_cell"),
                AIMS,
            ),
        ),
        (
            "not_a_matter_of_borders",
            Claim::undecided(&uphill("near"), &uphill("far"), AIMS),
        ),
    ]
}
