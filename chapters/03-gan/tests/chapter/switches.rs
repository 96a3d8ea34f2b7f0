//! One switch of the configuration, and what it breaks.

use datasets::toy::{Density, GaussianMixture};
use gan::plain::{Game, Penalties, g_step, modes, through};
use gan::training::{Config, Gan, Noise};
use gradients::plain::{Activation, AdamConfig, Mlp, Parameters};
use lab::rng_at;
use ndarray::Array2;

/// A pair that chases a normal distribution around 2, after so many steps.
fn trained(config: Config, steps: u64) -> Gan<'static> {
    let data = GaussianMixture::one_dimensional(&[(1.0, 2.0)], 0.5).unwrap();
    let net = |stream| {
        let leaky = Activation::LeakyRelu(0.2);
        let widths = [1, 16, 16, 1];
        Mlp::new(
            &widths,
            leaky,
            Activation::Identity,
            &mut rng_at(31, stream),
        )
    };
    let batch = config.batch;
    let mut gan = Gan::new(config, (net(0), net(1)), 32, move |n| {
        data.sample(batch, &mut rng_at(33, n)).mapv(|v| v as f32)
    });
    (0..steps).for_each(|_| {
        gan.train_once().unwrap();
    });
    gan
}

fn working() -> Config {
    let adam = AdamConfig { lr: 3e-3, beta1: 0.5, ..AdamConfig::default() };
    Config {
        noise: Noise::normal(1),
        penalties: Penalties { real: 0.1, fake: 0.1 },
        g: adam,
        d: adam,
        ..Config::default()
    }
}

fn samples(gan: &Gan) -> Array2<f32> {
    let z = gan.config.noise.sample(2000, &mut rng_at(34, 0)); // [2000, 1]
    gan.g.net.output(&z) // [2000, 1]
}

/// The share of high-quality samples, and the modes found, of a pair on a ring of 8 with a standard deviation of 0.05.
fn on_a_ring(config: Config) -> (f64, usize) {
    let data = GaussianMixture::ring_of_8(0.05).unwrap();
    let net = |inputs, outputs, stream| {
        let leaky = Activation::LeakyRelu(0.2);
        let widths = [inputs, 32, 32, outputs];
        Mlp::new(
            &widths,
            leaky,
            Activation::Identity,
            &mut rng_at(35, stream),
        )
    };
    let config = Config { noise: Noise::normal(2), every: 2, ..config };
    let (batch, pair) = (config.batch, (net(2, 2, 0), net(2, 1, 1)));
    let mut gan = Gan::new(config, pair, 36, |n| {
        data.sample(batch, &mut rng_at(37, n)).mapv(|v| v as f32)
    });
    (0..1200).for_each(|_| {
        gan.train_once().unwrap();
    });
    let x = samples(&gan).mapv(f64::from);
    let (good, found) = modes(&x, data.means(), data.sigma());
    let found = found.iter().filter(|n| **n > 0).count();
    (good as f64 / x.nrows() as f64, found)
}

#[test]
fn it_works_and_without_detach_it_does_not() {
    let (good, found) = on_a_ring(working());
    let leaking = Config { detach: false, ..working() };
    let (leaked, _) = on_a_ring(leaking);
    assert!(found == 8 && good > leaked + 0.1, "{good} {found} {leaked}");
}

#[test]
fn a_strong_discriminator_starves_the_saturating_loss_alone() {
    let still = AdamConfig { lr: 0.0, ..working().g };
    let gan =
        trained(Config { penalties: NONE, g: still, ..working() }, 1500);
    let z = gan.config.noise.sample(256, &mut rng_at(34, 0)); // [256, 1]
    let push = |game| {
        let nothing = Array2::zeros((256, 1));
        let (_, d_g) = g_step(&gan.g.net, &gan.d.net, &z, &nothing, game, 1);
        let squares = |p: &ndarray::ArrayViewD<f32>| p.mapv(|v| v * v).sum();
        d_g.parameters().iter().map(squares).sum::<f32>().sqrt()
    };
    let (full, faint) = (push(Game::NonSaturating), push(Game::Saturating));
    assert!(faint < 0.2 * full, "{faint} {full}");
}

const NONE: Penalties = Penalties { real: 0.0, fake: 0.0 };

#[test]
fn a_penalty_keeps_the_discriminator_flat() {
    let steepness = |config| {
        let gan = trained(config, 400);
        let x = samples(&gan);
        let outputs = gan.d.net.forward(&x);
        let (d_x, _) = through(&gan.d.net, &outputs, Array2::ones(x.dim()));
        d_x.mapv(|v| v * v).sum() / d_x.len() as f32
    };
    let free = Config { penalties: NONE, ..working() };
    let heavy = Penalties { real: 5.0, fake: 5.0 };
    let held = Config { penalties: heavy, ..working() };
    assert!(steepness(free) > 4.0 * steepness(held));
}

#[test]
fn a_killed_run_goes_on_as_if_nothing_had_happened() {
    use lab::{Checkpoint, Resumable};
    let config = Config { game: Game::Relativistic, every: 3, ..working() };
    let whole = trained(config, 9);
    let first = trained(config, 4);
    let mut checkpoint = Checkpoint::default();
    first.save(&mut checkpoint);
    let mut second = trained(config, 0);
    second.restore(&checkpoint).unwrap();
    (0..5).for_each(|_| {
        second.train_once().unwrap();
    });
    assert_eq!((&second.g, &second.d), (&whole.g, &whole.d), "bit for bit");
    assert_eq!(second.mean, whole.mean);
}
