//! Eight ways to spoil a pair that learns a ring of eight modes: the configuration that works is chapter 3's, "What goes
//! wrong", and each way changes one thing of it.

use datasets::toy::{Density, GaussianMixture};
use gan::plain::{Penalties, g_step, modes};
use gan::training::{Config, Gan, Noise};
use gradients::plain::{Activation, AdamConfig, Mlp, Parameters, sigmoid};
use lab::{Diverged, rng_at};
use ndarray::Array2;

/// What can be wrong with a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The discriminator's loss does not stop at the fakes: the generator descends it too.
    NoDetach,
    /// The discriminator does not move.
    FrozenDiscriminator,
    /// The generator does not move.
    FrozenGenerator,
    /// The generator's step is ten times as long.
    FastGenerator,
    /// Both players' steps are a hundred times as long.
    LongSteps,
    /// Adam's β₁ is 0.9 for both.
    Momentum,
    /// R1 and R2 weigh a hundred times as much.
    StrongPenalty,
    /// The noise is drawn once, for each player, and used at every step.
    NoiseOnce,
}

/// All of them.
pub const CAUSES: [Cause; 8] = [
    Cause::NoDetach,
    Cause::FrozenDiscriminator,
    Cause::FrozenGenerator,
    Cause::FastGenerator,
    Cause::LongSteps,
    Cause::Momentum,
    Cause::StrongPenalty,
    Cause::NoiseOnce,
];

impl Cause {
    /// A short name.
    pub fn name(self) -> &'static str {
        match self {
            Cause::NoDetach => "no detach",
            Cause::FrozenDiscriminator => "frozen discriminator",
            Cause::FrozenGenerator => "frozen generator",
            Cause::FastGenerator => "fast generator",
            Cause::LongSteps => "long steps",
            Cause::Momentum => "momentum",
            Cause::StrongPenalty => "strong penalty",
            Cause::NoiseOnce => "noise once",
        }
    }

    /// What it makes of a configuration that works.
    pub fn spoil(self, works: Config) -> Config {
        let paced = |adam: AdamConfig, times: f64| AdamConfig {
            lr: times * adam.lr,
            ..adam
        };
        let (g, d, Penalties { real, fake }) =
            (works.g, works.d, works.penalties);
        let strong = Penalties { real: 100.0 * real, fake: 100.0 * fake };
        match self {
            Cause::NoDetach => Config { detach: false, ..works },
            Cause::FrozenDiscriminator => {
                Config { d: paced(d, 0.0), ..works }
            }
            Cause::FrozenGenerator => Config { g: paced(g, 0.0), ..works },
            Cause::FastGenerator => Config { g: paced(g, 10.0), ..works },
            Cause::LongSteps => {
                Config { g: paced(g, 100.0), d: paced(d, 100.0), ..works }
            }
            Cause::Momentum => Config {
                g: AdamConfig { beta1: 0.9, ..g },
                d: AdamConfig { beta1: 0.9, ..d },
                ..works
            },
            Cause::StrongPenalty => Config { penalties: strong, ..works },
            Cause::NoiseOnce => works, // see `log`
        }
    }
}

/// The configuration that works, with R1 and R2 of this weight.
pub fn works(gamma: f64) -> Config {
    let adam = AdamConfig { lr: 2e-3, beta1: 0.5, ..AdamConfig::default() };
    Config {
        batch: 64,
        noise: Noise::normal(2),
        penalties: Penalties { real: gamma, fake: gamma },
        every: 2,
        g: adam,
        d: adam,
        ..Config::default()
    }
}

/// R1's and R2's weight in the configuration that works.
pub const GAMMA: f64 = 0.1;

/// Steps between two lines of a log.
pub const EVERY: u64 = 25;

/// Samples by which a line judges.
const JUDGED: usize = 512;

/// One line of a log; the losses are means of the steps since the last one.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The discriminator's loss, penalties included.
    pub d_loss: f64,
    /// The generator's.
    pub g_loss: f64,
    /// What the discriminator gives real examples, on average.
    pub d_real: f64,
    /// What it gives fakes.
    pub d_fake: f64,
    /// Share of samples within three standard deviations of a mode.
    pub good: f64,
    /// Modes of eight that have at least one of these.
    pub modes: f64,
    /// Length of the generator's gradient at all its weights.
    pub slope: f64,
}

/// Trains a pair and logs it. All judging is done on noise that no step has seen.
///
/// # Errors
/// A loss is not finite.
///
/// # Panics
/// Never: the ring's width is positive.
pub fn log(
    config: Config,
    cause: Option<Cause>,
    seed: u64,
    steps: u64,
) -> Result<Vec<Line>, Diverged> {
    let ring = GaussianMixture::ring_of_8(0.05).expect("a width");
    let mut gan = pair(config, ring.clone(), seed);
    let first = gan.source.round(&config, 0);
    let (mut lines, mut sums) = (Vec::new(), [0.0; 2]);
    for n in 0..steps {
        let mut round = gan.source.round(&config, n);
        if cause == Some(Cause::NoiseOnce) {
            round.z_g = first.z_g.clone();
            for (now, then) in round.d.iter_mut().zip(&first.d) {
                now.1 = then.1.clone();
            }
        }
        let (d_loss, g_loss) = gan.train_on(&round)?;
        sums = [sums[0] + f64::from(d_loss), sums[1] + f64::from(g_loss)];
        if (n + 1) % EVERY == 0 {
            let losses = sums.map(|sum| sum / EVERY as f64);
            lines.push(line(&gan, &ring, losses));
            sums = [0.0; 2];
        }
    }
    Ok(lines)
}

/// Chapter 3's pair for the ring, with two hidden layers of 32.
fn pair(config: Config, ring: GaussianMixture, seed: u64) -> Gan<'static> {
    let (leaky, none) = (Activation::LeakyRelu(0.2), Activation::Identity);
    let net = |outputs, stream| {
        let widths = [2, 32, 32, outputs];
        Mlp::new(&widths, leaky, none, &mut rng_at(seed, stream))
    };
    let both = (net(2, u64::MAX), net(1, u64::MAX - 1));
    Gan::new(config, both, seed, move |n| {
        let rng = &mut rng_at(seed ^ 0x5eed, n);
        ring.sample(config.batch, rng).mapv(|v| v as f32) // [B, 2]
    })
}

/// What stands in the log of a pair as it is now.
fn line(
    gan: &Gan,
    ring: &GaussianMixture,
    [d_loss, g_loss]: [f64; 2],
) -> Line {
    let z = gan.config.noise.sample(JUDGED, &mut rng_at(0x7e57, 0)); // [N, 2]
    let x_fake = gan.g.net.output(&z); // [N, 2]
    let x_real = ring.sample(JUDGED, &mut rng_at(0x7e57, 1)); // [N, 2]
    let belief = |x: &Array2<f32>| {
        let d = gan.d.net.output(x).mapv(|s| f64::from(sigmoid(s))); // [N, 1]
        d.sum() / JUDGED as f64
    };
    let (good, found) =
        modes(&x_fake.mapv(f64::from), ring.means(), ring.sigma());
    let s_real = Array2::zeros((JUDGED, 1)); // not looked at
    let (g, d, game) = (&gan.g.net, &gan.d.net, gan.config.game);
    let (_, d_g) = g_step(g, d, &z, &s_real, game, 1);
    let squares = d_g.parameters().into_iter();
    let squares = squares.map(|p| p.fold(0.0, |sum, &v| sum + v * v));
    Line {
        d_loss,
        g_loss,
        d_real: belief(&x_real.mapv(|v| v as f32)),
        d_fake: belief(&x_fake),
        good: good as f64 / JUDGED as f64,
        modes: found.iter().filter(|n| **n > 0).count() as f64,
        slope: f64::from(squares.sum::<f32>()).sqrt(),
    }
}
