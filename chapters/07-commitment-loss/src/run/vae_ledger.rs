//! The ledger's rows of the variational autoencoder.

use dfdx::prelude::{Backward, Device, SumTo};
use gradients::compare::{
    ScalarLoss, Taped, network_err, numeric_gradient_of_network,
    reference_network, scalar_err, worst,
};
use gradients::on_dfdx::{Matrix, Mlp as OnDevice, gradients, to_plain};
use gradients::plain::{Activation, Mlp};
use lab::{Reference, max_rel_err, tensor};
use ndarray::{Array2, Axis, concatenate};

use crate::on_dfdx::vae as other;
use crate::vae::{
    Objective, categorical_kl, categorical_kl_backward, gaussian_kl,
    gaussian_kl_backward, gaussian_nll, halves, kl_per_component,
    reparameterise, reparameterise_backward, step,
};

const LAYERS: [Activation; 2] = [Activation::Relu, Activation::Identity];

/// What the reference file was made with: the bound, and the same with nats that cost nothing.
pub const OBJECTIVES: [(&str, Objective); 2] = [
    ("bound", Objective::bound(0.3)),
    ("floored", Objective { free: 0.35, ..Objective::bound(0.3) }),
];

/// `μ` and `log σ²` side by side. `[B, 2C]`
fn joined(
    values: &mut Reference,
    [mu, log_var]: [&str; 2],
) -> anyhow::Result<Array2<f64>> {
    let (mu, log_var) = (values.matrix(mu)?, values.matrix(log_var)?);
    Ok(concatenate![Axis(1), mu, log_var])
}

pub fn kl<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let h = joined(values, ["vae/mu", "vae/log_var"])?; // [B, 2C]
    let d_h = joined(values, ["vae/kl_d_mu", "vae/kl_d_log_var"])?;
    let value = values.vector("vae/kl")?.sum();
    let of = |h: &Array2<f64>| {
        let (mu, log_var) = halves(h);
        gaussian_kl(&mu, &log_var)
    };
    let backward = |h: &Array2<f64>| {
        let (mu, log_var) = halves(h);
        let (d_mu, d_log_var) = gaussian_kl_backward(&mu, &log_var);
        concatenate![Axis(1), d_mu, d_log_var]
    };
    let term = ScalarLoss {
        plain: &of,
        backward: &backward,
        on_dfdx: &|h: Taped<D>| {
            let (mu, log_var) = other::halves(h);
            other::gaussian_kl(mu, log_var)
        },
    };
    Ok(term.errors(dev, &h, (value, &d_h)))
}

/// Made a number by its product with a gradient at `z`.
pub fn sample<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let h = joined(values, ["vae/mu", "vae/log_var"])?; // [B, 2C]
    let d_h = joined(values, ["vae/z_d_mu", "vae/z_d_log_var"])?;
    let (noise, d_z) =
        (values.matrix("vae/noise")?, values.matrix("vae/d_z")?);
    let value = (values.matrix("vae/z")? * &d_z).sum();
    let of = |h: &Array2<f64>| {
        let (mu, log_var) = halves(h);
        (reparameterise(&mu, &log_var, &noise) * &d_z).sum()
    };
    let backward = |h: &Array2<f64>| {
        let log_var = halves(h).1;
        let (d_mu, d_log_var) =
            reparameterise_backward(d_z.clone(), &log_var, &noise);
        concatenate![Axis(1), d_mu, d_log_var]
    };
    let on = |a: &Array2<f64>| -> Matrix<f64, D> { tensor(dev, a, a.dim()) };
    let term = ScalarLoss {
        plain: &of,
        backward: &backward,
        on_dfdx: &|h: Taped<D>| {
            let (mu, log_var) = other::halves(h);
            (other::reparameterise(mu, log_var, on(&noise)) * on(&d_z))
                .sum::<(), _>()
        },
    };
    Ok(term.errors(dev, &h, (value, &d_h)))
}

pub fn categorical<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let s = values.matrix("codes/logits")?; // [N, K]
    let value = values.scalar("codes/kl")?;
    let d_s = values.matrix("codes/kl_d_logits")?;
    let term = ScalarLoss {
        plain: &|s| categorical_kl(s),
        backward: &|s| categorical_kl_backward(s),
        on_dfdx: &|s: Taped<D>| other::categorical_kl(s),
    };
    Ok(term.errors(dev, &s, (value, &d_s)))
}

/// The encoder 6 → 5 → 4 and the decoder 2 → 5 → 6 of the reference file, images `[B, 6]` and noise `[B, 2]`.
///
/// # Errors
/// The reference values cannot be read.
#[expect(clippy::type_complexity)]
pub fn reference_vae(
    values: &mut Reference,
) -> anyhow::Result<((Mlp<f64>, Mlp<f64>), Array2<f64>, Array2<f64>)> {
    let encoder = reference_network(values, "elbo/encoder_", &LAYERS)?;
    let decoder = reference_network(values, "elbo/decoder_", &LAYERS)?;
    let (x, noise) = (values.matrix("elbo/x")?, values.matrix("elbo/noise")?);
    Ok(((encoder, decoder), x, noise))
}

/// One step of everything, without a floor and with one.
pub fn whole<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let ((encoder, decoder), x, noise) = reference_vae(values)?;
    let mut errors = [0.0; 3];
    for (name, objective) in OBJECTIVES {
        let nets = (&encoder, &decoder);
        let done = step(nets, &objective, 1.0, &x, &noise);
        let loss = |encoder: &Mlp<f64>, decoder: &Mlp<f64>| {
            let (mu, log_var) = halves(&encoder.output(&x));
            let z = reparameterise(&mu, &log_var, &noise);
            let kl = kl_per_component(&mu, &log_var);
            gaussian_nll(&decoder.output(&z), &x, objective.variance)
                + kl.mapv(|kl| kl.max(objective.free)).sum()
        };
        let of_encoder = |net: &Mlp<f64>| loss(net, &decoder);
        let of_decoder = |net: &Mlp<f64>| loss(&encoder, net);
        let d_encoder = numeric_gradient_of_network(of_encoder, &encoder);
        let d_decoder = numeric_gradient_of_network(of_decoder, &decoder);
        let difference = [
            network_err(&done.d_encoder, &d_encoder),
            network_err(&done.d_decoder, &d_decoder),
        ];

        let [enc, dec] =
            [&encoder, &decoder].map(|net| OnDevice::new(dev, net));
        let on = |a: &Array2<f64>| tensor(dev, a, a.dim());
        let terms =
            other::terms((&enc, &dec), &objective, on(&x), on(&noise));
        let total = other::loss(terms, &objective, 1.0);
        let same = scalar_err(loss(&encoder, &decoder), total.as_vec()[0]);
        let tape = total.backward();
        let at = |net: &OnDevice<f64, D>, like: &Mlp<f64>| {
            to_plain(like, &gradients(net, &tape))
        };
        let dfdx = [
            same,
            network_err(&done.d_encoder, &at(&enc, &encoder)),
            network_err(&done.d_decoder, &at(&dec, &decoder)),
        ];

        let mut part = |part: &str| {
            let prefix = format!("elbo/{name}_{part}_d_");
            reference_network(values, &prefix, &LAYERS)
        };
        let (d_encoder, d_decoder) = (part("encoder")?, part("decoder")?);
        let nll = values.scalar("elbo/reconstruction")?;
        let kl = values.vector("elbo/kl")?;
        let reference = [
            scalar_err(done.reconstruction, nll),
            max_rel_err(&done.kl, &kl),
            network_err(&done.d_encoder, &d_encoder),
            network_err(&done.d_decoder, &d_decoder),
        ];
        let found = [worst(difference), worst(dfdx), worst(reference)];
        errors = [0, 1, 2].map(|n| worst([errors[n], found[n]]));
    }
    Ok(errors)
}
