//! Chapter 3's pair on a ring of eight modes, step by step.

use std::sync::Arc;

use datasets::toy::{Density, GaussianMixture};
use gan::plain::{
    Game, Penalties, average, d_step, g_loss_of, g_step, modes, through,
};
use gan::training::{Config, Gan, Noise, Round};
use gradients::plain::{Activation, AdamConfig, Mlp, last, sigmoid};
use lab::rng_at;
use ndarray::Array2;

use crate::{Answer, Demo, LiveError, Numbers, unknown};

/// Half the side of the square that is shown.
const REACH: f32 = 1.5;
/// Cells on a side of the discriminator's surface.
const CELLS: usize = 40;
/// Samples that are shown.
const SHOWN: usize = 256;
/// Samples that have an arrow.
const ARROWS: usize = 64;

/// The pair, if there is one yet, and the data.
#[derive(Default)]
pub(crate) struct Ring(Option<Playing>);

struct Playing {
    gan: Gan<'static>,
    data: Arc<GaussianMixture>,
    /// What the last step was made from, and which step that is.
    round: Option<(u64, Round)>,
}

impl Demo for Ring {
    /// - `new seed noise game penalty speed`: begins; the noise is so many normal numbers, the game 0 (non-saturating) or 1
    ///   (saturating), the penalty γ, and G's steps are so many times as long.
    /// - `settings game penalty speed`: goes on with others.
    /// - `d n`: so many steps of D. `g`: one of G. `steps n`: so many of both.
    /// - `view`: samples, the discriminator's surface, arrows, losses.
    fn ask(&mut self, what: &str, of: Numbers) -> Result<Answer, LiveError> {
        if what == "new" {
            self.0 = Some(Playing::new(of)?);
            return Ok(Vec::new());
        }
        let playing = self.0.as_mut().ok_or_else(|| {
            LiveError::new("the pair does not exist yet: ask `ring.new`")
        })?;
        match what {
            "settings" => playing.set(of, 0)?,
            "d" => {
                for _ in 0..of.whole(0, 100)? {
                    playing.step_of_d()?;
                }
            }
            "g" => playing.step_of_g()?,
            "steps" => {
                for _ in 0..of.whole(0, 1000)? {
                    playing.step_of_d()?;
                    playing.step_of_g()?;
                }
            }
            "view" => return Ok(playing.view()),
            _ => return Err(unknown(&format!("ring.{what}"))),
        }
        Ok(Vec::new())
    }
}

impl Playing {
    /// A pair of chapter 3's experiment `ring`.
    fn new(of: Numbers) -> Result<Self, LiveError> {
        let seed = of.whole(0, 1 << 32)?;
        let noise = Noise::normal(of.whole(1, 16)?.max(1) as usize);
        let adam =
            AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
        let (g, d) = (adam, adam);
        let config = Config { noise, g, d, ..Config::default() };
        let net = |widths, stream| {
            let leaky = Activation::LeakyRelu(0.2);
            let (widths, rng): ([usize; 4], _) =
                (widths, &mut rng_at(seed, stream));
            Mlp::new(&widths, leaky, Activation::Identity, rng)
        };
        let g = net([noise.width(), 32, 32, 2], u64::MAX);
        let d = net([2, 32, 32, 1], u64::MAX - 1);
        let ring = GaussianMixture::ring_of_8(0.05);
        let data = Arc::new(ring.map_err(LiveError::new)?);
        let (source, batch) = (data.clone(), config.batch);
        let gan = Gan::new(config, (g, d), seed, move |n| {
            let rng = &mut rng_at(seed ^ 0x5eed, n);
            source.sample(batch, rng).mapv(|v| v as f32)
        });
        let mut playing = Self { gan, data, round: None };
        playing.set(of, 2)?;
        Ok(playing)
    }

    /// What may change on the way, from the n-th number on.
    fn set(&mut self, of: Numbers, n: usize) -> Result<(), LiveError> {
        let games = [Game::NonSaturating, Game::Saturating];
        let game = games[of.whole(n, 1)? as usize];
        let gamma = of.at(n + 1)?.clamp(0.0, 100.0);
        let speed = of.at(n + 2)?.clamp(0.1, 10.0);
        let Gan { config, g, .. } = &mut self.gan;
        config.game = game;
        config.penalties = Penalties { real: gamma, fake: gamma };
        g.adam.config.lr = config.g.lr * speed;
        Ok(())
    }

    /// What step `n` is made from.
    fn round(&mut self, n: u64) -> Round {
        let Gan { config, source, .. } = &mut self.gan;
        match self.round.take() {
            Some((last, round)) if last == n => round,
            _ => source.round(config, n),
        }
    }

    /// The first half of eq. 3.4, on the next real examples.
    fn step_of_d(&mut self) -> Result<(), LiveError> {
        let n = self.gan.d.adam.t;
        let round = self.round(n);
        let Gan { config, g, d, .. } = &mut self.gan;
        let (x_real, z) = &round.d[0];
        let x_fake = g.net.output(z); // [B, 2]
        let (loss, d_d) =
            d_step(&d.net, x_real, &x_fake, config.game, config.penalties);
        d.step(loss, &d_d).map_err(LiveError::new)?;
        self.round = Some((n, round));
        Ok(())
    }

    /// The second half.
    fn step_of_g(&mut self) -> Result<(), LiveError> {
        let round = self.round(self.gan.g.adam.t);
        let Gan { config, g, d, mean, .. } = &mut self.gan;
        let decay = config.at(g.adam.t).decay;
        let s_real = d.net.output(&round.d[0].0); // [B, 1]
        let (loss, d_g) =
            g_step(&g.net, &d.net, &round.z_g, &s_real, config.game, 1);
        g.step(loss, &d_g).map_err(LiveError::new)?;
        average(mean, &g.net, decay);
        Ok(())
    }

    /// Samples, `[n, 2]`; D's probability in each cell, the lowest row first; where the first samples are to go, `[m, 2]`; real
    /// examples, `[n, 2]`; G's steps, both losses (in nats), how many modes are found, the share of high quality, D's steps.
    fn view(&mut self) -> Answer {
        let Gan { config, g, d, source, .. } = &mut self.gan;
        let z = config.noise.sample(SHOWN, &mut rng_at(0x7e57, 0));
        let x = g.net.output(&z); // [n, 2]
        let at = |n: usize| REACH * ((2 * n + 1) as f32 / CELLS as f32 - 1.0);
        let cells = Array2::from_shape_fn((CELLS * CELLS, 2), |(n, axis)| {
            at(if axis == 0 { n % CELLS } else { n / CELLS })
        });
        let surface = d.net.output(&cells).mapv(sigmoid);
        let few = x.slice(ndarray::s![..ARROWS, ..]).to_owned(); // [m, 2]
        let outputs = d.net.forward(&few);
        let s_real = d.net.output(&source.real(0)); // [B, 1]
        let s_real = s_real.slice(ndarray::s![..ARROWS, ..]).to_owned();
        let (_, d_s) = g_loss_of(config.game, &s_real, last(&outputs));
        let (d_x, _) = through(&d.net, &outputs, d_s); // [m, 2]
        let arrows = d_x * -(ARROWS as f32); // of each sample's own loss
        let (means, sigma) = (self.data.means(), self.data.sigma());
        let (good, found) = modes(&x.mapv(f64::from), means, sigma);
        let found = found.iter().filter(|n| **n > 0).count();
        let loss = |of: &[f32]| of.last().copied().unwrap_or(0.0);
        let said = vec![
            g.adam.t as f32,
            loss(&d.losses),
            loss(&g.losses),
            found as f32,
            good as f32 / SHOWN as f32,
            d.adam.t as f32,
        ];
        let flat = |x: Array2<f32>| x.into_iter().collect();
        let real = source.real(0);
        vec![flat(x), flat(surface), flat(arrows), flat(real), said]
    }
}
