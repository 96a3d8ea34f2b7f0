//! Chapter 3's generator, with which this chapter's samples are compared.

use gan::digits::{pair, widths};
use gan::training::Noise;
use gradients::plain::Mlp;
use judge::training_digits;
use lab::Lab;

/// Chapter 3's generator, and how long it was trained.
pub struct Generator {
    /// What it makes images of.
    pub noise: Noise,
    /// The mean of its weights.
    pub net: Mlp<f32>,
    /// Of its training.
    pub seconds: f64,
}

impl Generator {
    /// From chapter 3's last run, if that was one like this, or trained here by the same recipe.
    ///
    /// # Errors
    /// The digits cannot be read or are too few, or the training was stopped.
    pub fn new(lab: &Lab) -> anyhow::Result<Self> {
        let train = training_digits(lab)?;
        let start = || pair(lab, &train, widths(lab));
        let gan::training::Config { noise, cool, .. } = start()?.config;
        let steps = cool.unwrap_or(0);
        let there = lab.checkpoint_of(&gan::CHAPTER, "digits");
        let digits = (&gan::CHAPTER, "digits");
        if let Some((pair, seconds)) =
            lab.finished(digits, &there, steps, start()?)?
        {
            return Ok(Self { noise, net: pair.mean, seconds });
        }
        let mut pair = gan::training::in_room(lab, start()?)?;
        lab.train("gan", steps, &mut pair)?;
        Ok(Self { noise, net: pair.mean(), seconds: lab.seconds("gan")? })
    }
}
