//! The ledger of chapter 1: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device, Trace};
use gradients::compare::{H, ScalarLoss, Taped, TapedScalar, worst};
use gradients::plain::numeric_gradient;
use lab::{
    Against, Reference, ReferenceError, Row, column, max_rel_err, tensor,
    three_rows,
};
use ndarray::Array2;

use crate::{on_dfdx, plain};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
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
    add("d_loss", d_loss(&mut values, dev)?);
    let losses: [GeneratorLoss<D>; 3] = [
        (
            "saturating",
            &plain::g_loss_saturating,
            &plain::g_loss_saturating_backward,
            &on_dfdx::g_loss_saturating,
        ),
        (
            "non_saturating",
            &plain::g_loss_non_saturating,
            &plain::g_loss_non_saturating_backward,
            &on_dfdx::g_loss_non_saturating,
        ),
        (
            "double_sigmoid",
            &plain::g_loss_double_sigmoid,
            &plain::g_loss_double_sigmoid_backward,
            &on_dfdx::g_loss_double_sigmoid,
        ),
    ];
    let s = values.matrix("g_loss/s")?;
    for (name, plain, backward, on_dfdx) in losses {
        let reference = (
            values.scalar(&format!("{name}/loss"))?,
            &values.matrix(&format!("{name}/d_s"))?,
        );
        add(
            name,
            ScalarLoss { plain, backward, on_dfdx }
                .errors(dev, &s, reference),
        );
    }
    add("value_of_tables", tables(&mut values, dev)?);
    Ok(rows)
}

type GeneratorLoss<'a, D> = (
    &'static str,
    &'a dyn Fn(&Array2<f64>) -> f64,
    &'a dyn Fn(&Array2<f64>) -> Array2<f64>,
    &'a dyn Fn(Taped<D>) -> TapedScalar<D>,
);

fn d_loss<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut m = |name: &str| values.matrix(&format!("d_loss/{name}"));
    let (real, fake, d_real, d_fake) =
        (m("s_real")?, m("s_fake")?, m("d_s_real")?, m("d_s_fake")?);
    let loss = values.scalar("d_loss/loss")?;
    let on_dev = [&real, &fake].map(|s| tensor(dev, s, s.dim()));
    let at_real = ScalarLoss {
        plain: &|s| plain::d_loss(s, &fake),
        backward: &|s| plain::d_loss_backward(s, &fake).0,
        on_dfdx: &|s: Taped<D>| on_dfdx::d_loss(s, on_dev[1].leaky_trace()),
    };
    let at_fake = ScalarLoss {
        plain: &|s| plain::d_loss(&real, s),
        backward: &|s| plain::d_loss_backward(&real, s).1,
        on_dfdx: &|s: Taped<D>| on_dfdx::d_loss(on_dev[0].leaky_trace(), s),
    };
    let (a, b) = (
        at_real.errors(dev, &real, (loss, &d_real)),
        at_fake.errors(dev, &fake, (loss, &d_fake)),
    );
    Ok([0, 1, 2].map(|n| worst([a[n], b[n]])))
}

fn tables<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (p, q, s) = (
        values.vector("tables/p")?,
        values.vector("tables/q")?,
        values.vector("tables/s")?,
    );
    let d_s = plain::value_of_tables_backward(&p, &q, &s);
    let value = |s: &ndarray::Array1<f64>| {
        plain::value_of_tables(&p, &q, &s.mapv(gradients::plain::sigmoid))
    };
    let difference = numeric_gradient(value, &s, H);
    let on_dev = tensor(dev, &s, (s.len(),));
    let minus_v = on_dfdx::minus_value_of_tables(
        on_dev.leaky_trace(),
        &tensor(dev, &p, (p.len(),)),
        &tensor(dev, &q, (q.len(),)),
    );
    let same =
        gradients::compare::scalar_err(-value(&s), minus_v.as_vec()[0]);
    let dfdx = -column(&minus_v.backward().get(&on_dev));
    Ok([
        max_rel_err(&d_s, &difference),
        worst([same, max_rel_err(&d_s, &dfdx)]),
        worst([
            max_rel_err(&d_s, &values.vector("tables/d_s")?),
            gradients::compare::scalar_err(
                value(&s),
                values.scalar("tables/value_at_s")?,
            ),
        ]),
    ])
}
