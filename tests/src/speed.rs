//! What is timed: the functions that the book's listings show, on work of stated shapes. The peers in `tests/peers`
//! do the same work from the same numbers.

use std::fmt;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::Context;
use code_prior::model::{Prior, Sizes as PriorSizes};
use code_prior::plain::shift_right;
use code_prior::sampling::{Draws, sample};
use code_prior::training::{self as priors, Learns};
use codebook_lookup::on_dfdx as lookup;
use codebook_lookup::plain::nearest;
use commitment_loss::quantizer::Learning;
use dfdx::prelude::{Synchronize, TryMatMul};
use gan::digits::{WIDTHS, networks, recipe as of_digits};
use gan::on_dfdx;
use gan::plain::{Penalties, average};
use gan::training::{Config, Gan, Noise, Players};
use gradients::on_dfdx::Matrix;
use gradients::plain::{
    Activation, AdamConfig, Mlp, Parameters, product, sigmoid, tanh,
};
use lab::{
    Checkpoint, Device, FingerprintError, Resumable, Trains, array, mat_mul,
    rng_at, tensor,
};
use ndarray::{Array1, Array2, ArrayView1, Axis, s};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};
use vq_vae::coding::{CodingError, Compressor, Tables};
use vq_vae::model::VqVae;
use vq_vae::training::{self, Sizes, Trained, Training};

/// Of every random draw here.
pub const SEED: u64 = 1;

/// Rows and columns of the bare product.
const SIDE: usize = 1024;

/// Latents, their width, and codes of the lookup: a batch of 128 grids of 7 × 7.
const LOOKUP: (usize, usize, usize) = (128 * 49, 64, 512);

/// Images in a batch of the VQ-VAE.
const VQ_BATCH: usize = 128;

/// Steps of the digits' pair in a piece of work: the penalty is taken at the first of them.
const DIGITS_STEPS: usize = 4;

/// Code maps that are drawn side by side.
const DRAWN: usize = 100;

/// Steps of training that two sides must agree on.
pub const FIRST: usize = 3;

/// A piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// A matrix product, 1024 × 1024 × 1024: what the machine can do.
    Product,
    /// Four steps of chapter 3's pair for digits: 64-w-2w-784 against 784-2w-w-1.
    DigitsGan {
        /// Examples in a batch.
        batch: usize,
        /// Units of the narrower hidden layer.
        width: usize,
    },
    /// A step in the plane, without a penalty: 2-128-128-2 against 2-128-128-1, batch 256.
    RingGan,
    /// The nearest of 512 codes for 6,272 latents of width 64.
    Lookup,
    /// A step of chapter 8's network, batch 128.
    VqVae,
    /// A step of chapter 9's prior.
    PriorStep,
    /// A hundred code maps from chapter 9's prior, keys and values kept.
    PriorDraw,
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
    /// Chapter 8's compressor on one image, files left out.
    Compress,
    /// The way back.
    Decompress,
}

/// Where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// In plain ndarray, gradients by hand.
    Plain,
    /// On dfdx, on this device.
    Dfdx(Device),
}

/// Does the work so many times, and says how many seconds each took.
pub type Timed = Box<dyn FnMut(usize) -> Vec<f64>>;

/// The digits' pair of the table.
pub const DIGITS_GAN: Case = Case::DigitsGan { batch: 64, width: WIDTHS.0 };

/// The cases of the table.
pub const TABLE: [Case; 7] = [
    Case::Product,
    DIGITS_GAN,
    Case::RingGan,
    Case::Lookup,
    Case::VqVae,
    Case::PriorStep,
    Case::PriorDraw,
];

/// Every case: those of the table, those that show growth, and the parts.
pub fn cases() -> Vec<Case> {
    let batches = [16, 32, 128, 256, 512];
    let batches = batches.map(|batch| Case::DigitsGan { batch, width: 256 });
    let widths = [32, 64, 128, 512];
    let widths = widths.map(|width| Case::DigitsGan { batch: 64, width });
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
        Part::Compress,
        Part::Decompress,
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
            Case::PriorStep => write!(f, "prior_step"),
            Case::PriorDraw => write!(f, "prior_draw"),
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
            Part::Compress => "compress",
            Part::Decompress => "decompress",
        }
    }

    fn prepare(self) -> anyhow::Result<Timed> {
        let mut gan = DIGITS_GAN.pair();
        let (noise, batch) = (gan.config.noise, gan.config.batch);
        let mut rng = rng_at(SEED, 0);
        Ok(match self {
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
                let x = gan.source.real(0); // [B, X]
                let outputs = gan.d.net.forward(&x);
                let d_s = normal((batch, 1), 3); // [B, 1]
                timed(move || match self {
                    Part::Backward => {
                        gan.d.net.backward_parameters(&outputs, d_s.clone())
                    }
                    _ => gan.d.net.backward(&outputs, d_s.clone()),
                })
            }
            Part::Compress => compress()?,
            Part::Decompress => decompress()?,
        })
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
                let Sizes { codes, width, channels, patch, blocks } =
                    one_block().sizes;
                let first = patch * patch * channels;
                let inside = 9 * blocks * channels * channels;
                let half = first + inside + channels * width;
                // Two halves, in each one product forward and two back, but for the gradient at the images.
                let of_row = 6 * half - first + codes * width;
                VQ_BATCH * one_block().sizes.places() * of_row
            }
            Case::PriorStep => {
                // Each product forward has two back.
                3 * priors::Config::default().batch * prior().multiply_adds()
            }
            Case::PriorDraw => DRAWN * prior().multiply_adds(),
            Case::DigitsGan { .. } | Case::RingGan => {
                let (batch, g, d) = self.widths();
                // G runs forward twice and back once, D forward three times and back three times. A pass back has two
                // products for each layer; the first layer's second is left out where nobody asks for it, and the
                // generator's turn asks D for nothing but that one.
                let of_g = 4 * weights(&g) - g[0] * g[1];
                let of_d = 8 * weights(&d) - 2 * d[0] * d[1];
                // The penalty goes once back through D, and then its gradient takes two products in each layer.
                let penalty = 3 * weights(&d);
                batch
                    * match self {
                        Case::RingGan => of_g + of_d,
                        _ => DIGITS_STEPS * (of_g + of_d) + penalty,
                    }
            }
        }
    }

    /// Batch and widths of a pair.
    fn widths(self) -> (usize, [usize; 4], [usize; 4]) {
        match self {
            Case::DigitsGan { batch, width: w } => {
                (batch, [64, w, 2 * w, 784], [784, 2 * w, w, 1])
            }
            _ => (256, [2, 128, 128, 2], [2, 128, 128, 1]),
        }
    }

    /// The pair, not trained yet, on one batch again and again.
    fn pair(self) -> Gan<'static> {
        match self {
            Case::DigitsGan { batch, width } => {
                let config = Config { batch, ..of_digits(56_000) };
                let nets = networks(config.noise, SEED, (width, 2 * width));
                let x = normal((batch, 784), 2).mapv_into(tanh); // [B, X]
                Gan::new(config, nets, SEED, move |_| x.clone())
            }
            _ => self.pair_in_the_plane(),
        }
    }

    fn pair_in_the_plane(self) -> Gan<'static> {
        let (batch, g, d) = self.widths();
        let x = normal((batch, d[0]), 2); // [B, X]
        let net = |widths: &[usize], stream| {
            let mut rng = rng_at(SEED, u64::MAX - stream);
            let leaky = Activation::LeakyRelu(0.2);
            Mlp::new(widths, leaky, Activation::Identity, &mut rng)
        };
        let noise = Noise::normal(g[0]);
        let config = Config { batch, noise, ..Config::default() };
        let nets = (net(&g, 0), net(&d, 1));
        Gan::new(config, nets, SEED, move |_| x.clone())
    }

    /// Steps of training in a piece of work.
    fn steps(self) -> usize {
        match self {
            Case::DigitsGan { .. } => DIGITS_STEPS,
            _ => 1,
        }
    }

    /// Whether a room does it. On the processor dfdx does what the table shows; more would take too long.
    fn is_done_in(self, room: Room) -> bool {
        match (self, room) {
            (_, Room::Plain) => true,
            (Case::Part(_), Room::Dfdx(_)) => false,
            (case, Room::Dfdx(Device::Cpu)) => TABLE.contains(&case),
            (_, Room::Dfdx(Device::Cuda(_))) => true,
        }
    }

    /// The work, ready to be done; `None` where a room does not have it.
    ///
    /// # Errors
    /// The device is not there, or the training does not start.
    pub fn prepare(self, room: Room) -> anyhow::Result<Option<Timed>> {
        if !self.is_done_in(room) {
            return Ok(None);
        }
        match room {
            Room::Plain => self.in_ndarray(),
            Room::Dfdx(device) => {
                lab::on_device!(device, |dev| self.on(&dev))
            }
        }
        .map(Some)
    }

    fn in_ndarray(self) -> anyhow::Result<Timed> {
        Ok(match self {
            Case::Product => {
                let (a, b) = factors();
                timed(move || product(a.view(), b.view()))
            }
            Case::Lookup => {
                let (z, codebook) = latents();
                timed(move || nearest(&z, &codebook))
            }
            Case::VqVae => {
                let mut training = vq_vae()?;
                timed(move || training.train_once())
            }
            Case::PriorStep => {
                let mut training = prior_training()?;
                timed(move || training.train_once())
            }
            Case::PriorDraw => {
                let prior = prior();
                timed(move || sample(&prior, DRAWN, 1.0, SEED))
            }
            Case::DigitsGan { .. } | Case::RingGan => {
                let (mut gan, steps) = (self.pair(), self.steps());
                timed(move || {
                    (0..steps).try_for_each(|_| gan.train_once().map(drop))
                })
            }
            Case::Part(part) => part.prepare()?,
        })
    }

    /// The work on a device, which may go on after a call has returned.
    fn on<D: Trains + Synchronize>(self, dev: &D) -> anyhow::Result<Timed> {
        let (wait, dev) = (dev.clone(), dev.clone());
        Ok(match self {
            Case::Product => {
                let (a, b) = on_device(&dev, factors());
                timed(move || {
                    let c = a.clone().matmul(b.clone()); // [M, O]
                    wait.synchronize();
                    c
                })
            }
            Case::Lookup => {
                let (z, codebook) = on_device(&dev, latents());
                timed(move || {
                    let indices =
                        lookup::nearest_on_host(z.clone(), &codebook);
                    wait.synchronize();
                    indices
                })
            }
            Case::VqVae => {
                let mut run = vq_vae::on_dfdx::Training::new(&dev, vq_vae()?);
                timed(move || {
                    let done = run.train_once();
                    wait.synchronize();
                    done
                })
            }
            Case::PriorStep => {
                let plain = prior_training()?;
                let mut run = code_prior::on_dfdx::Training::new(&dev, plain);
                timed(move || {
                    let done = run.step();
                    wait.synchronize();
                    done
                })
            }
            Case::PriorDraw => {
                let prior = code_prior::on_dfdx::Prior::new(&dev, &prior());
                timed(move || sample(&prior, DRAWN, 1.0, SEED))
            }
            _ => {
                let mut gan = on_dfdx::Gan::new(&dev, self.pair());
                let steps = self.steps();
                timed(move || {
                    let done =
                        (0..steps).try_for_each(|_| gan.step().map(drop));
                    wait.synchronize();
                    done
                })
            }
        })
    }

    /// What the work gives: the indices of a lookup, the losses of the first steps of a training, how large the logits are from
    /// which codes are drawn. Its inputs go into a file, from which a peer does the same.
    ///
    /// # Errors
    /// The file cannot be written, or the training does not start.
    pub fn first(
        self,
        room: Room,
        inputs: &Path,
    ) -> anyhow::Result<Option<Vec<f64>>> {
        if !self.is_done_in(room) {
            return Ok(None);
        }
        let file = self.inputs()?;
        file.save(inputs).with_context(|| format!("the inputs of {self}"))?;
        match room {
            Room::Plain => self.first_in_ndarray(),
            Room::Dfdx(device) => {
                lab::on_device!(device, |dev| self.first_on(&dev))
            }
        }
        .map(Some)
    }

    /// The code maps of a batch, or all that are drawn. `[N, T]`
    fn code_maps(self) -> &'static Array2<usize> {
        match self {
            Case::PriorStep => &BATCH,
            _ => &CODE_MAPS,
        }
    }

    fn inputs(self) -> anyhow::Result<Checkpoint> {
        let mut file = Checkpoint::default();
        let mut both =
            |names: [&str; 2], arrays: (Array2<f32>, Array2<f32>)| {
                file.put(names[0], &arrays.0);
                file.put(names[1], &arrays.1);
            };
        match self {
            Case::Part(_) => {}
            Case::Product => both(["a", "b"], factors()),
            Case::Lookup => both(["z", "codebook"], latents()),
            Case::VqVae => {
                let mut training = vq_vae()?;
                put(&mut file, "encoder", &training.encoder.net);
                put(&mut file, "decoder", &training.decoder.net);
                file.put("codebook", training.quantizer.codebook());
                file.put("x", &training.source.batch(0));
                file.put("recipe", &vq_recipe(&training.config)?);
            }
            Case::PriorStep | Case::PriorDraw => {
                put(&mut file, "prior", &prior());
                file.put("codes", &self.code_maps().mapv(|k| k as f32));
                let priors::Config { adam, steps, warm_up, sizes, .. } =
                    priors::Config::default();
                let more = [steps as f64, warm_up as f64, sizes.heads as f64];
                file.put("recipe", &row(&constants(adam), &more));
            }
            Case::DigitsGan { .. } | Case::RingGan => {
                let mut gan = self.pair();
                file.put("recipe", &gan_recipe(&gan.config));
                put(&mut file, "g", &gan.g.net);
                put(&mut file, "d", &gan.d.net);
                for n in 0..FIRST {
                    let round = gan.source.round(&gan.config, n as u64);
                    let (x, z_d) = &round.d[0];
                    file.put("x", x); // the same in every round
                    file.put(&format!("z_d.{n}"), z_d);
                    file.put(&format!("z_g.{n}"), &round.z_g);
                }
            }
        }
        Ok(file)
    }

    fn first_in_ndarray(self) -> anyhow::Result<Vec<f64>> {
        Ok(match self {
            Case::Part(_) => Vec::new(),
            Case::Product => {
                let (a, b) = factors();
                mean_square(&product(a.view(), b.view()))
            }
            Case::Lookup => {
                let (z, codebook) = latents();
                numbers(nearest(&z, &codebook)?)
            }
            Case::VqVae => {
                let mut training = vq_vae()?;
                first_steps(&mut training)?;
                single(training.losses())
            }
            Case::PriorStep => {
                let mut training = prior_training()?;
                first_steps(&mut training)?;
                single(training.losses())
            }
            Case::PriorDraw => sizes_of_logits(&prior()),
            Case::DigitsGan { .. } | Case::RingGan => {
                let mut gan = self.pair();
                first_steps(&mut gan)?;
                in_turns(gan.losses())
            }
        })
    }

    fn first_on<D: Trains>(self, dev: &D) -> anyhow::Result<Vec<f64>> {
        Ok(match self {
            Case::Product => {
                let (a, b) = on_device(dev, factors());
                mean_square(&array(&a.matmul(b)))
            }
            Case::Lookup => {
                let (z, codebook) = on_device(dev, latents());
                numbers(lookup::nearest_on_host(z, &codebook))
            }
            Case::VqVae => {
                let mut run = vq_vae::on_dfdx::Training::new(dev, vq_vae()?);
                first_steps(&mut run)?;
                single(run.losses())
            }
            Case::PriorStep => {
                let plain = prior_training()?;
                let mut run = code_prior::on_dfdx::Training::new(dev, plain);
                first_steps(&mut run)?;
                single(run.losses())
            }
            Case::PriorDraw => sizes_of_logits(
                &code_prior::on_dfdx::Prior::new(dev, &prior()),
            ),
            _ => {
                let mut gan = on_dfdx::Gan::new(dev, self.pair());
                first_steps(&mut gan)?;
                in_turns(gan.losses())
            }
        })
    }
}

fn first_steps(training: &mut impl Resumable) -> anyhow::Result<()> {
    for _ in 0..FIRST {
        training.step()?;
    }
    Ok(())
}

fn mean_square(c: &Array2<f32>) -> Vec<f64> {
    vec![f64::from((c * c).mean().unwrap_or(0.0))]
}

fn numbers(indices: impl IntoIterator<Item = usize>) -> Vec<f64> {
    indices.into_iter().map(|k| k as f64).collect()
}

fn single(losses: Vec<f32>) -> Vec<f64> {
    losses.into_iter().map(f64::from).collect()
}

/// The discriminator's first loss, the generator's, and so on.
fn in_turns([d, g]: [Vec<f32>; 2]) -> Vec<f64> {
    single(d.into_iter().zip(g).flat_map(|(d, g)| [d, g]).collect())
}

fn on_device<D: Trains>(
    dev: &D,
    (a, b): (Array2<f32>, Array2<f32>),
) -> (Matrix<f32, D>, Matrix<f32, D>) {
    (tensor(dev, &a, a.dim()), tensor(dev, &b, b.dim()))
}

/// Puts the parameters of a network into a file.
pub fn put(file: &mut Checkpoint, name: &str, net: &impl Parameters<f32>) {
    for (n, p) in net.parameters().iter().enumerate() {
        file.put(&format!("{name}.{n}"), p);
    }
}

/// To be called inside the thread pool, where `lab` trains too.
fn timed<T>(mut work: impl FnMut() -> T + 'static) -> Timed {
    Box::new(move |n| {
        let mut stamps = vec![Instant::now()];
        for _ in 0..n {
            black_box(work());
            stamps.push(Instant::now());
        }
        let pairs = stamps.windows(2);
        pairs.map(|s| (s[1] - s[0]).as_secs_f64()).collect()
    })
}

/// Chapter 8's recipe for the network that the peers build: one block of 128 channels, and 128 codes that cost nothing.
pub fn one_block() -> training::Config {
    let recipe = training::Config::default();
    let sizes =
        Sizes { codes: 128, channels: 128, blocks: 1, ..recipe.sizes };
    training::Config { sizes, rate: None, ..recipe }
}

/// Its training on one batch, with a step size so small that rounding does not grow before the first steps are compared.
fn vq_vae() -> anyhow::Result<Training<'static>> {
    let x = normal((VQ_BATCH, 784), 2).mapv_into(sigmoid); // [B, 784]
    let mut config = training::Config { batch: VQ_BATCH, ..one_block() };
    config.adam.lr = 1e-4;
    Ok(Training::new(config, move |_| x.clone(), SEED)?)
}

/// The numbers of chapter 8's recipe that a peer needs.
///
/// # Errors
/// The codebook does not learn by averages.
pub fn vq_recipe(config: &training::Config) -> anyhow::Result<Array1<f32>> {
    let training::Config { adam, quantizer, steps, variance, .. } = *config;
    let Learning::Ema { gamma, .. } = quantizer.learning else {
        anyhow::bail!("the peers' codebooks learn by moving averages");
    };
    let more = [steps as f64, variance, quantizer.beta, gamma];
    Ok(row(&constants(adam), &more))
}

/// The numbers of a pair's recipe that a peer needs; 0 steps are those of a step size that does not fall.
pub fn gan_recipe(config: &Config) -> Array1<f32> {
    let Config { g, cool, average, every, .. } = *config;
    let Penalties { real, .. } = config.penalties;
    let more = [cool.unwrap_or(0) as f64, average, real, every as f64];
    row(&constants(g), &more)
}

fn constants(adam: AdamConfig) -> [f64; 4] {
    let AdamConfig { lr, beta1, beta2, eps } = adam;
    [lr, beta1, beta2, eps]
}

fn row(first: &[f64], more: &[f64]) -> Array1<f32> {
    first.iter().chain(more).map(|v| *v as f32).collect()
}

/// Chapter 9's prior, not trained yet.
fn prior() -> Prior<f32> {
    let sizes = priors::Config::default().sizes;
    Prior::new(sizes, &mut rng_at(SEED, u64::MAX)).expect("sizes that fit")
}

/// Code maps of no meaning, as many as are drawn. `[N, T]`
static CODE_MAPS: LazyLock<Array2<usize>> = LazyLock::new(|| {
    let PriorSizes { codes, places, .. } = priors::Config::default().sizes;
    let shape = (DRAWN, places);
    let codes = Uniform::new(0, codes).expect("codes");
    Array2::random_using(shape, codes, &mut rng_at(SEED, 0))
});

/// Those of a batch. `[B, T]`
static BATCH: LazyLock<Array2<usize>> = LazyLock::new(|| {
    let batch = priors::Config::default().batch;
    CODE_MAPS.slice(s![..batch, ..]).to_owned()
});

/// Chapter 9's training on one batch, whose order changes.
fn prior_training() -> anyhow::Result<priors::Training<'static>> {
    let config = priors::Config::default();
    Ok(priors::Training::new(config, &BATCH, SEED)?)
}

/// The mean squared logit at each place when the codes before it are given. `[T]`
fn sizes_of_logits(prior: &impl Draws<Number = f32>) -> Vec<f64> {
    let sizes = prior.sizes();
    let seen = shift_right(&CODE_MAPS, sizes.codes); // [N, T]
    let mut cache = prior.cache(DRAWN);
    let columns = seen.columns().into_iter();
    let of = |last: ArrayView1<usize>| prior.next(&mut cache, &last.to_vec());
    columns.map(of).flat_map(|logits| mean_square(&logits)).collect()
}

/// Chapter 8's compressor, its network the page's but not trained, and an image. `[1, 784]`
fn compressor() -> anyhow::Result<(Compressor, Array2<f32>)> {
    let x = normal((VQ_BATCH, 784), 2).mapv_into(sigmoid); // [B, 784]
    let model = VqVae::new(Sizes::default(), &mut rng_at(SEED, 0));
    let tables = Tables::of_codes(&model.encode(&x)?, model.codes())?;
    let one = x.slice_move(s![..1, ..]); // [1, 784]
    Ok((Compressor::new(model, tables)?, one))
}

fn pack(by: &Compressor, x: &Array2<f32>) -> Result<Vec<u8>, CodingError> {
    by.pack(&by.model.encode(x)?.row(0).to_vec())
}

fn compress() -> anyhow::Result<Timed> {
    let (by, x) = compressor()?;
    Ok(timed(move || pack(&by, &x)))
}

fn decompress() -> anyhow::Result<Timed> {
    let (by, x) = compressor()?;
    let file = pack(&by, &x)?;
    Ok(timed(move || {
        let map = Array1::from(by.unpack(&file)?); // [S²]
        Ok::<_, CodingError>(by.model.decode(&map.insert_axis(Axis(0)))?)
    }))
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
    let here = lab::folder(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(&here).to_path_buf()
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
        "09-code-prior",
    ];
    let folder = |name| root().join("chapters").join(name).join("src");
    let mut used = chapters.map(folder).to_vec();
    used.push(root().join("chapters/lab/src/numbers"));
    lab::fingerprint(&[], &used)
}
