//! The ledger of chapter 5: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::*;
use gradients::compare::{H, ScalarLoss, Taped, TapedScalar, worst};
use gradients::plain::numeric_gradient;
use lab::{
    Against, Reference, ReferenceError, Row, array, max_rel_err, tensor,
    three_rows,
};
use ndarray::{Array2, Array3};

use crate::on_dfdx;
use crate::plain::{
    LookupError, assemble, distortion, distortion_backward, gather,
    gather_backward, nearest, normalize_rows, normalize_rows_backward,
    patches, squared_distances, squared_distances_backward,
};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// The indices of the reference file, which holds numbers.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_indices(
    values: &mut Reference,
    name: &str,
) -> Result<Vec<usize>, ReferenceError> {
    Ok(values.vector(name)?.iter().map(|&k| k as usize).collect())
}

/// Every row of the ledger; dfdx computes in f64 on `dev`, which is the column `dfdx`.
///
/// # Errors
/// The reference values cannot be read.
pub fn rows<D: Device<f64>>(
    dev: &D,
    dfdx: Against,
) -> anyhow::Result<Vec<Row>> {
    let mut values = reference()?;
    let mut rows = Vec::new();
    let mut add = |function, errors| {
        rows.extend(three_rows(function, dfdx, errors));
    };
    add("squared_distances", distances(&mut values, dev)?);
    add("gather", gathering(&mut values, dev)?);
    add("distortion", of_what_stands_for_it(&mut values, dev)?);
    add("distortion_of_nearest", of_nearest(&mut values, dev)?);
    add("normalize_rows", directions(&mut values, dev)?);
    add("patches", cutting(&mut values, dev)?);
    Ok(rows)
}

/// A number out of a matrix: the sum of its elements, each times a weight.
fn weighted<D: Device<f64>>(y: Taped<D>, w: &Array2<f64>) -> TapedScalar<D> {
    let w = tensor(y.device(), w, *y.shape());
    (y * w).sum()
}

fn distances<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut m = |name: &str| values.matrix(name);
    let (z, codebook, w) = (m("z")?, m("codebook")?, m("distances/w")?);
    let (d_z, d_codebook) = (m("distances/d_z")?, m("distances/d_codebook")?);
    let value = values.scalar("distances/loss")?;
    let on_dev = [&z, &codebook].map(|x| tensor(dev, x, x.dim()));
    let plain = |z: &Array2<f64>, e: &Array2<f64>| {
        (squared_distances(z, e) * &w).sum()
    };
    let at_z = ScalarLoss {
        plain: &|z| plain(z, &codebook),
        backward: &|z| squared_distances_backward(z, &codebook, &w).0,
        on_dfdx: &|z: Taped<D>| {
            weighted(on_dfdx::squared_distances(z, &on_dev[1]), &w)
        },
    };
    let at_codebook = ScalarLoss {
        plain: &|e| plain(&z, e),
        backward: &|e| squared_distances_backward(&z, e, &w).1,
        on_dfdx: &|e: Taped<D>| {
            // The tape travels with the latents; the codebook's gradient is found by its name.
            let (e, tape) = e.split_tape();
            let z = on_dev[0].clone().put_tape(tape);
            weighted(on_dfdx::squared_distances(z, &e), &w)
        },
    };
    let a = at_z.errors(dev, &z, (value, &d_z));
    let b = at_codebook.errors(dev, &codebook, (value, &d_codebook));
    Ok([0, 1, 2].map(|n| worst([a[n], b[n]])))
}

fn gathering<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (codebook, w) =
        (values.matrix("codebook")?, values.matrix("gather/w")?);
    let indices = reference_indices(values, "indices")?;
    let loss = ScalarLoss {
        plain: &|e| (gather(e, &indices) * &w).sum(),
        backward: &|e| gather_backward(&w, &indices, e.nrows()),
        on_dfdx: &|e: Taped<D>| weighted(on_dfdx::gather(e, &indices), &w),
    };
    let reference =
        (values.scalar("gather/loss")?, &values.matrix("gather/d_codebook")?);
    Ok(loss.errors(dev, &codebook, reference))
}

fn of_what_stands_for_it<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (z, z_q) = (values.matrix("z")?, values.matrix("z_q")?);
    let on_dev = tensor(dev, &z, z.dim());
    let loss = ScalarLoss {
        plain: &|z_q| distortion(&z, z_q),
        backward: &|z_q| distortion_backward(&z, z_q),
        on_dfdx: &|z_q: Taped<D>| on_dfdx::distortion(on_dev.clone(), z_q),
    };
    let reference = (
        values.scalar("distortion/loss")?,
        &values.matrix("distortion/d_z_q")?,
    );
    Ok(loss.errors(dev, &z_q, reference))
}

/// The whole way: look up, gather, measure; the gradient at the codebook. dfdx looks up on the device.
fn of_nearest<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (z, codebook) = (values.matrix("z")?, values.matrix("codebook")?);
    let on_dev = tensor(dev, &z, z.dim());
    let look_up = |e: &Array2<f64>| -> Result<_, LookupError> {
        let indices = nearest(&z, e)?;
        Ok((gather(e, &indices), indices))
    };
    look_up(&codebook)?;
    let looked_up = |e: &Array2<f64>| look_up(e).expect("looked up before");
    let loss = ScalarLoss {
        plain: &|e| distortion(&z, &looked_up(e).0),
        backward: &|e| {
            let (z_q, indices) = looked_up(e);
            let d_z_q = distortion_backward(&z, &z_q);
            gather_backward(&d_z_q, &indices, e.nrows())
        },
        on_dfdx: &|e: Taped<D>| {
            let (e, tape) = e.split_tape();
            let chosen = on_dfdx::nearest(on_dev.clone(), &e);
            let z_q = on_dfdx::gather_chosen(e.put_tape(tape), chosen);
            on_dfdx::distortion(on_dev.clone(), z_q)
        },
    };
    let reference = (
        values.scalar("distortion/loss")?,
        &values.matrix("distortion/d_codebook")?,
    );
    Ok(loss.errors(dev, &codebook, reference))
}

fn directions<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (z, w) = (values.matrix("z")?, values.matrix("gather/w")?);
    let loss = ScalarLoss {
        plain: &|z| (normalize_rows(z) * &w).sum(),
        backward: &|z| normalize_rows_backward(z, &w),
        on_dfdx: &|z: Taped<D>| weighted(on_dfdx::normalize_rows(z), &w),
    };
    let reference = (
        values.scalar("normalize_rows/loss")?,
        &values.matrix("normalize_rows/d_x")?,
    );
    Ok(loss.errors(dev, &z, reference))
}

/// Images of 8 × 8 pixels lie one a row in the reference file.
fn cutting<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (rows, w) = (values.matrix("images")?, values.matrix("patches/w")?);
    let n = rows.nrows();
    let images = |rows: &Array2<f64>| -> Array3<f64> {
        rows.to_shape((n, 8, 8)).expect("rows of 64").into_owned()
    };
    let loss = |x: &Array3<f64>| (patches(x, 4) * &w).sum();
    let flat = |x: Array3<f64>| -> Array2<f64> {
        x.to_shape((n, 64)).expect("images of 64").into_owned()
    };
    let d_x = flat(assemble(&w, (8, 8)));
    let difference = flat(numeric_gradient(loss, &images(&rows), H));
    let on_dev = tensor(dev, &rows, (n, 64_usize));
    let taped = on_dev.leaky_trace().reshape_like(&(n, 8, 8));
    let value = weighted(on_dfdx::patches(taped, 4), &w);
    let same = (value.as_vec()[0] - loss(&images(&rows))).abs();
    let dfdx = array(&value.backward().get(&on_dev));
    let expected = values.matrix("patches/d_images")?;
    let expected_value = values.scalar("patches/loss")?;
    Ok([
        max_rel_err(&d_x, &difference),
        worst([same, max_rel_err(&d_x, &dfdx)]),
        worst([
            (loss(&images(&rows)) - expected_value).abs(),
            max_rel_err(&d_x, &expected),
        ]),
    ])
}
