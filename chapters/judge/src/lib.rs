//! What judges generated digits, for every chapter that generates some: a classifier that has seen real ones, and the
//! measures that its features make possible. Chapter 3 teaches them.
//!
//! - [`classifier`]: how the classifier is trained.
//! - [`measures`]: classes, Fréchet distance, precision and recall, Parzen windows.

pub mod classifier;
pub mod measures;

use datasets::{DataError, Digits, PixelRange, Split};
use lab::{Lab, Within};
use ndarray::{Array2, s};

use crate::classifier::{BATCH, Training, enough_for, learnt_from};
use crate::measures::{
    Classifier, Moments, Seen, entropy, frechet, precision_and_recall,
};

/// What every judgement needs.
pub struct Judge {
    /// The classifier whose features are compared.
    pub classifier: Classifier,
    /// Digits that are learnt from.
    pub train: Digits,
    /// Digits that samples are compared with.
    pub test: Digits,
    /// The judged sample's size.
    pub n: usize,
    /// What the classifier sees in the test digits.
    pub real: Seen,
}

/// What is found in a set of images.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// Fréchet distance from the test digits.
    pub frechet: f64,
    /// The share with a class of probability 0.9 or more.
    pub confident: f64,
    /// The rarest class's share.
    pub rarest: f64,
    /// Of the classes, in nats.
    pub entropy: f64,
    /// The share that lies among real digits.
    pub precision: f64,
    /// The share of real digits that it covers.
    pub recall: f64,
}

/// The digits of the command line that are learnt from, enough of them for the judge.
///
/// # Errors
/// They cannot be read, or are too few.
pub fn training_digits(lab: &Lab) -> Result<Digits, DataError> {
    let digits = Digits::load_28x28(lab.data(), Split::Train)?;
    digits.at_least(enough_for(BATCH))?;
    Ok(digits)
}

/// Precision and recall reach as far as a neighbour of this rank.
const RANK: usize = 3;

/// The digits of the command line that samples are compared with, enough of them for every measure.
///
/// # Errors
/// They cannot be read, or are too few.
pub fn test_digits(lab: &Lab) -> Result<Digits, DataError> {
    let digits = Digits::load_28x28(lab.data(), Split::Test)?;
    digits.at_least(RANK + 1)?;
    Ok(digits)
}

impl Judge {
    /// Trains the classifier, and shows it the test digits.
    ///
    /// # Errors
    /// The digits cannot be read or are too few, or the training was stopped.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let train = training_digits(lab)?;
        let test = test_digits(lab)?;
        let steps = lab.by_scale(30, 4680, 12_000);
        let mut training = Training::new(&train, lab.seed(), steps)?;
        lab.prepare("judge", steps, &mut training)?;
        let classifier = Classifier { net: training.model.net };
        let n = lab.by_scale(300, 10_000, 10_000).min(test.len());
        let rows: Vec<usize> = (0..n).collect();
        let real = classifier.look(&test.pixels(&rows, PixelRange::Unit));
        Ok(Self { classifier, train, test, n, real })
    }

    /// Images `[N, 784]` in [0, 1], judged beside the test digits.
    ///
    /// # Errors
    /// There are too few of them, or they are not finite.
    pub fn judge(&self, x: &Array2<f32>) -> anyhow::Result<Verdict> {
        let seen = self.classifier.look(x);
        let real = Moments::of(&self.real.features)?;
        let shares = seen.shares();
        let few = |f: &Array2<f64>| {
            f.slice(s![..f.nrows().min(2000), ..]).to_owned()
        };
        let (precision, recall) = precision_and_recall(
            &few(&self.real.features),
            &few(&seen.features),
            RANK,
        )?;
        Ok(Verdict {
            frechet: frechet(&Moments::of(&seen.features)?, &real)?,
            confident: seen.confident(0.9),
            rarest: shares.fold(1.0, |a, b| a.min(*b)),
            entropy: entropy(&shares),
            precision,
            recall,
        })
    }

    /// The share of test digits that the classifier names rightly.
    pub fn accuracy(&self) -> f64 {
        let rows = self.real.classes.rows().into_iter();
        let right = rows.zip(&self.test.labels).filter(|(p, label)| {
            let larger = |a, b| if p[b] > p[a] { b } else { a };
            (0..p.len()).fold(0, larger) == usize::from(**label)
        });
        right.count() as f64 / self.n as f64
    }

    /// Training digits that neither the classifier nor the generators have learnt from, and no more of them than are
    /// judged.
    pub fn held_out(&self) -> Array2<f32> {
        let from = learnt_from(self.train.len());
        let rows: Vec<usize> =
            (from..self.train.len()).take(self.n).collect();
        self.train.pixels(&rows, PixelRange::Unit)
    }
}

/// Records a verdict under `name`.
///
/// # Errors
/// A name is taken, or a number is not finite.
pub fn record(lab: &mut Lab, name: &str, v: Verdict) -> anyhow::Result<()> {
    let numbers = [
        ("frechet", v.frechet, Within::Factor(1.6)),
        ("confident_share", v.confident, Within::Absolute(0.08)),
        ("rarest_class_share", v.rarest, Within::Absolute(0.03)),
        ("class_entropy", v.entropy, Within::Absolute(0.1)),
        ("precision", v.precision, Within::Absolute(0.1)),
        ("recall", v.recall, Within::Absolute(0.1)),
    ];
    numbers.into_iter().try_for_each(|(what, value, within)| {
        lab.result(&format!("{name}_{what}"), value, within)
    })
}
