//! How the prior is trained.

use gradients::plain::AdamConfig;
use lab::{History, Lab};

use super::world::World;
use crate::CHAPTER;
use crate::model::{Prior, Sizes};
use crate::plain::bits_per_image;
use crate::training::{Config, Learns, Training, in_room};

/// Digits.
pub const CLASSES: usize = 10;

/// The recipe of the prior. At full scale a step on dfdx is to take some 15 ms on a large GPU, and all of them 3 minutes; on two
/// cores one takes up to two seconds, and all of them six hours.
pub fn config(lab: &Lab, codes: usize) -> Config {
    let Config { sizes, batch, steps, warm_up, adam } = Config::default();
    let Sizes { width, heads, blocks, .. } = sizes;
    let sizes = Sizes {
        codes,
        width: lab.by_scale(16, width, 256),
        heads: lab.by_scale(2, heads, 8),
        blocks: lab.by_scale(1, blocks, 4),
        classes: CLASSES,
        ..sizes
    };
    let lr = lab.by_scale(adam.lr, adam.lr, 1e-3);
    Config {
        sizes,
        batch: lab.by_scale(16, batch, 64),
        steps: lab.by_scale(40, steps, 12_000),
        warm_up: lab.by_scale(5, warm_up, 500),
        adam: AdamConfig { lr, ..adam },
    }
}

/// Before the first step.
fn start<'a>(
    lab: &Lab,
    world: &'a World,
    config: Config,
) -> anyhow::Result<Training<'a>> {
    let training = Training::new(config, &world.train_codes, lab.seed())?;
    let training = training.of_tokeniser(&world.tokeniser);
    Ok(training.of_classes(&world.train_labels)?)
}

/// The prior after its training in the lab's room, and the bits of digits held out on the way.
///
/// # Errors
/// The codes do not fit, the device is not there, or the training was stopped.
pub fn trained<'a>(
    lab: &Lab,
    world: &'a World,
    name: &str,
    config: Config,
) -> anyhow::Result<(Box<dyn Learns + 'a>, History)> {
    let mut training = in_room(lab, start(lab, world, config)?)?;
    let steps = config.steps;
    let milestones =
        [1, 2, 4, 8, 16, 32, 48, 64].map(|n| (n * steps / 64).max(1));
    let history =
        lab.train_and_observe(name, milestones, &mut training, |t| {
            let nats = t.nats(&world.watched);
            vec![nats.map_or(f32::NAN, |n| bits_per_image(&n) as f32)]
        })?;
    Ok((training, history))
}

/// A tokeniser, a prior over its codes, and how that was learnt.
pub struct Learnt {
    /// Digits, the tokeniser and its codes.
    pub world: World,
    /// The model.
    pub prior: Prior<f32>,
    /// How it was trained.
    pub config: Config,
    /// The loss before each step, in nats a code.
    pub losses: Vec<f32>,
    /// The bits of digits held out, on the way.
    pub history: History,
    /// Of the prior's training.
    pub seconds: f64,
}

impl Learnt {
    /// Trains both.
    ///
    /// # Errors
    /// The digits cannot be read or are too few, or a training was stopped.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let world = World::new(lab)?;
        let config = config(lab, world.tokeniser.codes());
        let (training, history) = trained(lab, &world, "prior", config)?;
        let (prior, losses) = (training.prior(), training.losses());
        drop(training);
        let seconds = lab.seconds("prior")?;
        Ok(Self { world, prior, config, losses, history, seconds })
    }
}

/// A prior, the loss before each step, and the seconds that its training took.
pub type Trained = (Prior<f32>, Vec<f32>, f64);

/// The prior that a run like this one has left, if one has, or else one that is trained here.
///
/// # Errors
/// As for [`trained`], or what was left cannot be read.
pub fn trained_or_left(
    lab: &Lab,
    world: &World,
    config: Config,
) -> anyhow::Result<Trained> {
    let path = lab.checkpoint_path("prior");
    let start = start(lab, world, config)?;
    let name = (&CHAPTER, "prior");
    match lab.finished(name, &path, config.steps, start)? {
        Some((it, seconds)) => Ok((it.prior(), it.losses(), seconds)),
        None => {
            let (it, _) = trained(lab, world, "prior", config)?;
            Ok((it.prior(), it.losses(), lab.seconds("prior")?))
        }
    }
}
