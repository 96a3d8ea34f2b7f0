//! The ledger of chapter 9: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use dfdx::prelude::{Backward, Device, Gradients, SumTo, Trace};
use gradients::compare::{H, Taped, TapedScalar, scalar_err, worst};
use gradients::on_dfdx::{gradients, to_plain};
use gradients::plain::{Activation, Layer, Parameters, numeric_gradient};
use lab::{
    Against, Reference, ReferenceError, Row, array, column, max_rel_err,
    rng_at, tensor, three_rows,
};
use ndarray::{Array1, Array2, Axis};

use crate::model::{Norm, Prior, Sizes};
use crate::on_dfdx;
use crate::pixelcnn::{Mask, PixelCnn, masked_conv, masked_conv_backward};
use crate::plain::{
    attention, attention_backward, embed, embed_backward, heads,
    heads_backward, shift_right,
};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// Codes of the reference file.
///
/// # Errors
/// The reference values cannot be read.
pub fn reference_codes(
    values: &mut Reference,
    name: &str,
) -> Result<Array2<usize>, ReferenceError> {
    Ok(values.matrix(name)?.mapv(|v| v as usize))
}

/// A model of the reference file's sizes whose parameters are the vector of this name.
///
/// # Errors
/// The reference values cannot be read, or do not fit.
pub fn reference_prior(
    values: &mut Reference,
    name: &str,
) -> anyhow::Result<Prior<f64>> {
    let sizes = values.vector("model/sizes")?.mapv(|v| v as usize).to_vec();
    let &[codes, places, width, heads, blocks] = &sizes[..] else {
        anyhow::bail!("expected five sizes, found {}", sizes.len());
    };
    let sizes = Sizes { codes, places, width, heads, blocks, classes: 0 };
    let mut prior = Prior::new(sizes, &mut rng_at(0, 0))?;
    fill(&mut prior, &values.vector(name)?)?;
    Ok(prior)
}

/// A PixelCNN of the reference file's sizes whose parameters are the vector of this name.
///
/// # Errors
/// The reference values cannot be read, or do not fit.
pub fn reference_pixelcnn(
    values: &mut Reference,
    name: &str,
) -> anyhow::Result<PixelCnn<f64>> {
    let sizes = values.vector("pixelcnn/sizes")?.mapv(|v| v as usize);
    let &[codes, places, width, blocks] = &sizes.to_vec()[..] else {
        anyhow::bail!("expected four sizes, found {}", sizes.len());
    };
    let (heads, classes) = (1, 0);
    let sizes = Sizes { codes, places, width, heads, blocks, classes };
    let mut net = PixelCnn::new(sizes, &mut rng_at(0, 0))?;
    fill(&mut net, &values.vector(name)?)?;
    Ok(net)
}

/// Puts numbers into the parameters of a model.
fn fill(
    model: &mut impl Parameters<f64>,
    flat: &Array1<f64>,
) -> anyhow::Result<()> {
    let all: usize = model.parameters().iter().map(|p| p.len()).sum();
    let found = flat.len();
    anyhow::ensure!(found == all, "expected {all} parameters, found {found}");
    let mut numbers = flat.iter();
    for p in &mut model.parameters_mut() {
        p.iter_mut().zip(&mut numbers).for_each(|(p, v)| *p = *v);
    }
    Ok(())
}

/// Largest relative error over all parameters of two gradients of one model; each array has a scale of its own, but
/// those that are zero up to rounding (a key's bias moves every score of a row alike) are held against the largest
/// gradient of all.
pub fn prior_err<M: Parameters<f64>>(a: &M, b: &M) -> f64 {
    let (a, b) = (a.parameters(), b.parameters());
    let all = b.iter().flat_map(|p| p.iter());
    let largest = all.fold(0.0_f64, |m, v| m.max(v.abs()));
    worst(a.iter().zip(&b).map(|(a, b)| {
        let scale = b.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        match scale < 1e-9 * largest {
            true => worst((a - b).iter().map(|v| v.abs() / largest)),
            false => max_rel_err(a, b),
        }
    }))
}

/// The gradient of `f` at every parameter of a model, by central differences.
pub fn numeric_gradient_of_prior<M: Parameters<f64> + Clone>(
    f: impl Fn(&M) -> f64,
    prior: &M,
) -> M {
    let mut slopes = prior.clone();
    let at = |n: usize, i: usize, by: f64| {
        let mut moved = prior.clone();
        let mut all = moved.parameters_mut();
        all[n].iter_mut().skip(i).take(1).for_each(|v| *v += by);
        f(&moved)
    };
    for (n, mut p) in slopes.parameters_mut().into_iter().enumerate() {
        for (i, slope) in p.iter_mut().enumerate() {
            *slope = (at(n, i, H) - at(n, i, -H)) / (2.0 * H);
        }
    }
    slopes
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
    add("embed", embeddings(&mut values, dev)?);
    add("norm", norm(&mut values, dev)?);
    add("attention", one_head(&mut values, dev)?);
    add("heads", several_heads(&mut values, dev)?);
    add("prior", whole(&mut values, dev)?);
    add("masked conv", masked(&mut values, dev)?);
    add("pixelcnn", whole_pixelcnn(&mut values, dev)?);
    Ok(rows)
}

/// The sum of `y` weighted by `d_y`: a loss whose gradient at `y` is `d_y`.
fn along<D: Device<f64>>(
    dev: &D,
    y: Taped<D>,
    d_y: &Array2<f64>,
) -> TapedScalar<D> {
    (y * tensor(dev, d_y, d_y.dim())).sum()
}

fn embeddings<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let seen = reference_codes(values, "embed/seen")?;
    let mut m = |name: &str| values.matrix(&format!("embed/{name}"));
    let (table, positions, x, d_x) =
        (m("table")?, m("positions")?, m("x")?, m("d_x")?);
    let sizes = (table.nrows(), positions.nrows());
    let here = embed(&table, &positions, &seen);
    let (d_table, d_positions) = embed_backward(&d_x, &seen, sizes);

    let loss =
        |t: &Array2<f64>, p: &Array2<f64>| (embed(t, p, &seen) * &d_x).sum();
    let difference = [
        max_rel_err(
            &d_table,
            &numeric_gradient(|t| loss(t, &positions), &table, H),
        ),
        max_rel_err(
            &d_positions,
            &numeric_gradient(|p| loss(&table, p), &positions, H),
        ),
    ];
    let on_dev = |a: &Array2<f64>| tensor(dev, a, a.dim());
    let (tt, tp) = (on_dev(&table), on_dev(&positions));
    let y = on_dfdx::embed(tt.leaky_trace(), tp.leaky_trace(), &seen);
    let same = max_rel_err(&here, &array(&y));
    let g = along(dev, y, &d_x).backward();
    let dfdx = [
        same,
        max_rel_err(&d_table, &array(&g.get(&tt))),
        max_rel_err(&d_positions, &array(&g.get(&tp))),
    ];
    let reference = [
        max_rel_err(&here, &x),
        max_rel_err(&d_table, &m("d_table")?),
        max_rel_err(&d_positions, &m("d_positions")?),
    ];
    Ok([worst(difference), worst(dfdx), worst(reference)])
}

fn norm<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let mut m = |name: &str| values.matrix(&format!("norm/{name}"));
    let (x, d_y, y, d_x_ref) = (m("x")?, m("d_y")?, m("y")?, m("d_x")?);
    let mut v = |name: &str| values.vector(&format!("norm/{name}"));
    let layer = Norm { gain: v("gain")?, bias: v("bias")? };
    let (d_gain, d_bias) = (v("d_gain")?, v("d_bias")?);
    let (pass, here) = layer.forward(&x);
    let (d_x, d) = layer.backward(&pass, d_y.clone());

    let loss = |x: &Array2<f64>, gain: &Array1<f64>, bias: &Array1<f64>| {
        let layer = Norm { gain: gain.clone(), bias: bias.clone() };
        (layer.forward(x).1 * &d_y).sum()
    };
    let Norm { gain, bias } = &layer;
    let difference = [
        max_rel_err(&d_x, &numeric_gradient(|x| loss(x, gain, bias), &x, H)),
        max_rel_err(
            &d.gain,
            &numeric_gradient(|g| loss(&x, g, bias), gain, H),
        ),
        max_rel_err(
            &d.bias,
            &numeric_gradient(|b| loss(&x, gain, b), bias, H),
        ),
    ];
    let tx = tensor(dev, &x, x.dim());
    let there = on_dfdx::Norm::new(dev, &layer);
    let ty = there.forward(tx.leaky_trace());
    let same = max_rel_err(&here, &array(&ty));
    let g = along(dev, ty, &d_y).backward();
    let dfdx = [
        same,
        max_rel_err(&d_x, &array(&g.get(&tx))),
        max_rel_err(&d.gain, &column(&g.get(&there.gain))),
        max_rel_err(&d.bias, &column(&g.get(&there.bias))),
    ];
    let reference = [
        max_rel_err(&here, &y),
        max_rel_err(&d_x, &d_x_ref),
        max_rel_err(&d.gain, &d_gain),
        max_rel_err(&d.bias, &d_bias),
    ];
    Ok([worst(difference), worst(dfdx), worst(reference)])
}

/// Attention in one of its two forms, with its gradients.
struct Form<'a> {
    name: &'static str,
    shape: (usize, usize),
    forward: &'a dyn Fn([&Array2<f64>; 3]) -> Array2<f64>,
    backward: &'a dyn Fn([&Array2<f64>; 3], &Array2<f64>) -> [Array2<f64>; 3],
}

impl Form<'_> {
    fn errors<D: Device<f64>>(
        &self,
        values: &mut Reference,
        dev: &D,
    ) -> anyhow::Result<[f64; 3]> {
        let mut m =
            |name: &str| values.matrix(&format!("{}/{name}", self.name));
        let qkv = [m("q")?, m("k")?, m("v")?];
        let (d_y, y) = (m("d_y")?, m("y")?);
        let expected = [m("d_q")?, m("d_k")?, m("d_v")?];
        let here = (self.forward)(qkv.each_ref());
        let d = (self.backward)(qkv.each_ref(), &d_y);
        let difference = [0, 1, 2].map(|n| {
            let loss = |x: &Array2<f64>| {
                let mut moved = qkv.each_ref();
                moved[n] = x;
                ((self.forward)(moved) * &d_y).sum()
            };
            max_rel_err(&d[n], &numeric_gradient(loss, &qkv[n], H))
        });
        let on_dev = qkv.each_ref().map(|x| tensor(dev, x, x.dim()));
        let ty = on_dfdx::heads(
            on_dev.each_ref().map(|x| x.leaky_trace()),
            &on_dfdx::later(dev, self.shape.0),
            self.shape.1,
        );
        let same = max_rel_err(&here, &array(&ty));
        let g: Gradients<f64, D> = along(dev, ty, &d_y).backward();
        let dfdx =
            [0, 1, 2].map(|n| max_rel_err(&d[n], &array(&g.get(&on_dev[n]))));
        let reference = [0, 1, 2].map(|n| max_rel_err(&d[n], &expected[n]));
        Ok([
            worst(difference),
            worst([same].into_iter().chain(dfdx)),
            worst([max_rel_err(&here, &y)].into_iter().chain(reference)),
        ])
    }
}

fn one_head<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let form = Form {
        name: "attention",
        shape: (5, 1),
        forward: &|x| {
            let [q, k, v] = x.map(|x| x.view());
            attention(q, k, v).1
        },
        backward: &|x, d_y| {
            let [q, k, v] = x.map(|x| x.view());
            let (p, _) = attention(q, k, v);
            attention_backward((q, k, v), &p, d_y.view())
        },
    };
    form.errors(values, dev)
}

fn several_heads<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (t, h) = (4, 3);
    let form = Form {
        name: "heads",
        shape: (t, h),
        forward: &|x| heads(x, t, h).1,
        backward: &|x, d_y| {
            let (p, _) = heads(x, t, h);
            heads_backward(x, &p, d_y, t)
        },
    };
    form.errors(values, dev)
}

fn whole<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let prior = reference_prior(values, "model/parameters")?;
    let codes = reference_codes(values, "model/codes")?;
    let (loss, d) = prior.loss_and_gradient(&codes)?;
    let of = |prior: &Prior<f64>| match prior.loss_and_gradient(&codes) {
        Ok((loss, _)) => loss,
        Err(_) => f64::NAN,
    };
    let difference = prior_err(&d, &numeric_gradient_of_prior(of, &prior));
    let there = on_dfdx::Prior::new(dev, &prior);
    let seen = shift_right(&codes, prior.codes());
    let (theirs, d_there) = there.learn(&seen, &codes);
    let same = scalar_err(loss, theirs.as_vec()[0]);
    let theirs = to_plain(&prior, &gradients(&there, &d_there));
    let expected = reference_prior(values, "model/gradient")?;
    let logits = prior.forward(&codes)?.logits;
    Ok([
        difference,
        worst([same, prior_err(&d, &theirs)]),
        worst([
            scalar_err(loss, values.scalar("model/loss")?),
            max_rel_err(&logits, &values.matrix("model/logits")?),
            prior_err(&d, &expected),
        ]),
    ])
}

fn masked<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let side = 3;
    let mut m = |name: &str| values.matrix(&format!("masked/{name}"));
    let (x, w, d_y) = (m("x")?, m("w")?, m("d_y")?);
    let b = values.vector("masked/b")?;
    let layer = Layer { w, b, activation: Activation::Identity };
    let mut errors = [0.0_f64; 3];
    for (mask, name) in [(Mask::A, "a"), (Mask::B, "b")] {
        let kind = (mask, side);
        let y = masked_conv(&x, &layer, kind);
        let (d_x, d) = masked_conv_backward(&x, &layer, &d_y, kind);

        let loss = |x: &Array2<f64>, layer: &Layer<f64>| {
            (masked_conv(x, layer, kind) * &d_y).sum()
        };
        let of_w = |w: &Array2<f64>| {
            loss(&x, &Layer { w: w.clone(), ..layer.clone() })
        };
        let of_b = |b: &Array1<f64>| {
            loss(&x, &Layer { b: b.clone(), ..layer.clone() })
        };
        let difference = [
            max_rel_err(&d_x, &numeric_gradient(|x| loss(x, &layer), &x, H)),
            max_rel_err(&d.w, &numeric_gradient(of_w, &layer.w, H)),
            max_rel_err(&d.b, &numeric_gradient(of_b, &layer.b, H)),
        ];
        let there = gradients::on_dfdx::Layer::new(dev, &layer);
        let ones = on_dfdx::pixelcnn::ones(dev, mask, layer.w.dim());
        let tx = tensor(dev, &x, x.dim());
        let ty = on_dfdx::pixelcnn::masked_conv(
            tx.leaky_trace(),
            &there,
            &ones,
            side,
        );
        let same = max_rel_err(&y, &array(&ty));
        let g = along(dev, ty, &d_y).backward();
        let dfdx = [
            same,
            max_rel_err(&d_x, &array(&g.get(&tx))),
            max_rel_err(&d.w, &array(&g.get(&there.w))),
            max_rel_err(&d.b, &column(&g.get(&there.b))),
        ];
        let mut m =
            |what: &str| values.matrix(&format!("masked/{name}/{what}"));
        let reference = [
            max_rel_err(&y, &m("y")?),
            max_rel_err(&d_x, &m("d_x")?),
            max_rel_err(&d.w, &m("d_w")?),
            max_rel_err(&d.b, &values.vector(&format!("masked/{name}/d_b"))?),
        ];
        let found = [worst(difference), worst(dfdx), worst(reference)];
        errors = [0, 1, 2].map(|n| errors[n].max(found[n]));
    }
    Ok(errors)
}

fn whole_pixelcnn<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let net = reference_pixelcnn(values, "pixelcnn/parameters")?;
    let codes = reference_codes(values, "pixelcnn/codes")?;
    let (loss, d) = net.loss_and_gradient(&codes)?;
    let of = |net: &PixelCnn<f64>| match net.loss_and_gradient(&codes) {
        Ok((loss, _)) => loss,
        Err(_) => f64::NAN,
    };
    let difference = prior_err(&d, &numeric_gradient_of_prior(of, &net));
    let there = on_dfdx::pixelcnn::PixelCnn::new(dev, &net);
    let (theirs, d_there) = there.learn(&codes);
    let same = scalar_err(loss, theirs.as_vec()[0]);
    let theirs = to_plain(&net, &gradients(&there, &d_there));
    let expected = reference_pixelcnn(values, "pixelcnn/gradient")?;
    let x = embed(&net.table, &net.positions, &codes);
    let logits = net.forward_rows(x).logits;
    Ok([
        difference,
        worst([same, prior_err(&d, &theirs)]),
        worst([
            scalar_err(loss, values.scalar("pixelcnn/loss")?),
            max_rel_err(&logits, &values.matrix("pixelcnn/logits")?),
            prior_err(&d, &expected),
        ]),
    ])
}

/// The largest entry of the Jacobian of the logits at place `i` with respect to the rows at places `from..`: by hand.
pub fn largest_jacobian(
    prior: &Prior<f64>,
    x: &Array2<f64>, // [T, W]
    i: usize,
    from: usize,
) -> f64 {
    let pass = prior.forward_rows(x.clone());
    let mut largest = 0.0_f64;
    for k in 0..prior.codes() {
        let mut d_logits = Array2::zeros(pass.logits.raw_dim()); // [T, K]
        d_logits[[i, k]] = 1.0;
        let (d_x, _) = prior.backward_rows(&pass, &d_logits); // [T, W]
        let later = d_x.axis_iter(Axis(0)).skip(from);
        largest = later.flatten().fold(largest, |m, v| m.max(v.abs()));
    }
    largest
}
