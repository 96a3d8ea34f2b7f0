//! What is timed: the functions that the book's listings show, on work of stated shapes. The peers in `tests/peers`
//! do the same work from the same numbers.

use std::fmt;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use codebook_lookup::on_dfdx::nearest_on_host;
use codebook_lookup::plain::nearest;
use commitment_loss::quantizer::Learning;
use dfdx::prelude::{Cpu, Tanh, TryMatMul};
use gan::on_dfdx::{self, Generator, Pair, Round};
use gan::plain::average;
use gan::training::{Config, Gan, Noise};
use gradients::plain::{Activation, AdamConfig, Mlp, product, sigmoid, tanh};
use lab::{Checkpoint, FingerprintError, mat_mul, rng_at, tensor};
use ndarray::{Array1, Array2, aview1};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;
use vq_vae::on_dfdx::{DigitHalf, copied, train};
use vq_vae::training::{self, Sizes, Training};

/// Of every random draw here.
pub const SEED: u64 = 1;

/// Rows and columns of the bare product.
const SIDE: usize = 1024;

/// Latents, their width, and codes of the lookup: a batch of 128 grids of 7 × 7.
const LOOKUP: (usize, usize, usize) = (128 * 49, 64, 512);

/// Images in a batch of the VQ-VAE.
const VQ_BATCH: usize = 128;

/// Steps of training that two sides must agree on.
pub const FIRST: usize = 3;

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A matrix product, 1024 × 1024 × 1024: what the machine can do.
    Product,
    /// A step of D, a step of G, on digits: 64-w-w-784 against 784-w-w-1.
    DigitsGan {
        /// Examples in a batch.
        batch: usize,
        /// Units of each hidden layer.
        width: usize,
    },
    /// The same in the plane: 2-128-128-2 against 2-128-128-1, batch 256.
    RingGan,
    /// The nearest of 512 codes for 6,272 latents of width 64.
    Lookup,
    /// A step of chapter 8's network, batch 128.
    VqVae,
    /// A part of the digits' step, or another way to do one.
    Part(Part),
}

/// What a step is made of, and what was changed to make it fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The bare product on one thread.
    OneThread,
    /// A layer of the digits' discriminator on one thread.
    Small,
    /// The same by ndarray's own product.
    SmallOfNdarray,
    /// Noise for both players.
    Noise,
    /// The generator's last activation, by this workbook's tanh.
    Tanh,
    /// The same by the standard library's.
    ExactTanh,
    /// Adam on both players.
    Adam,
    /// The averaged generator.
    Average,
    /// The discriminator's backward pass for one batch, parameters only.
    Backward,
    /// The same with the gradient at the images.
    BackwardToData,
}

/// Where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// In plain ndarray, gradients by hand.
    Plain,
    /// On dfdx, on the processor.
    Dfdx,
}

/// Does the work so many times, and says how many seconds each took.
pub type Timed = Box<dyn FnMut(usize) -> Vec<f64>>;

/// The digits' pair of the table.
pub const DIGITS_GAN: Case = Case::DigitsGan { batch: 128, width: 256 };

/// The cases of the table.
pub const TABLE: [Case; 5] =
    [Case::Product, DIGITS_GAN, Case::RingGan, Case::Lookup, Case::VqVae];

/// Every case: those of the table, those that show growth, and the parts.
pub fn cases() -> Vec<Case> {
    let batches = [16, 32, 64, 256, 512];
    let batches = batches.map(|batch| Case::DigitsGan { batch, width: 256 });
    let widths = [64, 128, 512, 1024];
    let widths = widths.map(|width| Case::DigitsGan { batch: 128, width });
    let parts = [
        Part::OneThread,
        Part::Small,
        Part::SmallOfNdarray,
        Part::Noise,
        Part::Tanh,
        Part::ExactTanh,
        Part::Adam,
        Part::Average,
        Part::Backward,
        Part::BackwardToData,
    ];
    [&TABLE[..], &batches, &widths, &parts.map(Case::Part)].concat()
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Case::Product => write!(f, "product"),
            DIGITS_GAN => write!(f, "digits_gan"),
            Case::DigitsGan { batch, width: 256 } => {
                write!(f, "digits_gan_batch_{batch}")
            }
            Case::DigitsGan { width, .. } => {
                write!(f, "digits_gan_width_{width}")
            }
            Case::RingGan => write!(f, "ring_gan"),
            Case::Lookup => write!(f, "lookup"),
            Case::VqVae => write!(f, "vq_vae"),
            Case::Part(part) => write!(f, "part_{}", part.name()),
        }
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::OneThread => "one_thread",
            Part::Small => "small",
            Part::SmallOfNdarray => "small_of_ndarray",
            Part::Noise => "noise",
            Part::Tanh => "tanh",
            Part::ExactTanh => "exact_tanh",
            Part::Adam => "adam",
            Part::Average => "average",
            Part::Backward => "backward",
            Part::BackwardToData => "backward_to_data",
        }
    }

    fn prepare(self) -> Timed {
        let mut gan = DIGITS_GAN.pair();
        let (noise, batch) = (gan.config.noise, gan.config.batch);
        let mut rng = rng_at(SEED, 0);
        match self {
            Part::OneThread => {
                let (a, b) = factors();
                timed(move || on_one_thread(&a, &b))
            }
            Part::Small | Part::SmallOfNdarray => {
                let x = normal((batch, 784), 2); // [B, X]
                let w = gan.d.net.layers[0].w.clone(); // [X, W]
                timed(move || match self {
                    Part::Small => on_one_thread(&x, &w),
                    _ => x.dot(&w),
                })
            }
            Part::Noise => {
                timed(move || [0, 1].map(|_| noise.sample(batch, &mut rng)))
            }
            Part::Tanh => {
                let x = normal((batch, 784), 2); // [B, X]
                timed(move || Activation::Tanh.forward(x.clone()))
            }
            Part::ExactTanh => {
                let x = normal((batch, 784), 2); // [B, X]
                timed(move || x.clone().mapv_into(f32::tanh))
            }
            Part::Adam => {
                let (d_g, d_d) = (gan.g.net.clone(), gan.d.net.clone());
                timed(move || {
                    gan.g.adam.step(&mut gan.g.net, &d_g);
                    gan.d.adam.step(&mut gan.d.net, &d_d);
                })
            }
            Part::Average => {
                timed(move || average(&mut gan.mean, &gan.g.net, 0.999))
            }
            Part::Backward | Part::BackwardToData => {
                let x = gan.real(0); // [B, X]
                let outputs = gan.d.net.forward(&x);
                let d_s = normal((batch, 1), 3); // [B, 1]
                timed(move || match self {
                    Part::Backward => {
                        gan.d.net.backward_parameters(&outputs, d_s.clone())
                    }
                    _ => gan.d.net.backward(&outputs, d_s.clone()),
                })
            }
        }
    }
}

impl Case {
    /// Whether other programs do it too.
    pub fn has_peers(self) -> bool {
        !matches!(self, Case::Part(_))
    }

    /// Multiplications, each with its addition, in the matrix products of one piece; all else is left out, and the parts
    /// of a step are not counted.
    pub fn multiply_adds(self) -> usize {
        let weights = |widths: &[usize]| -> usize {
            widths.windows(2).map(|pair| pair[0] * pair[1]).sum()
        };
        match self {
            Case::Product | Case::Part(Part::OneThread) => SIDE * SIDE * SIDE,
            Case::Part(_) => 0,
            Case::Lookup => LOOKUP.0 * LOOKUP.1 * LOOKUP.2,
            Case::VqVae => {
                let Sizes { codes, width, channels, patch } =
                    Sizes::default();
                let first = patch * patch * channels;
                let half = first + 9 * channels * channels + channels * width;
                // Two halves, in each one product forward and two back, but for the gradient at the images.
                let of_row = 6 * half - first + codes * width;
                VQ_BATCH * Sizes::default().places() * of_row
            }
            Case::DigitsGan { .. } | Case::RingGan => {
                let (batch, g, d) = self.networks();
                // G runs forward twice and back once, D forward three times and back three times. A pass back has two
                // products for each layer; the first layer's second is left out where nobody asks for it, and the
                // generator's turn asks D for nothing but that one.
                let of_g = 4 * weights(&g) - g[0] * g[1];
                let of_d = 8 * weights(&d) - 2 * d[0] * d[1];
                batch * (of_g + of_d)
            }
        }
    }

    /// Batch and widths of a pair.
    fn networks(self) -> (usize, [usize; 4], [usize; 4]) {
        match self {
            Case::DigitsGan { batch, width } => {
                (batch, [64, width, width, 784], [784, width, width, 1])
            }
            _ => (256, [2, 128, 128, 2], [2, 128, 128, 1]),
        }
    }

    /// The pair, not trained yet, on one batch again and again.
    fn pair(self) -> Gan<'static> {
        let (batch, g, d) = self.networks();
        let x = normal((batch, d[0]), 2); // [B, X]
        let (x, last) = match self {
            Case::RingGan => (x, Activation::Identity),
            _ => (x.mapv_into(tanh), Activation::Tanh),
        };
        let net = |widths: &[usize], last, stream| {
            let mut rng = rng_at(SEED, u64::MAX - stream);
            Mlp::new(widths, Activation::LeakyRelu(0.2), last, &mut rng)
        };
        let config =
            Config { batch, noise: Noise::normal(g[0]), ..Config::default() };
        let pair = (net(&g, last, 0), net(&d, Activation::Identity, 1));
        Gan::new(config, pair, SEED, move |_| x.clone())
    }

    /// The work, ready to be done; `None` where a room does not have it.
    pub fn prepare(self, room: Room) -> Option<Timed> {
        Some(match (self, room) {
            (Case::Product, Room::Plain) => {
                let (a, b) = factors();
                timed(move || product(a.view(), b.view()))
            }
            (Case::Product, Room::Dfdx) => {
                let ((a, b), dev) = (factors(), Cpu::default());
                let a = tensor(&dev, &a, a.dim());
                let b = tensor(&dev, &b, b.dim());
                timed(move || a.clone().matmul(b.clone()))
            }
            (Case::Lookup, Room::Plain) => {
                let (z, codebook) = latents();
                timed(move || nearest(&z, &codebook))
            }
            (Case::Lookup, Room::Dfdx) => {
                let ((z, codebook), dev) = (latents(), Cpu::default());
                let z = tensor(&dev, &z, z.dim());
                let codebook = tensor(&dev, &codebook, codebook.dim());
                timed(move || nearest_on_host(z.clone(), &codebook))
            }
            (Case::VqVae, Room::Plain) => {
                let mut training = vq_vae().ok()?;
                timed(move || training.train_once())
            }
            (Case::Part(part), Room::Plain) => part.prepare(),
            (Case::DigitsGan { .. } | Case::RingGan, Room::Plain) => {
                let mut gan = self.pair();
                timed(move || gan.train_once())
            }
            (DIGITS_GAN | Case::RingGan | Case::VqVae, Room::Dfdx) => {
                let mut train = self.on_dfdx()?;
                Box::new(move |n| train(n).map_or(vec![], |done| done.1))
            }
            (Case::DigitsGan { .. } | Case::Part(_), Room::Dfdx) => {
                return None;
            }
        })
    }

    /// What the work gives: the indices of a lookup, the losses of the first steps of a training. Its inputs go into a
    /// file, from which a peer does the same.
    ///
    /// # Errors
    /// The file cannot be written, or the training does not start.
    pub fn first(
        self,
        room: Room,
        inputs: &Path,
    ) -> anyhow::Result<Option<Vec<f64>>> {
        let mut file = Checkpoint::default();
        let plain = room == Room::Plain;
        let given = match self {
            Case::Part(_) => return Ok(plain.then(Vec::new)),
            Case::Product => {
                let (a, b) = factors();
                file.put("a", &a);
                file.put("b", &b);
                let c = product(a.view(), b.view()); // [M, O]
                Some(vec![f64::from((&c * &c).mean().unwrap_or(0.0))])
            }
            Case::Lookup => {
                let (z, codebook) = latents();
                file.put("z", &z);
                file.put("codebook", &codebook);
                let indices = match room {
                    Room::Plain => nearest(&z, &codebook)?, // [N]
                    Room::Dfdx => {
                        let dev = Cpu::default();
                        let of = |x: &Array2<f32>| tensor(&dev, x, x.dim());
                        nearest_on_host(of(&z), &of(&codebook)) // [N]
                    }
                };
                Some(indices.into_iter().map(|k| k as f64).collect())
            }
            Case::VqVae => {
                let mut training = vq_vae()?;
                put(&mut file, "encoder", &training.model.encoder);
                put(&mut file, "decoder", &training.model.decoder);
                file.put("codebook", &training.model.codebook);
                file.put("x", &training.batch(0));
                file.put("recipe", &recipe(&training.config)?);
                match room {
                    Room::Plain => {
                        let mut losses = Vec::new();
                        for _ in 0..FIRST {
                            losses.push(f64::from(training.train_once()?));
                        }
                        Some(losses)
                    }
                    Room::Dfdx => self.first_on_dfdx()?,
                }
            }
            Case::DigitsGan { .. } | Case::RingGan => {
                let mut gan = self.pair();
                put(&mut file, "g", &gan.g.net);
                put(&mut file, "d", &gan.d.net);
                file.put("x", &gan.real(0));
                for n in 0..FIRST {
                    let Round { z_d, z_g, .. } = round(&mut gan, n as u64);
                    file.put(&format!("z_d.{n}"), &z_d);
                    file.put(&format!("z_g.{n}"), &z_g);
                }
                match room {
                    Room::Plain => {
                        let losses = (0..FIRST).map(|_| gan.train_once());
                        Some(losses.flat_map(both).collect())
                    }
                    Room::Dfdx => self.first_on_dfdx()?,
                }
            }
        };
        file.save(inputs).with_context(|| format!("the inputs of {self}"))?;
        Ok(given)
    }

    /// Training on dfdx: so many steps from here, their losses and their seconds. Networks are types there, each compiled
    /// for itself, and so only those of the table are.
    fn on_dfdx(self) -> Option<Train> {
        macro_rules! train {
            ($z:literal, $w:literal, $x:literal, $last:ty) => {{
                let (mut gan, dev) = (self.pair(), Cpu::default());
                let g: Generator<$z, $w, $w, $x, $last, f32, _> =
                    on_dfdx::generator(&dev, &gan.g.net);
                let d = on_dfdx::discriminator::<$x, $w, $w, f32, _>(
                    &dev, &gan.d.net,
                );
                let mut pair = Pair { mean: g.clone(), g, d };
                let mut from = 0;
                Box::new(move |n| {
                    let (config, mut stamps) = (gan.config, Vec::new());
                    let rounds = (0..=n).map_while(|i| {
                        stamps.push(Instant::now());
                        (i < n).then(|| round(&mut gan, from + i as u64))
                    });
                    let losses = on_dfdx::train::<$z, $x, $x, $w, $w, _, _>(
                        &dev, &mut pair, config, rounds,
                    );
                    from += n as u64;
                    let losses = losses.into_iter().flat_map(both).collect();
                    Ok((losses, between(&stamps)))
                })
            }};
        }
        Some(match self {
            DIGITS_GAN => train!(64, 256, 784, Tanh),
            Case::RingGan => train!(2, 128, 2, ()),
            Case::VqVae => {
                let (mut here, dev) = (vq_vae().ok()?, Cpu::default());
                let model = &here.model;
                let mut e: DigitHalf<Cpu> = copied(&dev, &model.encoder);
                let mut d: DigitHalf<Cpu> = copied(&dev, &model.decoder);
                let mut quantizer = here.quantizer.clone();
                Box::new(move |n| {
                    let (config, mut stamps) = (here.config, Vec::new());
                    let batches = (0..=n).map_while(|i| {
                        stamps.push(Instant::now());
                        (i < n).then(|| here.batch(i as u64))
                    });
                    let (nets, q) = ((&mut e, &mut d), &mut quantizer);
                    let losses = train(nets, q, &config, SEED, batches)?;
                    let losses = losses.into_iter().map(f64::from).collect();
                    Ok((losses, between(&stamps)))
                })
            }
            _ => return None,
        })
    }

    fn first_on_dfdx(self) -> anyhow::Result<Option<Vec<f64>>> {
        let losses = self.on_dfdx().map(|mut train| Ok(train(FIRST)?.0));
        losses.transpose()
    }
}

/// Losses and seconds of so many steps.
type Train = Box<dyn FnMut(usize) -> anyhow::Result<(Vec<f64>, Vec<f64>)>>;

fn both((d, g): (f32, f32)) -> [f64; 2] {
    [f64::from(d), f64::from(g)]
}

/// Puts the parameters of a network into a file.
pub fn put(file: &mut Checkpoint, name: &str, net: &Mlp<f32>) {
    for (n, p) in net.parameters().iter().enumerate() {
        file.put(&format!("{name}.{n}"), p);
    }
}

/// Inside the thread pool, where `lab` trains too.
fn timed<T: Send>(mut work: impl FnMut() -> T + Send + 'static) -> Timed {
    Box::new(move |n| {
        rayon::scope(|_| {
            let mut stamps = vec![Instant::now()];
            for _ in 0..n {
                black_box(work());
                stamps.push(Instant::now());
            }
            between(&stamps)
        })
    })
}

fn between(stamps: &[Instant]) -> Vec<f64> {
    stamps.windows(2).map(|s| (s[1] - s[0]).as_secs_f64()).collect()
}

/// Chapter 8's training on one batch, with two changes to its recipe: codes do not start again, which no peer does, and
/// the step size is so small that rounding does not grow before the first steps are compared.
fn vq_vae() -> anyhow::Result<Training<'static>> {
    let x = normal((VQ_BATCH, 784), 2).mapv_into(sigmoid); // [B, 784]
    let mut config =
        training::Config { batch: VQ_BATCH, ..training::Config::default() };
    config.quantizer.revival = None;
    config.adam.lr = 1e-4;
    Ok(Training::new(config, move |_| x.clone(), SEED)?)
}

/// The numbers of a recipe that a peer needs.
///
/// # Errors
/// The codebook does not learn by averages.
pub fn recipe(config: &training::Config) -> anyhow::Result<Array1<f32>> {
    let training::Config { adam, quantizer, steps, variance, .. } = *config;
    let Learning::Ema { gamma, .. } = quantizer.learning else {
        anyhow::bail!("the peers' codebooks learn by moving averages");
    };
    let AdamConfig { lr, beta1, beta2, eps } = adam;
    let beta = quantizer.beta;
    let all = [lr, beta1, beta2, eps, steps as f64, variance, beta, gamma];
    Ok(aview1(&all.map(|v| v as f32)).to_owned())
}

/// The n-th round of a pair, with the noise that `Gan::train_once` draws.
fn round(gan: &mut Gan, n: u64) -> Round {
    let Config { batch, noise, .. } = gan.config;
    let mut rng = rng_at(SEED, n);
    let z_d = noise.sample(batch, &mut rng); // [B, Z]
    let z_g = noise.sample(batch, &mut rng); // [B, Z]
    Round { x_real: gan.real(n), z_d, z_g }
}

/// Normal numbers from a stream of their own; the steps of training count their streams from the other end.
fn normal(shape: (usize, usize), stream: u64) -> Array2<f32> {
    let mut rng = rng_at(SEED, u64::MAX - stream);
    Array2::random_using(shape, StandardNormal, &mut rng)
}

fn on_one_thread(a: &Array2<f32>, b: &Array2<f32>) -> Array2<f32> {
    let mut c = Array2::zeros((a.nrows(), b.ncols())); // [M, O]
    mat_mul(1.0, &a.view(), &b.view(), 0.0, &mut c.view_mut());
    c
}

fn factors() -> (Array2<f32>, Array2<f32>) {
    (normal((SIDE, SIDE), 0), normal((SIDE, SIDE), 1))
}

fn latents() -> (Array2<f32>, Array2<f32>) {
    let (n, c, k) = LOOKUP;
    (normal((n, c), 0), normal((k, c), 1))
}

/// The root of the workbook.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The committed results.
pub fn committed() -> PathBuf {
    root().join("book/pages/results/speed.json")
}

/// Fingerprint of the code that is timed.
///
/// # Errors
/// The source cannot be read.
pub fn fingerprint() -> Result<String, FingerprintError> {
    let chapters = [
        "00-gradients",
        "01-minimax-loss",
        "02-discriminator-training",
        "03-gan",
        "05-codebook-lookup",
        "06-straight-through",
        "07-commitment-loss",
        "08-vq-vae",
    ];
    let folder = |name| root().join("chapters").join(name).join("src");
    lab::fingerprint(&chapters.map(|name| (folder(name), NOT_TIMED)))
}

const NOT_TIMED: &[&str] = &[
    "cells.rs",
    "classifier.rs",
    "coding.rs",
    "compare.rs",
    "digits.rs",
    "eyes.rs",
    "ledger.rs",
    "lib.rs",
    "main.rs",
    "measures.rs",
    "modes.rs",
    "rooms.rs",
    "run.rs",
    "switches.rs",
];
