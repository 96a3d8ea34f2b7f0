//! What this chapter begins with: networks that earlier chapters have trained and committed, digits, and a judge.

use code_prior::model::Prior;
use code_prior::training::load_pair;
use datasets::PixelRange;
use gan::training::{Noise, load_generator};
use gradients::plain::Mlp;
use judge::Judge;
use lab::Lab;
use ndarray::Array2;
use vq_vae::model::VqVae;

/// Trained networks and digits.
pub struct Given {
    /// Names digits.
    pub judge: Judge,
    /// What goes into the generator.
    pub noise: Noise,
    /// Chapter 3's, in [-1, 1].
    pub generator: Mlp<f32>,
    /// Chapter 9's tokeniser.
    pub network: VqVae<f32>,
    /// Chapter 9's prior over its codes.
    pub prior: Prior<f32>,
    /// Digits that are learnt from, in [0, 1]. `[N, 784]`
    pub train: Array2<f32>,
}

impl Given {
    /// The committed networks, whatever has been trained here since.
    ///
    /// # Errors
    /// A file or the digits cannot be read.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let judge = Judge::new(lab)?;
        let digits = gan::CHAPTER.model("digits");
        let (noise, generator) = load_generator(&digits)?;
        let [tokeniser, prior] =
            ["tokeniser", "prior"].map(|of| code_prior::CHAPTER.model(of));
        let (network, prior) = load_pair(&tokeniser, &prior)?;
        let most = lab.by_scale(500, 20_000, 60_000);
        let rows: Vec<usize> = (0..most.min(judge.train.len())).collect();
        let train = judge.train.pixels(&rows, PixelRange::Unit);
        Ok(Self { judge, noise, generator, network, prior, train })
    }

    /// Test digits and their classes, every so many of them. `[n, 784]`
    pub fn digits(&self, n: usize, from: usize) -> (Array2<f32>, Vec<usize>) {
        let test = &self.judge.test;
        let step = (test.len() / n.max(1)).max(1);
        let rows = (from..test.len()).step_by(step).take(n);
        let rows: Vec<usize> = rows.collect();
        (test.pixels(&rows, PixelRange::Unit), test.classes(&rows))
    }

    /// What the judge sees in pictures `[N, 784]`. `[N]`
    pub fn classes(&self, x: &Array2<f32>) -> Vec<usize> {
        let seen = self.judge.classifier.look(x);
        let largest = |p: ndarray::ArrayView1<f64>| {
            (1..p.len()).fold(0, |a, b| if p[b] > p[a] { b } else { a })
        };
        seen.classes.rows().into_iter().map(largest).collect()
    }

    /// The share of pictures that the judge takes for what they are.
    pub fn named(&self, x: &Array2<f32>, classes: &[usize]) -> f64 {
        let seen = self.classes(x);
        let right = seen.iter().zip(classes).filter(|(a, b)| a == b).count();
        right as f64 / classes.len().max(1) as f64
    }
}
