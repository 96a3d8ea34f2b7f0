//! What a prior is trained on: digits, a tokeniser, and the codes that it gives them.

use datasets::{Batches, Digits, PixelRange};
use judge::classifier::learnt_from;
use judge::{test_digits, training_digits};
use lab::Lab;
use ndarray::{Array2, s};
use vq_vae::training::{
    Config, Trained as _, Training, VqVae, in_room, pixel_variance,
};

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

// ANCHOR: recipe
/// The tokeniser's recipe: chapter 8's, with dearer bits.
fn recipe(lab: &Lab, variance: f64) -> Config {
    let mut config = Config { variance, ..Default::default() };
    config.sizes.codes = lab.by_scale(16, 256, 512);
    config.sizes.channels = lab.by_scale(8, config.sizes.channels, 128);
    config.batch = lab.by_scale(32, 64, 128);
    config.at_price(0.6).over(lab.by_scale(30, 6000, 40_000))
}
// ANCHOR_END: recipe

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

/// All digits as pixels in [0, 1], as chapter 8 has them, and its networks.
pub struct Pictures {
    digits: Digits,
    /// What is learnt from. `[N, 784]`
    pub train: Array2<f32>,
    /// What is held back. `[M, 784]`
    pub test: Array2<f32>,
    /// Of the pixels that are learnt from.
    pub variance: f64,
}

impl Pictures {
    /// The digits of the command line.
    ///
    /// # Errors
    /// They cannot be read, or are too few or all alike.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let (digits, test) = (training_digits(lab)?, test_digits(lab)?);
        digits.at_least(lab.by_scale(16, 64, 128))?; // of a batch
        digits.varied(digits.len())?;
        let some = |of: &Digits, few| {
            let n = lab.by_scale(few, of.len(), of.len()).min(of.len());
            let rows: Vec<usize> = (0..n).collect();
            of.pixels::<f32>(&rows, PixelRange::Unit)
        };
        let (train, test) = (some(&digits, 200), some(&test, 40));
        let variance = pixel_variance(&digits);
        Ok(Self { digits, train, test, variance })
    }

    /// What is learnt from, and what is held back.
    pub fn both(&self) -> [&Array2<f32>; 2] {
        [&self.train, &self.test]
    }

    /// The first training digits. `[n, 784]`
    pub fn first(&self, n: usize) -> Array2<f32> {
        self.train.slice(s![..n.min(self.train.nrows()), ..]).to_owned()
    }

    /// A network of chapter 8's curve, as its last run has left it, if that was one like this, or else trained here.
    ///
    /// # Errors
    /// The digits are too few, or the training was stopped.
    pub fn network(
        &self,
        lab: &Lab,
        lambda: f64,
        seed: usize,
    ) -> anyhow::Result<VqVae<f32>> {
        let mut config =
            Config { variance: self.variance, ..Default::default() };
        config.sizes.codes = lab.by_scale(16, config.sizes.codes, 512);
        config.sizes.channels = lab.by_scale(8, config.sizes.channels, 128);
        config.batch = lab.by_scale(16, config.batch, 128);
        let config =
            config.at_price(lambda).over(lab.by_scale(8, 8000, 15_000));
        let draws = lab.seed().wrapping_add(seed as u64);
        let start = || -> anyhow::Result<_> {
            let mut batches =
                Batches::new(self.digits.len(), config.batch, draws)?;
            let data = move |n| {
                self.digits.pixels(&batches.batch(n), PixelRange::Unit)
            };
            Ok(Training::new(config, data, draws)?)
        };
        let name = format!("lambda_{lambda}-{}", seed + 1);
        let there = lab.checkpoint_of(&vq_vae::CHAPTER, &name);
        let of = (&vq_vae::CHAPTER, &*name);
        if let Some((run, _)) =
            lab.finished(of, &there, config.steps, start()?)?
        {
            return Ok(run.model());
        }
        let mut run = in_room(lab, start()?)?;
        lab.train(&name, config.steps, &mut run)?;
        Ok(run.model())
    }
}
