//! The ledger of chapter 7: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use codebook_lookup::on_dfdx::gather_chosen;
use dfdx::prelude::{Backward, Device, NoneTape, Trace};
use gradients::compare::reference_network;
use gradients::compare::{
    H, OnDevice, ScalarLoss, Taped, network_err, numeric_gradient_of_network,
    scalar_err, worst,
};
use gradients::on_dfdx::Matrix;
use gradients::plain::{
    Activation, AdamConfig, Mlp, mse, numeric_gradient, one_hot,
};
use lab::{
    Against, Reference, ReferenceError, Row, array, max_rel_err, tensor,
    three_rows,
};
use ndarray::Array2;

use crate::on_dfdx;
use crate::plain::{
    Reduction, codebook_loss, codebook_loss_backward, commitment_loss,
    commitment_loss_backward, late_codebook_loss_backward,
};
use crate::quantizer::{Learning, Quantizer, Settings};
use crate::run::{stack_ledger as stack, vae_ledger as vae};
use crate::training::step;

pub use stack::{reference_stacks, residual_commitment};
pub use vae::{OBJECTIVES, reference_vae};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// The reductions with their names in the reference file.
pub const REDUCTIONS: [(&str, Reduction); 2] =
    [("mean", Reduction::Mean), ("sum", Reduction::SumOverComponents)];

/// The weight of the commitment term in the reference file.
pub const BETA: f64 = 0.25;

/// Latents, codebook and indices of the reference file.
pub struct Terms {
    /// `[N, C]`
    pub z_e: Array2<f64>,
    /// `[K, C]`
    pub codebook: Array2<f64>,
    /// `[N]`
    pub indices: Vec<usize>,
    /// `[N, C]`
    pub z_q: Array2<f64>,
}

/// The latents and the codebook of the reference file.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_terms(
    values: &mut Reference,
) -> Result<Terms, ReferenceError> {
    let z_e = values.matrix("terms/z_e")?;
    let codebook = values.matrix("terms/codebook")?;
    let indices = values.vector("terms/indices")?;
    let indices: Vec<usize> = indices.iter().map(|k| *k as usize).collect();
    let z_q = codebook_lookup::plain::gather(&codebook, &indices);
    Ok(Terms { z_e, codebook, indices, z_q })
}

/// The encoder 6 → 5 → 3 and the decoder 3 → 5 → 6 of the reference file.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_networks(
    values: &mut Reference,
) -> anyhow::Result<(Mlp<f64>, Mlp<f64>)> {
    Ok((
        reference_network(values, "encoder/", &LAYERS)?,
        reference_network(values, "decoder/", &LAYERS)?,
    ))
}

const LAYERS: [Activation; 2] = [Activation::Relu, Activation::Identity];

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
    let [mean, sum] = [0, 1];
    add("codebook_loss", codebook(&mut values, dev, mean)?);
    add("codebook_loss_summed", codebook(&mut values, dev, sum)?);
    add("commitment_loss", commitment(&mut values, dev, mean)?);
    add("commitment_loss_summed", commitment(&mut values, dev, sum)?);
    add("late_codebook_loss", late(&mut values, dev)?);
    add("step", whole(&mut values, dev)?);
    add("gaussian_kl", vae::kl(&mut values, dev)?);
    add("reparameterise", vae::sample(&mut values, dev)?);
    add("categorical_kl", vae::categorical(&mut values, dev)?);
    add("vae_step", vae::whole(&mut values, dev)?);
    add("residual_commitment", stack::residual(&mut values, dev)?);
    add("product_commitment", stack::product(&mut values, dev)?);
    Ok(rows)
}

/// The indices on a device, a one in each row.
fn on_device<D: Device<f64>>(
    dev: &D,
    indices: &[usize],
    k: usize,
) -> Matrix<f64, D> {
    let chosen = one_hot::<f64>(indices, k); // [N, K]
    tensor(dev, &chosen, chosen.dim())
}

fn codebook<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
    which: usize,
) -> anyhow::Result<[f64; 3]> {
    let (name, reduction) = REDUCTIONS[which];
    let Terms { z_e, codebook, indices, .. } = reference_terms(values)?;
    let at = |part: &str| format!("codebook/{name}_{part}");
    let loss = values.scalar(&at("loss"))?;
    let d_codebook = values.matrix(&at("d_codebook"))?;
    let z = tensor(dev, &z_e, z_e.dim());
    let chosen = on_device(dev, &indices, codebook.nrows());
    let term = ScalarLoss {
        plain: &|e| codebook_loss(&z_e, e, &indices, reduction),
        backward: &|e| codebook_loss_backward(&z_e, e, &indices, reduction),
        on_dfdx: &|e: Taped<D>| {
            on_dfdx::codebook_loss(z.clone(), e, chosen.clone(), reduction)
        },
    };
    Ok(term.errors(dev, &codebook, (loss, &d_codebook)))
}

fn commitment<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
    which: usize,
) -> anyhow::Result<[f64; 3]> {
    let (name, reduction) = REDUCTIONS[which];
    let Terms { z_e, z_q, .. } = reference_terms(values)?;
    let at = |part: &str| format!("commitment/{name}_{part}");
    let loss = values.scalar(&at("loss"))?;
    let d_z_e = values.matrix(&at("d_z_e"))?;
    let q = tensor(dev, &z_q, z_q.dim());
    let term = ScalarLoss {
        plain: &|z| commitment_loss(z, &z_q, BETA, reduction),
        backward: &|z| commitment_loss_backward(z, &z_q, BETA, reduction),
        on_dfdx: &|z: Taped<D>| {
            on_dfdx::commitment_loss(z, q.clone(), BETA, reduction)
        },
    };
    Ok(term.errors(dev, &z_e, (loss, &d_z_e)))
}

/// Its value is the codebook term's. A finite difference sees a stop-gradient only if what is stopped is held fixed: the
/// bracket `z_q - z_e`, and the `z_e` that is compared with.
fn late<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let Terms { z_e, z_q, .. } = reference_terms(values)?;
    let mut errors = [0.0; 3];
    for (name, reduction) in REDUCTIONS {
        let at = |part: &str| format!("late/{name}_{part}");
        let loss = values.scalar(&at("loss"))?;
        let d_z_e = values.matrix(&at("d_z_e"))?;
        let q = tensor(dev, &z_q, z_q.dim());
        let bracket = &z_q - &z_e;
        let term = ScalarLoss {
            plain: &|z| {
                commitment_loss(&(z + &bracket), &z_e, 1.0, reduction)
            },
            backward: &|z| late_codebook_loss_backward(z, &z_q, reduction),
            on_dfdx: &|z: Taped<D>| {
                on_dfdx::late_codebook_loss(z, q.clone(), reduction)
            },
        };
        let found = term.errors(dev, &z_e, (loss, &d_z_e));
        errors = [0, 1, 2].map(|n| worst([errors[n], found[n]]));
    }
    Ok(errors)
}

/// One step of everything. The finite difference holds fixed what the stop-gradients hold fixed: the bracket for the
/// reconstruction, the codes for the commitment term, the latents for the codebook term.
fn whole<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (encoder, decoder) = reference_networks(values)?;
    let codebook = values.matrix("terms/codebook")?;
    let x = values.matrix("step/x")?;
    let learning =
        Learning::Gradient { adam: AdamConfig::default(), weight: 1.0 };
    let settings = Settings { learning, beta: BETA, ..Settings::default() };
    let quantizer = Quantizer::new(codebook.clone(), settings)?;
    let mean = Reduction::Mean;
    let done = step((&encoder, &decoder), &quantizer, &x, false)?;
    let (z_e, found) = (&done.z_e, &done.found);
    let (z_q, indices) = (&found.quantized.z_q, &found.quantized.indices);
    let d_codebook = codebook_loss_backward(z_e, &codebook, indices, mean);

    let bracket = z_q - z_e;
    let of_encoder = |encoder: &Mlp<f64>| {
        let z = encoder.output(&x);
        mse(&decoder.output(&(&z + &bracket)), &x)
            + commitment_loss(&z, z_q, BETA, mean)
    };
    let of_decoder = |decoder: &Mlp<f64>| mse(&decoder.output(z_q), &x);
    let of_codebook = |e: &Array2<f64>| codebook_loss(z_e, e, indices, mean);
    let difference = worst([
        network_err(
            &done.d_encoder,
            &numeric_gradient_of_network(of_encoder, &encoder),
        ),
        network_err(
            &done.d_decoder,
            &numeric_gradient_of_network(of_decoder, &decoder),
        ),
        max_rel_err(
            &d_codebook,
            &numeric_gradient(of_codebook, &codebook, H),
        ),
    ]);

    let (enc, dec) =
        (OnDevice::new(dev, &encoder), OnDevice::new(dev, &decoder));
    let e = tensor(dev, &codebook, codebook.dim());
    let tx = tensor(dev, &x, x.dim());
    let encode = || enc.forward(tx.leaky_trace());
    let chosen = on_device(dev, indices, codebook.nrows());
    let q = gather_chosen(e.clone(), chosen.clone());
    let z = encode().retaped::<NoneTape>();
    let passed = on_dfdx::straight_through(encode(), q.clone());
    let terms = [
        gradients::on_dfdx::mse(dec.forward(passed), tx.clone()),
        on_dfdx::codebook_loss(z, e.leaky_trace(), chosen, mean),
        on_dfdx::commitment_loss(encode(), q, BETA, mean),
    ];
    let mine =
        [done.reconstruction, found.codebook_loss, found.commitment_loss];
    let same = worst(
        terms.iter().zip(mine).map(|(t, m)| scalar_err(m, t.as_vec()[0])),
    );
    let [a, b, c] = terms;
    let tape = (a + b + c).backward();
    let other = worst([
        same,
        network_err(&done.d_encoder, &enc.gradient(&tape)),
        network_err(&done.d_decoder, &dec.gradient(&tape)),
        max_rel_err(&d_codebook, &array(&tape.get(&e))),
    ]);

    let names = ["reconstruction", "codebook", "commitment"];
    let mut expected = Vec::new();
    for (name, mine) in names.into_iter().zip(mine) {
        let value = values.scalar(&format!("step/{name}"))?;
        expected.push(scalar_err(mine, value));
    }
    let d_enc = reference_network(values, "step/encoder_d_", &LAYERS)?;
    let d_dec = reference_network(values, "step/decoder_d_", &LAYERS)?;
    expected.extend([
        network_err(&done.d_encoder, &d_enc),
        network_err(&done.d_decoder, &d_dec),
        max_rel_err(&d_codebook, &values.matrix("step/d_codebook")?),
    ]);
    Ok([difference, other, worst(expected)])
}
