//! The ledger of chapter 2: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device, Trace};
use gradients::compare::reference_network;
use gradients::compare::{
    OnDevice, ScalarLoss, Taped, network_err, numeric_gradient_of_network,
    scalar_err, worst,
};
use gradients::on_dfdx::bce_with_logits;
use gradients::plain::{Activation, Mlp};
use lab::{Against, Reference, ReferenceError, Row, tensor, three_rows};
use minimax_loss::plain::{
    d_loss, g_loss_non_saturating, g_loss_non_saturating_backward,
    g_loss_saturating, g_loss_saturating_backward,
};
use ndarray::Array2;

use crate::on_dfdx;
use crate::plain::{
    Targets, article_d_loss, article_d_loss_backward, d_step, input_gradient,
    leak_into_generator, smoothed_d_loss, smoothed_d_loss_backward,
};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// The two networks of the reference file: the generator 3 → 5 → 4, the discriminator 4 → 6 → 1.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_players(
    values: &mut Reference,
) -> anyhow::Result<(Mlp<f64>, Mlp<f64>)> {
    Ok((
        reference_network(values, "g/", &GENERATOR)?,
        reference_network(values, "d/", &DISCRIMINATOR)?,
    ))
}

const GENERATOR: [Activation; 2] = [Activation::Relu, Activation::Tanh];
const DISCRIMINATOR: [Activation; 2] =
    [Activation::LeakyRelu(0.2), Activation::Identity];

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
    add("d_step", step(&mut values, dev)?);
    add("leak_into_generator", leak(&mut values, dev)?);
    add("input_gradient", input(&mut values, dev)?);
    add("smoothed_d_loss", smoothed(&mut values, dev)?);
    add("article_d_loss", article(&mut values, dev)?);
    Ok(rows)
}

fn step<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (_, d) = reference_players(values)?;
    let (real, fake) =
        (values.matrix("step/x_real")?, values.matrix("step/x_fake")?);
    let (loss, d_net) = d_step(&d, &real, &fake);
    let numeric = numeric_gradient_of_network(
        |d| d_loss(&d.output(&real), &d.output(&fake)),
        &d,
    );
    let other = OnDevice::new(dev, &d);
    let score = |x: &Array2<f64>| {
        other.forward(tensor(dev, x, x.dim()).leaky_trace())
    };
    let on_dev = minimax_loss::on_dfdx::d_loss(score(&real), score(&fake));
    let same = scalar_err(loss, on_dev.as_vec()[0]);
    let expected = reference_network(values, "step/d_d_", &DISCRIMINATOR)?;
    Ok([
        network_err(&d_net, &numeric),
        worst([
            same,
            network_err(&d_net, &other.gradient(&on_dev.backward())),
        ]),
        worst([
            scalar_err(loss, values.scalar("step/loss")?),
            network_err(&d_net, &expected),
        ]),
    ])
}

fn leak<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (g, d) = reference_players(values)?;
    let z = values.matrix("step/z")?;
    let d_g = leak_into_generator(&g, &d, &z, false);
    let zeros = Array2::zeros((z.nrows(), 1));
    let loss = |g: &Mlp<f64>| {
        gradients::plain::bce_with_logits(&d.output(&g.output(&z)), &zeros)
    };
    let (other_g, other_d) = (OnDevice::new(dev, &g), OnDevice::new(dev, &d));
    let s = other_d
        .forward(other_g.forward(tensor(dev, &z, z.dim()).leaky_trace()));
    let tape =
        bce_with_logits(s, tensor(dev, &zeros, zeros.dim())).backward();
    let expected = reference_network(values, "leak/g_d_", &GENERATOR)?;
    Ok([
        network_err(&d_g, &numeric_gradient_of_network(loss, &g)),
        network_err(&d_g, &other_g.gradient(&tape)),
        network_err(&d_g, &expected),
    ])
}

fn input<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (_, d) = reference_players(values)?;
    let other = OnDevice::new(dev, &d);
    let x = values.matrix("step/x_fake")?;
    let saturating = ScalarLoss {
        plain: &|x| g_loss_saturating(&d.output(x)),
        backward: &|x| input_gradient(&d, x, g_loss_saturating_backward),
        on_dfdx: &|x| {
            minimax_loss::on_dfdx::g_loss_saturating(other.forward(x))
        },
    };
    let reference = (
        values.scalar("input/saturating_loss")?,
        &values.matrix("input/saturating_d_x")?,
    );
    let a = saturating.errors(dev, &x, reference);
    let non_saturating = ScalarLoss {
        plain: &|x| g_loss_non_saturating(&d.output(x)),
        backward: &|x| input_gradient(&d, x, g_loss_non_saturating_backward),
        on_dfdx: &|x| {
            minimax_loss::on_dfdx::g_loss_non_saturating(other.forward(x))
        },
    };
    let reference = (
        values.scalar("input/non_saturating_loss")?,
        &values.matrix("input/non_saturating_d_x")?,
    );
    let b = non_saturating.errors(dev, &x, reference);
    Ok([0, 1, 2].map(|n| worst([a[n], b[n]])))
}

fn smoothed<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (real, fake) =
        (values.matrix("smooth/s_real")?, values.matrix("smooth/s_fake")?);
    let on_dev = [&real, &fake].map(|s| tensor(dev, s, s.dim()));
    let mut errors = [0.0; 3];
    for (name, targets) in [
        ("one", Targets { real: 0.9, fake: 0.0 }),
        ("two", Targets { real: 0.9, fake: 0.1 }),
    ] {
        let loss = values.scalar(&format!("smooth/{name}_loss"))?;
        let d_real = values.matrix(&format!("smooth/{name}_d_real"))?;
        let d_fake = values.matrix(&format!("smooth/{name}_d_fake"))?;
        let at_real = ScalarLoss {
            plain: &|s| smoothed_d_loss(s, &fake, targets),
            backward: &|s| smoothed_d_loss_backward(s, &fake, targets).0,
            on_dfdx: &|s: Taped<D>| {
                on_dfdx::smoothed_d_loss(s, on_dev[1].leaky_trace(), targets)
            },
        };
        let at_fake = ScalarLoss {
            plain: &|s| smoothed_d_loss(&real, s, targets),
            backward: &|s| smoothed_d_loss_backward(&real, s, targets).1,
            on_dfdx: &|s: Taped<D>| {
                on_dfdx::smoothed_d_loss(on_dev[0].leaky_trace(), s, targets)
            },
        };
        let a = at_real.errors(dev, &real, (loss, &d_real));
        let b = at_fake.errors(dev, &fake, (loss, &d_fake));
        errors = [0, 1, 2].map(|n| worst([errors[n], a[n], b[n]]));
    }
    Ok(errors)
}

fn article<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let s = values.matrix("smooth/s_real")?;
    let loss = ScalarLoss {
        plain: &article_d_loss,
        backward: &article_d_loss_backward,
        on_dfdx: &on_dfdx::article_d_loss,
    };
    let reference =
        (values.scalar("article/loss")?, &values.matrix("article/d_s")?);
    Ok(loss.errors(dev, &s, reference))
}
