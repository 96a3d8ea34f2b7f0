//! The page's first loop takes the steps of the chapter's trainer with every switch off.

use datasets::toy::{Density, GaussianMixture};
use gan::training::{Config, Gan, Noise, Round};
use gradients::plain::{Activation, Mlp, Parameters};
use lab::rng_at;
use ndarray::ArrayViewD;

#[expect(dead_code, reason = "its `main` is what `cargo run` runs")]
#[path = "../../examples/first.rs"]
mod example;

const STEPS: u64 = 40;

fn net(outputs: usize, stream: u64) -> Mlp<f32> {
    let widths = [2, 16, 16, outputs];
    let leaky = Activation::LeakyRelu(0.2);
    let rng = &mut rng_at(51, stream);
    Mlp::new(&widths, leaky, Activation::Identity, rng)
}

fn config() -> Config {
    let adam = example::ADAM;
    Config { noise: Noise::normal(2), g: adam, d: adam, ..Config::default() }
}

/// The trainer, and what its steps are made from.
fn trainer(config: Config, ring: &GaussianMixture) -> (Gan<'_>, Vec<Round>) {
    let batch = config.batch;
    let mut gan = Gan::new(config, (net(2, 0), net(1, 1)), 52, move |n| {
        ring.sample(batch, &mut rng_at(53, n)).mapv(|v| v as f32)
    });
    let round = |n| gan.source.round(&config, n);
    let rounds = (0..STEPS).map(round).collect();
    (gan, rounds)
}

/// The largest difference of two parameters.
fn apart(a: &Mlp<f32>, b: &Mlp<f32>) -> f32 {
    let both = a.parameters().into_iter().zip(b.parameters());
    let largest = |(a, b): (ArrayViewD<f32>, ArrayViewD<f32>)| {
        (&a - &b).fold(0.0_f32, |most, v| most.max(v.abs()))
    };
    both.map(largest).fold(0.0, f32::max)
}

#[test]
fn ten_lines_take_the_trainers_steps() {
    let ring = GaussianMixture::ring_of_8(0.05).unwrap();
    let (mut gan, rounds) = trainer(config(), &ring);
    let (mut g, mut d) = (net(2, 0), net(1, 1));
    let mut losses = Vec::new();
    let at = |n: u64| &rounds[n as usize];
    example::train(
        [&mut g, &mut d],
        STEPS,
        |n| at(n).d[0].0.clone(),
        |n| [at(n).d[0].1.clone(), at(n).z_g.clone()],
        |_, _, both| losses.push(both),
    );
    assert_eq!(losses.len(), rounds.len());
    for (n, (round, [d_loss, g_loss])) in
        rounds.iter().zip(losses).enumerate()
    {
        let (of_d, of_g) = gan.train_on(round).unwrap();
        let far = (of_d - d_loss).abs().max((of_g - g_loss).abs());
        assert!(far < 1e-4, "step {n}: {far:e}");
    }
    // The trainer sums the halves of a batch, in another order.
    assert!(apart(&g, &gan.g.net) < 1e-3, "{}", apart(&g, &gan.g.net));
    assert!(apart(&d, &gan.d.net) < 1e-3, "{}", apart(&d, &gan.d.net));
    assert!(apart(&g, &net(2, 0)) > 0.01, "they have moved");
}

#[test]
fn and_not_those_of_a_trainer_with_a_switch_on() {
    let ring = GaussianMixture::ring_of_8(0.05).unwrap();
    let (mut plain, rounds) = trainer(config(), &ring);
    let (mut other, _) = trainer(Config { detach: false, ..config() }, &ring);
    for round in &rounds {
        plain.train_on(round).unwrap();
        other.train_on(round).unwrap();
    }
    assert!(apart(&plain.g.net, &other.g.net) > 0.01);
}
