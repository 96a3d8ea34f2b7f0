//! The ledger of chapter 11: the gradient of the search against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device};
use gradients::compare::{H, reference_network, scalar_err, worst};
use gradients::on_dfdx::Mlp;
use gradients::plain::{Activation, numeric_gradient};
use lab::{
    Against, Reference, ReferenceError, Row, array, max_rel_err, tensor,
    three_rows,
};
use ndarray::Array2;

use super::translate_ledger::translate_rows;
use crate::on_dfdx;
use crate::plain::{Damage, search};
use crate::run::conditional_ledger::conditional_rows;

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// ν in the reference file.
pub const NOISE: f64 = 0.3;

/// Every row of the ledger; dfdx computes in f64 on `dev`, which is the column `dfdx`.
///
/// # Errors
/// The reference values cannot be read.
pub fn rows<D: Device<f64>>(
    dev: &D,
    dfdx: Against,
) -> anyhow::Result<Vec<Row>> {
    let mut values = reference()?;
    let layers = [Activation::LeakyRelu(0.2), Activation::Tanh];
    let g = reference_network(&mut values, "search/", &layers)?;
    let damage = Damage { a: values.matrix("search/a")?, noise: NOISE };
    let (y, z) = (values.matrix("search/y")?, values.matrix("search/z")?);
    let (energy, d_z) = search(&g, &damage, &y, &z);
    let sum = |z: &Array2<f64>| search(&g, &damage, &y, z).0.sum();
    let difference = numeric_gradient(sum, &z, H);
    let on = |x: &Array2<f64>| tensor(dev, x, x.dim());
    let at = on(&z);
    let net = Mlp::new(dev, &g);
    let loss =
        on_dfdx::search(&net, (&on(&damage.a), NOISE), &on(&y), at.clone());
    let value = scalar_err(energy.sum(), loss.as_vec()[0]);
    let taped = array(&loss.backward().get(&at));
    let theirs = values.scalar("search/energy")?;
    let errors = [
        max_rel_err(&d_z, &difference),
        worst([value, max_rel_err(&d_z, &taped)]),
        worst([
            scalar_err(energy.sum(), theirs),
            max_rel_err(&d_z, &values.matrix("search/d_z")?),
        ]),
    ];
    let mut rows = three_rows("search", dfdx, errors).to_vec();
    rows.extend(conditional_rows(dev, dfdx, &mut values)?);
    rows.extend(translate_rows(dev, dfdx)?);
    Ok(rows)
}
