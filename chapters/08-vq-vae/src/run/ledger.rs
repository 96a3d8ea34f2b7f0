//! The ledger of chapter 8: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use commitment_loss::plain::{Reduction, commitment_loss};
use commitment_loss::quantizer::{Quantizer, Settings};
use dfdx::prelude::{Backward, Device, HasShape, PutTape, SplitTape, SumTo};
use gradients::compare::reference_network;
use gradients::compare::{
    H, ScalarLoss, Taped, TapedScalar, network_err,
    numeric_gradient_of_network, scalar_err, worst,
};
use gradients::on_dfdx::{
    Layer, Matrix, Mlp as OnDevice, Vector, gradients, to_plain,
};
use gradients::plain::{Activation, Mlp, mse, numeric_gradient};
use lab::{
    Against, Reference, ReferenceError, Row, max_rel_err, tensor, three_rows,
};
use ndarray::Array2;

use crate::on_dfdx::{self, Around};
use crate::plain::{
    col2im, conv, conv_backward, depth_to_space, half, im2col,
    space_to_depth, step,
};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// The weight of the commitment term in the reference file.
pub const BETA: f64 = 0.25;
/// The variance in the reference file.
pub const VARIANCE: f64 = 0.09;
/// Lines and columns of the grids that the reference file convolves.
pub const SIDE: usize = 3;
/// Lines and columns of its images' grids.
pub const STEP_SIDE: usize = 4;

const LAYERS: [Activation; 4] = [
    Activation::Relu,
    Activation::Relu,
    Activation::Relu,
    Activation::Identity,
];

/// Encoder, 49 → 3 → 3 → 3 → 2, and decoder, 2 → 3 → 3 → 3 → 49, of the reference file, its codebook and its images.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_model(
    values: &mut Reference,
) -> anyhow::Result<(Mlp<f64>, Mlp<f64>, Quantizer<f64>, Array2<f64>)> {
    let encoder = reference_network(values, "encoder/", &LAYERS)?;
    let decoder = reference_network(values, "decoder/", &LAYERS)?;
    let settings = Settings { beta: BETA, ..Settings::default() };
    let codebook = values.matrix("step/codebook")?;
    let quantizer = Quantizer::new(codebook, settings)?;
    Ok((encoder, decoder, quantizer, values.matrix("step/images")?))
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
    add("space_to_depth", to_depth(&mut values, dev)?);
    add("depth_to_space", to_space(&mut values, dev)?);
    add("im2col", columns(&mut values, dev)?);
    add("conv", convolution(&mut values, dev)?);
    add("conv_weights", weights(&mut values, dev)?);
    add("step", whole(&mut values, dev)?);
    Ok(rows)
}

/// The sum of `y` weighted by `m`, a loss whose gradient at `y` is `m`.
fn weighted<D: Device<f64>>(
    dev: &D,
    y: Taped<D>,
    m: &Array2<f64>,
) -> TapedScalar<D> {
    (y * tensor(dev, m, m.dim())).sum()
}

fn to_depth<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let x = values.matrix("depth/x")?;
    let m = values.matrix("depth/rows")?;
    let loss = ScalarLoss {
        plain: &|x| (space_to_depth(x, 7) * &m).sum(),
        backward: &|_| depth_to_space(&m),
        on_dfdx: &|x: Taped<D>| {
            weighted(dev, on_dfdx::space_to_depth(x, 7), &m)
        },
    };
    Ok(loss.errors(dev, &x, ((&m * &m).sum(), &x)))
}

fn to_space<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let m = values.matrix("depth/x")?;
    let rows = values.matrix("depth/rows")?;
    let loss = ScalarLoss {
        plain: &|rows| (depth_to_space(rows) * &m).sum(),
        backward: &|_| space_to_depth(&m, 7),
        on_dfdx: &|rows: Taped<D>| {
            weighted(dev, on_dfdx::depth_to_space(rows), &m)
        },
    };
    Ok(loss.errors(dev, &rows, ((&m * &m).sum(), &rows)))
}

fn columns<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let x = values.matrix("conv/x")?;
    let m = values.matrix("columns/weights")?;
    let expected = values.scalar("columns/loss")?;
    let d_x = values.matrix("columns/d_x")?;
    let loss = ScalarLoss {
        plain: &|x| (im2col(x.view(), SIDE) * &m).sum(),
        backward: &|_| col2im(m.view(), SIDE),
        on_dfdx: &|x: Taped<D>| weighted(dev, on_dfdx::im2col(x, SIDE), &m),
    };
    let [difference, other, mut same] =
        loss.errors(dev, &x, (expected, &d_x));
    let value = values.matrix("columns/value")?;
    same = worst([same, max_rel_err(&im2col(x.view(), SIDE), &value)]);
    Ok([difference, other, same])
}

/// A convolution of two channels to three on a device.
fn conv_on<D: Device<f64>>(
    x: Taped<D>,
    w: Matrix<f64, D>,
    b: Vector<f64, D>,
) -> Taped<D> {
    let grids = HasShape::shape(&x).0 / (SIDE * SIDE);
    let around = Around::new(&x.device().clone(), grids, SIDE);
    let layer = Layer { w, b, activation: Activation::Identity };
    on_dfdx::conv(x, &layer, &around)
}

fn convolution<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let x = values.matrix("conv/x")?;
    let (w, b) = (values.matrix("conv/w")?, values.vector("conv/b")?);
    let m = values.matrix("conv/weights")?;
    let expected = values.scalar("conv/loss")?;
    let d_x = values.matrix("conv/d_x")?;
    let (on_w, on_b) =
        (tensor(dev, &w, w.dim()), tensor(dev, &b, (b.len(),)));
    let loss = ScalarLoss {
        plain: &|x| (conv(x, &w, &b, SIDE) * &m).sum(),
        backward: &|x| conv_backward(x, &w, &m, SIDE).0,
        on_dfdx: &|x: Taped<D>| {
            let y = conv_on(x, on_w.clone(), on_b.clone());
            weighted(dev, y, &m)
        },
    };
    let [difference, other, same] = loss.errors(dev, &x, (expected, &d_x));
    let y = values.matrix("conv/y")?;
    let value = max_rel_err(&conv(&x, &w, &b, SIDE), &y);
    Ok([difference, other, worst([same, value])])
}

fn weights<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let x = values.matrix("conv/x")?;
    let (w, b) = (values.matrix("conv/w")?, values.vector("conv/b")?);
    let m = values.matrix("conv/weights")?;
    let expected = values.scalar("conv/loss")?;
    let d_w = values.matrix("conv/d_w")?;
    let (on_x, on_b) =
        (tensor(dev, &x, x.dim()), tensor(dev, &b, (b.len(),)));
    let loss = ScalarLoss {
        plain: &|w| (conv(&x, w, &b, SIDE) * &m).sum(),
        backward: &|w| conv_backward(&x, w, &m, SIDE).1,
        on_dfdx: &|w: Taped<D>| {
            let (w, tape) = w.split_tape();
            let x = on_x.clone().put_tape(tape);
            weighted(dev, conv_on(x, w, on_b.clone()), &m)
        },
    };
    let [difference, other, same] = loss.errors(dev, &w, (expected, &d_w));
    let d_b = conv_backward(&x, &w, &m, SIDE).2;
    let by_difference = numeric_gradient(
        |b: &ndarray::Array1<f64>| (conv(&x, &w, b, SIDE) * &m).sum(),
        &b,
        H,
    );
    Ok([
        worst([difference, max_rel_err(&d_b, &by_difference)]),
        other,
        worst([same, max_rel_err(&d_b, &values.vector("conv/d_b")?)]),
    ])
}

/// The whole step: both terms, and the gradient at every parameter.
fn whole<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (encoder, decoder, quantizer, images) = reference_model(values)?;
    let x = space_to_depth(&images, 7); // [32, 49]
    let nets = (&encoder, &decoder);
    let done =
        step(nets, (&quantizer, None), x.clone(), STEP_SIDE, VARIANCE)?;
    let (z_e, z_q) = (&done.z_e, &done.found.quantized.z_q);
    let mine = [done.reconstruction, done.found.commitment_loss];

    let bracket = z_q - z_e; // what the straight-through step holds fast
    let of_pixels = |decoder: &Mlp<f64>, z: Array2<f64>| {
        mse(&half(decoder, z, STEP_SIDE).y, &x) / VARIANCE
    };
    let of_encoder = |encoder: &Mlp<f64>| {
        let z = half(encoder, x.clone(), STEP_SIDE).y; // [32, 2]
        of_pixels(&decoder, &z + &bracket)
            + commitment_loss(&z, z_q, BETA, Reduction::Mean)
    };
    let of_decoder = |decoder: &Mlp<f64>| of_pixels(decoder, z_q.clone());
    let slopes = [
        numeric_gradient_of_network(of_encoder, &encoder),
        numeric_gradient_of_network(of_decoder, &decoder),
    ];
    let both = |d_encoder: &Mlp<f64>, d_decoder: &Mlp<f64>| {
        worst([
            network_err(&done.d_encoder, d_encoder),
            network_err(&done.d_decoder, d_decoder),
        ])
    };
    let difference = both(&slopes[0], &slopes[1]);

    let [enc, dec] = [&encoder, &decoder].map(|n| OnDevice::new(dev, n));
    let codebook = quantizer.codebook();
    let codebook = tensor(dev, codebook, codebook.dim());
    let around = Around::new(dev, images.nrows(), STEP_SIDE);
    let terms = on_dfdx::terms(
        (&enc, &dec),
        (&codebook, quantizer.settings()),
        None,
        tensor(dev, &x, x.dim()),
        (&around, VARIANCE),
    );
    let total = scalar_err(mine[0] + mine[1], terms.loss.as_vec()[0]);
    let pixels = scalar_err(mine[0], terms.reconstruction.as_vec()[0]);
    let tape = terms.loss.backward();
    let d_enc = to_plain(&encoder, &gradients(&enc, &tape));
    let d_dec = to_plain(&decoder, &gradients(&dec, &tape));
    let other = worst([total, pixels, both(&d_enc, &d_dec)]);

    let d_enc = reference_network(values, "step/encoder_d_", &LAYERS)?;
    let d_dec = reference_network(values, "step/decoder_d_", &LAYERS)?;
    let reference = worst([
        scalar_err(mine[0], values.scalar("step/reconstruction")?),
        scalar_err(mine[1], values.scalar("step/commitment")?),
        max_rel_err(z_e, &values.matrix("step/z_e")?),
        both(&d_enc, &d_dec),
    ]);
    Ok([difference, other, reference])
}
