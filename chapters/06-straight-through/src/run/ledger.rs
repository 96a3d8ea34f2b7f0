//! The ledger of chapter 6: every hand gradient against a finite difference, against dfdx, and against PyTorch. Where a
//! formula stops a gradient, the finite difference holds what stands in the brackets fixed.

use dfdx::prelude::{Backward, Device, SumTo, Trace};
use gradients::compare::reference_network;
use gradients::compare::{
    H, OnDevice, ScalarLoss, Taped, network_err, scalar_err, worst,
};
use gradients::plain::{
    Activation, Mlp, mse, mse_backward, numeric_gradient,
};
use lab::{
    Against, Reference, ReferenceError, Row, array, max_rel_err, tensor,
    three_rows,
};
use ndarray::Array2;

use crate::plain::{
    Levels, finite_scalar, finite_scalar_backward, gumbel_softmax,
    gumbel_softmax_backward, rotate, rotation_backward, smoothed_loss,
    smoothed_loss_backward, straight_through, straight_through_backward,
};
use crate::{on_dfdx, plain};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

const SHAPE: [Activation; 2] = [Activation::Tanh, Activation::Identity];

/// The two networks of the reference file: the encoder 5 → 6 → 3, the decoder 3 → 6 → 5.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_networks(
    values: &mut Reference,
) -> anyhow::Result<(Mlp<f64>, Mlp<f64>)> {
    Ok((
        reference_network(values, "encoder/", &SHAPE)?,
        reference_network(values, "decoder/", &SHAPE)?,
    ))
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
    add("straight_through", at_the_latent(&mut values, dev)?);
    add("encoder", at_the_encoder(&mut values, dev)?);
    add("smoothed_loss", smoothed(&mut values, dev)?);
    add("gumbel_softmax", gumbel(&mut values, dev)?);
    add("rotation", rotation(&mut values, dev)?);
    add("finite_scalar", fsq(&mut values, dev)?);
    Ok(rows)
}

/// The gradient at `z_e` of a decoder's loss of `z_st`.
fn at_the_latent<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (_, decoder) = reference_networks(values)?;
    let mut m = |name: &str| values.matrix(&format!("through/{name}"));
    let (x, codebook, z_e) = (m("x")?, m("codebook")?, m("z_e")?);
    let z_q = straight_through(&z_e, &codebook)?.z_q;
    let (other, t) = (OnDevice::new(dev, &decoder), tensor(dev, &x, x.dim()));
    let z_q_on_dev = tensor(dev, &z_q, z_q.dim());
    let bracket = &z_q - &z_e; // fixed
    let loss = ScalarLoss {
        plain: &|z| mse(&decoder.output(&(z + &bracket)), &x),
        backward: &|_| {
            let made = decoder.forward(&z_q);
            let d_y = mse_backward(&made[made.len() - 1], &x);
            straight_through_backward(decoder.backward(&made, d_y).0)
        },
        on_dfdx: &|z: Taped<D>| {
            let z_st = on_dfdx::straight_through(z, z_q_on_dev.clone());
            gradients::on_dfdx::mse(other.forward(z_st), t.clone())
        },
    };
    let reference =
        (values.scalar("through/loss")?, &values.matrix("through/d_z_e")?);
    Ok(loss.errors(dev, &z_e, reference))
}

/// The gradient at every parameter of an encoder, through the lookup and the decoder.
fn at_the_encoder<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (encoder, decoder) = reference_networks(values)?;
    let x = values.matrix("through/x")?;
    let codebook = values.matrix("through/codebook")?;
    let coded = encoder.forward(&x);
    let z_e = &coded[coded.len() - 1]; // [N, C]
    let z_q = straight_through(z_e, &codebook)?.z_q;
    let made = decoder.forward(&z_q);
    let d_y = mse_backward(&made[made.len() - 1], &x);
    let (d_z_q, _) = decoder.backward(&made, d_y);
    let d_z_e = straight_through_backward(d_z_q);
    let (_, d_encoder) = encoder.backward(&coded, d_z_e);

    let bracket = &z_q - z_e; // fixed
    let numeric = gradients::compare::numeric_gradient_of_network(
        |encoder| mse(&decoder.output(&(encoder.output(&x) + &bracket)), &x),
        &encoder,
    );
    let [e, d] = [&encoder, &decoder].map(|net| OnDevice::new(dev, net));
    let on_dev = tensor(dev, &x, x.dim());
    let z_st = on_dfdx::straight_through(
        e.forward(on_dev.leaky_trace()),
        tensor(dev, &z_q, z_q.dim()),
    );
    let tape = gradients::on_dfdx::mse(d.forward(z_st), on_dev).backward();
    let expected = reference_network(values, "through/encoder_d_", &SHAPE)?;
    Ok([
        network_err(&d_encoder, &numeric),
        network_err(&d_encoder, &e.gradient(&tape)),
        network_err(&d_encoder, &expected),
    ])
}

fn smoothed<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (z, places, losses, s) = (
        values.matrix("smoothed/z")?,
        values.matrix("smoothed/places")?,
        values.vector("smoothed/losses")?,
        values.scalar("smoothed/s")?,
    );
    smoothed_loss(&z, s, &places, &losses)?; // the arguments fit
    let on_dev = (
        tensor(dev, &places, places.dim()),
        tensor(dev, &losses, (losses.len(),)),
    );
    let loss = ScalarLoss {
        plain: &|z| {
            smoothed_loss(z, s, &places, &losses)
                .map_or(f64::NAN, |l| l.sum())
        },
        backward: &|z| {
            smoothed_loss_backward(z, s, &places, &losses)
                .unwrap_or_else(|_| z * f64::NAN)
        },
        on_dfdx: &|z: Taped<D>| {
            let (places, losses) = on_dev.clone();
            on_dfdx::smoothed_loss(z, s, places, losses).sum()
        },
    };
    let reference =
        (values.scalar("smoothed/value")?, &values.matrix("smoothed/d_z")?);
    Ok(loss.errors(dev, &z, reference))
}

fn gumbel<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let tau = values.scalar("gumbel/tau")?;
    let mut m = |name: &str| values.matrix(&format!("gumbel/{name}"));
    let (z, codebook, noise, d_z_q) =
        (m("z")?, m("codebook")?, m("noise")?, m("d_z_q")?);
    let relaxed = gumbel_softmax(&z, &codebook, &noise, tau)?;
    let (d_z, d_codebook) =
        gumbel_softmax_backward(&z, &codebook, &relaxed.p, tau, &d_z_q);
    let along = |z: &Array2<f64>, codebook: &Array2<f64>| {
        gumbel_softmax(z, codebook, &noise, tau)
            .map_or(f64::NAN, |r| (r.z_q * &d_z_q).sum())
    };
    let at_z = numeric_gradient(|z| along(z, &codebook), &z, H);
    let at_e = numeric_gradient(|e| along(&z, e), &codebook, H);

    let [tz, te, tn, td] =
        [&z, &codebook, &noise, &d_z_q].map(|a| tensor(dev, a, a.dim()));
    let made = on_dfdx::gumbel_softmax(tz.leaky_trace(), te.clone(), tn, tau);
    let same = max_rel_err(&relaxed.z_q, &array(&made));
    let tape = (made * td).sum().backward();
    Ok([
        worst([max_rel_err(&d_z, &at_z), max_rel_err(&d_codebook, &at_e)]),
        worst([
            same,
            max_rel_err(&d_z, &array(&tape.get(&tz))),
            max_rel_err(&d_codebook, &array(&tape.get(&te))),
        ]),
        worst([
            max_rel_err(&relaxed.z_q, &m("z_q")?),
            max_rel_err(&relaxed.p, &m("p")?),
            max_rel_err(&d_z, &m("d_z")?),
            max_rel_err(&d_codebook, &m("d_codebook")?),
        ]),
    ])
}

fn rotation<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut m = |name: &str| values.matrix(&format!("rotation/{name}"));
    let (z, e, d_z_q) = (m("z")?, m("e")?, m("d_z_q")?);
    let turned = rotate(&z, &e, &z);
    let d_z = rotation_backward(&z, &e, d_z_q.clone());
    let along = |x: &Array2<f64>| (rotate(&z, &e, x) * &d_z_q).sum(); // z, e fixed
    let [tz, te, td] = [&z, &e, &d_z_q].map(|a| tensor(dev, a, a.dim()));
    let made = on_dfdx::rotation(tz.leaky_trace(), te);
    let same = max_rel_err(&turned, &array(&made));
    let tape = (made * td).sum().backward();
    Ok([
        max_rel_err(&d_z, &numeric_gradient(along, &z, H)),
        worst([same, max_rel_err(&d_z, &array(&tape.get(&tz)))]),
        worst([
            max_rel_err(&turned, &m("turned")?),
            max_rel_err(&d_z, &m("d_z")?),
        ]),
    ])
}

/// The levels of the reference file.
///
/// # Errors
/// Never: they are levels.
pub fn reference_levels() -> Result<Levels, plain::QuantizeError> {
    Levels::new(&[4, 5, 2, 3])
}

fn fsq<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let levels = reference_levels()?;
    let indices = values.vector("fsq/indices")?;
    let mut m = |name: &str| values.matrix(&format!("fsq/{name}"));
    let (z, d_z_q) = (m("z")?, m("d_z_q")?);
    let coded = finite_scalar(&z, &levels)?;
    let d_z = finite_scalar_backward(&z, d_z_q.clone());
    let bracket = &coded.z_q - &z.mapv(f64::tanh); // fixed
    let along =
        |z: &Array2<f64>| ((z.mapv(f64::tanh) + &bracket) * &d_z_q).sum();
    let [tz, tq, td] =
        [&z, &coded.z_q, &d_z_q].map(|a| tensor(dev, a, a.dim()));
    let made = on_dfdx::finite_scalar(tz.leaky_trace(), tq);
    let same = max_rel_err(&coded.z_q, &array(&made));
    let tape = (made * td).sum().backward();
    let index = coded.indices.iter().map(|&n| n as f64);
    let apart = index.zip(&indices).map(|(a, b)| scalar_err(a, *b));
    Ok([
        max_rel_err(&d_z, &numeric_gradient(along, &z, H)),
        worst([same, max_rel_err(&d_z, &array(&tape.get(&tz)))]),
        worst([
            worst(apart),
            max_rel_err(&coded.z_q, &m("z_q")?),
            max_rel_err(&d_z, &m("d_z")?),
        ]),
    ])
}
