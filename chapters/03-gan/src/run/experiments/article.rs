//! The article's shapes and optimisers, with its slips mended and nothing added: a part of the experiment `digits`.

use gradients::plain::{Activation, Mlp};
use judge::{Judge, record};
use lab::{Lab, Within, rng_at};

use crate::digits::{batches, unit};
use crate::run::drawn::samples;
use crate::training::{Config, Gan, in_room};

/// One hidden layer each: noise to pixels, and pixels to a logit.
pub fn networks(
    (noise, hidden): (usize, usize),
    activation: Activation,
    seed: u64,
) -> (Mlp<f32>, Mlp<f32>) {
    let net = |widths: &[usize], last, stream| {
        Mlp::new(widths, activation, last, &mut rng_at(seed, stream))
    };
    let g = net(&[noise, hidden, 784], Activation::Tanh, u64::MAX);
    let d = net(&[784, hidden, 1], Activation::Identity, u64::MAX - 1);
    (g, d)
}

/// Trains and judges them.
pub fn measure(lab: &mut Lab, judge: &Judge) -> anyhow::Result<()> {
    let config = Config::default();
    let seed = lab.seed();
    let hidden = lab.by_scale(16, 128, 128);
    let nets = networks((100, hidden), Activation::Relu, seed);
    let data = batches(&judge.train, config.batch, seed)?;
    let mut gan = in_room(lab, Gan::new(config, nets, seed, data))?;
    let steps = lab.by_scale(60, 15_000, 100_000);
    lab.train("article", steps, &mut gan)?;
    let seconds = lab.seconds("article")?;
    lab.result("article_seconds", seconds, Within::Timing)?;
    lab.result("article_steps", steps as f64, Within::Exactly)?;
    let z = config.noise.sample(judge.n, &mut lab.rng("judged"));
    let x = unit(gan.g().output(&z)); // [N, 784]
    record(lab, "article", judge.judge(&x)?)?;
    samples(lab, "article", &x, 32)
}
