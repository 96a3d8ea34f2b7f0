//! What a prior is trained on: digits, a tokeniser, and the codes that it gives them.

use datasets::{Batches, Digits, PixelRange};
use judge::classifier::learnt_from;
use judge::{test_digits, training_digits};
use lab::Lab;
use ndarray::{Array2, s};
use vq_vae::training::{Config, Trained as _, Training, VqVae, in_room};

use crate::CHAPTER;

/// Digits, the tokeniser, and the codes that it gives them.
pub struct World {
    /// Digits that nothing learns from.
    pub test: Digits,
    /// Chapter 8's network.
    pub tokeniser: VqVae<f32>,
    /// How long it was trained.
    pub tokeniser_seconds: f64,
    /// Of pixels that are learnt from.
    pub variance: f64,
    /// Of the digits that are learnt from. `[N, 49]`
    pub train_codes: Array2<usize>,
    /// What those digits are. `[N]`
    pub train_labels: Vec<usize>,
    /// Of digits that are not, to watch the training by. `[N, 49]`
    pub watched: Array2<usize>,
    /// `[N, 49]`
    pub test_codes: Array2<usize>,
    /// What the test digits are. `[N]`
    pub test_labels: Vec<usize>,
}

impl World {
    /// With a tokeniser that is trained in the lab's room.
    ///
    /// # Errors
    /// The digits cannot be read or are too few, or the training was stopped.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        Self::with(lab, trained)
    }

    /// With the tokeniser that a run has left here, if one has; otherwise with one that is trained in the lab's room.
    ///
    /// # Errors
    /// As for [`World::new`], or what was left cannot be read.
    pub fn as_left(lab: &Lab) -> anyhow::Result<Self> {
        Self::with(lab, left_or_trained)
    }

    fn with(
        lab: &Lab,
        tokeniser: fn(&Lab, &Digits, Config) -> anyhow::Result<Trained>,
    ) -> anyhow::Result<Self> {
        let (train, test) = (training_digits(lab)?, test_digits(lab)?);
        let most = learnt_from(train.len());
        let some: Vec<usize> = (0..most.min(5000)).collect();
        train.varied(some.len())?;
        let x = train.pixels::<f32>(&some, PixelRange::Unit);
        let variance = vq_vae::plain::variance(&x);
        let (tokeniser, tokeniser_seconds) =
            tokeniser(lab, &train, recipe(lab, variance))?;
        let learnt = lab.by_scale(500, most, most).min(most);
        let n = lab.by_scale(300, test.len(), test.len()).min(test.len());
        let [train_labels, test_labels] = [(&train, learnt), (&test, n)]
            .map(|(digits, n)| digits.classes(&Vec::from_iter(0..n)));
        let watched = lab.by_scale(100, 1000, 5000).min(train.len() - most);
        Ok(Self {
            train_codes: encode(&tokeniser, &train, 0..learnt)?,
            watched: encode(&tokeniser, &train, most..most + watched)?,
            test_codes: encode(&tokeniser, &test, 0..n)?,
            test_labels,
            train_labels,
            test,
            tokeniser,
            tokeniser_seconds,
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
fn untrained<'a>(
    lab: &Lab,
    train: &'a Digits,
    config: Config,
) -> anyhow::Result<Training<'a>> {
    let most = learnt_from(train.len());
    let mut batches = Batches::new(most, config.batch, lab.seed())?;
    let data = move |n| train.pixels(&batches.batch(n), PixelRange::Unit);
    Ok(Training::new(config, data, lab.seed())?)
}

/// A tokeniser, and the seconds that its training took.
type Trained = (VqVae<f32>, f64);

fn trained(
    lab: &Lab,
    train: &Digits,
    config: Config,
) -> anyhow::Result<Trained> {
    let mut training = in_room(lab, untrained(lab, train, config)?)?;
    lab.train(NAME, config.steps, &mut training)?;
    Ok((training.model(), lab.seconds(NAME)?))
}

/// The tokeniser that a run like this one has left, or else one that is trained.
fn left_or_trained(
    lab: &Lab,
    train: &Digits,
    config: Config,
) -> anyhow::Result<Trained> {
    let path = lab.checkpoint_path(NAME);
    let (start, name) = (untrained(lab, train, config)?, (&CHAPTER, NAME));
    match lab.finished(name, &path, config.steps, start)? {
        Some((training, seconds)) => Ok((training.model(), seconds)),
        None => trained(lab, train, config),
    }
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
