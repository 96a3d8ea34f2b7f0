//! The checks of this chapter's exercises.

use commitment_loss::quantizer::{Learning, Quantizer, Settings};
use gradients::plain::{
    Activation, Adam, AdamConfig, Layer, Mlp, Parameters, init_layer, mse,
    mse_backward,
};
use lab::{Diagnosis, judge, judge_number, rng_at};
use ndarray::{Array1, Array2, Axis, array};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use vq_vae::plain::{half, half_backward};

const TWO: usize = 2;

/// Two grids of 3 × 3 with two channels; no number occurs twice.
fn grids() -> Array2<f64> {
    Array2::from_shape_fn((18, TWO), |(n, c)| {
        1.0 + n as f64 + 0.01 * (n * n) as f64 + 100.0 * c as f64
    })
}

/// The rows around each place of 3 × 3, and what `edge` says beyond it.
fn around(edge: impl Fn(isize) -> Option<isize>) -> Vec<[Option<usize>; 9]> {
    let row = |n: usize| {
        std::array::from_fn(|tap| {
            let line = edge((n / 3 % 3 + tap / 3) as isize - 1)?;
            let column = edge((n % 3 + tap % 3) as isize - 1)?;
            Some(n / 9 * 9 + (3 * line + column) as usize)
        })
    };
    (0..18).map(row).collect()
}

fn zeros(v: isize) -> Option<isize> {
    (0..3).contains(&v).then_some(v)
}

/// Rows of nine copies, in the place that `order` gives tap and channel.
fn laid_out(
    around: &[[Option<usize>; 9]],
    order: impl Fn(usize, usize) -> usize,
) -> Array2<f64> {
    let x = grids();
    let mut columns = Array2::zeros((18, 9 * TWO));
    for (n, taps) in around.iter().enumerate() {
        for (tap, m) in taps.iter().enumerate() {
            for c in 0..TWO {
                columns[[n, order(tap, c)]] = m.map_or(0.0, |m| x[[m, c]]);
            }
        }
    }
    columns
}

pub fn im2col(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A convolution is a matrix product, equation 8.2";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let usual = |tap: usize, c: usize| TWO * tap + c;
    let right = laid_out(&around(zeros), usual);
    let flat = |n: usize| {
        std::array::from_fn(|tap| {
            let m = (n + tap / 3 * 3 + tap % 3).checked_sub(4)?;
            (m < 18).then_some(m)
        })
    };
    let flat: Vec<[Option<usize>; 9]> = (0..18).map(flat).collect();
    judge(
        &right,
        &candidate(&grids(), 3),
        1e-12,
        vec![
            (
                laid_out(&around(|v| Some(v.rem_euclid(3))), usual),
                told(
                    "around the edge",
                    "What leaves the grid on one side comes back on the other. Zeros stand beyond the edge.",
                ),
            ),
            (
                laid_out(&around(|v| Some(v.clamp(0, 2))), usual),
                told(
                    "edge repeated",
                    "Beyond the edge the last line and the last column are repeated. Zeros stand there.",
                ),
            ),
            (
                laid_out(&around(zeros), |tap, c| 9 * c + tap),
                told(
                    "channels outside",
                    "The nine values of one channel lie together. All channels of one place do, so that they can be \
                     copied in one piece; the weights are in the same order.",
                ),
            ),
            (
                laid_out(&around(zeros), |tap, c| usual(8 - tap, c)),
                told(
                    "upside down",
                    "The neighbours come in the opposite order: the last is the one up and to the left. That is what \
                     the gradient needs, not the forward pass.",
                ),
            ),
            (
                laid_out(&flat, usual),
                told(
                    "across the edge",
                    "A step to the left of the first column led to the end of the line above, or into another image. \
                     Line and column have to be looked at one by one.",
                ),
            ),
        ],
        told("value", "The columns are wrong."),
    )
}

pub fn col2im(
    candidate: fn(&Array2<f64>, usize) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str =
        "chapter 8, § A convolution is a matrix product, equation 8.4";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let d = Array2::from_shape_fn((18, 9 * TWO), |(n, t)| {
        ((7 * n + 5 * t) % 23) as f64 - 11.0 + 0.1 * t as f64
    });
    let around = around(zeros);
    let shape = (18, TWO);
    let [mut right, mut last, mut same] =
        [(); 3].map(|()| Array2::zeros(shape));
    let mut counts: Array1<f64> = Array1::zeros(18);
    for (n, taps) in around.iter().enumerate() {
        for (tap, m) in taps.iter().enumerate() {
            let Some(m) = *m else { continue };
            counts[m] += 1.0;
            for c in 0..TWO {
                right[[m, c]] += d[[n, TWO * tap + c]];
                last[[m, c]] = d[[n, TWO * tap + c]];
                same[[n, c]] += d[[m, TWO * tap + c]];
            }
        }
    }
    let mut mean = right.clone();
    for (mut row, count) in mean.rows_mut().into_iter().zip(&counts) {
        row /= *count;
    }
    let middle = d.slice(ndarray::s![.., 4 * TWO..5 * TWO]).to_owned();
    judge(
        &right,
        &candidate(&d, 3),
        1e-10,
        vec![
            (
                last,
                told(
                    "last one wins",
                    "Each copy overwrote what the one before had said. A number was copied up to nine times; the \
                     gradients of its copies add up.",
                ),
            ),
            (
                mean,
                told(
                    "averaged",
                    "The copies were averaged. A sum in the forward pass, which the product takes, is a sum here too.",
                ),
            ),
            (
                same,
                told(
                    "same direction",
                    "Each place collected from its neighbour in direction t what that one says about *its own* \
                     direction t. Seen from the neighbour, this place lies in the opposite direction, 8 - t.",
                ),
            ),
            (
                middle,
                told(
                    "middle alone",
                    "Only the copy in the middle was counted. The eight others are the same number and have gradients \
                     too.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn residual_backward(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § Two halves, equation 8.6";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let a = array![[0.5, 0.0, 1.2], [0.0, 2.0, 0.3]];
    let d_h = array![[0.7, -0.4, 0.2], [1.1, -0.9, 0.6]];
    let d_a = array![[-0.3, 0.8, 0.5], [0.25, 0.15, -1.4]];
    let mask = a.mapv(|v| if v > 0.0 { 1.0 } else { 0.0 });
    judge(
        &(&d_h + &(&d_a * &mask)),
        &candidate(&a, &d_h, &d_a),
        1e-12,
        vec![
            (
                &d_a * &mask,
                told(
                    "convolution alone",
                    "The shortcut is missing: h holds s itself as well, so its gradient reaches s unchanged.",
                ),
            ),
            (
                d_h.clone(),
                told(
                    "shortcut alone",
                    "The way through the convolution is missing; nothing trains what lies before it to help it.",
                ),
            ),
            (
                &d_h + &d_a,
                told(
                    "no ReLU",
                    "The convolution sees a, not s: where the ReLU gave 0, nothing comes back by that way.",
                ),
            ),
            (
                (&d_h + &d_a) * &mask,
                told(
                    "ReLU on both ways",
                    "The shortcut starts before the ReLU, so what comes back by it does not pass one.",
                ),
            ),
        ],
        told("value", "The gradient is wrong."),
    )
}

pub fn decoder_input(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> Array2<f64>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § One step, equation 8.7";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let codebook = array![[0.0, 0.5], [1.0, 1.0], [4.0, 3.0]];
    let z_e = array![[0.9, 0.8], [0.1, 0.2], [2.0, 1.5], [-1.0, 0.0]];
    let of = |k: [usize; 4]| codebook.select(ndarray::Axis(0), &k);
    let right = of([1, 0, 1, 0]);
    judge(
        &right,
        &candidate(&z_e, &codebook),
        1e-12,
        vec![
            (
                z_e.clone(),
                told(
                    "the latent itself",
                    "This is z_e. A decoder that is trained on latents has never seen a code, and codes are all that \
                     is stored.",
                ),
            ),
            (
                (&z_e + &right) * 0.5,
                told(
                    "half way",
                    "This lies between the latent and its code. Of the two, only the code can be stored.",
                ),
            ),
            (
                of([2, 2, 2, 2]),
                told(
                    "the farthest",
                    "These are the farthest codes, not the nearest.",
                ),
            ),
            (
                of([2, 2, 2, 0]),
                told(
                    "largest product",
                    "The largest product favours long codes. The nearest code has the least squared distance.",
                ),
            ),
        ],
        told("value", "These are not the nearest codes."),
    )
}

pub fn mse_over_variance(
    candidate: fn(&Array2<f64>, &Array2<f64>) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § How good is it?, equation 8.9";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let x = array![[0.0, 0.9, 0.2], [0.1, 0.7, 1.0]];
    let y = array![[0.1, 0.8, 0.2], [0.0, 0.9, 0.7]];
    let mse = (&y - &x).mapv(|v| v * v).mean().unwrap_or(0.0);
    let variance = x.var(0.0);
    let each = x.var_axis(ndarray::Axis(0), 0.0).mean().unwrap_or(0.0);
    judge_number(
        mse / variance,
        candidate(&x, &y),
        1e-10,
        vec![
            (
                mse,
                told(
                    "undivided",
                    "This is the mean squared error itself. Its size depends on how much ink there is.",
                ),
            ),
            (
                mse / variance.sqrt(),
                told(
                    "over deviation",
                    "Divided by the standard deviation; an error that is squared wants a square.",
                ),
            ),
            (
                mse / each,
                told(
                    "pixel by pixel",
                    "Divided by the mean of each pixel's own variance. The convention is one mean for all pixels.",
                ),
            ),
            (
                mse * 3.0 / variance,
                told(
                    "summed over pixels",
                    "The squares of an image were added, not averaged.",
                ),
            ),
        ],
        told("value", "The number is wrong."),
    )
}

pub fn bits(
    candidate: fn(&Array2<f64>, &[usize]) -> f64,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § A file, equation 8.11";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let p = array![[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]];
    let map = [1, 1, 2];
    let of = |f: fn(f64) -> f64| -> f64 {
        map.iter().enumerate().map(|(n, &k)| f(p[[n, k]])).sum()
    };
    judge_number(
        of(|p| -p.log2()),
        candidate(&p, &map),
        1e-10,
        vec![
            (
                of(|p| -p.ln()),
                told(
                    "nats",
                    "This is in nats; a bit is a factor of two, log2.",
                ),
            ),
            (
                p.iter().map(|p| -p * p.log2()).sum(),
                told(
                    "on average",
                    "This is the entropy of the tables: what a map costs on average, not what this map costs.",
                ),
            ),
            (
                map.iter().map(|&k| -p[[0, k]].log2()).sum(),
                told(
                    "one table",
                    "The first place's table was used for every place; each has its own.",
                ),
            ),
            (
                of(|p| (-p.log2()).ceil()),
                told(
                    "whole bits",
                    "Every code was rounded up to whole bits. A range coder pays fractions, and rounds up once a file.",
                ),
            ),
            (
                3.0 * 3.0_f64.log2(),
                told(
                    "all alike",
                    "Every code was paid the same; the tables say that some are frequent.",
                ),
            ),
        ],
        told("value", "The number of bits is wrong."),
    )
}

pub fn cheapest(
    candidate: fn(&Array2<f64>, &Array2<f64>, &Array2<f64>) -> Vec<usize>,
) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § A price for bits, equation 8.13";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    let z = array![
        [0.5, 1.5],
        [-1.5, 0.0],
        [-1.5, -2.0],
        [0.0, 0.0],
        [2.0, -0.5],
        [-1.0, 1.0],
    ];
    let e = array![[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [-1.0, -1.0]];
    let p = array![
        [4.0, 2.0, 0.5, 7.0],
        [0.0, 0.0, 0.5, 1.0],
        [1.0, 1.0, 7.0, 1.0],
    ];
    let least = |cost: &dyn Fn(f64, usize, usize) -> f64| -> Array1<f64> {
        let of_latent = |n: usize| {
            let of = |k: usize| {
                let far = &z.row(n) - &e.row(k);
                cost(far.dot(&far), n, k)
            };
            let less = |a, b| if of(b) < of(a) { b } else { a };
            (1..4).fold(0, less) as f64
        };
        (0..6).map(of_latent).collect()
    };
    let found = candidate(&z, &e, &p);
    judge(
        &least(&|d, n, k| d + p[[n % 3, k]]),
        &found.iter().map(|&k| k as f64).collect(),
        1e-10,
        vec![
            (
                least(&|d, n, k| d - p[[n % 3, k]]),
                told(
                    "dear",
                    "The price was taken off: dear codes are preferred. It is added to the distance.",
                ),
            ),
            (
                least(&|d, _, k| d + p[[0, k]]),
                told(
                    "first place",
                    "The first place's prices were used for every latent. Row n of the latents is at place n modulo S².",
                ),
            ),
            (
                least(&|d, n, k| d + p[[n / 2, k]]),
                told(
                    "map for place",
                    "Latents of one place were taken to stand together. They stand map by map: row n is at place n modulo S².",
                ),
            ),
            (
                least(&|d, n, k| d.sqrt() + p[[n % 3, k]]),
                told(
                    "not squared",
                    "The distance was not squared. Prices are in units of squared distances.",
                ),
            ),
            (
                least(&|d, _, _| d),
                told(
                    "nearest",
                    "This is the nearest code; the prices were not looked at.",
                ),
            ),
            (
                least(&|_, n, k| p[[n % 3, k]]),
                told(
                    "price alone",
                    "This is the cheapest code, however far it is.",
                ),
            ),
        ],
        told("indices", "Other codes were expected."),
    )
}

/// What exercise 8.8 trains.
#[derive(Clone)]
struct Nets {
    encoder: Mlp<f64>,
    decoder: Mlp<f64>,
    quantizer: Quantizer<f64>,
}

/// Encoder, decoder, codebook, batches, side and variance, Adam's constants; to the errors.
type Trains = fn(
    &mut Mlp<f64>,
    &mut Mlp<f64>,
    &mut Quantizer<f64>,
    &[Array2<f64>],
    (usize, f64),
    AdamConfig,
) -> Vec<f64>;

/// What can be wrong with a training.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Slip {
    None,
    FedLatents,
    NoStraightThrough,
    NoCommitment,
    CodesForLatents,
    TargetForOutput,
    Undivided,
    ErrorUndivided,
    GradientUndivided,
    AllDivided,
    DecoderMovedFirst,
    CodebookFirst,
    CodebookStands,
    EncoderStands,
    DecoderStands,
    NothingMoves,
    StepStays,
    CountedFromOne,
    AdamAnew,
    ErrorBehindTheStep,
    FirstBatchAgain,
    ConstantsForgotten,
}

const SLIPS: [(Slip, &str, &str); 21] = [
    (
        Slip::FedLatents,
        "fed latents",
        "The decoder was trained on latents. It gets codes: only they are there when an image is decoded.",
    ),
    (
        Slip::NoStraightThrough,
        "no straight-through",
        "The encoder follows the commitment term alone. The gradient of the error at the decoder's input is handed past the lookup, \
         as if it were the latents'; `encoder_gradient` takes it as its third argument.",
    ),
    (
        Slip::NoCommitment,
        "no commitment",
        "The encoder follows the error alone. The commitment term has a gradient at the latents too; `encoder_gradient` adds it.",
    ),
    (
        Slip::CodesForLatents,
        "codes for latents",
        "Latents and codes came in the wrong order, so that the commitment term pushes latents away from their codes. \
         `encoder_gradient` takes z_e first, then z_q.",
    ),
    (
        Slip::TargetForOutput,
        "target for output",
        "The gradient of the error is that at the target, which is minus that at the output: the pictures get worse. `mse_backward` takes \
         the output first.",
    ),
    (
        Slip::Undivided,
        "undivided",
        "Neither the error nor its gradient is divided by the variance. Then the commitment term has another weight beside \
         it than in equation 8.7.",
    ),
    (
        Slip::ErrorUndivided,
        "error undivided",
        "What is learnt is right. The errors that came back are not divided by the variance.",
    ),
    (
        Slip::GradientUndivided,
        "gradient undivided",
        "The error is divided by the variance, and its gradient is not: the commitment term has another weight than in equation 8.7.",
    ),
    (
        Slip::AllDivided,
        "commitment divided too",
        "The commitment term's gradient was divided by the variance as well. In equation 8.7 the error alone is.",
    ),
    (
        Slip::DecoderMovedFirst,
        "decoder moved first",
        "The decoder had moved before the gradient passed its first weights on the way to the encoder. A gradient belongs to the weights \
         of the forward pass: all gradients first, then all steps.",
    ),
    (
        Slip::CodebookFirst,
        "codebook moved first",
        "The codebook moved before the decoder got its codes, which are then not those that the latents found. It learns last.",
    ),
    (
        Slip::CodebookStands,
        "the codebook stands still",
        "Encoder and decoder move, and the codebook stays where it was. `learn` moves it, if it is given the *latents*: the mean of \
         copies of a code is that code.",
    ),
    (
        Slip::EncoderStands,
        "the encoder stands still",
        "The encoder has not moved. Its gradient comes from `half_backward` of `encoder`, and its Adam takes a step of its own.",
    ),
    (
        Slip::DecoderStands,
        "the decoder stands still",
        "The decoder has not moved. Its gradient comes from `half_backward` of `decoder`, and its Adam takes a step of its own.",
    ),
    (
        Slip::NothingMoves,
        "copies are trained",
        "The errors are right, and what was to be trained has not moved. Were copies trained?",
    ),
    (
        Slip::StepStays,
        "the step size stays",
        "The step size stayed at its first value. In equation 8.8 it falls to zero: set `config.lr` of both Adams before each step.",
    ),
    (
        Slip::CountedFromOne,
        "counted from one",
        "The first step is already shorter, and the last one has no length: t was counted from 1. In equation 8.8 it begins at 0.",
    ),
    (
        Slip::AdamAnew,
        "an optimiser for each step",
        "The Adams were made anew for each step, so that their running means begin at zero again. Make them once, before the loop.",
    ),
    (
        Slip::ErrorBehindTheStep,
        "error behind the step",
        "What is learnt is right. The errors that came back are those behind each step; asked for are those before it.",
    ),
    (
        Slip::FirstBatchAgain,
        "the first batch again",
        "Every step saw the first batch.",
    ),
    (
        Slip::ConstantsForgotten,
        "constants forgotten",
        "This is Adam with its default constants, but for the step size. It was to be made of the `adam` that came.",
    ),
];

fn run(
    start: &Nets,
    batches: &[Array2<f64>],
    (side, variance): (usize, f64),
    adam: AdamConfig,
    slip: Slip,
) -> (Nets, Vec<f64>) {
    let adam = match slip {
        Slip::ConstantsForgotten => {
            AdamConfig { lr: adam.lr, ..AdamConfig::default() }
        }
        _ => adam,
    };
    let mut nets = start.clone();
    let anew = |nets: &Nets| {
        [&nets.encoder, &nets.decoder].map(|net| Adam::new(net, adam))
    };
    let (mut adams, mut errors) = (anew(&nets), Vec::new());
    for (t, own) in batches.iter().enumerate() {
        let x = if slip == Slip::FirstBatchAgain { &batches[0] } else { own };
        if slip == Slip::AdamAnew {
            adams = anew(&nets);
        }
        let left = |t: usize| 1.0 - t as f64 / batches.len() as f64;
        let left = match slip {
            Slip::StepStays => 1.0,
            Slip::CountedFromOne => left(t + 1),
            _ => left(t),
        };
        adams.iter_mut().for_each(|of| of.config.lr = adam.lr * left);
        let error = one_step(&mut nets, &mut adams, x, side, variance, slip);
        errors.push(match slip {
            Slip::ErrorBehindTheStep => {
                let z_e = half(&nets.encoder, x.clone(), side).y;
                let z_q = found(&nets, &z_e).0;
                mse(&half(&nets.decoder, z_q, side).y, x) / variance
            }
            Slip::Undivided | Slip::ErrorUndivided => error * variance,
            _ => error,
        });
    }
    match slip {
        Slip::NothingMoves => (start.clone(), errors),
        _ => (nets, errors),
    }
}

/// The codes of latents, and which.
fn found(nets: &Nets, z_e: &Array2<f64>) -> (Array2<f64>, Vec<usize>) {
    let found = nets.quantizer.quantize(z_e);
    let found = found.unwrap_or_else(|e| panic!("{e}")).quantized;
    (found.z_q, found.indices)
}

fn one_step(
    nets: &mut Nets,
    [adam_e, adam_d]: &mut [Adam<f64>; 2],
    x: &Array2<f64>,
    side: usize,
    variance: f64,
    slip: Slip,
) -> f64 {
    let encoded = half(&nets.encoder, x.clone(), side);
    let z_e = &encoded.y;
    let (mut z_q, indices) = found(nets, z_e);
    if slip == Slip::CodebookFirst {
        learn(nets, z_e, &indices);
        z_q = nets.quantizer.codebook().select(Axis(0), &indices);
    }
    let heard = if slip == Slip::FedLatents { z_e } else { &z_q };
    let decoded = half(&nets.decoder, heard.clone(), side);
    let over = match slip {
        Slip::Undivided | Slip::GradientUndivided => 1.0,
        _ => variance,
    };
    let d_x_hat = match slip {
        Slip::TargetForOutput => mse_backward(x, &decoded.y) / over,
        Slip::AllDivided => mse_backward(&decoded.y, x),
        _ => mse_backward(&decoded.y, x) / over,
    };
    let (d_s, mut d_decoder) =
        half_backward(&nets.decoder, &decoded, &d_x_hat, side);
    if slip == Slip::AllDivided {
        let divided = d_decoder.parameters_mut();
        divided.into_iter().for_each(|mut p| p /= variance);
    }
    if slip == Slip::DecoderMovedFirst {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    let mut d_z_q = d_s.dot(&nets.decoder.layers[0].w.t());
    if slip == Slip::NoStraightThrough {
        d_z_q.fill(0.0);
    }
    let d_z_e = match slip {
        Slip::NoCommitment => d_z_q,
        Slip::CodesForLatents => {
            nets.quantizer.encoder_gradient(&z_q, z_e, d_z_q)
        }
        Slip::AllDivided => {
            nets.quantizer.encoder_gradient(z_e, &z_q, d_z_q) / variance
        }
        _ => nets.quantizer.encoder_gradient(z_e, &z_q, d_z_q),
    };
    let (_, d_encoder) = half_backward(&nets.encoder, &encoded, &d_z_e, side);
    if slip != Slip::EncoderStands {
        adam_e.step(&mut nets.encoder, &d_encoder);
    }
    if !matches!(slip, Slip::DecoderStands | Slip::DecoderMovedFirst) {
        adam_d.step(&mut nets.decoder, &d_decoder);
    }
    if !matches!(slip, Slip::CodebookStands | Slip::CodebookFirst) {
        learn(nets, z_e, &indices);
    }
    mse(&decoded.y, x) / variance
}

fn learn(nets: &mut Nets, z_e: &Array2<f64>, indices: &[usize]) {
    let learnt = nets.quantizer.learn(z_e, indices, &mut rng_at(0, 0));
    learnt.unwrap_or_else(|e| panic!("{e}"));
}

/// Every number of a training: errors, encoder, decoder, codebook.
fn laid((nets, errors): &(Nets, Vec<f64>)) -> Array1<f64> {
    let halves = [&nets.encoder, &nets.decoder];
    let of = |net: &Mlp<f64>| {
        let all: Vec<f64> =
            net.parameters().iter().flat_map(|p| p.iter().copied()).collect();
        all
    };
    let codebook = nets.quantizer.codebook().iter().copied();
    errors
        .iter()
        .copied()
        .chain(halves.into_iter().flat_map(of))
        .chain(codebook)
        .collect()
}

fn differs(a: f64, b: f64) -> bool {
    let near = (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    !near // a NaN differs from everything
}

/// What differs first of two trainings: the errors, or a row of what was learnt.
fn first_difference(
    (right, errors): &(Nets, Vec<f64>),
    (came, yours): &(Nets, Vec<f64>),
) -> [String; 2] {
    if errors.iter().zip(yours).any(|(a, b)| differs(*a, *b)) {
        return [errors, yours].map(|e| match e.len() {
            0..=6 => format!("errors {e:.5?}"),
            _ => format!("errors {:.5?} …", &e[..6]),
        });
    }
    let row = |what: &str, a: &Array2<f64>, b: &Array2<f64>| {
        let pairs = a.rows().into_iter().zip(b.rows()).enumerate();
        let mut wrong = pairs.filter(|(_, (a, b))| {
            a.iter().zip(b).any(|(a, b)| differs(*a, *b))
        });
        let (n, (a, b)) = wrong.next()?;
        Some([a, b].map(|row| format!("row {n} of {what} {row:.5}")))
    };
    let halves = [
        ("encoder", &right.encoder, &came.encoder),
        ("decoder", &right.decoder, &came.decoder),
    ];
    for (name, right, came) in halves {
        for (n, (a, b)) in right.layers.iter().zip(&came.layers).enumerate() {
            let biases = |of: &Layer<f64>| of.b.clone().insert_axis(Axis(0));
            let what = format!("the weights of layer {n} of the {name}");
            let weights = row(&what, &a.w, &b.w);
            let what = format!("the biases of layer {n} of the {name}");
            let found = weights.or(row(&what, &biases(a), &biases(b)));
            if let Some(found) = found {
                return found;
            }
        }
    }
    let [a, b] = [right, came].map(|nets| nets.quantizer.codebook());
    row("the codebook", a, b).unwrap_or_default()
}

/// By how much errors are multiplied, if all are by the same, and it is not 1.
fn factor(right: &[f64], came: &[f64]) -> Option<f64> {
    let times = came.first()? / right.first()?;
    let mut pairs = right.iter().zip(came);
    let all = pairs.all(|(a, b)| (a * times - b).abs() <= 1e-9 * b.abs());
    (right.len() > 1 && all && (times - 1.0).abs() > 1e-6).then_some(times)
}

/// Two small halves and a codebook among the first latents.
fn nets(
    [inputs, channels, width]: [usize; 3],
    (blocks, codes): (usize, usize),
    (first, side): (&Array2<f64>, usize),
    seed: u64,
) -> Nets {
    let rng = &mut rng_at(88, seed);
    let mut of = |from: usize, to: usize| {
        let relu = Activation::Relu;
        let mut layers = vec![init_layer::<f64>(from, channels, relu, rng)];
        layers.extend(
            (0..blocks)
                .map(|_| init_layer(9 * channels, channels, relu, rng)),
        );
        layers.push(init_layer(channels, to, Activation::Identity, rng));
        layers.iter_mut().for_each(|layer| layer.w *= 0.5);
        Mlp { layers }
    };
    let (encoder, decoder) = (of(inputs, width), of(width, inputs));
    let settings = Settings {
        learning: Learning::Ema { gamma: 0.8, debias: true },
        beta: 0.7,
        ..Settings::default()
    };
    let z_e = half(&encoder, first.clone(), side).y;
    let quantizer = Quantizer::from_latents(&z_e, codes, 2, settings, rng);
    let quantizer = quantizer.unwrap_or_else(|e| panic!("{e}"));
    Nets { encoder, decoder, quantizer }
}

/// Patches of bars, each map with one of its own grey: `[maps · side², 4]`, half of the numbers 0.
fn bars(maps: usize, side: usize, stream: u64) -> Array2<f64> {
    let rng = &mut rng_at(89, stream);
    let grey: Array2<f64> =
        Array2::random_using((maps, 2), StandardNormal, rng);
    Array2::from_shape_fn((maps * side * side, 4), |(n, pixel)| {
        let (map, column) = (n / (side * side), n % side);
        let upright = grey[[map, 1]] > 0.0;
        match (upright && column == 1) || (!upright && pixel < 2) {
            true => 1.0 + 0.3 * grey[[map, 0]],
            false => 0.0,
        }
    })
}

pub fn train(candidate: Trains) -> Result<(), Diagnosis> {
    const SEE: &str = "chapter 8, § One step, equations 8.7 and 8.8";
    let told = |name, what: &str| Diagnosis::new(name, what, SEE);
    // An eps that is not small, so that the size of a gradient shows.
    let adam = AdamConfig { lr: 0.05, beta1: 0.5, beta2: 0.9, eps: 0.1 };
    let few = vec![bars(3, 2, 0), bars(1, 2, 1), bars(2, 2, 2)];
    let mut far = bars(2, 3, 3);
    (far[[0, 0]], far[[10, 3]]) = (1000.0, -1000.0);
    let far = vec![far, bars(1, 3, 4) * 0.0];
    let long: Vec<_> = (0..60).map(|n| bars(4, 3, 10 + n)).collect();
    let of = |sizes, more, first: &Array2<f64>, side, seed| {
        nets(sizes, more, (first, side), seed)
    };
    let cases = [
        (of([4, 5, 3], (1, 4), &few[0], 2, 1), few, (2, 0.3), adam),
        (of([4, 3, 2], (2, 3), &far[0], 3, 2), far, (3, 20.0), adam),
        (of([4, 5, 2], (0, 2), &bars(2, 2, 5), 2, 3), vec![], (2, 1.0), adam),
        (
            of([4, 6, 3], (1, 5), &long[0], 3, 4),
            long,
            (3, 0.2),
            AdamConfig { lr: 0.02, ..AdamConfig::default() },
        ),
    ];
    for (start, batches, (side, variance), adam) in cases {
        let of = |slip| run(&start, &batches, (side, variance), adam, slip);
        let mut mine = start.clone();
        let errors = candidate(
            &mut mine.encoder,
            &mut mine.decoder,
            &mut mine.quantizer,
            &batches,
            (side, variance),
            adam,
        );
        let came = (mine, errors);
        if came.1.len() != batches.len() {
            let count = |n: usize| format!("{n} errors");
            let what =
                "There is one error for each batch, that before its step.";
            return Err(told("number of errors", what)
                .with(count(batches.len()), count(came.1.len())));
        }
        let right = of(Slip::None);
        let suspects = SLIPS
            .into_iter()
            .map(|(slip, name, what)| (laid(&of(slip)), told(name, what)));
        let otherwise = match factor(&right.1, &came.1) {
            Some(times) => Diagnosis::new(
                "times a number",
                format!(
                    "Your errors are {times:.4} of the right ones everywhere."
                ),
                SEE,
            ),
            None if batches.len() == 60 => told(
                "long training",
                "Few batches are right, and 60 are not.",
            ),
            None => told("value", "The errors or what was learnt is wrong."),
        };
        // Sixty steps make a little rounding larger.
        let near = if batches.len() == 60 { 1e-5 } else { 1e-9 };
        let judged = judge(
            &laid(&right),
            &laid(&came),
            near,
            suspects.collect(),
            otherwise,
        );
        judged.map_err(|told| {
            let [right, came] = first_difference(&right, &came);
            told.with(right, came)
        })?;
    }
    Ok(())
}
