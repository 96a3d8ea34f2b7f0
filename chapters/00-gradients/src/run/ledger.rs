//! The ledger of chapter 0: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device, SumTo, Trace};
use lab::{
    Against, Reference, ReferenceError, Row, array, column, max_rel_err,
    tensor, three_rows,
};
use ndarray::{Array1, Array2};

use crate::compare::{
    H, OnDevice, ScalarLoss, Taped, network_err, numeric_gradient_of_network,
    reference_network, worst,
};
use crate::on_dfdx;
use crate::plain::{self, Activation, Mlp, numeric_gradient};

/// The activations with their names here and in the reference file.
pub const ACTIVATIONS: [(&str, Activation); 4] = [
    ("relu", Activation::Relu),
    ("leaky_relu", Activation::LeakyRelu(0.2)),
    ("tanh", Activation::Tanh),
    ("sigmoid", Activation::Sigmoid),
];

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
    add("linear", linear(&mut values, dev)?);
    for (name, kind) in ACTIVATIONS {
        add(name, activation(name, kind, &mut values, dev)?);
    }
    add("bce_with_logits", bce_with_logits(&mut values, dev)?);
    add("mse", mse(&mut values, dev)?);
    add("cross_entropy", cross_entropy(&mut values, dev)?);
    add("mlp", mlp(&mut values, dev)?);
    Ok(rows)
}

fn linear<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut m = |name: &str| values.matrix(&format!("linear/{name}"));
    let (x, w, d_y, y, d_x_ref, d_w_ref) =
        (m("x")?, m("w")?, m("d_y")?, m("y")?, m("d_x")?, m("d_w")?);
    let b = values.vector("linear/b")?;
    let d_b_ref = values.vector("linear/d_b")?;
    let (d_x, d_w, d_b) = plain::linear_backward(&x, &w, &d_y);

    let along = |x: &Array2<f64>, w: &Array2<f64>, b: &Array1<f64>| {
        (plain::linear(x, w, b) * &d_y).sum()
    };
    let difference = [
        max_rel_err(&d_x, &numeric_gradient(|x| along(x, &w, &b), &x, H)),
        max_rel_err(&d_w, &numeric_gradient(|w| along(&x, w, &b), &w, H)),
        max_rel_err(&d_b, &numeric_gradient(|b| along(&x, &w, b), &b, H)),
    ];

    let (tx, tw, tb) = (
        tensor(dev, &x, x.dim()),
        tensor(dev, &w, w.dim()),
        tensor(dev, &b, (b.len(),)),
    );
    let ty = on_dfdx::linear(tx.leaky_trace(), tw.clone(), tb.clone());
    let same_y = max_rel_err(&plain::linear(&x, &w, &b), &array(&ty));
    let g = (ty * tensor(dev, &d_y, d_y.dim())).sum().backward();
    let dfdx = [
        same_y,
        max_rel_err(&d_x, &array(&g.get(&tx))),
        max_rel_err(&d_w, &array(&g.get(&tw))),
        max_rel_err(&d_b, &column(&g.get(&tb))),
    ];

    let reference = [
        max_rel_err(&plain::linear(&x, &w, &b), &y),
        max_rel_err(&d_x, &d_x_ref),
        max_rel_err(&d_w, &d_w_ref),
        max_rel_err(&d_b, &d_b_ref),
    ];
    Ok([worst(difference), worst(dfdx), worst(reference)])
}

fn activation<D: Device<f64>>(
    name: &str,
    kind: Activation,
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (x, d_y) =
        (values.matrix("activation/x")?, values.matrix("activation/d_y")?);
    let y = kind.forward(x.clone());
    let d_x = kind.backward(&y, d_y.clone());

    let difference =
        numeric_gradient(|x| (kind.forward(x.clone()) * &d_y).sum(), &x, H);

    let tx = tensor(dev, &x, x.dim());
    let ty = on_dfdx::activation(kind, tx.leaky_trace());
    let same_y = max_rel_err(&y, &array(&ty));
    let g = (ty * tensor(dev, &d_y, d_y.dim())).sum().backward();
    let dfdx = [same_y, max_rel_err(&d_x, &array(&g.get(&tx)))];

    let reference = [
        max_rel_err(&y, &values.matrix(&format!("{name}/y"))?),
        max_rel_err(&d_x, &values.matrix(&format!("{name}/d_x"))?),
    ];
    Ok([max_rel_err(&d_x, &difference), worst(dfdx), worst(reference)])
}

fn bce_with_logits<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (s, t) = (values.matrix("bce/s")?, values.matrix("bce/t")?);
    let on_dev = tensor(dev, &t, t.dim());
    let loss = ScalarLoss {
        plain: &|s| plain::bce_with_logits(s, &t),
        backward: &|s| plain::bce_with_logits_backward(s, &t),
        on_dfdx: &|s: Taped<D>| on_dfdx::bce_with_logits(s, on_dev.clone()),
    };
    let reference = (values.scalar("bce/loss")?, &values.matrix("bce/d_s")?);
    Ok(loss.errors(dev, &s, reference))
}

fn mse<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (y, t) = (values.matrix("mse/y")?, values.matrix("mse/t")?);
    let on_dev = tensor(dev, &t, t.dim());
    let loss = ScalarLoss {
        plain: &|y| plain::mse(y, &t),
        backward: &|y| plain::mse_backward(y, &t),
        on_dfdx: &|y: Taped<D>| on_dfdx::mse(y, on_dev.clone()),
    };
    let reference = (values.scalar("mse/loss")?, &values.matrix("mse/d_y")?);
    Ok(loss.errors(dev, &y, reference))
}

/// A vector of classes from the reference file.
///
/// # Errors
/// There is no such vector.
pub fn classes(
    values: &mut Reference,
    name: &str,
) -> anyhow::Result<Vec<usize>> {
    Ok(values.vector(name)?.iter().map(|&c| c as usize).collect())
}

fn cross_entropy<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let s = values.matrix("cross_entropy/s")?;
    let t = classes(values, "cross_entropy/t")?;
    let one_hot = plain::one_hot::<f64>(&t, s.ncols());
    let on_dev = tensor(dev, &one_hot, one_hot.dim());
    let loss = ScalarLoss {
        plain: &|s| plain::cross_entropy(s, &t),
        backward: &|s| plain::cross_entropy_backward(s, &t),
        on_dfdx: &|s: Taped<D>| on_dfdx::cross_entropy(s, on_dev.clone()),
    };
    let reference = (
        values.scalar("cross_entropy/loss")?,
        &values.matrix("cross_entropy/d_s")?,
    );
    Ok(loss.errors(dev, &s, reference))
}

/// A whole network, 6 → 8 (leaky ReLU) → 4 (tanh) → 3, under cross-entropy.
fn mlp<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let activations =
        [Activation::LeakyRelu(0.2), Activation::Tanh, Activation::Identity];
    let net = reference_network(values, "mlp/", &activations)?;
    let d_ref = reference_network(values, "mlp/d_", &activations)?;
    let x = values.matrix("mlp/x")?;
    let t = classes(values, "mlp/t")?;
    let loss_of = |net: &Mlp<f64>, x: &Array2<f64>| {
        plain::cross_entropy(&net.output(x), &t)
    };
    let gradients = |x: &Array2<f64>| {
        let outputs = net.forward(x);
        let d_y =
            plain::cross_entropy_backward(&outputs[outputs.len() - 1], &t);
        net.backward(&outputs, d_y)
    };
    let one_hot = plain::one_hot::<f64>(&t, 3);
    let one_hot = tensor(dev, &one_hot, one_hot.dim());
    let other = OnDevice::new(dev, &net);
    let loss = ScalarLoss {
        plain: &|x| loss_of(&net, x),
        backward: &|x| gradients(x).0,
        on_dfdx: &|x| {
            on_dfdx::cross_entropy(other.forward(x), one_hot.clone())
        },
    };
    let reference = (values.scalar("mlp/loss")?, &values.matrix("mlp/d_x")?);
    let at_input = loss.errors(dev, &x, reference);

    let (_, d_net) = gradients(&x);
    let traced = tensor(dev, &x, x.dim()).leaky_trace();
    let tape = on_dfdx::cross_entropy(other.forward(traced), one_hot.clone())
        .backward();
    let at_parameters = [
        network_err(
            &d_net,
            &numeric_gradient_of_network(|net| loss_of(net, &x), &net),
        ),
        network_err(&d_net, &other.gradient(&tape)),
        network_err(&d_net, &d_ref),
    ];
    Ok([0, 1, 2].map(|n| worst([at_input[n], at_parameters[n]])))
}
