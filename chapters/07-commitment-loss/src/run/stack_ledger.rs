//! The ledger's rows of several codebooks, one after another and side by side.

use dfdx::prelude::Device;
use gradients::compare::{ScalarLoss, Taped, worst};
use lab::{Reference, tensor};
use ndarray::{Array2, s};

use crate::bottleneck::{Bottleneck, Coded};
use crate::on_dfdx;
use crate::plain::{Reduction, commitment_loss};
use crate::product::Product;
use crate::quantizer::{Quantizer, Settings};
use crate::residual::Residual;
use crate::run::ledger::{BETA, REDUCTIONS};

/// The codebooks of the reference file as quantizers, and its latents `[7, 4]`.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_stacks(
    values: &mut Reference,
    reduction: Reduction,
) -> anyhow::Result<(Array2<f64>, Residual<f64>, Product<f64>)> {
    let settings = Settings { beta: BETA, reduction, ..Settings::default() };
    let mut read = |name: &str, n: usize| -> anyhow::Result<_> {
        let name = format!("stack/{name}{n}");
        Ok(Quantizer::new(values.matrix(&name)?, settings)?)
    };
    let levels: anyhow::Result<Vec<_>> =
        (0..3).map(|n| read("level", n)).collect();
    let parts: anyhow::Result<Vec<_>> =
        (0..2).map(|n| read("part", n)).collect();
    let (residual, product) =
        (Residual::new(levels?)?, Product::new(parts?)?);
    Ok((values.matrix("stack/z_e")?, residual, product))
}

/// Eq. 7.17 as a function of the latents alone: what is looked up stands still.
pub fn residual_commitment(
    of: &Residual<f64>,
    codes: &Array2<usize>,
    reduction: Reduction,
) -> impl Fn(&Array2<f64>) -> f64 {
    let sums = (1..=codes.ncols())
        .map(|l| of.vectors(&codes.slice(s![.., ..l]).to_owned()));
    let sums: Vec<_> = sums.collect(); // [N, C] each
    move |z| {
        let terms = sums.iter();
        terms.map(|z_q| commitment_loss(z, z_q, BETA, reduction)).sum()
    }
}

/// What the commitment term alone says to the latents.
fn pull(
    of: &dyn Bottleneck<f64>,
    z: &Array2<f64>,
    found: &Coded<f64>,
) -> Array2<f64> {
    of.encoder_gradient(z, found, z * 0.0)
}

pub fn residual<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut errors = [0.0; 3];
    for (name, reduction) in REDUCTIONS {
        let (z_e, of, _) = reference_stacks(values, reduction)?;
        let found = of.quantize(&z_e)?;
        let at = |part: &str| format!("stack/residual_{name}_{part}");
        let loss = values.scalar(&at("loss"))?;
        let d_z_e = values.matrix(&at("d_z_e"))?;
        let other = on_dfdx::Residual::new(dev, &of);
        let chosen = other.quantize(tensor(dev, &z_e, z_e.dim())).chosen;
        let term = ScalarLoss {
            plain: &residual_commitment(&of, &found.codes, reduction),
            backward: &|z| pull(&of, z, &found),
            on_dfdx: &|z: Taped<D>| other.commitment_loss(z, &chosen),
        };
        let these = term.errors(dev, &z_e, (loss, &d_z_e));
        errors = [0, 1, 2].map(|n| worst([errors[n], these[n]]));
    }
    Ok(errors)
}

pub fn product<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut errors = [0.0; 3];
    for (name, reduction) in REDUCTIONS {
        let (z_e, _, of) = reference_stacks(values, reduction)?;
        let found = of.quantize(&z_e)?;
        let at = |part: &str| format!("stack/product_{name}_{part}");
        let loss = values.scalar(&at("loss"))?;
        let d_z_e = values.matrix(&at("d_z_e"))?;
        let other = on_dfdx::Product::new(dev, &of);
        let chosen = other.quantize(tensor(dev, &z_e, z_e.dim())).chosen;
        let term = ScalarLoss {
            plain: &|z| commitment_loss(z, &found.z_q, BETA, reduction),
            backward: &|z| pull(&of, z, &found),
            on_dfdx: &|z: Taped<D>| other.commitment_loss(z, &chosen),
        };
        let these = term.errors(dev, &z_e, (loss, &d_z_e));
        errors = [0, 1, 2].map(|n| worst([errors[n], these[n]]));
    }
    Ok(errors)
}
