//! Three plain forms and two on dfdx, on random latents and on whole numbers with many ties, which are exact in any form.

use dfdx::prelude::Device;
use lab::{Claim, Cost, Experiment, Lab, Within, tensor};
use ndarray::{Array1, Array2};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::Uniform;

use super::normal;
use crate::on_dfdx;
use crate::plain::{
    nearest, nearest_by_definition, nearest_by_product, squared_distance,
};

pub const EXPERIMENT: Experiment = Experiment {
    name: "agreement",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims,
};

const K: usize = 48;

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    let mut rng = lab.rng("agreement");
    let n = lab.by_scale(300, 3000, 30_000);
    let whole = Uniform::new_inclusive(-2_i32, 2)?;
    let mut integers = |rows| {
        Array2::random_using((rows, 3), whole, &mut rng).mapv(f64::from)
    };
    let tied = (integers(n), integers(K));
    let random = (normal((n, 6), &mut rng), normal((K, 6), &mut rng));
    let (mut agree, mut ties) = (0, 0);
    for (z, codebook) in [&random, &tied] {
        let (right, others) = all_forms(lab, z, codebook)?;
        let same = |n: &usize| others.iter().all(|o| o[*n] == right[*n]);
        agree += (0..n).filter(same).count();
        let as_near =
            |n: usize, k: usize| squared_distance(z.row(n), codebook.row(k));
        let tie = |n: &usize| {
            let least = as_near(*n, right[*n]);
            (right[*n] + 1..K).any(|k| as_near(*n, k) == least)
        };
        ties += (0..n).filter(tie).count();
    }
    let share = agree as f64 / (2 * n) as f64;
    lab.result("lookup_agreement", share, Within::Exactly)?;
    lab.result("lookup_latents", (2 * n) as f64, Within::Exactly)?;
    lab.result("lookup_ties", ties as f64, Within::Exactly)?;
    let no_ties = 1.0 - ties as f64 / (2 * n) as f64;
    lab.result("lookup_no_ties", no_ties, Within::Exactly)
}

/// The definition's indices, and those of the other four forms.
fn all_forms(
    lab: &Lab,
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> anyhow::Result<(Vec<usize>, Vec<Vec<usize>>)> {
    let on_dfdx: anyhow::Result<_> = lab::on_device!(lab.device(), |dev| Ok(
        indices_on_dfdx(&dev, z, codebook)
    ));
    let mut others =
        vec![nearest_by_product(z, codebook), nearest(z, codebook)?];
    others.extend(on_dfdx?);
    Ok((nearest_by_definition(z, codebook), others))
}

/// Both dfdx forms' indices.
fn indices_on_dfdx<D: Device<f64>>(
    dev: &D,
    z: &Array2<f64>,
    codebook: &Array2<f64>,
) -> [Vec<usize>; 2] {
    let [z, e] = [z, codebook].map(|x| tensor(dev, x, x.dim()));
    let chosen = lab::array(&on_dfdx::nearest(z.clone(), &e)); // [N, K]
    let numbers = Array1::from_iter((0..chosen.ncols()).map(|k| k as f64));
    let indices = chosen.dot(&numbers); // [N]
    [
        indices.iter().map(|&k| k as usize).collect(),
        on_dfdx::nearest_on_host(z, &e),
    ]
}

fn claims() -> Vec<(&'static str, Claim)> {
    vec![(
        "all_forms_agree",
        Claim::equal(0.0, "lookup_agreement", 1.0, "lookup_no_ties"),
    )]
}
