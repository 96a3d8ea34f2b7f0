//! Which committed networks the numbers come from: when one is made anew, a test asks for them again.

use std::fs;

use anyhow::Context;
use lab::{Cost, Experiment, Lab, Within};
use md5::{Digest, Md5};

/// Writes them down.
pub const EXPERIMENT: Experiment = Experiment {
    name: "models",
    cost: Cost::Seconds,
    measure,
    figures: &[],
    claims: Vec::new,
};

fn measure(lab: &mut Lab) -> anyhow::Result<()> {
    for (name, sum) in digests()? {
        lab.result(&name, sum.into(), Within::Exactly)?;
    }
    Ok(())
}

/// The first 32 bits of the MD5 of each model file, by the name of its result.
///
/// # Errors
/// A file cannot be read.
pub fn digests() -> anyhow::Result<Vec<(String, u32)>> {
    let files = [
        (&gan::CHAPTER, "digits"),
        (&code_prior::CHAPTER, "tokeniser"),
        (&code_prior::CHAPTER, "prior"),
        (&vq_gan::CHAPTER, "artist"),
    ];
    let sum = |(chapter, model): (&lab::Chapter, &str)| {
        let path = chapter.model(model);
        let bytes = fs::read(&path)
            .with_context(|| format!("{}: a model", path.display()))?;
        let sum = Md5::digest(bytes);
        let first = u32::from_be_bytes([sum[0], sum[1], sum[2], sum[3]]);
        Ok((format!("models_{}_{model}", chapter.name), first))
    };
    files.into_iter().map(sum).collect()
}
