//! Quality against time: the recipes of chapters 3 and 8 over fewer steps, here and in `tests/peers/torch_quality.py`, from
//! the same weights on the same digits, and one measure for both sides.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use datasets::{Batches, Digits, PixelRange, Split};
use gan::digits::{self, unit};
use gan::training::Gan;
use gradients::plain::Parameters;
use judge::classifier::{self, learnt_from};
use judge::measures::{Classifier, Moments, frechet};
use lab::{Checkpoint, Resumable, rng_at};
use ndarray::{Array2, aview1};
use vq_vae::model::VqVae;
use vq_vae::plain::squared_error;
use vq_vae::training::{Trained, Training};

use crate::speed::{SEED, gan_recipe, one_block, put, vq_recipe};

/// A system that is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum System {
    /// Chapter 3's digits: 64-256-512-784 against 784-512-256-1.
    Gan,
    /// Chapter 8's network.
    VqVae,
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            System::Gan => "gan",
            System::VqVae => "vq_vae",
        })
    }
}

/// Samples that a generator is judged by.
const JUDGED: usize = 10_000;

impl System {
    /// The steps after which a side is judged; over the last of them the step size falls to zero.
    pub fn marks(self) -> [u64; 7] {
        match self {
            System::Gan => [250, 500, 1000, 2000, 4000, 7000, 10_000],
            System::VqVae => [50, 100, 200, 400, 800, 1500, 2500],
        }
    }

    fn steps(self) -> u64 {
        self.marks()[6]
    }

    /// A run in this workbook, untrained.
    fn run(self, train: &Digits) -> anyhow::Result<Run<'_>> {
        let batches = |n, size| Batches::new(n, size, SEED);
        Ok(match self {
            System::Gan => {
                let config = digits::recipe(self.steps());
                let gan =
                    digits::players(config, SEED, train, digits::WIDTHS)?;
                Run::Gan(Box::new(gan))
            }
            System::VqVae => {
                let config = one_block().over(self.steps());
                let mut order = batches(train.len(), config.batch)?;
                let data =
                    move |n| train.pixels(&order.batch(n), PixelRange::Unit);
                Run::VqVae(Box::new(Training::new(config, data, SEED)?))
            }
        })
    }
}

enum Run<'a> {
    Gan(Box<Gan<'a>>),
    VqVae(Box<Training<'a>>),
}

impl Run<'_> {
    fn step(&mut self) -> anyhow::Result<()> {
        match self {
            Run::Gan(gan) => gan.step()?,
            Run::VqVae(training) => training.step()?,
        };
        Ok(())
    }

    /// What is judged, or begun with.
    fn networks(&self) -> Checkpoint {
        let mut file = Checkpoint::default();
        match self {
            Run::Gan(gan) => put(&mut file, "g", &gan.mean),
            Run::VqVae(training) => {
                put(&mut file, "encoder", &training.encoder.net);
                put(&mut file, "decoder", &training.decoder.net);
                file.put("codebook", training.quantizer.codebook());
            }
        }
        file
    }
}

fn digits(split: Split) -> anyhow::Result<Digits> {
    Ok(Digits::load_28x28(datasets::bundled(), split)?)
}

/// Writes what the other side begins with, and the constants of its recipe.
///
/// # Errors
/// The digits cannot be read, or the file cannot be written.
pub fn start(system: System, file: &Path) -> anyhow::Result<()> {
    let train = digits(Split::Train)?;
    let run = system.run(&train)?;
    let mut inputs = run.networks();
    match &run {
        Run::Gan(gan) => {
            put(&mut inputs, "d", &gan.d.net);
            inputs.put("recipe", &gan_recipe(&gan.config));
            let sizes = [gan.config.batch, learnt_from(train.len())];
            inputs.put("sizes", &aview1(&sizes.map(|n| n as f32)));
        }
        Run::VqVae(training) => {
            inputs.put("recipe", &vq_recipe(&training.config)?);
            let batch = [training.config.batch as f32];
            inputs.put("batch", &aview1(&batch));
        }
    }
    let marks = system.marks().map(|n| n as f32);
    inputs.put("marks", &aview1(&marks));
    inputs.save(file).with_context(|| format!("the start of {system}"))
}

/// Trains this side, and leaves its networks at every mark in `folder`: the mark, seconds of training until there, and the
/// file.
///
/// # Errors
/// As for [`start`].
pub fn train(
    system: System,
    folder: &Path,
) -> anyhow::Result<Vec<(u64, f64, PathBuf)>> {
    let train = digits(Split::Train)?;
    let mut run = system.run(&train)?;
    let mut left = Vec::new();
    rayon::scope(|_| {
        let (mut done, mut time) = (0, Duration::ZERO);
        for mark in system.marks() {
            let start = Instant::now();
            while done < mark {
                run.step()?;
                done += 1;
            }
            time += start.elapsed();
            let name = format!("{system}-ours-{mark}.safetensors");
            let file = folder.join(name);
            run.networks().save(&file)?;
            left.push((mark, time.as_secs_f64(), file));
        }
        anyhow::Ok(left)
    })
}

/// One number for each file: a generator's Fréchet distance, or the squared error of a reconstruction over the variance of
/// the pixels, both on the test digits.
///
/// # Errors
/// A file cannot be read or is of something else.
pub fn judge(system: System, files: &[PathBuf]) -> anyhow::Result<Vec<f64>> {
    let train = digits(Split::Train)?;
    let test = digits(Split::Test)?;
    let rows: Vec<usize> = (0..JUDGED.min(test.len())).collect();
    let x: Array2<f32> = test.pixels(&rows, PixelRange::Unit);
    let mut run = system.run(&train)?;
    match &mut run {
        Run::Gan(gan) => {
            let mut judge = classifier::Training::new(&train, SEED, 4680)?;
            rayon::scope(|_| {
                (0..judge.steps).try_for_each(|_| judge.step().map(drop))
            })?;
            let judge = Classifier { net: judge.model.net };
            let real = Moments::of(&judge.look(&x).features)?;
            let z = gan.config.noise.sample(JUDGED, &mut rng_at(SEED, 0));
            let of = |file: &PathBuf| {
                get(&Checkpoint::load(file)?, "g", &mut gan.mean)?;
                let seen = judge.look(&unit(gan.mean.output(&z)));
                Ok(frechet(&Moments::of(&seen.features)?, &real)?)
            };
            files.iter().map(of).collect()
        }
        Run::VqVae(training) => {
            let variance = training.config.variance;
            let model: &mut VqVae<f32> = &mut training.model();
            let of = |file: &PathBuf| {
                let file = Checkpoint::load(file)?;
                get(&file, "encoder", &mut model.encoder)?;
                get(&file, "decoder", &mut model.decoder)?;
                let shape = model.codebook.shape().to_vec();
                model.codebook.assign(file.get("codebook", &shape)?);
                let error = squared_error(&x, &model.reconstruct(&x)?);
                Ok(error.mean().unwrap_or(0.0) / variance)
            };
            files.iter().map(of).collect()
        }
    }
}

fn get(
    file: &Checkpoint,
    name: &str,
    net: &mut impl Parameters<f32>,
) -> anyhow::Result<()> {
    for (n, mut p) in net.parameters_mut().into_iter().enumerate() {
        let array = file.get(&format!("{name}.{n}"), p.shape())?;
        p.assign(array);
    }
    Ok(())
}
