//! The ledger of chapter 10: every hand gradient against a finite difference, against dfdx, and against PyTorch.

use commitment_loss::plain::{Reduction, commitment_loss};
use commitment_loss::quantizer::{Quantizer, Settings};
use dfdx::prelude::{Backward, Device, SumTo, Trace};
use gradients::compare::{
    H, ScalarLoss, Taped, TapedScalar, reference_network, scalar_err, worst,
};
use gradients::on_dfdx::{gradients, to_plain};
use gradients::plain::{Activation, Parameters, last, mse, numeric_gradient};
use lab::{
    Against, Reference, ReferenceError, Row, array, max_rel_err, tensor,
    three_rows,
};
use ndarray::{Array2, ArrayD};
use stability::net::{Layer, Map, Net};
use stability::on_dfdx::net::Net as NetOnDevice;
use vq_vae::on_dfdx::Around;

use crate::model::Ends;
use crate::on_dfdx;
use crate::plain::{
    Balance, Coder, Critics, Form, Of, Perception, depth_to_space, opinion,
    space_to_depth, step,
};

/// This chapter's reference values.
///
/// # Errors
/// The file is not there or damaged.
pub fn reference() -> Result<Reference, ReferenceError> {
    Reference::of_chapter(env!("CARGO_MANIFEST_DIR"))
}

/// The form of the reference file's pictures, and the side of a patch.
pub const OF: Of = (Form { side: 8, channels: 3 }, 4);
/// Lines and columns of their grid of codes.
pub const GRID: usize = 2;
/// The weight of the commitment term in the reference file.
pub const BETA: f64 = 0.25;
/// What the distance of features counts there.
pub const PERCEPTUAL: f64 = 0.7;
/// How the discriminator's opinion is weighed there.
pub const BALANCE: Balance =
    Balance { share: 0.6, adaptive: true, most: 1e3 };

const LEAKY: Activation = Activation::LeakyRelu(0.2);
const LINEAR: Activation = Activation::Identity;
const LAYERS: [Activation; 3] = [Activation::Relu, Activation::Relu, LINEAR];
const DOWN: [(Map, Activation); 3] = [
    (Map::Down { side: 8 }, LEAKY),
    (Map::Down { side: 4 }, LEAKY),
    (Map::Down { side: 2 }, LINEAR),
];
const UP: [(Map, Activation); 2] =
    [(Map::Up { side: 2 }, LEAKY), (Map::Up { side: 4 }, LINEAR)];

/// Both kinds of ends, by their names in the reference file.
pub const ENDS: [(&str, Ends); 2] =
    [("patches", Ends::Patches), ("windows", Ends::Windows)];

fn net(
    values: &mut Reference,
    prefix: &str,
    layers: &[(Map, Activation)],
) -> anyhow::Result<Net<f64>> {
    let activations: Vec<_> = layers.iter().map(|l| l.1).collect();
    let of = reference_network(values, prefix, &activations)?;
    let layer = |(l, (map, _)): (gradients::plain::Layer<f64>, &(Map, _))| {
        Layer { map: *map, w: l.w, b: l.b, activation: l.activation }
    };
    let layers = of.layers.into_iter().zip(layers);
    Ok(Net { layers: layers.map(layer).collect() })
}

fn coder(
    values: &mut Reference,
    ends: Ends,
    [half, end]: [&str; 2],
    layers: &[(Map, Activation)],
) -> anyhow::Result<Coder<f64>> {
    let half = reference_network(values, half, &LAYERS)?;
    let layers = match ends {
        Ends::Patches => &[],
        Ends::Windows => layers,
    };
    Ok(Coder { half, end: net(values, end, layers)? })
}

/// A network of the reference file.
pub struct Case {
    /// `patches/` or `windows/`.
    pub name: String,
    /// What stands between grid and pixels.
    pub ends: Ends,
    /// Of one block.
    pub encoder: Coder<f64>,
    /// Of one block.
    pub decoder: Coder<f64>,
    /// Its codebook.
    pub quantizer: Quantizer<f64>,
}

/// What judges in the reference file.
pub struct Judges {
    /// The ruler of features.
    pub ruler: Perception<f64>,
    /// The discriminator.
    pub discriminator: Net<f64>,
}

impl Case {
    /// That with these ends.
    ///
    /// # Errors
    /// The reference values cannot be read.
    pub fn new(
        values: &mut Reference,
        (name, ends): (&str, Ends),
    ) -> anyhow::Result<Self> {
        let of = |part: &str| format!("{name}/{part}/");
        let [encoder, into] = [of("encoder"), of("into")];
        let [decoder, back] = [of("decoder"), of("back")];
        let settings = Settings { beta: BETA, ..Settings::default() };
        let codebook = values.matrix(&format!("{name}/step/codebook"))?;
        Ok(Self {
            encoder: coder(values, ends, [&encoder, &into], &DOWN[..2])?,
            decoder: coder(values, ends, [&decoder, &back], &UP)?,
            quantizer: Quantizer::new(codebook, settings)?,
            name: format!("{name}/"),
            ends,
        })
    }

    fn matrix(
        &self,
        values: &mut Reference,
        name: &str,
    ) -> anyhow::Result<Array2<f64>> {
        Ok(values.matrix(&format!("{}{name}", self.name))?)
    }

    /// What the file says of the encoder or the decoder: a gradient.
    fn gradient(
        &self,
        values: &mut Reference,
        [half, end]: [&str; 2],
        layers: &[(Map, Activation)],
    ) -> anyhow::Result<Coder<f64>> {
        let [half, end] = [half, end].map(|n| format!("{}{n}", self.name));
        coder(values, self.ends, [&half, &end], layers)
    }
}

impl Judges {
    /// Those of the file.
    ///
    /// # Errors
    /// The reference values cannot be read.
    pub fn new(values: &mut Reference) -> anyhow::Result<Self> {
        let scales = values.vector("ruler/scales")?.to_vec();
        let net_of_ruler = net(values, "ruler/", &DOWN[..2])?;
        Ok(Self {
            ruler: Perception { net: net_of_ruler, scales },
            discriminator: net(values, "judge/", &DOWN)?,
        })
    }

    /// Both of them, with their weights.
    pub fn critics(&self) -> Critics<'_, f64> {
        Critics {
            perception: Some((&self.ruler, PERCEPTUAL)),
            discriminator: Some((&self.discriminator, BALANCE)),
        }
    }
}

/// The gradient of `f` at every parameter, by central differences.
pub fn numeric_gradients<P: Parameters<f64> + Clone>(
    f: impl Fn(&P) -> f64,
    model: &P,
) -> P {
    let mut slopes = model.clone();
    for (n, mut slope) in slopes.parameters_mut().into_iter().enumerate() {
        let at = |p: &ArrayD<f64>| {
            let mut model = model.clone();
            model.parameters_mut()[n].assign(p);
            f(&model)
        };
        let p = model.parameters()[n].to_owned();
        slope.assign(&numeric_gradient(at, &p, H));
    }
    slopes
}

/// Largest relative error over all parameters of two gradients.
pub fn parameters_err<P: Parameters<f64>>(a: &P, b: &P) -> f64 {
    let (a, b) = (a.parameters(), b.parameters());
    assert_eq!(a.len(), b.len(), "gradients of one network");
    worst(a.iter().zip(&b).map(|(a, b)| max_rel_err(a, b)))
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
    let values = &mut values;
    let mut rows = Vec::new();
    let mut add = |function, errors| {
        rows.extend(three_rows(function, dfdx, errors));
    };
    add("space_to_depth", to_depth(values, dev)?);
    add("depth_to_space", to_space(values, dev)?);
    add("perceptual_distance", perceptual(values, dev)?);
    add("opinion", adversarial(values, dev)?);
    for of in ENDS {
        let case = Case::new(values, of)?;
        let [encoded, decoded, at_last, stepped] = match of.1 {
            Ends::Patches => [
                "encode_patches",
                "decode_patches",
                "last_weights_patches",
                "step_patches",
            ],
            Ends::Windows => [
                "encode_windows",
                "decode_windows",
                "last_weights_windows",
                "step_windows",
            ],
        };
        add(encoded, encode(values, &case, dev)?);
        add(decoded, decode(values, &case, dev)?);
        add(at_last, last_weights(values, &case, dev)?);
        add(stepped, whole(values, &case, dev)?);
    }
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
    let (x, m) = (values.matrix("x")?, values.matrix("depth/rows")?);
    let (form, patch) = OF;
    let loss = ScalarLoss {
        plain: &|x| (space_to_depth(x, form, patch) * &m).sum(),
        backward: &|_| depth_to_space(&m, form, patch),
        on_dfdx: &|x: Taped<D>| {
            weighted(dev, on_dfdx::space_to_depth(x, form, patch), &m)
        },
    };
    Ok(loss.errors(dev, &x, ((&m * &m).sum(), &x)))
}

fn to_space<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (m, rows) = (values.matrix("x")?, values.matrix("depth/rows")?);
    let (form, patch) = OF;
    let loss = ScalarLoss {
        plain: &|rows| (depth_to_space(rows, form, patch) * &m).sum(),
        backward: &|_| space_to_depth(&m, form, patch),
        on_dfdx: &|rows: Taped<D>| {
            weighted(dev, on_dfdx::depth_to_space(rows, form, patch), &m)
        },
    };
    Ok(loss.errors(dev, &rows, ((&m * &m).sum(), &rows)))
}

/// Eq. 10.2 and 10.3, and the scales that the ruler takes of the first batch.
fn perceptual<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let (x, y) = (values.matrix("x")?, values.matrix("other")?);
    let Judges { ruler, discriminator } = Judges::new(values)?;
    let expected = values.scalar("distance/value")?;
    let d = values.matrix("distance/d")?;
    let there = on_dfdx::Perception::new(dev, &ruler);
    let loss = ScalarLoss {
        plain: &|y| ruler.distance(&x, y).0,
        backward: &|y| ruler.distance(&x, y).1,
        on_dfdx: &|y: Taped<D>| there.distance(tensor(dev, &x, x.dim()), y),
    };
    let [difference, other, same] = loss.errors(dev, &y, (expected, &d));
    // `new` takes the last layer away, whatever it is.
    let mut whole = ruler.net.clone();
    whole.layers.extend(discriminator.layers.into_iter().next_back());
    let measured = Perception::new(whole, &x).scales;
    let scales = measured.iter().zip(&ruler.scales);
    let scales = worst(scales.map(|(a, b)| scalar_err(*a, *b)));
    Ok([difference, other, worst([same, scales])])
}

/// Eq. 10.4, through the discriminator.
fn adversarial<D: Device<f64>>(
    values: &mut Reference,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let y = values.matrix("other")?;
    let d = Judges::new(values)?.discriminator;
    let expected = values.scalar("opinion/value")?;
    let d_y = values.matrix("opinion/d")?;
    let there = NetOnDevice::new(dev, &d);
    let loss = ScalarLoss {
        plain: &|y| opinion(&d, y).0,
        backward: &|y| opinion(&d, y).1,
        on_dfdx: &|y: Taped<D>| on_dfdx::opinion(&there, y),
    };
    Ok(loss.errors(dev, &y, (expected, &d_y)))
}

/// The latents, and the encoder's gradient at everything in it.
fn encode<D: Device<f64>>(
    values: &mut Reference,
    case: &Case,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let x = values.matrix("x")?;
    let m = case.matrix(values, "m_z")?;
    let encoder = &case.encoder;
    let coded = encoder.encode(&x, OF);
    let d = encoder.encode_backward(&coded, &m, OF);
    let of = |e: &Coder<f64>| (e.encode(&x, OF).half.y * &m).sum();

    let there = on_dfdx::Coder::new(dev, encoder);
    let around = Around::new(dev, x.nrows(), GRID);
    let on_x = tensor(dev, &x, x.dim()).leaky_traced();
    let z_e = there.encode(on_x, OF, &around);
    let by_tape = array(&z_e);
    let tape = weighted(dev, z_e, &m).backward();
    let d_tape = to_plain(encoder, &gradients(&there, &tape));

    let names = ["encode/half_d_", "encode/end_d_"];
    let expected = case.gradient(values, names, &DOWN[..2])?;
    Ok([
        parameters_err(&d, &numeric_gradients(of, encoder)),
        worst([
            max_rel_err(&coded.half.y, &by_tape),
            parameters_err(&d, &d_tape),
        ]),
        worst([
            max_rel_err(&coded.half.y, &case.matrix(values, "z_e")?),
            parameters_err(&d, &expected),
        ]),
    ])
}

/// The pictures, and the decoder's gradient at latents and at everything in it.
fn decode<D: Device<f64>>(
    values: &mut Reference,
    case: &Case,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [z, m] = [case.matrix(values, "z")?, case.matrix(values, "m_x")?];
    let decoder = &case.decoder;
    let coded = decoder.decode(&z, OF);
    let y = last(&coded.end);
    let (d_z, d) = decoder.decode_backward(&coded, m.clone(), OF);
    let made = |of: &Coder<f64>, z: &Array2<f64>| {
        (last(&of.decode(z, OF).end) * &m).sum()
    };
    let slope = numeric_gradient(|z| made(decoder, z), &z, H);
    let slopes = numeric_gradients(|of| made(of, &z), decoder);

    let there = on_dfdx::Coder::new(dev, decoder);
    let around = Around::new(dev, m.nrows(), GRID);
    let on_z = tensor(dev, &z, z.dim());
    let drawn = there.decode(on_z.leaky_trace(), OF, &around);
    let by_tape = array(&drawn);
    let tape = weighted(dev, drawn, &m).backward();
    let d_tape = to_plain(decoder, &gradients(&there, &tape));

    let names = ["decode/half_d_", "decode/end_d_"];
    let expected = case.gradient(values, names, &UP)?;
    Ok([
        worst([max_rel_err(&d_z, &slope), parameters_err(&d, &slopes)]),
        worst([
            max_rel_err(y, &by_tape),
            max_rel_err(&d_z, &array(&tape.get(&on_z))),
            parameters_err(&d, &d_tape),
        ]),
        worst([
            max_rel_err(y, &case.matrix(values, "y")?),
            max_rel_err(&d_z, &case.matrix(values, "d_z")?),
            parameters_err(&d, &expected),
        ]),
    ])
}

/// The weights of the decoder's last layer.
pub fn last_of<F>(decoder: &mut Coder<F>) -> &mut Array2<F> {
    let half = decoder.half.layers.last_mut().map(|l| &mut l.w);
    let end = decoder.end.layers.last_mut().map(|l| &mut l.w);
    end.or(half).expect("a decoder has a last layer")
}

/// Eq. 10.5.
fn last_weights<D: Device<f64>>(
    values: &mut Reference,
    case: &Case,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let [z, m] = [case.matrix(values, "z")?, case.matrix(values, "m_x")?];
    let mut decoder = case.decoder.clone();
    let coded = decoder.decode(&z, OF);
    let d_w = decoder.at_last_weights(&coded, &m, OF);
    let there = on_dfdx::Coder::new(dev, &decoder);
    let w = last_of(&mut decoder).clone();
    let of = |w: &Array2<f64>| {
        let mut decoder = case.decoder.clone();
        last_of(&mut decoder).assign(w);
        (last(&decoder.decode(&z, OF).end) * &m).sum()
    };
    let around = Around::new(dev, m.nrows(), GRID);
    let h = there.before_last(tensor(dev, &z, z.dim()), OF, &around);
    let by_tape = there.at_last_weights(&h, tensor(dev, &m, m.dim()), OF);
    let names = ["decode/half_d_", "decode/end_d_"];
    let mut expected = case.gradient(values, names, &UP)?;
    Ok([
        max_rel_err(&d_w, &numeric_gradient(of, &w, H)),
        max_rel_err(&d_w, &array(&by_tape)),
        max_rel_err(&d_w, last_of(&mut expected)),
    ])
}

/// The whole step with both critics: its terms, and the gradient at every parameter.
fn whole<D: Device<f64>>(
    values: &mut Reference,
    case: &Case,
    dev: &D,
) -> anyhow::Result<[f64; 3]> {
    let x = values.matrix("x")?;
    let judges = Judges::new(values)?;
    let Case { encoder, decoder, quantizer, .. } = case;
    let nets = (encoder, decoder);
    let done = step(nets, quantizer, judges.critics(), &x, OF)?;
    let (z_e, z_q) = (&done.z_e, &done.found.quantized.z_q);
    let mine = [
        done.reconstruction,
        done.perceptual,
        done.adversarial,
        done.found.commitment_loss,
        done.lambda,
    ];
    let terms = |of: [f64; 5]| {
        worst(mine.iter().zip(of).map(|(a, b)| scalar_err(*a, b)))
    };
    let both = |d_encoder: &Coder<f64>, d_decoder: &Coder<f64>| {
        worst([
            parameters_err(&done.d_encoder, d_encoder),
            parameters_err(&done.d_decoder, d_decoder),
        ])
    };

    let bracket = z_q - z_e; // what the straight-through step holds fast
    let of_pixels = |decoder: &Coder<f64>, z: &Array2<f64>| {
        let drawn = decoder.decode(z, OF);
        let x_hat = last(&drawn.end); // [B, H·W·C]
        mse(x_hat, &x)
            + judges.ruler.distance(&x, x_hat).0 * PERCEPTUAL
            + opinion(&judges.discriminator, x_hat).0 * done.lambda
    };
    let of_encoder = |encoder: &Coder<f64>| {
        let z = encoder.encode(&x, OF).half.y; // [N, D]
        of_pixels(decoder, &(&z + &bracket))
            + commitment_loss(&z, z_q, BETA, Reduction::Mean)
    };
    let of_decoder = |decoder: &Coder<f64>| of_pixels(decoder, z_q);
    let difference = both(
        &numeric_gradients(of_encoder, encoder),
        &numeric_gradients(of_decoder, decoder),
    );

    let [enc, dec] = [encoder, decoder].map(|c| on_dfdx::Coder::new(dev, c));
    let ruler = on_dfdx::Perception::new(dev, &judges.ruler);
    let d = NetOnDevice::new(dev, &judges.discriminator);
    let critics = on_dfdx::Critics {
        perception: Some((&ruler, PERCEPTUAL)),
        discriminator: Some((&d, BALANCE)),
    };
    let codebook = quantizer.codebook();
    let codebook = tensor(dev, codebook, codebook.dim());
    let around = Around::new(dev, x.nrows(), GRID);
    let there = on_dfdx::step(
        (&enc, &dec),
        (&codebook, quantizer.settings()),
        critics,
        tensor(dev, &x, x.dim()),
        (OF, &around),
    );
    let judged = &there.judged;
    let by_tape = [
        &judged.reconstruction,
        &judged.perceptual,
        &judged.adversarial,
        &there.commitment,
        &judged.lambda,
    ];
    let other = worst([
        terms(by_tape.map(|t| t.as_vec()[0])),
        both(
            &to_plain(encoder, &gradients(&enc, &there.d)),
            &to_plain(decoder, &gradients(&dec, &there.d)),
        ),
    ]);

    let mut said = [0.0; 5];
    let names = [
        "reconstruction",
        "perceptual",
        "adversarial",
        "commitment",
        "lambda",
    ];
    for (to, name) in said.iter_mut().zip(names) {
        *to = values.scalar(&format!("{}step/{name}", case.name))?;
    }
    let of_encoder = ["step/encoder_d_", "step/into_d_"];
    let of_encoder = case.gradient(values, of_encoder, &DOWN[..2])?;
    let of_decoder = ["step/decoder_d_", "step/back_d_"];
    let of_decoder = case.gradient(values, of_decoder, &UP)?;
    let reference = worst([terms(said), both(&of_encoder, &of_decoder)]);
    Ok([difference, other, reference])
}
