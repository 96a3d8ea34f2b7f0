//! What a prior is trained on: digits, a tokeniser, and the codes that it gives them.

use std::path::Path;
use std::time::Duration;

use datasets::{Batches, Digits, PixelRange, Split};
use judge::classifier::learnt_from;
use lab::{Checkpoint, Lab};
use ndarray::{Array2, s};
use vq_vae::training::{self, Config, VqVae};

/// Digits, the tokeniser, and the codes that it gives them.
pub struct World {
    /// Digits that nothing learns from.
    pub test: Digits,
    /// Chapter 8's network.
    pub tokeniser: VqVae<f32>,
    /// How long it was trained.
    pub tokeniser_time: Duration,
    /// Of pixels that are learnt from.
    pub variance: f64,
    /// Of the digits that are learnt from. `[N, 49]`
    pub train_codes: Array2<usize>,
    /// Of digits that are not, to watch the training by. `[N, 49]`
    pub watched: Array2<usize>,
    /// `[N, 49]`
    pub test_codes: Array2<usize>,
}

impl World {
    /// With a tokeniser that is trained in the lab's room.
    ///
    /// # Errors
    /// The digits cannot be read, or the training was stopped.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        Self::with(lab, trained)
    }

    /// With the tokeniser that a run has left here, if one has; otherwise with one that is trained in the lab's room.
    ///
    /// # Errors
    /// As for [`World::new`], or what was left cannot be read.
    pub fn as_left(lab: &Lab) -> anyhow::Result<Self> {
        Self::with(lab, |lab, train, config| match left(lab, &config)? {
            Some(found) => Ok(found),
            None => trained(lab, train, config),
        })
    }

    fn with(
        lab: &Lab,
        tokeniser: impl FnOnce(
            &Lab,
            &Digits,
            Config,
        ) -> anyhow::Result<(VqVae<f32>, Duration)>,
    ) -> anyhow::Result<Self> {
        let train = Digits::load_28x28(lab.data(), Split::Train)?;
        let test = Digits::load_28x28(lab.data(), Split::Test)?;
        let most = learnt_from(train.len());
        let some: Vec<usize> = (0..most.min(5000)).collect();
        let x = train.pixels::<f32>(&some, PixelRange::Unit);
        let variance = vq_vae::plain::variance(&x);
        let (tokeniser, tokeniser_time) =
            tokeniser(lab, &train, recipe(lab, variance))?;
        let learnt = lab.by_scale(500, most, most).min(most);
        let n = lab.by_scale(300, test.len(), test.len()).min(test.len());
        let watched = lab.by_scale(100, 1000, 5000).min(train.len() - most);
        Ok(Self {
            train_codes: encode(&tokeniser, &train, 0..learnt)?,
            watched: encode(&tokeniser, &train, most..most + watched)?,
            test_codes: encode(&tokeniser, &test, 0..n)?,
            test,
            tokeniser,
            tokeniser_time,
            variance,
        })
    }

    /// The first test digits. `[n, 784]`
    pub fn digits(&self, n: usize) -> Array2<f32> {
        let rows: Vec<usize> = (0..n.min(self.test.len())).collect();
        self.test.pixels(&rows, PixelRange::Unit)
    }
}

/// The tokeniser's recipe: chapter 8's, with fewer codes. At full scale they are so few that a map should cost less than the 73
/// bits of Keras's example, and they are trained for longer, so as not to lose more for it.
fn recipe(lab: &Lab, variance: f64) -> Config {
    let mut config = Config { variance, ..Default::default() };
    config.sizes.codes = lab.by_scale(16, 64, 20);
    config.sizes.width = lab.by_scale(4, 16, 16);
    config.sizes.channels = lab.by_scale(8, 128, 256);
    config.steps = lab.by_scale(30, 4000, 6000);
    config.batch = lab.by_scale(32, 64, 128);
    config.adam.lr = lab.by_scale(1e-3, 3e-3, 3e-3);
    config
}

const NAME: &str = "tokeniser";

/// On the digits that chapter 3's generator learns from.
fn trained(
    lab: &Lab,
    train: &Digits,
    config: Config,
) -> anyhow::Result<(VqVae<f32>, Duration)> {
    let most = learnt_from(train.len());
    let mut batches = Batches::new(most, config.batch, lab.seed())?;
    let data = |n| train.pixels(&batches.batch(n), PixelRange::Unit);
    let training = training::Training::new(config, data, lab.seed())?;
    let mut training = training::in_room(lab, training)?;
    lab.train(NAME, config.steps, &mut training)?;
    Ok((training.model(), training.time()))
}

/// The tokeniser of a run with the same seed, scale, data and recipe, if there is one that came to its end.
fn left(
    lab: &Lab,
    config: &Config,
) -> anyhow::Result<Option<(VqVae<f32>, Duration)>> {
    let path = lab.checkpoint_path(NAME);
    let Some(checkpoint) = same_run(lab, &path, "code-prior/tokeniser")?
    else {
        return Ok(None);
    };
    let recipe = checkpoint.expect_note("config", format!("{config:?}"));
    let done = checkpoint.number("encoder.step").ok();
    if recipe.is_err() || done != Some(config.steps) {
        return Ok(None);
    }
    let time = Duration::from_millis(checkpoint.number("milliseconds")?);
    Ok(Some((training::load(&path)?, time)))
}

/// The checkpoint of a training, if it is there and of this seed, scale and data.
///
/// # Errors
/// It is there and cannot be read.
pub fn same_run(
    lab: &Lab,
    path: &Path,
    training: &str,
) -> anyhow::Result<Option<Checkpoint>> {
    if !path.exists() {
        return Ok(None);
    }
    let checkpoint = Checkpoint::load(path)?;
    let same = [
        ("training", training.to_string()),
        ("seed", lab.seed().to_string()),
        ("scale", lab.scale().to_string()),
        ("data", lab.data().display().to_string()),
    ]
    .iter()
    .all(|(name, value)| checkpoint.expect_note(name, value).is_ok());
    Ok(same.then_some(checkpoint))
}

fn encode(
    tokeniser: &VqVae<f32>,
    digits: &Digits,
    rows: std::ops::Range<usize>,
) -> anyhow::Result<Array2<usize>> {
    let mut codes = Array2::zeros((rows.len(), 49)); // [N, 49]
    let all: Vec<usize> = rows.collect();
    for (n, rows) in all.chunks(1000).enumerate() {
        let x = digits.pixels::<f32>(rows, PixelRange::Unit); // [1000, 784]
        let into = s![n * 1000..n * 1000 + rows.len(), ..];
        codes.slice_mut(into).assign(&tokeniser.encode(&x)?);
    }
    Ok(codes)
}
